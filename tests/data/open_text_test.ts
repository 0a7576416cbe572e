// Files by their names, first bytes and encodings.
import { assertEquals, assertThrows } from "@std/assert";
import zlib from "node:zlib";
import { formatOf, openText, readHead } from "../../lib/data/open_text.ts";
import { Fixtures } from "../tasks/fixtures.ts";

Deno.test("formatOf: text, packed text and Parquet by the ending of the name, in any case", () => {
  const text = (packed?: string, tabs = false) => ({ kind: "text", packed, tabs });
  const formats: [string, ReturnType<typeof text> | { kind: string; tabs: boolean }][] = [
    ["a.csv", text()],
    ["a.b.CSV", text()],
    ["a.tsv", text(undefined, true)],
    ["a.tab", text(undefined, true)],
    ["a.txt", text()],
    ["a.csv.gz", text("gz")],
    ["a.tsv.zst", text("zst", true)],
    ["a.csv.parquet", { kind: "parquet", tabs: false }],
    ["a.Parquet", { kind: "parquet", tabs: false }],
  ];
  for (const [name, format] of formats) assertEquals<unknown>(formatOf(name), format, name);
  for (const name of ["a", "a.json", "csv", "a.csv.bak", "a.gz", "a.parquet.bak", "a.csv.gz.txt.bak"]) {
    assertThrows(() => formatOf(name), Error, `Cannot read '${name}': its name must end in .csv, .tsv,`);
  }
  for (const name of ["a.xlsx", "a.XLS"]) {
    assertThrows(() => formatOf(name), Error, "it is an Excel workbook: save the sheet as CSV");
  }
  assertEquals(formatOf("a.xlsx.csv"), text() as ReturnType<typeof formatOf>);
});

const encoded = {
  "utf-8": (text: string) => new TextEncoder().encode(text),
  "utf-16le": (text: string) =>
    new Uint8Array(
      Uint16Array.from({ length: text.length + 1 }, (_, i) => i === 0 ? 0xfeff : text.charCodeAt(i - 1)).buffer,
    ),
  "utf-16be": (text: string) => encoded["utf-16le"](text).map((_, i, bytes) => bytes[i ^ 1]),
};

Deno.test("a text is read whole in each encoding, plain and packed, by pieces and at its head", async () => {
  using fixtures = new Fixtures();
  const text = `a,größe\n${"1,€ 𝄞\n".repeat(40_000)}`;
  const packers = { "": (bytes: Uint8Array) => bytes, ".gz": zlib.gzipSync, ".zst": zlib.zstdCompressSync };
  for (const [encoding, encode] of Object.entries(encoded)) {
    for (const [ending, pack] of Object.entries(packers)) {
      const path = fixtures.path(`t.csv${ending}`);
      Deno.writeFileSync(path, pack(encode(text) as Uint8Array<ArrayBuffer>));
      const head = readHead(path), pieces = await Array.fromAsync(openText(path, encoding));
      assertEquals(head.encoding, encoding);
      assertEquals(text.startsWith(head.text.slice(0, 200_000)), true, `${encoding}${ending}`);
      assertEquals(pieces.join("") === text, true, `${encoding}${ending}`);
    }
  }
  const marked = fixtures.path("marked.csv");
  Deno.writeFileSync(marked, new Uint8Array([0xef, 0xbb, 0xbf, ...encoded["utf-8"]("a\n1\n")]));
  assertEquals(readHead(marked), { text: "a\n1\n", encoding: "utf-8" });
  assertEquals((await Array.fromAsync(openText(marked, "utf-8"))).join(""), "a\n1\n");
});

Deno.test("first bytes of other files, and endings that the bytes belie, are refused", () => {
  using fixtures = new Fixtures();
  const refused = (name: string, bytes: readonly number[], problem: string) => {
    const path = fixtures.path(name);
    Deno.writeFileSync(path, new Uint8Array(bytes));
    assertThrows(() => readHead(path), Error, `Cannot read '${path}': ${problem}`);
  };
  const gzip = [0x1f, 0x8b, 8, 0], zstd = [0x28, 0xb5, 0x2f, 0xfd, 0];
  refused("a.csv", gzip, "it is a gzip file: let its name end in .csv.gz");
  refused("a.csv.zst", gzip, "it is a gzip file: let its name end in .csv.gz");
  refused("a.csv", zstd, "it is a zstd file: let its name end in .csv.zst");
  refused("a.csv.gz", zstd, "it is a zstd file: let its name end in .csv.zst");
  refused("a.csv", [0x50, 0x4b, 3, 4, 0], "it is an Excel workbook or a zip archive");
  refused("a.csv", [0xd0, 0xcf, 0x11, 0xe0, 0], "it is an Excel workbook");
  refused("a.csv", [0x50, 0x41, 0x52, 0x31], "it is a Parquet file: let its name end in .parquet");
  refused("a.csv.gz", [97, 10], "its name ends in .gz, but its first bytes are not those of such a file");
  refused("a.csv.zst", [0x28, 0xb5, 97, 10], "its name ends in .zst, but its first bytes are not those of such a file");
  refused("a.csv", [97, 0, 10, 0], "it has zero bytes (is it UTF-16 without a mark?), save it as UTF-8");
  for (const bytes of [[0x50, 0x4b, 10], [0xff, 97, 10], [0xfe, 97, 10], []]) {
    Deno.writeFileSync(fixtures.path("b.csv"), new Uint8Array(bytes));
    assertEquals(readHead(fixtures.path("b.csv")).encoding, "utf-8", `${bytes}`);
  }
});
