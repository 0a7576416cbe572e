import type { Figure, FigureWords } from "../../lib/display/figure.ts";
import { inWords } from "../../lib/display/palette.ts";
import { type Axis, plotFigure } from "../../lib/display/plot.ts";
import { chart, type ChartLayout, type Jump, marginFor, type Series } from "./chart.ts";

/** A function with a derivative, such as a step. */
export interface StepCurve {
  readonly name: string;
  value(p: number): number;
  derivative(p: number): number;
}

/** Options for {@linkcode gradientCurveFigure}. */
export interface GradientCurveFigureOptions extends FigureWords, Pick<ChartLayout, "width" | "height"> {
  /**
   * The axis of the derivatives. With `type: "log"` the smallest number of float32 is marked.
   *
   * @default {{ label: "derivative s′(p)" }}
   */
  derivative?: Axis;
  /**
   * True for the values in a frame above the derivatives.
   *
   * @default {true}
   */
  value?: boolean;
}

/** The smallest positive number of float32; smaller ones than half of it are rounded to 0. */
const smallestFloat32 = 2 ** -149;
const samples = Array.from({ length: 401 }, (_, n) => n / 400);

/** Finds the jumps of a function between neighbouring samples, by bisection. */
function jumpsOf({ value }: StepCurve): Jump[] {
  const jumps: Jump[] = [];
  for (let n = 1; n < samples.length; n++) {
    let [a, b] = [samples[n - 1], samples[n]];
    const rise = Math.abs(value(b) - value(a));
    if (!(rise > 0.02)) continue;
    for (let k = 0; k < 60; k++) {
      const middle = (a + b) / 2;
      if (Math.abs(value(middle) - value(a)) > Math.abs(value(b) - value(middle))) b = middle;
      else a = middle;
    }
    if (Math.abs(value(b) - value(a)) < rise / 2) continue;
    jumps.push({ x: Number(((a + b) / 2).toPrecision(12)), left: value(a), right: value(b) });
  }
  return jumps;
}

/** Draws the values of steps above, and their derivatives below, over predictions from 0 to 1. */
export function gradientCurveFigure(steps: readonly StepCurve[], options: GradientCurveFigureOptions): Figure {
  const { width = 640, height = 200, value = true, derivative = { label: "derivative s′(p)" } } = options;
  if (steps.length === 0) throw new TypeError("Cannot draw gradient curves: 'steps' is empty");
  const seriesOf = (f: (step: StepCurve) => (p: number) => number, hasJumps: boolean): Series[] =>
    steps.map((step) => {
      const jumps = jumpsOf(step);
      const smooth = samples.filter((p) => jumps.every(({ x }) => Math.abs(x - p) > 1e-9));
      return { name: step.name, points: smooth.map((p) => [p, f(step)(p)]), jumps: hasJumps ? jumps : [] };
    });
  const derivatives = seriesOf((step) => (p) => step.derivative(p), false);
  const isLog = derivative.type === "log";
  const steepest = Math.max(...derivatives.flatMap(({ points }) => points.map(([, slope]) => slope)));
  const names = steps.map(({ name }) => `${inWords(name)}${isLog ? ":\u00a00" : ""}`);
  const layout = { width, height, marginRight: marginFor(isLog ? [...names, "0 in float32"] : names, width) };
  const x = { label: "prediction p", domain: [0, 1] as const };
  const upper = chart({ x, y: { label: "step s(p)" }, series: seriesOf((step) => (p) => step.value(p), true) }, {
    ...layout,
    labelled: false,
  });
  const lower = chart({
    x,
    y: { ...derivative, ...(isLog ? { domain: [1e-47, Math.max(10, 1.5 * steepest)] as const } : {}) },
    series: derivatives,
    rules: isLog ? [{ y: smallestFloat32, label: "0 in float32" }] : [],
  }, layout);
  return plotFigure(options, value ? [upper, lower] : [lower]);
}
