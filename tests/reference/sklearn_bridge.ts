/**
 * Answers the requests of sklearn_bridge.py, one line of JSON each: scores, counts, tables and reports by this library.
 *
 * @module
 */
import {
  classificationReport,
  ConfusionMeter,
  confusionTable,
  lossAndGradient,
  type LossAndGradientOptions,
  type ScoreDefinition,
  type ScoreName,
  scores,
} from "../../lib/core.ts";
import { createInterface } from "node:readline";
import { stdin } from "node:process";

/** The numbers of a request: an indicator per row and class, and the weights. */
interface Indicators {
  readonly yTrue: number[][];
  readonly yPred: number[][];
  readonly sampleWeight?: number[];
}

const meterOf = ({ yTrue, yPred, sampleWeight }: Indicators): ConfusionMeter =>
  new ConfusionMeter().update(yTrue, yPred, sampleWeight);

// deno-lint-ignore no-explicit-any -- one function per kind of request
const answers: Record<string, (request: any) => unknown> = {
  counts: (request) => meterOf(request).counts,
  values({ score, zeroDivision, ...rows }) {
    return meterOf(rows).values(scoreOf(score), { zeroDivision });
  },
  value({ score, average, zeroDivision, ...rows }) {
    if (average !== "samples") return meterOf(rows).value(scoreOf(score), { average, zeroDivision });
    const options: LossAndGradientOptions = { score: scoreOf(score), step: "round", average, zeroDivision };
    return 1 - lossAndGradient(rows.yTrue, rows.yPred, { ...options, sampleWeight: rows.sampleWeight }).value;
  },
  table: ({ yTrue, yPred, ...options }) => confusionTable(yTrue, yPred, options).counts,
  report: ({ yTrue, yPred, ...options }) => classificationReport(yTrue, yPred, options),
};

/** Makes a score: its name, or Fβ by its β. */
const scoreOf = (score: ScoreName | { beta: number }): ScoreName | ScoreDefinition =>
  typeof score === "string" ? score : scores.fBeta(score);

for await (const line of createInterface({ input: stdin })) {
  let answer;
  try {
    const { kind, ...request } = JSON.parse(line);
    answer = { answer: answers[kind](request) };
  } catch (error) {
    answer = { error: (error as Error).message };
  }
  console.log(JSON.stringify(answer, (_, value) => Number.isNaN(value) ? "NaN" : value));
}
