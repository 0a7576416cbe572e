import { describe } from "../check/check.ts";
import { read } from "./answer.ts";
import type { Query } from "./dialect.ts";
import { type LinearWeights, momentsText } from "./linear_sql.ts";
import { type Linear, onlyRow } from "./metric_gradient_on.ts";

/** The mean m and the standard deviation d of each feature: the model is trained on (x − m) / d. */
export interface FeatureScale {
  /** The means of the features, weighted as the rows are. */
  readonly means: readonly number[];
  /**
   * The standard deviations of the features, weighted as the rows are. A feature that is the same in all rows has 0: its weight
   * is 0, as the bias does the same.
   */
  readonly deviations: readonly number[];
}

/** The scale that leaves the features as they are. */
export const sameScale = (features: readonly string[]): FeatureScale => ({
  means: features.map(() => 0),
  deviations: features.map(() => 1),
});

/**
 * Measures the features of a table in two scans. The second scan sums about the means of the first, as the squares of large
 * numbers would lose the digits of a small deviation.
 *
 * @throws {RangeError} If a row is out of range for the model of `start`, or a moment is not a finite number.
 */
export async function measureScale(
  query: Query,
  { what, rows, step }: Linear,
  start: LinearWeights,
  features: readonly string[],
): Promise<FeatureScale> {
  const momentsAbout = async (centers: readonly number[]) => {
    const row = onlyRow(what, await query(momentsText(rows, start, step, centers)));
    const whole = read(row, "whole", Number), n = read(row, "n", Number);
    if (whole === 0) throw new RangeError(`Cannot make ${what}: 'sampleWeight' is 0 in every row`);
    return centers.map((center, j) => {
      const difference = read(row, `sum_x${j}`, Number) / whole, square = read(row, `square_x${j}`, Number) / whole;
      const mean = center + difference, variance = square - difference ** 2;
      if (!Number.isFinite(mean) || !Number.isFinite(variance)) throw beyondFloat64(what, features[j]);
      // What is below the error of the sums is 0.
      return { mean, deviation: variance > n * Number.EPSILON * square ? Math.sqrt(variance) : 0 };
    });
  };
  const centers = (await momentsAbout(features.map(() => 0))).map(({ mean }) => mean);
  const moments = await momentsAbout(centers);
  return { means: moments.map(({ mean }) => mean), deviations: moments.map(({ deviation }) => deviation) };
}

const beyondFloat64 = (what: string, feature: string): RangeError =>
  new RangeError(
    `Cannot make ${what}: the variance of the feature ${
      describe(feature)
    } is beyond float64; give the feature in a larger unit`,
  );

/** Returns the weights of the scaled features that are the same model: θ·d and b + Σ θ·m. */
export const toScaled = ({ weights, bias }: LinearWeights, { means, deviations }: FeatureScale): LinearWeights => ({
  weights: weights.map((weight, j) => weight * deviations[j]),
  bias: weights.reduce((sum, weight, j) => sum + weight * means[j], bias),
});

const quotient = (value: number, deviation: number): number => deviation === 0 ? 0 : value / deviation;

/** Returns the weights of the features as the table has them: θ/d and b − Σ θ·m/d. */
export function fromScaled({ weights, bias }: LinearWeights, { means, deviations }: FeatureScale): LinearWeights {
  const given = weights.map((weight, j) => quotient(weight, deviations[j]));
  return { weights: given, bias: given.reduce((sum, weight, j) => sum - weight * means[j], bias) };
}

/** Turns a gradient by the weights of the features as the table has them into one by those of the scaled: (g − m·g_b)/d. */
export const gradientByScaled = (
  { weights, bias }: LinearWeights,
  { means, deviations }: FeatureScale,
): LinearWeights => ({ weights: weights.map((g, j) => quotient(g - means[j] * bias, deviations[j])), bias });
