import { CsvError, parse as parser } from "csv-parse";
import { parse } from "csv-parse/sync";
import { formatOf, openText, readHead, unreadable } from "./open_text.ts";

/** Quotes that are no quotes of a field, by the codes of csv-parse, with the cure. */
const misplacedQuotes: Readonly<Record<string, string>> = {
  INVALID_OPENING_QUOTE:
    "inside a field that does not begin with one: put such a field in quotes, and write each quote in it twice",
  CSV_INVALID_CLOSING_QUOTE:
    "that ends a field in its middle: write a quote inside a field twice, and close the quotes above",
};

/** Makes the error of a file out of whatever was thrown while it was read. */
export function explainFailure(path: string, error: unknown): Error {
  const { message, code } = error as Error & { code?: string };
  if (message.startsWith("Cannot read ")) return error as Error;
  if (code === "ENOENT") {
    return unreadable(path, "there is no such file", error);
  }
  if (!(error instanceof CsvError)) return unreadable(path, message.split("\n")[0], error);
  if (code === "CSV_QUOTE_NOT_CLOSED") return unreadable(path, "a quote is opened and never closed", error);
  const misplaced = misplacedQuotes[code ?? ""];
  if (misplaced !== undefined) {
    return unreadable(path, `line ${message.match(/ at line (\d+)/)?.[1]} has a quote ${misplaced}`, error);
  }
  const [title, rest] = message.split(": ");
  return unreadable(path, rest ?? title, error);
}

/** Returns a name that occurs twice. */
export const repeatedName = (names: readonly string[]): string | undefined =>
  names.find((name, i) => names.indexOf(name) !== i);

/** Options of csv-parse; fields are counted here, so that the error names the line and both numbers. */
const parsing = { info: true, skip_empty_lines: true, relax_column_count: true, ltrim: true } as const;

/** A record as csv-parse gives it; `lines` counts up to its last line. */
interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** First line of a record. */
const lineOf = ({ record, info }: Parsed): number =>
  info.lines - record.reduce((sum, field) => field.includes("\n") ? sum + field.split("\n").length - 1 : sum, 0);

/** The character that a decoder puts in the place of bytes that are not UTF-8. */
const undecoded = "\uFFFD";

/** The separators that are tried, with their names; the first one wins a tie. */
export const separators: Readonly<Record<string, string>> = {
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
  "|": "bar",
};

/** The first records of a text under a separator; a quote that is not a quote under it gives none. */
function firstRecords(text: string, delimiter: string, to: number): string[][] {
  try {
    return (parse(text, { ...parsing, delimiter, to }) as unknown as Parsed[]).map(({ record }) => record);
  } catch {
    return [];
  }
}

/** Finds the separator that gives the header the most fields, and as many to the record below it. */
function findSeparator(text: string): string {
  const fields = Object.keys(separators).map((separator) => {
    const [header = [], first = header] = firstRecords(text, separator, 2);
    return { separator, fields: header.length, fits: first.length === header.length };
  });
  const fitting = fields.filter(({ fits, fields }) => fits && fields > 1);
  return (fitting.length > 0 ? fitting : fields).reduce((best, one) => one.fields > best.fields ? one : best).separator;
}

/** The form of a text file with a header. */
export interface CsvForm {
  /** The columns' names, trimmed, each on one line and each once. */
  readonly names: readonly string[];
  /** The names that were made, as pandas makes them: a.1 for the second a, Unnamed: 4 for another column without a name. */
  readonly made: readonly string[];
  readonly separator: string;
  readonly encoding: string;
}

const everyName = "the first line must name every column, with no title and no comment above it";

/** Makes every name of a header its own. */
function ownNames(names: readonly string[]): Pick<CsvForm, "names" | "made"> {
  const own = new Set<string>(), made: string[] = [];
  names.forEach((name, i) => {
    const isTaken = (other: string) => own.has(other) || other !== name && names.includes(other);
    const base = name === "" && own.has(name) ? `Unnamed: ${i}` : name;
    let free = base;
    for (let n = 1; isTaken(free); n++) free = `${base}.${n}`;
    own.add(free);
    if (free !== name) made.push(free);
  });
  return { names: [...own], made };
}

/** Reads the header of a text file: names, separator, encoding; no more than the first megabyte is read. */
export function csvForm(path: string, separator?: string): CsvForm {
  try {
    const { text, encoding } = readHead(path);
    const used = separator ?? (formatOf(path).tabs ? "\t" : findSeparator(text));
    const [header] = parse(text, { ...parsing, delimiter: used, to: 1 }) as unknown as Parsed[];
    if (header === undefined) throw unreadable(path, "it is empty");
    const names = header.record.map((name) => name.trim().replaceAll(/\s*[\r\n]\s*/g, " "));
    if (names.some((name) => name.includes(undecoded))) {
      throw unreadable(path, "its header is not UTF-8 (is it Latin-1?), save it as UTF-8");
    }
    if (names.length > 2 && names.filter((name) => name !== "").length === 1) {
      throw unreadable(path, `its first line has ${names.length} fields, but names one column: ${everyName}`);
    }
    return { ...ownNames(names), separator: used, encoding };
  } catch (error) {
    throw explainFailure(path, error);
  }
}

/** A record below the header. */
export interface CsvRecord {
  readonly fields: readonly string[];
  /** The number of its first line in the file, from 1. */
  readonly line: number;
}

/**
 * Reads the records of a text file below its header, in pieces.
 *
 * @param form The result of {@linkcode csvForm}.
 * @throws {Error} A record with more or fewer fields than the header, or with bytes that are not UTF-8; the error names
 * the line. No record at all.
 */
export async function* csvRecords(path: string, { names, separator, encoding }: CsvForm): AsyncGenerator<CsvRecord> {
  const file = openText(path, encoding), trailing = names.at(-1) === "";
  const records = file.pipe(parser({ ...parsing, delimiter: separator, from: 2 }));
  file.on("error", (error) => records.destroy(error));
  let rows = 0;
  try {
    for await (const parsed of records as AsyncIterable<Parsed>) {
      const { record } = parsed, line = lineOf(parsed);
      if (trailing && record.length === names.length - 1) record.push(""); // the header ends in a separator, the rows do not
      const { length } = record;
      if (length !== names.length) {
        const fields = `${length} field${length === 1 ? "" : "s"}`;
        const cure = rows === 0 || names.length === 1 ? `: ${everyName}` : "";
        throw unreadable(path, `line ${line} has ${fields}, the header has ${names.length}${cure}`);
      }
      if (record.some((field) => field.includes(undecoded))) {
        throw unreadable(path, `line ${line} is not UTF-8 (is it Latin-1?), save it as UTF-8`);
      }
      rows++;
      yield { fields: record, line };
    }
    if (rows === 0) throw unreadable(path, "it has a header and no rows");
  } catch (error) {
    throw explainFailure(path, error);
  } finally {
    file.destroy();
  }
}
