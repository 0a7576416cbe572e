import { assertEquals } from "@std/assert";
import { fixed, scientific, signed, withInterval } from "../../lib/display/format.ts";

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
