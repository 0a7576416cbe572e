/// <reference lib="dom" />
/**
 * Reports of the tools: what a notebook displays, in a page.
 *
 * @module
 */
import { decodeFigures } from "../../../lib/display/figure.ts";
import type { Output } from "../../../lib/display/output.ts";
import { layTables } from "../tables.ts";
import { html } from "./dom.ts";

/** Puts a table into a box with a name for screen readers. */
export const tableBox = (table: HTMLElement, name: string): HTMLElement =>
  html("div", { class: "table-box", role: "group", "aria-label": name }, table);

/** Renders an output with its figures in line and its tables in boxes. */
export function reportOf(output: Output): HTMLElement {
  const shown = html("div", { class: "report" });
  shown.innerHTML = layTables(decodeFigures(output.html));
  for (const table of shown.querySelectorAll("table")) {
    const place = html("div");
    table.replaceWith(place);
    place.replaceWith(tableBox(table, table.querySelector("caption, th")?.textContent || "Table"));
  }
  return shown;
}
