/**
 * Tells why a loss does not learn, and stops a training whose gradient is dead.
 *
 * ```ts
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
export { GuardError, guardLoss } from "./guard_loss.ts";
export {
  type AuditedLoss,
  type AuditOptions,
  type AuditTime,
  type Cause,
  causes,
  type Evidence,
  type Finding,
  type Kind,
  kinds,
  type LabelKind,
  type LossAudit,
  type PredictionKind,
  type Probe,
  type Severity,
  type WayPoint,
  type Where,
} from "./types.ts";
