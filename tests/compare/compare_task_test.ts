// deno task compare: what is refused, and the folds that are brought along. The numbers are tested in anyloss_test.ts.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { parseArgs } from "node:util";
import { scores } from "@roundabout/roundabout";
import { compareLosses, type CompareLossesOptions } from "@roundabout/roundabout/compare";
import { recallAtFpr } from "../../lib/curves/curve_scores.ts";
import { readFolds } from "../../tasks/read_folds.ts";
import { readTable } from "../../lib/data/read_table.ts";
import { type Reporter, type TaskArgs, TaskError, UsageError } from "../../tasks/cli.ts";
import { write } from "../../tasks/files.ts";
import { compareSpec, runCompare, writeComparison } from "../../tasks/compare.ts";
import { compareByProtocol } from "../../tasks/compare_protocol.ts";
import { Fixtures, runApart } from "../tasks/fixtures.ts";
import { slow } from "../slow.ts";

const compare = ({ folder }: Fixtures, ...args: string[]) =>
  runApart(["run", "--quiet", "-P=compare", "tasks/compare.ts", ...args], { INIT_CWD: folder });

const silent: Reporter = { line() {}, status() {}, progress() {}, wrote() {} };

/** Runs the command in this process. */
async function compareHere({ folder }: Fixtures, args: string[], report: Partial<Reporter> = {}): Promise<void> {
  const parsed = parseArgs({ args, options: compareSpec.options, allowPositionals: true });
  Deno.env.set("INIT_CWD", folder);
  try {
    await runCompare(parsed as TaskArgs, { ...silent, ...report });
  } finally {
    Deno.env.delete("INIT_CWD");
  }
}

const rows = Array.from({ length: 40 }, (_, i) => `${(i * 7) % 11},${i % 5 / 2},3,${i % 4 === 0 ? "M" : "B"}`);
const good = `a,b,c,kind\n${rows.join("\n")}\n`;
const test = Array.from({ length: 10 }, (_, k) => [k, k + 10, k + 20, k + 30]);

slow.test("compare: the folds and the positive class are said, and --json has the rows", async () => {
  using fixtures = new Fixtures();
  fixtures.file("d.csv", good);
  fixtures.file("folds.json", JSON.stringify({ test }));
  const args = ["d.csv", "--label", "kind", "--protocol", "anyloss", "--folds", "folds.json", "--json", "out.json"];
  const { code, stdout } = await compare(fixtures, ...args);
  assertEquals(code, 0);
  assertStringIncludes(stdout, "positive: kind = 'M' (the rarer one), 10 rows");
  assertStringIncludes(stdout, "constant columns, left at 0: c");
  assertStringIncludes(stdout, "folds: folds.json");
  const { rows } = JSON.parse(await Deno.readTextFile(`${fixtures.folder}/out.json`));
  assert(!stdout.includes("TensorFlow.js"), stdout); // no banner
  const keys = ["loss", "accuracy", "f1", "fBeta0.5", "fBeta2", "gMean", "balancedAccuracy"];
  assertEquals(rows.map(Object.keys), Array(6).fill(keys));
});

slow.test("compare: bad usage is one sentence and 2", async () => {
  using fixtures = new Fixtures();
  fixtures.file("d.csv", good);
  fixtures.file("ragged.csv", good.replace("\n7,", "\n7,7,"));
  const many = rows.map((row, i) => i === 1 ? row.replace("7", "oops") : `${i}${row.slice(row.indexOf(","))}`);
  fixtures.file("oops.csv", `a,b,c,kind\n${many.join("\n")}\n`);
  fixtures.file("d.json", good);
  const protocol = ["--protocol", "anyloss"], label = ["--label", "kind"];
  const expected: [string[], string][] = [
    [[], "Name one file: FILE.csv or FILE.parquet"],
    [["d.csv"], "--label is missing: name the column with the label"],
    [["d.csv", ...label, "--protocol", "ours"], "--protocol takes anyloss, not 'ours'"],
    [["no.csv", ...label, ...protocol], "There is no file 'no.csv'"],
    [["d.json", ...label], "its name must end in .csv, .tsv, .tab, .txt, .dat or .data"],
    [["d.csv", "--label", "y", ...protocol], "there is no column 'y', only a, b, c, kind"],
    [
      ["d.csv", "--label", "a"],
      "(it has 11 values; set one against the rest with --positive)",
    ],
    [["d.csv", ...label, "--positive", "Q"], "--positive must be a value of 'kind' ('B', 'M'), it is 'Q'"],
    [["d.csv", ...label, "--group", "kind"], "--group must be a column other than the label, it is 'kind'"],
    [["d.csv", ...label, "--group", "a", "--keep", "a"], "'a' is in --keep and in --group, which is no feature"],
    [["d.csv", ...label, "--group", "a", "--protocol", "anyloss"], "--group cannot be used with --protocol anyloss"],
    [["d.csv", ...label, "--drop", "kind"], "--drop contains the label 'kind'"],
    [["d.csv", ...label, "--drop", 'a,"b, c"'], "there is no column 'b, c'"],
    [["d.csv", ...label, "--drop", "a,5'4\""], "there is no column '5'4\"'"],
    [
      ["oops.csv", ...label],
      "1 of 40 values is not a number ('oops' in row 2 (line 3)): correct the values, declare a missing value with --missing, or leave the column out with --drop",
    ],
    [
      ["d.csv", "--label", "a", ...protocol],
      "a label with two classes, 'a' has 11: set one against the rest with --positive",
    ],
    [["ragged.csv", ...label], "line 3 has 5 fields, the header has 4"],
    [["d.csv", ...label, "--score", "f2"], "--score takes accuracy, balancedAccuracy"],
    [["d.csv", ...label, "--score", "f2"], "precisionAtK, and recall of more than two classes, not 'f2'"],
    [["d.csv", ...label, "--score", "recall"], "--score is 'recall' alone"],
    [["d.csv", ...label, "--score", "precisionAtRecall"], "--score precisionAtRecall needs --recall"],
    [["d.csv", ...label, "--score", "precisionAtRecall", "--recall", "2"], "--recall must be a number in (0, 1]"],
    [["d.csv", ...label, "--recall", "0.9"], "--recall cannot be used with --score f1"],
    [["d.csv", ...label, "--repeats", "2.5"], "--repeats takes a"],
    [["d.csv", ...label, "--folds", "f.json"], "--folds cannot be used without --protocol anyloss"],
    [["d.csv", ...label, ...protocol, "--save", "x"], "--save cannot be used with --protocol anyloss"],
    [["d.csv", ...label, "--save", "none/x"], "--save none/x: there is no folder"],
    [["d.csv", ...label, ...protocol, "--json", "none/x.json"], "--json none/x.json: there is no folder"],
    [["d.csv", ...label, "--json", "."], "--json .: this is a folder"],
  ];
  const { code, stderr } = await compare(fixtures, "d.csv");
  assertEquals([code, stderr.split("\n")[0]], [2, "compare: --label is missing: name the column with the label"]);
  for (const [args, sentence] of expected) {
    const { message } = await assertRejects(() => compareHere(fixtures, args), UsageError);
    assertStringIncludes(message, sentence);
    assertMatch(message, /^[^\n]+[^.\n]$/);
  }
});

Deno.test("compare: --help explains the margin, the number of splits and the penalty below a floor", async () => {
  using fixtures = new Fixtures();
  const { code, stdout } = await compare(fixtures, "--help");
  assertEquals(code, 0);
  for (
    const words of ["a tenth of cross-entropy's distance", "number of splits, at least 3", "can be negative"]
  ) {
    assertStringIncludes(stdout.replace(/\s+/g, " "), words); // of any line
  }
});

slow.test("compare: a table of texts and gaps; the sentence, JSON, CSV and a page have the numbers of one thread", async () => {
  using fixtures = new Fixtures();
  const texts = rows.map((row, i) => `${row},${i % 7 === 0 ? "?" : ["rent", "own"][i % 2]}`);
  const numbered = [...texts, ...texts].map((line, i) => `${i},${i * i % 17},${line}`);
  const file = fixtures.file("d.csv", `n,spare,a,b,c,kind,home\n${numbered.join("\n")}\n`);
  const score = ["--score", "fBeta", "--beta", "2"], files = ["--save", "out", "--json", "own.json"];
  const args = ["d.csv", "--label", "kind", ...score, "--repeats", "3", "--drop", "spare", ...files];
  const { code, stdout, stderr } = await compare(fixtures, ...args);
  assertEquals(code, 0, stderr);
  for (
    const words of [
      "home: category of 2, 12 missing (zeros)",
      "note: the column 'n' is left out: it counts the rows from 0; list it in --keep to use it, in --drop to say so",
      ...["out.json", "out.csv", "out.html"],
    ]
  ) {
    assertStringIncludes(stdout, words);
  }
  const text = (name: string) => Deno.readTextFile(`${fixtures.folder}/${name}`);
  const { advice: recommendation, losses } = JSON.parse(await text("out.json"));
  assertStringIncludes(stdout, recommendation);
  const [advice, ...evidence] = recommendation.split(/(?<=\.) /); // the advice alone is emphasised
  assertStringIncludes(
    await text("out.html"),
    `<strong>${advice}</strong> ${evidence.join(" ").replaceAll("'", "&#39;")}`,
  );
  const [head, ...cells] = (await text("out.csv")).trim().split("\n");
  assertEquals([head, cells.length], ["model,loss,threshold,split,fBeta2", 96]);
  assertEquals(await text("own.json"), await text("out.json"));
  assert(stdout.split("\n").filter((line) => line.startsWith("training ")).length < 5, stdout); // 24 trainings in some seconds
  assert(!stdout.includes("not saved") && !stdout.includes("TensorFlow.js"));
  const options = { label: "kind", score: scores.fBeta({ beta: 2 }), repeats: 3, drop: ["spare"] };
  const inOneThread = await compareLosses(file, options), lines: string[] = [];
  assertEquals(await text("out.json"), `${JSON.stringify(inOneThread, null, 2)}\n`);
  await writeComparison(inOneThread, {}, { ...silent, line: (text) => lines.push(text) });
  assertStringIncludes(lines.join("\n"), "not saved: --save NAME writes");
  const first = losses[0] as { model: string; loss: string; threshold: string; values: number[] };
  assertEquals(cells[0], `${first.model},"${first.loss}",${first.threshold},1,${first.values[0]}`);
});

/** Runs the comparison in a process of its own that gets Ctrl-C when training `at` has ended. */
async function interrupted(fixtures: Fixtures, at: number, values: Record<string, string>) {
  const task = new URL("../../tasks/compare.ts", import.meta.url);
  const script = `
    import { runCompare } from ${JSON.stringify(task)};
    const report = {
      line: (text) => console.log(text),
      status() {},
      progress: (text) => text.startsWith("training ${at} ") && Deno.kill(Deno.pid, "SIGINT"),
      wrote: (path) => console.log("wrote " + path),
    };
    try {
      await runCompare({ values: ${JSON.stringify(values)}, positionals: ["d.csv"] }, report);
    } catch (error) {
      console.log(error.constructor.name + ": " + error.message);
    }
    Deno.exit(); // as the command does: threads end at once`;
  return (await runApart(["run", "--quiet", "-A", fixtures.file("stopped.ts", script)], { INIT_CWD: fixtures.folder }))
    .stdout;
}

slow.test("compare: Ctrl-C prints and saves what is known of the splits that are done", async () => {
  using fixtures = new Fixtures();
  fixtures.file("d.csv", `a,b,c,kind\n${[...rows, ...rows].map((row, i) => `${i * i % 17}${row}`).join("\n")}\n`);
  const values = { label: "kind", repeats: "40", save: "out", json: "own.json" };
  assertEquals(
    await interrupted(fixtures, 1, values), // no split is done
    "TaskError: stopped before three splits were done: nothing is known yet\n",
  );
  assertEquals([...Deno.readDirSync(fixtures.folder)].map(({ name }) => name).sort(), ["d.csv", "stopped.ts"]);
  // The splits of all threads, at most eight, may be 15 of 16 trainings far; three others are done then.
  const threads = Math.min(8, navigator.hardwareConcurrency);
  const stdout = await interrupted(fixtures, 3 * 16 + threads * 15, values);
  const [, done] = stdout.match(/^stopped: the results of (\d+) of 40 splits\n/)!, known = Number(done);
  assert(known >= 3 && known < 40, done);
  const { repeats, splits, losses, advice } = JSON.parse(await Deno.readTextFile(`${fixtures.folder}/own.json`));
  assertEquals([repeats, splits.length, losses.length, losses[0].values.length], [known, known, 32, known]);
  assertStringIncludes(stdout, advice);
  const left = [...Deno.readDirSync(fixtures.folder)].map(({ name }) => name).sort();
  assertEquals(left, ["d.csv", "out.csv", "out.html", "out.json", "own.json", "stopped.ts"]);
});

slow.test("compare: threads give the numbers of one thread for a score of the curve and for costs", async () => {
  using fixtures = new Fixtures();
  const cost = rows.map((row, i) => `${i * i % 17}${row},${i % 3 + 1}`);
  const file = fixtures.file("d.csv", `a,b,c,kind,cost\n${[...cost, ...cost].join("\n")}\n`);
  const cases: [args: string[], options: Partial<CompareLossesOptions>][] = [
    [["--score", "recallAtFpr", "--fpr", "0.25"], { score: recallAtFpr({ fpr: 0.25 }) }],
    [["--cost-fn", "cost", "--cost-fp", "0.5"], { costs: { fp: 0.5, fn: "cost" } }],
  ];
  for (const [args, options] of cases) {
    await compareHere(fixtures, ["d.csv", "--label", "kind", "--repeats", "3", "--json", "out.json", ...args]);
    const inOneThread = await compareLosses(file, { label: "kind", repeats: 3, ...options });
    assertEquals(await Deno.readTextFile(`${fixtures.folder}/out.json`), `${JSON.stringify(inOneThread, null, 2)}\n`);
  }
});

Deno.test("compare: a file is written whole or not at all", async () => {
  using fixtures = new Fixtures();
  const file = fixtures.file("out.json", "old"), wrote: string[] = [];
  const report = {
    line() {},
    status() {},
    progress() {},
    wrote: (path: string | URL) => void wrote.push(String(path)),
  };
  await Deno.mkdir(`${file}.part`); // the text cannot be written beside it
  await assertRejects(() => write(file, "new", report), TaskError, "out.json' cannot be written");
  assertEquals([await Deno.readTextFile(file), wrote], ["old", []]);
  await Deno.remove(`${file}.part`).catch(() => {});
  await write(file, "new", report);
  assertEquals([await Deno.readTextFile(file), wrote], ["new", [file]]);
  assertEquals([...Deno.readDirSync(fixtures.folder)].length, 1);
});

slow.test("compare: the protocol takes texts and gaps, and says what it does with them", async () => {
  using fixtures = new Fixtures();
  const lines = rows.map((row, i) => `${i % 9 === 0 ? "" : i},${row},${i % 7 === 0 ? "?" : ["rent", "own"][i % 2]}`);
  fixtures.file("d.csv", `age,a,b,c,kind,home\n${lines.join("\n")}\n`);
  const args = ["d.csv", "--label", "kind", "--protocol", "anyloss", "--json", "out.json"], said: string[] = [];
  await compareHere(fixtures, args, { line: (text) => said.push(text) });
  for (const words of ["categories: one column of 0 and 1 each", "missing numbers: the median of the rows used"]) {
    assertStringIncludes(said.join("\n"), words);
  }
  const { rows: table, withoutTestRows } = JSON.parse(await Deno.readTextFile(`${fixtures.folder}/out.json`));
  assertEquals([table.length, withoutTestRows.length], [6, 6]);
});

slow.test("compare: who stops the protocol after its first table has the paper's rows in the file", async () => {
  using fixtures = new Fixtures();
  const dataset = await readTable(fixtures.file("d.csv", good), { label: "kind" });
  const report = {
    line: (text: string) => {
      if (text.includes("standardised without the test rows")) throw new Error("stopped");
    },
    status() {},
    progress() {},
    wrote() {},
  };
  const json = `${fixtures.folder}/out.json`;
  await assertRejects(() => compareByProtocol(dataset, { json }, report), Error, "stopped");
  const { rows: table, tuned, withoutTestRows } = JSON.parse(await Deno.readTextFile(json));
  assertEquals([table.length, tuned.loss, withoutTestRows], [6, "bce", undefined]);
});

Deno.test("readFolds: each row in exactly one of ten lists", () => {
  const refuse = (lists: unknown, message: string) =>
    assertThrows(() => readFolds(JSON.stringify({ test: lists }), 40), RangeError, message);
  const folds = readFolds(JSON.stringify({ test }), 40), all = Array.from({ length: 40 }, (_, row) => row);
  assertEquals(folds.map((fold) => fold.test), test);
  assertEquals(folds.map(({ train }) => train), test.map((rows) => all.filter((row) => !rows.includes(row))));
  refuse(test.slice(1), "'test' must be 10 lists");
  refuse(test.with(3, [3, 13, 23, 40]), "rows from 0 to 39, list 3 has 40");
  refuse(test.with(3, [3, 13, 23, -1]), "rows from 0 to 39, list 3 has -1");
  refuse(test.with(3, [3, 13, 23, 2]), "row 2 is in list 2 and in list 3");
  refuse(test.with(3, [3, 13, 23]), "row 33 is in no list");
  assertThrows(() => readFolds("{", 40), RangeError, "the text is not JSON");
});
