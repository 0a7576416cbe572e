// The path of penalties: where many rows are kept as float32, each search begins with the curvatures of the one before it.
import { assert, assertEquals } from "@std/assert";
import { seededRandom } from "@roundabout/roundabout/data";
import { rocAuc } from "@roundabout/roundabout/curves";
import { candidatesFor } from "../../lib/compare/candidates.ts";
import { fitLinear, inverseStrengths } from "../../lib/compare/fit_linear.ts";
import { forward } from "../../lib/network/mlp.ts";
import { crossEntropy, labelsOf, type Objective } from "../../lib/network/objectives.ts";
import type { RowNumbers } from "../../lib/network/products.ts";
import { assertWithin } from "../helpers.ts";

Deno.test("fitLinear: float32 rows need half the evaluations, for the same weights", () => {
  const random = seededRandom(3), rows = 400, features = 6, form = { features, hidden: 0, outputs: 1 };
  const x = Float64Array.from({ length: rows * features }, (_, i) => Math.fround(random.normal() * (1 + i % features)));
  const y = Float64Array.from({ length: rows }, (_, row) => Number(x[row * features] + random.normal() > 0.5));
  const fit = (x: RowNumbers) => {
    let evaluations = 0;
    const objective: Objective = (labels, logits) => {
      evaluations++;
      return crossEntropy(labels, logits);
    };
    const found = [...fitLinear({ form, x, labels: labelsOf(y), objective }, new Float64Array(features + 1))];
    return { found, evaluations };
  };
  const wide = fit(x), narrow = fit(new Float32Array(x));
  assertEquals(narrow.found.map(({ inverseStrength }) => inverseStrength), [...inverseStrengths]);
  narrow.found.forEach(({ weights }, i) =>
    weights.forEach((w, j) => assertWithin(w, wide.found[i].weights[j], 1e-4, `${i} ${j}`))
  );
  assert(narrow.evaluations < 0.6 * wide.evaluations, `${narrow.evaluations} of ${wide.evaluations}`);
});

Deno.test("fitLinear: the search on a curve's loss, which has kinks, ends where ten steps gain next to nothing", () => {
  const random = seededRandom(2), rows = 60, form = { features: 2, hidden: 0, outputs: 1 };
  const y = Float64Array.from({ length: rows }, (_, row) => Number(row % 3 === 0));
  const x = Float64Array.from({ length: 2 * rows }, (_, i) => random.normal() + 1.5 * y[i >> 1]);
  const own = candidatesFor(rocAuc, 2).find(({ loss }) => loss === "rocAuc loss")!;
  const fit = (leastDecrease?: number) => {
    let evaluations = 0, value = 0;
    const objective: Objective = (labels, logits) => {
      evaluations++;
      const found = own.ofRows([2 / 3, 1 / 3])(labels, logits);
      value = found.value;
      return found;
    };
    const problem = { form, x, labels: labelsOf(y), objective, leastDecrease };
    const [weakest] = fitLinear(problem, Float64Array.of(1, 1, 0));
    objective(problem.labels, forward(form, weakest.weights, x).logits);
    return { evaluations, value };
  };
  const all = fit(), some = fit(own.leastDecrease);
  assert(2 * some.evaluations < all.evaluations, `${some.evaluations} of ${all.evaluations}`);
  assertWithin(some.value, all.value, 1e-3);
});
