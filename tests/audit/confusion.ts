// Audits many cases, and says of which cause each was and what was found.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { auditLoss, type Finding } from "@roundabout/roundabout/audit";
import { type CaseCause, causes, type LossCase } from "./loss_case.ts";

/** Audited: no tensor is left, and it keeps to three findings. */
function findingsOf({ id, loss, options }: LossCase): readonly Finding[] {
  const before = tf.memory().numTensors;
  const audit = auditLoss(loss, options);
  assertEquals(tf.memory().numTensors, before, `${id} leaks`);
  assert(audit.findings.length <= 3, `${id} has ${audit.findings.length} findings`);
  return audit.findings;
}

const inWords = (findings: readonly Finding[]): string =>
  findings.map(({ cause, severity }) => `${cause} ${severity}`).join(", ") || "nothing";

/** Of sound losses an error or a warning counts, of the others any finding. */
function firstOf({ cause }: LossCase, findings: readonly Finding[]): CaseCause {
  const counted = cause === "healthy" ? findings.filter(({ severity }) => severity !== "note") : findings;
  return (counted[0]?.cause ?? "healthy") as CaseCause;
}

/**
 * Audits all, prints {true cause} × {first finding}, and what was missed.
 *
 * @returns The number of faults whose first finding is right, or an alternate, and of sound losses with an error or a warning.
 */
export function confusion(name: string, cases: readonly LossCase[]): { right: number; alarms: number } {
  const table = new Map<string, Map<string, number>>(), lines: string[] = [];
  let faults = 0, exact = 0, right = 0, sound = 0, alarms = 0;
  for (const c of cases) {
    const findings = findingsOf(c), said = firstOf(c, findings);
    if (c.ambiguous) {
      lines.push(`not counted: ${c.id} (${c.cause}): ${inWords(findings)}`);
      continue;
    }
    const row = table.get(c.cause) ?? new Map<string, number>();
    table.set(c.cause, row.set(said, (row.get(said) ?? 0) + 1));
    const accepted = said === c.cause || c.also.includes(said);
    if (c.cause === "healthy") {
      sound++;
      alarms += accepted ? 0 : 1;
    } else {
      faults++;
      exact += said === c.cause ? 1 : 0;
      right += accepted ? 1 : 0;
    }
    if (!accepted) {
      lines.push(`${c.cause === "healthy" ? "false alarm" : "not first"}: ${c.id} (${c.cause}): ${inWords(findings)}`);
    }
  }
  const share = faults === 0 ? "" : ` (${Math.round((100 * right) / faults)} %)`;
  console.log(
    `${name}: first right ${exact}, or an alternate ${right} of ${faults}${share}; false alarms ${alarms} of ${sound}`,
  );
  for (const cause of causes) {
    const row = table.get(cause);
    if (row) console.log(`  ${cause.padEnd(20)}`, [...row].map(([said, n]) => `${said} ${n}`).join(", "));
  }
  for (const line of lines) console.log(`  ${line}`);
  return { right, alarms };
}
