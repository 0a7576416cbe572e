// Every score of the table, against its formula written out here. A score that is added to the table without a formula
// in this file makes the first test fail.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import {
  type Counts,
  dice,
  f1,
  fBeta,
  jaccard,
  precision,
  precisionAtRecall,
  recallAtPrecision,
  type Score,
  scores,
  toScore,
  tversky,
  utility,
} from "../../lib/mod.ts";
import { allScores, rangeOf, sizeOf, withOptions } from "../all_scores.ts";
import { definedGradient } from "../../lib/scores/composed.ts";
import { ratioOf } from "../../lib/scores/linear_fractional.ts";
import { robustFBeta, robustMcc } from "../../lib/scores/robust.ts";
import { savings } from "../../lib/scores/savings.ts";
import { ofDecisions, withLearnt } from "../../lib/scores/learnt.ts";
import { scoreNames } from "../../lib/scores/to_score.ts";
import { assertRefused, assertWithin } from "../helpers.ts";

type Formula = (c: Counts) => number;

/** Harmonic mean of precision and recall with weights 1 and β², from the two themselves. */
const ofBoth = (b2: number): Formula => ({ tp, fp, fn }) => {
  const p = tp / (tp + fp), r = tp / (tp + fn);
  return (1 + b2) * p * r / (b2 * p + r);
};

const total = ({ tp, fp, fn, tn }: Counts) => tp + fp + fn + tn;

/** Other forms of the formulas than those of lib/scores. */
const formulas: Record<string, Formula> = {
  precision: ({ tp, fp }) => tp / (tp + fp),
  recall: ({ tp, fn }) => tp / (tp + fn),
  specificity: ({ fp, tn }) => 1 - fp / (fp + tn),
  npv: ({ fn, tn }) => 1 - fn / (fn + tn),
  f1: ofBoth(1),
  dice: ({ tp, fp, fn }) => 2 * tp / ((tp + fp) + (tp + fn)), // 2|A ∩ B| / (|A| + |B|)
  jaccard: ({ tp, fp, fn }) => tp / (tp + fp + fn),
  accuracy: ({ tp, fp, fn, tn }) => 1 - (fp + fn) / (tp + fp + fn + tn),
  balancedAccuracy: ({ tp, fp, fn, tn }) => 0.5 * (2 - fn / (tp + fn) - fp / (tn + fp)),
  informedness: ({ tp, fp, fn, tn }) => (tp * tn - fp * fn) / ((tp + fn) * (fp + tn)),
  markedness: ({ tp, fp, fn, tn }) => (tp * tn - fp * fn) / ((tp + fp) * (fn + tn)),
  // Of the rates: √(TPR·TNR·PPV·NPV) − √(FNR·FPR·FDR·FOR).
  mcc: ({ tp, fp, fn, tn }) => {
    const rates = (a: number, b: number, c: number, d: number) =>
      Math.sqrt(a / (tp + fn) * (b / (tn + fp)) * (c / (tp + fp)) * (d / (tn + fn)));
    return rates(tp, tn, tp, tn) - rates(fn, fp, fp, fn);
  },
  // 1 − observed disagreement / that of chance
  cohenKappa: (c) => {
    const n = total(c), chance = (c.tp + c.fp) / n * ((c.fp + c.tn) / n) + (c.fn + c.tn) / n * ((c.tp + c.fn) / n);
    return 1 - (c.fp + c.fn) / n / chance;
  },
  gMean: ({ tp, fp, fn, tn }) => Math.exp(0.5 * (Math.log(tp / (tp + fn)) + Math.log(tn / (tn + fp)))),
  fowlkesMallows: ({ tp, fp, fn }) => tp / Math.sqrt((tp + fp) * (tp + fn)),
  "tversky0.3_0.7": ({ tp, fp, fn }) => 1 / (1 + 0.3 * fp / tp + 0.7 * fn / tp),
  tversky2_0: ({ tp, fp }) => 1 / (1 + 2 * fp / tp),
  "precisionAtRecall0.7": ({ tp, fp, fn }) => {
    const r = tp / (tp + fn);
    return 1 - fp / (tp + fp) - (r < 0.7 ? 2.8 - 4 * r : 0);
  },
  "recallAtPrecision0.6": ({ tp, fp, fn }) => {
    const p = tp / (tp + fp);
    return 1 - fn / (tp + fn) - (p < 0.6 ? 2.4 - 4 * p : 0);
  },
  utility: (c) => 100 * (c.tp / total(c)) - 5 * (c.fp / total(c)) - 20 * (c.fn / total(c)) + c.tn / total(c),
};

/** The distance of a score from the place where its slope jumps; Infinity where there is none. */
const fromKink = ({ name }: Score, { tp, fp, fn }: Counts): number =>
  name === "precisionAtRecall0.7"
    ? Math.abs(tp / (tp + fn) - 0.7)
    : name === "recallAtPrecision0.6"
    ? Math.abs(tp / (tp + fp) - 0.6)
    : Infinity;

const betas = [0, 0.5, 1, 2, 10];

/** The robust scores of Holzmann and Klar, in ./core alone; robust_test.ts has the paper's own formulas. */
const robust: [Score, Formula][] = [0.01, 0.5].flatMap((d): [Score, Formula][] => [
  [robustMcc({ d }), ({ tp, fp, fn, tn }) => {
    const n = tp + fp + fn + tn, v = (tp + fn) / n * ((fp + tn) / n), u = (tp + fp) / n * ((fn + tn) / n);
    return (tp / (tp + fn) - fp / (fp + tn)) * Math.sqrt(d / v + 1) / Math.sqrt(u / v + d / v);
  }],
  ...[0.5, 2].map((beta): [Score, Formula] => [robustFBeta({ beta, d }), (c) => {
    const n = total(c), pi = (c.tp + c.fn) / n;
    return (d / pi + beta ** 2 + 1) / (d * n / c.tp + beta ** 2 * (c.tp + c.fn) / c.tp + (c.tp + c.fp) / c.tp);
  }]),
]);

const made: [Score, Formula][] = [
  ...robust,
  ...allScores.map((score) => [score, formulas[score.name] ?? ofBoth(Number(score.name.slice(5)) ** 2)] as const),
  ...betas.map((beta) => [fBeta({ beta }), ofBoth(beta * beta)] as const),
].map(([score, formula]) => [score, formula]);

const keys = ["tp", "fp", "fn", "tn"] as const;
const count = fc.double({ min: 0.01, max: 1000, noNaN: true });
const someCounts = fc.record({ tp: count, fp: count, fn: count, tn: count });
const zero = { tp: 0, fp: 0, fn: 0, tn: 0 };

Deno.test("every score of the table has a formula here, and its own name", () => {
  for (const [name, score] of Object.entries(scores)) {
    if (typeof score === "function") {
      for (const one of withOptions[name]) assert(one.name.startsWith(name), one.name);
      continue;
    }
    assert(formulas[name], `no formula for ${name}`);
    assertEquals(score.name, name);
  }
  for (const { name } of allScores) assert(formulas[name] || name.startsWith("fBeta"), `no formula for ${name}`);
  assertEquals(fBeta({ beta: 0.5 }).name, "fBeta0.5");
  assertEquals(fBeta({ beta: 2 }).name, "fBeta2");
  assertEquals(new Set(allScores.map(({ name }) => name)).size, allScores.length);
});

for (const [score, formula] of made) {
  const { name } = score, [low, high] = rangeOf(score), size = sizeOf(score);

  Deno.test(`${name} has the value of its formula, and lies in [${low}, ${high}]`, () => {
    fc.assert(fc.property(someCounts, (counts) => {
      assertWithin(score.value(counts), formula(counts), 1e-13 * size);
      // 1e-15: the difference of two shares of which one is rounded.
      assert(score.value(counts) >= low - 1e-15 && score.value(counts) <= high + 1e-15);
    }));
  });

  Deno.test(`${name} has the gradient that central differences give`, () => {
    let tried = 0;
    fc.assert(fc.property(someCounts, (counts) => {
      const gradient = score.gradient(counts);
      for (const key of keys) {
        // h in proportion to the smallest scale on which the score bends; error h²·f‴/6 + ε/h.
        const scale = Math.min(counts[key], 1e3), h = 1e-4 * scale;
        if (fromKink(score, counts) < 1e-4) continue;
        tried++;
        const move = (by: number) => score.value({ ...counts, [key]: counts[key] + by });
        const difference = (move(h) - move(-h)) / (2 * h);
        assertWithin(gradient[key], difference, size * (2e-8 + 1e-11) / scale, `∂${key} at ${JSON.stringify(counts)}`);
      }
    }));
    assert(tried > 700, `${tried}`);
  });

  Deno.test(`${name} does not depend on the unit of the weights, so Σ c·∂f = 0`, () => {
    fc.assert(fc.property(someCounts, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (counts, unit) => {
      const scaled = { tp: counts.tp * unit, fp: counts.fp * unit, fn: counts.fn * unit, tn: counts.tn * unit };
      if (fromKink(score, counts) < 1e-12) return;
      assertWithin(score.value(scaled), score.value(counts), 1e-14 * size);
      const gradient = score.gradient(counts);
      assertWithin(keys.reduce((sum, key) => sum + counts[key] * gradient[key], 0), 0, 1e-14 * size);
      // Degree 0: its gradient has degree −1. An ulp of every count is what the scaling may cost.
      const ofScaled = score.gradient(scaled), largest = Math.max(...keys.map((key) => Math.abs(gradient[key])));
      for (const key of keys) assertWithin(ofScaled[key] * unit, gradient[key], 1e-14 * largest);
    }));
  });

  Deno.test(`${name} is NaN where it is 0/0, and its gradient exactly 0 there`, () => {
    assertStrictEquals(score.value(zero), NaN);
    for (const key of keys) assert(score.gradient(zero)[key] === 0);
  });

  Deno.test(`${name} of a perfect classifier is exactly its best value`, () => {
    for (const counts of [{ ...zero, tp: 3, tn: 7 }, { ...zero, tp: 0.1, tn: 1e9 }, { ...zero, tp: 0.3, tn: 0.7 }]) {
      const best = name === "utility" ? (100 * counts.tp + counts.tn) / (counts.tp + counts.tn) : 1;
      assertStrictEquals(score.value(counts), best, JSON.stringify(counts));
    }
  });

  Deno.test(`${name} has a finite gradient at the corners: whichever of the counts are 0`, () => {
    for (let corner = 0; corner < 16; corner++) {
      const counts = { tp: corner & 1 && 3, fp: corner & 2 && 0.5, fn: corner & 4 && 2, tn: corner & 8 && 70 };
      const gradient = score.gradient(counts);
      for (const key of keys) {
        assert(Number.isFinite(gradient[key]), `∂${key} at ${JSON.stringify(counts)} is ${gradient[key]}`);
        if (Number.isNaN(score.value(counts))) assert(gradient[key] === 0, `∂${key} at ${JSON.stringify(counts)}`);
      }
    }
  });

  if (name === "cohenKappa") continue;
  if (robust.some(([one]) => one === score)) { // a row more moves the prevalence, and with it what a rare class is worth
    Deno.test(`${name} rises with a row that is decided rightly instead of wrongly`, () => {
      fc.assert(fc.property(someCounts, (counts) => {
        const { tp, fp, fn, tn } = score.gradient(counts);
        assert(tp > fn && tn >= fp);
      }));
    });
    continue;
  }
  Deno.test(`${name} rises with what is right and falls with what is wrong`, () => {
    fc.assert(fc.property(someCounts, (counts) => {
      const { tp, fp, fn, tn } = score.gradient(counts),
        least = -1e-15 * size / Math.min(...keys.map((k) => counts[k]));
      if (name === "utility") { // its gradient is its worth less its value
        const value = score.value(counts);
        for (const [key, worth] of [["tp", 100], ["fp", -5], ["fn", -20], ["tn", 1]] as const) {
          assertWithin(score.gradient(counts)[key] * total(counts), worth - value, 1e-11);
        }
        return;
      }
      assert(tp >= least && tn >= least && -fp >= least && -fn >= least);
      assert(tp > 0 || tn > 0);
    }));
  });
}

Deno.test("cohenKappa is not a monotone score: below chance, a false alarm more may raise it", () => {
  const { value, gradient } = scores.cohenKappa, counts = { tp: 0, fp: 10, fn: 1, tn: 0 };
  assert(gradient(counts).fp > 0.01, `${gradient(counts).fp}`);
  assert(value({ ...counts, fp: 11 }) > value(counts) + 0.01);
});

Deno.test("where each score is not defined: without predicted, without true, without both, one class, one decision", () => {
  const undefinedAt = (counts: Counts) =>
    allScores.filter((s) => Number.isNaN(s.value(counts))).map((s) => s.name).sort();
  const positives = ["f1", "dice", "jaccard", "fBeta0.5", "fBeta2", "tversky0.3_0.7"];
  const constrained = ["precisionAtRecall0.7", "recallAtPrecision0.6"];
  const bothClasses = ["balancedAccuracy", "informedness", "gMean", "mcc"];
  const where: [Counts, string[]][] = [
    [
      { ...zero, fn: 2, tn: 5 }, // nothing predicted
      ["precision", "tversky2_0", "markedness", "mcc", "fowlkesMallows", ...constrained],
    ],
    [{ ...zero, tp: 2, fp: 5 }, ["npv", "markedness", "mcc"]], // all predicted
    [{ ...zero, fp: 2, tn: 5 }, ["recall", "fowlkesMallows", ...constrained, ...bothClasses]], // no positive
    [{ ...zero, tp: 2, fn: 5 }, ["specificity", ...bothClasses]], // no negative
    [{ ...zero, tn: 5 }, [
      ...["precision", "recall", "tversky2_0", "markedness", "fowlkesMallows", "cohenKappa"],
      ...[...constrained, ...bothClasses, ...positives],
    ]],
    [{ ...zero, tp: 5 }, ["specificity", "npv", "markedness", "cohenKappa", ...bothClasses]],
    [zero, allScores.map(({ name }) => name)],
  ];
  for (const [counts, names] of where) {
    assertEquals(undefinedAt(counts), [...names].sort(), JSON.stringify(counts));
    for (const score of allScores.filter(({ name }) => names.includes(name))) {
      for (const key of keys) assert(score.gradient(counts)[key] === 0, `${score.name} ${key}`);
    }
  }
});

Deno.test("dice is f1, tversky has its special cases, a complement turns the scores of the negatives round", () => {
  fc.assert(fc.property(someCounts, (counts) => {
    const { tp, fp, fn, tn } = counts, complement = { tp: tn, fp: fn, fn: fp, tn: tp };
    assertStrictEquals(dice.value(counts), f1.value(counts));
    assertEquals(dice.gradient(counts), f1.gradient(counts));
    assertWithin(tversky({ alpha: 0.5, beta: 0.5 }).value(counts), f1.value(counts), 1e-15);
    assertStrictEquals(tversky({ alpha: 1, beta: 1 }).value(counts), jaccard.value(counts));
    assertStrictEquals(tversky({ alpha: 1, beta: 0 }).value(counts), precision.value(counts));
    assertWithin(scores.specificity.value(counts), scores.recall.value(complement), 1e-15);
    assertWithin(scores.npv.value(counts), scores.precision.value(complement), 1e-15);
    for (const name of ["mcc", "cohenKappa", "balancedAccuracy", "informedness", "markedness", "gMean"] as const) {
      assertWithin(scores[name].value(counts), scores[name].value(complement), 1e-14, name);
    }
    const { informedness, markedness, mcc } = scores;
    assertWithin(mcc.value(counts) ** 2, informedness.value(counts) * markedness.value(counts), 1e-14);
  }));
});

Deno.test("at its floor a constrained score is its objective, above it too, and below it 4 less a unit", () => {
  const atRecall = precisionAtRecall({ recall: 0.5 }), atPrecision = recallAtPrecision({ precision: 0.5 });
  const floor = { tp: 4, fp: 1, fn: 4, tn: 9 }; // recall 0.5, precision 0.8
  assertEquals(atRecall.value(floor), 0.8);
  assertEquals(atRecall.gradient(floor), precision.gradient(floor)); // the side above
  const below = { tp: 2, fp: 0, fn: 6, tn: 9 }; // recall 0.25
  assertEquals(atRecall.value(below), 1 - 4 * 0.25);
  assertWithin(atRecall.gradient(below).fn, 4 * scores.recall.gradient(below).fn, 1e-15);
  const turned = { tp: 2, fp: 6, fn: 0, tn: 9 };
  assertEquals(atPrecision.value(turned), 1 - 4 * 0.25);
  assertWithin(atPrecision.gradient(turned).fp, 4 * precision.gradient(turned).fp, 1e-15);
  for (const [floor, value] of [[0, "is 0"], [1.01, "1.01"], [NaN, "NaN"], ["0.5", "'0.5'"], [null, "null"]] as const) {
    assertRefused(() => precisionAtRecall({ recall: floor as number }), { argument: "recall", value });
    assertRefused(() => recallAtPrecision({ precision: floor as number }), { argument: "precision", value });
  }
});

Deno.test("utility takes the four outcomes and nothing else, and tversky two weights that are not both 0", () => {
  assertEquals(utility({ tp: 1 }).value({ tp: 1, fp: 1, fn: 1, tn: 1 }), 0.25);
  assertEquals(utility({ fp: -1 }).best, 0);
  const error = TypeError, of = (options: unknown) => () => utility(options as { tp: number });
  assertRefused(of({}), { error, argument: "options", value: "worth" });
  assertRefused(of(undefined), { error, argument: "options", value: "worth" });
  assertRefused(of({ tp: 1, hit: 3 }), { error, argument: "hit", value: "3" });
  assertRefused(of({ tp: NaN }), { argument: "tp", value: "NaN" });
  assertRefused(of({ tn: "3" }), { argument: "tn", value: "'3'" });
  assertRefused(of({ fn: -Infinity }), { argument: "fn", value: "-Infinity" });
  assertRefused(() => tversky({ alpha: 0, beta: 0 }), { argument: "alpha", value: "0" });
  assertRefused(() => tversky({ alpha: -1, beta: 0 }), { argument: "alpha", value: "-1" });
  assertRefused(() => tversky({ alpha: 1, beta: Infinity }), { argument: "beta", value: "Infinity" });
  assertRefused(() => tversky({ alpha: 1 } as { alpha: number; beta: number }), {
    argument: "beta",
    value: "undefined",
  });
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

Deno.test("a beta that is not a number from 0 to 1e150 is refused, by its value", () => {
  const values: [unknown, string][] = [
    [-1, "-1"],
    [NaN, "NaN"],
    [1e151, "1e+151"],
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
    ["fBeta", "called with options, as in fBeta({ beta: 0.5 }), it is 'fBeta'"],
    [fBeta, "a score, not a loss, metric or uncalled fBeta, it is the function fBeta"],
    [{}, "[]"],
    [3, "3"],
    [null, "null"],
    [undefined, "must be a name, or an object with 'name' and 'value', it is undefined"],
  ];
  for (const [thing, value] of things) {
    assertRefused(() => toScore(thing as "f1"), { error, argument: "score", value });
  }
  const own = { name: "own", value: () => 0 };
  assertRefused(() => toScore({ ...own, name: "" }), { error, argument: "name", value: "a word, it is ''" });
  assertRefused(() => toScore({ ...own, best: NaN }), { error, argument: "best", value: "NaN" });
  assertRefused(() => toScore({ ...own, gradient: 3 as never }), { error, argument: "gradient", value: "3" });
  const message = assertRefused(() => toScore("nope" as "f1"), { error, argument: "score", value: "'nope'" });
  for (const name of Object.keys(scores)) assert(message.includes(name));
});

Deno.test("README lists every score of the table", async () => {
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  for (const name of Object.keys(scores)) assert(readme.includes(`\`${name}\``), `README does not name ${name}`);
});

Deno.test("a score without a gradient gets differences that are good beside a count of 0 as well", () => {
  const mine = toScore({ name: "mine", value: ({ tp, fp, fn }: Counts) => 2 * tp / (2 * tp + fp + fn) });
  for (
    const counts of [{ tp: 3, fp: 0, fn: 2, tn: 4 }, { tp: 0, fp: 3, fn: 2, tn: 0 }, { tp: 3e6, fp: 0, fn: 0, tn: 0 }]
  ) {
    const own = mine.gradient(counts),
      wanted = f1.gradient(counts),
      whole = Object.values(counts).reduce((a, b) => a + b);
    for (const key of ["tp", "fp", "fn", "tn"] as const) assertWithin(own[key], wanted[key], 1e-8 / whole * 10, key);
  }
});

Deno.test("the differences ask a score for no negative count, where many scores are not defined", () => {
  const asked: number[] = [];
  const rooted = toScore({
    name: "rooted",
    value: (counts: Counts) => {
      asked.push(...Object.values(counts));
      return Math.sqrt(counts.tp * counts.tn) - Math.sqrt(counts.fp) / 10;
    },
  });
  for (const counts of [{ tp: 3, fp: 0, fn: 2, tn: 4 }, { tp: 1e-9, fp: 1e-6, fn: 0, tn: 7 }, { ...zero, fn: 5 }]) {
    for (const partial of Object.values(rooted.gradient(counts))) assert(Number.isFinite(partial), `${partial}`);
  }
  assert(Math.min(...asked) >= 0, `${Math.min(...asked)}`);
});

Deno.test("the differences: 0 where the score is not defined, the mean of both slopes at a kink, any unit without rows", () => {
  const of = (value: Formula) => toScore({ name: "mine", value });
  assertEquals(of(precision.value).gradient({ ...zero, fn: 5, tn: 2 }), zero);
  assertWithin(of(({ tp }) => Math.abs(tp - 3)).gradient({ ...zero, tp: 3, tn: 2 }).tp, 0, 1e-9);
  const earned = of(({ tp, fp }) => 3 * tp - fp).gradient(zero); // rows whose weights are 0
  for (const key of keys) assertWithin(earned[key], { ...zero, tp: 3, fp: -1 }[key], 1e-9, key);
});

Deno.test("a definition of one's own with a bad name, best or gradient is refused", () => {
  const value = () => 1,
    error = TypeError,
    of = (own: object) => () => toScore({ name: "own", value, ...own } as unknown as Score);
  for (const best of [NaN, Infinity, "1", null]) {
    assertRefused(of({ best }), { error, argument: "best", value: typeof best === "string" ? `'${best}'` : `${best}` });
  }
  for (const name of ["", 3, undefined]) {
    assertRefused(of({ name }), { error, argument: "name", value: name === "" ? "''" : `${name}` });
  }
  assertRefused(of({ gradient: 3 }), { error, argument: "gradient", value: "3" });
  assertEquals([toScore({ name: "own", value, best: 0 }).best, toScore({ name: "own", value }).best], [0, undefined]);
});

Deno.test("a gradient with a partial derivative that is not finite, or of a score that is not defined, is 0", () => {
  const partials = { tp: 1, fp: -2, fn: 3, tn: 4 }, none = { tp: 0, fp: 0, fn: 0, tn: 0 };
  assertEquals(definedGradient(0.5, partials), partials);
  assertEquals(definedGradient(NaN, partials), none);
  for (const key of keys) {
    for (const bad of [Infinity, -Infinity, NaN]) assertEquals(definedGradient(0.5, { ...partials, [key]: bad }), none);
  }
});

Deno.test("scoreNames: the scores that have no parameters", () => {
  const parameters = ["fBeta", "tversky", "precisionAtRecall", "recallAtPrecision", "utility"];
  assertEquals([...scoreNames].sort(), Object.keys(scores).filter((name) => !parameters.includes(name)).sort());
});

Deno.test("quasiConvex: the largest value in a rectangle of (tp, fp) lies in a corner, for every score", () => {
  const whole = fc.integer({ min: 0, max: 40 }), two = fc.tuple(whole, whole);
  for (const score of [...allScores, ...robust.map(([score]) => score), savings({ fp: 2, fn: 10 })]) {
    assert(score.quasiConvex, score.name);
    fc.assert(fc.property(two, two, whole, whole, ([tp, fp], [width, height], morePositives, moreNegatives) => {
      const positives = tp + width + morePositives, negatives = fp + height + moreNegatives;
      const at = (a: number, b: number) => {
        const value = score.value({ tp: a, fp: b, fn: positives - a, tn: negatives - b });
        return Number.isNaN(value) ? 0 : value;
      };
      const corners = [at(tp, fp), at(tp + width, fp), at(tp, fp + height), at(tp + width, fp + height)];
      const bound = Math.max(...corners) + 1e-12 * Math.max(...corners.map(Math.abs));
      for (let a = 0; a <= width; a++) {
        for (let b = 0; b <= height; b++) assert(at(tp + a, fp + b) <= bound, `${score.name}, ${tp + a}, ${fp + b}`);
      }
    }));
  }
});

Deno.test("ofDecisions: a score that learns names the score of its decisions, any other is it itself", () => {
  const learnt = { ofDecisions: f1, learn: () => {}, numbers: () => ({}), restore: () => {} };
  assertStrictEquals(ofDecisions(withLearnt(toScore({ ...precision, name: "learns" }), learnt)), f1);
  assertStrictEquals(ofDecisions(precision), precision);
});

Deno.test("ratioOf: the coefficients of one ratio of linear functions, and nothing for other scores", () => {
  assertEquals(ratioOf(precision), { numerator: { tp: 1 }, denominator: { tp: 1, fp: 1 } });
  for (const other of [scores.mcc, scores.gMean, toScore({ name: "own", value: ({ tp }) => tp })]) {
    assertStrictEquals(ratioOf(other), undefined, other.name);
  }
});

Deno.test("a ratio leaves out the counts that it does not have, infinite or not", () => {
  const endless = (key: keyof Counts) => ({ tp: 3, fp: 1, fn: 2, tn: 4, [key]: Infinity });
  assertEquals([precision.value(endless("fn")), precision.value(endless("tn"))], [0.75, 0.75]);
  assertEquals([scores.specificity.value(endless("tp")), scores.recall.value(endless("fp"))], [0.8, 0.6]);
});

Deno.test("parameters: the largest, one whose square is not finite, and none at all", () => {
  assertRefused(() => fBeta({ beta: 1e200 }), { argument: "beta", value: "1e+200" });
  assertEquals([utility({ tp: 1e30 }).value({ tp: 1, fp: 0, fn: 0, tn: 0 }), fBeta({ beta: 1e150 }).name], [
    1e30,
    "fBeta1e+150",
  ]);
  assertRefused(() => utility({ tp: 1.1e30 }), { argument: "tp", value: "1.1e+30" });
  const makers: [(options: never) => unknown, string][] = [
    [fBeta, "beta"],
    [tversky, "alpha"],
    [precisionAtRecall, "recall"],
    [recallAtPrecision, "precision"],
    [robustMcc, "d"],
    [robustFBeta, "beta"],
  ];
  for (const [make, argument] of makers) {
    assertRefused(() => (make as (options?: unknown) => unknown)(), { argument, value: "undefined" });
  }
});

Deno.test("the differences beside a count of 0 are as wide as the other counts ask for", () => {
  for (const key of ["fp", "fn", "tn"] as const) {
    const share = toScore({
      name: "share",
      value: (counts) => counts[key] / (counts.tp + counts.fp + counts.fn + counts.tn),
    });
    const { tp } = share.gradient({ tp: 0, fp: 0, fn: 0, tn: 0, [key]: 1e9 });
    assertWithin(tp, -1e-9, 1e-15, key);
  }
});
