import type { Op } from "./facts.ts";

/** Operations that leave a slope the same wherever the outputs are. */
const linear = new Set([
  "Multiply",
  "Neg",
  "Sub",
  "Add",
  "AddV2",
  "Mean",
  "Sum",
  "Reshape",
  "Cast",
  "Identity",
  "ClipByValue",
]);

/** Whether an operation is linear in the outputs. */
export const isLinear = ({ op, inputs }: Op): boolean => linear.has(op) || (op === "RealDiv" && !inputs[1].fromPred);
