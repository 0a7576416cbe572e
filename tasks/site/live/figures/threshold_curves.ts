/**
 * Recorded outputs, and their F1 against the threshold.
 *
 * @module
 */
import { f1, round, softCounts } from "../../../../lib/core.ts";
import recorded from "../recorded.json" with { type: "json" };

/** Labels of the held-out rows. */
export const yTrue = [...recorded.loans.yTrue].map(Number);

/** Outputs for these rows by the loss that a model was trained with. */
export const outputs = Object.fromEntries(
  Object.entries(recorded.loans.outputs).map(([loss, text]) => [loss, text.split(" ").map(Number)]),
);

const colors = { "cross-entropy": "grey", "class weights": "purple", "F1 loss": "blue" } as const;

/** Names the colour of a curve. */
export const colorOf = (loss: string) => colors[loss as keyof typeof colors];

/** Thresholds of the curves, which the slider can reach. */
export const grid = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

/** Computes the F1 of decisions at a threshold. */
export const f1At = (yPred: readonly number[], threshold: number): number =>
  f1.value(softCounts({ yTrue, yPred }, round({ threshold })));

/** Finds the threshold of the highest F1 on the grid. */
export const peakOf = (yPred: readonly number[]): { threshold: number; value: number } =>
  grid.map((threshold) => ({ threshold, value: f1At(yPred, threshold) })).reduce((a, b) => b.value > a.value ? b : a);
