/**
 * `deno task audit`: loads the named losses, audits each, and prints or saves the reports.
 *
 * @module
 */
import type { PythonLoss } from "../lib/audit/engines/python_loss.ts";
import type { AuditedLoss, AuditOptions, LossAudit, ModelAudit } from "../lib/audit/types.ts";
import { auditOptions, auditSpec, labelKindOption, type ModelRoute, modelRoute } from "./audit_options.ts";
import { NegativeResult, type Reporter, runTask, type TaskArgs, UsageError, writeData } from "./cli.ts";
import { writable, write } from "./files.ts";
import { isPython, loadAll, loadModel, type NamedLoss } from "./named_losses.ts";

// What audits and shows is imported where it is needed, as it takes longer to load than `--help` or a refusal takes.

/** Function that audits a loss: `auditLoss`, or a test's own. */
type Auditor = (loss: AuditedLoss | PythonLoss, options: AuditOptions) => LossAudit;

/** Kind of thing that is audited. */
type What = "loss" | "model";

const counted = (n: number, what: What): string => `${n} ${n === 1 ? what : what === "loss" ? "losses" : "models"}`;

/** Result of an audit, or the reason why there is none. */
type Outcome = { readonly audit: LossAudit | ModelAudit } | { readonly named: string; readonly error: string };

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
async function auditOneModel(route: ModelRoute, values: TaskArgs["values"], report: Reporter) {
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
