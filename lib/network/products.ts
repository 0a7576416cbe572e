import { bytesOfLetters } from "../kernels/simd.ts";
import { productsBytes } from "../kernels/products_bytes.ts";

/** Numbers of rows: float32 where there are many. */
export type RowNumbers = Float64Array | Float32Array;

/** A product of `kernels/products.as`: rows, their number, features; weights, units, results, or their gradients. */
type Product = (...addressesAndSizes: number[]) => void;

/** The SIMD loops in the memory of some rows. */
interface Loops {
  readonly affine: Product;
  readonly addAffine: Product;
  /** The numbers of a call: the weights or their gradient, then those of some rows. */
  readonly numbers: Float64Array;
}

/** The loops by the buffer of the rows; without an entry the loops of this file take them. */
const loopsOf = new WeakMap<ArrayBufferLike, Loops>();

/** The room for the numbers of a call, in bytes, and the largest number of rows of one. */
const roomBytes = 2 ** 20, rowsPerCall = 1024, pageBytes = 65536;

/** More numbers are kept as float32: their products wait for memory, and half the bytes are read in half the time. */
const mostInFloat64 = 2 ** 20;

let compiled: WebAssembly.Module | undefined;

/**
 * Allocates numbers of rows. Where WebAssembly has SIMD they lie in a memory of its loops, which give the same bits as those of
 * JavaScript.
 *
 * @param narrow True for float32; default: if there are more than 2²⁰ numbers, as TensorFlow.js keeps all.
 */
export function allocateRows(length: number, narrow = length > mostInFloat64): RowNumbers {
  const bytes = narrow ? 4 : 8;
  try {
    compiled ??= new WebAssembly.Module(bytesOfLetters(productsBytes));
    const pages = Math.ceil((roomBytes + bytes * length) / pageBytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages }), { buffer } = memory;
    const exports = new WebAssembly.Instance(compiled, { env: { memory } }).exports as Record<string, Product>;
    const affine = exports[`affine${bytes}`], addAffine = exports[`addAffine${bytes}`];
    loopsOf.set(buffer, { affine, addAffine, numbers: new Float64Array(buffer, 0, roomBytes / 8) });
    return narrow ? new Float32Array(buffer, roomBytes, length) : new Float64Array(buffer, roomBytes, length);
  } catch { // no SIMD, or no room
    return narrow ? new Float32Array(length) : new Float64Array(length);
  }
}

/** Calls `each` with the address of some rows, their number and the first of them, until all rows were in a call. */
function inCalls(x: RowNumbers, features: number, each: (address: number, rows: number, first: number) => void): void {
  const rows = x.length / features;
  for (let first = 0; first < rows; first += rowsPerCall) {
    each(x.byteOffset + x.BYTES_PER_ELEMENT * first * features, Math.min(rowsPerCall, rows - first), first);
  }
}

/** Returns the loops for rows and so many weights of so many units; nothing where there are none, or no room for the numbers. */
function loopsFor({ buffer }: RowNumbers, weights: number, count: number): Loops | undefined {
  return weights + rowsPerCall * count <= roomBytes / 8 ? loopsOf.get(buffer) : undefined;
}

/** Writes Σ w·x + b for each row of `x` and each of `count` units, whose weights are followed by their bias, to `z`. */
export function affine(
  x: RowNumbers,
  features: number,
  weights: Float64Array,
  count: number,
  z: Float64Array,
): Float64Array {
  const own = (features + 1) * count, loops = loopsFor(x, own, count);
  if (loops === undefined) return affineByLoop(x, features, weights, count, z);
  const { numbers } = loops;
  numbers.set(weights.subarray(0, own));
  inCalls(x, features, (address, rows, first) => {
    loops.affine(address, rows, features, 0, count, 8 * own);
    z.set(numbers.subarray(own, own + rows * count), first * count);
  });
  return z;
}

/** Adds the gradient of {@linkcode affine} to `gradient`; `by` is the gradient with respect to its results. */
export function addAffine(
  x: RowNumbers,
  features: number,
  by: RowNumbers,
  count: number,
  gradient: Float64Array,
): void {
  const own = (features + 1) * count, loops = loopsFor(x, own, count);
  if (loops === undefined) return addAffineByLoop(x, features, by, count, gradient);
  const { numbers } = loops;
  numbers.set(gradient.subarray(0, own));
  inCalls(x, features, (address, rows, first) => {
    numbers.set(by.subarray(first * count, (first + rows) * count), own);
    loops.addAffine(address, rows, features, 8 * own, count, 0);
  });
  gradient.set(numbers.subarray(0, own));
}

/**
 * The same as {@linkcode affine} without SIMD. Four rows at a time: their sums are independent, so the
 * processor does not wait for one addition before the next.
 */
function affineByLoop(
  x: RowNumbers,
  features: number,
  weights: Float64Array,
  count: number,
  z: Float64Array,
): Float64Array {
  const n = x.length / features, whole = n - n % 4;
  for (let i = 0; i < whole; i += 4) {
    for (let k = 0, start = 0; k < count; k++, start += features + 1) {
      let a = i * features,
        b = a + features,
        c = b + features,
        d = c + features,
        sumA = 0,
        sumB = 0,
        sumC = 0,
        sumD = 0;
      for (let at = start; at < start + features; at++) {
        const w = weights[at];
        sumA += w * x[a++];
        sumB += w * x[b++];
        sumC += w * x[c++];
        sumD += w * x[d++];
      }
      const bias = weights[start + features], to = i * count + k;
      z[to] = bias + sumA;
      z[to + count] = bias + sumB;
      z[to + 2 * count] = bias + sumC;
      z[to + 3 * count] = bias + sumD;
    }
  }
  for (let i = whole; i < n; i++) {
    for (let k = 0, start = 0; k < count; k++, start += features + 1) {
      let sum = 0;
      for (let j = 0, from = i * features; j < features; j++) sum += weights[start + j] * x[from + j];
      z[i * count + k] = weights[start + features] + sum;
    }
  }
  return z;
}

/** The same as {@linkcode addAffine} without SIMD. */
function addAffineByLoop(
  x: RowNumbers,
  features: number,
  by: RowNumbers,
  count: number,
  gradient: Float64Array,
): void {
  const n = x.length / features, whole = n - n % 4;
  for (let i = 0; i < whole; i += 4) {
    for (let k = 0, start = 0; k < count; k++, start += features + 1) {
      const from = i * count + k,
        gA = by[from],
        gB = by[from + count],
        gC = by[from + 2 * count],
        gD = by[from + 3 * count];
      if (gA === 0 && gB === 0 && gC === 0 && gD === 0) continue;
      let a = i * features, b = a + features, c = b + features, d = c + features;
      for (let at = start; at < start + features; at++) {
        gradient[at] = gradient[at] + gA * x[a++] + gB * x[b++] + gC * x[c++] + gD * x[d++];
      }
      gradient[start + features] = gradient[start + features] + gA + gB + gC + gD;
    }
  }
  for (let i = whole; i < n; i++) {
    for (let k = 0, start = 0; k < count; k++, start += features + 1) {
      const g = by[i * count + k];
      for (let j = 0, from = i * features; j < features; j++) gradient[start + j] += g * x[from + j];
      gradient[start + features] += g;
    }
  }
}
