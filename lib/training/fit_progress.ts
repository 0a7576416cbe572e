import { type Broadcast, kernelBroadcast } from "../jupyter.ts";
import type { FitCallbacks, FitLogs } from "./fit_options.ts";

/** Output for progress; tests pass their own. */
export interface ProgressDisplay {
  /** Sends a message to the notebook; undefined outside a notebook. */
  readonly broadcast?: Broadcast;
  /** Replaces the last line of the terminal; undefined if lines cannot be replaced. */
  readonly rewrite?: (line: string) => void;
  /** Writes a permanent line. */
  readonly print: (line: string) => void;
  /** Reads a clock, in milliseconds. */
  readonly now: () => number;
}

const barWidth = 20, leastWait = 100;

/** Writes a time: "8 s", "3 min 20 s", "2 h 5 min". */
export function timeText(seconds: number): string {
  const whole = Math.ceil(seconds), minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const numbersText = (logs: FitLogs): string =>
  Object.entries(logs).filter(([, value]) => typeof value === "number").map(([key, value]) =>
    key === "alive" ? `${Math.round(100 * value)} % alive` : `${key} ${value.toFixed(4)}`
  ).join(", ");

/** Finds the terminal or the notebook. */
function displayHere(): ProgressDisplay {
  const broadcast = kernelBroadcast(), now = () => performance.now(), print = console.log;
  const terminal = typeof Deno !== "undefined" && broadcast === undefined && Deno.stderr.isTerminal();
  if (!terminal) return { broadcast, print, now };
  const encoder = new TextEncoder();
  const rewrite = (line: string) => {
    const { columns } = Deno.consoleSize();
    Deno.stderr.writeSync(encoder.encode(`\r\x1b[K${line.slice(0, columns - 1)}`));
  };
  return { rewrite, print: (line) => Deno.stderr.writeSync(encoder.encode(`\r\x1b[K${line}\n`)), now };
}

let displays = 0;

/** Options of {@linkcode showProgress}. */
export interface ProgressOptions {
  /** Number of epochs already done. */
  readonly from: number;
  /** Number of batches per epoch. */
  readonly batches: number;
  readonly display?: ProgressDisplay;
}

/** Makes callbacks that show the progress of a training: epoch, logs, remaining time. */
export function showProgress(
  epochs: number,
  { from, batches, display = displayHere() }: ProgressOptions,
): FitCallbacks {
  const { broadcast, rewrite, print, now } = display, begun = now(), id = `fitMetric ${++displays}`;
  let numbers = "", last = -Infinity, sent = false;
  const line = (done: number, bar: boolean): string => {
    const full = Math.round(barWidth * done / epochs), left = (now() - begun) / 1000 * (epochs - done) / (done - from);
    return [
      `epoch ${Math.min(epochs, Math.floor(done) + (Number.isInteger(done) ? 0 : 1))} of ${epochs}`,
      ...(bar ? [`[${"█".repeat(full)}${"·".repeat(barWidth - full)}]`] : []),
      numbers,
      ...(done < epochs && Number.isFinite(left) ? [`${timeText(left)} left`] : []),
    ].filter((part) => part !== "").join("  ");
  };
  const send = (text: string): Promise<void> => {
    const content = { data: { "text/plain": text }, metadata: {}, transient: { display_id: id } };
    const type = sent ? "update_display_data" : "display_data";
    sent = true;
    return broadcast!(type, content);
  };
  const show = (done: number): void | Promise<void> =>
    broadcast === undefined ? rewrite?.(line(done, true)) : send(line(done, false));
  let done = from;
  return {
    onBatchEnd: (batch) => {
      done = Math.floor(done) + Math.min(0.99, (batch + 1) / batches); // the rest is the pass that evaluates
      if (now() - last < leastWait) return;
      last = now();
      return show(done);
    },
    onEpochEnd: (epoch, logs = {}) => {
      numbers = numbersText(logs);
      done = epoch + 1;
      last = now();
      // Permanent lines are limited to about twenty.
      const due = Math.floor(20 * done / epochs) > Math.floor(20 * epoch / epochs);
      if (broadcast === undefined && rewrite === undefined) return due ? print(line(done, false)) : undefined;
      return show(done);
    },
    onTrainEnd: async () => {
      // Without times, so that the outputs of a notebook are the same in each run.
      const text = `${Math.floor(done)} of ${epochs} epochs  ${numbers}`.trimEnd();
      if (broadcast === undefined) return rewrite === undefined ? undefined : print(text);
      await send(text);
      await new Promise((resolve) => setTimeout(resolve, 20)); // or the cell may end before it is sent, see show()
    },
  };
}
