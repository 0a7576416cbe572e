import type { StepForm } from "../steps/form.ts";
import { type Plan, planOf } from "./plan.ts";
import { simdBytes } from "./simd_bytes.ts";

/** What is asked of the heap of TensorFlow.js' wasm backend. */
interface Heap {
  readonly HEAPU8: Uint8Array;
  readonly asm: { readonly memory: WebAssembly.Memory };
  _malloc(bytes: number): number;
}

type Count = (...pointersAndNumbers: number[]) => void;

/** The kernels in the memory of a backend. */
export interface Simd {
  readonly memory: WebAssembly.Memory;
  /** Where constants and sums stand: 512 bytes of the heap. */
  readonly place: number;
  readonly exports: Readonly<Record<string, Count>>;
}

const instances = new WeakMap<object, Simd | null>();

/** The kernels for a backend; nothing if it is built otherwise than is known here (with shared memory, say). */
export function simdOf(backend: { wasm?: Heap }): Simd | undefined {
  let simd = instances.get(backend);
  if (simd === undefined) instances.set(backend, simd = instantiate(backend.wasm) ?? null);
  return simd ?? undefined;
}

function instantiate(heap: Heap | undefined): Simd | undefined {
  try {
    const memory = heap!.asm.memory;
    if (memory.buffer !== heap!.HEAPU8.buffer) return undefined;
    const module = new WebAssembly.Module(Uint8Array.from(atob(simdBytes), (c) => c.charCodeAt(0)));
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return { memory, place: heap!._malloc(512) >>> 0, exports: exports as Record<string, Count> };
  } catch {
    return undefined;
  }
}

const { fround } = Math;

/** s(p) with the roundings of the softsign's and the ramp's SIMD loop. */
export function simdValue({ shape, threshold, steepness: k, factor, base }: Plan, p: number): number {
  const near = fround(threshold), u = fround(fround(p - near) - fround(threshold - near));
  if (shape === "linearRamp") {
    return fround(fround(Math.max(-0.5, Math.min(0.5, fround(u * k))) * factor) + base);
  }
  const h = fround(1 / fround(1 + fround(Math.abs(u) * k)));
  return fround(fround(fround(u * h) * factor) + base);
}

/** A step for the SIMD loops. */
export interface SimdPlan {
  /** The names of the loops, without and with weights, where there are some. */
  readonly plain?: string;
  readonly weighted?: string;
  /** Numbers of the loop, each for four lanes. */
  readonly constants: Float32Array;
}

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

/** The plan of a form, or nothing if there is no loop for it. */
export function simdPlanOf(form: StepForm): SimdPlan | undefined {
  const plain = form.hard
    ? { softsign: "softsignHard", round: "roundHard" }[form.shape]
    : { softsign: "softsign", linearRamp: "linearRamp", identity: "identity" }[form.shape];
  if (plain === undefined || form.steepness > greatestSteepness) return undefined;
  const plan = planOf(form, simdValue, fround, 2 ** -24);
  if (plan === undefined) return undefined;
  const near = fround(form.threshold), [first, last] = rampBounds(form);
  const each = [near, form.threshold - near, plan.steepness, plan.factor, plan.base, 0, 1, 0.5, -0.5, first, last];
  const constants = Float32Array.from(each.flatMap((v) => [v, v, v, v]));
  // The mask of |·| is a NaN: written as bits.
  new Int32Array(constants.buffer).fill(0x7fffffff, 20, 24);
  return { plain, weighted: plain === "softsign" ? "softsignWeighted" : undefined, constants };
}

const one = 0x3f800000;
const [lightest, heaviest] = new Uint32Array(Float32Array.of(1e-15, 1e15).buffer);

/** The sums of the first `length` entries (a multiple of 8) of one column, added to `sums`; whether all is in range. */
export function addSimdSums(
  { memory, place, exports }: Simd,
  { plain, weighted, constants }: SimdPlan,
  at: { p: number; y: number; w?: number; d?: number },
  length: number,
  sums: Float64Array,
): boolean {
  new Float32Array(memory.buffer, place, constants.length).set(constants);
  const out = place + 192, d = at.d ?? place + 320, step = at.d === undefined ? 0 : 32;
  if (at.w === undefined) exports[plain!](at.p, at.y, d, step, length, place, out);
  else exports[weighted!](at.p, at.y, at.w, d, step, length, place, out);
  const bits = new Uint32Array(memory.buffer, out + 32, 12);
  for (let i = 0; i < 4; i++) {
    if (bits[i] > one) return false;
    if (at.w !== undefined && (bits[4 + i] > heaviest || bits[8 + i] < lightest - 1)) return false;
  }
  const found = new Float64Array(memory.buffer, out, 4);
  for (let i = 0; i < 4; i++) sums[i] += found[i];
  return true;
}

/** The second pass over the first `length` entries (a multiple of 8), in place. */
export function finishSimd(
  { memory, place, exports }: Simd,
  at: { d: number; y: number },
  length: number,
  ofPositives: number,
  ofNegatives: number,
): void {
  new Float32Array(memory.buffer, place, 12).fill(ofPositives, 0, 4).fill(ofNegatives, 4, 8).fill(1, 8, 12);
  exports.finish(at.d, at.y, length, place);
}
