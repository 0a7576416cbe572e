// Cases that came after the first 26: half of them the probes may be fitted to, half of them not. Floors are what
// stands; a case that is missed is printed, not hidden.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { auditLoss } from "@roundabout/roundabout";
import "../helpers.ts";
import { causes } from "./cases.ts";
import { type FurtherCase, optionsOf } from "./further_case.ts";
import { furtherCasesDev } from "./further_cases_dev.ts";
import { furtherCasesHeldOut } from "./further_cases_held_out.ts";

interface Named {
  first: number;
  amongThree: number;
  faulty: number;
  alarms: number;
}

/** Audits all, prints {true cause} × {first finding} and what was missed. */
function confusion(name: string, cases: readonly FurtherCase[]): Named {
  const table = new Map<string, Map<string, number>>(), missed: string[] = [];
  const named: Named = { first: 0, amongThree: 0, faulty: 0, alarms: 0 };
  for (const c of cases) {
    const before = tf.memory().numTensors;
    const { findings } = auditLoss(c.loss, optionsOf(c));
    assertEquals(tf.memory().numTensors, before, `${c.id} leaks`);
    const serious = findings.filter(({ severity }) => severity !== "note");
    const healthy = c.cause === "healthy", said: string = (healthy ? serious : findings)[0]?.cause ?? "healthy";
    const row = table.get(c.cause) ?? new Map<string, number>();
    table.set(c.cause, row.set(said, (row.get(said) ?? 0) + 1));
    const among = findings.slice(0, 3).some(({ cause }) => cause === c.cause);
    if (healthy) named.alarms += said === "healthy" ? 0 : 1;
    else {
      named.faulty++;
      named.first += said === c.cause ? 1 : 0;
      named.amongThree += among ? 1 : 0;
    }
    if (healthy ? said !== "healthy" : said !== c.cause) {
      missed.push(`${c.id} (${c.cause}): ${findings.map((f) => `${f.cause} ${f.severity}`).join(", ") || "nothing"}`);
    }
  }
  console.log(
    `${name}: first ${named.first}, among three ${named.amongThree} of ${named.faulty}; ` +
      `false alarms ${named.alarms} of ${cases.length - named.faulty}`,
  );
  for (const cause of causes) {
    const row = table.get(cause);
    if (row) console.log(`  ${cause.padEnd(20)}`, [...row].map(([said, n]) => `${said} ${n}`).join(", "));
  }
  for (const line of missed) console.log(`  not first: ${line}`);
  return named;
}

for (
  const [name, cases, floor] of [
    ["further cases, to fit to", furtherCasesDev, 16],
    ["further cases, held out", furtherCasesHeldOut, 16],
  ] as const
) {
  Deno.test(`${name}: the cause is among three at least ${floor} times`, () => {
    const { amongThree, faulty } = confusion(name, cases);
    assert(amongThree >= floor, `${amongThree} of ${faulty}`);
  });
}

Deno.test("every cause has a further case, every case its thread, and no case comes twice", () => {
  const all: readonly FurtherCase[] = [...furtherCasesDev, ...furtherCasesHeldOut];
  for (const cause of causes) assert(all.some((c) => c.cause === cause), cause);
  for (const half of [furtherCasesDev, furtherCasesHeldOut]) {
    assert(half.filter((c) => c.cause !== "healthy").length >= 12);
    assert(half.filter((c) => c.cause === "healthy").length >= 4);
  }
  assertEquals(new Set(all.map(({ id }) => id)).size, all.length);
  for (const { cause, thread, id } of all) {
    assertEquals(cause === "healthy", !/^[\w.-]+\/[\w.-]+#\d+$/.test(thread), id);
  }
});
