import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { auditLoss, type AuditOptions, type LossAudit } from "@roundabout/roundabout/audit";
import { type PythonLoss, pythonLoss, type PythonLossOptions } from "@roundabout/roundabout/python";
import fc from "fast-check";
import "../helpers.ts";
import type { LoadedLoss } from "../../lib/audit/engines/loaded_loss.ts";
import { type Frame, frameOf, FrameReader } from "../../lib/audit/engines/frames.ts";
import { ProcessLoss } from "../../lib/audit/engines/process_loss.ts";
import { isQuick, slow } from "../slow.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const framework = pathOf("./toy/toy.py"), file = pathOf("./toy/losses.py");

let found: string | undefined;

/** The interpreter itself: where python3 is a script that looks for it (pyenv), a start takes more than twice as long. */
function interpreter(): string {
  const command = new Deno.Command("python3", { args: ["-c", "import sys; print(sys.executable)"] });
  return found ??= new TextDecoder().decode(command.outputSync().stdout).trim();
}

const load = (name: string, more: Partial<PythonLossOptions> = {}): Promise<PythonLoss> =>
  pythonLoss({ file, framework, name, python: interpreter(), ...more });

const audit = (loss: PythonLoss): LossAudit => auditLoss(loss, { rows: 16, yPred: "probability", yTrue: "binary" });

async function audited(name: string, more: Partial<PythonLossOptions> = {}): Promise<LossAudit> {
  await using loss = await load(name, more);
  return audit(loss);
}

/** Audits of losses that share a process. */
async function auditedAll(names: readonly string[], more: Partial<PythonLossOptions> = {}): Promise<LossAudit[]> {
  await using first = await load(names[0], more);
  const audits = [audit(first)];
  for (const name of names.slice(1)) audits.push(audit(await first.another({ file, framework, name, ...more })));
  return audits;
}

/** The verdict, and the cause and the line of the first finding. */
const inShort = ({ verdict, findings: [finding] }: LossAudit) => [verdict, finding?.cause, finding?.where?.line];

/** The message of an audit that is refused. */
async function refusal(name: string, more: Partial<PythonLossOptions> = {}): Promise<string> {
  const { message } = await assertRejects(() => audited(name, more), TypeError);
  return message;
}

const lineIn = (text: string, of: string): number => text.split("\n").findIndex((line) => line.includes(of)) + 1;

Deno.test("a loss in Python has the findings of the same loss in TensorFlow.js, and its own line", async () => {
  const text = await Deno.readTextFile(file);
  const names = ["squared", "rounded", "read_out", "plain_number", "naive"], audits = await auditedAll(names);
  const [squared, rounded, readOut, plainNumber, naive] = audits.map(inShort);
  assertEquals(squared, ["sound", undefined, undefined]);
  assertEquals(rounded, ["broken", "no-gradient-op", `losses.py:${lineIn(text, "hit = pred.round()")}`]);
  assertEquals(readOut, ["broken", "detached", `losses.py:${lineIn(text, "pred.mean().item() - ")}`]);
  assertEquals(plainNumber[1], "detached");
  assertEquals(naive, ["broken", "domain-edge", `losses.py:${lineIn(text, "target * pred.log()")}`]);
});

Deno.test("a place is the one number that is read out, the one line of a wrong sign, or where a result of neither is made", async () => {
  const text = await Deno.readTextFile(file), at = (of: string) => `losses.py:${lineIn(text, of)}`;
  const names = ["picked", "keeps_its_sign", "keeps_its_sign_below", "of_neither"];
  await using first = await load(names[0]);
  const found = [];
  for (const name of names) {
    const loss = await first.another({ file, framework, name });
    found.push(inShort(auditLoss(loss, { rows: 16, yPred: "real", yTrue: "real" })));
  }
  assertEquals(found, [
    ["broken", "detached", at("pred.mean().item() + keep")],
    ["broken", "wrong-optimum", at("return (pred - target).mean()")],
    ["broken", "wrong-optimum", undefined],
    ["broken", "constant", at("return weights.mean()")],
  ]);
});

Deno.test("a class is made without arguments, an expression is evaluated", async () => {
  const [plain, fourth] = await auditedAll(["Power", "Power(exponent=4)"]);
  assertEquals([plain.verdict, fourth.verdict, fourth.name], ["sound", "sound", "Power(exponent=4)"]);
});

Deno.test("a method is called of an instance, made without arguments or not made, as an expression calls it", async () => {
  const names = ["Agent.policy", "Agent().policy", "Agent.free", "Unmade.policy"];
  const [method, expression, free, unmade] = (await auditedAll(names)).map(({ verdict }) => verdict);
  assertEquals([method, expression, free, unmade], ["sound", "sound", "sound", "sound"]);
});

Deno.test("the names of the parameters tell the order of the arguments, and 'order' overrules them", async () => {
  const plain = "lambda a, b: ((a - b) * (a - b)).mean()", own = { file, framework };
  await using turned = await load("turned") as LoadedLoss;
  const another = async (name: string, more = {}) => await turned.another({ ...own, name, ...more }) as LoadedLoss;
  const batch = { yTrue: Float32Array.of(1, 1), yPred: Float32Array.of(0, 0), trueShape: [2, 1], predShape: [2, 1] };
  const valueOf = ({ engine }: LoadedLoss) => engine.value(batch).value;
  assertEquals([valueOf(turned), valueOf(await another("turned", { order: "pred,true" }))], [1, 0]);
  const assumed = async (name: string, more = {}) => (await another(name, more)).assumed;
  assertEquals(await assumed("squared"), ["The outputs come first, as the parameters are named, (pred, target)"]);
  assertEquals(turned.assumed, ["The labels come first, as the parameters are named, (y_true, y_pred)"]);
  assertEquals(await assumed("squared", { order: "true,pred" }), []);
  assertEquals(await assumed(plain), [`The outputs come first, the habit of ${framework}`]);
  const byPosition = { framework: pathOf("./toy/toy_by_position.py") };
  await using passed = await load(plain, byPosition);
  const words = ["The labels come first: model.compile passes (y_true, y_pred) by position"];
  const further = async (name: string) => (await passed.another({ ...own, ...byPosition, name })).assumed;
  assertEquals(passed.assumed, words);
  assertEquals(await further("lambda x, y: ((x - y) * (x - y)).mean()"), words);
  assertEquals(await further("turned"), []);
});

Deno.test("a loss without a parameter for labels is called with the outputs alone, and the report says so", async () => {
  const alone = (names: string, more = "") =>
    `The loss is called with the outputs alone, as the parameters are named, (${names})${more}`;
  const own = { file, framework }, options = { rows: 16, yPred: "real" as const };
  await using first = await load("spread") as LoadedLoss;
  const batch = { yTrue: Float32Array.of(9), yPred: Float32Array.of(2), trueShape: [1, 1], predShape: [1, 1] };
  const valueOf = ({ engine }: LoadedLoss) => engine.value(batch).value;
  assertEquals(valueOf(first), 4.5);
  assertEquals(auditLoss(first, options).assumed, [alone("embeddings, margin")]);
  const another = async (name: string, more = {}) => await first.another({ ...own, name, ...more }) as LoadedLoss;
  assertEquals(auditLoss(await another("single"), options).assumed, [alone("pred")]);
  const toItself = await another("to_itself"); // labels may be given
  assertEquals(valueOf(toItself), 49);
  assertEquals(auditLoss(toItself, { ...options, yTrue: "none" }).assumed, [alone("embeddings, labels")]);
  assertEquals(valueOf(toItself), 0);
  assertEquals(auditLoss(toItself, { ...options, yTrue: "real" }).assumed, [
    "The outputs come first, as the parameters are named, (embeddings, labels)",
  ]);
  assertEquals(valueOf(toItself), 49);
  assertEquals(valueOf(await another("spread", { order: "pred,true" })), 13);
  assertEquals(valueOf(await another("lambda *both: both[1]")), 9);
  const maker = await another("maker");
  assertEquals(
    assertThrows(() => auditLoss(maker, options), TypeError).message,
    "Cannot audit the loss: called with outputs [16,1], it returns a function: audit what it returns, with (…) after the name",
  );
  const byPosition = { framework: pathOf("./toy/toy_by_position.py") };
  await using passed = await load("single", byPosition) as LoadedLoss;
  assertEquals(passed.assumed, [alone("pred", "; model.compile passes labels and outputs")]);
  const spread = await passed.another({ ...own, ...byPosition, name: "spread" }) as LoadedLoss;
  assertEquals([spread.takesNoLabels, valueOf(spread)], [false, 83]); // (y_true, y_pred), as model.compile passes them
  assertEquals(auditLoss(spread, { ...options, yTrue: "none" }).assumed.length, 1);
  assertEquals(valueOf(spread), 4.5);
});

Deno.test("a loss of class indices is told that one unit was assumed, and what to give", async () => {
  await using loss = await load("of_classes", { framework: pathOf("./toy/toy_with_indices.py") });
  const said = (options: AuditOptions) => {
    const { findings: [{ message }], assumed } = auditLoss(loss, { rows: 16, ...options });
    assert(assumed.includes("The labels are given as int64, one number per row"));
    return message.split("; ")[1];
  };
  const told =
    "one unit was assumed, for a loss of classes give --columns 3 --predictions logits --labels index, or one-hot";
  assertEquals([{}, { columns: 1 }, { yTrue: "binary" as const }].map(said), [told, undefined, undefined]);
});

Deno.test("a process that is started again calls a loss with the outputs alone as before", async () => {
  await using loss = await load("to_itself_until(3)") as LoadedLoss;
  const batch = { yTrue: Float32Array.of(9), yPred: Float32Array.of(2), trueShape: [1, 1], predShape: [1, 1] };
  loss.check(batch, "none");
  const values = Array.from({ length: 3 }, () => loss.engine.value(batch).value);
  assertEquals(values, [0, NaN, 0]);
});

Deno.test("where losses are called by position, a first parameter with the name of the outputs is a fault", async () => {
  const text = await Deno.readTextFile(file), byPosition = { framework: pathOf("./toy/toy_by_position.py") };
  const line = (name: string) => `losses.py:${lineIn(text, `def ${name}(`)}`;
  const [naive, squared] = await auditedAll(["naive", "squared"], byPosition);
  assertEquals(inShort(naive), ["broken", "swapped-arguments", line("naive")]);
  assertEquals(inShort(squared), ["suspect", "swapped-arguments", line("squared")]); // symmetric
  const ordered = await audited("squared", { ...byPosition, order: "pred,true" });
  assertEquals(inShort(ordered), ["sound", undefined, undefined]);
  const said = "model.compile passes (y_true, y_pred) by position, but the first parameter is called pred";
  assertEquals(naive.findings[0].message, said);
  assert(/model.compile passes \(y_true, y_pred\) by position/.test(await refusal("raises", byPosition)));
});

Deno.test("a result of several numbers where the framework trains on one is a note", async () => {
  const [perRow, squared] = await auditedAll(["per_row", "squared"]), { verdict, findings: [several] } = perRow;
  assertEquals([verdict, several.cause, several.severity], ["sound", "reduction", "note"]);
  assertEquals(several.evidence.shape, "[16,1]");
  assertEquals(several.message, "The loss returns 16 numbers, but the toy needs one number: return the mean");
  assertEquals(squared.findings, []);
});

Deno.test("outputs that the loss cuts off are detached, and the remedy is to let them in", async () => {
  const { findings: [{ cause, remedy, where }] } = await audited("cut_off"), text = await Deno.readTextFile(file);
  assertEquals([cause, remedy], ["detached", "Remove the stop_gradient around the outputs"]);
  assertEquals(where, { op: "StopGradient", line: `losses.py:${lineIn(text, "pred.stop_gradient()")}` });
});

Deno.test("of a loss that writes into its outputs, the remedy says so and does not speak of a ramp", async () => {
  const { findings: [{ cause, remedy }], assumed } = await audited("overwrites");
  assertEquals(cause, "saturated");
  assert(/^The loss writes into y_pred/.test(remedy), remedy);
  assert(assumed.includes("The loss changes the numbers of y_pred, and is given a copy"));
});

Deno.test("a file is run once for all of its losses, and again when it has changed", async () => {
  const folder = await Deno.makeTempDir(), own = `${folder}/counted.py`;
  const write = (factor: number) =>
    Deno.writeTextFile(
      own,
      `import sys\nsys.runs = getattr(sys, "runs", 0) + 1\nruns = sys.runs\n` +
        `def loss(pred, target):\n    return (pred - pred).mean() + runs * ${factor}\n`,
    );
  const valueOf = (loss: PythonLoss) =>
    (loss as LoadedLoss).engine.value({
      yTrue: Float32Array.of(1),
      yPred: Float32Array.of(0),
      trueShape: [1, 1],
      predShape: [1, 1],
    }).value;
  try {
    await write(1);
    await using first = await pythonLoss({ file: own, framework, name: "loss" });
    const again = () => first.another({ file: own, framework, name: "loss" });
    assertEquals([valueOf(first), valueOf(await again())], [1, 1]);
    await write(10);
    await Deno.utime(own, new Date(), new Date(0));
    assertEquals(valueOf(await again()), 20);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a loss that does not work is refused with its own message", async () => {
  const text = await Deno.readTextFile(file);
  const called = "Cannot audit the loss: called with labels [16,1] and outputs [16,1], ";
  const number = lineIn(text, "raise ValueError");
  assert(new RegExp(`ValueError: process \\d+ \\(losses.py:${number}\\)$`).test(await refusal("raises")));
  await using loss = await load("quits");
  const further = async (name: string) => {
    const another = await loss.another({ file, framework, name });
    return assertThrows(() => audit(another), TypeError).message;
  };
  const { message } = assertThrows(() => audit(loss), TypeError);
  assertEquals(message, `${called}SystemExit: enough (losses.py:${lineIn(text, "sys.exit(")})`);
  assertEquals(await further("returns_nothing"), `${called}it returns None: is a return missing?`);
  const made = `${called}it returns a function: audit what it returns, with (…) after the name`;
  assertEquals(await further("returns_a_loss"), made);
  assertEquals(await further("returns_a_dict"), `${called}it returns a dict of 1: return the loss alone`);
});

Deno.test("of several results the first is the loss if it has a gradient, and the report says so", async () => {
  const { verdict, assumed } = await audited("returns_two");
  assertEquals(verdict, "sound");
  assert(assumed.includes("The loss returns a tuple of 2, of which the first is audited"), `${assumed}`);
  assertMatch(await refusal("returns_it_last"), /it returns a tuple of 2: return the loss alone$/);
});

Deno.test("of a loss of classes that has weights of its own, no outputs are called correct", async () => {
  await using loss = await load("Weighing");
  const [classes, amounts] = (["index", "real"] as const).map((yTrue) =>
    auditLoss(loss, { rows: 16, yPred: "real", yTrue, columns: yTrue === "index" ? 2 : 1 }).assumed
  );
  const told = /weights of its own, on which the correct outputs depend/;
  assertEquals([classes, amounts].map((assumed) => told.test(assumed.join())), [true, false]);
});

Deno.test("a loss that ends its process or never returns on an ordinary batch is broken, and nothing else is asked of it", async () => {
  const called = "called with labels [16,1] and outputs [16,1]";
  const ends = await audited("ends"), loops = await audited("loops", { seconds: 0.5 });
  assertEquals([ends.verdict, ends.findings.map(({ cause, message }) => [cause, message])], ["broken", [
    ["domain-edge", `The loss ends the process with the code 3, ${called}`],
  ]]);
  assertEquals(
    loops.findings.map(({ severity, message }) => [severity, message]),
    [["error", `The loss does not return within 0.5 s and was ended, ${called}`]],
  );
  assertEquals([loops.probes.length, loops.time()], [1, { loss: NaN, reference: NaN }]);
});

Deno.test("a loss that cannot be loaded is refused", async () => {
  await using loss = await load("squared");
  const refused = async (
    options: Partial<PythonLossOptions>,
    wanted: RegExp,
    loads: typeof pythonLoss = (one) => loss.another(one),
  ) => {
    const { message } = await assertRejects(() => loads({ file, framework, name: "squared", ...options }), TypeError);
    assert(wanted.test(message), message);
  };
  await refused(
    { name: "Scaled" },
    /TypeError: Scaled.* missing 1 required positional argument: 'factor'; give its arguments, Scaled\(…\)$/,
  );
  await refused({ name: "nothing" }, /NameError: name 'nothing' is not defined; it defines squared, turned/);
  const passedOn = { file: pathOf("./toy/passed_on.py") };
  await refused({ ...passedOn, name: "sqared" }, /'sqared' is not defined; it has squared, turned/);
  await refused({ name: "4" }, /'4' must be a function or a class, it is int/);
  const reading = pathOf("./toy/reads_arguments.py");
  await refused({ file: reading, name: "of_arguments" }, /SystemExit: 2.*: the file ends Python while it is imported/);
  await refused(
    { file: reading, name: "nothing" },
    /NameError: name 'nothing' is not defined; it defines squared, of_arguments, Trainer; the file fails: SystemExit: 2/,
  );
  await refused(
    { framework: pathOf("./toy/broken_import.py") },
    /^Cannot load the loss 'squared': \/.*python.* has no module 'toy_that_does_not_exist': give a Python that has it, --python PYTHON$/,
    pythonLoss,
  );
  await refused({ framework: "torche" }, /there is no framework 'torche'/, pythonLoss);
  await refused({ framework: undefined }, /losses.py imports no framework: give the framework/, pythonLoss);
  await refused({ python: "no-such-python" }, /'no-such-python' cannot be started/, pythonLoss);
  await assertRejects(() => pythonLoss({ name: "x" }), TypeError, "either 'file' or 'module'");
  await assertRejects(() => load(""), RangeError, "'name' must be an expression of Python");
  await assertRejects(() => load("squared", { seconds: 0 }), RangeError, "'seconds' must be a number inside (0, 3600]");
});

Deno.test("of a file that fails while it is imported only what the loss needs is executed, and the report says so", async () => {
  const failing = { file: pathOf("./toy/reads_arguments.py") };
  for (const name of ["squared", "Trainer.loss"]) {
    const { verdict, assumed } = await audited(name, failing);
    const told = assumed.find((sentence) => sentence.startsWith("Only what the loss needs of its file was executed"));
    assertEquals(verdict, "sound");
    assertMatch(told ?? "", /, as the file fails: SystemExit: 2 \(reads_arguments.py:8\)$/);
  }
  const all = await ProcessLoss.start({ ...failing, framework, python: interpreter() }, [undefined]);
  assertEquals(all.map(({ name, loss }) => [name, loss instanceof Error]), [["squared", false], [
    "of_arguments",
    true,
  ]]);
  for (const { loss } of all) if (!(loss instanceof Error)) await loss.close();
});

Deno.test("a loss is audited as it stands in a package: with its neighbours, and without what is not installed", async () => {
  const inPackage = { file: pathOf("./toy/project/parts/losses.py"), framework: pathOf("./toy/toy_with_images.py") };
  await using scaled = await load("scaled", inPackage);
  const of = (name: string) => scaled.another({ ...inPackage, name }), { verdict, assumed } = audit(scaled);
  assertEquals(verdict, "sound");
  assert(assumed.includes("Not installed, and not called by the loss: toy_that_does_not_exist"), `${assumed}`);
  const drawn = await of("drawn"), { message } = assertThrows(() => audit(drawn), TypeError);
  assertMatch(
    message,
    /No module named 'toy_that_does_not_exist' \(losses.py:29\); this is .*give a Python that has it/,
  );
  for (
    const [name, sentence] of [
      ["by_default", "by_default() makes the loss, with the settings that it has by default"],
      ["of_images", "The outputs are given as an image, 1 × 4 × 4 × 1: its pixels are the rows"],
      ["on_gpu", "The loss asks for a GPU, and is computed on the CPU"],
    ]
  ) {
    const { verdict, assumed } = audit(await of(name));
    assertEquals([verdict, assumed.includes(sentence)], ["sound", true], `${name}: ${assumed}`);
  }
});

/** Cells of a notebook: what reads data, trains or is no Python stands between what a loss needs. */
const cells: [string, string][] = [
  ["markdown", "# A loss"],
  ["code", "%matplotlib inline\n!pip install \\\n  toy\nimport toy, toy_that_does_not_exist\nfiles = !ls"],
  ["code", "for step in range(2):\n    raise RuntimeError('trained')\nsteps = step"],
  ["code", "%%bash\nls"],
  ["code", "def hinge(pred, target):\n    return pred.mean()\nfor hinge in [1]:\n    raise RuntimeError('trained')"],
  ["code", "def hinge(pred, target):\n    steps = 1\n    return scaled(pred.round() - target)\nhinge?"],
  ["code", "%%time\ndef scaled(x):\n    '''\n!kept\n'''\n    return (x * x).mean() * table['by']['factor']"],
  ["code", "table = {'by': {}}\ntable['by']['factor'] = 1"],
  [
    "code",
    "table['by']['factor'] *= 2\nfor share in [0.5]: table['by'].update({'factor': table['by']['factor'] * share})\ntable.show()\nlarge_loss = lambda pred, target: scaled(pred - target) * floor(1.5)",
  ],
  ["code", "def trained_loss(pred, target):\n    return scaled(pred - target) * steps"],
  ["code", "from math import *\nimport inspect\ndef by_default(pred, target, by=nowhere):\n    return pred.mean()"],
  ["code", "def told(pred, target):\n    raise ValueError(inspect.getsource(told).splitlines()[0])"],
];

Deno.test("of a notebook only what the loss needs is executed, the last of its definitions counts, and a line is that of a cell", async () => {
  using temporary = new TemporaryFolder();
  const book = `${temporary.folder}/book.ipynb`, own = { file: book };
  const ofPython = { kernelspec: { name: "python3", display_name: "Python 3" } };
  const write = (metadata: object, more: object) => Deno.writeTextFileSync(book, JSON.stringify({ metadata, ...more }));
  const asLists = cells.map(([type, text]) => ({ cell_type: type, source: text.split(/(?<=\n)/) }));
  write(ofPython, { nbformat: 4, cells: asLists });
  const [hinge, large] = await auditedAll(["hinge", "large_loss"], own);
  assertEquals(inShort(hinge), ["broken", "no-gradient-op", "book.ipynb, cell 6, line 3"]);
  assertEquals(large.verdict, "sound");
  assertMatch(await refusal("trained_loss", own), /RuntimeError: trained \(book.ipynb, cell 3, line 2\)$/);
  const defined = "it defines hinge, scaled, trained_loss, by_default, told; not Python: cell 4";
  assertMatch(await refusal("other", own), RegExp(`NameError: name 'other' is not defined; ${defined}$`));

  assertMatch(await refusal("told", own), /ValueError: def told\(pred, target\): \(book.ipynb, cell 12, line 2\)$/);

  const all = await ProcessLoss.start({ file: book, framework, python: interpreter() }, [undefined]);
  assertEquals(all.map(({ name }) => name), ["hinge", "trained_loss", "told"]);
  for (const { loss } of all) if (!(loss instanceof Error)) await loss.close();

  const asOne = cells.map(([type, text]) => ({ cell_type: type, input: text }));
  write({ name: "third version" }, { nbformat: 3, worksheets: [{ cells: asOne }] });
  assertEquals(inShort(await audited("hinge", own)), ["broken", "no-gradient-op", "book.ipynb, cell 6, line 3"]);
  write({ language_info: { name: "julia" } }, { nbformat: 4, cells: asLists });
  const isJulia = /book.ipynb is a notebook of julia, not of Python: save it as a file of julia$/;
  assertMatch(await refusal("hinge", own), isJulia);
  write({ kernelspec: { language: "TypeScript" } }, { nbformat: 4, cells: asLists });
  const isScript = /book.ipynb is a notebook of TypeScript, not of Python: run deno task audit 'book.ipynb#NAME'$/;
  assertMatch(await refusal("hinge", own), isScript);
  Deno.writeTextFileSync(book, "def hinge(): pass");
  assertMatch(await refusal("hinge", own), /book.ipynb is not a Jupyter notebook$/);
});

Deno.test("'images' gives images to a loss that takes rows, too", async () => {
  const ofImages = { framework: pathOf("./toy/toy_with_images.py"), images: true };
  const { verdict, assumed } = await audited("squared", ofImages);
  assertEquals(verdict, "sound");
  assert(assumed.includes("The outputs are given as an image, 1 × 4 × 4 × 1: its pixels are the rows"), `${assumed}`);
});

Deno.test("columns of the labels are arguments of their own where a loss takes so many", async () => {
  const inPackage = { file: pathOf("./toy/project/parts/losses.py"), framework: pathOf("./toy/toy_with_images.py") };
  assertMatch(
    await refusal("weighted", inPackage),
    /it takes 3 arguments \(risk, target, weight\): write a function .*or give as many columns of labels/,
  );
  await using first = await load("weighted", inPackage);
  const real = { rows: 16, yPred: "real", yTrue: "real", extraLabels: ["weight"] } as const;
  for (const [name, columns] of [["weighted", 1], ["of_columns", 2], ["of_tables", 1], ["of_lists", 1]] as const) {
    const loss = await first.another({ ...inPackage, name }),
      { verdict, assumed } = auditLoss(loss, { ...real, columns });
    assertEquals(verdict, "sound", `${name} of ${columns}: ${assumed}`);
    assert(
      assumed.includes("The outputs are passed as risk, the columns of the labels as target, weight"),
      `${assumed}`,
    );
  }
});

Deno.test("a process that ends on one kind of batch is started again, and its end is a finding", async () => {
  const { verdict, findings: [finding] } = await audited("ends_without_positives");
  assertEquals([verdict, finding.cause], ["broken", "domain-edge"]);
  assert(/ends the process with the code 3/.test(finding.message), finding.message);
  assert(/labels that are all negative/.test(finding.message), finding.message);
});

/** Tells whether a process lives. */
async function lives(pid: string): Promise<boolean> {
  const { success } = await new Deno.Command("kill", { args: ["-0", pid], stderr: "null" }).output();
  return success;
}

Deno.test("several losses share a process, which is started again for each of them", async () => {
  await using first = await load("squared"), ends = await first.another({ file, framework, name: "ends_at_call(4)" });
  await assertRejects(() => first.another({ file, framework, name: "nothing" }), TypeError, "NameError");
  assertEquals(auditLoss(first, { rows: 16 }).verdict, "sound");
  const { findings: [finding] } = auditLoss(ends, { rows: 16 });
  assert(/ends the process \(SIGKILL\)/.test(finding.message), finding.message);
});

Deno.test("the process has ended when the loss is closed, and a closed loss is refused", async () => {
  const loss = await load("raises");
  const { message } = assertThrows(() => auditLoss(loss), TypeError), pid = /process (\d+)/.exec(message)![1];
  assert(await lives(pid));
  await loss.close();
  await loss.close();
  assert(!(await lives(pid)));
  assertThrows(() => auditLoss(loss), TypeError, "it has been closed");
});

/** The states of the processes that this one has started, "Z" of one that nobody has waited for. */
const children = (): string[] => {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=,comm=", "--ppid", `${Deno.pid}`] }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => /python|Rscript/.test(line));
};

// FUZZ=10000 deno test … kills it at every one of the first 300 messages.
slow.test("a process that is killed at any message ends in a report, without a zombie and without a file", async () => {
  const folder = pathOf("./toy/"), files = () => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const before = files(), some = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233];
  for (const k of Deno.env.has("FUZZ") ? Array.from({ length: 300 }, (_, i) => i + 1) : some) {
    await using loss = await load(`ends_at_call(${k})`);
    const { findings } = auditLoss(loss, { rows: 16 });
    assert(findings.length <= 3);
    if (k === 1) assert(/^The loss ends the process \(SIGKILL\), called with /.test(findings[0].message));
  }
  assertEquals(children(), []);
  assertEquals(files(), before);
});

/** A server without a worker. */
function startServer() {
  const server = pathOf("../../lib/audit/engines/loss_server.py");
  const child = new Deno.Command(interpreter(), {
    args: ["-u", server],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter(), reader = child.stdout.getReader(), frames = new FrameReader();
  const waiting: Frame[] = [];
  return {
    child,
    send: (frame: Frame) => writer.write(frameOf(frame)),
    sendBytes: (bytes: Uint8Array<ArrayBuffer>) => writer.write(bytes),
    endInput: () => writer.close(),
    async receive(): Promise<Frame | undefined> {
      while (waiting.length === 0) {
        const { value } = await reader.read();
        if (value === undefined) return undefined;
        waiting.push(...frames.read(value));
      }
      return waiting.shift();
    },
  };
}

const message = (request: unknown, numbers = new Uint8Array()): Frame => ({ text: JSON.stringify(request), numbers });
const loading = (name: string) => message({ do: "load", file, module: null, name, framework, order: null });

/** Runs a script of Python with loss_server.py and the modules of a folder; the result is what it prints. */
function printed(script: string, folder: string): string {
  const { stdout, stderr } = new Deno.Command(interpreter(), {
    args: [
      "-B",
      "-c",
      `import sys; sys.path[:0] = sys.argv[1:]\nimport loss_server\n${script}`,
      folder,
      pathOf("../../lib/audit/engines"),
    ],
  }).outputSync();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

Deno.test("of a file that imports several frameworks, the one is taken that the loss uses", () => {
  using packages = new TemporaryFolder();
  const { folder } = packages, path = JSON.stringify(`${folder}/losses.py`);
  Deno.writeTextFileSync(
    `${folder}/losses.py`,
    "import tensorflow as tf\nimport jax.numpy as jnp\nfrom torch import nn\n\n" +
      "def half(x):\n    return jnp.mean(x) / 2\n\ndef loss(pred, target):\n    return half(pred - target)\n\n" +
      "def data():\n    return tf.data\n\nclass Loss(nn.Module):\n    pass\n",
  );
  const names = ["loss", "lambda y, p: loss(p, y) + half(p)", "data", "Loss()", "unknown"];
  const script = `print([loss_server.frameworks_of(${path}, name) for name in ${JSON.stringify(names)}])`;
  assertEquals(
    printed(script, folder),
    "[['jax'], ['jax'], ['tensorflow'], ['torch'], ['jax', 'tensorflow', 'torch']]",
  );
});

Deno.test("the reduction that Keras 2 has by default is the mean over the batch in Keras 3", () => {
  using packages = new TemporaryFolder();
  const { folder } = packages;
  Deno.mkdirSync(`${folder}/keras/src/losses`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/keras/src/losses/loss.py`, "def standardize_reduction(name):\n    return name\n");
  const script = `
import keras.src.losses.loss as losses
print(loss_server.legacy_reduction(ValueError("something else")), loss_server.legacy_reduction(ValueError("reduction=auto")))
print([losses.standardize_reduction(name) for name in ("auto", "sum")], loss_server.legacy_told())`;
  assertEquals(
    printed(script, folder),
    "False True\n['sum_over_batch_size', 'sum'] ['Keras 3 has not this reduction, and takes the mean over the batch: auto']",
  );
});

Deno.test("functions that Keras 3 and TensorFlow 2 have elsewhere are taken from there, and told", () => {
  using packages = new TemporaryFolder();
  const { folder } = packages;
  for (
    const [name, source] of [
      ["keras/backend", "sum = 'new'"],
      ["keras/_tf_keras/keras/backend", "flatten = 'old'\nsum = 'old'"],
      ["keras/losses", "mean_squared_error = 'new'\nhinge = 'new'"],
      ["keras/_tf_keras/keras/losses", "mse = 'of tf'\nhinge = 'of tf'"],
      ["tensorflow/keras/losses", "hinge = 'imported'"],
      ["tensorflow/compat/v1/losses", "log_loss = 'first'\nmse = 'first'"],
      ["tensorflow/__init__", "exp = 'new'"],
      ["tensorflow/compat/v1/__init__", "log = 'old'\nexp = 'old'"],
    ]
  ) {
    Deno.mkdirSync(`${folder}/${name.slice(0, name.lastIndexOf("/"))}`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/${name}.py`, source);
  }
  const script = `
import tensorflow as tf
loss_server.legacy_modules(["keras", "tensorflow"])
from keras import backend as K
from keras import losses
import keras._tf_keras.keras.losses as of_tf
from tensorflow.keras.losses import hinge, mean_squared_error
print(K.sum, K.flatten, hasattr(K, "nothing"), tf.exp, tf.log, hasattr(tf, "nothing"))
print(losses.hinge, losses.mse, hasattr(losses, "log_loss"), hinge, mean_squared_error)
print(of_tf.hinge, of_tf.mean_squared_error, of_tf.log_loss, of_tf.mse, hasattr(of_tf, "nothing"))
print("\\n".join(sorted(loss_server.legacy_told())))`;
  assertEquals(
    printed(script, folder),
    `new old False new old False
new of tf False imported new
of tf new first of tf False
Keras 3 has not these functions of keras.backend, which tf.keras.backend keeps: flatten
Keras 3 has not these functions of keras.losses, which tf.keras.losses keeps: mse
TensorFlow 2 has not these functions, which tf.compat.v1 keeps: log, log_loss
tf.keras.losses has not these functions now, which keras.losses keeps: mean_squared_error`,
  );
});

slow.test("every malformed message is answered with an error, and the next request as if nothing was", async () => {
  const { child, send, endInput, receive } = startServer();
  const answered = async (frame: Frame) => {
    await send(frame);
    return JSON.parse((await receive())!.text);
  };
  assertEquals((await answered(loading("squared"))).error, undefined);
  const requests = fc.oneof(
    fc.string(),
    fc.json(),
    fc.record({
      do: fc.constantFrom("check", "value", "gradient", "record", "load", "answer", "__init__"),
      trueShape: fc.oneof(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 3 }), fc.string()),
      predShape: fc.oneof(fc.array(fc.integer({ min: 5, max: 9 }), { maxLength: 3 }), fc.constant(null)),
    }, { requiredKeys: ["do"] }).map((request) => JSON.stringify(request)),
  );
  const noise = fc.sample(fc.tuple(requests, fc.uint8Array({ maxLength: 3 })), { numRuns: 10_000, seed: 1 });
  for (const [text, numbers] of noise) {
    const { error } = await answered({ text, numbers });
    assertEquals(typeof error, "string", text);
  }
  const numbers = new Uint8Array(Float32Array.of(1, 0, 1, 1).buffer);
  const value = await answered(message({ do: "value", trueShape: [2, 1], predShape: [2, 1] }, numbers));
  assertEquals(value, { value: 0.5 });
  await endInput();
  assertEquals((await child.status).code, 0);
});

Deno.test("a message that breaks off or is too long ends the process", async () => {
  for (const bytes of [[1], [9, 0, 0, 0, 0, 0, 0, 0, 123], [255, 255, 255, 255, 255, 255, 255, 255, 1, 2]]) {
    const { child, sendBytes, endInput, receive } = startServer();
    await sendBytes(Uint8Array.from(bytes));
    await endInput().catch(() => {}); // the process may have ended
    assertEquals(await receive(), undefined);
    assertEquals((await child.status).code, 0);
  }
});

Deno.test("the process ends with its input, even in the middle of a call that never returns", async () => {
  const { child, send, endInput, receive } = startServer();
  await send(loading("loops"));
  assertEquals(JSON.parse((await receive())!.text).error, undefined);
  await send(message({ do: "value", trueShape: [1], predShape: [1] }, new Uint8Array(8)));
  await endInput();
  assertEquals((await child.status).code, 0);
  assertEquals(await receive(), undefined);
});

Deno.test("messages are read whole from any pieces", () => {
  const frame = fc.record({ text: fc.string(), numbers: fc.uint8Array() });
  fc.assert(fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (sent, sizes) => {
    const bytes = Uint8Array.from(sent.flatMap((one) => [...frameOf(one)])), reader = new FrameReader();
    const received: Frame[] = [];
    for (let at = 0, k = 0; at < bytes.length; k++) {
      const size = sizes[k % sizes.length];
      received.push(...reader.read(bytes.subarray(at, at + size)));
      at += size;
    }
    assertEquals(received.map(({ text, numbers }) => [text, [...numbers]]), sent.map((f) => [f.text, [...f.numbers]]));
  }));
  assertThrows(() => new FrameReader().read(Uint8Array.from(Array(8).fill(255))), RangeError);
});

/** Tells whether R can be run with Python inside. */
function hasR(): boolean {
  try {
    const { success } = new Deno.Command("Rscript", {
      args: ["-e", "stopifnot(requireNamespace('reticulate'))"],
      stderr: "null",
      stdout: "null",
    }).outputSync();
    return success;
  } catch {
    return false;
  }
}

const inR = fileURLToPath(new URL("./toy/losses.R", import.meta.url));

slow.test({
  name: "a loss in R has the findings of the same loss in Python, and the line of its statement",
  ignore: isQuick || !hasR(),
  fn: async () => {
    const text = await Deno.readTextFile(inR),
      line = text.split("\n").findIndex((l) => l.includes("e <- y_true -")) + 1;
    await using sound = await pythonLoss({ file: inR, framework, name: "squared" });
    assertEquals(auditLoss(sound, { rows: 16 }).findings, auditLoss(await load("squared"), { rows: 16 }).findings);
    const { findings: [first] } = auditLoss(await sound.another({ file: inR, framework, name: "rounded" }), {
      rows: 16,
    });
    assertEquals([first.cause, first.where], ["no-gradient-op", { op: "Round", line: `losses.R:${line}` }]);
    const reason = async (name: string) =>
      (await assertRejects(() => sound.another({ file: inR, framework, name }), TypeError)).message;
    assert((await reason("with_three")).includes("'with_three' takes 3 arguments (y_true, y_pred, weight)"));
    const pointed = await sound.another({ file: inR, framework, name: "with_points" });
    assertEquals(pointed.assumed, ["The labels come first, as the parameters are named, (y_true, y_pred)"]);
    const { assumed, verdict } = auditLoss(await sound.another({ file: inR, framework, name: "alone" }), { rows: 16 });
    const alone = "The loss is called with the outputs alone, as the parameters are named, (y_pred, factor)";
    assertEquals([verdict, assumed.includes(alone)], ["sound", true]);
    assert((await reason("slope")).includes("'slope' must be a function, it is numeric"));
    assert((await reason("nothing")).includes("object 'nothing' not found"));
    const raising = await sound.another({ file: inR, framework, name: "raises" });
    assert(assertThrows(() => auditLoss(raising, { rows: 16 }), TypeError).message.includes("no such thing"));
  },
});

Deno.test("without R a file of R is refused with what it needs", async () => {
  const { stderr, code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", fileURLToPath(new URL("../../tasks/audit.ts", import.meta.url)), `${inR}#squared`],
    env: { PATH: "/nonexistent", NO_COLOR: "1" },
  }).output();
  const said = new TextDecoder().decode(stderr);
  assert(said.includes("a loss in R needs Rscript and the package reticulate"), said);
  assertEquals(code, 2);
});
