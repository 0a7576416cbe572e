import {
  auditFigure,
  curveFigure,
  decisionFigure,
  gradientCurveFigure,
  heatMapFigure,
  historyFigure,
  landscapeFigure,
  pairedFigure,
  rankingFigure,
} from "@roundabout/figures";
import type { Figure } from "@roundabout/roundabout/display";

/** A small generator of numbers in (0, 1), the same on every run. */
export function generator(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16807) % 2147483647) / 2147483647;
}

const grid = (low: number, high: number, n: number): number[] =>
  Array.from({ length: n }, (_, k) => low + (high - low) * k / (n - 1));

/** Steps with formulas of their own: these tests are about figures. */
export const round = { name: "round", value: (p: number) => (p > 0.5 ? 1 : 0), derivative: () => 0 };
export const ramp = {
  name: "linearRamp",
  value: (p: number) => Math.min(1, Math.max(0, 4 * (p - 0.5) + 0.5)),
  derivative: (p: number) => (Math.abs(p - 0.5) < 0.125 ? 4 : 0),
};
export const softsign = {
  name: "softsign",
  value: (p: number) => 0.5 + (p - 0.5) * 6 / (1 + 10 * Math.abs(p - 0.5)),
  derivative: (p: number) => 6 / (1 + 10 * Math.abs(p - 0.5)) ** 2,
};
export const logistic = {
  name: "logistic",
  value: (p: number) => 1 / (1 + Math.exp(-300 * (p - 0.5))),
  derivative: (p: number) => 300 * Math.exp(-300 * Math.abs(p - 0.5)) / (1 + Math.exp(-300 * Math.abs(p - 0.5))) ** 2,
};

const straightThrough = { ...softsign, name: "straightThrough(softsign)", value: round.value };

function seeds(seed: number, from: number, to: number): number[][] {
  const random = generator(seed);
  return Array.from(
    { length: 5 },
    () => grid(0, 4, 25).map((t) => to + (from - to) * Math.exp(-t) + (random() - 0.5) / 20),
  );
}

function predictions(n: number, spread: number): { predictions: number[]; labels: number[] } {
  const random = generator(n);
  const labels = Array.from({ length: n }, (_, k) => (k % 3 === 0 ? 1 : 0));
  const noise = (): number => random() + random() + random() - 1.5;
  return { labels, predictions: labels.map((label) => 1 / (1 + Math.exp(-spread * (label - 0.5 + noise())))) };
}

const bowl = (sharp: number) => (u: number, v: number): number => {
  const hill = Math.hypot(u - 2, v + 1) / 4;
  return sharp === 0 ? Math.min(1, Math.floor(hill * 4) / 4) : Math.min(1, hill);
};
const landscape = (f: (u: number, v: number) => number): number[][] =>
  grid(-4, 4, 33).map((v) => grid(-4, 4, 33).map((u) => f(u, v)));

/** The figures that are under test, each with a name for its snapshot. */
export const examples: Readonly<Record<string, () => Figure>> = {
  curves: () =>
    curveFigure({
      title: "Five lines that end together, and a jump that is drawn as a jump",
      alt: "Five curves over a prediction from 0 to 1; round jumps at 0.5.",
      caption: "Formulas, *no data*.",
      x: { label: "prediction p" },
      y: { label: "step s(p)" },
      series: [
        { name: "round", points: [[0, 0], [1, 1]], jumps: [{ x: 0.5, left: 0, right: 1 }] },
        ...[ramp, softsign, logistic].map(({ name, value }) => ({
          name,
          points: grid(0, 1, 201).map((p): [number, number] => [p, value(p)]),
        })),
        { name: "identity", points: [[0, 0], [1, 1]] },
      ],
      regions: [{ from: 0.375, to: 0.625, label: "where the ramp rises" }],
      rules: [{ x: 0.5, label: "threshold" }, { y: 0.9, label: "goal" }],
      marks: [{ x: 0.25, y: 0.25, color: "yellow" }],
    }),
  ranking: () =>
    rankingFigure({
      title: "Every row gets an arrow, the low positive the longest",
      alt: "A staircase with two dots; below it three rows of each label, with arrows up and down.",
      curve: { tp: [1, 1, 2, 2, 3, 3], fp: [0, 1, 1, 2, 2, 3] },
      counts: [{ tp: 1.4, fp: 0.6 }, { tp: 2.3, fp: 1.7 }],
      thresholds: [0.3, 0.7],
      rows: [0.9, 0.8, 0.6, 0.5, 0.2, 0.1].map((output, i) => ({
        output,
        label: 1 - i % 2,
        move: [0.02, -0.1, 0.1, -0.1, 0.2, 0][i],
      })),
    }),
  family: () =>
    curveFigure({
      title: "One family, told apart by its dashes",
      alt: "Four lines of one colour that fan out.",
      x: { label: "epoch" },
      y: { label: "loss", type: "log" },
      series: [1, 2, 5, 20].map((slope) => ({
        name: `softsign, slope ${slope}`,
        points: grid(0, 4, 9).map((x): [number, number] => [x, Math.exp(-x * slope / 4)]),
        dots: slope === 1,
      })),
    }),
  gradients: () =>
    gradientCurveFigure([round, softsign, straightThrough], {
      title: "Round is flat on both sides of its jump",
      alt: "Above, three steps; below, their derivatives: 0 for round, a peak at 0.5 for the others.",
    }),
  tails: () =>
    gradientCurveFigure([round, ramp, softsign, logistic], {
      title: "Tails differ by orders of magnitude",
      alt: "Derivatives on a logarithmic axis: the softsign's stays, the logistic's falls below what float32 has.",
      value: false,
      height: 300,
      derivative: { label: "derivative s′(p)", type: "log" },
    }),
  history: () =>
    historyFigure({
      title: "Narrow ramps run out of gradients",
      alt: "Four lines with bands over 25 epochs: two ramps fall, the softsign and cross-entropy stay.",
      x: { label: "epoch" },
      y: { label: "share of predictions with a gradient", domain: [0, 1] },
      runs: [
        { name: "ramp, width 0.5", seeds: seeds(1, 0.9, 0.3) },
        { name: "ramp, width 0.125", seeds: seeds(2, 0.9, 0.05) },
        { name: "softsign", seeds: seeds(3, 0.9, 0.93) },
        { name: "cross-entropy", seeds: seeds(4, 0.9, 0.85) },
      ],
      band: "quartiles",
    }),
  heat_map: () => {
    const random = generator(5);
    const cells = (): (number | null)[][] =>
      grid(0, 1, 3).map(() => grid(0, 1, 4).map((k) => (k === 1 ? null : random())));
    return heatMapFigure({
      title: "The shape matters with SGD, hardly with Adam",
      alt: "Four panels of three rows and four columns with numbers from 0 to 1.",
      rows: ["linearRamp", "softsign", "logistic"],
      columns: [2, 5, 20, 100],
      rowLabel: "shape",
      columnLabel: "slope",
      facets: ["SGD, 50 %", "SGD, 5 %", "Adam, 50 %", "Adam, 5 %"].map((title) => ({ title, values: cells() })),
      domain: [0, 1],
    });
  },
  differences: () =>
    heatMapFigure({
      title: "Two wins, one loss",
      alt: "Three numbers: 0.2, −0.1 and 0.05.",
      rows: ["difference"],
      columns: ["A", "B", "C"],
      values: [[0.2, -0.1, 0.05]],
      midpoint: 0,
    }),
  decisions_and_step: () =>
    decisionFigure({
      title: "The ramp rises where few predictions are",
      alt: "Above, the ramp; below, a histogram of predictions.",
      ...predictions(200, 2),
      curves: [ramp],
      regions: [{ from: 0.375, to: 0.625, label: "the ramp's gradient" }],
    }),
  landscape: () =>
    landscapeFigure({
      title: "Terraces hold an optimizer, slopes lead it",
      alt: "Two landscapes: on terraces a dot that never moves, on a slope a path to the bottom.",
      x: { label: "weight", domain: [-4, 4] },
      y: { label: "bias", domain: [-4, 4] },
      panels: [
        {
          title: "round",
          values: landscape(bowl(0)),
          paths: [{ name: "round", label: "never moves", points: [[-2, 2], [-2, 2]] }],
        },
        {
          title: "softsign",
          values: landscape(bowl(1)),
          paths: [{
            name: "softsign",
            label: "arrives",
            points: grid(0, 1, 30).map((t) => [-2 + 4 * t, 2 - 3 * t * t]),
          }],
        },
      ],
    }),
  paired: () =>
    pairedFigure({
      title: "Two wins, a loss and a tie against a tuned cross-entropy",
      alt: "Four intervals: two above 0, one below, one around it.",
      xLabel: "difference in F1 on held-out rows",
      zeroLabel: "cross-entropy, tuned",
      items: [
        { group: "Spambase", label: "F1 loss, softsign", mean: 0.012, low: 0.004, high: 0.02 },
        { group: "Spambase", label: "straight-through", mean: -0.015, low: -0.025, high: -0.004 },
        { group: "WDBC", label: "F1 loss, softsign", mean: 0.002, low: -0.006, high: 0.009 },
        { group: "WDBC", label: "class weights", mean: 0.006, low: 0.001, high: 0.012 },
      ],
    }),
  audit_flat: () =>
    auditFigure({
      name: "roundLoss",
      lossPath: grid(0, 1, 41).map((at) => ({ at, loss: at < 0.5 ? 0.75 : 0.25, slope: 0 })),
    }),
  audit_saturated: () =>
    auditFigure({
      name: "rampLoss",
      lossPath: grid(0, 1, 81).map((at) => ({ at, loss: 1 - ramp.value(at), slope: -ramp.derivative(at) })),
    }),
  audit_sound: () =>
    auditFigure({
      name: "softsignLoss",
      lossPath: grid(0, 1, 81).map((at) => ({ at, loss: 1 - softsign.value(at), slope: -softsign.derivative(at) })),
    }, { width: 480, height: 120 }),
};
