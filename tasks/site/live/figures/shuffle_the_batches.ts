/// <reference lib="dom" />
/**
 * Shuffle the batches: the mean of the batches' losses against the loss of all rows, and the angle between their gradients. The
 * reader draws the means first.
 *
 * @module
 */
import { lossAndGradient } from "../../../../lib/core.ts";
import { syntheticBinary } from "../../../../lib/data/synthetic_binary.ts";
import { seededRandom } from "../../../../lib/numerics/random.ts";
import { sigmoid } from "../../../../lib/numerics/sigmoid.ts";
import { button, html, keepSettings, readout, settingsOf, slider, svg } from "../dom.ts";
import { arrow, frame, number, path } from "../plot.ts";
import recorded from "../recorded.json" with { type: "json" };

const name = "shuffle-the-batches";

/** Sizes of the batches. */
export const sizes = [8, 20, 40, 100, 200];
const rows = 400;
const { x, y } = syntheticBinary({ rows, prevalence: 0.05, separation: 2.5, seed: 1 });
const [w1, w2, bias] = recorded.halfTrained;
const yPred = x.map(([a, b]) => sigmoid(w1 * a + w2 * b + bias));

/** Computes the F1 loss of some rows, and its gradient with respect to the weights. */
function lossOf(at: readonly number[]) {
  const own = at.map((row) => yPred[row]);
  const { value, gradient } = lossAndGradient(at.map((row) => y[row]), own, { score: "f1" });
  const slope = [0, 0, 0];
  at.forEach((row, i) => {
    const g = gradient[i] * own[i] * (1 - own[i]);
    [...x[row], 1].forEach((v, j) => slope[j] += g * v);
  });
  return { value, slope, dead: gradient.every((g) => g === 0) };
}

const all = Array.from({ length: rows }, (_, i) => i), whole = lossOf(all);

/** Cuts the rows in the order of a shuffle into batches; computes their losses, the mean and the angle to the exact gradient. */
export function batchesOf(size: number, shuffle: number) {
  const order = seededRandom(shuffle).shuffle(all);
  const batches = Array.from({ length: rows / size }, (_, b) => {
    const at = order.slice(b * size, (b + 1) * size);
    return { at, ...lossOf(at) };
  });
  const mean = batches.reduce((sum, { value }) => sum + value, 0) / batches.length;
  const slope = batches.reduce((sum, one) => sum.map((v, j) => v + one.slope[j]), [0, 0, 0]);
  const dot = (a: number[], b: number[]) => a.reduce((sum, v, j) => sum + v * b[j], 0);
  const cosine = dot(slope, whole.slope) / Math.sqrt(dot(slope, slope) * dot(whole.slope, whole.slope));
  return { batches, mean, angle: 180 / Math.PI * Math.acos(Math.min(1, Math.max(-1, cosine))) };
}

/** Sets the figure up in its place. */
export function shuffleTheBatches(place: HTMLElement): void {
  const settings = settingsOf(name), asked = sizes.indexOf(Number(settings.get("size")));
  let size = sizes[asked < 0 ? 1 : asked], shuffle = Number(settings.get("shuffle")) || 1;
  const guess = sizes.map(() => 0.35);
  let revealed = settings.has("size");

  const drawn = frame({
    alt: "The mean loss of the batches against their size: the reader's guess, and the true curve once it is shown",
    ...{ width: 360, height: 260 },
    x: { label: "rows in a batch", domain: [7, 230], ticks: sizes, log: true },
    y: { label: "mean loss of the batches", domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] },
  }, (at, value) => {
    if (revealed) return;
    const nearest = sizes.reduce((a, b) => Math.abs(Math.log(b / at)) < Math.abs(Math.log(a / at)) ? b : a);
    setGuess(sizes.indexOf(nearest), Math.round(value * 100) / 100);
  });
  const tiles = svg("svg", {
    viewBox: "0 0 360 250",
    role: "img",
    "aria-label": "400 rows in batches; black is positive, grey batches have no gradient",
  });
  const needle = frame({
    ...{ alt: "Angle between the batches' gradient and the exact one", width: 360, height: 230 },
    x: { label: "", domain: [-1.2, 1.2], ticks: [] },
    y: { label: "angle to the exact gradient", domain: [-0.3, 1.2], ticks: [] },
  });
  const said = readout();
  const setGuess = (i: number, value: number) => {
    guess[i] = value;
    guesses[i].set(value);
    drawCurve();
  };
  const guesses = sizes.map((one, i) =>
    slider({
      ...{ label: `Your guess for batches of ${one}`, min: 0, max: 1, step: 0.01, value: guess[i], text: number },
      onChange: (value) => setGuess(i, value),
    })
  );
  const truth = () => sizes.map((one) => batchesOf(one, shuffle).mean);
  const drawCurve = () => {
    const own = sizes.map((one, i) => [one, guess[i]] as const),
      dots = (points: typeof own, color: string) =>
        points.map(([a, b]) =>
          svg("circle", { cx: drawn.x(a), cy: drawn.y(b), r: 6, fill: color, stroke: "var(--rb-paper)" })
        );
    const line = { x1: drawn.x(7), x2: drawn.x(230), y1: drawn.y(whole.value), y2: drawn.y(whole.value) };
    const real = revealed ? truth().map((mean, i) => [sizes[i], mean] as const) : [];
    drawn.layer.replaceChildren(
      svg("line", { ...line, stroke: "var(--rb-ink)", "stroke-dasharray": "5 4" }),
      svg(
        "text",
        { x: drawn.x(220), y: drawn.y(whole.value) + 18, "text-anchor": "end", fill: "var(--rb-ink)" },
        "all rows",
      ),
      svg("path", {
        d: path(own, drawn),
        fill: "none",
        stroke: "var(--rb-muted)",
        "stroke-width": 2.5,
        "stroke-dasharray": "2 4",
      }),
      ...dots(own, "var(--rb-muted)"),
      svg("path", { d: path(real, drawn), fill: "none", stroke: "var(--rb-vermillion)", "stroke-width": 3 }),
      ...dots(real, "var(--rb-vermillion)"),
    );
  };
  const drawBatches = () => {
    const { batches, mean, angle } = batchesOf(size, shuffle), across = 25, cell = 14;
    const drawnTiles = batches.flatMap(({ at, dead, value }, b) =>
      at.map((row, i) => {
        const place = b * size + i, [cx, cy] = [place % across, Math.floor(place / across)];
        return svg("rect", {
          ...{ x: 5 + cx * cell, y: 5 + cy * cell, width: cell - 1.5, height: cell - 1.5 },
          fill: y[row] === 1 ? "var(--rb-ink)" : dead ? "var(--rb-grid)" : "var(--rb-vermillion)",
          opacity: y[row] === 1 || dead ? 1 : 0.25 + 0.5 * value,
        });
      })
    );
    tiles.replaceChildren(...drawnTiles);
    const [ox, oy, r] = [needle.x(0), needle.y(0), needle.x(1) - needle.x(0)], turn = angle * Math.PI / 180;
    needle.layer.replaceChildren(
      arrow(ox, oy, 0, -0.8 * r, "var(--rb-ink)"),
      arrow(ox, oy, 0.8 * r * Math.sin(turn), -0.8 * r * Math.cos(turn), "var(--rb-vermillion-text)"),
      svg("text", { x: ox - 8, y: oy - 0.7 * r, "text-anchor": "end", fill: "var(--rb-ink)" }, "exact"),
      svg(
        "text",
        { x: ox, y: oy + 26, fill: "var(--rb-vermillion-text)", "font-weight": 650 },
        `batches of ${size}: ${number(angle, 0)}°`,
      ),
    );
    const dead = batches.filter((one) => one.dead).length;
    said.say(
      `In shuffle ${shuffle}, ${dead} of ${batches.length} batches of ${size} rows have no gradient; their mean loss is ` +
        `${number(mean, 3)}, the loss of all rows is ${number(whole.value, 3)}, and the gradients are ${
          number(angle, 0)
        }° apart.`,
    );
    if (revealed) keepSettings(name, { size, shuffle });
  };
  const sizeSlider = slider({
    ...{ label: "Rows in a batch", min: 0, max: sizes.length - 1, step: 1, value: sizes.indexOf(size) },
    text: (i) => String(sizes[i]),
    onChange: (i) => {
      size = sizes[i];
      drawBatches();
    },
  });
  const again = button("Shuffle", () => {
    shuffle++;
    drawCurve();
    drawBatches();
  });
  const before = html("div", { class: "fields" }, ...guesses.map(({ field }) => field));
  const after = html(
    "div",
    {},
    html("div", { class: "fields" }, sizeSlider.field, html("div", { class: "buttons" }, again)),
    html("div", { class: "frames" }, tiles, needle.box),
  );
  const reveal = button("Show the truth", () => {
    revealed = true;
    lay();
  });
  const ask = html("div", { class: "buttons" }, reveal);
  const lay = () => {
    [before.hidden, ask.hidden, after.hidden] = [revealed, revealed, !revealed];
    drawCurve();
    if (revealed) drawBatches();
    else {said.say(
        "Draw the mean loss of the batches at five sizes, by hand in the figure or with the sliders; then show the truth.",
      );}
  };
  place.replaceChildren(drawn.box, before, ask, after, said);
  lay();
}
