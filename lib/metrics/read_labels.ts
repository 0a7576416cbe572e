import * as tf from "@tensorflow/tfjs";
import { toSetting } from "../scoring/options.ts";
import { type Batch, readBatch } from "../batch/read_batch.ts";
import { describe } from "../check/describe.ts";
import type { Decided } from "../decisions/decision.ts";
import type { DecisionName } from "../decisions/to_decision.ts";
import { accuracy } from "../scores/ratio.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** The name of a class: a whole number or a word. */
export type Label = number | string;

/**
 * The labels of rows, each a {@linkcode Label}: a tensor, an array, a polars series (whose type does not say what it
 * holds) or anything else that can be iterated. Multi-label: a tensor [n, c] or one array a row, of 0 and 1.
 */
export type Labels = Tensor | Iterable<unknown>;

/** Options that a report and a confusion table share. */
export interface LabelOptions {
  /**
   * Which classes are told apart, in which order; of multi-label data, which columns.
   *
   * @default {all that are there, in their order}
   */
  labels?: readonly Label[];
  /**
   * What the classes are called, in the order of `labels`.
   *
   * @default {the labels}
   */
  targetNames?: readonly string[];
  /**
   * What each row weighs.
   *
   * @default {1 each}
   */
  sampleWeight?: Tensor | Iterable<unknown>;
  /**
   * How outputs in `yPred` become decisions, as in {@linkcode hardMetric}. Without it `yPred` holds labels, as in
   * scikit-learn.
   */
  decision?: DecisionName;
  /**
   * With `decision`: an output is a positive where it is greater, strictly; one threshold, or one a column.
   *
   * @default {0.5}
   */
  threshold?: number | readonly number[];
  /**
   * With `decision`: whether `yPred` holds logits.
   *
   * @default {false}
   */
  fromLogits?: boolean;
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

/** Labels and decisions, one column of 0 and 1 a class. */
export interface Classified {
  readonly names: readonly string[];
  readonly labels: readonly Label[];
  readonly batch: Batch;
  readonly decided: Decided;
  /** Whether a row may have several classes. */
  readonly multiLabel: boolean;
  /** Whether every class that is there has a column. */
  readonly complete: boolean;
  /** Whether any label was decided rightly. */
  readonly anyRight: boolean;
}

/** Something that was given, as a list (of rows, if `columns` is a number). */
interface Values {
  readonly values: readonly unknown[];
  readonly rows: number;
  readonly columns?: number;
}

const refuse = (what: string, argument: string, problem: string): Error =>
  new RangeError(`Cannot compute ${what}: '${argument}' ${problem}`);

const isTensor = (thing: unknown): thing is Tensor =>
  typeof (thing as { dataSync?: unknown } | null | undefined)?.dataSync === "function";

/** A 64-bit integer of a frame is a number like the others. */
const asNumber = (value: unknown): unknown => typeof value === "bigint" ? Number(value) : value;

const isIterable = (thing: unknown): thing is Iterable<unknown> =>
  typeof thing === "object" && thing !== null && Symbol.iterator in thing;

function readValues(what: string, argument: string, given: unknown): Values {
  if (isTensor(given)) {
    if (given.isDisposed) throw refuse(what, argument, "is disposed");
    const { shape } = given, [rows, columns] = shape;
    if (shape.length !== 1 && shape.length !== 2) {
      throw refuse(what, argument, `must have the shape [n] or [n, c], it has [${shape.join(", ")}]`);
    }
    return { values: Array.from(given.dataSync()), rows, columns: columns === 1 ? undefined : columns };
  }
  if (!isIterable(given)) {
    throw new TypeError(`Cannot compute ${what}: '${argument}' must be a tensor or an array, it is ${describe(given)}`);
  }
  const values = Array.from(given, asNumber), [first] = values;
  if (!isIterable(first)) return { values, rows: values.length };
  const rows = values.map((row) => isIterable(row) ? Array.from(row, asNumber) : [row]), columns = rows[0].length;
  const uneven = rows.findIndex((row) => row.length !== columns);
  if (uneven >= 0) {
    throw refuse(what, argument, `has ${columns} columns in row 0, but ${rows[uneven].length} in row ${uneven}`);
  }
  return { values: rows.flat(), rows: rows.length, columns: columns === 1 ? undefined : columns };
}

const shapeText = ({ rows, columns }: Values): string => columns === undefined ? `[${rows}]` : `[${rows}, ${columns}]`;

function readWeights(what: string, given: unknown, rows: number): number[] | undefined {
  if (given === undefined) return undefined;
  const weights = readValues(what, "sampleWeight", given);
  if (weights.columns !== undefined || weights.rows !== rows) {
    throw refuse(what, "sampleWeight", `has the shape ${shapeText(weights)}, there are ${rows} rows`);
  }
  const bad = weights.values.findIndex((w) => !(typeof w === "number" && w >= 0 && w < Infinity));
  if (bad >= 0) {
    throw refuse(what, "sampleWeight", `must be finite and ≥ 0, row ${bad} is ${describe(weights.values[bad])}`);
  }
  return weights.values as number[];
}

function checkLabels(what: string, argument: string, { values }: Values, hint: string): void {
  const ofWords = typeof values[0] === "string";
  values.forEach((label, row) => {
    if (ofWords ? typeof label === "string" : Number.isInteger(label)) return;
    const must = ofWords ? "words only, like the first" : "whole numbers or words";
    throw refuse(what, argument, `must hold ${must}, row ${row} is ${describe(label)}${hint}`);
  });
}

const inOrder = (labels: Iterable<Label>): Label[] => [...new Set(labels)].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);

/** Labels or outputs, whatever they came as, as labels or as columns of 0 and 1. */
interface Told {
  yTrue: Values;
  yPred: Values;
  weights?: number[];
  /** The classes that outputs tell of, there or not. */
  known?: Label[];
}

/** Labels on both sides. */
function fromLabels(what: string, yTrue: unknown, yPred: unknown, options: LabelOptions): Told {
  for (const option of ["threshold", "fromLogits"] as const) {
    if (options[option] === undefined) continue;
    throw new TypeError(
      `Cannot compute ${what}: '${option}' is ${describe(options[option])}, but without 'decision' yPred holds labels`,
    );
  }
  const truth = readValues(what, "yTrue", yTrue), decided = readValues(what, "yPred", yPred);
  if (truth.rows !== decided.rows || truth.columns !== decided.columns) {
    const hint = truth.columns === undefined && decided.columns !== undefined
      ? "; if these are outputs, say decision: 'argmax'"
      : "";
    throw refuse(what, "yTrue", `has the shape ${shapeText(truth)}, 'yPred' has ${shapeText(decided)}${hint}`);
  }
  const hint = "; if these are outputs, say decision: 'threshold' or 'argmax'";
  checkLabels(what, "yTrue", truth, "");
  checkLabels(what, "yPred", decided, hint);
  if (typeof truth.values[0] !== typeof decided.values[0]) {
    throw refuse(
      what,
      "yPred",
      `has labels like ${describe(decided.values[0])}, 'yTrue' like ${describe(truth.values[0])}`,
    );
  }
  return { yTrue: truth, yPred: decided, weights: readWeights(what, options.sampleWeight, truth.rows) };
}

/** Outputs against labels, read and decided as by the metrics. */
function fromOutputs(what: string, yTrue: unknown, yPred: unknown, options: LabelOptions): Told {
  const { decision = "threshold", threshold, fromLogits } = options;
  const { reading, decide } = toSetting(what, accuracy, {
    decision,
    threshold,
    fromLogits,
    step: "round",
    average: "macro",
  });
  const made: Tensor[] = [];
  const toTensor = (argument: string, given: unknown): Tensor => {
    if (isTensor(given)) return given;
    const { values, rows, columns } = readValues(what, argument, given);
    const bad = values.findIndex((value) => typeof value !== "number");
    if (bad >= 0) throw refuse(what, argument, `must hold numbers, entry ${bad} is ${describe(values[bad])}`);
    const tensor = tf.tensor(values as number[], columns === undefined ? [rows] : [rows, columns], "float32");
    made.push(tensor);
    return tensor;
  };
  try {
    const outputs = toTensor("yPred", yPred), truth = toTensor("yTrue", yTrue);
    const sampleWeight = options.sampleWeight === undefined
      ? undefined
      : toTensor("sampleWeight", options.sampleWeight);
    const batch = readBatch(what, { yTrue: truth, yPred: outputs, sampleWeight }, reading);
    const { rows, classes } = batch, decided = decide(batch);
    if (sampleWeight !== undefined && sampleWeight.size !== rows) {
      throw refuse(what, "sampleWeight", `has the shape [${sampleWeight.shape.join(", ")}], there are ${rows} rows`);
    }
    const labels = Array.from(batch.yTrue), soft = labels.findIndex((label) => label !== 0 && label !== 1);
    if (soft >= 0) {
      throw refuse(what, "yTrue", `must be 0 or 1, row ${Math.floor(soft / classes)} is ${describe(labels[soft])}`);
    }
    const positive = Array.from(labels, (_, i) => decided.decisions[i]);
    const weights = batch.sampleWeight && Array.from({ length: rows }, (_, row) => batch.sampleWeight![row * classes]);
    const columns = classes === 1 ? undefined : classes;
    if (decision !== "argmax") {
      return {
        yTrue: { values: labels, rows, columns },
        yPred: { values: positive, rows, columns },
        weights,
        known: classes === 1 ? [0, 1] : undefined,
      };
    }
    const classOf = (hot: number[], argument: string): Values => ({
      rows,
      values: Array.from({ length: rows }, (_, row) => {
        const of = hot.slice(row * classes, (row + 1) * classes), k = of.indexOf(1);
        if (k >= 0 && of.lastIndexOf(1) === k) return k;
        throw refuse(what, argument, `must name one class a row, row ${row} names ${of.filter((v) => v === 1).length}`);
      }),
    });
    return {
      yTrue: classOf(labels, "yTrue"),
      yPred: classOf(positive, "yPred"),
      weights,
      known: Array.from({ length: classes }, (_, k) => k),
    };
  } finally {
    tf.dispose(made);
  }
}

/** What was given, one column of 0 and 1 a class, or an error that names the argument. */
export function readLabels(what: string, yTrue: unknown, yPred: unknown, options: LabelOptions): Classified {
  const told = (options.decision === undefined ? fromLabels : fromOutputs)(what, yTrue, yPred, options);
  const { rows, columns } = told.yTrue;
  if (rows === 0 || columns === 0) throw refuse(what, "yTrue", `is empty, its shape is ${shapeText(told.yTrue)}`);
  if (columns !== undefined) {
    for (const [argument, { values }] of [["yTrue", told.yTrue], ["yPred", told.yPred]] as const) {
      const bad = values.findIndex((value) => value !== 0 && value !== 1);
      if (bad < 0) continue;
      const at = `row ${Math.floor(bad / columns)}, column ${bad % columns}`;
      throw refuse(what, argument, `must be 0 or 1 where there are several columns, ${at} is ${describe(values[bad])}`);
    }
  }
  const present = columns === undefined
    ? inOrder([...told.yTrue.values, ...told.yPred.values] as Label[])
    : Array.from({ length: columns }, (_, k) => k);
  const labels = options.labels === undefined ? told.known ?? present : checkedLabels(what, options.labels, columns);
  const names = namesOf(what, labels, options.targetNames);
  const table = ({ values }: Values) =>
    Float64Array.from({ length: rows * labels.length }, (_, i) => {
      const row = Math.floor(i / labels.length), label = labels[i % labels.length];
      return columns === undefined
        ? Number(values[row] === label)
        : values[row * columns + (label as number)] as number;
    });
  const sampleWeight = told.weights &&
    Float64Array.from({ length: rows * labels.length }, (_, i) => told.weights![Math.floor(i / labels.length)]);
  const outputs = table(told.yPred);
  return {
    names,
    labels,
    batch: { rows, classes: labels.length, yTrue: table(told.yTrue), yPred: outputs, sampleWeight },
    decided: { decisions: Float64Array.from(outputs), back: () => {} },
    multiLabel: columns !== undefined,
    complete: present.every((label) => labels.includes(label)),
    anyRight: told.yTrue.values.some((label, i) => label === told.yPred.values[i]),
  };
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
  if (!Array.isArray(targetNames) || !targetNames.every((name) => typeof name === "string")) {
    throw new TypeError(
      `Cannot compute ${what}: 'targetNames' must be an array of words, it is ${describe(targetNames)}`,
    );
  }
  if (targetNames.length === labels.length) return targetNames;
  throw refuse(what, "targetNames", `has ${targetNames.length} names, there are ${labels.length} classes`);
}
