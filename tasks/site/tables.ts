/**
 * Lays out tables: one that needs more room than its box has becomes a list of cards, one per row, with the heading of each column
 * before its value. The room is estimated from the text, so that the layout depends on no typeface.
 *
 * @module
 */

/** Width of a character in a wide typeface, in units of the font's size. */
const character = 0.62;

/** Font size and space between columns in rem, in a narrow box and in a wide one; style.css sets the same. */
const narrow = { font: 0.72, gap: 0.6 }, wide = { font: 0.82, gap: 0.9 };

/** Widths of a box in rem below which a table becomes cards. */
const widths = [13, 15, 17, 19, 22, 25, 28, 31, 34, 40];

/** Characters of a label and its value above which they take a line of their card. */
const longest = 20;

/** Cell: its tag, attributes and content as HTML, and its text. */
interface Cell {
  tag: string;
  attributes: string;
  content: string;
  text: string;
}

/** Removes tags and the half of a formula that is for screen readers only; entities stay. */
const textIn = (html: string): string =>
  html.replace(/<math[\s>][\s\S]*?<\/math>/g, "").replace(/<[^>]*>/g, "").replace(/\s+/g, " ").trim();

const lengthOf = (text: string): number => [...text.replace(/&[#\w]+;/g, "x")].length;

/**
 * Estimates the characters that a cell needs in a line: a long text may wrap, a number and a word may not. Beside one other column a
 * text may wrap at every word: names with their meanings read better as a table.
 */
function charactersOf({ tag, attributes, text }: Cell, columns: number): number {
  const length = lengthOf(text), word = Math.max(...text.split(/[ -]/).map(lengthOf));
  if (tag === "th" || columns === 2 && !attributes.includes("rb-number")) return word;
  return attributes.includes("rb-number") ? length : Math.max(word, Math.min(length, 3 * Math.sqrt(length)));
}

const cellsOf = (row: string): Cell[] =>
  [...row.matchAll(/<(t[dh])\b([^>]*)>([\s\S]*?)<\/\1>/g)].map(([, tag, attributes, content]) => ({
    ...{ tag, attributes, content, text: textIn(content) },
  }));

/** Estimates the width in rem that columns of so many characters need. */
const widthOf = (columns: readonly number[], { font, gap }: typeof wide): number =>
  columns.reduce((sum, characters) => sum + characters * character * font + gap, -gap);

/** Returns the class of a table by the width that its columns need; none if every screen is wide enough. */
function classOf(columns: readonly number[]): string {
  const small = widthOf(columns, narrow), needed = small <= 34 ? small : widthOf(columns, wide);
  // A desktop's box is wider than the last of the widths: there a table stays a table, and its words wrap.
  return needed <= widths[0] ? "" : `needs-${widths.find((width) => needed <= width) ?? widths.at(-1)}`;
}

/** Tells the columns whose values take a line of their card: those with a long one, or all if most have one. */
function longColumns(heads: readonly Cell[], rows: readonly Cell[][]): boolean[] {
  const long = heads.map(({ text }, column) =>
    rows.some((cells) => lengthOf(`${text} ${cells[column].text}`) > longest)
  );
  return long.slice(1).filter(Boolean).length > (long.length - 1) / 2 ? long.map(() => true) : long;
}

const roles = {
  table: "table",
  caption: "caption",
  thead: "rowgroup",
  tbody: "rowgroup",
  tr: "row",
  th: "columnheader",
} as const;

/** Writes the attributes of a value: the heading of its column, if it stands in one, and whether it takes a line. */
function cardAttributes(attributes: string, head: Cell | undefined, isLong: boolean): string {
  const label = attributes.includes("colspan") ? "" : head?.text.replaceAll('"', "&quot;") ?? "";
  return ` role="cell"${label && ` data-label="${label}"`}${isLong ? " data-long" : ""}${attributes}`;
}

function layTable(table: string): string {
  const rows = [...table.matchAll(/<tr\b[^>]*>[\s\S]*?<\/tr>/g)].map(([row]) => cellsOf(row));
  const [heads = []] = rows.filter((cells) => cells.length > 0 && cells.every(({ tag }) => tag === "th"));
  const whole = rows.filter((cells) => cells.length === heads.length);
  if (heads.length < 2) return table;
  const own = classOf(
    heads.map((_, column) => Math.max(...whole.map((cells) => charactersOf(cells[column], heads.length)))),
  );
  if (own === "") return table;
  const long = longColumns(heads, whole.filter((cells) => cells !== heads));
  let column = 0;
  // A table that is no longer laid out as one has to say what its parts are.
  return table
    .replace(/^<table\b(?![^>]* class=")/, '<table class=""')
    .replace(/^(<table\b[^>]* class=")([^"]*)/, (_all, before, classes) => before + `${own} ${classes}`.trim())
    .replace(/<(table|caption|thead|tbody|tr|th)\b/g, (tag, name: keyof typeof roles) => `${tag} role="${roles[name]}"`)
    .replace(/<tr\b|<td\b([^>]*)>([\s\S]*?)<\/td>/g, (all, attributes, content) => {
      if (attributes === undefined) {
        column = 0;
        return all;
      }
      const own = cardAttributes(attributes, heads[column], long[column++] ?? false);
      // Words and formulas stay together beside their label.
      return `<td${own}>${content.includes("<") ? `<span>${content}</span>` : content}</td>`;
    });
}

/** Lays out the tables in some HTML. */
export const layTables = (html: string): string => html.replace(/<table\b[\s\S]*?<\/table>/g, layTable);

/** Writes the style sheet of cards once per width: `css` is for the class `cards-of-a-table`. */
export const cardStyles = (css: string): string =>
  widths.map((width) =>
    `@container (max-width: ${width}rem) {\n${
      css.trim().replaceAll(".cards-of-a-table", `.needs-${width}`).replace(/^(?=.)/gm, "  ")
    }\n}\n`
  ).join("\n");
