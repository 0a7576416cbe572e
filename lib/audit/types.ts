import type { ScoreDefinition, ScoreName } from "../scores/to_score.ts";
import type { Scalar, Tensor } from "../tfjs/tensor.ts";

/**
 * The closed list of reasons why a loss does not learn.
 *
 * - `no-gradient-op`: an operation between the outputs and the loss is flat, or has no gradient.
 * - `detached`: outputs are read out of the graph or cut off from it, so that no gradient reaches them, or one of its own.
 * - `constant`: the loss, or a term of it, is the same for all outputs.
 * - `saturated`: the gradient is 0 where it is needed, for random, wrong or sure outputs.
 * - `domain-edge`: a logarithm, root, power or exponential leaves its domain or overflows on a batch that can occur.
 * - `zero-division`: a division by 0 on a batch that can occur.
 * - `nan-gradient`: the loss is finite, but not its gradient.
 * - `wrong-sign`: the loss rises as the outputs improve.
 * - `swapped-arguments`: labels stand where outputs belong, and outputs where labels do.
 * - `activation-mismatch`: the last layer and the formula do not fit, such as a second softmax, or none.
 * - `label-encoding`: the labels are coded in a different way, or lie in a different range, than the formula needs.
 * - `broadcast`: operands of different shapes meet, and one is spread over the other.
 * - `wrong-axis`: a sum, a mean, a norm or a softmax runs along the rows, or mixes what belongs to different rows.
 * - `wrong-optimum`: the minimum is at other outputs than the correct ones, or there is none.
 * - `bad-scale`: the loss or its gradient has a size that training does not suit, which includes a loss that grows with
 *   the number of rows, as a sum over the rows does.
 * - `reduction`: the mean over batches is not the value on the data set, or a mean counts what it should not. A sum over
 *   the rows is `bad-scale` first, and `reduction` beside it.
 * - `leak`: each call leaves tensors behind. Such a loss may learn, but memory can run out before it has.
 */
export const causes = [
  "no-gradient-op",
  "detached",
  "constant",
  "saturated",
  "domain-edge",
  "zero-division",
  "nan-gradient",
  "wrong-sign",
  "swapped-arguments",
  "activation-mismatch",
  "label-encoding",
  "broadcast",
  "wrong-axis",
  "wrong-optimum",
  "bad-scale",
  "reduction",
  "leak",
] as const;

/** One of {@linkcode causes}. */
export type Cause = typeof causes[number];

/**
 * The closed list of reasons why a model does not learn: those of a loss, and two of what comes before it.
 *
 * - `unscaled-inputs`: columns of the inputs are large, constant or not finite.
 * - `dead-layer`: a layer gets no gradient, or all of its units are 0 on all rows.
 */
export const modelCauses = [...causes, "unscaled-inputs", "dead-layer"] as const;

/** One of {@linkcode modelCauses}. */
export type ModelCause = typeof modelCauses[number];

/** Effect of a finding: the loss cannot train; it will fail on some data; good to know. */
export type Severity = "error" | "warning" | "note";

/** The kinds of batches on which a loss is evaluated. */
export const batchKinds = [
  "random",
  "perfect",
  "saturated",
  "far",
  "allNeg",
  "allPos",
  "constPred",
  "zeroBoth",
  "outOfRange",
] as const;

/** One of {@linkcode batchKinds}. */
export type BatchKind = typeof batchKinds[number];

/** Any loss, of this library or not. */
export type AuditedLoss = (yTrue: Tensor, yPred: Tensor) => Tensor | Scalar;

/** Kind of outputs. */
export type PredictionKind =
  | "probability"
  | "simplex"
  | "logits"
  | "real"
  | "nonnegative"
  | "tanh"
  | readonly [min: number, max: number];

/** Kind of labels. */
export type LabelKind =
  | "binary"
  | "one-hot"
  | "index"
  | "sign"
  | "real"
  | "positive"
  | "count"
  | "probability"
  | "distribution"
  | "none";

/** Further column of the labels: a mask of 0 and 1, a weight above 0, an event of 0 and 1 (0: censored). */
export type ExtraLabel = "mask" | "weight" | "event";

/** The kinds of further columns of the labels. */
export const extraLabelKinds: readonly ExtraLabel[] = ["mask", "weight", "event"];

/** The kinds of outputs that have a name; the others are ranges. */
export const predictionKinds: readonly Extract<PredictionKind, string>[] = [
  "probability",
  "simplex",
  "logits",
  "real",
  "nonnegative",
  "tanh",
];

/** The kinds of labels. */
export const labelKinds: readonly LabelKind[] = [
  "binary",
  "one-hot",
  "index",
  "sign",
  "real",
  "positive",
  "count",
  "probability",
  "distribution",
  "none",
];

/** Options of `auditLoss`. */
export interface AuditOptions {
  /**
   * Kind of outputs.
   *
   * @default {"probability"}
   */
  yPred?: PredictionKind;
  /**
   * Kind of labels.
   *
   * @default {"binary", or "one-hot" if the outputs are "simplex"}
   */
  yTrue?: LabelKind;
  /**
   * Further columns of the labels, after those that belong to outputs: masks, weights, events.
   *
   * @default {none}
   */
  extraLabels?: readonly ExtraLabel[];
  /**
   * Name of the loss in the report.
   *
   * @default {the name of the function}
   */
  name?: string;
  /**
   * Number of outputs per row.
   *
   * @default {1, or 3 for classes}
   */
  columns?: number;
  /**
   * Number of labels per row, if there are fewer labels than outputs: 1 for a mean and a variance, for several quantiles
   * of one target, or for a mixture. The first outputs of a row belong to the labels; the others have no correct value,
   * and are drawn as those of an untrained model.
   *
   * @default {one label per output}
   */
  labelColumns?: number;
  /**
   * Fraction of positives, inside (0, 1).
   *
   * @default {0.4}
   */
  prevalence?: number;
  /**
   * The metric that the loss is meant to improve; larger is better. A score is computed from the decisions at the middle
   * of the range (0.5 for probabilities, 0 for logits) and needs labels of 0 and 1; a function takes labels and outputs.
   * The metric is evaluated along two short descents on free outputs.
   */
  metric?: ScoreName | ScoreDefinition | ((yTrue: Tensor, yPred: Tensor) => number | Tensor);
  /**
   * Seed of the batches. The same seed gives the same report.
   *
   * @default {1}
   */
  seed?: number;
  /**
   * Number of rows per batch.
   *
   * @default {64, or 16 for a loss with many operations or that compares rows with rows; `assumed` then states it}
   */
  rows?: number;
  /**
   * Function that is called before each rule, and before each probe when `probes` is first read, with the number of those
   * done, their total, and the name of the next one. Most audits take a second or two; that of a slow loss takes longer.
   */
  onProgress?: (done: number, of: number, next: string) => void;
  /** Function that draws batches which the kinds of outputs and labels do not describe. */
  sample?: (kind: BatchKind, seed: number, rows: number) => { yTrue: Tensor; yPred: Tensor } | undefined;
}

/** Place in the code of a loss, or in a model. */
export interface CodeLocation {
  /** Operation of TensorFlow.js, "Round" for example, or name of a layer. */
  readonly op: string;
  /** Line of the caller's code, "file.ts:12:9", if it is known. */
  readonly line?: string;
}

/** Numbers that can be computed again. */
export type Evidence = Readonly<Record<string, number | string | boolean>>;

/** One fault of a loss. */
export interface Finding<C extends ModelCause = Cause> {
  /** Reason. */
  readonly cause: C;
  /** Effect. */
  readonly severity: Severity;
  /** Description in one sentence. */
  readonly message: string;
  /** Numbers that show it. */
  readonly evidence: Evidence;
  /** Suggested change. */
  readonly remedy: string;
  /** Place in the loss, if it is known. */
  readonly where?: CodeLocation;
}

/** One fault of a model. */
export type ModelFinding = Finding<ModelCause>;

/** One rule or probe of an audit and its result. */
export interface AuditProbe {
  /** Name of the rule or probe. */
  readonly name: string;
  /** "ok", "found", or "skipped". */
  readonly result: "ok" | "found" | "skipped";
  /** Result in words and numbers, or the reason for skipping. */
  readonly detail: string;
}

/** Loss and slope at a point of the path from wrong outputs (0) to correct ones (1). */
export interface LossPathPoint {
  /** Position, from 0 to 1. */
  readonly at: number;
  /** Loss. */
  readonly loss: number;
  /** Derivative of the loss along the path, computed from the gradient. */
  readonly slope: number;
}

/**
 * Time of one value and gradient in milliseconds: the median of several, measured in turn. NaN for a loss that ends its
 * process or does not return.
 */
export interface AuditTime {
  /** Time of the loss on the random batch. */
  readonly loss: number;
  /** Time of the mean squared error of as many outputs. */
  readonly reference: number;
}

/** Result of an audit. */
export interface LossAudit {
  /** Name of the loss, or "loss". */
  readonly name: string;
  /** "broken" if a finding is an error, "suspect" if one is a warning. */
  readonly verdict: "sound" | "suspect" | "broken";
  /** Findings, worst first. */
  readonly findings: readonly Finding[];
  /** All rules and probes with their results. The probes are run when this is first read, except in Python. */
  readonly probes: readonly AuditProbe[];
  /** Assumptions about options that were not given, one sentence each. */
  readonly assumed: readonly string[];
  /**
   * Loss on the path from wrong outputs to correct ones; empty if there are no correct ones. It is computed when it is first read,
   * except in Python.
   */
  readonly lossPath: readonly LossPathPoint[];
  /** Times the loss and the mean squared error. The report does not contain times, so that it is the same each time. */
  time(): AuditTime;
  /** Returns the report as data. */
  toJSON(): unknown;
  /** Returns the report as text for a terminal. */
  toString(): string;
}

/** Result of an audit of a model: its last layer, its loss, its labels and its first batch together. */
export interface ModelAudit {
  /** Name of the model. */
  readonly name: string;
  /** "broken" if a finding is an error, "suspect" if one is a warning. */
  readonly verdict: LossAudit["verdict"];
  /** Findings, worst first. */
  readonly findings: readonly ModelFinding[];
  /** All rules with their results. */
  readonly probes: readonly AuditProbe[];
  /** Assumptions, one sentence each. */
  readonly assumed: readonly string[];
  /** Returns the report as data. */
  toJSON(): unknown;
  /** Returns the report as text for a terminal. */
  toString(): string;
}
