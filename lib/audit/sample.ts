import * as tf from "@tensorflow/tfjs";
import { type SeededRandom, seededRandom } from "../numerics/random.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import type { AuditOptions, Kind, LabelKind, PredictionKind } from "./types.ts";

/** What batches are drawn from. */
export type Sampler = (kind: Kind, seed: number, rows: number) => { yTrue: Tensor; yPred: Tensor } | undefined;

/** How the outputs of a domain look. */
interface Domain {
  /** One as an untrained model may put out. */
  draw(random: SeededRandom): number;
  /** The ends that it saturates at. */
  ends: readonly [low: number, high: number];
  /** What stands for a negative and a positive. */
  sure: readonly [no: number, yes: number];
}

const domains: Record<Exclude<PredictionKind, readonly number[]>, Domain> = {
  probability: { draw: (r) => 0.02 + 0.96 * r.uniform(), ends: [0, 1], sure: [0, 1] },
  simplex: { draw: (r) => r.normal(), ends: [0, 1], sure: [0, 1] },
  logits: { draw: (r) => 2 * r.normal(), ends: [-100, 100], sure: [-8, 8] },
  real: { draw: (r) => 1.5 * r.normal(), ends: [-1e4, 1e4], sure: [-1, 1] },
  nonnegative: { draw: (r) => Math.abs(r.normal()) + 0.05, ends: [0, 1e4], sure: [0, 1] },
  tanh: { draw: (r) => 1.96 * r.uniform() - 0.98, ends: [-1, 1], sure: [-1, 1] },
};

/** The domain that an option stands for. */
export function domainOf(kind: PredictionKind): Domain {
  if (typeof kind === "string") return domains[kind];
  const [min, max] = kind, span = max - min;
  return { draw: (r) => min + span * (0.02 + 0.96 * r.uniform()), ends: [min, max], sure: [min, max] };
}

const isClass = (labels: LabelKind): boolean => labels === "one-hot" || labels === "index";

const softmax = (z: readonly number[]): number[] => {
  const top = Math.max(...z), e = z.map((v) => Math.exp(v - top)), sum = e.reduce((a, b) => a + b);
  return e.map((v) => v / sum);
};

/** One row: labels, and the outputs that would be right; undefined where nothing is right or wrong. */
function labelRow(labels: LabelKind, kind: Kind, columns: number, prevalence: number, random: SeededRandom) {
  const none = kind === "allNeg" || kind === "zeroBoth";
  const positive = () => none ? 0 : kind === "allPos" || random.uniform() < prevalence ? 1 : 0;
  const each = (f: (j: number) => number) => Array.from({ length: columns }, (_, j) => f(j));
  switch (labels) {
    case "binary":
      return each(positive);
    case "sign":
      return each(() => 2 * positive() - 1);
    case "index":
    case "one-hot": {
      const own = none ? 0 : kind === "allPos" ? columns - 1 : Math.floor(random.uniform() * columns);
      return labels === "index" ? [own] : each((j) => j === own ? 1 : 0);
    }
    case "distribution":
      return none ? each(() => 1 / columns) : softmax(each(() => random.normal()));
    case "probability":
      return each(() => none ? 0 : random.uniform());
    case "positive":
      return each(() => none ? 0 : Math.exp(random.normal()));
    case "count":
      return each(() => none ? 0 : Math.floor(5 * random.uniform()));
    case "none":
      return each(() => 0);
    default:
      return each(() => none ? 0 : random.normal());
  }
}

/** However rare positives are, or negatives: an ordinary batch has one of each, in the first row or the last. */
function haveBoth(y: number[][]): void {
  for (const j of y[0].keys()) {
    if (y.every((row) => row[j] === 0)) y[0][j] = 1;
    if (y.every((row) => row[j] === 1)) y.at(-1)![j] = 0;
  }
}

/** The outputs that fit a row of labels. */
function ideal(y: readonly number[], labels: LabelKind, pred: PredictionKind, columns: number): number[] {
  const [no, yes] = domainOf(pred).sure;
  if (labels === "index") return Array.from({ length: columns }, (_, j) => j === y[0] ? yes : no);
  if (labels === "binary" || labels === "one-hot") return y.map((v) => v > 0 ? yes : no);
  if (labels === "sign") return y.map((v) => v > 0 ? yes : no);
  if (pred === "logits" && labels === "distribution") return y.map((v) => Math.log(v));
  if (pred === "logits" && labels === "probability") {
    return y.map((v) => Math.min(yes, Math.max(no, Math.log(v / (1 - v)))));
  }
  return [...y];
}

/** What the labels are, where it is not said: one class a row where outputs are shares, 0 and 1 elsewhere. */
export const labelsOf = ({ yTrue, yPred }: AuditOptions): LabelKind =>
  yTrue ?? (yPred === "simplex" ? "one-hot" : "binary");

/** Batches as the options describe them; the same arguments give the same numbers. */
export function samplerOf(options: AuditOptions): Sampler {
  if (options.sample !== undefined) return options.sample;
  const { yPred: pred = "probability", prevalence = 0.4 } = options, labels = labelsOf(options);
  const columns = options.columns ?? (isClass(labels) || pred === "simplex" ? 3 : 1), domain = domainOf(pred);
  return (kind, seed, rows) => {
    const random = seededRandom(seed);
    if (kind === "perfect" && labels === "none") return undefined;
    if (kind === "outOfRange" && pred !== "probability" && pred !== "simplex") return undefined;
    if (kind === "zeroBoth" && typeof pred !== "string" && !(pred[0] <= 0 && pred[1] >= 0)) return undefined;
    const y = Array.from({ length: rows }, () => labelRow(labels, kind, columns, prevalence, random));
    if (labels === "binary" && kind !== "allNeg" && kind !== "allPos" && kind !== "zeroBoth") haveBoth(y);
    const row = () => Array.from({ length: columns }, () => domain.draw(random));
    const same = row(), shaped = (r: number[]) => pred === "simplex" ? softmax(r) : r;
    const [low, high] = domain.ends;
    const p = y.map((labelled): number[] => {
      switch (kind) {
        case "perfect":
          return ideal(labelled, labels, pred, columns);
        case "saturated": {
          const hot = Math.floor(random.uniform() * columns);
          const end = () => random.uniform() < 0.5 ? low : high;
          return pred === "simplex" ? labelled.map((_, j) => j === hot ? 1 : 0) : row().map(end);
        }
        case "far":
          return shaped(row().map((v) => pred === "logits" || pred === "real" ? 60 * v : v));
        case "constPred":
          return shaped(same);
        case "zeroBoth": // of shares, the first class
          return row().map((_, j) => pred === "simplex" && j === 0 ? 1 : 0);
        case "outOfRange":
          return row().map(() => -0.5 + 2 * random.uniform());
        default:
          return shaped(row());
      }
    });
    return { yTrue: tf.tensor2d(y), yPred: tf.tensor2d(p) };
  };
}
