/** A message to or from the Python process. */
export interface Frame {
  /** JSON. */
  readonly text: string;
  /** The bytes of float32 numbers. */
  readonly numbers: Uint8Array;
}

/** The size beyond which a message is taken for noise. */
const MOST_BYTES = 2 ** 28;

/** Encodes a message: the lengths of both parts as unsigned 32-bit numbers, little-endian, then the parts. */
export function frameOf({ text, numbers }: Frame): Uint8Array<ArrayBuffer> {
  const written = new TextEncoder().encode(text), bytes = new Uint8Array(8 + written.length + numbers.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, written.length, true);
  view.setUint32(4, numbers.length, true);
  bytes.set(written, 8);
  bytes.set(numbers, 8 + written.length);
  return bytes;
}

/** Decodes messages from the pieces in which they arrive. */
export class FrameReader {
  #rest = new Uint8Array();

  /**
   * The messages that end in a piece.
   *
   * @throws {RangeError} A message is longer than any answer.
   */
  read(piece: Uint8Array): Frame[] {
    const joined = new Uint8Array(this.#rest.length + piece.length), frames: Frame[] = [];
    joined.set(this.#rest);
    joined.set(piece, this.#rest.length);
    let at = 0;
    while (joined.length - at >= 8) {
      const view = new DataView(joined.buffer, at),
        text = view.getUint32(0, true),
        size = text + view.getUint32(4, true);
      if (size > MOST_BYTES) throw new RangeError(`a message of ${size} bytes`);
      if (joined.length - at < 8 + size) break;
      frames.push({
        text: new TextDecoder().decode(joined.subarray(at + 8, at + 8 + text)),
        numbers: joined.slice(at + 8 + text, at + 8 + size),
      });
      at += 8 + size;
    }
    this.#rest = joined.slice(at);
    return frames;
  }
}
