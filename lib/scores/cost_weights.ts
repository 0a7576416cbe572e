import { refuse } from "../batch/read_batch.ts";
import { anArray, check, checkOptions, describe } from "../check/check.ts";
import { countKeys, type Counts, mapCounts } from "../counts/counts.ts";
import { withUsualCosts } from "./savings.ts";

/** The cost of each outcome: one number for all rows, or one per row. What is left out is 1 for fp and fn, 0 for tp and tn. */
export type RowCosts = { readonly [Outcome in keyof Counts]?: number | ArrayLike<number> };

/** Returns a cost per row; throws unless it is one finite number, or one per row. */
function costsOf(what: string, key: keyof Counts, cost: number | ArrayLike<number>, rows: number): ArrayLike<number> {
  const must = "a finite number, or one per row";
  if (typeof cost === "number") {
    check(`compute ${what}`, { [key]: cost }, { must, valid: Number.isFinite });
    return new Float64Array(rows).fill(cost);
  }
  check(`compute ${what}`, { [key]: cost }, { ...anArray, must });
  if (cost.length !== rows) throw refuse(what, key, `has ${cost.length} numbers, 'yTrue' has ${rows} rows`);
  const row = Array.from(cost).findIndex((value) => !Number.isFinite(value));
  if (row >= 0) throw refuse(what, key, `must hold finite numbers, row ${row} is ${describe(cost[row])}`);
  return cost;
}

/**
 * Returns what the wrong decision on each row costs beyond the right one: weights under which the weighted confusion counts
 * are costs.
 *
 *     w = y·(c_fn − c_tp) + (1 − y)·(c_fp − c_tn)
 *     cost of the decisions = cost of the right decisions + Σ w·[decision is wrong] = const + fn + fp of the weighted counts
 *
 * Give them as `sampleWeight` to `costLoss`, `fitMetric`, `metricGradient` or `lossAndGradient`, and to a metric.
 *
 * @param yTrue Labels, 0 or 1, one per row.
 * @param costs The cost of each outcome, for all rows or per row.
 * @returns A weight ≥ 0 per row, float32.
 * @throws {TypeError} Labels that are not an array, an unknown outcome, a cost that is neither a number nor a list.
 * @throws {RangeError} A label that is not 0 or 1, a cost that is not finite, a list of another length, or a row whose right
 * decision costs more than the wrong one.
 *
 * @see Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001; Bahnsen, Aouada, Ottersten, "Example-Dependent
 * Cost-Sensitive Logistic Regression for Credit Scoring", ICMLA 2014.
 *
 * @example
 * ```ts
 * import { costWeights } from "@roundabout/roundabout/costs";
 * import { assertEquals } from "@std/assert";
 *
 * const owed = [500, 200, 900]; // lost if the loan is granted and not paid back; a refusal of a good one costs 30
 * assertEquals(costWeights([1, 0, 1], { fp: 30, fn: owed }), Float32Array.of(500, 30, 900));
 * ```
 */
export function costWeights(yTrue: ArrayLike<number>, costs: RowCosts): Float32Array<ArrayBuffer> {
  const what = "weights of costs";
  check(`compute ${what}`, { yTrue }, anArray);
  checkOptions(what, costs, countKeys);
  const given = withUsualCosts<number | ArrayLike<number>>(costs);
  const { tp, fp, fn, tn } = mapCounts((key) => costsOf(what, key, given[key], yTrue.length));
  return new Float32Array(yTrue.length).map((_, row) => {
    const label = yTrue[row];
    if (label !== 0 && label !== 1) throw refuse(what, "yTrue", `must hold 0 and 1, row ${row} is ${describe(label)}`);
    const [wrong, right, beyond] = label === 1 ? ["fn", "tp", fn[row] - tp[row]] : ["fp", "tn", fp[row] - tn[row]];
    if (beyond >= 0) return beyond;
    throw refuse(what, "costs", `have '${wrong}' below '${right}', the cost of the right decision, in row ${row}`);
  });
}

/** Returns what each decision costs beyond the cheapest one. */
export function beyondCheapest(costs: readonly number[]): number[] {
  const least = Math.min(...costs);
  return costs.map((cost) => cost - least);
}

/**
 * Returns soft labels whose confusion counts are the costs of a cost matrix: the multi-class form of {@linkcode costWeights}.
 *
 *     y′ᵢₖ = 1 − (C[yᵢ, k] − minⱼ C[yᵢ, j]) / m,   m the largest of these differences
 *     fp of all classes = Σᵢₖ (1 − y′ᵢₖ)·sᵢₖ = Σᵢₖ (C[yᵢ, k] − minⱼ C[yᵢ, j])·sᵢₖ / m
 *
 * So 1 − specificity, decided by the argmax and averaged "micro", is the expected cost divided by that of random decisions:
 * a loss of the cost matrix, through the soft c × c confusion Σᵢ yᵢⱼ·sᵢₖ, without a formula of its own.
 *
 * @param yTrue Class indices, one per row.
 * @param matrix The costs: `matrix[j][k]` of deciding class k where class j is true.
 * @returns Labels in [0, 1], c per row, float32.
 * @throws {TypeError} Labels that are not an array.
 * @throws {RangeError} A matrix that is not square or has a number that is not finite, costs that do not depend on the decision,
 * or a label that is not one of its classes.
 *
 * @see Elkan, "The Foundations of Cost-Sensitive Learning", IJCAI 2001; Tsoi et al., arXiv 2405.20954, for the soft c × c
 * confusion.
 *
 * @example
 * ```ts
 * import { costLabels } from "@roundabout/roundabout/costs";
 * import { lossAndGradient } from "@roundabout/roundabout/core";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const labels = costLabels([0, 2], [[0, 1, 4], [1, 0, 1], [4, 2, 0]]);
 * assertEquals(labels, Float32Array.of(1, 0.75, 0, 0, 0.5, 1));
 * const options = { score: "specificity", decision: "argmax", average: "micro", columns: 3 } as const;
 * const { value } = lossAndGradient(labels, [0, 1, 0, 0, 0, 1], options); // decides 1 and 2
 * assertAlmostEquals(value, (1 + 0) / (1 + 4 + 4 + 2));
 * ```
 */
export function costLabels(
  yTrue: ArrayLike<number>,
  matrix: readonly (readonly number[])[],
): Float32Array<ArrayBuffer> {
  const what = "labels of a cost matrix";
  check(`compute ${what}`, { yTrue }, anArray);
  const c = checkMatrix(what, matrix);
  const beyond = matrix.map(beyondCheapest), most = Math.max(...beyond.flat());
  if (most === 0) throw refuse(what, "matrix", "has costs that do not depend on the decision");
  const labels = new Float32Array(yTrue.length * c);
  Array.from(yTrue).forEach((label, row) => {
    if (!(Number.isInteger(label) && label >= 0 && label < c)) {
      throw refuse(what, "yTrue", `must hold integers from 0 to ${c - 1}, row ${row} is ${describe(label)}`);
    }
    labels.set(beyond[label].map((cost) => 1 - cost / most), row * c);
  });
  return labels;
}

/** Returns the number of classes of a cost matrix; throws unless it is square and finite. */
function checkMatrix(what: string, matrix: readonly (readonly number[])[]): number {
  if (!Array.isArray(matrix) || matrix.length < 2) {
    throw refuse(what, "matrix", `must have a row of costs per class, at least 2, it is ${describe(matrix)}`);
  }
  const c = matrix.length;
  matrix.forEach((row: readonly number[], j: number) => {
    if (!Array.isArray(row) || row.length !== c) {
      throw refuse(what, "matrix", `must be square, row ${j} is ${describe(row)} of ${c} rows`);
    }
    const k = row.findIndex((cost) => !Number.isFinite(cost));
    if (k >= 0) throw refuse(what, "matrix", `must hold finite numbers, row ${j}, column ${k} is ${describe(row[k])}`);
  });
  return c;
}
