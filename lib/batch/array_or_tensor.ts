import { type Batch, type BatchOptions, type Inputs, readBatch, refuse, type ShapedNumbers } from "./read_batch.ts";
import { describe, isTensorLike } from "../check/check.ts";

/** A tensor, an array, a typed array, a polars series or any other iterable; of several columns: one array per row. */
export type ArrayOrTensor = ShapedNumbers | Iterable<unknown>;

/** The entries of an argument in row-major order, not yet checked. */
export interface Entries {
  readonly values: ArrayLike<unknown>;
  readonly rows: number;
  /** The number of columns; undefined for one entry per row. */
  readonly columns?: number;
}

const isShaped = (thing: unknown): thing is ShapedNumbers =>
  isTensorLike(thing) && Array.isArray((thing as ShapedNumbers).shape);

const isIterable = (thing: unknown): thing is Iterable<unknown> =>
  typeof thing === "object" && thing !== null && Symbol.iterator in thing;

const toList = (values: Iterable<unknown>): ArrayLike<unknown> =>
  Array.isArray(values) || ArrayBuffer.isView(values) ? values as ArrayLike<unknown> : Array.from(values);

/** A 64-bit integer (of a data frame, for example) as a number; anything else unchanged. */
export const withoutBigint = (value: unknown): unknown => typeof value === "bigint" ? Number(value) : value;

/** Reads the entries of a tensor of one or two axes, of a list, or of a list of rows; copies only what is not flat. */
export function readEntries(what: string, argument: string, given: unknown): Entries {
  if (isShaped(given)) {
    if (given.isDisposed) throw refuse(what, argument, "is disposed");
    const { shape, dtype } = given, [rows, columns] = shape;
    if (dtype === "complex64") throw refuse(what, argument, "must not be complex");
    if (shape.length !== 1 && shape.length !== 2) {
      throw refuse(what, argument, `must have the shape [n] or [n, c], it has ${describe(shape)}`);
    }
    return { values: given.dataSync(), rows, columns: columns === 1 ? undefined : columns };
  }
  if (!isIterable(given)) {
    throw new TypeError(`Cannot compute ${what}: '${argument}' must be a tensor or an array, it is ${describe(given)}`);
  }
  const list = toList(given), rows = list.length;
  if (!isIterable(list[0])) return { values: list, rows };
  const columns = toList(list[0]).length, values = new Array<unknown>(rows * columns);
  for (let i = 0; i < rows; i++) {
    const each = list[i], row = isIterable(each) ? toList(each) : [each];
    if (row.length !== columns) {
      throw refuse(what, argument, `has ${columns} columns in row 0, but ${row.length} in row ${i}`);
    }
    for (let k = 0; k < columns; k++) values[i * columns + k] = row[k];
  }
  return { values, rows, columns: columns === 1 ? undefined : columns };
}

/** The shape of the entries as a text: "[3]" or "[3, 2]". */
export const shapeText = ({ rows, columns }: Entries): string =>
  columns === undefined ? `[${rows}]` : `[${rows}, ${columns}]`;

/** Values as numbers: a typed array unchanged, anything else as float64. */
export function toNumbers(what: string, argument: string, values: ArrayLike<unknown>): ArrayLike<number> {
  if (ArrayBuffer.isView(values) && typeof values[0] === "number") return values as ArrayLike<number>;
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < numbers.length; i++) {
    const value = withoutBigint(values[i]);
    if (typeof value !== "number") {
      throw refuse(what, argument, `must hold numbers, entry ${i} is ${describe(value)}`);
    }
    numbers[i] = value;
  }
  return numbers;
}

/** The argument in the form that a batch is read from: a tensor unchanged, an array with its numbers unrounded. */
export function toShaped(what: string, argument: string, given: unknown): ShapedNumbers {
  if (isShaped(given)) return given;
  const entries = readEntries(what, argument, given), numbers = toNumbers(what, argument, entries.values);
  const { rows, columns } = entries, shape = columns === undefined ? [rows] : [rows, columns];
  return { shape, size: numbers.length, dtype: "float32", dataSync: () => numbers };
}

/** Reads a batch, as {@linkcode readBatch} does, of arrays or tensors. */
export function readArrays(
  what: string,
  { yTrue, yPred, sampleWeight }: Inputs<ArrayOrTensor>,
  options: BatchOptions,
): Batch {
  return readBatch(what, {
    yTrue: toShaped(what, "yTrue", yTrue),
    yPred: toShaped(what, "yPred", yPred),
    sampleWeight: sampleWeight === undefined ? undefined : toShaped(what, "sampleWeight", sampleWeight),
  }, options);
}
