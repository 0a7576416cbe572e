/**
 * `deno task audit`: says why a loss does not learn.
 *
 * @module
 */
import { auditLoss } from "../lib/audit/audit_loss.ts";
import { auditLosses, auditSpec } from "./audit_losses.ts";
import { runTask } from "./cli.ts";

await runTask(auditSpec, (args, report) => auditLosses(args, report, auditLoss));
