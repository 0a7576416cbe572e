import * as Plot from "@observablehq/plot";
import type { Figure, FigureWords } from "../../lib/display/figure.ts";
import { neutral, stroke, textFill } from "../../lib/display/palette.ts";
import { axisX, axisY, margins, plotFigure, roomFor } from "../../lib/display/plot.ts";

/** A row: its output, its label, and where a step of training moves the output. */
export interface RankedRow {
  /** The output, from 0 to 1. */
  output: number;
  /** 0 or 1. */
  label: number;
  /** The change of the output that a step against the gradient makes. */
  move: number;
}

/** Options for {@linkcode rankingFigure}. */
export interface RankingFigureOptions extends FigureWords {
  /** The exact curve, from the highest threshold to the lowest. */
  curve: { readonly tp: ArrayLike<number>; readonly fp: ArrayLike<number> };
  /** The counts at the thresholds of the loss. */
  counts: readonly { readonly tp: number; readonly fp: number }[];
  /** The thresholds of the loss. */
  thresholds: readonly number[];
  /** The rows. */
  rows: readonly RankedRow[];
}

const width = 640, rocHeight = 280, rowsHeight = 130;

/**
 * Draws the counts at every threshold as a curve, with the points that a loss takes; below it each row at its output, the labels of
 * 1 above and those of 0 below, and an arrow to where a step of training moves it.
 */
export function rankingFigure({ curve, counts, thresholds, rows, ...words }: RankingFigureOptions): Figure {
  const bad = rows.find(({ output, label }) => !(output >= 0 && output <= 1) || (label !== 0 && label !== 1));
  if (bad !== undefined) {
    throw new RangeError(
      `Cannot draw a ranking: 'rows' has the output ${bad.output} and the label ${bad.label}, ` +
        "a row must have one from 0 to 1 and one of 0 or 1",
    );
  }
  const negatives = curve.fp[curve.fp.length - 1], positives = curve.tp[curve.tp.length - 1];
  const steps = [[0, 0], ...Array.from(curve.tp, (tp, b) => [curve.fp[b], tp])];
  const points = counts.map(({ tp, fp }) => [fp, tp]), sides = ["label 1", "label 0"];
  const frame = { ...margins, width, marginRight: Math.max(...sides.map(roomFor)) + 24 };
  const fp = { label: "false positives", domain: [0, negatives] as const };
  const upper: Plot.PlotOptions = {
    ...frame,
    height: margins.marginTop + rocHeight + margins.marginBottom,
    x: { domain: [0, negatives], axis: null },
    y: { domain: [0, positives], axis: null },
    marks: [
      ...axisX(fp),
      ...axisY({ label: "true positives" }),
      Plot.line(steps, { stroke: neutral("ink"), strokeWidth: 2 }),
      Plot.line([[0, 0], ...points, [negatives, positives]], {
        stroke: stroke("blue"),
        strokeWidth: 2,
        strokeDasharray: "6 4",
      }),
      Plot.dot(points, { r: 6, fill: stroke("blue") }),
    ],
  };
  const p = { label: "output", domain: [0, 1] as const };
  const lower: Plot.PlotOptions = {
    ...frame,
    height: margins.marginTop + rowsHeight + margins.marginBottom,
    x: { domain: [0, 1], axis: null },
    y: { domain: [-0.6, 1.6], axis: null },
    marks: [
      ...axisX(p),
      Plot.ruleX(thresholds, { stroke: stroke("blue"), strokeDasharray: "3 3" }),
      ...[1, 0].map((label) =>
        Plot.dot(rows.filter((row) => row.label === label), {
          x: "output",
          y: () => label,
          r: 6,
          fill: label === 1 ? neutral("ink") : neutral("paper"),
          stroke: neutral("ink"),
          strokeWidth: 2,
        })
      ),
      Plot.arrow(rows.filter(({ move }) => move !== 0), {
        x1: "output",
        x2: ({ output, move }: RankedRow) => output + move,
        y1: ({ label }: RankedRow) => label + (label === 1 ? 0.3 : -0.3),
        y2: ({ label }: RankedRow) => label + (label === 1 ? 0.3 : -0.3),
        stroke: stroke("vermillion"),
        strokeWidth: 2.5,
        headLength: 9,
      }),
      ...sides.map((text, k) =>
        Plot.text([text], {
          frameAnchor: "right",
          y: () => 1 - k,
          textAnchor: "start",
          dx: 16,
          fill: textFill("black"),
        })
      ),
    ],
  };
  return plotFigure(words, [upper, lower]);
}
