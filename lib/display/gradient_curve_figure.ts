import { type Axis, drawChart, type Jump, type Region, type Rule, type Series } from "./chart.ts";
import { assertSize, type FigureSize } from "./curve_figure.ts";
import { assertWords, type Figure, type FigureWords, makeFigure } from "./figure.ts";
import { type ColorName, inWords } from "./palette.ts";
import { svgDocument, titleBlock } from "./svg.ts";
import { roomFor } from "./text_width.ts";

/** What has a value and a derivative, such as a step. */
export interface Curve {
  /** What it is called. */
  readonly name: string;
  /** Its value. */
  value(p: number): number;
  /** Its derivative. */
  derivative(p: number): number;
}

/** A curve, with what the figure says of it. */
export interface NamedCurve {
  /** The curve. */
  step: Curve;
  /**
   * What stands at the line's end.
   *
   * @default {the curve's name}
   */
  label?: string;
  /**
   * A colour of the palette.
   *
   * @default {that of the name}
   */
  color?: ColorName;
}

/** Options for {@linkcode gradientCurveFigure}. */
export interface GradientCurveFigureOptions extends FigureWords, FigureSize {
  /**
   * The axis from left to right.
   *
   * @default {{ label: "prediction p", domain: [0, 1] }}
   */
  x?: Axis;
  /**
   * The axis of the values.
   *
   * @default {{ label: "step s(p)" }}
   */
  value?: Axis | false;
  /**
   * The axis of the derivatives. With `type: "log"`, the least number that float32 has is marked.
   *
   * @default {{ label: "derivative s′(p)" }}
   */
  derivative?: Axis;
  /** Lines across both panels (only those at an `x`). */
  rules?: readonly Rule[];
  /** Shaded ranges of x. */
  regions?: readonly Region[];
  /**
   * How many points of a curve are evaluated.
   *
   * @default {801}
   */
  samples?: number;
}

/** The least positive number of float32: what is below half of it is 0. */
const leastFloat32 = 2 ** -149;

/** Where a function jumps between two neighbouring samples, found by halving. */
function jumpsOf(curve: Curve, xs: readonly number[]): Jump[] {
  const jumps: Jump[] = [];
  for (let n = 1; n < xs.length; n++) {
    let [a, b] = [xs[n - 1], xs[n]];
    const rise = Math.abs(curve.value(b) - curve.value(a));
    if (!(rise > 0.02)) continue;
    for (let k = 0; k < 60; k++) {
      const middle = (a + b) / 2;
      const left = Math.abs(curve.value(middle) - curve.value(a)),
        right = Math.abs(curve.value(b) - curve.value(middle));
      if (left > right) b = middle;
      else a = middle;
    }
    const height = Math.abs(curve.value(b) - curve.value(a));
    if (height < rise / 2) continue;
    const x = Number(((a + b) / 2).toPrecision(12));
    jumps.push({ x, left: curve.value(a), right: curve.value(b), at: curve.value(x) });
  }
  return jumps;
}

/**
 * Steps above, their derivatives below, over the same predictions. Jumps are found and drawn as jumps.
 *
 * @param steps Steps, or whatever has a `name`, a `value` and a `derivative`; each may have a label and a colour
 * @param options Words and axes
 * @returns The figure
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { gradientCurveFigure } from "@roundabout/roundabout/display";
 *
 * const square = { name: "square", value: (p: number) => p * p, derivative: (p: number) => 2 * p };
 * const figure = gradientCurveFigure([square], {
 *   title: "A square's slope grows evenly",
 *   alt: "Above, a parabola from 0 to 1; below, its derivative, a straight line from 0 to 2.",
 * });
 * assertStringIncludes(figure.svg, "derivative s′(p)");
 * ```
 */
export function gradientCurveFigure(
  steps: readonly (Curve | NamedCurve)[],
  options: GradientCurveFigureOptions,
): Figure {
  const maker = "a gradient curve figure";
  assertWords(maker, options);
  assertSize(maker, options);
  const {
    title,
    width = 640,
    height = 200,
    x = { label: "prediction p", domain: [0, 1] as const },
    value = { label: "step s(p)" },
    derivative = { label: "derivative s′(p)" },
    rules = [],
    regions = [],
    samples = 801,
  } = options;
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new TypeError(`Cannot make ${maker}: 'steps' must be an array of steps, with one at least`);
  }
  const named = steps.map((one): NamedCurve => ("step" in one ? one : { step: one }));
  for (const { step } of named) {
    if (typeof step?.value !== "function" || typeof step?.derivative !== "function") {
      throw new TypeError(`Cannot make ${maker}: 'steps' has something without 'value' and 'derivative'`);
    }
  }
  const [low, high] = x.domain ?? [0, 1];
  const xs = Array.from({ length: samples }, (_, n) => low + (high - low) * n / (samples - 1));
  const seriesOf = (f: (curve: Curve) => (p: number) => number, jumps: boolean): Series[] =>
    named.map(({ step, label, color }) => {
      const found = jumpsOf(step, xs);
      const away = (p: number): boolean => found.every((jump) => Math.abs(jump.x - p) > 1e-9);
      return {
        name: step.name,
        label,
        color,
        points: xs.filter(away).map((p): [number, number] => [p, f(step)(p)]),
        jumps: jumps ? found : [],
      };
    });
  const values = seriesOf(({ value }) => value, true);
  const derivatives = seriesOf(({ derivative }) => derivative, false);
  const float32 = derivative.type === "log" && derivative.domain === undefined;
  // Names stand at the ends of the lines; both frames leave the same room for them.
  const zero = derivative.type === "log" ? ":\u00a00" : "";
  const ends = named.map(({ step, label }) => `${label ?? inWords(step.name)}${zero}`).concat(
    float32 ? ["0 in float32"] : [],
  );
  const both = { width, left: 64, right: Math.ceil(roomFor(ends, 0.3 * width)) + 24 };

  let top = titleBlock(title, width).height;
  const parts = [];
  if (value !== false) {
    const upper = drawChart(maker, { x, y: value, series: values, rules, regions }, {
      ...both,
      frameHeight: height,
      xAxis: false,
    });
    parts.push({ x: 0, y: top, markup: upper.markup });
    top += upper.height + 10;
  }
  const lower = drawChart(maker, {
    x,
    y: float32 ? { ...derivative, domain: [1e-47, Math.max(10, ...peaks(derivatives))] } : derivative,
    series: derivatives,
    rules: [
      ...rules.map((rule) => (value === false ? rule : { ...rule, label: undefined })),
      ...(float32 ? [{ y: leastFloat32, label: "0 in float32" }] : []),
    ],
    regions: regions.map((region) => (value === false ? region : { ...region, label: undefined })),
  }, { ...both, frameHeight: height });
  parts.push({ x: 0, y: top, markup: lower.markup });
  return makeFigure(svgDocument(title, width, top + lower.height, parts), options);
}

const peaks = (series: readonly Series[]): number[] =>
  series.map(({ points }) =>
    (points as readonly [number, number][]).reduce((most, [, y]) => (y > most ? y : most), 0) * 1.5
  );
