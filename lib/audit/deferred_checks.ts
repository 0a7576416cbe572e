import * as tf from "@tensorflow/tfjs-core";
import { readTogether } from "../tfjs/engine.ts";
import type { Tensor } from "../tfjs/tensor.ts";

/** A step of a training on a device: its number and its tensors, which belong to the step until it is checked. */
export interface DeferredStep {
  readonly step: number;
  readonly value: Tensor;
  readonly gradient: Tensor;
  readonly upstream: Tensor;
  readonly others: readonly Tensor[];
}

const tensorsOf = ({ value, gradient, upstream, others }: DeferredStep): Tensor[] => [
  value,
  gradient,
  upstream,
  ...others,
];

/** The mean of the value, NaN if a gradient is not finite, the largest gradient and the largest upstream gradient. */
const summaryOf = ({ value, gradient, upstream }: DeferredStep): Tensor =>
  tf.tidy(() =>
    tf.keep(
      tf.stack([tf.mean(value), tf.sum(tf.mul(gradient, 0)), tf.max(tf.abs(gradient)), tf.max(tf.abs(upstream))]),
    )
  );

const isSuspicious = ([value, finite, gradient, upstream]: Float32Array): boolean =>
  !Number.isFinite(value) || Number.isNaN(finite) || (gradient === 0 && upstream !== 0);

/**
 * The checks of a training on a device, which must not wait: four numbers per step are read asynchronously, one read at a time
 * for all steps that have come meanwhile. The tensors of a suspicious step are read too, and inspected; an error is thrown
 * when the next step begins, and printed in case that none follows.
 */
export class DeferredChecks {
  #waiting: { step: DeferredStep; summary: Tensor }[] = [];
  #reading = false;
  #failure: unknown;

  /** Inspects a suspicious step, whose tensors' numbers have been read; returns the error, or nothing. */
  readonly #inspect: (step: DeferredStep) => Promise<unknown>;

  constructor(inspect: (step: DeferredStep) => Promise<unknown>) {
    this.#inspect = inspect;
  }

  /** Throws the error of an earlier step, once. */
  throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure;
  }

  /** Takes a step over; its tensors are kept until it is checked. */
  add(step: DeferredStep): void {
    const kept = (tensor: Tensor): Tensor => tf.keep(tf.clone(tensor));
    const [value, gradient, upstream, ...others] = tensorsOf(step).map(kept);
    const own = { step: step.step, value, gradient, upstream, others };
    this.#waiting.push({ step: own, summary: summaryOf(own) });
    if (!this.#reading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#reading = true;
    while (this.#waiting.length > 0) {
      const steps = this.#waiting;
      this.#waiting = [];
      try {
        const summaries = await readTogether(steps.map(({ summary }) => summary));
        for (const [i, { step }] of steps.entries()) {
          if (this.#failure !== undefined || !isSuspicious(summaries[i])) continue;
          this.#failure = await this.#inspect(step);
          if (this.#failure !== undefined) console.error(String(this.#failure));
        }
      } catch (error) { // the device is lost, say
        this.#failure ??= error;
      } finally {
        tf.dispose(steps.flatMap(({ step, summary }) => [...tensorsOf(step), summary]));
      }
    }
    this.#reading = false;
  }
}
