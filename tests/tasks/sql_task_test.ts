// deno task sql on small files: what it prints and writes, and its exit codes.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ConfusionMeter, scores } from "../../lib/core.ts";
import { TaskError, UsageError } from "../../tasks/cli.ts";
import { fitRemarks, runSql, sqlSpec } from "../../tasks/sql.ts";
import { assertWithin } from "../helpers.ts";
import { slow } from "../slow.ts";
import { runApart } from "./fixtures.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const isThere = await import("@duckdb/node-api").then(() => true, () => false);

const y = [1, 0, 1, 1, 0, 0, 1, 0], p = [0.9, 0.6, 0.55, 0.3, 0.2, 0.1, 0.8, 0.4], region = "nnsssnns";
const rows = y.map((label, i) => ({ y: label, "p 1": p[i], region: region[i], x: 2 * p[i] - 1 }));

const folders: string[] = [];
addEventListener("unload", () => folders.forEach((folder) => Deno.removeSync(folder, { recursive: true })));

/** Makes a folder with scored.csv, and parts/ with JSON lines. */
async function makeFolder(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "roundabout-sql-" });
  folders.push(folder);
  await Deno.writeTextFile(
    `${folder}/scored.csv`,
    [
      "y,p 1,region,x",
      ...rows.map((row) => Object.values(row).join(",")),
    ].join("\n"),
  );
  await Deno.mkdir(`${folder}/parts`);
  for (const [i, half] of [rows.slice(0, 4), rows.slice(4)].entries()) {
    await Deno.writeTextFile(`${folder}/parts/${i}.jsonl`, half.map((row) => JSON.stringify(row)).join("\n"));
  }
  await Deno.mkdir(`${folder}/mixed`);
  for (const name of ["a.csv", "b.csv.gz"]) await Deno.writeTextFile(`${folder}/mixed/${name}`, "");
  return folder;
}

/** Runs the task in such a folder. */
async function sql(...args: string[]): Promise<{ code: number; stdout: string; stderr: string; folder: string }> {
  const folder = await makeFolder();
  return { ...await runApart(["run", "-P=sql", "tasks/sql.ts", ...args], { INIT_CWD: folder }), folder };
}

/**
 * Fails unless an error of the kind ends the task, which prints nothing; returns its message. The task runs in this process, as
 * one of its own for each call takes longer.
 */
async function refusalOf(kind: typeof TaskError | typeof UsageError, ...args: string[]): Promise<string> {
  const typed = parseArgs({ args, options: sqlSpec.options, allowPositionals: true }), lines: string[] = [];
  const reporter = { line: (text: string) => void lines.push(text), status() {}, wrote() {}, progress() {} };
  const { message } = await assertRejects(() => runSql(typed, reporter), kind);
  assertEquals(lines, []);
  return message;
}

const onDuckdb = (name: string, fn: () => Promise<void>) =>
  slow.test({ name: isThere ? name : `${name} (skipped: @duckdb/node-api is not there)`, ignore: !isThere, fn });

onDuckdb("counts, threshold, report and curve of a CSV file and of a folder", async () => {
  const columns = ["--label", "y", "--output", "p 1"], wanted = new ConfusionMeter({ threshold: 0.35 }).update(y, p);
  for (const file of ["scored.csv", "parts", "parts/*.jsonl"]) {
    const { code, stdout, folder } = await sql("counts", file, ...columns, "--threshold", "0.35", "--json", "out.json");
    assertEquals(code, 0, stdout);
    assertStringIncludes(stdout, "8 rows");
    assertStringIncludes(stdout, "wrote ");
    const { slices: [{ meter }] } = JSON.parse(await Deno.readTextFile(`${folder}/out.json`));
    assertEquals(ConfusionMeter.fromJSON(meter).counts, wanted.counts);
  }
  const top = await sql("counts", "scored.csv", ...columns, "--top", "3");
  assertMatch(top.stdout, /^threshold 0\.57\d*\nclass +tp +fp +fn +tn\n1 +2 +1 +2 +3$/m);
  const tuned = await sql("threshold", "scored.csv", ...columns, "--score", "accuracy");
  assertStringIncludes(tuned.stdout, "accuracy 0.75 on the rows that chose the threshold");
  const weighed = await sql("threshold", "scored.csv", ...columns, "--score", "fBeta", "--beta", "2");
  assertStringIncludes(weighed.stdout, "fBeta2 0.90909"); // 4 positives found, 2 rows too many
  const report = await sql("report", "scored.csv", ...columns, "--by", "region");
  assertMatch(report.stdout, /region = n\n[^]*region = s\n/);
  assertStringIncludes(report.stdout, "weighted avg");
  const curve = await sql("curve", "scored.csv", ...columns);
  assertStringIncludes(curve.stdout, "area under the ROC curve: 0.8125");
});

Deno.test("a fit that decides for all rows alike, or whose loss still falls, says so", () => {
  const table = { rows: 10, positives: 4, negatives: 6 };
  const remarks = (loss: number[], last: number) =>
    fitRemarks(scores.f1, {
      version: 1,
      settings: "",
      table,
      scale: { means: [], deviations: [] },
      gradients: [],
      history: { loss, score: loss.map(() => last) },
    });
  const alike = "f1 0.571429 is also that of one decision for all rows: give more --epochs, or other features";
  assertEquals(remarks([0.5, 0.5, 0.5, 0.5, 0.5], 4 / 7), [alike]);
  assertEquals(remarks([0.5, 0.4, 0.3, 0.3, 0.3], 0.6), []);
  const falls = "the loss fell by 10.0 % in the last fifth of the epochs: more --epochs may improve the fit";
  assertEquals(remarks([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.44, 0.42, 0.4], 0.6), [falls]);
  assertEquals(remarks([0.5], 0.1), [alike]);
});

onDuckdb("fit keeps its state in a file and goes on from it", async () => {
  const options = ["scored.csv", "--label", "y", "--features", "x", "--state", "state.json"];
  const { code, stdout, folder } = await sql("fit", ...options, "--epochs", "3");
  assertEquals(code, 0, stdout);
  const state = await Deno.readTextFile(`${folder}/state.json`);
  assertEquals(JSON.parse(state).gradients.length, 3);
  assertMatch(stdout, /^x +0\.2/m);
  const whole = await sql("fit", ...options, "--epochs", "5", "--json", "whole.json");
  const resumed = await sql(
    "fit",
    ...options,
    "--epochs",
    "5",
    "--json",
    "whole.json",
    "--state",
    `${folder}/state.json`,
  );
  const [one, other] = await Promise.all(
    [whole, resumed].map(async (run) => JSON.parse(await Deno.readTextFile(`${run.folder}/whole.json`))),
  );
  assertEquals(other.state.gradients.slice(0, 3), JSON.parse(state).gradients);
  assertEquals(other.weights.length, one.weights.length);
  one.weights.forEach((w: number, j: number) => assertWithin(other.weights[j], w, 1e-12));
  await Deno.writeTextFile(`${folder}/state.json`, "{");
  const broken = await sql("fit", ...options, "--state", `${folder}/state.json`);
  assertEquals([broken.code, await Deno.readTextFile(`${folder}/state.json`)], [1, "{"]);
  assertMatch(broken.stderr, /--state .*state\.json cannot be read/);
});

onDuckdb("a table of a database file, and a folder of compressed files", async () => {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  using temporary = new TemporaryFolder();
  const { folder } = temporary, columns = ["--label", "y", "--output", "p 1"];
  const instance = await DuckDBInstance.create(`${folder}/lake.duckdb`), connection = await instance.connect();
  const values = rows.map((row) => `(${row.y}, ${row["p 1"]}::DOUBLE)`).join(", ");
  await connection.run(`CREATE SCHEMA deep; CREATE TABLE deep.t AS SELECT * FROM (VALUES ${values}) AS v(y, "p 1")`);
  await Deno.mkdir(`${folder}/zst/deep`, { recursive: true });
  await connection.run(`COPY (FROM deep.t WHERE y = 1) TO '${folder}/zst/1.csv.zst' (HEADER, COMPRESSION zstd)`);
  await connection.run(`COPY (FROM deep.t WHERE y = 0) TO '${folder}/zst/deep/0.csv.zst' (HEADER, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
  const printed = async (...args: string[]) => {
    const { code, stdout, stderr } = await sql("counts", ...args, ...columns);
    assertEquals(code, 0, stderr);
    return stdout.replace(/^sql: done.*$/m, "");
  };
  const wanted = await printed("scored.csv");
  assertEquals(await printed("deep.t", "--database", `${folder}/lake.duckdb`), wanted);
  assertEquals(await printed(`${folder}/zst`), wanted);
});

onDuckdb("what the engine refuses is one sentence and exit code 1", async () => {
  const { code, stderr } = await sql("counts", "scored.csv", "--label", "nope", "--output", "p 1");
  assertEquals(code, 1);
  assertStringIncludes(stderr, "sql: --label names the column 'nope', the table has 'y', 'p 1', 'region', 'x'\n");
  const cases: [string[], string][] = [
    [
      ["counts", "--label", "region", "--output", "p 1"],
      "the label must be 0 or 1, 'region' holds 'n': name its two values",
    ],
    [["counts", "--label", "region", "--output", "p 1,x"], "name its value for each output, --classes A,B"],
    [["counts", "--label", "y", "--output", "region"], "--output must name columns of numbers, 'region' holds 'n'"],
    [["report", "--label", "y", "--output", "p 1", "--by", "town"], "--by names the column 'town', the table has 'y'"],
    [["fit", "--label", "y", "--features", "x,region"], "--features must name columns of numbers, 'region' holds 'n'"],
    [["fit", "--label", "y", "--features", "x", "--weight", "w"], "--weight names the column 'w'"],
  ];
  const table = `${await makeFolder()}/scored.csv`;
  for (const [[command, ...args], words] of cases) {
    const refusal = `sql: ${await refusalOf(TaskError, command, table, ...args)}`;
    assertStringIncludes(refusal, `sql: ${words}`.replace("sql: name", "name"));
    assert(!/Error:|DOUBLE|FROM clause/.test(refusal), refusal);
  }
});

onDuckdb("a label of two texts is read with --classes NEGATIVE,POSITIVE, as a column of 0 and 1 is", async () => {
  const south = rows.map(({ region }) => Number(region === "s")), columns = ["--label", "region", "--classes", "n,s"];
  const wanted = new ConfusionMeter({ threshold: 0.5 }).update(south, p).counts[0];
  const { code, stdout, stderr } = await sql("counts", "scored.csv", "--output", "p 1", ...columns);
  assertEquals(code, 0, stderr);
  const counts = [wanted.tp, wanted.fp, wanted.fn, wanted.tn].join(" +");
  assertMatch(stdout, new RegExp(`^s +${counts}$`, "m"));
  const fitted = await sql("fit", "scored.csv", "--features", "x", "--epochs", "2", ...columns);
  assertEquals(fitted.code, 0, fitted.stderr);
  for (const words of [["No", "Yes"], ["n", "Y"], ["False", "True"], ["F", "T"], ["lo", "hi"]]) { // truth values to DuckDB, but for the last
    const file = `${await makeFolder()}/words.csv`;
    await Deno.writeTextFile(file, "word,p\n" + south.map((k, i) => `${words[k]},${p[i]}\n`).join(""));
    const told = await sql("counts", file, "--output", "p", "--label", "word", "--classes", words.join());
    assertMatch(told.stdout, new RegExp(`^${words[1]} +${counts}$`, "m"), told.stderr);
  }
  const one = await sql("counts", "scored.csv", "--output", "p 1", "--label", "region", "--classes", "s");
  assertEquals(one.code, 2);
  assertStringIncludes(one.stderr, "--classes takes two values for one output, the negative one first");
  const unknown = await sql("counts", "scored.csv", "--output", "p 1", "--label", "region", "--classes", "n,t");
  assertStringIncludes(unknown.stderr, "'label' must be a number in [0, 1], or one of the classes, in every row");
});

slow.test("--print writes the SQL and runs nothing, for either engine", async () => {
  const columns = ["--label", "y", "--output", "p", "--print"];
  const { code, stdout } = await sql("threshold", "no_such_table", ...columns);
  assertEquals(code, 0);
  assertMatch(stdout, /^SELECT [^\n]* FROM "no_such_table" AS given[^\n]*;\n$/);
  const spark = await sql("counts", "lake.scored", ...columns, "--engine", "spark");
  assertStringIncludes(spark.stdout, "FROM `lake`.`scored` AS given");
});

slow.test("bad usage is exit code 2 and says what is needed", async () => {
  const columns = ["--label", "y", "--output", "p"];
  const { code, stderr, stdout } = await sql();
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "sql: The first word must be counts, threshold, report, curve, fit, it is ''\nsee: ");
  const cases: [string[], string][] = [
    [[], "The first word must be counts, threshold, report, curve, fit, it is ''"],
    [["count", "t"], "it is 'count'"],
    [["counts"], "One file or table is needed"],
    [["counts", "t"], "--label must name"],
    [["counts", "t", "--label", "y"], "--output must name"],
    [["fit", "t", "--label", "y"], "--features must name"],
    [["fit", "t", "--label", "y", "--features", "x", "--by", "z"], "--by belongs to counts, report, not to fit"],
    [["counts", "t", ...columns, "--engine", "sqlite"], "--engine takes duckdb, spark"],
    [["counts", "t", ...columns, "--master", "local[2]"], "--master belongs to --engine spark"],
    [["counts", "t", ...columns, "--threshold", "1"], "--threshold takes numbers inside (0, 1)"],
    [["counts", "t", ...columns, "--decision", "argmax"], "'output' names one column"],
    [["threshold", "t", ...columns, "--score", "auc"], "--score takes precision"],
    [["threshold", "t", ...columns, "--score", "fBeta"], "--score fBeta needs --beta"],
    [["threshold", "t", ...columns, "--beta", "2"], "--beta cannot be used with --score f1"],
    [["threshold", "t", ...columns, "--average", "macro"], "--average needs several outputs"],
    [["counts", "t", ...columns, "--top", "3", "--decision", "argmax"], "--top cannot be used with --decision"],
    [["counts", "t", ...columns, "--top", "1.5"], "a whole number or a share below 1, it is { top: 1.5 }"],
    [["threshold", "t", ...columns, "--top", "3"], "--top belongs to counts, report"],
    [["counts", "t", ...columns, "--print", "--json", "out.json"], "--json cannot be used with --print"],
    [["fit", "t", "--label", "y", "--features", "x", "--epochs", "2.5"], "--epochs takes a whole number"],
    [["counts", `${await makeFolder()}/mixed`, ...columns], "has files of .csv and .csv.gz; name a pattern"],
    [["counts", "no/such.parquet", ...columns], "There is no file 'no/such.parquet'"],
    [["counts", "none.csv", ...columns], "There is no file 'none.csv'"],
  ];
  for (const [args, words] of cases) assertStringIncludes(await refusalOf(UsageError, ...args), words);
});

slow.test("deno task test --spark says why it cannot ask Spark", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=tasks", "tasks/test.ts", "--spark"],
    cwd: root,
    env: { NO_COLOR: "1", ROUNDABOUT_SPARK: "no-such-python" },
  }).output();
  assertEquals(code, 1);
  assertStringIncludes(
    new TextDecoder().decode(stderr),
    "Spark cannot be asked: the Python of ROUNDABOUT_SPARK, 'no-such-python', has no PySpark",
  );
});
