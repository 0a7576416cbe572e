/**
 * Measures everything in one process, contenders in turn, and gathers the record. `deno task bench` calls it.
 *
 * @module
 */
import { cpus } from "node:os";
import * as tf from "@tensorflow/tfjs";
import { alternate, type Pace, type Timed, timesOf } from "./alternate.ts";
import { backends, type Contender, contendersOf, disposeInputs } from "./contenders.ts";
import { divisions } from "./divisions.ts";
import { trainersOf, training } from "./epochs.ts";
import { growth } from "./growth.ts";
import { peakBytes } from "./peak_bytes.ts";
import { type Peer, Peers } from "./peers.ts";
import { type BenchRecord, type Work, works } from "./record_format.ts";
import { sourcesHash } from "./sources.ts";

/** The measurements and their time limits. */
interface RecordOptions {
  /** The rows of the one-column works. */
  readonly sizes: readonly number[];
  /** The largest size that the growth is fitted to. */
  readonly largest: number;
  readonly pace: Pace;
  /** A Python with what bench/requirements.txt lists. */
  readonly python?: string;
  /** Receives the current step. */
  readonly status: (text: string) => void;
}

/** A contender of this process. */
const timed = ({ name, backend, run }: Contender): Timed => ({
  name,
  time: async (untimed, samples, calls) => {
    await tf.setBackend(backend);
    const once = () => {
      const { value, grad } = run();
      value.dispose();
      grad.dispose();
    };
    return timesOf(once, untimed, samples, calls);
  },
});

async function onEachBackend<T>(make: () => T[] | Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (const backend of backends) {
    await tf.setBackend(backend);
    all.push(...await make());
  }
  return all;
}

/** Both ways to a value agree to float32's own sums: nobody is timed at something else. */
async function checkSameWork(own: Contender, peers: readonly Peer[]): Promise<void> {
  await tf.setBackend(own.backend);
  const { value, grad } = own.run();
  const expected = [...grad.dataSync()].reduce((a, b) => a + b, value.dataSync()[0]);
  tf.dispose([value, grad]);
  for (const { name, at } of peers) {
    const found = await at(own.work, own.rows).value();
    if (!(Math.abs(found - expected) < 1e-4)) {
      throw new Error(`${name}, ${own.work}: value plus the gradient's sum are ${found}, they should be ${expected}`);
    }
  }
}

async function measureLosses(
  { sizes, pace, status }: RecordOptions,
  peers: readonly Peer[],
  { losses, missing }: Pick<BenchRecord, "losses" | "missing">,
): Promise<void> {
  const jobs = Object.entries(works).flatMap(([work, { columns }]) =>
    (columns > 1 ? [1e5] : sizes).map((rows) => ({ work: work as Work, rows, columns }))
  );
  for (const { work, rows, columns } of jobs) {
    status(`${works[work].words}, ${rows.toLocaleString("en")} rows`);
    const own = await onEachBackend(() => contendersOf(work, rows));
    const others = peers.filter((peer) => peer.works.includes(work) && rows >= peer.least);
    if (rows <= 1e4 || columns > 1) await checkSameWork(own[0], others);
    const all = [...own.map(timed), ...others.map((peer) => peer.at(work, rows))];
    (await alternate(all, pace)).forEach((timing, i) => {
      const contender = all[i].name;
      if (typeof timing === "string") missing.push({ what: `${contender}, ${work}, ${rows} rows`, why: timing });
      else losses.push({ work, rows, columns, contender, ...timing });
    });
    new Set(own.map(({ inputs }) => inputs)).forEach(disposeInputs);
  }
}

/** Sizes in equal ratios. */
const between = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) => Math.round(from * (to / from) ** (i / (count - 1))));

async function measureGrowth({ largest, pace, status }: RecordOptions): Promise<BenchRecord["growth"]> {
  const result: BenchRecord["growth"] = [];
  for (const [from, to, count] of [[1e4, 1e6, 7], [1e6, largest, 5]]) {
    for (const backend of backends) {
      status(`growth from ${from.toExponential()} to ${to.toExponential()} rows, ${backend}`);
      await tf.setBackend(backend);
      const own = between(from, to, count).map((rows) => contendersOf("binary", rows)[0]);
      const timings = await alternate(own.map(timed), pace);
      const points = own.flatMap(({ rows }, i): [number, number][] => {
        const timing = timings[i];
        return typeof timing === "string" ? [] : [[rows, timing.ms]];
      });
      result.push({ contender: own[0].name, from, to, ...growth(points), points });
      own.forEach(({ inputs }) => disposeInputs(inputs));
    }
  }
  return result;
}

/** Times plain work of so many rows each, in turn. */
async function timeEach(
  all: readonly { rows: number; run: () => void }[],
  pace: Pace,
): Promise<{ rows: number; ms: number }[]> {
  const contenders = all.map(({ rows, run }): Timed => ({
    name: `${rows} rows`,
    time: (untimed, samples, calls) => timesOf(run, untimed, samples, calls),
  }));
  const timings = await alternate(contenders, pace);
  return all.flatMap(({ rows }, i) => {
    const timing = timings[i];
    return typeof timing === "string" ? [] : [{ rows, ms: timing.ms }];
  });
}

/** Copies of as many numbers as a work has: what memory alone allows. */
async function measureCopies({ sizes, pace }: RecordOptions): Promise<BenchRecord["copies"]> {
  const copies = sizes.filter((rows) => rows >= 1e4).map((rows) => {
    const from = new Float32Array(rows).fill(0.5), to = new Float32Array(rows).fill(1);
    return { rows, run: () => to.set(from) };
  });
  return (await timeEach(copies, pace)).map(({ rows, ms }) => ({ bytes: 8 * rows, ms }));
}

/** As many divisions as a work has rows: what arithmetic alone allows. */
async function measureDivisions({ sizes, pace }: RecordOptions): Promise<BenchRecord["divisions"]> {
  const all = sizes.filter((rows) => rows >= 1e4).map(async (rows) => ({ rows, run: await divisions(rows) }));
  return await timeEach(await Promise.all(all), pace);
}

/** The bytes that a call needs at its peak beyond inputs and outputs, and the bytes that it leaves. */
async function measureMemory(rows: number): Promise<BenchRecord["memory"]> {
  const result: BenchRecord["memory"] = [];
  for (const backend of backends) {
    await tf.setBackend(backend);
    const own = contendersOf("binary", rows);
    for (const { name, run } of own) {
      const before = tf.memory().numTensors;
      const peak = peakBytes(() => tf.dispose(Object.values(run()))), outputs = 4 * (rows + 1);
      result.push({
        contender: name,
        rows,
        bytesPerRow: (peak - outputs) / rows,
        tensorsLeft: tf.memory().numTensors - before,
      });
    }
    disposeInputs(own[0].inputs);
  }
  return result;
}

async function measureEpochs(
  { pace, status }: RecordOptions,
  peers: readonly Peer[],
  { epochs, missing }: Pick<BenchRecord, "epochs" | "missing">,
): Promise<void> {
  status(`training for ${training.epochs} epochs`);
  const trainers = await onEachBackend(trainersOf);
  const own = trainers.map(({ name, backend, fit }): Timed => ({
    name,
    time: async (untimed, samples, calls) => {
      await tf.setBackend(backend);
      for (let i = 0; i < untimed; i++) await fit();
      const values: number[] = [];
      while (values.length < samples) {
        const start = performance.now();
        for (let i = 0; i < calls; i++) await fit();
        values.push((performance.now() - start) / calls);
      }
      return values;
    },
  }));
  const all = [...own, ...peers.filter((peer) => peer.works.includes("epochs")).map((peer) => peer.at("epochs", 0))];
  (await alternate(all, { ...pace, rounds: Math.min(5, pace.rounds) })).forEach((timing, i) => {
    const contender = all[i].name;
    if (typeof timing === "string") missing.push({ what: `${contender}, training`, why: timing });
    else epochs.push({ contender, epochs: training.epochs, ...timing });
  });
  trainers.forEach((trainer) => trainer.dispose());
}

/** Measures everything. */
export async function measure(options: RecordOptions): Promise<BenchRecord> {
  const { python, status } = options;
  const processes: Peers[] = [];
  try {
    if (python !== undefined) {
      status("starting the other libraries");
      const keras = ["tensorflow", "jax", "torch"].map((backend) => ["--keras", backend]);
      const all = [[], ["--keep-pages"], ...keras].map((options) => Peers.start(python, ...options));
      processes.push(...await Promise.all(all));
    }
    const peers = processes.flatMap(({ contenders }) => contenders);
    const record: BenchRecord = {
      date: new Date().toISOString().slice(0, 10),
      sources: await sourcesHash(),
      machine: { cpu: cpus()[0].model, cores: cpus().length },
      versions: {
        Deno: Deno.version.deno,
        V8: Deno.version.v8,
        "TensorFlow.js": tf.version.tfjs,
        ...Object.assign({}, ...processes.map(({ versions }) => versions)),
      },
      losses: [],
      growth: [],
      copies: [],
      divisions: [],
      memory: [],
      epochs: [],
      missing: processes.flatMap(({ missing }) => missing),
    };
    await measureLosses(options, peers, record);
    await measureEpochs(options, peers, record);
    record.growth.push(...await measureGrowth(options));
    record.copies.push(...await measureCopies(options));
    record.divisions.push(...await measureDivisions(options));
    record.memory.push(...await measureMemory(1e6));
    return record;
  } finally {
    for (const one of processes) await one[Symbol.asyncDispose]();
  }
}
