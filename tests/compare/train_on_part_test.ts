// The training of compareLosses.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { f1, metricLoss } from "@roundabout/roundabout";
import { seededRandom } from "@roundabout/roundabout/data";
import { decisionRules } from "../../lib/compare/decision_rules.ts";
import { trainOnPart } from "../../lib/compare/train_on_part.ts";
import { forward } from "../../lib/network/mlp.ts";
import { partsOfLoss } from "../../lib/scoring/options.ts";
import { crossEntropyGradient, labelsOf, runningScore } from "../../lib/network/objectives.ts";

Deno.test("training on a score finds it where only one batch in five has a positive", () => {
  const random = seededRandom(6), y = Float64Array.from({ length: 100 }, (_, i) => Number(i % 25 === 0));
  const x = Float64Array.from({ length: 200 }, (_, i) => random.normal() / 2 + (i % 2 === 0 ? 3 * y[i >> 1] : 0));
  const part = { x, labels: labelsOf(y) },
    parts = partsOfLoss(metricLoss("f1", { step: "softsign", fromLogits: true }))!;
  let value = 0;
  const form = { features: 2, hidden: 0, outputs: 1 };
  const training = { form, objective: runningScore(parts), epochs: 60, batchSize: 5, learningRate: 0.1, random };
  for (const { weights } of trainOnPart(part, training)) {
    value = decisionRules(f1, 1)["0.5"]!({ y }, x)({ y }, forward(form, weights, x).logits).value;
  }
  assert(value > 0.8, String(value));
});

Deno.test("training follows the weights of the rows, whatever batches they come to", () => {
  const random = seededRandom(7), rows = 40, weights = Float64Array.from({ length: rows }, (_, i) => i % 3);
  const x = Float64Array.from({ length: 2 * rows }, () => random.normal()),
    y = new Float64Array(rows).map((_, i) => i % 2);
  const trained = (y: Float64Array) => {
    const epochs = trainOnPart({ x, labels: labelsOf(y, 1, weights) }, {
      form: { features: 2, hidden: 0, outputs: 1 },
      objective: () => crossEntropyGradient,
      epochs: 5,
      batchSize: 7,
      learningRate: 0.1,
      random: seededRandom(8),
    });
    return [...epochs].at(-1)!.weights;
  };
  assertEquals(trained(y.map((label, i) => weights[i] === 0 ? 1 - label : label)), trained(y));
  assertNotEquals(trained(y.map((label, i) => weights[i] === 1 ? 1 - label : label)), trained(y));
});
