/**
 * Audits of losses and of models: why a loss, or a model, does not learn, and a guard that stops a training whose gradient
 * is dead.
 *
 * ```ts
 * import "@tensorflow/tfjs";
 * import { auditLoss } from "@roundabout/roundabout/audit";
 * import { askedRoundLoss } from "@roundabout/roundabout/thread";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(auditLoss(askedRoundLoss).verdict, "broken");
 * ```
 *
 * @module
 */
export { auditLoss } from "./audit_loss.ts";
export type { PythonLoss, PythonLossOptions } from "./engines/loaded_loss.ts";
export { auditLastLayer, auditModel, type LastLayerWords, type ModelRows } from "./model/audit_model.ts";
export { GuardError, guardLoss } from "./guard_loss.ts";
export {
  type AuditedLoss,
  type AuditOptions,
  type AuditProbe,
  type AuditTime,
  type BatchKind,
  batchKinds,
  type Cause,
  causes,
  type CodeLocation,
  type Evidence,
  type ExtraLabel,
  type Finding,
  type LabelKind,
  type LossAudit,
  type LossPathPoint,
  type ModelAudit,
  type ModelCause,
  modelCauses,
  type ModelFinding,
  type PredictionKind,
  type Severity,
} from "./types.ts";
