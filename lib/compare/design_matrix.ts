import { standardize } from "../data/standardize.ts";

/** Columns of numbers of the same length; NaN where a value is missing. */
export type Columns = readonly ArrayLike<number>[];

/**
 * Makes the matrix of a linear model: standardized columns (ddof 1, as pandas does) and a column of ones for the intercept.
 *
 * @param rows The rows that decide on medians, means and scales.
 * @returns The matrix, row by row, and the number of its columns.
 */
export function designMatrix(columns: Columns, rows: readonly number[]): { x: Float64Array; width: number } {
  const width = columns.length + 1, x = new Float64Array(columns[0].length * width).fill(1);
  columns.forEach((column, j) =>
    standardize(column, rows, 1).values.forEach((value, row) => x[row * width + j] = value)
  );
  return { x, width };
}
