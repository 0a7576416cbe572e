// Every loss of this library × its settings: no error where it is sound, and the right one where it is not.
import * as tf from "@tensorflow/tfjs";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type LossOptions, metricLoss, type Score, type Tensor } from "@roundabout/roundabout";
import { auditLoss, type AuditOptions, type Cause } from "@roundabout/roundabout/audit";
import { answeredSoftsignLoss, askedRampLoss, askedRoundLoss } from "@roundabout/roundabout/thread";
import { allScores } from "../all_scores.ts";
import "../helpers.ts";
import { sampleOf, tried } from "./oracle.ts";
import { slow } from "../slow.ts";

const probability: AuditOptions = { yPred: "probability", yTrue: "binary", columns: 1 };
const labels: AuditOptions = { ...probability, columns: 3 };
const logits: AuditOptions = { yPred: "logits", yTrue: "binary", columns: 1 };
const classes: AuditOptions = { yPred: "simplex", yTrue: "one-hot", columns: 3 };

interface ResolvedOptions {
  name: string;
  options: LossOptions;
  audit: AuditOptions;
}

const settings: readonly ResolvedOptions[] = [
  ...(["softsign", "logistic", "arctan", "gaussian", "identity", "straightThrough", "round", "linearRamp"] as const)
    .map((step) => ({ name: step, options: { step }, audit: probability })),
  ...[1, 4, 25].map((slope) => ({ name: `softsign ${slope}`, options: { slope }, audit: probability })),
  ...[20, 200].map((slope) => ({
    name: `logistic ${slope}`,
    options: { step: "logistic" as const, slope },
    audit: probability,
  })),
  { name: "threshold 0.3", options: { threshold: 0.3 }, audit: probability },
  { name: "zeroDivision 1", options: { zeroDivision: 1 }, audit: probability },
  { name: "skip", options: { zeroDivision: "skip" }, audit: probability },
  { name: "logits", options: { fromLogits: true }, audit: logits },
  { name: "logits, logistic", options: { fromLogits: true, step: "logistic" }, audit: logits },
  ...(["macro", "micro", "weighted", "samples"] as const)
    .map((average) => ({ name: average, options: { average }, audit: labels })),
  { name: "argmax", options: { decision: "argmax", average: "macro" }, audit: classes },
  { name: "top", options: { decision: { top: 0.25 } }, audit: probability },
];

/** Tells, by the counts alone, whether a useless model has the best value: all outputs alike, or one sure row and the rest alike. */
function hasUselessOptimum(score: Score, { options, audit }: ResolvedOptions): boolean {
  // One class a row under argmax, a fixed number under top: there all cannot be alike.
  if (options.decision !== undefined) return false;
  const positives = 26, negatives = 38;
  const alike = [{ tp: positives, fp: negatives, fn: 0, tn: 0 }, { tp: 0, fp: 0, fn: positives, tn: negatives }];
  const oneSure = [
    { tp: 1, fp: 0, fn: positives - 1, tn: negatives },
    { tp: positives, fp: negatives - 1, fn: 0, tn: 1 },
  ];
  // Per row, one sure output a row is knowledge of every row.
  const tried = options.average === "samples" && audit === labels ? alike : [...alike, ...oneSure];
  const undefinedIs = options.zeroDivision === 1 ? 1 : 0;
  const perfect = score.value({ tp: positives, fp: 0, fn: 0, tn: negatives });
  return tried.some((counts) => {
    const value = score.value(counts);
    return (Number.isNaN(value) ? undefinedIs : value) >= perfect - 1e-9;
  });
}

/** Tells whether most outputs on the wrong side have a gradient of exactly 0, among labels that have one at all. */
function isSaturated(score: Score, { options, audit }: ResolvedOptions): boolean {
  const sampler = sampleOf(audit), { yTrue, yPred } = sampler("random", 1, 64)!, right = sampler("perfect", 1, 64)!;
  const { gradient = [] } = tried(metricLoss(score, options), yTrue, yPred)!;
  const wanted = right.yPred.dataSync(), given = yPred.dataSync();
  tf.dispose([yTrue, yPred, right.yTrue, right.yPred]);
  const isWrong = (i: number) => Math.abs(wanted[i] - given[i]) > 0.3;
  const groups = [true, false].map((high) => [...given.keys()].filter((i) => wanted[i] > 0 === high));
  const wrong = groups.filter((group) => group.some((i) => gradient[i] !== 0)).flat().filter(isWrong);
  return wrong.filter((i) => gradient[i] === 0).length > wrong.length / 2;
}

/** The share of positives of a batch, which is disposed of. */
function share({ yTrue, yPred }: { yTrue: Tensor; yPred: Tensor }): number {
  const labels = Array.from(yTrue.dataSync());
  tf.dispose([yTrue, yPred]);
  return labels.reduce((a, b) => a + b) / labels.length;
}

/** Returns the causes that are true of a loss. */
function faults(score: Score, setting: ResolvedOptions): Cause[] {
  if (setting.options.step === "round") return ["no-gradient-op"];
  return [
    ...(isSaturated(score, setting) ? ["saturated" as const] : []),
    ...(hasUselessOptimum(score, setting) ? ["wrong-optimum" as const] : []),
  ];
}

slow.test("every score of the table under every setting: an error where there is a fault, and of its name", () => {
  const table = new Map<string, number>(),
    missed: string[] = [],
    alarms: string[] = [],
    before = tf.memory().numTensors;
  let audits = 0;
  for (const score of allScores) {
    for (const setting of settings) {
      const wanted = faults(score, setting);
      const { findings, verdict } = auditLoss(metricLoss(score, setting.options), setting.audit);
      const error = findings.find(({ severity }) => severity === "error")?.cause;
      audits++;
      const key = `${wanted.join(" and ") || "sound"} → ${error ?? [verdict, findings[0]?.cause].join(" ")}`;
      table.set(key, (table.get(key) ?? 0) + 1);
      const line = `${score.name}, ${setting.name}: ${error ?? "no error"}`;
      if (wanted.length === 0 && error !== undefined) alarms.push(`${line}, it is sound`);
      if (wanted.length > 0 && !(error && wanted.includes(error))) {
        missed.push(`${line}, it is ${wanted.join(" and ")}`);
      }
    }
  }
  console.log(`${audits} audits: ${alarms.length} errors where it is sound, ${missed.length} faults not named`);
  for (const [key, n] of table) console.log(`  ${key}: ${n}`);
  for (const line of [...alarms, ...missed]) console.log(`  ${line}`);
  assertEquals(tf.memory().numTensors, before);
  assertEquals(alarms, []);
  assertEquals(missed, []);
});

slow.test("the three losses of the thread: their faults by name", () => {
  const first = (loss: Parameters<typeof auditLoss>[0]) => auditLoss(loss).findings[0];
  assertEquals([first(askedRoundLoss)?.cause, first(askedRoundLoss)?.where?.op], ["no-gradient-op", "Round"]);
  assertEquals(first(askedRampLoss)?.cause, "saturated");
  // It has a gradient everywhere, but a label of 0 enters as a half: a perfect classifier has not a loss of 0.
  const answered = auditLoss(answeredSoftsignLoss);
  assertEquals([answered.verdict, answered.findings[0]?.cause], ["suspect", "label-encoding"]);
  const { perfect, zeroEntersAs } = answered.findings[0].evidence as Record<string, number>;
  const π = share(sampleOf({})("perfect", 1, 64)!), s = (u: number) => 0.5 * (1 + 100 * u / (1 + 100 * u));
  const tp = π * s(1) * s(1) + (1 - π) * s(0) * s(0), fp = π * (1 - s(1)) * s(1) + (1 - π) * (1 - s(0)) * s(0);
  assertAlmostEquals(perfect, 1 - tp / (tp + fp), 1e-6);
  assertEquals(zeroEntersAs, 0.5);
});
