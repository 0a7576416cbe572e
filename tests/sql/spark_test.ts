// Spark against DuckDB: the recorded answers of tests/reference/spark.json in every run; Spark itself where ROUNDABOUT_SPARK names
// a Python with PySpark, as `deno task test --spark` does.
import { assert, assertEquals } from "@std/assert";
import type { Query } from "../../lib/sql/mod.ts";
import { sparkEngine } from "../../tasks/sql_engines.ts";
import { assertWithin } from "../helpers.ts";
import { onDuckdb } from "./duckdb.ts";
import { type SparkCase, sparkCases, sparkTable, traps } from "./spark_cases.ts";

interface Recorded {
  answers: Record<string, Record<string, unknown>[]>;
  traps: Record<string, { v?: unknown; error?: string }>;
  plans: Record<string, string>;
}

const recorded: Recorded = JSON.parse(
  await Deno.readTextFile(new URL("../reference/spark.json", import.meta.url)),
);

/** A value as JSON has it. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Compares two results: with float64 sums within 1e-12 of the largest number beside it, else bit for bit. */
function assertSame({ name, floats }: SparkCase, actual: unknown, wanted: unknown): void {
  if (!floats) return assertEquals(plain(actual), plain(wanted), name);
  const numbers = (value: unknown): number[] =>
    typeof value === "number"
      ? [value]
      : typeof value === "object" && value !== null
      ? Object.values(value).flatMap(numbers)
      : [];
  const [a, b] = [actual, wanted].map((value) => numbers(plain(value)));
  assertEquals(a.length, b.length);
  const largest = Math.min(1, Math.max(...b.filter((v) => Math.abs(v) <= 1).map(Math.abs)));
  a.forEach((v, i) => assertWithin(v, b[i], 1e-12 * Math.max(largest, Math.abs(b[i])), name));
}

onDuckdb(
  "Spark's recorded answers are to the texts of today, and make what DuckDB's make, bit for bit",
  async (engine) => {
    await engine.table("t", sparkTable());
    const replay: Query = (sql) => {
      assert(Object.hasOwn(recorded.answers, sql), "the text has changed: record tests/reference/spark.json again");
      return Promise.resolve(recorded.answers[sql]);
    };
    for (const one of sparkCases) {
      assertSame(one, await one.run(replay, "spark"), await one.run(engine.query, "duckdb"));
    }
  },
);

onDuckdb("the traps: where the dialects differ, and by what", async (engine) => {
  const { traps: spark } = recorded, duckdb: typeof spark = {};
  for (const [name, sql] of Object.entries(traps)) {
    duckdb[name] = await engine.query(sql).then(([{ v }]) => ({ v }), ({ name }: Error) => ({ error: name }));
  }
  const cast = "a CAST of 1.75 to BIGINT", division = "a division by 0", sum = "a SUM of large BIGINTs";
  assertEquals([Number(spark[cast].v), Number(duckdb[cast].v)], [1, 2]);
  assertEquals(spark[division].error, "DIVIDE_BY_ZERO");
  assert("v" in duckdb[division]);
  assertEquals(duckdb["a backslash in a text"].v, "a\\b");
  assert(spark["a backslash in a text"].v !== "a\\b");
  assertEquals(spark["two double quotes"].v, "v"); // a text; in DuckDB a name
  assertEquals(duckdb["two double quotes"].error, "Error");
  assertEquals(duckdb[sum].v, "9223372036854775808");
  assertEquals(spark[sum].error, "ARITHMETIC_OVERFLOW");
});

Deno.test("Spark's plans have no window, no sort, and no exchange that brings all rows to one task", () => {
  assertEquals(Object.keys(recorded.plans).length, 6); // counts, a histogram, two refinements, two passes of a gradient
  for (const [name, plan] of Object.entries(recorded.plans)) {
    assert(plan.includes("HashAggregate") || plan.includes("ObjectHashAggregate"), name);
    for (const word of ["Window", "SinglePartition", "Sort "]) {
      assertEquals(plan.includes(word), false, `${name}: ${word}`);
    }
  }
});

const python = Deno.env.get("ROUNDABOUT_SPARK");

onDuckdb("Spark itself answers as DuckDB does", async (engine) => {
  const folder = await Deno.makeTempDir({ prefix: "roundabout-spark-" });
  try {
    await engine.table("t", sparkTable());
    await engine.run(`COPY t TO '${folder}/t.parquet'`);
    await using spark = await sparkEngine({ python: python!, master: "local[2]", views: { t: `${folder}/t.parquet` } });
    for (const one of sparkCases) {
      assertSame(one, await one.run(spark.query, "spark"), await one.run(engine.query, "duckdb"));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}, python === undefined ? "ROUNDABOUT_SPARK names no Python with PySpark" : undefined);
