import { labelKindOf, type Sampler, turned } from "./batches.ts";
import type { AuditEngine } from "./engines/engine.ts";
import type { AuditOptions } from "./types.ts";

/** Labels that leave open whether a larger output or a smaller one is better for a larger label: both readings in words. */
interface Readings {
  readonly straight: string;
  readonly turned: string;
  /** Only losses that change their sign with the outputs leave it open. */
  readonly ofOdd?: boolean;
}

const times: Readings = {
  straight: "An output is larger where the time of the label is: the outputs are times",
  turned: "An output is smaller where the time of the label is larger: the outputs are risks",
};
const distances: Readings = {
  straight: "A label of 1 asks for a larger output than a label of 0",
  turned: "A label of 1 asks for a smaller output than a label of 0: the outputs are distances, and 1 means alike",
};
const critic: Readings = {
  straight: "A label of 1 asks for a larger output than a label of -1",
  turned:
    "A label of 1 asks for a smaller output than a label of -1: the outputs are a critic's, and 1 means generated",
  ofOdd: true,
};

function readingsOf(options: AuditOptions): Readings | undefined {
  const { yPred, sample, extraLabels = [] } = options, labels = labelKindOf(options);
  if (sample !== undefined) return undefined;
  if (extraLabels.includes("event")) return times;
  if (yPred === "nonnegative" && labels === "binary") return distances;
  return yPred === "real" && labels === "sign" ? critic : undefined;
}

/**
 * Decides what a correct output is where the labels leave it open: the reading under which the loss is lower.
 *
 * @returns The sampler of such batches, and the reading in words if another one was possible.
 */
export function readingOf(
  { value }: AuditEngine,
  sampler: Sampler,
  options: AuditOptions,
): { sampler: Sampler; reading?: string } {
  const readings = readingsOf(options),
    { seed = 1, rows = 64 } = options,
    right = readings && sampler("perfect", seed, rows);
  if (readings === undefined || right === undefined) return { sampler };
  const other = turned(sampler, options);
  const [straight, back] = [right, other("perfect", seed, rows)!].map((batch) => value(batch).value);
  if (readings.ofOdd && !(Math.abs(straight + back) <= 1e-6 * Math.abs(straight))) return { sampler };
  return back < straight ? { sampler: other, reading: readings.turned } : { sampler, reading: readings.straight };
}
