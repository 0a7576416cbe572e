import { type LossParts, resolveOptions, type ScoringOptions } from "../scoring/options.ts";
import {
  crossEntropy,
  type EpochObjective,
  focalLoss,
  logitAdjusted,
  type Objective,
  runningScore,
  scoreOfRows,
} from "../network/objectives.ts";
import { isCurveScore } from "../curves/to_curve_score.ts";
import type { Score } from "../scores/score.ts";
import { ofCurve } from "./curve_candidates.ts";
import type { ComparedScore } from "./types.ts";

/** A loss that is compared. */
export interface Candidate {
  /** "cross-entropy", "f1 loss, softsign", … */
  readonly loss: string;
  /** The loss of all training rows; of `shares`, the classes' shares of them. */
  readonly ofRows: (shares: readonly number[]) => Objective;
  /** The gradients of the batches of an epoch. */
  readonly ofBatches: (shares: readonly number[]) => EpochObjective;
  /** Weights that give all classes the same total. */
  readonly balanced?: boolean;
  /** The gradient is not that of the value, so that no line search is possible: straight-through. */
  readonly surrogate?: boolean;
  /** The training starts at the weights of the trained cross-entropy. */
  readonly warm?: boolean;
}

/** A candidate whose loss of rows is the mean of theirs. */
function ofMean(loss: string, ofRows: Candidate["ofRows"], balanced?: boolean): Candidate {
  const ofBatches = (shares: readonly number[]) => {
    const objective = ofRows(shares);
    return () => (labels: Parameters<Objective>[0], logits: Float64Array) => objective(labels, logits).gradient;
  };
  return { loss, ofRows, ofBatches, balanced };
}

/** A candidate that trains on one minus a score of all training rows. */
function ofScore(score: Score, name: string, options: ScoringOptions, how: Partial<Candidate> = {}): Candidate {
  const whole = { ...options, fromLogits: true }, setting = resolveOptions("the comparison", score, whole);
  const parts: LossParts = { ...setting, best: score.best ?? 1, wholeSet: false, options: whole };
  return {
    loss: `${score.name} loss, ${name}`,
    ofRows: () => scoreOfRows(parts),
    ofBatches: () => runningScore(parts),
    ...how,
  };
}

/** The focusing parameter of the focal loss that its paper found best. */
const gamma = 2;

/** The losses that are compared for a score, cross-entropy first. */
export function candidatesFor(score: ComparedScore, classes: number): Candidate[] {
  const plain = [
    ofMean("cross-entropy", () => crossEntropy),
    ofMean("cross-entropy, class weights", () => crossEntropy, true),
    ofMean("cross-entropy, logit adjustment", (shares) => logitAdjusted(crossEntropy, shares)),
    ofMean("focal loss", () => focalLoss(gamma)),
  ];
  if (isCurveScore(score)) { // the logits of two classes are adjusted by a constant, which changes no order
    return [
      ...plain.filter(({ loss }) => classes > 2 || !loss.endsWith("logit adjustment")),
      ...ofCurve(score, classes),
    ];
  }
  const [name, way]: [string, ScoringOptions] = classes === 2
    ? ["softsign", {}]
    : ["argmax", { decision: "argmax", average: "macro" }];
  const hard: ScoringOptions = { ...way, step: "straightThrough" };
  return [
    ...plain,
    ofScore(score, name, way),
    ofScore(score, `${name}, warm start`, way, { warm: true }),
    ...(classes === 2 ? [ofScore(score, "identity", { step: "identity" })] : []),
    ofScore(score, "straight-through", hard, { surrogate: true }),
  ];
}
