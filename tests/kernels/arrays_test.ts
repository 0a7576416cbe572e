// scoreFast on plain arrays against the general path in float64: decisions, averages, forms of labels and weights, pieces and
// the rows that they leave; and each reason to do nothing.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  type BatchShape,
  type HostNumbers,
  readBatch,
  readBatchShape,
  type ShapedNumbers,
} from "../../lib/batch/read_batch.ts";
import { allowSimd, instantiate, ownSimd } from "../../lib/kernels/simd.ts";
import { simdBytes } from "../../lib/kernels/simd_bytes.ts";
import {
  arrays,
  eachPiece,
  entriesOf,
  keptPlace,
  type Memory,
  pieceBytes,
  placeOf,
  tablesOf,
} from "../../lib/kernels/table.ts";
import { clampFloat32, type Counts } from "../../lib/counts/counts.ts";
import { scoreFast } from "../../lib/kernels/passes.ts";
import { resolveOptions, type ScoringOptions } from "../../lib/scoring/options.ts";
import { scoreBatch } from "../../lib/scoring/score_batch.ts";
import "../../lib/simd.ts"; // registers the loops
import { lossAndGradient } from "../../lib/loss_and_gradient.ts";
import { mcc } from "../../lib/scores/agreement.ts";
import { f1, utility } from "../../lib/scores/ratio.ts";
import { assertWithin, random } from "../helpers.ts";

interface Given {
  yTrue: HostNumbers;
  yPred: Float32Array;
  sampleWeight?: HostNumbers;
}

/** The shapes of a batch: labels and weights are per row if they are as many as the rows. */
function shapedBy(rows: number, { yTrue, yPred, sampleWeight }: Given) {
  const shaped = (values: HostNumbers): ShapedNumbers => {
    const width = values.length / rows;
    return {
      shape: width === 1 ? [rows] : [rows, width],
      size: values.length,
      dtype: "float32",
      dataSync: () => values,
    };
  };
  return { yTrue: shaped(yTrue), yPred: shaped(yPred), sampleWeight: sampleWeight && shaped(sampleWeight) };
}

/** Scores a batch by the SIMD loops; nothing if they do not take it. */
function fast(
  rows: number,
  given: Given,
  options: ScoringOptions,
  { score = f1, by = -1, gradient = true } = {},
  memory: Memory<HostNumbers> = arrays,
  kept: Float32Array | undefined = gradient ? new Float32Array(given.yPred.length) : undefined,
) {
  const { reading, decide, scoring } = resolveOptions("a test", score, options);
  const shape = readBatchShape("a test", shapedBy(rows, given), reading);
  const scored = scoreFast<HostNumbers>(decide, scoring, given, shape, memory, kept);
  return scored && { ...scored, finished: gradient && scored.finish(by), gradient: kept };
}

/** Scores a batch by the general path. */
function general(rows: number, given: Given, options: ScoringOptions, { score = f1, by = -1 } = {}) {
  const { reading, decide, scoring } = resolveOptions("a test", score, options);
  const batch = readBatch("a test", shapedBy(rows, given), reading), scored = scoreBatch(batch, decide(batch), scoring);
  return { ...scored, gradient: scored.gradient(by, new Float64Array(given.yPred.length)) };
}

function assertSame(rows: number, given: Given, options: ScoringOptions, more: Parameters<typeof general>[3] = {}) {
  const where = JSON.stringify(options),
    own = fast(rows, given, options, more),
    exact = general(rows, given, options, more);
  assert(own !== undefined && own.finished, `not by the SIMD loops: ${where}`);
  assertWithin(own.value, exact.value, 2e-6 * Math.max(1, Math.abs(exact.value)), where);
  own.counts.forEach((counts, k) => {
    const whole = Object.values(exact.counts[k]).reduce((a, b) => a + b);
    for (const key of ["tp", "fp", "fn", "tn"] as const) {
      assertWithin(counts[key], exact.counts[k][key], 1e-6 * whole, `${key} of ${k}, ${where}`);
    }
  });
  const largest = Math.max(...exact.gradient.map(Math.abs));
  exact.gradient.forEach((g, i) => assertWithin(own.gradient![i], g, 2e-5 * largest, `output ${i}, ${where}`));
  return own;
}

function table(rows: number, classes: number, seed = rows) {
  const next = random(seed),
    of = (make: () => number, size = rows * classes) => new Float32Array(size).map(make);
  return {
    yPred: of(next),
    yTrue: of(() => Number(next() < 0.4)),
    soft: of(next),
    indices: of(() => Math.floor(next() * classes), rows),
    entryWeights: of(() => Math.floor(4 * next()) / 2),
    rowWeights: of(() => Math.floor(4 * next()) / 2, rows),
  };
}

Deno.test("one column: steps, labels and weights of every kind; several pieces, and rows that are left", () => {
  for (const rows of [67, 20_003]) {
    const { yPred, yTrue, soft, entryWeights } = table(rows, 1);
    const bytes = Uint8Array.from(yTrue), integers = Int32Array.from(yTrue);
    for (const step of ["softsign", "identity", "logistic", "straightThrough"] as const) {
      for (const labels of [yTrue, soft, bytes, integers]) assertSame(rows, { yTrue: labels, yPred }, { step });
      assertSame(rows, { yTrue: soft, yPred, sampleWeight: entryWeights }, { step });
    }
    assertSame(rows, { yTrue, yPred, sampleWeight: Uint8Array.from(yTrue, (_, i) => i % 3) }, { threshold: 0.3 });
    assertSame(rows, { yTrue, yPred, sampleWeight: Int32Array.from(yTrue, (_, i) => i % 3) }, { step: "gaussian" });
  }
});

Deno.test("columns: every average with class weights, thresholds per column, weights and class indices per row", () => {
  for (const [rows, classes] of [[41, 3], [6001, 3], [33, 4], [31, 2]]) {
    const { yPred, yTrue, indices, entryWeights, rowWeights } = table(rows, classes);
    const classWeights = [3, 0.5, 1, 2].slice(0, classes), threshold = [0.25, 0.5, 0.75, 0.4].slice(0, classes);
    for (const average of ["micro", "macro", "weighted"] as const) {
      assertSame(rows, { yTrue, yPred }, { average });
      assertSame(rows, { yTrue, yPred, sampleWeight: entryWeights }, { average, classWeights });
      assertSame(rows, { yTrue: indices, yPred, sampleWeight: rowWeights }, { average, threshold });
      assertSame(rows, { yTrue: Int32Array.from(indices), yPred }, { average, classWeights, threshold });
      assertSame(rows, { yTrue: Uint8Array.from(indices), yPred, sampleWeight: rowWeights }, { average });
    }
  }
});

Deno.test("argmax: soft, straight-through, and the hard one, whose gradient is 0", () => {
  for (const [rows, classes] of [[41, 3], [6001, 3], [33, 4]]) {
    const { yPred, yTrue, indices, entryWeights, rowWeights } = table(rows, classes);
    for (const average of ["micro", "macro", "weighted"] as const) {
      for (const step of ["softsign", "straightThrough", "round"] as const) {
        const options: ScoringOptions = { decision: "argmax", average, step };
        assertSame(rows, { yTrue, yPred }, options);
        if (step === "softsign") assertSame(rows, { yTrue, yPred }, { ...options, slope: 1 });
        assertSame(rows, { yTrue: indices, yPred, sampleWeight: rowWeights }, options);
        assertSame(rows, { yTrue, yPred, sampleWeight: entryWeights }, {
          ...options,
          classWeights: [1, 2, 3, 4].slice(0, classes),
        });
      }
    }
  }
  const { yPred, indices } = table(41, 3);
  const hard = fast(41, { yTrue: indices, yPred }, { decision: "argmax", average: "macro", step: "round" })!;
  assert(hard.finished && hard.gradient!.every((g) => g === 0));
});

/** A heap of its own in which tables can lie; `places` says how often there is room for what a pass needs. */
function heap(places = Infinity) {
  const memory = new WebAssembly.Memory({ initial: 64 }), tables = 2 ** 21, addresses = new Map<HostNumbers, number>();
  const simd = instantiate(simdBytes, memory, (bytes) => bytes < tables && places-- > 0 ? 1024 : 0);
  let top = tables;
  const put = (values: Float32Array) => {
    const view = new Float32Array(memory.buffer, top, values.length);
    view.set(values);
    addresses.set(view, top);
    top += 16 * Math.ceil(values.length / 4);
    return view;
  };
  return {
    put,
    memory: { simd: () => simd, numbers: (of: HostNumbers) => of, inHeap: (of: HostNumbers) => addresses.get(of) },
  };
}

Deno.test("tables in the heap of the loops, some or all of them, have the bytes of arrays", () => {
  const cases: [number, number, ScoringOptions][] = [
    [20_003, 1, { step: "softsign" }],
    [20_003, 1, { step: "logistic" }],
    [6001, 3, { average: "macro" }],
    [6001, 3, { average: "macro", decision: "argmax" }],
  ];
  for (const [rows, classes, options] of cases) {
    const { yPred, soft, entryWeights } = table(rows, classes);
    for (const sampleWeight of [undefined, entryWeights]) {
      const wanted = fast(rows, { yTrue: soft, yPred, sampleWeight }, options)!;
      for (const [p, y, w, d] of [[1, 1, 1, 1], [1, 0, 0, 0], [0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 1]]) {
        const { put, memory } = heap(), own = (values: Float32Array, there: number) => there ? put(values) : values;
        const given = { yTrue: own(soft, y), yPred: own(yPred, p), sampleWeight: sampleWeight && own(sampleWeight, w) };
        const kept = own(new Float32Array(yPred.length), d), found = fast(rows, given, options, {}, memory, kept)!;
        const where = `${JSON.stringify(options)} ${[p, y, w, d]}`;
        assert(found.finished, where);
        assertEquals([found.value, found.counts], [wanted.value, wanted.counts], where);
        assert(kept.every((g, i) => Object.is(g, wanted.gradient![i])), where);
        assertEquals([given.yTrue, given.yPred], [soft, yPred], "tables are left as they are");
      }
    }
  }
});

Deno.test("a heap without room for the first pass, or for the second: nothing is done", () => {
  const { yPred, yTrue } = table(400, 1),
    columns = table(200, 3),
    argmax = { decision: "argmax", average: "macro" } as const;
  for (const [rows, given, options] of [[400, { yTrue, yPred }, {}], [200, columns, argmax]] as const) {
    assertStrictEquals(fast(rows, given, options, {}, heap(0).memory), undefined);
    assertStrictEquals(fast(rows, given, options, {}, heap(1).memory)!.finished, false);
    assertStrictEquals(fast(rows, given, options, {}, heap(2).memory)!.finished, true);
  }
});

Deno.test("a rule scores by loops of its own, or not here; without SIMD nothing is planned", () => {
  const { yPred, yTrue } = table(400, 1), { reading, decide, scoring } = resolveOptions("a test", f1, { slope: 4.321 });
  const shape = readBatchShape("a test", shapedBy(400, { yTrue, yPred }), reading), own = { value: 7 };
  const of = (rule?: object) =>
    scoreFast<HostNumbers>(decide, { ...scoring, rule } as typeof scoring, { yTrue, yPred }, shape, arrays);
  assertStrictEquals(of({ scoreFast: () => own }) as unknown, own);
  assertStrictEquals(of({}), undefined);
  allowSimd(false);
  try {
    assertStrictEquals(of(), undefined);
  } finally {
    allowSimd(true);
  }
});

Deno.test("samples: a step or a score whose numbers are none is left to the general path, which names it", () => {
  const { yPred, yTrue, rowWeights } = table(50, 3), given = { yTrue, yPred }, average = "samples" as const;
  const own = { name: "own", threshold: 0.5, slope: 1, value: (p: number) => p, derivative: () => 1 };
  assert(fast(50, given, { average, step: own })!.finished);
  const broken = { ...own, value: (p: number) => p > 0.9 ? NaN : p };
  assertStrictEquals(fast(50, given, { average, step: broken }), undefined);
  assertStrictEquals(fast(50, given, { average, step: { ...own, derivative: () => NaN } })!.finished, false);
  const without = { ...f1, name: "without", gradient: () => undefined as never };
  const message = (call: () => unknown) => {
    try {
      call();
      return "";
    } catch (error) {
      return (error as Error).message;
    }
  };
  const said = message(() => general(50, given, { average }, { score: without }));
  assert(said.includes("derivative"), said);
  assertStrictEquals(message(() => fast(50, given, { average }, { score: without })), said);
  for (const zeroDivision of [0, 1, "skip"] as const) { // no row has a weight
    const none = { ...given, sampleWeight: rowWeights.map(() => 0) }, options = { average, zeroDivision };
    const [found, exact] = [fast(50, none, options)!, general(50, none, options)];
    assertEquals([found.value, found.finished], [exact.value, true]);
    assertEquals(found.gradient, Float32Array.from(exact.gradient));
  }
});

Deno.test("samples: row by row, the general path's bits in value, counts and gradient", () => {
  const rows = 2003, classes = 3, { yPred, yTrue, soft, indices, entryWeights, rowWeights } = table(rows, classes);
  const rare = yTrue.map((y, i) => i % 12 < 6 ? 0 : y), low = yPred.map((p, i) => rare[i] === 0 && i % 24 < 12 ? 0 : p);
  const givens: Given[] = [
    { yTrue, yPred },
    { yTrue: soft, yPred, sampleWeight: entryWeights },
    { yTrue: Int32Array.from(indices), yPred, sampleWeight: rowWeights },
    { yTrue: rare, yPred: low },
  ];
  for (const given of givens) {
    for (const zeroDivision of [0, 1, "skip"] as const) {
      for (
        const more of [{}, { classWeights: [1, 0, 3] }, { decision: "argmax" }, { step: "straightThrough" }, {
          ignoreLabel: 0,
        }, { decision: { top: 0.1 } }] as const
      ) {
        const options: ScoringOptions = { average: "samples", zeroDivision, ...more }, where = JSON.stringify(options);
        assertStrictEquals(fast(rows, given, options, { gradient: false })!.value, general(rows, given, options).value);
        for (const [by, score] of [[-1, f1], [1, f1], [0.7, f1], [-1, mcc]] as const) {
          const own = fast(rows, given, options, { by, score })!, exact = general(rows, given, options, { by, score });
          assert(own.finished);
          assertStrictEquals(own.value, exact.value, where);
          assertEquals(own.counts, exact.counts, where);
          assertEquals(own.gradient, Float32Array.from(exact.gradient), where);
        }
      }
    }
  }
  for (const tp of [Infinity, -1e308]) { // bounded, each partial derivative and their difference
    const score = { ...f1, gradient: ({ fn }: Counts) => ({ tp: fn > 1 ? tp : 1, fp: 0, fn: 1e308, tn: 0 }) };
    const none = { yTrue: yTrue.fill(1, 0, classes), yPred: yPred.fill(0, 0, classes) };
    const [own, exact] = [fast, general].map((by) => by(rows, none, { average: "samples" }, { score })!.gradient!);
    assertEquals(own, Float32Array.from(exact, clampFloat32));
  }
  assertStrictEquals(fast(rows, { yTrue, yPred: yPred.with(7, 1.5) }, { average: "samples" }), undefined);
  const { counts } = lossAndGradient(yTrue, yPred, { score: "f1", average: "samples", columns: classes });
  assertEquals(counts, general(rows, { yTrue, yPred }, { average: "samples" }).counts, "read after the gradient");
});

Deno.test("where no label is ignored, value and gradient have the bytes that they have without the option", () => {
  for (const [rows, classes] of [[6001, 3], [20_003, 1]]) {
    const { yPred, yTrue, entryWeights } = table(rows, classes), average = classes > 1 ? "macro" : "binary";
    for (const sampleWeight of [undefined, entryWeights]) {
      for (const ignoreLabel of [-1, NaN, 255]) {
        const [own, plain] = ([{ average, ignoreLabel }, { average }] as ScoringOptions[]).map((options) => {
          const { value, counts, gradient } = fast(rows, { yTrue, yPred, sampleWeight }, options)!;
          return { value, counts, gradient };
        });
        assertEquals(own, plain);
      }
    }
  }
});

Deno.test("without a gradient the value is the same", () => {
  const { yPred, yTrue, indices } = table(500, 1), columns = table(500, 3);
  assertStrictEquals(
    fast(500, { yTrue, yPred }, {}, { gradient: false })!.value,
    fast(500, { yTrue, yPred }, {})!.value,
  );
  assert(indices.every((index) => index === 0));
  const odd = table(503, 1), oddColumns = table(503, 3);
  assertStrictEquals(fast(503, odd, {}, { gradient: false })!.value, fast(503, odd, {})!.value);
  for (const step of ["softsign", "round"] as const) {
    const argmax: ScoringOptions = { decision: "argmax", average: "macro", step };
    const own = { yTrue: oddColumns.indices, yPred: oddColumns.yPred }, found = fast(503, own, argmax)!;
    assertStrictEquals(fast(503, own, argmax, { gradient: false })!.value, found.value);
    assert(found.finished);
    const options: ScoringOptions = { decision: "argmax", average: "macro", step };
    const given = { yTrue: columns.indices, yPred: columns.yPred };
    assertStrictEquals(fast(500, given, options, { gradient: false })!.value, fast(500, given, options)!.value);
  }
});

Deno.test("a number out of range, in the loops' rows or in those they leave, is left to the general path", () => {
  const rows = 1003, { yPred, yTrue, indices } = table(rows, 1), weights = yTrue.map(() => 1);
  const columns = table(rows, 3);
  assert(indices.length === rows);
  for (const at of [0, 500, rows - 1]) {
    for (const bad of [-1, -1e-9, 1.0000001, NaN, Infinity]) {
      assertStrictEquals(fast(rows, { yTrue, yPred: yPred.with(at, bad) }, {}), undefined, `output ${at} is ${bad}`);
      assertStrictEquals(fast(rows, { yTrue: yTrue.with(at, bad), yPred }, {}), undefined, `label ${at} is ${bad}`);
    }
    for (const bad of [-1, 0.9e-15, 1.1e15, NaN, Infinity]) {
      const given = { yTrue, yPred, sampleWeight: weights.with(at, bad) };
      assertStrictEquals(fast(rows, given, {}), undefined, `weight ${at} is ${bad}`);
    }
    for (const bad of [-1, 3, 0.5, NaN]) {
      const given = { yTrue: columns.indices.with(at, bad), yPred: columns.yPred };
      assertStrictEquals(fast(rows, given, { average: "macro" }), undefined, `index ${at} is ${bad}`);
    }
    for (const good of [0, 1e-15, 1e15, 0.5, -0]) {
      assertSame(rows, { yTrue, yPred, sampleWeight: weights.with(at, good) }, {});
    }
    assertSame(rows, { yTrue: yTrue.with(at, -0), yPred: yPred.with(at, -0) }, {});
    // A −0 makes all numbers be looked at: a 1 is in range, and so is an index above 1.
    assertSame(rows, { yTrue: yTrue.with(at, 1), yPred: yPred.with(at, 1).with(7, -0).with(8, 1) }, {});
    assertSame(rows, { yTrue: columns.indices, yPred: columns.yPred.with(at, -0) }, { average: "macro" });
  }
});

Deno.test("what the loops do not know is left to the general path: few rows, other decisions, no SIMD", () => {
  const { yPred, yTrue } = table(400, 1);
  const few = { yTrue: yTrue.slice(0, 3), yPred: yPred.slice(0, 3) };
  assertStrictEquals(fast(3, few, {}), undefined);
  assert(fast(4, { yTrue: yTrue.slice(0, 4), yPred: yPred.slice(0, 4) }, {}) !== undefined);
  assertStrictEquals(fast(400, { yTrue, yPred }, { decision: { top: 3 } }), undefined);
  const own = { name: "own", threshold: 0.5, slope: 1, value: (p: number) => p, derivative: () => 1 };
  assertStrictEquals(fast(400, { yTrue, yPred }, { step: own }), undefined);
  const columns = table(200, 3), given = { yTrue: columns.yTrue, yPred: columns.yPred };
  assertStrictEquals(fast(200, given, { decision: "argmax", average: "macro", fromLogits: true }), undefined);
  const { reading, decide, scoring } = resolveOptions("a test", f1, {});
  const shape = readBatchShape("a test", shapedBy(400, { yTrue, yPred }), reading);
  assertStrictEquals(
    scoreFast(decide, scoring, { yTrue, yPred }, shape, { ...arrays, simd: () => undefined }),
    undefined,
  );
});

Deno.test("a gradient that may leave float32 is not made, whichever label it is of, and nothing is done", () => {
  const { yPred, yTrue } = table(400, 1), given = { yTrue, yPred };
  for (const worth of [{ tp: 1e30 }, { tn: 1e30 }, { fp: -1e30 }]) {
    const own = fast(400, given, {}, { score: utility(worth) })!, kept = own.gradient!.slice();
    assertEquals([own.finished, own.finish(1)], [false, false]);
    assertEquals(own.gradient, kept);
    assert(own.finish(1e-30) && own.gradient!.some((g) => g !== 0));
  }
  assertSame(400, given, {}, { score: utility({ tp: 1e15 }) });
  // Each row has about a 400th of the worth: below 1e20, and above.
  assertEquals([1e20, 1e25].map((tp) => fast(400, given, { step: "identity" }, { score: utility({ tp }) })!.finished), [
    true,
    false,
  ]);
});

Deno.test("entries of a table: as they are, or one per row, or the place of the 1 of each row", () => {
  const shape = { rows: 3, classes: 2, indexed: true, rowWeights: true };
  const yPred = Float32Array.of(1, 2, 3, 4, 5, 6);
  const tables = tablesOf(
    { yTrue: Uint8Array.of(1, 0, 2), yPred, sampleWeight: Float32Array.of(7, 8, 9) },
    shape,
    arrays,
  );
  assertEquals(entriesOf(tables.yPred, 2, 6), Float32Array.of(3, 4, 5, 6));
  assertEquals(entriesOf(tables.sampleWeight!, 2, 6), Float32Array.of(8, 8, 9, 9));
  assertEquals(entriesOf(tables.yTrue, 0, 4), Float32Array.of(0, 1, 1, 0));
  assertStrictEquals(entriesOf(tables.yTrue, 2, 6), undefined);
  const plain = tablesOf({ yTrue: Uint8Array.of(1, 0, 1, 1, 0, 1), yPred }, { ...shape, indexed: false }, arrays);
  assertEquals(entriesOf(plain.yTrue, 2, 6), Float32Array.of(1, 1, 0, 1));
  assertStrictEquals(plain.sampleWeight, undefined);
  assert(ownSimd() !== undefined, "these tests are of the SIMD loops");
});

Deno.test("labels that are ignored: every form of labels, weights and decisions, NaN and 0 as the label", () => {
  for (const [rows, classes] of [[6001, 3], [33, 4], [20_003, 1]]) {
    const { yPred, yTrue, indices, entryWeights, rowWeights } = table(rows, classes);
    const without = <T extends HostNumbers>(labels: T, label: number) =>
      labels.map((y, i) => i % 5 === 2 ? label : y) as T;
    const average = classes > 1 ? "macro" : "binary", entries = [undefined, entryWeights];
    const weights = classes > 1 ? [...entries, rowWeights] : entries;
    for (const sampleWeight of weights) {
      for (const decision of classes > 1 ? ["threshold", "argmax"] as const : ["threshold"] as const) {
        const options = { average, decision } as const;
        for (const label of [-1, NaN, 0]) {
          const given = { yTrue: without(yTrue, label), yPred, sampleWeight };
          const own = assertSame(rows, given, { ...options, ignoreLabel: label });
          const idle = yPred.findIndex((_, i) => Object.is(given.yTrue[i], label));
          if (decision === "threshold") assertEquals(Math.abs(own.gradient![idle]), 0);
        }
        if (classes === 1) continue;
        const bytes = Uint8Array.from(without(indices, 255));
        for (const yTrue of [without(indices, 255), bytes, Int32Array.from(bytes)]) {
          assertSame(rows, { yTrue, yPred, sampleWeight }, { ...options, ignoreLabel: 255 });
        }
      }
    }
  }
});

Deno.test("places of tables: addresses in the heap, or pieces of whole blocks that are copied there", () => {
  const values = Float32Array.of(1, 2, 3, 4),
    shape = { rows: 2, classes: 2, indexed: true, rowWeights: true } as BatchShape;
  const inputs = { yTrue: Int32Array.of(0, 1), yPred: values, sampleWeight: Float32Array.of(1, 1) };
  const memory: Memory<Float32Array | Int32Array> = { simd: ownSimd, numbers: (of) => of, inHeap: () => 40 };
  const { yTrue, yPred, sampleWeight } = tablesOf(inputs, shape, memory);
  assertEquals(
    [yTrue, yPred, sampleWeight!].map(({ address }) => address),
    [undefined, 40, undefined],
    "entries alone",
  );
  const kept = keptPlace(values, true, arrays);
  assertEquals([placeOf(yPred), placeOf(yTrue), kept], [40, yTrue, { kept: values, fresh: true }]);
  assertEquals(pieceBytes([8, undefined, 16], 64, 1000), 0);
  for (const places of [[8, kept], [yTrue, undefined], [kept]]) {
    assertEquals(pieceBytes(places, 64, 1000), 16_000);
    assertEquals(pieceBytes(places, 64, 100_000), 16 * 8192);
  }
  const calls: unknown[] = [], note = (at: object, length: number) => void calls.push([{ ...at }, length]);
  const simd = ownSimd()!, pass = { simd, block: 64, begun: { run: note, spare: 0 } };
  assert(eachPiece({ ...pass, places: { p: 400, y: 800, w: undefined } }, 1000, 128));
  assert(eachPiece({ ...pass, places: { p: 400 } }, 128, 128));
  assertEquals(calls, [[{ p: 912, y: 1312 }, 872]]);
  calls.length = 0;
  const spare = simd.place(16 * 8192), places = { p: 400, d: { kept: new Float32Array(16_384), fresh: true } };
  assert(eachPiece({ simd, block: 64, begun: { run: note, spare }, places }, 16_384));
  const d = spare + 4 * 8192;
  assertEquals(calls, [[{ p: 400, d }, 8192], [{ p: 400 + 4 * 8192, d }, 8192]]);
});
