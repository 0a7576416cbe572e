import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import {
  checkDialect,
  type Dialect,
  double,
  isExact,
  largestWeight,
  quoteName,
  quoteText,
  type Source,
  sourceSql,
} from "./dialect.ts";

/** The table and its columns. A column is named, and its name is quoted. */
export interface TableOptions {
  /** The table. */
  from: Source;
  /**
   * The column of the labels: numbers in [0, 1] or truth values; with several outputs the classes. Or one column per output,
   * each with labels in [0, 1].
   */
  label: string | readonly string[];
  /** The column of the outputs, probabilities in [0, 1]; with several classes one column per class. */
  output: string | readonly string[];
  /**
   * The column of the weights: numbers from 0 to 2²². Sums are exact for multiples of 2⁻⁴⁰; other weights are rounded down to
   * a multiple, and the answer says for how many entries.
   *
   * @default {1 per row}
   */
  sampleWeight?: string;
  /**
   * The value of `label` for each output, in the order of `output`.
   *
   * @default {0, 1, 2, …}
   */
  classes?: readonly (number | string)[];
  /**
   * The SQL of the engine.
   *
   * @default {"duckdb"}
   */
  dialect?: Dialect;
}

/** The rule that turns outputs into decisions. */
export interface TableDecisionOptions {
  /**
   * "threshold": an output is positive if it is greater than its threshold; "argmax": the largest output of a row is
   * positive, the first of equal ones.
   *
   * @default {"threshold"}
   */
  decision?: "threshold" | "argmax";
  /**
   * The threshold inside (0, 1), or one per output.
   *
   * @default {0.5}
   */
  threshold?: number | readonly number[];
}

/** The names of {@linkcode TableOptions}. */
export const tableOptions = ["from", "label", "output", "sampleWeight", "classes", "dialect"] as const;

/** Returns one of a list of texts by the number k. */
const byClass = (texts: readonly string[]): string =>
  new Set(texts).size === 1 ? texts[0] : `CASE k ${texts.map((text, k) => `WHEN ${k} THEN ${text} `).join("")}END`;

/** A table whose options are checked. */
export interface Table {
  readonly task: string;
  readonly dialect: Dialect;
  /** The number of outputs. */
  readonly columns: number;
  /** The values of the label; the numbers from 0 where they are not given. */
  readonly classes: readonly (number | string)[];
  /** The expression that is true for a positive decision on the entry of the class k. */
  readonly decided: string;
  /**
   * The SELECT of the entries, one per row and output: k, slice, y, p and w, what is wrong with it (`flag`), and for an
   * argmax the decided class (`best`).
   */
  readonly entries: string;
  /** The SELECT of the rows: slice, the true class (`truth`), the decided class (`best`), w and `flag`. */
  readonly rows: string;
}

/** What can be wrong with an entry, by its flag; an entry with the flag 4 is counted. */
export const flags = { label: 1, output: 2, sampleWeight: 3, inexact: 4 } as const;

const textOrNone = (task: string, option: string, value: unknown): string | undefined => {
  if (value === undefined || (typeof value === "string" && value !== "")) return value;
  throw new TypeError(`Cannot make ${task}: '${option}' must be the name of a column, it is ${describe(value)}`);
};

const names = (task: string, option: string, value: unknown): string[] => {
  const list = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.every((name) => typeof name === "string" && name !== "")) return list;
  throw new TypeError(
    `Cannot make ${task}: '${option}' must be the name of a column or an array of them, it is ${describe(value)}`,
  );
};

/** Returns the thresholds, one per output. */
function thresholdsOf(task: string, { decision, threshold }: TableDecisionOptions, columns: number): readonly number[] {
  if (decision !== undefined && decision !== "threshold" && decision !== "argmax") {
    const top = typeof decision === "object" && decision !== null && "top" in decision;
    throw new RangeError(
      `Cannot make ${task}: 'decision' must be 'threshold' or 'argmax', it is ${
        top
          ? `{ top: ${describe(decision["top"])} }: find the threshold by a quantile of the outputs in the engine`
          : describe(decision)
      }`,
    );
  }
  if (decision === "argmax" && threshold !== undefined) {
    throw new TypeError(
      `Cannot make ${task}: 'threshold' is ${describe(threshold)}, but with decision: 'argmax' there is none`,
    );
  }
  if (decision === "argmax" && columns < 2) {
    throw new RangeError(`Cannot make ${task}: 'decision' is 'argmax', but 'output' names one column`);
  }
  const list: readonly number[] = Array.isArray(threshold)
    ? threshold
    : new Array(columns).fill(threshold as number | undefined ?? 0.5);
  if (list.length !== columns) {
    throw new RangeError(`Cannot make ${task}: 'threshold' has ${list.length} numbers, 'output' names ${columns}`);
  }
  const bad = list.find((t) => !(typeof t === "number" && t > 0 && t < 1));
  if (bad === undefined && !list.includes(undefined as unknown as number)) return list;
  throw new RangeError(`Cannot make ${task}: 'threshold' must be numbers inside (0, 1), it is ${describe(threshold)}`);
}

/** Decides as `round` does: the threshold rounded to float32 counts as the threshold. */
function above(output: string, threshold: number): string {
  const rounded = Math.fround(threshold), greater = `${output} > ${double(threshold)}`;
  return rounded > threshold ? `${greater} AND ${output} <> ${double(rounded)}` : greater;
}

const clipped = (p: string): string =>
  `CASE WHEN ${p} > ${double(1)} THEN ${double(1)} WHEN ${p} < ${double(0)} THEN ${double(0)} ELSE ${p} END`;

/** Rounding may leave [0, 1] by this much. */
const rounding = 1e-6;

const within = (value: string, low: number, high: number): string =>
  `${value} >= ${double(low)} AND ${value} <= ${double(high)}`;

/** Checks the options of a table and writes the SELECT of its entries. */
export function toTable(
  task: string,
  options: TableOptions & TableDecisionOptions & { by?: string },
  known: readonly string[],
): Table {
  checkOptions(task, options, [...tableOptions, ...known]);
  const dialect = checkDialect(task, options.dialect), from = sourceSql(task, dialect, options.from);
  const outputs = names(task, "output", options.output), labels = names(task, "label", options.label);
  const columns = outputs.length, quote = (name: string) => quoteName(dialect, name);
  const weight = textOrNone(task, "sampleWeight", options.sampleWeight), by = textOrNone(task, "by", options.by);
  const classes = options.classes ?? outputs.map((_, k) => k);
  const argmax = options.decision === "argmax", thresholds = thresholdsOf(task, options, columns);
  const byColumn = labels.length === columns && (columns === 1 || Array.isArray(options.label));
  if (!byColumn && labels.length !== 1) {
    throw new RangeError(`Cannot make ${task}: 'label' names ${labels.length} columns, 'output' names ${columns}`);
  }
  if (options.classes !== undefined && byColumn) {
    throw new TypeError(
      `Cannot make ${task}: 'classes' is ${describe(classes)}, but every output has a column of labels of its own`,
    );
  }
  if (!Array.isArray(classes) || classes.length !== columns || new Set(classes).size !== columns) {
    throw new RangeError(
      `Cannot make ${task}: 'classes' must be ${columns} different values, one per output, it is ${describe(classes)}`,
    );
  }
  const isClass = (value: number | string): string =>
    typeof value === "string"
      ? `CAST(${quote(labels[0])} AS STRING) = ${quoteText(dialect, value)}`
      : `CAST(${quote(labels[0])} AS DOUBLE) = ${double(value)}`;
  const truth = `CASE ${classes.map((value, k) => `WHEN ${isClass(value)} THEN ${k} `).join("")}END`;
  const given = [
    ...(byColumn ? labels.map((label, k) => `CAST(${quote(label)} AS DOUBLE) AS y${k}`) : [`${truth} AS truth`]),
    ...outputs.map((output, k) => `CAST(${quote(output)} AS DOUBLE) AS p${k}`),
    `${weight === undefined ? double(1) : `CAST(${quote(weight)} AS DOUBLE)`} AS w`,
    `${by === undefined ? "CAST(NULL AS STRING)" : `CAST(${quote(by)} AS STRING)`} AS slice`,
  ];
  const every = outputs.map((_, k) => k), last = columns - 1;
  const best = `CASE ${
    every.slice(0, last).map((k) =>
      `WHEN ${every.filter((j) => j > k).map((j) => `p${k} >= p${j}`).join(" AND ")} THEN ${k} `
    ).join("")
  }ELSE ${last} END`;
  const base = `SELECT ${given.join(", ")} FROM ${from} AS given`;
  const y = byColumn
    ? byClass(every.map((k) => `y${k}`))
    : `CASE WHEN truth = k THEN ${double(1)} WHEN truth <> k THEN ${double(0)} END`;
  const classRows = columns === 1 ? "0 AS k" : "k";
  const spread = columns === 1
    ? `(${base}) AS base`
    : `(${base}) AS base CROSS JOIN (VALUES ${every.map((k) => `(${k})`).join(", ")}) AS classes(k)`;
  const raw = `SELECT ${classRows}, slice, ${y} AS y, ${byClass(every.map((k) => `p${k}`))} AS p, w${
    argmax ? `, ${best} AS best` : ""
  } FROM ${spread}`;
  const flag = (label: string, output: string, exact: string): string =>
    `CASE WHEN ${label} THEN CASE WHEN ${output} THEN CASE WHEN ${
      within("w", 0, largestWeight)
    } THEN CASE WHEN ${exact} ` +
    `THEN 0 ELSE ${flags.inexact} END ELSE ${flags.sampleWeight} END ELSE ${flags.output} END ELSE ${flags.label} END`;
  const inRange = (p: string) => within(p, -rounding, 1 + rounding);
  const exact = weight === undefined && !byColumn
    ? "0 = 0"
    : `${isExact("(w * y)")} AND ${isExact(`(w * (${double(1)} - y))`)}`;
  const entries = `SELECT k, slice, y, ${clipped("p")} AS p, w, ${
    flag(within("y", 0, 1), inRange("p"), exact)
  } AS flag${argmax ? ", best" : ""} FROM (${raw}) AS raw`;
  const hotTruth = `CASE ${
    every.map((k) => `WHEN ${every.map((j) => `y${j} = ${double(j === k ? 1 : 0)}`).join(" AND ")} THEN ${k} `).join("")
  }END`;
  const binary = columns === 1;
  const rowTruth = !byColumn
    ? "truth"
    : binary
    ? `CASE WHEN y0 = ${double(1)} THEN 1 WHEN y0 = ${double(0)} THEN 0 END`
    : hotTruth;
  const rowBest = binary ? `CASE WHEN ${above("p0", thresholds[0])} THEN 1 ELSE 0 END` : best;
  const rows =
    `SELECT slice, truth, best, w, ${
      flag("truth IS NOT NULL", every.map((k) => inRange(`p${k}`)).join(" AND "), isExact("w"))
    } AS flag FROM (SELECT slice, w, ${
      every.map((k) => `p${k}`).join(", ")
    }, ${rowTruth} AS truth, ${rowBest} AS best ` +
    `FROM (${base}) AS base) AS judged`;
  return {
    task,
    dialect,
    columns,
    classes: binary ? [0, 1] : classes,
    decided: argmax
      ? "best = k"
      : byClass(thresholds.map((t) => `CASE WHEN ${above("p", t)} THEN 1 ELSE 0 END`)) + " = 1",
    entries,
    rows,
  };
}
