import { TASK } from "./infer_column.ts";
import type { TableDataset } from "./table.ts";

/** The classes of a table. */
export type ClassLabel = Pick<TableDataset, "yTrue" | "classes" | "positive" | "chosen">;

const listed = (values: readonly string[]): string =>
  values.slice(0, 5).map((value) => `'${value}'`).join(", ") + (values.length > 5 ? ", …" : "");

/** Orders numbers by size, then texts by the alphabet. */
function byValue(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return x - y || (a < b ? -1 : Number(a > b));
}

/** Chooses the positive one of two values: 1 or true beside 0, −1 or false, otherwise the rarer one. */
function choosePositive(
  values: readonly string[],
  sizes: ReadonlyMap<string, number>,
): { positive: string; chosen: string } {
  const one = values.find((value) => value === "true" || Number(value) === 1);
  const other = values.find((value) => value !== one);
  if (one !== undefined && (other === "false" || [0, -1].includes(Number(other)))) {
    return { positive: one, chosen: `'${other}' is negative` };
  }
  const [a, b] = values, rarer = sizes.get(a)! < sizes.get(b)! ? a : b;
  return { positive: rarer, chosen: sizes.get(a) === sizes.get(b) ? "both are equally frequent" : "the rarer one" };
}

/**
 * Makes classes of a label column: a negative and a positive class of two values, or of `asked` against the rest; otherwise
 * one class per value, numbers ordered by size.
 */
export function classLabel(label: string, values: readonly unknown[], asked?: string): ClassLabel {
  const texts = values.map((value) => String(value).trim()), sizes = new Map<string, number>();
  for (const text of texts) sizes.set(text, (sizes.get(text) ?? 0) + 1);
  const all = [...sizes.keys()].sort(byValue);
  if (asked !== undefined && !sizes.has(asked)) {
    throw new RangeError(`Cannot ${TASK}: 'positive' must be a value of '${label}' (${listed(all)}), it is '${asked}'`);
  }
  if (all.length < 2) throw new RangeError(`Cannot ${TASK}: the label '${label}' has no value but '${all[0]}'`);
  const indexed = (names: readonly string[]) => {
    const indices = new Map(names.map((name, i) => [name, i])), rows = names.map(() => 0);
    const yTrue = Float64Array.from(texts, (text) => indices.get(text) ?? 0);
    yTrue.forEach((k) => rows[k]++);
    return { yTrue, classes: names.map((name, k) => ({ name, rows: rows[k] })) };
  };
  if (all.length > 2 && asked === undefined) return { ...indexed(all), chosen: "one class per value" };
  const { positive, chosen } = asked === undefined ? choosePositive(all, sizes) : {
    positive: asked,
    chosen: all.length === 2 ? "as requested" : `as requested, against ${all.length - 1} others`,
  };
  const negative = all.length > 2 ? "other" : all.find((value) => value !== positive)!;
  return { ...indexed([negative, positive]), positive, chosen };
}
