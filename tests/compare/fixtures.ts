// Losses of a comparison that are made by hand.
import { differencesOf } from "../../lib/compare/intervals.ts";
import { recommend } from "../../lib/compare/recommend.ts";
import type { ComparedLoss } from "../../lib/compare/types.ts";

/** A loss with its scores by split. */
export const lossRow = (
  loss: string,
  threshold: ComparedLoss["threshold"],
  values: number[],
  model: ComparedLoss["model"] = "linear",
): ComparedLoss => ({ model, loss, threshold, values, mean: values.reduce((a, b) => a + b) / values.length });

/** A loss with the same score in three splits. */
export const steadyRow = (loss: string, threshold: ComparedLoss["threshold"], mean: number): ComparedLoss => ({
  ...{ model: "linear", loss, threshold, mean },
  values: [mean, mean, mean],
});

/** Four numbers around a middle, without rounding errors where it has few digits: intervals may end exactly at 0. */
export const around = (middle: number, size = 0): number[] =>
  [0.25, -0.25, 0.125, -0.125].map((w, i) => middle + w + (i % 2 === 0 ? size : -size));

/** The advice on losses. */
export const advice = (losses: ComparedLoss[], score = "f1"): string =>
  recommend(losses, differencesOf(losses, 1 / 3), { score, testByTrain: 1 / 3 });
