/** Something to show, as HTML and as plain text. */
export interface Output {
  /** The mark by which {@linkcode show} tells an output from a figure. */
  readonly kind: "output";
  /** The HTML fragment. */
  readonly html: string;
  /** The same content as plain text, for a terminal and for a diff. */
  readonly text: string;
}

/** Makes an output from its two forms. */
export function makeOutput(html: string, text: string): Output {
  return Object.freeze({ kind: "output" as const, html, text });
}

/** Makes an output of a paragraph. */
export const paragraph = (text: string): Output => makeOutput(`<p>${escapeHtml(text)}</p>`, text);

/** Makes one output of several, one below the other. */
export const joined = (parts: readonly Output[]): Output =>
  makeOutput(parts.map(({ html }) => html).join("\n"), parts.map(({ text }) => text).join("\n\n"));

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes `text` for an element or a quoted attribute of HTML or SVG. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}

/** Restores the text that {@linkcode escapeHtml} was given; the quote's other entities are understood too. */
export function unescapeHtml(html: string): string {
  return html.replace(
    /&(?:amp|lt|gt|quot|#39|#x27|apos);/g,
    (entity) => Object.keys(entities).find((character) => entities[character] === entity) ?? "'",
  );
}
