import * as tf from "@tensorflow/tfjs-core";
import { aFunction, check, describe, isTensorLike } from "../check/check.ts";
import { markGuarded } from "../losses/guarded_losses.ts";
import { dropTape, inHostMemory } from "../tfjs/engine.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import { type AuditBatch, extentOf, meanOf, takeRows } from "./batches.ts";
import type { AuditEngine } from "./engines/engine.ts";
import { DeferredChecks, type DeferredStep } from "./deferred_checks.ts";
import { batchOf, keepingBackend, tfjsEngine } from "./engines/tfjs.ts";
import { type BatchResult, observeBatch, widthOf } from "./observations.ts";
import { fourDigits } from "./report.ts";
import { nonFinite } from "./rules/finite.ts";
import { deadGradient } from "./rules/gradient.ts";
import type { AuditedLoss, Finding } from "./types.ts";

/** Error of a training that {@linkcode guardLoss} stopped: the gradient is NaN, infinite, or 0 without a reason. */
export class GuardError extends Error {
  /** Number of the gradient since the loss was guarded, from 1. */
  readonly step: number;
  /** Fault of the loss, with the numbers of the batch. */
  readonly finding: Finding;

  /**
   * Describes the fault, the step and the remedy.
   *
   * @param name The name of the loss.
   * @param step The number of the gradient, from 1.
   * @param finding The fault.
   */
  constructor(name: string, step: number, finding: Finding) {
    const { cause, remedy, where } = finding, line = where?.line === undefined ? "" : `, ${where.line}`;
    const message = finding.message.replace(/^(All|The) /, (word) => word.toLowerCase()); // not the name of an operation
    super(`Cannot train on ${name} at step ${step}: ${message} (${cause}${line}). ${remedy}`);
    this.name = "GuardError";
    this.step = step;
    this.finding = finding;
  }
}

/** A loss as it is called, with whatever further arguments. */
type Call = (...tensors: Tensor[]) => Tensor;

/** The arguments of a loss in a training step. */
interface StepTensors {
  readonly yTrue: Tensor;
  readonly yPred: Tensor;
  readonly rest: readonly Tensor[];
}

/** The value and the gradient of a training step. */
interface StepResult extends BatchResult {
  readonly gradient: Float32Array;
  /** The gradient that arrives at the loss: zeros if the loss is multiplied by 0. */
  readonly upstream: Float32Array;
}

/**
 * Stops a training at the first step whose gradient with respect to the outputs is dead or not finite, before it changes
 * a weight. Otherwise value and gradient are those of the loss, bit by bit.
 *
 *     g = ∂loss/∂ŷ;  stops if the loss or some gᵢ is NaN or ±∞, or if all gᵢ = 0 although there is something to learn
 *
 * A gradient of zeros is accepted in three cases: none of some other outputs for the batch (the labels, the outputs of
 * other rows, the complements) has a lower loss, as in a batch that is perfectly predicted; the loss is the same for all
 * of them and the batch has only one label, as the precision of a batch without positives; the loss is multiplied by 0. If
 * an operation has no gradient at all, TensorFlow.js throws before the guard can.
 *
 * The guard reads value and gradient at each step. On a device (WebGL, WebGPU) it does not wait: it reads
 * asynchronously, the error is thrown when a later step begins, and the weights have changed meanwhile; the error still
 * names the first bad step. It is also printed, in case that no step follows. Values without a gradient
 * (`model.evaluate`, validation) are not inspected. `model.fit` leaves its row numbers behind when it throws, and an
 * optimizer's `minimize` outside `tf.tidy` its value; the guard leaves nothing.
 *
 * @param loss A loss `(yTrue, yPred) => Tensor` that returns a scalar or one value per row.
 * @returns The guarded loss under the same name, which counts its steps from 1.
 * @throws {TypeError} `loss` is not a function, or, when it is called, does not return a tensor. The backward pass throws
 * {@linkcode GuardError}.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { GuardError, guardLoss } from "@roundabout/roundabout/audit";
 * import { askedRoundLoss } from "@roundabout/roundabout/thread";
 * import { assertRejects } from "@std/assert";
 *
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [1] })] });
 * model.compile({ optimizer: "adam", loss: guardLoss(askedRoundLoss) });
 * const x = tf.tensor2d([[0], [1], [2], [3]]), y = tf.tensor2d([[1], [0], [1], [0]]);
 * await assertRejects(() => model.fit(x, y, { verbose: 0 }), GuardError, "at step 1");
 * ```
 */
export function guardLoss<L extends AuditedLoss>(loss: L): L {
  check("make a guarded loss", { loss }, aFunction);
  const name = loss.name || "loss", call = loss as Call;
  let step = 0;
  const deferred = new DeferredChecks((late) => inspectLate(call, name, late));

  const guarded = (yTrue: Tensor, yPred: Tensor, ...rest: Tensor[]): Tensor =>
    tf.tidy(() => {
      check(`compute ${name}`, { yTrue, yPred }, { must: "a tensor", valid: isTensorLike, Kind: TypeError });
      deferred.throwFailure();
      const late = !inHostMemory();
      let upstream = new Float32Array(), value = NaN, shape: readonly number[] = [];
      let scored: Tensor, above: Tensor;
      const watch = tf.customGrad((output, save) => {
        (save as (tensors: Tensor[]) => void)([output as Tensor, yTrue, ...rest]);
        return {
          value: tf.clone(output as Tensor),
          gradFunc: (dy: Tensor, [yPred, yTrue, ...rest]: Tensor[]) => {
            step++;
            if (late) {
              deferred.add({ step, value: scored, gradient: dy, upstream: above, others: [yTrue, yPred, ...rest] });
              return tf.clone(dy);
            }
            try {
              const gradient = dy.dataSync<"float32">().slice();
              const finding = inspect(call, { yTrue, yPred, rest }, { gradient, upstream, value, shape });
              if (finding) throw new GuardError(name, step, finding);
            } catch (error) {
              dropTape();
              throw error;
            }
            return tf.clone(dy);
          },
        };
      });
      const watched = watch(yPred) as Tensor;
      const result = call(yTrue, watched, ...rest);
      if (!(result instanceof tf.Tensor)) {
        throw new TypeError(
          `Cannot use the guarded loss '${name}': it must return a tensor, it is ${describe(result)}`,
        );
      }
      // The outputs are a second input, so that a loss without a path to them has a gradient of zeros, which is inspected.
      const connect = tf.customGrad((result, output, save) => {
        (save as (tensors: Tensor[]) => void)([output as Tensor, result as Tensor]);
        return {
          value: tf.clone(result as Tensor),
          gradFunc: (dy: Tensor, [output, result]: Tensor[]) => {
            [scored, above] = [result, dy]; // the tape keeps them to its end
            if (!late) {
              upstream = dy.dataSync<"float32">().slice();
              value = meanOf(result.dataSync());
              shape = result.shape;
            }
            return [tf.clone(dy), tf.zerosLike(output)];
          },
        };
      });
      return connect(result, watched) as Tensor;
    });
  markGuarded(guarded);
  return Object.defineProperty(guarded, "name", { value: loss.name }) as unknown as L;
}

/** Reads a step that was taken on a device, and inspects it on the host; returns the error, or nothing. */
async function inspectLate(call: Call, name: string, late: DeferredStep): Promise<unknown> {
  const numbers = async (tensor: Tensor) => (await tensor.data()).slice() as Float32Array<ArrayBuffer>;
  const [value, gradient, upstream] = await Promise.all([late.value, late.gradient, late.upstream].map(numbers));
  const others = await Promise.all(late.others.map(numbers));
  return keepingBackend(() => {
    const [yTrue, yPred, ...rest] = late.others.map(({ shape, dtype }, i) => tf.tensor(others[i], shape, dtype));
    try {
      tf.tidy(() => void call(yTrue, yPred, ...rest)); // may name the row
      const result = { gradient, upstream, value: meanOf(value), shape: late.value.shape };
      const finding = inspect(call, { yTrue, yPred, rest }, result);
      return finding && new GuardError(name, late.step, finding);
    } catch (error) {
      return error;
    } finally {
      tf.dispose([yTrue, yPred, ...rest]);
    }
  });
}

/** The loss of a step's batch, whose labels keep their type and whose further arguments stay the same. */
const engineOf = (call: Call, { yTrue: { dtype }, rest }: StepTensors): AuditEngine =>
  tfjsEngine((labels, outputs) => call(dtype === "float32" ? labels : tf.cast(labels, dtype), outputs, ...rest));

/** Inspects the gradient of a step and returns what is wrong with it. */
function inspect(call: Call, tensors: StepTensors, result: Omit<StepResult, "batch">): Finding | undefined {
  const { gradient, upstream, value } = result;
  if (gradient.length === 0) return undefined;
  const element = gradient.findIndex((g) => !Number.isFinite(g));
  const suspicious = element >= 0 || !Number.isFinite(value) ||
    (gradient.every((g) => g === 0) && upstream.some((d) => d !== 0));
  if (!suspicious) return undefined;
  const { yTrue, yPred } = tensors, engine = engineOf(call, tensors);
  const batch = batchOf({ yTrue, yPred });
  const finite = element < 0 && Number.isFinite(value);
  return finite
    ? deadStep(engine, { ...result, batch })
    : nonFiniteStep(engine, { ...result, batch }, element >= 0 ? element : firstCulprit(engine, batch, tensors.rest));
}

/** A value or gradient that is not finite, and the output where it happens. */
function nonFiniteStep(engine: AuditEngine, result: StepResult, element: number): Finding | undefined {
  const { yTrue, yPred } = result.batch, output = yPred[element];
  const label = yTrue.length === yPred.length ? yTrue[element] : undefined;
  const place = `output ${element} is ${fourDigits(output)}` +
    (label === undefined ? "" : `, its label ${fourDigits(label)}`);
  const evidence = { element, output, ...(label === undefined ? {} : { label }) };
  if (Number.isFinite(output)) return nonFinite(engine, result, `(${place})`, evidence);
  return {
    cause: "domain-edge",
    severity: "error",
    message: `The outputs of the model are not finite (${place})`,
    evidence,
    remedy: "Look at the steps before this one: lower the learning rate, scale the inputs, clip the gradient",
  };
}

/** A gradient of zeros on a batch from which the model could learn. */
function deadStep(engine: AuditEngine, result: StepResult): Finding | undefined {
  const { batch, value, gradient } = result, others = otherOutputs(batch);
  const values = others.map((yPred) => engine.value({ ...batch, yPred }).value).filter(Number.isFinite);
  const best = values.reduce((a, b) => Math.min(a, b), value), rounding = 1e-5 * Math.max(1, Math.abs(value));
  const improvable = value - best > rounding, oneLabel = batch.yTrue.every((label) => label === batch.yTrue[0]);
  const constant = values.length > 0 && values.every((other) => Math.abs(other - value) <= rounding);
  if (!improvable && (!constant || oneLabel)) return undefined;
  const context = { engine, observations: observeBatch(engine, result) };
  const finding = deadGradient(context, others, "the outputs of this batch", { valueOfOtherOutputs: best });
  const contrast = improvable
    ? `although other outputs have a lower loss (${fourDigits(best)} instead of ${fourDigits(value)})`
    : `and the loss is ${fourDigits(value)} for all outputs`;
  return finding && { ...finding, message: `All ${gradient.length} gradients are 0, ${contrast}. ${finding.message}` };
}

/** The first output of the first row whose own loss is not finite; 0 if there is none, or rows cannot be separated. */
function firstCulprit(engine: AuditEngine, batch: AuditBatch, rest: readonly Tensor[]): number {
  const { yPred, trueShape, predShape: [rows] } = batch;
  if (trueShape[0] !== rows || rest.length > 0) return 0;
  for (let i = 0; i < rows; i++) {
    if (!Number.isFinite(engine.value(takeRows(batch, [i])).value)) return i * (yPred.length / rows);
  }
  return 0;
}

/** Other outputs inside the range of a batch: the labels, the outputs of other rows and columns, the complements. */
function otherOutputs({ yTrue, yPred, predShape }: AuditBatch): Float32Array[] {
  const [least, most] = extentOf(yPred), low = Math.min(least, 0), high = Math.max(most, 1);
  const columns = widthOf(predShape), width = yPred.length / predShape[0];
  const labelsFit = yTrue.length === yPred.length && yTrue.every((label) => label >= low && label <= high);
  return [
    ...(labelsFit ? [yTrue] : []),
    yPred.map((_, i) => yPred[yPred.length - width * (Math.floor(i / width) + 1) + i % width]),
    ...(columns > 1 ? [yPred.map((_, i) => yPred[i - i % columns + columns - 1 - i % columns])] : []),
    yPred.map((p) => low + high - p),
  ];
}
