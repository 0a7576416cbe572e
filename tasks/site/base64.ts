/**
 * Base64 of fonts and files inside pages.
 *
 * @module
 */

/** Encodes bytes as base64 text. */
export function encodeBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
