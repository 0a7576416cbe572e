import * as tf from "@tensorflow/tfjs";
import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
import { numbersOf } from "./measure.ts";
import type { Sampler } from "./sample.ts";
import type { AuditedLoss, AuditOptions } from "./types.ts";
import type { WatchedMetric } from "./watched_metric.ts";

const optionNames: readonly (keyof AuditOptions)[] = [
  "name",
  "yPred",
  "yTrue",
  "columns",
  "prevalence",
  "metric",
  "seed",
  "rows",
  "sample",
  "onProgress",
];

/** Refuses what is no function, and options out of range. */
export function checkAudit(loss: AuditedLoss, options: AuditOptions): void {
  if (typeof loss !== "function") {
    throw new TypeError(`Cannot audit the loss: 'loss' must be a function, it is ${describe(loss)}`);
  }
  checkOptions("an audit", options, optionNames);
  const { rows = 64, columns = 1, prevalence = 0.4, seed = 1, sample, onProgress } = options;
  const refuse = (name: string, wanted: string, value: unknown) => {
    throw new RangeError(`Cannot audit the loss: '${name}' must be ${wanted}, it is ${describe(value)}`);
  };
  if (!(Number.isInteger(rows) && rows >= 8 && rows % 2 === 0)) refuse("rows", "an even whole number ≥ 8", rows);
  if (!(Number.isInteger(columns) && columns >= 1)) refuse("columns", "a whole number ≥ 1", columns);
  if (!(prevalence > 0 && prevalence < 1)) refuse("prevalence", "a number inside (0, 1)", prevalence);
  if (!(Number.isInteger(seed) && seed >= 0)) refuse("seed", "a whole number ≥ 0", seed);
  for (const [name, value] of Object.entries({ sample, onProgress })) {
    if (value !== undefined && typeof value !== "function") refuse(name, "a function", value);
  }
}

/** Refuses what is no loss: it is tried once before anything is measured. */
export function checkResult(loss: AuditedLoss, sampler: Sampler, seed: number, rows: number): void {
  const batch = sampler("random", seed, rows);
  if (batch === undefined) throw new TypeError("Cannot audit the loss: 'sample' gives no batch of the kind 'random'");
  tf.tidy(() => {
    const { yTrue, yPred } = batch, given = [yTrue, yPred].map((t) => t.dataSync().slice());
    let result: unknown, thrown: string | undefined;
    try {
      result = loss(yTrue, yPred);
    } catch (error) {
      thrown = error instanceof Error ? error.message : String(error);
    }
    const disposed = yTrue.isDisposed || yPred.isDisposed;
    const changed = !disposed &&
      [yTrue, yPred].findIndex((t, k) => t.dataSync().some((value, i) => !Object.is(value, given[k][i])));
    tf.dispose([yTrue, yPred].filter((t) => !t.isDisposed));
    // What it throws after it has disposed of them is only the consequence.
    if (disposed) throw new TypeError("Cannot audit the loss: it disposes of its inputs");
    if (changed !== false && changed >= 0) {
      throw new TypeError(
        `Cannot audit the loss: it changes the numbers of its argument '${["yTrue", "yPred"][changed]}'`,
      );
    }
    if (thrown !== undefined) {
      throw new TypeError(`Cannot audit the loss: called with labels and outputs it throws: ${thrown}`);
    }
    if (!(result instanceof tf.Tensor)) {
      const what = result instanceof Promise
        ? "a promise"
        : typeof result === "function"
        ? "a function: audit what it returns"
        : describe(result);
      throw new TypeError(`Cannot audit the loss: it must return a tensor, it returns ${what}`);
    }
    if (result.size === 0 || !["float32", "int32", "bool"].includes(result.dtype)) {
      throw new TypeError(
        `Cannot audit the loss: it must return numbers, it returns a tensor of shape [${result.shape}] and dtype '${result.dtype}'`,
      );
    }
  });
}

/** Refuses a metric that says nothing of an ordinary batch. */
export function checkMetric(metric: WatchedMetric | undefined, sampler: Sampler, seed: number, rows: number): void {
  const batch = metric && sampler("random", seed, rows);
  if (batch) metric.of(numbersOf(batch));
}
