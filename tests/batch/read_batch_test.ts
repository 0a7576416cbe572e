// What a batch becomes. What is refused, and how, is tested where a user meets it: tests/losses/refusals_test.ts.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { areHostNumbers, isHostNumbers, readBatch, readBatchShape } from "../../lib/batch/read_batch.ts";
import { describe } from "../../lib/check/check.ts";
import { lossAndGradient } from "../../lib/loss_and_gradient.ts";
import { assertRefused, counted, onBackends } from "../helpers.ts";

onBackends("a batch is read as its numbers, whatever the shape and dtype, without a tensor more", () => {
  const yTrue = tf.tensor2d([1, 0, 1], [3, 1], "int32"), yPred = tf.tensor1d([0.5, 0.25, 1]);
  const sampleWeight = tf.tensor1d([true, false, true], "bool");
  const { made, result } = counted(() => readBatch("f1", { yTrue, yPred, sampleWeight }, { fromLogits: false }));
  assertEquals(made, 0);
  const columns = [result.yTrue, result.yPred, result.sampleWeight!].map((column) => Array.from(column));
  assertEquals(columns, [[1, 0, 1], [0.5, 0.25, 1], [1, 0, 1]]);
  assertStrictEquals(readBatch("f1", { yTrue, yPred }, { fromLogits: false }).sampleWeight, undefined);
  tf.dispose([yTrue, yPred, sampleWeight]);
});

onBackends("the message starts with what was to be computed", () => {
  const y = tf.tensor1d([1]), p = tf.tensor1d([1.5]);
  const message = assertRefused(() => readBatch("my score", { yTrue: y, yPred: p }, { fromLogits: false }), {
    argument: "yPred",
    value: "1.5",
  });
  assertEquals(
    message,
    "Cannot compute my score: 'yPred' must lie in [0, 1], row 0 is 1.5; for logits say fromLogits: true",
  );
  tf.dispose([y, p]);
});

onBackends("the bounds themselves are inside: labels 0 and 1, weights 0 and the largest float32", () => {
  tf.tidy(() => {
    const yTrue = tf.tensor1d([0, 1, 0.5]), yPred = tf.tensor1d([0, 1, 1e-45]);
    const sampleWeight = tf.tensor1d([0, 3.4028234663852886e38, -0]);
    const rows = readBatch("f1", { yTrue, yPred, sampleWeight }, { fromLogits: false });
    assertEquals(Array.from(rows.sampleWeight!), [0, 3.4028234663852886e38, -0]);
    for (const logit of [Infinity, -Infinity, 3e38]) {
      const rows = readBatch("f1", { yTrue, yPred: tf.tensor1d([logit, 0, 0]) }, { fromLogits: true });
      assertEquals(Array.from(rows.yPred)[0], Math.fround(logit));
    }
    assertThrows(() => readBatch("f1", { yTrue, yPred: tf.tensor1d([Infinity, 0, 0]) }, { fromLogits: false }));
  });
});

Deno.test("of weights that are no float32 the largest is the largest float32 as it is printed", () => {
  const read = (weight: number) => lossAndGradient([1, 0], [0.5, 0.5], { score: "f1", sampleWeight: [1, weight] });
  assertEquals(Math.fround(3.4028235e38), 3.4028234663852886e38);
  assert(Number.isFinite(read(3.4028235e38).value));
  assertRefused(() => read(3.403e38), { argument: "sampleWeight", value: "3.403e+38" });
});

Deno.test("a value is described shortly, and never as another", () => {
  const cases: [unknown, string][] = [
    [1.5, "1.5"],
    [-0, "-0"],
    [0, "0"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    ["1.5", "'1.5'"],
    ["", "''"],
    [true, "true"],
    [null, "null"],
    [undefined, "undefined"],
    [10n, "10n"],
    [[1, "a", null], "[1, 'a', null]"],
    [[1, 2, 3, 4, 5, 6, 7], "an array of 7"],
    [{ slope: 3 }, "an object with the keys ['slope']"],
    [Object.create(null), "an object with the keys []"],
    [Promise.resolve([1]), "[object Promise]"],
    [Float32Array.of(1), "[object Float32Array]"],
    [Math.max, "the function max"],
    [() => 1, "the function (anonymous)"],
    [Symbol("s"), "Symbol(s)"],
  ];
  for (const [value, text] of cases) assertStrictEquals(describe(value), text);
});

Deno.test("numbers that the loops read are float32, int32 or bytes, in all that is given", () => {
  const [float32, int32, bytes] = [new Float32Array(1), new Int32Array(1), new Uint8Array(1)];
  assertEquals([float32, int32, bytes, new Float64Array(1), [1], undefined].map(isHostNumbers), [
    ...[true, true, true],
    ...[false, false, false],
  ]);
  assertEquals(areHostNumbers({ yTrue: int32, yPred: float32 }), true);
  assertEquals(areHostNumbers({ yTrue: bytes, yPred: float32, sampleWeight: undefined }), true);
  assertEquals(areHostNumbers({ yTrue: [1], yPred: float32 }), false);
  assertEquals(areHostNumbers({ yTrue: float32, yPred: float32, sampleWeight: new Float64Array(1) }), false);
});

Deno.test("the last axis of several has the classes", () => {
  const given = (shape: number[]) => ({ shape, size: 24, dtype: "float32", dataSync: () => new Float32Array(24) });
  const { rows, classes } = readBatchShape("a test", { yTrue: given([2, 3, 4]), yPred: given([2, 3, 4]) }, {
    fromLogits: false,
    columns: true,
  });
  assertEquals([rows, classes], [6, 4]);
});
