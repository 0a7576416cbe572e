import { escapeHtml, unescapeHtml } from "./output.ts";

/** A figure: a drawing, and the words that explain it or stand in for it. */
export interface Figure {
  /** The mark by which {@linkcode show} tells a figure from an output. */
  readonly kind: "figure";
  /**
   * The drawing as a complete SVG document. Each colour is a CSS variable with the light scheme's value as its default;
   * a style element sets the dark scheme's values.
   */
  readonly svg: string;
  /** The point of the figure, in one sentence. */
  readonly title: string;
  /** A description of the drawing for readers who cannot see it. */
  readonly alt: string;
  /** The data and the method, as markdown; "" for none. */
  readonly caption: string;
  /** Title, alternative text and caption, one per line. */
  readonly text: string;
}

/** The words of a figure. */
export interface FigureWords {
  /** The point of the figure, in one sentence: the thing that a reader should see. */
  title: string;
  /** A description of the drawing for readers who cannot see it. Required. */
  alt: string;
  /**
   * The data and the method: data set, number of seeds, the meaning of a band. Markdown.
   *
   * @default {""}
   */
  caption?: string;
}

/** Makes a figure from its drawing and its words; a sentence may be broken over several lines. */
export function makeFigure(svg: string, words: FigureWords): Figure {
  for (const name of ["title", "alt"] as const) {
    const value: unknown = words[name];
    if (typeof value !== "string" || value.trim() === "") {
      throw new TypeError(`Cannot make a figure: '${name}' is ${JSON.stringify(value)}, it must be a sentence`);
    }
  }
  const [title, alt, caption] = [words.title, words.alt, words.caption ?? ""].map((text) =>
    text.replace(/\s*\n\s*/g, " ")
  );
  const text = [`[figure] ${title}`, alt, caption].filter((line) => line !== "").join("\n");
  return Object.freeze({ kind: "figure" as const, svg, title, alt, caption, text });
}

/** The characters that a URL or a quoted attribute cannot hold; the rest stays readable. */
const encoded: Readonly<Record<string, string>> = {
  "%": "%25",
  "#": "%23",
  "<": "%3C",
  ">": "%3E",
  "&": "%26",
  "'": "%27",
};

const prefix = "data:image/svg+xml,";

/** Writes an SVG as a data URI for a single-quoted attribute; browsers drop its line breaks. */
export function toDataUri(svg: string): string {
  return prefix + svg.replace(/[%#<>&']/g, (character) => encoded[character]);
}

/** Reads the SVG of a data URI. */
export function fromDataUri(uri: string): string {
  return decodeURIComponent(uri.slice(prefix.length));
}

/**
 * The colour scheme of images in the themes of JupyterLab and VS Code, neither of which sets `color-scheme` itself. The
 * SVG's `prefers-color-scheme` follows the image's `color-scheme`. An untrusted notebook loses this element, and its
 * figures follow the system's scheme, each on a background of its own.
 */
const themes = ["light", "dark"].map((scheme) =>
  `[data-jp-theme-light="${scheme === "light"}"] .rb-figure img, .vscode-${scheme} .rb-figure img ` +
  `{ color-scheme: ${scheme} }`
).join("\n");

/** Makes a figure's HTML: title, image, caption. `captionHtml` is the caption as HTML. */
export function figureHtml({ svg, title, alt }: Figure, captionHtml: string): string {
  return [
    `<figure class="rb-figure">`,
    `<style>\n${themes}\n</style>`,
    `<p class="rb-title"><strong>${escapeHtml(title)}</strong></p>`,
    `<img alt="${escapeHtml(alt)}" src='${toDataUri(svg)}'>`,
    `<figcaption>${captionHtml}</figcaption>`,
    `</figure>`,
  ].join("\n");
}

const image = /<img\b[^>]*?\bsrc=(?:'(data:image\/svg\+xml,[^']*)'|"(data:image\/svg\+xml,[^"]*)")[^>]*>/g;

/**
 * Replaces each `<img src='data:image/svg+xml,…'>` of an HTML fragment by its `<svg role="img" aria-label="…">`, whose
 * colours the page then sets. The SVG's own style element is dropped, and its ids become unique in the fragment.
 */
export function decodeFigures(html: string): string {
  let count = 0;
  return html.replace(image, (tag: string, single?: string, double?: string) => {
    const svg = fromDataUri(unescapeHtml(single ?? double ?? ""));
    const [, alt = ""] = /\balt="([^"]*)"/.exec(tag) ?? [];
    const n = ++count;
    return svg
      .replace(/<style>[^<]*<\/style>\n?/, "")
      .replace(/(["#])(clip-\d+)/g, `$1rb-${n}-$2`)
      .replace(/^<svg\b/, `<svg role="img" aria-label="${escapeHtml(unescapeHtml(alt))}"`);
  });
}
