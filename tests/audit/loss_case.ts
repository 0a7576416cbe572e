// What the cases of losses are made of: how one is written down, the batches it is tried on, and the terms that many share.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  type AuditedLoss,
  type AuditOptions,
  type BatchKind,
  type Cause,
  causes as libraryCauses,
  type LabelKind,
  type PredictionKind,
} from "@roundabout/roundabout/audit";

/** The cause of a case; "healthy" if nothing is wrong with the loss. */
export type CaseCause = Exclude<Cause, "leak"> | "healthy";

export const causes: readonly CaseCause[] = [
  ...libraryCauses.filter((cause): cause is Exclude<Cause, "leak"> => cause !== "leak"),
  "healthy",
];

/** A loss with a fault, or a healthy one. */
export interface LossCase {
  readonly id: string;
  readonly cause: CaseCause;
  /** Other causes that are as right, fixed before the audit was run. */
  readonly also: readonly CaseCause[];
  /** The case is arguable: it is printed and not counted. */
  readonly ambiguous: boolean;
  readonly options: AuditOptions;
  readonly loss: AuditedLoss;
}

/** A case; the first of several causes is its cause, the others are as right. */
export function lossCase(
  id: string,
  causes: CaseCause | readonly CaseCause[],
  { ambiguous = false, ...options }: AuditOptions & { ambiguous?: boolean },
  loss: AuditedLoss,
): LossCase {
  const [cause, ...also] = [causes].flat() as CaseCause[];
  return { id, cause, also, ambiguous, options, loss };
}

/** A case of a healthy loss. */
export const sound = (id: string, options: Parameters<typeof lossCase>[2], loss: AuditedLoss): LossCase =>
  lossCase(id, "healthy", options, loss);

/** The kinds of outputs and labels, as the audit draws them. */
export const given = (yPred: PredictionKind, yTrue: LabelKind, columns?: number): AuditOptions => ({
  yPred,
  yTrue,
  ...(columns === undefined ? {} : { columns }),
});

/** Batches that the options cannot describe. */
export type Sample = NonNullable<AuditOptions["sample"]>;

/** Outputs of a kind, with batches of {@linkcode batches}. */
export const on = (
  yPred: Exclude<PredictionKind, readonly number[]>,
  labels: string,
  outputs = 1,
  labelColumns: number | null = outputs,
  layout?: string,
): AuditOptions => ({ yPred, sample: batches(yPred, labels, outputs, labelColumns, layout) });

function rng(seed: number) {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6D2B79F5) >>> 0;
    let t = s;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Batches of other labels and layouts than those of the options: labels of 0 and 255, masks, pairs, triplets. The same
 * arguments give the same numbers.
 *
 * @param domain probability | simplex | logits | real | nonnegative | tanh
 * @param labels binary | one-hot | one-hot-rare | index | real | positive | count (with zeros) | sign | probability |
 * distribution | binary255 | binary/255 | masked [goal, mask] | masked-sparse | none
 * @param labelColumns null for labels of the shape [n]
 * @param layout clsbox | pair | triplet | musigma | dpdn
 */
export const batches = (
  domain: string,
  labels: string,
  outputs: number,
  labelColumns: number | null,
  layout?: string,
): Sample =>
(kind, seed, n) => {
  const u = rng(seed * 7919 + 17), g = () => Math.sqrt(-2 * Math.log(1 - u())) * Math.cos(2 * Math.PI * u());
  const cp = outputs, ct = labelColumns ?? 1;
  const rows = <T>(f: (i: number) => T) => repeat(n, f);
  const cols = repeat;
  const soft = (z: number[]) => {
    const m = Math.max(...z), e = z.map((v) => Math.exp(v - m)), s = e.reduce((a, b) => a + b);
    return e.map((v) => v / s);
  };
  const K = domain === "simplex" || domain === "logits" || labels === "index" ? Math.max(cp, 2) : cp;
  // ---- labels
  const cls = rows(() =>
    labels === "one-hot-rare"
      ? (u() < 0.94 ? 0 : 1 + Math.floor(u() * (K - 1)))
      : kind === "allNeg"
      ? 0
      : kind === "allPos"
      ? K - 1
      : Math.floor(u() * K)
  );
  if (labels === "one-hot-rare" && kind === "allNeg") cls.fill(0);
  const bin = () => kind === "allNeg" ? 0 : kind === "allPos" ? 1 : u() < 0.4 ? 1 : 0;
  const zero = kind === "allNeg" || kind === "zeroBoth";
  let t: number[][];
  switch (labels) {
    case "binary": {
      const b = rows(() => cols(cp, () => bin()));
      t = rows((i) => cols(ct, (j) => ct > cp ? b[i][0] : b[i][Math.min(j, cp - 1)]));
      break;
    }
    case "binary255":
      t = rows(() => cols(ct, () => 255 * bin()));
      break;
    case "binary/255":
      t = rows(() => cols(ct, () => bin() / 255));
      break;
    case "sign":
      t = rows(() => cols(ct, () => 2 * bin() - 1));
      break;
    case "one-hot":
    case "one-hot-rare":
      t = rows((i) => cols(ct, (j) => (j === cls[i] ? 1 : 0)));
      break;
    case "index":
      t = rows((i) => [cls[i]]);
      break;
    case "distribution":
      t = rows(() => zero ? cols(ct, () => 1 / ct) : soft(cols(ct, () => g())));
      break;
    case "probability":
      t = rows(() => cols(ct, () => zero ? 0 : u()));
      break;
    case "positive":
      t = rows(() => cols(ct, () => zero ? 0 : Math.exp(g())));
      break;
    case "count":
      t = rows(() => cols(ct, () => zero ? 0 : Math.floor(u() * 5)));
      break;
    case "masked":
      t = rows(() => [g(), zero ? 0 : u() < 0.5 ? 1 : 0]);
      break;
    case "masked-sparse":
      t = rows(() => [g(), zero ? 0 : u() < 0.05 ? 1 : 0]);
      break;
    case "none":
      t = rows(() => cols(ct, () => 0));
      break;
    default:
      t = rows(() => cols(ct, () => zero ? 0 : g()));
  }
  if (layout === "clsbox") t = rows(() => [bin(), u(), u(), u(), u()]);
  if (layout === "pair") t = rows(() => [bin()]);
  // ---- predictions
  const rand = (): number =>
    domain === "probability"
      ? 0.02 + 0.96 * u()
      : domain === "nonnegative"
      ? Math.abs(g()) + 0.05
      : domain === "tanh"
      ? 1.96 * u() - 0.98
      : domain === "logits"
      ? 2 * g()
      : 1.5 * g();
  const randRow = () => domain === "simplex" ? soft(cols(cp, () => 1.5 * g())) : cols(cp, rand);
  let p = rows(() => randRow());
  const ideal = (i: number): number[] | undefined => {
    if (layout === "clsbox") return t[i].slice();
    switch (labels) {
      case "binary": {
        const v = t[i];
        return cols(cp, (j) => {
          const y = v[Math.min(j, v.length - 1)];
          return domain === "logits" ? (y ? 8 : -8) : domain === "real" || domain === "tanh" ? (y ? 1 : -1) : y;
        });
      }
      case "binary255":
        return [t[i][0] ? 1 : 0];
      case "binary/255":
        return [t[i][0] ? 1 : 0];
      case "one-hot":
      case "one-hot-rare":
      case "index":
        return cols(cp, (j) => domain === "logits" ? (j === cls[i] ? 8 : -8) : j === cls[i] ? 1 : 0);
      case "masked":
      case "masked-sparse":
        return [t[i][0]];
      case "none":
        return undefined;
      default:
        return t[i].slice(0, cp);
    }
  };
  switch (kind) {
    case "perfect":
      if (layout === "pair") {
        p = rows(() => {
          const h = [g(), g()];
          return [...h, ...h];
        });
      } else if (layout === "triplet") {
        p = rows(() => {
          const h = [g(), g()];
          return [...h, ...h, h[0] + 3, h[1]];
        });
      } else if (layout === "dpdn") p = rows(() => [0, 2]);
      else if (layout === "musigma") p = rows((i) => [t[i][0], 0]);
      else {
        if (!ideal(0)) return undefined;
        p = rows((i) => ideal(i)!);
      }
      break;
    case "saturated":
      if (layout === "musigma") p = rows(() => [g(), 0]);
      else if (domain === "probability") p = rows(() => cols(cp, () => (u() < 0.5 ? 0 : 1)));
      else if (domain === "simplex") {
        p = rows(() => {
          const k = Math.floor(u() * cp);
          return cols(cp, (j) => (j === k ? 1 : 0));
        });
      } else if (domain === "logits") p = rows(() => cols(cp, () => (u() < 0.5 ? -100 : 100)));
      else if (domain === "tanh") p = rows(() => cols(cp, () => (u() < 0.5 ? -1 : 1)));
      else return undefined;
      break;
    case "far":
      if (domain !== "real" || layout) return undefined;
      p = rows((i) => cols(cp, (j) => (t[i][Math.min(j, t[i].length - 1)] ?? 0) + (u() < 0.5 ? -120 : 120)));
      break;
    case "constPred": {
      const v = domain === "probability" ? 0.5 : domain === "simplex" ? 1 / cp : domain === "nonnegative" ? 1 : 0.3;
      p = rows(() => cols(cp, () => v));
      break;
    }
    case "zeroBoth":
      if (domain !== "nonnegative" && domain !== "probability") return undefined;
      p = rows(() => cols(cp, () => 0));
      break;
    case "outOfRange":
      if (domain !== "probability" && domain !== "simplex") return undefined;
      p = rows(() => cols(cp, () => -0.5 + 2 * u()));
      break;
  }
  const yPred = tf.tensor2d(p.flat(), [n, cp]);
  const yTrue = labelColumns === null ? tf.tensor1d(t.map((r) => r[0])) : tf.tensor2d(t.flat(), [n, ct]);
  return { yTrue, yPred };
};

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

/** Draws the rows of a kind of batch: all labels first, then an output for each. */
export interface Rows {
  label(): number[];
  output(label: number[]): number[];
}

/** Batches that are drawn row by row, of these kinds and no other. */
export const drawn =
  (kinds: readonly BatchKind[], rowsOf: (kind: BatchKind, u: Uniform) => Rows): Sample => (kind, seed, n) => {
    if (!kinds.includes(kind)) return undefined;
    const u = uniformOf(seed + 11);
    for (let i = 0; i < 8; i++) u();
    const rows = rowsOf(kind, u);
    const labels = repeat(n, () => rows.label()), outputs = labels.map((label) => rows.output(label));
    const table = (rows: number[][]) => tf.tensor2d(rows.flat(), [n, rows[0].length]);
    return { yTrue: table(labels), yPred: table(outputs) };
  };

type RowLabel = (u: Uniform, kind: BatchKind) => number[];
type RowOutput = (u: Uniform, label: number[], kind: BatchKind) => number[];
type IdealOutput = (label: number[], u: Uniform) => number[];

/** The labels as outputs. */
export const itself: IdealOutput = (label) => label;

/** Random and perfect batches, and of other kinds, drawn row by row: all labels first, then an output for each. */
export const rowsOf = (
  label: RowLabel,
  output: RowOutput,
  ideal: IdealOutput = itself,
  others: readonly BatchKind[] = [],
): Sample =>
  drawn(["random", "perfect", ...others], (kind, u) => ({
    label: () => label(u, kind),
    output: (y) => kind === "perfect" ? ideal(y, u) : output(u, y, kind),
  }));

/** Outputs of a kind, with batches of {@linkcode rowsOf}. */
export const onRows = (yPred: PredictionKind, ...rows: Parameters<typeof rowsOf>): AuditOptions => ({
  yPred,
  sample: rowsOf(...rows),
});

/** Random and perfect batches whose outputs are drawn in one way, perfect or not. */
export const sampled = (label: RowLabel, output: (label: number[], u: Uniform, perfect: boolean) => number[]): Sample =>
  rowsOf(label, (u, y) => output(y, u, false), (y, u) => output(y, u, true));

/** Outputs of a kind, with batches of {@linkcode sampled}. */
export const onSampled = (yPred: PredictionKind, ...rows: Parameters<typeof sampled>): AuditOptions => ({
  yPred,
  sample: sampled(...rows),
});

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

/** The numbers of a tensor in a row of their own. */
export const flat = (x: Tensor): Tensor => tf.reshape(x, [-1]);

/** Yes and no as 1 and 0, integers as floats. */
export const float = (x: Tensor): Tensor => tf.cast(x, "float32");

/** Sum of each row. */
export const rowSum = (x: Tensor, keepDims = false): Tensor => tf.sum(x, -1, keepDims);

/** Squared error of each entry. */
export const squaredError = (y: Tensor, p: Tensor): Tensor => tf.square(tf.sub(p, y));

/** Cross-entropy of each row from logits. */
export const softmaxCrossEntropy = (y: Tensor, p: Tensor): Tensor => tf.neg(rowSum(tf.mul(y, tf.logSoftmax(p))));

/** Binary cross-entropy from logits, not reduced. */
export const sigmoidCrossEntropy = (y: Tensor, p: Tensor): Tensor => tf.sub(tf.softplus(p), tf.mul(y, p));

/** The mean of a term over the batch. */
export const meanOf = (term: (y: Tensor, p: Tensor) => Tensor): AuditedLoss => (y, p) => tf.mean(term(y, p));

/** f(x), through which no gradient flows: detach(), stop_gradient(), no_grad(). */
export function stopped(x: Tensor, f: (x: Tensor) => Tensor = (x) => tf.clone(x)): Tensor {
  const custom = tf.customGrad((input, save) => {
    const tensor = input as tf.Tensor;
    (save as (tensors: tf.Tensor[]) => void)([tensor]);
    return {
      value: f(tensor) as tf.Tensor,
      gradFunc: (_dy: tf.Tensor, saved: tf.Tensor[]) => [tf.zerosLike(saved[0])],
    };
  });
  return custom(x as tf.Tensor);
}

/** 1 with a probability, else 0. */
export const coin = (u: Uniform, probability = 0.5): number => u() < probability ? 1 : 0;
/** A list of n things, made one by one: a loop, as the method of lists takes several times as long. */
export function repeat<T>(n: number, f: (i: number) => T): T[] {
  const made: T[] = [];
  for (let i = 0; i < n; i++) made.push(f(i));
  return made;
}
/** A one among n numbers. */
export const oneHot = (n: number, at: number, yes = 1, no = 0): number[] => repeat(n, (i) => i === at ? yes : no);

/** A whole number below n. */
export const choice = (n: number, u: Uniform): number => Math.floor(n * u());

/** A number between two others. */
export const between = (u: Uniform, low: number, high: number): number => low + (high - low) * u();

/** No labels: a column of zeros. */
export const noLabels = (): number[] => [0];
/** Draws n normal numbers. */
export const normals = (n: number, scale = 1) => (u: Uniform): number[] => repeat(n, () => scale * gauss(u));
/** Draws n numbers between two others. */
export const uniforms = (n: number, low = 0, high = 1) => (u: Uniform): number[] =>
  repeat(n, () => between(u, low, high));
/** Draws n numbers that are 1 with a probability, else 0. */
export const coins = (n: number, probability?: number) => (u: Uniform): number[] =>
  repeat(n, () => coin(u, probability));
/** Draws a one among n numbers. */
export const oneOf = (n: number) => (u: Uniform): number[] => oneHot(n, choice(n, u));

/** The softmax of some numbers. */
export const soft = (z: number[]): number[] => {
  const e = z.map(Math.exp), all = e.reduce((a, b) => a + b);
  return e.map((x) => x / all);
};

/** A direction in the plane. */
export const direction = (u: Uniform): number[] => {
  const angle = 2 * Math.PI * u();
  return [Math.cos(angle), Math.sin(angle)];
};

/** Outputs: the score of a chosen item and those of rejected ones; no labels. */
export const scores = (rejected: number) =>
  drawn(["random", "perfect", "far"], (kind, u) => ({
    label: () => [0],
    output: () =>
      kind === "perfect"
        ? [4 + u(), ...repeat(rejected, () => -4 - u())]
        : kind === "far"
        ? [-100 - u(), ...repeat(rejected, () => 100 + u())]
        : repeat(rejected + 1, () => 1.5 * gauss(u)),
  }));

/** Labels [advantage, old log-probability], outputs new log-probabilities; an ideal policy has moved by 0.3. */
export const policy = drawn(["random", "perfect"], (kind, u) => ({
  label: () => [gauss(u), -0.5 - u()],
  output: ([advantage, old]) => [old + (kind === "perfect" ? 0.3 * Math.sign(advantage) : 0.3 * gauss(u))],
}));

/** Outputs: two embeddings of two columns that belong together; no labels. */
export const twins = drawn(["random", "perfect"], (kind, u) => ({
  label: () => [0],
  output: () => {
    const one = [gauss(u), gauss(u)];
    return [...one, ...(kind === "perfect" ? one : [gauss(u), gauss(u)])];
  },
}));

/** −log σ(x). */
export const minusLogSigmoid = (x: Tensor): Tensor => tf.softplus(tf.neg(x));
/** The logarithm of the gamma function, by Stirling's series three steps further on. */
export const logGamma = (x: Tensor): Tensor => {
  const z = tf.add(x, 3), rise = tf.mul(tf.mul(x, tf.add(x, 1)), tf.add(x, 2));
  const series = tf.sub(tf.div(1 / 12, z), tf.div(1 / 360, tf.pow(z, 3)));
  const stirling = tf.add(tf.sub(tf.mul(tf.sub(z, 0.5), tf.log(z)), z), tf.add(0.5 * Math.log(2 * Math.PI), series));
  return tf.sub(stirling, tf.log(rise));
};

/** Labels and outputs: boxes [x1, y1, x2, y2], which may lie apart. */
export const boxes = rowsOf((u) => box(u, 0.5), (u) => box(u, 0.5));
