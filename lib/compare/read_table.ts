import pl from "nodejs-polars";

/** A file's columns, read and checked. */
export interface LabelledTable {
  features: string[];
  columns: Float64Array[];
  yTrue: Float64Array;
  /** What of the label is 1, as text. */
  positive: string;
  /** Why it is that one. */
  chosen: string;
  /** Features that have one value only. */
  constant: string[];
}

const missingTexts = ["", "?", "NA", "N/A", "nan", "NaN", "null"];
const isMissing = (value: unknown) =>
  value === null || value === undefined || missingTexts.includes(String(value).trim());

/** The columns by name, as text or numbers; of a CSV all are text, so that nothing is guessed from its first rows. */
function rawColumns(path: string): Map<string, unknown[]> {
  if (!/\.(csv|parquet)$/i.test(path)) throw new Error(`Cannot read '${path}': it must be a .csv or .parquet file`);
  const csv = /\.csv$/i.test(path);
  let frame;
  try {
    frame = csv
      ? pl.readCSV(Deno.readTextFileSync(path).replace(/^\uFEFF/, ""), { inferSchemaLength: 0 })
      : pl.readParquet(path);
  } catch (error) {
    throw new Error(`Cannot read '${path}': ${(error as Error).message.split("\n")[0]}`);
  }
  return new Map(frame.columns.map((name) => [name.trim(), [...frame.getColumn(name).toArray()]]));
}

/** Which of the label's two values is positive, and why. */
function positiveOf(label: string, values: readonly string[], asked: string | undefined) {
  const sizes = new Map<string, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  const two = [...sizes.keys()].sort();
  if (two.length !== 2) {
    const some = two.slice(0, 5).map((value) => `'${value}'`).join(", ");
    throw new RangeError(
      `Cannot compare losses: the label '${label}' must have two values, it has ${two.length}: ${some}` +
        (two.length > 5 ? ", …" : ""),
    );
  }
  if (asked !== undefined) {
    if (sizes.has(asked)) return { positive: asked, chosen: "as asked" };
    throw new RangeError(
      `Cannot compare losses: 'positive' must be '${two[0]}' or '${two[1]}', a value of '${label}', it is '${asked}'`,
    );
  }
  const one = two.find((value) => value === "true" || Number(value) === 1);
  const other = two.find((value) => value !== one);
  if (one !== undefined && (other === "false" || [0, -1].includes(Number(other)))) {
    return { positive: one, chosen: `'${other}' is negative` };
  }
  const [a, b] = two, rarer = sizes.get(a)! < sizes.get(b)! ? a : b;
  return { positive: rarer, chosen: sizes.get(a) === sizes.get(b) ? "both are as frequent" : "the rarer one" };
}

function numberColumn(name: string, values: readonly unknown[]): Float64Array {
  return Float64Array.from(values, (value, row) => {
    const number = isMissing(value) ? NaN : Number(value);
    if (Number.isFinite(number)) return number;
    const problem = isMissing(value) ? "a missing value" : `'${value}', which is no finite number`;
    throw new RangeError(
      `Cannot compare losses: the column '${name}' must hold numbers only, row ${row} has ${problem}`,
    );
  });
}

/**
 * Reads a CSV or Parquet file of numbers and a label of two values.
 *
 * @throws {Error} A file that cannot be read.
 * @throws {RangeError} A column that is not there, a text or a missing value (the row from 0), a label of other than two values.
 */
export function readTable(path: string, label: string, asked?: string): LabelledTable {
  const raw = rawColumns(path);
  const labels = raw.get(label);
  if (labels === undefined) {
    const names = [...raw.keys()];
    const some = names.length > 12 ? `${names.slice(0, 12).join(", ")}, … (${names.length})` : names.join(", ");
    throw new RangeError(`Cannot compare losses: the file has no column '${label}', it has ${some}`);
  }
  const gap = labels.findIndex(isMissing);
  if (gap >= 0) throw new RangeError(`Cannot compare losses: the label '${label}' is missing in row ${gap}`);
  const values = labels.map((value) => String(value).trim());
  const { positive, chosen } = positiveOf(label, values, asked);
  const features = [...raw.keys()].filter((name) => name !== label);
  if (features.length === 0) throw new RangeError(`Cannot compare losses: there is no column besides '${label}'`);
  const columns = features.map((name) => numberColumn(name, raw.get(name)!));
  const constant = features.filter((_, j) => columns[j].every((value) => value === columns[j][0]));
  const yTrue = Float64Array.from(values, (value) => value === positive ? 1 : 0);
  return { features, columns, yTrue, positive, chosen, constant };
}
