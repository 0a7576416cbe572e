import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { simplify } from "../../lib/display/simplify.ts";
import { spread } from "../../lib/display/spread.ts";
import { ticks } from "../../lib/display/ticks.ts";
import { wrapText } from "../../lib/display/text_width.ts";

// The same cases on every run.
fc.configureGlobal({ seed: 48356029, numRuns: 200 });

const place = fc.double({ min: -100, max: 400, noNaN: true });

Deno.test("spread: what is far enough apart stays", () => {
  assertEquals(spread([10, 50, 30], 20, 0, 100), [10, 50, 30]);
  assertEquals(spread([], 20, 0, 100), []);
});

Deno.test("spread: what touches moves as little as it can", () => {
  assertEquals(spread([50, 50], 20, 0, 100), [40, 60]);
  assertEquals(spread([0, 0, 0], 20, 0, 100), [0, 20, 40]);
  assertEquals(spread([100, 100, 10], 20, 0, 100), [80, 100, 10]);
});

Deno.test("spread: neighbours keep their distance, their order and the bounds", () => {
  fc.assert(fc.property(fc.array(place, { minLength: 1, maxLength: 12 }), (places) => {
    const result = spread(places, 20, 0, 300);
    const sorted = [...result].sort((a, b) => a - b);
    for (let n = 1; n < sorted.length; n++) assert(sorted[n] - sorted[n - 1] >= 20 - 1e-9);
    assert(sorted[0] >= -1e-9 && sorted[sorted.length - 1] <= 300 + 1e-9);
    places.forEach((a, i) => places.forEach((b, j) => assert(!(a < b) || result[i] < result[j])));
  }));
});

Deno.test("simplify: ends stay, and nothing left out was off the line", () => {
  const line = Array.from({ length: 101 }, (_, n): [number, number] => [n, n < 50 ? 0 : n - 50]);
  assertEquals(simplify(line), [0, 50, 100]);
  assertEquals(simplify([[0, 0]]), [0]);
  assertEquals(simplify([]), []);
});

Deno.test("ticks: round values that cover the data", () => {
  fc.assert(
    fc.property(
      place,
      fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      fc.integer({ min: 2, max: 8 }),
      (low, span, count) => {
        const { domain, values } = ticks(low, low + span, count, "linear", true);
        assert(domain[0] <= low + 1e-6 * span && domain[1] >= low + span - 1e-6 * span);
        assert(values.length >= 2 && values.length <= 2 * count + 3);
      },
    ),
  );
});

Deno.test("ticks: words", () => {
  const words = (low: number, high: number, type: "linear" | "log", count = 4): string[] => {
    const { values, format } = ticks(low, high, count, type, true);
    return values.map(format);
  };
  assertEquals(words(-1, 1, "linear"), ["−1.0", "−0.5", "0.0", "0.5", "1.0"]);
  assertEquals(words(0, 20000, "linear"), ["0", "5000", "10,000", "15,000", "20,000"]);
  assertEquals(words(1e-6, 1, "log"), ["10⁻⁶", "10⁻⁴", "0.01", "1"]);
  const { format } = ticks(1, 100, 3, "log", true); // ticks that were asked for are no powers of ten
  assertEquals([1, 2, 5, 64, 100, 0.05, 512].map(format), ["1", "2", "5", "64", "100", "0.05", "512"]);
  const { domain } = ticks(3, 3, 4, "linear", true);
  assert(domain[0] < 3 && domain[1] > 3);
  assertAlmostEquals(ticks(0.1, 0.3, 4, "linear", false).values[0], 0.1);
});

Deno.test("wrapText: lines fit, no-break spaces hold", () => {
  assertEquals(wrapText("one two three", 1), ["one", "two", "three"]);
  assertEquals(wrapText("n\u00a0=\u00a010 seeds", 1), ["n\u00a0=\u00a010", "seeds"]);
});
