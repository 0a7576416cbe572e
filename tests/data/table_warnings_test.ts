// What readTable says of a table, one fact at a time, and what it makes of the columns.
import { assertEquals, assertRejects } from "@std/assert";
import { readTable, type ReadTableOptions } from "@roundabout/roundabout/data";
import { Fixtures } from "../tasks/fixtures.ts";

const rows = 40, upTo = Array.from({ length: rows }, (_, i) => i);
/** Numbers without an order, which do not tell the label. */
const x = upTo.map((i) => ((i * 17) % rows) / 8), y = upTo.map((i) => i % 3 === 0 ? 1 : 0);

type Columns = Record<string, readonly unknown[]>;

/** A text file with the columns x and y, and more before and between. */
const textOf = (more: Columns, separator = ",", columns: Columns = { x, ...more, y }) =>
  [Object.keys(columns), ...upTo.map((i) => Object.values(columns).map((values) => values[i] ?? ""))]
    .map((fields) => fields.join(separator)).join("\n");

async function read(more: Columns, options: Partial<ReadTableOptions> = {}, text = textOf(more)) {
  using fixtures = new Fixtures();
  return await readTable(fixtures.file("t.csv", text), { label: "y", ...options });
}

const warningsOf = async (...given: Parameters<typeof read>) =>
  (await read(...given)).warnings.map(({ code, column, message }) => [code, column ?? "", message]);

const refused = async (more: Columns, options: Partial<ReadTableOptions>, problem: string, text?: string) =>
  void await assertRejects(() => read(more, options, text), RangeError, problem);

Deno.test("a table without faults has no warning, and its features their kinds", async () => {
  const table = await read({
    colour: upTo.map((i) => ["red", "blue", "NA", "red"][i % 4]),
    truth: upTo.map((i) => i % 5 === 0),
  });
  assertEquals(table.warnings, []);
  assertEquals(table.features, [
    { name: "x", kind: "number", used: true, missing: 0 },
    { name: "colour", kind: "category", used: true, levels: 2, missing: 10 },
    { name: "truth", kind: "boolean", used: true, missing: 0 },
  ]);
});

Deno.test("columns that are left out, and why", async () => {
  const why = async (more: Columns, options: Partial<ReadTableOptions> = {}) => {
    const { features, columns } = await read(more, options);
    const [{ used, why, missing }] = features.filter(({ name }) => name === "a");
    assertEquals(columns.some(({ name }) => name === "a"), used);
    return [used, why, missing];
  };
  assertEquals(await why({ a: upTo }), [false, "it counts the rows from 0", 0]);
  assertEquals(await why({ a: upTo }, { keep: ["a"] }), [true, undefined, 0]);
  assertEquals(await why({ a: upTo }, { drop: ["a"] }), [false, "as requested", 0]);
  assertEquals(await why({ a: upTo.map((i) => i >> 2) }, { group: "a" }), [false, "its rows stay together", 0]);
  assertEquals(await why({ a: x }, { beside: ["a"] }), [false, "it is read beside the features", 0]);
  assertEquals(await why({ a: x }, { beside: ["a"], keep: ["a"] }), [true, undefined, 0]);
  assertEquals(await why({ a: [] }), [false, "it has no value", rows]);
  assertEquals(await why({ a: [2.5, 3, 4.5] }), [false, "it has a value in 3 of 40 rows only", 37]);
  assertEquals(await why({ a: [2.5, 3, 4.5, 5] }), [true, undefined, 36], "a tenth of the rows");
  assertEquals(await why({ a: upTo.map(() => 7) }), [true, "it is constant", 0]);
  assertEquals(await why({ a: upTo.map((i) => i % 2 ? "007" : "12") }), [
    true,
    "'007' in row 2 (line 3) has leading zeros",
    0,
  ]);
});

Deno.test("the warning of each fact names its column and says what to write", async () => {
  assertEquals(await warningsOf({ a: upTo }), [[
    "index-column",
    "a",
    "the column 'a' is left out: it counts the rows from 0; list it in 'keep' to use it, in 'drop' to say so",
  ]]);
  assertEquals(await warningsOf({ a: x }, { beside: ["a"] }), [[
    "beside-column",
    "a",
    "the column 'a' is no feature: it is read beside the features; list it in 'keep' if it is known before the label",
  ]]);
  assertEquals(await warningsOf({ a: [] }), [["empty-column", "a", "the column 'a' is left out: it has no value"]]);
  assertEquals(await warningsOf({ a: [2.5, 3] }), [
    ["sparse-column", "a", "the column 'a' is left out: it has a value in 2 of 40 rows only"],
  ]);
  assertEquals(await warningsOf({ a: upTo.map(() => 7) }), [[
    "constant-column",
    "a",
    "the column 'a' has one value only",
  ]]);
  const codes = { a: upTo.map((i) => i % 2 ? "007" : "12") };
  assertEquals(await warningsOf(codes), [[
    "code-column",
    "a",
    "the column 'a' is read as categories: '007' in row 2 (line 3) has leading zeros, as codes have; list it in 'numbers' " +
    "if they are numbers",
  ]]);
  assertEquals(await warningsOf(codes, { numbers: ["a"] }), []);
  assertEquals(await warningsOf({ a: y.map((v) => v * 2 + 1) }), [[
    "leak",
    "a",
    "the column 'a' alone determines 'y', or nearly so: if it is known only after the label, leave it out with 'drop'",
  ]]);
  const ids = { pet_id: upTo.map((i) => (i * 7 % 20) + 0.5) };
  const fact =
    "'pet_id' has 20 values in 40 rows: rows that share one may lie in training and in test, which flatters every loss";
  assertEquals(await warningsOf(ids), [[
    "repeated-id",
    "pet_id",
    `${fact}; it is a feature now; keep them together with 'group'`,
  ]]);
  assertEquals(await warningsOf(ids, { drop: ["pet_id"] }), [[
    "repeated-id",
    "pet_id",
    `${fact}; keep them together with 'group'`,
  ]]);
  assertEquals(await warningsOf(ids, { group: "pet_id" }), []);
  const days = { day: upTo.map((i) => `2024-01-${10 + (i >> 1)}`) };
  assertEquals((await warningsOf(days, { drop: ["day"] })).map(([code, column]) => [code, column]), [[
    "time-order",
    "day",
  ]]);
});

Deno.test("rows that repeat stay together, unless a column groups them or few rows differ", async () => {
  const of = async (distinct: number, options: Partial<ReadTableOptions> = {}) => {
    const columns = {
      x: upTo.map((i) => i % distinct / 3),
      g: upTo.map((i) => i % 10 / 2),
      y: upTo.map((i) => i % distinct % 2),
    };
    const { warnings, groups } = await read({}, options, textOf({}, ",", columns));
    const [warning] = warnings.filter(({ code }) => code === "duplicate-rows");
    return [warning?.message, groups === undefined ? undefined : new Set(groups).size];
  };
  assertEquals(await of(39, { drop: ["g"] }), [
    "1 of 40 rows repeats an earlier row; equal rows stay in one part of a split",
    39,
  ]);
  assertEquals(await of(20, { drop: ["g"] }), [
    "20 of 40 rows repeat an earlier row; equal rows stay in one part of a split",
    20,
  ]);
  assertEquals(await of(10, { drop: ["g"] }), [
    "30 of 40 rows repeat an earlier row; they are drawn one by one, as rows of few possible values are",
    undefined,
  ]);
  assertEquals(await of(20, { group: "g" }), [
    "20 of 40 rows repeat an earlier row; 'g' decides in which part of a split each lies",
    10,
  ]);
  assertEquals(await of(40, { drop: ["g"] }), [undefined, undefined]);
});

Deno.test("rows without a label are refused, or left out with a warning", async () => {
  const gaps = (...texts: string[]) =>
    textOf({}, ",", { x, c: upTo.map((i) => ["u", "v"][i % 2]), y: y.map((v, i) => texts[i] ?? v) });
  const fact = "the label 'y' is missing in 2 rows, first in row 1 (line 2)";
  await refused({}, {}, `${fact}: leave such rows out with 'dropUnlabelled'`, gaps("", " "));
  await refused(
    {},
    {},
    `${fact}, spelt 'NA': leave such rows out with 'dropUnlabelled', or write another word`,
    gaps("NA", ""),
  );
  await refused({}, {}, "is missing in 1 row, first in row 1 (line 2), spelt '?'", gaps("?"));
  const { warnings, yTrue, columns: [first, second] } = await read({}, { dropUnlabelled: true }, gaps("", "NA"));
  assertEquals(warnings, [{ code: "unlabelled-rows", column: "y", message: `${fact}; such rows are left out` }]);
  assertEquals([yTrue.length, first.kind === "number" && [...first.values]], [38, x.slice(2)]);
  assertEquals(second.kind === "category" && [...second.codes].map((code) => second.levels[code]).slice(0, 3), [
    "u",
    "v",
    "u",
  ]);
});

Deno.test("of a larger table rows are drawn at random, in their order", async () => {
  const { warnings, yTrue, columns: [first] } = await read({}, { rows: 25 });
  const message = "25 of 40 rows were drawn at random and are compared on; 'rows' sets their largest number";
  assertEquals(warnings, [{ code: "sampled-rows", message }]);
  const drawn = first.kind === "number" ? [...first.values].map((v) => x.indexOf(v)) : [];
  assertEquals([yTrue.length, drawn.toSorted((a, b) => a - b)], [25, drawn]);
  assertEquals([...yTrue], drawn.map((i) => y[i]));
  assertEquals((await read({}, { rows: 40 })).warnings, []);
});

Deno.test("names that are not there, and names that contradict each other, are refused", async () => {
  await refused({}, { drop: ["a"] }, "there is no column 'a', only x, y");
  await refused({}, { group: "a" }, "there is no column 'a', only x, y");
  assertEquals((await read({}, { drop: [""] })).warnings, []);
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, k) => [`c${k}`, x]));
  await refused(many, { label: "z" }, "only x, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, … (14)");
  const ten = Object.fromEntries(Object.entries(many).slice(0, 10));
  await refused(ten, { label: "z" }, "only x, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, y");
  await refused({}, { label: "z" }, "only 1.5, 3; the first line must hold names", "1.5,3\n1,2\n");
  await refused({}, { label: "z" }, "only 1.5, a", "1.5,a\n1,2\n");
  await refused({}, { label: "z" }, "only x; fields are separated by", "x\n1\n");
  await refused({}, { drop: ["y"] }, "'drop' contains the label 'y'");
  await refused({}, { beside: ["y"] }, "'beside' contains the label 'y'");
  await refused({}, { keep: ["x"], drop: ["x"] }, "'x' is in 'drop' and in 'keep'");
  await refused({ a: x }, { keep: ["a"], group: "a" }, "'a' is in 'keep' and in 'group', which is no feature");
  for (const options of [{ drop: ["x"] }, { beside: ["x"] }, { group: "x" }]) {
    await refused({}, options, "there is no column besides the label 'y'");
  }
  await refused(
    { a: [1, 2] },
    { group: "a" },
    "'group' must have a value in every row, 'a' has none in row 3 (line 4)",
  );
});
