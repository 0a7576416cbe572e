import type { Team } from "./threads.ts";

let team: Team | undefined;

/** Registers the threads that share the work of large tables; nothing: one thread does it. */
export function registerTeam(threads: Team | undefined): void {
  team = threads;
}

/** Returns the threads that share the work of large tables. */
export const registeredTeam = (): Team | undefined => team;
