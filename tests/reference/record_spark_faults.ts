// Records that an executor killed inside a query, and a speculative copy of a slow task, change no bit: spark_faults.json. Needs
// Java 17 and a Python with PySpark 4, on Linux.
//
//     deno run -A tests/reference/record_spark_faults.ts ~/refvenv/bin/python
//
// local-cluster[2,1,1024]: a master, two workers and two executors, processes of their own. The table has 16 files, and so 16
// tasks. The first queries run undisturbed. Then an executor is killed with SIGKILL inside a scan, once in each of two queries;
// and an executor is stopped with SIGSTOP inside a scan until a speculative copy of its task has ended on the other one, and
// then goes on, so that the slow task and its copy both end. Spark's REST service says what its tasks did.
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

/** A task, as Spark's REST service describes it. */
interface Task {
  readonly status: string;
  readonly speculative: boolean;
}

/** A stage, as Spark's REST service describes it. */
interface Stage {
  readonly stageId: number;
  readonly attemptId: number;
  readonly status: string;
  readonly numTasks: number;
  readonly numActiveTasks: number;
  readonly numCompleteTasks: number;
  readonly numFailedTasks: number;
}

/** Asks until there is an answer. */
async function until<T>(ask: () => Promise<T | undefined>, what: string): Promise<T> {
  for (const started = performance.now(); performance.now() - started < 300_000;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${what} did not happen`);
}

const freePort = (): number => {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return listener.addr.port;
};

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
  const port = freePort(), ui = { "spark.ui.port": String(port) };
  await using spark = await sparkEngine({ python, master: "local-cluster[2,1,1024]", views: { t: folder }, settings: { ...settings, ...ui } });
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
  const rest = async (path: string) => (await fetch(`http://127.0.0.1:${port}/api/v1/applications${path}`)).json();
  const [{ id: application }]: { id: string }[] = await rest("");
  const stages = (): Promise<Stage[]> => rest(`/${application}/stages`);
  const isScan = ({ status, numTasks }: Stage) => status === "ACTIVE" && numTasks === 16;
  const tasksOf = ({ stageId, attemptId }: Stage): Promise<Task[]> =>
    rest(`/${application}/stages/${stageId}/${attemptId}/taskList?length=100`);
  const before = { counts: await countsText(spark.query, onSpark), histogram: await histogram() };
  assertEquals(before.counts, await countsText(duckdb.query, onDuckdb));
  const runs: object[] = [];
  const queries = { histogram, counts: () => countsText(spark.query, onSpark) };
  const faults = [["histogram", "SIGKILL"], ["counts", "SIGKILL"], ["histogram", "SIGSTOP"], ["counts", "SIGSTOP"]] as const;
  for (const [name, signal] of faults) {
    const alive = await until(async () => {
      const ids = await executors(application);
      return ids.length === 2 ? ids : undefined;
    }, "two executors");
    const seen = new Set((await stages()).map(({ stageId }) => stageId)), answer = queries[name]();
    const scan = await until(async () =>
      (await stages()).find((stage) =>
        !seen.has(stage.stageId) && isScan(stage) && stage.numCompleteTasks >= 3 && stage.numActiveTasks >= 2
      ), "a scan with three tasks done and two at work");
    Deno.kill(alive[0], signal);
    if (signal === "SIGSTOP") {
      await until(
        async () => (await tasksOf(scan)).find((task) => task.speculative && task.status === "SUCCESS"),
        "the success of a speculative copy",
      ).finally(() => Deno.kill(alive[0], "SIGCONT"));
    }
    assertEquals(await answer, before[name]);
    if (signal === "SIGKILL") assert(!(await executors(application)).includes(alive[0]));
    const attempts = (await stages()).filter(({ stageId }) => stageId === scan.stageId);
    const tasks = (await Promise.all(attempts.map(tasksOf))).flat();
    const count = (is: (task: Task) => boolean) => tasks.filter(is).length;
    runs.push({
      query: name,
      signal,
      tasksOfTheScan: scan.numTasks,
      doneBefore: scan.numCompleteTasks,
      attempts: tasks.length,
      succeeded: count(({ status }) => status === "SUCCESS"),
      failed: count(({ status }) => status === "FAILED"),
      speculative: count(({ speculative }) => speculative),
      sameBits: true,
    });
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
