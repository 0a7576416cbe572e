// Thirty thousand bad and borderline inputs, drawn from a fixed seed: every one ends in one sentence that names what is
// wrong, or in a number (NaN only where "skip" documents it). No tensor is left behind.
import { assert, assertEquals, assertGreater } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  fBetaLoss,
  hardMetric,
  type LossOptions,
  metricLoss,
  precisionAtRecallLoss,
  softsign,
  steps,
  toScore,
  toStep,
  tverskyLoss,
  utility,
} from "../../lib/mod.ts";
import type { ScoreName, StepName } from "../../lib/core.ts";
import { allScores } from "../all_scores.ts";
import { random } from "../helpers.ts";
import { slow } from "../slow.ts";

const next = random(4);
const pick = <T>(...things: T[]): T => things[Math.floor(next() * things.length)];
const often = (share: number) => next() < share;

/** Values of every kind, few of which are an option of anything. */
const junk = (): unknown =>
  pick<unknown>(
    NaN,
    Infinity,
    -1,
    0,
    1,
    2,
    0.5,
    1e308,
    "x",
    "",
    "1",
    null,
    true,
    [],
    [1],
    [NaN],
    ["a"],
    {},
    { top: 0 },
    () => 1,
    3n,
  );

const badNumber = () => pick(NaN, Infinity, -Infinity, -1, 1.5, 2, -1e-3, 1e30, 7);

function shapeOf(): number[] {
  return pick(
    [],
    [0],
    [1],
    [3],
    [3, 1],
    [1, 3],
    [3, 3],
    [3, 2],
    [0, 3],
    [2, 3],
    [2, 1, 2, 3],
    [2, 2, 2, 1],
    [3, 1, 1],
    [3, 0],
  );
}

const shaped = (shape: number[], value: () => number, dtype: "float32" | "int32" | "bool" = "float32"): tf.Tensor =>
  tf.tensor(Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value), shape, dtype);

/** A tensor for an argument: sound, with one bad number, of another shape or dtype, disposed, or no tensor. */
function argument(sound: number[], value: () => number): unknown {
  const kind = next();
  if (kind < 0.6) return shaped(sound, value);
  if (kind < 0.75) {
    const size = sound.reduce((a, b) => a * b, 1), at = Math.floor(next() * size);
    let i = 0;
    return shaped(sound, () => i++ === at ? badNumber() : value());
  }
  if (kind < 0.9) return shaped(shapeOf(), value);
  if (kind < 0.95) return shaped(sound, () => Math.round(value()), pick("int32", "bool"));
  if (kind < 0.97) {
    const gone = shaped(sound, value);
    gone.dispose();
    return gone;
  }
  return pick<unknown>(null, "tensor", 3, [1, 0, 1], {}, undefined, tf.tensor1d(["a", "b", "c"]));
}

const optionNames = [
  ...["step", "slope", "threshold", "decision", "average", "classWeights", "fromLogits", "zeroDivision", "ignoreLabel"],
  ...["slop", "Average", "weights", "labelSmoothing", "anchored", "beta"],
];

/** Options that are mostly sound, so that the calls behind them are reached. */
function soundOptions(): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  if (often(0.6)) options.average = pick("macro", "micro", "weighted", "samples", "binary");
  const decision = often(0.7)
    ? "threshold"
    : pick<unknown>("argmax", { top: 1 }, { top: 2 }, { top: 0.3 }, { top: 50 });
  if (decision !== "threshold") options.decision = decision;
  else if (often(0.3)) options.threshold = pick<unknown>(0.3, [0.2, 0.5, 0.7], [0.5], [0.1, 0.9]);
  if (often(0.3)) options.fromLogits = true;
  if (often(0.3)) options.zeroDivision = pick<unknown>(0, 1, "skip");
  if (often(0.2)) options.classWeights = pick([1, 2, 3], [1], [0, 1, 0], [1, 1]);
  if (often(0.2)) options.ignoreLabel = pick(NaN, 0, 2, -1);
  return options;
}

const scoreNames = allScores.filter(({ name }) => /^[a-zA-Z1]+$/.test(name)).map(({ name }) => name);

class SilentNaN extends Error {}

type Outcome = "made" | "number" | "skipped" | { message: string; error: string };

/** Returns the outcome of a call; anything but a sound number or one good sentence fails. */
function outcome(call: () => unknown, skip: boolean): Outcome {
  try {
    const result = call();
    if (!(result instanceof tf.Tensor)) return "made";
    const values = [...result.dataSync()];
    if (values.every(Number.isFinite)) return "number";
    if (skip && values.every((v) => Math.abs(v) !== Infinity)) return "skipped";
    throw new SilentNaN(`silently ${values}`);
  } catch (error) {
    if (error instanceof SilentNaN) throw error;
    const { message, name } = error as Error;
    return { message, error: name };
  }
}

/** One sentence, no full stop, that names something in quotes. */
const sentence = /^Cannot (make|use|compute) [^\n]*'[^\n]+[^.\n]$/;

/** The kinds of what was wrong, by what the sentence says. */
const kinds: [string, RegExp][] = [
  ["unknown option", /there is no such option/],
  ["options no object", /'options' (must|is a tensor)/],
  ["no tensor", /must be a tensor/],
  ["disposed", /is disposed/],
  ["dtype", /must be of dtype/],
  ["empty", /is empty/],
  ["shapes that don't fit", /has the shape|must have the shape|must have at least/],
  ["weights of one column", /'classWeights' (is|weighs)/],
  ["numbers per class that disagree", /numbers, 'yPred' has/],
  ["outputs out of range", /'yPred' must (lie|be numbers)/],
  ["labels out of range", /'yTrue' must/],
  ["weights out of range", /'sampleWeight' must/],
  ["unknown score", /'score'/],
  ["step", /'(step|name|derivative|value)'|step '/],
  ["decision", /'decision'|there is none/],
  ["option out of range", /must (be|have|not|name|say)/],
];

function runCase(): { call: () => unknown; skip: boolean } {
  const kind = next();
  if (kind < 0.2) { // options of a loss or metric
    const options: unknown = often(0.05) ? junk() : { ...soundOptions(), [pick(...optionNames)]: junk() };
    const score = (often(0.1) ? junk() : pick(...scoreNames)) as ScoreName;
    const made = pick<() => unknown>(
      () => metricLoss(score, options as LossOptions),
      () => hardMetric(score, options as Record<string, never>),
      () => fBetaLoss({ beta: 1, ...(options as LossOptions) }),
    );
    return { call: made, skip: false };
  }
  if (kind < 0.35) { // steps and scores
    const step = { name: "s", threshold: 0.5, slope: 1, value: (p: number) => p, derivative: () => 1 };
    const made = pick<() => unknown>(
      () =>
        steps[pick(...Object.keys(steps)) as StepName]({ [pick("slope", "threshold", "anchored", "slop")]: junk() }),
      () => softsign(junk() as { slope: number }),
      () => toStep(junk() as StepName),
      () => toStep({ ...step, [pick("name", "threshold", "slope", "value", "derivative")]: junk() } as typeof step),
      () => toScore(junk() as ScoreName),
      () => toScore({ name: junk(), value: junk(), gradient: junk(), best: junk() } as never),
      () => utility({ [pick("tp", "fp", "fn", "tn", "hit")]: junk() }),
      () => tverskyLoss({ alpha: junk() as number, beta: junk() as number }),
      () => fBetaLoss({ beta: junk() as number, [pick(...optionNames)]: junk() }),
      () => precisionAtRecallLoss(junk() as { recall: number }),
      () => precisionAtRecallLoss({ recall: junk() as number }),
    );
    return { call: made, skip: false };
  }
  const options = soundOptions(),
    sound = often(0.5) && options.average ? pick([3, 3], [2, 2, 3], [4, 2]) : pick([3], [3, 1]);
  const indexed = options.average && sound.length > 1 && often(0.3);
  const labels = indexed ? sound.slice(0, -1) : sound, classes = sound.at(-1)!;
  const average = often(0.1) && options.average ? "none" : undefined;
  const score = pick(...allScores);
  const f = average ? () => hardMetric(score, { ...options, average }) : pick<() => unknown>(
    () => metricLoss(score, options),
    () => hardMetric(score, options),
    () =>
      metricLoss(score, { ...options, ...(options.decision ? { step: "straightThrough" as const } : { slope: 3 }) }),
  );
  const y = argument(labels, () => indexed ? Math.floor(next() * classes) : often(0.7) ? Math.round(next()) : next());
  const p = argument(
    sound,
    () => options.fromLogits ? pick(-1e4, 1e4, -745, 0, 2 * next() - 1) : pick(0, 1, next(), next()),
  );
  const w = often(0.7) ? undefined : argument(often(0.5) ? sound : labels, () => pick(0, 1, 3 * next(), 1e-38));
  return {
    call: () => {
      const loss = f() as (y: tf.Tensor, p: tf.Tensor, w?: tf.Tensor) => tf.Tensor;
      if (
        often(0.1) && p instanceof tf.Tensor && !p.isDisposed && p.dtype === "float32" && loss.name.endsWith("Loss")
      ) {
        return tf.grad((p) => loss(y as tf.Tensor, p, w as tf.Tensor))(p);
      }
      return loss(y as tf.Tensor, p as tf.Tensor, w as tf.Tensor);
    },
    skip: average === "none" && options.zeroDivision === "skip",
  };
}

slow.test("thirty thousand inputs: one sentence that names the argument, or a number; no tensor left", async () => {
  await tf.setBackend("cpu");
  const count = 30_000, tally = new Map<string, number>(), started = performance.now();
  const add = (kind: string): void => void tally.set(kind, (tally.get(kind) ?? 0) + 1);
  const before = tf.memory().numTensors;
  for (let i = 0; i < count; i++) {
    tf.tidy(() => {
      const { call, skip } = runCase();
      const inside = tf.memory().numTensors, result = outcome(call, skip);
      if (typeof result === "string") {
        return add({ made: "made", number: "a number", skipped: "NaN, as documented" }[result]);
      }
      // A refusal leaves nothing, tidy or not (a gradient may have made its constants before).
      assertEquals(tf.memory().numTensors - inside, 0, result.message);
      assert(["RangeError", "TypeError"].includes(result.error), `${i}: ${result.error}: ${result.message}`);
      assert(sentence.test(result.message), `${i}: ${result.message}`);
      const kind = kinds.find(([, pattern]) => pattern.test(result.message));
      assert(kind, `${i}: of no kind: ${result.message}`);
      add(kind[0]);
    });
  }
  const seconds = (performance.now() - started) / 1000;
  assertEquals(tf.memory().numTensors, before);
  for (const [kind] of kinds) assertGreater(tally.get(kind) ?? 0, 20, kind);
  assertGreater(tally.get("a number") ?? 0, 3_000);
  console.log(`${count} inputs in ${seconds.toFixed(1)} s`, Object.fromEntries([...tally].sort((a, b) => b[1] - a[1])));
});
