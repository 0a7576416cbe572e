/**
 * Audits the cases of tests/audit/cases.ts in PyTorch, JAX and Keras, and the losses that these ship:
 *
 *     deno run -A tests/reference/audited/record.ts PYTHON [FRAMEWORK ...]
 *
 * PYTHON has the packages of requirements.txt beside this file. The record is record.json, the seconds and the calls of each
 * audit are costs.json, and the reports about the two losses of the question are asked_keras.txt and, with Rscript and the
 * package reticulate, asked_r.txt ("asked" in the place of a framework). "flattened" in the place of a framework records
 * flattened.json: losses that flatten their labels and outputs first, in every framework.
 *
 * @module
 */
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { auditLoss, type AuditOptions, type LossAudit } from "../../../lib/audit/mod.ts";
import type { AuditEngine } from "../../../lib/audit/engines/engine.ts";
import type { LoadedLoss } from "../../../lib/audit/engines/loaded_loss.ts";
import { pythonLoss, type PythonLossOptions } from "../../../lib/audit/engines/python_loss.ts";
import { made } from "../../audit/building_blocks.ts";
import { cases } from "../../audit/cases.ts";
import { fate, mutations } from "../../audit/mutations.ts";
import { flattened } from "./flattened.ts";
import { shipped } from "./shipped.ts";

/** The recorded part of an audit. */
export interface Recorded {
  readonly verdict: LossAudit["verdict"] | "refused";
  /** Cause, severity and line of each finding, or the message of a refusal. */
  readonly findings: readonly string[];
}

/** The record of a framework. */
export interface FrameworkRecord {
  readonly versions: string;
  readonly cases: Record<string, Recorded>;
  readonly shipped: Record<string, Recorded>;
  /** Sound losses broken by machine, "mutation, loss"; of the frameworks that mutated.py has. */
  readonly mutated?: Record<string, Recorded>;
}

/** The cost of one audit. */
interface AuditCost {
  /** CPU seconds of the audit and of Python together. */
  readonly seconds: number;
  /** Times that the loss was asked for a value, a gradient or its operations. */
  readonly calls: number;
}

/** The costs of the audits in a framework. */
export interface FrameworkCosts {
  readonly versions: string;
  /** CPU seconds to start Python, import the framework and load the first loss. */
  readonly start: number;
  /** The load of the machine, before and after. */
  readonly load: readonly [before: number, after: number];
  readonly audits: Record<string, AuditCost>;
}

/** The text of a file of /proc; none of a thread or process that has just ended. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** CPU seconds of this process and of all that it started and that still run, on Linux. */
function cpuSeconds(): number {
  const own = process.cpuUsage(), ticksPerSecond = 100;
  let ticks = 0;
  const add = (id: number | "self") => {
    for (const { name } of Deno.readDirSync(`/proc/${id}/task`)) {
      for (const child of textOf(`/proc/${id}/task/${name}/children`).split(" ").filter(Boolean)) {
        const fields = textOf(`/proc/${child}/stat`).split(") ")[1]?.split(" ") ?? [];
        ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
        add(Number(child));
      }
    }
  };
  add("self");
  return (own.user + own.system) / 1e6 + ticks / ticksPerSecond;
}

/** Counts what an audit asks of a loss. */
function counted(loss: LoadedLoss): { calls: number } {
  const count = { calls: 0 }, { engine } = loss;
  const counting = <B, R>(of: (batch: B) => R) => (batch: B): R => {
    count.calls++;
    return of(batch);
  };
  const own: AuditEngine = {
    value: counting((batch) => engine.value(batch)),
    valueAndGradient: counting((batch) => engine.valueAndGradient(batch)),
    record: counting((batch) => engine.record(batch)),
  };
  Object.defineProperty(loss, "engine", { value: own });
  return count;
}

const backends: Readonly<Record<string, { file: string; framework: string; backend?: string }>> = {
  torch: { file: "losses_torch.py", framework: "torch" },
  jax: { file: "losses_jax.py", framework: "jax" },
  "keras on tensorflow": { file: "losses_keras.py", framework: "keras", backend: "tensorflow" },
  "keras on torch": { file: "losses_keras.py", framework: "keras", backend: "torch" },
  "keras on jax": { file: "losses_keras.py", framework: "keras", backend: "jax" },
};

const recordedOf = ({ verdict, findings }: LossAudit): Recorded => ({
  verdict,
  findings: findings.map(({ cause, severity, where }) => [cause, severity, where?.line].filter(Boolean).join(" ")),
});

interface Job {
  readonly id: string;
  readonly load: PythonLossOptions;
  readonly options: AuditOptions;
}

/** Audits one loss after the other, in one process. */
async function recordAll(
  jobs: readonly Job[],
): Promise<{ records: Record<string, Recorded>; costs: FrameworkCosts }> {
  const records: Record<string, Recorded> = {}, audits: Record<string, AuditCost> = {};
  const [before] = Deno.loadavg(), hundredths = (seconds: number) => Math.round(100 * seconds) / 100;
  const started = cpuSeconds();
  await using first = await pythonLoss(jobs[0].load);
  const start = hundredths(cpuSeconds() - started);
  for (const { id, load: { python: _, ...load }, options } of jobs) {
    const began = cpuSeconds();
    try {
      const loss = await first.another(load) as LoadedLoss, count = counted(loss);
      records[id] = recordedOf(auditLoss(loss, options));
      audits[id] = { seconds: hundredths(cpuSeconds() - began), calls: count.calls };
    } catch (error) {
      records[id] = { verdict: "refused", findings: [(error as Error).message] };
    }
    console.log(id, records[id].verdict, records[id].findings.join("; "), JSON.stringify(audits[id] ?? {}));
  }
  const costs = { versions: first.versions, start, load: [before, Deno.loadavg()[0]] as const, audits };
  return { records, costs };
}

/** Changes of a sound loss that matter to nothing. */
const harmless = ["as it is", "multiply by 2", "add a constant"];

/** The losses of mutated.py that a mutation breaks, as it breaks those of TensorFlow.js, and the harmless changes. */
function mutants(python: string, framework: string): Job[] {
  const file = fileURLToPath(new URL("./mutated.py", import.meta.url));
  return made.flatMap((one) => [
    ...mutations.filter((mutation) => fate(one, mutation) === "broken").map(({ name }) => name),
    ...harmless,
  ].map((mutation) => ({
    id: `${mutation}, ${one.name}`,
    load: { python, framework, file, name: `${framework}_mutant("${one.name}", "${mutation}")` },
    options: one.options,
  })));
}

/** Writes the reports about the losses of the question as text, as `deno task audit` prints them. */
async function recordAsked(python: string, file: string, text: string): Promise<void> {
  Deno.env.set("KERAS_BACKEND", "tensorflow");
  const load = { python, framework: "keras", file: fileURLToPath(new URL(file, import.meta.url)) };
  const reports: string[] = [];
  for (const name of ["precision_loss", "precision_loss_ramp"]) {
    await using loss = await pythonLoss({ ...load, name });
    reports.push(`${auditLoss(loss, { name })}\n`);
  }
  await Deno.writeTextFile(new URL(text, import.meta.url), reports.join("\n"));
}

/** Audits the losses of flattened.ts in each framework. */
async function recordFlattened(python: string): Promise<void> {
  const frameworks = { ...backends, tensorflow: { framework: "tensorflow", backend: undefined } };
  for (const [name, { framework, backend }] of Object.entries(frameworks)) {
    if (backend !== undefined) Deno.env.set("KERAS_BACKEND", backend);
    const file = fileURLToPath(new URL(`./flattened_${framework}.py`, import.meta.url));
    const jobs = Object.keys(flattened).map((id) => ({
      id,
      load: { python, framework, file, name: id },
      options: { yPred: "probability", yTrue: "binary" } as const,
    }));
    await change("flattened.json", name, (await recordAll(jobs)).records);
  }
}

/** Replaces the part of one framework in a record. */
async function change<T>(name: string, framework: string, part: T): Promise<void> {
  const file = new URL(name, import.meta.url);
  const all: Record<string, T> = JSON.parse(await Deno.readTextFile(file).catch(() => "{}"));
  await Deno.writeTextFile(file, `${JSON.stringify({ ...all, [framework]: part }, null, 2)}\n`);
}

if (import.meta.main) {
  const [python, ...wanted] = Deno.args;
  tf.enableProdMode();
  await tf.setBackend("cpu");
  for (const name of wanted.length > 0 ? wanted : [...Object.keys(backends), "asked", "flattened"]) {
    if (name === "flattened") {
      await recordFlattened(python);
      continue;
    }
    if (name === "asked") {
      await recordAsked(python, "./asked_keras.py", "./asked_keras.txt");
      await recordAsked(python, "./asked.R", "./asked_r.txt");
      continue;
    }
    const { file: losses, framework, backend } = backends[name];
    if (backend !== undefined) Deno.env.set("KERAS_BACKEND", backend);
    const path = fileURLToPath(new URL(losses, import.meta.url));
    const ported = await recordAll(cases.map(({ id, options }) => ({
      id,
      load: { python, framework, file: path, name: id.replaceAll("-", "_") },
      options,
    })));
    const ships = shipped.filter((one) => one.framework === name).map(({ id, module, options }) => ({
      id,
      load: { python, framework, module, name: id },
      options,
    }));
    const own = ships.length === 0 ? undefined : await recordAll(ships);
    const broken = name.startsWith("keras on") && backend !== "tensorflow"
      ? undefined
      : await recordAll(mutants(python, framework));
    await change<FrameworkRecord>("record.json", name, {
      versions: ported.costs.versions,
      cases: ported.records,
      shipped: own?.records ?? {},
      mutated: broken?.records,
    });
    await change<FrameworkCosts>("costs.json", name, ported.costs);
  }
}
