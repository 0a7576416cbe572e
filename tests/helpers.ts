// What several test files share.
import { assert, assertEquals, AssertionError, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import fc from "fast-check";
import { slow } from "./slow.ts";

tf.enableProdMode(); // no banner
await tf.setBackend("cpu"); // where a test does not choose
Deno.test.afterEach(async () => void await tf.setBackend("cpu"));

// The same cases in every run; a failure prints the case.
fc.configureGlobal({ seed: 48356029, numRuns: 200 });

export const backends = ["cpu", "wasm"] as const;

/** Registers one test per backend. */
export function onBackends(
  name: string,
  test: () => void | Promise<void>,
  register = { cpu: Deno.test, wasm: Deno.test },
) {
  for (const backend of backends) {
    register[backend](`${name} (${backend})`, async () => {
      assert(await tf.setBackend(backend), `the backend ${backend} did not start`);
      await tf.ready();
      assertEquals(tf.getBackend(), backend);
      await test();
    });
  }
}

/** {@linkcode onBackends} for a slow test, which `deno task test --quick` leaves out. */
export const slowOnBackends = (name: string, test: () => void | Promise<void>): void =>
  onBackends(name, test, { cpu: slow.test, wasm: slow.test });

/** {@linkcode onBackends}, a slow test on wasm: for trainings, whose code is the same on either backend. */
export const slowOnWasm = (name: string, test: () => void | Promise<void>): void =>
  onBackends(name, test, { cpu: Deno.test, wasm: slow.test });

/** Calls `make`; returns its result and the number of tensors that it left. Fails if it left more data than tensors. */
export function counted<T>(make: () => T): { result: T; made: number } {
  const before = tf.memory();
  const result = make();
  const after = tf.memory(), made = after.numTensors - before.numTensors;
  const buffers = after.numDataBuffers - before.numDataBuffers;
  assert(buffers <= made, `${made} more tensors, but ${buffers} more data buffers`);
  return { result, made };
}

/** Recorded by the scripts in tests/reference, which say how. */
export function reference<Case>(file: string): Case[] {
  return JSON.parse(Deno.readTextFileSync(new URL(`./reference/${file}`, import.meta.url))).cases;
}

/** Fails unless |actual − expected| ≤ tolerance; NaN never passes. */
export function assertWithin(actual: number, expected: number, tolerance: number, where = ""): void {
  const off = Math.abs(actual - expected); // the message is not made for every number of a million
  if (!(off <= tolerance)) {
    throw new AssertionError(`${actual} is not within ${tolerance} of ${expected}, but off by ${off} ${where}`);
  }
}

/** Returns the central differences (f(x + h·eᵢ) − f(x − h·eᵢ)) / 2h of a function of a list of numbers. */
export const centralDifferences = (f: (x: number[]) => number, x: ArrayLike<number>, h = 1e-6): number[] =>
  Array.from(x, (_, i) => {
    const at = (by: number) => f(Array.from(x, (v, j) => j === i ? v + by : v));
    return (at(h) - at(-h)) / (2 * h);
  });

/** Half the distance between a number's float32 and the next: what rounding a result takes, whatever it was before. */
export const halfUlp = (v: number): number => 2 ** (Math.floor(Math.log2(Math.abs(v))) - 24);

/** {@linkcode assertWithin} for each row. */
export function assertAllWithin(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  where = "",
): void {
  assertEquals(actual.length, expected.length, where);
  for (let i = 0; i < actual.length; i++) {
    if (!(Math.abs(actual[i] - expected[i]) <= tolerance)) {
      assertWithin(actual[i], expected[i], tolerance, `in row ${i} ${where}`);
    }
  }
}

/**
 * Fails unless `call` throws one sentence, "Cannot …" without a full stop, that names the argument and its value, and
 * leaves no tensor behind.
 */
export function assertRefused(
  call: () => unknown,
  { error = RangeError, argument, value }: { error?: typeof RangeError; argument: string; value: string },
): string {
  let message = "";
  const { made } = counted(() => {
    message = assertThrows(call, error).message;
  });
  assertMatch(message, /^Cannot (make|use|compute) [^\n]+[^.\n]$/);
  assertStringIncludes(message, `'${argument}'`);
  assertStringIncludes(message, value);
  assertEquals(made, 0, `left tensors behind: ${message}`);
  return message;
}

/** Returns the value of a loss and its gradient with respect to the outputs, and disposes of their tensors. */
export function valueAndGradient<T extends tf.Tensor>(
  loss: (yTrue: tf.Tensor, yPred: T, sampleWeight?: tf.Tensor) => tf.Tensor,
  yTrue: tf.Tensor,
  yPred: T,
  sampleWeight?: tf.Tensor,
): { value: number; gradient: Float32Array } {
  const { value, grad } = tf.valueAndGrad((p) => loss(yTrue, p as T, sampleWeight))(yPred);
  const numbers = { value: value.dataSync()[0], gradient: grad.dataSync() as Float32Array };
  tf.dispose([value, grad]);
  return numbers;
}

/** Returns the first 64 bits of the SHA-256 of a thing's JSON, in hexadecimal. */
export async function digest(thing: unknown): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(thing)));
  return new Uint8Array(hash, 0, 8).toHex();
}

/** Numbers in [0, 1), the same for the same seed (mulberry32). */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
