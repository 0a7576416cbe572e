import { booleanOf, codeForm, isMissingValue, largestValue, numberOf } from "./spelling.ts";
import { categoryColumn, type Column, numberColumn } from "./table.ts";

/** The subject of the errors of a table's content. */
export const TASK = "read the table";

/** Largest number of distinct numbers beside a text that are still codes of categories: 0, 1, 2 and 3+. */
const mostCodes = 12;

const mostCategories = 100;

const date = /^(\d{1,4}([-/.])\d{1,2}\2\d{1,4}([T ].*)?|\d{1,2}:\d{2}(:\d{2})?)$/;
const formatted = /^[-+]?[€$£]?\s?[-+]?\d[\d.,' ]*\s?[%€$£]?$/; // 12%, $5, 1,234.5

/** The column that is read, and how to speak of it. */
export interface RawColumn {
  readonly name: string;
  readonly values: readonly unknown[];
  /** Names a row: "row 8 (line 9)", both counted from 1. */
  place(row: number): string;
}

/** Options of {@linkcode inferColumn}. */
export interface InferOptions {
  /** Texts that are missing in this table, beside the usual ones. */
  readonly missing?: readonly string[];
  /** The column is numbers although its texts look like codes. */
  readonly asNumbers?: boolean;
}

/** A typed column, its kind, and why codes among its texts are categories. */
export interface InferredColumn {
  readonly column: Column;
  readonly kind: "number" | "category" | "boolean";
  /** A code in the column, its row, and what makes it one. */
  readonly code?: { readonly text: string; readonly place: string; readonly what: string };
}

/** A column that cannot be a feature. */
export class ColumnError extends RangeError {
  /** Name of the column. */
  readonly column: string;
  /** The reason and the cure. */
  readonly problem: string;

  /** Makes the error. */
  constructor(column: string, problem: string) {
    super(`Cannot ${TASK}: the column '${column}' ${problem}`);
    [this.column, this.problem] = [column, problem];
  }
}

const refuse = (name: string, problem: string): Error => new ColumnError(name, problem);

const orDrop = "or leave the column out with 'drop'";

/** Texts that a column of categories must not consist of: each would become a level of its own. */
const refusedTexts: readonly {
  readonly matches: (text: string) => boolean;
  readonly what: string;
  readonly cure: string;
}[] = [
  { matches: (text) => date.test(text), what: "dates or times as text", cure: "convert them to numbers" },
  {
    matches: (text) => Number.isNaN(numberOf(text)) && !date.test(text) && formatted.test(text),
    what: "numbers that are formatted as text",
    cure: "write them as plain numbers",
  },
];

/** Refuses texts that are mostly numbers or dates: their order would be lost in categories. */
function checkTexts({ name, place }: RawColumn, texts: readonly (string | null)[]): void {
  const present = texts.filter((text) => text !== null), at = (row: number) => `('${texts[row]}' in ${place(row)})`;
  const isMost = (matches: (text: string) => boolean) => 2 * present.filter(matches).length > present.length;
  const isNumber = (text: string) => !Number.isNaN(numberOf(text)) || booleanOf(text) !== undefined;
  if (isMost(isNumber) && new Set(present.filter(isNumber)).size > mostCodes) {
    const isOther = (text: string | null) => text !== null && Number.isNaN(numberOf(text)); // false beside 10 is no number
    const others = present.filter(isOther).length, row = texts.findIndex(isOther);
    throw refuse(
      name,
      `holds numbers, but ${others} of ${present.length} values ${others === 1 ? "is" : "are"} not a number ` +
        `${at(row)}: correct the values, declare a missing value with 'missing', ${orDrop}`,
    );
  }
  const refused = refusedTexts.find(({ matches }) => isMost(matches));
  if (refused === undefined) return;
  const row = texts.findIndex((text) => text !== null && refused.matches(text));
  throw refuse(name, `holds ${refused.what} ${at(row)}: ${refused.cure}, ${orDrop}`);
}

/** Refuses numbers that training cannot use. */
function checkNumbers({ name, place }: RawColumn, numbers: readonly (number | null)[]): void {
  const row = numbers.findIndex((v) => v !== null && !(Math.abs(v) <= largestValue));
  if (row < 0) return;
  const value = numbers[row]!;
  if (!Number.isFinite(value)) throw refuse(name, `is infinite in ${place(row)}`);
  throw refuse(name, `holds ${value} in ${place(row)}, numbers must lie between ±1e30: rescale the column, ${orDrop}`);
}

/** Returns whether a raw value is an integer that a number cannot tell from its neighbours. */
const isBeyondIntegers = (value: unknown): boolean =>
  typeof value === "bigint"
    ? value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)
    : typeof value === "string" && value.length >= 16 && /^\s*[-+]?\d{16,}\s*$/.test(value) &&
      Math.abs(Number(value)) > 2 ** 53;

/** A decimal number that nothing else could be: no code, no exponent, none beyond 2⁵³. */
const plainDecimal = /^[-+]?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/;

/** Returns the numbers of texts that are plain decimals, NaN where one is missing; undefined if any is something else, or none is a number. */
function plainDecimals(
  values: readonly unknown[],
  missing: readonly string[] | undefined,
): Float64Array<ArrayBuffer> | undefined {
  const numbers = new Float64Array(values.length);
  let present = 0;
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (typeof value !== "string") return undefined;
    if (plainDecimal.test(value) && !missing?.includes(value)) {
      numbers[row] = Number(value);
      present++;
    } else if (isMissingValue(value, missing)) numbers[row] = NaN;
    else return undefined;
  }
  return present > 0 ? numbers : undefined;
}

/**
 * Makes a typed column of raw values: numbers if every value that is present is a number, 0 and 1 if every one is true or
 * false, else categories. Codes (00101, 0x1f, 12e3) are categories unless `asNumbers`; 1e5 counts as a number beside 0.5.
 *
 * @throws {RangeError} A date, an infinite number or one beyond ±1e30, an integer beyond 2⁵³, texts that are mostly numbers
 * or dates, more than 100 distinct texts.
 */
export function inferColumn(raw: RawColumn, { missing, asNumbers = false }: InferOptions = {}): InferredColumn {
  const { name, values, place } = raw, isMissing = (value: unknown) => isMissingValue(value, missing);
  const plain = plainDecimals(values, missing); // most columns of numbers, in a tenth of the time
  if (plain !== undefined) return { column: { kind: "number", name, values: plain }, kind: "number" };
  const moment = values.findIndex((value) => value instanceof Date);
  if (moment >= 0) {
    const text = (values[moment] as Date).toISOString();
    throw refuse(name, `holds dates (${text} in ${place(moment)}): convert them to numbers, ${orDrop}`);
  }
  const beyond = values.findIndex(isBeyondIntegers);
  if (beyond >= 0) {
    const text = `${values[beyond]} in ${place(beyond)}`;
    throw refuse(name, `holds integers beyond 2^53 (${text}), which numbers cannot tell apart: ${orDrop.slice(3)}`);
  }
  if (values.every((value) => isMissing(value) || booleanOf(value) !== undefined)) {
    const column = numberColumn(name, values.map((value) => isMissing(value) ? null : Number(booleanOf(value))));
    return { column, kind: "boolean" };
  }
  const read = asNumbers ? (value: unknown) => Number(String(value).trim()) : numberOf;
  const code = asNumbers ? -1 : codeRow(values);
  const numbers = values.map((value) => isMissing(value) ? null : read(value));
  if (code < 0 && !numbers.some(Number.isNaN)) {
    checkNumbers(raw, numbers);
    return { column: numberColumn(name, numbers), kind: "number" };
  }
  const texts = values.map((value) => isMissing(value) ? null : String(value).trim());
  if (asNumbers) {
    const row = numbers.findIndex(Number.isNaN);
    throw refuse(name, `is named in 'numbers', but '${texts[row]}' in ${place(row)} is not a number`);
  }
  const infinite = texts.findIndex((text) => text !== null && /^[-+]?inf(inity)?$/i.test(text));
  if (infinite >= 0) throw refuse(name, `is infinite in ${place(infinite)}`);
  if (code < 0) checkTexts(raw, texts);
  const column = categoryColumn(name, texts), { length } = column.levels;
  if (length > mostCategories) {
    const row = code < 0 ? texts.findIndex((text) => text !== null) : code;
    const cure = code < 0
      ? "leave it out with 'drop' if it is a name, or merge categories"
      : "leave it out with 'drop', or read it as numbers with 'numbers'";
    throw refuse(name, `has ${length} distinct texts ('${texts[row]}' in ${place(row)}): ${cure}`);
  }
  if (code < 0) return { column, kind: "category" };
  return { column, kind: "category", code: { text: texts[code]!, place: place(code), what: codeForm(texts[code])! } };
}

/** Returns the row of the first code; −1 if there is none. An 'e' between digits is an exponent beside a decimal point. */
function codeRow(values: readonly unknown[]): number {
  const row = values.findIndex((value) => codeForm(value) !== undefined);
  if (row < 0 || !/^\d+e\d+$/i.test(String(values[row]).trim())) return row;
  const isDecimal = (value: unknown) =>
    typeof value === "string" && /\.|e[-+]/i.test(value) && !Number.isNaN(numberOf(value));
  if (!values.some(isDecimal)) return row;
  return values.findIndex((value) => codeForm(value) !== undefined && !/^\d+e\d+$/i.test(String(value).trim()));
}
