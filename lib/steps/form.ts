import type { Shape } from "./anchor.ts";

/**
 * What a step of this library is, in numbers, for those who evaluate many outputs at once:
 *
 *     s(p) = (F(k(p − t)) + foot) / span        s′(p) = k·F′(k(p − t)) / span
 */
export interface StepForm {
  /** The shape's name, "identity" or "round". */
  readonly shape: string;
  /** t. */
  readonly threshold: number;
  /** k. */
  readonly steepness: number;
  readonly foot: number;
  readonly span: number;
  /** Whether the value is that of the decision, p > t, and only the derivative the shape's. */
  readonly hard: boolean;
}

/** What an affine map makes of a shape. */
export type CurveForm = Pick<StepForm, "shape" | "steepness" | "foot" | "span">;

/** The form of p itself. */
export const lineForm: CurveForm = { shape: "identity", steepness: 1, foot: 0, span: 1 };

/** The form of a shape from its steepness. */
export const curveForm = ({ name }: Shape, steepness: number, foot: number, span: number): CurveForm => ({
  shape: name,
  steepness,
  foot,
  span,
});

// By the step itself: who copies a step and changes a method of the copy has a step of their own, without a form.
const forms = new WeakMap<object, StepForm>();

/** Notes the form of a step. */
export function withForm<S extends object>(step: S, form: StepForm | undefined): S {
  if (form !== undefined) forms.set(step, form);
  return step;
}

/** The form of a step; nothing for a step of one's own. */
export const formOf = (step: object): StepForm | undefined => forms.get(step);
