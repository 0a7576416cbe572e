import process from "node:process";

/** Something that can be timed, here or in another process. */
export interface Timed {
  readonly name: string;
  /**
   * Times calls, after some that are not timed.
   *
   * @param untimed Calls before: an idle time slows the first ones down.
   * @param samples The number of times to return.
   * @param calls The number of calls that each is the mean of.
   * @returns Milliseconds per call.
   */
  time(untimed: number, samples: number, calls: number): Promise<number[]> | number[];
}

/** Times a call of this process, as {@linkcode Timed.time} says. */
export function timesOf(run: () => void, untimed: number, samples: number, calls: number): number[] {
  for (let i = 0; i < untimed; i++) run();
  return Array.from({ length: samples }, () => {
    const start = performance.now();
    for (let i = 0; i < calls; i++) run();
    return (performance.now() - start) / calls;
  });
}

/** The processor time of this process so far, in milliseconds. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Time limits of the contenders, in milliseconds. */
export interface Pace {
  /** The number of turns of each. */
  readonly rounds: number;
  /** The length of a turn where calls are short. */
  readonly turn: number;
  /** A contender that takes longer than this in all has fewer turns. */
  readonly most: number;
}

/** A measurement: the median and the middle half, in milliseconds. */
interface Timing {
  ms: number;
  from: number;
  to: number;
  samples: number;
}

/** Calls shorter than this are timed several at once. */
const shortest = 0.2;
/** Calls shorter than this are repeated before the clock starts. */
const long = 100;

/** The q-quantile, between the two that it falls between. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b), at = q * (sorted.length - 1), low = Math.floor(at);
  return sorted[low] + (at - low) * ((sorted[low + 1] ?? sorted[low]) - sorted[low]);
}

/**
 * Times contenders in turn, so that other work of the machine affects all of them. The first calls, which are
 * interpreted or compiled, are not counted.
 *
 * @returns Each contender's timing, or why it has none.
 */
export async function alternate(contenders: readonly Timed[], pace: Pace): Promise<(Timing | string)[]> {
  const failures: (string | undefined)[] = [], times: number[][] = contenders.map(() => []);
  const estimates = contenders.map(() => NaN);
  const attempt = async (i: number, work: () => Promise<void>) => {
    try {
      if (failures[i] === undefined) await work();
    } catch (error) {
      failures[i] = (error as Error).message.split("\n")[0];
    }
  };
  for (const [i, { time }] of contenders.entries()) {
    await attempt(i, async () => {
      [estimates[i]] = await time(0, 1, 1);
      for (let spent = 0; spent < 3 * pace.turn && estimates[i] < long;) {
        const calls = Math.ceil(pace.turn / 4 / estimates[i]);
        [estimates[i]] = await time(0, 1, calls);
        spent += calls * estimates[i];
      }
    });
  }
  for (let round = 0; round < pace.rounds; round++) {
    for (const [i, { time }] of contenders.entries()) {
      const each = estimates[i], calls = Math.max(1, Math.ceil(shortest / each));
      const samples = Math.max(1, Math.min(25, Math.floor(pace.turn / (calls * each))));
      if (round > 0 && round * samples * calls * each > pace.most) continue;
      const untimed = each > long ? 0 : Math.max(1, Math.ceil(1 / each));
      await attempt(i, async () => void times[i].push(...await time(untimed, samples, calls)));
    }
  }
  return times.map((values, i) =>
    failures[i] ?? {
      ms: quantile(values, 0.5),
      from: quantile(values, 0.25),
      to: quantile(values, 0.75),
      samples: values.length,
    }
  );
}
