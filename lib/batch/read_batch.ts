import { describe, isTensorLike } from "../check/check.ts";

/** The distance from [0, 1] at which a probability still counts as rounded: some float32 steps around 1. */
export const rounding = 1e-6;

/** A batch as numbers: `rows` × `classes`, row by row. */
export interface Batch {
  /** The number of rows: examples, or pixels. */
  readonly rows: number;
  /** The number of outputs of a row. */
  readonly classes: number;
  /** Labels in [0, 1], one per output. */
  readonly yTrue: ArrayLike<number>;
  /** Outputs, as they came. */
  readonly yPred: ArrayLike<number>;
  /** Weights ≥ 0, one per output; absent: 1 each. */
  readonly sampleWeight?: ArrayLike<number>;
  /** The query of each row, where queries are named. */
  readonly groups?: readonly unknown[];
}

/** Numbers with a shape: a tensor of TensorFlow.js, or an array that was given one. */
export interface ShapedNumbers {
  /** The length of each axis. */
  readonly shape: number[];
  /** The number of numbers. */
  readonly size: number;
  /** The type of the numbers: "float32", "int32" or "bool". */
  readonly dtype: string;
  /** Says that the numbers are gone. */
  readonly isDisposed?: boolean;
  /** Returns the numbers, row by row. */
  dataSync(): ArrayLike<number>;
}

/** Numbers of a batch in host memory, as the backends have them; labels that were bool are bytes. */
export type HostNumbers = Float32Array | Int32Array | Uint8Array;

export const isHostNumbers = (values: unknown): values is HostNumbers =>
  values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array;

/** Labels, outputs and weights, as they are given. */
export interface Inputs<T> {
  readonly yTrue: T;
  readonly yPred: T;
  readonly sampleWeight?: T;
}

/** Tells whether the SIMD loops can read what is given. */
export const areHostNumbers = (inputs: Inputs<unknown>): inputs is Inputs<HostNumbers> =>
  Object.values(inputs).every((values) => values === undefined || isHostNumbers(values));

/** A batch before it is read. */
export type BatchTensors = Inputs<ShapedNumbers>;

/** Options of reading a batch. */
export interface BatchOptions {
  /** Reads the outputs as logits. */
  fromLogits: boolean;
  /** Refuses logits of ±∞. */
  finite?: boolean;
  /** Allows more than one output per row. */
  columns?: boolean;
  /** Advice at the end of the error about several outputs per row, where one is allowed. */
  advice?: string;
  /** The label of rows that count nowhere. */
  ignoreLabel?: number;
  /** Reads the labels as gains, any numbers ≥ 0. */
  gains?: boolean;
  /** The options that hold one number per class. */
  perClass?: readonly { option: string; length: number }[];
  /** The smallest number of classes. */
  atLeast?: number;
  /** The number of rows before this batch: an error names the row of the whole data. */
  firstRow?: number;
  /** The rows of the whole data that the batch's examples are, where they were shuffled. */
  examples?: ArrayLike<number>;
}

/** Makes the error about the data of one argument. */
export const refuse = (what: string, argument: string, problem: string): Error =>
  new RangeError(`Cannot compute ${what}: '${argument}' ${problem}`);

/** Throws unless an argument has as many entries as there are rows. */
export function checkLength(what: string, argument: string, length: number, rows: number): void {
  if (length !== rows) throw refuse(what, argument, `has the length ${length}, 'yPred' has ${rows}`);
}

function checkTensor(what: string, argument: string, tensor: ShapedNumbers): void {
  if (!isTensorLike(tensor)) {
    throw new TypeError(`Cannot compute ${what}: '${argument}' must be a tensor, it is ${describe(tensor)}`);
  }
  if (tensor.isDisposed) throw refuse(what, argument, "is disposed");
}

/** Reads rows and classes from the outputs' shape. */
function readShape(
  what: string,
  yPred: ShapedNumbers,
  {
    columns,
    advice = "for a softmax write { average: 'macro', decision: 'argmax' }, for several labels { average: 'macro' }",
  }: BatchOptions,
): { rows: number; classes: number } {
  const { shape, size } = yPred;
  const classes = shape.length === 1 ? 1 : shape.at(-1)!;
  if (!columns && !(shape.length === 1 || (shape.length === 2 && classes === 1))) {
    const hint = classes > 1 ? `; ${advice}` : "";
    throw refuse(what, "yPred", `must have the shape [n] or [n, 1], it has ${describe(yPred.shape)}${hint}`);
  }
  if (shape.length === 0) throw refuse(what, "yPred", "must have the shape [n], [n, c] or [n, …, c], it has []");
  if (size === 0) throw refuse(what, "yPred", `is empty, its shape is ${describe(yPred.shape)}`);
  return { rows: size / classes, classes };
}

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

/** Tells whether there is one label or weight per row of several outputs; throws unless there is, or one per output. */
function isPerRow(
  what: string,
  argument: string,
  tensor: ShapedNumbers,
  yPred: ShapedNumbers,
  classes: number,
): boolean {
  const { shape } = tensor, leading = yPred.shape.length === 1 ? yPred.shape : yPred.shape.slice(0, -1);
  const perRow = sameShape(shape, leading) || sameShape(shape, [...leading, 1]);
  if (perRow || sameShape(shape, yPred.shape)) return perRow && classes > 1;
  throw refuse(what, argument, `has the shape ${describe(tensor.shape)}, 'yPred' has ${describe(yPred.shape)}`);
}

function checkDtype(what: string, argument: string, tensor: ShapedNumbers, allowed: readonly string[]): void {
  if (!allowed.includes(tensor.dtype)) {
    throw refuse(what, argument, `must be of dtype ${allowed.join(", ")}, it is ${tensor.dtype}`);
  }
}

/** Refuses the first number outside [low, high], with a hint unless it is NaN, which is outside every range. */
function checkRange(
  what: string,
  argument: string,
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  must: string,
  place: (i: number) => string,
  hint = "",
): void {
  const { length } = values;
  for (let i = 0; i < length; i++) {
    const v = values[i];
    if (v >= low && v <= high) continue;
    throw refuse(what, argument, `must ${must}, ${place(i)} is ${describe(v)}${Number.isNaN(v) ? "" : hint}`);
  }
}

/** The end of the range of weights and gains: the largest float32 as it is printed, which float32 rounds down to it. */
export const largestAmount = 3.4028235e38;

/** Refuses weights or gains that are below 0, not finite, or so large that their sums overflow. */
export const checkAmounts = (
  what: string,
  argument: string,
  amounts: ArrayLike<number>,
  place: (i: number) => string,
): void => checkRange(what, argument, amounts, [0, largestAmount], "be finite in float32 and ≥ 0", place);

/** The shape of a batch, and the form of its labels and weights. */
export interface BatchShape {
  readonly rows: number;
  readonly classes: number;
  /** Says that the labels are class indices, one per row. */
  readonly indexed: boolean;
  /** Says that there is one weight per row, not per output. */
  readonly rowWeights: boolean;
  /** The label of rows that count nowhere. */
  readonly ignoreLabel?: number;
}

/** Checks everything about a batch but its numbers. */
export function readBatchShape(what: string, tensors: BatchTensors, options: BatchOptions): BatchShape {
  const { yTrue, yPred, sampleWeight } = tensors;
  checkTensor(what, "yTrue", yTrue);
  checkTensor(what, "yPred", yPred);
  if (sampleWeight !== undefined) checkTensor(what, "sampleWeight", sampleWeight);
  const { rows, classes } = readShape(what, yPred, options);
  checkClasses(what, yPred, classes, options);
  const indexed = isPerRow(what, "yTrue", yTrue, yPred, classes);
  const rowWeights = sampleWeight !== undefined && isPerRow(what, "sampleWeight", sampleWeight, yPred, classes);
  checkDtype(what, "yTrue", yTrue, numbers);
  checkDtype(what, "yPred", yPred, ["float32"]);
  if (sampleWeight !== undefined) checkDtype(what, "sampleWeight", sampleWeight, numbers);
  return { rows, classes, indexed, rowWeights, ignoreLabel: options.ignoreLabel };
}

const numbers = ["float32", "int32", "bool"];

/**
 * Reads a batch as the numbers that the counts are sums of, or throws an error that names the argument, before any work.
 *
 * The checks cost no read-back of their own: the caller needs the numbers in host memory anyway, where the cpu and wasm
 * backends keep them, and one comparison per number is little beside the step.
 */
export function readBatch(what: string, tensors: BatchTensors, options: BatchOptions): Batch {
  const { yTrue, yPred, sampleWeight } = tensors;
  const { rows, classes, indexed, rowWeights } = readBatchShape(what, tensors, options);
  const { firstRow = 0, examples } = options, perExample = rows / (examples?.length ?? 1); // pixels, say
  const rowAt = (i: number) =>
    `row ${examples === undefined ? firstRow + i : examples[Math.floor(i / perExample)] * perExample + i % perExample}`;
  const place = (i: number) => classes === 1 ? rowAt(i) : `${rowAt(Math.floor(i / classes))}, column ${i % classes}`;
  const outputs = yPred.dataSync();
  checkOutputs(what, outputs, options, place);
  const weights = sampleWeight?.dataSync();
  if (weights) checkAmounts(what, "sampleWeight", weights, rowWeights ? rowAt : place);
  const { labels, kept } = withoutIgnored(yTrue.dataSync(), options.ignoreLabel);
  if (indexed) checkIndices(what, labels, classes, rowAt);
  else if (options.gains) checkAmounts(what, "yTrue", labels, place);
  else checkRange(what, "yTrue", labels, [0, 1], "lie in [0, 1]", place);
  return {
    rows,
    classes,
    yTrue: indexed ? oneHot(labels, classes) : labels,
    yPred: outputs,
    sampleWeight: keptWeights(
      weights && (rowWeights ? repeat(weights, classes) : weights),
      kept && (indexed ? repeat(kept, classes) : kept),
    ),
  };
}

function checkClasses(
  what: string,
  yPred: ShapedNumbers,
  classes: number,
  { perClass = [], atLeast = 1 }: BatchOptions,
): void {
  if (classes < atLeast) {
    throw refuse(what, "yPred", `must have at least ${atLeast} columns, its shape is ${describe(yPred.shape)}`);
  }
  for (const { option, length } of perClass) {
    if (length !== classes) throw refuse(what, option, `has ${length} numbers, 'yPred' has ${classes} columns`);
    if (option === "classWeights" && classes === 1) {
      throw refuse(what, option, "weighs columns, 'yPred' has one column; weigh the rows by sampleWeight");
    }
  }
}

function checkOutputs(
  what: string,
  outputs: ArrayLike<number>,
  { fromLogits, finite = false }: Pick<BatchOptions, "fromLogits" | "finite">,
  place: (i: number) => string,
): void {
  if (fromLogits) {
    const most = finite ? Number.MAX_VALUE : Infinity;
    checkRange(what, "yPred", outputs, [-most, most], finite ? "be finite" : "be numbers", place);
  } else {
    const hint = "; for logits say fromLogits: true";
    checkRange(what, "yPred", outputs, [-rounding, 1 + rounding], "lie in [0, 1]", place, hint);
  }
}

function repeat(values: ArrayLike<number>, times: number): Float64Array {
  const repeated = new Float64Array(values.length * times);
  for (let i = 0, j = 0; i < values.length; i++) {
    for (let k = 0; k < times; k++, j++) repeated[j] = values[i];
  }
  return repeated;
}

/** Says that a label is the one of the rows that count nowhere; NaN is NaN. */
export const isIgnored = (label: number, ignoreLabel: number): boolean =>
  label === ignoreLabel || (Number.isNaN(label) && Number.isNaN(ignoreLabel));

/** Returns the labels with 0 for those that are ignored, and `kept`: 1 for a label that counts, else 0. */
function withoutIgnored(
  given: ArrayLike<number>,
  ignoreLabel: number | undefined,
): { labels: ArrayLike<number>; kept?: Float64Array } {
  if (ignoreLabel === undefined) return { labels: given };
  const labels = new Float64Array(given.length), kept = new Float64Array(given.length);
  for (let i = 0; i < labels.length; i++) {
    if (isIgnored(given[i], ignoreLabel)) continue; // 0 in both
    labels[i] = given[i];
    kept[i] = 1;
  }
  return { labels, kept };
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

/** Room for the decisions of a batch, for their derivatives, and for one more number per output. */
interface Room {
  readonly decisions: Float64Array;
  readonly slopes: Float64Array;
  readonly more: Float64Array;
  /** Lends the arrays to the next batch. */
  release(): void;
}

/** The room of a batch that no longer needs it: a new one takes as long as the step that fills it. */
let spare: Room | undefined;

/** Room for more outputs is not kept for the next batch. */
const largestSpare = 2 ** 20;

/** Returns room for a number of outputs; another batch may have left its numbers there. */
export function borrowRoom(outputs: number): Room {
  const room: Room = spare?.decisions.length === outputs ? spare : {
    decisions: new Float64Array(outputs),
    slopes: new Float64Array(outputs),
    more: new Float64Array(outputs),
    release: () => {
      if (outputs <= largestSpare) spare = room;
    },
  };
  spare = undefined; // lent, until its batch gives it back
  return room;
}
