import { describe, isTensorLike } from "./describe.ts";
import { check, type Rule } from "./value.ts";

/** Refuses options that are not an object, and unknown names: a misspelt option would otherwise be a default. */
export function checkOptions(what: string, options: unknown, known: readonly string[], ifTensor = ""): void {
  const tensor = isTensorLike(options);
  if (typeof options !== "object" || options === null || Array.isArray(options) || tensor) {
    throw new TypeError(
      `Cannot make ${what}: 'options' must be an object, it is ${describe(options)}${tensor ? ifTensor : ""}`,
    );
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !known.includes(name)) {
      throw new TypeError(
        `Cannot make ${what}: '${name}' is ${describe(value)}, but there is no such option, only ${known.join(", ")}`,
      );
    }
  }
}

/** Returns options that are numbers, each of them given and checked by the same rule. */
export function readNumbers<K extends string>(
  what: string,
  options: Readonly<Record<K, number>>,
  names: readonly K[],
  rule: Rule,
): Record<K, number> {
  checkOptions(what, options ?? {}, names);
  const numbers = Object.fromEntries(names.map((name) => [name, options?.[name]])) as Record<K, number>;
  check(`make ${what}`, numbers, rule);
  return numbers;
}

/** {@linkcode checkOptions} of a factory: handed over uncalled, as in `model.compile({ loss: f1Loss })`, it gets the labels as options. */
export const checkFactory = (factory: string, options: unknown, known: readonly string[]): void =>
  checkOptions(factory, options, known, `; ${factory} is a factory: call it, ${factory}()`);

/** Checks the options of a factory, which come as one object, and splits them: its own, and those of all factories of its kind. */
export function splitOptions<T extends object, K extends keyof T & string>(
  factory: string,
  options: T = {} as T,
  own: readonly K[],
  shared: readonly string[],
): [own: Pick<T, K>, shared: Omit<T, K>] {
  checkFactory(factory, options, [...own, ...shared]);
  const split = (mine: boolean) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => (own as readonly string[]).includes(name) === mine));
  return [split(true) as Pick<T, K>, split(false) as Omit<T, K>];
}
