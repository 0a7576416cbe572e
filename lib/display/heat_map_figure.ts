import * as Plot from "@observablehq/plot";
import { assertWords, type Figure, type FigureWords, makeFigure } from "./figure.ts";
import { inWords, neutral, stroke } from "./palette.ts";
import { type Part, renderPlot, svgDocument, textElement, titleBlock } from "./svg.ts";
import { fontSize, lineHeight, textWidth, wrapText } from "./text_width.ts";

/** One panel of a {@linkcode heatMapFigure}. */
export interface HeatMapFacet {
  /** What distinguishes it from the others. */
  title: string;
  /** One array a row; null or NaN where there is no value. */
  values: readonly (readonly (number | null)[])[];
}

/** Options for {@linkcode heatMapFigure}. */
export interface HeatMapFigureOptions extends FigureWords {
  /** The names of the rows. */
  rows: readonly (string | number)[];
  /** The names of the columns. */
  columns: readonly (string | number)[];
  /** What the rows are. */
  rowLabel?: string;
  /** What the columns are. */
  columnLabel?: string;
  /** One array a row; null or NaN where there is no value. Either this or `facets`. */
  values?: readonly (readonly (number | null)[])[];
  /** Panels with the same rows and columns, side by side as far as they fit. */
  facets?: readonly HeatMapFacet[];
  /**
   * What is printed in a cell.
   *
   * @default {two decimals}
   */
  format?: (value: number) => string;
  /**
   * The values of the palest and of the strongest colour.
   *
   * @default {the least and the greatest value}
   */
  domain?: readonly [number, number];
  /** If given, what is below it is orange, what is above it blue. */
  midpoint?: number;
  /**
   * The width of the figure.
   *
   * @default {640}
   */
  width?: number;
}

const rowHeight = 34;

function assertValues(
  maker: string,
  name: string,
  values: readonly (readonly (number | null)[])[],
  { rows, columns }: HeatMapFigureOptions,
): void {
  if (values.length !== rows.length || values.some((row) => row.length !== columns.length)) {
    throw new RangeError(
      `Cannot make ${maker}: '${name}' has ${values.length} rows of ${
        values[0]?.length
      } values, it must have ${rows.length} of ${columns.length}`,
    );
  }
}

/**
 * Numbers in a grid, coloured by their size and printed in their cells, so that they read without colour too.
 *
 * @param options Words, names of rows and columns, values
 * @returns The figure
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { heatMapFigure } from "@roundabout/roundabout/display";
 *
 * const figure = heatMapFigure({
 *   title: "The steep ramp learns nothing",
 *   alt: "F1 of two steps at two slopes: 0.9 everywhere, but 0 for the ramp of slope 100.",
 *   rows: ["ramp", "softsign"],
 *   columns: [1, 100],
 *   columnLabel: "slope",
 *   values: [[0.9, 0], [0.9, 0.9]],
 * });
 * assertStringIncludes(figure.svg, ">0.90<");
 * ```
 */
export function heatMapFigure(options: HeatMapFigureOptions): Figure {
  const maker = "a heat map figure";
  assertWords(maker, options);
  const { title, rows, columns, rowLabel = "", columnLabel = "", values, midpoint, width = 640 } = options;
  const { format = (value: number) => value.toFixed(2).replace("-", "−") } = options;
  if (!Array.isArray(rows) || !Array.isArray(columns) || rows.length === 0 || columns.length === 0) {
    throw new TypeError(`Cannot make ${maker}: 'rows' and 'columns' must be arrays of names`);
  }
  if ((values === undefined) === (options.facets === undefined)) {
    throw new TypeError(`Cannot make ${maker}: either 'values' or 'facets' must be given`);
  }
  const facets = options.facets ?? [{ title: "", values: values ?? [] }];
  facets.forEach((facet) =>
    assertValues(maker, values ? "values" : `values of '${facet.title}'`, facet.values, options)
  );
  const numbers = facets.flatMap((facet) => facet.values.flat()).filter((v): v is number => v !== null && isFinite(v));
  const [low, high] = options.domain ?? [Math.min(...numbers), Math.max(...numbers)];

  const texts = facets.flatMap((facet) => facet.values.flat()).map((v) => cellWords(v, format));
  const rowNames = rows.map((name) => inWords(String(name))),
    columnNames = columns.map((name) => inWords(String(name)));
  const names = Math.ceil(Math.max(textWidth(rowLabel), ...rowNames.map((name) => textWidth(name)))) + 16;
  const least = Math.max(...texts.map((text) => textWidth(text)), ...columnNames.map((name) => textWidth(name))) + 10;
  const gap = 20;
  const space = width - names - 4;
  const abreast = Math.max(1, Math.min(facets.length, Math.floor((space + gap) / (least * columns.length + gap))));
  const cell = Math.min(110, (space - gap * (abreast - 1)) / abreast / columns.length);
  const across = cell * columns.length;

  const shade = (value: number): { fill: string; opacity: number } => {
    if (midpoint !== undefined) {
      const reach = Math.max(high - midpoint, midpoint - low) || 1;
      return { fill: stroke(value < midpoint ? "orange" : "blue"), opacity: clamp(Math.abs(value - midpoint) / reach) };
    }
    return { fill: stroke("blue"), opacity: clamp(high > low ? (value - low) / (high - low) : 0.5) };
  };
  const head = titleBlock(title, width).height;
  const titleLines = Math.max(
    ...facets.map((facet) => (facet.title === "" ? 0 : wrapText(facet.title, across).length)),
  );
  const above = titleLines * lineHeight + (columnLabel === "" ? 0 : lineHeight) + lineHeight + 6;
  const panelHeight = above + rows.length * rowHeight + 18;

  const parts = facets.map((facet, n): Part => {
    const place = n % abreast;
    const left = place === 0 ? names : 0;
    const cells = facet.values.flatMap((row, r) =>
      row.map((value, c) => ({ row: r, column: c, value, text: cellWords(value, format) }))
    );
    const known = cells.filter(({ value }) => value !== null && isFinite(value));
    const { markup } = renderPlot({
      width: left + across,
      height: panelHeight,
      marginLeft: left,
      marginRight: 0,
      marginTop: above,
      marginBottom: 18,
      x: { type: "band", domain: columns.map((_, c) => c), axis: null, padding: 0.03, round: false },
      y: { type: "band", domain: rows.map((_, r) => r), axis: null, padding: 0.05, round: false },
      marks: [
        Plot.cell(cells.filter((one) => !known.includes(one)), {
          x: "column",
          y: "row",
          fill: "none",
          stroke: neutral("grid"),
        }),
        ...known.map((one) => {
          const { fill, opacity } = shade(one.value as number);
          return Plot.cell([one], {
            x: "column",
            y: "row",
            fill,
            fillOpacity: Number((0.04 + 0.56 * opacity).toFixed(3)),
          });
        }),
      ],
    });
    const middle = (column: number): number => left + (column + 0.5) * cell;
    const facetLines = facet.title === "" ? [] : wrapText(facet.title, across);
    const words = [
      ...facetLines.map((line, k) => textElement(line, left, fontSize + k * lineHeight, { bold: true })),
      columnLabel === "" ? "" : textElement(columnLabel, left + across / 2, fontSize + titleLines * lineHeight, {
        anchor: "middle",
        fill: neutral("muted"),
      }),
      ...columnNames.map((name, c) =>
        textElement(name, middle(c), above - 8, { anchor: "middle", fill: neutral("muted") })
      ),
      ...(place === 0
        ? [
          rowLabel === ""
            ? ""
            : textElement(rowLabel, names - 10, above - 8, { anchor: "end", fill: neutral("muted") }),
          ...rowNames.map((name, r) =>
            textElement(name, names - 10, above + (r + 0.5) * rowHeight + 0.34 * fontSize, { anchor: "end" })
          ),
        ]
        : []),
      ...cells.map(({ row, column, text }) =>
        textElement(text, middle(column), above + (row + 0.5) * rowHeight + 0.34 * fontSize, { anchor: "middle" })
      ),
    ];
    return {
      x: place === 0 ? 0 : names + place * (across + gap),
      y: head + Math.floor(n / abreast) * panelHeight,
      markup: [markup, ...words.filter((word) => word !== "")].join("\n"),
    };
  });
  const height = head + Math.ceil(facets.length / abreast) * panelHeight;
  return makeFigure(svgDocument(title, width, height, parts), options);
}

const clamp = (share: number): number => Math.min(1, Math.max(0, share));
const cellWords = (value: number | null, format: (value: number) => string): string =>
  value === null || Number.isNaN(value) ? "–" : Number.isFinite(value) ? format(value) : value > 0 ? "∞" : "−∞";
