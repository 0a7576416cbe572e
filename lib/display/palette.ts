/** The names of the palette's colours. */
export type ColorName =
  | "black"
  | "orange"
  | "blue"
  | "green"
  | "grey"
  | "vermillion"
  | "purple"
  | "sky"
  | "yellow"
  | "brown";

/** The values of one colour of the palette. */
interface Ink {
  /** The value for lines and areas on light paper (contrast of 3 or more). */
  light: string;
  /** The value for lines and areas on dark paper. */
  dark: string;
  /** The value for words on light paper: the same hue, darker (contrast of 4.5 or more). */
  lightText: string;
  /** The value for words on dark paper. */
  darkText: string;
  /** The dashes of a line, which tell lines apart without colour (an SVG dash array; "" is a full line). */
  dash: string;
}

/**
 * The palette of all figures: Okabe and Ito's, with orange, sky and yellow dark enough for white paper, and brown. A subject
 * has the same colour and the same dashes in every figure.
 */
export const palette: Readonly<Record<ColorName, Ink>> = {
  black: { light: "#1a1a1a", dark: "#f2f2f0", lightText: "#1a1a1a", darkText: "#f2f2f0", dash: "" },
  orange: { light: "#c48700", dark: "#e69f00", lightText: "#8a6000", darkText: "#efb63c", dash: "9 4" },
  blue: { light: "#0072b2", dark: "#4a9fe0", lightText: "#0072b2", darkText: "#6ab2ec", dash: "" },
  green: { light: "#009e73", dark: "#19b88a", lightText: "#007a59", darkText: "#2fc99c", dash: "2 3" },
  grey: { light: "#7a7a7a", dark: "#a8a8a8", lightText: "#5f5f5f", darkText: "#bababa", dash: "12 3 2 3" },
  vermillion: { light: "#d55e00", dark: "#ee7a22", lightText: "#b04d00", darkText: "#f59148", dash: "6 3" },
  purple: { light: "#cc79a7", dark: "#d98fb8", lightText: "#a3487a", darkText: "#e3a6c8", dash: "9 3 2 3 2 3" },
  sky: { light: "#3d9ad6", dark: "#8fd0f5", lightText: "#1f78b0", darkText: "#a5daf8", dash: "4 2" },
  yellow: { light: "#a09600", dark: "#f0e442", lightText: "#6f6a00", darkText: "#f0e442", dash: "1 3" },
  brown: { light: "#8c564b", dark: "#c49a8c", lightText: "#7d4a40", darkText: "#d8b3a7", dash: "4 2 1 2" },
};

/** The colours of paper, words and grid. */
const neutrals: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  paper: ["#ffffff", "#16191e"],
  ink: ["#1a1a1a", "#ececea"],
  muted: ["#5c5c5c", "#b4b4b2"],
  grid: ["#dedede", "#363b43"],
};

/** The subjects with a colour of their own, by the beginning of a name such as `"softsign, slope 20"`. */
const subjects: readonly (readonly [RegExp, ColorName])[] = [
  [/^(straight|answeredround|custom gradient)/, "green"],
  [/^(round|hard)/, "black"],
  [/^(linear ?ramp|ramp|asked ?ramp)/, "orange"],
  [/^(soft ?sign|answered ?softsign)/, "blue"],
  [/^(cross[- ]?entropy|binary ?cross)/, "grey"],
  [/^class weights/, "purple"],
  [/^(logistic|sigmoid)/, "vermillion"],
  [/^arc ?tan/, "brown"],
  [/^gauss/, "sky"],
  [/^identity/, "yellow"],
];

const order: readonly ColorName[] = [
  "blue",
  "vermillion",
  "green",
  "purple",
  "black",
  "orange",
  "sky",
  "grey",
  "yellow",
  "brown",
];

const isColorName = (name: string): name is ColorName => Object.hasOwn(palette, name);

/** Returns the colour that a series asks for, or that of its subject; undefined if it has neither. */
function claimedBy({ name, color }: { name: string; color?: string }): ColorName | undefined {
  if (color === undefined) return subjects.find(([pattern]) => pattern.test(name.trim().toLowerCase()))?.[1];
  if (isColorName(color)) return color;
  throw new RangeError(
    `Cannot color '${name}': 'color' is "${color}", it must be one of ${Object.keys(palette).join(", ")}`,
  );
}

/** Chooses the colours of a list of series, in their order. */
export function colorsOf(series: readonly { name: string; color?: string }[]): ColorName[] {
  const claimed = series.map(claimedBy), taken = claimed.filter((color) => color !== undefined);
  const nextFree = (): ColorName => {
    const next = order.find((color) => !taken.includes(color)) ?? order[taken.length % order.length];
    taken.push(next);
    return next;
  };
  return claimed.map((own) => own ?? nextFree());
}

/** Writes a name in words: `straightThrough(softsign)` is "straight-through (softsign)". */
export function inWords(name: string): string {
  return name
    .replace(/\bstraightThrough\b/g, "straight-through")
    .replace(/([a-z])\(/g, "$1 (")
    .replace(/([a-z])([A-Z])(?=[a-z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}

/** Returns a line's colour for an SVG: a CSS variable, with the value for light paper as its default. */
export const stroke = (color: ColorName): string => `var(--rb-${color}, ${palette[color].light})`;

/** Returns the colour of the words about a line. */
export const textFill = (color: ColorName): string => `var(--rb-${color}-text, ${palette[color].lightText})`;

/** Returns a colour of `neutrals` for an SVG. */
export const neutral = (name: "paper" | "ink" | "muted" | "grid"): string => `var(--rb-${name}, ${neutrals[name][0]})`;

/** Returns the CSS declarations of the colours, one per line, for inlined figures on light or on dark paper. */
export function paletteCss(scheme: "light" | "dark"): string {
  const dark = scheme === "dark";
  const lines = Object.entries(neutrals).map(([name, values]) => `--rb-${name}: ${values[dark ? 1 : 0]};`);
  for (const [name, ink] of Object.entries(palette)) {
    lines.push(`--rb-${name}: ${dark ? ink.dark : ink.light};`);
    lines.push(`--rb-${name}-text: ${dark ? ink.darkText : ink.lightText};`);
  }
  return lines.join("\n");
}
