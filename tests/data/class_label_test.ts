// Classes of a label column: the positive one, spellings, rare classes, their order.
import { assertEquals, assertThrows } from "@std/assert";
import { classLabel } from "../../lib/data/class_label.ts";

const labels = (sizes: Record<string, number>) => Object.entries(sizes).flatMap(([text, n]) => Array(n).fill(text));
const of = (sizes: Record<string, number>, options?: Parameters<typeof classLabel>[2]) =>
  classLabel("y", labels(sizes), options);
const sizesOf = ({ classes }: ReturnType<typeof of>) => classes.map(({ name, rows }) => [name, rows]);

Deno.test("of two values 1 or true is positive beside 0, -1 or false, otherwise the rarer one", () => {
  for (const [one, other] of [["1", "0"], ["1", "-1"], ["1.0", "0.0"], ["true", "false"], ["TRUE", "FALSE"]]) {
    for (const sizes of [{ [`${one}`]: 5, [`${other}`]: 2 }, { [`${other}`]: 5, [`${one}`]: 2 }]) {
      const { positive, chosen } = of(sizes);
      assertEquals([positive, chosen], [one, `'${other}' is negative`]);
    }
  }
  for (
    const [a, b] of [
      ["yes", "no"],
      ["1", "2"],
      ["0", "2"],
      ["-1", "0"],
      ["1", "false"].toReversed().map((v) => v === "false" ? "a" : v),
    ]
  ) {
    assertEquals([of({ [a]: 5, [b]: 2 }).positive, of({ [a]: 2, [b]: 5 }).positive], [b, a]);
    assertEquals(of({ [a]: 5, [b]: 2 }).chosen, "the rarer one");
  }
  const even = of({ b: 3, a: 3 });
  assertEquals([even.positive, even.chosen, sizesOf(even)], ["b", "both are equally frequent", [["a", 3], ["b", 3]]]);
  assertEquals([...of({ "0": 1, "1": 2 }).yTrue], [0, 1, 1]);
});

Deno.test("several values are classes, numbers by size and then texts by the alphabet", () => {
  const { classes, positive, chosen, yTrue } = of({ b: 1, "10": 2, a: 3, "9": 1, "-1": 1 });
  assertEquals(classes.map(({ name }) => name), ["-1", "9", "10", "a", "b"]);
  assertEquals([positive, chosen], [undefined, "one class per value"]);
  assertEquals([...yTrue], [1, 2, 2, 4, 3, 3, 3, 0]);
  assertEquals(classes.map(({ rows }) => rows), [1, 1, 2, 3, 1]);
});

Deno.test("a requested class is positive against the rest, in any spelling", () => {
  const red = of({ red: 2, green: 3, blue: 4 }, { positive: "red" });
  assertEquals([red.chosen, sizesOf(red)], ["as requested, against 2 others", [["other", 7], ["red", 2]]]);
  const yes = of({ yes: 2, no: 3 }, { positive: "yes" });
  assertEquals([yes.chosen, sizesOf(yes)], ["as requested", [["no", 3], ["yes", 2]]]);
  const more = of({ Red: 2, green: 30, blue: 40, a: 1, b: 1 }, { positive: " RED.", mergeRare: 2 });
  assertEquals(sizesOf(more), [["other", 72], ["Red", 2]]);
  assertEquals(more.warnings.map(({ code }) => code), ["rare-classes"]);
  assertThrows(
    () => of({ red: 1, green: 1, "3": 1 }, { positive: "blue" }),
    RangeError,
    "'positive' must be a value of 'y' ('3', 'green', 'red'), it is 'blue'",
  );
});

Deno.test("spellings of one class are merged under the most frequent one, with a warning; other texts are not", () => {
  const { warnings, ...merged } = of({ Yes: 2, " yes": 3, "YES.": 1, no: 9 });
  assertEquals(sizesOf({ ...merged, warnings }), [["no", 9], ["yes", 6]]);
  const message = "the label 'y' has 'Yes' 2, ' yes' 3, 'YES.' 1: spellings of one class, 'yes'";
  assertEquals(warnings, [{ code: "class-spelling", column: "y", message }]);
  assertEquals(sizesOf(of({ a: 2, A: 2, b: 1 })), [["a", 4], ["b", 1]], "the first of equally frequent ones");
  assertEquals(sizesOf(of({ "1": 2, "1.0": 3, "0": 1 })), [["0", 1], ["1.0", 5]]);
  assertEquals(
    sizesOf(of({ "e.g": 1, eg: 2, ".": 3 })),
    [[".", 3], ["e.g", 1], ["eg", 2]],
    "only a full stop at the end",
  );
  const large = { "90071992547409930": 1, "90071992547409931": 2 };
  assertEquals(sizesOf(of(large)).length, 2, "numbers that float64 cannot tell apart");
});

Deno.test("values that differ in their spelling alone stay apart, with a warning", () => {
  const { classes, warnings } = of({ "a ": 1, A: 3 });
  assertEquals(classes.map(({ name, rows }) => [name, rows]), [["A", 3], ["a", 1]]);
  assertEquals(warnings.map(({ message }) => message), [
    "the label 'y' has the values 'a ' 1, 'A' 3, which differ in their spelling alone",
  ]);
  assertThrows(() => of({ a: 3 }), RangeError, "the label 'y' has no value but 'a'");
});

Deno.test("classes of fewer rows are merged into one, with a warning that counts them", () => {
  const { warnings, ...merged } = of({ a: 5, b: 2, c: 1, d: 3 }, { mergeRare: 3 });
  assertEquals(sizesOf({ ...merged, warnings }), [["a", 5], ["d", 3], ["other", 3]]);
  const message = "classes of 'y' with fewer than 3 rows are one class, 'other': 'b' 2, 'c' 1";
  assertEquals(warnings, [{ code: "rare-classes", column: "y", message }]);
  assertEquals(of({ a: 5, b: 3 }, { mergeRare: 3 }).warnings, []);
});
