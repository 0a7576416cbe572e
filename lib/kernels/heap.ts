import type { Factors, Table } from "./loops.ts";
import { addSimdSums, finishSimd, instantiate, type Simd, simdLength, type SimdPlan, viewsOf } from "./simd.ts";

/** What is asked of the heap of TensorFlow.js' wasm backend. */
export interface TfjsHeap {
  readonly HEAPU8: Uint8Array;
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

const instances = new WeakMap<object, Simd | null>();

/** The kernels in the heap of a backend; nothing if it is built otherwise than is known here (with shared memory, say). */
export function simdOf(backend: { wasm?: TfjsHeap }): Simd | undefined {
  let simd = instances.get(backend);
  if (simd === undefined) instances.set(backend, simd = inHeap(backend.wasm) ?? null);
  return simd ?? undefined;
}

function inHeap(heap: TfjsHeap | undefined): Simd | undefined {
  let held = 0, at = 0;
  const place = (bytes: number): number => {
    if (bytes > held) {
      if (held > 0) heap!._free(at);
      held = Math.max(bytes, 1024);
      at = heap!._malloc(held) >>> 0;
    }
    return at;
  };
  try {
    const memory = heap!.asm.memory;
    return memory.buffer === heap!.HEAPU8.buffer ? instantiate(memory, place) : undefined;
  } catch {
    return undefined;
  }
}

/** How many entries go through the heap of this library at a time: what stays in the cache. */
const pieceLength = 8192;
const pageBytes = 65536;

const at = { p: 0, y: pieceLength * 4, d: 2 * pieceLength * 4, w: 3 * pieceLength * 4, bytes: 4 * pieceLength * 4 };
const tablesEnd = at.bytes + pieceLength;

let ownHeap: Simd | null | undefined;

/** The kernels in a heap for arrays that are in none: pieces of them are copied there. Nothing where there is no SIMD. */
function own(): Simd | undefined {
  if (ownHeap === undefined) {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(tablesEnd / pageBytes) });
    const place = (bytes: number): number => {
      const missing = tablesEnd + bytes - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
      return tablesEnd;
    };
    try {
      ownHeap = instantiate(memory, place);
    } catch {
      ownHeap = null;
    }
  }
  return ownHeap ?? undefined;
}

/** What is copied to and from the heap. */
type Numbers = Float32Array | Uint8Array | Int32Array;

/** Labels into the heap: bytes as bytes, which a loop there makes numbers of; `set` would take several times as long. */
function copyLabels(labels: Numbers, start: number, end: number, simd: Simd): void {
  const { float32, bytes } = viewsOf(simd), piece = labels.subarray(start, end);
  if (!(piece instanceof Uint8Array)) return float32.set(piece, at.y / 4);
  bytes.set(piece, at.bytes);
  simd.exports.widen(at.bytes, at.y, end - start);
}

/** The sums of the first entries of a table, in pieces: how many entries that were, or nothing if one is out of range. */
export function addSumsOfPieces(
  plan: SimdPlan,
  { yTrue, yPred, sampleWeight, slopes }: Omit<Table, "yTrue" | "slopes"> & { yTrue: Numbers; slopes?: Float32Array },
  classes: number,
  sums: Float64Array,
): number | undefined {
  const simd = own(), piece = simdLength(pieceLength, classes), length = simdLength(yPred.length, classes);
  if (simd === undefined || piece === 0) return 0;
  const pointers = { ...at, d: slopes && at.d, w: sampleWeight && at.w };
  for (let start = 0; start < length; start += piece) {
    const end = Math.min(start + piece, length), { float32 } = viewsOf(simd);
    float32.set(yPred.subarray(start, end), at.p / 4);
    copyLabels(yTrue, start, end, simd);
    if (sampleWeight !== undefined) float32.set(sampleWeight.subarray(start, end), at.w / 4);
    if (!addSimdSums(simd, plan, pointers, end - start, classes, sums)) return undefined;
    slopes?.set(viewsOf(simd).float32.subarray(at.d / 4, at.d / 4 + end - start), start);
  }
  return length;
}

/** The second pass over the first entries, in pieces, in place: how many entries that were. */
export function finishPieces(slopes: Float32Array, yTrue: Numbers, factors: Factors): number {
  const classes = factors.ofPositives.length, simd = factors.large ? undefined : own();
  const piece = simdLength(pieceLength, classes), length = simdLength(slopes.length, classes);
  if (simd === undefined || piece === 0) return 0;
  for (let start = 0; start < length; start += piece) {
    const end = Math.min(start + piece, length), { float32 } = viewsOf(simd);
    float32.set(slopes.subarray(start, end), at.d / 4);
    copyLabels(yTrue, start, end, simd);
    finishSimd(simd, at, end - start, factors);
    slopes.set(viewsOf(simd).float32.subarray(at.d / 4, at.d / 4 + end - start), start);
  }
  return length;
}
