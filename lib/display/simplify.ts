/** A place in a figure. */
export type Place = readonly [x: number, y: number];

/** Leaves out the points of a line that nobody would see missing: those within `tolerance` of the line without them. */
export function simplify(places: readonly Place[], tolerance = 0.08): number[] {
  if (places.length < 3) return places.map((_, n) => n);
  const keep = new Set<number>([0, places.length - 1]);
  const spans: [number, number][] = [[0, places.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first, last] = span;
    let worst = -1, most = tolerance;
    for (let n = first + 1; n < last; n++) {
      const distance = fromSegment(places[n], places[first], places[last]);
      if (distance > most) [worst, most] = [n, distance];
    }
    if (worst < 0) continue;
    keep.add(worst);
    spans.push([first, worst], [worst, last]);
  }
  return [...keep].sort((a, b) => a - b);
}

function fromSegment([x, y]: Place, [x0, y0]: Place, [x1, y1]: Place): number {
  const dx = x1 - x0, dy = y1 - y0;
  const length2 = dx * dx + dy * dy;
  const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * dx + (y - y0) * dy) / length2));
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}
