import { aFunction, check, checkOptions, integerFrom, numberThat, oneOf, optional, type Rule } from "../check/check.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { auditEngine, type AuditReport, type AuditSettings } from "./audit.ts";
import { type AuditBatch, labelKindOf, ofWholeRows, samplerOf } from "./batches.ts";
import { inWordsOf, wordsOf } from "./engines/dialects.ts";
import { withFirstCall } from "./engines/first_call.ts";
import { placed } from "./rules/places.ts";
import { isSoftmax } from "./rules/rule.ts";
import { LoadedLoss, passedText, type PythonLoss } from "./engines/loaded_loss.ts";
import { checkLoss, keepingBackend, samplerFrom, tensorsLeftBy, tfjsEngine, timeLoss } from "./engines/tfjs.ts";
import { reportText, verdictOf } from "./report.ts";
import { targetMetric } from "./target_metric.ts";
import {
  type AuditedLoss,
  type AuditOptions,
  type AuditTime,
  extraLabelKinds,
  type Finding,
  labelKinds,
  type LossAudit,
  predictionKinds,
} from "./types.ts";

/**
 * Explains why a loss does not learn. It evaluates the loss on batches of every kind, follows its operations one by one,
 * and reports the cause, the evidence and a remedy.
 *
 * The backend, the flags, the seeds and the tensors of the caller stay as they are. A loss that returns a promise is
 * refused. A loss that never returns cannot be interrupted.
 *
 * @param loss A loss `(yTrue, yPred) => tensor` that returns a scalar or one value per row, or a loss in Python that
 * `pythonLoss` has loaded. With `yTrue: "none"`, a function of one parameter is called with the outputs alone; otherwise
 * it gets the labels first, as `model.compile` passes them. A loss in Python whose only parameter without a default is
 * the first, and that has none for labels, is called with the outputs alone in any case; `assumed` then states it.
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
 * import "@tensorflow/tfjs";
 * import { auditLoss } from "@roundabout/roundabout/audit";
 * import { askedRoundLoss } from "@roundabout/roundabout/thread";
 * import { assertEquals } from "@std/assert";
 *
 * const { verdict, findings } = auditLoss(askedRoundLoss);
 * assertEquals([verdict, findings[0].cause, findings[0].where?.op], ["broken", "no-gradient-op", "Round"]);
 * ```
 */
export function auditLoss(loss: AuditedLoss | PythonLoss, options: AuditOptions = {}): LossAudit {
  checkAudit(loss, options);
  return auditWith(loss, takesNoLabels(loss) ? { ...options, yTrue: "none", extraLabels: [] } : options);
}

/** Tells whether a loss in Python has no parameter for labels: those of the options are not passed. */
const takesNoLabels = (loss: AuditedLoss | PythonLoss): boolean => loss instanceof LoadedLoss && loss.takesNoLabels;

function auditWith(loss: AuditedLoss | PythonLoss, options: AuditOptions): LossAudit {
  const metric = targetMetric(options), { seed = 1, rows = 64, sample, name = loss.name || "loss" } = options;
  const sampler = sample === undefined ? samplerOf(options) : samplerFrom(sample);
  return keepingBackend(() => {
    const batch = sampler("random", seed, rows);
    if (batch === undefined) throw new TypeError("Cannot audit the loss: 'sample' gives no batch of the kind 'random'");
    metric?.of(batch);
    const { report, takesIndices = false, time } = loss instanceof LoadedLoss
      ? auditPython(loss, { options, sampler, metric, leftBehind: 0 }, batch)
      : auditTensorFlow(loss as AuditedLoss, { options, sampler, metric }, batch);
    const { verdict, assumed } = report, isAssumed = options.columns === undefined && sample === undefined;
    const findings = isAssumed
      ? withAssumedUnit(report.findings, takesIndices, loss instanceof LoadedLoss)
      : report.findings;
    const audit: LossAudit = {
      name,
      verdict,
      findings,
      get probes() {
        return keepingBackend(() => report.probes);
      },
      assumed,
      get lossPath() {
        return keepingBackend(() => report.lossPath);
      },
      time: () => keepingBackend(time),
      toJSON: () => ({ name, verdict, findings, probes: audit.probes, assumed, lossPath: audit.lossPath }),
      toString: () => reportText(audit),
    };
    return audit;
  });
}

/** Tells whether a finding is about a softmax over one unit. JAX writes a softmax out: it begins with the largest output. */
const isSoftmaxOfOne = ({ cause, where }: Finding): boolean =>
  cause === "constant" && where !== undefined && (isSoftmax(where) || where.op === "Max");

/** Findings about a loss of classes with the one column that was assumed: the first one says so, as it is no fault then. */
function withAssumedUnit(
  [first, ...others]: readonly Finding[],
  takesIndices: boolean,
  inPython: boolean,
): readonly Finding[] {
  if (first?.severity !== "error" || !(takesIndices || isSoftmaxOfOne(first))) return first ? [first, ...others] : [];
  const classes = inPython
    ? "--columns 3 --predictions logits --labels index, or one-hot"
    : 'columns: 3, yPred: "logits", yTrue: "one-hot" (--columns 3 --predictions logits --labels one-hot)';
  return [
    { ...first, message: `${first.message}; one unit was assumed, for a loss of classes give ${classes}` },
    ...others,
  ];
}

/** A report and the function that times the loss. */
interface Audited {
  readonly report: AuditReport;
  readonly time: () => AuditTime;
  /** The loss takes its labels as whole numbers, one per row, which nobody said. */
  readonly takesIndices?: boolean;
}

/** The loss as it is called: with the outputs alone if there are no labels and it has one parameter. */
function asCalled(loss: AuditedLoss, { yTrue }: AuditOptions): Pick<AuditSettings, "assumed"> & { loss: AuditedLoss } {
  if (yTrue !== "none" || loss.length !== 1) return { loss };
  const ofOutputs = loss as unknown as (yPred: Tensor) => Tensor;
  return {
    loss: (_, yPred) => ofOutputs(yPred),
    assumed: ["The loss is called with the outputs alone, as it has one parameter"],
  };
}

function auditTensorFlow(given: AuditedLoss, settings: Omit<AuditSettings, "leftBehind">, batch: AuditBatch): Audited {
  const { loss, assumed } = asCalled(given, settings.options);
  checkLoss(loss, batch);
  const leftBehind = tensorsLeftBy(loss, batch);
  const report = auditEngine(tfjsEngine(loss), { ...settings, leftBehind, assumed });
  return { report, time: () => timeLoss(loss, batch) };
}

/** Settings for a loss that makes the logits of the classes with weights of its own: which outputs are correct depends on them. */
const withWeights = (settings: AuditSettings): AuditSettings => ({
  ...settings,
  sampler: (kind, ...rest) => kind === "perfect" ? undefined : settings.sampler(kind, ...rest),
  assumed: [
    "The loss has weights of its own, on which the correct outputs depend: rules that compare with these said nothing",
  ],
});

function auditPython(loss: LoadedLoss, given: AuditSettings, batch: AuditBatch): Audited {
  const first = loss.check(batch, given.options.yTrue);
  const ofClasses = ["index", "one-hot"].includes(labelKindOf(given.options));
  const settings = first.hasWeights && ofClasses ? withWeights(given) : given;
  if (first.died !== undefined) return auditDead(loss, batch, first.died);
  const { framework } = loss, report = auditEngine(loss.engine, settings);
  const found = report.findings.map((one) => inWordsOf(framework, placed(one, () => loss.engine.record(batch))));
  const findings = withFirstCall(loss, first, batch, found);
  return {
    report: { // with its probes and its path, which the process may not live to compute later
      ...report,
      verdict: verdictOf(findings),
      findings,
      assumed: [
        ...report.assumed.map((text) => wordsOf(framework, text)),
        ...(first.alone && !loss.takesNoLabels ? [] : loss.assumed), // about the order of two arguments
        ...first.assumed,
      ],
    },
    time: () => loss.time(batch),
    takesIndices: first.takesIndices && settings.options.yTrue === undefined,
  };
}

/** The report about a loss that ends its process on an ordinary batch: nothing else can be asked of it. */
function auditDead({ assumed, takesNoLabels }: LoadedLoss, batch: AuditBatch, died: string): Audited {
  const { trueShape, predShape } = batch, message = `The loss ${died}, called with ${passedText(batch, takesNoLabels)}`;
  const finding: Finding = {
    cause: "domain-edge",
    severity: "error",
    message,
    evidence: { batch: "random", labels: `[${trueShape}]`, outputs: `[${predShape}]` },
    remedy: "Call the loss by hand with labels and outputs of these shapes; no other rule was tried",
  };
  return {
    report: {
      verdict: "broken",
      findings: [finding],
      probes: [{ name: "a first call", result: "found", detail: message }],
      assumed,
      lossPath: [],
    },
    time: () => ({ loss: NaN, reference: NaN }),
  };
}

const optionNames = [
  ...["name", "yPred", "yTrue", "extraLabels", "columns", "labelColumns", "prevalence", "metric"] as const,
  ...["seed", "rows", "sample", "onProgress"] as const,
] satisfies (keyof AuditOptions)[];

const task = "audit the loss";

const isRange = (kind: unknown): boolean =>
  Array.isArray(kind) && kind.length === 2 && kind.every(Number.isFinite) && kind[0] < kind[1];

const aPredictionKind: Rule = {
  must: `${oneOf(...predictionKinds).must}, or a range [min, max]`,
  valid: (kind) => predictionKinds.some((name) => name === kind) || isRange(kind),
};

/** Refuses labels of fewer columns than outputs where a label, or the outputs of a row, belong together. */
function checkLabelColumns(options: AuditOptions, columns: number): void {
  const { labelColumns, yPred, sample } = options, labels = labelKindOf(options);
  check(task, { labelColumns }, {
    must: `an integer from 1 to 'columns', ${columns}`,
    valid: (n) => n === undefined || (Number.isInteger(n) && (n as number) >= 1 && (n as number) <= columns),
  });
  if (labelColumns === undefined || labelColumns === columns) return;
  const whole = sample !== undefined
    ? "'sample'"
    : yPred === "simplex"
    ? "outputs of the kind simplex"
    : ofWholeRows.includes(labels)
    ? `labels of the kind ${labels}`
    : undefined;
  if (whole !== undefined) throw new RangeError(`Cannot ${task}: 'labelColumns' cannot be used with ${whole}`);
}

/** Refuses a loss that is not a function, and options out of range. */
function checkAudit(loss: AuditedLoss | PythonLoss, options: AuditOptions): void {
  if (!(loss instanceof LoadedLoss)) check(task, { loss }, aFunction);
  checkOptions("an audit", options, optionNames);
  const { rows = 64, columns = 1, prevalence = 0.4, seed = 1, extraLabels = [], sample, onProgress } = options;
  check(task, { yPred: options.yPred }, optional(aPredictionKind));
  check(task, { yTrue: options.yTrue }, optional(oneOf(...labelKinds)));
  check(task, { rows }, numberThat("an even integer of at least 8", (n) => n >= 8 && n % 2 === 0));
  check(task, { columns }, integerFrom(1));
  checkLabelColumns(options, columns);
  check(task, { prevalence }, numberThat("a number inside (0, 1)", (p) => p > 0 && p < 1));
  check(task, { seed }, integerFrom(0));
  check(task, { extraLabels }, {
    must: `a list of ${extraLabelKinds.join(", ")}`,
    valid: (kinds) => Array.isArray(kinds) && kinds.every((kind) => extraLabelKinds.includes(kind)),
  });
  check(task, { sample, onProgress }, optional(aFunction));
}
