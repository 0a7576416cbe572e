// deno task compare: what is refused, and the folds that are brought along. The numbers are tested in anyloss_test.ts.
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { readFolds } from "../../lib/compare/read_folds.ts";
import { readTable } from "../../lib/compare/read_table.ts";
import { Fixtures } from "../tasks/fixtures.ts";

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

Deno.test("compare: the folds and the positive class are said, and --json has the rows", async () => {
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
  const keys = ["loss", "accuracy", "f1", "fBeta0.5", "fBeta2", "gMean", "balancedAccuracy"];
  assertEquals(rows.map(Object.keys), Array(6).fill(keys));
});

Deno.test("compare: bad usage is one sentence and 2", async () => {
  using fixtures = new Fixtures();
  fixtures.file("d.csv", good);
  const protocol = ["--protocol", "anyloss"];
  const expected: [string[], string][] = [
    [[], "One file is to be named"],
    [["d.csv"], "--label is to name the column"],
    [["d.csv", "--label", "kind"], "--protocol takes anyloss, and is missing"],
    [["no.csv", "--label", "kind", ...protocol], "There is no file 'no.csv'"],
    [["d.csv", "--label", "y", ...protocol], "the file has no column 'y', it has a, b, c, kind"],
    [["d.csv", "--label", "a", ...protocol], "the label 'a' must have two values, it has 11"],
  ];
  for (const [args, sentence] of expected) {
    const { code, stderr } = await compare(fixtures, ...args);
    assertEquals(code, 2, sentence);
    assertStringIncludes(stderr, sentence);
  }
});

Deno.test("readTable: texts and missing values are errors that name column and row; which value is positive", () => {
  using fixtures = new Fixtures();
  const of = (text: string, asked?: string) => readTable(fixtures.file("t.csv", text), "y", asked);
  assertThrows(() => of("x,y\n1,0\nred,1\n"), RangeError, "the column 'x' must hold numbers only, row 1 has 'red'");
  assertThrows(
    () => of("x,y\n1,0\n,1\n"),
    RangeError,
    "the column 'x' must hold numbers only, row 1 has a missing value",
  );
  assertThrows(() => of("x,y\n1,0\n2,\n"), RangeError, "the label 'y' is missing in row 1");
  assertThrows(() => of("x,y\n1,0\n2,1\n", "2"), RangeError, "'positive' must be '0' or '1'");
  assertEquals([...of("x,y\n1,0\n2.5,1\n3,1\n").yTrue], [0, 1, 1]);
  assertEquals([...of("x,y\n1,-1\n2,1\n3,1\n").yTrue], [0, 1, 1]);
  assertEquals([...of("x,y\n1,1\n2,2\n3,1\n").yTrue], [0, 1, 0]);
  assertEquals([...of("x,y\n1,0\n2,1\n", "0").yTrue], [1, 0]);
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
