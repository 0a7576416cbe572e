import { check } from "../check/check.ts";
import type { ComparedDifference, ComparedLoss, LossComparison, ThresholdChoice } from "../compare/types.ts";
import { costNotes, featureText } from "../compare/comparison_text.ts";
import { fixed, signed } from "../numerics/format.ts";
import { figureOutput } from "./markdown.ts";
import { escapeHtml, joined, makeOutput, type Output, paragraph } from "./output.ts";
import { pairedFigure } from "./paired_figure.ts";
import { table } from "./table.ts";

const titles: Record<ThresholdChoice, string> = {
  tuned: "With a tuned threshold, against cross-entropy's",
  "0.5": "With the threshold at 0.5, against cross-entropy's",
  argmax: "Where the largest output decides, against cross-entropy",
  none: "By the order of the outputs, against cross-entropy",
  "least cost": "Against cross-entropy with decisions of the least expected cost",
};

const zeros: Record<ThresholdChoice, string> = {
  tuned: "cross-entropy, tuned",
  "0.5": "cross-entropy, at 0.5",
  argmax: "cross-entropy",
  none: "cross-entropy",
  "least cost": "cross-entropy, least cost",
};

const columns: Record<ThresholdChoice, string> = {
  tuned: "tuned",
  "0.5": "at 0.5",
  argmax: "by the largest output",
  none: "by the order",
  "least cost": "least cost",
};

const nameOf = ({ loss, threshold, against }: ComparedDifference): string =>
  threshold === against ? loss : `${loss}, at ${threshold}`;

function differenceFigure({ differences, score, repeats }: LossComparison, against: ThresholdChoice) {
  const own = differences.filter((one) => one.against === against);
  const said = own.map((one) =>
    `${one.model}, ${nameOf(one)}: ${signed(one.mean, 4)} (${signed(one.low, 4)} to ${signed(one.high, 4)})`
  );
  return pairedFigure({
    title: titles[against],
    alt: `Differences in ${score}. ${said.join("; ")}.`,
    caption:
      `Mean differences in ${score} on the test rows of ${repeats} splits; 95 % intervals that hold jointly for each model.`,
    xLabel: `difference in ${score}`,
    zeroLabel: zeros[against],
    width: 800, // room for at least three ticks beside the names
    items: own.map((one) => ({ group: one.model, label: nameOf(one), mean: one.mean, low: one.low, high: one.high })),
  });
}

/** The mean scores, a row for each model and loss. */
function scoresTable({ losses, score, repeats, data }: LossComparison): Output {
  const meansOf = ({ model, loss }: ComparedLoss) =>
    losses.filter((one) => one.model === model && one.loss === loss)
      .map(({ threshold, mean }) => [columns[threshold], fixed(mean, 3)]);
  const what = data.positive === undefined
    ? `${data.classes.length} classes of ${data.label}`
    : `${data.classes[1].rows} of them ${data.label} = ${data.positive}`;
  return table(
    losses.filter(({ threshold }) => threshold === losses[0].threshold).map((one) => ({
      model: one.model,
      loss: one.loss,
      ...Object.fromEntries(meansOf(one)),
    })),
    { caption: `${score} on test rows, means of ${repeats} splits of ${data.rows} rows (${what})` },
  );
}

/** The columns beside the label, and what became of each. */
const columnsTable = ({ features, label }: LossComparison["data"]): Output =>
  table(
    features.map((feature) => ({ column: feature.name || "(no name)", "what became of it": featureText(feature) })),
    { caption: `The ${features.length} columns beside ${label}` },
  );

/** The reading of margin and interval. */
const reading =
  "A difference is significant if its 95 % interval excludes 0, and negligible if the interval stays within the " +
  "margin: a tenth of cross-entropy's distance from a perfect score, at most 0.02. The intervals are corrected for splits that " +
  "share rows, and hold jointly for each model in a figure.";

/**
 * Renders a comparison of losses for a notebook: the recommendation, what to know of the table, the scores of each loss, the
 * reading of margin and interval, figures of the differences, and what became of each column.
 *
 * @param comparison The result of `compareLosses`
 * @returns An output for {@linkcode show} and {@linkcode row}
 *
 * @example
 * ```ts
 * import { compareLosses } from "@roundabout/roundabout/compare";
 * import { syntheticBinary } from "@roundabout/roundabout/data";
 * import { comparisonDisplay } from "@roundabout/roundabout/display";
 * import { assertStringIncludes } from "@std/assert";
 * import pl from "nodejs-polars";
 *
 * const { x, y } = syntheticBinary({ rows: 100, prevalence: 0.4, separation: 2, seed: 1 });
 * const frame = pl.DataFrame({ a: x.map(([a]) => a), ill: Array.from(y) });
 * const display = comparisonDisplay(await compareLosses(frame, { label: "ill", repeats: 3 }));
 * assertStringIncludes(display.text, "cross-entropy");
 * ```
 */
export function comparisonDisplay(comparison: LossComparison): Output {
  check("show a comparison", { comparison }, {
    must: "what compareLosses returns",
    valid: () => Array.isArray(comparison?.losses),
    Kind: TypeError,
  });
  const { recommendation, losses, data } = comparison;
  const [advice, ...evidence] = recommendation.split(/(?<=\.) /);
  const choices = [...new Set(losses.map(({ threshold }) => threshold))];
  const figures = choices.filter((choice) => comparison.differences.some(({ against }) => against === choice))
    .map((against) => differenceFigure(comparison, against));
  const notes = data.warnings.map(({ message }) => message);
  const parts = [
    makeOutput(
      `<p><strong>${escapeHtml(advice)}</strong> ${escapeHtml(evidence.join(" "))}</p>`,
      recommendation,
    ),
    ...(notes.length > 0
      ? [makeOutput(`<ul>${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul>`, notes.join("\n"))]
      : []),
    scoresTable(comparison),
    ...[reading, ...(comparison.costs ? costNotes(data.positive === undefined) : [])].map(paragraph),
    ...figures.map(figureOutput),
    columnsTable(data),
  ];
  return joined(parts);
}
