import * as tf from "@tensorflow/tfjs";
import type { StepForm } from "../steps/form.ts";
import type { Tensor } from "../tensor.ts";
import { addSums, type Factors, finishGradient, hasLoop, loopValue, type Table } from "./loops.ts";
import { type Plan, planOf } from "./plan.ts";
import { addSumsOfPieces, finishPieces, simdOf, type TfjsHeap } from "./heap.ts";
import { addSimdSums, finishSimd, simdLength, type SimdPlan, simdPlanOf } from "./simd.ts";
import { engine, type TensorInfo } from "./tape.ts";

/** What became of the steps of a loss: one for all columns, or one a column. */
export interface Prepared {
  readonly plans: readonly Plan[];
  /** The same for the SIMD loops, where they know them. */
  readonly simd?: SimdPlan;
}

/** The steps as the kernels want them; nothing if there is one that they don't know. */
export function prepare(forms: readonly StepForm[] | undefined): Prepared | undefined {
  const plans = forms?.map((form) => hasLoop(form.shape) ? planOf(form, loopValue) : undefined);
  return plans?.every((plan) => plan !== undefined) ? { plans, simd: simdPlanOf(forms!) } : undefined;
}

const countsKernel = "RoundaboutCounts", gradientKernel = "RoundaboutCountsGradient";

interface CountsInputs {
  yTrue: TensorInfo;
  yPred: TensorInfo;
  sampleWeight?: TensorInfo;
}

interface CountsAttributes {
  prepared: Prepared;
  classes: number;
  /** Whether the loops in float64 take it all: what is small has the same value whether or not its gradient is taken. */
  small: boolean;
  /** Whether the second pass follows and wants w·D as a tensor. */
  keep: boolean;
  /** Or where w·D goes for the second pass, in float64. */
  exact?: Float64Array;
  /** Where the sums go, in float64, which no tensor holds; NaN at the first place if a number was not as it must be. */
  sums: Float64Array;
}

interface GradientInputs {
  slopes?: TensorInfo;
  yTrue: TensorInfo;
}

interface GradientAttributes {
  exact?: Float64Array;
  shape: number[];
  factors: Factors;
}

/** Whether the backend in use has the kernels. */
export const hasKernels = (): boolean => tf.getKernel(countsKernel, tf.getBackend()) !== undefined;

/** The first pass as a kernel: the sums go into `attributes.sums`, w·D is returned if it is to be kept. */
export function runCounts(
  inputs: Record<string, Tensor | undefined>,
  attributes: CountsAttributes,
): Tensor | undefined {
  return (engine().runKernel(countsKernel, inputs, attributes) as Tensor[])[0];
}

/** The second pass as a kernel: the data of `slopes` becomes that of the gradient, or it is made from `exact`. */
export function runGradient(inputs: { slopes?: Tensor; yTrue: Tensor }, attributes: GradientAttributes): Tensor {
  return engine().runKernel(
    gradientKernel,
    inputs.slopes === undefined ? { yTrue: inputs.yTrue } : inputs,
    attributes,
  ) as Tensor;
}

const sizeOf = ({ shape }: { shape: number[] }): number => shape.reduce((size, length) => size * length, 1);

/** A backend whose data are JavaScript's own arrays, or views of them. */
interface HostBackend {
  /** What a tensor's numbers are, as they are kept: `readSync` would make other numbers of bytes, one by one. */
  readonly data: { get(dataId: object): { readonly values: unknown } };
  makeTensorInfo(shape: number[], dtype: string, values: Float32Array): TensorInfo;
  incRef(dataId: object): void;
}

/** Labels that were bool may still be bytes; nothing else is anything but float32. */
type Labels = Float32Array | Uint8Array | Int32Array;

function labelsOf(backend: HostBackend, { dataId }: TensorInfo): Labels {
  const { values } = backend.data.get(dataId);
  return values instanceof Float32Array || values instanceof Uint8Array || values instanceof Int32Array
    ? values
    : new Float32Array(values as ArrayLike<number>);
}

const numbersOf = (backend: HostBackend, info: TensorInfo): Float32Array => float32Of(labelsOf(backend, info));

const float32Of = (values: Labels): Float32Array =>
  values instanceof Float32Array ? values : new Float32Array(values as ArrayLike<number>);

/** What the SIMD loops left: the labels from an entry on, as float32 at their places in an array of the same length. */
function restOf(labels: Labels, from: number): Float32Array {
  if (labels instanceof Float32Array || from === 0) return float32Of(labels);
  if (from === labels.length) return new Float32Array(0);
  const rest = new Float32Array(labels.length);
  rest.set(labels.subarray(from), from);
  return rest;
}

function countOnCpu(
  { inputs, attrs, backend }: { inputs: CountsInputs; attrs: CountsAttributes; backend: HostBackend },
): TensorInfo[] {
  const { yTrue, yPred, sampleWeight } = inputs, { prepared, classes, small, keep, exact, sums } = attrs;
  const outputs = numbersOf(backend, yPred), slopes = keep ? new Float32Array(outputs.length) : undefined;
  const labels = labelsOf(backend, yTrue), weights = sampleWeight && numbersOf(backend, sampleWeight);
  const given = { yPred: outputs, sampleWeight: weights, slopes };
  const from = !small && prepared.simd ? addSumsOfPieces(prepared.simd, { ...given, yTrue: labels }, classes, sums) : 0;
  const table = (at: number): Table => ({ ...given, yTrue: restOf(labels, at), slopes: exact ?? slopes });
  if (from === undefined || !addSums(prepared.plans, table(from), classes, sums, from, outputs.length)) sums[0] = NaN;
  return slopes === undefined ? [] : [backend.makeTensorInfo(yPred.shape, "float32", slopes)];
}

function finishOnCpu(
  { inputs, attrs, backend }: { inputs: GradientInputs; attrs: GradientAttributes; backend: HostBackend },
): TensorInfo {
  const { slopes, yTrue } = inputs, { factors, exact, shape } = attrs, labels = labelsOf(backend, yTrue);
  if (slopes === undefined) {
    const gradient = new Float32Array(sizeOf(attrs));
    finishGradient(exact!, float32Of(labels), factors, gradient, 0);
    return backend.makeTensorInfo(shape, "float32", gradient);
  }
  const values = numbersOf(backend, slopes), from = finishPieces(values, labels, factors);
  if (from < values.length) finishGradient(values, restOf(labels, from), factors, values, from);
  backend.incRef(slopes.dataId);
  return { dataId: slopes.dataId, shape: slopes.shape, dtype: "float32" };
}

/** The wasm backend, as far as it is used here. */
interface HeapBackend {
  readonly wasm?: TfjsHeap;
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: string): TensorInfo;
  typedArrayFromHeap(info: TensorInfo): Float32Array;
  incRef(dataId: object): void;
}

const offsetOf = (backend: HeapBackend, { dataId }: TensorInfo): number =>
  backend.dataIdMap.get(dataId).memoryOffset >>> 0;

function countOnWasm(
  { inputs, attrs, backend }: { inputs: CountsInputs; attrs: CountsAttributes; backend: HeapBackend },
): TensorInfo[] {
  const { yTrue, yPred, sampleWeight } = inputs, { prepared, classes, small, keep, exact, sums } = attrs;
  const kept = keep ? backend.makeOutput(yPred.shape, "float32") : undefined;
  const simd = !small && prepared.simd ? simdOf(backend) : undefined, length = sizeOf(yPred);
  const from = simd === undefined ? 0 : simdLength(length, classes);
  const at = {
    p: offsetOf(backend, yPred),
    y: offsetOf(backend, yTrue),
    w: sampleWeight && offsetOf(backend, sampleWeight),
    d: kept && offsetOf(backend, kept),
  };
  const good = from === 0 || addSimdSums(simd!, prepared.simd!, at, from, classes, sums);
  const view = (info: TensorInfo) => backend.typedArrayFromHeap(info); // last: views are lost when the heap grows
  const table: Table = {
    yTrue: view(yTrue),
    yPred: view(yPred),
    sampleWeight: sampleWeight && view(sampleWeight),
    slopes: exact ?? (kept && view(kept)),
  };
  if (!good || !addSums(prepared.plans, table, classes, sums, from, length)) sums[0] = NaN;
  return kept === undefined ? [] : [kept];
}

function finishOnWasm(
  { inputs, attrs, backend }: { inputs: GradientInputs; attrs: GradientAttributes; backend: HeapBackend },
): TensorInfo {
  const { slopes, yTrue } = inputs, { factors, exact } = attrs;
  if (slopes === undefined) {
    const gradient = backend.makeOutput(attrs.shape, "float32"), values = backend.typedArrayFromHeap(gradient);
    finishGradient(exact!, backend.typedArrayFromHeap(yTrue), factors, values, 0);
    return gradient;
  }
  const simd = factors.large ? undefined : simdOf(backend), length = sizeOf(slopes);
  const from = simd === undefined ? 0 : simdLength(length, factors.ofPositives.length);
  const at = { d: offsetOf(backend, slopes), y: offsetOf(backend, yTrue) };
  if (from > 0) finishSimd(simd!, at, from, factors);
  const values = backend.typedArrayFromHeap(slopes);
  if (from < length) finishGradient(values, backend.typedArrayFromHeap(yTrue), factors, values, from);
  backend.incRef(slopes.dataId);
  return { dataId: slopes.dataId, shape: slopes.shape, dtype: "float32" };
}

/** Registers a kernel; what TensorFlow.js types as numbers and tensors are here objects of this library too. */
export function registerKernel(kernelName: string, backendName: string, kernelFunc: unknown): void {
  tf.registerKernel({ kernelName, backendName, kernelFunc } as Parameters<typeof tf.registerKernel>[0]);
}

/** The backends that have kernels. */
export const kernelBackends = ["cpu", "wasm"] as const;

if (tf.getKernel(countsKernel, "cpu") === undefined) {
  registerKernel(countsKernel, "cpu", countOnCpu);
  registerKernel(gradientKernel, "cpu", finishOnCpu);
  registerKernel(countsKernel, "wasm", countOnWasm);
  registerKernel(gradientKernel, "wasm", finishOnWasm);
}
