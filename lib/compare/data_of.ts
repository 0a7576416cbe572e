import type { InferredDataset } from "./infer_dataset.ts";
import type { ComparedData } from "./types.ts";

/** What a report says of a table. */
export function dataOf(
  { yTrue, label, names, classes, positive, chosen, features, categorical, missing, empty, frame }: InferredDataset,
): ComparedData {
  const sizes = names.map((name, k) => ({ name, rows: classes[k] }));
  const columns = (name: string) =>
    new Set([...frame.getColumn(name).toArray()].filter((value) => value !== null)).size;
  const categories = Object.fromEntries(categorical.map((name) => [name, columns(name)]));
  return {
    rows: yTrue.length,
    classes: sizes,
    label,
    positive,
    chosen,
    features,
    categorical,
    categories,
    missing,
    empty,
  };
}
