// Files of TypeScript and JavaScript as they stand in repositories: what can be named, and what is missing.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { dirname, join } from "node:path";
import { mkdirSync } from "node:fs";
import { loadAsItStands, watchCompile } from "../../tasks/as_it_stands.ts";
import { auditLosses } from "../../tasks/audit.ts";
import { auditLoss } from "@roundabout/roundabout/audit";
import { TemporaryFolder } from "../temporary_folder.ts";

type Loss = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

/** Files in a folder outside the project; the first one is loaded. */
class Repository extends TemporaryFolder {
  readonly path: string;

  constructor(files: Record<string, string>) {
    super();
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(this.folder, name)), { recursive: true });
      Deno.writeTextFileSync(join(this.folder, name), text);
    }
    this.path = join(this.folder, Object.keys(files)[0]);
  }

  /** The value that an expression names, once the file has run. */
  async named(name: string): Promise<unknown> {
    const loaded = await loadAsItStands(this.path);
    return (await watchCompile(() => loaded.valueOf(name))).value;
  }

  /** The lines that the audit of a loss prints; `said` receives what it says beside them. */
  async audited(name: string, values: Record<string, string> = {}, said: string[] = []): Promise<string[]> {
    const lines: string[] = [], line = (text: string) => void lines.push(text);
    const reporter = { line, status: (text: string) => void said.push(text), wrote() {} };
    await auditLosses(
      { values, positionals: [`${this.path}${name}`] },
      { ...reporter, progress() {} },
      (loss, options) => auditLoss(loss, { ...options, rows: 16 }),
    ).catch((error: Error) => lines.push(error.message));
    return lines.join("\n").split("\n");
  }
}

/** The loss of labels 0 and outputs 2. */
const valueAt2 = (loss: unknown): number =>
  tf.tidy(() => (loss as Loss)(tf.zeros([4, 1]), tf.fill([4, 1], 2)).dataSync()[0]);

Deno.test("CommonJS: exports, names that are not exported, factories with arguments, and methods of what is exported", async () => {
  using files = new Repository({
    "lib/losses.js": `#!/usr/bin/env node
const tf = require('./tf');
const { scale } = require('../settings');
const { power } = require('./power.json');
function squared(yTrue, yPred) { return tf.mean(tf.pow(yTrue.sub(yPred), power)).mul(scale); }
function weighted(weight) { return (yTrue, yPred) => squared(yTrue, yPred).mul(weight); }
class Losses { constructor() { this.by = 5; } own(yTrue, yPred) { return squared(yTrue, yPred).mul(this.by); }
  call(yTrue, yPred) { return this.own(yTrue, yPred).mul(2); } }
module.exports = new Losses();
module.exports.weighted = weighted;`,
    "lib/tf.js": "module.exports = require('@tensorflow/tfjs-node');",
    "lib/power.json": '{ "power": 2 }',
    "settings/index.js": "exports.scale = 3;",
  });
  assertEquals(valueAt2(await files.named("squared")), 12);
  assertEquals(valueAt2(await files.named("weighted(2)")), 24);
  assertEquals(valueAt2(await files.named("own")), 60);
  assertEquals(valueAt2(await files.named("Losses.call")), 120, "not Function.prototype.call");
  assertEquals(valueAt2(await files.named("(y, p) => squared(p, y)")), 12);
  assertEquals((await files.named("default") as { by: number }).by, 5);
  assertEquals(await files.named("nothing"), undefined);
  assertEquals((await loadAsItStands(files.path)).names, [
    "by",
    "weighted",
    "tf",
    "squared",
    "Losses",
  ]);
});

Deno.test("TypeScript: imports without suffixes, decorators, exports before what they export, methods and fields of classes", async () => {
  using files = new Repository({
    "src/trainer.ts": `import * as tf from '@tensorflow/tfjs-core';
import { Injectable } from '@nestjs/common';
import { Base } from '../missing/base';
import type { Config } from './config';
import { scale } from './config.js';
export { Trainer, halved as renamed };
const here = new URL('.', import.meta.url);
@Injectable({ scope: (1) })
class Trainer extends Base<Config> {
  private readonly by = 2;
  constructor(private readonly config: Config) { super(config); if (!config) throw new Error('no config'); }
  public loss(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor { return yTrue.sub(yPred).square().mean().mul(scale); }
}
class Service extends Base {
  by = 2;
  field = (yTrue: tf.Tensor, yPred: tf.Tensor) => yTrue.sub(yPred).square().mean().mul(this.by);
}
const halved = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => yTrue.sub(yPred).square().mean().div(2);
const view = () => <div>{here.href}</div>;`.replace("<div>{here.href}</div>", "here.href"),
    "src/config.ts": "export interface Config { by: number }\nexport const scale: number = 3;",
  });
  assertEquals(valueAt2(await files.named("Trainer.loss")), 12);
  assertEquals(valueAt2(await files.named("Service.field")), 8);
  assertEquals(valueAt2(await files.named("halved")), 2);
  assertEquals(valueAt2(await files.named("renamed")), 2);
  assertStringIncludes(String((await files.named("view") as () => string)()), "/src/");
});

Deno.test("a script of a page: tf, document and what other scripts define are there until the loss uses them", async () => {
  using files = new Repository({
    "script.js": `importScripts('https://cdn.jsdelivr.net/npm/@tensorflow/tfjs');
const chart = new Chart(document.getElementById('chart').getContext('2d'), { labels });
for (const part of chart.parts) part.show();
window.onload = () => {};
const squared = (yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, yPred));
function drawn(yTrue, yPred) { chart.update(); return squared(yTrue, yPred); }`,
  });
  assertEquals(valueAt2(await files.named("squared")), 4);
  const drawn = await files.named("drawn");
  assertThrows(() => valueAt2(drawn), ReferenceError, "it uses 'Chart', which is missing");
  assertEquals(await files.named("chart"), undefined);
  assertEquals(await files.named("notThere"), undefined);
});

Deno.test("a file that throws, leaves the process or rejects is read as far as it came", async () => {
  using files = new Repository({
    "train.mjs": `import fs from 'node:fs';
import * as tf from '@tensorflow/tfjs';
process.exit(3);
(async () => { throw new Error('in a training'); })();
const rows = fs.readFileSync('no such file');
function squared(yTrue, yPred) { return tf.mean(tf.squaredDifference(yTrue, yPred)); }
const late = 1;`,
  });
  const loaded = await loadAsItStands(files.path);
  assertStringIncludes(String(loaded.error), "no such file");
  assertEquals(valueAt2(loaded.valueOf("squared")), 4);
  assertEquals(loaded.valueOf("late"), undefined);
  assertEquals((await files.audited("#late")).at(-1)?.includes("throws while it is loaded: Error: "), true);
});

Deno.test("an ES module that awaits at its top level and makes what CommonJS has", async () => {
  using files = new Repository({
    "train.mjs": `import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { load } from './missing.js';
const __filename = fileURLToPath(import.meta.url), __dirname = dirname(__filename);
const require = createRequire(import.meta.url);
const tf = require('@tensorflow/tfjs-node');
const rows = await load(__dirname);
export function squared(yTrue, yPred) { return tf.mean(tf.squaredDifference(yTrue, yPred)); }
const late = await Promise.resolve(3);
await Promise.reject(new Error('no rows'));
const later = 4;`,
  });
  const loaded = await loadAsItStands(files.path);
  assertEquals(valueAt2(loaded.valueOf("squared")), 4);
  assertEquals([loaded.valueOf("late"), String(loaded.error)], [3, "Error: no rows"]);
});

Deno.test("a page: its scripts, in their lines, with TensorFlow.js of a CDN or of a registry", async () => {
  using files = new Repository({
    "index.html": `<html><script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs"></script>
<p>const text = (</p>
<script type="module">
  import * as own from 'https://esm.sh/@tensorflow/tfjs@4.20.0';
  import { mean } from 'npm:@tensorflow/tfjs-core@4';
  import '@tensorflow/tfjs-backend-webgl';
  const squared = (yTrue, yPred) => mean(own.squaredDifference(yTrue, yPred.round()));
</script>
<script>
const half = (yTrue, yPred) => squared(yTrue, yPred).div(2);
</script></html>`,
  });
  assertEquals(valueAt2(await files.named("half")), 2);
  assert((await files.audited("#half")).some((line) => /where +Round, index\.html:7:\d+$/.test(line)));
});

Deno.test("a file that is not JavaScript is refused", async () => {
  using files = new Repository({ "wrong.js": "const loss = (yTrue, yPred) => {\n  return tf.sub(yTrue, yPred;\n};" });
  assertMatch(
    (await files.audited("#loss"))[0],
    /wrong\.js' throws while it is loaded: SyntaxError: Unexpected token/,
  );
});

Deno.test("models: the loss that a file or a call compiles, also after a moment, and no model is trained", async () => {
  const { fit, compile } = tf.Sequential.prototype;
  using files = new Repository({
    "model.js": `
async function build(by) {
  await Promise.resolve();
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });
  const scaled = (yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, yPred)).mul(by);
  model.compile({ optimizer: 'sgd', loss: [scaled] });
  await model.fit(tf.ones([4, 2]), tf.ones([4, 1]), { epochs: 1e9 });
}
tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] })
  .compile({ optimizer: 'sgd', loss: (yTrue, yPred) => tf.mean(yTrue.sub(yPred.round())) });
const train = () => build(7);
build(3);`,
  });
  const loaded = await loadAsItStands(files.path);
  assertEquals(valueAt2((loaded.compiled.at(-1)!.loss as Loss[])[0]), 12);
  const { value, compiled } = await watchCompile(() => loaded.valueOf("build(5)"));
  assertEquals([value, valueAt2((compiled.at(-1)!.loss as Loss[])[0])], [undefined, 20]);
  assertEquals([tf.Sequential.prototype.fit, tf.Sequential.prototype.compile], [fit, compile]);
  for (const name of ["", "#build(5)", "#train"]) {
    assertMatch((await files.audited(name, { labels: "real", predictions: "real" }))[0], /: sound/);
  }
  await assertRejects(() => watchCompile(() => Promise.reject(new Error("own"))), Error, "own");
});

Deno.test("a function inside another one is found by its name, with its line, and without the variables around it", async () => {
  using files = new Repository({
    "train.ts": `import * as tf from '@tensorflow/tfjs-node';
const scale = 2;
export async function train(width: number) {
  const squared = (yTrue: tf.Tensor, yPred: tf.Tensor) =>
    tf.mean(tf.squaredDifference(yTrue, yPred))
      .mul(scale);
  function rounded(yTrue: tf.Tensor, yPred: tf.Tensor) {
    if (scale > 1) { scale; }
    return tf.mean(tf.abs(yTrue.sub(yPred.round())));
  }
  const wide = (yTrue: tf.Tensor, yPred: tf.Tensor) => squared(yTrue, yPred).mul(width);
  const own = (yTrue: tf.Tensor, yPred: tf.Tensor) => yTrue.sub(yPred).mul(this.width);
  return { squared, rounded, wide, loss: (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.abs(a.sub(b))) };
}`,
  });
  const { innerFunction } = await loadAsItStands(files.path);
  assertEquals(["squared", "rounded", "loss"].map((name) => valueAt2(innerFunction(name))), [8, 2, 2]);
  assertEquals(innerFunction("notThere"), undefined);
  assertThrows(() => valueAt2(innerFunction("wide")), ReferenceError, "squared is not defined");
  assertThrows(() => valueAt2(innerFunction("own")), ReferenceError, "it uses 'this', which is missing");
  const lines = await files.audited("#rounded");
  assertMatch(lines[0], /^rounded: broken/);
  assert(lines.some((line) => /where +Round, train\.ts:9:\d+$/.test(line)), lines.join("\n"));
  assertStringIncludes(
    lines.length > 0 ? (await files.audited("#wide")).join("\n") : "",
    "if it is inside a function, move it to the top level",
  );
});

Deno.test("audit: a function without parameters makes the loss, and what a loss prints is not shown", async () => {
  using files = new Repository({
    "losses.js":
      `export const focal = (gamma = 2) => (yTrue, yPred) => { console.log('called'); return tf.losses.logLoss(yTrue, yPred); };
export const three = (a, b, c) => tf.mean(c.add(a));`,
  });
  const log = console.log, printed: unknown[] = [];
  console.log = (...said) => void printed.push(said);
  try {
    assertMatch((await files.audited("#focal"))[0], /^focal: sound/);
    assertEquals(printed, []);
    assertStringIncludes(
      (await files.audited("#three")).join("\n"),
      `write the call, for example '${files.path}#(yTrue, yPred) => three(yPred, yTrue)'`,
    );
  } finally {
    console.log = log;
  }
});

Deno.test("models: a loss by its name is audited on the outputs of the last layer, and a file says that it compiles one", async () => {
  const model = (units: number, activation: string, loss: string) =>
    `export function ${loss}() {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: ${units}, inputShape: [2], activation: '${activation}' })] });
  model.compile({ optimizer: 'sgd', loss: '${loss}' });
  return model;
}
`;
  using files = new Repository({
    "models.js": model(1, "sigmoid", "binaryCrossentropy") + model(3, "softmax", "categoricalCrossentropy") +
      model(40, "softmax", "sparseCategoricalCrossentropy") + model(1, "tanh", "hinge") +
      model(1, "softmax", "kullbackLeiblerDivergence") +
      model(2, "linear", "meanSquaredError") +
      "export const plain = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [2] })] });",
  });
  const kinds: Record<string, string> = {
    binaryCrossentropy: "--predictions probability --columns 1",
    categoricalCrossentropy: "--predictions simplex --labels one-hot --columns 3",
    sparseCategoricalCrossentropy: "--predictions simplex --labels index --columns 12",
    hinge: "--predictions tanh --labels sign --columns 1",
    meanSquaredError: "--predictions real --labels real --columns 2",
  };
  for (const [name, typed] of Object.entries(kinds)) {
    for (const call of [name, `${name}()`]) {
      const said: string[] = [], [first] = await files.audited(`#${call}`, {}, said);
      assertEquals(said, [`${files.path}#${call}, by its model ${typed} …`]);
      assert(first.includes(": sound") || name === "hinge", first);
    }
  }
  const said: string[] = [];
  await files.audited("#categoricalCrossentropy", { predictions: "real", labels: "one-hot" }, said);
  assertEquals(said, [`${files.path}#categoricalCrossentropy …`]);
  assertMatch((await files.audited("#kullbackLeiblerDivergence"))[0], /: broken/); // a softmax of one unit is 1
  assertMatch((await files.audited("#plain"))[0], /must be a function, it is a model that is not compiled$/);
  assertStringIncludes(
    (await files.audited(""))[0],
    "or the call of the function that compiles its model: it has binaryC",
  );
});

Deno.test("models: a loss that is a function is audited on the classes of the last layer, if the layer tells them", async () => {
  const own = "function loss(y, p) { return tf.metrics.categoricalCrossentropy(y, p).mean(); }\n";
  const model = (units: number, activation: string, loss: string) =>
    `${own}const model = tf.sequential({ layers: [tf.layers.dense({ units: ${units}, inputShape: [2], activation: '${activation}' })] });
model.compile({ optimizer: 'sgd', loss: ${loss} });`;
  const kinds: [string, string, string, string][] = [
    [model(4, "softmax", "[loss]"), "", " --predictions simplex --labels one-hot --columns 4", "sound"],
    [model(4, "softmax", "loss"), "#loss", " --predictions simplex --labels one-hot --columns 4", "sound"],
    [
      model(4, "linear", "tf.losses.softmaxCrossEntropy"),
      "",
      " --predictions logits --labels one-hot --columns 4",
      "sound",
    ],
    [
      model(2, "linear", "tf.losses.sigmoidCrossEntropy"),
      "",
      " --predictions logits --labels binary --columns 2",
      "sound",
    ],
    [
      model(2, "sigmoid", "tf.losses.sigmoidCrossEntropy"),
      "",
      " --predictions probability --labels binary --columns 2",
      "broken",
    ],
    [model(4, "linear", "tf.losses.meanSquaredError"), "", " --predictions real --labels real --columns 4", "sound"],
    [model(1, "linear", "tf.losses.meanSquaredError"), "", "", "sound"],
    [
      model(1, "linear", "(y, p) => tf.losses.sigmoidCrossEntropy(y, p)"),
      "",
      " --predictions logits --labels binary --columns 1",
      "sound",
    ],
    [
      model(4, "linear", "(y, p) => tf.logSoftmax(p).mul(y).sum(1).neg()").replace(
        "] })",
        ", tf.layers.reshape({ targetShape: [2, 2] }), tf.layers.flatten()] })",
      ),
      "",
      " --predictions logits --labels one-hot --columns 4",
      "sound",
    ],
  ];
  for (const [text, name, typed, verdict] of kinds) {
    using files = new Repository({ "model.js": text });
    const said: string[] = [], [first] = await files.audited(name, {}, said);
    assertEquals(said, [`${files.path}${name}${typed && `, by its model${typed}`} …`]);
    assertStringIncludes(first, `: ${verdict}`);
  }
});

Deno.test("syntax: a type in angle brackets is one in TypeScript, and JSX is one in JavaScript", async () => {
  using types = new Repository({ "own.ts": "(<any> globalThis).ownOfTest = 3;\nexport const three = <number> 3;" });
  assertEquals(await types.named("three"), 3);
  using page = new Repository({ "page.js": "const view = () => <p>one</p>;\nconst four = 4;" });
  assertEquals(await page.named("four"), 4);
});

Deno.test("a page without the name: the scripts of its own that a user can name instead", async () => {
  using files = new Repository({
    "page.html": `<script src="https://cdn.example/tf.min.js"></script><script src="./own/loss.js"></script>
<script src='lib/plot.min.js'></script><script src="gone.js"></script><script>const one = 1;</script>`,
    "own/loss.js": "const loss = (y, p) => y.sub(p).square().mean();",
    "lib/plot.min.js": "",
  });
  const [said] = await files.audited("#loss");
  assertMatch(said, /has no 'loss': it has one; or name a script of the page: \.\/own\/loss\.js$/);
});
