/**
 * `deno task audit`: loads the named losses, audits each, and prints or saves the reports.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { PythonLoss, PythonLossOptions } from "../lib/audit/engines/python_loss.ts";
import {
  type AuditedLoss,
  type AuditOptions,
  type ExtraLabel,
  extraLabelKinds,
  type LabelKind,
  labelKinds,
  type LossAudit,
  type ModelAudit,
  type PredictionKind,
  predictionKinds,
} from "../lib/audit/types.ts";
import { describe } from "../lib/check/check.ts";
import { scoreNames } from "../lib/scores/to_score.ts";
import {
  choiceOption,
  NegativeResult,
  type Reporter,
  runTask,
  type TaskArgs,
  type TaskSpec,
  typedIn,
  UsageError,
  wholeOption,
  writeData,
} from "./cli.ts";
import { cleanPaths } from "./failure.ts";
import type { Compiled } from "./as_it_stands.ts";
import { existing, writable, write } from "./files.ts";
import { scriptCells } from "./notebook_format.ts";

// What audits and shows is imported where it is needed, as it takes longer to load than `--help` or a refusal takes.

/** Function that audits a loss: `auditLoss`, or a test's own. */
type Auditor = (loss: AuditedLoss | PythonLoss, options: AuditOptions) => LossAudit;

/** Command line of the task. */
export const auditSpec: TaskSpec = {
  name: "audit",
  about:
    "Explains why a loss does not learn: calls each named loss of a TypeScript, JavaScript or Python file on many batches\n" +
    "and reports what is wrong, on which line, with the evidence and a fix. Exits with 1 if a loss is broken or cannot be\n" +
    "audited, with 0 if all are sound or suspect. The file is executed: audit only code that you trust.\n\n" +
    "A file of TypeScript or JavaScript is audited as it stands: an ES module, a CommonJS module, a script or a page.\n" +
    "NAME is an export, any name in the file, a method as Class.method, or an expression: 'losses.js#focalLoss(2)', or\n" +
    "'agent.js#(yTrue, yPred) => policyLoss(yPred, yTrue)'. Without a NAME, or if the expression makes a model, the loss of\n" +
    "the model that is compiled is audited, a function or a name of Keras; no model is trained. TensorFlow.js is this\n" +
    "project's copy, whichever of its packages the file imports; what else is missing must not be used by the loss.\n" +
    "Of a Jupyter notebook, of TypeScript, JavaScript or Python, only what the loss depends on is executed, and a line is\n" +
    "that of a cell: the fourth cell is cell 4, text cells included. Without a NAME, a notebook that compiles no model is\n" +
    "audited for each of its functions that looks like a loss by its name or its parameters.\n\n" +
    "In a Python file, NAME is a function, a class, a method as Class.method, or an expression, for example\n" +
    "'losses.py#FocalLoss(gamma=2)'; with -m, NAME is in an installed module: -m torch.nn 'BCEWithLogitsLoss()'. Python\n" +
    "needs the framework of the loss, and other modules only if the loss calls them. FILE.py without a NAME is audited for\n" +
    "each of its functions and classes that looks like a loss by its name or its parameters. A file of R,\n" +
    "losses.R#precision_loss, needs Rscript and reticulate.\n\n" +
    "--model judges a compiled tf.LayersModel of such a file, or the call or function that makes it, on rows of a CSV file:\n" +
    "its last layer, its loss, its labels and its first batch together. --activation judges a last layer in words.",
  usage: "[--predictions KIND] [--labels KIND] [--metric NAME] [--json] [--save FILE.html] LOSS ...\n" +
    "       LOSS: FILE.ts#NAME, FILE.ts, FILE.py#NAME, FILE.py, FILE.ipynb#NAME, FILE.ipynb or, with -m MODULE, NAME\n" +
    "       deno task audit --model FILE.ts#makeModel --data FILE.csv --label COLUMN\n" +
    "       deno task audit --activation NAME --units N --loss NAME --labels KIND",
  positionals: true,
  data: "json",
  options: {
    predictions: {
      type: "string",
      value: "KIND",
      help: "kind of the outputs: probability (default), simplex, logits, real, nonnegative, tanh, or a range (=-1,1)",
    },
    labels: {
      type: "string",
      value: "KIND",
      help:
        "kind of the labels: binary (default; one-hot for simplex), one-hot, index, sign, real, positive, count, probability, distribution, none (a function of the outputs alone); further columns after a comma: real,mask or real,event or binary,weight",
    },
    columns: { type: "string", value: "N", help: "number of outputs per row" },
    "label-columns": {
      type: "string",
      value: "N",
      help: "number of labels per row, if fewer than outputs: 1 for a mean and a variance, or for several quantiles",
    },
    prevalence: { type: "string", value: "NUMBER", help: "fraction of positives (default: 0.4)" },
    metric: {
      type: "string",
      value: "NAME",
      help: "score that the loss should improve, such as f1; labels must be 0 and 1",
    },
    seed: { type: "string", value: "N", help: "whole number; the same seed gives the same report (default: 1)" },
    module: {
      type: "string",
      value: "MODULE",
      short: "m",
      help: "Python module that ships the losses, such as torch.nn",
    },
    framework: {
      type: "string",
      value: "NAME",
      help: "framework of a Python loss: torch, keras, tensorflow, jax (default: the one that the file imports)",
    },
    order: {
      type: "string",
      value: "ORDER",
      help:
        "arguments of a Python loss: true,pred or pred,true (default: in Keras and TensorFlow true,pred, as model.compile " +
        "passes them, otherwise as the parameters are named)",
    },
    images: {
      type: "boolean",
      help:
        "gives a Python loss its rows as the pixels of one image: [1, columns, height, width] in PyTorch, else [1, " +
        "height, width, columns]; a loss that refuses rows gets images anyway",
    },
    python: {
      type: "string",
      value: "PYTHON",
      help: "command that runs Python (default: that of the active environment, else python3)",
    },
    model: {
      type: "string",
      value: "MODEL",
      help: "compiled model to audit, or what makes it: FILE.ts#model, FILE.ts#makeModel([8])",
    },
    data: {
      type: "string",
      value: "FILE",
      help: "CSV file with rows for the model: its inputs in their order, and the label",
    },
    label: {
      type: "string",
      value: "COLUMN",
      help: "column of the label; --labels one-hot converts it for the model, --labels index numbers its texts from 0",
    },
    drop: { type: "string", value: "COLUMNS", help: "columns of the CSV file that are not inputs: A,B" },
    activation: {
      type: "string",
      value: "NAME",
      help: "activation of a last layer: sigmoid, softmax, linear, tanh, relu, ...",
    },
    units: { type: "string", value: "N", help: "number of units of a last layer" },
    loss: {
      type: "string",
      value: "NAME",
      help: "loss on a last layer, as Keras names it: binary_crossentropy, mse, ...",
    },
    json: { type: "boolean", help: "print only JSON to the standard output" },
    save: { type: "string", value: "FILE", help: "write the report as an HTML page with figures" },
  },
};

/** Words of other tools for the kinds of outputs and of labels. */
const otherWords: Readonly<Record<"predictions" | "labels", Readonly<Record<string, string>>>> = {
  predictions: {
    probabilities: "probability",
    sigmoid: "probability",
    softmax: "simplex",
    logit: "logits",
    linear: "real",
    relu: "nonnegative",
    softplus: "nonnegative",
  },
  labels: {
    categorical: "one-hot",
    sparse: "index",
    class: "index",
    classes: "index",
    integer: "index",
    int: "index",
    bool: "binary",
    continuous: "real",
    regression: "real",
    float: "real",
    counts: "count",
    probabilities: "probability",
    simplex: "distribution",
  },
};

/** The question whether another kind is meant: one that is spelt differently, or that other tools call so. */
function meant(option: keyof typeof otherWords, value: string, kinds: readonly string[]): string {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z]/g, ""), own = plain(value);
  const word = Object.hasOwn(otherWords[option], own) ? otherWords[option][own] : undefined;
  const kind = word ?? kinds.find((one) => [own, own.replace(/s$/, "")].includes(plain(one)));
  return kind !== undefined && kinds.includes(kind) ? `: did you mean ${kind}?` : "";
}

function predictionsOption(value: string): PredictionKind {
  if ((predictionKinds as readonly string[]).includes(value)) return value as PredictionKind;
  const ends = value.split(",").map((end) => end.trim() === "" ? NaN : Number(end));
  if (ends.length === 2 && ends.every(Number.isFinite) && ends[0] < ends[1]) return [ends[0], ends[1]];
  throw new UsageError(
    `--predictions takes ${predictionKinds.join(", ")} or MIN,MAX, not '${value}'${
      meant("predictions", value, predictionKinds)
    }`,
  );
}

/** Reads the kind of labels and, after commas, further columns; these alone leave the kind as it is. */
function labelsOption(value: string): Pick<AuditOptions, "yTrue" | "extraLabels"> {
  const names = value.split(",").map((name) => name.trim()), extra: readonly string[] = extraLabelKinds;
  const own = extra.includes(names[0]) ? [] : names.slice(0, 1), others = names.slice(own.length);
  if (
    !own.every((name) => (labelKinds as readonly string[]).includes(name)) ||
    !others.every((name) => extra.includes(name))
  ) {
    const unknown = own.find((name) => !(labelKinds as readonly string[]).includes(name));
    const wrong = unknown ?? others.find((name) => !extra.includes(name))!;
    throw new UsageError(
      `--labels takes ${labelKinds.join(", ")}, and after a comma columns of ${extra.join(", ")}, not '${value}'${
        meant("labels", wrong, unknown === undefined ? extra : labelKinds)
      }`,
    );
  }
  return {
    ...(own.length === 0 ? {} : { yTrue: own[0] as LabelKind }),
    ...(others.length === 0 ? {} : { extraLabels: others as ExtraLabel[] }),
  };
}

function labelKindOption(value: string): LabelKind {
  if ((labelKinds as readonly string[]).includes(value)) return value as LabelKind;
  throw new UsageError(`--labels takes ${labelKinds.join(", ")}, not '${value}'${meant("labels", value, labelKinds)}`);
}

function prevalenceOption(value: string): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (!(number > 0 && number < 1)) throw new UsageError(`--prevalence takes a number inside (0, 1), not '${value}'`);
  return number;
}

/** Reads the options of an audit from the command line; options that were not typed are absent. */
export function auditOptions(
  { predictions, labels, columns, "label-columns": labelColumns, prevalence, metric, seed }: TaskArgs["values"],
): AuditOptions {
  return {
    ...(predictions === undefined ? {} : { yPred: predictionsOption(String(predictions)) }),
    ...(labels === undefined ? {} : labelsOption(String(labels))),
    ...(columns === undefined ? {} : { columns: wholeOption("columns", columns, 1, 1) }),
    ...(labelColumns === undefined ? {} : { labelColumns: wholeOption("label-columns", labelColumns, 1, 1) }),
    ...(prevalence === undefined ? {} : { prevalence: prevalenceOption(String(prevalence)) }),
    ...(metric === undefined ? {} : { metric: choiceOption("metric", metric, scoreNames) }),
    ...(seed === undefined ? {} : { seed: wholeOption("seed", seed, 0, 0) }),
  };
}

function orderOption(value: string): "true,pred" | "pred,true" {
  if (value === "true,pred" || value === "pred,true") return value;
  throw new UsageError(`--order takes true,pred or pred,true, not '${value}'`);
}

const frameworks = ["torch", "keras", "tensorflow", "jax"];

/** A command as the user's folder sees it: a path is resolved, a name is looked up. */
const commandIn = (folder: string, command: string): string =>
  /[\\/]/.test(command) ? resolve(folder, command) : command;

/** Reads the options of Python losses from the command line; options that were not typed are absent. */
export function pythonOptions(
  { framework, order, images, python, module }: TaskArgs["values"],
): Partial<PythonLossOptions> {
  const own = framework === undefined ? undefined : String(framework);
  if (own !== undefined && !frameworks.includes(own) && !own.endsWith(".py")) {
    throw new UsageError(`--framework takes ${frameworks.join(", ")}, not '${own}'`);
  }
  return {
    ...(own === undefined ? {} : { framework: own.endsWith(".py") ? resolve(typedIn(), own) : own }),
    ...(order === undefined ? {} : { order: orderOption(String(order)) }),
    ...(images === undefined ? {} : { images: images === true }),
    ...(python === undefined ? {} : { python: commandIn(typedIn(), String(python)) }),
    ...(module === undefined ? {} : { module: String(module) }),
  };
}

const isNotebook = (named: string): boolean => /\.ipynb(#|$)/.test(named);
const isPython = (named: string): boolean =>
  /\.(py|[rR])(#|$)/.test(named) ||
  (isNotebook(named) && scriptCells(resolve(typedIn(), named.split("#")[0])) === undefined);

/** The file or module and the expression that `named` names. */
function pythonName(named: string, module: string | undefined): { in: { file?: string }; name: string } {
  if (module !== undefined) return { in: {}, name: named };
  const [, file, name = ""] = /^([^#]*)#?(.*)$/s.exec(named)!, path = existing(file);
  if (name.trim() === "" && (named.includes("#") || !/\.(py|ipynb)$/.test(file))) {
    throw new UsageError(`'${named}' names no loss, write ${file}#NAME`);
  }
  return { in: { file: path }, name };
}

/** Value that a name on the command line names. */
interface Named {
  readonly file: string;
  readonly name: string;
  readonly value: unknown;
  /** Models that the file compiled, or the expression if there is one. */
  readonly compiled: readonly Compiled[];
  /** Says why nothing to audit was found. */
  readonly missing: () => string;
}

const errorText = (error: unknown): string =>
  cleanPaths(error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** Tells whether a text exports something and declares the `tf` that it uses. */
const isModule = (text: string): boolean =>
  /^export\b/m.test(text) && (!/\btf\./.test(text) || /\bimport\b[^;=(]*\btf\b|\b(const|let|var)\s+tf\b/.test(text));

/** Loads what `named`, `FILE#NAME`, names: an export, or anything in a file as it stands; `note` takes a sentence about it. */
async function loadNamed(named: string, note: (text: string) => void): Promise<Named> {
  const [, file, name = ""] = /^([^#]*)(?:#(.*))?$/s.exec(named)!, path = existing(file);
  if (/^[\w$]+$/.test(name) && isModule(readFileSync(path, "utf8"))) {
    const module: Record<string, unknown> = await import(pathToFileURL(path).href).catch(() => ({}));
    if (name in module) return { file, name, value: module[name], compiled: [], missing: () => "" };
  }
  const { loadAsItStands, loadNotebook, watchCompile } = await import("./as_it_stands.ts");
  const failure = (error: unknown) => new UsageError(`'${name}' of '${file}' throws: ${errorText(error)}`);
  const loaded = await (isNotebook(file) ? loadNotebook(path, name) : loadAsItStands(path)).catch((error) => {
    throw failure(error);
  });
  const text = readFileSync(path, "utf8"), names = loaded.names.join(", ");
  const scripts = /\.html?$/.test(path) ? text.matchAll(/<script\b[^>]*\bsrc\s*=\s*["']?([^"'\s>]+)/gi) : [];
  const own = [...scripts].map(([, script]) => script)
    .filter((script) => !script.endsWith(".min.js") && existsSync(join(dirname(path), script)));
  const others = own.length > 0
    ? `; or name a script of the page: ${own.join(", ")}`
    : loaded.unread?.length
    ? `; cannot be read: cell ${loaded.unread.join(", ")}`
    : "";
  const has = (names || "nothing") + others;
  const failed = loaded.error === undefined
    ? undefined
    : `throws ${loaded.at === undefined ? "while it is loaded" : `in ${loaded.at}`}: ${errorText(loaded.error)}`;
  const call = /\.compile\(/.test(text) ? ", or the call of the function that compiles its model" : "";
  const missing = () =>
    name === ""
      ? `'${named}' names no loss, write ${file}#NAME${call}: it ${failed ?? `has ${has}`}`
      : `'${file}' ${failed ?? `has no '${name}': it has ${has}`}`;
  try {
    const { value, compiled } = await watchCompile(() => name === "" ? undefined : loaded.valueOf(name));
    const own = loaded.compiled.filter(({ loss }) => name === "" || (loss as { name?: string })?.name === name);
    const all = [...own, ...compiled], isFound = value !== undefined || all.length > 0;
    const inner = isFound ? undefined : loaded.innerFunction(name === "" ? "loss" : name.split(".").at(-1)!);
    if (isFound && loaded.at !== undefined) note(`${named}: it needs a statement that ${failed}`);
    return { file, name, value: value ?? inner, compiled: all, missing };
  } catch (error) {
    throw failure(error);
  }
}

/** Calls a function without required parameters; another value is itself. */
async function madeBy({ value, compiled }: Named): Promise<Pick<Named, "value" | "compiled">> {
  if (typeof value !== "function" || value.length > 0) return { value, compiled };
  const { watchCompile } = await import("./as_it_stands.ts"), made = await watchCompile(() => value());
  return { value: made.value, compiled: made.compiled };
}

/** Outputs of a model per row, 12 at most: an audit takes no more. */
const columnsOf = (model: Compiled["model"]): number => Math.min(model.outputs[0].shape.at(-1) ?? 1, 12);

/** The function of a loss that a model has by its name, with what its last layer says of the outputs and the labels. */
async function lossByName(model: Compiled["model"], loss: unknown): Promise<Omit<NamedLoss, "named"> | undefined> {
  const { lastActivationOf } = await import("../lib/audit/model/model_facts.ts");
  const { predictionOf } = await import("../lib/audit/model/audit_model.ts");
  const { lossFamilies, namedLossOf } = await import("../lib/audit/model/last_layer.ts");
  const { lossFunctionOf } = await import("../lib/tfjs/model.ts");
  const name = namedLossOf(loss), own = lossFunctionOf(model);
  if (name === undefined || own === undefined || model.outputs.length > 1) return undefined;
  const yPred = predictionOf({ activation: lastActivationOf(model) });
  const ofFamily: Partial<Record<string, LabelKind>> = {
    signs: "sign",
    positive: "count",
    classes: "one-hot",
    ...(yPred === "real" ? { differences: "real" } : {}),
  };
  const yTrue = name === "sparseCategoricalCrossentropy" ? "index" : ofFamily[lossFamilies[name]];
  const kinds = { yPred, ...(yTrue === undefined ? {} : { yTrue }), columns: columnsOf(model) };
  return { loss: own as AuditedLoss, kinds };
}

/**
 * Kinds of batches of a loss that is a function on a last layer without an activation: what it calls tells whether it takes
 * logits, else several outputs are taken for the logits of classes; undefined for one output.
 */
function kindsOfLinear(
  loss: AuditedLoss,
  columns: number,
  losses: Readonly<Record<string, unknown>>,
): Pick<AuditOptions, "yPred" | "yTrue"> | undefined {
  const calls = (name: string) => loss === losses[name] || new RegExp(`\\b${name}\\b`).test(String(loss));
  if (calls("softmaxCrossEntropy")) return { yPred: "logits", yTrue: "one-hot" };
  if (calls("sigmoidCrossEntropy")) return { yPred: "logits", yTrue: "binary" };
  if (columns === 1) return undefined;
  const isDistance = ["meanSquaredError", "absoluteDifference", "huberLoss"].some(calls);
  return isDistance ? { yPred: "real", yTrue: "real" } : { yPred: "logits", yTrue: "one-hot" };
}

/** Kinds of batches of a loss that is a function, by the last layer of its model; undefined if that leaves labels open. */
async function kindsByModel(model: Compiled["model"], loss: AuditedLoss): Promise<NamedLoss["kinds"]> {
  const { lastActivationOf } = await import("../lib/audit/model/model_facts.ts");
  const { losses } = await import("@tensorflow/tfjs"), columns = columnsOf(model);
  const known: Partial<Record<string, NamedLoss["kinds"]>> = {
    softmax: { yPred: "simplex", yTrue: "one-hot" },
    sigmoid: { yPred: "probability", yTrue: "binary" },
    linear: kindsOfLinear(loss, columns, losses as unknown as Readonly<Record<string, unknown>>),
  };
  const kinds = known[lastActivationOf(model)];
  return model.outputs.length > 1 || kinds === undefined ? undefined : { ...kinds, columns };
}

/** Loads a loss: a function, what a function makes, or the loss of the model that a file or an expression compiles. */
async function loadLoss(typed: string, note: (text: string) => void): Promise<Omit<NamedLoss, "named">> {
  const named = await loadNamed(typed, note), made = await madeBy(named).catch(() => named);
  const losses = made.compiled.map(({ loss }) => Array.isArray(loss) && loss.length === 1 ? loss[0] : loss);
  const isFunction = (one: unknown) => typeof one === "function", model = made.compiled.at(-1)?.model;
  const loss = [made.value, losses.findLast(isFunction)].find(isFunction) as AuditedLoss | undefined;
  const byName = loss === undefined && model !== undefined ? await lossByName(model, losses.at(-1)) : undefined;
  if (byName !== undefined) return byName;
  const own = loss && made.compiled[losses.lastIndexOf(loss)]?.model;
  const kinds = own && await kindsByModel(own, loss);
  if (loss !== undefined || isFunction(named.value)) return { loss: loss ?? named.value as AuditedLoss, kinds };
  if (losses.length > 0) {
    throw new UsageError(
      `'${typed}' compiles a model with the loss ${JSON.stringify(losses.at(-1))}: audit it with --model`,
    );
  }
  if (named.value === undefined) throw new UsageError(named.missing());
  const isModel = Array.isArray((named.value as { inputs?: unknown })?.inputs);
  const kind = isModel ? "a model that is not compiled" : describe(named.value);
  throw new UsageError(`'${named.name}' of '${named.file}' must be a function, it is ${kind}`);
}

/** The losses that `named` means: of a notebook that compiles no model, without a NAME, the functions that look like losses. */
async function meantBy(named: string, report: Reporter): Promise<string[]> {
  if (named.includes("#") || !isNotebook(named)) return [named];
  const { compilingOf, likelyLosses, readNotebookCode } = await import("./notebook_losses.ts");
  const { statements } = readNotebookCode(existing(named)), losses = likelyLosses(statements);
  if (compilingOf(statements).length > 0 || losses.length === 0) return [named];
  const others = [...new Set(statements.flatMap(({ defines }) => defines))].filter((name) => !losses.includes(name));
  const rest = others.length > 0 ? `; name others to audit them: ${others.join(", ")}` : "";
  report.status(`${named}: ${losses.join(", ")}${rest}`);
  return losses.map((name) => `${named}#${name}`);
}

/** Loads a model, or one that a file, an expression or a function without required parameters makes or compiles. */
async function loadModel(typed: string, note: (text: string) => void): Promise<unknown> {
  const named = await loadNamed(typed, note),
    { value, compiled } = await madeBy(named).catch((error) => {
      throw new UsageError(`'${typed}' throws: ${errorText(error)}`);
    });
  if (typeof value === "function") {
    const call = /^class\b/.test(String(value)) ? `new ${named.name}` : named.name;
    throw new UsageError(`'${typed}' takes arguments, write '${named.file}#${call}(…)'`);
  }
  const found = Array.isArray((value as { inputs?: unknown })?.inputs) ? value : compiled.at(-1)?.model ?? value;
  if (found === undefined && named.value === undefined) throw new UsageError(named.missing());
  return found;
}

/** Renders the audits as one self-contained HTML page, after them what could not be audited. */
async function auditPage(outcomes: readonly Outcome[], what: What): Promise<string> {
  const { auditDisplay, table } = await import("../lib/display/mod.ts"), { page } = await import("./page.ts");
  const audits = outcomes.flatMap((outcome) => "audit" in outcome ? [auditDisplay(outcome.audit)] : []);
  const refused = outcomes.flatMap((outcome) => "error" in outcome ? [outcome] : [])
    .map(({ named, error }) => ({ "not audited": named, reason: error }));
  const title = `Audit of ${counted(audits.length, what)}`, rest = refused.length > 0 ? [table(refused)] : [];
  return await page(title, "Why does my loss not learn?", [...audits, ...rest]);
}

/** Describes the time that the loss takes. */
function timeText(audit: LossAudit): string {
  const { loss, reference } = audit.time();
  if (Number.isNaN(loss)) return "time: none, no call of the loss returned";
  const ratio = (loss / reference).toPrecision(2);
  return `time: ${loss.toPrecision(2)} ms per value and gradient, ${ratio} × that of mean squared error`;
}

/** Kind of thing that is audited. */
type What = "loss" | "model";

const counted = (n: number, what: What): string => `${n} ${n === 1 ? what : what === "loss" ? "losses" : "models"}`;

/** Options of the command line for models and for words; all of a route are needed. */
const routes = { model: ["model", "data", "label"], words: ["activation", "units", "loss", "labels"] } as const;

/** Tells which audit of a model is asked for; undefined if none is. */
function modelRoute({ values, positionals }: TaskArgs): keyof typeof routes | undefined {
  const route = values.model !== undefined ? "model" : values.activation !== undefined ? "words" : undefined;
  if (route === undefined) {
    const stray = ["data", "label", "drop", "units", "loss"].find((name) => values[name] !== undefined);
    if (stray !== undefined) throw new UsageError(`--${stray} needs --model FILE.ts#NAME or --activation NAME`);
    return undefined;
  }
  const missing = routes[route].find((name) => values[name] === undefined);
  if (missing !== undefined) {
    throw new UsageError(`--${route === "model" ? "model" : "activation"} needs --${missing}`);
  }
  const others = [
    "predictions",
    "columns",
    "label-columns",
    "prevalence",
    "metric",
    "seed",
    "module",
    "framework",
    "order",
    "images",
    "python",
  ];
  const stray = [...others, ...(route === "words" ? ["data", "label", "drop"] : ["units", "loss"])]
    .find((name) => values[name] !== undefined);
  if (stray !== undefined) {
    throw new UsageError(`--${stray} cannot be used with --${route === "model" ? route : "activation"}`);
  }
  if (positionals.length > 0) {
    throw new UsageError(`--${route === "model" ? route : "activation"} takes no '${positionals[0]}'`);
  }
  return route;
}

/** A loss that was named on the command line, or the reason why it cannot be loaded. */
interface NamedLoss {
  readonly named: string;
  readonly loss: AuditedLoss | PythonLoss | Error;
  /** Kinds of the outputs and the labels of the model that the loss is of, and the number of outputs. */
  readonly kinds?: Pick<AuditOptions, "yPred" | "yTrue" | "columns">;
}

/** The losses of Python by their file, each file in one process, which is started once. */
async function loadPython(
  wanted: readonly string[],
  options: Partial<PythonLossOptions>,
  report: Reporter,
  open: AsyncDisposableStack,
): Promise<(NamedLoss & { typed: string })[]> {
  const { ProcessLoss } = await import("../lib/audit/engines/process_loss.ts");
  const groups = Object.groupBy(wanted, (named) => pythonName(named, options.module).in.file ?? "");
  const loaded: (NamedLoss & { typed: string })[] = [];
  for (const group of Object.values(groups) as string[][]) {
    report.status(`${group.join(", ")}: Python imports its framework …`);
    const names = group.map((named) => pythonName(named, options.module));
    const losses = await ProcessLoss.start(
      { ...options, ...names[0].in },
      names.map(({ name }) => name === "" ? undefined : name),
      (found, others) => {
        const rest = others.length > 0 ? `; name others to audit them: ${others.join(", ")}` : "";
        report.status(`${group[0].split("#")[0]}: ${found.join(", ")}${rest}`);
      },
    );
    for (const { at, name = "", loss } of losses) {
      if (loss instanceof ProcessLoss) open.use(loss);
      const typed = group[at], ofAll = names[at].name === "" && name !== "";
      loaded.push({ typed, named: ofAll ? `${typed}#${name}` : typed, loss });
    }
  }
  return loaded;
}

/** Loads all of the named losses. Only what prevents every audit is refused. */
async function loadAll(
  { values, positionals }: TaskArgs,
  report: Reporter,
  open: AsyncDisposableStack,
): Promise<NamedLoss[]> {
  if (positionals.length === 0) throw new UsageError("name a loss: FILE.ts#NAME");
  const options = pythonOptions(values), inPython = (named: string) => options.module !== undefined || isPython(named);
  positionals.forEach((named) => inPython(named) ? pythonName(named, options.module) : existing(named.split("#")[0]));
  const fromPython = await loadPython([...new Set(positionals.filter(inPython))], options, report, open);
  const losses: NamedLoss[] = [];
  for (const named of positionals) {
    const own = fromPython.filter(({ typed }) => typed === named);
    losses.push(...own);
    if (own.length > 0) continue;
    for (const one of await meantBy(named, report)) {
      losses.push({ named: one, ...await loadLoss(one, report.status).catch((loss: Error) => ({ loss })) });
    }
  }
  const errors = losses.flatMap(({ loss }) => loss instanceof Error ? [loss] : []);
  const other = errors.find((error) => !(error instanceof UsageError || error instanceof TypeError));
  if (other !== undefined) throw other;
  if (errors.length === losses.length) throw new UsageError(errors.map(({ message }) => message).join("\n"));
  return losses;
}

/** Result of an audit, or the reason why there is none. */
type Outcome = { readonly audit: LossAudit | ModelAudit } | { readonly named: string; readonly error: string };

/** Runs a function without what a loss prints at each call. */
function quietly<T>(run: () => T): T {
  const { log } = console;
  console.log = () => {};
  try {
    return run();
  } finally {
    console.log = log;
  }
}

/** Audits one loss. Its error replaces its report. */
function auditOne({ named, loss, kinds }: NamedLoss, options: AuditOptions, report: Reporter, audit: Auditor): Outcome {
  if (loss instanceof Error) return { named, error: loss.message };
  const own = options.yPred === undefined && options.yTrue === undefined ? kinds ?? {} : {};
  const typed = Object.entries({ predictions: own.yPred, labels: own.yTrue, columns: own.columns })
    .map(([option, value]) => value === undefined ? "" : ` --${option} ${value}`).join("");
  report.status(`${named}${typed === "" ? "" : `, by its model${typed}`} …`);
  const onProgress: AuditOptions["onProgress"] = (done, of, next) =>
    report.progress(`${named}: ${done} of ${of}, ${next} …`);
  try {
    return {
      audit: quietly(() => audit(loss, { ...own, ...options, name: named.slice(named.indexOf("#") + 1), onProgress })),
    };
  } catch (error) {
    const { message } = error as Error;
    if (!/^Cannot /.test(message)) throw error;
    // A RangeError is about an option, which all losses share; a TypeError is about this loss.
    if (error instanceof RangeError) throw new UsageError(message);
    return { named, error: message };
  }
}

/** Words of frameworks about labels that should be class indices, or about an index beyond the number of columns. */
const asksForIndices =
  /scalar type Long|class ind|multi-target|[01]-?D target|1-D with size|all 1 classes|integer|used as indices|int64|one_hot|valid range|labels\.shape\.rank/i;

/** Options to type for a loss that takes other batches, and the call for one that takes other arguments. */
function otherBatches({ named, error }: { named: string; error: string }, { yTrue, columns }: AuditOptions): string {
  if (/ is not a function|NameError: /.test(error)) return "";
  const [, missing] = /it uses 'npm:\/?((?:@[^/'@]+\/)?[^/'@]+)[^']*', which is missing/.exec(error) ?? [];
  if (missing !== undefined) return `\n  install it beside the file: npm install ${missing}`;
  if (/ is not defined| is missing/.test(error)) {
    return "\n  if it is inside a function, move it to the top level, or write a call that compiles a model with it";
  }
  const isIndex = yTrue !== "index" && asksForIndices.test(error);
  const classes = `--columns ${columns ?? 3} --predictions logits --labels index`;
  const batches = isIndex
    ? `\n  if the labels are class indices, say so: ${classes}`
    : "\n  if the loss takes other batches, say which: --columns, --predictions, --labels";
  const [, file, name] = (isPython(named) ? null : /^(.*\.(?:[mc]?[jt]sx?|html?|ipynb))#(.*)$/s.exec(named)) ?? [];
  const made = name?.replace(/^([A-Z][\w$]*)\.([\w$]+)$/, "new $1().$2");
  const call = `'${file}#(yTrue, yPred) => ${made}(yPred, yTrue)'`;
  return batches + (file === undefined ? "" : `\n  if it takes other arguments, write the call, for example ${call}`);
}

const outcomeText = (outcome: Outcome, options: AuditOptions): string =>
  "error" in outcome
    ? `${outcome.named}: ${outcome.error}${
      /called with (labels|outputs) \[/.test(outcome.error) ? otherBatches(outcome, options) : ""
    }`
    : `${outcome.audit}${"time" in outcome.audit ? `\n${timeText(outcome.audit)}` : ""}`;

const outcomeData = (outcome: Outcome): unknown =>
  "error" in outcome ? { name: outcome.named, error: outcome.error } : outcome.audit.toJSON();

/** The outcomes of all audits, each as soon as it is known. */
async function* outcomesOf(
  args: TaskArgs,
  report: Reporter,
  audit: Auditor,
  open: AsyncDisposableStack,
): AsyncGenerator<Outcome> {
  const route = modelRoute(args);
  if (route !== undefined) return yield { audit: await auditOneModel(route, args.values, report) };
  const options = auditOptions(args.values);
  for (const loss of await loadAll(args, report, open)) yield auditOne(loss, options, report, audit);
}

/** Audits the model of a file, or a last layer in words. */
async function auditOneModel(route: keyof typeof routes, values: TaskArgs["values"], report: Reporter) {
  const { auditExport, auditWords } = await import("./audit_model.ts");
  if (route === "words") return await auditWords(values, labelKindOption(String(values.labels)));
  const named = String(values.model);
  report.status(`${named} …`);
  const model = await loadModel(named, report.status);
  return await auditExport(model, named, values, (text) => report.status(`${named}: ${text}`));
}

/** Runs the task. */
export async function auditLosses(args: TaskArgs, report: Reporter, audit: Auditor): Promise<void> {
  const { values } = args, what: What = modelRoute(args) === undefined ? "loss" : "model";
  const file = values.save === undefined ? undefined : writable("save", String(values.save));
  if (values.json) console.log = console.error; // a file may print while it is loaded
  const tf = await import("@tensorflow/tfjs");
  tf.enableProdMode(); // no banner
  await tf.setBackend("cpu");
  await using open = new AsyncDisposableStack();
  const outcomes: Outcome[] = [];
  const options = what === "loss" ? auditOptions(values) : {};
  for await (const outcome of outcomesOf(args, report, audit, open)) {
    const gap = outcomes.length === 0 ? "" : "\n";
    if (!values.json) report.line(gap + quietly(() => outcomeText(outcome, options)));
    outcomes.push(outcome);
  }
  if (values.json) {
    const json = quietly(() => outcomes.map(outcomeData));
    writeData(JSON.stringify(json.length === 1 ? json[0] : json, null, 2));
  }
  const audits = outcomes.flatMap((outcome) => "audit" in outcome ? [outcome.audit] : []);
  if (file !== undefined) await write(file, await auditPage(outcomes, what), report);
  const broken = audits.filter(({ verdict }) => verdict === "broken").length, refused = outcomes.length - audits.length;
  const bad = [
    ...(broken > 0 ? [counted(broken, what).replace(" ", " broken ")] : []),
    ...(refused > 0 ? [`${counted(refused, what)} not audited`] : []),
  ];
  if (bad.length > 0) throw new NegativeResult(bad.join(", "));
}

if (import.meta.main) {
  await runTask(auditSpec, async (args, report) => {
    const { auditLoss } = await import("../lib/audit/audit_loss.ts");
    await auditLosses(args, report, auditLoss);
  });
}
