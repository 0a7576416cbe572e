// Mutants: read from the instrumenter's list, judged in processes that tests leave traces in, matched with reasons, summed up.
import { assertEquals } from "@std/assert";
import { testMutants } from "../../tasks/mutate.ts";
import {
  changeText,
  type ListedMutant,
  type Mutant,
  readMutants,
  type Reason,
  type Result,
  summarize,
  testsOfRound,
} from "../../tasks/mutants.ts";
import { root } from "../../tasks/cli.ts";
import { slow } from "../slow.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

Deno.test("readMutants: the changed code of each, in the order of the source, without what is ignored", () => {
  const source = "const a = 1;\nif (a > 0) {\n  throw 1;\n}\n", fileName = "lib/scores/a.ts";
  const at = (line: number, from: number, to: number, endLine = line) => ({
    start: { line, column: from },
    end: { line: endLine, column: to },
  });
  const list: ListedMutant[] = [
    { id: "7", fileName, replacement: "{}", location: at(1, 11, 1, 3) },
    { id: "3", fileName, replacement: "a >= 0", location: at(1, 4, 9) },
    { id: "4", fileName, replacement: '""', location: at(0, 0, 1), status: "Ignored" },
  ];
  const mutants = readMutants(list, (file) => file === fileName ? source : "");
  assertEquals(mutants, [
    { id: "3", file: "lib/scores/a.ts", line: 2, column: 5, code: "a > 0", replacement: "a >= 0" },
    { id: "7", file: "lib/scores/a.ts", line: 2, column: 12, code: "{\n  throw 1;\n}", replacement: "{}" },
  ]);
  assertEquals(mutants.map(changeText), ["a > 0 → a >= 0", "{ throw 1; } → {}"]);
  assertEquals(changeText({ code: "x".repeat(300), replacement: " " }), `${"x".repeat(119)}… → (nothing)`);
});

Deno.test("tests/mutants.json: the code of each change stands in its file", () => {
  const textOf = (file: string) => Deno.readTextFileSync(new URL(file, root));
  const reasons: Reason[] = JSON.parse(textOf("tests/mutants.json"));
  const stale = reasons.filter(({ file, change }) => {
    const [code] = change.split(/…? → /);
    return !textOf(file).replace(/\s+/g, " ").includes(code);
  });
  assertEquals(stale, []);
});

const mutant = (n: number): Mutant => (
  { id: String(n), file: "lib/scores/a.ts", line: n, column: 1, code: "a", replacement: "b" }
);

// Written as the instrumenter writes: on(id) tells whether the mutant is switched on, met(id) counts.
const toyLibrary = `
const state = globalThis.__stryker__, on = (id) => {
  if (state.active !== id) return false;
  if (++state.hitCount > state.hitLimit) throw new Error("hit limit");
  return true;
};
const met = (id) => {
  if (state.hits !== undefined) state.hits[id] = (state.hits[id] ?? 0) + 1;
  return false;
};
const mutated = (id) => on(id) || met(id);
export const twice = (x) => mutated(1) ? 3 * x : 2 * x;
export const isPositive = (x) => mutated(2) ? x >= 0 : x > 0;
export const base = mutated(3) ? 11 : 10;
let kept;
export const keptSquare = () => kept ??= mutated(4) ? 8 : 9;
export const countTo = (n) => {
  let i = 0;
  while (mutated(5) || i < n) i++;
  return i;
};
export const waits = () => {
  if (mutated(6)) while (true);
};
let spoilt = false;
export const isClean = () => !spoilt;
export const spoils = () => {
  if (mutated(7)) spoilt = true;
};
export const rejects = () => {
  if (mutated(8)) Promise.reject(new Error("late"));
};
export const unreached = () => mutated(9);
export const ends = () => {
  if (mutated(10)) Deno.exit(0);
};
let stuck = false;
export const hangs = () => {
  if (stuck) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  stuck = mutated(11);
  if (stuck) throw new Error("the next call hangs");
};
`;
const toyTests = `
import * as toy from "../../lib/toy/a.ts";
const equal = (a, b) => { if (a !== b) throw new Error(a + " is not " + b); };
Deno.test("numbers", () => { console.log("shown"); equal(toy.twice(2), 4); equal(toy.isPositive(1), true); });
Deno.test({ name: "once", fn: () => { equal(toy.base, 10); equal(toy.keptSquare(), 9); } });
Deno.test("loops", () => { equal(toy.countTo(3), 3); toy.waits(); });
Deno.test("traces", () => { toy.spoils(); equal(toy.isClean(), toy.isPositive(1)); });
Deno.test("promises", async () => { toy.rejects(); await undefined; });
Deno.test("ends", () => toy.ends());
Deno.test("hangs", () => toy.hangs());
let runs = 0;
Deno.test("is left out", () => { toy.isPositive(0); equal(++runs, 1); });
Deno.test.ignore("is slow", () => { toy.unreached(); throw new Error("not to be run"); });
`;

slow.test("testMutants: switched in one process, or in their own if their code runs once; loops and traces end", async () => {
  using temporary = new TemporaryFolder();
  const { folder: copy } = temporary;
  for (const folder of ["lib/toy", "tests/toy", "tasks"]) await Deno.mkdir(`${copy}/${folder}`, { recursive: true });
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  await Deno.writeTextFile(`${copy}/deno.json`, JSON.stringify({ imports: { "fast-check": imports["fast-check"] } }));
  await Deno.writeTextFile(`${copy}/lib/toy/a.ts`, toyLibrary);
  await Deno.writeTextFile(`${copy}/tests/toy/a_test.ts`, toyTests);
  for (const file of ["mutant_tests.ts", "processes.ts", "cli.ts"].map((name) => `tasks/${name}`)) {
    await Deno.copyFile(new URL(file, root), `${copy}/${file}`);
  }
  const lines: string[] = [], ignore = () => {};
  // The mutant that leaves traces runs before others that use the same process.
  const order = [7, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11];
  const results = await testMutants(order.map(mutant), ["tests/toy/a_test.ts"], {
    copy,
    jobs: 1,
    leastSeconds: 3,
    signal: new AbortController().signal,
    report: { line: (text) => lines.push(text), status: ignore, progress: ignore },
  });
  assertEquals(Object.fromEntries(results.map(({ id, status }) => [id, status])), {
    "1": "killed",
    "2": "survived",
    "3": "killed",
    "4": "killed",
    "5": "killed",
    "6": "timeout",
    "7": "killed",
    "8": "killed",
    "9": "survived",
    "10": "killed",
    "11": "killed",
  });
  assertEquals(results.map(({ line }) => line), order);
  assertEquals(lines, ["left out, as it fails when it runs again: is left out"]);
});

Deno.test("testsOfRound: the quick tests of a mutant first, the others in a second round", () => {
  const plan = { tests: [2, 0, 3, 1], seconds: 3.1875, hits: 9, once: false }, seconds = [0.125, 2, 0.0625, 1];
  assertEquals(testsOfRound(plan, seconds, 1), { ...plan, tests: [2, 0], seconds: 0.1875 });
  assertEquals(testsOfRound(plan, seconds, 2), { ...plan, tests: [3, 1], seconds: 3 });
});

Deno.test("summarize: rates per folder; survivors with a reason apart; reasons that no survivor needs", () => {
  const result = (n: number, status: Result["status"], more: Partial<Result> = {}): Result => {
    return { ...mutant(n), status, ...more };
  };
  const results = [
    result(1, "killed"),
    result(2, "timeout"),
    result(3, "survived"),
    result(4, "survived", { code: "x > 0", replacement: "x >= 0" }),
    result(5, "killed", { file: "lib/core.ts" }),
  ];
  const reasons: Reason[] = [
    { file: "lib/scores/a.ts", change: "x > 0 → x >= 0", reason: "The result at 0 is 0 either way." },
    { file: "lib/scores/a.ts", change: "gone → away", reason: "Old." },
    { file: "lib/steps/b.ts", change: "not → run", reason: "Its file was not tested." },
    { file: "lib/core.ts", change: "x > 0 → x >= 0", reason: "Another file." },
  ];
  const { text, unexplained, unused } = summarize(results, reasons);
  assertEquals(text.split("\n"), [
    "lib/scores: 2 of 4 killed (1 by the time limit), 1 survive with a reason, 66.7 % of the others",
    "  lib/scores/a.ts: 2 of 4 killed (1 by the time limit), 1 survive with a reason, 66.7 % of the others",
    "lib: 1 of 1 killed (0 by the time limit), 0 survive with a reason, 100.0 % of the others",
    "  lib/core.ts: 1 of 1 killed (0 by the time limit), 0 survive with a reason, 100.0 % of the others",
    "",
    "survivors:",
    "lib/scores/a.ts:3:1  a → b",
    "",
    "survivors with a reason:",
    "lib/scores/a.ts:4:1  x > 0 → x >= 0",
    "    The result at 0 is 0 either way.",
  ]);
  assertEquals(unexplained, 1);
  assertEquals(unused.map(({ change }) => change), ["gone → away", "x > 0 → x >= 0"]);
});
