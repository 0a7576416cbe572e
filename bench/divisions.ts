import { buildModule } from "../tasks/build_simd.ts";

const block = 1024, at = 64;

/** Makes a call that divides 1 by 1.5 for each of `rows` float32 numbers, rounded up to whole blocks, and returns the sum. */
export async function divisions(rows: number): Promise<() => number> {
  const memory = new WebAssembly.Memory({ initial: 1 }),
    module = new WebAssembly.Module(await buildModule("bench/divisions.as"));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const divide = exports.divide as (at: number, bytes: number, times: number, to: number) => void;
  new Float32Array(memory.buffer, at, block).fill(1.5);
  return () => {
    divide(at, 4 * block, Math.ceil(rows / block), 0);
    return new Float32Array(memory.buffer, 0, 4).reduce((a, b) => a + b);
  };
}
