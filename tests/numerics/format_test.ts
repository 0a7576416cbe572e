// Numbers as text: minus signs, digits, powers of ten, columns.
import { assertEquals } from "@std/assert";
import {
  firstOf,
  fixed,
  formatColumn,
  formatNumber,
  scientific,
  signed,
  withInterval,
} from "../../lib/numerics/format.ts";

const plain = (text: string): string => text.replaceAll("\u00a0", " ");

Deno.test("numbers have true minus signs, and a number that rounds to 0 has none", () => {
  assertEquals([-0.25, 1, -1e-9].map((value) => fixed(value, 2)), ["−0.25", "1.00", "0.00"]);
  assertEquals([-0.25, 0, 1e-9, 0.25].map((value) => signed(value, 2)), ["−0.25", "0.00", "0.00", "+0.25"]);
  assertEquals([0, -1.25e-7, -Infinity].map((value) => plain(scientific(value, 2))), [
    "0",
    "−1.25 × 10⁻⁷",
    "−Infinity",
  ]);
});

Deno.test("an estimate stands before its interval, which does not break", () => {
  const interval = { mean: -0.01, low: -0.02, high: 0.004 };
  assertEquals(withInterval(interval), "−0.010 [−0.020,\u00a0+0.004]");
  assertEquals(withInterval(interval, 2, fixed), "−0.01 [−0.02,\u00a00.00]");
});

Deno.test("a number has about four digits, an integer all of its own, and a power of ten where zeros would be in the way", () => {
  const written: (readonly [number, string])[] = [
    ...[[0, "0"], [5, "5"], [-1234, "−1234"], [12345, "12,345"], [-123456789012, "−123,456,789,012"]] as const,
    ...[[1e15, "1 × 10¹⁵"], [-1.0204e17, "−1.02 × 10¹⁷"]] as const,
    ...[[1.02, "1.02"], [1.99999, "2"], [0.123456, "0.1235"], [-12345.678, "−12,346"], [0.001, "0.001"]] as const,
    ...[[9.99e-4, "9.99 × 10⁻⁴"], [1.23456e-7, "1.235 × 10⁻⁷"], [1.2e-7, "1.2 × 10⁻⁷"], [
      1e-300,
      "1 × 10⁻³⁰⁰",
    ]] as const,
    ...[[1234567890.5, "1.235 × 10⁹"], [NaN, "NaN"], [Infinity, "Infinity"], [-Infinity, "−Infinity"]] as const,
  ];
  for (const [value, text] of written) assertEquals(plain(formatNumber(value)), text);
  assertEquals([formatNumber(0.1234, 2), formatNumber(123.4, 2)], ["0.12", "123"]);
});

Deno.test("the numbers of a column have the decimals of its largest, and only 0 is written as 0", () => {
  const columnOf = (values: number[], digits?: number) => formatColumn(values, digits).map(plain);
  assertEquals(columnOf([12.345, -1.5, NaN]), ["12.35", "−1.50", "NaN"]);
  assertEquals(columnOf([1, 0.97561, 0]), ["1.0000", "0.9756", "0"]);
  assertEquals(columnOf([1, NaN, -Infinity, 20000]), ["1", "NaN", "−Infinity", "20,000"]);
  assertEquals(columnOf([250.25, 1e-9, 1]), ["250.3", "1 × 10⁻⁹", "1.0"]);
  assertEquals(columnOf([0.00012346, 0.5e-12]), ["0.0001235", "5 × 10⁻¹³"]);
  assertEquals(columnOf([1e15, 123456.7, 999999999999999]), ["1 × 10¹⁵", "123,456.7", "999,999,999,999,999.0"]);
  assertEquals(columnOf([0.123, 0.5], 1), ["0.1", "0.5"]);
  assertEquals([columnOf([]), columnOf([0, 0]), columnOf([NaN])], [[], ["0", "0"], ["NaN"]]);
});

Deno.test("the first texts of a list, and an ellipsis for others", () => {
  assertEquals([firstOf([]), firstOf(["a"]), firstOf(["a", "b"], 2), firstOf(["a", "b", "c"], 2)], [
    "",
    "a",
    "a, b",
    "a, b, …",
  ]);
  assertEquals(firstOf([..."abcdef"]), "a, b, c, d, e, …");
});
