import { type ArrayOrTensor, readArrays } from "../batch/array_or_tensor.ts";
import { readGroups } from "../batch/read_groups.ts";
import { checkOptions, describe } from "../check/check.ts";
import { countDecisions, type Counts, decisionGradient, mapCounts, type Slice, sumCounts } from "../counts/counts.ts";
import { groupBy } from "../numerics/group_by.ts";
import { resolveOptions, type ScoringOptions } from "../scoring/options.ts";
import { type GroupedCounts, Maximisation } from "./maximise.ts";

/** Options of {@linkcode constrainedLossAndGradient}. */
export interface ConstrainedLossOptions
  extends Pick<ScoringOptions, "step" | "slope" | "threshold" | "fromLogits" | "ignoreLabel"> {
  /** The problem that `maximise` makes. */
  problem: Maximisation;
  /** The group of each row, a word or a number; needed for a gap. */
  groups?: ArrayOrTensor;
  /** Weights ≥ 0, one per row. Absent: 1 each. */
  sampleWeight?: ArrayOrTensor;
}

/** A loss under constraints, its gradient and the soft counts of all rows and of each group. */
export interface ConstrainedLoss {
  /** 1 − the Lagrangian. */
  readonly value: number;
  /** ∂value/∂ŷ, one number per row. */
  readonly gradient: Float64Array;
  /** The counts under the step: pass those under `step: "round"` to {@linkcode Maximisation.learn}. */
  readonly counts: GroupedCounts;
}

/** Orders the rows by their groups, and returns the rows of each group as a slice of the order. */
function byGroup(what: string, groups: ArrayOrTensor | undefined, rows: number) {
  const names = groups === undefined ? Array<unknown>(rows).fill("") : readGroups(what, groups, rows);
  const lists = groupBy(names.keys(), (row) => String(names[row]));
  const slices: [string, Slice][] = [];
  let offset = 0;
  for (const [name, { length }] of lists) {
    slices.push([name, { offset, stride: 1, length }]);
    offset += length;
  }
  return { order: [...lists.values()].flat(), slices };
}

/**
 * Computes the loss of a {@linkcode Maximisation} and its gradient on arrays, for a training loop of one's own and for groups.
 *
 *     value = 1 − (score(C) − Σ λ·violation(C, C_g)),   C_g: the soft counts of group g, C their sum
 *     ∂value/∂ŷᵢ = −wᵢ·s′(ŷᵢ)·( yᵢ·(∂TP − ∂FN) + (1 − yᵢ)·(∂FP − ∂TN) ),   ∂ = ∂/∂C + ∂/∂C_g, g the group of row i
 *
 * The data are one batch. With `step: "round"` the counts are those of the decisions, from which the multipliers learn.
 *
 * @param yTrue Labels in [0, 1], one per row.
 * @param yPred Probabilities (or logits), one per row.
 * @param options See {@linkcode ConstrainedLossOptions}.
 * @returns The loss, its gradient and the counts.
 * @throws {TypeError} If an option is unknown, `problem` is none, an argument is neither a tensor nor an array, or a gap has no
 * `groups`.
 * @throws {RangeError} If an option is out of range, shapes do not fit, there is no row, a row has no group, labels or outputs are outside [0, 1]
 * (NaN among them), or weights are negative or not finite.
 *
 * @example
 * ```ts
 * import { constrainedLossAndGradient, gapAtMost, maximise } from "@roundabout/roundabout/constraints";
 * import { assert } from "@std/assert";
 *
 * const problem = maximise({ score: "accuracy", subjectTo: [gapAtMost("recall", 0.1)] });
 * const yTrue = [1, 1, 0, 1, 1, 0], groups = ["a", "a", "a", "b", "b", "b"];
 * const logits = [2, 2, -2, -1, 2, -2], weights = { problem, groups, fromLogits: true };
 * for (let step = 0; step < 50; step++) {
 *   const { gradient } = constrainedLossAndGradient(yTrue, logits, weights);
 *   gradient.forEach((g, i) => logits[i] -= g);
 *   problem.learn(constrainedLossAndGradient(yTrue, logits, { ...weights, step: "round" }).counts);
 * }
 * assert(logits[3] > 0); // group b's recall has risen to that of group a
 * ```
 */
export function constrainedLossAndGradient(
  yTrue: ArrayOrTensor,
  yPred: ArrayOrTensor,
  options: ConstrainedLossOptions,
): ConstrainedLoss {
  const { problem, groups, sampleWeight, ...others } = options ?? {};
  if (!(problem instanceof Maximisation)) {
    throw new TypeError(`Cannot compute the loss: 'problem' must be made by maximise, it is ${describe(problem)}`);
  }
  const { score } = problem, what = `${score.name} loss`;
  checkOptions(what, others, ["step", "slope", "threshold", "fromLogits", "ignoreLabel"]);
  const { reading, decide } = resolveOptions(what, score, others);
  const advice = "give the outputs of one class";
  const given = readArrays(what, { yTrue, yPred, sampleWeight }, { ...reading, advice });
  const { order, slices } = byGroup(what, groups, given.rows);
  const taken = (values: ArrayLike<number>) => new Float64Array(order.length).map((_, k) => values[order[k]]);
  const weights = given.sampleWeight === undefined ? undefined : taken(given.sampleWeight);
  const batch = { ...given, yTrue: taken(given.yTrue), yPred: taken(given.yPred), sampleWeight: weights };
  const { decisions, back } = decide(batch), rows = { yTrue: batch.yTrue, decisions, sampleWeight: weights };
  const each: [string, Counts][] = slices.map(([name, slice]) => [name, countDecisions(rows, slice)]);
  const all = each.map(([, one]) => one).reduce((a, b) => sumCounts(a, b));
  const counts: GroupedCounts = groups === undefined ? { all } : { all, groups: Object.fromEntries(each) };
  const { value, partials } = problem.lagrangian(counts), byDecision = new Float64Array(given.rows);
  for (const [name, slice] of slices) {
    const own = mapCounts((key) => -(partials.all[key] + (partials.groups[name]?.[key] ?? 0)));
    decisionGradient(rows, slice, own, byDecision);
  }
  back(byDecision);
  const gradient = new Float64Array(given.rows);
  if (!Number.isNaN(value)) order.forEach((row, k) => gradient[row] = byDecision[k]);
  return { value: Number.isNaN(value) ? 1 : 1 - value, gradient, counts };
}
