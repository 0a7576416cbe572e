// Tables as cards where they have no room: from an estimate of their width, without a browser; and whole in a browser.
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { cardStyles, layTables } from "../../tasks/site/tables.ts";
import { table } from "../../lib/display/mod.ts";
import { notebooksIn } from "./support.ts";

const laid = (rows: Record<string, unknown>[]) => layTables(table(rows).html);
const classOf = (html: string) => Number(/<table role="table" class="needs-(\d+) rb-table">/.exec(html)?.[1] ?? 0);

Deno.test("tables: one that every screen has room for stays as it is", () => {
  const { html } = table([{ loss: "f1", score: 0.5 }, { loss: "precision", score: 0.25 }]);
  assertEquals(layTables(html), html);
  assertEquals(layTables("<p>no table</p>"), "<p>no table</p>");
});

Deno.test("tables: the width needed grows with the columns, the words and the numbers; a long text may wrap", () => {
  const numbers = (columns: number, value: number) =>
    classOf(laid([Object.fromEntries(Array.from({ length: columns }, (_, i) => [`c${i}`, value]))]));
  assertEquals([2, 6, 9, 12].map((columns) => numbers(columns, 0.25)), [0, 22, 31, 40]);
  assertEquals([1, 12345, 12345678.5].map((value) => numbers(5, value)), [0, 17, 31]);
  const words = (text: string) => classOf(laid([{ a: text, b: text, c: 1 }]));
  const long = words("a sentence of many words, which may be broken between them");
  assertEquals([long, words("a".repeat(58))], [25, 40], "a text wraps, a word does not");
});

Deno.test("tables: each value of a card has its column's heading, each part its role; the header stays", () => {
  const html = layTables(
    '<table class="rb-table"><caption>of <em>losses</em></caption><thead><tr><th>loss</th><th>"x" &amp; <code>y</code></th>' +
      "<th>why</th></tr></thead><tbody><tr><td>f1</td><td>1</td><td>so <b>long</b> a reason that it takes a line of its own " +
      'with-all-its-characters-in-one-word</td></tr><tr><td colspan="3">… 2 more rows …</td></tr></tbody></table>',
  );
  assertMatch(
    html,
    /^<table role="table" class="needs-\d+ rb-table"><caption role="caption">of <em>losses<\/em><\/caption>/,
  );
  assertStringIncludes(html, '<tr role="row"><th role="columnheader">loss</th>');
  assertStringIncludes(html, '<td role="cell" data-label="&quot;x&quot; &amp; y">1</td>');
  assertStringIncludes(html, '<td role="cell" data-label="why" data-long><span>so <b>long</b> a reason');
  assertStringIncludes(html, '<td role="cell" colspan="3">… 2 more rows …</td>');
});

Deno.test("tables: the style of cards is written once per width, for the tables of that width", () => {
  const css = cardStyles(".cards-of-a-table td {\n  color: red;\n}");
  assertStringIncludes(css, "@container (max-width: 19rem) {\n  .needs-19 td {\n    color: red;\n  }\n}\n");
  assertEquals(css.match(/@container/g)?.length, 10);
});

Deno.test("tables: no number of a notebook's output has a hyphen for a minus sign, or an exponent of a program", async () => {
  const faults = (await notebooksIn("notebooks/")).flatMap(({ path, notebook }) =>
    notebook.cells.flatMap((cell) => cell.cell_type === "code" ? cell.outputs : []).flatMap((output) => {
      const html = "data" in output ? String(output.data["text/html"] ?? "") : "";
      const text = html.replace(/<pre>[\s\S]*?<\/pre>|<img[^>]*>/g, "").replace(/<[^>]*>/g, " ");
      return [...text.matchAll(/.{0,20}(?:(?<![\w/])-(?=[\d.])|\de[-−]\d).{0,20}/g)].map(([found]) =>
        `${path}: ${found}`
      );
    })
  );
  assertEquals(faults, []);
});
