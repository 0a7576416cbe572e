// Threads: the same bytes for any number of them, on arrays and on both backends; the errors of one thread.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { lossAndGradient, type LossAndGradientOptions } from "../../lib/core.ts";
import { registeredTeam, registerTeam } from "../../lib/kernels/registered_team.ts";
import { f1Loss, mccLoss } from "../../lib/mod.ts";
import { setThreads } from "../../lib/threads.ts";
import { counted, onBackends, random, valueAndGradient } from "../helpers.ts";

const rows = 210_003, columns = 3, next = random(5);
const numbers = (length: number) => new Float32Array(length).map(next);
const p = numbers(rows), y = p.map((v) => Number(next() < v)), w = numbers(rows);
const table = numbers(rows * columns), hot = table.map((v) => Number(v > 0.6));
const classes = Int32Array.from({ length: rows }, () => Math.floor(3 * next()));

type Call = [Float32Array | Int32Array | Uint8Array, Float32Array, LossAndGradientOptions];

/** Every loop, every kind of label and weight; groups of 32 rounds are whole blocks, or a part of one, or half of one. */
const calls: Readonly<Record<string, Call>> = {
  central: [y, p, { score: "f1" }],
  weighted: [y, p, { score: "f1", sampleWeight: w }],
  logistic: [y, p, { score: "mcc", step: "logistic" }],
  bytes: [Uint8Array.from(y), p, { score: "f1", step: "arctan" }],
  "three columns": [hot, table, { score: "f1", average: "macro", columns }],
  "nine columns": [hot, table, { score: "f1", average: "macro", step: "gaussian", columns: 9 }],
  "41 columns": [hot.subarray(0, 41 * 5000), table.subarray(0, 41 * 5000), {
    score: "f1",
    average: "macro",
    columns: 41,
  }],
  "argmax straight through": [classes, table, {
    score: "f1",
    average: "macro",
    decision: "argmax",
    step: "straightThrough",
    columns,
  }],
  argmax: [classes, table, { score: "f1", average: "macro", decision: "argmax", sampleWeight: w, columns }],
};
const wanted = Object.entries(calls).map(([name, [...call]]) => [name, lossAndGradient(...call)] as const);

Deno.test("values, counts and gradients have the bytes of one thread", async () => {
  for (const threads of [2, 3]) {
    assertEquals(await setThreads(threads), threads);
    for (const [name, one] of wanted) {
      const many = lossAndGradient(...calls[name]);
      assertEquals(many.value, one.value, name);
      assertEquals(many.counts, one.counts, name);
      assert(many.gradient.every((v, i) => Object.is(v, one.gradient[i])), name);
    }
    assert(registeredTeam()!.unitsTaken > 0, "units were given to workers");
  }
  await setThreads(1);
});

onBackends(
  "two losses in one gradient: the first is computed once more, with its own bytes, and no tensor is left",
  async () => {
    const yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y), losses = [f1Loss(), mccLoss({ step: "logistic" })];
    const taken = () => valueAndGradient((y, x) => tf.add(losses[0](y, x), losses[1](y, x)), yTrue, yPred);
    const one = taken();
    await setThreads(2);
    const before = registeredTeam()!.unitsTaken, { result, made } = counted(taken);
    assert(registeredTeam()!.unitsTaken > before);
    assertEquals([result.value, made], [one.value, 0]);
    assert(result.gradient.every((v, i) => v === one.gradient[i]));
    await setThreads(1);
    tf.dispose([yPred, yTrue]);
  },
);

Deno.test("the threads may end between the two passes", async () => {
  await tf.setBackend("cpu");
  const yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y), loss = f1Loss(), one = tf.grad((x) => loss(yTrue, x))(yPred);
  await setThreads(2);
  let ended: Promise<number> | undefined;
  const many = tf.grad((x) => {
    const value = loss(yTrue, x);
    ended = setThreads(1);
    return value;
  })(yPred);
  await ended;
  assertEquals(many.dataSync(), one.dataSync());
  tf.dispose([yPred, yTrue, one, many]);
});

Deno.test("a number out of range in a worker's rows has the sentence of one thread; small batches wake nobody", async () => {
  await setThreads(2);
  const out = p.slice(), unknown = classes.slice();
  [out[rows - 9], unknown[rows - 9]] = [1.5, 3];
  assertThrows(() => lossAndGradient(y, out, { score: "f1" }), RangeError, `row ${rows - 9} is 1.5`);
  const before = registeredTeam()!.unitsTaken;
  assertThrows(
    () => lossAndGradient(unknown, table, { score: "f1", average: "macro", columns }),
    RangeError,
    `row ${rows - 9} is 3`,
  );
  assertEquals(registeredTeam()!.unitsTaken, before, "no loop meets an index without a class");
  lossAndGradient(y.subarray(0, 190_000), p.subarray(0, 190_000), { score: "f1" });
  assertEquals(registeredTeam()!.unitsTaken, before);
  await setThreads(1);
});

Deno.test("a batch that finds no room in the shared memory has the bytes of one thread", async () => {
  const { grow } = WebAssembly.Memory.prototype;
  await setThreads(2);
  try {
    for (const most of [1e6, 2e6, 2.6e6, 2.9e6, 3.4e6]) { // some tables, all of them, sums too
      WebAssembly.Memory.prototype.grow = function (pages) {
        const { buffer } = this, isShared = Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
        if (isShared && buffer.byteLength + 65536 * pages > most) {
          throw new RangeError("no room");
        }
        return grow.call(this, pages);
      };
      for (const [name, expected] of wanted) assertEquals(lossAndGradient(...calls[name]), expected, `${name} ${most}`);
    }
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
    await setThreads(1);
  }
});

/** Runs a function where threads are made by another class, or by a browser's if there is none. */
async function withWorkers(Worker: unknown, run: () => Promise<void>): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(globalThis, "process")!;
  const value = typeof Worker === "function" ? { getBuiltinModule: () => ({ Worker }) } : Worker;
  Object.defineProperty(globalThis, "process", { value, configurable: true });
  try {
    await run();
  } finally {
    Object.defineProperty(globalThis, "process", own);
  }
}

/** A worker that says that it is ready, and never begins a task. */
class Stalled {
  static ended = 0;
  once(event: string, listener: () => void) {
    if (event === "message") queueMicrotask(listener);
  }
  unref() {}
  terminate() {
    Stalled.ended++;
  }
}

Deno.test("tasks that no worker begins are taken back: the same bytes, and nobody waits for ever", async () => {
  await withWorkers(Stalled, async () => {
    for (const [name, one] of wanted) {
      assertEquals(await setThreads(3), 3);
      const team = registeredTeam()!;
      assertEquals(lossAndGradient(...calls[name]), one, name);
      const units = team.unitsTaken;
      assert(units > 0 && units <= 8, "four tasks of each of two workers");
      assertEquals(lossAndGradient(...calls[name]), one, name);
      assertEquals(team.unitsTaken, units, "no worker has room for another task");
    }
    const { ended } = Stalled;
    await setThreads(1);
    assertEquals(Stalled.ended, ended + 2);
  });
});

Deno.test("a browser's worker that does not start is an error", async () => {
  const { Worker } = globalThis, { warn } = console, said: string[] = [];
  globalThis.Worker = class {
    onerror = (_: object) => {};
    postMessage() {
      this.onerror({ message: "blocked" });
    }
  } as unknown as typeof Worker;
  console.warn = (text) => said.push(text);
  try {
    await withWorkers(undefined, async () => assertEquals(await setThreads(2), 1));
  } finally {
    console.warn = warn;
    globalThis.Worker = Worker;
  }
  assertEquals(said, ["Roundabout: one thread, not 2, computes large batches: a worker did not start: blocked"]);
});

Deno.test("a worker that does not start is an error, and one thread computes", async () => {
  class Broken extends Stalled {
    override once(event: string, listener: (error?: Error) => void) {
      if (event === "error") queueMicrotask(() => listener(new Error("no core")));
    }
  }
  const { warn } = console, said: string[] = [], { ended } = Stalled;
  console.warn = (text) => said.push(text);
  try {
    await withWorkers(Broken, async () => assertEquals(await setThreads(3), 1));
  } finally {
    console.warn = warn;
  }
  assertEquals(said, ["Roundabout: one thread, not 3, computes large batches: a worker did not start: no core"]);
  assertEquals([registeredTeam(), Stalled.ended], [undefined, ended]);
});

Deno.test("on a page the workers are the browser's", async () => {
  const { Worker } = globalThis, { revokeObjectURL } = URL, revoked: string[] = [];
  let started = 0;
  globalThis.Worker = class extends Worker { // Deno has module workers only
    constructor(address: string) {
      super(address, { type: "module" });
      started++;
    }
  } as typeof Worker;
  URL.revokeObjectURL = (url) => (revoked.push(url), revokeObjectURL(url));
  try {
    for (const process of [undefined, {}]) { // a bundler may give the name alone
      await withWorkers(process, async () => {
        assertEquals(await setThreads(2), 2);
        assertEquals(lossAndGradient(...calls.argmax), wanted.find(([name]) => name === "argmax")![1]);
        assert(registeredTeam()!.unitsTaken > 0);
        await setThreads(1);
      });
    }
    assertEquals([started, revoked.length], [2, 2]);
  } finally {
    Object.assign(URL, { revokeObjectURL });
    globalThis.Worker = Worker;
  }
});

interface WorkerData {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
}

/** Runs a function where a worker runs a task in this thread as soon as it is given, or never if `takes` says so. */
async function withInstantWorkers(
  takes: (loop: string) => boolean,
  run: (ran: string[], wake: () => void) => Promise<void>,
): Promise<void> {
  const { notify } = Atomics, workers = new Map<unknown, () => void>(), ran: string[] = [];
  class Instant extends Stalled {
    constructor(code: string, { workerData: { bytes, memory, control } }: { workerData: WorkerData }) {
      super();
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
      const names: string[] = JSON.parse(/const loops = (\[.*?\])/.exec(code)![1]);
      workers.set(control, () => { // as the code of a worker does
        for (; control[1] < control[0]; control[1]++) {
          const at = 4 + control[1] % 4 * 20, name = names[control[at + 1]];
          if (name === undefined || !takes(name)) return;
          if (control[at] !== 0) continue; // taken back
          control[at] = 1;
          (exports[name] as (...args: number[]) => void)(...control.subarray(at + 3, at + 3 + control[at + 2]));
          ran.push(name);
        }
      });
    }
  }
  Atomics.notify = (
    control: object,
    ...more: [number]
  ) => (workers.get(control)?.(), notify(control as Int32Array, ...more));
  try {
    await withWorkers(Instant, () => run(ran, () => workers.forEach((work) => work())));
  } finally {
    Atomics.notify = notify;
  }
}

Deno.test("where the memory ends between two of its places, too, the bytes are those of one thread", async () => {
  const { grow } = WebAssembly.Memory.prototype, most = 41 * 65_536;
  const call = (rows: number) => lossAndGradient(y.subarray(0, rows), p.subarray(0, rows), { score: "f1" });
  WebAssembly.Memory.prototype.grow = function (pages) {
    const { buffer } = this, isShared = Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
    if (!isShared || buffer.byteLength + 65_536 * pages <= most) return grow.call(this, pages);
    refused++;
    throw new RangeError("no room");
  };
  let refused = 0, narrow = 0, finishes = true;
  try {
    await withInstantWorkers((name) => finishes || !name.startsWith("finish"), async (_, wake) => {
      await setThreads(4);
      const team = registeredTeam()!,
        fits = (rows: number) => {
          const before = team.unitsTaken;
          call(rows);
          return team.unitsTaken > before;
        };
      let last = 200_000, first = 208_000; // the last length whose first pass is shared, and the first whose is not
      while (first - last > 4) {
        const rows = (first + last) / 2 & ~3;
        if (fits(rows)) last = rows;
        else first = rows;
      }
      // A second pass takes some bytes more, a first one some kilobytes.
      for (const rows of [-16, -12, -8, -4, 0, 4, 100, 200, 300, 400].map((more) => last + more)) {
        const before = team.unitsTaken;
        refused = 0;
        finishes = false; // the main thread takes what the workers do not begin, or tries to
        const many = call(rows);
        finishes = true;
        wake();
        if (team.unitsTaken > before && refused > 0) narrow++;
        registerTeam(undefined);
        const one = call(rows);
        registerTeam(team);
        assertEquals([many.value, many.counts], [one.value, one.counts]);
        assert(many.gradient.every((v, i) => Object.is(v, one.gradient[i])), `${rows} rows`);
      }
      assert(narrow > 0, "a second pass found no room after a first one that did");
    });
  } finally {
    WebAssembly.Memory.prototype.grow = grow;
    await setThreads(1);
  }
});

Deno.test("a worker that is always free takes all units of both passes, from the last to the first", async () => {
  await withInstantWorkers(() => true, async (ran) => {
    await setThreads(2);
    const before = registeredTeam()!.unitsTaken;
    for (const [name, one] of wanted) assertEquals(lossAndGradient(...calls[name]), one, name);
    ran.length = 0;
    const units = registeredTeam()!.unitsTaken;
    assert(units > before);
    lossAndGradient(...calls.central);
    const each = Math.ceil(rows / 32_768);
    assertEquals(registeredTeam()!.unitsTaken - units, each);
    assertEquals(ran, [...Array(each).fill("central"), ...Array(each).fill("finish")]);
    await setThreads(1);
  });
});

Deno.test("a loss whose rows another one has taken from the workers is computed once more", async () => {
  await tf.setBackend("cpu");
  const yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y), losses = [f1Loss(), mccLoss({ step: "logistic" })];
  const both = (x: tf.Tensor) => tf.add<tf.Scalar>(losses[0](yTrue, x), losses[1](yTrue, x)),
    one = tf.grad(both)(yPred);
  await withInstantWorkers(() => true, async (ran) => {
    await setThreads(2);
    const many = tf.grad(both)(yPred), each = Math.ceil(rows / 32_768);
    assertEquals(many.dataSync(), one.dataSync());
    assertEquals(ran.filter((name) => name !== "finish").length, 3 * each);
    many.dispose();
    await setThreads(1);
  });
  tf.dispose([yPred, yTrue, one]);
});

Deno.test("what a worker does not begin of the second pass is taken back", async () => {
  await withInstantWorkers((name) => !name.startsWith("finish"), async () => {
    for (const [name, one] of wanted) {
      await setThreads(2);
      for (let call = 0; call < 2; call++) assertEquals(lossAndGradient(...calls[name]), one, name);
    }
    await setThreads(1);
  });
});

Deno.test("a worker may stop after any task: what it has not begun is taken back, in every later call", async () => {
  const each = Math.ceil(rows / 32_768), [, one] = wanted.find(([name]) => name === "central")!;
  for (let tasks = 1; tasks < 3 * each; tasks++) {
    let left = tasks;
    await withInstantWorkers(() => left-- > 0, async () => {
      await setThreads(2);
      for (let call = 0; call < 3; call++) assertEquals(lossAndGradient(...calls.central), one, `${tasks} tasks`);
    });
  }
  await setThreads(1);
});

Deno.test("the main thread gives units to a worker that becomes free between its own", async () => {
  const { load } = Atomics, [, one] = wanted.find(([name]) => name === "central")!;
  let looked = 0, tasks = 0;
  await withInstantWorkers(() => tasks-- > 0, async (ran, wake) => {
    await setThreads(2);
    Atomics.load = ((numbers: Int32Array, at: number) => {
      tasks = Number(++looked % 4 === 0); // a task ends at every fourth look
      wake();
      return load(numbers, at);
    }) as typeof load;
    try {
      assertEquals(lossAndGradient(...calls.central), one);
    } finally {
      Atomics.load = load;
    }
    const count = (loop: string) => ran.filter((name) => name === loop).length;
    assertEquals(registeredTeam()!.unitsTaken, 6, "four units at once, two instead of those that ended");
    assertEquals([count("central"), count("finish")], [4, 4], "two units were taken back");
    await setThreads(1);
  });
});

Deno.test("a worker that takes its time is waited for", async () => {
  const { Worker } = await import("node:worker_threads"), task = "loops[control[at + 1]](";
  class Slow extends Worker {
    constructor(code: string, options: object) {
      assert(code.includes(task));
      super(code.replace(task, `Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); ${task}`), options);
    }
  }
  await withWorkers(Slow, async () => {
    for (const threads of [2, 3]) {
      await setThreads(threads);
      for (const name of ["central", "argmax"]) {
        for (let call = 0; call < 2; call++) {
          assertEquals(lossAndGradient(...calls[name]), wanted.find(([own]) => own === name)![1], name);
        }
      }
    }
    await setThreads(1);
  });
});
