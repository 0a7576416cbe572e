import { toDataUri } from "./data_uri.ts";
import { escapeHtml } from "./escape.ts";

/** A figure: an image that carries everything it needs, and the words that stand in for it. */
export interface Figure {
  /** What it is, so that {@linkcode show} knows. */
  readonly kind: "figure";
  /** The image as a complete SVG document; every colour is a CSS variable with a value to fall back on. */
  readonly svg: string;
  /** The point of the figure, in one sentence. */
  readonly title: string;
  /** What is to be seen, for those who do not see it. */
  readonly alt: string;
  /** What was done, in markdown; "" if nothing is to be said. */
  readonly caption: string;
  /** The figure in plain words: title, alternative text, caption. */
  readonly text: string;
}

/** The words of a figure. */
export interface FigureWords {
  /** The point of the figure, in one sentence: what a reader should see. */
  title: string;
  /** Required: what is to be seen, for those who do not see it. */
  alt: string;
  /**
   * What was done: data, number of seeds, what a band means. Markdown.
   *
   * @default {""}
   */
  caption?: string;
}

/** Throws unless the words are there. */
export function assertWords(maker: string, { title, alt }: FigureWords): void {
  for (const [name, value] of [["title", title], ["alt", alt]] as const) {
    if (typeof value !== "string" || value.trim() === "") {
      throw new TypeError(`Cannot make ${maker}: '${name}' is ${JSON.stringify(value)}, it must be a sentence`);
    }
  }
}

/** A figure from its image and its words. */
export function makeFigure(svg: string, words: FigureWords): Figure {
  // A long sentence may be broken in a cell.
  const [title, alt, caption] = [words.title, words.alt, words.caption ?? ""].map((text) =>
    text.replace(/\s*\n\s*/g, " ")
  );
  const text = [`[figure] ${title}`, alt, caption].filter((line) => line !== "").join("\n");
  return Object.freeze({ kind: "figure" as const, svg, title, alt, caption, text });
}

/** The alternative text of the image: an image hides its own title from those who do not see it. */
const label = ({ title, alt }: Figure): string => `${title}${/[.!?]$/.test(title) ? "" : "."} ${alt}`;

/** A figure's HTML; `caption` is its caption as HTML. */
export function figureHtml(figure: Figure, caption: string): string {
  const image = `<img alt="${escapeHtml(label(figure))}" src='${toDataUri(figure.svg)}'>`;
  return `<figure class="rb-figure">\n${image}\n<figcaption>${caption}</figcaption>\n</figure>`;
}
