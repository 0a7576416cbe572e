import * as tf from "@tensorflow/tfjs-core";
import { groupBy } from "../../numerics/group_by.ts";
import { dropTape } from "../../tfjs/engine.ts";
import { type LayersModel, lossFunctionOf, trainableVariables } from "../../tfjs/model.ts";
import type { Tensor } from "../../tfjs/tensor.ts";
import { columnsOf, extentOf, largestOf, meanOf, rowsOf } from "../batches.ts";
import { messageOf, tidied } from "../engines/tfjs.ts";
import { fourDigits } from "../report.ts";
import type { ModelFinding } from "../types.ts";
import type { LastLayer } from "./last_layer.ts";
import { activationOfLayer } from "./model_facts.ts";

/** The first rows of a model's data, what the model makes of them, and the gradients that its weights get. */
export interface FirstBatch {
  readonly model: LayersModel;
  readonly last: LastLayer;
  readonly rows: number;
  readonly inputs: Float32Array;
  readonly yTrue: Float32Array;
  /** The results of the layers, by their names. */
  readonly results: ReadonlyMap<string, { readonly values: Float32Array; readonly shape: readonly number[] }>;
  readonly loss: number;
  /** The message of the loss if it throws. */
  readonly thrown?: string;
  /** The largest absolute gradient of each trained weight. */
  readonly gradients: readonly { readonly weight: string; readonly largest: number; readonly finite: boolean }[];
}

/** A rule about the first batch. */
export interface FirstBatchRule {
  readonly name: string;
  /** True if its finding may be the consequence of an error that another rule has found. */
  readonly consequence?: boolean;
  readonly find: (batch: FirstBatch) => ModelFinding | undefined;
}

const numbersOf = (tensor: Tensor): Float32Array => Float32Array.from(tensor.dataSync());

/** The results of the layers on the rows, by their names; a layer that is used twice has no single result. */
function resultsOf(model: LayersModel, x: Tensor): FirstBatch["results"] {
  const layers = model.layers.filter((layer) =>
    layer.getClassName() !== "InputLayer" && layer.inboundNodes.length === 1 && !Array.isArray(layer.output)
  );
  const names = layers.map(({ output }) => (output as { name: string }).name);
  const results = [model.execute([x], names)].flat() as Tensor[];
  return new Map(layers.map(({ name }, i) => [name, { values: numbersOf(results[i]), shape: results[i].shape }]));
}

/** The weights whose gradients are looked at: not the tables of an embedding, whose gradient is slow on the cpu backend. */
const trained = ({ layers }: LayersModel): Set<unknown> =>
  new Set(layers.filter((layer) => layer.getClassName() !== "Embedding").flatMap((layer) => layer.trainableWeights));

/** The loss of a model on rows and the gradients of its weights; if the loss throws, its message. */
function slopes(model: LayersModel, x: Tensor, y: Tensor): Pick<FirstBatch, "loss" | "gradients" | "thrown"> {
  const loss = lossFunctionOf(model)!, variables = trainableVariables(model), weights = trained(model);
  const names = model.trainableWeights.filter((weight) => weights.has(weight));
  const read = variables.filter((_, i) => weights.has(model.trainableWeights[i]));
  const onRows = () => tf.mean(loss(y, model.apply(x, { training: false }) as Tensor)) as tf.Scalar;
  let value = NaN;
  try {
    value = onRows().dataSync()[0];
  } catch (error) {
    return { loss: NaN, gradients: [], thrown: messageOf(error).split("\n")[0] };
  }
  let grads: tf.NamedTensorMap = {};
  try {
    if (read.length > 0) grads = tf.variableGrads(onRows, read).grads;
  } catch {
    dropTape(); // no weight is connected with the loss, or the backward pass throws and leaves its tape
  }
  const gradients = read.map(({ name }, i) => {
    const numbers = name in grads ? numbersOf(grads[name]) : new Float32Array(1);
    return {
      weight: names[i].name,
      largest: largestOf(numbers),
      finite: numbers.every(Number.isFinite),
    };
  });
  return { loss: value, gradients };
}

/** Runs a model on rows; nothing of the model changes, and no tensor remains. */
export const firstBatch = (model: LayersModel, x: Tensor, y: Tensor): Omit<FirstBatch, "last"> =>
  tidied(() => ({
    model,
    rows: x.shape[0],
    inputs: numbersOf(x),
    yTrue: numbersOf(y),
    results: resultsOf(model, x),
    ...slopes(model, x, y),
  }));

/** Layers that bring inputs to a size of about 1, or look them up. */
const scaling = ["BatchNormalization", "LayerNormalization", "Rescaling", "Normalization", "Embedding"];

/** The size of inputs beyond which they count as unscaled. */
const MOST = 20;

/** Numbers of the inputs by column: of images all are one column, because a pixel means nothing. */
function inputColumns({ inputs, rows, model }: FirstBatch): Float32Array[] {
  const width = inputs.length / rows, tabular = model.inputs[0].shape.length === 2 && width <= 100;
  return tabular ? columnsOf(inputs, width) : [inputs];
}

const rootMeanSquare = (values: Float32Array): number => Math.sqrt(meanOf(values.map((v) => v * v)));

const list = (columns: readonly number[]): string =>
  columns.length > 6 ? `${columns.slice(0, 6).join(", ")} and ${columns.length - 6} more` : columns.join(", ");

const notNumbers: FirstBatchRule = {
  name: "inputs and labels are numbers",
  find: (batch) => {
    const places = inputColumns(batch).flatMap((column, i) => column.every(Number.isFinite) ? [] : [i]);
    const labels = batch.yTrue.some((y) => !Number.isFinite(y));
    if (places.length === 0 && !labels) return undefined;
    const share = (values: Float32Array) => values.filter((v) => !Number.isFinite(v)).length;
    return {
      cause: "domain-edge",
      severity: "error",
      message: labels
        ? "Some labels are NaN or infinite, so the loss and every weight become NaN in the first step"
        : `Some inputs are NaN or infinite (column ${list(places)}), so every weight becomes NaN in the first step`,
      evidence: { notFiniteInputs: share(batch.inputs), notFiniteLabels: share(batch.yTrue), rows: batch.rows },
      remedy: labels ? "Leave such rows out" : "Leave such rows out, or fill the gaps with the median of the column",
    };
  },
};

const unscaled: FirstBatchRule = {
  name: "inputs of a size of about 1",
  find: (batch) => {
    const first = batch.model.layers.find((layer) => layer.getClassName() !== "InputLayer");
    if (first !== undefined && scaling.includes(first.getClassName())) return undefined;
    const sizes = inputColumns(batch).map(rootMeanSquare);
    const large = sizes.flatMap((size, i) => size > MOST ? [i] : []),
      greatest = Math.max(...sizes.filter(Number.isFinite));
    if (large.length === 0) return undefined;
    const [from, to] = extentOf(batch.inputs), where = sizes.length > 1 ? ` (column ${list(large)})` : "";
    return {
      cause: "unscaled-inputs",
      severity: "warning",
      message: `The inputs range from ${fourDigits(from)} to ${
        fourDigits(to)
      }${where}: steps that suit small numbers do not suit these`,
      evidence: { least: from, greatest: to, rootMeanSquare: greatest, columns: large.length },
      remedy: from >= 0 && to <= 255 && batch.inputs.every(Number.isInteger)
        ? "Divide by 255, or subtract the mean of each column and divide by its standard deviation"
        : "Subtract the mean of each column and divide by its standard deviation",
    };
  },
};

const constantInputs: FirstBatchRule = {
  name: "every column of the inputs varies",
  find: (batch) => {
    const columns = inputColumns(batch);
    const same = columns.flatMap((column, i) => column.every((value) => value === column[0]) ? [i] : []);
    if (columns.length === 1 || same.length === 0 || same.length === columns.length) return undefined;
    return {
      cause: "unscaled-inputs",
      severity: "note",
      message: `Inputs of ${same.length} ${
        same.length === 1 ? "column are" : "columns are"
      } the same in every row (column ${list(same)})`,
      evidence: { columns: same.length, rows: batch.rows },
      remedy: "Leave such columns out, and look for a division of whole numbers or a filter that went wrong",
    };
  },
};

const sameRows: FirstBatchRule = {
  name: "rows can be told apart",
  find: ({ inputs, yTrue, rows }) => {
    const [texts, labels] = [inputs, yTrue].map((of) => rowsOf(of, of.length / rows).map((row) => row.join()));
    const seen = groupBy(texts.keys(), (row) => texts[row]);
    const isTorn = (same: readonly number[]) => new Set(same.map((row) => labels[row])).size > 1;
    const torn = [...seen.values()].filter(isTorn).flat().length;
    if (seen.size > 1 && torn <= rows / 2) return undefined;
    if (new Set(yTrue).size < 2) return undefined;
    return {
      cause: "constant",
      severity: seen.size === 1 ? "error" : "note", // a model can learn the shares of groups
      message: seen.size === 1
        ? "All rows have the same inputs, so no model can tell them apart"
        : `${torn} of ${rows} rows have the same inputs as a row with another label: a model can only learn their mean`,
      evidence: { rows, distinctInputs: seen.size, rowsWithAnotherLabel: torn },
      remedy: "Look at how the inputs are made: a column that is missing, or numbers cut to whole ones",
    };
  },
};

/** The units of a layer that are 0 on all rows. */
function deadUnits(values: Float32Array, units: number): number {
  let dead = 0;
  for (let unit = 0; unit < units; unit++) {
    let alive = false;
    for (let i = unit; i < values.length && !alive; i += units) alive = values[i] !== 0;
    if (!alive) dead++;
  }
  return dead;
}

/** Tells whether a model computes other numbers in training than here: it normalises each batch by its own rows. */
const normalises = ({ layers }: LayersModel): boolean =>
  layers.some((layer) => layer.getClassName() === "BatchNormalization");

const deadLayer: FirstBatchRule = {
  name: "every layer with a relu is alive",
  consequence: true,
  find: ({ model, results }) => {
    if (normalises(model)) return undefined;
    for (const layer of model.layers) {
      const activation = activationOfLayer(layer), result = results.get(layer.name);
      if (result === undefined || (activation !== "relu" && activation !== "relu6")) continue;
      const units = result.shape.at(-1)!, dead = deadUnits(result.values, units);
      if (dead <= 0.9 * units) continue;
      return {
        cause: "dead-layer",
        severity: dead === units ? "error" : "warning",
        message: `${
          dead === units ? "All" : dead
        } of the ${units} units of a ${activation} are 0 on all rows: they have no gradient`,
        evidence: { deadUnits: dead, units },
        remedy: "Scale the inputs, draw the weights small (heNormal) and the biases 0, or use a leakyRelu",
        where: { op: layer.name },
      };
    }
    return undefined;
  },
};

const noGradient: FirstBatchRule = {
  name: "every weight has a gradient",
  consequence: true,
  find: ({ model, gradients, loss }) => {
    if (normalises(model)) return undefined;
    const still = gradients.filter(({ largest, finite }) => finite && largest === 0);
    if (still.length === 0 || !Number.isFinite(loss)) return undefined;
    const all = still.length === gradients.length;
    return {
      cause: "dead-layer",
      severity: all || still.some(({ weight }) => /kernel|embeddings/.test(weight)) ? "error" : "warning",
      message: all
        ? "No weight of the model gets a gradient on these rows"
        : `${still.length} of ${gradients.length} weights get no gradient on these rows: ${
          still.slice(0, 3).map(({ weight }) => weight).join(", ")
        }`,
      evidence: { weightsWithoutGradient: still.length, weights: gradients.length, loss },
      remedy: "Look for weights that are all 0, a saturated activation, or a part that leads nowhere",
      where: { op: still[0].weight.split("/")[0] },
    };
  },
};

/** The distance from an end of its range at which an output counts as saturated. */
const NEAR = 1e-3;

const saturatedOutput: FirstBatchRule = {
  name: "outputs inside their range",
  consequence: true,
  find: ({ model, results, last, yTrue, rows }) => {
    if (normalises(model)) return undefined;
    const values = results.get(last.layer!)?.values, { activation, units, labels } = last;
    if (
      values === undefined || !["sigmoid", "softmax", "tanh", "hardSigmoid"].includes(activation) ||
      units === 1 && activation === "softmax"
    ) {
      return undefined;
    }
    const low = activation === "tanh" ? -1 : 0;
    const ended = (p: number) => p - low < NEAR || 1 - p < NEAR;
    const comparable = yTrue.length === values.length && ["binary", "one-hot", "sign"].includes(labels?.kind ?? "");
    // A row of a softmax is saturated if its largest share is.
    const isEnded = (i: number) =>
      activation === "softmax"
        ? values.subarray(i * units, (i + 1) * units).some((p) => 1 - p < NEAR)
        : ended(values[i]);
    const wrong = (i: number) => {
      if (!comparable) return true;
      if (activation !== "softmax") return Math.abs(values[i] - yTrue[i]) > 0.5 * (1 - low);
      return values.subarray(i * units, (i + 1) * units).some((p, j) => 1 - p < NEAR && yTrue[i * units + j] !== 1);
    };
    const places = Array.from({ length: activation === "softmax" ? rows : values.length }, (_, i) => i);
    const bad = places.filter((i) => isEnded(i) && wrong(i)).length, share = bad / places.length;
    if (share < 0.3) return undefined;
    return {
      cause: "saturated",
      severity: "warning",
      message: `${
        Math.round(100 * share)
      } % of the outputs are wrong and at an end of their range before the first step: their gradient is nearly 0`,
      evidence: { saturatedAndWrong: share, rows },
      remedy: "Scale the inputs, and draw the weights small: glorotNormal, biases 0",
      where: { op: last.layer! },
    };
  },
};

const throwing: FirstBatchRule = {
  name: "a loss that takes the first batch",
  consequence: true,
  find: ({ thrown }) =>
    thrown === undefined ? undefined : {
      cause: "domain-edge",
      severity: "error",
      message: `The loss throws on the first batch: ${thrown}`,
      evidence: { thrown },
      remedy: "Call the loss by hand with labels and outputs of these rows; look at their shapes first",
    },
};

const finite: FirstBatchRule = {
  name: "a loss and gradients that are numbers",
  consequence: true,
  find: ({ loss, gradients, thrown }) => {
    if (thrown !== undefined) return undefined;
    const bad = gradients.find(({ finite }) => !finite);
    if (Number.isFinite(loss) && bad === undefined) return undefined;
    return {
      cause: Number.isFinite(loss) ? "nan-gradient" : "domain-edge",
      severity: "error",
      message: Number.isFinite(loss)
        ? `The loss of the first batch is ${fourDigits(loss)}, but the gradient of ${bad!.weight} is not finite`
        : `The loss of the first batch is ${loss}`,
      evidence: { loss },
      remedy: "Scale the inputs, and keep the outputs away from the edge of a logarithm or a root",
    };
  },
};

/** The rules about the first batch: what is wrong with the data first. */
export const firstBatchRules: readonly FirstBatchRule[] = [
  notNumbers,
  throwing,
  finite,
  unscaled,
  constantInputs,
  sameRows,
  deadLayer,
  noGradient,
  saturatedOutput,
];
