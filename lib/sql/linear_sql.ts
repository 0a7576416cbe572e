import { check } from "../check/check.ts";
import { byLabel, type Counts } from "../counts/counts.ts";
import type { ScoreDefinition, ScoreName } from "../scores/to_score.ts";
import type { ScoringOptions } from "../scoring/options.ts";
import { aColumn, checkDialect, type Dialect, double, quoteName, type Source, sourceSql } from "./dialect.ts";
import type { StepSql } from "./step_sql.ts";

/** A logistic model p = σ(b + Σ θⱼ·xⱼ), or a linear one, b + Σ θⱼ·xⱼ, whose outputs are logits: the same decisions. */
export interface LinearWeights {
  /** θ, one number per feature. */
  readonly weights: readonly number[];
  /** b. */
  readonly bias: number;
}

/** The table of a linear model, and its loss. */
export interface LinearOptions extends Pick<ScoringOptions, "step" | "slope" | "zeroDivision"> {
  /** The table. */
  from: Source;
  /** The column of the labels, numbers in [0, 1] or truth values. */
  label: string;
  /** The columns of the features. */
  features: readonly string[];
  /** The score of the loss: a name, a score, or a definition of your own. */
  score: ScoreName | ScoreDefinition;
  /**
   * The column of the weights of the rows, finite numbers ≥ 0.
   *
   * @default {1 per row}
   */
  sampleWeight?: string;
  /**
   * The threshold, a probability inside (0, 1).
   *
   * @default {0.5}
   */
  threshold?: number;
  /**
   * The SQL of the engine.
   *
   * @default {"duckdb"}
   */
  dialect?: Dialect;
}

/** The names of {@linkcode LinearOptions}. */
export const linearOptions = [
  "from",
  "label",
  "features",
  "score",
  "sampleWeight",
  "step",
  "slope",
  "threshold",
  "zeroDivision",
  "dialect",
] as const;

/** The faults of a row, by their flags. */
export const rowFlags = { label: 1, features: 2, sampleWeight: 3 } as const;

/** Writes the SELECT of the rows: y, w and x0, x1, … */
export function linearRows(what: string, options: LinearOptions): string {
  const dialect = checkDialect(what, options.dialect), from = sourceSql(what, dialect, options.from);
  const { features, label, sampleWeight } = options;
  const column = (option: string, name: unknown): string => {
    check(`make ${what}`, { [option]: name }, aColumn);
    return `CAST(${quoteName(dialect, name as string)} AS DOUBLE)`;
  };
  const listed = Array.isArray(features) && features.length > 0;
  check(`make ${what}`, { features }, { must: "an array of columns", valid: () => listed, Kind: TypeError });
  return `SELECT ${
    [
      `${column("label", label)} AS y`,
      `${sampleWeight === undefined ? double(1) : column("sampleWeight", sampleWeight)} AS w`,
      ...features.map((name, j) => `${column("features", name)} AS x${j}`),
    ].join(", ")
  } FROM ${from} AS given`;
}

/** Writes the SELECT of the rows with their output p, u = k(p − t), the density e of the logistic function, and `flag`. */
function withOutputs(rows: string, { weights, bias }: LinearWeights, { argument }: StepSql): string {
  const xs = weights.map((_, j) => `x${j}`), names = ["y", "w", ...xs].join(", ");
  const largest = double(Number.MAX_VALUE), one = double(1), zero = double(0);
  const finite = (value: string, low: string) => `${value} >= ${low} AND ${value} <= ${largest}`;
  const z = [double(bias), ...xs.map((x, j) => `${x} * ${double(weights[j])}`)].join(" + ");
  const flag = `CASE WHEN y >= ${zero} AND y <= ${one} THEN CASE WHEN ${finite("z", `-${largest}`)} THEN CASE WHEN ${
    finite("w", zero)
  } THEN 0 ELSE ${rowFlags.sampleWeight} END ELSE ${rowFlags.features} END ELSE ${rowFlags.label} END`;
  const p = `CASE WHEN z < ${zero} THEN e ELSE ${one} END / (${one} + e)`;
  return `SELECT *, ${argument} AS u FROM (SELECT ${names}, e, ${p} AS p, flag FROM (SELECT ${names}, z, ${flag} AS flag, ` +
    `EXP(-ABS(z)) AS e FROM (SELECT ${names}, ${z} AS z FROM (${rows}) AS rows_) AS logits) AS outputs) AS decisions`;
}

const sum = (name: string, term: string): string => `CAST(SUM(${term}) AS STRING) AS ${name}`;

const groups = (terms: readonly string[], from: string): string =>
  `SELECT CAST(flag AS STRING) AS flag, CAST(COUNT(*) AS STRING) AS n, ${terms.join(", ")} FROM (${from}) AS terms ` +
  `GROUP BY flag`;

/** Writes the text of a scan that measures the features: per feature the weighted sums of x − c and of its square. */
export function momentsText(rows: string, start: LinearWeights, step: StepSql, centers: readonly number[]): string {
  const terms = centers.flatMap((center, j) => {
    const difference = `(x${j} - ${double(center)})`;
    return [sum(`sum_x${j}`, `w * ${difference}`), sum(`square_x${j}`, `w * ${difference} * ${difference}`)];
  });
  return groups([sum("whole", "w"), ...terms], withOutputs(rows, start, step));
}

/** Writes the text of the first pass: the soft counts, and the counts of the decisions (`hard_tp` …). */
export function softCountsText(rows: string, weights: LinearWeights, step: StepSql): string {
  const one = double(1);
  const of = (prefix: string, s: string) => [
    sum(`${prefix}tp`, `w * y * ${s}`),
    sum(`${prefix}fp`, `w * (${one} - y) * ${s}`),
    sum(`${prefix}fn`, `w * y * (${one} - ${s})`),
    sum(`${prefix}tn`, `w * (${one} - y) * (${one} - ${s})`),
  ];
  const from = `SELECT flag, y, w, ${step.value} AS s, ${step.decided} AS d FROM (${
    withOutputs(rows, weights, step)
  }) AS decided`;
  return groups([...of("", "s"), ...of("hard_", "d")], from);
}

/**
 * Writes the text of the second pass: a sum per weight, with the partial derivatives of the first pass held fixed.
 *
 *     ∂f/∂θⱼ = Σ w·s′(p)·σ′(z)·( y·(∂TP − ∂FN) + (1 − y)·(∂FP − ∂TN) )·xⱼ
 */
export function gradientText(rows: string, weights: LinearWeights, step: StepSql, partials: Counts): string {
  const one = double(1), { ofPositive, ofNegative } = byLabel(partials), xs = weights.weights.map((_, j) => `x${j}`);
  const g = `w * ${step.derivative} * (e / ((${one} + e) * (${one} + e))) * (y * ${
    double(ofPositive)
  } + (${one} - y) * ${double(ofNegative)})`;
  const from = `SELECT ${["flag", "y", "w", ...xs].join(", ")}, ${g} AS g FROM (${
    withOutputs(rows, weights, step)
  }) AS decided`;
  return groups([
    sum("pos", "w * y"),
    sum("neg", `w * (${one} - y)`),
    sum("alive", `CASE WHEN g <> ${double(0)} THEN 1 ELSE 0 END`),
    sum("g", "g"),
    ...xs.map((x) => sum(`g_${x}`, `g * ${x}`)),
  ], from);
}
