import { buildModule } from "../tasks/build_simd.ts";

const block = 1024, at = 64;

/** A call that divides so many float32 numbers, about, and nothing else. */
export async function divisions(rows: number): Promise<() => void> {
  const memory = new WebAssembly.Memory({ initial: 1 }),
    module = new WebAssembly.Module(await buildModule("bench/divisions.as"));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const divide = exports.divide as (at: number, bytes: number, times: number, to: number) => void;
  new Float32Array(memory.buffer, at, block).fill(1.5);
  return () => divide(at, 4 * block, Math.ceil(rows / block), 0);
}
