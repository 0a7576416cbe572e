// The kernels for the largest of a row against the library's own float64 passes, on both backends.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { argmaxDecision } from "../../lib/decisions/argmax.ts";
import { type LossOptions, metricLoss } from "../../lib/mod.ts";
import { lossAndGradient } from "../../lib/core.ts";
import { assertWithin, counted, onBackends, random, slowOnBackends, valueAndGradient } from "../helpers.ts";

/** The value and the gradient of the F1 loss in float64, which no kernel takes. */
function exact(options: LossOptions, yTrue: tf.Tensor, yPred: tf.Tensor, weights?: tf.Tensor) {
  const [labels, outputs, sampleWeight] = [yTrue, yPred, weights].map((one) =>
    one && Float64Array.from(one.dataSync())
  );
  return lossAndGradient(labels!, outputs!, { ...options, score: "f1", columns: yPred.shape.at(-1), sampleWeight });
}

/** Rows that a softmax of logits makes, some sure of themselves, some not; labels by class, and as columns. */
function batch(rows: number, classes: number) {
  const next = random(rows + classes), size = rows * classes;
  const logits = Float32Array.from({ length: size }, (_, i) => (next() - 0.5) * 2 ** (i / classes % 6));
  const indices = Int32Array.from({ length: rows }, () => Math.floor(next() * classes));
  const yPred = tf.tidy(() => tf.clipByValue(tf.softmax(tf.tensor2d(logits, [rows, classes])), 0, 1));
  return {
    yPred,
    logits: tf.tensor2d(logits, [rows, classes]),
    indices: tf.tensor1d(indices, "int32"),
    columns: tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(indices, "int32"), classes), "float32")),
    soft: tf.tidy(() => tf.clipByValue(tf.softmax(tf.tensor2d(logits.map((v) => -v), [rows, classes])), 0, 1)),
    each: tf.tensor2d(Float32Array.from({ length: size }, () => next() * 2), [rows, classes]),
    aRow: tf.tensor1d(Float32Array.from({ length: rows }, () => next() * 2)),
  };
}

/**
 * Differences of a gradient, relative to the largest number of its row: the largest one of 99 % of the rows, and of all.
 * Where the likely classes of a row are worth nearly the same, what is left of the difference has few digits.
 */
function differences(got: ArrayLike<number>, wanted: ArrayLike<number>, classes: number): [most: number, all: number] {
  const each: number[] = [];
  for (let start = 0; start < got.length; start += classes) {
    let largest = 0, off = 0;
    for (let i = start; i < start + classes; i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      off = Math.max(off, Math.abs(got[i] - wanted[i]));
    }
    each.push(off > 1e-35 ? off / largest : 0);
  }
  each.sort((a, b) => a - b);
  return [each[Math.floor(0.99 * (each.length - 1))], each.at(-1)!];
}

slowOnBackends("values and gradients are those of plain float64: steps, averages, labels, weights, columns", () => {
  for (const [rows, classes] of [[7, 3], [2503, 2], [1703, 3], [1203, 5], [1031, 10], [403, 25]]) {
    const { yPred, logits, indices, columns, soft, each, aRow } = batch(rows, classes);
    for (const step of ["softsign", "straightThrough", "round"] as const) {
      for (const average of ["macro", "micro", "weighted"] as const) {
        for (const fromLogits of [false, true]) {
          const options: LossOptions = { decision: "argmax", average, step, fromLogits };
          const fused = metricLoss("f1", options), x = fromLogits ? logits : yPred;
          for (const [labels, weights] of [[columns], [indices, aRow], [columns, each], [soft], [indices, each]]) {
            const where = `${rows} × ${classes}, ${step}, ${average}, ${fromLogits ? "logits" : ""}`;
            const { result: got, made } = counted(() => valueAndGradient(fused, labels, x, weights));
            assertEquals(made, 0);
            const wanted = exact(options, labels, x, weights);
            assertWithin(got.value, wanted.value, 5e-8 + 6e-8, where); // and half an ulp of each
            const [most, all] = differences(got.gradient, wanted.gradient, classes);
            assert(most <= 6e-6 && all <= 1e-3, `${where}: the gradient is off by ${most}, ${all}`);
          }
        }
      }
    }
    tf.dispose([yPred, logits, indices, columns, soft, each, aRow]);
  }
});

onBackends("wide rows that are sure of themselves: many small exponentials count beside a large one", () => {
  for (const [rows, classes] of [[2003, 33], [1003, 100], [403, 300]]) {
    const next = random(classes), indices = Int32Array.from({ length: rows }, () => Math.floor(next() * classes));
    const logits = Float32Array.from(
      { length: rows * classes },
      (_, i) => 4 * next() + (i % classes === indices[Math.floor(i / classes)] && next() < 0.9 ? 8 : 0),
    );
    const yPred = tf.tidy(() => tf.clipByValue(tf.softmax(tf.tensor2d(logits, [rows, classes])), 0, 1));
    const options: LossOptions = { decision: "argmax", average: "macro" }, labels = tf.tensor1d(indices, "int32");
    const got = valueAndGradient(metricLoss("f1", options), labels, yPred), wanted = exact(options, labels, yPred);
    assertWithin(got.value, wanted.value, 2e-7, `${classes} columns`);
    const [, all] = differences(got.gradient, wanted.gradient, classes);
    assert(all <= 3e-6, `${classes} columns: the gradient is off by ${all}`);
    tf.dispose([yPred, labels]);
  }
});

onBackends("other slopes, from the identity's to next to the decision's", () => {
  const classes = 10, { yPred, columns } = batch(1031, classes);
  for (const slope of [1, 2, 10, 50, 1000]) {
    const options: LossOptions = { decision: "argmax", average: "macro", slope };
    const got = valueAndGradient(metricLoss("f1", options), columns, yPred),
      wanted = exact(options, columns, yPred);
    assertWithin(got.value, wanted.value, 5e-8 + 6e-8, `slope ${slope}`);
    // In float32 the exponent of a sum of 0.3 and 0.7 is known to slope·2e-7.
    const bound = 3e-6 * Math.max(1, slope / 4), [most, all] = differences(got.gradient, wanted.gradient, classes);
    assert(most <= bound && all <= 100 * bound, `slope ${slope}: the gradient is off by ${most}, ${all}`);
  }
  tf.dispose([yPred, columns]);
});

onBackends("as steep as can be, and as wide: values as float64 has them, gradients that are numbers", () => {
  for (const [rows, classes, slope] of [[1031, 10, 1e20], [1031, 10, 1e60], [9, 5000, 4]]) {
    const { yPred, indices } = batch(rows, classes);
    for (const step of ["softsign", "straightThrough"] as const) {
      const options: LossOptions = { decision: "argmax", average: "micro", slope, step };
      const got = valueAndGradient(metricLoss("f1", options), indices, yPred),
        wanted = exact(options, indices, yPred);
      assertWithin(got.value, wanted.value, 5e-8 + 6e-8, `slope ${slope}, ${classes} columns`);
      assert(got.gradient.every(Number.isFinite), `slope ${slope}`);
    }
    tf.dispose([yPred, indices]);
  }
});

onBackends("rows that are one-hot already: the loss is exactly 0, of many rows too", () => {
  for (const [rows, classes] of [[64, 3], [4001, 3], [2001, 10], [301, 60]]) {
    const { indices, columns } = batch(rows, classes);
    for (const step of ["softsign", "straightThrough", "round"] as const) {
      for (const slope of step === "round" ? [undefined] : [1, 4, 30]) {
        const loss = metricLoss("f1", { decision: "argmax", average: "micro", step, slope });
        assertEquals(
          valueAndGradient(loss, indices, columns).value,
          0,
          `${rows} × ${classes}, ${step}, slope ${slope}`,
        );
      }
    }
    tf.dispose([indices, columns]);
  }
});

onBackends("the first of the largest wins; outputs out of range, and indices, are refused by name", () => {
  const rows = 2000, tie = tf.tile(tf.tensor2d([[0.25, 0.375, 0.375]]), [rows, 1]);
  const loss = metricLoss("accuracy", { decision: "argmax", average: "micro", step: "round" });
  const second = tf.fill([rows], 1, "int32"), third = tf.fill([rows], 2, "int32"), bad = tf.fill([rows], 3, "int32");
  assertEquals(valueAndGradient(loss, second, tie).value, 0);
  assert(valueAndGradient(loss, third, tie).value > 0.6);
  const { made } = counted(() => {
    for (const [labels, factor, words] of [[bad, 1, "class indices from 0 to 2"], [second, 3, "[0, 1]"]] as const) {
      let message = "";
      try {
        const x = tf.mul(tie, factor);
        try {
          valueAndGradient(loss, labels, x);
        } finally {
          x.dispose();
        }
      } catch (error) {
        message = (error as Error).message;
      }
      assert(message.includes(words), message);
    }
  });
  assertEquals(made, 0);
  tf.dispose([tie, second, third, bad]);
});

Deno.test("an argmax says what it is, for the kernels", () => {
  const options = { slope: 4, mode: "soft", fromLogits: false } as const;
  assertEquals(argmaxDecision(options).argmax, options);
});
