import { statSync } from "node:fs";
import { describe } from "../check/check.ts";
import { firstOf } from "../numerics/format.ts";
import { seededRandom } from "../numerics/random.ts";
import { csvForm, csvRecords, explainFailure, repeatedName, separators } from "./csv.ts";
import { TASK } from "./infer_column.ts";
import { formatOf, unreadable } from "./open_text.ts";
import type { TableFrame, TableWarning } from "./table.ts";
import type { Frame, Polars } from "./types.ts";

/** A table before its columns have types. */
export interface RawTable {
  readonly names: readonly string[];
  /** The number of each row in the source, from 0. */
  readonly rowNumbers: Int32Array<ArrayBuffer>;
  readonly warnings: readonly TableWarning[];
  /** The separator of the fields of a text file. */
  readonly separator?: string;
  /** Returns the values of a column; throws if its type is none that a feature has. */
  values(name: string): readonly unknown[];
  /** Names a row: "row 8 (line 9)", both counted from 1. */
  place(row: number): string;
}

/** Options of {@linkcode readRaw}. */
export interface RawOptions {
  /** The separator of a text file; found by the header if it is absent. */
  readonly separator?: string;
  /** The largest number of rows that are kept, drawn at random. */
  readonly rows?: number;
}

/** Draws at most `most` of the rows that come by, each with the same chance (reservoir sampling, Vitter's algorithm R). */
class Reservoir<T> {
  readonly kept: { row: number; item: T }[] = [];
  seen = 0;
  readonly #random = seededRandom(0);

  constructor(readonly most: number) {}

  add(item: T): void {
    const row = this.seen++;
    if (row < this.most) return void this.kept.push({ row, item });
    const place = Math.floor(this.#random.uniform() * this.seen);
    if (place < this.most) this.kept[place] = { row, item };
  }

  /** Returns the rows that were drawn, in their order. */
  inOrder(): { row: number; item: T }[] {
    return this.kept.sort((a, b) => a.row - b.row);
  }
}

const sampled = (kept: number, seen: number): TableWarning[] =>
  kept === seen ? [] : [{
    code: "sampled-rows",
    message: `${kept} of ${seen} rows were drawn at random and are compared on; 'rows' sets their largest number`,
  }];

function madeNames(made: readonly string[]): TableWarning[] {
  if (made.length === 0) return [];
  const names = firstOf(made.map((name) => `'${name}'`));
  return [{
    code: "made-names",
    message: `the header repeats a name or leaves it out; such columns are named ${names}`,
  }];
}

/** Reads a text file as texts: a column's kind is decided when all of its rows are known, not by the first ones. */
async function readCsv(path: string, { separator, rows = Infinity }: RawOptions): Promise<RawTable> {
  const form = csvForm(path, separator), { names } = form;
  const reservoir = new Reservoir<{ fields: readonly string[]; line: number }>(rows);
  for await (const record of csvRecords(path, form)) reservoir.add(record);
  const kept = reservoir.inOrder(), found = form.separator !== "," && separator === undefined;
  const message = `the fields are separated by the ${separators[form.separator]}; 'separator' sets another one`;
  return {
    names,
    separator: form.separator,
    rowNumbers: Int32Array.from(kept, ({ row }) => row),
    warnings: [
      ...(found && !formatOf(path).tabs ? [{ code: "separator" as const, message }] : []),
      ...madeNames(form.made),
      ...sampled(kept.length, reservoir.seen),
    ],
    values: (name) => {
      const place = names.indexOf(name);
      return kept.map(({ item }) => item.fields[place]);
    },
    place: (row) => `row ${kept[row].row + 1} (line ${kept[row].item.line})`,
  };
}

/** Types of polars whose values are numbers, texts, booleans or dates; any other is refused by its name. */
const readTypes = /^(U?Int\d+|Float(32|64)|Bool|Utf8|String|Categorical|Enum|Decimal|Date|Datetime|Null)$/;

/** Returns the type of a column; polars knows some that it cannot hand over (Binary, Float16), and names them in its error. */
function typeOf(frame: Frame, name: string): string {
  try {
    const type = frame.getColumn(name).dtype;
    return String(type?.variant ?? type);
  } catch (error) {
    return (error as Error).message.match(/DataType (\w+)/)?.[1] ?? "Unknown";
  }
}

/** Returns a column of a frame as plain values; decimals become numbers. */
export function frameValues(pl: Polars, task: string, frame: Frame, name: string): readonly unknown[] {
  const type = typeOf(frame, name);
  if (!readTypes.test(type)) {
    throw new RangeError(
      `Cannot ${task}: the column '${name}' has the type ${type}, which is neither numbers nor texts: ` +
        "convert it, or leave it out",
    );
  }
  const column = type === "Decimal"
    ? frame.select(pl.col(name).cast(pl.Float64)).getColumn(name)
    : /^(Categorical|Enum)$/.test(type)
    ? frame.select(pl.col(name).cast(pl.Utf8)).getColumn(name)
    : frame.getColumn(name);
  return [...column.toArray()];
}

function ofFrame(pl: Polars, frame: Frame, { rows = Infinity }: RawOptions): RawTable {
  const names = frame.columns.map((name) => name.trim()), twice = repeatedName(names);
  if (twice !== undefined) throw new RangeError(`Cannot ${TASK}: it has the column '${twice}' twice`);
  const reservoir = new Reservoir<undefined>(rows);
  for (let row = 0; row < frame.height; row++) reservoir.add(undefined);
  const rowNumbers = Int32Array.from(reservoir.inOrder(), ({ row }) => row);
  return {
    names,
    rowNumbers,
    warnings: sampled(rowNumbers.length, frame.height),
    values: (name) => {
      const values = frameValues(pl, TASK, frame, frame.columns[names.indexOf(name)]);
      return rowNumbers.length === values.length ? values : Array.from(rowNumbers, (row) => values[row]);
    },
    place: (row) => `row ${rowNumbers[row] + 1}`,
  };
}

/** Loads polars, which only Parquet files and frames need. */
async function loadPolars(path: string): Promise<Polars> {
  try {
    return (await import("nodejs-polars")).default;
  } catch (error) {
    throw unreadable(path, "a Parquet file needs the package 'nodejs-polars', which does not load", error);
  }
}

async function readParquet(path: string, options: RawOptions): Promise<RawTable> {
  const pl = await loadPolars(path);
  try {
    statSync(path); // polars' own error for a missing file is a Rust message
    return ofFrame(pl, pl.readParquet(path), options);
  } catch (error) {
    throw explainFailure(path, error);
  }
}

/** Reads a file or a frame. */
export async function readRaw(source: string | TableFrame, options: RawOptions): Promise<RawTable> {
  if (typeof source === "string") {
    return formatOf(source).kind === "text" ? await readCsv(source, options) : await readParquet(source, options);
  }
  if (typeof source?.getColumn === "function") {
    const { default: pl } = await import("nodejs-polars");
    if (pl.DataFrame.isDataFrame(source)) return ofFrame(pl, source as Frame, options);
  }
  throw new TypeError(`Cannot ${TASK}: 'source' must be a file's path or a frame, it is ${describe(source)}`);
}
