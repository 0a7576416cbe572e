/** Returns points of two rings, the inner one positive, and their labels: a tenth of the points is positive. */
export function rings(count) {
  const points = [], labels = [];
  for (let i = 0; i < count; i++) {
    const positive = i % 10 === 0, angle = 2.4 * i, radius = positive ? 0.5 + 0.04 * (i % 5) : 0.8 + 0.04 * (i % 7);
    points.push([radius * Math.cos(angle), radius * Math.sin(angle)]);
    labels.push([positive ? 1 : 0]);
  }
  return { points, labels };
}
