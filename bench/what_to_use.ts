/**
 * The comparison of notebook 5: `compareLosses` on tumours, e-mail and loans, judged by F1, all rivals, ten splits, columns with
 * heavy tails through a power as by default. It takes some ten minutes.
 *
 *     deno run -P=bench bench/what_to_use.ts             # prints the record
 *     deno run -P=bench bench/what_to_use.ts --save      # writes bench/what_to_use.json
 *
 * @module
 */
import { compareLosses } from "../lib/compare/mod.ts";
import { loadDataset } from "../lib/data/mod.ts";

const names = { tumours: "wdbc", "e-mail": "spambase", loans: "credit" } as const;
const round = (v: number) => Number(v.toFixed(6));
const rounded = (one: object) =>
  Object.fromEntries(Object.entries(one).map(([key, v]) => [key, typeof v === "number" ? round(v) : v]));

const lines: object[] = [];
for (const [data, name] of Object.entries(names)) {
  const { frame, label } = await loadDataset(name);
  const { losses, differences } = await compareLosses(frame, {
    label,
    score: "f1",
    repeats: 10,
    seed: 1,
  });
  for (const { values, mean, tunedThreshold, ...one } of losses) {
    const threshold = tunedThreshold && rounded(tunedThreshold);
    lines.push({ data, ...one, mean: round(mean), values: values.map(round), tunedThreshold: threshold });
  }
  for (const one of differences) lines.push({ data, ...rounded(one) });
}
const text = `${JSON.stringify(lines, null, 2)}\n`;
if (Deno.args.includes("--save")) await Deno.writeTextFile(new URL("what_to_use.json", import.meta.url), text);
else console.log(text);
