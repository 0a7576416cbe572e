import { aBoolean, check, checkOptions, describe, integerFrom, optional, type Rule } from "../check/check.ts";
import { firstOf } from "../numerics/format.ts";
import { type ClassLabel, classLabel } from "./class_label.ts";
import { separators } from "./csv.ts";
import { type DecimalMark, withDecimalPoints } from "./decimal_comma.ts";
import { distinctRows, indexReason, isLeak, isTimeOrder, repeatedIds } from "./find_faults.ts";
import { ColumnError, inferColumn, TASK } from "./infer_column.ts";
import { type RawTable, readRaw } from "./raw_table.ts";
import { booleanOf, isMissingValue, largestValue, numberOf } from "./spelling.ts";
import {
  type Column,
  type Feature,
  isMissing,
  type TableDataset,
  type TableFrame,
  type TableWarning,
  type WarningCode,
} from "./table.ts";

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
   * Columns to leave out; "" is the one without a name.
   *
   * @default {none}
   */
  drop?: readonly string[];
  /**
   * Columns to use although they look like an index of the rows.
   *
   * @default {none}
   */
  keep?: readonly string[];
  /**
   * Columns to read as numbers although their texts look like codes: 00101, 0x1f, 12e3.
   *
   * @default {none}
   */
  numbers?: readonly string[];
  /**
   * Texts that stand for a missing value, beside the usual ones (empty, -, ?, NA, N/A, n/a, #N/A, NaN, NaT, null, NULL, None).
   *
   * @default {none}
   */
  missing?: readonly string[];
  /**
   * Leaves out rows without a label; they are refused otherwise.
   *
   * @default {false}
   */
  dropUnlabelled?: boolean;
  /**
   * Merges the classes of fewer rows into one, "other".
   *
   * @default {0: none}
   */
  mergeRare?: number;
  /**
   * The separator of a text file: "," ";" "|" or a tab.
   *
   * @default {found by the header}
   */
  separator?: string;
  /**
   * The decimal mark of numbers: 1.5 or 1,5. A point in a column of numbers is refused beside the comma, as in 1.234,5.
   *
   * @default {a point; the comma in a column of a text file whose fields are separated by semicolons or tabs, if all of its values are
   * numbers like 1,5 and 2}
   */
  decimal?: DecimalMark;
  /**
   * Columns to read as numbers beside the features, such as the costs of each row; no value may be missing. One that is listed
   * in `keep` is a feature too.
   *
   * @default {none}
   */
  beside?: readonly string[];
  /**
   * The column whose rows with one value stay in one part of a split, such as the patient that they are of; it is no feature.
   *
   * @default {none}
   */
  group?: string;
  /**
   * The largest number of rows; of a larger table so many are drawn at random.
   *
   * @default {all rows}
   */
  rows?: number;
}

/** Throws unless the named columns exist and the label is not among those to leave out. */
function checkNames(names: readonly string[], options: ReadTableOptions): void {
  const { label, drop = [], keep = [], numbers = [], beside = [], group = label } = options;
  for (const wanted of [label, group, ...drop.filter((name) => name !== ""), ...keep, ...numbers, ...beside]) {
    if (names.includes(wanted)) continue;
    const shown = names.slice(0, 12).map((name) => name || "(no name)").join(", ");
    const list = names.length > 12 ? `${shown}, … (${names.length})` : shown;
    const hint = names.every((name) => name !== "" && Number.isFinite(Number(name)))
      ? "; the first line must hold names"
      : names.length === 1
      ? "; fields are separated by a comma, a semicolon, a tab or a bar"
      : "";
    throw new RangeError(`Cannot ${TASK}: there is no column '${wanted}', only ${list}${hint}`);
  }
  for (const [option, list] of Object.entries({ drop, beside })) {
    if (list.includes(label)) throw new RangeError(`Cannot ${TASK}: '${option}' contains the label '${label}'`);
  }
  const both = keep.find((name) => drop.includes(name));
  if (both !== undefined) throw new RangeError(`Cannot ${TASK}: '${both}' is in 'drop' and in 'keep'`);
  if (keep.includes(group)) {
    throw new RangeError(`Cannot ${TASK}: '${group}' is in 'keep' and in 'group', which is no feature`);
  }
  const isAside = (name: string) =>
    name === group || drop.includes(name) || beside.includes(name) && !keep.includes(name);
  if (!names.some((name) => name !== label && !isAside(name))) {
    throw new RangeError(`Cannot ${TASK}: there is no column besides the label '${label}'`);
  }
}

function isConstant(column: Column): boolean {
  const { values, first } = column.kind === "number"
    ? { values: column.values, first: column.values[0] }
    : { values: column.codes, first: 0 };
  return values.every((value) => value === first);
}

/** The number of values below which a column is left out, as one whose texts all differ: parts of a split may have none. */
const leastValues = 10;

/** A column that is read: what became of it, its values if models see them, and what must be known. */
interface ReadColumn {
  readonly feature: Feature;
  readonly column?: Column;
  readonly warnings: readonly TableWarning[];
}

/** Reads one feature. */
function readFeature(table: RawTable, name: string, isFirst: boolean, options: ReadTableOptions): ReadColumn {
  const { drop = [], keep = [], numbers = [], beside = [], group, missing } = options;
  const left = (why: string, code?: WarningCode, message = why): ReadColumn => {
    const feature = { name, kind: "category" as const, used: false, why, missing: 0 };
    return { feature, warnings: code === undefined ? [] : [{ code, column: name, message }] };
  };
  if (name === group) return left("its rows stay together");
  if (drop.includes(name)) return left("as requested");
  if (beside.includes(name) && !keep.includes(name)) {
    const why = "it is read beside the features";
    const message = `the column '${name}' is no feature: ${why}; list it in 'keep' if it is known before the label`;
    return left(why, "beside-column", message);
  }
  const values = table.values(name),
    index = keep.includes(name) ? undefined : indexReason(
      { name, values },
      isFirst,
      table.rowNumbers,
    );
  if (index !== undefined) {
    const message = `the column '${name}' is left out: ${index}; list it in 'keep' to use it, in 'drop' to say so`;
    return left(index, "index-column", message);
  }
  const inferred = inferColumn({ name, values, place: table.place }, { missing, asNumbers: numbers.includes(name) });
  const { column, kind, code } = inferred, rows = values.length;
  const gaps = values.filter((_, row) => isMissing(column, row)).length, present = rows - gaps;
  const levels = column.kind === "category" ? { levels: column.levels.length } : {};
  const out = (why: string, warning: TableWarning): ReadColumn => ({
    feature: { name, kind, used: false, why, ...levels, missing: gaps },
    warnings: [warning],
  });
  if (present === 0) {
    const why = "it has no value";
    return out(why, { code: "empty-column", column: name, message: `the column '${name}' is left out: ${why}` });
  }
  if ((present < leastValues || levels.levels === present) && present * 10 < rows) {
    const why = `it has a value in ${present} of ${rows} rows only`;
    return out(why, { code: "sparse-column", column: name, message: `the column '${name}' is left out: ${why}` });
  }
  const warnings: TableWarning[] = [];
  let why: string | undefined;
  if (code !== undefined) {
    why = `'${code.text}' in ${code.place} has ${code.what}`;
    const message =
      `the column '${name}' is read as categories: ${why}, as codes have; list it in 'numbers' if they are numbers`;
    warnings.push({ code: "code-column", column: name, message });
  }
  if (isConstant(column)) {
    why = "it is constant";
    warnings.push({ code: "constant-column", column: name, message: `the column '${name}' has one value only` });
  }
  return { feature: { name, kind, used: true, ...(why && { why }), ...levels, missing: gaps }, column, warnings };
}

/** Reads the features. If several columns cannot be features, the error names all of them. */
function readFeatures(table: RawTable, options: ReadTableOptions): ReadColumn[] {
  const read: ReadColumn[] = [], refused: ColumnError[] = [];
  table.names.forEach((name, i) => {
    if (name === options.label) return;
    try {
      read.push(readFeature(table, name, i === 0, options));
    } catch (error) {
      if (!(error instanceof ColumnError)) throw error;
      refused.push(error);
    }
  });
  if (refused.length === 0) return read;
  if (refused.length === 1) throw refused[0];
  const lines = refused.map(({ column, problem }) => `\n  '${column}' ${problem}`);
  throw new RangeError(`Cannot ${TASK}: ${refused.length} columns cannot be features as they are:${lines.join("")}`);
}

/** Takes rows of a column. */
const takeFrom = (column: Column, rows: readonly number[]): Column =>
  rows.length === (column.kind === "number" ? column.values : column.codes).length
    ? column
    : column.kind === "number"
    ? { ...column, values: new Float64Array(rows.length).map((_, i) => column.values[rows[i]]) }
    : { ...column, codes: new Int32Array(rows.length).map((_, i) => column.codes[rows[i]]) };

/** The rows that have a label. */
function labelledRows(table: RawTable, labels: readonly unknown[], options: ReadTableOptions) {
  const { label, missing, dropUnlabelled = false } = options, all = labels.map((_, row) => row);
  const without = all.filter((row) => isMissingValue(labels[row], missing)), [first] = without;
  if (first === undefined) return { rows: all, warnings: [] };
  const spelt = typeof labels[first] === "string" && labels[first].trim() !== ""
    ? `, spelt '${labels[first].trim()}'`
    : "";
  const many = without.length === 1 ? "1 row" : `${without.length} rows`;
  const fact = `the label '${label}' is missing in ${many}, first in ${table.place(first)}${spelt}`;
  if (!dropUnlabelled) {
    const other = spelt === "" ? "" : ", or write another word if it is a class";
    throw new RangeError(`Cannot ${TASK}: ${fact}: leave such rows out with 'dropUnlabelled'${other}`);
  }
  const warning: TableWarning = { code: "unlabelled-rows", column: label, message: `${fact}; such rows are left out` };
  return { rows: all.filter((row) => !isMissingValue(labels[row], missing)), warnings: [warning] };
}

/** Reads the numbers of a table by their decimal marks; `found` fills with the columns whose comma was found, not named. */
function withPoints(table: RawTable, { label, decimal, missing }: ReadTableOptions) {
  const { separator, place } = table, found = new Set<string>();
  const values = (name: string): readonly unknown[] => {
    const raw = { name, values: table.values(name), place };
    if (name === label) return raw.values;
    const read = withDecimalPoints(raw, { decimal, separator, missing });
    if (read.found) found.add(name);
    return read.values;
  };
  return { table: { ...table, values }, found };
}

/** Says which columns have a decimal comma. */
function commaWarning(found: ReadonlySet<string>): TableWarning[] {
  if (found.size === 0) return [];
  const names = firstOf([...found].map((name) => `'${name}'`));
  return [{ code: "decimal-comma", message: `the numbers of ${names} have a decimal comma; 'decimal' sets the mark` }];
}

/** Reads columns that are numbers in every row, features or not. */
function numbersBeside(table: RawTable, rows: readonly number[], { beside = [], missing }: ReadTableOptions) {
  return Object.fromEntries(beside.map((name) => {
    const values = table.values(name);
    const numbers = Float64Array.from(rows, (row) => {
      const value = values[row], boolean = booleanOf(value);
      const number = isMissingValue(value, missing)
        ? NaN
        : boolean === undefined && !(value instanceof Date)
        ? numberOf(value)
        : Number(boolean);
      if (Math.abs(number) <= largestValue) return number;
      const found = isMissingValue(value, missing)
        ? "none"
        : describe(typeof value === "string" ? value.trim() : value);
      throw new RangeError(
        `Cannot ${TASK}: the column '${name}' must hold numbers within ±1e30 in every row, ${
          table.place(row)
        } holds ${found}`,
      );
    });
    return [name, numbers];
  }));
}

/** Warns of rows that a random split should not part: those of one person, and neighbours in time. */
function dependentRows(
  table: RawTable,
  features: readonly Feature[],
  { drop = [], group }: ReadTableOptions,
): TableWarning[] {
  const valuesOf = (column: string): readonly unknown[] => {
    try {
      return table.values(column);
    } catch {
      return []; // a column that is left out may have a type that is not read
    }
  };
  return features.flatMap(({ name: column, used }): TableWarning[] => {
    const ids = column === group ? undefined : repeatedIds(column, () => valuesOf(column));
    if (ids !== undefined) {
      const fact = `'${column}' has ${ids} values in ${table.rowNumbers.length} rows`;
      const now = used ? "; it is a feature now" : "";
      const cure = group === undefined ? "; keep them together with 'group'" : "";
      const message =
        `${fact}: rows that share one may lie in training and in test, which flatters every loss${now}${cure}`;
      return [{ code: "repeated-id", column, message }];
    }
    if (!drop.includes(column) || !isTimeOrder(valuesOf(column))) return [];
    const message =
      `the rows are in the order of '${column}': random splits put neighbours in time into training and test, ` +
      "which flatters every loss if later rows are to be predicted";
    return [{ code: "time-order", column, message }];
  });
}

/** Warns of columns that determine the label. */
const leaksOf = (columns: readonly Column[], label: string, { yTrue, classes }: ClassLabel): TableWarning[] =>
  columns.filter((column) => isLeak(column, yTrue, classes.length)).map(({ name }) => ({
    code: "leak",
    column: name,
    message: `the column '${name}' alone determines '${label}', or nearly so: if it is known only after the label, ` +
      "leave it out with 'drop'",
  }));

/** Numbers the values of the column whose rows stay together. */
function groupsOf(table: RawTable, rows: readonly number[], { group, missing }: ReadTableOptions) {
  if (group === undefined) return undefined;
  const values = table.values(group), known = new Map<string, number>();
  return Int32Array.from(rows, (row) => {
    const value = values[row];
    if (isMissingValue(value, missing)) {
      throw new RangeError(
        `Cannot ${TASK}: 'group' must have a value in every row, '${group}' has none in ${table.place(row)}`,
      );
    }
    const name = value instanceof Date ? value.toISOString() : String(value).trim(),
      number = known.get(name) ?? known.size;
    known.set(name, number);
    return number;
  });
}

/**
 * Groups equal rows, where no column groups them, and warns of them. In a table of few distinct rows, counts of cases, they are
 * no slip and stay apart.
 */
function equalRows(columns: readonly Column[], yTrue: ArrayLike<number>, group: string | undefined) {
  const groups = distinctRows(columns, yTrue), rows = yTrue.length, distinct = new Set(groups).size;
  if (distinct === rows) return { warnings: [] };
  const grouped = group === undefined && 2 * distinct >= rows;
  const repeated = rows - distinct;
  const message = `${repeated} of ${rows} rows ${repeated === 1 ? "repeats" : "repeat"} an earlier row; ${
    group !== undefined
      ? `'${group}' decides in which part of a split each lies`
      : grouped
      ? "equal rows stay in one part of a split"
      : "they are drawn one by one, as rows of few possible values are"
  }`;
  const warnings: TableWarning[] = [{ code: "duplicate-rows", message }];
  return { ...(grouped && { groups }), warnings };
}

/** The names of the options of a table. */
export const tableOptionNames: readonly string[] = [
  ...["label", "positive", "drop", "keep", "numbers", "beside", "missing", "dropUnlabelled", "mergeRare", "separator"],
  ...["decimal", "group", "rows"],
];

const aColumn: Rule = { must: "the name of a column", valid: (name) => typeof name === "string", Kind: TypeError };

const names: Rule = {
  must: "a list of names of columns",
  valid: (list) => Array.isArray(list) && list.every((name) => typeof name === "string"),
  Kind: TypeError,
};
const texts: Rule = { ...names, must: "a list of texts" };
const aText: Rule = { must: "a text, as in the table", valid: (text) => typeof text === "string", Kind: TypeError };

const aMark: Rule = { must: "'.' or ','", valid: (mark) => mark === "." || mark === "," };
const aSeparator: Rule = {
  must: "',', ';', '|' or a tab",
  valid: (separator) => Object.hasOwn(separators, separator as string),
};

/** Throws unless the options are those of a table. */
function checkTableOptions(options: ReadTableOptions): void {
  checkOptions("the table", options, tableOptionNames);
  const { label, positive, drop, keep, numbers, beside, missing, dropUnlabelled, group } = options;
  check(TASK, { label }, aColumn);
  check(
    TASK,
    { group },
    optional({
      ...aColumn,
      must: "a column other than the label",
      valid: (name) => aColumn.valid(name) && name !== label,
    }),
  );
  check(TASK, { positive }, optional(aText));
  check(TASK, { drop, keep, numbers, beside }, optional(names));
  check(TASK, { missing }, optional(texts));
  check(TASK, { dropUnlabelled }, optional(aBoolean));
  const { mergeRare = 0, rows = 1, separator, decimal } = options;
  check(TASK, { mergeRare }, integerFrom(0));
  check(TASK, { rows }, integerFrom(1, 2 ** 31 - 1));
  check(TASK, { separator }, optional(aSeparator));
  check(TASK, { decimal }, optional(aMark));
}

/**
 * Reads a table once into typed columns: numbers if every value of a column is a number, else categories; the label's values
 * become class indices. Nothing happens in silence: `features` says what became of each column, `warnings` names a column that
 * counts the rows (it is left out), one that determines the label, codes that are no numbers, spellings of one class, rows that
 * stand twice.
 *
 * @param source The path of a text file (.csv, .tsv, .tab, .txt, .dat or .data, perhaps packed as .gz or .zst; UTF-8, or UTF-16 with a mark) or of a
 * Parquet file, or a polars frame.
 * @param options The label, and how columns and missing values are read.
 * @returns The columns and the classes, for {@linkcode trainTestSplit} and {@linkcode prepare}.
 * @throws {TypeError} A source of another kind, an unknown option, or one of the wrong type.
 * @throws {RangeError} A column that does not exist, a missing label or a label with a single value, a number that is
 * infinite or beyond ±1e30, an integer beyond 2⁵³, dates, lists, a column of numbers with a few texts, numbers formatted as
 * text, a thousands separator beside a decimal comma, more than 100 distinct texts; of several such columns all are named. Rows
 * and lines are counted from 1.
 * @throws {Error} A file that is missing, has another ending or is broken: a line with more or fewer fields than the header
 * (the error names it), a first line that names one column of several, text that is neither UTF-8 nor UTF-16, no rows.
 *
 * @example From a file to tensors
 * ```ts
 * import "@tensorflow/tfjs";
 * import { prepare, readTable, trainTestSplit } from "@roundabout/roundabout/data";
 * import { assertEquals } from "@std/assert";
 *
 * const table = await readTable("data/credit.csv", { label: "bad", drop: ["Price"] });
 * assertEquals(table.columns.filter(({ kind }) => kind === "category").length, 4);
 * const { train, test, dispose } = prepare(table, trainTestSplit(table, { seed: 1 }));
 * assertEquals([train.x.shape, test.x.shape], [[3117, 25], [1337, 25]]);
 * dispose();
 * ```
 */
export async function readTable(source: string | TableFrame, options: ReadTableOptions): Promise<TableDataset> {
  checkTableOptions(options);
  const { label, positive, mergeRare, separator, rows: most } = options;
  const raw = await readRaw(source, { separator, rows: most }), { table, found } = withPoints(raw, options);
  checkNames(table.names, options);
  const labels = table.values(label), labelled = labelledRows(table, labels, options), { rows } = labelled;
  const classes = classLabel(label, rows.map((row) => labels[row]), { positive, mergeRare });
  const read = readFeatures(table, options);
  const columns = read.flatMap(({ column }) => column === undefined ? [] : [takeFrom(column, rows)]);
  if (columns.length === 0) {
    throw new RangeError(`Cannot ${TASK}: all columns besides '${label}' are empty or left out`);
  }
  const features = read.map(({ feature }) => feature), equal = equalRows(columns, classes.yTrue, options.group);
  const numbers = numbersBeside(table, rows, options), groups = groupsOf(table, rows, options) ?? equal.groups;
  return {
    ...classes,
    label,
    columns,
    features,
    warnings: [
      ...table.warnings,
      ...commaWarning(found),
      ...labelled.warnings,
      ...classes.warnings,
      ...read.flatMap(({ warnings }) => warnings),
      ...leaksOf(columns, label, classes),
      ...dependentRows(raw, features, options),
      ...equal.warnings,
    ],
    groups,
    beside: numbers,
    rowNumbers: Int32Array.from(rows, (row) => table.rowNumbers[row]),
    missing: Object.fromEntries(
      features.filter(({ used, missing }) => used && missing > 0).map(({ name, missing }) => [name, missing]),
    ),
    empty: features.filter(({ why }) => why === "it has no value").map(({ name }) => name),
    constant: columns.filter(isConstant).map(({ name }) => name),
  };
}
