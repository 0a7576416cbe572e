import type { Batch, BatchOptions } from "../batch/read_batch.ts";
import { anObject, aNumber, check, checkFactory, oneOf, optional, positive } from "../check/check.ts";
import { type ArrayOrTensor, readArrays } from "../batch/array_or_tensor.ts";
import { takeSlice } from "../counts/counts.ts";
import { aumOfRanked } from "./aum.ts";
import { type CurveRows, severalColumns } from "./curve.ts";
import { type PairPrice, pairPrices, type ValueAndGradient } from "./pairs.ts";
import { byPlace, rankRows } from "../numerics/rank.ts";

/** Options of a loss of the order of the outputs. */
export interface OrderLossOptions {
  /**
   * "binary": one column; "macro": the mean over the columns that have a positive and a negative.
   *
   * @default {"binary"}
   */
  average?: "binary" | "macro";
  /** The label (NaN, say) whose outputs count nowhere; for class indices the whole row counts nowhere. */
  ignoreLabel?: number;
}

/** Options of {@linkcode pairsLossAndGradient}. */
export interface PairsLossOptions extends OrderLossOptions {
  /**
   * The price of a pair by the difference d of the positive's output and the negative's: "squaredHinge", max(0, m − d)², or
   * "ramp", from 1 at −m to 0 at m.
   *
   * @default {"squaredHinge"}
   */
  price?: PairPrice;
  /**
   * The difference from which a pair costs nothing, above 0.
   *
   * @default {1}
   */
  margin?: number;
}

/** Weights of the rows, for the forms on arrays. */
export interface Weighted {
  /** Weights ≥ 0, one per row or one per output. Absent: 1 each. */
  sampleWeight?: ArrayOrTensor;
}

/** A loss of the order of a column's outputs, and how a batch of it is read. */
export interface OrderLoss {
  readonly name: string;
  readonly reading: BatchOptions;
  readonly of: (rows: CurveRows) => ValueAndGradient;
}

function readingOf(name: string, { average = "binary", ignoreLabel }: OrderLossOptions): BatchOptions {
  check(`make ${name}`, { average }, oneOf("binary", "macro"));
  check(`make ${name}`, { ignoreLabel }, optional(aNumber));
  const columns = average === "macro"; // outputs may be any finite numbers
  return { fromLogits: true, finite: true, columns, advice: severalColumns, ignoreLabel };
}

/** Checks the options of the pairs' loss. */
export function toPairsLoss(options: PairsLossOptions): OrderLoss {
  const name = "pairsLoss";
  checkFactory(name, options, ["price", "margin", "average", "ignoreLabel"]);
  const { price = "squaredHinge", margin = 1 } = options;
  check(`make ${name}`, { price }, oneOf("squaredHinge", "ramp"));
  check(`make ${name}`, { margin }, positive);
  return { name, reading: readingOf(name, options), of: (rows) => pairPrices(rows, price, margin) };
}

/** Checks the options of the AUM's loss. */
export function toAumLoss(options: OrderLossOptions): OrderLoss {
  const name = "aumLoss";
  checkFactory(name, options, ["average", "ignoreLabel"]);
  return { name, reading: readingOf(name, options), of: aumOfRates };
}

/** Returns the AUM of the rates, and the mean of its one-sided derivatives. */
function aumOfRates(rows: CurveRows): ValueAndGradient {
  const ranked = rankRows(rows), { order, positives, negatives } = ranked, slopes = new Float64Array(order.length);
  if (!(positives > 0 && negatives > 0)) return { value: NaN, gradient: slopes };
  const value = aumOfRanked(ranked, [1 / positives, 1 / negatives], (k, left, right) => {
    slopes[k] = (left + right) / 2;
  });
  return { value, gradient: byPlace(order, slopes) };
}

/** Computes the loss of a batch: the mean over its columns that have a positive and a negative, 0 where none has. */
export function orderLossOf({ of }: OrderLoss, { rows, classes, ...batch }: Batch): ValueAndGradient {
  if (classes === 1 && batch.sampleWeight === undefined) {
    const { value, gradient } = of(batch);
    return { value: Number.isNaN(value) ? 0 : value, gradient };
  }
  const columns = Array.from({ length: classes }, (_, offset) => {
    const slice = { offset, stride: classes, length: rows };
    return { slice, ...of(takeSlice(batch, slice)) };
  });
  const defined = columns.filter(({ value }) => !Number.isNaN(value)), gradient = new Float64Array(rows * classes);
  for (const { slice: { offset }, gradient: own } of defined) {
    for (let n = 0, i = offset, k = 0; n < rows; n++, i += classes) {
      if (batch.sampleWeight === undefined || batch.sampleWeight[i] !== 0) gradient[i] = own[k++] / defined.length;
    }
  }
  const sum = defined.reduce((total, { value }) => total + value, 0);
  return { value: defined.length === 0 ? 0 : sum / defined.length, gradient };
}

function onArrays(
  loss: OrderLoss,
  yTrue: ArrayOrTensor,
  yPred: ArrayOrTensor,
  sampleWeight?: ArrayOrTensor,
): ValueAndGradient {
  return orderLossOf(loss, readArrays(loss.name, { yTrue, yPred, sampleWeight }, loss.reading));
}

/**
 * Computes the mean price of all pairs of a positive and a negative, and its gradient, without forming a pair.
 *
 *     value = Σᵢⱼ wᵢyᵢ·wⱼ(1 − yⱼ)·price(ŷᵢ − ŷⱼ) / Σᵢⱼ wᵢyᵢ·wⱼ(1 − yⱼ)
 *
 * With the price "ramp" and a small margin the value is 1 − AUROC. The outputs may be any numbers: the margin is in their units.
 * The pairs of a data set are more than those of its batches, so this loss belongs to one batch.
 *
 * @param yTrue Labels in [0, 1] in the shape of `yPred`, or class indices, one per row.
 * @param yPred Outputs: an array, one array per row, or a float32 tensor.
 * @param options See {@linkcode PairsLossOptions}.
 * @returns The value and the gradient: 0 without a positive or a negative.
 * @throws {TypeError} If an option is unknown, or an argument is neither a tensor nor an array.
 * @throws {RangeError} If an option is out of range, shapes do not fit, there is no row, labels are outside [0, 1], an output
 * is not finite, or weights are negative or not finite.
 *
 * @see Rust and Hocking, "A Log-linear Gradient Descent Algorithm for Unbalanced Binary Classification using the All Pairs
 * Squared Hinge Loss", 2023, arXiv 2302.11062.
 *
 * @example
 * ```ts
 * import { pairsLossAndGradient } from "@roundabout/roundabout/curves";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const { value, gradient } = pairsLossAndGradient([1, 0], [0.5, 0.25]); // (1 − 0.25)²
 * assertAlmostEquals(value, 0.5625);
 * assertAlmostEquals(gradient[0], -1.5);
 * ```
 */
export function pairsLossAndGradient(
  yTrue: ArrayOrTensor,
  yPred: ArrayOrTensor,
  options: PairsLossOptions & Weighted = {},
): ValueAndGradient {
  check("make pairsLoss", { options }, anObject);
  const { sampleWeight, ...others } = options;
  return onArrays(toPairsLoss(others), yTrue, yPred, sampleWeight);
}

/**
 * Computes the area under the minimum of the two error rates over all thresholds, and a subgradient.
 *
 *     value = ∫ min(FPR(t), FNR(t)) dt
 *
 * It is 0 where every positive is above every negative, and also where all outputs are equal: begin from outputs that differ,
 * and watch their spread. There is no step and no margin: the value is linear in each output
 * between two others. Of rows that tie, the subgradient is the mean of the one-sided derivatives. The outputs may be any
 * numbers; the area is in their units.
 *
 * @param yTrue Labels in [0, 1] in the shape of `yPred`, or class indices, one per row.
 * @param yPred Outputs: an array, one array per row, or a float32 tensor.
 * @param options `average`, `ignoreLabel`, `sampleWeight`.
 * @returns The value and the gradient: 0 without a positive or a negative.
 * @throws {TypeError} If an option is unknown, or an argument is neither a tensor nor an array.
 * @throws {RangeError} If an option is out of range, shapes do not fit, there is no row, labels are outside [0, 1], an output
 * is not finite, or weights are negative or not finite.
 *
 * @see Hillman and Hocking, "Optimizing ROC Curves with a Sort-Based Surrogate Loss for Binary Classification and Changepoint
 * Detection", Journal of Machine Learning Research 24, 2023.
 *
 * @example
 * ```ts
 * import { aumLossAndGradient } from "@roundabout/roundabout/curves";
 * import { assertEquals } from "@std/assert";
 *
 * const { value, gradient } = aumLossAndGradient([0, 1], [1, -1]);
 * assertEquals([value, ...gradient], [2, 1, -1]);
 * ```
 */
export function aumLossAndGradient(
  yTrue: ArrayOrTensor,
  yPred: ArrayOrTensor,
  options: OrderLossOptions & Weighted = {},
): ValueAndGradient {
  check("make aumLoss", { options }, anObject);
  const { sampleWeight, ...others } = options;
  return onArrays(toAumLoss(others), yTrue, yPred, sampleWeight);
}
