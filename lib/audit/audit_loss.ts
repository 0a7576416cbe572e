import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../tfjs/tensor.ts";
import { activation } from "./activation_rules.ts";
import { wrongAxis } from "./axis_rules.ts";
import { badScale, oneRow, reduction, rowOrder } from "./batch_rules.ts";
import { broadcast } from "./broadcast_rules.ts";
import { checkAudit, checkMetric, checkResult } from "./check_audit.ts";
import { descentsFrom, type FreeDescent } from "./descents.ts";
import { type Facts, gather } from "./facts.ts";
import { notFinite } from "./finite_rules.ts";
import { saturated } from "./flat_rule.ts";
import { deadTerm, noGradient, partlyDetached } from "./gradient_rules.ts";
import { labelEncoding } from "./label_rules.ts";
import { measure, type Numbers } from "./measure.ts";
import { metricFinding } from "./metric_finding.ts";
import { wrongOptimum, wrongSign } from "./optimum_rules.ts";
import { probesOf } from "./probes.ts";
import { reportText } from "./report_text.ts";
import type { Case, Rule } from "./rule.ts";
import { labelsOf, type Sampler, samplerOf } from "./sample.ts";
import { swapped } from "./swapped_rule.ts";
import { timed } from "./time.ts";
import {
  type AuditedLoss,
  type AuditOptions,
  type Finding,
  kinds,
  type LossAudit,
  type Probe,
  type Severity,
  type WayPoint,
} from "./types.ts";
import { undisturbed } from "./undisturbed.ts";
import { type WatchedMetric, watchedMetric } from "./watched_metric.ts";

/**
 * Every rule with what it tries, in stages, the most specific first: where one names an error, those of the stages after
 * it would only say its consequences, and are not tried.
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

/** The loss and its gradient along the way from outputs that are wrong to those that are right, in 40 steps. */
function wayOf({ loss, facts }: { loss: AuditedLoss; facts: Facts }): WayPoint[] {
  const right = facts.tried.perfect?.batch;
  if (right === undefined) return [];
  const low = Math.min(...right.yPred), high = Math.max(...right.yPred);
  const wrong = right.yPred.map((p) => low + high - p);
  return Array.from({ length: 41 }, (_, i) => {
    const at = i / 40, yPred = right.yPred.map((p, j) => at * p + (1 - at) * wrong[j]);
    const { value, gradient } = measure(loss, { ...right, yPred } satisfies Numbers);
    const slope = gradient?.reduce((sum, g, j) => sum + g * (right.yPred[j] - wrong[j]), 0) ?? 0;
    return { at, loss: value, slope };
  });
}

/** The tensors that the loss leaves behind, called once in a tidy, as in training: kept ones, and variables. */
function leaked(loss: AuditedLoss, sampler: Sampler, seed: number, rows: number): number {
  const batch = sampler("random", seed, rows)!;
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    try {
      loss(batch.yTrue, batch.yPred);
    } catch {
      // Whether it throws is asked elsewhere.
    }
  });
  const left = tf.memory().numTensors - before;
  tf.dispose([batch.yTrue, batch.yPred].filter((t: Tensor) => !t.isDisposed));
  return left;
}

/** Memory that fills up, a call after another. */
const leak = (left: number): Finding => ({
  cause: "leak",
  severity: "warning",
  message: `Each call leaves ${left} ${left === 1 ? "tensor" : "tensors"} behind: memory fills up as it trains`,
  evidence: { tensorsLeftACall: left },
  remedy: "Leave out tf.keep, make variables once outside of the loss, and wrap what it does in tf.tidy(() => …)",
});

/**
 * Tells why a loss does not learn: tries it on batches of every kind, follows its operations one by one, and names the
 * cause, the evidence and what to write instead.
 *
 * It leaves backend, flags, seeds and tensors of its caller as they are. A loss that returns a promise is refused at once;
 * one that never returns cannot be interrupted, and keeps the audit with it.
 *
 * @param loss Any `(yTrue, yPred) => tensor`: a scalar, or one value a row.
 * @param options What outputs and labels are; without them one column of probabilities and labels of 0 and 1, which
 * `assumed` then says.
 * @returns The verdict ("broken": it cannot train, or trains the wrong way; "suspect": it will hurt on data that occur),
 * the findings, worst first, and all that was tried. The same seed gives the same report.
 * @throws {TypeError} `loss` is no function, throws on an ordinary batch, disposes of its inputs or changes them, or returns
 * something else than a tensor of numbers; no metric.
 * @throws {RangeError} An option out of range; a score as `metric` where labels are not 0 and 1.
 *
 * @example
 * ```ts
 * import { auditLoss } from "@roundabout/roundabout/audit";
import { askedRoundLoss } from "@roundabout/roundabout/thread";
 * import { assertEquals } from "@std/assert";
 *
 * const { verdict, findings } = auditLoss(askedRoundLoss);
 * assertEquals([verdict, findings[0].cause, findings[0].where?.op], ["broken", "no-gradient-op", "Round"]);
 * ```
 */
export function auditLoss(loss: AuditedLoss, options: AuditOptions = {}): LossAudit {
  checkAudit(loss, options);
  const metric = watchedMetric(options);
  const { seed = 1, rows = 64 } = options, sampler = samplerOf(options);
  return undisturbed(() => {
    checkMetric(metric, sampler, seed, rows);
    checkResult(loss, sampler, seed, rows);
    const of = caseOf(loss, options, gather(loss, sampler, seed, rows));
    const { findings, probes } = tryAll(of, seed, metric, options.onProgress ?? (() => {}));
    const left = leaked(loss, sampler, seed, rows);
    probes.push({ name: "tensors left behind", result: left > 0 ? "found" : "ok", detail: `${left}` });
    if (left > 0) findings.push(leak(left));
    findings.sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
    const { batch } = of.facts.random;
    const report = {
      name: options.name ?? (loss.name || "loss"),
      verdict: verdictOf(findings),
      findings,
      probes,
      assumed: assumedBy(of),
      way: wayOf(of),
    } as const;
    return {
      ...report,
      time: () => undisturbed(() => timed(loss, batch)),
      toJSON: () => report,
      toString: () => reportText(report),
    };
  });
}

function caseOf(loss: AuditedLoss, options: AuditOptions, facts: Facts): Case {
  let descents: readonly FreeDescent[] | undefined;
  const given = { loss, kind: options.yPred, columns: facts.columns };
  return { loss, options, facts, descents: () => descents ??= descentsFrom(given, facts.random.batch) };
}

const verdictOf = ([worst]: readonly Finding[]): LossAudit["verdict"] =>
  worst?.severity === "error" ? "broken" : worst?.severity === "warning" ? "suspect" : "sound";

function assumedBy({ options, facts }: Case): string[] {
  const { yPred, yTrue, sample } = options;
  const labels = labelsOf(options) === "one-hot" ? "The labels are one-hot" : "The labels are 0 and 1";
  return [
    ...(yPred === undefined && sample === undefined ? ["The outputs are probabilities"] : []),
    ...(yTrue === undefined && sample === undefined ? [labels] : []),
    ...(facts.repeats
      ? []
      : ["A loss says the same when it is asked again, but this one does not: what compares batches was left out"]),
  ];
}

/** What the kinds of batches gave. */
const batchProbes = ({ tried }: Facts): Probe[] =>
  kinds.map((kind) => {
    const name = `value and gradient: ${kind}`, own = tried[kind];
    if (own === undefined) return { name, result: "skipped", detail: "these outputs or labels have no such batch" };
    const { value, gradient } = own;
    const largest = gradient ? `largest gradient ${Math.max(...gradient.map(Math.abs))}` : "no gradient";
    return { name, result: "ok", detail: `value ${value}, ${largest}` };
  });

/** Rules and reports, one after the other. */
function tryAll(
  of: Case,
  seed: number,
  metric: WatchedMetric | undefined,
  onProgress: NonNullable<AuditOptions["onProgress"]>,
): { findings: Finding[]; probes: Probe[] } {
  const findings: Finding[] = [], probes = batchProbes(of.facts), reports = probesOf(of, seed, metric);
  const total = stages.flat().length + reports.length;
  let done = 0;
  for (const stage of stages) {
    const first = findings.find(({ severity }) => severity === "error");
    for (const [name, rule] of stage) {
      onProgress(done++, total, name);
      const finding = first ? undefined : rule(of);
      if (finding !== undefined) findings.push(finding);
      probes.push({
        name,
        result: first ? "skipped" : finding ? "found" : "ok",
        detail: first ? `${first.cause} comes first` : finding?.message ?? "nothing found",
      });
    }
  }
  for (const report of reports) {
    onProgress(done++, total, "what comes of it");
    probes.push(...[report()].flat());
  }
  if (metric !== undefined && !findings.some(({ severity }) => severity === "error")) {
    const given = { loss: of.loss, kind: of.options.yPred, columns: of.facts.columns };
    const elsewhere = (batch: Numbers) => descentsFrom(given, batch);
    const finding = metricFinding(of.descents(), elsewhere, of.facts.other.batch, metric);
    if (finding !== undefined) findings.push(finding);
  }
  return { findings, probes };
}
