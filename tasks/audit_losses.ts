/**
 * Body of `deno task audit`: loads the named losses, audits each, and prints or saves the reports.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { type PythonLoss, pythonLoss, type PythonLossOptions } from "../lib/audit/engines/python_loss.ts";
import {
  type AuditedLoss,
  type AuditOptions,
  type ExtraLabel,
  extraLabelKinds,
  type LabelKind,
  type LossAudit,
  type ModelAudit,
  type PredictionKind,
} from "../lib/audit/types.ts";
import { auditDisplay } from "../lib/display/mod.ts";
import { scoreNames } from "../lib/scores/to_score.ts";
import { auditExport, auditWords, modelRoute } from "./audit_model.ts";
import {
  choiceOption,
  NegativeResult,
  type Reporter,
  type TaskArgs,
  TaskError,
  type TaskSpec,
  typedIn,
  UsageError,
  wholeOption,
  writeData,
} from "./cli.ts";
import { cleanPaths } from "./failure.ts";
import { page } from "./page.ts";

/** Function that audits a loss: `auditLoss`, or a test's own. */
type Auditor = (loss: AuditedLoss | PythonLoss, options: AuditOptions) => LossAudit;

/** Command line of the task. */
export const auditSpec: TaskSpec = {
  name: "audit",
  about:
    "Explains why a loss does not learn: calls each named loss of a TypeScript, JavaScript or Python file on many batches\n" +
    "and reports what is wrong, on which line, with the evidence and a fix. Exits with 1 if a loss is broken, with 0 if all\n" +
    "are sound or suspect. The file is executed: audit only code that you trust.\n\n" +
    'A TypeScript file must import TensorFlow.js as "@tensorflow/tfjs", which gives it this project\'s copy; a second copy\n' +
    "(npm:…@…, or a URL) may not accept the tensors. In a Python file, NAME is a function, a class, or an expression:\n" +
    "'losses.py#FocalLoss(gamma=2)'; with -m, NAME is in an installed module: -m torch.nn 'BCEWithLogitsLoss()'. Python\n" +
    "needs the framework of the loss and nothing else. A file of R, losses.R#precision_loss, needs Rscript and reticulate.\n\n" +
    "--model judges a compiled tf.LayersModel of a TypeScript file, or the function that makes it, on rows of a CSV file:\n" +
    "its last layer, its loss, its labels and its first batch together. --activation judges a last layer in words.",
  usage: "[--predictions KIND] [--labels KIND] [--metric NAME] [--json] [--save FILE.html] FILE.ts#exportName | " +
    "FILE.py#NAME | -m MODULE NAME ...\n" +
    "       deno task audit --model FILE.ts#makeModel --data FILE.csv --label COLUMN\n" +
    "       deno task audit --activation NAME --units N --loss NAME --labels KIND",
  positionals: true,
  data: "json",
  options: {
    predictions: {
      type: "string",
      help: "kind of the outputs: probability (default), simplex, logits, real, nonnegative, tanh, or a range (=-1,1)",
    },
    labels: {
      type: "string",
      help:
        "kind of the labels: binary (default; one-hot for simplex), one-hot, index, sign, real, positive, count, probability, distribution, none; further columns after a comma: real,mask or real,event or binary,weight",
    },
    columns: { type: "string", help: "number of outputs per row" },
    prevalence: { type: "string", help: "fraction of positives (0.4)" },
    metric: { type: "string", help: "score that the loss should improve, such as f1; labels must be 0 and 1" },
    seed: { type: "string", help: "whole number; the same seed gives the same report (1)" },
    module: { type: "string", short: "m", help: "Python module that ships the losses, such as torch.nn" },
    framework: {
      type: "string",
      help: "framework of a Python loss: torch, keras, tensorflow, jax (the one that the file imports)",
    },
    order: {
      type: "string",
      help: "arguments of a Python loss: true,pred or pred,true (as its parameters are named)",
    },
    python: { type: "string", help: "command that runs Python (the active environment's, else python3)" },
    model: { type: "string", help: "compiled model to audit, or the function that makes it: FILE.ts#NAME" },
    data: { type: "string", help: "CSV file with rows for the model: its inputs in their order, and the label" },
    label: {
      type: "string",
      help: "column of the label; --labels one-hot converts it for the model, --labels index numbers its texts from 0",
    },
    drop: { type: "string", help: "columns of the CSV file that are no inputs: A,B" },
    activation: { type: "string", help: "activation of a last layer: sigmoid, softmax, linear, tanh, relu, ..." },
    units: { type: "string", help: "number of units of a last layer" },
    loss: { type: "string", help: "loss on a last layer, as Keras names it: binary_crossentropy, mse, ..." },
    json: { type: "boolean", help: "print only JSON to the standard output" },
    save: { type: "string", help: "write the report as an HTML page with figures" },
  },
};

const predictionKinds = ["probability", "simplex", "logits", "real", "nonnegative", "tanh"];
const labelKinds: readonly LabelKind[] = [
  "binary",
  "one-hot",
  "index",
  "sign",
  "real",
  "positive",
  "count",
  "probability",
  "distribution",
  "none",
];

function predictionsOption(value: string): PredictionKind {
  if (predictionKinds.includes(value)) return value as PredictionKind;
  const ends = value.split(",").map((end) => end.trim() === "" ? NaN : Number(end));
  if (ends.length === 2 && ends.every(Number.isFinite) && ends[0] < ends[1]) return [ends[0], ends[1]];
  throw new UsageError(`--predictions takes ${predictionKinds.join(", ")} or MIN,MAX, not '${value}'`);
}

/** Reads the kind of labels and, after commas, further columns; these alone leave the kind as it is. */
function labelsOption(value: string): Pick<AuditOptions, "yTrue" | "extraLabels"> {
  const names = value.split(",").map((name) => name.trim()), extra: readonly string[] = extraLabelKinds;
  const own = extra.includes(names[0]) ? [] : names.slice(0, 1), others = names.slice(own.length);
  if (
    !own.every((name) => (labelKinds as readonly string[]).includes(name)) ||
    !others.every((name) => extra.includes(name))
  ) {
    throw new UsageError(
      `--labels takes ${labelKinds.join(", ")}, and after a comma columns of ${extra.join(", ")}, not '${value}'`,
    );
  }
  return {
    ...(own.length === 0 ? {} : { yTrue: own[0] as LabelKind }),
    ...(others.length === 0 ? {} : { extraLabels: others as ExtraLabel[] }),
  };
}

function prevalenceOption(value: string): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (!(number > 0 && number < 1)) throw new UsageError(`--prevalence takes a number inside (0, 1), not '${value}'`);
  return number;
}

/** Reads the options of an audit from the command line; options that were not typed are absent. */
export function auditOptions(
  { predictions, labels, columns, prevalence, metric, seed }: TaskArgs["values"],
): AuditOptions {
  return {
    ...(predictions === undefined ? {} : { yPred: predictionsOption(String(predictions)) }),
    ...(labels === undefined ? {} : labelsOption(String(labels))),
    ...(columns === undefined ? {} : { columns: wholeOption("columns", columns, 1, 1) }),
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
export function pythonOptions({ framework, order, python, module }: TaskArgs["values"]): Partial<PythonLossOptions> {
  const own = framework === undefined ? undefined : String(framework);
  if (own !== undefined && !frameworks.includes(own) && !own.endsWith(".py")) {
    throw new UsageError(`--framework takes ${frameworks.join(", ")}, not '${own}'`);
  }
  return {
    ...(own === undefined ? {} : { framework: own.endsWith(".py") ? resolve(typedIn(), own) : own }),
    ...(order === undefined ? {} : { order: orderOption(String(order)) }),
    ...(python === undefined ? {} : { python: commandIn(typedIn(), String(python)) }),
    ...(module === undefined ? {} : { module: String(module) }),
  };
}

/** Loads the loss of a Python file or module that `named` names. */
async function loadPythonLoss(named: string, options: Partial<PythonLossOptions>): Promise<PythonLoss> {
  const [file, name] = options.module !== undefined
    ? ["", named]
    : named.includes("#")
    ? [named.slice(0, named.indexOf("#")), named.slice(named.indexOf("#") + 1)]
    : [named, ""];
  const path = resolve(typedIn(), file);
  if (options.module === undefined && !existsSync(path)) throw new UsageError(`There is no file '${file}'`);
  if (name.trim() === "") throw new UsageError(`'${named}' names no loss, write ${file}#NAME`);
  try {
    return await pythonLoss({ ...options, ...(options.module === undefined ? { file: path } : {}), name });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

const isPython = (named: string): boolean => /\.(py|[rR])(#|$)/.test(named);

/** Loads what `named`, `FILE#export`, names. */
async function loadExport(named: string): Promise<unknown> {
  const at = named.lastIndexOf("#");
  const [file, name] = at < 0 ? [named, ""] : [named.slice(0, at), named.slice(at + 1)];
  const path = resolve(typedIn(), file);
  if (file === "" || !existsSync(path)) throw new UsageError(`There is no file '${file}'`);
  let loaded: Record<string, unknown>;
  try {
    loaded = await import(pathToFileURL(path).href);
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    if (/lockfile is out of date/.test(said)) {
      throw new UsageError(
        `'${file}' imports a package that this project does not have: move the loss to a file that does not`,
      );
    }
    throw new UsageError(`'${file}' throws while it is loaded: ${cleanPaths(said)}`);
  }
  const names = Object.keys(loaded);
  const has = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`;
  if (name === "") throw new UsageError(`'${named}' names no export, write ${file}#NAME: ${has}`);
  if (!names.includes(name)) throw new UsageError(`'${file}' has no export '${name}': ${has}`);
  return loaded[name];
}

async function loadLoss(named: string): Promise<AuditedLoss> {
  const loss = await loadExport(named);
  if (typeof loss !== "function") {
    const [file, name] = named.split(/#(?=[^#]*$)/);
    throw new UsageError(`'${name}' of '${file}' must be a function, it is a ${typeof loss}`);
  }
  return loss as AuditedLoss;
}

/** Renders the audits as one self-contained HTML page. */
function auditPage(audits: readonly (LossAudit | ModelAudit)[], what: What): Promise<string> {
  const title = `Audit of ${counted(audits.length, what)}`;
  return page(title, "Why does my loss not learn?", audits.map(auditDisplay));
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

/** The file of `--save`. */
function savedFile(save: string | boolean | undefined): string | undefined {
  if (save === "") throw new UsageError("--save takes a file name, not ''");
  const file = save === undefined ? undefined : resolve(typedIn(), String(save));
  if (file !== undefined && !existsSync(dirname(file))) {
    throw new TaskError(`cannot write the report to '${save}': there is no such folder`);
  }
  return file;
}

/** Audits each of the named losses; Python processes stay `open`, because the time is measured later. */
async function auditEach(
  { values, positionals }: TaskArgs,
  report: Reporter,
  audit: Auditor,
  open: AsyncDisposableStack,
): Promise<{ audits: LossAudit[]; refused: string[] }> {
  if (positionals.length === 0) throw new UsageError("name a loss: FILE.ts#exportName");
  const options = auditOptions(values), inPython = pythonOptions(values);
  const losses: (AuditedLoss | PythonLoss)[] = [], refused: string[] = [];
  for (const named of positionals) {
    if (inPython.module === undefined && !isPython(named)) {
      losses.push(await loadLoss(named));
      continue;
    }
    report.status(`${named}: Python imports its framework …`);
    losses.push(open.use(await loadPythonLoss(named, inPython)));
  }
  const audits = losses.flatMap((loss, n) => {
    const named = positionals[n], name = named.slice(named.lastIndexOf("#") + 1);
    report.status(`${named} …`);
    try {
      const onProgress: AuditOptions["onProgress"] = (done, of, next) =>
        report.progress(`${named}: ${done} of ${of}, ${next} …`);
      return [audit(loss, { ...options, name, onProgress })];
    } catch (error) {
      const { message } = error as Error;
      if (!/^Cannot /.test(message)) throw error;
      // A RangeError is about an option, which all losses share; a TypeError is about this loss.
      if (error instanceof RangeError) throw new UsageError(message);
      refused.push(`${named}: ${message}`);
      return [];
    }
  });
  return { audits, refused };
}

/** Audits the model of a file, or a last layer in words. */
async function auditOneModel(route: "model" | "words", values: TaskArgs["values"], report: Reporter) {
  if (route === "words") return await auditWords(values, choiceOption<LabelKind>("labels", values.labels, labelKinds));
  const named = String(values.model);
  report.status(`${named} …`);
  return await auditExport(await loadExport(named), named, values, (text) => report.status(`${named}: ${text}`));
}

/** Runs the task. */
export async function auditLosses(args: TaskArgs, report: Reporter, audit: Auditor): Promise<void> {
  const { values } = args, route = modelRoute(args), what: What = route === undefined ? "loss" : "model";
  const file = savedFile(values.save);
  if (values.json) console.log = console.error; // a file may print while it is loaded
  tf.enableProdMode(); // no banner
  await tf.setBackend("cpu");
  await using open = new AsyncDisposableStack();
  const { audits, refused }: { audits: (LossAudit | ModelAudit)[]; refused: string[] } = route === undefined
    ? await auditEach(args, report, audit, open)
    : { audits: [await auditOneModel(route, values, report)], refused: [] };
  if (values.json) {
    const json = audits.map((one) => one.toJSON());
    writeData(JSON.stringify(json.length === 1 ? json[0] : json, null, 2));
  } else {
    audits.forEach((one, n) => report.line(`${n === 0 ? "" : "\n"}${one}${"time" in one ? `\n${timeText(one)}` : ""}`));
  }
  if (file !== undefined && audits.length > 0) {
    try {
      await Deno.writeTextFile(file, await auditPage(audits, what));
    } catch (error) {
      throw new TaskError(`cannot write the report to '${values.save}': ${(error as Error).message}`);
    }
    report.wrote(file);
  }
  if (refused.length > 0) throw new TaskError(refused.join("\n"));
  const broken = audits.filter(({ verdict }) => verdict === "broken").length;
  if (broken > 0) throw new NegativeResult(counted(broken, what).replace(" ", " broken "));
}
