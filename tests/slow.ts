/**
 * Marks slow tests: large inputs, training, browsers, kernels, other processes. `deno task test --quick` leaves them out, and
 * so does `--coverage`, whose counters make a test two to six times as slow.
 *
 * @module
 */
import { slowMark } from "../tasks/test_output.ts";

/** True if slow tests are left out: what only they need is not asked for. */
export const isQuick: boolean = Boolean(Deno.env.get("QUICK_TESTS"));

const register = (isQuick ? Deno.test.ignore : Deno.test) as typeof Deno.test;

/**
 * `slow.test` registers a slow test like `Deno.test`, with {@linkcode slowMark} behind its name; the test is ignored if the
 * environment has `QUICK_TESTS`.
 */
export const slow = {
  test:
    ((first: string | Deno.TestDefinition, ...rest: [() => void]) =>
      typeof first === "string"
        ? register(`${first} ${slowMark}`, ...rest)
        : register({ ...first, name: `${first.name} ${slowMark}` })) as typeof Deno.test,
};
