/**
 * Value and gradient by two threads and by one, in turn: milliseconds, the fastest call and the median, and their ratios.
 * `deno task bench --threads` prints the table. Two idle cores are needed: with fewer, the two threads take turns.
 *
 * @module
 */
import { registerTeam } from "../lib/kernels/registered_team.ts";
import { Team } from "../lib/kernels/threads.ts";
import { lossAndGradient, type LossAndGradientOptions } from "@roundabout/roundabout/core";
import "@roundabout/roundabout/simd";
import { quantile } from "./alternate.ts";
import { rowsOf } from "./rows.ts";

const losses: Readonly<Record<string, LossAndGradientOptions>> = {
  "f1, softsign": { score: "f1" },
  "f1, logistic": { score: "f1", step: "logistic" },
};

const sizes = { 1e6: 200, 1e7: 20 };

/** Measures the losses; returns the table's lines. */
export async function measureThreads(status: (text: string) => void): Promise<string[]> {
  const team = await Team.start(1), lines = ["loss | rows | one thread, ms: least, median | two threads | ratio"];
  try {
    for (const [size, calls] of Object.entries(sizes)) {
      const { y, p } = rowsOf(Number(size)), rows = Number(size).toLocaleString("en");
      for (const [name, options] of Object.entries(losses)) {
        status(`${name}, ${rows} rows`);
        const times: [number[], number[]] = [[], []];
        for (let call = 0; call < 2 * calls; call++) {
          registerTeam(call % 2 === 0 ? undefined : team);
          const start = performance.now();
          lossAndGradient(y, p, options);
          times[call % 2].push(performance.now() - start);
        }
        const figures = times.map((own) => [Math.min(...own), quantile(own, 0.5)]);
        const [one, two] = figures.map((own) => own.map((ms) => ms.toFixed(2)).join(", "));
        const ratios = figures[1].map((ms, i) => (ms / figures[0][i]).toFixed(2)).join(", ");
        lines.push(`${name} | ${rows} | ${one} | ${two} | ${ratios}`);
      }
    }
  } finally {
    registerTeam(undefined);
    team.stop();
  }
  return lines;
}
