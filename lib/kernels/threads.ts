import type { HostNumbers, Inputs } from "../batch/read_batch.ts";
import {
  type Begun,
  type BegunFinish,
  growTo,
  instantiate,
  mergeMarks,
  moduleBytes,
  type Simd,
  viewsOf,
} from "./simd.ts";
import { simdBytes } from "./simd_bytes.ts";
import { eachPiece, entriesToHeap, type Table, type TablePass } from "./table.ts";

/** The loops by name; a task names one by its place here. */
const loops = ["central", "count", "argmax", "finish", "finishArgmax"] as const;

/** The words of a worker's control: tasks given, tasks done, then some tasks: the holder, the loop, the number of arguments, these. */
const given = 0, done = 1, tasksAt = 4, taskWords = 20, tasksHeld = 4;

/** The holder of a task: nobody, the worker, or the main thread again. */
const open = 0, taken = 1, takenBack = 2;

/** The number of looks at the control before a thread waits, about 0.15 ms: the main thread takes less between two passes. */
const looks = 20_000;

/** The code of a worker, the same in all environments: it runs tasks until the number of a loop is −1. */
const workerCode = `
function work({ bytes, memory, control }, ready) {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  const loops = ${JSON.stringify(loops)}.map((name) => exports[name]);
  ready();
  for (let task = 0;; task++) {
    for (let i = 0; i < ${looks} && Atomics.load(control, ${given}) === task; i++);
    while (Atomics.load(control, ${given}) === task) Atomics.wait(control, ${given}, task);
    const at = ${tasksAt} + task % ${tasksHeld} * ${taskWords};
    if (control[at + 1] < 0) return;
    if (Atomics.compareExchange(control, at, ${open}, ${taken}) === ${open}) {
      loops[control[at + 1]](...control.subarray(at + 3, at + 3 + control[at + 2]));
    }
    Atomics.store(control, ${done}, task + 1);
    Atomics.notify(control, ${done});
  }
}`;

/** The message that a worker begins with. */
interface Setup {
  readonly bytes: Uint8Array;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
}

/** A worker of either kind. */
interface AnyWorker {
  terminate(): unknown;
}

interface NodeWorker extends AnyWorker {
  once(event: "message" | "error", listener: (error: Error) => void): void;
  unref(): void;
}

interface NodeThreads {
  readonly Worker: new (code: string, options: { eval: true; workerData: Setup }) => NodeWorker;
}

interface NodeProcess {
  getBuiltinModule?(name: string): NodeThreads | undefined;
}

/** Starts a worker of Node or Deno, which does not keep the process alive. */
function startInNode({ Worker }: NodeThreads, setup: Setup): Promise<AnyWorker> {
  const code = `const { parentPort, workerData } = require("node:worker_threads");${workerCode}
work(workerData, () => parentPort.postMessage(0));`;
  return new Promise((resolve, reject) => {
    const worker = new Worker(code, { eval: true, workerData: setup });
    worker.once("message", () => {
      worker.unref();
      resolve(worker);
    });
    worker.once("error", reject);
  });
}

/** Starts a worker of a browser. */
function startInBrowser(setup: Setup): Promise<AnyWorker> {
  const code = `${workerCode}\nonmessage = ({ data }) => { work(data, () => postMessage(0)); close(); };`;
  const address = URL.createObjectURL(new Blob([code]));
  return new Promise<AnyWorker>((resolve, reject) => {
    const worker = new Worker(address);
    worker.onmessage = () => resolve(worker);
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(setup);
  }).finally(() => URL.revokeObjectURL(address));
}

/** Returns the first word of a task in a control. */
const wordOf = (task: number): number => tasksAt + task % tasksHeld * taskWords;

/** A worker and what it has to do. */
class Helper {
  readonly control = new Int32Array(new SharedArrayBuffer(4 * (tasksAt + tasksHeld * taskWords)));
  worker?: AnyWorker;
  #given = 0;

  /** The tasks that were given. */
  get given(): number {
    return this.#given;
  }

  get done(): number {
    return Atomics.load(this.control, done);
  }

  /** Says that there is room for a task. */
  get isFree(): boolean {
    return this.#given - this.done < tasksHeld;
  }

  /** The tasks up to the last one that was not taken back. */
  get owed(): number {
    let tasks = this.#given;
    while (tasks > this.done && this.control[wordOf(tasks - 1)] === takenBack) tasks--;
    return tasks;
  }

  /** Gives a task to a worker that has room for it. */
  give(loop: number, args: readonly number[]): void {
    this.control.set([open, loop, args.length, ...args], wordOf(this.#given));
    Atomics.store(this.control, given, ++this.#given);
    Atomics.notify(this.control, given);
  }

  /** Takes the last task back, if the worker has not begun it: it may be waiting for a core. */
  takeBack(): boolean {
    const task = this.owed - 1;
    return task >= this.done && Atomics.compareExchange(this.control, wordOf(task), open, takenBack) === open;
  }

  /** Waits until so many tasks are done; by default all that were not taken back. */
  wait(tasks = this.owed): void {
    for (let i = 0, now = this.done; now < tasks; i++, now = this.done) {
      try {
        if (i >= looks) Atomics.wait(this.control, done, now);
      } catch { /* the main thread of a browser may only look */ }
    }
  }
}

/** The first entry of a unit, and the entry after its last. */
type Unit = readonly [start: number, end: number];

/** The addresses of whole tables in the shared memory. */
type Addresses = Partial<Record<"p" | "y" | "w" | "d", number>>;

/** The part of a first pass that the workers keep for the second. */
export interface Shared {
  readonly at: Addresses;
  /** The first entry that a worker has taken. */
  readonly from: number;
  readonly length: number;
  readonly unit: number;
}

/** A pass as one thread runs it, in its own heap. */
type OwnPass<Started, Name extends string> = TablePass<Name> & {
  readonly begun: Started;
  readonly length: number;
  /** Begins the same pass in the shared memory. */
  begin(simd: Simd): Started | undefined;
};

/** Returns the addresses of an entry of tables. */
const shifted = (at: Addresses, entry: number): Required<Pick<Addresses, "p" | "y">> & Addresses => ({
  p: at.p! + 4 * entry,
  y: at.y! + 4 * entry,
  w: at.w && at.w + 4 * entry,
  d: at.d && at.d + 4 * entry,
});

/** The bytes below all tables: the address 0 says that there is no place. */
const reserved = 1024;

/** A number of entries that a thread takes at a time, about. */
const unitLength = 32768;

/** The main thread and its workers, with a memory that they share. */
export class Team {
  readonly #helpers: readonly Helper[];
  readonly #simd: Simd;
  readonly #remote: readonly Simd[];
  #top = 0;
  #current?: Shared;
  #units = 0;

  private constructor(helpers: readonly Helper[], memory: WebAssembly.Memory) {
    this.#helpers = helpers;
    this.#simd = instantiate(simdBytes, memory, (bytes) => this.#allocate(bytes));
    this.#remote = helpers.map((helper) => {
      const remote = loops.map((name, loop) => [name, (...args: number[]) => (helper.give(loop, args), 0)] as const);
      return { ...this.#simd, exports: { ...this.#simd.exports, ...Object.fromEntries(remote) } };
    });
  }

  /** Starts a number of workers. */
  static async start(workers: number): Promise<Team> {
    const bytes = moduleBytes(simdBytes, true),
      memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
    const helpers = Array.from({ length: workers }, () => new Helper());
    const node = (globalThis as { process?: NodeProcess }).process?.getBuiltinModule?.("node:worker_threads");
    const team = new Team(helpers, memory);
    try {
      await Promise.all(helpers.map(async (helper) => {
        const setup = { bytes, memory, control: helper.control };
        helper.worker = await (node ? startInNode(node, setup) : startInBrowser(setup));
      }));
    } catch (error) {
      team.stop();
      throw error;
    }
    return team;
  }

  /** Ends the workers. */
  stop(): void {
    this.#current = undefined;
    for (const helper of this.#helpers) {
      helper.give(-1, []);
      void helper.worker?.terminate();
    }
  }

  /** The number of units that the workers have taken; for tests. */
  get unitsTaken(): number {
    return this.#units;
  }

  /** Returns the address of so many bytes that may be used until the next first pass; 0 if there are none. */
  #allocate(bytes: number): number {
    const { memory } = this.#simd, at = this.#top, top = at + Math.ceil(bytes / 64) * 64;
    try {
      growTo(memory, top);
    } catch {
      return 0;
    }
    this.#top = top;
    return at;
  }

  /** Says that what the workers keep of a first pass is still there: another first pass takes its place. */
  holds(shared: Shared): boolean {
    return this.#current === shared;
  }

  #wait(): void {
    for (const helper of this.#helpers) helper.wait();
  }

  /** Returns the place of a worker that has room for a task, −1 if there is none. */
  #free(): number {
    return this.#helpers.findIndex(({ isFree }) => isFree);
  }

  /**
   * Runs a first pass: workers take units from the end of the tables, the main thread from their start. Its sums are the first
   * of all; those of the workers are then added group by group, as one thread does.
   *
   * @returns The part that the workers keep; nothing if there is no room, or an index is not that of a class.
   */
  first(
    pass: OwnPass<Begun, "p" | "y" | "w" | "d">,
    { yTrue, yPred, sampleWeight }: Inputs<Table>,
    keep: boolean,
  ): Shared | undefined {
    const { simd, begun, block, length } = pass, { group, sums, sumsBytes } = begun.places;
    const unit = block * Math.max(1, Math.floor(unitLength / block));
    this.#current = undefined;
    this.#top = reserved;
    this.#wait(); // a pass that threw may have left tasks
    const table = () => this.#allocate(4 * length);
    const at: Addresses = { p: table(), y: table() };
    if (sampleWeight !== undefined) at.w = table();
    if (keep) at.d = table();
    const apart = this.#allocate(Math.ceil(length / group) * sumsBytes), total = this.#allocate(sumsBytes);
    const theirs = this.#remote.map(pass.begin), here = pass.begin(this.#simd); // the last to find no room
    if (here === undefined || apart === 0 || Object.values(at).includes(0)) return undefined;
    const run = (by: Begun, [start, end]: Unit) =>
      by.run(shifted(at, start), end - start, apart + start / group * sumsBytes);
    const units: Unit[][] = this.#helpers.map(() => []);
    let front = 0, back = length, good = true;
    while (good && front < back) {
      const helper = this.#free();
      if (helper < 0) {
        const end = Math.min(front + unit, back);
        good = eachPiece(pass, end, front);
        front = end;
        continue;
      }
      const start = Math.floor((back - 1) / unit) * unit;
      good = [[yPred, at.p], [yTrue, at.y], [sampleWeight, at.w]].every(([from, to]) =>
        from === undefined || entriesToHeap(from as Table, start, back, this.#simd, to as number + 4 * start)
      );
      if (!good) break;
      units[helper].push([start, back]);
      run(theirs[helper]!, [start, back]);
      this.#units++;
      back = start;
    }
    for (const [i, helper] of this.#helpers.entries()) while (helper.takeBack()) run(here, units[i].pop()!);
    this.#wait();
    if (!good) return undefined;
    const own = viewsOf(simd).bytes.subarray(sums, sums + sumsBytes), { bytes } = viewsOf(this.#simd);
    bytes.set(own, total);
    this.#simd.exports.gather(total, apart + back / group * sumsBytes, Math.ceil((length - back) / group), sumsBytes);
    own.set(bytes.subarray(total, total + sumsBytes));
    for (const each of [here, ...theirs]) mergeMarks(this.#simd, each!.places.marks, simd, begun.places.marks);
    return this.#current = { at, from: back, length, unit };
  }

  /**
   * Runs a second pass, each thread on what it has from the first, and copies what the workers make to `kept`.
   *
   * @returns False where there is no room: `kept` then has what the workers keep, for one thread.
   */
  second(pass: OwnPass<BegunFinish, "d" | "y" | "w">, { at, from, length, unit }: Shared, kept: HostNumbers): boolean {
    const theirs = this.#remote.map(pass.begin), here = pass.begin(this.#simd);
    const run = (by: BegunFinish, start: number, end: number) =>
      by.run(shifted(at, start) as Required<Addresses>, end - start);
    const { float32 } = viewsOf(this.#simd), d = at.d! >>> 2;
    const copyOut = (start: number, end: number) => kept.set(float32.subarray(d + start, d + end), start);
    if (here === undefined) { // the last to find no room
      copyOut(from, length);
      return false;
    }
    const running: { helper: Helper; task: number; start: number; end: number }[] = [];
    let front = 0, back = length;
    while (front < from || back > from || running.length > 0) {
      const first = running[0], last = running.at(-1), helper = back > from ? this.#free() : -1;
      if (helper >= 0) {
        const start = Math.floor((back - 1) / unit) * unit;
        run(theirs[helper]!, start, back);
        running.push({ helper: this.#helpers[helper], task: this.#helpers[helper].given, start, end: back });
        back = start;
      } else if (first?.helper.done >= first?.task) {
        copyOut(first.start, first.end);
        running.shift();
      } else if (front < from) {
        const end = Math.min(front + unit, from);
        eachPiece(pass, end, front);
        front = end;
      } else if (back > from) { // no worker has room
        const start = Math.floor((back - 1) / unit) * unit;
        run(here, start, back);
        copyOut(start, back);
        back = start;
      } else if (last!.helper.takeBack()) {
        run(here, last!.start, last!.end);
        copyOut(last!.start, last!.end);
        running.pop();
      } else first.helper.wait(first.task);
    }
    return true;
  }
}
