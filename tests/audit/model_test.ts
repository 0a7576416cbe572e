// Audits of models: each kind of fault has its finding, and the sound sibling has none.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  auditLastLayer,
  auditModel,
  type LastLayerWords,
  type ModelAudit,
  modelCauses,
  type ModelRows,
} from "@roundabout/roundabout/audit";
import "../helpers.ts";
import { seededRandom } from "../../lib/numerics/random.ts";
import { auditPorts, tableOf } from "../reference/audited/deepfd.ts";
import { slow } from "../slow.ts";

type Layers = tf.layers.Layer[];
type Loss = string | ((yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor);

interface ModelCase {
  readonly layers?: () => Layers;
  readonly loss: Loss;
  readonly x?: () => tf.Tensor;
  readonly y: () => tf.Tensor;
}

const ROWS = 48;

function draw(shape: number[], of: (r: ReturnType<typeof seededRandom>, i: number) => number, seed = 1): tf.Tensor {
  const random = seededRandom(seed), size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(Float32Array.from({ length: size }, (_, i) => of(random, i)), shape);
}

const inputs = (size = 1) => draw([ROWS, 4], (r) => size * r.normal());
const labels = {
  binary: () => draw([ROWS, 1], (r) => r.uniform() < 0.5 ? 1 : 0, 2),
  sign: () => draw([ROWS, 1], (r) => r.uniform() < 0.5 ? 1 : -1, 2),
  index: () => draw([ROWS, 1], (r) => Math.floor(3 * r.uniform()), 2),
  oneHot: () => tf.oneHot(tf.cast(tf.squeeze(labels.index(), [-1]), "int32"), 3).toFloat() as tf.Tensor,
  several: () => draw([ROWS, 3], (r) => r.uniform() < 0.5 ? 1 : 0, 2),
  oneOrNone: () => tf.oneHot(tf.cast(tf.sub(tf.squeeze(labels.index(), [-1]), 1), "int32"), 3).toFloat() as tf.Tensor,
  amounts: () => draw([ROWS, 1], (r) => 10 + 5 * r.normal(), 2),
  share: () => draw([ROWS, 1], (r) => r.uniform(), 2),
  grey: () => draw([ROWS, 1], (r) => 255 * (r.uniform() < 0.5 ? 1 : 0), 2),
  between: () => draw([ROWS, 1], (r) => 1.8 * r.uniform() - 0.9, 2),
};

const init = { kernelInitializer: tf.initializers.glorotUniform({ seed: 3 }) };

/** A hidden layer and the last one. */
const last = (activation: string | undefined, units = 1) => (): Layers => [
  tf.layers.dense({ units: 8, activation: "relu", inputShape: [4], ...init }),
  tf.layers.dense({ units, ...(activation ? { activation: activation as "relu" } : {}), ...init }),
];

const plain: ModelCase = { layers: last("sigmoid"), loss: "binaryCrossentropy", y: labels.binary };

/** A relu of 20 units, of which so many live, and the last layer. */
const living = (alive: number) => (): Layers => [
  tf.layers.dense({
    units: 20,
    activation: "relu",
    inputShape: [4],
    weights: [draw([4, 20], (r) => r.normal()), draw([20], (_, i) => i < alive ? 0 : -50)],
  }),
  ...last("sigmoid")().slice(1),
];

/** Units far below 0, a layer that may bring them back, and a relu. */
const shifted = (between?: typeof tf.layers.batchNormalization) => (): Layers => [
  tf.layers.dense({ units: 8, inputShape: [4], ...init, biasInitializer: tf.initializers.constant({ value: -50 }) }),
  ...(between ? [between()] : []),
  tf.layers.reLU(),
  ...last("sigmoid")().slice(1),
];

/** A sigmoid of the first column alone. */
const steep = (slope: number) => (): Layers => [
  tf.layers.dense({
    units: 1,
    activation: "sigmoid",
    inputShape: [4],
    weights: [tf.tensor2d([[slope], [0], [0], [0]]), tf.zeros([1])],
  }),
];
const firstIsPositive = () => tf.cast(tf.greater(tf.slice(inputs(), [0, 0], [ROWS, 1]), 0), "float32");

/** Audits a model. Nothing of it changes, and no tensor is left. */
function audit({ layers = last("sigmoid"), loss, x = inputs, y }: ModelCase): ModelAudit {
  const model = tf.sequential({ layers: layers() });
  model.compile({ optimizer: "sgd", loss: loss as string });
  const rows = { x: x(), y: y() }, before = model.getWeights().map((w) => [...w.dataSync()]);
  const tensors = tf.memory().numTensors;
  const result = auditModel(model, rows);
  assertEquals(tf.memory().numTensors, tensors);
  assertEquals(model.getWeights().map((w) => [...w.dataSync()]), before);
  model.dispose();
  tf.dispose([rows.x, rows.y]);
  return result;
}

const said = ({ findings }: ModelAudit): string[] => findings.map(({ cause, severity }) => `${severity} ${cause}`);

/** Each fault with its first finding, and a sibling that differs by the fault only. */
const cases: Record<string, { faulty: ModelCase; first: string; message: RegExp; sound: ModelCase }> = {
  "softmax over one unit": {
    faulty: { ...plain, layers: last("softmax") },
    first: "error constant",
    message: /^A softmax over one unit is always 1/,
    sound: plain,
  },
  "softmax with binary cross-entropy": {
    faulty: { layers: last("softmax", 3), loss: "binaryCrossentropy", y: labels.oneHot },
    first: "warning activation-mismatch",
    message: /judges each unit of a softmax on its own/,
    sound: { layers: last("softmax", 3), loss: "categoricalCrossentropy", y: labels.oneHot },
  },
  "softmax with a squared error": {
    faulty: { layers: last("softmax", 3), loss: "meanSquaredError", y: labels.oneHot },
    first: "warning activation-mismatch",
    message: /^meanSquaredError of a softmax has hardly a gradient/,
    sound: { layers: last("softmax", 3), loss: "categoricalCrossentropy", y: labels.oneHot },
  },
  "softmax where a row has several labels": {
    faulty: { layers: last("softmax", 3), loss: "categoricalCrossentropy", y: labels.several },
    first: "error activation-mismatch",
    message: /sum to 1, but a row has up to 3 labels$/,
    sound: { layers: last("sigmoid", 3), loss: "binaryCrossentropy", y: labels.several },
  },
  "softmax where a row has several labels, beside rows of one label or none": {
    faulty: { layers: last("softmax", 3), loss: "categoricalCrossentropy", y: labels.several },
    first: "error activation-mismatch",
    message: /sum to 1, but a row has up to 3 labels$/,
    sound: { layers: last("softmax", 3), loss: "categoricalCrossentropy", y: labels.oneOrNone },
  },
  "categorical cross-entropy on one column": {
    faulty: { ...plain, loss: "categoricalCrossentropy" },
    first: "error constant",
    message: /^categoricalCrossentropy divides the outputs of a row by their sum/,
    sound: plain,
  },
  "categorical cross-entropy on class indices": {
    faulty: { layers: last("softmax", 3), loss: "categoricalCrossentropy", y: labels.index },
    first: "error label-encoding",
    message: /^categoricalCrossentropy takes one-hot labels of 3 columns/,
    sound: { layers: last("softmax", 3), loss: "sparseCategoricalCrossentropy", y: labels.index },
  },
  "sparse cross-entropy on one-hot labels": {
    faulty: { layers: last("softmax", 3), loss: "sparseCategoricalCrossentropy", y: labels.oneHot },
    first: "error label-encoding",
    message: /^sparseCategoricalCrossentropy takes one column of class indices/,
    sound: { layers: last("softmax", 3), loss: "categoricalCrossentropy", y: labels.oneHot },
  },
  "sigmoids under a loss of one class": {
    faulty: { layers: last("sigmoid", 3), loss: "categoricalCrossentropy", y: labels.oneHot },
    first: "warning activation-mismatch",
    message: /expects outputs that sum to 1, but each sigmoid stands alone/,
    sound: { layers: last("sigmoid", 3), loss: "binaryCrossentropy", y: labels.oneHot },
  },
  "sigmoid against labels of −1 and 1": {
    faulty: { ...plain, y: labels.sign },
    first: "error label-encoding",
    message: /^The labels are −1 and 1, but a last layer with the activation sigmoid/,
    sound: { layers: last("tanh"), loss: "hinge", y: labels.sign },
  },
  "hinge against labels of 0 and 1": {
    faulty: { layers: last("tanh"), loss: "hinge", y: labels.binary },
    first: "error label-encoding",
    message: /^hinge takes labels of −1 and 1/,
    sound: { layers: last(undefined), loss: "hinge", y: labels.sign },
  },
  "relu before binary cross-entropy": {
    faulty: { ...plain, layers: last("relu") },
    first: "error activation-mismatch",
    message: /the activation relu gives numbers outside \[0, 1\]/,
    sound: plain,
  },
  "no activation before binary cross-entropy": {
    faulty: { ...plain, layers: last(undefined) },
    first: "error activation-mismatch",
    message: /with no activation gives numbers outside \[0, 1\]/,
    sound: { ...plain, layers: last(undefined), loss: tf.losses.sigmoidCrossEntropy },
  },
  "relu last under labels below 0": {
    faulty: { layers: last("relu"), loss: "meanSquaredError", y: labels.between },
    first: "error activation-mismatch",
    message: /activation relu gives numbers from 0 to Infinity, but there are labels from -0\.\d+ /,
    sound: { layers: last("tanh"), loss: "meanSquaredError", y: labels.between },
  },
  "tanh against labels of 0 and 1": {
    faulty: { layers: last("tanh"), loss: "meanSquaredError", y: labels.binary },
    first: "warning activation-mismatch",
    message: /^The labels are 0 and 1, but a tanh ends at −1 and 1/,
    sound: { layers: last("sigmoid"), loss: "meanSquaredError", y: labels.binary },
  },
  "a second softmax in the model": {
    faulty: {
      layers: () => [...last("softmax", 3)(), tf.layers.activation({ activation: "softmax" })],
      loss: "categoricalCrossentropy",
      y: labels.oneHot,
    },
    first: "error activation-mismatch",
    message: /^The last layer applies a softmax to the result of a softmax$/,
    sound: {
      layers: () => [...last(undefined, 3)(), tf.layers.softmax()],
      loss: "categoricalCrossentropy",
      y: labels.oneHot,
    },
  },
  "a second softmax in the loss": {
    faulty: { layers: last("softmax", 3), loss: tf.losses.softmaxCrossEntropy, y: labels.oneHot },
    first: "error activation-mismatch",
    message: /^softmaxCrossEntropy applies its own softmax/,
    sound: { layers: last(undefined, 3), loss: tf.losses.softmaxCrossEntropy, y: labels.oneHot },
  },
  "a second sigmoid in a function": {
    faulty: { ...plain, loss: (y, p) => tf.losses.sigmoidCrossEntropy(y, p) },
    first: "error activation-mismatch",
    message: /applies a softmax or sigmoid to outputs that are already probabilities/,
    sound: { ...plain, layers: last(undefined), loss: (y, p) => tf.losses.sigmoidCrossEntropy(y, p) },
  },
  "a loss without a gradient": {
    faulty: { ...plain, loss: (y, p) => tf.mean(tf.abs(tf.sub(y, tf.round(p)))) },
    first: "error no-gradient-op",
    message: /^Round is flat or has no gradient/,
    sound: { ...plain, loss: (y, p) => tf.mean(tf.square(tf.sub(y, p))) },
  },
  "labels beyond a sigmoid": {
    faulty: { layers: last("sigmoid"), loss: "meanSquaredError", y: labels.amounts },
    first: "error activation-mismatch",
    message: /sigmoid gives numbers from 0 to 1, but there are labels from /,
    sound: { layers: last(undefined), loss: "meanSquaredError", y: labels.amounts },
  },
  "grey values as labels": {
    faulty: { ...plain, y: labels.grey },
    first: "error label-encoding",
    message: /^binaryCrossentropy takes labels from 0 to 1, not labels from 0 to 255/,
    sound: plain,
  },
  "one sigmoid for three classes": {
    faulty: { ...plain, y: labels.index },
    first: "error label-encoding",
    message: /^binaryCrossentropy takes labels from 0 to 1, not labels from 0 to 2/,
    sound: { layers: last("softmax", 3), loss: "sparseCategoricalCrossentropy", y: labels.index },
  },
  "class indices as fractions": {
    faulty: {
      layers: last("softmax", 3),
      loss: "sparseCategoricalCrossentropy",
      y: () => tf.div(labels.index(), 255),
    },
    first: "error label-encoding",
    message: /takes whole class indices, but the labels are fractions from 0 to 0\.007843$/,
    sound: { layers: last("softmax", 3), loss: "sparseCategoricalCrossentropy", y: labels.index },
  },
  "class indices from 1": {
    faulty: { layers: last("softmax", 3), loss: "sparseCategoricalCrossentropy", y: () => tf.add(labels.index(), 1) },
    first: "error label-encoding",
    message: /^The class indices range from 1 to 3, but the last layer has 3 units, for 0 to 2$/,
    sound: { layers: last("softmax", 4), loss: "sparseCategoricalCrossentropy", y: () => tf.add(labels.index(), 1) },
  },
  "more columns of labels than units": {
    faulty: { ...plain, y: labels.several },
    first: "error broadcast",
    message: /^The labels have 3 columns, the last layer has 1 unit$/,
    sound: { layers: last("sigmoid", 3), loss: "binaryCrossentropy", y: labels.several },
  },
  "Poisson of outputs that can be negative": {
    faulty: { layers: last(undefined), loss: "poisson", y: () => tf.abs(labels.amounts()) },
    first: "error domain-edge",
    message: /^poisson takes the logarithm of the outputs/,
    sound: { layers: last("softplus"), loss: "poisson", y: () => tf.abs(labels.amounts()) },
  },
  "pixels from 0 to 255": {
    faulty: { ...plain, x: () => draw([ROWS, 4], (r) => Math.floor(256 * r.uniform())) },
    first: "warning unscaled-inputs",
    message: /^The inputs range from \d+ to 2\d\d \(column 0, 1, 2, 3\)/,
    sound: { ...plain, x: () => draw([ROWS, 4], (r) => Math.floor(256 * r.uniform()) / 255) },
  },
  "inputs of a size of 30": {
    faulty: { ...plain, x: () => inputs(30) },
    first: "warning unscaled-inputs",
    message: /^The inputs range from -/,
    sound: { ...plain, x: () => inputs(12) },
  },
  "one column of up to 100": {
    faulty: { ...plain, x: () => draw([ROWS, 4], (r, i) => i % 4 === 2 ? 100 * r.uniform() : r.normal()) },
    first: "warning unscaled-inputs",
    message: /\(column 2\)/,
    sound: {
      ...plain,
      x: () => draw([ROWS, 4], (r, i) => i % 4 === 2 ? 100 * r.uniform() : r.normal()),
      layers: () => [
        tf.layers.batchNormalization({ inputShape: [4] }),
        tf.layers.dense({ units: 1, activation: "sigmoid", ...init }),
      ],
    },
  },
  "a column that is the same in every row": {
    faulty: { ...plain, x: () => draw([ROWS, 4], (r, i) => i % 4 === 1 ? 7 : r.normal()) },
    first: "note unscaled-inputs",
    message: /^Inputs of 1 column are the same in every row \(column 1\)$/,
    sound: plain,
  },
  "inputs that are NaN": {
    faulty: { ...plain, x: () => draw([ROWS, 4], (r, i) => i === 9 ? NaN : r.normal()) },
    first: "error domain-edge",
    message: /^Some inputs are NaN or infinite \(column 1\)/,
    sound: plain,
  },
  "labels that are NaN": {
    faulty: {
      layers: last(undefined),
      loss: "meanSquaredError",
      y: () => draw([ROWS, 1], (r, i) => i === 5 ? NaN : r.normal()),
    },
    first: "error domain-edge",
    message: /^Some labels are NaN or infinite/,
    sound: { layers: last(undefined), loss: "meanSquaredError", y: () => draw([ROWS, 1], (r) => r.normal()) },
  },
  "a relu whose units are all dead": {
    faulty: {
      ...plain,
      layers: () => [
        tf.layers.dense({
          units: 8,
          activation: "relu",
          inputShape: [4],
          ...init,
          biasInitializer: tf.initializers.constant({ value: -50 }),
        }),
        tf.layers.dense({ units: 1, activation: "sigmoid", ...init }),
      ],
    },
    first: "error dead-layer",
    message: /^All of the 8 units of a relu are 0 on all rows/,
    sound: plain,
  },
  "a relu of whose units one lives": {
    faulty: { ...plain, layers: living(1) },
    first: "warning dead-layer",
    message: /^19 of the 20 units of a relu are 0 on all rows/,
    sound: { ...plain, layers: living(10) },
  },
  "a relu that is dead, and one that a batch normalisation brings to life in training": {
    faulty: { ...plain, layers: shifted() },
    first: "error dead-layer",
    message: /^All of the 8 units of a relu are 0 on all rows/,
    sound: { ...plain, layers: shifted(tf.layers.batchNormalization) },
  },
  "a layer without a gradient": {
    faulty: {
      ...plain,
      layers: () => [
        tf.layers.dense({ units: 8, activation: "tanh", inputShape: [4], ...init }),
        tf.layers.dense({ units: 1, activation: "sigmoid", kernelInitializer: "zeros" }),
      ],
    },
    first: "error dead-layer",
    message: /^2 of 4 weights get no gradient on these rows: dense_Dense\d+\/kernel/,
    sound: {
      ...plain,
      layers: () => [
        tf.layers.dense({ units: 8, activation: "tanh", inputShape: [4], ...init }),
        tf.layers.dense({ units: 1, activation: "sigmoid", ...init }),
      ],
    },
  },
  "an output that is saturated before the first step": {
    faulty: {
      ...plain,
      layers: () => [
        tf.layers.dense({
          units: 1,
          activation: "sigmoid",
          inputShape: [4],
          kernelInitializer: tf.initializers.randomNormal({ stddev: 60, seed: 4 }),
        }),
      ],
    },
    first: "warning saturated",
    message: /^\d\d % of the outputs are wrong and at an end of their range/,
    sound: {
      ...plain,
      layers: () => [
        tf.layers.dense({
          units: 1,
          activation: "sigmoid",
          inputShape: [4],
          kernelInitializer: tf.initializers.randomNormal({ stddev: 0.5, seed: 4 }),
        }),
      ],
    },
  },
  "saturated outputs that are wrong, and those that are right": {
    faulty: { ...plain, layers: steep(-60), y: firstIsPositive },
    first: "warning saturated",
    message: /^\d+ % of the outputs are wrong and at an end of their range/,
    sound: { ...plain, layers: steep(60), y: firstIsPositive },
  },
  "rows that cannot be told apart": {
    faulty: { ...plain, x: () => tf.ones([ROWS, 4]) },
    first: "error constant",
    message: /^All rows have the same inputs/,
    sound: plain,
  },
  "rows whose inputs were cut to whole numbers": {
    faulty: { ...plain, x: () => draw([ROWS, 4], (r) => r.uniform() < 0.5 ? 1 : 0) },
    first: "note constant",
    message: /^\d+ of 48 rows have the same inputs as a row with another label/,
    sound: { ...plain, x: () => draw([ROWS, 4], (r) => r.uniform()) },
  },
};

for (const [name, { faulty, first, message, sound }] of Object.entries(cases)) {
  Deno.test(`a model: ${name}`, () => {
    const found = audit(faulty), own = audit(sound);
    assertEquals(said(found)[0], first, String(found));
    assert(message.test(found.findings[0].message), found.findings[0].message);
    assertEquals(said(own).filter((one) => !one.startsWith("note")), [], String(own));
    const verdicts: Record<string, string> = { error: "broken", warning: "suspect", note: "sound" };
    assertEquals([found.verdict, own.verdict], [verdicts[first.split(" ")[0]], "sound"]);
  });
}

Deno.test("a model's report: text, data, the layer, what is assumed, and causes of the closed list", () => {
  const result = audit({ ...plain, layers: last("softmax") });
  const text = String(result);
  assertStringIncludes(text, "broken (");
  assertStringIncludes(text, "error: constant: A softmax over one unit");
  assertStringIncludes(text, "assumed: The labels are binary");
  assert(/where {5}dense_Dense\d+/.test(text), text);
  const { name, verdict, findings, probes, assumed } = result;
  assertEquals(result.toJSON(), { name, verdict, findings, probes, assumed });
  assert(findings.every(({ cause }) => modelCauses.includes(cause)));
  assert(probes.some(({ result, detail }) => result === "skipped" && detail === "constant comes first"));
});

Deno.test("a model of images, with layers that only hand on, and of an activation that no configuration tells", () => {
  const images = (): Layers => [
    tf.layers.conv2d({ filters: 2, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1], ...init }),
    tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }),
    tf.layers.dense({ units: 3, activation: "softmax", ...init }),
    tf.layers.dropout({ rate: 0.5 }),
  ];
  const x = () => draw([ROWS, 8, 8, 1], (r) => 255 * r.uniform());
  assertEquals(said(audit({ layers: images, loss: "categoricalCrossentropy", x, y: labels.oneHot })), [
    "warning unscaled-inputs",
  ]);
  // A pixel that is the same in every image is no column.
  const framed = () => draw([ROWS, 8, 8, 1], (r, i) => i % 64 === 0 ? 0 : r.uniform());
  assertEquals(said(audit({ layers: images, loss: "categoricalCrossentropy", x: framed, y: labels.oneHot })), []);
  const pooled = (): Layers => [...images().slice(0, 2), tf.layers.dense({ units: 1, ...init })];
  assertEquals(
    said(audit({ layers: pooled, loss: "binaryCrossentropy", x, y: labels.binary }))[0],
    "error activation-mismatch",
  );
});

Deno.test("a model with a wrapped last layer, and with an embedding of whole numbers", () => {
  const wrapped = (activation?: "tanh"): Layers => [
    tf.layers.lstm({ units: 4, inputShape: [6, 2], returnSequences: true, ...init }),
    tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 1, ...(activation ? { activation } : {}), ...init }) }),
  ];
  const x = () => draw([ROWS, 6, 2], (r) => r.normal()), y = () => draw([ROWS, 6, 1], (r) => 3 * r.normal());
  assertEquals(said(audit({ layers: () => wrapped(), loss: "meanSquaredError", x, y })), []);
  assertEquals(said(audit({ layers: () => wrapped("tanh"), loss: "meanSquaredError", x, y })), [
    "error activation-mismatch",
  ]);
  const words = (): Layers => [
    tf.layers.embedding({ inputDim: 900, outputDim: 4, inputLength: 5 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 1, activation: "sigmoid", ...init }),
  ];
  const text = () => draw([ROWS, 5], (r) => Math.floor(900 * r.uniform()));
  assertEquals(said(audit({ layers: words, loss: "binaryCrossentropy", x: text, y: labels.binary })), []);
});

Deno.test("a large table is judged by 256 rows at equal distances, which a sorted one needs", () => {
  const rows = 1000, model = tf.sequential({ layers: last("sigmoid")() });
  model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
  const x = draw([rows, 4], (r) => r.normal()), y = draw([rows], (_, i) => i < 500 ? 0 : 1);
  const { verdict, assumed } = auditModel(model, { x, y });
  assertEquals([verdict, assumed], ["sound", [
    "The labels are binary",
    "256 of 1000 rows, at equal distances, stand for all",
  ]]);
  const later = draw([rows, 4], (r, i) => (i < 2000 ? 1 : 1e4) * r.normal());
  assertEquals(auditModel(model, { x: later, y }).findings[0].cause, "unscaled-inputs");
});

Deno.test("labels that are NaN are said to be the labels, with their number, and are to be left out", () => {
  const y = () => draw([ROWS, 1], (r, i) => i === 5 ? NaN : r.uniform() < 0.5 ? 1 : 0, 2);
  const [{ cause, severity, message, evidence, remedy }] = audit({ ...plain, y }).findings;
  assertEquals([cause, severity, remedy], ["domain-edge", "error", "Leave such rows out"]);
  assertEquals(message, "Some labels are NaN or infinite, so the loss and every weight become NaN in the first step");
  assertEquals(evidence, { notFiniteInputs: 0, notFiniteLabels: 1, rows: ROWS });
});

Deno.test("a report has four findings at most, the worst ones; the probes have all", () => {
  const x = () => draw([ROWS, 4], (r, i) => i % 4 === 3 ? NaN : i % 4 === 2 ? 7 : 1e4 * Math.round(r.uniform()));
  const { findings, probes } = audit({ layers: last("relu"), loss: "binaryCrossentropy", x, y: labels.sign });
  assertEquals(findings.map(({ severity, cause }) => `${severity} ${cause}`), [
    "error label-encoding",
    "error activation-mismatch",
    "error domain-edge",
    "warning unscaled-inputs",
  ]);
  const { result, detail } = probes.find(({ name }) => name === "rows can be told apart")!;
  assertEquals([result, findings.some(({ message }) => message === detail)], ["found", false]);
});

Deno.test("a loss whose backward pass throws leaves no tape and no tensor behind", () => {
  const model = tf.sequential({ layers: last("sigmoid")() });
  // Two columns of labels for one unit: no words describe them, so that no later gradient clears the tape.
  const loss = (y: tf.Tensor, p: tf.Tensor) =>
    tf.mean(tf.where(tf.less(p, 0.5), tf.squaredDifference(y, tf.add(p, y)), y));
  model.compile({ optimizer: "sgd", loss });
  const x = inputs(), y = draw([ROWS, 2], (r) => r.normal()), before = tf.memory().numTensors;
  auditModel(model, { x, y });
  assertEquals([tf.engine().state.activeTape, tf.memory().numTensors], [null, before]);
});

Deno.test("a loss that is a function is drawn labels with the share of positives that the rows have", () => {
  const shareOf = (positives: number): number => {
    const shares: number[] = [];
    audit({
      ...plain,
      loss: (y, p) => {
        if (y.size === 64) shares.push(tf.mean(y).dataSync()[0]);
        return tf.mean(tf.squaredDifference(y, p));
      },
      y: () => draw([ROWS, 1], (_, i) => i < positives * ROWS ? 1 : 0),
    });
    return shares.sort((a, b) => a - b)[shares.length >> 1];
  };
  for (const share of [0.125, 0.875]) assert(Math.abs(shareOf(share) - share) < 0.12, `${share}: ${shareOf(share)}`);
});

Deno.test("a loss of tf.losses is judged as the named loss that it is", () => {
  const messages = (loss: ModelCase["loss"]) =>
    audit({ layers: last("relu"), loss, y: labels.binary }).findings.map(({ message }) => message);
  const published: [(y: tf.Tensor, p: tf.Tensor) => tf.Tensor, string][] = [
    [tf.losses.logLoss, "binaryCrossentropy"],
    [tf.losses.meanSquaredError, "meanSquaredError"],
    [tf.losses.absoluteDifference, "meanAbsoluteError"],
  ];
  for (const [loss, name] of published) assertEquals(messages(loss as never), messages(name as never), name);
});

Deno.test("whole labels under a loss of shares are classes if they are few", () => {
  const remedy = (most: number) =>
    audit({ ...plain, y: () => draw([ROWS, 1], (_, i) => i % (most + 1)) }).findings[0].remedy;
  assertStringIncludes(remedy(3), "a softmax with a unit per class, not one unit, and sparseCategoricalCrossentropy");
  assertStringIncludes(remedy(40), "for amounts, use a softplus");
});

Deno.test("a model: one sentence for each thing that is not a compiled model or does not fit it", () => {
  const model = tf.sequential({ layers: last("sigmoid")() }), x = inputs(), y = labels.binary();
  const refusal = (run: () => unknown) => assertThrows(run, TypeError).message;
  assertEquals(
    refusal(() => auditModel(model, { x, y })),
    "Cannot audit the model: 'model' is not compiled: call model.compile({ optimizer, loss }) first",
  );
  model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
  assertEquals(
    refusal(() => auditModel({} as tf.LayersModel, { x, y })),
    "Cannot audit the model: 'model' must be a tf.LayersModel, it is an object with the keys []",
  );
  assertEquals(
    refusal(() => auditModel(model, { x: [1], y } as unknown as ModelRows)),
    "Cannot audit the model: 'x' must be a tensor, it is [1]",
  );
  assertEquals(
    refusal(() => auditModel(model, x as unknown as ModelRows)),
    "Cannot audit the model: 'rows' must be tensors, { x, y }, it is a tensor",
  );
  const gone = x.clone();
  gone.dispose();
  assertEquals(refusal(() => auditModel(model, { x: gone, y })), "Cannot audit the model: 'x' is disposed");
  assertEquals(
    refusal(() => auditModel(model, { x: tf.ones([5, 3]), y })),
    "Cannot audit the model: 'x' has rows of the shape [3], but the model takes [4]",
  );
  assertEquals(
    refusal(() => auditModel(model, { x, y: tf.ones([5, 1]) })),
    "Cannot audit the model: 'x' and 'y' must have the same number of rows, at least 2, they have 48 and 5",
  );
  const input = tf.input({ shape: [4] }), two = tf.layers.dense({ units: 1 });
  const both = tf.model({ inputs: input, outputs: [two.apply(input), two.apply(input)] as tf.SymbolicTensor[] });
  both.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  assertEquals(
    refusal(() => auditModel(both, { x, y })),
    "Cannot audit the model: 'model' must have one input and one output, it has 1 and 2",
  );
});

Deno.test("words and model have the same findings", () => {
  const layers: [activation: string, units: number][] = [
    ["sigmoid", 1],
    ["softmax", 1],
    ["relu", 1],
    ["linear", 1],
    ["tanh", 1],
    ["softmax", 3],
    ["sigmoid", 3],
  ];
  const kinds = { binary: labels.binary, sign: labels.sign, index: labels.index, "one-hot": labels.oneHot } as const;
  const losses = [
    "binaryCrossentropy",
    "categoricalCrossentropy",
    "sparseCategoricalCrossentropy",
    "meanSquaredError",
    "hinge",
  ];
  let compared = 0;
  for (const [activation, units] of layers) {
    for (const [kind, y] of Object.entries(kinds)) {
      for (const loss of losses) {
        const columns = kind === "one-hot" ? 3 : 1;
        if (columns !== units && kind !== "index") continue; // words have a column per unit
        // The last activation is measured on labels that the loss makes classes of.
        if (kind === "index" && units === 1) continue;
        const words = auditLastLayer({ activation, units, loss, labels: kind as LastLayerWords["labels"] });
        const model = audit({ layers: last(activation, units), loss, y });
        const own = ({ findings }: ModelAudit) =>
          findings.filter(({ evidence }) => "activation" in evidence).map(({ cause, message }) =>
            `${cause}: ${message}`
          );
        assertEquals(own(words), own(model), `${activation} ${units} ${loss} ${kind}`);
        compared++;
      }
    }
  }
  assert(compared >= 40, `${compared}`);
});

Deno.test("words: names of Keras and TensorFlow.js, and one sentence for a word that is not known", () => {
  const words = { activation: "hard_sigmoid", units: 1, loss: "mse", labels: "probability" } as const;
  assertEquals(auditLastLayer(words).verdict, "sound");
  assertEquals(
    String(auditLastLayer({ ...words, activation: "relu", loss: "binary_crossentropy" })).split("\n")[0],
    "relu on 1 unit, binaryCrossentropy: broken (10 probes)",
  );
  const named = ["bce", "mse", "mae", "mape", "msle", "kld", "kl_divergence", "cosine_similarity", "log_cosh"]
    .map((loss) => auditLastLayer({ ...words, loss }).name.split(", ")[1]);
  assertEquals(named, [
    "binaryCrossentropy",
    "meanSquaredError",
    "meanAbsoluteError",
    "meanAbsolutePercentageError",
    "meanSquaredLogarithmicError",
    "kullbackLeiblerDivergence",
    "kullbackLeiblerDivergence",
    "cosineProximity",
    "logcosh",
  ]);
  const several = auditLastLayer({ activation: "softmax", units: 3, loss: "bce", labels: "binary" });
  assertStringIncludes(several.findings[0].message, "sum to 1, but a row has up to 3 labels");
  const refusal = (changed: Partial<LastLayerWords>) =>
    assertThrows(() => auditLastLayer({ ...words, ...changed }), RangeError).message;
  assertStringIncludes(
    refusal({ activation: "step" }),
    "Cannot audit the last layer: 'activation' must be one of linear, sigmoid, hardSigmoid,",
  );
  assertStringIncludes(refusal({ loss: "accuracy" }), "'loss' must be one of binaryCrossentropy,");
  assertEquals(refusal({ units: 0 }), "Cannot audit the last layer: 'units' must be an integer of at least 1, it is 0");
  assertStringIncludes(
    refusal({ labels: "onehot" as LastLayerWords["labels"] }),
    "'labels' must be 'binary', 'one-hot', 'index',",
  );
});

// Ports of a public benchmark of faulty programs: is the fault named before training, and are repaired ones left alone?
// Of the originals UMLAUT names the cause in 8 of 24, AutoTrainer in 5, DeepLocalize in 4, DeepFD in 12, by their published
// results. These ports were written by somebody who knew the rules, so the number here says that the kinds are covered.
// The finding that was not foreseen is true as well: tanh units that get inputs of 1e4 have a slope of exactly 0.
slow.test("the fault of a faulty program is named before training, and its repair is left alone, as recorded", async () => {
  const lines = auditPorts(), table = tableOf(lines);
  console.log(table);
  assertEquals(lines.length, 24);
  assert(lines.filter(({ named }) => named).length >= 18);
  assert(lines.reduce((sum, { untrue }) => sum + untrue, 0) <= 1);
  assertEquals(table, await Deno.readTextFile(new URL("../reference/audited/deepfd.txt", import.meta.url)));
});
