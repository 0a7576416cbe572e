/** A standardized column, and what some of its rows taught. */
export interface Standardized {
  /** (x − mean) / scale for every row of the column. */
  readonly values: Float64Array<ArrayBuffer>;
  /** Median of the given rows' values, which replaces a missing value (NaN); 0 if the given rows have no value. */
  readonly median: number;
  /** Mean of the given rows, missing values replaced. */
  readonly mean: number;
  /** Standard deviation of the given rows, missing values replaced; 1 if these rows are constant. */
  readonly scale: number;
}

/** Takes the values of some rows that are not missing. */
export function presentValues(column: ArrayLike<number>, rows: readonly number[]): Float64Array<ArrayBuffer> {
  const values = new Float64Array(rows.length);
  let n = 0;
  for (const row of rows) if (!Number.isNaN(column[row])) values[n++] = column[row];
  return values.subarray(0, n);
}

/** Middle one of some numbers, or the mean of the middle two; 0 for none. */
function medianOf(numbers: Float64Array): number {
  const sorted = numbers.toSorted(), half = sorted.length >> 1;
  if (sorted.length === 0) return 0;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/**
 * Imputes and standardizes a column of numbers by some of its rows.
 *
 *     (x − mean) / √(Σ(x − mean)² / (n − ddof)),   mean = Σx / n,   sums over `rows`
 *
 * A deviation no larger than its rounding error is that of a constant; its scale is 1, as in scikit-learn's StandardScaler
 * (T. F. Chan, G. H. Golub and R. J. LeVeque, 1983, equation 1.7).
 *
 * @param column One number per row of the table; NaN where the value is missing.
 * @param rows The rows that decide on median, mean and scale: the training rows.
 * @param ddof 0 divides by n as scikit-learn does, 1 by n − 1 as pandas does.
 */
export function standardize(column: ArrayLike<number>, rows: readonly number[], ddof: 0 | 1): Standardized {
  let known: number | undefined;
  const median = () => known ??= medianOf(presentValues(column, rows)); // most columns need none, and it takes a sort
  const filled = new Float64Array(column), n = rows.length; // `Float64Array.from` with a function takes several times as long
  for (let i = 0; i < filled.length; i++) if (Number.isNaN(filled[i])) filled[i] = median();
  const mean = rows.reduce((sum, row) => sum + filled[row], 0) / n;
  const squares = rows.reduce((sum, row) => sum + (filled[row] - mean) ** 2, 0);
  const error = n * Number.EPSILON * (squares / n) + (n * mean * Number.EPSILON) ** 2;
  const scale = squares / n <= error ? 1 : Math.sqrt(squares / (n - ddof));
  return {
    values: filled.map((value) => (value - mean) / scale),
    get median() {
      return median();
    },
    mean,
    scale,
  };
}
