/**
 * Files that `deno task compare` reads and writes.
 *
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Reporter, shortPath, TaskError, typedIn, UsageError } from "./cli.ts";

/** The path of a file that was named. */
export function existing(file: string): string {
  const path = resolve(typedIn(), file);
  if (file === "" || !existsSync(path)) throw new UsageError(`There is no file '${file}'`);
  return path;
}

/** The path of a file that is to be written when all is done: its folder must be there now. */
export function writable(option: string, file: string): string {
  if (file === "") throw new UsageError(`--${option} takes the name of a file`);
  const path = resolve(typedIn(), file), folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--${option} ${file}: there is no folder '${shortPath(folder)}' to write into`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--${option} ${file}: this is a folder, the name of a file is needed`);
  }
  return path;
}

/** The names of the library's options where a sentence speaks of one, and not of a column or a value. */
const optionNames = /(?<=: |with )'(label|positive|score|repeats|seed|drop|beta|recall|precision)'/g;

/** What the library refuses is bad usage; who typed a command has its options, not the library's. */
export function saying<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    if (/^Cannot /.test((error as Error).message)) {
      throw new UsageError((error as Error).message.replace(optionNames, "--$1"));
    }
    throw error;
  }
}

/** Writes a file and notes it. */
export async function write(file: string, text: string, report: Reporter): Promise<void> {
  try {
    await Deno.writeTextFile(file, text);
  } catch (error) {
    throw new TaskError(`'${shortPath(file)}' cannot be written: ${(error as Error).message}`);
  }
  report.wrote(file);
}
