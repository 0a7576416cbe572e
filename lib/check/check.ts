/** Tells a tensor of TensorFlow.js by its method, without TensorFlow.js. */
export const isTensorLike = (value: unknown): boolean =>
  typeof (value as { dataSync?: unknown } | null | undefined)?.dataSync === "function";

/** A value as an error message names it: short, and never mistaken for another. */
export function describe(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `the function ${value.name || "(anonymous)"}`;
  if (Array.isArray(value)) {
    return value.length > 6 ? `an array of ${value.length}` : `[${value.map(describe).join(", ")}]`;
  }
  if (isTensorLike(value)) return "a tensor";
  const kind = ({}).toString.call(value); // such as [object Promise], [object Float32Array]
  if (kind === "[object Object]") return `an object with the keys ${describe(Object.keys(value!).slice(0, 6))}`;
  return value instanceof Object ? kind : Object.is(value, -0) ? "-0" : String(value);
}

/** A rule that a value must meet. */
export interface Rule {
  /** Words for it: "a number in (0, 1]". */
  readonly must: string;
  /** Tells whether a value is that. */
  valid(value: unknown): boolean;
  /** Error for a value of the wrong type; absent: a RangeError. */
  readonly Kind?: typeof TypeError;
}

/** Throws unless each value follows the rule: "Cannot make the pairs' loss: 'margin' must be a number above 0, it is 0". */
export function check<T extends object>(task: string, values: T, { must, valid, Kind = RangeError }: Rule): void {
  for (const name in values) {
    const value = values[name];
    if (!valid(value)) throw new Kind(`Cannot ${task}: '${name}' must be ${must}, it is ${describe(value)}`);
  }
}

/** Rule for a number in a range, with its words. */
export const numberThat = (must: string, inRange: (value: number) => boolean): Rule => ({
  must,
  valid: (value) => typeof value === "number" && inRange(value),
});

/** Rule for one of several values. */
export const oneOf = (...allowed: readonly unknown[]): Rule => ({
  must: allowed.map(describe).join(", ").replace(/, ([^,]*)$/, " or $1"),
  valid: (value) => allowed.includes(value),
});

/** Rule for a value that may be left out. */
export const optional = (rule: Rule): Rule => ({ ...rule, valid: (value) => value === undefined || rule.valid(value) });

export const aBoolean: Rule = { must: "true or false", valid: (value) => typeof value === "boolean", Kind: TypeError };
export const aNumber: Rule = { must: "a number", valid: (value) => typeof value === "number", Kind: TypeError };

export const aWord: Rule = {
  must: "a word",
  valid: (value) => typeof value === "string" && value !== "",
  Kind: TypeError,
};

export const aFunction: Rule = { must: "a function", valid: (value) => typeof value === "function", Kind: TypeError };

export const anObject: Rule = {
  must: "an object",
  valid: (value) => typeof value === "object" && value !== null,
  Kind: TypeError,
};

export const anArray: Rule = {
  must: "an array of numbers",
  valid: (value) => ArrayBuffer.isView(value) || Array.isArray(value),
  Kind: TypeError,
};

/** Makes a rule for an array, not a typed one, of what it says. */
export const anArrayOf = (what: string): Rule => ({
  must: `an array of ${what}`,
  valid: Array.isArray,
  Kind: TypeError,
});

export const aSignal: Rule = {
  must: "an AbortSignal",
  valid: (value) => typeof (value as AbortSignal | null | undefined)?.throwIfAborted === "function",
  Kind: TypeError,
};

/** Rule for a number above 0. */
export const positive: Rule = /* @__PURE__ */ numberThat("a number above 0", (value) => value > 0 && value < Infinity);

/** Rule for a share in (0, 1]. */
export const share: Rule = /* @__PURE__ */ numberThat("a number in (0, 1]", (value) => value > 0 && value <= 1);

/** Rule for an amount of money or the like. */
export const amount: Rule = /* @__PURE__ */ numberThat(
  "a number between -1e30 and 1e30",
  (value) => Math.abs(value) <= 1e30,
);

/** Rule for an integer from `least` to `most`. */
export const integerFrom = (least: number, most: number = Number.MAX_SAFE_INTEGER): Rule =>
  numberThat(
    `an integer ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}`,
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  );

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
