// Counts, reports and confusion tables of DuckDB against ConfusionMeter, classificationReport and confusionTable, bit for bit.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { classificationReport, ConfusionMeter, confusionTable } from "../../lib/core.ts";
import { confusionOn, countsOn, countsSql, reportOn } from "../../lib/sql/mod.ts";
import { random } from "../helpers.ts";
import { type Engine, makeScored, onDuckdb } from "./duckdb.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const scored = { from: "t", label: "y", output: "p", sampleWeight: "w" } as const;

const units = (n: number) => n * 2 ** -40;

const weightKinds: Record<string, fc.Arbitrary<number>> = {
  whole: fc.integer({ min: 0, max: 2 ** 22 }),
  "float32 of at least 2^-17": fc.float({ min: Math.fround(2 ** -17), max: 4194304, noNaN: true }),
  "multiples of 2^-40": fc.integer({ min: 0, max: 2 ** 50 }).map(units),
};

const outputs = fc.oneof(
  fc.constantFrom(0, 0.1, 0.3, 0.5, 1, Math.fround(0.3), Math.fround(0.1), 1 + 2 ** -23, -(2 ** -24)),
  fc.double({ min: 0, max: 1, noNaN: true }),
);

for (const [kind, weights] of Object.entries(weightKinds)) {
  onDuckdb(`counts are those of ConfusionMeter, bit for bit: weights are ${kind}`, async (engine) => {
    const rows = fc.array(fc.record({ y: fc.constantFrom(0, 1), p: outputs, w: weights }), {
      minLength: 1,
      maxLength: 200,
    });
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(0.5, 0.3, 0.1, 0.9), fc.boolean(), async (rows, threshold, weighted) => {
        await makeScored(engine, rows);
        const sampleWeight = weighted ? "w" : undefined;
        const { slices: [{ meter, rows: counted }], inexact } = await countsOn(engine.query, {
          from: "t",
          label: "y",
          output: "p",
          sampleWeight,
          threshold,
        });
        const wanted = new ConfusionMeter({ threshold }).update(
          rows.map(({ y }) => y),
          rows.map(({ p }) => p),
          weighted ? rows.map(({ w }) => w) : undefined,
        );
        assertEquals(JSON.stringify(meter), JSON.stringify(wanted));
        assertEquals([counted, inexact], [rows.length, 0]);
      }),
      { numRuns: 40 },
    );
  });
}

onDuckdb("soft labels, truth values, FLOAT and DECIMAL columns are read as numbers", async (engine) => {
  await engine.table("t", {
    soft: ["DOUBLE", [0.25, 0.75, 1, 0]],
    yes: ["BOOLEAN", [true, false, true, false]],
    p: ["FLOAT", [0.3, 0.6, 0.9, 0.1]],
    d: ["DECIMAL(3, 2)", [0.3, 0.6, 0.9, 0.1]],
  });
  const meterOf = async (label: string, output: string) =>
    (await countsOn(engine.query, { from: "t", label, output, threshold: 0.3 })).slices[0].meter.counts;
  assertEquals(await meterOf("soft", "p"), [{ tp: 1.75, fp: 0.25, fn: 0.25, tn: 1.75 }]); // 0.3 of float32 is the threshold
  assertEquals(await meterOf("yes", "d"), [{ tp: 1, fp: 1, fn: 1, tn: 1 }]);
  const options = { from: "t", label: "yes", output: ["d", "p"], decision: "argmax" as const };
  const [no, words] = await Promise.all(
    [["false", "true"], ["No", "Yes"]].map((classes) => countsOn(engine.query, { ...options, classes })),
  );
  assertEquals(words.slices[0].meter.counts, no.slices[0].meter.counts);
});

onDuckdb("weights that are not multiples of 2^-40 are rounded down, counted and reported", async (engine) => {
  await makeScored(engine, [
    { y: 1, p: 0.9, w: units(1.75) },
    { y: 1, p: 0.9, w: 0.5 },
    { y: 0, p: 0.9, w: Math.fround(1e-12) },
    { y: 0, p: 0.1, w: 1e6 },
    { y: 1, p: 0.1, w: 0.1 }, // 0.1 in float64 has bits below 2^-40
  ]);
  const { slices: [{ meter }], inexact } = await countsOn(engine.query, {
    from: "t",
    label: "y",
    output: "p",
    sampleWeight: "w",
  });
  assertEquals(inexact, 3);
  assertEquals(meter.counts, [{ tp: 0.5 + units(1), fp: units(1), fn: units(Math.floor(0.1 * 2 ** 40)), tn: 1e6 }]);
});

/** Rows of three classes, with outputs that tie, weights and a slice. */
function threeClasses(n: number) {
  const next = random(n), steps = 8;
  return Array.from({ length: n }, () => ({
    label: Math.floor(3 * next()),
    p: [next(), next(), next()].map((v) => Math.floor(steps * v) / steps),
    w: Math.floor(4 * next()) / 4,
    region: ["north", "south", "it's", null][Math.floor(4 * next())],
  }));
}

async function threeClassTable(engine: Engine, rows: ReturnType<typeof threeClasses>): Promise<void> {
  await engine.table("t", {
    label: ["INTEGER", rows.map(({ label }) => label)],
    word: ["VARCHAR", rows.map(({ label }) => ["cat", "it's", "dog"][label])],
    ...Object.fromEntries([0, 1, 2].map((k) => [`y${k}`, ["BOOLEAN", rows.map(({ label }) => label === k)]])),
    ...Object.fromEntries([0, 1, 2].map((k) => [`p${k}`, ["DOUBLE", rows.map(({ p }) => p[k])]])),
    w: ["DOUBLE", rows.map(({ w }) => w)],
    region: ["VARCHAR", rows.map(({ region }) => region)],
  });
}

const output = ["p0", "p1", "p2"];

onDuckdb(
  "several classes: argmax and thresholds, class indices, words, and a column of labels per class",
  async (engine) => {
    const rows = threeClasses(300), y = rows.map(({ label }) => label), p = rows.map(({ p }) => p);
    await threeClassTable(engine, rows);
    const labels = [
      { label: "label" },
      { label: "word", classes: ["cat", "it's", "dog"] },
      { label: ["y0", "y1", "y2"] },
    ];
    for (const decision of [{ decision: "argmax" }, { threshold: 0.5 }, { threshold: [0.25, 0.5, 0.75] }] as const) {
      const wanted = new ConfusionMeter({ classes: 3, ...decision }).update(
        rows.map(({ label }) => [0, 1, 2].map((k) => Number(label === k))),
        p,
        rows.map(({ w }) => w),
      );
      for (const named of labels) {
        const options = { from: "t", ...named, output, sampleWeight: "w", ...decision };
        const { slices: [{ meter, rows: n }] } = await countsOn(engine.query, options);
        assertEquals(JSON.stringify(meter), JSON.stringify(wanted));
        assertEquals(n, rows.length);
        for (const average of ["micro", "macro", "weighted"] as const) {
          assertEquals(meter.value("f1", { average }), wanted.value("f1", { average }));
        }
      }
    }
    for (const named of labels) {
      const options = { from: "t", ...named, output, decision: "argmax" as const };
      const [{ rows: report }] = await reportOn(engine.query, { ...options, targetNames: ["a", "b", "c"] });
      assertEquals(
        report,
        classificationReport(y, p, { decision: "argmax", targetNames: ["a", "b", "c"], output: "records" }),
      );
      for (const normalize of [undefined, "true", "pred", "all"] as const) {
        const [{ table }] = await confusionOn(engine.query, { ...options, normalize, targetNames: ["a", "b", "c"] });
        const wanted = confusionTable(y, p, { decision: "argmax", normalize, targetNames: ["a", "b", "c"] });
        assertEquals(table, { ...wanted, labels: "classes" in named ? named.classes : wanted.labels });
      }
    }
    const [{ rows: report }] = await reportOn(engine.query, { from: "t", ...labels[2], output, sampleWeight: "w" });
    const wanted = classificationReport(
      rows.map(({ label }) => [0, 1, 2].map((k) => Number(label === k))),
      p,
      { decision: "threshold", sampleWeight: rows.map(({ w }) => w), output: "records" },
    );
    assertEquals(report, wanted.filter((row) => row.class !== "samples avg"));
  },
);

onDuckdb("by: one report and one meter per slice, NULL first; together they are the whole", async (engine) => {
  const rows = threeClasses(400);
  await threeClassTable(engine, rows);
  const options = { from: "t", label: "label", output, sampleWeight: "w", by: "region", decision: "argmax" as const };
  const { slices } = await countsOn(engine.query, options);
  assertEquals(slices.map(({ slice }) => slice), [null, "it's", "north", "south"]);
  const whole = new ConfusionMeter({ decision: "argmax" });
  for (const { meter } of slices) whole.merge(meter);
  const { by: _, ...unsliced } = options;
  assertEquals(
    JSON.stringify(whole),
    JSON.stringify((await countsOn(engine.query, unsliced)).slices[0].meter),
  );
  const reports = await reportOn(engine.query, options), tables = await confusionOn(engine.query, options);
  for (const [i, { slice, rows: report }] of reports.entries()) {
    const own = rows.filter(({ region }) => region === slice);
    const data = [own.map(({ label }) => label), own.map(({ p }) => p)] as const;
    const sampleWeight = own.map(({ w }) => w), decision = "argmax";
    assertEquals(report, classificationReport(...data, { decision, sampleWeight, output: "records" }));
    assertEquals(tables[i], { slice, table: confusionTable(...data, { decision, sampleWeight }) });
  }
});

onDuckdb("the binary report, with weights and undefined scores", async (engine) => {
  const next = random(9), n = 100;
  for (const positives of [0, 0.3, 1]) {
    const rows = Array.from(
      { length: n },
      () => ({ y: Number(next() < positives), p: next(), w: 1 + Math.floor(4 * next()) }),
    );
    await makeScored(engine, rows);
    for (const zeroDivision of [0, 1, "skip"] as const) {
      const [{ rows: report }] = await reportOn(engine.query, {
        from: "t",
        label: "y",
        output: "p",
        sampleWeight: "w",
        threshold: 0.4,
        zeroDivision,
      });
      const data = [rows.map(({ y }) => y), rows.map(({ p }) => p)] as const;
      const wanted = {
        decision: "threshold",
        threshold: 0.4,
        sampleWeight: rows.map(({ w }) => w),
        zeroDivision,
      } as const;
      assertEquals(report, classificationReport(...data, { ...wanted, output: "records" }));
    }
  }
});

onDuckdb("Parquet, CSV and JSON, compressed or not, by pattern and from folders inside folders", async (engine) => {
  const next = random(13),
    rows = Array.from({ length: 60 }, () => ({ y: Number(next() < 0.4), p: Math.fround(next()), w: 1 }));
  await makeScored(engine, rows);
  const wanted = new ConfusionMeter().update(rows.map(({ y }) => y), rows.map(({ p }) => p)).counts;
  using temporary = new TemporaryFolder();
  const { folder } = temporary;
  const formats = {
    parquet: "FORMAT parquet, COMPRESSION zstd",
    csv: "FORMAT csv, HEADER",
    "csv.gz": "FORMAT csv, HEADER, COMPRESSION gzip",
    "csv.zst": "FORMAT csv, HEADER, COMPRESSION zstd",
    "tsv.zst": "FORMAT csv, HEADER, DELIMITER '\t', COMPRESSION zstd",
    json: "FORMAT json, ARRAY true",
    "jsonl.gz": "FORMAT json, COMPRESSION gzip",
    "ndjson.zst": "FORMAT json, COMPRESSION zstd",
  };
  await Deno.mkdir(`${folder}/deep/er`, { recursive: true });
  for (const [ending, format] of Object.entries(formats)) {
    await engine.run(`COPY (SELECT y, p FROM t WHERE p < 0.5) TO '${folder}/deep/low.${ending}' (${format})`);
    await engine.run(`COPY (SELECT y, p FROM t WHERE p >= 0.5) TO '${folder}/deep/er/high.${ending}' (${format})`);
    const { slices: [{ meter, rows: n }] } = await countsOn(engine.query, {
      from: { files: `${folder}/**/*.${ending}` },
      label: "y",
      output: "p",
    });
    assertEquals([meter.counts, n], [wanted, rows.length], ending);
  }
});

// ----- refusals -----

onDuckdb("labels, outputs and weights out of range are refused by name, with the number of rows", async (engine) => {
  const cases: [{ y?: unknown; p?: unknown; w?: unknown }, string][] = [
    [{ y: 2 }, "'label' must be"],
    [{ y: null }, "'label' must be"],
    [{ p: 1.5 }, "'output' must be"],
    [{ p: NaN }, "'output' must be"],
    [{ p: null }, "'output' must be"],
    [{ w: -1 }, "'sampleWeight' must be"],
    [{ w: Infinity }, "'sampleWeight' must be"],
    [{ w: NaN }, "'sampleWeight' must be"],
    [{ w: null }, "'sampleWeight' must be"],
    [{ w: 2 ** 22 + 1 }, "'sampleWeight' must be"],
  ];
  for (const [bad, words] of cases) {
    const row = { y: 1, p: 0.5, w: 1, ...bad };
    await engine.table("t", { y: ["DOUBLE", [1, row.y]], p: ["DOUBLE", [0.5, row.p]], w: ["DOUBLE", [1, row.w]] });
    for (const run of [countsOn, reportOn, confusionOn]) {
      const { message } = await assertRejects(() => run(engine.query, scored) as Promise<unknown>, RangeError);
      assert(message.includes(words) && message.includes("in 1 it is not"), message);
    }
  }
  // Rows on both sides of the threshold, and in two slices, are rows of one column.
  const logits = [-2, 3, 0.5, 7], ones = [1, 1, 1, 1];
  await engine.table("t", {
    y: ["DOUBLE", ones],
    p: ["DOUBLE", logits],
    w: ["DOUBLE", ones],
    s: ["VARCHAR", ["a", "b", "a", "a"]],
  });
  for (const options of [scored, { ...scored, by: "s" }, { ...scored, label: ["y", "y"], output: ["p", "p"] }]) {
    await assertRejects(() => countsOn(engine.query, options), RangeError, "in 3 it is not, or it is NULL");
  }
  await engine.table("t", { y: ["DOUBLE", []], p: ["DOUBLE", []], w: ["DOUBLE", []] });
  await assertRejects(() => countsOn(engine.query, scored), RangeError, "'from' has no rows");
});

Deno.test("what SQL cannot do is refused by name, before any query", async () => {
  const never = () => Promise.reject(new Error("the engine was asked"));
  const refused = (options: object, words: string) => {
    const { message } = assertThrows(() => countsSql({ ...scored, ...options } as typeof scored), Error);
    assert(message.startsWith("Cannot ") && message.includes(words), message);
  };
  refused({ decision: { top: 10 } }, "{ top: 10 }, whose threshold takes scans of its own");
  refused(
    { decision: "softmax" },
    "'decision' must be 'threshold', 'argmax' or { top: k } with a whole number or a share below 1, it is 'softmax'",
  );
  refused({ decision: "argmax" }, "'output' names one column");
  refused({ decision: "argmax", output: ["a", "b"], threshold: 0.3 }, "'threshold' is 0.3");
  refused({ threshold: 1 }, "'threshold' must be numbers inside (0, 1)");
  refused({ threshold: [0.1, 0.2] }, "'threshold' has 2 numbers");
  refused({ dialect: "sqlite" }, "'dialect' must be 'duckdb' or 'spark', it is 'sqlite'");
  refused({ from: "" }, "'from' must be the name of a table, { files: … } or { query: … }, it is ''");
  refused({ from: { file: "a.csv" } }, "{ files: … } or { query: … }, it is an object with the keys ['file']");
  refused({ from: { files: "a.xlsx" } }, "'from' must name files that end in parquet");
  refused({ from: { files: "a.csv.gz" }, dialect: "spark" }, "make a view");
  refused({ label: undefined }, "'label' must be the name of a column");
  refused({ output: [] }, "'output' must be the name of a column");
  refused({ label: ["a", "b"], output: ["p", "q", "r"] }, "'label' names 2 columns, 'output' names 3");
  refused({ classes: ["a"], output: ["p", "q"] }, "'classes' must be 2 different values");
  refused({ classes: ["a", "b"], label: ["a", "b"], output: ["p", "q"] }, "'classes' is ['a', 'b']");
  refused({ fromLogits: true }, "'fromLogits' is true, but there is no such option");
  await assertRejects(
    () => confusionOn(never, { ...scored, output: ["a", "b"] }),
    RangeError,
    "say decision: 'argmax'",
  );
});

Deno.test("an answer that is not a list of rows is named", async () => {
  await assertRejects(() => countsOn(() => Promise.resolve(3 as never), scored), TypeError, "it is 3");
  await assertRejects(
    () => countsOn(() => Promise.resolve([{ N: "1" }]), scored),
    TypeError,
    "a row has undefined for 'flag', its columns are N",
  );
});

Deno.test("lib/sql imports the pure core only, no engine and no TensorFlow.js", async () => {
  const entry = new URL("../../lib/sql/mod.ts", import.meta.url).href,
    lib = new URL("../../lib/", import.meta.url).href;
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry] }).output();
  const modules = (JSON.parse(new TextDecoder().decode(stdout)).modules as { specifier: string }[]).map((m) =>
    m.specifier
  );
  assert(modules.length > 20, "the graph was read");
  assertEquals(modules.filter((specifier) => !specifier.startsWith(lib) || specifier.includes("/lib/tfjs/")), []);
});
