import { type ArrayOrTensor, readEntries, refuse, shapeText, toNumbers } from "../batch/array_or_tensor.ts";
import { readGroups } from "../batch/read_groups.ts";
import { describe } from "../check/describe.ts";
import { rankFalling } from "../numerics/rank.ts";

/** Gains, outputs and weights of rows, and the rows of each query. */
export interface Queries {
  readonly gains: ArrayLike<number>;
  readonly outputs: ArrayLike<number>;
  /** The rows of each query, in falling order of the outputs, and the query's weight in the mean. */
  readonly queries: readonly { readonly ranked: readonly number[]; readonly weight: number }[];
}

/** Arguments of a measure of queries. */
export interface QueryArguments {
  readonly yTrue: ArrayOrTensor;
  readonly yPred: ArrayOrTensor;
  readonly groups?: Iterable<unknown>;
  readonly sampleWeight?: ArrayOrTensor;
  readonly ignoreLabel?: number;
}

/**
 * Reads queries: of one column all rows are one query, or `groups` names the query of each; of several columns each row is a
 * query. Rows with the label `ignoreLabel` and rows of weight 0 belong to no query.
 */
export function readQueries(
  what: string,
  { yTrue, yPred, groups, sampleWeight, ignoreLabel }: QueryArguments,
): Queries {
  const { rows, columns, ...entries } = readEntries(what, "yPred", yPred), lists = columns ?? 1;
  const outputs = toNumbers(what, "yPred", { ...entries, rows, columns }), size = outputs.length;
  if (size === 0) throw refuse(what, "yPred", "is empty");
  const read = (argument: string, given: ArrayOrTensor): ArrayLike<number> => {
    const own = readEntries(what, argument, given), numbers = toNumbers(what, argument, own);
    if (numbers.length === size) return numbers;
    if (argument === "sampleWeight" && columns !== undefined && numbers.length === rows) {
      return Float64Array.from({ length: size }, (_, i) => numbers[Math.floor(i / columns)]);
    }
    throw refuse(
      what,
      argument,
      `has the shape ${shapeText(own)}, 'yPred' has ${shapeText({ ...entries, rows, columns })}`,
    );
  };
  const gains = read("yTrue", yTrue),
    weights = sampleWeight === undefined ? undefined : read("sampleWeight", sampleWeight);
  if (groups !== undefined && columns !== undefined) {
    throw refuse(what, "groups", `cannot be used with ${columns} columns, where each row is a query`);
  }
  const names = groups === undefined ? undefined : readGroups(what, groups, rows);
  const counts = (i: number) => !Object.is(gains[i], ignoreLabel) && gains[i] !== ignoreLabel;
  const check = (argument: string, numbers: ArrayLike<number>, rule: string, fits: (v: number) => boolean) => {
    for (let i = 0; i < size; i++) {
      if (!fits(numbers[i]) && counts(i)) {
        throw refuse(what, argument, `must be ${rule}, row ${i} is ${describe(numbers[i])}`);
      }
    }
  };
  const isWeight = (v: number) => v >= 0 && v < Infinity;
  check("yPred", outputs, "numbers", (v) => !Number.isNaN(v));
  check("yTrue", gains, "finite and ≥ 0", isWeight);
  if (weights !== undefined) check("sampleWeight", weights, "finite and ≥ 0", isWeight);
  const byQuery = new Map<unknown, number[]>();
  for (const i of rankFalling(outputs)) {
    if (!counts(i) || weights?.[i] === 0) continue;
    const key = columns === undefined ? names?.[i] : Math.floor(i / lists);
    (byQuery.get(key) ?? byQuery.set(key, []).get(key)!).push(i);
  }
  const weightOf = (ranked: readonly number[]) =>
    weights === undefined ? 1 : ranked.reduce((total, i) => total + weights[i], 0) / ranked.length;
  return { gains, outputs, queries: [...byQuery.values()].map((ranked) => ({ ranked, weight: weightOf(ranked) })) };
}
