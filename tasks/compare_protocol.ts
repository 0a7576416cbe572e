/**
 * The protocol of a paper, for any table: `deno task compare FILE --label COLUMN --protocol anyloss`.
 *
 * @module
 */
import { resolve } from "node:path";
import { type AnyLossRow, reported, tableOf } from "../lib/compare/anyloss.ts";
import { describeData } from "../lib/compare/comparison_text.ts";
import { dataOf } from "../lib/compare/data_of.ts";
import { readFolds } from "../lib/compare/read_folds.ts";
import type { InferredDataset } from "../lib/compare/infer_dataset.ts";
import { scikitLearnFolds } from "../lib/compare/scikit_learn_folds.ts";
import { existing, saying, write } from "./compare_files.ts";
import { scoreFolds } from "./compare_folds.ts";
import { type Reporter, type TaskArgs, typedIn, UsageError } from "./cli.ts";

const made = "StratifiedKFold(10, shuffle=True, random_state=2), as scikit-learn 1.x makes them";

function foldsOf({ yTrue }: InferredDataset, file: string | undefined) {
  if (file === undefined) return scikitLearnFolds(yTrue, { folds: 10, seed: 2 });
  return readFolds(Deno.readTextFileSync(existing(file)), yTrue.length);
}

/** The features as numbers: NaN where one is missing, a column of 0 and 1 for each category. */
function columnsOf({ frame, features, categorical }: InferredDataset): Float64Array[] {
  return features.flatMap((name) => {
    const values: unknown[] = [...frame.getColumn(name).toArray()];
    if (!categorical.includes(name)) return [Float64Array.from(values, (v) => v === null ? NaN : Number(v))];
    const categories = [...new Set(values)].filter((v) => v !== null).sort();
    return categories.map((category) => Float64Array.from(values, (v) => Number(v === category)));
  });
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

/** What is done with what the paper's data do not have. */
function preparation({ categorical, missing, constant }: InferredDataset): string[] {
  return [
    ...(constant.length > 0 ? [`constant columns, left at 0: ${constant.join(", ")}`] : []),
    ...(categorical.length > 0 ? ["categories: a column of 0 and 1 each, standardised like the others"] : []),
    ...(Object.keys(missing).length > 0
      ? [
        "missing numbers: the median of the rows that are standardised over, at first all; a missing category is none",
      ]
      : []),
  ];
}

/** Computes the protocol's tables, prints them and writes them: the paper's first. */
export async function compareByProtocol(
  dataset: InferredDataset,
  { folds: foldsFile, json }: TaskArgs["values"],
  report: Reporter,
): Promise<void> {
  const { yTrue, positive, label, classes } = dataset;
  if (positive === undefined) {
    throw new UsageError(
      `The protocol takes a label of two classes, '${label}' has ${classes.length}: set one against the rest with --positive`,
    );
  }
  const folds = saying(() => foldsOf(dataset, foldsFile as string | undefined));
  const from = foldsFile === undefined ? made : `those of ${foldsFile}`,
    data = { columns: columnsOf(dataset), yTrue, folds };
  report.line([describeData(dataOf(dataset), "missing"), ...preparation(dataset), `folds: ${from}`, ""].join("\n"));
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
    report.line(`${undefinedScores} scores of single folds are not defined (0/0) and count as 0`);
  }
  report.line("\nnot in the paper: cross-entropy, for each column the threshold that is best on the training rows");
  report.line(tableText([tunedRow(paper.tuned)]));
  await save(paper); // whoever stops it now has the paper's rows

  const apart = tableOf(await scoreFolds(data, "training rows", onFold));
  report.line("\nnot in the paper: standardised without the test rows");
  report.line(tableText([...apart.rows, tunedRow(apart.tuned)]));
  await save({ ...paper, withoutTestRows: apart.rows, tunedWithoutTestRows: apart.tuned });
}
