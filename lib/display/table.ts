import { check, checkOptions, integerFrom, optional } from "../check/check.ts";
import { formatColumn } from "../numerics/format.ts";
import { renderInline } from "./markdown.ts";
import { escapeHtml, makeOutput, type Output } from "./output.ts";

/** A row of a table. */
type Row = Readonly<Record<string, unknown>>;

/** The part of a polars data frame that is read here. */
export interface FrameLike {
  /** The names of the columns. */
  columns: string[];
  /** The types of the columns. */
  dtypes: unknown[];
  /** The rows. */
  toRecords(): Record<string, unknown>[];
}

/** Options for {@linkcode table}. */
export interface TableOptions {
  /**
   * The content of the table, in one sentence.
   *
   * @default {""}
   */
  caption?: string;
  /**
   * The number of decimals: of all columns, or by column.
   *
   * @default {four significant digits of the column's largest}
   */
  digits?: number | Readonly<Record<string, number>>;
  /**
   * The columns in their order: names, or names with the headings to print for them.
   *
   * @default {all}
   */
  columns?: readonly string[] | Readonly<Record<string, string>>;
  /**
   * The largest number of rows to print; a longer table shows its first and last rows.
   *
   * @default {20}
   */
  maxRows?: number;
}

/** Tells a polars data frame by its methods, so that polars need not be loaded. */
export function isDataFrame(value: unknown): value is FrameLike {
  if (typeof value !== "object" && typeof value !== "function" || value === null) return false;
  const frame = value as { toRecords?: unknown; columns?: unknown; dtypes?: unknown };
  return typeof frame.toRecords === "function" && Array.isArray(frame.columns) && Array.isArray(frame.dtypes);
}

/** Tells an array of plain records, which has at least one. */
export function isRecords(value: unknown): value is readonly Row[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((row) => typeof row === "object" && row !== null && Object.getPrototypeOf(row) === Object.prototype);
}

/**
 * Renders a table. The numbers of a column are aligned and have the same number of decimals; a long table is shortened.
 *
 * @param rows A polars data frame, or an array of records
 * @param options Caption, columns, decimals
 * @returns An output for {@linkcode show}
 * @throws {TypeError} `rows` is neither a data frame nor an array of records.
 * @throws {RangeError} `columns` names a column that the rows lack, or `maxRows` is not a whole number of at least 2.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { table } from "@roundabout/roundabout/display";
 *
 * const scores = table([{ loss: "f1", score: 0.91234 }, { loss: "cross-entropy", score: 0.9 }], { digits: 3 });
 * assertEquals(
 *   scores.text,
 *   `loss           score
 * -------------  -----
 * f1             0.912
 * cross-entropy  0.900`,
 * );
 * ```
 */
export function table(
  rows: FrameLike | readonly Readonly<Record<string, unknown>>[],
  options: TableOptions = {},
): Output {
  checkOptions("a table", options, ["caption", "columns", "digits", "maxRows"]);
  const { caption = "", digits, maxRows = 20 } = options;
  check("make a table", { caption }, { must: "a text", valid: (text) => typeof text === "string", Kind: TypeError });
  const allDigits = Object.values(typeof digits === "object" ? digits ?? { digits } : { digits });
  for (const one of allDigits) check("make a table", { digits: one }, optional(integerFrom(0, 100)));
  const records = isDataFrame(rows) ? rows.toRecords() : rows;
  if (!Array.isArray(records) || (records.length > 0 && !isRecords(records))) {
    throw new TypeError(`Cannot make a table: 'rows' must be a polars DataFrame or an array of records`);
  }
  const present = isDataFrame(rows) ? rows.columns : [...new Set(records.flatMap((row) => Object.keys(row)))];
  const headings = headingsOf(options.columns, present);
  if (!Number.isInteger(maxRows) || maxRows < 2) {
    throw new RangeError(`Cannot make a table: 'maxRows' is ${maxRows}, it must be a whole number of at least 2`);
  }
  const cut = records.length > maxRows ? Math.ceil(maxRows * 2 / 3) : records.length;
  const tail = records.length > maxRows ? maxRows - cut : 0;
  const shown = [...records.slice(0, cut), ...(tail > 0 ? records.slice(-tail) : [])];
  const left = records.length - shown.length;
  const columns = headings.map(([name, heading]) =>
    columnOf(heading, shown.map((row) => row[name]), typeof digits === "object" ? digits[name] : digits)
  );
  const more = left > 0 ? `… ${left} more ${left === 1 ? "row" : "rows"} …` : "";
  return makeOutput(tableHtml(columns, caption, cut, more), tableText(columns, caption, cut, more));
}

/** A column in printed form. */
interface Column {
  heading: string;
  cells: string[];
  numeric: boolean;
}

function headingsOf(asked: TableOptions["columns"], present: readonly string[]): [name: string, heading: string][] {
  if (asked === undefined) return present.map((name) => [name, name]);
  const headings = Array.isArray(asked)
    ? asked.map((name: string): [string, string] => [name, name])
    : Object.entries(asked as Record<string, string>);
  for (const [name] of headings) {
    if (!present.includes(name)) {
      throw new RangeError(`Cannot make a table: 'columns' names "${name}", the rows have ${present.join(", ")}`);
    }
  }
  return headings;
}

function columnOf(heading: string, values: readonly unknown[], digits: number | undefined): Column {
  const numbers = values.filter((value) => typeof value === "number" || typeof value === "bigint").map(Number);
  const formatted = formatColumn(numbers, digits)[Symbol.iterator]();
  const cells = values.map((value) =>
    typeof value === "number" || typeof value === "bigint" ? formatted.next().value as string : cellText(value)
  );
  const words = values.some((value) => typeof value === "string" || (typeof value === "object" && value !== null));
  return { heading, cells, numeric: numbers.length > 0 && !words };
}

/** Writes a cell that is not a number. */
function cellText(value: unknown): string {
  if (value instanceof Date) return value.toISOString().replace(/T00:00:00\.000Z$/, "");
  if (Array.isArray(value)) return `[${value.map(cellText).join(", ")}]`;
  if (typeof value === "object" && value !== null) return JSON.stringify(value);
  return String(value).replaceAll(/\s*\n\s*/g, " ");
}

function tableHtml(columns: readonly Column[], caption: string, cut: number, more: string): string {
  const heads = columns.map(({ heading, numeric }) => `<th scope="col"${side(numeric)}>${escapeHtml(heading)}</th>`);
  const line = (row: number): string =>
    `<tr>${columns.map(({ cells, numeric }) => `<td${side(numeric)}>${escapeHtml(cells[row])}</td>`).join("")}</tr>`;
  const body = Array.from({ length: columns[0]?.cells.length ?? 0 }, (_, row) => line(row));
  if (more !== "") body.splice(cut, 0, `<tr><td colspan="${columns.length}" class="rb-more">${more}</td></tr>`);
  return [
    `<table class="rb-table">`,
    ...(caption === "" ? [] : [`<caption>${renderInline(caption)}</caption>`]),
    `<thead>`,
    `<tr>${heads.join("")}</tr>`,
    `</thead>`,
    `<tbody>`,
    ...body,
    `</tbody>`,
    `</table>`,
  ].join("\n");
}

/** Aligns words to the left: JupyterLab aligns every cell to the right, as numbers need it. */
const side = (numeric: boolean): string => numeric ? ` class="rb-number"` : ` style="text-align: left"`;

function tableText(columns: readonly Column[], caption: string, cut: number, more: string): string {
  const width = columns.map(({ heading, cells }) => Math.max(...[heading, ...cells].map((text) => [...text].length)));
  const pad = (text: string, n: number): string => {
    const space = " ".repeat(width[n] - [...text].length);
    return columns[n].numeric ? space + text : text + space;
  };
  const line = (texts: readonly string[]): string => texts.map(pad).join("  ").trimEnd();
  const body = Array.from(
    { length: columns[0]?.cells.length ?? 0 },
    (_, row) => line(columns.map((c) => c.cells[row])),
  );
  if (more !== "") body.splice(cut, 0, more);
  return [
    ...(caption === "" ? [] : [caption, ""]),
    line(columns.map(({ heading }) => heading)),
    width.map((n) => "-".repeat(n)).join("  "),
    ...body,
  ].join("\n");
}
