import { formOf, type StepForm } from "../steps/sigmoidal.ts";
import type { Step } from "../steps/step.ts";
import { simdBytes } from "./simd_bytes.ts";

type Pass = (...pointersAndNumbers: number[]) => number;

/** The SIMD loops in a heap. */
export interface Simd {
  readonly memory: WebAssembly.Memory;
  readonly exports: Readonly<Record<string, Pass>>;
  /** Returns the address of `bytes` bytes that may be used until the next call; 0 if the heap is full. Views are lost if it grows. */
  place(bytes: number): number;
  /** Views of the heap, renewed when it has grown. */
  views?: Views;
}

interface Views {
  readonly buffer: ArrayBufferLike;
  readonly float32: Float32Array;
  readonly int32: Int32Array;
  readonly bits: Uint32Array;
  readonly bytes: Uint8Array;
  readonly float64: Float64Array;
}

/** Returns views of the heap. */
export function viewsOf(simd: Simd): Views {
  const { buffer } = simd.memory, known = simd.views;
  if (known?.buffer === buffer) return known;
  return simd.views = {
    buffer,
    float32: new Float32Array(buffer),
    int32: new Int32Array(buffer),
    bits: new Uint32Array(buffer),
    bytes: new Uint8Array(buffer),
    float64: new Float64Array(buffer),
  };
}

/** The printable letters but those that mean something in a string, a template or a script tag. */
export const letters: string = /* @__PURE__ */ Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))
  .filter((letter) => !"\"$'<\\`".includes(letter)).join("");

/** The letters that are a number each; the two after them stand before the letter of a larger number. */
export const ofOneLetter = 86;

/** The number added to a byte, modulo 256: the commonest bytes, 253 and small ones, then have one letter. */
export const shift = 5;

/**
 * Returns the bytes of a WebAssembly module that is written in letters. Compressed with the code around it, that is a tenth
 * smaller than hexadecimal; base64 is larger than both, because its three bytes in four letters hide what repeats.
 */
export function bytesOfLetters(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  let more = 0;
  for (const letter of text) {
    const digit = letters.indexOf(letter);
    if (digit < ofOneLetter) bytes.push(more + digit - shift & 255);
    more = digit < ofOneLetter ? 0 : ofOneLetter * (digit - ofOneLetter + 1);
  }
  return Uint8Array.from(bytes);
}

/** Returns the bytes of a WebAssembly module of loops, given in letters; for a memory that is shared its import has other limits. */
export function moduleBytes(code: string, shared: boolean): Uint8Array<ArrayBuffer> {
  const bytes = bytesOfLetters(code);
  if (!shared) return bytes;
  const name = "\x03env\x06memory\x02",
    at = new TextDecoder("latin1").decode(bytes).indexOf(name),
    end = at + name.length;
  const limits = [3, 1, 0x80, 0x80, 4]; // shared, from 1 to 65,536 pages, in the place of two bytes
  const size = bytes[at - 2] + limits.length - 2; // of the section, before the number of its imports
  return Uint8Array.of(
    ...bytes.subarray(0, at - 2),
    size,
    bytes[at - 1],
    ...bytes.subarray(at, end),
    ...limits,
    ...bytes.subarray(end + 2),
  );
}

/** The modules by their code: for memories of one thread, and for shared ones. */
const compiled = [new Map<string, WebAssembly.Module>(), new Map<string, WebAssembly.Module>()];

/** Instantiates loops in a memory; `code`: their module, in letters. */
export function instantiate(code: string, memory: WebAssembly.Memory, place: (bytes: number) => number): Simd {
  const shared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const known = compiled[Number(shared)], module = known.get(code) ?? new WebAssembly.Module(moduleBytes(code, shared));
  known.set(code, module);
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  return { memory, place, exports: exports as Record<string, Pass> };
}

/** The bytes of a page of a WebAssembly memory. */
export const pageBytes = 65536;

/** Makes a memory as large as so many bytes, unless it is larger; throws where there is no room. */
export function growTo(memory: WebAssembly.Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
}

let ownHeap: Simd | null | undefined;

/** Returns the loops in a heap of this library, for tables that are in no other heap; nothing where there is no SIMD. */
export function ownSimd(): Simd | undefined {
  if (ownHeap === undefined) {
    try {
      const memory = new WebAssembly.Memory({ initial: 1 }), start = 1024; // the address 0 says that there is no place
      ownHeap = instantiate(simdBytes, memory, (bytes) => {
        try {
          growTo(memory, start + bytes);
          return start;
        } catch {
          return 0;
        }
      });
    } catch {
      ownHeap = null;
    }
  }
  return ownHeap ?? undefined;
}

/** The number of labels that are copied into the heap together. */
const copied = 8192;

/** Returns the number of ones among float32 labels of 0 and 1; nothing if one is neither, or there is no SIMD. */
export function countOnes(labels: ArrayLike<number>): number | undefined {
  const simd = ownSimd(), at = simd?.place(4 * copied) ?? 0;
  if (at === 0 || !(labels instanceof Float32Array)) return undefined;
  const heap = viewsOf(simd!).float32.subarray(at >>> 2, (at >>> 2) + copied);
  let sum = 0;
  for (let from = 0; from < labels.length; from += copied) {
    const part = labels.subarray(from, from + copied), { length } = part;
    heap.set(part);
    heap.fill(0, length, length + 7); // the last vectors may have room
    const own = simd!.exports.ones(at, length + 7 & ~7);
    if (own < 0) return undefined;
    sum += own;
  }
  return sum;
}

/** Turns SIMD off, as where there is none, or on again; for tests. */
export function allowSimd(allowed: boolean): void {
  ownHeap = allowed ? undefined : null;
}

/**
 * A step as a loop evaluates it, with u = p − t:
 *
 *     s = K·R(u) + β        s′ = scale·D(u)
 *
 * A perfect classifier's loss is exactly 0 only if s is exactly 0 and 1 at the bounds. Therefore K is moved by a few units
 * in its last place until the rounded s(1) is 1; β is −K·R(−t).
 */
interface Plan {
  readonly form: StepForm;
  /** k. */
  readonly steepness: number;
  /** K. */
  readonly factor: number;
  /** β. */
  readonly base: number;
  readonly scale: number;
  /** The largest D. */
  readonly peak: number;
}

/** The numbers of a column, as simd.as lists them. */
interface Column {
  readonly single: readonly number[];
  /** t and κ. */
  readonly double: readonly [number, number];
}

/** Steps for the SIMD loops: one for all columns, or one per column. */
export interface SimdPlan {
  readonly shape: number;
  readonly hard: boolean;
  /** Says that there is a loop that leaves β, ½, to the sums: s − β is then exactly ±½ at 0 and 1. */
  readonly central: boolean;
  readonly columns: readonly Column[];
  /** The scale of s′ and the largest D, per column. */
  readonly scales: readonly { readonly scale: number; readonly peak: number }[];
}

const { fround } = Math;

function columnOf({ form, steepness, factor, base }: Plan): Column {
  const { threshold, loops } = form, simd = loops.simd!, near = fround(threshold), left = fround(threshold - near);
  const constants = simd.constants?.(steepness, factor) ?? [steepness, factor];
  const support = simd.support?.(form.steepness, threshold) ?? [0, 1];
  return {
    // The 0 stands for the mask of |·|, a NaN, which is written as bits.
    single: [near, left, ...constants, base, 0, 1, 0.5, -0.5, ...support],
    double: [threshold, steepness * (simd.exponent ?? Math.LOG2E)],
  };
}

const singles = 11, columnBytes = 16 * singles + 64;

/** Beyond this steepness float32 does not hold the numbers of a loop. */
const largestSteepness = 1e6;

/** Returns 0, 1, −1, 2, −2, … */
const nudge = (i: number): number => (i % 2 === 0 ? -1 : 1) * Math.ceil(i / 2);

/** Returns the plan of a form: with it s is exactly 0 and 1 at the bounds, by the loop's own rounding. Nothing if none is found. */
function planOf(form: StepForm, simd: Simd): Plan | undefined {
  const { loops, hard, steepness: k, foot, span } = form, loop = loops.simd!;
  if (!(k <= largestSteepness)) return undefined;
  const { factor, scale } = loop.factors?.(k, span) ?? { factor: 1 / span, scale: k / span };
  // Where F is approximated k and K − 1 have digits to spare; in e^(−(ku)²/2) a change of k counts k² times.
  const [round, ulp, bend] = loop.approximate
    ? [(v: number) => v, 2 ** -26, 2 ** -23 / Math.max(1, k * k)]
    : [fround, 2 ** -24, 2 ** -23];
  const bent = (own: number) => round(k * (1 + nudge(own) * bend));
  const plan: Plan = {
    form,
    steepness: bent(0),
    factor: round(factor),
    base: 0,
    scale,
    peak: loop.peak?.(factor) ?? 1,
  };
  if (loops.name === "identity" || loops.name === "round") return plan;
  if (hard || (foot === 0.5 && span === 1)) return { ...plan, base: round(foot / span) };
  for (let step = 0; step < 64; step++) {
    const by = 1 + nudge(step) * ulp;
    for (let own = 0; own < 9; own++) {
      const moved = { ...plan, factor: round(factor * by), steepness: bent(own) };
      const tried = { ...moved, base: -simdValue(moved, 0, simd) };
      if (simdValue(tried, 0, simd) === 0 && simdValue(tried, 1, simd) === 1) return tried;
    }
  }
  return undefined;
}

/** Returns the plan of the steps, or nothing if there is no loop for them. */
export function simdPlanOf(steps: readonly Step[], simd: Simd): SimdPlan | undefined {
  const forms = steps.map(formOf), loops = forms[0]?.loops, hard = forms[0]?.hard;
  if (loops?.simd === undefined || forms.some((form) => form?.loops !== loops || form.hard !== hard)) return undefined;
  const plans = forms.map((form) => planOf(form!, simd));
  if (!plans.every((plan) => plan !== undefined)) return undefined;
  const columns = plans.map(columnOf);
  return {
    shape: loops.simd.shape,
    hard: hard!,
    central: loops.name === "softsign" && !hard && columns.every(({ single }) => single[1] === 0) &&
      plans.every(({ base }) => base === 0.5),
    columns,
    scales: plans,
  };
}

/** Returns s(p) by the SIMD loop of a plan. */
function simdValue(plan: Plan, p: number, simd: Simd): number {
  const { loops, hard } = plan.form;
  const own = { shape: loops.simd!.shape, hard, central: false, columns: [columnOf(plan)], scales: [] };
  const sums = new Float64Array(4), begun = beginSums(simd, own, 1, false, 64)!;
  const { float32 } = viewsOf(simd), at = begun.spare, to = at >>> 2;
  float32.fill(p, to, to + 4).fill(0, to + 4, to + 8);
  float32[to + 4] = 1; // a label: Σ y·s is s of the first entry, not of all four
  begun.run({ p: at, y: at + 16 }, 4);
  begun.end(4, sums);
  return sums[3];
}

/** The number of sums of a column: Σ w, Σ w·y, Σ w·s, Σ w·y·s. */
export const sumsPerColumn = 4;

/** The factors of D, of the labels of a column: D·(y·a + (1 − y)·b). */
export interface Factors {
  /** a, per column. */
  readonly ofPositives: Float64Array;
  /** b, per column. */
  readonly ofNegatives: Float64Array;
}

/** Returns the number of vectors after which the columns of a table repeat. */
function periodOf(classes: number): number {
  return classes % 4 === 0 ? classes / 4 : classes % 2 === 0 ? classes / 2 : classes;
}

/** Returns the number of entries of a table that the loops take: whole periods of rows. */
export function simdLength(length: number, classes: number): number {
  return length - length % (4 * periodOf(classes));
}

/** Returns the number of entries of a block: tables may be passed on in pieces of whole blocks. */
export function blockLength(simd: Simd, classes: number): number {
  return simd.exports.blockBytes(16 * periodOf(classes)) / 4;
}

const one = 0x3f800000, absolute = 0x7fffffff;
const [lightest, heaviest] = new Uint32Array(Float32Array.of(1e-15, 1e15).buffer);

/** The addresses of tables in the heap: outputs, labels, weights, w·D. */
export type Pointers<Needed extends string> = Partial<Record<"p" | "y" | "w" | "d", number>> & Record<Needed, number>;

/** Resets the marks: the largest bits of outputs and labels, of weights, and the smallest of weights − 1. */
export function writeMarks(simd: Simd, marks: number): void {
  const { bits } = viewsOf(simd), at = marks >>> 2;
  bits.fill(0, at, at + 8).fill(0xffffffff, at + 8, at + 12);
}

/** Adds marks to marks of another heap. */
export function mergeMarks(from: Simd, at: number, to: Simd, marks: number): void {
  const source = viewsOf(from).bits.subarray(at >>> 2), { bits } = viewsOf(to), start = marks >>> 2;
  for (let i = 0; i < 12; i++) bits[start + i] = (i < 8 ? Math.max : Math.min)(bits[start + i], source[i]);
}

/** Says that all numbers were in range; a −0 is in range, but its bits are not. */
export function inRangeBits(simd: Simd, marks: number, weighted: boolean): boolean {
  const { bits } = viewsOf(simd);
  for (let i = marks >>> 2, end = i + 4; i < end; i++) {
    if (bits[i] > one || (weighted && (bits[i + 4] > heaviest || bits[i + 8] < lightest - 1))) return false;
  }
  return true;
}

/** The offsets of a first pass in the heap, in bytes: the numbers of simd.as, then sums, then constants. */
const unkept = 48, values = 320, sumsAt = values + 2048;

/** The places of a first pass in its heap. */
interface FirstPlaces {
  /** The address of the sums, and their bytes. */
  readonly sums: number;
  readonly sumsBytes: number;
  /** The address of the marks. */
  readonly marks: number;
  /** The number of entries whose sums are added up in float32. */
  readonly group: number;
}

/** A pass that has begun. */
export interface Begun<Needed extends string = "p" | "y"> {
  /**
   * Runs the loop on a piece: a multiple of 4 periods, and of a block if it is not the last. The sums of its groups go to
   * `apart`, one after another, if it is given.
   */
  run(at: Pointers<Needed>, length: number, apart?: number): void;
  readonly places: FirstPlaces;
  /** Adds the sums of `length` entries to `sums`; says that all numbers were in range, a −0 not among them. */
  end(length: number, sums: Float64Array): boolean;
  /** The address of the spare bytes. */
  readonly spare: number;
}

/** A second pass that has begun. */
export type BegunFinish = Pick<Begun<"d" | "y">, "run" | "spare">;

/** Begins a first pass, with `spare` bytes of room for pieces; nothing if the heap is full. */
export function beginSums(
  simd: Simd,
  { shape, hard, central, columns }: SimdPlan,
  classes: number,
  weighted: boolean,
  spare: number,
): Begun | undefined {
  const period = periodOf(classes), uniform = columns.length === 1;
  const constants = sumsAt + 128 * period, end = constants + columnBytes * period;
  const marks = simd.place(end + spare), sumsBytes = 128 * period;
  if (marks === 0) return undefined;
  const c = marks + constants, out = marks + sumsAt, { float32, float64, bits } = viewsOf(simd);
  for (let i = 0; i < (uniform ? 4 : period * 4); i++) {
    const { single, double } = columns[uniform ? 0 : i % classes], at = c + (i >>> 2) * columnBytes, lane = i & 3;
    for (let j = 0; j < singles; j++) float32[(at >>> 2) + 4 * j + lane] = single[j];
    bits[(at >>> 2) + 20 + lane] = absolute;
    for (let j = 0; j < 2; j++) float64[(at >>> 3) + 2 * singles + 4 * j + lane] = double[j];
  }
  float64.fill(0, out >>> 3, c >>> 3);
  writeMarks(simd, marks);
  const together = central && !weighted, pass = simd.exports[together ? "central" : "count"];
  return {
    spare: marks + end,
    places: { sums: out, sumsBytes, marks, group: Math.min(128 * period, blockLength(simd, classes)) },
    run: ({ p, y, w = 0, d }, length, apart) => {
      const keep = d === undefined ? 0 : 1, cStep = uniform ? 0 : columnBytes, to = apart ?? out;
      const step = apart === undefined ? 0 : sumsBytes;
      pass(p, y, w, d ?? marks + unkept, keep, length, period, c, cStep, to, step, marks, Number(hard), shape);
    },
    end: (length, sums) => {
      const { float64 } = viewsOf(simd), start = out >>> 3, base = together ? 0.5 : 0;
      for (let i = 0; i < 4 * period; i++) {
        const lane = start + (i >>> 2) * 16 + (i & 3), to = 4 * (i % classes);
        const whole = weighted ? float64[lane] : length / (4 * period);
        sums[to] += whole;
        sums[to + 1] += float64[lane + 4];
        sums[to + 2] += float64[lane + 8] + base * whole;
        sums[to + 3] += float64[lane + 12] + base * float64[lane + 4];
      }
      return inRangeBits(simd, marks, weighted);
    },
  };
}

/** Writes the factors a and b of a column to a lane of three vectors: m + (y − e)·δ is a at y = 1 and b at y = 0. */
function factorsToHeap(simd: Simd, { ofPositives, ofNegatives }: Factors, column: number, lane: number): void {
  const { float32 } = viewsOf(simd), a = ofPositives[column], b = ofNegatives[column];
  const fromPositive = Math.abs(a) <= Math.abs(b); // m is the smaller of the two: the larger one is rounded
  float32[lane] = fromPositive ? a : b;
  float32[lane + 4] = fromPositive ? 1 : 0;
  float32[lane + 8] = a - b;
}

/** Begins a second pass, in place, with `spare` bytes of room for pieces; nothing if the heap is full. */
export function beginFinish(simd: Simd, factors: Factors, spare: number): BegunFinish | undefined {
  const classes = factors.ofPositives.length, period = periodOf(classes), c = simd.place(48 * period + spare);
  if (c === 0) return undefined;
  for (let i = 0; i < 4 * period; i++) factorsToHeap(simd, factors, i % classes, (c >>> 2) + (i >>> 2) * 12 + (i & 3));
  return {
    spare: c + 48 * period,
    run: ({ d, y }, length) => void simd.exports.finish(d, y, length, period, c, 48),
  };
}
