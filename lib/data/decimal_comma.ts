import { ColumnError, type RawColumn } from "./infer_column.ts";
import { isMissingValue } from "./spelling.ts";

/** The mark between the whole part of a number and its fraction. */
export type DecimalMark = "." | ",";

/** The known marks of a table. */
export interface DecimalOptions {
  /** The mark, if it was named. */
  readonly decimal?: DecimalMark;
  /** The separator of the fields, if the source is a text file. */
  readonly separator?: string;
  /** Texts that are missing in this table, beside the usual ones. */
  readonly missing?: readonly string[];
}

/** Separators beside which a comma in a field needs no quotes: the files of spreadsheets where the comma is the decimal mark. */
const separatorsBesideCommas: readonly unknown[] = [";", "\t"];

const commaNumber = /^[-+]?(\d+(,\d*)?|,\d+)([eE][-+]?\d+)?$/;
const plainCommaNumber = /^[-+]?\d+(,\d+)?$/;
const grouped = /^[-+]?\d{1,3}([.' \u00a0\u202f]\d{3})+(,\d+)?$/; // 1.234 and 1.234,5
const groupedAndComma = /^[-+]?\d{1,3}([.' \u00a0\u202f]\d{3})+,\d+$/;
const pointed = /^[-+]?\d*\.\d+([eE][-+]?\d+)?$/;
const groupedByCommas = /^[-+]?[1-9]\d{0,2}(,\d{3})+$/; // 1,234 in English

/** The values of a column with decimal points, and whether the comma was found, not named. */
export interface DecimalPoints {
  readonly values: readonly unknown[];
  readonly found: boolean;
}

/**
 * Writes the numbers of a column with a decimal point where its mark is the comma. That is so if it was named, or if the fields are
 * separated by semicolons or tabs, every text that is present is a whole number or one with a comma, and one of them at least cannot
 * be a number with a thousands separator (1,234).
 *
 * @throws {ColumnError} A thousands separator beside a decimal comma (1.234,5), a point in a column of numbers although the comma was
 * named, or texts that may have either mark.
 */
export function withDecimalPoints(raw: RawColumn, { decimal, separator, missing }: DecimalOptions): DecimalPoints {
  const { name, place } = raw, same = { values: raw.values, found: false };
  if (decimal === "." || decimal === undefined && !separatorsBesideCommas.includes(separator)) return same;
  const texts = raw.values.map((value) =>
    typeof value === "string" && !isMissingValue(value, missing) ? value.trim() : undefined
  );
  const present = texts.filter((text) => text !== undefined);
  const refuse = (matches: (text: string) => boolean, problem: string, cure: string): void => {
    const row = texts.findIndex((text) => text !== undefined && matches(text));
    if (row >= 0) throw new ColumnError(name, `holds '${texts[row]}' in ${place(row)}, ${problem}: ${cure}`);
  };
  const withoutGroups = "write its numbers without thousands separators, or leave the column out with 'drop'";
  if (decimal === undefined) {
    const isNumber = (text: string) => plainCommaNumber.test(text) || groupedAndComma.test(text);
    const commas = present.filter((text) => text.includes(","));
    if (commas.length === 0 || !present.every(isNumber)) return same;
    refuse((text) => groupedAndComma.test(text), "a thousands separator beside a decimal comma", withoutGroups);
    if (commas.every((text) => groupedByCommas.test(text))) {
      refuse((text) => text.includes(","), "a decimal comma or a thousands separator", "say which with 'decimal'");
    }
  } else {
    const hasPoint = (text: string) => grouped.test(text) || pointed.test(text);
    const isNumber = (text: string) => commaNumber.test(text) || hasPoint(text);
    if (2 * present.filter(isNumber).length <= present.length) return same; // categories
    refuse(hasPoint, "where the comma is the decimal mark", withoutGroups);
  }
  const values = raw.values.map((value, row) => {
    const text = texts[row];
    return text !== undefined && commaNumber.test(text) ? text.replace(",", ".") : value;
  });
  return { values, found: decimal === undefined };
}
