import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../tfjs/tensor.ts";
import { inHostMemory } from "./host_memory.ts";
import type { Optimizer } from "./optimizers.ts";

/** Takes the steps of an epoch. */
export interface Stepper {
  step(gradients: Record<string, Tensor>): void;
  /** Gives the optimizer back what it has to remember. */
  end(): void;
}

type Moments = { originalName: string; variable: tf.Variable }[];

/** What `tf.AdamOptimizer` keeps. */
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

/** What Adam remembers of a weight. */
interface Memory {
  readonly variable: tf.Variable;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** TensorFlow.js' own step in one loop: each operation is rounded to float32 as there, so the weights are the same bits. */
function adamValues(
  weights: Float32Array,
  gradient: Float32Array,
  { first, second }: Memory,
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

/**
 * Adam's steps without some ten operations a weight: its memory is kept in lists from the first step to the end of the epoch.
 */
function adamStepper(adam: Adam): Stepper {
  let memory: Map<string, Memory> | undefined, powers = [0, 0];
  const begin = (gradients: Record<string, Tensor>) => {
    const variables = tf.engine().registeredVariables, names = Object.keys(gradients);
    powers = [adam.accBeta1, adam.accBeta2].map((power) => power.dataSync()[0]);
    return new Map(names.map((name, i) => {
      const variable = variables[name];
      const listOf = (moments: Moments) =>
        (moments[i]?.variable.dataSync().slice() ?? new Float32Array(variable.size)) as Float32Array;
      return [name, {
        variable,
        first: listOf(adam.accumulatedFirstMoment),
        second: listOf(adam.accumulatedSecondMoment),
      }];
    }));
  };
  const end = () => {
    if (memory === undefined) return;
    tf.tidy(() => {
      [...memory!].forEach(([name, { variable: { shape }, first, second }], i) => {
        const put = (moments: Moments, values: Float32Array, suffix: string) => {
          const tensor = tf.tensor(values, shape);
          if (moments[i] === undefined) {
            moments[i] = { originalName: `${name}/${suffix}`, variable: tf.variable(tensor, false) };
          } else moments[i].variable.assign(tensor);
        };
        put(adam.accumulatedFirstMoment, first, "m");
        put(adam.accumulatedSecondMoment, second, "v");
      });
      [adam.accBeta1, adam.accBeta2].forEach((power, k) => power.assign(tf.scalar(powers[k])));
    });
    memory = undefined;
  };
  return {
    step: (gradients) => {
      const names = Object.keys(gradients);
      if (memory !== undefined && (memory.size !== names.length || names.some((name) => !memory!.has(name)))) end();
      memory ??= begin(gradients);
      tf.tidy(() => {
        for (const [name, own] of memory!) {
          const { variable } = own, weights = variable.dataSync() as Float32Array;
          const next = adamValues(weights, gradients[name].dataSync() as Float32Array, own, adam, powers);
          variable.assign(tf.tensor(next, variable.shape));
        }
      });
      powers = [round(powers[0] * round(adam.beta1)), round(powers[1] * round(adam.beta2))];
      adam.incrementIterations();
    },
    end,
  };
}

/** The optimizer's steps: TensorFlow.js' Adam in a loop of its own where that is quicker, others as they are. */
export function stepperOf(optimizer: Optimizer): Stepper {
  if (optimizer.constructor === tf.AdamOptimizer && inHostMemory()) {
    return adamStepper(optimizer as unknown as Adam);
  }
  return { step: (gradients) => optimizer.applyGradients(gradients as never), end: () => {} };
}
