import type { InferredDataset } from "../data/infer_dataset.ts";
import type { ComparedData } from "./types.ts";

/** What a report says of a table. */
export function dataOf(
  { yTrue, label, names, classes, positive, chosen, features, categorical, missing, empty }: InferredDataset,
): ComparedData {
  const sizes = names.map((name, k) => ({ name, rows: classes[k] }));
  return { rows: yTrue.length, classes: sizes, label, positive, chosen, features, categorical, missing, empty };
}
