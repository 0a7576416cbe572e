import type { LossComparison } from "./types.ts";

/** Returns a comparison as plain data, for files; rows are counted from 0, as in the source. */
export function comparisonJson(
  { score, costs, recommendation, losses, differences, data, splits, repeats, seed, undefinedScores }: Omit<
    LossComparison,
    "toJSON" | "toString"
  >,
): unknown {
  const { rows, label, classes, positive, chosen, features, warnings } = data;
  return {
    score,
    costs,
    advice: recommendation,
    rows,
    label,
    classes: classes.map(({ name, rows }) => ({ label: name, rows })),
    positive,
    chosen,
    features,
    warnings,
    losses,
    differences,
    repeats,
    seed,
    undefinedScores,
    splits,
  };
}
