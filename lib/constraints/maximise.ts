import { anObject, aNumber, check, checkOptions, describe, numberThat, positive } from "../check/check.ts";
import { clampFloat64, type Counts, mapCounts } from "../counts/counts.ts";
import { withLearnt } from "../scores/learnt.ts";
import type { Score } from "../scores/score.ts";
import { type ScoreDefinition, type ScoreName, toScore } from "../scores/to_score.ts";
import { type Constraint, deviations, isConstraint, isRate, wilson } from "./constraint.ts";

/** Options of {@linkcode maximise}. */
export interface MaximiseOptions {
  /** The score that is maximised, or its name. */
  score: ScoreName | ScoreDefinition;
  /** The constraints, at least one. */
  subjectTo: readonly Constraint[];
  /**
   * The probability, in [0.5, 1), with which each bound of a rate shall hold on rows like those that the multipliers are learnt on:
   * the bound is held by the end of Wilson's one-sided interval. At 0.5 it is held by the rate itself, which new rows miss about
   * every second time. A gap has no interval.
   *
   * @default {0.5}
   */
  confidence?: number;
  /**
   * The change of a multiplier per unit of violation.
   *
   * @default {10}
   */
  learningRate?: number;
}

/** Counts of decisions: of all rows, and of the rows of each group. */
export interface GroupedCounts {
  /** The counts of all rows. */
  readonly all: Counts;
  /** The counts of each group, by its name. */
  readonly groups?: Readonly<Record<string, Counts>>;
}

/** A constraint of all rows, or of one group in one direction; its violation is positive where it does not hold. */
interface Term {
  readonly name: string;
  readonly constraint: Constraint;
  readonly group?: string;
  /** 1 where the score must not be too low, −1 where it must not be too high. */
  readonly sign: 1 | -1;
}

/** Partial derivatives with respect to the counts of all rows and of each group. */
export interface GroupedPartials {
  /** Those with respect to the counts of all rows. */
  readonly all: Counts;
  /** Those with respect to the counts of each group. */
  readonly groups: Readonly<Record<string, Counts>>;
}

const zero = (): Counts => ({ tp: 0, fp: 0, fn: 0, tn: 0 });
const plus = (a: Counts, b: Counts, by: number): Counts => mapCounts((key) => a[key] + by * clampFloat64(b[key]));

/**
 * A score that is maximised under constraints, whose multipliers are learnt: {@linkcode maximise} makes it.
 */
export class Maximisation {
  /**
   * The Lagrangian at the present multipliers, as a score: `metricLoss(problem.score)` and `fitMetric` take it. Not with a gap, which
   * needs groups.
   */
  readonly score: Score;
  readonly #objective: Score;
  readonly #constraints: readonly Constraint[];
  readonly #z: number;
  readonly #learningRate: number;
  readonly #multipliers = new Map<string, number>();

  /** Makes the problem. See {@linkcode maximise}. */
  constructor(options: MaximiseOptions) {
    const what = "the maximisation";
    checkOptions(what, options, ["score", "subjectTo", "confidence", "learningRate"]);
    const { subjectTo, confidence = 0.5, learningRate = 10 } = options, objective = toScore(options.score);
    if (!Array.isArray(subjectTo) || subjectTo.length === 0 || !subjectTo.every(isConstraint)) {
      throw new TypeError(
        `Cannot make ${what}: 'subjectTo' must be an array of constraints, such as atLeast("recall", 0.9), it is ${
          describe(subjectTo)
        }`,
      );
    }
    const names = subjectTo.map(({ name }) => name), twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new RangeError(`Cannot make ${what}: 'subjectTo' has ${describe(twice)} twice`);
    check(`make ${what}`, { confidence }, numberThat("a number in [0.5, 1)", (level) => level >= 0.5 && level < 1));
    check(`make ${what}`, { learningRate }, positive);
    const other = subjectTo.find(({ kind, score }) => kind !== "gap" && !isRate(score));
    if (confidence > 0.5 && other !== undefined) {
      throw new RangeError(
        `Cannot make ${what}: 'confidence' needs rates, fractions of the rows, which ${other.score.name} is not; leave it out`,
      );
    }
    this.#objective = objective;
    this.#constraints = subjectTo;
    this.#z = deviations(confidence);
    this.#learningRate = learningRate;
    for (const { name, kind } of subjectTo) if (kind !== "gap") this.#multipliers.set(name, 1);
    this.score = this.#asScore([objective.name, ...names].join(" "));
  }

  /** The multipliers, by the constraints' names; a gap has two per group. */
  get multipliers(): Record<string, number> {
    return Object.fromEntries(this.#multipliers);
  }

  #terms(counts: GroupedCounts): Term[] {
    check("use the counts", { "counts.all": counts?.all }, anObject);
    check("use the counts", mapCounts<unknown>((key) => counts.all[key]), aNumber);
    const { groups } = counts;
    return this.#constraints.flatMap((constraint): Term[] => {
      const { name, kind } = constraint;
      if (kind !== "gap") return [{ name, constraint, sign: kind === "least" ? 1 : -1 }];
      if (groups === undefined) {
        throw new TypeError(`Cannot compute '${name}': 'groups' is missing, which name the group of each row`);
      }
      return Object.keys(groups).flatMap((group): Term[] => [
        { name: `${name}, ${group} below`, constraint, group, sign: 1 },
        { name: `${name}, ${group} above`, constraint, group, sign: -1 },
      ]);
    });
  }

  /** The violation of a term, 0 where a score is not defined; z deviations are added for decisions. */
  #violation({ constraint: { score, bound, kind }, group, sign }: Term, counts: GroupedCounts, z = 0): number {
    const own = group === undefined
      ? z > 0 ? wilson(score, counts.all, sign * z) : score.value(counts.all)
      : score.value(counts.groups![group]) - score.value(counts.all);
    const violation = kind === "gap" ? -sign * own - bound : sign * (bound - own);
    return Number.isNaN(violation) ? 0 : violation;
  }

  #multiplier = (name: string): number => this.#multipliers.get(name) ?? 1;

  /**
   * Computes the Lagrangian, the score minus Σ multiplier·violation, and its partial derivatives.
   *
   * @param counts Soft counts.
   * @returns The value, NaN where the score is not defined, and the derivatives.
   */
  lagrangian(counts: GroupedCounts): { value: number; partials: GroupedPartials } {
    const groups: Record<string, Counts> = mapGroups(counts, zero), objective = this.#objective.value(counts.all);
    let value = objective, all = plus(zero(), this.#objective.gradient(counts.all), 1);
    for (const term of this.#terms(counts)) {
      const { constraint: { score, kind }, group, sign, name } = term, by = this.#multiplier(name) * sign;
      value -= this.#multiplier(name) * this.#violation(term, counts);
      if (group !== undefined) groups[group] = plus(groups[group], score.gradient(counts.groups![group]), by);
      all = plus(all, score.gradient(counts.all), kind === "gap" ? -by : by);
    }
    return { value, partials: { all, groups } };
  }

  /**
   * Moves each multiplier by its violation: up where the constraint does not hold, down to 0 where it does.
   *
   *     λ ← max(0, λ + learningRate·violation)
   *
   * @param counts Counts of the decisions on the whole data set, not soft ones.
   * @returns This problem.
   */
  learn(counts: GroupedCounts): this {
    for (const term of this.#terms(counts)) {
      const moved = this.#multiplier(term.name) + this.#learningRate * this.#violation(term, counts, this.#z);
      this.#multipliers.set(term.name, Math.max(0, moved));
    }
    return this;
  }

  /**
   * Values decisions, to choose among several: the score where all constraints hold, otherwise −1 minus the largest violation.
   *
   * @param counts Counts of decisions.
   * @returns The value; NaN where all constraints hold and the score is not defined.
   */
  value(counts: GroupedCounts): number {
    const worst = Math.max(...this.#terms(counts).map((term) => this.#violation(term, counts, this.#z)));
    return worst > 0 ? -1 - worst : this.#objective.value(counts.all);
  }

  #asScore(name: string): Score {
    const gradient = (all: Counts) => this.lagrangian({ all }).partials.all;
    return withLearnt({ name, value: (all) => this.lagrangian({ all }).value, gradient }, {
      ofDecisions: { name, value: (all) => this.value({ all }), gradient },
      learn: (all) => void this.learn({ all }),
      numbers: () => this.multipliers,
      restore: (numbers) => Object.entries(numbers).forEach(([name, value]) => this.#multipliers.set(name, value)),
    });
  }
}

const mapGroups = ({ groups = {} }: GroupedCounts, of: () => Counts): Record<string, Counts> =>
  Object.fromEntries(Object.keys(groups).map((group) => [group, of()]));

/**
 * Makes a score that is maximised under constraints. The weights are trained on soft counts, the multipliers on the counts of
 * the decisions: two players with different payoffs (a proxy Lagrangian), because the soft counts may meet a bound that the
 * decisions miss.
 *
 *     weights:      max over θ of score(soft counts) − Σ λ·violation(soft counts)
 *     multipliers:  λ ← max(0, λ + learningRate·violation(counts of the decisions))
 *
 * `fitMetric` learns the multipliers after each epoch, on `validationData` if it is given, otherwise on `data`, and its history has
 * them. `model.compile` alone leaves them at 1. A trained model is a point of a path: take the best epoch (`patience`), by
 * {@linkcode Maximisation.value}.
 *
 * @param options See {@linkcode MaximiseOptions}.
 * @returns The problem.
 * @throws {TypeError} If the score or an option is unknown, or there is no constraint.
 * @throws {RangeError} If an option is out of range, a constraint occurs twice, or `confidence` is given for a score that is not a
 * rate.
 *
 * @see Cotter et al., "Optimization with Non-Differentiable Constraints with Applications to Fairness, Recall, Churn, and Other
 * Goals", Journal of Machine Learning Research 20, 2019; Cotter et al., "Training Well-Generalizing Classifiers for Fairness
 * Metrics and Other Data-Dependent Constraints", ICML 2019, for multipliers that are learnt on validation rows.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { fitMetric, metricLoss, recall } from "@roundabout/roundabout";
 * import { atLeast, maximise } from "@roundabout/roundabout/constraints";
 * import { assert } from "@std/assert";
 *
 * const x = tf.randomNormal([300, 2], 0, 1, "float32", 1), y = tf.cast(tf.greater(tf.sum(x, 1, true), 1), "float32");
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [2] })] });
 * const problem = maximise({ score: "precision", subjectTo: [atLeast("recall", 0.9)] });
 * const { history } = await fitMetric(model, [x, y], {
 *   loss: metricLoss(problem.score),
 *   optimizer: tf.train.adam(0.1),
 *   epochs: 30,
 *   patience: 30, // ends at the best epoch
 * });
 * assert(history["multiplier recall≥0.9"].length === 30);
 * const yPred = model.predict(x) as tf.Tensor;
 * const found = tf.sum(tf.mul(y, tf.round(yPred))).dataSync()[0] / tf.sum(y).dataSync()[0];
 * assert(found >= 0.9);
 * ```
 */
export const maximise = (options: MaximiseOptions): Maximisation => new Maximisation(options);
