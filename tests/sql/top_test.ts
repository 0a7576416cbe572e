// An alert budget, { top: k }, on DuckDB against the library's own, on rows; ties; thresholds between neighbours in float64.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import fc from "fast-check";
import { ConfusionMeter, hardMetric } from "../../lib/mod.ts";
import { confusionOn, countsOn, countsSql, type Query, reportOn, tuneThresholdOn } from "../../lib/sql/mod.ts";
import { random } from "../helpers.ts";
import { makeScored, onDuckdb, scored, type ScoredRow } from "./duckdb.ts";

/** The counts of the highest outputs among the rows that weigh something; undefined if the border lies inside equal outputs. */
function sorted(rows: readonly ScoredRow[], top: number) {
  const ranked = rows.filter(({ w }) => w > 0).sort((a, b) => b.p - a.p), n = ranked.length;
  const budget = Math.min(n, top < 1 ? Math.max(1, Math.round(top * n)) : top);
  if (budget < n && ranked[budget - 1].p === ranked[budget].p) return undefined;
  const weigh = (part: readonly ScoredRow[], y: number) =>
    part.reduce((sum, row) => row.y === y ? sum + row.w : sum, 0);
  const above = ranked.slice(0, budget), below = ranked.slice(budget);
  return { tp: weigh(above, 1), fp: weigh(above, 0), fn: weigh(below, 1), tn: weigh(below, 0) };
}

onDuckdb(
  "{ top: k }: the counts of the k highest outputs, or an error where a table's order would decide",
  async (engine) => {
    const rows = fc.array(
      fc.record({
        y: fc.constantFrom(0, 1),
        p: fc.oneof(
          fc.constantFrom(Math.fround(0.1), 0.5, 1),
          fc.float({ min: Math.fround(0.001), max: 1, noNaN: true }),
        ),
        w: fc.constantFrom(0, 1, 2),
      }),
      { minLength: 1, maxLength: 80 },
    ).filter((rows) => rows.some(({ w }) => w > 0));
    let decided = 0, tied = 0;
    await fc.assert(
      fc.asyncProperty(rows, fc.constantFrom(1, 2, 5, 40, 0.01, 0.3, 0.9), async (rows, top) => {
        await makeScored(engine, rows);
        const options = { ...scored, sampleWeight: "w", decision: { top } }, wanted = sorted(rows, top);
        if (wanted === undefined) {
          tied++;
          const { message } = await assertRejects(() => countsOn(engine.query, options), RangeError);
          assert(message.includes("a table has no order of its rows; say { top: "), message);
          assert(!message.includes("{ top: 0 }"), message);
          const better = Number(message.match(/\{ top: (\d+) \}$/)![1]); // the budget that the error names has no tie
          const { slices: [{ meter }] } = await countsOn(engine.query, { ...options, decision: { top: better } });
          assertEquals(meter.counts, [sorted(rows, better)!]);
        } else {
          decided++;
          const { slices: [{ meter }] } = await countsOn(engine.query, options);
          assertEquals(meter.counts, [wanted]);
        }
      }),
      { numRuns: 60 },
    );
    assert(decided > 10 && tied > 5, `${decided} and ${tied}`);
  },
);

onDuckdb(
  "{ top: k } on many rows, in cells that crowd: the library's score of the rows, and its report",
  async (engine) => {
    const next = random(4), n = 3000;
    for (const spread of [1, 2 ** -20]) {
      const rows = Array.from({ length: n }, (_, i) => {
        const v = (i + 0.5) / n;
        return { y: Number(next() < v), p: Math.fround(0.3 + spread * (v - 0.3) / 2), w: 1 };
      });
      const distinct = rows.filter(({ p }, i) => i === 0 || p !== rows[i - 1].p);
      await makeScored(engine, distinct);
      for (const top of [1, 100, 0.2]) {
        engine.texts.length = 0;
        const { slices: [{ meter }] } = await countsOn(engine.query, { ...scored, decision: { top } });
        assert(engine.texts.length <= 4, `${engine.texts.length} scans`);
        const score = tf.tidy(() =>
          hardMetric("f1", { decision: { top } })(
            tf.tensor1d(distinct.map(({ y }) => y)),
            tf.tensor1d(distinct.map(({ p }) => p)),
          ).dataSync()[0]
        );
        assertEquals(Math.fround(meter.value("f1")), score);
        const { threshold } = meter.toJSON(), plain = { ...scored, threshold: threshold as number };
        assertEquals(
          await reportOn(engine.query, { ...scored, decision: { top } }),
          await reportOn(engine.query, plain),
        );
        assertEquals(
          await confusionOn(engine.query, { ...scored, decision: { top } }),
          await confusionOn(engine.query, plain),
        );
      }
    }
  },
);

onDuckdb(
  "{ top: k } of several columns is a budget per column; with slices it is the whole table's",
  async (engine) => {
    const next = random(8), n = 200, list = <T>(of: () => T) => Array.from({ length: n }, of);
    const p = list(() => [0.3 + next() / 1024, next()]), y = list(() => [Number(next() < 0.3), Number(next() < 0.6)]);
    const region = list(() => next() < 0.5 ? "north" : "south");
    await engine.table("t", {
      ...Object.fromEntries([0, 1].map((k) => [`y${k}`, ["DOUBLE", y.map((row) => row[k])]])),
      ...Object.fromEntries([0, 1].map((k) => [`p${k}`, ["DOUBLE", p.map((row) => row[k])]])),
      region: ["VARCHAR", region],
    });
    const options = { from: "t", label: ["y0", "y1"], output: ["p0", "p1"], decision: { top: 20 } };
    const { slices: [{ meter }] } = await countsOn(engine.query, options);
    for (const [k, { tp, fp, fn, tn }] of meter.counts.entries()) {
      const wanted = sorted(p.map((row, i) => ({ p: row[k], y: y[i][k], w: 1 })), 20);
      assertEquals({ tp, fp, fn, tn }, wanted);
    }
    const { slices } = await countsOn(engine.query, { ...options, by: "region" });
    assertEquals(slices.map(({ slice }) => slice), ["north", "south"]);
    const whole = ConfusionMeter.fromJSON(slices[0].meter.toJSON()).merge(slices[1].meter);
    assertEquals(JSON.stringify(whole), JSON.stringify(meter));
    const [{ rows }] = await reportOn(engine.query, options);
    assertEquals(rows.slice(0, 2).map(({ precision }) => precision), meter.counts.map(({ tp }) => tp / 20));
  },
);

onDuckdb(
  "{ top: k } of outputs that halve from row to row: a scan per factor of 256, and the right counts",
  async (engine) => {
    const rows = Array.from({ length: 140 }, (_, i) => ({ y: i % 2, p: 2 ** -(i + 1), w: 1 }));
    await makeScored(engine, rows);
    for (const [top, mostScans] of [[5, 2], [60, 9], [130, 17]]) {
      engine.texts.length = 0;
      const { slices: [{ meter }] } = await countsOn(engine.query, { ...scored, decision: { top } });
      assertEquals(meter.counts, [sorted(rows, top)!]);
      assert(engine.texts.length <= mostScans, `${engine.texts.length} scans for ${top}`);
    }
  },
);

onDuckdb("{ top: k }: a table that changes after the threshold is found is an error that names it", async (engine) => {
  const next = random(3);
  const rows = Array.from({ length: 500 }, () => ({ y: Number(next() < 0.5), p: next(), w: 1 }));
  for (const run of [countsOn, reportOn, confusionOn]) {
    await makeScored(engine, rows);
    let last = false;
    const query: Query = async (sql) => {
      last ||= !/FLOOR\(p \* |AS ranges/.test(sql); // neither a histogram nor a split of one
      if (last) await engine.run("UPDATE t SET p = 1 - p");
      return await engine.query(sql);
    };
    const { message } = await assertRejects(
      () => run(query, { ...scored, decision: { top: 50 } }) as Promise<unknown>,
      RangeError,
    );
    assert(message.includes("'from' changed between two scans, tp is"), message);
  }
});

onDuckdb("bad budgets are refused by name, before any query", async () => {
  const never = () => Promise.reject(new Error("the engine was asked"));
  const refused = async (options: object, words: string) => {
    const { message } = await assertRejects(() => countsOn(never, { ...scored, ...options } as never), Error);
    assert(message.startsWith("Cannot make the counts: ") && message.includes(words), message);
  };
  for (const top of [0, -1, 1.5, NaN, "3"]) {
    await refused({ decision: { top } }, "a whole number or a share below 1, it is");
  }
  await refused({ decision: { top: 3 }, threshold: 0.3 }, "'threshold' is 0.3, but with decision: { top: 3 }");
  await refused({ decision: { top: 3 }, fromLogits: true }, "'fromLogits' is true, but there is no such option");
  let message = "";
  try {
    countsSql({ ...scored, decision: { top: 3 } });
  } catch (error) {
    message = (error as Error).message;
  }
  assert(message.includes("{ top: 3 }, whose threshold takes scans of its own"), message);
});

onDuckdb("two neighbours in float64 are separated only by a threshold that the texts can decide by", async (engine) => {
  const half = 0.5, below = 0.5 - 2 ** -54, above = 0.5 + 2 ** -53;
  for (
    const [low, high, isSeparable] of [[below, half, false], [half, above, true], [
      above,
      above + 2 ** -53,
      true,
    ]] as const
  ) {
    const rows = [{ y: 0, p: low, w: 1 }, { y: 1, p: high, w: 1 }, { y: 0, p: 0.25, w: 1 }, { y: 1, p: 0.75, w: 1 }];
    await makeScored(engine, rows);
    for (const score of ["f1", "precision", "accuracy"] as const) {
      const { threshold, value } = await tuneThresholdOn(engine.query, { ...scored, score });
      const { slices: [{ meter }] } = await countsOn(engine.query, { ...scored, threshold: threshold as number });
      assertEquals(meter.value(score), value, `${score} between ${low} and ${high}`);
      if (score !== "precision") assertEquals(value === 1, isSeparable, `${score} between ${low} and ${high}`);
    }
  }
  await makeScored(engine, [{ y: 1, p: 1, w: 1 }, { y: 0, p: 1 - 2 ** -53, w: 1 }]);
  await assertRejects(
    () => countsOn(engine.query, { ...scored, decision: { top: 1 } }),
    RangeError,
    "no threshold inside (0, 1) decides as { top: 1 } does",
  );
});
