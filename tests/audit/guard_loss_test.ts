// The guard stops what is dead or not finite, lets pass what is legal, and changes no bit of a sound training.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, fBetaLoss, linearRamp } from "../../lib/mod.ts";
import { type AuditedLoss, type Cause, GuardError, guardLoss } from "../../lib/audit/mod.ts";
import { askedRoundLoss } from "../../lib/thread/thread.ts";
import type { Tensor } from "../../lib/tfjs/tensor.ts";
import { counted, onBackends, random } from "../helpers.ts";

function rows(n: number): { x: tf.Tensor2D; y: tf.Tensor2D } {
  const next = random(3), x: number[] = [], y: number[] = [];
  for (let i = 0; i < n; i++) {
    const [a, b] = [2 * next() - 1, 2 * next() - 1];
    x.push(a, b);
    y.push(a - b + 0.4 * next() > 0.5 ? 1 : 0);
  }
  return { x: tf.tensor2d(x, [n, 2]), y: tf.tensor2d(y, [n, 1]) };
}

function classifier(activation: "sigmoid" | "linear" = "sigmoid"): tf.Sequential {
  const kernelInitializer = tf.initializers.randomNormal({ stddev: 0.5, seed: 7 });
  return tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2], activation, kernelInitializer })] });
}

const bits = (model: tf.Sequential) => model.getWeights().map((w) => [...new Uint8Array(w.dataSync().slice().buffer)]);
const fitting = { epochs: 3, batchSize: 32, shuffle: false, verbose: 0 } as const;

const crossEntropy = (y: Tensor, p: Tensor) => tf.metrics.binaryCrossentropy(y, p); // one value per row
const naive = (y: Tensor, p: Tensor) =>
  tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(p)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p))))));

const sound: [string, AuditedLoss][] = [
  ["cross-entropy, one value per row", crossEntropy],
  ["mean squared error", (y, p) => tf.losses.meanSquaredError(y, p)],
  ["F1", f1Loss({ slope: 10 })],
  ["F0.5 on a ramp", fBetaLoss({ beta: 0.5, step: linearRamp({ slope: 2 }) })],
  ["hinge", (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(tf.sub(tf.mul(2, y), 1), p))))],
];

for (const [name, loss] of sound) {
  onBackends(`guarded: ${name}: the same training bit by bit`, async () => {
    const { x, y } = rows(128);
    const run = async (tried: AuditedLoss) => {
      const model = classifier();
      model.compile({ optimizer: tf.train.adam(0.05), loss: tried as (y: Tensor, p: Tensor) => Tensor });
      const start = bits(model);
      const { history } = await model.fit(x, y, { ...fitting, validationData: [x, y] });
      const end = bits(model);
      assert(JSON.stringify(start) !== JSON.stringify(end));
      model.dispose();
      return { history, end };
    };
    assertEquals(await run(guardLoss(loss)), await run(loss));
    tf.dispose([x, y]);
  });
}

/** Losses that stop, with what is wrong with them. */
const broken: [string, Cause, AuditedLoss, RegExp][] = [
  [
    "the asked loss",
    "no-gradient-op",
    askedRoundLoss,
    /: all 32 gradients are 0, although other outputs have a lower loss .* Round is flat .* \(no-gradient-op, thread\.ts:\d+:\d+\)/,
  ],
  [
    "a value read out",
    "detached",
    (y, p) => tf.scalar(tf.losses.meanSquaredError(y, p).dataSync()[0]),
    /although other outputs have a lower loss .* \(detached, guard_loss_test\.ts:\d+:\d+\)/,
  ],
  [
    "softmax over one column",
    "constant",
    (y, p) => crossEntropy(y, tf.softmax(p)),
    /softmax over one unit is always 1/,
  ],
  [
    "labels against labels",
    "constant",
    (y) => tf.losses.meanSquaredError(y, y),
    /0 for all outputs. The loss does not depend/,
  ],
  [
    "a root at 0",
    "nan-gradient",
    (y, p) => tf.mean(tf.sqrt(tf.relu(tf.sub(tf.abs(tf.sub(y, p)), 0.9)))),
    /but its gradient is NaN/,
  ],
  [
    "log of a negative output",
    "domain-edge",
    (y, p) => naive(y, tf.sub(p, 0.6)),
    /Log gives NaN \(output \d+ is 0\.\d+, its label [01]\) \(domain-edge, guard_loss_test\.ts:\d+:\d+\)/,
  ],
];

for (const [name, cause, loss, message] of broken) {
  onBackends(`guarded: ${name} stops at step 1 and changes no weight`, async () => {
    const { x, y } = rows(64), model = classifier();
    model.compile({ optimizer: "adam", loss: guardLoss(loss) as (y: Tensor, p: Tensor) => Tensor });
    const start = bits(model);
    const error = await assertRejects(() => model.fit(x, y, fitting), GuardError);
    assertMatch(error.message, /^Cannot train on \w+ at step 1: /);
    assertMatch(error.message, message);
    assertStringIncludes(error.message, error.finding.remedy);
    assertEquals([error.step, error.finding.cause, error.finding.severity], [1, cause, "error"]);
    assertEquals(bits(model), start);
    model.dispose();
    tf.dispose([x, y]);
  });
}

onBackends("guarded: a training that dies later is stopped where it dies", async () => {
  const { x, y } = rows(64), model = classifier();
  let calls = 0;
  const dies: AuditedLoss = (t, p) => ++calls > 4 ? askedRoundLoss(t, p) : crossEntropy(t, p);
  model.compile({ optimizer: "sgd", loss: guardLoss(dies) as (y: Tensor, p: Tensor) => Tensor });
  const error = await assertRejects(() => model.fit(x, y, fitting), GuardError);
  assertEquals(error.step, 5);
  model.dispose();
  tf.dispose([x, y]);
});

/** Batches whose gradient is rightly 0. */
const legal: [string, AuditedLoss, number[], number[]][] = [
  ["a perfect batch of the hinge", (y, p) => tf.mean(tf.relu(tf.sub(1, tf.mul(y, p)))), [1, -1, 1], [2, -3, 1.5]],
  ["a perfect batch of squares", (y, p) => tf.losses.meanSquaredError(y, p), [1, 0, 1], [1, 0, 1]],
  ["F1 without a positive", f1Loss(), [0, 0, 0], [0, 0, 0]],
  ["precision of a batch that is right", askedRoundLoss, [1, 0, 1], [0.9, 0.2, 0.8]],
  ["a weight of 0", (y, p) => tf.mul(0, tf.losses.meanSquaredError(y, p)), [1, 1, 1], [0.9, 0.2, 0.8]],
];
for (const [name, loss, y, p] of legal) {
  onBackends(`guarded: ${name} is let pass`, () => {
    const gradient = tf.grad((output) => guardLoss(loss)(tf.tensor1d(y), output) as tf.Scalar)(tf.tensor1d(p));
    assertEquals([...gradient.dataSync()].map(Math.abs), y.map(() => 0));
  });
}

onBackends("guarded: a loss that is multiplied by 0 is not blamed", () => {
  const watched = guardLoss(askedRoundLoss), y = tf.tensor1d([1, 0]), p = tf.tensor1d([0.1, 0.9]);
  const gradient = tf.grad((output) => tf.mul(0, watched(y, output)) as tf.Scalar)(p);
  assertEquals([...gradient.dataSync()].map(Math.abs), [0, 0]);
  assertThrows(() => tf.grad((output) => tf.mul(2, watched(y, output)) as tf.Scalar)(p), GuardError, "at step 2");
});

for (const [name, loss] of [...sound, ...broken.map(([name, , loss]) => [name, loss] as const)]) {
  onBackends(`guarded: ${name} leaves no tensor behind, stopped or not`, () => {
    const { x, y } = rows(16), w = tf.variable(tf.tensor2d([[0.3], [-0.2]]));
    const optimizer = tf.train.sgd(0.1), watched = guardLoss(loss);
    const step = () => {
      try {
        // As in fit: minimize itself leaves its value behind when a gradient throws.
        tf.tidy(() => void optimizer.minimize(() => tf.mean(watched(y, tf.sigmoid(tf.matMul(x, w)))) as tf.Scalar));
      } catch (error) {
        assert(error instanceof GuardError, String(error));
      }
    };
    step(); // what the optimizer keeps
    assertEquals(counted(() => [step(), step()]).made, 0);
    tf.dispose([x, y, w]);
  });
}

Deno.test("guarded: keeps the name, passes weights on, and has nothing to say of a value alone", () => {
  const loss = f1Loss(), watched = guardLoss(loss);
  assertEquals(watched.name, loss.name);
  const y = tf.tensor1d([1, 0, 1]), p = tf.tensor1d([0.7, 0.6, 0.2]), w = tf.tensor1d([1, 2, 3]);
  assertEquals([...watched(y, p, w).dataSync()], [...loss(y, p, w).dataSync()]);
  const by = (tried: typeof loss) => [...tf.grad((q) => tried(y, q, w))(p).dataSync()];
  assertEquals(by(watched), by(loss));
  assertEquals(guardLoss(askedRoundLoss)(y, p).dataSync()[0], askedRoundLoss(y, p).dataSync()[0]);
});

Deno.test("guarded: what is no loss is refused in one sentence", () => {
  assertThrows(
    () => guardLoss("meanSquaredError" as unknown as AuditedLoss),
    TypeError,
    "Cannot make a guarded loss: 'loss' must be a function, it is 'meanSquaredError'",
  );
  const number = guardLoss((() => 3) as unknown as AuditedLoss);
  assertThrows(() => number(tf.tensor1d([1]), tf.tensor1d([1])), TypeError, "it must return a tensor, it is 3");
});

Deno.test("guarded: outputs at the ends are told from an operation without a gradient", () => {
  const clipped = (y: Tensor, p: Tensor) => {
    const q = tf.clipByValue(p, 1e-7, 1 - 1e-7);
    return tf.neg(tf.mean(tf.add(tf.mul(y, tf.log(q)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, q))))));
  };
  const y = tf.tensor1d([1, 0, 1, 0]), wrong = tf.tensor1d([0, 1, 0, 1]);
  const caught = (loss: (y: Tensor, p: Tensor) => Tensor, p: Tensor): GuardError =>
    assertThrows(() => tf.grad((q) => guardLoss(loss)(y, q))(p), GuardError);
  const { finding, message } = caught((y, p) => clipped(y, tf.mul(p, 1)), tf.mul(wrong, 1 + 1e-7));
  assertEquals(finding.cause, "saturated");
  assert(/\(\d+(\.\d{1,5})?(e-\d+)? instead of \d+(\.\d{1,5})?\)/.test(message), message);
  const rounded = (y: Tensor, p: Tensor) => tf.mean(tf.squaredDifference(y, tf.round(p)));
  assertEquals(caught(rounded, tf.tensor1d([0.3, 0.7, 0.2, 0.6])).finding.cause, "no-gradient-op");
  tf.dispose([y, wrong]);
});

Deno.test("guarded: whole labels stay whole and weights stay where they are when the fault is looked for", () => {
  const labels = tf.tensor1d([1, 0, 1, 0], "int32"), outputs = tf.tensor1d([0.3, 0.7, 0.2, 0.6]);
  const weights = tf.tensor1d([1, 2, 3, 4]);
  const rounded = (y: Tensor, p: Tensor, w?: Tensor) => {
    const positive = tf.slice(tf.oneHot(y as tf.Tensor1D, 2), [0, 1], [-1, 1]).flatten();
    return tf.mean(tf.mul(w!, tf.squaredDifference(positive, tf.round(p))));
  };
  const watched = guardLoss(rounded as AuditedLoss) as typeof rounded;
  const { finding } = assertThrows(() => tf.grad((p) => watched(labels, p, weights))(outputs), GuardError);
  assertEquals([finding.cause, finding.where?.op, finding.evidence.value], ["no-gradient-op", "Round", 2.5]);
  tf.dispose([labels, outputs, weights]);
});

Deno.test("guarded: outputs that are not finite any more are not blamed on the loss", () => {
  const watched = guardLoss((y, p) => tf.losses.meanSquaredError(y, p)), y = tf.tensor1d([1, 0]);
  const { finding } = assertThrows(() => tf.grad((p) => watched(y, p))(tf.tensor1d([NaN, 0.5])), GuardError);
  assertEquals([finding.cause, finding.evidence.element], ["domain-edge", 0]);
  assertStringIncludes(finding.message, "The outputs of the model are not finite (output 0 is NaN, its label 1)");
});

Deno.test("guarded: the output of the first row that breaks is named, and the labels are among the other outputs", () => {
  const logarithm = guardLoss((_, p) => tf.mean(tf.log(tf.sub(p, 0.5)))), y = tf.tensor1d([1, 0, 0, 1]);
  const broken = assertThrows(() => tf.grad((p) => logarithm(y, p))(tf.tensor1d([0.9, 0.2, 0.1, 0.8])), GuardError);
  assertEquals([broken.finding.cause, broken.finding.evidence.element], ["domain-edge", 1]);
  const rounded = guardLoss((y, p) => tf.mean(tf.squaredDifference(y, tf.round(p))));
  const dead = assertThrows(() => tf.grad((p) => rounded(y, p))(tf.fill([4], 0.1)), GuardError);
  assertStringIncludes(dead.message, "although other outputs have a lower loss (0 instead of 0.5)");
});
