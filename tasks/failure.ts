/**
 * Describes the failure of a cell: its line, the error, and a stack without paths of this machine.
 *
 * @module
 */
import { homedir, tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { root } from "./cli.ts";
import { runDeno, withoutBacktrace } from "./processes.ts";

const rootPath = fileURLToPath(root);
const rootUrl = root.href;

/** Rewrites the paths in a text: the project's files relative to its top folder, files of npm packages by package. */
export function cleanPaths(text: string): string {
  return text
    .replaceAll(rootUrl, "")
    .replaceAll(rootPath, "")
    .replaceAll(/file:\/\/[^\s"'<>)]*?\/npm\/[^/\s]+\//g, "npm:");
}

const machineFolders = [homedir(), tmpdir(), Deno.env.get("DENO_DIR") ?? "", rootPath.replace(/[/\\]$/, "")]
  .filter((folder) => folder.length > 1)
  // A folder of the same name inside a longer path does not count.
  .map((folder) => new RegExp(`(?<![\\w.~/-])${RegExp.escape(folder)}(?![\\w-])[^\\s"'<>)]*`));

/** Finds the first path in a text that exists on this machine only. */
export function machinePath(text: string): string | undefined {
  return [/file:\/\/\/[^\s"'<>)]+/, ...machineFolders].map((pattern) => text.match(pattern)?.[0]).find(Boolean);
}

/** Position in a text, both numbers from 1. */
interface Position {
  line: number;
  column: number;
}

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Decodes a segment of a source map: base64 digits of five bits; the lowest bit of a number is its sign. */
function segmentNumbers(segment: string): number[] {
  const numbers: number[] = [];
  let value = 0, shift = 0;
  for (const digit of segment) {
    const bits = base64.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = shift = 0;
  }
  return numbers;
}

/** Maps a position of the generated code to the source. */
function originalPosition(mappings: string, at: Position): Position | undefined {
  let line = 0, column = 0;
  let found: Position | undefined;
  for (const [index, segments] of mappings.split(";").entries()) {
    let generatedColumn = 0;
    for (const segment of segments.split(",").filter(Boolean)) {
      const [toColumn, , toLine, toSourceColumn] = segmentNumbers(segment);
      generatedColumn += toColumn;
      line += toLine ?? 0;
      column += toSourceColumn ?? 0;
      if (index + 1 < at.line) continue;
      if (index + 1 > at.line || found && generatedColumn + 1 > at.column) return found;
      found = { line: line + 1, column: column + 1 };
    }
  }
  return found;
}

/**
 * Transpiles a cell as the kernel does: without types and empty lines, so the lines of a stack differ from those of the cell.
 * Returns the mappings back to the cell, or the syntax error, which the kernel does not report.
 */
async function transpile(source: string): Promise<{ mappings?: string; syntaxError?: { text: string; line: number } }> {
  const folder = await Deno.makeTempDir({ prefix: "roundabout-cell-" });
  try {
    // The kernel keeps unused imports.
    const config = { compilerOptions: { verbatimModuleSyntax: true } };
    await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
    await Deno.writeTextFile(`${folder}/cell.ts`, source);
    const args = ["transpile", "--quiet", "--source-map", "separate", "-o", "cell.js", "cell.ts"];
    const { code, output } = await runDeno(args, { cwd: folder, env: withoutBacktrace });
    if (code === 0) return { mappings: JSON.parse(await Deno.readTextFile(`${folder}/cell.js.map`)).mappings };
    const text = output.match(/error: (.*)/)?.[1];
    const line = output.match(/cell\.ts:(\d+):/)?.[1];
    return text && line ? { syntaxError: { text, line: Number(line) } } : {};
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A failed cell. */
interface Failure {
  /** Name of the notebook. */
  name: string;
  /** Number of the code cell, from 1. */
  cell: number;
  /** Source of the cell. */
  source: string;
  /** Reply of the kernel. */
  reply: { ename: string; evalue: string; traceback: string[] };
}

/** Stack frame of a cell's top level; a frame with a function's name may belong to any earlier cell. */
const topFrame = /^ *at (?:async )?<anonymous>:(\d+):(\d+)$/;

/** Writes the message for a failed cell. */
export async function describeFailure({ name, cell, source, reply }: Failure): Promise<string> {
  const lines = source.split("\n");
  const located = (line: number) => `${name}, cell ${cell}, line ${line}: ${lines[line - 1]?.trim()}`;
  const { mappings, syntaxError } = await transpile(source);
  if (syntaxError) return `${located(syntaxError.line)}\n${syntaxError.text}`;
  const trace = reply.traceback.flatMap((part) => part.split("\n")).filter((line) => line.trim() !== "");
  const frame = trace.findLast((line) => topFrame.test(line))?.match(topFrame);
  const position = frame && mappings !== undefined
    ? originalPosition(mappings, { line: Number(frame[1]), column: Number(frame[2]) })
    : undefined;
  const specifiers = [...source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1]);
  const imports = lines.findIndex((line) => /(?:\bfrom|\bimport)\s*\(?\s*["']/.test(line)) + 1;
  if (trace.length === 0 && reply.evalue === "Execution failed" && imports > 0) {
    // The kernel gives no reason if the packages of an import are not available.
    return `${located(imports)}\nAn import failed: ${specifiers.join(", ")}`;
  }
  const error = trace.length > 0 ? trace : [`${reply.ename}: ${reply.evalue}`];
  const told = error.map((line) =>
    topFrame.test(line) && position ? `    at cell ${cell}, line ${position.line}` : cleanPaths(line)
  );
  const line = position?.line ?? lines.findIndex((line) => line.trim() !== "") + 1;
  return `${located(line)}\n${told.join("\n")}`;
}
