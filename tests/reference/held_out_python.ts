/**
 * Audits the losses of held_out_python/, none of which had been audited before the first run, and records
 * held_out_python.json beside this file:
 *
 *     deno run -A tests/reference/held_out_python.ts PYTHON
 *
 * PYTHON has the packages of audited/requirements.txt and scikit-learn. cases.json beside the losses states what each takes and,
 * for a fault, the causes and lines that are right; it was committed before the first audit. An audit that takes longer than
 * `limit` seconds is ended. `firstRight`: the first finding has an expected cause; `withinThree`: one of the first three has;
 * `lineRight`: a first finding that is right names an expected line; `falseAlarms`: sound losses with an error or a warning.
 *
 * `firstRun` of the record is that of the first run and stays; `now` is the last one, whatever has been mended since. Four losses
 * without labels took one argument then and were refused; they have an unused `labels` since. `since` of a case are options that
 * the audit did not have then. The losses are retold from their sources, with the same operations and the same fault, and are no copies.
 *
 * @module
 */
import { auditLoss, type AuditOptions } from "../../lib/audit/mod.ts";
import { type PythonLoss, pythonLoss } from "../../lib/audit/engines/python_loss.ts";

interface Case {
  readonly file: string;
  readonly name: string;
  readonly framework: string;
  readonly options: { readonly predictions: string; readonly labels: string; readonly columns?: number };
  readonly since?: Pick<AuditOptions, "labelColumns">;
  readonly kind: "fault" | "sound";
  readonly causes?: readonly string[];
  readonly lines?: readonly number[];
}

interface Found {
  readonly cause: string;
  readonly severity: string;
  readonly line?: number;
}

interface Outcome {
  readonly verdict: "sound" | "suspect" | "broken" | "refused";
  readonly findings: readonly Found[];
  readonly message?: string;
}

const [python = "python3", reports] = Deno.args, limit = 150;
const folder = new URL("held_out_python/", import.meta.url);
const cases: Case[] = JSON.parse(await Deno.readTextFile(new URL("cases.json", folder)));

const opened = new Map<string, PythonLoss>(); // a process per file

/** A loss of a file, whose process is started once. */
async function lossOf({ file, name, framework }: Case): Promise<PythonLoss> {
  const options = { file: new URL(file, folder).pathname, name, framework }, before = opened.get(file);
  const loss = before === undefined ? await pythonLoss({ ...options, python }) : await before.another(options);
  opened.set(file, loss);
  return loss;
}

async function outcomeOf(one: Case): Promise<Outcome> {
  const { file, name, options, since } = one;
  const { predictions, labels, columns } = options, [yTrue, ...extraLabels] = labels.split(",");
  const end = performance.now() + 1000 * limit;
  const onProgress = () => {
    if (performance.now() > end) throw new Error(`longer than ${limit} s`);
  };
  try {
    const audit = auditLoss(
      await lossOf(one),
      { yPred: predictions, yTrue, extraLabels, columns, ...since, name, onProgress } as AuditOptions,
    );
    if (reports) await Deno.writeTextFile(reports, `== ${file}#${name}\n${audit}\n\n`, { append: true });
    const findings = audit.findings.map(({ cause, severity, where }) => {
      const line = where?.line?.match(/:(\d+)/)?.[1];
      return { cause, severity, line: line === undefined ? undefined : Number(line) };
    });
    return { verdict: audit.verdict, findings };
  } catch (error) {
    const message = String((error as Error).message).replaceAll(folder.pathname, "");
    if (reports) await Deno.writeTextFile(reports, `== ${file}#${name}\nREFUSED ${error}\n\n`, { append: true });
    return { verdict: "refused", findings: [], message };
  }
}

/** Counts over cases and their outcomes. */
function tallyOf(done: readonly (Case & { readonly outcome: Outcome })[]) {
  const faults = done.filter(({ kind }) => kind === "fault"), sound = done.filter(({ kind }) => kind === "sound");
  const right = ({ causes }: Case, found?: Found) => found !== undefined && causes!.includes(found.cause);
  const first = faults.filter((one) => right(one, one.outcome.findings[0]));
  return {
    faults: faults.length,
    firstRight: first.length,
    withinThree: faults.filter((one) => one.outcome.findings.slice(0, 3).some((found) => right(one, found))).length,
    lineRight: first.filter(({ lines, outcome }) => lines!.includes(outcome.findings[0].line!)).length,
    sound: sound.length,
    falseAlarms: sound.filter(({ outcome }) => ["suspect", "broken"].includes(outcome.verdict)).length,
    refused: done.filter(({ outcome }) => outcome.verdict === "refused").length,
  };
}

const done: (Case & { outcome: Outcome })[] = [];
for (const one of cases) {
  const outcome = await outcomeOf(one), { file, name, framework, kind, causes, lines } = one;
  done.push({ ...one, outcome });
  const found = outcome.findings.map(({ cause, severity, line }) => `${cause} ${severity}${line ? ` ${line}` : ""}`).join(", ");
  console.log(`${framework} ${kind} ${file}#${name}: ${outcome.verdict}: ${found}${outcome.message ?? ""} | ${causes ?? ""} ${lines ?? ""}`);
}
const frameworks = [...new Set(cases.map(({ framework }) => framework))];
const tallies = {
  all: tallyOf(done),
  ...Object.fromEntries(frameworks.map((name) => [name, tallyOf(done.filter(({ framework }) => framework === name))])),
};
console.table(tallies);
const outcomes = Object.fromEntries(done.map(({ file, name, outcome }) => [`${file}#${name}`, outcome]));
for (const loss of opened.values()) await loss.close();
const record = new URL("held_out_python.json", import.meta.url), { firstRun } = JSON.parse(await Deno.readTextFile(record));
await Deno.writeTextFile(record, `${JSON.stringify({ firstRun, now: { tallies, outcomes } }, null, 2)}\n`);
