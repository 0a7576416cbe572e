/**
 * Files that `deno task compare` reads and writes.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Reporter, shortPath, TaskError, typedIn, UsageError } from "./cli.ts";

/** The path of a file that was named. */
export function existing(file: string): string {
  const path = resolve(typedIn(), file);
  if (file === "" || !existsSync(path)) throw new UsageError(`There is no file '${file}'`);
  return path;
}

/** What the library refuses is bad usage. */
export function saying<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    if (/^Cannot /.test((error as Error).message)) throw new UsageError((error as Error).message);
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
