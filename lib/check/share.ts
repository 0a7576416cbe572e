import { describe } from "./describe.ts";

/** Returns the option of a score that must be a share in (0, 1]. */
export function checkShare(score: string, option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw new RangeError(
    `Cannot make the score '${score}': '${option}' must be a number in (0, 1], it is ${describe(value)}`,
  );
}
