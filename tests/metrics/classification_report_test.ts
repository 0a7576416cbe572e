// Reports against the texts and numbers that scikit-learn gave (tests/reference/reports.py).
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import pl from "nodejs-polars";
import { classificationReport } from "../../lib/mod.ts";
import type { ClassificationReportOptions, Label, Labels } from "../../lib/core.ts";
import { fixedText, floatText } from "../../lib/metrics/number_text.ts";
import { assertRefused, assertWithin, counted, onBackends, reference } from "../helpers.ts";

interface Averages {
  precision: number | null;
  recall: number | null;
  "f1-score": number | null;
  support: number;
}
interface ReportCase {
  yTrue: Label[] | number[][];
  yPred: Label[] | number[][];
  sampleWeight: number[] | null;
  labels: Label[] | null;
  targetNames: string[] | null;
  digits: number;
  zeroDivision: 0 | 1 | "skip";
  text: string;
  records: Record<string, Averages | number>;
}

const cases = reference<ReportCase>("reports.json");

const optionsOf = ({ sampleWeight, labels, targetNames, digits, zeroDivision }: ReportCase) => ({
  sampleWeight: sampleWeight ?? undefined,
  labels: labels ?? undefined,
  targetNames: targetNames ?? undefined,
  digits,
  zeroDivision,
} satisfies ClassificationReportOptions);

Deno.test("the text is scikit-learn's, character by character", () => {
  for (const one of cases) {
    assertStrictEquals(classificationReport(one.yTrue as Labels, one.yPred as Labels, optionsOf(one)), one.text);
  }
  assertEquals(cases.length, 137);
  assert(cases.some(({ yTrue }) => Array.isArray(yTrue[0])));
  assert(cases.filter(({ text }) => text.includes("nan")).length > 10);
});

Deno.test("the records are scikit-learn's numbers", () => {
  let compared = 0;
  for (const one of cases) {
    const rows = classificationReport(one.yTrue as Labels, one.yPred as Labels, {
      ...optionsOf(one),
      output: "records",
    });
    assertEquals(new Set(rows.map((row) => row.class)), new Set(Object.keys(one.records)));
    for (const row of rows) {
      const said = one.records[row.class];
      const expected = typeof said === "number"
        ? { precision: said, recall: said, "f1-score": said, support: row.support } // "accuracy"
        : said;
      for (const [key, name] of [["precision"], ["recall"], ["f1", "f1-score"], ["support"]] as const) {
        const value = expected[(name ?? key) as keyof Averages];
        if (value === null) assert(Number.isNaN(row[key]), `${row.class} ${key} is ${row[key]}, not NaN`);
        else {
          const rounded = key === "f1" || row.class.startsWith("micro") || typeof said === "number"; // another formula
          assertWithin(row[key], value, rounded ? 2e-15 : 0, `${key} of ${row.class}`);
        }
        compared++;
      }
    }
  }
  assert(compared > 4000, `only ${compared} numbers`);
});

Deno.test("hundreds of weighted classes and of multi-label rows are averaged to scikit-learn's last digit", () => {
  // Recorded with scikit-learn 1.9.1: classification_report(y, p, sample_weight=w, output_dict=True).
  const rows = Array.from({ length: 900 }, (_, i) => i), sampleWeight = rows.map((i) => 1 / (i + 1));
  const report = classificationReport(
    rows.map((i) => i % 300),
    rows.map((i) => i % 7 < 4 ? i % 300 : i * i % 300),
    { sampleWeight, output: "records" },
  );
  const all = 0.6773282258347544, support = 7.380165880900753;
  assertEquals(report.slice(300), [
    { class: "accuracy", precision: all, recall: all, f1: all, support },
    { class: "macro avg", precision: 0.7658689744371601, recall: 0.5842444295089008, f1: 0.5849771094948043, support },
    { class: "weighted avg", precision: 0.8049324612077927, recall: all, f1: 0.6630703936175262, support },
  ]);

  const half = classificationReport(
    rows.slice(0, 512).map((i) => i % 128),
    rows.slice(0, 512).map((i) => i % 7 < 4 ? i % 128 : i * i % 128),
    { sampleWeight: sampleWeight.slice(0, 512), output: "records" },
  );
  assertEquals(half[129].recall, 0.5789725454319654, "128 classes: one block of NumPy's sums");

  const hot = (columns: number, period: number) =>
    rows.slice(0, 300).map((i) => Array.from({ length: 7 }, (_, k) => Number(i * (k + columns) % period < 2)));
  const samples = (options: ClassificationReportOptions) => {
    const rows = classificationReport(hot(2, 5), hot(3, 4), { ...options, output: "records" });
    const { precision, recall, f1, support } = rows[rows.length - 1];
    return [precision, recall, f1, support];
  };
  assertEquals(samples({}), [0.4714285714285715, 0.5952380952380952, 0.4828860028860028, 1020]);
  assertEquals(samples({ labels: [1, 3] }), [0.55, 0.6, 0.5333333333333333, 420]);
  assertEquals(
    samples({ sampleWeight: sampleWeight.slice(0, 300), labels: [1, 3] }),
    [0.5906903320760843, 0.6292144960044805, 0.5788039076724979, 9.285668719813723],
  );
});

Deno.test("labels of every kind, in every order, are the same classes", () => {
  const y = [7, -3, 1e12, 7, -3, 0], p = [7, 1e12, 1e12, -3, -3, 0];
  const expected = classificationReport(y, p);
  assertEquals(expected.split("\n").slice(2, 6).map((line) => line.trim().split(/ +/)[0]), [
    "-3",
    "0",
    "7",
    "1000000000000",
  ]);
  for (const  of of[BigInt64Array.from(y, BigInt), y.map(BigInt), Float64Array.from(y), y.map((v) => [v])]) {
    assertStrictEquals(classificationReport(of as Labels, p), expected);
    assertStrictEquals(classificationReport(y, y.map((_, i) => p[i])), expected);
  }
  const words = ["é", "a", "Z", "a"];
  assertStrictEquals(
    classificationReport(words.map((word) => [word]), new Set(["é", "a", "Z", "b"]), { output: "records" })
      .map((row) => row.class).join(),
    "Z,a,b,é,accuracy,macro avg,weighted avg",
  );
  // Another engine's tensor.
  const readable = { shape: [6], size: 6, dtype: "int32", dataSync: () => y };
  assertStrictEquals(classificationReport(readable, p), expected);
  assertEquals(classificationReport([[1n, 0n]], [[1, 1]]), classificationReport([[1, 0]], [[1, 1]]));
});

Deno.test("'accuracy' stands for 'micro avg' only if every class in the data is counted", () => {
  const mean = (labels: number[], y: number[], p: number[]) =>
    classificationReport(y, p, { labels, output: "records" })[labels.length].class;
  assertStrictEquals(mean([0, 1, 5], [0, 1], [1, 1]), "accuracy");
  assertStrictEquals(mean([0, 1], [0, 2], [1, 1]), "micro avg");
  assertStrictEquals(mean([0, 1], [0, 1], [1, 2]), "micro avg");
  const [, , own, , , accuracy] = classificationReport([0, 1], [0, 1], { targetNames: ["accuracy", "b"] }).split("\n");
  assertEquals(
    [own, accuracy].map((line) => line.trim().split(/ +/).length),
    [5, 3],
    "a class of this name has its scores",
  );
});

onBackends("tensors, arrays, typed arrays and polars series give the same report; no tensor is left", () => {
  const y = [0, 1, 2, 1, 0], p = [0, 2, 2, 1, 1], weights = [1, 2, 0.5, 1, 3];
  const expected = classificationReport(y, p, { sampleWeight: weights });
  const t = [tf.tensor1d(y, "int32"), tf.tensor2d(p, [5, 1]), tf.tensor1d(weights)] as const;
  const { made } = counted(() => {
    assertStrictEquals(classificationReport(t[0], t[1], { sampleWeight: t[2] }), expected);
    assertStrictEquals(classificationReport(t[0], p, { sampleWeight: Float32Array.from(weights) }), expected);
    const series = pl.Series("weights", weights);
    assertStrictEquals(
      classificationReport(pl.Series("y", y), pl.Series("p", p), { sampleWeight: series }),
      expected,
    );
    assertStrictEquals(
      classificationReport(Int32Array.from(y), p.values(), { sampleWeight: new Set([1, 2, 0.5, 4, 3]) }),
      classificationReport(y, p, { sampleWeight: [1, 2, 0.5, 4, 3] }),
    );
  });
  assertStrictEquals(made, 0);
  tf.dispose([...t]);
});

onBackends("outputs are decided as by the metrics", () => {
  const { made } = counted(() =>
    tf.tidy(() => {
      const binary = classificationReport(tf.tensor1d([0, 1, 1, 0]), tf.tensor1d([0.5, 0.6, 0.2, 0.9]), {
        decision: "threshold",
      });
      assertStrictEquals(binary, classificationReport([0, 1, 1, 0], [0, 1, 0, 1]));
      const budget = classificationReport([0, 1, 1, 0], [0.5, 0.6, 0.2, 0.9], { decision: { top: 2 } });
      assertStrictEquals(budget, classificationReport([0, 1, 1, 0], [0, 1, 0, 1]));

      const outputs = [[0.1, 0.8, 0.1], [0.4, 0.4, 0.2], [0.3, 0.4, 0.3]]; // a tie goes to the first
      const classes = classificationReport(tf.tensor1d([1, 0, 0], "int32"), tf.tensor2d(outputs), {
        decision: "argmax",
        sampleWeight: [1, 2, 3],
      });
      // Class 2 is named by its column, although it is not there.
      const expected = classificationReport([1, 0, 0], [1, 0, 1], { labels: [0, 1, 2], sampleWeight: [1, 2, 3] });
      assertStrictEquals(classes, expected);
      assertStrictEquals(
        classificationReport([[0, 1, 0], [1, 0, 0], [1, 0, 0]], outputs, {
          decision: "argmax",
          sampleWeight: [1, 2, 3],
        }),
        expected,
      );
      const labels = [[0, 1, 0], [1, 0, 1]], sampleWeight = [1, 3];
      assertStrictEquals(
        classificationReport(labels, [[2, 1, -9], [9, -1, 0.1]], {
          decision: "threshold",
          fromLogits: true,
          sampleWeight,
        }),
        classificationReport(labels, [[1, 1, 0], [1, 0, 1]], { sampleWeight }),
      );
    })
  );
  assertStrictEquals(made, 0);
});

Deno.test("numbers are printed as Python prints them", () => {
  const fixed: [number, number, string][] = [
    [0.125, 2, "0.12"],
    [0.375, 2, "0.38"],
    [0.5, 0, "0"],
    [1.5, 0, "2"],
    [2.5, 0, "2"],
    [1.005, 2, "1.00"], // below the tie
    [0.135, 2, "0.14"],
    [1e-320, 3, "0.000"],
    [-0.125, 2, "-0.12"],
    [NaN, 2, "nan"],
    [0.96875, 4, "0.9688"],
    [0.03125, 4, "0.0312"],
  ];
  for (const [x, digits, text] of fixed) assertStrictEquals(fixedText(x, digits), text);
  const float: [number, string][] = [
    [2, "2.0"],
    [0, "0.0"],
    [0.1 + 0.2, "0.30000000000000004"],
    [1e16, "1e+16"],
    [9007199254740993, "9007199254740992.0"],
    [1.5e-5, "1.5e-05"],
    [0.0001, "0.0001"],
    [1.25e300, "1.25e+300"],
    [NaN, "nan"],
  ];
  for (const [x, text] of float) assertStrictEquals(floatText(x), text);
  // Python counts code points.
  const targetNames = ["🐈".repeat(20), "dog"];
  const [head, , cat, dog] = classificationReport([0, 1], [0, 1], { targetNames }).split("\n");
  assertEquals([cat, dog].map((line) => [...line].length), [head.length, head.length]);
  assert(cat.startsWith(targetNames[0]));
});

Deno.test("what cannot be reported is an error that names the argument", () => {
  const report = classificationReport as (y: unknown, p: unknown, options?: unknown) => string;
  const refused = (call: () => unknown, argument: string, value: string, error: typeof RangeError = RangeError) =>
    assertRefused(call, { argument, value, error });
  const y = [0, 1, 1];
  refused(() => report(3, y), "yTrue", "3", TypeError);
  refused(() => report(y, "011"), "yPred", "'011'", TypeError);
  refused(() => report([], []), "yTrue", "[0]");
  for (const [labels, other] of [[y, [0, 1]], [[[0, 1]], [0]], [[[0, 1]], [[0, 1, 1]]]]) {
    assert(refused(() => report(labels, other), "yTrue", "'yPred' has").endsWith("]"), "no hint at outputs");
  }
  refused(() => report(y, [0.2, 0.7, 0.9]), "yPred", "row 0 is 0.2; if these are outputs, say decision");
  refused(() => report(y, [[0.2, 0.8], [1, 0], [1, 0]]), "yTrue", "decision: 'argmax'");
  refused(() => report([0, null, 1], y), "yTrue", "row 1 is null");
  refused(() => report([0, NaN, 1], y), "yTrue", "row 1 is NaN");
  refused(() => report(["a", 1], ["a", "b"]), "yTrue", "row 1 is 1");
  refused(() => report(y, ["0", "1", "1"]), "yPred", "'0'");
  refused(() => report([[0, 1], [1]], [[0, 1], [1, 1]]), "yTrue", "1 in row 1");
  refused(() => report([[0, 1], [1, 0, 1]], [[0, 1], [1, 1]]), "yTrue", "3 in row 1");
  refused(() => report([[0, 2]], [[0, 1]]), "yTrue", "row 0, column 1 is 2");
  refused(() => report(y, y, { sampleWeight: [1, 1] }), "sampleWeight", "[2]");
  refused(() => report(y, y, { sampleWeight: [1, -1, 1] }), "sampleWeight", "row 1 is -1");
  refused(() => report(y, y, { zero_division: 1 }), "zero_division", "no such option", TypeError);
  refused(() => report(y, y, { digits: -1 }), "digits", "-1");
  refused(() => report(y, y, { digits: 21 }), "digits", "21");
  assert(report(y, y, { digits: 20 }).includes(`1.${"0".repeat(20)}`));
  refused(() => report(y, y, { output: "html" }), "output", "'html'");
  refused(() => report(y, y, { zeroDivision: NaN }), "zeroDivision", "NaN");
  refused(() => report(y, y, { targetNames: ["a"] }), "targetNames", "1 names");
  refused(() => report(y, y, { targetNames: ["a", 2] }), "targetNames", "['a', 2]", TypeError);
  refused(() => report(y, y, { labels: [1, 1] }), "labels", "[1, 1]");
  refused(() => report(y, y, { labels: [] }), "labels", "[]");
  refused(() => report(y, y, { labels: "01" }), "labels", "'01'");
  refused(() => report(y, y, { labels: ["no", "yes"] }), "labels", "labels like 'no', 'yTrue' like ");
  refused(() => report(["no"], ["yes"], { labels: [0, 1] }), "labels", "labels like 0, 'yTrue' like 'no'");
  refused(() => report(y, y, { labels: [0.5] }), "labels", "whole numbers or words, it has 0.5");
  for (const bad of [2, -1, 0.5, "0"]) {
    refused(() => report([[0, 1]], [[0, 1]], { labels: [bad] }), "labels", "columns from 0 to 1, it has");
  }
  refused(() => report(y, y, { threshold: 0.3 }), "threshold", "0.3", TypeError);
  refused(() => report(y, [0.2, 1.5, 0], { decision: "threshold" }), "yPred", "1.5");
  refused(() => report([0, 0.5, 1], y, { decision: "threshold" }), "yTrue", "row 1 is 0.5");
  refused(() => report([[0, 1], [1, 0.5]], [[0, 1], [1, 0]], { decision: "threshold" }), "yTrue", "row 1 is 0.5");
  refused(() => report(y, y, { decision: "best" }), "decision", "'best'");
  refused(() => report(["a", "b"], [0, 1], { decision: "threshold" }), "yTrue", "'a'");
  refused(() => report([[1, 1]], [[0.5, 0.5]], { decision: "argmax" }), "yTrue", "row 0 names 2");
  refused(() => report([[1, 0], [0, 0]], [[0.5, 0.5], [1, 0]], { decision: "argmax" }), "yTrue", "row 1 names 0");
  refused(() => report([[], []], [[], []]), "yTrue", "[2, 0]");
  refused(() => report([[0, 1], [0, 1]], [[0, 1], [0, 0.5]]), "yPred", "row 1, column 1 is 0.5; if these are outputs");
  refused(() => report([0, null], [0.2, 0.4], { decision: "threshold" }), "yTrue", "entry 1 is null");
  refused(() => report(y, y, { sampleWeight: [1, "2", 1] }), "sampleWeight", "entry 1 is '2'");
  refused(() => report(y, y, { sampleWeight: [1, Infinity, 1] }), "sampleWeight", "row 1 is Infinity");
  refused(() => report(y, y, { sampleWeight: [[1, 1], [1, 1], [1, 1]] }), "sampleWeight", "[3, 2]");
  const weights = [[1, 1], [1, 1]], outputs = [[0.5, 0.5], [1, 0]];
  refused(
    () => report([0, 1], outputs, { decision: "argmax", sampleWeight: weights }),
    "sampleWeight",
    "[2, 2], there are 2 rows",
  );
  const disposed = tf.tensor1d([0, 1]);
  disposed.dispose();
  refused(() => report(disposed, [0, 1]), "yTrue", "is disposed");
  const scalar = { shape: [], size: 1, dtype: "int32", dataSync: () => [1] };
  refused(() => report(scalar, [0, 1]), "yTrue", "[]");
});
