/**
 * The thesis in one figure: F1 on held-out loans against the threshold, for one model trained three ways, from live/recorded.json.
 *
 * @module
 */
import { curveFigure } from "../../notebooks/figures/mod.ts";
import { type Figure, figureHtml } from "../../lib/display/figure.ts";
import { escapeHtml } from "./html.ts";
import { colorOf, f1At, grid, outputs, peakOf, yTrue } from "./live/figures/threshold_curves.ts";
import { marked } from "./live_figures.ts";

/** Draws the thesis in a size; absent: that of all figures. */
export function thesisFigure(size: { width?: number; height?: number } = {}): Figure {
  const models = Object.entries(outputs);
  const said = models.map(([loss, yPred]) => {
    const peak = peakOf(yPred);
    return `${loss} has ${f1At(yPred, 0.5).toFixed(3)} at 0.5 and at most ${
      peak.value.toFixed(3)
    }, at ${peak.threshold}`;
  });
  return curveFigure({
    ...size,
    title: "A metric loss moves the peak to 0.5; tuning moves you to the peak",
    alt: `F1 on held-out loans against the threshold. ${said.join("; ")}.`,
    caption:
      `One linear model, trained three ways on the loans, and scored on ${yTrue.length} rows that no training saw.`,
    x: { label: "threshold", domain: [0, 1] },
    y: { label: "F1 on held-out rows", domain: [0, 0.8] },
    series: models.map(([loss, yPred]) => ({
      name: loss,
      color: colorOf(loss),
      points: grid.map((threshold) => [threshold, f1At(yPred, threshold)] as const),
    })),
    rules: [{ x: 0.5, label: "0.5" }],
  });
}

/** Renders the thesis as the place of its figure that moves. */
export function thesisHtml(): string {
  const figure = thesisFigure();
  return marked(figureHtml(figure, escapeHtml(figure.caption)), "move-the-threshold");
}
