// What meters write as JSON and read again: settings that agree, a version, labels as text, exact sums.
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { checkJson, checkSameSettings, labelFromText, labelToText, readSums } from "../../lib/counts/meter_json.ts";
import "../helpers.ts";

Deno.test("settings that differ are named, with both values", () => {
  checkSameSettings({ threshold: [0.5, 0.2], average: "macro" }, { threshold: [0.5, 0.2], average: "macro" });
  const { message } = assertThrows(
    () => checkSameSettings({ threshold: 0.5, average: "macro" }, { threshold: 0.5, average: "micro" }),
    RangeError,
  );
  assertStrictEquals(message, "Cannot use 'other': its 'average' is 'micro', this meter's is 'macro'");
});

Deno.test("JSON of a meter is an object of its version", () => {
  checkJson("a meter", { version: 2 }, 2);
  assertThrows(
    () => checkJson("a meter", { version: 1 }, 2),
    Error,
    "Cannot make a meter: 'version' must be 2, it is 1",
  );
  for (const given of [undefined, null, "{}", 3]) {
    assertThrows(
      () => checkJson("a meter", given as unknown as { version: number }, 2),
      Error,
      "Cannot make a meter: 'json'",
    );
  }
});

Deno.test("an ignored label is written as text, NaN among them, and none as null", () => {
  for (const label of [255, -1, 0.5, NaN, undefined]) assertStrictEquals(labelFromText(labelToText(label)), label);
  assertEquals([255, NaN, undefined].map(labelToText), ["255", "NaN", null]);
});

Deno.test("sums are read from their terms; what is not a list of finite numbers, or is below 0, is refused", () => {
  const sums = readSums("a meter", "tp", [[1e16, 1], [], [0.5, -0.5]], 3);
  assertEquals(sums.map((sum) => sum.toJSON()), [[1e16, 1], [], []]);
  for (
    const lists of [undefined, "[]", [], [[1]], [[1], [2], [3]], [[1], 2], [1, [2]], [[1], [NaN, 1]], [[1, Infinity], [
      1,
    ]]]
  ) {
    const { message } = assertThrows(() => readSums("a meter", "tp", lists, 2), TypeError);
    assertStrictEquals(
      message.startsWith("Cannot make a meter: 'tp' must hold 2 lists of finite numbers, it is "),
      true,
    );
  }
  const { message } = assertThrows(() => readSums("a meter", "tp", [[1], [1, -2]], 2), RangeError);
  assertStrictEquals(message, "Cannot make a meter: 'tp' must be sums ≥ 0, number 1 is -1");
});
