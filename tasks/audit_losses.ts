/**
 * What `deno task audit` does: finds the losses that are named, has each audited, and says what came out.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import * as tf from "@tensorflow/tfjs";
import type { AuditedLoss, AuditOptions, LabelKind, LossAudit, PredictionKind } from "../lib/audit/types.ts";
import { auditDisplay } from "../lib/display/mod.ts";
import { type ScoreName, scores } from "../lib/scores/to_score.ts";
import {
  numberOption,
  type Reporter,
  type TaskArgs,
  TaskError,
  type TaskSpec,
  typedIn,
  UsageError,
  writeData,
} from "./cli.ts";
import { cleanPaths } from "./failure.ts";
import { page } from "./page.ts";

/** What audits: `auditLoss`; tests bring their own. */
export type Auditor = (loss: AuditedLoss, options: AuditOptions) => LossAudit;

/** How the task is called. */
export const auditSpec: TaskSpec = {
  name: "audit",
  about:
    "Says why a loss does not learn: tries each named export of a TypeScript or JavaScript file on many batches,\n" +
    "and names what is wrong, with numbers and a remedy. Ends with 1 if a loss is broken, with 0 if it is sound or suspect.\n" +
    'The file imports TensorFlow.js as "@tensorflow/tfjs", wherever it is: that is then the one of this project. Another\n' +
    "version beside it (npm:…@…, or a URL) may not understand its tensors. Only audit code that you would run.",
  usage: "[--predictions KIND] [--labels KIND] [--metric NAME] [--json] [--save FILE.html] FILE.ts#exportName ...",
  positionals: true,
  data: "json",
  options: {
    predictions: {
      type: "string",
      help:
        "what the outputs are: probability (if nothing is said), simplex, logits, real, nonnegative, tanh, or a range (=-1,1)",
    },
    labels: {
      type: "string",
      help:
        "binary (if nothing is said; of simplex one-hot), one-hot, index, sign, real, positive, count, probability, distribution, none",
    },
    columns: { type: "string", help: "how many outputs a row has" },
    prevalence: { type: "string", help: "the share of positives (0.4)" },
    metric: { type: "string", help: "the score that the loss is meant to improve, as in f1; labels must be 0 and 1" },
    seed: { type: "string", help: "a whole number: the same one, the same report (1)" },
    json: { type: "boolean", help: "print JSON, and nothing else, to the standard output" },
    save: { type: "string", help: "write the report as an HTML page, figures included" },
  },
};

const predictionKinds = ["probability", "simplex", "logits", "real", "nonnegative", "tanh"];
const labelKinds = [
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

function labelsOption(value: string): LabelKind {
  if (labelKinds.includes(value)) return value as LabelKind;
  throw new UsageError(`--labels takes ${labelKinds.join(", ")}, not '${value}'`);
}

/** The names of the scores that need no options. */
const metricNames = Object.entries(scores).filter(([, score]) => typeof score !== "function").map(([name]) => name);

function metricOption(value: string): ScoreName {
  if (metricNames.includes(value)) return value as ScoreName;
  throw new UsageError(`--metric takes ${metricNames.join(", ")}, not '${value}'`);
}

function wholeOption(name: string, value: string | boolean, least: number): number {
  const number = numberOption(name, value, least, least);
  if (!Number.isInteger(number)) throw new UsageError(`--${name} takes a whole number, not '${value}'`);
  return number;
}

function prevalenceOption(value: string): number {
  const number = value.trim() === "" ? NaN : Number(value);
  if (!(number > 0 && number < 1)) throw new UsageError(`--prevalence takes a number inside (0, 1), not '${value}'`);
  return number;
}

/** The options of an audit, as they were typed; what was not typed is not there. */
export function auditOptions(
  { predictions, labels, columns, prevalence, metric, seed }: TaskArgs["values"],
): AuditOptions {
  return {
    ...(predictions === undefined ? {} : { yPred: predictionsOption(String(predictions)) }),
    ...(labels === undefined ? {} : { yTrue: labelsOption(String(labels)) }),
    ...(columns === undefined ? {} : { columns: wholeOption("columns", columns, 1) }),
    ...(prevalence === undefined ? {} : { prevalence: prevalenceOption(String(prevalence)) }),
    ...(metric === undefined ? {} : { metric: metricOption(String(metric)) }),
    ...(seed === undefined ? {} : { seed: wholeOption("seed", seed, 0) }),
  };
}

/** The loss that `FILE#export` names. */
export async function loadLoss(named: string): Promise<AuditedLoss> {
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
        `'${file}' imports a package that this project does not have: move the loss to a file without it`,
      );
    }
    throw new UsageError(`'${file}' throws while it is loaded: ${cleanPaths(said)}`);
  }
  const names = Object.keys(loaded);
  const has = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`;
  if (name === "") throw new UsageError(`'${named}' names no export, write ${file}#NAME: ${has}`);
  if (!names.includes(name)) throw new UsageError(`'${file}' has no export '${name}': ${has}`);
  const loss = loaded[name];
  if (typeof loss !== "function") throw new UsageError(`'${name}' of '${file}' is no function, but a ${typeof loss}`);
  return loss as AuditedLoss;
}

/** The report as a page that needs nothing else. */
export function auditPage(audits: readonly LossAudit[]): Promise<string> {
  const title = `Audit of ${audits.length} ${audits.length === 1 ? "loss" : "losses"}`;
  return page(title, "Why does my loss not learn?", audits.map(auditDisplay));
}

/** Says how far an audit has come, once a second, from the second second on. */
function slowly(named: string, report: Reporter): NonNullable<AuditOptions["onProgress"]> {
  let due = performance.now() + 2000;
  return (done, of, next) => {
    if (performance.now() < due) return;
    due = performance.now() + 1000;
    report.status(`${named}: ${done} of ${of}, ${next} …`);
  };
}

/** How long the loss takes. */
function timeText(audit: LossAudit): string {
  const { loss, reference } = audit.time();
  return `time: ${loss.toPrecision(2)} ms for a value and its gradient, ${
    (loss / reference).toPrecision(2)
  } times that of the mean squared error`;
}

/** Runs the task. */
export async function auditLosses({ values, positionals }: TaskArgs, report: Reporter, audit: Auditor): Promise<void> {
  if (positionals.length === 0) throw new UsageError("No loss is named: FILE.ts#exportName");
  const options = auditOptions(values);
  if (values.save === "") throw new UsageError("--save takes the name of a file");
  const file = values.save === undefined ? undefined : resolve(typedIn(), String(values.save));
  if (file !== undefined && !existsSync(dirname(file))) {
    throw new TaskError(`The report cannot be written to '${values.save}': there is no such folder`);
  }
  if (values.json) console.log = console.error; // what a file prints while it is loaded is no JSON
  tf.enableProdMode(); // no banner
  await tf.setBackend("cpu");
  const losses = [];
  for (const named of positionals) losses.push(await loadLoss(named));
  const refused: string[] = [];
  const audits = losses.flatMap((loss, n) => {
    const named = positionals[n], name = named.slice(named.lastIndexOf("#") + 1);
    report.status(`${named} …`);
    try {
      return [audit(loss, { ...options, name, onProgress: slowly(named, report) })];
    } catch (error) {
      const { message } = error as Error;
      if (!/^Cannot /.test(message)) throw error;
      // What is out of range is an option, which is the same for all; what is of the wrong kind is this loss.
      if (error instanceof RangeError) throw new UsageError(message);
      refused.push(`${named}: ${message}`);
      return [];
    }
  });
  if (values.json) {
    const json = audits.map((one) => one.toJSON());
    writeData(JSON.stringify(json.length === 1 ? json[0] : json, null, 2));
  } else audits.forEach((one, n) => report.line(`${n === 0 ? "" : "\n"}${one}\n${timeText(one)}`));
  if (file !== undefined && audits.length > 0) {
    try {
      await Deno.writeTextFile(file, await auditPage(audits));
    } catch (error) {
      throw new TaskError(`The report cannot be written to '${values.save}': ${(error as Error).message}`);
    }
    report.wrote(file);
  }
  const broken = audits.filter(({ verdict }) => verdict === "broken").map(({ name }) => name);
  const failed = [...refused, ...(broken.length > 0 ? [`broken: ${broken.join(", ")}`] : [])];
  if (failed.length > 0) throw new TaskError(failed.join("\n"));
}
