import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { classificationReport, type ConfusionTable, confusionTable } from "@roundabout/roundabout";
import { confusionFigure, table } from "@roundabout/roundabout/display";

const words = { title: "Bees are taken for cats", alt: "A confusion table of three classes." };
const confused = confusionTable([0, 1, 1, 1, 2], [0, 1, 2, 2, 2], { targetNames: ["ape", "bee", "cat"] });

/** The texts of a figure that are whole elements. */
const texts = (svg: string): string[] => [...svg.matchAll(/>([^<>\n]+)<\/text>/g)].map(([, text]) => text);

Deno.test("every count stands in its cell, in the order of the classes", () => {
  const { svg } = confusionFigure(confused, words);
  const found = texts(svg);
  assertEquals(found.filter((text) => /^\d+$/.test(text)).map(Number), confused.counts.flat());
  for (const name of ["true", "predicted", "ape", "bee", "cat"]) assert(found.includes(name), name);
});

Deno.test("0 is the palest, whatever the least count is", () => {
  const strengths = (of: ConfusionTable) =>
    [...confusionFigure(of, words).svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, v]) => Number(v));
  const each = strengths(confused);
  assertEquals(each.length, 9);
  assertEquals(each[5], 0.6); // two bees: the most
  assertEquals(each[1], 0.04);
  const even = strengths(confusionTable([0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 1, 0]));
  assertEquals(even, [0.6, 0.32, 0.32, 0.6]); // 2, 1, 1, 2
});

Deno.test("shares have two decimals, or what is asked for", () => {
  const shares = confusionTable([0, 0, 0, 1], [0, 0, 1, 1], { normalize: "true" });
  assertEquals(texts(confusionFigure(shares, words).svg).filter((t) => /^\d\.\d+$/.test(t)), [
    "0.67",
    "0.33",
    "0.00",
    "1.00",
  ]);
  const percent = (v: number) => `${Math.round(100 * v)} %`;
  assertStringIncludes(confusionFigure(shares, { ...words, format: percent }).svg, ">67 %<");
});

Deno.test("what is no table, or has no words, is refused", () => {
  assertThrows(() => confusionFigure({} as ConfusionTable, words), TypeError, "'table' must be what confusionTable");
  assertThrows(() => confusionFigure(confused, { ...words, alt: "" }), TypeError, "'alt'");
});

Deno.test("records of reports and of tables are what a notebook's table shows", () => {
  const report = classificationReport([0, 1, 1], [0, 1, 0], { output: "records" });
  assertEquals(
    table(report, { digits: { precision: 2, recall: 2, f1: 2, support: 0 } }).text,
    `class         precision  recall    f1  support
------------  ---------  ------  ----  -------
0                  0.50    1.00  0.67        1
1                  1.00    0.50  0.67        2
accuracy           0.67    0.67  0.67        3
macro avg          0.75    0.75  0.67        3
weighted avg       0.83    0.67  0.67        3`,
  );
  assertEquals(
    table(confused.records).text,
    `true  predicted ape  predicted bee  predicted cat
----  -------------  -------------  -------------
ape               1              0              0
bee               0              1              2
cat               0              0              1`,
  );
});
