// Programs of a public benchmark, written anew for TensorFlow.js: 24 of those of DeepFD (Cao et al., ICSE 2022) with a
// fault of the last activation or the loss that can be seen before training. Most are questions of Stack Overflow, whose
// number is the name. `repaired` is the published patch; the data are drawn to the shape and range of the program's.
import * as tf from "@tensorflow/tfjs";
import type { ModelCause } from "@roundabout/roundabout/audit";
import { seededRandom } from "../../lib/numerics/random.ts";

/** A compiled model and its rows. */
export interface Program {
  model: tf.LayersModel;
  x: tf.Tensor;
  y: tf.Tensor;
}

export interface Port {
  id: string;
  /** The faults that the benchmark names, of those that can be seen before training. */
  fault: string;
  /** Causes that name the fault; fixed before the audit was run on the ports. */
  causes: readonly ModelCause[];
  faulty: () => Program;
  repaired: () => Program;
  /** Findings about the repaired program that are true of it: several patches leave the inputs as they are. */
  trueOfRepaired?: readonly ModelCause[];
}

const ROWS = 48;

/** Numbers of a seeded source. */
function draw(shape: number[], of: (r: ReturnType<typeof seededRandom>) => number, seed = 1): tf.Tensor {
  const random = seededRandom(seed), size = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(Float32Array.from({ length: size }, () => of(random)), shape);
}

const uniform = (shape: number[], most = 1, least = 0): tf.Tensor =>
  draw(shape, (r) => least + (most - least) * r.uniform());
const normal = (shape: number[]): tf.Tensor => draw(shape, (r) => r.normal());
const whole = (shape: number[], below: number, seed = 2): tf.Tensor =>
  draw(shape, (r) => Math.floor(below * r.uniform()), seed);

/** Grey images whose pixels are mostly 0, as hand-written digits are. */
const digits = (shape: number[], most: number): tf.Tensor =>
  draw(shape, (r) => r.uniform() < 0.8 ? 0 : Math.round(most * r.uniform() * 255) / 255);

const oneHot = (classes: number): tf.Tensor =>
  tf.oneHot(tf.cast(tf.squeeze(whole([ROWS, 1], classes), [-1]), "int32"), classes).toFloat();
const binary = (): tf.Tensor => whole([ROWS, 1], 2);

/** Labels of several kinds at once, each row with none to all of them. */
const several = (columns: number): tf.Tensor => draw([ROWS, columns], (r) => r.uniform() < 0.5 ? 1 : 0, 3);

type Activation = "relu" | "sigmoid" | "softmax" | "tanh" | "linear" | "selu";

/** Dense layers, "units activation" each. */
function dense(inputs: number, ...layers: [units: number, activation: Activation][]): tf.Sequential {
  const init = { kernelInitializer: tf.initializers.glorotUniform({ seed: 5 }) };
  return tf.sequential({
    layers: layers.map(([units, activation], i) =>
      tf.layers.dense({ units, activation, ...init, ...(i === 0 ? { inputShape: [inputs] } : {}) })
    ),
  });
}

function program(model: tf.Sequential, loss: string, x: tf.Tensor, y: tf.Tensor): Program {
  model.compile({ optimizer: "sgd", loss });
  return { model, x, y };
}

/** A small network for images. */
function convolution(shape: [number, number, number], units: number, activation: Activation): tf.Sequential {
  return tf.sequential({
    layers: [
      tf.layers.conv2d({
        filters: 4,
        kernelSize: 3,
        activation: "relu",
        inputShape: shape,
        kernelInitializer: tf.initializers.heNormal({ seed: 6 }),
      }),
      tf.layers.maxPooling2d({ poolSize: 2 }),
      tf.layers.flatten(),
      tf.layers.dense({ units: 16, activation: "relu", kernelInitializer: tf.initializers.heNormal({ seed: 7 }) }),
      tf.layers.dense({ units, activation, kernelInitializer: tf.initializers.glorotUniform({ seed: 8 }) }),
    ],
  });
}

const digitImages = (most: number) => digits([ROWS, 784], most);

type Rows = [x: tf.Tensor, y: tf.Tensor];

/** Three columns of amounts and their weighted sum. */
function amounts(): Rows {
  const x = uniform([ROWS, 3], 1e4);
  return [x, tf.add(tf.matMul(x as tf.Tensor2D, tf.tensor2d([[2], [1], [0.5]])), 2.2)];
}

const xor = (): Rows => [
  tf.tensor2d([[1, 1], [0, 0], [1, 0], [0, 1], [1, 1], [0, 0]]),
  tf.tensor2d([[0], [0], [1], [1], [0], [0]]),
];

/** Two clusters that are all ones and all zeros. */
const onesAndZeros = (): Rows => {
  const y = binary();
  return [tf.tile(y, [1, 128]), y];
};

export const ports: readonly Port[] = [
  {
    id: "48385830",
    fault: "no activation at all, and a squared error of ten classes",
    causes: ["activation-mismatch"],
    faulty: () => program(dense(784, [30, "linear"], [10, "linear"]), "meanSquaredError", digitImages(1), oneHot(10)),
    repaired: () =>
      program(dense(784, [30, "sigmoid"], [10, "softmax"]), "categoricalCrossentropy", digitImages(1), oneHot(10)),
  },
  {
    id: "48251943",
    fault: "relu last, labels of either sign",
    causes: ["activation-mismatch", "dead-layer"],
    faulty: () =>
      program(dense(2, [4, "relu"], [1, "relu"]), "meanSquaredError", normal([ROWS, 2]), uniform([ROWS, 1], 0.9, -0.9)),
    repaired: () =>
      program(dense(2, [4, "relu"], [1, "tanh"]), "meanSquaredError", normal([ROWS, 2]), uniform([ROWS, 1], 0.9, -0.9)),
  },
  {
    id: "38648195",
    fault: "softmax and a squared error, several labels a row",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(
        dense(20, [20, "relu"], [20, "relu"], [3, "softmax"]),
        "meanSquaredError",
        whole([ROWS, 20], 12),
        several(3),
      ),
    repaired: () =>
      program(
        dense(20, [20, "relu"], [20, "relu"], [3, "sigmoid"]),
        "binaryCrossentropy",
        whole([ROWS, 20], 12),
        several(3),
      ),
  },
  {
    id: "33969059",
    fault: "softmax over one unit, amounts as labels",
    causes: ["constant"],
    faulty: () => program(dense(3, [3, "tanh"], [2, "tanh"], [1, "softmax"]), "meanSquaredError", ...amounts()),
    repaired: () => program(dense(3, [3, "tanh"], [2, "tanh"], [1, "linear"]), "meanSquaredError", ...amounts()),
    trueOfRepaired: ["unscaled-inputs"],
  },
  {
    id: "55328966",
    fault: "sigmoids for one class of ten, pixels from 0 to 255",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(
        dense(784, [64, "relu"], [10, "sigmoid"]),
        "sparseCategoricalCrossentropy",
        digitImages(255),
        whole([ROWS, 1], 10),
      ),
    repaired: () =>
      program(
        dense(784, [64, "relu"], [10, "softmax"]),
        "sparseCategoricalCrossentropy",
        digitImages(1),
        whole([ROWS, 1], 10),
      ),
  },
  {
    id: "31880720",
    fault: "softmax over one unit",
    causes: ["constant"],
    faulty: () =>
      program(dense(128, [50, "relu"], [50, "relu"], [1, "softmax"]), "binaryCrossentropy", ...onesAndZeros()),
    repaired: () =>
      program(dense(128, [50, "relu"], [50, "relu"], [1, "sigmoid"]), "binaryCrossentropy", ...onesAndZeros()),
  },
  {
    id: "39525358",
    fault: "no sigmoid before binary cross-entropy",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(
        dense(3, [12, "relu"], [3, "relu"], [1, "linear"]),
        "binaryCrossentropy",
        uniform([ROWS, 3], 900),
        binary(),
      ),
    repaired: () =>
      program(dense(3, [12, "relu"], [3, "relu"], [1, "sigmoid"]), "binaryCrossentropy", normal([ROWS, 3]), binary()),
  },
  {
    id: "59325381",
    fault: "class indices divided by 255",
    causes: ["label-encoding"],
    faulty: () =>
      program(
        convolution([28, 28, 1], 10, "softmax"),
        "sparseCategoricalCrossentropy",
        digits([ROWS, 28, 28, 1], 1),
        tf.div(whole([ROWS, 1], 10), 255),
      ),
    repaired: () =>
      program(
        convolution([28, 28, 1], 10, "softmax"),
        "sparseCategoricalCrossentropy",
        digits([ROWS, 28, 28, 1], 1),
        whole([ROWS, 1], 10),
      ),
  },
  {
    id: "59278771",
    fault: "sigmoids for one class of three",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(dense(4, [4, "relu"], [3, "sigmoid"]), "categoricalCrossentropy", uniform([ROWS, 4], 8), oneHot(3)),
    repaired: () =>
      program(dense(4, [4, "selu"], [3, "softmax"]), "categoricalCrossentropy", normal([ROWS, 4]), oneHot(3)),
  },
  {
    id: "34673164",
    fault: "softmax and a squared error",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(
        dense(16, [64, "tanh"], [64, "tanh"], [2, "softmax"]),
        "meanSquaredError",
        whole([ROWS, 16], 16),
        oneHot(2),
      ),
    repaired: () =>
      program(
        dense(16, [64, "tanh"], [64, "tanh"], [2, "sigmoid"]),
        "binaryCrossentropy",
        whole([ROWS, 16], 16),
        oneHot(2),
      ),
  },
  {
    id: "48221692",
    fault: "sigmoid last, amounts as labels",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(
        dense(1, [5, "sigmoid"], [1, "sigmoid"]),
        "meanSquaredError",
        uniform([ROWS, 1], 10),
        uniform([ROWS, 1], 25, 1),
      ),
    repaired: () =>
      program(
        dense(1, [5, "sigmoid"], [1, "linear"]),
        "meanSquaredError",
        uniform([ROWS, 1], 10),
        uniform([ROWS, 1], 25, 1),
      ),
  },
  {
    id: "50079585",
    fault: "one sigmoid for three classes",
    causes: ["label-encoding", "activation-mismatch"],
    faulty: () =>
      program(
        convolution([16, 16, 3], 1, "sigmoid"),
        "binaryCrossentropy",
        uniform([ROWS, 16, 16, 3]),
        whole([ROWS, 1], 3),
      ),
    repaired: () =>
      program(convolution([16, 16, 3], 3, "softmax"), "categoricalCrossentropy", uniform([ROWS, 16, 16, 3]), oneHot(3)),
  },
  {
    id: "45337371",
    fault: "softmax over one unit",
    causes: ["constant"],
    faulty: () =>
      program(
        dense(5, [60, "relu"], [50, "relu"], [1, "softmax"]),
        "binaryCrossentropy",
        uniform([ROWS, 5]),
        uniform([ROWS, 1]),
      ),
    repaired: () =>
      program(
        dense(5, [60, "relu"], [50, "relu"], [1, "sigmoid"]),
        "binaryCrossentropy",
        uniform([ROWS, 5]),
        uniform([ROWS, 1]),
      ),
  },
  {
    id: "51930566",
    fault: "sigmoids for one class of three",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(dense(4, [4, "relu"], [3, "sigmoid"]), "categoricalCrossentropy", normal([ROWS, 4]), oneHot(3)),
    repaired: () =>
      program(dense(4, [4, "relu"], [3, "softmax"]), "categoricalCrossentropy", normal([ROWS, 4]), oneHot(3)),
  },
  {
    id: "47352366",
    fault: "relu before a cross-entropy",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(
        convolution([28, 28, 1], 10, "relu"),
        "categoricalCrossentropy",
        digits([ROWS, 28, 28, 1], 1),
        oneHot(10),
      ),
    repaired: () =>
      program(
        convolution([28, 28, 1], 10, "softmax"),
        "categoricalCrossentropy",
        digits([ROWS, 28, 28, 1], 1),
        oneHot(10),
      ),
  },
  {
    id: "45442843",
    fault: "softmax over one unit, and an absolute error",
    causes: ["constant"],
    faulty: () =>
      program(dense(1, [1, "sigmoid"], [1, "softmax"]), "meanAbsoluteError", uniform([ROWS, 1], 5), binary()),
    repaired: () =>
      program(dense(1, [1, "sigmoid"], [1, "sigmoid"]), "meanSquaredError", uniform([ROWS, 1], 5), binary()),
  },
  {
    id: "34311586",
    fault: "softmax over one unit",
    causes: ["constant"],
    faulty: () => program(dense(2, [2, "sigmoid"], [3, "sigmoid"], [1, "softmax"]), "meanSquaredError", ...xor()),
    repaired: () => program(dense(2, [2, "sigmoid"], [3, "sigmoid"], [1, "sigmoid"]), "meanSquaredError", ...xor()),
  },
  {
    id: "58609115",
    fault: "categorical cross-entropy of sigmoids",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(
        dense(1, [69, "sigmoid"], [69, "sigmoid"], [69, "sigmoid"]),
        "categoricalCrossentropy",
        uniform([ROWS, 1], 10),
        oneHot(69),
      ),
    repaired: () =>
      program(
        dense(1, [69, "sigmoid"], [69, "sigmoid"], [69, "sigmoid"]),
        "binaryCrossentropy",
        uniform([ROWS, 1], 10),
        oneHot(69),
      ),
  },
  {
    id: "50481178",
    fault: "categorical cross-entropy, several labels a row",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(
        dense(12, [10, "relu"], [10, "relu"], [4, "softmax"]),
        "categoricalCrossentropy",
        whole([ROWS, 12], 12),
        several(4),
      ),
    repaired: () =>
      program(
        dense(12, [10, "relu"], [10, "relu"], [4, "sigmoid"]),
        "binaryCrossentropy",
        whole([ROWS, 12], 12),
        several(4),
      ),
  },
  {
    id: "39810655",
    fault: "categorical cross-entropy of class indices",
    causes: ["label-encoding"],
    faulty: () =>
      program(
        dense(784, [32, "relu"], [10, "softmax"]),
        "categoricalCrossentropy",
        digitImages(1),
        whole([ROWS, 1], 10),
      ),
    repaired: () =>
      program(
        dense(784, [32, "relu"], [10, "softmax"]),
        "sparseCategoricalCrossentropy",
        digitImages(1),
        whole([ROWS, 1], 10),
      ),
  },
  {
    id: "41327601",
    fault: "binary cross-entropy of one class of ten",
    causes: ["activation-mismatch"],
    faulty: () =>
      program(convolution([28, 28, 1], 10, "softmax"), "binaryCrossentropy", digits([ROWS, 28, 28, 1], 1), oneHot(10)),
    repaired: () =>
      program(
        convolution([28, 28, 1], 10, "softmax"),
        "categoricalCrossentropy",
        digits([ROWS, 28, 28, 1], 1),
        oneHot(10),
      ),
  },
  {
    id: "42800203",
    fault: "softmax over one unit",
    causes: ["constant"],
    faulty: () =>
      program(dense(8, [12, "relu"], [8, "relu"], [1, "softmax"]), "binaryCrossentropy", normal([ROWS, 8]), binary()),
    repaired: () =>
      program(dense(8, [12, "relu"], [8, "relu"], [1, "sigmoid"]), "binaryCrossentropy", normal([ROWS, 8]), binary()),
  },
  {
    id: "46642627",
    fault: "binary cross-entropy of amounts",
    causes: ["label-encoding", "activation-mismatch"],
    faulty: () =>
      program(
        dense(1, [3, "relu"], [1, "linear"]),
        "binaryCrossentropy",
        whole([ROWS, 1], 1000),
        tf.add(whole([ROWS, 1], 1000), 7),
      ),
    repaired: () =>
      program(
        dense(1, [3, "relu"], [1, "linear"]),
        "meanSquaredError",
        uniform([ROWS, 1], 0, -1),
        uniform([ROWS, 1], 0, -1),
      ),
  },
  {
    id: "42514960",
    fault: "sigmoid last, an autoencoder of inputs from −1 to 1",
    causes: ["activation-mismatch"],
    faulty: () => {
      const x = uniform([ROWS, 12], 1, -1);
      return program(
        dense(12, [24, "relu"], [4, "relu"], [24, "relu"], [12, "sigmoid"]),
        "meanSquaredError",
        x,
        x.clone(),
      );
    },
    repaired: () => {
      const x = uniform([ROWS, 12], 1, -1);
      return program(
        dense(12, [24, "tanh"], [4, "tanh"], [24, "tanh"], [12, "tanh"]),
        "meanSquaredError",
        x,
        x.clone(),
      );
    },
  },
];
