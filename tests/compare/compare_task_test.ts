// deno task compare: what is refused, and the folds that are brought along. The numbers are tested in anyloss_test.ts.
import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import pl from "nodejs-polars";
import { readFolds } from "../../lib/compare/read_folds.ts";
import { batchesOf } from "../../lib/data/batches_of.ts";
import { inferDataset } from "../../lib/compare/infer_dataset.ts";
import { readFrame } from "../../lib/data/read_frame.ts";
import { compareByProtocol } from "../../tasks/compare_protocol.ts";
import { Fixtures } from "../tasks/fixtures.ts";
import { slow } from "../slow.ts";

async function compare(fixtures: Fixtures, ...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-P=compare", "tasks/compare.ts", ...args],
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    env: { NO_COLOR: "1", INIT_CWD: fixtures.folder },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
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
  assertStringIncludes(stdout, "folds: those of folds.json");
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
  fixtures.file("d.txt", good);
  const protocol = ["--protocol", "anyloss"], label = ["--label", "kind"];
  const expected: [string[], string][] = [
    [[], "One file is to be named"],
    [["d.csv"], "--label is to name the column"],
    [["d.csv", ...label, "--protocol", "ours"], "--protocol takes anyloss, not 'ours'"],
    [["no.csv", ...label, ...protocol], "There is no file 'no.csv'"],
    [["d.txt", ...label], "its name must end in .csv or .parquet"],
    [["d.csv", "--label", "y", ...protocol], "there is no column 'y', there are a, b, c, kind"],
    [
      ["d.csv", "--label", "a"],
      "each class needs 10 rows at least, '1' of 'a' has 3 (it has 11 values; name one with --positive",
    ],
    [["d.csv", ...label, "--positive", "Q"], "--positive must be a value of 'kind' ('B', 'M'), it is 'Q'"],
    [["d.csv", ...label, "--drop", "kind"], "--drop has the label 'kind'"],
    [["oops.csv", ...label], "1 of 40 values is none ('oops' in row 1): clean it, or leave it out with --drop"],
    [
      ["d.csv", "--label", "a", ...protocol],
      "a label of two classes, 'a' has 11: set one against the rest with --positive",
    ],
    [["ragged.csv", ...label], "line 3 has 5 fields, the header has 4"],
    [["d.csv", ...label, "--score", "f2"], "--score takes accuracy, balancedAccuracy"],
    [["d.csv", ...label, "--score", "f2"], "recallAtPrecision, and recall of more than two classes, not 'f2'"],
    [["d.csv", ...label, "--score", "recall"], "--score is 'recall' alone"],
    [["d.csv", ...label, "--score", "precisionAtRecall"], "--score precisionAtRecall needs --recall"],
    [["d.csv", ...label, "--score", "precisionAtRecall", "--recall", "2"], "--recall must be a number in (0, 1]"],
    [["d.csv", ...label, "--recall", "0.9"], "--recall does not belong to --score f1"],
    [["d.csv", ...label, "--repeats", "2.5"], "--repeats takes a"],
    [["d.csv", ...label, "--folds", "f.json"], "--folds is of no use without --protocol anyloss"],
    [["d.csv", ...label, ...protocol, "--save", "x"], "--save is of no use with --protocol anyloss"],
    [["d.csv", ...label, "--save", "none/x"], "--save none/x: there is no folder"],
    [["d.csv", ...label, ...protocol, "--json", "none/x.json"], "--json none/x.json: there is no folder"],
    [["d.csv", ...label, "--json", "."], "--json .: this is a folder"],
  ];
  await Promise.all(expected.map(async ([args, sentence]) => {
    const { code, stderr } = await compare(fixtures, ...args);
    assertStringIncludes(stderr, sentence);
    assertEquals(code, 2, sentence);
  }));
});

Deno.test("compare: --help says what the margin is, how many splits it takes and what a floor costs", async () => {
  using fixtures = new Fixtures();
  const { code, stdout } = await compare(fixtures, "--help");
  assertEquals(code, 0);
  for (
    const words of ["a tenth of what cross-entropy's score lacks", "how many splits, 3 at least", "can be below 0"]
  ) {
    assertStringIncludes(stdout, words);
  }
});

slow.test("compare: a table of texts and gaps; the sentence, JSON, CSV and a page that are the same numbers", async () => {
  using fixtures = new Fixtures();
  const lines = rows.map((row, i) => `${row},${i % 7 === 0 ? "?" : ["rent", "own"][i % 2]}`);
  fixtures.file("d.csv", `a,b,c,kind,home\n${[...lines, ...lines].join("\n")}\n`);
  const start = ["d.csv", "--label", "kind", "--score", "fBeta", "--beta", "2", "--repeats", "3"];
  const args = [...start, "--save", "out", "--json", "own.json"];
  const { code, stdout, stderr } = await compare(fixtures, ...args);
  assertEquals(code, 0, stderr);
  for (const words of ["categories, a column a value: home: 2 columns", "home 12", "out.json", "out.csv", "out.html"]) {
    assertStringIncludes(stdout, words);
  }
  const text = (name: string) => Deno.readTextFile(`${fixtures.folder}/${name}`);
  const { recommendation, losses } = JSON.parse(await text("out.json"));
  assertStringIncludes(stdout, recommendation);
  const [advice, ...evidence] = recommendation.split(/(?<=\.) /); // the advice alone is emphasised
  assertStringIncludes(
    await text("out.html"),
    `<strong>${advice}</strong> ${evidence.join(" ").replaceAll("'", "&#39;")}`,
  );
  const [head, ...scores] = (await text("out.csv")).trim().split("\n");
  assertEquals([head, scores.length], ["model,loss,threshold,split,fBeta2", 48]);
  assertEquals(await text("own.json"), await text("out.json"));
  assert(stdout.split("\n").filter((line) => line.startsWith("training ")).length < 5, stdout); // 24 trainings in some seconds
  assert(!stdout.includes("nothing is saved") && !stdout.includes("TensorFlow.js"));
  assertStringIncludes((await compare(fixtures, ...start)).stdout, "nothing is saved: --save NAME writes");
  const first = losses[0] as { model: string; loss: string; threshold: string; values: number[] };
  assertEquals(scores[0], `${first.model},"${first.loss}",${first.threshold},1,${first.values[0]}`);
});

slow.test("compare: the protocol takes texts and gaps, and says what it does with them", async () => {
  using fixtures = new Fixtures();
  const lines = rows.map((row, i) => `${i % 9 === 0 ? "" : i},${row},${i % 7 === 0 ? "?" : ["rent", "own"][i % 2]}`);
  fixtures.file("d.csv", `age,a,b,c,kind,home\n${lines.join("\n")}\n`);
  const args = ["d.csv", "--label", "kind", "--protocol", "anyloss", "--json", "out.json"];
  const { code, stdout, stderr } = await compare(fixtures, ...args);
  assertEquals(code, 0, stderr);
  for (const words of ["categories: a column of 0 and 1 each", "missing numbers: the median of the rows that are"]) {
    assertStringIncludes(stdout, words);
  }
  const { rows: table, withoutTestRows } = JSON.parse(await Deno.readTextFile(`${fixtures.folder}/out.json`));
  assertEquals([table.length, withoutTestRows.length], [6, 6]);
});

slow.test("compare: who stops the protocol after its first table has the paper's rows in the file", async () => {
  using fixtures = new Fixtures();
  const dataset = inferDataset(readFrame(fixtures.file("d.csv", good)), { label: "kind" });
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

Deno.test("compare: a Parquet file has the same answer as a CSV", () => {
  using fixtures = new Fixtures();
  const csv = fixtures.file("d.csv", good), frame = readFrame(csv), parquet = csv.replace(/csv$/, "parquet");
  frame.withColumns(...["a", "b", "c"].map((name) => pl.col(name).cast(pl.Float64))).writeParquet(parquet);
  const [one, two] = [csv, parquet].map((path) => inferDataset(readFrame(path), { label: "kind" }));
  assertEquals(one.frame.toRecords(), two.frame.toRecords());
});

Deno.test("inferDataset: which value is positive, what is missing, what is a number", () => {
  using fixtures = new Fixtures();
  const of = (text: string, positive?: string) =>
    inferDataset(readFrame(fixtures.file("t.csv", text)), { label: "y", positive });
  assertThrows(() => of("x,y\n1,0\n2,\n"), RangeError, "the label 'y' is missing in row 1");
  assertThrows(() => of("x,y\n1,0\n2,1\n", "2"), RangeError, "'positive' must be a value of 'y' ('0', '1')");
  assertEquals([...of("x,y\n1,0\n2.5,1\n3,1\n").yTrue], [0, 1, 1]);
  assertEquals([...of("x,y\n1,-1\n2,1\n3,1\n").yTrue], [0, 1, 1]);
  assertEquals([...of("x,y\n1,1\n2,2\n3,1\n").yTrue], [0, 1, 0]);
  assertEquals([...of("x,y\n1,0\n2,1\n", "0").yTrue], [1, 0]);
  const several = of("x,y\n1,10\n2,2\n3,1b\n4,2\n"); // numbers by their size, then texts
  assertEquals([several.names, several.classes, several.positive], [["2", "10", "1b"], [2, 1, 1], undefined]);
  assertEquals([...several.yTrue], [1, 0, 2, 0]);
  const rest = of("x,y\n1,10\n2,2\n3,b\n4,2\n", "2");
  assertEquals([rest.names, [...rest.yTrue], rest.chosen], [
    ["other", "2"],
    [0, 1, 0, 1],
    "as asked, against 2 others",
  ]);
  const { frame, categorical, missing, constant } = of("\uFEFFx, z ,c,y\n1,red,5,0\nNA,?,5,1\n1e3,blue,5,1\n");
  assertEquals(frame.columns, ["x", "z", "c", "y"]);
  assertEquals(frame.toRecords().map(({ x }) => x), [1, null, 1000]);
  assertEquals([categorical, missing, constant], [["z"], { x: 1, z: 1 }, ["c"]]);
});

Deno.test("inferDataset: numbers and dates that are spelt as text are no categories; codes and ranges are", () => {
  const of = (values: unknown[]) =>
    inferDataset(pl.DataFrame({ v: values, y: values.map((_, i) => i % 2) }), { label: "y" });
  const numbers = Array.from({ length: 300 }, (_, i) => String(i % 80));
  const refused: [unknown[], string][] = [
    [
      numbers.with(7, "oops"),
      "'v' holds numbers, but 1 of 300 values is none ('oops' in row 7): clean it, or leave it out",
    ],
    [["?", "3+", ...numbers.slice(0, 20)], "'v' holds numbers, but 1 of 21 values is none ('3+' in row 1)"],
    [["12%", "7.5 %", "3%"], "'v' holds numbers that are spelt as text ('12%' in row 0): write them as numbers"],
    [["", "$1,200", "$15", "none"], "'v' holds numbers that are spelt as text ('$1,200' in row 1)"],
    [["2020-01-05", "2020-02-05T10:00", "later"], "'v' holds dates or times as text ('2020-01-05' in row 0)"],
    [["5.1.2020", "6.1.2020"], "'v' holds dates or times as text"],
    [["12:30", "07:05:10"], "'v' holds dates or times as text"],
    [[null, new Date(0), new Date(1e9)], "'v' holds dates (1970-01-01T00:00:00.000Z in row 1): make numbers of them"],
  ];
  for (const [values, sentence] of refused) assertThrows(() => of(values), RangeError, sentence);
  for (
    const values of [["A1", "B2", "A1"], ["18-25", "26-40", "18-25"], ["3 rooms", "2 rooms"], [
      "0",
      "1",
      "2",
      "?",
      "3+",
      "1",
    ]]
  ) {
    assertEquals(of(values).categorical, ["v"]);
  }
});

Deno.test("readFrame: what is not UTF-8 is refused, with its line", () => {
  using fixtures = new Fixtures();
  const path = fixtures.file("l.csv", ""), latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  Deno.writeFileSync(path, latin1("town,y\nBonn,0\nKöln,1\n"));
  assertThrows(() => readFrame(path), Error, "l.csv': line 3 is not UTF-8 (is it Latin-1?), save it as UTF-8");
  Deno.writeFileSync(path, latin1("höhe,y\n1,0\n"));
  assertThrows(() => batchesOf(path, { label: "y" }), RangeError, "its header is not UTF-8 (is it Latin-1?)");
  Deno.writeTextFileSync(path, "\uFEFFtown,y\nBonn,0\nKöln,1\n");
  assertEquals(readFrame(path).getColumn("town").toArray(), ["Bonn", "Köln"]);
});

Deno.test("readFolds: each row in exactly one of ten lists", () => {
  const refuse = (lists: unknown, message: string) =>
    assertThrows(() => readFolds(JSON.stringify({ test: lists }), 40), RangeError, message);
  assertEquals(readFolds(JSON.stringify({ test }), 40).map((fold) => fold.test), test);
  refuse(test.slice(1), "'test' must be 10 lists");
  refuse(test.with(3, [3, 13, 23, 40]), "rows from 0 to 39, list 3 has 40");
  refuse(test.with(3, [3, 13, 23, 2]), "row 2 is in list 2 and in list 3");
  refuse(test.with(3, [3, 13, 23]), "row 33 is in no list");
  assertThrows(() => readFolds("{", 40), RangeError, "this is no JSON");
});
