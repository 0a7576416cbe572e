/**
 * The losses on every backend of this machine: bench/browser/ bundled, opened in Chromium and, for WebGPU, run by Deno too.
 *
 * @module
 */
import { fileURLToPath as fromFileUrl, pathToFileURL as toFileUrl } from "node:url";
import { launchChromium, openPage, serveFolder, softwareGl, softwareGpu } from "../tasks/chromium.ts";
import { root, TaskError } from "../tasks/cli.ts";
import { copySources, installPackages, readManifest, tools, versionOf } from "../tasks/pack.ts";
import { runIn } from "../tasks/processes.ts";

/** The numbers of reads back: those that wait, asynchronous ones, and calls of the browser's functions behind both. */
interface Reads {
  waiting: number;
  asynchronous: number;
  calls: number;
}

/** The measurements of bench/browser/measure.js on one backend. */
interface BackendRecord {
  backend: string;
  error?: string;
  errors: { setting: string; valueError: number; gradientError: number }[];
  perfect: number;
  outOfRange: string[];
  reads: Record<"crossentropy" | "f1" | "mcc" | "argmax" | "guarded" | "metrics" | "running" | "exact", Reads>;
  /** Distance of trainings by fitMetric from those on the cpu backend, and the tensors that they leave. */
  training: Record<string, { error: number; left: number }>;
  /** The error messages about a number out of range. */
  messages: Partial<Record<"guarded" | "guardedLogits" | "fitMetric", string>>;
  left: { tensors: number; bytes: number };
  times: { what: string; ours: number; composed: number }[];
  lost?: string;
}

/** The runtime's own `require`, which the modules of TensorFlow.js for Node.js ask for. */
const withRequire =
  '--banner:js=import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

/**
 * Bundles the page into the folder page/ of a project that has its packages: bundle.js for browsers, deno.js for Deno.
 *
 * @param esbuild Runs esbuild in the project.
 * @returns The folder.
 */
export async function bundlePage(
  project: URL,
  esbuild: (...args: string[]) => Promise<unknown>,
  options: readonly string[] = [],
): Promise<URL> {
  const page = new URL("page/", project), wasm = "node_modules/@tensorflow/tfjs-backend-wasm/dist/";
  await Deno.mkdir(new URL("wasm/", page), { recursive: true });
  for (const file of ["measure.js", "index.html"]) {
    await Deno.copyFile(new URL(`bench/browser/${file}`, root), new URL(file, page));
  }
  for (const kind of ["", "-simd", "-threaded-simd"]) {
    const file = `tfjs-backend-wasm${kind}.wasm`;
    await Deno.copyFile(new URL(wasm + file, project), new URL(`wasm/${file}`, page));
  }
  const shared = ["page/measure.js", "--bundle", "--format=esm", "--log-level=error", ...options];
  await esbuild(...shared, "--outfile=page/bundle.js");
  await esbuild(...shared, "--outfile=page/deno.js", "--platform=node", "--main-fields=module,main", withRequire);
  return page;
}

/** Makes a project with the page and the sources in lib/. */
async function pageOfSources(project: URL): Promise<URL> {
  const manifest = await readManifest(),
    tfjs = ["core", "layers", "backend-cpu", "backend-wasm", "backend-webgl", "backend-webgpu"];
  const packages = tfjs.map((part) => [`@tensorflow/tfjs-${part}`, versionOf(manifest, "@tensorflow/tfjs-core")]);
  await installPackages(project, { esbuild: tools.esbuild, ...Object.fromEntries(packages) });
  await copySources(new URL("lib/", project));
  const name = "@roundabout/roundabout", at = (file: string) => fromFileUrl(new URL(`lib/${file}`, project));
  const aliases = [[name, "mod.ts"], [`${name}/core`, "core.ts"], [`${name}/audit`, "audit/mod.ts"]]
    .map(([entry, file]) => `--alias:${entry}=${at(file)}`);
  return await bundlePage(
    project,
    (...args) => runIn(project, "node", "node_modules/esbuild/bin/esbuild", ...args),
    aliases,
  );
}

const patience = 600_000;

/** Opens the page in Chromium, without a GPU. */
export async function openRecord(page: URL, backend: string, quick: boolean): Promise<BackendRecord> {
  const { address, stop } = serveFolder(page), flags = backend === "webgpu" ? softwareGpu : softwareGl;
  const browser = await launchChromium({ args: flags });
  try {
    const query = `?backend=${backend}${quick ? "&quick" : ""}`;
    return JSON.parse(await openPage(await browser.newPage(), address + query, /^\{[^]*\}$/, patience));
  } finally {
    await browser.close();
    await stop();
  }
}

/** Runs the page in Deno, on WebGPU. A machine without a graphics driver needs a software one, such as Mesa's lavapipe. */
async function denoRecord(page: URL, quick: boolean): Promise<BackendRecord> {
  const run = ["run", "--quiet", "--no-config", "--no-lock", "-A", "--unstable-webgpu", "deno.js"];
  const text = await runIn(page, Deno.execPath(), ...run, `backend=webgpu${quick ? "&quick" : ""}`);
  return JSON.parse(text.slice(text.indexOf("{")));
}

const worst = ({ errors }: BackendRecord, of: "valueError" | "gradientError"): number =>
  errors.reduce((most, one) => Math.max(most, one[of] ?? NaN), 0);

/** Lists the bars that a backend misses. */
export function faultsOf(record: BackendRecord): string[] {
  if (record.error !== undefined) return [record.error];
  const { errors, perfect, outOfRange, reads, left, training, messages, lost } = record, faults: string[] = [];
  const check = (holds: boolean, fault: string) => void (holds || faults.push(fault));
  for (const { setting, valueError, gradientError } of errors) {
    check(valueError <= 1e-6 && gradientError <= 3e-6, `${setting}: errors ${valueError}, ${gradientError}`);
  }
  check(perfect === 0, `a perfect classifier has the loss ${perfect}`);
  check(outOfRange.every((value) => value === "NaN"), `a number out of range gives ${outOfRange}`);
  check(left.tensors === 0 && left.bytes <= 0, `1,000 steps leave ${left.tensors} tensors, ${left.bytes} bytes`);
  for (const [what, { waiting }] of Object.entries(reads)) check(waiting === 0, `${what}: ${waiting} reads wait`);
  for (const [what, { error, left }] of Object.entries(training)) {
    check(error <= 1e-5 && left === 0, `fitMetric, ${what}: off by ${error}, ${left} tensors left`);
  }
  check(/'yTrue' .* row 7 is 2/.test(messages.guarded ?? ""), `guardLoss says ${messages.guarded}`);
  check(
    /'yPred' .* row \d is .* fromLogits/.test(messages.guardedLogits ?? ""),
    `guardLoss says ${messages.guardedLogits}`,
  );
  check(/'yTrue' .* row 7 is 2/.test(messages.fitMetric ?? ""), `fitMetric says ${messages.fitMetric}`);
  check(lost === undefined || lost.includes("its device is lost"), `a lost context: ${lost}`);
  const alone = reads.crossentropy.asynchronous; // those of fit
  for (const what of ["f1", "mcc", "argmax"] as const) {
    check(reads[what].asynchronous === alone, `${what}: ${reads[what].asynchronous} reads, cross-entropy has ${alone}`);
  }
  check(reads.running.asynchronous <= 6, `running: ${reads.running.asynchronous} reads in 5 epochs and before`);
  check(reads.exact.asynchronous <= 11, `exact: ${reads.exact.asynchronous} reads in 5 epochs and before`);
  return faults;
}

/** A row of the table: reads as "waiting + asynchronous", times as "ours / composed". */
function rowOf(where: string, record: BackendRecord): string {
  if (record.error !== undefined) return `${where}: ${record.error.split("\n")[0]}`;
  const { reads, times, left } = record;
  const perStep = ({ waiting, asynchronous }: Reads, steps: number) =>
    `${(waiting / steps).toPrecision(2)} + ${(asynchronous / steps).toPrecision(2)}`;
  const cells = [
    where,
    `value ${worst(record, "valueError").toExponential(1)}`,
    `gradient ${worst(record, "gradientError").toExponential(1)}`,
    `reads a step of fit: cross-entropy ${perStep(reads.crossentropy, 16)}, f1 ${perStep(reads.f1, 16)}, guardLoss ${
      perStep(reads.guarded, 16)
    }; an epoch of fitMetric: running ${perStep(reads.running, 5)}, exact ${perStep(reads.exact, 5)}`,
    ...times.map(({ what, ours, composed }) => `${what} ${ours.toFixed(1)} / ${composed.toFixed(1)} ms`),
    `left ${left.tensors} tensors, ${left.bytes} bytes`,
  ];
  return cells.join(" | ");
}

/** Measures all backends; returns the table and the records. */
export async function measureBackends(
  quick: boolean,
  status: (text: string) => void,
): Promise<{ lines: string[]; faults: string[] }> {
  const project = toFileUrl(`${await Deno.makeTempDir({ prefix: "roundabout-backends-" })}/`);
  const lines: string[] = [], faults: string[] = [];
  const add = async (where: string, of: () => Promise<BackendRecord>) => {
    status(`measuring ${where} …`);
    const record = await of().catch((error): Partial<BackendRecord> => ({ error: String(error.message ?? error) }));
    lines.push(rowOf(where, record as BackendRecord));
    if (where !== "cpu" && where !== "wasm") {
      faults.push(...faultsOf(record as BackendRecord).map((one) => `${where}: ${one}`));
    }
  };
  try {
    status("bundling the page …");
    const page = await pageOfSources(project);
    for (const backend of ["cpu", "wasm", "webgl", "webgpu"]) {
      await add(backend, () => openRecord(page, backend, quick));
    }
    await add("webgpu in Deno", () => denoRecord(page, quick));
  } finally {
    await Deno.remove(project, { recursive: true });
  }
  return { lines, faults };
}

/** Serves the page for a browser with a GPU until Ctrl-C. */
export async function servePage(say: (text: string) => void): Promise<never> {
  const project = toFileUrl(`${await Deno.makeTempDir({ prefix: "roundabout-page-" })}/`);
  const { address } = serveFolder(await pageOfSources(project));
  say(`open ${address}?backend=webgpu or ?backend=webgl; Ctrl-C ends`);
  return await new Promise<never>((_, reject) => {
    Deno.addSignalListener("SIGINT", () => {
      Deno.removeSync(project, { recursive: true });
      reject(new TaskError("stopped"));
    });
  });
}
