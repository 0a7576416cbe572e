// Cases that were not made to fit the rules: 1048 faults and 631 sound losses, and 68 that can be argued about, which
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
// 51 of 54 first right, false alarms on 0 of 14. It is easier than public threads are: see sets 4 and 6.
//
// The rules have been changed by all five since. So this is a regression set now: what is reached here says nothing of
// losses that nobody has thought of yet.
//
// Held-out set 3 came after that, from public threads, by somebody who had read the rules once that day and committed the
// set before its first run: 38 of 40 first right (one of the two misses was a case whose own batches were wrong), false
// alarms on 0 of 14. The rule about operands of different ranks was written after it, so it is fitted to now.
//
// Held-out set 4 has public threads only, and its author had read no rule; it was committed before its first run. First
// run: 24 of 40 first right (18 the cause itself), 24 within three, silence on 6, false alarms on 3 of 14. In eight the
// port was wrong, not the audit: TensorFlow.js has no gradient for strict comparisons. With those ports mended, and no
// rule changed: 28 of 40 first and within three, silence on 7, false alarms on 1 of 14. With the kinds mended that the
// misses showed: 38 of 40 first, no false alarm; that set is fitted to now, too. Two stay missed: of one the finding is
// true and was not foreseen (levels-on-targets-qrdqn1), of the other numbers read out hide the shapes that met.
//
// Set 5, small, asks whether those mends are more than set 4: other threads, committed before its first run, but by the
// author of the mends. First run: 11 of 14 first right, 12 within three, silence on 1, false alarms on 0 of 9.
// With two of the three misses mended: 13 of 14.
//
// Held-out set 6 has public threads only, 43 faults and 26 sound losses, by another author who had read no rule; it was
// committed before its first run, with the rules that sets 4 and 5 had changed. First run: 34 of 43 first right (31 the
// cause itself), 34 within three, silence on 3, false alarms on 2 of 26. With the kinds mended that the misses and the
// alarms showed: 43 of 43 first, no false alarm; that set is fitted to now, too. Of what the rules had missed before, they
// find two more for it, one of batch 3 and one of set 5.
//
// Held-out set 7 has public threads only, 42 faults and 24 sound losses, by a third author who had read no rule; it was
// committed before its first run, with the rules that sets 4 to 6 had changed. First run: 37 of 42 first right (30 the
// cause itself), 37 within three, silence on 3, false alarms on 2 of 24. Since then a row's outputs may stand in any order,
// and columns that lean differently from one label are quantiles: no false alarm. The kinds of the five misses were mended, too
// (gradients of their own, means that count masked rows, hinges of means): 42 of 42 first; that set is fitted to now.
//
// Held-out set 8 has public threads only, 62 faults and 27 sound losses, by a fourth author who had read no rule; it was
// committed before its first run, with the rules that sets 4 to 7, and about 290 further losses by the author of the mends, had
// changed. First run: 57 of 62 first right (49 the cause itself), 57 within three, silence on 1, false alarms on 2 of 27.
// With the kinds mended that the misses and the alarms showed: 62 of 62 first, no false alarm; that set is fitted to now.
//
// Held-out set 9 has public threads and repositories only, 63 faults and 41 sound losses, by an author who had read no rule;
// it was committed before its only first run, with the rules that sets 4 to 8 had changed, and others of the author of the
// mends. First run: 45 of 63 first right (41 the cause itself), 47 within three, silence on 6, false alarms on 3 of 41. What
// that author's last losses had changed showed little: the rules from before are right in 45 too, with false alarms on 4.
// With the kinds mended that the misses and the alarms showed: 60 of 63 first (56 the cause itself), no false alarm; that
// set is fitted to now. On three it was silent: a deviation in the place of a variance, a logarithm that is missing in one
// term, which a loss alone does not show, and labels of 1 that are halved, which it now shows by the share that it likes best.
//
// Held-out set 10 was written beside the mends of set 9, by yet another author who had read no rule, and committed before its
// only first run: public threads of people whose training failed, 36 faults and 30 sound losses. Its author was asked for
// faults that the loss, its labels and its outputs show, and for every cause whose words describe the fault; set 9 has bugs of
// conventions, too, and fewer alternates. First run: 33 of 36 first right (31 the cause itself), 33 within three, silence on
// 1, false alarms on 1 of 30. The alarm is mended (rows that are compared along both directions). The three misses are
// found since (a column that the mean of the labels moves, a softmax over the rows, classes in a loss for two): 36 of 36 first.
//
// Held-out set 11 has public threads and repositories only, 50 faults and 31 sound losses, by an author who had read no rule; it
// was committed before its only first run, with the rules that sets 4 to 10, and set 12, had changed. First run: 42 of 50 first
// right (39 the cause itself), 45 within three, silence on 1, false alarms on 2 of 31. With both alarms and the kinds of five
// misses mended: 47 of 50 first (44 the cause itself), 50 within three, no false alarm; that set is fitted to now. The other
// three are sums over the rows, to which its author gives the cause reduction alone, as the author of set 12 does.
//
// Held-out set 12 has public repositories, questions and forums only, 48 faults and 32 sound losses, by another author who had
// read no rule; it was committed before its only first run. First run: 39 of 48 first right (28 the cause itself), 44 within
// three, silence on 2, no false alarm. With the kinds of six misses mended: 45 of 48 first (35 the cause itself), 48 within
// three, no false alarm; that set is fitted to now. The other three are sums over the rows, to which its author gives the
// cause reduction alone: bad-scale comes first, which is the only cause of eleven such sums in the sets before.
//
// Held-out set 13 was written beside the mends of sets 11 and 12, by a third author who had read no rule, and committed before its
// only first run, with the rules that those mends had changed: 38 faults and 39 sound losses of public threads and repositories.
// First run: 31 of 38 first right (27 the cause itself), 33 within three, no silence, false alarms on 4 of 39. The rules from before
// the three sets are right in 31, too, with false alarms on 4, and in 40 of 50 of set 11, with 2 of 31. Three of the four alarms are
// mended (rows without labels that may choose any class, a least energy, cosines with a scale); the fourth, a gradient of 5e4, is
// said on. The misses stay: two of the seven are sums over the rows, and so are eight of the 24 of the three sets.
//
// Held-out sets 14 and 15, by two more authors who had read no rule but the sentences that say what each cause means, were
// committed before their only first run, with the rules that sets 11 to 13 had changed; together they have 95 faults and 79
// sound losses. First run: 80 of 95 first right (70 the cause itself), 80 within three, silence on 9, false alarms on 4 of 79.
// Set 14: 39 of 46, 4 of 39; set 15: 41 of 49, 0 of 40. On five of the nine it was silent as it excused correct outputs that
// random ones or a descent beat. The kinds of nine misses and two alarms were mended.
//
// Held-out sets 16 and 17 were written beside those mends, by two further authors who had read no rule but the same sentences, and
// committed before their only first run: people who asked why their training failed (16), and bugs that repositories mended (17),
// 91 faults and 82 sound losses. First run: 83 of 91 first right (71 the cause itself), 84 within three, silence on 4, false
// alarms on 2 of 82. Set 16: 43 of 44, 1 of 40; set 17: 40 of 47, 1 of 42. No rule was changed by them; set 16 has its last fault,
// too, since correct outputs are drawn beside the same weights and masks as random ones.
//
// Held-out set 18, by yet another author who had read no rule but the same sentences, was committed before its only first run:
// questions, posts and repositories, 54 faults and 39 sound losses. First run: 45 of 54 first right (36 the cause itself), 46
// within three, silence on 7, false alarms on 2 of 39. With the kinds mended that seven misses and both alarms showed: 52 of 54
// first (42 the cause itself), 53 within three, no false alarm; that set is fitted to now. The mends find one more in set 15, and
// take an alarm from set 16. Of the two that stay, one has labels beyond its outputs, which is said first; the other divides its
// outputs into classes in another way than it was meant, and its labels alike, which a loss alone does not show.
//
// The 26 real cases came first, the further ones after them: half of those the rules were fitted to; of the other half,
// held out, 14 of 16 were first right when they were looked at.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { auditLoss, type Finding } from "@roundabout/roundabout/audit";
import "../helpers.ts";
import { blindCases1 } from "./blind_cases_1.ts";
import { blindCases2 } from "./blind_cases_2.ts";
import { blindCases3 } from "./blind_cases_3.ts";
import { blindCases4, blindCases5 } from "./blind_cases_5.ts";
import { cases } from "./cases.ts";
import { furtherCasesDev, furtherCasesHeldOut, publicCases } from "./public_cases.ts";
import { type CaseCause, causes, type LossCase } from "./loss_case.ts";
import { heldOutCases3 } from "./held_out_cases_3.ts";
import { heldOutCases4 } from "./held_out_cases_4.ts";
import { heldOutCases5 } from "./held_out_cases_5.ts";
import { heldOutCases6 } from "./held_out_cases_6.ts";
import { heldOutCases7 } from "./held_out_cases_7.ts";
import { heldOutCases8 } from "./held_out_cases_8.ts";
import { heldOutCases10 } from "./held_out_cases_10.ts";
import { heldOutCases11 } from "./held_out_cases_11.ts";
import { heldOutCases12 } from "./held_out_cases_12.ts";
import { heldOutCases13 } from "./held_out_cases_13.ts";
import { heldOutCases14 } from "./held_out_cases_14.ts";
import { heldOutCases15 } from "./held_out_cases_15.ts";
import { heldOutCases16 } from "./held_out_cases_16.ts";
import { heldOutCases17 } from "./held_out_cases_17.ts";
import { heldOutCases18 } from "./held_out_cases_18.ts";
import { heldOutCases9 } from "./held_out_cases_9.ts";
import { slow } from "../slow.ts";

interface CaseSet {
  name: string;
  cases: readonly LossCase[];
  /** The numbers of cases, without arguable ones. */
  faults: number;
  sound: number;
  /** The number of faults whose first finding is right, at least. */
  right: number;
  /** The number of sound losses that have an error or a warning; absent: none may have one. */
  alarms?: number;
}

const sets: readonly CaseSet[] = [
  { name: "real cases", cases, faults: 23, sound: 3, right: 23 },
  { name: "further cases, to fit to", cases: furtherCasesDev, faults: 16, sound: 7, right: 16 },
  { name: "further cases, held out", cases: furtherCasesHeldOut, faults: 16, sound: 6, right: 16 },
  { name: "blind batch 1", cases: blindCases1, faults: 98, sound: 34, right: 98 },
  { name: "blind batch 2", cases: blindCases2, faults: 58, sound: 33, right: 58 },
  { name: "blind batch 3", cases: blindCases3, faults: 55, sound: 25, right: 55 },
  { name: "blind batch 4", cases: blindCases4, faults: 0, sound: 16, right: 0 },
  { name: "blind batch 5", cases: blindCases5, faults: 54, sound: 14, right: 54 },
  { name: "further public cases", cases: publicCases, faults: 12, sound: 6, right: 11 },
  { name: "held-out set 3", cases: heldOutCases3, faults: 40, sound: 14, right: 40 },
  { name: "held-out set 4", cases: heldOutCases4, faults: 40, sound: 14, right: 38 },
  { name: "held-out set 5", cases: heldOutCases5, faults: 14, sound: 9, right: 14 },
  { name: "held-out set 6", cases: heldOutCases6, faults: 43, sound: 26, right: 43 },
  { name: "held-out set 7", cases: heldOutCases7, faults: 42, sound: 24, right: 42 },
  { name: "held-out set 8", cases: heldOutCases8, faults: 62, sound: 27, right: 62 },
  { name: "held-out set 9", cases: heldOutCases9, faults: 63, sound: 41, right: 62 },
  { name: "held-out set 10", cases: heldOutCases10, faults: 36, sound: 30, right: 36 },
  { name: "held-out set 11", cases: heldOutCases11, faults: 50, sound: 31, right: 47 },
  { name: "held-out set 12", cases: heldOutCases12, faults: 48, sound: 32, right: 45 },
  { name: "held-out set 13", cases: heldOutCases13, faults: 38, sound: 39, right: 31, alarms: 1 },
  { name: "held-out set 14", cases: heldOutCases14, faults: 46, sound: 39, right: 43, alarms: 2 },
  { name: "held-out set 15", cases: heldOutCases15, faults: 49, sound: 40, right: 47 },
  { name: "held-out set 16", cases: heldOutCases16, faults: 44, sound: 40, right: 44 },
  { name: "held-out set 17", cases: heldOutCases17, faults: 47, sound: 42, right: 40, alarms: 1 },
  { name: "held-out set 18", cases: heldOutCases18, faults: 54, sound: 39, right: 52 },
];

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
function confusion(name: string, cases: readonly LossCase[]): { right: number; alarms: number } {
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

for (const { name, cases, right: wanted, alarms: known = 0 } of sets) {
  slow.test(`${name}: the first finding is right at least ${wanted} times, and ${known} sound losses are called unsound`, () => {
    const { right, alarms } = confusion(name, cases);
    assert(right >= wanted, `first right ${right}`);
    assertEquals(alarms, known);
  });
}

Deno.test("the sets have as many cases as they say, every cause has one in each half, and no case comes twice", () => {
  for (const { name, cases, faults, sound } of sets) {
    const counted = cases.filter(({ ambiguous }) => !ambiguous);
    assertEquals(counted.filter(({ cause }) => cause !== "healthy").length, faults, name);
    assertEquals(counted.filter(({ cause }) => cause === "healthy").length, sound, name);
    assertEquals(new Set(cases.map(({ id }) => id)).size, cases.length, name);
  }
  const further = [...furtherCasesDev, ...furtherCasesHeldOut];
  const blind = [...blindCases1, ...blindCases2, ...blindCases3, ...blindCases4, ...blindCases5];
  for (const half of [further, blind]) {
    for (const cause of causes) assert(half.some((c) => c.cause === cause), cause);
    assertEquals(new Set(half.map(({ id }) => id)).size, half.length);
  }
  for (const { id, cause, also } of [...further, ...blind]) {
    assert(!also.includes(cause), id);
    assertEquals(cause === "healthy", id.startsWith("ok-"), id);
  }
});
