import { refuse } from "../batch/read_batch.ts";
import { check, checkOptions, oneOf, optional } from "../check/check.ts";
import { fixedText, padLeft, widest } from "./number_text.ts";
import {
  type Classified,
  type Label,
  type LabelOptions,
  labelOptions,
  type Labels,
  readLabels,
} from "./read_labels.ts";

/** Options of {@linkcode confusionTable}. */
export interface ConfusionTableOptions extends LabelOptions {
  /**
   * The whole of which each count becomes a fraction: the rows of the true class ("true"), the rows of the predicted class
   * ("pred"), or "all" rows.
   *
   * @default {counts}
   */
  normalize?: "true" | "pred" | "all";
}

/** The weight of the rows of each pair of a true and a predicted class. */
export interface ConfusionTable {
  /** The labels of the classes. */
  readonly labels: readonly Label[];
  /** The names of the classes. */
  readonly names: readonly string[];
  /** The counts: one array per true class, with one number per predicted class. */
  readonly counts: readonly (readonly number[])[];
  /** The counts as one object per true class, as a notebook's `table` and polars take them. */
  readonly records: Record<string, string | number>[];
  /** The counts as a text: whole numbers as scikit-learn's array prints them, other numbers with four decimals. */
  readonly text: string;
}

const what = "the confusion table";

/**
 * Counts the rows of each pair of a true and a predicted class: scikit-learn's `confusion_matrix`.
 *
 *     counts[i][j] = Σ w over the rows of class i that were predicted to be of class j
 *
 * Rows whose true or predicted class is not among `labels` are left out. The time is proportional to the number of rows.
 *
 * @param yTrue The labels: whole numbers or words, one per row; with `decision` also the labels of {@linkcode hardMetric}.
 * @param yPred The decided labels in the same form; with `decision` outputs.
 * @param options `labels`, `targetNames`, `sampleWeight`, `normalize`, `decision`.
 * @returns The table; `normalize` makes 0/0 to 0.
 * @throws {TypeError} An argument that is neither a tensor nor an iterable; a threshold without a decision; an unknown
 * option.
 * @throws {RangeError} Shapes that do not fit; labels that are neither whole numbers nor words; several classes per row;
 * an option out of range.
 *
 * @see scikit-learn, `confusion_matrix`.
 *
 * @example
 * ```ts
 * import { confusionTable } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const table = confusionTable(["cat", "dog", "cat", "dog"], ["cat", "cat", "cat", "dog"]);
 * assertEquals(table.counts, [[2, 0], [1, 1]]);
 * assertEquals(table.records[1], { true: "dog", "predicted cat": 1, "predicted dog": 1 });
 * assertEquals(table.text, "[[2 0]\n [1 1]]");
 * ```
 */
export function confusionTable(yTrue: Labels, yPred: Labels, options: ConfusionTableOptions = {}): ConfusionTable {
  checkOptions(what, options, [...labelOptions, "normalize"]);
  const { normalize } = options;
  check(`make ${what}`, { normalize }, optional(oneOf("true", "pred", "all")));
  const classified = readLabels(what, yTrue, yPred, options), { labels, names, columns } = classified;
  if (columns !== undefined) {
    throw refuse(
      what,
      "yPred",
      `has ${columns} columns, a row can have several classes; say ` +
        "decision: 'argmax', or take the counts of a ConfusionMeter",
    );
  }
  const cells = normalized(countCells(classified), normalize);
  return {
    labels,
    names,
    counts: cells,
    records: cells.map((row, i) => ({
      true: names[i],
      ...Object.fromEntries(row.map((count, j) => [`predicted ${names[j]}`, count])),
    })),
    text: textOf(cells),
  };
}

/** Adds up the weights of the rows of each pair of a true and a predicted class. */
function countCells({ labels, positions, rows, truth, decided, sampleWeight }: Classified): number[][] {
  const size = labels.length, cells = new Float64Array(size * size);
  for (let row = 0; row < rows; row++) {
    const i = positions[truth[row]], j = positions[decided[row]];
    if (i >= 0 && j >= 0) cells[i * size + j] += sampleWeight === undefined ? 1 : sampleWeight[row];
  }
  return labels.map((_, k) => Array.from(cells.subarray(k * size, (k + 1) * size)));
}

const sum = (values: readonly number[]): number => values.reduce((total, v) => total + v, 0);

function normalized(counts: number[][], normalize: ConfusionTableOptions["normalize"]): number[][] {
  if (normalize === undefined) return counts;
  const columns = counts.map((_, j) => sum(counts.map((row) => row[j]))), all = sum(columns);
  return counts.map((row) => {
    const ofRow = sum(row);
    return row.map((count, j) => {
      const whole = normalize === "true" ? ofRow : normalize === "pred" ? columns[j] : all;
      return whole === 0 ? 0 : count / whole;
    });
  });
}

function textOf(counts: readonly (readonly number[])[]): string {
  const whole = counts.flat().every(Number.isInteger);
  const cells = counts.map((row) => row.map((count) => whole ? String(count) : fixedText(count, 4)));
  const width = widest(cells.flat());
  return `[${cells.map((row) => `[${row.map((cell) => padLeft(cell, width)).join(" ")}]`).join("\n ")}]`;
}
