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
import { wrongOptimum as optimumRule, wrongSign as signRule } from "../../lib/audit/rules/optimum.ts";
import { saturated as saturatedRule, saturatedAtTheEnds as endsRule } from "../../lib/audit/rules/saturated.ts";
import { causes, type Finding } from "../../lib/audit/types.ts";

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
