// Comparison by a score of the curve: its rivals, its one decision rule, several classes, the command's options.
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { parseArgs } from "node:util";
import pl from "nodejs-polars";
import { compareLosses, type TableFrame } from "@roundabout/roundabout/compare";
import { averagePrecision, rankingMetric, recallAtFpr, rocAuc } from "@roundabout/roundabout/curves";
import { seededRandom, syntheticBinary } from "@roundabout/roundabout/data";
import { comparisonDisplay } from "@roundabout/roundabout/display";
import { candidatesFor } from "../../lib/compare/candidates.ts";
import { decisionRules } from "../../lib/compare/decision_rules.ts";
import { fitLinear } from "../../lib/compare/fit_linear.ts";
import { forward, initialWeights } from "../../lib/network/mlp.ts";
import { labelsOf } from "../../lib/network/objectives.ts";
import { softmax } from "../../lib/numerics/softmax.ts";
import { type TaskArgs, UsageError } from "../../tasks/cli.ts";
import { compareSpec, runCompare } from "../../tasks/compare.ts";
import { Fixtures } from "../tasks/fixtures.ts";
import { assertWithin } from "../helpers.ts";
import { slow } from "../slow.ts";

const labels = (n: number, classes: number) => Float64Array.from({ length: n }, (_, i) => (7 * i + i % 3) % classes);

function numbers(n: number, seed: number): Float64Array {
  const random = seededRandom(seed);
  return Float64Array.from({ length: n }, () => 2 * random.normal());
}

Deno.test("decisionRules: a score of the curve has one rule, the order; of several classes the mean against the rest", () => {
  const y = labels(40, 2), z = numbers(40, 1), rules = decisionRules(averagePrecision, 1);
  assertEquals(Object.keys(rules), ["none"]);
  const { value, threshold, undefinedScores } = rules.none!({ y }, z)({ y }, z);
  assertEquals([threshold, undefinedScores], [undefined, 0]);
  assertWithin(value, rankingMetric(y, z, { score: "averagePrecision" }), 1e-15);
  assertEquals(rules.none!({ y }, z)({ y: new Float64Array(40) }, z), { value: 0, undefinedScores: 1 });
  const three = labels(40, 3), logits = numbers(120, 2), p = softmax(logits, 3);
  const rows = Array.from(three, (_, i) => [...p.slice(3 * i, 3 * i + 3)]);
  const macro = rankingMetric([...three], rows, { score: "rocAuc", average: "macro" });
  assertWithin(decisionRules(rocAuc, 3).none!({ y: three }, logits)({ y: three }, logits).value, macro, 1e-15);
});

Deno.test("candidatesFor: the gradient of every rival is that of its value, of two classes and of three", () => {
  for (const classes of [2, 3]) {
    const outputs = classes === 2 ? 1 : 3, y = labels(12, classes), logits = numbers(12 * outputs, 3);
    const rows = labelsOf(y, outputs), shares = Array(classes).fill(1 / classes), h = 1e-6;
    const rivals = candidatesFor(averagePrecision, classes);
    assertEquals(rivals.map(({ loss }) => loss).filter((loss) => !loss.startsWith("cross-entropy")), [
      "focal loss",
      "averagePrecision loss",
      "averagePrecision loss, warm start",
      "pairs loss, squared hinge",
      "AUM loss",
    ]);
    assertEquals(rivals.some(({ loss }) => loss.endsWith("adjustment")), classes === 3, "a constant moves no order");
    for (const { loss, warm = false, ofRows, ofBatches } of rivals) {
      assertEquals(warm, loss.endsWith("warm start"), loss);
      const objective = ofRows(shares), { gradient } = objective(rows, logits);
      logits.forEach((z, i) => {
        const [up, down] = [h, -h].map((by) => objective(rows, logits.with(i, z + by)).value);
        assertWithin(gradient[i], (up - down) / (2 * h), 1e-6, `${loss} ${classes} ${i}`);
      });
      const batch = ofBatches(shares)({ batches: [rows], order: [0], logitsOf: () => logits })(rows, logits);
      logits.forEach((_, i) => assertWithin(batch[i], gradient[i], 1e-6, `${loss}, as one batch`));
    }
  }
});

Deno.test("the AUM rival survives a penalty of the weights: its outputs are standardised, so that no shrinking lowers it", () => {
  const random = seededRandom(5), rows = 200, x = new Float64Array(2 * rows), y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    y[i] = Number(random.uniform() < 0.2);
    [x[2 * i], x[2 * i + 1]] = [random.normal() + 1.5 * y[i], random.normal()];
  }
  const form = { features: 2, hidden: 0, outputs: 1 }, labels = labelsOf(y, 1);
  const rival = candidatesFor(rocAuc, 2).find(({ loss }) => loss === "AUM loss")!;
  const objective = rival.ofRows([0.8, 0.2]), logits = Float64Array.from({ length: rows }, (_, i) => x[2 * i] - 0.4);
  const { value } = objective(labels, logits);
  assertWithin(objective(labels, logits.map((z) => z / 1000)).value, value, 1e-12, "no use in shrinking");
  assertEquals(objective(labels, new Float64Array(rows)).value, 1, "equal outputs are not perfect");
  const [weakest] = fitLinear({ form, x, labels, objective }, initialWeights(form, seededRandom(1)));
  assert(rankingMetric(y, forward(form, weakest.weights, x).logits, { score: "rocAuc" }) > 0.85);
});

slow.test("compareLosses: by the average precision, without a threshold in the text", async () => {
  const { x, y } = syntheticBinary({ rows: 100, prevalence: 0.3, separation: 2, seed: 1 });
  const frame: TableFrame = pl.DataFrame({ a: x.map(([a]) => a), b: x.map(([, b]) => b), ill: Array.from(y) });
  const result = await compareLosses(frame, { label: "ill", score: "averagePrecision", repeats: 3 });
  assertEquals([result.score, result.losses.length, result.differences.length], ["averagePrecision", 14, 12]);
  assert(result.losses.every(({ threshold, values }) => threshold === "none" && values.every((v) => v > 0 && v <= 1)));
  assert(result.differences.every(({ against }) => against === "none"));
  const text = String(result);
  assertStringIncludes(text, "the order of the outputs is scored");
  assert(!/tuned|0\.5 |†/.test(result.recommendation) && !text.includes("†"), result.recommendation);
  assertStringIncludes(comparisonDisplay(result).text, "by the order");
});

slow.test("compareLosses: a score of a part of the curve on three classes; an unknown name lists those of the curve", async () => {
  const random = seededRandom(4), kind = Array.from({ length: 90 }, (_, i) => "abc"[i % 3]);
  const frame: TableFrame = pl.DataFrame({
    ...Object.fromEntries([..."abc"].map((one) => [one, kind.map((k) => 2 * Number(k === one) + random.normal())])),
    kind,
  });
  const score = recallAtFpr({ fpr: 0.2 }), result = await compareLosses(frame, { label: "kind", score, repeats: 3 });
  assertEquals(result.score, "macro recallAtFpr0.2");
  assert(result.losses.some(({ loss, mean }) => loss === "recallAtFpr0.2 loss" && mean > 0.5), String(result));
  const { message } = await assertRejects(
    () => compareLosses(frame, { label: "kind", score: "auc" as never, repeats: 3 }),
    TypeError,
  );
  assert(/rocAuc, averagePrecision, it is 'auc'$/.test(message), message);
});

Deno.test("compare: the options of the curve's scores; one without its number is bad usage", async () => {
  using fixtures = new Fixtures();
  fixtures.file("d.csv", "a,kind\n1,B\n2,M\n");
  const expected: [string[], string][] = [
    [["--score", "recallAtFpr"], "--score recallAtFpr needs --fpr"],
    [["--score", "partialRocAuc"], "--score partialRocAuc needs --max-fpr"],
    [["--score", "recallAtFpr", "--fpr", "2"], "--fpr must be a number in (0, 1], it is 2"],
    [["--score", "precisionAtK", "--k", "0"], "--k must be a number"],
    [["--score", "ndcg"], "a score of queries, which splits of rows would cut"],
    [["--score", "rocAuc", "--k", "3"], "--k cannot be used with --score rocAuc"],
  ];
  Deno.env.set("INIT_CWD", fixtures.folder);
  try {
    for (const [args, sentence] of expected) {
      const all = ["d.csv", "--label", "kind", ...args];
      const parsed = parseArgs({ args: all, options: compareSpec.options, allowPositionals: true }) as TaskArgs;
      const silent = { line() {}, status() {}, progress() {}, wrote() {} };
      const { message } = await assertRejects(() => runCompare(parsed, silent), UsageError);
      assertStringIncludes(message, sentence);
    }
  } finally {
    Deno.env.delete("INIT_CWD");
  }
});
