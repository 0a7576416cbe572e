import * as Plot from "@observablehq/plot";
import type { LossAudit } from "../audit/types.ts";
import type { Figure, FigureWords } from "./figure.ts";
import { formatNumber } from "../numerics/format.ts";
import { neutral } from "./palette.ts";
import { axisX, axisY, lineHeight, margins, plotFigure, scaleOf } from "./plot.ts";

/** The part of an audit that {@linkcode auditFigure} draws. */
type AuditWay = Pick<LossAudit, "name" | "lossPath">;

/** Options for {@linkcode auditFigure}. */
export interface AuditFigureOptions extends Partial<FigureWords> {
  /**
   * The width of the figure.
   *
   * @default {640}
   */
  width?: number;
  /**
   * The height of each of the two frames.
   *
   * @default {160}
   */
  height?: number;
  /**
   * First and last value of the two vertical axes, so that figures side by side can be compared.
   *
   * @default {the extent of the data}
   */
  domains?: { readonly loss?: readonly [number, number]; readonly slope?: readonly [number, number] };
}

/** A part of the way on which the slope is 0. */
interface Region {
  from: number;
  to: number;
}

/** Finds the parts without a slope: each reaches half-way to the next point with one, or to the end of the way. */
function flatRegions(way: LossAudit["lossPath"]): Region[] {
  const regions: Region[] = [];
  const between = (n: number): number => (way[n - 1].at + way[n].at) / 2;
  way.forEach(({ at, slope }, n) => {
    if (slope !== 0) return;
    const from = n === 0 ? at : between(n), to = n === way.length - 1 ? at : between(n + 1);
    const last = regions.at(-1);
    if (last && n > 0 && way[n - 1].slope === 0) last.to = to;
    else regions.push({ from, to });
  });
  return regions;
}

const percent = (part: number): string => `${formatNumber(Math.round(100 * part))}\u00a0%`;

/** Says the point of the figure, where `flat` is the fraction of the way without a slope. */
function pointOf({ name, lossPath: way }: AuditWay, flat: number): string {
  if (way.some(({ loss, slope }) => !Number.isFinite(loss) || !Number.isFinite(slope))) {
    return `${name} is not finite on its way from wrong to right`;
  }
  if (flat === 1) return `${name} has no slope anywhere between wrong and right`;
  if (way[0].loss < way[way.length - 1].loss) return `${name} rises from wrong to right`;
  if (flat > 0) return `${name} is flat on ${percent(flat)} of its way from wrong to right`;
  const steepest = Math.max(...way.map(({ slope }) => Math.abs(slope)));
  if (way.some(({ slope }) => slope > 1e-3 * steepest)) return `${name} turns on its way from wrong to right`;
  return `${name} has a slope all the way from wrong to right`;
}

/**
 * Draws an audited loss along the way from wrong predictions to right ones: above its value, below its slope by the
 * gradient. Flat parts are shaded.
 *
 * @param audit An audit, or its name and way
 * @param options Words, size and domains; the title and the alternative text follow from the audit if they are left out
 * @returns The figure
 * @throws {RangeError} The way has fewer than two points.
 */
export function auditFigure(audit: AuditWay, options: AuditFigureOptions = {}): Figure {
  const { name, lossPath: way } = audit;
  if (!Array.isArray(way) || way.length < 2) {
    throw new RangeError(
      `Cannot make an audit figure: 'lossPath' of '${name}' has ${way?.length} points, it must have at least 2`,
    );
  }
  const { width = 640, height = 160, domains = {} } = options;
  const [first, last] = [way[0], way[way.length - 1]];
  // At its right end alone a loss may be flat: that is its optimum.
  const regions = way.slice(0, -1).some(({ slope }) => slope === 0) ? flatRegions(way) : [];
  const flat = regions.reduce((sum, { from, to }) => sum + to - from, 0) / (last.at - first.at);
  const isFlat = way.every(({ slope }) => slope === 0);
  const x = { label: "way from wrong (0) to right (1)", domain: [first.at, last.at] as const };
  const panel = (value: "loss" | "slope", label: string, domain?: readonly [number, number]): Plot.PlotOptions => {
    const isLower = value === "slope", hasStrip = !isLower && regions.length > 0;
    const marginTop = margins.marginTop + (hasStrip ? lineHeight : 0);
    const marginBottom = isLower ? margins.marginBottom : 10;
    const y = { label, domain };
    return {
      width,
      height: height + marginTop + marginBottom,
      marginLeft: margins.marginLeft,
      marginRight: 24,
      marginTop,
      marginBottom,
      x: scaleOf(x),
      y: scaleOf(y),
      marks: [
        Plot.rect(regions, { x1: "from", x2: "to", fill: neutral("ink"), fillOpacity: 0.1 }),
        ...axisX(x, { labelled: isLower }),
        ...axisY(y),
        isLower ? null : Plot.text(regions.slice(0, 1), {
          x: ({ from, to }: Region) => (from + to) / 2,
          text: ["flat: slope 0"],
          frameAnchor: "top",
          lineAnchor: "bottom",
          dy: -8,
          textAnchor: regions[0]?.to < 0.4 ? "start" : regions[0]?.from > 0.6 ? "end" : "middle",
        }),
        isLower && !isFlat ? Plot.ruleY([0], { stroke: neutral("muted") }) : null,
        Plot.line(way, {
          x: "at",
          y: value,
          stroke: neutral("ink"),
          strokeWidth: 2.5,
          clip: domain !== undefined && way.some((point) => point[value] < domain[0] || point[value] > domain[1]),
        }),
      ],
    };
  };
  const alt = `Above, the loss from ${formatNumber(first.loss)} at the wrong end to ${formatNumber(last.loss)} ` +
    `at the right end; below, its slope along that way, which is 0 on ${percent(flat)} of it.`;
  return plotFigure({
    title: pointOf(audit, flat),
    alt,
    caption: `${way.length} steps from wrong predictions to right ones; shaded where the slope is 0.`,
    ...options,
  }, [
    panel("loss", "loss", domains.loss),
    // A slope that is 0 everywhere still has an axis around it.
    panel("slope", "slope along the way", domains.slope ?? (isFlat ? [-1, 1] : undefined)),
  ]);
}
