// The kinds of columns, value by value: numbers, truth values, categories, codes, and what is refused.
import { assertEquals, assertThrows } from "@std/assert";
import { ColumnError, inferColumn, type InferOptions } from "../../lib/data/infer_column.ts";

const infer = (values: readonly unknown[], options?: InferOptions) =>
  inferColumn({ name: "a", values, place: (row) => `row ${row + 1}` }, options);
const kindOf = (...values: unknown[]) => infer(values).kind;

function numbersOf(values: readonly unknown[], options?: InferOptions): number[] {
  const { column, kind } = infer(values, options);
  assertEquals([kind, column.kind], ["number", "number"]);
  return column.kind === "number" ? [...column.values] : [];
}

function levelsOf(...values: unknown[]): (string | undefined)[] {
  const { column, kind } = infer(values);
  assertEquals([kind, column.kind], ["category", "category"]);
  return column.kind === "category" ? [...column.codes].map((code) => column.levels[code]) : [];
}

const refused = (values: readonly unknown[], problem: string, options?: InferOptions) =>
  assertThrows(() => infer(values, options), ColumnError, `the column 'a' ${problem}`);

Deno.test("numbers: decimal texts, numbers, bigints; a missing value is NaN", () => {
  assertEquals(numbersOf(["1", "-2.5", "+3", "0.25", "10.125", "123456789012345"]), [
    1,
    -2.5,
    3,
    0.25,
    10.125,
    123456789012345,
  ]);
  assertEquals(numbersOf(["1", "NA", "", "2"]), [1, NaN, NaN, 2]);
  assertEquals(numbersOf(["1", "x", "2"], { missing: ["x"] }), [1, NaN, 2]);
  assertEquals(numbersOf(["1", "9", "2"], { missing: ["9"] }), [1, NaN, 2]);
  assertEquals(numbersOf([1, 2.5, null, 3n, " 4 ", undefined]), [1, 2.5, NaN, 3, 4, NaN]);
  assertEquals(numbersOf(["1.5", "1e5", "2E-3"]), [1.5, 1e5, 2e-3]);
  assertEquals(numbersOf([".5", "1.", "1e+3"]), [0.5, 1, 1000]);
  assertEquals(numbersOf([1e30, -1e30]), [1e30, -1e30]);
});

Deno.test("truth values are 0 and 1; beside anything else they are texts", () => {
  const { column, kind } = infer(["true", "False", "NA", true]);
  assertEquals([kind, column.kind === "number" && [...column.values]], ["boolean", [1, 0, NaN, 1]]);
  assertEquals(levelsOf("true", "maybe"), ["true", "maybe"]);
  assertEquals(infer(["NA", "NA"]).kind, "boolean", "a column without a value");
});

Deno.test("codes are categories: leading zeros, other bases, an e between digits; named as numbers they are numbers", () => {
  for (
    const [text, what] of [["007", "leading zeros"], ["0x1f", "a base other than ten"], [
      "12e3",
      "an 'e' between digits",
    ]]
  ) {
    assertEquals(infer(["1", text, "NA"]).code, { text, place: "row 2", what });
    assertEquals(infer([text, "1"]).code?.place, "row 1");
    assertEquals(numbersOf(["1", ` ${text} `], { asNumbers: true }), [1, Number(text)]);
  }
  assertEquals(infer(["12e3", "0.5"]).kind, "number", "an exponent beside a decimal point");
  assertEquals(infer([" 1e5 ", "12e14", "2e-3"]).kind, "number");
  assertEquals(infer(["12e3", "0.5", "007"]).code, { text: "007", place: "row 3", what: "leading zeros" });
  assertEquals(infer(["12e3", 0.5]).code?.text, "12e3", "a number is no decimal text");
  assertEquals(infer(["12e3", "v.1"]).code?.text, "12e3");
  refused(["1", "x7"], "is named in 'numbers', but 'x7' in row 2 is not a number", { asNumbers: true });
});

Deno.test("categories: texts, and up to twelve numbers beside a text", () => {
  assertEquals(levelsOf("red", " blue ", "NA", "red"), ["red", "blue", undefined, "red"]);
  const codes = Array.from({ length: 12 }, (_, i) => String(i));
  assertEquals(kindOf(...codes, "13+"), "category");
  const numbers = Array.from({ length: 13 }, (_, i) => String(i));
  refused([...numbers, "x"], "holds numbers, but 1 of 14 values is not a number ('x' in row 14): correct the values");
  refused(["x", ...numbers, "NA", "y"], "holds numbers, but 2 of 15 values are not a number ('x' in row 1)");
  assertEquals(kindOf(...numbers, ...numbers.map((text) => `x${text}`)), "category", "half are numbers");
});

Deno.test("more than a hundred texts are refused, with the first one", () => {
  const texts = (n: number, before = "t") => Array.from({ length: n }, (_, i) => `${before}${i}`);
  assertEquals(kindOf(...texts(100)), "category");
  refused(["NA", ...texts(101)], "has 101 distinct texts ('t0' in row 2): leave it out with 'drop' if it is a name");
  refused(
    ["1", ...texts(101, "00")],
    "has 102 distinct texts ('000' in row 2): leave it out with 'drop', or read it as numbers",
  );
  refused(texts(101, "00"), "has 101 distinct texts ('000' in row 1): leave it out with 'drop', or read it as numbers");
});

Deno.test("dates, times and formatted numbers are refused where most texts are some", () => {
  for (const text of ["2024-01-31", "1/31/2024", "31.1.24", "2024-01-31T10:00", "2024/1/3 10:00", "10:30", "9:05:59"]) {
    refused([text, "NA", text, "x"], `holds dates or times as text ('${text}' in row 1): convert them to numbers`);
    refused(["NA", text, text], `holds dates or times as text ('${text}' in row 2)`);
    assertEquals(kindOf(text, "x"), "category", "half of the texts");
  }
  for (const text of ["2024-01/31", "on 2024-01-31", "2024-01-31x", "at 10:30", "10:30h", "10:3"]) {
    assertEquals(kindOf(text, text), "category", text);
  }
  for (const text of ["12%", "5 %", "$5", "-$5", "$-5", "€ 3", "1,234.5", "1 234", "3€"]) {
    refused(
      [text, text, "x"],
      `holds numbers that are formatted as text ('${text}' in row 1): write them as plain numbers`,
    );
  }
  for (const text of ["5kg", "#5", "v5", "5 %x", "$", "%"]) assertEquals(kindOf(text, text), "category", text);
  refused(["x", new Date(0)], "holds dates (1970-01-01T00:00:00.000Z in row 2): convert them to numbers");
});

Deno.test("infinite numbers, numbers beyond 1e30 and integers beyond 2⁵³ are refused with their row", () => {
  refused([Infinity, 1], "is infinite in row 1");
  refused([1, null, -Infinity], "is infinite in row 3");
  for (const text of ["inf", "-Infinity", "+INF"]) refused(["NA", text, "1"], "is infinite in row 2");
  for (const text of ["infinite", "xinf"]) assertEquals(kindOf(text, "1"), "category");
  refused([1, 1.1e30], "holds 1.1e+30 in row 2, numbers must lie between ±1e30: rescale the column");
  refused([-1e31], "holds -1e+31 in row 1");
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  assertEquals(numbersOf([most, -most]), [Number(most), -Number(most)]);
  assertEquals(numbersOf(["9007199254740992", "-9007199254740992"]), [2 ** 53, -(2 ** 53)]);
  assertEquals(numbersOf(["0000000000000001.5", "1234567890123456.5"].slice(1)), [1234567890123456.5]);
  for (const value of [most + 1n, -most - 1n, "9007199254740994", " -90071992547409920 ", "+12345678901234567890"]) {
    refused(
      [1, value],
      `holds integers beyond 2^53 (${value} in row 2), which numbers cannot tell apart: leave the column`,
    );
  }
  assertEquals(kindOf("id 90071992547409920", "90071992547409920 x"), "category");
});
