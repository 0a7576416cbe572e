/**
 * Files that `deno task compare` reads and writes.
 *
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Reporter, shortPath, TaskError, typedIn, UsageError } from "./cli.ts";

/** Resolves the path of a file that must exist. */
export function existing(file: string): string {
  const path = resolve(typedIn(), file);
  if (file === "" || !existsSync(path)) throw new UsageError(`There is no file '${file}'`);
  return path;
}

/** Resolves the path of a file that will be written at the end; its folder must exist now. */
export function writable(option: string, file: string): string {
  if (file === "") throw new UsageError(`--${option} needs the name of a file`);
  const path = resolve(typedIn(), file), folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--${option} ${file}: there is no folder '${shortPath(folder)}'`);
  }
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`--${option} ${file}: this is a folder, not a file`);
  }
  return path;
}

/** The names of the library's options in an error, as distinct from a column's name or a value. */
const optionNames =
  /(?<=: |with |in |; |declare a missing value with |say which with )'(label|positive|score|costs|repeats|seed|heavyTails|drop|keep|numbers|missing|dropUnlabelled|mergeRare|separator|decimal|rows|beta|recall|precision|fpr|maxFpr|k)'/g;

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Names the command's options in a text instead of the library's. */
export const withOptionNames = (text: string): string => text.replace(optionNames, (_, name) => `--${kebab(name)}`);

/** Turns the library's refusals into bad usage, with the names of the command's options instead of the library's. */
export async function asUsage<T>(reading: () => T | Promise<T>): Promise<T> {
  try {
    return await reading();
  } catch (error) {
    if (/^Cannot /.test((error as Error).message)) {
      throw new UsageError(withOptionNames((error as Error).message));
    }
    throw error;
  }
}

/** Writes a file at once (a file beside it takes its name when it is whole) and reports it. */
export async function write(file: string, text: string, report: Reporter): Promise<void> {
  const whole = `${file}.part`;
  try {
    await Deno.writeTextFile(whole, text);
    await Deno.rename(whole, file);
  } catch (error) {
    await Deno.remove(whole).catch(() => {});
    throw new TaskError(`'${shortPath(file)}' cannot be written: ${(error as Error).message}`);
  }
  report.wrote(file);
}
