/**
 * Audits the cases of tests/audit/cases.ts in PyTorch, JAX and Keras, and the losses that these ship:
 *
 *     deno run -A tests/reference/audited/record.ts PYTHON [FRAMEWORK ...]
 *
 * PYTHON has the packages of requirements.txt beside this file. The record is record.json, and the reports about the two
 * losses of the question are asked_keras.txt and, with Rscript and the package reticulate, asked_r.txt ("asked" in the
 * place of a framework).
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { auditLoss, type AuditOptions, type LossAudit } from "../../../lib/audit/mod.ts";
import { pythonLoss, type PythonLossOptions } from "../../../lib/audit/engines/python_loss.ts";
import { made } from "../../audit/building_blocks.ts";
import { cases } from "../../audit/cases.ts";
import { fate, mutations } from "../../audit/mutations.ts";
import { shipped } from "./shipped.ts";

/** What is kept of an audit. */
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
async function recordAll(jobs: readonly Job[]): Promise<{ versions: string; records: Record<string, Recorded> }> {
  const records: Record<string, Recorded> = {};
  if (jobs.length === 0) return { versions: "", records };
  await using first = await pythonLoss(jobs[0].load);
  for (const { id, load: { python: _, ...load }, options } of jobs) {
    const began = performance.now();
    try {
      records[id] = recordedOf(auditLoss(await first.another(load), options));
    } catch (error) {
      records[id] = { verdict: "refused", findings: [(error as Error).message] };
    }
    console.log(`${Math.round(performance.now() - began)} ms`, id, records[id].verdict, records[id].findings.join("; "));
  }
  return { versions: first.versions, records };
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

if (import.meta.main) {
  const [python, ...wanted] = Deno.args, file = new URL("./record.json", import.meta.url);
  tf.enableProdMode();
  await tf.setBackend("cpu");
  for (const name of wanted.length > 0 ? wanted : [...Object.keys(backends), "asked"]) {
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
    const own = await recordAll(shipped.filter((one) => one.framework === name).map(({ id, module, options }) => ({
      id,
      load: { python, framework, module, name: id },
      options,
    })));
    const broken = name.startsWith("keras on") && backend !== "tensorflow"
      ? undefined
      : await recordAll(mutants(python, framework));
    const record = JSON.parse(await Deno.readTextFile(file).catch(() => "{}"));
    record[name] = { versions: ported.versions, cases: ported.records, shipped: own.records, mutated: broken?.records };
    await Deno.writeTextFile(file, `${JSON.stringify(record, null, 2)}\n`);
  }
}
