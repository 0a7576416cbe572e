/**
 * Writes the code cells of a notebook as a TypeScript module for Deno's type checker and linter, which do not read notebooks.
 * (`deno fmt` does.)
 *
 * All cells share one scope, as in the kernel. The kernel lets a later cell redeclare a name. A module does not, and the error
 * is wanted: a name should have one value throughout a notebook.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { shortPath, TaskError } from "./cli.ts";
import { cleanPaths } from "./failure.ts";
import { codeCells, type Notebook, readNotebook } from "./notebook_format.ts";
import { runDeno, withoutBacktrace } from "./processes.ts";

/** Line of a code cell; both numbers count from 1. */
interface CellLine {
  cell: number;
  line: number;
}

/** Cells of a notebook as a module. */
interface Extracted {
  /** Source of the module. */
  source: string;
  /** Origin of each line, `map[0]` for line 1; undefined for the lines between cells. */
  map: (CellLine | undefined)[];
}

/** Joins the code cells of a notebook. */
export function extractCells(notebook: Notebook): Extracted {
  const lines: string[] = [];
  const map: (CellLine | undefined)[] = [];
  const add = (text: string, from?: CellLine) => {
    lines.push(text);
    map.push(from);
  };
  codeCells(notebook).forEach(({ source }, index) => {
    const cell = index + 1;
    add(`// cell ${cell}`);
    source.split("\n").forEach((text, at) => add(text, { cell, line: at + 1 }));
    // Ends the last statement, so that the next cell does not continue it.
    add(";");
  });
  // Without an import or export it would be a script, whose names clash with those of the other notebooks.
  add("export {};");
  return { source: lines.join("\n") + "\n", map };
}

/** Problem at a line of a module. */
interface Finding {
  file: string;
  line: number;
  message: string;
}

const at = / *at (file:\/\/\S+?):(\d+):\d+$/;

/** Reads the messages of `deno check`: a text, the source line with a caret below it, and the place. */
function readTypeErrors(output: string): { findings: Finding[]; graphError: boolean } {
  const findings: Finding[] = [];
  let block: string[] = [];
  for (const line of output.split("\n")) {
    const [, url, number] = line.match(at) ?? [];
    if (url === undefined) block = line.trim() === "" ? [] : [...block, line];
    else {
      const caret = block.findIndex((text) => /^\s*[\^~]+$/.test(text));
      const text = caret > 0 ? block.slice(0, caret - 1) : block.slice(0, 1);
      const message = text.join(" ").replaceAll(/\s+/g, " ").replace(/^error: /, "").replace(" [ERROR]:", "");
      findings.push({ file: fileURLToPath(url), line: Number(number), message });
      block = [];
    }
  }
  // An import that cannot be resolved or a file that cannot be parsed ends the check before the types.
  return { findings, graphError: /^error: (?!Type checking failed)/m.test(output) };
}

/** Checks the types of all files; if one file ends the check early, repeats it without that file. */
async function typeErrors(files: string[], signal?: AbortSignal): Promise<Finding[]> {
  if (files.length === 0) return [];
  const { code, output } = await runDeno(["check", "--quiet", ...files], { env: withoutBacktrace, signal });
  if (code === 0) return [];
  const { findings, graphError } = readTypeErrors(output);
  if (findings.length === 0) throw new TaskError(`deno check failed: ${cleanPaths(output.trim())}`);
  if (!graphError) return findings;
  const rest = files.filter((file) => !findings.some((finding) => finding.file === file));
  return [...findings, ...rest.length < files.length ? await typeErrors(rest, signal) : []];
}

interface LintReport {
  diagnostics: { filename: string; range: { start: { line: number } }; message: string; code: string }[];
}

/** Lints all files; the type checker reports files that cannot be parsed. */
async function lintErrors(files: string[]): Promise<Finding[]> {
  if (files.length === 0) return [];
  // Quiet: with an empty cache, lines about downloads would stand before the JSON.
  const { output } = await runDeno(["lint", "--quiet", "--json", ...files], { env: withoutBacktrace });
  const { diagnostics } = JSON.parse(output) as LintReport;
  return diagnostics.map(({ filename, range, message, code }) => ({
    file: fileURLToPath(filename),
    line: range.start.line,
    message: `${message} (${code})`,
  }));
}

/**
 * Checks the types of the notebooks' cells and lints them. Returns one sentence per problem, with the notebook, the code cell
 * and the line.
 *
 * During the check, each notebook's module stands beside the notebook, so that both resolve imports alike.
 *
 * @param options.beside Paths of modules whose types are checked in the same run, which reads what they import once.
 */
export async function checkNotebooks(
  paths: (string | URL)[],
  { beside = [], signal }: { beside?: readonly string[]; signal?: AbortSignal } = {},
): Promise<string[]> {
  const modules = new Map<string, Extracted & { name: string }>();
  try {
    for (const path of paths) {
      const extracted = extractCells(await readNotebook(path));
      const notebook = resolve(path instanceof URL ? fileURLToPath(path) : path);
      const file = join(dirname(notebook), `.${basename(notebook)}.${Deno.pid}.ts`);
      modules.set(file, { ...extracted, name: shortPath(notebook) });
      Deno.writeTextFileSync(file, extracted.source);
    }
    const files = [...modules.keys()];
    const findings = [...await typeErrors([...files, ...beside], signal), ...await lintErrors(files)];
    const problems = findings.map(({ file, line, message }) => {
      const extracted = modules.get(file);
      if (!extracted) return `${shortPath(file)}, line ${line}: ${cleanPaths(message)}`;
      const from = extracted.map[line - 1];
      const source = extracted.source.split("\n")[line - 1].trim();
      const where = from ? `cell ${from.cell}, line ${from.line}` : "at the end of a cell";
      return `${extracted.name}, ${where}: ${cleanPaths(message)}\n    ${source}`;
    });
    return [...new Set(problems)];
  } finally {
    for (const file of modules.keys()) await Deno.remove(file).catch(() => {});
  }
}
