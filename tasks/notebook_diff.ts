/**
 * Compares a notebook's committed outputs with fresh ones.
 *
 * Everything must be equal except numbers, which a different processor may round differently: two numbers agree if they differ
 * by at most one unit in the last printed digit (of the number with more digits), or by the relative tolerance. Whole numbers
 * are counts and must be equal. The rule holds in tables, in figures and in figures inside data URIs. Colours (`#1f77b4`) and
 * versions (`4.22.0`) are not numbers.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { diffArrays } from "diff";
import { shortPath } from "./cli.ts";
import type { ExecutedNotebook } from "./execute.ts";
import { type Cell, formatNotebook, type MimeBundle, type Output, parseNotebook } from "./notebook_format.ts";

/** Largest relative difference of two numbers that agree. */
const tolerance = 1e-4;

/** Difference in one part of a notebook. */
interface Difference {
  /** Name of the part: `cell 3`, `the prose after cell 3`, `the notebook's metadata`. */
  where: string;
  /** Unified diff: `-` committed, `+` executed; lines that agree within the tolerance count as equal. */
  diff: string;
}

/** Result of a comparison. */
interface Comparison {
  /** True if the two files have the same bytes. */
  identicalBytes: boolean;
  /** Differences beyond the tolerance. */
  differences: Difference[];
}

const numbers =
  /#[0-9a-fA-F]{3,8}\b|\d+(?:\.\d+){2,}|[-+−]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+|\u00a0×\u00a010[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?/g;

interface Line {
  text: string;
  /** Text with a placeholder for each number. */
  skeleton: string;
  numbers: string[];
}

/** Writes a printed number as JavaScript reads it: `−1.5 × 10⁻⁷` as `-1.5e-7`. */
const asJavaScript = (number: string): string =>
  number.replace("−", "-").replace("\u00a0×\u00a010", "e")
    .replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (sign) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign)]);

function toLine(text: string): Line {
  const found: string[] = [];
  const skeleton = text.replaceAll(numbers, (match) => {
    if (match.startsWith("#") || /\..*\./.test(match)) return match;
    found.push(asJavaScript(match));
    return "\0";
  });
  return { text, skeleton, numbers: found };
}

/** Unit of the last printed digit: 0.001 for `2.718`, 1e-9 for `3.14e-7`. */
function lastDigit(number: string): number {
  const [, decimals = "", exponent = "0"] = number.match(/^[^.e]*(?:\.(\d+))?(?:e(.*))?$/i)!;
  return 10 ** (Number(exponent) - decimals.length);
}

/** Decides if two printed numbers agree. */
export function numbersAgree(a: string, b: string): boolean {
  const [x, y] = [Number(a), Number(b)];
  const whole = /^[-+]?\d+$/;
  if (x === y || whole.test(a) && whole.test(b)) return x === y;
  const unit = Math.min(lastDigit(a), lastDigit(b));
  // 0.3 - 0.2 is a little more than 0.1.
  return Math.abs(x - y) <= Math.max(unit * (1 + 1e-6), tolerance * Math.max(Math.abs(x), Math.abs(y)));
}

const linesAgree = (a: Line, b: Line): boolean =>
  a.text === b.text ||
  a.skeleton === b.skeleton && a.numbers.length === b.numbers.length &&
    a.numbers.every((number, index) => numbersAgree(number, b.numbers[index]));

function decoded(uri: string): string {
  const [, base64, data] = uri.match(/^data:image\/svg\+xml(?:;(?!base64,)[^;,]*)*(;base64)?,([^]*)$/) ?? [];
  if (data === undefined) return uri;
  try {
    if (!base64) return decodeURIComponent(data);
    return new TextDecoder().decode(Uint8Array.from(atob(decodeURIComponent(data)), (c) => c.charCodeAt(0)));
  } catch {
    return uri;
  }
}

/** Puts each tag on a line of its own, and replaces data URIs by the pictures that they contain. */
function unfold(markup: string): string {
  return markup
    // In double quotes an apostrophe is part of the URI, and the other way round.
    .replaceAll(/(?<=")data:image\/svg[^"]*|(?<=')data:image\/svg[^']*|(?<=\()data:image\/svg[^)]*/g, (uri) => {
      const picture = decoded(uri);
      return picture === uri ? uri : `\n${picture}\n`;
    })
    .replaceAll(/>\s*</g, ">\n<")
    .trimEnd();
}

/** Computes a digest of letters only, because digits would be compared as numbers. */
const digest = (data: string): string =>
  createHash("sha256").update(data).digest("hex").slice(0, 24)
    .replaceAll(/[0-9]/g, (digit) => "ghijklmnop"[Number(digit)]);

function bundleLines(data: MimeBundle): string[] {
  return Object.keys(data).sort().flatMap((mime) => {
    const value = data[mime];
    if (typeof value !== "string") return [`${mime}:`, ...JSON.stringify(value, null, 1).split("\n")];
    if (/^text\/(html|markdown)$|xml$/.test(mime)) return [`${mime}:`, ...unfold(value).split("\n")];
    if (/^text\/|javascript$/.test(mime)) return [`${mime}:`, ...value.split("\n")];
    return [`${mime}: ${value.length} characters, digest ${digest(value)}`];
  });
}

function outputLines(output: Output, index: number): string[] {
  const head = `[output ${index + 1}: ${output.output_type}`;
  if (output.output_type === "stream") return [`${head} ${output.name}]`, ...output.text.split("\n")];
  if (output.output_type === "error") {
    return [`${head}]`, `${output.ename}: ${output.evalue}`, ...output.traceback.flatMap((line) => line.split("\n"))];
  }
  const metadata = Object.keys(output.metadata).length > 0 ? [`metadata: ${JSON.stringify(output.metadata)}`] : [];
  return [`${head}]`, ...metadata, ...bundleLines(output.data)];
}

function cellLines(cell: Cell): string[] {
  const metadata = Object.keys(cell.metadata).length > 0 ? [`metadata: ${JSON.stringify(cell.metadata)}`] : [];
  const head = [`[${cell.cell_type} ${cell.id}]`, ...metadata, ...cell.source.split("\n")];
  if (cell.cell_type !== "code") return [...head, ...Object.values(cell.attachments ?? {}).flatMap(bundleLines)];
  return [...head, `[executed as ${cell.execution_count}]`, ...cell.outputs.flatMap(outputLines)];
}

/** Limits of a printed diff. */
const shownCharacters = 160;
const shownLines = 40;
const contextLines = 2;

/** Shortens a long line to the surroundings of its first difference from `other`. */
function excerpt(text: string, other: string | undefined): string {
  if (text.length <= shownCharacters) return text;
  let same = 0;
  while (other !== undefined && same < text.length && text[same] === other[same]) same++;
  const start = Math.max(0, same - shownCharacters / 2);
  const end = start + shownCharacters;
  return (start > 0 ? "…" : "") + text.slice(start, end) + (end < text.length ? "…" : "");
}

interface Row {
  sign: " " | "-" | "+";
  text: string;
}

function changeRows(removed: Line[], added: Line[]): Row[] {
  const row = (sign: Row["sign"], text: string, other: Line | undefined) => ({
    sign,
    text: excerpt(text, other?.text),
  });
  return [
    ...removed.map(({ text }, index) => row("-", text, added[index])),
    ...added.map(({ text }, index) => row("+", text, removed[index])),
  ];
}

/** Aligns the two sides line by line; sides with little in common are listed one after the other. */
function rows(a: Line[], b: Line[]): Row[] {
  const changes = diffArrays(a, b, { comparator: linesAgree, maxEditLength: 400 }) ?? [
    { removed: true, added: false, value: a },
    { removed: false, added: true, value: b },
  ];
  const result: Row[] = [];
  let taken = 0;
  for (let index = 0; index < changes.length; index++) {
    const { removed, added, value } = changes[index];
    const start = taken;
    if (!added) taken += value.length;
    if (!removed && !added) {
      // Of lines that agree, the committed ones are shown.
      result.push(...a.slice(start, taken).map(({ text }) => ({ sign: " ", text: excerpt(text, undefined) }) as const));
    } else if (removed && changes[index + 1]?.added) result.push(...changeRows(value, changes[++index].value));
    else result.push(...changeRows(removed ? value : [], added ? value : []));
  }
  return result;
}

function unifiedDiff(committed: string[], executed: string[]): string | undefined {
  const [a, b] = [committed.map(toLine), executed.map(toLine)];
  if (a.length === b.length && a.every((line, index) => linesAgree(line, b[index]))) return undefined;
  const all = rows(a, b);
  const near = all.map((_, index) =>
    all.slice(Math.max(0, index - contextLines), index + contextLines + 1).some(({ sign }) => sign !== " ")
  );
  const shown = all.flatMap(({ sign, text }, index) =>
    near[index] ? [`${sign} ${text}`.trimEnd()] : index === 0 || near[index - 1] ? ["  …"] : []
  );
  if (shown.length <= shownLines) return shown.join("\n");
  return [...shown.slice(0, shownLines), `  … and ${shown.length - shownLines} lines more`].join("\n");
}

/** Names the cells of a notebook: code cells by number, prose by the code cell before it. */
function places(cells: Cell[]): string[] {
  let code = 0;
  return cells.map(({ cell_type }) => cell_type === "code" ? `cell ${++code}` : `the prose after cell ${code}`);
}

/** Compares the texts of two notebook files, `committed` and `executed`. */
export function compareNotebooks(committed: string, executed: string): Comparison {
  const [a, b] = [parseNotebook(committed, "the committed notebook"), parseNotebook(executed, "the executed notebook")];
  const differences: Difference[] = [];
  const compare = (where: string, left: string[], right: string[]) => {
    const diff = unifiedDiff(left, right);
    if (diff !== undefined) differences.push({ where, diff });
  };
  const metadata = ({ metadata }: typeof a) => formatNotebook({ ...a, cells: [], metadata }).split("\n");
  compare("the notebook's metadata", metadata(a), metadata(b));
  const names = places(a.cells.length > b.cells.length ? a.cells : b.cells);
  names.forEach((where, index) => {
    const [left, right] = [a.cells[index], b.cells[index]];
    compare(where, left ? cellLines(left) : [], right ? cellLines(right) : []);
  });
  return { identicalBytes: committed === executed, differences };
}

/** Compares an executed notebook with its file: the finding in words, and the differences as text. */
export async function compareWithFile(
  { path, text }: Pick<ExecutedNotebook, "path" | "text">,
): Promise<{ found: string; differences: string[] }> {
  const { identicalBytes, differences } = compareNotebooks(await Deno.readTextFile(path), text);
  const found = differences.length > 0
    ? `${differences.length} outputs differ from the committed ones`
    : identicalBytes
    ? "the committed bytes"
    : "equal to the committed outputs within the tolerance";
  const textOf = ({ where, diff }: Difference) => `${shortPath(path)}, ${where} (- committed, + executed):\n${diff}`;
  return { found, differences: differences.map(textOf) };
}
