import { type SeededRandom, seededRandom } from "../numerics/random.ts";
import {
  areShares,
  areZeroOrOne,
  type AuditBatch,
  columnsOf,
  onSimplex,
  sizeOf,
  takeRows,
  withConstants,
  withConstantShares,
  withLabels,
  withOutputs,
} from "./batches.ts";
import type { Descent } from "./descents.ts";
import type { LossGradient, LossValue } from "./engines/engine.ts";
import type { Observations } from "./observations.ts";
import { fourDigits } from "./report.ts";
import { metricOn, type TargetMetric } from "./rules/metric.ts";
import type { AuditContext } from "./rules/rule.ts";
import type { AuditProbe } from "./types.ts";

const ok = (name: string, detail: string): AuditProbe => ({ name, result: "ok", detail });
const skipped = (name: string, detail: string): AuditProbe => ({ name, result: "skipped", detail });

const valueText = ({ value, error }: LossValue): string =>
  error === undefined ? fourDigits(value) : `none, the loss throws: ${error}`;

const normText = ({ gradient, error, gradientError }: LossGradient): string => {
  if (gradient !== undefined) return `gradient norm ${fourDigits(Math.hypot(...gradient))}`;
  return error === undefined ? `no gradient: ${gradientError}` : "no gradient";
};

const noPerfect = "these outputs have no correct values";

/** The labels of other rows with perfect outputs. */
function shuffledLabels({ engine, observations: { results: { perfect }, rows } }: AuditContext, random: SeededRandom) {
  const name = "shuffled labels";
  if (perfect === undefined) return skipped(name, noPerfect);
  const { yTrue } = takeRows(perfect.batch, random.shuffle([...Array(rows).keys()]));
  const shuffled = valueText(engine.value({ ...perfect.batch, yTrue }));
  return ok(name, `perfect outputs ${valueText(perfect)}, labels shuffled ${shuffled}`);
}

/** Exchanges the two labels, if there are only two. */
function flip({ yTrue }: AuditBatch): ((y: number) => number) | undefined {
  if (areZeroOrOne(yTrue)) return (y) => 1 - y;
  return yTrue.every((y) => Math.abs(y) === 1) ? (y) => -y : undefined;
}

/** The other label in every row with perfect outputs. */
function flippedLabels({ engine, observations: { results: { perfect } } }: AuditContext): AuditProbe {
  const name = "flipped labels";
  if (perfect === undefined) return skipped(name, noPerfect);
  const other = flip(perfect.batch);
  if (other === undefined) return skipped(name, "the labels are not of two kinds");
  const flipped = valueText(engine.value(withLabels(perfect.batch, other)));
  return ok(name, `perfect outputs ${valueText(perfect)}, labels flipped ${flipped}`);
}

/** Some batches with the same outputs in every row. */
function constants(batch: AuditBatch, columns: number): { name: string; batch: AuditBatch }[] {
  if (onSimplex(batch.yPred, columns)) {
    return withConstantShares(batch, columns).map((one, k) => (
      { name: k === 0 ? "equal shares" : `class ${k - 1}`, batch: one }
    ));
  }
  return withConstants(batch).map((one) => ({ name: fourDigits(one.output), batch: one.batch }));
}

/** The best constant outputs. */
function bestConstant({ engine, observations: { results: { perfect }, columns } }: AuditContext): AuditProbe {
  const name = "best constant prediction";
  if (perfect === undefined) return skipped(name, noPerfect);
  const each = constants(perfect.batch, columns).map((one) => ({ name: one.name, ...engine.value(one.batch) }));
  const usable = each.filter(({ value }) => !Number.isNaN(value));
  if (usable.length === 0) {
    return ok(name, `none of ${each.length} constants has a value, the first: ${valueText(each[0])}`);
  }
  const best = usable.reduce((a, b) => b.value < a.value ? b : a);
  return ok(
    name,
    `of ${each.length}, the smallest is ${fourDigits(best.value)}, at ${best.name}; perfect ${valueText(perfect)}`,
  );
}

/** The same rows in another order. */
function permutedRows(
  { engine, observations: { random: { batch, value, gradient }, rows } }: AuditContext,
  source: SeededRandom,
) {
  const name = "rows permuted", width = batch.yPred.length / rows;
  const order = source.shuffle([...Array(rows).keys()]), moved = engine.valueAndGradient(takeRows(batch, order));
  if (moved.error !== undefined) return ok(name, `value ${valueText(moved)}`);
  const change = `the value differs by ${fourDigits(Math.abs(moved.value - value))}`;
  if (gradient === undefined || moved.gradient === undefined) return ok(name, `${change}; no gradient`);
  let largest = 0;
  moved.gradient.forEach((g, i) => {
    largest = Math.max(largest, Math.abs(g - gradient[order[Math.floor(i / width)] * width + i % width]));
  });
  return ok(name, `${change}, the gradient of a row by at most ${fourDigits(largest)}`);
}

/** The same batch twice. */
function repetition({ observations: { repeated: [once, again], deterministic } }: AuditContext): AuditProbe {
  const name = "same batch, same value";
  return deterministic ? ok(name, `${valueText(once)}, twice`) : {
    name,
    result: "found",
    detail: `${valueText(once)}, then ${valueText(again)}: the loss is random or has a state`,
  };
}

/** The size of a tensor beyond which a call takes too long. It depends on sizes and not on a clock: same seed, same report. */
const MOST_NUMBERS = 2e4;

/** The size of the largest tensor of a loss that compares rows with rows, for another number of rows; otherwise 0. */
function pairsAt({ ops, rows }: Observations, more: number): number {
  const widest = ops.reduce((most, { outputShape }) => Math.max(most, sizeOf(outputShape)), 0);
  return widest >= rows * rows ? widest * (more / rows) ** 2 : 0;
}

/** Batches of other sizes. */
function moreRows({ engine, observations, sampler }: AuditContext, seed: number): AuditProbe {
  const { askOnce = engine.valueAndGradient } = engine;
  const each = [64, 256, 1024].map((rows) => {
    if (pairsAt(observations, rows) > MOST_NUMBERS) return `${rows} rows: not tried, the loss compares rows with rows`;
    let batch: AuditBatch | undefined;
    try {
      batch = sampler("random", seed, rows);
    } catch (error) {
      return `${rows} rows: 'sample' throws: ${error instanceof Error ? error.message : error}`;
    }
    if (batch === undefined) return `${rows} rows: no such batch`;
    const result = rows > observations.rows ? askOnce(batch) : engine.valueAndGradient(batch);
    return `${batch.predShape[0]} rows: value ${valueText(result)}, ${normText(result)}`;
  });
  return ok("64, 256 and 1,024 rows", each.join("; "));
}

/** Outputs ten times as large. */
function largeOutputs({ engine, observations: { random: { batch } } }: AuditContext): AuditProbe {
  const result = engine.valueAndGradient(withOutputs(batch, (p) => 10 * p));
  const finite = Number.isFinite(result.value) && result.gradient?.every(Number.isFinite);
  const words = `value ${valueText(result)}, ${normText(result)}: ${finite ? "finite" : "not finite"}`;
  return ok("outputs ten times as large", words);
}

/** The share of outputs with a gradient. */
const shareWithGradient = ({ gradient, error, gradientError }: LossGradient): string =>
  gradient === undefined
    ? `none, ${error ?? gradientError}`
    : `${Math.round(100 * gradient.filter((g) => g !== 0 && !Number.isNaN(g)).length / gradient.length)} %`;

/** The outputs of a last layer whose bias is the share of positives. */
function priorBiasOutputs({ observations, options: { yPred: kind } }: AuditContext): AuditBatch | undefined {
  const { random: { batch }, columns } = observations, { yTrue, yPred } = batch;
  const rows = yTrue.length / columns, logits = kind === "logits";
  const shares = logits || kind === "probability" || kind === "simplex" || (kind === undefined && areShares(yPred));
  if (!shares || yTrue.length !== yPred.length || !areZeroOrOne(yTrue)) return undefined;
  const prior = columnsOf(yTrue, columns).map((labels) => {
    const share = labels.reduce((sum, y) => sum + y / rows, 0);
    return Math.min(1 - 0.5 / rows, Math.max(0.5 / rows, share));
  });
  return withOutputs(batch, (_, i) => {
    const p = prior[i % columns];
    return logits ? Math.log(p / (1 - p)) : p;
  });
}

/** The share of an untrained model's outputs that have a gradient. */
function gradientBeforeTraining(context: AuditContext): AuditProbe {
  const prior = priorBiasOutputs(context), { engine, observations: { random } } = context;
  const atBias = prior && shareWithGradient(engine.valueAndGradient(prior));
  return ok(
    "alive before training",
    `outputs with a gradient: random ones ${shareWithGradient(random)}${
      atBias === undefined ? "" : `; all outputs at the share of positives ${atBias}`
    }`,
  );
}

/** The share of outputs that have a gradient at the ends of the descents. */
function gradientAfterTraining({ descents }: AuditContext): AuditProbe {
  const each = descents().map(({ name, steps, last }) => `after ${steps} steps of ${name} ${shareWithGradient(last)}`);
  return ok("alive after training", `outputs with a gradient: ${each.join(", ")}`);
}

/** The work of a forward pass, counted in numbers because a clock differs each time. */
function work({ observations: { ops, customGradient, random: { batch } } }: AuditContext): AuditProbe {
  const reference = batch.yPred.length + 1; // the squared differences and their mean
  const compared = `the mean squared error has 2 operations that compute ${reference} numbers`;
  if (ops.length === 0 && customGradient) {
    return ok("work of a call", `one operation with a gradient of its own, whose numbers are not counted; ${compared}`);
  }
  const made = ops.reduce((sum, { outputShape }) => sum + sizeOf(outputShape), 0);
  return ok("work of a call", `${ops.length} operations that compute ${made} numbers; ${compared}`);
}

/** The result of a descent on free outputs. */
function descentProbe({ name, from, to, steps, stopped, start, end }: Descent, metric?: TargetMetric): AuditProbe {
  const target = metric
    ? `; ${metric.name} ${fourDigits(metricOn(metric, start))} → ${fourDigits(metricOn(metric, end))}`
    : "";
  return ok(
    `${name} on free predictions`,
    `loss ${fourDigits(from)} → ${fourDigits(to)} in ${steps} steps${
      stopped === undefined ? "" : `, then ${stopped}`
    }${target}`,
  );
}

/** Probes that inform and lead to no finding, to be run in this order. */
export function probesOf(
  context: AuditContext,
  seed: number,
  metric: TargetMetric | undefined,
): (() => AuditProbe | AuditProbe[])[] {
  const random = seededRandom(seed);
  return [
    () => shuffledLabels(context, random),
    () => flippedLabels(context),
    () => bestConstant(context),
    () => permutedRows(context, random),
    () => repetition(context),
    () => moreRows(context, seed),
    () => largeOutputs(context),
    () => gradientBeforeTraining(context),
    () => context.descents().map((one) => descentProbe(one, metric)),
    () => gradientAfterTraining(context),
    () => work(context),
  ];
}
