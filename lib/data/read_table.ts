import { statSync } from "node:fs";
import pl from "nodejs-polars";
import { checkOptions } from "../check/options.ts";
import { describe } from "../check/describe.ts";
import { classLabel } from "./class_label.ts";
import { csvNames, csvRecords, explainFailure, kindOfFile, repeatedName, unreadable } from "./csv.ts";
import { inferColumn, isMissingValue, TASK } from "./infer_column.ts";
import { type Column, isMissing, type TableDataset } from "./table.ts";
import type { Frame } from "./types.ts";

/** Options of {@linkcode readTable}. */
export interface ReadTableOptions {
  /** The column with the label. */
  label: string;
  /**
   * The label's positive value; of more than two values, this one stands against the rest.
   *
   * @default {of two values 1 beside 0 or −1, true beside false, otherwise the rarer one; of more each value is a class}
   */
  positive?: string;
  /**
   * Columns to leave out.
   *
   * @default {none}
   */
  drop?: readonly string[];
}

/** A table before its columns have types. */
interface RawTable {
  readonly names: readonly string[];
  values(name: string): readonly unknown[];
}

/** Reads a CSV file as texts: a column's kind is decided when all of its rows are known, not by the first ones. */
async function readCsv(path: string): Promise<RawTable> {
  const names = csvNames(path), columns = new Map(names.map((name): [string, string[]] => [name, []]));
  const lists = [...columns.values()];
  for await (const fields of csvRecords(path, names)) fields.forEach((field, k) => lists[k].push(field));
  if (lists[0].length === 0) throw unreadable(path, "it has a header and no rows");
  return { names, values: (name) => columns.get(name)! };
}

function ofFrame(frame: Frame): RawTable {
  const names = frame.columns.map((name) => name.trim()), twice = repeatedName(names);
  if (twice !== undefined) throw new RangeError(`Cannot ${TASK}: it has the column '${twice}' twice`);
  return { names, values: (name) => [...frame.getColumn(frame.columns[names.indexOf(name)]).toArray()] };
}

function readParquet(path: string): RawTable {
  try {
    statSync(path); // polars' own error for a missing file is a Rust message
    return ofFrame(pl.readParquet(path));
  } catch (error) {
    throw explainFailure(path, error);
  }
}

async function readRaw(source: string | Frame): Promise<RawTable> {
  if (typeof source === "string") return kindOfFile(source) === "csv" ? await readCsv(source) : readParquet(source);
  if (pl.DataFrame.isDataFrame(source)) return ofFrame(source);
  throw new TypeError(`Cannot ${TASK}: 'source' must be a file's path or a frame, it is ${describe(source)}`);
}

function featureNames(names: readonly string[], { label, drop = [] }: ReadTableOptions): string[] {
  for (const wanted of [label, ...drop]) {
    if (names.includes(wanted)) continue;
    const list = names.length > 12 ? `${names.slice(0, 12).join(", ")}, … (${names.length})` : names.join(", ");
    throw new RangeError(`Cannot ${TASK}: there is no column '${wanted}', only ${list}`);
  }
  if (drop.includes(label)) throw new RangeError(`Cannot ${TASK}: 'drop' contains the label '${label}'`);
  const left = names.filter((name) => name !== label && !drop.includes(name));
  if (left.length === 0) throw new RangeError(`Cannot ${TASK}: there is no column besides the label '${label}'`);
  return left;
}

function isConstant(column: Column): boolean {
  const { values, first } = column.kind === "number"
    ? { values: column.values, first: column.values[0] }
    : { values: column.codes, first: 0 };
  return values.every((value) => value === first);
}

/**
 * Reads a table once into typed columns: numbers if every value of a column is a number, else categories; the label's values
 * become class indices. Empty fields, ?, NA, N/A, NaN, nan and null are missing values.
 *
 * @param source The path of a CSV file (UTF-8, commas) or a Parquet file, or a polars frame.
 * @param options `label`, `positive`, `drop`.
 * @returns The columns and the classes, for {@linkcode trainTestSplit} and {@linkcode prepare}.
 * @throws {TypeError} A source of another kind, an unknown option, a label that is not a column's name.
 * @throws {RangeError} A column that does not exist, a missing label or a label with a single value, an infinite number,
 * dates, a column of numbers with a few texts, numbers formatted as text, more than 100 distinct texts.
 * @throws {Error} A file that is missing, has another ending or is broken: a line with more or fewer fields than the header
 * (the error names it), two columns with the same name, another separator than the comma, text that is not UTF-8, no rows.
 *
 * @example From a file to tensors
 * ```ts
 * import { prepare, readTable, trainTestSplit } from "@roundabout/roundabout/data";
 * import { assertEquals } from "@std/assert";
 *
 * const table = await readTable("data/credit.csv", { label: "bad", drop: ["Price"] });
 * assertEquals(table.columns.filter(({ kind }) => kind === "category").length, 4);
 * const { train, test, dispose } = prepare(table, trainTestSplit(table, { seed: 1 }));
 * assertEquals([train.x.shape, test.x.shape], [[3118, 25], [1336, 25]]);
 * dispose();
 * ```
 */
export async function readTable(source: string | Frame, options: ReadTableOptions): Promise<TableDataset> {
  checkOptions("the table", options, ["label", "positive", "drop"]);
  const { label, positive } = options;
  if (typeof label !== "string" || label === "") {
    throw new TypeError(`Cannot ${TASK}: 'label' must be the name of a column, it is ${describe(label)}`);
  }
  const table = await readRaw(source), names = featureNames(table.names, options), labels = table.values(label);
  const unlabelled = labels.findIndex(isMissingValue);
  if (unlabelled >= 0) throw new RangeError(`Cannot ${TASK}: the label '${label}' is missing in row ${unlabelled}`);
  const classes = classLabel(label, labels, positive);
  const all = names.map((name) => inferColumn(name, table.values(name))), rows = labels.map((_, row) => row);
  const gaps = new Map(all.map((column) => [column, rows.filter((row) => isMissing(column, row)).length]));
  const columns = all.filter((column) => gaps.get(column)! < rows.length);
  if (columns.length === 0) throw new RangeError(`Cannot ${TASK}: all columns besides '${label}' are empty`);
  return {
    ...classes,
    label,
    columns,
    missing: Object.fromEntries(columns.map((column) => [column.name, gaps.get(column)!]).filter(([, n]) => n !== 0)),
    empty: all.filter((column) => !columns.includes(column)).map(({ name }) => name),
    constant: columns.filter(isConstant).map(({ name }) => name),
  };
}
