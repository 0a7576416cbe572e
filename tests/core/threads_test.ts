// The entry ./threads: how many threads there are, and none where there can be none.
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { registeredTeam } from "../../lib/kernels/registered_team.ts";
import { Team } from "../../lib/kernels/threads.ts";
import { setThreads } from "../../lib/threads.ts";

Deno.test("n threads are n − 1 workers beside the one that calls; a call ends the workers of the call before", async () => {
  const { start } = Team, asked: number[] = [], ended: Team[] = [];
  Team.start = async (workers) => {
    asked.push(workers);
    const team = await start(1), { stop } = team;
    team.stop = () => {
      ended.push(team);
      stop.call(team);
    };
    return team;
  };
  try {
    assertEquals(await setThreads(4), 4);
    const four = registeredTeam()!;
    assertEquals([asked, ended], [[3], []]);
    assertEquals(await setThreads(2), 2);
    const two = registeredTeam()!;
    assertEquals(asked, [3, 1]);
    assertStrictEquals(ended[0], four);
    assertEquals(await setThreads(1), 1);
    assertStrictEquals(ended[1], two);
    assertEquals([asked.length, ended.length, registeredTeam()], [2, 2, undefined]);
  } finally {
    Team.start = start;
  }
});

Deno.test("where there is no shared memory or no worker, one thread computes, and a warning says why", async () => {
  const { SharedArrayBuffer, process } = globalThis as unknown as Record<string, unknown>, { warn } = console;
  const told: string[] = [];
  console.warn = (text: string) => told.push(text);
  try {
    Reflect.deleteProperty(globalThis, "SharedArrayBuffer");
    assertEquals(await setThreads(2), 1);
    Object.assign(globalThis, { SharedArrayBuffer });
    const broken = {
      getBuiltinModule: () => ({
        Worker: class {
          constructor() {
            throw new Error("refused");
          }
        },
      }),
    };
    Object.defineProperty(globalThis, "process", { value: broken, configurable: true });
    assertEquals(await setThreads(2), 1);
  } finally {
    console.warn = warn;
    Object.assign(globalThis, { SharedArrayBuffer });
    Object.defineProperty(globalThis, "process", { value: process, configurable: true });
  }
  assertEquals(told.map((text) => /no SharedArrayBuffer|did not start: refused/.exec(text)?.[0]), [
    "no SharedArrayBuffer",
    "did not start: refused",
  ]);
  assertEquals(registeredTeam(), undefined);
  await assertRejects(() => setThreads(1.5), RangeError, "'threads' must be an integer from 1 to 64, it is 1.5");
});

Deno.test("of two calls at once the one that came last counts, and the workers of the other end", async () => {
  const { start } = Team, ended: boolean[] = [];
  Team.start = async (workers) => {
    const team = await start(workers), { stop } = team, call = ended.push(false) - 1;
    team.stop = () => {
      ended[call] = true;
      stop.call(team);
    };
    return team;
  };
  try {
    const first = setThreads(2);
    assertEquals(await setThreads(1), 1);
    await first;
    assertEquals([registeredTeam(), ended], [undefined, [true]]);
  } finally {
    Team.start = start;
  }
});
