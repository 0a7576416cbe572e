/** Texts that stand for a missing value in the files of spreadsheets, SQL, R, pandas and polars. */
const missingTexts: ReadonlySet<string> = new Set([
  ...["", "-", "?", "NA", "N/A", "n/a", "#N/A", "#NA", "<NA>", "nan", "NaN", "NAN", "NaT"],
  ...["null", "Null", "NULL", "None"],
]);

const longestMissing = Math.max(...[...missingTexts].map((text) => text.length));

/** Returns whether a raw value is missing; `more` holds the texts that are missing in this table too. */
export function isMissingValue(value: unknown, more: readonly string[] = []): boolean {
  if (typeof value !== "string") return value === null || value === undefined || Number.isNaN(value);
  const text = value.trim(); // the length first: a text's hash, which the set needs, takes longer
  return text.length <= longestMissing && missingTexts.has(text) || more.includes(text);
}

const plainNumber = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/;

/** Returns the number of a raw value: a number, a bigint, a boolean or a decimal text; NaN if it is none. */
export function numberOf(value: unknown): number {
  if (typeof value !== "string") return Number(value);
  const text = value.trim();
  return plainNumber.test(text) ? Number(text) : NaN;
}

/** Returns the boolean of a raw value: true or false in any case; undefined if it is none. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.trim().toLowerCase() : "";
  return text === "true" ? true : text === "false" ? false : undefined;
}

/** Texts that `Number` reads, although they are names: each form, and what it is called. */
const codes: readonly (readonly [form: RegExp, what: string])[] = [
  [/^[-+]?0\d+$/, "leading zeros"],
  [/^0[xob][0-9a-f]+$/i, "a base other than ten"],
  [/^\d+e\d+$/i, "an 'e' between digits"],
];

const anyCode = new RegExp(codes.map(([form]) => form.source).join("|"), "i");

/** Returns what makes a text a code, not a number: 00101 has leading zeros; undefined for any other value. */
export function codeForm(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const text = value.trim();
  return anyCode.test(text) ? codes.find(([form]) => form.test(text))?.[1] : undefined;
}

/** The largest size of a feature: beyond it sums of squares leave float32, and beyond 3.4e38 the value itself. */
export const largestValue = 1e30;
