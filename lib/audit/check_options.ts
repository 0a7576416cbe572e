import { describe } from "../check/describe.ts";
import { checkOptions } from "../check/options.ts";
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

/** Refuses a loss that is not a function, and options out of range. */
export function checkAudit(loss: AuditedLoss | PythonLoss, options: AuditOptions): void {
  if (typeof loss !== "function" && !(loss instanceof LoadedLoss)) {
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
  const { extraLabels = [] } = options, known: readonly unknown[] = extraLabelKinds;
  if (!(Array.isArray(extraLabels) && extraLabels.every((kind) => known.includes(kind)))) {
    refuse("extraLabels", `a list of ${extraLabelKinds.join(", ")}`, extraLabels);
  }
  for (const [name, value] of Object.entries({ sample, onProgress })) {
    if (value !== undefined && typeof value !== "function") refuse(name, "a function", value);
  }
}
