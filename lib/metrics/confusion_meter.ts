import { refuse } from "../batch/read_batch.ts";
import { check, checkOptions, describe, integerFrom, optional } from "../check/check.ts";
import { countKeys, type Counts, mapCounts, scaleCounts } from "../counts/counts.ts";
import { decisionText, isTop } from "../decisions/budget.ts";
import type { DecisionName } from "../decisions/to_decision.ts";
import { accuracy } from "../scores/ratio.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import { type ResolvedOptions, resolveOptions, type ScoringOptions } from "../scoring/options.ts";
import { addsCounts, type Average, scoreCounts, weightsOfClasses, withZeroDivision } from "../scoring/score_batch.ts";
import { type ArrayOrTensor, readArrays } from "../batch/array_or_tensor.ts";
import { addCounts, type ExactCounts, noCounts } from "./exact_counts.ts";
import { checkJson, checkSameSettings, labelFromText, labelToText, readSums } from "../counts/meter_json.ts";

/** Options of {@linkcode ConfusionMeter}. */
export interface ConfusionMeterOptions extends Pick<ScoringOptions, "threshold" | "fromLogits" | "ignoreLabel"> {
  /**
   * The number of columns of every batch.
   *
   * @default {that of the first batch}
   */
  classes?: number;
  /**
   * The rule that makes an output a positive: "threshold" or "argmax". An alert budget, `{ top: k }`, is not possible: the
   * highest rows of a stream are known only at its end.
   *
   * @default {"threshold"}
   */
  decision?: Exclude<DecisionName, { readonly top: number }>;
}

/** Options of {@linkcode ConfusionMeter.value}. */
export interface MeterScoringOptions extends Pick<ScoringOptions, "classWeights" | "zeroDivision"> {
  /**
   * The way to combine the classes' scores. "samples" is not possible: a meter does not keep the rows.
   *
   * @default {"binary"}
   */
  average?: Exclude<Average, "samples">;
}

/**
 * A meter as JSON, version 1: the settings that its decisions depend on, and its counts as exact sums.
 *
 *     { "version": 1, "decision": "threshold", "threshold": 0.5, "fromLogits": false, "ignoreLabel": null,
 *       "counts": [{ "tp": [2], "fp": [1e16, 1], "fn": [], "tn": [0.1] }] }
 *
 * A count is the exact sum of its float64 terms, rounded once (Python's `math.fsum`). Meters with equal settings are
 * merged by joining their lists of terms, count by count; {@linkcode ConfusionMeter.fromJSON} accepts the terms in any
 * order.
 */
export interface ConfusionMeterJson {
  /** The version of the format. */
  version: 1;
  /** The rule that makes an output a positive. */
  decision: "threshold" | "argmax";
  /** The threshold as a probability, or one per column; null with "argmax". */
  threshold: number | readonly number[] | null;
  /** True if outputs are logits. */
  fromLogits: boolean;
  /** The label that is not counted, as a text, because JSON has no NaN; null for none. */
  ignoreLabel: string | null;
  /**
   * One object per class, in the order of the columns; null if the number of classes is not known yet. Each count, in
   * units of the sample weights (rows, without weights), is a list of terms; a count of 0 is an empty list.
   */
  counts: Record<keyof Counts, number[]>[] | null;
}

const version = 1;

const what = "the meter";

/**
 * The confusion counts of any number of batches, in the memory of one batch.
 *
 *     counts = Σ over all batches of tp, fp, fn, tn,   one set per class
 *
 * Labels, outputs and decisions are those of {@linkcode hardMetric}. The sums are exact: a count is the sum of its terms
 * (weight times label, in float64), rounded once. Merged in any order, the meters of parts therefore equal the meter of
 * the whole, bit for bit, with any weights and any number of rows.
 *
 * @see Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997.
 *
 * @example
 * ```ts
 * import { ConfusionMeter } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const meter = new ConfusionMeter({ threshold: 0.3 });
 * meter.update([1, 0], [0.9, 0.4]); // arrays, typed arrays or tensors
 * meter.update([1, 1], [0.2, 0.8]);
 * assertEquals(meter.counts, [{ tp: 2, fp: 1, fn: 1, tn: 0 }]);
 * assertEquals(meter.value("precision"), 2 / 3);
 * ```
 */
export class ConfusionMeter {
  readonly #options: ConfusionMeterOptions;
  readonly #setting: ResolvedOptions;
  #counts?: ExactCounts[];

  /**
   * Makes an empty meter.
   *
   * @param options The number of classes, and the rule that turns outputs into decisions.
   * @throws {RangeError} An option out of range.
   * @throws {TypeError} An unknown option; a threshold together with "argmax".
   */
  constructor(options: ConfusionMeterOptions = {}) {
    checkOptions(what, options, ["classes", "threshold", "decision", "fromLogits", "ignoreLabel"]);
    const { classes, decision = "threshold" } = options;
    if (decision !== "threshold" && decision !== "argmax") {
      const why = isTop(decision) ? ": the highest rows are known only at the end" : "";
      throw new RangeError(
        `Cannot make ${what}: 'decision' must be 'threshold' or 'argmax', it is ${decisionText(decision)}${why}`,
      );
    }
    check(`make ${what}`, { classes }, optional(integerFrom(1)));
    const { threshold } = options;
    if (Array.isArray(threshold) && classes !== undefined && threshold.length !== classes) {
      throw new RangeError(
        `Cannot make ${what}: 'threshold' has ${threshold.length} numbers, 'classes' is ${classes}`,
      );
    }
    this.#options = { ...options, threshold: Array.isArray(threshold) ? [...threshold] : threshold };
    // The score is chosen later. "macro" permits several columns.
    this.#setting = resolveOptions(what, accuracy, { ...this.#options, step: "round", average: "macro" });
    this.reset();
  }

  /**
   * Counts a batch.
   *
   * @param yTrue Labels in [0, 1] in the shape of `yPred`, or class indices, one per row.
   * @param yPred Probabilities (or logits): an array, one array per row, or a float32 tensor of shape [n], [n, 1], [n, c]
   * or [n, …, c].
   * @param sampleWeight Weights from 0 to the largest float32, one per row or one per output.
   * @returns The meter.
   * @throws {TypeError} An argument that is neither a tensor nor an array.
   * @throws {RangeError} As {@linkcode hardMetric}; a number of classes that differs from the meter's. Nothing is counted
   * then.
   */
  update(yTrue: ArrayOrTensor, yPred: ArrayOrTensor, sampleWeight?: ArrayOrTensor): this {
    const batch = readArrays("the counts", { yTrue, yPred, sampleWeight }, this.#setting.reading);
    if (this.#counts !== undefined && this.#counts.length !== batch.classes) {
      throw new RangeError(
        `Cannot compute the counts: 'yPred' has ${batch.classes} columns, the meter counts ${this.#counts.length} classes`,
      );
    }
    const counts = this.#counts ?? noCounts(batch.classes);
    addCounts(counts, batch, this.#setting.decide(batch));
    this.#counts = counts;
    return this;
  }

  /** The counts of each class; an empty list before the first batch if `classes` is not given. */
  get counts(): readonly Counts[] {
    return (this.#counts ?? []).map((sums) => mapCounts((key) => sums[key].value));
  }

  /**
   * Scores the counts, in float64.
   *
   * @param score A score or its name.
   * @param options `average`, `classWeights`, `zeroDivision`.
   * @returns The score.
   * @throws {TypeError} An unknown score or option.
   * @throws {RangeError} An option out of range; several classes with "binary"; an empty meter without `classes`.
   *
   * @example
   * ```ts
   * import { ConfusionMeter } from "@roundabout/roundabout";
   * import { assertEquals } from "@std/assert";
   *
   * const meter = new ConfusionMeter({ decision: "argmax" });
   * meter.update([0, 1], [[0.8, 0.1, 0.1], [0.1, 0.3, 0.6]]);
   * assertEquals(meter.value("recall", { average: "macro", zeroDivision: "skip" }), 0.5);
   * ```
   */
  value(score: ScoreName | ScoreDefinition, options: MeterScoringOptions = {}): number {
    return this.#score(score, options).value;
  }

  /**
   * Scores each class, in float64: average "none" of {@linkcode hardMetric}.
   *
   * @param score A score or its name.
   * @param options `zeroDivision`, the value of a score that is not defined; NaN for "skip".
   * @returns One number per class.
   * @throws {TypeError} An unknown score or option.
   * @throws {RangeError} An option out of range; an empty meter without `classes`.
   */
  values(score: ScoreName | ScoreDefinition, options: Pick<MeterScoringOptions, "zeroDivision"> = {}): number[] {
    checkOptions("the scores of the classes", options, ["zeroDivision"]);
    const { zeroDivision = 0 } = options, { values } = this.#score(score, { zeroDivision, average: "macro" });
    return values.map((value) => withZeroDivision(value, zeroDivision));
  }

  #score(score: ScoreName | ScoreDefinition, options: MeterScoringOptions) {
    const chosen = toScore(score), { counts } = this;
    checkOptions(`the meter's ${chosen.name}`, options, ["average", "classWeights", "zeroDivision"]);
    if ((options.average as Average) === "samples") {
      throw refuse(chosen.name, "average", "must not be 'samples', which needs the rows; a meter keeps counts only");
    }
    const { scoring } = resolveOptions(what, chosen, { ...this.#options, ...options, step: "round" });
    const { average, classWeights } = scoring;
    if (counts.length === 0) {
      throw new RangeError(`Cannot compute ${chosen.name}: nothing is counted yet, and 'classes' is not given`);
    }
    if (average === "binary" && counts.length > 1) {
      throw refuse(
        chosen.name,
        "average",
        `is 'binary', the meter counts ${counts.length} classes; ` +
          "for several classes say 'macro', 'micro' or 'weighted'",
      );
    }
    if (classWeights !== undefined && classWeights.length !== counts.length) {
      throw refuse(
        chosen.name,
        "classWeights",
        `has ${classWeights.length} numbers, the meter counts ` +
          `${counts.length} classes`,
      );
    }
    const inCounts = classWeights !== undefined && addsCounts(average);
    const each = inCounts ? counts.map((one, k) => scaleCounts(classWeights[k], one)) : counts;
    return scoreCounts(each, weightsOfClasses(each, scoring), scoring);
  }

  /**
   * Adds the counts of a second meter.
   *
   * @param other A meter with the same options. It does not change.
   * @returns This meter.
   * @throws {TypeError} An `other` that is not a meter.
   * @throws {RangeError} An `other` with different options or a different number of classes.
   *
   * @example
   * ```ts
   * import { ConfusionMeter } from "@roundabout/roundabout";
   * import { assertEquals } from "@std/assert";
   *
   * const monday = new ConfusionMeter().update([1, 0], [0.9, 0.6]);
   * const tuesday = new ConfusionMeter().update([1, 0], [0.2, 0.1]);
   * assertEquals(monday.merge(tuesday).counts, [{ tp: 1, fp: 1, fn: 1, tn: 1 }]);
   * ```
   */
  merge(other: ConfusionMeter): this {
    if (!(other instanceof ConfusionMeter)) {
      throw new TypeError(`Cannot use 'other': it must be a ConfusionMeter, it is ${describe(other)}`);
    }
    checkSameSettings(this.#settings(), other.#settings());
    const added = other.#counts;
    if (added === undefined) return this;
    this.#counts ??= noCounts(added.length);
    if (this.#counts.length !== added.length) {
      throw new RangeError(
        `Cannot use 'other': its 'classes' is ${added.length}, this meter's is ${this.#counts.length}`,
      );
    }
    this.#counts.forEach((sums, k) => countKeys.forEach((key) => sums[key].addSum(added[k][key])));
    return this;
  }

  /** Empties the meter; the number of classes is open again unless `classes` is given. */
  reset(): void {
    const { classes } = this.#options;
    this.#counts = classes === undefined ? undefined : noCounts(classes);
  }

  /** The settings that two meters must share to be merged. */
  #settings(): Omit<ConfusionMeterJson, "version" | "counts"> {
    const { decision = "threshold", threshold = 0.5, fromLogits = false, ignoreLabel } = this.#options;
    return {
      decision,
      threshold: decision === "argmax" ? null : threshold,
      fromLogits,
      ignoreLabel: labelToText(ignoreLabel),
    };
  }

  /** The meter for `JSON.stringify`; equal meters give equal texts. See {@linkcode ConfusionMeterJson}. */
  toJSON(): ConfusionMeterJson {
    const counts = this.#counts?.map((sums) => mapCounts((key) => sums[key].toJSON()));
    return { version, ...this.#settings(), counts: counts ?? null };
  }

  /**
   * Makes a meter from its JSON.
   *
   * @param json The object that {@linkcode ConfusionMeter.toJSON} returns.
   * @returns A new meter.
   * @throws {TypeError} A `json` that is not an object; counts that are not lists of finite numbers.
   * @throws {RangeError} An unknown version; an option out of range; a negative count.
   *
   * @example
   * ```ts
   * import { ConfusionMeter } from "@roundabout/roundabout";
   * import { assertEquals } from "@std/assert";
   *
   * const meter = new ConfusionMeter().update([1, 0], [0.9, 0.6], [0.1, 0.2]);
   * const text = JSON.stringify(meter);
   * assertEquals(ConfusionMeter.fromJSON(JSON.parse(text)).counts, meter.counts);
   * ```
   */
  static fromJSON(json: ConfusionMeterJson): ConfusionMeter {
    checkJson(what, json, version);
    const { decision, threshold, fromLogits, ignoreLabel, counts } = json;
    check(`make ${what}`, { counts }, {
      must: "an array or null",
      valid: () => counts === null || (Array.isArray(counts) && counts.length > 0),
      Kind: TypeError,
    });
    const meter = new ConfusionMeter({
      classes: counts?.length,
      decision,
      threshold: threshold ?? undefined,
      fromLogits,
      ignoreLabel: labelFromText(ignoreLabel),
    });
    if (counts !== null) {
      const sums = mapCounts((key) => readSums(what, key, counts.map((one) => one?.[key]), counts.length));
      meter.#counts = counts.map((_, k) => mapCounts((key) => sums[key][k]));
    }
    return meter;
  }
}
