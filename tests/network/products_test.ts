// The SIMD loops of the dense products against those of JavaScript: the same bits.
import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "@roundabout/roundabout/data";
import { addAffine, affine, allocateRows, type RowNumbers } from "../../lib/network/products.ts";

const random = seededRandom(1);
const normals = (length: number) => new Float64Array(length).map(() => random.normal());

/** Both products of rows, with what the gradient held before. */
function products(
  x: RowNumbers,
  features: number,
  count: number,
  numbers: Record<"weights" | "by" | "before", Float64Array>,
) {
  const gradient = numbers.before.slice();
  addAffine(x, features, numbers.by, count, gradient);
  return { z: affine(x, features, numbers.weights, count, new Float64Array(x.length / features * count)), gradient };
}

function assertSameBits(rows: number, features: number, count: number): void {
  const plain = normals(rows * features), x = allocateRows(plain.length), own = (features + 1) * count;
  assert(x.buffer.byteLength > x.byteLength, "the rows lie in a memory of the loops");
  x.set(plain);
  const by = normals(rows * count).map((g, i) => i % (9 * count) < 5 * count ? 0 : g); // some fours without a gradient
  const numbers = { weights: normals(own + 3), by, before: normals(own + 3) };
  const front = () => new Float64Array(x.buffer, 0, own).slice(), taken = own + 1024 * count <= 2 ** 17;
  const elsewhere = x instanceof Float32Array ? new Float32Array(x) : plain;
  const gradient = numbers.before.slice();
  addAffine(x, features, by, count, gradient);
  assertEquals(
    front(),
    taken ? gradient.subarray(0, own) : new Float64Array(own),
    "the numbers lie at the front if there is room",
  );
  const found = products(x, features, count, numbers);
  assertEquals(front(), taken ? numbers.weights.subarray(0, own) : new Float64Array(own));
  assertEquals(found, products(elsewhere, features, count, numbers));
}

Deno.test("the SIMD loops give the bits of the loops of JavaScript, whatever the rows, features and units", () => {
  for (const rows of [1, 3, 4, 9, 1023, 1025, 2050]) {
    for (const features of [1, 2, 7, 50]) for (const count of [1, 2, 3, 5, 8]) assertSameBits(rows, features, count);
  }
});

Deno.test("more than a million numbers are float32, with the same bits of either loop", () => {
  assert(allocateRows(2 ** 20) instanceof Float64Array);
  for (const features of [7, 50]) {
    const rows = Math.ceil((2 ** 20 + 1) / features);
    assert(allocateRows(rows * features) instanceof Float32Array);
    for (const count of [1, 5]) assertSameBits(rows, features, count);
  }
});

Deno.test("weights that have no room beside the rows take the loops of JavaScript", () => {
  assertSameBits(5, 65_000, 2);
  assertSameBits(1, 1023, 64); // just enough room
});

Deno.test("without a memory for the loops the rows are plain arrays, with the same numbers", () => {
  const { Memory } = WebAssembly;
  WebAssembly.Memory = function () {
    throw new RangeError("no room");
  } as unknown as typeof Memory;
  try {
    assertEquals([allocateRows(3), allocateRows(2 ** 20 + 1).constructor], [new Float64Array(3), Float32Array]);
  } finally {
    WebAssembly.Memory = Memory;
  }
  assertEquals(affine(Float64Array.of(1, 2), 2, Float64Array.of(3, 4, 5), 1, new Float64Array(1)), Float64Array.of(16));
});
