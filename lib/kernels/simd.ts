import type { StepForm } from "../steps/form.ts";
import type { Factors } from "./loops.ts";
import { type Plan, planOf } from "./plan.ts";
import { simdBytes } from "./simd_bytes.ts";

type Pass = (...pointersAndNumbers: number[]) => void;

/** The kernels in a heap. */
export interface Simd {
  readonly memory: WebAssembly.Memory;
  readonly exports: Readonly<Record<string, Pass>>;
  /** Where `bytes` of the heap may be used until the next call. The heap may grow by it: views are lost. */
  place(bytes: number): number;
  /** Views of the heap, renewed when it has grown. */
  views?: Views;
}

interface Views {
  readonly buffer: ArrayBufferLike;
  readonly float32: Float32Array;
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

const { fround } = Math;

/** What the softsign's loop has for 1/K and k/K: u/(1/K + k/K·|u|) takes one multiplication less than K·u/(1 + k·|u|). */
const parts = ({ steepness, factor }: Plan) => ({ offset: fround(1 / factor), rise: fround(steepness / factor) });

/** s(p) with the roundings of the softsign's and the ramp's SIMD loop. */
export function simdValue(plan: Plan, p: number): number {
  const { shape, threshold, steepness, factor, base } = plan, near = fround(threshold);
  const u = fround(fround(p - near) - fround(threshold - near));
  if (shape === "linearRamp") {
    return fround(fround(Math.max(-0.5, Math.min(0.5, fround(u * steepness))) * factor) + base);
  }
  const { offset, rise } = parts(plan), h = fround(1 / fround(offset + fround(Math.abs(u) * rise)));
  return fround(fround(u * h) + base);
}

/** Steps for the SIMD loops: one for all columns, or one a column. */
export interface SimdPlan {
  /** The name of the loop. */
  readonly loop: string;
  /** What the loop leaves to the sums: β, if it is left out of s. */
  readonly base: number;
  /** The numbers of the loop, a row a column. */
  readonly constants: readonly (readonly number[])[];
}

const constantsPerColumn = 11;
const greatestSteepness = 1e6;

/** The first and the last float32 at which the ramp rises, as float64 has it. */
function rampBounds({ threshold, steepness }: StepForm): [number, number] {
  const rises = (p: number) => Math.abs(steepness * (p - threshold)) <= 0.5;
  const step = 2 ** -25,
    bound = (sign: 1 | -1) => {
      let p = fround(threshold + sign * 0.5 / steepness);
      for (let i = 0; i < 8 && !rises(p); i++) p = fround(p - sign * step * Math.max(1, Math.abs(p) * 4));
      return p;
    };
  return [bound(-1), bound(1)];
}

function loopOf({ shape, hard }: StepForm): string | undefined {
  return hard
    ? { softsign: "softsignHard", round: "roundHard" }[shape]
    : { softsign: "softsign", linearRamp: "linearRamp", identity: "identity" }[shape];
}

/** The numbers of a form, and whether its loop may leave β to the sums: s − β is exactly ±½ at 0 and 1 then. */
function columnOf(form: StepForm): { constants: number[]; central: boolean } | undefined {
  if (form.steepness > greatestSteepness) return undefined;
  const plan = planOf(form, simdValue, fround, 2 ** -24);
  if (plan === undefined) return undefined;
  const near = fround(form.threshold), left = fround(form.threshold - near), [first, last] = rampBounds(form);
  const { offset, rise } = parts(plan), softsign = form.shape === "softsign";
  const curve = softsign ? [rise, offset] : [plan.steepness, plan.factor];
  return {
    // In the place of the 0 is the mask of |·|, a NaN, which is written as bits.
    constants: [near, left, ...curve, plan.base, 0, 1, 0.5, -0.5, first, last],
    central: softsign && !form.hard && left === 0 && plan.base === 0.5,
  };
}

/** The plan of the forms, or nothing if there is no loop for them. */
export function simdPlanOf(forms: readonly StepForm[]): SimdPlan | undefined {
  const loop = loopOf(forms[0]), columns = forms.map(columnOf);
  if (loop === undefined || forms.some((form) => loopOf(form) !== loop)) return undefined;
  if (!columns.every((column) => column !== undefined)) return undefined;
  const central = columns.every((column) => column.central);
  return {
    loop: central ? "central" : loop,
    base: central ? 0.5 : 0,
    constants: columns.map(({ constants }) => constants),
  };
}

/** After how many vectors the columns of a table repeat. */
function periodOf(classes: number): number {
  return classes % 4 === 0 ? classes / 4 : classes % 2 === 0 ? classes / 2 : classes;
}

/** How many entries of a table the SIMD loops take: whole periods of rows; the rest is for the other loops. */
export function simdLength(length: number, classes: number): number {
  return length - length % (4 * periodOf(classes));
}

/** How many bytes of the heap a pass needs beside the tables. */
const bytesOf = (period: number): number => (constantsPerColumn * 16 + 128) * period + 64;

const one = 0x3f800000, absolute = 0x7fffffff;
const [lightest, heaviest] = new Uint32Array(Float32Array.of(1e-15, 1e15).buffer);

/** Where tables stand in the heap. */
export interface Pointers {
  readonly p: number;
  readonly y: number;
  readonly w?: number;
  readonly d?: number;
}

/** The sums of the first `length` entries (a multiple of 4 periods), added to `sums`; whether all is in range. */
export function addSimdSums(
  simd: Simd,
  { loop, base, constants }: SimdPlan,
  at: Pointers,
  length: number,
  classes: number,
  sums: Float64Array,
): boolean {
  const period = periodOf(classes), marks = simd.place(bytesOf(period)), out = marks + 64, c = out + 128 * period;
  const { float32, float64, bits } = viewsOf(simd), uniform = constants.length === 1;
  for (let i = 0, to = c >>> 2; i < (uniform ? 4 : period * 4); i++) {
    const column = constants[uniform ? 0 : i % classes], place = to + (i >>> 2) * 4 * constantsPerColumn + (i & 3);
    for (let j = 0; j < constantsPerColumn; j++) float32[place + 4 * j] = column[j];
    bits[place + 20] = absolute;
  }
  const start = out >>> 3, weighted = at.w !== undefined;
  float64.fill(0, start, start + 16 * period);
  simd.exports[weighted ? `${loop}Weighted` : loop](
    at.p,
    at.y,
    at.w ?? 0,
    at.d ?? marks + 48,
    at.d === undefined ? 0 : 1,
    length,
    period,
    c,
    uniform ? 0 : 16 * constantsPerColumn,
    out,
    marks,
  );
  for (let i = marks >>> 2, end = i + 4; i < end; i++) {
    if (bits[i] > one || (weighted && (bits[i + 4] > heaviest || bits[i + 8] < lightest - 1))) return false;
  }
  for (let i = 0; i < 4 * period; i++) {
    const lane = start + (i >>> 2) * 16 + (i & 3), to = 4 * (i % classes);
    const whole = weighted ? float64[lane] : length / (4 * period);
    sums[to] += whole;
    sums[to + 1] += float64[lane + 4];
    sums[to + 2] += float64[lane + 8] + base * whole;
    sums[to + 3] += float64[lane + 12] + base * float64[lane + 4];
  }
  return true;
}

/** The second pass over the first `length` entries (a multiple of 4 periods), in place. */
export function finishSimd(
  simd: Simd,
  at: { d: number; y: number },
  length: number,
  { ofPositives, ofNegatives }: Factors,
): void {
  const classes = ofPositives.length, period = periodOf(classes), c = simd.place(bytesOf(period));
  const { float32 } = viewsOf(simd);
  for (let i = 0, to = c >>> 2; i < 4 * period; i++) {
    const a = ofPositives[i % classes], b = ofNegatives[i % classes], place = to + (i >>> 2) * 12 + (i & 3);
    // From the smaller of the two, so that the other is the one to be rounded: m + (y − e)·δ is a at 1 and b at 0.
    const fromPositive = Math.abs(a) <= Math.abs(b);
    float32[place] = fromPositive ? a : b;
    float32[place + 4] = fromPositive ? 1 : 0;
    float32[place + 8] = a - b;
  }
  simd.exports.finish(at.d, at.y, length, period, c, 48);
}
