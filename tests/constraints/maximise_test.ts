// Scores under constraints: the Lagrangian's derivatives, multipliers, groups, floors that are held, training and resuming.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  atLeast,
  atMost,
  constrainedLossAndGradient,
  type Constraint,
  falsePositiveRate,
  gapAtMost,
  maximise,
  selectionRate,
} from "../../lib/constraints/mod.ts";
import { allScores, rangeOf as knownRange } from "../all_scores.ts";
import { deviations, isRate, rangeOf } from "../../lib/constraints/constraint.ts";
import { countKeys, type Counts } from "../../lib/counts/counts.ts";
import { accuracy, f1, fitMetric, jaccard, mcc, metricLoss, precision, recall } from "../../lib/mod.ts";
import { ofDecisions } from "../../lib/scores/learnt.ts";
import { lossAndGradient } from "../../lib/core.ts";
import { linearFractional } from "../../lib/scores/linear_fractional.ts";
import {
  assertAllWithin,
  assertRefused,
  assertWithin,
  centralDifferences,
  counted,
  onBackends,
  random,
} from "../helpers.ts";
import { memoryStore } from "../training/fixtures.ts";

const counts: Counts = { tp: 6, fp: 2, fn: 3, tn: 20 };

Deno.test("the Lagrangian is the score minus the weighted violations, and its derivatives are differences", () => {
  const problem = maximise({
    score: "precision",
    subjectTo: [atLeast("recall", 0.9), atMost(falsePositiveRate, 0.05), gapAtMost(selectionRate, 0.1)],
  });
  const groups = { a: { tp: 5, fp: 0.5, fn: 1, tn: 8 }, b: { tp: 1, fp: 1.5, fn: 2, tn: 12 } };
  const at = { all: counts, groups }, { value, partials } = problem.lagrangian(at);
  const rate = ({ tp, fp, fn, tn }: Counts) => (tp + fp) / (tp + fp + fn + tn), h = 1e-6;
  const gaps = [groups.a, groups.b].map((one) => rate(one) - rate(counts));
  const violations = [0.9 - 6 / 9, 2 / 22 - 0.05, ...gaps.flatMap((gap) => [-gap - 0.1, gap - 0.1])];
  assertWithin(value, 6 / 8 - violations.reduce((sum, v) => sum + v, 0), 1e-12, "each multiplier starts at 1");
  for (const key of countKeys) {
    const moved = (by: number) => problem.lagrangian({ ...at, all: { ...counts, [key]: counts[key] + by } }).value;
    assertWithin(partials.all[key], (moved(h) - moved(-h)) / (2 * h), 1e-8, key);
    for (const name of ["a", "b"] as const) {
      const own = (by: number) =>
        problem.lagrangian({
          all: counts,
          groups: { ...groups, [name]: { ...groups[name], [key]: groups[name][key] + by } },
        });
      assertWithin(partials.groups[name][key], (own(h).value - own(-h).value) / (2 * h), 1e-8, `${name} ${key}`);
    }
  }
});

Deno.test("multipliers rise by the violation, fall to 0 and not below, and not for a score that is not defined", () => {
  const problem = maximise({
    score: f1,
    subjectTo: [atLeast(recall, 0.9), atMost(falsePositiveRate, 0.5)],
    learningRate: 3,
  });
  assertEquals(problem.multipliers, { "recall≥0.9": 1, "falsePositiveRate≤0.5": 1 });
  problem.learn({ all: counts });
  assertWithin(problem.multipliers["recall≥0.9"], 1 + 3 * (0.9 - 6 / 9), 1e-12);
  assertEquals(problem.multipliers["falsePositiveRate≤0.5"], 0);
  assertEquals(maximise({ score: f1, subjectTo: [gapAtMost(recall, 0.1)] }).multipliers, {}, "a gap's are of groups");
  const before = problem.multipliers["recall≥0.9"];
  problem.learn({ all: { tp: 0, fp: 1, fn: 0, tn: 1 } });
  assertEquals(problem.multipliers, { "recall≥0.9": before, "falsePositiveRate≤0.5": 0 });
  const unnamed = { all: { tp: 1, fp: 1, fn: 0 } as typeof counts };
  assertThrows(
    () => problem.learn(unnamed),
    TypeError,
    "Cannot use the counts: 'tn' must be a number, it is undefined",
  );
  for (const given of [undefined, {}, counts] as never[]) {
    assertThrows(
      () => problem.learn(given),
      TypeError,
      "Cannot use the counts: 'counts.all' must be an object, it is undefined",
    );
  }
});

Deno.test("a confidence holds a bound by Wilson's interval: SciPy's numbers", () => {
  assertWithin(deviations(0.9), 1.2815515655446004, 1e-12); // scipy.stats.norm.ppf(0.9)
  // scipy.stats.binomtest(45, 50).proportion_ci(0.8, "wilson"): 0.83228719569, and of 5 in 50: 0.16771280431
  const value = (bound: number) =>
    maximise({ score: accuracy, subjectTo: [atLeast(recall, bound)], confidence: 0.9 })
      .value({ all: { tp: 45, fp: 0, fn: 5, tn: 50 } });
  assertEquals([value(0.832287), value(0.832288) < 0], [0.95, true]);
  const most = (bound: number) =>
    maximise({ score: accuracy, subjectTo: [atMost(falsePositiveRate, bound)], confidence: 0.9 })
      .value({ all: { tp: 50, fp: 5, fn: 0, tn: 45 } });
  assertEquals([most(0.167713), most(0.167712) < 0], [0.95, true]);
  const own = (numerator: Partial<Counts>, denominator: Partial<Counts>) =>
    linearFractional("own", { numerator, denominator });
  const rates = [precision, recall, accuracy, jaccard, own({ tp: 1, fn: 1 }, { tp: 1, fp: 1, fn: 1 })];
  assertEquals(rates.map(isRate), rates.map(() => true));
  const others = [
    f1,
    mcc,
    own({ tp: 1, fn: 2 }, { tp: 1, fn: 1 }),
    own({ tp: 1 }, { tp: 1, fn: 2 }),
    own({ tp: 1, fn: 1 }, { tp: 1, fp: 1 }),
    own({ tn: 1 }, { tp: 1, fp: 1 }),
  ];
  assertEquals(others.map(isRate), others.map(() => false));
  // A gap has no interval, and without a confidence there is none to need.
  for (const options of [{ subjectTo: [gapAtMost(f1, 0.2)], confidence: 0.9 }, { subjectTo: [atLeast(mcc, 0)] }]) {
    const one = { tp: 1, fp: 1, fn: 1, tn: 1 };
    assertEquals(maximise({ score: "recall", ...options }).value({ all: one, groups: { a: one } }), 0.5);
  }
});

Deno.test("decisions are valued by the score where all constraints hold, below −1 elsewhere", () => {
  const problem = maximise({ score: "precision", subjectTo: [atLeast("recall", 0.6), atMost(falsePositiveRate, 0.2)] });
  assertEquals(problem.value({ all: counts }), 0.75);
  assertWithin(problem.value({ all: { ...counts, tp: 3, fn: 6 } }), -1 - (0.6 - 1 / 3), 1e-12);
  assertEquals(problem.value({ all: { tp: 6, fp: 2, fn: 4, tn: 8 } }), 0.75, "both bounds just hold");
  assertEquals(ofDecisions(problem.score).value(counts), 0.75);
});

/** Rows of two groups: the second one's outputs are lower. */
function grouped(n: number) {
  const next = random(3),
    yTrue: number[] = [],
    yPred: number[] = [],
    groups: string[] = [],
    sampleWeight: number[] = [];
  for (let i = 0; i < n; i++) {
    groups.push(next() < 0.6 ? "a" : "b");
    yTrue.push(Number(next() < 0.4));
    yPred.push(Math.min(1, 0.5 * next() + 0.4 * yTrue[i] * (groups[i] === "a" ? 1 : 0.4)));
    sampleWeight.push(0.5 + next());
  }
  return { yTrue, yPred, groups, sampleWeight };
}

Deno.test("the loss on arrays: the gradient by differences with groups and weights; without groups it is lossAndGradient's", () => {
  const { yTrue, yPred, groups, sampleWeight } = grouped(24);
  const problem = maximise({ score: "precision", subjectTo: [atLeast("recall", 0.9), gapAtMost("recall", 0.05)] });
  for (const fromLogits of [false, true]) {
    const outputs = fromLogits ? yPred.map((p) => 6 * p - 3) : yPred,
      options = { problem, groups, sampleWeight, fromLogits };
    const { value, gradient, counts } = constrainedLossAndGradient(yTrue, outputs, options);
    assertWithin(value, 1 - problem.lagrangian(counts).value, 1e-12);
    assertEquals(new Set(Object.keys(counts.groups!)), new Set(groups));
    for (const [group, { tp, fp, fn, tn }] of Object.entries(counts.groups!)) {
      const of = (values: number[]) => values.filter((_, i) => groups[i] === group);
      const alone = { score: f1, sampleWeight: of(sampleWeight), fromLogits };
      const [wanted] = lossAndGradient(of(yTrue), of(outputs), alone).counts;
      assertAllWithin([tp, fp, fn, tn], [wanted.tp, wanted.fp, wanted.fn, wanted.tn], 1e-12);
    }
    const at = (p: number[]) => constrainedLossAndGradient(yTrue, p, options).value;
    assertAllWithin(gradient, centralDifferences(at, outputs), 1e-6);
  }
  const plain = maximise({ score: "precision", subjectTo: [atLeast("recall", 0.9)] });
  const own = constrainedLossAndGradient(yTrue, yPred, { problem: plain, sampleWeight });
  const other = lossAndGradient(yTrue, yPred, { score: plain.score, sampleWeight });
  assertWithin(own.value, other.value, 1e-12);
  assertAllWithin(own.gradient, other.gradient, 1e-12);
});

Deno.test("the loss on arrays: ignored rows are not counted; where the score is not defined it is 1 without a gradient", () => {
  const problem = maximise({ score: "recall", subjectTo: [gapAtMost(selectionRate, 0.1)] });
  const options = { problem, groups: ["a", "b", "a"] }, yPred = [0.4, 0.6, 0.7];
  const { counts } = constrainedLossAndGradient([1, 0, -1], yPred, { ...options, ignoreLabel: -1 });
  const two = constrainedLossAndGradient([1, 0], [0.4, 0.6], { problem, groups: ["a", "b"] });
  assertEquals(counts, two.counts);
  const none = constrainedLossAndGradient([0, 0, 0], yPred, options);
  assertEquals([none.value, [...none.gradient]], [1, [0, 0, 0]]);
  const bounded = { problem: maximise({ score: "recall", subjectTo: [atMost(falsePositiveRate, 0.1)] }) };
  assertEquals([...constrainedLossAndGradient([0, 0, 0], yPred, bounded).gradient], [0, 0, 0]);
});

Deno.test("gaps between groups close: equal opportunity and demographic parity, which the score alone leaves open", () => {
  const next = random(8),
    n = 600,
    rows = Array.from({ length: n }, () => {
      const b = next() < 0.5 ? 1 : 0, y = Number(next() < 0.5);
      return { b, y, x: (y - 0.5) * 2 + 1.5 * (next() + next() - 1) - 0.8 * b };
    });
  const yTrue = rows.map(({ y }) => y), groups = rows.map(({ b }) => b);
  const gapAfter = (subjectTo: Constraint, score: typeof recall) => {
    const problem = maximise({ score: "accuracy", subjectTo: [subjectTo], learningRate: 3 });
    let best = { value: -Infinity, gap: NaN };
    const w = [1, 0, 0]; // of x, of the group, the bias
    for (let step = 0; step < 400; step++) {
      const logits = rows.map(({ x, b }) => w[0] * x + w[1] * b + w[2]),
        options = { problem, groups, fromLogits: true };
      const { gradient } = constrainedLossAndGradient(yTrue, logits, options);
      rows.forEach(({ x, b }, i) => [x, b, 1].forEach((v, j) => w[j] -= 2 * gradient[i] * v));
      const { counts } = constrainedLossAndGradient(yTrue, logits, { ...options, step: "round" });
      problem.learn(counts);
      const gaps = Object.values(counts.groups!).map((one) => Math.abs(score.value(one) - score.value(counts.all)));
      const value = problem.value(counts);
      if (value > best.value) best = { value, gap: Math.max(...gaps) };
    }
    return best;
  };
  for (const score of [recall, selectionRate]) {
    const open = gapAfter(atLeast(accuracy, 0), score), closed = gapAfter(gapAtMost(score, 0.02), score);
    assert(closed.gap <= 0.02 && closed.value > 0.7, `${score.name}: ${closed.gap} ${closed.value}`);
    assert(open.value >= closed.value - 1e-12, `${open.value}`);
  }
});

onBackends(
  "fitMetric learns the multipliers from the decisions, on the validation data, and holds the floor",
  async () => {
    const next = random(5), n = 300, x: number[] = [], y: number[] = [];
    for (let i = 0; i < n; i++) {
      y.push(Number(next() < 0.3));
      x.push(next() + 0.5 * y[i] - 0.5, next() - 0.5);
    }
    const xs = tf.tensor2d(x, [n, 2]), ys = tf.tensor2d(y, [n, 1]);
    const train = async (epochs: number, extra: object = {}) => {
      const kernelInitializer = tf.initializers.glorotUniform({ seed: 4 });
      const model = tf.sequential({
        layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2], kernelInitializer })],
      });
      const problem = maximise({ score: "precision", subjectTo: [atLeast("recall", 0.8)] });
      const result = await fitMetric(model, [xs, ys], {
        loss: metricLoss(problem.score),
        optimizer: tf.train.adam(0.1),
        epochs,
        batchSize: 60,
        validationData: [xs, ys],
        ...extra,
      });
      return { result, problem, weights: model.getWeights().flatMap((tensor) => [...tensor.dataSync()]) };
    };
    const { result, problem, weights } = await train(30), { history, thresholdValue } = result;
    const name = "precision recall≥0.8", path = history["multiplier recall≥0.8"];
    assertEquals([path.length, path.at(-1)], [30, problem.multipliers["recall≥0.8"]]);
    assert(new Set(path).size > 5 && history[`val_${name}`].some((v) => v > 0), "a floor that is held, once at least");
    assert(thresholdValue! > 0, "the tuned threshold holds the floor");
    const checkpoint = memoryStore();
    await train(12, { checkpoint });
    const resumed = await train(30, { checkpoint, resume: true });
    assertEquals(resumed.weights, weights, "a resumed training has the multipliers too");
    const { made } = counted(() => metricLoss(problem.score)(ys, tf.tidy(() => tf.fill([n, 1], 0.4))).dispose());
    assertEquals(made, 1, "the outputs");
    const loss = metricLoss(problem.score, { average: "macro" });
    await assertRejects(() => train(1, { loss }), RangeError, "'average' must be 'binary' or 'micro'");
  },
);

Deno.test("a bound may be any value of the score: the range is that of the score's formula", () => {
  const next = random(12), count = () => 9 * next();
  for (const score of allScores) {
    const range = rangeOf(score), [low, high] = knownRange(score);
    assertAllWithin(range, [low, high], 1e-12, score.name);
    for (const bound of range) assertEquals([atLeast(score, bound).bound, atMost(score, bound).bound], [bound, bound]);
    for (let i = 0; i < 50; i++) {
      const value = score.value({ tp: count(), fp: count(), fn: count(), tn: count() });
      assert(value >= low - 1e-12 && value <= high + 1e-12, `${score.name} ${value}`);
    }
  }
  const lift = {
    name: "lift",
    value: ({ tp, fp, fn, tn }: Counts) => tp / (tp + fp) / ((tp + fn) / (tp + fp + fn + tn)),
  };
  assertEquals(atLeast(lift, 3).bound, 3);
  assertRefused(() => atLeast(lift, Infinity), { argument: "bound", value: "must be a finite number, it is Infinity" });
  assertRefused(() => gapAtMost(lift, -1), { argument: "bound", value: "must be a finite number ≥ 0, it is -1" });
});

Deno.test("outputs of several classes: the loss of a constraint is of one", () => {
  const problem = maximise({ score: "precision", subjectTo: [atLeast("recall", 0.9)] });
  assertRefused(() => constrainedLossAndGradient([[1, 0]], [[0.6, 0.4]], { problem }), {
    argument: "yPred",
    value: "it has [1, 2]; give the outputs of one class",
  });
});

Deno.test("bad input: a sentence that names the argument", () => {
  const refused = (options: object, argument: string, value: string, error: typeof RangeError = RangeError) =>
    assertRefused(
      () => maximise({ score: "precision", subjectTo: [atLeast("recall", 0.9)], ...options }),
      { argument, value, error },
    );
  refused({ score: "f2" }, "score", "'f2'", TypeError);
  refused({ subjectTo: [] }, "subjectTo", "[]", TypeError);
  for (const other of ["recall", null, undefined, { kind: "few" }] as unknown[]) {
    refused({ subjectTo: [atLeast("recall", 0.9), other] }, "subjectTo", "array of constraints", TypeError);
  }
  refused({ subjectTo: [{ score: recall, bound: 0.9 }] }, "subjectTo", "0.9", TypeError);
  refused({ subjectTo: [atLeast("recall", 0.9), atLeast("recall", 0.9)] }, "subjectTo", "'recall≥0.9'");
  for (const confidence of [1, 0.4, "0.9"]) refused({ confidence }, "confidence", String(confidence));
  for (const learningRate of [0, Infinity, "3"]) refused({ learningRate }, "learningRate", String(learningRate));
  refused({ confidence: 0.9, subjectTo: [atLeast("f1", 0.5)] }, "confidence", "f1");
  refused({ groups: [1] }, "groups", "1", TypeError);
  assertRefused(() => atLeast("recall", "0.5" as never), { argument: "bound", value: "'0.5'" });
  assertRefused(() => atLeast("recall", NaN), { argument: "bound", value: "NaN" });
  assertRefused(() => gapAtMost("recall", -1), { argument: "bound", value: "-1" });
  assertRefused(() => atLeast("recall", 90), { argument: "bound", value: "from 0 to 1, it is 90" });
  assertRefused(() => atLeast("recall", -1), { argument: "bound", value: "from 0 to 1, it is -1" });
  assertRefused(() => atMost(falsePositiveRate, 1.01), { argument: "bound", value: "from 0 to 1, it is 1.01" });
  assertRefused(() => atLeast("mcc", -1.5), { argument: "bound", value: "from -1 to 1, it is -1.5" });
  assertRefused(() => gapAtMost("recall", 5), { argument: "bound", value: "from 0 to 1, it is 5" });
  assertRefused(() => gapAtMost("mcc", 2.5), { argument: "bound", value: "from 0 to 2, it is 2.5" });
  const gap = maximise({ score: "precision", subjectTo: [gapAtMost("recall", 0.1)] });
  const at = (options: object) => () => constrainedLossAndGradient([1, 0], [0.4, 0.6], { problem: gap, ...options });
  assertRefused(at({}), { argument: "groups", value: "missing", error: TypeError });
  assertRefused(at({ groups: ["a"] }), { argument: "groups", value: "1" });
  assertRefused(at({ groups: [["a", "b"], ["c", "d"]] }), { argument: "groups", value: "[2, 2]" });
  assertRefused(at({ groups: "ab" }), { argument: "groups", value: "ab", error: TypeError });
  for (const missing of [null, undefined, NaN]) {
    assertRefused(at({ groups: ["a", missing] }), { argument: "groups", value: `row 1 is ${missing}` });
  }
  for (const problem of [undefined, { score: recall }]) {
    assertRefused(at({ problem }), { argument: "problem", value: problem ? "score" : "undefined", error: TypeError });
  }
  assertRefused(at({ groups: ["a", "b"], decision: "argmax" }), {
    argument: "decision",
    value: "'argmax'",
    error: TypeError,
  });
  assertRefused(at({ groups: ["a", "b"], sampleWeight: [1, -1] }), { argument: "sampleWeight", value: "-1" });
});
