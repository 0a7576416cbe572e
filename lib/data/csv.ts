import { CsvError, parse as parser } from "csv-parse";
import { parse } from "csv-parse/sync";
import { createReadStream } from "node:fs";

/** A record of a CSV: its fields, and the line it begins in, counted from 1. */
export interface CsvRecord {
  readonly fields: readonly string[];
  readonly line: number;
}

/** Makes the error for a file that cannot be read. */
export type Fail = (problem: string, cause?: unknown) => Error;

/** Which kind of table a file is, by the end of its name. */
export function kindOfFile(path: string): "csv" | "parquet" | undefined {
  return path.match(/\.(csv|parquet)$/i)?.[1].toLowerCase() as "csv" | "parquet" | undefined;
}

/** Fields are counted here, so that the error names the line and both numbers. */
const options = { bom: true, info: true, skip_empty_lines: true, relax_column_count: true } as const;

/** What csv-parse gives for a record. */
interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

const breaks = (text: string): number => text.split("\n").length - 1;

/** The first line of a record, from the last. */
const recordOf = ({ record, info }: Parsed): CsvRecord => ({
  fields: record,
  line: info.lines - record.reduce((sum, field) => sum + breaks(field), 0),
});

const separators = { ";": "semicolons", "\t": "tabs", "|": "bars" };

/** The names of a header, without the space around them. */
function namesOf({ fields }: CsvRecord, fail: Fail): string[] {
  const names = fields.map((name) => name.trim()), [only] = names;
  const other = names.length === 1 ? Object.entries(separators).find(([mark]) => only.includes(mark)) : undefined;
  if (other !== undefined) throw fail(`its fields are separated by ${other[1]}, they must be by commas`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (names.some((name) => name.includes("\uFFFD"))) {
    throw fail("its header is not UTF-8 (is it Latin-1?), save it as UTF-8");
  }
  if (twice !== undefined) throw fail(`its header has the column '${twice}' twice`);
  return names;
}

/** Throws unless a record has a field for each name. */
function checkLength({ fields, line }: CsvRecord, names: readonly string[], fail: Fail): void {
  if (fields.length === names.length) return;
  throw fail(
    `line ${line} has ${fields.length} field${fields.length === 1 ? "" : "s"}, the header has ${names.length}`,
  );
}

/** What csv-parse throws, in a sentence of ours. */
function inWords(error: unknown, fail: Fail): unknown {
  if (!(error instanceof CsvError)) return error;
  if (error.code === "CSV_QUOTE_NOT_CLOSED") return fail("a quote that is opened does not close", error);
  const [title, rest] = error.message.split(": ");
  return fail(rest ?? title, error);
}

/**
 * The names and the records of the text of a CSV.
 *
 * @param fail Makes the error for a text that is none.
 */
export function csvRecords(text: string, fail: Fail): { names: string[]; records: CsvRecord[] } {
  let parsed: CsvRecord[];
  try {
    parsed = (parse(text, options) as unknown as Parsed[]).map(recordOf);
  } catch (error) {
    throw inWords(error, fail);
  }
  const [header, ...records] = parsed;
  if (header === undefined) throw fail("it is empty");
  const names = namesOf(header, fail);
  for (const record of records) checkLength(record, names, fail);
  return { names, records };
}

const headerBytes = 1 << 20;

/** The names in the header of a file, which is read no further than that. */
export function csvNames(path: string, fail: Fail): string[] {
  using file = Deno.openSync(path);
  const bytes = new Uint8Array(headerBytes), read = file.readSync(bytes) ?? 0;
  const text = new TextDecoder().decode(bytes.subarray(0, read));
  try {
    const [header] = parse(text, { ...options, to: 1 }) as unknown as Parsed[];
    if (header === undefined) throw fail("it is empty");
    return namesOf(recordOf(header), fail);
  } catch (error) {
    throw inWords(error, fail);
  }
}

/** The records of a file, read in pieces; of as many fields as there are names. */
export async function* csvFileRecords(path: string, names: readonly string[], fail: Fail): AsyncGenerator<CsvRecord> {
  const file = createReadStream(path), records = file.pipe(parser({ ...options, from: 2 }));
  file.on("error", (error) => records.destroy(error));
  try {
    for await (const parsed of records as AsyncIterable<Parsed>) {
      const record = recordOf(parsed);
      checkLength(record, names, fail);
      yield record;
    }
  } catch (error) {
    throw inWords(error, fail);
  } finally {
    file.destroy();
  }
}
