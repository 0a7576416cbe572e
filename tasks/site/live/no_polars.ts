/**
 * polars, which a page has not: a Parquet file is refused, and nothing is a frame.
 *
 * @module
 */
export default {
  DataFrame: { isDataFrame: () => false },
  readParquet: (): never => {
    throw new Error("a Parquet file cannot be read here: save the table as CSV, or use 'deno task compare'");
  },
};
