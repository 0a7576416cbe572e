import * as tf from "@tensorflow/tfjs-core";
import { type Inputs, readBatch, readBatchShape } from "../batch/read_batch.ts";
import { scoreFast } from "../kernels/passes.ts";
import { instantiate, ownSimd, type Simd } from "../kernels/simd.ts";
import type { Memory, Numbers } from "../kernels/table.ts";
import type { ResolvedOptions } from "../scoring/options.ts";
import { scoreBatch } from "../scoring/score_batch.ts";
import { engine, engineIsKnown, giveToTape, gradientDepth, inHostMemory, tapeIsOn, type TensorInfo } from "./engine.ts";
import type { Scalar, Tensor } from "./tensor.ts";

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
interface TensorMemory extends Memory<Tensor> {
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
function tensorMemory(): TensorMemory | undefined {
  if (!inHostMemory() || !engineIsKnown()) return undefined;
  return memories[tf.getBackend()](engine().backend as never);
}

/**
 * Returns best − score and its gradient by the SIMD loops, in the memory of the backend.
 *
 * @returns Nothing where the general path has to do it: the loops do not know the setting, the engine is not as it is known
 * here, or the gradient is nested and may be asked for twice.
 */
export function fastLoss(
  name: string,
  best: number,
  setting: ResolvedOptions,
  tensors: Inputs<Tensor>,
): Scalar | undefined {
  const { reading, decide, scoring } = setting, { yTrue, yPred, sampleWeight } = tensors;
  const memory = tensorMemory();
  if (memory === undefined || gradientDepth() > 1) return undefined;
  const batchShape = readBatchShape(name, tensors, reading), wanted = tapeIsOn(), held: Tensor[] = [];
  const hold = (tensor: Tensor): Tensor => (held.push(tensor), tensor);
  const release = () => tf.dispose(held);
  try {
    // The backward pass reads the batch again: aliases of its tensors, which the tape disposes.
    const inputs: Inputs<Tensor> = !wanted ? tensors : {
      yTrue: hold(memory.alias(yTrue)),
      yPred: hold(memory.alias(yPred)),
      sampleWeight: sampleWeight && hold(memory.alias(sampleWeight)),
    };
    const kept = wanted ? hold(memory.make(yPred)) : undefined;
    const scored = scoreFast(decide, scoring, inputs, batchShape, memory, kept);
    if (scored === undefined) return void release();
    const op = tf.customGrad(() => ({
      value: tf.scalar(best - scored.value),
      gradFunc: (dy: Tensor) => {
        try {
          const by = -dy.dataSync()[0];
          if (scored.finish(by)) return memory.alias(kept!);
          const batch = readBatch(name, inputs, reading);
          return tf.tensor(scoreBatch(batch, decide(batch), scoring).gradient(by), yPred.shape);
        } catch (error) {
          release();
          throw error;
        }
      },
    }));
    const value = op(yPred) as Scalar;
    if (!wanted || giveToTape(value, held)) return value;
    value.dispose(); // a tape that is not as it is known here: the general path needs nothing of it
  } catch (error) {
    release();
    throw error;
  }
  return void release();
}
