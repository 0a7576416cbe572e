import { anchoredCurve, checkStepOptions, plainCurve, type Shape, type StepOptions } from "./anchor.ts";
import { withForm } from "./form.ts";
import { completeStep, type Step } from "./step.ts";

const clip = (v: number): number => v < 0 ? 0 : v > 1 ? 1 : v;

/** The step that a shape and its options make: the curve on [0, 1], constant outside. */
export function sigmoidalStep(shape: Shape, options: StepOptions = {}): Step {
  const checked = checkStepOptions(shape.name, options);
  const curve = checked.anchored ? anchoredCurve(shape, checked) : plainCurve(shape, checked);
  const step = completeStep({
    name: shape.name,
    threshold: checked.threshold,
    slope: checked.slope,
    value: (p) => clip(curve.value(clip(p))), // the outer one: beside 0 and 1 the quotient may be an ulp beyond
    derivative: (p) => p >= 0 && p <= 1 ? curve.derivative(p) : Number.isNaN(p) ? NaN : 0,
  });
  return withForm(step, { ...curve.form, threshold: checked.threshold, hard: false });
}
