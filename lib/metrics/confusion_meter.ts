import { addsCounts, type Average, scoreCounts, type ZeroDivision } from "../scoring/score_batch.ts";
import { type Setting, toSetting } from "../scoring/options.ts";
import { type Batch, readBatch } from "../batch/read_batch.ts";
import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import { countDecisions, type Counts } from "../counts/counts.ts";
import { countKeys, eachCount } from "../counts/each_count.ts";
import type { Decided } from "../decisions/decision.ts";
import type { DecisionName } from "../decisions/to_decision.ts";
import { accuracy } from "../scores/ratio.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { ExactSum } from "../numerics/exact_sum.ts";

/** Options of {@linkcode ConfusionMeter}. */
export interface ConfusionMeterOptions {
  /**
   * How many columns a batch has.
   *
   * @default {as many as the first batch has}
   */
  classes?: number;
  /**
   * An output is a positive where it is greater, strictly; one threshold for all columns, or one a column.
   *
   * @default {0.5}
   */
  threshold?: number | readonly number[];
  /**
   * What makes an output a positive: "threshold" or "argmax". An alert budget, `{ top: k }`, is none of a stream: which
   * rows are the highest is known at its end.
   *
   * @default {"threshold"}
   */
  decision?: Exclude<DecisionName, { readonly top: number }>;
  /**
   * Whether `yPred` holds logits; the threshold stays one of probabilities.
   *
   * @default {false}
   */
  fromLogits?: boolean;
  /** A label (NaN, say) whose outputs count nowhere. */
  ignoreLabel?: number;
}

/** Options of {@linkcode ConfusionMeter.value}. */
export interface MeterScoringOptions {
  /**
   * How the classes' scores make one number; "samples" needs the rows, which a meter does not keep.
   *
   * @default {"binary"}
   */
  average?: Exclude<Average, "samples">;
  /**
   * What each class weighs: in the mean of "macro" and "weighted", in the counts of the others.
   *
   * @default {1 each}
   */
  classWeights?: readonly number[];
  /**
   * What is reported where the score is not defined (0/0); "skip" leaves such a class out of the mean.
   *
   * @default {0}
   */
  zeroDivision?: ZeroDivision;
}

/** A meter as it is kept in a file. */
export interface ConfusionMeterJson {
  /** What makes an output a positive. */
  decision: "threshold" | "argmax";
  /** The threshold, or one a column; null with "argmax". */
  threshold: number | readonly number[] | null;
  /** Whether outputs are logits. */
  fromLogits: boolean;
  /** The label that counts nowhere, in words, because JSON has no NaN; null: there is none. */
  ignoreLabel: string | null;
  /** Of each class each count, as numbers that add up to it exactly; null before the first batch. */
  counts: Record<keyof Counts, number[]>[] | null;
}

type Sums = Record<keyof Counts, ExactSum>;

const emptySums = (): Sums => ({ tp: new ExactSum(), fp: new ExactSum(), fn: new ExactSum(), tn: new ExactSum() });

const what = "the meter";

/**
 * The confusion counts of any number of batches, in the memory of one.
 *
 *     counts = Σ over all batches of tp, fp, fn, tn,   one set a class
 *
 * Labels, outputs and decisions are those of {@linkcode hardMetric}. The sums are exact: a count is what its terms
 * (weight times label, in float64) add up to, rounded once. So the meters of parts, merged in any order, are the meter of
 * the whole, bit for bit, with weights too; over 1e8 rows as well.
 *
 * @see Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { ConfusionMeter } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const meter = new ConfusionMeter({ threshold: 0.3 });
 * meter.update(tf.tensor1d([1, 0]), tf.tensor1d([0.9, 0.4]));
 * meter.update(tf.tensor1d([1, 1]), tf.tensor1d([0.2, 0.8]));
 * assertEquals(meter.counts, [{ tp: 2, fp: 1, fn: 1, tn: 0 }]);
 * assertEquals(meter.value("precision"), 2 / 3);
 * ```
 */
export class ConfusionMeter {
  readonly #options: ConfusionMeterOptions;
  readonly #setting: Setting;
  #sums?: Sums[];

  /**
   * An empty meter.
   *
   * @param options How many classes, and how outputs become decisions.
   * @throws {RangeError} An option out of range.
   * @throws {TypeError} An unknown option; a threshold besides an argmax.
   */
  constructor(options: ConfusionMeterOptions = {}) {
    checkOptions(what, options, ["classes", "threshold", "decision", "fromLogits", "ignoreLabel"]);
    const { classes, decision = "threshold" } = options;
    if (decision !== "threshold" && decision !== "argmax") {
      const top = typeof decision === "object" && decision !== null && "top" in decision;
      const given = top
        ? `{ top: ${describe(decision["top"])} }: which rows are the highest is known only at the end of a stream`
        : describe(decision);
      throw new RangeError(`Cannot make ${what}: 'decision' must be 'threshold' or 'argmax', it is ${given}`);
    }
    if (classes !== undefined && !(Number.isInteger(classes) && classes > 0)) {
      throw new RangeError(`Cannot make ${what}: 'classes' must be a whole number ≥ 1, it is ${describe(classes)}`);
    }
    const { threshold } = options;
    if (Array.isArray(threshold) && classes !== undefined && threshold.length !== classes) {
      throw new RangeError(
        `Cannot make ${what}: 'threshold' has ${threshold.length} numbers, 'classes' is ${classes}`,
      );
    }
    this.#options = { ...options, threshold: Array.isArray(threshold) ? [...threshold] : threshold };
    // Which score is asked for later; "macro" says that there may be several columns.
    this.#setting = toSetting(what, accuracy, { ...this.#options, step: "round", average: "macro" });
    this.reset();
  }

  /**
   * Counts a batch.
   *
   * @param yTrue Labels in [0, 1], shaped like `yPred`, or class indices, one a row.
   * @param yPred Probabilities (or logits), float32, shape [n], [n, 1], [n, c] or [n, …, c].
   * @param sampleWeight Weights ≥ 0, one a row or one an output.
   * @returns The meter.
   * @throws {TypeError} An argument that is no tensor.
   * @throws {RangeError} As {@linkcode hardMetric}; another number of classes than before. Nothing is counted then.
   */
  update(yTrue: Tensor, yPred: Tensor, sampleWeight?: Tensor): this {
    const batch = readBatch("the counts", { yTrue, yPred, sampleWeight }, this.#setting.reading);
    if (this.#sums !== undefined && this.#sums.length !== batch.classes) {
      throw new RangeError(
        `Cannot compute the counts: 'yPred' has ${batch.classes} columns, the meter counts ${this.#sums.length} classes`,
      );
    }
    const decided = this.#setting.decide(batch);
    this.#sums ??= Array.from({ length: batch.classes }, emptySums);
    addCounts(this.#sums, batch, decided);
    return this;
  }

  /** The counts of each class; none before the first batch if `classes` was not given. */
  get counts(): readonly Counts[] {
    return (this.#sums ?? []).map((sums) => eachCount((key) => sums[key].value));
  }

  /**
   * A score of what was counted so far, in float64.
   *
   * @param score A score or its name.
   * @param options `average`, `classWeights`, `zeroDivision`.
   * @returns The score.
   * @throws {TypeError} An unknown score or option.
   * @throws {RangeError} An option out of range; several classes with "binary"; nothing counted yet.
   *
   * @example
   * ```ts
   * import * as tf from "@tensorflow/tfjs";
   * import { ConfusionMeter } from "@roundabout/roundabout";
   * import { assertEquals } from "@std/assert";
   *
   * const meter = new ConfusionMeter({ decision: "argmax" });
   * meter.update(tf.tensor1d([0, 1], "int32"), tf.tensor2d([[0.8, 0.1, 0.1], [0.1, 0.3, 0.6]]));
   * assertEquals(meter.value("recall", { average: "macro", zeroDivision: "skip" }), 0.5);
   * ```
   */
  value(score: ScoreName | ScoreDefinition, options: MeterScoringOptions = {}): number {
    return this.#score(score, options).value;
  }

  /**
   * The score of each class: average "none" of {@linkcode hardMetric}, in float64.
   *
   * @param score A score or its name.
   * @param options `zeroDivision`, which is reported for a class whose score is not defined: NaN for "skip".
   * @returns One number a class.
   * @throws {TypeError} An unknown score or option.
   * @throws {RangeError} An option out of range; nothing counted yet.
   */
  values(score: ScoreName | ScoreDefinition, options: Pick<MeterScoringOptions, "zeroDivision"> = {}): number[] {
    checkOptions("the scores of the classes", options, ["zeroDivision"]);
    const { zeroDivision = 0 } = options;
    const instead = zeroDivision === "skip" ? NaN : zeroDivision;
    return this.#score(score, { zeroDivision, average: "macro" }).values.map((v) => Number.isNaN(v) ? instead : v);
  }

  #score(score: ScoreName | ScoreDefinition, options: MeterScoringOptions) {
    const chosen = toScore(score), sums = this.#sums;
    checkOptions(`the meter's ${chosen.name}`, options, ["average", "classWeights", "zeroDivision"]);
    if ((options.average as Average) === "samples") {
      throw new RangeError(
        `Cannot compute ${chosen.name}: 'average' must not be 'samples', which needs the rows; a meter keeps counts only`,
      );
    }
    const { scoring } = toSetting(what, chosen, { ...this.#options, ...options, step: "round" });
    const { average, classWeights } = scoring;
    if (sums === undefined) {
      throw new RangeError(`Cannot compute ${chosen.name}: nothing is counted yet, and 'classes' was not given`);
    }
    if (average === "binary" && sums.length > 1) {
      throw new RangeError(
        `Cannot compute ${chosen.name}: 'average' is 'binary', the meter counts ${sums.length} classes; ` +
          "for several classes say 'macro', 'micro' or 'weighted'",
      );
    }
    if (classWeights !== undefined && classWeights.length !== sums.length) {
      throw new RangeError(
        `Cannot compute ${chosen.name}: 'classWeights' has ${classWeights.length} numbers, the meter counts ` +
          `${sums.length} classes`,
      );
    }
    const own = (k: number): number => classWeights?.[k] ?? 1;
    if (addsCounts(average)) {
      const weighed = this.counts.map((counts, k) => eachCount((key) => own(k) * counts[key]));
      return scoreCounts(weighed, undefined, scoring);
    }
    const support = ({ tp, fn }: Counts) => average === "weighted" ? tp + fn : 1;
    return scoreCounts(this.counts, this.counts.map((counts, k) => own(k) * support(counts)), scoring);
  }

  /**
   * Adds what another meter has counted.
   *
   * @param other A meter with the same options; it stays as it is.
   * @returns This meter.
   * @throws {TypeError} `other` is no meter.
   * @throws {RangeError} Its options or its number of classes differ.
   *
   * @example
   * ```ts
   * import * as tf from "@tensorflow/tfjs";
   * import { ConfusionMeter } from "@roundabout/roundabout";
   * import { assertEquals } from "@std/assert";
   *
   * const monday = new ConfusionMeter().update(tf.tensor1d([1, 0]), tf.tensor1d([0.9, 0.6]));
   * const tuesday = new ConfusionMeter().update(tf.tensor1d([1, 0]), tf.tensor1d([0.2, 0.1]));
   * assertEquals(monday.merge(tuesday).counts, [{ tp: 1, fp: 1, fn: 1, tn: 1 }]);
   * ```
   */
  merge(other: ConfusionMeter): this {
    if (!(other instanceof ConfusionMeter)) {
      throw new TypeError(`Cannot use 'other': it must be a ConfusionMeter, it is ${describe(other)}`);
    }
    const mine = this.#settings(), theirs = other.#settings();
    for (const option of Object.keys(mine) as (keyof typeof mine)[]) {
      if (JSON.stringify(mine[option]) === JSON.stringify(theirs[option])) continue;
      throw new RangeError(
        `Cannot use 'other': its '${option}' is ${describe(theirs[option])}, this meter's is ${describe(mine[option])}`,
      );
    }
    const added = other.#sums;
    if (added === undefined) return this;
    this.#sums ??= Array.from({ length: added.length }, emptySums);
    if (this.#sums.length !== added.length) {
      throw new RangeError(
        `Cannot use 'other': its 'classes' is ${added.length}, this meter's is ${this.#sums.length}`,
      );
    }
    this.#sums.forEach((sums, k) => countKeys.forEach((key) => sums[key].addSum(added[k][key])));
    return this;
  }

  /** Forgets what was counted, and the number of classes if it was not given. */
  reset(): void {
    const { classes } = this.#options;
    this.#sums = classes === undefined ? undefined : Array.from({ length: classes }, emptySums);
  }

  /** What decides whether two meters count the same thing. */
  #settings(): Omit<ConfusionMeterJson, "counts"> {
    const { decision = "threshold", threshold = 0.5, fromLogits = false, ignoreLabel } = this.#options;
    return {
      decision,
      threshold: decision === "argmax" ? null : threshold,
      fromLogits,
      ignoreLabel: ignoreLabel === undefined ? null : String(ignoreLabel),
    };
  }

  /** The meter for `JSON.stringify`: its options and its sums, exactly; equal meters have equal texts. */
  toJSON(): ConfusionMeterJson {
    const counts = this.#sums?.map(({ tp, fp, fn, tn }) => ({
      tp: tp.toJSON(),
      fp: fp.toJSON(),
      fn: fn.toJSON(),
      tn: tn.toJSON(),
    }));
    return { ...this.#settings(), counts: counts ?? null };
  }

  /**
   * The meter that was written by {@linkcode ConfusionMeter.toJSON}.
   *
   * @param json What `JSON.parse` has read.
   * @returns A new meter.
   * @throws {TypeError} It is no object, or its counts are none.
   * @throws {RangeError} One of its options is out of range.
   *
   * @example
   * ```ts
   * import * as tf from "@tensorflow/tfjs";
   * import { ConfusionMeter } from "@roundabout/roundabout";
   * import { assertEquals } from "@std/assert";
   *
   * const meter = new ConfusionMeter().update(tf.tensor1d([1, 0]), tf.tensor1d([0.9, 0.6]), tf.tensor1d([0.1, 0.2]));
   * const kept = JSON.stringify(meter);
   * assertEquals(ConfusionMeter.fromJSON(JSON.parse(kept)).counts, meter.counts);
   * ```
   */
  static fromJSON(json: ConfusionMeterJson): ConfusionMeter {
    if (typeof json !== "object" || json === null) {
      throw new TypeError(`Cannot make ${what}: 'json' must be an object, it is ${describe(json)}`);
    }
    const { decision, threshold, fromLogits, ignoreLabel, counts } = json;
    if (counts !== null && (!Array.isArray(counts) || counts.length === 0)) {
      throw new TypeError(`Cannot make ${what}: 'counts' must be an array or null, it is ${describe(counts)}`);
    }
    const meter = new ConfusionMeter({
      classes: counts?.length,
      decision,
      threshold: threshold ?? undefined,
      fromLogits,
      ignoreLabel: ignoreLabel === null ? undefined : Number(ignoreLabel),
    });
    meter.#sums = counts?.map((terms) => {
      const sums = emptySums();
      for (const key of countKeys) {
        const each: unknown = terms?.[key];
        if (!Array.isArray(each) || !each.every(Number.isFinite)) {
          throw new TypeError(
            `Cannot make ${what}: '${key}' in 'counts' must be an array of finite numbers, it is ${describe(each)}`,
          );
        }
        for (const term of each) sums[key].add(term);
        if (!(sums[key].value >= 0)) {
          throw new RangeError(
            `Cannot make ${what}: '${key}' in 'counts' must not be negative, it is ${describe(each)}`,
          );
        }
      }
      return sums;
    });
    return meter;
  }
}

/** Rows that are counted at once: few enough that the sums of usual weights need no more than 53 bits. */
const blockRows = 1024;

/** Adds the counts of a batch without rounding. */
function addCounts(sums: Sums[], batch: Batch, { decisions }: Decided): void {
  const { yTrue, sampleWeight, rows, classes } = batch;
  const entries = { yTrue, decisions, sampleWeight };
  for (let first = 0; first < rows; first += blockRows) {
    const beyond = Math.min(rows, first + blockRows);
    const length = sumsPlainly(batch, first * classes, beyond * classes) ? beyond - first : 1;
    for (let row = first; row < beyond; row += length) {
      sums.forEach((own, k) => {
        const slice = { offset: row * classes + k, stride: classes, length };
        const counts = countDecisions(entries, slice);
        for (const key of countKeys) own[key].add(counts[key]);
      });
    }
  }
}

/**
 * Whether plain float64 sums of some entries are exact: all terms are whole multiples of one power of two, and together
 * less than 2⁵³ of it. So it is for whole weights, and for float32 weights of similar sizes.
 */
function sumsPlainly({ yTrue, sampleWeight }: Batch, first: number, beyond: number): boolean {
  const weight = (i: number) => sampleWeight === undefined ? 1 : sampleWeight[i];
  let total = 0;
  for (let i = first; i < beyond; i++) total += weight(i);
  if (total === 0) return true;
  const unit = 2 ** (Math.ceil(Math.log2(total)) + 1 - 53); // + 1: the total itself is rounded
  for (let i = first; i < beyond; i++) {
    const w = weight(i);
    if (!Number.isInteger(w * yTrue[i] / unit) || !Number.isInteger(w * (1 - yTrue[i]) / unit)) return false;
  }
  return true;
}
