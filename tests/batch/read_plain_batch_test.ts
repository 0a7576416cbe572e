// Batches of plain numbers with a shape: how each form is read, and each refusal with the row and the column that it names.
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type BatchOptions,
  type BatchTensors,
  readBatch,
  readBatchShape,
  type ShapedNumbers,
} from "../../lib/batch/read_batch.ts";
import { largestFloat32 } from "../../lib/counts/counts.ts";

const shaped = (values: number[], shape = [values.length], dtype = "float32"): ShapedNumbers => ({
  shape,
  size: values.length,
  dtype,
  dataSync: () => values,
});

/** Outputs of 0.5 with a shape. */
const halves = (...shape: number[]) => shaped(Array(shape.reduce((a, b) => a * b, 1)).fill(0.5), shape);

const read = (batch: BatchTensors, options: Partial<BatchOptions> = {}) => {
  const { yTrue, yPred, sampleWeight, ...sizes } = readBatch("f1", batch, { fromLogits: false, ...options });
  return {
    ...sizes,
    yTrue: Array.from(yTrue),
    yPred: Array.from(yPred),
    sampleWeight: sampleWeight && Array.from(sampleWeight),
  };
};

const columns = { columns: true };

Deno.test("a batch of one column is [n] or [n, 1], labels and weights too", () => {
  const expected = { rows: 2, classes: 1, yTrue: [1, 0], yPred: [0.5, 0.5], sampleWeight: [2, 3] };
  for (const yPred of [halves(2), halves(2, 1)]) {
    for (const shape of [[2], [2, 1]]) {
      const batch = { yTrue: shaped([1, 0], shape), yPred, sampleWeight: shaped([2, 3], shape) };
      for (const options of [{}, columns]) assertEquals(read(batch, options), expected);
    }
  }
});

Deno.test("labels per output, or class indices per row, [n] or [n, 1]; weights per output or per row", () => {
  const yPred = halves(2, 3), hot = [0, 0, 1, 1, 0, 0];
  const labels = [shaped(hot, [2, 3]), shaped([2, 0]), shaped([2, 0], [2, 1], "int32")];
  const weights: [ShapedNumbers | undefined, number[] | undefined][] = [
    [undefined, undefined],
    [shaped([5, 7]), [5, 5, 5, 7, 7, 7]],
    [shaped([5, 7], [2, 1]), [5, 5, 5, 7, 7, 7]],
    [shaped([1, 2, 3, 4, 5, 6], [2, 3]), [1, 2, 3, 4, 5, 6]],
  ];
  for (const yTrue of labels) {
    for (const [sampleWeight, expected] of weights) {
      const batch = read({ yTrue, yPred, sampleWeight }, columns);
      assertEquals([batch.rows, batch.classes, batch.yTrue, batch.sampleWeight], [2, 3, hot, expected]);
    }
  }
  const form = (yTrue: ShapedNumbers, sampleWeight?: ShapedNumbers) =>
    readBatchShape("f1", { yTrue, yPred, sampleWeight }, { fromLogits: false, columns: true });
  const ignoreLabel = undefined;
  assertEquals(form(labels[0]), { rows: 2, classes: 3, indexed: false, rowWeights: false, ignoreLabel });
  assertEquals(form(labels[0], weights[3][0]), { rows: 2, classes: 3, indexed: false, rowWeights: false, ignoreLabel });
  assertEquals(form(labels[1], weights[1][0]), { rows: 2, classes: 3, indexed: true, rowWeights: true, ignoreLabel });
});

Deno.test("pixels are rows", () => {
  const batch = read({ yTrue: shaped([0, 1, 1, 0], [2, 2]), yPred: halves(2, 2, 2) }, columns);
  assertEquals([batch.rows, batch.classes, batch.yTrue], [4, 2, [1, 0, 0, 1, 0, 1, 1, 0]]);
});

Deno.test("an ignored label is 0 with weight 0; the other weights stay", () => {
  for (const mark of [NaN, 255, 0]) {
    const batch = { yTrue: shaped([1, mark, 1]), yPred: halves(3) };
    const plain = read(batch, { ignoreLabel: mark });
    assertEquals([plain.yTrue, plain.sampleWeight], [[1, 0, 1], [1, 0, 1]]);
    assertEquals(
      read({ ...batch, sampleWeight: shaped([2, 3, 4]) }, { ignoreLabel: mark }).sampleWeight,
      [2, 0, 4],
    );
  }
  const indexed = { yTrue: shaped([1, 255]), yPred: halves(2, 2), sampleWeight: shaped([2, 3, 4, 5], [2, 2]) };
  assertEquals(read(indexed, { ...columns, ignoreLabel: 255 }).sampleWeight, [2, 3, 0, 0]);
  assertStrictEquals(read({ yTrue: shaped([1, 0]), yPred: halves(2) }).sampleWeight, undefined);
});

Deno.test("probabilities may be rounded by 1e-6 and no more; logits may be any number", () => {
  const yTrue = shaped([1, 0]);
  for (const yPred of [[-1e-6, 1], [0, 1 + 1e-6]]) assertEquals(read({ yTrue, yPred: shaped(yPred) }).yPred, yPred);
  for (const yPred of [[-2e-6, 1], [0, 1 + 2e-6]]) {
    assertThrows(() => read({ yTrue, yPred: shaped(yPred) }), RangeError);
  }
  const logits = [-Infinity, Infinity];
  assertEquals(read({ yTrue, yPred: shaped(logits) }, { fromLogits: true }).yPred, logits);
});

const softmaxHint =
  "; for a softmax write { average: 'macro', decision: 'argmax' }, for several labels { average: 'macro' }";

/** A batch, its options, the sentence after "Cannot compute f1: ". */
const refusals: [BatchTensors, Partial<BatchOptions>, string][] = [
  // Tensors.
  [
    { yTrue: shaped([1]), yPred: { ...halves(1), isDisposed: true } },
    {},
    "'yPred' is disposed",
  ],
  [{ yTrue: { ...shaped([1]), isDisposed: true }, yPred: halves(1) }, {}, "'yTrue' is disposed"],
  [
    { yTrue: shaped([1]), yPred: halves(1), sampleWeight: { ...shaped([1]), isDisposed: true } },
    {},
    "'sampleWeight' is disposed",
  ],
  [{ yTrue: [1] as never, yPred: halves(1) }, {}, "'yTrue' must be a tensor, it is [1]"],
  [{ yTrue: null as never, yPred: halves(1) }, {}, "'yTrue' must be a tensor, it is null"],
  [
    { yTrue: shaped([1]), yPred: halves(1), sampleWeight: 3 as never },
    {},
    "'sampleWeight' must be a tensor, it is 3",
  ],
  // Shapes.
  [
    { yTrue: shaped([1, 0, 1, 0], [2, 2]), yPred: halves(2, 2) },
    {},
    `'yPred' must have the shape [n] or [n, 1], it has [2, 2]${softmaxHint}`,
  ],
  [
    { yTrue: shaped([1, 0], [2, 1, 1]), yPred: halves(2, 1, 1) },
    {},
    "'yPred' must have the shape [n] or [n, 1], it has [2, 1, 1]",
  ],
  [{ yTrue: shaped([1], []), yPred: halves() }, {}, "'yPred' must have the shape [n] or [n, 1], it has []"],
  [
    { yTrue: shaped([1], []), yPred: halves() },
    columns,
    "'yPred' must have the shape [n], [n, c] or [n, …, c], it has []",
  ],
  [{ yTrue: shaped([]), yPred: shaped([]) }, {}, "'yPred' is empty, its shape is [0]"],
  [{ yTrue: shaped([], [0, 3]), yPred: shaped([], [0, 3]) }, columns, "'yPred' is empty, its shape is [0, 3]"],
  [{ yTrue: shaped([1, 0, 1]), yPred: halves(2) }, {}, "'yTrue' has the shape [3], 'yPred' has [2]"],
  ...[[], [2, 1, 1], [1, 2], [2, 2]].map((shape): [BatchTensors, Partial<BatchOptions>, string] => [
    { yTrue: shaped([1, 0, 1, 0], shape), yPred: halves(2) },
    {},
    `'yTrue' has the shape [${shape.join(", ")}], 'yPred' has [2]`,
  ]),
  ...[[], [3, 2]].map((shape): [BatchTensors, Partial<BatchOptions>, string] => [
    { yTrue: shaped([1, 0, 1]), yPred: halves(3, 1), sampleWeight: shaped([1, 1, 1, 1, 1, 1], shape) },
    {},
    `'sampleWeight' has the shape [${shape.join(", ")}], 'yPred' has [3, 1]`,
  ]),
  [
    { yTrue: shaped([1, 0, 1]), yPred: halves(2, 3) },
    columns,
    "'yTrue' has the shape [3], 'yPred' has [2, 3]",
  ],
  [
    { yTrue: shaped([1, 0]), yPred: halves(2), sampleWeight: shaped([1]) },
    {},
    "'sampleWeight' has the shape [1], 'yPred' has [2]",
  ],
  // Dtypes.
  [
    { yTrue: shaped([1], [1], "string"), yPred: halves(1) },
    {},
    "'yTrue' must be of dtype float32, int32, bool, it is string",
  ],
  [{ yTrue: shaped([1]), yPred: shaped([1], [1], "int32") }, {}, "'yPred' must be of dtype float32, it is int32"],
  [
    { yTrue: shaped([1]), yPred: halves(1), sampleWeight: shaped([1], [1], "complex64") },
    {},
    "'sampleWeight' must be of dtype float32, int32, bool, it is complex64",
  ],
  // Classes.
  [
    { yTrue: shaped([1, 0]), yPred: halves(2) },
    { ...columns, atLeast: 2 },
    "'yPred' must have at least 2 columns, its shape is [2]",
  ],
  [
    { yTrue: shaped([1, 0]), yPred: halves(1, 2) },
    { ...columns, perClass: [{ option: "threshold", length: 3 }] },
    "'threshold' has 3 numbers, 'yPred' has 2 columns",
  ],
  [
    { yTrue: shaped([1, 0]), yPred: halves(2) },
    { ...columns, perClass: [{ option: "classWeights", length: 1 }] },
    "'classWeights' weighs columns, 'yPred' has one column; weigh the rows by sampleWeight",
  ],
  // Numbers, with their place.
  [
    { yTrue: shaped([1, 0]), yPred: shaped([0.5, 7]) },
    {},
    "'yPred' must lie in [0, 1], row 1 is 7; for logits say fromLogits: true",
  ],
  ...[-0.25, Infinity].map((bad): [BatchTensors, Partial<BatchOptions>, string] => [
    { yTrue: shaped([1, 0]), yPred: shaped([0.5, bad]) },
    {},
    `'yPred' must lie in [0, 1], row 1 is ${bad}; for logits say fromLogits: true`,
  ]),
  [{ yTrue: shaped([1, 0]), yPred: shaped([0.5, NaN]) }, {}, "'yPred' must lie in [0, 1], row 1 is NaN"],
  [
    { yTrue: shaped([1, 0]), yPred: shaped([5, NaN]) },
    { fromLogits: true },
    "'yPred' must be numbers, row 1 is NaN",
  ],
  [
    { yTrue: shaped([1, 0, 1]), yPred: shaped([0, 0, 0, 0, 0, 0, 0, -3, 0], [3, 3]) },
    columns,
    "'yPred' must lie in [0, 1], row 2, column 1 is -3; for logits say fromLogits: true",
  ],
  [{ yTrue: shaped([1, 2]), yPred: halves(2) }, {}, "'yTrue' must lie in [0, 1], row 1 is 2"],
  [{ yTrue: shaped([1, -1]), yPred: halves(2) }, {}, "'yTrue' must lie in [0, 1], row 1 is -1"],
  [
    { yTrue: shaped([1, 0, 0, 0, 0, NaN], [2, 3]), yPred: halves(2, 3) },
    columns,
    "'yTrue' must lie in [0, 1], row 1, column 2 is NaN",
  ],
  ...[-1, 3, 0.5, NaN].map((bad): [BatchTensors, Partial<BatchOptions>, string] => [
    { yTrue: shaped([2, 0, bad]), yPred: halves(3, 3) },
    columns,
    `'yTrue' must hold class indices from 0 to 2, row 2 is ${bad}`,
  ]),
  [
    { yTrue: shaped([1, 0]), yPred: halves(2), sampleWeight: shaped([1, -1]) },
    {},
    "'sampleWeight' must be finite in float32 and ≥ 0, row 1 is -1",
  ],
  [
    { yTrue: shaped([1, 0]), yPred: halves(2, 2), sampleWeight: shaped([1, Infinity]) },
    columns,
    "'sampleWeight' must be finite in float32 and ≥ 0, row 1 is Infinity",
  ],
  [
    { yTrue: shaped([1, 0]), yPred: halves(2, 2), sampleWeight: shaped([1, 1, 1, NaN], [2, 2]) },
    columns,
    "'sampleWeight' must be finite in float32 and ≥ 0, row 1, column 1 is NaN",
  ],
  [
    { yTrue: shaped([1, 0]), yPred: halves(2), sampleWeight: shaped([largestFloat32, 3.41e38]) },
    {},
    "'sampleWeight' must be finite in float32 and ≥ 0, row 1 is 3.41e+38",
  ],
  [
    { yTrue: shaped([largestFloat32, 1e308]), yPred: halves(2) },
    { gains: true },
    "'yTrue' must be finite in float32 and ≥ 0, row 1 is 1e+308",
  ],
  // Rows of the whole data: of a later batch, and of examples in another order, two pixels each.
  [{ yTrue: shaped([1, 2]), yPred: halves(2) }, { firstRow: 30 }, "'yTrue' must lie in [0, 1], row 31 is 2"],
  [
    { yTrue: shaped([1, 2]), yPred: halves(2) },
    { examples: [7, 4] },
    "'yTrue' must lie in [0, 1], row 4 is 2",
  ],
  [
    { yTrue: shaped([1, 0, 0, 2], [2, 2]), yPred: halves(2, 2, 2) },
    { ...columns, examples: [7, 4] },
    "'yTrue' must hold class indices from 0 to 1, row 9 is 2",
  ],
];

Deno.test("a bad batch is refused in one sentence that names the argument, the row and the column", () => {
  for (const [batch, options, sentence] of refusals) {
    const { message } = assertThrows(() => read(batch, options), Error);
    assertStrictEquals(message, `Cannot compute f1: ${sentence}`);
  }
});

Deno.test("numbers per class and a least number of columns that fit pass", () => {
  const batch = { yTrue: shaped([1, 0]), yPred: halves(2, 2) };
  const perClass = ["threshold", "classWeights"].map((option) => ({ option, length: 2 }));
  assertEquals(read(batch, { ...columns, atLeast: 2, perClass }).classes, 2);
  const single = { yTrue: shaped([1, 0]), yPred: halves(2) };
  assertEquals(read(single, { ...columns, perClass: [{ option: "threshold", length: 1 }] }).classes, 1);
});
