import * as tf from "@tensorflow/tfjs-core";
import { type Inputs, readBatch, readBatchShape } from "../batch/read_batch.ts";
import { scoreFast } from "../kernels/passes.ts";
import type { ResolvedOptions } from "../scoring/options.ts";
import { scoreBatch } from "../scoring/score_batch.ts";
import { giveToTape, gradientDepth, tapeIsOn } from "../tfjs/engine.ts";
import { tensorMemory } from "../tfjs/memory.ts";
import type { Scalar, Tensor } from "../tfjs/tensor.ts";
import { registerFastLoss } from "./metric_loss.ts";

/** Returns best − score by the SIMD loops, in the memory of the backend; nothing where the general path has to do it. */
function fastLoss(name: string, best: number, setting: ResolvedOptions, tensors: Inputs<Tensor>): Scalar | undefined {
  const { reading, decide, scoring } = setting, { yTrue, yPred, sampleWeight } = tensors;
  const memory = tensorMemory();
  if (memory === undefined || gradientDepth() > 1) return undefined; // a nested gradient may be asked for twice
  const batchShape = readBatchShape(name, tensors, reading), wanted = tapeIsOn(), held: Tensor[] = [];
  const hold = (tensor: Tensor): Tensor => (held.push(tensor), tensor);
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
    const op = tf.customGrad(() => ({
      value: tf.scalar(best - scored.value),
      gradFunc: (dy: Tensor) => {
        try {
          const by = -dy.dataSync()[0];
          if (scored.finish(by)) return memory.alias(kept!);
          const batch = readBatch(name, inputs, reading);
          return tf.tensor(scoreBatch(batch, decide(batch), scoring).gradient(by), yPred.shape);
        } catch (error) {
          release();
          throw error;
        }
      },
    }));
    const value = op(yPred) as Scalar;
    if (!wanted || giveToTape(value, held)) return value;
    value.dispose(); // a tape that is not as it is known here: the general path needs nothing of it
  } catch (error) {
    release();
    throw error;
  }
  return void release();
}

registerFastLoss(fastLoss);
