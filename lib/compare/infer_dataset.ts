import pl from "nodejs-polars";
import { type ClassLabel, classLabel } from "./class_label.ts";
import type { Frame } from "../data/types.ts";

/** What is known of a table of which nothing was known. */
export interface InferredDataset extends ClassLabel {
  /** The rows: numbers, texts, `null` where a value is missing; the label, the class's index, is the last column. */
  readonly frame: Frame;
  readonly features: string[];
  /** Those of the features that are texts. */
  readonly categorical: string[];
  readonly label: string;
  /** How many values are missing, for each feature where some are. */
  readonly missing: Record<string, number>;
  /** Columns that were left out since they hold no value at all. */
  readonly empty: string[];
  /** Features that have one value only. */
  readonly constant: string[];
}

/** What of a table is used. */
export interface InferOptions {
  label: string;
  positive?: string;
  drop?: readonly string[];
}

/** So few different numbers beside a text are codes: 0, 1, 2 and 3+. */
const mostCodes = 12;

const TASK = "compare losses", mostCategories = 100;

const missingTexts = new Set(["", "?", "NA", "N/A", "nan", "NaN", "null"]);
const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || Number.isNaN(value) ||
  (typeof value === "string" && missingTexts.has(value.trim()));

const isNumber = (value: unknown): boolean => isMissing(value) || Number.isFinite(Number(value));

const date = /^(\d{1,4}([-/.])\d{1,2}\2\d{1,4}([T ].*)?|\d{1,2}:\d{2}(:\d{2})?)$/;
const spelt = /^[-+]?[€$£]?\s?[-+]?\d[\d.,' ]*\s?[%€$£]?$/; // 12%, $5, 1,234.5

/** What most of the texts are that are no categories: each would be a column of its own. */
const kinds: readonly { readonly test: (text: string) => boolean; readonly what: string; readonly cure: string }[] = [
  { test: (text) => date.test(text), what: "dates or times as text", cure: "make numbers of them" },
  {
    test: (text) => !isNumber(text) && !date.test(text) && spelt.test(text),
    what: "numbers that are spelt as text",
    cure: "write them as numbers",
  },
];

/** Refuses texts that are mostly numbers or dates: as categories they would teach nothing of what they say. */
function checkCategories(name: string, texts: readonly (string | null)[]): void {
  const there = texts.filter((text) => text !== null), at = (row: number) => `('${texts[row]}' in row ${row})`;
  const most = (test: (text: string) => boolean) => 2 * there.filter(test).length > there.length;
  const leave = "or leave it out with 'drop'";
  if (most(isNumber) && new Set(there.filter(isNumber)).size > mostCodes) {
    const others = there.filter((text) => !isNumber(text)).length, row = texts.findIndex((text) => !isNumber(text));
    throw new RangeError(
      `Cannot ${TASK}: the column '${name}' holds numbers, but ${others} of ${there.length} values ` +
        `${others === 1 ? "is" : "are"} none ${at(row)}: clean it, ${leave}`,
    );
  }
  const kind = kinds.find(({ test }) => most(test));
  if (kind === undefined) return;
  const row = texts.findIndex((text) => text !== null && kind.test(text));
  throw new RangeError(`Cannot ${TASK}: the column '${name}' holds ${kind.what} ${at(row)}: ${kind.cure}, ${leave}`);
}

/** A feature's values: numbers if all that are there are numbers, else texts. */
function typed(name: string, raw: readonly unknown[]): (number | string | null)[] {
  const moment = raw.findIndex((value) => value instanceof Date);
  if (moment >= 0) {
    throw new RangeError(
      `Cannot ${TASK}: the column '${name}' holds dates (${
        (raw[moment] as Date).toISOString()
      } in row ${moment}): make numbers of them, or leave it out with 'drop'`,
    );
  }
  if (raw.every(isNumber)) return raw.map((value) => isMissing(value) ? null : Number(value));
  const infinite = raw.findIndex((value) => !isMissing(value) && /^[-+]?inf(inity)?$/i.test(String(value).trim()));
  if (infinite >= 0) throw new RangeError(`Cannot ${TASK}: the column '${name}' is infinite in row ${infinite}`);
  const texts = raw.map((value) => isMissing(value) ? null : String(value).trim());
  checkCategories(name, texts);
  const categories = new Set(texts).size;
  if (categories > mostCategories) {
    const row = texts.findIndex((text) => text !== null);
    throw new RangeError(
      `Cannot ${TASK}: the column '${name}' has ${categories} different texts ('${texts[row]}' in row ${row}): ` +
        "leave it out with 'drop' if it is a name, or make fewer categories of it",
    );
  }
  return texts;
}

function columnNames(frame: Frame, { label, drop = [] }: InferOptions): string[] {
  const names = frame.columns;
  for (const wanted of [label, ...drop]) {
    if (names.includes(wanted)) continue;
    const list = names.length > 12 ? `${names.slice(0, 12).join(", ")}, … (${names.length})` : names.join(", ");
    throw new RangeError(`Cannot ${TASK}: there is no column '${wanted}', there are ${list}`);
  }
  if (drop.includes(label)) throw new RangeError(`Cannot ${TASK}: 'drop' has the label '${label}'`);
  const left = names.filter((name) => name !== label && !drop.includes(name));
  if (left.length === 0) throw new RangeError(`Cannot ${TASK}: there is no column besides the label '${label}'`);
  return left;
}

/**
 * Finds out what a table holds: which columns are numbers and which are categories, what is missing, which classes the label
 * has.
 *
 * @throws {RangeError} A column that is not there, a missing label, an infinite number, dates, a column of
 * numbers some of which are none, a column of too many texts, a label of one value only.
 */
export function inferDataset(frame: Frame, options: InferOptions): InferredDataset {
  const names = columnNames(frame, options), { label } = options;
  const labels: unknown[] = [...frame.getColumn(label).toArray()];
  const gap = labels.findIndex(isMissing);
  if (gap >= 0) throw new RangeError(`Cannot ${TASK}: the label '${label}' is missing in row ${gap}`);
  const own = classLabel(label, labels, options.positive);
  const all = names.map((name) => ({ name, values: typed(name, [...frame.getColumn(name).toArray()]) }));
  const used = all.filter(({ values }) => values.some((value) => value !== null));
  if (used.length === 0) throw new RangeError(`Cannot ${TASK}: all columns besides '${label}' are empty`);
  const isText = ({ values }: typeof all[number]) => values.some((value) => typeof value === "string");
  const gaps = (values: typeof all[number]["values"]) => values.filter((value) => value === null).length;
  return {
    ...own,
    label,
    features: used.map(({ name }) => name),
    categorical: used.filter(isText).map(({ name }) => name),
    missing: Object.fromEntries(used.map(({ name, values }) => [name, gaps(values)]).filter(([, n]) => n !== 0)),
    empty: all.filter((column) => !used.includes(column)).map(({ name }) => name),
    constant: used.filter(({ values }) => new Set(values).size === 1).map(({ name }) => name),
    frame: pl.DataFrame([
      ...used.map((column) => pl.Series(column.name, column.values, isText(column) ? pl.Utf8 : pl.Float64)),
      pl.Series(label, [...own.yTrue], pl.Float64),
    ]),
  };
}
