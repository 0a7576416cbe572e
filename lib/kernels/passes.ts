import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "../tfjs/tensor.ts";
import type { Entries } from "./entries.ts";
import { type Host, hosts } from "./host.ts";
import type { Factors } from "./loops.ts";
import type { Place } from "./pieces.ts";
import { engine, type TensorInfo } from "../tfjs/engine.ts";

/** How labels and weights are given. */
export interface Given {
  readonly classes: number;
  /** Whether the labels are class indices, one a row. */
  readonly indexed: boolean;
  /** Whether there is a weight a row, not one an output. */
  readonly rowWeights: boolean;
}

/** What the passes read. */
export interface Inputs<T = TensorInfo> {
  yTrue: T;
  yPred: T;
  sampleWeight?: T;
}

/** What the first pass is told, and where it leaves the sums. */
export interface FirstAttributes<Prepared = unknown> {
  prepared: Prepared;
  given: Given;
  /** Whether the loops in float64 take it all: what is small has the same value whether or not its gradient is taken. */
  small: boolean;
  /** Whether the second pass follows and wants a number an output as a tensor. */
  keep: boolean;
  /** Or where these go for the second pass, in float64. */
  exact?: Float64Array;
  /** Where the sums go, in float64, which no tensor holds; NaN at the first place if a number was not as it must be. */
  sums: Float64Array;
  /** How many entries the SIMD loops took, which may keep them in an order of their own; the first pass says so here. */
  taken?: number;
}

/** What the second pass reads: what the first has kept, and some of what that read. */
export interface SecondInputs<T = TensorInfo> extends Partial<Inputs<T>> {
  slopes?: T;
}

/** What the second pass is told. */
export interface SecondAttributes<Prepared = unknown> {
  prepared: Prepared;
  given: Given;
  exact?: Float64Array;
  taken?: number;
  shape: number[];
  factors: Factors;
}

/** The two passes of a way to decide. */
export interface Passes<Prepared = unknown> {
  /** The names of their kernels. */
  readonly first: string;
  readonly second: string;
  readonly prepared: Prepared;
  /** Whether the second wants a number an output of the first. */
  readonly keeps: boolean;
  /** What the second reads again. */
  readonly again: readonly (keyof Inputs)[];
  /** By which a derivative by a count is multiplied on its way to the outputs of a column, and what it may meet there. */
  scale(column: number, classes: number): { readonly scale: number; readonly peak: number };
}

/** Whether the backend in use has the kernels. */
export const hasKernels = ({ first }: Passes): boolean => tf.getKernel(first, tf.getBackend()) !== undefined;

/** The first pass as a kernel: the sums go into `attributes.sums`; what is kept an output is returned, if it is to be. */
export function runFirst({ first }: Passes, inputs: Inputs<Tensor>, attributes: FirstAttributes): Tensor | undefined {
  return (engine().runKernel(first, inputs, attributes) as Tensor[])[0];
}

/** The second pass as a kernel: the data of `slopes` becomes that of the gradient, if there is one. */
export function runSecond({ second }: Passes, inputs: SecondInputs<Tensor>, attributes: SecondAttributes): Tensor {
  return engine().runKernel(second, inputs, attributes) as Tensor;
}

/** What a kernel is called with. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly host: Host;
}

/** Registers a kernel on every backend that has kernels. */
export function registerKernel<Inputs, Attributes>(
  kernelName: string,
  kernel: (call: KernelCall<Inputs, Attributes>) => unknown,
): void {
  for (const [backendName, hostOf] of Object.entries(hosts)) {
    // What TensorFlow.js types as numbers and tensors are here objects of this library too.
    const kernelFunc = ({ inputs, attrs, backend }: { inputs: Inputs; attrs: Attributes; backend: unknown }) =>
      kernel({ inputs, attrs, host: hostOf(backend) });
    tf.registerKernel({ kernelName, backendName, kernelFunc } as unknown as Parameters<typeof tf.registerKernel>[0]);
  }
}

/** How many numbers a tensor has. */
export const sizeOf = ({ shape }: { shape: number[] }): number => shape.reduce((size, length) => size * length, 1);

/** Labels, outputs and weights, read as they are wanted: what is a view of a heap is lost when that grows. */
export function tableOf(
  { yTrue, yPred, sampleWeight }: Partial<Inputs>,
  { classes, indexed, rowWeights }: Given,
  host: Host,
) {
  const spread = rowWeights && classes > 1;
  const entries = (info: TensorInfo, given: Entries["given"]): Entries => (
    { values: host.numbers(info), given, classes }
  );
  const labels = () => entries(yTrue!, indexed ? "indices" : "entries");
  const outputs = () => entries(yPred!, "entries");
  const weights = () => sampleWeight && entries(sampleWeight, spread ? "rows" : "entries");
  const labelsInHeap = () => yTrue && !indexed ? host.inHeap(yTrue) : undefined;
  const weightsInHeap = () => sampleWeight && !spread ? host.inHeap(sampleWeight) : undefined;
  return {
    labels,
    outputs,
    weights,
    /** For how many tables pieces want a place in the heap: none where all of them are there. */
    places: (labelsInHeap() === undefined) || (yPred && host.inHeap(yPred) === undefined) ||
        (sampleWeight && weightsInHeap() === undefined)
      ? 4
      : 0,
    /** Where these are in the heap, or what is to be copied there. */
    labelsPlace: (): Place => labelsInHeap() ?? labels(),
    outputsPlace: (): Place => host.inHeap(yPred!) ?? outputs(),
    weightsPlace: (): Place | undefined => weightsInHeap() ?? weights(),
  };
}

/** The same for what a pass leaves, `fresh`, or changes. */
export const keptPlace = (info: TensorInfo, fresh: boolean, host: Host): Place =>
  host.inHeap(info) ?? { kept: host.numbers(info) as Float32Array, fresh };
