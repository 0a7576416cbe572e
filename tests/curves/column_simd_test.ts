// The counts of a curve by the loops of curve.as: the intervals and sums of a plain loop, to the last bit, and the tensors' form.
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import { addRows, type Bins, binsOf, placesOf, readThresholds, slopesOf } from "../../lib/curves/binned_curve.ts";
import { countColumn, countRows } from "../../lib/curves/column_simd.ts";
import { averagePrecisionLoss, curveLossAndGradient, rocAucLoss } from "../../lib/losses/curves.ts";
import { allowSimd, ownSimd, viewsOf } from "../../lib/kernels/simd.ts";
import { arrays } from "../../lib/kernels/table.ts";
import "../../lib/mod.ts"; // registers the loops
import { assertRefused, counted, onBackends, random } from "../helpers.ts";

/** Returns the interval of a number by its definition. */
function intervalOf(v: number, { edges }: Bins): number {
  let b = edges.length - 2;
  while (b > 0 && v < edges[b]) b--;
  return b;
}

/** Thresholds of every kind: grids, rising lists, clusters near the ends. */
function thresholdsOf(seed: number): number[] {
  const next = random(seed), count = 2 + Math.floor(next() * 40);
  if (seed % 3 === 0) return readThresholds("a test", 2 + Math.floor(next() * 600));
  const spread = seed % 3 === 1 ? (v: number) => v : (v: number) => v < 0.5 ? v ** 12 : 1 - (1 - v) ** 8;
  const rising = [...new Set(Array.from({ length: count }, () => spread(next())))].sort((a, b) => a - b);
  return rising.filter((t) => t > 0 && t < 1).length >= 2 ? rising.filter((t) => t > 0 && t < 1) : [0.2, 0.7];
}

/** The float32 numbers beside a number. */
function neighbours(v: number): number[] {
  const near = Float32Array.of(v), bits = new Int32Array(near.buffer), found = [near[0]];
  for (const by of [-1, 2]) {
    bits[0] += by;
    found.push(near[0]);
  }
  return found.filter((one) => one >= 0 && one <= 1);
}

const one = (length: number) => ({ offset: 0, stride: 1, length });
const shapeOf = (rows: number) => ({ rows, classes: 1, indexed: false, rowWeights: false });

Deno.test("the interval of a number is the one it lies in: on the ends, beside them, near 0 and 1, in float64, out of range", () => {
  fc.assert(fc.property(fc.nat(), (seed) => {
    const bins = binsOf(thresholdsOf(seed)), next = random(seed + 1);
    const numbers = [0, -0, 1, 0.5, 2 ** -149, 1 - 2 ** -24, 1 + 5e-7, -5e-7, ...[...bins.edges].flatMap(neighbours)];
    for (let k = 0; k < 50; k++) numbers.push(next(), next() ** 20, 1 - next() ** 20);
    const inFloat64 = [...numbers, ...bins.edges, ...[...bins.edges].map((v) => v * (1 - 2 ** -53))];
    assertEquals([...placesOf(inFloat64, one(inFloat64.length), bins)], inFloat64.map((v) => intervalOf(v, bins)));
    const inFloat32 = Float32Array.from(numbers);
    assertEquals(
      [...placesOf(inFloat32, one(numbers.length), bins)],
      Array.from(inFloat32, (v) => intervalOf(v, bins)),
    );
  }));
});

/** Labels, outputs and weights of every kind; the outputs may all be equal, or on the ends of intervals. */
function columnOf(n: number, seed: number, { edges }: Bins) {
  const next = random(seed),
    kind = seed % 4,
    of = (make: (i: number) => number) => new Float32Array(n).map((_, i) => make(i));
  const ends = Float32Array.from(edges);
  const yPred = kind === 0
    ? of(() => 0.3)
    : of(() => kind === 1 ? ends[Math.floor(next() * ends.length)] : next() ** kind);
  const yTrue = seed % 5 === 0 ? of(next) : of((i) => i === 2 && seed % 7 === 0 ? 0.25 : Number(next() < 0.4));
  return { yTrue, yPred, sampleWeight: seed % 2 === 0 ? undefined : of(() => next() < 0.1 ? 0 : 3 * next()) };
}

Deno.test("sums, intervals and gradient of the loops are those of a plain loop, to the last bit", () => {
  let taken = 0;
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 1, max: 60 }), (seed, few) => {
    const n = seed % 10 === 0 ? 8192 * 2 + few : few,
      bins = binsOf(thresholdsOf(seed)),
      column = columnOf(n, seed, bins);
    const { yTrue, yPred, sampleWeight } = column, size = bins.scale.length, kept = new Float32Array(n);
    const got = countColumn(bins, column, shapeOf(n), arrays, kept);
    assertEquals(got !== undefined, bins.single);
    if (got === undefined) return;
    taken++;
    const sums = new Float64Array(4 * size), places = Array.from(yPred, (v) => intervalOf(v, bins));
    for (let i = 0; i < n; i++) {
      const b = places[i], along = Math.min(1, Math.max(0, (yPred[i] - bins.edges[b]) * bins.scale[b]));
      const w = sampleWeight?.[i] ?? 1, positive = w * yTrue[i], negative = w - positive;
      [positive, positive * along, negative, negative * along].forEach((v, k) => sums[4 * b + k] += v);
    }
    assertEquals(got.sums, sums);
    assertEquals([...new Uint32Array(kept.buffer)], places);
    const next = random(seed),
      partials = Array.from({ length: size }, () => ({ tp: next(), fp: -next(), fn: 0, tn: 0 }));
    const slopes = slopesOf(partials, bins);
    assert(got.finish(partials));
    const wanted = places.map((b, i) => (sampleWeight?.[i] ?? 1) * (slopes[2 * b] + yTrue[i] * slopes[2 * b + 1]));
    assertEquals(kept, Float32Array.from(wanted));
  }));
  assert(taken > 100, `${taken} cases took the loops`);
});

Deno.test("numbers out of range are left to the general path, and nothing is written beside the room that was lent", () => {
  const n = 4100, bins = binsOf(readThresholds("a test"));
  for (const bad of [NaN, -NaN, Infinity, -Infinity, 1.5, -0.5, -1e-7, 1 + 2 ** -23, 3e38, -3e38]) {
    for (const key of ["yTrue", "yPred", "sampleWeight"] as const) {
      if (key === "sampleWeight" && bad > 0 && bad < Infinity) continue;
      for (const row of [0, 6, 4099]) { // the last one is in the tail of 4100 = 4·1025, and in that of 4099
        for (const length of [n, n - 1]) {
          const column = { ...columnOf(length, 7, bins), sampleWeight: new Float32Array(length).fill(1) };
          column[key][Math.min(row, length - 1)] = bad;
          const simd = ownSimd()!, before = simd.place(1 << 18), guard = before + (1 << 18);
          const words = viewsOf(simd).int32.fill(0x5eed, guard >>> 2);
          assertEquals(
            countColumn(bins, column, shapeOf(length), arrays, new Float32Array(length)),
            undefined,
            `${bad} ${key}`,
          );
          assert(words.subarray(guard >>> 2).every((word) => word === 0x5eed));
        }
      }
    }
  }
});

Deno.test("the counts of arrays are the same with and without the loops", () => {
  const bins = binsOf(readThresholds("a test")), n = 3001;
  for (const seed of [1, 2, 3, 5]) {
    const { yPred: p, ...column } = columnOf(n, seed, bins),
      rows = () => ({ ...column, p, slice: one(n), places: new Uint32Array(n) });
    const by = (allowed: boolean) => {
      allowSimd(allowed);
      try {
        const own = rows();
        return { counts: countRows(own, bins), places: own.places };
      } finally {
        allowSimd(true);
      }
    };
    assertEquals(by(true), by(false));
    const sums = new Float64Array(4 * bins.scale.length);
    addRows({ ...rows(), slice: one(0), places: new Uint32Array(0) }, bins, sums);
    assert(sums.every((v) => v === 0), "no row adds nothing");
  }
});

onBackends("the loss of tensors has the bytes of the loss of arrays, and leaves no tensor", () => {
  const bins = binsOf(readThresholds("a test"));
  for (const n of [4097, 4099, 20_000]) {
    for (const seed of [2, 3, 4, 9]) {
      const { yTrue, yPred, sampleWeight } = columnOf(n, seed, bins);
      const { value, gradient } = curveLossAndGradient([...yTrue], [...yPred], {
        score: "rocAuc",
        sampleWeight: sampleWeight && [...sampleWeight],
      });
      const hard = yTrue.every((y) => y === 0 || y === 1);
      for (const dtype of hard ? ["float32", "int32", "bool"] as const : ["float32"] as const) {
        const { result, made } = counted(() => {
          const [y, p] = [tf.tensor1d([...yTrue], dtype), tf.tensor1d(yPred)];
          const w = sampleWeight && tf.tensor1d(sampleWeight), loss = rocAucLoss();
          const both = tf.valueAndGrad((x) => loss(y, x, w))(p), alone = loss(y, p, w);
          const numbers = [both.value, both.grad, alone].map((one) => one.dataSync().slice());
          tf.dispose([y, p, ...w ? [w] : [], both.value, both.grad, alone]);
          return numbers;
        });
        assertEquals(made, 0);
        assertEquals(
          result,
          [Float32Array.of(value), Float32Array.from(gradient), Float32Array.of(value)],
          `${n} ${seed} ${dtype}`,
        );
      }
    }
  }
});

onBackends("an output out of range is named by its row", () => {
  const y = tf.zeros([5000]), p = tf.tensor1d(Float32Array.from({ length: 5000 }, (_, i) => i === 4321 ? NaN : 0.5));
  const { made } = counted(() =>
    assertRefused(() => averagePrecisionLoss()(y, p), { argument: "yPred", value: "row 4321 is NaN" })
  );
  assertEquals(made, 0);
  tf.dispose([y, p]);
});
