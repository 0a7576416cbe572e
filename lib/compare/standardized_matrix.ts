import { standardize } from "../data/standardize.ts";

/** Columns of numbers of the same length; NaN where a value is missing. */
export type Columns = readonly ArrayLike<number>[];

/**
 * Makes a matrix of standardized columns (ddof 1, as pandas does).
 *
 * @param rows The rows that decide on medians, means and scales.
 * @returns The matrix, row by row, and the number of its columns.
 */
export function standardizedMatrix(columns: Columns, rows: readonly number[]): { x: Float64Array; width: number } {
  const width = columns.length, x = new Float64Array(columns[0].length * width);
  columns.forEach((column, j) =>
    standardize(column, rows, 1).values.forEach((value, row) => x[row * width + j] = value)
  );
  return { x, width };
}
