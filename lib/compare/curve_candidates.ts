import { curveLossParts } from "../curves/curve_rule.ts";
import type { CurveScore } from "../curves/curve_scores.ts";
import { type OrderLoss, orderLossOf, toAumLoss, toPairsLoss } from "../curves/order_loss.ts";
import { type EpochObjective, type Objective, runningScore, scoreOfRows } from "../network/objectives.ts";
import { softmax, softmaxGradient } from "../numerics/softmax.ts";
import type { Candidate } from "./types.ts";

/** Makes an objective of the softmax of several logits: the columns that are ranked are probabilities. */
const ofSoftmax = (objective: Objective): Objective => (labels, logits) => {
  const p = softmax(logits, labels.classes), { value, gradient } = objective(labels, p);
  softmaxGradient(p, labels.classes, 1, gradient);
  return { value, gradient };
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

/** A candidate that trains on a loss of the order of a batch's outputs. */
function ofOrder(loss: string, order: OrderLoss, several: boolean): Candidate {
  const plain: Objective = (labels, yPred) => {
    const { value, gradient } = orderLossOf(order, { ...labels, yPred });
    return { value, gradient };
  };
  const objective = several ? ofSoftmax(plain) : plain;
  return {
    loss,
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
    ofRows: () => several ? ofSoftmax(scoreOfRows(parts)) : scoreOfRows(parts),
    ofBatches: () => several ? batchesOfSoftmax(runningScore(parts)) : runningScore(parts),
  };
  return [
    own,
    { ...own, loss: `${own.loss}, warm start`, warm: true },
    ofOrder("pairs loss, squared hinge", toPairsLoss({ average }), several),
    ofOrder("AUM loss", toAumLoss({ average }), several),
  ];
}
