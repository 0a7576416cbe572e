import type { ArrayOrTensor } from "../batch/array_or_tensor.ts";
import { aNumber, check, checkOptions, describe, optional } from "../check/check.ts";
import { ExactSum } from "../numerics/exact_sum.ts";
import { checkJson, checkSameSettings, labelFromText, labelToText, readSums } from "../counts/meter_json.ts";
import { ndcg, type NdcgOptions, type QueryScore } from "./ndcg.ts";
import { queriesOf, readQueries } from "./queries.ts";

/** Options of {@linkcode NdcgMeter}. */
export interface NdcgMeterOptions extends NdcgOptions {
  /** The label (NaN, say) of rows that belong to no query: padding. */
  ignoreLabel?: number;
}

/** Options of {@linkcode NdcgMeter.update}. */
export interface NdcgMeterBatch {
  /** The query of each row. Absent: one query, or, of several columns, one query per row. */
  groups?: ArrayOrTensor;
  /** Weights ≥ 0 of the rows; the weight of a query is the mean of its rows' weights. Absent: 1 each. */
  sampleWeight?: ArrayOrTensor;
}

/** A meter as JSON, version 1: its settings, and two exact sums over the queries, as lists of terms. */
export interface NdcgMeterJson {
  /** The version of the format. */
  version: 1;
  /** The number of highest outputs that count; null for all. */
  k: number | null;
  /** The label that is not counted, as a text, because JSON has no NaN; null for none. */
  ignoreLabel: string | null;
  /** Σ weight·NDCG and Σ weight, over the queries with a gain. */
  sums: number[][];
}

const what = "the NDCG meter", version = 1;

/**
 * The normalised discounted cumulative gain of any number of batches of whole queries.
 *
 * The sums of the queries are added without rounding: meters that are merged in any order are equal, bit for bit.
 *
 * @example
 * ```ts
 * import { NdcgMeter } from "@roundabout/roundabout/curves";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const monday = new NdcgMeter({ k: 10 }).update([1, 0], [0.9, 0.6]);
 * const tuesday = new NdcgMeter({ k: 10 }).update([0, 1, 1], [0.8, 0.2, 0.7], { groups: ["a", "a", "b"] });
 * const meter = NdcgMeter.fromJSON(JSON.parse(JSON.stringify(monday.merge(tuesday))));
 * assertAlmostEquals(meter.value(), (1 + 1 / Math.log2(3) + 1) / 3);
 * ```
 */
export class NdcgMeter {
  readonly #score: QueryScore;
  readonly #options: NdcgMeterOptions;
  #sums = [new ExactSum(), new ExactSum()];

  /**
   * Makes an empty meter.
   *
   * @param options `k`, `ignoreLabel`.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If `k` is not an integer ≥ 1.
   */
  constructor(options: NdcgMeterOptions = {}) {
    checkOptions(what, options, ["k", "ignoreLabel"]);
    const { k, ignoreLabel } = options;
    this.#score = ndcg({ k });
    check(`make ${what}`, { ignoreLabel }, optional(aNumber));
    this.#options = { k, ignoreLabel };
  }

  /**
   * Scores the queries of a batch. A query must not be in two batches.
   *
   * @param yTrue Gains ≥ 0 in the shape of `yPred`.
   * @param yPred Outputs, any numbers: one per row, or one row per query.
   * @param batch `groups`, `sampleWeight`.
   * @returns The meter.
   * @throws {TypeError} If an option is unknown, or an argument is neither a tensor nor an array.
   * @throws {RangeError} If shapes differ, a gain or weight is negative or not finite, an output is NaN, a row has no group, or
   * `groups` is given for outputs of several columns. Nothing is counted then.
   */
  update(yTrue: ArrayOrTensor, yPred: ArrayOrTensor, batch: NdcgMeterBatch = {}): this {
    checkOptions(`a batch of ${what}`, batch, ["groups", "sampleWeight"]);
    const { groups, sampleWeight } = batch, { name } = this.#score;
    const { ignoreLabel } = this.#options, inputs = { yTrue, yPred, sampleWeight };
    const rows = readQueries(name, inputs, { groups, ignoreLabel });
    for (const { ranked, weight } of queriesOf(name, rows)) {
      const value = this.#score.value(rows.yTrue, rows.yPred, ranked);
      if (Number.isNaN(value)) continue;
      this.#sums[0].add(weight * value);
      this.#sums[1].add(weight);
    }
    return this;
  }

  /** Returns the mean of the queries' scores; NaN where no query has a gain. */
  value(): number {
    const [sum, whole] = this.#sums.map(({ value }) => value);
    return sum / whole;
  }

  /**
   * Adds the sums of a second meter.
   *
   * @param other A meter with the same options. It does not change.
   * @returns This meter.
   * @throws {TypeError} If `other` is not a meter.
   * @throws {RangeError} If `other` has different options.
   */
  merge(other: NdcgMeter): this {
    if (!(other instanceof NdcgMeter)) {
      throw new TypeError(`Cannot use 'other': it must be an NdcgMeter, it is ${describe(other)}`);
    }
    checkSameSettings(this.#settings(), other.#settings());
    this.#sums.forEach((sum, i) => sum.addSum(other.#sums[i]));
    return this;
  }

  #settings(): Pick<NdcgMeterJson, "k" | "ignoreLabel"> {
    const { k = null, ignoreLabel } = this.#options;
    return { k, ignoreLabel: labelToText(ignoreLabel) };
  }

  /** The meter for `JSON.stringify`; equal meters give equal texts. See {@linkcode NdcgMeterJson}. */
  toJSON(): NdcgMeterJson {
    return { version, ...this.#settings(), sums: this.#sums.map((sum) => sum.toJSON()) };
  }

  /**
   * Makes a meter from its JSON.
   *
   * @param json The object that {@linkcode NdcgMeter.toJSON} returns.
   * @returns A new meter.
   * @throws {TypeError} If `json` is not an object, or its sums are not lists of finite numbers.
   * @throws {RangeError} If the version is unknown, an option is out of range, or a sum is negative.
   */
  static fromJSON(json: NdcgMeterJson): NdcgMeter {
    checkJson(what, json, version);
    const { k, ignoreLabel, sums } = json;
    const meter = new NdcgMeter({ k: k ?? undefined, ignoreLabel: labelFromText(ignoreLabel) });
    meter.#sums = readSums(what, "sums", sums, 2);
    return meter;
  }
}
