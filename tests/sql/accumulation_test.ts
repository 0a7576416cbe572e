// Gradient accumulation in TensorFlow.js: the mean of the batches' gradients is not the gradient of all rows; metricGradient is.
// PyTorch and Keras: tests/reference/accumulation.json.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss, metricGradient } from "../../lib/mod.ts";
import { assertWithin, random } from "../helpers.ts";
import { fileURLToPath } from "node:url";
import { ConfusionMeter } from "../../lib/core.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

Deno.test("TensorFlow.js: accumulated gradients are off by more than a tenth at 1 % positives, metricGradient is not", async () => {
  const next = random(12), n = 1024, batchSize = 64, features = 6;
  const rows = Array.from({ length: n }, () => Array.from({ length: features }, () => 4 * next() - 2));
  const signals = rows.map((row) => row[0] - 0.5 * row[1] + next()), cut = signals.toSorted((a, b) => b - a)[10];
  const x = tf.tensor2d(rows), y = tf.tensor2d(signals.map((signal) => [Number(signal > cut)])), loss = f1Loss();
  const model = tf.sequential({
    layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [features] })],
  });
  model.setWeights([tf.tensor2d([1, -0.5, 0, 0, 0, 0], [features, 1]), tf.tensor1d([-1])]);
  const kernel = model.trainableWeights[0].read() as tf.Variable;
  const gradientOf = (from: number, size: number) => {
    const part = (tensor: tf.Tensor2D) => tensor.slice([from, 0], [size, -1]);
    const { grads } = tf.variableGrads(() => loss(part(y), model.apply(part(x)) as tf.Tensor) as tf.Scalar, [kernel]);
    return [...grads[kernel.name].dataSync()];
  };
  const whole = gradientOf(0, n), batches = n / batchSize, accumulated = new Array<number>(features).fill(0);
  for (let batch = 0; batch < batches; batch++) {
    gradientOf(batch * batchSize, batchSize).forEach((g, j) => accumulated[j] += g / batches);
  }
  const distance = (gradient: number[]) => Math.hypot(...gradient.map((g, j) => g - whole[j])) / Math.hypot(...whole);
  const { gradients } = await metricGradient(model, [x, y], { loss, batchSize });
  assert(distance(accumulated) > 0.1, `${distance(accumulated)}`);
  assertWithin(distance([...gradients[kernel.name].dataSync()]), 0, 1e-5);
});

const read = async (file: string) =>
  JSON.parse(await Deno.readTextFile(new URL(`../reference/${file}`, import.meta.url)));

Deno.test("the recorded runs: DDP, accumulation and MirroredStrategy as they are are off, the recipes are not", async () => {
  type Run = { way: string; processes: number; largestDifference: number; distance: number; prevalence: number };
  const runsOf = async (file: string): Promise<Run[]> => (await read(file)).runs;
  const ddp = (await runsOf("ddp.json")).filter(({ processes }) => processes > 1);
  const accumulation = await runsOf("accumulation.json"), mirrored = await runsOf("mirrored.json");
  assertEquals([ddp.length, accumulation.length, mirrored.length], [18, 8, 8]);
  for (const { way, largestDifference } of ddp) {
    assert(way === "DDP as it is" ? largestDifference > 1e-3 : largestDifference <= 1e-12, way);
  }
  for (const { way, distance } of accumulation) {
    assert(way === "accumulated" ? distance > 0.05 : distance <= 1e-12, way);
  }
  for (const { way, distance } of mirrored) assert(way === "as it is" ? distance > 0.01 : distance <= 1e-12, way);
});

Deno.test("the recorded run of Keras on two JAX devices: two all-reduces, and fit ends at the numbers of one device", async () => {
  const { compiled: [compiled], fit: [fit] } = await read("parallel.json");
  assertEquals([compiled.allReduces, compiled.ofOneDevice], [2, 0]);
  assertWithin(compiled.value, 0, 1e-12);
  assertWithin(compiled.gradient, 0, 1e-12);
  assertWithin(fit.weights, 0, 1e-5); // float32
  assert(fit.lastLoss < fit.firstLoss - 0.1, "it learned");
});

Deno.test("the page on scale prints the recorded losses of the shards", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/when_it_does_not_fit.md", import.meta.url));
  const { biases } = await read("ddp.json") as {
    biases: { shards: string; processes: number; exact: number; mean: number }[];
  };
  assert(page.includes(`where the loss of all rows is ${biases[0].exact.toFixed(4)}`));
  const kinds = [...new Set(biases.map(({ shards }) => shards))];
  const rows = kinds.map((kind) => [
    kind,
    ...biases.filter(({ shards }) => shards === kind).map(({ mean }) => mean.toFixed(4)),
  ]);
  const printed = page.split("\n").filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
    .filter(([first]) => kinds.includes(first));
  assertEquals(printed, rows);
  const { runs: ddp } = await read("ddp.json"), { runs: mirrored } = await read("mirrored.json");
  const ends = (runs: { way: string }[], key: string, digits: number) => {
    const off = runs.flatMap((run) =>
      /as it is$/.test(run.way) ? [(run as unknown as Record<string, number>)[key]] : []
    );
    const [least, most] = [Math.min(...off.filter((distance) => distance > 0)), Math.max(...off)];
    return [least, most].map((distance) => Number(distance.toPrecision(digits)));
  };
  const [least, most] = ends(ddp, "largestDifference", 1), [from, to] = ends(mirrored, "distance", 2);
  assert(page.replaceAll("\n", " ").includes(`parameters of DDP as it is were off by ${least} to ${most}`));
  assert(page.includes(`${Math.round(100 * from)} to ${Math.round(100 * to)} % off in`));
});

Deno.test("the page on scale says how many scans an alert budget took", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/when_it_does_not_fit.md", import.meta.url));
  const { runs } = JSON.parse(await Deno.readTextFile(new URL("../../bench/sql_scale.json", import.meta.url)));
  const top: number[] = runs.flatMap(({ call, scans }: { call: string; scans: number }) =>
    call === "counts of the top" ? [scans - 1] : []
  );
  assertEquals([...new Set(top)].sort(), [3, 4]);
  assert(/the k-th highest output: three or four in\s+`bench\/sql_scale.json`/.test(page));
});

// recipes/read_meter.py against ConfusionMeter.merge, with weights that no float64 sum holds.
const script = fileURLToPath(new URL("../../recipes/read_meter.py", import.meta.url));
const isThere = await new Deno.Command("python3", { args: ["--version"] }).output().then(() => true, () => false);

const onPython = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: isThere ? name : `${name} (skipped: python3 is not there)`, ignore: !isThere, fn });

/** Merges meters in Python. */
async function merged(...meters: ConfusionMeter[]): Promise<{ code: number; stdout: string; stderr: string }> {
  using temporary = new TemporaryFolder();
  const { folder } = temporary;
  const paths = meters.map((_, i) => `${folder}/${i}.json`);
  for (const [i, path] of paths.entries()) await Deno.writeTextFile(path, JSON.stringify(meters[i]));
  const { code, stdout, stderr } = await new Deno.Command("python3", { args: [script, ...paths] }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

const next = random(7), scale = [1e16, 1, 1e-16, 0.1];

function meter(seed: number): ConfusionMeter {
  const n = 40, p = Array.from({ length: n }, () => [next(), next()]);
  const made = new ConfusionMeter({ threshold: [0.3, 0.6] });
  made.update(p.map((row) => row.map((v) => Number(next() < v))), p, p.map((_, i) => scale[(i + seed) % 4] * next()));
  return made;
}

onPython("Python merges meters to the bits of ConfusionMeter.merge", async () => {
  const parts = [0, 1, 2].map(meter), whole = new ConfusionMeter({ threshold: [0.3, 0.6] });
  for (const part of parts) whole.merge(part);
  const { code, stdout, stderr } = await merged(...parts);
  assertEquals(code, 0, stderr);
  assertEquals(JSON.parse(stdout), JSON.parse(JSON.stringify(whole)));
  assertEquals(ConfusionMeter.fromJSON(JSON.parse(stdout)).counts, whole.counts);
});

onPython("an empty meter adds nothing, and different settings are refused", async () => {
  const full = meter(0), empty = new ConfusionMeter({ threshold: [0.3, 0.6] });
  assertEquals(JSON.parse((await merged(full, empty)).stdout), JSON.parse(JSON.stringify(full)));
  const other = await merged(full, new ConfusionMeter({ threshold: [0.3, 0.7] }));
  assertEquals(other.code, 1);
  assertStringIncludes(other.stderr, "different settings");
});
