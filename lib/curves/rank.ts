import { places, type Ranked, sortFalling } from "../numerics/rank.ts";
import type { CurveRows } from "./curve.ts";

/** Rows in falling order of their outputs: the weights of their labels of 1 and of 0. */
export interface RankedRows extends Ranked {
  /** w·y of each row: bytes where all are 0 or 1, which need an eighth of the memory. */
  readonly positive: Float64Array | Uint8Array;
  /** w·(1 − y) of each row. */
  readonly negative: Float64Array | Uint8Array;
  /** Σ w·y. */
  readonly positives: number;
  /** Σ w·(1 − y). */
  readonly negatives: number;
}

/**
 * Sorts rows by their outputs. Labels of 0 and 1 without weights are sorted along, as a bit of the places: reading them afterwards, in
 * random order, would take longer than the sort where they do not fit into a cache.
 */
export function rankRows({ yTrue, yPred, sampleWeight }: CurveRows): RankedRows {
  const n = yPred.length, marked = new Uint32Array(n);
  let hard = sampleWeight === undefined;
  for (let i = 0; i < n; i++) {
    const y = yTrue[i];
    marked[i] = (y === 1 ? i | ~places : i) >>> 0;
    hard &&= y === 0 || y === 1;
  }
  const { order, sorted } = sortFalling(yPred, marked), Weights = hard ? Uint8Array : Float64Array;
  const positive = new Weights(n), negative = new Weights(n);
  let positives = 0, negatives = 0;
  for (let k = 0; k < n; k++) {
    const word = order[k], i = order[k] = word & places, y = hard ? word >>> 31 : yTrue[i];
    const w = sampleWeight === undefined ? 1 : sampleWeight[i];
    positives += positive[k] = w * y;
    negatives += negative[k] = w * (1 - y);
  }
  return { order, sorted, positive, negative, positives, negatives };
}
