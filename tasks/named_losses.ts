/**
 * The losses and models that are named on the command line of `deno task audit`, loaded from their files.
 *
 * @module
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { PythonLoss, PythonLossOptions } from "../lib/audit/engines/python_loss.ts";
import type { AuditedLoss, AuditOptions, LabelKind } from "../lib/audit/types.ts";
import { describe } from "../lib/check/check.ts";
import type { Compiled } from "./as_it_stands.ts";
import { pythonOptions } from "./audit_options.ts";
import { type Reporter, type TaskArgs, typedIn, UsageError } from "./cli.ts";
import { cleanPaths } from "./failure.ts";
import { existing } from "./files.ts";
import { scriptCells } from "./notebook_format.ts";

// What audits and shows is imported where it is needed, as it takes longer to load than `--help` or a refusal takes.

/** A loss that was named on the command line, or the reason why it cannot be loaded. */
export interface NamedLoss {
  readonly named: string;
  readonly loss: AuditedLoss | PythonLoss | Error;
  /** Kinds of the outputs and the labels of the model that the loss is of, and the number of outputs. */
  readonly kinds?: Pick<AuditOptions, "yPred" | "yTrue" | "columns">;
}

const isNotebook = (named: string): boolean => /\.ipynb(#|$)/.test(named);
/** Tells whether a loss is named in a file of Python or R, or in a notebook of Python. */
export const isPython = (named: string): boolean =>
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
export async function loadModel(typed: string, note: (text: string) => void): Promise<unknown> {
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
export async function loadAll(
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
