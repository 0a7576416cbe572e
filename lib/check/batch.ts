import type { Tensor } from "../tensor.ts";
import type { Rows } from "../counts/counts.ts";
import { describe } from "./describe.ts";

/** How far a probability may lie outside [0, 1] and still be one that was rounded: some float32 steps around 1. */
const rounding = 1e-6;

/** Something in a batch that the scores have no meaning for: which argument, and what it was. */
const refuse = (what: string, argument: string, problem: string): Error =>
  new RangeError(`Cannot compute ${what}: '${argument}' ${problem}`);

function checkShape(what: string, argument: string, tensor: Tensor): void {
  if (typeof tensor?.dataSync !== "function") {
    throw new TypeError(`Cannot compute ${what}: '${argument}' must be a tensor, it is ${describe(tensor)}`);
  }
  const { shape } = tensor;
  if (!(shape.length === 1 || (shape.length === 2 && shape[1] === 1))) {
    throw refuse(what, argument, `must have the shape [n] or [n, 1], it has [${shape.join(", ")}]`);
  }
  if (shape[0] === 0) throw refuse(what, argument, `is empty`);
}

function checkLength(what: string, argument: string, tensor: Tensor, yPred: Tensor): void {
  if (tensor.shape[0] === yPred.shape[0]) return;
  throw new RangeError(
    `Cannot compute ${what}: '${argument}' has the shape [${tensor.shape.join(", ")}], 'yPred' has [${
      yPred.shape.join(", ")
    }]`,
  );
}

function checkDtype(what: string, argument: string, tensor: Tensor, allowed: readonly string[]): void {
  if (!allowed.includes(tensor.dtype)) {
    throw refuse(what, argument, `must be of dtype ${allowed.join(", ")}, it is ${tensor.dtype}`);
  }
}

/** Refuses the first number that is outside [low, high]; NaN is outside of everything. */
function checkRange(
  values: ArrayLike<number>,
  low: number,
  high: number,
  complain: (value: number, row: number) => Error,
): void {
  for (let i = 0; i < values.length; i++) {
    if (!(values[i] >= low && values[i] <= high)) throw complain(values[i], i);
  }
}

/**
 * A batch as the numbers that the counts are taken from, or an error that names the argument, before any work.
 *
 * The checks cost no read-back of their own: the loss needs the numbers in host memory anyway, where the cpu and wasm
 * backends keep them, and one comparison a number is little beside the step.
 */
export function readBatch(
  what: string,
  { yTrue, yPred, sampleWeight }: { yTrue: Tensor; yPred: Tensor; sampleWeight?: Tensor },
  { fromLogits }: { fromLogits: boolean },
): Rows {
  checkShape(what, "yTrue", yTrue);
  checkShape(what, "yPred", yPred);
  if (sampleWeight !== undefined) checkShape(what, "sampleWeight", sampleWeight);
  checkLength(what, "yTrue", yTrue, yPred);
  if (sampleWeight !== undefined) checkLength(what, "sampleWeight", sampleWeight, yPred);
  checkDtype(what, "yTrue", yTrue, ["float32", "int32", "bool"]);
  checkDtype(what, "yPred", yPred, ["float32"]);
  if (sampleWeight !== undefined) checkDtype(what, "sampleWeight", sampleWeight, ["float32", "int32", "bool"]);

  const rows = { yTrue: yTrue.dataSync(), yPred: yPred.dataSync(), sampleWeight: sampleWeight?.dataSync() };
  checkRange(
    rows.yTrue,
    0,
    1,
    (value, row) => refuse(what, "yTrue", `must lie in [0, 1], row ${row} is ${describe(value)}`),
  );
  if (fromLogits) {
    checkRange(
      rows.yPred,
      -Infinity,
      Infinity,
      (value, row) => refuse(what, "yPred", `must be numbers, row ${row} is ${describe(value)}`),
    );
  } else {
    checkRange(rows.yPred, -rounding, 1 + rounding, (value, row) =>
      refuse(
        what,
        "yPred",
        Number.isNaN(value)
          ? `must lie in [0, 1], row ${row} is NaN`
          : `must lie in [0, 1], row ${row} is ${value}; if these are logits, say fromLogits: true`,
      ));
  }
  if (rows.sampleWeight !== undefined) {
    checkRange(
      rows.sampleWeight,
      0,
      Number.MAX_VALUE,
      (value, row) => refuse(what, "sampleWeight", `must be finite and ≥ 0, row ${row} is ${describe(value)}`),
    );
  }
  return rows;
}
