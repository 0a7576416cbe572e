import type { Evidence, ModelAudit, ModelFinding } from "./types.ts";

/** A number in four digits. */
export const short = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);

const evidenceText = (evidence: Evidence): string =>
  Object.entries(evidence).map(([key, value]) => `${key} ${typeof value === "number" ? short(value) : value}`).join(
    ", ",
  );

const findingText = ({ cause, severity, message, evidence, remedy, where }: ModelFinding): string =>
  [
    `${severity}: ${cause}: ${message}`,
    ...(where ? [`  where     ${where.op}${where.line ? `, ${where.line}` : ""}`] : []),
    `  evidence  ${evidenceText(evidence)}`,
    `  remedy    ${remedy}`,
  ].join("\n");

/** An audit for a terminal. */
export function reportText(
  { name, verdict, findings, probes, assumed }: Pick<
    ModelAudit,
    "name" | "verdict" | "findings" | "probes" | "assumed"
  >,
): string {
  const tried = probes.filter((probe) => probe.result !== "skipped").length;
  return [
    `${name}: ${verdict} (${tried} probes)`,
    ...findings.map(findingText),
    ...assumed.map((sentence) => `assumed: ${sentence}`),
  ].join("\n");
}
