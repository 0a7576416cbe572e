// The metric that a loss is meant to improve: watched in two descents, and a warning only where both make it worse.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
import { f1Loss, fBeta, jaccardLoss, type Tensor } from "@roundabout/roundabout";
import { auditLoss, type AuditOptions } from "@roundabout/roundabout/audit";
import { slow } from "../slow.ts";

type Loss = (y: Tensor, p: Tensor) => Tensor;
const squares: Loss = (y, p) => tf.mean(tf.squaredDifference(y, p));
const crossEntropy: Loss = (y, p) => tf.losses.logLoss(y, p);

const warned = (loss: Loss, options: AuditOptions) =>
  auditLoss(loss, options).findings.find(({ message }) => message.startsWith("Minimising the loss makes"));

slow.test("healthy losses are not said to make a metric worse", () => {
  const healthy: [Loss, AuditOptions][] = [
    [crossEntropy, { metric: "f1" }],
    [crossEntropy, { metric: "accuracy" }],
    [f1Loss(), { metric: "f1" }],
    [jaccardLoss(), { metric: "jaccard" }],
    [squares, { metric: "accuracy" }],
    [squares, { metric: fBeta({ beta: 0.5 }) }],
    [squares, { metric: "accuracy", yPred: "real" }],
    [(y, z) => tf.losses.sigmoidCrossEntropy(y, z), { metric: "mcc", yPred: "logits" }],
    [squares, { metric: (y, p) => tf.neg(tf.mean(tf.abs(tf.sub(y, p)))), yPred: "real", yTrue: "real" }],
  ];
  for (const [loss, options] of healthy) {
    for (const prevalence of [0.1, 0.4, 0.8]) {
      for (const seed of [1, 2, 3]) {
        assertEquals(
          warned(loss, { ...options, prevalence, seed }),
          undefined,
          `${options.metric} ${prevalence} ${seed}`,
        );
      }
    }
  }
});

Deno.test("a loss whose way down is bad for the metric is told so, with numbers", () => {
  // Cross-entropy with so much weight on small outputs that the best one for a positive is 1/weight.
  const weighed = (weight: number): Loss => (y, p) => tf.add(crossEntropy(y, p), tf.mul(weight, tf.mean(p)));
  const sparse = weighed(6);
  const finding = warned(sparse, { metric: "f1" });
  assertEquals([finding?.cause, finding?.severity], ["wrong-optimum", "warning"]);
  const { metric, metricSGD, metricAdam, lossSGDFrom, lossSGDTo } = finding!.evidence as Record<string, number>;
  assert(metric - metricSGD > 0.05 && metric - metricAdam > 0.05);
  assert(lossSGDTo < lossSGDFrom);
  assertEquals(warned(sparse, {}), undefined);
  // At 3 the fall of plain descent, 0.08, is within what two batches differ by.
  assertEquals(warned(weighed(3), { metric: "f1" }), undefined);
});

Deno.test("both descents say what the metric was and became", () => {
  const { probes } = auditLoss(squares, { metric: "accuracy" });
  for (const name of ["SGD", "Adam"]) {
    const detail = probes.find((probe) => probe.name === `${name} on free predictions`)!.detail;
    assertMatch(detail, /; accuracy 0\.\d+ → (0\.\d+|1)$/);
    const [before, after] = detail.split("accuracy ")[1].split(" → ").map(Number);
    assert(after > before + 0.2, detail);
  }
});

Deno.test("what is no metric, or has no such labels, is one clear error, and leaves nothing behind", () => {
  const before = tf.memory().numTensors;
  let calls = 0;
  const counted: Loss = (y, p) => {
    calls++;
    return squares(y, p);
  };
  const refused: [AuditOptions, typeof TypeError | typeof RangeError, string][] = [
    [{ metric: "best" as "f1" }, TypeError, "Cannot audit the loss: 'metric' must be one of precision, "],
    [{ metric: "best" as "f1" }, TypeError, "it is 'best'"],
    [{ metric: 3 as never }, TypeError, "'metric' must be a name, or an object with 'name' and 'value', it is 3"],
    [
      { metric: "f1", yTrue: "real" },
      RangeError,
      "'metric' is a score, which needs labels of 0 and 1, but 'yTrue' is 'real'",
    ],
  ];
  for (const [options, error, message] of refused) assertThrows(() => auditLoss(counted, options), error, message);
  const later: [AuditOptions, typeof TypeError | typeof RangeError, string][] = [
    [{ metric: () => "good" as never }, TypeError, "'metric' must return a number or a tensor, it returns 'good'"],
    [{ metric: () => Promise.resolve(1) as never }, TypeError, "it returns a promise"],
    [
      {
        metric: () => {
          throw new Error("no");
        },
      },
      TypeError,
      "Cannot audit the loss: 'metric' throws: no",
    ],
    [
      { metric: "f1", sample: () => ({ yTrue: tf.fill([8, 1], 2), yPred: tf.fill([8, 1], 0.5) }) },
      RangeError,
      "which needs labels of 0 and 1, but a label is 2",
    ],
  ];
  for (const [options, error, message] of later) assertThrows(() => auditLoss(counted, options), error, message);
  assertStrictEquals(calls, 0);
  assertStrictEquals(tf.memory().numTensors, before);
});
