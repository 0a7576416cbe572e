/** A task to measure. */
export type Work = "binary" | "weighted" | "macro" | "argmax";

/** A description of each task. */
export const works: Readonly<Record<Work, { readonly columns: number; readonly words: string }>> = {
  binary: { columns: 1, words: "F1, one column" },
  weighted: { columns: 1, words: "F1, one column, a weight per row" },
  macro: { columns: 10, words: "macro-F1, ten columns" },
  argmax: { columns: 10, words: "macro-F1, ten columns, the largest wins" },
};

/** The measurements of one run, as `deno task bench --save` writes them and the notebook reads them. */
export interface BenchRecord {
  /** The day. */
  date: string;
  /** The hash of the sources that were measured and that measured, as `sourcesHash` has it. */
  sources: string;
  machine: { cpu: string; cores: number };
  versions: Record<string, string>;
  /** Value and gradient, median and middle half, in milliseconds. */
  losses: LossTiming[];
  /** time ∝ n^alpha, with its 95 % interval. */
  growth: {
    contender: string;
    from: number;
    to: number;
    alpha: number;
    low: number;
    high: number;
    points: [rows: number, ms: number][];
  }[];
  /** The bytes that a copy from one array to another reads and writes, and its time. */
  copies: { bytes: number; ms: number }[];
  /** The time of one division per output alone. */
  divisions: { rows: number; ms: number }[];
  memory: { contender: string; rows: number; bytesPerRow: number; tensorsLeft: number }[];
  /** Training for so many epochs, in milliseconds. */
  epochs: { contender: string; epochs: number; ms: number; from: number; to: number; samples: number }[];
  /** The measurements that failed, and why. */
  missing: { what: string; why: string }[];
}

/** A contender at a size. */
interface LossTiming {
  work: Work;
  rows: number;
  columns: number;
  contender: string;
  ms: number;
  from: number;
  to: number;
  samples: number;
}

/** The distance of the kernels from float64, as `bench/kernel_accuracy.ts --save` writes it. */
export interface AccuracyRecord {
  date: string;
  /** |loss − float64|, what rounding to float32 may have of it, and the largest relative error of the gradient. */
  results: { rows: number; data: string; backend: string; loss: number; rounding: number; gradient: number }[];
}

/** Its file. */
export const accuracyFile: URL = new URL("accuracy.json", import.meta.url);

/** Writes a record as JSON: a line for each field, and for each object of a list. */
export function recordJson(record: object): string {
  const fields = Object.entries(record).map(([key, value]) => {
    const isList = Array.isArray(value) && typeof value[0] === "object";
    const lines = isList ? value.map((one) => `\n    ${JSON.stringify(one)}`) : [];
    return `  "${key}": ${isList ? `[${lines.join(",")}\n  ]` : JSON.stringify(value)}`;
  });
  return `{\n${fields.join(",\n")}\n}\n`;
}

/** The file of the committed record. */
export const recordFile: URL = new URL("record.json", import.meta.url);

/** The committed record. */
export async function readRecord(): Promise<BenchRecord> {
  return JSON.parse(await Deno.readTextFile(recordFile));
}

/** The committed record of the accuracy. */
export async function readAccuracy(): Promise<AccuracyRecord> {
  return JSON.parse(await Deno.readTextFile(accuracyFile));
}
