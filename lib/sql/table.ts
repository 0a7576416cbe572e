import { rounding } from "../batch/read_batch.ts";
import { check, checkOptions, describe, optional } from "../check/check.ts";
import { checkWithoutThreshold, decisionText, isTop } from "../decisions/budget.ts";
import type { DecisionName } from "../decisions/to_decision.ts";
import {
  aColumn,
  checkDialect,
  type Dialect,
  double,
  holdsText,
  isExact,
  largestWeight,
  quoteName,
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
   * positive, the first of equal ones; `{ top: 100 }` or `{ top: 0.01 }`: the 100 highest outputs of a column are positive,
   * or the highest hundredth. Scans of histograms find the threshold of an alert budget first, so a text alone cannot have it.
   *
   * @default {"threshold"}
   */
  decision?: DecisionName;
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
  readonly what: string;
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

/** The faults of an entry, by their flags; an entry with the flag 4 is counted. */
export const flags = { label: 1, output: 2, sampleWeight: 3, inexact: 4 } as const;

const names = (what: string, option: string, value: unknown): string[] => {
  const list = Array.isArray(value) ? value : [value];
  check(`make ${what}`, { [option]: value }, {
    must: "the name of a column or an array of them",
    valid: () => list.length > 0 && list.every(aColumn.valid),
    Kind: TypeError,
  });
  return list;
};

/** Returns the thresholds, one per output. */
function thresholdsOf(what: string, { decision, threshold }: TableDecisionOptions, columns: number): readonly number[] {
  if (isTop(decision)) {
    throw new RangeError(
      `Cannot make ${what}: 'decision' is ${decisionText(decision)}, whose threshold takes scans of its own; ` +
        "countsOn and reportOn run them",
    );
  }
  if (decision !== undefined && decision !== "threshold") checkWithoutThreshold(what, decision, threshold);
  if (decision === "argmax" && columns < 2) {
    throw new RangeError(`Cannot make ${what}: 'decision' is 'argmax', but 'output' names one column`);
  }
  const list: readonly number[] = Array.isArray(threshold)
    ? threshold
    : new Array(columns).fill(threshold === undefined ? 0.5 : threshold);
  if (list.length !== columns) {
    throw new RangeError(`Cannot make ${what}: 'threshold' has ${list.length} numbers, 'output' names ${columns}`);
  }
  const inside = Array.from(list).every((t) => typeof t === "number" && t > 0 && t < 1);
  check(`make ${what}`, { threshold }, { must: "numbers inside (0, 1)", valid: () => inside });
  return list;
}

/** Decides as `round` does: the threshold rounded to float32 counts as the threshold. */
function above(output: string, threshold: number): string {
  const rounded = Math.fround(threshold), greater = `${output} > ${double(threshold)}`;
  return rounded > threshold ? `${greater} AND ${output} <> ${double(rounded)}` : greater;
}

const clipped = (p: string): string =>
  `CASE WHEN ${p} > ${double(1)} THEN ${double(1)} WHEN ${p} < ${double(0)} THEN ${double(0)} ELSE ${p} END`;

const within = (value: string, low: number, high: number): string =>
  `${value} >= ${double(low)} AND ${value} <= ${double(high)}`;

/** The columns of a table, checked. */
interface Columns {
  readonly outputs: readonly string[];
  readonly labels: readonly string[];
  /** Says that every output has a column of labels of its own. */
  readonly hot: boolean;
  readonly classes: readonly (number | string)[];
  readonly weight?: string;
  readonly by?: string;
}

/** Checks the names of the columns. */
function toColumns(what: string, options: TableOptions & { by?: string }): Columns {
  const outputs = names(what, "output", options.output), labels = names(what, "label", options.label);
  const classes = options.classes ?? outputs.map((_, k) => k);
  const hot = labels.length === outputs.length && (outputs.length === 1 || Array.isArray(options.label));
  if (!hot && labels.length !== 1) {
    throw new RangeError(
      `Cannot make ${what}: 'label' names ${labels.length} columns, 'output' names ${outputs.length}`,
    );
  }
  if (options.classes !== undefined && hot) {
    throw new TypeError(
      `Cannot make ${what}: 'classes' is ${describe(classes)}, but every output has a column of labels of its own`,
    );
  }
  check(`make ${what}`, { classes }, {
    must: `${outputs.length} different values, one per output`,
    valid: () =>
      Array.isArray(classes) && classes.length === outputs.length && new Set(classes).size === outputs.length,
  });
  const { sampleWeight: weight, by } = options;
  check(`make ${what}`, { sampleWeight: weight, by }, optional(aColumn));
  return { outputs, labels, hot, classes, weight, by };
}

/** Writes the SELECT of the given columns under names of its own: y0 … or truth, p0 …, w, slice. */
function baseSql(dialect: Dialect, from: string, { outputs, labels, hot, classes, weight, by }: Columns): string {
  const column = (name: string, type: "DOUBLE" | "STRING") => `CAST(${quoteName(dialect, name)} AS ${type})`;
  const isClass = (value: number | string): string =>
    typeof value === "string"
      ? holdsText(dialect, labels[0], value)
      : `${column(labels[0], "DOUBLE")} = ${double(value)}`;
  const truth = `CASE ${classes.map((value, k) => `WHEN ${isClass(value)} THEN ${k} `).join("")}END`;
  const given = [
    ...(hot ? labels.map((label, k) => `${column(label, "DOUBLE")} AS y${k}`) : [`${truth} AS truth`]),
    ...outputs.map((output, k) => `${column(output, "DOUBLE")} AS p${k}`),
    `${weight === undefined ? double(1) : column(weight, "DOUBLE")} AS w`,
    `${by === undefined ? "CAST(NULL AS STRING)" : column(by, "STRING")} AS slice`,
  ];
  return `SELECT ${given.join(", ")} FROM ${from} AS given`;
}

/** Writes the number of the largest output, the first of equal ones: the first that no later one exceeds. */
function bestSql(outputs: readonly string[]): string {
  const last = outputs.length - 1;
  const exceeds = (k: number) => outputs.slice(k + 1).map((_, i) => `p${k} >= p${k + 1 + i}`).join(" AND ");
  return `CASE ${outputs.slice(0, last).map((_, k) => `WHEN ${exceeds(k)} THEN ${k} `).join("")}ELSE ${last} END`;
}

/** Writes the flag of an entry or a row: the first thing that is wrong with it, 0 for nothing. NULL is wrong everywhere. */
const flagSql = ({ label, output, exact }: { label: string; output: string; exact: string }): string =>
  `CASE WHEN ${label} THEN CASE WHEN ${output} THEN CASE WHEN ${
    within("w", 0, largestWeight)
  } THEN CASE WHEN ${exact} THEN 0 ELSE ${flags.inexact} END ELSE ${flags.sampleWeight} END ELSE ${flags.output} END ` +
  `ELSE ${flags.label} END`;

const inRange = (p: string): string => within(p, -rounding, 1 + rounding);

/** Writes the SELECT of the entries, one per row and output. */
function entriesSql(base: string, { outputs, hot, weight }: Columns, argmax: boolean): string {
  const every = outputs.map((_, k) => k), several = every.length > 1;
  const y = hot
    ? byClass(every.map((k) => `y${k}`))
    : `CASE WHEN truth = k THEN ${double(1)} WHEN truth <> k THEN ${double(0)} END`;
  const classes = several ? ` CROSS JOIN (VALUES ${every.map((k) => `(${k})`).join(", ")}) AS classes(k)` : "";
  const raw = `SELECT ${several ? "k" : "0 AS k"}, slice, ${y} AS y, ${byClass(every.map((k) => `p${k}`))} AS p, w${
    argmax ? `, ${bestSql(outputs)} AS best` : ""
  } FROM (${base}) AS base${classes}`;
  const exact = weight === undefined && !hot
    ? "0 = 0"
    : `${isExact("(w * y)")} AND ${isExact(`(w * (${double(1)} - y))`)}`;
  return `SELECT k, slice, y, ${clipped("p")} AS p, w, ${
    flagSql({ label: within("y", 0, 1), output: inRange("p"), exact })
  } AS flag${argmax ? ", best" : ""} FROM (${raw}) AS raw`;
}

/** Writes the true class of a row that has a column of labels per output. */
function hotTruth(columns: number): string {
  if (columns === 1) return `CASE WHEN y0 = ${double(1)} THEN 1 WHEN y0 = ${double(0)} THEN 0 END`;
  const every = Array.from({ length: columns }, (_, k) => k);
  const is = (k: number) => every.map((j) => `y${j} = ${double(j === k ? 1 : 0)}`).join(" AND ");
  return `CASE ${every.map((k) => `WHEN ${is(k)} THEN ${k} `).join("")}END`;
}

/** Writes the SELECT of the rows with their true and their decided class. */
function rowsSql(base: string, { outputs, hot }: Columns, thresholds: readonly number[]): string {
  const ps = outputs.map((_, k) => `p${k}`);
  const best = ps.length === 1 ? `CASE WHEN ${above("p0", thresholds[0])} THEN 1 ELSE 0 END` : bestSql(outputs);
  return `SELECT slice, truth, best, w, ${
    flagSql({ label: "truth IS NOT NULL", output: ps.map(inRange).join(" AND "), exact: isExact("w") })
  } AS flag FROM (SELECT slice, w, ${ps.join(", ")}, ${
    hot ? hotTruth(ps.length) : "truth"
  } AS truth, ${best} AS best ` +
    `FROM (${base}) AS base) AS judged`;
}

/** Checks the options of a table and writes the SELECTs of its entries and rows. */
export function toTable(
  what: string,
  options: TableOptions & TableDecisionOptions & { by?: string },
  known: readonly string[],
): Table {
  checkOptions(what, options, [...tableOptions, ...known]);
  const dialect = checkDialect(what, options.dialect), from = sourceSql(what, dialect, options.from);
  const columns = toColumns(what, options), size = columns.outputs.length, argmax = options.decision === "argmax";
  const thresholds = thresholdsOf(what, options, size), base = baseSql(dialect, from, columns);
  const isAbove = byClass(thresholds.map((t) => `CASE WHEN ${above("p", t)} THEN 1 ELSE 0 END`));
  return {
    what,
    columns: size,
    classes: size === 1 ? [0, 1] : columns.classes,
    decided: argmax ? "best = k" : `${isAbove} = 1`,
    entries: entriesSql(base, columns, argmax),
    rows: rowsSql(base, columns, thresholds),
  };
}
