import { check, checkOptions, integerFrom, numberThat, oneOf } from "../check/check.ts";

/** Options of {@linkcode annealSlope}. */
export interface AnnealSlopeOptions {
  /**
   * Slope in the first epoch; 1 is the identity.
   *
   * @default {1}
   */
  from?: number;
  /** Slope in the last epoch. The larger the slope, the nearer the step is to `round`. */
  to: number;
  /** Number of epochs from the first slope to the last. */
  epochs: number;
  /**
   * Shape of the schedule: equal differences, equal ratios, or half a cosine, which is slow at both ends.
   *
   * @default {"geometric"}
   */
  shape?: "linear" | "geometric" | "cosine";
}

const what = "the slope's schedule";

const shapes = {
  linear: (from: number, to: number, t: number) => from + (to - from) * t,
  geometric: (from: number, to: number, t: number) => from * (to / from) ** t,
  cosine: (from: number, to: number, t: number) => from + (to - from) * (1 - Math.cos(Math.PI * t)) / 2,
};

/**
 * Makes a schedule for the slope of a step: from the identity towards `round` while the model trains.
 *
 *     t = epoch / (epochs − 1), at most 1
 *     linear: a + (b − a)·t      geometric: a·(b/a)ᵗ      cosine: a + (b − a)·(1 − cos πt)/2
 *
 * @param options `from`, `to`, `epochs`, `shape`.
 * @returns A function that gives the slope of an epoch, counted from 0; `to` for every epoch after the last.
 * @throws {TypeError} If an option is unknown.
 * @throws {RangeError} If a slope is below 1 or not finite, `epochs` is not an integer ≥ 1, or `shape` is unknown. The
 * returned function throws if the epoch is not an integer ≥ 0.
 *
 * @example
 * ```ts
 * import { annealSlope, f1Loss } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const slope = annealSlope({ from: 1, to: 16, epochs: 5 });
 * assertEquals([0, 1, 2, 3, 4, 5].map(slope), [1, 2, 4, 8, 16, 16]);
 * const loss = f1Loss({ slope: slope(2) }); // for the third epoch
 * assertEquals(loss.name, "f1Loss");
 * ```
 */
export function annealSlope(options: AnnealSlopeOptions): (epoch: number) => number {
  checkOptions(what, options, ["from", "to", "epochs", "shape"]);
  const { from = 1, to, epochs, shape = "geometric" } = options;
  check(`make ${what}`, { from, to }, numberThat("a finite number ≥ 1", (slope) => slope >= 1 && slope < Infinity));
  check(`make ${what}`, { epochs }, integerFrom(1));
  check(`make ${what}`, { shape }, oneOf(...Object.keys(shapes)));
  return (epoch) => {
    check("compute the slope", { epoch }, integerFrom(0));
    return epoch >= epochs - 1 ? to : shapes[shape](from, to, epoch / (epochs - 1));
  };
}
