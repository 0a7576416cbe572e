// The products of dense layers against loops in float64: the same bits, whatever is left of fours, groups and pieces.
import { assertEquals } from "@std/assert";
import { crossProduct, type Matrix, product, toMatrix, transpose } from "../../lib/kernels/dense.ts";
import { random } from "../helpers.ts";

const next = random(3);

/** Makes a matrix whose last rows are the first ones, mirrored, times `sign`: with −1 sums leave nothing but their rounding. */
function matrix(rows: number, columns: number, sign = 1): Matrix {
  const values = new Float32Array(rows * columns).map(() => 2 * next() - 1);
  for (let i = 0; i < rows >> 1; i++) {
    for (let j = 0; j < columns; j++) values[(rows - 1 - i) * columns + j] = sign * values[i * columns + j];
  }
  return toMatrix(values, rows);
}

/** Makes the numbers of a matrix from the factors of each entry: groups of products, then their sum, rounded or not. */
function table(
  [rows, columns, inner]: readonly number[],
  factors: (i: number, j: number, k: number) => number,
  sizes: (left: number) => number,
  round = (sum: number) => sum,
): Float32Array {
  const entry = (i: number, j: number) => {
    let whole = 0;
    for (let k = 0, size; k < inner; k += size) {
      size = sizes(inner - k);
      let sum = 0;
      for (let n = k; n < k + size; n++) sum += factors(i, j, n);
      whole = round(whole + sum);
    }
    return whole;
  };
  return Float32Array.from({ length: rows * columns }, (_, at) => entry(Math.floor(at / columns), at % columns));
}

const at = ({ values, columns }: Matrix, i: number, j: number): number => values[i * columns + j];

const shapes = [[1, 1, 1], [3, 5, 2], [4, 4, 4], [7, 9, 1], [6, 1, 13], [9, 50, 10], [1_403, 97, 3], [5, 70_000, 2]];

Deno.test("a·b is summed in blocks that are rounded to float32, as the cpu backend sums", () => {
  for (const [rows, inner, columns] of shapes) {
    const a = matrix(rows, inner), b = matrix(inner, columns);
    for (const block of [1, 48]) {
      const sizes = (left: number) => Math.min(block, left);
      const wanted = table([rows, columns, inner], (i, j, k) => at(a, i, k) * at(b, k, j), sizes, Math.fround);
      assertEquals(product(a, b, block), wanted, `${rows} × ${inner} × ${columns}, ${block}`);
    }
  }
});

Deno.test("a·bᵀ is one sum per entry in float64", () => {
  for (const [rows, inner, columns] of shapes) {
    const a = matrix(rows, inner), b = matrix(columns, inner);
    const wanted = table([rows, columns, inner], (i, j, k) => at(a, i, k) * at(b, j, k), (left) => left);
    assertEquals(product(a, transpose(b)), wanted, `${rows} × ${inner} × ${columns}`);
  }
});

Deno.test("aᵀ·b is a sum in float64 over four rows at a time, then over the rows that are left", () => {
  for (const [columns, inner, rows] of shapes) {
    const a = matrix(inner, rows), b = matrix(inner, columns, -1);
    const sizes = (left: number) => left < 4 ? 1 : 4;
    const wanted = table([rows, columns, inner], (i, j, k) => at(a, k, i) * at(b, k, j), sizes);
    assertEquals(crossProduct(a, b), wanted, `${rows} × ${inner} × ${columns}`);
  }
});

Deno.test("the heap grows to what a product needs, however small it was", async () => {
  const a = matrix(200, 3), b = matrix(3, 200), wide = matrix(2, 40_000), tall = matrix(40_000, 2);
  for (const [left, right] of [[a, b], [wide, tall]]) {
    const address = new URL(`../../lib/kernels/dense.ts?fresh=${crypto.randomUUID()}`, import.meta.url).href;
    const own: typeof import("../../lib/kernels/dense.ts") = await import(address);
    assertEquals(own.product(left, right), product(left, right));
  }
});
