import type { Bar } from "./bars.ts";
import type { BenchRecord } from "./record_format.ts";

/** What stands in the way of each kind of bar, and what was tried; with the record's numbers where it has some. */
const kinds: readonly (readonly [about: RegExp, why: (numbers: Numbers, subject: string) => string])[] = [
  [
    /^1e6 rows: composed/,
    ({ fused, divisions, bytes }, subject) =>
      `The fused call takes ${fused(subject, 1e6)} there; ${
        bound(divisions(1e6), bytes(1e6))
      }. How far composed is from it is ` +
      "the doing of TensorFlow.js: the machine's memory sets how long its passes take.",
  ],
  [
    /^1e6 rows: fused/,
    ({ fused, divisions, bytes }) =>
      `${fused("wasm", 1e6)}; ${
        bound(divisions(1e6), bytes(1e6))
      }. A compiler for the machine takes eight or sixteen numbers ` +
      "at once, WebAssembly four. Tried: reciprocals by Newton's method, one division for two outputs, labels as bits or " +
      "bytes, twice the numbers a round: slower or no faster. A relaxed multiply-add takes a sixth less, and other bytes on " +
      "another machine.",
  ],
  [
    /^1e7 rows: fused/,
    ({ fused, divisions, bytes }) =>
      `${fused("wasm", 1e7)}; ${
        bound(divisions(1e7), bytes(1e7))
      }. The gradient needs the counts, so every row is read twice. ` +
      "Tried: blocks, a second pass from the end, computing the step once more instead of keeping its derivative: no faster.",
  ],
  [
    /^1e4 to 1e7 rows/,
    ({ fused, divisions, bytes }) =>
      `From ${fused("wasm", 1e4)} at 1e4 rows to ${fused("wasm", 1e7)} at 1e7; ${
        bound(divisions(1e7), bytes(1e7))
      } there. On few ` +
      "rows the price of a call counts, on many the memory; the loops themselves are as for the compiled libraries above.",
  ],
  [
    /^1,024 rows/,
    ({ fused }) =>
      `A call takes ${fused("wasm", 32)} with 32 rows, ${
        fused("wasm", 1024)
      } with 1,024: what TensorFlow.js does around an ` +
      "operation and its gradient. Tried: one kernel a pass, no copy of what is kept for the gradient, buffers used again.",
  ],
  [
    /^growth/,
    ({ copies }) =>
      `Where data outgrow the caches every row gets dearer: a plain copy grows with an exponent of ${
        copies(1e6, 1e7)
      } from 1e6 ` +
      "to 1e7 numbers. What a call keeps is the gradient itself, so there is nothing left to make smaller.",
  ],
  [
    /^bytes a row/,
    () =>
      "The first pass writes into what will be the gradient, so that nothing but that and the inputs is needed a row.",
  ],
  [
    /^training.*fitMetric by PyTorch/,
    ({ epochs }) =>
      `${epochs}. With batches of 256 a step of TensorFlow.js is some dozens of small kernels, each called from JavaScript; ` +
      "PyTorch calls them from C++. The loss is two of them. A compiler of whole steps, such as JAX has, is not there.",
  ],
  [
    /^training/,
    ({ epochs }) =>
      `${epochs}. What is not the loss is the same for both: the model's passes, the optimizer, the calls of fit.`,
  ],
  [
    /ten columns \(macro\)/,
    ({ fused }, subject) =>
      `Ten columns have ten sets of constants and sums, which a block is read for in turn. One column: ${
        fused(subject, 1e6)
      }.`,
  ],
  [
    /ten columns \(argmax\)/,
    ({ fused, argmax, divisions }, subject) =>
      `${argmax(subject)}, where one column takes ${
        fused(subject, 1e6)
      }. An output wants an exponential, which WebAssembly has ` +
      `not (a division takes ${
        divisions(1e6)
      }), and the sums of its row, twice: four rows are turned into vectors of columns ` +
      "and back. Tried: a polynomial of degree 5 instead of 6, a fortieth less. Without any exponential the first pass still " +
      "took two thirds of its time, so they are not all of it; sums along the rows, without turning, would be as many " +
      "instructions (counted, not tried).",
  ],
];

/** The record's numbers as sentences want them. */
interface Numbers {
  fused(backend: string, rows: number): string;
  argmax(backend: string): string;
  divisions(rows: number): string;
  bytes(rows: number): string;
  copies(from: number, to: number): string;
  readonly epochs: string;
}

const milliseconds = (ms: number | undefined): string =>
  ms === undefined ? "(not measured)" : `${ms.toPrecision(2)} ms`;

const bound = (divisions: string, bytes: string): string =>
  `the divisions alone take ${divisions}, the bytes at the speed of a copy ${bytes}`;

/** Bytes a row that the two passes read and write. */
const bytesPerRow = 24;

function numbersOf({ losses, divisions, copies, epochs }: BenchRecord): Numbers {
  const at = (contender: string, rows: number, work: string) =>
    losses.find((one) => one.contender === contender && one.rows === rows && one.work === work)?.ms;
  const copy = (rows: number) => copies.find(({ bytes }) => bytes === 8 * rows)?.ms;
  const epoch = (contender: string) => milliseconds(epochs.find((one) => one.contender === contender)?.ms);
  return {
    fused: (backend, rows) => milliseconds(at(`fused, ${backend}`, rows, "binary")),
    argmax: (backend) => milliseconds(at(`fused, ${backend}`, 1e5, "argmax")),
    divisions: (rows) => milliseconds(divisions.find((one) => one.rows === rows)?.ms),
    bytes: (rows) => {
      const ms = copy(rows);
      return milliseconds(ms && ms * bytesPerRow / 8);
    },
    copies: (from, to) => {
      const [a, b] = [copy(from), copy(to)];
      return a && b ? (Math.log(b / a) / Math.log(to / from)).toFixed(2) : "(not measured)";
    },
    epochs: `On wasm fitMetric takes ${epoch("fitMetric, F1, wasm")}, the fused F1 in fit ${
      epoch("tfjs, fused F1, wasm")
    }, cross-entropy ${epoch("tfjs, binary cross-entropy, wasm")}, PyTorch ${epoch("PyTorch, eager, F1")}`,
  };
}

/** What stands in the way of a bar. */
export function whyMissed({ what }: Bar, record: BenchRecord): string {
  const kind = kinds.find(([about]) => about.test(what));
  if (kind === undefined) throw new RangeError(`Cannot say what stands in the way of '${what}'`);
  return kind[1](numbersOf(record), what.includes("cpu") ? "cpu" : "wasm");
}
