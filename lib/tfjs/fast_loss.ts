import * as tf from "@tensorflow/tfjs-core";
import { type Inputs, readBatch, readBatchShape } from "../batch/read_batch.ts";
import { scoreFast } from "../kernels/passes.ts";
import { instantiate, ownSimd, type Simd } from "../kernels/simd.ts";
import { simdBytes } from "../kernels/simd_bytes.ts";
import type { Memory } from "../kernels/table.ts";
import type { ResolvedOptions } from "../scoring/options.ts";
import { bestOf, scoreBatch } from "../scoring/score_batch.ts";
import { customOp, giveToTape, gradientDepth, type Heap, type HostMemory, hostMemory, tapeIsOn } from "./engine.ts";
import type { Scalar, Tensor } from "./tensor.ts";

/**
 * Instantiates the SIMD loops in the heap of a backend; the bytes that they are lent are freed when more are asked for.
 *
 * @returns Nothing where there is no such heap, or the loops cannot run in it.
 */
function simdIn(heap: Heap | undefined): Simd | undefined {
  let held = 0, at = 0;
  const place = (bytes: number): number => {
    if (bytes > held) {
      if (held > 0) heap!.free(at);
      at = heap!.allocate(bytes);
      held = at === 0 ? 0 : bytes;
    }
    return at;
  };
  try {
    return heap && instantiate(simdBytes, heap.memory, place);
  } catch {
    return undefined;
  }
}

/** The memory of a backend with the SIMD loops that run in it. */
type TensorMemory = HostMemory & Memory<Tensor>;

const memories = new WeakMap<HostMemory, TensorMemory>();

/** Adds the SIMD loops to the memory of a backend, once. */
function withSimd(host: HostMemory): TensorMemory {
  const known = memories.get(host);
  if (known !== undefined) return known;
  const simd = simdIn(host.heap), memory = { ...host, simd: host.backend === "wasm" ? () => simd : ownSimd };
  memories.set(host, memory);
  return memory;
}

/**
 * Returns best − score and its gradient by the SIMD loops, in the memory of the backend.
 *
 * @returns Nothing where the general path has to do it: the loops do not know the setting, the engine is not as it is known
 * here, or the gradient is nested and may be asked for twice.
 */
export function fastLoss(
  name: string,
  setting: ResolvedOptions,
  tensors: Inputs<Tensor>,
): Scalar | undefined {
  const { reading, decide, scoring } = setting, { yTrue, yPred, sampleWeight } = tensors;
  const host = hostMemory();
  if (host === undefined || gradientDepth() > 1) return undefined;
  const memory = withSimd(host);
  const batchShape = readBatchShape(name, tensors, reading), wanted = tapeIsOn(), held: Tensor[] = [];
  const hold = (tensor: Tensor): Tensor => (held.push(tf.keep(tensor)), tensor); // the tape disposes it, no `tf.tidy`
  const release = () => tf.dispose(held);
  try {
    // The backward pass reads the batch again: aliases of its tensors, which the tape disposes.
    const inputs: Inputs<Tensor> = !wanted ? tensors : {
      yTrue: hold(memory.alias(yTrue)),
      yPred: hold(memory.alias(yPred)),
      sampleWeight: sampleWeight && hold(memory.alias(sampleWeight)),
    };
    const kept = wanted ? hold(memory.make(yPred)) : undefined;
    const scored = scoreFast(decide, scoring, inputs, batchShape, memory, kept);
    if (scored === undefined) return void release();
    const value = customOp(yPred, () => tf.scalar(bestOf(scoring.score) - scored.value), (dy) => {
      try {
        const by = -memory.numbers(dy)[0];
        if (scored.finish(by)) return memory.alias(kept!);
        const batch = readBatch(name, inputs, reading);
        return tf.tensor(scoreBatch(batch, decide(batch), scoring).gradient(by), yPred.shape);
      } catch (error) {
        release();
        throw error;
      }
    }) as Scalar;
    if (!wanted || giveToTape(value, held)) return value;
    value.dispose(); // a tape that is not as it is known here: the general path needs nothing of it
  } catch (error) {
    release();
    throw error;
  }
  return void release();
}
