/**
 * Renders a report as one self-contained HTML page.
 *
 * @module
 */
import { decodeFigures } from "../lib/display/figure.ts";
import { bundle, type Showable } from "../lib/display/mod.ts";
import { escapeHtml } from "../lib/display/output.ts";
import { paletteCss } from "../lib/display/palette.ts";

const css = `:root {\n${paletteCss("light")}\ncolor-scheme: light dark;\n}
@media (prefers-color-scheme: dark) {\n:root {\n${paletteCss("dark")}\n}\n}
body { background: var(--rb-paper); color: var(--rb-ink); font: 1rem/1.5 system-ui, sans-serif; max-width: 70rem;
  margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; display: block; overflow-x: auto; } td, th { border-bottom: 1px solid var(--rb-grid); padding: 0.3rem 0.6rem;
  vertical-align: top; }
figure { margin: 1rem 0; } svg { max-width: 100%; height: auto; } figcaption { color: var(--rb-muted); }`;

/** Renders `items` as a page with a title and a heading. */
export async function page(title: string, heading: string, items: readonly Showable[]): Promise<string> {
  const html = (await bundle(...items))["text/html"];
  return `<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>${escapeHtml(title)}</title>\n` +
    `<style>\n${css}\n</style>\n</head>\n<body>\n` +
    `<h1>${escapeHtml(heading)}</h1>\n${decodeFigures(html)}\n</body>\n</html>\n`;
}
