// Losses that an audit computes from their kernels: the answers of the loss, which is asked about two batches of a shape.
import * as tf from "@tensorflow/tfjs";
import { assertEquals } from "@std/assert";
import type { AuditedLoss } from "@roundabout/roundabout/audit";
import { type AuditBatch, samplerOf } from "../../lib/audit/batches.ts";
import type { LossGradient } from "../../lib/audit/engines/engine.ts";
import { retracing } from "../../lib/audit/engines/retracing.ts";
import { tfjsEngine } from "../../lib/audit/engines/tfjs.ts";
import { counted } from "../helpers.ts";

const sampler = samplerOf({ columns: 2 });

/** Method by which an engine is asked. */
type Method = "value" | "valueAndGradient" | "askOnce";

/** The calls of a loss for each of some batches, whose answers are those of the loss itself. */
function callsFor(loss: AuditedLoss, batches: readonly { seed: number; rows: number; by?: Method }[]): number[] {
  let calls = 0;
  const counting: AuditedLoss = (y, p) => (calls++, loss(y, p));
  const engine = tfjsEngine(counting).ofDeterministic!, plain = tfjsEngine(loss);
  return batches.map(({ seed, rows, by = "valueAndGradient" }) => {
    const before = calls, batch = sampler("random", seed, rows)!;
    const { result, made } = counted(() => engine[by]!(batch));
    assertEquals([result, made], [plain[by === "value" ? by : "valueAndGradient"](batch), 0]);
    return calls - before;
  });
}

const batches = [1, 2, 3, 4].map((seed) => ({ seed, rows: 8 }));

Deno.test("a deterministic loss is asked about two batches of a shape, and followed once", () => {
  const squares: AuditedLoss = (y, p) => tf.squaredDifference(y, p);
  assertEquals(callsFor(squares, batches), [1, 1, 0, 0]);
  assertEquals(callsFor(squares, [...batches, { seed: 1, rows: 4 }, { seed: 2, rows: 4 }]), [1, 1, 0, 0, 1, 1]);
  assertEquals(callsFor(squares, batches.map((one) => ({ ...one, by: "value" }))), [1, 1, 0, 0]);
  const both = batches.map((one, i) => ({ ...one, by: i % 2 === 0 ? undefined : "value" as const }));
  assertEquals(callsFor(squares, both), [1, 1, 0, 0]);
});

Deno.test("a batch that comes once is computed from the kernels if they are known, and makes none known", () => {
  const squares: AuditedLoss = (y, p) => tf.squaredDifference(y, p),
    once = { seed: 5, rows: 8, by: "askOnce" as const };
  assertEquals(callsFor(squares, [once, batches[0], once, batches[1], once, batches[2]]), [1, 1, 1, 1, 0, 0]);
  const refusing: AuditedLoss = (y, p) => tf.mean(tf.mul(tf.squaredDifference(y, p), y.dataSync()[0]));
  assertEquals(callsFor(refusing, [once, batches[0], batches[1], once]), [1, 1, 1, 1]);
});

Deno.test("a loss that has no gradient, throws or reads numbers is asked about every batch", () => {
  const flat: AuditedLoss = (y, p) => tf.mean(tf.mul(y, tf.cast(tf.greater(p, 0.5), "float32")));
  assertEquals(callsFor(flat, batches), [1, 1, 1, 1]);
  const throwing: AuditedLoss = () => {
    throw new Error("never");
  };
  assertEquals(callsFor(throwing, batches), [1, 1, 1, 1]);
  const reading: AuditedLoss = (y, p) => tf.mean(tf.mul(tf.squaredDifference(y, p), y.dataSync()[0]));
  assertEquals(callsFor(reading, batches), [1, 1, 1, 1]);
  const values = batches.map((one) => ({ ...one, by: "value" as const }));
  assertEquals(callsFor(reading, values), [2, 1, 1, 1]); // the first time with the gradient, too
});

Deno.test("a loss whose kernels give other answers, or refuse a batch, is asked about every batch from then on", () => {
  const { data } = tf.engine().backend as unknown as { data: { get(id: object): { values: Float32Array } } };
  const hidden: AuditedLoss = (y, p) => tf.mean(tf.mul(tf.squaredDifference(y, p), data.get(p.dataId).values[0]));
  assertEquals(callsFor(hidden, batches), [1, 1, 1, 1]);
  const distinct: AuditedLoss = (y, p) =>
    tf.mul(tf.sum(tf.unique(tf.reshape(tf.slice(y, [0, 0], [1, 2]), [2])).values), tf.sum(tf.square(p)));
  const others = [2, 4, 1, 8].map((seed) => ({ seed, rows: 8 }));
  const kinds = others.map(({ seed }) => new Set(sampler("random", seed, 8)!.yTrue.subarray(0, 2)).size);
  assertEquals(kinds, [1, 1, 2, 1]);
  assertEquals(callsFor(distinct, others), [1, 1, 1, 1]);
});

Deno.test("a trace is followed if value and gradient are those of the loss, bit by bit", () => {
  const numbers = new Float32Array(2), shape = [2];
  const batch: AuditBatch = { yTrue: numbers, yPred: numbers, trueShape: shape, predShape: shape };
  const same: LossGradient = { value: 1, shape: [], gradient: Float32Array.of(0, 2) };
  const callsIf = (answer: LossGradient): number => {
    let calls = 0;
    const engine = { ...tfjsEngine(tf.losses.meanSquaredError), valueAndGradient: () => (calls++, answer) };
    const own = retracing(engine, () => ({ answer: same, trace: (_, count) => [[1], [0, 2]].slice(0, count) }));
    const answers = [1, 2, 3].map(() => own.valueAndGradient(batch));
    assertEquals(answers, [same, answer, answer]);
    return calls;
  };
  assertEquals(callsIf(same), 1);
  for (const gradient of [[0, 3], [1, 2], [-0, 2]]) {
    assertEquals(callsIf({ ...same, gradient: Float32Array.from(gradient) }), 2, `${gradient}`);
  }
  assertEquals(callsIf({ ...same, value: 3 }), 2);
  assertEquals(callsIf({ value: 1, shape: [], gradientError: "none" }), 2);
});
