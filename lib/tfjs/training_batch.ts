import type { ArrayOrTensor } from "../batch/array_or_tensor.ts";
import { readGroups } from "../batch/read_groups.ts";
import { describe } from "../check/check.ts";
import { isTensor, type Tensor } from "./tensor.ts";

/**
 * Inputs (a list for a model with several inputs), labels, optional weights and, for a score of queries, the query of each row: words or
 * numbers. A batch holds whole queries.
 */
export type TrainingBatch =
  | readonly [x: Tensor | readonly Tensor[], yTrue: Tensor, sampleWeight?: Tensor]
  | {
    readonly xs: Tensor | readonly Tensor[];
    readonly ys: Tensor;
    readonly sampleWeight?: Tensor;
    readonly groups?: ArrayOrTensor;
  };

/** Tensors of a batch, by their role. */
export interface BatchParts {
  readonly inputs: readonly Tensor[];
  readonly yTrue: Tensor;
  readonly sampleWeight?: Tensor;
  /** Query of each row. */
  readonly groups?: readonly unknown[];
}

/** Returns what a model is applied to: the only input, or the list of them. */
export const inputOf = ({ inputs }: Pick<BatchParts, "inputs">): Tensor | Tensor[] =>
  inputs.length === 1 ? inputs[0] : [...inputs];

/** Reads the tensors of a batch; throws if `batch` is not one, or if the numbers of rows differ. */
export function readTrainingBatch(what: string, argument: string, batch: unknown): BatchParts {
  const { xs, ys, sampleWeight: weight, groups, ...others } = (batch ?? {}) as Record<string, unknown>;
  const [x, yTrue, sampleWeight] = Array.isArray(batch) ? batch : [xs, ys, weight];
  const inputs: unknown[] = Array.isArray(x) ? x : [x];
  const targets = [yTrue, ...(sampleWeight === undefined ? [] : [sampleWeight])], tensors = [...inputs, ...targets];
  const more = Array.isArray(batch) ? batch.slice(3) : Object.keys(others); // such as a misspelt name
  if (inputs.length === 0 || !tensors.every(isTensor) || more.length > 0) {
    throw new TypeError(
      `Cannot compute ${what}: ${argument} must be tensors, [x, y], [x, y, sampleWeight] or { xs, ys, sampleWeight, groups }, it is ${
        describe(Array.isArray(batch) || yTrue === undefined || more.length > 0 ? batch : [x, ...targets])
      }`,
    );
  }
  if (tensors.some(({ isDisposed }) => isDisposed)) {
    throw new RangeError(
      `Cannot compute ${what}: ${argument} holds a disposed tensor; a batch is disposed after its step: clone what you keep`,
    );
  }
  if ((yTrue as Tensor).dtype === "string") {
    throw new TypeError(
      `Cannot compute ${what}: ${argument} has labels of dtype string; give 0 and 1, or class indices`,
    );
  }
  const rows = tensors.map(({ shape }) => shape[0]);
  if (rows.some((n) => n !== rows[0])) {
    throw new RangeError(
      `Cannot compute ${what}: ${argument} must have the same number of rows in all tensors, they have ${
        rows.join(", ")
      }`,
    );
  }
  return {
    inputs: inputs as Tensor[],
    yTrue,
    sampleWeight,
    groups: groups === undefined ? undefined : readGroups(what, groups as ArrayOrTensor, rows[0]!),
  };
}
