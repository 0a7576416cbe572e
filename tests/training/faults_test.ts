// What goes wrong while a model trains: processes that are killed, disks that are full, data that fail late.
import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, fitMetric, type FitMetricOptions, linearRamp, metricGradient } from "../../lib/mod.ts";
import { type Checkpoint, checkpointsIn, type Identity } from "../../lib/training/checkpoint.ts";
import { backends, random, slowOnWasm } from "../helpers.ts";
import { slow } from "../slow.ts";
import { memoryStore, network, weightsOf } from "./fixtures.ts";
import { checkpointFile, fileSystem } from "../../lib/training/checkpoint_file.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const child = new URL("./resume_child.ts", import.meta.url).pathname;

/** Runs the training of resume_child.ts; killed when it has begun the epoch, if one is given. */
async function train(args: string[], killIn?: number): Promise<string> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", child, ...args],
    env: { NO_COLOR: "1", WAIT: String(killIn) },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes(`epoch ${killIn}\n`)) process.kill("SIGKILL");
  }
  const { success, signal } = await process.status;
  assertEquals(success, killIn === undefined);
  assertEquals(signal, killIn === undefined ? null : "SIGKILL");
  return text;
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1)!;

for (const [i, mode] of ["running", "exact"].entries()) {
  const backend = backends[i];
  slow.test(`a process killed between epochs goes on and ends at the same bytes: ${mode} (${backend})`, async () => {
    using temporary = new TemporaryFolder();
    const { folder } = temporary, file = `${folder}/model.json`;
    const whole = lastLine(await train([mode, backend]));
    await train([mode, backend, file], 2);
    const first = await Deno.readTextFile(file), twice = mode === "running"; // killed a second time
    if (twice) {
      const again = await train([mode, backend, file], 5);
      assert(again.startsWith("epoch 2\n") && await Deno.readTextFile(file) !== first, again.slice(0, 40));
    }
    const resumed = await train([mode, backend, file]);
    assert(resumed.startsWith(`epoch ${twice ? 5 : 2}\n`), resumed.slice(0, 40));
    assertEquals(lastLine(resumed), whole);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["model.json"]);
  });
}

const n = 64;

function problem(seed = 1): [x: tf.Tensor, y: tf.Tensor] {
  const next = random(seed), x = Float32Array.from({ length: 2 * n }, () => 4 * next() - 2);
  const y = Float32Array.from({ length: n }, (_, i) => x[2 * i] + x[2 * i + 1] > 1 ? 1 : 0);
  return [tf.tensor2d(x, [n, 2]), tf.tensor2d(y, [n, 1])];
}

slowOnWasm(
  "a disk that is full while a checkpoint is written: the one before is whole, and it goes on from it",
  async () => {
    const data = problem(), loss = f1Loss();
    for (const optimizer of ["adam", "sgd", "adamax", "rmsprop", "adagrad", "adadelta"]) {
      const options: FitMetricOptions = { loss, optimizer, epochs: 6, batchSize: 10, patience: 50 };
      const whole = network(), straight = await fitMetric(whole, data, options), before = tf.memory().numTensors;
      const store = memoryStore(4), broken = network();
      const { message } = await assertRejects(() => fitMetric(broken, data, { ...options, checkpoint: store }), Error);
      assertEquals(
        message,
        "Cannot write the checkpoint in the given store after epoch 3: No space left on device (os error 28); " +
          "the previous checkpoint is unchanged: make room, then continue with resume: true",
      );
      const fresh = network(), resumed = await fitMetric(fresh, data, { ...options, checkpoint: store, resume: true });
      assertEquals(store.written, 7);
      assertEquals(weightsOf(fresh), weightsOf(whole), optimizer);
      assertEquals(resumed, straight);
      tf.dispose([broken.getWeights(), fresh.getWeights()]);
      assertEquals(tf.memory().numTensors, before);
    }
  },
);

slow.test({
  name: "a real file on a disk that is full: the old checkpoint survives, nothing else is left",
  ignore: Deno.build.os !== "linux", // /dev/full
  fn: async () => {
    using temporary = new TemporaryFolder();
    const { folder } = temporary, file = `${folder}/model.json`, args = ["running", "cpu", file];
    await train(args, 2);
    const old = await Deno.readTextFile(file);
    await Deno.symlink("/dev/full", `${file}.tmp`); // what is written beside it finds no room
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", child, ...args],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(success, false);
    assertStringIncludes(
      new TextDecoder().decode(stderr),
      `Cannot write the checkpoint '${file}' after epoch 2: ENOSPC: no space left on device`,
    );
    assertEquals(await Deno.readTextFile(file), old);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["model.json"]);
    assert((await train(args)).startsWith("epoch 2\n")); // there is room again
  },
});

Deno.test("a checkpoint is read as it was written, arrays of any length to the last bit", async () => {
  const next = random(1), checkpoints = checkpointsIn(memoryStore());
  assertEquals(await checkpoints.load(() => ({}) as Identity), undefined); // none yet
  const tensor = (size: number) => (
    { shape: [size], dtype: "float32", values: Float32Array.from({ length: size }, next) } as const
  );
  const weights = [0, 1, 8192, 8193, 20_000].map(tensor), identity = { loss: "f1Loss", seed: 3 } as Identity;
  const optimizer = {
    iterations: 7,
    single: { power: tensor(1) },
    lists: { moments: [{ name: "w", numbers: tensor(3) }] },
  };
  const counts = [{ tp: 1 / 3, fp: 0, fn: 1e-300, tn: 5 }];
  const saved = {
    identity,
    done: 2,
    epoch: [0, 1],
    history: { f1: [0.1, 0.2] },
    best: { epoch: 1, value: 0.2, weights },
  };
  const whole = { ...saved, weights, optimizer, rows: 9, counts };
  await checkpoints.save(whole);
  assertEquals(await checkpoints.load(() => identity), { format: "fitMetric 2", ...whole } as Checkpoint);
});

Deno.test("a checkpoint file that cannot be read is an error, not a training from the beginning", async () => {
  using temporary = new TemporaryFolder();
  const { folder } = temporary, own = network(), before = tf.memory().numTensors + 2;
  const options = { loss: f1Loss(), epochs: 1, checkpoint: folder, resume: true };
  const { message } = await assertRejects(() => fitMetric(own, problem(), options), Error, "directory");
  assert(!message.startsWith("Cannot write"), message); // not after an epoch
  assertEquals(tf.memory().numTensors, before); // the data
});

Deno.test("a checkpoint of another training, of other data, or that cannot be read is refused", async () => {
  const data = problem(), store = memoryStore(), options = { loss: f1Loss(), epochs: 2, checkpoint: store };
  const resume = { ...options, epochs: 4, resume: true };
  const fresh = await fitMetric(network(), data, { ...options, resume: true }); // none yet: from the beginning
  assertEquals(fresh.epoch, [0, 1]);
  const say = async (changed: Partial<FitMetricOptions>, its = data) => {
    const before = tf.memory().numTensors, own = network();
    const { message } = await assertRejects(() => fitMetric(own, its, { ...resume, ...changed }), Error);
    own.dispose();
    assertEquals(tf.memory().numTensors, before, message);
    return message;
  };
  const another = "Cannot train: the checkpoint in the given store is of a different training, its";
  assertEquals(await say({ mode: "exact" }), `${another} 'mode' is "running", not "exact"`);
  assertEquals(await say({ optimizer: "sgd" }), `${another} 'optimizer' is "AdamOptimizer", not "SGDOptimizer"`);
  assertEquals(await say({ seed: 1 }), `${another} 'seed' is 0, not 1`);
  assertEquals(await say({ batchSize: 3 }), `${another} 'batchSize' is 256, not 3`);
  assertEquals(await say({ patience: 3 }), `${another} 'best' is "not kept", not "kept"`);
  assertEquals(await say({ validationData: data }), `${another} 'judgedBy' is "data", not "validationData"`);
  const settings = async (changed: Partial<FitMetricOptions>, key: string, before: string, now: string) => {
    const message = await say(changed), [was, is] = message.slice(`${another} '${key}' is `.length).split(", not ");
    assertStringIncludes(message, `${another} '${key}' is `);
    assertStringIncludes(was, before);
    assertStringIncludes(is, now);
  };
  await settings({ loss: f1Loss({ slope: 9 }) }, "settings", '"slope":4', '"slope":9');
  await settings({ loss: f1Loss({ step: linearRamp() }) }, "settings", '"step":"softsign"', '"step":"linearRamp"');
  await settings({ loss: f1Loss({ threshold: 0.3 }) }, "settings", '"threshold":0.5', '"threshold":0.3');
  await settings({ loss: f1Loss({ zeroDivision: 1 }) }, "settings", '"zeroDivision":0', '"zeroDivision":1');
  const rising = (epoch: number) => f1Loss({ slope: 4 + epoch });
  await settings({ loss: rising }, "settings", '"slope":4', '"slope":5'); // the last epoch that is done
  const fast = tf.train.adam(0.5);
  await settings({ optimizer: fast }, "optimizerSettings", '"learningRate":0.001', '"learningRate":0.5');
  fast.dispose();
  const relabelled: [tf.Tensor, tf.Tensor] = [data[0], tf.sub(1, data[1])];
  assertStringIncludes(await say({}, relabelled), "'data' differ between the checkpoint and now, the weight of the");
  store.text = store.text!.slice(0, -9);
  assertStringIncludes(await say({}), "the checkpoint in the given store cannot be read: ");
  store.text = "{}";
  assertStringIncludes(await say({}), "was not written by fitMetric, its format is undefined");
});

slowOnWasm("data that fail while it trains: the iterator's own error, or a sentence; nothing is left", async () => {
  const [x, y] = problem();
  let pass = 0;
  const make = (change: (x: tf.Tensor, y: tf.Tensor, from: number) => tf.Tensor[] | undefined) =>
    function* () {
      pass++;
      for (let from = 0; from < n; from += 16) {
        const parts = tf.tidy(() => change(tf.slice(x, from, 16), tf.slice(y, from, 16), from) ?? []);
        if (parts.length > 0) yield [parts[0], parts[1]] as const;
      }
    };
  for (const mode of ["running", "exact"] as const) {
    const own = network(), before = tf.memory().numTensors;
    const say = async (data: () => Generator<readonly [tf.Tensor, tf.Tensor]>) => {
      pass = 0;
      const { message } = await assertRejects(() => fitMetric(own, data, { loss: f1Loss(), mode, epochs: 3 }), Error);
      assertEquals(tf.memory().numTensors, before, message);
      return message;
    };
    for (const when of [1, 2, 3, 4]) {
      const broken = make((a, b, from) => {
        if (pass === when && from === 32) throw new Error("the disk is gone");
        return [a, b];
      });
      assertEquals(await say(broken), "the disk is gone");
    }
    const relabelled = make((a, b, from) => [a, pass === 2 && from === 16 ? tf.sub(1, b) : b]);
    assertStringIncludes(await say(relabelled), "'data' differ between the");
    const shorter = make((a, b, from) => pass === 2 && from === 48 ? undefined : [a, b]);
    assertStringIncludes(await say(shorter), "'data' differ between the");
    const longer = make((a, b, from) => pass === 1 && from === 48 ? undefined : [a, b]);
    assertStringIncludes(await say(longer), "'data' differ between the");
    const late = make((a, b, from) => [pass === 3 && from === 32 ? tf.fill([16, 2], NaN) : a, b]);
    assertStringIncludes(await say(late), "'yPred' must lie in [0, 1], row 32 is NaN");
  }
});

slowOnWasm("a NaN at row 100,000 of a data set is named", async () => {
  const size = 20_000, row = 100_000;
  const batches = function* () {
    for (let from = 0; from <= row; from += size) {
      yield tf.tidy(() => {
        const x = tf.randomNormal([size, 2], 0, 1, "float32", 1 + from),
          y = tf.cast(tf.greater(tf.sum(x, 1, true), 1), "float32");
        return [from === row ? tf.concat([tf.fill([1, 2], NaN), tf.slice(x, 1)]) : x, y] as [tf.Tensor, tf.Tensor];
      });
    }
  };
  const own = network(), loss = f1Loss(), before = tf.memory().numTensors;
  for (
    const call of [() => metricGradient(own, batches, { loss }), () => fitMetric(own, batches, { loss, epochs: 1 })]
  ) {
    const { message } = await assertRejects(call, RangeError);
    assertEquals(message, "Cannot compute f1Loss: 'yPred' must lie in [0, 1], row 100000 is NaN");
    assertEquals(tf.memory().numTensors, before);
  }
});

// The file of a checkpoint: read as it was written, none before, replaced as a whole, closed.
Deno.test("a checkpoint's file is none at first, then the last text; it is closed, and nothing is left beside it", async () => {
  using temporary = new TemporaryFolder();
  const { folder } = temporary, fs = fileSystem()!, { open } = fs;
  let opened = 0;
  try {
    const file = checkpointFile(`${folder}/checkpoint`);
    assertStrictEquals(await file.read(), undefined);
    fs.open = async (...args) => {
      const handle = await open(...args), close = handle.close.bind(handle);
      opened++;
      return Object.assign(handle, { close: () => (opened--, close()) });
    };
    for (const text of ["first, and longer", "second"]) {
      await file.write(text);
      assertStrictEquals(await file.read(), text);
    }
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["checkpoint"]);
    assertStrictEquals(opened, 0);
  } finally {
    fs.open = open;
  }
});

Deno.test("a checkpoint that cannot be read or replaced says so, and leaves nothing beside it", async () => {
  using temporary = new TemporaryFolder();
  const { folder } = temporary;
  await Deno.mkdir(`${folder}/checkpoint/inside`, { recursive: true });
  const file = checkpointFile(`${folder}/checkpoint`);
  await assertRejects(() => file.read());
  await assertRejects(() => file.write("text"));
  await assertRejects(() => checkpointFile(`${folder}/none/checkpoint`).write("text"), Error, "open");
  assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["checkpoint"]);
});
