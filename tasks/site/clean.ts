/**
 * Cleans the HTML of notebooks (in markdown cells and in outputs) for a page: keeps only elements of an article, resolves links,
 * puts tables and formulas into boxes, and requires balanced tags.
 *
 * @module
 */
import { decodeFigures } from "../../lib/display/figure.ts";
import { figureBox } from "./figures.ts";
import { escapeHtml, SiteError, type Slots, unescapeHtml } from "./html.ts";
import { renderMathIn } from "./math.ts";

/** Options of {@linkcode cleanHtml}. */
export interface CleanOptions {
  /** Notebook and cell, for errors. */
  where: string;
  /** Holds markup that later passes must not touch. */
  slots: Slots;
  /** Resolves the address of a link or a picture for the page. */
  resolve: (href: string, kind: "link" | "image") => string;
  /** Returns an id that is unique on the page. */
  uniqueId: (wanted: string) => string;
  /** Returns the name of a table for screen readers. */
  tableLabel: () => string;
  /** True to keep headings; in outputs they would break the page's outline. */
  headings: boolean;
}

const voids = new Set(["br", "hr", "img", "wbr", "col"]);
const dropped = new Set(["script", "style", "iframe", "object", "template", "noscript", "form", "title", "head"]);
const prose =
  "a abbr b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 " +
  "h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot " +
  "th thead tr u ul var wbr";
const allowed = new Set(prose.split(/\s+/));
const attributes =
  /^(?:id|class|title|lang|dir|href|src|alt|width|height|colspan|rowspan|scope|open|start|value|type|reversed|align|style|role|aria-[a-z]+|data-[a-z-]+|tabindex|datetime|cite)$/;

const token =
  /<!--[\s\S]*?-->|<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[^\s=>"'/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"']+))?)*)\s*(\/?)>|[^<]+|</g;

/** Parses the attributes of an element; an attribute without a value is the empty string. */
export function parseAttributes(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (
    const [, name, , double, single, bare] of text.matchAll(
      /([^\s=>"'/]+)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g,
    )
  ) {
    found.set(name.toLowerCase(), unescapeHtml(double ?? single ?? bare ?? ""));
  }
  return found;
}

const writeAttributes = (map: Map<string, string>): string =>
  [...map].map(([name, value]) => value === "" && name !== "alt" ? ` ${name}` : ` ${name}="${escapeHtml(value)}"`).join(
    "",
  );

/** Cleans an HTML fragment. */
export function cleanHtml(html: string, options: CleanOptions): string {
  const { where, resolve, headings, tableLabel, slots } = options;
  const open: { name: string; written: string; tex: boolean }[] = [];
  let out = "";
  let skip: string | undefined;
  const inCode = () => open.some(({ name }) => name === "code" || name === "pre");

  for (const [all, closing, rawName, rawAttributes] of html.matchAll(token)) {
    if (rawName === undefined) {
      if (skip !== undefined || all.startsWith("<!--")) continue;
      if (all === "<") out += "&lt;";
      else if (open.at(-1)?.tex && !inCode()) {
        out += renderMathIn(unescapeHtml(all), { where, slots, other: escapeHtml });
      } else out += inCode() ? all : all.replace(/(\d) %/g, "$1\u00a0%"); // a number keeps its sign beside it
      continue;
    }
    const name = rawName.toLowerCase();
    if (skip !== undefined) {
      if (closing && name === skip) skip = undefined;
      continue;
    }
    if (dropped.has(name)) {
      if (!closing) skip = name;
      continue;
    }
    if (!allowed.has(name)) continue;
    if (closing) {
      const last = open.pop();
      if (last?.name !== name) {
        throw new SiteError(
          last ? `Unclosed <${last.name}> before </${name}> in ${where}` : `Unopened </${name}> in ${where}`,
        );
      }
      out += `</${last.written}>${name === "table" ? "</div>" : ""}`;
      continue;
    }
    const map = new Map([...parseAttributes(rawAttributes)].filter(([key]) => attributes.test(key)));
    let written = name;
    if (!headings && /^h[1-6]$/.test(name)) {
      written = "p";
      map.set("class", `${map.get("class") ?? ""} output-heading`.trim());
    }
    const href = map.get("href");
    if (href !== undefined) map.set("href", resolve(href, "link"));
    if (name === "img") {
      const [alt, src] = [map.get("alt"), map.get("src") ?? ""];
      if (!alt) throw new SiteError(`A picture has no alternative text in ${where}`);
      if (src.startsWith("data:image/svg+xml,")) {
        out += slots.put(figureBox(decodeFigures(all), options.uniqueId("figure")));
        continue;
      }
      map.set("src", resolve(src, "image"));
    }
    if (name === "pre") {
      for (
        const [key, value] of [["data-scroll", ""], ["tabindex", "0"], ["role", "group"], ["aria-label", "Values"]]
      ) {
        map.set(key, value);
      }
    }
    if (name === "table") {
      out += `<div class="table-box" data-scroll tabindex="0" role="group" aria-label="${escapeHtml(tableLabel())}">`;
    }
    out += `<${written}${writeAttributes(map)}>`;
    if (voids.has(name)) continue;
    const classes = map.get("class")?.split(/\s+/) ?? [];
    open.push({ name, written, tex: (open.at(-1)?.tex ?? false) || classes.includes("rb-tex") });
  }
  if (open.length > 0) throw new SiteError(`Unclosed <${open.at(-1)!.name}> in ${where}`);
  return out;
}
