/**
 * metricGradient on more rows than fit in memory: time and peak memory by the number of rows.
 *
 *     deno run -A bench/exact_rows.ts [ROWS ...]
 *
 * Rows of 10 features are generated batch by batch, 8192 at a time, the same in both passes; each number of rows is
 * measured in a process of its own, because a peak does not go down again. Prints the rows, the seconds, the peak of the
 * resident memory, and α of time ∝ rows^α from one line to the next and over all (by least squares of the logarithms). The
 * time of the generator itself is told apart. Reads the peak from /proc, on Linux.
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { f1Loss, metricGradient } from "@roundabout/roundabout";

const features = 10, batchSize = 8192;

/** Cheap numbers in [−1, 1) that are the same in each pass: a hash of their place. */
function fill(values: Float32Array, place: number): void {
  let state = Math.imul(place + 1, 0x9e3779b1) | 1;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    values[i] = state / 2 ** 31;
  }
}

function* generate(rows: number): Generator<readonly [tf.Tensor, tf.Tensor]> {
  for (let from = 0; from < rows; from += batchSize) {
    const size = Math.min(batchSize, rows - from), x = new Float32Array(size * features), y = new Float32Array(size);
    fill(x, from);
    for (let i = 0; i < size; i++) y[i] = x[features * i] + x[features * i + 1] > 1 ? 1 : 0;
    yield [tf.tensor2d(x, [size, features]), tf.tensor2d(y, [size, 1])];
  }
}

/** What a process of its own says of so many rows. */
interface Measured {
  rows: number;
  seconds: number;
  generating: number;
  megabytes: number;
}

async function measure(rows: number): Promise<Measured> {
  tf.enableProdMode();
  await tf.setBackend("wasm");
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [features] })],
  });
  const loss = f1Loss();
  tf.dispose((await metricGradient(model, () => generate(1e5), { loss })).gradients); // the first calls are interpreted
  const begun = performance.now();
  const { counts: [{ tp, fp, fn, tn }] } = await metricGradient(model, () => generate(rows), { loss });
  const seconds = (performance.now() - begun) / 1000, counted = Math.round(tp + fp + fn + tn);
  if (counted !== rows) throw new Error(`${counted} rows were counted of ${rows}`);
  const again = performance.now();
  for (const tensors of generate(rows)) tf.dispose([...tensors]);
  const generating = 2 * (performance.now() - again) / 1000; // there are two passes
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(await Deno.readTextFile("/proc/self/status")) ?? [];
  return { rows, seconds, generating, megabytes: Number(kilobytes) / 1000 };
}

const alpha = (points: readonly Measured[]): number => {
  const mean = (of: (point: Measured) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const x = ({ rows }: Measured) => Math.log(rows), y = ({ seconds }: Measured) => Math.log(seconds);
  const [mx, my] = [mean(x), mean(y)];
  return mean((point) => (x(point) - mx) * (y(point) - my)) / mean((point) => (x(point) - mx) ** 2);
};

if (Deno.args[0] === "--one") {
  console.log(JSON.stringify(await measure(Number(Deno.args[1]))));
} else {
  const sizes = Deno.args.length > 0 ? Deno.args.map(Number) : [1e6, 1e7], points: Measured[] = [];
  console.log("      rows  seconds  of these generating  peak MB      α");
  for (const rows of sizes) {
    if (!(Number.isInteger(rows) && rows > 0)) throw new RangeError(`Cannot measure ${rows} rows`);
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", import.meta.filename!, "--one", String(rows)],
      stderr: "inherit",
    }).output();
    if (!success) throw new Error(`The measurement of ${rows} rows failed`);
    const point: Measured = JSON.parse(new TextDecoder().decode(stdout));
    points.push(point);
    console.log(
      rows.toExponential(1).replace("e+", "e").padStart(10),
      point.seconds.toFixed(1).padStart(8),
      point.generating.toFixed(1).padStart(20),
      point.megabytes.toFixed(0).padStart(8),
      points.length > 1 ? alpha(points.slice(-2)).toFixed(3).padStart(6) : "",
    );
  }
  if (points.length > 2) console.log(`over all: α = ${alpha(points).toFixed(3)}`);
}
