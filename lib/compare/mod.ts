/**
 * Should I train on a metric? The losses compared on a table of one's own.
 *
 * @example Usage
 * ```ts
 * import { compareLosses } from "@roundabout/roundabout/compare";
 * import { readFrame } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const wdbc = readFrame("data/wdbc.csv");
 * const { losses } = await compareLosses(wdbc, { label: "malignant", score: "f1", repeats: 3 });
 * assert(losses.every(({ mean }) => mean > 0.8));
 * ```
 *
 * @module
 */
export { compareLosses, type CompareLossesOptions, type ComparisonProgress } from "./compare_losses.ts";
export type { ComparedData, ComparedDifference, ComparedLoss, LossComparison, ThresholdChoice } from "./types.ts";
// The types that the options take.
export type { Frame } from "../data/types.ts";
export type { Counts } from "../counts/counts.ts";
export type { Score } from "../scores/score.ts";
export type { ScoreDefinition, ScoreName, scores } from "../scores/to_score.ts";
