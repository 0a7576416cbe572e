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

/** The bytes of a heap that are one instance's own: freed when more are asked for. 0 if the heap is full. */
function inHeap(heap: TfjsHeap | undefined): Simd | undefined {
  let held = 0, at = 0;
  const place = (bytes: number): number => {
    if (bytes > held) {
      if (held > 0) heap!._free(at);
      at = heap!._malloc(bytes) >>> 0;
      held = at === 0 ? 0 : bytes;
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

const pageBytes = 65536;

let ownHeap: Simd | null | undefined;

/** The kernels in a heap of this library, for what is in no other. Nothing where there is no SIMD. */
export function ownSimd(): Simd | undefined {
  if (ownHeap === undefined) {
    const memory = new WebAssembly.Memory({ initial: 1 }), start = 1024; // 0 says that there is no place
    const place = (bytes: number): number => {
      const missing = start + bytes - memory.buffer.byteLength;
      try {
        if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
        return start;
      } catch {
        return 0;
      }
    };
    try {
      ownHeap = instantiate(memory, place);
    } catch {
      ownHeap = null;
    }
  }
  return ownHeap ?? undefined;
}

/** For tests: goes on as where there is no SIMD; called again with `true`, as before. */
export function allowSimd(allowed: boolean): void {
  ownHeap = allowed ? undefined : null;
}
