import { check, checkOptions, integerFrom, oneOf } from "../check/check.ts";
import { type Counts, mapCounts } from "../counts/counts.ts";
import { f1, precision, recall } from "../scores/ratio.ts";
import type { Score } from "../scores/score.ts";
import { resolveOptions, type ScoringOptions } from "../scoring/options.ts";
import { withZeroDivision, type ZeroDivision } from "../scoring/score_batch.ts";
import { fixedText, floatText, padLeft, widest } from "./number_text.ts";
import { type Classified, type LabelOptions, labelOptions, type Labels, readLabels } from "./read_labels.ts";

/**
 * Options of {@linkcode classificationReport}. With `zeroDivision: "skip"` a score that is not defined is printed as "nan",
 * as with scikit-learn's `zero_division=np.nan`.
 */
export interface ClassificationReportOptions extends LabelOptions, Pick<ScoringOptions, "zeroDivision"> {
  /**
   * The number of decimals of the scores in the text.
   *
   * @default {2}
   */
  digits?: number;
  /**
   * The form of the report: "text" as scikit-learn prints it, or "records", one object per row, as a notebook's `table`
   * and polars take them.
   *
   * @default {"text"}
   */
  output?: "text" | "records";
}

/** A row of a {@linkcode classificationReport}. */
export type ReportRow = {
  /** The class, "accuracy", or the name of a mean: "micro avg", "macro avg", "weighted avg", "samples avg". */
  class: string;
  /** The fraction of the predicted positives that are positives. */
  precision: number;
  /** The fraction of the positives that are found. */
  recall: number;
  /** The harmonic mean of precision and recall. */
  f1: number;
  /** The weight of the positives. */
  support: number;
};

const what = "the report";

const scores = [precision, recall, f1] as const;

/** Sums the entries from `from` to `to` in NumPy's order: eight partial sums, by halves beyond 128 entries. */
function numpySum(values: ArrayLike<number>, from = 0, to = values.length): number {
  const n = to - from;
  if (n > 128) {
    const middle = from + 8 * Math.floor(n / 16);
    return numpySum(values, from, middle) + numpySum(values, middle, to);
  }
  const even = n - n % 8, partial = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < even; i++) partial[i % 8] += values[from + i];
  const [a, b, c, d, e, f, g, h] = partial;
  let total = ((a + b) + (c + d)) + ((e + f) + (g + h));
  for (let i = from + even; i < to; i++) total += values[i];
  return total;
}

/**
 * Averages the defined values as scikit-learn does: with the weights, without them if they add up to 0, and NaN if no
 * value is defined.
 */
function meanOf(values: Float64Array, weights?: Float64Array): number {
  const total = numpySum(values), isDefined = (_: number, i: number): boolean => !Number.isNaN(values[i]);
  if (Number.isNaN(total)) {
    const defined = values.filter(isDefined);
    if (weights !== undefined) return meanOf(defined, weights.filter(isDefined));
    return numpySum(values.map((v) => Number.isNaN(v) ? 0 : v)) / defined.length;
  }
  const whole = weights === undefined ? 0 : numpySum(weights);
  return whole === 0 ? total / values.length : numpySum(values.map((v, i) => v * weights![i])) / whole;
}

/** Counts from the weights of the right decisions, of the positives and of the predicted positives; no score here needs tn. */
const countsOf = (right: number, positive: number, predicted: number): Counts => (
  { tp: right, fp: predicted - right, fn: positive - right, tn: 0 }
);

/** The counts of each class, and two facts about the rows that the report's form depends on. */
interface ClassCounts {
  readonly counts: readonly Counts[];
  /** True if every class in the data is counted. */
  readonly complete: boolean;
  /** True if any row is right. */
  readonly anyRight: boolean;
}

/** Counts each class, in one pass over the rows and, as scikit-learn does, in plain float64 sums. */
function countClasses({ rows, columns, labels, positions, truth, decided, sampleWeight }: Classified): ClassCounts {
  const size = labels.length, right = new Float64Array(size), positive = right.slice(), predicted = right.slice();
  let complete = true, anyRight = false;
  for (let row = 0; row < rows; row++) {
    const w = sampleWeight === undefined ? 1 : sampleWeight[row];
    if (columns === undefined) {
      const k = positions[truth[row]], j = positions[decided[row]]; // a typed array has no place −1 to write to
      positive[k] += w;
      predicted[j] += w;
      if (k === j) right[k] += w;
      complete &&= k >= 0 && j >= 0;
      anyRight ||= truth[row] === decided[row];
    } else {
      for (let column = 0; column < columns; column++) {
        const k = positions[column], i = row * columns + column;
        positive[k] += w * truth[i];
        predicted[k] += w * decided[i];
        right[k] += w * truth[i] * decided[i];
      }
    }
  }
  return { counts: labels.map((_, k) => countsOf(right[k], positive[k], predicted[k])), complete, anyRight };
}

/** Scores each row of multi-label data across its columns: one array per score. */
function scoreRows(
  { rows, columns = 1, positions, truth, decided, sampleWeight }: Classified,
  valueOf: (score: Score, counts: Counts) => number,
): Float64Array[] {
  const values = scores.map(() => new Float64Array(rows));
  for (let row = 0; row < rows; row++) {
    const w = sampleWeight === undefined ? 1 : sampleWeight[row];
    let right = 0, positive = 0, predicted = 0;
    for (let column = 0; column < columns; column++) {
      if (positions[column] < 0) continue;
      const i = row * columns + column;
      positive += truth[i];
      predicted += decided[i];
      right += truth[i] * decided[i];
    }
    const counts = countsOf(w * right, w * positive, w * predicted);
    scores.forEach((score, s) => values[s][row] = valueOf(score, counts));
  }
  return values;
}

/**
 * Reports precision, recall, F1 and support of each class, and their means: scikit-learn's `classification_report`.
 *
 *     support = tp + fn,   "micro avg" (of all counts), "macro avg", "weighted avg" (by support), "samples avg" (of rows)
 *
 * "accuracy" replaces "micro avg" if each row has one class and all classes are reported: precision, recall and F1 of all
 * counts are then the accuracy. "samples avg" is printed for multi-label data. The time is proportional to the number of
 * rows.
 *
 * @param yTrue The labels: whole numbers or words, one per row; multi-label, 0 and 1, one array per row. With `decision`
 * also the labels of {@linkcode hardMetric}.
 * @param yPred The decided labels in the same form; with `decision` outputs.
 * @param options `output`, `digits`, `targetNames`, `labels`, `sampleWeight`, `zeroDivision`, `decision`.
 * @returns The text, which ends with a line break as scikit-learn's, or the rows.
 * @throws {TypeError} An argument that is neither a tensor nor an iterable; a threshold without a decision; an unknown
 * option.
 * @throws {RangeError} Shapes that do not fit; labels that are neither whole numbers nor words; an option out of range.
 *
 * @see scikit-learn, `classification_report`; the text is the same, character by character.
 *
 * @example
 * ```ts
 * import { classificationReport } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const report = classificationReport(["cat", "dog", "cat", "dog"], ["cat", "cat", "cat", "dog"]);
 * assertEquals(
 *   report,
 *   `              precision    recall  f1-score   support
 *
 *          cat       0.67      1.00      0.80         2
 *          dog       1.00      0.50      0.67         2
 *
 *     accuracy                           0.75         4
 *    macro avg       0.83      0.75      0.73         4
 * weighted avg       0.83      0.75      0.73         4
 * `,
 * );
 * ```
 *
 * @example Outputs of a model, and rows
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { classificationReport } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const y = tf.tensor1d([0, 1, 1]), p = tf.tensor1d([0.2, 0.4, 0.9]);
 * const rows = classificationReport(y, p, { decision: "threshold", threshold: 0.3, output: "records" });
 * assertEquals(rows[1], { class: "1", precision: 1, recall: 1, f1: 1, support: 2 });
 * ```
 */
export function classificationReport(
  yTrue: Labels,
  yPred: Labels,
  options: ClassificationReportOptions & { output: "records" },
): ReportRow[];
/** Reports as a text. */
export function classificationReport(
  yTrue: Labels,
  yPred: Labels,
  options?: ClassificationReportOptions & { output?: "text" },
): string;
export function classificationReport(
  yTrue: Labels,
  yPred: Labels,
  options: ClassificationReportOptions = {},
): string | ReportRow[] {
  checkOptions(what, options, [...labelOptions, "digits", "zeroDivision", "output"]);
  const { digits = 2, zeroDivision = 0, output = "text" } = options;
  check(`make ${what}`, { output }, oneOf("text", "records"));
  check(`make ${what}`, { digits }, integerFrom(0, 20));
  resolveOptions(what, f1, { zeroDivision }); // checks the option
  const classified = readLabels(what, yTrue, yPred, options), counted = countClasses(classified);
  const rows = reportRows(classified, counted, zeroDivision);
  if (output === "records") return rows;
  // Without a right row scikit-learn's counts are floats, and print like weights.
  const asFloats = options.sampleWeight !== undefined || (classified.columns === undefined && !counted.anyRight);
  return reportText(rows, classified.names, digits, asFloats ? floatText : String);
}

function reportRows(
  classified: Classified,
  { counts, complete }: ClassCounts,
  zeroDivision: ZeroDivision,
): ReportRow[] {
  const { names, columns, sampleWeight } = classified;
  const valueOf = (score: Score, counts: Counts): number => withZeroDivision(score.value(counts), zeroDivision);
  const support = Float64Array.from(counts, ({ tp, fn }) => tp + fn);
  const whole = numpySum(support), all = mapCounts((key) => numpySum(counts.map((one) => one[key])));
  const values = scores.map((score) => Float64Array.from(counts, (one) => valueOf(score, one)));
  const row = (name: string, support: number, of: (score: number) => number): ReportRow => ({
    class: name,
    precision: of(0),
    recall: of(1),
    f1: of(2),
    support,
  });
  const report = [
    ...names.map((name, k) => row(name, support[k], (score) => values[score][k])),
    row(columns === undefined && complete ? "accuracy" : "micro avg", whole, (score) => valueOf(scores[score], all)),
    row("macro avg", whole, (score) => meanOf(values[score])),
    row("weighted avg", whole, (score) => meanOf(values[score], support)),
  ];
  if (columns === undefined) return report;
  const ofRows = scoreRows(classified, valueOf);
  const weights = sampleWeight && Float64Array.from(sampleWeight);
  return [...report, row("samples avg", whole, (score) => meanOf(ofRows[score], weights))];
}

function reportText(
  rows: readonly ReportRow[],
  names: readonly string[],
  digits: number,
  supportText: (support: number) => string,
): string {
  const width = Math.max("weighted avg".length, digits, widest(names));
  const line = (name: string, cells: readonly string[]): string =>
    `${padLeft(name, width)} ${cells.map((cell) => ` ${padLeft(cell, 9)}`).join("")}\n`;
  const lines = rows.map((row, i) => {
    const { precision, recall, f1, support } = row, isAccuracy = i === names.length && row.class === "accuracy";
    const texts = [precision, recall, f1].map((v, column) => isAccuracy && column < 2 ? "" : fixedText(v, digits));
    return line(row.class, [...texts, supportText(support)]);
  });
  const head = line("", ["precision", "recall", "f1-score", "support"]);
  return [head, "\n", ...lines.slice(0, names.length), "\n", ...lines.slice(names.length)].join("");
}
