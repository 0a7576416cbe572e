import * as Plot from "@observablehq/plot";
import type { Figure, FigureWords } from "../../lib/display/figure.ts";
import { inWords, neutral } from "../../lib/display/palette.ts";
import { axisX, axisY, margins, plotFigure, roomFor, wrap } from "../../lib/display/plot.ts";
import { chart, type Region } from "./chart.ts";

/** Options for {@linkcode decisionFigure}. */
export interface DecisionFigureOptions extends FigureWords {
  /** The predictions, from 0 to 1. */
  predictions: ArrayLike<number>;
  /** Their labels, 0 or 1. */
  labels: ArrayLike<number>;
  /** Steps over the same predictions, in a frame above the histogram. */
  curves: readonly { readonly name: string; value(p: number): number }[];
  /** Shaded ranges of predictions. */
  regions?: readonly Region[];
}

/** Plot's bins leave out their right ends, but the last bin has to count a prediction of 1. */
const inLastBin = ({ prediction }: { prediction: number }): number => Math.min(prediction, 0.999);

const width = 640, height = 240, threshold = 0.5;
const edges = Array.from({ length: 21 }, (_, n) => n / 20);

/** Draws steps, and below them a histogram of predictions: upwards with label 1, downwards with label 0. */
export function decisionFigure(options: DecisionFigureOptions): Figure {
  const { predictions, labels, curves, regions = [] } = options;
  if (predictions.length === 0 || predictions.length !== labels.length) {
    throw new RangeError(
      `Cannot draw decisions: 'predictions' has ${predictions.length} values, 'labels' has ${labels.length}`,
    );
  }
  const rows = Array.from(predictions, (prediction, n) => ({ prediction, label: labels[n] }));
  for (const { prediction, label } of rows) {
    if (!(prediction >= 0 && prediction <= 1) || (label !== 0 && label !== 1)) {
      throw new RangeError(
        `Cannot draw decisions: a row has prediction ${prediction} and label ${label}, ` +
          "it must have one from 0 to 1 and one of 0 or 1",
      );
    }
  }
  const x = { label: "prediction", domain: [0, 1] as const };
  const y = { label: "number of predictions", format: (value: number) => String(Math.abs(value)) };
  const sides = [1, 0].map((label) => {
    const own = rows.filter((row) => row.label === label);
    const text = wrap(`${label === 1 ? "↑" : "↓"}\u00a0label\u00a0${label}, n\u00a0=\u00a0${own.length}`, 10);
    return { label, text, own };
  });
  const marginRight =
    Math.max(...sides.map(({ text }) => roomFor(text)), ...curves.map(({ name }) => roomFor(inWords(name)))) + 36;
  const grid = Array.from({ length: 401 }, (_, n) => n / 400);
  const upper = chart({
    x,
    y: { label: "step", domain: [0, 1] },
    series: curves.map(({ name, value }) => ({ name, points: grid.map((p) => [p, value(p)]) })),
    rules: [{ x: threshold, label: `threshold ${threshold}` }],
    regions,
  }, { width, height: height / 2, marginRight, labelled: false });
  const lower: Plot.PlotOptions = {
    width,
    height: margins.marginTop + height + margins.marginBottom,
    ...margins,
    marginRight,
    x: { domain: [0, 1] },
    y: { nice: true },
    marks: [
      Plot.rect(regions, { x1: "from", x2: "to", fill: neutral("ink"), fillOpacity: 0.1 }),
      ...axisX(x),
      ...axisY(y),
      // Full bars upwards, pale ones downwards: the direction tells them apart in black and white.
      ...sides.map(({ label, own }) =>
        Plot.rectY(own, {
          ...Plot.binX({ y: (bin: unknown[]) => (label === 1 ? bin.length : -bin.length) }, {
            x: { value: inLastBin, thresholds: edges },
          }),
          fill: neutral("ink"),
          fillOpacity: label === 1 ? 0.75 : 0.25,
          stroke: neutral("ink"),
        })
      ),
      Plot.ruleY([0], { stroke: neutral("muted") }),
      Plot.ruleX([threshold], { stroke: neutral("ink"), strokeWidth: 1.5, strokeDasharray: "3 3" }),
      ...sides.map(({ label, text }) =>
        Plot.text([text], { frameAnchor: label === 1 ? "top-right" : "bottom-right", textAnchor: "start", dx: 14 })
      ),
    ],
  };
  return plotFigure(options, [upper, lower]);
}
