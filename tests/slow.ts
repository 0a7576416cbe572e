/**
 * Marks the tests that `deno task test --quick` leaves out: large inputs, training, browsers, kernels.
 *
 * @module
 */

/** `Deno.test` for a slow test: ignored where the environment has `QUICK_TESTS`. */
export const slowTest: typeof Deno.test = Deno.env.has("QUICK_TESTS")
  ? Deno.test.ignore as typeof Deno.test
  : Deno.test;
