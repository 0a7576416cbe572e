import type { Counts } from "./counts.ts";

/** The names of the four counts. */
export const countKeys = ["tp", "fp", "fn", "tn"] as const;

/** One number for each count. */
export function eachCount(of: (key: keyof Counts) => number): Counts {
  return { tp: of("tp"), fp: of("fp"), fn: of("fn"), tn: of("tn") };
}
