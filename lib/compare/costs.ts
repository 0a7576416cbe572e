import { anObject, check, describe, type Rule } from "../check/check.ts";
import { countKeys, type Counts } from "../counts/counts.ts";
import type { TableDataset, TableWarning } from "../data/table.ts";
import type { RowLabels } from "../network/objectives.ts";
import { beyondCheapest } from "../scores/cost_weights.ts";
import { withUsualCosts } from "../scores/savings.ts";

/** The cost of each outcome of two classes: a number, or the name of the column that holds it per row. */
export type OutcomeCosts = { readonly [Outcome in keyof Counts]?: number | string };

/** The costs of several classes: `matrix[j][k]`, by the classes' names, of deciding class k where class j is true. */
export interface MatrixCosts {
  /** The costs by the names of the true and the decided class. */
  readonly matrix: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/** The costs of decisions: of the four outcomes of two classes, or of each class decided for each. */
export type DecisionCosts = OutcomeCosts | MatrixCosts;

/** The costs of decisions on rows. */
export interface CostsByRow {
  /** Returns the cost of a decision on a row if its class is `label`. */
  of(row: number, label: number, decision: number): number;
}

const TASK = "compare losses";

const aCost: Rule = {
  must: "a finite number or the name of a column",
  valid: (cost) => typeof cost === "string" || Number.isFinite(cost),
};

const isMatrix = (costs: DecisionCosts): costs is MatrixCosts => "matrix" in costs;

/** Returns the columns that hold costs. */
export const costColumns = (costs: DecisionCosts): string[] =>
  isMatrix(costs) ? [] : [...new Set(Object.values(costs).filter((cost) => typeof cost === "string"))];

/** Throws unless costs are those of outcomes, or a matrix. */
export function checkCosts(costs: DecisionCosts): void {
  check(TASK, { costs }, anObject);
  if (isMatrix(costs)) {
    const { matrix, ...others } = costs, [other] = Object.keys(others);
    if (other !== undefined) throw new TypeError(`Cannot ${TASK}: 'matrix' cannot be used with '${other}'`);
    if (anObject.valid(matrix) && Object.values(matrix).every(anObject.valid)) return;
    throw new TypeError(
      `Cannot ${TASK}: 'matrix' must have an object of costs for each class, it is ${describe(matrix)}`,
    );
  }
  for (const [key, cost] of Object.entries(costs)) {
    if (!countKeys.includes(key as keyof Counts)) {
      throw new TypeError(`Cannot ${TASK}: 'costs' must name tp, fp, fn, tn or a matrix, not '${key}'`);
    }
    check(TASK, { [`costs.${key}`]: cost }, aCost);
  }
}

function ofMatrix({ matrix }: MatrixCosts, { classes, label }: TableDataset): CostsByRow {
  const names = classes.map(({ name }) => name), known = Object.keys(matrix);
  const missing = names.find((name) => !Object.hasOwn(matrix, name));
  if (missing !== undefined || known.length !== names.length) {
    throw new RangeError(
      `Cannot ${TASK}: 'matrix' must have a row of costs for each class of '${label}' (${names.join(", ")}), it has ${
        known.join(", ")
      }`,
    );
  }
  const table = names.map((name) => {
    const unknown = Object.keys(matrix[name]).find((decided) => !names.includes(decided));
    if (unknown !== undefined) {
      throw new RangeError(
        `Cannot ${TASK}: 'matrix' has the cost of deciding '${unknown}' where '${name}' is true, '${label}' has no such class`,
      );
    }
    return names.map((decided) => {
      const cost = matrix[name][decided];
      if (Number.isFinite(cost)) return cost;
      throw new RangeError(
        `Cannot ${TASK}: 'matrix' must have the cost of deciding '${decided}' where '${name}' is true, it is ${
          describe(cost)
        }`,
      );
    });
  });
  return { of: (_, label, decision) => table[label][decision] };
}

function ofOutcomes(costs: OutcomeCosts, { classes, label, beside }: TableDataset): CostsByRow {
  if (classes.length > 2) {
    throw new RangeError(
      `Cannot ${TASK}: 'costs' of tp, fp, fn and tn need two classes, '${label}' has ${classes.length}; set one against the ` +
        "rest with 'positive', or give a 'matrix'",
    );
  }
  const given = withUsualCosts<number | string>(costs);
  const columns = countKeys.map((key) => {
    const cost = given[key], values = beside[cost];
    return typeof cost === "number" ? () => cost : (row: number) => values[row];
  });
  const [tp, fp, fn, tn] = columns;
  return { of: (row, label, decision) => (label === 1 ? decision === 1 ? tp : fn : decision === 1 ? fp : tn)(row) };
}

/** Makes the costs of the rows of a table. */
export const rowCosts = (costs: DecisionCosts, table: TableDataset): CostsByRow =>
  isMatrix(costs) ? ofMatrix(costs, table) : ofOutcomes(costs, table);

/** Takes the costs of some rows. */
export const takeCosts = (costs: CostsByRow, rows: readonly number[]): CostsByRow => ({
  of: (row, label, decision) => costs.of(rows[row], label, decision),
});

/** Labelled rows with costs. */
export interface CostedRows {
  readonly y: Float64Array;
  readonly costs: CostsByRow;
}

/** Sums the cost of decisions. */
function totalCost({ y, costs }: CostedRows, decide: (row: number) => number): number {
  let sum = 0;
  for (let row = 0; row < y.length; row++) sum += costs.of(row, y[row], decide(row));
  return sum;
}

/** Returns the cost of the cheapest decision that is the same for all rows. */
const cheapestConstant = (rows: CostedRows, classes: number): number =>
  Math.min(...Array.from({ length: classes }, (_, decision) => totalCost(rows, () => decision)));

/** Returns the savings of decisions, 1 − cost / cost of the cheapest constant decision; NaN where that costs nothing. */
export function savingsOf(rows: CostedRows, classes: number, decide: (row: number) => number): number {
  const cheapest = cheapestConstant(rows, classes);
  return cheapest > 0 ? 1 - totalCost(rows, decide) / cheapest : NaN;
}

/**
 * Returns the decision of the least expected cost, Σⱼ pⱼ·c(j, k); of equal ones the first.
 *
 * Of two classes it is the row's own threshold: positive where p > (c_fp − c_tn)/((c_fp − c_tn) + (c_fn − c_tp)).
 */
export function leastExpectedCost(
  costs: CostsByRow,
  row: number,
  probabilityOf: (label: number) => number,
  classes: number,
): number {
  let best = 0, least = Infinity;
  for (let decision = 0; decision < classes; decision++) {
    let expected = 0;
    for (let label = 0; label < classes; label++) expected += probabilityOf(label) * costs.of(row, label, decision);
    if (expected < least) [best, least] = [decision, expected];
  }
  return best;
}

/** The cheaper decision on each row, and what the other one costs beyond it: labels and weights whose confusion counts are costs. */
export function cheaperDecisions(
  { y, costs }: CostedRows,
): Pick<RowLabels, "rows" | "classes" | "yTrue" | "sampleWeight"> {
  const beyond = new Float64Array(y.length).map((_, row) => costs.of(row, y[row], 0) - costs.of(row, y[row], 1));
  return {
    rows: y.length,
    classes: 1,
    yTrue: beyond.map((b) => Number(b > 0)), // of equal costs either one: the weight is 0
    sampleWeight: beyond.map(Math.abs),
  };
}

/** Soft labels whose false positives are the costs beyond those of the cheapest decision: `costLabels`, with costs per row. */
export function softDecisions({ y, costs }: CostedRows, classes: number): RowLabels {
  const beyond = new Float64Array(y.length * classes), decisions = Array.from({ length: classes }, (_, k) => k);
  y.forEach((label, row) => beyond.set(beyondCheapest(decisions.map((k) => costs.of(row, label, k))), row * classes));
  const most = beyond.reduce((a, b) => Math.max(a, b), 0);
  return { rows: y.length, classes, yTrue: beyond.map((b) => most === 0 ? 1 : 1 - b / most) };
}

/** Throws unless savings exist; warns of rows on which the wrong decision is the cheaper one. */
export function checkSavings(costs: CostsByRow, { yTrue, classes, rowNumbers }: TableDataset): TableWarning[] {
  const rows = { y: yTrue, costs }, cheapest = cheapestConstant(rows, classes.length);
  if (!(cheapest > 0)) {
    throw new RangeError(
      `Cannot ${TASK}: savings are a share of the cost of the cheapest constant decision, which is ${cheapest}; ` +
        "give 'costs' relative to the right decision",
    );
  }
  const decisions = classes.map((_, k) => k);
  const isOdd = (row: number) =>
    decisions.some((k) => costs.of(row, yTrue[row], k) < costs.of(row, yTrue[row], yTrue[row]));
  const odd = Array.from(yTrue, (_, row) => row).filter(isOdd);
  if (odd.length === 0) return [];
  const message =
    `a wrong decision costs less than the right one in ${odd.length} of ${yTrue.length} rows, first in row ${
      rowNumbers[odd[0]] + 1
    }`;
  return [{ code: "costs", message }];
}
