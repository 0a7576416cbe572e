import { sizeOf } from "../batches.ts";
import type { Cause, CodeLocation, Finding } from "../types.ts";
import { meetsLabels } from "./rule.ts";
import type { RecordedOp, Recording } from "../engines/engine.ts";

/** The operation if all of some operations are on its line. */
function onOneLine([first, ...others]: readonly RecordedOp[]): RecordedOp | undefined {
  return first?.line !== undefined && others.every(({ line }) => line === first.line) ? first : undefined;
}

/** Tells whether an operation turns its input round: what is made of it elsewhere may be to blame for a wrong sign. */
const turnsRound = ({ op }: RecordedOp): boolean => ["Sub", "Neg", "RealDiv", "Reciprocal"].includes(op);

/**
 * The operation where labels and outputs meet, if all that follows is on its line, and labels and outputs come to it without
 * having been turned round on other lines.
 */
function meetingPlace({ ops }: Recording): RecordedOp | undefined {
  const meeting = ops.find(meetsLabels), both = ops.filter(({ fromTrue, fromPred }) => fromTrue && fromPred);
  if (meeting === undefined || onOneLine(both) === undefined) return undefined;
  return ops.some((op) => op.line !== meeting.line && turnsRound(op)) ? undefined : meeting;
}

/** Operations that are flat for outputs far away, without an end. */
const flattening = ["Sigmoid", "Tanh", "Softmax", "LogSoftmax", "Exp", "Erf", "Softplus", "Pow", "Relu6", "Sign"];

/** The operation that cuts numbers off at a constant, if it is alone on its line and nothing else can be flat. */
function cut({ ops }: Recording): RecordedOp | undefined {
  const live = ops.filter(({ inputs }) => inputs.some((input) => input.live));
  if (live.some(({ op }) => flattening.includes(op))) return undefined;
  const isNumber = ({ shape, fromPred, fromTrue }: RecordedOp["inputs"][number]) =>
    shape.length === 0 && !fromPred && !fromTrue;
  return onOneLine(
    live.filter(({ op, inputs }) =>
      ["Relu", "ClipByValue"].includes(op) || (["Maximum", "Minimum"].includes(op) && inputs.some(isNumber))
    ),
  );
}

/** Operations that are no sum and no product with constants. */
const bending = ["Exp", "Log", "Log1p", "Sqrt", "Rsqrt", "Square", "Pow", "Reciprocal", "Sigmoid", "Tanh", "Softplus"];

/** The sum or mean over all rows that is taken too early, if it is the only one: something follows that is not linear. */
function takenEarly({ ops }: Recording): RecordedOp | undefined {
  const taken = onOneLine(
    ops.filter(({ op, live, outputShape, inputs: [input] }) =>
      live && ["Sum", "Mean"].includes(op) && sizeOf(outputShape) === 1 && sizeOf(input.shape) > 1
    ),
  );
  const bends = ops.some(({ op, inputs }) =>
    bending.includes(op) && inputs[0].live && inputs.every(({ shape }) => sizeOf(shape) === 1)
  );
  return bends ? taken : undefined;
}

/** The search for the place of a finding about values, by its cause. */
const finders: Partial<Record<Cause, (recording: Recording) => CodeLocation | undefined>> = {
  "constant": ({ apart }) => apart?.line === undefined ? undefined : apart,
  "wrong-sign": meetingPlace,
  "wrong-optimum": meetingPlace,
  "saturated": cut,
  "reduction": takenEarly,
};

/** The finding with a place, if it is about values and the recording leaves one place only. A wrong line is worse than none. */
export function placed(finding: Finding, recording: () => Recording): Finding {
  const { cause, severity, where } = finding;
  if (where !== undefined || (severity === "note" && cause !== "reduction")) return finding;
  const find = finders[cause];
  const op = find?.(recording());
  return op === undefined ? finding : { ...finding, where: { op: op.op, line: op.line } };
}
