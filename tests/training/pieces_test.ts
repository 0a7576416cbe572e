// The pieces of a training by themselves, on small numbers: orders of rows, schedules, biases, sentences, readers of batches.
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  annealSlope,
  f1Loss,
  type FitCallbacks,
  fitMetric,
  type FitMetricOptions,
  type Loss,
  type LossOptions,
  metricGradient,
  metricLoss,
  priorBias,
  softsign,
  stratifiedBatches,
} from "../../lib/mod.ts";
import { curveLoss, ndcgLoss } from "../../lib/losses/curves.ts";
import { auditModel } from "../../lib/audit/mod.ts";
import { atLeast, maximise } from "../../lib/constraints/mod.ts";
import type { Counts } from "../../lib/counts/counts.ts";
import { f1, recall, specificity } from "../../lib/scores/ratio.ts";
import { allowSimd, countOnes } from "../../lib/kernels/simd.ts";
import { hardOptions, partsOfLoss } from "../../lib/scoring/options.ts";
import { batchReader, checkData, isTensors, rowsReader, type TrainingData } from "../../lib/training/batches.ts";
import { bestCut } from "../../lib/training/best_cut.ts";
import { checkpointsIn, settingsOfLoss } from "../../lib/training/checkpoint.ts";
import { checkSame, DatasetSums } from "../../lib/training/dataset_sums.ts";
import {
  checkInformative,
  deadGradient,
  gradientBlocked,
  weightsAreFinite,
  weightsNotFinite,
} from "../../lib/training/fit_failure.ts";
import { checkFit } from "../../lib/training/fit_options.ts";
import {
  batchGradients,
  checkLoss,
  checkModel,
  countRowsWithGradient,
  isZero,
  outputOf,
  readRows,
} from "../../lib/training/passes.ts";
import { listenForStop, trainableVariables } from "../../lib/tfjs/model.ts";
import { checkWarmStart } from "../../lib/training/warm_start.ts";
import { readsOn } from "../devices.ts";
import { assertAllWithin, assertRefused, assertWithin, onBackends, random } from "../helpers.ts";
import { memoryStore } from "./fixtures.ts";

Deno.test("stratifiedBatches: a tensor [n, 1] is a column; other shapes and things are refused by name", () => {
  const column = tf.tensor2d([[1], [0], [0], [1]]), table = tf.tensor2d([[1, 0]]), cube = tf.tensor3d([[[1]]]);
  const options = { batchSize: 9, seed: 1 };
  assertEquals(stratifiedBatches(column, options).map((rows) => rows.toSorted()), [[0, 1, 2, 3]]);
  const refused = (labels: unknown, value: string, error: typeof RangeError = RangeError) => {
    const { message } = assertThrows(() => stratifiedBatches(labels as number[], options), error);
    assertEquals(message.startsWith("Cannot compute batches: 'yTrue' ") && message.endsWith(value), true, message);
  };
  refused(table, "it has [1, 2]");
  refused(cube, "it has [1, 1, 1]");
  refused([], "is empty");
  for (const [thing, words] of [[3, "3"], [null, "null"], [undefined, "undefined"]]) {
    refused(thing, `must be a tensor or an array, it is ${words}`, TypeError);
  }
  refused([0, 1, NaN], "row 2 is NaN");
  const few = [1, 0, 0, 1, 0, 1, 0], seeds = { batchSize: 3, seed: 4 };
  assertEquals(stratifiedBatches(few.map((k) => k ? 1e10 : 9e9), seeds), stratifiedBatches(few, seeds), "by size");
  column.dispose();
  refused(column, "is disposed");
  tf.dispose([table, cube]);
  assertRefusedOption(() => stratifiedBatches([1], { ...options, shuffle: true } as never), "'shuffle'");
  assertRefusedOption(() => stratifiedBatches([1], { batchSize: 1.5, seed: 1 }), "'batchSize'");
  assertRefusedOption(() => stratifiedBatches([1], { batchSize: 1, seed: -1 }), "'seed'");
});

function assertRefusedOption(call: () => unknown, named: string): void {
  const { message } = assertThrows(call, Error);
  assert(message.includes(named), message);
}

Deno.test("annealSlope: the closed form of each shape in between; a wrong option or epoch is named", () => {
  const at = (shape: "linear" | "geometric" | "cosine") => annealSlope({ from: 2, to: 10, epochs: 5, shape });
  assertAllWithin([0, 1, 2, 3, 4].map(at("linear")), [2, 4, 6, 8, 10], 1e-14);
  assertAllWithin([1, 3].map(at("geometric")), [2 * 5 ** 0.25, 2 * 5 ** 0.75], 1e-14);
  assertAllWithin([1, 3].map(at("cosine")), [6 - 4 * Math.SQRT1_2, 6 + 4 * Math.SQRT1_2], 1e-14);
  assertAllWithin([0, 1, 2].map(annealSlope({ to: 4, epochs: 3 })), [1, 2, 4], 1e-14);
  for (const bad of [0.5, Infinity, NaN, "2", undefined]) {
    assertRefused(() => annealSlope({ to: bad as number, epochs: 2 }), { argument: "to", value: "finite number ≥ 1" });
  }
  assertEquals(annealSlope({ from: 1, to: 1, epochs: 2 })(1), 1);
  for (const epochs of [0, 1.5]) assertRefusedOption(() => annealSlope({ to: 2, epochs }), "'epochs'");
  assertRefusedOption(() => annealSlope({ to: 2, epochs: 2, form: "linear" } as never), "'form'");
  for (const epoch of [-1, 0.5]) assertRefusedOption(() => at("linear")(epoch), "'epoch'");
});

Deno.test("priorBias: the log odds of each column, the log share of each class, weights of rows or of labels", () => {
  tf.tidy(() => {
    const y = tf.tensor2d([[1, 0], [0, 1], [0, 0.5], [0, 0.5]]);
    assertAllWithin(priorBias(y), [Math.log(1 / 3), 0], 1e-14);
    const weights = tf.tensor2d([[3, 1], [1, 3], [1, 0], [1, 0]]);
    assertAllWithin(priorBias(y, { sampleWeight: weights }), [0, Math.log(3)], 1e-14);
    const classes = tf.tensor1d([0, 1, 1, 1], "int32"), sampleWeight = tf.tensor1d([3, 1, 1, 1]);
    assertAllWithin(priorBias(classes, { classes: 2 }), [Math.log(0.25), Math.log(0.75)], 1e-14);
    assertAllWithin(priorBias(classes, { classes: 2, sampleWeight }), [Math.log(0.5), Math.log(0.5)], 1e-14);
    assertEquals(priorBias(tf.tensor2d([[1], [0]])), [0]);
    assertAllWithin(
      priorBias(tf.tensor1d([1, 0, 0]), { sampleWeight: tf.tensor1d([3, 1, 1]) }),
      [Math.log(1.5)],
      1e-14,
    );
    assertRefusedOption(() => priorBias(classes, { classes: 1 }), "'classes'");
    assertRefusedOption(() => priorBias(classes, { average: "macro" } as never), "'average'");
    assertRefusedOption(() => priorBias(classes, { classes: 3 }), "no row of class 2");
    assertRefusedOption(() => priorBias(tf.tensor1d([1, 1])), "no negative in column 0");
    assertRefusedOption(() => priorBias(undefined as never), "'yTrue'");
  });
});

Deno.test("priorBias: labels of 0 and 1 are counted by SIMD, to the same bits; any other label is added up, or named", () => {
  const next = random(19);
  for (const n of [2, 3, 4, 5, 8191, 8192, 8193, 20_003]) {
    const hard = Float32Array.from({ length: n }, (_, i) => i < 2 ? i : Number(next() < 0.3));
    const bias = (labels: Float32Array) => tf.tidy(() => priorBias(tf.tensor1d(labels))[0]);
    const ones = hard.reduce((sum, y) => sum + y, 0);
    assertEquals(countOnes(hard), ones);
    assertEquals(bias(hard), Math.log(ones / (n - ones)));
    assertEquals(tf.tidy(() => priorBias(tf.tensor2d(hard, [n, 1]))), [Math.log(ones / (n - ones))]);
    for (const place of [0, n - 1]) {
      for (const other of [0.5, 2 ** -149, -0]) {
        const soft = hard.with(place, other), sum = soft.reduce((sum, y) => sum + y, 0);
        assertEquals(countOnes(soft), undefined);
        if (sum < n && sum > 0) {
          assertEquals(bias(soft), Math.log(sum / (n - sum)), `${n} labels, ${other} at ${place}`);
        }
      }
      for (const wrong of [NaN, 2, -1, Infinity]) {
        assertRefusedOption(() => bias(hard.with(place, wrong)), `must lie in [0, 1], row ${place} is ${wrong}`);
      }
    }
  }
  assertEquals([countOnes([1, 0]), countOnes(Int32Array.of(1, 0))], [undefined, undefined]);
  allowSimd(false);
  try {
    assertEquals(countOnes(Float32Array.of(1, 0)), undefined);
    assertEquals(tf.tidy(() => priorBias(tf.tensor1d([1, 0, 0]))), [Math.log(0.5)]);
  } finally {
    allowSimd(true);
  }
});

Deno.test("gradients of 0: a list without another number, and the rows that have one", () => {
  assertEquals([[], [0, 0], [0, -0], [0, 1e-300], [1, 0], [0, NaN]].map(isZero), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  const gradient = Float32Array.of(0, 0, 0, 1, -1, 0, 0, 0, 2, 2);
  assertEquals([1, 2, 5, 10].map((rows) => countRowsWithGradient(gradient, rows)), [1, 2, 3, 4]);
});

const none: Counts = { tp: 0, fp: 0, fn: 0, tn: 0 };

Deno.test("checkInformative: a score that the decisions cannot move is refused, with what is missing", () => {
  const positives = { ...none, tp: 1, fn: 3 }, negatives = { ...none, fp: 2, tn: 1 };
  checkInformative(f1, [{ tp: 1, fp: 1, fn: 1, tn: 1 }]);
  checkInformative(f1, [negatives, positives]); // of one column it can move
  checkInformative(specificity, [{ ...none, fp: 1, tn: 1 }]);
  const sentence = (score: typeof f1, counts: Counts[]) =>
    assertThrows(() => checkInformative(score, counts), RangeError).message;
  assert(sentence(recall, [negatives]).includes("'validationData' has no positive, so its recall is constant"));
  assert(
    sentence(specificity, [positives]).includes("'validationData' has no negative, so its specificity is constant"),
  );
  const never = { ...f1, name: "never", value: () => 0.5 };
  const seldom = { ...f1, name: "seldom", value: ({ tp }: Counts) => tp < 1 ? NaN : 0.5 };
  assert(sentence(seldom, [{ tp: 1, fp: 1, fn: 1, tn: 1 }]).includes("so its seldom is constant"));
  for (const others of [negatives, { ...none, fp: 2, tn: 2 }]) {
    assert(sentence(never, [positives, others]).includes("'validationData' has one class only in each column"));
  }
});

Deno.test("a training without a gradient says why: the labels, the step, the curve; what blocks it; weights that are lost", () => {
  const both: Counts[] = [{ tp: 1, fp: 1, fn: 1, tn: 1 }];
  const why = (options: LossOptions, counts = both) =>
    deadGradient("f1Loss", 3, partsOfLoss(f1Loss(options))!, counts).message;
  assert(why({}).startsWith("Cannot train on f1Loss: no row has a gradient in epoch 3: the outputs are all 0 or 1"));
  assert(why({ slope: 7 }).includes("lower 'slope' (it is 7)"));
  assert(why({ step: softsign({ slope: 9 }) }).includes("the outputs are all 0 or 1 to the last bit"));
  assert(why({ step: softsign({ slope: 9 }) }).includes("lower 'slope' (it is 9)"));
  assert(why({ step: "round" }).includes("the step 'round' has none anywhere"));
  assert(why({ step: "logistic", slope: 5 }).includes("where the step 'logistic' is flat"));
  assert(why({ step: "logistic", slope: 5 }).includes("lower 'slope' (it is 5)"));
  assert(why({}, [{ ...none, fp: 1, tn: 1 }]).endsWith("'data' has no positive; give rows with the label 1"));
  assert(why({}, [{ ...none, tp: 1, fn: 1 }]).endsWith("'data' has no negative; give rows with the label 0"));
  const curve = deadGradient("rocAucLoss", 0, partsOfLoss(curveLoss("rocAuc"))!, both).message;
  assert(curve.includes("no two rows of different labels lie near the same threshold"), curve);
  const [first, later] = [gradientBlocked("f1Loss", 0, 1), gradientBlocked("f1Loss", 2, 5)].map(({ message }) =>
    message
  );
  assert(
    first.includes("in epoch 0, although the outputs of 1 row have one") &&
      first.includes("smaller weights and biases"),
  );
  assert(
    later.includes("in epoch 2, although the outputs of 5 rows have one") && later.includes("lower the learning rate"),
  );
  const cause = new Error("first"), lost = weightsNotFinite("f1Loss", "2 of 'warmStart'", cause);
  assert(lost.message.includes("no longer finite in epoch 2 of 'warmStart';") && lost.cause === cause);
});

Deno.test("hardOptions: decisions at the threshold of the loss, of its step, or at another one", () => {
  const of = (options: LossOptions, threshold?: number) => {
    const { decide } = hardOptions("f1Loss", partsOfLoss(f1Loss(options))!, threshold);
    const yPred = Float32Array.of(0.2, 0.45, 0.55, 0.8);
    return [...decide({ rows: 4, classes: 1, yTrue: yPred, yPred }).decisions];
  };
  assertEquals(of({}), [0, 0, 1, 1]);
  assertEquals(of({ threshold: 0.7 }), [0, 0, 0, 1]);
  assertEquals(of({ step: softsign({ threshold: 0.3, slope: 8 }) }), [0, 1, 1, 1]);
  assertEquals(of({ threshold: 0.7 }, 0.1), [1, 1, 1, 1]);
  assertEquals(of({ step: "logistic", slope: 30 }), [0, 0, 1, 1]);
  const [curve, queries] = [curveLoss("rocAuc"), ndcgLoss()].map((loss) => partsOfLoss(loss)!);
  assertEquals(hardOptions("rocAucLoss", curve).scoring.rule, curve.scoring.rule, "a curve has no threshold");
  assertEquals(hardOptions("ndcgLoss", queries).scoring.rule, queries.scoring.rule!.hard, "queries have hard ranks");
});

Deno.test("settingsOfLoss: the step as it is, thresholds per column, the other options; an argmax has no threshold", () => {
  const of = (options: LossOptions) =>
    settingsOfLoss(partsOfLoss(metricLoss("f1", options))!) as Record<string, unknown>;
  const { step, slope, threshold, decision, average, fromLogits, ignoreLabel } = of({});
  assertEquals([step, threshold, decision, average, fromLogits, ignoreLabel], [
    "softsign",
    0.5,
    "threshold",
    "binary",
    false,
    "undefined",
  ]);
  assertEquals(typeof slope, "number");
  assertEquals(of({ average: "macro", threshold: [0.2, 0.4], slope: 6 }).threshold, [0.2, 0.4]);
  assertEquals(of({ average: "macro", threshold: [0.2, 0.4], slope: 6 }).slope, 6);
  assertEquals(of({ step: softsign({ threshold: 0.3, slope: 8 }) }).threshold, 0.3);
  assertEquals(of({ ignoreLabel: NaN, fromLogits: true }).ignoreLabel, "NaN");
  const argmax = of({ decision: "argmax", average: "macro", slope: 3 });
  assertEquals([argmax.decision, argmax.slope, "threshold" in argmax], ["argmax", 3, false]);
  assertEquals(of({ classWeights: [1, 2], average: "macro", zeroDivision: 1 }).classWeights, [1, 2]);
});

Deno.test("DatasetSums: an empty set adds nothing; of rows scored one by one, none is 0, or 1 where that is asked for", () => {
  const parts = (options: LossOptions) => partsOfLoss(f1Loss(options))!;
  const counts = { tp: 2, fp: 1, fn: 1, tn: 0 }, sums = new DatasetSums(parts({}));
  sums.add(4, { each: [counts], gradient: () => new Float32Array() as never });
  for (const both of [sums.plus(new DatasetSums(parts({}))), new DatasetSums(parts({})).plus(sums)]) {
    assertEquals([both.rows, both.counts], [4, [counts]]);
    assertWithin(both.score().value, 4 / 6, 1e-15);
  }
  checkSame("a test", { rows: 2, counts: [none] }, { rows: 2, counts: [none] }); // no row has a weight
  const ofQueries = (queries: unknown[]) => ({ each: [counts], queries, gradient: () => new Float32Array() as never });
  const query = new DatasetSums(parts({}));
  query.add(2, ofQueries(["a", "a"]));
  query.add(2, ofQueries(["b"]));
  assertRefusedOption(() => query.add(1, ofQueries(["c", "a"])), "'groups' has the query 'a' in two batches");
  for (const [zeroDivision, value] of [[0, 0], [1, 1], ["skip", 0]] as const) {
    assertEquals(new DatasetSums(parts({ average: "samples", zeroDivision })).score().value, value);
  }
});

Deno.test("readers: slices in order; whole queries in batches, a larger one by itself; anything that is not data is refused", async () => {
  const x = tf.tensor2d([[0], [1], [2], [3], [4]]), y = tf.tensor1d([0, 1, 0, 1, 1]), w = tf.tensor1d([1, 2, 3, 4, 5]);
  const rowsOf = async (data: TrainingData, size?: number) => {
    const rows: number[][] = [], weights: unknown[] = [], reader = batchReader("a test", data, size);
    for await (const { inputs: [input], yTrue, sampleWeight } of reader.read()) {
      rows.push([...input.dataSync()]);
      assertEquals([...yTrue.dataSync()], rows.at(-1)!.map((row) => y.dataSync()[row]));
      weights.push(sampleWeight && [...sampleWeight.dataSync()]);
    }
    reader.dispose();
    return { rows, weights };
  };
  const { made } = await countedAsync(async () => {
    assertEquals(await rowsOf([x, y, w], 2), { rows: [[0, 1], [2, 3], [4]], weights: [[1, 2], [3, 4], [5]] });
    for (const size of [undefined, 5]) {
      assertEquals(await rowsOf([x, y], size), { rows: [[0, 1, 2, 3, 4]], weights: [undefined] });
    }
    const groups = ["a", "b", "a", "c", "a"], data = { xs: x, ys: y, groups };
    assertEquals((await rowsOf(data, 2)).rows, [[0, 2, 4], [1, 3]]);
    assertEquals((await rowsOf(data, 4)).rows, [[0, 2, 4, 1], [3]]);
    const batches = {
      groups: "its own",
      async *[Symbol.asyncIterator]() {
        yield [tf.clone(x), tf.clone(y)] as const;
      },
    };
    assertEquals((await rowsOf(batches)).rows, [[0, 1, 2, 3, 4]]);
    const reader = rowsReader("a test", [x, y], 2, (rows) => rows.toReversed()), seen: unknown[] = [];
    for await (const { inputs: [input], examples } of reader.read([2, 0])) seen.push([...input.dataSync()], examples);
    assertEquals(seen, [[0], [0], [4, 3], [4, 3]]);
    reader.dispose();
    const queries = rowsReader("a test", data, 2, (rows) => rows), groupsSeen: unknown[] = [];
    for await (const { groups } of queries.read()) groupsSeen.push(groups);
    assertEquals(groupsSeen, [["a", "a", "a"], ["b", "c"]]);
    queries.dispose();
  });
  assertEquals(made, 0);
  assertEquals([isTensors([x, y]), isTensors({ xs: x, ys: y } as never), isTensors((() => []) as never)], [
    true,
    true,
    false,
  ]);
  for (const bad of [3, null, undefined, {}, "rows.txt"]) {
    assertRefusedOption(() => checkData("a test", "'data'", bad, undefined), "'data' must be [x, y]");
  }
  assertRefusedOption(
    () => checkData("a test", "'data'", () => [], 3),
    "'batchSize' is 3, but 'data' comes in batches already",
  );
  checkData("a test", "'data'", () => [], undefined);
  checkData("a test", "'data'", { xs: x, ys: y }, 3);
  for (const name of ["rows.txt", "rows.csv.gz"]) {
    const { message } = assertThrows(() => checkData("a test", "'data'", name, undefined), TypeError);
    assert(message.endsWith(`it is '${name}'`), message);
  }
  const kept = tf.scalar(1);
  for (const other of [{ metadata: { kept } }, { ys: "words" }]) {
    const bad = () => [{ xs: tf.clone(x), ys: tf.clone(y) }, { xs: tf.clone(x), ys: tf.clone(y), ...other }];
    await assertRejects(
      () => rowsOf(bad as never),
      TypeError,
      "Cannot compute a test: batch 1 of 'data' must be tensors",
    );
  }
  assertEquals(kept.isDisposed, false, "what is no tensor of a batch is left alone");
  kept.dispose();
  const empty = tf.zeros([0, 1]);
  assertRefusedOption(() => rowsReader("a test", [empty, empty], 2, (rows) => rows), "'data' has no rows");
  tf.dispose([x, y, w, empty]);
});

/** Counts the tensors that a promise leaves. */
async function countedAsync(make: () => Promise<void>): Promise<{ made: number }> {
  const before = tf.memory().numTensors;
  await make();
  return { made: tf.memory().numTensors - before };
}

Deno.test("losses and warm starts that no training takes are refused by name", () => {
  assertRefusedOption(() => checkLoss(tf.losses.meanSquaredError), "'loss' must be one that metricLoss");
  assertRefusedOption(
    () => checkLoss(f1Loss({ decision: { top: 3 }, step: "softsign" }), "train"),
    "Cannot train: 'loss' has",
  );
  assertEquals(checkLoss(f1Loss({ slope: 3 })).options.slope, 3);
  checkWarmStart(undefined);
  checkWarmStart({ loss: "crossEntropy", epochs: 1 });
  checkWarmStart({ loss: f1Loss(), epochs: 2 });
  for (const loss of ["mse", 3, undefined]) {
    assertRefusedOption(
      () => checkWarmStart({ loss, epochs: 1 } as never),
      "'warmStart.loss' must be 'crossEntropy' or a",
    );
  }
  for (const epochs of [0, 1.5, undefined]) {
    assertRefusedOption(() => checkWarmStart({ loss: "crossEntropy", epochs: epochs as number }), "'warmStart.epochs'");
  }
  assertRefusedOption(() => checkWarmStart({ loss: "crossEntropy", epochs: 1, seed: 3 } as never), "'seed'");
  for (const bad of [null, 3]) assertRefusedOption(() => checkWarmStart(bad as never), "'options' must be an object");
});

Deno.test("a request to stop is heard on the model, and the model is then as it was", () => {
  const own = { stopTraining: "own" } as unknown as tf.LayersModel, request = listenForStop(own);
  assertEquals([request.requested, own.stopTraining], [false, false]);
  own.stopTraining = true;
  assertEquals([request.requested, own.stopTraining], [true, true]);
  own.stopTraining = false;
  assertEquals(request.requested, false);
  request.release();
  assertEquals(own.stopTraining as unknown, "own");
  const bare = {} as tf.LayersModel, second = listenForStop(bare);
  second.release();
  assertEquals("stopTraining" in bare, false);
});

Deno.test("bestCut: the entries that are asked for alone decide", () => {
  const batch = { yTrue: Float64Array.of(0, 1, 1, 0), yPred: Float64Array.of(0.2, 0.6, 0.1, 0.9) };
  const { threshold, counts } = bestCut(f1, { ...batch, slice: { offset: 0, stride: 1, length: 2 } });
  assertWithin(threshold, 0.4, 1e-7);
  assertEquals(counts, { tp: 1, fp: 0, fn: 0, tn: 1 });
});

/** A model of one layer, and rows with labels and queries. */
function small(units = 1) {
  const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.5, seed: 3 });
  const model = tf.sequential({
    layers: [tf.layers.dense({ units, activation: "sigmoid", inputShape: [2], kernelInitializer })],
  });
  const x = tf.randomNormal([40, 2], 0, 1, "float32", 5);
  const y = tf.tidy(() => tf.cast(tf.greater(tf.sum(x, 1, true), 0.5), "float32"));
  return { model, x, y, end: () => (tf.dispose([x, y]), model.dispose()) };
}

Deno.test("a model whose weights are disposed, all of them or one, is refused before any work", async () => {
  const message = "'model' is disposed", options = { loss: f1Loss(), epochs: 1 };
  const disposals: ((model: tf.LayersModel) => void)[] = [
    (model) => model.dispose(),
    (model) => model.getWeights()[1].dispose(),
    (model) => tf.sequential({ layers: [model] }).dispose(),
    (model) => tf.engine().disposeVariable(model.getWeights()[1] as tf.Variable), // as tf.disposeVariables() does
  ];
  for (const disposeOf of disposals) {
    const { model, x, y } = small();
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    disposeOf(model);
    const refused = async (call: () => Promise<unknown>, of: typeof RangeError) =>
      assertStringIncludes((await assertRejects(call, of)).message, message);
    await refused(() => fitMetric(model, [x, y], options), RangeError);
    await refused(() => metricGradient(model, [x, y], { loss: options.loss }), RangeError);
    assertStringIncludes(assertThrows(() => auditModel(model, { x, y }), TypeError).message, message);
    tf.dispose([x, y]);
  }
});

Deno.test("rows of queries belong to losses of queries, which need them; a model has one output and weights", () => {
  const { model, x, y, end } = small(), yPred = tf.tidy(() => tf.mul(y, 0.5)), groups = Array(40).fill("a");
  const read = (loss: Loss, more: object) => () =>
    readRows(loss.name, partsOfLoss(loss)!, { yTrue: y, yPred, ...more }, 0);
  assertEquals(read(f1Loss(), {})().groups, undefined);
  assertEquals(read(ndcgLoss(), { groups })().groups, groups);
  assertRefusedOption(read(f1Loss(), { groups }), "'groups' is given in 'data', but this loss has no queries");
  assertRefusedOption(read(ndcgLoss(), {}), "'data' must give the query of each row");
  checkModel("a test", model);
  for (const none of [undefined, null, {}, { trainableWeights: [1] }, { apply: () => {} }]) {
    assertRefusedOption(() => checkModel("a test", none as never), "'model' must be a tf.LayersModel");
  }
  model.trainable = false;
  assertRefusedOption(() => checkModel("a test", model), "'model' has no trainable weights");
  const input = tf.input({ shape: [2] }), head = () => tf.layers.dense({ units: 1 }).apply(input) as tf.SymbolicTensor;
  const two = tf.model({ inputs: input, outputs: [head(), head()] }), batch = { inputs: [x], yTrue: y };
  assertRefusedOption(() => tf.tidy(() => outputOf("a test", two, batch)), "'model' must have one output, it has 2");
  two.dispose();
  yPred.dispose();
  end();
});

Deno.test("an error in the gradient of a model of other layers is its own, and leaves nothing", () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [2] }), tf.layers.softmax()] });
  const x = tf.ones([4, 2]), batch = { inputs: [x], yTrue: tf.ones([4, 1]) }, before = tf.memory().numTensors;
  const fails = () => {
    throw new RangeError("own");
  };
  const call = () => tf.tidy(() => batchGradients("a test", model, batch, trainableVariables(model), fails));
  assertThrows(call, RangeError, "own");
  assertEquals(tf.memory().numTensors, before);
  tf.dispose([x, batch.yTrue]);
  model.dispose();
});

Deno.test("callbacks: the parameters, the sizes of batches, what they add to the logs, the last numbers", async () => {
  const { model, x, y, end } = small(), params: unknown[] = [], sizes: unknown[][] = [], last: unknown[] = [];
  const callbacks: FitCallbacks = {
    setParams: (given) => void params.push(given),
    onBatchBegin: (batch, logs) => assertEquals(logs, { batch }),
    onBatchEnd: (batch, logs) => void sizes.push([batch, logs!.size, typeof logs!.loss]),
    onEpochEnd: (epoch, logs) => void Object.assign(logs!, { extra: epoch, text: "x" }),
    onTrainEnd: (logs) => void last.push(logs),
  };
  for (const mode of ["running", "exact"] as const) {
    const options = { loss: f1Loss(), epochs: 2, batchSize: 30, optimizer: "sgd", callbacks, mode } as const;
    const { history } = await fitMetric(model, [x, y], options);
    assertEquals(params.pop(), { epochs: 2, batchSize: 30, verbose: 0 });
    const type = mode === "running" ? "number" : "undefined", seen = sizes.splice(0);
    assertEquals(seen.map(([batch, , loss]) => [batch, loss]), [[0, type], [1, type], [0, type], [1, type]]);
    assertEquals(seen.map(([, size]) => size).sort(), [10, 10, 30, 30]);
    assertEquals([history.extra, "text" in history], [[0, 1], false]);
    assertEquals(last.pop(), Object.fromEntries(Object.entries(history).map(([key, values]) => [key, values.at(-1)])));
  }
  const refused = async (options: object) =>
    (await assertRejects(() => fitMetric(model, [x, y], { loss: f1Loss(), epochs: 1, ...options }), Error)) as Error;
  assert(
    (await refused({ callbacks: [null] })).message.includes("'callbacks' must be an object of functions"),
  );
  const own = new Error("own"),
    thrown = await refused({
      loss: () => {
        throw own;
      },
    });
  assert(thrown.message.includes("throws in epoch 0: own") && thrown.cause === own, thrown.message);
  end();
});

Deno.test("a score that learns is given the decisions of each epoch; a resumed training goes on with what it had learnt", async () => {
  const train = async (epochs: number, checkpoint = memoryStore(), resume = false) => {
    const { model, x, y, end } = small(),
      problem = maximise({ score: "precision", subjectTo: [atLeast("recall", 0.9)] });
    const options = { loss: metricLoss(problem.score), epochs, optimizer: "sgd", checkpoint, resume } as const;
    const { history } = await fitMetric(model, [x, y], options);
    end();
    return { history, multipliers: problem.multipliers };
  };
  const whole = await train(4), path = whole.history["multiplier recall≥0.9"], store = memoryStore();
  assertEquals([path.length, path.at(-1)], [4, whole.multipliers["recall≥0.9"]]);
  assert(path[0] !== 1 && path[0] >= 0);
  await train(2, store);
  const resumed = await train(4, store, true);
  assertEquals([resumed.history, resumed.multipliers], [whole.history, whole.multipliers]);
  const { model, x, y, end } = small(2), two = tf.concat([y, y], 1);
  const problem = maximise({ score: "precision", subjectTo: [atLeast("recall", 0.9)] });
  const loss = metricLoss(problem.score, { average: "macro" });
  await assertRejects(
    () => fitMetric(model, [x, two], { loss, epochs: 1 }),
    RangeError,
    "'average' must be 'binary' or",
  );
  two.dispose();
  end();
});

Deno.test("a text that is not a checkpoint, and a store that cannot be written", async () => {
  const full = new Error("full"), store = { read: () => Promise.resolve("null"), write: () => Promise.reject(full) };
  const identity = () => ({}) as never;
  await assertRejects(
    () => checkpointsIn(store).load(identity),
    RangeError,
    "in the given store was not written by fitMetric",
  );
  const { cause, message } = await assertRejects(() => checkpointsIn(store).save({ done: 3 } as never), Error);
  assert(message.startsWith("Cannot write the checkpoint in the given store after epoch 2: full;"), message);
  assertEquals(cause, full);
  const broken = { ...store, read: () => Promise.resolve("{") };
  const unread = await assertRejects(
    () => checkpointsIn(broken).load(identity),
    RangeError,
    "in the given store cannot be read",
  );
  assert(unread.cause instanceof SyntaxError);
  const words = "Cannot write the checkpoint '/none/checkpoint' after epoch 2";
  await assertRejects(() => checkpointsIn("/none/checkpoint").save({ done: 3 } as never), Error, words);
});

Deno.test("slices and gathered rows are not read back from a device", async () => {
  const rows: number[][] = [];
  const reads = await readsOn("device", async () => {
    const x = tf.tensor2d([[0], [1], [2]]), y = tf.tensor1d([0, 1, 0]);
    for (
      const reader of [
        batchReader("a test", [x, y], 2),
        rowsReader("a test", [x, y], 2, (rows) => rows.toReversed()),
      ]
    ) {
      for await (const { inputs: [input] } of reader.read()) rows.push([...await input.data()]);
      reader.dispose();
    }
    tf.dispose([x, y]);
  });
  assertEquals({ reads, rows }, { reads: 0, rows: [[0, 1], [2], [2, 1], [0]] });
});

onBackends("slices of tensors have their rows, of any shape and type", async () => {
  const x = tf.tensor3d([[[0, 1]], [[2, 3]], [[4, 5]]]), y = tf.tensor2d([[0, 1], [1, 0], [1, 1]], [3, 2], "int32");
  const seen: unknown[] = [];
  for await (const { inputs: [input], yTrue } of batchReader("a test", [x, y], 2).read()) {
    seen.push([input.shape, [...input.dataSync()], yTrue.shape, yTrue.dtype, [...yTrue.dataSync()]]);
  }
  assertEquals(seen, [
    [[2, 1, 2], [0, 1, 2, 3], [2, 2], "int32", [0, 1, 1, 0]],
    [[1, 1, 2], [4, 5], [1, 2], "int32", [1, 1]],
  ]);
  tf.dispose([x, y]);
});

Deno.test("inputs of a different rank, or of integers, go to the model as they are; a different width is refused", () => {
  const { model, x, end } = small(),
    output = (input: tf.Tensor) => tf.tidy(() => outputOf("a test", model, { inputs: [input], yTrue: x }));
  assertRefusedOption(() => output(tf.zeros([4, 3])), "'data' has 3 columns, 'model' takes 2");
  const deep = output(tf.zeros([4, 3, 2]));
  assertEquals(deep.shape, [4, 3, 1]);
  const { message: none } = assertThrows(
    () => tf.tidy(() => outputOf("a test", model, { inputs: [], yTrue: x })),
    Error,
  );
  assert(!none.includes("shape of undefined") && !none.includes("reading '1'"), none);
  const whole = tf.tensor2d([[1, 2], [3, -1]], [2, 2], "int32"), wanted = model.predict(whole) as tf.Tensor;
  const found = output(whole);
  assertAllWithin(found.dataSync(), wanted.dataSync(), 1e-7);
  tf.dispose([deep, whole, wanted, found]);
  end();
});

Deno.test("the gradients of a stack of dense layers run no operation of TensorFlow.js", async () => {
  const { model, x, y, end } = small();
  const run = () =>
    batchGradients(
      "a test",
      model,
      { inputs: [x], yTrue: y },
      trainableVariables(model),
      () => new Float32Array(40).fill(1),
    );
  tf.dispose(run());
  const { kernels } = await tf.profile(() => tf.tidy(() => tf.dispose(run())));
  assertEquals(kernels.map(({ name }) => name).filter((name) => name !== "Sigmoid"), []);
  end();
});

Deno.test("a weight that the outputs do not depend on has a gradient of 0", async () => {
  class Idle extends tf.layers.Layer {
    static className = "Idle";
    override build() {
      this.addWeight("idle", [2], "float32", tf.initializers.ones());
      this.built = true;
    }
    override call(inputs: tf.Tensor | tf.Tensor[]) {
      return [inputs].flat()[0];
    }
    override computeOutputShape(shape: tf.Shape) {
      return shape;
    }
  }
  const { model, x, y, end } = small();
  model.add(new Idle());
  const { gradients } = await metricGradient(model, [x, y], { loss: f1Loss() }), all = Object.values(gradients);
  assertEquals([all.length, ...all[2].dataSync().map(Math.abs)], [3, 0, 0]);
  tf.dispose(all);
  end();
});

Deno.test("a training that is perfect without a gradient ends, if a row counts; another one is an error", async () => {
  const x = tf.tensor2d([[100, 0], [-100, 0]]), y = tf.tensor2d([[1, -1], [0, -1]]), w = tf.zeros([2]);
  const { model, end } = small(2);
  model.setWeights([tf.tensor2d([[9, 9], [9, 9]]), tf.zeros([2])]);
  const options = { average: "macro", step: "linearRamp", ignoreLabel: -1, zeroDivision: "skip" } as const;
  const { stopped } = await fitMetric(model, [x, y], { loss: f1Loss(options), epochs: 3, optimizer: "sgd" });
  assertEquals(stopped, "perfect", "one column has no row that counts");
  const loss = f1Loss({ ...options, zeroDivision: 1 }),
    nobody = () => fitMetric(model, [x, y, w], { loss, epochs: 3, optimizer: "sgd" });
  await assertRejects(nobody, RangeError, "no row has a gradient in epoch 0");
  tf.dispose([x, y, w]);
  end();
});

Deno.test("an exact step needs one weight with a gradient, not all; fewer batches than before are refused", async () => {
  const hidden = tf.layers.dense({
    units: 2,
    inputShape: [2],
    activation: "relu",
    kernelInitializer: "zeros",
    biasInitializer: tf.initializers.constant({ value: -1 }),
  });
  const model = tf.sequential({ layers: [hidden, tf.layers.dense({ units: 1, activation: "sigmoid" })] });
  const { x, y, end } = small(), loss = f1Loss(), optimizer = "sgd";
  const { epoch } = await fitMetric(model, [x, y], { loss, epochs: 1, mode: "exact", optimizer });
  assertEquals(epoch, [0]);
  let readings = 0;
  const shrinking = () => Array.from({ length: readings++ === 0 ? 2 : 1 }, () => [tf.clone(x), tf.clone(y)] as const);
  const words = "the number of batches was 2 and is 1";
  await assertRejects(() => fitMetric(model, shrinking, { loss, epochs: 1, optimizer }), RangeError, words);
  end();
  model.dispose();
});

Deno.test("labels that change after the last step are refused", async () => {
  for (const mode of ["running", "exact"] as const) {
    const { model, x, y, end } = small();
    let readings = 0;
    const turning = () => [[tf.clone(x), readings++ === 2 ? tf.sub(1, y) : tf.clone(y)] as const];
    const fit = () => fitMetric(model, turning, { loss: f1Loss(), epochs: 1, optimizer: "sgd", mode });
    await assertRejects(fit, RangeError, "'data' differ between the passes");
    end();
  }
});

Deno.test("one weight that is not finite is enough", async () => {
  const { model, end } = small(), [kernel] = model.getWeights();
  assertEquals(await weightsAreFinite(model), true);
  for (const bias of [NaN, Infinity]) {
    model.setWeights([kernel, tf.tensor1d([bias])]);
    assertEquals(await weightsAreFinite(model), false);
  }
  end();
});

Deno.test("a threshold is tuned where decisions have one, with weights of 1 where a batch has none", async () => {
  const { model, x, y, end } = small(),
    w = tf.range(1, 41),
    tuned = async (loss: Loss, weights: (tf.Tensor | undefined)[]) => {
      const validationData = () =>
        weights.map((own) => [x.clone(), y.clone(), own?.clone()].filter(Boolean) as [tf.Tensor, tf.Tensor]);
      const { threshold } = await fitMetric(model, [x, y], {
        loss,
        epochs: 1,
        optimizer: tf.train.sgd(1e-9),
        validationData,
      });
      return threshold;
    };
  assertEquals(await tuned(curveLoss("rocAuc"), [undefined]), undefined);
  const one = tf.ones([40]), found = await tuned(f1Loss(), [w, undefined]);
  assertEquals(typeof found, "number");
  assertEquals(found, await tuned(f1Loss(), [w, one]));
  tf.dispose([w, one]);
  end();
});

Deno.test("where there are no files a checkpoint needs a store", () => {
  const { model, x, y, end } = small(),
    own = globalThis.process as { getBuiltinModule?: unknown },
    { getBuiltinModule } = own;
  const check = (checkpoint: unknown) => () =>
    checkFit(model, [x, y], { loss: f1Loss(), epochs: 1, checkpoint } as FitMetricOptions);
  own.getBuiltinModule = () => undefined;
  try {
    check(memoryStore())();
    assertRefusedOption(check("file"), "'checkpoint' is a file, 'file', but there are no files here");
  } finally {
    own.getBuiltinModule = getBuiltinModule;
  }
  check("file")();
  end();
});

Deno.test("options that are none are refused by name; the error of a schedule of losses is its own; gains take a warm start of one's own", () => {
  const { model, x, y, end } = small(),
    check = (options: unknown) => () => checkFit(model, [x, y], options as FitMetricOptions);
  for (const bad of [undefined, null, 3, "f1"]) assertRefusedOption(check(bad), "'options' must be an object");
  const wrong = check({ loss: () => f1Loss({ slope: -1 }), epochs: 1 });
  assertRefusedOption(wrong, "Cannot make the step 'softsign': 'slope'");
  const groups = Array(40).fill("a"),
    ofQueries = (more: object) => () =>
      checkFit(model, { xs: x, ys: y, groups }, { loss: ndcgLoss(), epochs: 1, ...more });
  ofQueries({})();
  ofQueries({ warmStart: { loss: () => tf.scalar(0), epochs: 1 } })();
  assertRefusedOption(
    ofQueries({ warmStart: { loss: "crossEntropy", epochs: 1 } }),
    "but the labels of ndcgLoss are gains",
  );
  end();
});
