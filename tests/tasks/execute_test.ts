import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TaskError } from "../../tasks/cli.ts";
import { executeNotebook, executeNotebooks, writeNotebook } from "../../tasks/execute.ts";
import { codeCells, type Output } from "../../tasks/notebook_format.ts";
import { Fixtures } from "./fixtures.ts";
import { slow } from "../slow.ts";

const outputsOf = async (path: string): Promise<Output[][]> =>
  codeCells((await executeNotebook(path)).notebook).map(({ outputs }) => outputs);

const stdout = (text: string): Output => ({ output_type: "stream", name: "stdout", text });
const shown = (text: string): Output => ({ output_type: "display_data", data: { "text/plain": text }, metadata: {} });
const result = (text: string, execution_count: number): Output => ({
  output_type: "execute_result",
  data: { "text/plain": text },
  metadata: {},
  execution_count,
});
const display = (text: string, options = "") =>
  `await Deno.jupyter.display({ "text/plain": "${text}" }, { raw: true, ${options} });`;

slow.test("every output is under its cell, in its order", async () => {
  using fixtures = new Fixtures();
  const lines = Array.from({ length: 30 }, (_, n) => `${n}\n`).join("");
  const many = `for (let n = 0; n < 30; n++) console.log(n);\n${display("after thirty")}`;
  const cells = [
    many,
    "1 + 1",
    `console.log("a"); console.log("b"); console.error("c"); ${display("d")} console.log("e"); "f"`,
    { cell_type: "markdown", metadata: {}, source: "prose" },
    ...Array.from({ length: 20 }, (_, n) => [many, `${n}`]).flat(),
  ];
  const outputs = await outputsOf(fixtures.notebook("a.ipynb", cells));
  assertEquals(outputs.slice(0, 3), [
    [stdout(lines), shown("after thirty")],
    [result("2", 2)],
    [
      stdout("a\nb\n"),
      { output_type: "stream", name: "stderr", text: "c\n" },
      shown("d"),
      stdout("e\n"),
      result('"f"', 3),
    ],
  ]);
  for (let n = 0; n < 20; n++) {
    assertEquals(outputs[3 + 2 * n], [stdout(lines), shown("after thirty")]);
    assertEquals(outputs[4 + 2 * n], [result(`${n}`, 5 + 2 * n)]);
  }
});

slow.test("a display is updated where it stands, and outputs are cleared", async () => {
  using fixtures = new Fixtures();
  const outputs = await outputsOf(fixtures.notebook("a.ipynb", [
    `${display("first", 'display_id: "x"')} ${display("second")}`,
    display("third", 'display_id: "x", update: true'),
    `console.log("gone"); await Deno.jupyter.broadcast("clear_output", { wait: true }); console.log("stays");`,
  ]));
  assertEquals(outputs, [[shown("third"), shown("second")], [], [stdout("stays\n")]]);
});

slow.test("an output that comes late is under the cell that runs when it comes", async () => {
  using fixtures = new Fixtures();
  const outputs = await outputsOf(fixtures.notebook("a.ipynb", [
    `const started = Promise.withResolvers(); void started.promise.then(() => console.log("late"));`,
    `started.resolve(); await started.promise; console.log("own");`,
  ]));
  assertEquals(outputs, [[], [stdout("late\nown\n")]]);
});

slow.test("a cell may shadow what the sentinel uses", async () => {
  using fixtures = new Fixtures();
  const outputs = await outputsOf(fixtures.notebook("a.ipynb", [
    `console.log = () => {}; Deno.jupyter.broadcast = () => Promise.reject(new Error("no"));`,
    `globalThis.setTimeout = undefined as unknown as typeof setTimeout; const mark = 1; mark;`,
  ]));
  assertEquals(outputs[1], [result("1", 2)]);
});

slow.test("notebooks import through the project's deno.json", async () => {
  using fixtures = new Fixtures();
  fixtures.file("beside.ts", "export const beside = 3;");
  const outputs = await outputsOf(fixtures.notebook("a.ipynb", [
    `import { round } from "@roundabout/roundabout";\nimport { beside } from "./beside.ts";\n[typeof round, beside];`,
  ]));
  assertEquals(outputs, [[result('[ "function", 3 ]', 1)]]);
});

slow.test("an error that a cell is tagged to raise is an output", async () => {
  using fixtures = new Fixtures();
  const tagged = {
    cell_type: "code",
    metadata: { tags: ["raises-exception"] },
    source: `console.log("before"); throw new TypeError("wanted");`,
    outputs: [],
  };
  const [raised, next] = await outputsOf(fixtures.notebook("a.ipynb", [tagged, "1"]));
  assertEquals(raised[0], stdout("before\n"));
  assert(raised[1].output_type === "error");
  assertEquals([raised[1].ename, raised[1].evalue], ["TypeError", "wanted"]);
  assertEquals(next, [result("1", 2)]);
});

slow.test("two runs give the same bytes, as Jupyter would write them, and keep the cells' ids", async () => {
  using fixtures = new Fixtures();
  const svg =
    `await Deno.jupyter.display({ "image/svg+xml": "<svg>\\n<g/>\\n</svg>", "application/json": { b: [1], a: "x\\ny" } },
  { raw: true });`;
  const timed = {
    cell_type: "code",
    id: "kept",
    metadata: { execution: { "iopub.status.busy": "2024-01-01" } },
    source: "1",
    outputs: [],
  };
  const path = fixtures.notebook("a.ipynb", [svg, "2", "2", timed], {
    kernelspec: { name: "deno", display_name: "?", language: "typescript" },
    language_info: { name: "typescript", version: "5.9.2" },
    title: "kept",
  });
  const [first, second] = await executeNotebooks([path, path], { jobs: 2 });
  assertEquals(first.text, second.text);
  assert(writeNotebook(first));
  const third = await executeNotebook(path);
  assertEquals(third.text, first.text);
  assert(!writeNotebook(third));
  assertEquals(Deno.readTextFileSync(path), first.text);
  const { cells, ...rest } = JSON.parse(first.text);
  assertEquals(rest, {
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: {
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        name: "typescript",
        nbconvert_exporter: "script",
        pygments_lexer: "typescript",
      },
      title: "kept",
    },
    nbformat: 4,
    nbformat_minor: 5,
  });
  assertEquals(cells[0].outputs[0].data, {
    "application/json": { a: "x\ny", b: [1] },
    "image/svg+xml": ["<svg>\n", "<g/>\n", "</svg>"],
  });
  assertEquals(cells[3], {
    cell_type: "code",
    execution_count: 4,
    id: "kept",
    metadata: {},
    outputs: [{
      data: { "text/plain": ["1"] },
      execution_count: 4,
      metadata: {},
      output_type: "execute_result",
    }],
    source: ["1"],
  });
  assertEquals(new Set(cells.map(({ id }: { id: string }) => id)).size, 4);
  assert(/"application\/json": \{\n +"a": "x\\ny",\n +"b"/.test(first.text), "keys are sorted");
  assert(first.text.startsWith('{\n "cells": [\n  {\n   "cell_type": "code",\n'));
});

slow.test("paths of the project become relative, other paths of the machine are an error", async () => {
  using fixtures = new Fixtures();
  const name = fixtures.folder.split("/").pop();
  const inside = fixtures.notebook("inside.ipynb", [
    `console.log(Deno.cwd(), "see /tmpfile and", ["docs", "tmp", "x"].join("/"));`,
  ]);
  assertEquals(await outputsOf(inside), [[
    stdout(`tests/tasks/${name} see /tmpfile and ${["docs", "tmp", "x"].join("/")}\n`),
  ]]);
  const outside = fixtures.notebook("outside.ipynb", [`console.log("at file:///somewhere/else.ts:1:2");`]);
  await assertRejects(
    () => executeNotebook(outside),
    TaskError,
    "a path of this machine: file:///somewhere/else.ts:1:2",
  );
  const temporary = fixtures.notebook("temporary.ipynb", ["1", `import { tmpdir } from "node:os"; tmpdir() + "/x";`]);
  await assertRejects(
    () => executeNotebook(temporary),
    TaskError,
    "temporary.ipynb, cell 2: its output contains a path",
  );
});

slow.test("an error that is not of a notebook ends all kernels and is passed on; a file that cannot be written is named", async () => {
  using fixtures = new Fixtures();
  const paths = [fixtures.notebook("a.ipynb", ["1"]), fixtures.notebook("b.ipynb", ["while (true);"])];
  const onExecuted = () => {
    throw new RangeError("mine");
  };
  await assertRejects(() => executeNotebooks(paths, { jobs: 2, onExecuted }), RangeError, "mine");
  const executed = await executeNotebook(paths[0]);
  Deno.removeSync(paths[0]);
  Deno.mkdirSync(`${paths[0]}/in-the-way`, { recursive: true });
  assertThrows(() => writeNotebook(executed), TaskError, "Cannot write tests/tasks/");
  assertEquals(fixtures.names(), ["a.ipynb", "b.ipynb"]);
});
