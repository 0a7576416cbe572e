import type { Tensor } from "../tfjs/tensor.ts";
import { describe } from "../check/describe.ts";

/** How far a probability may lie outside [0, 1] and still be one that was rounded: some float32 steps around 1. */
const rounding = 1e-6;

/** A batch as numbers: `rows` × `classes`, row by row. */
export interface Batch {
  /** How many rows there are: examples, or pixels. */
  readonly rows: number;
  /** How many outputs a row has. */
  readonly classes: number;
  /** Labels in [0, 1], one an output. */
  readonly yTrue: ArrayLike<number>;
  /** Outputs, as they came. */
  readonly yPred: ArrayLike<number>;
  /** Weights ≥ 0, one an output; absent: 1 each. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** The tensors of a batch. */
export interface BatchTensors {
  yTrue: Tensor;
  yPred: Tensor;
  sampleWeight?: Tensor;
}

/** How a batch is to be read. */
export interface BatchOptions {
  /** Whether the outputs are logits. */
  fromLogits: boolean;
  /** Whether a row may have more than one output; else what to say instead. */
  columns?: boolean;
  /** The label that marks what counts nowhere. */
  ignoreLabel?: number;
  /** Options that hold one number a class. */
  perClass?: readonly { option: string; length: number }[];
  /** The least number of classes. */
  atLeast?: number;
  /** How many rows came before this batch: an error names the row of the whole data. */
  firstRow?: number;
  /** Which rows of the whole data its examples are, where they were shuffled. */
  examples?: ArrayLike<number>;
}

/** Something in a batch that the scores have no meaning for: which argument, and what it was. */
const refuse = (what: string, argument: string, problem: string): Error =>
  new RangeError(`Cannot compute ${what}: '${argument}' ${problem}`);

const shapeText = ({ shape }: Tensor): string => `[${shape.join(", ")}]`;

function checkTensor(what: string, argument: string, tensor: Tensor): void {
  if (typeof tensor?.dataSync !== "function") {
    throw new TypeError(`Cannot compute ${what}: '${argument}' must be a tensor, it is ${describe(tensor)}`);
  }
  if (tensor.isDisposed) throw refuse(what, argument, "is disposed");
}

/** The rows and classes that the outputs' shape stands for. */
function readShape(what: string, yPred: Tensor, columns: boolean): { rows: number; classes: number } {
  const { shape, size } = yPred;
  const classes = shape.length === 1 ? 1 : shape[shape.length - 1];
  if (!columns && !(shape.length === 1 || (shape.length === 2 && classes === 1))) {
    const hint = classes > 1 && shape.length > 1 ? "; for several columns say average: 'macro', 'micro', …" : "";
    throw refuse(what, "yPred", `must have the shape [n] or [n, 1], it has ${shapeText(yPred)}${hint}`);
  }
  if (shape.length === 0) throw refuse(what, "yPred", "must have the shape [n], [n, c] or [n, …, c], it has []");
  if (size === 0) throw refuse(what, "yPred", `is empty, its shape is ${shapeText(yPred)}`);
  return { rows: size / classes, classes };
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/** How a tensor that goes with the outputs stands to them: one number an output, one a row, or neither. */
function relation(tensor: Tensor, yPred: Tensor, classes: number): "outputs" | "rows" | "neither" {
  const { shape } = tensor;
  const leading = yPred.shape.length === 1 ? yPred.shape : yPred.shape.slice(0, -1);
  const oneARow = sameShape(shape, leading) || sameShape(shape, [...leading, 1]);
  if (classes === 1) return oneARow ? "outputs" : "neither";
  return sameShape(shape, yPred.shape) ? "outputs" : oneARow ? "rows" : "neither";
}

function checkRelated(what: string, argument: string, tensor: Tensor, yPred: Tensor, classes: number): void {
  if (relation(tensor, yPred, classes) !== "neither") return;
  throw refuse(what, argument, `has the shape ${shapeText(tensor)}, 'yPred' has ${shapeText(yPred)}`);
}

function checkDtype(what: string, argument: string, tensor: Tensor, allowed: readonly string[]): void {
  if (!allowed.includes(tensor.dtype)) {
    throw refuse(what, argument, `must be of dtype ${allowed.join(", ")}, it is ${tensor.dtype}`);
  }
}

/** Refuses the first number that is outside [low, high]; NaN is outside of everything. */
function checkRange(
  values: ArrayLike<number>,
  low: number,
  high: number,
  complain: (value: number, place: number) => Error,
): void {
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= low && values[i] <= high)) throw complain(values[i], i);
  }
}

/** What the shapes of a batch say. */
export interface BatchShape {
  readonly rows: number;
  readonly classes: number;
  /** Whether the labels are class indices, one a row. */
  readonly indexed: boolean;
  /** Whether there is a weight a row, not one an output. */
  readonly rowWeights: boolean;
}

/** Checks everything about a batch but its numbers. */
export function readBatchShape(what: string, tensors: BatchTensors, options: BatchOptions): BatchShape {
  const { yTrue, yPred, sampleWeight } = tensors;
  checkTensor(what, "yTrue", yTrue);
  checkTensor(what, "yPred", yPred);
  if (sampleWeight !== undefined) checkTensor(what, "sampleWeight", sampleWeight);
  const { rows, classes } = readShape(what, yPred, options.columns ?? false);
  checkClasses(what, yPred, classes, options);
  checkRelated(what, "yTrue", yTrue, yPred, classes);
  if (sampleWeight !== undefined) checkRelated(what, "sampleWeight", sampleWeight, yPred, classes);
  checkDtype(what, "yTrue", yTrue, numbers);
  checkDtype(what, "yPred", yPred, ["float32"]);
  if (sampleWeight !== undefined) checkDtype(what, "sampleWeight", sampleWeight, numbers);
  return {
    rows,
    classes,
    indexed: relation(yTrue, yPred, classes) === "rows",
    rowWeights: sampleWeight !== undefined && relation(sampleWeight, yPred, classes) === "rows",
  };
}

const numbers = ["float32", "int32", "bool"];

/**
 * A batch as the numbers that the counts are taken from, or an error that names the argument, before any work.
 *
 * The checks cost no read-back of their own: who calls it needs the numbers in host memory anyway, where the cpu and
 * wasm backends keep them, and one comparison a number is little beside the step.
 */
export function readBatch(what: string, tensors: BatchTensors, options: BatchOptions): Batch {
  const { yTrue, yPred, sampleWeight } = tensors;
  const { rows, classes, indexed, rowWeights } = readBatchShape(what, tensors, options);
  const { firstRow = 0, examples } = options, perExample = rows / (examples?.length ?? 1); // pixels, say
  const rowAt = (i: number) =>
    `row ${examples === undefined ? firstRow + i : examples[Math.floor(i / perExample)] * perExample + i % perExample}`;
  const place = (i: number) => classes === 1 ? rowAt(i) : `${rowAt(Math.floor(i / classes))}, column ${i % classes}`;
  const outputs = yPred.dataSync();
  checkOutputs(what, outputs, options.fromLogits, place);
  const weights = sampleWeight &&
    readWeights(what, sampleWeight, rowWeights ? "rows" : "outputs", classes, place, rowAt);
  const given = yTrue.dataSync();
  const { labels, kept } = withoutIgnored(given, options.ignoreLabel);
  if (indexed) checkIndices(what, labels, classes, rowAt);
  else {
    checkRange(
      labels,
      0,
      1,
      (value, i) => refuse(what, "yTrue", `must lie in [0, 1], ${place(i)} is ${describe(value)}`),
    );
  }
  return {
    rows,
    classes,
    yTrue: indexed ? oneHot(labels, classes) : labels,
    yPred: outputs,
    sampleWeight: keptWeights(weights, kept && (indexed ? repeat(kept, classes) : kept)),
  };
}

function checkClasses(
  what: string,
  yPred: Tensor,
  classes: number,
  { perClass = [], atLeast = 1 }: BatchOptions,
): void {
  if (classes < atLeast) {
    throw refuse(what, "yPred", `must have at least ${atLeast} columns, its shape is ${shapeText(yPred)}`);
  }
  for (const { option, length } of perClass) {
    if (length !== classes) throw refuse(what, option, `has ${length} numbers, 'yPred' has ${classes} columns`);
  }
}

function checkOutputs(
  what: string,
  outputs: ArrayLike<number>,
  fromLogits: boolean,
  place: (i: number) => string,
): void {
  if (fromLogits) {
    checkRange(outputs, -Infinity, Infinity, (_, i) => refuse(what, "yPred", `must be numbers, ${place(i)} is NaN`));
    return;
  }
  checkRange(outputs, -rounding, 1 + rounding, (value, i) => {
    const hint = Number.isNaN(value) ? "" : "; if these are logits, say fromLogits: true";
    return refuse(what, "yPred", `must lie in [0, 1], ${place(i)} is ${value}${hint}`);
  });
}

/** The weights, one an output. */
function readWeights(
  what: string,
  tensor: Tensor,
  each: string,
  classes: number,
  place: (i: number) => string,
  rowAt: (i: number) => string,
): ArrayLike<number> {
  const weights = tensor.dataSync();
  checkRange(
    weights,
    0,
    Number.MAX_VALUE,
    (value, i) =>
      refuse(
        what,
        "sampleWeight",
        `must be finite and ≥ 0, ${each === "rows" ? rowAt(i) : place(i)} is ${describe(value)}`,
      ),
  );
  return each === "rows" ? repeat(weights, classes) : weights;
}

function repeat(values: ArrayLike<number>, times: number): Float64Array {
  return new Float64Array(values.length * times).map((_, i) => values[Math.floor(i / times)]);
}

/** The labels with 0 in the place of what is ignored, and 0 or 1 for each: whether it counts. */
function withoutIgnored(
  given: ArrayLike<number>,
  ignoreLabel: number | undefined,
): { labels: ArrayLike<number>; kept?: Float64Array } {
  if (ignoreLabel === undefined) return { labels: given };
  const kept = Float64Array.from(given, (label) => Object.is(label, ignoreLabel) || label === ignoreLabel ? 0 : 1);
  return { labels: Float64Array.from(given, (label, i) => kept[i] === 0 ? 0 : label), kept };
}

function keptWeights(
  weights: ArrayLike<number> | undefined,
  kept: Float64Array | undefined,
): ArrayLike<number> | undefined {
  if (kept === undefined || weights === undefined) return weights ?? kept;
  return kept.map((k, i) => k * weights[i]);
}

function checkIndices(
  what: string,
  labels: ArrayLike<number>,
  classes: number,
  rowAt: (i: number) => string,
): void {
  for (let i = 0; i < labels.length; i++) {
    if (!(Number.isInteger(labels[i]) && labels[i] >= 0 && labels[i] < classes)) {
      throw refuse(
        what,
        "yTrue",
        `must hold class indices from 0 to ${classes - 1}, ${rowAt(i)} is ${describe(labels[i])}`,
      );
    }
  }
}

function oneHot(labels: ArrayLike<number>, classes: number): Float32Array {
  const hot = new Float32Array(labels.length * classes);
  for (let i = 0; i < labels.length; i++) hot[i * classes + labels[i]] = 1;
  return hot;
}
