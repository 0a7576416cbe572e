/**
 * The error of a score of the curve at B thresholds: thresholds at equal distances in logits against quantiles of the outputs.
 *
 *     deno run -A bench/curve_bins.ts [--save bench/curve_bins.json]
 *
 * 100,000 rows of two normal distributions in logits, calibrated, at three prevalences and two distances. An entry is the score of
 * the thresholds less the exact one.
 */
import { parseArgs } from "node:util";
import { curveLossAndGradient, rankingMetric } from "@roundabout/roundabout/curves";
import { seededRandom } from "@roundabout/roundabout/data";

const n = 100_000, { values: { save } } = parseArgs({ options: { save: { type: "string" } } });
const lines: string[] = [];
for (const prevalence of [0.5, 0.05, 0.005]) {
  for (const distance of [1, 3]) {
    const random = seededRandom(1), y = new Float32Array(n), bias = Math.log(prevalence / (1 - prevalence));
    const p = Float32Array.from({ length: n }, (_, i) => {
      y[i] = Number(random.uniform() < prevalence);
      return 1 / (1 + Math.exp(-bias - distance * (random.normal() + distance * (y[i] - 0.5))));
    });
    const sorted = p.toSorted();
    for (const score of ["rocAuc", "averagePrecision", "negativeAum"] as const) {
      const best = score === "negativeAum" ? 0 : 1;
      const exact = rankingMetric(y, p, { score });
      const error = (thresholds: number | number[]) =>
        Number((best - curveLossAndGradient(y, p, { score, thresholds }).value - exact).toExponential(1));
      const errors = [16, 32, 64, 128, 256, 1024].map((size) => {
        const quantiles = Array.from({ length: size }, (_, b) => sorted[Math.floor((b + 0.5) / size * n)]);
        return { thresholds: size, logits: error(size), quantiles: error([...new Set(quantiles)]) };
      });
      lines.push(JSON.stringify({ prevalence, distance, score, exact: Number(exact.toFixed(4)), errors }));
    }
  }
}
const text = `[\n  ${lines.join(",\n  ")}\n]\n`;
console.log(text);
if (save !== undefined) await Deno.writeTextFile(save, text);
