/**
 * What `deno task compare` does: reads a table, has the losses compared on it, prints and writes what came out.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { anyLoss, type AnyLossRow, reported } from "../lib/compare/anyloss.ts";
import { readFolds } from "../lib/compare/read_folds.ts";
import { type LabelledTable, readTable } from "../lib/compare/read_table.ts";
import { scikitLearnFolds } from "../lib/data/scikit_learn_folds.ts";
import { type Reporter, type TaskArgs, TaskError, type TaskSpec, typedIn, UsageError } from "./cli.ts";

/** How the task is called. */
export const compareSpec: TaskSpec = {
  name: "compare",
  about: "Compares losses on a CSV or Parquet file of numbers and a label of two values.\n" +
    "--protocol anyloss computes the table of Han et al., arXiv 2405.14745 (single-layer network), for that file.",
  usage: "FILE.csv --label COLUMN --protocol anyloss [--positive VALUE] [--folds FOLDS.json] [--json OUT.json]",
  positionals: true,
  options: {
    label: { type: "string", help: "the column with the label" },
    protocol: { type: "string", help: "how: anyloss" },
    positive: {
      type: "string",
      help: "the label's positive value (if nothing is said: 1 beside 0 or -1, else the rarer one)",
    },
    folds: {
      type: "string",
      help:
        'the folds: {"test": [[row, ...], ... 10 lists]}, rows from 0 (if nothing is said, as scikit-learn makes them)',
    },
    json: { type: "string", help: "write the tables, not rounded" },
  },
};

function existing(file: string): string {
  const path = resolve(typedIn(), file);
  if (file === "" || !existsSync(path)) throw new UsageError(`There is no file '${file}'`);
  return path;
}

/** What the arguments say that is wrong is bad usage. */
function read<T>(reading: () => T): T {
  try {
    return reading();
  } catch (error) {
    if (/^Cannot /.test((error as Error).message)) throw new UsageError((error as Error).message);
    throw error;
  }
}

const made = "StratifiedKFold(10, shuffle=True, random_state=2), as scikit-learn 1.x makes them";

function foldsOf({ yTrue }: LabelledTable, file: string | undefined) {
  if (file === undefined) return scikitLearnFolds(yTrue, { folds: 10, seed: 2 });
  return readFolds(Deno.readTextFileSync(existing(file)), yTrue.length);
}

/** A table as text. */
function tableText(rows: readonly AnyLossRow[]): string {
  const names = Object.keys(reported) as (keyof typeof reported)[];
  const width = Math.max(...rows.map(({ loss }) => loss.length));
  const head = ["loss".padEnd(width), ...names.map((name) => name.padStart(6))].join("  ");
  return [
    head,
    ...rows.map((row) =>
      [row.loss.padEnd(width), ...names.map((name) => row[name].toFixed(4).padStart(Math.max(6, name.length)))].join(
        "  ",
      )
    ),
  ].join("\n");
}

function describeTable({ features, yTrue, positive, chosen, constant }: LabelledTable, label: string): string {
  const positives = yTrue.reduce((sum, y) => sum + y, 0);
  return `${yTrue.length} rows, ${features.length} features; positive: ${label} = '${positive}' (${chosen}), ` +
    `${positives} rows` + (constant.length > 0 ? `\nconstant columns, left at 0: ${constant.join(", ")}` : "");
}

/** Runs the task. */
export async function compareLosses({ values, positionals }: TaskArgs, report: Reporter): Promise<void> {
  if (positionals.length !== 1) throw new UsageError("One file is to be named: FILE.csv or FILE.parquet");
  if (!values.label) throw new UsageError("--label is to name the column with the label");
  if (values.protocol !== "anyloss") {
    throw new UsageError(
      `--protocol takes anyloss, ${values.protocol === undefined ? "and is missing" : `not '${values.protocol}'`}`,
    );
  }
  if (values.json === "") throw new UsageError("--json takes the name of a file");
  const { folds: foldsFile } = values as Record<string, string | undefined>, label = String(values.label);
  const path = existing(positionals[0]);
  const data = read(() => readTable(path, label, values.positive as string | undefined));
  const folds = read(() => foldsOf(data, foldsFile));
  const from = foldsFile === undefined ? made : `those of ${foldsFile}`;
  report.line(`${describeTable(data, label)}\nfolds: ${from}\n`);
  let done = 0;
  const started = performance.now();
  const { undefinedScores, ...tables } = anyLoss({ ...data, folds }, () => {
    done++;
    const left = (performance.now() - started) / done * (20 - done) / 1000;
    report.status(`fold ${done} of 20 (10 twice), ${left.toFixed(0)} s left`);
  });
  report.line(`the protocol: standardised over all rows\n${tableText(tables.rows)}`);
  if (undefinedScores > 0) {
    report.line(`${undefinedScores} scores of single folds are not defined (0/0) and count as 0`);
  }
  const tuned = (row: AnyLossRow) => ({ ...row, loss: "bce, tuned" });
  report.line("\nnot in the paper: cross-entropy, for each column the threshold that is best on the training rows");
  report.line(tableText([tuned(tables.tuned)]));
  report.line("\nnot in the paper: standardised without the test rows");
  report.line(tableText([...tables.withoutTestRows, tuned(tables.tunedWithoutTestRows)]));
  if (values.json === undefined) return;
  const file = resolve(typedIn(), String(values.json));
  try {
    await Deno.writeTextFile(file, JSON.stringify({ ...tables, folds: from, positive: data.positive }, null, 2) + "\n");
  } catch (error) {
    throw new TaskError(`The tables cannot be written to '${values.json}': ${(error as Error).message}`);
  }
  report.wrote(file);
}
