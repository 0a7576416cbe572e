import { alignedText } from "../tasks/cli.ts";
import { bars } from "./bars.ts";
import { type BenchRecord, type Work, works } from "./record_format.ts";

const milliseconds = (ms: number): string => ms >= 100 ? ms.toFixed(0) : ms >= 0.01 ? ms.toPrecision(3) : ms.toFixed(4);
const rowsOf = (n: number): string => n >= 1e4 ? n.toExponential().replace("e+", "e") : n.toLocaleString("en");

/** Contenders by sizes: milliseconds, and how many times the fused loss on wasm that is. */
function lossTable({ losses }: BenchRecord, work: Work): string {
  const timings = losses.filter((one) => one.work === work);
  const sizes = [...new Set(timings.map(({ rows }) => rows))];
  const names = [...new Set(timings.map(({ contender }) => contender))];
  const at = (name: string, rows: number) => timings.find((one) => one.contender === name && one.rows === rows)?.ms;
  const cells = (name: string, rows: number) => {
    const ms = at(name, rows), own = at("fused, wasm", rows);
    return [
      ms === undefined ? "" : milliseconds(ms),
      ms === undefined || own === undefined ? "" : `${(ms / own).toPrecision(ms / own >= 100 ? 3 : 2)}×`,
    ];
  };
  return alignedText([
    [works[work].words, ...sizes.flatMap((rows) => [rowsOf(rows), ""])],
    ...names.map((name) => [name, ...sizes.flatMap((rows) => cells(name, rows))]),
  ]);
}

/** The record as people read it. */
export function recordText(record: BenchRecord): string {
  const { date, sources, machine, versions, growth, copies, divisions, memory, epochs, missing, losses } = record;
  const own = epochs.find(({ contender }) => contender === "tfjs, fused F1, wasm")?.ms;
  const used = (Object.keys(works) as Work[]).filter((work) => losses.some((one) => one.work === work));
  return [
    `${date}, ${machine.cpu}, ${machine.cores} cores; one thread each`,
    Object.entries(versions).map(([name, version]) => `${name} ${version}`).join(", "),
    `sources ${sources}`,
    "Value and gradient by rows: the median in ms, and how many times the fused loss on wasm that is.",
    ...used.map((work) => lossTable(record, work)),
    alignedText([
      ["training, 4,601 × 57, batches of 256", "ms", ""],
      ...epochs.map(({ contender, epochs, ms }) => [
        `${contender}, ${epochs} epochs`,
        milliseconds(ms),
        own === undefined ? "" : `${(ms / own).toPrecision(2)}×`,
      ]),
    ]),
    alignedText([
      ["growth, time ∝ n^α", "rows", "α", "95 %"],
      ...growth.map(({ contender, from, to, alpha, low, high }) => [
        contender,
        `${rowsOf(from)} to ${rowsOf(to)}`,
        alpha.toFixed(3),
        `${low.toFixed(3)} to ${high.toFixed(3)}`,
      ]),
    ]),
    alignedText([
      ["a copy, bytes read and written", "ms", "GB/s"],
      ...copies.map(({ bytes, ms }) => [rowsOf(bytes), milliseconds(ms), (bytes / ms / 1e6).toFixed(1)]),
    ]),
    alignedText([
      ["one division per row", "ms", "ns per row"],
      ...divisions.map(({ rows, ms }) => [rowsOf(rows), milliseconds(ms), (1e6 * ms / rows).toFixed(3)]),
    ]),
    alignedText([
      ["memory on the backend", "bytes per row beyond inputs and gradient", "tensors left"],
      ...memory.map(({ contender, bytesPerRow, tensorsLeft }) => [
        contender,
        bytesPerRow.toFixed(2),
        String(tensorsLeft),
      ]),
    ]),
    alignedText([
      ["what was asked", "", "measured", ""],
      ...bars(record).map((
        { what, asked, measured, met },
      ) => [what, asked, measured, met ? "met" : measured === "not measured" ? "" : "MISSED"]),
    ]),
    ...missing.map(({ what, why }) => `not measured: ${what}: ${why}`),
  ].join("\n\n");
}
