import { describe } from "../check/describe.ts";
import { ofLogits, ofProbabilities } from "../steps/logits.ts";
import { formOf, type StepForm } from "../steps/form.ts";
import { softsignShape } from "../steps/softsign.ts";
import type { StepDefinition } from "../steps/step.ts";
import { shapes, type StepName, toStep } from "../steps/to_step.ts";
import { argmaxDecision } from "./argmax.ts";
import type { Decision, Mode } from "./decision.ts";
import { steppedDecision, thresholdDecision } from "./threshold.ts";
import { topDecision } from "./top.ts";

/**
 * What makes an output a positive:
 *
 * - "threshold": it is above the threshold, of all columns or of its own
 * - "argmax": it is the largest of its row (the first of them, at a tie)
 * - `{ top: 100 }` or `{ top: 0.01 }`: it is among the 100, or among the highest hundredth, of its column
 */
export type DecisionName = "threshold" | "argmax" | { readonly top: number };

/** Options that say how outputs become decisions. */
export interface DecisionOptions {
  /**
   * The stand-in for rounding: a name, a step, or a definition of one's own. With another decision than "threshold" a
   * name only; with "argmax" it is a softmax, whatever the shape: "straightThrough" or "round", or nothing.
   *
   * @default {"softsign"}
   */
  step?: StepName | StepDefinition;
  /**
   * For a step given by name: its derivative at the threshold, from 1 (the identity) towards ∞ (round).
   *
   * @default {4}
   */
  slope?: number;
  /**
   * Where decisions are made, inside (0, 1): an output is a positive where it is greater, strictly. One threshold for all
   * columns, or one a column; for a step that is given as a thing, its own.
   *
   * @default {0.5}
   */
  threshold?: number | readonly number[];
  /**
   * What makes an output a positive: "threshold", "argmax", or `{ top: k }`, an alert budget. Of outputs that tie "argmax"
   * takes the first; Keras' F1Score without a threshold takes all, and none of a row of zeros.
   *
   * @default {"threshold"}
   */
  decision?: DecisionName;
  /**
   * Whether `yPred` holds logits: they go through a logistic function first, with decision: "argmax" through a softmax. A
   * threshold stays one of probabilities.
   *
   * @default {false}
   */
  fromLogits?: boolean;
}

const isTop = (decision: unknown): decision is { readonly top: number } =>
  typeof decision === "object" && decision !== null && "top" in decision;

const words = (decision: unknown): string =>
  isTop(decision) ? `{ top: ${describe(decision.top)} }` : describe(decision);

/** A threshold inside (0, 1), or the one that a step which is given has anyway. */
function checkThreshold(what: string, threshold: unknown, step: unknown): void {
  if (threshold === undefined || (typeof step === "object" && step !== null)) return;
  if (typeof threshold === "number" && threshold > 0 && threshold < 1) return;
  throw new RangeError(
    `Cannot make ${what}: 'threshold' must be a number inside (0, 1), or one a column, it is ${describe(threshold)}`,
  );
}

/** The way to decide that the options stand for; `acrossColumns`: the counts are taken across the columns of a row. */
export function toDecision(what: string, options: DecisionOptions, acrossColumns: boolean): Decision {
  const { step = "softsign", slope, threshold, decision = "threshold", fromLogits = false } = options;
  if (decision === "threshold") {
    const link = fromLogits ? ofLogits : ofProbabilities;
    const thresholds: readonly (number | undefined)[] = Array.isArray(threshold) ? threshold : [threshold];
    for (const own of thresholds) checkThreshold(what, own, step);
    const chosen = thresholds.map((own) => toStep(step, { slope, threshold: own }));
    const steps = chosen.map(link);
    if (acrossColumns && steps.length > 1) return steppedDecision(steps);
    const forms = fromLogits || acrossColumns ? [] : chosen.map(formOf).filter((form): form is StepForm => !!form);
    return thresholdDecision(steps, forms.length === steps.length ? forms : undefined);
  }
  const { top } = isTop(decision) ? decision : { top: undefined };
  if (decision !== "argmax" && !(typeof top === "number" && top > 0 && (top < 1 || Number.isInteger(top)))) {
    throw new RangeError(
      `Cannot make ${what}: 'decision' must be 'threshold', 'argmax' or { top: k } with a whole number or a share below 1, ` +
        `it is ${words(decision)}`,
    );
  }
  if (threshold !== undefined) {
    throw new TypeError(
      `Cannot make ${what}: 'threshold' is ${describe(threshold)}, but with decision: ${words(decision)} there is none`,
    );
  }
  const usable = decision === "argmax" ? ["softsign", "straightThrough", "round"] : [...Object.keys(shapes), "round"];
  if (typeof step !== "string" || !usable.includes(step)) {
    throw new TypeError(
      `Cannot make ${what}: with decision: ${words(decision)} 'step' must be one of ${usable.join(", ")}, it is ${
        describe(typeof step === "string" ? step : step?.name)
      }`,
    );
  }
  const mode: Mode = step === "round" ? "hard" : step === "straightThrough" ? "through" : "soft";
  const sharpness = mode === "hard" ? 1 : toStep(step, { slope }).slope;
  if (top === undefined) return argmaxDecision({ slope: sharpness, mode, fromLogits });
  return topDecision({ top, shape: shapes[step] ?? softsignShape, slope: sharpness, mode, fromLogits });
}
