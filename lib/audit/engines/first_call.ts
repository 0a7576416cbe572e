import { type AuditBatch, exchanged, sizeOf } from "../batches.ts";
import { worstFirst } from "../report.ts";
import type { Cause, Finding } from "../types.ts";
import { type FirstCall, type LoadedLoss, passedByPosition } from "./loaded_loss.ts";

/** Tells whether two losses differ by no more than rounding. */
const isSame = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-6 * Math.min(Math.abs(a), Math.abs(b));

/**
 * Parameters whose names contradict the order in which they are passed. It is an error if the order matters to the loss,
 * and a warning if it does not.
 */
function misnamed({ contrary, name, engine }: LoadedLoss, batch: AuditBatch): Finding | undefined {
  if (contrary === undefined) return undefined;
  const { value } = engine.value(batch), { value: valueAsNamed } = engine.value(exchanged(batch));
  return {
    cause: "swapped-arguments",
    severity: isSame(value, valueAsNamed) ? "warning" : "error",
    message: passedByPosition(contrary),
    evidence: { batch: "random", value, valueAsNamed },
    remedy:
      "Define the parameters in the order (y_true, y_pred); if you call the loss yourself with the outputs first, " +
      "audit with --order pred,true",
    where: { op: name, line: contrary.line },
  };
}

/** Several numbers where the framework needs one, and says so: the caller may take their mean, as of what a library ships. */
function severalNumbers({ needsOneNumber, shape = [] }: FirstCall): Finding | undefined {
  return needsOneNumber === undefined ? undefined : {
    cause: "reduction",
    severity: "note",
    message: `The loss returns ${sizeOf(shape)} numbers, but ${needsOneNumber} needs one number: return the mean`,
    evidence: { batch: "random", shape: `[${shape}]` },
    remedy: "End with a mean over all numbers; this audit took it",
  };
}

/** Causes that outputs can have which the loss overwrites. */
const causesOfWriting: readonly Cause[] = ["saturated", "constant", "wrong-optimum"];

/** A finding about a loss that writes into its outputs: the remedy names that instead of a ramp. */
const withoutWriting = (finding: Finding): Finding =>
  finding.where === undefined && causesOfWriting.includes(finding.cause)
    ? {
      ...finding,
      remedy:
        "The loss writes into y_pred, and what is overwritten has no gradient: compute new tensors and leave the " +
        "inputs as they are",
    }
    : finding;

/** The findings of an audit and those that the first call of a loss shows, worst first. */
export function withFirstCall(
  loss: LoadedLoss,
  first: FirstCall,
  batch: AuditBatch,
  found: readonly Finding[],
): readonly Finding[] {
  const named = misnamed(loss, batch), several = severalNumbers(first);
  if (named?.severity === "error") return [named]; // the others would report its consequences
  const own = first.changed?.includes("y_pred") ? found.map(withoutWriting) : found;
  return worstFirst([...own, named, several].filter((finding) => finding !== undefined));
}
