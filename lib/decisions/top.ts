import { type Batch, borrowRoom } from "../batch/read_batch.ts";
import { sigmoidsWithSlopes } from "../numerics/sigmoid.ts";
import type { Shape } from "../steps/sigmoidal.ts";
import { budgetOf } from "./budget.ts";
import type { Decision, Mode } from "./decision.ts";

/** Options of an alert budget. */
export interface TopOptions {
  /** The number of positive rows, or, below 1, their fraction. */
  top: number;
  /** The shape of the step at the moving threshold. */
  shape: Shape;
  /** The steepness κ of the step. */
  steepness: number;
  mode: Mode;
  fromLogits: boolean;
}

/** The outputs of a column that count: their weight is not 0. */
interface Counted {
  readonly outputs: Float32Array | Float64Array;
  /** The place of each; absent: they are all of the batch. */
  readonly places?: Uint32Array;
}

function countedOf({ rows, classes, sampleWeight }: Batch, p: ArrayLike<number>, column: number): Counted {
  const whole = classes === 1 && sampleWeight === undefined;
  if (whole && (p instanceof Float32Array || p instanceof Float64Array)) return { outputs: p };
  const outputs = new Float64Array(rows), places = new Uint32Array(rows);
  let n = 0;
  for (let k = 0, i = column; k < rows; k++, i += classes) {
    if (sampleWeight !== undefined && !(sampleWeight[i] > 0)) continue;
    outputs[n] = p[i];
    places[n++] = i;
  }
  return { outputs: outputs.subarray(0, n), places: places.subarray(0, n) };
}

/** Returns 1 for each of the `budget` highest outputs, else 0; of equal outputs the first ones are the highest. */
function highest(p: Counted["outputs"], budget: number): Counted["outputs"] {
  const cut = p.slice().sort()[p.length - budget];
  let ties = budget; // at the cut
  for (const v of p) if (v > cut) ties--;
  return p.map((v) => Number(v > cut || (v === cut && ties-- > 0)));
}

function oneIn99(p: Counted["outputs"]): Counted["outputs"] {
  const part = p.slice(0, p.length / 99);
  for (let k = 0; k < part.length; k++) part[k] = p[99 * k];
  return part;
}

/**
 * Returns the threshold τ at which Σ (½ + F(κ(pᵢ − τ))) is the budget: the sum falls with τ. Newton's method, with a bisection
 * whenever it would leave the bracket; of many rows a part, one in 99, gives the start. A step d of Newton's leaves an error of
 * at most κd², as |F″| ≤ 2F′ wherever F′ counts.
 */
function solveThreshold(p: Counted["outputs"], budget: number, shape: Shape, steepness: number): number {
  const n = p.length, reach = 1 + n / steepness; // far enough for shapes with heavy tails
  let low = -reach, high = 1 + reach; // outputs lie in [0, 1]
  let threshold = n > 8192 ? solveThreshold(oneIn99(p), budget / 99, shape, steepness) : 0.5;
  for (let step = 0; step < 100; step++) {
    let sum = 0, slope = 0;
    for (let k = 0; k < n; k++) {
      const z = steepness * (p[k] - threshold);
      sum += 0.5 + shape.rise(z);
      slope += shape.density(z);
    }
    const excess = sum - budget;
    if (excess > 0) low = threshold;
    else high = threshold;
    const newton = threshold + excess / (steepness * slope);
    const next = newton > low && newton < high ? newton : (low + high) / 2, moved = Math.abs(next - threshold);
    const error = next === newton ? steepness * moved ** 2 : moved;
    // 2⁻⁵², and more where more rows are summed, whose rounding moves τ.
    if (error <= 2 ** -65 * Math.max(8192, n) * Math.abs(next)) return next;
    threshold = next;
  }
  return threshold;
}

// Loops stand in functions of the module: the closures of a decision are made, and compiled, with each of its batches.

/** Writes s and s′ of a column's outputs at a threshold. */
function decide(
  { outputs, places }: Counted,
  threshold: number,
  shape: Shape,
  steepness: number,
  decisions: Float64Array,
  slopes: Float64Array,
): void {
  for (let k = 0; k < outputs.length; k++) {
    const i = places === undefined ? k : places[k], z = steepness * (outputs[k] - threshold);
    decisions[i] = 0.5 + shape.rise(z);
    slopes[i] = steepness * shape.density(z);
  }
}

/** Takes a gradient back through the decisions of a column, in place: gⱼ becomes s′ⱼ·(gⱼ − Σ gᵢs′ᵢ / Σ s′ᵢ). */
function takeBack(slopes: Float64Array, gradient: Float64Array, column: number, classes: number): void {
  let total = 0, weighted = 0;
  for (let i = column; i < gradient.length; i += classes) {
    total += slopes[i];
    weighted += slopes[i] * (gradient[i] * 2 ** -64); // no digit changes, and the sum does not overflow
  }
  const mean = weighted / total * 2 ** 64; // NaN where all slopes are 0
  for (let i = column; i < gradient.length; i += classes) {
    gradient[i] = slopes[i] === 0 ? 0 : slopes[i] * (gradient[i] - mean); // 0: rows without weight
  }
}

/**
 * Makes the k highest outputs of each column positive: an alert budget.
 *
 *     sᵢ = ½ + F(κ(pᵢ − τ)),   τ such that Σ s = k
 *     ∂sᵢ/∂pⱼ = s′ᵢ·(δᵢⱼ − s′ⱼ/Σ s′)        the threshold moves with the outputs, so that the soft count stays k
 */
export function topDecision({ top, shape, steepness, mode, fromLogits }: TopOptions): Decision {
  return (batch) => {
    const { classes, yPred, sampleWeight } = batch, { decisions, slopes, more, release } = borrowRoom(yPred.length);
    const logistic = fromLogits ? sigmoidsWithSlopes(yPred, new Float64Array(yPred.length), more) : undefined;
    const p = logistic?.values ?? yPred;
    if (sampleWeight !== undefined || mode === "hard") { // not all places are written below
      decisions.fill(0);
      slopes.fill(0);
    }
    for (let column = 0; column < classes; column++) {
      const counted = countedOf(batch, p, column), { outputs, places } = counted, n = outputs.length;
      const budget = budgetOf(top, n), all = budget === n; // wherever they are
      if (mode !== "hard" && !all) {
        decide(counted, solveThreshold(outputs, budget, shape, steepness), shape, steepness, decisions, slopes);
      }
      if (mode !== "soft" || all) {
        highest(outputs, budget).forEach((chosen, k) => {
          const i = places === undefined ? k : places[k];
          decisions[i] = chosen;
          if (all) slopes[i] = 0;
        });
      }
    }
    return {
      decisions,
      release,
      back: (gradient) => {
        for (let column = 0; column < classes; column++) takeBack(slopes, gradient, column, classes);
        logistic?.multiply(gradient);
      },
    };
  };
}
