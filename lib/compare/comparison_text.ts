import type { Feature, TableDataset } from "../data/table.ts";
import { firstOf, fixed, signed } from "../numerics/format.ts";
import type { ComparedData, ComparedDifference, ComparedLoss, LossComparison } from "./types.ts";

/** Describes a feature in a few words: its kind and the values filled in, or the reason why it is left out. */
export function featureText({ kind, levels, used, why, missing, heavyTails }: Feature): string {
  if (!used) return `left out, ${why}`;
  const what = kind === "number" ? "number" : kind === "boolean" ? "yes/no" : `category of ${levels}`;
  const filled = missing === 0 ? "" : `, ${missing} missing (${kind === "category" ? "zeros" : "the training median"})`;
  const power = heavyTails === undefined
    ? ""
    : `, heavy tails: Yeo-Johnson power in ${heavyTails} split${heavyTails === 1 ? "" : "s"}`;
  return `${what}${filled}${power}${why === undefined ? "" : `, ${why}`}`;
}

/** Describes a table for a report. */
export const describeData = (
  { yTrue, label, classes, positive, chosen, features, warnings }: TableDataset,
): ComparedData => ({ rows: yTrue.length, label, classes, positive, chosen, features, warnings });

/** Lines on the table that was compared on: rows, classes, each feature, warnings. */
export function dataText({ rows, classes, label, positive, chosen, features, warnings }: ComparedData): string {
  const sizes = firstOf(classes.map((one) => `'${one.name}' ${one.rows}`), 12);
  const what = positive === undefined
    ? `${classes.length} classes: ${label} = ${sizes}`
    : `positive: ${label} = '${positive}' (${chosen}), ${classes[1].rows} rows`;
  return [
    `${rows} rows, ${features.filter(({ used }) => used).length} features; ${what}`,
    ...features.map((feature) => `  ${feature.name || "''"}: ${featureText(feature)}`),
    ...warnings.map(({ message }) => `note: ${message}`),
  ].join("\n");
}

/** A comparison without its methods. */
export type ComparisonContent = Omit<LossComparison, "toJSON" | "toString">;

/** A row of the table: the difference is that from cross-entropy with the same threshold, † from a different one. */
function cells(one: ComparedLoss, differences: readonly ComparedDifference[]): string[] {
  const { model, loss, threshold, mean, tunedThreshold: tuned } = one;
  const own = differences.find((one) => one.model === model && one.loss === loss && one.threshold === threshold);
  const mark = own && own.against === "tuned" && threshold !== "tuned" ? " †" : "";
  const difference = own ? `${signed(own.mean, 4)} (${signed(own.low, 4)} to ${signed(own.high, 4)})${mark}` : "";
  const at = tuned
    ? `${threshold}: ${tuned.median.toFixed(2)} (${tuned.low.toFixed(2)} to ${tuned.high.toFixed(2)})`
    : threshold;
  return [model, loss, at, fixed(mean, 4), difference];
}

/** A note on a score with a floor, which is not a fraction where the floor is missed. */
function floorLine(score: string): string[] {
  const [, of, floor] = score.match(/^(precision|recall)At(?:Recall|Precision)([\d.]+)/) ?? [];
  if (of === undefined) return [];
  const other = of === "precision" ? "recall" : "precision";
  return [
    `${score} is ${of} minus a penalty: four times the shortfall of ${other} below ${floor}, so it can be negative`,
  ];
}

const tunedNote =
  "tuned: the median of the thresholds that are best on validation rows drawn with replacement, and 95 % of them";

/** Notes on savings and the decisions that they compare. */
export const costNotes = (several: boolean): string[] => [
  several
    ? "least cost: the class of the least expected cost"
    : "least cost: positive above the row's own threshold, (fp − tn)/((fp − tn) + (fn − tp)), of the costs of its outcomes",
  ...(several ? [] : [tunedNote]),
  "savings: 1 − cost / cost of the cheapest decision that is the same for all rows",
];

/** The report of a comparison for a terminal. */
export function comparisonText(
  { score, costs, losses, differences, data, repeats, undefinedScores, ...rest }: ComparisonContent,
): string {
  const several = data.positive === undefined, ordered = losses[0].threshold === "none";
  const notes = costs === undefined
    ? several || ordered
      ? [
        `  jointly for each model; ${
          ordered ? "the order of the outputs is scored" : "the largest output decides"
        }, so there is no threshold to tune`,
      ]
      : [
        "  jointly for each model and threshold, against cross-entropy with the same threshold",
        "† cross-entropy at 0.5 against cross-entropy with a tuned threshold",
        tunedNote,
      ]
    : [
      "  jointly for each model, against cross-entropy with decisions of the least expected cost",
      ...costNotes(several),
    ];
  const head = ["model", "loss", several ? "decision" : "threshold", score, "difference from cross-entropy *"];
  const rows = [head, ...losses.map((one) => cells(one, differences))];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return [
    dataText(data),
    "",
    ...rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()),
    "",
    `* means over the test rows of ${repeats} splits, with 95 % intervals that are corrected for overlapping splits and hold`,
    ...notes,
    "margin: a tenth of cross-entropy's distance from a perfect score, at most 0.02; smaller differences are negligible",
    ...floorLine(score),
    ...(undefinedScores > 0 ? [`${undefinedScores} scores were undefined (0/0) and count as 0`] : []),
    "",
    rest.recommendation,
  ].join("\n");
}
