import { addedCurvature, type Curvature, type Differentiable, lbfgs } from "../network/lbfgs.ts";
import { backward, forward, type NetworkForm, roomFor } from "../network/mlp.ts";
import type { Objective, RowLabels } from "../network/objectives.ts";
import type { RowNumbers } from "../network/products.ts";
import type { Split } from "../data/table.ts";
import { takeRows } from "../network/train.ts";
import { takeLabels } from "./train_on_part.ts";

/**
 * The inverse strengths C of the L2 penalty, weakest first, as in scikit-learn's LogisticRegression: the penalty
 * of n rows is ‖w‖²/(2·C·n), biases excluded.
 */
export const inverseStrengths: readonly number[] = [10_000, 100, 10, 1, 0.1, 0.01];

const convergence = { steps: 500, tolerance: 1e-6 };

/** A linear model's problem: the rows, and the loss of their logits. */
export interface LinearProblem {
  readonly form: NetworkForm;
  readonly x: RowNumbers;
  readonly labels: RowLabels;
  readonly objective: Objective;
  /**
   * The decrease of ten steps below which a search ends.
   *
   * @default {0}
   */
  readonly leastDecrease?: number;
}

/**
 * The loss of all rows and its gradient. Those of the weights at which the gradient was last computed are kept: the next search
 * starts there.
 */
function lossOfRows({ form, x, labels, objective }: LinearProblem): Differentiable {
  const room = roomFor(form, labels.rows);
  let known: { weights: Float64Array; value: number; gradient: Float64Array } | undefined;
  return (weights) => {
    if (known?.weights === weights) {
      const { value, gradient } = known;
      return { value, gradient: () => gradient };
    }
    const loss = objective(labels, forward(form, weights, x, room).logits), { value } = loss;
    return {
      value,
      gradient() {
        const gradient = backward(form, weights, x, room.units, loss.gradient);
        known = { weights, value, gradient };
        return gradient;
      },
    };
  };
}

/** Returns whether a weight is a bias. */
const biasOf = ({ features }: NetworkForm) => (j: number): boolean => j % (features + 1) === features;

/** Adds an L2 penalty, biases excluded. */
function penalised(lossAt: Differentiable, form: NetworkForm, strength: number): Differentiable {
  const isBias = biasOf(form);
  return (weights) => {
    const loss = lossAt(weights);
    let squares = 0;
    for (let j = 0; j < weights.length; j++) squares += isBias(j) ? 0 : weights[j] * weights[j];
    return {
      value: loss.value + strength / 2 * squares,
      gradient() {
        const gradient = loss.gradient().slice();
        for (let j = 0; j < gradient.length; j++) gradient[j] += isBias(j) ? 0 : strength * weights[j];
        return gradient;
      },
    };
  };
}

/** The weights at one strength of the penalty. */
export interface LinearFit {
  readonly inverseStrength: number;
  readonly weights: Float64Array;
}

/**
 * Trains a linear model to convergence on all rows at once (L-BFGS on the exact gradient), once per strength of the penalty,
 * from the weights of the weaker penalty before it. A strong penalty first would drive a loss of a score, which is not
 * convex, to one answer for all rows, where its gradient is 0. With many numbers, float32 ones, a search begins with the
 * curvatures of the one before it, to which the stronger penalty adds a known amount: about a quarter fewer evaluations.
 */
export function* fitLinear(problem: LinearProblem, start: Float64Array): Generator<LinearFit> {
  const { form, x, leastDecrease } = problem,
    rows = x.length / form.features,
    lossAt = lossOfRows(problem),
    isBias = biasOf(form);
  let weights = start, curvatures: readonly Curvature[] = [], last = 0;
  for (const inverseStrength of inverseStrengths) {
    const strength = 1 / (inverseStrength * rows), added = start.map((_, j) => isBias(j) ? 0 : strength - last);
    const known = x instanceof Float32Array ? curvatures.map((one) => addedCurvature(one, added)) : [];
    const penalisedLoss = penalised(lossAt, form, strength);
    ({ weights, curvatures } = lbfgs(weights, penalisedLoss, { ...convergence, leastDecrease, curvatures: known }));
    last = strength;
    yield { inverseStrength, weights };
  }
}

/**
 * Computes the logits of rows by models that were fitted to the other rows, from the same start (a warm one has seen all rows):
 * one list per strength of the penalty, each of all rows.
 */
export function heldOutLogits(problem: LinearProblem, folds: readonly Split[], start: Float64Array): Float64Array[] {
  const { form, x, labels } = problem, { features, outputs } = form;
  const logits = inverseStrengths.map(() => new Float64Array(labels.rows * outputs));
  for (const { train, test } of folds) {
    const fitted = { ...problem, x: takeRows(x, features, train), labels: takeLabels(labels, train) };
    const heldOut = takeRows(x, features, test);
    [...fitLinear(fitted, start)].forEach(({ weights }, strength) => {
      const found = forward(form, weights, heldOut).logits;
      test.forEach((row, i) => logits[strength].set(found.subarray(i * outputs, (i + 1) * outputs), row * outputs));
    });
  }
  return logits;
}
