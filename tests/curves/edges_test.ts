// The edges of ./curves: scores that are not defined, names and options, limits of what is accepted, meters of odd settings.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  aumDerivatives,
  aumLoss,
  aumLossAndGradient,
  averagePrecision,
  averagePrecisionLoss,
  type Curve,
  curveLoss,
  curveLossAndGradient,
  CurveMeter,
  type CurveMeterJson,
  type CurveRows,
  type CurveScore,
  exactCurve,
  ndcg,
  ndcgLoss,
  ndcgLossAndGradient,
  NdcgMeter,
  type NdcgMeterJson,
  negativeAum,
  pairsLoss,
  pairsLossAndGradient,
  partialRocAuc,
  partialRocAucLoss,
  precisionAtK,
  precisionAtKLoss,
  rankingMetric,
  recallAtFpr,
  recallAtFprLoss,
  rocAuc,
  rocAucLoss,
} from "../../lib/losses/curves.ts";
import { readThresholds } from "../../lib/curves/binned_curve.ts";
import { assertAllWithin, assertRefused, assertWithin, random } from "../helpers.ts";

const ofBoth = [rocAuc, partialRocAuc({ maxFpr: 0.3 }), recallAtFpr({ fpr: 0.2 }), negativeAum];

Deno.test("without a positive or a negative a score is NaN, its relaxed form too, and no count has a derivative", () => {
  const curve = (tp: number[], fp: number[]): Curve => (
    { thresholds: Float64Array.of(0.9, 0.5, 0), tp: Float64Array.from(tp), fp: Float64Array.from(fp) }
  );
  const noPositive = curve([0, 0, 0], [1, 2, 3]), noNegative = curve([1, 2, 3], [0, 0, 0]);
  const cases: [CurveScore, Curve[]][] = [
    ...ofBoth.map((score): [CurveScore, Curve[]] => [score, [noPositive, noNegative]]),
    [averagePrecision, [noPositive]],
    [precisionAtK({ k: 2 }), [curve([0, 0, 0], [0, 0, 0])]],
  ];
  for (const [score, curves] of cases) {
    for (const one of [...curves, exactCurve({ yTrue: [], yPred: [] })]) {
      assertEquals([score.value(one), (score.relaxed ?? score.value)(one)], [NaN, NaN], score.name);
      const { tp, fp } = score.gradient(one), none = new Float64Array(one.tp.length);
      assertEquals([tp, fp], [none, none], score.name);
    }
  }
  assertEquals([averagePrecision.value(noNegative), precisionAtK({ k: 2 }).value(noPositive)], [1, 0]);
});

Deno.test("weights of 1e-300 to 1e37 each: scores and losses, and their gradients, are those of weights of 1 each", () => {
  const r = random(3), rows = <T>(of: () => T) => Array.from({ length: 60 }, of);
  const y = rows(() => Math.round(r())), p = rows(r), usual = rows(r);
  const near = (actual: number | Float64Array, expected: number | Float64Array, name: string) => {
    const [one, other] = [actual, expected].map((values) => typeof values === "number" ? [values] : [...values]);
    assertAllWithin(one, other, 1e-12 * Math.max(...other.map(Math.abs)), name);
  };
  for (const by of [1e-300, 1e-200, 1e-160, 1e-100, 1e37]) {
    const own = usual.map((w) => 0.5 + w), sampleWeight = own.map((w) => by * w);
    for (const score of [...ofBoth, averagePrecision, precisionAtK({ k: 0.2 })]) {
      const name = `${score.name} ${by}`, at = (sampleWeight: number[]) => rankingMetric(y, p, { score, sampleWeight });
      near(at(sampleWeight), at(own), name);
      const loss = (sampleWeight: number[]) => curveLossAndGradient(y, p, { score, sampleWeight });
      near(loss(sampleWeight).value, loss(own).value, name);
      near(Float64Array.from(loss(sampleWeight).gradient), Float64Array.from(loss(own).gradient), name);
    }
    for (const  of of[pairsLossAndGradient, aumLossAndGradient]) {
      const at = of(y, p, { sampleWeight }), expected = of(y, p, { sampleWeight: own });
      near(at.value, expected.value, of.name);
      near(at.gradient, expected.gradient, of.name);
    }
  }
});

Deno.test("a curve that ends exactly where a score looks has the last point's value", () => {
  const whole: Curve = { thresholds: Float64Array.of(2, 1), tp: Float64Array.of(1, 3), fp: Float64Array.of(2, 4) };
  assertWithin(partialRocAuc({ maxFpr: 1, standardized: false }).value(whole), rocAuc.value(whole), 1e-15);
  // The area of the triangle to (½, ⅓), and of the trapezoid to (1, 1).
  assertWithin(rocAuc.value(whole), 1 / 12 + 1 / 3, 1e-15);
  assertWithin(partialRocAuc({ maxFpr: 0.5, standardized: false }).value(whole), 1 / 12, 1e-15);
  assertWithin(partialRocAuc({ maxFpr: 0.5 }).value(whole), 0.5 * (1 + (1 / 12 - 1 / 8) / (1 / 2 - 1 / 8)), 1e-15);
  assertEquals([recallAtFpr({ fpr: 0.5 }).value(whole), recallAtFpr({ fpr: 1 }).relaxed!(whole)], [1 / 3, 1]);
  assertEquals(precisionAtK({ k: 3 }).value(whole), 1 / 3);
  // A vertical part of the curve: the upper end.
  const vertical = exactCurve({ yTrue: [0, 1, 1, 0], yPred: [4, 3, 2, 1] });
  assertEquals(recallAtFpr({ fpr: 0.5 }).relaxed!(vertical), 1);
});

Deno.test("scores are named by their number; a loss of a part of the curve has 4 thresholds, of the whole curve 128", () => {
  const named = { "partialRocAuc0.1": partialRocAuc({ maxFpr: 0.1 }), "recallAtFpr0.01": recallAtFpr({ fpr: 0.01 }) };
  for (const [name, score] of Object.entries({ ...named, precisionAt100: precisionAtK({ k: 100 }) })) {
    assertEquals([score.name, score.curve], [name, true]);
    assertEquals(curveLossAndGradient([1, 0], [0.7, 0.2], { score }).counts.length, 4, name);
  }
  for (const score of ["rocAuc", "averagePrecision", "negativeAum"] as const) {
    assertEquals(curveLossAndGradient([1, 0], [0.7, 0.2], { score }).counts.length, 128, score);
    assertEquals(curveLoss(score).name, `${score}Loss`);
  }
  assertEquals([ndcg().name, ndcg({ k: 3 }).name, ndcgLoss({ k: 3 }).name], ["ndcg", "ndcg3", "ndcg3Loss"]);
});

Deno.test("a parameter of a score that is not a number is refused, and so are options that are not options", () => {
  for (const k of [0, -1, NaN, Infinity, "3", undefined]) {
    assertRefused(() => precisionAtK({ k } as { k: number }), {
      argument: "k",
      value: `it is ${k}`.replace("3", "'3'"),
    });
  }
  assertRefused(() => recallAtFpr(undefined as never), { argument: "fpr", value: "undefined" });
  assertRefused(() => partialRocAuc(undefined as never), { argument: "maxFpr", value: "undefined" });
  assertRefused(() => precisionAtK(undefined as never), { argument: "k", value: "undefined" });
  const unknown = { error: TypeError, argument: "of", value: "no such option" };
  assertRefused(() => recallAtFpr({ fpr: 0.1, of: 1 } as never), unknown);
  assertRefused(() => partialRocAuc({ maxFpr: 0.1, of: 1 } as never), unknown);
  assertRefused(() => precisionAtK({ k: 1, of: 1 } as never), unknown);
  assertRefused(() => ndcg({ of: 1 } as never), unknown);
  assertRefused(() => curveLoss("rocAuc", { of: 1 } as never), unknown);
  assertRefused(() => curveLossAndGradient([1], [0.5], { score: "rocAuc", of: 1 } as never), unknown);
  assertRefused(() => rankingMetric([1], [0.5], { score: "rocAuc", of: 1 } as never), unknown);
  assertRefused(() => pairsLossAndGradient([1], [0.5], { of: 1 } as never), unknown);
  assertRefused(() => ndcgLossAndGradient([1], [0.5], { of: 1 } as never), unknown);
  assertRefused(() => new NdcgMeter({ of: 1 } as never), unknown);
  for (const score of [null, undefined, "toString", { curve: 1 }, 3]) {
    const given = { error: TypeError, argument: "score", value: "'negativeAum' or a score of a curve" };
    assertRefused(() => rankingMetric([1], [0.5], { score } as never), given);
    assertRefused(() => curveLossAndGradient([1], [0.5], { score } as never), given);
  }
  assertRefused(() => curveLossAndGradient([1], [0.5], undefined as never), {
    error: TypeError,
    argument: "score",
    value: "undefined",
  });
});

Deno.test("a factory of a loss that is not called says so", () => {
  const factories = { rocAucLoss, averagePrecisionLoss, partialRocAucLoss, recallAtFprLoss, precisionAtKLoss };
  const y = tf.tensor1d([1, 0]);
  for (const [name, factory] of Object.entries({ ...factories, pairsLoss, aumLoss, ndcgLoss })) {
    const uncalled = { error: TypeError, argument: "options", value: `call it, ${name}()` };
    assertRefused(() => (factory as (yTrue: unknown) => unknown)(y), uncalled);
  }
  y.dispose();
});

Deno.test("thresholds: an integer from 2 to 65535 or as many numbers, rising inside (0, 1)", () => {
  const of = (thresholds: unknown) => () =>
    curveLossAndGradient([1, 0], [0.7, 0.2], { score: "rocAuc", thresholds } as never);
  const grid = (count: number) => Array.from({ length: count }, (_, b) => (b + 1) / (count + 1));
  for (const count of [2, 65535]) {
    assertEquals(readThresholds("a loss", count).length, count);
    assertEquals(readThresholds("a loss", grid(count)), grid(count));
  }
  for (const bad of [1, 65536, 2.5, NaN, [0.5], {}, "4", grid(65536)]) {
    const found = assertRefused(of(bad), { argument: "thresholds", value: "an integer from 2 to 65535" });
    assert(found.includes("or as many numbers, it is "), found);
  }
  const bad: [number[], string][] = [[[0, 0.5], "0 is 0"], [[0.5, 1], "1 is 1"], [[0.5, 0.4], "1 is 0.4"], [
    [0.2, 0.2, 0.4],
    "1 is 0.2",
  ], [[0.1, NaN], "1 is NaN"]];
  for (const [thresholds, value] of bad) assertRefused(of(thresholds), { argument: "thresholds", value });
});

Deno.test("a loss of the order of two columns: the mean over those with both labels; one column where none is asked for", () => {
  const y = [[1, 1], [0, 1], [1, 1]], p = [[0.2, 0.1], [0.5, 0.9], [0.8, 0.3]], macro = { average: "macro" } as const;
  for (const loss of [pairsLossAndGradient, aumLossAndGradient]) {
    const alone = loss(y.map(([a]) => a), p.map(([a]) => a)), both = loss(y, p, macro);
    assertWithin(both.value, alone.value, 1e-15);
    assertAllWithin(both.gradient, [...alone.gradient].flatMap((g) => [g, 0]), 1e-15);
    const weighted = loss([...y, [0, 0]], [...p, [9, 9]], { ...macro, sampleWeight: [1, 1, 1, 0] });
    assertAllWithin(weighted.gradient, [...both.gradient, 0, 0], 1e-15);
    assertRefused(() => loss(y, p), { argument: "yPred", value: "[3, 2]" });
    const none = loss([[1, 1], [1, 1]], [[1, 2], [3, 4]], macro);
    assertEquals([none.value, ...none.gradient], [0, 0, 0, 0, 0]);
    const one = loss([1, 1], [1, 2]);
    assertEquals([one.value, ...one.gradient], [0, 0, 0]);
    assertRefused(() => loss([1, 0], [1, 2], { ignoreLabel: "x" as never }), {
      error: TypeError,
      argument: "ignoreLabel",
      value: "'x'",
    });
  }
  for (const margin of [0, -1, NaN, Infinity, "1"]) {
    assertRefused(() => pairsLoss({ margin: margin as number }), { argument: "margin", value: `${margin}` });
    assertRefused(() => ndcgLoss({ margin: margin as number }), { argument: "margin", value: `${margin}` });
  }
});

Deno.test("several columns where one is read: the advice names an option of the function", () => {
  const y = [[1, 0], [0, 1]], p = [[0.7, 0.3], [0.4, 0.6]], average = "for several columns say average: 'macro'";
  const calls: [() => unknown, string][] = [
    [() => curveLossAndGradient(y, p, { score: "rocAuc" }), average],
    [() => pairsLossAndGradient(y, p), average],
    [() => aumLossAndGradient(y, p), average],
    [() => rankingMetric(y, p, { score: "rocAuc" }), average],
    [() => new CurveMeter().update(y, p), "for several columns take a meter each"],
  ];
  for (const [call, advice] of calls) assertRefused(call, { argument: "yPred", value: `it has [2, 2]; ${advice}` });
});

Deno.test("queries: rows of weight 0 belong to none; a query weighs as much as its rows on average; class by class no groups", () => {
  const gains = [1, 0, 2, 0, 1], outputs = [0.5, 0.9, 0.1, 0.3, 0.4], groups = ["a", "a", "b", "b", "b"];
  const of = (rows: number[], weights?: number[]) => {
    const taken = <T>(list: T[]) => rows.map((row) => list[row]);
    return rankingMetric(taken(gains), taken(outputs), {
      score: "ndcg",
      groups: taken(groups),
      sampleWeight: weights,
    });
  };
  assertWithin(of([0, 1, 2, 3, 4], [1, 1, 0, 1, 1]), of([0, 1, 3, 4]), 1e-15);
  const [a, b] = [of([0, 1]), of([2, 3, 4])];
  assertWithin(of([0, 1, 2, 3, 4], [1, 3, 1, 2, 6]), (2 * a + 3 * b) / 5, 1e-15);
  const loss = ndcgLossAndGradient(gains, outputs, { groups, sampleWeight: [1, 1, 0, 1, 1] });
  assertEquals(loss.gradient[2], 0);
  assertRefused(() => rankingMetric([[1, 0]], [[1, 2]], { score: "ndcg", groups: [1] }), {
    argument: "groups",
    value: "2 columns, where each row is a query",
  });
});

Deno.test("one against one needs one class per row that counts", () => {
  const outputs = [[0.5, 0.2], [0.1, 0.7], [0.3, 0.4]], options = { average: "macro", multiClass: "ovo" } as const;
  const value = (yTrue: number[][], sampleWeight?: number[]) =>
    rankingMetric(yTrue, outputs, { score: "rocAuc", ...options, sampleWeight });
  assertEquals(value([[1, 0], [0, 1], [0, 0]], [1, 1, 0]), value([[1, 0], [0, 1], [0, 1]], [1, 1, 0]));
  const bad: [number[], string][] = [[[0, 0], "names 0"], [[1, 1], "names 2"], [[1, 0.5], "names 1"]];
  for (const [row, words] of bad) {
    assertRefused(() => value([[1, 0], [0, 1], row]), { argument: "yTrue", value: `row 2 ${words}` });
  }
  for (const average of ["binary", "micro"] as const) {
    assertRefused(() => rankingMetric([1, 0], [0.1, 0.2], { score: "rocAuc", multiClass: "ovo", average }), {
      argument: "average",
      value: `'${average}'`,
    });
  }
});

Deno.test("meters: settings through JSON, an ignored NaN, logits; JSON that is not theirs is refused by name", () => {
  const meter = new CurveMeter({ thresholds: [0.2, 0.6], fromLogits: true, ignoreLabel: NaN });
  meter.update([1, NaN, 0], [1, 9, -1], [0.5, 1, 2]);
  const json = meter.toJSON(), text = JSON.stringify(json);
  assertEquals({ ...json, positives: 0, negatives: 0 }, {
    version: 1,
    thresholds: [0.2, 0.6],
    fromLogits: true,
    ignoreLabel: "NaN",
    positives: 0,
    negatives: 0,
  });
  assertEquals(json.positives, [[], [0.5]]);
  assertEquals(json.negatives, [[2], []]);
  const copy = CurveMeter.fromJSON(JSON.parse(text));
  assertEquals(JSON.stringify(copy), text);
  assertEquals(copy.update([NaN], [0]).value("rocAuc"), 1);
  assertEquals(new CurveMeter().toJSON().ignoreLabel, null);
  assertEquals(CurveMeter.fromJSON(new CurveMeter({ thresholds: 2 }).toJSON()).value("rocAuc"), NaN);
  const plain = new CurveMeter({ thresholds: [0.2, 0.6] });
  for (const [other, option] of [[meter, "fromLogits"], [new CurveMeter({ thresholds: [0.2, 0.7] }), "thresholds"]]) {
    assertRefused(() => plain.merge(other as CurveMeter), { argument: "other", value: `its '${option}' is` });
  }
  const changed = (change: object) => () => CurveMeter.fromJSON({ ...json, ...change } as CurveMeterJson);
  assertThrows(changed({ positives: [[1], [null]] }), TypeError, "'positives' must hold 2 lists of finite numbers");
  assertThrows(changed({ positives: 3 }), TypeError, "'positives' must hold 2 lists");
  assertThrows(changed({ positives: [[1], 2] }), TypeError, "'positives' must hold 2 lists");
  assertThrows(changed({ positives: [[1], [Infinity]] }), TypeError, "'positives' must hold 2 lists");
  assertThrows(() => CurveMeter.fromJSON("1" as never), TypeError, "'json' must be an object, it is '1'");
  const words = { averagePrecision: "weights of single rows", negativeAum: "places of the outputs" } as const;
  for (const score of ["averagePrecision", "negativeAum"] as const) {
    assertRefused(() => plain.range(score), { argument: "score", value: words[score] });
  }
  const queries = new NdcgMeter({ k: 2, ignoreLabel: NaN }).update([1, 0, NaN], [0.1, 0.5, 9]);
  const kept: NdcgMeterJson = JSON.parse(JSON.stringify(queries));
  assertEquals([kept.k, kept.ignoreLabel, new NdcgMeter().toJSON().k], [2, "NaN", null]);
  assertEquals(NdcgMeter.fromJSON(kept).update([NaN, 1], [1, 2]).value(), (1 / Math.log2(3) + 1) / 2);
  assertEquals(NdcgMeter.fromJSON(new NdcgMeter().toJSON()).toJSON(), new NdcgMeter().toJSON());
  assertEquals(
    new NdcgMeter().update([0, 0], [1, 2]).update([1], [3]).value(),
    1,
    "a query without a gain counts nowhere",
  );
});

Deno.test("a curve and the AUM refuse rows that are not arrays of one length", () => {
  for (const  of of[exactCurve, aumDerivatives]) {
    const refused = (rows: object | undefined, argument: string, value: string, error = RangeError) =>
      assertRefused(() => of(rows as CurveRows), { error, argument, value });
    refused({ yTrue: [1], yPred: [0.5, 0.2] }, "yTrue", "has the length 1, 'yPred' has 2");
    refused({ yTrue: [1, 0], yPred: [0.5, 0.2], sampleWeight: [1] }, "sampleWeight", "has the length 1");
    refused({ yTrue: [1, 0] }, "yPred", "must be an array of numbers, it is undefined", TypeError);
    refused(undefined, "yTrue", "must be an array of numbers, it is undefined", TypeError);
  }
});

Deno.test("an output that is NaN has no rank: its row is named, whatever the type of the numbers", () => {
  const yTrue = [1, 0, 1], value = "row 1 is NaN";
  for (const yPred of [[0.5, NaN, 0.1], Float32Array.of(1, -NaN, 0), Float64Array.of(0.1, NaN, NaN)]) {
    assertRefused(() => aumDerivatives({ yTrue, yPred }), { argument: "yPred", value });
    assertRefused(() => exactCurve({ yTrue, yPred }), { argument: "yPred", value });
  }
});
