// The record of tests/reference/audited: the cases in PyTorch, JAX and Keras, and the losses that these ship.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { flattened } from "../reference/audited/flattened.ts";
import type { FrameworkCosts, FrameworkRecord, Recorded } from "../reference/audited/record.ts";
import { made } from "./building_blocks.ts";
import { cases } from "./cases.ts";
import { mutations } from "./mutations.ts";

const record: Record<string, FrameworkRecord> = JSON.parse(
  await Deno.readTextFile(new URL("../reference/audited/record.json", import.meta.url)),
);

/** The first and the last line of a function of a Python file. */
function linesOf(text: string, name: string): [first: number, last: number] {
  const lines = text.split("\n"), first = lines.findIndex((line) => line.startsWith(`def ${name}(`));
  const length = lines.slice(first + 1).findIndex((line) => /^\S/.test(line));
  return [first + 1, length < 0 ? lines.length : first + 1 + length];
}

Deno.test("every recorded case has its cause first, as in TensorFlow.js, and a line of its own function", async () => {
  for (const [framework, { cases: recorded }] of Object.entries(record)) {
    for (const { id, cause, also } of cases) {
      const { verdict, findings: [first] } = recorded[id], name = `${framework}, ${id}`;
      if (cause === "healthy") {
        assertEquals(verdict, "sound", name);
        continue;
      }
      const [found, , line] = first?.split(" ") ?? [];
      assert([cause, ...also].some((each) => each === found), `${name}: ${first}`);
      if (line === undefined) continue;
      const [file, number] = line.split(":");
      const text = await Deno.readTextFile(new URL(`../reference/audited/${file}`, import.meta.url));
      const [from, to] = linesOf(text, id.replaceAll("-", "_"));
      assert(Number(number) > from && Number(number) <= to, `${name}: ${line} is not in ${from} to ${to}`);
    }
  }
});

Deno.test("losses that flatten first have the same first cause in every framework, and the line of the fault", async () => {
  const folder = new URL("../reference/audited/", import.meta.url);
  const recorded: Record<string, Record<string, Recorded>> = JSON.parse(
    await Deno.readTextFile(new URL("flattened.json", folder)),
  );
  assertEquals(Object.keys(recorded), [...Object.keys(record), "tensorflow"]);
  for (const [framework, losses] of Object.entries(recorded)) {
    const file = `flattened_${framework.split(" ")[0]}.py`, text = await Deno.readTextFile(new URL(file, folder));
    for (const [id, cause] of Object.entries(flattened)) {
      const [from, to] = linesOf(text, id),
        fault = text.split("\n").slice(0, to).findLastIndex((l) => /# fault/.test(l));
      const [found, , line] = losses[id].findings[0]?.split(" ") ?? [];
      assertEquals(found, cause, `${framework}, ${id}`);
      // Of a fault that no comment places, a line of the function.
      const [, at] = line?.split(":").map(Number) ?? [], isOwn = at === undefined || (at > from && at <= to);
      assert(fault < from ? isOwn : line === `${file}:${fault + 1}`, `${framework}, ${id}: ${line}`);
    }
  }
});

for (
  const [file, record, round] of [
    ["asked_keras.py", "asked_keras.txt", /round\(ops\.clip\(y_pred/],
    ["asked.R", "asked_r.txt", /round\(K\$clip\(y_pred/],
  ] as const
) {
  Deno.test(`the recorded reports about the losses of the question name the line of the fault: ${file}`, async () => {
    const folder = new URL("../reference/audited/", import.meta.url);
    const [source, reports] = await Promise.all(
      [file, record].map((name) => Deno.readTextFile(new URL(name, folder))),
    );
    const line = source.split("\n").findIndex((text) => round.test(text)) + 1;
    const [rounded, ramp] = reports.split("\n\n");
    assertStringIncludes(rounded, `precision_loss: broken`);
    assertStringIncludes(rounded, `error: no-gradient-op: Round is flat or has no gradient`);
    assertStringIncludes(rounded, `  where     Round, ${file}:${line}\n`);
    assertStringIncludes(ramp, `precision_loss_ramp: broken`);
    assertStringIncludes(ramp, `error: saturated: 100 % of the outputs`);
  });
}

/** Findings about shipped losses that are true. */
const explained: Readonly<Record<string, string>> = {
  // It takes log-probabilities; given logits, it is negative and falls with their sum.
  "KLDivLoss(reduction='batchmean')": "wrong-sign",
  // exp of a margin overflows in float32 beyond 88.
  SoftMarginLoss: "domain-edge",
  "losses.kl_divergence": "wrong-sign", // as KLDivLoss
  // Its epsilon is 0: vectors of zeros have no direction.
  cosine_distance: "zero-division",
  // Outputs of 0 have a loss of 0, as correct ones have.
  "losses.perceptron_loss": "wrong-optimum",
  // A batch without positives has a gradient of 0.
  Dice: "reduction",
  Tversky: "reduction",
};

Deno.test("of the losses that frameworks ship, no recorded one is broken or refused but those that are explained", () => {
  const all = Object.values(record).flatMap(({ shipped }) => Object.entries(shipped));
  const unsound = all.filter(([, { verdict }]) => verdict !== "sound");
  assert(all.length - unsound.length >= 40, `${all.length - unsound.length}`);
  assertEquals(Object.fromEntries(unsound.map(([id, { findings }]) => [id, findings[0].split(" ")[0]])), explained);
});

Deno.test("losses broken by machine in Python: what share is not sound, has its cause first, and no harmless change is unsound", () => {
  for (const [framework, { mutated }] of Object.entries(record)) {
    if (mutated === undefined) continue;
    const own = { broken: 0, found: 0, right: 0, harmless: 0 }, alarms: string[] = [];
    for (const [id, { verdict, findings: [first] }] of Object.entries(mutated)) {
      const at = id.indexOf(", "), mutation = mutations.find(({ name }) => name === id.slice(0, at));
      const one = made.find(({ name }) => name === id.slice(at + 2))!;
      if (mutation === undefined) {
        own.harmless++;
        if (verdict !== "sound") alarms.push(`${id}: ${first}`);
        continue;
      }
      own.broken++;
      own.found += verdict === "sound" ? 0 : 1;
      own.right += first !== undefined && mutation.causes(one).some((cause) => first.startsWith(`${cause} `)) ? 1 : 0;
    }
    console.log(framework, own);
    assertEquals([own.broken >= 75, own.harmless, alarms], [true, 30, []], framework);
    assert(own.found >= own.broken - 2 && own.right >= own.broken - 4, `${framework}: ${JSON.stringify(own)}`);
  }
});

Deno.test("the recorded costs have every case of every framework: seconds and calls of an audit", async () => {
  const costs: Record<string, FrameworkCosts> = JSON.parse(
    await Deno.readTextFile(new URL("../reference/audited/costs.json", import.meta.url)),
  );
  assertEquals(Object.keys(costs), Object.keys(record));
  for (const [framework, { versions, start, load, audits }] of Object.entries(costs)) {
    assertEquals([versions, Object.keys(audits)], [record[framework].versions, Object.keys(record[framework].cases)]);
    const [seconds, calls] = (["seconds", "calls"] as const).map((key) =>
      Object.values(audits).map((one) => one[key]).sort((a, b) => a - b)
    );
    // A loss that threw at once would have one call, and clocks that stood still no seconds.
    assert(calls[0] > 50 && seconds.at(-1)! > 0 && start > 0 && load.every((one) => one >= 0), framework);
    const middle = (sorted: readonly number[]) => sorted[sorted.length >> 1];
    console.log(
      `${framework}: ${middle(seconds)} CPU s and ${middle(calls)} calls an audit, at most ${seconds.at(-1)} and ${
        calls.at(-1)
      }; ${start} CPU s to start; load ${load.map((one) => one.toFixed(0)).join(" to ")}`,
    );
  }
});
