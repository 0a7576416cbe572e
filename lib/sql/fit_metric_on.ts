import { aBoolean, anObject, check, describe, integerFrom, oneOf, optional, positive } from "../check/check.ts";
import { adam, sgd, type Update } from "../network/adam.ts";
import { bestOf, scoreCounts } from "../scoring/score_batch.ts";
import { checkQuery } from "./answer.ts";
import type { Query } from "./dialect.ts";
import { type FeatureScale, fromScaled, gradientByScaled, measureScale, sameScale, toScaled } from "./feature_scale.ts";
import type { LinearOptions, LinearWeights } from "./linear_sql.ts";
import {
  checkLabels,
  checkWeights,
  labelsOf,
  type Linear,
  linearCounts,
  linearGradient,
  toLinear,
} from "./metric_gradient_on.ts";

/** Options of {@linkcode fitMetricOn}. */
export interface FitMetricOnOptions extends LinearOptions {
  /** The number of epochs; one step per epoch. */
  epochs: number;
  /**
   * The optimizer: Adam with the constants of TensorFlow.js, or plain gradient descent.
   *
   * @default {"adam"}
   */
  optimizer?: "adam" | "sgd";
  /**
   * The learning rate.
   *
   * @default {0.001}
   */
  learningRate?: number;
  /**
   * The weights at the start.
   *
   * @default {0 each}
   */
  start?: LinearWeights;
  /**
   * Trains on the features less their means and divided by their standard deviations, which takes two more scans. The weights
   * at the start and at the end are those of the features as the table has them.
   *
   * @default {false}
   */
  standardize?: boolean;
  /** The state of an earlier training with the same options, to go on from; `epochs` may differ. */
  resume?: LinearFitState;
  /** A function that is called after each epoch; the state in it can be written as JSON. */
  onEpoch?: (epoch: LinearEpoch) => void | Promise<void>;
}

/** The history of a training: one number per epoch, after its step. */
export interface LinearHistory {
  /** The loss of the soft counts. */
  readonly loss: number[];
  /** The score of the decisions at the threshold. */
  readonly score: number[];
}

/**
 * The state of a training as JSON, version 1. The scale and the gradients determine the weights and the state of the optimizer.
 */
export interface LinearFitState {
  /** The version of the format. */
  readonly version: 1;
  /** The options of the training, as a text. */
  readonly settings: string;
  /** The number of rows, and the weights of the positives and the negatives. */
  readonly table: { readonly rows: number; readonly positives: number; readonly negatives: number };
  /** The means and the standard deviations of the features: 0 and 1 each without `standardize`. */
  readonly scale: FeatureScale;
  /** The gradient of each epoch done by the weights of the scaled features, the bias last. */
  readonly gradients: readonly (readonly number[])[];
  /** The history of the epochs done. */
  readonly history: LinearHistory;
}

/** The end of an epoch. */
export interface LinearEpoch {
  /** The epoch, from 0. */
  readonly epoch: number;
  /** The loss after the step. */
  readonly loss: number;
  /** The score of the decisions after the step. */
  readonly score: number;
  /** The state to resume from. */
  readonly state: LinearFitState;
}

/** A trained linear model. */
export interface LinearFit extends LinearWeights {
  /** The history of all epochs. */
  readonly history: LinearHistory;
  /** The state to resume from. */
  readonly state: LinearFitState;
}

const what = "the fit";

/** Describes the options that a resumed training must share. */
function settingsOf(options: FitMetricOnOptions, linear: Linear, start: LinearWeights): string {
  const { optimizer = "adam", learningRate = 0.001, standardize = false, features, label, sampleWeight } = options;
  const { score: { name }, step, scoring: { zeroDivision } } = linear;
  return JSON.stringify({
    score: name,
    step,
    zeroDivision,
    features,
    label,
    sampleWeight,
    optimizer,
    learningRate,
    standardize,
    start,
  });
}

function updateOf({ optimizer = "adam", learningRate = 0.001 }: FitMetricOnOptions, size: number): Update {
  check(`make ${what}`, { learningRate }, positive);
  check(`make ${what}`, { optimizer }, oneOf("adam", "sgd"));
  return optimizer === "adam" ? adam(learningRate, size) : sgd(learningRate);
}

/** Reads the state of an earlier training; throws if it is of a different one. */
function checkedState(state: LinearFitState, settings: string, size: number): LinearFitState {
  if (state.version !== 1) {
    throw new RangeError(`Cannot make ${what}: the version of 'resume' must be 1, it is ${describe(state.version)}`);
  }
  if (state.settings !== settings) {
    throw new RangeError(
      `Cannot make ${what}: 'resume' is of a different training, its settings are ${state.settings}, not ${settings}`,
    );
  }
  const { scale, gradients } = state;
  const areNumbers = (list: unknown, length: number) =>
    Array.isArray(list) && list.length === length && list.every(Number.isFinite);
  if (!areNumbers(scale?.means, size - 1) || !areNumbers(scale.deviations, size - 1)) {
    throw new RangeError(`Cannot make ${what}: the 'scale' of 'resume' must be two lists of ${size - 1} numbers`);
  }
  if (Array.isArray(gradients) && gradients.every((g) => areNumbers(g, size))) return state;
  throw new RangeError(`Cannot make ${what}: the 'gradients' of 'resume' must be lists of ${size} numbers`);
}

/**
 * Trains a linear or logistic model on the score of a whole table, in two scans per epoch: `fitMetric` in the mode "exact".
 *
 *     θ ← step(θ, ∂/∂θ (1 − score(C)))        C = the soft counts of all rows
 *
 * The engine adds up four counts and one sum per weight, see {@linkcode metricGradientOn}. The score, its partial derivatives
 * and the optimizer run here, in float64. With
 * `standardize` the θ that is trained has the features (x − mean) / standard deviation, whose gradient follows from these sums:
 * (∂/∂θⱼ − meanⱼ·∂/∂b) / deviationⱼ. A training resumed from a state ends at the bits of an uninterrupted one, if the
 * engine gives the same sums.
 *
 * @param query The engine. The table must be the same in every scan.
 * @param options The table, its columns, `score`, the step, `epochs`, the optimizer.
 * @returns The weights and the history.
 * @throws {TypeError} If the score or an option is unknown.
 * @throws {RangeError} As {@linkcode metricGradientOn}; if no row has a gradient in an epoch, although the loss is not 0; or if
 * `resume` is of a training with different options.
 *
 * @example
 * ```ts
 * import { fitMetricOn } from "@roundabout/roundabout/sql";
 * import { assertEquals } from "@std/assert";
 *
 * const sums = { flag: "0", n: "4", pos: "2", neg: "2", alive: "4", g: "0.01", g_x0: "-0.25" }; // of an engine
 * const counts = { tp: "1.5", fp: "0.5", fn: "0.5", tn: "1.5", hard_tp: "2", hard_fp: "0", hard_fn: "0", hard_tn: "2" };
 * const query = () => Promise.resolve([{ ...sums, ...counts }]);
 * const { weights, history } = await fitMetricOn(query, {
 *   from: "train",
 *   label: "y",
 *   features: ["age"],
 *   score: "f1",
 *   epochs: 2,
 *   optimizer: "sgd",
 *   learningRate: 1,
 * });
 * assertEquals([weights, history.score], [[0.5], [1, 1]]);
 * ```
 */
export async function fitMetricOn(query: Query, options: FitMetricOnOptions): Promise<LinearFit> {
  checkQuery(what, query);
  const linear = toLinear(what, options, [
    "epochs",
    "optimizer",
    "learningRate",
    "start",
    "standardize",
    "resume",
    "onEpoch",
  ]);
  const { epochs, features, onEpoch, resume, standardize } = options, size = features.length + 1;
  check(`make ${what}`, { epochs }, integerFrom(1));
  check(`make ${what}`, { standardize }, optional(aBoolean));
  check(`make ${what}`, { resume }, optional(anObject));
  const start = options.start ?? { weights: features.map(() => 0), bias: 0 };
  checkWeights(what, start, features);
  const update = updateOf(options, size);
  const settings = settingsOf(options, linear, start);
  const saved = resume && checkedState(resume, settings, size);
  const gradients = [...saved?.gradients ?? []];
  const history: LinearHistory = { loss: [...saved?.history.loss ?? []], score: [...saved?.history.score ?? []] };
  const scale = saved?.scale ??
    (standardize ? await measureScale(query, linear, start, features) : sameScale(features));
  const scaled = toScaled(start, scale), theta = Float64Array.of(...scaled.weights, scaled.bias);
  const model = (): LinearWeights => fromScaled({ weights: [...theta.subarray(0, -1)], bias: theta[size - 1] }, scale);
  const state = (): LinearFitState => ({
    version: 1,
    settings,
    table: labelsOf(counted),
    scale,
    gradients: [...gradients],
    history: { loss: [...history.loss], score: [...history.score] },
  });
  for (const gradient of gradients) update(theta, Float64Array.from(gradient));
  let counted = await linearCounts(query, linear, model());
  if (saved !== undefined) checkLabels(what, labelsOf(counted), saved.table);
  for (let epoch = gradients.length; epoch < epochs; epoch++) {
    const { value, gradient, alive } = await linearGradient(query, linear, model(), counted);
    if (alive === 0 && value !== 0) throw deadGradient(linear, epoch, standardize);
    const step = gradientByScaled(gradient, scale);
    gradients.push([...step.weights, step.bias]);
    update(theta, Float64Array.from(gradients[epoch]));
    const before = labelsOf(counted);
    counted = await linearCounts(query, linear, model());
    checkLabels(what, before, labelsOf(counted));
    const loss = bestOf(linear.score) - scoreCounts([counted.counts], undefined, linear.scoring).value;
    const score = scoreCounts([counted.hard], undefined, linear.scoring).value;
    history.loss.push(loss);
    history.score.push(score);
    await onEpoch?.({ epoch, loss, score, state: state() });
  }
  return { ...model(), history, state: state() };
}

const deadGradient = ({ score }: Linear, epoch: number, standardize = false): RangeError =>
  new RangeError(
    `Cannot train on ${score.name}: no row has a gradient in epoch ${epoch}; ` +
      `${standardize ? "" : "set 'standardize', "}begin from smaller weights, or lower 'slope'`,
  );
