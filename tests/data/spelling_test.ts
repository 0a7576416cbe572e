// Texts one by one: missing values, numbers, truth values and codes.
import { assertEquals } from "@std/assert";
import { booleanOf, codeForm, isMissingValue, numberOf } from "../../lib/data/spelling.ts";

Deno.test("isMissingValue: texts of spreadsheets and libraries, null, undefined, NaN, and the texts of a table", () => {
  for (
    const value of [
      "",
      " ",
      "-",
      "?",
      "NA",
      "N/A",
      "n/a",
      "#N/A",
      "<NA>",
      "nan",
      "NaN",
      "NaT",
      "null",
      "NULL",
      "None",
      " NA ",
    ]
  ) {
    assertEquals(isMissingValue(value), true, value);
  }
  for (const value of [null, undefined, NaN]) assertEquals(isMissingValue(value), true);
  for (const value of ["0", "na", "none", "--", "NAN?", "unknown", 0, false, 0n, "#N/A, of a long text"]) {
    assertEquals(isMissingValue(value), false, String(value));
  }
  assertEquals([isMissingValue("unknown", ["unknown"]), isMissingValue("x", ["unknown"])], [true, false]);
});

Deno.test("numberOf: decimal texts with a sign, a point and an exponent; nothing else", () => {
  const texts = ["1", "-1", "+1", "1.5", "1.", ".25", "-.5", "1e3", "1E-12", "2.5e+10", " 7 "];
  for (const text of texts) assertEquals(numberOf(text), Number(text), text);
  for (
    const text of [
      "",
      "a1",
      "1a",
      "0x1f",
      "1,5",
      "1.5.2",
      ".",
      "e3",
      "1e",
      "1e1.5",
      "Infinity",
      "1_000",
      "--1",
      ".25x",
      "x.25",
    ]
  ) {
    assertEquals(numberOf(text), NaN, text);
  }
  assertEquals([numberOf(3), numberOf(3n), numberOf(true)], [3, 3, 1]);
});

Deno.test("booleanOf: true and false in any case, as texts and as values", () => {
  for (const value of [true, "true", "TRUE", " True "]) assertEquals(booleanOf(value), true);
  for (const value of [false, "false", "FALSE"]) assertEquals(booleanOf(value), false);
  for (const value of ["yes", "1", 1, null, undefined, "truex"]) assertEquals(booleanOf(value), undefined);
});

Deno.test("codeForm: leading zeros, bases and an e between digits, in whole texts", () => {
  const forms: Record<string, readonly string[]> = {
    "leading zeros": ["00101", "-012", "+07", "01", " 0012 "],
    "a base other than ten": ["0x1f", "0XFF", "0b101", "0o17", "0xabc9"],
    "an 'e' between digits": ["12e3", "1E5", "123e45"],
  };
  for (const [form, texts] of Object.entries(forms)) for (const text of texts) assertEquals(codeForm(text), form, text);
  for (
    const text of [
      "0",
      "10",
      "100",
      "0.1",
      "1.2e3",
      "x01",
      "01x",
      "a0x1f",
      "0x1g",
      "0c1f",
      "e3",
      "12e",
      "12e3x",
      "x12e3",
      "1e+5",
      12,
      null,
    ]
  ) {
    assertEquals(codeForm(text), undefined, String(text));
  }
});
