// Records that an executor killed inside a query, and a speculative copy of a slow task, change no bit: spark_faults.json. Needs
// Java 17 and a Python with PySpark 4, on Linux.
//
//     deno run -A tests/reference/record_spark_faults.ts ~/refvenv/bin/python
//
// The table has 16 files, and so 16 tasks. On local-cluster[2,1,1024], a master, two workers and two executors as processes of
// their own, an executor is killed with SIGKILL inside a scan, once in each of two queries. On a standalone master with two
// workers of different addresses, because a speculative copy goes to another host only, an executor is stopped with SIGSTOP
// inside a scan until a copy of its task has ended on the other one, and then goes on: Spark takes one of the two results.
// Its REST service says what the tasks did.
import { duckdbEngine, sparkEngine } from "../../tasks/sql_engines.ts";
import { countsOn, histogramSql, type Query, type TableThreshold, tuneThresholdOn } from "../../lib/sql/mod.ts";
import { assert, assertEquals } from "@std/assert";

const [python = "python3", rows = "2000000"] = Deno.args;
const folder = await Deno.makeTempDir({ prefix: "roundabout-faults-" });

/** The process ids of the executors of an application, by their numbers. */
async function executors(application: string): Promise<Map<string, number>> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pid,args", "-ww"] }).output();
  const lines = new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.includes("CoarseGrainedExecutorBackend") && line.includes(application) && !line.includes("bash "));
  return new Map(lines.map((line) => [line.match(/--executor-id (\d+)/)![1], parseInt(line)]));
}

/** A task, as Spark's REST service describes it. */
interface Task {
  readonly status: string;
  readonly executorId: string;
  readonly speculative: boolean;
}

/** A stage, as Spark's REST service describes it. */
interface Stage {
  readonly stageId: number;
  readonly attemptId: number;
  readonly status: string;
  readonly numTasks: number;
  readonly numCompleteTasks: number;
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

/** Starts a master and two workers of one core, each on an address of its own. */
async function standalone(): Promise<AsyncDisposable & { master: string }> {
  const { stdout } = await new Deno.Command(python, { args: ["-c", "import pyspark; print(pyspark.__path__[0])"] }).output();
  const home = new TextDecoder().decode(stdout).trim(), port = freePort(), master = `spark://127.0.0.1:${port}`;
  const env = { SPARK_HOME: home, SPARK_DAEMON_MEMORY: "256m" };
  const start = (...args: string[]) =>
    new Deno.Command(`${home}/bin/spark-class`, { args, env, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  const part = "org.apache.spark.deploy", ui = ["--webui-port", String(freePort())];
  const processes = [
    start(`${part}.master.Master`, "--host", "127.0.0.1", "--port", String(port), ...ui),
    ...["127.0.0.1", "127.0.0.2"].map((host) =>
      start(`${part}.worker.Worker`, "--host", host, "--cores", "1", "--memory", "1g", "-d", `${folder}/${host}`, master)
    ),
  ];
  return {
    master,
    [Symbol.asyncDispose]: async () => {
      for (const process of processes.toReversed()) process.kill();
      await Promise.all(processes.map(({ status }) => status));
    },
  };
}

try {
  {
    await using duckdb = await duckdbEngine();
    for (let part = 0; part < 16; part++) {
      await duckdb.query(
        `COPY (SELECT CAST(hash(i) % 100 < 30 AS DOUBLE) AS y, (hash(i + 7) % 16777216) / 16777216.0::DOUBLE AS p,
        (hash(i + 9) % 1048576) / 1099511627776.0::DOUBLE AS w, 'v' || hash(i) AS text
        FROM range(${Number(rows) / 16 * part}, ${Number(rows) / 16 * (part + 1)}) AS t(i)) TO '${folder}/${part}.parquet'`,
      );
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
    "spark.executor.memory": "512m",
    "spark.network.timeout": "800s",
  };
  await using duckdb = await duckdbEngine();
  const columns = { label: "y", output: "p", sampleWeight: "w" };
  const onSpark = { ...columns, from: "t", dialect: "spark" as const };
  const onDuckdb = { ...columns, from: { files: `${folder}/*.parquet` } };
  const countsText = async (run: Query, options: typeof onSpark | typeof onDuckdb) =>
    JSON.stringify((await countsOn(run, options)).slices[0].meter);
  const wanted = await countsText(duckdb.query, onDuckdb), runs: object[] = [];

  /** Runs two queries undisturbed, and then with a fault inside the scan of each. */
  const disturb = async (master: string, signal: "SIGKILL" | "SIGSTOP"): Promise<{ spark: string; tuned: TableThreshold }> => {
    const port = freePort(), ui = { "spark.ui.port": String(port), "spark.driver.host": "127.0.0.1" };
    await using spark = await sparkEngine({
      python,
      master,
      views: { t: `${folder}/*.parquet` },
      settings: { ...settings, ...ui },
    });
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
    assertEquals(before.counts, wanted);
    const queries = { histogram, counts: () => countsText(spark.query, onSpark) };
    for (const name of ["histogram", "counts"] as const) {
      await until(async () => {
        const known: { id: string; isActive: boolean }[] = await rest(`/${application}/allexecutors`);
        return known.filter(({ id, isActive }) => isActive && id !== "driver").length === 2 || undefined;
      }, "two executors");
      const seen = new Set((await stages()).map(({ stageId }) => stageId)), answer = queries[name]();
      const [scan, victim] = await until(async () => {
        const stage = (await stages()).find((one) => !seen.has(one.stageId) && isScan(one) && one.numCompleteTasks >= 3);
        const at = stage && (await tasksOf(stage)).filter(({ status }) => status === "RUNNING").map((task) => task.executorId);
        return stage && new Set(at).size === 2 ? [stage, at![0]] as const : undefined;
      }, "a scan with three tasks done and one at work on each executor");
      const process = (await executors(application)).get(victim)!;
      Deno.kill(process, signal);
      if (signal === "SIGSTOP") {
        await until(
          async () => (await tasksOf(scan)).find((task) => task.speculative && task.status === "SUCCESS"),
          "the success of a speculative copy",
        ).finally(() => Deno.kill(process, "SIGCONT"));
      }
      assertEquals(await answer, before[name]);
      if (signal === "SIGKILL") assert(!(await executors(application)).has(victim));
      const attempts = (await stages()).filter(({ stageId }) => stageId === scan.stageId);
      const tasks = (await Promise.all(attempts.map(tasksOf))).flat();
      const count = (is: (task: Task) => boolean) => tasks.filter(is).length;
      runs.push({
        master: master.replace(/:\d+$/, ":…"),
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
    return { spark: spark.name, tuned };
  };

  await disturb("local-cluster[2,1,1024]", "SIGKILL");
  await using cluster = await standalone();
  const { spark, tuned } = await disturb(cluster.master, "SIGSTOP");
  const recorded = {
    versions: { spark, duckdb: duckdb.name, deno: Deno.version.deno },
    settings,
    rows: Number(rows),
    counts: JSON.parse(wanted).counts,
    tuned,
    runs,
  };
  await Deno.writeTextFile(new URL("spark_faults.json", import.meta.url), `${JSON.stringify(recorded, null, 2)}\n`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
