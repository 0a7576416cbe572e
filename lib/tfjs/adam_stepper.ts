import * as tf from "@tensorflow/tfjs-core";
import { inHostMemory } from "./engine.ts";
import { applyGradients, type LayersOptimizer } from "./optimizers.ts";
import type { Tensor } from "./tensor.ts";

/** Takes the steps of an epoch. */
interface Stepper {
  /** Moves the variables by their gradients, given by name. */
  step(gradients: Record<string, Tensor>): void;
  /** Writes the moments back into the optimizer. */
  end(): void;
}

type Moments = { originalName: string; variable: tf.Variable }[];

/** State of `tf.AdamOptimizer`, most of it private. */
interface Adam {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly accBeta1: tf.Variable;
  readonly accBeta2: tf.Variable;
  readonly accumulatedFirstMoment: Moments;
  readonly accumulatedSecondMoment: Moments;
  incrementIterations(): void;
}

const round = Math.fround;

/** A variable and its moments. */
interface Tracked {
  readonly variable: tf.Variable;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/**
 * Computes the weights after one step of TensorFlow.js's Adam and updates the moments in place. The formula is that of
 * `adam` in `lib/network/`, written apart: each operation is rounded to float32 in TensorFlow.js's order (√(v/d₂) + ε before
 * the learning rate), so that the weights have the same bits, and a rounding function passed in would make the loop three
 * times as slow.
 */
function adamStep(
  weights: Float32Array,
  gradient: Float32Array,
  { first, second }: Tracked,
  { beta1, beta2, epsilon, learningRate }: Adam,
  [power1, power2]: readonly number[],
): Float32Array {
  const b1 = round(beta1), b2 = round(beta2), c1 = round(1 - beta1), c2 = round(1 - beta2), e = round(epsilon);
  const rate = round(-learningRate), d1 = round(1 - power1), d2 = round(1 - power2);
  const next = new Float32Array(weights.length);
  for (let i = 0; i < next.length; i++) {
    const g = gradient[i], m = round(round(first[i] * b1) + round(g * c1));
    const v = round(round(second[i] * b2) + round(round(g * g) * c2));
    first[i] = m;
    second[i] = v;
    const root = round(round(Math.sqrt(round(v / d2))) + e);
    next[i] = round(round(round(m / d1) / root) * rate) + weights[i];
  }
  return next;
}

/** Reads the powers of β of Adam. */
const powersOf = ({ accBeta1, accBeta2 }: Adam): number[] => [accBeta1, accBeta2].map((power) => power.dataSync()[0]);

/** Reads the moments of variables, given by their names in the order of the optimizer's lists; 0 each before the first step. */
function readMoments(adam: Adam, names: readonly string[]): Map<string, Tracked> {
  const variables = tf.engine().registeredVariables;
  return new Map(names.map((name, i): [string, Tracked] => {
    const variable = variables[name];
    const read = (moments: Moments) =>
      (moments[i]?.variable.dataSync().slice() ?? new Float32Array(variable.size)) as Float32Array;
    const first = read(adam.accumulatedFirstMoment), second = read(adam.accumulatedSecondMoment);
    return [name, { variable, first, second }];
  }));
}

/** Writes the moments and the powers of β back into the optimizer. */
function writeMoments(adam: Adam, tracked: ReadonlyMap<string, Tracked>, powers: readonly number[]): void {
  const write = (moments: Moments, i: number, originalName: string, tensor: Tensor) => {
    if (moments[i] === undefined) moments[i] = { originalName, variable: tf.variable(tensor, false) };
    else moments[i].variable.assign(tensor);
  };
  tf.tidy(() => {
    [...tracked].forEach(([name, { variable: { shape }, first, second }], i) => {
      write(adam.accumulatedFirstMoment, i, `${name}/m`, tf.tensor(first, shape));
      write(adam.accumulatedSecondMoment, i, `${name}/v`, tf.tensor(second, shape));
    });
    [adam.accBeta1, adam.accBeta2].forEach((power, k) => power.assign(tf.scalar(powers[k])));
  });
}

/** Makes a stepper for Adam: one loop instead of some ten operations per weight, the moments in arrays until the epoch ends. */
function adamStepper(adam: Adam): Stepper {
  let tracked: Map<string, Tracked> | undefined, powers: number[] = [];
  const end = () => {
    if (tracked !== undefined) writeMoments(adam, tracked, powers);
    tracked = undefined;
  };
  return {
    step: (gradients) => {
      const names = Object.keys(gradients);
      if (tracked !== undefined && (tracked.size !== names.length || names.some((name) => !tracked!.has(name)))) end();
      if (tracked === undefined) [tracked, powers] = [readMoments(adam, names), powersOf(adam)];
      tf.tidy(() => {
        for (const [name, own] of tracked!) {
          const { variable } = own, weights = variable.dataSync() as Float32Array;
          const next = adamStep(weights, gradients[name].dataSync() as Float32Array, own, adam, powers);
          variable.assign(tf.tensor(next, variable.shape));
        }
      });
      powers = [round(powers[0] * round(adam.beta1)), round(powers[1] * round(adam.beta2))];
      adam.incrementIterations();
    },
    end,
  };
}

/** Makes the stepper of an optimizer: a loop for TensorFlow.js's Adam where that is faster, else the optimizer's own step. */
export function stepperOf(optimizer: LayersOptimizer): Stepper {
  if (optimizer.constructor === tf.AdamOptimizer && inHostMemory()) {
    return adamStepper(optimizer as unknown as Adam);
  }
  return { step: (gradients) => applyGradients(optimizer, gradients), end: () => {} };
}
