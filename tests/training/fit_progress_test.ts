// What a training shows of itself: in a terminal, in a notebook, where lines stay.
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, type FitCallbacks, fitMetric } from "../../lib/mod.ts";
import { showProgress, timeText } from "../../lib/training/fit_progress.ts";
import "../helpers.ts";

/** Two of four epochs of two batches, 10 s a batch and 5 s for the pass at the end, from the third on. */
async function runThrough(make: (now: () => number) => FitCallbacks): Promise<void> {
  let seconds = 0;
  const callbacks = make(() => 1000 * seconds);
  for (const epoch of [2, 3]) {
    for (const batch of [0, 1]) {
      seconds += 10;
      await callbacks.onBatchEnd!(batch);
    }
    seconds += 5;
    await callbacks.onEpochEnd!(epoch, { loss: 1 / 3, f1: 0.5 + epoch / 10, alive: 0.987 });
  }
  await callbacks.onTrainEnd!();
}

Deno.test("progress in a terminal: one line that is rewritten, and one that stays", async () => {
  const rewritten: string[] = [], printed: string[] = [];
  await runThrough((now) =>
    showProgress(4, {
      from: 2,
      batches: 2,
      display: { now, rewrite: (line) => void rewritten.push(line), print: (line) => void printed.push(line) },
    })
  );
  assertEquals(rewritten, [
    "epoch 3 of 4  [█████████████·······]  30 s left",
    "epoch 3 of 4  [███████████████·····]  21 s left",
    "epoch 3 of 4  [███████████████·····]  loss 0.3333, f1 0.7000, 99 % alive  25 s left",
    "epoch 4 of 4  [██████████████████··]  loss 0.3333, f1 0.7000, 99 % alive  12 s left",
    "epoch 4 of 4  [████████████████████]  loss 0.3333, f1 0.7000, 99 % alive  1 s left",
    "epoch 4 of 4  [████████████████████]  loss 0.3333, f1 0.8000, 99 % alive",
  ]);
  assertEquals(printed, ["4 of 4 epochs  loss 0.3333, f1 0.8000, 99 % alive"]);
});

Deno.test("progress in a notebook: one output that is updated, in the end without times", async () => {
  const sent: [string, string, unknown][] = [];
  await runThrough((now) =>
    showProgress(4, {
      from: 2,
      batches: 2,
      display: {
        now,
        print: () => {},
        broadcast: (type, { data, transient }) => {
          sent.push([type, (data as Record<string, string>)["text/plain"], transient]);
          return Promise.resolve();
        },
      },
    })
  );
  assertEquals(sent.map(([type]) => type), ["display_data", ...Array(6).fill("update_display_data")]);
  assertEquals(new Set(sent.map(([, , transient]) => JSON.stringify(transient))).size, 1);
  assertEquals(sent[2][1], "epoch 3 of 4  loss 0.3333, f1 0.7000, 99 % alive  25 s left");
  assertEquals(sent.at(-1)![1], "4 of 4 epochs  loss 0.3333, f1 0.8000, 99 % alive");
});

Deno.test("fitMetric in a notebook: the line of an epoch, and its last form before an error is thrown", async () => {
  const lines: string[] = [], jupyter = Deno as unknown as { jupyter?: unknown };
  jupyter.jupyter = {
    broadcast: (_type: string, { data }: { data: Record<string, string> }) => {
      lines.push(data["text/plain"]);
      return Promise.resolve();
    },
  };
  try {
    const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], activation: "sigmoid" })] });
    const data = [tf.tensor2d([[1], [2], [-1], [-2]]), tf.tensor2d([[1], [1], [0], [0]])] as const;
    const callbacks: FitCallbacks = {
      onEpochBegin: (epoch) => {
        if (epoch === 1) throw new Error("enough");
      },
    };
    const options = { loss: f1Loss(), epochs: 3, progress: true, callbacks };
    await assertRejects(() => fitMetric(model, data, options), Error, "enough");
    assertMatch(lines.at(-2)!, /^epoch 1 of 3 {2}loss 0\.\d{4}, f1 \d\.\d{4}, 100 % alive {2}\d+ s left$/);
    assertMatch(lines.at(-1)!, /^1 of 3 epochs {2}loss 0\.\d{4}, f1 \d\.\d{4}, 100 % alive$/);
  } finally {
    jupyter.jupyter = undefined; // as it was: reading it throws
  }
});

Deno.test("progress where lines stay: about twenty in all", async () => {
  const printed: string[] = [];
  let seconds = 0;
  const callbacks = showProgress(1000, {
    from: 0,
    batches: 1,
    display: { now: () => 1000 * seconds, print: (line) => void printed.push(line) },
  });
  for (let epoch = 0; epoch < 1000; epoch++) {
    seconds++;
    await callbacks.onBatchEnd!(0);
    await callbacks.onEpochEnd!(epoch, { loss: 0.5, note: "no number" } as never);
  }
  await callbacks.onTrainEnd!();
  assertEquals(printed.length, 20);
  assertEquals(printed[0], "epoch 50 of 1000  loss 0.5000  15 min 50 s left");
  assertEquals(printed[19], "epoch 1000 of 1000  loss 0.5000");
});

Deno.test("progress in the terminal: lines that fit its width, erased before they are written, and one that ends", async () => {
  const { stderr, consoleSize } = Deno, written: string[] = [];
  const terminal = {
    isTerminal: () => true,
    writeSync: (bytes: Uint8Array) => written.push(new TextDecoder().decode(bytes)),
  };
  Object.defineProperty(Deno, "stderr", { value: terminal, configurable: true });
  Object.defineProperty(Deno, "consoleSize", { value: () => ({ columns: 20, rows: 9 }), configurable: true });
  try {
    const callbacks = showProgress(2, { from: 0, batches: 1 });
    await callbacks.onEpochEnd!(1, { loss: 0.25 });
    await callbacks.onTrainEnd!();
  } finally {
    Object.defineProperty(Deno, "stderr", { value: stderr, configurable: true });
    Object.defineProperty(Deno, "consoleSize", { value: consoleSize, configurable: true });
  }
  assertEquals(written, ["\r\x1b[Kepoch 2 of 2  [████", "\r\x1b[K2 of 2 epochs  loss 0.2500\n"]);
});

Deno.test("outside Deno and notebooks lines stay, in the console", () => {
  const { Deno: own } = globalThis, { log } = console, printed: unknown[] = [];
  console.log = (line) => printed.push(line);
  Reflect.deleteProperty(globalThis, "Deno");
  try {
    showProgress(1, { from: 0, batches: 1 }).onEpochEnd!(0, { loss: 0.25 });
  } finally {
    Object.defineProperty(globalThis, "Deno", { value: own, writable: true, enumerable: false, configurable: true });
    console.log = log;
  }
  assertEquals(printed, ["epoch 1 of 1  loss 0.2500"]);
});

Deno.test("a training that ends before its first epoch shows no numbers", async () => {
  const printed: string[] = [],
    display = { now: () => 0, rewrite: () => {}, print: (line: string) => void printed.push(line) };
  await showProgress(2, { from: 0, batches: 1, display }).onTrainEnd!();
  assertEquals(printed, ["0 of 2 epochs"]);
});

Deno.test("times in words", () => {
  assertEquals([0.2, 59, 60, 200, 3600, 7500].map(timeText), [
    "1 s",
    "59 s",
    "1 min 0 s",
    "3 min 20 s",
    "1 h 0 min",
    "2 h 5 min",
  ]);
});
