import { type Batch, type BatchOptions, type Inputs, refuse } from "../batch/read_batch.ts";
import { type ArrayOrTensor, readArrays } from "../batch/array_or_tensor.ts";
import { readGroups } from "../batch/read_groups.ts";
import { groupBy } from "../numerics/group_by.ts";
import { rankFalling } from "../numerics/rank.ts";

/** The rows of a query in falling order of their outputs, and the query's weight in the mean. */
export interface Query {
  readonly ranked: readonly number[];
  readonly weight: number;
}

/** Returns how a batch of queries is read: gains ≥ 0, outputs of any size, one row or one column per row of a query. */
export const readingOfQueries = (ignoreLabel: number | undefined): BatchOptions => ({
  fromLogits: true,
  columns: true,
  gains: true,
  ignoreLabel,
});

/** Reads arrays or tensors as a batch of queries. */
export function readQueries(
  what: string,
  inputs: Inputs<ArrayOrTensor>,
  { groups, ignoreLabel }: { readonly groups?: ArrayOrTensor; readonly ignoreLabel?: number },
): Batch {
  const batch = readArrays(what, inputs, readingOfQueries(ignoreLabel));
  return { ...batch, groups: groups === undefined ? undefined : readGroups(what, groups, batch.rows) };
}

/**
 * Finds the queries of a batch: of several columns each row is a query; of one column `groups` names the query of each row, or all
 * rows are one query. Rows of weight 0 belong to no query.
 */
export function queriesOf(what: string, { classes, yPred, sampleWeight, groups }: Batch): Query[] {
  if (groups !== undefined && classes > 1) {
    throw refuse(what, "groups", `cannot be used with ${classes} columns, where each row is a query`);
  }
  const counted = rankFalling(yPred).filter((i) => sampleWeight?.[i] !== 0);
  const byQuery = groupBy(counted, (i) => classes > 1 ? Math.floor(i / classes) : groups?.[i]);
  const weightOf = (ranked: readonly number[]) =>
    sampleWeight === undefined ? 1 : ranked.reduce((total, i) => total + sampleWeight[i], 0) / ranked.length;
  return [...byQuery.values()].map((ranked) => ({ ranked, weight: weightOf(ranked) }));
}
