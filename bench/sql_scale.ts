/**
 * Counts, the best threshold, an alert budget, the report and a gradient of generated tables on DuckDB: seconds, scans, peak
 * memory and the exponent of the processor's seconds in the number of rows.
 *
 *     deno run -P=bench bench/sql_scale.ts 1e6,1e7,1e8 --save bench/sql_scale.json
 *
 * Every size runs in a process of its own, so that its peak memory is its own. The rows are generated into a Parquet file in a
 * temporary folder (TMPDIR): a continuous output, labels drawn from it, whole weights, four regions. 1e8 rows take 900 MB.
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { countsOn, countsSql, histogramSql, metricGradientOn, reportOn, tuneThresholdOn } from "../lib/sql/mod.ts";
import { duckdbEngine } from "../tasks/sql_engines.ts";
import { largeTable } from "./large_table.ts";

/** The settings of DuckDB; the memory of the measured process is less than the largest table needs. */
const threads = "2", memory = { generate: "4GB", measure: "256MB" };

/** The cost of a call. */
interface Measured {
  readonly call: string;
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly scans: number;
  readonly answer: unknown;
}

/** The process of a size. */
interface Size {
  readonly rows: number;
  readonly fileMegabytes: number;
  /** The largest resident memory of the process, DuckDB's included. */
  readonly peakMegabytes: number;
  readonly engine: string;
}

/** The processor's seconds of this process so far. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function generate(rows: number, folder: string): Promise<void> {
  await using engine = await duckdbEngine({ settings: { threads, memory_limit: memory.generate } });
  await engine.query(`COPY (${largeTable(rows)}) TO '${folder}/scored.parquet'`);
}

async function measure(rows: number, folder: string): Promise<void> {
  let scans = 0;
  await using engine = await duckdbEngine({
    settings: { threads, memory_limit: memory.measure },
    onScan: (scan) => scans = scan,
  });
  const { query } = engine, columns = { from: { files: `${folder}/scored.parquet` }, label: "y", output: "p" };
  for (const text of [countsSql(columns), histogramSql(columns)]) {
    const plan = JSON.stringify(await query(`EXPLAIN ${text}`));
    if (/WINDOW|ORDER_BY|TOP_N/.test(plan)) throw new Error("the plan has a window or a sort");
  }
  const meterOf = async (options: object) =>
    (await countsOn(query, { ...columns, ...options })).slices[0].meter.toJSON();
  const calls: Record<string, () => Promise<unknown>> = {
    "counts": () => meterOf({ threshold: 0.4 }),
    "counts, weights": () => meterOf({ sampleWeight: "w" }),
    "threshold, f1": () => tuneThresholdOn(query, { ...columns, score: "f1" }),
    "threshold, mcc, weights": () => tuneThresholdOn(query, { ...columns, score: "mcc", sampleWeight: "w" }),
    "counts of the top": () => meterOf({ decision: { top: rows / 1000 + 1 } }),
    "report by region": async () =>
      (await reportOn(query, { ...columns, by: "region" })).map(({ rows }) => rows.at(-1)!.f1),
    "gradient": async () =>
      (await metricGradientOn(query, {
        from: columns.from,
        label: "y",
        features: ["p"],
        score: "f1",
        weights: [1],
        bias: -0.5,
      })).gradient,
  };
  for (const [call, run] of Object.entries(calls)) {
    const before = scans, cpu = cpuSeconds(), started = performance.now(), answer = await run();
    const measured: Measured = {
      call,
      rows,
      seconds: (performance.now() - started) / 1000,
      cpuSeconds: cpuSeconds() - cpu,
      scans: scans - before,
      answer,
    };
    console.log(JSON.stringify(measured));
  }
  const size: Size = {
    rows,
    fileMegabytes: Math.round((await Deno.stat(`${folder}/scored.parquet`)).size / 1e6),
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
    engine: engine.name,
  };
  console.log(JSON.stringify(size));
}

/** Runs this file in a process of its own, and returns the lines that it prints. */
async function child(...args: string[]): Promise<string[]> {
  const script = fileURLToPath(import.meta.url);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=bench", script, ...args],
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new Error(`${args.join(" ")} failed`);
  return new TextDecoder().decode(stdout).trim().split("\n");
}

const rounded = (value: number): number => Number(value.toPrecision(3));

async function main(sizes: readonly number[], file: string | undefined): Promise<void> {
  const runs: (Measured & { exponent?: number })[] = [], processes: Size[] = [];
  for (const rows of sizes) {
    const folder = await Deno.makeTempDir({ prefix: "roundabout-scale-" });
    try {
      await child("generate", String(rows), folder);
      for (const line of await child("measure", String(rows), folder)) {
        const one: Measured | Size = JSON.parse(line);
        if ("peakMegabytes" in one) {
          processes.push(one);
          console.log(`${rows.toExponential()} rows: peak memory ${one.peakMegabytes} MB of ${one.fileMegabytes} MB`);
          continue;
        }
        const before = runs.findLast(({ call }) => call === one.call);
        const exponent = before && Math.log(one.cpuSeconds / before.cpuSeconds) / Math.log(rows / before.rows);
        const { seconds, cpuSeconds, ...rest } = one;
        runs.push({
          ...rest,
          seconds: rounded(seconds),
          cpuSeconds: rounded(cpuSeconds),
          ...(exponent === undefined ? {} : { exponent: rounded(exponent) }),
        });
        console.log(JSON.stringify(runs.at(-1)));
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
  if (file === undefined) return;
  const settings = { threads, memory: memory.measure }, load = Deno.loadavg().map(rounded);
  const versions = { deno: Deno.version.deno, engine: processes[0].engine };
  const lines = (list: readonly object[]) => `[\n${list.map((one) => `    ${JSON.stringify(one)}`).join(",\n")}\n  ]`;
  await Deno.writeTextFile(
    file,
    `{\n  "versions": ${JSON.stringify(versions)},\n  "settings": ${JSON.stringify(settings)},\n  "load": ${
      JSON.stringify(load)
    },\n  "processes": ${lines(processes)},\n  "runs": ${lines(runs)}\n}\n`,
  );
}

const [command, ...rest] = Deno.args;
if (command === "generate") await generate(Number(rest[0]), rest[1]);
else if (command === "measure") await measure(Number(rest[0]), rest[1]);
else await main((command ?? "1e6").split(",").map(Number), rest[0] === "--save" ? rest[1] : undefined);
