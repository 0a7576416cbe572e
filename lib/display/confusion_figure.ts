import type { ConfusionTable } from "../metrics/confusion_table.ts";
import type { Figure, FigureWords } from "./figure.ts";
import { heatMapFigure } from "./heat_map_figure.ts";

/** Options for {@linkcode confusionFigure}. */
export interface ConfusionFigureOptions extends FigureWords {
  /**
   * What is printed in a cell.
   *
   * @default {whole numbers as they are, others with two decimals}
   */
  format?: (value: number) => string;
  /**
   * The width of the figure.
   *
   * @default {640}
   */
  width?: number;
}

/**
 * A confusion table as a heat map, a row for each true class: the stronger the colour, the more rows; the palest is 0.
 *
 * @param table What `confusionTable` returns
 * @param options Words, format, width
 * @returns The figure
 *
 * @example
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { confusionTable } from "@roundabout/roundabout";
 * import { confusionFigure } from "@roundabout/roundabout/display";
 *
 * const figure = confusionFigure(confusionTable(["cat", "dog", "dog"], ["cat", "cat", "dog"]), {
 *   title: "Every second dog is taken for a cat",
 *   alt: "Confusion table: the cat is a cat, one dog is a cat, one a dog.",
 * });
 * assertStringIncludes(figure.svg, ">dog<");
 * ```
 */
export function confusionFigure(table: ConfusionTable, options: ConfusionFigureOptions): Figure {
  const counts = table?.counts;
  if (!Array.isArray(counts) || !Array.isArray(table.names)) {
    throw new TypeError("Cannot make a confusion figure: 'table' must be what confusionTable returns");
  }
  const numbers = counts.flat(), whole = numbers.every(Number.isInteger);
  return heatMapFigure({
    format: whole ? String : undefined,
    ...options,
    rows: table.names,
    columns: table.names,
    rowLabel: "true",
    columnLabel: "predicted",
    values: counts,
    domain: [0, Math.max(...numbers)],
  });
}
