/**
 * Figures as inline SVG, so that their colours follow the page's.
 *
 * @module
 */

/** The smallest scale of a figure: its words are at least 14 pixels high, and half of that can hardly be read. */
export const smallest = 0.55;

/** Gives every id in a drawing, and every reference to it, a prefix: two figures on a page may use the same ids. */
function prefixIds(svg: string, prefix: string): string {
  const ids = new Set([...svg.matchAll(/\sid="([^"]+)"/g)].map((m) => m[1]));
  const renamed = (id: string) => ids.has(id) ? `${prefix}-${id}` : id;
  return svg
    .replace(/(\sid=")([^"]+)(")/g, (_, a, id, b) => a + renamed(id) + b)
    .replace(/(url\((?:&quot;|["'])?#)([^)"'&]+)/g, (_, a, id) => a + renamed(id))
    .replace(/(href=")#([^"]+)(")/g, (_, a, id, b) => `${a}#${renamed(id)}${b}`);
}

/** A drawing in a box of its own, which scrolls where the screen is narrow; nothing in it runs. */
export function figureBox(svg: string, prefix: string): string {
  const drawing = prefixIds(svg, prefix)
    .replace(/<script\b[\s\S]*?<\/script>/gi, "")
    .replace(/\son\w+=("[^"]*"|'[^']*')/gi, "");
  const width = Number(/^<svg\b[^>]*?\swidth="(\d+(?:\.\d+)?)"/.exec(drawing.trim())?.[1] ?? 0);
  const least = width > 0 ? ` style="--least: ${Math.round(width * smallest)}px"` : "";
  return `<div class="figure-box"${least} data-scroll tabindex="0" role="group" aria-label="Figure">${drawing.trim()}</div>`;
}
