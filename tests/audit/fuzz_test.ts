// Random losses: no crash, no leak, no hang, and no verdict against brute force. FUZZ=10000 deno test … for many.
import { assert } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import type { AuditedLoss, AuditOptions } from "@roundabout/roundabout/audit";
import { type SeededRandom, seededRandom } from "../../lib/numerics/random.ts";
import { slowOnBackends } from "../helpers.ts";
import { check, type Disagreement } from "./fuzzing.ts";

/** An expression of labels and outputs. */
interface Expression {
  text: string;
  of(y: Tensor, p: Tensor): Tensor;
  parts: readonly Expression[];
}

const truth = (t: Tensor): Tensor => tf.cast(t, "float32");

const unary: Record<string, (a: Tensor) => Tensor> = {
  neg: tf.neg,
  abs: tf.abs,
  square: tf.square,
  exp: tf.exp,
  log: tf.log,
  log1p: tf.log1p,
  sqrt: tf.sqrt,
  reciprocal: tf.reciprocal,
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
  relu: tf.relu,
  softplus: tf.softplus,
  sin: tf.sin,
  erf: tf.erf,
  round: tf.round,
  floor: tf.floor,
  sign: tf.sign,
  whole: (a) => tf.cast(tf.cast(a, "int32"), "float32"),
  "clip01": (a) => tf.clipByValue(a, 0, 1),
  positive: (a) => truth(tf.greater(a, 0)),
  readOut: (a) => tf.tensor(a.dataSync(), a.shape),
  mean: (a) => tf.mean(a),
  sum: (a) => tf.sum(a),
  rowSum: (a) => a.rank > 1 ? tf.sum(a, -1, true) : a,
  softmax: (a) => a.rank > 1 ? tf.softmax(a) : a,
  transpose: (a) => tf.transpose(a),
};

const binary: Record<string, (a: Tensor, b: Tensor) => Tensor> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  divNoNan: tf.divNoNan,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  greater: (a, b) => truth(tf.greater(a, b)),
  pow: tf.pow,
};

const pick = <T>(random: SeededRandom, from: readonly T[]): T => from[Math.floor(random.uniform() * from.length)];

/** An expression of at most this depth. */
function expression(random: SeededRandom, depth: number): Expression {
  const kind = random.uniform();
  if (depth === 0 || kind < 0.12) {
    const leaf = random.uniform();
    if (leaf < 0.55) return { text: "p", of: (_y, p) => p, parts: [] };
    if (leaf < 0.85) return { text: "y", of: (y) => y, parts: [] };
    const value = pick(random, [0, 1, 2, 0.5, -1, 1e-7, 100]);
    return { text: String(value), of: () => tf.scalar(value), parts: [] };
  }
  if (kind < 0.5) {
    const name = pick(random, Object.keys(unary)), a = expression(random, depth - 1);
    return { text: `${name}(${a.text})`, of: (y, p) => unary[name](a.of(y, p)), parts: [a] };
  }
  if (kind < 0.55) {
    const parts = [0, 1, 2].map(() => expression(random, depth - 1)), [c, a, b] = parts;
    return {
      text: `where(${c.text} > 0, ${a.text}, ${b.text})`,
      of: (y, p) => tf.where(tf.greater(c.of(y, p), 0), a.of(y, p), b.of(y, p)),
      parts,
    };
  }
  const name = pick(random, Object.keys(binary));
  const parts = [expression(random, depth - 1), expression(random, depth - 1)], [a, b] = parts;
  return {
    text: `${name}(${a.text}, ${b.text})`,
    of: (y, p) => binary[name](a.of(y, p), b.of(y, p)),
    parts,
  };
}

/** The expression as a loss: a scalar, or the tensor as it is, one value per element. */
const lossOf = ({ of }: Expression, scalar: boolean): AuditedLoss => (y, p) => scalar ? tf.mean(of(y, p)) : of(y, p);

const count = Number(Deno.env.get("FUZZ") ?? 100);

const settings: readonly AuditOptions[] = [
  { yPred: "probability", yTrue: "binary", columns: 1 },
  { yPred: "real", yTrue: "real", columns: 2 },
  { yPred: "simplex", yTrue: "one-hot", columns: 3 },
  { yPred: "logits", yTrue: "binary", columns: 1 },
  { yPred: "nonnegative", yTrue: "count", columns: 1 },
];

/** The smallest part of an expression that shows the same disagreement. */
function smallest(of: Expression, scalar: boolean, options: AuditOptions, what: Disagreement): Expression {
  const part = of.parts.find((part) => check(lossOf(part, scalar), options).what === what);
  return part === undefined ? of : smallest(part, scalar, options, what);
}

/** The disagreements that stand today, of 10 000 on either backend; of anything else, none. Each is printed with the smallest part that shows it. */
const standing: Partial<Record<Disagreement, number>> = {
  "constant by another name": 2, // a value read out that makes no difference; erf of what is large
  "not constant": 5, // it moves by less than 1e-6, or only where all outputs are alike
};

slowOnBackends(`${count} random losses: no crash, no leak, no hang, verdicts as by brute force`, () => {
  const found = new Map<Disagreement, Set<string>>(), numbers = new Map<Disagreement, number>();
  const start = performance.now();
  let most = 0;
  for (let seed = 1; seed <= count; seed++) {
    const of = expression(seededRandom(seed), 1 + seed % 5), options = settings[seed % settings.length];
    const scalar = seed % 2 === 0;
    const { what, said, calls } = check(lossOf(of, scalar), options);
    most = Math.max(most, calls);
    if (what === undefined) continue;
    numbers.set(what, (numbers.get(what) ?? 0) + 1);
    const examples = found.get(what) ?? new Set<string>();
    if (examples.size < 8) {
      const small = smallest(of, scalar, options, what), { said: says } = check(lossOf(small, scalar), options);
      found.set(what, examples.add(`${scalar ? "mean" : ""}(${small.text}), ${options.yPred}: ${says || said}`));
    }
  }
  console.log(
    `${count} losses in ${((performance.now() - start) / 1000).toFixed(1)} s, at most ${most} calls in an audit`,
  );
  for (const [what, n] of numbers) {
    console.log(`  ${what}: ${n}`);
    for (const example of found.get(what)!) console.log(`    ${example}`);
  }
  for (const [what, n] of numbers) assert(n <= (standing[what] ?? 0), `${what}: ${n}`);
});
