/// <reference lib="dom" />
/**
 * Reports of the tools: what a notebook displays, in a page.
 *
 * @module
 */
import { decodeFigures } from "../../../lib/display/figure.ts";
import type { Output } from "../../../lib/display/output.ts";
import { smallest } from "../figures.ts";
import { layTables } from "../tables.ts";
import { html } from "./dom.ts";

/** Makes a box with a name for screen readers. */
export const boxOf = (className: string, name: string, more = {}): HTMLElement =>
  html("div", { class: className, role: "group", "aria-label": name, ...more });

/** Puts an element into a box that stands in its place. */
function enclose(element: Element, box: HTMLElement): void {
  element.replaceWith(box);
  box.append(element);
}

/** Renders an output with its figures in line, and figures and tables in boxes. */
export function reportOf(output: Output): HTMLElement {
  const shown = html("div", { class: "report" });
  shown.innerHTML = layTables(decodeFigures(output.html));
  for (const table of shown.querySelectorAll("table")) {
    enclose(table, boxOf("table-box", table.querySelector("caption, th")?.textContent || "Table"));
  }
  for (const drawing of shown.querySelectorAll<SVGSVGElement>(".rb-figure > svg")) {
    const least = Math.round(smallest * drawing.viewBox.baseVal.width);
    enclose(drawing, boxOf("figure-box", "Figure", { tabindex: 0, style: `--least: ${least}px` }));
  }
  return shown;
}
