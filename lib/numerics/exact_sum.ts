/**
 * A sum without rounding: an expansion, numbers of different sizes whose sum is exact. What it rounds to depends on
 * neither the order nor the grouping of what was added, so sums of parts make the sum of the whole, bit for bit.
 *
 * @see Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates", 1997, for the
 * expansion; Python's `math.fsum` for the rounding.
 */
export class ExactSum {
  /** Not overlapping, by increasing size; none is 0. */
  #parts: number[] = [];

  /** Adds a finite number. */
  add(x: number): void {
    const parts: number[] = [];
    for (const y of this.#parts) {
      const [large, small] = Math.abs(x) < Math.abs(y) ? [y, x] : [x, y];
      const high = large + small, low = small - (high - large); // high + low is exactly large + small
      if (low !== 0) parts.push(low);
      x = high;
    }
    if (x !== 0) parts.push(x);
    this.#parts = parts;
  }

  /** Adds another sum, which stays as it is. */
  addSum(other: ExactSum): void {
    for (const part of [...other.#parts]) this.add(part);
  }

  /** The sum, rounded once, to the nearest float64; a tie goes to the even one. */
  get value(): number {
    const parts = this.#parts;
    let n = parts.length - 1;
    if (n < 0) return 0;
    let high = parts[n], low = 0;
    while (n > 0 && low === 0) {
      const x = high, y = parts[--n];
      high = x + y;
      low = y - (high - x);
    }
    // Half a step was rounded away; what is left below it says which way.
    if (n > 0 && Math.sign(low) === Math.sign(parts[n - 1])) {
      const x = high + 2 * low;
      if (2 * low === x - high) return x;
    }
    return high;
  }

  /** The sum as numbers that add up to it exactly, the greatest first: the same for every way that leads to it. */
  toJSON(): number[] {
    const rest = new ExactSum(), terms: number[] = [];
    rest.addSum(this);
    for (let term = rest.value; term !== 0; term = rest.value) {
      terms.push(term);
      rest.add(-term);
    }
    return terms;
  }
}
