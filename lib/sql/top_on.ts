import { countKeys, type Counts } from "../counts/counts.ts";
import { budgetOf, checkWithoutThreshold, isTop } from "../decisions/budget.ts";
import { changed, checkQuery, type Sums, toNumber } from "./answer.ts";
import { type Cut, cutsOf } from "./cuts.ts";
import type { CountsSqlOptions } from "./counts_sql.ts";
import type { Query } from "./dialect.ts";
import { type ColumnCell, type Histogram, scanHistogram } from "./histogram.ts";
import { toTable } from "./table.ts";

/** Options whose decision no longer is an alert budget. */
export interface Decided<T extends CountsSqlOptions> {
  readonly options: T;
  /** The counts of each column, where scans have found its threshold. */
  readonly counts?: readonly Counts[];
}

/** The border below the highest outputs of a column: between two cells, or inside one. */
interface Border {
  /** The number of cells above the border. */
  readonly index: number;
  /** The number of entries above these cells' end. */
  readonly above: number;
  /** Says that the border lies inside the next cell. */
  readonly inside: boolean;
}

/** Finds the border below the highest outputs. */
function borderOf(cells: Histogram["cells"][number], budget: number): Border {
  let above = 0, index = 0;
  while (above < budget && above + cells[index].n <= budget) above += cells[index++].n;
  return { index, above, inside: above < budget };
}

/** Finds the cut of each column below its highest outputs: the cell of the border is split until the border is one of cells. */
async function topCuts(histogram: Histogram, what: string, top: number): Promise<Cut[]> {
  const { cells } = histogram;
  const budgets = cells.map((own) => budgetOf(top, own.reduce((n, cell) => n + cell.n, 0)));
  while (true) {
    const borders = cells.map((own, k) => borderOf(own, budgets[k]));
    const open = borders.flatMap(({ index, inside }, k): ColumnCell[] => inside ? [{ k, cell: cells[k][index] }] : []);
    for (const { k, cell: { low, n } } of open.filter(({ cell }) => cell.low === cell.high)) {
      const { above } = borders[k], ends = [above, above + n].filter((end) => end > 0);
      throw new RangeError(
        `Cannot compute ${what}: the border of { top: ${top} } lies inside ${n} rows${
          cells.length === 1 ? "" : ` of column ${k}`
        } with the output ${low}, and a table has no order of its rows; say { top: ${ends.join(" } or { top: ")} }`,
      );
    }
    if (open.length === 0) return borders.map(({ index }, k) => cutsOf(cells[k])[index]);
    await histogram.split(open);
  }
}

/**
 * Replaces an alert budget, `{ top: k }`, by the thresholds above which the k highest outputs of each column lie. Scans of
 * histograms find the k-th highest output, as a quantile; nothing is sorted. Other decisions stay as they are.
 */
export async function decide<T extends CountsSqlOptions>(
  query: Query,
  what: string,
  options: T,
  known: readonly string[],
): Promise<Decided<T>> {
  checkQuery(what, query);
  const { decision, threshold } = options ?? {};
  if (!isTop(decision)) return { options };
  checkWithoutThreshold(what, decision, threshold);
  const { top } = decision, table = toTable(what, { ...options, decision: undefined, by: undefined }, known);
  const cuts = await topCuts(await scanHistogram(query, table, false), what, top);
  const thresholds = cuts.map((cut, k) => {
    if (cut.threshold !== undefined) return cut.threshold;
    throw new RangeError(
      `Cannot compute ${what}: no threshold inside (0, 1) decides as { top: ${top} } does${
        cuts.length === 1 ? "" : ` in column ${k}`
      }, because the outputs at the border are 0 or 1, or differ by less than float32 can tell`,
    );
  });
  const decided = { ...options, decision: undefined, threshold: thresholds.length === 1 ? thresholds[0] : thresholds };
  return { options: decided, counts: cuts.map(({ counts }) => counts) };
}

/** Throws unless a scan has the counts that an earlier one has found, if there was one. */
export function checkDecided<T extends CountsSqlOptions>(
  what: string,
  { counts }: Decided<T>,
  sums: readonly Sums[],
): void {
  counts?.forEach((wanted, k) => {
    const total = (of: "pos" | "neg", cell: number) =>
      toNumber(sums.reduce((sum, one) => one.k === k && one.cell === cell ? sum + one[of] : sum, 0n));
    const found: Counts = { tp: total("pos", 1), fp: total("neg", 1), fn: total("pos", 0), tn: total("neg", 0) };
    const key = countKeys.find((key) => found[key] !== wanted[key]);
    if (key === undefined) return;
    throw changed(what, `${key}${counts.length === 1 ? "" : ` of column ${k}`}`, wanted[key], found[key]);
  });
}
