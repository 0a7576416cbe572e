/**
 * Audits the ports of tests/audit/deepfd_ports.ts and their repaired versions, and writes the table, deepfd.txt:
 *
 *     deno run -A tests/reference/audited/deepfd.ts
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { auditModel, type ModelFinding } from "../../../lib/audit/mod.ts";
import { type Port, ports, type Program } from "../../audit/deepfd_ports.ts";

/** Findings about a port and about its repair. */
interface PortLine {
  readonly id: string;
  /** The cause of the first finding on the faulty program. */
  readonly first: string;
  /** One of the findings names the fault. */
  readonly named: boolean;
  /** Causes of the findings on the repaired program, without notes. */
  readonly repaired: readonly string[];
  /** The number of them that were not foreseen to be true of it. */
  readonly untrue: number;
}

function findingsOf(make: () => Program): readonly ModelFinding[] {
  const { model, x, y } = make();
  const { findings } = auditModel(model, { x, y });
  model.dispose();
  tf.dispose([x, y]);
  return findings.filter(({ severity }) => severity !== "note");
}

function lineOf({ id, causes, faulty, repaired, trueOfRepaired = [] }: Port): PortLine {
  const found = findingsOf(faulty), left = findingsOf(repaired).map(({ cause }) => cause);
  return {
    id,
    first: found[0]?.cause ?? "none",
    named: found.some(({ cause }) => causes.includes(cause)),
    repaired: left,
    untrue: left.filter((cause) => !trueOfRepaired.includes(cause)).length,
  };
}

/** Audits all ports. */
export const auditPorts = (): PortLine[] => ports.map(lineOf);

/** The lines as text, with their sums. */
export function tableOf(lines: readonly PortLine[]): string {
  const text = lines.map(({ id, first, named, repaired }) =>
    [id, (named ? "named" : "missed").padEnd(7), first.padEnd(20), repaired.join(", ") || "nothing"].join("  ")
  );
  const named = lines.filter((one) => one.named).length, untrue = lines.reduce((sum, one) => sum + one.untrue, 0);
  return [
    "program   fault    first finding         on the repaired program",
    ...text,
    `named ${named} of ${lines.length}; on the repaired ones ${untrue} that was not foreseen to be true`,
    "",
  ].join("\n");
}

if (import.meta.main) {
  tf.enableProdMode();
  await tf.setBackend("cpu");
  const table = tableOf(auditPorts());
  console.log(table);
  await Deno.writeTextFile(new URL("./deepfd.txt", import.meta.url), table);
}
