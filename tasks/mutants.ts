/**
 * Mutants of the library: read from StrykerJS's report, sampled, matched with the reasons of tests/mutants.json, summed up.
 *
 * @module
 */
import { seededRandom } from "../lib/numerics/random.ts";

/** A change of one place of the source. */
export interface Mutant {
  /** Number by which StrykerJS activates the change in the instrumented sources. */
  id: string;
  /** File, from the project's top folder. */
  file: string;
  /** Position of the changed code, both from 1. */
  line: number;
  column: number;
  /** Changed code, and the code that replaces it. */
  code: string;
  replacement: string;
}

/** Outcome of the tests of a mutant: a mutant that runs into the time limit counts as killed. */
export type Status = "killed" | "timeout" | "survived";

/** A mutant that was tested. */
export type Result = Omit<Mutant, "id"> & { status: Status };

/** Reason why no test can kill a mutant: the changed code does the same, or differs only in speed. */
export interface Reason {
  /** File, from the project's top folder. */
  file: string;
  /** The changed code and its replacement, as the list of survivors prints them. */
  change: string;
  /** One sentence. */
  reason: string;
}

/** The part of StrykerJS's report (mutation-testing-report-schema) that is read. */
export interface StrykerReport {
  files: Record<string, {
    source: string;
    mutants: {
      id: string;
      /** "Ignored" for the kinds of change that are left out. */
      status: string;
      replacement?: string;
      location: { start: { line: number; column: number }; end: { line: number; column: number } };
    }[];
  }>;
}

/** Lists the mutants of a report by file and position, without those that are ignored. */
export function readMutants({ files }: StrykerReport): Mutant[] {
  return Object.entries(files).flatMap(([file, { source, mutants }]) => {
    const starts = [0];
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
    const offset = ({ line, column }: { line: number; column: number }) => starts[line - 1] + column - 1;
    const used = mutants.filter(({ status }) => status !== "Ignored");
    return used.map(({ id, replacement = "", location: { start, end } }) => ({
      id,
      file,
      line: start.line,
      column: start.column,
      code: source.slice(offset(start), offset(end)),
      replacement,
    })).sort((a, b) => a.line - b.line || a.column - b.column || a.code.length - b.code.length);
  });
}

/** Draws `count` mutants: the same ones for the same list and seed, in the order of the list. */
export function sampleMutants(mutants: readonly Mutant[], count: number, seed: number): Mutant[] {
  const drawn = seededRandom(seed).shuffle(mutants.map((_, i) => i)).slice(0, count);
  return drawn.sort((a, b) => a - b).map((i) => mutants[i]);
}

const oneLine = (code: string, limit = 120): string => {
  const line = code.replace(/\s+/g, " ").trim();
  return line.length <= limit ? line : `${line.slice(0, limit - 1)}…`;
};

/** Describes a change in one line. */
export const changeText = ({ code, replacement }: Pick<Mutant, "code" | "replacement">): string =>
  `${oneLine(code)} → ${oneLine(replacement) || "(nothing)"}`;

/** Identifies a mutant of an unchanged file. */
export const mutantKey = ({ file, line, column, code, replacement }: Omit<Mutant, "id">): string =>
  JSON.stringify([file, line, column, code, replacement]);

/** Names the folder of lib/, and of tests/, of a file; files directly below lib/ belong to `core`. */
export const folderOf = (file: string): string => file.split("/").length === 2 ? "core" : file.split("/")[1];

/** Sums up results per folder and lists the survivors, those with a reason apart. */
export function summarize(
  results: readonly Result[],
  reasons: readonly Reason[],
): { text: string; unexplained: number; unused: Reason[] } {
  const reasonOf = (result: Result) =>
    reasons.find(({ file, change }) => file === result.file && change === changeText(result));
  const lines = [...Map.groupBy(results, ({ file }) => folderOf(file))].map(([folder, own]) => {
    const survivors = own.filter(({ status }) => status === "survived");
    const excused = survivors.filter((one) => reasonOf(one) !== undefined).length;
    const late = own.filter(({ status }) => status === "timeout").length;
    const killed = own.length - survivors.length, judged = own.length - excused;
    const rate = judged === 0 ? "" : `, ${(100 * killed / judged).toFixed(1)} % of those without a reason`;
    return `${folder}: ${killed} of ${own.length} killed (${late} by the time limit), ${excused} survive with a reason${rate}`;
  });
  const place = (one: Result) => `${one.file}:${one.line}:${one.column}  ${changeText(one)}`;
  const survivors = results.filter(({ status }) => status === "survived");
  const unexplained = survivors.filter((one) => reasonOf(one) === undefined);
  const explained = survivors.filter((one) => reasonOf(one) !== undefined);
  const list = (title: string, all: string[]) => all.length === 0 ? [] : ["", title, ...all];
  const text = [
    ...lines,
    ...list("survivors:", unexplained.map(place)),
    ...list("survivors with a reason:", explained.map((one) => `${place(one)}\n    ${reasonOf(one)!.reason}`)),
  ].join("\n");
  const files = new Set(results.map(({ file }) => file));
  const used = new Set(explained.map(reasonOf));
  return { text, unexplained: unexplained.length, unused: reasons.filter((r) => files.has(r.file) && !used.has(r)) };
}
