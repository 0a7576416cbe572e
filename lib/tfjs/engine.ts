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
