// Sound losses, broken by machine: what share the audit finds, and how often it cries at changes that do no harm.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals } from "@std/assert";
import { auditLoss } from "@roundabout/roundabout/audit";
import "../helpers.ts";
import { build, made, soundBlocks } from "./building_blocks.ts";
import { fate, harmless, mutations } from "./mutations.ts";
import { slow } from "../slow.ts";

const percent = (part: number, whole: number): string => `${part}/${whole} (${Math.round(100 * part / whole)} %)`;

slow.test("of the losses broken by machine, the audit finds at least this share", () => {
  const before = tf.memory().numTensors, lines: string[] = [], missed: string[] = [], left: string[] = [];
  let broken = 0, found = 0, right = 0;
  for (const mutation of mutations) {
    const own = { broken: 0, found: 0, right: 0 };
    for (const one of made) {
      const what = fate(one, mutation);
      if (what !== "broken") {
        left.push(`${mutation.name}, ${one.name}: ${what}`);
        continue;
      }
      const loss = build(one, { ...soundBlocks, ...mutation.blocks(one) });
      const { verdict, findings } = auditLoss(loss, one.options), wanted = mutation.causes(one);
      const named = findings.length > 0 && wanted.includes(findings[0].cause);
      own.broken++;
      own.found += verdict === "sound" ? 0 : 1;
      own.right += named ? 1 : 0;
      if (!named || verdict === "sound") {
        const said = findings.map(({ cause, severity }) => `${cause} ${severity}`).join(", ") || "nothing";
        missed.push(`${mutation.name}, ${one.name}: ${said}; it is ${wanted.join(" or ")}`);
      }
    }
    lines.push(
      `  ${mutation.name.padEnd(18)} not sound ${percent(own.found, own.broken)}, cause ${
        percent(own.right, own.broken)
      }`,
    );
    broken += own.broken;
    found += own.found;
    right += own.right;
  }
  console.log(`broken by machine: not sound ${percent(found, broken)}, cause first ${percent(right, broken)}`);
  for (const line of [...lines, ...left.map((l) => `  left out: ${l}`), ...missed.map((m) => `  missed: ${m}`)]) {
    console.log(line);
  }
  assertEquals(tf.memory().numTensors, before);
  assertEquals(broken + left.length, 100);
  assert(found >= 75, `${found} of ${broken}`);
  assert(right >= 75, `${right} of ${broken}`);
});

slow.test("of the harmless changes, at most this share is called unsound", () => {
  let alarms = 0;
  for (const { name, of } of harmless) {
    const cries: string[] = [];
    for (const one of made) {
      const { verdict, findings } = auditLoss(of(one), one.options);
      if (verdict !== "sound") cries.push(`${one.name}: ${findings[0].cause} ${findings[0].severity}`);
    }
    alarms += cries.length;
    console.log(`  ${name.padEnd(15)} ${percent(cries.length, made.length)}`, cries.join("; "));
  }
  assert(alarms <= 0, `${alarms} of ${harmless.length * made.length}`);
});
