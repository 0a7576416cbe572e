import * as tf from "@tensorflow/tfjs-core";
import { type CpuBackend, cpuBackend, watchEngine } from "./engine.ts";
import type { Tensor } from "./tensor.ts";

/** Numbers that a kernel reads or makes: the tensors that stand for them in the inputs of kernels. */
type Slot = { dataId: object }[];

/** The inputs of a function and the constants in it; an input has no numbers of its own. */
interface Source {
  readonly slot: Slot;
  readonly like: Tensor;
  readonly numbers?: Float32Array;
}

/** A kernel of a function. */
interface Step {
  readonly run: tf.KernelConfig["kernelFunc"];
  readonly inputs: tf.NamedTensorInfoMap;
  readonly attrs: tf.NamedAttrMap;
  readonly made: readonly { readonly slot: Slot; readonly shape: number[] }[];
}

/** The kernels of a function, in their order. */
interface Steps {
  readonly sources: readonly Source[];
  readonly steps: readonly Step[];
  /** The results of the function, and the number of steps after which each is there. */
  readonly results: readonly { readonly tensor: Tensor; readonly after: number }[];
}

/**
 * Computes the first `count` results of a function from other numbers in its inputs.
 *
 * @throws {Error} A kernel throws, or the shape of what it makes depends on the numbers.
 */
export type Trace = (inputs: readonly Float32Array[], count: number) => ArrayLike<number>[];

const isTensor = (value: unknown): value is Tensor => value instanceof tf.Tensor;

/** The tensors of an input or of the result of a kernel. */
const tensorsIn = (given: unknown): Tensor[] => [given].flat().filter(isTensor);

/** Replaces the tensors in the inputs of a kernel, which are tensors and lists of tensors by name, or one list. */
const mapTensors = (given: unknown, of: (tensor: Tensor) => Tensor): unknown =>
  isTensor(given)
    ? of(given)
    : Array.isArray(given)
    ? given.map((one) => mapTensors(one, of))
    : given && Object.fromEntries(Object.entries(given).map(([name, one]) => [name, mapTensors(one, of)]));

/** Runs a function and keeps its kernels, except those that compute constants or give the same numbers another shape. */
function stepsOf(inputs: readonly Tensor[], run: () => readonly Tensor[]): Steps | undefined {
  const sources: Source[] = [], steps: Step[] = [];
  const places = new Map<object, { readonly slot: Slot; readonly after: number }>();
  const addSlot = ({ dataId }: Tensor): Slot => {
    const slot: Slot = [];
    places.set(dataId, { slot, after: steps.length });
    return slot;
  };
  const isKnown = ({ dataId }: Tensor) => places.has(dataId);
  const standIn = (like: Tensor): Tensor => {
    const { slot = [] } = places.get(like.dataId) ?? {}, { shape, dtype, dataId, id } = like;
    if (!isKnown(like)) sources.push({ slot, like, numbers: like.dataSync().slice() as Float32Array });
    const own = new tf.Tensor(shape, dtype, dataId, id) as Tensor;
    slot.push(own);
    return own;
  };
  let isHidden = false;
  const kernel = (name: string, given: Record<string, unknown>, own: Record<string, unknown>, result: unknown) => {
    const outputs = tensorsIn(result), depends = Object.values(given).flatMap(tensorsIn).some(isKnown);
    if (!depends || outputs.every(isKnown)) return;
    const run = tf.getKernel(name, "cpu").kernelFunc, attrs = structuredClone(own) as tf.NamedAttrMap;
    const made: { slot: Slot; shape: number[] }[] = [];
    steps.push({ run, inputs: mapTensors(given, standIn) as tf.NamedTensorInfoMap, attrs, made });
    for (const output of outputs) made.push({ slot: addSlot(output), shape: output.shape });
  };
  const customGradient = (_: unknown, result: unknown) => void (isHidden ||= !tensorsIn(result).every(isKnown));
  const read = (dataId: object) => void (isHidden ||= places.has(dataId));
  for (const like of inputs) sources.push({ slot: addSlot(like), like });
  const results = watchEngine({ kernel, customGradient, read }, run);
  if (isHidden || !results.every(isKnown)) return undefined;
  return {
    sources,
    steps,
    results: results.map((result) => ({ tensor: standIn(result), after: places.get(result.dataId)!.after })),
  };
}

/** Runs kernels on other numbers. */
function compute(
  backend: CpuBackend,
  { sources, steps, results }: Steps,
  given: readonly Float32Array[],
  count: number,
): ArrayLike<number>[] {
  const asked = results.slice(0, count), dataIds: object[] = [];
  const fill = (slot: Slot, dataId: object) => {
    dataIds.push(dataId);
    for (const tensor of slot) tensor.dataId = dataId;
  };
  try {
    sources.forEach(({ slot, like: { shape, dtype }, numbers }, i) =>
      fill(slot, backend.makeTensorInfo(shape, dtype, numbers ?? given[i]).dataId)
    );
    for (const { run, inputs, attrs, made } of steps.slice(0, Math.max(...asked.map(({ after }) => after)))) {
      const outputs = [run({ inputs, attrs, backend })].flat();
      made.forEach(({ slot }, i) => fill(slot, outputs[i].dataId));
      if (!made.every(({ shape }, i) => tf.util.arraysEqual(shape, outputs[i].shape))) {
        throw new Error("The shape depends on the numbers");
      }
    }
    return asked.map(({ tensor }) => backend.readSync(tensor.dataId));
  } finally {
    for (const dataId of dataIds) backend.disposeData(dataId);
  }
}

/**
 * Runs a function of tensors and keeps the kernels of the backend cpu that it runs. They compute the same bits without the
 * engine, whose records of an operation take longer than a kernel of some hundred numbers.
 *
 * @param inputs Tensors of float32 numbers.
 * @param run Returns tensors. Its kernels may depend on the shapes of the inputs, but not on their numbers.
 * @returns Nothing if the function reads numbers that depend on its inputs, has an operation that computes outside
 * TensorFlow.js, or returns constants; nothing on another backend.
 */
export function traceOf(inputs: readonly Tensor[], run: () => readonly Tensor[]): Trace | undefined {
  const backend = cpuBackend(), steps = backend && stepsOf(inputs, run);
  return steps && ((given, count) => {
    let numbers!: ArrayLike<number>[];
    tf.tidy(() => void (numbers = compute(backend, steps, given, count))); // the kernel of tf.abs makes a tensor of the engine
    return numbers;
  });
}
