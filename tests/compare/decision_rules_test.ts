// Decision rules: what is fitted to some rows, and how other rows are scored by it.
import { assertEquals } from "@std/assert";
import { f1 } from "@roundabout/roundabout";
import { seededRandom } from "@roundabout/roundabout/data";
import { takeCosts } from "../../lib/compare/costs.ts";
import { costRules, decisionRules } from "../../lib/compare/decision_rules.ts";
import { takeRows } from "../../lib/network/train.ts";
import { assertWithin } from "../helpers.ts";

const y = Float64Array.of(1, 1, 0, 0), z = Float64Array.of(-1, -2, -3, 1);

Deno.test("decisionRules: of two classes the threshold is 0.5, strictly, or the best one of the rows it is fitted to", () => {
  const rules = decisionRules(f1, 1);
  assertEquals(Object.keys(rules), ["tuned", "0.5"]);
  assertEquals(rules["0.5"]!({ y }, z)({ y }, z), { value: 0, threshold: 0.5, undefinedScores: 0 });
  const atHalf = Float64Array.of(0, 1e-9, -1e-9, -1); // a probability of exactly 0.5 is not above it
  assertWithin(rules["0.5"]!({ y }, z)({ y }, atHalf).value, 2 / 3, 1e-12);
  const fitted = rules.tuned!({ y }, z), { value, threshold } = fitted({ y }, z);
  assertWithin(value, 0.8, 1e-12); // all but the third row
  const cut = (logit: number) => 1 / (1 + Math.exp(-logit));
  assertWithin(threshold!, (cut(-2) + cut(-3)) / 2, 1e-7);
  const others = Float64Array.of(3, -4, -4, -4);
  assertEquals([fitted({ y }, others).value, fitted({ y }, others).threshold], [2 / 3, threshold]);
});

Deno.test("decisionRules: of several classes the largest output decides, and the score is the classes' mean", () => {
  const rules = decisionRules(f1, 3);
  assertEquals(Object.keys(rules), ["argmax"]);
  const logits = Float64Array.of(0, 1, 0, 0, 1, 0, 2, 1, 0, 0, 1, 0); // 1, 1, 0, 1: class 2 never occurs
  const { value, threshold, undefinedScores } = rules.argmax!({ y }, z)({ y }, logits);
  assertWithin(value, (0.8 + 2 / 3 + 0) / 3, 1e-12);
  assertEquals([threshold, undefinedScores], [undefined, 1]);
});

Deno.test("ofDrawn: rows that are sorted once give the thresholds of drawn rows that are sorted each time", () => {
  const random = seededRandom(5), n = 60, y = Float64Array.from({ length: n }, () => Number(random.uniform() < 0.4));
  const logits = Float64Array.from(y, (label) => Math.round(4 * (random.normal() + label)) / 4); // with ties
  const costs = { of: (row: number, label: number, decision: number) => label === decision ? 0 : row % 3 };
  const rules = [decisionRules(f1, 1), costRules(1)], different = new Set<number>();
  for (const rule of rules.map(({ tuned }) => tuned!)) {
    const choose = rule.ofDrawn!({ y, costs }, logits);
    for (let draw = 0; draw < 50; draw++) {
      const drawn = Array.from(y, () => Math.floor(random.uniform() * n)), times = new Uint32Array(n);
      drawn.forEach((row) => times[row]++);
      const rows = { y: takeRows(y, 1, drawn), costs: takeCosts(costs, drawn) };
      const { threshold } = rule(rows, takeRows(logits, 1, drawn))(rows, takeRows(logits, 1, drawn));
      assertEquals(choose(times), threshold);
      different.add(threshold!);
    }
  }
  assertEquals(different.size > 10, true);
  assertEquals(decisionRules(f1, 1)["0.5"]!.ofDrawn, undefined);
});
