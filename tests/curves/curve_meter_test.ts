// The streaming meter: the range of the exact score, merging, JSON, bad input.
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import {
  averagePrecision,
  CurveMeter,
  type CurveMeterJson,
  ndcg,
  NdcgMeter,
  partialRocAuc,
  precisionAtK,
  rankingMetric,
  recallAtFpr,
  rocAuc,
} from "../../lib/losses/curves.ts";
import { assertRefused, assertWithin } from "../helpers.ts";

const rows = fc.array(
  fc.tuple(
    fc.constantFrom(0, 1),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0.125, max: 4, noNaN: true }),
  ),
  { minLength: 2, maxLength: 40 },
);
const columnsOf = (list: [number, number, number][]) => [0, 1, 2].map((k) => list.map((row) => row[k]));
const scores = [rocAuc, partialRocAuc({ maxFpr: 0.3 }), recallAtFpr({ fpr: 0.2 }), precisionAtK({ k: 3 })];

Deno.test("the exact score lies in the meter's range, which closes where the thresholds part the outputs", () => {
  fc.assert(fc.property(rows, fc.integer({ min: 2, max: 20 }), (list, thresholds) => {
    const [y, p, w] = columnsOf(list), meter = new CurveMeter({ thresholds }).update(y, p, w);
    const logits = new CurveMeter({ thresholds, fromLogits: true }).update(y, p.map((v) => Math.log(v / (1 - v))), w);
    for (const score of scores) {
      const exact = rankingMetric(y, p, { score, sampleWeight: w }),
        value = meter.value(score),
        { least, most } = meter.range(score);
      if (Number.isNaN(exact)) {
        assertEquals([value, least, most], [NaN, NaN, NaN]);
        continue;
      }
      assert(least <= exact + 1e-12 && exact <= most + 1e-12, `${score.name}: ${least} ${exact} ${most}`);
      assert(least <= value + 1e-12 && value <= most + 1e-12, `${score.name}: ${least} ${value} ${most}`);
      const byLogits = logits.range(score);
      assert(byLogits.least <= exact + 1e-12 && exact <= byLogits.most + 1e-12);
    }
    const parted = [...new Set(p)].filter((v) => v > 0 && v < 1).sort((a, b) => a - b);
    if (parted.length < 2 || parted.some((v, i) => i > 0 && v - parted[i - 1] < 1e-9)) return;
    if (p.some((v) => v === 0 || v === 1)) return;
    const fine = new CurveMeter({ thresholds: parted }).update(y, p, w);
    for (const score of [...scores, averagePrecision]) {
      assertWithinOrNaN(fine.value(score), rankingMetric(y, p, { score, sampleWeight: w }));
    }
  }));
});

function assertWithinOrNaN(actual: number, expected: number): void {
  if (Number.isNaN(expected)) assertEquals(actual, NaN);
  else assertWithin(actual, expected, 1e-12);
}

Deno.test("meters of batches, merged in any order and through JSON, are equal bit for bit", () => {
  fc.assert(fc.property(rows, rows, rows, (a, b, c) => {
    const of = (list: [number, number, number][]) => {
      const [y, p, w] = columnsOf(list);
      return new CurveMeter({ thresholds: 16 }).update(y, p, w);
    };
    const text = JSON.stringify(of(a).merge(of(b)).merge(of(c)));
    assertEquals(JSON.stringify(of(c).merge(of(a).merge(of(b)))), text);
    assertEquals(
      JSON.stringify(of(b).merge(CurveMeter.fromJSON(JSON.parse(JSON.stringify(of(c))))).merge(of(a))),
      text,
    );
    const [y, p, w] = columnsOf(c), streamed = of(a).merge(of(b)).update(y, p, w);
    assertEquals(JSON.stringify(streamed), text);
  }));
});

Deno.test("tensors, ignored labels, outputs at 0 and 1", () => {
  const meter = new CurveMeter({ ignoreLabel: -1 });
  tf.tidy(() => void meter.update(tf.tensor1d([1, 0, -1]), tf.tensor1d([1, 0, 1])));
  assertEquals([meter.curve.tp[0], meter.curve.fp[0], meter.curve.fp.at(-1)], [1, 0, 1]);
  assertEquals([meter.value("rocAuc"), meter.range("rocAuc")], [1, { least: 1, most: 1 }]);
  assertEquals(new CurveMeter().value("rocAuc"), NaN);
});

Deno.test("bad input: a sentence that names the argument", () => {
  assertRefused(() => new CurveMeter({ thresholds: 0 }), { argument: "thresholds", value: "0" });
  assertRefused(() => new CurveMeter({ fromLogits: 1 as never }), {
    error: TypeError,
    argument: "fromLogits",
    value: "1",
  });
  assertRefused(() => new CurveMeter({ ignoreLabel: "x" as never }), {
    error: TypeError,
    argument: "ignoreLabel",
    value: "'x'",
  });
  assertRefused(() => new CurveMeter({ classes: 2 } as never), { error: TypeError, argument: "classes", value: "2" });
  const meter = new CurveMeter({ thresholds: 4 });
  assertRefused(() => meter.update([1, 0], [0.5, 2]), { argument: "yPred", value: "2" });
  assertRefused(() => meter.merge(new CurveMeter({ thresholds: 5 })), { argument: "other", value: "thresholds" });
  assertRefused(() => meter.merge({} as never), { error: TypeError, argument: "other", value: "object" });
  assertRefused(() => meter.range("averagePrecision"), { argument: "score", value: "averagePrecision" });
  const json = meter.toJSON(),
    changed = (change: object) => () => CurveMeter.fromJSON({ ...json, ...change } as CurveMeterJson);
  assertThrows(changed({ version: 2 }), RangeError, "'version' must be 1, it is 2");
  assertThrows(changed({ positives: [[1]] }), TypeError, "'positives' must hold 4 lists");
  assertThrows(changed({ negatives: [[-1], [], [], []] }), RangeError, "'negatives' must be sums ≥ 0, number 0 is -1");
  assertThrows(() => CurveMeter.fromJSON(null as never), TypeError, "'json'");
});

Deno.test("NdcgMeter: parts in any order and through JSON are equal bit for bit, and their value is that of all queries", () => {
  const query = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -4, max: 4 })), {
    minLength: 1,
    maxLength: 8,
  });
  fc.assert(fc.property(fc.array(query, { minLength: 3, maxLength: 12 }), fc.constantFrom(undefined, 2), (lists, k) => {
    const rowsOf = (queries: number[]) => ({
      gains: queries.flatMap((q) => lists[q].map(([gain]) => gain)),
      outputs: queries.flatMap((q) => lists[q].map(([, p]) => p)),
      groups: queries.flatMap((q) => lists[q].map(() => q)),
      sampleWeight: queries.flatMap((q) => lists[q].map(() => 0.1 + q)),
    });
    const of = (queries: number[]) => {
      const { gains, outputs, groups, sampleWeight } = rowsOf(queries);
      return new NdcgMeter({ k }).update(gains, outputs, { groups, sampleWeight });
    };
    const all = lists.map((_, q) => q), parts = [0, 1, 2].map((part) => all.filter((q) => q % 3 === part));
    const [a, b, c] = parts, text = JSON.stringify(of(a).merge(of(b)).merge(of(c)));
    assertEquals(JSON.stringify(of(c).merge(of(a).merge(of(b)))), text);
    assertEquals(JSON.stringify(NdcgMeter.fromJSON(JSON.parse(JSON.stringify(of(b)))).merge(of(c)).merge(of(a))), text);
    assertEquals(JSON.stringify(of(all)), text);
    const { gains, outputs, ...options } = rowsOf(all),
      expected = rankingMetric(gains, outputs, { score: ndcg({ k }), ...options });
    assertWithinOrNaN(of(a).merge(of(b)).merge(of(c)).value(), expected);
  }));
});

Deno.test("NdcgMeter: one row per query with padding, and bad input by name", () => {
  const meter = new NdcgMeter({ ignoreLabel: -1 });
  tf.tidy(() => void meter.update(tf.tensor2d([[1, 0, -1], [0, 1, 0]]), tf.tensor2d([[2, 1, 9], [3, 2, 1]])));
  assertWithin(meter.value(), (1 + 1 / Math.log2(3)) / 2, 1e-12);
  assertEquals(new NdcgMeter().value(), NaN);
  assertRefused(() => new NdcgMeter({ k: 0 }), { argument: "k", value: "0" });
  assertRefused(() => new NdcgMeter({ ignoreLabel: "x" as never }), {
    error: TypeError,
    argument: "ignoreLabel",
    value: "'x'",
  });
  assertRefused(() => meter.update([1, 0], [1, NaN]), { argument: "yPred", value: "NaN" });
  assertRefused(() => meter.update([1, 0], [1, 2], { weights: 1 } as never), {
    error: TypeError,
    argument: "weights",
    value: "1",
  });
  assertRefused(() => meter.merge(new NdcgMeter({ k: 3, ignoreLabel: -1 })), { argument: "other", value: "'k' is 3" });
  assertRefused(() => meter.merge(3 as never), { error: TypeError, argument: "other", value: "3" });
  const json = meter.toJSON();
  assertRefused(() => NdcgMeter.fromJSON({ ...json, version: 2 as never }), { argument: "version", value: "2" });
  assertRefused(() => NdcgMeter.fromJSON({ ...json, sums: [[1]] }), {
    error: TypeError,
    argument: "sums",
    value: "[[1]]",
  });
  assertRefused(() => NdcgMeter.fromJSON({ ...json, sums: [[1], [-2]] }), { argument: "sums", value: "-2" });
});

Deno.test("CurveMeter: the AUM of outputs at the lower end of their intervals; its range depends on their places", () => {
  const y = [1, 0, 1, 0, 1], p = [0.1, 0.3, 0.55, 0.72, 0.9], meter = new CurveMeter({ thresholds: 4000 }).update(y, p);
  assertWithin(meter.value("negativeAum"), rankingMetric(y, p, { score: "negativeAum" }), 5e-3);
  assertRefused(() => meter.range("negativeAum"), { argument: "score", value: "'negativeAum'" });
});
