// What a step tells the loops: the loop of its shape in simd.as, and the ends of the ramp in float32.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { linearRampShape } from "../../lib/steps/linear_ramp.ts";
import { fillByLoop, fillStep, formOf, type Shape, sigmoidalStep } from "../../lib/steps/sigmoidal.ts";
import { lossAndGradient, type Step, steps, straightThrough, toStep } from "../../lib/core.ts";
import "../../lib/simd.ts";
import { assertAllWithin, assertWithin, random } from "../helpers.ts";

const { softsign, linearRamp, identity, round, logistic, arctan, gaussian } = steps;

Deno.test("each shape has its loop in simd.as; a step of slope 1 is the identity, a hard one keeps the loop of its slope", () => {
  const makers = [softsign, linearRamp, identity, round, logistic, arctan, gaussian];
  makers.forEach((make, number) => {
    const { loops, hard } = formOf(make())!;
    assertEquals([loops.name, loops.simd?.shape, hard], [make().name, number, make === round]);
  });
  for (const make of [softsign, linearRamp, logistic, arctan, gaussian]) {
    assertStrictEquals(formOf(make({ slope: 1 }))!.loops, formOf(identity())!.loops);
    const through = formOf(straightThrough(make({ slope: 3, threshold: 0.3 })))!;
    assertEquals(through, { ...formOf(make({ slope: 3, threshold: 0.3 }))!, hard: true });
  }
});

/** The float32 numbers beside a positive one. */
const beside = (p: number): [below: number, above: number] =>
  [-1, 1].map((by) => {
    const value = Float32Array.of(p);
    new Uint32Array(value.buffer)[0] += by;
    return value[0];
  }) as [number, number];

Deno.test("the ramp's ends are the first and the last float32 at which it rises", () => {
  for (const slope of [1.5, 2, 3.7, 4, 10, 17.3, 333, 1e4]) {
    for (const threshold of [0.01, 0.1, 0.3, 0.5, 0.71, 0.99]) {
      const step = linearRamp({ slope, threshold }), { steepness } = formOf(step)!;
      const [first, last] = linearRampShape.simd!.support!(steepness, threshold);
      const inside = (p: number) => p > 0 && p < 1, where = `slope ${slope}, threshold ${threshold}`;
      assert(first < last, where);
      if (inside(first)) {
        assert(step.derivative(first) > 0 && step.derivative(beside(first)[0]) === 0, `first, ${where}`);
      } else assert(first <= 0 && step.derivative(0) > 0, `first, ${where}`);
      if (inside(last)) assert(step.derivative(last) > 0 && step.derivative(beside(last)[1]) === 0, `last, ${where}`);
      else assert(last >= 1 && step.derivative(1) > 0, `last, ${where}`);
    }
  }
});

Deno.test("a step fills the entries of a slice with s and s′ of its outputs, clipped to [0, 1], and no others", () => {
  const p = [9, 0.2, 9, 0.5, 9, 0.7, 9, -1, 9, 2, 9, 0.4], slice = { offset: 1, stride: 2, length: 5 };
  const own = { name: "own", threshold: 0.5, slope: 1, value: (v: number) => v * v, derivative: (v: number) => 2 * v };
  for (
    const step of [...Object.values(steps).map((make) => make({ threshold: 0.4 })), softsign({ anchored: false }), own]
  ) {
    const values = new Float64Array(12).fill(7), slopes = new Float64Array(12).fill(7);
    fillStep(step, p, slice, values, slopes);
    p.forEach((v, i) => {
      const filled = i % 2 === 1 && i < 11, q = Math.min(1, Math.max(0, v)), where = `${step.name} at ${v}`;
      assertWithin(values[i], filled ? step.value(q) : 7, 1e-15, where);
      assertWithin(slopes[i], filled ? step.derivative(q) : 7, 1e-14, where);
    });
  }
});

Deno.test("8,192 outputs through the loop of a shape have the loss and the gradient of the step's formula", () => {
  const next = random(7), yPred = Float32Array.from({ length: 8192 }, next), yTrue = yPred.map((p) => +(next() < p));
  for (const make of [softsign, linearRamp, logistic, arctan, gaussian]) {
    for (const options of [{ slope: 3 }, { slope: 9, threshold: 0.3 }, { slope: 2, threshold: 0.4, anchored: false }]) {
      const step = make(options), where = `${step.name}, ${JSON.stringify(options)}`;
      // A copy of a step has no loop.
      const [loop, formula] = [step, { ...step }].map((step) => lossAndGradient(yTrue, yPred, { score: "f1", step }));
      assertWithin(loop.value, formula.value, 1e-6, where);
      assertAllWithin([...loop.gradient].map((g) => 8192 * g), [...formula.gradient].map((g) => 8192 * g), 1e-5, where);
      // The ramp is constant or straight, so it rounds alike.
      assert(make === linearRamp || loop.gradient.some((g, i) => g !== formula.gradient[i]), `no loop: ${where}`);
    }
  }
});

Deno.test("a shape with a loop of its own fills by it; a hard step and one of one's own do not", () => {
  const fills = (step: Step) =>
    fillByLoop(step, [0.2, 0.7], { offset: 0, stride: 1, length: 2 }, new Float64Array(2), new Float64Array(2));
  const own = {
    name: "square",
    threshold: 0.5,
    slope: 1,
    value: (p: number) => p * p,
    derivative: (p: number) => 2 * p,
  };
  assertEquals([softsign(), round(), toStep(own)].map(fills), [true, false, false]);
});

Deno.test("a shape without one of its two functions is refused by its name", () => {
  const shape = formOf(softsign())!.loops as Shape, task = "Cannot make a step: ";
  const refused = (given: unknown, sentence: string) =>
    assertEquals(assertThrows(() => sigmoidalStep(given as Shape), TypeError).message, task + sentence);
  refused({ ...shape, rise: undefined }, "'rise' must be a function, it is undefined");
  refused({ ...shape, density: 3 }, "'density' must be a function, it is 3");
  refused(undefined, "'rise' must be a function, it is undefined");
});
