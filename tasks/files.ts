/**
 * Files that tasks find, read and write.
 *
 * @module
 */
import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Reporter, shortPath, TaskError, typedIn, UsageError } from "./cli.ts";

/** Lists the files of a folder whose names end so, and of the folders in it that are not hidden. */
export function filesIn(folder: URL, ending: string): URL[] {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  return entries.flatMap(({ name, isDirectory }) => {
    if (isDirectory && !name.startsWith(".")) return filesIn(new URL(`${name}/`, folder), ending);
    return name.endsWith(ending) ? [new URL(name, folder)] : [];
  });
}

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
