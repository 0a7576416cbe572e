// Spark against DuckDB: the recorded answers of tests/reference/spark.json in every run; Spark itself where Java and PySpark are,
// see `findSpark`.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import type { Query } from "../../lib/sql/mod.ts";
import { findSpark, sparkEngine } from "../../tasks/sql_engines.ts";
import { assertWithin, random } from "../helpers.ts";
import { isQuick, slow } from "../slow.ts";
import { type Engine, onDuckdb, slowOnDuckdb } from "./duckdb.ts";
import { type SparkCase, sparkCases, sparkTable, traps } from "./spark_cases.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

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
  const literal = "a FLOAT 0.1 above a literal 0.1", names = "the names p and P";
  assertEquals([spark[literal].v, duckdb[literal].v], ["true", "false"]); // so every number is a CAST to DOUBLE
  assertEquals([spark[names].error, duckdb[names].v], ["AMBIGUOUS_REFERENCE", "1"]); // so no given name is kept
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

Deno.test("the recorded faults: an executor killed, and a slow task with a speculative copy, changed no bit", async () => {
  const { runs, tuned } = JSON.parse(
    await Deno.readTextFile(new URL("../reference/spark_faults.json", import.meta.url)),
  );
  const counts = (runs as Record<string, unknown>[]).map((
    { signal, failed, speculative, sameBits },
  ) => [signal, failed, speculative, sameBits]);
  assertEquals(counts, [
    ["SIGKILL", 1, 0, true],
    ["SIGKILL", 1, 0, true],
    ["SIGSTOP", 0, 1, true],
    ["SIGSTOP", 0, 1, true],
  ]);
  assert(tuned.scans <= 4);
});

/** A PySpark that notes what it is asked, a JSON line each, and answers nothing. */
const notingSpark = `import json, os
def note(**what):
    with open(os.environ["SPARK_NOTES"], "a") as notes:
        notes.write(json.dumps(what) + "\\n")
class Reader:
    def __init__(self):
        self.known = {}
    def format(self, form):
        self.known["format"] = form
        return self
    def options(self, **more):
        self.known.update(more)
        return self
    def load(self, path):
        self.known["path"] = path
        return self
    def createOrReplaceTempView(self, name):
        note(view=name, **self.known)
class Context:
    def setLogLevel(self, level): pass
    def statusTracker(self): return self
    def getActiveStageIds(self): return []
class SparkSession:
    version, sparkContext = "noted", Context()
    @property
    def read(self): return Reader()
    def sql(self, text):
        note(sql=text)
        raise Exception("it answers nothing")
    def stop(self): pass
class Builder:
    def appName(self, name): return self
    def config(self, key, value): return self
    def master(self, name): return self
    def getOrCreate(self): return SparkSession()
SparkSession.builder = Builder()
`;

slow.test("deno task sql makes Spark a view of a folder and of all in it, of a pattern, and asks it of the view", async () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  using temporary = new TemporaryFolder();
  const { folder } = temporary, rows = `${folder}/rows`;
  const notes = `${folder}/notes`;
  await Deno.mkdir(`${folder}/pyspark`);
  await Deno.mkdir(`${rows}/deep`, { recursive: true });
  await Deno.writeTextFile(`${folder}/pyspark/__init__.py`, "");
  await Deno.writeTextFile(`${folder}/pyspark/sql.py`, notingSpark);
  await Deno.writeTextFile(`${rows}/deep/a.tsv`, "y\tp\n1\t0.5\n");
  const asked = async (name: string): Promise<Record<string, unknown>[]> => {
    await Deno.writeTextFile(notes, "");
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-P=sql", "tasks/sql.ts", "counts", name, "--label", "y", "--output", "p"],
        ...["--engine", "spark", "--python", "python3"],
      ],
      cwd: root,
      env: { NO_COLOR: "1", PYTHONPATH: folder, SPARK_NOTES: notes, PYTHONDONTWRITEBYTECODE: "1" },
    }).output();
    assertStringIncludes(new TextDecoder().decode(stderr), "Spark refuses the query: it answers nothing");
    return (await Deno.readTextFile(notes)).trim().split("\n").map((line) => JSON.parse(line));
  };
  const text = { format: "csv", header: true, inferSchema: true, sep: "\t" }, view = "roundabout";
  const [ofFolder, { sql }] = await asked(rows);
  assertEquals(ofFolder, { view, ...text, recursiveFileLookup: true, pathGlobFilter: "*.tsv", path: rows });
  assertStringIncludes(String(sql), "FROM `roundabout` AS given");
  const [ofPattern] = await asked(`${rows}/deep/*.tsv`);
  assertEquals(ofPattern, { view, ...text, path: `${rows}/deep/*.tsv` });
  const [ofParquet] = await asked(`${rows}/*.parquet`);
  assertEquals(ofParquet, { view, format: "parquet", path: `${rows}/*.parquet` });
});

const spark = isQuick ? { missing: "it takes a minute" } : await findSpark();

/** A test that asks Spark; a name with the reason where it is not there. */
const onSpark = (name: string, test: (engine: Engine, python: string) => Promise<void>) =>
  slowOnDuckdb(
    name,
    (engine) => test(engine, "python" in spark ? spark.python : ""),
    "missing" in spark ? spark.missing : undefined,
  );

onSpark("Spark itself answers as DuckDB does, and says how far it is", async (engine, python) => {
  using temporary = new TemporaryFolder();
  const { folder } = temporary;
  await engine.table("t", sparkTable());
  await engine.run(`COPY t TO '${folder}/t.parquet'`);
  const heard: (number | undefined)[] = [];
  await using spark = await sparkEngine({
    python,
    master: "local[2]",
    views: { t: `${folder}/t.parquet` },
    onScan: (_, percentage) => heard.push(percentage),
  });
  for (const one of sparkCases) {
    assertSame(one, await one.run(spark.query, "spark"), await one.run(engine.query, "duckdb"));
  }
  const shares = () => heard.filter((share) => share !== undefined);
  for (let rows = 2 ** 27; shares().length === 0; rows *= 4) { // until a query takes longer than a second
    await spark.query(`SELECT CAST(SUM(hash(id) % 7) AS STRING) AS v FROM range(0, ${rows}, 1, 8)`);
  }
  assert(shares().every((share) => share >= 0 && share <= 100), JSON.stringify(heard));
  const { message } = await assertRejects(() => spark.query("SELECT nothing FROM t"), Error);
  assert(message.startsWith("Spark refuses the query: [UNRESOLVED_COLUMN"), message);
});

onSpark("deno task sql asks Spark of a folder of CSV files, and prints what DuckDB prints", async (_, python) => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  using temporary = new TemporaryFolder();
  const { folder } = temporary, next = random(3);
  await Deno.mkdir(`${folder}/deep`);
  for (const name of ["a.csv", "deep/b.csv"]) {
    const lines = Array.from({ length: 30 }, () => `${Number(next() < 0.4)},${next()}`);
    await Deno.writeTextFile(`${folder}/${name}`, ["y,p", ...lines, ""].join("\n"));
  }
  const home = new TextDecoder().decode(
    (await new Deno.Command(python, { args: ["-c", "import pyspark; print(pyspark.__path__[0])"] }).output()).stdout,
  ).trim();
  const ask = async (...engine: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-P=sql", "tasks/sql.ts", "threshold", folder, "--label", "y", "--output", "p", ...engine],
      cwd: root,
      env: { NO_COLOR: "1", PYSPARK_PYTHON: python, SPARK_HOME: home },
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout).replace(/^sql: done in .*$/m, "");
  };
  const wanted = await ask();
  assertStringIncludes(wanted, "threshold 0.");
  for (const program of [python, `${home}/bin/spark-submit`]) {
    assertEquals(await ask("--engine", "spark", "--python", program, "--master", "local[1]"), wanted, program);
  }
});
