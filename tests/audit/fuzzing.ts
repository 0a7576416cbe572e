// Whether an audit agrees with what brute force says of a loss: NaN, a gradient of zero, no dependence on the outputs.
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import {
  type AuditedLoss,
  auditLoss,
  type AuditOptions,
  type BatchKind,
  type LossAudit,
} from "@roundabout/roundabout/audit";
import { sampleOf, tried } from "./oracle.ts";

/** A kind of disagreement between the audit and brute force. */
export type Disagreement =
  | "crash"
  | "leak"
  | "too many calls"
  | "NaN not told"
  | "no NaN there"
  | "zero gradient not told"
  | "gradient is not so"
  | "constant not told"
  | "constant by another name"
  | "not constant"
  | "difference is not there"
  | "not flat";

/** The largest number of calls of the loss in one audit: a loss that may jump is followed along eight outputs. */
const MOST_CALLS = 1200;

const rows = 16;

const withBatch = <T>(
  options: AuditOptions,
  kind: BatchKind,
  seed: number,
  of: (y: Tensor, p: Tensor) => T,
): T | undefined => {
  const batch = sampleOf(options)(kind, seed, rows);
  if (batch === undefined) return undefined;
  try {
    return of(batch.yTrue, batch.yPred);
  } finally {
    tf.dispose([batch.yTrue, batch.yPred]);
  }
};

/** The values of a loss for the labels of the first random batch and very different outputs. */
function valuesOfManyOutputs(loss: AuditedLoss, options: AuditOptions): number[] {
  const values: number[] = [];
  withBatch(options, "random", 1, (y) => {
    for (const kind of ["random", "saturated", "constPred"] as const) {
      for (const seed of kind === "random" ? [1, 2, 3, 4, 5, 6] : [1, 2]) {
        withBatch(options, kind, seed, (_, p) => values.push(tried(loss, y, p)?.value ?? NaN));
      }
    }
  });
  return values;
}

/** Central differences of the mean of a loss by one output. */
function difference(loss: AuditedLoss, y: Tensor, p: Tensor, at: number, step: number): number {
  const numbers = p.dataSync(),
    moved = (by: number) => {
      const q = tf.tensor(numbers.map((v, i) => i === at ? v + by : v), p.shape);
      const value = tried(loss, y, q)?.value ?? NaN;
      q.dispose();
      return value;
    };
  return (moved(step) - moved(-step)) / (2 * step);
}

const finite = (values: readonly number[]): boolean => values.every(Number.isFinite);

function disagreement(loss: AuditedLoss, options: AuditOptions, audit: LossAudit): Disagreement | undefined {
  const first = audit.findings[0], random = withBatch(options, "random", 1, (y, p) => tried(loss, y, p))!;
  const { value, gradient } = random, dead = gradient === undefined || gradient.every((g) => g === 0);
  // NaN
  const broken = !Number.isFinite(value) || !finite(gradient ?? []);
  if (broken && audit.verdict !== "broken") return "NaN not told";
  if (first?.cause === "domain-edge" || first?.cause === "zero-division" || first?.cause === "nan-gradient") {
    const there = withBatch(options, String(first.evidence.batch) as BatchKind, 1, (y, p) => tried(loss, y, p))!;
    const value = Number.isFinite(there.value);
    if (first.cause === "nan-gradient" ? !value || finite(there.gradient ?? []) : value) return "no NaN there";
  }
  if (broken) return undefined;
  // No dependence on the outputs. Where some outputs give NaN, those that give numbers say whether it depends.
  const all = valuesOfManyOutputs(loss, options), values = all.filter(Number.isFinite);
  const least = Math.min(...values), most = Math.max(...values), size = Math.max(Math.abs(most), Math.abs(least));
  if (finite(all) && most === least) {
    if (audit.verdict !== "broken") return "constant not told";
    // A flat operation may well be why it is the same everywhere.
    if (first.cause !== "constant" && first.cause !== "no-gradient-op") return "constant by another name";
  }
  if (first?.cause === "constant" && !(most - least <= 1e-5 * size)) return "not constant";
  // A gradient of zero
  if (dead && audit.verdict !== "broken") return "zero gradient not told";
  const { element, difference: claimed, gradient: said, batch = "random" } = first?.evidence ?? {};
  const there = withBatch(options, String(batch) as BatchKind, 1, (y, p) => tried(loss, y, p))?.gradient;
  if (typeof element === "number" ? !Object.is(said, there?.[element]) : said === 0 && !dead) {
    return "gradient is not so";
  }
  if (said === "none" && gradient !== undefined) return "gradient is not so";
  if (typeof element === "number" && typeof claimed === "number") {
    const found = withBatch(
      options,
      "random",
      1,
      (y, p) => [1e-2, 3e-2].map((step) => difference(loss, y, p, element, step)),
    )!;
    if (!found.some((d) => Math.abs(d - claimed) <= 1e-3 * Math.max(1, Math.abs(claimed)))) {
      return "difference is not there";
    }
  }
  if (first?.cause === "saturated" && dead) {
    const slopes = withBatch(
      options,
      "random",
      1,
      (y, p) => [0, 5, 10, 15].map((at) => difference(loss, y, p, at, 1e-2)),
    )!;
    if (slopes.some((slope) => Math.abs(slope) > 1e-3 * Math.max(1, Math.abs(value)))) return "not flat";
  }
  return undefined;
}

/** Audits a loss twice over: by the audit, and by brute force. Undefined where they agree. */
export function check(loss: AuditedLoss, options: AuditOptions): { what?: Disagreement; said: string; calls: number } {
  const own = { ...options, rows }, before = tf.memory().numTensors;
  let calls = 0;
  const counted: AuditedLoss = (y, p) => {
    calls++;
    return loss(y, p);
  };
  const runs = withBatch(own, "random", 1, (y, p) => tried(loss, y, p)) !== undefined;
  let audit: LossAudit;
  try {
    audit = auditLoss(counted, own);
    void audit.probes; // runs them
  } catch (error) {
    const refused = !runs && error instanceof TypeError &&
      /called with labels \[[\d,]+\] and outputs \[[\d,]+\] it throws/.test(error.message);
    return { what: refused ? undefined : "crash", said: String(error).split("\n")[0], calls };
  }
  const leaked = tf.memory().numTensors - before;
  const said = audit.findings.map(({ cause, severity }) => `${cause} ${severity}`).join(", ") || "nothing";
  if (leaked !== 0) return { what: "leak", said: `${leaked} tensors`, calls };
  if (calls > MOST_CALLS) return { what: "too many calls", said: `${calls} calls`, calls };
  const what = disagreement(loss, own, audit);
  return { what, said, calls };
}
