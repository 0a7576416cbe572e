import { describe } from "../check/check.ts";

/** Says whether a decision is an alert budget, `{ top: k }` without another key, whatever its k is. */
export const isTop = (decision: unknown): decision is { readonly top: number } =>
  typeof decision === "object" && decision !== null && Object.keys(decision).join() === "top";

/** Returns the number of positive decisions: a number of rows, or below 1 the share of them. */
export const budgetOf = (top: number, rows: number): number =>
  Math.min(rows, top < 1 ? Math.max(1, Math.round(top * rows)) : top);

/** A decision in an error's words. */
export const decisionText = (decision: unknown): string =>
  isTop(decision) ? `{ top: ${describe(decision.top)} }` : describe(decision);

/** Checks a decision without a threshold, "argmax" or an alert budget, and that none is given. */
export function checkWithoutThreshold(what: string, decision: unknown, threshold: unknown): void {
  const top: unknown = isTop(decision) ? decision.top : undefined;
  if (decision !== "argmax" && !(typeof top === "number" && top > 0 && (top < 1 || Number.isInteger(top)))) {
    throw new RangeError(
      `Cannot make ${what}: 'decision' must be 'threshold', 'argmax' or { top: k } with a whole number or a share below 1, ` +
        `it is ${decisionText(decision)}`,
    );
  }
  if (threshold !== undefined) {
    throw new TypeError(
      `Cannot make ${what}: 'threshold' is ${describe(threshold)}, ` +
        `but with decision: ${decisionText(decision)} there is none`,
    );
  }
}
