// Tables that go wrong, one fault each (cases/README.md), and the right value of each.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import pl from "nodejs-polars";
import { compareLosses } from "@roundabout/roundabout/compare";
import { batchesOf, readTable, type ReadTableOptions, type TableDataset } from "@roundabout/roundabout/data";
import { Fixtures } from "../tasks/fixtures.ts";
import { slow } from "../slow.ts";

const fileOf = (name: string) => fileURLToPath(new URL(`./cases/${name}`, import.meta.url));

const read = (name: string, options: Partial<ReadTableOptions> = {}) =>
  readTable(fileOf(name), { label: "y", ...options });

/** The columns that models see, with their kinds, and the codes of the warnings with their columns. */
const essence = ({ features, warnings }: TableDataset) => ({
  used: features.filter(({ used }) => used).map(({ name, kind }) => `${name} ${kind}`),
  warnings: warnings.map(({ code, column }) => `${code} ${column}`),
});

Deno.test("cases: what each table becomes", async () => {
  const right: [name: string, used: string[], warnings: string[]][] = [
    ["id_sorted.csv", ["x number", "z number"], ["index-column id"]],
    ["dec.parquet", ["x number", "price number"], []],
    ["sparse_col.csv", ["x number", "z number"], ["sparse-column rare"]],
    ["leadzero.csv", ["x number", "z number", "zip category"], ["code-column zip"]],
    ["hex.csv", ["x number", "z number", "code category"], ["code-column code"]],
    ["utf16.csv", ["x number", "z number"], []],
    ["base.csv.gz", ["x number", "z number"], []],
  ];
  for (const [name, used, warnings] of right) assertEquals(essence(await read(name)), { used, warnings }, name);
});

Deno.test("cases: what is refused, in a sentence that names column and row", async () => {
  const refused: [name: string, sentence: string][] = [
    ["p_struct.parquet", "the column 'st' has the type Struct, which is neither numbers nor texts"],
    ["label_NULL.csv", "the label 'y' is missing in 16 rows, first in row 6 (line 7), spelt 'NULL'"],
    ["huge.csv", "the column 'huge' holds -8.183019235473779e+199 in row 1 (line 2)"],
    ["header.csv", "it has a header and no rows"],
  ];
  for (const [name, sentence] of refused) await assertRejects(() => read(name), Error, sentence);
  const sentences = {
    "huge.csv": "the column 'huge' must hold numbers, row 1 (line 2) holds -8.183019235473779e+199, beyond ±1e30",
    "header.csv": "it has a header and no rows",
  };
  for (const [name, sentence] of Object.entries(sentences)) {
    const batches = batchesOf(fileOf(name), { label: "y" });
    await assertRejects(() => Array.fromAsync(batches, (tensors) => tf.dispose([...tensors])), Error, sentence);
  }
});

Deno.test("cases: the cures that the sentences name", async () => {
  const kept = await read("id_sorted.csv", { keep: ["id"] });
  assertEquals(essence(kept), { used: ["x number", "z number", "id number"], warnings: ["leak id"] });
  const labelled = await read("label_NULL.csv", { dropUnlabelled: true });
  assertEquals([labelled.yTrue.length, labelled.classes.length, labelled.rowNumbers[5]], [184, 2, 21]);
  assertEquals(labelled.warnings.map(({ code }) => code), ["unlabelled-rows"]);
  const zip = (await read("leadzero.csv", { numbers: ["zip"] })).columns[2];
  assertEquals(zip.kind === "number" && [...zip.values.slice(0, 2)], [100, 101]);
  const hex = (await read("hex.csv", { numbers: ["code"] })).columns[2];
  assertEquals(hex.kind === "number" && [...hex.values.slice(0, 2)], [0, 1]);
  assertEquals((await read("huge.csv", { drop: ["huge"] })).columns.length, 3);
  const named = { label: "species", drop: [""] }, index = await read("iris_index.csv", named);
  assertEquals([index.columns.length, index.warnings.map(({ code }) => code)], [4, ["duplicate-rows"]]);
});

slow.test("cases: iris with an index and without has the same numbers, and cross-entropy reaches scikit-learn's", async () => {
  const of = (name: string) => compareLosses(fileOf(name), { label: "species", repeats: 3 });
  const one = await of("iris_index.csv"), two = await of("iris_noindex.csv");
  assertEquals([one.losses, one.splits], [two.losses, two.splits]);
  assert(one.losses[0].mean > 0.93, `${one.losses[0].mean}`);
  const json = JSON.parse(JSON.stringify(one));
  assertEquals(json.warnings.map(({ code }: { code: string }) => code), ["index-column", "duplicate-rows"]);
  assertEquals(json.features[0], {
    name: "",
    kind: "category",
    used: false,
    why: "it is the first column and has no name, as an index has",
    missing: 0,
  });
  for (const { train, validation, test } of json.splits) {
    const all = [...train, ...validation, ...test].sort((a, b) => a - b);
    assertEquals(all, Array.from({ length: 150 }, (_, row) => row));
    const part = (row: number) => [train, validation, test].findIndex((rows) => rows.includes(row));
    assertEquals(part(101), part(142)); // the two equal rows of iris
  }
});

Deno.test("readTable: spellings of a class, rare classes, leaks, sampling are said", async () => {
  const rows = 60, x = Array.from({ length: rows }, (_, i) => (i * 37 % 60) / 7);
  const frame = (y: string[], more: Record<string, unknown[]> = {}) => pl.DataFrame({ x, ...more, y });
  const spelt = await readTable(frame(x.map((_, i) => ["Yes", "no", "yes", "No ", "no."][i % 5])), { label: "y" });
  assertEquals(spelt.classes, [{ name: "no", rows: 36 }, { name: "Yes", rows: 24 }]);
  assertEquals(spelt.warnings.map(({ message }) => message), [
    "the label 'y' has 'Yes' 12, 'yes' 12: spellings of one class, 'Yes'",
    "the label 'y' has 'no' 12, 'No ' 12, 'no.' 12: spellings of one class, 'no'",
  ]);
  const number = await readTable(frame(x.map((_, i) => ["1", "0", "1.0"][i % 3])), { label: "y" });
  assertEquals([number.positive, number.classes.map(({ rows }) => rows)], ["1", [20, 40]]);
  const rare = await readTable(frame(x.map((_, i) => i < 3 ? `r${i}` : "ab"[i % 2])), { label: "y", mergeRare: 10 });
  assertEquals(rare.classes, [{ name: "a", rows: 28 }, { name: "b", rows: 29 }, { name: "other", rows: 3 }]);
  const y = x.map((_, i) => "ab"[i % 2]),
    leak = await readTable(frame(y, { sure: y.map((v) => `${v}!`) }), { label: "y" });
  assertEquals(leak.warnings.map(({ code, column }) => [code, column]), [["leak", "sure"]]);
  const sample = await readTable(frame(y), { label: "y", rows: 20 });
  assertEquals([sample.yTrue.length, sample.warnings.map(({ code }) => code)], [20, ["sampled-rows"]]);
  assert(sample.rowNumbers.every((row, i) => i === 0 || row > sample.rowNumbers[i - 1]));
});

Deno.test("files: another kind of file under the name .csv is recognised by its first bytes", async () => {
  using fixtures = new Fixtures();
  const kinds: [name: string, bytes: number[], sentence: string][] = [
    ["a.csv", [0x1f, 0x8b, 8, 0], "it is a gzip file: let its name end in .csv.gz"],
    ["b.csv", [0x50, 0x4b, 3, 4], "it is an Excel workbook or a zip archive: save the sheet as CSV"],
    ["c.csv", [0xd0, 0xcf, 0x11, 0xe0], "it is an Excel workbook: save the sheet as CSV"],
    ["d.csv", [0x50, 0x41, 0x52, 0x31], "it is a Parquet file: let its name end in .parquet"],
    ["e.csv.gz", [120, 44, 121], "its name ends in .gz, but its first bytes are not those of such a file"],
    ["f.csv", [0x78, 0, 0x2c, 0, 0x79, 0], "it has zero bytes (is it UTF-16 without a mark?)"],
    ["g.xlsx", [0x50, 0x4b, 3, 4], "it is an Excel workbook: save the sheet as CSV"],
  ];
  for (const [name, bytes, sentence] of kinds) {
    const path = fixtures.file(name, "");
    Deno.writeFileSync(path, Uint8Array.from(bytes));
    await assertRejects(() => readTable(path, { label: "y" }), Error, sentence);
  }
});
