import type { AuditBatch, RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";

const shape = [4, 1];

/** An input of a recorded operation: made of constants, unless told otherwise. */
export const input = (more: Partial<RecordedInput> = {}): RecordedInput => ({
  ...{ fromPred: false, fromTrue: false, isPred: false, isShare: false, live: false, reduced: {} },
  ...{ shape, dtype: "float32", finite: true, largest: 1, levels: [] },
  ...more,
});

/** A recorded operation; what it descends from follows from its inputs. */
export const op = (name: string, inputs: RecordedInput[], more: Partial<RecordedOp> = {}): RecordedOp => ({
  ...{ op: name, inputs, outputShape: shape, outputLargest: 1, breaks: false, attrs: {}, line: `${name}.ts:1:1` },
  fromPred: inputs.some((one) => one.fromPred),
  fromTrue: inputs.some((one) => one.fromTrue),
  live: inputs.some((one) => one.live),
  ...more,
});

/** A batch of labels and outputs, row by row. */
export const batchOf = (
  yTrue: number[],
  yPred: number[],
  columns = 1,
  rows = yPred.length / columns,
): AuditBatch => ({
  yTrue: Float32Array.from(yTrue),
  yPred: Float32Array.from(yPred),
  trueShape: [rows, yTrue.length / rows],
  predShape: [rows, columns],
});
