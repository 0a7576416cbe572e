/// <reference lib="dom" />
/**
 * Move the threshold or move the outputs: F1 on held-out rows against the threshold, for one model trained three ways.
 *
 * @module
 */
import { button, html, keepSettings, readout, settingsOf, slider, svg } from "../dom.ts";
import { frame, number, path } from "../plot.ts";
import { colorOf, f1At, grid, outputs, peakOf, yTrue } from "./threshold_curves.ts";

const name = "move-the-threshold";

/** Sets the figure up in its place. */
export function moveTheThreshold(place: HTMLElement): void {
  const models = Object.entries(outputs).map(([loss, yPred]) => ({
    ...{ loss, yPred, color: `var(--rb-${colorOf(loss)})`, words: `var(--rb-${colorOf(loss)}-text)` },
    ...{ points: grid.map((t) => [t, f1At(yPred, t)] as const), peak: peakOf(yPred) },
  }));
  let threshold = Math.min(0.99, Math.max(0.01, Number(settingsOf(name).get("threshold") ?? 0.5)));
  const curves = frame({
    alt:
      "F1 on held-out loans against the threshold, for cross-entropy, class weights and the F1 loss: equal heights, different peaks",
    ...{ width: 420, height: 290 },
    x: { label: "threshold", domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] },
    y: { label: "F1 on held-out rows", domain: [0, 0.8], ticks: [0, 0.2, 0.4, 0.6, 0.8], text: (v) => v.toFixed(1) },
  }, (t) => set(Math.min(0.99, Math.max(0.01, Math.round(t * 100) / 100))));
  const said = readout();
  const set = (value: number) => {
    threshold = value;
    control.set(value);
    update();
  };
  const control = slider({
    label: "Threshold",
    min: 0,
    max: 1,
    step: 0.01,
    value: threshold,
    text: number,
    onChange: set,
  });
  const update = (keep = true) => {
    const values = models.map(({ loss, yPred }) => ({ loss, value: f1At(yPred, threshold) || 0 })),
      line = curves.x(threshold);
    curves.layer.replaceChildren(
      ...models.map(({ points, color }) =>
        svg("path", { d: path(points, curves), fill: "none", stroke: color, "stroke-width": 3 })
      ),
      svg("line", { x1: line, x2: line, y1: 30, y2: curves.y(0), stroke: "var(--rb-ink)", "stroke-width": 2 }),
      svg("rect", { class: "grip", x: line - 22, y: 30, width: 44, height: curves.y(0) - 30, fill: "transparent" }),
      ...models.flatMap(({ peak, color, words, loss }, i) => [
        svg("path", { d: `M${curves.x(peak.threshold)},${curves.y(peak.value)}m0,-4l-6,-10h12z`, fill: color }),
        svg("circle", {
          cx: line,
          cy: curves.y(values[i].value),
          r: 6,
          fill: color,
          stroke: "var(--rb-paper)",
          "stroke-width": 2,
        }),
        svg(
          "text",
          { x: 60, y: curves.y(0) - 56 + 20 * i, "text-anchor": "start", "font-weight": 650, fill: words },
          loss,
        ),
      ]),
    );
    said.say(
      `At a threshold of ${number(threshold)}, F1 on ${yTrue.length} held-out loans is ${
        values.map(({ loss, value }) => `${number(value, 3)} with ${loss}`).join(", ")
      }; the highest is ${
        models.map(({ loss, peak }) => `${number(peak.value, 3)} at ${number(peak.threshold)} with ${loss}`).join(", ")
      }.`,
    );
    if (keep) keepSettings(name, { threshold });
  };
  const buttons = [
    button("0.5", () => set(0.5)),
    ...models.map(({ loss, peak }) => button(`Peak of ${loss}`, () => set(peak.threshold))),
  ];
  place.replaceChildren(curves.box, control.field, html("div", { class: "buttons" }, ...buttons), said);
  update(false);
}
