/**
 * Comparison of losses on a table: does training on a metric pay there?
 *
 * In Node.js it needs the packages `csv-parse` and `jstat`, and for Parquet files and frames `nodejs-polars`:
 * `npm install csv-parse jstat`.
 *
 * @example Usage
 * ```ts
 * import { compareLosses } from "@roundabout/roundabout/compare";
 * import { assert } from "@std/assert";
 *
 * const { losses } = await compareLosses("data/wdbc.csv", { label: "malignant", score: "f1", repeats: 3 });
 * assert(losses.every(({ mean }) => mean > 0.8));
 * ```
 *
 * @module
 */
export { compareLosses, type CompareLossesOptions, type ComparisonProgress } from "./compare_losses.ts";
export type { DecisionCosts, MatrixCosts, OutcomeCosts } from "./costs.ts";
export type { ComparedData, ComparedDifference, ComparedLoss, LossComparison, ThresholdChoice } from "./types.ts";
// The types that the options take.
export type { ReadTableOptions } from "../data/read_table.ts";
export type { Feature, HeavyTails, Split, TableFrame, TableWarning, WarningCode } from "../data/table.ts";
export type { Counts } from "../counts/counts.ts";
export type { Score } from "../scores/score.ts";
export type { ScoreDefinition, ScoreName, scores } from "../scores/to_score.ts";
