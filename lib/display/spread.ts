/**
 * Moves places along an axis as little as needed until neighbours are `gap` apart and all are within `[low, high]`.
 * (Least squares: neighbours that touch are pooled and move as one block.)
 */
export function spread(places: readonly number[], gap: number, low: number, high: number): number[] {
  const order = places.map((place, index) => ({ place, index })).sort((a, b) => a.place - b.place || a.index - b.index);
  // In coordinates where a gap is 0, the task is isotonic regression.
  const blocks: { sum: number; size: number }[] = [];
  order.forEach(({ place }, rank) => {
    let block = { sum: place - rank * gap, size: 1 };
    for (let last = blocks.at(-1); last && last.sum / last.size >= block.sum / block.size; last = blocks.at(-1)) {
      block = { sum: last.sum + block.sum, size: last.size + block.size };
      blocks.pop();
    }
    blocks.push(block);
  });
  const spare = high - low - gap * (places.length - 1);
  const result = new Array<number>(places.length);
  let rank = 0;
  for (const { sum, size } of blocks) {
    // Clamping a monotone solution keeps it monotone, and it is the least-squares solution within the bounds.
    const place = Math.min(Math.max(sum / size, low), low + Math.max(spare, 0));
    for (let n = 0; n < size; n++, rank++) result[order[rank].index] = place + rank * gap;
  }
  return result;
}
