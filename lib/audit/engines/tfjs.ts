import * as tf from "@tensorflow/tfjs-core";
import { describe } from "../../check/check.ts";
import { dropTape, hostMemory, inHostMemory, watchEngine } from "../../tfjs/engine.ts";
import { isTensor, type Tensor } from "../../tfjs/tensor.ts";
import { withQuickKernels } from "../../tfjs/quick_kernels.ts";
import { traceOf } from "../../tfjs/trace.ts";
import { type AuditBatch, meanOf, type Sampler } from "../batches.ts";
import type { AuditedLoss, AuditOptions, AuditTime, BatchKind } from "../types.ts";
import {
  type AuditEngine,
  type LossGradient,
  type LossValue,
  type RecordedOp,
  type Recording,
  timeInTurn,
} from "./engine.ts";
import {
  labelsOrigin,
  originOf,
  outputsOrigin,
  recordedInput,
  type TracedInput,
  type TracedOrigin,
  unknownOrigin,
} from "./origins.ts";
import { retracing, type TracedAnswer } from "./retracing.ts";

/** Access to a loss of TensorFlow.js. */
export function tfjsEngine(loss: AuditedLoss): AuditEngine {
  const engine: AuditEngine = {
    value: (batch) => withQuickKernels(() => valueOf(loss, batch)),
    valueAndGradient: (batch) => withQuickKernels(() => gradientOn(loss, batch)),
    record: (batch) => withQuickKernels(() => recordingOf(loss, batch)),
  };
  return { ...engine, ofDeterministic: retracing(engine, (batch) => withQuickKernels(() => traced(loss, batch))) };
}

/** Runs a function in `tf.tidy`, which takes no result that is not a tensor. */
export function tidied<T>(run: () => T): T {
  let result!: T;
  tf.tidy(() => {
    result = run();
  });
  return result;
}

/** The message of anything that is thrown. */
export const messageOf = (error: unknown): string => error instanceof Error ? error.message : String(error);

const firstLine = (error: unknown): string => messageOf(error).split("\n")[0];

/** The labels and the outputs of a batch as tensors, whose numbers are copies: on the cpu backend a loss can change them. */
const tensorsOf = ({ yTrue, yPred, trueShape, predShape }: AuditBatch): [yTrue: Tensor, yPred: Tensor] => [
  tf.tensor(yTrue.slice(), trueShape, "float32"),
  tf.tensor(yPred.slice(), predShape, "float32"),
];

/** The numbers of two tensors. */
export const batchOf = ({ yTrue, yPred }: { yTrue: Tensor; yPred: Tensor }): AuditBatch => ({
  yTrue: new Float32Array(yTrue.dataSync()),
  yPred: new Float32Array(yPred.dataSync()),
  trueShape: [...yTrue.shape],
  predShape: [...yPred.shape],
});

/** The shapes of a batch in words. */
const shapesText = ({ trueShape, predShape }: AuditBatch): string => `labels [${trueShape}] and outputs [${predShape}]`;

/**
 * A sampler that draws from the caller's one, in `tf.tidy`. Rules compare batches number by number, so all of as many rows
 * have one shape.
 */
export function samplerFrom(sample: NonNullable<AuditOptions["sample"]>): Sampler {
  const firstOf = new Map<number, { kind: BatchKind; batch: AuditBatch }>();
  return (kind, seed, rows) =>
    tidied(() => {
      const tensors = sample(kind, seed, rows);
      if (tensors === undefined) return undefined;
      if (![tensors?.yTrue, tensors?.yPred].every((one) => isTensor(one) && !one.isDisposed)) {
        throw new TypeError(
          `Cannot audit the loss: 'sample' must give { yTrue, yPred }, two tensors, it gives ${
            describe(tensors)
          } for '${kind}'`,
        );
      }
      const batch = batchOf(tensors), first = firstOf.get(rows) ?? { kind, batch };
      firstOf.set(rows, first);
      if (shapesText(batch) === shapesText(first.batch)) return batch;
      throw new RangeError(
        `Cannot audit the loss: 'sample' must give batches of one shape, it gives ${
          shapesText(first.batch)
        } for '${first.kind}', ${shapesText(batch)} for '${kind}'`,
      );
    });
}

/** Calls a function with the tensors of a batch; none of its tensors remains. */
export const withTensors = <T>(batch: AuditBatch, of: (yTrue: Tensor, yPred: Tensor) => T): T =>
  tidied(() => of(...tensorsOf(batch)));

const valueOf = (loss: AuditedLoss, batch: AuditBatch): LossValue =>
  tidied(() => {
    try {
      return { value: meanOf(loss(...tensorsOf(batch)).dataSync()) };
    } catch (error) {
      return { value: NaN, error: firstLine(error) };
    }
  });

/** The mean of what a loss returned, for the gradient. */
const meanTensor = (result: Tensor): Tensor =>
  result.rank === 0 && result.dtype === "float32" ? result : tf.mean(tf.cast(result, "float32"));

/** The numbers of a tensor, which are not a copy of them, read without the engine if it is one: a trace ends at a read. */
const numbersIn = (tensor: Tensor): ArrayLike<number> =>
  (isTensor(tensor) && !tensor.isDisposed ? hostMemory()?.numbers(tensor) : undefined) ?? tensor.dataSync();

/** Calls the loss once: the value is read before the backward pass begins. `see` is given the result, then the gradient. */
function gradientOf(loss: AuditedLoss, [yTrue, yPred]: readonly Tensor[], see: (tensor: Tensor) => void): LossGradient {
  let value = NaN, shape: readonly number[] = [], forwardDone = false;
  try {
    const gradient = tf.grad((outputs) => {
      const result = loss(yTrue, outputs as Tensor);
      shape = result.shape;
      value = meanOf(numbersIn(result));
      forwardDone = true;
      see(result);
      return meanTensor(result);
    })(yPred);
    see(gradient);
    return { value, shape, gradient: Float32Array.from(numbersIn(gradient)) };
  } catch (error) {
    dropTape();
    return { value, shape, [forwardDone ? "gradientError" : "error"]: firstLine(error) };
  }
}

const gradientOn = (loss: AuditedLoss, batch: AuditBatch): LossGradient =>
  tidied(() => gradientOf(loss, tensorsOf(batch), () => {}));

/** Value and gradient, and the kernels that compute them on batches of the same shapes. */
const traced = (loss: AuditedLoss, batch: AuditBatch): TracedAnswer =>
  tidied(() => {
    const inputs = tensorsOf(batch), seen: Tensor[] = [];
    let answer!: LossGradient;
    const trace = traceOf(inputs, () => {
      answer = gradientOf(loss, inputs, (tensor) => seen.push(tensor));
      return answer.gradient === undefined ? [] : seen;
    });
    return { answer, trace };
  });

/** Tells whether all numbers are finite, and how large the finite ones are. */
function sizes(numbers: ArrayLike<number>): { finite: boolean; largest: number } {
  let finite = true, largest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const size = Math.abs(Number(numbers[i]));
    if (!Number.isFinite(size)) finite = false;
    else if (size > largest) largest = size;
  }
  return { finite, largest };
}

/** The distinct numbers of a list in ascending order, three at most. */
function fewLevels(numbers: ArrayLike<number>): number[] {
  const seen = new Set<number>();
  for (let i = 0; i < numbers.length && seen.size < 3; i++) seen.add(Number(numbers[i]));
  return [...seen].sort((a, b) => a - b);
}

/** The stack of the current call. Its text is slow to make and is made when it is read. */
function deepStack(): Error {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const error = new Error();
  Error.stackTraceLimit = limit;
  return error;
}

/** The line of the caller's code: the first frame of a stack outside TensorFlow.js and the audit. */
function callersLine({ stack }: Error): string | undefined {
  const line = stack?.split("\n").slice(1).find((frame) =>
    !/@tensorflow|lib\/audit\/|lib\/tfjs\/|node_modules|ext:|<anonymous>\)?$|node:/.test(frame)
  );
  const [, cell, number] = line?.match(/([^/\\()]+\.ipynb, cell \d+):(\d+):\d+\)?$/) ?? [];
  if (cell !== undefined) return `${cell.replace(/^ *at /, "")}, line ${number}`;
  return line?.match(/([^/\\() ]+:\d+:\d+)\)?$/)?.[1];
}

/** A place in the caller's code, whose line is looked for when it is asked for. */
const madeAt = (stack: Error): { readonly line?: string } => ({
  get line() {
    return callersLine(stack);
  },
});

/**
 * Tells whether an operation of TensorFlow.js, such as `tf.logSoftmax`, asked for a gradient of its own; it is the slope then.
 * TensorFlow.js gives its operations names that end in "__op".
 */
const byOperation = ({ stack }: Error): boolean => /\b\w+__op\b/.test(stack ?? "");

/** An operation whose numbers are read when the forward pass has ended: what the loss disposed of is not looked at. */
type UnreadOp = Omit<RecordedOp, "outputShape" | "outputLargest" | "breaks" | "line"> & {
  readonly outputs: readonly Tensor[];
  readonly stack: Error;
};

function readOp({ outputs, stack, ...op }: UnreadOp): RecordedOp {
  const left = outputs.filter((output) => !output.isDisposed).map((output) => sizes(output.dataSync()));
  return {
    ...op,
    outputShape: outputs[0]?.shape ?? [],
    outputLargest: left.length > 0 ? Math.max(...left.map(({ largest }) => largest)) : NaN,
    breaks: op.inputs.every((input) => input.finite) && left.some(({ finite }) => !finite),
    get line() {
      return callersLine(stack);
    },
  };
}

/** Records a forward pass. */
const recordingOf = (loss: AuditedLoss, batch: AuditBatch): Recording =>
  tidied(() => {
    const [yTrue, yPred] = tensorsOf(batch);
    const byTensor = new Map<object, TracedOrigin>(), byData = new Map<object, TracedOrigin>(); // a reshape shares data
    const setOrigin = (tensor: Tensor, origin: TracedOrigin) => {
      byTensor.set(tensor, origin);
      byData.set(tensor.dataId, origin);
    };
    const getOrigin = (tensor: Tensor) => byTensor.get(tensor) ?? byData.get(tensor.dataId);
    const makers = new Map<Tensor, number>();
    const ops: UnreadOp[] = [];
    let readOut: { line?: string } | undefined, customGradient = false;
    setOrigin(yTrue, labelsOrigin);
    setOrigin(yPred, outputsOrigin);

    const kernel = (op: string, given: Record<string, unknown>, attrs: Record<string, unknown>, result: unknown) => {
      const tensors = Object.values(given).flat().filter(isTensor), outputs = [result].flat().filter(isTensor);
      const shapeOnly = op === "OnesLike" || op === "ZerosLike";
      const traced = tensors.map((tensor): TracedInput => ({
        origin: shapeOnly ? undefined : getOrigin(tensor),
        shape: tensor.shape,
        single: tensor.size === 1 ? tensor.dataSync()[0] : undefined,
      }));
      const origin = originOf(op, attrs, traced, outputs.map(({ shape }) => shape));
      for (const output of outputs) setOrigin(output, origin);
      const { fromPred, fromTrue, live } = origin;
      if (!fromPred && !fromTrue) return;
      const inputs = tensors.map((tensor, i) => {
        const { shape, dtype } = tensor, numbers = tensor.dataSync(), levels = fewLevels(numbers);
        return recordedInput(traced[i].origin, { shape, dtype, ...sizes(numbers), levels, madeBy: makers.get(tensor) });
      });
      for (const output of outputs) makers.set(output, ops.length);
      ops.push({ op, inputs, outputs, attrs, fromPred, fromTrue, live, stack: deepStack() });
    };
    const withOwnGradient = (given: Record<string, unknown>, result: unknown) => {
      const known = Object.values(given).flat().filter(isTensor).map((tensor) => getOrigin(tensor) ?? unknownOrigin);
      const [fromPred, fromTrue, live] = (["fromPred", "fromTrue", "live"] as const).map((key) =>
        known.some((o) => o[key])
      );
      for (const output of [result].flat().filter(isTensor)) {
        setOrigin(output, { ...unknownOrigin, fromPred, fromTrue, live });
      }
      customGradient ||= fromPred && !byOperation(deepStack());
    };
    const read = (dataId: object, inOperation: boolean) => {
      if (!inOperation && readOut === undefined && byData.get(dataId)?.fromPred) readOut = madeAt(deepStack());
    };
    const result = watchEngine({ kernel, customGradient: withOwnGradient, read }, (): unknown => {
      try {
        return loss(yTrue, yPred);
      } catch {
        return undefined; // the value says what it throws
      }
    });
    const { fromPred: connected, live } = (isTensor(result) ? getOrigin(result) : undefined) ?? unknownOrigin;
    return { ops: ops.map(readOp), readOut, connected, live, customGradient };
  });

/**
 * Refuses a loss that does not work on an ordinary batch.
 *
 * @throws {TypeError} The loss throws, disposes of its arguments, changes them, or returns something else than numbers.
 */
export function checkLoss(loss: AuditedLoss, batch: AuditBatch): void {
  tidied(() => {
    const [yTrue, yPred] = tensorsOf(batch);
    let result: unknown, thrown: string | undefined;
    try {
      result = loss(yTrue, yPred);
    } catch (error) {
      thrown = messageOf(error);
    }
    // An error is only the consequence if the loss has disposed of its arguments.
    if (yTrue.isDisposed || yPred.isDisposed) throw new TypeError("Cannot audit the loss: it disposes of its inputs");
    for (const [name, tensor] of Object.entries({ yTrue, yPred })) {
      const before = batch[name as "yTrue" | "yPred"];
      if (tensor.dataSync().some((value, i) => !Object.is(value, before[i]))) {
        throw new TypeError(`Cannot audit the loss: it changes the numbers of its argument '${name}'`);
      }
    }
    if (thrown !== undefined) {
      throw new TypeError(
        `Cannot audit the loss: called with labels [${batch.trueShape}] and outputs [${batch.predShape}] it throws: ` +
          `${thrown} (other shapes: 'columns', 'extraLabels' for masks and weights, 'sample' for any batch)`,
      );
    }
    if (!isTensor(result)) {
      const what = result instanceof Promise
        ? "a promise"
        : typeof result === "function"
        ? "a function: audit what it returns"
        : Number.isNaN(result)
        ? "NaN: labels and outputs are tensors, and neither an index nor an operator of JavaScript reads their numbers"
        : describe(result);
      throw new TypeError(`Cannot audit the loss: it must return a tensor, it returns ${what}`);
    }
    if (result.size === 0 || !["float32", "int32", "bool"].includes(result.dtype)) {
      throw new TypeError(
        `Cannot audit the loss: it must return numbers, it returns a tensor of shape [${result.shape}] and dtype '${result.dtype}'`,
      );
    }
  });
}

/** The number of tensors that a call of the loss leaves behind in `tf.tidy`: kept tensors and variables. */
export function tensorsLeftBy(loss: AuditedLoss, batch: AuditBatch): number {
  const given = tensorsOf(batch), before = tf.memory().numTensors;
  tf.tidy(() => {
    try {
      loss(...given);
    } catch {
      // Other rules report it.
    }
  });
  const left = tf.memory().numTensors - before;
  tf.dispose(given.filter((tensor) => !tensor.isDisposed));
  return left;
}

/**
 * Runs a function on a backend in host memory, on cpu where another is in use, and restores the backend and the flags of
 * TensorFlow.js, which a loss can change: an audit reads every number, and not every device gives them back as they are.
 */
export function keepingBackend<T>(run: () => T): T {
  const backend: string | undefined = tf.getBackend(), env = tf.env(), flags = { ...env.features };
  if (!inHostMemory() && tf.findBackendFactory("cpu") != null) tf.setBackend("cpu");
  try {
    return run();
  } finally {
    env.setFlags(flags);
    if (backend !== undefined && tf.getBackend() !== backend) tf.setBackend(backend);
  }
}

/** Times value and gradient of a loss on a batch, in turn with the mean squared error of as many outputs. */
export function timeLoss(loss: AuditedLoss, batch: AuditBatch): AuditTime {
  const squares = { ...batch, yTrue: batch.yPred, trueShape: batch.predShape };
  const squaredError: AuditedLoss = (yTrue, yPred) => tf.mean(tf.squaredDifference(yTrue, yPred));
  return timeInTurn(() => void gradientOn(loss, batch), () => void gradientOn(squaredError, squares));
}
