import type { Rows } from "../counts/counts.ts";
import { countsGradient } from "../counts/counts_gradient.ts";
import { ofLogits, sigmoid } from "../steps/logits.ts";
import { softCounts } from "../counts/soft_counts.ts";
import type { Score } from "../scores/score.ts";
import type { Step } from "../steps/step.ts";

/** What is trained on: one minus a score under a step, or cross-entropy. */
export type TrainingLoss = { score: Score; step: Step } | "crossEntropy";

/** A loss of rows whose outputs are logits, and its gradient by these logits. */
export type Objective = (rows: Rows) => { value: number; gradient: Float32Array };

/** The closed form of a loss; a score that is 0/0 counts as 0, with a gradient of 0. */
export function objectiveOf(loss: TrainingLoss): Objective {
  return loss === "crossEntropy" ? crossEntropy : scoreLoss(loss.score, loss.step);
}

function scoreLoss(score: Score, step: Step): Objective {
  const elementwise = ofLogits(step);
  return (rows) => {
    const counts = softCounts(rows, elementwise);
    const value = score.value(counts), { tp, fp, fn, tn } = score.gradient(counts);
    return {
      value: 1 - (Number.isNaN(value) ? 0 : value),
      gradient: countsGradient(rows, elementwise, { tp: -tp, fp: -fp, fn: -fn, tn: -tn }),
    };
  };
}

/** The weighted mean of softplus(z) − y·z, and its gradient w·(σ(z) − y)/Σw. */
function crossEntropy({ yTrue, yPred, sampleWeight }: Rows): ReturnType<Objective> {
  const n = yPred.length, gradient = new Float32Array(n);
  let total = n, value = 0;
  if (sampleWeight !== undefined) {
    total = 0;
    for (let i = 0; i < n; i++) total += sampleWeight[i];
  }
  if (total === 0) return { value: 0, gradient }; // nobody counts: no direction
  for (let i = 0; i < n; i++) {
    const z = yPred[i], w = sampleWeight === undefined ? 1 : sampleWeight[i];
    value += w * (Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - yTrue[i] * z) / total;
    gradient[i] = w * (sigmoid(z) - yTrue[i]) / total;
  }
  return { value, gradient };
}
