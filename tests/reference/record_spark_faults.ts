// Records that an executor killed inside a query, and a speculative copy of a slow task, change no bit: spark_faults.json. Needs
// Java 17 and a Python with PySpark 4, on Linux.
//
//     deno run -A tests/reference/record_spark_faults.ts ~/refvenv/bin/python
//
// local-cluster[2,1,1024]: a master, two workers and two executors, processes of their own. The table has 16 files, and so 16
// tasks. The first query runs undisturbed; during the second one executor is killed with SIGKILL.
import { duckdbEngine, sparkEngine } from "../../tasks/sql_engines.ts";
import { countsOn, histogramSql, tuneThresholdOn } from "../../lib/sql/mod.ts";
import { assert, assertEquals } from "@std/assert";

const [python = "python3", rows = "4000000"] = Deno.args;
const folder = await Deno.makeTempDir({ prefix: "roundabout-faults-" });

/** The process ids of Spark's executors that this script started: they know the address of its driver. */
async function executors(application: string): Promise<number[]> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid,args", "-ww"] }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.includes("CoarseGrainedExecutorBackend") && line.includes(application) && !line.includes("bash "))
    .map((line) => Number(line.trim().split(" ")[0]));
}

try {
  {
    await using duckdb = await duckdbEngine();
    for (let part = 0; part < 16; part++) {
      await duckdb.query(`COPY (SELECT CAST(hash(i) % 100 < 30 AS DOUBLE) AS y, (hash(i + 7) % 16777216) / 16777216.0::DOUBLE AS p,
        (hash(i + 9) % 1048576) / 1099511627776.0::DOUBLE AS w, 'v' || hash(i) AS text
        FROM range(${Number(rows) / 16 * part}, ${Number(rows) / 16 * (part + 1)}) AS t(i)) TO '${folder}/${part}.parquet'`);
    }
  }
  const settings = {
    "spark.sql.files.maxPartitionBytes": "1g",
    "spark.sql.files.openCostInBytes": "1g",
    "spark.sql.shuffle.partitions": "8",
    "spark.speculation": "true",
    "spark.speculation.interval": "50ms",
    "spark.speculation.multiplier": "1.1",
    "spark.speculation.quantile": "0.3",
    "spark.speculation.minTaskRuntime": "10ms",
    "spark.executor.memory": "1g",
  };
  await using spark = await sparkEngine({ python, master: "local-cluster[2,1,1024]", views: { t: folder }, settings });
  await using duckdb = await duckdbEngine();
  const columns = { label: "y", output: "p", sampleWeight: "w" };
  const onSpark = { ...columns, from: "t", dialect: "spark" as const };
  const onDuckdb = { ...columns, from: { files: `${folder}/*.parquet` } };
  const countsText = async (run: typeof spark.query, options: typeof onSpark | typeof onDuckdb) =>
    JSON.stringify((await countsOn(run, options)).slices[0].meter);
  const histogram = async () => {
    const answer = await spark.query(histogramSql(onSpark));
    return JSON.stringify(answer.map((row) => JSON.stringify(row)).sort());
  };
  const [{ v: application }] = await spark.query("SELECT CAST(1 AS STRING) AS v").then(async () => {
    const { stdout } = await new Deno.Command("ps", { args: ["-eo", "args", "-ww"] }).output();
    const ids = new TextDecoder().decode(stdout).match(/--app-id (app-\S+)/g) ?? [];
    return [{ v: ids.at(-1)!.split(" ")[1] }];
  });
  const before = { counts: await countsText(spark.query, onSpark), histogram: await histogram() };
  const wanted = await countsText(duckdb.query, onDuckdb);
  assertEquals(before.counts, wanted);
  const first = await executors(application), runs: object[] = [];
  assertEquals(first.length, 2);
  for (const [name, ask] of [["histogram", histogram], ["counts", () => countsText(spark.query, onSpark)]] as const) {
    const alive = await executors(application), started = performance.now();
    let done = false;
    const answer = ask().finally(() => done = true);
    await new Promise((resolve) => setTimeout(resolve, 400)); // the query is in its scan
    const during = !done, victim = alive[0];
    Deno.kill(victim, "SIGKILL");
    assertEquals(await answer, name === "counts" ? before.counts : before.histogram);
    const later = await executors(application);
    assert(!later.includes(victim));
    runs.push({ query: name, killedDuringTheQuery: during, seconds: Number(((performance.now() - started) / 1000).toFixed(1)) });
    console.log(runs.at(-1));
  }
  const tuned = await tuneThresholdOn(spark.query, { ...onSpark, score: "f1" });
  assertEquals(tuned, await tuneThresholdOn(duckdb.query, { ...onDuckdb, score: "f1" }));
  const recorded = {
    versions: { spark: spark.name, duckdb: duckdb.name, deno: Deno.version.deno },
    master: "local-cluster[2,1,1024]",
    settings,
    rows: Number(rows),
    tasks: 16,
    counts: JSON.parse(before.counts).counts,
    tuned,
    runs,
  };
  await Deno.writeTextFile(new URL("spark_faults.json", import.meta.url), `${JSON.stringify(recorded, null, 2)}\n`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
