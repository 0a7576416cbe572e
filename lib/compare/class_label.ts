/** A label as classes' indices, and where they come from. */
export interface ClassLabel {
  /** The class of each row: of two, 1 is the positive one. */
  readonly yTrue: Float64Array<ArrayBuffer>;
  /** Each class's value, as text; of one value against the rest, class 0 is "other". */
  readonly names: readonly string[];
  /** How many rows each class has. */
  readonly classes: readonly number[];
  /** The positive value, where there are two classes. */
  readonly positive?: string;
  /** Why these are the classes, or why this one is positive. */
  readonly chosen: string;
}

const TASK = "compare losses";

const some = (values: readonly string[]): string =>
  values.slice(0, 5).map((value) => `'${value}'`).join(", ") + (values.length > 5 ? ", …" : "");

/** Numbers by their size, then texts by the alphabet. */
function byValue(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return x - y || (a < b ? -1 : Number(a > b));
}

/** Of two values the positive one, and why: of 0, -1 or false beside 1 or true, the latter; else the rarer one. */
function positiveOf(all: readonly string[], sizes: ReadonlyMap<string, number>): { positive: string; chosen: string } {
  const one = all.find((value) => value === "true" || Number(value) === 1);
  const other = all.find((value) => value !== one);
  if (one !== undefined && (other === "false" || [0, -1].includes(Number(other)))) {
    return { positive: one, chosen: `'${other}' is negative` };
  }
  const [a, b] = all, rarer = sizes.get(a)! < sizes.get(b)! ? a : b;
  return { positive: rarer, chosen: sizes.get(a) === sizes.get(b) ? "both are as frequent" : "the rarer one" };
}

/**
 * Makes classes of a label: of two values, or with one that is asked for to stand against the rest, a negative and a positive
 * one; of more, one a value, numbers by their size.
 */
export function classLabel(label: string, values: readonly unknown[], asked?: string): ClassLabel {
  const texts = values.map((value) => String(value).trim()), sizes = new Map<string, number>();
  for (const value of texts) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  const all = [...sizes.keys()].sort(byValue);
  if (asked !== undefined && !sizes.has(asked)) {
    throw new RangeError(`Cannot ${TASK}: 'positive' must be a value of '${label}' (${some(all)}), it is '${asked}'`);
  }
  if (all.length < 2) throw new RangeError(`Cannot ${TASK}: the label '${label}' has no other value than '${all[0]}'`);
  const indexed = (names: readonly string[]) => {
    const indices = new Map(names.map((name, i) => [name, i])), classes = names.map(() => 0);
    const yTrue = Float64Array.from(texts, (value) => indices.get(value) ?? 0);
    yTrue.forEach((k) => classes[k]++);
    return { yTrue, names, classes };
  };
  if (all.length > 2 && asked === undefined) {
    return { ...indexed(all), chosen: "a class a value" };
  }
  const others = all.length - 1, rest = (positive: string) => others > 1 ? "other" : all.find((v) => v !== positive)!;
  const { positive, chosen } = asked === undefined
    ? positiveOf(all, sizes)
    : { positive: asked, chosen: others === 1 ? "as asked" : `as asked, against ${others} others` };
  return { ...indexed([rest(positive), positive]), positive, chosen };
}
