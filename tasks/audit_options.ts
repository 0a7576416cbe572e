/**
 * The command line of `deno task audit`: its options, and what they mean.
 *
 * @module
 */
import { resolve } from "node:path";
import type { PythonLossOptions } from "../lib/audit/engines/python_loss.ts";
import {
  type AuditOptions,
  type ExtraLabel,
  extraLabelKinds,
  type LabelKind,
  labelKinds,
  type PredictionKind,
  predictionKinds,
} from "../lib/audit/types.ts";
import { scoreNames } from "../lib/scores/to_score.ts";
import { choiceOption, type TaskArgs, type TaskSpec, typedIn, UsageError, wholeOption } from "./cli.ts";

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

/** Reads the kind of labels alone. */
export function labelKindOption(value: string): LabelKind {
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

/** Options of the command line for models and for words; all of a route are needed. */
const routes = { model: ["model", "data", "label"], words: ["activation", "units", "loss", "labels"] } as const;

/** An audit of a model: of a file, or in words. */
export type ModelRoute = keyof typeof routes;

/** Tells which audit of a model is asked for; undefined if none is. */
export function modelRoute({ values, positionals }: TaskArgs): ModelRoute | undefined {
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
