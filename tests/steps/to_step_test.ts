// Names, options and errors.
import { assertEquals, assertMatch, assertNotEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  arctan,
  gaussian,
  identity,
  linearRamp,
  logistic,
  round,
  softsign,
  type StepOptions,
  steps,
  straightThrough,
  toStep,
} from "../../lib/mod.ts";
import type { Step, StepName } from "../../lib/core.ts";
import { assertRefused } from "../helpers.ts";

const names = Object.keys(steps) as StepName[];
const withSlope = { softsign, logistic, arctan, gaussian, linearRamp };

/** Options that the types forbid. */
const wrong = (options: Record<string, unknown>) => options as StepOptions;

Deno.test("the table of steps has the eight names, each the name of its step", () => {
  const eight = ["round", "linearRamp", "softsign", "logistic", "arctan", "gaussian", "identity", "straightThrough"];
  assertEquals([...names].sort(), [...eight].sort());
  for (const name of names.filter((name) => name !== "straightThrough")) assertEquals(steps[name]().name, name);
  assertEquals(steps.straightThrough().name, "straightThrough(softsign)");
});

Deno.test("a name makes the step with the options", () => {
  for (const [name, make] of Object.entries(withSlope)) {
    for (const options of [{}, { slope: 3 }, { threshold: 0.2 }, { slope: 8, threshold: 0, anchored: false }]) {
      const step = toStep(name as StepName, options), direct = make(options);
      assertEquals([step.name, step.slope, step.threshold], [direct.name, direct.slope, direct.threshold]);
      for (const p of [0, 0.1, 0.5, 0.8]) assertStrictEquals(step.value(p), direct.value(p));
    }
  }
  assertEquals(toStep("round", { threshold: 0.2 }).value(0.3), 1);
  assertEquals(toStep("identity", { threshold: 0.2 }).threshold, 0.2);
  const through = toStep("straightThrough", { slope: 30, threshold: 0.2 });
  assertEquals([through.slope, through.threshold, through.value(0.3)], [30, 0.2, 1]);
  assertEquals(through.derivative(0.3), softsign({ slope: 30, threshold: 0.2 }).derivative(0.3));
});

Deno.test("the defaults are slope 4, threshold 0.5, anchored; undefined is the same as left out", () => {
  for (const make of Object.values(withSlope)) {
    const plain = make(), said = make({ slope: 4, threshold: 0.5, anchored: true });
    const left = make({ slope: undefined, threshold: undefined, anchored: undefined });
    assertEquals([plain.slope, plain.threshold], [4, 0.5]);
    for (const p of [0, 0.3, 0.61]) assertEquals([said.value(p), left.value(p)], [plain.value(p), plain.value(p)]);
    const options = { slope: 2, threshold: 0.1 };
    assertNotEquals(make({ ...options, anchored: false }).value(0), make(options).value(0));
  }
});

Deno.test("a step is taken as it is", () => {
  for (const name of names) {
    const step = steps[name]();
    assertStrictEquals(toStep(step), step);
    assertStrictEquals(toStep(step, { slope: step.slope, threshold: step.threshold }), step); // no contradiction
  }
});

Deno.test("slope, threshold or anchored beside a step is refused, by its value, unless it is the step's own", () => {
  const error = TypeError;
  const slope = assertRefused(() => toStep(softsign({ slope: 10 }), { slope: 20 }), {
    error,
    argument: "slope",
    value: "20",
  });
  assertMatch(slope, /'softsign'.*\b10\b/);
  assertRefused(() => toStep(softsign(), { threshold: 0.3 }), { error, argument: "threshold", value: "0.3" });
  assertRefused(() => toStep(straightThrough(), { slope: 3 }), { error, argument: "slope", value: "3" });
  assertRefused(() => toStep("identity", { slope: 2 }), { error, argument: "slope", value: "2" });
  assertRefused(() => toStep("round", { slope: 10 }), { error, argument: "slope", value: "10" });
  assertRefused(() => toStep(softsign(), { anchored: false }), { error, argument: "anchored", value: "false" });
  assertRefused(() => toStep(softsign(), { slope: NaN }), { error, argument: "slope", value: "NaN" });
});

Deno.test("a slope that is not a finite number ≥ 1 is refused, by the name of the step and the value", () => {
  for (const [name, make] of Object.entries(withSlope)) {
    const values: [unknown, string][] = [
      [0.5, "0.5"],
      [1 - Number.EPSILON, "0.99"],
      [0, "is 0"],
      [-3, "-3"],
      [NaN, "NaN"],
      [Infinity, "Infinity"],
      ["x", "'x'"],
      ["10", "'10'"],
      [null, "null"],
      [[2], "[2]"],
    ];
    for (const [slope, value] of values) {
      const message = assertRefused(() => make(wrong({ slope })), { argument: "slope", value });
      assertMatch(message, new RegExp(`'${name}'.*≥ 1`));
      assertRefused(() => toStep(name as StepName, wrong({ slope })), { argument: "slope", value });
    }
  }
  assertRefused(() => steps.straightThrough({ slope: 0.5 }), { argument: "slope", value: "0.5" });
});

Deno.test("without anchoring a slope below 1 is a slope, 0 and less is not", () => {
  assertEquals(softsign({ slope: 0.5, anchored: false }).derivative(0.5), 0.5);
  for (const [slope, value] of [[0, "is 0"], [-1, "-1"], [NaN, "NaN"], [Infinity, "Infinity"]] as const) {
    assertMatch(
      assertRefused(() => softsign({ slope, anchored: false }), { argument: "slope", value }),
      /> 0/,
    );
  }
});

Deno.test("a threshold outside (0, 1) is refused by every step, by its value", () => {
  const values: [unknown, string][] = [
    [0, "is 0"],
    [-0, "is -0"],
    [1, "is 1"],
    [-1, "-1"],
    [1.5, "1.5"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    ["x", "'x'"],
    [null, "null"],
  ];
  for (const make of [...Object.values(withSlope), round, identity, steps.straightThrough]) {
    for (const [threshold, value] of values) {
      assertRefused(() => make(wrong({ threshold })), { argument: "threshold", value });
    }
  }
});

Deno.test("without anchoring the threshold may be 0, where the thread put it, and nothing else outside", () => {
  for (const make of Object.values(withSlope)) {
    assertEquals(make({ threshold: 0, anchored: false }).value(0), 0.5);
    for (const threshold of [-0.1, 1, NaN]) {
      assertRefused(() => make({ threshold, anchored: false }), { argument: "threshold", value: String(threshold) });
    }
  }
});

Deno.test("unknown options, and options that are not an object, are refused by every step and by toStep", () => {
  for (const make of [...Object.values(steps), (options: StepOptions) => toStep("softsign", options)]) {
    assertRefused(() => make(wrong({ slop: 20 })), { error: TypeError, argument: "slop", value: "20" });
    for (const [bad, value] of [[null, "null"], [3, "3"], ["x", "'x'"], [[1], "[1]"]] as const) {
      assertRefused(() => make(bad as never), { error: TypeError, argument: "options", value });
    }
  }
});

Deno.test("an unknown name is refused with the names there are", () => {
  for (const name of ["sofsign", "", "Softsign", "toString", "constructor", "__proto__"]) {
    const message = assertRefused(() => toStep(name as StepName), {
      error: TypeError,
      argument: "step",
      value: `'${name}'`,
    });
    for (const known of names) assertMatch(message, new RegExp(`\\b${known}\\b`));
  }
});

Deno.test("anything that is not a step is refused", () => {
  const things: [unknown, string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [3, "3"],
    [softsign, "the function softsign"],
    [{}, "[]"],
    [{ value: (p: number) => p }, "'value'"],
    [[1, 2], "[1, 2]"],
  ];
  for (const [thing, value] of things) {
    assertRefused(() => toStep(thing as StepName), { error: TypeError, argument: "step", value });
  }
});

Deno.test("a step of one's own is refused by the field that is wrong, and when it gives no number", () => {
  const own = { name: "own", threshold: 0.5, slope: 1, value: (p: number) => p, derivative: () => 1 };
  const refusals: [Record<string, unknown>, string, string][] = [
    [{ name: "" }, "name", "''"],
    [{ name: 3 }, "name", "3"],
    [{ threshold: 1 }, "threshold", "is 1"],
    [{ threshold: -0.1 }, "threshold", "-0.1"],
    [{ threshold: NaN }, "threshold", "NaN"],
    [{ threshold: "0.5" }, "threshold", "'0.5'"],
    [{ slope: 0 }, "slope", "is 0"],
    [{ slope: "2" }, "slope", "'2'"],
  ];
  for (const [wrongly, argument, value] of refusals) {
    assertRefused(() => toStep({ ...own, ...wrongly } as Step), { error: TypeError, argument, value });
  }
  assertEquals(toStep({ ...own, threshold: 0 }).threshold, 0); // where the thread put it
  const nothing = toStep({ ...own, value: () => undefined as unknown as number, derivative: () => "1" as never });
  assertThrows(() => nothing.value(0.3), TypeError, "'own': 'value(0.3)' must be a number, it is undefined");
  assertThrows(() => nothing.derivative(0.3), TypeError, "'own': 'derivative(0.3)' must be a number, it is '1'");
});

Deno.test("a step of one's own is made constant outside [0, 1], once", () => {
  const step = toStep({ name: "own", threshold: 0.5, slope: 1, value: (p) => p, derivative: () => 1 });
  assertEquals([-2, 0, 1, 3].map(step.value), [0, 0, 1, 1]);
  assertEquals([-2, 0, 1, 3].map(step.derivative), [0, 1, 1, 0]);
  assertStrictEquals(toStep(step), step);
});

Deno.test("'anchored' that is not a boolean, and the slope of a step whose slope is fixed, are refused", () => {
  assertRefused(() => softsign(wrong({ anchored: 1 })), { error: TypeError, argument: "anchored", value: "1" });
  assertRefused(() => softsign(wrong({ threshold: "0.5" })), { argument: "threshold", value: "'0.5'" });
  assertRefused(() => identity({ slope: 2 } as StepOptions), { error: TypeError, argument: "slope", value: "2" });
  assertEquals(identity({ slope: 1 } as StepOptions).slope, 1);
  for (const anchored of [true, false]) assertEquals(softsign({ slope: 1e100, anchored }).slope, 1e100); // the largest
  assertRefused(() => softsign({ slope: 1.1e100 }), { argument: "slope", value: "1.1e+100" });
});

Deno.test("straightThrough of anything that is not a step is refused", () => {
  for (const thing of [null, {}, "softsign", 3, { slope: 20 }]) {
    const { message } = assertThrows(() => straightThrough(thing as unknown as ReturnType<typeof softsign>), TypeError);
    assertMatch(message, /^Cannot make a straight-through step: 'step' must be a step/);
  }
});
