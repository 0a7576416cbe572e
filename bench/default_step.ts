/**
 * The measurement behind the library's defaults: the steps, slopes and schedules that survive, and those that do best.
 *
 *     deno run -A bench/default_step.ts [--seeds 10] [--save FILE.json]
 *
 * A logistic regression is trained on F1 with every step, on three real data sets, as they are and with positives left
 * out until a tenth and a fiftieth of the rows are positive, by Adam and by SGD, from an output bias of 0 and from the
 * log-odds of the prevalence ("prior-bias", what RetinaNet made a habit). Nothing is tuned after training: F1 is that of
 * the decisions at ½ on rows that were held out. A run is dead if F1 on its own training rows is below half of what
 * cross-entropy reaches there with its best threshold.
 */
import { parseArgs } from "node:util";
import { f1, type Step, steps, toStep } from "@roundabout/roundabout";
import { loadDataset, prepare, seededRandom, trainTestSplit } from "@roundabout/roundabout/data";
import { softCounts } from "../lib/steps/soft_counts.ts";
import { adam, sgd } from "../lib/network/adam.ts";
import { labelsOf, objectiveOf, type TrainingLoss } from "../lib/network/objectives.ts";
import { takeRows, train as trainWeights } from "../lib/network/train.ts";

const shapeNames = ["softsign", "linearRamp", "logistic", "arctan", "gaussian", "straightThrough"] as const;
const slopes = [2, 4, 6, 10, 20, 50];
const epochs = 30, batchSize = 256;

/** The loss of an epoch, from 0 on: one loss, or one whose slope rises. */
type Schedule = (epoch: number) => TrainingLoss;

const constant = (step: Step): Schedule => () => ({ score: f1, step });

/** From the identity towards round: the slope rises geometrically, and has arrived at the last epoch. */
const annealed = (shape: typeof shapeNames[number], to: number): Schedule => {
  const each = Array.from({ length: epochs }, (_, e) => toStep(shape, { slope: to ** (e / (epochs - 1)) }));
  return (epoch) => ({ score: f1, step: each[epoch] });
};

const contenders: Record<string, Schedule> = {
  "cross-entropy": () => "crossEntropy",
  identity: constant(steps.identity()),
  ...Object.fromEntries(
    shapeNames.flatMap((shape) => slopes.map((slope) => [`${shape} ${slope}`, constant(toStep(shape, { slope }))])),
  ),
  "softsign 1 to 10": annealed("softsign", 10),
  "softsign 1 to 50": annealed("softsign", 50),
  "logistic 1 to 10": annealed("logistic", 10),
};

const optimizers = { adam: (size: number) => adam(0.01, size), sgd: () => sgd(0.5) };

/** Features row by row, and labels. */
interface Rows {
  x: Float64Array;
  y: Float64Array;
}

/** The rows with so many positives left out that `prevalence` of them are positive; the first positives stay. */
function thinned({ x, y }: Rows, prevalence: number | undefined): Rows {
  if (prevalence === undefined) return { x, y };
  const features = x.length / y.length, negatives = y.reduce((n, label) => n + (1 - label), 0);
  let left = Math.round(negatives * prevalence / (1 - prevalence));
  const kept = [...y.keys()].filter((i) => y[i] === 0 || left-- > 0);
  return {
    x: Float64Array.from(kept.flatMap((i) => [...x.subarray(i * features, (i + 1) * features)])),
    y: Float64Array.from(kept, (i) => y[i]),
  };
}

async function rowsOf(name: "wdbc" | "spambase" | "credit", seed: number): Promise<{ train: Rows; test: Rows }> {
  const dataset = await loadDataset(name);
  const parts = prepare(dataset, trainTestSplit(dataset, { testFraction: 0.3, seed }));
  const rows = ({ x, y }: typeof parts.train): Rows => ({
    x: Float64Array.from(x.dataSync()),
    y: Float64Array.from(y.dataSync()),
  });
  const result = { train: rows(parts.train), test: rows(parts.test) };
  parts.dispose();
  return result;
}

/** Logits of a logistic regression. */
function logits(weights: Float64Array, { x, y }: Rows): Float64Array {
  const features = weights.length - 1;
  return y.map((_, i) => {
    let z = weights[features];
    for (let j = 0; j < features; j++) z += weights[j] * x[i * features + j];
    return z;
  });
}

/** F1 of the decisions z > cut; 0 where it is not defined. */
function f1At(z: Float64Array, y: Float64Array, cut: number): number {
  const hard = { value: (v: number) => v > cut ? 1 : 0 };
  return f1.value(softCounts({ yTrue: y, yPred: z }, hard)) || 0;
}

/** The best F1 of all cuts: one pass over the sorted logits. */
function bestF1(z: Float64Array, y: Float64Array): number {
  const order = [...z.keys()].sort((a, b) => z[b] - z[a]), positives = y.reduce((a, b) => a + b, 0);
  let best = 0, tp = 0;
  order.forEach((i, rank) => {
    tp += y[i];
    if (rank + 1 < order.length && z[order[rank + 1]] === z[i]) return; // a tie is decided as one
    best = Math.max(best, 2 * tp / (rank + 1 + positives));
  });
  return best;
}

function train(rows: Rows, schedule: Schedule, optimizer: keyof typeof optimizers, bias: number, seed: number) {
  const features = rows.x.length / rows.y.length, random = seededRandom(seed);
  const weights = Float64Array.from({ length: features + 1 }, () => random.normal() * 0.5 / Math.sqrt(features));
  weights[features] = bias;
  trainWeights({
    form: { features, hidden: 0, outputs: 1 },
    weights,
    update: optimizers[optimizer](weights.length),
    epochs,
    *batches(epoch) {
      const order = random.shuffle([...rows.y.keys()]), objective = objectiveOf(schedule(epoch - 1));
      for (let from = 0; from < order.length; from += batchSize) {
        const batch = order.slice(from, from + batchSize), labels = labelsOf(takeRows(rows.y, 1, batch));
        yield { x: takeRows(rows.x, features, batch), gradient: (logits) => objective(labels, logits).gradient };
      }
    },
  });
  return weights;
}

/** One run of one contender. */
interface Run {
  data: string;
  prevalence: string;
  optimizer: string;
  start: string;
  seed: number;
  contender: string;
  /** F1 on the held-out rows. */
  f1: number;
  dead: boolean;
}

const { values } = parseArgs({ options: { seeds: { type: "string", default: "10" }, save: { type: "string" } } });
const runs: Run[] = [];
for (const data of ["wdbc", "spambase", "credit"] as const) {
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    const whole = await rowsOf(data, seed);
    for (const prevalence of [undefined, 0.1, 0.02]) {
      const rows = thinned(whole.train, prevalence), test = thinned(whole.test, prevalence);
      const share = rows.y.reduce((a, b) => a + b, 0) / rows.y.length;
      for (const optimizer of ["adam", "sgd"] as const) {
        for (const start of ["0", "prior-bias"]) {
          const bias = start === "0" ? 0 : Math.log(share / (1 - share));
          let reachable = 0;
          for (const [contender, schedule] of Object.entries(contenders)) {
            const weights = train(rows, schedule, optimizer, bias, seed);
            const z = logits(weights, rows);
            if (contender === "cross-entropy") reachable = bestF1(z, rows.y);
            runs.push({
              data,
              prevalence: prevalence === undefined ? "as is" : String(prevalence),
              optimizer,
              start,
              seed,
              contender,
              f1: f1At(logits(weights, test), test.y, 0),
              dead: f1At(z, rows.y, 0) < reachable / 2,
            });
          }
        }
      }
    }
    console.error(`${data}, seed ${seed}: ${runs.length} runs`);
  }
}

const mean = (of: readonly number[]): number => Number((of.reduce((a, b) => a + b, 0) / of.length).toFixed(4));
const pick = (contender: string, part: Partial<Run> = {}): Run[] =>
  runs.filter((run) =>
    run.contender === contender && Object.entries(part).every(([key, value]) => run[key as keyof Run] === value)
  );
const f1Of = (of: readonly Run[]): number => mean(of.map((run) => run.f1));
const deadOf = (of: readonly Run[]): number => mean(of.map((run) => Number(run.dead)));
const rows = Object.fromEntries(
  Object.keys(contenders).map((name) => [name, {
    runs: pick(name).length,
    f1: f1Of(pick(name)),
    "f1, Adam": f1Of(pick(name, { optimizer: "adam" })),
    "f1, SGD": f1Of(pick(name, { optimizer: "sgd" })),
    dead: deadOf(pick(name)),
    "dead, prior-bias": deadOf(pick(name, { start: "prior-bias" })),
    "dead, 0.02": deadOf(pick(name, { prevalence: "0.02" })),
  }]),
);
console.table(rows);
if (values.save !== undefined) {
  await Deno.writeTextFile(values.save, JSON.stringify(rows, null, 2) + "\n");
  console.log(`wrote ${values.save}`);
}
