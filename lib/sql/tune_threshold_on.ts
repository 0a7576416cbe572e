import { checkOptions, describe } from "../check/check.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import type { Score } from "../scores/score.ts";
import { addsCounts, scoreCounts, weightsOfClasses } from "../scoring/score_batch.ts";
import { checkTunedAverage, resolveOptions } from "../scoring/options.ts";
import { checkQuery } from "./answer.ts";
import { bestOfCuts, cutsOf, openCells, totalsOf } from "./cuts.ts";
import type { Query } from "./dialect.ts";
import { type ColumnCell, mostRanges, scanHistogram } from "./histogram.ts";
import { type Table, type TableOptions, tableOptions, toTable } from "./table.ts";

/** Options of {@linkcode tuneThresholdOn}. */
export interface TuneThresholdOnOptions extends TableOptions {
  /** Score to maximise: a name, a score, or a definition of your own that declares `quasiConvex`. */
  score: ScoreName | ScoreDefinition;
  /**
   * "binary": one output; "micro": one threshold for all outputs; "macro" and "weighted": one threshold per output.
   *
   * @default {"binary"}
   */
  average?: "binary" | "micro" | "macro" | "weighted";
}

/** The best threshold of a table, and its score. */
export interface TableThreshold {
  /** The threshold; with "macro" and "weighted" one per output. */
  readonly threshold: number | number[];
  /** The score at the threshold, on the table it was tuned on. */
  readonly value: number;
  /** The number of scans of the table. */
  readonly scans: number;
  /** The number of entries whose weight was rounded down to a multiple of 2⁻⁴⁰. */
  readonly inexact: number;
}

const what = "the tuned threshold";

/** The largest number of scans. */
const mostScans = 60;

/** Refuses a score that cannot be tuned from sums. */
function checkQuasiConvex(score: Score): void {
  if (score.quasiConvex) return;
  throw new TypeError(
    `Cannot make ${what}: the score '${score.name}' does not declare 'quasiConvex'; declare it if the score rises with tp ` +
      "and falls with fp, because the score between two outputs must be bounded",
  );
}

/**
 * Finds the best cut of each class, or of all together: the cells that may hold a better cut than the best border between two
 * cells are split, until there is none.
 */
async function bestCuts(query: Query, table: Table, { score, pooled }: { score: Score; pooled: boolean }) {
  const histogram = await scanHistogram(query, table, pooled), { cells, inexact } = histogram;
  while (true) {
    const best = cells.map((own) => bestOfCuts(score, cutsOf(own), totalsOf(own))), { scans } = histogram;
    const open = cells.flatMap((own, k) => openCells(score, own, best[k]).map((cell): ColumnCell => ({ k, cell })));
    if (open.length === 0) return { best, scans, inexact };
    if (scans === mostScans) {
      throw new RangeError(
        `Cannot compute ${what}: after ${scans} scans ${open.length} ranges of outputs may still hold a better cut; the ` +
          `score '${score.name}' is too flat on this table`,
      );
    }
    await histogram.split(open.sort((a, b) => b.cell.n - a.cell.n).slice(0, mostRanges));
  }
}

/**
 * Finds the threshold inside (0, 1) with the best score, from histograms that the engine adds up: the threshold and the score
 * of {@linkcode tuneThreshold}, to the last digit, ties included.
 *
 *     scan 1:   4,096 cells of the outputs; the score at every border between two cells is exact
 *     scan 2…:  the cells that may hold a better cut are split into 256, until there is none
 *
 * Inside a cell tp and fp lie in a rectangle. The score of a corner bounds the score of every cut in it, see
 * `Score.quasiConvex`. Ten million rows take three scans. No row leaves the engine and nothing is sorted, so no task of a
 * cluster has to hold all rows.
 *
 * @param query The engine. The table must be the same in every scan.
 * @param options The table, its columns, `score`, `average`.
 * @returns The threshold, or one per output, and the score.
 * @throws {TypeError} If the score or an option is unknown, or a score of your own does not declare `quasiConvex`.
 * @throws {RangeError} If an option is out of range, `average` is "samples", the table has no rows, a label, output or weight
 * is out of range or NULL, or the table changed between two scans: in its rows, or in the weight of its positives or negatives.
 *
 * @see Koyejo et al., "Consistent Binary Classification with Generalized Performance Metrics", NeurIPS 2014.
 *
 * @example
 * ```ts
 * import { tuneThresholdOn } from "@roundabout/roundabout/sql";
 * import { assertEquals } from "@std/assert";
 *
 * const one = `${2 ** 40}`, answer = [ // of an engine: two positives above two negatives
 *   { k: "0", slice: null, cell: "3276", flag: "0", n: "1", pos: one, neg: "0", low: "0.8", high: "0.8" },
 *   { k: "0", slice: null, cell: "2867", flag: "0", n: "1", pos: one, neg: "0", low: "0.7", high: "0.7" },
 *   { k: "0", slice: null, cell: "1228", flag: "0", n: "2", pos: "0", neg: `${2 ** 41}`, low: "0.3", high: "0.3" },
 * ];
 * const { threshold, value, scans } = await tuneThresholdOn(() => Promise.resolve(answer), {
 *   from: "scored",
 *   label: "y",
 *   output: "p",
 *   score: "f1",
 * });
 * assertEquals([threshold, value, scans], [0.5, 1, 1]);
 * ```
 */
export function tuneThresholdOn(
  query: Query,
  options: TuneThresholdOnOptions & { average?: "binary" | "micro" },
): Promise<TableThreshold & { threshold: number }>;
/** Finds the threshold, or with "macro" and "weighted" one per output. */
export function tuneThresholdOn(query: Query, options: TuneThresholdOnOptions): Promise<TableThreshold>;
export async function tuneThresholdOn(query: Query, options: TuneThresholdOnOptions): Promise<TableThreshold> {
  checkQuery(what, query);
  checkOptions(what, options, [...tableOptions, "score", "average"]);
  const { average = "binary" } = options, score = toScore(options.score);
  checkTunedAverage(what, average);
  checkQuasiConvex(score);
  const { scoring } = resolveOptions(what, score, { average, step: "round" });
  const table = toTable(what, options, ["score", "average"]);
  if (average === "binary" && table.columns > 1) {
    throw new RangeError(
      `Cannot make ${what}: 'average' is 'binary', 'output' names ${
        describe(table.columns)
      } columns; for several say 'macro', 'micro' or 'weighted'`,
    );
  }
  const pooled = addsCounts(average), { best, scans, inexact } = await bestCuts(query, table, { score, pooled });
  const thresholds = best.map(({ threshold }) => threshold), counts = best.map((cut) => cut.counts);
  const { value } = scoreCounts(counts, weightsOfClasses(counts, scoring), scoring);
  return { threshold: pooled ? thresholds[0] : thresholds, value, scans, inexact };
}
