import "@tensorflow/tfjs";
// What runs in the pages, as far as no browser is needed: its size, its places, the text of a loss.
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { gzipSync } from "node:zlib";
import { apiMain, makeApi } from "../../tasks/site/api.ts";
import { checkSite } from "../../tasks/site/check.ts";
import { auditLoss } from "@roundabout/roundabout/audit";
import { liveFigures, markLive } from "../../tasks/site/live_figures.ts";
import { inLabels } from "../../tasks/site/live/compare_words.ts";
import { inFormWords, lossOfText, placeInText } from "../../tasks/site/live/loss_text.ts";
import { openSync, parse, Readable, readFileSync, readSync, storeFile } from "../../tasks/site/live/memory_files.ts";
import { compileScripts } from "../../tasks/site/scripts.ts";
import { outputs, yTrue } from "../../tasks/site/live/figures/threshold_curves.ts";
import { thesisFigure } from "../../tasks/site/thesis.ts";
import { notebookOf, notebooksIn, prose } from "./support.ts";
import { renderSite } from "../../tasks/site/mod.ts";
import { slow } from "../slow.ts";

Deno.test("live: each figure that moves belongs to a cell with a figure in one of the notebooks", async () => {
  const cells = (await notebooksIn("notebooks/")).flatMap(({ notebook }) => notebook.cells);
  for (const [name, id] of Object.entries(liveFigures)) {
    const own = cells.filter((cell) => cell.id === id && cell.cell_type === "code");
    assertEquals(own.length, 1, `${name} wants one code cell with the id ${id}`);
    assertStringIncludes(JSON.stringify(own), "rb-figure", `${name}: the cell ${id} shows no figure`);
  }
});

Deno.test("live: only a cell that is listed is marked, and only its first figure", () => {
  const two = '<figure class="rb-figure">a</figure><figure class="rb-figure">b</figure>';
  assertEquals(markLive(two, prose("x")), two);
  assertEquals(
    markLive(two, { ...prose("x"), id: "landscape-figure" }),
    '<figure class="rb-figure" data-live="drag-the-start">a</figure><figure class="rb-figure">b</figure>',
  );
});

slow.test("live: scripts are classic, ask for nothing, and are small enough", async () => {
  const kilobytes = Object.fromEntries(
    [...await compileScripts()].map(([name, text]) => [name, gzipSync(text, { level: 9 }).length / 1000]),
  );
  assert(kilobytes["site.js"] < 2, `${kilobytes["site.js"]} kB`);
  assert(kilobytes["figures.js"] <= 60, `${kilobytes["figures.js"]} kB`);
  for (const [name, text] of await compileScripts()) {
    if (name === "site.js" || name === "figures.js") {
      assert(!/\b(fetch|XMLHttpRequest|importScripts|WebSocket|require)\b/.test(text), name);
    }
    assert(!/^\s*(import|export)\b/m.test(text), `${name} is a module`);
    assertEquals(text.includes("WebGPUBackend"), false);
    assertEquals(
      text.includes("@tensorflow"),
      name === "audit.js",
      `${name}: TensorFlow.js is on the audit's page only`,
    );
  }
});

slow.test("site: where its address is known, each page names its own, and that of the picture", async () => {
  const of = async (siteUrl?: string) => {
    const { files } = await renderSite({ notebooks: [notebookOf()], siteUrl });
    return ["index.html", "made.html"].map((name) =>
      [...String(files.get(name)).matchAll(/(?:og:url" content|og:image" content|canonical" href)="([^"]*)"/g)].map((
        m,
      ) => m[1])
    );
  };
  assertEquals(await of(), [["assets/social.png"], ["assets/social.png"]]);
  const picture = "https://example.org/a/assets/social.png";
  for (const address of ["https://example.org/a", "https://example.org/a/"]) {
    assertEquals(await of(address), [
      ["https://example.org/a/", "https://example.org/a/", picture],
      ["https://example.org/a/made.html", "https://example.org/a/made.html", picture],
    ]);
  }
});

slow.test("site: every page forbids requests and describes itself to whoever links to it", async () => {
  const { files } = await renderSite({ notebooks: [notebookOf()] });
  const pages = [...files].filter(([name]) => name.endsWith(".html"));
  assert(["index.html", "made.html", "audit.html", "compare.html"].every((name) => files.has(name)));
  for (const [name, page] of pages) {
    assertMatch(String(page), /<meta http-equiv="Content-Security-Policy" content="[^"]*connect-src 'none'/, name);
    for (const property of ["og:title", "og:description", "og:image", "og:image:alt"]) {
      assertMatch(String(page), new RegExp(`<meta property="${property}" content="[^"]{3,}">`), `${name}: ${property}`);
    }
    assertEquals(String(page).match(/<script /g)?.length, 1, `${name} has one script`);
  }
  assertEquals(
    [...files.get("assets/social.png") as Uint8Array].slice(1, 4).map((byte) => String.fromCharCode(byte)).join(""),
    "PNG",
  );
});

slow.test("site: the navigation has short names; two notebooks lead to the tools", async () => {
  const { files } = await renderSite({ notebooks: await notebooksIn("notebooks/") });
  const nav = /<nav aria-label="Pages">[\s\S]*?<\/nav>/.exec(String(files.get("index.html")))![0];
  const names = [...nav.matchAll(/>([^<>]+)<\/a>/g)].map(([, name]) => name);
  assertEquals(names.slice(0, 3), ["1 Why round", "2 Ramp", "3 Softsign"]);
  assert(names.includes("Audit a loss") && names.includes("Compare on a table"));
  for (const [page, tool] of [["05_what_to_use", "compare"], ["07_why_does_my_loss_not_learn", "audit"]]) {
    assertMatch(String(files.get(`${page}.html`)), new RegExp(`<p class="actions"><a href="${tool}\\.html">`));
  }
  assert(names.every((name) => name.length <= 18 && !/^\d+$/.test(name)), names.join(", "));
});

Deno.test("live: the thesis says the F1 of its curves, counted here by hand", () => {
  const { alt } = thesisFigure();
  for (const [loss, yPred] of Object.entries(outputs)) {
    const curve = Array.from({ length: 99 }, (_, i) => {
      const positive = yTrue.filter((_, row) => yPred[row] > (i + 1) / 100);
      return 2 * positive.filter((y) => y === 1).length / (positive.length + yTrue.filter((y) => y === 1).length);
    });
    const peak = Math.max(...curve), at = (curve.indexOf(peak) + 1) / 100;
    assertStringIncludes(alt, `${loss} has ${curve[49].toFixed(3)} at 0.5 and at most ${peak.toFixed(3)}, at ${at}`);
  }
});

slow.test("site: the API has a page of its entries, each with its own page", async () => {
  const { files, entries } = await makeApi();
  const { exports } = JSON.parse(await Deno.readTextFile("deno.json"));
  assertEquals(entries.length, Object.keys(exports).length);
  for (const { name, about, file } of entries) {
    assert(files.has(file), file);
    assertMatch(about, /^[A-Z].{20,}/, name);
    assertStringIncludes(apiMain(entries), `<a href="${file}">`);
  }
  assert(
    ![...files.values()].some((text) => text.replaceAll("&#x2F;", "/").includes(Deno.cwd())),
    "a page holds a path of this machine",
  );
  assertEquals(checkSite(files, files), []);
});

const run = (script: string) => void (0, eval)(script);
const load = (text: string) => lossOfText(text, { "@tensorflow/tfjs": { add: (a: number, b: number) => a + b } }, run);

Deno.test("live: a text that is read is about to run; one that is not valid is not read", () => {
  const log: unknown[] = [], read = () => void log.push("read");
  lossOfText(
    'import { log } from "log";\nlog("run");\nexport default () => 0;',
    { log: { log: log.push.bind(log) } },
    run,
    read,
  );
  assertEquals(log, ["read", "run"]);
  assertThrows(() => lossOfText("const a = ;", {}, run, read), SyntaxError);
  assertEquals(log, ["read", "run"]);
});

Deno.test("live: the loss of a text is its default export, its last function, or its only expression", () => {
  assertEquals(load("(yTrue: number, yPred: number): number => yTrue - yPred")(3, 1), 2);
  assertEquals(
    load("const half = (v: number) => v / 2;\nfunction loss(a: number, b: number) { return half(a + b); }")(3, 1),
    2,
  );
  assertEquals(load("export default function (a: number) { return a; }\nexport const other = () => 0;")(7), 7);
  assertEquals(
    load('import * as tf from "@tensorflow/tfjs";\nexport const loss = (a: number, b: number) => tf.add(a, b);')(3, 4),
    7,
  );
  assertEquals(load("export const first = () => 1;\nexport const last = () => 2;")(), 2);
  assertEquals(load("const loss = async (a) => a;\n// the end")(1) instanceof Promise, true);
});

Deno.test("live: a stack names the line of the text", () => {
  const stack = load('type A = number;\n\nfunction loss(a: A) {\n  throw new Error("x");\n}') as (a: number) => void;
  try {
    stack(1);
    assert(false, "it throws");
  } catch (error) {
    assertMatch((error as Error).stack!, /loss\.ts\b.*:4:/);
  }
});

Deno.test("live: a place in the text has a column only where the line runs as it is written", () => {
  const text = "const loss = (y: number, p: number) => y - p;\nconst one = 1;\nconst two: number = 2;";
  assertEquals(placeInText("loss.ts:1:181", text), "loss.ts:1"); // the line has 45 characters, and a head when it runs
  assertEquals(placeInText("loss.ts:2:7", text), "loss.ts:2:7");
  assertEquals(placeInText("loss.ts:3:7", text), "loss.ts:3");
  assertEquals(placeInText("loss.ts:2", text), "loss.ts:2");
});

Deno.test("live: an error of the audit names the labels of the form", async () => {
  const throws = () => {
    throw new Error("shape");
  };
  const { message } = assertThrows(() => auditLoss(throws), TypeError);
  assertMatch(
    inFormWords(message),
    /it throws: shape \(for other shapes, change “Columns of outputs” or “Further column/,
  );
  const form = await Deno.readTextFile(new URL("../../tasks/site/live/audit.ts", import.meta.url));
  for (const [, label] of inFormWords(message).matchAll(/“([^”]+)”/g)) assertStringIncludes(form, `"${label}"`);
});

Deno.test("live: a text that is no loss is explained", () => {
  assertThrows(() => load("const a = 1;"), TypeError, "declares no function");
  assertThrows(() => load("def loss(y, p):\n    return K.mean(p)"), TypeError, "Cannot run Python in a page");
  const place = (text: string) => assertThrows(() => load(text), SyntaxError).message;
  assertEquals(
    place("const a = 1;\nfunction loss(y, p) { return y +; }"),
    "The text is not valid TypeScript: line 2, column 33",
  );
  assertEquals(place("(y, p) => { return y +; }"), "The text is not valid TypeScript: line 1, column 8");
  assertEquals(place("\n\n(y, p) => { return y +; }"), "The text is not valid TypeScript: line 3, column 8");
  assertThrows(
    () => load('import "node:fs";'),
    TypeError,
    "Cannot load 'node:fs': the text may import @tensorflow/tfjs",
  );
});

Deno.test("live: a file in memory is read as csv-parse reads one", async () => {
  storeFile("a.csv", new TextEncoder().encode('a,b\n"1\n2",3\n'));
  assertEquals(readFileSync("a.csv").length, 12);
  const head = new Uint8Array(3);
  assertEquals([readSync(openSync("a.csv"), head, 0, 3), new TextDecoder().decode(head)], [3, "a,b"]);
  assertThrows(() => readFileSync("b.csv"), Error, "there is no file 'b.csv'");
  const pieces = async function* () {
    yield await Promise.resolve("a,b\n1");
    yield ",2\n";
  };
  const records = await Array.fromAsync(Readable.from(pieces()).pipe(parse({ from: 2 })));
  assertEquals(records, [["1", "2"]]);
});

Deno.test("compare page: a message names the page's inputs, and columns keep their names", () => {
  assertEquals(
    inLabels("Cannot compare losses: 'score' is 'precision' alone; set one against the rest with 'positive'"),
    "Cannot compare losses: “Score” is 'precision' alone; set one against the rest with “Positive value”",
  );
  assertEquals(
    inLabels(
      "the column 'score' holds dates (x in row 2): convert them to numbers, or leave the column out with 'drop'",
    ),
    "the column 'score' holds dates (x in row 2): convert them to numbers, or leave the column out with “Columns to leave out”",
  );
  const plain = "Cannot read the table: there is no column 'b'";
  assertEquals(inLabels(plain), plain);
});
