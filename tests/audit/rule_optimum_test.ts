// Minima that are elsewhere than at the correct outputs, with losses that are functions of arrays.
import { assert, assertAlmostEquals, assertEquals, assertStrictEquals } from "@std/assert";
import type { Descent } from "../../lib/audit/descents.ts";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { AuditEngine, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { Observations } from "../../lib/audit/observations.ts";
import type { AuditContext } from "../../lib/audit/rules/rule.ts";
import type { AuditOptions } from "../../lib/audit/types.ts";
import {
  batchOf,
  input,
  mean,
  op,
  resultUnder,
  squared,
  sum,
  type Value,
  wrongOptimum,
  wrongSign,
} from "./rule_helpers.ts";
import { rankCorrelation } from "../../lib/audit/rules/optimum.ts";

const relu = (v: number) => Math.max(0, v);

interface Made {
  loss: Value;
  random: AuditBatch;
  perfect?: AuditBatch;
  /** The ends of descents: their outputs, or a batch, with the losses before and after. */
  descents?: { from?: number; to: number; end: number[] | AuditBatch }[];
  /** The gradient with respect to the outputs. */
  gradientOf?: (batch: AuditBatch) => number[];
  options?: AuditOptions;
  deterministic?: boolean;
  ops?: RecordedOp[];
  customGradient?: boolean;
}

function contextOf(
  {
    loss,
    random,
    perfect,
    descents = [],
    gradientOf,
    options = {},
    deterministic = true,
    ops = [],
    customGradient = false,
  }: Made,
) {
  const of = resultUnder(loss, gradientOf);
  const engine = { value: of, valueAndGradient: of } as unknown as AuditEngine, [rows, columns] = random.predShape;
  const results = { random: of(random), perfect: perfect && of(perfect) };
  const observations = {
    ...{ ops, rows, columns, random: results.random, other: results.random, results, deterministic, customGradient },
  } as unknown as Observations;
  const ended = descents.map(({ from = loss(random), to, end }) => ({
    ...{ from, to },
    end: Array.isArray(end) ? { ...(perfect ?? random), yPred: Float32Array.from(end) } : end,
  })) as unknown as Descent[];
  return { engine, observations, options, descents: () => ended } as unknown as AuditContext;
}

/** The loss in another unit, and with another zero. */
const changed = (made: Made, scale: number, level: number): Made => ({
  ...made,
  loss: (batch) => scale * made.loss(batch) + level,
  gradientOf: made.gradientOf && ((batch) => made.gradientOf!(batch).map((g) => scale * g)),
  descents: made.descents?.map(({ from = made.loss(made.random), to, end }) => (
    { from: scale * from + level, to: scale * to + level, end }
  )),
});

/** Findings of a rule, which no unit of the loss changes. */
function sign(made: Made) {
  const finding = wrongSign(contextOf(made));
  for (const scale of [64, 1 / 64]) {
    assertEquals(wrongSign(contextOf(changed(made, scale, 0)))?.message, finding?.message, `times ${scale}`);
  }
  return finding;
}

/** Findings of a rule, which no unit of the loss changes, and no constant that is added, unless they ask for its size. */
function optimum(made: Made) {
  const finding = wrongOptimum(contextOf(made));
  const bySize = /^(The loss falls without end|Correct outputs have a larger loss|A useless model is better)/.test(
    finding?.message ?? "",
  );
  // Beyond 30 steps of a descent the unit counts.
  const byDescent = finding?.evidence.after30StepsFromPerfect !== undefined;
  for (const [scale, level] of [[64, 0], [1 / 64, 0], [1, 7]]) {
    if (scale === 1 ? bySize : byDescent) continue;
    const other = wrongOptimum(contextOf(changed(made, scale, level)));
    const said = [finding, other].map((one) => [one?.message, one?.severity]);
    assertEquals(said[1], said[0], `times ${scale}, plus ${level}`);
  }
  return finding;
}

const yTrue = [0, 1, 0, 1, 0, 1, 0, 1], start = [0.5, 0.25, 0.75, 0.5, 0.25, 0.75, 0.25, 0.25];
const random = batchOf(yTrue, start), perfect = batchOf(yTrue, yTrue);
/** Outputs without an end: logits. */
const logits = yTrue.map((y) => 16 * y - 8), randomLogits = [-2, 0.5, 1, -0.5, 1.5, -1, 0.5, -0.5];
const wide = { random: batchOf(yTrue, randomLogits), perfect: batchOf(yTrue, logits) };
/** Many-valued labels, which are the correct outputs. */
const numbers = [1.5, -0.5, 2.5, 0.25, -1.5, 3.5, -2.5, 0.75], guesses = [0.5, -1, 2, -2, 1, -0.5, 1.25, 0.125];
const real = { random: batchOf(numbers, guesses), perfect: batchOf(numbers, numbers) };

Deno.test("wrong sign: a loss that rises towards correct outputs", () => {
  const finding = sign({ loss: (batch) => -squared(batch), random, perfect })!;
  assertEquals([finding.cause, finding.severity], ["wrong-sign", "error"]);
  assertEquals(finding.message, "The loss rises as the outputs improve: minimising it makes predictions worse");
  const { random: from, threeQuarters, nearlyPerfect } = finding.evidence as Record<string, number>,
    all = squared(random);
  [from, threeQuarters, nearlyPerfect].forEach((v, i) => assertAlmostEquals(v, -all * [1, 0.0625, 0.0025][i], 1e-7));
  assert(finding.remedy.startsWith("Return the complement, 1 − score"));
  assertStrictEquals(sign({ loss: squared, random, perfect }), undefined);
  assertStrictEquals(sign({ loss: (batch) => -squared(batch), random }), undefined);

  // The loss along the way from the random outputs, 0, to the correct ones, 1.
  const along = (at: Record<string, number>, made: Partial<Made> = {}) =>
    sign({
      loss: ({ yPred }) => at[String(Math.round(100 * (yPred[0] - 0.5) / -0.5) / 100)] ?? 0,
      ...{ random, perfect },
      ...made,
    })?.cause;
  assertEquals(along({ "0.25": -1, "0.5": -1, "0.75": -1, "0.95": 1 }), "wrong-sign"); // it rises to the end
  assertEquals(along({ "0.25": 1, "0.5": 2, "0.75": 3, "0.95": 2.5 }), "wrong-sign"); // or all along
  for (const down of ["0.25", "0.5", "0.75"]) {
    const rest = { "0.25": 1, "0.5": 2, "0.75": 3, "0.95": 2.5 };
    assertStrictEquals(
      along({ ...rest, [down]: down === "0.75" ? 2.6 : 0 }),
      down === "0.75" ? "wrong-sign" : undefined,
    );
  }
  assertStrictEquals(along({ "0.25": 1, "0.5": 0, "0.75": 1, "0.95": 1 }), undefined);
  assertStrictEquals(along({ "0.25": 1, "0.5": 2, "0.75": 3, "0.95": 0 }), undefined); // back again
  // A pole beside the correct outputs, which themselves are better than random ones, as where a scale goes through 0.
  assertEquals([-0.1, 0.1].map((right) => along({ "0.25": 1, "0.5": 2, "0.75": 3, "0.95": 4, "1": right })), [
    undefined,
    "wrong-sign",
  ]);
  const level = (by: number) =>
    along({ "0": -10, "-0.95": -10, "0.25": -10 + by, "0.5": -10 + by, "0.75": -10 + by, "0.95": -10 + 2 * by });
  assertEquals([level(4e-6), level(2e-5)], [undefined, "wrong-sign"]); // a millionth is rounding

  // Other outputs than the sampler's fit: a descent leads lower, to outputs that rise with them.
  const rises = [0.1, 0.6, 0.2, 0.7, 0.3, 0.8, 0.15, 0.9], falls = rises.map((p) => 1 - p);
  const by = (to: number, end: number[] | AuditBatch) =>
    sign({ loss: (batch) => 1 - squared(batch), ...{ random, perfect }, descents: [{ to, end }] })?.cause;
  assertEquals([by(0.5, rises), by(0.5, falls), by(0.9, rises)], [undefined, "wrong-sign", "wrong-sign"]);
  assertEquals(by(0.5, batchOf(yTrue.map((y) => 1 - y), falls)), undefined); // their own labels count
  const below = (share: number) => by(1 - (1 + share) * squared(random), rises); // of the way to the correct ones
  assertEquals([below(0.04), below(0.06)], ["wrong-sign", undefined]);
  assertEquals(by(0.5, [0.1, 0.6]), "wrong-sign");
  // Outputs that fall as the labels rise are called correct: a descent that rises with the labels is no excuse.
  const ranks = { random: batchOf(numbers, guesses), perfect: batchOf(numbers, numbers.map((y) => -y)) };
  const turned: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - yTrue[i]) ** 2));
  const rankDescent = { loss: turned, ...ranks, descents: [{ to: 0, end: numbers }] };
  assertEquals(sign(rankDescent)?.cause, "wrong-sign");
});

Deno.test("wrong sign: a loss that rises towards correct outputs and away from them", () => {
  const middle = ({ yPred }: AuditBatch) => mean(yPred.map((p, i) => (p - guesses[i]) ** 2));
  const finding = sign({ loss: middle, ...real })!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "error"]);
  assert(
    finding.message.startsWith("The loss rises from random outputs towards the correct ones, and in the opposite"),
  );
  const all = squared(real.random), { random: from, ...rest } = finding.evidence as Record<string, number>;
  assertEquals(from, 0);
  [0.9025, 0.25, 1].forEach((share, i) => assertAlmostEquals(Object.values(rest)[i] / all, share, 1e-6));
  assertEquals(Object.keys(rest), ["nearlyPerfect", "halfAsFarAway", "asFarAway"]);
  // Along one line, from −1 to 1: away it must be worse at both places.
  const away = (half: number, whole: number, made: Partial<Made> = {}) =>
    sign({
      loss: ({ yPred }) => {
        const t = (yPred[0] - guesses[0]) / (numbers[0] - guesses[0]);
        return t >= 0 ? t : t > -0.75 ? half : whole;
      },
      ...real,
      ...made,
    })!.cause;
  assertEquals(away(0.05, 0.05), "wrong-optimum");
  assertEquals([away(0.04, 1), away(1, 0.04)], ["wrong-sign", "wrong-sign"]);
  // Of two outputs with an end the other side are the opposite outputs; labels that do not determine the outputs say nothing.
  const bounded = { random: batchOf(yTrue, start), perfect };
  assertEquals(
    sign({ loss: ({ yPred }) => mean(yPred.map((p, i) => (p - start[i]) ** 2)), ...bounded })!.cause,
    "wrong-optimum",
  );
  const many = yTrue.map((y, i) => y === 1 ? 0.9 - i / 50 : 0.1 + i / 50); // of many kinds no opposite is known
  const ofMany = { random: batchOf(many, start), perfect: batchOf(many, many) };
  assertEquals(
    sign({ loss: ({ yPred }) => mean(yPred.map((p, i) => (p - start[i]) ** 2)), ...ofMany })!.cause,
    "wrong-sign",
  );
  const pairs = batchOf(numbers.map((_, i) => i % 2), numbers), from2 = batchOf(numbers.map((_, i) => i % 2), guesses);
  assertEquals(away(1, 1, { random: from2, perfect: pairs }), "wrong-sign");
});

Deno.test("wrong optimum: a useless model is as good as a perfect one", () => {
  const useless = (made: Made) => {
    const finding = optimum(made);
    if (finding === undefined) return undefined;
    assertEquals([finding.cause, finding.severity], ["wrong-optimum", "error"]);
    assertEquals(finding.message, `A useless model is as good as a perfect one: ${finding.evidence.useless}`);
    return [finding.evidence.useless, finding.remedy.split(" ").slice(0, 3).join(" ")];
  };
  const found = (loss: Value, made: Partial<Made> = {}) => useless({ loss, random, perfect, ...made });
  const of = (label: number, value: (p: number) => number): Value => ({ yTrue, yPred }) =>
    mean([...yPred].filter((_, i) => yTrue[i] === label).map(value));
  const recall = of(1, (p) => 1 - p);
  assertEquals(found(recall), ["all outputs at their maximum", "Combine recall with"]);
  const amounts = numbers.map((v, i) => v + i % 4),
    ofAmounts = { random: batchOf(amounts, start), perfect: batchOf(amounts, amounts) };
  assertEquals(found(({ yTrue, yPred }) => mean(yPred.map((p, i) => Math.max(0, yTrue[i] - p))), ofAmounts), [
    "all outputs at their maximum",
    "Let the loss",
  ]);
  assertEquals(found(of(0, (p) => p)), ["all outputs at their minimum", "Let the loss"]);
  assertEquals(found(({ yPred }) => Math.abs(mean(yPred) - 0.5)), ["all outputs equal", "Let the loss"]);
  const share = (value: number, total: number) => total === 0 ? 1 : 1 - value / total;
  const precision: Value = ({ yTrue, yPred }) => share(sum(yPred.map((p, i) => p * yTrue[i])), sum(yPred));
  assertEquals(found(precision), ["a single certain positive", "Combine precision with"]);
  const npv: Value = ({ yTrue, yPred }) =>
    share(sum(yPred.map((p, i) => (1 - p) * (1 - yTrue[i]))), sum(yPred.map((p) => 1 - p)));
  assertEquals(found(npv), ["a single certain negative", "Combine recall with"]);
  const few = [0, 1, 0, 1, 0, 1, 0, 0], some = { random: batchOf(few, start), perfect: batchOf(few, few) };
  assertEquals(found(({ yTrue, yPred }) => Math.abs(mean(yPred) - mean(yTrue)), some), [
    "the mean of the labels in every row",
    "Let the loss",
  ]);
  assertStrictEquals(found(squared), undefined);
  const { evidence } = optimum({ loss: recall, random, perfect })!;
  assertEquals(evidence, { useless: "all outputs at their maximum", value: 0, perfect: 0, random: 0.5625 });

  // As good is within a thousandth of the way.
  const nearly = (by: number): Value => (batch) => recall(batch) + (batch.yPred.every((p) => p === 1) ? by : 0);
  assertEquals([5e-4, 6e-4].map((by) => found(nearly(by))?.[0]), [
    "all outputs at their maximum",
    "a single certain negative",
  ]);
  // Random outputs that are as good as correct ones tell nothing.
  assertStrictEquals(found(() => 0), undefined);
  // A single positive is correct where there is one.
  const one = [0, 1, 0, 0, 0, 0, 0, 0], single = { random: batchOf(one, start), perfect: batchOf(one, one) };
  assertStrictEquals(found(precision, single), undefined);
  // A descent that leads lower, to outputs that rise with the labels, fits something else.
  const fit = { end: [0.1, 0.6, 0.2, 0.7, 0.3, 0.8, 0.15, 0.9] };
  assertStrictEquals(found(recall, { descents: [{ ...fit, to: -0.05 }] }), undefined);
  assertEquals(found(recall, { descents: [{ ...fit, to: -0.02 }] })?.[0], "all outputs at their maximum");
  // Outputs between other ends.
  const ends = {
    random: batchOf(yTrue, start.map((p) => 4 * p + 2)),
    perfect: batchOf(yTrue, yTrue.map((y) => 4 * y + 2)),
  };
  assertEquals(found(of(1, (p) => 6 - p), ends)?.[0], "all outputs at their maximum");
  assertEquals(found(of(0, (p) => p - 2), ends)?.[0], "all outputs at their minimum");
  assertEquals(found(({ yPred }) => Math.abs(mean(yPred) - 4), ends)?.[0], "all outputs equal");
});

Deno.test("wrong optimum: columns without labels stay correct in a useless model", () => {
  const pairs = (a: number[], b: number[]) => a.flatMap((v, i) => [v, b[i]]);
  const made = {
    random: batchOf(numbers, pairs(guesses, numbers), 2),
    perfect: batchOf(numbers, pairs(numbers, guesses), 2),
    options: { labelColumns: 1 },
  };
  const loss: Value = ({ yTrue, yPred }) =>
    mean(yTrue.map((y, i) => 1e-5 * (yPred[2 * i] - y) ** 2 + (yPred[2 * i + 1] - guesses[i]) ** 2));
  assert(optimum({ loss, ...made })?.message.startsWith("A useless model is as good as a perfect one"));
});

Deno.test("wrong optimum: outputs of several columns, and of classes", () => {
  const two = [0, 1, 1, 0, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1],
    from = two.map((_, i) => [0.25, 0.5, 0.75, 0.5, 0.25][i % 5]);
  const columns = { random: batchOf(two, from, 2), perfect: batchOf(two, two, 2) };
  // The precision of each column: one positive in each is enough.
  const precision: Value = ({ yTrue, yPred }) =>
    mean([0, 1].map((c) => {
      const p = [...yPred].filter((_, i) => i % 2 === c), y = [...yTrue].filter((_, i) => i % 2 === c);
      return sum(p) === 0 ? 1 : 1 - sum(p.map((p, i) => p * y[i])) / sum(p);
    }));
  assertEquals(optimum({ loss: precision, ...columns })?.evidence.useless, "a single certain positive");

  const classes = [0, 1, 2, 0, 1, 2], hot = classes.flatMap((k) => [0, 1, 2].map((c) => Number(c === k)));
  const shares = classes.flatMap((_, i) => [[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [0.25, 0.625, 0.125]][i % 3]);
  const simplex = { random: batchOf(hot, shares, 3), perfect: batchOf(hot, hot, 3) };
  const column = (c: number): Value => ({ yTrue, yPred }) =>
    mean([...yPred].filter((_, i) => i % 3 === c && yTrue[i] === 1).map((p) => 1 - p));
  for (const c of [0, 1, 2]) {
    const finding = optimum({ loss: column(c), ...simplex })!;
    assertEquals(finding.evidence.useless, `class ${c} in every row`);
    assert(finding.remedy.startsWith("Let the loss grow with the difference of labels and outputs"));
  }
  const uniform: Value = ({ yPred }) =>
    sum([0, 1, 2].map((c) => Math.abs(sum([...yPred].filter((_, i) => i % 3 === c)) - 2)));
  assertEquals(optimum({ loss: uniform, ...simplex })?.evidence.useless, "all classes equally likely in every row");
  // Of shares no row is far away, and nothing but classes is tried.
  const most: Value = ({ yPred }) => Math.abs(1 - Math.max(...yPred)) + Math.abs(sum(yPred) - 6);
  assertEquals(optimum({ loss: most, ...simplex })?.evidence.useless, "class 0 in every row");
  // The mean of the labels, where classes are not equally frequent.
  const skewed = [0, 0, 0, 1, 1, 2].flatMap((k) => [0, 1, 2].map((c) => Number(c === k)));
  const marginal: Value = ({ yTrue, yPred }) =>
    sum([0, 1, 2].map((c) => Math.abs(sum(yPred.map((p, i) => i % 3 === c ? p - yTrue[i] : 0)))));
  const skew = { random: batchOf(skewed, shares, 3), perfect: batchOf(skewed, skewed, 3) };
  assertEquals(optimum({ loss: marginal, ...skew })?.evidence.useless, "the mean of the labels in every row");
});

Deno.test("wrong optimum: outputs far from the correct ones", () => {
  const found = (loss: Value, made: Partial<Made> = {}) => optimum({ loss, ...wide, ...made });
  const hinge = (sign: number): Value => ({ yTrue, yPred }) =>
    mean(yPred.map((p, i) => yTrue[i] === (sign + 1) / 2 ? -sign * p : relu(sign * p / 20)));
  for (const [by, name] of [[1, "above"], [-1, "below"]] as const) {
    const finding = found(hinge(by))!;
    assertEquals(finding.evidence.useless, `all outputs far ${name} the correct ones`);
    assert(finding.remedy.startsWith("Let the loss grow again beyond the label"));
  }
  // Bounded outputs are not far anywhere.
  assertStrictEquals(
    found(hinge(1), { random: batchOf(yTrue, start) })?.evidence.useless === "all outputs far above the correct ones",
    false,
  );

  // Far from the amounts that are correct, not from 0.
  const amounts = numbers.map((y) => y + 20);
  const ofAmounts = { random: batchOf(amounts, guesses), perfect: batchOf(amounts, amounts) };
  for (const [by, name] of [[1, "above"], [-1, "below"]] as const) {
    const ends: Value = ({ yTrue, yPred }) =>
      mean(yPred.map((p, i) => by * (p - yTrue[i]) > 25 ? 0 : Math.abs(p - yTrue[i])));
    assertEquals(found(ends, ofAmounts)?.evidence.useless, `all outputs far ${name} the correct ones`);
  }

  // Ten times as large, one positive is enough.
  const late: Value = ({ yTrue, yPred }) => {
    const [no, yes] = [0, 1].map((y) => [...yPred].filter((_, i) => yTrue[i] === y)),
      large = Math.max(...yPred.map(Math.abs)) > 50;
    return relu(20 - Math.max(...yes)) + mean(no.map((p) => relu(p + 4))) +
      (large ? 0 : mean(yes.map((p) => relu(4 - p))));
  };
  const tenTimes = found(late)!;
  assertEquals([tenTimes.evidence.useless, tenTimes.evidence.perfect, tenTimes.evidence.value], [
    "a single certain positive",
    0,
    0,
  ]);

  // With labels of unequal frequency an offset pays.
  const many = [1, 1, 1, 1, 1, 1, 0, 0],
    critic: Value = ({ yTrue, yPred }) => -mean(yPred.map((p, i) => (2 * yTrue[i] - 1) * p));
  const unequal = { random: batchOf(many, randomLogits), perfect: batchOf(many, many.map((y) => 16 * y - 8)) };
  const note = found(critic, unequal)!;
  assertEquals([note.cause, note.severity], ["wrong-optimum", "note"]);
  assert(
    note.message.startsWith(
      "An offset of all outputs lowers the loss without end, in proportion",
    ),
  );
  assertEquals(note.evidence, {
    useless: "all outputs far above the correct ones",
    value: -40,
    perfect: -8,
    random: critic(unequal.random),
  });
  const fewer = many.map((y) => 1 - y);
  const below = { random: batchOf(fewer, randomLogits), perfect: batchOf(fewer, fewer.map((y) => 16 * y - 8)) };
  assertEquals(found(critic, below)?.evidence.useless, "all outputs far below the correct ones");
  assertStrictEquals(found(critic), undefined); // of equal frequency
});

Deno.test("wrong optimum: correct outputs that other labels beat", () => {
  const finding = optimum({ loss: (batch) => -squared(batch), random, perfect })!;
  assertEquals([finding.cause, finding.severity], ["wrong-sign", "warning"]);
  assert(
    finding.message.startsWith(
      "Correct outputs have a larger loss than the same outputs with the labels of other rows",
    ),
  );
  assertEquals(finding.evidence, { perfect: -0, labelsOfOtherRows: -1, random: -squared(random) });
  const found = (loss: Value, made: Partial<Made> = {}) => optimum({ loss, random, perfect, ...made })?.cause;
  assert(found((batch) => -squared(batch), { deterministic: false }) !== "wrong-sign");
  // By a fifth of the way from random outputs, or of the value itself.
  const turned = (by: number, level: number): Value => (batch) =>
    batch.yPred.every((p) => p === 0 || p === 1) && batch.yPred.some((p) => p === 1) && batch.yPred.some((p) => p === 0)
      ? level - by * squared(batch)
      : level + 1;
  assertEquals([found(turned(0.25, 0)), found(turned(0.15, 0))], ["wrong-sign", "wrong-optimum"]);
  assertEquals([found(turned(2.5, 10)), found(turned(1.5, 10))], ["wrong-sign", "wrong-optimum"]);
  // In every other order of the labels.
  const thirds = [0, 0, 0, 1, 1, 1],
    rows = { random: batchOf(thirds, thirds.map((_, i) => 0.5 + i / 50)), perfect: batchOf(thirds, thirds) };
  assertEquals(found((batch) => -squared(batch), rows), "wrong-sign");
  const onlyNext: Value = ({ yTrue, yPred }) =>
    yPred.every((p, i) => p === yTrue[i]) ? 0 : yPred.every((p, i) => p === yTrue[(i + 5) % 6]) ? -9 : 1;
  assert(found(onlyNext, rows) !== "wrong-sign");
  const fit = { end: [0.1, 0.6, 0.2, 0.7, 0.3, 0.8, 0.15, 0.9] };
  assert(found((batch) => -squared(batch), { descents: [{ ...fit, to: -0.5 }] }) !== "wrong-sign");
});

Deno.test("wrong optimum: a loss that falls with the square of the outputs", () => {
  const made = (power: number, more: Partial<Made> = {}) => {
    const loss: Value = ({ yPred }) => -mean(yPred.map((p) => Math.abs(p) ** power));
    return optimum({ loss, random: wide.random, descents: [{ to: -4, end: Array(8).fill(2) }], ...more });
  };
  const finding = made(2)!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assert(finding.message.startsWith("The loss falls without end, with the square of the outputs"));
  const { random: from, ...evidence } = finding.evidence;
  assertEquals(evidence, { afterDescent: -4, tenTimesAsLarge: -400, hundredTimesAsLarge: -40_000 });
  assertEquals(from, -mean(randomLogits.map((p) => p * p)));
  assert(made(1.8) && !made(1.6));
  const none = (more: Partial<Made>) => assertStrictEquals(made(2, more), undefined);
  none({ deterministic: false });
  none({ random: batchOf(yTrue, start) });
  none({ descents: [] });
  none({ descents: [{ from: -4, to: -4, end: Array(8).fill(2) }] });
  none({ loss: ({ yPred }) => 1e6 - mean(yPred) ** 2 });
  none({ loss: ({ yPred }) => 1e-7 * (1 - mean(yPred) ** 2) + mean(yPred.map((p) => Number(Math.abs(p) < 2))) }); // by little
  const end = Array(8).fill(2),
    ends = (ten: number, hundred: number, to = -4, from = 9) =>
      made(2, {
        loss: ({ yPred }) => yPred[0] === 200 ? hundred : yPred[0] === 20 ? ten : -1,
        descents: [{ from, to, end }],
      });
  assert(ends(-5, -251) && !ends(-5, -249) && !ends(-5, -Infinity) && !ends(-3, -900));
  assert(!ends(2, -900, 4) && ends(-2, -900, 4));
  assert(!ends(-5, -251, -4, 300)); // less than the loss itself is rounding
  assert(made(2, { descents: [{ from: 0, to: 0, end: [1] }, { to: -4, end: Array(8).fill(2) }] }), "of any descent");
  // It is told of a loss whose correct outputs are known, too, or give no number.
  const labelled: Value = ({ yPred }) => -mean(yPred.map((p) => p * p));
  assertEquals(made(2, { loss: labelled, perfect: wide.perfect })?.severity, "warning");
  const nan: Value = ({ yPred }) => yPred[0] === -8 ? NaN : -mean(yPred.map((p) => p * p));
  assertEquals(made(2, { loss: nan, perfect: wide.perfect })?.severity, "warning");
});

Deno.test("wrong optimum: correct outputs that cannot be compared", () => {
  const recall: Value = ({ yTrue, yPred }) => 1 - mean(yPred.map((p, i) => p * yTrue[i]));
  assert(optimum({ loss: recall, random, perfect }));
  assertStrictEquals(optimum({ loss: recall, random, perfect: batchOf(yTrue, yTrue.map(() => 1)) }), undefined);
  assertStrictEquals(optimum({ loss: recall, random, perfect: batchOf([0, 1], [0, 1]) }), undefined);
  assertStrictEquals(optimum({ loss: recall, random }), undefined);
  // Correct outputs of one kind, a gradient of one row alone, or one that is not the slope.
  const ends: Value = ({ yPred }) => Number(!yPred.every((p) => p === 0) && !yPred.every((p) => p === 1));
  assertStrictEquals(optimum({ loss: ends, random, perfect: batchOf(yTrue, yTrue.map(() => 1)) }), undefined);
  const found = (gradient: number[], customGradient = false) =>
    optimum({ loss: recall, random, perfect, gradientOf: () => gradient, customGradient })?.cause;
  const slopes = yTrue.map((y) => -y / 8), one = yTrue.map((_, i) => Number(i === 1));
  assertEquals([found(slopes), found(one)], ["wrong-optimum", undefined]);
  assertEquals([found(slopes, true), found(slopes.map((g) => 2 * g), true)], ["wrong-optimum", undefined]);
});

Deno.test("wrong optimum: a column that lowers the loss without end", () => {
  const y = [0, 0, 1, 1, 0, 1, 1, 0], right = y.map((v) => 4 * v - 2), from = [-1.5, 0.5, 0.25, 1, 0.5, -0.5, 1.5, -1];
  const two = { random: batchOf(y, from, 2), perfect: batchOf(y, right, 2) };
  const target: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - 4 * yTrue[i] + 2) ** 2));
  const column = (of: AuditBatch, c: number) => [...of.yPred].filter((_, i) => i % 2 === c);
  for (const c of [0, 1]) {
    for (const by of [-1, 1]) {
      // The first term sees the other column only.
      const loss: Value = (batch) =>
        mean([...batch.yPred].map((p, i) => i % 2 === c ? 0 : (p - 4 * batch.yTrue[i] + 2) ** 2)) -
        by * mean(column(batch, c));
      const finding = optimum({ loss, ...two })!;
      assertEquals([finding.cause, finding.severity], ["wrong-optimum", "error"]);
      assertEquals(
        finding.message,
        `Column ${c} of the outputs lowers the loss without end as it ${
          by > 0 ? "rises" : "falls"
        }, whatever the labels ` +
          "and the other columns are",
      );
      const { evidence } = finding, best = loss(two.perfect), first = loss(two.random);
      assertEquals(evidence, { column: c, perfect: best, movedBy10: best - 10, movedBy20: best - 20, random: first });
    }
  }
  const falls = (loss: Value, made: Partial<Made> = {}) =>
    optimum({ loss, ...two, ...made })?.message.startsWith("Column") ?? false;
  const free: Value = (batch) =>
    mean([...batch.yPred].map((p, i) => i % 2 ? 0 : (p - 4 * batch.yTrue[i] + 2) ** 2)) - mean(column(batch, 1));
  assert(falls(free) && !falls(target));
  assert(!falls(free, { random: batchOf(y, from.map((p) => Math.abs(p)), 2) })); // bounded below
  // It has to go on falling: to 20, and from random outputs too.
  const until = (end: number): Value => (batch) =>
    mean([...batch.yPred].map((p, i) => i % 2 ? 0 : (p - 4 * batch.yTrue[i] + 2) ** 2)) -
    Math.min(end, mean(column(batch, 1)));
  assert(!falls(until(9)) && falls(until(40)));
  const shares = (v: AuditBatch) => ({ ...v, yPred: v.yPred.map((p, i) => i % 2 ? 1 / (1 + Math.exp(-p)) : p) });
  assert(!falls(free, { random: shares(two.random), perfect: shares(two.perfect) })); // a share has an end
  assert(falls(free, { random: shares(two.random) })); // correct outputs beyond 1 are none
  // A column from 0 to 1, and one of amounts of one sign from 0 on, which has its end there.
  const second = (of: (i: number) => number) => ({
    random: { ...two.random, yPred: two.random.yPred.map((p, i) => i % 2 ? of(i + 1) : p) },
    perfect: { ...two.perfect, yPred: two.perfect.yPred.map((p, i) => i % 2 ? of(i) : p) },
  });
  const from0To1 = second((i) => i % 3 / 2), upTo0 = second((i) => -(i % 3)), from0 = second((i) => i % 3);
  const rising: Value = (batch) => free(batch) + 2 * mean(column(batch, 1));
  assertEquals([falls(free, from0To1), falls(rising, from0To1)], [false, false]);
  assertEquals([falls(free, upTo0), falls(rising, upTo0)], [false, true]);
  assertEquals([falls(free, from0), falls(rising, from0)], [true, false]);
  // Logarithms of shares end at 0, amounts, too, and a range that is given has two ends.
  const signed = (by: number, v: AuditBatch) => ({
    ...v,
    yPred: v.yPred.map((p, i) => i % 2 ? by * Math.abs(p + i / 8) : p),
  });
  const sided = (by: number) => ({ random: signed(by, two.random), perfect: signed(by, two.perfect) });
  const along = (by: number): Value => (batch) =>
    4 * mean(column(batch, 0).map((p, i) => (p - 4 * batch.yTrue[2 * i] + 2) ** 2)) - by * mean(column(batch, 1));
  assertEquals([-1, 1].map((by) => falls(along(1), sided(by))), [false, true]);
  assertEquals([-1, 1].map((by) => falls(along(-1), sided(by))), [true, false]);
  assert(falls(free, { random: signed(-1, two.random) })); // correct outputs above 0
  assert(!falls(free, { options: { yPred: [-20, 20] } }) && falls(free, { options: { yPred: "real" } }));
  // One column of labels and outputs is another fault.
  const one: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - yTrue[i]) ** 2)) - yPred[0] ** 3;
  assert(!(optimum({ loss: one, ...wide })?.message.startsWith("Column") ?? false));
  // Without labels it is a likelihood, say, and something else bounds its outputs, if it falls as a line does.
  const severity = (bend: number) =>
    optimum({
      loss: (batch) =>
        mean(column(batch, 1).map((p) => (Math.abs(p) - 2) ** 2)) -
        mean(column(batch, 0).map((p) => p + bend * p * p)),
      ...two,
    })?.severity;
  assertEquals([0, 0.002, 0.004, 0.01].map(severity), ["note", "note", "error", "error"]);
  // A critic is linear in one column, and sees differences of columns only.
  const critic: Value = (batch) => mean(column(batch, 0)) - mean(column(batch, 1)) + 0 * target(batch);
  assert(!falls(critic));
});

Deno.test("wrong optimum: pairs, whose labels do not determine the outputs", () => {
  const labels = [1, 1, 0, 0], vectors = [1, 0, 0, 1, 1, 0, -1, 0], from = [0.5, 0.25, -0.5, 1.25, 0.25, -0.75, 1, 0.5];
  const pairs = { random: batchOf(labels, from, 2), perfect: batchOf(labels, vectors, 2) };
  // The same output in every row is as good as any.
  const spread: Value = ({ yPred }) =>
    Math.max(...yPred.filter((_, i) => i % 2 === 1)) - Math.min(...yPred.filter((_, i) => i % 2 === 1));
  const loss: Value = (batch) => batch.yPred.every((p, i) => p === vectors[i]) ? 0 : spread(batch);
  const finding = optimum({ loss, ...pairs })!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "error"]);
  assertEquals(finding.message, "A useless model is as good as a perfect one: the same output for every input");
  assertEquals(finding.evidence, { useless: "all outputs 1", value: 0, perfect: 0, random: 2 });
  const found = (more: Partial<Made>) => optimum({ loss, ...pairs, ...more })?.cause;
  assertStrictEquals(found({ descents: [{ to: -0.03, end: from }] }), undefined); // a descent leads lower
  assertEquals(found({ descents: [{ to: -0.01, end: from }] }), "wrong-optimum");
  const dear = (by: number): Value => (batch) => loss(batch) + (batch.yPred.every((p) => p === 1) ? by : 0);
  assertEquals([found({ loss: dear(1.9e-3) }), found({ loss: dear(2.1e-3) })], ["wrong-optimum", undefined]);
  assertStrictEquals(found({ loss: () => 1 }), undefined);
  // A column that is kept out of the gradient on purpose, as the goal of another one.
  const signs: Value = (batch) =>
    batch.yPred.every((p, i) => p === vectors[i])
      ? 0
      : Number(new Set(batch.yPred.filter((_, i) => i % 2).map(Math.sign)).size > 1);
  const kept = (customGradient: boolean, gradient: number[]) =>
    found({ loss: signs, customGradient, gradientOf: () => labels.flatMap(() => gradient) });
  assertEquals([kept(true, [1, 0]), kept(false, [1, 0]), kept(true, [1, 1])], [
    undefined,
    "wrong-optimum",
    "wrong-optimum",
  ]);
  // Classes of several views that are to agree have a loss of labels beside them.
  const outputs = input({ fromPred: true, isPred: true });
  const severity = (...ops: RecordedOp[]) => wrongOptimum(contextOf({ loss, ...pairs, ops }))?.severity;
  assertEquals(severity(op("Softmax", [outputs])), "note");
  // So have sets of which the first columns are to be distributed as the second ones are.
  const gap: Value = ({ yPred }) =>
    Math.abs(sum(yPred.filter((_, i) => i % 2 === 0)) - sum(yPred.filter((_, i) => i % 2 === 1)));
  const others = batchOf(labels, [0.5, 0.25, -0.5, 1.25, 0.25, -0.75, 1, 2.5], 2);
  const twins = { random: others, perfect: batchOf(labels, [1, 1, 2, 2, -1, -1, 3, 3], 2) };
  assertEquals(optimum({ loss: gap, ...twins })?.severity, "note");
  const apart: Value = ({ yPred }) => sum(yPred.map((p, i) => i % 2 === 0 ? Math.abs(p - yPred[i + 1]) : 0));
  assertEquals(optimum({ loss: apart, ...twins })?.severity, "error");
  assertEquals([severity(op("Exp", [outputs])), severity(op("Softmax", [{ ...outputs, isPred: false }]))], [
    "error",
    "error",
  ]);
});

Deno.test("wrong optimum: shares of allowed classes, where one class for all rows is as good", () => {
  // The labels say which classes are allowed; the outputs themselves weigh the logarithms.
  const allowed = [1, 1, 0, 1, 1, 0, 0, 1, 1, 1, 0, 1];
  const right = [0.8, 0.2, 0, 0.3, 0.7, 0, 0, 0.6, 0.4, 0.9, 0, 0.1];
  const masks = {
    random: batchOf(allowed, [0.3, 0.4, 0.3, 0.2, 0.2, 0.6, 0.4, 0.3, 0.3, 0.3, 0.5, 0.2], 3),
    perfect: batchOf(allowed, right, 3),
  };
  const spread: Value = ({ yTrue, yPred }) => -sum(yPred.map((p, i) => p > 0 ? yTrue[i] * p * Math.log(p) : 0));
  const finding = optimum({ loss: spread, ...masks })!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "error"]);
  assertEquals(finding.message, "A useless model is as good as a perfect one: the same output for every input");
  assertEquals([finding.evidence.useless, finding.evidence.value], ["class 0 in every row", -0]);
  assert(finding.remedy.startsWith("Let the loss grow with the difference of labels and outputs"));
  // The labels of other rows lower it: that says less, but more than a collapse that is only a question.
  const outputs = input({ fromPred: true, isPred: true }), ops = [op("Softmax", [outputs])];
  assertEquals(wrongOptimum(contextOf({ loss: spread, ...masks, ops }))?.cause, "wrong-sign");
  // Outputs of 1 in all columns are no shares.
  const missed: Value = ({ yTrue, yPred }) =>
    -mean([0, 1, 2, 3].map((i) => Math.log(1e-9 + sum([0, 1, 2].map((k) => yTrue[3 * i + k] * yPred[3 * i + k])))));
  assertStrictEquals(optimum({ loss: missed, ...masks }), undefined);
  // Without labels each row may choose any class.
  const unlabelled = {
    random: batchOf(allowed.map(() => 0), [...masks.random.yPred], 3),
    perfect: batchOf(allowed.map(() => 0), [0, 1, 0, 1, 0, 0, 0, 0, 1, 0, 1, 0], 3),
  };
  const entropy: Value = ({ yPred }) => -sum(yPred.map((p) => p > 0 ? p * Math.log(p) : 0));
  assertStrictEquals(optimum({ loss: entropy, ...unlabelled }), undefined);
  assertEquals(
    optimum({ loss: entropy, ...masks, perfect: { ...unlabelled.perfect, yTrue: masks.random.yTrue } })?.cause,
    "wrong-optimum",
  );
});

Deno.test("wrong optimum: where all rows have the same correct outputs, a constant model has to be as good to the last digits", () => {
  const curve = [0, 0.5, 0], rows = 6, y = Array<number>(rows).fill(0);
  const noise = Array.from({ length: 3 * rows }, (_, i) => ((7 * i) % 11) / 5 - 1);
  const made = { random: batchOf(y, noise, 3), perfect: batchOf(y, y.flatMap(() => curve), 3) };
  const energy = (depth: number): Value => ({ yPred }) =>
    mean(yPred.map((p, i) => i % 3 === 1 ? depth * (p - 0.5) ** 2 : 1000 * p * p)); // the ends weigh most
  assertStrictEquals(optimum({ loss: energy(4), ...made }), undefined);
  assertEquals(optimum({ loss: energy(0), ...made })?.evidence.useless, "all outputs at their minimum");
  // Of rows that differ a thousandth of the range is nothing.
  const others = { ...made, perfect: batchOf(y.map((_, i) => i), y.flatMap((_, i) => [0, 0.5 - i / 100, 0]), 3) };
  assertEquals(optimum({ loss: energy(0.04), ...others })?.evidence.useless, "all outputs at their minimum");
});

Deno.test("wrong optimum: shares that equal the labels, and a descent that leads lower from there", () => {
  const shares = [0.5, 0.3, 0.2, 0.2, 0.5, 0.3, 0.3, 0.2, 0.5], others = [0.2, 0.4, 0.4, 0.4, 0.2, 0.4, 0.4, 0.3, 0.3];
  const y = [...shares, ...shares], from = [...others, ...others];
  const simplex = { random: batchOf(y, from, 3), perfect: batchOf(y, y, 3) };
  const linear: Value = ({ yTrue, yPred }) => -sum(yPred.map((p, i) => p * yTrue[i])) / 6;
  const found = (loss: Value, gradientOf: Made["gradientOf"], more: Partial<Made> = {}) =>
    optimum({ loss, gradientOf, ...simplex, options: { yPred: "simplex" }, ...more });
  const gradientOf: Made["gradientOf"] = ({ yTrue }) => [...yTrue].map((y) => -y / 6);
  const finding = found(linear, gradientOf)!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "error"]);
  assert(finding.message.startsWith("Outputs equal to the labels are not the minimum"));
  const { perfect: best, random: first, after30StepsFromPerfect: to } = finding.evidence as Record<string, number>;
  assertEquals([best, first], [linear(simplex.perfect), linear(simplex.random)]);
  assert(to < best - 0.6 * (first - best), `${to}`);
  const slope: Made["gradientOf"] = ({ yTrue, yPred }) => [...yPred].map((p, i) => 2 * (p - yTrue[i]) / 18);
  assertStrictEquals(found(squared, slope), undefined);
  // One-hot labels are at an end.
  const hot = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1];
  assertStrictEquals(
    found(linear, gradientOf, { random: batchOf(hot, from, 3), perfect: batchOf(hot, hot, 3) }),
    undefined,
  );
});

Deno.test("wrong optimum: an offset or a sign of all outputs that costs nothing", () => {
  const variance: Value = ({ yTrue, yPred }) => {
    const differences = yPred.map((p, i) => p - yTrue[i]), middle = mean(differences);
    return mean(differences.map((d) => (d - middle) ** 2));
  };
  const found = (loss: Value, more: Partial<Made> = {}) => optimum({ loss, ...real, ...more });
  const offset = found(variance)!;
  assertEquals([offset.cause, offset.severity], ["wrong-optimum", "note"]);
  assertEquals(
    offset.message,
    "Outputs that are all off by the same amount cost nothing, as in a correlation: is that intended?",
  );
  assertEquals(offset.evidence, { perfect: 0, allLessBy2: 0, allMoreBy2: 0, random: variance(real.random) });
  const spectrum: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p * p - yTrue[i] ** 2) ** 2));
  const turned = found(spectrum)!;
  assertEquals([turned.cause, turned.severity], ["wrong-optimum", "note"]);
  assertEquals(turned.message, "Outputs of the opposite sign cost nothing, as in a spectrum: is that intended?");
  const { twiceAsLarge, ...evidence } = turned.evidence;
  assertEquals(evidence, { perfect: 0, oppositeSigns: 0, random: spectrum(real.random) });
  assertAlmostEquals(twiceAsLarge as number, 9 * mean(numbers.map((y) => y ** 4)));
  for (const loss of [variance, spectrum]) {
    const none = (more: Partial<Made>) => assertStrictEquals(found(loss, more), undefined);
    const whole = numbers.map((y) => Math.round(2 * y)), apart = numbers.map((y) => y + 0.5);
    none({ random: batchOf(whole, guesses), perfect: batchOf(whole, whole) });
    none({ loss: (batch) => loss(batch) + 0.1 * squared(batch) });
    none({ loss: (batch) => -loss(batch), deterministic: false, random: batchOf(numbers, numbers) });
    none({
      random: batchOf(apart, guesses),
      perfect: batchOf(apart, numbers),
      loss: (b) => loss({ ...b, yTrue: b.yTrue.map((y) => y - 0.5) }),
    });
    const small = numbers.map((y) => (y + 3) / 8), near = small.map((p, i) => small[(i + 1) % 8] * 0.5 + p * 0.25);
    none({ random: batchOf(small, near), perfect: batchOf(small, small) });
  }
  // Both directions of the offset, and nearly nothing: a ten-thousandth of the way.
  const priced = (down: number, up: number): Value => (batch) => {
    const middle = mean(batch.yPred.map((p, i) => p - batch.yTrue[i])), span = variance(real.random);
    return variance(batch) + span * (middle < -1.9 ? down : middle > 1.9 ? up : 0);
  };
  const cost = (down: number, up: number) => found(priced(down, up))?.severity;
  assertEquals([cost(0.5e-4, 0.5e-4), cost(2e-4, 0), cost(0, 2e-4), cost(-2e-4, 0)], [
    "note",
    undefined,
    undefined,
    undefined,
  ]);
  const { allLessBy2, allMoreBy2 } = found(priced(0.5e-4, 0))!.evidence;
  assertEquals([(allLessBy2 as number) > 1e-6, (allMoreBy2 as number) < 1e-6], [true, true]);
  const two: Value = (batch) =>
    mean(
      [0, 1].map((c) =>
        variance({
          ...batch,
          yTrue: batch.yTrue.filter((_, i) => i % 2 === c),
          yPred: batch.yPred.filter((_, i) => i % 2 === c),
        })
      ),
    );
  assertStrictEquals(
    found(two, { random: batchOf(numbers, guesses, 2), perfect: batchOf(numbers, numbers, 2) }),
    undefined,
  );
});

Deno.test("wrong optimum: a descent that fits without the labels", () => {
  const columns = (a: number[], b: number[]) => a.flatMap((v, i) => [v, b[i]]);
  const first = [1.5, -0.5, 2.5, 0.25, -1.5, 3.5, -2.5, 0.75, 1.25, -0.75],
    second = [0.5, 1.5, -1.25, 2.25, 0.75, -0.25, 1.75, -1.75, 3.25, 2.75];
  const y = columns(first, second), from = y.map((v, i) => v + [1.5, -2, 0.5, -1.25][i % 4]);
  const made = {
    random: batchOf(y, from, 2),
    perfect: batchOf(y, y, 2),
    gradientOf: ({ yPred }: AuditBatch) => [...yPred].map(() => 1),
  };
  // The second column costs nothing near the sum of the labels.
  const loss: Value = ({ yTrue, yPred }) =>
    mean(yPred.map((p, i) => i % 2 === 0 ? (p - yTrue[i]) ** 2 : 0)) +
    0.1 * (sum(yPred.filter((_, i) => i % 2 === 1)) - sum(yTrue.filter((_, i) => i % 2 === 1))) ** 2;
  const turn = (v: number[], by = 1) => v.map((_, i) => v[(i + by) % 10]), end = columns(first, turn(second));
  const found = (more: Partial<Made> = {}) => optimum({ loss, ...made, descents: [{ to: 0, end }], ...more });
  const finding = found()!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assertEquals(
    finding.message,
    "A descent makes the loss as small as correct outputs do, and column 1 of its outputs has nothing to do with the labels",
  );
  const off = columns(first.map((v) => v + 0.01), turn(second)),
    near = found({ descents: [{ to: 5.1e-5, end: off }] })!;
  assertEquals([near.severity, near.message.includes("nearly as small")], ["note", true]);
  // The outputs of the opposite sign, or in other rows, are as good: it may be meant.
  const sets: Value = (batch) => loss({ ...batch, yTrue: batch.yTrue.toSorted(), yPred: batch.yPred.toSorted() });
  assertEquals(found({ loss: sets, descents: [{ to: 0, end }] })?.severity, "note");
  const { rankCorrelation: correlation, ...evidence } = finding.evidence;
  assertEquals(evidence, { perfect: 0, afterDescent: 0, random: loss(made.random), column: 1 });
  const ranks = (v: number[]) => v.map((a) => v.filter((b) => b < a).length - 4.5),
    [a, b] = [second, turn(second)].map(ranks);
  assertAlmostEquals(correlation as number, sum(a.map((r, i) => r * b[i])) / sum(a.map((r) => r * r)));
  const span = loss(made.random), none = (more: Partial<Made>) => assertStrictEquals(found(more), undefined);
  assertEquals(found({ descents: [{ to: -0.31 * span, end }] })!.severity, "error");
  assertEquals(found({ descents: [{ to: -0.29 * span, end }] })!.severity, "warning");
  none({ descents: [{ to: 0.11 * span, end }] });
  none({ descents: [{ to: 0, end: y }] });
  none({ descents: [{ to: 0, end: batchOf(y.map((v) => v + 1), end, 2) }] });
  none({ descents: [{ to: 0, end: batchOf(y.map((v, i) => i === 0 ? v + 1 : v), end, 2) }] });
  none({ deterministic: false });
  none({ gradientOf: undefined });
  // It has to lead near the loss of correct outputs, whatever its other column; a column is labelled if all of its rows are.
  const by = (share: number) => {
    const misses = first.map((v) => v + Math.sqrt(2 * share * span));
    return found({ descents: [{ to: share * span, end: columns(misses, turn(second)) }] })?.evidence.column;
  };
  assertEquals([by(0.09), by(0.11)], [1, undefined]);
  none({ perfect: batchOf(y, y.map((v, i) => i === 1 ? v + 1 : v), 2) });
  // A line through 0 has two directions: in some rows both columns have the opposite sign.
  const lines: Value = (batch) => {
    const turned = batch.yPred.map((p, i) => p * (Math.sign(batch.yPred[i - i % 2] * batch.yTrue[i - i % 2]) || 1));
    return mean(turned.map((p, i) => (p - batch.yTrue[i]) ** 2));
  };
  const descends = (end: number[]) =>
    found({ loss: lines, descents: [{ to: 0, end }] })?.message.startsWith("A descent");
  assertEquals([descends(y.map((v, i) => i % 4 < 2 ? -v : v)), descends(end)], [false, true]);
  // Where a mask leaves the rows alone, they do not count.
  const other = { descents: [{ to: 0, end: columns(turn(first), second) }] };
  assertEquals(found(other)?.evidence.column, 0);
  none({ ...other, gradientOf: ({ yPred }) => [...yPred].map((_, i) => i % 2) });
  // Where the label itself lowers the loss, the descent has only not come so far.
  none({ descents: [{ to: 0.09 * span, end }] });
  const shifted = columns(first, turn(second).map((v) => v + Math.sqrt(0.9 * span) / 10));
  none({ descents: [{ to: 0.09 * span, end: shifted }] });
  const high = (batch: AuditBatch) => loss(batch) + 1000, at = { from: 1000 + span, to: 1000 + 0.09 * span };
  none({ loss: high, descents: [{ ...at, end: shifted }] });
  // Far below correct outputs, as of a loss that scales a label, it has come as far as the label lowers the loss at all.
  const below = (to: number): Partial<Made> => ({
    loss: (batch) => batch.yPred[0] === first[0] + 1 && batch.yPred[1] === second[0] ? (to - 0.01) * span : loss(batch),
    descents: [{ to: to * span, end: columns(first.map((v) => v + 1), turn(second)) }],
  });
  assertEquals(found(below(-0.9))?.severity, "error");
  assertEquals(found(below(-1.1))?.severity, "note"); // the minimum may be elsewhere
});

Deno.test("wrong optimum: how far a column has to lower the loss, and what a critic is", () => {
  const y = [0, 0, 1, 1, 0, 1, 1, 0], right = y.map((v) => 4 * v - 2), from = [-1.5, 0.5, 0.25, 1, 0.5, -0.5, 1.5, -1];
  type Table = (base: "right" | "random", moved: [number, number]) => number;
  const found = (table: Table, level = 0) => {
    // The loss by what is added to both columns of the correct or of the random outputs.
    const loss: Value = ({ yPred }) => {
      for (const [base, of] of [["right", right], ["random", from]] as const) {
        const moved = [...yPred].map((p, i) => p - of[i]), [a, b] = moved;
        if (moved.every((m, i) => m === (i % 2 ? b : a))) return level + table(base, [a, b]);
      }
      return level + 9;
    };
    return optimum({ loss, random: batchOf(y, from, 2), perfect: batchOf(y, right, 2) })?.evidence.column;
  };
  /** In parts of the way from random to correct outputs, which is 2. */
  const parts =
    (right10: number, right20: number, random10: number, random20: number, rest = 0): Table => (base, [a, b]) =>
      2 *
      (a !== 0
        ? Number(b === 3) * rest
        : base === "right"
        ? (b === 10 ? right10 : b === 20 ? right20 : 0)
        : 1 + (b === 10 ? random10 : b === 20 ? random20 : 0));
  const column = (...numbers: [number, number, number, number]) => found(parts(...numbers), 5);
  assertEquals(column(-0.15, -0.35, -0.15, -0.3), 1);
  assertEquals(column(-0.11, -0.31, -0.11, -0.22), 1);
  assertStrictEquals(column(-0.09, -0.35, -0.15, -0.3), undefined);
  assertStrictEquals(column(-0.25, -0.34, -0.15, -0.3), undefined);
  assertStrictEquals(column(-0.15, -0.29, -0.15, -0.3), undefined);
  assertStrictEquals(column(-0.15, -0.35, -0.09, -0.3), undefined);
  assertStrictEquals(column(-0.15, -0.35, -0.15, -0.24), undefined);
  // Straight to a hundredth, and level for all columns together.
  assertEquals([column(-0.2, -0.4, -0.2, -0.4), column(-0.2, -0.4015, -0.2, -0.4), column(-0.2, -0.403, -0.2, -0.4)], [
    undefined,
    undefined,
    1,
  ]);
  assertEquals([0.0015, 0.003].map((rest) => found(parts(-0.2, -0.4, -0.2, -0.4, rest))), [undefined, 1]);
  // Nothing follows from random outputs that are as good as correct ones.
  assertStrictEquals(found((_, [, b]) => -b), undefined);
});

Deno.test("wrong optimum: a descent that fits without the labels, as the outputs of a row may stand in any order", () => {
  const rows = 10;
  const made = (columns: number, cost = 0, orders = columns) => {
    const y = Array.from({ length: rows * columns }, (_, i) => Math.sin(7 * i + 1) * 3),
      at = (i: number, k: number, by: number) => Math.floor(i / columns) * columns + (k + by) % columns;
    const from = y.map((v, i) => v + [1.5, -2, 0.5][i % 3]);
    // The squared distance in the best order of each row's outputs, turned round; an order that is not the labels' may cost.
    const loss: Value = ({ yTrue, yPred }) =>
      mean(
        Array.from({ length: rows }, (_, r) =>
          Math.min(...Array.from({ length: orders }, (_, by) =>
            Number(by > 0) * cost + sum(Array.from({ length: columns }, (_, k) =>
              (yPred[r * columns + k] - yTrue[at(r * columns, k, by)]) ** 2))))),
      );
    const end = y.map((_, i) => y[at(i, i % columns, 1)]);
    const random = batchOf(y, from, columns),
      perfect = batchOf(y, y, columns),
      gradientOf = ({ yPred }: AuditBatch) => [...yPred].map(() => 1);
    return { loss, random, perfect, gradientOf, descents: [{ to: 0, end }] };
  };
  const found = (of: Made) => optimum(of)?.message.startsWith("A descent makes the loss");
  for (const columns of [2, 3, 16]) assert(!found(made(columns)), `${columns} columns`);
  assert(!found(made(3, 0, 2))); // one other order is enough
  assertEquals(found(made(17)), true); // of more outputs it is not asked
  const { loss, random, perfect } = made(3), span = loss(random) - loss(perfect);
  const some = (cost: number) => found({ ...made(3, cost), descents: [{ to: 1e-9, end: made(3).descents[0].end }] });
  assert(!some(0.5e-4 * span) && some(2e-4 * span));
  // Outputs of the same sum, or of the same length, are as good: then it is no order that is free.
  const rowsOf = (v: Float32Array) => Array.from({ length: rows }, (_, r) => v.subarray(3 * r, 3 * r + 3));
  const by = (of: (row: Float32Array) => number): Value => ({ yTrue, yPred }) =>
    mean(rowsOf(yPred).map((p, r) => (of(p) - of(rowsOf(yTrue)[r])) ** 2));
  assertEquals(found({ ...made(3), loss: by(sum) }), true);
  assertEquals(found({ ...made(3), loss: by((row) => sum(row.map((p) => p * p))) }), true);
});

Deno.test("wrong optimum: labels that are not the outputs", () => {
  // The mean of labels beyond the outputs' range is not tried.
  for (const [labels, at] of [[[0, 2, 0, 2, 0, 2, 0, 0], 0.75], [[-1, 1, -1, 1, -1, 1, 1, 1], 0.25]] as const) {
    const right = labels.map((y) => Number(y > 0)),
      all: Value = ({ yPred }) => Number(!yPred.every((p) => p === at) && !yPred.every((p, i) => p === right[i]));
    assertStrictEquals(
      optimum({ loss: all, random: batchOf([...labels], start), perfect: batchOf([...labels], right) }),
      undefined,
    );
  }
  const six = [0, 1, 1, 0, 1, 1], hot = six.flatMap((k) => [1 - k, k]), even = Math.fround(2 / 3);
  const some: Value = ({ yPred }) => Number(!yPred.every((p) => p === even) && !yPred.every((p, i) => p === hot[i]));
  const classes = {
    random: batchOf(six, hot.map((p, i) => 0.3 + i / 50 + p / 5), 2, 6),
    perfect: batchOf(six, hot, 2, 6),
  };
  assertStrictEquals(optimum({ loss: some, ...classes })?.evidence.useless, undefined);
  const halves: Value = ({ yPred }) =>
    yPred.every((p, i) => six[i] === 1 ? Math.abs(p - 0.5) < 0.04 && p !== 0.5 : p === hot[i])
      ? -1
      : mean(yPred.map((p, i) => (p - hot[i]) ** 2));
  assertStrictEquals(optimum({ loss: halves, ...classes }), undefined);
  // Outputs that are only negative, or only small, have an end.
  const hinge: Value = ({ yTrue, yPred }) =>
    mean(yPred.map((p, i) => yTrue[i] === 1 ? relu(1 - p) : p < -9 || p > 9 ? 0 : relu(1 + p)));
  const ends = { perfect: batchOf(yTrue, yTrue.map((y) => 2 * y - 1)) };
  const far = (random: number[]) =>
    String(optimum({ loss: hinge, random: batchOf(yTrue, random), ...ends })?.evidence.useless);
  assertEquals(far(randomLogits.map((p) => p * 0.5)), "undefined");
  for (const map of [Math.abs, relu]) assertEquals(far(randomLogits.map(map)), "undefined");
  assertEquals(far(randomLogits), "all outputs far above the correct ones");
  // Descents from shares that are not the labels say nothing of the labels.
  const y = [0.5, 0.3, 0.2, 0.2, 0.5, 0.3, 0.3, 0.2, 0.5], from = [0.2, 0.4, 0.4, 0.4, 0.2, 0.4, 0.4, 0.3, 0.3];
  const loss: Value = ({ yTrue, yPred }) => -sum(yPred.map((p, i) => p * yTrue[i])) / 3;
  const gradientOf: Made["gradientOf"] = ({ yTrue }) => [...yTrue].map((y) => -y / 3),
    options: AuditOptions = { yPred: "simplex" };
  const shares = (right: number[], random = from) =>
    optimum({ loss, gradientOf, options, random: batchOf(y, random, 3), perfect: batchOf(y, right, 3) });
  assert(shares(y)?.message.startsWith("Outputs equal to the labels are not the minimum"));
  for (const i of [0, 8]) assertStrictEquals(shares(y.map((v, k) => k === i ? v + 1e-3 : v)), undefined);
});

Deno.test("wrong optimum: an offset that pays in proportion is a critic's, one that does not is a fault", () => {
  const many = [1, 1, 1, 1, 1, 1, 0, 0], right = many.map((y) => 16 * y - 8);
  const unequal = { random: batchOf(many, randomLogits), perfect: batchOf(many, right) };
  /** The critic's loss, bent by an amount at outputs that are far below 0. */
  const bent = (by: number): Value => ({ yTrue, yPred }) =>
    -mean(yPred.map((p, i) => (2 * yTrue[i] - 1) * p)) + (Math.max(...yPred) < 0 ? by : 0);
  const found = (loss: Value, made: Partial<Made> = {}) => optimum({ loss, ...unequal, ...made })?.severity;
  assertEquals([0, 0.009, 0.011].map((by) => found(bent(by))), ["note", "note", "error"]);
  // Whatever the labels, and however many the columns.
  const gains = [0.5, 2, -1, 1.5, 0.25, 0.75, -0.5, 1],
    policy: Value = ({ yTrue, yPred }) => -mean(yPred.map((p, i) => yTrue[i] * p));
  const better = gains.map((y) => Math.sign(y));
  assertEquals(found(policy, { random: batchOf(gains, randomLogits), perfect: batchOf(gains, better) }), "note");
});

Deno.test("wrong sign: outputs that are called correct say nothing of the labels, which a descent finds", () => {
  const sizes = batchOf(numbers, numbers.map(Math.abs));
  const loss: Value = ({ yPred }) => -mean(yPred.map((p, i) => (p - sizes.yPred[i]) ** 2));
  const made = { loss, random: real.random, perfect: sizes }, from = loss(real.random);
  assertEquals(sign(made)?.cause, "wrong-sign");
  assertStrictEquals(sign({ ...made, descents: [{ to: from - 10, end: numbers }] }), undefined);
});

Deno.test("wrong sign: other outputs fit, of two classes as indices", () => {
  const y = [0, 1, 1, 0], hot = y.flatMap((k) => [1 - k, k]), from = [0.5, 0.25, 0.75, 0.5, 0.25, 0.75, 0.25, 0.5];
  const distance: Value = ({ yPred }) => 2 - mean(yPred.map((p, i) => (p - hot[i]) ** 2));
  const found = (of: AuditBatch) =>
    sign({
      loss: distance,
      random: batchOf(y, from, 2, 4),
      perfect: batchOf(y, hot, 2, 4),
      descents: [{ to: 1, end: of }],
    });
  const rises = hot.map((p, i) => p + i / 100);
  assertStrictEquals(found(batchOf(y, rises, 2, 4)), undefined);
  assertEquals(found(batchOf(y, rises.map((p) => -p), 2, 4))?.cause, "wrong-sign");
  assertEquals(found(batchOf([0, 1, 1, 1], rises, 2, 4))?.cause, "wrong-sign"); // for other labels they say nothing
  const three = [0, 1, 2, 0], more = batchOf(three, rises, 2, 4);
  assertEquals(
    sign({
      loss: distance,
      random: batchOf(three, from, 2, 4),
      perfect: batchOf(three, hot, 2, 4),
      descents: [{ to: 1, end: more }],
    })?.cause,
    "wrong-sign",
  );
});

Deno.test("wrong optimum: a descent in one column, in many values, and how low it has to lead", () => {
  const y = [1.5, -0.5, 2.5, 0.25, -1.5, 3.5, -2.5, 0.75, 1.25, -0.75],
    from = y.map((v, i) => v + [1.5, -2, 0.5][i % 3]);
  const loss: Value = ({ yTrue, yPred }) =>
    (sum(yPred) - sum(yTrue)) ** 2 + (sum(yPred.map(Math.abs)) - sum(yTrue.map(Math.abs))) ** 2;
  const turned = y.map((_, i) => y[(i + 1) % 10]), gradientOf = ({ yPred }: AuditBatch) => [...yPred].map(() => 1);
  const found = (labels: number[], end: number[], to = 0, right = labels) => {
    const random = batchOf(labels, from), made = { random, perfect: batchOf(labels, right), gradientOf };
    return optimum({ loss, ...made, descents: [{ to: to * loss(random), end }] })?.message.startsWith(
      "A descent makes",
    ) ?? false;
  };
  assert(found(y, turned) && found(y, y.map((v) => -v)) && !found(y, y));
  assert(found(y, turned, -0.2) && !found(y, turned, 0.11));
  assert(!found(y.map((v) => v + 1), turned, 0, y)); // the outputs are not the labels
  const of = (values: number) => y.map((_, i) => y[i % values]),
    shift = (v: number[]) => v.map((_, i) => v[(i + 1) % 10]);
  assertEquals([8, 9].map((values) => found(of(values), shift(of(values)))), [false, true]); // eight values are classes
});

Deno.test("wrong optimum: a sign that costs nothing, and what twice as large outputs cost", () => {
  /** The loss by the factor between the outputs and the labels, in parts of the way. */
  const found = (turned: number, twice: number) => {
    const loss: Value = ({ yTrue, yPred }) => {
      const factor = yPred[0] / yTrue[0];
      if (yPred.some((p, i) => Math.abs(p - factor * yTrue[i]) > 1e-6)) return 1;
      return factor === 1 ? 0 : factor === -1 ? turned : factor === 2 ? twice : 1;
    };
    return optimum({ loss, ...real })?.severity;
  };
  assertEquals([found(0, 1), found(0.5e-4, 0.06), found(-0.5e-4, 0.06)], ["note", "note", "note"]);
  assertEquals([found(2e-4, 1), found(-2e-4, 1), found(0, 0.04)], [undefined, undefined, undefined]);
});

Deno.test("wrong optimum: a column of outputs that changes nothing, and whose correct values are not among the labels", () => {
  const y = [0.5, 1.5, -1.25, 2.25, 0.75, -0.25, 1.75, -1.75, 3.25, 2.75],
    two = (of: (y: number) => number[]) => y.flatMap(of);
  const first: Value = ({ yTrue, yPred }) => mean([...yTrue].map((v, i) => (yPred[2 * i] - v) ** 2));
  const made = {
    random: batchOf(y, two((v) => [v + 2, -v]), 2, 10),
    perfect: batchOf(y, two((v) => [v, 3 * v]), 2, 10),
  };
  const finding = optimum({ loss: first, ...made })!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "note"]);
  assertEquals(finding.message, "Column 1 of the outputs changes nothing: another loss has to train it");
  const both: Value = (batch) =>
    first(batch) + mean([...batch.yTrue].map((v, i) => (batch.yPred[2 * i + 1] - 3 * v) ** 2));
  assertStrictEquals(optimum({ loss: both, ...made }), undefined);
  // The term of the column is computed, but not returned.
  const live = (more = {}) => input({ fromPred: true, live: true, ...more });
  const cause = (outputLargest: number, more: Partial<RecordedOp> = {}, ...ops: RecordedOp[]) =>
    wrongOptimum(contextOf({
      loss: first,
      ...made,
      ops: [op("Add", [live()], { outputShape: [], outputLargest, ...more }), ...ops],
    }))?.cause;
  assertEquals([cause(5), cause(first(made.random))], ["detached", "wrong-optimum"]);
  assertEquals([2e-5, 5e-6].map((by) => cause((1 + by) * first(made.random))), ["detached", "wrong-optimum"]);
  assertEquals([cause(5, { live: false }), cause(5, { outputShape: [10] })], ["wrong-optimum", "wrong-optimum"]);
  const after = op("Neg", [live({ madeBy: 0 })], { outputShape: [], outputLargest: first(made.random) });
  assertEquals(cause(5, {}, after), "wrong-optimum");
});

Deno.test("wrong optimum: a column of outputs that the labels mask in every row", () => {
  const y = [0.5, 1.5, -1.25, 2.25, 0.75, -0.25, 1.75, -1.75, 3.25, 2.75];
  // Labels: two values and a mask of two, which leaves the second column alone.
  const rows = y.flatMap((v) => [v, 2 * v, 0, 1]), right = y.flatMap((v) => [v, 2 * v]);
  const made = { random: batchOf(rows, right.map((v) => v + 2), 2, 10), perfect: batchOf(rows, right, 2, 10) };
  const errors = ({ yTrue, yPred }: AuditBatch) => [...yPred].map((p, i) => (p - yTrue[4 * (i >> 1) + i % 2]) ** 2);
  const masked: Value = (batch) => mean(errors(batch).map((e, i) => batch.yTrue[4 * (i >> 1) + 2 + i % 2] * e));
  const second: Value = (batch) => mean(errors(batch).filter((_, i) => i % 2 === 1));
  const severity = (loss: Value) => wrongOptimum(contextOf({ loss, ...made }))?.severity;
  assertEquals([severity(second), severity(masked)], ["error", "note"]);
});

Deno.test("wrong sign: the score of a mask beside a picture, whose error falls", () => {
  const mask = [1, 0, 1, 0, 1, 1, 0, 0], pixels = [0.5, 1.5, -1.25, 2.25, 0.75, -0.25, 1.75, -1.75];
  const both = (of: (i: number) => number[]) => mask.flatMap((_, i) => of(i));
  const y = both((i) => [mask[i], pixels[i]]);
  const random = batchOf(y, both((i) => [0.3 + 0.05 * i, pixels[i] + (i % 2 ? 2 : -2)]), 2);
  const column = (values: Float32Array, at: number) => values.filter((_, i) => i % 2 === at);
  const score: Value = ({ yPred }) =>
    2 * sum(column(yPred, 0).map((p, i) => p * mask[i])) / (4 + sum(column(yPred, 0)));
  const picture: Value = ({ yPred }) => mean(column(yPred, 1).map((p, i) => (p - pixels[i]) ** 2));
  const loss = (of: Value): Value => (batch) => of(batch) + 0.01 * picture(batch);
  const made = { loss: loss(score), random, perfect: batchOf(y, y, 2) }, finding = sign(made)!;
  assertEquals([finding.cause, finding.severity], ["wrong-sign", "error"]);
  assertEquals(
    finding.message,
    "The loss rises all the way as column 0 of the outputs comes closer to the labels, with all others correct",
  );
  const { columns, ...along } = finding.evidence as Record<string, number>;
  const part = (share: number) => mask.flatMap((v, i) => [share * v + (1 - share) * (0.3 + 0.05 * i), pixels[i]]);
  assertEquals([String(columns), Object.keys(along)], ["0", ["random", "half", "perfect"]]);
  [0, 0.5, 1].forEach((share, i) =>
    assertAlmostEquals(Object.values(along)[i], score(batchOf(y, part(share), 2)), 1e-6)
  );
  // Not of outputs that go beyond 1, of labels with fractions or of one kind, of all columns, or if it falls in the end.
  const isPart = (more: Partial<Made>) => wrongSign(contextOf({ ...made, ...more }))?.message === finding.message;
  const first = (of: (v: number, i: number) => number, { yPred, yTrue }: AuditBatch) =>
    batchOf([...yTrue], [...yPred].map((v, i) => i % 2 === 0 ? of(v, i) : v), 2);
  assert(isPart({}));
  assert(!isPart({ random: first((v, i) => i === 0 ? 1.25 : v, random) }));
  assert(!isPart({ perfect: first((v) => 0.9 * v, made.perfect) }));
  assert(!isPart({ perfect: first(() => 1, made.perfect) }));
  assert(!isPart({ loss: loss((batch) => score(batch) - 3 * relu(score(batch) - 0.9)) }));
  const alone = { random: batchOf(mask, [...column(random.yPred, 0)]), perfect: batchOf(mask, mask) };
  assertEquals(
    sign({ ...alone, loss: ({ yPred }) => sum(yPred.map((p, i) => p * mask[i])) })?.message,
    "The loss rises as the outputs improve: minimising it makes predictions worse",
  );
});

Deno.test("wrong sign: correct outputs that are mirrored lower the loss as much as they raise it", () => {
  // The order of the labels, turned round, in hinges of all pairs: outputs that are far apart are worse, too.
  const pairs: Value = ({ yTrue, yPred }) =>
    mean([...yPred].flatMap((p, i) => [...yPred].flatMap((q, j) => yTrue[i] < yTrue[j] ? [relu(1 - (p - q))] : [])));
  const finding = sign({ loss: pairs, ...real })!;
  assertEquals([finding.cause, finding.severity], ["wrong-sign", "error"]);
  // Along one line, from −1 to 1, it is worse in both directions; what counts is the value at the mirrored outputs.
  const middle = mean(numbers),
    level = 5,
    table = (mirrored: number): Value => ({ yPred }) => {
      const t = (yPred[0] - guesses[0]) / (numbers[0] - guesses[0]);
      return level + (yPred[1] === middle ? 0 : yPred[1] === 2 * middle - numbers[1] ? mirrored : t >= 0 ? t : 1);
    };
  assertEquals([-0.6, -0.4].map((mirrored) => sign({ loss: table(mirrored), ...real })?.cause), [
    "wrong-sign",
    "wrong-optimum",
  ]);
});

Deno.test("wrong sign: outputs that rise with the labels before the descent prove nothing", () => {
  const near = numbers.map((y, i) => y + [0.25, -0.125, 0.125, -0.25][i % 4]);
  const made: Made = {
    loss: (batch) => 9 - squared(batch),
    ...{ random: batchOf(numbers, near), perfect: batchOf(numbers, numbers), descents: [{ to: 1, end: numbers }] },
  };
  assertEquals(sign(made)?.cause, "wrong-sign");
  assertStrictEquals(sign({ ...made, random: real.random }), undefined);
});

Deno.test("wrong optimum: a column that some rows would rather have back is moved by the mean of the labels", () => {
  const y = [0, 0, 1, 1, 0, 1, 1, 0], right = y.map((v) => 4 * v - 2), from = [-1.5, 0.5, 0.25, 1, 0.5, -0.5, 1.5, -1];
  const weights = [1, -0.5, 1, 0.5];
  const loss: Value = ({ yTrue, yPred }) =>
    mean(weights.map((w, i) => (yPred[2 * i] - 4 * yTrue[2 * i] + 2) ** 2 - w * yPred[2 * i + 1]));
  const found = (slopes: number[]) =>
    optimum({
      loss,
      ...{ random: batchOf(y, from, 2), perfect: batchOf(y, right, 2) },
      // At outputs whose second column is moved by 20, and nowhere else.
      gradientOf: ({ yPred }) =>
        slopes.flatMap((s, i) => [0, Number(yPred[2 * i + 1] === right[2 * i + 1] + 20) * -s / 4]),
    })!;
  const finding = found([1, -1, 1, 0.5]);
  assertEquals(finding.severity, "note");
  assert(finding.message.startsWith("An offset of column 1 lowers the loss without end, in proportion"));
  assertEquals(found([1, 1, 1, 1]).severity, "error");
  assertEquals([found([1, -0.8, 1, 1]).severity, found([1, -1, 1, 1]).severity], ["error", "note"]);
});

Deno.test("wrong optimum: a column of its own labels that is idle, and one whose term float32 loses", () => {
  const y = [0.5, 1.5, -1.25, 2.25, 0.75, -0.25, 1.75, -1.75, 3.25, 2.75];
  const later = y.slice(1);
  const rows = (of: (i: number) => number[]) => later.flatMap((_, i) => of(i));
  // Labels of two steps of a series; the second output is that of a step which no label has.
  const labels = rows((i) => [y[i], later[i]]),
    loss: Value = ({ yTrue, yPred }) => mean(later.map((_, i) => (yPred[2 * i] - yTrue[2 * i + 1]) ** 2));
  const series = (second: (i: number) => number) => ({
    random: batchOf(labels, rows((i) => [-i, i]), 2),
    perfect: batchOf(labels, rows((i) => [later[i], second(i)]), 2),
  });
  assertEquals(optimum({ loss, ...series((i) => 5 + i) })?.severity, "note");
  const idle = optimum({ loss, ...series((i) => later[i]) })!;
  assertEquals([idle.cause, idle.severity], ["wrong-optimum", "error"]);
  const lost = optimum({ loss, ...series((i) => later[i]), gradientOf: () => rows(() => [1e6, 1e-3]) })!;
  assertEquals([lost.cause, lost.severity], ["bad-scale", "error"]);
  assertEquals(
    lost.message,
    "The term of column 1 of the outputs is so small beside the others that float32 loses it",
  );
  assertAlmostEquals(lost.evidence.gradientNorm as number, 3e-3, 1e-9);
  assertAlmostEquals(lost.evidence.largestOfOthers as number, 3e6, 1);
  // One of two idle columns has a gradient.
  const thrice = (of: number[]) => later.flatMap((_, i) => [of[2 * i], of[2 * i + 1], of[2 * i + 1]]);
  const { random, perfect } = series((i) => later[i]);
  const both = optimum({
    loss: ({ yTrue, yPred }) => mean(later.map((_, i) => (yPred[3 * i] - yTrue[2 * i + 1]) ** 2)),
    random: batchOf(labels, thrice([...random.yPred]), 3),
    perfect: batchOf(labels, thrice([...perfect.yPred]), 3),
    gradientOf: () => rows(() => [1e6, 0, 1e-3]),
  })!;
  assertEquals([both.cause, both.evidence.columns], ["bad-scale", "1 2"]);
  // A column whose correct outputs are the labels in some rows only.
  assertEquals(optimum({ loss, ...series((i) => i % 3 ? 5 + i : later[i]) })?.severity, "note");
  // Labels of few kinds, whatever the correct outputs are.
  const two = rows((i) => [i % 2, i % 3 % 2]), wide = (v: number) => 4 * v - 2;
  const first: Value = ({ yTrue, yPred }) => mean(later.map((_, i) => (yPred[2 * i] - wide(yTrue[2 * i])) ** 2));
  const ofTwo = { random: batchOf(two, rows((i) => [-i, i]), 2), perfect: batchOf(two, two.map(wide), 2) };
  assertEquals(optimum({ loss: first, ...ofTwo })?.severity, "error");
  const still = optimum({ loss, ...series((i) => later[i]), gradientOf: () => rows(() => [1, 0]) })!;
  assertEquals([still.cause, still.severity], ["wrong-optimum", "error"]);
});

Deno.test("wrong optimum: columns that are all the same, which are better than correct ones", () => {
  const labels = [1, 1, 0, 0],
    vectors = [1, 0, 0, 1, 1, 0, -1, 0.5],
    from = [0.5, 0.25, -0.5, 1.25, 0.25, -0.75, 1, 0.5];
  const made = { random: batchOf(labels, from, 2), perfect: batchOf(labels, vectors, 2) };
  // The distance of both columns, and how far the first goes.
  const apart: Value = ({ yPred }) =>
    mean(labels.map((_, i) => Math.abs(yPred[2 * i] - yPred[2 * i + 1]) + Math.abs(Math.abs(yPred[2 * i]) - 1)));
  const finding = optimum({ loss: apart, ...made })!;
  assertEquals([finding.cause, finding.severity, finding.evidence.useless], [
    "wrong-optimum",
    "error",
    "all columns the same",
  ]);
  assertEquals(finding.message, "Outputs of which all columns of a row are the same are better than correct ones");
  assertEquals([finding.evidence.perfect, finding.evidence.value], [apart(made.perfect), 0.25]);
  // Of two views, each with columns of its own, which differ.
  const views: Value = ({ yPred }) =>
    sum([0, 4].map((row) => [0, 2].map((i) => Math.abs(yPred[row + i] - yPred[row + i + 1]))).flat()) +
    9 * Number(yPred[0] === yPred[2]);
  const four = {
    random: batchOf(labels.slice(0, 2), from, 4),
    perfect: batchOf(labels.slice(0, 2), vectors.map((v, i) => v + i), 4),
  };
  assertEquals(optimum({ loss: views, ...four })?.evidence.useless, "all columns the same");
  const level: Value = (batch) => batch.yPred.every((p, i) => p === vectors[i]) ? 0.05 : 0.1 * apart(batch);
  assert(!wrongOptimum(contextOf({ loss: level, ...made }))?.message.startsWith("Outputs of which"));
});

Deno.test("wrong optimum: the first outputs of a row for all its outputs", () => {
  const y = [0.5, 1.5, -1.25, 2.25, 0.75, -0.25, 1.75, -1.75, 3.25, 2.75, -0.5, 1.25],
    from = y.map((_, i) => (i % 5) - 2);
  const loss: Value = ({ yTrue, yPred }) => { // the distance of each output to the closest label of its row
    const row = (i: number) => [...yTrue.subarray(i - i % 2, i - i % 2 + 2)];
    return mean([...yPred].map((p, i) => Math.min(...row(i).map((label) => Math.abs(p - label)))));
  };
  const found = (value: Value, labels = y) =>
    optimum({ loss: value, random: batchOf(labels, from, 2), perfect: batchOf(labels, labels, 2) });
  const finding = found(loss)!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "error"]);
  assertEquals(
    finding.message,
    "A useless model is as good as a perfect one: the first 1 outputs of a row for all its outputs",
  );
  assert(finding.remedy.startsWith("Compare in both directions"));
  assertStrictEquals(found(squared), undefined);
  assert(!/for all its outputs/.test(found(loss, y.map((v) => Math.round(v / 2)))?.message ?? ""));
  /** As good as the correct outputs are these alone. */
  const alone = (labels: number[], columns: number, other: (i: number) => number) =>
    optimum({
      loss: ({ yPred }) =>
        [(i: number) => i, other].some((from) => yPred.every((p, i) => p === labels[from(i)]))
          ? 0
          : 9 + mean(yPred) / 99,
      ...{ random: batchOf(labels, from.slice(0, labels.length), columns), perfect: batchOf(labels, labels, columns) },
    })?.evidence.useless;
  assertEquals(alone(y, 3, (i) => i - i % 3 + i % 3 % 2), "the first 2 outputs of a row for all its outputs");
  assertStrictEquals(alone(y.slice(0, 9), 1, (i) => i + i % 2), undefined);
});

Deno.test("wrong optimum: outputs that equal the labels, from which a descent leads to a minimum elsewhere", () => {
  const found = (loss: Value, gradientOf: Made["gradientOf"]) =>
    wrongOptimum(contextOf({ loss, gradientOf, ...real, options: { yPred: "real" } }))?.message ?? "";
  const towards = (times: number): [Value, Made["gradientOf"]] => [
    ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - times * yTrue[i]) ** 2)),
    ({ yTrue, yPred }) => [...yPred].map((p, i) => 2 * (p - times * yTrue[i]) / 8),
  ];
  assert(/^Outputs equal to the labels are not the minimum/.test(found(...towards(0.6))));
  // Outputs that rise with the labels may be in another unit; others are a fault.
  const severity = ([loss, gradientOf]: ReturnType<typeof towards>, more: Partial<Made> = {}) =>
    wrongOptimum(contextOf({ loss, gradientOf, ...real, options: { yPred: "real" }, ...more }))?.severity;
  const turned = numbers.map((y, i) => y + (i % 2 ? 1.5 : -1.5));
  const elsewhere: ReturnType<typeof towards> = [
    ({ yPred }) => mean(yPred.map((p, i) => (p - turned[i]) ** 2)),
    ({ yPred }) => [...yPred].map((p, i) => 2 * (p - turned[i]) / 8),
  ];
  assertEquals([severity(towards(0.6)), severity(elsewhere)], ["note", "error"]);
  assertEquals(severity(elsewhere, { descents: [{ to: 0, end: numbers }] }), "note");
  assertStrictEquals(severity(towards(0.6), { deterministic: false }), undefined);
  const [near, slopeOf] = towards(0.6),
    level: Value = (batch) => Math.abs(Math.max(...batch.yPred) - 24) < 4 ? 0 : near(batch);
  assert(/^Outputs equal to the labels are not the minimum/.test(found(level, slopeOf))); // it rises again before
  assertEquals([found(...towards(1)), found(...towards(0.9))], ["", ""]);
  // Of shares the loss need not rise beyond the ends, if they are in the order of the labels.
  const parts = [0.15, 0.35, 0.05, 0.6, 0.45, 0.8, 0.25, 0.7], mixed = [0.6, 0.2, 0.5, 0.3, 0.7, 0.4, 0.8, 0.1];
  const share = { random: batchOf(parts, mixed), perfect: batchOf(parts, parts) };
  const shares = (goal: (y: number) => number, more: Partial<Made> = {}) =>
    severity([
      ({ yTrue, yPred }) => mean(yPred.map((p, i) => p < 0 || p > 1 ? NaN : (p - goal(yTrue[i])) ** 2)),
      ({ yTrue, yPred }) => [...yPred].map((p, i) => (p - goal(yTrue[i])) / 4),
    ], { ...share, options: { yPred: "probability" }, ...more });
  const odds = (y: number) => Math.min(0.999, y / (1 - y)),
    other = (y: number) => y === Math.fround(0.6) ? 0.25 : y === 0.25 ? 0.6 : y;
  assertEquals([shares(odds), shares(other)], ["note", undefined]);
  for (const yPred of ["real", "nonnegative"] as const) {
    assertStrictEquals(shares(odds, { options: { yPred } }), undefined, "it has no end above");
  }
  // It falls on as outputs grow: a loss of ranks, which has no minimum.
  const ranks: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => Math.log1p(Math.exp(-p * yTrue[i]))));
  const slope: Made["gradientOf"] = ({ yTrue, yPred }) =>
    [...yPred].map((p, i) => -yTrue[i] / (1 + Math.exp(p * yTrue[i])) / 8);
  assertEquals(found(ranks, slope), "");
});

Deno.test("wrong optimum: outputs that miss their labels by a little have a smaller loss than correct ones", () => {
  const many = Array.from({ length: 12 }, (_, i) => (i - 5.5) / 2 + 0.25 * (i % 3)),
    from = many.map((_, i) => 1 - i % 4);
  const made = { random: batchOf(many, from), perfect: batchOf(many, many) };
  const found = (loss: (error: number) => number, more: Partial<Made> = {}) =>
    wrongOptimum(
      contextOf({ loss: ({ yTrue, yPred }) => mean(yPred.map((p, i) => loss(p - yTrue[i]))), ...made, ...more }),
    );
  /** A Huber loss whose parts meet at 1, with another threshold. */
  const huber = (threshold: number) => (e: number) => Math.abs(e) < threshold ? e * e / 2 : Math.abs(e) - 0.5;
  const finding = optimum({
    ...made,
    loss: ({ yTrue, yPred }) => mean(yPred.map((p, i) => huber(0.1)(p - yTrue[i]))),
  })!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assert(finding.message.startsWith("Outputs that miss their labels by 0.1"), finding.message);
  assert(finding.message.endsWith(", whether above or below, have a smaller loss than correct ones"));
  assertStrictEquals(found(huber(1)), undefined);
  assertStrictEquals(found(huber(0.1), { deterministic: false }), undefined);
  const few = many.map((_, i) => [-2, -1, 1, 2][i % 4]); // of a few kinds equal outputs are an accident
  const misses = (loss: (error: number) => number, more: Partial<Made> = {}) =>
    /miss their labels/.test(found(loss, more)?.message ?? "");
  assert(!misses(huber(0.1), { random: batchOf(few, from), perfect: batchOf(few, few) }));
  for (const side of [-0.5, 0.5]) assert(!misses((e) => Math.min(1, (e - side) ** 2))); // on one side alone
  assertEquals([0.03, 0.3].map((floor) => misses((e) => Math.min(1, Math.abs(e * e - floor)))), [false, true]);
  const twice: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => huber(0.1)(p - 2 * yTrue[i])));
  const inAnotherUnit = { ...made, perfect: batchOf(many, many.map((y) => 2 * y)) };
  assertStrictEquals(wrongOptimum(contextOf({ ...inAnotherUnit, loss: twice })), undefined);
});

Deno.test("wrong optimum: a constant output that is clearly better than correct ones", () => {
  const constant = 7.5 / 9, off = squared(random);
  const dip = (by: number): Value => (batch) =>
    batch.yPred.every((p) => Math.abs(p - constant) < 1e-6) ? -by * off : squared(batch);
  const finding = optimum({ loss: dip(2), random, perfect })!, { output, ...evidence } = finding.evidence;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assertEquals(finding.message, "A useless model is better than a perfect one: an output of 0.8333 in every row");
  assertAlmostEquals(output as number, constant, 1e-9);
  assertEquals(evidence, { value: -2 * off, perfect: 0, random: off });
  // By a fifth of what correct outputs gain, or of their own loss.
  assertEquals([0.19, 0.21].map((by) => optimum({ loss: dip(by), random, perfect })?.severity), [undefined, "warning"]);
  const above = (by: number) => optimum({ loss: (batch) => 9 * off + dip(by)(batch), random, perfect })?.severity;
  assertEquals([above(1.7), above(1.9)], [undefined, "warning"]);
  assertStrictEquals(optimum({ loss: dip(2), random, perfect, deterministic: false }), undefined);
  // Outputs of another unit, which a descent finds, and logits that are too large.
  assertEquals(optimum({ loss: dip(2), random, perfect, descents: [{ to: -off, end: yTrue }] })?.severity, "note");
  const wrong = yTrue.map((y, i) => (i % 2 ? -2.5 : 2.5) + y / 8), sure = batchOf(yTrue, logits);
  const soft: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - 2 * yTrue[i] + 1) ** 2));
  assertStrictEquals(optimum({ loss: soft, random: batchOf(yTrue, wrong), perfect: sure }), undefined);
  // Of shares of classes a number in all columns is none.
  const pairs = (p: number[]) => p.flatMap((v) => [v, 1 - v]);
  const classes = { random: batchOf(pairs(yTrue), pairs(start), 2), perfect: batchOf(pairs(yTrue), pairs(yTrue), 2) };
  assertStrictEquals(optimum({ loss: dip(2), ...classes }), undefined);
});

Deno.test("wrong optimum: a loss that falls at once as all errors grow", () => {
  const found = (error: (e: number) => number, more: Partial<Made> = {}) =>
    wrongOptimum(
      contextOf({ loss: ({ yTrue, yPred }) => mean(yPred.map((p, i) => error(p - yTrue[i]))), ...real, ...more }),
    );
  /** Squared errors up to a corner, and beyond it lines from another value. */
  const corner = (from: number) => (e: number) => Math.abs(e) > 1 ? from + 2 * (Math.abs(e) - 1) : e * e;
  const finding = found(corner(0))!, { error, before, after } = finding.evidence;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assert(/^The loss falls at once from [\d.]+ to [\d.e-]+ as all errors grow beyond [\d.]+$/.test(finding.message));
  for (const [number, goal] of [[error, 1], [before, 1], [after, 0]]) {
    assertAlmostEquals(number as number, goal as number, 0.01);
  }
  for (const scale of [64, 1 / 64]) {
    assertEquals(found((e) => scale * corner(0)(e))?.severity, "warning");
    assertStrictEquals(found((e) => scale * corner(1)(e)), undefined);
  }
  for (const at of [0.35, 0.55, 2.2, 2.9]) { // wherever it is, to a hundredth
    const { evidence } = found((e) => Math.abs(e) > at ? Math.abs(e) - at : e * e / at / at)!;
    assertAlmostEquals(evidence.error as number, at, 0.01);
  }
  const fallsBetween = (width: number) => (e: number) =>
    Math.abs(e) < 1 ? e * e : Math.max(1 - (Math.abs(e) - 1) / width, Math.abs(e) - 1);
  assertStrictEquals(found(fallsBetween(0.15)), undefined); // steep is not at once
  // By a tenth of what correct outputs gain.
  const { span } = { span: mean(numbers.map((y, i) => corner(1)(guesses[i] - y))) };
  const jump = (by: number) => (e: number) => e * e + 3 - (e > 1 ? by * span : 0) - 2 * e * e / 3;
  assertEquals([found(jump(0.4))?.severity, found(jump(0.05))], ["warning", undefined]);
  assertStrictEquals(found(corner(0), { deterministic: false }), undefined);
  // Labels of few kinds are classes or counts, and outputs of one sign have an end.
  const few = numbers.map(Math.sign), amounts = numbers.map((y) => y + 3);
  assertStrictEquals(found(corner(0), { random: batchOf(few, guesses), perfect: batchOf(few, few) }), undefined);
  const positive = batchOf(amounts, guesses.map((p) => p + 3));
  assertStrictEquals(found(corner(0), { random: positive, perfect: batchOf(amounts, amounts) }), undefined);
});

Deno.test("wrong optimum: the share of a label for which the loss is least is hardly above a half", () => {
  const entropy = (target: (y: number) => number): Value => ({ yTrue, yPred }) =>
    mean(yPred.map((z, i) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - target(yTrue[i]) * z));
  const found = (target: (y: number) => number, more: Partial<Made> = {}) =>
    wrongOptimum(contextOf({ loss: entropy(target), ...wide, options: { yPred: "logits" }, ...more }));
  const finding = found((y) => (y + 0.1) / 2)!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assertEquals(
    finding.message,
    "With correct outputs for all others, the loss is least at an output of 0.5312 where the label is 1",
  );
  assertEquals(finding.evidence.label, 1);
  assert(found((y) => 1 - (1.1 - y) / 2)?.message.endsWith("an output of 0.4688 where the label is 0"));
  assertStrictEquals(found((y) => 0.9 * y + 0.05), undefined); // labels that are smoothed
  assertStrictEquals(found((y) => (y + 0.1) / 2, { deterministic: false }), undefined);
  const hot = [1, 0, 0, 1, 0, 1, 1, 0],
    ofClasses = { // of one class per row the others share what is left
      random: batchOf(hot, randomLogits, 2),
      perfect: batchOf(hot, hot.map((y) => 16 * y - 8), 2),
    };
  assertStrictEquals(found((y) => (y + 0.1) / 2, ofClasses), undefined);
  assertStrictEquals(found((y) => (y + 0.1) / 2, { options: { yPred: "real" } }), undefined);
  const shares: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - 0.55 * yTrue[i]) ** 2));
  const found2 = wrongOptimum(contextOf({ loss: shares, random, perfect }));
  assert(found2?.message.includes("an output of 0.5313 where the label is 1"), found2?.message);
});

Deno.test("wrong sign: correct logits that are only too large", () => {
  // The cross-entropy of labels that are soft: sure logits cost more than random ones, smaller ones less.
  const soft: Value = ({ yTrue, yPred }) =>
    mean(yPred.map((z, i) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - (0.6 * yTrue[i] + 0.2) * z));
  assert(soft(wide.perfect) > soft(wide.random));
  const finding = sign({ loss: soft, ...wide })!;
  assertEquals([finding.cause, finding.severity, finding.evidence.timesPerfect], ["wrong-optimum", "note", 0.125]);
  assertEquals(
    finding.message,
    "Sure outputs cost more than random ones, and unsure ones of the same order less: the labels are softened",
  );
  const negated = {
    loss: (batch: AuditBatch) => -soft(batch),
    ...wide,
    perfect: batchOf(yTrue, logits.map((z) => z / 8)),
  };
  assertEquals(sign(negated)?.cause, "wrong-sign");
  const turned: Value = ({ yTrue, yPred }) => soft({ ...wide.perfect, yTrue: yTrue.map((y) => 1 - y), yPred });
  assertEquals(sign({ loss: turned, ...wide })?.cause, "wrong-sign");
});

Deno.test("wrong optimum: amounts without an end, counts among them, that lower the loss as they grow", () => {
  const counts = [0, 3, 1, 4, 2, 0, 3, 1], from = [0.5, 1.5, 2.5, 0.25, 1.25, 0.75, 2, 1];
  const loss: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => p - yTrue[i] * p));
  const made = { loss, random: batchOf(counts, from), perfect: batchOf(counts, counts) };
  assert(optimum(made)?.message.startsWith("The loss falls without end as outputs grow beyond the labels"));
  const found = (more: Partial<Made>) => wrongOptimum(contextOf({ ...made, ...more }))?.message ?? "";
  assert(!/without end/.test(found({ random: batchOf(counts, from.map((p) => p / 2.5)) }))); // shares
  const two = counts.map((y) => Number(y > 1));
  const thrice: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => p - 3 * yTrue[i] * p));
  assert(!/without end/.test(found({ loss: thrice, random: batchOf(two, from), perfect: batchOf(two, two) })));
});

/** Labels of two columns, which are the correct outputs. */
const twoColumns = { random: batchOf([...numbers, ...guesses], [...guesses, ...numbers], 2) };

Deno.test("wrong optimum: errors of a row that cancel each other", () => {
  const { yTrue: labels } = twoColumns.random, perfect = batchOf([...labels], [...labels], 2);
  const ofRows = (of: (a: number, b: number) => number): Value => ({ yTrue, yPred }) => {
    const errors = yPred.map((p, i) => p - yTrue[i]);
    return mean(errors.filter((_, i) => i % 2 === 0).map((a, row) => of(a, errors[2 * row + 1])));
  };
  const finding = optimum({ loss: ofRows((a, b) => (a + b) ** 2), ...twoColumns, perfect })!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assertEquals(
    finding.message,
    "Errors of a row that cancel each other cost nothing: only the sum of its outputs has to be correct",
  );
  const { perfect: best, oneMoreAndOneLess, oneMore } = finding.evidence;
  assertEquals([best, oneMoreAndOneLess, oneMore], [0, 0, 1]);
  const without = (of: (a: number, b: number) => number, made: Partial<Made> = {}) =>
    assert(!optimum({ loss: ofRows(of), ...twoColumns, perfect, ...made })?.message.startsWith("Errors of a row"));
  without((a, b) => a ** 2 + b ** 2);
  without((a, b) => (a + b) ** 2 + 0.01 * a ** 2);
  without((_, b) => b ** 2 - 1); // the first column costs nothing at all
  without((a, b) => (a + b) ** 2, { deterministic: false });
  without((a, b) => (a + b) ** 2, { perfect: batchOf([...labels], [...labels].map((y) => 2 * y), 2) });
  const few = batchOf(labels.length > 0 ? [...labels].map(Math.sign) : [], [...labels].map(Math.sign), 2);
  without((a, b) => (a + b) ** 2, { perfect: few });
  const shares = [...labels].map((y) => Math.abs(y) / 4);
  without((a, b) => (a + b) ** 2, {
    random: batchOf(shares, shares.toReversed(), 2),
    perfect: batchOf(shares, shares, 2),
  });
});

Deno.test("wrong optimum: a descent ends lower than the outputs that are called correct", () => {
  // Least where outputs are labels and a half; the descent has come halfway from random outputs.
  const loss: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - yTrue[i] / 4) ** 2));
  const quarters = batchOf(numbers, numbers.map((y) => y / 4 + 0.5)); // called correct
  const end = numbers.map((y, i) => 0.9 * y / 4 + 0.1 * guesses[i]), to = loss(batchOf(numbers, end));
  const found = (more: Partial<Made> = {}) =>
    optimum({ loss, random: real.random, perfect: quarters, descents: [{ to, end }], ...more });
  const finding = found()!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "note"]);
  assertEquals(
    finding.message,
    "A descent from random outputs ends lower than those that are called correct: is the minimum elsewhere?",
  );
  assertAlmostEquals(finding.evidence.perfect as number, 0.25, 1e-6);
  assertEquals(finding.evidence.afterDescent, to);
  assertStrictEquals(found({ descents: [] }), undefined);
  assertStrictEquals(found({ descents: [{ to: 0.25 - 0.019 * (loss(real.random) - 0.25), end }] }), undefined);
  assertEquals(found({ descents: [{ to: 0.25 - 0.021 * (loss(real.random) - 0.25), end }] })?.severity, "note");
  assertStrictEquals(found({ descents: [{ to, end: batchOf(guesses, end) }] }), undefined); // other labels
  assertStrictEquals(found({ descents: [{ to, end: batchOf(numbers.map((y, i) => i ? y : y + 1), end) }] }), undefined);
  assertStrictEquals(found({ deterministic: false }), undefined);
  // Three times as far is beyond the minimum, a little further is not.
  const s = numbers.map(Math.sign), goals = s.map((v, i) => 11 * v + numbers[i] / 4);
  const between: Value = ({ yPred }) => mean(yPred.map((p, i) => (p - goals[i]) ** 2));
  const passed = s.map((v, i) => 7 * v + numbers[i] / 4);
  const beyond = optimum({
    loss: between,
    random: batchOf(numbers, s.map((v, i) => -6 * v + numbers[i] / 8)),
    perfect: batchOf(numbers, goals.map((v, i) => v + 10 + i / 4)),
    descents: [{ to: between(batchOf(numbers, passed)), end: passed }],
  });
  assertEquals(beyond?.message, finding.message);
  const endless: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => -p * Math.sign(yTrue[i])));
  const falls = numbers.map((y, i) => guesses[i] + 3 * Math.sign(y));
  const critic = { loss: endless, descents: [{ to: endless(batchOf(numbers, falls)), end: falls }] };
  assert(!found(critic)?.message.startsWith("A descent from random outputs ends lower"));
  // Sure logits of labels that are smoothed: unsure ones of the same order are better, as is meant.
  const smoothed: Value = ({ yTrue, yPred }) =>
    mean(yPred.map((z, i) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0) - (0.9 * yTrue[i] + 0.05) * z));
  const unsure = logits.map((z) => 0.3 * z), end2 = { to: smoothed(batchOf(yTrue, unsure)), end: unsure };
  assert(end2.to < 0.98 * smoothed(wide.perfect));
  assertStrictEquals(optimum({ loss: smoothed, ...wide, descents: [end2] }), undefined);
  const uneven = { ...wide, perfect: batchOf(yTrue, logits.map((z, i) => i === 0 ? 2 * z : z)) }; // not of two kinds
  assertEquals(optimum({ loss: smoothed, ...uneven, descents: [end2] })?.severity, "note");
  // Of labels that are smoothed much, random outputs are better than sure ones, too.
  const even: Value = (batch) => smoothed({ ...batch, yTrue: batch.yTrue.map((y) => 0.6 * y + 0.2) });
  assert(even(wide.random) < even(wide.perfect));
  const end3 = { to: even(batchOf(yTrue, unsure.map((z) => z / 4))), end: unsure.map((z) => z / 4) };
  assertStrictEquals(optimum({ loss: even, ...wide, descents: [end3] }), undefined);
  assert(
    optimum({ loss: even, ...uneven, descents: [end3] })?.message.startsWith("Random outputs have a smaller loss"),
  );
});

Deno.test("wrong optimum: random outputs are better than those that are called correct, which labels do not determine", () => {
  const none = numbers.map(() => 0), loss: Value = ({ yPred }) => mean(yPred.map((p) => (p - 0.1) ** 2));
  const marks = none.map((_, i) => Number(i % 3 === 0)), shares = none.map((_, i) => 0.1 * (1 + i % 2));
  const descents = [{ to: 0, end: none.map(() => 0.1) }];
  const made = { loss, random: batchOf(none, shares), perfect: batchOf(none, marks), descents };
  const finding = optimum(made)!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "warning"]);
  assertEquals(finding.message, "Random outputs have a smaller loss than those that are called correct");
  const { perfect: best, random: start } = finding.evidence as Record<string, number>;
  assertAlmostEquals(best, 0.31, 1e-6);
  assertAlmostEquals(start, 0.005, 1e-6);
  assertStrictEquals(optimum({ ...made, deterministic: false }), undefined);
  assertStrictEquals(optimum({ ...made, descents: [{ to: 1, end: marks }] }), undefined); // it gains nothing
  assertStrictEquals(optimum({ ...made, descents: [{ to: start, end: shares }] }), undefined);
  const several = [1.6, 0.1].map((gain) => ({ to: start - gain, end: shares }));
  assertStrictEquals(optimum({ ...made, descents: several }), undefined); // the largest gain counts
  assertEquals(
    [1.4, 1.6].map((gain) => optimum({ ...made, descents: [{ to: start - gain, end: shares }] })?.severity),
    [
      "warning",
      undefined,
    ],
  ); // a fifth of it
});

Deno.test("wrong optimum: shares of classes without labels, of which a row may have several", () => {
  const none = [0, 0, 0, 0],
    right = [0.9, 0.1, 0.1, 0.9, 0.9, 0.1, 0.1, 0.9],
    from = [0.4, 0.3, 0.2, 0.6, 0.5, 0.5, 0.3, 0.2];
  const best: Value = ({ yPred }) => mean(none.map((_, row) => 1 - Math.max(yPred[2 * row], yPred[2 * row + 1])));
  assertStrictEquals(
    optimum({ loss: best, random: batchOf(none, from, 2), perfect: batchOf(none, right, 2) }),
    undefined,
  );
  const wider = { random: batchOf(none, from.map((p) => 4 * p - 1), 2), perfect: batchOf(none, right, 2) };
  assert(optimum({ loss: best, ...wider })?.message.includes("the same output for every input"));
});

Deno.test("wrong optimum: of a loss that a few rows make huge nothing follows from useless models", () => {
  const weight = (scale: number): Value => ({ yTrue, yPred }) =>
    mean(yPred.map((p, i) => Math.abs(p - yTrue[i]) * (i === 0 ? scale : 1)));
  const found = (scale: number) => wrongOptimum(contextOf({ loss: weight(scale), random, perfect }))?.message ?? "none";
  assertEquals([1e5, 1e9].map((scale) => found(scale).startsWith("A useless model")), [true, false]);
});

Deno.test("wrong optimum: a column with one correct output for all rows, where the loss is largest, or not least", () => {
  const y = [0.5, 1.5, -1.25, 2.25, 0.75, -0.25, 1.75, -1.75, 3.25, 2.75], columns = [1.2, 0.5, -1.1, -0.6, 1.3];
  const rows = (of: (y: number, i: number) => number[]) => y.flatMap(of);
  const made = (second = columns, more: (y: number) => number[] = () => []) => ({
    random: batchOf(
      y,
      rows((v, i) => [v + (i % 2 ? 2 : -2), second[i % second.length], ...more(-v)]),
      2 + more(0).length,
      10,
    ),
    perfect: batchOf(y, rows((v) => [v, 0, ...more(v)]), 2 + more(0).length, 10),
  });
  /** The squared error of the first column, 4 at random outputs, and a term of the second one, which is to be 0. */
  const loss = (term: (p: number) => number, width = 2): Value => ({ yTrue, yPred }) =>
    mean(y.map((_, i) => (yPred[width * i] - yTrue[i]) ** 2 + term(yPred[width * i + 1])));
  const subtracted = optimum({ loss: loss((p) => 3 - p * p), ...made() })!;
  assertEquals([subtracted.cause, subtracted.severity], ["wrong-sign", "error"]);
  assertEquals(
    subtracted.message,
    "The loss is largest at the correct values of column 1: away from them it falls in both directions",
  );
  const { towardsRandom, awayFromRandom, ...evidence } = subtracted.evidence as Record<string, number | string>;
  assertEquals(evidence, { columns: "1", perfect: 3 });
  for (const value of [towardsRandom, awayFromRandom]) {
    assertAlmostEquals(value as number, 3 - 0.09 * mean(columns.map((p) => p * p)), 1e-6);
  }
  const found = (term: (p: number) => number, more: Partial<Made> = {}) =>
    wrongOptimum(contextOf({ loss: loss(term), ...made(), ...more }))?.message.replace(/ (at|of column|along).*/, "");
  assertStrictEquals(found((p) => p * p), undefined);
  // A ten-thousandth of the way from random outputs, or a hundred-thousandth of the value, is rounding.
  const falls = (by: number, level = 0) => found((p) => level - by * p * p) === "The loss is largest";
  assertEquals([falls(0.004), falls(0.006), falls(0.04, 1000), falls(0.2, 1000)], [false, true, false, true]);
  const steeper = optimum({ loss: loss((p) => (p > 0 ? -1 : -2) * p * p), ...made([0.5, 1, 1.5]) })!.evidence;
  assert((steeper.towardsRandom as number) > (steeper.awayFromRandom as number));
  for (const side of [-1, 1]) { // on one side alone
    assert(found((p) => -relu(side * p), made([0.5, 1, 1.5])) !== "The loss is largest");
  }

  const missed = optimum({ loss: loss((p) => (p - 0.5) ** 2), ...made() })!;
  assertEquals([missed.cause, missed.severity], ["wrong-optimum", "warning"]);
  assertEquals(
    missed.message,
    "The minimum along column 1 of the outputs is not at its correct value, with all others correct",
  );
  const { leastNearby, random: first, ...where } = missed.evidence as Record<string, number>;
  assertEquals(where, { column: 1, perfect: 0.25 });
  assertAlmostEquals(leastNearby, 0.01, 1e-6);
  assertAlmostEquals(first, 4 + mean(columns.map((p) => (p - 0.5) ** 2)));
  // A dip at one place, with other values far away.
  const dip = (at: number, left = 2, right = 2, by = 1) => (p: number) =>
    Math.abs(p - at) < 1e-3 ? -by : p < -1.5 ? left : p > 1.5 ? right : Math.abs(p);
  for (const at of [-1, -0.6, -0.3, 0.3, 0.6, 1]) assertEquals(found(dip(at)), "The minimum", `${at}`);
  for (const [left, right] of [[-0.5, 2], [2, -0.5]]) assert(found(dip(0.3, left, right)) !== "The minimum");
  assertEquals([0.003, 0.01].map((by) => found(dip(0.3, 2, 2, by))), [undefined, "The minimum"]);
  // Of outputs with an end, or where another column misses its label, a scale has a best value of its own.
  const near = made(columns.map((p) => p / 2));
  const bounded = { ...near, random: { ...near.random, yPred: near.random.yPred.map((p) => Math.abs(p)) } };
  assertStrictEquals(found(dip(0.3), bounded), undefined);
  const three = made(columns, (v) => [v]);
  const beside = (times: number) => ({
    ...three,
    loss: (batch: AuditBatch) =>
      loss(dip(0.3), 3)(batch) + mean(y.map((v, i) => (batch.yPred[3 * i + 2] - times * v) ** 2)),
    perfect: batchOf(y, rows((v) => [v, 0, times * v]), 3, 10),
  });
  assertEquals([1, 3].map((times) => found(dip(0.3), beside(times))), ["The minimum", undefined]);
});

Deno.test("wrong sign: errors that keep their sign", () => {
  const differences = (bend = 0): Value => ({ yTrue, yPred }) =>
    mean(yPred.map((p, i) => p - yTrue[i])) + bend * mean(yPred.map((p, i) => p - yTrue[i])) ** 2;
  const finding = sign({ loss: differences(), ...real })!;
  assertEquals([finding.cause, finding.severity], ["wrong-optimum", "error"]);
  assertEquals(
    finding.message,
    "The errors keep their sign: the same amount on all outputs lowers the loss in one direction, without end",
  );
  const from = differences()(real.random),
    { random: first, nearlyPerfect } = finding.evidence as Record<string, number>;
  assertAlmostEquals(first, from, 1e-7);
  assertAlmostEquals(nearlyPerfect, 0.05 * from, 1e-7);
  const keeps = (made: Partial<Made>) =>
    sign({ loss: differences(), ...real, ...made })?.message.startsWith("The errors keep") ?? false;
  assertEquals([0, 1e-5, 1e-3].map((bend) => keeps({ loss: differences(bend) })), [true, true, false]);
  const whole = numbers.map((y) => Math.round(2 * y)), twice = numbers.map((y) => 2 * y);
  assert(!keeps({ random: batchOf(whole, guesses), perfect: batchOf(whole, whole) })); // classes
  assert(!keeps({ random: batchOf(numbers, guesses.map((p) => p / 4)) })); // bounded outputs
  assert(!keeps({ random: batchOf(twice, guesses), perfect: batchOf(twice, numbers) })); // other outputs than the labels
});

Deno.test("wrong optimum: how much the loss has to fall as outputs grow beyond the labels", () => {
  const counts = [0, 3, 1, 4, 2, 0, 3, 1], from = [0.5, 1.5, 2.5, 0.25, 1.25, 0.75, 2, 1];
  /** The loss by the factor between outputs and labels, in parts of the way from random outputs. */
  const found = (twice: number, hundredTimes: number, right = counts, level = 0) =>
    wrongOptimum(contextOf({
      loss: ({ yPred }) => level + ({ 3: 0, 6: twice, 300: hundredTimes }[yPred[1]] ?? 1),
      ...{ random: batchOf(counts, from), perfect: batchOf(counts, right) },
    }))?.message.startsWith("The loss falls without end as outputs grow") ?? false;
  assert(found(-0.31, -6.32) && !found(-0.29, -6.32) && !found(-0.31, -6.3) && found(-0.31, -6.32, counts, 5));
  assert(!found(-0.31, -6.32, counts.map((y, i) => i === 0 ? 1 : y)));
});

Deno.test("the rank correlation of lists of different lengths is not a number", () => {
  const of = (x: number[], y: number[]) => rankCorrelation(Float32Array.from(x), Float32Array.from(y));
  assertEquals([of([1, 2, 3], [2, 4, 9]), of([1, 2, 3], [9, 4, 2])], [1, -1]);
  assertEquals([of([1, 2, 3], [1, 2, 3, 4, 5, 6]), of([1, 2, 3, 4], [1, 2])], [NaN, NaN]);
});
