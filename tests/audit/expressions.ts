// Losses put together at random from the operations of TensorFlow.js, with the text of each.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import type { AuditedLoss } from "@roundabout/roundabout/audit";
import type { SeededRandom } from "../../lib/numerics/random.ts";

/** An expression of labels and outputs. */
export interface Expression {
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
export function expression(random: SeededRandom, depth: number): Expression {
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

/** The expression as a loss: a scalar, or the tensor as it is, one value an element. */
export const lossOf = ({ of }: Expression, scalar: boolean): AuditedLoss => (y, p) =>
  scalar ? tf.mean(of(y, p)) : of(y, p);
