import type { Batch } from "../batch/read_batch.ts";
import { countDecisions, countKeys, type Counts, mapCounts } from "../counts/counts.ts";
import type { Decided } from "../decisions/decision.ts";
import { ExactSum } from "../numerics/exact_sum.ts";

/** The confusion counts of one class, without rounding. */
export type ExactCounts = Readonly<Record<keyof Counts, ExactSum>>;

/** Counts of 0, one set per class. */
export const noCounts = (classes: number): ExactCounts[] =>
  Array.from({ length: classes }, () => mapCounts(() => new ExactSum()));

/** Adds the counts of a batch of hard decisions to `counts`, without rounding. */
export function addCounts(counts: readonly ExactCounts[], batch: Batch, decided: Decided): void {
  if (batch.sampleWeight === undefined && isHard(batch.yTrue)) return addWhole(counts, batch, decided);
  addCut(counts, batch, decided, 2 ** (Math.ceil(Math.log2(largestOf(batch.sampleWeight ?? [1]))) + 12));
}

/** Adds counts of whole rows, whose plain sums are exact. */
function addWhole(counts: readonly ExactCounts[], { yTrue, rows, classes }: Batch, { decisions }: Decided): void {
  counts.forEach((sums, k) => {
    const slice = { offset: k, stride: classes, length: rows };
    const plain = countDecisions({ yTrue, decisions }, slice);
    for (const key of countKeys) sums[key].add(plain[key]);
  });
}

/** The number of rows whose terms are added up in plain float64 sums. */
const blockRows = 1024;

/**
 * Adds counts of soft labels or weighted rows. A term t (weight times label) is cut into a multiple of 2⁻⁵² `coarse`, a
 * multiple of 2⁻⁵³ `fine`, and a rest: adding `coarse` and subtracting it again rounds t to such a multiple. `coarse` is at
 * least 2¹² times the largest term, so that the plain sums of the multiples of a block are exact. The rest is nearly always
 * 0.
 *
 * @see Rump, Ogita and Oishi, "Accurate Floating-Point Summation Part I: Faithful Rounding", 2008, for the cut.
 */
function addCut(
  counts: readonly ExactCounts[],
  { yTrue, sampleWeight, rows, classes }: Batch,
  { decisions }: Decided,
  coarse: number,
): void {
  const fine = coarse * 2 ** -42, end = rows * classes;
  for (let k = 0; k < classes; k++) {
    const sums = countKeys.map((key) => counts[k][key]);
    for (let first = k; first < end; first += blockRows * classes) {
      const beyond = Math.min(end, first + blockRows * classes), high = new Float64Array(4), low = new Float64Array(4);
      const add = (count: number, term: number): void => {
        const multiple = (term + coarse) - coarse, left = term - multiple, ofFine = (left + fine) - fine;
        high[count] += multiple;
        low[count] += ofFine;
        if (left !== ofFine) sums[count].add(left - ofFine);
      };
      for (let i = first; i < beyond; i += classes) {
        const w = sampleWeight === undefined ? 1 : sampleWeight[i], tpOrFn = decisions[i] === 1 ? 0 : 2;
        add(tpOrFn, w * yTrue[i]);
        add(tpOrFn + 1, w * (1 - yTrue[i])); // fp or tn
      }
      sums.forEach((sum, count) => {
        sum.add(high[count]);
        sum.add(low[count]);
      });
    }
  }
}

function isHard(labels: ArrayLike<number>): boolean {
  for (let i = 0; i < labels.length; i++) if (labels[i] !== 0 && labels[i] !== 1) return false;
  return true;
}

function largestOf(weights: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > largest) largest = weights[i];
  return largest;
}
