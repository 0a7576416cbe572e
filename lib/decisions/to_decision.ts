import { type Batch, borrowRoom } from "../batch/read_batch.ts";
import { check, numberThat, oneOf } from "../check/check.ts";
import { sigmoidsWithSlopes } from "../numerics/sigmoid.ts";
import { fillStep, formOf, type Shape } from "../steps/sigmoidal.ts";
import type { Step } from "../steps/step.ts";
import { type StepName, steps, toStep } from "../steps/to_step.ts";
import { argmaxDecision } from "./argmax.ts";
import { checkWithoutThreshold, decisionText } from "./budget.ts";
import type { Decided, Decision, Mode } from "./decision.ts";
import { topDecision } from "./top.ts";

/**
 * The rule that makes an output a predicted positive:
 *
 * - "threshold": the output is above the threshold of its column
 * - "argmax": the output is the largest of its row (at a tie, the first)
 * - `{ top: 100 }` or `{ top: 0.01 }`: the output is among the 100 highest, or the highest hundredth, of its column
 */
export type DecisionName = "threshold" | "argmax" | { readonly top: number };

/** Options of decisions. */
export interface DecisionOptions {
  /**
   * The stand-in for rounding: a name, a step of the library, or one's own. Decisions other than "threshold" take a name
   * only; "argmax" is a softmax and takes "straightThrough", "round", or nothing.
   *
   * @default {"softsign"}
   */
  step?: StepName | Step;
  /**
   * For a step given by name: its derivative at the threshold, from 1 (the identity) towards ∞ (round).
   *
   * @default {4}
   */
  slope?: number;
  /**
   * The decision threshold, inside (0, 1): an output is a predicted positive if it is strictly greater. One threshold for
   * all columns, or one per column; a step that is given as an object has its own.
   *
   * @default {0.5}
   */
  threshold?: number | readonly number[];
  /**
   * The rule for predicted positives: "threshold", "argmax", or `{ top: k }`, an alert budget. At a tie "argmax" takes the
   * first output; Keras's F1Score without a threshold takes all of them, and none in a row of zeros.
   *
   * @default {"threshold"}
   */
  decision?: DecisionName;
  /**
   * Reads `yPred` as logits: they go through a logistic function first, or a softmax for decision: "argmax". Thresholds
   * remain thresholds of probabilities.
   *
   * @default {false}
   */
  fromLogits?: boolean;
}

/** Checks that a threshold lies inside (0, 1); a step that is given as an object has its own. */
function checkThreshold(what: string, threshold: unknown, step: unknown): void {
  if (threshold === undefined || (typeof step === "object" && step !== null)) return;
  check(`make ${what}`, { threshold }, numberThat("a number inside (0, 1), or one per column", (t) => t > 0 && t < 1));
}

/** Compares each output with the threshold of its column: one step for all columns, or one per column. */
function thresholdDecision(steps: readonly Step[], fromLogits: boolean): Decision {
  const decide = ({ yPred }: Batch): Decided => {
    const stride = steps.length, n = yPred.length, { decisions, slopes, more, release } = borrowRoom(n);
    const logistic = fromLogits ? sigmoidsWithSlopes(yPred, decisions, more) : undefined; // decisions overwrite them
    const p = logistic?.values ?? yPred;
    steps.forEach((step, offset) => fillStep(step, p, { offset, stride, length: n / stride }, decisions, slopes));
    return {
      decisions,
      slopes: fromLogits ? undefined : slopes,
      release,
      back: (gradient) => {
        for (let i = 0; i < gradient.length; i++) gradient[i] *= slopes[i];
        logistic?.multiply(gradient);
      },
    };
  };
  return Object.assign(decide, { steps, fromLogits });
}

/** Returns the decision that the options stand for. */
export function toDecision(what: string, options: DecisionOptions): Decision {
  const { step = "softsign", slope, threshold, decision = "threshold", fromLogits = false } = options;
  if (decision === "threshold") {
    const thresholds: readonly (number | undefined)[] = Array.isArray(threshold) ? threshold : [threshold];
    for (const own of thresholds) checkThreshold(what, own, step);
    return thresholdDecision(thresholds.map((own) => toStep(step, { slope, threshold: own })), fromLogits);
  }
  checkWithoutThreshold(what, decision, threshold);
  const usable = decision === "argmax"
    ? ["softsign", "straightThrough", "round"]
    : Object.keys(steps).filter((name) => name !== "identity"); // a step with a shape, or none
  check(`make ${what} with decision: ${decisionText(decision)}`, { step }, { ...oneOf(...usable), Kind: TypeError });
  const hard = step === "round", mode: Mode = hard ? "hard" : step === "straightThrough" ? "straightThrough" : "soft";
  const own = toStep(step, { slope });
  if (decision === "argmax") return argmaxDecision({ slope: hard ? 1 : own.slope, mode, fromLogits });
  const { loops, steepness } = formOf(toStep(hard ? "softsign" : step, { slope: hard ? 1 : slope, anchored: false }))!;
  return topDecision({ ...decision, shape: loops as Shape, steepness, mode, fromLogits });
}
