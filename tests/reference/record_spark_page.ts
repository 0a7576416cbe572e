// Records what Apache Spark answers to the texts of notebook 10 about its table: spark_page.json. Needs Java 17 and a Python with
// PySpark 4.
//
//     deno run -A tests/reference/record_spark_page.ts ~/refvenv/bin/python
//
// The cell `spark` of the notebook asks for the same counts, report and threshold. DuckDB writes the table as Parquet.
import { largeTable } from "../../bench/large_table.ts";
import { countsOn, type Query, reportOn, tuneThresholdOn } from "../../lib/sql/mod.ts";
import { duckdbEngine, sparkEngine } from "../../tasks/sql_engines.ts";

const [python = "python3"] = Deno.args, folder = await Deno.makeTempDir({ prefix: "roundabout-spark-page-" });
try {
  await using duckdb = await duckdbEngine();
  await duckdb.query(`COPY (${largeTable(100_000)}) TO '${folder}/scored.parquet'`);
  await using spark = await sparkEngine({
    python,
    master: "local[2]",
    views: { rows: `${folder}/scored.parquet` },
  });
  await spark.query("CREATE TEMPORARY VIEW scored AS SELECT *, ROUND(p, 2) AS points FROM rows");
  const answers: Record<string, unknown> = {};
  const query: Query = async (sql) => (answers[sql] = await spark.query(sql)) as Record<string, unknown>[];
  const columns = { from: "scored", label: "y", output: "points", dialect: "spark" } as const;
  const { threshold } = await tuneThresholdOn(query, { ...columns, score: "f1" });
  await countsOn(query, { ...columns, threshold, sampleWeight: "w" });
  await reportOn(query, { ...columns, threshold, by: "region" });
  const lines = Object.entries(answers).map(([sql, rows]) => `${JSON.stringify(sql)}: ${JSON.stringify(rows)}`);
  await Deno.writeTextFile(
    new URL("spark_page.json", import.meta.url),
    `{\n"engine": ${JSON.stringify(spark.name)},\n"answers": {\n${lines.join(",\n")}\n}\n}\n`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
