import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { type ColorName, colorsOf, inWords, palette, paletteCss } from "../../lib/display/palette.ts";

/** The contrast of two colours, as WCAG 2 defines it. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const value = parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

for (const [name, ink] of Object.entries(palette)) {
  Deno.test(`palette: words in ${name} can be read on light and on dark paper`, () => {
    assertGreaterOrEqual(contrast(ink.lightText, "#ffffff"), 4.5);
    assertGreaterOrEqual(contrast(ink.darkText, "#16191e"), 4.5);
  });

  Deno.test(`palette: lines in ${name} stand out on light and on dark paper, and on JupyterLab's dark background`, () => {
    assertGreaterOrEqual(contrast(ink.light, "#ffffff"), 3);
    for (const paper of ["#16191e", "#111111"]) assertGreaterOrEqual(contrast(ink.dark, paper), 3);
  });
}

Deno.test("palette: the same thing has the same colour", () => {
  const colors = (...names: string[]): ColorName[] => colorsOf(names.map((name) => ({ name })));
  assertEquals(
    colors(
      "round",
      "linearRamp",
      "softsign, slope 20",
      "straightThrough(softsign)",
      "cross-entropy",
      "class weights",
      "logistic",
      "arctan",
      "gaussian",
      "identity",
    ),
    ["black", "orange", "blue", "green", "grey", "purple", "vermillion", "brown", "sky", "yellow"],
  );
  assertEquals(colors("something", "softsign", "else"), ["vermillion", "blue", "green"]);
});

Deno.test("palette: CSS for both papers names every colour", () => {
  for (const scheme of ["light", "dark"] as const) {
    const lines = paletteCss(scheme).split("\n");
    assertEquals(lines.length, 4 + 2 * Object.keys(palette).length);
    for (const line of lines) assertMatch(line, /^--rb-[a-z-]+: #[0-9a-f]{6};$/);
  }
});

Deno.test("palette: names in words", () => {
  assertEquals(inWords("straightThrough(softsign)"), "straight-through (softsign)");
  assertEquals(inWords("linearRamp"), "linear ramp");
  assertEquals(inWords("F1 loss, WDBC"), "F1 loss, WDBC");
});
