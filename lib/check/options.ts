import { describe } from "./describe.ts";

/** Refuses a tensor: a loss that is handed over uncalled, as in `model.compile({ loss: f1Loss })`, gets the labels as options. */
export function refuseTensor(factory: string, options: unknown): void {
  if (typeof (options as { dataSync?: unknown } | null)?.dataSync !== "function") return;
  throw new TypeError(`Cannot make ${factory}: 'options' is a tensor; ${factory} is a factory: call it, ${factory}()`);
}

/** Refuses options that are not an object, and unknown names: a misspelt option would otherwise be a default. */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  refuseTensor(what, options);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new TypeError(`Cannot make ${what}: 'options' must be an object, it is ${describe(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !known.includes(name)) {
      throw new TypeError(
        `Cannot make ${what}: '${name}' is ${describe(value)}, but there is no such option, only ${known.join(", ")}`,
      );
    }
  }
}

/** Splits options that come as one object: those with the given names, and the others. */
export function splitOptions<T extends object, K extends keyof T>(
  options: T | undefined | null,
  names: readonly K[],
): [own: Pick<T, K>, others: Omit<T, K>] {
  const entries = Object.entries(options ?? {});
  const isOwn = ([name]: [string, unknown]) => (names as readonly string[]).includes(name);
  return [
    Object.fromEntries(entries.filter(isOwn)) as Pick<T, K>,
    Object.fromEntries(entries.filter((entry) => !isOwn(entry))) as Omit<T, K>,
  ];
}
