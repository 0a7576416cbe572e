/**
 * The contenders: implementations of a loss's value and gradient, on the same numbers. The recorder and `deno bench` both take
 * them from here, and `peers.py` makes the same numbers with NumPy.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-wasm";
import { f1Loss } from "@roundabout/roundabout";
import { type AnyLoss, composedF1Loss } from "./composed.ts";
import { type Work, works } from "./record_format.ts";

tf.enableProdMode();

/** The slope of every contender's softsign. */
export const slope = 4;

/** The backends that are measured. */
export const backends = ["cpu", "wasm"] as const;

/** A step of somebody's own: the softsign's formula, which the library cannot know. */
const ownSoftsign = () => {
  const k = 2 * (slope - 1), scale = (1 + k / 2) / k;
  return {
    name: "own softsign",
    threshold: 0.5,
    slope,
    value: (p: number) => 0.5 + scale * (p - 0.5) * k / (1 + k * Math.abs(p - 0.5)),
    derivative: (p: number) => scale * k / (1 + k * Math.abs(p - 0.5)) ** 2,
  };
};

/** The ways to each work's loss. */
const ways: Readonly<Record<string, (work: Work) => AnyLoss | undefined>> = {
  fused: (work) =>
    f1Loss({
      slope,
      ...(works[work].columns > 1 ? { average: "macro" } : {}),
      ...(work === "argmax" ? { decision: "argmax" } : {}),
    }) as AnyLoss,
  composed: (work) => work === "argmax" ? undefined : composedF1Loss(slope),
  "own step (composed)": (work) => work === "binary" ? f1Loss({ step: ownSoftsign() }) as AnyLoss : undefined,
};

/** The inputs of a work. `peers.py` makes the same. */
export interface Inputs {
  yTrue: tf.Tensor;
  yPred: tf.Tensor;
  sampleWeight?: tf.Tensor;
}

/** (i + 1)·step mod 1: evenly spread, without a generator that another language would have to repeat. */
function spreadOver(length: number, step: number, map = (v: number) => v): Float32Array {
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) values[i] = map((i + 1) * step % 1);
  return values;
}

const byOutputs = Math.SQRT2 - 1, byLabels = Math.sqrt(3) - 1, byWeights = Math.sqrt(5) - 2;

/** A work's inputs, on the backend in use. */
function inputsOf(work: Work, rows: number): Inputs {
  const { columns } = works[work], size = rows * columns;
  const p = spreadOver(size, byOutputs);
  let y = spreadOver(rows, byLabels, (v) => columns === 1 ? Number(v < 0.3) : Math.floor(v * columns));
  if (columns > 1) {
    const indices = y;
    y = new Float32Array(size);
    for (let i = 0; i < rows; i++) y[i * columns + indices[i]] = 1;
  }
  return {
    yTrue: tf.tensor2d(y, [rows, columns]),
    yPred: tf.tensor2d(p, [rows, columns]),
    ...(work === "weighted"
      ? { sampleWeight: tf.tensor2d(spreadOver(rows, byWeights, (w) => 0.5 + w), [rows, 1]) }
      : {}),
  };
}

/** One way to a work's value and gradient, on one backend, at one size. */
export interface Contender {
  readonly name: string;
  readonly work: Work;
  readonly rows: number;
  readonly backend: (typeof backends)[number];
  readonly inputs: Inputs;
  /** Value and gradient, tensors in, tensors out; they are the caller's. */
  run(): { value: tf.Tensor; grad: tf.Tensor };
}

/** All ways to a work at a size, on the backend in use (await its `tf.setBackend`), sharing their inputs. */
export function contendersOf(work: Work, rows: number): Contender[] {
  const inputs = inputsOf(work, rows), backend = tf.getBackend() as Contender["backend"];
  return Object.entries(ways).flatMap(([way, make]) => {
    const loss = make(work);
    if (loss === undefined) return [];
    const valueAndGrad = tf.valueAndGrad((p) => loss(inputs.yTrue, p, inputs.sampleWeight));
    return [{ name: `${way}, ${backend}`, work, rows, backend, inputs, run: () => valueAndGrad(inputs.yPred) }];
  });
}

/** Disposes of the inputs. */
export function disposeInputs(inputs: Inputs): void {
  tf.dispose(Object.values(inputs));
}
