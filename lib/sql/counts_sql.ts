import { check, integerFrom } from "../check/check.ts";
import { double, sumOfUnits } from "./dialect.ts";
import { flags, type Table, type TableDecisionOptions, type TableOptions, toTable } from "./table.ts";

/** Options of {@linkcode countsSql}. */
export interface CountsSqlOptions extends TableOptions, TableDecisionOptions {
  /** A column: one set of counts per value of it. */
  by?: string;
}

/** Options of {@linkcode histogramSql}. */
export interface HistogramSqlOptions extends TableOptions {
  /**
   * The number of cells of equal width between 0 and 1.
   *
   * @default {4096}
   */
  cells?: number;
}

/** Writes the sums of the entries, by class, slice, flag and a key. */
function sumsSql({ key, entries, pooled = false }: { key: string; entries: string; pooled?: boolean }): string {
  const counted = `flag IN (0, ${flags.inexact})`;
  const term = (weight: string) => sumOfUnits(`(CASE WHEN ${counted} THEN ${weight} ELSE ${double(0)} END)`);
  return `SELECT CAST(k AS STRING) AS k, slice, CAST(cell AS STRING) AS cell, CAST(flag AS STRING) AS flag, ` +
    `CAST(COUNT(*) AS STRING) AS n, ${term("w * y")} AS pos, ${term(`w * (${double(1)} - y)`)} AS neg, ` +
    `CAST(MIN(p) AS STRING) AS low, CAST(MAX(p) AS STRING) AS high ` +
    `FROM (SELECT ${pooled ? "0 AS k" : "k"}, slice, flag, y, p, w, ${key} AS cell FROM ${entries}) AS keyed ` +
    `GROUP BY k, slice, cell, flag`;
}

/** Writes the text of {@linkcode countsSql}. */
export const countsText = ({ entries, decided }: Table): string =>
  sumsSql({ key: `CASE WHEN ${decided} THEN 1 ELSE 0 END`, entries: `(${entries}) AS entries` });

/**
 * Writes the SQL text of the confusion counts: one scan, one row per class, slice, decision (`cell`, 1 for positive) and
 * flag.
 *
 *     pos = Σ w·y    neg = Σ w·(1 − y)    in units of 2⁻⁴⁰;    n the number of entries;    low, high the smallest and largest output
 *
 * tp and fp are pos and neg of the positive decisions, fn and tn those of the negative ones. An entry with the flag 0 is
 * counted exactly; one with the flag 4 has a weight that is rounded down to a multiple of 2⁻⁴⁰. The flags 1, 2 and 3 are
 * those of entries whose label, output or weight is out of range or NULL; they are not counted.
 *
 * @param options The table, its columns, the decision, the slices.
 * @returns The text, for any client of the engine.
 * @throws {TypeError} If a column is not named, or an option is unknown.
 * @throws {RangeError} If an option is out of range; if the decision is `{ top: k }`, whose threshold takes scans of its own.
 *
 * @example
 * ```ts
 * import { countsSql } from "@roundabout/roundabout/sql";
 * import { assertMatch } from "@std/assert";
 *
 * const text = countsSql({ from: "scored", label: "y", output: 'p"; DROP TABLE scored; --' });
 * assertMatch(text, /CAST\("p""; DROP TABLE scored; --" AS DOUBLE\)/); // a name, however odd
 * ```
 */
export const countsSql = (options: CountsSqlOptions): string =>
  countsText(toTable("the counts", options, ["decision", "threshold", "by"]));

/** A range of outputs that is split further. */
export interface OpenRange {
  readonly k: number;
  /** The cell of the first histogram that the range lies in. */
  readonly cell: number;
  /** The smallest and the largest output. */
  readonly low: number;
  readonly high: number;
}

const cellOf = (cells: number): string => `CAST(FLOOR(p * ${double(cells)}) AS BIGINT)`;

/** The entries whose weight is not 0: a weight of 0 divides no gap between outputs. */
const weighted = (entries: string): string =>
  `(SELECT * FROM (${entries}) AS entries WHERE w <> 0 OR w IS NULL) AS entries`;

/** Writes the text of {@linkcode histogramSql}. */
export const histogramText = ({ entries }: Table, cells: number, pooled: boolean): string =>
  sumsSql({ key: cellOf(cells), entries: weighted(entries), pooled });

/**
 * Writes the text that splits ranges of outputs: `cell` is `range·(splits + 1)` plus the place inside the range, NULL for an
 * entry outside of all ranges. Every entry is counted, so that two scans can be compared.
 */
export function refineText(
  { entries }: Table,
  { cells, pooled, ranges, splits }: { cells: number; pooled: boolean; ranges: readonly OpenRange[]; splits: number },
): string {
  const list = ranges.map(({ k, cell, low, high }, id) => `(${id}, ${k}, ${cell}, ${double(low)}, ${double(high)})`);
  const place = `ranges.id * ${splits + 1} + CAST(FLOOR((e.p - ranges.low) / (ranges.high - ranges.low) * ${
    double(splits)
  }) AS BIGINT)`;
  const joined =
    `(SELECT e.k, e.slice, e.flag, e.y, e.p, e.w, ${place} AS place FROM (SELECT ${
      pooled ? "0 AS k" : "k"
    }, slice, flag, y, p, w, ${cellOf(cells)} AS cell FROM ${weighted(entries)}) AS e LEFT JOIN (VALUES ${
      list.join(", ")
    }) AS ranges(id, k, cell, low, high) ON e.k = ranges.k AND e.cell = ranges.cell AND e.p >= ranges.low AND ` +
    `e.p <= ranges.high) AS joined`;
  return sumsSql({ key: "place", entries: joined });
}

/** Checks the number of cells. */
export function checkCells(what: string, cells: unknown = 4096): number {
  check(`make ${what}`, { cells }, integerFrom(2, 2 ** 20));
  return cells as number;
}

/**
 * Writes the SQL text of a histogram of the outputs: one scan, one row per class, cell and flag, with the sums of
 * {@linkcode countsSql}.
 *
 *     cell = ⌊p·cells⌋
 *
 * Entries with a weight of 0 are left out. The counts at any border between two cells follow by adding up, so a curve or the
 * best threshold needs no sort.
 *
 * @param options The table, its columns, the number of cells.
 * @returns The text, for any client of the engine.
 * @throws {TypeError} If a column is not named, or an option is unknown.
 * @throws {RangeError} If an option is out of range.
 *
 * @example
 * ```ts
 * import { histogramSql } from "@roundabout/roundabout/sql";
 * import { assertMatch } from "@std/assert";
 *
 * assertMatch(histogramSql({ from: "scored", label: "y", output: "p", cells: 256 }), /FLOOR\(p \* CAST\('256' AS DOUBLE\)\)/);
 * ```
 */
export function histogramSql(options: HistogramSqlOptions): string {
  const what = "the histogram", table = toTable(what, options, ["cells"]);
  return histogramText(table, checkCells(what, options.cells), false);
}

/** Writes the sums of the rows by their true and decided class, in `pos`; `k` is the true class, `cell` the decided one. */
export const pairsText = ({ rows }: Table): string =>
  `SELECT CAST(truth AS STRING) AS k, slice, CAST(best AS STRING) AS cell, CAST(flag AS STRING) AS flag, ` +
  `CAST(COUNT(*) AS STRING) AS n, ${
    sumOfUnits(`(CASE WHEN flag IN (0, ${flags.inexact}) THEN w ELSE ${double(0)} END)`)
  } AS pos FROM (${rows}) AS pairs GROUP BY truth, slice, best, flag`;
