/**
 * Places of the figures that move: each belongs to a cell of a notebook, by the cell's id, and the page's script sets it up there.
 * Without JavaScript the cell's own figure is all that there is; in Jupyter, too.
 *
 * @module
 */
import type { Cell } from "../notebook_format.ts";

/** Ids of the cells by the figure that moves beside their first figure, or in its place. */
export const liveFigures: Readonly<Record<string, string>> = {
  "drag-the-start": "landscape-figure",
  "who-gets-an-arrow": "dilemma-figure",
  "start-on-the-tail": "prior-map",
  "move-the-threshold": "thesis-figure",
  "shuffle-the-batches": "direction-figure",
};

/** Marks a figure as the place of one that moves. */
export const marked = (html: string, name: string): string =>
  html.replace('<figure class="rb-figure"', `<figure class="rb-figure" data-live="${name}"`);

/** Marks the first figure of a cell's outputs if one that moves belongs to it. */
export function markLive(html: string, { id }: Cell): string {
  const name = Object.keys(liveFigures).find((figure) => liveFigures[figure] === id);
  return name === undefined ? html : marked(html, name);
}

/** Chooses the script of a page. */
export const scriptOf = (html: string): string => html.includes(' data-live="') ? "figures.js" : "site.js";
