import type { Numbers } from "./entries.ts";
import { ownSimd, simdOf, type TfjsHeap } from "./heap.ts";
import type { Simd } from "./simd.ts";
import type { TensorInfo } from "../tfjs/engine.ts";

/** What the passes ask of a backend. */
export interface Host {
  /** The SIMD loops for its tensors, if there are any. */
  simd(): Simd | undefined;
  /** The numbers of a tensor; where they are in a heap, until that grows. */
  numbers(info: TensorInfo): Numbers;
  /** Where the numbers of a tensor stand in the heap of the SIMD loops, if they stand there as float32. */
  inHeap(info: TensorInfo): number | undefined;
  /** A new tensor, of float32. */
  make(shape: number[]): TensorInfo;
  /** Another tensor with the same data. */
  share(info: TensorInfo): TensorInfo;
}

/** A backend whose data are JavaScript's own arrays. */
interface CpuBackend {
  /** What a tensor's numbers are, as they are kept: `readSync` would make other numbers of bytes, one by one. */
  readonly data: { get(dataId: object): { readonly values: unknown } };
  makeTensorInfo(shape: number[], dtype: string, values: Float32Array): TensorInfo;
  incRef(dataId: object): void;
}

/** The wasm backend, as far as it is used here. */
interface WasmBackend {
  readonly wasm?: TfjsHeap;
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Numbers;
  incRef(dataId: object): void;
}

function sharedBy(backend: { incRef(dataId: object): void }, { dataId, shape, dtype }: TensorInfo): TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

const isNumbers = (values: unknown): values is Numbers =>
  values instanceof Float32Array || values instanceof Uint8Array || values instanceof Int32Array;

const cpuHost = (backend: CpuBackend): Host => ({
  simd: ownSimd,
  numbers: ({ dataId }) => {
    const { values } = backend.data.get(dataId);
    return isNumbers(values) ? values : new Float32Array(values as ArrayLike<number>);
  },
  inHeap: () => undefined,
  make: (shape) =>
    backend.makeTensorInfo(shape, "float32", new Float32Array(shape.reduce((size, length) => size * length, 1))),
  share: (info) => sharedBy(backend, info),
});

const wasmHost = (backend: WasmBackend): Host => ({
  simd: () => simdOf(backend),
  numbers: (info) => backend.typedArrayFromHeap(info),
  inHeap: ({ dataId, dtype }) => dtype === "float32" ? backend.dataIdMap.get(dataId).memoryOffset >>> 0 : undefined,
  make: (shape) => backend.makeOutput(shape, "float32"),
  share: (info) => sharedBy(backend, info),
});

/** The backends that have kernels. */
export const hosts = { cpu: cpuHost, wasm: wasmHost } as Readonly<Record<string, (backend: unknown) => Host>>;
