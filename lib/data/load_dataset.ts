import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import pl from "nodejs-polars";
import { describe } from "../check/check.ts";
import { csvForm, csvRecords } from "./csv.ts";
import { type BinaryFacts, type BinaryName, type DatasetFacts, type DatasetName, datasets } from "./datasets.ts";
import type { Frame } from "./types.ts";

/** A data set: its facts and its rows. */
export interface Dataset extends DatasetFacts {
  /** The rows: numbers as Float64, categories as text, `null` for a missing value; the label is the last column. */
  readonly frame: Frame;
}

/** A data set with two classes. */
export interface BinaryDataset extends BinaryFacts, Pick<Dataset, "frame"> {}

/** The facts that a data set's file is checked against and read by. */
export type FileFacts = Pick<DatasetFacts, "name" | "file" | "sha256" | "features" | "categorical" | "label">;

async function checkSum(path: string, { name, file, sha256 }: FileFacts): Promise<void> {
  const bytes = await readFile(path).catch((error) => {
    if (error.code !== "ENOENT") throw error;
    throw new Error(`Cannot load '${name}': the file ${file} is missing`, { cause: error });
  });
  const sum = createHash("sha256").update(bytes).digest("hex");
  if (sum === sha256) return;
  throw new Error(`Cannot load '${name}': the SHA-256 of ${file} must be ${sha256}, it is ${sum}`);
}

/** Reads a data set's CSV into a frame, after its checksum: with the right one, rows and columns are those of the facts. */
export async function loadFile(path: string, facts: FileFacts): Promise<Frame> {
  await checkSum(path, facts);
  const form = csvForm(path), records: (readonly string[])[] = [];
  for await (const { fields } of csvRecords(path, form)) records.push(fields);
  return pl.DataFrame([...facts.features, facts.label].map((column) => {
    const place = form.names.indexOf(column), fields = records.map((record) => record[place] || null);
    return facts.categorical.includes(column)
      ? pl.Series(column, fields, pl.Utf8)
      : pl.Series(column, fields.map((field) => field === null ? null : Number(field)), pl.Float64);
  }));
}

/**
 * Loads one of the data sets in data/, from any working directory. The file's checksum is verified.
 *
 * @param name The data set's name: `wdbc` (569 × 30), `spambase` (4,601 × 57), `credit` (4,454 × 13, with categories and
 * missing values) or `digits` (1,797 × 64, ten classes).
 * @returns The facts and the rows.
 * @throws {TypeError} If no data set has this name.
 * @throws {Error} If the file is missing or has a different checksum.
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
  const frame = await loadFile(fileURLToPath(new URL(`../../${facts.file}`, import.meta.url)), facts);
  return { ...facts, frame } as Awaited<ReturnType<typeof loadDataset<Name>>>;
}
