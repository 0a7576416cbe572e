/**
 * Audits of losses: why a loss does not learn, and a guard that stops a training whose gradient is dead.
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
  type Finding,
  type LabelKind,
  type LossAudit,
  type LossPathPoint,
  type PredictionKind,
  type Severity,
} from "./types.ts";
