// The steps that ./core and the top entry have in common.
export type { Step } from "./step.ts";
export type { StepOptions } from "./sigmoidal.ts";
export { round } from "./round.ts";
export { linearRamp } from "./linear_ramp.ts";
export { softsign } from "./softsign.ts";
export { logistic } from "./logistic.ts";
export { arctan } from "./arctan.ts";
export { gaussian } from "./gaussian.ts";
export { identity } from "./identity.ts";
export { straightThrough } from "./straight_through.ts";
export { steps, toStep } from "./to_step.ts";
