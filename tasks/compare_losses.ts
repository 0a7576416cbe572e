/**
 * The steps of `deno task compare`: reads a table, compares losses on it, prints and writes the result.
 *
 * @module
 */
import { resolve } from "node:path";
import { fitsTwoClasses } from "../lib/compare/check_score.ts";
import { compareLosses, type LossComparison } from "../lib/compare/mod.ts";
import { readTable } from "../lib/data/read_table.ts";
import { comparisonDisplay } from "../lib/display/mod.ts";
import { scores, toScore } from "../lib/scores/to_score.ts";
import type { Score } from "../lib/scores/score.ts";
import { asUsage, existing, writable, write } from "./compare_files.ts";
import { compareByProtocol } from "./compare_protocol.ts";
import { numberOption, type Reporter, type TaskArgs, type TaskSpec, typedIn, UsageError } from "./cli.ts";
import { page } from "./page.ts";

/** The command line of the task. */
export const compareSpec: TaskSpec = {
  name: "compare",
  about:
    "Tells on a CSV or Parquet file whether training on a score pays. Trains a linear model and a small network with\n" +
    "cross-entropy, with class weights and with the score's losses, on repeated splits, with tuned thresholds and at 0.5,\n" +
    "and recommends one of them with the evidence. A difference counts as significant if its 95 % interval excludes 0, and as\n" +
    "negligible if it stays within a margin: a tenth of cross-entropy's distance from a perfect score, at most 0.02. Among\n" +
    "losses that tie, the advice is the simplest: cross-entropy, a tuned threshold, class weights, a loss of the score.\n" +
    "With more than two classes the largest output decides, and scores are means over the classes. --protocol anyloss\n" +
    "computes the table of Han et al., arXiv 2405.14745 (single-layer network), for the file instead.",
  usage:
    "FILE.csv --label COLUMN [--score NAME] [--repeats N] [--save NAME] | FILE.csv --label COLUMN --protocol anyloss [--json FILE]",
  positionals: true,
  options: {
    label: { type: "string", help: "the column with the label" },
    positive: {
      type: "string",
      help:
        "the label's positive value, against all others (default: 1 if the labels are 0/1 or -1/1, otherwise the rarer of two; " +
        "of more than two, each is a class)",
    },
    score: { type: "string", help: "the score to compare by and to train on (default: f1)" },
    beta: { type: "string", help: "the weight of recall in --score fBeta" },
    recall: {
      type: "string",
      help: "the smallest recall of --score precisionAtRecall; the score is penalised below it and can be negative",
    },
    precision: { type: "string", help: "the smallest precision of --score recallAtPrecision, likewise" },
    repeats: { type: "string", help: "the number of splits, at least 3 (default: 10)" },
    seed: { type: "string", help: "a whole number; the same seed gives the same numbers (default: 1)" },
    drop: { type: "string", help: "columns to leave out: A,B" },
    save: { type: "string", help: "write NAME.json, NAME.csv (one line per score) and NAME.html" },
    protocol: { type: "string", help: "anyloss" },
    folds: {
      type: "string",
      help:
        'the folds of the protocol: {"test": [[row, ...], ... 10 lists]}, rows from 0 (default: the folds that scikit-learn makes)',
    },
    json: { type: "string", help: "write FILE.json: the comparison, or the tables of the protocol, not rounded" },
  },
};

const parameters = { fBeta: "beta", precisionAtRecall: "recall", recallAtPrecision: "precision" } as const;

/** Makes the score of the options, with its parameter. */
async function scoreOption(values: TaskArgs["values"]): Promise<Score> {
  const name = String(values.score ?? "f1"), own = (parameters as Record<string, string>)[name];
  for (const parameter of Object.values(parameters)) {
    if (values[parameter] !== undefined && parameter !== own) {
      throw new UsageError(`--${parameter} cannot be used with --score ${name}`);
    }
  }
  if (own === undefined) {
    const plain = Object.entries(scores).filter(([, score]) => typeof score !== "function").map(([name]) => name);
    if (!plain.includes(name)) {
      throw new UsageError(
        `--score takes ${plain.filter(fitsTwoClasses).join(", ")}, ${
          Object.keys(parameters).join(" or ")
        }, and recall of more than two classes, not '${name}'`,
      );
    }
    return await asUsage(() => toScore(name as "f1"));
  }
  if (values[own] === undefined) throw new UsageError(`--score ${name} needs --${own}`);
  const value = Number(values[own]);
  return await asUsage(() => (scores[name as keyof typeof parameters] as (options: object) => Score)({ [own]: value }));
}

const wholeOption = (name: string, value: string | boolean | undefined, least: number, otherwise: number): number => {
  const number = numberOption(name, value, least, otherwise);
  if (!Number.isInteger(number)) throw new UsageError(`--${name} takes a whole number, not '${value}'`);
  return number;
};

/** A spreadsheet of a comparison, one line per score. */
export function comparisonCsv({ losses, score }: LossComparison): string {
  const lines = losses.flatMap(({ model, loss, threshold, values }) =>
    values.map((value, split) => [model, `"${loss}"`, threshold, split + 1, value].join(","))
  );
  return `model,loss,threshold,split,${score}\n${lines.join("\n")}\n`;
}

const protocolOnly = ["folds"],
  comparisonOnly = ["score", ...Object.values(parameters), "repeats", "seed", "save"];

function checkRoute(values: TaskArgs["values"]): void {
  if (values.protocol !== undefined && values.protocol !== "anyloss") {
    throw new UsageError(`--protocol takes anyloss, not '${values.protocol}'`);
  }
  const [others, route] = values.protocol ? [comparisonOnly, "with"] : [protocolOnly, "without"];
  const stray = others.find((name) => values[name] !== undefined);
  if (stray !== undefined) throw new UsageError(`--${stray} cannot be used ${route} --protocol anyloss`);
  for (const name of ["save", "json"]) {
    if (values[name] !== undefined) writable(name, String(values[name]));
  }
}

async function compare(path: string, values: TaskArgs["values"], report: Reporter): Promise<void> {
  const score = await scoreOption(values), label = String(values.label);
  const repeats = wholeOption("repeats", values.repeats, 3, 10), seed = wholeOption("seed", values.seed, 0, 1);
  const comparison = await asUsage(() =>
    compareLosses(path, {
      ...tableOptions(values),
      score,
      repeats,
      seed,
      onProgress: ({ done, total, secondsLeft }) =>
        report.progress(`training ${done} of ${total}, ${secondsLeft.toFixed(0)} s left`),
    })
  );
  report.line(String(comparison));
  const text = JSON.stringify(comparison, null, 2) + "\n";
  if (values.json !== undefined) await write(writable("json", String(values.json)), text, report);
  if (values.save === undefined) {
    if (values.json === undefined) {
      report.line("\nnot saved: --save NAME writes NAME.json, NAME.csv and NAME.html");
    }
    return;
  }
  const stem = resolve(typedIn(), String(values.save)), title = `Should I? ${comparison.score} on ${label}`;
  await write(`${stem}.json`, text, report);
  await write(`${stem}.csv`, comparisonCsv(comparison), report);
  await write(`${stem}.html`, await page(title, title, [comparisonDisplay(comparison)]), report);
}

function tableOptions({ label, positive, drop }: TaskArgs["values"]) {
  return {
    label: String(label),
    ...(positive === undefined ? {} : { positive: String(positive) }),
    ...(drop === undefined ? {} : { drop: String(drop).split(",").map((name) => name.trim()) }),
  };
}

/** Runs the task. */
export async function runCompare({ values, positionals }: TaskArgs, report: Reporter): Promise<void> {
  if (positionals.length !== 1) throw new UsageError("Name one file: FILE.csv or FILE.parquet");
  if (!values.label) throw new UsageError("--label is missing: name the column with the label");
  checkRoute(values);
  const path = existing(positionals[0]);
  if (values.protocol === undefined) return await compare(path, values, report);
  await compareByProtocol(await asUsage(() => readTable(path, tableOptions(values))), values, report);
}
