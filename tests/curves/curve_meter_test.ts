// The streaming meter: the range of the exact score, merging, JSON, bad input.
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import {
  averagePrecision,
  CurveMeter,
  type CurveMeterJson,
  partialRocAuc,
  precisionAtK,
  rankingMetric,
  recallAtFpr,
  rocAuc,
} from "../../lib/curves/mod.ts";
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
