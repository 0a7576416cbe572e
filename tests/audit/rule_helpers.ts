// The rules as tests call them: each finding has a cause of the closed list, a sentence, numbers and a remedy.
import { assert } from "@std/assert";
import { activation as activationRule } from "../../lib/audit/rules/activation.ts";
import { wrongAxis as axisRule } from "../../lib/audit/rules/axis.ts";
import {
  averagedTooEarly as meanRule,
  badScale as scaleRule,
  dividedByOthers as dividedRule,
  oneRow as rowRule,
  reduction as reductionRule,
  rowOrder as orderRule,
} from "../../lib/audit/rules/batch.ts";
import { broadcast as broadcastRule } from "../../lib/audit/rules/broadcast.ts";
import { notFinite as finiteRule, notFiniteFurther as furtherRule } from "../../lib/audit/rules/finite.ts";
import {
  deadTerm as termRule,
  noGradient as gradientRule,
  ownGradient as ownRule,
  partlyDetached as detachedRule,
} from "../../lib/audit/rules/gradient.ts";
import { labelEncoding as labelRule } from "../../lib/audit/rules/label.ts";
import { wrongOptimum as optimumRule } from "../../lib/audit/rules/optimum.ts";
import { wrongSign as signRule } from "../../lib/audit/rules/sign.ts";
import { saturated as saturatedRule, saturatedAtTheEnds as endsRule } from "../../lib/audit/rules/saturated.ts";
import { causes, type Finding } from "../../lib/audit/types.ts";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { BatchResult } from "../../lib/audit/observations.ts";

const whole = <C>(rule: (context: C) => Finding | undefined) => (context: C): Finding | undefined => {
  const finding = rule(context);
  if (finding === undefined) return undefined;
  const { cause, severity, message, evidence, remedy } = finding;
  assert(causes.includes(cause) && ["error", "warning", "note"].includes(severity), JSON.stringify(finding));
  assert(
    [message, remedy].every((text) => typeof text === "string" && text !== "" && !/undefined/.test(text)),
    message,
  );
  assert(Object.values(evidence).some((number) => number !== undefined), message);
  return finding;
};

export const activation = whole(activationRule),
  wrongAxis = whole(axisRule),
  averagedTooEarly = whole(meanRule),
  dividedByOthers = whole(dividedRule),
  badScale = whole(scaleRule),
  oneRow = whole(rowRule),
  reduction = whole(reductionRule),
  rowOrder = whole(orderRule),
  broadcast = whole(broadcastRule),
  notFinite = whole(finiteRule),
  notFiniteFurther = whole(furtherRule),
  deadTerm = whole(termRule),
  noGradient = whole(gradientRule),
  ownGradient = whole(ownRule),
  partlyDetached = whole(detachedRule),
  labelEncoding = whole(labelRule),
  wrongOptimum = whole(optimumRule),
  wrongSign = whole(signRule),
  saturated = whole(saturatedRule),
  saturatedAtTheEnds = whole(endsRule);

// What rules are told in tests: recorded operations, batches, and losses that are functions of arrays.
const shape = [4, 1];

/** An input of a recorded operation: made of constants, unless told otherwise. */
export const input = (more: Partial<RecordedInput> = {}): RecordedInput => ({
  ...{ fromPred: false, fromTrue: false, isPred: false, isShare: false, live: false, reduced: {} },
  ...{ shape, dtype: "float32", finite: true, largest: 1, levels: [] },
  ...more,
});

/** A recorded operation; what it descends from follows from its inputs. */
export const op = (name: string, inputs: RecordedInput[], more: Partial<RecordedOp> = {}): RecordedOp => ({
  ...{ op: name, inputs, outputShape: shape, outputLargest: 1, breaks: false, attrs: {}, line: `${name}.ts:1:1` },
  fromPred: inputs.some((one) => one.fromPred),
  fromTrue: inputs.some((one) => one.fromTrue),
  live: inputs.some((one) => one.live),
  ...more,
});

/** A batch of labels and outputs, row by row. */
export const batchOf = (
  yTrue: number[],
  yPred: number[],
  columns = 1,
  rows = yPred.length / columns,
): AuditBatch => ({
  yTrue: Float32Array.from(yTrue),
  yPred: Float32Array.from(yPred),
  trueShape: [rows, yTrue.length / rows],
  predShape: [rows, columns],
});

/** A loss as a function of the batch. */
export type Value = (batch: AuditBatch) => number;

export const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
export const mean = (values: ArrayLike<number>): number => sum(values) / values.length;

/** The mean squared error. */
export const squared: Value = ({ yTrue, yPred }) => mean(yPred.map((p, i) => (p - yTrue[i]) ** 2));

/** Makes the result of an engine on a batch: the loss, and the gradient where there is one. */
export const resultUnder = (loss: Value, gradientOf?: (batch: AuditBatch) => ArrayLike<number>) =>
(
  batch: AuditBatch,
): BatchResult => ({
  ...{ batch, value: loss(batch), shape: [] },
  gradient: gradientOf && Float32Array.from(gradientOf(batch)),
});
