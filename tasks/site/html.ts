/**
 * Helpers that write HTML.
 *
 * @module
 */
import { TaskError } from "../cli.ts";

/** Error of a notebook that cannot become a page: one sentence with the notebook and the cell. */
export class SiteError extends TaskError {}

/** Escapes text for use in an element or a double-quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** Inverts {@linkcode escapeHtml}; resolves numeric references and the commonest names too. */
export function unescapeHtml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d+)|#[xX]([\da-fA-F]+)|(\w+));/g, (all, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    return named[name] ?? all;
  });
}

/** Removes the elements that are hidden from screen readers, such as KaTeX's visible half. */
function withoutHidden(html: string): string {
  let depth = 0;
  return html.replace(/<(\/?)([\w-]+)([^>]*)>|[^<]+/g, (all, closing, name, attributes) => {
    if (name === undefined) return depth > 0 ? "" : all;
    if (depth === 0 && !/\saria-hidden="true"/.test(attributes)) return all;
    if (!/\/$/.test(attributes) && !/^(?:br|img|hr|wbr)$/.test(name)) depth += closing ? -1 : 1;
    return "";
  });
}

/** Extracts the text that a screen reader reads from an HTML fragment. */
export function textOf(html: string): string {
  const heard = withoutHidden(html).replace(/<annotation\b[\s\S]*?<\/annotation>/g, "");
  return unescapeHtml(heard.replace(/<[^>]*>/g, "")).replace(/\s+/g, " ").trim();
}

/** Makes a heading's anchor by GitHub's rule: lower case, hyphens for spaces, no punctuation. */
export function slug(text: string): string {
  return text.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-") || "section";
}

/** Makes a function that returns names that do not repeat: `a`, `a-1`, `a-2`. */
export function uniqueNames(taken: Iterable<string> = []): (wanted: string) => string {
  const used = new Set(taken);
  return (wanted) => {
    let name = wanted;
    for (let n = 1; used.has(name); n++) name = `${wanted}-${n}`;
    used.add(name);
    return name;
  };
}

/**
 * Holds finished HTML while the text around it is parsed, so that no other parser sees the markup of KaTeX and of the figures:
 * `put` returns a short mark for its place, `fill` puts the HTML back.
 */
export class Slots {
  #held: string[] = [];

  /** Keeps `html` and returns its mark. */
  put(html: string): string {
    return `\uE000${this.#held.push(html) - 1}\uE001`;
  }

  /** Replaces every mark by its HTML. */
  fill(html: string): string {
    return html.replace(/\uE000(\d+)\uE001/g, (_, index) => this.fill(this.#held[Number(index)]));
  }
}
