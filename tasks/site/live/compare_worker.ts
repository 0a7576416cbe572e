/// <reference lib="dom" />
/**
 * Worker of the page "Does it pay on your table?": reads the table and runs the comparison, beside the page.
 *
 * @module
 */
import { compareLosses, type CompareLossesOptions, type LossComparison } from "@roundabout/roundabout/compare";
import { fBeta, precisionAtRecall, recallAtPrecision, type ScoreName } from "../../../lib/core.ts";
import { csvForm } from "../../../lib/data/csv.ts";
import { syntheticBinary } from "../../../lib/data/synthetic_binary.ts";
import { answerJob } from "./jobs.ts";
import { storeFile } from "./memory_files.ts";

/** File of a reader; without its bytes, the made-up example. */
interface TableFile {
  name: string;
  bytes?: Uint8Array;
}

/** Scores that need a number, and the score of it. */
const scoreOf = {
  fBeta: (beta: number) => fBeta({ beta }),
  precisionAtRecall: (recall: number) => precisionAtRecall({ recall }),
  recallAtPrecision: (precision: number) => recallAtPrecision({ precision }),
};

/** Score: a name, or one that needs a number with it. */
export type ChosenScore = ScoreName | { name: keyof typeof scoreOf; parameter: number };

/** Options of the comparison that the page has inputs for. */
type ChosenOptions = Pick<
  CompareLossesOptions,
  | "label"
  | "positive"
  | "repeats"
  | "drop"
  | "keep"
  | "numbers"
  | "missing"
  | "group"
  | "separator"
  | "mergeRare"
  | "dropUnlabelled"
>;

/** Job: the columns of a table, or the comparison on it. */
export type CompareJob =
  | { kind: "columns"; file: TableFile }
  | { kind: "compare"; file: TableFile; score: ChosenScore; options: ChosenOptions };

/** Comparison as data, and as the text of the command. */
export type ComparisonData = Omit<LossComparison, "toJSON" | "toString"> & { text: string };

/** Progress: trainings that are done, and the comparison of the splits so far. */
export type CompareProgress =
  | { kind: "training"; done: number; total: number; secondsLeft: number }
  | { kind: "so far"; comparison: ComparisonData };

/** Result of a job. */
export type CompareResult = { columns: string[] } | ComparisonData;

/** Writes a table that is made up: two measurements, one in five rows ill. */
function example(): Uint8Array {
  const { x, y } = syntheticBinary({ rows: 400, prevalence: 0.2, separation: 1.5, seed: 1 });
  const lines = x.map((row, i) => [...row.map((v) => v.toFixed(3)), y[i] === 1 ? "yes" : "no"].join(","));
  return new TextEncoder().encode(`first,second,ill\n${lines.join("\n")}\n`);
}

const asData = ({ toJSON: _, toString, ...comparison }: LossComparison): ComparisonData => ({
  ...comparison,
  text: toString(),
});

answerJob<CompareJob, CompareProgress, CompareResult>(async (job, onProgress) => {
  const { name, bytes = example() } = job.file;
  storeFile(name, bytes);
  if (job.kind === "columns") return { columns: [...csvForm(name).names] };
  const { score, options } = job;
  const comparison = await compareLosses(name, {
    ...options,
    score: typeof score === "string" ? score : scoreOf[score.name](score.parameter),
    onProgress: (progress) => onProgress({ kind: "training", ...progress }),
    onSplit: (soFar) => onProgress({ kind: "so far", comparison: asData(soFar) }),
  });
  return asData(comparison);
});
