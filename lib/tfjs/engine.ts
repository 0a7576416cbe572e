// All that this library knows of TensorFlow.js beyond its types, and the checks of it. TensorFlow.js 4.22.0 is the last
// release; where an internal is not as it is known here, the callers take a path that does without it.
import * as tf from "@tensorflow/tfjs-core";
import { type HostNumbers, isHostNumbers } from "../batch/read_batch.ts";
import type { Scalar, Tensor } from "./tensor.ts";

/** The fields of the engine that this library reads. */
interface Engine {
  readonly backend: unknown;
  readonly state: {
    readonly gradientDepth: number;
    /** The data that are held. */
    readonly tensorInfo?: WeakMap<object, unknown>;
    activeTape?: readonly { readonly saved?: (Tensor | null)[]; readonly outputs?: readonly Tensor[] }[] | null;
  };
  isTapeOn(): boolean;
  makeTensorFromTensorInfo(info: TensorInfo, backend: unknown): Tensor;
  runKernelFunc?(op: {
    readonly inputs: Readonly<Record<string, Tensor>>;
    forwardFunc(backend: unknown, save: (tensors: Tensor[]) => void): Tensor;
    backwardsFunc(dy: Tensor, saved: Tensor[]): Record<string, () => Tensor>;
  }): Tensor;
}

/** The identity of a tensor's data, with its shape. */
export interface TensorInfo {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: tf.DataType;
}

/** Returns the engine. */
export const engine = (): Engine => tf.engine() as unknown as Engine;

let warned = false;

/**
 * Warns, once, of a tensor that another copy of TensorFlow.js has made: the copies share one engine, but not their classes
 * (optimizers, layers, callbacks), and register every kernel twice.
 */
export function warnOfCopies(tensor: Tensor): void {
  const own = Object.prototype.isPrototypeOf.call(tf.Tensor.prototype, tensor); // `instanceof` asks for methods alone
  if (warned || own || typeof tensor?.dataSync !== "function") return;
  warned = true;
  console.warn(
    `Roundabout: two copies of TensorFlow.js are loaded, the losses use @tensorflow/tfjs-core ${tf.version_core}; ` +
      "install one version of all @tensorflow packages",
  );
}

/** Says that the engine has the fields that this library reads. */
function engineIsKnown(): boolean {
  const { state, isTapeOn, makeTensorFromTensorInfo } = engine();
  return typeof state?.gradientDepth === "number" && typeof isTapeOn === "function" &&
    typeof makeTensorFromTensorInfo === "function";
}

/** Returns the number of gradients that are being recorded, one inside another. */
export const gradientDepth = (): number => engine().state?.gradientDepth ?? 2;

/**
 * Says that an operation would be recorded now: inside a gradient, but not inside another operation, which has a gradient of
 * its own or none. A tensor kept while no tape records would never be disposed.
 */
export const tapeIsOn = (): boolean => engine().isTapeOn();

/**
 * Hands kept tensors to the tape, which disposes them when it ends, whether or not the gradient was taken. TensorFlow.js's
 * own way, the `save` of a custom gradient, copies tensors on the wasm backend.
 *
 * @returns True if the tape took them.
 */
export function giveToTape(output: Tensor, kept: readonly Tensor[]): boolean {
  const node = engine().state.activeTape?.at(-1);
  if (!Array.isArray(node?.saved) || node.outputs?.[0] !== output) return false;
  node.saved.push(...kept);
  return true;
}

/** Disposes the tensors that a tape holds after a gradient threw; does nothing inside an outer gradient, whose tape it is. */
export function dropTape(): void {
  const { state } = engine();
  if (state.gradientDepth !== 0) return;
  for (const { saved } of state.activeTape ?? []) {
    tf.dispose((saved ?? []).filter((t) => t && !t.isDisposed) as Tensor[]);
  }
  state.activeTape = null;
}

/** Says that the backend in use keeps its tensors in host memory: reading them costs a copy at most. */
export const inHostMemory = (): boolean => ["cpu", "wasm"].includes(tf.getBackend());

/** A backend whose data are arrays of JavaScript. */
export interface CpuBackend {
  readonly blockSize?: number;
  readonly data: { get(dataId: object): { readonly values: unknown } };
  makeTensorInfo(shape: number[], dtype: string, values: HostNumbers): TensorInfo;
  incRef(dataId: object): void;
  disposeData(dataId: object): void;
}

/** The wasm backend. */
interface WasmBackend {
  readonly wasm?: {
    readonly HEAPU8: Uint8Array;
    readonly asm: { readonly memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(pointer: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): HostNumbers;
  incRef(dataId: object): void;
}

/** The heap of a backend in WebAssembly. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** Returns the address of so many bytes, 0 if there are none. */
  allocate(bytes: number): number;
  free(address: number): void;
}

/** The memory of a backend that keeps its tensors in host memory. */
export interface HostMemory {
  /** The name of the backend. */
  readonly backend: string;
  /** The heap, if the backend has one whose views are of one memory. */
  readonly heap?: Heap;
  /** Returns the numbers of a tensor, not a copy of them. */
  numbers(x: Tensor): HostNumbers;
  /** Returns the address of float32 numbers in the heap. */
  inHeap(x: Tensor): number | undefined;
  /** Makes a tensor of float32 numbers, which `write` writes, of the shape of another. */
  make(like: Pick<Tensor, "shape" | "size">, write?: (to: Float32Array) => void): Tensor;
  /** Makes another tensor of the same data. */
  alias(x: Tensor): Tensor;
}

const toTensor = (info: TensorInfo): Tensor => engine().makeTensorFromTensorInfo(info, engine().backend);

function alias(backend: { incRef(dataId: object): void }, { dataId, shape, dtype }: Tensor): Tensor {
  backend.incRef(dataId);
  return toTensor({ dataId, shape, dtype });
}

const cpuMemory = (backend: CpuBackend): HostMemory => ({
  backend: "cpu",
  numbers: ({ dataId }) => { // `dataSync` would turn bytes into other numbers, one by one
    const { values } = backend.data.get(dataId);
    return isHostNumbers(values) ? values : new Float32Array(values as ArrayLike<number>);
  },
  inHeap: () => undefined,
  make: ({ shape, size }, write) => {
    const numbers = new Float32Array(size);
    write?.(numbers);
    return toTensor(backend.makeTensorInfo(shape, "float32", numbers));
  },
  alias: (x) => alias(backend, x),
});

function heapOf({ wasm }: WasmBackend): Heap | undefined {
  const memory = wasm?.asm?.memory;
  if (memory === undefined || memory.buffer !== wasm!.HEAPU8?.buffer) return undefined;
  return { memory, allocate: (bytes) => wasm!._malloc(bytes) >>> 0, free: (address) => wasm!._free(address) };
}

const wasmMemory = (backend: WasmBackend): HostMemory => ({
  backend: "wasm",
  heap: heapOf(backend),
  numbers: (x) => backend.typedArrayFromHeap(x),
  inHeap: ({ dataId, dtype }) => dtype === "float32" ? backend.dataIdMap.get(dataId).memoryOffset >>> 0 : undefined,
  make: ({ shape }, write) => {
    const made = toTensor(backend.makeOutput(shape, "float32")); // an error ends its scope, which disposes it
    write?.(backend.typedArrayFromHeap(made) as Float32Array);
    return made;
  },
  alias: (x) => alias(backend, x),
});

/** Returns the backend cpu if it is in use. */
export const cpuBackend = (): CpuBackend | undefined =>
  tf.getBackend() === "cpu" ? engine().backend as CpuBackend : undefined;

/** Returns the number of products that a matrix product of the cpu backend sums between two roundings; nothing elsewhere. */
export const cpuBlock = (): number | undefined => cpuBackend()?.blockSize;

const memories = new WeakMap<object, HostMemory>();

/** Returns the memory of the backend in use, if it is host memory and the engine is as it is known here. */
export function hostMemory(): HostMemory | undefined {
  if (!inHostMemory() || !engineIsKnown()) return undefined;
  const backend = engine().backend as CpuBackend & WasmBackend;
  let memory = memories.get(backend);
  if (memory === undefined) {
    memories.set(backend, memory = tf.getBackend() === "cpu" ? cpuMemory(backend) : wasmMemory(backend));
  }
  return memory;
}

const makeByCopy: HostMemory["make"] = ({ shape, size }, write) => {
  const numbers = new Float32Array(size);
  write!(numbers);
  return tf.tensor(numbers, shape, "float32");
};

let memoryOf: (() => HostMemory | undefined) | undefined;

/** Registers the memory for losses that do without the SIMD loops: small bundles leave it out. */
export function registerMemory(memory: () => HostMemory | undefined): void {
  memoryOf = memory;
}

/** The backends that read `knownNumbers` back rightly. */
const checkedBackends = new WeakSet<object>();

/** Numbers that are known: tensors of fewer numbers may never leave the host. */
const knownNumbers = (): Tensor => tf.add(tf.range(0, 2048), 0.5);

function checkKnown(numbers: ArrayLike<number>): void {
  for (let i = 0; i < 2048; i++) {
    if (numbers[i] === i + 0.5) continue;
    throw new Error(
      `Cannot read tensors of the backend '${tf.getBackend()}': it reads back other numbers; set another backend`,
    );
  }
  checkedBackends.add(engine().backend as object);
}

const isChecked = (): boolean => inHostMemory() || checkedBackends.has(engine().backend as object);

/**
 * Throws if the device is lost, or if the backend in use reads numbers back wrongly: some WebGPU adapters give zeros and say
 * nothing. Each backend is asked once; backends in host memory are not.
 */
export function checkReads(): void {
  checkDevice();
  if (!isChecked()) checkKnown(tf.tidy(() => knownNumbers().dataSync()));
}

/** Reads float32 tensors with one asynchronous read; the first read of a backend includes numbers that are known. */
export async function readTogether(tensors: readonly Tensor[]): Promise<Float32Array[]> {
  checkDevice();
  const checked = isChecked();
  // Kept, since the scope of the caller may end before the device has answered.
  const joined = tf.tidy(() => {
    const all = checked ? tensors : [...tensors, knownNumbers()];
    return tf.keep(tf.concat(all.map((tensor) => tf.reshape(tensor, [tensor.size]))));
  });
  try {
    const numbers = await joined.data() as Float32Array;
    let at = 0;
    const each = tensors.map(({ size }) => numbers.subarray(at, at += size));
    if (!checked) checkKnown(numbers.subarray(at));
    return each;
  } finally {
    joined.dispose();
  }
}

/** The fields of the backends of a GPU that tell that the device is lost. */
interface DeviceBackend {
  readonly gpgpu?: { readonly gl: { isContextLost(): boolean } };
  readonly device?: { readonly lost?: Promise<{ readonly message?: string }> };
}

/** Says of each device of WebGPU whether it is lost. */
const lost = new WeakMap<object, boolean>();

/** Throws if the device of the backend in use is lost, as a browser's is after a driver's reset or in a tab that slept. */
export function checkDevice(): void {
  const { gpgpu, device } = (engine().backend ?? {}) as DeviceBackend;
  if (device?.lost !== undefined && !lost.has(device)) {
    lost.set(device, false);
    void device.lost.then(() => lost.set(device, true));
  }
  if (gpgpu?.gl.isContextLost() || (device && lost.get(device))) {
    throw new Error(
      `Cannot compute on the backend '${tf.getBackend()}': its device is lost; reload the page`,
    );
  }
}

/** Receives what the engine does while {@linkcode watchEngine} runs a function. Its own operations are not reported. */
interface EngineWatcher {
  /** A kernel has run. */
  kernel(name: string, inputs: Record<string, unknown>, attrs: Record<string, unknown>, result: unknown): void;
  /** An operation with a gradient of its own (`tf.customGrad`) has run. */
  customGradient(inputs: Record<string, unknown>, result: unknown): void;
  /** The caller, and not a kernel, is about to read numbers; `inOperation` is true in an operation with a gradient of its own. */
  read(dataId: object, inOperation: boolean): void;
}

/** The methods of the engine that `watchEngine` overrides for a while. */
interface WatchedMethods {
  runKernel(name: string, inputs: Record<string, unknown>, attrs?: Record<string, unknown>): unknown;
  runKernelFunc(params: { forwardFunc?: unknown; inputs: Record<string, unknown> }): unknown;
  readSync(dataId: object): unknown;
}

/**
 * Runs a function and reports each kernel, custom gradient and read. The engine's methods are restored afterwards, also if
 * the function throws.
 *
 * @throws {Error} This version of TensorFlow.js has another engine.
 */
export function watchEngine<T>(watcher: EngineWatcher, run: () => T): T {
  const watched = engine() as unknown as WatchedMethods, { runKernel, runKernelFunc, readSync } = watched;
  if (!engineIsKnown() || [runKernel, runKernelFunc, readSync].some((method) => typeof method !== "function")) {
    throw new Error(`Cannot watch the operations of TensorFlow.js ${tf.version_core}: its engine is not known`);
  }
  const depth = { kernel: 0, operation: 0 };
  const inside = <R>(what: keyof typeof depth, of: () => R): R => {
    depth[what]++;
    try {
      return of();
    } finally {
      depth[what]--;
    }
  };
  watched.runKernel = function (name, inputs, attrs) {
    const result = inside("kernel", () => runKernel.call(watched, name, inputs, attrs));
    inside("kernel", () => watcher.kernel(name, inputs, attrs ?? {}, result));
    return result;
  };
  watched.runKernelFunc = function (params) {
    if (params.forwardFunc === undefined) return runKernelFunc.call(watched, params);
    const result = inside("operation", () => runKernelFunc.call(watched, params));
    watcher.customGradient(params.inputs, result);
    return result;
  };
  watched.readSync = function (dataId) {
    if (depth.kernel === 0) watcher.read(dataId, depth.operation > 0);
    return readSync.call(watched, dataId);
  };
  try {
    return run();
  } finally {
    for (const method of ["runKernel", "runKernelFunc", "readSync"] as const) {
      delete (watched as Partial<WatchedMethods>)[method];
    }
  }
}

/**
 * Makes an operation with a gradient of its own by the method that `tf.customGrad` calls: the checks of `tf.customGrad` take as
 * long as the loss of some hundred outputs. If the engine does not have that method, `tf.customGrad` makes the operation.
 *
 * @param x The tensor by which the operation is differentiated.
 * @param forward Returns the value, and may save tensors for the gradient.
 * @param backward Returns the gradient with respect to `x`, from the one with respect to the value.
 */
export function customOp(
  x: Tensor,
  forward: (backend: unknown, save: (tensors: Tensor[]) => void) => Tensor,
  backward: (dy: Tensor, saved: Tensor[]) => Tensor,
): Tensor {
  const own = engine();
  if (typeof own.runKernelFunc !== "function") {
    return tf.customGrad((_x: unknown, save: unknown) => ({
      value: forward(own.backend, save as (tensors: Tensor[]) => void),
      gradFunc: backward as (dy: Tensor, saved: Tensor[]) => Tensor,
    }))(x);
  }
  return own.runKernelFunc({
    inputs: { x },
    forwardFunc: forward,
    backwardsFunc: (dy, saved) => {
      const gradient = backward(dy, saved);
      return { x: () => gradient };
    },
  });
}

/**
 * Makes an operation of numbers that were computed from `x` outside TensorFlow.js, such as a first derivative. Differentiating
 * it throws; without that, a second derivative would silently take the numbers for a constant.
 */
export function firstOrderOnly(what: string, x: Tensor, numbers: Tensor): Tensor {
  return customOp(x, () => numbers, () => {
    throw new Error(`Cannot compute a second derivative of ${what}: it is differentiated once only`);
  });
}

/**
 * Makes a loss that was computed outside TensorFlow.js an operation with its gradient.
 *
 * @param name The loss, for errors.
 * @param yPred The outputs.
 * @param value The loss.
 * @param gradient Writes a factor times the gradient with respect to each output.
 * @param release Says that `gradient` is not asked for again.
 */
export function lossOp(
  name: string,
  yPred: Tensor,
  value: number,
  gradient: (by: number, to: Float32Array) => void,
  release?: () => void,
): Scalar {
  const nested = gradientDepth() > 1, host = inHostMemory(), memory = memoryOf?.(), make = memory?.make ?? makeByCopy;
  const forward = (_: unknown, save: (tensors: Tensor[]) => void): Tensor => {
    // An outer gradient differentiates this one: it needs the outputs, which an inner `tf.tidy` may dispose.
    if (nested) save([yPred]);
    return make({ shape: [], size: 1 }, (to) => to[0] = value); // `tf.scalar` takes several times as long
  };
  const backward = (dy: Tensor, saved: Tensor[]): Tensor => {
    try {
      const by = host ? (memory?.numbers(dy) ?? dy.dataSync())[0] : 1; // elsewhere dy is not read back
      let made = make(yPred, (to) => gradient(by, to));
      if (nested) made = firstOrderOnly(name, saved[0], made);
      else release?.(); // a gradient inside another is asked for by both
      return host ? made : tf.mul(dy, made);
    } catch (error) {
      tf.dispose(saved); // TensorFlow.js keeps saved tensors when a gradient throws
      throw error;
    }
  };
  return customOp(yPred, forward, backward) as Scalar;
}
