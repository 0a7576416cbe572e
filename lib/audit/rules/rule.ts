import { type AuditBatch, rowsOf, type Sampler } from "../batches.ts";
import type { Descent } from "../descents.ts";
import type { AuditEngine, Origin, RecordedInput, RecordedOp } from "../engines/engine.ts";
import type { BatchObservations, Observations } from "../observations.ts";
import type { AuditOptions, CodeLocation, Finding } from "../types.ts";

/** A loss and its observations on a single batch. */
export interface BatchContext {
  readonly engine: AuditEngine;
  readonly observations: BatchObservations;
}

/** Everything that a rule may look at. */
export interface AuditContext extends BatchContext {
  readonly observations: Observations;
  readonly options: AuditOptions;
  readonly sampler: Sampler;
  /** The two descents from the random batch, computed on the first call. */
  readonly descents: () => readonly Descent[];
}

/** Looks for one kind of fault and returns a finding, or nothing. */
export type Rule = (context: AuditContext) => Finding | undefined;

/** A finding that is an error. */
export const errorOf = (finding: Omit<Finding, "severity">): Finding => ({ severity: "error", ...finding });

/** The operation and its line. */
export const locationOf = (op: RecordedOp): CodeLocation => ({ op: op.op, line: op.line });

/** Made from labels and not from outputs. */
export const ofLabels = ({ fromTrue, fromPred }: Pick<Origin, "fromTrue" | "fromPred">): boolean =>
  fromTrue && !fromPred;

/** Tells whether an operation is a difference, possibly squared. */
export const isDifference = ({ op }: RecordedOp): boolean => op === "Sub" || op === "SquaredDifference";

/** Operations that add, with whatever signs. */
export const adding: ReadonlySet<string> = new Set(["Add", "AddV2", "AddN", "Sub"]);

/** Tells whether an operation is a product of matrices. */
export const isProduct = ({ op }: RecordedOp): boolean => op === "MatMul" || op === "BatchMatMul";

/** Tells whether an operation is a softmax, or its logarithm. */
export const isSoftmax = ({ op }: Pick<RecordedOp, "op">): boolean => op === "Softmax" || op === "LogSoftmax";

/** Tells whether an operation takes labels together with something through which a gradient flows. */
export const meetsLabels = ({ inputs }: RecordedOp): boolean => inputs.some(ofLabels) && inputs.some((i) => i.live);

/** Tells whether a shape has these sizes. */
export const hasSizes = (shape: readonly number[], ...sizes: readonly number[]): boolean =>
  shape.length === sizes.length && sizes.every((size, axis) => size === shape[axis]);

/** The axes of an operation that reduces or normalises, counted from 0; none if it has no such attribute. */
export function axesOf({ attrs, inputs: [{ shape }] }: RecordedOp): number[] {
  const axes = [attrs.axis ?? attrs.reductionIndices ?? attrs.dim ?? []].flat().map(Number);
  return axes.map((axis) => axis < 0 ? axis + shape.length : axis);
}

/** The operation that made an input; undefined if it has another name, or if the input is labels, outputs or a constant. */
export function makerOf(ops: readonly RecordedOp[], input?: RecordedInput, name?: string): RecordedOp | undefined {
  const made = ops[input?.madeBy ?? NaN];
  return name === undefined || made?.op === name ? made : undefined;
}

/** A product of the outputs and of something that was made from the labels alone. */
export const weighsByLabels = ({ op, inputs }: RecordedOp): boolean =>
  op === "Multiply" && inputs.some((i) => i.isPred) && inputs.some(ofLabels);

/** Tells whether an input was computed from the result of the operation at an index. */
export function descendsFrom(
  ops: readonly RecordedOp[],
  { madeBy }: RecordedInput,
  at: number,
  seen = new Set<number>(),
): boolean {
  if (madeBy === undefined || madeBy < at || seen.has(madeBy)) return false;
  seen.add(madeBy);
  return madeBy === at || ops[madeBy].inputs.some((input) => descendsFrom(ops, input, at, seen));
}

/** Tells whether the smallest error of the outputs of a row is taken: the best of several guesses counts alone. */
export const takesBest = ({ ops }: BatchObservations): boolean =>
  ops.some(({ op, inputs }) => (op === "Minimum" || op === "Min") && inputs.every((i) => i.live && i.fromTrue));

/** Operations with the same slope at all outputs. */
const linear = new Set(
  ["Multiply", "Neg", "Sub", "Add", "AddV2", "Mean", "Sum", "Reshape", "Cast", "Identity", "ClipByValue"],
);

/** Tells whether an operation is linear in the outputs. */
export const isLinear = ({ op, inputs }: RecordedOp): boolean =>
  linear.has(op) || (op === "RealDiv" && !inputs[1].fromPred);

/** The perfect batch with outputs between the random ones (share 0) and the correct ones (share 1). */
export function interpolate({ results: { perfect }, random }: Observations, share: number): AuditBatch | undefined {
  const right = perfect?.batch;
  // The labels of the perfect batch belong to the random outputs only if both were drawn alike, from the same seed.
  if (right === undefined || right.yPred.length !== random.batch.yPred.length) return undefined;
  return { ...right, yPred: right.yPred.map((p, i) => (1 - share) * random.batch.yPred[i] + share * p) };
}

/** Tells whether rows with equal labels have equal correct outputs. In pairs and triplets they do not. */
export function labelsDetermineOutputs({ results: { perfect } }: Observations): boolean {
  if (perfect === undefined) return false;
  const { yTrue, yPred, predShape: [rows] } = perfect.batch;
  const [labels, outputs] = [yTrue, yPred].map((of) => rowsOf(of, of.length / rows).map((row) => row.join()));
  const outputsOf = new Map(outputs.map((own, row) => [labels[row], own]));
  return outputs.every((own, row) => outputsOf.get(labels[row]) === own);
}
