import type { Counts } from "../counts/counts.ts";
import { between } from "../numerics/rank.ts";
import type { Score } from "../scores/score.ts";
import { valueOf } from "../scoring/score_batch.ts";
import { decisionAt } from "../steps/round.ts";
import { type Sums, toNumber } from "./answer.ts";

/** Entries whose outputs lie between two outputs that occur, with no other entry between them. */
export interface Cell {
  /** The cell of the first histogram. */
  readonly cell: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly pos: bigint;
  readonly neg: bigint;
}

/** A threshold between two cells, and its exact counts. */
export interface Cut {
  /** The threshold; undefined if no threshold inside (0, 1) separates the outputs. */
  readonly threshold: number | undefined;
  /** The distance between the outputs beside the threshold. */
  readonly gap: number;
  readonly counts: Counts;
}

/** Returns the weight of the positives and of the negatives of cells, in units. */
export const totalsOf = (cells: readonly Pick<Cell, "n" | "pos" | "neg">[]): { n: number; pos: bigint; neg: bigint } =>
  cells.reduce((sum, { n, pos, neg }) => ({ n: sum.n + n, pos: sum.pos + pos, neg: sum.neg + neg }), {
    n: 0,
    pos: 0n,
    neg: 0n,
  });

/** Makes cells of the sums of a class, the highest outputs first. */
export const toCells = (sums: readonly Sums[], k: number): Cell[] =>
  sums.filter((one) => one.k === k && one.cell !== null)
    .map(({ cell, low, high, n, pos, neg }) => ({ cell: cell!, low, high, n, pos, neg }))
    .sort((a, b) => b.low - a.low);

/** Returns the counts if the entries of these weights are the positive decisions. */
function countsOf(tp: bigint, fp: bigint, { pos, neg }: { pos: bigint; neg: bigint }): Counts {
  return { tp: toNumber(tp), fp: toNumber(fp), fn: toNumber(pos - tp), tn: toNumber(neg - fp) };
}

/** Returns a threshold that separates two outputs; undefined if there is none, as between two neighbours in float64. */
function separator(below: number | undefined, above: number | undefined): number | undefined {
  const low = below ?? 0, high = above ?? 1;
  if (low >= high) return undefined;
  const separates = (threshold: number | undefined): boolean => {
    if (threshold === undefined || !(threshold > 0 && threshold < 1)) return false;
    const decide = decisionAt(threshold); // as the texts decide
    return (below === undefined || decide(below) === 0) && (above === undefined || decide(above) === 1);
  };
  return [between(low, high), low].find(separates);
}

/** Returns the cuts above, between and below the cells. */
export function cutsOf(cells: readonly Cell[]): Cut[] {
  const totals = totalsOf(cells);
  let tp = 0n, fp = 0n;
  return Array.from({ length: cells.length + 1 }, (_, i) => {
    if (i > 0) {
      tp += cells[i - 1].pos;
      fp += cells[i - 1].neg;
    }
    const above = cells[i - 1]?.low, below = cells[i]?.high;
    return { threshold: separator(below, above), gap: (above ?? 1) - (below ?? 0), counts: countsOf(tp, fp, totals) };
  });
}

/** A cut and its score. */
export interface BestCut extends Cut {
  readonly threshold: number;
  readonly value: number;
}

/** Finds the best of the cuts: of equal scores the one with the widest gap, then the largest threshold. */
export function bestOfCuts(score: Score, cuts: readonly Cut[], totals: { pos: bigint; neg: bigint }): BestCut {
  let best: BestCut = { value: -Infinity, gap: 0, threshold: 0.5, counts: countsOf(0n, 0n, totals) };
  for (const { threshold, gap, counts } of cuts) {
    if (threshold === undefined) continue;
    const value = valueOf(score, counts) || 0; // where it is not defined
    if (value > best.value || (value === best.value && gap > best.gap)) best = { value, gap, threshold, counts };
  }
  return best;
}

/** Rounding of a score, relative to its size. */
const slack = 1e-12;

/**
 * Returns the cells that may hold a better cut than the best one. Inside a cell tp and fp lie in a rectangle, and the score
 * is at most that of a corner. A cell on which the score is constant can only win by a wider gap.
 */
export function openCells(score: Score, cells: readonly Cell[], best: BestCut): Cell[] {
  const totals = totalsOf(cells);
  let tp = 0n, fp = 0n;
  return cells.filter((cell) => {
    const { low, high, pos, neg } = cell, from = { tp, fp };
    tp += pos;
    fp += neg;
    if (low === high) return false;
    const corners = [from.tp, tp].flatMap((a) => [from.fp, fp].map((b) => valueOf(score, countsOf(a, b, totals)) || 0));
    const bound = Math.max(...corners);
    if (bound === best.value && corners.every((value) => value === bound)) return high - low >= best.gap;
    return bound + slack * Math.max(1, Math.abs(bound)) >= best.value;
  });
}
