// What the blind cases are made of: how one is written down, the batches it is tried on, and the terms that many share.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import type { AuditedLoss, AuditOptions, Cause, Kind } from "@roundabout/roundabout/audit";
import { type Case, makeBatch } from "./cases.ts";

/** A loss with a fault that was put in on purpose, or a healthy one. */
export interface BlindCase {
  /** Unique among all batches; begins with two letters of its cause, "ok" for healthy ones. */
  id: string;
  /** What it was written to show. */
  cause: Cause | "healthy";
  /** What would be as right, fixed beforehand too. */
  also?: readonly Cause[];
  /** Why it is so, where the code does not say. */
  why?: string;
  /** It can be argued about, so it is shown but not counted. */
  ambiguous?: true;
  options: AuditOptions;
  loss: AuditedLoss;
}

/** Batches that the words of the options cannot describe. */
export type Sample = NonNullable<AuditOptions["sample"]>;

/** Batches of the first cases, whose words and layouts are others than those of the options. */
export function batches(
  domain: string,
  labels: string,
  outputs: number,
  labelColumns: number | null,
  layout?: string,
): Sample {
  const shape: Case["shape"] = { pred: ["n", outputs], true: labelColumns === null ? ["n"] : ["n", labelColumns] };
  return (kind, seed, rows) => makeBatch({ domain, labels, shape, layout }, kind, seed, rows);
}

/** Numbers in [0, 1). */
export type Uniform = () => number;

/** The same numbers for the same seed (xorshift). */
function uniformOf(seed: number): Uniform {
  let s = (seed * 2654435761) >>> 0;
  return () => {
    s ^= s << 13;
    s >>>= 0;
    s ^= s >>> 17;
    s ^= s << 5;
    s >>>= 0;
    return s / 4294967296;
  };
}

/** A normal number. */
export const gauss = (u: Uniform): number => Math.sqrt(-2 * Math.log(1 - u() * 0.999999)) * Math.cos(2 * Math.PI * u());

/** How the rows of a kind of batch are drawn: all labels first, then an output for each. */
export interface Rows {
  label(): number[];
  output(label: number[]): number[];
}

/** Batches that are drawn row by row, of these kinds and no other. */
export const drawn = (kinds: readonly Kind[], rowsOf: (kind: Kind, u: Uniform) => Rows): Sample => (kind, seed, n) => {
  if (!kinds.includes(kind)) return undefined;
  const u = uniformOf(seed + 11);
  for (let i = 0; i < 8; i++) u();
  const rows = rowsOf(kind, u);
  const labels = Array.from({ length: n }, () => rows.label()), outputs = labels.map((label) => rows.output(label));
  return { yTrue: tf.tensor2d(labels, [n, labels[0].length]), yPred: tf.tensor2d(outputs, [n, outputs[0].length]) };
};

/** Embeddings of an anchor, one like it and one unlike it: 2 + 2 + 2 columns, no labels. */
export const triplets: Sample = batches("real", "none", 6, 1, "triplet");

/** Embeddings of two items, 2 + 2 columns, and whether they are alike. */
export const pairs: Sample = batches("real", "binary", 4, 1, "pair");

/** A small box [x1, y1, x2, y2] anywhere in the unit square. */
export function box(u: Uniform, size = 0.2): number[] {
  const x = u() * (1 - size), y = u() * (1 - size);
  return [x, y, x + 0.05 + u() * (size - 0.05), y + 0.05 + u() * (size - 0.05)];
}

/** Outputs [μ, log σ²] for one real label. */
export const muLogvar: Sample = drawn(["random", "perfect", "far", "allNeg"], (kind, u) => ({
  label: () => [kind === "allNeg" ? 0 : gauss(u)],
  output: ([y]) => {
    const mu = kind === "perfect" ? y : kind === "far" ? y + (u() < 0.5 ? 20 : -20) : 1.5 * gauss(u);
    return [mu, kind === "perfect" ? -3 : gauss(u)];
  },
}));

/** A variational autoencoder: labels x (2 columns), outputs [reconstruction 2 | μ 2 | log σ² 2]. */
export const vae: Sample = drawn(["random", "perfect"], (kind, u) => ({
  label: () => [gauss(u), gauss(u)],
  output: (x) => kind === "perfect" ? [...x, 0, 0, 0, 0] : [0, 0, 0, 0, 0, 0].map(() => gauss(u)),
}));

/** Columns `from` to `from + size`. */
export const cut = (x: Tensor, from: number, size: number): Tensor => tf.slice(x, [0, from], [-1, size]);

/** |a − b|² of each row. */
export const squaredDistance = (a: Tensor, b: Tensor, keepDims = false): Tensor =>
  tf.sum(tf.square(tf.sub(a, b)), 1, keepDims);

/** Scaled to length 1 along an axis: each row, if nothing else is said. */
export const unit = (x: Tensor, epsilon: number, axis = -1): Tensor =>
  tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), axis, true), epsilon)));

/** Kept inside (0, 1). */
export const clip = (x: Tensor): Tensor => tf.clipByValue(x, 1e-7, 1 - 1e-7);

/** y·log p + (1 − y)·log(1 − p), not reduced. */
export const logLikelihood = (y: Tensor, p: Tensor): Tensor =>
  tf.add(tf.mul(y, tf.log(p)), tf.mul(tf.sub(1, y), tf.log(tf.sub(1, p))));

/** Binary cross-entropy with clipping, not reduced. */
export const crossEntropy = (y: Tensor, p: Tensor): Tensor => tf.neg(logLikelihood(y, clip(p)));

/** log σ² + (y − μ)²/σ², not reduced. */
export const gaussian = (y: Tensor, mu: Tensor, logvar: Tensor): Tensor =>
  tf.add(logvar, tf.mul(tf.exp(tf.neg(logvar)), tf.square(tf.sub(y, mu))));

/** 1 + log σ² − μ² − σ², not reduced: −½ of its sum is the divergence from a standard normal distribution. */
export const minusTwiceDivergence = (mu: Tensor, logvar: Tensor): Tensor =>
  tf.sub(tf.add(1, logvar), tf.add(tf.square(mu), tf.exp(logvar)));

/** Soft Dice coefficient of the whole batch, with 1 above and below. */
export const dice = (y: Tensor, p: Tensor): Tensor =>
  tf.div(tf.add(tf.mul(2, tf.sum(tf.mul(y, p))), 1), tf.add(tf.add(tf.sum(y), tf.sum(p)), 1));
