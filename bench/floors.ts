/**
 * Floors under recall that hold on test rows: the fixed penalty of `precisionAtRecall` against multipliers that are learnt.
 *
 *     deno run -A bench/floors.ts [--splits 10] [--save bench/floors.json]
 *
 * Three data sets, floors of 0.9 and 0.95, linear models, Adam (learning rate 0.05) on all training rows, 600 steps; every tenth
 * step the multipliers learn from the decisions on the validation rows. The step with the best value on the validation rows is
 * tested, at 0.5 and at the threshold with the best value on the validation rows.
 */
import { parseArgs } from "node:util";
import { atLeast, maximise } from "@roundabout/roundabout/constraints";
import { type Counts, precision, precisionAtRecall, recall, type Score, softsign } from "@roundabout/roundabout/core";
import { readTable } from "@roundabout/roundabout/data";
import { hardCounts } from "../lib/compare/decision_rules.ts";
import { type Parts, partsOf, splitRows } from "../lib/compare/run_split.ts";
import { adam } from "../lib/network/adam.ts";
import { backward, forward, initialWeights } from "../lib/network/mlp.ts";
import { labelsOf, probabilities, scoreObjective } from "../lib/network/objectives.ts";
import { seededRandom } from "../lib/numerics/random.ts";
import { learntBy, ofDecisions } from "../lib/scores/learnt.ts";
import { bestCut } from "../lib/training/best_cut.ts";
import { recordJson } from "./record_format.ts";

const tables = { wdbc: "malignant", credit: "bad", spambase: "spam" }, steps = 600, every = 10;

/** The ways to hold a floor: the score that is trained, and the one that chooses step and threshold. */
const learnt = (floor: number, confidence?: number): Score =>
  maximise({ score: "precision", subjectTo: [atLeast("recall", floor)], confidence }).score;
const ways: Record<string, (floor: number) => { score: Score; chooser?: Score }> = {
  "fixed penalty": (floor) => ({ score: precisionAtRecall({ recall: floor }) }),
  "fixed penalty, chosen with confidence 0.9": (floor) => ({
    score: precisionAtRecall({ recall: floor }),
    chooser: ofDecisions(learnt(floor, 0.9)),
  }),
  multipliers: (floor) => ({ score: learnt(floor) }),
  "multipliers, confidence 0.9": (floor) => ({ score: learnt(floor, 0.9) }),
};

const { values: { splits, save } } = parseArgs({
  options: { splits: { type: "string", default: "10" }, save: { type: "string" } },
});

/** The counts on the test rows, at 0.5 and at the tuned threshold. */
function trained(
  { score, chooser = ofDecisions(score) }: ReturnType<typeof ways[string]>,
  { train, validation, test }: Parts,
  seed: number,
): Record<string, Counts> {
  const form = { features: train.x.length / train.y.length, hidden: 0, outputs: 1 }, labels = labelsOf(train.y);
  const weights = initialWeights(form, seededRandom(seed)), update = adam(0.05, weights.length);
  const objective = scoreObjective(score, softsign()), multipliers = learntBy(score);
  const outputs = (part: Parts["test"], at: Float64Array) => probabilities(forward(form, at, part.x).logits, 1);
  let best = { value: -Infinity, weights };
  for (let step = 1; step <= steps; step++) {
    const { logits, units } = forward(form, weights, train.x);
    update(weights, backward(form, weights, train.x, units, objective(labels, logits).gradient));
    if (step % every !== 0) continue;
    const decisions = hardCounts(validation.y, outputs(validation, weights), 0.5), value = chooser.value(decisions);
    multipliers?.learn(decisions);
    if (value > best.value) best = { value, weights: weights.slice() };
  }
  const yPred = outputs(test, best.weights);
  const { threshold } = bestCut(chooser, { yTrue: validation.y, yPred: outputs(validation, best.weights) });
  return { "at 0.5": hardCounts(test.y, yPred, 0.5), tuned: hardCounts(test.y, yPred, threshold) };
}

const results: object[] = [], totals: Record<string, { held: number; of: number; precision: number }> = {};
for (const [data, label] of Object.entries(tables)) {
  const table = await readTable(`data/${data}.csv`, { label });
  const parts = Array.from({ length: Number(splits) }, (_, s) => partsOf(table, splitRows(table, s + 1)));
  for (const floor of [0.9, 0.95]) {
    for (const [way, scoreOf] of Object.entries(ways)) {
      const runs = parts.map((one, s) => trained(scoreOf(floor), one, s + 1));
      for (const threshold of ["at 0.5", "tuned"]) {
        const counts = runs.map((run) => run[threshold]), key = `${way}, ${threshold}`;
        const held = counts.filter((one) => recall.value(one) >= floor).length;
        const mean = (of: Score) => counts.reduce((sum, one) => sum + (of.value(one) || 0), 0) / counts.length;
        const [p, r] = [precision, recall].map((of) => Number(mean(of).toFixed(3)));
        results.push({ data, floor, way, threshold, held, precision: p, recall: r });
        console.log(JSON.stringify(results.at(-1)));
        const total = totals[key] ??= { held: 0, of: 0, precision: 0 };
        total.held += held;
        total.of += counts.length;
        total.precision += p / (Object.keys(tables).length * 2);
      }
    }
  }
}
for (const total of Object.values(totals)) total.precision = Number(total.precision.toFixed(3));
console.log(JSON.stringify(totals, undefined, 2));
if (save !== undefined) {
  const sums = Object.entries(totals).map(([way, total]) => ({ way, ...total }));
  await Deno.writeTextFile(save, recordJson({ splits: Number(splits), totals: sums, results }));
}
