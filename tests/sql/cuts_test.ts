// The best threshold and the curves of DuckDB against tuneThreshold, to the last digit, and against a sorted list.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { f1, tuneThreshold } from "../../lib/mod.ts";
import { curveOn, type Query, tuneThresholdOn } from "../../lib/sql/mod.ts";
import { allScores } from "../all_scores.ts";
import { assertWithin, random } from "../helpers.ts";
import { rowsToCut } from "../training/fixtures.ts";
import { type Engine, makeScored, onDuckdb, scored, type ScoredRow, slowOnDuckdb } from "./duckdb.ts";

/** The library's own answer. */
function tuned(rows: readonly ScoredRow[], score: Parameters<typeof tuneThreshold>[2]["score"], weighted: boolean) {
  return tf.tidy(() => ({
    ...tuneThreshold(tf.tensor1d(rows.map(({ y }) => y)), tf.tensor1d(rows.map(({ p }) => p)), {
      score,
      sampleWeight: weighted ? tf.tensor1d(rows.map(({ w }) => w)) : undefined,
    }),
  }));
}

const someRows = rowsToCut(60, [1 + 2 ** -23]);

slowOnDuckdb(
  "threshold and value are those of tuneThreshold to the last digit: every score, ties, bounds, weights",
  async (engine) => {
    await fc.assert(
      fc.asyncProperty(someRows, fc.boolean(), async (rows, weighted) => {
        await makeScored(engine, rows, "FLOAT");
        for (const score of allScores) {
          const { threshold, value } = await tuneThresholdOn(engine.query, {
            ...scored,
            score,
            sampleWeight: weighted ? "w" : undefined,
          });
          assertEquals({ threshold, value }, tuned(rows, score, weighted), score.name);
        }
      }),
      { numRuns: 12 },
    );
  },
);

slowOnDuckdb("outputs that crowd in one cell are split until the best cut is known", async (engine) => {
  const next = random(11);
  for (const spread of [1, 2 ** -12, 2 ** -20]) {
    const rows = Array.from({ length: 3000 }, () => {
      const v = next();
      return { y: Number(next() < v), p: Math.fround(0.3 + spread * (v - 0.3) / 2), w: Math.ceil(4 * next()) };
    });
    await makeScored(engine, rows, "FLOAT");
    for (const score of ["f1", "mcc", "recall", "precision", "accuracy"] as const) {
      engine.texts.length = 0;
      const { threshold, value, scans } = await tuneThresholdOn(engine.query, { ...scored, score, sampleWeight: "w" });
      assertEquals({ threshold, value }, tuned(rows, score, true), `${score}, ${spread}`);
      assertEquals(scans, engine.texts.length);
      assert(scans <= 5, `${scans} scans for ${score}`);
    }
  }
});

onDuckdb("where the score is constant the widest gap is found, inside a cell too", async (engine) => {
  const width = 2 ** -12,
    negatives = Array.from({ length: 100 }, (_, i) => [0.1, i === 40 ? 0.95 : 0.9].map((v) => (i + v) * width));
  const rows = [...negatives.flat(), 100.1 * width].map((p, i, all) => ({
    y: Number(i === all.length - 1),
    p: Math.fround(p),
    w: 1,
  }));
  await makeScored(engine, rows, "FLOAT");
  const { threshold, value } = await tuneThresholdOn(engine.query, { ...scored, score: "recall" });
  assertEquals({ threshold, value }, tuned(rows, "recall", false));
  assertEquals(Math.floor(threshold / width), 40);
});

onDuckdb("a row that weighs 0 divides no gap", async (engine) => {
  await makeScored(engine, [{ y: 1, p: 0.75, w: 1 }, { y: 0, p: 0.5, w: 0 }, { y: 0, p: 0.25, w: 1 }], "FLOAT");
  const { threshold, value } = await tuneThresholdOn(engine.query, { ...scored, score: "accuracy", sampleWeight: "w" });
  assertEquals([threshold, value], [0.5, 1]);
});

onDuckdb("macro, weighted and micro are those of tuneThreshold", async (engine) => {
  const next = random(5), n = 500;
  const p = Array.from({ length: n }, () => [next(), next(), next()].map(Math.fround));
  const y = p.map((row) => row.map((v, k) => next() < v * (k + 1) / 3 ? 1 : 0));
  await engine.table("t", {
    ...Object.fromEntries([0, 1, 2].map((k) => [`y${k}`, ["DOUBLE", y.map((row) => row[k])]])),
    ...Object.fromEntries([0, 1, 2].map((k) => [`p${k}`, ["FLOAT", p.map((row) => row[k])]])),
  });
  for (const average of ["micro", "macro", "weighted"] as const) {
    const { threshold, value } = await tuneThresholdOn(engine.query, {
      from: "t",
      label: ["y0", "y1", "y2"],
      output: ["p0", "p1", "p2"],
      score: "f1",
      average,
    });
    assertEquals(
      { threshold, value },
      tf.tidy(() => ({ ...tuneThreshold(tf.tensor2d(y), tf.tensor2d(p), { score: "f1", average }) })),
    );
  }
});

/** A query that changes the table before its second text. */
function changing(engine: Engine, change: string): Query {
  let scans = 0;
  return async (sql) => {
    if (++scans === 2) await engine.run(change);
    return await engine.query(sql);
  };
}

onDuckdb("a table that changes between two scans is an error that names it", async (engine) => {
  const next = random(3);
  const rows = Array.from({ length: 2000 }, () => {
    const p = Math.fround(next());
    return { y: Number(next() < p), p, w: 1 };
  });
  for (
    const [change, words] of [
      ["INSERT INTO t VALUES (1, 0.999, 1)", "the number of rows is 2000 in the first and 2001 in the second"],
      ["UPDATE t SET y = 1 - y WHERE p > 0.99", "the weight of the positives is"],
      ["UPDATE t SET w = 2 WHERE y = 0 AND p < 0.01", "the weight of the negatives is"],
      ["UPDATE t SET w = 2 WHERE y = 1 AND p > 0.99", "the weight of the positives is"],
      ["UPDATE t SET p = 1 - p", "the number of outputs from"],
    ]
  ) {
    await makeScored(engine, rows, "FLOAT");
    const { message } = await assertRejects(
      () => tuneThresholdOn(changing(engine, change), { ...scored, score: "f1", sampleWeight: "w" }),
      RangeError,
    );
    assert(message.includes("'from' changed between two scans") && message.includes(words), message);
  }
});

onDuckdb("what cannot be tuned is refused by name", async (engine) => {
  await makeScored(engine, [{ y: 1, p: 0.5, w: 1 }], "FLOAT");
  const refused = async (options: object, words: string) => {
    const never = () => Promise.reject(new Error("the engine was asked"));
    const { message } = await assertRejects(
      () => tuneThresholdOn(never, { ...scored, score: "f1", ...options } as never),
      Error,
    );
    assert(message.startsWith("Cannot ") && message.includes(words), message);
  };
  await refused({ average: "samples" }, "it is 'samples'");
  await refused({ average: "mean" }, "'average' must be");
  await refused({ score: { name: "mine", value: () => 1 } }, "the score 'mine' does not declare 'quasiConvex'");
  await refused({ output: ["a", "b"] }, "'average' is 'binary', 'output' names 2 columns");
  await refused({ by: "region" }, "'by' is 'region', but there is no such option");
  const mine = { name: "mine", quasiConvex: true, value: f1.value };
  const { threshold, value } = await tuneThresholdOn(engine.query, { ...scored, score: mine });
  assertEquals([threshold, value], [0.25, 1]);
});

/** The areas from all rows: every pair of a positive and a negative; every output as a threshold. */
function areas(rows: readonly ScoredRow[]): { rocAuc: number; averagePrecision: number } {
  const weigh = (list: readonly ScoredRow[]) => list.reduce((sum, { w }) => sum + w, 0);
  const positives = rows.filter(({ y }) => y === 1), negatives = rows.filter(({ y }) => y === 0);
  let right = 0, averagePrecision = 0;
  for (const a of positives) for (const b of negatives) right += a.w * b.w * (a.p > b.p ? 1 : a.p === b.p ? 0.5 : 0);
  for (const p of new Set(positives.map((row) => row.p))) {
    const above = rows.filter((row) => row.p >= p), found = weigh(positives.filter((row) => row.p >= p));
    averagePrecision += weigh(positives.filter((row) => row.p === p)) * found / weigh(above);
  }
  return {
    rocAuc: right / (weigh(positives) * weigh(negatives)),
    averagePrecision: averagePrecision / weigh(positives),
  };
}

onDuckdb(
  "the points of the curves are exact, the areas lie in their bounds, which meet where every cell is one value",
  async (engine) => {
    const next = random(8);
    for (const digits of [20, 2]) {
      const rows = Array.from({ length: 800 }, () => {
        const p = Math.fround(Number(next().toFixed(digits)));
        return { y: Number(next() < p), p, w: Math.ceil(3 * next()) };
      });
      await makeScored(engine, rows, "FLOAT");
      const wanted = areas(rows);
      for (const cells of [2, 64, 4096]) {
        const [curve] = await curveOn(engine.query, { ...scored, sampleWeight: "w", cells });
        assert(curve.points.length <= cells + 2);
        for (const { threshold, counts, recall, precision, fallOut } of curve.points) {
          const above = rows.filter(({ p }) => p > threshold);
          const weigh = (y: number, list: readonly ScoredRow[]) =>
            list.reduce((sum, row) => sum + (row.y === y ? row.w : 0), 0);
          assertEquals([counts.tp, counts.fp], [weigh(1, above), weigh(0, above)]);
          assertEquals(recall, counts.tp / weigh(1, rows));
          assertEquals(fallOut, counts.fp / weigh(0, rows));
          assertEquals(precision, above.length === 0 ? 1 : counts.tp / (counts.tp + counts.fp));
        }
        const { rocAuc, averagePrecision } = curve;
        assert(rocAuc.low <= wanted.rocAuc + 1e-12 && wanted.rocAuc <= rocAuc.high + 1e-12);
        assert(averagePrecision.low <= wanted.averagePrecision + 1e-12);
        assert(wanted.averagePrecision <= averagePrecision.high + 1e-12);
        if (digits === 2 && cells === 4096) {
          assertWithin(rocAuc.high, rocAuc.low, 0);
          assertWithin(averagePrecision.high, averagePrecision.low, 1e-15);
        }
        if (cells === 4096) {
          assert(
            rocAuc.high - rocAuc.low < 1e-3 && averagePrecision.high - averagePrecision.low < 2e-2,
          );
        }
      }
    }
  },
);
