import type { ScoreDefinition, ScoreName } from "../scores/to_score.ts";
import type { Scalar, Tensor } from "../tfjs/tensor.ts";

/**
 * Why a loss does not learn: the closed list of causes, and "leak", an addition to it: such a loss may learn, but no other
 * cause says that memory runs out before it has.
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

/** How bad it is: it cannot train; it will hurt on data that occur; good to know. */
export type Severity = "error" | "warning" | "note";

/** The batches that a loss is tried on. */
export const kinds = [
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

/** One of {@linkcode kinds}. */
export type Kind = typeof kinds[number];

/** Any loss: ours or not. */
export type AuditedLoss = (yTrue: Tensor, yPred: Tensor) => Tensor | Scalar;

/** What the outputs are. */
export type PredictionKind =
  | "probability"
  | "simplex"
  | "logits"
  | "real"
  | "nonnegative"
  | "tanh"
  | readonly [min: number, max: number];

/** What the labels are. */
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

/** Options of `auditLoss`. */
export interface AuditOptions {
  /**
   * What the outputs are.
   *
   * @default {"probability"}
   */
  yPred?: PredictionKind;
  /**
   * What the labels are.
   *
   * @default {"binary", or "one-hot" where the outputs are "simplex"}
   */
  yTrue?: LabelKind;
  /**
   * What to call the loss.
   *
   * @default {its own name}
   */
  name?: string;
  /**
   * How many outputs a row has.
   *
   * @default {1, or 3 for classes}
   */
  columns?: number;
  /**
   * Share of positives, inside (0, 1).
   *
   * @default {0.4}
   */
  prevalence?: number;
  /**
   * What the loss is meant to improve, more is better: a score of the decisions at the middle of the range (0.5 of
   * probabilities, 0 of logits), which needs labels of 0 and 1; or a function. It is watched in two short descents on
   * outputs that are free to move.
   */
  metric?: ScoreName | ScoreDefinition | ((yTrue: Tensor, yPred: Tensor) => number | Tensor);
  /**
   * The same seed gives the same report.
   *
   * @default {1}
   */
  seed?: number;
  /**
   * How many rows a batch has.
   *
   * @default {64}
   */
  rows?: number;
  /**
   * Called before each thing that is tried: how many are done, of how many, and which comes next. A loss that is slow is
   * audited for longer than the second or two that most take.
   */
  onProgress?: (done: number, of: number, next: string) => void;
  /** Data that the words above don't describe. */
  sample?: (kind: Kind, seed: number, rows: number) => { yTrue: Tensor; yPred: Tensor } | undefined;
}

/** Where in the loss. */
export interface Where {
  /** The operation of TensorFlow.js, "Round" say. */
  readonly op: string;
  /** The line of the caller's code, "file.ts:12:9", where it can be had. */
  readonly line?: string;
}

/** Numbers that anybody can compute again. */
export type Evidence = Readonly<Record<string, number | string | boolean>>;

/** One thing that is wrong. */
export interface Finding {
  /** Why. */
  readonly cause: Cause;
  /** How bad it is. */
  readonly severity: Severity;
  /** One sentence. */
  readonly message: string;
  /** The numbers. */
  readonly evidence: Evidence;
  /** What to write instead. */
  readonly remedy: string;
  /** Where in the loss, if that is known. */
  readonly where?: Where;
}

/** One thing that was tried. */
export interface Probe {
  /** What it asks. */
  readonly name: string;
  /** "ok", "found", or why it was not tried. */
  readonly result: "ok" | "found" | "skipped";
  /** What came out, in words and numbers. */
  readonly detail: string;
}

/** The loss along the way from wrong (0) to right (1), and its derivative by that way. */
export interface WayPoint {
  /** How far, from 0 to 1. */
  readonly at: number;
  /** The loss there. */
  readonly loss: number;
  /** Its derivative by the way, as the gradient says. */
  readonly slope: number;
}

/** How long one value and gradient takes, in milliseconds: the median of several, in turn. */
export interface AuditTime {
  /** Of the loss, on the random batch. */
  readonly loss: number;
  /** Of the mean squared error of as many outputs. */
  readonly reference: number;
}

/** What an audit found. */
export interface LossAudit {
  /** What was audited: the loss's name, or "loss". */
  readonly name: string;
  /** "broken" if a finding is an error, "suspect" if one is a warning. */
  readonly verdict: "sound" | "suspect" | "broken";
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** All that was tried. */
  readonly probes: readonly Probe[];
  /** What was assumed because it was not said, one sentence each. */
  readonly assumed: readonly string[];
  /** The loss from wrong to right; empty where it has no such way. */
  readonly way: readonly WayPoint[];
  /** Times the loss against the mean squared error. Not part of the report, which says the same each time. */
  time(): AuditTime;
  /** The whole report as data. */
  toJSON(): unknown;
  /** The report for a terminal. */
  toString(): string;
}
