import { categoryColumn, type Column, numberColumn } from "./table.ts";

/** The subject of the errors of a table's content. */
export const TASK = "read the table";

/** Largest number of distinct numbers beside a text that are still codes of categories: 0, 1, 2 and 3+. */
const mostCodes = 12;

const mostCategories = 100;

const missingTexts = new Set(["", "?", "NA", "N/A", "nan", "NaN", "null"]);

/** Returns whether a raw value counts as missing. */
export const isMissingValue = (value: unknown): boolean =>
  value === null || value === undefined || Number.isNaN(value) ||
  (typeof value === "string" && missingTexts.has(value.trim()));

const isNumber = (value: unknown): boolean => isMissingValue(value) || Number.isFinite(Number(value));

const date = /^(\d{1,4}([-/.])\d{1,2}\2\d{1,4}([T ].*)?|\d{1,2}:\d{2}(:\d{2})?)$/;
const formatted = /^[-+]?[€$£]?\s?[-+]?\d[\d.,' ]*\s?[%€$£]?$/; // 12%, $5, 1,234.5

/** Texts that a column of categories must not consist of: each would become a level of its own. */
const refusedTexts: readonly {
  readonly matches: (text: string) => boolean;
  readonly what: string;
  readonly cure: string;
}[] = [
  { matches: (text) => date.test(text), what: "dates or times as text", cure: "convert them to numbers" },
  {
    matches: (text) => !isNumber(text) && !date.test(text) && formatted.test(text),
    what: "numbers that are formatted as text",
    cure: "write them as plain numbers",
  },
];

const refuse = (name: string, problem: string): Error =>
  new RangeError(`Cannot ${TASK}: the column '${name}' ${problem}`);

/** Refuses texts that are mostly numbers or dates: their order would be lost in categories. */
function checkTexts(name: string, texts: readonly (string | null)[]): void {
  const present = texts.filter((text) => text !== null), at = (row: number) => `('${texts[row]}' in row ${row})`;
  const isMost = (matches: (text: string) => boolean) => 2 * present.filter(matches).length > present.length;
  const drop = "or leave the column out with 'drop'";
  if (isMost(isNumber) && new Set(present.filter(isNumber)).size > mostCodes) {
    const others = present.filter((text) => !isNumber(text)).length, row = texts.findIndex((text) => !isNumber(text));
    throw refuse(
      name,
      `holds numbers, but ${others} of ${present.length} values ${others === 1 ? "is" : "are"} not a number ` +
        `${at(row)}: correct the values, ${drop}`,
    );
  }
  const refused = refusedTexts.find(({ matches }) => isMost(matches));
  if (refused === undefined) return;
  const row = texts.findIndex((text) => text !== null && refused.matches(text));
  throw refuse(name, `holds ${refused.what} ${at(row)}: ${refused.cure}, ${drop}`);
}

/**
 * Makes a typed column of raw values: numbers if every value that is present is a number, else categories.
 *
 * @throws {RangeError} A date, an infinite number, texts that are mostly numbers or dates, more than 100 distinct texts.
 */
export function inferColumn(name: string, raw: readonly unknown[]): Column {
  const moment = raw.findIndex((value) => value instanceof Date);
  if (moment >= 0) {
    const text = (raw[moment] as Date).toISOString();
    throw refuse(
      name,
      `holds dates (${text} in row ${moment}): convert them to numbers, or leave the column out with 'drop'`,
    );
  }
  if (raw.every(isNumber)) return numberColumn(name, raw.map((value) => isMissingValue(value) ? null : Number(value)));
  const texts = raw.map((value) => isMissingValue(value) ? null : String(value).trim());
  const infinite = texts.findIndex((text) => text !== null && /^[-+]?inf(inity)?$/i.test(text));
  if (infinite >= 0) throw refuse(name, `is infinite in row ${infinite}`);
  checkTexts(name, texts);
  const column = categoryColumn(name, texts), { length } = column.levels;
  if (length > mostCategories) {
    const row = texts.findIndex((text) => text !== null);
    throw refuse(
      name,
      `has ${length} distinct texts ('${
        texts[row]
      }' in row ${row}): leave it out with 'drop' if it is a name, or merge ` +
        "categories",
    );
  }
  return column;
}
