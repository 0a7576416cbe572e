import type { Facts } from "./facts.ts";
import type { Numbers } from "./measure.ts";
import type { Case } from "./rule.ts";

/** The outputs of a batch part of the way towards those that fit its labels. */
export function towards({ facts }: Case, share: number): Numbers | undefined {
  const right = facts.tried.perfect?.batch;
  // The same seed: do the labels of the perfect batch belong to the random outputs?
  if (right === undefined || right.yPred.length !== facts.random.batch.yPred.length) return undefined;
  return { ...right, yPred: right.yPred.map((p, i) => (1 - share) * facts.random.batch.yPred[i] + share * p) };
}

/** Whether equal labels have equal outputs where they are right; in pairs and triplets they have not. */
export function follows({ tried: { perfect } }: Facts): boolean {
  if (perfect === undefined) return false;
  const { yTrue, yPred, predShape: [rows] } = perfect.batch;
  const key = (of: Float32Array, i: number) => of.subarray(i * of.length / rows, (i + 1) * of.length / rows).join();
  const seen = new Map<string, string>();
  for (let i = 0; i < rows; i++) {
    const labels = key(yTrue, i), outputs = key(yPred, i);
    if ((seen.get(labels) ?? outputs) !== outputs) return false;
    seen.set(labels, outputs);
  }
  return true;
}
