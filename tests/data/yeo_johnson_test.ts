// Yeo and Johnson's power: against scikit-learn 1.9.1's PowerTransformer, and what `prepare` makes of it.
import { assert, assertEquals, assertThrows } from "@std/assert";
import pl from "nodejs-polars";
import { type HeavyTails, prepare, readTable, type TableDataset } from "@roundabout/roundabout/data";
import { prepareColumns } from "../../lib/data/prepare_columns.ts";
import { presentValues } from "../../lib/data/standardize.ts";
import { fitYeoJohnson, hasHeavyTails, yeoJohnson } from "../../lib/data/yeo_johnson.ts";
import { assertAllWithin, assertWithin } from "../helpers.ts";

const rows = 40, column = (of: (i: number) => number) => Float64Array.from({ length: rows }, (_, i) => of(i));

/** Columns, and from scikit-learn their λ and three of their values after the power and scaling. */
const recorded = {
  "a long right tail": {
    x: column((i) => Math.exp(i / 2)),
    lambda: -0.00398647891354196,
    scaled: [-1.6173478359580706, 0.04641466904735952, 1.6822091393535452],
  },
  "a long left tail": {
    x: column((i) => -Math.exp(i / 2)),
    lambda: 2.0039864789156088,
    scaled: [1.6173478359676068, -0.046414669053237316, -1.6822091393427896],
  },
  "tails on both sides": {
    x: column((i) => (i - 15) ** 9 / 1e8),
    lambda: 0.6841199982771581,
    scaled: [-3.9740747600703337, -0.13194408967307394, 2.9635569718390835],
  },
};

const all = Array.from({ length: rows }, (_, i) => i),
  split = { train: all.slice(0, 36), validation: [36, 37], test: [38, 39] };
const tableOf = (columns: Record<string, ArrayLike<number | null>>): Promise<TableDataset> => {
  const lists = Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, Array.from(values)]));
  return readTable(pl.DataFrame({ ...lists, y: all.map((i) => i % 2) }), { label: "y" });
};

for (const [name, { x, lambda, scaled }] of Object.entries(recorded)) {
  Deno.test(`yeoJohnson: ${name} has scikit-learn's λ and values`, () => {
    assertWithin(fitYeoJohnson(x), lambda, 2e-5);
    const y = x.map((v) => yeoJohnson(v, fitYeoJohnson(x))), mean = y.reduce((a, b) => a + b) / rows;
    const deviation = Math.sqrt(y.reduce((sum, v) => sum + (v - mean) ** 2, 0) / rows);
    assertAllWithin([0, 20, 39].map((i) => (y[i] - mean) / deviation), scaled, 1e-4);
  });
}

Deno.test("yeoJohnson: its formula, at λ = 0 and λ = 2 a logarithm", () => {
  for (const [x, lambda, value] of [[3, 0.5, 2], [3, 1, 3], [-3, 1, -3], [-3, 1.5, -2], [0, 7, 0]]) {
    assertWithin(yeoJohnson(x, lambda), value, 1e-15);
  }
  for (const near of [0, 1e-9, -1e-9]) {
    assertWithin(yeoJohnson(5, near), Math.log(6), 1e-7);
    assertWithin(yeoJohnson(-5, 2 + near), -Math.log(6), 1e-7);
  }
});

Deno.test("hasHeavyTails: an excess kurtosis above 10, of more than two values; missing values do not count", () => {
  const heavy = recorded["a long right tail"].x, gaps = heavy.map((v, i) => i === 7 ? NaN : v);
  assert(hasHeavyTails(heavy));
  assert(!hasHeavyTails(column((i) => Math.exp(i / 4)))); // 5.7
  assert(!hasHeavyTails(column((i) => i === 3 ? 1 : 0))); // two values, 35.0
  assert(hasHeavyTails(column((i) => i === 3 ? 100 : i === 4 ? 1 : 0)));
  assert(!hasHeavyTails(column(() => 4)));
  assert(!hasHeavyTails(new Float64Array(0)));
  assertEquals(presentValues(gaps, [9, 7, 8]), Float64Array.of(heavy[9], heavy[8]));
  assert(hasHeavyTails(presentValues(gaps, all)));
});

Deno.test("prepare: heavyTails changes the columns with heavy tails among the training rows, and lists their λ", async () => {
  const heavy = recorded["a long right tail"].x, gaps = Array.from(heavy, (v, i) => i % 9 === 4 ? null : v);
  const table = await tableOf({ heavy: gaps, light: all.map((i) => i % 7) });
  const by = (heavyTails?: HeavyTails) => prepareColumns(table.columns, table.yTrue, split, { heavyTails });
  const kept = by(),
    power = by("yeoJohnson"),
    columnOf = (x: Float64Array, j: number) => x.filter((_, i) => i % 2 === j);
  assertEquals([kept, kept.powers], [by("keep"), {}]);
  assertEquals(Object.keys(power.powers), ["heavy"]);
  assertWithin(power.powers.heavy, fitYeoJohnson(Float64Array.from(split.train.flatMap((i) => gaps[i] ?? []))), 0);
  assertEquals(power.imputed, kept.imputed); // the median before the power
  for (const part of ["train", "validation", "test"] as const) {
    assertEquals(columnOf(power[part].x, 1), columnOf(kept[part].x, 1));
  }
  const fitted = columnOf(power.train.x, 0), { median } = power.imputed.heavy;
  assertWithin(fitted.reduce((sum, v) => sum + v, 0), 0, 1e-12);
  assertWithin(fitted.reduce((sum, v) => sum + v * v, 0) / 36, 1, 1e-12);
  const j = power.features.indexOf("heavy");
  const after = (x: number) => (yeoJohnson(x, power.powers.heavy) - power.means[j]) / power.scales[j];
  assertAllWithin(fitted, split.train.map((i) => after(gaps[i] ?? median)), 1e-12);
  // The largest training value stands for those beyond it.
  assertAllWithin(columnOf(power.test.x, 0), [after(heavy[35]), after(heavy[35])], 1e-12);
});

Deno.test("prepare: rows of the other parts change neither the choice nor λ; no heavy tails, the same bytes", async () => {
  const heavy = recorded["a long right tail"].x, calm = column((i) => i % 7);
  const of = async (x: ArrayLike<number>) => {
    const table = await tableOf({ x });
    return prepareColumns(table.columns, table.yTrue, split, { heavyTails: "yeoJohnson" });
  };
  const one = await of(heavy), two = await of(heavy.map((v, i) => i < 36 ? v : -v));
  assertEquals([one.train, one.powers], [two.train, two.powers]);
  const spiked = await tableOf({ x: calm.map((v, i) => i < 36 ? v : 1e9) });
  const untouched = prepareColumns(spiked.columns, spiked.yTrue, split, { heavyTails: "yeoJohnson" });
  assertEquals(untouched, prepareColumns(spiked.columns, spiked.yTrue, split));
});

Deno.test("prepare: an unknown treatment of heavy tails is refused by name", async () => {
  const table = await tableOf({ x: recorded["a long right tail"].x });
  const wrong = { heavyTails: "log" as HeavyTails };
  assertThrows(
    () => prepare(table, split, wrong),
    RangeError,
    `Cannot prepare data: 'heavyTails' must be 'yeoJohnson' or 'keep', it is 'log'`,
  );
});
