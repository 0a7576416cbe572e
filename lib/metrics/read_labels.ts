import { checkAmounts, readBatch, refuse } from "../batch/read_batch.ts";
import { check, describe } from "../check/check.ts";
import type { DecisionName, DecisionOptions } from "../decisions/to_decision.ts";
import { accuracy } from "../scores/ratio.ts";
import { resolveOptions } from "../scoring/options.ts";
import {
  type ArrayOrTensor,
  type Entries,
  readEntries,
  shapeText,
  toNumbers,
  toShaped,
  withoutBigint,
} from "../batch/array_or_tensor.ts";

/** The label of a class: a whole number or a word. */
export type Label = number | string;

/**
 * The labels of rows, each a {@linkcode Label}: a tensor, an array, a polars series or any other iterable. Multi-label
 * data: a tensor of shape [n, c] or one array per row, of 0 and 1.
 */
export type Labels = ArrayOrTensor;

/**
 * Options that a report and a confusion table share. With a `decision`, `yPred` holds outputs, as for
 * {@linkcode hardMetric}; without one `yPred` holds labels, as in scikit-learn.
 */
export interface LabelOptions extends Pick<DecisionOptions, "threshold" | "fromLogits"> {
  /**
   * The classes to count, in this order; of multi-label data, the columns.
   *
   * @default {all classes in the data, sorted}
   */
  labels?: readonly Label[];
  /**
   * The names of the classes, in the order of `labels`.
   *
   * @default {the labels}
   */
  targetNames?: readonly string[];
  /**
   * The weight of each row.
   *
   * @default {1 each}
   */
  sampleWeight?: ArrayOrTensor;
  /** The rule that turns outputs into decisions. */
  decision?: DecisionName;
}

/** The names of the options that a report and a confusion table share. */
export const labelOptions: readonly (keyof LabelOptions)[] = [
  "labels",
  "targetNames",
  "sampleWeight",
  "decision",
  "threshold",
  "fromLogits",
];

/** The true and the decided classes of rows, as codes in typed arrays. */
interface Coded {
  readonly rows: number;
  /** The number of columns of multi-label data; undefined for one class per row. */
  readonly columns?: number;
  /** One class per row: an index into `classes`. Multi-label: 0 or 1, `columns` per row. */
  readonly truth: ArrayLike<number>;
  readonly decided: ArrayLike<number>;
  /** The class of each code; the class of each column. */
  readonly classes: readonly Label[];
  /** One weight per row; absent: 1 each. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** Coded rows and the classes to count. */
export interface Classified extends Coded {
  readonly labels: readonly Label[];
  readonly names: readonly string[];
  /** The position in `labels` of each of the `classes`; −1 for a class that is not counted. */
  readonly positions: readonly number[];
}

function readWeights(what: string, given: unknown, rows: number): ArrayLike<number> | undefined {
  if (given === undefined) return undefined;
  const entries = readEntries(what, "sampleWeight", given);
  const weights = toNumbers(what, "sampleWeight", entries.values);
  if (entries.columns !== undefined || entries.rows !== rows) {
    throw refuse(what, "sampleWeight", `has the shape ${shapeText(entries)}, there are ${rows} rows`);
  }
  checkAmounts(what, "sampleWeight", weights, (row) => `row ${row}`);
  return weights;
}

/** Codes the labels of one argument; `codeOf` gains the labels that it does not have. */
function codeLabels(
  what: string,
  argument: string,
  { values, rows }: Entries,
  codeOf: Map<unknown, number>,
  hint: string,
): Int32Array {
  const codes = new Int32Array(rows), areWords = typeof values[0] === "string";
  for (let row = 0; row < rows; row++) {
    let code = codeOf.get(values[row]);
    if (code === undefined) {
      const label = withoutBigint(values[row]);
      if (areWords ? typeof label !== "string" : !Number.isInteger(label)) {
        const must = areWords ? "words only, like the first" : "whole numbers or words";
        throw refuse(what, argument, `must hold ${must}, row ${row} is ${describe(label)}${hint}`);
      }
      code = codeOf.get(label) ?? codeOf.size;
      codeOf.set(label, code);
    }
    codes[row] = code;
  }
  return codes;
}

/** Reads multi-label data, each entry 0 or 1. */
function readHot(what: string, argument: string, { values }: Entries, columns: number, hint: string): Uint8Array {
  const hot = new Uint8Array(values.length);
  for (let i = 0; i < hot.length; i++) {
    const value = withoutBigint(values[i]);
    if (value !== 0 && value !== 1) {
      const at = `row ${Math.floor(i / columns)}, column ${i % columns} is ${describe(value)}`;
      throw refuse(what, argument, `must be 0 or 1 where there are several columns, ${at}${hint}`);
    }
    hot[i] = value;
  }
  return hot;
}

const firstIntegers = (count: number): number[] => Array.from({ length: count }, (_, k) => k);

/** Refuses words where the labels are numbers, and numbers where they are words. */
function checkAlike(task: string, argument: string, label: unknown, first: unknown): void {
  if (typeof label === typeof first) return;
  throw refuse(task, argument, `has labels like ${describe(label)}, 'yTrue' like ${describe(first)}`);
}

/** Codes labels on both sides; the classes are those in the data, sorted. */
function codeLabelPairs(what: string, yTrue: unknown, yPred: unknown, options: LabelOptions): Coded {
  for (const option of ["threshold", "fromLogits"] as const) {
    if (options[option] === undefined) continue;
    throw new TypeError(
      `Cannot compute ${what}: '${option}' is ${describe(options[option])}, but without 'decision' yPred holds labels`,
    );
  }
  const truth = readEntries(what, "yTrue", yTrue), decided = readEntries(what, "yPred", yPred);
  const { rows, columns } = truth;
  if (rows !== decided.rows || columns !== decided.columns) {
    const hint = columns === undefined && decided.columns !== undefined
      ? "; if these are outputs, say decision: 'argmax'"
      : "";
    throw refuse(what, "yTrue", `has the shape ${shapeText(truth)}, 'yPred' has ${shapeText(decided)}${hint}`);
  }
  if (rows === 0 || columns === 0) throw refuse(what, "yTrue", `is empty, its shape is ${shapeText(truth)}`);
  const hint = "; if these are outputs, say decision: 'threshold' or 'argmax'";
  const codeOf = new Map<unknown, number>();
  const code = (argument: string, entries: Entries, hint: string): ArrayLike<number> =>
    columns === undefined
      ? codeLabels(what, argument, entries, codeOf, hint)
      : readHot(what, argument, entries, columns, hint);
  const codes = { truth: code("yTrue", truth, ""), decided: code("yPred", decided, hint) };
  checkAlike(what, "yPred", withoutBigint(decided.values[0]), withoutBigint(truth.values[0]));
  const classes = columns === undefined ? [...codeOf.keys()] as Label[] : firstIntegers(columns);
  return { ...codes, rows, columns, classes, sampleWeight: readWeights(what, options.sampleWeight, rows) };
}

/** Codes labels and the decisions on outputs, both read as by the metrics; the classes are all columns. */
function codeOutputs(what: string, yTrue: unknown, yPred: unknown, options: LabelOptions): Coded {
  const { decision, threshold, fromLogits } = options;
  const { reading, decide } = resolveOptions(what, accuracy, {
    decision,
    threshold,
    fromLogits,
    step: "round",
    average: "macro",
  });
  const sampleWeight = options.sampleWeight === undefined
    ? undefined
    : toShaped(what, "sampleWeight", options.sampleWeight);
  const tensors = { yPred: toShaped(what, "yPred", yPred), yTrue: toShaped(what, "yTrue", yTrue), sampleWeight };
  const batch = readBatch(what, tensors, reading), { rows, classes } = batch;
  if (sampleWeight !== undefined && sampleWeight.size !== rows) {
    throw refuse(what, "sampleWeight", `has the shape ${describe(sampleWeight.shape)}, there are ${rows} rows`);
  }
  for (let i = 0; i < rows * classes; i++) {
    const label = batch.yTrue[i];
    if (label === 0 || label === 1) continue;
    throw refuse(what, "yTrue", `must be 0 or 1, row ${Math.floor(i / classes)} is ${describe(label)}`);
  }
  const { decisions } = decide(batch);
  const coded = {
    rows,
    classes: firstIntegers(Math.max(2, classes)),
    sampleWeight: batch.sampleWeight && firstColumn(batch.sampleWeight, classes),
  };
  if (decision !== "argmax") {
    return { ...coded, truth: batch.yTrue, decided: decisions, columns: classes === 1 ? undefined : classes };
  }
  return {
    ...coded,
    truth: codeHot(what, "yTrue", batch.yTrue, classes),
    decided: codeHot(what, "yPred", decisions, classes),
  };
}

const firstColumn = (values: ArrayLike<number>, columns: number): Float64Array =>
  new Float64Array(values.length / columns).map((_, row) => values[row * columns]);

/** The column of the single 1 of each row. */
function codeHot(what: string, argument: string, hot: ArrayLike<number>, classes: number): Int32Array {
  const codes = new Int32Array(hot.length / classes);
  for (let row = 0; row < codes.length; row++) {
    let ones = 0;
    for (let k = 0; k < classes; k++) {
      if (hot[row * classes + k] !== 1) continue;
      codes[row] = k;
      ones++;
    }
    if (ones !== 1) throw refuse(what, argument, `must name one class per row, row ${row} names ${ones}`);
  }
  return codes;
}

/** Reads labels, or outputs and a decision, as class codes, or throws an error that names the argument. */
export function readLabels(what: string, yTrue: unknown, yPred: unknown, options: LabelOptions): Classified {
  const coded = (options.decision === undefined ? codeLabelPairs : codeOutputs)(what, yTrue, yPred, options);
  const labels = options.labels === undefined
    ? [...coded.classes].sort((a, b) => a < b ? -1 : 1)
    : checkedLabels(what, options.labels, coded.columns);
  checkAlike(what, "labels", labels[0], coded.classes[0]);
  const positionOf = new Map(labels.map((label, position) => [label, position]));
  const positions = coded.classes.map((label) => positionOf.get(label) ?? -1);
  return { ...coded, labels, positions, names: namesOf(what, labels, options.targetNames) };
}

function checkedLabels(what: string, labels: readonly Label[], columns: number | undefined): readonly Label[] {
  if (!Array.isArray(labels) || labels.length === 0 || new Set(labels).size !== labels.length) {
    throw refuse(what, "labels", `must be an array of different labels, it is ${describe(labels)}`);
  }
  const bad = labels.find((label) =>
    columns === undefined
      ? typeof label !== "string" && !Number.isInteger(label)
      : !(Number.isInteger(label) && label >= 0 && label < columns)
  );
  if (bad === undefined) return labels;
  const must = columns === undefined ? "whole numbers or words" : `columns from 0 to ${columns - 1}`;
  throw refuse(what, "labels", `must hold ${must}, it has ${describe(bad)}`);
}

function namesOf(
  what: string,
  labels: readonly Label[],
  targetNames: readonly string[] | undefined,
): readonly string[] {
  if (targetNames === undefined) return labels.map(String);
  check(`compute ${what}`, { targetNames }, {
    must: "an array of words",
    valid: () => Array.isArray(targetNames) && targetNames.every((name) => typeof name === "string"),
    Kind: TypeError,
  });
  if (targetNames.length === labels.length) return targetNames;
  throw refuse(what, "targetNames", `has ${targetNames.length} names, there are ${labels.length} classes`);
}
