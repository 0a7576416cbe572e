/**
 * Mutants of the library: read from the instrumenter's list, judged by the tests of their folder, matched with the reasons
 * of tests/mutants.json, summed up.
 *
 * @module
 */
import { dirname } from "node:path";
import type { TestReply, TestRequest } from "./mutant_tests.ts";

/** A change of one place of the source. */
export interface Mutant {
  /** Number that switches the change on in the instrumented sources. */
  id: string;
  /** File, from the project's top folder. */
  file: string;
  /** Position of the changed code, both from 1. */
  line: number;
  column: number;
  /** Changed code, and the code that replaces it. */
  code: string;
  replacement: string;
}

/** Outcome of the tests of a mutant: a mutant that runs into the time limit counts as killed. */
type Status = "killed" | "timeout" | "survived";

/** A mutant that was tested. */
export type Result = Mutant & { status: Status };

/** Reason why no test can kill a mutant: the changed code does the same, or differs only in speed. */
export interface Reason {
  /** File, from the project's top folder. */
  file: string;
  /** The changed code and its replacement, as the list of survivors prints them. */
  change: string;
  /** One sentence. */
  reason: string;
}

/** An entry of the instrumenter's list. */
export interface ListedMutant {
  fileName: string;
  id: string;
  /** "Ignored" for the kinds of change that are left out. */
  status?: string;
  replacement: string;
  /** Both from 0. */
  location: Record<"start" | "end", { line: number; column: number }>;
}

/** Turns the instrumenter's list into mutants by file and position; `sourceOf` reads a file as it was. */
export function readMutants(list: readonly ListedMutant[], sourceOf: (file: string) => string): Mutant[] {
  const used = Map.groupBy(list.filter(({ status }) => status !== "Ignored"), ({ fileName }) => fileName);
  return [...used].flatMap(([file, mutants]) => {
    const source = sourceOf(file), starts = [0];
    for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
    const offset = ({ line, column }: { line: number; column: number }) => starts[line] + column;
    return mutants.map(({ id, replacement, location: { start, end } }) => ({
      id,
      file,
      line: start.line + 1,
      column: start.column + 1,
      code: source.slice(offset(start), offset(end)),
      replacement,
    })).sort((a, b) => a.line - b.line || a.column - b.column || a.code.length - b.code.length);
  });
}

/** A process that has loaded the tests. */
export interface TestProcess {
  /** Reply after the loading; undefined if the process ended before. */
  readonly loading: Promise<TestReply | undefined>;
  /** Runs tests; undefined if the process ends instead, be it for the time limit in seconds. */
  ask(request: TestRequest, limit?: number): Promise<TestReply | undefined>;
  /** True if the process was ended for a time limit. */
  readonly late: boolean;
  /** Ends the process. */
  stop(): Promise<void>;
}

/** Tests of a file that judge a mutant. */
export interface Plan {
  /** Numbers of the tests, those first that come by the mutant and are quick. */
  tests: number[];
  /** Seconds that they take without a mutant. */
  seconds: number;
  /** The number of times that the tests run the mutant. */
  hits: number;
  /** True if the mutant's code runs once per process: while the file is loaded, or for a result that is kept. */
  once: boolean;
}

/**
 * Plans the tests of each mutant by three replies without a mutant: after the loading, and of two runs of all tests. Code
 * that runs once per process, while the file is loaded or for a result that is kept, may matter to every test.
 */
export function planTests(loading: TestReply, first: TestReply, second: TestReply): (id: string) => Plan {
  const sound = first.seconds.map((_, test) => test).filter((test) => !second.failed.includes(test))
    .toSorted((a, b) => first.seconds[a] - first.seconds[b]);
  return (id) => {
    const atLoad = loading.hits[0][id] > 0;
    const [near, far] = [true, false].map((is) => sound.filter((test) => first.hits[test][id] > 0 === is));
    const once = atLoad || near.some((test) => second.hits[test][id] === undefined);
    const tests = once ? [...near, ...far] : near;
    return {
      tests,
      seconds: tests.reduce((sum, test) => sum + first.seconds[test], 0),
      hits: near.reduce((sum, test) => sum + first.hits[test][id], 0),
      once,
    };
  };
}

/** The seconds of a mutant's tests of a file that make its first round. */
const firstSeconds = 0.2;

/** Returns the tests of a round: in the first one the quick tests, in the second one the others. */
export function testsOfRound(plan: Plan, seconds: readonly number[], round: 1 | 2): Plan {
  let sum = 0;
  const quick = plan.tests.filter((test) => (sum += seconds[test]) <= firstSeconds);
  const tests = round === 1 ? quick : plan.tests.filter((test) => !quick.includes(test));
  return { ...plan, tests, seconds: tests.reduce((sum, test) => sum + seconds[test], 0) };
}

/**
 * Makes a judge of mutants by the tests of a file. One process judges them one after another; a mutant whose code runs once
 * per process has a process of its own. The tests that failed last run first: the next mutant is often one of the same line.
 * Failures count if the tests pass again without a mutant, which is asked once for several mutants: if they do not, something
 * was left behind in the process, and new processes judge each mutant by itself.
 */
export function makeJudge(
  planOf: (id: string) => Plan,
  start: (mutant?: string) => TestProcess,
  leastSeconds = 10,
): { judge(ids: readonly string[]): Promise<Status[]>; stop(): Promise<void> } {
  let shared = start(), killers: number[] = [];
  const renew = async () => {
    await shared.stop();
    shared = start();
  };
  const killedBy = (test?: number): Status => {
    if (test !== undefined) killers = [test, ...killers.filter((other) => other !== test)];
    return "killed";
  };
  const requestOf = (id: string) => {
    const plan = planOf(id), { tests, seconds, hits } = plan, first = killers.filter((test) => tests.includes(test));
    const sound = [...first, ...tests.filter((test) => !first.includes(test))];
    return { ...plan, sound, limit: leastSeconds + 10 * seconds, request: { mutant: id, hitLimit: 1000 + 100 * hits } };
  };
  const judgeOne = async (id: string): Promise<Status> => {
    const { tests, once, limit, request, ...asked } = requestOf(id);
    let { sound } = asked;
    if (once) {
      const own = start(id), reply = await own.ask({ ...request, tests: sound }, limit);
      await own.stop();
      return own.late ? "timeout" : reply?.failed.length === 0 ? "survived" : killedBy(reply?.failed[0]);
    }
    for (const fresh of [false, true]) {
      if (sound.length === 0) return "survived";
      const reply = await shared.ask({ ...request, tests: sound }, limit), { late } = shared;
      if (reply?.failed.length === 0) return "survived";
      if (reply !== undefined && (await shared.ask({ tests: reply.failed }, limit))?.failed.length === 0) {
        return killedBy(reply.failed[0]);
      }
      await renew();
      if (late) return "timeout";
      if (!fresh) {
        const failed = new Set((await shared.ask({ tests, all: true }))?.failed);
        sound = sound.filter((test) => !failed.has(test));
      }
    }
    return "killed";
  };
  const judge = async (ids: readonly string[]): Promise<Status[]> => {
    const statuses: Status[] = [], failed = new Map<number, number>(); // tests by the places of mutants, to be confirmed
    let limits = 0;
    const judgeAgain = async () => {
      await renew();
      for (const place of failed.keys()) statuses[place] = await judgeOne(ids[place]);
      failed.clear();
    };
    for (const [place, id] of ids.entries()) {
      const { sound, limit, request, once } = requestOf(id);
      if (once) {
        statuses.push(await judgeOne(id));
        continue;
      }
      const reply = await shared.ask({ ...request, tests: sound }, limit), { late } = shared;
      if (reply === undefined) {
        await judgeAgain();
        statuses.push(late ? "timeout" : await judgeOne(id));
      } else if (reply.failed.length === 0) statuses.push("survived");
      else {
        failed.set(place, reply.failed[0]);
        limits += limit;
        statuses.push(killedBy(reply.failed[0]));
      }
    }
    const tests = [...new Set(failed.values())];
    if (tests.length > 0 && (await shared.ask({ tests }, limits))?.failed.length !== 0) await judgeAgain();
    return statuses;
  };
  return { judge, stop: () => shared.stop() };
}

const oneLine = (code: string): string => {
  const line = code.replace(/\s+/g, " ").trim();
  return line.length <= 120 ? line : `${line.slice(0, 119)}…`;
};

/** Describes a change in one line. */
export const changeText = ({ code, replacement }: Pick<Mutant, "code" | "replacement">): string =>
  `${oneLine(code)} → ${oneLine(replacement) || "(nothing)"}`;

/** Sums up results per folder and file and lists the survivors, those with a reason apart. */
export function summarize(
  results: readonly Result[],
  reasons: readonly Reason[],
): { text: string; unexplained: number; unused: Reason[] } {
  const reasonOf = (result: Result) =>
    reasons.find(({ file, change }) => file === result.file && change === changeText(result));
  const survivors = results.filter(({ status }) => status === "survived");
  const [explained, unexplained] = [true, false]
    .map((is) => survivors.filter((one) => (reasonOf(one) !== undefined) === is));
  const line = (name: string, own: Result[]) => {
    const count = (status: Status) => own.filter((one) => one.status === status).length;
    const killed = own.length - count("survived"), excused = own.filter((one) => explained.includes(one)).length;
    const rate = own.length === excused
      ? ""
      : `, ${(100 * killed / (own.length - excused)).toFixed(1)} % of the others`;
    return `${name}: ${killed} of ${own.length} killed (${count("timeout")} by the time limit), ` +
      `${excused} survive with a reason${rate}`;
  };
  const tables = [...Map.groupBy(results, ({ file }) => dirname(file))].flatMap(([folder, own]) => [
    line(folder, own),
    ...[...Map.groupBy(own, ({ file }) => file)].map(([file, some]) => `  ${line(file, some)}`),
  ]);
  const place = (one: Result) => `${one.file}:${one.line}:${one.column}  ${changeText(one)}`;
  const list = (title: string, all: string[]) => all.length === 0 ? [] : ["", title, ...all];
  const text = [
    ...tables,
    ...list("survivors:", unexplained.map(place)),
    ...list("survivors with a reason:", explained.map((one) => `${place(one)}\n    ${reasonOf(one)!.reason}`)),
  ].join("\n");
  const files = new Set(results.map(({ file }) => file)), used = new Set(explained.map(reasonOf));
  return { text, unexplained: unexplained.length, unused: reasons.filter((r) => files.has(r.file) && !used.has(r)) };
}
