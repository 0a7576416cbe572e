/**
 * Small helpers to write HTML by hand.
 *
 * @module
 */
import { TaskError } from "../cli.ts";

/** Thrown where a notebook cannot become a page: one sentence with the notebook and the cell. */
export class SiteError extends TaskError {}

/** Escapes text for use in an element or a double-quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" };

/** The inverse of {@linkcode escapeHtml}; numeric references and the commonest names. */
export function unescapeHtml(text: string): string {
  return text.replace(/&(?:#(\d+)|#[xX]([\da-fA-F]+)|(\w+));/g, (all, decimal, hex, name) => {
    if (decimal) return String.fromCodePoint(Number(decimal));
    if (hex) return String.fromCodePoint(parseInt(hex, 16));
    return named[name] ?? all;
  });
}

/** An HTML fragment without the elements that are hidden from screen readers, such as KaTeX' drawn half. */
function withoutHidden(html: string): string {
  let depth = 0;
  return html.replace(/<(\/?)([\w-]+)([^>]*)>|[^<]+/g, (all, closing, name, attributes) => {
    if (name === undefined) return depth > 0 ? "" : all;
    if (depth === 0 && !/\saria-hidden="true"/.test(attributes)) return all;
    if (!/\/$/.test(attributes) && !/^(?:br|img|hr|wbr)$/.test(name)) depth += closing ? -1 : 1;
    return "";
  });
}

/** The text of an HTML fragment, as a screen reader has it. */
export function textOf(html: string): string {
  const heard = withoutHidden(html).replace(/<annotation\b[\s\S]*?<\/annotation>/g, "");
  return unescapeHtml(heard.replace(/<[^>]*>/g, "")).replace(/\s+/g, " ").trim();
}

/** A heading's anchor, made as GitHub makes it: lower case, spaces to hyphens, punctuation gone. */
export function slug(text: string): string {
  return text.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-") || "section";
}

/** Gives out names that do not repeat: `a`, `a-1`, `a-2`. */
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
 * Holds finished HTML back while what is around it is parsed: `put` returns a short mark to leave in its place,
 * `fill` puts everything back. KaTeX' and the figures' markup pass through no other parser that way.
 */
export class Slots {
  #held: string[] = [];

  /** Keeps `html` and returns its mark. */
  put(html: string): string {
    return `\uE000${this.#held.push(html) - 1}\uE001`;
  }

  /** Replaces every mark by what it stands for. */
  fill(html: string): string {
    return html.replace(/\uE000(\d+)\uE001/g, (_, index) => this.fill(this.#held[Number(index)]));
  }
}
