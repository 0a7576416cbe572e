// Decisions of logits: a step behind the logistic function.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { identity, round, steps } from "../../lib/mod.ts";
import { toDecision } from "../../lib/decisions/to_decision.ts";
import type { Step } from "../../lib/steps/step.ts";
import { assertWithin } from "../helpers.ts";

const names = ["softsign", "logistic", "arctan", "gaussian", "linearRamp", "identity"] as const;
const sigma = (z: number) => z > 0 ? 1 / (1 + Math.exp(-z)) : 1 - 1 / (1 + Math.exp(z));

/** The decision of one logit under a step, and its derivative. */
function ofLogits(step: Step) {
  const decide = toDecision("a test", { step, fromLogits: true });
  const decided = (z: number) => decide({ rows: 1, classes: 1, yTrue: [0], yPred: [z] });
  return {
    value: (z: number): number => decided(z).decisions[0],
    derivative: (z: number): number => {
      const gradient = Float64Array.of(1);
      decided(z).back(gradient);
      return gradient[0];
    },
  };
}

Deno.test("a step of logits is the step of the logistic function, its derivative s′·σ·(1 − σ)", () => {
  fc.assert(fc.property(fc.double({ min: -30, max: 30, noNaN: true }), fc.constantFrom(...names), (z, name) => {
    const step = steps[name](), linked = ofLogits(step), p = sigma(z);
    assertWithin(linked.value(z), step.value(p), 1e-14);
    if (name === "linearRamp" && Math.abs(Math.abs(p - 0.5) - 0.05) < 1e-9) return; // a corner
    assertWithin(linked.derivative(z), step.derivative(p) * p * (1 - p), 1e-13);
  }));
});

Deno.test("its derivative is what central differences give", () => {
  const h = 1e-5;
  for (const name of names.filter((name) => name !== "linearRamp")) {
    const { value, derivative } = ofLogits(steps[name]({ slope: name === "identity" ? 1 : 4 }));
    for (const z of [-9, -2, -0.3, 0.01, 0.5, 3, 8]) {
      assertWithin(derivative(z), (value(z + h) - value(z - h)) / (2 * h), 1e-8, `${name} at ${z}`);
    }
  }
});

Deno.test("logits of ±10⁴ and ±∞ overflow nothing: the value is that of 0 or 1, the derivative 0", () => {
  for (const name of names) {
    const { value, derivative } = ofLogits(steps[name]());
    for (const z of [1e4, 1e308, Infinity]) {
      assertStrictEquals(value(z), 1);
      assert(value(-z) === 0);
      assert(derivative(z) === 0 && derivative(-z) === 0);
    }
  }
});

Deno.test("the left tail keeps its digits where σ is next to nothing", () => {
  const { value, derivative } = ofLogits(identity());
  for (const z of [-40, -100, -700]) {
    assertWithin(value(z) / Math.exp(z), 1, 1e-15);
    assertWithin(derivative(z) / Math.exp(z), 1, 1e-15);
  }
  assert(value(-740) > 0 && derivative(-740) > 0); // where e^740 has overflowed
});

Deno.test("a logit of 0 is a probability of ½, which is not a positive", () => {
  assertEquals([-1e-9, 0, 1e-9].map(ofLogits(round()).value), [0, 0, 1]);
  assertEquals(ofLogits(identity()).derivative(0), 0.25);
});

Deno.test("NaN passes", () => {
  assertStrictEquals(ofLogits(steps.softsign()).value(NaN), NaN);
  assertStrictEquals(ofLogits(steps.softsign()).derivative(NaN), NaN);
});
