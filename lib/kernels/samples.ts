import type { Batch } from "../batch/read_batch.ts";
import { countDecisions, type Counts, decisionGradient, finite } from "../counts/counts.ts";
import type { Decided } from "../decisions/decision.ts";
import {
  type CountsScored,
  gradientOf,
  type Scoring,
  valueOf,
  weighByClass,
  writeBounded,
} from "../scoring/score_batch.ts";
import type { Numbers } from "./table.ts";

const none: Counts = { tp: 0, fp: 0, fn: 0, tn: 0 };

/** Rows that are scored one by one. */
interface SamplesScored extends Pick<CountsScored, "value" | "counts"> {
  /** Writes `by` times the gradient; false where a number is not finite, and the general path names it. */
  finish(by: number): boolean;
}

/**
 * Scores the rows of a batch one by one (the average "samples"), with the general path's numbers. Counts, scores and weights
 * are numbers in arrays: an object per row, kept until the gradient, costs ten times the sums. The counts are made when asked
 * for.
 *
 * @param kept Returns the place of the gradient.
 * @returns Nothing where counts are not finite: the general path names what is wrong.
 */
export function scoreSamples(
  batch: Batch,
  decided: Decided,
  scoring: Scoring,
  kept: () => Numbers,
): SamplesScored | undefined {
  const { rows, classes, yTrue, sampleWeight } = batch, { score, zeroDivision, classWeights } = scoring;
  const inCounts = classWeights === undefined ? sampleWeight : weighByClass(batch, classWeights);
  const counted = { yTrue, decisions: decided.decisions, sampleWeight: inCounts };
  const table = new Float64Array(4 * rows), values = new Float64Array(rows), weights = new Float64Array(rows).fill(1);
  const sliceOf = (row: number) => ({ offset: row * classes, stride: 1, length: classes });
  const countsOf = (row: number): Counts => {
    const at = 4 * row;
    return { tp: table[at], fp: table[at + 1], fn: table[at + 2], tn: table[at + 3] };
  };
  let sum = 0, whole = 0, made: Counts[] | undefined;
  for (let row = 0; row < rows; row++) {
    const counts = countDecisions(counted, sliceOf(row)), { tp, fp, fn, tn } = counts, at = 4 * row;
    if (!Number.isFinite(tp + fp + fn + tn)) return undefined;
    table[at] = tp;
    table[at + 1] = fp;
    table[at + 2] = fn;
    table[at + 3] = tn;
    const value = values[row] = valueOf(score, counts), undefinedValue = Number.isNaN(value);
    if (sampleWeight !== undefined) {
      weights[row] = 0;
      for (let i = row * classes; i < (row + 1) * classes; i++) weights[row] += sampleWeight[i];
    }
    if (undefinedValue && zeroDivision === "skip") weights[row] = 0;
    sum += (undefinedValue ? Number(zeroDivision === 1) : value) * weights[row];
    whole += weights[row];
  }
  return {
    value: whole === 0 ? Number(zeroDivision === 1) : sum / whole,
    get counts() {
      return made ??= Array.from(values, (_, row) => countsOf(row));
    },
    finish(by) {
      const { decisions: gradient } = decided; // counted: their room is free for the gradient
      for (let row = 0; row < rows; row++) {
        const share = whole === 0 || Number.isNaN(values[row]) ? 0 : weights[row] / whole;
        const { tp, fp, fn, tn } = share === 0 ? none : gradientOf(score, countsOf(row));
        const part = (partial: number) => by * finite(share * partial);
        const partials = { tp: part(tp), fp: part(fp), fn: part(fn), tn: part(tn) };
        decisionGradient(counted, sliceOf(row), partials, gradient);
      }
      decided.back(gradient);
      return writeBounded(gradient, undefined, kept() as Float32Array) < 0;
    },
  };
}
