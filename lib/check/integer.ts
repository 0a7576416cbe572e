import { describe } from "./describe.ts";

/** Throws unless a value is an integer from `least` to `most`. */
export function checkInteger(task: string, name: string, value: number, least: number, most: number): void {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new RangeError(`Cannot ${task}: '${name}' must be an integer ${range}, it is ${describe(value)}`);
}
