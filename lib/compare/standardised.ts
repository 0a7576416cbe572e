/** Columns of numbers, all of the same length; NaN where a value is missing. */
export type Columns = readonly ArrayLike<number>[];

/** The column with the median of its given rows where a value is missing; 0, if these have none at all. */
function filled(column: ArrayLike<number>, rows: readonly number[]): ArrayLike<number> {
  if (!Array.from(column).some(Number.isNaN)) return column;
  const there = Float64Array.from(rows.filter((row) => !Number.isNaN(column[row])), (row) => column[row]).sort();
  const half = there.length >> 1;
  const middle = there.length === 0 ? 0 : there.length % 2 ? there[half] : (there[half - 1] + there[half]) / 2;
  return Float64Array.from(column, (v) => Number.isNaN(v) ? middle : v);
}

/** The mean and the scale of a column's given rows (ddof 1, as in pandas); a constant's scale is ∞, so that it becomes 0. */
function moments(column: ArrayLike<number>, rows: readonly number[]): { mean: number; scale: number } {
  const n = rows.length;
  const mean = rows.reduce((sum, row) => sum + column[row], 0) / n;
  const squares = rows.reduce((sum, row) => sum + (column[row] - mean) ** 2, 0);
  const constant = rows.every((row) => column[row] === column[rows[0]]);
  return { mean, scale: constant ? Infinity : Math.sqrt(squares / (n - 1)) };
}

/**
 * A matrix, row by row, of standardised columns.
 *
 *     (x − mean) / √(Σ(x − mean)² / (n − 1)),  over the rows `by`
 *
 * A column that is constant there (pandas would make it NaN) is 0. A missing value is the median of those rows first.
 */
export function standardised(columns: Columns, by: readonly number[]): { x: Float64Array; width: number } {
  const width = columns.length, rows = columns[0].length;
  const x = new Float64Array(rows * width);
  columns.forEach((given, j) => {
    const column = filled(given, by);
    const { mean, scale } = moments(column, by);
    for (let row = 0; row < rows; row++) x[row * width + j] = (column[row] - mean) / scale;
  });
  return { x, width };
}
