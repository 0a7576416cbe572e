import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { renderSite, SiteError } from "../../tasks/site/mod.ts";
import { splitLines } from "../../tasks/site/highlight.ts";
import { code, fixtures, html, notebookOf, prose } from "./support.ts";

/** The page that some cells become. */
async function pageOf(...cells: Parameters<typeof notebookOf>): Promise<string> {
  const { files } = await renderSite({ notebooks: [notebookOf(...cells)] });
  return String(files.get("made.html"));
}

const fails = (message: string, ...cells: Parameters<typeof notebookOf>) =>
  assertRejects(() => renderSite({ notebooks: [notebookOf(...cells)] }), SiteError, message);

Deno.test("site: the title and the first paragraph head the page, and the front page's card", async () => {
  const { files } = await renderSite({ notebooks: [notebookOf(prose("More."))] });
  const page = String(files.get("made.html"));
  assertStringIncludes(page, "<title>A question? · Roundabout</title>");
  assertStringIncludes(page, '<p class="answer">An answer.</p>');
  assertEquals(page.split("An answer.").length - 1, 3, "once as text, twice as description");
  const front = String(files.get("index.html"));
  assertStringIncludes(front, '<h3><a href="made.html">A question?</a></h3>\n<p>An answer.</p>');
});

Deno.test("site: folded cells share the fold of the next result", async () => {
  const fold = (source: string, ...outputs: Parameters<typeof code>[1] & object) =>
    code(source, outputs, ["hide-input"]);
  const page = await pageOf(
    fold("const a = 1;"),
    prose("Words."),
    fold("a;", html("<p>1</p>")),
    code("a + 1;"),
    fold("a + 2;", html("<p>3</p>")),
  );
  const parts = [...page.matchAll(/<details class="source">[\s\S]*?<\/details>|Code \d|<p>\d<\/p>/g)].map(([part]) =>
    [...part.matchAll(/aria-label="(Code \d)"|^(Code \d|<p>\d<\/p>)/g)].map((match) => match[1] ?? match[2]).join(" ")
  );
  assertEquals(parts, ["Code 1 Code 2", "<p>1</p>", "Code 3", "Code 4", "<p>3</p>"]);
});

Deno.test("site: pages bear the numbers of their files, appendices letters", async () => {
  const [{ notebook }, folder] = [notebookOf(), "tests/site/fixtures/"];
  const { files } = await renderSite({
    notebooks: ["02_b", "10_j", "a1_c", "a2_d", "recipes"].map((name) => ({
      path: `${folder}${name}.ipynb`,
      notebook,
    })),
  });
  const kicker = (file: string) => /<p class="kicker">([^<]*)</.exec(String(files.get(file)))?.[1];
  assertEquals(["02_b.html", "10_j.html", "a1_c.html", "a2_d.html", "recipes.html"].map(kicker), [
    "Notebook 2",
    "Notebook 10",
    "Appendix A",
    "Appendix B",
    "Recipes",
  ]);
  const masthead = /<header class="masthead">[\s\S]*?<\/header>/.exec(String(files.get("index.html")))?.[0] ?? "";
  const links = [...masthead.matchAll(/<li><a [^>]*>([^<]*)</g)].map((match) => match[1]);
  assertEquals(links.slice(0, 3), ["Notebook 2", "Notebook 10", "Recipes"]);
  const footer = /<footer[\s\S]*<\/footer>/.exec(String(files.get("index.html")))?.[0] ?? "";
  const lists = [...footer.matchAll(/<(?:ol|ul)[ >][\s\S]*?<\/(?:ol|ul)>/g)];
  assertEquals(lists.map(([list]) => /^<ol type="A"|^<\w+/.exec(list)?.[0]), ["<ol", '<ol type="A"', "<ul"]);
  const names = lists.map(([list]) => [...list.matchAll(/href="([^"]*)\.html/g)].map((match) => match[1]));
  assertEquals(names.map((own) => own.slice(0, 2)), [["02_b", "10_j"], ["a1_c", "a2_d"], ["recipes", "audit"]]);
});

Deno.test("site: a notebook without title or answer is an error", async () => {
  const { path, notebook } = notebookOf();
  const without = (source: string) => ({ path, notebook: { ...notebook, cells: [prose(source)] } });
  await assertRejects(() => renderSite({ notebooks: [without("Text")] }), SiteError, "does not begin with a title");
  await assertRejects(
    () => renderSite({ notebooks: [without("# Title\n\n- a")] }),
    SiteError,
    "no paragraph under its title",
  );
  await assertRejects(() => renderSite({ notebooks: [] }), SiteError, "There is no notebook");
});

Deno.test("site: TeX is typeset, in lines and on its own, and left alone in code and where it is money", async () => {
  const page = await pageOf(
    prose("Is $x_1 * y_2 * z$ so?\n\n$$\n\\sum_i w_i\n$$\n\n`$a$` costs \\$5 or $6, not 7 $ and $$\\pi$$."),
  );
  assertEquals(page.match(/<span class="katex">/g)?.length, 3);
  assertEquals(page.match(/class="math-display"/g)?.length, 2);
  assertStringIncludes(page, '<annotation encoding="application/x-tex">x_1 * y_2 * z</annotation>');
  assertStringIncludes(page, "<code>$a$</code> costs $5 or $6, not 7 $ and");
});

Deno.test("site: TeX in outputs is typeset inside rb-tex and nowhere else", async () => {
  const page = await pageOf(code("1", [html('<p><span class="rb-tex">$a &lt; b$</span> but $c$</p>')]));
  assertStringIncludes(page, '<annotation encoding="application/x-tex">a &lt; b</annotation>');
  assertStringIncludes(page, " but $c$");
});

Deno.test("site: a number and its per cent sign stay in one line, and code keeps its spaces", async () => {
  const page = await pageOf(prose("A 95 % interval; `95 % 7`."), code("1", [html("<p>5 % of them</p>")]));
  for (const text of ["A 95\u00a0% interval", "<code>95 % 7</code>", "5\u00a0% of them"]) {
    assertStringIncludes(page, text);
  }
});

Deno.test("site: wrong TeX names the notebook and the cell", async () => {
  const where = "in tests/site/fixtures/made.ipynb, cell 3 of all: ";
  await fails(`Cannot typeset '\\frac{1}' ${where}`, prose("fine $x$"), prose("wrong $\\frac{1}$"));
  await fails(`Cannot typeset '\\nope' ${where}`, prose("fine"), code("1", [html('<i class="rb-tex">$\\nope$</i>')]));
});

Deno.test("site: hints survive, with markdown and TeX in them, and stay closed", async () => {
  const page = await pageOf(
    prose("1. Why?\n\n   <details><summary>Hint</summary>\n\n   *Since* $t$.\n\n   </details>"),
  );
  assertMatch(
    page,
    /<li>\s*<p>Why\?<\/p>\s*<details><summary>Hint<\/summary>\s*<p><em>Since<\/em> <span class="katex">/,
  );
  assertStringIncludes(
    await pageOf(prose("<details><summary>Hint</summary>Is $t$</details>")),
    'Is <span class="katex">',
  );
});

Deno.test("site: elements must balance, scripts and handlers are dropped", async () => {
  await fails(
    "Unclosed <details> in tests/site/fixtures/made.ipynb, cell 2 of all",
    prose("<details><summary>a</summary>"),
  );
  await fails("Unclosed <b> before </p>", code("1", [html("<p><b></p>")]));
  await fails("Unopened </p>", code("1", [html("</p>")]));
  const page = await pageOf(prose('<b onclick="x()">a</b><script>bad()</script><iframe src="b">c</iframe>'));
  assertStringIncludes(page, "<b>a</b></p>");
  assert(!/bad\(\)|onclick|<iframe/.test(page));
});

Deno.test("site: a callout is known by its bold words", async () => {
  const page = await pageOf(prose("> **What do you expect?** A?\n\n> **Note.** B\n\n> C"));
  assertStringIncludes(page, '<blockquote class="aside expect">');
  assertStringIncludes(page, '<blockquote class="aside">');
  assertStringIncludes(page, "<blockquote>\n<p>C");
  assertStringIncludes(
    await pageOf(prose("*What do you expect?* A")),
    '<p class="aside expect"><em>What do you expect?',
  );
});

Deno.test("site: headings get anchors, do not repeat ids and do not skip levels", async () => {
  const page = await pageOf(prose("## The `round` of $x$\n\n#### Deep\n\n## Main\n\n## Main\n\n# Second title"));
  assertStringIncludes(page, '<h2 id="the-round-of-x">');
  assertStringIncludes(page, '<h3 id="deep">');
  assertEquals([...page.matchAll(/<h2 id="([^"]*)"/g)].map((m) => m[1]).slice(1, 4), [
    "main-1",
    "main-2",
    "second-title",
  ]);
  assertStringIncludes(page, 'href="#the-round-of-x">The <code>round</code> of <span class="katex">');
});

Deno.test("site: the rows of a table of symbols have anchors", async () => {
  const table = "| symbol | is |\n| - | - |\n| $\\pi$ | a |\n| $\\hat y$ | b |\n| $\\pi$ | c |";
  const page = await pageOf(prose(`${table}\n\n[$\\pi$](#symbol-pi)\n\n| other |\n| - |\n| $x$ |`));
  const ids = [...page.matchAll(/<tr id="([^"]*)"/g)].map((m) => m[1]);
  assertEquals(ids, ["symbol-pi", "symbol-hat-y", "symbol-pi-1"]);
  assertStringIncludes(page, 'href="#symbol-pi"');
});

Deno.test("site: headings of outputs are no headings of the page", async () => {
  const page = await pageOf(code("1", [html("<h1>Big</h1>")]));
  assertStringIncludes(page, '<p class="output-heading">Big</p>');
});

Deno.test("site: links lead to pages, to sources and to the outside; dead ones are errors", async () => {
  const page = await pageOf(
    prose("## Here\n\n[a](made.ipynb#Here) [b](#here) [c](../../../LICENSE#L3) [d](https://example.org/x)"),
  );
  assertStringIncludes(page, '<a href="made.html#here">a</a>');
  assertStringIncludes(page, '<a href="#here">b</a>');
  assertStringIncludes(page, '<a href="source/LICENSE.html#L3">c</a>');
  assertStringIncludes(page, '<a href="https://example.org/x">d</a>');
  await fails(
    "The link 'nothing.ts' in tests/site/fixtures/made.ipynb, cell 2 of all leads to no file",
    prose("[a](nothing.ts)"),
  );
  await fails("'#nowhere' leads to no anchor", prose("[a](#nowhere)"));
  await fails("leads to a folder", prose("[a](../../../lib/)"));
  await fails("leaves the project", prose("[a](../../../../x.ts)"));
  await fails("Cannot follow the link 'javascript", prose('<a href="javascript:x()">a</a>'));
});

Deno.test("site: pictures need words and come from here", async () => {
  await fails("A picture has no alternative text", prose("![](../../../x.png)"));
  await fails("would be loaded from the network", prose("![a](https://example.org/a.png)"));
  const { notebook, path } = notebookOf();
  const attached = {
    ...prose("![a dot](attachment:dot.png)"),
    attachments: { "dot.png": { "image/png": "iVBORw0K" } },
  };
  const { files } = await renderSite({
    notebooks: [{ path, notebook: { ...notebook, cells: [...notebook.cells, attached] } }],
  });
  assertStringIncludes(String(files.get("made.html")), '<img src="data:image/png;base64,iVBORw0K" alt="a dot">');
});

Deno.test("site: figures stand in line, labelled, each with ids of its own", async () => {
  const svg = "<svg xmlns='http://www.w3.org/2000/svg' width='640'><clipPath id='a'/><g clip-path='url(#a)'/></svg>"
    .replaceAll("'", '"');
  const image = `<img alt="A &quot;line&quot;" src='data:image/svg+xml,${
    encodeURIComponent(svg).replaceAll("'", "%27")
  }'>`;
  const page = await pageOf(code("1", [html(`<figure class="rb-figure">${image}</figure>${image}`)]));
  assertEquals(page.match(/<svg role="img" aria-label="A &quot;line&quot;"/g)?.length, 2);
  assertStringIncludes(page, '<clipPath id="figure-a"/><g clip-path="url(#figure-a)"/>');
  assertStringIncludes(page, '<clipPath id="figure-1-a"/><g clip-path="url(#figure-1-a)"/>');
  assertStringIncludes(page, 'style="--least: 352px"');
});

Deno.test("site: tables scroll in labelled boxes of their own", async () => {
  const page = await pageOf(prose("| a |\n| - |\n| 1 |"), code("1", [html("<table><tr><td>1</td></tr></table>")]));
  for (const n of [1, 2]) {
    assertStringIncludes(page, `data-scroll tabindex="0" role="group" aria-label="Table ${n}"><table`);
  }
});

Deno.test("site: streams are joined, coloured text is plain, long ones fold, errors are told", async () => {
  const stream = (name: string, text: string) => ({ output_type: "stream" as const, name, text });
  const error = {
    output_type: "error" as const,
    ename: "TypeError",
    evalue: "a < b",
    traceback: ["\x1b[31mat 1\x1b[0m"],
  };
  const page = await pageOf(
    code("1", [stream("stdout", "a\n"), stream("stdout", "b\n"), stream("stderr", "\x1b[1mc"), error]),
  );
  assertStringIncludes(page, 'aria-label="Standard output">a\nb</pre>');
  assertStringIncludes(page, 'aria-label="Standard error">c</pre>');
  assertStringIncludes(page, "<strong>TypeError:</strong> a &lt; b");
  assertStringIncludes(page, ">at 1</pre>");
  const long = await pageOf(code("1", [stream("stdout", "x\n".repeat(50))]));
  assertStringIncludes(long, '<details class="fold"><summary>Output, 50 lines</summary>');
});

Deno.test("site: every kind of output has a form", async () => {
  const of = (data: Record<string, string>) => code("1", [{ output_type: "display_data", metadata: {}, data }]);
  assertStringIncludes(await pageOf(of({ "text/plain": "a & b" })), ">a &amp; b</pre>");
  assertStringIncludes(
    await pageOf(of({ "image/png": "iVBO\nRw", "text/plain": "dots" })),
    'base64,iVBORw" alt="dots">',
  );
  assertStringIncludes(await pageOf(of({ "text/latex": "$x$" })), '<span class="katex">');
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>';
  assertStringIncludes(
    await pageOf(of({ "image/svg+xml": svg, "text/plain": "a path" })),
    '<svg role="img" aria-label="a path"',
  );
});

Deno.test("site: tags hide the code, the output or the cell; the front page takes its picture", async () => {
  const figure = html('<figure class="rb-figure"><figcaption>shown</figcaption></figure>');
  const page = await pageOf(
    code("secret()", [html("<p>gone</p>")], ["hide-cell"]),
    code("folded()", [], ["hide-input"]),
    code("kept()", [html("<p>silent</p>")], ["hide-output"]),
  );
  assert(!/secret|gone|silent/.test(page));
  assertMatch(
    page,
    /<details class="source"><summary>[^<]*<\/summary>\s*<div class="code-box"><pre[^>]*><code>.*folded/,
  );
  const { files, warnings } = await renderSite({ notebooks: [notebookOf(code("1", [figure], ["front-page"]))] });
  assertStringIncludes(String(files.get("index.html")), "<figcaption>shown</figcaption>");
  assertEquals(warnings, []);
  const bare = await renderSite({ notebooks: [notebookOf()] });
  assertStringIncludes(bare.warnings[0], "the front page has no picture");
});

Deno.test("site: the download is the notebook", async () => {
  const notebooks = await fixtures();
  const { files } = await renderSite({ notebooks });
  for (const { path } of notebooks) {
    const name = path.split("/").at(-1)!;
    assertEquals(
      String(files.get(`notebooks/${name}`)),
      await Deno.readTextFile(new URL(`fixtures/${name}`, import.meta.url)),
    );
  }
});

Deno.test("site: every formula's fonts are in the style sheet, and no others", async () => {
  const { files } = await renderSite({ notebooks: [notebookOf(prose("$x + \\mathbb{R}$"))] });
  const css = String(files.get("assets/katex.css"));
  const families = [...css.matchAll(/@font-face\{[^}]*font-family:(\w+)[^}]*\}/g)].map((m) => m[1]);
  assertEquals([...new Set(families)].sort(), ["KaTeX_AMS", "KaTeX_Main", "KaTeX_Math", "KaTeX_Size1"]);
  assert(!/url\((?!data:)/.test(css));
});

Deno.test("site: marked code is cut into lines that stand alone", () => {
  assertEquals(splitLines('<span class="c">a\nb</span>\nd'), [
    '<span class="c">a</span>',
    '<span class="c">b</span>',
    "d",
  ]);
});
