// Random losses: no crash, no leak, no hang, and no verdict against brute force. FUZZ=10000 deno test … for many.
import { assert } from "@std/assert";
import type { AuditOptions } from "@roundabout/roundabout/audit";
import { seededRandom } from "../../lib/numerics/random.ts";
import { slowOnBackends } from "../helpers.ts";
import { type Expression, expression, lossOf } from "./expressions.ts";
import { check, type Disagreement } from "./fuzzing.ts";

const count = Number(Deno.env.get("FUZZ") ?? 100);

const settings: readonly AuditOptions[] = [
  { yPred: "probability", yTrue: "binary", columns: 1 },
  { yPred: "real", yTrue: "real", columns: 2 },
  { yPred: "simplex", yTrue: "one-hot", columns: 3 },
  { yPred: "logits", yTrue: "binary", columns: 1 },
  { yPred: "nonnegative", yTrue: "count", columns: 1 },
];

/** The smallest part of an expression that shows the same disagreement. */
function smallest(of: Expression, scalar: boolean, options: AuditOptions, what: Disagreement): Expression {
  const part = of.parts.find((part) => check(lossOf(part, scalar), options).what === what);
  return part === undefined ? of : smallest(part, scalar, options, what);
}

/** The disagreements that stand today, of 10 000 on either backend; of anything else, none. Each is printed with the smallest part that shows it. */
const standing: Partial<Record<Disagreement, number>> = {
  "constant by another name": 2, // a value read out that makes no difference; erf of what is large
  "not constant": 5, // it moves by less than 1e-6, or only where all outputs are alike
};

slowOnBackends(`${count} random losses: no crash, no leak, no hang, verdicts as by brute force`, () => {
  const found = new Map<Disagreement, Set<string>>(), numbers = new Map<Disagreement, number>();
  const start = performance.now();
  let most = 0;
  for (let seed = 1; seed <= count; seed++) {
    const of = expression(seededRandom(seed), 1 + seed % 5), options = settings[seed % settings.length];
    const scalar = seed % 2 === 0;
    const { what, said, calls } = check(lossOf(of, scalar), options);
    most = Math.max(most, calls);
    if (what === undefined) continue;
    numbers.set(what, (numbers.get(what) ?? 0) + 1);
    const examples = found.get(what) ?? new Set<string>();
    if (examples.size < 8) {
      const small = smallest(of, scalar, options, what), { said: says } = check(lossOf(small, scalar), options);
      found.set(what, examples.add(`${scalar ? "mean" : ""}(${small.text}), ${options.yPred}: ${says || said}`));
    }
  }
  console.log(
    `${count} losses in ${((performance.now() - start) / 1000).toFixed(1)} s, at most ${most} calls in an audit`,
  );
  for (const [what, n] of numbers) {
    console.log(`  ${what}: ${n}`);
    for (const example of found.get(what)!) console.log(`    ${example}`);
  }
  for (const [what, n] of numbers) assert(n <= (standing[what] ?? 0), `${what}: ${n}`);
});
