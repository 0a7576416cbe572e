import type { Facts, Op } from "./facts.ts";
import { isLinear } from "./linear.ts";
import { valueOf } from "./measure.ts";
import { type Rule, whereOf } from "./rule.ts";
import type { Severity } from "./types.ts";

/** What shows that the arguments have changed places. */
type Sign = readonly [op: Op, severity: Severity, message: string];

const ofLabels = (op: Op): boolean => op.fromTrue && !op.fromPred;
const ofLabelsAlone = (input: { fromTrue: boolean; fromPred: boolean }): boolean => input.fromTrue && !input.fromPred;
const sameShape = ({ inputs: [a, b] }: Op): boolean => b !== undefined && a.shape.join() === b.shape.join();

/** A function that belongs to outputs, taken of the labels alone, which the outputs themselves weigh. */
function logarithm({ ops, live }: Facts): Sign | undefined {
  // A loss that has both ways round means both.
  if (ops.some((op) => ["Log", "LogSoftmax"].includes(op.op) && op.live && !op.fromTrue)) return undefined;
  const weigh = ({ op, inputs }: Op) =>
    op === "Multiply" && inputs.some((i) => i.isPred) && inputs.some((i) => i.fromTrue && !i.fromPred);
  const log = ops.findIndex((op) => ofLabels(op) && ["Log", "Log1p", "LogSoftmax"].includes(op.op));
  const other = ops.findIndex((op) => ofLabels(op) && ["Exp", "Softplus", "Sigmoid", "Softmax"].includes(op.op));
  const at = log >= 0 && ops.slice(log + 1).some(weigh)
    ? log
    : other >= 0 && live && ops.some(weigh) && ops.every((op) => !op.fromPred || isLinear(op))
    ? other
    : -1;
  return at < 0 ? undefined : [
    ops[at],
    "error",
    `${ops[at].op} is one of the labels, weighed by the outputs: yTrue and yPred have changed places`,
  ];
}

/** An error that is divided by the outputs where the labels belong. */
function relative({ ops, columns }: Facts): Sign | undefined {
  // Of several columns one may be the scale that the model itself puts out.
  const ofOutput = ({ isPred, fromPred, fromTrue }: Op["inputs"][number]) =>
    isPred || (columns === 1 && fromPred && !fromTrue);
  const op = ops.find((op) =>
    op.op === "RealDiv" && sameShape(op) && op.inputs[1].shape.length > 0 && ofOutput(op.inputs[1]) &&
    op.inputs[0].fromTrue && op.inputs[0].fromPred
  );
  return op && [
    op,
    "warning",
    "The error is divided by the output, which grows without bound to make it small: is the label meant?",
  ];
}

/** p·log(p / y), or p·(log p − log y). */
function reverse({ ops }: Facts): Sign | undefined {
  const at = ops.findIndex((op) =>
    op.op === "RealDiv" && sameShape(op) && op.inputs[0].isPred && op.inputs[1].fromTrue && !op.inputs[1].fromPred
  );
  const ofRatio = at < 0 ? undefined : ops.slice(at + 1).find(({ op }) => op === "Log");
  const logs = ops.filter(({ op }) => op === "Log");
  const between = ops.find((op) =>
    op.op === "Sub" && sameShape(op) && op.inputs[0].fromPred && ofLabelsAlone(op.inputs[1])
  );
  const both = between && logs.some((op) => !op.fromTrue) ? logs.find(ofLabels) : undefined;
  const log = ofRatio ?? both, from = ofRatio ?? between;
  const weighed = from &&
    ops.slice(ops.indexOf(from) + 1).some(({ op, inputs }) =>
      op === "Multiply" && inputs.some((i) => i.isPred) && inputs.some((i) => i.fromPred && i.fromTrue)
    );
  return log && weighed
    ? [
      log,
      "warning",
      "p·log(p / y) weighs by the outputs: if the reverse divergence is not meant, the arguments are swapped",
    ]
    : undefined;
}

/** Labels where the outputs belong. */
export const swapped: Rule = ({ facts, loss }) => {
  const sign = logarithm(facts) ?? relative(facts) ?? reverse(facts);
  if (sign === undefined) return undefined;
  const [op, severity, message] = sign, { batch } = facts.random;
  const exchanged = {
    yTrue: batch.yPred,
    yPred: batch.yTrue,
    trueShape: batch.predShape,
    predShape: batch.trueShape,
  };
  return {
    cause: "swapped-arguments",
    severity,
    message,
    evidence: {
      value: facts.random.value,
      valueWithArgumentsExchanged: batch.yTrue.length === batch.yPred.length ? valueOf(loss, exchanged) : "not tried",
    },
    remedy: "Call it as (yTrue, yPred): the labels weigh and divide, the logarithm is of the outputs",
    where: whereOf(op),
  };
};
