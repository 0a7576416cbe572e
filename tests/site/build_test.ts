import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { root } from "../../tasks/cli.ts";
import { citationBibtex, citationText, parseCitation } from "../../tasks/site/citation.ts";
import { frontPage } from "../../tasks/site/front_page.ts";
import { SiteLinks } from "../../tasks/site/links.ts";
import { placeSite } from "../../tasks/site/build.ts";
import { buildSite, checkSite, renderSite, SiteError } from "../../tasks/site/mod.ts";
import { filesUnder, fixtures, inTemporaryFolder, notebookOf, prose } from "./support.ts";
import { slow } from "../slow.ts";

slow.test("site: two builds give the same bytes, without a date or a path of this machine", async () => {
  await inTemporaryFolder(async (folder) => {
    const notebooks = await fixtures();
    await buildSite({ notebooks, out: `${folder}/one` });
    await buildSite({ notebooks, out: `${folder}/two` });
    const [one, two] = await Promise.all(["one", "two"].map((name) => filesUnder(`${folder}/${name}`)));
    assertEquals([...one.keys()], [...two.keys()]);
    for (const [name, text] of one) {
      assert(text === two.get(name), `${name} differs`);
      assert(!text.includes(folder) && !text.includes(decodeURIComponent(root.pathname)), `${name} holds a local path`);
      const shows = name.endsWith(".html") && !name.startsWith("source/");
      assert(!shows || !text.includes(String(new Date().getFullYear())), `${name} holds a date`);
    }
  });
});

slow.test("site: an earlier build is replaced whole, and stays when the new one fails", async () => {
  await inTemporaryFolder(async (folder) => {
    const out = `${folder}/site`;
    const built = await buildSite({ notebooks: await fixtures(), out });
    assertEquals(built.index, `${out}/index.html`);
    const before = await filesUnder(out);
    await assertRejects(
      () => buildSite({ notebooks: [notebookOf(prose("$\\frac$"))], out }),
      SiteError,
      "Cannot typeset",
    );
    await assertRejects(() => placeSite(new Map([["a", "b"], ["a/b", "a is no folder"]]), out));
    assertEquals(await filesUnder(out), before);
    await buildSite({ notebooks: [notebookOf()], out });
    const after = await filesUnder(out);
    assert(after.has("made.html") && !after.has("01_steps.html"));
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["site"], "nothing is left beside it");
  });
});

slow.test("site: a folder that is not an earlier build is never replaced", async () => {
  await inTemporaryFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/mine.txt`, "mine");
    const build = (out: string) => buildSite({ notebooks: [notebookOf()], out });
    await assertRejects(() => build(folder), SiteError, "is not an earlier build of the site and is not replaced");
    await assertRejects(() => build(`${folder}/mine.txt`), SiteError, "is not replaced");
    assertEquals(await Deno.readTextFile(`${folder}/mine.txt`), "mine");
    await Deno.mkdir(`${folder}/empty`);
    await build(`${folder}/empty`);
  });
});

slow.test("site: a page leads to the one before it and to the next; the front page has no mark that is unknown", async () => {
  const { files } = await renderSite({ notebooks: await fixtures() });
  const [first, second] = [...files.keys()].filter((name) => /^\d\d_.*\.html$/.test(name));
  assertStringIncludes(String(files.get(first)), `<a rel="next" href="${second}">`);
  assertStringIncludes(String(files.get(second)), `<a rel="prev" href="${first}">`);
  const citation = { title: "T", version: "1", license: "MIT", authors: ["A"] };
  const links = new SiteLinks({ root, notebooks: [] });
  assertThrows(
    () => frontPage({ prose: "# T\n\nA line.\n\n<!-- nothing -->\n", pages: [], citation, links }),
    SiteError,
    "unknown mark 'nothing'",
  );
});

slow.test("site: links resolve, pictures have words, nothing is loaded from outside (fixtures)", async () => {
  const { files, warnings } = await renderSite({ notebooks: await fixtures() });
  assertEquals(checkSite(files), []);
  assertEquals(warnings, []);
  const svgs = [...files].filter(([file]) => file.endsWith(".html"))
    .flatMap(([, text]) => String(text).match(/<svg role="img"[^>]*>/g) ?? []);
  assert(svgs.length >= 4);
  for (const svg of svgs) assertMatch(svg, / aria-label="[^"]{20,}"/);
});

Deno.test("site: the check finds every fault", () => {
  const page = (body: string) => `<!doctype html><html lang="en"><body><h1 id="t">T</h1>${body}</body></html>`;
  const problemsOf = (body: string) => checkSite(new Map([["a.html", page(body)], ["b/c.html", page("")]]));
  const faults: [string, string][] = [
    ['<a href="x.html">x</a>', "'x.html' leads to no file"],
    ['<a href="b/c.html#u">x</a>', "'b/c.html#u' leads to no anchor"],
    ['<a href="#u">x</a>', "'#u' leads to no anchor"],
    ['<p id="t">x</p>', "the id 't' is there twice"],
    ['<img src="https://example.org/x.png" alt="x">', "<img> loads 'https://example.org/x.png' from outside"],
    ['<link rel="stylesheet" href="//example.org/x.css">', "<link> loads '//example.org/x.css' from outside"],
    ['<img src="data:image/png;base64,AA">', "a picture has no alternative text"],
    ['<svg role="img"></svg>', "a figure has no label"],
    ['<h3 id="x">x</h3>', "h3 follows h1"],
    ['<h1 id="x">x</h1>', "there is not exactly one h1"],
    ['<p onclick="x">x</p>', "<p> has the handler 'onclick'"],
    ['<p style="background: url(https://example.org/x)">x</p>', "a style of <p> loads from outside"],
  ];
  for (const [body, problem] of faults) assertEquals(problemsOf(body), [`a.html: ${problem}`]);
  assertEquals(problemsOf('<a href="b/c.html#t">x</a><a href="https://example.org/">y</a><h2 id="x">x</h2>'), []);
  const foreign = new Map([["api/d.html", page('<a href="#no">x</a><img src="data:x">')]]);
  assertEquals(checkSite(new Map([["a.html", page("")], ...foreign]), foreign), [
    "api/d.html: '#no' leads to no anchor",
  ]);
  assertEquals(checkSite(new Map([["a.css", "a { background: url(x.png) } b { src: url(data:x) }"]])), [
    "a.css: loads 'x.png'",
  ]);
});

Deno.test("CITATION.cff holds what a citation needs", async () => {
  const cff = await Deno.readTextFile(new URL("CITATION.cff", root));
  for (const key of ["cff-version: 1.2.0", "message: ", "title: ", "authors:"]) {
    assertStringIncludes(`\n${cff}`, `\n${key}`);
  }
  assert(!/^(?:doi|url|date-released|repository)/m.test(cff));
  const citation = parseCitation(cff);
  const { version, license } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  assertEquals(citation, { title: "Roundabout", version, license, authors: ["The Roundabout authors"] });
  assertEquals(citationText(citation), "The Roundabout authors. Roundabout, version 0.1.0.");
  assertEquals(citationText(citation, "Why?"), "The Roundabout authors. “Why?” In: Roundabout, version 0.1.0.");
  assertStringIncludes(citationBibtex(citation), "author  = {{The Roundabout authors}}");
});

Deno.test("a citation without what it needs is an error", () => {
  assertThrows(() => parseCitation("title: A"), SiteError, "CITATION.cff has no 'authors'");
  assertThrows(() => parseCitation("authors:\n  - name: A"), SiteError, "CITATION.cff has no 'title'");
});

Deno.test("a citation takes people by their two names", () => {
  const cff =
    'title: "A"\nversion: 1\nlicense: MIT\nauthors:\n  - family-names: Noether\n    given-names: Emmy\n  - name: B\nkeywords:\n  - x';
  assertEquals(parseCitation(cff).authors, ["Emmy Noether", "B"]);
});
