/** The growth of a time: time ∝ n^alpha. */
export interface Growth {
  alpha: number;
  /** The 95 % interval. */
  low: number;
  high: number;
}

/** The 97.5 % quantiles of Student's t for 1 degree of freedom and more. */
const quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/**
 * α by least squares on the logarithms, with the interval that the scatter around the line gives.
 *
 * @param points From 3 to 12 pairs of a size and a time.
 */
export function growth(points: readonly (readonly [n: number, time: number])[]): Growth {
  const t = quantiles[points.length - 3];
  if (t === undefined) throw new RangeError(`Cannot fit a growth: 3 to 12 points are needed, not ${points.length}`);
  const logs = points.map(([n, time]) => [Math.log(n), Math.log(time)]);
  const mean = (k: 0 | 1) => logs.reduce((sum, point) => sum + point[k], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const xx = logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
  const alpha = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0) / xx;
  const rest = logs.reduce((sum, [a, b]) => sum + (b - y - alpha * (a - x)) ** 2, 0);
  const half = t * Math.sqrt(rest / (logs.length - 2) / xx);
  return { alpha, low: alpha - half, high: alpha + half };
}
