/**
 * A generated table of any size, the same rows in every run: of bench/sql_scale.ts and of notebook 10.
 *
 * @module
 */

/**
 * Writes the SELECT, for DuckDB, of rows with a label `y`, an output `p`, a whole weight `w` and a `region`. A row is positive
 * with the probability 0.3·p + 0.02.
 */
export const largeTable = (rows: number): string =>
  `SELECT CAST(u < 0.3 * p + 0.02 AS INTEGER) AS y, p, w, region FROM (
    SELECT (hash(i) % 1099511627776) / 1099511627776.0::DOUBLE AS p, (hash(i + 10000000000) % 16777216) / 16777216.0 AS u,
      1 + hash(i + 20000000000) % 5 AS w, 'region ' || (hash(i + 30000000000) % 4) AS region FROM range(${rows}) AS t(i))`;
