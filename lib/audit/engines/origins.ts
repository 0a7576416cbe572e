import type { Origin, RecordedInput, Reduction } from "./engine.ts";

/** An {@linkcode Origin} and the orientation of the tensor. */
export interface TracedOrigin extends Origin {
  /** Rows and columns are exchanged. */
  readonly turned: boolean;
}

/** An input of an operation, as far as the origin of the result depends on it. */
export interface TracedInput {
  /** Absent if the input was made from neither labels nor outputs. */
  readonly origin?: TracedOrigin;
  readonly shape: readonly number[];
  /** The number of an input that has only one. */
  readonly single?: number;
}

export const unknownOrigin: TracedOrigin = {
  fromPred: false,
  fromTrue: false,
  isPred: false,
  isShare: false,
  live: false,
  reduced: {},
  turned: false,
};

/** The origin of the labels themselves, and that of the outputs. */
export const labelsOrigin: TracedOrigin = { ...unknownOrigin, fromTrue: true };
export const outputsOrigin: TracedOrigin = { ...unknownOrigin, fromPred: true, isPred: true, live: true };

/** The input of an operation for the rules; they look at the levels of labels only. */
export function recordedInput(origin = unknownOrigin, numbers: Omit<RecordedInput, keyof Origin>): RecordedInput {
  const { turned: _, ...own } = origin, ofLabels = own.fromTrue && !own.fromPred;
  return { ...own, ...numbers, levels: ofLabels ? numbers.levels : [] };
}

/** Operations whose gradient is 0 or missing. */
const flat = new Set(
  ("Round Floor Ceil Sign Step Greater GreaterEqual Less LessEqual Equal NotEqual ArgMax ArgMin TopK FloorDiv " +
    "LogicalAnd LogicalOr LogicalNot IsNan IsInf IsFinite OneHot Unique NonMaxSuppressionV3").split(" "),
);

/** Tells whether the gradient of an operation is 0 or missing. A cast to whole numbers or truth values is flat, too. */
const isFlat = (name: string, attrs: Readonly<Record<string, unknown>>): boolean =>
  flat.has(name) || (name === "Cast" && attrs.dtype !== "float32");

/** Operations that keep the numbers of their input. */
const sameNumbers = new Set(["Reshape", "Identity", "ClipByValue", "ExpandDims", "Slice", "StridedSlice", "Cast"]);

/** Tells whether an operation only keeps a logarithm or a division away from 0, by adding or bounding by a constant. */
function nudges(name: string, inputs: readonly TracedInput[]): boolean {
  if (!["Add", "AddV2", "Maximum"].includes(name)) return false;
  const own = inputs.filter(({ origin }) => origin === undefined);
  return own.length === 1 && own[0].single !== undefined && Math.abs(own[0].single) <= 1e-3;
}

/** The sums that the result of an operation is made of. */
function reductionBy(
  name: string,
  attrs: Readonly<Record<string, unknown>>,
  inputs: readonly TracedInput[],
): Reduction | undefined {
  const [first] = inputs, rank = first?.shape.length ?? 0, { turned = false } = first?.origin ?? {};
  if ((name === "Sum" || name === "Mean") && rank === 2) {
    const along = [attrs.axis ?? [0, 1]].flat().map((a) => Number(a) < 0 ? Number(a) + rank : Number(a)).join();
    if (name === "Sum" && along === "0,1") return { sum: "all" };
    const axis = turned ? (along === "0" ? "1" : "0") : along, columns = first.shape[turned ? 0 : 1];
    const { isPred, fromTrue, fromPred } = first.origin ?? unknownOrigin, own = isPred || (fromTrue && !fromPred);
    if (axis === "0" && columns > 1) {
      return { sum: name === "Sum" ? "rows" : undefined, plain: own ? "rows" : undefined };
    }
    if (axis !== "1") return undefined;
    return columns === 1 ? { sum: name === "Sum" ? "one column" : undefined } : { plain: own ? "columns" : undefined };
  }
  if (name === "RealDiv" || name === "Sum" || name === "Mean") return undefined;
  return inputs.map(({ origin }) => origin?.reduced ?? {}).find((reduced) => Object.keys(reduced).length > 0);
}

/** Tells whether a result has its rows along the last axis: by a transpose, or by stacking lists of rows along the first. */
function isTurned(
  name: string,
  attrs: Readonly<Record<string, unknown>>,
  inputs: readonly TracedInput[],
  outputShapes: readonly (readonly number[])[],
): boolean {
  if (outputShapes.every((shape) => shape.length < 2)) return false;
  if (name === "Pack") return Number(attrs.axis) === 0 && inputs.every(({ shape }) => shape.length === 1);
  const before = inputs.some(({ origin }) => origin?.turned);
  return before !== (name === "Transpose" && inputs[0].shape.length === 2);
}

/** The origin of the result of an operation. */
export function originOf(
  name: string,
  attrs: Readonly<Record<string, unknown>>,
  inputs: readonly TracedInput[],
  outputShapes: readonly (readonly number[])[],
): TracedOrigin {
  const some = (key: "fromPred" | "fromTrue" | "isPred" | "isShare" | "live") => inputs.some((i) => i.origin?.[key]);
  const fromPred = some("fromPred"), fromTrue = some("fromTrue");
  const same = sameNumbers.has(name) || nudges(name, inputs);
  const single = outputShapes.every((shape) => shape.length < 2 || shape[0] === 1 || shape[1] === 1);
  return {
    fromPred,
    fromTrue,
    isPred: same && some("isPred"),
    isShare: ["Softmax", "Sigmoid"].includes(name) ? fromPred && !fromTrue : same && some("isShare"),
    live: !isFlat(name, attrs) && some("live"),
    turned: isTurned(name, attrs, inputs, outputShapes),
    reduced: (single && reductionBy(name, attrs, inputs)) || {},
  };
}
