// readTable: the kind of each column, missing values, classes, and what is refused.
import { assert, assertEquals, assertRejects } from "@std/assert";
import pl from "nodejs-polars";
import {
  type Column,
  type Frame,
  loadDataset,
  readTable,
  type ReadTableOptions,
  trainTestSplit,
} from "@roundabout/roundabout/data";
import { Fixtures } from "../tasks/fixtures.ts";

/** The values of a column, `null` where one is missing. */
const valuesOf = (column: Column): (number | string | null)[] =>
  column.kind === "number"
    ? [...column.values].map((value) => Number.isNaN(value) ? null : value)
    : [...column.codes].map((code) => code < 0 ? null : column.levels[code]);

async function readText(text: string, options: Partial<ReadTableOptions> = {}) {
  using fixtures = new Fixtures();
  return await readTable(fixtures.file("t.csv", text), { label: "y", ...options });
}

/** A table with one feature, v, of these values. */
const ofValues = (values: unknown[]) =>
  readTable(pl.DataFrame({ v: values, y: values.map((_, i) => i % 2) }), { label: "y" });

Deno.test("readTable: of two values 1 or true is positive beside 0, -1 or false, otherwise the rarer one", async () => {
  const yOf = async (labels: string[], positive?: string) => {
    const { yTrue, classes, chosen } = await readText(`x,y\n${labels.map((y, i) => `${i},${y}\n`).join("")}`, {
      positive,
    });
    return [[...yTrue], classes.map(({ name }) => name), chosen];
  };
  assertEquals(await yOf(["0", "1", "1"]), [[0, 1, 1], ["0", "1"], "'0' is negative"]);
  assertEquals(await yOf(["-1", "1", "1"]), [[0, 1, 1], ["-1", "1"], "'-1' is negative"]);
  assertEquals(await yOf(["true", "false", "true"]), [[1, 0, 1], ["false", "true"], "'false' is negative"]);
  assertEquals(await yOf(["1", "2", "1"]), [[0, 1, 0], ["1", "2"], "the rarer one"]);
  assertEquals(await yOf(["2", "1", "2"]), [[0, 1, 0], ["2", "1"], "the rarer one"]);
  assertEquals(await yOf(["a", "b", "b", "a"]), [[0, 1, 1, 0], ["a", "b"], "both are equally frequent"]);
  assertEquals(await yOf(["0", "1"], "0"), [[1, 0], ["1", "0"], "as requested"]);
});

Deno.test("readTable: of more than two values each is a class, numbers by size, then texts; or one against the rest", async () => {
  const text = "x,y\n1,10\n2,2\n3,1b\n4, 2 \n";
  const { yTrue, classes, positive, chosen } = await readText(text);
  assertEquals(classes, [{ name: "2", rows: 2 }, { name: "10", rows: 1 }, { name: "1b", rows: 1 }]);
  assertEquals([[...yTrue], positive, chosen], [[1, 0, 2, 0], undefined, "one class per value"]);
  const rest = await readText(text, { positive: "2" });
  assertEquals(rest.classes, [{ name: "other", rows: 2 }, { name: "2", rows: 2 }]);
  assertEquals([[...rest.yTrue], rest.positive, rest.chosen], [[0, 1, 0, 1], "2", "as requested, against 2 others"]);
});

Deno.test("readTable: numbers, categories, missing values, constant and empty columns", async () => {
  const { columns, missing, constant, empty } = await readText(
    '\uFEFF"x", z ,c,d,y,e,n\n1,red,5,k,0,,7\nNA, ?,5,k,1,N/A,\n1e+3,blue ,5,k,1,null,7\n',
  );
  assertEquals(columns.map(({ name, kind }) => [name, kind]), [
    ["x", "number"],
    ["z", "category"],
    ["c", "number"],
    ["d", "category"],
    ["n", "number"],
  ]);
  assertEquals(columns.map(valuesOf), [[1, null, 1000], ["red", null, "blue"], [5, 5, 5], ["k", "k", "k"], [
    7,
    null,
    7,
  ]]);
  assertEquals(columns[1].kind === "category" && columns[1].levels, ["blue", "red"]);
  assertEquals([missing, constant, empty], [{ x: 1, z: 1, n: 1 }, ["c", "d"], ["e"]]);
  const { columns: others } = await readText("a,b,y\n1,2,0\n3,4,1\n", { drop: ["a"] });
  assertEquals(others.map(({ name }) => name), ["b"]);
});

Deno.test("readTable: numbers keep all digits of the file; booleans and integers of a frame are numbers", async () => {
  const { columns: [digits] } = await readText("x,y\n0.1234567890123456,0\n16777217,1\n");
  assertEquals(valuesOf(digits), [0.1234567890123456, 16777217]);
  assertEquals(valuesOf((await ofValues([true, false, true])).columns[0]), [1, 0, 1]);
  const whole = pl.DataFrame([pl.Series("v", [1, null, 3], pl.Int64), pl.Series("y", [0, 1, 1], pl.Int8)]);
  assertEquals(valuesOf((await readTable(whole, { label: "y" })).columns[0]), [1, null, 3]);
});

Deno.test("readTable: a CSV file, a Parquet file and a frame are the same table", async () => {
  using fixtures = new Fixtures();
  const text = "a, kind ,y\n1.5,M,0\n,B,1\n3,?,1\n", csv = fixtures.file("d.csv", text), parquet = csv + ".parquet";
  const frame = pl.DataFrame([
    pl.Series("a", [1.5, null, 3], pl.Float64),
    pl.Series(" kind ", ["M", "B", null], pl.Utf8),
    pl.Series("y", [0, 1, 1], pl.Int64),
  ]);
  frame.writeParquet(parquet);
  const [one, ...others] = await Promise.all([csv, parquet, frame].map((source) => readTable(source, { label: "y" })));
  assertEquals(one.missing, { a: 1, kind: 1 });
  for (const other of others) assertEquals(other, one);
});

Deno.test("readTable: a data set's columns are those of loadDataset", async () => {
  const { frame, features, categorical, label, classes } = await loadDataset("credit");
  const table = await readTable("data/credit.csv", { label });
  assertEquals(table.columns.map(({ name }) => name), features);
  assertEquals(table.columns.filter(({ kind }) => kind === "category").map(({ name }) => name), categorical);
  for (const column of table.columns) {
    assertEquals<unknown>(valuesOf(column), [...frame.getColumn(column.name).toArray()]);
  }
  assertEquals(table.classes.map(({ rows }) => rows), classes);
});

const codes = ["0", "1", "2", "?", "3+", "1"], numbers = Array.from({ length: 300 }, (_, i) => String(i % 80));

Deno.test("readTable: one error names all columns that cannot be features, and none of the others", async () => {
  const rows = Array.from({ length: 120 }, (_, i) => `name ${i},2024-01-0${i % 9 + 1},${i % 7},${i % 2}\n`);
  const text = `who,since,age,y\n${rows.join("")}`;
  const { message } = await assertRejects(() => readText(text), RangeError);
  assertEquals(message.split("\n"), [
    "Cannot read the table: 2 columns cannot be features as they are:",
    "  'who' has 120 distinct texts ('name 0' in row 1 (line 2)): leave it out with 'drop' if it is a name, or merge categories",
    "  'since' holds dates or times as text ('2024-01-01' in row 1 (line 2)): convert them to numbers, or leave the column out with 'drop'",
  ]);
  const { columns } = await readText(text, { drop: ["who", "since"] });
  assertEquals(columns.map(({ name }) => name), ["age"]);
});

Deno.test("readTable: texts that are mostly numbers or dates are refused; codes and ranges are categories", async () => {
  const refused: [unknown[], string][] = [
    [
      numbers.with(7, "oops"),
      "'v' holds numbers, but 1 of 300 values is not a number ('oops' in row 8): correct the values, declare a missing value with 'missing', or leave the column out",
    ],
    [["?", "3+", ...numbers.slice(0, 20)], "'v' holds numbers, but 1 of 21 values is not a number ('3+' in row 2)"],
    [numbers.with(7, "oops").with(9, "no"), "2 of 300 values are not a number ('oops' in row 8)"],
    [
      ["12%", "7.5 %", "3%"],
      "'v' holds numbers that are formatted as text ('12%' in row 1): write them as plain numbers",
    ],
    [["", "$1,200", "$15", "none"], "'v' holds numbers that are formatted as text ('$1,200' in row 2)"],
    [["2020-01-05", "2020-02-05T10:00", "later"], "'v' holds dates or times as text ('2020-01-05' in row 1)"],
    [["5.1.2020", "6.1.2020"], "'v' holds dates or times as text"],
    [["12:30", "07:05:10"], "'v' holds dates or times as text"],
    [
      [null, new Date(0), new Date(1e9)],
      "'v' holds dates (1970-01-01T00:00:00.000Z in row 2): convert them to numbers",
    ],
    [Array(60).fill(1).with(7, Infinity), "'v' is infinite in row 8"],
    [["1", "-inf", "2"], "'v' is infinite in row 2"],
    [["Infinity", "1", "2"], "'v' is infinite in row 1"],
    [Array.from({ length: 200 }, (_, i) => `n${i % 101}`), "'v' has 101 distinct texts ('n0' in row 1): leave it out"],
  ];
  for (const [values, sentence] of refused) await assertRejects(() => ofValues(values), RangeError, sentence);
  const accepted: unknown[][] = [
    ["A1", "B2", "A1"],
    ["18-25", "26-40", "18-25"],
    ["3 rooms", "2 rooms"],
    codes,
    [...numbers.slice(0, 12), "many"], // twelve codes beside a text
    ["12%", "none"], // half of them
    Array.from({ length: 200 }, (_, i) => `n${i % 100}`),
  ];
  for (const values of accepted) assertEquals((await ofValues(values)).columns[0].kind, "category");
  await assertRejects(() => ofValues([...numbers.slice(0, 13), "many"]), RangeError, "holds numbers"); // thirteen
});

Deno.test("readTable: bad options and tables without labels or features are refused by name", async () => {
  const frame = pl.DataFrame({ a: [1, 2, 3], b: [4, 5, 6], y: [0, 1, 1] });
  const refused: [Frame | number, Partial<Record<keyof ReadTableOptions, unknown>>, string][] = [
    [3, {}, "'source' must be a file's path or a frame, it is 3"],
    [frame, { label: "z" }, "Cannot read the table: there is no column 'z', only a, b, y"],
    [frame, { label: "" }, "there is no column '', only a, b, y"],
    [pl.DataFrame({ "1.5": [1], "0": [0] }), { label: "y" }, "only 0, 1.5; the first line must hold names"],
    [pl.DataFrame({ "": [1, 2], y: [0, 1] }), { label: "z" }, "there is no column 'z', only (no name), y"],
    [frame, { drop: ["a"], keep: ["a"] }, "'a' is in 'drop' and in 'keep'"],
    [frame, { separator: ":" }, "'separator' must be ',', ';', '|' or a tab, it is ':'"],
    [frame, { mergeRare: -1 }, "'mergeRare' must be an integer"],
    [frame, { label: 3 }, "'label' must be the name of a column, it is 3"],
    [frame, { positive: 1 }, "'positive' must be a text, as in the table, it is 1"],
    [frame, { drop: "a" }, "'drop' must be a list of names of columns, it is 'a'"],
    [frame, { keep: "a" }, "'keep' must be a list of names of columns, it is 'a'"],
    [frame, { numbers: [0] }, "'numbers' must be a list of names of columns, it is [0]"],
    [frame, { beside: null }, "'beside' must be a list of names of columns, it is null"],
    [frame, { missing: "?" }, "'missing' must be a list of texts, it is '?'"],
    [frame, { dropUnlabelled: "false" }, "'dropUnlabelled' must be true or false, it is 'false'"],
    [frame, { labels: "y" } as object, "'labels' is 'y', but there is no such option"],
    [pl.DataFrame({ a: [1, 2], " a": [1, 2], y: [0, 1] }), {}, "Cannot read the table: it has the column 'a' twice"],
    [frame, { drop: ["c"] }, "there is no column 'c'"],
    [frame, { drop: ["y"] }, "'drop' contains the label 'y'"],
    [frame, { drop: ["a", "b"] }, "there is no column besides the label 'y'"],
    [frame, { positive: "2" }, "'positive' must be a value of 'y' ('0', '1'), it is '2'"],
    [
      pl.DataFrame({ a: [1, 2], y: [null, 1] }),
      {},
      "the label 'y' is missing in 1 row, first in row 1: leave such rows out with 'dropUnlabelled'",
    ],
    [pl.DataFrame({ a: ["", null], y: [0, 1] }), {}, "all columns besides 'y' are empty or left out"],
    [pl.DataFrame({ a: [1, 2], y: [1, 1] }), {}, "the label 'y' has no value but '1'"],
    [
      pl.DataFrame(Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`c${i}`, [1]]))),
      {},
      "there is no column 'y', only c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, c10, c11, … (13)",
    ],
  ];
  for (const [source, options, sentence] of refused) {
    const error = await assertRejects(
      () => readTable(source as Frame, { label: "y", ...options } as ReadTableOptions),
      Error,
      sentence,
    );
    assert(!error.message.endsWith("."));
  }
});

Deno.test("readTable: plain decimals are numbers; what is declared missing is, and one code among them makes categories", async () => {
  const column = async (values: string[], options: Partial<ReadTableOptions> = {}) => {
    const text = `x,y\n${values.map((value, i) => `${value},${i % 2}\n`).join("")}`;
    const { columns: [found], features: [{ kind }] } = await readText(text, options);
    return [kind, valuesOf(found)];
  };
  const plain = ["1.50", "-999", "+0.25", "NA", "20"];
  assertEquals(await column(plain), ["number", [1.5, -999, 0.25, null, 20]]);
  assertEquals(await column(plain, { missing: ["-999"] }), ["number", [1.5, null, 0.25, null, 20]]);
  assertEquals(await column(["1", "02", "3"]), ["category", ["1", "02", "3"]]);
  assertEquals(await column(["123456789012345", ".5", "5."]), ["number", [123456789012345, 0.5, 5]]);
  await assertRejects(() => column(["1", "9007199254740995"]), RangeError, "beyond 2^53 (9007199254740995 in row 2");
});

Deno.test("readTable: a decimal comma is found where it can be nothing else, and said; it can be named, and so can the point", async () => {
  const text = "a;b;c;y\n1,5;1,234;x;0\n-0,25;22,500;2,5;1\n;3;x;0\n";
  const { columns, warnings } = await readText(text, { decimal: "," });
  assertEquals(columns.map(valuesOf), [[1.5, -0.25, null], [1.234, 22.5, 3], ["x", "2,5", "x"]]);
  assertEquals(warnings.filter(({ code }) => code === "decimal-comma"), []);
  const found = await readText(text.replace("1,234", "1,23"));
  assertEquals(found.columns.map(valuesOf), [[1.5, -0.25, null], [1.23, 22.5, 3], ["x", "2,5", "x"]]);
  assertEquals(found.warnings.filter(({ code }) => code === "decimal-comma"), [
    { code: "decimal-comma", message: "the numbers of 'a', 'b' have a decimal comma; 'decimal' sets the mark" },
  ]);
  assertEquals((await readText("a;y\n1,5;0\n2;1\n", { beside: ["a"], keep: ["a"] })).beside.a, Float64Array.of(1.5, 2));
  const refusals: [string, Partial<ReadTableOptions>, string][] = [
    [
      text,
      {},
      "'b' holds '1,234' in row 1 (line 2), a decimal comma or a thousands separator: say which with 'decimal'",
    ],
    [text, { decimal: "." }, "holds numbers that are formatted as text ('1,5' in row 1 (line 2))"],
    [text.replaceAll(";", "|"), {}, "holds numbers that are formatted as text ('1,5' in row 1 (line 2))"],
    ["a;y\n1,5;0\n1.5;1\n", { decimal: "," }, "'a' holds '1.5' in row 2 (line 3), where the comma is the decimal mark"],
    [text, { decimal: ";" as "," }, "'decimal' must be '.' or ',', it is ';'"],
  ];
  for (const [text, options, said] of refusals) {
    const { message } = await assertRejects(() => readText(text, options), RangeError);
    assert(message.includes(said), message);
  }
});

Deno.test("readTable: unique integers under a name that ends in id name the rows, in any order; others are numbers", async () => {
  const n = 40, shuffled = Array.from({ length: n }, (_, i) => 1000 + (7 * i) % n), y = shuffled.map((_, i) => i % 2);
  const read = async (name: string, values: readonly number[], options: Partial<ReadTableOptions> = {}) => {
    const frame = pl.DataFrame({ x: y.map((v, i) => (v + i % 3) / 7), [name]: [...values], y });
    return (await readTable(frame, { label: "y", ...options })).features.find((one) => one.name === name);
  };
  for (const name of ["id", "ID", "customer_id", "Customer ID", "PassengerId", "userID"]) {
    assertEquals((await read(name, shuffled))?.why, "its integers are unique and its name ends in 'id'", name);
  }
  for (const name of ["valid", "PAID", "grid", "idle", "id_count"]) assert((await read(name, shuffled))?.used, name);
  assert((await read("shop_id", shuffled.map((v) => v % 10)))?.used); // it repeats
  assert((await read("ratio_id", shuffled.map((v) => v / 8)))?.used);
  assert((await read("id", shuffled, { keep: ["id"] }))?.used);
});

Deno.test("readTable: an id with several rows is named, as a feature and left out; rows in the order of time are", async () => {
  const n = 24, y = Array.from({ length: n }, (_, i) => i % 3 === 0 ? 1 : 0), x = y.map((v, i) => (v + i % 5) / 7);
  const codes = async (columns: Record<string, readonly unknown[]>, options: Partial<ReadTableOptions> = {}) => {
    const lines = [Object.keys(columns), ...y.map((_, i) => Object.values(columns).map((values) => values[i]))];
    const { warnings } = await readText(lines.map((line) => line.join(",")).join("\n") + "\n", options);
    return warnings.filter(({ code }) => ["repeated-id", "time-order"].includes(code));
  };
  const persons = y.map((_, i) => (7 * i) % 12 + 50), days = y.map((_, i) => `2024-01-${10 + (i >> 1)} 08:00`);
  const [used] = await codes({ x, patientid: persons, y });
  assertEquals(used, {
    code: "repeated-id",
    column: "patientid",
    message:
      "'patientid' has 12 values in 24 rows: rows that share one may lie in training and in test, which flatters " +
      "every loss; it is a feature now; keep them together with 'group'",
  });
  const [dropped] = await codes({ x, lesion_id: persons.map((id) => `L${id}`), y }, { drop: ["lesion_id"] });
  assert(dropped.message.endsWith("which flatters every loss; keep them together with 'group'"), dropped.message);
  assertEquals(await codes({ x, paid: persons, y }), []);
  assertEquals(await codes({ x, shop_id: persons.map((id) => id % 9), y }), []); // nine are a category
  assertEquals(await codes({ x, case_id: y.map((_, i) => (7 * i) % n + 50), y }), []);
  assertEquals(await codes({ x, case_id: y.map((_, i) => (7 * i) % (n - 1) + 50), y }), []); // one slip in 24 rows
  assertEquals((await codes({ x, case_id: y.map((_, i) => (7 * i) % (n - 2) + 50), y })).length, 1);
  const [time] = await codes({ x, day: days, y }, { drop: ["day"] });
  assertEquals([time.code, time.column], ["time-order", "day"]);
  for (const day of [days.toReversed(), days.map(() => days[0]), days.with(3, "?"), y.map((_, i) => 10 + i)]) {
    assertEquals(await codes({ x, day, y }, { drop: ["day"] }), []);
  }
});

Deno.test("readTable: a label spelt None may be a class, and one column may have another separator: the error says so", async () => {
  const refused = (text: string, sentence: string) => assertRejects(() => readText(text), RangeError, sentence);
  await refused(
    "x,y\n1,None\n2,Minor\n",
    "such rows out with 'dropUnlabelled', or write another word if it is a class",
  );
  await refused("x,y\n1,\n2,Minor\n", "leave such rows out with 'dropUnlabelled'");
  await refused(
    "a b\n1 0\n",
    "there is no column 'y', only a b; fields are separated by a comma, a semicolon, a tab or",
  );
});

Deno.test("readTable: a column of a few texts is left out if all of them differ", async () => {
  const used = async (texts: number) => {
    const lines = Array.from({ length: 150 }, (_, i) => `${i % 7},${i < 12 ? `note ${i % texts}` : ""},${i % 2}\n`);
    return (await readText(`x,notes,y\n${lines.join("")}`)).features[1].used;
  };
  assertEquals([await used(12), await used(11)], [false, true]);
});

Deno.test("readTable: false beside numbers is no number, and is named", async () => {
  const values = Array.from({ length: 30 }, (_, i) => i % 2 === 0 ? "FALSE" : String(i));
  await assertRejects(
    () => readText(`x,y\n${values.map((value, i) => `${value},${i % 3 > 0 ? 1 : 0}\n`).join("")}`),
    RangeError,
    "'x' holds numbers, but 15 of 30 values are not a number ('FALSE' in row 1 (line 2))",
  );
});

Deno.test("readTable: rows with one value of 'group' come to one part of a split; the column is no feature", async () => {
  const n = 60, persons = Array.from({ length: n }, (_, i) => `P${(7 * i) % 20}`);
  const y = persons.map((_, i) => Number(i % 3 === 0)), x = y.map((v, i) => v + i % 2);
  const textOf = (ids: readonly string[]) =>
    `x,person_id,y\n${ids.map((id, i) => `${x[i]},${id},${y[i]}`).join("\n")}\n`;
  const table = await readText(textOf(persons), { group: "person_id" });
  assertEquals(table.features.map(({ name, used, why }) => [name, used, why]), [
    ["x", true, undefined],
    ["person_id", false, "its rows stay together"],
  ]);
  // Rows of few possible values repeat, and the persons decide.
  assertEquals(table.warnings.map(({ code }) => code), ["duplicate-rows"]);
  assert(table.warnings[0].message.endsWith("'person_id' decides in which part of a split each lies"));
  for (let seed = 0; seed < 20; seed++) {
    const split = trainTestSplit(table, { seed, testFraction: 0.25, validationFraction: 0.25 });
    const [train, validation, test] = [split.train, split.validation, split.test]
      .map((rows) => new Set(rows.map((row) => persons[row])));
    assertEquals([train.size, validation.size, test.size], [10, 5, 5]);
    assert(train.isDisjointFrom(validation) && train.isDisjointFrom(test) && validation.isDisjointFrom(test));
  }
  const refusals: [string, Partial<ReadTableOptions>, string][] = [
    [
      textOf(persons.with(3, "")),
      { group: "person_id" },
      "'group' must have a value in every row, 'person_id' has none in row 4 (line 5)",
    ],
    [textOf(persons), { group: "person" }, "there is no column 'person', only x, person_id, y"],
    [textOf(persons), { group: "y" }, "'group' must be a column other than the label, it is 'y'"],
    [textOf(persons), { group: "x", keep: ["x"] }, "'x' is in 'keep' and in 'group', which is no feature"],
    [textOf(persons), { group: "x", drop: ["person_id"] }, "there is no column besides the label 'y'"],
  ];
  for (const [text, options, message] of refusals) {
    const error = await assertRejects(() => readText(text, options), Error);
    assertEquals(error.message, `Cannot read the table: ${message}`);
  }
});
