import { describe } from "../check/describe.ts";
import { checkInteger } from "../check/integer.ts";
import { checkOptions } from "../check/options.ts";

/** Options of {@linkcode annealSlope}. */
export interface AnnealSlopeOptions {
  /**
   * The slope of the first epoch: 1 is the identity.
   *
   * @default {1}
   */
  from?: number;
  /** The slope of the last epoch: the greater, the nearer to round. */
  to: number;
  /** How many epochs the way takes. */
  epochs: number;
  /**
   * How it gets there: by equal differences, by equal ratios, or slowly at both ends.
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
 * The slope of a step as a function of the epoch: from the identity towards round while the model trains.
 *
 *     t = epoch / (epochs − 1), at most 1
 *     linear: a + (b − a)·t      geometric: a·(b/a)ᵗ      cosine: a + (b − a)·(1 − cos πt)/2
 *
 * @param options `from`, `to`, `epochs`, `shape`.
 * @returns The slope of an epoch, counted from 0; `to` for every epoch after the last.
 * @throws {TypeError} An unknown option.
 * @throws {RangeError} A slope below 1 or not finite, a number of epochs or a shape that is none; called: an epoch that is
 * no integer ≥ 0.
 *
 * @example
 * ```ts
 * import { annealSlope, f1Loss } from "@roundabout/roundabout";
 * import { assertEquals } from "@std/assert";
 *
 * const slope = annealSlope({ from: 1, to: 16, epochs: 5 });
 * assertEquals([0, 1, 2, 3, 4, 5].map(slope), [1, 2, 4, 8, 16, 16]);
 * const loss = f1Loss({ slope: slope(2) }); // of the third epoch
 * assertEquals(loss.name, "f1Loss");
 * ```
 */
export function annealSlope(options: AnnealSlopeOptions): (epoch: number) => number {
  checkOptions(what, options, ["from", "to", "epochs", "shape"]);
  const { from = 1, to, epochs, shape = "geometric" } = options;
  for (const [name, value] of Object.entries({ from, to })) {
    if (typeof value === "number" && value >= 1 && value < Infinity) continue;
    throw new RangeError(`Cannot make ${what}: '${name}' must be a finite number ≥ 1, it is ${describe(value)}`);
  }
  checkInteger(`make ${what}`, "epochs", epochs, 1, Number.MAX_SAFE_INTEGER);
  if (!Object.hasOwn(shapes, shape)) {
    throw new RangeError(
      `Cannot make ${what}: 'shape' must be linear, geometric or cosine, it is ${describe(shape)}`,
    );
  }
  return (epoch) => {
    checkInteger("compute the slope", "epoch", epoch, 0, Number.MAX_SAFE_INTEGER);
    return epoch >= epochs - 1 ? to : shapes[shape](from, to, epoch / (epochs - 1));
  };
}
