// L-BFGS: what curvatures of earlier steps are worth, and that they are those of the function that is minimised.
import { assert, assertEquals } from "@std/assert";
import { addedCurvature, type Curvature, type Differentiable, lbfgs } from "../../lib/network/lbfgs.ts";
import { assertAllWithin, assertWithin, random } from "../helpers.ts";

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

/** Makes a function of its values and gradients, and lists the weights that it is asked for. */
function watched(of: (w: Float64Array) => { value: number; gradient: number[] }) {
  const seen: number[][] = [];
  const f: Differentiable = (w) => {
    seen.push([...w]);
    const { value, gradient } = of(w);
    return { value, gradient: () => Float64Array.from(gradient) };
  };
  return { f, seen };
}

Deno.test("a step is −H·g, H the matrix of the BFGS updates of the curvatures from γ·I", () => {
  const next = random(3),
    n = 4,
    range = [...Array(n).keys()],
    normal = () => Float64Array.from(range, () => next() - 0.5);
  const curvatures = [1, 2, 3].map((): Curvature => {
    const s = normal(), y = s.map((v, j) => (j + 1) * v + 0.1 * (next() - 0.5)); // s·y is positive
    return { s, y, sy: s.reduce((sum, v, j) => sum + v * y[j], 0) };
  });
  assert(curvatures.every(({ sy }) => sy > 0));
  const { y, sy } = curvatures[2], gamma = sy / y.reduce((sum, v) => sum + v * v, 0), g = normal();
  let h = range.map((i) => range.map((j) => i === j ? gamma : 0));
  const times = (a: number[][], b: number[][]) =>
    a.map((row) => range.map((j) => row.reduce((sum, v, k) => sum + v * b[k][j], 0)));
  for (const { s, y, sy } of curvatures) { // H ← (I − s·yᵀ/sy)·H·(I − y·sᵀ/sy) + s·sᵀ/sy
    const left = range.map((i) => range.map((j) => Number(i === j) - s[i] * y[j] / sy));
    const right = range.map((i) => range.map((j) => left[j][i]));
    h = times(times(left, h), right).map((row, i) => row.map((v, j) => v + s[i] * s[j] / sy));
  }
  const wanted = h.map((row) => -row.reduce((sum, v, j) => sum + v * g[j], 0));
  const { f, seen } = watched((w) => ({ value: w.every((v) => v === 0) ? 1 : -9, gradient: [...g] }));
  lbfgs(new Float64Array(n), f, { steps: 1, tolerance: 0, curvatures });
  assertAllWithin(seen[1], wanted, 1e-12);
});

Deno.test("without curvatures a step is the unit vector against the gradient, halved until the value falls enough", () => {
  const { f, seen } = watched(() => ({ value: 1, gradient: [3, -4] }));
  const { weights } = lbfgs(new Float64Array(2), f, { steps: 9, tolerance: 0 });
  assertEquals([...weights], [0, 0]);
  assertEquals(seen.length, 31); // the start and 30 tries: no descent along the gradient itself
  seen.slice(1).forEach((w, halving) => assertAllWithin(w, [-0.6 / 2 ** halving, 0.8 / 2 ** halving], 1e-15));
});

Deno.test("a step is taken if the value falls by 1e-4 of what the slope predicts, and not by less", () => {
  for (const [fall, taken] of [[1e-4, true], [0.99e-4, false]] as const) {
    const values = new Map([[0, 1], [-1, 1 + fall * -1], [-0.5, 1 + 1e-4 * 0.5 * -1]]);
    const { f, seen } = watched(([w]) => ({ value: values.get(w)!, gradient: [1] }));
    const { weights } = lbfgs(new Float64Array(1), f, { steps: 1, tolerance: 0 });
    assertEquals([...weights], [taken ? -1 : -0.5]);
    assertEquals(seen, taken ? [[0], [-1]] : [[0], [-1], [-0.5]]);
  }
});

Deno.test("the search ends where no partial derivative is larger than the tolerance, or after so many steps", () => {
  const f = (gradient: number[]) => watched(([w]) => ({ value: -w, gradient }));
  for (const [gradient, calls] of [[[2, -3], 1], [[3.01, 0], 3], [[0, -3.01], 3]] as const) {
    const { f: one, seen } = watched(([a, b]) => ({
      value: gradient[0] * a + gradient[1] * b,
      gradient: [...gradient],
    }));
    lbfgs(new Float64Array(2), one, { steps: 2, tolerance: 3 });
    assertEquals(seen.length, calls);
  }
  const { f: none, seen } = f([-1]);
  assertEquals(lbfgs(Float64Array.of(5), none, { steps: 0, tolerance: 0 }), {
    weights: Float64Array.of(5),
    curvatures: [],
  });
  assertEquals(seen.length, 1);
});

Deno.test("a step along which the gradient does not change has no curvature; those of the last ten others are returned", () => {
  const { f } = watched(([w]) => ({ value: -w, gradient: [-1] }));
  assertEquals(lbfgs(new Float64Array(1), f, { steps: 4, tolerance: 0 }), {
    weights: Float64Array.of(4),
    curvatures: [],
  });
  const many: Differentiable = (w) => ({
    value: w.reduce((sum, v, j) => sum + (j + 1) ** 2 * (v ** 2 + v ** 4), 0),
    gradient: () => w.map((v, j) => (j + 1) ** 2 * (2 * v + 4 * v ** 3)),
  });
  const from = new Float64Array(30).fill(1), after = (steps: number) => lbfgs(from, many, { steps, tolerance: 0 });
  const paths = [14, 15, 16, 17].map(after);
  assertEquals(paths.map(({ curvatures }) => curvatures.length), [10, 10, 10, 10]);
  for (const k of [1, 2, 3]) {
    const { s, y, sy } = paths[k].curvatures[9], [before, now] = [paths[k - 1].weights, paths[k].weights];
    assertEquals(s, now.map((w, j) => w - before[j]));
    const [g0, g1] = [before, now].map((w) => many(w).gradient());
    assertEquals(y, g1.map((g, j) => g - g0[j]));
    assertWithin(sy, s.reduce((sum, v, j) => sum + v * y[j], 0), 1e-12);
    assertEquals(paths[k].curvatures.slice(0, 9), paths[k - 1].curvatures.slice(1));
  }
});

Deno.test("curvatures along which nothing falls are forgotten, and the search goes on along the gradient", () => {
  const bad: Curvature = { s: new Float64Array(5).fill(NaN), y: new Float64Array(5).fill(1), sy: 1 };
  const [warm, cold] = [quadratic(0), quadratic(0)];
  const found = lbfgs(start, warm.f, { ...convergence, curvatures: [bad] });
  assertEquals(found.weights, lbfgs(start, cold.f, convergence).weights);
  assertEquals(warm.calls(), cold.calls(), "nothing is computed along them");
});

Deno.test("with a least decrease the search ends at the first step that ten steps before it was less above", () => {
  const { f } = watched(([w]) => ({ value: Math.exp(-w), gradient: [-Math.exp(-w)] })), at = new Float64Array(1);
  const after = (steps: number) => lbfgs(at, f, { steps, tolerance: 0 }).weights[0],
    path = [...Array(30).keys()].map(after);
  const exactly = Math.exp(-path[2]) - Math.exp(-path[12]);
  for (const leastDecrease of [0.3, 1e-3, 1e-5, exactly]) {
    const first = path.findIndex((w, k) => k >= 10 && Math.exp(-path[k - 10]) - Math.exp(-w) < leastDecrease);
    assert(first > 0);
    assertEquals(lbfgs(at, f, { steps: 99, tolerance: 0, leastDecrease }).weights[0], path[first]);
  }
});
