// The programs of the GPU, in GLSL and in WGSL, run by an interpreter on the host: the numbers of the host's own path.
import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  f1Metric,
  fitMetric,
  gaussian,
  linearRamp,
  type LossOptions,
  metricLoss,
  round,
  type Score,
  softsign,
  straightThrough,
} from "../../lib/mod.ts";
import { resolveOptions } from "../../lib/scoring/options.ts";
import { deviceRows } from "../../lib/tfjs/device_loss.ts";
import { runsPrograms } from "../../lib/tfjs/shader.ts";
import { allScores } from "../all_scores.ts";
import { problem } from "../devices.ts";
import { assertAllWithin, assertWithin, counted, random } from "../helpers.ts";
import { pipelines, ran } from "./shader_backends.ts";

const languages = ["glsl", "wgsl"] as const;
const float32 = "WEBGL_RENDER_FLOAT32_ENABLED";
tf.env().set(float32, true);

interface Numbers {
  readonly yTrue: number[] | number[][];
  readonly yPred: number[] | number[][];
  readonly sampleWeight?: number[] | number[][];
}

/** A loss and three times its gradient on a backend, and the number of programs that ran. */
function lossOn(backend: string, score: Score, options: LossOptions, { yTrue, yPred, sampleWeight }: Numbers) {
  tf.setBackend(backend);
  const loss = metricLoss(score, options), before = ran.programs;
  const { result, made } = counted(() =>
    tf.tidy(() => {
      const weights = sampleWeight && tf.tensor(sampleWeight), labels = tf.tensor(yTrue);
      const { value, grad } = tf.valueAndGrad((x) => tf.mul(3, loss(labels, x, weights)))(tf.tensor(yPred));
      assertEquals(grad.shape, tf.tensor(yPred).shape);
      return { value: value.dataSync()[0] / 3, gradient: grad.dataSync() };
    })
  );
  assertEquals(made, 0);
  return { ...result, programs: ran.programs - before };
}

/** Fails unless the programs give the host's value and gradient. */
function assertSame(score: Score, options: LossOptions, numbers: Numbers, tolerance = 1e-5): void {
  const host = lossOn("cpu", score, options, numbers), largest = Math.max(...host.gradient.map(Math.abs));
  const size = Math.max(1, Math.abs(host.value));
  for (const language of languages) {
    const where = `${language}, ${score.name}, ${JSON.stringify(options)}`;
    const { value, gradient, programs } = lossOn(language, score, options, numbers);
    assertEquals(programs, numbers.yTrue.length > 256 ? 4 : 3, where); // counts, what adds up their blocks, score, gradient
    assertWithin(value, host.value, tolerance * size, where);
    assertAllWithin(gradient, host.gradient, tolerance * largest + 1e-12, where);
  }
}

/** A batch of `rows` rows, some outputs of which are at the ends, and at thresholds. */
function batch(rows: number, columns = 1, logits = false): Numbers & { sampleWeight: number[] } {
  const next = random(rows + columns), edges = [0, 1, 0.5, 0.3, 1e-7, 1 - 2 ** -24];
  const output = (at: number) => logits ? 12 * next() - 6 : edges[at] ?? next();
  const table = (of: (at: number) => number) =>
    Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (_, c) => of(row * columns + c)));
  const yTrue = table(() => next() < 0.2 ? next() : Number(next() < 0.4)), yPred = table(output);
  return { yTrue, yPred, sampleWeight: Array.from({ length: rows }, () => Number(next() < 0.9) * (0.5 + next())) };
}

const [f1, precision, utility, accuracy] = ["f1", "precision", "utility", "accuracy"].map((name) =>
  allScores.find((s) => s.name === name)!
);

Deno.test("a program of the GPU gives the host's loss and gradient: every score, alone and averaged", () => {
  assertSame(f1, {}, batch(300));
  assertSame(f1, { average: "macro" }, batch(300, 2));
  const one = batch(30), three = batch(20, 3);
  for (const score of allScores) {
    assertSame(score, {}, one);
    assertSame(score, { average: "macro" }, three);
  }
});

Deno.test("a program of the GPU gives the host's loss and gradient: every step, of probabilities and of logits", () => {
  for (const fromLogits of [false, true]) {
    const numbers = batch(60, 1, fromLogits);
    for (const step of ["softsign", "linearRamp", "logistic", "arctan"] as const) {
      for (const slope of [1, 4, 60]) {
        for (const threshold of [0.5, 0.3]) assertSame(f1, { step, slope, threshold, fromLogits }, numbers);
      }
    }
    for (const threshold of [0.5, 0.3]) {
      assertSame(f1, { step: straightThrough(softsign({ threshold })), fromLogits }, numbers);
      assertSame(f1, { step: round({ threshold }), fromLogits }, numbers);
    }
    assertSame(f1, { step: "identity", fromLogits }, numbers);
    assertSame(f1, { step: linearRamp({ anchored: false }), fromLogits }, numbers);
  }
});

Deno.test("a program of the GPU gives the host's loss and gradient: weights, ignored labels, class indices, undefined scores", () => {
  const { sampleWeight, ...one } = batch(50), three = batch(30, 3), next = random(2);
  assertSame(f1, {}, { ...one, sampleWeight });
  assertSame(f1, { average: "macro" }, three);
  assertSame(f1, { average: "macro" }, { ...three, sampleWeight: three.yTrue.map(() => [next(), next(), next()]) });
  const left = (label: number) => ({
    ...one,
    yTrue: one.yTrue.map((y, row) => row % 3 === 1 ? [label] : y as number[]),
  });
  assertSame(f1, { ignoreLabel: NaN }, left(NaN));
  assertSame(f1, { ignoreLabel: -1 }, left(-1));
  const indices = { ...three, yTrue: three.yTrue.map((_, row) => row % 3) }, classWeights = [1, 2.5, 0];
  for (const average of ["macro", "micro", "weighted"] as const) {
    assertSame(f1, { average }, indices);
    assertSame(f1, { average, classWeights }, three);
    assertSame(f1, { average, classWeights }, indices);
  }
  // Of the second class there is no positive, of the third one no row is predicted, and the first has a score.
  const gaps = { yTrue: [[1, 0, 0], [0, 0, 1]], yPred: [[0.7, 0.3, 0], [0.2, 0.8, 0]] };
  for (const average of ["macro", "weighted"] as const) {
    for (const zeroDivision of [0, 1, "skip"] as const) {
      for (const score of [f1, precision]) assertSame(score, { average, zeroDivision, step: "round" }, gaps);
      assertSame(precision, { average, zeroDivision }, gaps);
    }
  }
  for (const zeroDivision of [0, 1, "skip"] as const) {
    assertSame(precision, { zeroDivision }, { yTrue: [1, 0], yPred: [0, 0] });
    assertSame(precision, { zeroDivision }, { yTrue: [1, 0], yPred: [0.3, 0.6], sampleWeight: [0, 0] });
  }
  assertSame(utility, {}, { ...one, sampleWeight });
});

Deno.test("a program of the GPU gives the host's loss and gradient: argmax", () => {
  for (const fromLogits of [false, true]) {
    const numbers = batch(30, 3, fromLogits);
    const rows = (numbers.yPred as number[][]).map((row) =>
      row.map((v) => fromLogits ? v : v / row.reduce((a, b) => a + b))
    );
    for (const step of [undefined, "round", "straightThrough"] as const) {
      const options: LossOptions = { decision: "argmax", average: "macro", fromLogits, ...step && { step } };
      assertSame(f1, options, { ...numbers, yPred: rows });
      if (step === undefined) assertSame(f1, { ...options, slope: 1 }, { ...numbers, yPred: rows });
    }
  }
});

Deno.test("counts of more than one block of blocks are added up in three programs", () => {
  const rows = 65_600, yPred = Array.from({ length: rows }, (_, row) => [1, 1, 0.75, 0, 0.25][row % 5]);
  const yTrue = yPred.map((_, row) => Number(row % 3 > 0)),
    numbers = { yTrue, yPred },
    options = { step: "identity" } as const;
  const { value, gradient, programs } = lossOn("wgsl", accuracy, options, numbers);
  assertEquals(programs, 5);
  assertWithin(value, lossOn("cpu", accuracy, options, numbers).value, 1e-6);
  assertAllWithin(gradient, yTrue.map((y) => (y === 1 ? -3 : 3) / rows), 1e-10);
});

Deno.test("a number out of range makes the loss NaN and its gradient 0, and the bounds are those of the host", () => {
  const good = { yTrue: [1, 0, 1], yPred: [0.8, 0.3, 0.4], sampleWeight: [1, 2, 3] };
  const sets: [LossOptions, Numbers[], Numbers[]][] = [
    [{}, [
      ...[NaN, -0.01, 1.01].map((p) => ({ ...good, yPred: [0.8, p, 0.4] })),
      ...[NaN, -0.01, 1.01].map((y) => ({ ...good, yTrue: [1, y, 1] })),
      ...[NaN, -1, Infinity].map((w) => ({ ...good, sampleWeight: [1, w, 1] })),
    ], [{ ...good, yPred: [1 + 5e-7, -5e-7, 0.4] }, { ...good, sampleWeight: [0, 2, 1e30] }]],
    [{ fromLogits: true }, [{ ...good, yPred: [1, NaN, 1] }], [{ ...good, yPred: [-3, 1.5, 30] }]],
    [
      { average: "macro" },
      [NaN, -1, 0.5, 2].map((y) => ({ yTrue: [0, y], yPred: [[0.8, 0.1], [0.4, 0.3]] })),
      [{ yTrue: [0, 1], yPred: [[0.8, 0.1], [0.4, 0.3]] }],
    ],
  ];
  for (const [options, wrong, right] of sets) {
    for (const numbers of right) assertSame(f1, options, numbers);
    for (const language of languages) {
      for (const numbers of wrong) {
        const { value, gradient } = lossOn(language, f1, options, numbers);
        assertEquals(
          [value, ...gradient.map(Math.abs)],
          [NaN, ...gradient.map(() => 0)],
          JSON.stringify([language, numbers]),
        );
      }
    }
  }
});

Deno.test("a setting without a program, and a backend without float32, take the host's path", () => {
  const numbers = { yTrue: [1, 0, 1], yPred: [0.8, 0.3, 0.4] },
    columns = { yTrue: [0, 1], yPred: [[0.8, 0.1], [0.4, 0.3]] };
  const own: Score = { ...f1, name: "own" },
    hostOnly: [Score, LossOptions, Numbers][] = [
      [own, {}, numbers],
      [f1, { step: "gaussian" }, numbers],
      [f1, { step: gaussian() }, numbers],
      [f1, { step: { ...softsign() } }, numbers],
      [f1, { step: softsign({ anchored: false }) }, numbers],
      ...[0, 0.99].map((threshold): [Score, LossOptions, Numbers] => [
        f1,
        { step: linearRamp({ anchored: false, threshold }) },
        numbers,
      ]),
      [f1, { step: softsign({ slope: 1e32 }) }, numbers],
      [f1, { decision: { top: 2 } }, numbers],
      [f1, { average: "samples" }, columns],
      [f1, { average: "macro", threshold: [0.3, 0.5] }, columns],
    ];
  for (const [score, options, numbers] of hostOnly) {
    const host = lossOn("cpu", score, options, numbers);
    for (const language of languages) {
      const { value, gradient, programs } = lossOn(language, score, options, numbers);
      assertAllWithin([value, ...gradient, programs], [host.value, ...host.gradient, 0], 1e-6);
    }
  }
  const runs = () => (tf.setBackend("glsl"), [runsPrograms(), lossOn("glsl", f1, {}, numbers).programs]);
  assertEquals(runs(), [true, 3]);
  tf.env().set(float32, false);
  try {
    assertEquals(runs(), [false, 0]);
  } finally {
    tf.env().set(float32, true);
  }
  assertEquals(
    deviceRows("f1Loss", resolveOptions("f1Loss", own, {}), {} as Parameters<typeof deviceRows>[2]),
    undefined,
  );
  tf.setBackend("cpu");
  assertEquals(runsPrograms(), false);
});

Deno.test("a shape that does not fit is refused on a device as on the host, and no tensor is left", () => {
  const message = (backend: string) => {
    tf.setBackend(backend);
    const y = tf.tensor1d([1, 0]), p = tf.tensor1d([1, 0, 1]);
    const { result, made } = counted(() => assertThrows(() => metricLoss("f1")(y, p), Error).message);
    tf.dispose([y, p]);
    assertEquals(made, 0);
    return result;
  };
  for (const language of languages) assertEquals(message(language), message("cpu"));
});

Deno.test("a metric on a device is the host's, computed by two programs, and nothing is read", () => {
  const { yTrue, yPred, sampleWeight } = batch(50),
    of = (backend: string) => {
      tf.setBackend(backend);
      const engine = tf.engine(), { readSync } = engine, before = ran.programs;
      const tensors = [yTrue, yPred, sampleWeight].map((each) => tf.tensor(each as number[]));
      let reads = 0;
      engine.readSync = (id) => (reads++, readSync.call(engine, id));
      const value = f1Metric({ threshold: 0.4 })(tensors[0], tensors[1], tensors[2]);
      engine.readSync = readSync;
      const number = value.dataSync()[0];
      assertEquals(value.shape, []);
      tf.dispose([value, ...tensors]);
      return { number, reads, programs: ran.programs - before };
    };
  const host = of("cpu").number;
  pipelines.clear();
  for (const language of languages) {
    const { number, reads, programs } = of(language);
    assertWithin(number, host, 1e-6);
    assertEquals([reads, programs], [0, 2]);
  }
});

Deno.test("fitMetric on a device that runs programs ends at the host's weights", async () => {
  const found: number[][] = [];
  for (const backend of ["cpu", ...languages]) {
    await tf.setBackend(backend);
    const { model, x, y } = problem(), optimizer = tf.train.sgd(0.5), before = ran.programs;
    const { history } = await fitMetric(model, [x, y], { loss: metricLoss("f1"), epochs: 2, batchSize: 16, optimizer });
    assertEquals(ran.programs > before, backend !== "cpu");
    found.push([...history.loss, ...model.getWeights().flatMap((weight) => [...weight.dataSync()])]);
    optimizer.dispose();
    tf.dispose([x, y]);
    model.dispose();
  }
  for (const numbers of found.slice(1)) assertAllWithin(numbers, found[0], 1e-5);
});
