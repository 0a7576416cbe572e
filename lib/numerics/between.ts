/** Finds a threshold in [a, b) and inside (0, 1), a float32 if there is one; undefined if there is no such number. */
export function between(a: number, b: number): number | undefined {
  const middle = a + (b - a) / 2, near = Math.fround(middle);
  const threshold = near < b ? near : Math.fround(a); // of two neighbours in float32, b alone is greater than a
  return threshold > 0 && threshold < 1 ? threshold : middle > 0 && middle < 1 ? middle : undefined;
}
