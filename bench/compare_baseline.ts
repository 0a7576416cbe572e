/**
 * The linear cross-entropy of `compareLosses` on the tables of a folder, for bench/compare_baseline.py: the arguments are
 * FILE LABEL pairs, the output is one line of JSON per table with the splits, the features and the scores.
 *
 * @module
 */
import { candidatesFor } from "../lib/compare/candidates.ts";
import { partsOf, penaltyFolds, runSplit, splitRows } from "../lib/compare/run_split.ts";
import type { HeavyTails } from "../lib/data/table.ts";
import { prepareColumns } from "../lib/data/prepare_columns.ts";
import { readTable } from "../lib/data/read_table.ts";
import { f1 } from "../lib/scores/ratio.ts";
import { balancedAccuracy } from "../lib/scores/agreement.ts";

const repeats = 10;

for (let i = 0; i < Deno.args.length; i += 2) {
  const [file, label] = Deno.args.slice(i, i + 2), table = await readTable(file, { label });
  const classes = table.classes.length, scores = { f1, balancedAccuracy };
  const splits = Array.from({ length: repeats }, (_, split) => splitRows(table, 1 + split));
  const started = performance.now();
  const valuesBy = (heavyTails: HeavyTails) =>
    Object.fromEntries(
      Object.entries(scores).map(([name, score]) => [
        name,
        splits.map((split, seed) => {
          const parts = partsOf(table, split, undefined, { heavyTails });
          const settings = { model: "linear", classes, score, seed: 1 + seed } as const;
          const { outcomes } = runSplit(candidatesFor(score, classes)[0], parts, settings);
          const { value, chosen } = (outcomes["0.5"] ?? outcomes.argmax)!;
          return { value, chosen };
        }),
      ]),
    );
  const values = valuesBy("yeoJohnson"), kept = valuesBy("keep");
  const powers = splits.map((split) =>
    Object.keys(prepareColumns(table.columns, table.yTrue, split, { heavyTails: "yeoJohnson" }).powers)
  );
  const folds = splits.map((split, seed) =>
    penaltyFolds(partsOf(table, split), classes, 1 + seed).map(({ test }) => test)
  );
  const seconds = (performance.now() - started) / 1000, { features, classes: named } = table;
  console.log(
    JSON.stringify({
      file,
      label,
      classes: named,
      positive: table.positive,
      features,
      splits,
      folds,
      powers,
      values,
      kept,
      seconds,
    }),
  );
}
