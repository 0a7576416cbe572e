import * as tf from "@tensorflow/tfjs-core";
import type { HostNumbers } from "../batch/read_batch.ts";
import { type CpuBackend, cpuBackend, watchEngine } from "./engine.ts";
import { quickKernel, roomFor } from "./quick_kernels.ts";
import { isTensor, type Tensor } from "./tensor.ts";

/** The numbers of a tensor of a function; of a result of a kernel, when the kernel has run. */
interface Slot {
  numbers: HostNumbers;
}

/** A kernel that a function ran. */
interface Kernel {
  readonly name: string;
  readonly given: Record<string, unknown>;
  readonly attrs: tf.NamedAttrMap;
  readonly outputs: readonly Tensor[];
}

/** The kernels of a function, in their order. */
interface Kernels {
  readonly inputs: readonly Slot[];
  readonly kernels: readonly Kernel[];
  readonly slotOf: (tensor: Tensor) => Slot;
  /** The results of the function, and the number of kernels after which each is there. */
  readonly results: readonly { readonly slot: Slot; readonly after: number }[];
}

/**
 * Computes the first `count` results of a function from other numbers in its inputs.
 *
 * @throws {Error} A kernel throws, or the shape of what it makes depends on the numbers.
 */
export type Trace = (inputs: readonly Float32Array[], count: number) => ArrayLike<number>[];

/** The tensors of an input or of the result of a kernel. */
const tensorsIn = (given: unknown): Tensor[] => [given].flat().filter(isTensor);

/** Replaces the tensors in the inputs of a kernel, which are tensors and lists of tensors by name, or one list. */
const mapTensors = (given: unknown, of: (tensor: Tensor) => Tensor): unknown =>
  isTensor(given)
    ? of(given)
    : Array.isArray(given)
    ? given.map((one) => mapTensors(one, of))
    : given && Object.fromEntries(Object.entries(given).map(([name, one]) => [name, mapTensors(one, of)]));

/** Copies an attribute, which the function may change. */
const copied = (attr: unknown): unknown =>
  Array.isArray(attr) ? attr.map(copied) : typeof attr === "object" ? structuredClone(attr) : attr;

/** Makes the loops of a kernel, if it has some. */
function quickStep({ name, given, attrs, outputs }: Kernel, slotOf: Kernels["slotOf"]): (() => void) | undefined {
  const quick = quickKernel(name, given, attrs);
  if (quick === undefined) return undefined;
  const [x, y = x] = quick.operands.map(slotOf);
  const [first, ...others] = quick.results.map((result, i) => {
    const to = slotOf(outputs[i]).numbers = roomFor(result);
    return () => result.write(to, x.numbers, y.numbers);
  });
  return others.length === 0 ? first : () => [first, ...others].forEach((write) => write());
}

/** Makes a call of a kernel of TensorFlow.js. */
function ownStep(backend: CpuBackend, { name, given, attrs, outputs }: Kernel, slotOf: Kernels["slotOf"]): () => void {
  const { kernelFunc } = tf.getKernel(name, "cpu"), taken: { readonly own: Tensor; readonly slot: Slot }[] = [];
  const made = outputs.map((output) => ({ slot: slotOf(output), shape: output.shape }));
  const inputs = mapTensors(given, (like) => {
    const { shape, dtype, dataId, id } = like, own = new tf.Tensor(shape, dtype, dataId, id) as Tensor;
    taken.push({ own, slot: slotOf(like) });
    return own;
  }) as tf.NamedTensorInfoMap;
  return () => {
    const dataIds: object[] = [];
    try {
      for (const { own, slot: { numbers } } of taken) {
        dataIds.push(own.dataId = backend.makeTensorInfo(own.shape, own.dtype, numbers).dataId);
      }
      const results = [kernelFunc({ inputs, attrs, backend })].flat();
      dataIds.push(...results.map(({ dataId }) => dataId));
      made.forEach(({ slot, shape }, i) => {
        if (!tf.util.arraysEqual(shape, results[i].shape)) throw new Error("The shape depends on the numbers");
        slot.numbers = backend.data.get(results[i].dataId).values as HostNumbers;
      });
    } finally {
      for (const dataId of dataIds) backend.disposeData(dataId);
    }
  };
}

/** Runs a function and keeps its kernels, except those that compute constants or give the same numbers another shape. */
function kernelsOf(inputs: readonly Tensor[], run: () => readonly Tensor[]): Kernels | undefined {
  const kernels: Kernel[] = [], constants = new Map<object, Slot>();
  const places = new Map<object, Kernels["results"][number]>();
  const addPlace = ({ dataId }: Tensor): Slot => {
    const slot = { numbers: new Float32Array() };
    places.set(dataId, { slot, after: kernels.length });
    return slot;
  };
  const isKnown = ({ dataId }: Tensor) => places.has(dataId);
  const keepConstant = (tensor: Tensor) => {
    if (isKnown(tensor) || constants.has(tensor.dataId)) return;
    constants.set(tensor.dataId, { numbers: tensor.dataSync().slice() as HostNumbers });
  };
  let isHidden = false;
  const kernel = (name: string, given: Record<string, unknown>, own: Record<string, unknown>, result: unknown) => {
    const outputs = tensorsIn(result), operands = Object.values(given).flatMap(tensorsIn);
    if (isHidden || !operands.some(isKnown) || outputs.every(isKnown)) return;
    isHidden = outputs[0].dtype === "complex64"; // two lists of numbers
    operands.forEach(keepConstant);
    const attrs = Object.fromEntries(Object.entries(own).map(([key, attr]) => [key, copied(attr)])) as tf.NamedAttrMap;
    kernels.push({ name, given, attrs, outputs });
    outputs.forEach(addPlace);
  };
  const customGradient = (_: unknown, result: unknown) => void (isHidden ||= !tensorsIn(result).every(isKnown));
  const read = (dataId: object) => void (isHidden ||= places.has(dataId));
  const own = inputs.map(addPlace), results = watchEngine({ kernel, customGradient, read }, run);
  if (isHidden || results.length === 0 || !results.every(isKnown)) return undefined;
  return {
    inputs: own,
    kernels,
    slotOf: ({ dataId }) => places.get(dataId)?.slot ?? constants.get(dataId)!,
    results: results.map(({ dataId }) => places.get(dataId)!),
  };
}

/**
 * Runs a function of tensors and keeps the kernels of the backend cpu that it runs. They compute the same bits without the
 * engine, whose records of an operation take longer than a kernel of some hundred numbers.
 *
 * @param inputs Tensors of float32 numbers.
 * @param run Returns tensors. Its kernels may depend on the shapes of the inputs, but not on their numbers.
 * @returns Nothing if the function reads numbers that depend on its inputs, has an operation that computes outside
 * TensorFlow.js, or returns constants or nothing; nothing on another backend.
 */
export function traceOf(inputs: readonly Tensor[], run: () => readonly Tensor[]): Trace | undefined {
  const backend = cpuBackend();
  if (backend === undefined) return void run();
  const traced = kernelsOf(inputs, run);
  if (traced === undefined) return undefined;
  const { kernels, slotOf, results } = traced;
  let steps: (() => void)[] | undefined; // made when they are needed: of many shapes an audit has one batch
  const compute = (given: readonly Float32Array[], count: number): HostNumbers[] => {
    steps ??= kernels.map((kernel) => quickStep(kernel, slotOf) ?? ownStep(backend, kernel, slotOf));
    const asked = results.slice(0, count), last = Math.max(...asked.map(({ after }) => after));
    traced.inputs.forEach((slot, i) => slot.numbers = given[i]);
    for (let i = 0; i < last; i++) steps[i]();
    return asked.map(({ slot }) => slot.numbers.slice());
  };
  return (given, count) => {
    let numbers!: HostNumbers[];
    tf.tidy(() => void (numbers = compute(given, count))); // the kernel of tf.abs makes a tensor of the engine
    return numbers;
  };
}
