import { groupBy } from "../numerics/group_by.ts";
import { changed, readScan, type Scan, type Sums, toNumber } from "./answer.ts";
import { histogramText, type OpenRange, refineText } from "./counts_sql.ts";
import { type Cell, toCells, totalsOf } from "./cuts.ts";
import type { Query } from "./dialect.ts";
import type { Table } from "./table.ts";

/** The number of cells of the first scan, and the largest number of cells of a later one. */
const firstCells = 4096, mostCells = 2 ** 20;

/** The largest number of ranges in a text. */
export const mostRanges = 4096;

/** A cell of a column. */
export interface ColumnCell {
  readonly k: number;
  readonly cell: Cell;
}

/** The outputs of each column in cells, which scans of the table split where a caller needs it. */
export interface Histogram {
  /** The cells of each column, the highest outputs first. */
  readonly cells: readonly Cell[][];
  /** The number of scans so far. */
  readonly scans: number;
  /** The number of entries whose weight was rounded down to a multiple of 2⁻⁴⁰. */
  readonly inexact: number;
  /** Splits at most {@linkcode mostRanges} cells, in one scan; throws if the table changed since the first scan. */
  split(open: readonly ColumnCell[]): Promise<void>;
}

/** Throws unless two scans have read the same entries. */
function checkTotals(what: string, first: Scan, second: Scan, columns: number): void {
  for (let k = 0; k < columns; k++) {
    const [a, b] = [first, second].map(({ sums }) => totalsOf(sums.filter((one) => one.k === k)));
    const of = columns === 1 ? "" : ` of column ${k}`;
    if (a.n !== b.n) throw changed(what, `the number of rows${of}`, a.n, b.n);
    if (a.pos !== b.pos) throw changed(what, `the weight of the positives${of}`, toNumber(a.pos), toNumber(b.pos));
    if (a.neg !== b.neg) throw changed(what, `the weight of the negatives${of}`, toNumber(a.neg), toNumber(b.neg));
  }
}

/** Returns the cells that a cell was split into. */
function partsOf(what: string, cell: Cell, parts: readonly Cell[]): Cell[] {
  const whole = totalsOf(parts);
  if (whole.n !== cell.n || whole.pos !== cell.pos || whole.neg !== cell.neg) {
    throw changed(what, `the number of outputs from ${cell.low} to ${cell.high}`, cell.n, whole.n);
  }
  return parts.map((part) => ({ ...part, cell: cell.cell }));
}

/** Scans the outputs of a table into 4,096 cells per column, or for all columns together. No scan sorts: it adds up cells. */
export async function scanHistogram(query: Query, table: Table, pooled: boolean): Promise<Histogram> {
  const { what } = table, columns = pooled ? 1 : table.columns;
  const first = readScan(table, await query(histogramText(table, firstCells, pooled)));
  const cells = Array.from({ length: columns }, (_, k) => toCells(first.sums, k));
  let scans = 1;
  return {
    cells,
    inexact: first.inexact,
    get scans() {
      return scans;
    },
    split: async (open) => {
      const splits = Math.min(256, Math.max(2, Math.floor(mostCells / open.length)));
      const ranges = open.map(({ k, cell: { cell, low, high } }): OpenRange => ({ k, cell, low, high }));
      const scan = readScan(table, await query(refineText(table, { cells: firstCells, pooled, ranges, splits })));
      scans++;
      checkTotals(what, first, scan, columns);
      const parts = groupBy(
        scan.sums.filter(({ cell }) => cell !== null),
        ({ cell }: Sums) => Math.floor(cell! / (splits + 1)),
      );
      open.forEach(({ k, cell }, id) => {
        const at = cells[k].indexOf(cell);
        cells[k].splice(at, 1, ...partsOf(what, cell, toCells(parts.get(id) ?? [], k)));
      });
    },
  };
}
