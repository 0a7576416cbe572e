import type { TableDataset } from "../data/table.ts";
import type { ComparedData } from "./types.ts";

/** Describes a table for a report. */
export const describeData = (
  { yTrue, label, classes, positive, chosen, features, warnings }: TableDataset,
): ComparedData => ({ rows: yTrue.length, label, classes, positive, chosen, features, warnings });
