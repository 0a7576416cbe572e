// CSV files, good and bad, read whole (readFrame) and in pieces (batchesOf).
import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { batchesOf, readFrame } from "../../lib/data/mod.ts";
import { csvFileRecords, csvNames, csvRecords } from "../../lib/data/csv.ts";
import { Fixtures } from "../tasks/fixtures.ts";
import "../helpers.ts";

const fail = (problem: string) => new Error(problem);

Deno.test("CSV: what was written is read, whole and from a file", async () => {
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
      const [header, ...body] = rows, { names, records } = csvRecords(text, fail);
      assertEquals([names, ...records.map(({ fields }) => fields)], [header, ...body]);
      const path = fixtures.file("any.csv", text), read: (readonly string[])[] = [];
      for await (const { fields } of csvFileRecords(path, csvNames(path, fail), fail)) read.push(fields);
      assertEquals(read, body);
    }),
    { numRuns: 100 },
  );
});

Deno.test("CSV: the line of a record is that of the file, behind empty lines and fields with line breaks", () => {
  const { records } = csvRecords('a,b\n\n"1\n2",3\n4,5\n', fail);
  assertEquals(records.map(({ line }) => line), [3, 5]);
});

const bad: [name: string, text: string, problem: RegExp][] = [
  ["long.csv", "a,b\n1,0\n2,1,9\n", /line 3 has 3 fields, the header has 2/],
  ["short.csv", "a,b\n1,0\n2\n", /line 3 has 1 field, the header has 2/],
  ["twice.csv", "a,b, a\n1,0,1\n", /its header has the column 'a' twice/],
  ["semicolons.csv", "a;b\n1;0\n", /its fields are separated by semicolons, they must be by commas/],
  ["open.csv", 'a,b\n1,"0\n2,1\n', /a quote that is opened does not close/],
  ["empty.csv", "", /it is empty/],
];

Deno.test("readFrame and batchesOf: a bad file is refused in a sentence, with the line", async () => {
  using fixtures = new Fixtures();
  for (const [name, text, problem] of bad) {
    const path = fixtures.file(name, text);
    const { message } = assertThrows(() => readFrame(path), Error);
    assertMatch(message, /^Cannot read '[^\n]+[^.\n]$/);
    assertMatch(message, problem);
    const before = tf.memory().numTensors;
    const late = await assertRejects(async () => {
      for await (const batch of batchesOf(path, { label: "b", batchSize: 1 })) tf.dispose([...batch]);
    }, RangeError);
    assertMatch(late.message, /^Cannot make batches: '[^\n]+[^.\n]$/);
    assertMatch(late.message, problem);
    assertEquals(tf.memory().numTensors, before);
  }
  assertThrows(() => readFrame(fixtures.file("head.csv", "a,b\n")), Error, "it has a header and no rows");
  for (const name of ["none.csv", "none.parquet"]) {
    assertThrows(() => readFrame(`${fixtures.folder}/${name}`), Error, "there is no such file");
    const { message } = assertThrows(() => batchesOf(`${fixtures.folder}/${name}`, { label: "b" }), RangeError);
    assertMatch(message, /^Cannot make batches: '.*' cannot be read, there is no such file$/);
  }
  assertThrows(() => batchesOf(fixtures.file("bad.parquet", "a,b"), { label: "b" }), RangeError, "cannot be read, ");
});

Deno.test("batchesOf: a file's ending in any case, booleans, texts that are no numbers with their row", async () => {
  using fixtures = new Fixtures();
  const path = fixtures.file("D.CSV", "name,a,b\nx,1,true\n\ny,2e1,false\n");
  const rows: number[][] = [];
  for await (const batch of batchesOf(path, { label: "b", features: ["a"] })) {
    const [x, y] = batch.map((tensor) => [...tensor!.dataSync()]);
    x.forEach((a, i) => rows.push([a, y[i]]));
    tf.dispose([...batch]);
  }
  assertEquals(rows, [[1, 1], [20, 0]]);
  assertEquals(readFrame(path).height, 2);
  const { message } = await assertRejects(async () => {
    for await (const batch of batchesOf(path, { label: "b" })) tf.dispose([...batch]);
  }, RangeError);
  assert(message.endsWith("the column 'name' must hold numbers, row 0 holds 'x'"), message);
});
