/**
 * `deno task sql`: counts, tunes, reports and trains on a table that stays in DuckDB or Spark.
 *
 * @module
 */
import { readdirSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fBeta } from "../lib/scores/ratio.ts";
import type { Score } from "../lib/scores/score.ts";
import { scoreNames, toScore } from "../lib/scores/to_score.ts";
import {
  countsOn,
  curveOn,
  fitMetricOn,
  type LinearFitState,
  type Query,
  reportOn,
  type Source,
  type TableDecisionOptions,
  type TableOptions,
  tuneThresholdOn,
} from "../lib/sql/mod.ts";
import { type Dialect, formatOf, formats, holdsText, quoteName, sourceSql } from "../lib/sql/dialect.ts";
import {
  alignedText,
  choiceOption,
  numberOption,
  type Reporter,
  runTask,
  shortPath,
  type TaskArgs,
  TaskError,
  type TaskSpec,
  typedIn,
  UsageError,
  wholeOption,
  writeData,
} from "./cli.ts";
import { writable, write } from "./files.ts";
import { duckdbEngine, type Engine, type OnScan, sparkEngine } from "./sql_engines.ts";

const commands = ["counts", "threshold", "report", "curve", "fit"] as const;
type Command = (typeof commands)[number];

/** The command line of the task. */
export const sqlSpec: TaskSpec = {
  name: "sql",
  about:
    "Scores a table that does not fit into memory, inside DuckDB or Apache Spark. Only sums leave the engine.\n\n" +
    "  counts     counts true and false positives and negatives, and prints every score\n" +
    "  threshold  finds the threshold with the best score, exactly, without a sort\n" +
    "  report     prints precision, recall, F1 and support of each class, for each slice with --by\n" +
    "  curve      computes the precision-recall and ROC curves, with bounds of their areas\n" +
    "  fit        trains a logistic model on the score of all rows; it standardises the features\n\n" +
    "FILE is Parquet, CSV or JSON (also .gz and .zst), a pattern such as 'scored/*.parquet', or a folder. TABLE is a table\n" +
    "of --database, or of Spark's catalog.",
  usage: "counts|threshold|report|curve FILE-OR-TABLE --label COLUMN --output COLUMN[,COLUMN …] [--json FILE]\n" +
    "       deno task sql fit FILE-OR-TABLE --label COLUMN --features COLUMN[,COLUMN …] [--state FILE] [--json FILE]",
  positionals: true,
  data: "print",
  options: {
    label: { type: "string", value: "COLUMN", help: "column of the labels, or one column per output: A,B" },
    output: { type: "string", value: "COLUMNS", help: "column of the outputs, or one column per class: A,B" },
    features: { type: "string", value: "COLUMNS", help: "with fit: columns of the features, A,B" },
    weight: { type: "string", value: "COLUMN", help: "column of the weights of the rows" },
    classes: {
      type: "string",
      value: "TEXTS",
      help: "values of the label, one per output, or NEGATIVE,POSITIVE for one output (default: 0, 1, …)",
    },
    by: {
      type: "string",
      value: "COLUMN",
      help: "with counts and report: column; the answer is given for each of its values",
    },
    score: { type: "string", value: "NAME", help: "with threshold and fit: score to maximise (default: f1)" },
    beta: { type: "string", value: "NUMBER", help: "weight of recall in --score fBeta" },
    threshold: { type: "string", value: "NUMBER", help: "largest output that is a negative decision (default: 0.5)" },
    decision: {
      type: "string",
      value: "WORD",
      help: "threshold, or argmax: the largest output of a row is its class (default: threshold)",
    },
    top: {
      type: "string",
      value: "NUMBER",
      help:
        "with counts and report: number of the highest outputs that are positive, or a fraction of the rows in (0, 1)",
    },
    average: { type: "string", value: "WORD", help: "with several outputs: micro, macro or weighted (default: macro)" },
    epochs: {
      type: "string",
      value: "N",
      help: "with fit: number of epochs (default: 50; the answer says if the loss was still falling)",
    },
    "learning-rate": { type: "string", value: "NUMBER", help: "with fit: learning rate of Adam (default: 0.05)" },
    state: {
      type: "string",
      value: "FILE",
      help: "with fit: file that keeps the state after each epoch; resumes from it if it is there",
    },
    engine: { type: "string", value: "NAME", help: "duckdb or spark (default: duckdb)" },
    database: { type: "string", value: "FILE", help: "with duckdb: database file that TABLE is in" },
    python: {
      type: "string",
      value: "PYTHON",
      help: "with spark: Python that has PySpark, or spark-submit (default: python3)",
    },
    master: {
      type: "string",
      value: "ADDRESS",
      help: "with spark: master of the cluster (default: that of Spark's settings, else local[*])",
    },
    json: { type: "string", value: "FILE", help: "write FILE.json: the answer in full" },
    print: { type: "boolean", help: "print the SQL of the first scan, and run nothing" },
  },
};

type Values = TaskArgs["values"];

const text = (value: unknown): string | undefined => value === undefined ? undefined : String(value);

const list = (value: unknown): string[] | undefined =>
  value === undefined ? undefined : String(value).split(",").map((name) => name.trim());

const oneOrMore = (names: string[]): string | string[] => names.length === 1 ? names[0] : names;

/** Reads the option `name` as one of some words; the first if the option is not given. */
const firstOr = <T extends string>(name: string, value: unknown, allowed: readonly [T, ...T[]]): T =>
  value === undefined ? allowed[0] : choiceOption(name, value, allowed);

/** Options that belong to some commands only. */
const belongs: Record<string, readonly Command[]> = {
  output: ["counts", "threshold", "report", "curve"],
  classes: [...commands],
  features: ["fit"],
  by: ["counts", "report"],
  score: ["threshold", "fit"],
  beta: ["threshold", "fit"],
  threshold: ["counts", "report", "fit"],
  decision: ["counts", "report"],
  top: ["counts", "report"],
  average: ["counts", "threshold"],
  epochs: ["fit"],
  "learning-rate": ["fit"],
  state: ["fit"],
};

/** Finds the files of a folder, by the ending that they share. */
function filesIn(folder: string): string {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const endings = new Set(
    names.filter((name) => formats.includes(formatOf(name) ?? "")).map((name) =>
      name.match(/\.\w+(\.(gz|zst))?$/i)![0]
    ),
  );
  if (endings.size === 1) return `${folder}/**/*${[...endings][0]}`;
  throw new UsageError(
    `The folder '${shortPath(folder)}' has files of ${
      endings.size === 0 ? "no known format" : [...endings].sort().join(" and ")
    }; name a pattern`,
  );
}

/** Finds the rows: files, or a table of a database or of a catalog. */
function sourceOf(name: string, { database, engine }: Values): { from: Source; path?: string } {
  const path = resolve(typedIn(), name), there = statSync(path, { throwIfNoEntry: false });
  if (there?.isDirectory()) {
    const files = filesIn(path);
    return { from: { files }, path: files };
  }
  if (there !== undefined || name.includes("*")) return { from: { files: path }, path };
  const isTable = database !== undefined || (engine === "spark" && !name.includes("/"));
  if (formatOf(name) !== undefined && !isTable) {
    throw new UsageError(`There is no file '${name}'`);
  }
  return { from: name.includes(".") ? name.split(".") : name };
}

/** Thrown by a query that prints. */
class Printed extends Error {}

const printing: Query = (sql) => {
  writeData(`${sql};`);
  return Promise.reject(new Printed());
};

/** The name of the view that Spark makes of files. */
const view = "roundabout";

async function engineOf(values: Values, path: string | undefined, onScan: OnScan): Promise<Engine> {
  if (values.engine !== "spark") {
    const database = values.database === undefined ? undefined : resolve(typedIn(), String(values.database));
    return await duckdbEngine({ database, onScan });
  }
  const { python, master } = values;
  return await sparkEngine({
    python: text(python),
    master: text(master),
    views: path === undefined ? {} : { [view]: path },
    onScan,
  });
}

/** Says that the labels are of one class: 0 and 1, or the two values of --classes. */
const isBinary = (values: Values): boolean => values.output === undefined || list(values.output)!.length === 1;

/** The name of the column of 0 and 1 that is made of two classes. */
const ofTwo = "roundabout_label";

/** Makes labels of 0 and 1 of the two values of --classes; a row with another value has no label. */
function withBinaryLabel(values: Values, from: Source, dialect: Dialect): Source {
  const classes = list(values.classes);
  if (classes === undefined || !isBinary(values)) return from;
  if (new Set(classes).size !== 2 || classes.length !== 2) {
    throw new UsageError("--classes takes two values for one output, the negative one first: --classes No,Yes");
  }
  const cases = classes.map((value, k) => `WHEN ${holdsText(dialect, String(values.label), value)} THEN ${k}`).join(
    " ",
  );
  return { query: `SELECT *, CASE ${cases} END AS ${ofTwo} FROM ${sourceSql("the labels", dialect, from)} AS given` };
}

/** Reads the options of a table. */
function tableOf(values: Values, from: Source, dialect: Dialect): TableOptions {
  const binary = isBinary(values) && values.classes !== undefined, classes = binary ? undefined : list(values.classes);
  return {
    from,
    label: binary ? ofTwo : oneOrMore(list(values.label)!),
    output: oneOrMore(list(values.output)!),
    sampleWeight: values.weight === undefined ? undefined : String(values.weight),
    classes: classes?.every((value) => /^-?\d+$/.test(value)) ? classes.map(Number) : classes,
    dialect,
  };
}

const short = (value: number): string => Number.isNaN(value) ? "not defined" : String(Number(value.toPrecision(6)));

const inexactText = (inexact: number): string[] =>
  inexact === 0 ? [] : [
    `${inexact} entries have a weight that is not a multiple of 2^-40; it was rounded down, so the counts are smaller by less than ` +
    `${short(inexact * 2 ** -40)}`,
  ];

/** An answer: the lines to print, and all of it for JSON. */
interface Answer {
  readonly lines: readonly string[];
  readonly json: unknown;
}

async function counts(query: Query, table: TableOptions, values: Values): Promise<Answer> {
  const several = Array.isArray(table.output), average = averageOf(values, several);
  const { slices, inexact } = await countsOn(query, { ...table, ...decisionOf(values), by: text(values.by) });
  const lines = slices.flatMap(({ slice, meter, rows }) => [
    ...(values.by === undefined ? [] : [`\n${values.by} = ${slice ?? "NULL"}`]),
    `${rows} rows`,
    ...(values.top === undefined ? [] : [`threshold ${[meter.toJSON().threshold].flat().join(", ")}`]),
    alignedText([
      ["class", "tp", "fp", "fn", "tn"],
      ...meter.counts.map(({ tp, fp, fn, tn }, k) => [
        String(table.classes?.[k] ?? (several ? k : list(values.classes)?.[1] ?? 1)),
        ...[tp, fp, fn, tn].map(String),
      ]),
    ]),
    alignedText(scoreNames.map((name) => [name, short(meter.value(name, { average, zeroDivision: "skip" }))])),
  ]);
  return { lines: [...lines, ...inexactText(inexact)], json: { slices, inexact } };
}

const decisionOf = (values: Values): TableDecisionOptions => ({
  decision: values.top === undefined
    ? firstOr<"threshold" | "argmax">("decision", values.decision, ["threshold", "argmax"])
    : { top: Number(values.top) },
  threshold: values.threshold === undefined ? undefined : thresholdsOf(values),
});

function thresholdsOf(values: Values): number | number[] {
  const numbers = list(values.threshold)!.map(Number);
  if (numbers.some((t) => !(t > 0 && t < 1))) {
    throw new UsageError(`--threshold takes numbers inside (0, 1), not '${values.threshold}'`);
  }
  return numbers.length === 1 ? numbers[0] : numbers;
}

function scoreOf({ score = "f1", beta }: Values): Score {
  const name = choiceOption("score", score, [...scoreNames, "fBeta"]);
  if (name !== "fBeta" && beta !== undefined) throw new UsageError(`--beta cannot be used with --score ${name}`);
  if (name !== "fBeta") return toScore(name);
  if (beta === undefined) throw new UsageError("--score fBeta needs --beta");
  return fBeta({ beta: numberOption("beta", beta, 0, 1) });
}

function averageOf({ average }: Values, several: boolean): "binary" | "macro" | "micro" | "weighted" {
  if (several) return firstOr("average", average, ["macro", "micro", "weighted"]);
  if (average !== undefined) throw new UsageError("--average needs several outputs: --output A,B");
  return "binary";
}

async function threshold(query: Query, table: TableOptions, values: Values): Promise<Answer> {
  const score = scoreOf(values),
    average = averageOf(values, Array.isArray(table.output)),
    best = await tuneThresholdOn(query, { ...table, score, average });
  const lines = [
    `threshold ${[best.threshold].flat().join(", ")}`,
    `${score.name} ${best.value} on the rows that chose the threshold; on new rows it is lower, as a rule`,
    `${best.scans} scan${best.scans === 1 ? "" : "s"}`,
    ...inexactText(best.inexact),
  ];
  return { lines, json: best };
}

async function report(query: Query, table: TableOptions, values: Values): Promise<Answer> {
  const reports = await reportOn(query, { ...table, ...decisionOf(values), by: text(values.by) });
  const lines = reports.flatMap(({ slice, rows }) => [
    ...(values.by === undefined ? [] : [`\n${values.by} = ${slice ?? "NULL"}`]),
    alignedText([
      ["", "precision", "recall", "f1", "support"],
      ...rows.map((row) => [
        row.class,
        ...[row.precision, row.recall, row.f1].map((v) => v.toFixed(4)),
        String(row.support),
      ]),
    ]),
  ]);
  return { lines, json: reports };
}

async function curve(query: Query, table: TableOptions): Promise<Answer> {
  const curves = await curveOn(query, table);
  const between = ({ low, high }: { low: number; high: number }) =>
    low === high ? short(low) : `between ${short(low)} and ${short(high)}`;
  const lines = curves.flatMap(({ points, rocAuc, averagePrecision }, k) => [
    ...(curves.length === 1 ? [] : [`class ${table.classes?.[k] ?? k}`]),
    `area under the ROC curve: ${between(rocAuc)}`,
    `average precision: ${between(averagePrecision)}`,
    `${points.length} points; --json writes them`,
  ]);
  return { lines, json: curves };
}

/** Reads the state of a training; undefined if there is no file. */
async function readState(file: string): Promise<LinearFitState | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new TaskError(`--state ${shortPath(file)} cannot be read: ${(error as Error).message}`);
  }
}

/** Says what a training ended at: a score that one decision for all rows has as well, a loss that was still falling. */
export function fitRemarks({ name, value }: Score, { history, table }: LinearFitState): string[] {
  const { positives, negatives } = table, last = history.loss.at(-1)!, none = { tp: 0, fp: 0, fn: 0, tn: 0 };
  const constant = [{ ...none, tp: positives, fp: negatives }, { ...none, fn: positives, tn: negatives }].map(value);
  const best = Math.max(...constant.filter((one) => !Number.isNaN(one)));
  const fifth = Math.ceil(history.loss.length / 5), before = history.loss.at(-1 - fifth) ?? last;
  const fall = (before - last) / Math.abs(last);
  const remarks: string[] = [];
  if (history.score.at(-1)! <= best + 1e-9) {
    const also = `${name} ${short(best)} is also that of one decision for all rows`;
    remarks.push(`${also}: give more --epochs, or other features`);
  }
  if (fall > 0.01) {
    const percent = (100 * fall).toFixed(1);
    remarks.push(`the loss fell by ${percent} % in the last fifth of the epochs: more --epochs may improve the fit`);
  }
  return remarks;
}

async function fit(query: Query, from: Source, values: Values, report: Reporter): Promise<Answer> {
  const score = scoreOf(values), epochs = wholeOption("epochs", values.epochs, 1, 50);
  const file = values.state === undefined ? undefined : writable("state", String(values.state));
  const resume = file === undefined ? undefined : await readState(file);
  const started = performance.now(), before = resume?.gradients.length ?? 0;
  const fitted = await fitMetricOn(query, {
    from,
    label: values.classes === undefined ? String(values.label) : ofTwo,
    features: list(values.features)!,
    sampleWeight: text(values.weight),
    score,
    threshold: values.threshold === undefined ? undefined : thresholdsOf(values) as number,
    epochs,
    learningRate: numberOption("learning-rate", values["learning-rate"], 1e-6, 0.05),
    standardize: true,
    resume,
    dialect: values.engine === "spark" ? "spark" : "duckdb",
    onEpoch: async ({ epoch, loss, score: value, state }) => {
      if (file !== undefined) await write(file, JSON.stringify(state), report);
      const left = (performance.now() - started) / (epoch + 1 - before) * (epochs - epoch - 1) / 1000;
      report.progress(
        `epoch ${epoch + 1} of ${epochs}, loss ${short(loss)}, ${score.name} ${short(value)}, ${
          left.toFixed(0)
        } s left`,
      );
    },
  });
  const { weights, bias, history } = fitted;
  const lines = [
    alignedText([...list(values.features)!.map((name, j) => [name, String(weights[j])]), ["bias", String(bias)]]),
    `loss ${short(history.loss.at(-1)!)}, ${score.name} ${
      short(history.score.at(-1)!)
    } after ${history.loss.length} epochs`,
    ...fitRemarks(score, fitted.state),
  ];
  return { lines, json: fitted };
}

/** Checks the words of a call. */
function readCall({ values, positionals }: TaskArgs): { command: Command; name: string } {
  const [command, name] = positionals;
  if (!commands.includes(command as Command)) {
    throw new UsageError(`The first word must be ${commands.join(", ")}, it is '${command ?? ""}'`);
  }
  if (positionals.length !== 2) throw new UsageError("One file or table is needed after the command");
  if (!values.label) throw new UsageError("--label must name the column of the labels");
  const columns = command === "fit" ? "features" : "output";
  if (!values[columns]) throw new UsageError(`--${columns} must name one column or more`);
  for (const [option, owners] of Object.entries(belongs)) {
    if (values[option] === undefined || owners.includes(command as Command)) continue;
    throw new UsageError(`--${option} belongs to ${owners.join(", ")}, not to ${command}`);
  }
  const engine = firstOr("engine", values.engine, ["duckdb", "spark"]);
  if (values.top !== undefined && values.decision !== undefined) {
    throw new UsageError("--top cannot be used with --decision");
  }
  if (values.print && values.json !== undefined) throw new UsageError("--json cannot be used with --print");
  for (const [option, owner] of [["database", "duckdb"], ["python", "spark"], ["master", "spark"]]) {
    if (values[option] !== undefined && engine !== owner) {
      throw new UsageError(`--${option} belongs to --engine ${owner}`);
    }
  }
  return { command: command as Command, name };
}

/**
 * Explains the error of an engine by the table: a column that is not there, or that holds texts. Any other error stays as it is.
 */
async function explained(error: Error, query: Query, values: Values, from: Source, dialect: Dialect): Promise<Error> {
  if (/^Cannot /.test(error.message) || error instanceof UsageError) return error;
  const source = sourceSql("the table", dialect, from);
  const first = async (sql: string): Promise<Record<string, unknown> | undefined> => {
    const rows = await Promise.resolve(query(sql)).catch(() => []);
    return (rows as readonly Record<string, unknown>[])[0];
  };
  const there = Object.keys(await first(`SELECT * FROM ${source} AS given LIMIT 1`) ?? {});
  if (there.length === 0) return error;
  const named = (["label", "output", "features", "weight", "by"] as const).flatMap((option) =>
    (list(values[option]) ?? []).map((name) => ({ option, name }))
  );
  const absent = named.find(({ name }) => !there.some((one) => one.toLowerCase() === name.toLowerCase()));
  if (absent !== undefined) {
    return new TaskError(
      `--${absent.option} names the column '${absent.name}', the table has ${
        there.map((one) => `'${one}'`).join(", ")
      }`,
    );
  }
  for (const { option, name } of named) {
    if (option === "by" || (option === "label" && values.classes !== undefined)) continue;
    const column = quoteName(dialect, name), isText = `${column} IS NOT NULL AND TRY_CAST(${column} AS DOUBLE) IS NULL`;
    const held = await first(
      `SELECT CAST(${column} AS STRING) AS held FROM ${source} AS given WHERE ${isText} LIMIT 1`,
    );
    if (held === undefined) continue;
    if (option !== "label") {
      return new TaskError(`--${option} must name columns of numbers, '${name}' holds '${held.held}'`);
    }
    return new TaskError(
      isBinary(values)
        ? `the label must be 0 or 1, '${name}' holds '${held.held}': name its two values, --classes NEGATIVE,POSITIVE`
        : `the label must be a number, '${name}' holds '${held.held}': name its value for each output, --classes A,B`,
    );
  }
  return error;
}

/** Runs the task. */
export async function runSql(args: TaskArgs, reporter: Reporter): Promise<void> {
  const { values } = args, { command, name } = readCall(args);
  const json = values.json === undefined ? undefined : writable("json", String(values.json));
  const dialect = values.engine === "spark" ? "spark" : "duckdb", { from, path } = sourceOf(name, values);
  const rows = dialect === "spark" && path !== undefined ? view : from;
  const source = withBinaryLabel(values, rows, dialect);
  const answer = (query: Query): Promise<Answer> => {
    if (command === "fit") return fit(query, source, values, reporter);
    const table = tableOf(values, source, dialect);
    if (command === "counts") return counts(query, table, values);
    if (command === "threshold") return threshold(query, table, values);
    return command === "report" ? report(query, table, values) : curve(query, table);
  };
  const refused = (error: Error): never => {
    if (/^Cannot (make|use) /.test(error.message)) throw new UsageError(error.message);
    throw error instanceof UsageError ? error : new TaskError(error.message.split("\n")[0]);
  };
  if (values.print) {
    return await answer(printing).then(() => {}, (error) => error instanceof Printed ? undefined : refused(error));
  }
  const started = performance.now();
  const onScan = (scan: number, percentage?: number) => {
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    reporter.progress(`scan ${scan}${percentage === undefined ? "" : `, ${percentage.toFixed(0)} %`}, ${seconds} s`);
  };
  const { lines, json: full } = await (async () => {
    await using engine = await engineOf(values, path, onScan);
    return await answer(engine.query).catch(async (error) => {
      throw await explained(error, engine.query, values, rows, dialect);
    });
  })().catch(refused);
  for (const line of lines) reporter.line(line);
  if (json !== undefined) await write(json, `${JSON.stringify(full, null, 2)}\n`, reporter);
}

if (import.meta.main) await runTask(sqlSpec, runSql);
