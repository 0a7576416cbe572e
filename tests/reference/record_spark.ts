// Records what Apache Spark answers to every text of lib/sql: spark.json. Needs Java 17 and a Python with PySpark 4.
//
//     deno run -A tests/reference/record_spark.ts ~/refvenv/bin/python
//
// The table of tests/sql/spark_cases.ts is written as Parquet by DuckDB and read by Spark on local[2]. `answers` holds each text
// with its rows, `traps` the answers of which the dialects differ, `plans` Spark's physical plans of counts, a histogram, a
// refinement and the two passes of a gradient.
import { duckdbEngine, sparkEngine } from "../../tasks/sql_engines.ts";
import { sparkCases, sparkTable, traps } from "../sql/spark_cases.ts";
import { makeTable } from "../sql/duckdb.ts";

const [python = "python3"] = Deno.args, folder = await Deno.makeTempDir({ prefix: "roundabout-spark-" });
try {
  await using duckdb = await duckdbEngine();
  const run = async (sql: string) => void await duckdb.query(sql);
  await makeTable(run, "t", sparkTable());
  await run(`COPY t TO '${folder}/t.parquet'`);
  await using spark = await sparkEngine({ python, master: "local[2]", views: { t: `${folder}/t.parquet` } });
  const answers: Record<string, unknown> = {};
  for (const { name, run } of sparkCases) {
    const started = performance.now();
    await run(async (sql) => (answers[sql] = await spark.query(sql)) as Record<string, unknown>[], "spark");
    console.log(`${((performance.now() - started) / 1000).toFixed(1)} s  ${name}`);
  }
  const answerOf = (sql: string) =>
    spark.query(sql).then(([{ v }]) => ({ v }), ({ message }: Error) => ({
      error: message.match(/\[([A-Z_]+(\.[A-Z_]+)?)\]/)?.[1],
    }));
  const trapAnswers: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(traps)) trapAnswers[name] = await answerOf(sql);
  const plans: Record<string, string> = {};
  for (const start of ["counts", 'threshold: {"label":"y","output":"crowded"', "gradient: softsign"]) {
    const { run } = sparkCases.find(({ name }) => name.startsWith(start))!;
    let scan = 0;
    await run(async (sql) => {
      const [{ plan }] = await spark.query(`EXPLAIN ${sql}`);
      // Numbers of columns and places of files differ from run to run.
      plans[`${start.split(":")[0]}, scan ${++scan}`] = String(plan).replaceAll(/#\d+L?/g, "").replaceAll(/file:\S+/g, "t.parquet");
      return answers[sql] as Record<string, unknown>[];
    }, "spark");
  }
  const [{ v: java }] = await spark.query("SELECT java_method('java.lang.System', 'getProperty', 'java.version') AS v");
  const recorded = {
    versions: { spark: spark.name, java, duckdb: duckdb.name, deno: Deno.version.deno },
    master: "local[2]",
    answers,
    traps: trapAnswers,
    plans,
  };
  // One answer per line.
  const lines = Object.entries(answers).map(([sql, rows]) => `${JSON.stringify(sql)}: ${JSON.stringify(rows)}`);
  const { answers: _, ...others } = recorded, text = JSON.stringify(others, null, 1).slice(0, -2);
  await Deno.writeTextFile(new URL("spark.json", import.meta.url), `${text},\n "answers": {\n${lines.join(",\n")}\n }\n}\n`);
} finally {
  await Deno.remove(folder, { recursive: true });
}
