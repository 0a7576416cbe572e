/**
 * Counts, the best threshold, an alert budget, the report and a gradient of generated tables on DuckDB: seconds, scans, peak
 * memory and the exponent of the processor's seconds in the number of rows.
 *
 *     deno run -P=bench bench/sql_scale.ts 1e6,1e7,1e8 --save bench/sql_scale.json
 *     deno run -A bench/sql_scale.ts 1e8 --spark PYTHON --save bench/sql_scale_spark.json
 *
 * The second command asks Apache Spark (PYTHON has PySpark), and throws unless its answers are those of the first.
 *
 * Every size runs in a process of its own, so that its peak memory is its own. The rows are generated into a Parquet file in a
 * temporary folder (TMPDIR): a continuous output, labels drawn from it, whole weights, four regions. 1e8 rows take 900 MB.
 *
 * @module
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { countsOn, countsSql, histogramSql, metricGradientOn, reportOn, tuneThresholdOn } from "../lib/sql/mod.ts";
import { root } from "../tasks/cli.ts";
import { runIn } from "../tasks/processes.ts";
import { duckdbEngine, sparkEngine } from "../tasks/sql_engines.ts";
import { processorTime } from "./alternate.ts";
import { largeTable } from "./large_table.ts";
import { recordJson } from "./record_format.ts";

/** The settings of DuckDB; the memory of the measured process is less than the largest table needs. */
const threads = "2", memory = { generate: "4GB", measure: "256MB" };

/** The calls that Spark is asked: those whose answers are DuckDB's to the last digit. */
const sparkCalls = ["counts", "counts, weights", "threshold, f1", "report by region"];

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
  /** The largest resident memory of the process, DuckDB's included; Spark is another process. */
  readonly peakMegabytes: number;
  readonly engine: string;
}

async function generate(rows: number, folder: string): Promise<void> {
  await using engine = await duckdbEngine({ settings: { threads, memory_limit: memory.generate } });
  await engine.query(`COPY (${largeTable(rows)}) TO '${folder}/scored.parquet'`);
}

/** Asks DuckDB, or Spark by the Python that has PySpark. */
async function measure(rows: number, folder: string, python?: string): Promise<void> {
  let scans = 0;
  const onScan = (scan: number) => void (scans = scan), file = `${folder}/scored.parquet`;
  await using engine = python === undefined
    ? await duckdbEngine({ settings: { threads, memory_limit: memory.measure }, onScan })
    : await sparkEngine({ python, master: `local[${threads}]`, views: { scored: file }, onScan });
  const { query } = engine, from = python === undefined ? { files: file } : "scored";
  const columns = { from, label: "y", output: "p", dialect: python === undefined ? "duckdb" : "spark" } as const;
  for (const text of python === undefined ? [countsSql(columns), histogramSql(columns)] : []) {
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
    if (python !== undefined && !sparkCalls.includes(call)) continue;
    const before = scans, cpu = processorTime(), started = performance.now(), answer = await run();
    const measured: Measured = {
      call,
      rows,
      seconds: (performance.now() - started) / 1000,
      cpuSeconds: (processorTime() - cpu) / 1000,
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
async function child(permissions: "-P=bench" | "-A", ...args: string[]): Promise<string[]> {
  return (await runIn(root, Deno.execPath(), "run", permissions, import.meta.filename!, ...args)).trim().split("\n");
}

const rounded = (value: number): number => Number(value.toPrecision(3));

/** Throws unless an answer is the one that DuckDB has given. */
function checkAnswer({ call, rows, answer }: Measured, recorded: readonly Measured[]): void {
  const other = recorded.find((one) => one.call === call && one.rows === rows);
  if (JSON.stringify(other?.answer) !== JSON.stringify(answer)) throw new Error(`${call}, ${rows} rows: other answers`);
}

async function main(sizes: readonly number[], file?: string, python?: string): Promise<void> {
  const runs: (Measured & { exponent?: number })[] = [], processes: Size[] = [];
  const recorded = JSON.parse(await Deno.readTextFile(new URL("sql_scale.json", import.meta.url))).runs;
  for (const rows of sizes) {
    const folder = await Deno.makeTempDir({ prefix: "roundabout-scale-" });
    try {
      await child("-P=bench", "generate", String(rows), folder);
      const measuring = python === undefined ? [] : [python];
      for (
        const line of await child(
          python === undefined ? "-P=bench" : "-A",
          "measure",
          String(rows),
          folder,
          ...measuring,
        )
      ) {
        const one: Measured | Size = JSON.parse(line);
        if ("peakMegabytes" in one) {
          processes.push(one);
          console.log(`${rows.toExponential()} rows: peak memory ${one.peakMegabytes} MB of ${one.fileMegabytes} MB`);
          continue;
        }
        if (python !== undefined) checkAnswer(one, recorded);
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
  const settings = python === undefined ? { threads, memory: memory.measure } : { master: `local[${threads}]` };
  const load = Deno.loadavg().map(rounded);
  const versions = { deno: Deno.version.deno, engine: processes[0].engine };
  await Deno.writeTextFile(file, recordJson({ versions, settings, load, processes, runs }));
}

const { values: { save, spark }, positionals: [command = "1e6", ...rest] } = parseArgs({
  allowPositionals: true,
  options: { save: { type: "string" }, spark: { type: "string" } },
});
if (command === "generate") await generate(Number(rest[0]), rest[1]);
else if (command === "measure") await measure(Number(rest[0]), rest[1], rest[2]);
else await main(command.split(",").map(Number), save, spark);
