// Gradients that are 0 where outputs are wrong, with losses that are functions of arrays.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { AuditEngine } from "../../lib/audit/engines/engine.ts";
import type { BatchObservations, Observations } from "../../lib/audit/observations.ts";
import { type AuditContext, takesBest } from "../../lib/audit/rules/rule.ts";
import type { AuditOptions } from "../../lib/audit/types.ts";
import { batchOf, input, op, resultUnder, saturated, saturatedAtTheEnds, squared } from "./rule_helpers.ts";

type Gradient = (p: number, y: number, i: number) => number;

const yTrue = [0, 1, 0, 1, 0, 1, 0, 1], wrongs = yTrue.map((y) => y === 1 ? 0.25 : 0.75);
const random = batchOf(yTrue, wrongs), perfect = batchOf(yTrue, yTrue), ends = batchOf(yTrue, yTrue.map((y) => 1 - y));

interface Made {
  random?: AuditBatch;
  perfect?: AuditBatch;
  ends?: AuditBatch;
  far?: AuditBatch;
  options?: AuditOptions;
  customGradient?: boolean;
  loss?: (batch: AuditBatch) => number;
}

function found(gradient: Gradient | undefined, made: Made = {}) {
  const right = "perfect" in made ? made.perfect : perfect;
  // Wrong outputs cost something, where they have no gradient, too.
  const { loss = ({ yPred }) => squared({ ...random, yTrue: right?.yPred ?? yPred, yPred }) } = made;
  const of = resultUnder(loss, gradient && (({ yTrue, yPred }) => yPred.map((p, i) => gradient(p, yTrue[i], i))));
  const first = of(made.random ?? random), [rows, columns] = first.batch.predShape;
  const results = {
    random: first,
    perfect: right && of(right),
    saturated: made.ends && of(made.ends),
    far: made.far && of(made.far),
  };
  const engine = { value: of, valueAndGradient: of } as unknown as AuditEngine;
  const observations = {
    rows,
    columns,
    random: first,
    results,
    customGradient: made.customGradient ?? false,
    ops: [],
  } as unknown as Observations;
  const context = { engine, observations, options: made.options ?? {} } as unknown as AuditContext;
  const finding = saturated(context), note = saturatedAtTheEnds(context);
  assert(finding === undefined || note === undefined); // one of the two rules says it
  return finding ?? note;
}

Deno.test("saturated: most wrong outputs of an untrained model have no gradient", () => {
  // Outputs of rows in turn differ, so that a gradient of 0 is not a mask.
  const own = batchOf(yTrue, wrongs.map((p, i) => p + i / 100));
  const dead = (rows: number): Gradient => (p, _, i) => i < rows && p === own.yPred[i] ? 0 : 1;
  const at = (rows: number, more: Made = {}) => found(dead(rows), { random: own, ...more });
  const finding = at(6)!;
  assertEquals([finding.cause, finding.severity], ["saturated", "error"]);
  assertEquals(
    finding.message,
    "75 % of the outputs that are wrong before training have no gradient: the loss is flat there",
  );
  assertEquals(finding.evidence, {
    wrongWithoutGradientAtRandom: 0.75,
    wrongWithoutGradientAtTheEnds: "not tried",
    wrongWithoutGradientFarAway: "not tried",
  });
  assert(finding.remedy.startsWith("Widen the ramp"));
  const beyond = batchOf(yTrue, wrongs.map((p, i) => p - 2 + i / 100));
  const flat = found((p, _, i) => i < 6 && p === beyond.yPred[i] ? 0 : 1, { random: beyond });
  assert(flat?.remedy.startsWith("Let the loss fall from outputs that are clearly wrong"), flat?.remedy);
  assertEquals([at(3)?.severity, at(5)?.severity], ["warning", "warning"]);
  assertStrictEquals(at(2), undefined);
  assertStrictEquals(at(5, { customGradient: true }), undefined); // may be meant
  assertEquals(at(6, { customGradient: true })?.severity, "error");
  // Pairs, whose labels do not tell the correct outputs.
  const pairs = batchOf(yTrue, yTrue.map((y, i) => i < 2 ? 1 - y : y));
  assertStrictEquals(at(5, { perfect: pairs, loss: () => 1 }), undefined);
});

Deno.test("saturated: a gradient that float32 loses beside the largest one is none", () => {
  const own = batchOf(yTrue, wrongs.map((p, i) => p + i / 100));
  const small = (size: number, largest = 1): Gradient => (p, _, i) => i < 6 && p === own.yPred[i] ? -size : largest;
  assertEquals(found(small(0.5e-9), { random: own })?.severity, "error");
  assertStrictEquals(found(small(2e-9), { random: own }), undefined);
  assertEquals(found(small(1e-7, 1e3), { random: own })?.severity, "error");
  assertStrictEquals(found(small(1e-7, 1), { random: own }), undefined);
});

Deno.test("saturated: masked rows, right outputs and a maximum over the rows are left aside", () => {
  assertStrictEquals(found((_, _y, i) => i < 6 ? 0 : 1), undefined); // whatever the outputs: the labels mask them
  const near = batchOf(yTrue, yTrue.map((y, i) => i < 6 ? Math.abs(y - 0.25 - i / 100) : 1 - y));
  const dead: Gradient = (p, _, i) => i < 6 && p === near.yPred[i] ? 0 : 1;
  assertStrictEquals(found(dead, { random: near }), undefined); // two wrong outputs are too few
  const four = batchOf(yTrue, yTrue.map((y, i) => i < 4 ? Math.abs(y - 0.75 - i / 100) : Math.abs(y - 0.1 - i / 100)));
  const deadAtFour = (n: number): Gradient => (p, _, i) => i < n && p === four.yPred[i] ? 0 : 1;
  assertEquals([found(deadAtFour(3), { random: four })?.severity, found(deadAtFour(1), { random: four })], [
    "error",
    undefined,
  ]);
  const own = batchOf(yTrue, wrongs.map((p, i) => p + i / 100));
  assertStrictEquals(found((p, _, i) => i < 7 && p === own.yPred[i] ? 0 : 1, { random: own }), undefined); // one row alone
  assertStrictEquals(
    found((p, _, i) => i < 6 && p === own.yPred[i] ? 0 : 1, { random: own, perfect: batchOf([0], [0]) }),
    undefined,
  );
});

Deno.test("saturated: only at the ends, or already where a trained model often is", () => {
  const flatAt = (reach: number): Gradient => (p) => p <= reach || p >= 1 - reach ? 0 : 1;
  const note = found(flatAt(1e-7), { ends })!;
  assertEquals(note.severity, "note");
  assertEquals(
    note.message,
    "100 % of the outputs that are clearly wrong, at the far ends of their range, have no gradient",
  );
  assertEquals([note.evidence.wrongWithoutGradientAtRandom, note.evidence.wrongWithoutGradientAtTheEnds], [0, 1]);
  assert(!("wrongWithoutGradientWithinReach" in note.evidence));
  assert(note.remedy.endsWith("use small initial weights and priorBias, or let the loss take logits"));
  const warning = found(flatAt(1e-2), { ends })!;
  assertEquals(warning.severity, "warning");
  assertEquals(
    warning.message,
    "100 % of the outputs that are wrong and as sure as a trained model often is have no gradient: a clip is reached early",
  );
  assertEquals(warning.evidence.wrongWithoutGradientWithinReach, 1);
  assert(warning.remedy.startsWith("Clip at 1e-7"));
  assertStrictEquals(found(() => 1, { ends }), undefined);
  assertStrictEquals(found(flatAt(1e-2)), undefined);
  // Labels of the other batch are its own.
  assertStrictEquals(found(flatAt(1e-7), { ends: batchOf(yTrue.map((y) => 1 - y), [...ends.yPred]) }), undefined);

  const right = batchOf(yTrue, yTrue.map((y) => 16 * y - 8)),
    start = batchOf(yTrue, yTrue.map((y, i) => y === 1 ? -1 - i : 1 + i));
  const away = batchOf(yTrue, yTrue.map((y) => 100 - 200 * y)), options: AuditOptions = { yPred: "logits" };
  const beyond = (reach: number): Gradient => (p) => Math.abs(p) >= reach ? 0 : 1;
  const logits = { random: start, perfect: right, options };
  const far = found(beyond(50), { ...logits, far: away })!;
  assertEquals([far.severity, far.evidence.wrongWithoutGradientFarAway], ["note", 1]);
  assert(far.remedy.endsWith("use small initial weights and priorBias"));
  assertEquals(found(beyond(50), { ...logits, ends: away })?.severity, "note");
  assertEquals(found(beyond(12), { ...logits, ends: away })?.severity, "warning");
  assertEquals(found(beyond(12.5), { ...logits, ends: away })?.severity, "note");
  assertEquals(found(beyond(12), { ...logits, options: { yPred: "real" }, ends: away })?.severity, "note");
  // What is flat before training is said first.
  const own = batchOf(yTrue, wrongs.map((p, i) => p + i / 100));
  const both = found((p, y, i) => i < 4 && p === own.yPred[i] ? 0 : flatAt(1e-2)(p, y, i), { random: own, ends })!;
  assert(both.message.startsWith("50 % of the outputs that are wrong before training"), both.message);
  assertEquals([both.evidence.wrongWithoutGradientWithinReach, both.remedy.startsWith("Widen the ramp")], [
    undefined,
    true,
  ]);
});

Deno.test("saturated: of classes a row counts as one, and sure outputs share what is left", () => {
  const classes = [0, 1, 2, 0, 1, 2],
    hot = (of: (k: number) => number) => classes.flatMap((k) => [0, 1, 2].map((c) => Number(c === of(k))));
  const y = hot((k) => k), next = hot((k) => (k + 1) % 3), right = batchOf(y, y, 3), wrong = batchOf(y, next, 3);
  const start = batchOf(y, next.map((p, i) => 0.1 + 0.7 * p + i / 1000), 3);
  // The outputs without a gradient of their own are in rows that have one.
  const alone: Gradient = (p, _, i) => i % 3 !== 0 && p === start.yPred[i] ? 0 : 1;
  assertStrictEquals(found(alone, { random: start, perfect: right }), undefined);
  // Several labels in a row are several decisions.
  const several = batchOf(y, y.map((v, i) => i % 3 === 2 ? 1 - v : v), 3);
  assertEquals(found(alone, { random: start, perfect: several })?.severity, "warning");
  const rowsDead = (rows: number): Gradient => (p, _, i) => Math.floor(i / 3) < rows && p === start.yPred[i] ? 0 : 1;
  assertEquals(found(rowsDead(4), { random: start, perfect: right })?.severity, "warning");
  assertStrictEquals(found(rowsDead(2), { random: start, perfect: right }), undefined);
  const clipped = (reach: number): Gradient => (p) => p < reach || p > 1 - reach ? 0 : 1;
  assertEquals(found(clipped(6e-4), { random: start, perfect: right, ends: wrong })?.severity, "warning");
  // 2.5e-4 for each of the two others, and 5e-4 below 1.
  assertEquals(found(clipped(2e-4), { random: start, perfect: right, ends: wrong })?.severity, "note");
});

Deno.test("saturated: half of the wrong outputs count where correct ones in their place lower the loss", () => {
  const own = batchOf(yTrue, wrongs.map((p, i) => p + i / 100)),
    dead: Gradient = (p, _, i) => i < 3 && p === own.yPred[i] ? 0 : 1;
  // Pairs: rows with equal labels have different correct outputs.
  const right = yTrue.map((y, i) => i > 5 ? 1 - y : y), pairs = batchOf(yTrue, right);
  const isMended = (yPred: Float32Array) => [0, 1, 2].every((i) => yPred[i] === right[i]) && yPred[5] === own.yPred[5];
  /** A loss of 8 at first and 0 at correct outputs. */
  const to = (mended: number) => ({ yPred }: AuditBatch) =>
    yPred === own.yPred || !isMended(yPred) && yPred.some((p, i) => p !== right[i]) ? 8 : isMended(yPred) ? mended : 0;
  const judged = (mended: number, more: Made = {}) =>
    found(dead, { random: own, perfect: pairs, loss: to(mended), ...more })?.severity;
  assertEquals([judged(5.5), judged(5.7), judged(8), judged(12)], ["warning", undefined, undefined, undefined]);
  const scaled = (mended: number, by: number) => judged(mended, { loss: (batch) => 1 + by * to(mended)(batch) });
  assertEquals([scaled(5.5, 100), scaled(5.7, 100), scaled(5.5, 0.01), scaled(5.7, 0.01)], [
    "warning",
    undefined,
    "warning",
    undefined,
  ]);
  // Where the labels determine the outputs, a twentieth is enough; rows in which a margin is kept gain nothing.
  const determined = (gain: number) =>
    found(dead, {
      random: own,
      loss: ({ yPred }) =>
        8 - [0, 1, 2].filter((i) => yPred[i] === yTrue[i]).length * gain / 3 -
        (yPred[5] === yTrue[5] ? 8 - gain : 0),
    })?.severity;
  assertEquals([0, 0.38, 0.42, 2].map(determined), [undefined, undefined, "warning", "warning"]);
  // Correct outputs have to be better, for the same labels, and as many.
  assertStrictEquals(judged(5.5, { loss: (batch) => -to(5.5)(batch) }), undefined);
  assertStrictEquals(judged(5.5, { perfect: batchOf(yTrue.with(7, 0), right) }), undefined);
});

Deno.test("saturated: how wrong an output has to be, and how few are judged", () => {
  const at = (off: number, wrong = 8, end = 1) => {
    const right = yTrue.map((y) => end * y),
      outputs = right.map((r, i) => i < wrong ? r + (r > 0 ? -1 : 1) * (off + i / 1000) : r);
    const own = batchOf(yTrue, outputs);
    return found((p, _, i) => i < 6 && p === own.yPred[i] ? 0 : 1, {
      random: own,
      perfect: batchOf(yTrue, right),
    })?.severity;
  };
  assertEquals([at(0.31), at(0.25)], ["error", undefined]); // by 0.3
  assertEquals([at(0.11, 8, 0.3), at(0.07, 8, 0.3)], ["error", undefined]); // or that of a smaller range
  assertEquals([at(0.31, 8, 4), at(0.25, 8, 4)], ["error", undefined]);
  assertEquals([at(0.4, 4), at(0.4, 3)], ["error", undefined]);
});

Deno.test("saturated: without correct outputs or a gradient nothing is judged", () => {
  const own = batchOf(yTrue, wrongs.map((p, i) => p + i / 100)),
    dead: Gradient = (p, _, i) => i < 6 && p === own.yPred[i] ? 0 : 1;
  const made = { random: own, ends, far: ends };
  assertEquals(found(dead, made)?.severity, "error");
  assertStrictEquals(found(dead, { ...made, perfect: undefined }), undefined);
  assertStrictEquals(found(undefined, made), undefined);
  assertStrictEquals(
    found(undefined, { ...made, perfect: batchOf(yTrue, yTrue.map((y, i) => i > 5 ? 1 - y : y)) }),
    undefined,
  );
  const two = batchOf([...yTrue, ...yTrue], [...own.yPred, ...own.yPred], 2);
  assertStrictEquals(found(dead, { random: two, perfect: undefined, ends }), undefined);
});

Deno.test("saturated: a mask is looked for with the outputs of other rows, not with any outputs", () => {
  const own = batchOf(yTrue, wrongs.map((p, i) => p + i / 100));
  const known: Gradient = (p, _, i) => own.yPred.includes(p) && !(i < 6 && p === own.yPred[i]) ? 1 : 0;
  assertEquals(found(known, { random: own })?.severity, "error");
  const labels = [0, 1, 2, 3].flatMap((k) => [0, 1].map((c) => Number(c === k % 2)));
  const wide = batchOf(labels, labels.map((y, i) => (y === 1 ? 0.2 : 0.8) + i / 100), 2);
  // Of two columns a row takes the outputs of another row, column by column.
  const column: Gradient = (p, _, i) => {
    const at = wide.yPred.indexOf(p);
    return at >= 0 && at % 2 === i % 2 && !(at === i && i < 4) ? 1 : 0;
  };
  assertEquals(found(column, { random: wide, perfect: batchOf(labels, labels, 2) })?.severity, "warning");
});

Deno.test("saturated: sure outputs lie inside the range", () => {
  const inside: Gradient = (p) => p >= 0 && p <= 1e-2 || p <= 1 && p >= 1 - 1e-2 ? 0 : 1;
  assertEquals(found(inside, { ends })?.severity, "warning");
  // A share short of both ends: without a gradient at one of them it is half of the outputs.
  const low: Gradient = (p) => p <= 1e-2 || p === 1 ? 0 : 1, high: Gradient = (p) => p >= 1 - 1e-2 || p === 0 ? 0 : 1;
  for (const end of [low, high]) assertEquals(found(end, { ends })?.severity, "note");
  const real = batchOf(yTrue, yTrue.map((y) => 100 - 200 * y));
  const flat: Gradient = (p) => Math.abs(p) <= 1 || Math.abs(p) === 100 ? 0 : 1;
  assertEquals(found(flat, { ends: real, random: batchOf(yTrue, yTrue.map((y) => 5 - 10 * y)) })?.severity, "note");
  assertStrictEquals(found(() => 1, { ends: real }), undefined);
});

Deno.test("saturated: the smallest of several errors of a row is that of the best guess", () => {
  const error = (more = {}) => input({ fromPred: true, fromTrue: true, live: true, ...more });
  const best = (name = "Minimum", inputs = [error(), error()]) =>
    takesBest({ ops: [op(name, inputs)] } as unknown as BatchObservations);
  assert(best() && best("Min", [error()])); // of errors that are stacked
  assert(!best("Maximum") && !best("Max", [error()]));
  assert(
    !best("Minimum", [error(), error({ fromTrue: false })]) && !best("Minimum", [error(), error({ live: false })]),
  );
});

Deno.test("saturated: of several labels of a row each output counts, of one class the row", () => {
  const several = [1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1], columnOf = (i: number) => i % 2;
  const own = several.map((y, i) => columnOf(i) ? y * 0.9 : (1 - y) * 0.75 + 0.1 + i / 100);
  const made = { random: batchOf(several, own, 2), perfect: batchOf(several, several, 2) };
  const dead: Gradient = (p, _, i) => columnOf(i) === 0 && p === made.random.yPred[i] ? 0 : 1;
  assertEquals(found(dead, made)?.severity, "error");
  const classes = several.map((_, i) => Number(i % 2 === (i >> 1) % 2));
  assertStrictEquals(
    found(dead, { random: batchOf(classes, own, 2), perfect: batchOf(classes, classes, 2) }),
    undefined,
  );
});

Deno.test("saturated: sure outputs within reach count only where those at the ends have no gradient, and sum to 1", () => {
  const nearEnds: Gradient = (p) => (p > 0 && p < 0.05) || (p < 1 && p > 0.95) ? 0 : 1;
  assertStrictEquals(found(nearEnds, { ends }), undefined);
  // Of three classes the others share what is left of a sure output.
  const y = [1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0], wrong = y.map((_, i) => y[i - i % 3 + (i + 1) % 3]);
  const three = {
    random: batchOf(y, y.map((v) => v ? 0.2 : 0.4), 3),
    perfect: batchOf(y, y, 3),
    ends: batchOf(y, wrong, 3),
  };
  const below = (least: number): Gradient => (p) => p < least * 5e-4 || p > 1 - 1.5 * 5e-4 ? 0 : 1;
  assertEquals([found(below(0.4), three)?.severity, found(below(0.6), three)?.severity], ["note", "warning"]);
});

Deno.test("saturated: rows that have a gradient once others are correct are those that the loss does not take yet", () => {
  const own = batchOf(yTrue, wrongs.map((p, i) => p + i / 100));
  const loss = ({ yPred }: AuditBatch) => squared({ ...own, yTrue: perfect.yPred, yPred });
  /** The two largest errors have a gradient. */
  const worst = resultUnder(loss, ({ yTrue, yPred }) => {
    const errors = yPred.map((p, i) => Math.abs(p - yTrue[i])), [, least] = errors.toSorted((a, b) => b - a);
    return errors.map((error) => error > 0 && error >= least ? 1 : 0);
  });
  const audited = (of: typeof worst) => {
    const engine = { value: of, valueAndGradient: of } as unknown as AuditEngine, random = of(own);
    const results = { random, perfect: of(perfect) }, [rows, columns] = own.predShape;
    const observations = { rows, columns, random, results, customGradient: false, ops: [] } as unknown as Observations;
    const context = { engine, observations, options: {} } as unknown as AuditContext;
    return saturated(context) ?? saturatedAtTheEnds(context);
  };
  const finding = audited(worst)!;
  assertEquals([finding.severity, finding.evidence], [
    "note",
    { wrongWithoutGradientAtRandom: 0.5, withOneOnceOthersAreCorrect: 1 / 3 },
  ]);
  assertEquals(
    finding.message,
    "50 % of the wrong outputs have no gradient until others are correct: the loss takes the worst alone",
  );
});
