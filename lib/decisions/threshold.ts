import type { Batch } from "../batch/read_batch.ts";
import type { Elementwise } from "../counts/counts.ts";
import { toFloat32 } from "../counts/counts_gradient.ts";
import type { StepForm } from "../steps/form.ts";
import { asIs, type Decided, type Decision } from "./decision.ts";

/** Each output against the threshold of its column: a step for all columns, or one a column. */
export function thresholdDecision(steps: readonly Elementwise[], forms?: readonly StepForm[]): Decision {
  const step = (column: number) => steps.length === 1 ? steps[0] : steps[column];
  const decide = ({ yPred }: Batch): Decided => ({
    outputs: yPred,
    step,
    back: (gradient) => gradient as Float32Array,
  });
  return Object.assign(decide, { forms });
}

/** The same for those who count across the columns of a row: the steps are taken first. */
export function steppedDecision(steps: readonly Elementwise[]): Decision {
  const step = (i: number, classes: number) => steps[steps.length === 1 ? 0 : i % classes];
  return ({ yPred, classes }) => ({
    outputs: Float64Array.from(yPred, (p, i) => step(i, classes).value(p)),
    step: () => asIs,
    back: (gradient) => Float32Array.from(gradient, (g, i) => toFloat32(g * step(i, classes).derivative(yPred[i]))),
  });
}
