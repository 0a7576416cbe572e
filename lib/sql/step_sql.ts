import { formOf } from "../steps/sigmoidal.ts";
import type { Step } from "../steps/step.ts";
import { double } from "./dialect.ts";

/** F and F′ of the shapes of which SQL has the functions, of an expression z. */
const shapes: Record<string, { rise?: (z: string) => string; density: (z: string) => string }> = {
  softsign: {
    rise: (z) => `(${z} * (${double(0.5)} / (${double(1)} + ABS(${z}))))`,
    density: (z) =>
      `(${double(2)} * (${double(0.5)} / (${double(1)} + ABS(${z}))) * (${double(0.5)} / (${double(1)} + ABS(${z}))))`,
  },
  logistic: {
    rise: (z) => `(${double(0.5)} * TANH(${double(0.5)} * ${z}))`,
    density: (z) => `(EXP(-ABS(${z})) / ((${double(1)} + EXP(-ABS(${z}))) * (${double(1)} + EXP(-ABS(${z})))))`,
  },
  arctan: {
    rise: (z) => `(ATAN(${z}) / ${double(Math.PI)})`,
    density: (z) => `(${double(1)} / (${double(Math.PI)} * (${double(1)} + ${z} * ${z})))`,
  },
  linearRamp: {
    rise: (z) => `GREATEST(${double(-0.5)}, LEAST(${double(0.5)}, ${z}))`,
    density: (z) => `CASE WHEN ABS(${z}) <= ${double(0.5)} THEN ${double(1)} ELSE ${double(0)} END`,
  },
  gaussian: {
    density: (z) => `(EXP(${double(-0.5)} * ${z} * ${z}) / ${double(Math.sqrt(2 * Math.PI))})`,
  },
  identity: { rise: (z) => z, density: () => double(1) },
};

/** The expressions of a step, of an output p in [0, 1] and of u = k(p − t), each a column. */
export interface StepSql {
  /** u. */
  readonly argument: string;
  /** s(p). */
  readonly value: string;
  /** s′(p). */
  readonly derivative: string;
  /** The decision, 1 for a positive one. */
  readonly decided: string;
}

/** Writes a step as expressions; refuses a step that SQL has no function for. */
export function stepSql(what: string, step: Step): StepSql {
  const form = formOf(step), shape = form && shapes[form.loops.name], { threshold } = step;
  const refuse = (why: string) => new RangeError(`Cannot make ${what}: the step '${step.name}' ${why}`);
  if (form === undefined || shape === undefined) {
    throw refuse(
      step.slope === Infinity && step.name === "round"
        ? "has no gradient; say 'softsign', or straightThrough(softsign())"
        : `has no SQL, only ${Object.keys(shapes).join(", ")} and straightThrough of one of them have`,
    );
  }
  const rounded = Math.fround(threshold), { steepness, foot, span, hard } = form;
  const decided = `CASE WHEN p > ${double(threshold)} AND p <> ${double(rounded)} THEN ${double(1)} ELSE ${
    double(0)
  } END`;
  if (!hard && shape.rise === undefined) {
    throw refuse("has no SQL, whose engines have no erf; say 'logistic', or straightThrough(gaussian())");
  }
  const soft = `LEAST(${double(1)}, GREATEST(${double(0)}, (${shape.rise?.("u")} + ${double(foot)}) / ${
    double(span)
  }))`;
  const isIdentity = form.loops.name === "identity";
  return {
    argument: `(${double(isIdentity ? 1 : steepness)} * (p - ${double(isIdentity ? 0 : threshold)}))`,
    value: hard ? decided : soft,
    derivative: `(${double(steepness / span)} * ${shape.density("u")})`,
    decided,
  };
}
