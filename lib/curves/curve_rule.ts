import type { Batch } from "../batch/read_batch.ts";
import { describe } from "../check/check.ts";
import { type Counts, sumCounts } from "../counts/counts.ts";
import type { Decision } from "../decisions/decision.ts";
import { sigmoidDerivative, sigmoids } from "../numerics/sigmoid.ts";
import { type LossParts, type ResolvedOptions, resolveOptions, type ScoringOptions } from "../scoring/options.ts";
import {
  addsCounts,
  type CountsScored,
  meanOfScores,
  scalePartials,
  type ScoringRule,
  slicesOf,
  weighByClass,
  weightsInMean,
  type ZeroDivision,
} from "../scoring/score_batch.ts";
import type { Score } from "../scores/score.ts";
import type { FastRule } from "../kernels/passes.ts";
import {
  type BinnedRows,
  binsOf,
  countAtThresholds,
  countsOfSums,
  curveOf,
  fallingThresholds,
  fillGradient,
  readThresholds,
} from "./binned_curve.ts";
import { severalColumns } from "./curve.ts";
import type { CurveScore } from "./curve_scores.ts";
import { checkAverage, classOfRows, type MultiClass } from "./multi_class.ts";
import { registeredLoops } from "./registered_loops.ts";

/** Makes the rule that counts at thresholds and scores the curve. */
function columnRule(score: CurveScore, thresholds: readonly number[], options: ResolvedOptions): FastRule {
  const bins = binsOf(thresholds), size = thresholds.length, falling = fallingThresholds(thresholds);
  const { average, zeroDivision, classWeights } = options.scoring;
  const { fromLogits } = options.reading, added = addsCounts(average);
  const scoreSums = (each: readonly Counts[], weights?: readonly number[]) =>
    scoreCurves(score, added ? [addClasses(each, size)] : chunks(each, size), falling, weights, zeroDivision);
  return {
    settings: { thresholds },
    stuck: stuckOf(score),
    scoreFast(inputs, shape, memory, kept) {
      if (shape.classes > 1 || shape.ignoreLabel !== undefined || fromLogits || !added) return undefined;
      const counted = registeredLoops()?.countColumn(bins, inputs, shape, memory, kept);
      if (counted === undefined) return undefined;
      const scored = scoreSums(countsOfSums(counted.sums));
      return { ...scored, finish: (by) => counted.finish(scalePartials(by, scored.partials!())) };
    },
    count(batch, scoring) {
      const countSlice = registeredLoops()?.countRows ?? countAtThresholds,
        { yTrue, yPred } = batch,
        p = fromLogits ? sigmoids(yPred) : yPred;
      const slices = slicesOf(average, batch), places = slices.map(({ length }) => new Uint32Array(length));
      const sampleWeight = classWeights !== undefined && added ? weighByClass(batch, classWeights) : batch.sampleWeight;
      return {
        each: slices.flatMap((slice, k) => countSlice({ yTrue, sampleWeight, p, slice, places: places[k] }, bins)),
        weights: added ? undefined : weightsInMean(batch, slices, scoring),
        gradient: <T extends Float32Array | Float64Array = Float32Array>(
          partials: readonly Counts[],
          gradient: T = new Float32Array(yTrue.length) as T,
        ): T => {
          slices.forEach((slice, k) => {
            const own = added ? partials : partials.slice(k * size, (k + 1) * size);
            fillGradient({ yTrue, sampleWeight, p, slice, places: places[k] }, bins, own, gradient);
          });
          if (fromLogits) { for (let i = 0; i < gradient.length; i++) gradient[i] *= sigmoidDerivative(yPred[i]); }
          return gradient;
        },
      };
    },
    score: scoreSums,
  };
}

/** Scores sets of counts at thresholds: the weighted mean of the scores of their curves. */
function scoreCurves(
  score: CurveScore,
  sets: readonly (readonly Counts[])[],
  thresholds: Float64Array,
  weights: readonly number[] | undefined,
  zeroDivision: ZeroDivision,
): CountsScored {
  const curves = sets.map((counts) => curveOf(counts, thresholds));
  const values = curves.map((curve) => (score.relaxed ?? score.value)(curve));
  const mean = meanOfScores(values, weights, zeroDivision);
  const partials = () =>
    curves.flatMap((curve, k): Counts[] => {
      const share = mean.whole === 0 || Number.isNaN(values[k]) ? 0 : mean.weights[k] / mean.whole;
      const { tp, fp } = score.gradient(curve);
      return sets[k].map((_, b) => ({ tp: share * tp[b], fp: share * fp[b], fn: 0, tn: 0 }));
    });
  return { ...mean, counts: sets.flat(), partials };
}

/** The outputs of a column on the rows of a class. */
interface Cell {
  readonly at: readonly number[];
  readonly rows: BinnedRows;
}

/** Returns the cells of a batch, column by column. */
function cellsOf(what: string, batch: Batch, fromLogits: boolean): Cell[] {
  const { classes, sampleWeight, yPred } = batch, classOf = classOfRows(what, batch);
  const rowsOf = Array.from({ length: classes }, (): number[] => []);
  classOf.forEach((k, row) => k >= 0 && rowsOf[k].push(row));
  return rowsOf.flatMap((_, column) =>
    rowsOf.map((rows): Cell => {
      const at = rows.map((row) => row * classes + column), outputs = taken(yPred, at), { length } = at;
      return {
        at,
        rows: {
          yTrue: new Uint8Array(length).fill(1),
          p: fromLogits ? sigmoids(outputs) : outputs,
          sampleWeight: sampleWeight && taken(sampleWeight, at),
          slice: { offset: 0, stride: 1, length },
          places: new Uint32Array(length),
        },
      };
    })
  );
}

/**
 * Makes the rule that scores each ordered pair of classes (a, b): column a on the rows of a, the positives, and of b.
 *
 * A cell holds the counts of column a on the rows of class b, cell (a, a) those of the positives of every pair of a. The cells are
 * c² sets of sums over n·c outputs, however many pairs there are.
 */
function pairRule(
  what: string,
  score: CurveScore,
  thresholds: readonly number[],
  options: ResolvedOptions,
): ScoringRule {
  const bins = binsOf(thresholds), size = thresholds.length, falling = fallingThresholds(thresholds);
  const { average, zeroDivision } = options.scoring;
  const { fromLogits } = options.reading;
  return {
    settings: { thresholds, multiClass: "ovo" },
    stuck: stuckOf(score),
    count(batch) {
      const cells = cellsOf(what, batch, fromLogits), { yPred } = batch;
      return {
        each: cells.flatMap(({ rows }) => countAtThresholds(rows, bins)),
        gradient: <T extends Float32Array | Float64Array = Float32Array>(
          partials: readonly Counts[],
          gradient: T = new Float32Array(yPred.length) as T,
        ): T => {
          gradient.fill(0);
          cells.forEach(({ at, rows }, k) => {
            const own = new Float64Array(at.length);
            fillGradient(rows, bins, partials.slice(k * size, (k + 1) * size), own);
            at.forEach((i, n) => gradient[i] = own[n] * (fromLogits ? sigmoidDerivative(yPred[i]) : 1));
          });
          return gradient;
        },
      };
    },
    score(each) {
      const cells = chunks(each, size), classes = Math.sqrt(cells.length);
      const pairs = cells.map((_, cell) => ({ own: Math.floor(cell / classes) * (classes + 1), other: cell }))
        .filter(({ own, other }) => own !== other);
      const rowsOf = (cell: number) => cells[cell][0].tp + cells[cell][0].fn;
      const sets = pairs.map(({ own, other }) => {
        const both = Number(rowsOf(other) > 0); // a pair with a class that does not occur has no score
        return cells[own].map(({ tp, fn }, b): Counts => (
          { tp: both * tp, fn: both * fn, fp: cells[other][b].tp, tn: cells[other][b].fn }
        ));
      });
      const weights = pairs.map(({ own, other }) => average === "weighted" ? rowsOf(own) + rowsOf(other) : 1);
      const { partials, ...scored } = scoreCurves(score, sets, falling, weights, zeroDivision);
      return {
        ...scored,
        partials: () => {
          const byCell = each.map(() => ({ tp: 0, fp: 0, fn: 0, tn: 0 })), byPair = partials!();
          pairs.forEach(({ own, other }, k) => {
            for (let b = 0; b < size; b++) {
              byCell[own * size + b].tp += byPair[k * size + b].tp;
              byCell[other * size + b].tp += byPair[k * size + b].fp;
            }
          });
          return byCell;
        },
      };
    },
  };
}

function taken(values: ArrayLike<number>, at: readonly number[]): Float64Array {
  const own = new Float64Array(at.length); // Float64Array.from with a function is many times as slow
  for (let n = 0; n < own.length; n++) own[n] = values[at[n]];
  return own;
}

/** Returns the reason why no row may have a gradient. */
const stuckOf = ({ name }: CurveScore): string =>
  `no two rows of different labels lie near the same threshold of the score '${name}'; standardise the inputs, begin from ` +
  "smaller weights, or take fewer 'thresholds'";

const chunks = (each: readonly Counts[], size: number): Counts[][] =>
  Array.from({ length: each.length / size }, (_, k) => each.slice(k * size, (k + 1) * size));

const addClasses = (each: readonly Counts[], size: number): Counts[] =>
  chunks(each, size).reduce((sum, more) => sum.map((counts, b) => sumCounts(counts, more[b])));

/** Options of a loss of a curve. */
export interface CurveLossOptions
  extends Pick<ScoringOptions, "average" | "classWeights" | "fromLogits" | "zeroDivision" | "ignoreLabel"> {
  /**
   * The thresholds at which counts are taken, rising inside (0, 1), or their number: at equal distances in logits.
   *
   * @default {`thresholds` of the score, else 128}
   */
  thresholds?: number | readonly number[];
  /**
   * "ovr": each column against the rest; also right for several labels. "ovo": each pair of classes on its own rows, for labels that
   * name one class per row, with the average "macro" or "weighted" (by the rows of the pair).
   *
   * @default {"ovr"}
   */
  multiClass?: MultiClass;
}

/** The names of the options of a loss of a curve. */
export const curveOptionNames = [
  "thresholds",
  "multiClass",
  "average",
  "classWeights",
  "fromLogits",
  "zeroDivision",
  "ignoreLabel",
] as const satisfies readonly (keyof CurveLossOptions)[];

const oneThreshold = /* @__PURE__ */ fallingThresholds([0.5]);

/** Returns the score of the curve that one threshold makes. */
const ofOneThreshold = (score: CurveScore): Score => ({
  name: score.name,
  best: score.best,
  value: (counts) => (score.relaxed ?? score.value)(curveOf([counts], oneThreshold)),
  gradient: (counts) => {
    const { tp, fp } = score.gradient(curveOf([counts], oneThreshold));
    return { tp: tp[0], fp: fp[0], fn: 0, tn: 0 };
  },
});

/** There are no decisions at one threshold. */
export const undecided: Decision = () => ({ decisions: new Float64Array(0), back: () => {} });

/** Checks the options of a loss of a curve and resolves them. */
export function resolveCurveOptions(what: string, score: CurveScore, options: CurveLossOptions): ResolvedOptions {
  const { thresholds: given = score.thresholds, multiClass = "ovr", ...others } = options,
    { average = "binary", classWeights } = options;
  checkAverage(`make ${what}`, average, multiClass);
  const pairs = multiClass === "ovo";
  if (pairs && classWeights !== undefined) {
    throw new TypeError(
      `Cannot make ${what}: 'classWeights' is ${
        describe(classWeights)
      }, but multiClass: 'ovo' averages pairs of classes`,
    );
  }
  const resolved = resolveOptions(what, ofOneThreshold(score), others);
  const thresholds = readThresholds(what, given);
  const rule = pairs ? pairRule(what, score, thresholds, resolved) : columnRule(score, thresholds, resolved);
  return {
    reading: { ...resolved.reading, advice: severalColumns, atLeast: pairs ? 2 : 1 },
    decide: undecided,
    scoring: { ...resolved.scoring, rule },
  };
}

/** Checks the options of a loss of a curve and makes its parts. */
export function curveLossParts(what: string, score: CurveScore, options: CurveLossOptions): LossParts {
  const { thresholds: _, multiClass: __, ...others } = options;
  return {
    ...resolveCurveOptions(what, score, options),
    wholeSet: false,
    options: others,
  };
}
