import type { TableDataset } from "../data/table.ts";
import type { ComparedData } from "./types.ts";

/** Describes a table for a report. */
export function describeData(
  { yTrue, label, classes, positive, chosen, columns, missing, empty }: TableDataset,
): ComparedData {
  const categories = columns.filter((column) => column.kind === "category");
  return {
    rows: yTrue.length,
    classes,
    label,
    positive,
    chosen,
    features: columns.map(({ name }) => name),
    categorical: categories.map(({ name }) => name),
    categories: Object.fromEntries(categories.map(({ name, levels }) => [name, levels.length])),
    missing,
    empty,
  };
}
