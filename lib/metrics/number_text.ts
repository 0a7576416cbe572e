// Numbers as Python prints them, because a report is compared with scikit-learn's by its text.

/** A number with so many decimals, as Python's `f"{x:.2f}"`: what lies exactly between two goes to the even one. */
export function fixedText(x: number, digits: number): string {
  if (Number.isNaN(x)) return "nan";
  const text = x.toFixed(digits), exact = Math.abs(x).toFixed(100); // no double in reach of a tie has more decimals
  const at = exact.indexOf(".") + 1 + digits;
  const tie = exact[at] === "5" && /^0*$/.test(exact.slice(at + 1));
  if (!tie) return text;
  const kept = exact.slice(0, digits === 0 ? at - 1 : at), last = Number(kept[kept.length - 1]);
  return last % 2 === 0 ? (x < 0 ? `-${kept}` : kept) : text; // toFixed takes the one that is further from 0
}

/** The shortest text that reads back as the number, as Python's `str` of a float has it: "2.0", "1e-05". */
export function floatText(x: number): string {
  if (Number.isNaN(x)) return "nan";
  const [digits, exponent] = x.toExponential().split("e");
  const e = Number(exponent);
  if (x !== 0 && (e < -4 || e >= 16)) {
    return `${digits}e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
  }
  return Number.isInteger(x) ? `${x}.0` : String(x).includes("e") ? x.toFixed(-e + digits.length - 2) : String(x);
}

/** A text on the right of so many characters. */
export const padLeft = (text: string, width: number): string =>
  " ".repeat(Math.max(0, width - [...text].length)) + text;
