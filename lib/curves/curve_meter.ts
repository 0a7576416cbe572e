import { aBoolean, aNumber, check, checkOptions, describe, optional } from "../check/check.ts";
import { ExactSum } from "../numerics/exact_sum.ts";
import { type ArrayOrTensor, readArrays } from "../batch/array_or_tensor.ts";
import { sigmoids } from "../numerics/sigmoid.ts";
import { type Bins, binsOf, placesOf, readThresholds } from "./binned_curve.ts";
import type { Curve } from "./curve.ts";
import { averagePrecision, type CurveScore, negativeAum } from "./curve_scores.ts";
import { checkJson, checkSameSettings, labelFromText, labelToText, readSums } from "../counts/meter_json.ts";
import { type CurveScoreName, toCurveScore } from "./to_curve_score.ts";

/** Options of {@linkcode CurveMeter}. */
export interface CurveMeterOptions {
  /**
   * The thresholds, rising inside (0, 1), or their number: at equal distances in logits.
   *
   * @default {1024}
   */
  thresholds?: number | readonly number[];
  /**
   * Reads the outputs as logits; the thresholds stay those of probabilities.
   *
   * @default {false}
   */
  fromLogits?: boolean;
  /** The label (NaN, say) of rows that count nowhere. */
  ignoreLabel?: number;
}

/**
 * A meter as JSON, version 1: its settings, and for each interval between two thresholds the weights of the labels of 1 and of
 * 0 as exact sums (the lowest interval first).
 */
export interface CurveMeterJson {
  /** The version of the format. */
  version: 1;
  /** The thresholds. */
  thresholds: readonly number[];
  /** True if outputs are logits. */
  fromLogits: boolean;
  /** The label that is not counted, as a text, because JSON has no NaN; null for none. */
  ignoreLabel: string | null;
  /** Σ w·y of each interval: lists of terms. */
  positives: number[][];
  /** Σ w·(1 − y) of each interval: lists of terms. */
  negatives: number[][];
}

/** The range in which the exact score of the outputs lies. */
export interface CurveMeterRange {
  /** The score if in each interval every negative were above every positive. */
  readonly least: number;
  /** The score if in each interval every positive were above every negative. */
  readonly most: number;
}

const what = "the curve meter", version = 1, defaultThresholds = 1024;

/**
 * The counts at many thresholds of any number of batches, in the memory of a batch: a ROC curve and its scores from a stream.
 *
 * An output counts in the interval in which it lies. Only the order within an interval is lost, so the exact score lies between
 * those of the worst and the best order: {@linkcode CurveMeter.range}. The sums of the batches are added
 * without rounding: meters that are merged in any order are equal, bit for bit.
 *
 * @example
 * ```ts
 * import { CurveMeter } from "@roundabout/roundabout/curves";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const monday = new CurveMeter().update([1, 0], [0.9, 0.6]), tuesday = new CurveMeter().update([1, 0], [0.4, 0.2]);
 * const meter = CurveMeter.fromJSON(JSON.parse(JSON.stringify(monday.merge(tuesday))));
 * assertEquals(meter.value("rocAuc"), 0.75);
 * assertEquals(meter.range("rocAuc"), { least: 0.75, most: 0.75 });
 * assert(meter.curve.tp.at(-1) === 2);
 * ```
 */
export class CurveMeter {
  readonly #thresholds: readonly number[];
  readonly #bins: Bins;
  readonly #options: CurveMeterOptions;
  #sums: { positives: ExactSum[]; negatives: ExactSum[] };

  /**
   * Makes an empty meter.
   *
   * @param options `thresholds`, `fromLogits`, `ignoreLabel`.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If `thresholds` are out of range.
   */
  constructor(options: CurveMeterOptions = {}) {
    checkOptions(what, options, ["thresholds", "fromLogits", "ignoreLabel"]);
    const { thresholds = defaultThresholds, fromLogits = false, ignoreLabel } = options;
    check(`make ${what}`, { fromLogits }, aBoolean);
    check(`make ${what}`, { ignoreLabel }, optional(aNumber));
    this.#thresholds = readThresholds(what, thresholds);
    this.#bins = binsOf(this.#thresholds);
    this.#options = { fromLogits, ignoreLabel };
    this.#sums = { positives: this.#empty(), negatives: this.#empty() };
  }

  #empty(): ExactSum[] {
    return this.#thresholds.map(() => new ExactSum());
  }

  /**
   * Counts a batch of one column.
   *
   * @param yTrue Labels in [0, 1], one per row.
   * @param yPred Probabilities (or logits), one per row.
   * @param sampleWeight Weights ≥ 0, one per row.
   * @returns The meter.
   * @throws {TypeError} If an argument is neither a tensor nor an array.
   * @throws {RangeError} If shapes do not fit, there is no row, labels or outputs are outside [0, 1], or weights are negative or
   * not finite. Nothing is counted then.
   */
  update(yTrue: ArrayOrTensor, yPred: ArrayOrTensor, sampleWeight?: ArrayOrTensor): this {
    const { fromLogits = false, ignoreLabel } = this.#options, advice = "for several columns take a meter each";
    const batch = readArrays("the curve's counts", { yTrue, yPred, sampleWeight }, { fromLogits, ignoreLabel, advice });
    const p = fromLogits ? sigmoids(batch.yPred) : batch.yPred, size = this.#thresholds.length;
    const places = placesOf(p, { offset: 0, stride: 1, length: batch.rows }, this.#bins);
    const positives = new Float64Array(size), negatives = new Float64Array(size);
    for (let i = 0; i < batch.rows; i++) {
      const w = batch.sampleWeight === undefined ? 1 : batch.sampleWeight[i];
      positives[places[i]] += w * batch.yTrue[i];
      negatives[places[i]] += w * (1 - batch.yTrue[i]);
    }
    for (let b = 0; b < size; b++) {
      if (positives[b] > 0) this.#sums.positives[b].add(positives[b]);
      if (negatives[b] > 0) this.#sums.negatives[b].add(negatives[b]);
    }
    return this;
  }

  /** The curve at the thresholds, the highest first. */
  get curve(): Curve {
    return this.#curve((positive, negative) => [[positive, negative]]);
  }

  /** Returns the curve whose intervals are taken in the given steps of positives and negatives. */
  #curve(steps: (positive: number, negative: number) => readonly (readonly [number, number])[]): Curve {
    const thresholds: number[] = [], tp: number[] = [], fp: number[] = [];
    let positives = 0, negatives = 0;
    for (let b = this.#thresholds.length - 1; b >= 0; b--) {
      for (const [more, less] of steps(this.#sums.positives[b].value, this.#sums.negatives[b].value)) {
        positives += more;
        negatives += less;
        thresholds.push(this.#bins.edges[b]);
        tp.push(positives);
        fp.push(negatives);
      }
    }
    return { thresholds: Float64Array.from(thresholds), tp: Float64Array.from(tp), fp: Float64Array.from(fp) };
  }

  /**
   * Scores the curve at the thresholds: outputs of one interval tie, at its lower end.
   *
   * @param score A score or its name.
   * @returns The score; NaN where it is not defined.
   * @throws {TypeError} If the score is unknown.
   */
  value(score: CurveScoreName | CurveScore): number {
    return toCurveScore(score).value(this.curve);
  }

  /**
   * Returns the range in which the exact score of the outputs lies.
   *
   * @param score A score or its name.
   * @returns The scores of the worst and the best order within each interval; NaN where the score is not defined.
   * @throws {TypeError} If the score is unknown.
   * @throws {RangeError} If the score is the average precision, whose least value depends on the weights of single rows, or
   * {@linkcode negativeAum}, which depends on the places of the outputs.
   */
  range(score: CurveScoreName | CurveScore): CurveMeterRange {
    const chosen = toCurveScore(score);
    const depends = chosen === averagePrecision
      ? "whose least value depends on the weights of single rows"
      : chosen === negativeAum && "which depends on the places of the outputs, not on their order alone";
    if (depends) throw new RangeError(`Cannot compute the range: 'score' must not be '${chosen.name}', ${depends}`);
    return {
      least: chosen.value(this.#curve((positive, negative) => [[0, negative], [positive, 0]])),
      most: chosen.value(this.#curve((positive, negative) => [[positive, 0], [0, negative]])),
    };
  }

  /**
   * Adds the counts of a second meter.
   *
   * @param other A meter with the same options. It does not change.
   * @returns This meter.
   * @throws {TypeError} If `other` is not a meter.
   * @throws {RangeError} If `other` has different options.
   */
  merge(other: CurveMeter): this {
    if (!(other instanceof CurveMeter)) {
      throw new TypeError(`Cannot use 'other': it must be a CurveMeter, it is ${describe(other)}`);
    }
    checkSameSettings(this.#settings(), other.#settings());
    for (const key of ["positives", "negatives"] as const) {
      this.#sums[key].forEach((sum, b) => sum.addSum(other.#sums[key][b]));
    }
    return this;
  }

  /** The settings that two meters must share to be merged. */
  #settings(): Pick<CurveMeterJson, "thresholds" | "fromLogits" | "ignoreLabel"> {
    const { fromLogits = false, ignoreLabel } = this.#options;
    return { thresholds: this.#thresholds, fromLogits, ignoreLabel: labelToText(ignoreLabel) };
  }

  /** The meter for `JSON.stringify`; equal meters give equal texts. See {@linkcode CurveMeterJson}. */
  toJSON(): CurveMeterJson {
    const terms = (sums: readonly ExactSum[]) => sums.map((sum) => sum.toJSON());
    return {
      version,
      ...this.#settings(),
      positives: terms(this.#sums.positives),
      negatives: terms(this.#sums.negatives),
    };
  }

  /**
   * Makes a meter from its JSON.
   *
   * @param json The object that {@linkcode CurveMeter.toJSON} returns.
   * @returns A new meter.
   * @throws {TypeError} If `json` is not an object, or its sums are not lists of finite numbers.
   * @throws {RangeError} If the version is unknown, an option is out of range, or a sum is negative.
   */
  static fromJSON(json: CurveMeterJson): CurveMeter {
    checkJson(what, json, version);
    const { thresholds, fromLogits, ignoreLabel } = json;
    const meter = new CurveMeter({ thresholds, fromLogits, ignoreLabel: labelFromText(ignoreLabel) });
    const sums = (key: "positives" | "negatives") => readSums(what, key, json[key], meter.#thresholds.length);
    meter.#sums = { positives: sums("positives"), negatives: sums("negatives") };
    return meter;
  }
}
