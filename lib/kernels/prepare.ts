import type { Decision } from "../decisions/decision.ts";
import { argmaxPasses } from "./argmax_kernels.ts";
import type { Passes } from "./passes.ts";
import { thresholdPasses } from "./threshold_kernels.ts";

/** The passes for a way to decide; nothing where there are none. */
export function prepare({ forms, argmax }: Decision): Passes | undefined {
  if (forms !== undefined) return thresholdPasses(forms);
  return argmax && argmaxPasses(argmax);
}
