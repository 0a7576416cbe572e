import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../tensor.ts";

/** One operation of a forward pass. */
export interface Recorded {
  /** The kernel, "Round" say. */
  readonly op: string;
  readonly inputs: readonly Operand[];
  readonly outputs: readonly Tensor[];
  /** The kernel's attributes. */
  readonly attrs: Readonly<Record<string, unknown>>;
  /** Whether `yPred` is among what the result was made from, and whether `yTrue` is. */
  readonly fromPred: boolean;
  readonly fromTrue: boolean;
  /** The line of the caller's code. */
  readonly line?: string;
}

/** What went into an operation. */
export interface Operand {
  readonly shape: readonly number[];
  readonly fromPred: boolean;
  readonly fromTrue: boolean;
  /** Whether it is the outputs themselves, perhaps in another shape or clipped. */
  readonly isPred: boolean;
  /** Whether some number in it is NaN or infinite. */
  readonly finite: boolean;
  /** Whether some number in it is 0. */
  readonly hasZero: boolean;
  readonly dtype: string;
}

/** What is known of a tensor. */
interface Origin {
  fromPred: boolean;
  fromTrue: boolean;
  isPred: boolean;
}

/** A forward pass, op by op. */
export interface Recording {
  readonly result: unknown;
  readonly error?: unknown;
  readonly ops: readonly Recorded[];
  /** The line where a value that was made from `yPred` was read out of the graph. */
  readonly readOut?: { line?: string };
  /** Whether an operation with a gradient of its own (tf.customGrad) took part: its gradient may differ on purpose. */
  readonly customized: boolean;
  /** Whether the result was made from `yPred` by operations, and not by way of numbers read out. */
  readonly connected: boolean;
}

/** The members of the engine that are watched; they are its own, and put back. */
interface Engine {
  runKernel(name: string, inputs: Record<string, unknown>, attrs?: Record<string, unknown>): unknown;
  runKernelFunc(params: { forwardFunc?: unknown; inputs: Record<string, unknown> }): unknown;
  readSync(dataId: object): ArrayLike<number>;
}

/** Operations that leave the outputs what they are. */
const sameNumbers = new Set(["Reshape", "Identity", "ClipByValue", "ExpandDims", "Slice", "StridedSlice", "Cast"]);

/** The caller's line among those of a stack: the first that is neither TensorFlow.js nor this folder. */
function callersLine(stack: string | undefined): string | undefined {
  const line = stack?.split("\n").slice(1).find((frame) =>
    !/@tensorflow|tfjs|lib\/audit\/|node_modules|ext:|<anonymous>\)?$|node:/.test(frame)
  );
  return line?.match(/([^/\\() ]+:\d+:\d+)\)?$/)?.[1];
}

/** Runs a loss forwards and writes down what it does. Everything is put back afterwards, whatever happens. */
export function record(loss: (yTrue: Tensor, yPred: Tensor) => unknown, yTrue: Tensor, yPred: Tensor): Recording {
  const engine = tf.engine() as unknown as Engine;
  const { runKernel, runKernelFunc, readSync } = engine;
  const origins = new Map<object, Origin>(); // by tensor: a reshape shares its data with what it was made from
  const data = new Map<object, Origin>();
  const know = (tensor: Tensor, origin: Origin) => {
    origins.set(tensor, origin);
    data.set(tensor.dataId, origin);
  };
  const ops: Recorded[] = [];
  let readOut: { line?: string } | undefined, depth = 0, customized = false;
  know(yTrue, { fromPred: false, fromTrue: true, isPred: false });
  know(yPred, { fromPred: true, fromTrue: false, isPred: true });
  const isTensor = (v: unknown): v is Tensor => v instanceof tf.Tensor;
  const originOf = (t: Tensor) => origins.get(t) ?? data.get(t.dataId);

  engine.runKernel = function (name, inputs, attrs) {
    depth++;
    let result: unknown;
    try {
      result = runKernel.call(engine, name, inputs, attrs);
    } finally {
      depth--;
    }
    const given = Object.values(inputs ?? {}).flat().filter(isTensor);
    const outputs = [result].flat().filter(isTensor);
    const known = given.map(originOf);
    const fromPred = known.some((o) => o?.fromPred), fromTrue = known.some((o) => o?.fromTrue);
    const isPred = sameNumbers.has(name) && known.some((o) => o?.isPred);
    for (const output of outputs) know(output, { fromPred, fromTrue, isPred });
    if (fromPred || fromTrue) {
      const operands = given.map((t, i): Operand => {
        const numbers = readSync.call(engine, t.dataId) as ArrayLike<number>;
        let finite = true, hasZero = false;
        for (let j = 0; j < numbers.length; j++) {
          if (!Number.isFinite(Number(numbers[j]))) finite = false;
          else if (Number(numbers[j]) === 0) hasZero = true;
        }
        const { fromPred = false, fromTrue = false, isPred = false } = known[i] ?? {};
        return { shape: t.shape, fromPred, fromTrue, isPred, finite, hasZero, dtype: t.dtype };
      });
      ops.push({
        op: name,
        inputs: operands,
        outputs,
        attrs: attrs ?? {},
        fromPred,
        fromTrue,
        line: callersLine(new Error().stack),
      });
    }
    return result;
  };
  // An operation with a gradient of its own (tf.customGrad): what it reads on the way is its own business.
  engine.runKernelFunc = function (params) {
    if (params.forwardFunc === undefined) return runKernelFunc.call(engine, params);
    depth++;
    let result: unknown;
    try {
      result = runKernelFunc.call(engine, params);
    } finally {
      depth--;
    }
    const known = Object.values(params.inputs).flat().filter(isTensor).map(originOf);
    const fromPred = known.some((o) => o?.fromPred), fromTrue = known.some((o) => o?.fromTrue);
    for (const output of [result].flat().filter(isTensor)) know(output, { fromPred, fromTrue, isPred: false });
    if (fromPred) customized = true;
    return result;
  };
  engine.readSync = function (dataId) {
    if (depth === 0 && readOut === undefined && data.get(dataId)?.fromPred) {
      readOut = { line: callersLine(new Error().stack) };
    }
    return readSync.call(engine, dataId);
  };
  try {
    const result = loss(yTrue, yPred);
    return { result, ops, readOut, customized, connected: isTensor(result) && originOf(result)?.fromPred === true };
  } catch (error) {
    return { result: undefined, error, ops, readOut, customized, connected: false };
  } finally {
    delete (engine as Partial<Engine>).runKernel;
    delete (engine as Partial<Engine>).runKernelFunc;
    delete (engine as Partial<Engine>).readSync;
  }
}

/** Whether all numbers of an operation's results are finite. */
export function isFinite(op: Recorded): boolean {
  return op.outputs.every((t) => t.isDisposed || Array.from(t.dataSync(), Number).every(Number.isFinite));
}
