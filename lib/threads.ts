/**
 * Threads for large batches: after {@linkcode setThreads}, `lossAndGradient` and the losses of every entry share tables of at
 * least 200,000 outputs among workers, on arrays and on the backends cpu and wasm, where the SIMD loops take them: not for the
 * average "samples", logits or budgets. An import registers these loops too.
 *
 * ```ts
 * import { setThreads } from "@roundabout/roundabout/threads";
 * import { lossAndGradient } from "@roundabout/roundabout/core";
 * import { assertEquals } from "@std/assert";
 *
 * const yPred = Float32Array.from({ length: 300_000 }, (_, i) => i % 1000 / 1000), yTrue = yPred.map(Math.round);
 * const { value } = lossAndGradient(yTrue, yPred, { score: "f1" });
 * await setThreads(2);
 * assertEquals(lossAndGradient(yTrue, yPred, { score: "f1" }).value, value);
 * await setThreads(1);
 * ```
 *
 * @module
 */
import { check, integerFrom } from "./check/check.ts";
import { registeredTeam, registerTeam } from "./kernels/registered_team.ts";
import { Team } from "./kernels/threads.ts";
import "./simd.ts";

const mostThreads = 64;

/** The number of calls: an earlier one that ends later changes nothing. */
let calls = 0;

/** Says why there can be no threads here. */
function reason(): string | undefined {
  if (typeof SharedArrayBuffer !== "undefined") return undefined;
  return "there is no SharedArrayBuffer; a page has it if it is served with the headers " +
    "Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp";
}

/**
 * Sets the number of threads that share the SIMD loops' work on large batches, the calling thread among them.
 *
 * Values and gradients have the same bytes for any number of threads: a worker keeps the sums of each group of rows, and they
 * are added in the order of the rows. The calling thread copies what workers take into memory that they share, computes while
 * they do, and takes back what they have not begun. Threads pay where cores are idle and the step costs more than the memory:
 * `deno task bench --threads`, run three times on two idle cores, printed for the fastest call of two threads .58 to .60 of the
 * time of one under the logistic step at 1e6 rows and .62 to .66 at 1e7, but .72 to .79 and .70 to .84 under the softsign. On a
 * second machine it was .66 to .72 under the logistic step and .91 to .97 under the softsign, at either size.
 *
 * A call replaces the workers of the call before. They run in Deno, in Node.js and on pages that are cross-origin isolated
 * (under a Content-Security-Policy `worker-src blob:` is needed), and do not keep a process alive.
 *
 * @param threads The number of threads, from 1 to 64; 1 ends the workers.
 * @returns The number of threads that now share the work: 1 where there can be no workers, with a warning that says why.
 * @throws {RangeError} `threads` is not such a number.
 *
 * @example
 * ```ts
 * import { setThreads } from "@roundabout/roundabout/threads";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await setThreads(2), 2);
 * assertEquals(await setThreads(1), 1);
 * ```
 */
export async function setThreads(threads: number): Promise<number> {
  check("set the number of threads", { threads }, integerFrom(1, mostThreads));
  const call = ++calls;
  registeredTeam()?.stop();
  registerTeam(undefined);
  if (threads === 1) return 1;
  let why = reason();
  try {
    if (why === undefined) {
      const team = await Team.start(threads - 1);
      if (call === calls) registerTeam(team);
      else team.stop(); // another call came meanwhile
      return threads;
    }
  } catch (error) {
    why = `a worker did not start: ${(error as Error).message}`;
  }
  console.warn(`Roundabout: one thread, not ${threads}, computes large batches: ${why}`);
  return 1;
}
