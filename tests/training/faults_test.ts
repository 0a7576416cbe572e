// What goes wrong while a model trains: processes that are killed, disks that are full, data that fail late.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { type CheckpointStore, f1Loss, fitMetric, type FitMetricOptions } from "../../lib/mod.ts";
import { backends, onBackends, random } from "../helpers.ts";

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
  Deno.test(`a process killed between epochs goes on and ends at the same bytes: ${mode} (${backend})`, async () => {
    const folder = await Deno.makeTempDir(), file = `${folder}/model.json`;
    try {
      const whole = lastLine(await train([mode, backend]));
      await train([mode, backend, file], 2);
      const first = await Deno.readTextFile(file);
      const again = await train([mode, backend, file], 5); // and a second time
      assertStringIncludes(again, "epoch 2\n");
      assert(!again.includes("epoch 1\n") && await Deno.readTextFile(file) !== first);
      const resumed = await train([mode, backend, file]);
      assert(resumed.startsWith("epoch 5\n"), resumed.slice(0, 40));
      assertEquals(lastLine(resumed), whole);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["model.json"]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

const n = 64;

function model(): tf.Sequential {
  const kernelInitializer = tf.initializers.glorotUniform({ seed: 3 });
  return tf.sequential({
    layers: [tf.layers.dense({ units: 1, inputShape: [2], activation: "sigmoid", kernelInitializer })],
  });
}

function problem(seed = 1): [x: tf.Tensor, y: tf.Tensor] {
  const next = random(seed), x = Float32Array.from({ length: 2 * n }, () => 4 * next() - 2);
  const y = Float32Array.from({ length: n }, (_, i) => x[2 * i] + x[2 * i + 1] > 1 ? 1 : 0);
  return [tf.tensor2d(x, [n, 2]), tf.tensor2d(y, [n, 1])];
}

const weightsOf = (model: tf.LayersModel) => model.getWeights().map((w) => w.dataSync().slice());

/** A store in memory whose n-th writing fails. */
function memoryStore(failAt = Infinity): CheckpointStore & { text?: string; written: number } {
  return {
    text: undefined,
    written: 0,
    read() {
      return Promise.resolve(this.text);
    },
    write(text) {
      if (++this.written === failAt) return Promise.reject(new Error("No space left on device (os error 28)"));
      this.text = text;
      return Promise.resolve();
    },
  };
}

onBackends(
  "a disk that is full while a checkpoint is written: the one before is whole, and it goes on from it",
  async () => {
    const data = problem(), loss = f1Loss();
    for (const optimizer of ["adam", "sgd", "adamax", "rmsprop", "adagrad", "adadelta"]) {
      const options: FitMetricOptions = { loss, optimizer, epochs: 6, batchSize: 10, patience: 50 };
      const whole = model(), straight = await fitMetric(whole, data, options), before = tf.memory().numTensors;
      const store = memoryStore(4), broken = model();
      const { message } = await assertRejects(() => fitMetric(broken, data, { ...options, checkpoint: store }), Error);
      assertEquals(
        message,
        "Cannot write the checkpoint in the given store after epoch 3: No space left on device (os error 28); " +
          "the one before it is as it was, make room and go on with resume: true",
      );
      const fresh = model(), resumed = await fitMetric(fresh, data, { ...options, checkpoint: store, resume: true });
      assertEquals(store.written, 7);
      assertEquals(weightsOf(fresh), weightsOf(whole), optimizer);
      assertEquals(resumed, straight);
      tf.dispose([broken.getWeights(), fresh.getWeights()]);
      assertEquals(tf.memory().numTensors, before);
    }
  },
);
