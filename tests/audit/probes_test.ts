// What an audit reports without judging it: numbers that can be computed by hand, and losses that behave badly there.
import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertStringIncludes } from "@std/assert";
import { precisionLoss, type Tensor } from "@roundabout/roundabout";
import { auditLoss, type AuditOptions } from "@roundabout/roundabout/audit";
import { descend } from "../../lib/audit/descents.ts";
import { samplerOf } from "../../lib/audit/batches.ts";
import { tfjsEngine } from "../../lib/audit/engines/tfjs.ts";
import { cases } from "./cases.ts";
import { sampleOf } from "./oracle.ts";
import { slow } from "../slow.ts";

type Loss = (y: Tensor, p: Tensor) => Tensor;
const squares: Loss = (y, p) => tf.mean(tf.squaredDifference(y, p));

function probe(loss: Loss, name: string, options: AuditOptions = {}) {
  const found = auditLoss(loss, options).probes.filter((one) => one.name === name);
  assertEquals(found.length, 1, name);
  return found[0];
}

const numbers = (detail: string): number[] => (detail.match(/-?\d+(\.\d+)?(e[+-]\d+)?/g) ?? []).map(Number);

slow.test("probes with labels: what the squares of 0/1 labels come to by hand", () => {
  const { yTrue } = samplerOf({})("perfect", 1, 64)!, share = yTrue.reduce((a, b) => a + b) / 64;
  assertEquals(probe(squares, "flipped labels").detail, "perfect outputs 0, labels flipped 1");
  const [right, shuffled] = numbers(probe(squares, "shuffled labels").detail);
  assertEquals(right, 0);
  assert(shuffled > 0.5 * share * (1 - share) && shuffled < 1);
  const constants = Array.from({ length: 9 }, (_, k) => (k + 0.5) / 9);
  const value = (c: number) => share * (1 - c) ** 2 + (1 - share) * c ** 2;
  const least = constants.reduce((a, b) => value(b) < value(a) ? b : a);
  const [count, best, at] = numbers(probe(squares, "best constant prediction").detail);
  assertEquals(count, 9);
  assertAlmostEquals(best, value(least), 1e-4);
  assertAlmostEquals(at, least, 1e-4);
  const signs = probe(squares, "flipped labels", { yPred: "tanh", yTrue: "sign" });
  assertEquals(signs.detail, "perfect outputs 0, labels flipped 4");
  assertEquals(probe(squares, "flipped labels", { yPred: "real", yTrue: "real" }).result, "skipped");
  const classes: Loss = (y, p) => tf.mean(tf.sum(tf.squaredDifference(y, p), -1));
  const shares = probe(classes, "best constant prediction", { yPred: "simplex", yTrue: "one-hot" });
  assertStringIncludes(shares.detail, "of 4, the smallest is 0.6667, at equal shares");
});

slow.test("probes with rows: order, repetition, number", () => {
  const [value, gradient] = numbers(probe(squares, "rows permuted").detail);
  assert(value < 1e-6 && gradient < 1e-6);
  const first: Loss = (y, p) => tf.mean(tf.mul(tf.squaredDifference(y, p), tf.expandDims(tf.range(0, y.shape[0]), 1)));
  assert(numbers(probe(first, "rows permuted").detail).every((difference) => difference > 0.01));
  assertEquals(probe(squares, "same batch, same value").result, "ok");
  let calls = 0;
  const growing = auditLoss((y, p) => tf.mul(squares(y, p), 1 + 1e-3 * calls++));
  const { result, detail } = growing.probes.find(({ name }) => name === "same batch, same value")!;
  assertEquals(result, "found");
  assertStringIncludes(detail, "the loss is random or has a state");
  const sum: Loss = (y, p) => tf.sum(tf.abs(tf.sub(y, p)));
  assertEquals(
    [...probe(sum, "64, 256 and 1,024 rows").detail.matchAll(/gradient norm (\d+)/g)].map((m) => Number(m[1])),
    [8, 16, 32], // √n: each of n slopes is 1 or −1
  );
});

slow.test("a loss that compares rows with rows is not tried on many of them", () => {
  const pairs: Loss = (y, p) => tf.mean(tf.square(tf.sub(tf.sub(y, tf.transpose(y)), tf.sub(p, tf.transpose(p)))));
  const { detail } = probe(pairs, "64, 256 and 1,024 rows");
  assert(/; 256 rows: not tried, .*; 1024 rows: not tried, the loss compares rows with rows$/.test(detail), detail);
});

Deno.test("random and correct outputs have the same labels, weights and masks", () => {
  for (const yTrue of ["binary", "real"] as const) {
    const sampler = samplerOf({ columns: 2, yPred: "real", yTrue, extraLabels: ["mask", "weight"] });
    const [random, perfect, other] = [sampler("random", 1, 8)!, sampler("perfect", 1, 8)!, sampler("random", 2, 8)!];
    assertEquals(perfect.yTrue, random.yTrue);
    assertEquals([random.trueShape, random.predShape], [[8, 4], [8, 2]]);
    assertNotEquals(random.yTrue, other.yTrue);
    assertNotEquals(random.yPred, perfect.yPred);
  }
});

Deno.test("work of a call: operations and their numbers, or an operation with a gradient of its own", () => {
  const reference = "the mean squared error has 2 operations that compute 65 numbers";
  assertEquals(probe(squares, "work of a call").detail, `2 operations that compute 65 numbers; ${reference}`);
  assertEquals(
    probe(precisionLoss(), "work of a call").detail,
    `one operation with a gradient of its own, whose numbers are not counted; ${reference}`,
  );
});

Deno.test("probes with outputs: ten times as large, and alive before training", () => {
  const root: Loss = (y, p) => tf.mean(tf.mul(tf.sub(1.5, y), tf.sqrt(tf.sub(1, p))));
  assertStringIncludes(probe(root, "outputs ten times as large").detail, "value NaN");
  assert(probe(root, "outputs ten times as large").detail.endsWith(": not finite"));
  assert(probe(squares, "outputs ten times as large").detail.endsWith(": finite"));
  const hinge: Loss = (y, p) => tf.mean(tf.relu(tf.sub(tf.abs(tf.sub(y, p)), 0.5)));
  const { yTrue, yPred } = samplerOf({})("random", 1, 64)!;
  const far = yPred.filter((p, i) => Math.abs(p - yTrue[i]) > 0.5).length, positives = yTrue.filter((y) => y === 1);
  assert(positives.length < 32); // at the share of positives, only those are further than ½ from their label
  assertEquals(numbers(probe(hinge, "alive before training").detail), [
    Math.round(100 * far / 64),
    Math.round(100 * positives.length / 64),
  ]);
  const alike: Loss = (y, z) => tf.losses.sigmoidCrossEntropy(y, z);
  assertEquals(numbers(probe(alike, "alive before training", { yPred: "logits" }).detail), [100, 100]);
});

Deno.test("descents on free outputs go down, stay where outputs belong, and stop where there is no way", () => {
  const settings: AuditOptions[] = [
    { yPred: "probability" },
    { yPred: "tanh", yTrue: "sign" },
    { yPred: [2, 5], yTrue: "binary" },
    { yPred: "nonnegative", yTrue: "count" },
    { yPred: "real", yTrue: "real", columns: 2 },
    { yPred: "simplex", yTrue: "one-hot", columns: 3 },
  ];
  const ends = [[0, 1], [-1, 1], [2, 5], [0, Infinity], [-Infinity, Infinity], [0, 1]];
  settings.forEach((options, n) => {
    const start = samplerOf(options)("random", 1, 64)!, columns = options.columns ?? 1;
    for (const name of ["SGD", "Adam"] as const) {
      const { from, to, steps, end } = descend(
        { engine: tfjsEngine(squares), kind: options.yPred, columns },
        start,
        name,
      );
      assert(to < from && steps === 30, `${name} ${options.yPred}: ${from} → ${to}`);
      assert(end.yPred.every((p) => p >= ends[n][0] && p <= ends[n][1]), `${name} ${options.yPred}`);
      if (columns < 3) continue;
      for (let i = 0; i < 64; i++) {
        assertAlmostEquals(end.yPred.subarray(3 * i, 3 * i + 3).reduce((a, b) => a + b), 1, 1e-6);
      }
    }
  });
  const broken: Loss = (y, p) => tf.mean(tf.sqrt(tf.sub(tf.mul(y, p), 2)));
  for (const name of ["SGD", "Adam"]) {
    assertEquals(
      probe(broken, `${name} on free predictions`).detail,
      "loss NaN → NaN in 0 steps, then the gradient is not finite",
    );
  }
});

Deno.test("a loss, or data, that throws now and then is reported, and leaves nothing behind", () => {
  const before = tf.memory().numTensors;
  const strict: Loss = (y, p) => {
    if (y.shape[0] > 256) throw new RangeError("too many rows");
    if (Math.max(...p.dataSync()) > 2) throw new RangeError("out of range");
    return squares(y, p);
  };
  assertStringIncludes(probe(strict, "64, 256 and 1,024 rows").detail, "1024 rows: value none, the loss throws: too");
  assertStringIncludes(probe(strict, "outputs ten times as large").detail, "the loss throws: out of range");
  const once: AuditOptions["sample"] = (kind, seed, rows) => {
    const batch = sampleOf({})(kind, seed, rows);
    if (rows > 64) throw new Error("no more rows");
    return batch;
  };
  const { detail } = probe(squares, "64, 256 and 1,024 rows", { sample: once });
  assertStringIncludes(detail, "; 256 rows: 'sample' throws: no more rows; 1024 rows: 'sample' throws: no more rows");
  const fixed = sampleOf({});
  const same: AuditOptions["sample"] = (kind, seed) => fixed(kind, seed, 64);
  assertEquals(probe(squares, "64, 256 and 1,024 rows", { sample: same }).detail.match(/64 rows/g)?.length, 3);
  assertEquals(tf.memory().numTensors, before);
});

slow.test("every case has the same twelve reports, whatever is wrong with it", () => {
  const names = new Set<string>();
  for (const c of cases) {
    const before = tf.memory().numTensors;
    const { probes } = auditLoss(c.loss, c.options);
    names.add(probes.slice(-13, -1).map(({ name }) => name).join());
    assert(probes.every(({ detail }) => detail !== ""), c.id);
    assertEquals(tf.memory().numTensors, before, c.id);
  }
  assertEquals([...names], [
    "shuffled labels,flipped labels,best constant prediction,rows permuted,same batch, same value," +
    "64, 256 and 1,024 rows,outputs ten times as large,alive before training,SGD on free predictions," +
    "Adam on free predictions,alive after training,work of a call",
  ]);
});
