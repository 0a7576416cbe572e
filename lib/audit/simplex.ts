import type { Numbers } from "./measure.ts";

/** Whether every row of outputs sums to 1. */
export const onSimplex = ({ yPred }: Numbers, columns: number): boolean =>
  columns > 1 && yPred.every((_, i) => {
    if (i % columns !== 0) return true;
    const row = yPred.subarray(i, i + columns);
    return Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-3 && row.every((p) => p >= 0);
  });
