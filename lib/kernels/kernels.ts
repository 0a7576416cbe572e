import * as tf from "@tensorflow/tfjs";
import type { StepForm } from "../steps/form.ts";
import type { Tensor } from "../tensor.ts";
import { addSums, exactGradient, finishGradient, hasLoop, loopValue, type Table } from "./loops.ts";
import { type Plan, planOf } from "./plan.ts";
import { engine, type TensorInfo } from "./tape.ts";

/** What became of the steps of a loss: one for all columns, or one a column. */
export interface Prepared {
  readonly plans: readonly Plan[];
}

/** The steps as the kernels want them; nothing if there is one that they don't know. */
export function prepare(forms: readonly StepForm[] | undefined): Prepared | undefined {
  const plans = forms?.map((form) => hasLoop(form.shape) ? planOf(form, loopValue) : undefined);
  return plans?.every((plan) => plan !== undefined) ? { plans } : undefined;
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
  ofPositives: Float64Array;
  ofNegatives: Float64Array;
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

/** A backend whose data are JavaScript's own arrays, or views of them. */
interface HostBackend {
  readSync(dataId: object): unknown;
  makeTensorInfo(shape: number[], dtype: string, values: Float32Array): TensorInfo;
  incRef(dataId: object): void;
}

const numbersOf = (backend: HostBackend, { dataId }: TensorInfo): Float32Array => {
  const values = backend.readSync(dataId);
  return values instanceof Float32Array ? values : Float32Array.from(values as ArrayLike<number>);
};

function countOnCpu(
  { inputs, attrs, backend }: { inputs: CountsInputs; attrs: CountsAttributes; backend: HostBackend },
): TensorInfo[] {
  const { yTrue, yPred, sampleWeight } = inputs, { prepared, classes, keep, exact, sums } = attrs;
  const outputs = numbersOf(backend, yPred), slopes = keep ? new Float32Array(outputs.length) : undefined;
  const table: Table = {
    yTrue: numbersOf(backend, yTrue),
    yPred: outputs,
    sampleWeight: sampleWeight && numbersOf(backend, sampleWeight),
    slopes: exact ?? slopes,
  };
  if (!addSums(prepared.plans, table, classes, sums, 0, outputs.length)) sums[0] = NaN;
  return slopes === undefined ? [] : [backend.makeTensorInfo(yPred.shape, "float32", slopes)];
}

function finishOnCpu(
  { inputs, attrs, backend }: { inputs: GradientInputs; attrs: GradientAttributes; backend: HostBackend },
): TensorInfo {
  const { slopes, yTrue } = inputs, { ofPositives, ofNegatives, exact } = attrs;
  if (slopes === undefined) {
    const gradient = new Float32Array(exact!.length);
    exactGradient(exact!, numbersOf(backend, yTrue), ofPositives, ofNegatives, gradient);
    return backend.makeTensorInfo(attrs.shape, "float32", gradient);
  }
  finishGradient(numbersOf(backend, slopes), numbersOf(backend, yTrue), ofPositives, ofNegatives, 0);
  backend.incRef(slopes.dataId);
  return { dataId: slopes.dataId, shape: slopes.shape, dtype: "float32" };
}

/** Registers a kernel; what TensorFlow.js types as numbers and tensors are here objects of this library too. */
function register(kernelName: string, backendName: string, kernelFunc: unknown): void {
  tf.registerKernel({ kernelName, backendName, kernelFunc } as Parameters<typeof tf.registerKernel>[0]);
}

if (tf.getKernel(countsKernel, "cpu") === undefined) {
  register(countsKernel, "cpu", countOnCpu);
  register(gradientKernel, "cpu", finishOnCpu);
}
