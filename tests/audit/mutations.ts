// Ten ways to break a loss, and three that change nothing that matters.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import { type AuditedLoss, batchKinds, type Cause } from "@roundabout/roundabout/audit";
import { type Blocks, build, type Made, soundBlocks } from "./building_blocks.ts";
import { sampleOf, type Tried, tried } from "./oracle.ts";

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

const alike = (a: number, b: number): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= 1e-5 + 1e-4 * Math.max(Math.abs(a), Math.abs(b));

const same = (a: Tried, b: Tried): boolean =>
  alike(a.value, b.value) && a.gradient?.length === b.gradient?.length &&
  (a.gradient ?? []).every((g, i) => alike(g, b.gradient![i]));

/** Tells whether a mutation takes a block that the loss has, runs, and changes a value or a gradient on some batch. */
export function fate(one: Made, mutation: Mutation): "broken" | "not in it" | "does not run" | "equivalent" {
  const used = new Set<string>(), changed = mutation.blocks(one);
  const watched = Object.fromEntries(
    Object.entries(soundBlocks).map(([name, block]) => [name, (...given: never[]) => {
      used.add(name);
      return (block as (...given: never[]) => unknown)(...given);
    }]),
  ) as unknown as Blocks;
  const sampler = sampleOf(one.options), before = build(one, soundBlocks);
  const after = build(one, { ...soundBlocks, ...changed });
  let equal = true, runs = true;
  for (const kind of batchKinds) {
    for (const seed of [1, 2, 3]) {
      const batch = sampler(kind, seed, 64);
      if (batch === undefined) continue;
      tf.tidy(() => {
        build(one, watched)(batch.yTrue, batch.yPred);
      });
      const [a, b] = [before, after].map((loss) => tried(loss, batch.yTrue, batch.yPred));
      if (b === undefined) runs = false;
      else if (!same(a!, b)) equal = false;
      tf.dispose([batch.yTrue, batch.yPred]);
    }
  }
  if (!Object.keys(changed).some((name) => used.has(name))) return "not in it";
  return !runs ? "does not run" : equal ? "equivalent" : "broken";
}
