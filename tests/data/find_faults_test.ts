// Columns that count the rows, name things, follow the time or determine the label; rows that repeat.
import { assertEquals } from "@std/assert";
import { distinctRows, indexReason, isLeak, isTimeOrder, repeatedIds } from "../../lib/data/find_faults.ts";
import type { Column } from "../../lib/data/table.ts";

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);
const numbers = (values: readonly number[]): Column => ({
  name: "a",
  kind: "number",
  values: Float64Array.from(values),
});
const category = (codes: readonly number[], levels: number): Column => ({
  name: "a",
  kind: "category",
  codes: Int32Array.from(codes),
  levels: upTo(levels).map(String),
});

const counts = (first: number) => `it counts the rows from ${first}`;
const sorted = "its integers are unique and sorted as the file is";

for (
  const [title, name, values, reason, isFirst = false] of [
    ["from 0", "n", upTo(12), counts(0)],
    ["from 1", "n", upTo(12).map((i) => i + 1), counts(1)],
    ["from 2", "n", upTo(12).map((i) => i + 2), sorted],
    ["in texts", "n", upTo(12).map((i) => ` ${i}`), counts(0)],
    ["in bigints", "n", upTo(12).map(BigInt), counts(0)],
    ["with one slip", "n", upTo(12).map((i) => i === 5 ? 4 : i), undefined],
    ["with an empty text", "n", upTo(12).map((i) => i === 0 ? " " : String(i)), undefined],
    ["of truth values", "n", upTo(12).map(() => true), undefined],
    ["of fractions", "n", upTo(12).map((i) => i + 0.5), undefined],
    ["that rise", "n", upTo(12).map((i) => i * i), sorted],
    ["that fall", "n", upTo(12).map((i) => -i * i), sorted],
    ["that rise and stay", "n", upTo(12).map((i) => Math.floor(i / 2)), undefined],
    ["that fall and stay", "n", upTo(12).map((i) => -Math.floor(i / 2)), undefined],
    ["that fall at first", "n", upTo(12).map((i) => i === 0 ? 9 : i * i + 1), undefined],
    ["of ten rows", "n", upTo(10), counts(0)],
    ["of nine rows", "n", upTo(9), undefined],
    [
      "without an order in a column of ids",
      "user_id",
      upTo(12).map((i) => i * 5 % 13),
      "its integers are unique and its name ends in 'id'",
    ],
    ["without an order in a column of no ids", "valid", upTo(12).map((i) => i * 5 % 13), undefined],
    ["of pandas", "__index_level_0__", ["a"], "pandas' index"],
    ["without a name, first", "", ["a"], "it is the first column and has no name, as an index has", true],
    ["without a name, later", "", ["a"], undefined],
    ["first with a name", "a", ["a"], undefined, true],
  ] as const
) {
  Deno.test(`indexReason: integers ${title}`, () => {
    const rows = upTo(values.length);
    assertEquals(indexReason({ name, values }, isFirst, rows), reason);
    if (reason === counts(0)) assertEquals(indexReason({ name, values }, isFirst, rows.map((i) => 2 * i)), sorted);
  });
}

Deno.test("repeatedIds counts ids of ten rows and more, of which a twentieth at least repeats", () => {
  const of = (rows: number, ids: number, name = "patient_id") =>
    repeatedIds(name, () => upTo(rows).map((i) => i % ids));
  assertEquals([of(20, 10), of(20, 9), of(20, 19), of(20, 20), of(40, 39)], [10, undefined, 19, undefined, undefined]);
  for (const name of ["id", "ID", "PassengerId", "patientid", "customer id", "userID"]) {
    assertEquals(of(20, 10, name), 10, name);
  }
  for (const name of ["valid", "paid", "PassengerIdle", "idea"]) assertEquals(of(20, 10, name), undefined, name);
  assertEquals(repeatedIds("id", () => [...upTo(20).map((i) => i % 10), ...Array(200).fill("NA")]), 10);
  assertEquals(
    repeatedIds("id", () => [...upTo(20), ...Array(200).fill(null)]),
    undefined,
    "missing values are no ids",
  );
});

Deno.test("isTimeOrder: dates that never fall and rise once, in ten rows or more", () => {
  const day = (i: number) => `2024-01-${String(i + 10)}`, days = upTo(10).map(day);
  assertEquals(isTimeOrder(days), true);
  assertEquals(isTimeOrder(days.map((text) => ` ${text}T10:00`)), true);
  assertEquals(isTimeOrder(days.map((text) => new Date(text))), true);
  assertEquals(isTimeOrder(upTo(10).map((i) => day(i >> 1))), true);
  for (
    const other of [days.slice(1), days.toReversed(), days.map(() => day(1)), days.map((text) => `on ${text}`), [
      ...days,
      day(3),
    ]]
  ) assertEquals(isTimeOrder(other), false, `${other}`);
});

Deno.test("isLeak: a set of levels or an interval of numbers that determines every class, or nearly so", () => {
  const y = upTo(200).map((i) => i % 2),
    of = (column: Column, yTrue = y, classes = 2) => isLeak(column, yTrue, classes);
  assertEquals(of(numbers(y.map((v) => 3 * v + 1))), true);
  assertEquals(of(numbers(y.map((v, i) => v === 1 ? 5 : i < 100 ? 1 : 9))), true, "an interval in the middle");
  assertEquals(of(numbers(y.map((v, i) => 10 * (i >> 1) + v))), false, "a set of numbers that is no interval");
  assertEquals(of(numbers(y.map((v) => v === 1 ? 0 : -0))), false, "-0 is 0");
  assertEquals(of(numbers(y.map((v) => v === 1 ? NaN : 1))), true, "missing values");
  assertEquals(of(category(y.map((v, i) => 2 * (i % 20 >> 1) + v), 20)), true, "any set of levels");
  assertEquals(of(category(y.map((v) => v - 1), 1)), true, "rows without a level");
  assertEquals(of(category(y.map((_, i) => i % 20 >> 1), 10)), false);
  assertEquals(of(category(upTo(200).map((i) => i % 40), 40)), true, "five rows per level");
  assertEquals(of(category(upTo(200).map((i) => i % 41), 41)), false, "fewer rows per level");
  const slips = (n: number) => numbers(y.map((v, i) => i < 2 * n ? 1 - v : v));
  assertEquals([of(slips(1)), of(slips(2))], [true, false], "2 % of either class, at most in sum");
  const three = upTo(300).map((i) => i % 3);
  assertEquals(of(numbers(three), three, 3), true);
  assertEquals(of(numbers(three.map((v) => Number(v === 0))), three, 3), false, "one class alone is determined");
  assertEquals(of(numbers(y), y.map(() => 1)), false, "one class");
});

Deno.test("distinctRows numbers rows by their features and class, in the order of their first occurrence", () => {
  const a = numbers([1, 1, 2, 1, 2]), b = category([0, 0, -1, 1, -1], 2);
  assertEquals([...distinctRows([a, b], [0, 0, 1, 0, 1])], [0, 0, 1, 2, 1]);
  assertEquals([...distinctRows([a, b], [0, 1, 1, 0, 0])], [0, 1, 2, 3, 4]);
  assertEquals([...distinctRows([a], [0, 0, 1, 0, 1])], [0, 0, 1, 0, 1]);
  assertEquals([...distinctRows([numbers([5, 4, 3]), a], [0, 0, 0])], [0, 1, 2]);
});
