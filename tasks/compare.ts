/**
 * `deno task compare`: reads a table, compares losses on it, prints and writes the result.
 *
 * @module
 */
import { parse } from "csv-parse/sync";
import { resolve } from "node:path";
import { fitsTwoClasses } from "../lib/compare/check_score.ts";
import { type TrainedLoss, trainingsPerSplit, type TrainSplits } from "../lib/compare/train_split.ts";
import type { DecisionCosts, LossComparison, MatrixCosts } from "../lib/compare/mod.ts";
import { countKeys } from "../lib/counts/counts.ts";
import { curveScores } from "../lib/curves/to_curve_score.ts";
import { csvForm, csvRecords } from "../lib/data/csv.ts";
import { numberOf } from "../lib/data/spelling.ts";
import type { DecimalMark } from "../lib/data/decimal_comma.ts";
import type { HeavyTails } from "../lib/data/table.ts";
import type { ReadTableOptions } from "../lib/data/read_table.ts";
import { scoreNames } from "../lib/scores/to_score.ts";
import { parameters, type ScoreChoice, scoreOf } from "./compare_score.ts";
import type { SplitRequest } from "./compare_splits_worker.ts";
import {
  interruptSignal,
  type Reporter,
  runTask,
  type TaskArgs,
  TaskError,
  type TaskSpec,
  typedIn,
  UsageError,
  wholeOption,
} from "./cli.ts";
import { existing, writable, write } from "./files.ts";
import { inWorkers } from "./in_workers.ts";
import { asUsage, withOptionNames } from "./option_names.ts";

// What trains and shows is imported where it is needed, as it takes longer to load than `--help` or a refusal takes.

/** The command line of the task. */
export const compareSpec: TaskSpec = {
  name: "compare",
  about:
    "Tells whether training on a score pays on the table of a CSV or Parquet file. Trains a linear model and a small network with\n" +
    "cross-entropy, its weighted and focal forms and the score's losses, on repeated splits, with tuned thresholds and at 0.5,\n" +
    "and recommends one of them with the evidence. A difference counts as significant if its 95 % interval excludes 0, and as\n" +
    "negligible if it stays within a margin: a tenth of cross-entropy's distance from a perfect score, at most 0.02. Among\n" +
    "losses that tie, the advice is the simplest: cross-entropy, a tuned threshold, class weights, a loss of the score.\n" +
    "With more than two classes the largest output decides, and scores are means over the classes. A score of the curve\n" +
    "(rocAuc, averagePrecision, ...) has no threshold: the order of the outputs is scored. With --cost-fp and --cost-fn,\n" +
    "or --cost-matrix, the score is the savings, 1 - cost / cost of the cheapest decision that is the same for all rows, and\n" +
    "the rivals are cross-entropy decided by the least expected cost, and losses of the cost. --protocol anyloss\n" +
    "computes the table of Han et al., arXiv 2405.14745 (single-layer network), for the file instead.",
  usage: "FILE.csv --label COLUMN [--score NAME] [--repeats N] [--save NAME] [--json FILE]\n" +
    "       deno task compare FILE.csv --label COLUMN --protocol anyloss [--folds FILE] [--json FILE]",
  positionals: true,
  options: {
    label: { type: "string", value: "COLUMN", help: "column with the label" },
    positive: {
      type: "string",
      value: "TEXT",
      help:
        "positive value of the label, against all others (default: 1 or true beside 0, -1 or false, otherwise the rarer of two; " +
        "of more than two, each is a class)",
    },
    score: { type: "string", value: "NAME", help: "score to compare by and to train on (default: f1)" },
    beta: { type: "string", value: "NUMBER", help: "weight of recall in --score fBeta" },
    recall: {
      type: "string",
      value: "NUMBER",
      help: "smallest recall of --score precisionAtRecall; the score is penalised below it and can be negative",
    },
    precision: { type: "string", value: "NUMBER", help: "smallest precision of --score recallAtPrecision, likewise" },
    fpr: { type: "string", value: "NUMBER", help: "largest false-positive rate of --score recallAtFpr, in (0, 1]" },
    "max-fpr": {
      type: "string",
      value: "NUMBER",
      help: "false-positive rate at which the area of --score partialRocAuc ends",
    },
    k: {
      type: "string",
      value: "NUMBER",
      help: "number of rows that --score precisionAtK takes, or a fraction of them in (0, 1)",
    },
    "cost-fp": {
      type: "string",
      value: "COST",
      help:
        "cost of a false positive, a number or the column that holds it per row: compares by savings, not by a score",
    },
    "cost-fn": {
      type: "string",
      value: "COST",
      help: "cost of a false negative, likewise (default, if another cost is given: 1)",
    },
    "cost-tp": { type: "string", value: "COST", help: "cost of a true positive, likewise (default: 0)" },
    "cost-tn": { type: "string", value: "COST", help: "cost of a true negative, likewise (default: 0)" },
    "cost-matrix": {
      type: "string",
      value: "FILE",
      help:
        "table of costs for several classes: a row per true class, named in the first column, a column per decided class",
    },
    repeats: { type: "string", value: "N", help: "number of splits, at least 3 (default: 10)" },
    seed: { type: "string", value: "N", help: "whole number; the same seed gives the same numbers (default: 1)" },
    drop: {
      type: "string",
      value: "COLUMNS",
      help: 'columns to leave out: A,B or A,"B, C" if a comma is in the name ("": the column without a name)',
    },
    keep: {
      type: "string",
      value: "COLUMNS",
      help: "columns to use although they look like an index of the rows: A,B",
    },
    numbers: {
      type: "string",
      value: "COLUMNS",
      help: "columns to read as numbers although their texts look like codes (00101): A,B",
    },
    missing: { type: "string", value: "TEXTS", help: 'further texts that stand for a missing value: "x,unknown"' },
    "drop-unlabelled": { type: "boolean", help: "leave out rows without a label (default: such a table is refused)" },
    "merge-rare": { type: "string", value: "N", help: "merge the classes with fewer than N rows into one, 'other'" },
    group: {
      type: "string",
      value: "COLUMN",
      help: "column whose rows with one value stay in one part of a split, such as the patient; it is no feature",
    },
    separator: {
      type: "string",
      value: "TEXT",
      help: "separator of the fields: , ; | or tab (default: found by the header)",
    },
    decimal: {
      type: "string",
      value: "TEXT",
      help:
        "decimal mark of numbers: . or , (default: a point; the comma where the fields are separated by ; or tab and all of " +
        "a column's values are numbers with it)",
    },
    rows: {
      type: "string",
      value: "N",
      help: "largest number of rows; from a larger table so many are drawn at random (default: 10000)",
    },
    "heavy-tails": {
      type: "string",
      value: "WORD",
      help: "yeoJohnson or keep: treatment of numeric columns with heavy tails (default: yeoJohnson, a power)",
    },
    save: { type: "string", value: "NAME", help: "write NAME.json, NAME.csv (one line per score) and NAME.html" },
    protocol: {
      type: "string",
      value: "NAME",
      help: "anyloss: compute the table of that paper for the file, and compare nothing else",
    },
    folds: {
      type: "string",
      value: "FILE",
      help:
        'folds of the protocol: {"test": [[row, ...], ... 10 lists]}, rows from 0 (default: the folds that scikit-learn makes)',
    },
    json: {
      type: "string",
      value: "FILE",
      help:
        "write FILE.json: features, warnings, splits (rows from 0) and scores, or the tables of the protocol, not rounded",
    },
  },
};

const flags = Object.values(parameters).map(({ flag }) => flag);

/** Returns the score of the options, with its parameter; throws unless there is one. */
async function scoreOption(values: TaskArgs["values"]): Promise<ScoreChoice> {
  const name = String(values.score ?? "f1"), own = Object.hasOwn(parameters, name) ? parameters[name].flag : undefined;
  for (const flag of flags) {
    if (values[flag] !== undefined && flag !== own) {
      throw new UsageError(`--${flag} cannot be used with --score ${name}`);
    }
  }
  const plain: string[] = [...scoreNames, ...Object.keys(curveScores)];
  if (own === undefined && name !== "ndcg" && !plain.includes(name)) {
    throw new UsageError(
      `--score takes ${plain.filter(fitsTwoClasses).join(", ")}, ${
        Object.keys(parameters).join(", ")
      }, and recall of more than two classes, not '${name}'`,
    );
  }
  if (own !== undefined && values[own] === undefined) throw new UsageError(`--score ${name} needs --${own}`);
  const choice = { name, ...(own !== undefined && { parameter: Number(values[own]) }) };
  await asUsage(() => scoreOf(choice));
  return choice;
}

/** A spreadsheet of a comparison, one line per score. */
function comparisonCsv({ losses, score }: LossComparison): string {
  const lines = losses.flatMap(({ model, loss, threshold, values }) =>
    values.map((value, split) => [model, `"${loss}"`, threshold, split + 1, value].join(","))
  );
  return `model,loss,threshold,split,${score}\n${lines.join("\n")}\n`;
}

const costOptions = countKeys.map((key) => `cost-${key}`);

const protocolOnly = ["folds"],
  comparisonOnly = [
    "score",
    ...flags,
    ...costOptions,
    "cost-matrix",
    "repeats",
    "seed",
    "group",
    "heavy-tails",
    "save",
  ];

/** Reads a table of costs: the first column names the true class, the header the decided ones. */
async function costMatrix(file: string): Promise<MatrixCosts> {
  const path = existing(file), form = csvForm(path), matrix: Record<string, Record<string, number>> = {};
  const decided = form.names.slice(1);
  for await (const { fields: [label, ...costs], line } of csvRecords(path, form)) {
    const numbers = costs.map(numberOf), bad = numbers.findIndex(Number.isNaN);
    if (bad >= 0) {
      throw new UsageError(
        `--cost-matrix ${file}: line ${line}, column '${decided[bad]}' holds '${costs[bad]}', which is not a number`,
      );
    }
    const name = label.trim();
    if (Object.hasOwn(matrix, name)) {
      throw new UsageError(`--cost-matrix ${file}: line ${line} has the class '${name}' a second time`);
    }
    matrix[name] = Object.fromEntries(decided.map((name, k) => [name, numbers[k]]));
  }
  return { matrix };
}

/** Makes the trainings of all splits run on worker threads, which make the score anew: functions are not sent. */
const trainInWorkers = (choice: ScoreChoice | undefined): TrainSplits =>
async (
  { score, ...work },
  splits,
  seed,
  { onTraining, signal },
) => {
  const script = new URL("./compare_splits_worker.ts", import.meta.url);
  const requests = splits.map((rows, split): SplitRequest => ({ ...work, choice, rows, seed: seed + split }));
  const perRequest = trainingsPerSplit({ ...work, score });
  await inWorkers<TrainedLoss>(script, requests, { perRequest, onAnswer: onTraining, signal });
};

/** Makes the costs of the options: a number, or the name of a column. */
async function costsOption(values: TaskArgs["values"]): Promise<DecisionCosts | undefined> {
  const named = countKeys.filter((key) => values[`cost-${key}`] !== undefined), matrix = values["cost-matrix"];
  const stray = ["score", ...flags].find((name) => values[name] !== undefined);
  if (named.length === 0 && matrix === undefined) return undefined;
  if (stray !== undefined) throw new UsageError(`--${stray} cannot be used with costs, where the score is the savings`);
  if (matrix !== undefined) {
    if (named.length > 0) throw new UsageError(`--cost-matrix cannot be used with --cost-${named[0]}`);
    return await asUsage(() => costMatrix(String(matrix)));
  }
  return Object.fromEntries(named.map((key) => {
    const text = String(values[`cost-${key}`]).trim(), number = numberOf(text);
    return [key, Number.isNaN(number) ? text : number];
  }));
}

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
  const costs = await costsOption(values), choice = costs === undefined ? await scoreOption(values) : undefined;
  const repeats = wholeOption("repeats", values.repeats, 3, 10), seed = wholeOption("seed", values.seed, 0, 1);
  const { compareLossesBy } = await import("../lib/compare/compare_losses.ts");
  using stop = interruptSignal();
  let known: LossComparison | undefined;
  try {
    known = await asUsage(() =>
      compareLossesBy(trainInWorkers(choice), path, {
        ...tableOptions(values),
        ...(choice === undefined ? { costs } : { score: scoreOf(choice) }),
        ...(values["heavy-tails"] !== undefined && { heavyTails: String(values["heavy-tails"]) as HeavyTails }),
        repeats,
        seed,
        signal: stop.signal,
        onSplit: (soFar) => known = soFar,
        onProgress: ({ done, total, secondsLeft }) =>
          report.progress(`training ${done} of ${total}, ${secondsLeft.toFixed(0)} s left`),
      })
    );
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    if (known === undefined) throw new TaskError("stopped before three splits were done: nothing is known yet");
  }
  if (stop.signal.aborted) report.line(`stopped: the results of ${known.repeats} of ${repeats} splits\n`);
  await writeComparison(known, values, report);
}

/** Prints a comparison and writes the files that were asked for. */
export async function writeComparison(
  known: LossComparison,
  values: TaskArgs["values"],
  report: Reporter,
): Promise<void> {
  report.line(withOptionNames(String(known)));
  const text = JSON.stringify(known, null, 2) + "\n";
  if (values.json !== undefined) await write(writable("json", String(values.json)), text, report);
  if (values.save === undefined) {
    if (values.json === undefined) {
      report.line("\nnot saved: --save NAME writes NAME.json, NAME.csv and NAME.html");
    }
    return;
  }
  const stem = resolve(typedIn(), String(values.save)),
    title = `Does training on ${known.score} pay for '${known.data.label}'?`;
  await write(`${stem}.json`, text, report);
  await write(`${stem}.csv`, comparisonCsv(known), report);
  const { comparisonDisplay } = await import("../lib/display/mod.ts"), { page } = await import("./page.ts");
  await write(`${stem}.html`, await page(title, title, [comparisonDisplay(known)]), report);
}

/** The options that are lists, by the command's names. */
const lists = ["drop", "keep", "numbers", "missing"] as const;

const separatorNames: Record<string, string> = { tab: "\t", "\\t": "\t" };

/** Reads a list as a line of CSV: an entry with a comma stands in quotes. */
function listOf(text: string): string[] {
  const [list = [""]] = parse(text, { trim: true, relax_quotes: true }) as string[][];
  return list;
}

function tableOptions(values: TaskArgs["values"]): ReadTableOptions {
  const { label, positive, group, separator, decimal } = values;
  const whole = (name: string, least: number) =>
    values[name] === undefined
      ? {}
      : { [name === "rows" ? "rows" : "mergeRare"]: wholeOption(name, values[name], least, 0) };
  return {
    label: String(label),
    ...(positive === undefined ? {} : { positive: String(positive) }),
    ...(group === undefined ? {} : { group: String(group) }),
    ...Object.fromEntries(
      lists.filter((name) => values[name] !== undefined).map((
        name,
      ) => [name, listOf(String(values[name]))]),
    ),
    ...(values["drop-unlabelled"] ? { dropUnlabelled: true } : {}),
    ...whole("merge-rare", 1),
    ...whole("rows", 100),
    ...(separator === undefined ? {} : { separator: separatorNames[String(separator)] ?? String(separator) }),
    ...(decimal === undefined ? {} : { decimal: String(decimal) as DecimalMark }),
  };
}

/** Runs the task. */
export async function runCompare({ values, positionals }: TaskArgs, report: Reporter): Promise<void> {
  if (positionals.length !== 1) throw new UsageError("Name one file: FILE.csv or FILE.parquet");
  if (values.label === undefined) throw new UsageError("--label is missing: name the column with the label");
  checkRoute(values);
  const path = existing(positionals[0]);
  if (values.protocol === undefined) return await compare(path, values, report);
  const { readTable } = await import("../lib/data/read_table.ts");
  const { compareByProtocol } = await import("./compare_protocol.ts");
  await compareByProtocol(await asUsage(() => readTable(path, tableOptions(values))), values, report);
}

if (import.meta.main) await runTask(compareSpec, runCompare);
