/**
 * What `deno task compare` does: reads a table, has the losses compared on it, prints and writes what came out.
 *
 * @module
 */
import { resolve } from "node:path";
import { fitsTwoClasses } from "../lib/compare/check_score.ts";
import { compareLosses, type LossComparison } from "../lib/compare/mod.ts";
import { inferDataset, type InferredDataset } from "../lib/compare/infer_dataset.ts";
import { readFrame } from "../lib/data/read_frame.ts";
import { comparisonDisplay } from "../lib/display/mod.ts";
import { scores, toScore } from "../lib/scores/to_score.ts";
import type { Score } from "../lib/scores/score.ts";
import { existing, saying, writable, write } from "./compare_files.ts";
import { compareByProtocol } from "./compare_protocol.ts";
import { numberOption, type Reporter, type TaskArgs, type TaskSpec, typedIn, UsageError } from "./cli.ts";
import { page } from "./page.ts";

/** How the task is called. */
export const compareSpec: TaskSpec = {
  name: "compare",
  about:
    "Says on a CSV or Parquet file whether a loss made of a score pays: trains a linear model and a small network\n" +
    "under cross-entropy, with class weights, and under the score's losses, with tuned thresholds and at 0.5, on repeated\n" +
    "splits, and says which to use, then why. A difference is sure where its 95 % interval excludes 0; there is none where\n" +
    "all intervals lie within a margin, a tenth of what cross-entropy's score lacks to a perfect one and at most 0.02. Of\n" +
    "losses that tie the advice is the simplest: cross-entropy, a tuned threshold, class weights, a loss of the score.\n" +
    "Of more than two classes the largest output decides, and scores are means over the classes. --protocol anyloss\n" +
    "computes the table of Han et al., arXiv 2405.14745 (single-layer network), for that file instead.",
  usage:
    "FILE.csv --label COLUMN [--score NAME] [--repeats N] [--save NAME] | FILE.csv --label COLUMN --protocol anyloss [--json FILE]",
  positionals: true,
  options: {
    label: { type: "string", help: "the column with the label" },
    positive: {
      type: "string",
      help:
        "the label's positive value, against the rest (if nothing is said: of two 1 beside 0 or -1, else the rarer one; of " +
        "more each is a class)",
    },
    score: { type: "string", help: "what is compared by and trained on (f1)" },
    beta: { type: "string", help: "of --score fBeta" },
    recall: {
      type: "string",
      help: "the floor of --score precisionAtRecall: where it is missed the score is less, and can be below 0",
    },
    precision: { type: "string", help: "the floor of --score recallAtPrecision, likewise" },
    repeats: { type: "string", help: "how many splits, 3 at least (10)" },
    seed: { type: "string", help: "a whole number: the same one, the same numbers (1)" },
    drop: { type: "string", help: "columns to leave out: A,B" },
    save: { type: "string", help: "write NAME.json, NAME.csv (a line a score) and NAME.html" },
    protocol: { type: "string", help: "anyloss" },
    folds: {
      type: "string",
      help:
        'the protocol\'s folds: {"test": [[row, ...], ... 10 lists]}, rows from 0 (if nothing is said, as scikit-learn makes them)',
    },
    json: { type: "string", help: "write FILE.json: what was found, or the protocol's tables, not rounded" },
  },
};

const parameters = { fBeta: "beta", precisionAtRecall: "recall", recallAtPrecision: "precision" } as const;

/** The score that was asked for, with its parameter. */
export function scoreOption(values: TaskArgs["values"]): Score {
  const name = String(values.score ?? "f1"), own = (parameters as Record<string, string>)[name];
  for (const parameter of Object.values(parameters)) {
    if (values[parameter] !== undefined && parameter !== own) {
      throw new UsageError(`--${parameter} does not belong to --score ${name}`);
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
    return saying(() => toScore(name as "f1"));
  }
  if (values[own] === undefined) throw new UsageError(`--score ${name} needs --${own}`);
  const value = Number(values[own]);
  return saying(() => (scores[name as keyof typeof parameters] as (options: object) => Score)({ [own]: value }));
}

const wholeOption = (name: string, value: string | boolean | undefined, least: number, otherwise: number): number => {
  const number = numberOption(name, value, least, otherwise);
  if (!Number.isInteger(number)) throw new UsageError(`--${name} takes a whole number, not '${value}'`);
  return number;
};

/** A line a score, for a spreadsheet. */
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
  if (stray !== undefined) throw new UsageError(`--${stray} is of no use ${route} --protocol anyloss`);
  for (const name of ["save", "json"]) {
    if (values[name] !== undefined) writable(name, String(values[name]));
  }
}

async function compare(path: string, values: TaskArgs["values"], report: Reporter): Promise<void> {
  const score = scoreOption(values), label = String(values.label);
  const repeats = wholeOption("repeats", values.repeats, 3, 10), seed = wholeOption("seed", values.seed, 0, 1);
  const frame = saying(() => readFrame(path));
  const comparison = await compareLosses(frame, {
    ...tableOptions(values),
    label,
    score,
    repeats,
    seed,
    onProgress: ({ done, total, secondsLeft }) =>
      report.progress(`training ${done} of ${total}, ${secondsLeft.toFixed(0)} s left`),
  }).catch((error) =>
    saying((): never => {
      throw error;
    })
  );
  report.line(String(comparison));
  const text = JSON.stringify(comparison, null, 2) + "\n";
  if (values.json !== undefined) await write(writable("json", String(values.json)), text, report);
  if (values.save === undefined) {
    if (values.json === undefined) {
      report.line("\nnothing is saved: --save NAME writes NAME.json, NAME.csv and NAME.html");
    }
    return;
  }
  const stem = resolve(typedIn(), String(values.save)), title = `Should I? ${comparison.score} on ${label}`;
  await write(`${stem}.json`, text, report);
  await write(`${stem}.csv`, comparisonCsv(comparison), report);
  await write(`${stem}.html`, await page(title, title, [comparisonDisplay(comparison)]), report);
}

function tableOptions({ positive, drop }: TaskArgs["values"]) {
  return {
    ...(positive === undefined ? {} : { positive: String(positive) }),
    ...(drop === undefined ? {} : { drop: String(drop).split(",").map((name) => name.trim()) }),
  };
}

/** Runs the task. */
export async function runCompare({ values, positionals }: TaskArgs, report: Reporter): Promise<void> {
  if (positionals.length !== 1) throw new UsageError("One file is to be named: FILE.csv or FILE.parquet");
  if (!values.label) throw new UsageError("--label is to name the column with the label");
  checkRoute(values);
  const path = existing(positionals[0]);
  if (values.protocol === undefined) return await compare(path, values, report);
  const dataset: InferredDataset = saying(() =>
    inferDataset(readFrame(path), { ...tableOptions(values), label: String(values.label) })
  );
  await compareByProtocol(dataset, values, report);
}
