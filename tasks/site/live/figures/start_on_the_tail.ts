/// <reference lib="dom" />
/**
 * Start on the tail: trainings from a bias of 0 or from the prior, with each shape of step at six slopes.
 *
 * @module
 */
import { arctan, f1, gaussian, linearRamp, logistic, softsign } from "../../../../lib/core.ts";
import { syntheticBinary } from "../../../../lib/data/synthetic_binary.ts";
import { trainLogistic } from "../../../../lib/network/train_logistic.ts";
import { scientific } from "../../../../lib/numerics/format.ts";
import { seededRandom } from "../../../../lib/numerics/random.ts";
import { sigmoid } from "../../../../lib/numerics/sigmoid.ts";
import { button, choice, html, keepSettings, readout, reducedMotion, settingsOf, slider, svg } from "../dom.ts";
import { frame, number, path } from "../plot.ts";

const name = "start-on-the-tail";
const shapes = { linearRamp, gaussian, logistic, arctan, softsign };
const names = {
  linearRamp: "ramp",
  gaussian: "Gaussian",
  logistic: "logistic",
  arctan: "arctan",
  softsign: "softsign",
};
const colors = {
  linearRamp: "orange",
  gaussian: "sky",
  logistic: "vermillion",
  arctan: "purple",
  softsign: "blue",
} as const;
const slopes = [1, 2, 5, 10, 20, 100], seeds = [1, 2, 3, 4, 5], steps = 100, rows = 400;

type Shape = keyof typeof shapes;

/** Setting of a training. */
export interface Setting {
  shape: Shape;
  slope: number;
  optimizer: "sgd" | "adam";
  prevalence: number;
  start: "zero" | "prior";
}

const problems = new Map<string, ReturnType<typeof makeProblem>>();

/** Makes the rows of notebook 3: two Gaussian classes, and the best F1 in the direction that made them. */
function makeProblem(prevalence: number, seed: number) {
  const { x, y } = syntheticBinary({ rows, prevalence, separation: 2.1, seed });
  const ranked = x.map(([a, b], i) => ({ height: a + b, label: y[i] })).sort((a, b) => b.height - a.height);
  const positives = y.reduce((sum, label) => sum + label, 0);
  let tp = 0, yardstick = 0;
  ranked.forEach(({ label }, i) => {
    tp += label;
    yardstick = Math.max(yardstick, 2 * tp / (i + 1 + positives));
  });
  const random = seededRandom(seed + 99);
  return { x, y, yardstick, weights: [0.1 * random.normal(), 0.1 * random.normal()] };
}

function problem(prevalence: number, seed: number) {
  const key = `${prevalence} ${seed}`;
  if (!problems.has(key)) problems.set(key, makeProblem(prevalence, seed));
  return problems.get(key)!;
}

/** Trains on one draw of the rows. */
export function trial({ shape, slope, optimizer, prevalence, start }: Setting, seed: number) {
  const { x, y, yardstick, weights } = problem(prevalence, seed), step = shapes[shape]({ slope });
  const bias = start === "zero" ? 0 : Math.log(prevalence / (1 - prevalence));
  const run = trainLogistic({
    ...{ x, y, loss: { score: f1, step }, watch: f1, optimizer, steps },
    learningRate: optimizer === "sgd" ? 1 : 0.1,
    initial: [...weights, bias],
  });
  const last = run.watched.at(-1)!, learnt = last >= 0.8 * yardstick;
  const moved = Math.max(...run.weights.map((w, j) => Math.abs(w - run.path[steps / 2][j])));
  return { run, step, x, y, share: last / yardstick, learnt, dead: !learnt && moved < 1e-3 };
}

/**
 * Writes the cell of the heat map: the mean share of the yardstick in per cent, in brackets below 80, × where every training is
 * dead.
 */
export function cellOf(setting: Setting): string {
  const runs = seeds.map((seed) => trial(setting, seed));
  if (runs.every(({ dead }) => dead)) return "×";
  const share = Math.min(1, runs.reduce((sum, one) => sum + one.share, 0) / runs.length),
    text = (100 * share).toFixed(0);
  return share < 0.8 ? `(${text})` : text;
}

const texts = new Map<string, string>();

/** {@linkcode cellOf}, computed once per setting: a reader goes back and forth. */
function knownCellOf(setting: Setting): string {
  const key = JSON.stringify(setting);
  if (!texts.has(key)) texts.set(key, cellOf(setting));
  return texts.get(key)!;
}

/** Writes a size, small ones as a power of ten. */
function small(value: number): string {
  return value === 0 || value >= 0.001 ? number(value, 3) : scientific(value, 1);
}

/** Sets the figure up in its place. */
export function startOnTheTail(place: HTMLElement): void {
  const settings = settingsOf(name), of = (key: string, otherwise: string) => settings.get(key) ?? otherwise;
  const setting: Setting = {
    shape: of("shape", "logistic") in shapes ? of("shape", "logistic") as Shape : "logistic",
    slope: slopes.includes(Number(settings.get("slope"))) ? Number(settings.get("slope")) : 20,
    optimizer: of("optimizer", "sgd") === "adam" ? "adam" : "sgd",
    prevalence: [0.5, 0.1, 0.02].includes(Number(settings.get("prevalence")))
      ? Number(settings.get("prevalence"))
      : 0.1,
    start: of("start", "prior") === "zero" ? "zero" : "prior",
  };
  let seed = seeds.includes(Number(settings.get("rows"))) ? Number(settings.get("rows")) : 1, at = 0, playing = 0;
  let current = trial(setting, seed);
  const histogram = frame({
    ...{ alt: "Histogram of 400 outputs under the step", height: 230 },
    x: { label: "output p", domain: [0, 1], ticks: [0, 0.25, 0.5, 0.75, 1] },
    y: { label: "rows (full: label 1), and the step", domain: [0, 160], ticks: [0, 40, 80, 120, 160] },
  });
  const strip = frame({
    ...{ alt: "Rows with a gradient over 100 steps", height: 230 },
    x: { label: "step of the training", domain: [0, steps], ticks: [0, 25, 50, 75, 100] },
    y: { label: "rows with a gradient", domain: [0, rows], ticks: [0, 100, 200, 300, 400] },
  }, (step) => seek(Math.round(step)));
  const said = readout();
  const time = slider({
    ...{ label: "Step of the training", min: 0, max: steps, step: 1, value: 0, text: String },
    onChange: (step) => seek(step),
  });
  const seek = (step: number) => {
    cancelAnimationFrame(playing);
    show(step);
    keepSettings(name, { ...setting, rows: seed, step });
  };
  const choose = (change: Partial<Setting>) => {
    const map = "optimizer" in change || "prevalence" in change || "start" in change;
    Object.assign(setting, change);
    current = trial(setting, seed);
    if (map) fill();
    mark();
    seek(0);
  };
  const cells = new Map<string, HTMLButtonElement>();
  const table = html(
    "table",
    { class: "cells" },
    html(
      "caption",
      {},
      "F1 in per cent of the yardstick, mean of five draws; in brackets: not learnt; ×: all five are dead",
    ),
    html(
      "thead",
      {},
      html(
        "tr",
        {},
        html("th", { scope: "col" }, "slope"),
        ...slopes.map((s) => html("th", { scope: "col" }, String(s))),
      ),
    ),
    html(
      "tbody",
      {},
      ...(Object.keys(shapes) as Shape[]).map((shape) =>
        html(
          "tr",
          {},
          html("th", { scope: "row" }, names[shape]),
          ...slopes.map((slope) => {
            const made = button("…", () => choose({ shape, slope }));
            made.setAttribute("aria-label", `${shape}, slope ${slope}`);
            cells.set(`${shape} ${slope}`, made);
            return html("td", {}, made);
          }),
        )
      ),
    ),
  );
  const mark = () => {
    for (const [key, cell] of cells) {
      cell.setAttribute("aria-pressed", String(key === `${setting.shape} ${setting.slope}`));
    }
  };
  let filling = 0;
  /** Computes the cells one by one, so that the page answers in between. */
  const fill = () => {
    const turn = ++filling, waiting = [...cells];
    table.setAttribute("aria-busy", "true");
    for (const [key, cell] of cells) {
      cell.textContent = "…";
      cell.setAttribute("aria-label", key.replace(" ", ", slope "));
    }
    const next = () => {
      if (turn !== filling) return;
      const one = waiting.shift();
      if (one === undefined) return void table.removeAttribute("aria-busy");
      const [shape, slope] = one[0].split(" "),
        text = knownCellOf({ ...setting, shape: shape as Shape, slope: Number(slope) });
      one[1].textContent = text;
      one[1].setAttribute(
        "aria-label",
        `${shape}, slope ${slope}: ${text === "×" ? "dead" : `${text.replace(/[()]/g, "")} %`}`,
      );
      one[1].style.setProperty("--share", String(text === "×" ? 0 : Number(text.replace(/[()]/g, "")) / 100));
      setTimeout(next);
    };
    setTimeout(next);
  };
  const show = (step: number) => {
    at = step;
    time.set(step);
    const { run, step: own, x, y, share, learnt, dead } = current,
      [a, b, c] = run.path[at],
      line = `var(--rb-${colors[setting.shape]})`;
    const bins = Array.from({ length: 40 }, () => [0, 0]);
    x.forEach(([u, v], i) => {
      const p = sigmoid(a * u + b * v + c);
      bins[Math.min(39, Math.floor(40 * p))][y[i]]++;
    });
    const [zero, scale] = [histogram.y(0), histogram.y(0) - histogram.y(1)];
    const points = Array.from({ length: 201 }, (_, i) => [i / 200, 160 * own.value(i / 200)] as const);
    histogram.layer.replaceChildren(
      ...bins.flatMap(([negative, positive], i) => {
        const [left, width] = [histogram.x(i / 40), histogram.x(1 / 40) - histogram.x(0) - 1];
        const [low, high] = [Math.min(160, positive) * scale, Math.min(160, positive + negative) * scale];
        return [
          svg("rect", {
            x: left,
            width,
            y: zero - high,
            height: high - low,
            fill: "var(--rb-paper)",
            stroke: "var(--rb-muted)",
          }),
          svg("rect", { x: left, width, y: zero - low, height: low, fill: "var(--rb-ink)" }),
        ];
      }),
      svg("path", { d: path(points, histogram), fill: "none", stroke: line, "stroke-width": 3 }),
    );
    const last = run.alive.length - 1, alive = (t: number) => Math.round(rows * run.alive[Math.min(t, last)]);
    strip.layer.replaceChildren(
      svg("path", {
        d: path(run.alive.map((share, t) => [t, rows * share] as const), strip),
        fill: "none",
        stroke: line,
        "stroke-width": 3,
      }),
      svg("line", {
        x1: strip.x(at),
        x2: strip.x(at),
        y1: 30,
        y2: strip.y(0),
        stroke: "var(--rb-ink)",
        "stroke-width": 2,
      }),
    );
    const f1Now = run.watched[Math.min(at, last)],
      verdict = learnt ? "it has learnt" : dead ? "it is dead" : "it has not learnt yet";
    const next = run.path[Math.min(at + 1, steps)],
      moves = Math.max(...next.map((w, j) => Math.abs(w - run.path[at][j])));
    said.say(
      `At step ${at}, ${alive(at)} of ${rows} rows have a gradient, which moves a weight by ${
        small(moves)
      } at most, and F1 is ` +
        `${number(f1Now, 3)}; at the end F1 is ` +
        `${number(100 * share, 0)} % of the yardstick: ${verdict}.`,
    );
  };
  const play = button("Play", () => {
    cancelAnimationFrame(playing);
    if (reducedMotion()) return seek(steps);
    show(0);
    const frameOf = () => {
      if (at >= steps) return seek(steps);
      show(at + 1);
      playing = requestAnimationFrame(frameOf);
    };
    playing = requestAnimationFrame(frameOf);
  });
  const lists = [
    choice(
      "Start",
      { zero: "bias 0", prior: "bias at the prior" },
      setting.start,
      (start) => choose({ start: start as Setting["start"] }),
    ),
    choice(
      "Optimizer",
      { sgd: "SGD, rate 1", adam: "Adam, rate 0.1" },
      setting.optimizer,
      (optimizer) => choose({ optimizer: optimizer as Setting["optimizer"] }),
    ),
    choice(
      "Positives",
      { "0.5": "50 %", "0.1": "10 %", "0.02": "2 %" },
      String(setting.prevalence),
      (prevalence) => choose({ prevalence: Number(prevalence) }),
    ),
    choice("Draw of the rows", Object.fromEntries(seeds.map((one) => [one, String(one)])), String(seed), (one) => {
      seed = Number(one);
      choose({});
    }),
  ];
  place.replaceChildren(
    html("div", { class: "fields" }, ...lists.map(({ field }) => field)),
    html("div", { class: "table-box" }, table),
    html("div", { class: "frames" }, histogram.box, strip.box),
    html("div", { class: "fields" }, time.field, html("div", { class: "buttons" }, play)),
    said,
  );
  mark();
  show(Math.min(steps, Math.max(0, Math.round(Number(settings.get("step") ?? 0)))));
  // 150 trainings, from the moment at which the reader comes by.
  const seen = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    seen.disconnect();
    fill();
  });
  seen.observe(table);
  table.setAttribute("aria-busy", "true");
}
