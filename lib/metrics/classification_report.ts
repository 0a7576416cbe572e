import type { Average, ZeroDivision } from "../scoring/score_batch.ts";
import { scoreBatch } from "../scoring/score_batch.ts";
import { toSetting } from "../scoring/options.ts";
import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import { softCounts } from "../counts/soft_counts.ts";
import type { Score } from "../scores/score.ts";
import { f1, precision, recall } from "../scores/ratio.ts";
import { fixedText, floatText, padLeft } from "./number_text.ts";
import { type Classified, type LabelOptions, labelOptions, type Labels, readLabels } from "./read_labels.ts";

/** Options of {@linkcode classificationReport}. */
export interface ClassificationReportOptions extends LabelOptions {
  /**
   * Decimals of the scores in the text.
   *
   * @default {2}
   */
  digits?: number;
  /**
   * What a score counts as where it is not defined (0/0); "skip" leaves it out of the means and prints "nan", as
   * scikit-learn does with `zero_division=np.nan`.
   *
   * @default {0}
   */
  zeroDivision?: ZeroDivision;
  /**
   * "text" as scikit-learn prints it, or "records", which a notebook's `table` shows and polars takes.
   *
   * @default {"text"}
   */
  output?: "text" | "records";
}

/** A row of a {@linkcode classificationReport}. */
export type ReportRow = {
  /** The class, "accuracy", or the name of a mean: "micro avg", "macro avg", "weighted avg", "samples avg". */
  class: string;
  /** The share of the predicted positives that are positives. */
  precision: number;
  /** The share of the positives that are found. */
  recall: number;
  /** Their harmonic mean. */
  f1: number;
  /** The weight of the positives. */
  support: number;
};

const what = "the report";

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

/** A sum in the order of NumPy's: eight at a time from eight on, by halves beyond 128. */
function numpySum(values: readonly number[]): number {
  const n = values.length;
  if (n < 8) return sum(values);
  if (n > 128) {
    const half = Math.floor(n / 16) * 8;
    return numpySum(values.slice(0, half)) + numpySum(values.slice(half));
  }
  const even = n - n % 8, lane = (k: number): number => sum(values.filter((_, i) => i < even && i % 8 === k));
  const pair = (k: number): number => lane(k) + lane(k + 1);
  return values.slice(even).reduce((total, v) => total + v, (pair(0) + pair(2)) + (pair(4) + pair(6)));
}

/**
 * A mean as scikit-learn takes it: of what is defined; plain where nothing weighs anything, NaN where nothing is defined.
 */
function meanOf(values: readonly number[], weights?: readonly number[]): number {
  const defined = values.filter((v) => !Number.isNaN(v));
  if (weights === undefined) return numpySum(values.map((v) => Number.isNaN(v) ? 0 : v)) / defined.length;
  const left = weights.filter((_, i) => !Number.isNaN(values[i])), whole = numpySum(left);
  return whole === 0 ? numpySum(defined) / defined.length : numpySum(defined.map((v, i) => v * left[i])) / whole;
}

/** What the positives of a class weigh; to the last digit of scikit-learn's, which has the same sums in the same order. */
function supportOf({ batch, decided }: Classified, k: number): number {
  const rows = { ...batch, slice: { offset: k, stride: batch.classes, length: batch.rows } };
  const { tp: all } = softCounts(rows, { value: () => 1 }),
    { tp } = softCounts({ ...rows, yPred: decided.decisions }, { value: (s) => s });
  return tp + (all - tp);
}

/**
 * Precision, recall, F1 and support of each class, and their means: scikit-learn's `classification_report`.
 *
 *     support = tp + fn,   "micro avg" (of all counts), "macro avg", "weighted avg" (by support), "samples avg" (of rows)
 *
 * "accuracy" stands for "micro avg" where each row has one class and all classes are reported: there precision, recall
 * and F1 of all counts are the accuracy. "samples avg" is printed for multi-label data.
 *
 * @param yTrue The labels: whole numbers or words, one a row; multi-label, 0 and 1, one row a row. With `decision` also
 * what {@linkcode hardMetric} takes.
 * @param yPred The decided labels, alike; with `decision` outputs.
 * @param options `output`, `digits`, `targetNames`, `labels`, `sampleWeight`, `zeroDivision`, `decision`.
 * @returns The text, which ends with a line break as scikit-learn's, or the rows.
 * @throws {TypeError} Something that is neither a tensor nor can be iterated; a threshold without a
 * decision; an unknown option.
 * @throws {RangeError} Shapes that don't fit, labels that are neither whole numbers nor words, an option out of range.
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
/** The report as a text. */
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
  if (output !== "text" && output !== "records") {
    throw new RangeError(`Cannot make ${what}: 'output' must be 'text' or 'records', it is ${describe(output)}`);
  }
  if (!(Number.isInteger(digits) && digits >= 0 && digits <= 20)) {
    throw new RangeError(
      `Cannot make ${what}: 'digits' must be a whole number from 0 to 20, it is ${describe(digits)}`,
    );
  }
  toSetting(what, f1, { zeroDivision }); // or a complaint
  const classified = readLabels(what, yTrue, yPred, options);
  const rows = reportRows(classified, zeroDivision);
  if (output === "records") return rows;
  return reportText(rows, classified, { digits, weighted: options.sampleWeight !== undefined });
}

function reportRows(classified: Classified, zeroDivision: ZeroDivision): ReportRow[] {
  const { names, batch, decided, multiLabel, complete } = classified;
  const support = names.map((_, k) => supportOf(classified, k)), whole = numpySum(support);
  const rowWeights = Array.from({ length: batch.rows }, (_, row) => batch.sampleWeight?.[row * batch.classes] ?? 1);
  /** The scores of the classes, of their sum or of the rows. */
  const valuesOf = (score: Score, average: Average): number[] => {
    const { scoring } = toSetting(what, score, { average, zeroDivision, step: "round" });
    const { values } = scoreBatch(batch, decided, scoring);
    return values.map((v) => Number.isNaN(v) && zeroDivision !== "skip" ? zeroDivision : v);
  };
  const row = (name: string, support: number, of: (score: Score) => number): ReportRow => ({
    class: name,
    precision: of(precision),
    recall: of(recall),
    f1: of(f1),
    support,
  });
  const each = new Map([precision, recall, f1].map((score) => [score, valuesOf(score, "macro")]));
  return [
    ...names.map((name, k) => row(name, support[k], (score) => each.get(score)![k])),
    row(!multiLabel && complete ? "accuracy" : "micro avg", whole, (score) => valuesOf(score, "micro")[0]),
    row("macro avg", whole, (score) => meanOf(each.get(score)!)),
    row("weighted avg", whole, (score) => meanOf(each.get(score)!, support)),
    ...(multiLabel ? [row("samples avg", whole, (score) => meanOf(valuesOf(score, "samples"), rowWeights))] : []),
  ];
}

function reportText(
  rows: readonly ReportRow[],
  { names, multiLabel, anyRight }: Classified,
  { digits, weighted }: { digits: number; weighted: boolean },
): string {
  // Where no row is right, scikit-learn's counts become floats, and print like weights.
  const asFloats = weighted || (!multiLabel && !anyRight);
  const width = Math.max("weighted avg".length, digits, ...names.map((name) => [...name].length));
  const line = (name: string, cells: readonly string[]): string =>
    `${padLeft(name, width)} ${cells.map((cell) => ` ${padLeft(cell, 9)}`).join("")}\n`;
  const lines = rows.map((row, i) => {
    const { precision, recall, f1, support } = row, isAccuracy = i === names.length && row.class === "accuracy";
    const scores = [precision, recall, f1].map((v, column) => isAccuracy && column < 2 ? "" : fixedText(v, digits));
    return line(row.class, [...scores, asFloats ? floatText(support) : String(support)]);
  });
  const head = line("", ["precision", "recall", "f1-score", "support"]);
  return [head, "\n", ...lines.slice(0, names.length), "\n", ...lines.slice(names.length)].join("");
}
