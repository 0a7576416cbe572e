/**
 * `deno task mutate`: changes the library in one place at a time and runs the tests of the folder that holds the place.
 *
 * StrykerJS copies the project to a temporary folder and writes all mutants into that copy, each switched on by its number in
 * an environment variable. It is no dependency of the project: npm gives it when this task runs. The tests run in the copy.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
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
import {
  folderOf,
  type Mutant,
  mutantKey,
  readMutants,
  type Reason,
  type Result,
  sampleMutants,
  type Status,
  type StrykerReport,
  summarize,
} from "./mutants.ts";
import { runDeno } from "./processes.ts";

const stryker = "npm:@stryker-mutator/core@9.6.1";
const defaultFolders = [
  "steps",
  "scores",
  "scoring",
  "counts",
  "decisions",
  "kernels",
  "core",
  "batch",
  "numerics",
  "training",
  "compare",
  "audit",
];
const recordFile = new URL("mutation.json", root), reasonsFile = new URL("tests/mutants.json", root);

/** Results so far, and the hashes of the files at that time. */
interface MutationRecord {
  hashes: Record<string, string>;
  results: Result[];
}

const hashOf = (file: string): string =>
  createHash("sha256").update(Deno.readTextFileSync(new URL(file, root))).digest("hex");

async function readJson<T>(file: URL, absent: T): Promise<T> {
  return existsSync(file) ? JSON.parse(await Deno.readTextFile(file)) : absent;
}

/** Copies the project with all mutants of the folders into `scratch`. */
async function instrument(
  folders: string[],
  scratch: string,
  signal: AbortSignal,
): Promise<{ copy: string; mutants: Mutant[] }> {
  const report = join(scratch, "report.json"), copies = join(scratch, "copies"), config = join(scratch, "stryker.json");
  await Deno.writeTextFile(
    config,
    JSON.stringify({
      mutate: [
        ...folders.map((folder) => folder === "core" ? "lib/*.ts" : `lib/${folder}/**/*.ts`),
        "!lib/**/simd*.ts",
        "!lib/**/*_simd.ts",
        "!lib/**/types.ts",
      ],
      // Only the copy and the list of mutants are wanted of this run.
      testRunner: "command",
      commandRunner: { command: "exit 0" },
      reporters: ["json"],
      jsonReporter: { fileName: report },
      tempDirName: copies,
      cleanTempDir: false,
      plugins: [],
      disableTypeChecks: false,
      symlinkNodeModules: false,
      ignorePatterns: ["site", "coverage", ".venv", "mutation.json"],
      // Words of messages are free.
      mutator: { excludedMutations: ["StringLiteral"] },
    }),
  );
  const { code, output } = await runDeno(["run", "-A", "--quiet", "--no-config", "--no-lock", stryker, "run", config], {
    signal,
  });
  if (code !== 0) throw new TaskError(`StrykerJS ended with exit code ${code}:\n${output}`);
  const [{ name }] = Deno.readDirSync(copies);
  return {
    copy: join(copies, name),
    mutants: readMutants(JSON.parse(await Deno.readTextFile(report)) as StrykerReport),
  };
}

/** Names the test file of a mutant's own file, or of the folder in which that is, if there is one. */
function ownTests(copy: string, folder: string, file: string): string | undefined {
  const [name, parent] = file.replace(/\.ts$/, "").split("/").reverse();
  return [name, parent].map((word) => `tests/${folder}/${word}_test.ts`).find((path) => existsSync(join(copy, path)));
}

/** Runs tests in the copy; quick ones alone if `quick`. */
function runTests(copy: string, tests: string, options: { signal: AbortSignal; quick: boolean; id?: string }) {
  const { signal, quick, id } = options;
  const env = { ...quick ? { QUICK_TESTS: "1" } : {}, ...id === undefined ? {} : { __STRYKER_ACTIVE_MUTANT__: id } };
  return runDeno(["test", "-P", "--quiet", "--no-check", "--fail-fast", tests], { cwd: copy, env, signal });
}

/** Makes a judge of the mutants of a folder: their own tests run first, slow tests last, and never if `quickOnly`. */
async function judgeOf(
  copy: string,
  folder: string,
  quickOnly: boolean,
  signal: AbortSignal,
): Promise<(mutant: Mutant) => Promise<Status>> {
  if (!existsSync(join(copy, "tests", folder))) throw new UsageError(`'${folder}' has no tests in tests/${folder}`);
  const stages: { quick: boolean; limit: number }[] = [];
  for (const quick of quickOnly ? [true] : [true, false]) {
    const { code, output, seconds } = await runTests(copy, `tests/${folder}`, { quick, signal });
    if (code !== 0) throw new TaskError(`the tests of '${folder}' fail without a mutant:\n${output}`);
    if (quick && !quickOnly && !/ \| \d+ ignored/.test(output)) continue;
    stages.push({ quick, limit: 20_000 + 4_000 * seconds });
  }
  return async ({ id, file }) => {
    const own = ownTests(copy, folder, file), all = stages.map((stage) => ({ tests: `tests/${folder}`, ...stage }));
    const runs = own === undefined ? all : [{ ...all[0], tests: own }, ...all];
    for (const { tests, quick, limit } of runs) {
      const late = AbortSignal.timeout(limit);
      const { code } = await runTests(copy, tests, { quick, id, signal: AbortSignal.any([signal, late]) });
      signal.throwIfAborted();
      if (late.aborted) return "timeout";
      if (code !== 0) return "killed";
    }
    return "survived";
  };
}

/** Tests the mutants that the record does not know as killed, and writes the record as it goes. */
async function testMutants(
  mutants: Mutant[],
  { copy, jobs, quick, signal, report }: {
    copy: string;
    jobs: number;
    quick: boolean;
    signal: AbortSignal;
    report: Reporter;
  },
): Promise<Result[]> {
  const files = [...new Set(mutants.map(({ file }) => file))];
  const hashes = Object.fromEntries(files.map((file) => [file, hashOf(file)]));
  const old = await readJson<MutationRecord>(recordFile, { hashes: {}, results: [] });
  const kept = old.results.filter(({ file }) => !(file in hashes) || old.hashes[file] === hashes[file]);
  const record = new Map(kept.map((result) => [mutantKey(result), result]));
  const write = () =>
    Deno.writeTextFileSync(
      recordFile,
      `${JSON.stringify({ hashes: { ...old.hashes, ...hashes }, results: [...record.values()] }, null, 1)}\n`,
    );
  const waiting = mutants.filter((mutant) => (record.get(mutantKey(mutant))?.status ?? "survived") === "survived");
  report.line(`${mutants.length} mutants, ${mutants.length - waiting.length} of them killed earlier`);
  for (const [folder, own] of Map.groupBy(waiting, ({ file }) => folderOf(file))) {
    report.status(`${folder}: the tests without a mutant …`);
    const judge = await judgeOf(copy, folder, quick, signal);
    const started = performance.now();
    let next = 0, done = 0, survived = 0;
    const work = async () => {
      while (next < own.length) {
        const { id: _, ...mutant } = own[next], status = await judge(own[next++]);
        record.set(mutantKey(mutant), { ...mutant, status });
        if (status === "survived") survived++;
        if (++done % 20 === 0) write();
        const left = (performance.now() - started) / done * (own.length - done) / 1000;
        report.progress(`${folder}: ${done} of ${own.length}, ${survived} survived, about ${left.toFixed(0)} s left`);
      }
    };
    try {
      await Promise.all(Array.from({ length: jobs }, work));
    } finally {
      write();
    }
  }
  report.wrote(recordFile);
  return mutants.flatMap((mutant) => record.get(mutantKey(mutant)) ?? []);
}

if (import.meta.main) {
  const cores = navigator.hardwareConcurrency;
  await runTask({
    name: "mutate",
    about:
      "Changes the library in one place at a time (StrykerJS's mutants, in a copy of the project) and runs the tests of\n" +
      "the folder that holds the place. Lists the changes that no test notices; those with a reason in\n" +
      "tests/mutants.json apart. mutation.json records the results: killed mutants of unchanged files are not run again.",
    usage: "[--quick] [--sample N] [--seed S] [--jobs N] [FOLDER ...]",
    options: {
      quick: { type: "boolean", help: "judge by the quick tests alone" },
      sample: { type: "string", help: "number of mutants drawn from each folder (default: all)" },
      seed: { type: "string", help: "seed of the drawing (1)" },
      jobs: { type: "string", help: `number of mutants tested at a time (${cores}: the cores)` },
    },
    positionals: true,
  }, async ({ values, positionals }, report) => {
    const sample = wholeOption("sample", values.sample, 1, Infinity);
    const seed = wholeOption("seed", values.seed, 0, 1);
    const jobs = wholeOption("jobs", values.jobs, 1, cores);
    const exists = (folder: string) => folder === "core" || existsSync(new URL(`lib/${folder}`, root));
    const named = positionals.map((path) => path.replace(/^lib\//, "").replace(/\/$/, ""));
    const unknown = named.find((folder) => !/^\w+(\/\w+)?$/.test(folder) || !exists(folder));
    if (unknown !== undefined) throw new UsageError(`lib/ has no folder '${unknown}'`);
    const folders = named.length > 0 ? named : defaultFolders.filter(exists);
    using interrupt = interruptSignal();
    const { signal } = interrupt;
    const scratch = await Deno.makeTempDir({ prefix: "roundabout-mutants-" });
    try {
      report.status("writing the mutants …");
      const { copy, mutants } = await instrument(folders, scratch, signal);
      const chosen = [...Map.groupBy(mutants, ({ file }) => folderOf(file)).values()]
        .flatMap((own) => sampleMutants(own, sample, seed));
      const results = await testMutants(chosen, { copy, jobs, quick: values.quick === true, signal, report });
      const { text, unexplained, unused } = summarize(results, await readJson<Reason[]>(reasonsFile, []));
      report.line(text);
      if (sample === Infinity) {
        for (const { file, change } of unused) report.line(`tests/mutants.json: no survivor of ${file} is '${change}'`);
      }
      if (unexplained > 0) throw new NegativeResult(`${unexplained} survivors without a reason`);
    } catch (error) {
      throw signal.aborted ? new TaskError("interrupted; the same command continues") : error;
    } finally {
      await Deno.remove(scratch, { recursive: true });
    }
  });
}
