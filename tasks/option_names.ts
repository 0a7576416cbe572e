/**
 * The library's refusals as bad usage of a command, with the names of the command's options.
 *
 * @module
 */
import { UsageError } from "./cli.ts";

/** The names of the library's options in an error, as distinct from a column's name or a value. */
const optionNames =
  /(?<=: |with |in |; |declare a missing value with |say which with )'(label|positive|score|costs|repeats|seed|heavyTails|drop|keep|numbers|missing|dropUnlabelled|mergeRare|separator|decimal|group|rows|beta|recall|precision|fpr|maxFpr|k)'/g;

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
