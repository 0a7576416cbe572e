import { denseBytes } from "./dense_bytes.ts";
import { growTo, instantiate } from "./simd.ts";

/** A table of float32 numbers, with the distances in bytes from a row, and from a column, to the next. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
  readonly steps: readonly [row: number, column: number];
}

/** Makes a matrix of numbers that lie row by row. */
export function toMatrix(values: Float32Array, rows: number): Matrix {
  const columns = values.length / rows;
  return { values, rows, columns, steps: [4 * columns, 4] };
}

/** Transposes a matrix without a copy. */
export const transpose = ({ values, rows, columns, steps: [row, column] }: Matrix): Matrix => ({
  values,
  rows: columns,
  columns: rows,
  steps: [column, row],
});

type Loop = (...pointersAndNumbers: number[]) => void;

let memory: WebAssembly.Memory | undefined, loop: Loop;

/** Returns a heap with at least so many bytes, and loads the loop of dense.as, which runs wherever `ownSimd` finds that SIMD loops run. */
function heapOf(bytes: number): ArrayBufferLike {
  if (memory === undefined) {
    memory = new WebAssembly.Memory({ initial: 1 });
    loop = instantiate(denseBytes, memory, () => 0).exports.product;
  }
  growTo(memory, bytes);
  return memory.buffer;
}

/** The smallest multiple of 4, and that of 2, that is not less than a count. */
const fours = (count: number): number => count + 3 & ~3, pairs = (count: number): number => count + 1 & ~1;

/** Returns the sums of a product, which lie at the address 0 in whole fours of rows and pairs of columns. */
function sumsOf(rows: number, columns: number): Float64Array {
  const size = fours(rows) * pairs(columns);
  return new Float64Array(heapOf(8 * size), 0, size);
}

/** The bytes of a matrix, and of three rows more, which the loop reads and does not use. */
const bytesOf = ({ values, steps }: Matrix): number => values.byteLength + 3 * Math.max(...steps);

/** Adds a product to the sums: `group` products at once, and rounded to float32 if `single`; see dense.as. */
function addProduct(a: Matrix, b: Matrix, group: number, single = false): void {
  const atA = sumsOf(a.rows, b.columns).byteLength, atB = atA + bytesOf(a), heap = heapOf(atB + bytesOf(b));
  new Float32Array(heap, atA).set(a.values);
  new Float32Array(heap, atB).set(b.values);
  const sizes = [a.rows, a.columns, b.columns, Math.min(group, a.columns)];
  loop(atA, ...a.steps, atB, ...b.steps, 0, ...sizes, Number(single));
}

/** Writes the sums of a product, rounded to float32. */
function readSums({ values, rows, columns }: Matrix): void {
  const sums = sumsOf(rows, columns);
  for (let i = 0, from = 0; i < values.length; from += pairs(columns)) {
    for (let j = 0; j < columns; j++) values[i++] = sums[from + j];
  }
}

/** The numbers of a piece of rows: it stays in the cache of a core, and the heap stays small. */
const pieceSize = 65536;

/** Calls a function with the first row, and the number of rows, of pieces of a matrix: all but the last have whole fours. */
function eachPiece({ rows, columns }: Matrix, use: (from: number, size: number) => void): void {
  const most = fours(Math.ceil(pieceSize / columns));
  for (let from = 0; from < rows; from += most) use(from, Math.min(most, rows - from));
}

const rowsOf = ({ values, columns }: Matrix, from: number, size: number): Matrix =>
  toMatrix(values.subarray(from * columns, (from + size) * columns), size);

/**
 * Computes a·b row by row, of numbers that lie row by row in `a`.
 *
 * @param block The number of products that are summed in float64 between two roundings to float32, as TensorFlow.js's cpu
 * backend does; default: the sums are rounded once.
 */
export function product(a: Matrix, b: Matrix, block?: number): Float32Array {
  const { columns } = b, result = toMatrix(new Float32Array(a.rows * columns), a.rows);
  eachPiece(a, (from, size) => {
    sumsOf(size, columns).fill(0);
    addProduct(rowsOf(a, from, size), b, block ?? Infinity, block !== undefined);
    readSums(rowsOf(result, from, size));
  });
  return result.values;
}

/** Computes aᵀ·b of numbers that lie row by row in both, summed in float64, four rows at a time, and rounded once. */
export function crossProduct(a: Matrix, b: Matrix): Float32Array {
  const result = toMatrix(new Float32Array(a.columns * b.columns), a.columns);
  sumsOf(a.columns, b.columns).fill(0);
  eachPiece(a, (from, size) => addProduct(transpose(rowsOf(a, from, size)), rowsOf(b, from, size), 4));
  readSums(result);
  return result.values;
}
