import type { scoreFast } from "./passes.ts";
import type { arrays } from "./table.ts";
import type { Team } from "./threads.ts";

/** The SIMD loops, as `lossAndGradient` calls them. */
interface Kernels {
  readonly scoreFast: typeof scoreFast;
  readonly arrays: typeof arrays;
}

let registered: Kernels | undefined;

/** Registers the SIMD loops for arrays. */
export function registerKernels(kernels: Kernels): void {
  registered = kernels;
}

/** Returns the SIMD loops; nothing where neither the top entry nor ./simd was imported. */
export const registeredKernels = (): Kernels | undefined => registered;

let team: Team | undefined;

/** Registers the threads that share the work of large tables; nothing: one thread does it. */
export function registerTeam(threads: Team | undefined): void {
  team = threads;
}

/** Returns the threads that share the work of large tables. */
export const registeredTeam = (): Team | undefined => team;
