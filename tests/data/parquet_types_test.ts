// Every type of Apache Arrow in a Parquet file (tests/reference/parquet_types.py): read, or refused by column and type.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { fileURLToPath } from "node:url";
import { batchesOf, type Column, readTable } from "@roundabout/roundabout/data";

const fileOf = (type: string) => fileURLToPath(new URL(`./types/${type}.parquet`, import.meta.url));

const rows = Array.from({ length: 20 }, (_, row) => row);

Deno.test("Parquet: numbers, booleans, texts and decimals are read, and a column without a value is left out", async () => {
  const read: Record<string, Partial<Column>> = {
    float32: { kind: "number", values: Float64Array.from(rows, (k) => k % 5 / 2) },
    int8: { kind: "number", values: Float64Array.from(rows, (k) => k % 5) },
    uint64: { kind: "number", values: Float64Array.from(rows, (k) => k % 5) },
    bool: { kind: "number", values: Float64Array.from(rows, (k) => Number(k % 2 === 0)) },
    decimal128: { kind: "number", values: Float64Array.from(rows, (k) => k / 4) },
    large_string: { kind: "category", levels: ["a", "b"], codes: Int32Array.from(rows, (k) => k % 2) },
    dictionary: { kind: "category", levels: ["a", "b"], codes: Int32Array.from(rows, (k) => k % 2) },
  };
  for (const [type, column] of Object.entries(read)) {
    const { columns } = await readTable(fileOf(type), { label: "y" });
    assertEquals(columns[1], { name: "c", ...column } as Column, type);
    if (column.kind !== "number") continue;
    const values = await Array.fromAsync(batchesOf(fileOf(type), { label: "y", features: ["c"] }), ([x, y]) => {
      const seen = [...x.dataSync()];
      tf.dispose([x, y]);
      return seen;
    });
    assertEquals(values.flat(), [...column.values!], type);
  }
  const { features } = await readTable(fileOf("null"), { label: "y" });
  assertEquals([features[1].used, features[1].why], [false, "it has no value"]);
});

Deno.test("Parquet: any other type is one sentence with the column and the type, and the other columns can be read", async () => {
  const refused = {
    halffloat: "Float16",
    time32: "Time",
    time64: "Time",
    duration: "Duration",
    binary: "Binary",
    fixed_binary: "Binary",
    list: "List",
    fixed_list: "FixedSizeList",
    struct: "Struct",
    map: "List",
  };
  for (const [type, name] of Object.entries(refused)) {
    const sentence =
      `the column 'c' has the type ${name}, which is neither numbers nor texts: convert it, or leave it out`;
    const batches = batchesOf(fileOf(type), { label: "y" });
    for (const reading of [readTable(fileOf(type), { label: "y" }), Array.fromAsync(batches)]) {
      const { message } = await assertRejects(() => reading, RangeError);
      assert(/^Cannot (read the table|make batches): /.test(message) && message.endsWith(sentence), message);
    }
    assertEquals((await readTable(fileOf(type), { label: "y", drop: ["c"] })).columns.length, 1, type);
  }
  for (const type of ["date32", "timestamp"]) {
    const error = await assertRejects(() => readTable(fileOf(type), { label: "y" }), RangeError);
    assertStringIncludes(error.message, "the column 'c' holds dates (2020-01-01T00:00:00.000Z in row 1)");
  }
  const wide = fileOf("decimal256"); // polars refuses the file
  for (const reading of [readTable(wide, { label: "y" }), Array.fromAsync(batchesOf(wide, { label: "y" }))]) {
    await assertRejects(() => reading, Error, `Cannot read '${wide}': precision must be between 1 and 38`);
  }
});
