import { check, checkOptions, integerFrom, numberThat } from "../check/check.ts";
import { fraction } from "./labels.ts";
import { seededRandom } from "../numerics/random.ts";

/** Options of {@linkcode syntheticBinary}. */
export interface SyntheticBinaryOptions {
  /** The number of rows, at least 2. */
  rows: number;
  /**
   * The number of features, at least 1.
   *
   * @default {2}
   */
  features?: number;
  /** The fraction of positive rows, between 0 and 1, rounded to whole rows. */
  prevalence: number;
  /** The distance between the two classes' means, in standard deviations of a feature; at least 0. */
  separation: number;
  /** The seed: an integer from 0 to 2⁵³ − 1. */
  seed: number;
}

/** A synthetic problem with two classes. */
export interface SyntheticBinary {
  /** The features, one list per row: shape [rows, features]. */
  x: number[][];
  /** The labels, 0 or 1, one per row. */
  y: number[];
}

const TASK = "make a synthetic problem";

/**
 * Makes a problem of two Gaussian classes with unit variance, whose means lie at ±`separation`/2 on the diagonal. The best
 * possible classifier is linear, and its area under the ROC curve is Φ(separation/√2), with any number of features. The number of
 * positive rows is exact instead of random.
 *
 * @param options The problem's size, balance, difficulty and seed.
 * @returns The features and the labels, in random order.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If an option is out of range, or a class would have no row.
 *
 * @example Usage
 * ```ts
 * import { syntheticBinary } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const { x, y } = syntheticBinary({ rows: 1000, prevalence: 0.05, separation: 2, seed: 1 });
 * assert(x.length === 1000 && x[0].length === 2);
 * assert(y.filter((label) => label === 1).length === 50);
 * ```
 */
export function syntheticBinary(options: SyntheticBinaryOptions): SyntheticBinary {
  checkOptions("a synthetic problem", options, ["rows", "features", "prevalence", "separation", "seed"]);
  const { rows, features = 2, prevalence, separation, seed } = options;
  check(TASK, { rows }, integerFrom(2));
  check(TASK, { features }, integerFrom(1));
  check(TASK, { prevalence }, fraction);
  check(TASK, { separation }, numberThat("a finite number of at least 0", (by) => by >= 0 && by < Infinity));
  const positives = Math.round(rows * prevalence);
  if (positives === 0 || positives === rows) {
    const empty = positives === 0 ? "positive" : "negative";
    throw new RangeError(`Cannot ${TASK}: 'prevalence' ${prevalence} of ${rows} rows leaves no ${empty} row`);
  }
  const random = seededRandom(seed);
  const y = random.shuffle(Array.from({ length: rows }, (_, row) => row < positives ? 1 : 0));
  const shift = separation / 2 / Math.sqrt(features);
  const x = y.map((label) => Array.from({ length: features }, () => random.normal() + (label === 1 ? shift : -shift)));
  return { x, y };
}
