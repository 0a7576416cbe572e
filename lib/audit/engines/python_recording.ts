import type { RecordedOp, Recording } from "./engine.ts";
import {
  labelsOrigin,
  originOf,
  outputsOrigin,
  recordedInput,
  type TracedInput,
  type TracedOrigin,
  unknownOrigin,
} from "./origins.ts";

/** The origin of a tensor: the labels or the outputs of the caller, an operation by its index, or none of them. */
type Maker = "true" | "pred" | number | null;

/** An input or output of an operation. */
interface PythonTensor {
  readonly shape: readonly number[];
  readonly finite: boolean;
  readonly largest: number;
  readonly levels: readonly number[];
  readonly single: number | null;
}

/** An operation in the words of loss_server.py. */
interface PythonOp {
  readonly op: string;
  readonly inputs: readonly (PythonTensor & { readonly madeBy: Maker; readonly dtype: string })[];
  readonly outputs: readonly PythonTensor[];
  readonly attrs: Readonly<Record<string, unknown>>;
  /** False where a gradient was stopped on purpose. */
  readonly differentiable: boolean;
  readonly line: string | null;
}

/** A forward pass in the words of loss_server.py. */
export interface PythonRecording {
  readonly ops: readonly PythonOp[];
  readonly readOut: { readonly op: string; readonly line: string | null } | null;
  /** The origin of the result. */
  readonly result: Maker;
  /** The framework says that the result has a gradient. */
  readonly live: boolean;
  readonly customGradient: boolean;
  /** The operation that made the result of neither labels nor outputs. */
  readonly apart?: { readonly op: string; readonly line: string | null } | null;
}

const given: Readonly<Record<"true" | "pred", TracedOrigin>> = { true: labelsOrigin, pred: outputsOrigin };

/** The recording for the rules. The origins are traced as for TensorFlow.js. */
export function recordingFrom({ ops, readOut, result, live, customGradient, apart }: PythonRecording): Recording {
  const origins: TracedOrigin[] = [];
  const originBy = (maker: Maker): TracedOrigin | undefined =>
    maker === null ? undefined : typeof maker === "number" ? origins[maker] : given[maker];
  const recorded = ops.map(({ op, inputs, outputs, attrs, differentiable, line }): RecordedOp => {
    const traced = inputs.map(({ madeBy, shape, single }): TracedInput => ({
      origin: originBy(madeBy),
      shape,
      single: single ?? undefined,
    }));
    const own = originOf(op, attrs, traced, outputs.map(({ shape }) => shape));
    const origin = differentiable ? own : { ...own, live: false };
    origins.push(origin);
    return {
      op,
      inputs: inputs.map(({ madeBy: maker, shape, dtype, finite, largest, levels }, i) => {
        const madeBy = typeof maker === "number" ? maker : undefined;
        return recordedInput(traced[i].origin, { shape, dtype, finite, largest, levels, madeBy });
      }),
      outputShape: outputs[0]?.shape ?? [],
      outputLargest: Math.max(0, ...outputs.map((output) => output.largest)),
      breaks: inputs.every((input) => input.finite) && outputs.some((output) => !output.finite),
      attrs,
      fromPred: origin.fromPred,
      fromTrue: origin.fromTrue,
      live: origin.live,
      line: line ?? undefined,
    };
  });
  const of = originBy(result) ?? unknownOrigin;
  return {
    ops: recorded,
    readOut: readOut === null ? undefined : { op: readOut.op, line: readOut.line ?? undefined },
    apart: apart == null ? undefined : { op: apart.op, line: apart.line ?? undefined },
    connected: of.fromPred,
    live: of.live && live,
    customGradient,
  };
}
