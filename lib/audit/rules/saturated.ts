import { areShares, extentOf, largestOf, listOf, onSimplex, rowsOf, withOutputs } from "../batches.ts";
import { type BatchResult, type Observations, resultOf, valueWith } from "../observations.ts";
import type { Finding, Severity } from "../types.ts";
import { onlyRow } from "./batch.ts";
import { type AuditContext, labelsDetermineOutputs, type Rule, takesBest } from "./rule.ts";

/** The size of a gradient, relative to the largest of its batch, below which a float32 training step loses it. */
const lost = 1e-9;

/** Tells whether the correct outputs of a row have one maximum: a gradient of any of them then changes the decision. */
function oneOfARow({ results: { perfect }, columns }: Observations): boolean {
  const right = perfect!.batch.yPred, [, high] = extentOf(right);
  return rowsOf(right, columns).every((row) => row.filter((p) => p === high).length === 1);
}

/** Marks the outputs without a gradient; of classes, the outputs of rows without a gradient. */
function deadAt(gradient: Float32Array, observations: Observations): boolean[] {
  const least = lost * largestOf(gradient);
  const dead = listOf(gradient.length, (i) => !(Math.abs(gradient[i]) > Math.max(least, 1e-30)));
  if (!oneOfARow(observations) && !takesBest(observations)) return dead;
  const row = (i: number) => Math.floor(i / observations.columns);
  const live = new Set(dead.flatMap((is, i) => is ? [] : [row(i)]));
  return dead.map((_, i) => !live.has(row(i)));
}

/** Marks the outputs that no label reaches: beyond the columns of labels, or masked, without a gradient in other rows, either. */
function unlabelled({ engine, observations, options }: AuditContext): boolean[] {
  const { random: { batch }, columns } = observations, n = batch.yPred.length;
  let off: boolean[] = Array(n).fill(true);
  for (let k = 0; k < 8 && off.includes(true); k++) {
    const shifted = withOutputs(batch, (_, i) => batch.yPred[(i + (1 + 7 * k) * columns) % n]);
    const { gradient } = engine.valueAndGradient(shifted);
    if (gradient !== undefined) off = deadAt(gradient, observations).map((dead, i) => dead && off[i]);
  }
  const { labelColumns = columns } = options;
  return off.map((is, i) => is || i % columns >= labelColumns);
}

/** The share of outputs without a gradient among those that are wrong and have a label. */
function deadShare(result: BatchResult | undefined, observations: Observations, off: boolean[]): number | undefined {
  const { results: { perfect }, random } = observations, right = perfect!.batch.yPred;
  if (result?.gradient === undefined || right.length !== result.gradient.length) return undefined;
  if (!result.gradient.every(Number.isFinite)) return undefined;
  if (result.batch.yTrue.some((y, i) => y !== random.batch.yTrue[i])) return undefined;
  const [low, high] = extentOf(right), { yPred } = result.batch;
  const wrong = [...right.keys()].filter((i) =>
    !off[i] && Math.abs(right[i] - yPred[i]) > 0.3 * Math.min(1, high - low)
  );
  const dead = deadAt(result.gradient, observations);
  return wrong.length < 4 ? undefined : wrong.filter((i) => dead[i]).length / wrong.length;
}

/** The logit of a sure output that a clip at 1e-7 does not reach, and of logits that float32 can still tell from the end. */
const sureShare = 5e-4, sureLogit = 12;

/** The share of wrong and sure outputs without a gradient, short of the ends of the range. */
function deadWithinReach({ engine, observations, options: { yPred: kind } }: AuditContext, off: boolean[]): number {
  const { results: { saturated }, columns } = observations, ends = saturated?.batch;
  if (ends === undefined) return 0;
  const share = sureShare, logits = kind === "logits";
  if (!logits && !areShares(ends.yPred)) return 0;
  const spread = onSimplex(ends.yPred, columns) ? share / (columns - 1) : share, most = 1 - share;
  const near = withOutputs(ends, (p) => logits ? Math.sign(p) * sureLogit : p > 0.5 ? most : spread);
  return deadShare(resultOf(engine, near), observations, off) ?? 0;
}

/**
 * Tells whether the loss falls once the outputs without a gradient are correct: they are not right yet, as they are where a
 * margin is kept. By 5 % of what correct outputs gain in all, or, if the labels do not determine the outputs, by 30 %.
 */
function fallsWithout({ engine, observations }: AuditContext, off: boolean[]): boolean {
  const { results: { perfect }, random: { batch, value, gradient } } = observations, right = perfect!;
  if (batch.yTrue.some((y, i) => y !== right.batch.yTrue[i])) return false;
  const dead = deadAt(gradient!, observations);
  const mended = valueWith(engine, batch, (p, i) => dead[i] && !off[i] ? right.batch.yPred[i] : p);
  const least = labelsDetermineOutputs(observations) ? 0.05 : 0.3;
  return value - mended > least * (value - right.value);
}

/** The share of rows without a gradient that have one once the other rows are correct: the loss takes the worst rows alone. */
function wakeShare({ engine, observations }: AuditContext): number {
  const { results: { perfect }, random: { batch, gradient }, columns } = observations, right = perfect!.batch;
  if (gradient === undefined || batch.yTrue.some((y, i) => y !== right.yTrue[i])) return 0;
  const dead = deadAt(gradient, observations), row = (i: number) => i - i % columns;
  const asleep = dead.map((_, i) => dead.slice(row(i), row(i) + columns).every(Boolean));
  const next = engine.valueAndGradient(withOutputs(batch, (p, i) => asleep[i] ? p : right.yPred[i])).gradient;
  if (next === undefined) return 0;
  const still = deadAt(next, observations), wakes = (i: number) => Math.abs(next[i]) > 10 * Math.abs(gradient[i]);
  return asleep.filter((is, i) => is && !still[i] && wakes(i)).length / asleep.filter(Boolean).length;
}

/** A smooth loss that is flat where outputs are clearly wrong. */
export const saturated: Rule = (context) => {
  const finding = saturation(context);
  return finding?.severity === "note" ? undefined : finding;
};

/** A smooth loss that is flat only for wrong outputs at the far ends of their range, which says less than other notes. */
export const saturatedAtTheEnds: Rule = (context) => {
  const finding = saturation(context);
  return finding?.severity === "note" ? finding : undefined;
};

function saturation(context: AuditContext): Finding | undefined {
  const { observations, options } = context, { random, saturated: ends, far, perfect } = observations.results;
  if (perfect === undefined) return undefined;
  if (onlyRow(observations.random, observations.columns) !== undefined) return undefined; // a maximum over the rows
  const off = unlabelled(context);
  const [start, end, away] = [random, ends, far].map((result) => deadShare(result, observations, off));
  const early = start ?? 0, late = Math.max(end ?? 0, away ?? 0), near = late > 0.7 ? deadWithinReach(context, off) : 0;
  // A gradient of its own may be 0 on purpose, and a margin that is kept leaves rows without one.
  const many = early > 0.35 && !observations.customGradient && fallsWithout(context, off) ? 0.35 : 0.7;
  const severity: Severity | undefined = early > 0.7
    ? "error"
    : early > many || near > 0.7
    ? "warning"
    : late > 0.7
    ? "note"
    : undefined;
  if (severity === undefined) return undefined;
  const woken = early > many ? wakeShare(context) : 0;
  if (woken > 0.05) {
    return {
      cause: "saturated",
      severity: "note",
      message:
        `${Math.round(100 * early)} % of the wrong outputs have no gradient until others are correct: the loss ` +
        "takes the worst alone",
      evidence: { wrongWithoutGradientAtRandom: early, withOneOnceOthersAreCorrect: woken },
      remedy: "If this is no mining of hard examples, look at what picks rows, such as a maximum or the largest losses",
    };
  }
  const reached = near > 0.7 && !(early > many);
  const percent = `${Math.round(100 * (severity === "note" ? late : reached ? near : early))} %`;
  return {
    cause: "saturated",
    severity,
    message: severity === "note"
      ? `${percent} of the outputs that are clearly wrong, at the far ends of their range, have no gradient`
      : reached
      ? `${percent} of the outputs that are wrong and as sure as a trained model often is have no gradient: a clip ` +
        "is reached early"
      : `${percent} of the outputs that are wrong before training have no gradient: the loss is flat there`,
    evidence: {
      wrongWithoutGradientAtRandom: start ?? "not tried",
      wrongWithoutGradientAtTheEnds: end ?? "not tried",
      wrongWithoutGradientFarAway: away ?? "not tried",
      ...(reached ? { wrongWithoutGradientWithinReach: near } : {}),
    },
    remedy: severity === "note"
      ? "This matters if training starts there: use small initial weights and priorBias" +
        (options.yPred === "logits" ? "" : ", or let the loss take logits")
      : reached
      ? "Clip at 1e-7, where float32 ends, or let the loss take logits and clip nothing"
      : areShares(random!.batch.yPred)
      ? "Widen the ramp, remove the clipping, or use a step with a tail: softsign({ slope: 4 })"
      : "Let the loss fall from outputs that are clearly wrong, too: no clip or relu on the way; for boxes that do not meet, " +
        "the generalised overlap (GIoU)",
  };
}
