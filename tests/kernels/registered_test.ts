// The SIMD loops are there for the losses once ./simd is imported, and not before.
import { assertEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { registeredKernels } from "../../lib/kernels/registered.ts";
import { priorBias } from "../../lib/training/prior_bias.ts";

Deno.test("the entry ./simd registers the loops, as they are", async () => {
  assertStrictEquals(registeredKernels(), undefined);
  assertEquals(priorBias(tf.tensor1d([1, 0, 0])), [Math.log(0.5)]); // added up
  await import("../../lib/simd.ts");
  const [{ scoreFast }, { arrays }, { countOnes }] = await Promise.all([
    import("../../lib/kernels/passes.ts"),
    import("../../lib/kernels/table.ts"),
    import("../../lib/kernels/simd.ts"),
  ]);
  assertEquals(registeredKernels(), { scoreFast, arrays, countOnes });
});

Deno.test("the loops stay registered", async () => {
  await import("../../lib/simd.ts");
  assertEquals(typeof registeredKernels()?.scoreFast, "function");
});
