// The measurements: contenders do the same work; medians, growth, memory and bars are right.
import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { alternate, quantile, type Timed } from "../../bench/alternate.ts";
import { bars } from "../../bench/bars.ts";
import { contendersOf, disposeInputs } from "../../bench/contenders.ts";
import { divisions } from "../../bench/divisions.ts";
import { growth } from "../../bench/growth.ts";
import { whyMissed } from "../../bench/missed.ts";
import { peakBytes } from "../../bench/peak_bytes.ts";
import { Peers } from "../../bench/peers.ts";
import { type BenchRecord, readAccuracy, readRecord, type Work, works } from "../../bench/record_format.ts";
import { sourcesHash } from "../../bench/sources.ts";
import { recordText } from "../../bench/table.ts";
import { counted, onBackends } from "../helpers.ts";
import { slow } from "../slow.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

onBackends("every contender does the same work, and leaves nothing", () => {
  const { made } = counted(() => {
    for (const work of Object.keys(works) as Work[]) {
      const own = contendersOf(work, 1000);
      const found = own.map(({ run }) => {
        const { value, grad } = run(), numbers = { value: value.dataSync()[0], gradient: grad.dataSync() };
        tf.dispose([value, grad]);
        return numbers;
      });
      const [{ value, gradient }] = found, largest = Math.max(...gradient.map(Math.abs));
      assert(value > 0.1 && value < 1 && largest > 0, `${work}: there is something to measure`);
      found.forEach((one, i) => {
        assertAlmostEquals(one.value, value, 1e-5, own[i].name);
        one.gradient.forEach((g, j) => assertAlmostEquals(g, gradient[j], 1e-4 * largest, own[i].name));
      });
      disposeInputs(own[0].inputs);
    }
  });
  assertEquals(made, 0);
});

onBackends("data that two tensors share count once at the peak", () => {
  const x = tf.zeros([1000]);
  x.dataSync();
  const shared = tf.getBackend() === "cpu" ? 0 : 4000; // a clone is a copy on wasm
  assertEquals(peakBytes(() => tf.dispose([tf.clone(x), tf.reshape(x, [10, 100])])), shared);
  assertEquals(peakBytes(() => tf.tidy(() => void tf.square(tf.square(x)))), 8000);
  x.dispose();
});

Deno.test("contenders take turns, a failure is reported, slow ones have fewer turns", async () => {
  const turns: string[] = [];
  const timed = (name: string, ms: number): Timed => ({
    name,
    time: (_, samples) => {
      turns.push(name);
      return Promise.resolve(Array<number>(samples).fill(ms));
    },
  });
  const broken: Timed = { name: "broken", time: () => Promise.reject(new Error("no memory\nat a place")) };
  const pace = { rounds: 4, turn: 20, most: 1000 };
  const [slow, why, quick] = await alternate([timed("slow", 400), broken, timed("quick", 5)], pace);
  assertEquals(slow, { ms: 400, from: 400, to: 400, samples: 3 });
  assertEquals(why, "no memory");
  assertEquals(quick, { ms: 5, from: 5, to: 5, samples: 16 });
  assertEquals(turns.slice(-7), ["slow", "quick", "slow", "quick", "slow", "quick", "quick"]);
});

Deno.test("quantiles and growth", () => {
  assertEquals([0, 0.25, 0.5, 1].map((q) => quantile([40, 10, 30, 20], q)), [10, 17.5, 25, 40]);
  const exact = growth([10, 100, 1000, 1e4].map((n) => [n, 3 * n ** 1.25]));
  for (const bound of [exact.alpha, exact.low, exact.high]) assertAlmostEquals(bound, 1.25, 1e-12);
  // By hand: logs 0, 1, 2 and 0, 1, 3 of base e; slope 1.5, rest 1/6, error √(1/6/1/2), t 12.706.
  const { alpha, high } = growth([[1, 1], [Math.E, Math.E], [Math.E ** 2, Math.E ** 3]]);
  assertAlmostEquals(alpha, 1.5, 1e-12);
  assertAlmostEquals(high - alpha, 12.706 * Math.sqrt(1 / 12), 1e-9);
  assertThrows(() => growth([[1, 1], [2, 2]]), RangeError, "3 to 12 points");
});

Deno.test("bars are met, missed or not measured, as the numbers say; none is left out", async () => {
  const record = { ...await readRecord(), losses: [], growth: [], memory: [], epochs: [] } as BenchRecord;
  const none = bars(record);
  assert(none.length > 30 && none.every(({ measured, met }) => measured === "not measured" && !met));
  assertEquals(new Set(none.map(({ what }) => what)).size, none.length);
  const timing = (contender: string, ms: number) => (
    { work: "binary" as const, rows: 1e6, columns: 1, contender, ms, from: ms, to: ms, samples: 1 }
  );
  record.losses = [timing("fused, wasm", 1), timing("composed, wasm", 41), timing("JAX, jit", 1.25)];
  const fit = { contender: "fused, cpu", from: 1e6, alpha: 1.04, low: 1, high: 1.1, points: [] };
  record.growth = [{ ...fit, to: 1e8 }, { ...fit, contender: "fused, wasm", to: 1e7 }]; // the second not far enough
  const some = bars(record);
  assertEquals(some.map(({ what }) => what), none.map(({ what }) => what));
  assertEquals(some.filter(({ measured }) => measured !== "not measured"), [
    { what: "1e6 rows: composed, wasm / fused, wasm", asked: "≥ 40 ×", measured: "41 ×", times: 40 / 41, met: true },
    { what: "1e6 rows: fused, wasm / JAX, jit", asked: "≤ 0.70 ×", measured: "0.80 ×", times: 0.8 / 0.7, met: false },
    {
      what: "growth α from 1e6 to 1e8 rows: fused, cpu",
      asked: "≤ 1.05",
      measured: "1.04",
      times: 1.04 / 1.05,
      met: true,
    },
  ]);
});

Deno.test("of every bar it is said what stands in its way", async () => {
  const record = await readRecord();
  for (const bar of bars(record)) {
    const why = whyMissed(bar, record);
    assert(why.length > 60 && /[.]$/.test(why) && !/NaN|undefined|Infinity/.test(why), `${bar.what}: ${why}`);
  }
  assertThrows(() => whyMissed({ ...bars(record)[0], what: "the weather" }, record), RangeError, "the weather");
});

Deno.test("a record depends on every source of the kernels and of the measurement", async () => {
  const hash = await sourcesHash();
  assertEquals(hash, await sourcesHash());
  assertMatch(hash, /^[0-9a-f]{64}$/);
  using temporary = new TemporaryFolder();
  const { folder: copy } = temporary, folder = new URL(`file://${copy}/`);
  const path = (name: string) => new URL(name, folder);
  for (const name of ["lib/kernels", "lib/losses", "bench"]) await Deno.mkdir(path(name), { recursive: true });
  const files = [
    "lib/kernels/simd.as",
    "lib/loss_and_gradient.ts",
    "lib/losses/metric_loss.ts",
    "bench/peers.py",
    "bench/requirements.txt",
  ];
  for (const name of files) await Deno.writeTextFile(path(name), "1");
  const before = await sourcesHash(folder);
  await Deno.writeTextFile(path("bench/record.json"), "{}");
  assertEquals(await sourcesHash(folder), before, "a record does not depend on itself");
  for (const name of files) {
    await Deno.writeTextFile(path(name), "2");
    assertNotEquals(await sourcesHash(folder), before, name);
    await Deno.writeTextFile(path(name), "1");
  }
});

Deno.test("the committed records are complete", async () => {
  const record = await readRecord(), accuracy = await readAccuracy();
  assertMatch(record.sources, /^[0-9a-f]{64}$/);
  assertEquals(record.missing, []);
  assertEquals(record.divisions.map(({ rows }) => rows), [1e4, 1e5, 1e6, 1e7]);
  assertEquals(record.copies.map(({ bytes }) => bytes), [8e4, 8e5, 8e6, 8e7]);
  assert(record.growth.some(({ to }) => to === 1e8));
  assertEquals(bars(record).filter(({ measured }) => measured === "not measured"), []);
  for (const rows of [1e6, 1e7, 1e8]) {
    const own = accuracy.results.filter((one) => one.rows === rows);
    assertEquals(own.length, 4, `${rows} rows`);
    for (const { loss, rounding, gradient } of own) assert(loss <= 5e-8 + rounding && gradient <= 3e-6);
  }
});

slow.test("divisions: one quotient of 1 and 1.5 per row, in whole blocks of 1024", async () => {
  for (const [rows, divided] of [[1, 1024], [1024, 1024], [1e4, 10_240]]) {
    const divide = await divisions(rows);
    for (let call = 0; call < 2; call++) assertAlmostEquals(divide() / (divided / 1.5), 1, 1e-4, `${rows} rows`);
  }
});

Deno.test("the table has everything of the committed record", async () => {
  const record = await readRecord(), text = recordText(record);
  for (const { contender } of [...record.losses, ...record.epochs, ...record.memory]) {
    assertStringIncludes(text, contender);
  }
  for (const { columns, words } of Object.values(works)) {
    assert(record.losses.some((one) => one.columns === columns));
    assertStringIncludes(text, words);
  }
  assertStringIncludes(text, record.machine.cpu);
});

Deno.test("another library that cannot start is an error", async () => {
  await assertRejects(() => Peers.start(Deno.execPath()), Error, "peers.py ended; run it by itself to see why");
});
