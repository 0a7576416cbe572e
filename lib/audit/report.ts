import type { AuditProbe, Evidence, ModelAudit, ModelFinding, Severity } from "./types.ts";

const order: readonly Severity[] = ["error", "warning", "note"];

/** Findings in the order of their severity; equal ones stay in theirs. */
export const worstFirst = <F extends { severity: Severity }>(findings: readonly F[]): F[] =>
  findings.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));

/** The verdict of findings, worst first. */
export const verdictOf = ([worst]: readonly { severity: Severity }[]): ModelAudit["verdict"] =>
  worst?.severity === "error" ? "broken" : worst?.severity === "warning" ? "suspect" : "sound";

/** The result of a rule: its finding, or the reason for skipping it. */
export const ruleProbe = (name: string, finding: { message: string } | undefined, skipped?: string): AuditProbe => ({
  name,
  result: skipped !== undefined ? "skipped" : finding !== undefined ? "found" : "ok",
  detail: skipped ?? finding?.message ?? "nothing found",
});

/** A number in four digits. */
export const fourDigits = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : String(value);

/** The name of a number as words: "value moves by" for valueMovesBy. */
const inWords = (key: string): string =>
  key.replaceAll(/(?<=[a-z0-9])[A-Z]|(?<=[a-z])\d/g, (letter) => ` ${letter.toLowerCase()}`);

/** Evidence in words. */
export const evidenceText = (evidence: Evidence, write: (value: number) => string = fourDigits): string =>
  Object.entries(evidence)
    .map(([key, value]) => `${inWords(key)} ${typeof value === "number" ? write(value) : value}`).join(", ");

/** The number of probes, and of those that were skipped. */
export function countOfProbes(probes: readonly AuditProbe[]): string {
  const skipped = probes.filter(({ result }) => result === "skipped").length;
  return `${probes.length} ${probes.length === 1 ? "probe" : "probes"}${
    skipped > 0 ? `, ${skipped} of them skipped` : ""
  }`;
}

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
  return [
    `${name}: ${verdict} (${countOfProbes(probes)})`,
    ...findings.map(findingText),
    ...assumed.map((sentence) => `assumed: ${sentence}`),
  ].join("\n");
}
