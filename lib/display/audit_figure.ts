import type { LossAudit } from "../audit/types.ts";
import { type Axis, drawChart, type Region } from "./chart.ts";
import { assertSize, type FigureSize } from "./curve_figure.ts";
import { type Figure, type FigureWords, makeFigure } from "./figure.ts";
import { formatNumber } from "./format.ts";
import { svgDocument, titleBlock } from "./svg.ts";

/** What {@linkcode auditFigure} draws of an audit. */
export type AuditWay = Pick<LossAudit, "name" | "verdict" | "lossPath">;

/** Options for {@linkcode auditFigure}. */
export interface AuditFigureOptions extends Partial<FigureWords>, FigureSize {
  /**
   * First and last value of the two axes from bottom to top, so that figures side by side can be compared.
   *
   * @default {as the data needs}
   */
  domains?: { readonly loss?: Axis["domain"]; readonly slope?: Axis["domain"] };
}

/** Where the loss has no slope: half-way from the last point that has one to the first, and on to the ends. */
function flatRegions(way: LossAudit["lossPath"]): Region[] {
  const regions: { from: number; to: number }[] = [];
  const between = (n: number): number => (way[n - 1].at + way[n].at) / 2;
  way.forEach(({ at, slope }, n) => {
    if (slope !== 0) return;
    const from = n === 0 ? at : between(n), to = n === way.length - 1 ? at : between(n + 1);
    const last = regions.at(-1);
    if (last && n > 0 && way[n - 1].slope === 0) last.to = to;
    else regions.push({ from, to });
  });
  return regions.map((region, n) => n === 0 ? { ...region, label: "flat: slope 0" } : region);
}

/** The share of the way on which something is so. */
const share = (regions: readonly Region[], length: number): number =>
  regions.reduce((sum, { from, to }) => sum + to - from, 0) / length;

const percent = (part: number): string => `${formatNumber(Math.round(100 * part))}\u00a0%`;

/** The point of the figure, as far as the way tells it. */
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
 * What an audited loss does along the way from wrong predictions to right ones: above its value, below its slope as the
 * gradient says it; flat parts are shaded.
 *
 * @param audit An audit, or its name, verdict and way
 * @param options Other words, and the size
 * @returns The figure
 * @throws {RangeError} The way is empty: such a loss has none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { auditFigure } from "@roundabout/roundabout/display";
 *
 * const way = [{ at: 0, loss: 1, slope: 0 }, { at: 0.5, loss: 1, slope: 0 }, { at: 1, loss: 0, slope: 0 }];
 * const figure = auditFigure({ name: "roundLoss", verdict: "broken", lossPath: way });
 * assertEquals(figure.title, "roundLoss has no slope anywhere between wrong and right");
 * ```
 */
export function auditFigure(audit: AuditWay, options: AuditFigureOptions = {}): Figure {
  const maker = "an audit figure";
  assertSize(maker, options);
  const { name, lossPath: way } = audit;
  if (!Array.isArray(way) || way.length < 2) {
    throw new RangeError(`Cannot make ${maker}: 'lossPath' of '${name}' has ${way?.length} points, it must have 2 at least`);
  }
  const { width = 640, height = 160, domains = {} } = options;
  const [first, last] = [way[0], way[way.length - 1]];
  const regions = flatRegions(way), flat = share(regions, last.at - first.at);
  const title = options.title ?? pointOf(audit, flat);
  const alt = options.alt ??
    `Above, the loss from ${formatNumber(first.loss)} at the wrong end to ${
        formatNumber(last.loss)
      } at the right end; ` +
      `below, its slope along that way, which is 0 on ${percent(flat)} of it.`;
  const x: Axis = { label: "way from wrong (0) to right (1)", domain: [first.at, last.at] };
  const steepest = way.reduce((most, { slope }) => Math.max(most, Number.isFinite(slope) ? Math.abs(slope) : 0), 0);
  // A slope that is 0 everywhere still has an axis around it.
  const slopes = domains.slope ?? (steepest === 0 ? [-1, 1] as const : undefined);
  const panels: { y: Axis; value: "loss" | "slope" }[] = [
    { y: { label: "loss", domain: domains.loss }, value: "loss" },
    { y: { label: "slope along the way", domain: slopes }, value: "slope" },
  ];
  let top = titleBlock(title, width).height;
  const parts = panels.map(({ y, value }, n) => {
    const points = way.map((point): [number, number] => [point.at, Number.isFinite(point[value]) ? point[value] : NaN]);
    const chart = drawChart(maker, {
      x,
      y,
      series: [{ name: value, color: value === "loss" ? "blue" : "vermillion", points }],
      regions: n === 0 ? regions : regions.map(({ from, to }) => ({ from, to })),
      rules: value === "slope" && steepest > 0 ? [{ y: 0 }] : [],
    }, { width, frameHeight: height, left: 64, right: 70, xAxis: n === panels.length - 1 });
    const part = { x: 0, y: top, markup: chart.markup };
    top += chart.height + (n === 0 ? 10 : 0);
    return part;
  });
  return makeFigure(svgDocument(title, width, top, parts), {
    title,
    alt,
    caption: options.caption ??
      `${way.length} steps from wrong predictions to right ones; shaded where the slope is 0.`,
  });
}
