import type { Frame } from "./types.ts";
import { describe } from "../check/describe.ts";
import { type DatasetFacts, type DatasetName, datasets } from "./datasets.ts";
import { readCsv } from "./read_csv.ts";

/** A data set: its facts and its rows. */
export interface Dataset extends DatasetFacts {
  /** The rows: numbers as Float64, categories as text, `null` where a value is missing; the label is the last column. */
  readonly frame: Frame;
}

/**
 * Loads one of the data sets in data/, from any working directory. The file's checksum, columns, rows and missing values are
 * checked.
 *
 * @param name The data set's name: `wdbc` (569 × 30), `spambase` (4,601 × 57) or `credit` (4,454 × 13, with categories and
 * missing values).
 * @returns The facts and the rows.
 * @throws {TypeError} If there is no data set with that name.
 * @throws {Error} If the file is missing, lacks a column or has another checksum.
 *
 * @example Usage
 * ```ts
 * import { loadDataset } from "@roundabout/roundabout/data";
 * import { assert } from "@std/assert";
 *
 * const { frame, features, label } = await loadDataset("wdbc");
 * assert(frame.height === 569 && features.length === 30 && label === "malignant");
 * ```
 */
export async function loadDataset(name: DatasetName): Promise<Dataset> {
  if (!Object.hasOwn(datasets, name)) {
    const names = Object.keys(datasets).join(", ");
    throw new TypeError(`Cannot load a data set: 'name' must be one of ${names}, it is ${describe(name)}`);
  }
  const facts = datasets[name];
  return { ...facts, frame: await readCsv(new URL(`../../${facts.file}`, import.meta.url), facts) };
}
