import { freeDescent } from "./descents.ts";
import { type Facts, type Tried, withOutputs } from "./facts.ts";
import { type Numbers, valueOf } from "./measure.ts";
import type { Case, Rule } from "./rule.ts";
import { onSimplex } from "./simplex.ts";
import { follows, towards } from "./towards.ts";
import type { Finding } from "./types.ts";

/** The score instead of its complement: perfect outputs have the greater loss. */
export const wrongSign: Rule = (of) => {
  const at = (share: number): number => {
    const batch = towards(of, share);
    return batch === undefined ? NaN : valueOf(of.loss, batch);
  };
  const [from, quarter, half, before, to] = [0, 0.25, 0.5, 0.75, 0.95].map(at);
  const least = from + 1e-6 * Math.abs(from);
  // Up to the end, or up all the way: a ratio may be level near its end.
  const rises = to > least && (to > before || [quarter, half, before].every((value) => value > least));
  if (!rises || otherOutputsFit(of, from - 0.05 * (to - from))) return undefined;
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
  const two = new Set(batch.yPred).size === 2, bounded = batch.yPred.every((p) => p >= 0 && p <= 1);
  const low = bounded ? 0 : Math.min(...batch.yPred), high = bounded ? 1 : Math.max(...batch.yPred);
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

/**
 * Pairs and triplets, where equal labels have different outputs that are right: one and the same vector for everything
 * is as good. It is only said if no way down from random outputs leads lower than that.
 */
function collapse({ loss, facts, descents }: Case, best: number, start: number): Finding | undefined {
  const { batch } = facts.tried.perfect!, value = valueOf(loss, withOutputs(batch, () => 1)), span = start - best;
  if (!(span > 0) || !(value <= best + 1e-3 * span)) return undefined;
  if (descents().some(({ to }) => to < value - 0.01 * span)) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "error",
    message: "A useless model is as good as a perfect one: the same output for everything",
    evidence: { useless: "all outputs 1", value, perfect: best, random: start },
    remedy:
      "Let something push apart what belongs apart: negatives with a margin, or a term for the spread of the outputs",
  };
}

/** Shares that are the labels themselves, and from which the loss falls by a good part of what can be gained. */
function beyondLabels({ loss, facts, options }: Case, best: number, start: number): Finding | undefined {
  const { batch } = facts.tried.perfect!, { yTrue, yPred } = batch;
  if (yTrue.length !== yPred.length || yTrue.some((y, i) => y !== yPred[i])) return undefined;
  if (!onSimplex(facts.random.batch, facts.columns) || yTrue.every(Number.isInteger)) return undefined;
  const { to } = freeDescent({ loss, kind: options.yPred, columns: facts.columns }, batch, "SGD");
  if (!(best - to > 0.6 * (start - best))) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "error",
    message: "Outputs equal to the labels are not best: going down from there, the loss falls on",
    evidence: { perfect: best, random: start, after30StepsFromPerfect: to },
    remedy: "Look for a logarithm or a square that is missing: the loss should be least where outputs are the labels",
  };
}

/** Targets that outputs may miss, all by the same, at no cost: as in a variance or a correlation, which may be meant. */
function offsetIsFree(
  { loss, facts: { tried, random, columns } }: Case,
  best: number,
  start: number,
): Finding | undefined {
  const { batch } = tried.perfect!, { yTrue, yPred } = batch, span = start - best;
  if (columns > 1 || !isUnbounded(random) || yTrue.length !== yPred.length || !(span > 0)) return undefined;
  if (yTrue.some((y, i) => y !== yPred[i]) || yTrue.every(Number.isInteger)) return undefined;
  const shifted = [-2, 2].map((by) => valueOf(loss, withOutputs(batch, (p) => p + by)));
  if (!shifted.every((value) => Math.abs(value - best) <= 1e-4 * span)) return undefined;
  return {
    cause: "wrong-optimum",
    severity: "note",
    message: "Outputs that are all off by the same amount cost nothing, as in a correlation: is that meant?",
    evidence: { perfect: best, allLessBy2: shifted[0], allMoreBy2: shifted[1], random: start },
    remedy:
      "Add a term that sees the difference itself, as the mean squared error does, if the amounts are to be right",
  };
}

/** The places of numbers in their order; the mean of their places where some are equal. */
function ranks(values: Float32Array): Float64Array {
  const order = [...values.keys()].sort((a, b) => values[a] - values[b]), places = new Float64Array(values.length);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) places[order[i]] = (from + to - 1) / 2;
    from = to;
  }
  return places;
}

/** Spearman's correlation of two lists. */
function rankCorrelation(x: Float32Array, y: Float32Array): number {
  const centred = (of: Float64Array) => of.map((r) => r - (of.length - 1) / 2);
  const [a, b] = [x, y].map(ranks).map(centred);
  const dot = (u: Float64Array, v: Float64Array) => u.reduce((sum, r, i) => sum + r * v[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/**
 * Whether a descent leads lower than `least`, to outputs that rise with the labels: what is right for this loss is not
 * what was taken for right, but their logarithm, say, and nothing follows from that.
 */
const otherOutputsFit = ({ descents }: Case, least: number): boolean =>
  descents().some(({ to, end: { yTrue, yPred } }) =>
    to < least && yTrue.length === yPred.length && rankCorrelation(yTrue, yPred) > 0.7
  );

/** Outputs without use that are as good as perfect ones. */
export const wrongOptimum: Rule = (of) => {
  const { loss, facts } = of, { perfect } = facts.tried, { random } = facts;
  if (perfect === undefined || !Number.isFinite(perfect.value)) return undefined;
  if (new Set(perfect.batch.yPred).size < 2 || perfect.batch.yPred.length !== random.batch.yPred.length) {
    return undefined;
  }
  const start = valueOf(loss, { ...perfect.batch, yPred: random.batch.yPred });
  if (!follows(facts)) return collapse(of, perfect.value, start);
  for (const right of rightOnes(facts)) {
    const best = valueOf(loss, right), span = start - best;
    if (!(span > 0)) continue;
    for (const { name, batch, remedy } of uselessOf(right, facts)) {
      if (batch.yPred.every((p, i) => p === right.yPred[i])) continue; // with one positive, one sure one is right
      const value = valueOf(loss, batch);
      if (!(value <= best + 1e-3 * span)) continue;
      if (otherOutputsFit(of, Math.min(value, best) - 0.05 * span)) continue;
      return {
        cause: "wrong-optimum",
        severity: "error",
        message: `A useless model is as good as a perfect one: ${name}`,
        evidence: { useless: name, value, perfect: best, random: start },
        remedy,
      };
    }
  }
  return beyondLabels(of, perfect.value, start) ?? offsetIsFree(of, perfect.value, start);
};
