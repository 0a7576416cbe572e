import { amount, check, checkOptions } from "../check/check.ts";
import { countKeys, type Counts, mapCounts } from "../counts/counts.ts";
import { linearFractional } from "./linear_fractional.ts";
import type { Score } from "./score.ts";

/** The cost of each outcome of a decision, in any unit (money, minutes); a negative cost is a gain. */
export interface CostOptions {
  /**
   * The cost of a false positive.
   *
   * @default {1}
   */
  fp?: number;
  /**
   * The cost of a false negative.
   *
   * @default {1}
   */
  fn?: number;
  /**
   * The cost of a true positive.
   *
   * @default {0}
   */
  tp?: number;
  /**
   * The cost of a true negative.
   *
   * @default {0}
   */
  tn?: number;
}

/** The costs that are given, and the usual ones. */
export const withUsualCosts = <T>(
  { tp = 0, fp = 1, fn = 1, tn = 0 }: Partial<Record<keyof Counts, T | number>>,
): Record<keyof Counts, T | number> => ({ tp, fp, fn, tn });

/**
 * The savings of decisions: the share of the cost of the cheaper constant decision that they spare.
 *
 *     1 − C / min(C₋, C₊),   C = c_tp·tp + c_fp·fp + c_fn·fn + c_tn·tn
 *     C₋ = c_fn·P + c_tn·N (every row negative),   C₊ = c_tp·P + c_fp·N (every row positive),   P = tp + fn, N = fp + tn
 *
 * It is 1 if the decisions cost nothing, 0 if they cost as much as the cheaper constant decision, below 0 if they cost more.
 * Not defined where the cheaper constant decision costs nothing or is a gain.
 *
 * For costs that differ from row to row, weigh the rows by {@linkcode costWeights} and leave the options out.
 *
 * @param options The cost of each outcome.
 * @returns The score.
 * @throws {RangeError} A cost is not a number between −1e30 and 1e30, or a right decision costs more than a wrong one.
 * @throws {TypeError} An unknown option.
 *
 * @see Bahnsen, Aouada, Ottersten, "Example-Dependent Cost-Sensitive Decision Trees", Expert Systems with Applications 42, 2015.
 *
 * @example
 * ```ts
 * import { savings } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = { tp: 8, fp: 20, fn: 2, tn: 170 }; // all negative costs 100, all positive 190
 * assertEquals(savings({ fp: 1, fn: 10 }).value(counts), 1 - (20 + 2 * 10) / 100);
 * ```
 */
export function savings(options: CostOptions = {}): Score {
  const what = "the score 'savings'";
  checkOptions(what, options, countKeys);
  const costs = withUsualCosts(options) as Counts;
  check(`make ${what}`, costs, amount);
  for (const [wrong, right] of [["fp", "tn"], ["fn", "tp"]] as const) {
    if (costs[wrong] >= costs[right]) continue;
    throw new RangeError(
      `Cannot make ${what}: '${wrong}' must be at least '${right}', the cost of the right decision, it is ${
        costs[wrong]
      } and '${right}' is ${costs[right]}`,
    );
  }
  const against = (positive: number, negative: number): { cost(counts: Counts): number; score: Score } => {
    const denominator = { tp: positive, fp: negative, fn: positive, tn: negative };
    const numerator = mapCounts((key) => denominator[key] - costs[key]);
    return {
      cost: ({ tp, fp, fn, tn }) => positive * (tp + fn) + negative * (fp + tn),
      score: linearFractional("savings", { numerator, denominator }),
    };
  };
  const allNegative = against(costs.fn, costs.tn), allPositive = against(costs.tp, costs.fp);
  const cheaper = (counts: Counts): Score | undefined => {
    const one = allNegative.cost(counts) <= allPositive.cost(counts) ? allNegative : allPositive;
    return one.cost(counts) > 0 ? one.score : undefined;
  };
  return {
    name: "savings",
    quasiConvex: true,
    value: (counts) => cheaper(counts)?.value(counts) ?? NaN,
    gradient: (counts) => cheaper(counts)?.gradient(counts) ?? mapCounts(() => 0),
  };
}
