import type { Counts } from "../counts/counts.ts";
import { precision, recall } from "../scores/ratio.ts";
import { checkQuery, readScan, toNumber } from "./answer.ts";
import { type Cell, cutsOf, toCells, totalsOf } from "./cuts.ts";
import { checkCells, histogramText } from "./counts_sql.ts";
import type { Query } from "./dialect.ts";
import { type TableOptions, toTable } from "./table.ts";

/** Options of {@linkcode curveOn}. */
export interface CurveOnOptions extends TableOptions {
  /**
   * The number of cells of the histogram, and so the largest number of points less one.
   *
   * @default {4096}
   */
  cells?: number;
}

/** A point of the two curves. */
export interface CurvePoint {
  /**
   * The threshold: outputs above it are the positive decisions. It is 1 where no output is above it; −Infinity where all are
   * and one of them is 0.
   */
  readonly threshold: number;
  /** The exact counts. */
  readonly counts: Counts;
  /** tp / (tp + fp); 1 where no decision is positive, as in scikit-learn. */
  readonly precision: number;
  /** tp / (tp + fn), the true positive rate; NaN without a positive. */
  readonly recall: number;
  /** fp / (fp + tn), the false positive rate; NaN without a negative. */
  readonly fallOut: number;
}

/** Bounds of a number: the exact value lies between them. */
export interface Bounds {
  /** The lower bound. */
  readonly low: number;
  /** The upper bound. */
  readonly high: number;
}

/** The curves of an output. */
export interface TableCurve {
  /** The points, the largest threshold first. */
  readonly points: readonly CurvePoint[];
  /** The area under the ROC curve, ties counted by half; NaN without a positive or a negative. */
  readonly rocAuc: Bounds;
  /** The average precision, Σ (Rᵢ − Rᵢ₋₁)·Pᵢ over all thresholds; NaN without a positive. */
  readonly averagePrecision: Bounds;
}

/** Bounds the area under the ROC curve: inside a cell the order of positives and negatives is not known. */
function rocAucOf(cells: readonly Cell[]): Bounds {
  const totals = totalsOf(cells), whole = toNumber(totals.pos) * toNumber(totals.neg);
  let above = 0, low = 0, high = 0; // the weight of the positives above
  for (const { pos, neg, ...cell } of cells) {
    const p = toNumber(pos), n = toNumber(neg), single = cell.low === cell.high;
    low += n * above + (single ? p * n / 2 : 0);
    high += n * above + (single ? p * n / 2 : p * n);
    above += p;
  }
  return { low: low / whole, high: high / whole };
}

/**
 * Bounds the average precision. In a cell that begins at (tp, fp) and has p positives and n negatives, the precision is at
 * most (tp + p) / (tp + p + fp), and after t of the positives at least (tp + t) / (tp + t + fp + n):
 *
 *     ∫₀ᵖ (tp + t)/(tp + t + f) dt = p − f·ln((tp + p + f)/(tp + f)),    f = fp + n
 */
function averagePrecisionOf(cells: readonly Cell[]): Bounds {
  let tp = 0, fp = 0, low = 0, high = 0;
  for (const { pos, neg, ...cell } of cells) {
    const p = toNumber(pos), n = toNumber(neg), f = fp + n;
    if (p > 0) {
      const all = p * (tp + p) / (tp + p + f);
      const least = f === 0 ? p : p - f * Math.log1p(p / (tp + f));
      low += cell.low === cell.high ? all : least;
      high += cell.low === cell.high ? all : p * (tp + p) / (tp + p + fp);
    }
    tp += p;
    fp += n;
  }
  const whole = toNumber(totalsOf(cells).pos);
  return { low: Math.max(0, low) / whole, high: high / whole };
}

/**
 * Computes the precision-recall curve and the ROC curve of each output in one scan, from a histogram.
 *
 * Every point is exact. Between two points the curve is known up to the order of the outputs of one cell, so the two areas
 * come with bounds; they are equal if every cell holds one value.
 *
 * @param query The engine.
 * @param options The table, its columns, `cells`.
 * @returns One curve per output.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If an option is out of range, the table has no rows, or a label, output or weight is out of range or
 * NULL.
 *
 * @see scikit-learn, `average_precision_score` and `roc_auc_score`.
 *
 * @example
 * ```ts
 * import { curveOn } from "@roundabout/roundabout/sql";
 * import { assertEquals } from "@std/assert";
 *
 * const one = `${2 ** 40}`, answer = [ // of an engine
 *   { k: "0", slice: null, cell: "3276", flag: "0", n: "1", pos: one, neg: "0", low: "0.8", high: "0.8" },
 *   { k: "0", slice: null, cell: "2867", flag: "0", n: "1", pos: "0", neg: one, low: "0.7", high: "0.7" },
 *   { k: "0", slice: null, cell: "1228", flag: "0", n: "1", pos: one, neg: "0", low: "0.3", high: "0.3" },
 * ];
 * const [{ points, rocAuc }] = await curveOn(() => Promise.resolve(answer), { from: "scored", label: "y", output: "p" });
 * assertEquals(points.map(({ recall, fallOut }) => [fallOut, recall]), [[0, 0], [0, 0.5], [1, 0.5], [1, 1]]);
 * assertEquals(rocAuc, { low: 0.5, high: 0.5 });
 * ```
 */
export async function curveOn(query: Query, options: CurveOnOptions): Promise<TableCurve[]> {
  const what = "the curve";
  checkQuery(what, query);
  const table = toTable(what, options, ["cells"]), cells = checkCells(what, options.cells);
  const { sums } = readScan(table, await query(histogramText(table, cells, false)));
  return Array.from({ length: table.columns }, (_, k): TableCurve => {
    const own = toCells(sums, k), cuts = cutsOf(own);
    const points = cuts.map(({ threshold, counts }, i): CurvePoint => ({
      threshold: i === 0 ? 1 : threshold ?? -Infinity,
      counts,
      precision: counts.tp + counts.fp === 0 ? 1 : precision.value(counts),
      recall: recall.value(counts),
      fallOut: counts.fp / (counts.fp + counts.tn),
    }));
    return { points, rocAuc: rocAucOf(own), averagePrecision: averagePrecisionOf(own) };
  });
}
