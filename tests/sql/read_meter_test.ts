// recipes/read_meter.py against ConfusionMeter.merge, with weights that no float64 sum holds.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { ConfusionMeter } from "../../lib/core.ts";
import { random } from "../helpers.ts";

const script = fileURLToPath(new URL("../../recipes/read_meter.py", import.meta.url));
const isThere = await new Deno.Command("python3", { args: ["--version"] }).output().then(() => true, () => false);

const onPython = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name: isThere ? name : `${name} (skipped: python3 is not there)`, ignore: !isThere, fn });

/** Merges meters in Python. */
async function merged(...meters: ConfusionMeter[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const folder = await Deno.makeTempDir({ prefix: "roundabout-meters-" });
  try {
    const paths = meters.map((_, i) => `${folder}/${i}.json`);
    for (const [i, path] of paths.entries()) await Deno.writeTextFile(path, JSON.stringify(meters[i]));
    const { code, stdout, stderr } = await new Deno.Command("python3", { args: [script, ...paths] }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
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
