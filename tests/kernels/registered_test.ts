// The SIMD loops are there for the losses once ./simd is imported, and not before.
import { assertEquals, assertStrictEquals } from "@std/assert";
import { registeredKernels } from "../../lib/kernels/registered.ts";

Deno.test("the entry ./simd registers the loops, as they are", async () => {
  assertStrictEquals(registeredKernels(), undefined);
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
