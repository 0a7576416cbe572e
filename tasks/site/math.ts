/**
 * Typesets TeX as HTML and MathML when the page is built, so that the reader's browser runs no script for it.
 *
 * @module
 */
import katex from "katex";
import { SiteError, type Slots } from "./html.ts";

/** Matches TeX between dollars by the rules of pandoc and JupyterLab. */
const texPattern = /\$\$([^$]+?)\$\$|(?<![\\$])\$(?![\s$])((?:[^$\\\n]|\\[^\n])+?)(?<!\s)\$(?![\d$])/g;

/**
 * Typesets one formula.
 *
 * @param tex Formula, without dollars.
 * @param options `display` sets the formula on lines of its own; the error names `where`.
 */
export function renderMath(tex: string, options: { display: boolean; where: string }): string {
  const { display, where } = options;
  try {
    const html = katex.renderToString(tex.trim(), {
      displayMode: display,
      throwOnError: true,
      strict: (code: string) => code === "unknownSymbol" ? "error" : "ignore",
    });
    return display
      ? `<span class="math-display" data-scroll tabindex="0" role="group" aria-label="Formula">${html}</span>`
      : html;
  } catch (error) {
    const reason = (error as Error).message.replace(/^KaTeX parse error: /, "");
    throw new SiteError(`Cannot typeset '${tex.trim()}' in ${where}: ${reason}`);
  }
}

/** Options of {@linkcode renderMathIn}. */
interface MathInOptions {
  /** Notebook and cell, for errors. */
  where: string;
  /** Holds the formulas' markup while the text around it is parsed. */
  slots: Slots;
  /** Renders the text between formulas. */
  other: (text: string) => string;
}

/** Typesets every formula between dollars in plain text. */
export function renderMathIn(text: string, { where, slots, other }: MathInOptions): string {
  let html = "";
  let last = 0;
  for (const match of text.matchAll(texPattern)) {
    html += other(text.slice(last, match.index));
    html += slots.put(renderMath(match[1] ?? match[2], { display: match[1] !== undefined, where }));
    last = match.index + match[0].length;
  }
  return html + other(text.slice(last));
}

interface FontRule {
  classes: string[];
  face: string;
}

const faceOf = (block: string): string => {
  const family = /KaTeX_\w+/.exec(block)?.[0] ?? "KaTeX_Main";
  const bold = /font(?:-weight)?:[^;}]*(?:bold|[67]00)/.test(block);
  const italic = /font(?:-style)?:[^;}]*italic/.test(block);
  return `${family} ${bold ? "bold" : "normal"} ${italic ? "italic" : "normal"}`;
};

/** Rules that choose a font: the classes that an element must have, and the face that it gets. */
function fontRules(css: string): FontRule[] {
  const rules: FontRule[] = [];
  for (const [, selectors, block] of css.replace(/@font-face\{[^}]*\}/g, "").matchAll(/([^{}]+)\{([^{}]*)\}/g)) {
    if (!/font(?:-family|-style|-weight)?:/.test(block)) continue;
    for (const selector of selectors.split(",")) {
      const last = selector.trim().split(/[\s>+~]+/).at(-1)!;
      rules.push({ classes: [...last.matchAll(/\.([\w-]+)/g)].map((m) => m[1]), face: faceOf(block) });
    }
  }
  return rules;
}

/**
 * Builds KaTeX's style sheet with the fonts that `html` needs, and no others. The fonts are inside the style sheet because
 * some browsers refuse a font file beside a page that was opened from the disk.
 */
export async function mathStyles(html: string): Promise<string> {
  const sheet = new URL(import.meta.resolve("katex/dist/katex.min.css"));
  const css = await Deno.readTextFile(sheet);
  const used = [...new Set([...html.matchAll(/class="([^"]*)"/g)].map((m) => m[1]))].map((c) => new Set(c.split(" ")));
  const wanted = new Set(
    fontRules(css)
      .filter(({ classes }) => classes.length > 0 && used.some((set) => classes.every((name) => set.has(name))))
      .map(({ face }) => face),
  );
  const faces = [...css.matchAll(/@font-face\{[^}]*\}/g)].map(([block]) => block);
  const kept = await Promise.all(
    faces.filter((block) => wanted.has(faceOf(block))).map(async (block) => {
      const file = /url\(([^)]+\.woff2)\)/.exec(block)![1];
      const data = (await Deno.readFile(new URL(file, sheet))).toBase64();
      return block.replace(/src:[^;}]*/, `src:url(data:font/woff2;base64,${data}) format("woff2")`);
    }),
  );
  return kept.join("\n") + "\n" + css.replace(/@font-face\{[^}]*\}/g, "") + "\n";
}
