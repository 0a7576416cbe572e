// One table in any spelling: separator, line ends, order of columns, encoding, packing, index or none, missing values.
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import zlib from "node:zlib";
import { readTable, trainTestSplit } from "@roundabout/roundabout/data";
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

function textOf({ separator, end, order, index, missing, booleans, label, blank, quoted }: Spelling): string {
  const quote = (text: string) => quoted || /["\n,;|\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  const spelt = (name: Name, row: number): string => {
    const value = table[name][row];
    if (name === "y") return label[value === "1" ? 0 : 1];
    return value === null ? missing : typeof value === "boolean" ? booleans[value ? 0 : 1] : String(value);
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

slow.test("readTable: 2,000 spellings of one table are the same numbers, classes and splits", async () => {
  using fixtures = new Fixtures();
  const essence = async (spelling: Spelling) => {
    const path = fixtures.file(`t.csv${spelling.packed}`, "");
    Deno.writeFileSync(path, bytesOf(textOf(spelling), spelling));
    const read = await readTable(path, { label: "y" }),
      byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
    return {
      columns: read.columns.toSorted(byName),
      yTrue: read.yTrue,
      rows: read.classes.map(({ rows }) => rows),
      missing: Object.entries(read.missing).sort(),
      split: trainTestSplit(read, { seed: 1 }),
    };
  };
  const plain = await essence({
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
  });
  await fc.assert(
    fc.asyncProperty(spelling, async (one) => assertEquals(await essence(one), plain)),
    { numRuns: 2000, seed: 1 },
  );
});
