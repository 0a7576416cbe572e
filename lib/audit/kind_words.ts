import type { Kind } from "./types.ts";

/** The batches in words. */
export const inWords: Readonly<Record<Kind, string>> = {
  random: "outputs of an untrained model",
  perfect: "outputs that are right",
  saturated: "outputs at the ends of their range",
  far: "outputs far from 0",
  allNeg: "labels that are all negative",
  allPos: "labels that are all positive",
  constPred: "the same output in every row",
  zeroBoth: "labels and outputs that are all 0, or all the first class",
  outOfRange: "outputs outside their range",
};
