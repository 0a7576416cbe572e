import type { scoreFast } from "./passes.ts";
import type { countOnes } from "./simd.ts";
import type { arrays } from "./table.ts";

/** The SIMD loops, as `lossAndGradient` and `priorBias` call them. */
interface Kernels {
  readonly scoreFast: typeof scoreFast;
  readonly arrays: typeof arrays;
  readonly countOnes: typeof countOnes;
}

let registered: Kernels | undefined;

/** Registers the SIMD loops for arrays. */
export function registerKernels(kernels: Kernels): void {
  registered = kernels;
}

/** Returns the SIMD loops; nothing where neither the top entry nor ./simd was imported. */
export const registeredKernels = (): Kernels | undefined => registered;
