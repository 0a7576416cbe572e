// The scores that ./core and the top entry have in common.
export type { Score } from "./score.ts";
export { accuracy, dice, f1, fBeta, jaccard, npv, precision, recall, specificity, tversky, utility } from "./ratio.ts";
export { balancedAccuracy, cohenKappa, fowlkesMallows, gMean, informedness, markedness, mcc } from "./agreement.ts";
export { precisionAtRecall, recallAtPrecision } from "./constrained.ts";
export { type ScoreDefinition, scores, toScore } from "./to_score.ts";
