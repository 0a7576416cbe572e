import { anArrayOf, check, integerFrom, oneOf } from "../check/check.ts";
import type { CategoryColumn, Column, HeavyTails, NumberColumn, PrepareOptions, Split } from "./table.ts";
import { presentValues, standardize, type Standardized } from "./standardize.ts";
import { fitYeoJohnson, hasHeavyTails, yeoJohnson } from "./yeo_johnson.ts";

/** Subject of the errors. */
export const TASK = "prepare data";

/** The rows of one part of a split. */
export interface PartArrays {
  /** The features, row by row. */
  readonly x: Float64Array<ArrayBuffer>;
  /** The labels, one per row. */
  readonly y: Float64Array<ArrayBuffer>;
}

/** The features' columns, and what the training rows taught. */
export interface PreparedColumns {
  /** The names of the columns of `x`; one of a category is `Home=rent`. */
  features: string[];
  /** The number subtracted from each column of `x`, after its power: the mean of the training rows, 0 for a category. */
  means: number[];
  /** The divisor of each column of `x`: the standard deviation of the training rows, 1 for a category or a constant. */
  scales: number[];
  /** For each numeric column with missing values: the training rows' median, which replaces them, and their number. */
  imputed: Record<string, { median: number; count: number }>;
  /**
   * For each categorical column: the number of rows whose value is missing or does not occur among the training rows; all of
   * its columns are 0 there.
   */
  unknown: Record<string, number>;
  /** The λ of Yeo and Johnson's power for each numeric column whose values went through it. */
  powers: Record<string, number>;
}

/** Throws unless a treatment of heavy tails has its name. */
export const checkHeavyTails = (task: string, heavyTails: unknown): void =>
  check(task, { heavyTails }, oneOf(...["yeoJohnson", "keep"] satisfies HeavyTails[]));

/** The parts of a split as float64 arrays. */
export interface PreparedArrays extends PreparedColumns {
  readonly train: PartArrays;
  readonly validation: PartArrays;
  readonly test: PartArrays;
}

/** One column of `x`, for all rows of the table. */
interface MatrixColumn {
  readonly feature: string;
  readonly values: ArrayLike<number>;
  readonly mean: number;
  readonly scale: number;
}

/** A numeric column, with the λ of its power, if its values went through one. */
interface ScaledColumn extends MatrixColumn {
  /** Computes the median of the training rows. */
  median(): number;
  readonly lambda?: number;
}

function scaledColumn(
  { name, values }: NumberColumn,
  train: readonly number[],
  heavyTails: HeavyTails,
): ScaledColumn {
  const present = presentValues(values, train);
  if (present.length === 0) throw new Error(`Cannot ${TASK}: '${name}' has no value in the training rows`);
  const plain = standardize(values, train, 0), median = () => plain.median;
  const scaled = ({ values, mean, scale }: Standardized) => ({ feature: name, values, mean, scale, median });
  if (heavyTails === "keep" || !hasHeavyTails(present)) return scaled(plain);
  const lambda = fitYeoJohnson(present), { low, high } = rangeOf(present);
  const power = (x: number) => yeoJohnson(Math.min(high, Math.max(low, Number.isNaN(x) ? plain.median : x)), lambda);
  return { ...scaled(standardize(values.map(power), train, 0)), lambda };
}

/** The smallest and the largest of some values. */
function rangeOf(values: Float64Array): { low: number; high: number } {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { low, high };
}

/** One column of 0 and 1 for each level among the training rows, in alphabetical order. */
function indicatorColumns({ name, levels, codes }: CategoryColumn, train: readonly number[]) {
  const known = new Set(train.map((row) => codes[row]));
  const columns = levels.flatMap((level, code): MatrixColumn[] => {
    if (!known.has(code)) return [];
    const values = new Uint8Array(codes.length); // `Uint8Array.from` with a function takes several times as long
    for (let row = 0; row < codes.length; row++) if (codes[row] === code) values[row] = 1;
    return [{ feature: `${name}=${level}`, values, mean: 0, scale: 1 }];
  });
  return { columns, isUnknown: (row: number) => codes[row] < 0 || !known.has(codes[row]) };
}

function matrix(columns: readonly MatrixColumn[], rows: readonly number[]): Float64Array<ArrayBuffer> {
  const x = new Float64Array(rows.length * columns.length);
  columns.forEach(({ values }, j) => {
    for (let i = 0, at = j; i < rows.length; i++, at += columns.length) x[at] = values[rows[i]];
  });
  return x;
}

/** Throws unless the parts are rows of the table, none in two parts, and there are training and test rows. */
function checkSplit(split: Split, height: number): void {
  const seen = new Map<number, string>(), inTable = integerFrom(0, height - 1);
  for (const part of ["train", "validation", "test"] as const) {
    check(TASK, { [`split.${part}`]: split?.[part] }, anArrayOf("rows"));
    if (split[part].length === 0 && part !== "validation") {
      throw new RangeError(`Cannot ${TASK}: 'split.${part}' must have a row`);
    }
    for (const [i, row] of split[part].entries()) {
      if (!inTable.valid(row)) check(TASK, { [`split.${part}[${i}]`]: row }, inTable);
      const other = seen.get(row);
      if (other) throw new RangeError(`Cannot ${TASK}: row ${row} is in 'split.${other}' and in 'split.${part}'`);
      seen.set(row, part);
    }
  }
}

/**
 * Makes one matrix per part of a split, with what the training rows alone teach: imputation by the median, scaling
 * ({@linkcode standardize} with ddof 0), before it the power of a column with heavy tails if that is asked for, one column of 0
 * and 1 per level of a category.
 */
export function prepareColumns(
  columns: readonly Column[],
  labels: ArrayLike<number>,
  split: Split,
  { heavyTails = "keep" }: PrepareOptions = {},
): PreparedArrays {
  checkSplit(split, labels.length);
  checkHeavyTails(TASK, heavyTails);
  const { train, validation, test } = split, used = [...train, ...validation, ...test];
  const made: MatrixColumn[] = [], imputed: PreparedColumns["imputed"] = {}, unknown: PreparedColumns["unknown"] = {};
  const powers: PreparedColumns["powers"] = {};
  for (const column of columns) {
    if (column.kind === "category") {
      const indicators = indicatorColumns(column, train);
      made.push(...indicators.columns);
      unknown[column.name] = used.filter(indicators.isUnknown).length;
    } else {
      const scaled = scaledColumn(column, train, heavyTails),
        count = used.filter((row) => Number.isNaN(column.values[row])).length;
      made.push(scaled);
      if (count > 0) imputed[column.name] = { median: scaled.median(), count };
      if (scaled.lambda !== undefined) powers[column.name] = scaled.lambda;
    }
  }
  const part = (rows: readonly number[]): PartArrays => ({
    x: matrix(made, rows),
    y: new Float64Array(rows.length).map((_, i) => labels[rows[i]]),
  });
  return {
    train: part(train),
    validation: part(validation),
    test: part(test),
    features: made.map(({ feature }) => feature),
    means: made.map(({ mean }) => mean),
    scales: made.map(({ scale }) => scale),
    imputed,
    unknown,
    powers,
  };
}
