/**
 * Returns the bytes of a WebAssembly module that is written in hexadecimal: compressed with the code around it, that is
 * smaller than base64, whose three bytes in four letters hide what repeats.
 */
export const bytesOfHex = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
