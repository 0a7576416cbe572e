// Readers of the output of `deno test`, on real runs of made-up test files.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runDeno } from "../../tasks/processes.ts";
import { addTallies, type EndedTest, readErrors, readTally, slowMark, testReader } from "../../tasks/test_output.ts";
import { Fixtures } from "./fixtures.ts";

interface RunOptions {
  jobs?: number;
  args?: string[];
  env?: Record<string, string>;
}

async function denoTest(files: Record<string, string>, { jobs = 1, args = [], env = {} }: RunOptions = {}) {
  using fixtures = new Fixtures();
  const paths = Object.entries(files).map(([name, text]) => fixtures.file(name, text));
  const read = testReader(), ended: EndedTest[] = [];
  const onLine = (line: string) => ended.push(...[read(line) ?? []].flat());
  const { code, output } = await runDeno(["test", "-P", "--no-check", "--parallel", ...args, ...paths], {
    onLine,
    env: { DENO_JOBS: String(jobs), ...env },
  });
  return { code, output, ended, tally: readTally("tests", output, code) };
}

Deno.test("readTally: counts and names of tests, steps, ignored tests and a module that throws", async () => {
  for (const jobs of [1, 2]) {
    const { code, output, ended, tally } = await denoTest({
      "a_test.ts": `Deno.test("good", async (t) => { await t.step("inner", () => {}); });
Deno.test("bad => odd ... name", () => { throw new Error("boom"); });
Deno.test.ignore("left out", () => {});
Deno.test("outer", async (t) => { await t.step("inner", () => { throw new Error("in a step"); }); });`,
      "b_test.ts": `throw new Error("while loading");`,
    }, { jobs });
    assertEquals(code, 1);
    assertEquals([tally.passed, tally.failed, tally.skipped], [1, 3, 1]);
    const [bad, inner, module, ...more] = tally.failures;
    assertMatch(bad, /^bad => odd \.\.\. name => \.\/tests\/tasks\/\.fixtures-\w+\/a_test\.ts:2:6$/);
    assertMatch(inner, /^outer \.\.\. inner => .*a_test\.ts:4:/);
    assertMatch(module, /b_test\.ts \(uncaught error\)$/);
    assertEquals(more, []);
    assertEquals(
      ended.map(({ name, failed, ignored }) => [name, failed, ignored]),
      [
        [jobs === 1 ? "inner" : "good ... inner", false, false],
        ["good", false, false],
        ["bad => odd ... name", true, false],
        ["left out", false, true],
        [jobs === 1 ? "inner" : "outer ... inner", true, false],
        ["outer", true, false],
      ],
    );
    assert(ended.every(({ file }) => file.endsWith("/a_test.ts")));
    const errors = readErrors(output);
    assertStringIncludes(errors, "boom");
    assert(!errors.includes("FAILURES") && !errors.includes("good"));
  }
});

Deno.test("readTally: a good run has no failures, and a run that breaks off has one", async () => {
  const good = await denoTest({ "a_test.ts": `Deno.test("good", () => {});` });
  assertEquals(good.tally, { passed: 1, failed: 0, skipped: 0, failures: [] });
  const broken = await denoTest({ "a_test.ts": `Deno.test("good", () => {}` });
  assertEquals(broken.tally, { passed: 0, failed: 1, skipped: 0, failures: ["tests: deno ended with exit code 1"] });
  assertStringIncludes(readErrors(broken.output), "a_test.ts");
});

Deno.test("slow.test: ignored under QUICK_TESTS, found by its mark, in every form of a test", async () => {
  const files = {
    "a_test.ts": `import { slow } from "../../slow.ts";
Deno.test("quick", () => {});
slow.test("named", () => {});
slow.test("with options", { permissions: "inherit" }, () => {});
slow.test({ name: "an object", fn: () => {} });
slow.test({ name: "for nobody", ignore: true, fn: () => {} });`,
  };
  const marked = ["named", "with options", "an object", "for nobody"].map((name) => `${name} ${slowMark}`);
  const run = async (options: RunOptions) => {
    const { ended, tally } = await denoTest(files, options);
    const names = (ignored: boolean) => ended.filter((test) => test.ignored === ignored).map(({ name }) => name);
    return { ran: names(false), ignored: names(true), ...tally };
  };
  const quick = await run({ env: { QUICK_TESTS: "1" } });
  assertEquals([quick.ran, quick.ignored, quick.passed, quick.skipped], [["quick"], marked, 1, 4]);
  const slow = await run({ args: ["--filter", slowMark], env: { QUICK_TESTS: "" } });
  assertEquals([slow.ran, slow.ignored, slow.passed], [marked.slice(0, 3), marked.slice(3), 3]);
});

Deno.test("addTallies adds counts and joins names", () => {
  const one = { passed: 2, failed: 1, skipped: 0, failures: ["a"] };
  assertEquals(addTallies([one, { passed: 1, failed: 2, skipped: 3, failures: ["b", "c"] }]), {
    passed: 3,
    failed: 3,
    skipped: 3,
    failures: ["a", "b", "c"],
  });
});
