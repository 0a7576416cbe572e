// Every score of the table, against its formula written out here. A score that is added to the table without a formula
// in this file makes the first test fail.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { type Counts, f1, fBeta, jaccard, precision, type Score, scores, toScore } from "../../lib/mod.ts";
import { assertRefused, assertWithin } from "../helpers.ts";

type Formula = (c: Counts) => number;

/** Harmonic mean of precision and recall with weights 1 and β², from the two themselves. */
const ofBoth = (b2: number): Formula => ({ tp, fp, fn }) => {
  const p = tp / (tp + fp), r = tp / (tp + fn);
  return (1 + b2) * p * r / (b2 * p + r);
};

const formulas: Record<string, Formula> = {
  precision: ({ tp, fp }) => tp / (tp + fp),
  recall: ({ tp, fn }) => tp / (tp + fn),
  f1: ofBoth(1),
  jaccard: ({ tp, fp, fn }) => tp / (tp + fp + fn),
  accuracy: ({ tp, fp, fn, tn }) => 1 - (fp + fn) / (tp + fp + fn + tn),
};

const betas = [0, 0.5, 1, 2, 10];

const made: [Score, Formula][] = [
  ...Object.entries(scores).filter(([name]) => name !== "fBeta").map(
    ([name, score]) => [score as Score, formulas[name]] as [Score, Formula],
  ),
  ...betas.map((beta) => [fBeta({ beta }), ofBoth(beta * beta)] as [Score, Formula]),
];

const keys = ["tp", "fp", "fn", "tn"] as const;
const count = fc.double({ min: 0.01, max: 1000, noNaN: true });
const someCounts = fc.record({ tp: count, fp: count, fn: count, tn: count });
const zero = { tp: 0, fp: 0, fn: 0, tn: 0 };

Deno.test("every score of the table has a formula here, and its own name", () => {
  for (const [name, score] of Object.entries(scores)) {
    if (typeof score === "function") continue;
    assert(formulas[name], `no formula for ${name}`);
    assertEquals(score.name, name);
  }
  assertEquals(fBeta({ beta: 0.5 }).name, "fBeta0.5");
  assertEquals(fBeta({ beta: 2 }).name, "fBeta2");
});

for (const [score, formula] of made) {
  const { name } = score;

  Deno.test(`${name} has the value of its formula, and lies in [0, 1]`, () => {
    fc.assert(fc.property(someCounts, (counts) => {
      assertWithin(score.value(counts), formula(counts), 1e-13);
      assert(score.value(counts) >= 0 && score.value(counts) <= 1);
    }));
  });

  Deno.test(`${name} has the gradient that central differences give`, () => {
    fc.assert(fc.property(someCounts, (counts) => {
      const gradient = score.gradient(counts);
      for (const key of keys) {
        // h in proportion to the smallest scale on which the score bends; error h²·f‴/6 + ε/h.
        const scale = Math.min(counts[key], 1e3), h = 1e-4 * scale;
        const move = (by: number) => score.value({ ...counts, [key]: counts[key] + by });
        const difference = (move(h) - move(-h)) / (2 * h);
        assertWithin(gradient[key], difference, (2e-8 + 1e-11) / scale, `∂${key} at ${JSON.stringify(counts)}`);
      }
    }));
  });

  Deno.test(`${name} does not depend on the unit of the weights, so Σ c·∂f = 0`, () => {
    fc.assert(fc.property(someCounts, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (counts, unit) => {
      const scaled = { tp: counts.tp * unit, fp: counts.fp * unit, fn: counts.fn * unit, tn: counts.tn * unit };
      assertWithin(score.value(scaled), score.value(counts), 1e-14);
      const gradient = score.gradient(counts);
      assertWithin(keys.reduce((sum, key) => sum + counts[key] * gradient[key], 0), 0, 1e-14);
      // Degree 0: its gradient has degree −1.
      const ofScaled = score.gradient(scaled), largest = Math.max(...keys.map((key) => Math.abs(gradient[key])));
      for (const key of keys) assertWithin(ofScaled[key] * unit, gradient[key], 1e-14 * largest);
    }));
  });

  Deno.test(`${name} rises with what is right and falls with what is wrong`, () => {
    fc.assert(fc.property(someCounts, (counts) => {
      const { tp, fp, fn, tn } = score.gradient(counts);
      assert(tp >= 0 && tn >= 0 && fp <= 0 && fn <= 0);
      assert(tp > 0);
    }));
  });

  Deno.test(`${name} is NaN where it is 0/0, and its gradient exactly 0 there`, () => {
    assertStrictEquals(score.value(zero), NaN);
    for (const key of keys) assert(score.gradient(zero)[key] === 0);
  });

  Deno.test(`${name} of a perfect classifier is exactly 1`, () => {
    for (const counts of [{ ...zero, tp: 3, tn: 7 }, { ...zero, tp: 0.1, tn: 1e9 }]) {
      assertStrictEquals(score.value(counts), 1);
    }
  });
}

Deno.test("where each score is not defined: without predicted, without true, without both", () => {
  const undefinedAt = (counts: Counts) =>
    made.filter(([score]) => Number.isNaN(score.value(counts))).map(([score]) => score.name);
  assertEquals(undefinedAt({ ...zero, fn: 2, tn: 5 }), ["precision", "fBeta0"]); // nothing predicted
  assertEquals(undefinedAt({ ...zero, fp: 2, tn: 5 }), ["recall"]); // no positive
  assertEquals(
    undefinedAt({ ...zero, tn: 5 }).sort(),
    [...made.map(([s]) => s.name)].filter((n) => n !== "accuracy").sort(),
  );
  for (const [score] of made) {
    for (const counts of [{ ...zero, fn: 2, tn: 5 }, { ...zero, fp: 2, tn: 5 }, { ...zero, tn: 5 }]) {
      if (!Number.isNaN(score.value(counts))) continue;
      for (const key of keys) assert(score.gradient(counts)[key] === 0, `${score.name} ${key}`);
    }
  }
});

Deno.test("fBeta: 1 is f1, 0 is precision, a large β is recall, in value and gradient", () => {
  const same = (a: Score, b: Score, tolerance: number) =>
    fc.assert(fc.property(someCounts, (counts) => {
      assertWithin(a.value(counts), b.value(counts), tolerance);
      for (const key of keys) {
        assertWithin(a.gradient(counts)[key], b.gradient(counts)[key], tolerance * 100);
      }
    }));
  same(fBeta({ beta: 1 }), f1, 0);
  same(fBeta({ beta: 0 }), precision, 0);
  same(fBeta({ beta: 1e8 }), scores.recall, 1e-11);
});

Deno.test("jaccard is f1/(2 − f1), and both order classifiers alike", () => {
  fc.assert(fc.property(someCounts, (counts) => {
    const f = f1.value(counts);
    assertWithin(jaccard.value(counts), f / (2 - f), 1e-15);
  }));
});

Deno.test("an infinite count that a score does not use is left out", () => {
  assertEquals(precision.value({ tp: 3, fp: 1, fn: 2, tn: Infinity }), 0.75);
  assertEquals(f1.gradient({ tp: 1, fp: 1, fn: 1, tn: Infinity }).tn, 0);
});

Deno.test("a beta that is no finite number ≥ 0 is refused, by its value", () => {
  const values: [unknown, string][] = [
    [-1, "-1"],
    [NaN, "NaN"],
    [Infinity, "Infinity"],
    ["2", "'2'"],
    [undefined, "undefined"],
    [null, "null"],
  ];
  for (const [beta, value] of values) {
    assertRefused(() => fBeta({ beta: beta as number }), { argument: "beta", value });
  }
  assertRefused(() => fBeta(undefined as unknown as { beta: number }), { argument: "beta", value: "undefined" });
});

Deno.test("toScore takes names and scores, and refuses what is neither", () => {
  for (const [name, score] of Object.entries(scores)) {
    if (typeof score === "function") continue;
    assertStrictEquals(toScore(name as "f1"), score);
    assertStrictEquals(toScore(score), score);
  }
  const half = fBeta({ beta: 0.5 });
  assertStrictEquals(toScore(half), half);

  const error = TypeError;
  const things: [unknown, string][] = [
    ["presicion", "'presicion'"],
    ["", "''"],
    ["toString", "'toString'"],
    ["fBeta", "'fBeta' needs options"],
    [fBeta, "a function: call it"],
    [{}, "[]"],
    [3, "3"],
    [null, "null"],
    [undefined, "undefined"],
  ];
  for (const [thing, value] of things) {
    assertRefused(() => toScore(thing as "f1"), { error, argument: "score", value });
  }
  const message = assertRefused(() => toScore("nope" as "f1"), { error, argument: "score", value: "'nope'" });
  for (const name of Object.keys(scores)) assert(message.includes(name));
});
