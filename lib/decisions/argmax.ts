import { toFloat32 } from "../counts/counts_gradient.ts";
import { asIs, type Decision, type Mode } from "./decision.ts";

/** The softmax of `sharpness`·v over a row, written from its largest value, which cannot overflow. */
function softmaxRows(values: ArrayLike<number>, classes: number, sharpness: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += classes) {
    let largest = -Infinity, sum = 0;
    for (let i = start; i < start + classes; i++) largest = Math.max(largest, values[i]);
    for (let i = start; i < start + classes; i++) {
      // ∞ − ∞: an infinite logit is as large as the largest.
      result[i] = values[i] === largest ? 1 : Math.exp(sharpness * (values[i] - largest));
      sum += result[i];
    }
    for (let i = start; i < start + classes; i++) result[i] /= sum;
  }
  return result;
}

/** A gradient through the softmax: κ·s_j·(g_j − Σ g_i s_i). */
function softmaxBack(
  gradient: ArrayLike<number>,
  soft: Float64Array,
  classes: number,
  sharpness: number,
): Float64Array {
  const back = new Float64Array(soft.length);
  for (let start = 0; start < soft.length; start += classes) {
    let mean = 0;
    for (let i = start; i < start + classes; i++) mean += gradient[i] * soft[i];
    for (let i = start; i < start + classes; i++) back[i] = sharpness * soft[i] * (gradient[i] - mean);
  }
  return back;
}

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

/**
 * The class with the largest output wins. Softly, a softmax of the probabilities, anchored: a one-hot row stays as it is.
 *
 *     s = (softmax(κp) − l) / (h − l),   h, l: what softmax(κ·one-hot) gives for its 1 and its 0,   κ = 4·slope
 *
 * At a tie of two classes that share everything the slope of the winner's share by its own output is `slope`, but for the
 * anchoring, which divides it by h − l. slope → ∞ is the argmax. Rows that no softmax makes (1, 0, 1, say) may have an s beyond
 * [0, 1]: it is clipped there, and keeps its gradient.
 */
export function argmaxDecision(
  { slope, mode, fromLogits }: { slope: number; mode: Mode; fromLogits: boolean },
): Decision {
  const sharpness = 4 * slope;
  return ({ yPred, classes }) => {
    const p = fromLogits ? softmaxRows(yPred, classes, 1) : yPred;
    const low = 1 / (Math.exp(sharpness) + classes - 1), high = 1 - (classes - 1) * low;
    const scale = 1 / (high - low);
    const soft = mode === "hard" ? undefined : softmaxRows(p, classes, sharpness);
    return {
      outputs: mode === "soft"
        ? soft!.map((s) => Math.min(1, Math.max(0, (s - low) * scale)))
        : oneHotArgmax(yPred, classes), // of the logits themselves: a softmax may make a tie of two
      step: () => asIs,
      back: (gradient) => {
        if (soft === undefined) return new Float32Array(yPred.length);
        const byP = softmaxBack(gradient, soft, classes, sharpness).map((g) => g * scale);
        const byOutput = fromLogits ? softmaxBack(byP, p as Float64Array, classes, 1) : byP;
        return Float32Array.from(byOutput, toFloat32);
      },
    };
  };
}
