// Decimal commas: the forms of numbers one by one, as they are found and as they are named.
import { assertEquals, assertThrows } from "@std/assert";
import { withDecimalPoints } from "../../lib/data/decimal_comma.ts";

const raw = (values: readonly unknown[]) =>
  ({ name: "a", values, place: (row: number) => `row ${row + 1}` }) as Parameters<typeof withDecimalPoints>[0];
const found = (...values: unknown[]) => withDecimalPoints(raw(values), { separator: ";" });
const named = (...values: unknown[]) => withDecimalPoints(raw(values), { decimal: "," }).values;

Deno.test("a decimal comma is found beside semicolons and tabs, in a column of whole numbers and numbers with a comma", () => {
  for (
    const [from, to] of [["1,5", "1.5"], ["-0,25", "-0.25"], ["+12,0", "+12.0"], ["1234,5", "1234.5"], [
      " 1,55 ",
      "1.55",
    ]]
  ) {
    assertEquals(found(from, "7", "NA", 3, null), { values: [to, "7", "NA", 3, null], found: true }, from);
  }
  assertEquals(withDecimalPoints(raw(["1,5"]), { separator: "\t" }).found, true);
  assertEquals(withDecimalPoints(raw(["1,5"]), { separator: "," }).found, false);
  assertEquals(withDecimalPoints(raw(["1,5"]), { separator: ";", decimal: "." }).found, false);
  assertEquals(withDecimalPoints(raw(["1,5", "x"]), { separator: ";", missing: ["x"] }).found, true);
  for (const other of ["x", "1.5", "a1,5", "1,5a", "1,5e3", ",5", "1,", "2 1,5"]) {
    assertEquals(found("1,5", other), { values: ["1,5", other], found: false }, other);
  }
  assertEquals(found("1", "2"), { values: ["1", "2"], found: false });
});

Deno.test("a comma that may separate thousands, and thousands beside a decimal comma, are refused with their row", () => {
  for (const text of ["1,234", "-12,345", "+123,456", "1,234,567"].slice(0, 3)) {
    assertThrows(
      () => found("7", text),
      Error,
      `holds '${text}' in row 2, a decimal comma or a thousands separator: say which with 'decimal'`,
    );
  }
  for (const text of ["0,234", "1,2345", "1,23", "1234,567", "x"].slice(0, 4)) {
    assertEquals(found("1,234", text).found, true, text);
  }
  for (const text of ["1.234,5", "-12.345,25", "1 234,5", "1'234'567,5", "1\u00a0234,5", "1\u202f234,5"]) {
    const problem = `holds '${text}' in row 2, a thousands separator beside a decimal comma: write its numbers without`;
    assertThrows(() => found("1,5", text), Error, problem);
    assertThrows(() => named("1,5", text), Error, `holds '${text}' in row 2, where the comma is the decimal mark`);
  }
  for (const text of ["1.23,5", "1.2345,5", "1234.567,5", "a1.234,5", "1.234,5a", "1.234,"]) {
    assertEquals(found("1,5", text).found, false, text);
  }
});

Deno.test("a named comma writes every form of a number; a point in it is refused; categories are left as they are", () => {
  assertEquals(
    named("1,5", ",5", "1,", "7", "-1,5e3", "2E+10", "1,5e-3", "3e12"),
    ["1.5", ".5", "1.", "7", "-1.5e3", "2E+10", "1.5e-3", "3e12"],
  );
  assertEquals(named("1,5", "2", "7", "x1,5", "1,5x"), ["1.5", "2", "7", "x1,5", "1,5x"]);
  for (const text of ["1.5", ".5", "-12.25", "1.5e3", "1.5E+10", "1.234", "1.234.567", "+1.5e-12", "12 345"]) {
    assertThrows(() => named("1,5", "7", text), Error, `holds '${text}' in row 3, where the comma is the decimal mark`);
  }
  for (const text of ["1.5x", "v1.5", "1.5f3", "1.5e", "1.", "12 34"]) {
    assertEquals(named("1,5", "7", text)[2], text, text);
  }
  assertEquals(named("a", "b", "1,5", "2,5"), ["a", "b", "1,5", "2,5"], "half are categories");
  assertEquals(named("a", "1,5", "2,5"), ["a", "1.5", "2.5"]);
});
