import { type LossParts, resolveOptions, type ScoringOptions } from "../scoring/options.ts";
import {
  crossEntropy,
  focalLoss,
  logitAdjusted,
  type Objective,
  runningScore,
  scoreOfRows,
} from "../network/objectives.ts";
import { isCurveScore } from "../curves/to_curve_score.ts";
import { specificity } from "../scores/ratio.ts";
import { savings } from "../scores/savings.ts";
import type { Score } from "../scores/score.ts";
import { ofCurve } from "./curve_candidates.ts";
import type { Candidate, ComparedScore } from "./types.ts";

/** A candidate whose loss of rows is the mean of theirs. */
function ofMean(loss: string, ofRows: Candidate["ofRows"], how: Partial<Candidate> = {}): Candidate {
  const ofBatches = (shares: readonly number[]) => {
    const objective = ofRows(shares);
    return () => (labels: Parameters<Objective>[0], logits: Float64Array) => objective(labels, logits).gradient;
  };
  return { loss, ofRows, ofBatches, ...how };
}

/** A candidate that trains on one minus a score of all training rows. */
function ofScore(score: Score, name: string, options: ScoringOptions, how: Partial<Candidate> = {}): Candidate {
  const whole = { ...options, fromLogits: true }, setting = resolveOptions("the comparison", score, whole);
  const parts: LossParts = { ...setting, wholeSet: false, options: whole };
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
    ofMean("cross-entropy, class weights", () => crossEntropy, { labels: "balanced" }),
    ofMean("cross-entropy, logit adjustment", (shares) => logitAdjusted(crossEntropy, shares)),
    ofMean("focal loss", () => focalLoss(gamma)),
  ];
  if (isCurveScore(score)) { // the logits of two classes are adjusted by a constant, which changes no order
    return [
      ...plain.filter(({ loss }) => classes > 2 || !loss.endsWith("logit adjustment")),
      ...ofCurve(score, classes),
    ];
  }
  const [name, options]: [string, ScoringOptions] = classes === 2
    ? ["softsign", {}]
    : ["argmax", { decision: "argmax", average: "macro" }];
  const hard: ScoringOptions = { ...options, step: "straightThrough" };
  return [
    ...plain,
    ofScore(score, name, options),
    ofScore(score, `${name}, warm start`, options, { warm: true }),
    ...(classes === 2 ? [ofScore(score, "identity", { step: "identity" })] : []),
    ofScore(score, "straight-through", hard, { surrogate: true }),
  ];
}

/**
 * The losses that are compared by costs, cross-entropy first: it is scored by every decision rule. The others, whose unit is the
 * cost already, are scored by their own decisions and by those of the least expected cost.
 */
export function costCandidates(classes: number): Candidate[] {
  const crossEntropyAlone = ofMean("cross-entropy", () => crossEntropy);
  if (classes === 2) {
    const how = { labels: "cheaper decisions", rules: ["least cost", "0.5"] } as const;
    const ofCost = (name: string, options: ScoringOptions, more: Partial<Candidate> = {}): Candidate => ({
      ...ofScore(savings(), name, options, { ...how, ...more }),
      loss: `cost loss, ${name}`,
    });
    return [
      crossEntropyAlone,
      ofMean("cross-entropy, cost weights", () => crossEntropy, how),
      ofCost("softsign", {}),
      ofCost("softsign, warm start", {}, { warm: true }),
      ofCost("identity", { step: "identity" }),
    ];
  }
  const options = { decision: "argmax", average: "micro" } as const;
  const ofMatrix = (name: string, more: Partial<Candidate> = {}): Candidate => ({
    ...ofScore(specificity, name, options, { labels: "soft decisions", ...more }),
    loss: `cost loss, ${name}`,
  });
  return [crossEntropyAlone, ofMatrix("argmax"), ofMatrix("argmax, warm start", { warm: true })];
}
