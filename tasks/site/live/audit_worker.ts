/// <reference lib="dom" />
/**
 * Worker of the page "Audit your loss": runs the text and the audit, beside the page.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import * as rb from "@roundabout/roundabout";
import { type AuditedLoss, auditLoss, type AuditOptions, type LossAudit } from "@roundabout/roundabout/audit";
import { answerJob } from "./jobs.ts";
import { inFormWords, lossOfText, placeInText } from "./loss_text.ts";

/** Loss as text, and the options of its audit. */
export interface AuditJob {
  text: string;
  options: Pick<AuditOptions, "yPred" | "yTrue" | "extraLabels" | "columns">;
}

/** Report as data. */
export type AuditData = Pick<LossAudit, "name" | "verdict" | "findings" | "probes" | "assumed" | "lossPath">;

/** Progress of an audit: the text of the loss begins to run; or the rules that are done, and all of them. */
export type AuditProgress = "begun" | { done: number; of: number };

declare function importScripts(address: string): void;

const modules = {
  "@tensorflow/tfjs": tf,
  "@tensorflow/tfjs-core": tf,
  "@roundabout/roundabout": rb,
};

tf.enableProdMode();
Object.assign(globalThis, { tf, rb });

answerJob<AuditJob, AuditProgress, AuditData>(async ({ text, options }, onProgress) => {
  await tf.setBackend("cpu");
  const loss = lossOfText(text, modules, (script) => {
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    importScripts(address);
  }, () => onProgress("begun"));
  try {
    const audit = auditLoss(loss as AuditedLoss, { ...options, onProgress: (done, of) => onProgress({ done, of }) });
    const data = audit.toJSON() as AuditData;
    const findings = data.findings.map((finding) => {
      const { where } = finding;
      return where?.line ? { ...finding, where: { ...where, line: placeInText(where.line, text) } } : finding;
    });
    return { ...data, findings };
  } catch (error) {
    throw new TypeError(inFormWords((error as Error).message));
  }
});
