/**
 * `deno task mutate`: changes the library in one place at a time and runs the quick tests of the folder that holds the
 * place. All changes are written into one copy of the project; a process that has loaded the tests switches one on after
 * another and runs the tests that come by it until one fails.
 *
 * @module
 */
import { cpSync, globSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  interruptSignal,
  NegativeResult,
  type Reporter,
  root,
  runTask,
  TaskError,
  UsageError,
  wholeOption,
} from "./cli.ts";
import { replyMark, type TestReply } from "./mutant_tests.ts";
import {
  makeJudge,
  type Mutant,
  planTests,
  readMutants,
  type Reason,
  type Result,
  summarize,
  type TestProcess,
  testsOfRound,
} from "./mutants.ts";
import { linesOf, runDeno } from "./processes.ts";

const defaultFolders = [
  ...["steps", "scores", "scoring", "counts", "decisions", "kernels", "core", "batch", "numerics", "check"],
  ...["curves", "training", "metrics", "compare", "audit/rules"],
  ...["tfjs", "network", "constraints", "costs", "thread"],
];

/** Folders of tests that test a folder of lib/ beside the one of its name. */
const alsoTestedBy: Readonly<Record<string, readonly string[]>> = {
  batch: ["decisions", "core"],
  display: ["figures"],
  losses: ["curves"],
  scoring: ["curves"],
  steps: ["kernels"],
  tfjs: ["training", "steps"],
};

/** Lists the files of a folder of lib/ (`core`: of the files directly below lib/), or the file itself, and its tests. */
function filesOf(folder: string): { files: string[]; tests: string[] } {
  const list = (pattern: string) => globSync(pattern, { cwd: root }).map((path) => path.replaceAll("\\", "/")).sort();
  const files = list(
    folder === "core" ? "lib/*.ts" : folder.endsWith(".ts") ? `lib/${folder}` : `lib/${folder}/**/*.ts`,
  )
    .filter((file) => !/\/simd[^/]*\.ts$|_simd\.ts$|\/types\.ts$/.test(file));
  const [top] = folder.split("/"), testFolders = [top, ...alsoTestedBy[top] ?? []];
  const tests = testFolders.flatMap((name) => list(`tests/${name}/**/*_test.ts`));
  if (files.length === 0) throw new UsageError(`lib/ has no folder '${folder}'`);
  if (tests.length === 0) throw new UsageError(`'${folder}' has no tests in tests/${folder.split("/")[0]}`);
  return { files, tests };
}

/** Copies the project to `copy` and writes all mutants of the files into it. */
async function instrument(files: string[], copy: string, signal: AbortSignal): Promise<Mutant[]> {
  const top = fileURLToPath(root), left = /^(\..*|site|coverage|node_modules)$/;
  for (const { name } of Deno.readDirSync(top)) {
    if (!left.test(name)) cpSync(join(top, name), join(copy, name), { recursive: true });
  }
  const { code, output } = await runDeno(
    ["run", "-A", "--quiet", "--no-config", "--no-lock", join(top, "tasks/instrument.ts"), ...files],
    { cwd: copy, signal },
  );
  if (code !== 0) throw new TaskError(`the mutants could not be written:\n${output}`);
  return readMutants(JSON.parse(output.split("\n").at(-1)!), (file) => Deno.readTextFileSync(new URL(file, root)));
}

/** Reads replies among what tests print. */
async function* readReplies(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<TestReply> {
  for await (const line of linesOf(stdout)) {
    if (line.startsWith(replyMark)) yield JSON.parse(line.slice(replyMark.length));
  }
}

/** Starts a process that loads a test file in the copy, with a mutant switched on from the start or none. */
function startTests(copy: string, file: string, signal: AbortSignal, mutant?: string): TestProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-check", join(copy, "tasks/mutant_tests.ts"), file],
    cwd: copy,
    env: { QUICK_TESTS: "1", ...mutant === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: mutant } },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    signal,
  }).spawn();
  const replies = readReplies(child.stdout), input = child.stdin.getWriter();
  let ended = false, late = false;
  child.status.then(() => ended = true);
  const kill = () => {
    if (!ended) child.kill("SIGKILL");
  };
  const reply = async (limit?: number): Promise<TestReply | undefined> => {
    const timer = limit === undefined ? undefined : setTimeout(() => {
      late = true;
      kill();
    }, 1000 * limit);
    const { value } = await replies.next();
    clearTimeout(timer);
    signal.throwIfAborted();
    return value;
  };
  const loading = reply(60);
  return {
    loading,
    ask: async (request, limit) => {
      if (await loading === undefined) return undefined;
      await input.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`)).catch(kill);
      return await reply(limit);
    },
    get late() {
      return late;
    },
    stop: async () => {
      kill();
      await child.status;
    },
  };
}

interface JudgedIn {
  /** The copy with all mutants. */
  copy: string;
  /** Number of mutants that are judged at a time. */
  jobs: number;
  /** Time limit of the tests of a mutant, beside ten times what they take without. */
  leastSeconds?: number;
  signal: AbortSignal;
  report: Pick<Reporter, "line" | "status" | "progress">;
}

/** Runs the tests of a file twice without a mutant. */
async function planFile(start: () => TestProcess, file: string, report: JudgedIn["report"]) {
  const unchanged = start(), loading = await unchanged.loading, names = loading?.names ?? [];
  const everything = { tests: names.map((_, test) => test), all: true };
  const first = await unchanged.ask(everything), second = await unchanged.ask(everything);
  await unchanged.stop();
  if (loading === undefined || first === undefined || second === undefined) {
    throw new TaskError(`${file} ends without a mutant`);
  }
  if (first.failed.length > 0) {
    const failed = first.failed.map((test) => names[test]).join("; ");
    throw new TaskError(`${file} fails without a mutant: ${failed}\n${first.error}`);
  }
  for (const test of second.failed) report.line(`left out, as it fails when it runs again: ${names[test]}`);
  const planOf = planTests(loading, first, second);
  return {
    planIn: (round: 1 | 2) => (id: string) => testsOfRound(planOf(id), first.seconds, round),
    seconds: first.seconds.reduce((a, b) => a + b, 0),
  };
}

/** The number of mutants whose failures are confirmed together. */
const together = 16;

/**
 * Judges mutants by the tests of some files, each in a process of its own as in `deno test`: by the quick tests of all files, then by
 * the others.
 */
export async function testMutants(
  mutants: Mutant[],
  files: string[],
  { copy, jobs, leastSeconds, signal, report }: JudgedIn,
): Promise<Result[]> {
  const results = mutants.map((mutant): Result => ({ ...mutant, status: "survived" }));
  const plans = await Array.fromAsync(files, async (file) => {
    report.status(`${file} without a mutant …`);
    const start = (mutant?: string) => startTests(copy, file, signal, mutant);
    return { file, start, ...await planFile(start, file, report) };
  });
  plans.sort((a, b) => a.seconds - b.seconds);
  const rounds = ([1, 2] as const).flatMap((round) => plans.map((plan) => ({ ...plan, planOf: plan.planIn(round) })));
  for (const { file, start, planOf } of rounds) {
    const waiting = results.filter(({ id, status }) => status === "survived" && planOf(id).tests.length > 0);
    const next = Array.from(
      { length: Math.ceil(waiting.length / together) },
      (_, k) => waiting.slice(k * together, (k + 1) * together),
    ).values();
    let done = 0;
    const work = async () => {
      const { judge, stop } = makeJudge(planOf, start, leastSeconds);
      try {
        for (const some of next) {
          const statuses = await judge(some.map(({ id }) => id));
          statuses.forEach((status, i) => some[i].status = status);
          const killed = results.filter(({ status }) => status !== "survived").length;
          done += some.length;
          report.progress(`${file}: ${done} of ${waiting.length} mutants, ${killed} of ${mutants.length} killed`);
        }
      } finally {
        await stop();
      }
    };
    await Promise.all(Array.from({ length: Math.min(jobs, waiting.length) }, work));
  }
  return results;
}

if (import.meta.main) {
  const cores = navigator.hardwareConcurrency;
  await runTask({
    name: "mutate",
    about:
      "Changes the library in one place at a time (StrykerJS's mutants, in a copy of the project) and runs the quick tests of\n" +
      "the folder that holds the place, those of tests/FOLDER. Lists the changes that no test notices; those with a reason in\n" +
      "tests/mutants.json apart. Exits with 1 if a change has no reason.",
    usage: "[--jobs N] [FOLDER | FOLDER/FILE.ts ...]",
    options: {
      jobs: { type: "string", value: "N", help: `number of mutants tested at a time (default: ${cores}, the cores)` },
    },
    positionals: true,
  }, async ({ values, positionals }, report) => {
    const jobs = wholeOption("jobs", values.jobs, 1, cores);
    const named = positionals.map((path) => path.replace(/^lib\//, "").replace(/\/$/, ""));
    const folders = (named.length > 0 ? named : defaultFolders).map(filesOf);
    using interrupt = interruptSignal();
    const { signal } = interrupt, results: Result[] = [];
    const copy = await Deno.makeTempDir({ prefix: "roundabout-mutants-" });
    try {
      report.status("writing the mutants …");
      const mutants = await instrument(folders.flatMap(({ files }) => files), copy, signal);
      for (const { files, tests } of folders) {
        const own = mutants.filter(({ file }) => files.includes(file));
        results.push(...await testMutants(own, tests, { copy, jobs, signal, report }));
      }
    } catch (error) {
      throw signal.aborted ? new TaskError("interrupted") : error;
    } finally {
      await Deno.remove(copy, { recursive: true });
    }
    const reasons: Reason[] = JSON.parse(await Deno.readTextFile(new URL("tests/mutants.json", root)));
    const { text, unexplained, unused } = summarize(results, reasons);
    report.line(text);
    for (const { file, change } of unused) report.line(`tests/mutants.json: no survivor of ${file} is '${change}'`);
    if (unexplained > 0) throw new NegativeResult(`${unexplained} survivors without a reason`);
  });
}
