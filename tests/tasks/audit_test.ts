// deno task audit: loading of losses, output, exit codes. The findings of an audit are tested in tests/audit.
import { auditLoss } from "@roundabout/roundabout/audit";
import { askedRoundLoss } from "@roundabout/roundabout/thread";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { auditLosses } from "../../tasks/audit.ts";
import { auditOptions, auditSpec, pythonOptions } from "../../tasks/audit_options.ts";
import { UsageError } from "../../tasks/cli.ts";
import { handMadeAudit } from "../display/audit_fixture.ts";
import { Fixtures, runApart } from "./fixtures.ts";
import { slow } from "../slow.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));

/** The task with an audit made by hand: broken for what is called `bad`, otherwise sound. */
const entry = `
import { auditLosses } from "../../../tasks/audit.ts";
import { auditSpec } from "../../../tasks/audit_options.ts";
import { runTask } from "../../../tasks/cli.ts";
import { handMadeAudit } from "../../display/audit_fixture.ts";
await runTask(auditSpec, (args, report) => auditLosses(args, report, (loss, options) => {
  if (options.columns === 13) throw new RangeError("Cannot audit 'bad': 'columns' is 13");
  if (loss.name === "odd") throw new TypeError("Cannot audit the loss: it returns 1");
  const verdict = loss.name === "bad" ? "broken" : "sound";
  const { onProgress: _, name: __, ...given } = options;
  const seen = { name: options.name, verdict, options: given };
  return handMadeAudit({ name: options.name, verdict, toJSON: () => seen, toString: () => options.name + " is " + verdict });
}));`;

const losses = `
import * as tf from "@tensorflow/tfjs";
console.log("loading");
export const good = (y: tf.Tensor, p: tf.Tensor) => tf.losses.meanSquaredError(y, p);
export function bad() { return tf.scalar(1); }
export { bad as renamed };
export function odd() { return 1; }
export const slope = 3;`;

async function audit(fixtures: Fixtures, ...args: string[]) {
  const path = fixtures.file("entry.ts", entry);
  return await runApart(["run", "--quiet", "-P=tasks", path, ...args], { INIT_CWD: fixtures.folder });
}

/**
 * Fails unless each command line is bad usage, for which `runTask` prints the message and exits with 2. The task runs in this
 * process: one of its own for each takes half a second. Files without a folder are those of the fixtures.
 */
async function assertBadUsage(fixtures: Fixtures, expected: [args: string[], sentence: string][]): Promise<void> {
  const reporter = { line() {}, status() {}, wrote() {}, progress() {} };
  const placed = (text: string) =>
    text.replaceAll(/(?<![\w/])[a-z]+\.(?:ts|csv|py|ipynb)\b/g, (name) => join(fixtures.folder, name));
  for (const [args, sentence] of expected) {
    const typed = parseArgs({ args: args.map(placed), options: auditSpec.options, allowPositionals: true });
    const { message } = await assertRejects(
      () =>
        auditLosses(typed, reporter, (_, { name, columns }) => {
          throw new RangeError(`Cannot audit '${name}': 'columns' is ${columns}`);
        }),
      UsageError,
    );
    assertStringIncludes(message, placed(sentence));
  }
}

Deno.test("audit: one sentence of bad usage for each way to name no loss", async () => {
  using fixtures = new Fixtures();
  fixtures.file("losses.ts", losses);
  fixtures.file("throws.ts", "throw new Error('no such data');");
  fixtures.file("empty.ts", "export {};");
  fixtures.file("imports.ts", 'import made from "not-installed";\nconst tool = made.tool;');
  fixtures.file(
    "compiles.ts",
    `
    const x = tf.input({ shape: [2] }), outputs = [1, 2].map((units) => tf.layers.dense({ units }).apply(x));
    tf.model({ inputs: x, outputs }).compile({ optimizer: "sgd", loss: "meanSquaredError" });`,
  );
  const expected: [string[], string][] = [
    [[], "name a loss: FILE.ts#NAME"],
    [["nothere.ts#good"], "There is no file 'nothere.ts'"],
    [["losses.ts"], "'losses.ts' names no loss, write losses.ts#NAME: it has good, bad, odd, slope, renamed"],
    [["losses.ts#best"], "'losses.ts' has no 'best': it has good, bad, odd, slope, renamed"],
    [["losses.ts#best(2)"], "'best(2)' of 'losses.ts' throws: ReferenceError: best is not defined"],
    [["empty.ts#best"], "'empty.ts' has no 'best': it has nothing"],
    [["imports.ts#best"], "'imports.ts' has no 'best': it has tool"],
    [["imports.ts#tool"], "'imports.ts' has no 'tool': it has tool"],
    [["compiles.ts"], "'compiles.ts' compiles a model with the loss \"meanSquaredError\": audit it with --model"],
    [["losses.ts#slope"], "'slope' of 'losses.ts' must be a function, it is 3"],
    [["throws.ts#a"], "'throws.ts' throws while it is loaded: Error: no such data"],
    [["--columns", "13", "losses.ts#bad"], "Cannot audit 'bad': 'columns' is 13"],
    [["--labels", "words", "losses.ts#bad"], "--labels takes binary, one-hot,"],
    [["--metric", "best", "losses.ts#bad"], "--metric takes precision, recall,"],
  ];
  await assertBadUsage(fixtures, expected);
});

slow.test("audit: several losses, their text, and 1 if one of them is broken", async () => {
  using fixtures = new Fixtures();
  fixtures.file("losses.ts", losses);
  const both = await audit(fixtures, "losses.ts#good", "losses.ts#bad");
  assertEquals(both.code, 1);
  assertStringIncludes(
    both.stdout,
    "good is sound\ntime: 0.30 ms per value and gradient, 3.0 × that of mean squared error\n",
  );
  assertStringIncludes(both.stdout, "bad is broken\n");
  assertMatch(both.stdout, /\naudit: 1 broken loss \(\d+\.\d s\)\n$/);
  assertEquals(both.stderr, "");
  const one = await audit(fixtures, "losses.ts#good");
  assertEquals([one.code, one.stderr], [0, ""]);
});

slow.test("audit: by the export's name, and one that cannot be audited does not keep the others from an audit", async () => {
  using fixtures = new Fixtures();
  fixtures.file("losses.ts", losses);
  const { code, stdout, stderr } = await audit(fixtures, "losses.ts#good", "losses.ts#odd", "losses.ts#renamed");
  assertEquals(code, 1);
  assertStringIncludes(stdout, "good is sound\n");
  assertStringIncludes(stdout, "renamed is broken\n");
  assertStringIncludes(stdout, "\n\nlosses.ts#odd: Cannot audit the loss: it returns 1\n");
  assertMatch(stdout, /\naudit: 1 broken loss, 1 loss not audited \(\d+\.\d s\)\n$/);
  assertEquals(stderr, "");
});

slow.test("audit: --json prints only JSON, and --save writes a page that needs nothing else", async () => {
  using fixtures = new Fixtures();
  fixtures.file("losses.ts", losses);
  const args = ["--json", "--save", "report.html", "--predictions=-1,1", "--seed", "7", "losses.ts#good"];
  const { code, stdout, stderr } = await audit(fixtures, ...args);
  assertEquals(code, 0);
  assertEquals(JSON.parse(stdout), { name: "good", verdict: "sound", options: { yPred: [-1, 1], seed: 7 } });
  assertStringIncludes(stderr, "loading");
  assertMatch(stderr, /wrote .*report\.html/);
  const page = await Deno.readTextFile(join(fixtures.folder, "report.html"));
  assertStringIncludes(page, '<svg role="img" aria-label="');
  assertFalse(/<script|<img|<link|(?:src|href)=|@import|url\((?!#)/.test(page));
  const some = await audit(fixtures, "--save", "some.html", "losses.ts#good", "losses.ts#odd");
  assertEquals(some.code, 1);
  const listed = await Deno.readTextFile(join(fixtures.folder, "some.html"));
  assertStringIncludes(listed, "losses.ts#odd");
  assertStringIncludes(listed, "Cannot audit the loss: it returns 1");
  assertFalse(page.includes("not audited"));
  const two = await audit(fixtures, "--json", "losses.ts#good", "losses.ts#bad");
  assertEquals(two.code, 1);
  assertEquals(JSON.parse(two.stdout).map(({ name }: { name: string }) => name), ["good", "bad"]);
});

slow.test("audit: a file that cannot be written is bad usage", async () => {
  using fixtures = new Fixtures();
  fixtures.file("losses.ts", losses);
  const { code, stdout, stderr } = await audit(fixtures, "--save", "no/such/folder.html", "losses.ts#good");
  assertEquals([code, stdout], [2, ""]);
  assertMatch(stderr, /^audit: --save no\/such\/folder\.html: there is no folder '.*no\/such'/);
  assertFalse(existsSync(join(fixtures.folder, "no")));
});

Deno.test("audit: options are what was typed, and nothing else", () => {
  assertEquals(auditOptions({}), {});
  const typed = { predictions: "logits", labels: "one-hot", columns: "3", prevalence: "0.1", metric: "f1", seed: "0" };
  assertEquals(auditOptions(typed), {
    yPred: "logits",
    yTrue: "one-hot",
    columns: 3,
    prevalence: 0.1,
    metric: "f1",
    seed: 0,
  });
  assertEquals(auditOptions({ labels: "real,mask" }), { yTrue: "real", extraLabels: ["mask"] });
  assertEquals(auditOptions({ columns: "2", "label-columns": "1" }), { columns: 2, labelColumns: 1 });
  assertEquals(auditOptions({ labels: "mask" }), { extraLabels: ["mask"] });
  const refused: [string, string][] = [
    ["labels", "real,masks"],
    ["labels", "mask,real"],
    ["predictions", "soft"],
    ["predictions", "1,0"],
    ["columns", "0"],
    ["columns", "1.5"],
    ["label-columns", "0"],
    ["prevalence", "1"],
    ["metric", "best"],
    ["metric", "fBeta"], // it needs options
    ["metric", "toString"],
    ["seed", "-1"],
  ];
  for (const [name, value] of refused) {
    let message = "";
    try {
      auditOptions({ [name]: value });
    } catch (error) {
      message = (error as Error).message;
    }
    assertStringIncludes(message, `--${name}`);
    assertStringIncludes(message, value);
  }
});

Deno.test("README shows what the audit of the asked loss says", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  const [verdict, finding, where] = String(auditLoss(askedRoundLoss)).split("\n");
  for (const line of [verdict, finding, where]) assert(readme.includes(`    ${line}\n`), line);
});

Deno.test("audit: reports its progress as the audit does", async () => {
  using fixtures = new Fixtures();
  const path = fixtures.file("losses.ts", `export const good = () => 0;`);
  const told: string[] = [];
  const reporter = { line() {}, status() {}, wrote() {}, progress: (text: string) => void told.push(text) };
  await auditLosses({ values: {}, positionals: [`${path}#good`] }, reporter, (_, { onProgress }) => {
    onProgress!(3, 20, "a batch without positives");
    return handMadeAudit({ verdict: "sound" });
  });
  assertEquals(told, [`${path}#good: 3 of 20, a batch without positives …`]);
});

const toy = fileURLToPath(new URL("../audit/toy/", import.meta.url));

slow.test("audit: losses of a Python file by their names or as expressions, what they print apart", async () => {
  using fixtures = new Fixtures();
  const named = ["squared", "Power(exponent=4)"].map((name) => `${join(toy, "losses.py")}#${name}`);
  const { code, stdout, stderr } = await audit(fixtures, "--json", "--framework", join(toy, "toy.py"), ...named);
  assertEquals([code, JSON.parse(stdout).map((one: { name: string }) => one.name)], [0, [
    "squared",
    "Power(exponent=4)",
  ]]);
  assertFalse(stdout.includes("printed"));
  assertStringIncludes(stderr, "Python imports its framework …");
});

Deno.test("audit: the time of a Python loss is measured before its process ends", async () => {
  const told: string[] = [];
  const reporter = { line: (text: string) => void told.push(text), status() {}, wrote() {}, progress() {} };
  const args = { values: { framework: join(toy, "toy.py") }, positionals: [`${join(toy, "losses.py")}#squared`] };
  await auditLosses(args, reporter, auditLoss);
  assertMatch(told[0], /^squared: sound[^]*\ntime: \d/);
});

/** Audits in this process and returns what is printed, step by step, and the message of the failure. */
async function printed(names: readonly string[], auditor: typeof auditLoss): Promise<{ told: string[]; ends: string }> {
  const told: string[] = [];
  const reporter = {
    line: (text: string) => void told.push(`line ${text}`),
    status: (text: string) => void told.push(`status ${text}`),
    wrote() {},
    progress() {},
  };
  const positionals = names.map((name) => `${join(toy, "losses.py")}#${name}`);
  const error = await auditLosses({ values: { framework: join(toy, "toy.py") }, positionals }, reporter, auditor)
    .then(() => undefined, (error: Error) => error);
  return {
    told: told.map((text) => text.replaceAll(join(toy, "losses.py"), "losses.py")),
    ends: String(error?.message),
  };
}

Deno.test("audit: losses of one Python file share a process, each report follows its audit, an error has its place", async () => {
  const { told, ends } = await printed(
    ["squared", "sqared", "raises", "lambda p, t: raises(p, t)"],
    (loss, options) => {
      if (loss.name === "squared") return handMadeAudit({ toString: () => "squared is sound" });
      return auditLoss(loss, options);
    },
  );
  assertEquals(told.filter((text) => /imports its framework/.test(text)).length, 1);
  assertEquals(ends, "1 broken loss, 3 losses not audited");
  const lines = told.slice(1).map((text) => text.trim());
  assertEquals(lines[0], "status losses.py#squared …");
  assertMatch(lines[1], /^line squared is sound/);
  assertMatch(lines[2], /^line\s+losses.py#sqared: Cannot load the loss 'sqared': NameError: .*; it defines squared,/);
  assertEquals(lines[3], "status losses.py#raises …");
  assertMatch(lines[4], /\n {2}if the loss takes other batches, say which: --columns, --predictions, --labels$/);
  const [first, second] = [lines[4], lines[6]].map((text) => /ValueError: process (\d+)/.exec(text)?.[1]);
  assert(first !== undefined && first === second, lines.join("\n"));
});

Deno.test("audit: a Python file without a name is audited for all that looks like a loss, and the rest is said", async () => {
  const told: string[] = [];
  const reporter = {
    line: (text: string) => void told.push(text.split("\n")[0]),
    status: (text: string) => void told.push(text),
    wrote() {},
    progress() {},
  };
  const file = join(toy, "several.py"), positionals = [file, `${file}#weighted_loss(2)`];
  await auditLosses({ values: { framework: join(toy, "toy.py") }, positionals }, reporter, (loss, { name }) => {
    assertEquals(loss.name, name);
    return handMadeAudit({ verdict: "sound", toString: () => `${name} is sound` });
  });
  assertEquals(told.map((text) => text.trim().replaceAll(file, "several.py")).slice(1), [
    "several.py: error, size_loss, PowerLoss, Error; name others to audit them: weighted_loss, helper, Model",
    ...["error", "size_loss", "PowerLoss", "Error", "weighted_loss(2)"]
      .flatMap((name) => [`several.py#${name} …`, name === "error" ? `${name} is sound` : ""]),
  ]);
});

Deno.test("audit: another spelling, or another word, of a kind is answered with the kind that is meant", () => {
  const expected: [name: string, value: string, kind: string | undefined][] = [
    ["labels", "onehot", "one-hot"],
    ["labels", "one_hot", "one-hot"],
    ["labels", "categorical", "one-hot"],
    ["labels", "sparse,mask", "index"],
    ["labels", "integer", "index"],
    ["labels", "real,masks", "mask"],
    ["labels", "words", undefined],
    ["labels", "constructor", undefined],
    ["labels", "real,constructor", undefined],
    ["predictions", "softmax", "simplex"],
    ["predictions", "Logits", "logits"],
    ["predictions", "one-hot", undefined],
  ];
  for (const [name, value, kind] of expected) {
    const { message } = assertThrows(() => auditOptions({ [name]: value }), UsageError);
    assertEquals(/not '.*'(?:: did you mean (.*)\?)?$/.exec(message)?.[1], kind, message);
  }
});

Deno.test("audit: what a framework says of labels that are no integers is answered with what to type", async () => {
  using fixtures = new Fixtures();
  const positionals = [`${fixtures.file("losses.ts", "export const good = () => 0;")}#good`];
  const ends = async (error: string, values = {}) => {
    const told: string[] = [];
    const reporter = { line: (text: string) => void told.push(text), status() {}, wrote() {}, progress() {} };
    await auditLosses({ values, positionals }, reporter, () => {
      throw new TypeError(`Cannot audit the loss: called with labels [64,1] and outputs [64,1], ${error}`);
    }).catch(() => {});
    return told[0].split("\n  ")[1];
  };
  const indices = "if the labels are class indices, say so: --columns 3 --predictions logits --labels index";
  for (
    const error of [
      "RuntimeError: expected scalar type Long but found Float",
      "RuntimeError: 0D or 1D target tensor expected, multi-target not supported",
      "IndexError: tensors used as indices must be long, int, byte or bool tensors",
      "TypeError: Indexer must have integer or boolean type",
      "InvalidArgumentError: Received a label value of 1 which is outside the valid range of [0, 1)",
    ]
  ) assertEquals(await ends(error), indices);
  assertEquals(await ends("RuntimeError: Long", { columns: "5" }), others);
  assertEquals(await ends("expected scalar type Long", { columns: "5" }), indices.replace("3", "5"));
  assertEquals(await ends("expected scalar type Long", { labels: "index" }), others);
  assertEquals(await ends("NameError: name 'smooth' is not defined"), undefined);
});

const others = "if the loss takes other batches, say which: --columns, --predictions, --labels";

Deno.test("audit: before Python starts, a file that does not exist is bad usage", async () => {
  const told: string[] = [],
    reporter = { line() {}, status: (text: string) => void told.push(text), wrote() {}, progress() {} };
  const positionals = [`${join(toy, "losses.py")}#squared`, "nothere.py#squared"];
  await assertRejects(
    () => auditLosses({ values: { framework: join(toy, "toy.py") }, positionals }, reporter, auditLoss),
    UsageError,
    "There is no file 'nothere.py'",
  );
  assertEquals(told, []);
});

slow.test("audit: --json has an error instead of a report", async () => {
  using fixtures = new Fixtures();
  fixtures.file("losses.ts", losses);
  const { code, stdout } = await audit(fixtures, "--json", "losses.ts#best", "losses.ts#good");
  const [{ name, error }, good] = JSON.parse(stdout);
  assertEquals([code, name, good.name], [1, "losses.ts#best", "good"]);
  assertStringIncludes(error, "'losses.ts' has no 'best'");
});

slow.test("audit: a Python loss that cannot be loaded is bad usage", async () => {
  using fixtures = new Fixtures();
  fixtures.file("empty.py", "");
  fixtures.file("book.ipynb", '{ "cells": [] }');
  const expected: [string[], string][] = [
    [["book.ipynb"], "#NAME: it has no function"],
    [["book.ipynb#loss"], " imports no framework: give the framework"],
    [["nothere.py#loss"], "There is no file 'nothere.py'"],
    [["empty.py#"], "'empty.py#' names no loss, write empty.py#NAME"],
    [["empty.py"], " looks like a loss, write "],
    [["empty.py#loss"], " imports no framework: give the framework, torch, keras, tensorflow or jax"],
    [["--framework", "caffe", "empty.py#loss"], "--framework takes torch, keras, tensorflow, jax, not 'caffe'"],
    [["--order", "both", "empty.py#loss"], "--order takes true,pred or pred,true, not 'both'"],
    [["--framework", join(toy, "toy.py"), "empty.py#loss"], "NameError: name 'loss' is not defined"],
    [["--framework", join(toy, "toy.py"), "-m", "no_such_module", "loss"], "No module named 'no_such_module'"],
  ];
  await assertBadUsage(fixtures, expected);
});

Deno.test("audit: options of a Python loss are what was typed; a path to Python is resolved, a name is not", () => {
  assertEquals(pythonOptions({}), {});
  const typed = { framework: "jax", order: "true,pred", python: "python3.11", module: "optax" };
  assertEquals(pythonOptions(typed), typed as ReturnType<typeof pythonOptions>);
  assert(pythonOptions({ python: "venv/bin/python" }).python!.startsWith("/"));
});

const makers = `
import * as tf from "@tensorflow/tfjs";
const made = (units: number, activation: "softmax" | "sigmoid", loss: string) => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units, activation, inputShape: [2] })] });
  model.compile({ optimizer: "sgd", loss });
  return model;
};
export const one = () => made(1, "softmax", "binaryCrossentropy");
export const three = async () => await made(3, "softmax", "categoricalCrossentropy");
export const four = made(4, "sigmoid", "binaryCrossentropy");
export const word = "model";`;

/** Rows of two small inputs, an amount that is none, and labels. */
const table = [
  "a,b,id,churn,kind",
  ...Array.from(
    { length: 24 },
    (_, i) =>
      [
        Math.sin(i).toFixed(3),
        Math.cos(3 * i).toFixed(3),
        1000 + i,
        i % 2,
        ["setosa", "virginica", "versicolor"][i % 3],
      ]
        .join(","),
  ),
].join("\n");

slow.test("audit: a model on rows of a file, its labels as numbers or as texts, and what is broken with 1", async () => {
  using fixtures = new Fixtures();
  fixtures.file("models.ts", makers);
  fixtures.file("rows.csv", table);
  const model = (name: string, ...args: string[]) =>
    audit(fixtures, "--model", `models.ts#${name}`, "--data", "rows.csv", ...args);
  const one = await model("one", "--label", "churn", "--drop", "id,kind");
  assertEquals([one.code, one.stderr], [1, ""]);
  assertStringIncludes(one.stdout, "one: broken (");
  assertStringIncludes(one.stdout, "error: constant: A softmax over one unit is always 1");
  assertMatch(one.stdout, /\naudit: 1 broken model \(\d+\.\d s\)\n$/);
  const three = await model("three", "--label", "kind", "--drop", "id,churn", "--json", "--save", "report.html");
  assertEquals(three.code, 0, three.stderr);
  const { name, verdict, assumed } = JSON.parse(three.stdout);
  assertEquals([name, verdict, assumed], ["three", "sound", ["The labels are one-hot, 3 columns"]]);
  assertStringIncludes(three.stderr, "the texts of 'kind' are one-hot: setosa, versicolor, virginica");
  assertStringIncludes(await Deno.readTextFile(join(fixtures.folder, "report.html")), "three is sound");
  const numbered = await model("three", "--label", "kind", "--drop", "id,churn", "--labels", "index");
  assertEquals(numbered.code, 1);
  assertStringIncludes(numbered.stdout, "the texts of 'kind' are numbered from 0: setosa, versicolor, virginica");
  assertStringIncludes(numbered.stdout, "error: label-encoding: categoricalCrossentropy takes one-hot labels");
  fixtures.file("rows.tsv", table.replaceAll(",", "\t"));
  const tabs = await audit(
    fixtures,
    "--model",
    "models.ts#one",
    "--data",
    "rows.tsv",
    "--label",
    "churn",
    "--drop",
    "id,kind",
  );
  assertEquals(tabs.stdout.split(" (")[0], one.stdout.split(" (")[0]);
});

slow.test("audit: a last layer in words", async () => {
  using fixtures = new Fixtures();
  const words = (activation: string) =>
    audit(fixtures, "--activation", activation, "--units", "1", "--loss", "binary_crossentropy", "--labels", "binary");
  const softmax = await words("softmax"), sigmoid = await words("sigmoid");
  assertStringIncludes(
    softmax.stdout,
    "softmax on 1 unit, binaryCrossentropy: broken (10 probes)\nerror: constant: A softmax",
  );
  assertStringIncludes(sigmoid.stdout, "sigmoid on 1 unit, binaryCrossentropy: sound (10 probes)\n");
  assertEquals([softmax.code, sigmoid.code], [1, 0]);
});

Deno.test("audit: one sentence of bad usage for each way to name no model", async () => {
  using fixtures = new Fixtures();
  fixtures.file("models.ts", makers);
  fixtures.file("rows.csv", table);
  fixtures.file("torn.csv", "a,b\n1,2\n3\n");
  const file = ["--model", "models.ts#one", "--data", "rows.csv"],
    layer = ["--activation", "sigmoid", "--units", "1", "--loss", "mse", "--labels", "binary"];
  const expected: [string[], string][] = [
    [["--data", "rows.csv"], "--data needs --model FILE.ts#NAME or --activation NAME"],
    [["--model", "models.ts#one"], "--model needs --data"],
    [[...file], "--model needs --label"],
    [[...file, "--label", "churn", "other.ts#loss"], "--model takes no 'other.ts#loss'"],
    [[...file, "--label", "churn", "--seed", "2"], "--seed cannot be used with --model"],
    [
      [...file, "--label", "churn"],
      "column 'kind' has the text 'setosa' in row 1: give the numbers that the model takes, or --drop 'kind'",
    ],
    [
      [...file, "--label", "churn", "--drop", "kind"],
      "the model takes 2 inputs, but 'rows.csv' has 3 columns: a, b, id",
    ],
    [[...file, "--label", "price"], "'rows.csv' has no column 'price', only a, b, id, churn, kind"],
    [["--model", "models.ts#one", "--data", "none.csv", "--label", "a"], "There is no file 'none.csv'"],
    [
      ["--model", "models.ts#one", "--data", "torn.csv", "--label", "a"],
      `Cannot read 'torn.csv': line 3 has 1 field, the header has 2`,
    ],
    [[...file, "--label", "churn", "--labels", "sign"], "--labels takes one-hot, index, not 'sign'"],
    [
      ["--model", "models.ts#word", "--data", "rows.csv", "--label", "a"],
      "'models.ts#word' must be a compiled tf.LayersModel, or a function that makes one",
    ],
    [["--activation", "sigmoid", "--units", "1"], "--activation needs --loss"],
    [[...layer, "--data", "rows.csv"], "--data cannot be used with --activation"],
    [["--activation", "step", ...layer.slice(2)], "Cannot audit the last layer: 'activation' must be one of linear,"],
    [
      ["--activation", "sigmoid", "--units", "some", ...layer.slice(4)],
      "--units takes a number from 1 to 1000000, not 'some'",
    ],
  ];
  await assertBadUsage(fixtures, expected);
});

slow.test("audit: Ctrl-C ends the audit of a Python loss that never returns, and its process", async () => {
  const task = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-A",
      join(project, "tasks/audit.ts"),
      "--framework",
      join(toy, "toy.py"),
      `${join(toy, "losses.py")}#loops`,
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const ps = (...args: string[]) => {
    const { stdout } = new Deno.Command("ps", { args: ["-o", "pid=,stat=", ...args] }).outputSync();
    return new TextDecoder().decode(stdout).trim().split("\n").filter((line) => line !== "");
  };
  let told = "";
  for await (const bytes of task.stdout) {
    told += new TextDecoder().decode(bytes);
    if (/#loops …\n/.test(told)) break; // it is loaded, and is called next
  }
  const [python] = ps("--ppid", `${task.pid}`).map((line) => line.trim().split(/\s+/)[0]);
  assert(python !== undefined, told);
  task.kill("SIGINT");
  assertEquals((await task.status).code, 130);
  while (ps("-p", python).some((line) => !/Z/.test(line))) await new Promise((resolve) => setTimeout(resolve, 20));
});
