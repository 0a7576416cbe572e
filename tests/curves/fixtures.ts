// The recorded scores of curves, and the NDCG of rows.
import { ndcg, rankingMetric, type RankingMetricOptions } from "../../lib/losses/curves.ts";

/** The NDCG of rows, each query weighted. */
export const ndcgOf = (
  yTrue: number[] | number[][],
  yPred: number[] | number[][],
  { k, ...others }: Omit<RankingMetricOptions, "score"> & { k?: number } = {},
): number => rankingMetric(yTrue, yPred, { score: ndcg({ k }), ...others });

interface Recorded {
  yTrue: number[];
  yPred: number[];
  sampleWeight: number[] | null;
  rocAuc: number | null;
  averagePrecision: number | null;
  maxFpr: number;
  partialRocAuc: number | null;
  recallAtFpr: number | null;
}

interface RecordedClasses {
  yTrue: number[] | number[][];
  yPred: number[][];
  sampleWeight: number[] | null;
  average: "macro" | "micro" | "weighted";
  multiClass: "ovr" | "ovo";
  rocAuc: number;
  averagePrecision?: number;
}

interface RecordedNdcg {
  yTrue: number[];
  yPred: number[];
  groups: number[];
  k: number | null;
  sampleWeight: number[] | null;
  ndcg: number;
}

/** Recorded by tests/reference/curves.py. */
export const recorded: { cases: Recorded[]; classes: RecordedClasses[]; ndcg: RecordedNdcg[] } = JSON.parse(
  Deno.readTextFileSync(new URL("../reference/curves.json", import.meta.url)),
);
