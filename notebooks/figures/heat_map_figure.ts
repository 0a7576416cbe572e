import * as Plot from "@observablehq/plot";
import type { Figure, FigureWords } from "../../lib/display/figure.ts";
import { fixed } from "../../lib/numerics/format.ts";
import { inWords, neutral, stroke } from "../../lib/display/palette.ts";
import { lineHeight, plotFigure, roomFor } from "../../lib/display/plot.ts";

/** A grid of numbers: one array per row, with null or NaN for no value. */
type Grid = readonly (readonly (number | null)[])[];

/** Options for {@linkcode heatMapFigure}. */
export interface HeatMapFigureOptions extends FigureWords {
  /** The names of the rows. */
  rows: readonly (string | number)[];
  /** The names of the columns. */
  columns: readonly (string | number)[];
  /** The heading of the rows' names. */
  rowLabel?: string;
  /** The heading of the columns' names. */
  columnLabel?: string;
  /** The numbers of a single panel. Either this or `facets`. */
  values?: Grid;
  /** Panels with the same rows and columns, two abreast. */
  facets?: readonly { title: string; values: Grid }[];
  /**
   * The text of a cell.
   *
   * @default {two decimals}
   */
  format?: (value: number) => string;
  /**
   * The values of the palest and of the strongest colour.
   *
   * @default {the smallest and the largest value}
   */
  domain?: readonly [number, number];
  /** The value without colour, if smaller values are to be orange and larger ones blue. */
  midpoint?: number;
  /**
   * The width of the figure.
   *
   * @default {640}
   */
  width?: number;
}

/** Draws numbers in a grid, darker where they are larger, and prints them in their cells. */
export function heatMapFigure(options: HeatMapFigureOptions): Figure {
  const { rows, columns, rowLabel, columnLabel, values = [], midpoint, width = 640 } = options;
  const { format = (value: number) => fixed(value, 2) } = options;
  const { facets = [{ title: "", values }] } = options;
  for (const { values } of facets) {
    if (values.length !== rows.length || values.some((row) => row.length !== columns.length)) {
      throw new RangeError(
        `Cannot draw a heat map: 'values' has ${values.length} rows of ${values[0]?.length} values, ` +
          `it must have ${rows.length} of ${columns.length}`,
      );
    }
  }
  const abreast = Math.min(2, facets.length), deep = Math.ceil(facets.length / abreast);
  const isKnown = (value: number | null): value is number => value !== null && Number.isFinite(value);
  const cells = facets.flatMap(({ values }, n) =>
    values.flatMap((row, r) =>
      row.map((value, c) => ({ value, row: r, column: c, fx: n % abreast, fy: Math.floor(n / abreast) }))
    )
  );
  const known = cells.flatMap(({ value }) => (isKnown(value) ? [value] : []));
  const [low, high] = options.domain ?? [Math.min(...known), Math.max(...known)];
  const reach = midpoint === undefined ? high - low : Math.max(high - midpoint, midpoint - low);
  const strength = (value: number): number => midpoint === undefined ? value - low : Math.abs(value - midpoint);
  const share = (value: number): number => Math.min(1, Math.max(0, strength(value) / (reach || 1)));
  const rowNames = rows.map((name) => inWords(String(name))),
    columnNames = columns.map((name) => inWords(String(name)));
  const hasTitles = options.facets !== undefined;
  const headHeight = (hasTitles ? 2 : 1) * lineHeight + 4, marginTop = headHeight + (columnLabel ? lineHeight : 0);
  const marginLeft = Math.max(...rowNames.map(roomFor), roomFor(rowLabel ?? "")) + 12;
  const place = { x: "column", y: "row", fx: "fx", fy: "fy" };
  const tick = { tickSize: 0, labelArrow: "none", color: neutral("muted") } as const;
  const frameHeight = 34 * rows.length, gap = deep > 1 ? headHeight + 12 : 0;
  return plotFigure(options, [{
    width,
    height: marginTop + deep * frameHeight + (deep - 1) * gap + 10,
    marginLeft,
    marginRight: 4,
    marginTop,
    marginBottom: 10,
    x: { type: "band", domain: columns.map((_, c) => c), padding: 0.03, round: false, axis: null },
    y: { type: "band", domain: rows.map((_, r) => r), padding: 0.05, round: false, axis: null },
    fx: { axis: null, padding: abreast > 1 ? 0.05 : 0, paddingOuter: 0, round: false },
    fy: { axis: null, padding: gap / (frameHeight + gap), paddingOuter: 0, round: false },
    marks: [
      Plot.cell(cells, {
        ...place,
        fill: ({ value }) =>
          midpoint === undefined ? neutral("ink") : stroke(isKnown(value) && value < midpoint ? "orange" : "blue"),
        fillOpacity: ({ value }) => (isKnown(value) ? Number((0.04 + 0.56 * share(value)).toFixed(3)) : 0),
        stroke: neutral("grid"),
      }),
      Plot.text(cells, { ...place, text: ({ value }) => (isKnown(value) ? format(value) : "–") }),
      Plot.axisY({ ...tick, text: (r: number) => rowNames[r], label: rowLabel ?? null, labelAnchor: "top" }),
      Plot.axisX({
        ...tick,
        anchor: "top",
        facetAnchor: null,
        text: (c: number) => columnNames[c],
        label: columnLabel ?? null,
      }),
      Plot.text(facets, {
        fx: (_, n: number) => n % abreast,
        fy: (_, n: number) => Math.floor(n / abreast),
        text: "title",
        frameAnchor: "top-left",
        textAnchor: "start",
        lineAnchor: "bottom",
        dy: -lineHeight - 6,
        fontWeight: "bold",
      }),
    ],
  }]);
}
