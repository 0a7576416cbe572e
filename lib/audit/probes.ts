import { type SeededRandom, seededRandom } from "../numerics/random.ts";
import type { FreeDescent } from "./descents.ts";
import { type Facts, withLabels, withOutputs } from "./facts.ts";
import { measure, type Measured, type Numbers, numbersOf, rowsOf, type Said, tidied, tryValue } from "./measure.ts";
import { metricOf } from "./metric_finding.ts";
import { type Sampler, samplerOf } from "./sample.ts";
import type { Case } from "./rule.ts";
import { onSimplex } from "./simplex.ts";
import type { Probe } from "./types.ts";
import type { WatchedMetric } from "./watched_metric.ts";

const ok = (name: string, detail: string): Probe => ({ name, result: "ok", detail });
const skipped = (name: string, detail: string): Probe => ({ name, result: "skipped", detail });

/** A number for a reader. */
export const short = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);

const said = ({ value, thrown }: Said): string =>
  thrown === undefined ? short(value) : `none, the loss throws: ${thrown}`;

const valueText = ({ loss }: Case, batch: Numbers): string => said(tryValue(loss, batch));

const norm = ({ gradient, thrown, backThrown }: Measured): string => {
  if (gradient !== undefined) return `gradient norm ${short(Math.hypot(...gradient))}`;
  return thrown === undefined ? `no gradient: ${backThrown}` : "no gradient";
};

const noPerfect = "nothing is right or wrong about these outputs";

/** The labels of other rows: outputs that were right are right no more. */
export function shuffledLabels(of: Case, random: SeededRandom): Probe {
  const name = "shuffled labels", { perfect } = of.facts.tried;
  if (perfect === undefined) return skipped(name, noPerfect);
  const { yTrue } = rowsOf(perfect.batch, random.shuffle([...Array(perfect.batch.predShape[0]).keys()]));
  return ok(name, `perfect outputs ${said(perfect)}, labels shuffled ${valueText(of, { ...perfect.batch, yTrue })}`);
}

/** The other label, if there are but two. */
function flip({ yTrue }: Numbers): ((y: number) => number) | undefined {
  if (yTrue.every((y) => y === 0 || y === 1)) return (y) => 1 - y;
  return yTrue.every((y) => Math.abs(y) === 1) ? (y) => -y : undefined;
}

/** The other label in every row. */
export function flippedLabels(of: Case): Probe {
  const name = "flipped labels", { perfect } = of.facts.tried;
  if (perfect === undefined) return skipped(name, noPerfect);
  const other = flip(perfect.batch);
  if (other === undefined) return skipped(name, "the labels are not of two kinds");
  return ok(
    name,
    `perfect outputs ${said(perfect)}, labels flipped ${valueText(of, withLabels(perfect.batch, other))}`,
  );
}

/** The same outputs in every row: a few of them. */
function constants(batch: Numbers, columns: number): { name: string; batch: Numbers }[] {
  if (onSimplex(batch, columns)) {
    return [
      { name: "equal shares", batch: withOutputs(batch, () => 1 / columns) },
      ...Array.from({ length: columns }, (_, c) => ({
        name: `class ${c}`,
        batch: withOutputs(batch, (_, i) => i % columns === c ? 1 : 0),
      })),
    ];
  }
  const low = Math.min(...batch.yPred), high = Math.max(...batch.yPred);
  return Array.from({ length: 9 }, (_, k) => {
    const value = low + (k + 0.5) / 9 * (high - low);
    return { name: short(value), batch: withOutputs(batch, () => value) };
  });
}

/** The best of outputs that don't look at the row. */
export function bestConstant(of: Case): Probe {
  const name = "best constant prediction", { facts: { tried: { perfect }, columns }, loss } = of;
  if (perfect === undefined) return skipped(name, noPerfect);
  const each = constants(perfect.batch, columns).map((one) => ({ name: one.name, ...tryValue(loss, one.batch) }));
  const usable = each.filter(({ value }) => !Number.isNaN(value));
  if (usable.length === 0) return ok(name, `of ${each.length} constants none has a value, the first: ${said(each[0])}`);
  const best = usable.reduce((a, b) => b.value < a.value ? b : a);
  return ok(name, `of ${each.length} the least is ${short(best.value)}, at ${best.name}; perfect ${said(perfect)}`);
}

/** The same rows in another order. */
export function permutedRows({ loss, facts: { random } }: Case, source: SeededRandom): Probe {
  const name = "rows permuted", { batch } = random, rows = batch.predShape[0], width = batch.yPred.length / rows;
  const order = source.shuffle([...Array(rows).keys()]), moved = measure(loss, rowsOf(batch, order));
  if (moved.thrown !== undefined) return ok(name, `value ${said(moved)}`);
  const value = `the value differs by ${short(Math.abs(moved.value - random.value))}`;
  if (random.gradient === undefined || moved.gradient === undefined) return ok(name, `${value}; no gradient`);
  const there = moved.gradient, here = random.gradient;
  const largest = order.reduce((most, from, to) => {
    for (let j = 0; j < width; j++) most = Math.max(most, Math.abs(there[to * width + j] - here[from * width + j]));
    return most;
  }, 0);
  return ok(name, `${value}, the gradient, row by row, by at most ${short(largest)}`);
}

/** Whether a loss says the same when it is asked again. */
export function sameAgain({ facts: { asked: [once, again], repeats } }: Case): Probe {
  const name = "same batch, same value";
  return repeats
    ? ok(name, `${said(once)}, twice`)
    : { name, result: "found", detail: `${said(once)}, then ${said(again)}: the loss is random, or remembers` };
}

/** A batch of so many rows; or why there is none. */
function drawn(sampler: Sampler, seed: number, rows: number): Numbers | string {
  return tidied(() => {
    try {
      const batch = sampler("random", seed, rows);
      return batch === undefined ? "no such batch" : numbersOf(batch);
    } catch (error) {
      return `'sample' throws: ${error instanceof Error ? error.message : error}`;
    }
  });
}

/** More numbers than this in one tensor take too long; told from sizes, not from a clock: same seed, same report. */
const MOST_NUMBERS = 2e4;

/** The size of the largest tensor of a loss that compares rows with rows, at another number of rows; otherwise 0. */
function pairsAt({ ops, rows }: Facts, more: number): number {
  const widest = ops.reduce((most, { outputShape }) => Math.max(most, outputShape.reduce((a, b) => a * b, 1)), 0);
  return widest >= rows * rows ? widest * (more / rows) ** 2 : 0;
}

/** What the number of rows does. */
export function moreRows({ loss, facts, options }: Case, seed: number): Probe {
  const sampler = samplerOf(options);
  const each = [64, 256, 1024].map((rows) => {
    if (pairsAt(facts, rows) > MOST_NUMBERS) return `${rows} rows: not tried, the loss compares rows with rows`;
    const batch = drawn(sampler, seed, rows);
    if (typeof batch === "string") return `${rows} rows: ${batch}`;
    const now = measure(loss, batch);
    return `${batch.predShape[0]} rows: value ${said(now)}, ${norm(now)}`;
  });
  return ok("64, 256 and 1,024 rows", each.join("; "));
}

/** What large outputs do. */
export function tenTimes({ loss, facts: { random: { batch } } }: Case): Probe {
  const now = measure(loss, withOutputs(batch, (p) => 10 * p));
  const all = Number.isFinite(now.value) && now.gradient?.every(Number.isFinite);
  return ok("outputs ten times as large", `value ${said(now)}, ${norm(now)}: ${all ? "finite" : "not finite"}`);
}

const alive = ({ gradient, thrown, backThrown }: Measured): string =>
  gradient === undefined
    ? `none, ${thrown ?? backThrown}`
    : `${Math.round(100 * gradient.filter((g) => g !== 0 && !Number.isNaN(g)).length / gradient.length)} %`;

/** The outputs of a last layer whose bias is set to the share of positives. */
function priorBias({ facts: { random: { batch }, columns }, options: { yPred: kind } }: Case): Numbers | undefined {
  const { yTrue, yPred } = batch, rows = yTrue.length / columns, logits = kind === "logits";
  const shares = logits || kind === "probability" || kind === "simplex" ||
    (kind === undefined && yPred.every((p) => p >= 0 && p <= 1));
  if (!shares || yTrue.length !== yPred.length || !yTrue.every((y) => y === 0 || y === 1)) return undefined;
  const prior = Array.from({ length: columns }, (_, c) => {
    const share = yTrue.reduce((sum, y, i) => i % columns === c ? sum + y / rows : sum, 0);
    return Math.min(1 - 0.5 / rows, Math.max(0.5 / rows, share));
  });
  return withOutputs(batch, (_, i) => {
    const p = prior[i % columns];
    return logits ? Math.log(p / (1 - p)) : p;
  });
}

/** How many outputs of an untrained model a gradient reaches. */
export function aliveBeforeTraining(of: Case): Probe {
  const prior = priorBias(of), { loss, facts: { random } } = of;
  const atBias = prior === undefined ? "" : `; all outputs at the share of positives ${alive(measure(loss, prior))}`;
  return ok("alive before training", `outputs with a gradient: random ones ${alive(random)}${atBias}`);
}

/** How many outputs a gradient still reaches at the ends of the descents. */
export function aliveAfterTraining({ loss, descents }: Case): Probe {
  const each = descents().map(({ name, steps, end }) => `after ${steps} steps of ${name} ${alive(measure(loss, end))}`);
  return ok("alive after training", `outputs with a gradient: ${each.join(", ")}`);
}

/** How much a forward pass does, against the mean squared error: counted, for a clock says something else each time. */
export function work({ facts: { ops, random: { batch } } }: Case): Probe {
  const made = ops.reduce((sum, { outputShape }) => sum + outputShape.reduce((a, b) => a * b, 1), 0);
  const reference = batch.yPred.length + 1; // the squared differences, and their mean
  return ok(
    "work of a call",
    `${ops.length} operations that make ${made} numbers, the mean squared error 2 that make ${reference}`,
  );
}

/** What a descent on free outputs makes of the loss. */
export function descent({ name, from, to, steps, stopped, start, end }: FreeDescent, metric?: WatchedMetric): Probe {
  const watched = metric ? `; ${metric.name} ${short(metricOf(metric, start))} → ${short(metricOf(metric, end))}` : "";
  return ok(
    `${name} on free predictions`,
    `loss ${short(from)} → ${short(to)} in ${steps} steps${stopped === undefined ? "" : `, then ${stopped}`}${watched}`,
  );
}

/** What is tried for the reader to judge, one after the other: no finding comes of it. */
export function probesOf(of: Case, seed: number, metric: WatchedMetric | undefined): (() => Probe | Probe[])[] {
  const random = seededRandom(seed);
  return [
    () => shuffledLabels(of, random),
    () => flippedLabels(of),
    () => bestConstant(of),
    () => permutedRows(of, random),
    () => sameAgain(of),
    () => moreRows(of, seed),
    () => tenTimes(of),
    () => aliveBeforeTraining(of),
    () => of.descents().map((one) => descent(one, metric)),
    () => aliveAfterTraining(of),
    () => work(of),
  ];
}
