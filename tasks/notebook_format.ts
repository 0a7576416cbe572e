/**
 * Notebook format (nbformat 4.5): read with clear errors, kept as plain strings, written as the same bytes every time.
 *
 * The text is that of Jupyter's own `nbformat.write` (sorted keys, one space of indent, strings of several lines as lists of
 * lines, a newline at the end), so that a notebook saved in JupyterLab differs in its metadata only.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { shortPath, TaskError } from "./cli.ts";

/** Data in several forms, by media type. Texts are strings here and lists of lines in the file. */
export type MimeBundle = Record<string, unknown>;

/** Output of a cell. */
export type Output =
  | { output_type: "stream"; name: string; text: string }
  | { output_type: "display_data"; data: MimeBundle; metadata: Record<string, unknown> }
  | {
    output_type: "execute_result";
    data: MimeBundle;
    metadata: Record<string, unknown>;
    execution_count: number | null;
  }
  | { output_type: "error"; ename: string; evalue: string; traceback: string[] };

/** Code cell with its outputs. */
interface CodeCell {
  cell_type: "code";
  id: string;
  source: string;
  metadata: Record<string, unknown>;
  execution_count: number | null;
  outputs: Output[];
}

/** Cell of prose. */
interface TextCell {
  cell_type: "markdown" | "raw";
  id: string;
  source: string;
  metadata: Record<string, unknown>;
  attachments?: Record<string, MimeBundle>;
}

/** Cell of either kind. */
export type Cell = CodeCell | TextCell;

/** Notebook of the Deno kernel. */
export interface Notebook {
  cells: Cell[];
  metadata: Record<string, unknown>;
  nbformat: 4;
  nbformat_minor: 5;
}

/** Kernel and language of the notebooks, without a version, which would change the bytes. */
export const denoMetadata = {
  kernelspec: { name: "deno", display_name: "Deno", language: "typescript" },
  language_info: {
    name: "typescript",
    file_extension: ".ts",
    mimetype: "text/x.typescript",
    nbconvert_exporter: "script",
    pygments_lexer: "typescript",
  },
} as const;

/** Lists the notebook's code cells in their order: messages call the n-th one "cell n". */
export function codeCells(notebook: Notebook): CodeCell[] {
  return notebook.cells.filter((cell) => cell.cell_type === "code");
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isLines = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((line) => typeof line === "string");

const isJsonMime = (mime: string): boolean => /^application\/(.*\+)?json$/.test(mime);

/** Splits a text like Python's `str.splitlines(True)`, by which Jupyter breaks strings into lines. */
function splitLines(text: string): string[] {
  // deno-lint-ignore no-control-regex
  return text.match(/[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^]+$/g) ?? [];
}

function text(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  if (isLines(value)) return value.join("");
  throw new TaskError(`${what} is not text`);
}

const joinBundle = (bundle: unknown): MimeBundle =>
  Object.fromEntries(
    Object.entries(isObject(bundle) ? bundle : {})
      .map(([mime, value]) => [mime, !isJsonMime(mime) && isLines(value) ? value.join("") : value]),
  );

const splitBundle = (bundle: MimeBundle): MimeBundle =>
  Object.fromEntries(
    Object.entries(bundle).map(([mime, value]) => {
      const byLines = /^text\/|^application\/javascript$|^image\/svg\+xml$/.test(mime);
      return [mime, byLines && typeof value === "string" ? splitLines(value) : value];
    }),
  );

function parseOutput(output: unknown, where: string): Output {
  const o = isObject(output) ? output : {};
  const metadata = isObject(o.metadata) ? o.metadata : {};
  switch (o.output_type) {
    case "stream":
      return { output_type: "stream", name: String(o.name), text: text(o.text, `${where}: the text of a stream`) };
    case "display_data":
      return { output_type: "display_data", data: joinBundle(o.data), metadata };
    case "execute_result": {
      const execution_count = typeof o.execution_count === "number" ? o.execution_count : null;
      return { output_type: "execute_result", data: joinBundle(o.data), metadata, execution_count };
    }
    case "error":
      return {
        output_type: "error",
        ename: String(o.ename),
        evalue: String(o.evalue),
        traceback: isLines(o.traceback) ? o.traceback : [],
      };
    default:
      throw new TaskError(`${where} has an output of the unknown type '${o.output_type}'`);
  }
}

/** Keeps a valid id of a cell, or makes one from its source: the same notebook gets the same ids. */
function cellId(given: unknown, source: string, taken: Set<string>): string {
  const stem = typeof given === "string" && /^[\w-]{1,60}$/.test(given)
    ? given
    : createHash("sha256").update(source).digest("hex").slice(0, 8);
  let id = stem;
  for (let n = 2; taken.has(id); n++) id = `${stem}-${n}`;
  taken.add(id);
  return id;
}

function parseCell(cell: unknown, where: string, taken: Set<string>): Cell {
  const c = isObject(cell) ? cell : {};
  const source = text(c.source, `${where}: its source`);
  const id = cellId(c.id, source, taken);
  const metadata = isObject(c.metadata) ? c.metadata : {};
  if (c.cell_type === "markdown" || c.cell_type === "raw") {
    if (!isObject(c.attachments)) return { cell_type: c.cell_type, id, source, metadata };
    const attachments = Object.entries(c.attachments).map(([name, bundle]) => [name, joinBundle(bundle)]);
    return { cell_type: c.cell_type, id, source, metadata, attachments: Object.fromEntries(attachments) };
  }
  if (c.cell_type !== "code") throw new TaskError(`${where} is of the unknown type '${c.cell_type}'`);
  const outputs = Array.isArray(c.outputs) ? c.outputs.map((output) => parseOutput(output, where)) : [];
  const execution_count = typeof c.execution_count === "number" ? c.execution_count : null;
  return { cell_type: "code", id, source, metadata, execution_count, outputs };
}

/** Reads a notebook's JSON; errors name it `name`. */
export function parseNotebook(json: string, name: string): Notebook {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    throw new TaskError(`${name} is not a notebook: it is not JSON (${(error as Error).message})`);
  }
  if (!isObject(parsed) || !("nbformat" in parsed)) {
    throw new TaskError(`${name} is not a notebook: it has no nbformat`);
  }
  if (parsed.nbformat !== 4) throw new TaskError(`${name} has nbformat ${parsed.nbformat}; only nbformat 4 is read`);
  if (!Array.isArray(parsed.cells)) throw new TaskError(`${name} is not a notebook: it has no cells`);
  const metadata = isObject(parsed.metadata) ? parsed.metadata : {};
  const kernel = isObject(metadata.kernelspec) ? metadata.kernelspec.name : undefined;
  if (kernel !== undefined && kernel !== denoMetadata.kernelspec.name) {
    throw new TaskError(`${name} is a notebook of the kernel '${kernel}', not of 'deno'`);
  }
  const taken = new Set<string>();
  const cells = parsed.cells.map((cell, index) => parseCell(cell, `${name}, cell ${index + 1} of all`, taken));
  return { cells, metadata, nbformat: 4, nbformat_minor: 5 };
}

/** Reads a notebook from its file. */
export async function readNotebook(path: string | URL): Promise<Notebook> {
  const name = shortPath(path);
  let json: string;
  try {
    json = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new TaskError(`there is no file ${name}`);
    if (error instanceof Deno.errors.IsADirectory) throw new TaskError(`${name} is a folder, not a notebook`);
    throw new TaskError(`cannot read ${name}: ${(error as Error).message}`);
  }
  return parseNotebook(json, name);
}

/**
 * Reads the code cells of anybody's notebook of TypeScript or JavaScript: their numbers, which count text cells too, and their
 * texts. Returns nothing for a notebook of another language, and for what is no notebook.
 */
export function scriptCells(path: string): [number, string][] | undefined {
  try {
    const { metadata, cells, worksheets } = JSON.parse(readFileSync(path, "utf8"));
    const { language_info: own, kernelspec: kernel } = metadata ?? {};
    const language = own?.name ?? kernel?.language ?? kernel?.name ?? "";
    if (!/^(typescript|javascript|deno|tslab|jslab)$/i.test(language)) return undefined;
    const all: Record<string, string | string[]>[] = cells ?? worksheets.flatMap((sheet: Json) => sheet.cells);
    return all.flatMap(({ cell_type, source, input }, i) =>
      cell_type === "code" ? [[i + 1, [source ?? input].flat().join("")]] : []
    );
  } catch {
    return undefined;
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]));
}

function writeOutput(output: Output): unknown {
  switch (output.output_type) {
    case "stream":
      return { ...output, text: splitLines(output.text) };
    case "error":
      return output;
    default:
      return { ...output, data: splitBundle(output.data) };
  }
}

function writeCell(cell: Cell): unknown {
  const source = splitLines(cell.source);
  if (cell.cell_type === "code") return { ...cell, source, outputs: cell.outputs.map(writeOutput) };
  if (!cell.attachments) return { ...cell, source };
  const attachments = Object.entries(cell.attachments).map(([name, bundle]) => [name, splitBundle(bundle)]);
  return { ...cell, source, attachments: Object.fromEntries(attachments) };
}

/** Writes the text of a notebook, the same for the same notebook. */
export function formatNotebook(notebook: Notebook): string {
  return JSON.stringify(sorted({ ...notebook, cells: notebook.cells.map(writeCell) }), null, 1) + "\n";
}
