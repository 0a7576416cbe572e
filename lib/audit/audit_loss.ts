import { extentOf, labelsOf, type Sampler, samplerOf } from "./batches.ts";
import { checkAudit } from "./check_options.ts";
import { type Descent, descents } from "./descents.ts";
import type { AuditBatch, AuditEngine } from "./engines/engine.ts";
import { checkLoss, keepingBackend, samplerFrom, tensorsLeftBy, tfjsEngine, timeLoss } from "./engines/tfjs.ts";
import { type Observations, observe } from "./observations.ts";
import { probesOf } from "./probes.ts";
import { reportText } from "./report.ts";
import { activation } from "./rules/activation.ts";
import { wrongAxis } from "./rules/axis.ts";
import { badScale, oneRow, reduction, rowOrder } from "./rules/batch.ts";
import { broadcast } from "./rules/broadcast.ts";
import { notFinite } from "./rules/finite.ts";
import { deadTerm, noGradient, partlyDetached } from "./rules/gradient.ts";
import { labelEncoding } from "./rules/label.ts";
import { wrongOptimum, wrongSign } from "./rules/optimum.ts";
import type { AuditContext, Rule } from "./rules/rule.ts";
import { saturated } from "./rules/saturated.ts";
import { swapped } from "./rules/swapped.ts";
import { type TargetMetric, targetMetric, worseMetric } from "./target_metric.ts";
import {
  type AuditedLoss,
  type AuditOptions,
  type AuditProbe,
  batchKinds,
  type Finding,
  type LossAudit,
  type LossPathPoint,
  type Severity,
} from "./types.ts";

/**
 * The rules in stages, the most specific first. If a rule finds an error, the later stages are skipped: they would only
 * report its consequences.
 */
const stages: readonly (readonly (readonly [name: string, rule: Rule])[])[] = [
  [["gradient exists", noGradient]],
  [["operands of the same shape", broadcast]],
  [["rows and columns kept apart", wrongAxis]],
  [["gradient against differences", partlyDetached]],
  [["every term has a gradient", deadTerm]],
  [["arguments in order", swapped]],
  [["labels as the formula takes them", labelEncoding]],
  [["last layer and loss fit", activation]],
  [["numbers on every kind of batch", notFinite], ["better outputs, lower loss", wrongSign]],
  [["useless models are worse", wrongOptimum]],
  [["gradient of every row", oneRow]],
  [
    ["gradient where outputs are wrong", saturated],
    ["the order of the rows", rowOrder],
    ["batches and data set", reduction],
    ["scale", badScale],
  ],
];

const order: readonly Severity[] = ["error", "warning", "note"];

/** The loss and its slope on the path from wrong outputs to correct ones, in 40 steps. */
function pathOf(engine: AuditEngine, { results: { perfect } }: Observations): LossPathPoint[] {
  if (perfect === undefined) return [];
  const { batch } = perfect, right = batch.yPred, [low, high] = extentOf(right);
  const wrong = right.map((p) => low + high - p);
  return Array.from({ length: 41 }, (_, i) => {
    const at = i / 40, yPred = right.map((p, j) => at * p + (1 - at) * wrong[j]);
    const { value, gradient } = engine.valueAndGradient({ ...batch, yPred });
    const slope = gradient?.reduce((sum, g, j) => sum + g * (right[j] - wrong[j]), 0) ?? 0;
    return { at, loss: value, slope };
  });
}

/** Memory that fills up with each call. */
const leak = (left: number): Finding => ({
  cause: "leak",
  severity: "warning",
  message: `Each call leaves ${left} ${left === 1 ? "tensor" : "tensors"} behind: memory fills up during training`,
  evidence: { tensorsLeftACall: left },
  remedy: "Remove tf.keep, create variables once outside the loss, and wrap the computation in tf.tidy(() => …)",
});

/**
 * Explains why a loss does not learn. It evaluates the loss on batches of every kind, follows its operations one by one,
 * and reports the cause, the evidence and a remedy.
 *
 * The backend, the flags, the seeds and the tensors of the caller stay as they are. A loss that returns a promise is
 * refused. A loss that never returns cannot be interrupted.
 *
 * @param loss A loss `(yTrue, yPred) => tensor` that returns a scalar or one value per row.
 * @param options The kinds of outputs and labels. The default is one column of probabilities and labels of 0 and 1, which
 * `assumed` then states.
 * @returns The verdict ("broken": it cannot train, or trains in the wrong direction; "suspect": it will fail on some
 * data), the findings, worst first, and all probes. The same seed gives the same report.
 * @throws {TypeError} `loss` is not a function, throws on an ordinary batch, disposes of its arguments, changes them, or
 * does not return a tensor of numbers; `metric` is not a metric.
 * @throws {RangeError} An option is out of range, or `metric` is a score although the labels are not 0 and 1.
 *
 * @example
 * ```ts
 * import { auditLoss } from "@roundabout/roundabout/audit";
 * import { askedRoundLoss } from "@roundabout/roundabout/thread";
 * import { assertEquals } from "@std/assert";
 *
 * const { verdict, findings } = auditLoss(askedRoundLoss);
 * assertEquals([verdict, findings[0].cause, findings[0].where?.op], ["broken", "no-gradient-op", "Round"]);
 * ```
 */
export function auditLoss(loss: AuditedLoss, options: AuditOptions = {}): LossAudit {
  checkAudit(loss, options);
  const metric = targetMetric(options), { seed = 1, rows = 64, sample } = options;
  const sampler = sample === undefined ? samplerOf(options) : samplerFrom(sample);
  return keepingBackend(() => {
    const batch = sampler("random", seed, rows);
    if (batch === undefined) throw new TypeError("Cannot audit the loss: 'sample' gives no batch of the kind 'random'");
    metric?.of(batch);
    checkLoss(loss, batch);
    const engine = tfjsEngine(loss), observations = observe(engine, sampler, seed, rows);
    const context = contextOf(engine, observations, options, sampler);
    const { findings, probes } = applyRules(context, seed, metric, options.onProgress ?? (() => {}));
    const left = tensorsLeftBy(loss, batch);
    probes.push({ name: "tensors left behind", result: left > 0 ? "found" : "ok", detail: `${left}` });
    if (left > 0) findings.push(leak(left));
    findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
    const report = {
      name: options.name ?? (loss.name || "loss"),
      verdict: verdictOf(findings),
      findings,
      probes,
      assumed: assumedBy(context),
      lossPath: pathOf(engine, observations),
    } as const;
    return {
      ...report,
      time: () => keepingBackend(() => timeLoss(loss, batch)),
      toJSON: () => report,
      toString: () => reportText(report),
    };
  });
}

function contextOf(
  engine: AuditEngine,
  observations: Observations,
  options: AuditOptions,
  sampler: Sampler,
): AuditContext {
  const slope = { engine, kind: options.yPred, columns: observations.columns };
  let computed: readonly Descent[] | undefined;
  return {
    engine,
    observations,
    options,
    sampler,
    descents: () => computed ??= descents(slope, observations.random.batch),
  };
}

const verdictOf = ([worst]: readonly Finding[]): LossAudit["verdict"] =>
  worst?.severity === "error" ? "broken" : worst?.severity === "warning" ? "suspect" : "sound";

function assumedBy({ options, observations }: AuditContext): string[] {
  const { yPred, yTrue, sample } = options;
  const labels = labelsOf(options) === "one-hot" ? "The labels are one-hot" : "The labels are 0 and 1";
  return [
    ...(yPred === undefined && sample === undefined ? ["The outputs are probabilities"] : []),
    ...(yTrue === undefined && sample === undefined ? [labels] : []),
    ...(observations.deterministic
      ? []
      : ["The loss is deterministic, but this one is not: rules that compare batches were skipped"]),
  ];
}

/** The probes of the kinds of batches. */
const batchProbes = ({ results }: Observations): AuditProbe[] =>
  batchKinds.map((kind) => {
    const name = `value and gradient: ${kind}`, own = results[kind];
    if (own === undefined) return { name, result: "skipped", detail: "these outputs or labels have no such batch" };
    const { value, gradient } = own;
    const largest = gradient ? `largest gradient ${Math.max(...gradient.map(Math.abs))}` : "no gradient";
    return { name, result: "ok", detail: `value ${value}, ${largest}` };
  });

/** Applies the rules in stages, then runs the probes. */
function applyRules(
  context: AuditContext,
  seed: number,
  metric: TargetMetric | undefined,
  onProgress: NonNullable<AuditOptions["onProgress"]>,
): { findings: Finding[]; probes: AuditProbe[] } {
  const { engine, observations, options: { yPred: kind } } = context, { columns, other } = observations;
  const findings: Finding[] = [], probes = batchProbes(observations), more = probesOf(context, seed, metric);
  const total = stages.flat().length + more.length;
  const firstError = () => findings.find(({ severity }) => severity === "error");
  let done = 0;
  for (const stage of stages) {
    const first = firstError();
    for (const [name, rule] of stage) {
      onProgress(done++, total, name);
      const finding = first ? undefined : rule(context);
      if (finding !== undefined) findings.push(finding);
      probes.push({
        name,
        result: first ? "skipped" : finding ? "found" : "ok",
        detail: first ? `${first.cause} comes first` : finding?.message ?? "nothing found",
      });
    }
  }
  for (const probe of more) {
    onProgress(done++, total, "consequences");
    probes.push(...[probe()].flat());
  }
  if (metric !== undefined && firstError() === undefined) {
    const descendFrom = (batch: AuditBatch) => descents({ engine, kind, columns }, batch);
    const finding = worseMetric(metric, context.descents(), other.batch, descendFrom);
    if (finding !== undefined) findings.push(finding);
  }
  return { findings, probes };
}
