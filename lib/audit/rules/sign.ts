import { areShares, areZeroOrOne, type AuditBatch, columnOf, withOutputs } from "../batches.ts";
import { valueWith } from "../observations.ts";
import type { Finding } from "../types.ts";
import { areAmounts, columnMeans, isUnbounded, offsetIsLinear, otherOutputsFit, tooSure } from "./optimum.ts";
import { type AuditContext, errorOf, interpolate, labelsDetermineOutputs, type Rule } from "./rule.ts";

/** A loss that rises from random outputs towards correct ones. */
interface Rise extends AuditContext {
  /** The batch of correct outputs. */
  readonly right: AuditBatch;
  /** The loss at a share of the way from random outputs to correct ones. */
  readonly at: (share: number) => number;
  /** The loss of random outputs, that of nearly correct ones, and what a loss has to differ by to be clearly another. */
  readonly from: number;
  readonly to: number;
  readonly margin: number;
}

/** An offset of all outputs that moves the loss by as much down as the opposite one moves it up. */
function keepsTheSign(rise: Rise): Finding | undefined {
  const { right, from, to } = rise;
  if (!isUnbounded(rise.observations.random) || !areAmounts(right) || !offsetIsLinear(rise, right)) return undefined;
  return errorOf({
    cause: "wrong-optimum",
    message: "The errors keep their sign: the same amount on all outputs lowers the loss in one direction, without end",
    evidence: { random: from, nearlyPerfect: to },
    remedy: "Take the square or the absolute value of the error before the mean",
  });
}

/** Shares of two kinds for which the loss rises towards the opposite of the correct ones, too. */
function risesToTheOpposite({ engine, observations, right, from, to, margin }: Rise): Finding | undefined {
  const { yPred } = observations.random.batch;
  if (!areShares(yPred) || new Set(right.yPred).size > 2) return undefined;
  const opposite = withOutputs(right, (p, i) => 0.05 * yPred[i] + 0.95 * (1 - p)), { value } = engine.value(opposite);
  return !(value > from + margin) ? undefined : errorOf({
    cause: "wrong-optimum",
    message: "The loss rises from random outputs towards the correct ones, and towards the opposite ones, too: " +
      "its minimum lies between them or does not depend on the labels",
    evidence: { random: from, nearlyPerfect: to, nearlyOpposite: value },
    remedy: "Look at each term: one belongs to y and p, the other to 1 − y and 1 − p",
  });
}

/**
 * The columns of shares, such as a mask beside a picture, that raise the loss all the way to their labels with all others
 * correct: a score instead of its complement.
 */
function sharesRise({ engine, observations: { random, columns }, right }: Rise): Finding | undefined {
  const shares = [...Array(columns).keys()].filter((column) =>
    areShares(columnOf(random.batch.yPred, columns, column)) && areZeroOrOne(columnOf(right.yPred, columns, column)) &&
    new Set(columnOf(right.yPred, columns, column)).size === 2
  );
  if (shares.length === columns) return undefined;
  const along = [0, 0.25, 0.5, 0.75, 1].map((share) =>
    valueWith(
      engine,
      right,
      (p, i) => shares.includes(i % columns) ? share * p + (1 - share) * random.batch.yPred[i] : p,
    )
  );
  if (!along.every((value, k) => k === 0 || value > along[k - 1])) return undefined;
  const names = shares.join(", ");
  return errorOf({
    cause: "wrong-sign",
    message:
      `The loss rises all the way as column ${names} of the outputs comes closer to the labels, with all others correct`,
    evidence: { columns: names, random: along[0], half: along[2], perfect: along[4] },
    remedy: "Return the complement of the score of these columns, 1 − score, or its negative: a loss is minimised",
  });
}

/**
 * Tells whether correct outputs that are mirrored at the mean of their column lower the loss by as much as the correct ones
 * raise it, or half of it: their order is turned round.
 */
function isMirrored({ engine, observations: { columns }, right, at }: Rise): boolean {
  const means = columnMeans(right.yPred, columns);
  const [constant, mirrored] = [0, -1].map((by) =>
    valueWith(engine, right, (p, i) => (1 - by) * means[i % columns] + by * p)
  );
  return constant - mirrored > 0.5 * (at(1) - constant);
}

/** A loss that rises away from correct outputs, too, if the labels determine them, which they do not for embeddings. */
function minimumElsewhere(rise: Rise): Finding | undefined {
  const { observations, at, from, to, margin } = rise;
  if (!isUnbounded(observations.random) || !labelsDetermineOutputs(observations) || isMirrored(rise)) return undefined;
  const [half, whole] = [-0.5, -1].map(at);
  return !(Math.min(half, whole) > from + margin) ? undefined : errorOf({
    cause: "wrong-optimum",
    message: "The loss rises from random outputs towards the correct ones, and in the opposite direction, too: " +
      "its minimum lies elsewhere",
    evidence: { random: from, nearlyPerfect: to, halfAsFarAway: half, asFarAway: whole },
    remedy: "Look for the outputs that make the terms least, one by one: a parameter may have another meaning there",
  });
}

/** A loss that rises towards correct outputs: a score instead of its complement, or, if it rises away from them too, a minimum elsewhere. */
export const wrongSign: Rule = (context) => {
  const at = (share: number): number => {
    const batch = interpolate(context.observations, share);
    return batch === undefined ? NaN : context.engine.value(batch).value;
  };
  const [from, quarter, half, before, to] = [0, 0.25, 0.5, 0.75, 0.95].map(at);
  const least = from + 1e-6 * Math.abs(from), margin = 0.05 * (to - from);
  // It rises to the end, or all along: a ratio can be level near its end.
  const rises = to > least && (to > before || [quarter, half, before].every((value) => value > least));
  if (!rises || at(1) < from) return undefined; // of a pole beside the correct outputs another rule tells
  if (otherOutputsFit(context, from - margin)) return undefined;
  const rise = { ...context, right: context.observations.results.perfect!.batch, at, from, to, margin };
  return tooSure(context, from) ?? keepsTheSign(rise) ?? risesToTheOpposite(rise) ?? sharesRise(rise) ??
    minimumElsewhere(rise) ??
    errorOf({
      cause: "wrong-sign",
      message: "The loss rises as the outputs improve: minimising it makes predictions worse",
      evidence: { random: from, threeQuarters: before, nearlyPerfect: to },
      remedy: "Return the complement, 1 − score, or the negative, because a loss is minimised",
    });
};
