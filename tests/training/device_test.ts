// Trainings on a backend whose tensors are not in host memory end where they end on the host, and say the same.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, fitMetric, type TrainingData } from "../../lib/mod.ts";
import { problem, readsOn } from "../devices.ts";
import { assertAllWithin } from "../helpers.ts";
import "../tfjs/shader_backends.ts";

Deno.test("on a device fitMetric ends where it ends on the host, and names a row out of range", async () => {
  const losses: number[][] = [];
  for (const backend of ["cpu", "device"]) {
    await readsOn(backend, async () => {
      const { model, x, y } = problem();
      const options = { loss: f1Loss(), epochs: 3, batchSize: 20, optimizer: "sgd", validationData: [x, y] as const };
      const { history } = await fitMetric(model, [x, y], { ...options, patience: 3 });
      losses.push([...history.loss, ...history.val_loss]);
      const bad = tf.tidy(() => tf.add(y, tf.oneHot(tf.scalar(7, "int32"), 60).reshape([60, 1]).mul(5)));
      await assertRejects(() => fitMetric(model, [x, bad], options), RangeError, "row 7 is");
      tf.dispose([x, y, bad]);
      model.dispose();
    });
  }
  assertAllWithin(losses[1], losses[0], 1e-6);
});

Deno.test("an epoch on a device ends at the weights of one on the host, in both modes, and leaves no tensor", async () => {
  for (const mode of ["running", "exact"] as const) {
    const found: Record<string, number[]> = {};
    for (const backend of ["cpu", "wgsl"]) {
      await readsOn(backend, async () => {
        const { model, x, y } = problem(), before = tf.memory().numTensors, optimizer = tf.train.sgd(0.5);
        const options = { loss: f1Loss(), epochs: 3, batchSize: 16, optimizer, validationData: [x, y] as const };
        const { history } = await fitMetric(model, [x, y], { ...options, mode });
        optimizer.dispose();
        assertEquals(tf.memory().numTensors, before, backend);
        const weights = model.getWeights().flatMap((weight) => [...weight.dataSync()]);
        found[backend] = [...history.loss, ...history.val_loss, ...history.alive, ...weights];
        tf.dispose([x, y]);
        model.dispose();
      });
    }
    assertAllWithin(found.wgsl, found.cpu, 1e-5, mode);
  }
});

/** Batches of the problem whose labels are the others from the third reading on, which is after the first epoch. */
function turningLabels(x: tf.Tensor, y: tf.Tensor) {
  let reading = 0;
  return {
    async *[Symbol.asyncIterator]() {
      const turned = reading++ >= 2;
      yield tf.tidy(() => ({ xs: tf.clone(x), ys: turned ? tf.sub(1, y) : tf.clone(y) }));
    },
  };
}

Deno.test("a training on a device tells a dead gradient, labels that change and a batch too many", async () => {
  await readsOn("wgsl", async () => {
    const { model, x, y } = problem(),
      fit = (data: TrainingData, loss = f1Loss()) => fitMetric(model, data, { loss, epochs: 2, optimizer: "sgd" });
    await assertRejects(() => fit([x, y], f1Loss({ step: "round" })), Error, "round");
    await assertRejects(() => fit(turningLabels(x, y)), RangeError, "between the passes");
    let readings = 0;
    const growing = {
      async *[Symbol.asyncIterator]() {
        for (let batches = readings++ === 0 ? 1 : 2; batches > 0; batches--) {
          yield { xs: tf.clone(x), ys: tf.clone(y) };
        }
      },
    };
    await assertRejects(() => fit(growing), RangeError, "the number of batches was 1 and is more");
    tf.dispose([x, y]);
    model.dispose();
  });
});

Deno.test("weights that are no longer finite are an error on a device as on the host", async () => {
  // NaN is met by a step's counts, or by the reading of the outputs; the outputs of infinite weights may lie in [0, 1].
  for (const [batchSize, constant] of [[20, false], [60, false], [60, true]] as const) {
    for (const backend of ["cpu", "wgsl"]) {
      await readsOn(backend, async () => {
        const { model, x, y } = problem(), optimizer = tf.train.sgd(1e41), inputs = constant ? tf.onesLike(x) : x;
        const fit = () => fitMetric(model, [inputs, y], { loss: f1Loss(), epochs: 1, batchSize, optimizer });
        await assertRejects(fit, RangeError, "the weights of 'model' are no longer finite in epoch 0", backend);
        tf.dispose([x, y, inputs]);
        model.dispose();
      });
    }
  }
});

Deno.test("weights and data that come in batches train on a device as on the host", async () => {
  const found: number[][] = [];
  for (const backend of ["cpu", "wgsl"]) {
    await readsOn(backend, async () => {
      const { model, x, y } = problem(), w = tf.range(0, 60), parts = [[0, 25], [25, 35]];
      const data = () =>
        parts.map(([from, size]) => {
          const [xs, ys, weights] = [x, y, w].map((each) => tf.slice(each, from, size));
          return [xs, ys, weights] as const;
        });
      const { history } = await fitMetric(model, data, { loss: f1Loss(), epochs: 2, optimizer: tf.train.sgd(0.5) });
      found.push([...history.loss, ...history.f1, ...history.alive]);
      tf.dispose([x, y, w]);
      model.dispose();
    });
  }
  assertAllWithin(found[1], found[0], 1e-5);
});

Deno.test("a row of several columns is alive if one of its outputs has a gradient, on a device as on the host", async () => {
  const found: number[][] = [];
  for (const backend of ["cpu", "wgsl"]) {
    await readsOn(backend, async () => {
      const model = tf.sequential({
        layers: [tf.layers.dense({ units: 2, inputShape: [2], activation: "sigmoid", kernelInitializer: "ones" })],
      });
      const x = tf.randomNormal([60, 2], 0, 1, "float32", 5), y = tf.tidy(() => tf.cast(tf.greater(x, 0.2), "float32"));
      model.setWeights([tf.tensor2d([[3, 1], [0, 3]]), tf.tensor1d([0, 1])]);
      const loss = f1Loss({ average: "macro", step: "linearRamp", slope: 2 }); // flat beyond a half of its way
      const { history } = await fitMetric(model, [x, y], {
        loss,
        epochs: 2,
        batchSize: 20,
        optimizer: tf.train.sgd(0.1),
      });
      found.push([...history.alive, ...history.loss]);
      tf.dispose([x, y]);
      model.dispose();
    });
  }
  const [alive] = found[0];
  assert(alive > 0 && alive < 1, `${alive}`);
  assertAllWithin(found[1], found[0], 1e-5);
});

Deno.test("a model that lets no gradient through is an error on a device; data that fail leave nothing there", async () => {
  await readsOn("wgsl", async () => {
    const dead = {
      useBias: true,
      activation: "relu",
      kernelInitializer: "zeros",
      biasInitializer: tf.initializers.constant({ value: -1 }),
    } as const;
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 2, inputShape: [2], ...dead }),
        tf.layers.dense({ units: 1, useBias: false, activation: "sigmoid" }),
      ],
    });
    const living = tf.sequential({
      layers: [
        tf.layers.dense({ units: 2, inputShape: [2], ...dead }),
        tf.layers.dense({ units: 1, activation: "sigmoid" }),
      ],
    });
    const { x, y } = problem(), options = { loss: f1Loss({ threshold: 0.4 }), epochs: 1, optimizer: "sgd" } as const;
    await assertRejects(() => fitMetric(model, [x, y], options), RangeError, "no weight has a gradient in epoch 0");
    assertEquals((await fitMetric(living, [x, y], options)).epoch, [0], "a bias has a gradient");
    living.dispose();
    const before = tf.memory().numTensors,
      failing = () =>
        (function* () {
          yield [tf.clone(x), tf.clone(y)] as const;
          throw new Error("no more");
        })();
    await assertRejects(() => fitMetric(model, failing, options), Error, "no more");
    assertEquals(tf.memory().numTensors, before);
    tf.dispose([x, y]);
    model.dispose();
  });
});
