import type { Finding, LossAudit } from "./types.ts";

const line = ({ cause, severity, message, evidence, remedy, where }: Finding): string =>
  [
    `${severity}: ${cause}: ${message}`,
    ...(where ? [`  where     ${where.op}${where.line ? `, ${where.line}` : ""}`] : []),
    `  evidence  ${Object.entries(evidence).map(([key, value]) => `${key} ${value}`).join(", ")}`,
    `  remedy    ${remedy}`,
  ].join("\n");

/** An audit for a terminal. */
export function reportText(
  { name, verdict, findings, probes, assumed }: Pick<LossAudit, "name" | "verdict" | "findings" | "probes" | "assumed">,
): string {
  const tried = probes.filter((probe) => probe.result !== "skipped").length;
  return [
    `${name}: ${verdict} (${tried} things were tried)`,
    ...findings.map(line),
    ...assumed.map((sentence) => `assumed: ${sentence}`),
  ].join("\n");
}
