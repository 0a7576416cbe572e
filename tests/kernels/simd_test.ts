// The SIMD loops against those in float64: every shape, slope, threshold and use; the bounds; the same bytes.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, type Loss, metricLoss, type Step, steps, straightThrough } from "../../lib/mod.ts";
import { allowSimd, beginSums, ownSimd, simdPlanOf, viewsOf } from "../../lib/kernels/simd.ts";
import { assertWithin, onBackends, random, slowOnBackends, valueAndGradient } from "../helpers.ts";
import { slow } from "../slow.ts";

const { softsign, linearRamp, logistic, arctan, gaussian, identity, round } = steps;
const shapes = { softsign, linearRamp, logistic, arctan, gaussian };
const slopes = [1.01, 1.5, 2, 4, 10, 50, 400, 1e4], thresholds = [0.01, 0.1, 0.3, 0.5, 0.71, 0.99];

/** Every shape's steps, anchored or not, and the hard ones with their derivatives. */
function* allSteps(): Generator<[string, Step]> {
  yield ["identity", identity()];
  yield ["round", round()];
  yield ["straightThrough(identity)", straightThrough(identity())];
  for (const [name, make] of Object.entries(shapes)) {
    for (const slope of slopes) {
      for (const threshold of thresholds) {
        for (const anchored of [true, false]) {
          const step = make({ slope, threshold, anchored }), words = `${name} ${slope} ${threshold} ${anchored}`;
          yield [words, step];
          yield [`straightThrough(${words})`, straightThrough(step)];
        }
      }
    }
  }
}

const tables = new Map<number, ReturnType<typeof makeTable>>();

/** Outputs everywhere, at both ends and in the tails; labels of all kinds; weights. */
function tableOf(n: number) {
  if (!tables.has(n)) tables.set(n, makeTable(n));
  return tables.get(n)!;
}

function makeTable(n: number) {
  const next = random(n), of = (make: (i: number) => number) => new Float32Array(n).map((_, i) => make(i));
  const yPred = of((i) => [next(), next() ** 8, 1 - next() ** 8, Math.round(next())][i % 4]);
  return { yPred, yTrue: of((i) => i % 3 === 0 ? next() : Number(next() < 0.3)), sampleWeight: of(() => next() * 2) };
}

/** Sums and D by SIMD; nothing if there is no plan. */
function bySimd(step: Step, table: ReturnType<typeof tableOf>, weighted: boolean) {
  const simd = ownSimd()!, plan = simdPlanOf([step], simd), n = table.yPred.length;
  if (plan === undefined) return undefined;
  const begun = beginSums(simd, plan, 1, weighted, 16 * n)!, { float32 } = viewsOf(simd);
  const [p, y, w, d] = [0, 1, 2, 3].map((k) => begun.spare + 4 * n * k);
  float32.set(table.yPred, p / 4);
  float32.set(table.yTrue, y / 4);
  float32.set(table.sampleWeight, w / 4);
  begun.run({ p, y, w: weighted ? w : undefined, d }, n);
  const sums = new Float64Array(4);
  assert(begun.end(n, sums));
  const [{ scale }] = plan.scales;
  return {
    sums,
    scale,
    slopes: new Float64Array(viewsOf(simd).float32.subarray(d / 4, d / 4 + n)).map((slope) => scale * slope),
  };
}

slow.test("sums and derivatives are those of the step in float64, with every step", () => {
  const n = 8192, table = tableOf(n), { yPred, yTrue } = table;
  let without = 0, all = 0;
  for (const [name, step] of allSteps()) {
    const outputs = new Float64Array(yPred), decisions = outputs.map((p) => step.value(p));
    const slopes = outputs.map((p) => step.derivative(p));
    for (const weighted of [false, true]) {
      all++;
      const own = bySimd(step, table, weighted), sums = [0, 0, 0, 0];
      if (own === undefined) {
        without++;
        continue;
      }
      const weight = (i: number) => weighted ? table.sampleWeight[i] : 1;
      for (let i = 0; i < n; i++) {
        const w = weight(i), s = decisions[i];
        sums[0] += w;
        sums[1] += w * yTrue[i];
        sums[2] += w * s;
        sums[3] += w * yTrue[i] * s;
      }
      // Blocks of 512 in float32: a few of their last digits.
      own.sums.forEach((sum, k) => assertWithin(sum, sums[k], 5e-7 * sums[0], `Σ ${k}, ${name}`));
      for (let i = 0; i < n; i++) {
        const wanted = weight(i) * slopes[i];
        assertWithin(own.slopes[i], wanted, 1e-6 * wanted + 3e-45 * own.scale, name);
      }
    }
  }
  // Next to the identity, or with a threshold next to a bound, float32 has no K with which s is exactly 0 and 1.
  assert(without <= 0.06 * all, `${without} of ${all} have no SIMD plan`);
});

slow.test("s is exactly 0 at 0 and 1 at 1, rises between, and is that of the step", () => {
  const n = 4096, yPred = Float32Array.from({ length: n }, (_, i) => i / (n - 1));
  for (const [name, step] of allSteps()) {
    if (step.name.startsWith("straightThrough") || step.slope > 400 || step.name === "round") continue;
    // One label at a time: Σ y·s is s of its row.
    const values = [0, 1, 700, 2048, 3500, n - 2, n - 1].map((at) => {
      const yTrue = new Float32Array(n);
      yTrue[at] = 1;
      const own = bySimd(step, { yPred, yTrue, sampleWeight: yPred }, false);
      return own && [yPred[at], own.sums[3]];
    });
    if (values.some((value) => value === undefined)) continue;
    let before = -1;
    for (const [p, s] of values as number[][]) {
      assertWithin(s, step.value(p), 1e-6, `s(${p}), ${name}`);
      assert(s >= before - 1.2e-7, `s falls at ${p}, ${name}`);
      before = s;
    }
    if (name.endsWith("true")) assertEquals([values[0]![1], values.at(-1)![1]], [0, 1], name);
  }
});

slowOnBackends("losses and gradients of 10,007 rows are those of plain float64, with every step", () => {
  // Labels of 0 and 1: of others the two parts of a gradient may cancel, and leave digits of neither.
  const n = 10_007, { yPred: p, yTrue: y } = tableOf(n), yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y.map(Math.round));
  for (const [words, own] of allSteps()) {
    const { name, value, derivative, threshold, slope } = own;
    if (slope === 1.01 || slope === 1e4) continue; // the test above has them
    const got = valueAndGradient(metricLoss("f1", { step: own }), yTrue, yPred);
    const wanted = valueAndGradient(
      metricLoss("f1", { step: { name, value, derivative, threshold, slope } }),
      yTrue,
      yPred,
    );
    assertWithin(got.value, wanted.value, 5e-8 + 6e-8, words); // and half an ulp of each
    got.gradient.forEach((g, i) => {
      const w = wanted.gradient[i];
      if (!(Math.abs(g - w) <= 3e-6 * Math.abs(w) + 3e-45)) throw new Error(`${words}: ${g}, not ${w}, at ${p[i]}`);
    });
  }
  tf.dispose([yPred, yTrue]);
});

onBackends("a perfect classifier's loss is exactly 0, on many rows too", () => {
  const n = 10_007, y = Float32Array.from({ length: n }, (_, i) => Number(i % 7 === 0)), labels = tf.tensor1d(y);
  for (const [words, step] of allSteps()) {
    if (words.endsWith("false")) continue; // not anchored
    const { value } = valueAndGradient(f1Loss({ step }), labels, labels);
    assertEquals(value, 0, words);
  }
  labels.dispose();
});

/** Two ways through the same tables, on both backends. */
function* sameOnBoth(): Generator<[string, Loss, number, boolean]> {
  for (const classes of [1, 2, 3, 10, 25, 130, 131]) {
    const average = classes > 1 ? "macro" : undefined;
    for (const step of ["softsign", "logistic", "arctan", "gaussian", "linearRamp", "straightThrough"] as const) {
      for (const weighted of [false, true]) {
        yield [
          `${step}, ${classes} columns${weighted ? ", weighted" : ""}`,
          f1Loss({ step, average }),
          classes,
          weighted,
        ];
      }
    }
    if (classes > 1) {
      yield [`argmax, ${classes} columns`, f1Loss({ decision: "argmax", average }), classes, false];
    }
  }
}

/** Runs work on each backend, of as many rows as make 10,007 entries or a few more. */
async function onEach<T>(work: () => T): Promise<T[]> {
  const results: T[] = [];
  for (const backend of ["cpu", "wasm"]) {
    await tf.setBackend(backend);
    results.push(work());
  }
  return results;
}

function takenOf(loss: Loss, classes: number, weighted: boolean) {
  const rows = Math.max(Math.ceil(10_007 / classes), 301), table = tableOf(rows * classes);
  const [yPred, yTrue, w] = [table.yPred, table.yTrue, table.sampleWeight].map((values) =>
    classes === 1 ? tf.tensor1d(values) : tf.tensor2d(values, [rows, classes])
  );
  const result = valueAndGradient(loss, yTrue, yPred, weighted ? w : undefined);
  tf.dispose([yPred, yTrue, w]);
  return result;
}

slow.test("both backends have the same bytes, with any number of columns", async () => {
  for (const [words, loss, classes, weighted] of sameOnBoth()) {
    const [cpu, wasm] = await onEach(() => takenOf(loss, classes, weighted));
    assertEquals(cpu.value, wasm.value, words);
    const first = cpu.gradient.findIndex((g, i) => !Object.is(g, wasm.gradient[i]));
    assertEquals(first, -1, `${words}: the gradients differ first at ${first}`);
  }
});

slow.test("the bytes are those of every other machine", async () => {
  await tf.setBackend("wasm");
  const bytes: Uint8Array[] = [];
  for (const [, loss, classes, weighted] of sameOnBoth()) {
    const { value, gradient } = takenOf(loss, classes, weighted);
    bytes.push(new Uint8Array(Float32Array.of(value, ...gradient).buffer));
  }
  const digest = await crypto.subtle.digest("SHA-256", await new Blob(bytes as BlobPart[]).arrayBuffer());
  assertEquals(
    new Uint8Array(digest).toHex(),
    "000b586426130d11c11227163563fb2cc3a54576b97697df9683d402cac606df",
    "values and gradients have changed, or differ here",
  );
});

slow.test("without SIMD the loops in float64 take it all", async () => {
  for (const [words, loss, classes, weighted] of sameOnBoth()) {
    if (classes > 10) continue;
    const [cpu, wasm] = await onEach(() => takenOf(loss, classes, weighted));
    allowSimd(false);
    try {
      for (const [i, plain] of (await onEach(() => takenOf(loss, classes, weighted))).entries()) {
        assertWithin(plain.value, [cpu, wasm][i].value, 5e-7, words);
      }
    } finally {
      allowSimd(true);
    }
  }
});

slow.test("where the heap has no more room, the loops in float64 take it all", async () => {
  await tf.setBackend("wasm");
  const { wasm: heap } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
  const malloc = heap._malloc, asked: number[] = [];
  // More columns than any test before: what those have left does not suffice.
  for (const [options, classes] of [[{}, 211], [{ decision: "argmax" }, 601]] as const) {
    const rows = 61, table = tableOf(rows * classes), bytes = 4 * rows * classes;
    const yPred = tf.tensor2d(table.yPred, [rows, classes]), yTrue = tf.tensor2d(table.yTrue, [rows, classes]);
    const loss = f1Loss({ ...options, average: "macro" });
    heap._malloc = (wanted) => { // TensorFlow.js has its tensors, this library not what it asks for beside them
      if (wanted === bytes || wanted <= 8) return malloc(wanted);
      asked.push(wanted);
      return 0;
    };
    const full = (() => {
      try {
        return valueAndGradient(loss, yTrue, yPred);
      } finally {
        heap._malloc = malloc;
      }
    })();
    const wanted = valueAndGradient(loss, yTrue, yPred);
    assertWithin(full.value, wanted.value, 1.2e-7);
    const largest = wanted.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    full.gradient.forEach((g, i) => assertWithin(g, wanted.gradient[i], 3e-6 * largest));
    tf.dispose([yPred, yTrue]);
  }
  assertEquals(asked.length, 2, "the first pass of each has asked");
});

onBackends("a −0 is a 0, for outputs, labels and weights", () => {
  const n = 8192, { yPred: p, yTrue: y, sampleWeight: w } = tableOf(n), loss = f1Loss();
  const [zero, minus] = [0, -0].map((z) =>
    [p, y, w].map((values) => tf.tensor1d(values.map((v, i) => i % 5 === 0 ? z : v)))
  );
  const wanted = valueAndGradient(loss, zero[1], zero[0], zero[2]),
    got = valueAndGradient(loss, minus[1], minus[0], minus[2]);
  assertEquals(got.value, wanted.value);
  assert(got.gradient.every((g, i) => g === wanted.gradient[i]));
  tf.dispose([...zero, ...minus]);
});

onBackends("labels and weights of every kind are the same numbers, for many rows too", () => {
  for (const [rows, classes] of [[10_007, 1], [2003, 10]]) {
    for (const decision of classes > 1 ? ["threshold", "argmax"] as const : ["threshold"] as const) {
      const loss = f1Loss({ decision, average: classes > 1 ? "macro" : "binary" }), shape = [rows, classes];
      const { yPred: p } = tableOf(rows * classes), next = random(classes);
      const indices = Int32Array.from({ length: rows }, () => Math.floor(next() * Math.max(2, classes)));
      const hot = Float32Array.from(
        p,
        (_, i) => classes === 1 ? indices[i] : Number(indices[Math.floor(i / classes)] === i % classes),
      );
      const yPred = tf.tensor2d(p, [rows, classes]), labels = tf.tensor(hot, shape);
      const rowWeights = tf.tensor1d(indices.map((k) => 1 + k % 3), "int32");
      const eachWeights = tf.tensor(p.map((_, i) => 1 + indices[Math.floor(i / classes)] % 3), shape);
      const wanted = [valueAndGradient(loss, labels, yPred), valueAndGradient(loss, labels, yPred, eachWeights)];
      const others = [tf.cast(labels, "int32"), tf.cast(labels, "bool")];
      if (classes > 1) others.push(tf.tensor1d(indices, "int32"), tf.tensor1d(indices, "float32"));
      for (const other of others) {
        assertEquals(valueAndGradient(loss, other, yPred), wanted[0], `${decision}, ${other.dtype}`);
        const got = valueAndGradient(loss, other, yPred, rowWeights);
        assertEquals(got.value, wanted[1].value);
        const largest = got.gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
        got.gradient.forEach((g, i) => assertWithin(g, wanted[1].gradient[i], 1e-6 * largest));
      }
      tf.dispose([yPred, labels, rowWeights, eachWeights, ...others]);
    }
  }
});

onBackends("what a gradient is multiplied by may be so large that it has to be bounded", () => {
  const rows = 1003, classes = 10, { yPred: p, yTrue: y } = tableOf(rows * classes);
  const yPred = tf.tensor2d(p, [rows, classes]), yTrue = tf.tensor2d(y, [rows, classes]);
  for (const decision of ["threshold", "argmax"] as const) {
    const loss = f1Loss({ decision, average: "macro" });
    const [plain, scaled, beyond] = [1, 1e30, 3e38].map((by) => {
      const gradient = tf.tidy(() => tf.grad((x) => tf.mul(loss(yTrue, x), by))(yPred).dataSync());
      return gradient as Float32Array;
    });
    const largest = plain.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    plain.forEach((g, i) => assertWithin(scaled[i] / 1e30, g, 3e-6 * largest, decision));
    assert(beyond.every(Number.isFinite));
  }
  tf.dispose([yPred, yTrue]);
});

onBackends("weights next to nothing, or next to the largest float32, have the gradient of usual ones", () => {
  const n = 8192, { yPred: p, yTrue: y } = tableOf(n), yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y.map(Math.round));
  const gradient = (w: number) => {
    const weights = tf.fill([n], w), { gradient } = valueAndGradient(f1Loss(), yTrue, yPred, weights);
    weights.dispose();
    return gradient;
  };
  const usual = gradient(1);
  for (const w of [1e-42, 1e-20, 1e-14, 1e14, 1e20, 1e37]) { // F1 does not depend on the unit of the weights
    gradient(w).forEach((g, i) => assertWithin(g, usual[i], 4e-6 * Math.abs(usual[i]), `${w}`));
  }
  tf.dispose([yPred, yTrue]);
});

onBackends("a gradient beyond float32 is bounded by its largest number, for many rows too", () => {
  const n = 8192,
    y = Float32Array.from({ length: n }, (_, i) => Number(i < 2)),
    p = y.map((_, i) => i % 2 === 0 ? 0.5 : 0);
  const yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y), loss = metricLoss("recall", { slope: 1e4 });
  const gradient = tf.tidy(() => tf.grad((x) => tf.mul(loss(yTrue, x), 3e38))(yPred).dataSync());
  const largest = (2 - 2 ** -23) * 2 ** 127;
  assertEquals([...gradient.slice(0, 4)].map((g) => g === -largest), [true, false, false, false]);
  assert(gradient.every(Number.isFinite));
  tf.dispose([yPred, yTrue]);
});

Deno.test("steps of approximated shapes at 0.5 have a plan, whatever their slope", () => {
  for (const make of [arctan, gaussian]) {
    for (let slope = 1.05; slope < 3000; slope *= 1.003) {
      assert(simdPlanOf([make({ slope })], ownSimd()!) !== undefined, `${make.name} ${slope}`);
    }
  }
});
