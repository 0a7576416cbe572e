import type { Counts } from "../counts/counts.ts";
import { ConfusionMeter } from "../metrics/confusion_meter.ts";
import { groupBy } from "../numerics/group_by.ts";
import { readScan, type Scan, type Sums, toTerms } from "./answer.ts";
import { type CountsSqlOptions, countsText } from "./counts_sql.ts";
import type { Query } from "./dialect.ts";
import { toTable } from "./table.ts";
import { checkDecided, decide } from "./top_on.ts";

/** The counts of a table, or of one slice of it. */
export interface TableCounts {
  /** The value of the column `by`, as a text; null for NULL, and without `by`. */
  readonly slice: string | null;
  /** The counts as a meter: it scores them, and merges them with others. */
  readonly meter: ConfusionMeter;
  /** The number of rows. */
  readonly rows: number;
}

/** The counts of a table in slices. */
export interface SlicedCounts {
  /** The slices, sorted; one without `by`. */
  readonly slices: readonly TableCounts[];
  /** The number of entries (rows times outputs) whose weight was rounded down to a multiple of 2⁻⁴⁰. */
  readonly inexact: number;
}

/** Orders slices by their texts, NULL first. */
const bySlice = (a: string | null, b: string | null): number =>
  a === b ? 0 : a === null || (b !== null && a < b) ? -1 : 1;

/** Groups the sums of a scan by their slice, in order. */
export function slicesOf({ sums }: Scan): [slice: string | null, sums: Sums[]][] {
  const groups = groupBy(sums, ({ slice }) => slice);
  return [...groups].sort(([a], [b]) => bySlice(a, b));
}

/**
 * Counts a table in the engine, in one scan, without any row leaving it. With `{ top: k }` more scans find the threshold
 * first, which is then the meter's: three or four on usual tables, and one per factor of 256 by which outputs crowd.
 *
 *     tp = Σ w·y    fp = Σ w·(1 − y)    over the positive decisions;    fn, tn over the negative ones
 *
 * The counts are those of {@linkcode ConfusionMeter}, bit for bit, if the weights are multiples of 2⁻⁴⁰ (whole numbers are,
 * and float32 weights of at least 2⁻¹⁷). They are sums of integers, so the bits do not depend on the number of threads, the
 * order of the rows, or a task that ran twice.
 *
 * @param query The engine.
 * @param options The table, its columns, the decision, the slices.
 * @returns One meter per slice.
 * @throws {TypeError} If an option is unknown, or the engine's answer is not rows.
 * @throws {RangeError} If an option is out of range, the table has no rows, or a label, output or weight is out of range or
 * NULL.
 *
 * @example
 * ```ts
 * import { countsOn } from "@roundabout/roundabout/sql";
 * import { assertEquals } from "@std/assert";
 *
 * const answer = [ // of an engine, for the table below
 *   { k: "0", slice: null, cell: "1", flag: "0", n: "3", pos: `${2 * 2 ** 40}`, neg: `${2 ** 40}`, low: "0.6", high: "0.9" },
 *   { k: "0", slice: null, cell: "0", flag: "0", n: "1", pos: "0", neg: `${2 ** 40}`, low: "0.2", high: "0.2" },
 * ];
 * const { slices: [{ meter, rows }] } = await countsOn(() => Promise.resolve(answer), {
 *   from: { files: "scored/*.parquet" },
 *   label: "y",
 *   output: "p",
 * });
 * assertEquals(meter.counts, [{ tp: 2, fp: 1, fn: 0, tn: 1 }]);
 * assertEquals([rows, meter.value("precision")], [4, 2 / 3]);
 * ```
 */
export async function countsOn(query: Query, options: CountsSqlOptions): Promise<SlicedCounts> {
  const what = "the counts", known = ["decision", "threshold", "by"];
  const decided = await decide(query, what, options, known), table = toTable(what, decided.options, known);
  const scan = readScan(table, await query(countsText(table)));
  checkDecided(what, decided, scan.sums);
  const { decision = "threshold", threshold = 0.5 } = decided.options;
  const slices = slicesOf(scan).map(([slice, sums]): TableCounts => {
    const counts = Array.from({ length: table.columns }, (_, k) => {
      const find = (cell: number) => sums.find((one) => one.k === k && one.cell === cell);
      const positive = find(1), negative = find(0);
      const terms = (units: bigint | undefined) => toTerms(units ?? 0n);
      return {
        tp: terms(positive?.pos),
        fp: terms(positive?.neg),
        fn: terms(negative?.pos),
        tn: terms(negative?.neg),
      } satisfies Record<keyof Counts, number[]>;
    });
    const meter = ConfusionMeter.fromJSON({
      version: 1,
      decision: decision === "argmax" ? "argmax" : "threshold",
      threshold: decision === "argmax" ? null : threshold,
      fromLogits: false,
      ignoreLabel: null,
      counts,
    });
    return { slice, meter, rows: sums.reduce((n, one) => n + one.n, 0) / table.columns };
  });
  return { slices, inexact: scan.inexact };
}
