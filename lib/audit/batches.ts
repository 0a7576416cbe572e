import { type SeededRandom, seededRandom } from "../numerics/random.ts";
import { softmax } from "../numerics/softmax.ts";
import type { AuditOptions, BatchKind, ExtraLabel, LabelKind, PredictionKind } from "./types.ts";

/** A batch as numbers, as an engine takes it. */
export interface AuditBatch {
  readonly yTrue: Float32Array;
  readonly yPred: Float32Array;
  readonly trueShape: number[];
  readonly predShape: number[];
}

/** Draws a batch of a kind; undefined if these labels or outputs have no such batch. */
export type Sampler = (kind: BatchKind, seed: number, rows: number) => AuditBatch | undefined;

/** The kinds of batches in words. */
export const kindsInWords: Readonly<Record<BatchKind, string>> = {
  random: "outputs of an untrained model",
  perfect: "correct outputs",
  saturated: "outputs at the ends of their range",
  far: "outputs far from 0",
  allNeg: "labels that are all negative",
  allPos: "labels that are all positive",
  constPred: "the same output in every row",
  zeroBoth: "labels and outputs that are all 0, or all the first class",
  outOfRange: "outputs outside their range",
};

/** The smallest and the largest of some numbers. */
export function extentOf(values: Iterable<number>): [low: number, high: number] {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

/** The mean of some numbers. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** The largest absolute value of some numbers. */
export const largestOf = (values: Float32Array): number => values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);

/** The number of entries of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The numbers of a column of a table that is stored row by row. */
export const columnOf = (values: Float32Array, width: number, column: number): Float32Array =>
  Float32Array.from({ length: values.length / width }, (_, row) => values[row * width + column]);

/** The columns of such a table. */
export const columnsOf = (values: Float32Array, width: number): Float32Array[] =>
  listOf(width, (column) => columnOf(values, width, column));

/** The rows of such a table. */
export const rowsOf = (values: Float32Array, width: number): Float32Array[] =>
  Array.from({ length: values.length / width }, (_, row) => values.subarray(row * width, (row + 1) * width));

/** Numbers that are computed from others, at the same places. */
function mapped(values: Float32Array, of: (value: number, i: number) => number): Float32Array {
  const made = new Float32Array(values.length); // a loop, as a list's own method takes several times as long
  for (let i = 0; i < made.length; i++) made[i] = of(values[i], i);
  return made;
}

/** A list of as many things, made one after the other. */
export function listOf<T>(count: number, of: (i: number) => T): T[] {
  const made: T[] = []; // a loop here, too
  for (let i = 0; i < count; i++) made.push(of(i));
  return made;
}

/** The batch with other outputs. */
export const withOutputs = (batch: AuditBatch, of: (p: number, i: number) => number): AuditBatch => ({
  ...batch,
  yPred: mapped(batch.yPred, of),
});

/** The batch with other labels. */
export const withLabels = (batch: AuditBatch, of: (y: number, i: number) => number): AuditBatch => ({
  ...batch,
  yTrue: mapped(batch.yTrue, of),
});

/** The batch with labels and outputs in each other's place. */
export const exchanged = ({ yTrue, yPred, trueShape, predShape }: AuditBatch): AuditBatch => (
  { yTrue: yPred, yPred: yTrue, trueShape: predShape, predShape: trueShape }
);

/** The batch with one output everywhere, for nine outputs of its range. */
export function withConstants(batch: AuditBatch): { output: number; batch: AuditBatch }[] {
  const [low, high] = extentOf(batch.yPred);
  return listOf(9, (k) => {
    const output = low + (k + 0.5) / 9 * (high - low);
    return { output, batch: withOutputs(batch, () => output) };
  });
}

/** The batch with the same shares in every row: equal ones, then those that are certain of a class, for each class. */
export const withConstantShares = (batch: AuditBatch, columns: number): AuditBatch[] => [
  withOutputs(batch, () => 1 / columns),
  ...listOf(columns, (c) => withOutputs(batch, (_, i) => i % columns === c ? 1 : 0)),
];

/** The rows of a batch in another order, possibly repeated or left out. */
export function takeRows(batch: AuditBatch, order: readonly number[]): AuditBatch {
  const { yTrue, yPred, trueShape, predShape } = batch, rows = predShape[0];
  const pick = (values: Float32Array): Float32Array => {
    const columns = values.length / rows, picked = new Float32Array(order.length * columns);
    for (let i = 0; i < picked.length; i++) picked[i] = values[order[Math.floor(i / columns)] * columns + i % columns];
    return picked;
  };
  return {
    yTrue: pick(yTrue),
    yPred: pick(yPred),
    trueShape: [order.length, ...trueShape.slice(1)],
    predShape: [order.length, ...predShape.slice(1)],
  };
}

/** Tells whether every row of a table with several columns consists of shares that sum to 1. */
export const onSimplex = (values: Float32Array, columns: number): boolean =>
  columns > 1 && values.every((_, i) => {
    if (i % columns !== 0) return true;
    const row = values.subarray(i, i + columns);
    return Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-3 && row.every((p) => p >= 0);
  });

/** Tells whether all numbers are 0 or 1. */
export const areZeroOrOne = (values: Float32Array): boolean => values.every((v) => v === 0 || v === 1);

/** Tells whether all numbers are inside [0, 1]. */
export const areShares = (values: Float32Array): boolean => values.every((v) => v >= 0 && v <= 1);

/** A range of outputs. */
interface Domain {
  /** Draws an output of an untrained model. */
  draw(random: SeededRandom): number;
  /** The values at which outputs saturate. */
  ends: readonly [low: number, high: number];
  /** The outputs that stand for a negative and for a positive. */
  sure: readonly [no: number, yes: number];
}

const domains: Record<Exclude<PredictionKind, readonly number[]>, Domain> = {
  probability: { draw: (r) => 0.02 + 0.96 * r.uniform(), ends: [0, 1], sure: [0, 1] },
  simplex: { draw: (r) => r.normal(), ends: [0, 1], sure: [0, 1] },
  logits: { draw: (r) => 2 * r.normal(), ends: [-100, 100], sure: [-8, 8] },
  real: { draw: (r) => 1.5 * r.normal(), ends: [-1e4, 1e4], sure: [-1, 1] },
  nonnegative: { draw: (r) => Math.abs(r.normal()) + 0.05, ends: [0, 1e4], sure: [0, 1] },
  tanh: { draw: (r) => 1.96 * r.uniform() - 0.98, ends: [-1, 1], sure: [-1, 1] },
};

/** The range that an option stands for. */
function domainOf(kind: PredictionKind): Domain {
  if (typeof kind === "string") return domains[kind];
  const [min, max] = kind, span = max - min;
  return { draw: (r) => min + span * (0.02 + 0.96 * r.uniform()), ends: [min, max], sure: [min, max] };
}

const isClass = (labels: LabelKind): boolean => labels === "one-hot" || labels === "index";

const sharesOf = (logits: readonly number[]): number[] => [...softmax(logits, logits.length)];

/** Draws one row of labels. */
function labelRow(labels: LabelKind, kind: BatchKind, columns: number, prevalence: number, random: SeededRandom) {
  const none = kind === "allNeg" || kind === "zeroBoth";
  const positive = () => none ? 0 : kind === "allPos" || random.uniform() < prevalence ? 1 : 0;
  const each = (f: (j: number) => number) => listOf(columns, f);
  switch (labels) {
    case "binary":
      return each(positive);
    case "sign":
      return each(() => 2 * positive() - 1);
    case "index":
    case "one-hot": {
      const own = none ? 0 : kind === "allPos" ? columns - 1 : Math.floor(random.uniform() * columns);
      return labels === "index" ? [own] : each((j) => j === own ? 1 : 0);
    }
    case "distribution":
      return none ? each(() => 1 / columns) : sharesOf(each(() => random.normal()));
    case "probability":
      return each(() => none ? 0 : random.uniform());
    case "positive":
      return each(() => none ? 0 : Math.exp(random.normal()));
    case "count":
      return each(() => none ? 0 : Math.floor(5 * random.uniform()));
    case "none":
      return each(() => 0);
    default:
      return each(() => none ? 0 : random.normal());
  }
}

/** Draws a further column of a row of labels. */
function extraLabel(extra: ExtraLabel, kind: BatchKind, random: SeededRandom): number {
  if (kind === "zeroBoth") return 0;
  if (extra === "weight") return Math.exp(0.5 * random.normal());
  if (extra === "event" && (kind === "allNeg" || kind === "allPos")) return kind === "allPos" ? 1 : 0;
  return random.uniform() < 0.6 ? 1 : 0;
}

/** Gives each column a positive in the first row and a negative in the last row, if it has none. */
function ensureBoth(y: number[][]): void {
  for (const j of y[0].keys()) {
    if (y.every((row) => row[j] === 0)) y[0][j] = 1;
    if (y.every((row) => row[j] === 1)) y.at(-1)![j] = 0;
  }
}

/** The correct outputs for a row of labels. */
function ideal(y: readonly number[], labels: LabelKind, pred: PredictionKind, columns: number): number[] {
  const [no, yes] = domainOf(pred).sure;
  if (labels === "index") return listOf(columns, (j) => j === y[0] ? yes : no);
  if (labels === "binary" || labels === "one-hot" || labels === "sign") return y.map((v) => v > 0 ? yes : no);
  if (pred === "logits" && labels === "distribution") return y.map((v) => Math.log(v));
  if (pred === "logits" && labels === "probability") {
    return y.map((v) => Math.min(yes, Math.max(no, Math.log(v / (1 - v)))));
  }
  return [...y];
}

/** The kind of labels. The default is one class per row if the outputs are a simplex, and 0 and 1 otherwise. */
export const labelKindOf = ({ yTrue, yPred }: AuditOptions): LabelKind =>
  yTrue ?? (yPred === "simplex" ? "one-hot" : "binary");

/** Kinds of labels that describe a row as a whole, and cannot have fewer columns than the outputs. */
export const ofWholeRows: readonly LabelKind[] = ["one-hot", "index", "distribution", "none"];

/** A sampler of batches as the options describe them. The same arguments give the same numbers. */
export function samplerOf(options: AuditOptions): Sampler {
  const { yPred: pred = "probability", prevalence = 0.4, extraLabels = [] } = options, labels = labelKindOf(options);
  const columns = options.columns ?? (isClass(labels) || pred === "simplex" ? 3 : 1), domain = domainOf(pred);
  const labelled = options.labelColumns ?? columns; // the first outputs of a row; a deviation, for one, has no label
  return (kind, seed, rows) => {
    const random = seededRandom(seed);
    if (kind === "perfect" && labels === "none") return undefined;
    if (kind === "outOfRange" && pred !== "probability" && pred !== "simplex") return undefined;
    if (kind === "zeroBoth" && typeof pred !== "string" && !(pred[0] <= 0 && pred[1] >= 0)) return undefined;
    const y = listOf(rows, () => labelRow(labels, kind, labelled, prevalence, random));
    if (labels === "binary" && kind !== "allNeg" && kind !== "allPos" && kind !== "zeroBoth") ensureBoth(y);
    // Before the outputs: random and correct outputs have the same masks.
    const further = y.map(() => extraLabels.map((extra) => extraLabel(extra, kind, random)));
    const row = () => listOf(columns, () => domain.draw(random));
    const same = row(), shaped = (r: number[]) => pred === "simplex" ? sharesOf(r) : r;
    const [low, high] = domain.ends;
    const p = y.map((own): number[] => {
      switch (kind) {
        case "perfect":
          return labelled === columns
            ? ideal(own, labels, pred, columns)
            : [...ideal(own, labels, pred, labelled), ...row().slice(labelled)]; // the others as of random outputs
        case "saturated": {
          const hot = Math.floor(random.uniform() * columns);
          const end = () => random.uniform() < 0.5 ? low : high;
          return pred === "simplex" ? listOf(columns, (j) => j === hot ? 1 : 0) : row().map(end);
        }
        case "far":
          return shaped(row().map((v) => pred === "logits" || pred === "real" ? 60 * v : v));
        case "constPred":
          return shaped(same);
        case "zeroBoth": // of shares, the first class
          return row().map((_, j) => pred === "simplex" && j === 0 ? 1 : 0);
        case "outOfRange":
          return row().map(() => -0.5 + 2 * random.uniform());
        default:
          return shaped(row());
      }
    });
    const withFurther = y.map((own, i) => [...own, ...further[i]]);
    return {
      yTrue: new Float32Array(withFurther.flat()),
      yPred: new Float32Array(p.flat()),
      trueShape: [rows, withFurther[0].length],
      predShape: [rows, columns],
    };
  };
}

/** Turns an output for a sure negative into one for a sure positive, and back. */
function opposite(pred: PredictionKind = "probability"): (output: number) => number {
  const [no, yes] = domainOf(pred).sure;
  return (output) => no + yes - output;
}

/** A sampler whose correct outputs are small where those of the given sampler are large. */
export const turned = (sampler: Sampler, { yPred }: AuditOptions): Sampler => (kind, seed, rows) => {
  const batch = sampler(kind, seed, rows);
  return kind === "perfect" && batch !== undefined ? withOutputs(batch, opposite(yPred)) : batch;
};
