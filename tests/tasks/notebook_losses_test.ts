// Losses of notebooks of TypeScript and JavaScript: what of a notebook runs for a loss, and where its lines are.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { loadNotebook, watchCompile } from "../../tasks/as_it_stands.ts";
import { auditLosses } from "../../tasks/audit.ts";
import type { TaskArgs } from "../../tasks/cli.ts";
import { scriptCells } from "../../tasks/notebook_format.ts";
import { neededFor, readNotebookCode } from "../../tasks/notebook_losses.ts";
import { auditLoss } from "@roundabout/roundabout/audit";
import { slow } from "../slow.ts";
import { TemporaryFolder } from "../temporary_folder.ts";
import { runApart } from "./fixtures.ts";

type Loss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

const languages = {
  typescript: { language_info: { name: "typescript" } },
  javascript: { kernelspec: { language: "javascript" } },
};

class Notebook extends TemporaryFolder {
  readonly path: string = join(this.folder, "book.ipynb");

  /** Writes cells of code; a text that begins with # is a text cell. */
  constructor(cells: readonly string[], metadata: object = languages.typescript) {
    super();
    const json = cells.map((source) => ({ cell_type: source.startsWith("#") ? "markdown" : "code", source: [source] }));
    Deno.writeTextFileSync(this.path, JSON.stringify({ cells: json, metadata, nbformat: 4 }));
  }

  /** Numbers of the cells that an expression needs. */
  cellsFor(expression: string): number[] {
    const needed = neededFor(expression, readNotebookCode(this.path).statements);
    return needed.map(({ cell }) => Number(/\d+$/.exec(cell)![0]));
  }

  /** Value of an expression once the notebook has run what it needs. */
  async named(expression: string): Promise<unknown> {
    const loaded = await loadNotebook(this.path, expression);
    return (await watchCompile(() => loaded.valueOf(expression))).value ?? loaded.innerFunction(expression);
  }

  /** Lines of the audit of a loss, and its messages. */
  audited = (name: string): Promise<string> => this.#lines({ values: {}, positionals: [this.path + name] });

  /** Lines of the audit of a model on two columns, and its messages. */
  auditedModel(name: string): Promise<string> {
    const data = join(this.folder, "rows.csv"), rows = ["0,1,0", "1,0,1", "0,2,0", "2,0,1"];
    Deno.writeTextFileSync(data, ["a,b,label", ...rows].join("\n"));
    return this.#lines({ values: { model: this.path + name, data, label: "label" }, positionals: [] });
  }

  async #lines(args: TaskArgs): Promise<string> {
    const lines: string[] = [], line = (text: string) => void lines.push(text);
    await auditLosses(
      args,
      { line, status: line, wrote() {}, progress() {} },
      (loss, options) => auditLoss(loss, { ...options, rows: 16 }),
    ).catch((error: Error) => line(error.message));
    return lines.join("\n").replaceAll(`${this.folder}/`, "");
  }
}

/** Asserts the cells that each expression needs. */
function assertNeeded(cells: readonly string[], needed: Record<string, readonly number[]>): void {
  using notebook = new Notebook(cells);
  for (const [expression, numbers] of Object.entries(needed)) {
    assertEquals(notebook.cellsFor(expression), numbers, expression);
  }
}

/** The loss of labels 0 and outputs 2. */
const valueAt2 = (loss: unknown): number =>
  tf.tidy(() => (loss as Loss)(tf.zeros([4, 1]), tf.fill([4, 1], 2)).dataSync()[0]);

const tfjs = 'import * as tf from "npm:@tensorflow/tfjs@4.22.0";';

Deno.test("a loss needs what gives values to the names that it uses, and to the names that these use", () => {
  assertNeeded(
    [
      `${tfjs}\nimport { readFileSync } from "node:fs";`,
      "# Data",
      `const rows = readFileSync("nothere.csv", "utf8").split(",");`,
      "const a = 2, b = a + 1; const other = rows.length;",
      "const scale = () => b;",
      "const loss = (y: tf.Tensor, p: tf.Tensor) => tf.mul(tf.sub(y, p), scale());",
      "await model.fit(rows);",
    ],
    {
      loss: [1, 4, 5, 6],
      "loss(1)": [1, 4, 5, 6],
      "(y, p) => loss(p, y)": [1, 4, 5, 6],
      scale: [4, 5],
      "scale.name": [4, 5],
      "({ scale })": [4, 5],
      "function (y) { return scale(y); }": [4, 5],
      other: [1, 3, 4],
      "b => b": [],
      nothing: [],
    },
  );
});

Deno.test("names of parameters, of variables of a function or a block, and of members are not those of the notebook", () => {
  assertNeeded(
    [
      "const E = load();",
      "function loss(yTrue, { q }, ...rest) { const k = 1; for (const i of [1]) { try { E(i); } catch (E) { E.k; } } return k + rest[0] + yTrue.q + q; }",
      "function open(yTrue) { for (const i of [1]) { const j = i; } return i; }",
      "function hoisted() { if (true) { var k = 1; } return k; }",
      "class Sums { k() { return 1; } get q() { return this.i; } static rest = 2; }",
      "function before() { { const k = 1; } return k; }",
      "const i = load();",
      "const yTrue = load(), k = load(), rest = load(), { q } = load();",
    ],
    { loss: [1, 2], open: [3, 7], hoisted: [4], Sums: [5], before: [6, 8] },
  );
});

Deno.test("changes of what a loss uses are needed, and what only reads it is not", () => {
  assertNeeded(
    [
      "const t = { a: { b: [0] } }, list = [], count = { n: 0 }, model = make();",
      "t.a.b[0] = 1;",
      't["a"]["b"] += 2;',
      "++count.n;",
      "count.n--;",
      "delete t.a;",
      "Object.assign(t, { c: 1 });\nObject.freeze(rows);\nObject.defineProperty(count, 'd', {});",
      "for (let i = 0; i < 2; i++) { list.push(i) }",
      "if (list.length) list.push(3)",
      "list.sort()\nlist\n  .reverse()",
      "await list.push(4)",
      "model.add(1); model.compile({ loss: mse });",
      "await model.fit(); model.summary(); console.log(t); show(t.a); list.forEach(show); const v = t.a.b[0];",
      "function later() { t.a = 3; list.push(4); }",
    ],
    { t: [1, 2, 3, 6, 7], count: [1, 4, 5, 7], list: [1, 8, 9, 10, 10, 11], model: [1, 12, 12] },
  );
});

Deno.test("what a function does that runs with its statement is done by the statement, and patterns give names", () => {
  assertNeeded(
    [
      "const counts = {}, later = {}; let scale, a, b, c, [d] = [1];",
      "labels.forEach((label, i) => {\n  counts[label] = i;\n});",
      "(function made() { scale = 3; })();\n(async () => { scale = await 4; })()",
      "button.onclick = () => { later.a = 1; };\nconst wait = { end() { later.b = 2; } };",
      "[a, { b = a }] = [1, {}];",
      "({ c, k: counts.k } = { c: a });",
      "const table = [[1]]; table[0][a] = later;",
    ],
    {
      counts: [1, 1, 2, 5, 6],
      scale: [1, 3, 3],
      later: [1],
      a: [1, 5],
      b: [1, 5],
      c: [1, 1, 2, 5, 6],
      table: [1, 1, 5, 7, 7],
    },
  );
});

Deno.test("calls of a package change nothing in it, unless they register something", () => {
  assertNeeded(
    [
      `${tfjs}\nconst d3 = require("d3"), own = require("./own.js"), rows = JSON.parse(require("node:fs").readFileSync("a"));`,
      'await tf.setBackend("webgpu");\ntf.tidy(() => {\n  tf.print(rows);\n});',
      "class Scale extends tf.layers.Layer {}\ntf.serialization.registerClass(Scale);",
      "const means =\n  d3.mean(rows) + \n rows.pop();\nd3.shuffle(rows);",
      "rows.sort();\nown.set(1);",
      'import beside from "./beside.json" with { type: "json" };\nbeside.set(1);\nimport lib from "lib";\nlib.set(1);',
    ],
    { tf: [1, 3, 3], d3: [1], rows: [1, 5], own: [1, 5], beside: [6, 6], lib: [6] },
  );
});

Deno.test("a model may be compiled by a function that a cell calls, and in a cell that waits", async () => {
  const layers = "layers: [tf.layers.dense({ units: 1, inputShape: [2], activation: 'sigmoid' })]";
  const make =
    `const compile = (loss) => { const model = tf.sequential({ ${layers} }); model.compile({ loss, optimizer: 'sgd' }); return model; };`;
  const loss = "const loss = (y, p) => tf.mean(tf.abs(tf.sub(y, tf.round(p))));";
  const calls = [
    "function build() { return compile(loss); }\nconst model = build();",
    "async function main() { await later(); compile(loss); }\nmain();",
    "(async () => { await later(); compile(loss); })();",
    "for (const rate of [1, 2]) { compile(loss); nothere.rows; }",
  ];
  for (const call of calls) {
    using notebook = new Notebook([
      tfjs,
      make,
      loss,
      "const later = () => new Promise((end) => setTimeout(end, 5));",
      call,
    ]);
    const audited = await notebook.audited("");
    assertMatch(audited, /by its model --predictions probability[^]*Round, book\.ipynb, cell 3, line 1\n/, call);
  }
});

Deno.test("--model takes a model of a notebook, the call of what makes it, or the one that the notebook compiles", async () => {
  using notebook = new Notebook([
    "throw new Error('not run');",
    `${tfjs}\nfunction make(units: number) {\n  const own = tf.sequential();\n  own.add(tf.layers.dense({ units, inputShape: [2] }));
  own.compile({ loss: 'binaryCrossentropy', optimizer: 'sgd' });\n  return own;\n}`,
    "const model = make(1);",
    "await model.fit(xs, ys);",
    "const plain = tf.sequential();\nplain.add(tf.layers.dense({ units: 1, inputShape: [2] }));",
  ]);
  for (const name of ["#model", "#make(1)", "#make", ""]) {
    assertMatch(
      await notebook.auditedModel(name),
      name === "#make" ? /takes arguments, write/ : /: broken .*\nerror: activation-mismatch/,
      name,
    );
  }
  assertStringIncludes(await notebook.auditedModel("#plain"), "compile");
});

Deno.test("the last of several definitions counts, and a function is what defines it, not a number of its name", async () => {
  const cells = [
    tfjs,
    "const loss = (y, p) => tf.mean(p);",
    "let factor = 1;\nfactor = 10;",
    "function scaled(y, p) { return tf.mean(tf.mul(p, factor)); }",
    "const loss = (y, p) => tf.mean(tf.square(p));",
    "for (const batch of []) { scaled = batch; }",
    "var scaled = await model.trainOnBatch();",
    "const loss = 3 * 4;",
    "factor = factor + 1;",
    "class Sum { of(y, p) { return tf.sum(p); } }\nSum.prototype.twice = function (y, p) { return tf.mul(2, this.of(y, p)); };",
  ];
  using notebook = new Notebook(cells);
  assertEquals(notebook.cellsFor("scaled"), [1, 3, 3, 4, 9]);
  const values = { loss: 4, scaled: 22, "Sum.of": 8, "Sum.twice": 16 };
  for (const [name, value] of Object.entries(values)) assertEquals(valueAt2(await notebook.named(name)), value, name);
});

Deno.test("declarations of all kinds are names of the notebook, and functions of several cells share them", async () => {
  using notebook = new Notebook([
    `import tf, { type Tensor, mean as average } from "@tensorflow/tfjs";\nimport type { Data } from "./nothere.ts";`,
    "var late = 2; const { d } = { d: late + 1 };\nexport default function () {}",
    "try { var tried = d; } catch { var caught = 1; }\nfor (var i = 0; i < 2; i++) { (() => { var inner = i; })(); }",
    "const { a, b: [b = 5], ...others } = await Promise.resolve({ a: 1, b: [], c: 7 });\nlet count = 0, empty",
    "enum Mode { Soft = 3, Hard }\ninterface Options { mode: Mode }",
    "export async function* steps(): AsyncGenerator<number> { yield count++; }\nexport default class Losses { mode: Mode = Mode.Hard }",
    "const increase = (): number => ++count;",
    "increase(); count = count + 10;",
    `const { add } = await import("npm:@tensorflow/tfjs"), here = import.meta.filename;`,
    "const twice = double(3);\nfunction double(n: number) { return 2 * n; }",
    "class Scaled { static by = 4; static of(y: Tensor, p: Tensor) { return average(p).mul(this.by); } }",
    'const legend = <p style={{ color: "red" }}>{shown}</p>;\nconst shown: number = <number>6 / 2;'.replace(
      "<number>",
      "",
    ),
    "const loss = (y: Tensor, p: Tensor): Tensor => average(add(p, tf.scalar(count as number))) satisfies Tensor;",
  ]);
  assertEquals(await notebook.named("[a, b, others.c, empty]"), [1, 5, 7, undefined]);
  assertEquals(await notebook.named("[Mode.Soft, new Losses().mode]"), [3, 4]);
  assertEquals(await notebook.named("[late, d]"), [2, 3]);
  assertEquals(await notebook.named("[tried, caught, typeof i, typeof inner]"), [
    3,
    undefined,
    "undefined",
    "undefined",
  ]);
  assertEquals(await notebook.named("count"), 10, "a call that is no assignment is not known to change a name");
  assertEquals(await notebook.named("(increase(), increase(), count)"), 12);
  assertEquals(await notebook.named("[shown, twice]"), [3, 6]);
  assertEquals(valueAt2(await notebook.named("Scaled.of")), 8);
  assertEquals(await notebook.named("here"), notebook.path);
  assertEquals(
    Object.prototype.toString.call(((await notebook.named("steps")) as () => unknown)()),
    "[object AsyncGenerator]",
  );
  assertEquals(valueAt2(await notebook.named("loss")), 12);
});

Deno.test("imports: TensorFlow.js, files beside the notebook, packages; what is missing is told by the loss that uses it", async () => {
  using notebook = new Notebook([
    'const tf = require("@tensorflow/tfjs-node"), path = require("node:path");',
    'import {\n  by as factor,\n} from "./files.ts"; import one, * as all from "./files.ts"; import "./files.ts"',
    'import { assertEquals as same } from "jsr:@std/assert@1"; import * as two from "no-such-package";',
    "const loss = (y, p) => { same([all.by, one], [factor, 5]); same(path.sep, '/'); return tf.mean(p).mul(factor); };",
    "const bad = (y, p) => two.norm(tf.sub(y, p));",
  ], languages.javascript);
  Deno.writeTextFileSync(join(notebook.folder, "files.ts"), "export const by: number = 3; export default 5;");
  assertEquals(valueAt2(await notebook.named("loss")), 6);
  assertStringIncludes(await notebook.audited("#bad"), "it uses 'no-such-package', which is missing");
});

Deno.test("imports: a file that is no ES module, the names of a deno.json, a package that is installed beside the notebook", async () => {
  using notebook = new Notebook([
    'import * as tf from "tf";\nimport missing from "npm:lines-and-columns@^1";\nimport found from "npm:found@^1/deep.js";',
    'import settings from "./settings.json" with { type: "json" };\nimport { by } from "@/s/by.ts";\nimport own, { k } from "./own.cjs";',
    'import jstat from "npm:jstat@1";\nimport { assert } from "checks";',
    "const loss = (y, p) => { assert(typeof jstat.mean, missing); return tf.mean(p).mul(settings.by * by * k * own.k * found.by); };",
  ]);
  const packages = join(notebook.folder, "node_modules", "found");
  Deno.mkdirSync(packages, { recursive: true });
  Deno.mkdirSync(join(notebook.folder, "source"));
  const imports = { tf: "npm:@tensorflow/tfjs@^4", "@/s/": "./source/", "@/": "./not/", checks: "jsr:@std/assert@1" };
  const files = {
    "deno.jsonc": `// names\n${JSON.stringify({ imports }).replace(/}}$/, ", /* no more */ }, }")}`,
    "settings.json": '{ "by": 3 }',
    "source/by.ts": "export const by: number = 5;",
    "own.cjs": "module.exports = { k: 7 };",
    "node_modules/found/package.json": '{ "name": "found" }',
    "node_modules/found/deep.js": "exports.by = 2;",
  };
  for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(join(notebook.folder, name), text);
  assertEquals(valueAt2(await notebook.named("loss")), 2 * 3 * 5 * 7 * 7 * 2);
});

Deno.test("a line is that of its cell; text cells count, magics and types take no lines away", async () => {
  using notebook = new Notebook([
    "# Title",
    "%%bash\nls",
    tfjs,
    `interface Options {\n  k: number;\n}\nconst options: Options =\n  { k: 1 };
const rounded = (
  yTrue: tf.Tensor, // labels
  yPred: tf.Tensor,
): tf.Tensor =>
  tf.mean(tf.abs(tf.sub(yTrue,
    tf.round(yPred))));`,
    "function make() {\n  const floored = (y, p) => tf.mean(\n    tf.abs(y.sub(tf.floor(p))));\n  return floored;\n}",
    "const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2], activation: 'sigmoid' })] });",
    "model.compile({ loss: rounded, optimizer: 'sgd' });\nawait model.fit(xs, ys);",
  ]);
  assertStringIncludes(await notebook.audited("#rounded"), "Round, book.ipynb, cell 4, line 11\n");
  assertStringIncludes(await notebook.audited("#floored"), "Floor, book.ipynb, cell 5, line 3\n");
  const ofModel = await notebook.audited("");
  assertStringIncludes(ofModel, "by its model --predictions probability --labels binary --columns 1");
  assertStringIncludes(ofModel, "Round, book.ipynb, cell 4, line 11\n");
  assertMatch(
    await notebook.audited("#nothing"),
    /has no 'nothing': it has tf, options, rounded, make, model; cannot be read: cell 2/,
  );
});

Deno.test("without a name, a notebook that compiles no model is audited for the last function called loss in a function", async () => {
  using notebook = new Notebook([
    tfjs,
    "function first() {\n  const loss = (y, p) => tf.mean(p);\n  return loss;\n}",
    "function build() {\n  const loss = (y, p) =>\n    tf.mean(tf.abs(y.sub(tf.sign(p))));\n  tf.sequential().compile({ loss });\n}",
  ]);
  assertStringIncludes(await notebook.audited(""), "Sign, book.ipynb, cell 3, line 3\n");
});

Deno.test("without a name and a model, functions are audited one by one that look like losses by their names or parameters", async () => {
  using notebook = new Notebook([
    "throw new Error('not run');",
    `${tfjs}\nconst mse = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.mean(tf.square(tf.sub(yTrue, yPred)));`,
    "async function read(path, rows) {}\nclass Loss { of(yTrue, yPred) {} }\nconst lossOf = (y, p, k) => p, loss = 3;",
    "const asTorch = (pred, target) => pred, entropy = (p) => p;\nfunction reversedLoss(yPred, yTrue) {}",
    "function stepLoss(a, b, k = 0.5) {\n  return tf.mean(tf.abs(tf.sub(a, tf.step(b.sub(k)))));\n}",
    "const focalLoss = (gamma = 2) => (y, p) => p;\nfunction pairLoss({ a }, c) {}",
  ]);
  const lines = (await notebook.audited("")).split("\n");
  const others = "read, Loss, lossOf, asTorch, reversedLoss, focalLoss, pairLoss";
  assertEquals(lines[0], `book.ipynb: mse, stepLoss; name others to audit them: ${others}`);
  const verdicts = lines.flatMap((line) => /^\w+: (?:sound|broken)/.exec(line) ?? []);
  assertEquals(verdicts, ["mse: sound", "stepLoss: broken"]);
});

Deno.test("a statement that throws is told with its cell, whether or not the loss is there", async () => {
  using notebook = new Notebook([
    tfjs,
    "const weights = JSON.parse(Deno.readTextFileSync('nothere.json'));",
    "const free = (y, p) => tf.mean(tf.square(tf.sub(y, p)));",
    "const weighted = (y, p) => tf.mean(tf.mul(tf.square(tf.sub(y, p)), weights ?? 1));",
    "const made = weights[0];",
    "const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });",
    "model.compile({ optimizer: 'sgd', loss: free });",
    "const { history } = await model.fit(tf.ones([4, 1]), tf.ones([4, 1]));",
    "const scaled = (y, p) => tf.mul(free(y, p), history?.loss[0] ?? 1);",
  ]);
  assert(!(await notebook.audited("#free")).includes("throws"));
  assertMatch(
    await notebook.audited("#weighted"),
    /#weighted: it needs a statement that throws in book\.ipynb, cell 2: NotFound/,
  );
  const unfinished =
    /#scaled: it needs a statement that throws in book\.ipynb, cell 8: TimeoutError: it has not ended after 1 s/;
  assertMatch(await notebook.audited("#scaled"), unfinished);
  assertMatch(await notebook.audited("#(y"), /'\(y' of '[^']*book\.ipynb' throws: SyntaxError/);
  const made = await notebook.audited("#made");
  assertMatch(made, /'[^']*book\.ipynb' throws in book\.ipynb, cell 2: NotFound/);
  assert(!made.includes("it needs"), "said once");
});

Deno.test("notebooks of TypeScript and JavaScript are told from others, and nbformat 3 is read", () => {
  const cells = ["# a", "const b = 1"];
  for (const metadata of [...Object.values(languages), { kernelspec: { name: "deno" } }]) {
    using notebook = new Notebook(cells, metadata);
    assertEquals(scriptCells(notebook.path), [[2, "const b = 1"]]);
  }
  for (
    const metadata of [{}, { language_info: { name: "python" } }, { kernelspec: { language: "julia", name: "deno" } }]
  ) {
    using notebook = new Notebook(cells, metadata);
    assertEquals(scriptCells(notebook.path), undefined);
  }
  using notebook = new Notebook([]);
  assertEquals(scriptCells(join(notebook.folder, "nothere.ipynb")), undefined);
  const sheet = { cells: [{ cell_type: "code", input: "a = 1" }] };
  Deno.writeTextFileSync(notebook.path, JSON.stringify({ metadata: languages.javascript, worksheets: [sheet] }));
  assertEquals(scriptCells(notebook.path), [[1, "a = 1"]]);
});

slow.test("deno task audit: a loss of a notebook of TypeScript, packages that are missing or have native code", async () => {
  using notebook = new Notebook([
    'import * as tf from "@tensorflow/tfjs";\nimport pl from "nodejs-polars";\nimport missing from "npm:lines-and-columns@^1";',
    "const rounded = (y, p) => missing ? tf.mean(tf.abs(tf.sub(y, tf.round(p)))) : y;",
    "const read = (y, p) => pl.DataFrame({ a: p.dataSync() });\nconst larger = (y, p) => missing.max(y, p);",
  ]);
  const losses = ["book.ipynb#rounded", "book.ipynb#read", "book.ipynb#larger"],
    command = ["run", "--quiet", "-P=tasks", "tasks/audit.ts"];
  const page = join(notebook.folder, "page.html");
  const { code, stdout } = await runApart([...command, ...losses, "--save", page], { INIT_CWD: notebook.folder });
  assert(Deno.readTextFileSync(page).includes("Round"), "imports after one that fails work");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "Round, book.ipynb, cell 2, line 1\n");
  assertStringIncludes(stdout, "it uses 'nodejs-polars', which an audit may not load");
  assertStringIncludes(stdout, "install it beside the file: npm install lines-and-columns\n");
});
