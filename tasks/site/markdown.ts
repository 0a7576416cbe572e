/**
 * Renders markdown cells as HTML: CommonMark with tables, TeX between dollars, anchors on headings.
 *
 * @module
 */
import MarkdownIt from "markdown-it";
import { cleanHtml, type CleanOptions } from "./clean.ts";
import { codeBlock } from "./highlight.ts";
import { escapeHtml, slug, textOf, unescapeHtml } from "./html.ts";
import { renderMath, renderMathIn } from "./math.ts";

/** Heading of a page. */
export interface Heading {
  level: number;
  id: string;
  /** Text, as inline HTML. */
  html: string;
}

/** Options of {@linkcode renderMarkdown}. */
interface MarkdownOptions extends Omit<CleanOptions, "headings"> {
  /** Headings of the page so far, to which the new ones are added. */
  outline: Heading[];
}

type Markdown = ReturnType<typeof MarkdownIt>;
type Rule = NonNullable<Markdown["renderer"]["rules"][string]>;
type Env = Parameters<Rule>[3];

const optionsOf = (env: Env): MarkdownOptions => (env as { options: MarkdownOptions }).options;

const openingDollar = /\$\$([^$]+?)\$\$|\$(?![\s$])((?:[^$\\\n]|\\[^\n])+?)(?<!\s)\$(?![\d$])/y;

function createMarkdown(): Markdown {
  const md = new MarkdownIt({ html: true, linkify: false, typographer: false });

  md.inline.ruler.after("escape", "math", (state, silent) => {
    openingDollar.lastIndex = state.pos;
    const match = openingDollar.exec(state.src);
    if (!match) return false;
    if (!silent) {
      const token = state.push("math", "", 0);
      token.content = match[1] ?? match[2];
      token.meta = { display: match[1] !== undefined };
    }
    state.pos += match[0].length;
    return true;
  });
  md.renderer.rules.math = (tokens, index, _, env) => {
    const { where, slots } = optionsOf(env);
    return slots.put(
      renderMath(tokens[index].content, { display: (tokens[index].meta as { display: boolean }).display, where }),
    );
  };

  md.block.ruler.before("paragraph", "math_block", (state, startLine, endLine, silent) => {
    const line = (n: number) => state.src.slice(state.bMarks[n] + state.tShift[n], state.eMarks[n]);
    if (!line(startLine).startsWith("$$")) return false;
    let last = startLine;
    let text = line(startLine).slice(2);
    while (!text.includes("$$")) {
      if (++last >= endLine) return false;
      text += `\n${line(last)}`;
    }
    const [content, rest] = [text.slice(0, text.indexOf("$$")), text.slice(text.indexOf("$$") + 2)];
    if (rest.trim() !== "") return false;
    if (silent) return true;
    const token = state.push("math_block", "", 0);
    token.content = content;
    token.map = [startLine, last + 1];
    state.line = last + 1;
    return true;
  }, { alt: ["paragraph", "reference", "blockquote", "list"] });
  md.renderer.rules.math_block = (tokens, index, _, env) => {
    const { where, slots } = optionsOf(env);
    return `<p class="formula">${slots.put(renderMath(tokens[index].content, { display: true, where }))}</p>\n`;
  };

  md.renderer.rules.html_block = (tokens, index, _, env) => {
    const { where, slots } = optionsOf(env);
    return tokens[index].content.replace(
      /(<[^>]*>)|([^<]+)/g,
      (_all, tag, text) => tag ?? renderMathIn(unescapeHtml(text), { where, slots, other: escapeHtml }),
    );
  };

  const code: Rule = (tokens, index, _, env) => {
    const language = tokens[index].info.trim().split(/\s+/)[0];
    const label = language && language !== "text" ? `Code, ${language}` : "Code";
    return optionsOf(env).slots.put(
      codeBlock(tokens[index].content, language, label),
    ) +
      "\n";
  };
  md.renderer.rules.fence = code;
  md.renderer.rules.code_block = code;

  md.renderer.rules.heading_open = (tokens, index, _, env) => {
    const { outline, uniqueId, slots } = optionsOf(env);
    const wanted = Number(tokens[index].tag.slice(1));
    const previous = outline.at(-1)?.level ?? 0;
    const level = previous === 0 ? wanted : Math.max(2, Math.min(wanted, previous + 1));
    const inline = tokens[index + 1];
    const html = slots.fill(md.renderer.renderInline(inline.children ?? [], md.options, env)).replace(
      /<\/?a\b[^>]*>/g,
      "",
    );
    const words = (inline.children ?? []).map((t) => t.type === "softbreak" ? " " : t.content).join("");
    const id = uniqueId(slug(textOf(words)));
    tokens[index].tag = tokens[index + 2].tag = `h${level}`;
    tokens[index].meta = { id };
    outline.push({ level, id, html });
    return `<h${level} id="${escapeHtml(id)}">`;
  };
  md.renderer.rules.heading_close = (tokens, index) => {
    const { tag } = tokens[index];
    const { id } = tokens[index - 2].meta as { id: string };
    const anchor = `<a class="anchor" href="#${escapeHtml(id)}" aria-hidden="true" tabindex="-1">#</a>`;
    return `${tag === "h1" ? "" : anchor}</${tag}>\n`;
  };
  return md;
}

const markdownIt = createMarkdown();

/**
 * Marks the asides of a text: quotations that open with bold words (`> **Note.** …`) and paragraphs that
 * open with an italic question (`*What do you expect?* …`).
 */
function markAsides(html: string): string {
  return html.replace(/<p>(?=<(em|strong)>What do you expect)/g, '<p class="aside expect">').replace(
    /<blockquote>\s*<p(?: class="aside expect")?><strong>([^<]*)/g,
    (_, words: string) => {
      const kind = /expect/i.test(words) ? " expect" : "";
      return `<blockquote class="aside${kind}">\n<p><strong>${words}`;
    },
  );
}

/** Adds anchors (`symbol-pi`) to the rows of tables whose first column is headed "symbol". */
export function anchorSymbols(html: string, uniqueId: (wanted: string) => string): string {
  return html.replace(
    /<table>\s*<thead>\s*<tr>\s*<th[^>]*>symbol<\/th>[\s\S]*?<\/table>/gi,
    (table) =>
      table.replace(/<tr>(?=\s*<td[\s\S]*?<annotation[^>]*>([^<]*)<)/g, (_, tex: string) => {
        const name = tex.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-|-$/g, "");
        return `<tr id="${uniqueId(`symbol-${name || "sign"}`)}">`;
      }),
  );
}

/** Renders one markdown cell. */
export function renderMarkdown(source: string, options: MarkdownOptions): string {
  const html = markdownIt.render(source, { options });
  return markAsides(cleanHtml(html, { ...options, headings: true }));
}
