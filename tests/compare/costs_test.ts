// compareLosses by costs: the decision rules against empulse's savings, what is compared and said, what is refused.
import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseArgs } from "node:util";
import pl from "nodejs-polars";
import { compareLosses, type CompareLossesOptions, type LossComparison } from "@roundabout/roundabout/compare";
import { comparisonDisplay } from "@roundabout/roundabout/display";
import { savings } from "@roundabout/roundabout/costs";
import { costCandidates } from "../../lib/compare/candidates.ts";
import {
  cheaperDecisions,
  checkSavings,
  type CostsByRow,
  leastExpectedCost,
  softDecisions,
} from "../../lib/compare/costs.ts";
import { costRules } from "../../lib/compare/decision_rules.ts";
import { type Parts, partsOf, runSplit, splitRows } from "../../lib/compare/run_split.ts";
import { readTable } from "../../lib/data/read_table.ts";
import { seededRandom } from "../../lib/numerics/random.ts";
import type { TaskArgs } from "../../tasks/cli.ts";
import { compareSpec, runCompare } from "../../tasks/compare.ts";
import { assertWithin, reference } from "../helpers.ts";
import { slow } from "../slow.ts";
import { Fixtures } from "../tasks/fixtures.ts";

type Outcome = "tp" | "fp" | "fn" | "tn";
interface Case {
  readonly costs: Record<Outcome, number | number[]>;
  readonly matrix: number[][];
  readonly y: number[];
  readonly p: number[] | number[][];
  readonly savings: Record<"0.5" | "argmax" | "least cost", number>;
  readonly decisions: number[];
}
const cases = reference<Case>("costs.json");

/** The costs of a recorded case. */
function costsOf({ costs, matrix }: Case): CostsByRow {
  if (costs === undefined) return { of: (_, label, decision) => matrix[label][decision] };
  const at = (key: Outcome, row: number) => {
    const cost = costs[key];
    return typeof cost === "number" ? cost : cost[row];
  };
  return { of: (row, label, decision) => at(label === 1 ? decision ? "tp" : "fn" : decision ? "fp" : "tn", row) };
}

Deno.test("costRules: empulse's savings at 0.5 and at the row's own threshold; the least expected cost of a matrix", () => {
  for (const one of cases) {
    const rows = { y: Float64Array.from(one.y), costs: costsOf(one) }, { p } = one;
    if (one.matrix === undefined) {
      const logits = Float64Array.from(p as number[], (v) => Math.log(v / (1 - v))), rules = costRules(1);
      assertEquals(Object.keys(rules), ["least cost", "tuned", "0.5"]);
      for (const rule of ["0.5", "least cost"] as const) {
        assertWithin(rules[rule]!(rows, logits)(rows, logits).value, one.savings[rule], 1e-12, rule);
      }
      const best = Math.max(...[0, ...p as number[]].map((cut) => {
        const others = { of: (row: number, label: number, k: number) => rows.costs.of(row, label, k) };
        const shifted = logits.map((_, i) => (p as number[])[i] > cut ? 1 : -1);
        return rules["0.5"]!({ y: rows.y, costs: others }, shifted)({ y: rows.y, costs: others }, shifted).value;
      }));
      assertWithin(rules.tuned!(rows, logits)(rows, logits).value, best, 1e-12); // no threshold is better
    } else {
      const outputs = one.matrix.length, logits = Float64Array.from((p as number[][]).flat(), Math.log);
      const rules = costRules(outputs);
      assertEquals(Object.keys(rules), ["least cost", "argmax"]);
      for (const rule of ["argmax", "least cost"] as const) {
        assertWithin(rules[rule]!(rows, logits)(rows, logits).value, one.savings[rule], 1e-12, rule);
      }
      const decided = (p as number[][]).map((own, row) => leastExpectedCost(rows.costs, row, (k) => own[k], outputs));
      assertEquals(decided, one.decisions);
    }
  }
});

Deno.test("cheaperDecisions, softDecisions: labels whose weighted mistakes are the costs beyond the cheapest decision's", () => {
  const y = Float64Array.of(1, 0, 1, 0), fn = [5, 5, 1, 5]; // row 2: a hit costs more than a miss
  const costs: CostsByRow = { of: (row, label, k) => label === 1 ? k ? 2 : fn[row] : k ? 3 : 0 };
  const { yTrue, sampleWeight } = cheaperDecisions({ y, costs });
  assertEquals([[...yTrue as Float64Array], [...sampleWeight as Float64Array]], [[1, 0, 0, 0], [3, 3, 1, 3]]);
  const matrix = [[0, 2, 4], [1, 1, 1], [4, 0, 2]];
  const soft = softDecisions({ y: Float64Array.of(0, 1, 2), costs: { of: (_, j, k) => matrix[j][k] } }, 3);
  assertEquals([...soft.yTrue as Float64Array], [1, 0.5, 0, 1, 1, 1, 0, 1, 0.5]);
  const same = softDecisions({ y: Float64Array.of(0, 1), costs: { of: (_, j) => j } }, 2); // no decision is the cheaper one
  assertEquals([...same.yTrue as Float64Array], [1, 1, 1, 1]);
  assertEquals(leastExpectedCost({ of: (_, j, k) => Number(j !== k) }, 0, () => 0.5, 2), 0, "of equal costs the first");
});

/** Rows with two features, their sizes and costs; the sizes do not tell the label. */
function frameOf(rows: number, more: Record<string, unknown[]> = {}) {
  const random = seededRandom(2), y = Array.from({ length: rows }, () => Number(random.uniform() < 0.35));
  const size = y.map(() => Math.exp(1.2 * random.normal()));
  return pl.DataFrame({
    a: y.map((label) => label + random.normal()),
    size: size.map(Math.log),
    loss: size.map((v) => 5 * v),
    y,
    ...more,
  });
}
const byCosts: CompareLossesOptions = { label: "y", costs: { fp: 2, fn: "loss" }, repeats: 3 };

slow.test("compareLosses: by costs per row the row's own threshold saves more than 0.5, and the column of costs is not a feature", async () => {
  const comparison: LossComparison = await compareLosses(frameOf(300), byCosts),
    { losses, differences, data } = comparison;
  const linear = losses.filter(({ model }) => model === "linear");
  assertEquals(linear.map(({ loss, threshold }) => `${loss}: ${threshold}`), [
    "cross-entropy: least cost",
    "cross-entropy: tuned",
    "cross-entropy: 0.5",
    ...["cross-entropy, cost weights", "cost loss, softsign", "cost loss, softsign, warm start", "cost loss, identity"]
      .flatMap((loss) => [`${loss}: least cost`, `${loss}: 0.5`]),
  ]);
  const mean = (loss: string, threshold: string) =>
    linear.find((one) => one.loss === loss && one.threshold === threshold)!.mean;
  assert(mean("cross-entropy", "least cost") > mean("cross-entropy", "0.5") + 0.05);
  assert(mean("cost loss, softsign", "0.5") > mean("cross-entropy", "0.5") + 0.05);
  assertEquals([comparison.score, differences.length, new Set(differences.map(({ against }) => against)).size], [
    "savings",
    20,
    1,
  ]);
  assertEquals(data.features.find(({ name }) => name === "loss")!.used, false);
  assertEquals(data.warnings.map(({ code, column }) => [code, column]), [["beside-column", "loss"]]);
  const json = JSON.parse(JSON.stringify(comparison)), text = String(comparison);
  assertEquals([json.score, json.costs], ["savings", { fp: 2, fn: "loss" }]);
  for (
    const words of ["the row's own threshold, (fp − tn)/((fp − tn) + (fn − tp))", "savings: 1 − cost", "least cost"]
  ) {
    assertStringIncludes(text, words);
  }
  assertMatch(comparison.recommendation, /^(Use|Inconclusive|No difference)[^.]+decided by the least expected cost/);
  const shown = comparisonDisplay(comparison).text;
  for (
    const words of ["Against cross-entropy with decisions of the least expected cost", "the row's own threshold, (fp"]
  ) {
    assertStringIncludes(shown, words);
  }
  const kept = await compareLosses(frameOf(300), { ...byCosts, keep: ["loss"] });
  assertEquals(kept.data.features.find(({ name }) => name === "loss")!.used, true);
});

Deno.test("runSplit: by costs too, test rows choose no threshold and no checkpoint; costs of the test rows move the score alone", async () => {
  const table = await readTable(frameOf(150), { label: "y", beside: ["loss"] }), { loss } = table.beside;
  const ofFn = (fn: ArrayLike<number>): CostsByRow => ({ of: (row, label, k) => label === k ? 0 : k ? 2 : fn[row] });
  const split = splitRows(table, 1), parts = partsOf(table, split, ofFn(loss));
  const others: Parts = partsOf(table, split, ofFn(loss.map((v, row) => split.test.includes(row) ? 40 - v : v)));
  const flipped: Parts = { ...parts, test: { ...parts.test, y: parts.test.y.map((v) => 1 - v) } };
  const chosen = ({ outcomes, weights }: ReturnType<typeof runSplit>) => ({
    weights,
    rules: Object.entries(outcomes).map((
      [rule, { threshold, chosen, thresholds }],
    ) => [rule, threshold, chosen, thresholds]),
  });
  for (const candidate of costCandidates(2)) {
    const run = (of: Parts) => runSplit(candidate, of, { model: "linear", classes: 2, score: savings(), seed: 1 });
    for (const other of [others, flipped]) {
      assertEquals(chosen(run(other)), chosen(run(parts)), candidate.loss);
      assertNotEquals(run(other).outcomes, run(parts).outcomes);
    }
  }
});

Deno.test("runSplit: the thresholds of drawn rows are those of the drawn rows' costs", async () => {
  const random = seededRandom(3), a = Array.from({ length: 200 }, () => 2 * random.uniform() - 1);
  const table = await readTable(pl.DataFrame({ a, y: a.map((v) => Number(v + random.normal() > 0)) }), { label: "y" });
  const costs: CostsByRow = { of: (row, _, k) => Number(k !== Number(a[row] > 0)) }; // by the feature, not by the label
  const parts = partsOf(table, splitRows(table, 1), costs), settings = { classes: 2, score: savings(), seed: 1 };
  const { tuned } = runSplit(costCandidates(2)[0], parts, { model: "linear", ...settings }).outcomes;
  const { thresholds, threshold, value } = tuned!;
  assert(value > 0.9, `${value}`);
  for (const one of thresholds) assertWithin(one, threshold!, 0.05); // one cut is right whatever is drawn
});

slow.test("compareLosses: of several classes a cost matrix decides by the least expected cost", async () => {
  const random = seededRandom(4), kinds = ["ash", "elm", "oak"], of = Array.from({ length: 240 }, (_, i) => i % 3);
  const frame = pl.DataFrame({ a: of.map((k) => k + random.normal()), kind: of.map((k) => kinds[k]) });
  const matrix = {
    ash: { ash: 0, elm: 1, oak: 1 },
    elm: { ash: 1, elm: 0, oak: 1 },
    oak: { ash: 20, elm: 20, oak: 0 },
  };
  const { losses, recommendation } = await compareLosses(frame, { label: "kind", costs: { matrix }, repeats: 3 });
  const [least, largest] = losses;
  assertEquals([least.threshold, largest.threshold, losses.length], ["least cost", "argmax", 12]);
  assert(least.mean > largest.mean + 0.1, `${least.mean}, ${largest.mean}`); // an oak that is missed is dear
  assert(
    losses.find(({ loss, threshold }) => loss === "cost loss, argmax" && threshold === "argmax")!.mean > largest.mean,
  );
  assertStringIncludes(recommendation, "decided by the least expected cost");
});

Deno.test("checkSavings: a wrong decision that costs less than the right one is a warning with the first row", async () => {
  const table = await readTable(frameOf(60), { label: "y" }), hits = table.yTrue.reduce((a, b) => a + b, 0);
  const costs: CostsByRow = { of: (_, label, k) => label === 1 ? k ? 3 : 2 : k };
  assertEquals(checkSavings(costs, table), [{
    code: "costs",
    message: `a wrong decision costs less than the right one in ${hits} of 60 rows, first in row ${
      table.yTrue.indexOf(1) + 1
    }`,
  }]);
  assertEquals(checkSavings({ of: (_, label, k) => Number(label !== k) }, table), []);
});

Deno.test("compareLosses: costs that cannot be are refused, with the column and the row", async () => {
  const rows = 60, frame = (more: Record<string, unknown[]> = {}) => frameOf(rows, more);
  const filled = (value: unknown, row: number, bad: unknown) =>
    Array.from({ length: rows }, (_, i) => i === row ? bad : value);
  const refused: [Record<string, unknown[]>, Partial<CompareLossesOptions>, string][] = [
    [{}, { costs: { fn: "none" } }, "there is no column 'none', only a, size, loss, y"],
    [{}, { costs: { fn: "y" } }, "'beside' contains the label 'y'"],
    [
      { c: filled("1", 7, "x") },
      { costs: { fn: "c" } },
      "the column 'c' must hold numbers within ±1e30 in every row, row 8 holds 'x'",
    ],
    [{ c: filled(1, 2, 2e30) }, { costs: { fp: "c" } }, "within ±1e30 in every row, row 3 holds 2e+30"],
    [
      { c: filled(1, 3, null) },
      { costs: { fp: "c" } },
      "the column 'c' must hold numbers within ±1e30 in every row, row 4 holds none",
    ],
    [{}, { costs: { fn: NaN } }, "'costs.fn' must be a finite number or the name of a column, it is NaN"],
    [{}, { costs: { cost: 1 } as object }, "'costs' must name tp, fp, fn, tn or a matrix, not 'cost'"],
    [{}, { costs: { fn: 1 }, score: "f1" }, "'score' cannot be used with 'costs', where the score is the savings"],
    [{}, { costs: { fn: 1, tp: -9 } }, "the cheapest constant decision, which is -"],
    [
      { k: filled("a", 0, "a").map((v, i) => i % 3 === 0 ? v : "bc"[i % 2]) },
      { label: "k", costs: { fn: 5 } },
      "'k' has 3; set one",
    ],
    [{}, { costs: { matrix: { 0: { 0: 0, 1: 1 } } } }, "a row of costs for each class of 'y' (0, 1), it has 0"],
    [
      {},
      { costs: { matrix: { 0: { 0: 0, 1: 1 }, 1: { 0: 1 } } } as object },
      "must have the cost of deciding '1' where '1' is true, it is undefined",
    ],
    [
      {},
      { costs: { matrix: { 0: { 0: 0, 1: 1 }, 1: { 0: 1, 1: 0, 2: 5 } } } },
      "the cost of deciding '2' where '1' is true, 'y' has no such class",
    ],
    [{}, { costs: { matrix: { 0: 1 } } as object }, "'matrix' must have an object of costs for each class"],
    [{}, { costs: { matrix: { 0: {} }, fp: 2 } as object }, "'matrix' cannot be used with 'fp'"],
  ];
  for (const [more, options, sentence] of refused) {
    await assertRejects(() => compareLosses(frame(more), { label: "y", ...options }), Error, sentence);
  }
});

Deno.test("compare: the command's costs are numbers or columns, or a table; what cannot be used together is said", async () => {
  using fixtures = new Fixtures();
  const lines = Array.from(
    { length: 40 },
    (_, i) => `${(i * 7) % 11},${i % 5},${i % 3 ? i : "x"},${"MB"[Number(i % 4 > 0)]}`,
  );
  fixtures.file("d.csv", `a,c,d,kind\n${lines.join("\n")}\n`);
  fixtures.file("m.csv", ",B,M\nB,0,1\nM,x,0\n");
  fixtures.file("n.csv", ",B,Q\n B ,0,1\nQ,3,0\n");
  fixtures.file("t.csv", ",B,M\nB,0,1\nM,3,0\nB,0,2\n");
  const refused: [string[], string][] = [
    [["--cost-fp", "c", "--score", "f1"], "--score cannot be used with costs, where the score is the savings"],
    [["--cost-fn", "c", "--beta", "2"], "--beta cannot be used with costs"],
    [["--cost-fn", "c", "--cost-matrix", "m.csv"], "--cost-matrix cannot be used with --cost-fn"],
    [["--cost-matrix", "no.csv"], "There is no file 'no.csv'"],
    [["--cost-matrix", "m.csv"], "--cost-matrix m.csv: line 3, column 'B' holds 'x', which is not a number"],
    [["--cost-matrix", "t.csv"], "--cost-matrix t.csv: line 4 has the class 'B' a second time"],
    [["--cost-matrix", "n.csv", "--drop", "d"], "for each class of 'kind' (B, M), it has B, Q"],
    [["--cost-fn", "d"], "the column 'd' must hold numbers within ±1e30 in every row, row 1 (line 2) holds 'x'"],
    [["--cost-fn", "amount"], "there is no column 'amount', only a, c, d, kind"],
    [["--cost-fn", "1", "--protocol", "anyloss"], "--cost-fn cannot be used with --protocol anyloss"],
  ];
  const silent = { line() {}, status() {}, progress() {}, wrote() {} };
  Deno.env.set("INIT_CWD", fixtures.folder);
  try {
    for (const [own, sentence] of refused) {
      const args = ["d.csv", "--label", "kind", ...own];
      const parsed = parseArgs({ args, options: compareSpec.options, allowPositionals: true });
      await assertRejects(() => runCompare(parsed as TaskArgs, silent), Error, sentence);
    }
  } finally {
    Deno.env.delete("INIT_CWD");
  }
});
