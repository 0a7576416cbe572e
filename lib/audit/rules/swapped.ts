import { exchanged, sizeOf } from "../batches.ts";
import type { RecordedInput, RecordedOp } from "../engines/engine.ts";
import { multiples, type Observations } from "../observations.ts";
import type { Severity } from "../types.ts";
import { isKeptOut } from "./gradient.ts";
import { type AuditContext, descendsFrom, isLinear, locationOf, ofLabels, type Rule, weighsByLabels } from "./rule.ts";

/** Evidence that the arguments have changed places. */
type Sign = readonly [op: RecordedOp, severity: Severity, message: string];

/** A product of something that was made from the labels alone and of the outputs, or of a softmax or sigmoid of them. */
const weighsShares = ({ op, inputs }: RecordedOp): boolean =>
  op === "Multiply" && inputs.some((i) => i.isPred || i.isShare) && inputs.some(ofLabels);

const sameShape = ({ inputs: [a, b] }: RecordedOp): boolean => b !== undefined && a.shape.join() === b.shape.join();

/** A function of the labels alone that belongs to outputs, weighted by the outputs. */
function logarithm({ ops, live }: Observations): Sign | undefined {
  // A loss with a logarithm of the outputs as well means both directions.
  if (ops.some((op) => ["Log", "LogSoftmax"].includes(op.op) && op.live && !op.fromTrue)) return undefined;
  const weighed = (at: number) =>
    ops.some((op) => weighsShares(op) && op.inputs.some((input) => ofLabels(input) && descendsFrom(ops, input, at)));
  const log = ops.findIndex((op, at) => ofLabels(op) && ["Log", "Log1p", "LogSoftmax"].includes(op.op) && weighed(at));
  const other = ops.findIndex((op) => ofLabels(op) && ["Exp", "Softplus", "Sigmoid", "Softmax"].includes(op.op));
  const at = log >= 0
    ? log
    : other >= 0 && live && ops.some(weighsByLabels) && ops.every((op) => !op.fromPred || isLinear(op))
    ? other
    : -1;
  return at < 0 ? undefined : [
    ops[at],
    "error",
    `${ops[at].op} is applied to the labels and multiplied by the outputs: yTrue and yPred have changed places`,
  ];
}

/** An error that is divided by the outputs instead of by the labels. */
function relative(context: AuditContext): Sign | undefined {
  const { ops, columns, random } = context.observations, n = random.batch.yPred.length;
  // One of several columns may be a scale that the model predicts.
  const ofOutput = ({ isPred, fromPred, fromTrue, live, shape }: RecordedInput) =>
    live && (columns === 1 ? fromPred && !fromTrue : isPred && sizeOf(shape) === n);
  const op = ops.find((op) =>
    op.op === "RealDiv" && sameShape(op) && op.inputs[1].shape.length > 0 && ofOutput(op.inputs[1]) &&
    op.inputs[0].fromTrue && op.inputs[0].fromPred
  );
  if (op === undefined || isKeptOut(context)) return undefined;
  // A logarithm beside it, as in the deviance of a gamma distribution, makes large outputs expensive.
  const [large, larger] = multiples(context.engine, random.batch, [1e2, 1e4]);
  if (larger > 1.2 * large) return undefined;
  return [
    op,
    "warning",
    "The error is divided by the output, so an output without bound makes it small: is the label meant?",
  ];
}

/** p·log(p / y), or p·(log p − log y). */
function reverse({ ops }: Observations): Sign | undefined {
  const at = ops.findIndex((op) =>
    op.op === "RealDiv" && sameShape(op) && op.inputs[0].isPred && ofLabels(op.inputs[1])
  );
  const ofRatio = at < 0 ? undefined : ops.slice(at + 1).find(({ op }) => op === "Log");
  const logs = ops.filter(({ op }) => op === "Log");
  const between = ops.find((op) => op.op === "Sub" && sameShape(op) && op.inputs[0].fromPred && ofLabels(op.inputs[1]));
  const both = between && logs.some((op) => !op.fromTrue) ? logs.find(ofLabels) : undefined;
  const log = ofRatio ?? both, from = ofRatio ?? between;
  const weighed = from &&
    ops.slice(ops.indexOf(from) + 1).some(({ op, inputs }) =>
      op === "Multiply" && inputs.some((i) => i.isPred) && inputs.some((i) => i.fromPred && i.fromTrue)
    );
  return log && weighed
    ? [
      log,
      "note",
      "p·log(p / y) weights by the outputs: the arguments are swapped, unless the reverse divergence is meant",
    ]
    : undefined;
}

/** A mask of the outputs that differ from a number which labels often are and outputs never: it leaves out nothing. */
function maskOfOutputs({ ops, random: { batch: { yTrue, yPred } } }: Observations): Sign | undefined {
  const share = (of: Float32Array, size: number) => of.filter((v) => Math.abs(v) === size).length / of.length;
  const isMissing = ({ fromPred, largest }: RecordedInput) =>
    !fromPred && share(yTrue, largest) > 0.05 && share(yPred, largest) === 0;
  const compares = ({ op, inputs }: RecordedOp) =>
    ["NotEqual", "Equal"].includes(op) && inputs.some((i) => i.isPred) && inputs.some(isMissing);
  const masks: boolean[] = []; // made from the comparison, and from no labels
  const isMask = ({ madeBy }: RecordedInput) => madeBy !== undefined && masks[madeBy];
  for (const op of ops) masks.push(!op.fromTrue && (compares(op) || op.inputs.some(isMask)));
  const weighs = ({ op, inputs }: RecordedOp) =>
    op === "Multiply" && inputs.some(isMask) && inputs.some((i) => i.live && i.fromTrue);
  return yTrue.length === yPred.length && ops.some(weighs)
    ? [
      ops.find(compares)!,
      "warning",
      "A mask compares the outputs with a number that labels often are and outputs never: it leaves out nothing",
    ]
    : undefined;
}

/** Labels in the place of outputs. */
export const swapped: Rule = (context) => {
  const { engine, observations } = context;
  const sign = logarithm(observations) ?? relative(context) ?? reverse(observations) ??
    maskOfOutputs(observations);
  if (sign === undefined) return undefined;
  const [op, severity, message] = sign, { batch, value } = observations.random;
  const isAlike = batch.yTrue.length === batch.yPred.length;
  const valueExchanged = isAlike ? engine.value(exchanged(batch)).value : "not tried";
  return {
    cause: "swapped-arguments",
    severity,
    message,
    evidence: { value, valueWithArgumentsExchanged: valueExchanged },
    remedy: "Call it as (yTrue, yPred): labels weight and divide, and the logarithm is taken of the outputs",
    where: locationOf(op),
  };
};
