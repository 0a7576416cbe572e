import type { LabelKind } from "../types.ts";

/** The numbers that outputs or labels can take. */
export type Range = readonly [least: number, greatest: number];

/** Activations with the range of their outputs, as Keras names them. */
export const activationRanges = {
  linear: [-Infinity, Infinity],
  sigmoid: [0, 1],
  hardSigmoid: [0, 1],
  softmax: [0, 1],
  tanh: [-1, 1],
  softsign: [-1, 1],
  relu: [0, Infinity],
  relu6: [0, 6],
  softplus: [0, Infinity],
  elu: [-1, Infinity],
  selu: [-1.7581, Infinity],
  swish: [-0.2785, Infinity],
  mish: [-0.3088, Infinity],
  gelu: [-0.17, Infinity],
  leakyRelu: [-Infinity, Infinity],
} as const satisfies Record<string, Range>;

/** Activation of a last layer, as Keras names it. */
export type Activation = keyof typeof activationRanges;

/**
 * Losses by what they take. Names are those of TensorFlow.js; `softmaxCrossEntropy` and `sigmoidCrossEntropy` take logits.
 */
export const lossFamilies = {
  binaryCrossentropy: "probabilities",
  categoricalCrossentropy: "classes",
  sparseCategoricalCrossentropy: "classes",
  kullbackLeiblerDivergence: "classes",
  sigmoidCrossEntropy: "logits",
  softmaxCrossEntropy: "logits",
  hinge: "signs",
  squaredHinge: "signs",
  categoricalHinge: "any",
  poisson: "positive",
  meanSquaredError: "differences",
  meanAbsoluteError: "differences",
  meanAbsolutePercentageError: "differences",
  meanSquaredLogarithmicError: "differences",
  logcosh: "differences",
  cosineProximity: "any",
} as const;

/** Name of a loss. */
export type NamedLoss = keyof typeof lossFamilies;

const otherNames: Readonly<Record<string, NamedLoss>> = {
  bce: "binaryCrossentropy",
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  kld: "kullbackLeiblerDivergence",
  klDivergence: "kullbackLeiblerDivergence",
  cosineSimilarity: "cosineProximity",
  logCosh: "logcosh",
};

/** A name in the spelling of TensorFlow.js: hard_sigmoid and hardSigmoid are the same. */
const camel = (name: string): string => name.trim().replace(/_(\w)/g, (_, letter) => letter.toUpperCase());

/** The activation of a name, in Keras's spelling or that of TensorFlow.js; undefined if it is not known. */
export function activationOf(name: string): Activation | undefined {
  const own = camel(name) === "leakyReLU" ? "leakyRelu" : camel(name);
  return Object.hasOwn(activationRanges, own) ? own as Activation : undefined;
}

/** The loss of a name, in Keras's spelling or that of TensorFlow.js; undefined if it is not known. */
export function namedLossOf(name: unknown): NamedLoss | undefined {
  if (typeof name !== "string") return undefined;
  const own = camel(name);
  return otherNames[own] ?? (Object.hasOwn(lossFamilies, own) ? own as NamedLoss : undefined);
}

/** Facts about the labels of a model. */
export interface LabelFacts {
  readonly kind: LabelKind;
  /** The number of columns of the labels; undefined if it follows from the kind. */
  readonly columns?: number;
  /** The range of the labels; undefined if it follows from the kind. */
  readonly range?: Range;
  /** The most labels of 1 in a row. */
  readonly mostInARow?: number;
  /** All labels are whole numbers. */
  readonly whole?: boolean;
}

/** A last layer, the loss on it and its labels. */
export interface LastLayer {
  readonly activation: Activation;
  readonly units: number;
  /** The loss; undefined if it is a function. */
  readonly loss?: NamedLoss;
  readonly labels?: LabelFacts;
  /** The activation whose result a last softmax or sigmoid is applied to. */
  readonly activationBefore?: Activation;
  /** The name of the last layer. */
  readonly layer?: string;
}

/** The range of labels: measured, or that of their kind. */
export function labelRange({ kind, range }: LabelFacts, units: number): Range {
  if (range !== undefined) return range;
  switch (kind) {
    case "sign":
      return [-1, 1];
    case "real":
      return [-Infinity, Infinity];
    case "positive":
    case "count":
      return [0, Infinity];
    case "index":
      return [0, Math.max(1, units - 1)];
    default:
      return [0, 1];
  }
}
