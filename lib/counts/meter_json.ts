import { anObject, check, describe, oneOf } from "../check/check.ts";
import { ExactSum } from "../numerics/exact_sum.ts";

/** Throws unless two meters have the same settings. */
export function checkSameSettings<T extends object>(mine: T, theirs: T): void {
  for (const option of Object.keys(mine) as (keyof T & string)[]) {
    if (JSON.stringify(mine[option]) === JSON.stringify(theirs[option])) continue;
    throw new RangeError(
      `Cannot use 'other': its '${option}' is ${describe(theirs[option])}, this meter's is ${describe(mine[option])}`,
    );
  }
}

/** Throws unless a thing is the JSON of a meter of the given version. */
export function checkJson(what: string, json: { readonly version: number }, version: number): void {
  check(`make ${what}`, { json }, anObject);
  check(`make ${what}`, { version: json.version }, oneOf(version));
}

/** Writes the option `ignoreLabel` as text, because JSON has no NaN. */
export const labelToText = (label: number | undefined): string | null => label === undefined ? null : String(label);

/** Reads the text of {@linkcode labelToText}. */
export const labelFromText = (text: string | null): number | undefined => text === null ? undefined : Number(text);

/** Reads sums ≥ 0 from their lists of terms. */
export function readSums(what: string, key: string, lists: unknown, length: number): ExactSum[] {
  const isList = (list: unknown): list is number[] => Array.isArray(list) && list.every(Number.isFinite);
  if (!Array.isArray(lists) || lists.length !== length || !lists.every(isList)) {
    throw new TypeError(
      `Cannot make ${what}: '${key}' must hold ${length} lists of finite numbers, it is ${describe(lists)}`,
    );
  }
  return lists.map((list, b) => {
    const sum = new ExactSum();
    for (const term of list) sum.add(term);
    if (sum.value >= 0) return sum;
    throw new RangeError(`Cannot make ${what}: '${key}' must be sums ≥ 0, number ${b} is ${sum.value}`);
  });
}
