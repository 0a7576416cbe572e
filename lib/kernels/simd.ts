import type { StepForm } from "../steps/form.ts";
import type { Factors } from "./loops.ts";
import { type Plan, planOf, type Precision } from "./plan.ts";
import { simdBytes } from "./simd_bytes.ts";

type Pass = (...pointersAndNumbers: number[]) => number;

/** The kernels in a heap. */
export interface Simd {
  readonly memory: WebAssembly.Memory;
  readonly exports: Readonly<Record<string, Pass>>;
  /** Where `bytes` of the heap may be used until the next call; 0 if it is full. It may grow by it: views are lost. */
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

/** The heap as numbers. */
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

let compiled: WebAssembly.Module | undefined;

/** The kernels in a memory. */
export function instantiate(memory: WebAssembly.Memory, place: (bytes: number) => number): Simd {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(simdBytes), (c) => c.charCodeAt(0)));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { memory, place, exports: exports as Record<string, Pass> };
}

/** The shapes that the first pass knows, by the numbers that it knows them by. */
const shapes: readonly string[] = ["softsign", "linearRamp", "identity", "round", "logistic", "arctan", "gaussian"];

/** The numbers of a column, as simd.as lists them. */
interface Column {
  readonly single: readonly number[];
  /** t and κ. */
  readonly double: readonly [number, number];
}

/** Steps for the SIMD loops: one for all columns, or one a column. */
export interface SimdPlan {
  readonly shape: number;
  readonly hard: boolean;
  /** Whether there is a loop that leaves β, ½, to the sums: s − β is exactly ±½ at 0 and 1 then. */
  readonly central: boolean;
  readonly columns: readonly Column[];
}

const { fround } = Math;

/** The float32 after a positive one, or before it. */
function neighbour(p: number, by: 1 | -1): number {
  const value = Float32Array.of(p);
  new Uint32Array(value.buffer)[0] += by;
  return value[0];
}

/** The first and the last float32 of [0, 1] at which the ramp rises, as float64 has it; beyond it any will do. */
function rampBounds({ threshold, steepness }: StepForm): [number, number] {
  const rises = (p: number) => Math.abs(steepness * (p - threshold)) <= 0.5;
  const bound = (sign: 1 | -1) => {
    let p = fround(threshold + sign * 0.5 / steepness);
    while (p > 0 && p <= 1 && !rises(p)) p = neighbour(p, -sign as 1 | -1);
    return p;
  };
  return [bound(-1), bound(1)];
}

/** What the loop of a shape has for k and K, as simd.as lists them: where F is approximated, K is that of F itself. */
function curveOf({ shape, steepness: k, factor }: Plan): readonly [number, number] {
  switch (shape) {
    case "softsign":
      return [k / factor, 1 / factor];
    case "logistic":
      return [k, factor - 1];
    case "arctan":
      return [k, factor * Math.PI - 1];
    case "gaussian":
      return [0.45 * Math.SQRT1_2 * k, 2 * factor - 1];
    default:
      return [k, factor];
  }
}

function columnOf(form: StepForm, plan: Plan): Column {
  const { shape, steepness, threshold, base } = plan, near = fround(threshold);
  const left = fround(threshold - near), kappa = shape === "gaussian" ? Math.sqrt(Math.LOG2E / 2) : Math.LOG2E;
  return {
    // In the place of the 0 is the mask of |·|, a NaN, which is written as bits.
    single: [near, left, ...curveOf(plan), base, 0, 1, 0.5, -0.5, ...rampBounds(form)],
    double: [threshold, steepness * kappa],
  };
}

const singles = 11, columnBytes = 16 * singles + 64;

const greatestSteepness = 1e6;

/** What the loops hold: k and K − 1 have digits to spare where F is approximated. */
const precisionOf = ({ shape, steepness: k }: StepForm): Precision =>
  ["logistic", "arctan", "gaussian"].includes(shape)
    ? { round: (v) => v, ulp: 2 ** -26, bend: 2 ** -23 / Math.max(1, k * k) } // in e^(−(ku)²/2) it counts so many times
    : { round: fround, ulp: 2 ** -24, bend: 2 ** -23 };

/** The numbers of a form: those with which s is exactly 0 and 1 at the bounds, by the loop's own roundings. */
function columnFor(form: StepForm, simd: Simd): { plan: Plan; column: Column } | undefined {
  if (form.steepness > greatestSteepness) return undefined;
  const plan = planOf(form, (tried, p) => simdValue(form, tried, p, simd), precisionOf(form));
  return plan && { plan, column: columnOf(form, plan) };
}

/** The plan of the forms, or nothing if there is no loop for them. */
export function simdPlanOf(forms: readonly StepForm[], simd: Simd): SimdPlan | undefined {
  const [{ shape, hard }] = forms, number = shapes.indexOf(shape);
  if (number < 0 || forms.some((form) => form.shape !== shape || form.hard !== hard)) return undefined;
  const found = forms.map((form) => columnFor(form, simd));
  if (!found.every((one) => one !== undefined)) return undefined;
  return {
    shape: number,
    hard,
    central: shape === "softsign" && !hard &&
      found.every(({ plan, column }) => column.single[1] === 0 && plan.base === 0.5),
    columns: found.map(({ column }) => column),
  };
}

/** s(p) as the SIMD loop of a plan has it. */
export function simdValue(form: StepForm, plan: Plan, p: number, simd: Simd): number {
  const own = { shape: shapes.indexOf(form.shape), hard: plan.hard, central: false, columns: [columnOf(form, plan)] };
  const sums = new Float64Array(4), begun = beginSums(simd, own, 1, false, 64)!;
  const { float32 } = viewsOf(simd), at = begun.spare, to = at >>> 2;
  float32.fill(p, to, to + 4).fill(0, to + 4, to + 8);
  float32[to + 4] = 1; // a label: Σ y·s is s of the first entry, not of all four
  begun.run({ p: at, y: at + 16 }, 4);
  begun.end(4, sums);
  return sums[3];
}

/** After how many vectors the columns of a table repeat. */
function periodOf(classes: number): number {
  return classes % 4 === 0 ? classes / 4 : classes % 2 === 0 ? classes / 2 : classes;
}

/** How many entries of a table the SIMD loops take: whole periods of rows; the rest is for the other loops. */
export function simdLength(length: number, classes: number): number {
  return length - length % (4 * periodOf(classes));
}

/** How many entries a block has: tables may be passed on in pieces of whole blocks. */
export function blockLength(simd: Simd, classes: number): number {
  return simd.exports.blockBytes(16 * periodOf(classes)) / 4;
}

const one = 0x3f800000, absolute = 0x7fffffff;
const [lightest, heaviest] = new Uint32Array(Float32Array.of(1e-15, 1e15).buffer);

/** Where tables stand in the heap: outputs, labels, weights, w·D. */
export type Pointers<Needed extends string> = Partial<Record<"p" | "y" | "w" | "d", number>> & Record<Needed, number>;

/** Nothing seen yet: the greatest bits of outputs and labels, of weights, and the least of weights − 1. */
export function writeMarks(simd: Simd, marks: number): void {
  const { bits } = viewsOf(simd), at = marks >>> 2;
  bits.fill(0, at, at + 8).fill(0xffffffff, at + 8, at + 12);
}

/** Whether what was seen is in range; of a −0, which is, the bits are not. */
export function inRangeBits(simd: Simd, marks: number, weighted: boolean): boolean {
  const { bits } = viewsOf(simd);
  for (let i = marks >>> 2, end = i + 4; i < end; i++) {
    if (bits[i] > one || (weighted && (bits[i + 4] > heaviest || bits[i + 8] < lightest - 1))) return false;
  }
  return true;
}

/** What a first pass has in the heap from its place on, in bytes: as simd.as has it, then sums, then constants. */
const unkept = 48, values = 320, sumsAt = values + 2048;

/** A pass that has begun. */
export interface Begun<Needed extends string = "p" | "y"> {
  /** Takes a piece: a multiple of 4 periods, and of a block if it is not the last. */
  run(at: Pointers<Needed>, length: number): void;
  /** Adds to `sums` what `length` entries in all gave; whether all was in range, a −0 not among them. */
  end(length: number, sums: Float64Array): boolean;
  /** Where the spare bytes are. */
  readonly spare: number;
}

/** Begins a first pass, with `spare` bytes beside what it needs; nothing if the heap is full. */
export function beginSums(
  simd: Simd,
  { shape, hard, central, columns }: SimdPlan,
  classes: number,
  weighted: boolean,
  spare = 0,
): Begun | undefined {
  const period = periodOf(classes), uniform = columns.length === 1;
  const constants = sumsAt + 128 * period, end = constants + columnBytes * period;
  const marks = simd.place(end + spare);
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
    run: ({ p, y, w = 0, d }, length) => {
      const keep = d === undefined ? 0 : 1, cStep = uniform ? 0 : columnBytes;
      pass(p, y, w, d ?? marks + unkept, keep, length, period, c, cStep, out, marks, Number(hard), shape);
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

/** The factors of a column, a and b, as the loops take them, to a lane of three vectors: m + (y − e)·δ is a at 1, b at 0. */
export function factorsToHeap(simd: Simd, { ofPositives, ofNegatives }: Factors, column: number, lane: number): void {
  const { float32 } = viewsOf(simd), a = ofPositives[column], b = ofNegatives[column];
  const fromPositive = Math.abs(a) <= Math.abs(b); // from the smaller of the two: the other is the one to be rounded
  float32[lane] = fromPositive ? a : b;
  float32[lane + 4] = fromPositive ? 1 : 0;
  float32[lane + 8] = a - b;
}

/** Begins a second pass, in place, with `spare` bytes beside what it needs; nothing if the heap is full. */
export function beginFinish(
  simd: Simd,
  factors: Factors,
  spare = 0,
): Pick<Begun<"d" | "y">, "run" | "spare"> | undefined {
  const classes = factors.ofPositives.length, period = periodOf(classes), c = simd.place(48 * period + spare);
  if (c === 0) return undefined;
  for (let i = 0; i < 4 * period; i++) factorsToHeap(simd, factors, i % classes, (c >>> 2) + (i >>> 2) * 12 + (i & 3));
  return {
    spare: c + 48 * period,
    run: ({ d, y }, length) => void simd.exports.finish(d, y, length, period, c, 48),
  };
}
