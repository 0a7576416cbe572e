// CSV files, good and bad, read whole (readTable) and in pieces (batchesOf).
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { batchesOf, readTable } from "../../lib/data/mod.ts";
import { csvForm, csvRecords } from "../../lib/data/csv.ts";
import { Fixtures } from "../tasks/fixtures.ts";
import "../helpers.ts";

Deno.test("CSV: what was written is read", async () => {
  using fixtures = new Fixtures();
  const field = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", "é", " ", ".") });
  const table = fc.tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 0, max: 4 })).chain(([width, rows]) =>
    fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: rows, maxLength: rows })
      .map((body) => [Array.from({ length: width }, (_, i) => `c${i}`), ...body])
  );
  const quoted = (text: string) => /^[a1. ]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom("\n", "\r\n"), fc.boolean(), async (rows, end, closed) => {
      const text = rows.map((row) => row.map(quoted).join(",")).join(end) + (closed ? end : "");
      const [header, ...body] = rows, path = fixtures.file("any.csv", text), form = csvForm(path);
      if (body.length === 0) {
        await assertRejects(() => Array.fromAsync(csvRecords(path, form)), Error, "it has a header and no rows");
        return;
      }
      const read = (await Array.fromAsync(csvRecords(path, form))).map(({ fields }) => fields);
      const trimmed = body.map((row) => row.map((field) => /^[a1. ]+$/.test(field) ? field.trimStart() : field));
      assertEquals([form.names, ...read], [header, ...trimmed]);
    }),
    { numRuns: 100 },
  );
});

const bad: [name: string, text: string, problem: RegExp][] = [
  ["long.csv", "a,b\n1,0\n2,1,9\n", /line 3 has 3 fields, the header has 2$/],
  ["broken.csv", 'a,b\n\n"1\n",3\n4,5,6\n', /line 5 has 3 fields/], // empty lines and line breaks in fields count
  ["tall.csv", 'a,b\n"1\n\n",3,4\n', /line 2 has 3 fields/], // the first line of the record
  ["short.csv", "a,b\n1,0\n2\n", /line 3 has 1 field, the header has 2/],
  ["title.csv", "Sales of 2024,,\na,b,c\n1,0,1\n", /its first line has 3 fields, but names one column: .* no title/],
  ["rows.csv", "a,b\n0,1,0\n", /line 2 has 3 fields, the header has 2: the first line must name every column/],
  ["inside.csv", 'a,b\nx,0\n6"2,1\n', /line 3 has a quote inside a field that does not begin with one: put/],
  ["ends.csv", `a,b\n${"1,0\n".repeat(10)}"x"y,0\n`, /line 12 has a quote that ends a field in its middle: write/],
  ["open.csv", 'a,b\n1,"0\n2,1\n', /a quote is opened and never closed/],
  ["empty.csv", "", /it is empty/],
];

Deno.test("readTable and batchesOf: a bad file is refused in a sentence, with the line", async () => {
  using fixtures = new Fixtures();
  for (const [name, text, problem] of bad) {
    const path = fixtures.file(name, text);
    const { message } = await assertRejects(() => readTable(path, { label: "b" }), Error);
    assertMatch(message, /^Cannot read '[^\n]+[^.\n]$/);
    assertMatch(message, problem);
    const before = tf.memory().numTensors;
    const late = await assertRejects(async () => {
      for await (const batch of batchesOf(path, { label: "b", batchSize: 1 })) tf.dispose([...batch]);
    }, Error);
    assertEquals(late.message, message);
    assertEquals(tf.memory().numTensors, before);
  }
  await assertRejects(
    () => readTable(fixtures.file("head.csv", "a,b\n"), { label: "b" }),
    Error,
    "it has a header and no rows",
  );
  for (const name of ["none.csv", "none.parquet"]) {
    const path = `${fixtures.folder}/${name}`, problem = `Cannot read '${path}': there is no such file`;
    await assertRejects(() => readTable(path, { label: "b" }), Error, problem);
    assertThrows(() => batchesOf(path, { label: "b" }), Error, problem);
  }
  const noParquet = fixtures.file("bad.parquet", "a,b");
  await assertRejects(() => readTable(noParquet, { label: "b" }), Error, "Cannot read '");
  assertThrows(() => batchesOf(noParquet, { label: "b" }), Error, "Cannot read '");
  for (
    const read of [
      () => readTable("d.json", { label: "b" }),
      async () => void await batchesOf("d.json", { label: "b" }),
    ]
  ) {
    await assertRejects(
      read,
      Error,
      "Cannot read 'd.json': its name must end in .csv, .tsv, .tab, .txt, .dat or .data, perhaps with .gz or .zst, or in .parquet",
    );
  }
});

Deno.test("CSV: a name that stands twice or is missing gets pandas' name, and line breaks in a name are spaces", async () => {
  using fixtures = new Fixtures();
  const header = 'x,a,"b \r\n (in %)", a,,,a.1,"c\nd",Unnamed: 5,y';
  const path = fixtures.file("names.csv", `${header}\n1,2,3,4,5,6,7,8,9,0\n9,8,7,6,5,4,3,2,1,1\n`),
    form = csvForm(path);
  assertEquals(
    form.names,
    ["x", "a", "b (in %)", "a.2", "", "Unnamed: 5.1", "a.1", "c d", "Unnamed: 5", "y"],
  );
  assertEquals(csvForm(fixtures.file("index.csv", ",y\n0,1\n")).names, ["", "y"]);
  const { columns, warnings: [first] } = await readTable(path, { label: "y" });
  assertEquals(columns.map(({ name }) => name), form.names.slice(0, -1));
  const message = "the header repeats a name or leaves it out; such columns are named 'a.2', 'Unnamed: 5.1'";
  assertEquals(first, { code: "made-names", message });
  const plain = await readTable(fixtures.file("plain.csv", "a,b\n1,0\n1,1\n3,1\n"), { label: "b" });
  assertEquals(plain.warnings, []);
});

Deno.test("CSV: a header that ends in a separator has one more field than the rows", async () => {
  using fixtures = new Fixtures();
  const { features } = await readTable(fixtures.file("t.csv", "a,y,\n1,0\n2,1\n"), { label: "y" });
  assertEquals(features.map(({ name, why }) => [name, why]), [["a", undefined], ["", "it has no value"]]);
  const short = fixtures.file("short.csv", "a,y,\n1,0\n2\n");
  await assertRejects(() => readTable(short, { label: "y" }), Error, "line 3 has 1 field, the header has 3");
});

Deno.test("CSV: comments above the header are refused with what the first line must hold", async () => {
  using fixtures = new Fixtures();
  const path = fixtures.file("comment.csv", "# made by hand\n# in May\na,b\n1,0\n");
  const { message } = await assertRejects(() => readTable(path, { label: "b" }), Error);
  assertMatch(message, /line 3 has 2 fields, the header has 1: the first line must name every column, with no title/);
});

Deno.test("CSV: text that is not UTF-8 is refused, with its line", async () => {
  using fixtures = new Fixtures();
  const path = fixtures.file("l.csv", ""), latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  Deno.writeFileSync(path, latin1("town,y\nBonn,0\nKöln,1\n"));
  await assertRejects(() => readTable(path, { label: "y" }), Error, "l.csv': line 3 is not UTF-8 (is it Latin-1?)");
  Deno.writeFileSync(path, latin1("höhe,y\n1,0\n"));
  assertThrows(
    () => batchesOf(path, { label: "y" }),
    Error,
    "its header is not UTF-8 (is it Latin-1?), save it as UTF-8",
  );
  Deno.writeTextFileSync(path, "\uFEFFtown,y\nBonn,0\nKöln,1\n");
  const { columns: [town] } = await readTable(path, { label: "y" });
  assert(town.kind === "category");
  assertEquals([town.name, town.levels], ["town", ["Bonn", "Köln"]]);
});

Deno.test("batchesOf: a file's ending in any case, booleans, texts that are not numbers are refused with their row", async () => {
  using fixtures = new Fixtures();
  const path = fixtures.file("D.CSV", "name,a,b\nx,1,true\n\ny,2e1,false\n");
  const rows: number[][] = [];
  for await (const batch of batchesOf(path, { label: "b", features: ["a"] })) {
    const [x, y] = batch.map((tensor) => [...tensor!.dataSync()]);
    x.forEach((a, i) => rows.push([a, y[i]]));
    tf.dispose([...batch]);
  }
  assertEquals(rows, [[1, 1], [20, 0]]);
  assertEquals((await readTable(path, { label: "b" })).yTrue.length, 2);
  const { message } = await assertRejects(async () => {
    for await (const batch of batchesOf(path, { label: "b" })) tf.dispose([...batch]);
  }, RangeError);
  assert(message.endsWith("the column 'name' must hold numbers, row 1 (line 2) holds 'x'"), message);
});

Deno.test("text files by other endings are read: .tab by tabs, .txt, .dat and .data by the separator that is found", async () => {
  using fixtures = new Fixtures();
  for (const [ending, separator] of [["tab", "\t"], ["txt", "|"], ["dat", ";"], ["DATA", ","]]) {
    const text = ["a", "b"].join(separator) +
      [["1", "0"], ["3", "1"], ["4", "1"]].map((row) => `\n${row.join(separator)}`).join("");
    const { columns, classes } = await readTable(fixtures.file(`t.${ending}`, text), { label: "b" });
    assertEquals([columns.map(({ name }) => name), classes], [["a"], [{ name: "0", rows: 1 }, { name: "1", rows: 2 }]]);
  }
});
