import type { Trace } from "../../tfjs/trace.ts";
import { type AuditBatch, meanOf } from "../batches.ts";
import type { AuditEngine, LossGradient } from "./engine.ts";

/** An answer of a loss about a batch, and the trace that computes its result and its gradient on batches of the same shapes. */
export interface TracedAnswer {
  readonly answer: LossGradient;
  readonly trace?: Trace;
}

/** A trace, and the shape of the result. */
type Known = Pick<LossGradient, "shape"> & { readonly trace: Trace };

const valueFrom = ({ trace }: Known, { yTrue, yPred }: AuditBatch): number => meanOf(trace([yTrue, yPred], 1)[0]);

function answerFrom({ trace, shape }: Known, { yTrue, yPred }: AuditBatch) {
  const [result, gradient] = trace([yTrue, yPred], 2);
  return { value: meanOf(result), shape, gradient: new Float32Array(gradient) };
}

/** Tells whether an answer of the loss has the numbers of its trace, which always has a gradient. */
const isSame = (a: LossGradient, b: ReturnType<typeof answerFrom>): boolean =>
  Object.is(a.value, b.value) && b.gradient.every((g, i) => Object.is(g, a.gradient?.[i]));

const shapeOf = ({ trueShape, predShape }: AuditBatch): string => `${trueShape}/${predShape}`;

/**
 * Makes an engine that computes value and gradient of a deterministic loss from its trace. The first batch of a shape gives
 * the trace, the second is computed both ways: if the answers differ, the loss is asked about each batch.
 */
export function retracing(engine: AuditEngine, traced: (batch: AuditBatch) => TracedAnswer): AuditEngine {
  const first = new Map<string, Known>();
  /** The traces that have answered as the loss does; nothing for shapes without a trace. */
  const traces = new Map<string, Known | undefined>();
  const retraced = <T>(shape: string, of: (known: Known) => T): T | undefined => {
    const known = traces.get(shape);
    try {
      return known && of(known);
    } catch { // an operation that refuses these numbers
      traces.set(shape, undefined);
    }
  };
  /** Asks the loss about one of the first two batches of a shape. */
  const learned = (batch: AuditBatch, shape: string): LossGradient => {
    const known = first.get(shape);
    if (known === undefined) {
      const { answer, trace } = traced(batch);
      if (trace) first.set(shape, { trace, shape: answer.shape });
      else traces.set(shape, undefined);
      return answer;
    }
    const answer = engine.valueAndGradient(batch);
    traces.set(shape, known);
    if (!retraced(shape, () => isSame(answer, answerFrom(known, batch)))) traces.set(shape, undefined);
    return answer;
  };
  const askOnce = (batch: AuditBatch): LossGradient =>
    retraced(shapeOf(batch), (known) => answerFrom(known, batch)) ?? engine.valueAndGradient(batch);
  return {
    ...engine,
    askOnce,
    value(batch) {
      const shape = shapeOf(batch);
      if (!traces.has(shape)) {
        const { value } = learned(batch, shape);
        if (!traces.has(shape)) return { value };
      }
      // A loss without a trace is asked for its value alone.
      const value = retraced(shape, (known) => valueFrom(known, batch));
      return value === undefined ? engine.value(batch) : { value };
    },
    valueAndGradient(batch) {
      const shape = shapeOf(batch);
      return traces.has(shape) ? askOnce(batch) : learned(batch, shape);
    },
  };
}
