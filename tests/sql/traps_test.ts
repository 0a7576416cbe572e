// The traps of the dialects: each text against the naive one, which gives other numbers. Spark's answers to texts of which the
// dialects differ: spark_test.ts.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { ConfusionMeter } from "../../lib/core.ts";
import { countsOn, countsSql, histogramSql, metricGradientOn, reportOn, tuneThresholdOn } from "../../lib/sql/mod.ts";
import { random } from "../helpers.ts";
import { type Engine, makeScored, onDuckdb } from "./duckdb.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const scored = { from: "t", label: "y", output: "p", sampleWeight: "w" } as const;

const units = (n: number) => n * 2 ** -40;

/** Runs the counts with a text that is changed first. */
async function countsWith(engine: Engine, options: Parameters<typeof countsSql>[0], change: (text: string) => string) {
  const naive = (sql: string) => {
    const text = change(sql);
    assert(text !== sql, "the text has what is changed");
    return engine.query(text);
  };
  return (await countsOn(naive, options)).slices[0].meter.counts;
}

onDuckdb("trap: CAST rounds in DuckDB, so FLOOR comes first", async (engine) => {
  await makeScored(engine, [{ y: 1, p: 0.9, w: units(1.75) }]);
  const right = (await countsOn(engine.query, scored)).slices[0].meter.counts;
  assertEquals(right[0].tp, units(1)); // as Spark, whose CAST truncates: recorded in tests/reference/spark.json
  const naive = await countsWith(engine, scored, (text) => text.replace(/CAST\(FLOOR\(/g, "CAST(("));
  assertEquals(naive[0].tp, units(2));
});

onDuckdb("trap: float sums depend on the order, sums of units do not", async (engine) => {
  const rows = [{ y: 1, p: 0.9, w: 2 ** 22 }, ...Array.from({ length: 4000 }, () => ({ y: 1, p: 0.9, w: units(3) }))];
  await engine.run("SET threads = 1");
  const counts = async (list: typeof rows) => {
    await makeScored(engine, list);
    const [{ s }] = await engine.query(`SELECT CAST(SUM(w) AS STRING) AS s FROM t`);
    return { float: s, exact: (await countsOn(engine.query, scored)).slices[0].meter.counts[0].tp };
  };
  const one = await counts(rows), other = await counts(rows.toReversed());
  assert(one.float !== other.float, "the naive sum depends on the order");
  assertEquals(one.exact, other.exact);
  assertEquals(one.exact, 2 ** 22 + units(12000));
});

onDuckdb(
  "trap: a literal 0.1 is a DECIMAL; the threshold and a FLOAT output are compared as DOUBLE",
  async (engine) => {
    await engine.table("t", { y: ["DOUBLE", [1]], p: ["FLOAT", [0.1]], w: ["DOUBLE", [1]] });
    const options = { ...scored, threshold: 0.1 };
    assertEquals((await countsOn(engine.query, options)).slices[0].meter.counts[0].tp, 0);
    // Without the second comparison 0.1 of float32 is above 0.1.
    const naive = await countsWith(engine, options, (text) => text.replace(/ AND p <> CAST\('[^']*' AS DOUBLE\)/, ""));
    assertEquals(naive[0].tp, 1);
    for (const text of [countsSql(options), histogramSql(scored)]) {
      const bare = text.replaceAll(/CAST\('[^']*' AS DOUBLE\)/g, "").replaceAll(/\b[a-z]+\d\b/g, "");
      assertEquals(bare.match(/\d*\.\d+/g), null, "no literal with a decimal point");
    }
  },
);

onDuckdb("trap: names fold case, and columns are called as the text calls its own", async (engine) => {
  const next = random(2), n = 50, list = () => Array.from({ length: n }, next);
  const y = list().map((v) => Number(v < 0.4)), p = list(), w = list().map((v) => Math.floor(8 * v));
  const wanted = new ConfusionMeter().update(y, p, w).counts;
  for (const [label, output, sampleWeight] of [["p", "w", "y"], ["flag", "k", "slice"], ["P", "entries", "Y"]]) {
    await engine.table("given", { [label]: ["DOUBLE", y], [output]: ["DOUBLE", p], [sampleWeight]: ["DOUBLE", w] });
    const { slices } = await countsOn(engine.query, { from: "given", label, output, sampleWeight });
    assertEquals(slices[0].meter.counts, wanted);
  }
  // A text that keeps the given columns beside its own reads the given P0 for the output, and says nothing.
  await engine.table("given", {
    y: ["DOUBLE", y],
    p: ["DOUBLE", p],
    w: ["DOUBLE", w],
    P0: ["DOUBLE", p.map((v) => 1 - v)],
  });
  const options = { ...scored, from: "given" };
  assertEquals((await countsOn(engine.query, options)).slices[0].meter.counts, wanted);
  const naive = await countsWith(engine, options, (text) => text.replace("(SELECT CAST(", "(SELECT *, CAST("))
    .catch(() => undefined);
  assert(JSON.stringify(naive) !== JSON.stringify(wanted));
});

onDuckdb("trap: quotes; a name is a name, however odd", async (engine) => {
  const odd = 'p"; DROP TABLE x; --', table = 't"; DROP TABLE x; --';
  await engine.table("x", { a: ["DOUBLE", [1]] });
  await engine.table(table, { "y'": ["DOUBLE", [1, 0]], [odd]: ["DOUBLE", [0.9, 0.2]], 'w"': ["DOUBLE", [2, 3]] });
  const { slices } = await countsOn(engine.query, { from: table, label: "y'", output: odd, sampleWeight: 'w"' });
  assertEquals(slices[0].meter.counts, [{ tp: 2, fp: 0, fn: 0, tn: 3 }]);
  assertEquals(await engine.query("SELECT a FROM x"), [{ a: 1 }]);
  const pasted = (text: string) => text.replaceAll(`"${odd.replaceAll('"', '""')}"`, odd);
  await assertRejects(() => countsWith(engine, { from: table, label: "y'", output: odd }, pasted));
  await assertRejects(() => countsOn(engine.query, { from: table, label: "y'", output: "no such column" }), Error);
  assertEquals(
    countsSql({ from: ["lake", "t`"], label: "y`", output: "p", dialect: "spark" }).match(/`[^ ]*/g),
    ["`y```", "`p`", "`lake`.`t```"],
  );
  using temporary = new TemporaryFolder({ prefix: "it's " });
  const { folder: path } = temporary;
  await engine.run(`COPY (SELECT 1.0 AS y, 0.7 AS p) TO '${path.replaceAll("'", "''")}/a.parquet'`);
  const files = { files: `${path}/*.parquet` };
  const quoted = await countsOn(engine.query, { from: files, label: "y", output: "p" });
  assertEquals(quoted.slices[0].meter.counts[0].tp, 1);
});

Deno.test("trap: in Spark a backslash escapes inside a text, in DuckDB it does not", () => {
  const options = { from: "t", label: "y", output: ["a", "b"], classes: ["it's", "\\"] };
  const texts = (dialect: "duckdb" | "spark") =>
    countsSql({ ...options, dialect }).match(/AS STRING\) = '.*?' THEN/g)!.map((text) => text.slice(13, -5));
  assertEquals(texts("duckdb"), ["'it''s'", "'\\'"]);
  assertEquals(texts("spark"), ["'it\\'s'", "'\\\\'"]);
});

onDuckdb("trap: nothing is divided by what can be 0, which is an error in ANSI SQL", async (engine) => {
  for (const text of [countsSql({ ...scored, by: "r" }), histogramSql(scored)]) assertEquals(text.includes("/"), false);
  // A split divides by the width of a range of outputs; equal outputs have a range of width 0.
  const next = random(6), p = Array.from({ length: 400 }, (_, i) => i % 2 === 0 ? 0.3 : 0.3 + next() / 4096);
  await makeScored(engine, p.map((p) => ({ y: Number(next() < 0.4), p, w: 1 })));
  await tuneThresholdOn(engine.query, { from: "t", label: "y", output: "p", score: "f1" });
  const splits = engine.texts.slice(1),
    range = /\(\d+, \d+, \d+, CAST\('([^']*)' AS DOUBLE\), CAST\('([^']*)' AS DOUBLE\)\)/g;
  assert(splits.length > 0);
  for (const text of splits) {
    assertEquals(text.match(/\/ /g), ["/ "]);
    const ranges = [...text.matchAll(range)].map(([, low, high]) => [Number(low), Number(high)]);
    assert(ranges.length > 0 && ranges.every(([low, high]) => low < high), text);
  }
});

onDuckdb("EXPLAIN: no window and no sort, nothing that brings all rows to one task, in any text", async (engine) => {
  const next = random(6), p = Array.from({ length: 400 }, () => 0.3 + next() / 4096);
  await makeScored(engine, p.map((p) => ({ y: Number(next() < 0.4), p, w: 1 })));
  const asked = { from: "t", label: "y", output: "p" } as const;
  await countsOn(engine.query, { ...asked, by: "w", decision: { top: 7 } });
  await reportOn(engine.query, asked);
  await tuneThresholdOn(engine.query, { ...asked, score: "f1", sampleWeight: "w" });
  await metricGradientOn(engine.query, { from: "t", label: "y", features: ["p"], score: "f1", weights: [1], bias: 0 });
  const texts = [...engine.texts], gathers = /WINDOW|ORDER_BY|TOP_N/;
  const plan = async (text: string) => JSON.stringify(await engine.query(`EXPLAIN ${text}`));
  assert(texts.length >= 8, `${texts.length} texts`);
  for (const text of texts) assertEquals(gathers.test(await plan(text)), false, text);
  assert(gathers.test(await plan("SELECT SUM(w) OVER (ORDER BY p DESC) FROM t")), "the naive best cut");
});
