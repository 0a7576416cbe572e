// The loops that replace TensorFlow.js's own operations in fitMetric: the same outputs, gradients and steps.
import { assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, fitMetric, metricGradient } from "../../lib/mod.ts";
import { allowSimd } from "../../lib/kernels/simd.ts";
import { stepperOf } from "../../lib/tfjs/adam_stepper.ts";
import { denseStack, stackGradients, stackOutputs } from "../../lib/tfjs/dense_stack.ts";
import { applyGradients, type LayersOptimizer, toOptimizer } from "../../lib/tfjs/optimizers.ts";
import { optimizerState, setOptimizerState } from "../../lib/tfjs/snapshot.ts";
import { withFields } from "../devices.ts";
import { assertAllWithin, assertWithin, onBackends, random } from "../helpers.ts";

const activations = ["linear", "relu", "sigmoid", "tanh", "softmax"] as const;

/** A model that was applied once. */
function built(...layers: tf.layers.Layer[]): tf.Sequential {
  const model = tf.sequential({ layers });
  tf.tidy(() => void model.apply(tf.zeros([1, 3])));
  return model;
}

function stack(hidden: typeof activations[number], last: typeof activations[number], useBias = true): tf.Sequential {
  const kernelInitializer = tf.initializers.glorotNormal({ seed: 3 }),
    biasInitializer = tf.initializers.randomNormal({ seed: 4 });
  const layer = (units: number, activation: typeof hidden, inputShape?: number[]) =>
    tf.layers.dense({ units, activation, inputShape, useBias, kernelInitializer, biasInitializer });
  return built(layer(5, hidden, [3]), layer(4, hidden), layer(3, last));
}

onBackends("a stack of dense layers: the outputs are predict's to the bit, the gradients the tape's", () => {
  for (const rows of [1, 4, 6]) {
    const x = tf.randomNormal([rows, 3], 0, 1, "float32", 5), by = tf.randomNormal([rows, 3], 0, 1, "float32", 6);
    for (const hidden of activations) {
      for (const last of activations) {
        const model = stack(hidden, last, rows !== 6), layers = denseStack(model)!, outputs = stackOutputs(layers, x)!;
        assertEquals(outputs.at(-1)!.dataSync(), (model.predict(x) as tf.Tensor).dataSync(), `${hidden}, ${last}`);
        const own = stackGradients(layers, outputs, by.dataSync() as Float32Array);
        const { grads } = tf.variableGrads(() => tf.sum(tf.mul(by, model.apply(x) as tf.Tensor)) as tf.Scalar);
        for (const weight of model.trainableWeights) {
          const { name } = weight.read() as tf.Variable;
          assertEquals(own[name].shape, grads[name].shape);
          assertAllWithin(own[name].dataSync(), grads[name].dataSync(), 3e-6, `${hidden}, ${last}, ${name}`);
        }
        model.dispose();
      }
    }
  }
});

onBackends("layers wider than a block of the cpu backend, in pieces of many rows, have predict's bits", () => {
  for (const [inputs, rows] of [[47, 5], [48, 5], [49, 5], [97, 1_403]]) {
    const x = tf.randomNormal([rows, inputs], 0, 1, "float32", 7), seeds = [8, 9].map((seed) => ({ seed }));
    const [kernelInitializer, biasInitializer] = [
      tf.initializers.glorotNormal(seeds[0]),
      tf.initializers.randomNormal(seeds[1]),
    ];
    const layer = { units: 50, activation: "relu", kernelInitializer, biasInitializer } as const;
    const model = tf.sequential({
      layers: [tf.layers.dense({ ...layer, inputShape: [inputs] }), tf.layers.dense(layer)],
    });
    const wanted = (model.predict(x) as tf.Tensor).dataSync();
    assertEquals(stackOutputs(denseStack(model)!, x)!.at(-1)!.dataSync(), wanted, `${inputs} inputs`);
    model.dispose();
  }
});

onBackends(
  "without SIMD, or with too many weights for its heap, a stack runs TensorFlow.js's own operations",
  async () => {
    const make = () =>
      built(tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [3], kernelInitializer: "ones" }));
    const x = tf.randomNormal([20, 3], 0, 1, "float32", 2), y = tf.cast(tf.greater(tf.sum(x, 1, true), 0.5), "float32");
    const gradients = async () => Object.values((await metricGradient(make(), [x, y], { loss: f1Loss() })).gradients);
    const wanted = await gradients();
    allowSimd(false);
    try {
      assertEquals(denseStack(make()), undefined);
      (await gradients()).forEach((own, k) => assertAllWithin(own.dataSync(), wanted[k].dataSync(), 1e-6));
    } finally {
      allowSimd(true);
    }
    for (const units of [4096, 4097]) {
      const model = tf.sequential({
        layers: [tf.layers.dense({ units, inputShape: [4096], kernelInitializer: "zeros" })],
      });
      tf.tidy(() => void model.predict(tf.zeros([1, 4096])));
      assertEquals(denseStack(model) === undefined, units > 4096);
      model.dispose();
    }
  },
);

onBackends("any other stack runs TensorFlow.js's own operations", () => {
  const relu = tf.layers.dense({ units: 2, inputShape: [3], activation: "relu" });
  for (const layers of [[], [relu]]) assertEquals(denseStack(tf.sequential({ layers })), undefined); // not applied yet
  const model = built(relu), layers = denseStack(model)!;
  const input = tf.input({ shape: [3] });
  class Doubled extends (relu.constructor as new (options: object) => tf.layers.Layer) {
    override call(inputs: tf.Tensor, options: Parameters<tf.layers.Layer["call"]>[1]) {
      return tf.mul(2, super.call(inputs, options) as tf.Tensor);
    }
  }
  class Own extends (tf.sequential().constructor as new (options: object) => tf.Sequential) {}
  const own = new Own({ layers: [tf.layers.dense({ units: 2, inputShape: [3] })] });
  tf.tidy(() => void own.apply(tf.zeros([1, 3])));
  const others = [
    own,
    built(new Doubled({ units: 2, inputShape: [3] })),
    built(tf.layers.dense({ units: 2, inputShape: [3], activation: "elu" })),
    built(tf.layers.dense({ units: 2, inputShape: [3] }), tf.layers.dropout({ rate: 0.5 })),
    tf.model({ inputs: input, outputs: tf.layers.dense({ units: 1 }).apply(input) as tf.SymbolicTensor }),
  ];
  for (const model of others) assertEquals(denseStack(model), undefined);
  assertEquals(withFields({ backendName: "device" }, () => denseStack(model)), undefined);
  for (const x of [tf.zeros([4, 2]), tf.zeros([4, 3, 3]), tf.zeros([4, 3], "int32")]) {
    assertEquals(stackOutputs(layers, x), undefined);
  }
});

onBackends("a layer that is frozen keeps its weights, and the others train as without the stack", async () => {
  const next = random(1), x = tf.tensor2d(Array.from({ length: 40 }, () => [next(), next(), next()]));
  const y = tf.tensor2d(Array.from({ length: 40 }, () => [next(), next(), next()].map((v) => v < 0.4 ? 1 : 0)));
  const loss = f1Loss({ average: "macro" }),
    model = stack("tanh", "sigmoid"),
    before = model.layers[0].getWeights()[0].dataSync();
  model.layers[0].trainable = false;
  const { gradients } = await metricGradient(model, [x, y], { loss, batchSize: 7 });
  assertEquals(Object.keys(gradients).length, 4);
  await fitMetric(model, [x, y], { loss, epochs: 2, batchSize: 7 });
  assertEquals(model.layers[0].getWeights()[0].dataSync(), before);
});

/** Weights of two shapes, and a gradient for each step, from tiny to large. */
function weighing(prefix: string) {
  const make = (shape: number[], seed: number) =>
    tf.variable(tf.randomNormal(shape, 0, 1, "float32", seed), true, `${prefix}${seed}`);
  const variables = [make([4, 3], 1), make([3], 2)];
  const gradients = (step: number) =>
    Object.fromEntries(variables.map((variable, k) => [
      variable.name,
      tf.mul(tf.randomNormal(variable.shape, 0, 1, "float32", 10 * step + k + 1), 10 ** (step % 9 - 6)),
    ]));
  return { variables, gradients };
}

onBackends("Adam's steps are those of tf.train.adam to the last bit, and so is what it remembers", async () => {
  const settings = [[0.01, 0.9, 0.999, 1e-7], [0.3, 0.5, 0.9, 1e-3], [1e-3, 0.9, 0.999, undefined]] as const;
  for (const [s, setting] of settings.entries()) {
    const make = () => tf.train.adam(...(setting as unknown as [number, number, number, number]));
    const ours = weighing(`ours ${tf.getBackend()} ${s} `), theirs = weighing(`theirs ${tf.getBackend()} ${s} `);
    const mine = make(), own = make(), before = tf.memory().numTensors;
    for (let epoch = 0; epoch < 3; epoch++) { // each begins with what the one before left
      const stepper = stepperOf(mine);
      for (let step = 9 * epoch; step < 9 * (epoch + 1); step++) {
        tf.tidy(() => {
          stepper.step(ours.gradients(step));
          own.applyGradients(theirs.gradients(step));
        });
        ours.variables.forEach((v, k) => assertEquals(v.dataSync(), theirs.variables[k].dataSync(), `step ${step}`));
      }
      stepper.end();
      const states = await Promise.all([mine, own].map(optimizerState));
      const [a, b] = states.map((state) => JSON.parse(JSON.stringify(state).replace(/ours|theirs/g, "")));
      assertEquals(a, b);
    }
    assertEquals(tf.memory().numTensors - before, 8); // two moments of two weights, of both
    tf.dispose([...ours.variables, ...theirs.variables]);
    tf.dispose([mine, own] as never);
  }
});

onBackends("Adam's steps on other variables than before are those of tf.train.adam, too", () => {
  const mine = tf.train.adam(0.1), own = tf.train.adam(0.1), stepper = stepperOf(mine);
  const make = (prefix: string) =>
    ["a", "b", "c"].map((name) => tf.variable(tf.tensor1d([1, 2]), true, `${prefix} ${name} ${tf.getBackend()}`));
  const ours = make("set ours"), theirs = make("set theirs");
  for (const [step, used] of [[0, 1], [0], [1], [0, 1], [0, 2]].entries()) {
    const gradients = (variables: tf.Variable[]) =>
      Object.fromEntries(used.map((k) => [variables[k].name, tf.tensor1d([step + 1, k - 0.5])]));
    tf.tidy(() => {
      stepper.step(gradients(ours));
      applyGradients(own, gradients(theirs));
    });
    ours.forEach((variable, k) =>
      assertEquals(variable.dataSync(), theirs[k].dataSync(), `variable ${k}, step ${step}`)
    );
  }
  stepper.end();
  assertEquals(mine.iterations, own.iterations);
  tf.dispose([...ours, ...theirs]);
  mine.dispose();
  own.dispose();
});

onBackends(
  "fitMetric with Adam ends at the bits of TensorFlow.js's own steps, after several epochs or an error",
  async () => {
    class Own extends tf.AdamOptimizer {}
    const next = random(2), x = tf.tensor2d(Array.from({ length: 40 }, () => [next(), next(), next()]));
    const y = tf.tensor2d(Array.from({ length: 40 }, () => [next(), next(), next()].map((v) => v < 0.4 ? 1 : 0)));
    const loss = f1Loss({ average: "macro" }), results: unknown[] = [];
    for (const optimizer of [tf.train.adam(0.05), new Own(0.05, 0.9, 0.999)]) {
      const model = stack("tanh", "sigmoid"), weights = () => model.getWeights().map((w) => w.dataSync().slice());
      await fitMetric(model, [x, y], { loss, optimizer, epochs: 3, batchSize: 7 });
      const after = weights(),
        callbacks = {
          onBatchEnd: (batch: number) => {
            if (batch === 2) throw new Error("enough");
          },
        };
      const again = () => fitMetric(model, [x, y], { loss, optimizer, epochs: 3, batchSize: 7, callbacks });
      await assertRejects(again, Error, "enough");
      const { iterations, single, lists } = await optimizerState(optimizer);
      const moments = Object.values(lists).map((list) => list.map(({ numbers }) => numbers.values));
      results.push({ after, again: weights(), iterations, single, moments });
    }
    assertEquals(results[0], results[1]);
  },
);

onBackends(
  "an optimizer whose state is restored is the one that was saved: its state, its next step, no tensor more",
  async () => {
    for (const name of ["sgd", "adam", "adamax", "rmsprop", "adagrad", "adadelta"]) {
      const saved = toOptimizer(name), other = toOptimizer(name.toUpperCase());
      assertEquals(other.constructor, saved.constructor);
      const weight = tf.variable(tf.tensor1d([1, -2]), true, `restored ${name} ${tf.getBackend()}`);
      const step = (optimizer: LayersOptimizer, by: number[]) =>
        tf.tidy(() => applyGradients(optimizer, { [weight.name]: tf.tensor1d(by) }));
      for (const by of [[1, 2], [-1, 0.5]]) step(saved, by);
      step(other, [3, 3]);
      const state = await optimizerState(saved), before = tf.memory().numTensors, start = weight.dataSync().slice();
      setOptimizerState(other, state);
      assertEquals(tf.memory().numTensors, before, name);
      assertEquals(await optimizerState(other), state, name);
      const moved = [saved, other].map((optimizer) => {
        weight.assign(tf.tensor1d(start));
        step(optimizer, [0.3, -1]);
        return weight.dataSync().slice();
      });
      assertEquals(moved[1], moved[0], name);
      weight.dispose();
    }
  },
);

Deno.test("an optimizer by its name has the settings that model.compile gives it", () => {
  const own = (name: string) => toOptimizer(name).getConfig();
  for (const name of ["sgd", "adam", "adamax", "rmsprop", "adagrad", "adadelta"]) {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
    model.compile({ loss: "meanSquaredError", optimizer: name });
    assertEquals(own(name), model.optimizer.getConfig(), name);
    model.dispose();
  }
});

onBackends("other optimizers, and one derived from Adam, take their own steps", () => {
  let called = 0;
  class Own extends tf.AdamOptimizer {
    override applyGradients(gradients: Parameters<tf.AdamOptimizer["applyGradients"]>[0]) {
      called++;
      super.applyGradients(gradients);
    }
  }
  const { variables, gradients } = weighing(`own ${tf.getBackend()} `);
  const stepper = stepperOf(new Own(0.1, 0.9, 0.999));
  tf.tidy(() => stepper.step(gradients(1)));
  stepper.end();
  assertEquals(called, 1);
  const [before] = variables[1].dataSync();
  tf.tidy(() => stepperOf(tf.train.sgd(1)).step({ [variables[1].name]: tf.ones([3]) }));
  assertWithin(variables[1].dataSync()[0], before - 1, 1e-6);
  tf.dispose(variables);
});
