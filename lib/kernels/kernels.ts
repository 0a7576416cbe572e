import * as tf from "@tensorflow/tfjs";
import type { StepForm } from "../steps/form.ts";
import type { Tensor } from "../tensor.ts";
import { type Entries, entriesOf } from "./entries.ts";
import { ownSimd } from "./heap.ts";
import { type Host, hosts } from "./host.ts";
import { addSums, type Factors, finishGradient, hasLoop, inRange, loopValue, type Table } from "./loops.ts";
import { eachPiece, pieceBytes, type Place } from "./pieces.ts";
import { type Plan, planOf } from "./plan.ts";
import { beginFinish, beginSums, blockLength, type Simd, simdLength, type SimdPlan, simdPlanOf } from "./simd.ts";
import { engine, type TensorInfo } from "./tape.ts";

/** What became of the steps of a loss: one for all columns, or one a column. */
export interface Prepared {
  readonly plans: readonly Plan[];
  /** The same for the SIMD loops, where they know them; worked out when it is first asked for, with their own roundings. */
  simd(own: Simd): SimdPlan | undefined;
}

/** The steps as the kernels want them; nothing if there is one that they don't know. */
export function prepare(forms: readonly StepForm[] | undefined): Prepared | undefined {
  const plans = forms?.map((form) => hasLoop(form.shape) ? planOf(form, loopValue) : undefined);
  if (!plans?.every((plan) => plan !== undefined)) return undefined;
  let found: { readonly plan: SimdPlan | undefined } | undefined;
  const simd = (own: Simd) => (found ??= { plan: simdPlanOf(forms!, own) }).plan;
  return { plans, simd };
}

const countsKernel = "RoundaboutCounts", gradientKernel = "RoundaboutCountsGradient";

/** How labels and weights are given. */
export interface Given {
  readonly classes: number;
  /** Whether the labels are class indices, one a row. */
  readonly indexed: boolean;
  /** Whether there is a weight a row, not one an output. */
  readonly rowWeights: boolean;
}

interface CountsInputs {
  yTrue: TensorInfo;
  yPred: TensorInfo;
  sampleWeight?: TensorInfo;
}

interface CountsAttributes {
  prepared: Prepared;
  given: Given;
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
  given: Given;
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

/** Labels, outputs and weights, read as they are wanted: what is a view of a heap is lost when that grows. */
function tableOf({ yTrue, yPred, sampleWeight }: CountsInputs, { classes, indexed, rowWeights }: Given, host: Host) {
  const spread = rowWeights && classes > 1, numbers = (info: TensorInfo) => host.numbers(info);
  const labels = (): Entries => ({ values: numbers(yTrue), given: indexed ? "indices" : "entries", classes });
  const outputs = (): Entries => ({ values: numbers(yPred), given: "entries", classes });
  const weights = (): Entries | undefined =>
    sampleWeight && { values: numbers(sampleWeight), given: spread ? "rows" : "entries", classes };
  return {
    labels,
    outputs,
    weights,
    places: () => ({
      p: host.inHeap(yPred) ?? outputs(),
      y: (indexed ? undefined : host.inHeap(yTrue)) ?? labels(),
      w: (spread || sampleWeight === undefined ? undefined : host.inHeap(sampleWeight)) ?? weights(),
    }),
  };
}

/** The first pass by SIMD: how many entries that were, or nothing if one of them is out of range. */
function countBySimd(
  { inputs, attrs, host }: { inputs: CountsInputs; attrs: CountsAttributes; host: Host },
  slopes: TensorInfo | undefined,
): number | undefined {
  const { given, prepared, sums } = attrs, { classes } = given, length = simdLength(sizeOf(inputs.yPred), classes);
  const own = length === 0 ? undefined : ownSimd(), plan = own && prepared.simd(own), simd = plan && host.simd();
  if (simd === undefined) return 0;
  const block = blockLength(simd, classes), weighted = inputs.sampleWeight !== undefined;
  const begun = beginSums(simd, plan!, classes, weighted, pieceBytes(4, block, length));
  if (begun === undefined) return 0;
  const table = tableOf(inputs, given, host);
  const places = { ...table.places(), d: slopes && keptPlace(slopes, host) };
  if (!eachPiece(simd, begun.spare, block, length, places, begun.run)) return undefined;
  const good = begun.end(length, sums) ||
    inRange(table.outputs().values, given.indexed ? [] : table.labels().values, table.weights()?.values);
  return good ? length : undefined;
}

const keptPlace = (info: TensorInfo, host: Host): Place =>
  host.inHeap(info) ?? { kept: host.numbers(info) as Float32Array };

/** The first pass. */
function count(call: { inputs: CountsInputs; attrs: CountsAttributes; host: Host }): TensorInfo[] {
  const { inputs, attrs, host } = call, { prepared, given, small, keep, exact, sums } = attrs;
  const slopes = keep ? host.make(inputs.yPred.shape) : undefined, length = sizeOf(inputs.yPred);
  const from = small ? 0 : countBySimd(call, slopes), table = tableOf(inputs, given, host);
  const labels = from === undefined ? undefined : entriesOf(table.labels(), from, length);
  const weights = table.weights();
  const rest: Table | undefined = labels && {
    yTrue: labels,
    yPred: entriesOf(table.outputs(), from!, length)!,
    sampleWeight: weights && entriesOf(weights, from!, length),
    slopes: exact ?? (slopes && (host.numbers(slopes) as Float32Array).subarray(from)),
  };
  if (rest === undefined || !addSums(prepared.plans, rest, given.classes, sums)) sums[0] = NaN;
  return slopes === undefined ? [] : [slopes];
}

/** The second pass by SIMD: how many entries that were. */
function finishBySimd(
  { slopes, yTrue }: Required<GradientInputs>,
  { factors, given }: GradientAttributes,
  host: Host,
): number {
  const { classes } = given, length = factors.large ? 0 : simdLength(sizeOf(slopes), classes);
  const simd = length === 0 ? undefined : host.simd();
  if (simd === undefined) return 0;
  const block = blockLength(simd, classes), begun = beginFinish(simd, factors, pieceBytes(2, block, length));
  if (begun === undefined) return 0;
  const { y } = tableOf({ yTrue, yPred: slopes }, given, host).places();
  eachPiece(simd, begun.spare, block, length, { d: keptPlace(slopes, host), y }, begun.run);
  return length;
}

/** The second pass. */
function finish(
  { inputs, attrs, host }: { inputs: GradientInputs; attrs: GradientAttributes; host: Host },
): TensorInfo {
  const { slopes, yTrue } = inputs, { factors, exact, shape, given } = attrs;
  const gradient = slopes === undefined ? host.make(shape) : host.share(slopes), length = sizeOf(gradient);
  const from = slopes === undefined ? 0 : finishBySimd({ slopes, yTrue }, attrs, host);
  const labels = entriesOf(tableOf({ yTrue, yPred: gradient }, given, host).labels(), from, length)!;
  const values = (host.numbers(gradient) as Float32Array).subarray(from);
  finishGradient(exact ?? values, labels, factors, values);
  return gradient;
}

/** Registers a kernel on every backend that has kernels. */
export function registerKernel<Inputs, Attributes>(
  kernelName: string,
  kernel: (call: { inputs: Inputs; attrs: Attributes; host: Host }) => unknown,
): void {
  for (const [backendName, hostOf] of Object.entries(hosts)) {
    // What TensorFlow.js types as numbers and tensors are here objects of this library too.
    const kernelFunc = ({ inputs, attrs, backend }: { inputs: Inputs; attrs: Attributes; backend: unknown }) =>
      kernel({ inputs, attrs, host: hostOf(backend) });
    tf.registerKernel({ kernelName, backendName, kernelFunc } as unknown as Parameters<typeof tf.registerKernel>[0]);
  }
}

if (tf.getKernel(countsKernel, "cpu") === undefined) {
  registerKernel(countsKernel, count);
  registerKernel(gradientKernel, finish);
}
