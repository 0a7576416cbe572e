// Numbers as Python prints them: a report has the same text as scikit-learn's.

/** The number with the given number of decimals, as Python's `f"{x:.2f}"`: a tie goes to the even digit. */
export function fixedText(x: number, digits: number): string {
  if (Number.isNaN(x)) return "nan";
  const text = x.toFixed(digits), exact = Math.abs(x).toFixed(100); // a float64 at a tie has fewer decimals
  const at = exact.indexOf(".") + 1 + digits;
  if (!/^50*$/.test(exact.slice(at))) return text; // no tie
  const kept = exact.slice(0, digits === 0 ? at - 1 : at), last = Number(kept[kept.length - 1]);
  return last % 2 === 0 ? (x < 0 ? `-${kept}` : kept) : text; // toFixed rounds away from 0
}

/** The shortest text that reads back as the number, as Python's `str` of a float: "2.0", "1e-05". */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  const [digits, exponent] = x.toExponential().split("e");
  const e = Number(exponent);
  if (e < -4 || e >= 16) {
    return `${digits}e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
  }
  return Number.isInteger(x) ? `${x}.0` : String(x);
}

/** The number of characters of a text; a character outside of Unicode's first plane is one. */
const widthOf = (text: string): number => [...text].length;

/** The number of characters of the longest text. */
export const widest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, widthOf(text)), 0);

/** The text, filled up with spaces on its left to the given number of characters. */
export const padLeft = (text: string, width: number): string => " ".repeat(Math.max(0, width - widthOf(text))) + text;
