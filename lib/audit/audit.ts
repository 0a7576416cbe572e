import { extentOf, labelKindOf, largestOf, type Sampler, sizeOf } from "./batches.ts";
import { type Descent, descents } from "./descents.ts";
import type { AuditEngine } from "./engines/engine.ts";
import { remembered, remembering } from "./engines/remembering.ts";
import { type Observations, observe } from "./observations.ts";
import { probesOf } from "./probes.ts";
import { readingOf } from "./reading.ts";
import { fourDigits, ruleProbe, verdictOf, worstFirst } from "./report.ts";
import { activation } from "./rules/activation.ts";
import { wrongAxis } from "./rules/axis.ts";
import { badScale, oneRow, reduction, rowOrder } from "./rules/batch.ts";
import { broadcast } from "./rules/broadcast.ts";
import { notFinite, notFiniteFurther } from "./rules/finite.ts";
import { deadTerm, noGradient, ownGradient, partlyDetached } from "./rules/gradient.ts";
import { labelEncoding } from "./rules/label.ts";
import { type TargetMetric, worseMetric } from "./rules/metric.ts";
import { wrongOptimum } from "./rules/optimum.ts";
import type { AuditContext, Rule } from "./rules/rule.ts";
import { saturated, saturatedAtTheEnds } from "./rules/saturated.ts";
import { wrongSign } from "./rules/sign.ts";
import { swapped } from "./rules/swapped.ts";
import {
  type AuditOptions,
  type AuditProbe,
  batchKinds,
  type Finding,
  type LossAudit,
  type LossPathPoint,
} from "./types.ts";

/**
 * The rules in stages, the most specific first. If a rule finds an error, the later stages are skipped: they would only
 * report its consequences.
 */
const stages: readonly (readonly (readonly [name: string, rule: Rule])[])[] = [
  [["gradient exists", noGradient]],
  [["operands of the same shape", broadcast]],
  [["rows and columns kept apart", wrongAxis]],
  [["gradient against differences", partlyDetached], ["gradients of operations with their own", ownGradient]],
  [["every term has a gradient", deadTerm]],
  [["arguments in order", swapped]],
  [["labels as the formula takes them", labelEncoding]],
  [["last layer and loss fit", activation]],
  [["better outputs, lower loss", wrongSign], ["numbers on every kind of batch", notFinite]],
  [["useless models are worse", wrongOptimum]],
  [["gradient of every row", oneRow]],
  [
    ["gradient where outputs are wrong", saturated],
    ["the order of the rows", rowOrder],
    ["batches and data set", reduction],
    ["scale", badScale],
    ["gradient at the ends of the range", (context) => saturatedAtTheEnds(context) ?? notFiniteFurther(context)],
  ],
];

/** The loss and its slope on the path from wrong outputs to correct ones. */
function pathOf(engine: AuditEngine, { results: { perfect } }: Observations, steps: number): LossPathPoint[] {
  if (perfect === undefined) return [];
  const { batch } = perfect, right = batch.yPred, [low, high] = extentOf(right);
  const wrong = right.map((p) => low + high - p);
  return Array.from({ length: steps + 1 }, (_, i) => {
    const at = i / steps, yPred = right.map((p, j) => at * p + (1 - at) * wrong[j]);
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

/** The settings of an audit. */
export interface AuditSettings {
  readonly options: AuditOptions;
  readonly sampler: Sampler;
  readonly metric?: TargetMetric;
  /** The number of tensors that each call of the loss leaves behind. */
  readonly leftBehind: number;
  /** Assumptions about how the loss is called, one sentence each. */
  readonly assumed?: readonly string[];
}

/** The report of an audit, without its name. The probes' results and the path are computed when they are first read. */
export type AuditReport = Pick<LossAudit, "verdict" | "findings" | "probes" | "assumed" | "lossPath">;

/** The size of an audit: rows per batch, steps of a descent, and steps of the path from wrong outputs to correct ones. */
const full = { rows: 64, descent: 30, path: 40 }, short = { rows: 16, descent: 15, path: 10 };

/** The operations of a pass, and the numbers that they compute, beyond which a full audit takes too long. */
const MOST_OPERATIONS = 600, MOST_COMPUTED = 8e4;

/** Tells whether a loss works through its rows one by one, or compares all of them with each other again and again. */
function isSlow(engine: AuditEngine, sampler: Sampler, seed: number): boolean {
  const batch = sampler("random", seed, full.rows);
  if (batch === undefined) return false;
  const { ops } = engine.record(batch);
  const computed = ops.reduce((sum, { outputShape }) => sum + sizeOf(outputShape), 0);
  return ops.length > MOST_OPERATIONS || computed > MOST_COMPUTED;
}

/** Audits a loss through its engine. */
export function auditEngine(given: AuditEngine, settings: AuditSettings): AuditReport {
  const record = remembered((batch) => given.record(batch)), asked = { ...given, record };
  const { options, metric, leftBehind, assumed = [] } = settings, { seed = 1, onProgress = () => {} } = options;
  const { sampler, reading } = readingOf(given, settings.sampler, options);
  const size = options.rows === undefined && isSlow(asked, sampler, seed) ? short : full,
    rows = options.rows ?? size.rows;
  const observations = observe(asked, sampler, seed, rows), { columns, random, other, deterministic } = observations;
  const engine = deterministic ? { ...remembering(given.ofDeterministic ?? given), record } : asked;
  const descend = (batch = random.batch) => descents({ engine, kind: options.yPred, columns }, batch, size.descent);
  let computed: readonly Descent[] | undefined;
  const context = { engine, observations, options, sampler, descents: () => computed ??= descend() };
  const more = probesOf(context, seed, metric), { findings, ruled } = applyRules(context, more.length, onProgress);
  const broken = findings.some(({ severity }) => severity === "error");
  const worse = metric && !broken ? worseMetric(metric, context.descents(), other.batch, descend) : undefined;
  if (worse !== undefined) findings.push(worse);
  if (leftBehind > 0) findings.push(leak(leftBehind));
  const left: AuditProbe = {
    name: "tensors left behind",
    result: leftBehind > 0 ? "found" : "ok",
    detail: `${leftBehind}`,
  };
  let path: readonly LossPathPoint[] | undefined, probes: readonly AuditProbe[] | undefined;
  return {
    verdict: verdictOf(worstFirst(findings)),
    findings: worstFirst(findings),
    assumed: [...assumedBy(context, size === short, reading), ...assumed],
    get probes() {
      return probes ??= [...ruled, ...runProbes(more, onProgress), left];
    },
    get lossPath() {
      return path ??= pathOf(engine, observations, size.path);
    },
  };
}

function assumedBy({ options, observations }: AuditContext, isShort: boolean, reading?: string): string[] {
  const { yPred, yTrue, sample } = options;
  const labels = labelKindOf(options) === "one-hot" ? "The labels are one-hot" : "The labels are 0 and 1";
  return [
    ...(yPred === undefined && sample === undefined ? ["The outputs are probabilities"] : []),
    ...(yTrue === undefined && sample === undefined ? [labels] : []),
    ...(reading === undefined ? [] : [`${reading} (the loss is lower then)`]),
    ...(isShort
      ? [
        `Batches of ${short.rows} rows and ${short.descent} steps of a descent are enough: the loss has many operations ` +
        "or compares rows with rows",
      ]
      : []),
    ...(observations.failed === undefined
      ? []
      : [`Its operations could not be recorded (it ${observations.failed}): rules that read them said nothing`]),
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
    const largest = gradient ? `largest gradient ${fourDigits(largestOf(gradient))}` : "no gradient";
    return { name, result: "ok", detail: `value ${fourDigits(value)}, ${largest}` };
  });

type OnProgress = NonNullable<AuditOptions["onProgress"]>;

const numberOfRules = stages.flat().length;

/** Applies the rules in stages; `more` probes come afterwards. */
function applyRules(
  context: AuditContext,
  more: number,
  onProgress: OnProgress,
): { findings: Finding[]; ruled: readonly AuditProbe[] } {
  const findings: Finding[] = [], ruled = batchProbes(context.observations);
  let done = 0;
  for (const stage of stages) {
    const first = findings.find(({ severity }) => severity === "error");
    const skipped = first && `${first.cause} comes first`;
    for (const [name, rule] of stage) {
      onProgress(done++, numberOfRules + more, name);
      const finding = first ? undefined : rule(context);
      if (finding !== undefined) findings.push(finding);
      ruled.push(ruleProbe(name, finding, skipped));
    }
  }
  return { findings, ruled };
}

/** Runs the probes that follow the rules. */
const runProbes = (more: readonly (() => AuditProbe | AuditProbe[])[], onProgress: OnProgress): AuditProbe[] =>
  more.flatMap((probe, i) => {
    onProgress(numberOfRules + i, numberOfRules + more.length, "consequences");
    return probe();
  });
