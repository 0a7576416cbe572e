/** The size of all words in a figure, in units of its width: at 640 units shown on 390 px they are 11 px high. */
export const fontSize = 18;
/** The size of a figure's title. */
export const titleSize = 20;
/** The height of a line of words. */
export const lineHeight = 22;
/** Every system's own face: a figure asks for nothing over a network. */
export const fontFamily = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica, sans-serif";

const narrow = /[ijlI|!.,:;'’‘·\s]/;
const slim = /[frt()[\]{}\-/\\"“”*°]/;
const wide = /[mwMW%@—…→←≥≤±×−+=<>~]/;
const capital = /[A-HJ-LN-VX-Z&]/;

/** About how wide words are; generous, so that what is laid out with it fits in the widest usual face. */
export function textWidth(text: string, size: number = fontSize, bold = false): number {
  let em = 0;
  for (const character of text) {
    if (/[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]/.test(character)) em += 0.42;
    else if (narrow.test(character)) em += 0.33;
    else if (slim.test(character)) em += 0.42;
    else if (wide.test(character)) em += 0.88;
    else if (capital.test(character)) em += 0.69;
    else em += 0.61;
  }
  return em * size * (bold ? 1.1 : 1);
}

/** Where a line may end: not at a no-break space. */
const breakable = /[ \n\t]+/;

/** Breaks words into lines that fit. */
export function wrapText(text: string, width: number, size: number = fontSize, bold = false): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.trim().split(breakable)) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && textWidth(longer, size, bold) > width) {
      lines.push(line);
      line = word;
    } else {
      line = longer;
    }
  }
  return line === "" ? lines : [...lines, line];
}

/** How wide words have to be given room, if about `width` is there: no word is broken. */
export function roomFor(labels: readonly string[], width: number): number {
  const words = labels.flatMap((label) => label.split(breakable)).map((word) => textWidth(word));
  const whole = labels.map((label) => textWidth(label));
  return Math.max(0, Math.min(Math.max(...whole, 0), width), ...words);
}
