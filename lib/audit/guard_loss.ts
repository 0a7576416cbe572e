import * as tf from "@tensorflow/tfjs";
import { describe } from "../check/describe.ts";
import type { Tensor } from "../tfjs/tensor.ts";
import type { AuditedLoss, Finding } from "./types.ts";

/** What {@linkcode guardLoss} stops a training with: the gradient of a step was NaN, infinite, or zero without a reason. */
export class GuardError extends Error {
  /** Which gradient it was, from 1, since the loss was guarded. */
  readonly step: number;
  /** What is wrong, with the numbers of the batch. */
  readonly finding: Finding;

  /**
   * Says what is wrong, at which step, and what to do.
   *
   * @param name The loss's name.
   * @param step Which gradient it was, from 1.
   * @param finding What is wrong.
   */
  constructor(name: string, step: number, finding: Finding) {
    super(`Cannot train on ${name} at step ${step}: ${finding.message} (${finding.cause}). ${finding.remedy}`);
    this.name = "GuardError";
    this.step = step;
    this.finding = finding;
  }
}

/** A step whose gradient is looked at. */
interface Batch {
  yTrue: Tensor;
  yPred: Tensor;
  rest: Tensor[];
}

/**
 * A loss that stops the training at the first step whose gradient by the outputs is dead or not finite, with a sentence,
 * before any weight is changed by it; otherwise it is the same loss, value and gradient, bit by bit.
 *
 *     g = ∂loss/∂ŷ;  stops if the loss or some gᵢ is NaN or ±∞, or if all gᵢ = 0 although there is something to learn
 *
 * A gradient of zeros is let pass where it is right: no other outputs tried on the batch (the labels, the outputs of
 * other rows, their complements) have a lower loss, as in a batch that is perfectly predicted; or the loss is the same
 * for all of them and the batch has only one label, as the precision of a batch without a positive; or what the loss is
 * multiplied by is 0. Where an operation has no gradient at all, TensorFlow.js throws before this has a say.
 *
 * It reads value and gradient at each step: next to nothing on the backends cpu and wasm, a wait for the device on the others.
 * Values without a gradient (`model.evaluate`, validation) are not looked at. `model.fit` leaves its row numbers behind when
 * anything in it throws, and an optimizer's `minimize` outside `tf.tidy` its value; the guard leaves nothing.
 *
 * @param loss Any loss, `(yTrue, yPred) => Tensor`: a scalar or one value a row.
 * @returns The same loss under the same name, guarded; counted from its first step.
 * @throws {TypeError} `loss` is no function. Called: it returns no tensor. In the backward pass: {@linkcode GuardError}.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { guardLoss, GuardError } from "@roundabout/roundabout/audit";
import { askedRoundLoss } from "@roundabout/roundabout/thread";
 * import { assertRejects } from "@std/assert";
 *
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [1] })] });
 * model.compile({ optimizer: "adam", loss: guardLoss(askedRoundLoss) });
 * const x = tf.tensor2d([[0], [1], [2], [3]]), y = tf.tensor2d([[1], [0], [1], [0]]);
 * await assertRejects(() => model.fit(x, y, { verbose: 0 }), GuardError, "at step 1");
 * ```
 */
export function guardLoss<L extends AuditedLoss>(loss: L): L {
  if (typeof loss !== "function") {
    throw new TypeError(`Cannot make a guarded loss: 'loss' must be a function, it is ${describe(loss)}`);
  }
  const name = loss.name || "loss";
  let step = 0;

  const guardedLoss = (yTrue: Tensor, yPred: Tensor, ...rest: Tensor[]): Tensor =>
    tf.tidy(() => {
      let above: Tensor | undefined;
      let finite = true;
      const watch = tf.customGrad((output, save) => {
        (save as (tensors: Tensor[]) => void)([output as Tensor, yTrue, ...rest]);
        return {
          value: tf.clone(output as Tensor),
          gradFunc: (dy: Tensor, [saved, labels, ...others]: Tensor[]) => {
            step++;
            try {
              const found = look(loss, { yTrue: labels, yPred: saved, rest: others }, dy, above, finite);
              if (found) throw new GuardError(name, step, found);
            } catch (error) {
              forgetTape();
              throw error;
            } finally {
              above?.dispose();
            }
            return tf.clone(dy);
          },
        };
      });
      const watched = watch(yPred) as Tensor;
      const value = (loss as (...tensors: Tensor[]) => Tensor)(yTrue, watched, ...rest);
      if (!(value instanceof tf.Tensor)) {
        throw new TypeError(`Cannot use the guarded loss '${name}': it must return a tensor, it is ${describe(value)}`);
      }
      // With the outputs as a second input there is a way to them even if the loss has none: zeros, which are seen.
      const connected = tf.customGrad((result, output, save) => {
        (save as (tensors: Tensor[]) => void)([output as Tensor, result as Tensor]);
        return {
          value: tf.clone(result as Tensor),
          gradFunc: (dy: Tensor, [saved, values]: Tensor[]) => {
            above = tf.keep(tf.clone(dy));
            finite = values.dataSync().every((v) => Number.isFinite(v));
            return [tf.clone(dy), tf.zerosLike(saved)];
          },
        };
      });
      return connected(value, watched) as Tensor;
    });
  return Object.defineProperty(guardedLoss, "name", { value: loss.name }) as unknown as L;
}

/** TensorFlow.js keeps what the operations of a tape saved, if a gradient throws. */
function forgetTape(): void {
  const { state } = tf.engine() as unknown as {
    state: { gradientDepth: number; activeTape?: { saved?: (Tensor | null)[] }[] };
  };
  if (state.gradientDepth > 0) return; // an outer gradient still needs it
  for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor?.dispose();
}

/** What is wrong with a step, if anything is. */
function look(
  loss: AuditedLoss,
  batch: Batch,
  dy: Tensor,
  above: Tensor | undefined,
  finite: boolean,
): Finding | undefined {
  const gradient = dy.dataSync();
  const bad = gradient.findIndex((g) => !Number.isFinite(g));
  if (bad >= 0) return notFinite(loss, batch, gradient, bad);
  if (!finite) return notFinite(loss, batch, gradient, culprit(loss, batch));
  if (gradient.some((g) => g !== 0)) return undefined;
  if (gradient.length === 0 || above?.dataSync().every((d) => d === 0)) return undefined;
  return dead(loss, batch);
}

function notFinite(loss: AuditedLoss, batch: Batch, gradient: ArrayLike<number>, at: number): Finding {
  const { yTrue, yPred } = batch;
  const value = meanOf(loss, batch, yPred), prediction = yPred.dataSync()[at];
  const evidence = {
    loss: value,
    "not finite": Array.from(gradient).filter((g) => !Number.isFinite(g)).length,
    of: gradient.length,
    output: at,
    prediction,
    gradient: gradient[at],
    ...(yTrue.size === yPred.size ? { label: yTrue.dataSync()[at] } : {}),
  };
  const where = `output ${at} is ${prediction}` + ("label" in evidence ? `, its label ${evidence.label}` : "");
  if (!Number.isFinite(prediction)) {
    return {
      cause: "domain-edge",
      severity: "error",
      message: `the model's own outputs are not finite any more (${where})`,
      evidence,
      remedy: "Look at the steps before this one: lower the learning rate, scale the inputs, clip the gradient",
    };
  }
  const gradientOnly = Number.isFinite(value);
  return {
    cause: gradientOnly ? "nan-gradient" : "domain-edge",
    severity: "error",
    message: gradientOnly
      ? `the loss is ${inWords(value)}, but its gradient is ${gradient[at]} (${where})`
      : `the loss is ${value} (${where})`,
    evidence,
    remedy: gradientOnly
      ? "Look for a root or a power at 0, and for a tf.where whose other branch overflows: make its argument safe first"
      : "Look for a logarithm or a division at 0 and an exponential of something large: take logits, or add an ε inside",
  };
}

/** A number for a sentence. */
const inWords = (value: number): string => String(Number(value.toPrecision(6)));

/** Whether a sigmoid has run into its ends, wherever it is asked. */
const atTheEnds = (yPred: Tensor): boolean =>
  Array.from(yPred.dataSync()).every((p) => Math.abs(p) < 1e-6 || Math.abs(p - 1) < 1e-6);

/** A zero gradient with something to learn in the batch; undefined if zeros are right. */
function dead(loss: AuditedLoss, batch: Batch): Finding | undefined {
  const { yTrue, yPred } = batch;
  const value = meanOf(loss, batch, yPred);
  const others = tf.tidy(() => alternatives(batch).map((other) => meanOf(loss, batch, other)).filter(Number.isFinite));
  const best = Math.min(value, ...others);
  const least = 1e-5 * Math.max(1, Math.abs(value));
  const evidence = { loss: value, "loss of other outputs": best, outputs: yPred.size, "gradients of 0": yPred.size };
  if (value - best > least) {
    const message =
      `all ${yPred.size} gradients are exactly 0, although other outputs on this batch have a lower loss ` +
      `(${inWords(best)} instead of ${inWords(value)})`;
    return atTheEnds(yPred)
      ? {
        cause: "saturated",
        severity: "error",
        message: `${message}, and all outputs are at the ends, 0 or 1`,
        evidence,
        remedy: "Start from small weights and priorBias, lower the learning rate, or let the loss take logits",
      }
      : {
        cause: "no-gradient-op",
        severity: "error",
        message,
        evidence,
        remedy: "Look for round, a comparison, a cast or dataSync on the way, or for clipping where the outputs are: " +
          "replace round by a step that has a gradient, as f1Loss({ step: 'softsign', slope: 10 }) does",
      };
  }
  const labels = yTrue.dataSync();
  const same = others.length > 0 && others.every((other) => Math.abs(other - value) <= least);
  if (!same || labels.every((label) => label === labels[0])) return undefined;
  return {
    cause: "constant",
    severity: "error",
    message: `all ${yPred.size} gradients are exactly 0, and the loss is ${inWords(value)} whatever the outputs are`,
    evidence,
    remedy: "The loss does not depend on its second argument: look for a softmax over one column, or a wrong variable",
  };
}

/** The first output whose row alone has no finite loss; 0 if none has, or rows cannot be told apart. */
function culprit(loss: AuditedLoss, { yTrue, yPred, rest }: Batch): number {
  const [n] = yPred.shape;
  if (yTrue.shape[0] !== n || rest.length > 0) return 0;
  const alone = (i: number) =>
    tf.tidy(() => {
      const yTrueAlone = tf.slice(yTrue, i, 1), yPredAlone = tf.slice(yPred, i, 1);
      return meanOf(loss, { yTrue: yTrueAlone, yPred: yPredAlone, rest }, yPredAlone);
    });
  for (let i = 0; i < n; i++) if (!Number.isFinite(alone(i))) return i * (yPred.size / n);
  return 0;
}

/** The mean of the loss on other outputs; NaN where it refuses them. */
function meanOf(loss: AuditedLoss, { yTrue, rest }: Batch, yPred: Tensor): number {
  try {
    return tf.tidy(() => tf.mean((loss as (...tensors: Tensor[]) => Tensor)(yTrue, yPred, ...rest)).dataSync()[0]);
  } catch {
    return NaN;
  }
}

/** Other outputs for a batch, none outside the range that its outputs have. */
function alternatives({ yTrue, yPred }: Batch): Tensor[] {
  const outputs = Array.from(yPred.dataSync()), labels = Array.from(yTrue.dataSync());
  const low = outputs.reduce((a, b) => Math.min(a, b), 0), high = outputs.reduce((a, b) => Math.max(a, b), 1);
  const found: Tensor[] = [];
  if (labels.length === outputs.length && labels.every((label) => label >= low && label <= high)) {
    found.push(tf.reshape(tf.cast(yTrue, "float32"), yPred.shape));
  }
  found.push(tf.reverse(yPred, 0));
  if (yPred.rank > 1 && yPred.shape[yPred.rank - 1] > 1) found.push(tf.reverse(yPred, yPred.rank - 1));
  found.push(tf.sub(low + high, yPred));
  return found;
}
