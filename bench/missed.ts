import type { Bar } from "./bars.ts";
import type { BenchRecord } from "./record_format.ts";

/** The obstacle to each kind of bar, and what was tried: sentences with the numbers of the record. */
const kinds: readonly (readonly [about: RegExp, why: (numbers: Numbers) => readonly string[]])[] = [
  [/^1e6 rows: composed/, ({ fused, bound }) => [
    `The fused call takes ${fused(1e6)}; ${bound(1e6)}.`,
    "The kernels of TensorFlow.js and the memory set how long the passes of the composed loss take.",
  ]],
  [/^1e6 rows: fused/, ({ fused, bound }) => [
    `The fused call takes ${fused(1e6)}; ${bound(1e6)}.`,
    "A compiler for the machine takes eight or sixteen numbers at once, WebAssembly four.",
    "Tried: reciprocals by Newton's method, one division for two outputs, labels as bits or bytes, two vectors per round:",
    "slower or no faster. A relaxed multiply-add takes a sixth less, and gives different bytes on a different machine.",
  ]],
  [/^1e7 rows: fused/, ({ fused, bound }) => [
    `The fused call takes ${fused(1e7)}; ${bound(1e7)}.`,
    "The gradient needs the counts, so every row is read twice.",
    "Tried: blocks, a second pass from the end, the step once more instead of its derivative kept: no faster.",
  ]],
  [/^1e4 to 1e7 rows/, ({ fused, bound }) => [
    `The fused call takes from ${fused(1e4)} at 1e4 rows to ${fused(1e7)} at 1e7; there ${bound(1e7)}.`,
    "On few rows the fixed cost of a call counts, on many the memory.",
  ]],
  [/^1,024 rows/, ({ fused }) => [
    `A call takes ${fused(32)} with 32 rows, ${fused(1024)} with 1,024: what TensorFlow.js does around an operation.`,
    "Tried: one kernel per pass, no copy of what is kept for the gradient, buffers used again.",
  ]],
  [/^growth/, ({ copies }) => [
    `Where data outgrow the caches a row takes longer: the time of plain copies grows with an exponent of ${
      copies(1e6, 1e7)
    } from 1e6 to 1e7`,
    "numbers. The gradient is a new array in each call: on the cpu backend the system has to provide its pages, on wasm the",
    "heap keeps them. Nothing else is needed per row, so there is nothing to make smaller.",
  ]],
  [/^bytes per row/, () => [
    "The first pass writes into what will be the gradient, so that only the gradient and the inputs are needed per row.",
  ]],
  [/^training.*fitMetric \/ PyTorch/, ({ epochs }) => [
    `${epochs}.`,
    "With batches of 256 a step of TensorFlow.js is some dozens of small kernels, each called from JavaScript; the loss is",
    "two of them. PyTorch calls its own from C++. A compiler of whole steps, such as JAX has, is not there.",
  ]],
  [/^training/, ({ epochs }) => [
    `${epochs}.`,
    "What is not the loss is the same for both: the model's passes, the optimizer, the calls of fit.",
  ]],
  [/ten columns \(macro\)/, ({ fused }) => [
    `Ten columns have ten sets of constants and sums, for which a block is read in turn; one column takes ${
      fused(1e6)
    }.`,
    "Beyond that it is what the caches held before, and the pages of a new array.",
  ]],
  [/ten columns \(argmax\)/, ({ fused, argmax, divisions }) => [
    `It takes ${argmax}, one column ${fused(1e6)}.`,
    `Each output needs an exponential, which WebAssembly does not have (a division takes ${divisions(1e6)}).`,
    "Both passes of one column have 17 vector operations, so that 1.5 times are 25. Argmax has 51: the exponential 20, without a",
    "fused multiply-add; the counts 8; the gradient 12, of which 4 are a second mean that keeps small differences; and 11 that",
    "turn rows into vectors of columns three times, and back once. Short loops, loads and stores are the rest. The exponential and",
    "the counts alone are 28; a polynomial of degree 4 and no lower bound would save 3, with nothing left for a gradient.",
    "Tried: a polynomial of degree 4, whose error of 3·10⁻⁶ is too large; Horner's scheme, one operation less and slower; two",
    "columns at once; sums along the rows, which are as many instructions (counted, not tried).",
  ]],
];

/** The record's numbers as the sentences state them, on the backend of a bar. */
interface Numbers {
  fused(rows: number): string;
  readonly argmax: string;
  divisions(rows: number): string;
  /** The time of the divisions and of the bytes of a call alone. */
  bound(rows: number): string;
  copies(from: number, to: number): string;
  readonly epochs: string;
}

const milliseconds = (ms: number | undefined): string =>
  ms === undefined ? "(not measured)" : `${ms.toPrecision(2)} ms`;

/** Bytes per row that the two passes read and write. */
const bytesPerRow = 24;

function numbersOf({ losses, divisions, copies, epochs }: BenchRecord, backend: string): Numbers {
  const at = (rows: number, work: string) =>
    milliseconds(
      losses.find((one) => one.contender === `fused, ${backend}` && one.rows === rows && one.work === work)?.ms,
    );
  const dividing = (rows: number) => milliseconds(divisions.find((one) => one.rows === rows)?.ms);
  const copy = (rows: number) => copies.find(({ bytes }) => bytes === 8 * rows)?.ms;
  const moving = (rows: number) => {
    const ms = copy(rows);
    return milliseconds(ms && ms * bytesPerRow / 8);
  };
  const [fit, loss, cross, peer] = [
    `fitMetric, F1, ${backend}`,
    `tfjs, fused F1, ${backend}`,
    `tfjs, binary cross-entropy, ${backend}`,
    "PyTorch, eager, F1",
  ].map((contender) => milliseconds(epochs.find((one) => one.contender === contender)?.ms));
  return {
    fused: (rows) => at(rows, "binary"),
    argmax: at(1e5, "argmax"),
    divisions: dividing,
    bound: (rows) => `the divisions alone take ${dividing(rows)}, the bytes at the speed of a copy ${moving(rows)}`,
    copies: (from, to) => {
      const [a, b] = [copy(from), copy(to)];
      return a && b ? (Math.log(b / a) / Math.log(to / from)).toFixed(2) : "(not measured)";
    },
    epochs: `fitMetric takes ${fit}, the fused F1 in fit ${loss}, cross-entropy ${cross}, PyTorch ${peer}`,
  };
}

/** The obstacle to a bar. */
export function whyMissed({ what }: Bar, record: BenchRecord): string {
  const kind = kinds.find(([about]) => about.test(what));
  if (kind === undefined) throw new RangeError(`Cannot say what stands in the way of '${what}'`);
  return kind[1](numbersOf(record, what.includes("cpu") ? "cpu" : "wasm")).join(" ");
}
