import type { FreeDescent } from "./descents.ts";
import type { Facts, Op } from "./facts.ts";
import type { AuditedLoss, AuditOptions, Finding, Where } from "./types.ts";

/** What a rule is given. */
export interface Case {
  readonly loss: AuditedLoss;
  readonly facts: Facts;
  readonly options: AuditOptions;
  /** The two descents from the random batch: taken once, when they are first asked for. */
  readonly descents: () => readonly FreeDescent[];
}

/** One way in which a loss may be wrong: a finding, or nothing. */
export type Rule = (of: Case) => Finding | undefined;

/** The operation and its line. */
export const whereOf = (op: Op): Where => ({ op: op.op, line: op.line });
