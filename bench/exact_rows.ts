/**
 * metricGradient on more rows than fit in memory: time and peak memory by the number of rows, generated and from files.
 *
 *     deno run -A bench/exact_rows.ts [--rows 1e6,1e7,1e8] [--file-rows 3e5,1e6,3e6] [--save bench/exact_record.json]
 *
 * Rows of 10 features, 8192 at a time, the same in both passes: generated batch by batch, and read by `batchesOf` from a CSV
 * and from a Parquet file that hold such rows. Each is measured in a process of its own, because a peak does not go down
 * again; garbage is collected every 64 batches, or the peak would measure the laziness of the collector (between two collections it still
 * does, a little). Prints the rows, the seconds, the peak of the resident memory, and α of time ∝ rows^α, by least squares of the logarithms. The time of the
 * generator itself is listed separately. Reads the peak from /proc, on Linux. Notebook 8 shows what was saved.
 */
import { parseArgs } from "node:util";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import pl from "nodejs-polars";
import { type BatchSource, f1Loss, metricGradient, type TrainingBatch } from "@roundabout/roundabout";
import { batchesOf } from "@roundabout/roundabout/data";
import { root } from "../tasks/cli.ts";
import { runIn } from "../tasks/processes.ts";
import { growth } from "./growth.ts";

const features = 10, batchSize = 8192, collectEvery = 64;

/** The sources of rows. */
type Source = "generated" | "csv" | "parquet";

/** The report of one process for a number of rows. */
interface Measured {
  source: Source;
  rows: number;
  seconds: number;
  /** Of the seconds, what the generator takes; nothing for files. */
  generating?: number;
  /** The peak of the resident memory: with the garbage that was not collected yet. */
  megabytes: number;
  /** The size of the file. */
  fileMegabytes?: number;
}

/** Cheap numbers in [−1, 1) that are the same in each pass: a hash of their place. */
function fill(values: Float32Array, place: number): void {
  let state = Math.imul(place + 1, 0x9e3779b1) | 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
}

const collect = (globalThis as { gc?: () => void }).gc ?? (() => {});

function* numbers(rows: number): Generator<{ x: Float32Array; y: Float32Array; size: number }> {
  for (let from = 0; from < rows; from += batchSize) {
    const size = Math.min(batchSize, rows - from), x = new Float32Array(size * features), y = new Float32Array(size);
    fill(x, from);
    for (let i = 0; i < size; i++) y[i] = x[features * i] + x[features * i + 1] > 1 ? 1 : 0;
    yield { x, y, size };
  }
}

function* generate(rows: number): Generator<readonly [tf.Tensor, tf.Tensor]> {
  for (const { x, y, size } of numbers(rows)) yield [tf.tensor2d(x, [size, features]), tf.tensor2d(y, [size, 1])];
}

/** The same batches, with the garbage collected now and then. */
async function* tidied(batches: BatchSource): AsyncGenerator<TrainingBatch> {
  let n = 0;
  for await (const batch of batches) {
    if (n++ % collectEvery === 0) collect();
    yield batch;
  }
}

async function measure(source: Source, rows: number, path: string): Promise<Measured> {
  tf.enableProdMode();
  await tf.setBackend("wasm");
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [features] })],
  });
  const loss = f1Loss();
  tf.dispose((await metricGradient(model, () => generate(1e5), { loss })).gradients); // the first calls are interpreted
  const file = source === "generated" ? undefined : batchesOf(path, { label: "y", batchSize });
  const begun = performance.now();
  const { counts: [{ tp, fp, fn, tn }] } = await metricGradient(model, () => tidied(file ?? generate(rows)), { loss });
  const seconds = (performance.now() - begun) / 1000, counted = Math.round(tp + fp + fn + tn);
  if (counted !== rows) throw new Error(`${counted} rows were counted of ${rows}`);
  const again = performance.now();
  if (file === undefined) { for (const tensors of generate(rows)) tf.dispose([...tensors]); }
  const generating = 2 * (performance.now() - again) / 1000; // there are two passes
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(await Deno.readTextFile("/proc/self/status")) ?? [];
  const megabytes = Number(kilobytes) / 1000;
  if (file === undefined) return { source, rows, seconds, generating, megabytes };
  return { source, rows, seconds, megabytes, fileMegabytes: Deno.statSync(path).size / 1e6 };
}

/** Writes so many rows as a CSV, and that as a Parquet file. */
async function writeFiles(rows: number, stem: string): Promise<void> {
  using file = await Deno.open(`${stem}.csv`, { write: true, create: true, truncate: true });
  const encoder = new TextEncoder(), writer = file.writable.getWriter();
  const names = Array.from({ length: features }, (_, j) => `x${j}`);
  await writer.write(encoder.encode(`${[...names, "y"].join(",")}\n`));
  for (const { x, y, size } of numbers(rows)) {
    const lines = Array.from(
      { length: size },
      (_, i) => [...x.subarray(i * features, (i + 1) * features), y[i]].join(","),
    );
    await writer.write(encoder.encode(lines.join("\n") + "\n"));
  }
  writer.releaseLock();
  pl.readCSV(`${stem}.csv`).writeParquet(`${stem}.parquet`);
}

/** Runs this file in a process of its own. */
const inOwnProcess = (...args: string[]): Promise<string> =>
  runIn(root, Deno.execPath(), "run", "-A", "--v8-flags=--expose-gc", import.meta.filename!, ...args);

/** A line of the table. */
function line({ source, rows, seconds, generating, megabytes, fileMegabytes }: Measured): string {
  const number = (value: number | undefined, digits: number) => value === undefined ? "" : value.toFixed(digits);
  return [
    source.padEnd(9),
    rows.toExponential(1).replace("e+", "e").padStart(8),
    number(seconds, 1).padStart(8),
    number(generating, 1).padStart(19),
    number(fileMegabytes, 0).padStart(8),
    number(megabytes, 0).padStart(8),
  ].join(" ");
}

function sizesOf(option: string, text: string): number[] {
  return text.split(",").map((part) => {
    const rows = Number(part);
    if (Number.isInteger(rows) && rows > 0) return rows;
    throw new RangeError(`Cannot measure '${option}': it takes numbers of rows, not '${part}'`);
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "1e6,1e7,1e8" },
      "file-rows": { type: "string", default: "3e5,1e6,3e6" },
      save: { type: "string" },
    },
  });
  const points: Measured[] = [], folder = await Deno.makeTempDir();
  const add = async (source: Source, rows: number, path = "") => {
    points.push(JSON.parse(await inOwnProcess("one", source, String(rows), path)));
    console.log(line(points.at(-1)!));
  };
  try {
    console.log("source        rows  seconds  of these generating  file MB  peak MB");
    for (const rows of sizesOf("rows", values.rows)) await add("generated", rows);
    for (const rows of sizesOf("file-rows", values["file-rows"])) {
      await inOwnProcess("write", String(rows), `${folder}/rows`);
      for (const source of ["csv", "parquet"] as const) await add(source, rows, `${folder}/rows.${source}`);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const generated = points.filter(({ source }) => source === "generated");
  const alpha = generated.length < 3 ? undefined : growth(generated.map(({ rows, seconds }) => [rows, seconds])).alpha;
  if (alpha !== undefined) console.log(`generated, over all: α = ${alpha.toFixed(3)}`);
  if (values.save === undefined) return;
  const record = { features, batchSize, collectEvery, deno: Deno.version.deno, alpha, points };
  await Deno.writeTextFile(values.save, JSON.stringify(record, null, 2) + "\n");
  console.log(`wrote ${values.save}`);
}

const [kind, ...rest] = Deno.args;
if (kind === "one") console.log(JSON.stringify(await measure(rest[0] as Source, Number(rest[1]), rest[2])));
else if (kind === "write") await writeFiles(Number(rest[0]), rest[1]);
else if (import.meta.main) await main();
