/**
 * Facts that data/make_data.py --facts recorded from numpy, pandas and scikit-learn.
 *
 * @module
 */
import type { BinaryName, DatasetName } from "@roundabout/roundabout/data";
import json from "./facts.json" with { type: "json" };

/** One column, over the values that are there. */
interface NumericFacts {
  missing: number;
  mean: number;
  sd: number;
  min: number;
  max: number;
}

/** One data set. */
interface RecordedFacts {
  sha256: string;
  rows: number;
  features: string[];
  label: string;
  classes: number[];
  duplicates: number;
  numeric: Record<string, NumericFacts>;
  categorical: Record<string, Record<string, number>>;
  prepared: {
    features: string[];
    medians: Record<string, number>;
    means: Record<string, number>;
    scales: Record<string, number>;
    test: { rows: number[]; x: number[][]; y: number[] };
    testSums: number[];
  };
}

/** One seed. */
interface RandomFacts {
  seed: number;
  uniform: number[];
  normal: number[];
  shuffle: number[];
}

/** The data sets. */
export const recorded = json.datasets as unknown as Record<DatasetName, RecordedFacts>;

/** The random generator, from a second implementation in Python. */
export const recordedRandom: RandomFacts[] = json.random;

/** The names of the data sets with two classes. */
export const binaryNames: BinaryName[] = ["wdbc", "spambase", "credit"];

/** The data sets' names. */
export const names: DatasetName[] = [...binaryNames, "digits"];
