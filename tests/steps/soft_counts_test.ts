// Rows are counted some thousands at a time: the counts are those of one loop over all of them, bit for bit.
import { assertEquals, assertThrows } from "@std/assert";
import { type Counts, type Elementwise, type Rows, softCounts, steps, straightThrough } from "../../lib/core.ts";
import { random } from "../helpers.ts";

/** The counts by one loop from the definition. */
function inOneLoop({ yTrue, yPred, sampleWeight, slice }: Rows, step: Pick<Elementwise, "value">): Counts {
  const { offset, stride, length } = slice ?? { offset: 0, stride: 1, length: yTrue.length };
  let tp = 0, fp = 0, fn = 0, tn = 0;
  for (let n = 0, i = offset; n < length; n++, i += stride) {
    const s = step.value(yPred[i]), positive = (sampleWeight?.[i] ?? 1) * yTrue[i];
    const negative = (sampleWeight?.[i] ?? 1) * (1 - yTrue[i]);
    tp += positive * s;
    fp += negative * s;
    fn += positive * (1 - s);
    tn += negative * (1 - s);
  }
  return { tp, fp, fn, tn };
}

const next = random(8), numbers = (length: number) => Float32Array.from({ length }, () => 1.2 * next() - 0.1);
const yPred = numbers(9001),
  yTrue = yPred.map((p) => p > next() ? 1 : next() < 0.1 ? 0.5 : 0),
  sampleWeight = numbers(9001);
const someSteps: readonly Pick<Elementwise, "value">[] = [
  steps.softsign({ slope: 20, threshold: 0.3 }),
  straightThrough(steps.softsign()),
  steps.logistic(),
  steps.round(),
  { value: (p) => p * p },
];

/** Rows of several kinds and lengths, from typed arrays and from lists. */
const kinds: Readonly<Record<string, Rows>> = {
  whole: { yTrue, yPred },
  weighted: { yTrue, yPred, sampleWeight },
  "whole parts": { yTrue: yTrue.subarray(0, 4096), yPred: yPred.subarray(0, 4096) },
  "one row more": { yTrue: yTrue.subarray(0, 2049), yPred: yPred.subarray(0, 2049) },
  lists: { yTrue: [...yTrue], yPred: [...yPred], sampleWeight: [...sampleWeight] },
  "bytes and float64": { yTrue: Uint8Array.from(yTrue), yPred: Float64Array.from(yPred) },
  "a column": { yTrue, yPred, sampleWeight, slice: { offset: 1, stride: 3, length: 3000 } },
  "a part": { yTrue, yPred, sampleWeight, slice: { offset: 17, stride: 1, length: 5000 } },
};

Deno.test("the counts have the bits of one loop, whatever holds the rows", () => {
  for (const step of someSteps) {
    for (const [name, rows] of Object.entries(kinds)) assertEquals(softCounts(rows, step), inOneLoop(rows, step), name);
  }
});

Deno.test("rows that are not arrays of one length, and a step without a value, are refused by name", () => {
  const step = steps.softsign(), rows = { yTrue, yPred, sampleWeight };
  const refusals: [() => unknown, string][] = [
    [() => softCounts({ ...rows, yTrue: yTrue.subarray(1) }, step), "'yTrue' has the length 9000, 'yPred' has 9001"],
    [() => softCounts({ ...rows, sampleWeight: [1, 2] }, step), "'sampleWeight' has the length 2, 'yPred' has 9001"],
    [() => softCounts({ ...rows, yPred: 0.5 } as never, step), "'yPred' must be an array of numbers, it is 0.5"],
    [() => softCounts(undefined as never, step), "'yTrue' must be an array of numbers, it is undefined"],
    [() => softCounts(rows, "round" as never), "'step.value' must be a function, it is undefined"],
    [() => softCounts(rows, null as never), "'step.value' must be a function, it is undefined"],
  ];
  for (const [call, sentence] of refusals) assertThrows(call, Error, `Cannot compute the counts: ${sentence}`);
});
