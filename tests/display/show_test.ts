import { assertEquals, assertFalse, assertGreaterOrEqual, assertRejects, assertStringIncludes } from "@std/assert";
import { curveFigure } from "@roundabout/figures";
import * as display from "@roundabout/roundabout/display";
import { bundle, markdown, md, row, show, type Showable, table } from "@roundabout/roundabout/display";
import * as tf from "@tensorflow/tfjs";
import pl from "nodejs-polars";
import { decodeFigures, fromDataUri, toDataUri } from "../../lib/display/figure.ts";
import { showOn } from "../../lib/display/show.ts";
import { examples } from "../figures/examples.ts";

tf.enableProdMode(); // no banner

Deno.test("./display: what a notebook shows, and no figures of the project's own notebooks", () => {
  assertEquals(
    Object.keys(display).sort(),
    [
      "auditDisplay",
      "bundle",
      "comparisonDisplay",
      "markdown",
      "md",
      "row",
      "show",
      "table",
    ],
  );
});

const text = async (...items: Showable[]): Promise<string> => (await bundle(...items))["text/plain"];
const html = async (...items: Showable[]): Promise<string> => (await bundle(...items))["text/html"];

Deno.test("show: one message with both forms, then a wait", async () => {
  const sent: [string, Record<string, unknown>][] = [];
  const broadcast = (type: string, content: Record<string, unknown>): Promise<void> => {
    sent.push([type, content]);
    return Promise.resolve();
  };
  const start = performance.now();
  await showOn({ broadcast })("a", 1, table([{ x: 1 }]));
  assertGreaterOrEqual(performance.now() - start, 19);
  assertEquals(sent.length, 1);
  const [type, content] = sent[0];
  assertEquals(type, "display_data");
  assertEquals(Object.keys(content), ["data", "metadata", "transient"]);
  assertEquals(content.data, await bundle("a", 1, table([{ x: 1 }])));
});

Deno.test("show: nothing is sent if one of the things cannot be shown", async () => {
  let sent = 0;
  const display = showOn({ broadcast: () => Promise.resolve(void sent++) });
  await assertRejects(
    () => display("fine", new Map() as unknown as string),
    TypeError,
    "Cannot show an object with the keys (none)",
  );
  assertEquals(sent, 0);
});

Deno.test("show: outside a notebook it prints", async () => {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => lines.push(line);
  try {
    await show("one", "two");
  } finally {
    console.log = log;
  }
  assertEquals(lines, ["one\n\ntwo"]);
});

Deno.test("show: what cannot be shown is an error of one sentence", async () => {
  const cases: [unknown, string][] = [
    [() => 1, "Cannot show the function (anonymous)"],
    [Promise.resolve(1), "Cannot show a promise (its 'await' is missing)"],
    [[], "Cannot show an empty array"],
    [[1, 2], "Cannot show an array of other values than records"],
    [Symbol("x"), "Cannot show a symbol"],
    [{ loss: 1 }, "Cannot show an object with the keys loss"],
  ];
  for (const [value, message] of cases) await assertRejects(() => bundle(value as Showable), TypeError, message);
  await assertRejects(() => bundle(), TypeError, "Cannot show nothing: 'items' is empty");
});

Deno.test("show: numbers, booleans, and values that are not numbers, as they are", async () => {
  const values = [0.123456, 4601, 1234567, 1e-12, 0, -2.5, NaN, Infinity, -Infinity, true, null, undefined, 12n];
  assertEquals(
    (await text(...values)).split("\n\n"),
    [
      "0.1235",
      "4601",
      "1,234,567",
      "1\u00a0×\u00a010⁻¹²",
      "0",
      "−2.5",
      "NaN",
      "Infinity",
      "−Infinity",
      "true",
      "null",
      "undefined",
      "12",
    ],
  );
});

Deno.test("show: everything is escaped", async () => {
  const evil = "<script>alert('x')</script>";
  const shown = await html(
    evil,
    markdown(evil),
    md`${evil} $<b>$`,
    table([{ [evil]: evil }], { caption: evil }),
    tf.tensor([evil]),
    curveFigure({
      title: evil,
      alt: `${evil}"' onerror="x`,
      caption: evil,
      x: { label: evil },
      y: { label: evil },
      series: [{ name: evil, points: [[0, 0]] }],
    }),
  );
  assertFalse(/<script|<b>|onerror="/.test(shown));
  assertFalse(/<script|onerror="/.test(decodeFigures(shown)));
});

Deno.test("show: tables from records and from polars are the same", async () => {
  const rows = [
    { name: "a", n: 12345, score: 0.91234, tiny: -1e-9, ok: true, none: null },
    { name: "bb", n: 7, score: NaN, tiny: 0, ok: false, none: null },
    { name: "c", n: 0, score: 1, tiny: 0.5, ok: true, none: null },
  ];
  const plain = await text(rows);
  assertEquals(
    plain,
    `name       n   score       tiny  ok     none
----  ------  ------  ---------  -----  ----
a     12,345  0.9123  −1 × 10⁻⁹  true   null
bb         7     NaN          0  false  null
c          0  1.0000     0.5000  true   null`,
  );
  const frame = pl.DataFrame({
    name: ["a", "bb", "c"],
    n: [12345, 7, 0],
    score: [0.91234, NaN, 1],
    tiny: [-1e-9, 0, 0.5],
    ok: [true, false, true],
    none: [null, null, null],
  });
  assertEquals(await text(frame), plain);
  assertEquals(await html(frame), await html(rows));
});

Deno.test("table: caption, columns, decimals, headings", () => {
  const { text, html } = table([{ a: 1.23456, b: "x" }], {
    caption: "One *row*",
    columns: { b: "B", a: "A" },
    digits: { a: 2 },
  });
  assertEquals(text, "One *row*\n\nB     A\n-  ----\nx  1.23");
  assertStringIncludes(html, "<caption>One <em>row</em></caption>");
  assertStringIncludes(html, '<th scope="col" style="text-align: left">B</th><th scope="col" class="rb-number">A</th>');
});

Deno.test("table: a long one shows its beginning and its end", async () => {
  const rows = Array.from({ length: 4601 }, (_, id) => ({ id }));
  const lines = (await text(rows)).split("\n");
  assertEquals(lines.length, 23);
  assertEquals(lines[16], "… 4581 more rows …");
  assertEquals(lines.at(-1), "4600");
});

Deno.test("table: bad options are errors of one sentence", async () => {
  const error = await assertRejects(
    () => Promise.resolve().then(() => table([{ a: 1 }], { columns: ["b"] })),
    RangeError,
  );
  assertEquals((error as Error).message, `Cannot make a table: 'columns' names "b", the rows have a`);
  await assertRejects(
    () => Promise.resolve().then(() => table("x" as never)),
    TypeError,
    "'rows' must be a polars DataFrame",
  );
  await assertRejects(() => Promise.resolve().then(() => table([], { maxRows: 1 })), RangeError, "'maxRows' is 1");
});

Deno.test("show: tensors are shown with their shape, abbreviated, kept, and none is leaked", async () => {
  const scalar = tf.scalar(0.25), matrix = tf.tensor2d([[1, 2.5], [3, -40]]), long = tf.range(0, 1000);
  const cube = tf.zeros([2, 1, 2]), bool = tf.tensor1d([true, false]), empty = tf.zeros([0, 3]);
  const before = tf.memory().numTensors;
  assertEquals(await text(scalar), "Tensor float32 scalar\n0.2500");
  assertEquals(await text(matrix), "Tensor float32 [2, 2]\n[[  1.00,   2.50],\n [  3.00, −40.00]]");
  assertEquals(await text(long), "Tensor float32 [1000]\n[0, 1, 2, …, 997, 998, 999]");
  assertEquals(await text(cube), "Tensor float32 [2, 1, 2]\n[[[0, 0]],\n\n [[0, 0]]]");
  assertEquals(await text(bool), "Tensor bool [2]\n[true, false]");
  assertEquals(await text(empty), "Tensor float32 [0, 3]\n[]");
  assertEquals(tf.memory().numTensors, before);
  assertFalse(matrix.isDisposed);
  tf.dispose([scalar, matrix, long, cube, bool, empty]);
  await assertRejects(() => bundle(matrix), Error, "Cannot show a tensor: the tensor of shape [2,2] is disposed");
});

Deno.test("show: side by side", async () => {
  const shown = await html(row("left", table([{ a: 1 }])));
  assertStringIncludes(shown, '<div class="rb-row" style="display: flex; flex-wrap: wrap;');
  assertEquals(shown.match(/flex: 1 1/g)?.length, 2);
});

Deno.test("markdown: TeX stays TeX, money stays money", () => {
  const tex = (source: string): string => markdown(source).html;
  assertEquals(tex("$a_1 * b_2$"), '<p><span class="rb-tex">$a_1 * b_2$</span></p>');
  assertEquals(tex("$$\n\\frac{a}{b}\n$$"), '<p><span class="rb-tex rb-tex-display">$$\n\\frac{a}{b}\n$$</span></p>');
  assertEquals(tex("from $5 to $6"), "<p>from $5 to $6</p>");
  assertEquals(tex("a \\$ sign and `$x$`"), "<p>a $ sign and <code>$x$</code></p>");
  assertEquals(tex("[x](javascript:alert(1))"), "<p>[x](javascript:alert(1))</p>");
});

Deno.test("markdown: indentation is taken off, backslashes stay", () => {
  const { text } = md`
    - one $\alpha$
      - ${1 / 3}
  `;
  assertEquals(text, "- one $\\alpha$\n  - 0.3333");
});

Deno.test("figures: HTML holds the title, an image that decodeFigures puts in line, and the caption", async () => {
  for (const [name, make] of Object.entries(examples)) {
    const figure = make(), { svg, title } = figure;
    assertEquals(fromDataUri(toDataUri(svg)), svg);
    const shown = await html("before", figure, "after");
    const parts =
      /<figure class="rb-figure">\n<style>[^<]*<\/style>\n<p class="rb-title"><strong>([^<]*)<\/strong><\/p>\n(<img alt="[^"<>]*" src='data:image\/svg\+xml,[^'<>#]*'>)\n<figcaption>/
        .exec(shown);
    assertEquals(parts?.[1], title.replaceAll("'", "&#39;"), name);
    const decoded = decodeFigures(parts![2]);
    // The page's style sheet colours the drawing; its own would colour the page.
    assertEquals(
      decoded.replace(/ role="img" aria-label="[^"]*"/, "").replaceAll("rb-1-clip", "clip"),
      svg.replace(/<style>.*<\/style>\n/, ""),
    );
    assertStringIncludes(decoded, `<svg role="img" aria-label="${figure.alt.replaceAll("'", "&#39;")}" xmlns=`);
    assertFalse(decodeFigures(shown).includes("<img"));
  }
});

Deno.test("figures: an image follows the theme of the notebook around it", async () => {
  const shown = await html(examples.family());
  for (const [isLight, scheme] of [[true, "light"], [false, "dark"]]) {
    const themes = `[data-jp-theme-light="${isLight}"] .rb-figure img, .vscode-${scheme} .rb-figure img`;
    assertStringIncludes(shown, `${themes} { color-scheme: ${scheme} }`);
  }
});

Deno.test("figures: ids are unique where several are put in line", async () => {
  const figure = examples.decisions_and_step();
  const clipped = { ...figure, svg: '<svg><clipPath id="clip-0"/><g clip-path="url(#clip-0)"/></svg>' };
  assertEquals(
    decodeFigures(await html(clipped, clipped)).match(/(id="|#)[^")]*/g),
    ['id="rb-1-clip-0', "#rb-1-clip-0", 'id="rb-2-clip-0', "#rb-2-clip-0"],
  );
});

Deno.test("decodeFigures: other images and other quotes", () => {
  assertEquals(decodeFigures('<img src="cat.png" alt="a cat">'), '<img src="cat.png" alt="a cat">');
  // As a sanitiser may write it again.
  assertEquals(
    decodeFigures('<img src="data:image/svg+xml,%3Csvg x=&quot;1&quot;/%3E" alt="it&#39;s" />'),
    '<svg role="img" aria-label="it&#39;s" x="1"/>',
  );
});

Deno.test("a sentence that is broken in a cell is one line, and lists, quotations and code stay as they are", () => {
  assertEquals(markdown("one\n    two\n  three").text, "one two three");
  assertEquals(markdown("- a\n  b\n  - c\n  1. d").text, "- a b\n  - c\n  1. d");
  assertEquals(markdown("> a\n\n    b").text, "> a\n\n    b");
  assertEquals(markdown("```\na\n  b\n```").text, "```\na\n  b\n```");
  assertEquals(markdown("Text:\n\n    a = 1\n    b = 2").text, "Text:\n\n    a = 1\n    b = 2");
  assertEquals(markdown("one\n  *two*\n  -1").text, "one *two* -1");
});

Deno.test("the words of a figure may be broken in a cell", () => {
  const figure = curveFigure({
    title: "A\n  title",
    alt: "What is\n    to be seen",
    caption: "What\n  was done",
    x: { label: "x" },
    y: { label: "y" },
    series: [{ name: "one", points: [[0, 0], [1, 1]] }],
  });
  assertEquals([figure.title, figure.alt, figure.caption], ["A title", "What is to be seen", "What was done"]);
});
