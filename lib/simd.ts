/**
 * The SIMD loops: an import registers them, and the losses of float32 outputs of more than 4,096 numbers take them, in arrays
 * and on the backends cpu and wasm. The top entry imports them itself; `./slim` and `./core` leave them out.
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
import { instantiate, ownSimd } from "./kernels/simd.ts";
import { arrays } from "./kernels/table.ts";

registerKernels({ scoreFast, instantiate, ownSimd, arrays });
