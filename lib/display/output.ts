/** Something to show, in both of its forms. */
export interface Output {
  /** What it is, so that {@linkcode show} knows. */
  readonly kind: "output";
  /** The HTML fragment. */
  readonly html: string;
  /** The same in plain words: for a terminal, and for a diff. */
  readonly text: string;
}

/** An output from its two forms. */
export function makeOutput(html: string, text: string): Output {
  return Object.freeze({ kind: "output" as const, html, text });
}
