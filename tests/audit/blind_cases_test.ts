// Cases that were not made to fit the rules: 265 faults and 122 sound losses, and seven that can be argued about, which
// are printed but not counted.
//
// How they came about. Batches 1 and 2 were written before their author had read any of lib/audit: the cause of each
// case, and what else would be as right, were fixed before auditLoss was run on it. Batch 3 was written from threads
// and papers after its author had read lib/audit once, but before the rules of that day, and from no rule. Batch 4 has
// sound losses only, aimed at the rules that were new by then.
//
// What they showed when first looked at, before a rule was changed by them: the first finding was right, or an
// alternate that had been accepted, in 82 of the 98 faults of batch 1, 46 of 58 in batch 2, and 47 of 55 in batch 3,
// which was audited with rules that batches 1 and 2 had changed, but never batch 3. False alarms, which are errors or
// warnings: on 0 of 34 sound losses in batch 1, 2 of 33 in batch 2, 3 of 25 in batch 3, 5 of 16 in batch 4.
//
// What batches 1 and 2 had changed did not show on batch 3: the rules from before it are right in 47 of 55 too, with
// false alarms on 2 of 25 sound losses, and on 4 of 16 in batch 4.
//
// Batch 5 was written when the rules had been changed by the four, by somebody who had read neither rules nor batches:
// 51 of 54 first right, false alarms on 0 of 14. That is the last held-out number.
//
// The rules have been changed by all five since. So this is a regression set now: what is reached here says nothing of
// losses that nobody has thought of yet.
import { assert, assertEquals } from "@std/assert";
import "../helpers.ts";
import type { BlindCase } from "./blind_case.ts";
import { blindCases1 } from "./blind_cases_1.ts";
import { blindCases2 } from "./blind_cases_2.ts";
import { blindCases3 } from "./blind_cases_3.ts";
import { blindCases4 } from "./blind_cases_4.ts";
import { blindCases5 } from "./blind_cases_5.ts";
import { causes } from "./cases.ts";
import { confusion } from "./confusion.ts";
import { optionsOf } from "./further_case.ts";
import { slow } from "../slow.ts";

interface Batch {
  name: string;
  cases: readonly BlindCase[];
  /** How many there are, but for those that can be argued about. */
  faults: number;
  sound: number;
  /** What is reached: a first finding that is right, or an alternate, at least; false alarms at most. */
  right: number;
  alarms: number;
}

const blindBatches: readonly Batch[] = [
  { name: "blind batch 1", cases: blindCases1, faults: 98, sound: 34, right: 98, alarms: 0 },
  { name: "blind batch 2", cases: blindCases2, faults: 58, sound: 33, right: 57, alarms: 0 },
  { name: "blind batch 3", cases: blindCases3, faults: 55, sound: 25, right: 50, alarms: 0 },
  { name: "blind batch 4", cases: blindCases4, faults: 0, sound: 16, right: 0, alarms: 0 },
  {
    name: "blind batch 5",
    cases: blindCases5.map((c) => ({ ...c, options: optionsOf(c) }) as BlindCase),
    faults: 54,
    sound: 14,
    right: 54,
    alarms: 0,
  },
];

for (const batch of blindBatches) {
  slow.test(`${batch.name}: first right at least ${batch.right} times, false alarms at most ${batch.alarms}`, () => {
    const { right, alarms } = confusion(batch.name, batch.cases);
    assert(right >= batch.right, `first right ${right} of ${batch.faults}`);
    assert(alarms <= batch.alarms, `false alarms ${alarms} of ${batch.sound}`);
  });
}

Deno.test("the blind batches have as many cases as they say, every cause has one, and no case comes twice", () => {
  const all = blindBatches.flatMap(({ cases }) => cases);
  for (const { name, cases, faults, sound } of blindBatches) {
    const counted = cases.filter(({ ambiguous }) => !ambiguous);
    assertEquals(counted.filter(({ cause }) => cause !== "healthy").length, faults, name);
    assertEquals(counted.filter(({ cause }) => cause === "healthy").length, sound, name);
  }
  for (const cause of causes) assert(all.some((c) => c.cause === cause), cause);
  assertEquals(new Set(all.map(({ id }) => id)).size, all.length);
  for (const { id, cause, also = [] } of all) {
    assert(!also.some((other) => other === cause), id);
    assertEquals(cause === "healthy", id.startsWith("ok-"), id);
  }
});
