// One table in any spelling: separator, line ends, order of columns, encoding, packing, index or none, missing values.
import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import pl, { type Series } from "nodejs-polars";
import zlib from "node:zlib";
import { readTable, type ReadTableOptions, trainTestSplit } from "@roundabout/roundabout/data";
import { seededRandom } from "../../lib/numerics/random.ts";
import { Fixtures } from "../tasks/fixtures.ts";
import { slow } from "../slow.ts";

const rows = 24, random = seededRandom(3);
const table = {
  a: Array.from({ length: rows }, (_, i) => i % 7 === 0 ? null : Math.round(1e4 * random.normal()) / 1e4),
  b: Array.from({ length: rows }, (_, i) => i % 11 === 0 ? null : ["x y", 'q"z', "m;n,o|p"][i % 3]),
  c: Array.from({ length: rows }, (_, i) => i % 5 < 2),
  y: Array.from({ length: rows }, (_, i) => (i * 7) % 3 === 0 ? "1" : "0"),
};
type Name = keyof typeof table;

const spelling = fc.record({
  separator: fc.constantFrom(",", ";", "\t", "|"),
  end: fc.constantFrom("\n", "\r\n"),
  order: fc.shuffledSubarray(["a", "b", "c", "y"] as Name[], { minLength: 4 }),
  index: fc.constantFrom("none", "unnamed", "from 0", "from 1", "pandas"),
  missing: fc.constantFrom("", "-", "?", "NA", "N/A", "n/a", "#N/A", "NaN", "NaT", "null", "NULL", "None"),
  booleans: fc.constantFrom(["true", "false"], ["True", "False"], ["TRUE", "FALSE"]),
  label: fc.constantFrom(["1", "0"], ["1.0", "0"], ["True", "False"], ["true", "false"]),
  blank: fc.constantFrom("", " "),
  quoted: fc.boolean(),
  encoding: fc.constantFrom("utf-8", "utf-8 with mark", "utf-16le", "utf-16be"),
  packed: fc.constantFrom("", ".gz", ".zst"),
});
type Spelling = typeof spelling extends fc.Arbitrary<infer T> ? T : never;

function textOf(
  { separator, end, order, index, missing, booleans, label, blank, quoted }: Spelling,
  mark = ".",
): string {
  const quote = (text: string) => quoted || /["\n,;|\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const spelt = (name: Name, row: number): string => {
    const value = table[name][row];
    if (name === "y") return label[value === "1" ? 0 : 1];
    return value === null
      ? missing
      : typeof value === "boolean"
      ? booleans[value ? 0 : 1]
      : typeof value === "number"
      ? String(value).replace(".", mark)
      : value;
  };
  const heads = { none: [], unnamed: [""], "from 0": ["n"], "from 1": ["n"], pandas: ["__index_level_0__"] }[index];
  const line = (fields: string[]) => fields.map((field, i) => (i > 0 ? blank : "") + quote(field)).join(separator);
  const number = (row: number) => heads.map(() => String(index === "from 1" ? row + 1 : row));
  return [
    line([...heads, ...order]),
    ...Array.from({ length: rows }, (_, row) => line([...number(row), ...order.map((name) => spelt(name, row))])),
  ].join(end) + end;
}

function bytesOf(text: string, { encoding, packed }: Spelling): Uint8Array {
  const marked = encoding === "utf-8" ? text : `\uFEFF${text}`;
  const wide = () => {
    const view = new DataView(new ArrayBuffer(2 * marked.length));
    for (let i = 0; i < marked.length; i++) view.setUint16(2 * i, marked.charCodeAt(i), encoding === "utf-16le");
    return new Uint8Array(view.buffer);
  };
  const bytes = encoding.startsWith("utf-8") ? new TextEncoder().encode(marked) : wide();
  return packed === ".gz" ? zlib.gzipSync(bytes) : packed === ".zst" ? zlib.zstdCompressSync(bytes) : bytes;
}

/** Reads the parts of a table that must be the same for every spelling. */
async function essence(path: string, options: Partial<ReadTableOptions> = {}) {
  const read = await readTable(path, { label: "y", ...options }),
    byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
  return {
    columns: read.columns.toSorted(byName),
    yTrue: read.yTrue,
    rows: read.classes.map(({ rows }) => rows),
    missing: Object.entries(read.missing).sort(),
    split: trainTestSplit(read, { seed: 1 }),
  };
}

const plain: Spelling = {
  separator: ",",
  end: "\n",
  order: ["a", "b", "c", "y"],
  index: "none",
  missing: "",
  booleans: ["true", "false"],
  label: ["1", "0"],
  blank: "",
  quoted: false,
  encoding: "utf-8",
  packed: "",
};

/** Writes a spelling of the table, or of a text that is made of it. */
function fileOf(fixtures: Fixtures, spelling: Spelling, change = (text: string) => text): string {
  const path = fixtures.path(`t.csv${spelling.packed}`);
  Deno.writeFileSync(path, bytesOf(change(textOf(spelling)), spelling));
  return path;
}

slow.test("readTable: 2,000 spellings of one table are the same numbers, classes and splits", async () => {
  using fixtures = new Fixtures();
  const right = await essence(fileOf(fixtures, plain));
  await fc.assert(
    fc.asyncProperty(spelling, async (one) => assertEquals(await essence(fileOf(fixtures, one)), right)),
    { numRuns: 2000, seed: 1 },
  );
});

slow.test("readTable: 500 spellings with a decimal comma, found or named, are the numbers that a point gives", async () => {
  using fixtures = new Fixtures();
  const right = await essence(fileOf(fixtures, plain));
  const comma = (one: Spelling) => fileOf(fixtures, one, () => textOf(one, ","));
  await fc.assert(
    fc.asyncProperty(spelling, fc.boolean(), async (one, named) => {
      const found = one.separator === ";" || one.separator === "\t";
      const options = named || !found ? { decimal: "," } as const : {};
      assertEquals(await essence(comma(one), options), right);
    }),
    { numRuns: 500, seed: 1 },
  );
});

slow.test("readTable: one thousands separator in 500 files with a decimal comma is named with its column and its row", async () => {
  using fixtures = new Fixtures();
  const row = fc.integer({ min: 0, max: rows - 1 }).filter((row) => table.a[row] !== null);
  const cells = fc.constantFrom("1.234,5", "-12.345,67", "1 234,5", "1'234'567,8");
  await fc.assert(
    fc.asyncProperty(spelling, row, cells, fc.boolean(), async (one, row, cell, named) => {
      const own = String(table.a[row]).replace(".", ","), first = textOf(one, ",").split(one.end)[row + 1];
      const path = fileOf(fixtures, one, () => textOf(one, ",").replace(first, first.replace(own, cell)));
      const found = one.separator === ";" || one.separator === "\t";
      const options = named || !found ? { decimal: "," } as const : {};
      const { message } = await assertRejects(() => readTable(path, { label: "y", ...options }), RangeError);
      assertStringIncludes(message, `the column 'a' holds '${cell}' in row ${row + 1} (line ${row + 2}), `);
      assertMatch(message, /thousands separator/);
    }),
    { numRuns: 500, seed: 1 },
  );
});

const parquetSpelling = fc.record({
  order: spelling.map(({ order }) => order),
  index: fc.constantFrom("none", "pandas again", "from 0", "from 1", "pandas"),
  numbers: fc.constantFrom("float", "decimal", "text"),
  texts: fc.constantFrom("text", "category"),
  booleans: fc.constantFrom("bool", "text"),
  label: fc.constantFrom("text", "int8", "int64", "uint32", "float", "bool"),
  missing: fc.constantFrom(null, "NA", "-", "None"),
  compression: fc.constantFrom("uncompressed", "snappy", "gzip", "zstd", "lz4"),
});

type ParquetSpelling = typeof parquetSpelling extends fc.Arbitrary<infer T> ? T : never;

/** Writes the table as a Parquet file. */
function parquetOf(fixtures: Fixtures, how: ParquetSpelling): string {
  const missing = how.numbers === "text" ? how.missing : null;
  const numbers = pl.Series("a", table.a.map((v) => v === null ? missing : String(v)), pl.Utf8);
  const columns: Record<Name, { values: Series; type?: unknown }> = {
    a: { values: numbers, type: { float: pl.Float64, decimal: pl.Decimal(12, 4), text: undefined }[how.numbers] },
    b: {
      values: pl.Series("b", table.b.map((v) => v ?? how.missing), pl.Utf8),
      type: how.texts === "category" ? pl.Categorical : undefined,
    },
    c: {
      values: how.booleans === "bool"
        ? pl.Series("c", table.c, pl.Bool)
        : pl.Series("c", table.c.map((v) => v ? "True" : "false"), pl.Utf8),
    },
    y: {
      values: pl.Series("y", table.y, pl.Utf8),
      type: { text: undefined, int8: pl.Int8, int64: pl.Int64, uint32: pl.UInt32, float: pl.Float64, bool: pl.Int8 }[
        how.label
      ],
    },
  };
  const name = {
    none: [],
    "pandas again": ["Unnamed: 0"],
    "from 0": ["n"],
    "from 1": ["n"],
    pandas: ["__index_level_0__"],
  }[how.index];
  const first = how.index === "from 1" ? 1 : 0, index = Array.from({ length: rows }, (_, row) => row + first);
  const chosen = how.order.map((name) => {
    const { values, type } = columns[name], column = pl.col(name);
    const number = name === "a" && how.numbers === "decimal" ? column.cast(pl.Float64) : column;
    const typed = type === undefined ? number : number.cast(type as typeof pl.Float64);
    return { values, typed: name === "y" && how.label === "bool" ? typed.cast(pl.Bool) : typed };
  });
  const frame = pl.DataFrame([
    ...name.map((one) => pl.Series(one, index, pl.Int64)),
    ...chosen.map(({ values }) => values),
  ]);
  const path = fixtures.path("t.parquet");
  frame.select(...name.map((one) => pl.col(one)), ...chosen.map(({ typed }) => typed))
    .writeParquet(path, { compression: how.compression as "snappy" });
  return path;
}

slow.test("readTable: 500 Parquet files of the same table are the same numbers, classes and splits", async () => {
  using fixtures = new Fixtures();
  const right = await essence(fileOf(fixtures, plain));
  await fc.assert(
    fc.asyncProperty(parquetSpelling, async (how) => assertEquals(await essence(parquetOf(fixtures, how)), right)),
    { numRuns: 500, seed: 1 },
  );
});

/** Cells that no column of numbers holds, and what the sentence says of them. */
const badCells: readonly [cell: string, said: RegExp][] = [
  ["oops", /'oops'/],
  ["1e200", /holds 1e\+200/],
  ["-inf", /is infinite/],
  ["12345678901234567890", /integers beyond 2\^53 \(12345678901234567890/],
];

slow.test("readTable: one bad cell in 500 files is one sentence that names its column and its row", async () => {
  using fixtures = new Fixtures();
  const row = fc.integer({ min: 0, max: rows - 1 }).filter((row) => table.a[row] !== null);
  await fc.assert(
    fc.asyncProperty(
      spelling,
      row,
      fc.constantFrom(...badCells),
      fc.boolean(),
      async (one, row, [cell, said], parquet) => {
        const values = table.a.map((v, i) => i === row ? cell : v === null ? null : String(v));
        const frame = () => pl.DataFrame([pl.Series("a", values, pl.Utf8), pl.Series("y", table.y, pl.Utf8)]);
        const path = parquet ? fixtures.path("t.parquet") : fileOf(fixtures, one, (text) => {
          const lines = text.split(one.end), fields = lines[row + 1].split(one.separator), at = String(table.a[row]);
          const place = fields.findIndex((field) => field.replaceAll('"', "").trim() === at);
          return lines.with(row + 1, fields.with(place, fields[place].replace(at, cell)).join(one.separator)).join(
            one.end,
          );
        });
        if (parquet) frame().writeParquet(path);
        const { message } = await assertRejects(() => readTable(path, { label: "y" }), Error);
        assertMatch(message, /^Cannot read the table: the column 'a' [^\n]+[^.\n]$/);
        assertMatch(message, said);
        assertStringIncludes(message, parquet ? `row ${row + 1}` : `row ${row + 1} (line ${row + 2})`);
      },
    ),
    { numRuns: 500, seed: 1 },
  );
});
