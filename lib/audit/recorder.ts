import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../tfjs/tensor.ts";

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
  /** Whether a gradient can flow back through it to `yPred`. */
  readonly live: boolean;
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
  /** Whether it is what a softmax or sigmoid made of the outputs, perhaps in another shape or clipped. */
  readonly isShare: boolean;
  /** Whether a gradient can flow back from it to `yPred`: made from it, and by no operation that is flat. */
  readonly live: boolean;
  readonly reduced: Reduced;
  /** Whether some number in it is NaN or infinite. */
  readonly finite: boolean;
  /** The greatest size of a finite number in it. */
  readonly largest: number;
  /** The numbers in it, from the least, if it is made of labels alone and there are few: at most three are kept. */
  readonly levels: readonly number[];
  readonly dtype: string;
}

/** Along which axis a tensor was summed, as far as elementwise operations since then left it a sum. */
export interface Reduced {
  /** A sum over the rows of several columns, over one column alone, or over rows and columns. */
  readonly sum?: "rows" | "one column" | "all";
  /** A sum or mean of the outputs or the labels themselves, not of what was made of both. */
  readonly plain?: "rows" | "columns";
}

/** What is known of a tensor. */
interface Origin {
  fromPred: boolean;
  fromTrue: boolean;
  isPred: boolean;
  isShare?: boolean;
  live: boolean;
  reduced?: Reduced;
  /** Whether its rows stand where columns do, after a transpose. */
  turned?: boolean;
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
  /** Whether a gradient can flow from the result to `yPred`. */
  readonly live: boolean;
}

/** The members of the engine that are watched; they are its own, and put back. */
interface Engine {
  runKernel(name: string, inputs: Record<string, unknown>, attrs?: Record<string, unknown>): unknown;
  runKernelFunc(params: { forwardFunc?: unknown; inputs: Record<string, unknown> }): unknown;
  readSync(dataId: object): ArrayLike<number>;
}

/** Operations whose gradient is 0 or missing. */
const flat = new Set(
  ("Round Floor Ceil Sign Step Greater GreaterEqual Less LessEqual Equal NotEqual ArgMax ArgMin TopK FloorDiv " +
    "LogicalAnd LogicalOr LogicalNot IsNan IsInf IsFinite OneHot Unique NonMaxSuppressionV3").split(" "),
);

/** Whether nothing flows back through an operation: a flat one, or a cast to whole numbers or truth values. */
const isFlat = (name: string, attrs: Record<string, unknown> | undefined): boolean =>
  flat.has(name) || (name === "Cast" && attrs?.dtype !== "float32");

/** Operations that leave the outputs what they are. */
const sameNumbers = new Set(["Reshape", "Identity", "ClipByValue", "ExpandDims", "Slice", "StridedSlice", "Cast"]);

/** Whether an operation adds or bounds by a constant that is there to keep a logarithm or a division from 0. */
function nudges(name: string, given: Tensor[], known: (Origin | undefined)[]): boolean {
  if (!["Add", "AddV2", "Maximum"].includes(name)) return false;
  const own = given.filter((_, i) => known[i] === undefined);
  return own.length === 1 && own[0].size === 1 && Math.abs(own[0].dataSync()[0]) <= 1e-3;
}

/** What an operation makes of the sums that go into it. */
function reducedBy(
  name: string,
  attrs: Record<string, unknown> | undefined,
  given: Tensor[],
  known: (Origin | undefined)[],
): Reduced | undefined {
  const [first] = given, rank = first?.shape.length ?? 0, turned = known[0]?.turned === true;
  if ((name === "Sum" || name === "Mean") && rank === 2) {
    const along = [attrs?.axis].flat().map((a) => Number(a) < 0 ? Number(a) + rank : Number(a)).join();
    if (name === "Sum" && along === "0,1") return { sum: "all" };
    const axis = turned ? (along === "0" ? "1" : "0") : along, columns = first.shape[turned ? 0 : 1];
    const own = known[0]?.isPred === true || (known[0]?.fromTrue === true && !known[0].fromPred);
    if (axis === "0" && columns! > 1) {
      return { sum: name === "Sum" ? "rows" : undefined, plain: own ? "rows" : undefined };
    }
    if (axis !== "1") return undefined;
    return columns === 1 ? { sum: name === "Sum" ? "one column" : undefined } : { plain: own ? "columns" : undefined };
  }
  if (name === "RealDiv" || name === "Sum" || name === "Mean") return undefined;
  return known.find((o) => o?.reduced !== undefined)?.reduced;
}

/** Whether all are finite, and the greatest size of those that are. */
function sizes(numbers: ArrayLike<number>): { finite: boolean; largest: number } {
  let finite = true, largest = 0;
  for (let i = 0; i < numbers.length; i++) {
    const size = Math.abs(Number(numbers[i]));
    if (!Number.isFinite(size)) finite = false;
    else if (size > largest) largest = size;
  }
  return { finite, largest };
}

/** The different numbers of a list, from the least, up to three of them. */
function fewLevels(numbers: ArrayLike<number>): number[] {
  const seen = new Set<number>();
  for (let i = 0; i < numbers.length && seen.size < 3; i++) seen.add(Number(numbers[i]));
  return [...seen].sort((a, b) => a - b);
}

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
  know(yTrue, { fromPred: false, fromTrue: true, isPred: false, live: false });
  know(yPred, { fromPred: true, fromTrue: false, isPred: true, live: true });
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
    // Of ones and zeros only the shape comes from what is given.
    const known = given.map((t) => name === "OnesLike" || name === "ZerosLike" ? undefined : originOf(t));
    const fromPred = known.some((o) => o?.fromPred), fromTrue = known.some((o) => o?.fromTrue);
    const isPred = known.some((o) => o?.isPred) && (sameNumbers.has(name) || nudges(name, given, known));
    const isShare = ["Softmax", "Sigmoid"].includes(name)
      ? fromPred && !fromTrue
      : known.some((o) => o?.isShare) && (sameNumbers.has(name) || nudges(name, given, known));
    // What tf.where chooses by is no way back.
    const flows = name === "Select" ? known.filter((_, i) => given[i] !== inputs.condition) : known;
    const turned = known.some((o) => o?.turned) !== (name === "Transpose" && given[0].rank === 2);
    const live = !isFlat(name, attrs) && flows.some((o) => o?.live);
    const reduced = reducedBy(name, attrs, given, known);
    const kept = outputs.every((t) => t.shape.length < 2 || t.shape[0] === 1 || t.shape[1] === 1);
    for (const output of outputs) {
      know(output, { fromPred, fromTrue, isPred, isShare, live, turned, reduced: kept ? reduced : undefined });
    }
    if (fromPred || fromTrue) {
      const operands = given.map((t, i): Operand => {
        const numbers = readSync.call(engine, t.dataId) as ArrayLike<number>;
        const { fromPred = false, fromTrue = false, isPred = false, isShare = false, live = false, reduced = {} } =
          known[i] ?? {};
        const levels = fromTrue && !fromPred ? fewLevels(numbers) : [];
        return {
          shape: t.shape,
          fromPred,
          fromTrue,
          isPred,
          isShare,
          live,
          reduced,
          ...sizes(numbers),
          levels,
          dtype: t.dtype,
        };
      });
      ops.push({
        op: name,
        inputs: operands,
        outputs,
        attrs: attrs ?? {},
        fromPred,
        fromTrue,
        live,
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
    for (const output of [result].flat().filter(isTensor)) {
      know(output, { fromPred, fromTrue, isPred: false, live: known.some((o) => o?.live) });
    }
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
    const origin = isTensor(result) ? originOf(result) : undefined;
    return { result, ops, readOut, customized, connected: origin?.fromPred === true, live: origin?.live === true };
  } catch (error) {
    return { result: undefined, error, ops, readOut, customized, connected: false, live: false };
  } finally {
    delete (engine as Partial<Engine>).runKernel;
    delete (engine as Partial<Engine>).runKernelFunc;
    delete (engine as Partial<Engine>).readSync;
  }
}
