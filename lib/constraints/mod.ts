/**
 * Scores that are maximised under constraints: floors, ceilings and gaps between groups, with multipliers that are learnt from
 * the counts of the decisions on the whole data set.
 *
 * ```ts
 * import { atLeast, atMost, falsePositiveRate, maximise } from "@roundabout/roundabout/constraints";
 * import { assertEquals } from "@std/assert";
 *
 * const problem = maximise({ score: "f1", subjectTo: [atLeast("recall", 0.9), atMost(falsePositiveRate, 0.01)] });
 * problem.learn({ all: { tp: 8, fp: 0, fn: 2, tn: 90 } }); // a recall of 0.8
 * assertEquals(Object.keys(problem.multipliers), ["recall≥0.9", "falsePositiveRate≤0.01"]);
 * ```
 *
 * @module
 */
export { atLeast, atMost, type Constraint, falsePositiveRate, gapAtMost, selectionRate } from "./constraint.ts";
export {
  type GroupedCounts,
  type GroupedPartials,
  type Maximisation,
  maximise,
  type MaximiseOptions,
} from "./maximise.ts";
export { type ConstrainedLoss, constrainedLossAndGradient, type ConstrainedLossOptions } from "./grouped_loss.ts";
export type { ArrayOrTensor } from "../batch/array_or_tensor.ts";
export type { Counts } from "../counts/counts.ts";
export type { Score } from "../scores/score.ts";
export type { ScoreDefinition, ScoreName } from "../scores/to_score.ts";
export type { StepName } from "../steps/to_step.ts";
