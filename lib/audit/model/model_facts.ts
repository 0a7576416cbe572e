import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "../../tfjs/model.ts";
import { extentOf, onSimplex, rowsOf } from "../batches.ts";
import type { AuditedLoss, LabelKind } from "../types.ts";
import {
  type Activation,
  activationOf,
  type LabelFacts,
  type LastLayer,
  type NamedLoss,
  namedLossOf,
} from "./last_layer.ts";

type Layer = LayersModel["layers"][number];

/** Layers that hand on what they get: in another shape, in part, or as a mean or a maximum of it. */
const passing = ["Flatten", "Reshape", "Dropout", "SpatialDropout1D", "Permute", "GaussianNoise", "InputLayer"];
const isPassing = (kind: string): boolean => passing.includes(kind) || /Pooling|Cropping|UpSampling/.test(kind);

/** Layers that are an activation, with its name. */
const activationLayers: Readonly<Record<string, Activation>> = {
  Softmax: "softmax",
  ReLU: "relu",
  LeakyReLU: "leakyRelu",
  PReLU: "leakyRelu",
  ELU: "elu",
};

/** The activation of a layer; undefined if its class or its configuration does not tell. */
export function activationOfLayer(layer: Layer): Activation | undefined {
  const kind = layer.getClassName();
  if (kind in activationLayers) return activationLayers[kind];
  // A wrapper has the configuration of the layer inside.
  const config = layer.getConfig(), inner = config.layer as { config?: { activation?: unknown } } | undefined;
  const activation = inner?.config?.activation ?? config.activation;
  return typeof activation === "string" ? activationOf(activation) : undefined;
}

/** The activation that outputs look like, of a layer whose configuration does not tell: shares, or anything else. */
function activationByResult(values: Float32Array, units: number): Activation {
  const [least, greatest] = extentOf(values);
  if (least >= 0 && greatest <= 1) return onSimplex(values, units) ? "softmax" : "sigmoid";
  return "linear";
}

/** Tells whether a layer is nothing but its activation. */
const isActivation = (layer: Layer): boolean =>
  layer.getClassName() === "Activation" || layer.getClassName() in activationLayers;

const actingLayers = ({ layers }: LayersModel): Layer[] => layers.filter((layer) => !isPassing(layer.getClassName()));

/** The activation of the last layer that has one; "linear" if its class or its configuration does not tell. */
export function lastActivationOf(model: LayersModel): Activation {
  const last = actingLayers(model).at(-1);
  return (last && activationOfLayer(last)) ?? "linear";
}

/** The last layer of a model that has an activation, without the labels; `outputs` are the model's on some rows. */
export function lastLayerOf(model: LayersModel, outputs: Float32Array): Omit<LastLayer, "labels"> {
  const acting = actingLayers(model), last = acting.at(-1);
  const units = model.outputs[0].shape.at(-1) ?? 1, loss = namedLossOf(lossOf(model));
  const activation = (last && activationOfLayer(last)) ?? activationByResult(outputs, units);
  // A layer that is an activation acts on the activation of the layer before it.
  const before = last !== undefined && isActivation(last) ? acting.at(-2) : undefined;
  const activationBefore = before && activationOfLayer(before);
  return {
    activation,
    units,
    ...(loss === undefined ? {} : { loss }),
    ...(activationBefore === undefined ? {} : { activationBefore }),
    layer: (last ?? model.layers.at(-1)!).name,
  };
}

/** The names of the losses of `tf.losses` that are one of TensorFlow.js's named ones. */
const publishedLosses: Readonly<Record<string, NamedLoss>> = {
  sigmoidCrossEntropy: "sigmoidCrossEntropy",
  softmaxCrossEntropy: "softmaxCrossEntropy",
  meanSquaredError: "meanSquaredError",
  absoluteDifference: "meanAbsoluteError",
  logLoss: "binaryCrossentropy",
};

/** The loss of a compiled model: its name, also if it is a function of `tf.losses`, or the function. */
export function lossOf(model: LayersModel): string | AuditedLoss {
  const own: unknown = model.loss;
  const loss = Array.isArray(own) ? own[0] : typeof own === "object" && own !== null ? Object.values(own)[0] : own;
  const published = Object.entries(tf.losses).find(([, known]) => known === loss)?.[0] ?? "";
  return publishedLosses[published] ?? loss;
}

/** The kind of labels in one column; `classes` tells whether the loss or the last layer means classes. */
function kindOfColumn(values: Float32Array, classes: boolean): LabelKind {
  const distinct = new Set(values), [least, greatest] = extentOf(values), whole = values.every(Number.isInteger);
  const are = (...these: number[]) => [...distinct].every((value) => these.includes(value));
  if (classes && (whole || !are(0, 1))) return "index";
  if (are(0, 1)) return "binary";
  if (are(-1, 1)) return "sign";
  if (whole && least >= 0) return "count";
  if (least >= 0 && greatest <= 1) return "probability";
  return least >= 0 ? "positive" : "real";
}

/** The kind of labels in several columns. */
function kindOfColumns(values: Float32Array, sums: readonly number[]): LabelKind {
  const [least, greatest] = extentOf(values), one = sums.every((sum) => Math.abs(sum - 1) < 1e-3);
  if (values.every((value) => value === 0 || value === 1)) return one ? "one-hot" : "binary";
  if (values.every((value) => value === -1 || value === 1)) return "sign";
  if (least >= 0 && greatest <= 1) return one ? "distribution" : "probability";
  return least >= 0 ? "positive" : "real";
}

/** Facts about labels, from their numbers; missing labels (NaN) are left out. */
export function labelFacts(
  values: Float32Array,
  columns: number,
  { loss, units }: Pick<LastLayer, "loss" | "units">,
): LabelFacts {
  const there = values.filter((value) => !Number.isNaN(value)), range = extentOf(there);
  const whole = there.every(Number.isInteger);
  if (columns === 1) {
    // Whole numbers for several units, or few of them under a loss of shares, are classes.
    const few = units > 1 ? units - 1 : loss === "binaryCrossentropy" && range[1] > 1 ? 20 : -1;
    const classes = loss === "sparseCategoricalCrossentropy" || (whole && range[0] >= 0 && range[1] <= few);
    return { kind: kindOfColumn(there, classes), columns, range, whole };
  }
  const sums = rowsOf(values, columns).map((row) => row.reduce((sum, y) => sum + y, 0));
  const kind = kindOfColumns(there, sums);
  return { kind, columns, range, whole, ...(kind === "binary" ? { mostInARow: Math.max(...sums) } : {}) };
}
