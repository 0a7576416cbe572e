// Training with a floor inside: does the optimum meet it on rows that were not trained on?
import { assert } from "@std/assert";
import {
  type Counts,
  precision,
  precisionAtRecall,
  recall,
  recallAtPrecision,
  round,
  type Score,
  softsign,
} from "../../lib/mod.ts";
import { softCounts } from "../../lib/core.ts";
import { syntheticBinary } from "../../lib/data/mod.ts";
import { trainLogistic } from "../../lib/network/mod.ts";
import { slow } from "../slow.ts";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const step = softsign({ slope: 10 });

/** The mean over the seeds of what a linear model decides on held-out rows, trained on a score. */
function heldOut(score: Score): { precision: number; recall: number } {
  const results = seeds.map((seed): Counts => {
    const { x, y } = syntheticBinary({ rows: 3000, prevalence: 0.2, separation: 2, seed });
    const split = (from: number, to?: number) => ({ x: x.slice(from, to), y: y.slice(from, to) });
    const { weights } = trainLogistic({
      ...split(0, 1500),
      loss: { score, step },
      watch: score,
      optimizer: "adam",
      learningRate: 0.05,
      steps: 300,
      initial: [0.1, 0.1, 0],
    });
    const test = split(1500);
    const yPred = test.x.map(([a, b]) => 1 / (1 + Math.exp(-(weights[0] * a + weights[1] * b + weights[2]))));
    return softCounts({ yTrue: test.y, yPred }, round());
  });
  const mean = (of: Score) => results.reduce((sum, counts) => sum + of.value(counts), 0) / seeds.length;
  return { precision: mean(precision), recall: mean(recall) };
}

slow.test("precision with a floor under recall: held-out rows meet it, on average", () => {
  const alone = heldOut(precision);
  for (const floor of [0.7, 0.8, 0.9]) {
    const met = heldOut(precisionAtRecall({ recall: floor }));
    assert(met.recall > floor - 0.02, `recall ${met.recall}`);
    assert(met.recall < floor + 0.1, `recall ${met.recall}: more than the floor of ${floor} asks for`);
    assert(alone.recall < floor - 0.1, `precision alone has a recall of ${alone.recall}`);
  }
});

slow.test("recall with a floor of 0.8 under precision: held-out rows meet it, on average", () => {
  const met = heldOut(recallAtPrecision({ precision: 0.8 }));
  assert(met.precision > 0.78, `precision ${met.precision}`);
  assert(heldOut(recall).precision < 0.5); // recall alone reports nearly everything
});
