/// <reference lib="dom" />
/**
 * Drag the start: an optimizer on the terraces of `round` and on the slope of a softsign, from a start that the reader moves.
 *
 * @module
 */
import { f1, round, softCounts, softsign, type Step } from "../../../../lib/core.ts";
import { trainLogistic } from "../../../../lib/network/train_logistic.ts";
import { sigmoid } from "../../../../lib/numerics/sigmoid.ts";
import { html, keepSettings, readout, settingsOf, slider, slopeSlider, svg } from "../dom.ts";
import { arrow, arrowLength, type Frame, frame, number, path, shade, withColors } from "../plot.ts";
import { yPred, yTrue } from "./twelve_rows.ts";

const name = "drag-the-start";
const feature = yPred.map((p) => Math.log(p / (1 - p))), x = feature.map((v) => [v]);
const domains = { weight: [-2, 3], bias: [-2, 2] } as const;

/** Computes 1 − F1 of the model with a weight and a bias. */
function lossAt(weight: number, bias: number, step: Step): number {
  const own = feature.map((v) => sigmoid(weight * v + bias));
  return 1 - (f1.value(softCounts({ yTrue, yPred: own }, step)) || 0);
}

const descend = (step: Step, start: readonly [number, number]) =>
  trainLogistic({
    x,
    y: yTrue,
    loss: { score: f1, step },
    watch: f1,
    optimizer: "sgd",
    learningRate: 0.5,
    steps: 120,
    initial: start,
  }).path.map(([weight, bias]) => [weight, bias] as const);

const hard = round();

/** Draws the start, its arrow and the path of the optimizer. */
function draw({ layer, x, y }: Frame, way: readonly (readonly [number, number])[], color: string): void {
  const [[a, b], next] = way, [c, d] = way.at(-1)!;
  const [gx, gy] = [(next[0] - a) / 0.5, (next[1] - b) / 0.5], size = Math.hypot(gx, gy);
  const [px, py] = [x(a + gx) - x(a), y(b + gy) - y(b)], length = arrowLength(size, 70) / (Math.hypot(px, py) || 1);
  const line = path(way, { x, y } as Frame);
  layer.replaceChildren(
    svg("path", { d: line, fill: "none", stroke: "var(--rb-paper)", "stroke-width": 6 }),
    svg("path", { d: line, fill: "none", stroke: color, "stroke-width": 3 }),
    svg("circle", { cx: x(c), cy: y(d), r: 5, fill: color, stroke: "var(--rb-paper)" }),
    svg("circle", { class: "grip", cx: x(a), cy: y(b), r: 22, fill: "transparent" }),
    svg("circle", { cx: x(a), cy: y(b), r: 9, fill: "var(--rb-paper)", stroke: color, "stroke-width": 2.5 }),
    arrow(x(a), y(b), px * length, py * length, "var(--rb-vermillion-text)"),
  );
}

/** Sets the figure up in its place. */
export function dragTheStart(place: HTMLElement): void {
  const settings = settingsOf(name), of = (key: string, otherwise: number) => Number(settings.get(key) ?? otherwise);
  let [weight, bias, slope] = [of("weight", -1.2), of("bias", 0.9), of("slope", 3)];
  const move = (a: number, b: number) => {
    [weight, bias] = [Math.round(a * 20) / 20, Math.round(b * 20) / 20];
    sliders.weight.set(weight);
    sliders.bias.set(bias);
    update();
  };
  const map = (title: string) =>
    frame({
      title,
      alt: `Map of 1 − F1 over a weight and a bias, ${title}: darker is higher`,
      height: 300,
      x: { label: "weight", domain: domains.weight, ticks: [-2, -1, 0, 1, 2, 3], text: (v) => number(v, 0) },
      y: { label: "bias", domain: domains.bias, ticks: [-2, -1, 0, 1, 2], text: (v) => number(v, 0) },
    }, move);
  const maps = { round: map("round"), softsign: map("softsign") };
  const sliders = {
    weight: slider({
      ...{ label: "Weight at the start", min: -2, max: 3, step: 0.05, value: weight },
      text: number,
      onChange: (value) => move(value, bias),
    }),
    bias: slider({
      ...{ label: "Bias at the start", min: -2, max: 2, step: 0.05, value: bias },
      text: number,
      onChange: (value) => move(weight, value),
    }),
    slope: slopeSlider("Slope of the softsign", slope, (value) => {
      slope = value;
      paint();
      update();
    }),
  };
  const said = readout();
  /** Shades a map; the canvas of `round` is finer, for its edges are sharp. */
  const paintMap = ({ canvas }: Frame, step: Step, columns: number) => {
    const rows = columns * 4 / 5, [[w0, w1], [b0, b1]] = [domains.weight, domains.bias];
    const height = (column: number, row: number) =>
      lossAt(w0 + (w1 - w0) * (column + 0.5) / columns, b1 - (b1 - b0) * (row + 0.5) / rows, step);
    shade(canvas, [columns, rows], height, [0.2, 1]);
  };
  const paint = () => paintMap(maps.softsign, softsign({ slope }), 100);
  const update = (keep = true) => {
    const step = softsign({ slope }), start = [weight, bias] as const;
    const still = descend(hard, start), way = descend(step, start), [c, d] = way.at(-1)!;
    draw(maps.round, still, "var(--rb-black)");
    draw(maps.softsign, way, "var(--rb-blue)");
    const at = lossAt(weight, bias, hard);
    said.say(
      `From weight ${number(weight)} and bias ${number(bias)}, 120 steps on round move nothing and 1 − F1 stays ` +
        `${number(at, 3)}; on a softsign of slope ${slope} they lead to weight ${number(c)} and bias ` +
        `${number(d)}, where 1 − F1 is ${number(lossAt(c, d, hard), 3)} rounded and ${
          number(lossAt(c, d, step), 3)
        } soft.`,
    );
    if (keep) keepSettings(name, { weight, bias, slope });
  };
  place.replaceChildren(
    html("div", { class: "frames" }, maps.round.box, maps.softsign.box),
    html("div", { class: "fields" }, ...Object.values(sliders).map(({ field }) => field)),
    said,
  );
  withColors(() => {
    paintMap(maps.round, hard, 250);
    paint();
    update(false);
  });
}
