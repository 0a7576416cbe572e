// Losses on tensors: recorded values, laws, edges, tensors counted.
import { assert, assertEquals, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import {
  accuracyLoss,
  type Counts,
  f1Loss,
  fBeta,
  fBetaLoss,
  identity,
  jaccardLoss,
  type Loss,
  type LossOptions,
  metricLoss,
  precision,
  precisionLoss,
  recallLoss,
  round,
  type Score,
  scores,
  softsign,
  type Step,
  steps,
  straightThrough,
} from "../../lib/mod.ts";
import type { ScoreName } from "../../lib/core.ts";
import { allScores, bestOf, rangeOf } from "../all_scores.ts";
import { assertAllWithin, assertWithin, counted, onBackends, random, reference, valueAndGradient } from "../helpers.ts";

const shapes = ["softsign", "logistic", "arctan", "gaussian", "linearRamp"] as const;

interface Batch {
  yTrue: number[];
  yPred: number[];
  sampleWeight?: number[] | null;
}

/** The loss and its gradient as numbers; nothing of it stays on the backend. */
function evaluate(loss: Loss, { yTrue, yPred, sampleWeight }: Batch): { value: number; gradient: number[] } {
  return tf.tidy(() => {
    const y = tf.tensor1d(yTrue, "float32"), w = sampleWeight ? tf.tensor1d(sampleWeight, "float32") : undefined;
    const { value, gradient } = valueAndGradient(loss, y, tf.tensor1d(yPred, "float32"), w);
    return { value, gradient: [...gradient].map((g) => g + 0) }; // no −0
  });
}

const largest = (numbers: number[]) => Math.max(...numbers.map(Math.abs));

interface LossCase extends Batch {
  score: ScoreName | "fBeta";
  beta?: number;
  step: (typeof shapes)[number] | "identity";
  straightThrough: boolean;
  slope: number;
  threshold: number;
  fromLogits: boolean;
  loss: number;
  gradient: number[];
}

const stepOf = ({ step, straightThrough: through, slope, threshold }: LossCase): Step => {
  const soft = steps[step]({ slope, threshold });
  return through ? straightThrough(soft) : soft;
};
const scoreOf = ({ score, beta }: { score: ScoreName | "fBeta"; beta?: number }): Score =>
  score === "fBeta" ? fBeta({ beta: beta! }) : scores[score];

onBackends("losses and gradients are the recorded ones, to half an ulp of float32", () => {
  const cases = reference<LossCase>("losses.json");
  for (const [index, c] of cases.entries()) {
    const loss = metricLoss(scoreOf(c), { step: stepOf(c), fromLogits: c.fromLogits });
    const { value, gradient } = evaluate(loss, c);
    // Everything is float64 until it is rounded once, by at most 2⁻²⁴ of itself; 1e-12 of the largest is what float64
    // leaves of terms that cancel.
    const size = largest(c.gradient);
    assertWithin(value, c.loss, 6e-8 * Math.abs(c.loss) + 1e-14, `case ${index}`);
    c.gradient.forEach((g, i) =>
      assertWithin(gradient[i], g, 6e-8 * Math.abs(g) + 1e-12 * size, `case ${index}, row ${i}`)
    );
  }
  assertEquals(cases.length, 1008);
});

onBackends("losses and gradients are those of the Keras recipe on TensorFlow, JAX and PyTorch", () => {
  interface RecipeCase extends Omit<LossCase, "step" | "fromLogits"> {
    backend: string;
    batch: string;
  }
  const cases = reference<RecipeCase>("recipe.json");
  for (const c of cases) {
    const loss = metricLoss(scoreOf(c), { step: stepOf({ ...c, step: "softsign", fromLogits: false }) });
    const { value, gradient } = evaluate(loss, c);
    // The recipe computes in float32 throughout: some tens of ulps, as its recording script allows; of the largest
    // element, or of 1 where all of the gradient is 0 and the recipe has an ulp.
    const where = `${c.backend}, ${c.batch}, ${c.score}, slope ${c.slope}, threshold ${c.threshold}`;
    assertWithin(value, c.loss, 4e-6, where);
    assertAllWithin(gradient, c.gradient, 4e-6 * (largest(gradient) || 1), where);
  }
  assertEquals(new Set(cases.map(({ backend }) => backend)), new Set(["tensorflow", "jax", "torch"]));
});

Deno.test("a named loss is metricLoss of its score, and is called by it", () => {
  const named: [Loss, string][] = [
    [precisionLoss(), "precision"],
    [recallLoss(), "recall"],
    [f1Loss(), "f1"],
    [jaccardLoss(), "jaccard"],
    [accuracyLoss(), "accuracy"],
  ];
  const batch = { yTrue: [1, 0, 1, 0.25], yPred: [0.7, 0.4, 0.2, 0.6], sampleWeight: [1, 2, 0.5, 3] };
  for (const [loss, name] of named) {
    assertStrictEquals(loss.name, `${name}Loss`);
    assertEquals(evaluate(loss, batch), evaluate(metricLoss(name as ScoreName), batch));
    assertEquals(evaluate(loss, batch), evaluate(metricLoss(scores[name as ScoreName]), batch));
  }
  assertStrictEquals(fBetaLoss({ beta: 2 }).name, "fBeta2Loss");
  assertEquals(evaluate(fBetaLoss({ beta: 2 }), batch), evaluate(metricLoss(fBeta({ beta: 2 })), batch));
  const options: LossOptions = { step: "arctan", slope: 3, threshold: 0.3, fromLogits: true };
  assertEquals(
    evaluate(fBetaLoss({ beta: 2, ...options }), batch),
    evaluate(metricLoss(fBeta({ beta: 2 }), options), batch),
  );
  for (const make of [precisionLoss, recallLoss, f1Loss, jaccardLoss, accuracyLoss]) {
    assertNotEquals(evaluate(make(options), batch), evaluate(make(), batch)); // options arrive
  }
});

Deno.test("the default step is the softsign of slope 4 at 0.5, on probabilities, with 0 for 0/0", () => {
  const batch = { yTrue: [1, 0, 1, 0], yPred: [0.7, 0.4, 0.2, 0.6] };
  const said: LossOptions = { step: softsign({ slope: 4, threshold: 0.5 }), fromLogits: false, zeroDivision: 0 };
  assertEquals(evaluate(f1Loss(), batch), evaluate(f1Loss(said), batch));
  assertEquals(evaluate(f1Loss({}), batch), evaluate(f1Loss({ step: "softsign", slope: 4, threshold: 0.5 }), batch));
});

Deno.test("a definition of one's own and a score of one's own make a loss", () => {
  class Half { // a score with a method that needs `this`
    readonly name = "half";
    readonly factor = 0.5;
    value(c: { tp: number }): number {
      return this.factor * c.tp;
    }
    gradient(): { tp: number; fp: number; fn: number; tn: number } {
      return { tp: this.factor, fp: 0, fn: 0, tn: 0 };
    }
  }
  const square = {
    name: "square",
    threshold: 0.5,
    slope: 1,
    value: (p: number) => p * p,
    derivative: (p: number) => 2 * p,
  };
  const loss = metricLoss(new Half(), { step: square });
  assertStrictEquals(loss.name, "halfLoss");
  assertEquals(evaluate(loss, { yTrue: [1, 0], yPred: [0.5, 0.75] }), { value: 1 - 0.125, gradient: [-0.5, 0] });
});

onBackends("shapes [n] and [n, 1] mix freely, and the gradient has the shape of the outputs", () => {
  const [y, p, w] = [[1, 0, 1, 0], [0.7, 0.4, 0.2, 0.6], [1, 2, 0.5, 3]];
  const expected = evaluate(f1Loss(), { yTrue: y, yPred: p, sampleWeight: w });
  for (const yShape of [[4], [4, 1]]) {
    for (const pShape of [[4], [4, 1]]) {
      for (const wShape of [[4], [4, 1]]) {
        const tensors = [tf.tensor(y, yShape), tf.tensor(p, pShape), tf.tensor(w, wShape)];
        const { value, grad } = tf.valueAndGrad((p) => f1Loss()(tensors[0], p, tensors[2]))(tensors[1]);
        assertEquals([value.shape, grad.shape], [[], pShape]);
        assertEquals([value.dataSync()[0], ...grad.dataSync()], [expected.value, ...expected.gradient]);
        tf.dispose([...tensors, value, grad]);
      }
    }
  }
});

onBackends("labels and weights may be int32 or bool", () => {
  const expected = evaluate(f1Loss(), { yTrue: [1, 0, 1], yPred: [0.7, 0.4, 0.2], sampleWeight: [1, 1, 0] });
  for (const yType of ["float32", "int32", "bool"] as const) {
    for (const wType of ["float32", "int32", "bool"] as const) {
      const y = tf.tensor1d([1, 0, 1], yType), w = tf.tensor1d([1, 1, 0], wType), p = tf.tensor1d([0.7, 0.4, 0.2]);
      const { value, grad } = tf.valueAndGrad((p) => f1Loss()(y, p, w))(p);
      assertEquals({ value: value.dataSync()[0], gradient: [...grad.dataSync()].map((g) => g + 0) }, expected);
      tf.dispose([y, w, p, value, grad]);
    }
  }
});

onBackends("the gradient flows on through what made the outputs, times what comes from above", () => {
  const z = tf.tensor2d([0.4, -1, 2], [3, 1]), y = tf.tensor2d([1, 0, 0], [3, 1]);
  const loss = fBetaLoss({ beta: 0.5, slope: 3 });
  // Behind a sigmoid, halved by the layer before and tripled after.
  const chain = tf.grad((z) => tf.mul(3, loss(y, tf.sigmoid(tf.mul(0.5, z)))))(z);
  const p = [0.4, -1, 2].map((z) => 1 / (1 + Math.exp(-z / 2)));
  const { gradient } = evaluate(loss, { yTrue: [1, 0, 0], yPred: p });
  assertEquals(chain.shape, [3, 1]);
  assertAllWithin(chain.dataSync(), gradient.map((g, i) => 3 * g * p[i] * (1 - p[i]) * 0.5), 1e-6);
  tf.dispose([z, y, chain]);
});

Deno.test("a perfect classifier's loss is exactly 0: every score, every anchored step, at any prevalence", () => {
  const named: Step[] = [1, 2, 10, 1000].flatMap((slope) =>
    shapes.flatMap((name) => [0.5, 0.3].map((threshold) => steps[name]({ slope, threshold })))
  );
  for (const score of allScores) {
    for (const step of [...named, identity(), round(), straightThrough()]) {
      const loss = metricLoss(score, { step });
      for (const prevalence of [0.5, 0.1, 0.01]) {
        const y = tf.tensor1d(Array.from({ length: 200 }, (_, i) => i < 200 * prevalence ? 1 : 0));
        const value = loss(y, y);
        const perfect = score.name === "utility" ? -Math.fround(100 * prevalence + (1 - prevalence)) : 0;
        assert(
          value.dataSync()[0] === perfect,
          `${loss.name}, ${step.name} of slope ${step.slope}: ${value.dataSync()[0]}`,
        );
        tf.dispose([y, value]);
      }
    }
  }
});

Deno.test("a small step along −gradient lowers the loss by the square of the gradient, for every score and shape", () => {
  const row = fc.record({
    y: fc.integer({ min: 0, max: 8 }).map((n) => n / 8),
    p: fc.double({ min: 0.1, max: 0.9, noNaN: true }).map(Math.fround),
    w: fc.integer({ min: 1, max: 8 }),
  });
  const smooth = shapes.filter((name) => name !== "linearRamp"); // its corners have no Taylor series
  let tried = 0;
  fc.assert(fc.property(
    fc.array(row, { minLength: 4, maxLength: 12 }),
    fc.constantFrom(...allScores),
    fc.constantFrom(...smooth),
    (rows, score, step) => {
      const loss = metricLoss(score, { step, slope: 2, threshold: 0.4 });
      const batch = (move: (p: number, i: number) => number) => ({
        yTrue: rows.map(({ y }) => y),
        yPred: rows.map(({ p }, i) => move(p, i)),
        sampleWeight: rows.map(({ w }) => w),
      });
      const { value, gradient } = evaluate(loss, batch((p) => p));
      const norm2 = gradient.reduce((sum, g) => sum + g * g, 0);
      fc.pre(norm2 > 0.01);
      tried++;
      // First order says 1e-4. The second order is ½·(1e-4/‖g‖)²·‖loss″‖ < 1e-5; float32 adds 1e-7 each time.
      const after = evaluate(loss, batch((p, i) => p - 1e-4 * gradient[i] / norm2)).value;
      assertWithin(value - after, 1e-4, 2e-5);
    },
  ));
  assert(tried >= 100);
});

Deno.test("the order of the rows changes nothing but the order of the gradient", () => {
  const row = fc.tuple(
    fc.constantFrom(0, 1),
    fc.float({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 0, max: 5 }),
  );
  const tables = fc.array(row, { minLength: 1, maxLength: 20 }).chain((rows) =>
    fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows.map((_, i) => i), { minLength: rows.length }))
  );
  const batchOf = (rows: [number, number, number][]): Batch => ({
    yTrue: rows.map((r) => r[0]),
    yPred: rows.map((r) => r[1]),
    sampleWeight: rows.map((r) => r[2]),
  });
  fc.assert(fc.property(tables, fc.constantFrom(...allScores), ([rows, order], score) => {
    const loss = metricLoss(score, { slope: 5 });
    const { value, gradient } = evaluate(loss, batchOf(rows));
    const other = evaluate(loss, batchOf(order.map((i) => rows[i])));
    assertWithin(other.value, value, 1.2e-7); // float64 sums in another order may round to the next float32
    assertAllWithin(other.gradient, order.map((i) => gradient[i]), 1.2e-7 * largest(gradient) + 1e-40);
  }));
});

onBackends("losses of one gradient, values alone and gradients of one another leave each other's numbers alone", () => {
  const loss = f1Loss(), other = precisionLoss({ slope: 7, step: "logistic" });
  const batches = [1, 2, 3].map((seed) => {
    const next = random(seed);
    return { yTrue: Array.from({ length: 40 }, () => +(next() < 0.3)), yPred: Array.from({ length: 40 }, next) };
  });
  const alone = batches.map((batch) => [evaluate(loss, batch), evaluate(other, batch)]);
  tf.tidy(() => {
    const [[y, p], [y2, p2], [y3, p3]] = batches.map(({ yTrue, yPred }) => [yTrue, yPred].map((v) => tf.tensor1d(v)));
    const { value, grads } = tf.valueAndGrads((p: tf.Tensor, p2: tf.Tensor) => {
      const first = loss(y, p);
      other(y3, p3);
      return tf.addN([first, loss(y2, p2), other(y, p)]) as tf.Scalar;
    })([p, p2]);
    assertWithin(value.dataSync()[0], alone[0][0].value + alone[1][0].value + alone[0][1].value, 1e-6);
    const [g, g2] = grads.map((grad) => grad.dataSync());
    assertAllWithin(g, alone[0][0].gradient.map((v, i) => v + alone[0][1].gradient[i]), 1e-7);
    assertAllWithin(g2, alone[1][0].gradient, 0);
  });
});

onBackends("a weight of 2 counts the row twice; a weight of 0 leaves it out; equal weights change nothing", () => {
  const [y, p] = [[1, 0, 1, 0, 1], [0.7, 0.4, 0.2, 0.6, 0.9]];
  for (const score of allScores) {
    const loss = metricLoss(score);
    const weighted = evaluate(loss, { yTrue: y, yPred: p, sampleWeight: [1, 2, 1, 0, 2] });
    const repeated = evaluate(loss, { yTrue: [1, 0, 0, 1, 1, 1], yPred: [0.7, 0.4, 0.4, 0.2, 0.9, 0.9] });
    assertWithin(weighted.value, repeated.value, 1.2e-7);
    const [a, b, b2, c, e, e2] = repeated.gradient;
    assertAllWithin(weighted.gradient, [a, b + b2, c, 0, e + e2], 1e-6 * largest(repeated.gradient));
    assert(weighted.gradient[3] === 0);
    const plain = evaluate(loss, { yTrue: y, yPred: p });
    for (const unit of [0.125, 1, 1024]) { // powers of two: not a bit changes
      assertEquals(evaluate(loss, { yTrue: y, yPred: p, sampleWeight: y.map(() => unit) }), plain);
    }
  }
});

onBackends("where the score is 0/0 the loss is the best value less zeroDivision and the gradient exactly 0", () => {
  const none = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const batches: [Batch, Counts][] = [ // and counts that are 0 where those of the batch are
    [{ yTrue: [1, 0, 1], yPred: [0, 0, 0] }, { ...none, fn: 2, tn: 1 }], // nothing predicted
    [{ yTrue: [0, 0, 0], yPred: [0.7, 0.2, 0.9] }, { ...none, fp: 2, tn: 1 }], // no positive
    [{ yTrue: [0, 0, 0], yPred: [0, 0, 0] }, { ...none, tn: 3 }], // neither
    [{ yTrue: [1, 0, 1], yPred: [1, 1, 1] }, { ...none, tp: 2, fp: 1 }], // all predicted
    [{ yTrue: [1, 1, 1], yPred: [0.7, 0.2, 0.9] }, { ...none, tp: 2, fn: 1 }], // no negative
    [{ yTrue: [1, 0, 1], yPred: [0.7, 0.2, 0.9], sampleWeight: [0, 0, 0] }, none],
  ];
  let tried = 0;
  for (const [batch, counts] of batches) {
    for (const score of allScores.filter((score) => Number.isNaN(score.value(counts)))) {
      for (const step of ["softsign", "linearRamp", "straightThrough", "identity"] as const) {
        for (const zeroDivision of [0, 1, "skip"] as const) {
          const { value, gradient } = evaluate(metricLoss(score, { step, zeroDivision }), batch);
          assertStrictEquals(value, bestOf(score) - (zeroDivision === "skip" ? 0 : zeroDivision) + 0);
          assert(gradient.every((g) => g === 0), `${score.name}, ${step}: ${gradient}`);
          tried++;
        }
      }
    }
  }
  assert(tried > 600, `${tried}`);
});

onBackends("zeroDivision changes nothing where the score is defined", () => {
  const batch = { yTrue: [1, 0, 1], yPred: [0.6, 0.2, 0.4] };
  for (const score of allScores) {
    assertEquals(
      evaluate(metricLoss(score, { zeroDivision: 1 }), batch),
      evaluate(metricLoss(score, { zeroDivision: 0 }), batch),
    );
  }
});

onBackends("one class only, or one row only: the loss is in its range, with a finite gradient", () => {
  const batches: Batch[] = [
    { yTrue: [1, 1, 1], yPred: [0.2, 0.9, 1] },
    { yTrue: [0, 0, 0], yPred: [0.2, 0.9, 1] },
    { yTrue: [1], yPred: [0.3] },
    { yTrue: [0], yPred: [0.3] },
    { yTrue: [0], yPred: [0] },
    { yTrue: [1], yPred: [0] },
    { yTrue: [1, 0], yPred: [0, 1] },
    { yTrue: [1, 0], yPred: [1e-38, 1e-45] },
  ];
  for (const score of allScores) {
    for (const step of Object.keys(steps) as (keyof typeof steps)[]) {
      for (const batch of batches) {
        const { value, gradient } = evaluate(metricLoss(score, { step }), batch);
        // A float32; and the best value itself, where the score is not defined.
        const [low, high] = rangeOf(score).map(Math.fround), best = bestOf(score);
        assert(
          value >= Math.min(best - high, best) && value <= Math.fround(Math.max(best - low, best)),
          `${score.name}: ${value}`,
        );
        assert(gradient.every(Number.isFinite), `${score.name}, ${step}: ${gradient}`);
      }
    }
  }
});

onBackends("outputs of exactly 0 and 1 on the wrong side keep a gradient that moves them back", () => {
  for (const step of ["softsign", "arctan", "identity", "straightThrough"] as const) {
    // A saturated miss, a saturated false alarm, and two that are right.
    const { gradient } = evaluate(f1Loss({ step }), { yTrue: [1, 0, 1, 0], yPred: [0, 1, 1, 0] });
    assert(gradient[0] < 0 && gradient[1] > 0, `${step}: ${gradient}`);
  }
  // The ramp's lesson: the same outputs, nothing.
  const { gradient } = evaluate(f1Loss({ step: "linearRamp" }), { yTrue: [1, 0, 1, 0], yPred: [0, 1, 1, 0] });
  assert(gradient.every((g) => g === 0));
});

onBackends("outputs that were rounded to 1 + 5e-7 or −5e-7 count as 1 and 0, gradient and all", () => {
  const rounded = evaluate(f1Loss(), { yTrue: [1, 0, 1], yPred: [-5e-7, 1 + 5e-7, 0.6] });
  assertEquals(rounded, evaluate(f1Loss(), { yTrue: [1, 0, 1], yPred: [0, 1, 0.6] }));
  assert(rounded.gradient.every((g) => g !== 0));
});

onBackends("fromLogits is a sigmoid and then the loss", () => {
  const next = random(3);
  const z = Array.from({ length: 50 }, () => Math.fround(8 * next() - 4)), y = z.map(() => next() < 0.4 ? 1 : 0);
  for (const step of ["softsign", "logistic", "arctan", "gaussian", "identity"] as const) {
    const options = step === "identity" ? { step } : { step, slope: 4, threshold: 0.3 };
    const direct = evaluate(f1Loss({ ...options, fromLogits: true }), { yTrue: y, yPred: z });
    const [value, gradient] = tf.tidy(() => {
      const labels = tf.tensor1d(y, "float32");
      const { value, grad } = tf.valueAndGrad((z) => f1Loss(options)(labels, tf.sigmoid(z)))(tf.tensor1d(z));
      return [value.dataSync()[0], [...grad.dataSync()]];
    });
    // Float32 probabilities: ulps of 6e-8, times the slope in the value, times s″/s′ ≤ 20 in the gradient.
    assertWithin(direct.value, value, 1e-6, step);
    assertAllWithin(direct.gradient, gradient, 3e-6 * largest(gradient), step);
  }
});

onBackends("logits of ±10⁴ and ±∞ give a finite loss and gradient, 0 for what is sure", () => {
  for (const score of allScores) {
    for (const step of Object.keys(steps) as (keyof typeof steps)[]) {
      const loss = metricLoss(score, { step, fromLogits: true });
      const { value, gradient } = evaluate(loss, {
        yTrue: [1, 0, 0, 1, 1],
        yPred: [1e4, -1e4, Infinity, -Infinity, 0.2],
      });
      const [low, high] = rangeOf(score), best = bestOf(score);
      assert(value >= best - high && value <= best - low, `${loss.name}, ${step}: ${value}`);
      assert(gradient.every(Number.isFinite));
      assert(gradient.slice(0, 4).every((g) => g === 0));
      const perfect = evaluate(loss, { yTrue: [1, 0], yPred: [1e4, -1e4] }).value;
      assert(perfect === (score.name === "utility" ? -50.5 : 0), `${loss.name}, ${step}: ${perfect}`);
    }
  }
});

onBackends("straight-through is the hard metric forward and the soft step backward", () => {
  const batch = { yTrue: [1, 0, 1, 0, 1], yPred: [0.7, 0.6, 0.2, 0.3, 0.9] };
  const { value, gradient } = evaluate(precisionLoss({ step: straightThrough(softsign({ slope: 6 })) }), batch);
  assertWithin(value, 1 / 3, 3e-8);
  // tp = 2, fp = 1: ∂TP = 1/9, ∂FP = −2/9
  const s1 = softsign({ slope: 6 }).derivative;
  const expected = batch.yPred.map((p, i) => s1(Math.fround(p)) * (batch.yTrue[i] ? -1 / 9 : 2 / 9));
  assertAllWithin(gradient, expected, 1e-7);
  const hard = evaluate(precisionLoss({ step: round() }), batch);
  assertStrictEquals(hard.value, value);
  assert(hard.gradient.every((g) => g === 0));
});

onBackends("a value makes one tensor, a gradient one, a value and gradient two; nothing else stays", () => {
  const y = tf.tensor1d([1, 0, 1]), p = tf.tensor2d([0.6, 0.4, 0.2], [3, 1]), w = tf.tensor1d([1, 2, 1]);
  for (const score of allScores) {
    for (const fromLogits of [false, true]) {
      const loss = metricLoss(score, { fromLogits });
      const value = counted(() => loss(y, p, w));
      const gradient = counted(() => tf.grad((p) => loss(y, p, w))(p));
      const both = counted(() => tf.valueAndGrad((p) => loss(y, p))(p));
      assertEquals([value.made, gradient.made, both.made], [1, 1, 2], score.name);
      const chain = counted(() => tf.grad((p) => loss(y, tf.sigmoid(tf.mul(p, 2))))(p));
      assertEquals(chain.made, 1, score.name);
      tf.dispose([value.result, gradient.result, both.result.value, both.result.grad, chain.result]);
    }
  }
  tf.dispose([y, p, w]);
});

onBackends("there is no gradient by the labels or the weights: tfjs says so, none is made up", () => {
  const y = tf.tensor1d([1, 0]), p = tf.tensor1d([0.6, 0.4]), w = tf.tensor1d([1, 2]);
  assertThrows(() => tf.grad((y) => f1Loss()(y, p))(y), Error, "Cannot compute gradient");
  assertThrows(() => tf.grad((w) => f1Loss()(y, p, w))(w), Error, "Cannot compute gradient");
  tf.dispose([y, p, w]);
});

onBackends("a loss is of dtype float32 and rank 0, and leaves its arguments alone", () => {
  const y = tf.tensor1d([1, 0]), p = tf.tensor1d([0.6, 0.4]);
  const value = precisionLoss()(y, p);
  assertEquals([value.shape, value.dtype], [[], "float32"]);
  assertEquals([...y.dataSync()], [1, 0]);
  assertAllWithin(p.dataSync(), [0.6, 0.4], 3e-8);
  tf.dispose([y, p, value]);
});

Deno.test("both backends agree to the last bit", async () => {
  const next = random(11);
  const yPred = Array.from({ length: 500 }, next), yTrue = yPred.map((p) => next() < p * p ? 1 : 0);
  const on = async (backend: string) => {
    await tf.setBackend(backend);
    return allScores.map((score) => evaluate(metricLoss(score), { yTrue, yPred }));
  };
  assertEquals(precision.name, allScores[0].name);
  assertEquals(await on("wasm"), await on("cpu"));
});
