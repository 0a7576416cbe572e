import { checkOptions } from "../check/options.ts";
import { aFunction, check, integerFrom, numberThat, optional } from "../check/value.ts";
import { LoadedLoss, type PythonLoss } from "./engines/loaded_loss.ts";
import { type AuditedLoss, type AuditOptions, extraLabelKinds } from "./types.ts";

const optionNames: readonly (keyof AuditOptions)[] = [
  "name",
  "yPred",
  "yTrue",
  "extraLabels",
  "columns",
  "prevalence",
  "metric",
  "seed",
  "rows",
  "sample",
  "onProgress",
];

const task = "audit the loss";

/** Refuses a loss that is not a function, and options out of range. */
export function checkAudit(loss: AuditedLoss | PythonLoss, options: AuditOptions): void {
  if (!(loss instanceof LoadedLoss)) check(task, { loss }, aFunction);
  checkOptions("an audit", options, optionNames);
  const { rows = 64, columns = 1, prevalence = 0.4, seed = 1, extraLabels = [], sample, onProgress } = options;
  check(task, { rows }, numberThat("an even integer of at least 8", (n) => n >= 8 && n % 2 === 0));
  check(task, { columns }, integerFrom(1));
  check(task, { prevalence }, numberThat("a number inside (0, 1)", (p) => p > 0 && p < 1));
  check(task, { seed }, integerFrom(0));
  check(task, { extraLabels }, {
    must: `a list of ${extraLabelKinds.join(", ")}`,
    valid: (kinds) => Array.isArray(kinds) && kinds.every((kind) => extraLabelKinds.includes(kind)),
  });
  check(task, { sample, onProgress }, optional(aFunction));
}
