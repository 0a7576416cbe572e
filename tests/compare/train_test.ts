// The training of compareLosses.
import { assert } from "@std/assert";
import { f1, metricLoss } from "@roundabout/roundabout";
import { seededRandom } from "@roundabout/roundabout/data";
import { decisionRules } from "../../lib/compare/evaluate.ts";
import { type Part, trainOnPart } from "../../lib/compare/train.ts";
import { partsOfLoss } from "../../lib/losses/loss_parts.ts";
import { runningScore } from "../../lib/network/objectives.ts";

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
    onEpoch: (_, logitsOf) => value = decisionRules(f1, 1)["0.5"]!(y, x)(y, logitsOf(x)).value,
  });
  assert(value > 0.8, String(value));
});
