/**
 * Marks the tests that `deno task test --quick` leaves out: large inputs, training, browsers, kernels, other processes.
 *
 * @module
 */

const quick = Deno.env.has("QUICK_TESTS");

/** `slow.test` registers a slow test like `Deno.test`; it is ignored if the environment has `QUICK_TESTS`. */
export const slow: { test: typeof Deno.test } = { test: quick ? Deno.test.ignore as typeof Deno.test : Deno.test };
