// L-BFGS: what curvatures of earlier steps are worth, and that they are those of the function that is minimised.
import { assert, assertEquals } from "@std/assert";
import { addedCurvature, type Differentiable, lbfgs } from "../../lib/network/lbfgs.ts";
import { assertWithin } from "../helpers.ts";

const scales = [1, 5, 20, 80, 300], start = new Float64Array(5).fill(1), convergence = { steps: 200, tolerance: 1e-9 };

/** ½·Σ (aⱼ + b)·wⱼ² − wⱼ, and the number of times that it was computed. */
function quadratic(b: number): { f: Differentiable; calls: () => number } {
  let calls = 0;
  const f: Differentiable = (w) => {
    calls++;
    const value = w.reduce((sum, v, j) => sum + (scales[j] + b) / 2 * v * v - v, 0);
    return { value, gradient: () => w.map((v, j) => (scales[j] + b) * v - 1) };
  };
  return { f, calls: () => calls };
}

Deno.test("addedCurvature is the curvature of the function with ½·Σ b·w² more: the same steps, exactly", () => {
  const { curvatures } = lbfgs(start, quadratic(0).f, convergence);
  assert(curvatures.length > 0);
  for (const one of curvatures) {
    const { s, y, sy } = addedCurvature(one, new Float64Array(5).fill(7));
    y.forEach((v, j) => assertWithin(v, (scales[j] + 7) * s[j], 1e-9));
    assertWithin(sy, y.reduce((sum, v, j) => sum + v * s[j], 0), 1e-12);
  }
});

Deno.test("a search that begins with the curvatures of a neighbour finds the same minimum in fewer evaluations", () => {
  const { weights, curvatures } = lbfgs(start, quadratic(0).f, convergence);
  const cold = quadratic(3), warm = quadratic(3);
  const known = curvatures.map((one) => addedCurvature(one, new Float64Array(5).fill(3)));
  const found = [lbfgs(weights, cold.f, convergence), lbfgs(weights, warm.f, { ...convergence, curvatures: known })];
  for (const { weights } of found) weights.forEach((w, j) => assertWithin(w, 1 / (scales[j] + 3), 1e-8));
  assert(2 * warm.calls() < cold.calls(), `${warm.calls()} of ${cold.calls()}`);
});

Deno.test("at the minimum nothing is searched, and the curvatures stay as they came", () => {
  const at = Float64Array.from(scales, (a) => 1 / a), { f, calls } = quadratic(0);
  const { curvatures } = lbfgs(start, f, convergence), before = calls();
  assertEquals(lbfgs(at, f, { ...convergence, curvatures }), { weights: at, curvatures });
  assertEquals(calls(), before + 1);
});
