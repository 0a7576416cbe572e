// Ten sound losses, written from blocks with names: a mutation puts another block in the place of one, by machine.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import type { AuditedLoss, AuditOptions } from "@roundabout/roundabout/audit";

/** The blocks that the losses are made of. */
export interface Blocks {
  /** The arguments, in their order. */
  pair(y: Tensor, p: Tensor): [Tensor, Tensor];
  labels(y: Tensor): Tensor;
  outputs(p: Tensor): Tensor;
  complement(t: Tensor): Tensor;
  average(t: Tensor): Tensor;
  epsilon(value: number): number;
  /** Applies a function along each row. */
  across(t: Tensor, of: (t: Tensor) => Tensor): Tensor;
  plus(a: Tensor, b: Tensor | number): Tensor;
  times(a: Tensor, b: Tensor): Tensor;
}

export const soundBlocks: Blocks = {
  pair: (y, p) => [y, p],
  labels: (y) => y,
  outputs: (p) => p,
  complement: (t) => tf.sub(1, t),
  average: (t) => tf.mean(t),
  epsilon: (value) => value,
  across: (t, of) => of(t),
  plus: (a, b) => tf.add(a, b),
  times: (a, b) => tf.mul(a, b),
};

/** A sound loss that is put together when the blocks are known. */
export interface Made {
  name: string;
  options: AuditOptions & { columns: number };
  /** The middle of what its outputs are: where a clip hurts. */
  middle: [low: number, high: number];
  of(blocks: Blocks, y: Tensor, p: Tensor): Tensor;
}

/** The loss with these blocks. */
export const build = ({ of }: Made, blocks: Blocks): AuditedLoss => (yTrue, yPred) => {
  const [y, p] = blocks.pair(yTrue, yPred);
  return of(blocks, blocks.labels(y), blocks.outputs(p));
};

const probability = { yPred: "probability", yTrue: "binary", columns: 1 } as const;
const regression = { yPred: "real", yTrue: "real", columns: 1 } as const;
const half: [number, number] = [0.25, 0.75], one: [number, number] = [-1, 1];

export const made: readonly Made[] = [
  {
    name: "cross-entropy",
    options: probability,
    middle: half,
    of: ({ epsilon, average, plus, times, complement }, y, p) => {
      const q = tf.clipByValue(p, epsilon(1e-7), 1 - epsilon(1e-7));
      return tf.neg(average(plus(times(y, tf.log(q)), times(complement(y), tf.log(complement(q))))));
    },
  },
  {
    name: "squared error",
    options: regression,
    middle: one,
    of: ({ average }, y, p) => average(tf.square(tf.sub(p, y))),
  },
  {
    name: "Dice",
    options: probability,
    middle: half,
    of: ({ epsilon, plus, times, complement }, y, p) => {
      const both = tf.mul(2, tf.sum(times(y, p))), size = plus(tf.sum(y), tf.sum(p));
      return complement(tf.div(plus(both, epsilon(1)), plus(size, epsilon(1))));
    },
  },
  {
    name: "Jaccard",
    options: probability,
    middle: half,
    of: ({ epsilon, plus, times, complement }, y, p) => {
      const both = tf.sum(times(y, p)), either = tf.sub(plus(tf.sum(y), tf.sum(p)), both);
      return complement(tf.div(plus(both, epsilon(1)), plus(either, epsilon(1))));
    },
  },
  {
    name: "categorical cross-entropy of logits",
    options: { yPred: "logits", yTrue: "one-hot", columns: 3 },
    middle: one,
    of: ({ across, average, times }, y, z) => {
      const logs = across(z, (t) => tf.sub(t, tf.logSumExp(t, -1, true)));
      return tf.neg(average(tf.sum(times(y, logs), -1)));
    },
  },
  {
    name: "Huber",
    options: regression,
    middle: one,
    of: ({ average, plus }, y, p) => {
      const d = tf.abs(tf.sub(p, y)), near = tf.minimum(d, 1);
      return average(plus(tf.mul(0.5, tf.square(near)), tf.sub(d, near)));
    },
  },
  {
    name: "log-cosh",
    options: regression,
    middle: one,
    of: ({ average, plus }, y, p) => {
      const d = tf.sub(p, y);
      return average(plus(plus(d, tf.softplus(tf.mul(-2, d))), -Math.log(2)));
    },
  },
  {
    name: "hinge",
    options: { yPred: "real", yTrue: "sign", columns: 1 },
    middle: one,
    of: ({ average, complement, times }, y, p) => average(tf.relu(complement(times(y, p)))),
  },
  {
    name: "Poisson",
    options: { yPred: "nonnegative", yTrue: "count", columns: 1 },
    middle: [0.5, 1.5],
    of: ({ average, epsilon, plus, times }, y, p) => average(tf.sub(p, times(y, tf.log(plus(p, epsilon(1e-7)))))),
  },
  {
    name: "cosine distance",
    options: { yPred: "real", yTrue: "real", columns: 4 },
    middle: one,
    of: ({ across, average, complement, epsilon, plus, times }, y, p) => {
      const unit = (t: Tensor) => tf.div(t, tf.sqrt(plus(tf.sum(tf.square(t), -1, true), epsilon(1e-6))));
      return complement(average(tf.sum(times(across(y, unit), across(p, unit)), -1)));
    },
  },
];
