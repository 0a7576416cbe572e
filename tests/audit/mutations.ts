// Ten ways to break a loss, and three that change nothing that matters.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import type { AuditedLoss, Cause } from "@roundabout/roundabout/audit";
import { type Blocks, build, type Made, soundBlocks } from "./building_blocks.ts";

/** Another block in the place of one, and what the audit should then say. */
export interface Mutation {
  name: string;
  blocks(made: Made): Partial<Blocks>;
  causes(made: Made): readonly Cause[];
}

const outputs = (of: (p: Tensor, made: Made) => Tensor) => (made: Made): Partial<Blocks> => ({
  outputs: (p) => of(p, made),
});

export const mutations: readonly Mutation[] = [
  {
    name: "drop the 1 −",
    blocks: () => ({ complement: (t) => t }),
    // Only the positives are left of a cross-entropy: 1 everywhere is best.
    causes: ({ name }) => name === "cross-entropy" ? ["wrong-optimum"] : ["wrong-sign"],
  },
  {
    name: "swap arguments",
    blocks: () => ({ pair: (y, p) => [p, y] }),
    causes: () => ["swapped-arguments"],
  },
  { name: "round", blocks: outputs((p) => tf.round(p)), causes: () => ["no-gradient-op"] },
  {
    name: "cast",
    blocks: outputs((p) => tf.cast(tf.cast(p, "int32"), "float32")),
    causes: () => ["no-gradient-op"],
  },
  {
    name: "clip",
    blocks: outputs((p, { middle: [low, high] }) => tf.clipByValue(p, low, high)),
    causes: () => ["saturated"],
  },
  { name: "sum for mean", blocks: () => ({ average: (t) => tf.sum(t) }), causes: () => ["bad-scale"] },
  {
    name: "remove ε",
    blocks: () => ({ epsilon: () => 0 }),
    // 0 · log 0 against 0 / 0.
    causes: ({ name }) => name === "cross-entropy" || name === "Poisson" ? ["domain-edge"] : ["zero-division"],
  },
  {
    name: "transpose",
    // A single column is spread over the rows; of several, what is done along rows is done along columns.
    blocks: ({ options }) =>
      options.columns === 1
        ? { outputs: (p) => tf.transpose(p) }
        : { across: (t, of) => tf.transpose(of(tf.transpose(t))) },
    causes: ({ options }) => options.columns === 1 ? ["broadcast"] : ["wrong-axis"],
  },
  {
    name: "square the labels",
    blocks: () => ({ labels: (y) => tf.square(y) }),
    causes: () => ["label-encoding", "wrong-optimum"],
  },
  {
    name: "detach",
    blocks: outputs((p) => tf.tensor(p.dataSync(), p.shape)),
    causes: () => ["detached"],
  },
];

export const harmless: readonly { name: string; of(made: Made): AuditedLoss }[] = [
  { name: "as it is", of: (made) => build(made, soundBlocks) },
  {
    name: "multiply by 2",
    of: (made) => (y, p) => tf.mul(2, build(made, soundBlocks)(y, p)),
  },
  {
    name: "add a constant",
    of: (made) => (y, p) => tf.add(3, build(made, soundBlocks)(y, p)),
  },
  {
    name: "reorder terms",
    of: (made) => build(made, { ...soundBlocks, plus: (a, b) => tf.add(b, a), times: (a, b) => tf.mul(b, a) }),
  },
];
