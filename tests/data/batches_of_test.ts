// Files and frames as batches: every row once, in order, twice the same; and trained on as the tensors would be.
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import pl from "nodejs-polars";
import { batchesOf, type FrameBatches, type NumberColumn, readTable } from "../../lib/data/mod.ts";
import { f1Loss, metricGradient } from "../../lib/mod.ts";
import { assertRefused, assertWithin, random } from "../helpers.ts";
import { slow } from "../slow.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const next = random(8), n = 1003;
const columns = {
  a: Array.from({ length: n }, (_, i) => i < 200 ? i : i + 0.5), // whole numbers at first
  y: Array.from({ length: n }, () => next() < 0.3 ? 1 : 0),
  b: Array.from({ length: n }, () => Math.fround(next() - 0.5)),
  w: Array.from({ length: n }, () => Math.fround(next() + 0.1)),
};
const frame = pl.DataFrame(columns);

async function rowsOf(batches: FrameBatches): Promise<{ sizes: number[]; rows: number[][] }> {
  const sizes: number[] = [], rows: number[][] = [];
  for await (const batch of batches) {
    const [x, y, w] = batch.map((tensor) => tensor!.arraySync() as number[][]);
    sizes.push(x.length);
    x.forEach((features, i) => rows.push([...features, ...y[i], w[i] as unknown as number]));
    tf.dispose([...batch]);
  }
  return { sizes, rows };
}

Deno.test("a frame, a lazy frame, a CSV and a Parquet file give every row once, in order, as often as asked", async () => {
  using temporary = new TemporaryFolder();
  const { folder } = temporary;
  frame.writeCSV(`${folder}/rows.csv`);
  frame.writeParquet(`${folder}/rows.parquet`);
  const expected = columns.a.map((a, i) => [a, columns.b[i], columns.y[i], columns.w[i]]);
  const before = tf.memory().numTensors;
  for (const source of [frame, frame.lazy(), `${folder}/rows.csv`, `${folder}/rows.parquet`]) {
    const batches = batchesOf(source, { label: "y", sampleWeight: "w", batchSize: 250 });
    for (let pass = 0; pass < 2; pass++) {
      assertEquals(await rowsOf(batches), { sizes: [250, 250, 250, 250, 3], rows: expected });
    }
  }
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("the kinds of a frame's columns that are numbers: texts, True and False, integers, decimals, as readTable has them", async () => {
  const kinds = pl.DataFrame([
    pl.Series("t", ["True", "false", " TRUE"], pl.Utf8),
    pl.Series("b", [true, false, true], pl.Bool),
    pl.Series("n", ["1.5", " 2", "3e1"], pl.Utf8),
    pl.Series("i", [1, 2, 3], pl.Int64),
    pl.Series("y", [0, 1, 1], pl.Int8),
  ]).withColumn(pl.col("n").str.strip().cast(pl.Float64).cast(pl.Decimal(10, 2)).alias("d"));
  const table = await readTable(kinds, { label: "y" }), seen = table.columns.map(({ name }) => name);
  for (const source of [kinds, kinds.lazy()]) {
    const { rows } = await rowsOf(batchesOf(source, { label: "y", features: seen, sampleWeight: "i" }));
    const read = table.columns.map((column) => [...(column as NumberColumn).values]);
    assertEquals(rows, [...table.yTrue].map((y, i) => [...read.map((values) => values[i]), y, i + 1]));
  }
  const refused: [unknown[], string][] = [
    [["NA", "1"], "row 1 holds none"],
    [["1", "x"], "row 2 holds 'x'"],
    [[new Date(0), new Date(1)], "row 1 holds the date 1970-01-01T00:00:00.000Z"],
    [[[1], [2]], "Cannot make batches: the column 'a' has the type List, which is neither numbers nor texts"],
  ];
  for (const [a, sentence] of refused) {
    const batches = batchesOf(pl.DataFrame({ a, y: [0, 1] }), { label: "y" });
    await assertRejects(() => rowsOf(batches), RangeError, sentence);
  }
});

slow.test("more rows than a piece: none is lost between two, and the row of an error is that of the source", async () => {
  const rows = 70_001,
    long = pl.DataFrame({ i: Array.from({ length: rows }, (_, i) => i), y: new Array(rows).fill(0) });
  using temporary = new TemporaryFolder();
  const { folder } = temporary;
  const text = (last: string) =>
    `i,y\n${Array.from({ length: rows }, (_, i) => `${i === rows - 1 ? last : i},0\n`).join("")}`;
  await Deno.writeTextFile(`${folder}/long.csv`, text(String(rows - 1)));
  await Deno.writeTextFile(`${folder}/broken.csv`, text("x"));
  for (const source of [long, `${folder}/long.csv`]) {
    let row = 0;
    for await (const batch of batchesOf(source, { label: "y", batchSize: 30_000 })) {
      for (const i of batch[0].dataSync()) if (i !== row++) assertEquals(i, row - 1);
      tf.dispose([...batch]);
    }
    assertEquals(row, rows);
  }
  const holed = pl.DataFrame({
    i: (long.getColumn("i").toArray() as (number | null)[]).with(-1, null),
    y: new Array(rows).fill(0),
  });
  for (const [source, holds] of [[holed, "none"], [`${folder}/broken.csv`, "'x'"]] as const) {
    const { message } = await assertRejects(
      () => rowsOf(batchesOf(source, { label: "y", sampleWeight: "y" })),
      RangeError,
    );
    const place = holds === "none" ? `row ${rows}` : `row ${rows} (line ${rows + 1})`;
    assertStringIncludes(message, `the column 'i' must hold numbers, ${place} holds ${holds}`);
  }
});

Deno.test("the gradient is that of the tensors", async () => {
  const layer = tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [1] });
  const model = tf.sequential({ layers: [layer] }), loss = f1Loss();
  const x = tf.tensor2d(columns.b, [n, 1]), y = tf.tensor2d(columns.y, [n, 1]), w = tf.tensor1d(columns.w);
  const batches = batchesOf(frame.lazy(), { label: "y", features: ["b"], sampleWeight: "w", batchSize: 100 });
  const before = tf.memory().numTensors;
  const ofFrame = await metricGradient(model, batches, { loss });
  assertEquals(tf.memory().numTensors, before + 2);
  const ofTensors = await metricGradient(model, [x, y, w], { loss });
  assertWithin(ofFrame.value, ofTensors.value, 1e-6);
  for (const [name, gradient] of Object.entries(ofTensors.gradients)) {
    assertWithin(ofFrame.gradients[name].dataSync()[0], gradient.dataSync()[0], 1e-5);
  }
});

Deno.test("what is missing or no number is named with its row; columns and files that are none are refused", async () => {
  const holed = pl.DataFrame({ a: [1, 2, null, 4], y: [0, 1, 0, 1] });
  const before = tf.memory().numTensors;
  const missing = await assertRejects(() => rowsOf(batchesOf(holed, { label: "y", batchSize: 2 })), RangeError);
  assertStringIncludes(missing.message, "the column 'a' must hold numbers, row 3 holds none");
  assertEquals(tf.memory().numTensors, before);
  assertStringIncludes(
    (await assertRejects(async () => void await rowsOf(batchesOf(frame, { label: "z" })), RangeError)).message,
    "no column 'z'",
  );
  assertThrows(() => batchesOf(3 as unknown as string, { label: "y" }), TypeError, "a lazy frame, it is 3");
  assertThrows(
    () => batchesOf(frame, { label: "y", features: ["y"] }),
    RangeError,
    "'features' contains the label 'y'",
  );
  const huge = pl.DataFrame({ a: [1, 1e31], y: [0, 1] }), none = pl.DataFrame({ a: [1], y: [0] }).head(0);
  const failure = async (source: typeof huge) =>
    (await assertRejects(async () => void await rowsOf(batchesOf(source, { label: "y" })), RangeError)).message;
  assertStringIncludes(await failure(huge), "the column 'a' must hold numbers, row 2 holds 1e+31, beyond ±1e30");
  assertStringIncludes(await failure(none), "'source' has no rows");
  assertThrows(() => batchesOf(frame, { label: "y", features: [] }), RangeError, "'features' is empty");
  assertThrows(() => batchesOf(frame, { label: "y", batch: 2 } as { label: string }), TypeError, "'batch' is 2");
  assertRefused(() => batchesOf(frame, { label: "y", batchSize: 0 }), { argument: "batchSize", value: "0" });
});
