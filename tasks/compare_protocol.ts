/**
 * The protocol of a paper, for any table: `deno task compare FILE --label COLUMN --protocol anyloss`.
 *
 * @module
 */
import { resolve } from "node:path";
import { anyLoss, type AnyLossRow, reported } from "../lib/compare/anyloss.ts";
import { describeData } from "../lib/compare/comparison_text.ts";
import { dataOf } from "../lib/compare/data_of.ts";
import { readFolds } from "../lib/compare/read_folds.ts";
import type { InferredDataset } from "../lib/data/infer_dataset.ts";
import { scikitLearnFolds } from "../lib/data/scikit_learn_folds.ts";
import { existing, saying, write } from "./compare_files.ts";
import { type Reporter, type TaskArgs, typedIn, UsageError } from "./cli.ts";

const made = "StratifiedKFold(10, shuffle=True, random_state=2), as scikit-learn 1.x makes them";

function foldsOf({ yTrue }: InferredDataset, file: string | undefined) {
  if (file === undefined) return scikitLearnFolds(yTrue, { folds: 10, seed: 2 });
  return readFolds(Deno.readTextFileSync(existing(file)), yTrue.length);
}

/** The features as numbers: the protocol knows no others. */
function numbersOf({ frame, features, categorical, missing }: InferredDataset): Float64Array[] {
  const [text] = categorical, [gap] = Object.keys(missing);
  if (text !== undefined) throw new UsageError(`The protocol takes numbers only, the column '${text}' has texts`);
  if (gap !== undefined) throw new UsageError(`The protocol takes no missing values, the column '${gap}' has some`);
  return features.map((name) => Float64Array.from(frame.getColumn(name).toArray()));
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

/** Computes the protocol's tables, prints them and writes them. */
export async function compareByProtocol(
  dataset: InferredDataset,
  { folds: foldsFile, json }: TaskArgs["values"],
  report: Reporter,
): Promise<void> {
  if (dataset.positive === undefined) {
    throw new UsageError(
      `The protocol takes two classes, '${dataset.label}' has ${dataset.classes.length}: see --positive`,
    );
  }
  const columns = numbersOf(dataset), folds = saying(() => foldsOf(dataset, foldsFile as string | undefined));
  const from = foldsFile === undefined ? made : `those of ${foldsFile}`, { yTrue, constant, positive } = dataset;
  const zeros = constant.length > 0 ? `\nconstant columns, left at 0: ${constant.join(", ")}` : "";
  report.line(`${describeData(dataOf(dataset))}${zeros}\nfolds: ${from}\n`);
  let done = 0;
  const started = performance.now();
  const { undefinedScores, ...tables } = anyLoss({ columns, yTrue, folds }, () => {
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
  if (json === undefined) return;
  const file = resolve(typedIn(), String(json));
  await write(file, JSON.stringify({ ...tables, folds: from, positive }, null, 2) + "\n", report);
}
