import { aNumber, check, checkOptions, numberThat } from "../check/check.ts";
import { countKeys, type Counts, mapCounts } from "../counts/counts.ts";
import type { Score } from "../scores/score.ts";
import { toScore } from "../scores/to_score.ts";
import { bestOf, countsPartials, scalePartials, scoreCounts, type Scoring } from "../scoring/score_batch.ts";
import { resolveOptions } from "../scoring/options.ts";
import { changed, checkAnswer, checkQuery, read } from "./answer.ts";
import type { Query } from "./dialect.ts";
import {
  gradientText,
  type LinearOptions,
  linearOptions,
  linearRows,
  type LinearWeights,
  rowFlags,
  softCountsText,
} from "./linear_sql.ts";
import { type StepSql, stepSql } from "./step_sql.ts";

/** Options of {@linkcode metricGradientOn}. */
export interface MetricGradientOnOptions extends LinearOptions, LinearWeights {}

/** The loss of a linear model on a table, and its gradient. */
export interface LinearGradient {
  /** The loss: the best value of the score less the score of the soft counts. */
  readonly value: number;
  /** The soft counts. */
  readonly counts: Counts;
  /** The gradient of the loss with respect to each weight and to the bias. */
  readonly gradient: LinearWeights;
  /** The number of rows. */
  readonly rows: number;
}

/** The checked options of a linear model. */
export interface Linear {
  readonly what: string;
  readonly score: Score;
  readonly scoring: Scoring;
  readonly step: StepSql;
  /** The SELECT of the rows. */
  readonly rows: string;
}

/** Checks the options of a linear model. */
export function toLinear(what: string, options: LinearOptions, known: readonly string[]): Linear {
  const ofSeveral = Object.keys(options ?? {}).find((name) => name === "classes" || name === "average");
  if (ofSeveral !== undefined) {
    throw new TypeError(
      `Cannot make ${what}: '${ofSeveral}' is given, but a linear model in SQL has one output; train several classes with ` +
        "'fitMetric', on batches of the table",
    );
  }
  checkOptions(what, options, [...linearOptions, ...known]);
  const { step, slope, threshold, zeroDivision } = options, score = toScore(options.score);
  if (threshold !== undefined) check(`make ${what}`, { threshold }, aNumber);
  const { decide, scoring } = resolveOptions(what, score, { step, slope, threshold, zeroDivision });
  return {
    what,
    score,
    scoring,
    step: stepSql(what, decide.steps![0]),
    rows: linearRows(what, options),
  };
}

/** Checks the weights of a linear model. */
export function checkWeights(what: string, { weights, bias }: LinearWeights, features: readonly string[]): void {
  check(`compute ${what}`, { weights }, {
    must: `${features.length} finite numbers, one per feature`,
    valid: () => Array.isArray(weights) && weights.length === features.length && weights.every(Number.isFinite),
  });
  check(`compute ${what}`, { bias }, numberThat("a finite number", Number.isFinite));
}

/** Returns the row of an answer that holds the sums; refuses a table with values out of range. */
export function onlyRow(what: string, answer: unknown): Record<string, unknown> {
  const list = checkAnswer(answer);
  for (const row of list) {
    const flag = read(row, "flag", Number), n = read(row, "n", Number);
    const wrong = (argument: string, must: string) =>
      new RangeError(
        `Cannot compute ${what}: '${argument}' must be ${must} in every row, in ${n} it is not, or it is NULL`,
      );
    if (flag === rowFlags.label) throw wrong("label", "a number in [0, 1]");
    if (flag === rowFlags.features) throw wrong("features", "finite numbers, with a finite sum of products,");
    if (flag === rowFlags.sampleWeight) throw wrong("sampleWeight", "a finite number ≥ 0");
  }
  if (list.length === 0) throw new RangeError(`Cannot compute ${what}: 'from' has no rows`);
  return list[0];
}

/** The sums of the first pass. */
export interface LinearCounts {
  readonly rows: number;
  readonly counts: Counts;
  /** The counts of the decisions. */
  readonly hard: Counts;
}

/** Runs the first pass. */
export async function linearCounts(query: Query, linear: Linear, weights: LinearWeights): Promise<LinearCounts> {
  const row = onlyRow(linear.what, await query(softCountsText(linear.rows, weights, linear.step)));
  const counts = (prefix: string) => mapCounts((key) => read(row, `${prefix}${key}`, Number));
  return { rows: read(row, "n", Number), counts: counts(""), hard: counts("hard_") };
}

/** The sums that are the same for every model: the number of rows, and the weights of the positives and the negatives. */
type LabelSums = Readonly<Record<"rows" | "positives" | "negatives", number>>;

/** Returns the sums of the labels that a first pass has read. */
export const labelsOf = ({ rows, counts: { tp, fp, fn, tn } }: LinearCounts): LabelSums => ({
  rows,
  positives: tp + fn,
  negatives: fp + tn,
});

/** Relative difference of two sums of the labels in another order. */
const tolerance = 1e-9;

/** Throws unless two scans have read the same rows, positives and negatives. */
export function checkLabels(what: string, first: LabelSums, second: LabelSums): void {
  if (first.rows !== second.rows) throw changed(what, "the number of rows", first.rows, second.rows);
  for (const label of ["positives", "negatives"] as const) {
    const [a, b] = [first[label], second[label]];
    if (Math.abs(a - b) <= tolerance * (first.positives + first.negatives)) continue;
    throw changed(what, `the weight of the ${label}`, a, b);
  }
}

/** Runs the second pass. */
export async function linearGradient(
  query: Query,
  linear: Linear,
  weights: LinearWeights,
  first: LinearCounts,
): Promise<{ value: number; gradient: LinearWeights; alive: number }> {
  const { what, scoring, score, rows, step } = linear, scored = scoreCounts([first.counts], undefined, scoring);
  const [partials] = scalePartials(-1, countsPartials(scored, scored.whole, score));
  const value = bestOf(score) - scored.value, none = { weights: weights.weights.map(() => 0), bias: 0 };
  if (countKeys.every((key) => partials[key] === 0)) return { value, gradient: none, alive: 0 };
  const row = onlyRow(what, await query(gradientText(rows, weights, step, partials)));
  const [n, positives, negatives] = ["n", "pos", "neg"].map((key) => read(row, key, Number));
  checkLabels(what, labelsOf(first), { rows: n, positives, negatives });
  const gradient = {
    weights: weights.weights.map((_, j) => read(row, `g_x${j}`, Number)),
    bias: read(row, "g", Number),
  };
  return { value, gradient, alive: read(row, "alive", Number) };
}

/**
 * Computes the exact gradient of the loss of a linear model on a table, in two scans, without any row leaving the engine.
 *
 *     p = σ(b + Σ θⱼ·xⱼ)
 *     scan 1:   the four soft counts C
 *     scan 2:   ∂loss/∂θⱼ = −Σ w·s′(p)·σ′·( y·(∂TP − ∂FN) + (1 − y)·(∂FP − ∂TN) )·xⱼ,   the partial derivatives at C
 *
 * The model is the logistic one, Dense(1, sigmoid), or the linear one with `fromLogits`: the loss is the same. The sums are
 * float64 sums in the engine's order, so the last digits may differ from run to run.
 *
 * @param query The engine. The table must be the same in both scans.
 * @param options The table, its columns, `score`, the step, `weights` and `bias`.
 * @returns The loss, the soft counts and the gradient.
 * @throws {TypeError} If the score or an option is unknown.
 * @throws {RangeError} If an option is out of range, the step has no SQL, the table has no rows, a label, feature or weight is
 * out of range or NULL, or the table changed between the scans.
 *
 * @example
 * ```ts
 * import { metricGradientOn } from "@roundabout/roundabout/sql";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const counts = { flag: "0", n: "4", tp: "1.5", fp: "0.5", fn: "0.5", tn: "1.5" };
 * const hard = { hard_tp: "2", hard_fp: "1", hard_fn: "0", hard_tn: "1" };
 * const sums = { flag: "0", n: "4", pos: "2", neg: "2", alive: "4", g: "0.01", g_x0: "-0.25" };
 * const query = (sql: string) => Promise.resolve([sql.includes("g_x0") ? sums : { ...counts, ...hard }]); // of an engine
 * const { value, gradient } = await metricGradientOn(query, {
 *   from: "train",
 *   label: "y",
 *   features: ["age"],
 *   score: "f1",
 *   weights: [0.1],
 *   bias: 0,
 * });
 * assertAlmostEquals(value, 1 - 0.75);
 * assertAlmostEquals(gradient.weights[0], -0.25);
 * ```
 */
export async function metricGradientOn(query: Query, options: MetricGradientOnOptions): Promise<LinearGradient> {
  const what = "the table's gradient";
  checkQuery(what, query);
  const linear = toLinear(what, options, ["weights", "bias"]);
  checkWeights(what, options, options.features);
  const first = await linearCounts(query, linear, options);
  const { value, gradient } = await linearGradient(query, linear, options, first);
  return { value, counts: first.counts, gradient, rows: first.rows };
}
