// Arguments that may be tensors, arrays, typed arrays, rows or other iterables, as entries and as numbers.
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  readArrays,
  readEntries,
  shapeText,
  toNumbers,
  toShaped,
  withoutBigint,
} from "../../lib/batch/array_or_tensor.ts";
import { readGroups } from "../../lib/batch/read_groups.ts";
import "../helpers.ts";

const read = (given: unknown) => readEntries("a score", "yPred", given);
const refused = (call: () => unknown, sentence: string, error = RangeError) =>
  assertEquals(assertThrows(call, error).message, `Cannot compute a score: 'yPred' ${sentence}`);

Deno.test("entries of tensors: one axis, one column, several columns", () => {
  const [flat, one, two] = [tf.tensor1d([1, 2, 3]), tf.tensor2d([1, 2], [2, 1]), tf.tensor2d([1, 2, 3, 4], [2, 2])];
  assertEquals(read(flat), { values: flat.dataSync(), rows: 3, columns: undefined });
  assertEquals(read(one), { values: one.dataSync(), rows: 2, columns: undefined });
  assertEquals(read(two), { values: two.dataSync(), rows: 2, columns: 2 });
  assertEquals([flat, one, two].map((tensor) => shapeText(read(tensor))), ["[3]", "[2]", "[2, 2]"]);
  const [scalar, cube] = [tf.scalar(1), tf.zeros([1, 2, 3])];
  refused(() => read(scalar), "must have the shape [n] or [n, c], it has []");
  refused(() => read(cube), "must have the shape [n] or [n, c], it has [1, 2, 3]");
  const complex = tf.complex([1, 0], [0, 1]);
  refused(() => read(complex), "must not be complex");
  two.dispose();
  refused(() => read(two), "is disposed");
  assertStrictEquals(toShaped("a score", "yPred", flat), flat);
  tf.dispose([flat, one, scalar, cube, complex]);
});

Deno.test("entries of arrays: a flat list is taken as it is, rows and iterables are copied", () => {
  const list = [1, 2, 3], typed = Float32Array.of(1, 2);
  assertStrictEquals(read(list).values, list);
  assertStrictEquals(read(typed).values, typed);
  assertEquals(read(new Set([3, 4])), { values: [3, 4], rows: 2 });
  assertEquals(read([]), { values: [], rows: 0 });
  assertEquals(read([[1, 2], Int32Array.of(3, 4), new Set([5, 6])]), {
    values: [1, 2, 3, 4, 5, 6],
    rows: 3,
    columns: 2,
  });
  assertEquals(read([[1], [2]]), { values: [1, 2], rows: 2, columns: undefined });
  refused(() => read([[1, 2], [3]]), "has 2 columns in row 0, but 1 in row 1");
  refused(() => read([[1, 2], 3]), "has 2 columns in row 0, but 1 in row 1");
  for (const [given, text] of [[3, "3"], [null, "null"], [undefined, "undefined"], ["01", "'01'"]] as const) {
    refused(() => read(given), `must be a tensor or an array, it is ${text}`, TypeError);
  }
  // What only looks like a tensor is none.
  const like = [{ shape: [1], dataSync: 3 }, { shape: 1, dataSync: () => [1] }, { dataSync: () => [1] }, {
    shape: [1],
  }];
  for (const given of like) assertThrows(() => read(given), TypeError, "must be a tensor or an array");
});

Deno.test("numbers of entries: typed arrays as they are, integers of 64 bits as numbers, anything else refused by its entry", () => {
  const numbers = (given: unknown) => toNumbers("a score", "yPred", read(given).values);
  const typed = Float32Array.of(0.1, 0.2);
  assertStrictEquals(numbers(typed), typed);
  assertEquals(numbers([0.1, 2]), Float64Array.of(0.1, 2));
  assertEquals(numbers([1n, 2]), Float64Array.of(1, 2));
  assertEquals(numbers(BigInt64Array.of(5n, -6n)), Float64Array.of(5, -6));
  assertEquals([withoutBigint(7n), withoutBigint("7"), withoutBigint(7)], [7, "7", 7]);
  refused(() => numbers([1, "2"]), "must hold numbers, entry 1 is '2'");
  refused(() => numbers([null]), "must hold numbers, entry 0 is null");
  const { shape, size, dtype, dataSync } = toShaped("a score", "yPred", [[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]]);
  assertEquals([shape, size, dtype], [[3, 2], 6, "float32"]);
  assertEquals(dataSync(), Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6)); // not rounded
  assertEquals(toShaped("a score", "yPred", [1, 2, 3]).shape, [3]);
});

Deno.test("groups: one name per row, of any kind", () => {
  assertEquals(readGroups("a score", new Set(["a", 0, false]), 3), ["a", 0, false]);
  assertThrows(() => readGroups("a score", ["a"], 2), RangeError, "'groups' has the length 1, 'yPred' has 2");
  assertThrows(
    () => readGroups("a score", [[1, 2], [3, 4]], 2),
    RangeError,
    "must have one entry per row, it has the shape [2, 2]",
  );
  for (const [name, text] of [[undefined, "undefined"], [null, "null"], [NaN, "NaN"]] as const) {
    assertThrows(
      () => readGroups("a score", ["a", name], 2),
      RangeError,
      `must name the group of each row, row 1 is ${text}`,
    );
    assertThrows(() => readGroups("a score", [name, "a"], 2), RangeError, `row 0 is ${text}`);
  }
});

Deno.test("a batch is read of arrays and of tensors, with weights or without", () => {
  const yPred = tf.tensor1d([0.25, 0.5]), options = { fromLogits: false, columns: false };
  const plain = readArrays("a score", { yTrue: [1, 0], yPred }, options);
  assertEquals([plain.rows, plain.classes, Array.from(plain.yTrue), Array.from(plain.yPred)], [2, 1, [1, 0], [
    0.25,
    0.5,
  ]]);
  assertStrictEquals(plain.sampleWeight, undefined);
  const weighted = readArrays("a score", { yTrue: Int32Array.of(1, 0), yPred, sampleWeight: [3, 0.5] }, options);
  assertEquals(Array.from(weighted.sampleWeight!), [3, 0.5]);
  yPred.dispose();
});
