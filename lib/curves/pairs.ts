import { liftOf } from "../counts/counts.ts";
import type { CurveRows } from "./curve.ts";
import { byPlace, type RankedRows, rankRows } from "../numerics/rank.ts";

/** The price of a pair of a positive and a negative, by the difference d of their outputs. */
export type PairPrice = "squaredHinge" | "ramp";

/** A value and its derivative by each output. */
export interface ValueAndGradient {
  /** The value, in float64. */
  readonly value: number;
  /** One derivative per output, row by row. */
  readonly gradient: Float64Array;
}

/** Powers of max(0, x) and their factors: a price is a sum of such terms in x = margin − d. */
interface Hinge {
  readonly margin: number;
  readonly power: 1 | 2;
  readonly by: number;
}

const hingesOf = (price: PairPrice, margin: number): readonly Hinge[] =>
  price === "squaredHinge" ? [{ margin, power: 2, by: 1 }] : [
    { margin, power: 1, by: 1 / (2 * margin) },
    { margin: -margin, power: 1, by: -1 / (2 * margin) },
  ];

/**
 * Computes the mean price of all pairs of a positive i and a negative j, in O(n): no pair is ever formed.
 *
 *     value = Σᵢⱼ wᵢyᵢ·wⱼ(1 − yⱼ)·price(ŷᵢ − ŷⱼ) / Σᵢⱼ wᵢyᵢ·wⱼ(1 − yⱼ)
 *     squaredHinge: max(0, m − d)²     ramp: 1 for d ≤ −m, 0 for d ≥ m, linear between
 *
 * Both are sums of powers of max(0, m − d). In falling order of the outputs the negatives with ŷⱼ + m > ŷᵢ are the first ones:
 * Σ wⱼ, Σ wⱼŷⱼ and Σ wⱼŷⱼ² over them are running sums, and so are those over the positives in rising order.
 *
 * @returns The value and the gradient; NaN and zeros without a positive or a negative.
 *
 * @see Rust and Hocking, "A Log-linear Gradient Descent Algorithm for Unbalanced Binary Classification using the All Pairs
 * Squared Hinge Loss", 2023, arXiv 2302.11062.
 */
export function pairPrices(rows: CurveRows, price: PairPrice, margin: number): ValueAndGradient {
  const { order, sorted, positive, negative, positives, negatives } = rankRows(rows), n = order.length;
  const ranked = new Float64Array(n);
  if (!(positives > 0 && negatives > 0)) return { value: NaN, gradient: ranked };
  const lift = liftOf(positives * negatives);
  if (lift > 1) {
    const sampleWeight = Float64Array.from(rows.yPred, (_, i) => lift * (rows.sampleWeight?.[i] ?? 1));
    return pairPrices({ ...rows, sampleWeight }, price, margin);
  }
  let value = 0;
  for (const hinge of hingesOf(price, margin)) value += addHinge(hinge, sorted, positive, negative, ranked);
  const pairs = positives * negatives;
  for (let k = 0; k < n; k++) ranked[k] /= pairs;
  return { value: value / pairs, gradient: byPlace(order, ranked) };
}

/** Returns Σ over the pairs of one power of max(0, margin − d), and adds its derivatives by the ranked outputs. */
function addHinge(
  { margin, power, by }: Hinge,
  p: Float32Array | Float64Array,
  positive: RankedRows["positive"],
  negative: RankedRows["negative"],
  gradient: Float64Array,
): number {
  const n = p.length, middle = n === 0 ? 0 : p[n >> 1]; // sums of squares around 0 would lose digits far from it
  let value = 0;
  for (let k = 0, j = 0, c0 = 0, c1 = 0, c2 = 0; k < n; k++) {
    for (; j < n && p[j] + margin > p[k]; j++) {
      const c = negative[j], x = p[j] - middle;
      c0 += c;
      c1 += c * x;
      c2 += c * x * x;
    }
    const a = positive[k] * by, x = margin - (p[k] - middle);
    if (a === 0) continue;
    value += a * (power === 1 ? c0 * x + c1 : c0 * x * x + 2 * x * c1 + c2);
    gradient[k] -= a * (power === 1 ? c0 : 2 * (c0 * x + c1));
  }
  for (let k = n - 1, i = n - 1, a0 = 0, a1 = 0; k >= 0; k--) {
    for (; i >= 0 && p[k] + margin > p[i]; i--) {
      a0 += positive[i];
      a1 += positive[i] * (p[i] - middle);
    }
    const c = negative[k] * by;
    if (c !== 0) gradient[k] += c * (power === 1 ? a0 : 2 * (a0 * (margin + p[k] - middle) - a1));
  }
  return value;
}
