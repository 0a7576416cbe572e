import { firstOf } from "../numerics/format.ts";
import { groupBy } from "../numerics/group_by.ts";
import { TASK } from "./infer_column.ts";
import { booleanOf, numberOf } from "./spelling.ts";
import type { TableDataset, TableWarning } from "./table.ts";

/** The classes of a table. */
export type ClassLabel = Pick<TableDataset, "yTrue" | "classes" | "positive" | "chosen" | "warnings">;

const listed = (values: readonly string[]): string => firstOf(values.map((value) => `'${value}'`));

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
  const one = values.find((value) => booleanOf(value) === true || Number(value) === 1);
  const other = values.find((value) => value !== one);
  if (one !== undefined && (booleanOf(other) === false || [0, -1].includes(Number(other)))) {
    return { positive: one, chosen: `'${other}' is negative` };
  }
  const [a, b] = values, rarer = sizes.get(a)! < sizes.get(b)! ? a : b;
  return { positive: rarer, chosen: sizes.get(a) === sizes.get(b) ? "both are equally frequent" : "the rarer one" };
}

/** Counts texts. */
function sizesOf(texts: readonly string[]): Map<string, number> {
  const sizes = new Map<string, number>();
  for (const text of texts) sizes.set(text, (sizes.get(text) ?? 0) + 1);
  return sizes;
}

/** The text that all spellings of one class share: 1 and 1.0, Yes and yes and "yes ", >50K and ">50K.". */
function spelledAlike(text: string): string {
  const trimmed = text.trim(), number = numberOf(trimmed);
  return Number.isNaN(number) || !Number.isSafeInteger(Math.trunc(number))
    ? trimmed.toLowerCase().replace(/(?<=.)\.$/, "")
    : String(number);
}

const counted = (sizes: readonly (readonly [string, number])[]): string =>
  sizes.map(([text, rows]) => `'${text}' ${rows}`).join(", ");

/** Writes spellings of one class alike, as the most frequent one; unless only one class would be left. */
function mergeSpellings(label: string, texts: readonly string[]): { texts: string[]; warnings: TableWarning[] } {
  const groups = groupBy(sizesOf(texts), ([text]) => spelledAlike(text));
  const written = new Map<string, string>(), warnings: TableWarning[] = [];
  for (const spellings of groups.values()) {
    const [usual] = spellings.reduce((a, b) => b[1] > a[1] ? b : a), name = usual.trim();
    for (const [text] of spellings) written.set(text, groups.size === 1 ? text.trim() : name);
    if (spellings.length === 1) continue;
    const message = groups.size === 1
      ? `the label '${label}' has the values ${counted(spellings)}, which differ in their spelling alone`
      : `the label '${label}' has ${counted(spellings)}: spellings of one class, '${name}'`;
    warnings.push({ code: "class-spelling", column: label, message });
  }
  return { texts: texts.map((text) => written.get(text)!), warnings };
}

/** Merges the classes of fewer rows into one, "other". */
function mergeRare(label: string, texts: string[], least: number): { texts: string[]; warnings: TableWarning[] } {
  const rare = [...sizesOf(texts)].filter(([, rows]) => rows < least), names = new Set(rare.map(([name]) => name));
  if (rare.length === 0) return { texts, warnings: [] };
  const message = `classes of '${label}' with fewer than ${least} rows are one class, 'other': ${counted(rare)}`;
  return {
    texts: texts.map((text) => names.has(text) ? "other" : text),
    warnings: [{ code: "rare-classes", column: label, message }],
  };
}

/** Options of {@linkcode classLabel}. */
export interface ClassLabelOptions {
  /** The positive value, against the rest. */
  readonly positive?: string;
  /** The number of rows below which classes are merged. */
  readonly mergeRare?: number;
}

/**
 * Makes classes of a label column: a negative and a positive class of two values, or of `positive` against the rest; otherwise
 * one class per value, numbers ordered by size. Spellings of one class are merged, with a warning.
 */
export function classLabel(
  label: string,
  values: readonly unknown[],
  { positive: asked, mergeRare: least = 0 }: ClassLabelOptions = {},
): ClassLabel {
  const alike = mergeSpellings(label, values.map(String)), merged = mergeRare(label, alike.texts, least);
  const { texts } = merged, sizes = sizesOf(texts), warnings = [...alike.warnings, ...merged.warnings];
  const all = [...sizes.keys()].sort(byValue);
  if (asked !== undefined && !sizes.has(asked)) {
    const own = all.find((value) => spelledAlike(value) === spelledAlike(asked));
    if (own !== undefined) return classLabel(label, values, { positive: own, mergeRare: least });
    throw new RangeError(`Cannot ${TASK}: 'positive' must be a value of '${label}' (${listed(all)}), it is '${asked}'`);
  }
  if (all.length < 2) throw new RangeError(`Cannot ${TASK}: the label '${label}' has no value but '${all[0]}'`);
  const indexed = (names: readonly string[]) => {
    const indices = new Map(names.map((name, i) => [name, i])), rows = names.map(() => 0);
    const yTrue = Float64Array.from(texts, (text) => indices.get(text) ?? 0);
    yTrue.forEach((k) => rows[k]++);
    return { yTrue, classes: names.map((name, k) => ({ name, rows: rows[k] })) };
  };
  if (all.length > 2 && asked === undefined) return { ...indexed(all), warnings, chosen: "one class per value" };
  const { positive, chosen } = asked === undefined ? choosePositive(all, sizes) : {
    positive: asked,
    chosen: all.length === 2 ? "as requested" : `as requested, against ${all.length - 1} others`,
  };
  const negative = all.length > 2 ? "other" : all.find((value) => value !== positive)!;
  return { ...indexed([negative, positive]), warnings, positive, chosen };
}
