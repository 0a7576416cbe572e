import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
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
   * Shares instead of counts: of the rows of a class ("true"), of those predicted to be it ("pred"), or of "all".
   *
   * @default {counts}
   */
  normalize?: "true" | "pred" | "all";
}

/** How often rows of one class are taken for another. */
export interface ConfusionTable {
  /** The classes. */
  readonly labels: readonly Label[];
  /** What they are called. */
  readonly names: readonly string[];
  /** One array a true class, with a number for each predicted one. */
  readonly counts: readonly (readonly number[])[];
  /** The same as rows, which a notebook's `table` shows and polars takes. */
  readonly records: Record<string, string | number>[];
  /** The same as a text: whole numbers as scikit-learn's array prints them, others with four decimals. */
  readonly text: string;
}

const task = "the confusion table";

/**
 * How often rows of one class are taken for another: scikit-learn's `confusion_matrix`.
 *
 *     counts[i][j] = Σ w over the rows of class i that were predicted to be of class j
 *
 * Rows whose class, true or predicted, is not among `labels` are left out.
 *
 * @param yTrue The labels: whole numbers or words, one a row. With `decision` also what {@linkcode hardMetric} takes.
 * @param yPred The decided labels, alike; with `decision` outputs.
 * @param options `labels`, `targetNames`, `sampleWeight`, `normalize`, `decision`.
 * @returns The table; where `normalize` divides 0 by 0, 0.
 * @throws {TypeError} Something that is neither a tensor nor can be iterated; a threshold without a
 * decision; an unknown option.
 * @throws {RangeError} Shapes that don't fit, labels that are neither whole numbers nor words, several classes a row, an
 * option out of range.
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
  checkOptions(task, options, [...labelOptions, "normalize"]);
  const { normalize } = options;
  if (normalize !== undefined && !["true", "pred", "all"].includes(normalize)) {
    throw new RangeError(
      `Cannot make ${task}: 'normalize' must be 'true', 'pred' or 'all', it is ${describe(normalize)}`,
    );
  }
  const classified = readLabels(task, yTrue, yPred, options), { labels, names, columns } = classified;
  if (columns !== undefined) {
    throw new RangeError(
      `Cannot compute ${task}: 'yPred' has ${columns} columns, a row can have several classes; say ` +
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
