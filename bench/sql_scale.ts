/**
 * Counts, the best threshold and the report of generated tables on DuckDB: seconds, scans, peak memory and the exponent of the
 * time in the number of rows.
 *
 *     deno run -P=bench bench/sql_scale.ts 1e6,1e7
 *
 * Every size runs in a process of its own, so that its peak memory is its own. The rows are generated into Parquet files in a
 * temporary folder: a continuous output, labels drawn from it, whole weights, four regions.
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import { countsOn, countsSql, histogramSql, reportOn, tuneThresholdOn } from "../lib/sql/mod.ts";
import { duckdbEngine } from "../tasks/sql_engines.ts";

/** The settings of DuckDB; the memory of the measured process is less than the table needs. */
const threads = "2", memory = { generate: "4GB", measure: "256MB" };

/** The cost of a call. */
interface Measured {
  readonly call: string;
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly scans: number;
  readonly answer: string;
}

/** The processor's seconds of this process so far. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function generate(rows: number, folder: string): Promise<void> {
  await using engine = await duckdbEngine({ settings: { threads, memory_limit: memory.generate } });
  await engine.query(`COPY (SELECT CAST(u < 0.3 * p + 0.02 AS INTEGER) AS y, CAST(p AS FLOAT) AS p, w, region FROM (
    SELECT (hash(i) % 16777216) / 16777216.0 AS p, (hash(i + 10000000000) % 16777216) / 16777216.0 AS u,
      1 + hash(i + 20000000000) % 5 AS w, 'region ' || (hash(i + 30000000000) % 4) AS region FROM range(${rows}) AS t(i)))
    TO '${folder}/scored.parquet'`);
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
  const calls: Record<string, () => Promise<string>> = {
    "counts": async () =>
      JSON.stringify((await countsOn(query, { ...columns, threshold: 0.4 })).slices[0].meter.counts[0]),
    "counts, weights": async () =>
      JSON.stringify((await countsOn(query, { ...columns, sampleWeight: "w" })).slices[0].meter.counts[0]),
    "threshold, f1": async () => JSON.stringify(await tuneThresholdOn(query, { ...columns, score: "f1" })),
    "threshold, mcc, weights": async () =>
      JSON.stringify(await tuneThresholdOn(query, { ...columns, score: "mcc", sampleWeight: "w" })),
    "report by region": async () =>
      JSON.stringify((await reportOn(query, { ...columns, by: "region" })).map(({ rows }) => rows.at(-1)!.f1)),
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
  console.log(JSON.stringify({ rows, peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024) }));
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

async function main(): Promise<void> {
  const sizes = (Deno.args[0] ?? "1e6").split(",").map(Number), all: Measured[] = [];
  for (const rows of sizes) {
    const folder = await Deno.makeTempDir({ prefix: "roundabout-scale-" });
    try {
      await child("generate", String(rows), folder);
      for (const line of await child("measure", String(rows), folder)) {
        const one = JSON.parse(line);
        if (one.peakMegabytes !== undefined) {
          console.log(
            `${rows.toExponential()} rows: peak memory ${one.peakMegabytes} MB, load ${Deno.loadavg()[0].toFixed(1)}`,
          );
          continue;
        }
        const before = all.findLast(({ call }) => call === one.call);
        const exponent = before && Math.log(one.cpuSeconds / before.cpuSeconds) / Math.log(rows / before.rows);
        all.push(one);
        console.log([
          `${rows.toExponential()} rows`,
          one.call.padEnd(24),
          `${one.seconds.toFixed(2)} s`,
          `${one.cpuSeconds.toFixed(2)} s of processor`,
          `${one.scans} scans`,
          ...(exponent === undefined ? [] : [`exponent ${exponent.toFixed(2)}`]),
          one.answer,
        ].join("  "));
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
}

const [command, rows, folder] = Deno.args;
if (command === "generate") await generate(Number(rows), folder);
else if (command === "measure") await measure(Number(rows), folder);
else await main();
