import type { ComparedData, ComparedDifference, ComparedLoss, LossComparison } from "./types.ts";

const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(4)}`;

/** A line on the table that was compared on; `gone`: what is said before the columns that miss some values. */
export function describeData(
  { rows, classes, label, positive, chosen, features, ...data }: ComparedData,
  gone = "missing, filled by the training rows' medians or no category",
): string {
  const { categories, missing, empty } = data, some = classes.slice(0, 12);
  const sizes = some.map((one) => `'${one.name}' ${one.rows}`).join(", ") + (classes.length > some.length ? ", …" : "");
  const what = positive === undefined
    ? `${classes.length} classes: ${label} = ${sizes}`
    : `positive: ${label} = '${positive}' (${chosen}), ${classes[1].rows} rows`;
  const gaps = Object.entries(missing).map(([name, n]) => `${name} ${n}`);
  const made = Object.entries(categories).map(([name, n]) => `${name}: ${n} column${n === 1 ? "" : "s"}`);
  return [
    `${rows} rows, ${features.length} features; ${what}`,
    ...(made.length > 0 ? [`categories, a column a value: ${made.join(", ")}`] : []),
    ...(gaps.length > 0 ? [`${gone}: ${gaps.join(", ")}`] : []),
    ...(empty.length > 0 ? [`left out, without a value: ${empty.join(", ")}`] : []),
  ].join("\n");
}

type Content = Omit<LossComparison, "toJSON" | "toString">;

function cells(one: ComparedLoss, differences: readonly ComparedDifference[]): string[] {
  const against = (threshold: ComparedDifference["against"]) => {
    const own = differences.find((other) =>
      other.against === threshold && other.model === one.model && other.loss === one.loss &&
      other.threshold === one.threshold
    );
    return own ? `${signed(own.mean)} (${signed(own.low)} to ${signed(own.high)})` : "";
  };
  return [
    one.model,
    one.loss,
    one.threshold,
    one.mean.toFixed(4),
    against("tuned") || against("0.5") || against("argmax"),
  ];
}

/** A score with a floor is no share any more where the floor is missed. */
function floorLine(score: string): string[] {
  const [, of, floor] = score.match(/^(precision|recall)At(?:Recall|Precision)([\d.]+)/) ?? [];
  if (of === undefined) return [];
  const other = of === "precision" ? "recall" : "precision";
  return [
    `${score} is ${of} less what the floor costs: where ${other} is under ${floor}, four times what is missing, so it can be below 0`,
  ];
}

/** A comparison for a terminal. */
export function comparisonText(
  { score, losses, differences, data, repeats, undefinedScores, ...rest }: Content,
): string {
  const several = data.positive === undefined;
  const head = [
    "model",
    "loss",
    several ? "decision" : "threshold",
    score,
    several ? "difference to cross-entropy *" : "difference to cross-entropy, same threshold rule *",
  ];
  const rows = [head, ...losses.map((one) => cells(one, differences))];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return [
    describeData(data),
    "",
    ...rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()),
    "",
    `* test rows, means of ${repeats} splits; 95 % intervals, corrected for splits that share rows, a model's together;`,
    several
      ? "  the largest output decides: there is no threshold to tune"
      : "  cross-entropy at 0.5 stands against cross-entropy with a tuned threshold",
    "  margin: a tenth of what cross-entropy's score lacks to a perfect one, at most 0.02; smaller differences are small",
    ...floorLine(score),
    ...(undefinedScores > 0 ? [`${undefinedScores} scores were not defined (0/0) and count as 0`] : []),
    "",
    rest.recommendation,
  ].join("\n");
}
