/**
 * The SIMD loops for `./core`: an import registers them, and `lossAndGradient` takes them for float32 outputs of more than
 * 4,096 numbers. The top entry imports them itself.
 *
 * ```ts
 * import "@roundabout/roundabout/simd";
 * import { lossAndGradient } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * const yPred = new Float32Array(10_000).fill(1);
 * assertEquals(lossAndGradient(yPred, yPred, { score: "f1" }).value, 0);
 * ```
 *
 * @module
 */
import { scoreFast } from "./kernels/passes.ts";
import { registerKernels } from "./kernels/registered.ts";
import { countOnes } from "./kernels/simd.ts";
import { arrays } from "./kernels/table.ts";

registerKernels({ scoreFast, arrays, countOnes });
