// What a correct output is where the labels leave it open, asked of losses that are written in numbers.
import { assertEquals } from "@std/assert";
import { type AuditBatch, samplerOf } from "../../lib/audit/batches.ts";
import type { AuditEngine } from "../../lib/audit/engines/engine.ts";
import { readingOf } from "../../lib/audit/reading.ts";
import type { AuditOptions } from "../../lib/audit/types.ts";

/** The mean over the rows of a number for the first label and the output. */
const meanOf = (each: (y: number, p: number) => number) => ({ yTrue, yPred, trueShape: [rows, columns] }: AuditBatch) =>
  yPred.reduce((sum, p, i) => sum + each(yTrue[i * columns], p), 0) / rows;

/** The first word that tells readings apart, and whether the correct outputs are turned. */
function read(options: AuditOptions, of: (batch: AuditBatch) => number): string {
  const sampler = samplerOf(options), engine = { value: (batch: AuditBatch) => ({ value: of(batch) }) } as AuditEngine;
  const { reading = "none", sampler: own } = readingOf(engine, sampler, options), straight = sampler("perfect", 1, 16);
  const isTurned = own("perfect", 1, 16)?.yPred.join() !== straight?.yPred.join();
  for (const kind of ["random", "saturated"] as const) assertEquals(own(kind, 1, 16), sampler(kind, 1, 16));
  return `${reading.match(/times|risks|distances|critic|larger|none/g)?.at(-1)}${isTurned ? ", turned" : ""}`;
}

const near = meanOf((y, p) => (y - p) ** 2), product = meanOf((y, p) => y * p);

Deno.test("readings: times or risks, distances and critics, by the lower loss; straight where both are equal", () => {
  const survival: AuditOptions = { yPred: "real", yTrue: "positive", extraLabels: ["event"] };
  assertEquals([read(survival, near), read(survival, product)], ["times", "risks, turned"]);
  const distances: AuditOptions = { yPred: "nonnegative", yTrue: "binary" };
  assertEquals([read(distances, near), read(distances, product)], ["larger", "distances, turned"]);
  assertEquals(read(distances, () => 1), "larger");
  const critic: AuditOptions = { yPred: "real", yTrue: "sign" };
  assertEquals([read(critic, product), read(critic, (batch) => -product(batch))], ["critic, turned", "larger"]);
});

Deno.test("readings: nothing is open for other labels and outputs, batches of one's own, and without correct outputs", () => {
  for (
    const options of [
      {},
      { yPred: "nonnegative", yTrue: "positive" },
      { yPred: "probability", yTrue: "binary" },
      { yPred: "tanh", yTrue: "sign" },
      { yPred: "real", yTrue: "real" },
      { yPred: "real", yTrue: "none", extraLabels: ["event"] },
      { yPred: "nonnegative", yTrue: "binary", sample: () => undefined },
    ] as const
  ) assertEquals(read(options as AuditOptions, product), "none", JSON.stringify(options));
});

Deno.test("readings: labels of both signs leave it open only to a loss that changes its sign with the outputs", () => {
  const critic: AuditOptions = { yPred: "real", yTrue: "sign" };
  const raised = (by: number) => (batch: AuditBatch) => 1000 * product(batch) + by;
  assertEquals([read(critic, raised(2.5e-4)), read(critic, raised(1))], ["critic, turned", "none"]); // but for rounding
  assertEquals([read(critic, meanOf((y, p) => Math.max(0, 1 + y * p))), read(critic, () => 0)], ["none", "larger"]);
});
