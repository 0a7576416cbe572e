import { anchoredCurve, checkStepOptions, plainCurve, type Shape, type StepOptions } from "./anchor.ts";
import { completeStep, type Step } from "./step.ts";

/** The step that a shape and its options make: the curve on [0, 1], constant outside. */
export function sigmoidalStep(shape: Shape, options: StepOptions = {}): Step {
  const checked = checkStepOptions(shape.name, options);
  const curve = checked.anchored ? anchoredCurve(shape, checked) : plainCurve(shape, checked);
  return completeStep({
    name: shape.name,
    threshold: checked.threshold,
    slope: checked.slope,
    value: (p) => curve.value(p < 0 ? 0 : p > 1 ? 1 : p),
    derivative: (p) => p >= 0 && p <= 1 ? curve.derivative(p) : Number.isNaN(p) ? NaN : 0,
  });
}
