/** A label of 0 and 1, and where it comes from. */
export interface PositiveLabel {
  /** 1 where the label is the positive value, 0 elsewhere. */
  readonly yTrue: Float64Array<ArrayBuffer>;
  /** The positive value, as text. */
  readonly positive: string;
  /** Why it is that one. */
  readonly chosen: string;
}

const TASK = "compare losses";

const some = (values: readonly string[]): string =>
  values.slice(0, 5).map((value) => `'${value}'`).join(", ") + (values.length > 5 ? ", …" : "");

function choose(label: string, values: readonly string[], asked: string | undefined) {
  const sizes = new Map<string, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  const all = [...sizes.keys()].sort();
  if (asked !== undefined) {
    if (!sizes.has(asked)) {
      throw new RangeError(
        `Cannot ${TASK}: 'positive' must be a value of '${label}' (${some(all)}), it is '${asked}'`,
      );
    }
    if (all.length < 2) throw new RangeError(`Cannot ${TASK}: the label '${label}' has no other value than '${asked}'`);
    return { positive: asked, chosen: all.length === 2 ? "as asked" : `as asked, against ${all.length - 1} others` };
  }
  if (all.length !== 2) {
    const more = all.length > 2 ? "; name one with 'positive' to set it against the rest" : "";
    throw new RangeError(
      `Cannot ${TASK}: the label '${label}' must have two values, it has ${all.length}: ${some(all)}${more}`,
    );
  }
  const one = all.find((value) => value === "true" || Number(value) === 1);
  const other = all.find((value) => value !== one);
  if (one !== undefined && (other === "false" || [0, -1].includes(Number(other)))) {
    return { positive: one, chosen: `'${other}' is negative` };
  }
  const [a, b] = all, rarer = sizes.get(a)! < sizes.get(b)! ? a : b;
  return { positive: rarer, chosen: sizes.get(a) === sizes.get(b) ? "both are as frequent" : "the rarer one" };
}

/** Makes a label of 0 and 1: of 0, -1 or false beside 1 or true, 1 is positive; else the value that was asked for or is rarer. */
export function positiveLabel(label: string, values: readonly unknown[], asked?: string): PositiveLabel {
  const texts = values.map((value) => String(value).trim());
  const { positive, chosen } = choose(label, texts, asked);
  return { yTrue: Float64Array.from(texts, (value) => value === positive ? 1 : 0), positive, chosen };
}
