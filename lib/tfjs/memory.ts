import * as tf from "@tensorflow/tfjs-core";
import { instantiate, ownSimd, type Simd } from "../kernels/simd.ts";
import type { Memory, Numbers } from "../kernels/table.ts";
import { engine, engineIsKnown, inHostMemory, type TensorInfo } from "./engine.ts";
import type { Tensor } from "./tensor.ts";

/** A backend whose data are arrays of JavaScript. */
interface CpuBackend {
  readonly data: { get(dataId: object): { readonly values: unknown } };
  makeTensorInfo(shape: number[], dtype: string, values: Float32Array): TensorInfo;
  incRef(dataId: object): void;
}

/** The heap of the wasm backend. */
interface WasmHeap {
  readonly HEAPU8: Uint8Array;
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** The wasm backend. */
interface WasmBackend {
  readonly wasm?: WasmHeap;
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Numbers;
  incRef(dataId: object): void;
}

/** The memory of a backend's tensors. */
export interface TensorMemory extends Memory<Tensor> {
  /** Makes a tensor of float32 numbers, of the shape of another, that `tf.tidy` leaves alone. */
  make(like: Tensor): Tensor;
  /** Makes another tensor of the same data, that `tf.tidy` leaves alone. */
  alias(x: Tensor): Tensor;
}

const isNumbers = (values: unknown): values is Numbers =>
  values instanceof Float32Array || values instanceof Uint8Array || values instanceof Int32Array;

const toTensor = (info: TensorInfo): Tensor => tf.keep(engine().makeTensorFromTensorInfo(info, engine().backend));

function alias(backend: { incRef(dataId: object): void }, { dataId, shape, dtype }: Tensor): Tensor {
  backend.incRef(dataId);
  return toTensor({ dataId, shape, dtype });
}

function cpuMemory(backend: CpuBackend): TensorMemory {
  return {
    simd: ownSimd,
    numbers: ({ dataId }) => { // `dataSync` would turn bytes into other numbers, one by one
      const { values } = backend.data.get(dataId);
      return isNumbers(values) ? values : new Float32Array(values as ArrayLike<number>);
    },
    inHeap: () => undefined,
    make: ({ shape, size }) => toTensor(backend.makeTensorInfo(shape, "float32", new Float32Array(size))),
    alias: (x) => alias(backend, x),
  };
}

const instances = new WeakMap<object, Simd | null>();

/** Returns the SIMD loops in the heap of the wasm backend; nothing if it is built otherwise (with shared memory, say). */
function simdOf(backend: WasmBackend): Simd | undefined {
  let simd = instances.get(backend);
  if (simd === undefined) instances.set(backend, simd = inHeapOf(backend.wasm) ?? null);
  return simd ?? undefined;
}

/** Instantiates the loops in a heap; the bytes that they are lent are freed when more are asked for. */
function inHeapOf(heap: WasmHeap | undefined): Simd | undefined {
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

const wasmMemory = (backend: WasmBackend): TensorMemory => ({
  simd: () => simdOf(backend),
  numbers: (x) => backend.typedArrayFromHeap(x),
  inHeap: ({ dataId, dtype }) => dtype === "float32" ? backend.dataIdMap.get(dataId).memoryOffset >>> 0 : undefined,
  make: ({ shape }) => toTensor(backend.makeOutput(shape, "float32")),
  alias: (x) => alias(backend, x),
});

const memories: Readonly<Record<string, (backend: never) => TensorMemory>> = { cpu: cpuMemory, wasm: wasmMemory };

/** Returns the memory of the backend in use, if it is host memory and the engine is as it is known here. */
export function tensorMemory(): TensorMemory | undefined {
  if (!inHostMemory() || !engineIsKnown()) return undefined;
  return memories[tf.getBackend()](engine().backend as never);
}
