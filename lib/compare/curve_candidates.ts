import { curveLossParts } from "../curves/curve_rule.ts";
import type { CurveScore } from "../curves/curve_scores.ts";
import { type OrderLoss, orderLossOf, toAumLoss, toPairsLoss } from "../curves/order_loss.ts";
import { type EpochObjective, type Objective, runningScore, scoreOfRows } from "../network/objectives.ts";
import { softmax, softmaxGradient } from "../numerics/softmax.ts";
import type { Candidate } from "./types.ts";

/** Makes an objective of the softmax of several logits: the columns that are ranked are probabilities. */
const ofSoftmax = (objective: Objective): Objective => (labels, logits) => {
  const p = softmax(logits, labels.classes), loss = objective(labels, p);
  return {
    value: loss.value,
    get gradient() { // most steps of a search at a kink are refused, and need the value only
      const gradient = loss.gradient.slice();
      softmaxGradient(p, labels.classes, 1, gradient);
      return gradient;
    },
  };
};

/** {@linkcode ofSoftmax} for the batches of an epoch. */
const batchesOfSoftmax = (objective: EpochObjective): EpochObjective => ({ batches, order, logitsOf }) => {
  const gradientOf = objective({ batches, order, logitsOf: (b) => softmax(logitsOf(b), batches[b].classes) });
  return (labels, logits) => {
    const p = softmax(logits, labels.classes), gradient = gradientOf(labels, p);
    softmaxGradient(p, labels.classes, 1, gradient);
    return gradient;
  };
};

/**
 * Makes an objective of outputs that are divided by their standard deviation σ, for an objective that grows like the outputs: a
 * penalty of the weights would otherwise shrink them all, where the AUM is 0 as well.
 *
 *     value = f(z/σ) = f(z)/σ,   ∂value/∂zᵢ = ∂f/∂zᵢ/σ − f(z)·(zᵢ − mean)/(n·σ³)
 */
const ofStandardized = (objective: Objective): Objective => (labels, z) => {
  const loss = objective(labels, z), { value } = loss, n = z.length;
  const mean = z.reduce((sum, v) => sum + v, 0) / n, variance = z.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
  if (!(variance > 0)) return { value: 1, gradient: new Float64Array(n) };
  const sd = Math.sqrt(variance);
  return {
    value: value / sd,
    get gradient() {
      return loss.gradient.map((g, i) => (g - value * (z[i] - mean) / (n * variance)) / sd);
    },
  };
};

/** The losses of a curve have a kink wherever two outputs, or an output and a threshold, meet. */
const leastDecrease = 1e-7;

/** A candidate that trains on a loss of the order of a batch's outputs. */
function ofOrder(loss: string, order: OrderLoss, several: boolean, standardized = false): Candidate {
  const plain: Objective = (labels, yPred) => {
    const { value, gradient } = orderLossOf(order, { ...labels, yPred });
    return { value, gradient };
  };
  const objective = several ? ofSoftmax(plain) : standardized ? ofStandardized(plain) : plain;
  return {
    loss,
    leastDecrease,
    ofRows: () => objective,
    ofBatches: () => () => (labels, logits) => objective(labels, logits).gradient,
  };
}

/** The losses that are compared for a score of the curve, beside cross-entropy and its forms. */
export function ofCurve(score: CurveScore, classes: number): Candidate[] {
  const several = classes > 2, average = several ? "macro" : "binary";
  const parts = curveLossParts("the comparison", score, { average, fromLogits: !several });
  const own: Candidate = {
    loss: `${score.name} loss`,
    leastDecrease,
    ofRows: () => several ? ofSoftmax(scoreOfRows(parts)) : scoreOfRows(parts),
    ofBatches: () => several ? batchesOfSoftmax(runningScore(parts)) : runningScore(parts),
  };
  return [
    own,
    { ...own, loss: `${own.loss}, warm start`, warm: true },
    ofOrder("pairs loss, squared hinge", toPairsLoss({ average }), several),
    ofOrder("AUM loss", toAumLoss({ average }), several, true),
  ];
}
