/**
 * Runs tests on demand, with one mutant switched on: `deno run mutant_tests.ts FILE_test.ts` loads the file and answers a
 * {@linkcode TestRequest} per line of its input with a {@linkcode TestReply} per line of its output, until the input ends.
 * The first reply, to no request, follows the loading. Slow tests are left out in an environment that has `QUICK_TESTS`.
 *
 * @module
 */
import fc from "fast-check";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { writeData } from "./cli.ts";
import { linesOf } from "./processes.ts";

/** Tests to run, in this order. */
export interface TestRequest {
  /** Numbers of the tests, in the order of their registration. */
  tests: number[];
  /** Mutant that is switched on; none if left out. */
  mutant?: string;
  /** Number of runs of the mutant's code after which it throws. */
  hitLimit?: number;
  /** True if the tests after a failure run too, and hits are counted. */
  all?: boolean;
}

/** Outcome of the tests of a request. */
export interface TestReply {
  /** Names of all tests; the first reply only. */
  names?: string[];
  /** Numbers of the failed tests, and the first of the errors. */
  failed: number[];
  error?: string;
  /** By test that was run: seconds, and, of all tests, how often it came by each mutant (the first reply: while loading). */
  seconds: number[];
  hits: Record<string, number>[];
}

/** Precedes a reply, among what tests print. */
export const replyMark = "\u0001mutant reply ";

/** Lets the instrumented files know the active mutant, and counts which of them a test comes by, unless `hits` is absent. */
interface Switch {
  active: number;
  hitCount: number;
  hitLimit: number;
  hits?: Record<string, number>;
}

async function serve(file: string): Promise<void> {
  const active = Number(Deno.env.get("__STRYKER_ACTIVE_MUTANT__")), loading = {};
  const state: Switch = { active, hitCount: 0, hitLimit: Infinity, hits: loading };
  Object.assign(globalThis, { __stryker__: state });
  const tests: { name: string; fn: (context: { name: string }) => unknown }[] = [];
  const test = (first: string | Deno.TestDefinition, fn?: () => void) => {
    const definition = typeof first === "string" ? { name: first, fn: fn! } : first;
    if (!("ignore" in definition && definition.ignore)) tests.push(definition as typeof tests[number]);
  };
  const after: (() => unknown)[] = [], afterEach = (fn: () => unknown) => after.push(fn);
  Object.assign(Deno, { test: Object.assign(test, { ignore() {}, afterAll() {}, afterEach }) });
  Object.assign(console, { log() {}, info() {}, warn() {}, error() {} });
  let error: unknown;
  for (const type of ["unhandledrejection", "error"]) {
    addEventListener(type, (event) => {
      event.preventDefault();
      error ??= (event as PromiseRejectionEvent).reason ?? (event as ErrorEvent).error ?? type;
    });
  }
  const send = (reply: TestReply) => writeData(`\n${replyMark}${JSON.stringify(reply)}`);
  await import(pathToFileURL(resolve(file)).href);
  fc.configureGlobal({ ...fc.readConfigureGlobal(), endOnFailure: true }); // no search for the smallest case that fails
  send({ names: tests.map(({ name }) => name), failed: [], seconds: [], hits: [loading] });
  for await (const line of linesOf(Deno.stdin.readable)) {
    const { tests: chosen, mutant, hitLimit = Infinity, all = false } = JSON.parse(line) as TestRequest;
    const reply: TestReply = { failed: [], seconds: [], hits: [] };
    Object.assign(state, { active: Number(mutant), hitLimit, hitCount: 0 });
    for (const i of chosen) {
      const started = performance.now();
      state.hits = all ? {} : undefined;
      error = undefined;
      try {
        await tests[i].fn({ name: tests[i].name });
      } catch (thrown) {
        error = thrown ?? "nothing was thrown";
      }
      for (const end of after) await end();
      // A rejection that nobody handles is reported after the test.
      await new Promise((done) => setTimeout(done));
      reply.seconds.push((performance.now() - started) / 1000);
      reply.hits.push(state.hits ?? {});
      if (error === undefined) continue;
      reply.failed.push(i);
      reply.error ??= error instanceof Error ? error.stack : String(error);
      if (!all) break;
    }
    send(reply);
  }
  Deno.exit(0);
}

if (import.meta.main) await serve(Deno.args[0]);
