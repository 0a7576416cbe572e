import { type Facts, type Tried, withOutputs } from "./facts.ts";
import { type Numbers, valueOf } from "./measure.ts";
import type { Rule } from "./structure_rules.ts";
import { follows, towards } from "./towards.ts";

/** The score instead of its complement: perfect outputs have the greater loss. */
export const wrongSign: Rule = (of) => {
  const start = towards(of, 0), end = towards(of, 0.95);
  if (start === undefined || end === undefined) return undefined;
  const from = valueOf(of.loss, start), to = valueOf(of.loss, end), before = valueOf(of.loss, towards(of, 0.75)!);
  if (!(to > from + 1e-6 * Math.abs(from) && to > before)) return undefined;
  return {
    cause: "wrong-sign",
    severity: "error",
    message: "The better the outputs, the greater the loss: going down it makes predictions worse",
    evidence: { random: from, threeQuarters: before, nearlyPerfect: to },
    remedy: "Return the complement, 1 − score, or the negative; a loss is minimised",
  };
};

/** Outputs of a model that has learnt nothing. */
interface Useless {
  readonly name: string;
  readonly batch: Numbers;
  readonly remedy: string;
}

const recall =
  "Give recall a partner: f1Loss(), fBetaLoss({ beta: 2 }), or recallAtPrecisionLoss with a floor on precision";
const precision = "Give precision a partner: fBetaLoss({ beta: 0.5 }), or precisionAtRecallLoss with a floor on recall";
const bound =
  "Let the loss grow again on the other side of the label: a square, an absolute value, or a bounded output";
const differ = "Let the loss grow with the difference of labels and outputs, row by row, and with every kind of error";

/** Whether every row of outputs sums to 1. */
export const onSimplex = ({ yPred }: Numbers, columns: number): boolean =>
  columns > 1 && yPred.every((_, i) => {
    if (i % columns !== 0) return true;
    const row = yPred.subarray(i, i + columns);
    return Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-3 && row.every((p) => p >= 0);
  });

function uselessOnSimplex(batch: Numbers, columns: number): Useless[] {
  const classes = [...Array(columns).keys()];
  return [
    { name: "all classes as likely in every row", batch: withOutputs(batch, () => 1 / columns), remedy: differ },
    ...classes.map((c) => ({
      name: `class ${c} in every row`,
      batch: withOutputs(batch, (_, i) => i % columns === c ? 1 : 0),
      remedy: differ,
    })),
  ];
}

function uselessElsewhere(batch: Numbers, columns: number, unbounded: boolean): Useless[] {
  const low = Math.min(...batch.yPred), high = Math.max(...batch.yPred), two = new Set(batch.yPred).size === 2;
  const first = (value: number) => {
    const at = Array.from(
      { length: columns },
      (_, c) => batch.yPred.findIndex((p, i) => i % columns === c && p === value),
    );
    return (_: number, i: number) => at.includes(i) ? value : low + high - value;
  };
  return [
    { name: "all outputs at their greatest", batch: withOutputs(batch, () => high), remedy: recall },
    { name: "all outputs at their least", batch: withOutputs(batch, () => low), remedy: differ },
    { name: "all outputs alike", batch: withOutputs(batch, () => (low + high) / 2), remedy: differ },
    ...(two ? [{ name: "one sure positive", batch: withOutputs(batch, first(high)), remedy: precision }] : []),
    ...(two ? [{ name: "one sure negative", batch: withOutputs(batch, first(low)), remedy: recall }] : []),
    ...(unbounded
      ? [-1, 1].map((sign) => ({
        name: `all outputs far ${sign < 0 ? "below" : "above"} the right ones`,
        batch: withOutputs(batch, () => (low + high) / 2 + sign * 5 * (high - low)),
        remedy: bound,
      }))
      : []),
  ];
}

/** The mean of the labels of a column, for every row. */
function meanLabels(batch: Numbers, columns: number): Useless[] {
  if (batch.yTrue.length !== batch.yPred.length) return [];
  const means = Array.from({ length: columns }, () => 0), rows = batch.yTrue.length / columns;
  batch.yTrue.forEach((y, i) => means[i % columns] += y / rows);
  return [{
    name: "the mean of the labels in every row",
    batch: withOutputs(batch, (_, i) => means[i % columns]),
    remedy: differ,
  }];
}

/** Whether outputs are free to run to either side of 0, as logits and targets are. */
const isUnbounded = ({ batch: { yPred } }: Tried): boolean =>
  yPred.some((p) => Math.abs(p) > 1) && yPred.some((p) => p < 0);

function uselessOf(batch: Numbers, { random, columns }: Facts): Useless[] {
  const simplex = onSimplex(random.batch, columns), low = Math.min(...batch.yPred), high = Math.max(...batch.yPred);
  return [
    ...(simplex ? uselessOnSimplex(batch, columns) : uselessElsewhere(batch, columns, isUnbounded(random))),
    ...(batch.yTrue.every((y) => y >= low && y <= high) ? meanLabels(batch, columns) : []),
  ];
}

/** Right outputs, and the same ones surer still where there is no end to it. */
function rightOnes({ tried: { perfect }, random }: Facts): Numbers[] {
  const { batch } = perfect!, two = new Set(batch.yPred).size === 2;
  return [batch, ...(two && isUnbounded(random) ? [withOutputs(batch, (p) => 10 * p)] : [])];
}

/** Outputs without use that are as good as perfect ones. */
export const wrongOptimum: Rule = ({ loss, facts }) => {
  const { perfect } = facts.tried, { random } = facts;
  if (perfect === undefined || !Number.isFinite(perfect.value) || !follows(facts)) return undefined;
  if (new Set(perfect.batch.yPred).size < 2 || perfect.batch.yPred.length !== random.batch.yPred.length) {
    return undefined;
  }
  const start = valueOf(loss, { ...perfect.batch, yPred: random.batch.yPred });
  for (const right of rightOnes(facts)) {
    const best = valueOf(loss, right), span = start - best;
    if (!(span > 0)) continue;
    for (const { name, batch, remedy } of uselessOf(right, facts)) {
      const value = valueOf(loss, batch);
      if (!(value <= best + 1e-3 * span)) continue;
      return {
        cause: "wrong-optimum",
        severity: "error",
        message: `A useless model is as good as a perfect one: ${name}`,
        evidence: { useless: name, value, perfect: best, random: start },
        remedy,
      };
    }
  }
  return undefined;
};
