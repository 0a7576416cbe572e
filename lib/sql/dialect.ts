import { check, describe, oneOf, type Rule } from "../check/check.ts";

/** The SQL of an engine: DuckDB's, or that of Apache Spark 4. */
export type Dialect = "duckdb" | "spark";

/**
 * An engine: a function that runs a SQL text and returns the rows of the answer, one object per row.
 *
 * Every value of the library's answers is a text, a whole number or NULL, so no number loses bits on its way through JSON.
 */
export type Query = (sql: string) => Promise<Record<string, unknown>[]>;

/**
 * A table: its name; its name with those of its catalog and schema, as an array; files, with `*` for any characters; or a
 * SELECT of your own. Names and paths are quoted, a `query` is used as it is.
 */
export type Source = string | readonly string[] | { readonly files: string } | { readonly query: string };

/** Checks the name of a dialect. */
export function checkDialect(what: string, dialect: unknown = "duckdb"): Dialect {
  check(`make ${what}`, { dialect }, oneOf("duckdb", "spark"));
  return dialect as Dialect;
}

/** Rule for a name. */
const nameOf = (thing: string): Rule => ({
  must: `the name of a ${thing}`,
  valid: (name) => typeof name === "string" && name !== "",
  Kind: TypeError,
});

export const aColumn: Rule = nameOf("column");
const aTable: Rule = { ...nameOf("table"), must: "the name of a table, { files: … } or { query: … }" };

/** Quotes a name: a quote inside is doubled. */
export const quoteName = (dialect: Dialect, name: string): string =>
  dialect === "spark" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;

/** Quotes a text. In Spark a backslash escapes, in DuckDB a quote is doubled. */
export const quoteText = (dialect: Dialect, text: string): string =>
  dialect === "spark" ? `'${text.replaceAll(/[\\']/g, "\\$&")}'` : `'${text.replaceAll("'", "''")}'`;

/** Tells whether a column holds a text. DuckDB reads a CSV column of Yes and No, or T and F, as truth values. */
export function holdsText(dialect: Dialect, column: string, text: string): string {
  const value = `CAST(${quoteName(dialect, column)} AS STRING)`, own = quoteText(dialect, text);
  const truth = /^(t|true|y|yes)$/i.test(text) ? "true" : /^(f|false|n|no)$/i.test(text) ? "false" : text;
  return truth === text ? `${value} = ${own}` : `${value} IN (${own}, '${truth}')`;
}

/** Writes a number as a DOUBLE. A plain 0.3 would be a DECIMAL in both dialects. */
export const double = (value: number): string => `CAST('${value}' AS DOUBLE)`;

/** Weights are counted in units of 2⁻⁴⁰. */
export const unit = 2 ** -40;

/** The largest weight, 2²²: in units it is an integer of 62 bits. */
export const largestWeight = 2 ** 22;

const unitsOf = (term: string): string => `${term} * ${double(1 / unit)}`;

/** Tells whether a DOUBLE is a multiple of 2⁻⁴⁰. */
export const isExact = (term: string): string => `FLOOR(${unitsOf(term)}) = ${unitsOf(term)}`;

/**
 * Sums a DOUBLE in units of 2⁻⁴⁰, as an integer of up to 38 digits. A sum of integers is the same in every order, so it is
 * the same on any number of threads and after a lost executor. FLOOR comes before the CAST, which rounds in DuckDB and
 * truncates in Spark.
 */
export const sumOfUnits = (term: string): string =>
  `CAST(SUM(CAST(CAST(FLOOR(${unitsOf(term)}) AS BIGINT) AS DECIMAL(38, 0))) AS STRING)`;

const readers: Record<string, string> = {
  parquet: "read_parquet",
  csv: "read_csv",
  tsv: "read_csv",
  json: "read_json",
  jsonl: "read_json",
  ndjson: "read_json",
};

/** The formats of files, by their endings. */
export const formats: readonly string[] = Object.keys(readers);

/** Returns the format that the ending of a path names, without the ending of a compression. */
export const formatOf = (path: string): string | undefined =>
  path.replace(/\.(gz|zst)$/i, "").match(/\.(\w+)$/)?.[1].toLowerCase();

/** Writes a table as the FROM clause needs it. */
export function sourceSql(what: string, dialect: Dialect, from: Source): string {
  const name = (part: unknown): string => {
    check(`make ${what}`, { from: part }, aTable);
    return quoteName(dialect, part as string);
  };
  if (Array.isArray(from) && from.length > 0) return from.map(name).join(".");
  if (typeof from !== "object" || from === null) return name(from);
  if ("query" in from && typeof from.query === "string") return `(${from.query})`;
  if (!("files" in from && typeof from.files === "string")) return name(from);
  const { files } = from, format = formatOf(files) ?? "";
  if (!Object.hasOwn(readers, format)) {
    throw new RangeError(
      `Cannot make ${what}: 'from' must name files that end in ${formats.join(", ")}, it is ${describe(files)}`,
    );
  }
  if (dialect === "duckdb") return `${readers[format]}(${quoteText(dialect, files)})`;
  if (format === "parquet") return `parquet.${quoteName(dialect, files)}`;
  throw new RangeError(
    `Cannot make ${what}: 'from' is ${
      describe(files)
    }, but Spark's SQL reads no header and no types from a ${format} ` +
      "file; make a view of it and give its name",
  );
}
