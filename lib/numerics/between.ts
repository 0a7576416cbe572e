/** Finds a threshold in [a, b) and inside (0, 1), a float32 if there is one; undefined if neither it nor the middle lies there. */
export function between(a: number, b: number): number | undefined {
  const middle = a + (b - a) / 2, isIn = (t: number) => t >= a && t < b;
  // Of two neighbours in float32, a alone lies in [a, b); two nearer float64 numbers have the middle.
  const threshold = [Math.fround(middle), Math.fround(a)].find(isIn) ?? middle;
  return [threshold, middle].find((t) => t > 0 && t < 1);
}
