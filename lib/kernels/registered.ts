import type { scoreFast } from "./passes.ts";
import type { instantiate, ownSimd } from "./simd.ts";
import type { arrays } from "./table.ts";

/** The SIMD loops, as the losses call them. */
export interface Kernels {
  readonly scoreFast: typeof scoreFast;
  readonly instantiate: typeof instantiate;
  readonly ownSimd: typeof ownSimd;
  readonly arrays: typeof arrays;
}

let registered: Kernels | undefined;

/** Registers the SIMD loops. They are half of a loss's bytes, so no loss imports them. */
export function registerKernels(kernels: Kernels): void {
  registered = kernels;
}

/** Returns the SIMD loops; nothing where the entry ./simd was not imported. */
export const registeredKernels = (): Kernels | undefined => registered;
