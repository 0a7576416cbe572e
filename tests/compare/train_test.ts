// What compareLosses trains and judges with.
import { assert, assertEquals } from "@std/assert";
import { f1, metricLoss } from "@roundabout/roundabout";
import { seededRandom } from "@roundabout/roundabout/data";
import { choicesOf } from "../../lib/compare/judge.ts";
import { type Part, trainOnPart } from "../../lib/compare/train.ts";
import { partsOfLoss } from "../../lib/losses/loss_parts.ts";
import { runningScore } from "../../lib/network/objectives.ts";
import { assertWithin } from "../helpers.ts";

Deno.test("training on a score finds it where only one batch in five has a positive", () => {
  const random = seededRandom(6), y = Float64Array.from({ length: 100 }, (_, i) => Number(i % 25 === 0));
  const x = Float64Array.from({ length: 200 }, (_, i) => random.normal() / 2 + (i % 2 === 0 ? 3 * y[i >> 1] : 0));
  const part: Part = { x, y }, parts = partsOfLoss(metricLoss("f1", { step: "softsign", fromLogits: true }))!;
  let value = 0;
  trainOnPart(part, {
    form: { features: 2, hidden: 0, outputs: 1 },
    objective: runningScore(parts),
    epochs: 60,
    batchSize: 5,
    learningRate: 0.1,
    random,
    onEpoch: (_, logitsOf) => value = choicesOf(f1, 1)["0.5"]!(y, x)(y, logitsOf(x)).value,
  });
  assert(value > 0.8, String(value));
});

Deno.test("how outputs are judged: at a tuned cut, at 0.5, by the largest of several", () => {
  const y = Float64Array.of(1, 1, 0, 0), z = Float64Array.of(-1, -2, -3, 1);
  const judged = choicesOf(f1, 1);
  assertWithin(judged["0.5"]!(y, z)(y, z).value, 0, 0);
  assertWithin(judged.tuned!(y, z)(y, z).value, 0.8, 1e-12);
  assertEquals(Object.keys(choicesOf(f1, 3)), ["argmax"]);
  const several = choicesOf(f1, 3).argmax!(y, z);
  const logits = Float64Array.of(0, 1, 0, 0, 1, 0, 2, 1, 0, 0, 1, 0); // 1, 1, 0, 1: class 2 is never there
  const { value, undefinedScores } = several(y, logits);
  assertWithin(value, (0.8 + 2 / 3 + 0) / 3, 1e-12);
  assertEquals(undefinedScores, 1);
});
