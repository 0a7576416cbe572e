// The streaming counts: exact, whatever the parts and their order; the scores against the metrics of the whole.
import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { ConfusionMeter, hardMetric, scores } from "../../lib/mod.ts";
import type { ConfusionMeterJson, ConfusionMeterOptions, ScoreName } from "../../lib/core.ts";
import { largestFloat32 } from "../../lib/counts/counts.ts";
import { readSums } from "../../lib/counts/meter_json.ts";
import { assertRefused, assertWithin, counted, onBackends, random } from "../helpers.ts";

const names = Object.entries(scores).filter(([, score]) => typeof score !== "function").map(([name]) => name);

/** A sum of float64 numbers in whole numbers, rounded once: every float64 is a whole number of 2⁻¹⁰⁷⁴. */
function sumByBigInt(terms: readonly number[]): number {
  const view = new DataView(new ArrayBuffer(8));
  let total = 0n;
  for (const term of terms) {
    view.setFloat64(0, term);
    const bits = view.getBigUint64(0), exponent = bits >> 52n & 0x7ffn, fraction = bits & (1n << 52n) - 1n;
    const size = exponent === 0n ? fraction : (fraction | 1n << 52n) << (exponent - 1n);
    total += term < 0 ? -size : size;
  }
  const negative = total < 0n, size = negative ? -total : total;
  const shift = Math.max(0, size.toString(2).length - 64);
  // The top 64 bits, the last of them sticky: Number() then rounds as it would round all of them.
  const top = size >> BigInt(shift), sticky = top << BigInt(shift) === size ? 0n : 1n;
  const scaled = Number(top | sticky);
  const value = shift > 900 ? scaled * 2 ** (shift - 900) * 2 ** -174 : scaled * 2 ** -537 * 2 ** (shift - 537);
  return negative ? -value : value;
}

/** Rows of c outputs with weights, some of them absent classes, ties with the threshold and tiny weights. */
const row = (classes: number) =>
  fc.record({
    y: fc.array(fc.oneof(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 100 }).map((k) => k / 100)), {
      minLength: classes,
      maxLength: classes,
    }),
    p: fc.array(fc.oneof(fc.constant(0.5), fc.integer({ min: 0, max: 100 }).map((k) => k / 100)), {
      minLength: classes,
      maxLength: classes,
    }),
    w: fc.oneof(
      fc.integer({ min: 0, max: 5 }),
      fc.tuple(fc.integer({ min: 1, max: 2 ** 24 }), fc.integer({ min: -60, max: 10 })).map(([m, e]) => m * 2 ** e),
      fc.constantFrom(1e-30, 3e7, 0.1),
    ),
  });
interface Example {
  y: number[];
  p: number[];
  w: number;
}
const problem = fc.integer({ min: 1, max: 3 }).chain((classes) =>
  fc.tuple(fc.constant(classes), fc.array(row(classes), { minLength: 1, maxLength: 30 }), fc.integer(), fc.boolean())
);

const filled = (options: ConfusionMeterOptions, rows: readonly Example[], weighted: boolean): ConfusionMeter => {
  const meter = new ConfusionMeter(options);
  if (rows.length === 0) return meter;
  tf.tidy(() => {
    const weights = weighted ? tf.tensor1d(rows.map(({ w }) => w)) : undefined;
    meter.update(tf.tensor2d(rows.map(({ y }) => y)), tf.tensor2d(rows.map(({ p }) => p)), weights);
  });
  return meter;
};

Deno.test("meters of parts, merged in any order, are the meter of the whole, bit for bit", () => {
  let uneven = 0;
  fc.assert(
    fc.property(problem, ([classes, rows, seed, weighted]) => {
      const options: ConfusionMeterOptions = classes > 1 && seed % 2 === 0 ? { decision: "argmax" } : {};
      const next = random(seed), whole = filled(options, rows, weighted);
      const parts: Example[][] = Array.from({ length: 1 + Math.floor(next() * 5) }, () => []);
      for (const one of rows) parts[Math.floor(next() * parts.length)].push(one);
      const shuffled = parts.map((part) => part.map((one) => ({ one, at: next() })).sort((a, b) => a.at - b.at));
      const meters = shuffled.map((part) => filled(options, part.map(({ one }) => one), weighted));
      // As a chain, and as a tree by way of JSON.
      const chain = meters.reduceRight((sum, meter) => sum.merge(meter), new ConfusionMeter(options));
      const copies = meters.map((meter) => ConfusionMeter.fromJSON(JSON.parse(JSON.stringify(meter))));
      while (copies.length > 1) copies.push(copies.shift()!.merge(copies.shift()!));
      for (const merged of [chain, copies[0]]) {
        assertEquals(merged.counts, whole.counts);
        assertStrictEquals(JSON.stringify(merged), JSON.stringify(whole));
        assertStrictEquals(
          merged.value("f1", { average: "weighted" }),
          whole.value("f1", { average: "weighted" }),
        );
      }
      const naive = rows.reduce((sum, { w, y, p }) => sum + (p[0] > 0.5 ? w * y[0] : 0), 0);
      if (weighted && options.decision === undefined && naive !== whole.counts[0].tp) uneven++;
    }),
    { numRuns: 500 },
  );
  assert(uneven > 20, `only ${uneven} of 500 problems would have told a plain sum from an exact one`);
});

Deno.test("with weights of similar sizes and with wild ones, 5000 rows are what whole numbers say", () => {
  for (const wild of [false, true]) {
    const next = random(7), n = 5000;
    const w = Float32Array.from({ length: n }, () => wild ? 2 ** (80 * next() - 40) : next());
    const y = Float32Array.from({ length: n }, () => next() < 0.3 ? 1 : 0), p = Float32Array.from({ length: n }, next);
    const meter = new ConfusionMeter();
    tf.tidy(() => void meter.update(tf.tensor1d(y), tf.tensor1d(p), tf.tensor1d(w)));
    const pick = (of: (i: number) => boolean) => sumByBigInt([...w].filter((_, i) => of(i)));
    assertEquals(meter.counts, [{
      tp: pick((i) => y[i] === 1 && p[i] > 0.5),
      fp: pick((i) => y[i] === 0 && p[i] > 0.5),
      fn: pick((i) => y[i] === 1 && p[i] <= 0.5),
      tn: pick((i) => y[i] === 0 && p[i] <= 0.5),
    }]);
  }
});

Deno.test("float64 weights and soft labels of arrays: blocks of rows are what whole numbers say", () => {
  for (const [n, width] of [[1024, 0], [1025, 0], [3000, 0], [3000, 300], [2048, 900]]) {
    const next = random(n + width), rows = Array.from({ length: n }, (_, i) => i);
    const w = rows.map(() =>
      next() * 2 ** Math.round(Math.min(width / 2, 127) - width * next()) + (next() < 0.1 ? 0 : 1e-17)
    );
    const y = rows.map(() => next() < 0.3 ? next() / 3 : Math.round(next())), p = rows.map(next);
    const { counts } = new ConfusionMeter().update(y, p, w);
    const sum = (term: (i: number) => number, decided: boolean) =>
      sumByBigInt(rows.filter((i) => p[i] > 0.5 === decided).map(term));
    const positive = (i: number) => w[i] * y[i], negative = (i: number) => w[i] * (1 - y[i]);
    assertEquals(counts, [{
      tp: sum(positive, true),
      fp: sum(negative, true),
      fn: sum(positive, false),
      tn: sum(negative, false),
    }]);
    // Without weights the terms are the labels.
    const plain = new ConfusionMeter().update(y, p).counts[0];
    assertEquals([plain.tp, plain.tn], [sum((i) => y[i], true), sum((i) => 1 - y[i], false)]);
  }
  const [n, columns] = [1100, 3], next3 = random(9), three = Array.from({ length: n * columns }, next3);
  const rowsOf = (of: (v: number) => number) =>
    Array.from({ length: n }, (_, row) => three.slice(3 * row, 3 * row + 3).map(of));
  const several = new ConfusionMeter().update(rowsOf(Math.round), rowsOf((v) => v), rowsOf((v) => v));
  for (let k = 0; k < columns; k++) {
    const column = three.filter((_, i) => i % columns === k), { tp, tn } = several.counts[k];
    assertEquals([tp, tn], [sumByBigInt(column.filter((v) => v > 0.5)), sumByBigInt(column.filter((v) => v <= 0.5))]);
  }
  assertStrictEquals(new ConfusionMeter().update([1], [0.9], [largestFloat32]).counts[0].tp, largestFloat32);
  // More than a block's worth of terms in one count, in one update.
  const next = random(3), w = Array.from({ length: 70_000 }, () => 1 - next() / 3), ones = w.map(() => 1);
  assertStrictEquals(new ConfusionMeter().update(ones, ones, w).counts[0].tp, sumByBigInt(w));
});

Deno.test("arrays, typed arrays, rows and tensors are the same batch", () => {
  const y = [0, 2, 1, 2], p = [[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.4, 0.5, 0.1], [0.5, 0.25, 0.25]], w = [1, 2, 3, 4];
  const counts = (...batch: Parameters<ConfusionMeter["update"]>) =>
    new ConfusionMeter({ decision: "argmax" }).update(...batch).counts;
  const expected = counts(y, p, w);
  assertEquals(expected, [{ tp: 1, fp: 4, fn: 0, tn: 5 }, { tp: 3, fp: 0, fn: 0, tn: 7 }, {
    tp: 2,
    fp: 0,
    fn: 4,
    tn: 4,
  }]);
  assertEquals(counts(Int32Array.from(y), p.map((row) => Float64Array.from(row)), new Set(w)), expected);
  assertEquals(counts(BigInt64Array.from(y, BigInt), p, w.map((v) => [v])), expected);
  assertEquals(counts(y.map((k) => [0, 1, 2].map((j) => Number(j === k))), p, w), expected);
  tf.tidy(() => {
    assertEquals(counts(tf.tensor1d(y, "int32"), tf.tensor2d(p), Float32Array.from(w)), expected);
  });
  // Numbers of an array are not rounded to float32.
  assertStrictEquals(new ConfusionMeter().update([1], [0.9], [0.1]).counts[0].tp, 0.1);
  assertStrictEquals(new ConfusionMeter({ threshold: 0.3 }).update([1], [0.3 + 1e-10]).counts[0].tp, 1);
});

onBackends("every score in every average is that of the metric on the whole", () => {
  const next = random(11), n = 60, c = 4;
  const y = Array.from({ length: n }, () => Math.floor(next() * (c - 1))); // the last class is absent
  const p = Array.from({ length: n }, () => Array.from({ length: c }, next)), w = Array.from({ length: n }, next);
  let compared = 0;
  const settings: ConfusionMeterOptions[] = [
    {},
    { threshold: [0.2, 0.4, 0.6, 0.8] },
    { decision: "argmax" },
    { decision: "argmax", fromLogits: true },
    { ignoreLabel: 1 },
  ];
  for (const setting of settings) {
    const meter = new ConfusionMeter(setting);
    tf.tidy(() => {
      const [yt, pt, wt] = [tf.tensor1d(y, "int32"), tf.tensor2d(p), tf.tensor1d(w)];
      for (const [from, to] of [[0, 7], [7, 8], [8, 60]]) {
        const [a, b, v] = [yt, pt, wt].map((t) => tf.slice(t, from, to - from));
        meter.update(a, b, v);
      }
      for (const name of names as ScoreName[]) {
        for (const zeroDivision of [0, 1, "skip"] as const) {
          for (const classWeights of [undefined, [1, 2, 0, 0.5]]) {
            for (const average of ["micro", "macro", "weighted"] as const) {
              const options = { ...setting, average, zeroDivision, classWeights };
              const expected = hardMetric(name, options)(yt, pt, wt).dataSync()[0];
              const actual = meter.value(name, { average, zeroDivision, classWeights });
              assertWithin(actual, expected, 6e-8 * Math.max(1, Math.abs(expected)), JSON.stringify(options));
              compared++;
            }
          }
          const each = hardMetric(name, { ...setting, average: "none", zeroDivision })(yt, pt, wt).dataSync();
          assertEquals(Float32Array.from(meter.values(name, { zeroDivision })), each);
          compared++;
        }
      }
    });
  }
  assertEquals(compared, 5 * names.length * 3 * 7);
});

onBackends("one column: the shapes of a binary metric; no tensor is made", () => {
  const y = tf.tensor2d([1, 0, 1, 0], [4, 1], "bool"), p = tf.tensor1d([0.9, 0.8, 0.2, 0.1]);
  const meter = new ConfusionMeter({ classes: 1 });
  const { made } = counted(() => {
    meter.update(y, p).update(y, p);
    assertStrictEquals(meter.value("precision"), 0.5);
    assertStrictEquals(meter.value("precision", { average: "micro" }), 0.5);
    assertEquals(meter.counts, [{ tp: 2, fp: 2, fn: 2, tn: 2 }]);
  });
  assertStrictEquals(made, 0);
  meter.reset();
  assertEquals(meter.counts, [{ tp: 0, fp: 0, fn: 0, tn: 0 }]);
  assertStrictEquals(meter.value("precision", { zeroDivision: 1 }), 1);
  assertEquals(meter.values("precision", { zeroDivision: "skip" }), [NaN]);
  tf.dispose([y, p]);
});

Deno.test("beyond what a float32 or a float64 can count one by one", () => {
  for (const rows of [2 ** 24, 1e8, 2 ** 53]) {
    const empty = { tp: [], fp: [], fn: [], tn: [] }, kept = new ConfusionMeter().toJSON();
    const meter = ConfusionMeter.fromJSON({ ...kept, counts: [{ ...empty, tp: [rows] }] });
    const y = tf.tensor1d([1]), p = tf.tensor1d([0.9]);
    meter.update(y, p).update(y, p); // 2⁵³ + 1 + 1 is 2⁵³ where a sum is rounded each time
    assertStrictEquals(meter.counts[0].tp, rows + 2);
    tf.dispose([y, p]);
  }
});

Deno.test("a meter can be merged with itself, and with an empty one", () => {
  const rows = [{ y: [1], p: [0.9], w: 0.1 }, { y: [1], p: [0.8], w: 0.2 }];
  const meter = filled({}, rows, true), once = meter.counts[0].tp;
  assertStrictEquals(meter.merge(meter).counts[0].tp, 2 * once);
  assertStrictEquals(meter.merge(new ConfusionMeter()).counts[0].tp, 2 * once);
  assertEquals(new ConfusionMeter().merge(meter).counts, meter.counts);
  assertEquals(new ConfusionMeter().counts, []);
});

Deno.test("meters of different settings refuse each other, by name", () => {
  const meter = new ConfusionMeter({ threshold: 0.3 });
  const refused = (options: ConfusionMeterOptions, argument: string, value: string) =>
    assertRefused(() => meter.merge(new ConfusionMeter(options)), { argument, value });
  refused({}, "threshold", "its 'threshold' is 0.5, this meter's is 0.3");
  refused({ threshold: [0.3, 0.3] }, "threshold", "[0.3, 0.3]");
  refused({ decision: "argmax" }, "decision", "its 'decision' is 'argmax', this meter's is 'threshold'");
  refused({ threshold: 0.3, fromLogits: true }, "fromLogits", "true");
  refused({ threshold: 0.3, ignoreLabel: NaN }, "ignoreLabel", "its 'ignoreLabel' is 'NaN', this meter's is null");
  assertRefused(() => new ConfusionMeter({ classes: 2 }).merge(new ConfusionMeter({ classes: 3 })), {
    argument: "classes",
    value: "3",
  });
  assertRefused(() => meter.merge({} as ConfusionMeter), { error: TypeError, argument: "other", value: "[]" });
  // The usual values, said or not, are the same settings.
  const said = new ConfusionMeter({ threshold: 0.5, decision: "threshold", fromLogits: false });
  assertEquals(new ConfusionMeter().merge(said).counts, []);
});

Deno.test("what a meter cannot count is an error that names the argument, and counts nothing", () => {
  const refused = (call: () => unknown, argument: string, value: string, error: typeof RangeError = RangeError) =>
    assertRefused(call, { argument, value, error });
  refused(() => new ConfusionMeter({ treshold: 0.3 } as ConfusionMeterOptions), "treshold", "0.3", TypeError);
  const top = { top: 5 } as unknown as "argmax";
  refused(() => new ConfusionMeter({ decision: top }), "decision", "{ top: 5 }: the highest rows are known only");
  for (const decision of ["best", null]) {
    refused(
      () => new ConfusionMeter({ decision: decision as "argmax" }),
      "decision",
      `it is ${decision}`.replace("best", "'best'"),
    );
  }
  refused(() => new ConfusionMeter({ classes: 0 }), "classes", "0");
  refused(() => new ConfusionMeter({ threshold: [0.5, 0.5], classes: 3 }), "threshold", "2 numbers");
  refused(() => new ConfusionMeter({ threshold: 1.5 }), "threshold", "1.5");
  refused(() => new ConfusionMeter({ threshold: 0.5, decision: "argmax" }), "threshold", "0.5", TypeError);
  refused(() => new ConfusionMeter({ ignoreLabel: "x" as unknown as number }), "ignoreLabel", "'x'", TypeError);

  const [y, p, wide] = [tf.tensor1d([1, 0]), tf.tensor1d([0.9, 0.1]), tf.tensor2d([[0.9, 0.1], [0.2, 0.8]])];
  const bad = tf.tensor1d([0.9, 1.5]), negative = tf.tensor1d([1, -1]);
  const meter = new ConfusionMeter().update(y, p), before = JSON.stringify(meter);
  refused(() => meter.update(y, wide), "yPred", "2 columns");
  refused(() => meter.update(y, bad), "yPred", "row 1 is 1.5");
  refused(() => meter.update(y, p, negative), "sampleWeight", "row 1 is -1");
  refused(() => meter.update(3 as unknown as number[], p), "yTrue", "3", TypeError);
  refused(() => meter.update([1, 0], [0.9, 0.1], [1, 1e300]), "sampleWeight", "1e+300");
  refused(() => new ConfusionMeter().update([], []), "yPred", "[0]");
  const fresh = new ConfusionMeter();
  refused(() => fresh.update([1], [0.9], [1e300]), "sampleWeight", "finite in float32");
  assertEquals(fresh.counts, []);
  refused(() => new ConfusionMeter({ classes: 2 }).update(y, p), "yPred", "1 columns");
  refused(() => new ConfusionMeter({ decision: "argmax" }).update(y, p), "yPred", "");
  assertStrictEquals(JSON.stringify(meter), before);

  refused(() => new ConfusionMeter().value("f1"), "classes", "nothing is counted");
  refused(() => meter.value("f1", { average: "samples" as "macro" }), "average", "'samples'");
  refused(() => meter.value("f1", { average: "mean" as "macro" }), "average", "'mean'");
  refused(() => meter.value("f1", { averge: "macro" } as Record<string, string>), "averge", "'macro'", TypeError);
  refused(() => meter.value("f2" as "f1"), "score", "'f2'", TypeError);
  refused(() => meter.value("f1", { average: "macro", classWeights: [1, 2] }), "classWeights", "2 numbers");
  refused(() => meter.value("f1", { zeroDivision: 2 as 1 }), "zeroDivision", "2");
  refused(() => new ConfusionMeter({ classes: 3 }).value("f1"), "average", "3 classes");
  refused(() => new ConfusionMeter({ classes: 2 }).value("f1"), "average", "2 classes");
  tf.dispose([y, p, wide, bad, negative]);
});

Deno.test("version 1 of the JSON is read, written and merged by joining terms", () => {
  const text = '{"version":1,"decision":"threshold","threshold":0.5,"fromLogits":false,"ignoreLabel":null,' +
    '"counts":[{"tp":[10000000000000000,1],"fp":[],"fn":[0.25],"tn":[0.1,-2.5e-18]}]}';
  const json: ConfusionMeterJson = JSON.parse(text), meter = ConfusionMeter.fromJSON(json);
  assertStrictEquals(JSON.stringify(meter), text);
  assertEquals(meter.counts, [{ tp: 1e16, fp: 0, fn: 0.25, tn: 0.1 }]); // 1e16 + 1, rounded once
  // Terms in any order, and of two meters: the lists joined.
  const other = new ConfusionMeter().update([1, 0], [0.9, 0.1], [3, 0.2]),
    [a] = json.counts!,
    [b] = other.toJSON().counts!;
  const joined = { tp: [...b.tp, ...a.tp.toReversed()], fp: [...a.fp, ...b.fp], fn: a.fn, tn: [...a.tn, ...b.tn] };
  const merged = ConfusionMeter.fromJSON({ ...json, counts: [joined] });
  assertStrictEquals(JSON.stringify(merged), JSON.stringify(meter.merge(other)));
  assertStrictEquals(merged.counts[0].tp, 1e16 + 4);
  assertEquals(new ConfusionMeter().toJSON().version, 1);
  for (const version of [0, 2, "1", undefined]) {
    assertRefused(() => ConfusionMeter.fromJSON({ ...json, version } as unknown as ConfusionMeterJson), {
      argument: "version",
      value: version === "1" ? "'1'" : `must be 1, it is ${version}`,
    });
  }
});

Deno.test("JSON keeps the meter, NaN to ignore and all; anything that is not a meter is refused", () => {
  const options: ConfusionMeterOptions = { threshold: [0.3, 0.6], ignoreLabel: NaN };
  const meter = new ConfusionMeter(options);
  tf.tidy(() => {
    const y = tf.tensor2d([[1, NaN], [0, 1]]), p = tf.tensor2d([[0.4, 0.4], [0.4, 0.7]]);
    meter.update(y, p, tf.tensor1d([0.1, 1e-20]));
  });
  const json: ConfusionMeterJson = JSON.parse(JSON.stringify(meter)), copy = ConfusionMeter.fromJSON(json);
  assertEquals(copy.counts, meter.counts);
  assertEquals(copy.merge(meter).counts[0].tp, 2 * Math.fround(0.1));
  assertNotEquals(copy.counts, meter.counts);
  assertEquals(json.ignoreLabel, "NaN");
  assertEquals(ConfusionMeter.fromJSON(new ConfusionMeter().toJSON()).counts, []);

  const refused = (change: Record<string, unknown>, argument: string, value: string, error = RangeError) =>
    assertRefused(() => ConfusionMeter.fromJSON({ ...json, ...change } as unknown as ConfusionMeterJson), {
      argument,
      value,
      error,
    });
  const [first] = json.counts!;
  refused({ counts: 3 }, "counts", "3", TypeError);
  refused({ counts: [] }, "counts", "[]", TypeError);
  refused({ counts: [first] }, "threshold", "2 numbers, 'classes' is 1");
  for (const none of [{}, null]) refused({ counts: [first, none] }, "tp", "undefined", TypeError);
  refused({ counts: [first, { ...first, fn: [null] }] }, "fn", "null", TypeError);
  refused({ counts: [first, { ...first, fn: [-1] }] }, "fn", "-1");
  refused({ counts: [first, { ...first, fn: [1e308, 1e308] }] }, "fn", "must be sums ≥ 0, number 1 is");
  refused({ decision: "top" }, "decision", "'top'");
  refused({ ignoreLabel: "x", threshold: 2 }, "threshold", "2");
  for (const none of [null, "1"]) {
    assertRefused(() => ConfusionMeter.fromJSON(none as unknown as ConfusionMeterJson), {
      error: TypeError,
      argument: "json",
      value: none ?? "null",
    });
  }
  for (const lists of [[[1]], "no list"]) {
    assertRefused(() => readSums("a meter", "sums", lists, 2), {
      error: TypeError,
      argument: "sums",
      value: "2 lists",
    });
  }
});
