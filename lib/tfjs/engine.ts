import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "./tensor.ts";

/** What this library asks of the engine of TensorFlow.js beyond its types. */
interface Engine {
  readonly backend: unknown;
  readonly state: {
    readonly gradientDepth: number;
    readonly activeTape?: readonly { readonly saved: unknown[]; readonly outputs: readonly Tensor[] }[] | null;
  };
  isTapeOn(): boolean;
  makeTensorFromTensorInfo(info: TensorInfo, backend: unknown): Tensor;
  runKernel(name: string, inputs: object, attributes: object): unknown;
}

/** Which data, in which shape. */
export interface TensorInfo {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: string;
}

/** The engine. */
export const engine = (): Engine => tf.engine() as unknown as Engine;

/** Whether the engine has what is needed here. */
export function engineIsKnown(): boolean {
  const { state, isTapeOn, makeTensorFromTensorInfo, runKernel } = engine();
  return typeof state?.gradientDepth === "number" && typeof isTapeOn === "function" &&
    typeof makeTensorFromTensorInfo === "function" && typeof runKernel === "function";
}

/**
 * Whether an operation would be recorded now: not without a gradient, nor inside of another operation, which has its own
 * gradient or none. What nobody records nobody would dispose of.
 */
export const tapeIsOn = (): boolean => engine().isTapeOn();

/**
 * Another tensor with the same data, kept from `tf.tidy`. TensorFlow.js' own way to keep a tensor for the gradient, `save`,
 * copies it on the wasm backend.
 */
export function keptAlias(x: Tensor): Tensor {
  const { backend } = engine();
  (backend as { incRef(dataId: object): void }).incRef(x.dataId);
  return tf.keep(engine().makeTensorFromTensorInfo({ dataId: x.dataId, shape: x.shape, dtype: x.dtype }, backend));
}

/**
 * Gives kept tensors to the tape: whoever ends it disposes them, whether or not the gradient was taken.
 *
 * @returns Whether the tape took them.
 */
export function giveToTape(output: Tensor, kept: readonly Tensor[]): boolean {
  const node = engine().state.activeTape?.at(-1);
  if (!Array.isArray(node?.saved) || node.outputs[0] !== output) return false;
  node.saved.push(...kept);
  return true;
}

/** Frees what an interrupted backward pass had saved. Inside another gradient nothing is freed: the tape is still in use. */
export function dropTape(): void {
  const state = engine().state as { gradientDepth: number; activeTape?: { saved?: (Tensor | null)[] }[] | null };
  if (state.gradientDepth !== 0) return;
  for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor?.dispose();
  state.activeTape = null;
}

/** Receives what the engine does while {@linkcode watchEngine} runs a function. Its own operations are not reported. */
export interface EngineWatcher {
  /** A kernel has run. */
  kernel(name: string, inputs: Record<string, unknown>, attrs: Record<string, unknown>, result: unknown): void;
  /** An operation with a gradient of its own (`tf.customGrad`) has run. */
  customGradient(inputs: Record<string, unknown>, result: unknown): void;
  /** The caller, and not an operation, is about to read numbers. */
  read(dataId: object): void;
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
  if (!engineIsKnown() || typeof runKernelFunc !== "function" || typeof readSync !== "function") {
    throw new Error(`Cannot watch the operations of TensorFlow.js ${tf.version.tfjs}: its engine is not known`);
  }
  let depth = 0;
  const inside = <R>(of: () => R): R => {
    depth++;
    try {
      return of();
    } finally {
      depth--;
    }
  };
  watched.runKernel = function (name, inputs, attrs) {
    const result = inside(() => runKernel.call(watched, name, inputs, attrs));
    inside(() => watcher.kernel(name, inputs ?? {}, attrs ?? {}, result));
    return result;
  };
  watched.runKernelFunc = function (params) {
    if (params.forwardFunc === undefined) return runKernelFunc.call(watched, params);
    const result = inside(() => runKernelFunc.call(watched, params));
    watcher.customGradient(params.inputs, result);
    return result;
  };
  watched.readSync = function (dataId) {
    if (depth === 0) watcher.read(dataId);
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
