import { check } from "../check/check.ts";
import { evidenceText } from "../audit/report.ts";
import type { LossAudit, ModelAudit } from "../audit/types.ts";
import { auditFigure } from "./audit_figure.ts";
import { formatNumber } from "../numerics/format.ts";
import { figureOutput } from "./markdown.ts";
import { escapeHtml, joined, makeOutput, type Output, paragraph } from "./output.ts";
import { table } from "./table.ts";

/** Says the verdict in a sentence. */
function sentence({ name, verdict, findings, probes }: LossAudit | ModelAudit): string {
  const tried = probes.filter(({ result }) => result !== "skipped").length;
  const worst = findings[0];
  if (verdict === "sound" && worst === undefined) return `${name} is sound, as far as ${tried} probes can tell.`;
  const word = verdict === "sound" ? "sound, with a note" : verdict;
  return `${name} is ${word}: ${worst ? `${worst.message.replace(/\.$/, "")} (${worst.cause}).` : "see the probes."}`;
}

const whereText = (where: LossAudit["findings"][number]["where"]): string =>
  where ? [where.op, where.line].filter(Boolean).join(", ") : "";

/**
 * Renders an audit for a notebook: the verdict, the findings, the assumptions, and the figure of its loss path.
 *
 * @param audit The result of `auditLoss` or `auditModel`
 * @returns An output for {@linkcode show} and {@linkcode row}; several stand side by side in a row
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { auditDisplay } from "@roundabout/roundabout/display";
 *
 * const display = auditDisplay({
 *   name: "myLoss", verdict: "sound", findings: [], probes: [], assumed: ["The labels are 0 and 1."], lossPath: [],
 *   time: () => ({ loss: 0.3, reference: 0.1 }),
 *   toJSON: () => ({}),
 * });
 * assertStringIncludes(display.text, "myLoss is sound");
 * ```
 */
export function auditDisplay(audit: LossAudit | ModelAudit): Output {
  check("show an audit", { audit }, {
    must: "what auditLoss or auditModel returns",
    valid: () => Array.isArray(audit?.findings),
    Kind: TypeError,
  });
  const { verdict, findings, assumed } = audit;
  const said = sentence(audit), marks = { sound: "✓", suspect: "?", broken: "✗" };
  const parts = [
    makeOutput(`<p><strong>${marks[verdict]} ${escapeHtml(said)}</strong></p>`, `${marks[verdict]} ${said}`),
  ];
  for (const { cause, severity, message, evidence, remedy, where } of findings) {
    // Rows rather than columns: the words are long, and several audits may stand side by side.
    const lines = { what: message, where: whereText(where), evidence: evidenceText(evidence, formatNumber), remedy };
    parts.push(table(
      Object.entries(lines).filter(([, words]) => words !== "").map(([line, words]) => (
        { [severity]: line, [cause]: words }
      )),
    ));
  }
  if (assumed.length > 0) {
    parts.push(paragraph(`Assumed: ${assumed.map((sentence) => sentence.replace(/\.?$/, ".")).join(" ")}`));
  }
  if ("lossPath" in audit && audit.lossPath.length > 1) parts.push(figureOutput(auditFigure(audit)));
  return joined(parts);
}
