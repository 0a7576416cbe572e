/** The printable letters but those that mean something in a string, a template or a script tag. */
export const letters: string = /* @__PURE__ */ Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))
  .filter((letter) => !"\"$'<\\`".includes(letter)).join("");

/** The letters that are a number each; the two after them stand before the letter of a larger number. */
export const singles = 86;

/** The number added to a byte, modulo 256: the commonest bytes, 253 and small ones, then have one letter. */
export const shift = 5;

/**
 * Returns the bytes of a WebAssembly module that is written in letters. Compressed with the code around it, that is a tenth
 * smaller than hexadecimal; base64 is larger than both, because its three bytes in four letters hide what repeats.
 */
export function bytesOfLetters(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let more = 0;
  for (const letter of text) {
    const digit = letters.indexOf(letter);
    if (digit < singles) bytes.push(more + digit - shift & 255);
    more = digit < singles ? 0 : singles * (digit - singles + 1);
  }
  return Uint8Array.from(bytes);
}
