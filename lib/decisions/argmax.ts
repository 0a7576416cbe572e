import type { Batch } from "../batch/read_batch.ts";
import { clampFloat32 } from "../counts/counts.ts";
import { softmax, softmaxGradient } from "../numerics/softmax.ts";
import type { ArgmaxOptions, Decided, Decision } from "./decision.ts";

/** Returns 1 for the largest output of each row (the first of them, at a tie), 0 for the others. */
function oneHotArgmax(values: ArrayLike<number>, classes: number): Float64Array {
  const hot = new Float64Array(values.length);
  for (let start = 0; start < values.length; start += classes) {
    let best = start;
    for (let i = start + 1; i < start + classes; i++) if (values[i] > values[best]) best = i;
    hot[best] = 1;
  }
  return hot;
}

/** Returns l and 1/(h − l), where softmax(κ·one-hot) is h for its 1 and l for its 0. */
export function argmaxAnchors(sharpness: number, classes: number): { low: number; scale: number } {
  const low = 1 / (Math.exp(sharpness) + classes - 1), high = 1 - (classes - 1) * low;
  return { low, scale: 1 / (high - low) };
}

/** Clips to [0, 1], and to exactly 0 and 1 what rounding has left of them. */
const clipAnchored = (s: number): number => s < 1e-14 ? 0 : s > 1 - 1e-14 ? 1 : s;

/**
 * Makes the class with the largest output win. Softly, the decisions are an anchored softmax of the probabilities: a one-hot
 * row stays as it is.
 *
 *     s = (softmax(κp) − l) / (h − l),   h, l: softmax(κ·one-hot) for its 1 and its 0,   κ = 4·slope
 *
 * At a tie of two classes that share all probability, the derivative of the winner's share by its own output is
 * slope/(h − l). slope → ∞ is the argmax. Rows that no softmax makes (1, 0, 1, say) may have an s beyond [0, 1]: it is
 * clipped there and keeps its gradient.
 */
export function argmaxDecision(options: ArgmaxOptions): Decision {
  const { slope, mode, fromLogits } = options, sharpness = 4 * slope;
  const decide = ({ yPred, classes }: Batch): Decided => {
    const p = fromLogits ? softmax(yPred, classes) : yPred, { low, scale } = argmaxAnchors(sharpness, classes);
    const soft = mode === "hard" ? undefined : softmax(p, classes, sharpness);
    return {
      // Hard decisions are those of the logits themselves: their softmax may have a tie.
      decisions: mode === "soft" ? soft!.map((s) => clipAnchored((s - low) * scale)) : oneHotArgmax(yPred, classes),
      back: (gradient) => {
        if (soft === undefined) return void gradient.fill(0);
        for (let i = 0; i < gradient.length; i++) gradient[i] = clampFloat32(gradient[i]); // sums of them must not overflow
        softmaxGradient(soft, classes, sharpness, gradient);
        for (let i = 0; i < gradient.length; i++) gradient[i] *= scale;
        if (fromLogits) softmaxGradient(p as Float64Array, classes, 1, gradient);
      },
    };
  };
  return Object.assign(decide, { argmax: options });
}
