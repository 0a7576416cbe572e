// Mutants: read from StrykerJS's report, drawn, matched with reasons, summed up.
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  changeText,
  folderOf,
  type Mutant,
  mutantKey,
  readMutants,
  type Reason,
  type Result,
  sampleMutants,
  summarize,
} from "../../tasks/mutants.ts";

const at = (line: number, from: number, to: number, endLine = line) => ({
  start: { line, column: from },
  end: { line: endLine, column: to },
});

Deno.test("readMutants: the changed code of each, in the order of the source, without what is ignored", () => {
  const source = "const a = 1;\nif (a > 0) {\n  throw 1;\n}\n";
  const mutants = readMutants({
    files: {
      "lib/scores/a.ts": {
        source,
        mutants: [
          { id: "7", status: "Survived", replacement: "{}", location: at(2, 12, 2, 4) },
          { id: "3", status: "Killed", replacement: "a >= 0", location: at(2, 5, 10) },
          { id: "4", status: "Ignored", replacement: '""', location: at(1, 1, 2) },
        ],
      },
    },
  });
  assertEquals(mutants, [
    { id: "3", file: "lib/scores/a.ts", line: 2, column: 5, code: "a > 0", replacement: "a >= 0" },
    { id: "7", file: "lib/scores/a.ts", line: 2, column: 12, code: "{\n  throw 1;\n}", replacement: "{}" },
  ]);
  assertEquals(mutants.map(changeText), ["a > 0 → a >= 0", "{ throw 1; } → {}"]);
  assertEquals(changeText({ code: "x".repeat(300), replacement: " " }), `${"x".repeat(119)}… → (nothing)`);
});

const mutant = (n: number): Mutant => (
  { id: String(n), file: "lib/scores/a.ts", line: n, column: 1, code: "a", replacement: "b" }
);

Deno.test("sampleMutants: the same for the same seed, in order, without repetition", () => {
  const all = Array.from({ length: 50 }, (_, n) => mutant(n));
  const drawn = sampleMutants(all, 10, 1), lines = drawn.map(({ line }) => line);
  assertEquals(sampleMutants(all, 10, 1), drawn);
  assertNotEquals(sampleMutants(all, 10, 2), drawn);
  assertEquals(new Set(lines).size, 10);
  assertEquals(lines, lines.toSorted((a, b) => a - b));
  assert(lines.some((line) => line >= 10), "not just the first ones");
  assertEquals(sampleMutants(all, Infinity, 1), all);
});

Deno.test("mutantKey tells apart what differs, whatever number StrykerJS gives", () => {
  const one = mutant(1);
  assertEquals(mutantKey({ ...one, id: "99" } as Mutant), mutantKey(one));
  const others: Partial<Mutant>[] = [{ file: "x" }, { line: 2 }, { column: 2 }, { code: "c" }, { replacement: "c" }];
  for (const other of others) assertNotEquals(mutantKey({ ...one, ...other }), mutantKey(one));
});

Deno.test("folderOf: the folder of lib/, or core", () => {
  assertEquals(["lib/audit/rules/a.ts", "lib/b.ts"].map(folderOf), ["audit", "core"]);
});

Deno.test("summarize: rates per folder; survivors with a reason apart; reasons that no survivor needs", () => {
  const result = (n: number, status: Result["status"], more: Partial<Result> = {}): Result => {
    const { id: _, ...rest } = mutant(n);
    return { ...rest, status, ...more };
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
    "scores: 2 of 4 killed (1 by the time limit), 1 survive with a reason, 66.7 % of those without a reason",
    "core: 1 of 1 killed (0 by the time limit), 0 survive with a reason, 100.0 % of those without a reason",
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
