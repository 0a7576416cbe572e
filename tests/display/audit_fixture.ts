import type { LossAudit } from "@roundabout/roundabout/audit";

/** An audit as `auditLoss` returns it, made by hand: what shows it is under test, not what finds it. */
export function handMadeAudit(changes: Partial<LossAudit> = {}): LossAudit {
  return {
    name: "roundLoss",
    verdict: "broken",
    findings: [{
      cause: "no-gradient-op",
      severity: "error",
      message: "All gradients are 0 on <every> batch",
      evidence: { batch: "random", "gradients of 0": 64, of: 64, moved: 0.125 },
      remedy: "Write f1Loss({ slope: 10 }) instead",
      where: { op: "Round", line: "losses.ts:12:9" },
    }, {
      cause: "bad-scale",
      severity: "note",
      message: "It grows with the batch",
      evidence: { ratio: 4 },
      remedy: "Take the mean",
    }],
    probes: [
      { name: "gradient exists", result: "found", detail: "zeros" },
      { name: "rows", result: "ok", detail: "64, 256" },
      { name: "metric", result: "skipped", detail: "none was given" },
    ],
    assumed: ["The labels are 0 and 1."],
    lossPath: [{ at: 0, loss: 1, slope: 0 }, { at: 0.5, loss: 0.5, slope: 0 }, { at: 1, loss: 0, slope: 0 }],
    time: () => ({ loss: 0.3, reference: 0.1 }),
    toJSON: () => ({ name: "roundLoss" }),
    toString: () => "roundLoss: broken",
    ...changes,
  };
}
