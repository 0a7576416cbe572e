import { instantiate, type Simd } from "./simd.ts";

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
