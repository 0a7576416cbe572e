// What every function of lib/sql is asked of DuckDB and of Spark: one table, one list of calls, and the traps of the dialects.
import {
  confusionOn,
  countsOn,
  curveOn,
  type Dialect,
  fitMetricOn,
  metricGradientOn,
  type Query,
  reportOn,
  tuneThresholdOn,
} from "../../lib/sql/mod.ts";
import { random } from "../helpers.ts";

/** The name of a column that would do harm if it were pasted. */
const oddName = 'p"`; DROP TABLE x; --';

/** The columns of the table, each with its type. */
export function sparkTable(n = 700): Record<string, readonly [type: string, values: unknown[]]> {
  const next = random(20), list = <T>(of: (i: number) => T) => Array.from({ length: n }, (_, i) => of(i));
  const p = list(() => Math.fround(next())),
    words = ["cat", "it's", "a\\b"],
    label = list(() => Math.floor(3 * next()));
  const any = [1e-12, 1e6, 0.1, 3].map(Math.fround);
  return {
    y: ["DOUBLE", p.map((v) => Number(next() < v))],
    yes: ["BOOLEAN", p.map((v) => v > 0.6)],
    soft: ["DOUBLE", list(() => Math.floor(9 * next()) / 8)],
    p: ["FLOAT", p],
    crowded: ["DOUBLE", p.map((v) => v / 4096)],
    tied: ["DOUBLE", p.map((v) => Math.round(10 * v) / 10)],
    [oddName]: ["DOUBLE", p.map((v) => v * v)],
    w: ["DOUBLE", list(() => Math.floor(2 ** 30 * next()) * 2 ** -20)],
    tiny: ["DOUBLE", list(() => Math.floor(1000 * next()) * 2 ** -40)],
    any: ["FLOAT", list((i) => any[i % any.length])],
    tenths: ["FLOAT", list((i) => Math.fround(i % 11 / 10))],
    label: ["INTEGER", label],
    word: ["VARCHAR", label.map((k) => words[k])],
    p0: ["DOUBLE", list(() => Math.floor(8 * next()) / 8)],
    p1: ["DOUBLE", list(() => Math.floor(8 * next()) / 8)],
    p2: ["DOUBLE", list(() => Math.floor(8 * next()) / 8)],
    region: ["VARCHAR", list(() => ["north", "it's", null][Math.floor(3 * next())])],
    x0: ["DOUBLE", list((i) => p[i] + next() - 1)],
    x1: ["DOUBLE", list(() => 2 * next() - 1)],
  };
}

/** A call: it is asked of an engine and returns what can be compared. */
export interface SparkCase {
  readonly name: string;
  /** Says that the answer has float64 sums, whose last digits depend on the order. */
  readonly floats?: boolean;
  run(query: Query, dialect: Dialect): Promise<unknown>;
}

const from = "t", output = ["p0", "p1", "p2"], words = ["cat", "it's", "a\\b"];

/** The calls. */
export const sparkCases: readonly SparkCase[] = [
  ...[
    { label: "y", output: "p" },
    { label: "yes", output: "tied", threshold: 0.3 },
    { label: "soft", output: oddName, sampleWeight: "w", threshold: 0.1 },
    { label: "y", output: "p", sampleWeight: "tiny", by: "region" },
    { label: "y", output: "p", sampleWeight: "any" },
    { label: "y", output: "tenths", threshold: 0.1 },
    { label: "y", output: "p", sampleWeight: "w", by: "region", decision: { top: 50 } },
    { label: "label", output, sampleWeight: "w", decision: "argmax" as const },
    { label: "word", classes: words, output, threshold: [0.25, 0.5, 0.75] },
  ].map((options): SparkCase => ({
    name: `counts: ${JSON.stringify(options)}`,
    run: (query, dialect) => countsOn(query, { from, ...options, dialect }),
  })),
  ...[
    { label: "y", output: "p", by: "region" },
    { label: "y", output: "crowded", decision: { top: 0.1 } },
    { label: "word", classes: words, output, sampleWeight: "w", decision: "argmax" as const },
  ].flatMap((options): SparkCase[] => [
    {
      name: `report: ${JSON.stringify(options)}`,
      run: (query, dialect) => reportOn(query, { from, ...options, dialect }),
    },
    {
      name: `confusion: ${JSON.stringify(options)}`,
      run: (query, dialect) => confusionOn(query, { from, ...options, dialect }),
    },
  ]),
  ...([
    { label: "y", output: "p", score: "f1" },
    { label: "y", output: "p", score: "mcc", sampleWeight: "w" },
    { label: "y", output: "crowded", score: "f1", sampleWeight: "w" },
    { label: "yes", output: "tied", score: "recall" },
    { label: "label", output, score: "f1", average: "macro" },
    { label: "label", output, score: "accuracy", average: "micro" },
  ] as const).map((options): SparkCase => ({
    name: `threshold: ${JSON.stringify(options)}`,
    run: (query, dialect) => tuneThresholdOn(query, { from, ...options, dialect }),
  })),
  {
    name: "curve",
    run: (query, dialect) => curveOn(query, { from, label: "y", output: "p", sampleWeight: "w", cells: 64, dialect }),
  },
  ...(["softsign", "logistic", "arctan", "linearRamp"] as const).map((step): SparkCase => ({
    name: `gradient: ${step}`,
    floats: true,
    run: (query, dialect) =>
      metricGradientOn(query, {
        from,
        label: "y",
        features: ["x0", "x1"],
        sampleWeight: "w",
        score: "f1",
        step,
        threshold: 0.4,
        weights: [1, -0.5],
        bias: 0.2,
        dialect,
      }),
  })),
  ...[false, true].map((standardize): SparkCase => ({
    name: standardize ? "fit of standardised features" : "fit",
    floats: true,
    run: async (query, dialect) => {
      const options = { from, label: "y", features: ["x0", "x1"], score: "f1", epochs: 3, learningRate: 0.1 } as const;
      const { weights, bias, history } = await fitMetricOn(query, { ...options, standardize, dialect });
      return { weights, bias, history };
    },
  })),
];

/** Texts whose answers differ between the dialects. */
export const traps: Record<string, string> = {
  "a CAST of 1.75 to BIGINT": "SELECT CAST(CAST('1.75' AS DOUBLE) AS BIGINT) AS v",
  "a division by 0": "SELECT CAST(1 / 0 AS STRING) AS v",
  "a backslash in a text": "SELECT 'a\\b' AS v",
  "two double quotes": `SELECT "v" AS v`,
  "a FLOAT 0.1 above a literal 0.1": "SELECT CAST(CAST(0.1 AS FLOAT) > 0.1 AS STRING) AS v",
  "the names p and P": "SELECT CAST(p AS STRING) AS v FROM (SELECT 1 AS p, 2 AS P) AS t",
  "a SUM of large BIGINTs": "SELECT CAST(SUM(v) AS STRING) AS v FROM (VALUES (9223372036854775807), (1)) AS t(v)",
};
