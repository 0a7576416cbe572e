import { toFloat32 } from "../counts/counts_gradient.ts";
import type { Batch } from "../batch/read_batch.ts";
import { type ArgmaxOptions, asIs, type Decided, type Decision } from "./decision.ts";

/** The softmax of `sharpness`·v of a row from `start` on, written from its largest value, which cannot overflow. */
export function softmaxRow(
  values: ArrayLike<number>,
  start: number,
  classes: number,
  sharpness: number,
  soft: Float64Array,
): void {
  let largest = values[start], sum = 0;
  for (let j = 1; j < classes; j++) if (values[start + j] > largest) largest = values[start + j];
  for (let j = 0; j < classes; j++) {
    const v = values[start + j]; // ∞ − ∞: an infinite logit is as large as the largest
    sum += soft[j] = v === largest ? 1 : Math.exp(sharpness * (v - largest));
  }
  for (let j = 0; j < classes; j++) soft[j] /= sum;
}

/**
 * A gradient through the softmax of a row, in place, but for the sharpness: s_j·(g_j − Σ g_i s_i). All g are taken from that
 * of the largest s: where it is nearly 1, g_j − Σ g_i s_i would be a difference of nearly the same numbers.
 */
export function softmaxBackRow(soft: Float64Array, gradient: Float64Array, classes: number): void {
  let largest = 0, mean = 0;
  for (let j = 1; j < classes; j++) if (soft[j] > soft[largest]) largest = j;
  const from = gradient[largest];
  for (let j = 0; j < classes; j++) mean += (gradient[j] - from) * soft[j];
  for (let j = 0; j < classes; j++) gradient[j] = soft[j] * (gradient[j] - from - mean);
}

/** A function of rows, of all of them. */
function ofRows(
  values: ArrayLike<number>,
  classes: number,
  take: (start: number, row: Float64Array) => void,
): Float64Array {
  const result = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += classes) take(start, result.subarray(start, start + classes));
  return result;
}

const softmaxRows = (values: ArrayLike<number>, classes: number, sharpness: number): Float64Array =>
  ofRows(values, classes, (start, row) => softmaxRow(values, start, classes, sharpness, row));

/** A gradient through the softmax: κ·s_j·(g_j − Σ g_i s_i). */
const softmaxBack = (
  gradient: ArrayLike<number>,
  soft: Float64Array,
  classes: number,
  sharpness: number,
): Float64Array =>
  ofRows(soft, classes, (start, row) => {
    for (let j = 0; j < classes; j++) row[j] = sharpness * gradient[start + j];
    softmaxBackRow(soft.subarray(start, start + classes), row, classes);
  });

/** 1 for the first of the largest outputs of each row, as `tf.argMax` has it, 0 for the others. */
function oneHotArgmax(values: ArrayLike<number>, classes: number): Float64Array {
  const hot = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += classes) {
    let best = start;
    for (let i = start + 1; i < start + classes; i++) if (values[i] > values[best]) best = i;
    hot[best] = 1;
  }
  return hot;
}

/** l and 1/(h − l), where softmax(κ·one-hot) is h for its 1 and l for its 0. */
export function argmaxAnchors(sharpness: number, classes: number): { low: number; scale: number } {
  const low = 1 / (Math.exp(sharpness) + classes - 1), high = 1 - (classes - 1) * low;
  return { low, scale: 1 / (high - low) };
}

/** Beyond [0, 1], or what rounding has left of 0 and 1. */
export const clipAnchored = (s: number): number => s < 1e-14 ? 0 : s > 1 - 1e-14 ? 1 : s;

/**
 * The class with the largest output wins. Softly, a softmax of the probabilities, anchored: a one-hot row stays as it is.
 *
 *     s = (softmax(κp) − l) / (h − l),   h, l: what softmax(κ·one-hot) gives for its 1 and its 0,   κ = 4·slope
 *
 * At a tie of two classes that share everything the slope of the winner's share by its own output is `slope`, but for the
 * anchoring, which divides it by h − l. slope → ∞ is the argmax. Rows that no softmax makes (1, 0, 1, say) may have an s beyond
 * [0, 1]: it is clipped there, and keeps its gradient.
 */
export function argmaxDecision(options: ArgmaxOptions): Decision {
  const { slope, mode, fromLogits } = options, sharpness = 4 * slope;
  const decide = ({ yPred, classes }: Batch): Decided => {
    const p = fromLogits ? softmaxRows(yPred, classes, 1) : yPred, { low, scale } = argmaxAnchors(sharpness, classes);
    const soft = mode === "hard" ? undefined : softmaxRows(p, classes, sharpness);
    return {
      outputs: mode === "soft" ? soft!.map((s) => clipAnchored((s - low) * scale)) : oneHotArgmax(yPred, classes), // of the logits themselves: a softmax may make a tie of two
      step: () => asIs,
      back: (gradient) => {
        if (soft === undefined) return new Float32Array(yPred.length);
        const byP = softmaxBack(gradient, soft, classes, sharpness).map((g) => g * scale);
        const byOutput = fromLogits ? softmaxBack(byP, p as Float64Array, classes, 1) : byP;
        return Float32Array.from(byOutput, toFloat32);
      },
    };
  };
  return Object.assign(decide, { argmax: options });
}
