/**
 * The protocol of a paper on any table: `deno task compare FILE --label COLUMN --protocol anyloss`.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  type AnyLossData,
  type AnyLossRow,
  type FoldScores,
  reported,
  type StandardisedBy,
  tableOf,
} from "../lib/compare/anyloss.ts";
import { dataText, describeData } from "../lib/compare/comparison_text.ts";
import { scikitLearnFolds } from "../lib/data/scikit_learn_folds.ts";
import type { TableDataset } from "../lib/data/table.ts";
import type { FoldRequest } from "./anyloss_worker.ts";
import { alignedText, type Reporter, type TaskArgs, typedIn, UsageError } from "./cli.ts";
import { existing, write } from "./files.ts";
import { inWorkers } from "./in_workers.ts";
import { asUsage } from "./option_names.ts";
import { readFolds } from "./read_folds.ts";

const made = "StratifiedKFold(10, shuffle=True, random_state=2), as scikit-learn 1.x makes them";

function foldsOf({ yTrue }: TableDataset, file: string | undefined) {
  if (file === undefined) return scikitLearnFolds(yTrue, { folds: 10, seed: 2 });
  return readFolds(Deno.readTextFileSync(existing(file)), yTrue.length);
}

/** The features as numbers: NaN where one is missing, one column of 0 and 1 for each category. */
const numericColumns = ({ columns }: TableDataset): Float64Array[] =>
  columns.flatMap((column) =>
    column.kind === "number"
      ? [column.values]
      : column.levels.map((_, code) => Float64Array.from(column.codes, (c) => Number(c === code)))
  );

/** Lays out a table as text. */
function tableText(rows: readonly AnyLossRow[]): string {
  const names = Object.keys(reported) as (keyof typeof reported)[];
  return alignedText([
    ["loss", ...names],
    ...rows.map((row) => [row.loss, ...names.map((name) => row[name].toFixed(4))]),
  ]);
}

/** Describes the treatment of columns that the paper's data do not have. */
function preparation({ columns, missing, constant }: TableDataset): string[] {
  return [
    ...(constant.length > 0 ? [`constant columns, left at 0: ${constant.join(", ")}`] : []),
    ...(columns.some(({ kind }) => kind === "category")
      ? ["categories: one column of 0 and 1 each, standardised like the other columns"]
      : []),
    ...(Object.keys(missing).length > 0
      ? ["missing numbers: the median of the rows used for standardising; missing categories: all zeros"]
      : []),
  ];
}

/**
 * Computes the scores of every fold, in the order of the folds, on up to eight cores, because they need 120,000 passes over
 * the table; calls `onFold` after each.
 */
export async function scoreFolds(
  { folds, ...data }: AnyLossData,
  by: StandardisedBy,
  onFold: () => void,
): Promise<FoldScores[]> {
  const scores: FoldScores[] = [], requests = folds.map((fold): FoldRequest => ({ data, fold, by }));
  await inWorkers<FoldScores>(new URL("./anyloss_worker.ts", import.meta.url), requests, {
    onAnswer(place, answer) {
      scores[place] = answer;
      onFold();
    },
  });
  return scores;
}

/** Computes, prints and writes the tables of the protocol, the paper's first. */
export async function compareByProtocol(
  dataset: TableDataset,
  { folds: foldsFile, json }: TaskArgs["values"],
  report: Reporter,
): Promise<void> {
  const { yTrue, positive, label, classes } = dataset;
  if (positive === undefined) {
    throw new UsageError(
      `The protocol needs a label with two classes, '${label}' has ${classes.length}: set one against the rest with --positive`,
    );
  }
  const folds = await asUsage(() => foldsOf(dataset, foldsFile as string | undefined));
  const from = foldsFile === undefined ? made : foldsFile, data = { columns: numericColumns(dataset), yTrue, folds };
  report.line([dataText(describeData(dataset)), ...preparation(dataset), `folds: ${from}`, ""].join("\n"));
  let done = 0;
  const started = performance.now(),
    onFold = () => {
      done++;
      const left = (performance.now() - started) / done * (20 - done) / 1000;
      report.progress(`fold ${done} of 20 (10 twice), ${left.toFixed(0)} s left`);
    };
  const save = async (tables: object) => {
    if (json === undefined) return;
    await write(
      resolve(typedIn(), String(json)),
      JSON.stringify({ ...tables, folds: from, positive }, null, 2) + "\n",
      report,
    );
  };
  const tunedRow = (row: AnyLossRow) => ({ ...row, loss: "bce, tuned" });

  const { undefinedScores, ...paper } = tableOf(await scoreFolds(data, "all rows", onFold));
  report.line(`the protocol: standardised over all rows\n${tableText(paper.rows)}`);
  if (undefinedScores > 0) {
    report.line(`${undefinedScores} scores of single folds are undefined (0/0) and count as 0`);
  }
  report.line(
    "\nnot in the paper: cross-entropy, with the threshold that is best on the training rows for each column's score",
  );
  report.line(tableText([tunedRow(paper.tuned)]));
  await save(paper); // the paper's rows are kept even if the task is stopped from here on

  const apart = tableOf(await scoreFolds(data, "training rows", onFold));
  report.line("\nnot in the paper: standardised without the test rows");
  report.line(tableText([...apart.rows, tunedRow(apart.tuned)]));
  await save({ ...paper, withoutTestRows: apart.rows, tunedWithoutTestRows: apart.tuned });
}
