import {
  classificationReport,
  type ClassificationReportOptions,
  type ReportRow,
} from "../metrics/classification_report.ts";
import { type ConfusionTable, confusionTable, type ConfusionTableOptions } from "../metrics/confusion_table.ts";
import { readScan, type Scan, type Sums, toNumber } from "./answer.ts";
import { slicesOf } from "./counts_on.ts";
import { type CountsSqlOptions, countsText, pairsText } from "./counts_sql.ts";
import type { Query } from "./dialect.ts";
import { type Table, toTable } from "./table.ts";
import { checkDecided, decide } from "./top_on.ts";

/** Options of {@linkcode reportOn}. */
export interface ReportOnOptions
  extends CountsSqlOptions, Pick<ClassificationReportOptions, "zeroDivision" | "targetNames"> {}

/** Options of {@linkcode confusionOn}. */
export interface ConfusionOnOptions
  extends CountsSqlOptions, Pick<ConfusionTableOptions, "normalize" | "targetNames"> {}

/** The report of a table, or of one slice of it. */
export interface SliceReport {
  /** The value of the column `by`, as a text; null for NULL, and without `by`. */
  readonly slice: string | null;
  /** The rows of {@linkcode classificationReport}. */
  readonly rows: ReportRow[];
}

/** The confusion table of a table, or of one slice of it. */
export interface SliceConfusion {
  /** The value of the column `by`, as a text; null for NULL, and without `by`. */
  readonly slice: string | null;
  /** The table. */
  readonly table: ConfusionTable;
}

/** Rows that stand for many: the true and the decided class, and the weight of all that have them. */
interface WeighedPairs {
  readonly truth: (number | string)[];
  readonly decided: (number | string)[];
  readonly sampleWeight: number[];
}

/** Returns the pairs of each slice. A pair with the weight 0 shows that its classes occur. */
function pairsOf({ classes }: Table, scan: Scan): { slice: string | null; pairs: WeighedPairs }[] {
  return slicesOf(scan).map(([slice, sums]) => ({
    slice,
    pairs: {
      truth: sums.map(({ k }) => classes[k]),
      decided: sums.map(({ cell }) => classes[cell!]),
      sampleWeight: sums.map(({ pos }) => toNumber(pos)),
    },
  }));
}

/** Returns pairs of the classes 0 and 1 as the sums of counts. */
const asCounts = ({ sums }: Scan): Sums[] =>
  sums.map((one) => ({ ...one, k: 0, pos: one.k === 1 ? one.pos : 0n, neg: one.k === 0 ? one.pos : 0n }));

/** Tells whether a row of a report is not the mean over rows. */
const isKept = (row: ReportRow): boolean => row.class !== "samples avg";

/**
 * Computes precision, recall, F1 and support of each class, and their means, in one scan: the rows of
 * {@linkcode classificationReport}, one report per slice.
 *
 * The counts are exact, see {@linkcode countsOn}, and are scored by `classificationReport` itself. Labels must be 0 and 1,
 * or classes. With several outputs and thresholds a row may have several classes; "samples avg", the mean over rows, is then
 * left out, because it needs the rows.
 *
 * @param query The engine.
 * @param options The table, its columns, the decision, `by`, `zeroDivision`, `targetNames`.
 * @returns One report per slice, sorted by slice; without `by` one.
 * @throws {TypeError} If an option is unknown, or the engine's answer is not rows.
 * @throws {RangeError} If an option is out of range, the table has no rows, or a label, output or weight is out of range or
 * NULL.
 *
 * @example
 * ```ts
 * import { reportOn } from "@roundabout/roundabout/sql";
 * import { assertEquals } from "@std/assert";
 *
 * const one = 2 ** 40, answer = [ // of an engine: true class, decided class, weight in units
 *   { k: "1", slice: null, cell: "1", flag: "0", n: "2", pos: `${2 * one}` },
 *   { k: "0", slice: null, cell: "1", flag: "0", n: "1", pos: `${one}` },
 *   { k: "0", slice: null, cell: "0", flag: "0", n: "1", pos: `${one}` },
 * ];
 * const [{ rows }] = await reportOn(() => Promise.resolve(answer), { from: "scored", label: "y", output: "p" });
 * assertEquals(rows[1], { class: "1", precision: 2 / 3, recall: 1, f1: 0.8, support: 2 });
 * ```
 */
export async function reportOn(query: Query, options: ReportOnOptions): Promise<SliceReport[]> {
  const what = "the report", known = ["decision", "threshold", "by", "zeroDivision", "targetNames"];
  const decided = await decide(query, what, options, known), table = toTable(what, decided.options, known);
  const { zeroDivision, targetNames = table.classes.map(String) } = options;
  const multiLabel = table.columns > 1 && options.decision !== "argmax";
  const scan = readScan(table, await query(multiLabel ? countsText(table) : pairsText(table)));
  checkDecided(what, decided, multiLabel ? scan.sums : asCounts(scan));
  if (multiLabel) return multiLabelReport(scan, table.columns, { zeroDivision, targetNames });
  return pairsOf(table, scan).map(({ slice, pairs: { truth, decided, sampleWeight } }) => ({
    slice,
    rows: classificationReport(truth, decided, {
      sampleWeight,
      labels: table.classes,
      targetNames,
      zeroDivision,
      output: "records",
    }),
  }));
}

/** Reports classes of which a row may have several: every count of a class is a row that has no other class. */
function multiLabelReport(
  scan: Scan,
  columns: number,
  options: Pick<ReportOnOptions, "zeroDivision" | "targetNames">,
): SliceReport[] {
  return slicesOf(scan).map(([slice, sums]) => {
    const entries = sums.flatMap(({ k, cell, pos, neg }) => [
      { k, cell: cell!, truth: 1, weight: toNumber(pos) },
      { k, cell: cell!, truth: 0, weight: toNumber(neg) },
    ]);
    const hot = (k: number, value: number) => Array.from({ length: columns }, (_, j) => j === k ? value : 0);
    const rows = classificationReport(
      entries.map(({ k, truth }) => hot(k, truth)),
      entries.map(({ k, cell }) => hot(k, cell)),
      { ...options, sampleWeight: entries.map(({ weight }) => weight), output: "records" },
    );
    return { slice, rows: rows.filter(isKept) };
  });
}

/**
 * Counts the rows of each pair of a true and a decided class, in one scan: {@linkcode confusionTable}, one table per slice.
 *
 * @param query The engine.
 * @param options The table, its columns, the decision, `by`, `normalize`, `targetNames`.
 * @returns One confusion table per slice, sorted by slice; without `by` one.
 * @throws {TypeError} If an option is unknown, or the engine's answer is not rows.
 * @throws {RangeError} If several outputs have thresholds, so that a row can have several classes; otherwise as
 * {@linkcode reportOn}.
 *
 * @example
 * ```ts
 * import { confusionOn } from "@roundabout/roundabout/sql";
 * import { assertEquals } from "@std/assert";
 *
 * const answer = [{ k: "1", slice: "north", cell: "0", flag: "0", n: "3", pos: `${3 * 2 ** 40}` }]; // of an engine
 * const [{ slice, table }] = await confusionOn(() => Promise.resolve(answer), {
 *   from: "scored",
 *   label: "y",
 *   output: "p",
 *   by: "region",
 * });
 * assertEquals([slice, table.counts], ["north", [[0, 0], [3, 0]]]);
 * ```
 */
export async function confusionOn(query: Query, options: ConfusionOnOptions): Promise<SliceConfusion[]> {
  const what = "the confusion table", known = ["decision", "threshold", "by", "normalize", "targetNames"];
  if (Array.isArray(options?.output) && options.output.length > 1 && options.decision !== "argmax") {
    throw new RangeError(
      `Cannot make ${what}: 'output' names ${options.output.length} columns, a row can have several classes; say ` +
        "decision: 'argmax', or take the counts of countsOn",
    );
  }
  const decided = await decide(query, what, options, known), table = toTable(what, decided.options, known);
  const { normalize, targetNames = table.classes.map(String) } = options;
  const scan = readScan(table, await query(pairsText(table)));
  checkDecided(what, decided, asCounts(scan));
  return pairsOf(table, scan).map(({ slice, pairs: { truth, decided, sampleWeight } }) => ({
    slice,
    table: confusionTable(truth, decided, { sampleWeight, labels: table.classes, targetNames, normalize }),
  }));
}
