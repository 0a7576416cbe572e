import type { Frame } from "./types.ts";
import { describe } from "../check/describe.ts";
import { type BinaryFacts, type BinaryName, type DatasetFacts, type DatasetName, datasets } from "./datasets.ts";
import { readCsv } from "./read_csv.ts";

/** A data set: its facts and its rows. */
export interface Dataset extends DatasetFacts {
  /** The rows: numbers as Float64, categories as text, `null` where a value is missing; the label is the last column. */
  readonly frame: Frame;
}

/** A data set with two classes. */
export interface BinaryDataset extends BinaryFacts, Pick<Dataset, "frame"> {}

/**
 * Loads one of the data sets in data/, from any working directory. The file's checksum, columns, rows and missing values are
 * checked.
 *
 * @param name The data set's name: `wdbc` (569 × 30), `spambase` (4,601 × 57), `credit` (4,454 × 13, with categories and
 * missing values) or `digits` (1,797 × 64, ten classes).
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
export async function loadDataset<Name extends DatasetName>(
  name: Name,
): Promise<Name extends BinaryName ? BinaryDataset : Dataset> {
  if (!Object.hasOwn(datasets, name)) {
    const names = Object.keys(datasets).join(", ");
    throw new TypeError(`Cannot load a data set: 'name' must be one of ${names}, it is ${describe(name)}`);
  }
  const facts: (typeof datasets)[DatasetName] = datasets[name];
  const frame = await readCsv(new URL(`../../${facts.file}`, import.meta.url), facts);
  return { ...facts, frame } as Awaited<ReturnType<typeof loadDataset<Name>>>;
}
