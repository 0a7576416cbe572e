import type { InferredDataset } from "../data/infer_dataset.ts";
import type { ComparedData } from "./types.ts";

/** What a report says of a table. */
export function dataOf(
  { yTrue, label, positive, chosen, features, categorical, missing, empty }: InferredDataset,
): ComparedData {
  const positives = yTrue.reduce((sum, y) => sum + y, 0);
  return { rows: yTrue.length, positives, label, positive, chosen, features, categorical, missing, empty };
}
