// Rules of shapes and axes on recordings written by hand: each condition of a finding is missing once.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import type { AuditBatch } from "../../lib/audit/batches.ts";
import type { AuditEngine, RecordedInput, RecordedOp } from "../../lib/audit/engines/engine.ts";
import type { Observations } from "../../lib/audit/observations.ts";
import type { AuditContext } from "../../lib/audit/rules/rule.ts";
import { broadcast, input, op, wrongAxis } from "./rule_helpers.ts";

const rows = 4;
type More = Partial<RecordedInput>;
const outputs = (shape: number[], more: More = {}) =>
  input({ fromPred: true, isPred: true, live: true, shape, ...more });
const labels = (shape: number[], more: More = {}) => input({ fromTrue: true, shape, ...more });
const ofPred = (shape: number[], more: More = {}) => input({ fromPred: true, live: true, shape, ...more });
const ofBoth = (shape: number[], more: More = {}) => ofPred(shape, { fromTrue: true, ...more });
const constant = (shape: number[]) => input({ shape });

interface Recorded {
  /** The loss as a function of the batch; the first output if left out. */
  loss?: (batch: AuditBatch) => number;
  columns?: number;
  labelColumns?: number;
  yTrue?: number[];
  yPred?: number[];
  returned?: number[];
  /** The correct outputs. */
  perfect?: number[];
  deterministic?: boolean;
}

const lossEngine = (loss: Recorded["loss"] = ({ yPred }) => yPred[0]): AuditEngine =>
  ({ value: (batch: AuditBatch) => ({ value: loss(batch) }) }) as AuditEngine;

function observed(ops: RecordedOp[], more: Recorded) {
  const { columns = 1, labelColumns = columns, yTrue, yPred, returned = [], perfect, deterministic = true } = more;
  const batch: AuditBatch = {
    yTrue: Float32Array.from(yTrue ?? Array.from({ length: rows * labelColumns }, (_, i) => i / 16)),
    yPred: Float32Array.from(yPred ?? Array.from({ length: rows * columns }, (_, i) => i)),
    trueShape: [rows, labelColumns],
    predShape: [rows, columns],
  };
  const right = perfect && { ...batch, yPred: Float32Array.from(perfect) };
  const results = right && { perfect: { batch: right, ...lossEngine(more.loss).value(right) } };
  return {
    ...{ ops, rows, columns, deterministic },
    ...{ random: { batch, value: 3, shape: returned }, results: results ?? {} },
  } as unknown as Observations;
}

const broadcastIn = (ops: RecordedOp[], more: Recorded = {}) =>
  broadcast({ engine: lossEngine(more.loss), observations: observed(ops, more) });
const axisIn = (ops: RecordedOp[], more: Recorded = {}) =>
  wrongAxis({ engine: lossEngine(more.loss), observations: observed(ops, more) } as unknown as AuditContext);

/** Says that nothing is found in any of these recordings. */
const nothing = (find: typeof broadcastIn, of: readonly RecordedOp[][], more: Recorded = {}) =>
  of.forEach((ops, i) => assertStrictEquals(find(ops, more), undefined, `recording ${i}`));

Deno.test("broadcast: [n] against [n, 1]", () => {
  const pairs = [4, 4],
    sub = (a: RecordedInput, b: RecordedInput, outputShape = pairs) => op("Sub", [a, b], { outputShape });
  const found = broadcastIn([sub(labels([4]), outputs([4, 1]))])!;
  assertEquals([found.cause, found.severity, found.where?.op], ["broadcast", "error", "Sub"]);
  assertEquals(found.message, "[4] with [4, 1] makes 4 × 4: every label is compared with every output");
  assertEquals(found.evidence, { rows: 4, value: 3, valueWithOutputsInAnotherOrder: 1 });
  assertEquals(broadcastIn([sub(outputs([4, 1]), labels([4]))])?.where?.op, "Sub");
  assert(broadcastIn([sub(labels([4]), outputs([4, 1]), [4, 4, 1])])?.message.includes("makes [4, 4, 1]"));
  nothing(broadcastIn, [
    [sub(labels([4]), constant([4, 1]))],
    [sub(labels([4]), outputs([4]), [4])],
    [sub(labels([4]), outputs([4, 1]), [4, 1])],
    [sub(labels([4]), outputs([4, 1]), [1, 4])],
    [sub(labels([1]), outputs([4, 1]))],
    [sub(labels([4]), outputs([4]))],
    [sub(labels([4, 1]), outputs([4, 1]))],
    [op("Tile", [outputs([4, 1])], { outputShape: pairs })],
  ]);
});

Deno.test("broadcast: [n] against [n, 1] that a loss of PyTorch spreads out before the difference", () => {
  const spread = (of: RecordedInput) => op("BroadcastTo", [of], { outputShape: [4, 4] });
  const recording = (y: RecordedInput, p = outputs([4, 1]), name = "Sub") => [
    spread(p),
    spread(y),
    op("Cast", [ofPred([4, 4], { madeBy: 0 })], { outputShape: [4, 4] }),
    op(name, [ofPred([4, 4], { madeBy: 2 }), { ...y, shape: [4, 4], madeBy: 1 }], { outputShape: [4, 4] }),
  ];
  const found = broadcastIn(recording(labels([4])))!;
  assertEquals([found.message.slice(0, 29), found.where?.op], ["[4] with [4, 1] makes 4 × 4: ", "Sub"]);
  nothing(broadcastIn, [
    recording(labels([4, 1])),
    recording(labels([4]), outputs([4])),
    recording(ofPred([4])),
    recording(labels([4]), outputs([4, 1]), "Multiply"),
  ]);
});

Deno.test("broadcast: [1, n] against [n, 1], unless pairs are meant", () => {
  const crossed = op("Sub", [labels([1, 4]), outputs([4, 1])], { outputShape: [4, 4] });
  const found = broadcastIn([crossed])!;
  assertEquals(found.message, "[1, 4] with [4, 1] makes 4 × 4: every label is compared with every output");
  assertEquals(found.evidence, { rows: 4, value: 3 });
  assertEquals(broadcastIn([op("Sub", [labels([4, 1]), outputs([1, 4])])])?.where?.op, "Sub");
  const byElement = op("Mul", [labels([4, 1]), outputs([4, 1])]);
  const product = (name: string, y = labels([4, 2]), outputShape = [4, 4]) =>
    op(name, [y, ofPred([2, 4])], { outputShape });
  nothing(broadcastIn, [
    [crossed, product("MatMul")],
    [crossed, product("BatchMatMul")],
    [crossed, byElement],
    [crossed, op("Mul", [outputs([4, 1]), labels([4, 1])])],
    [crossed, op("Max", [ofBoth([4, 4])])],
    [crossed, op("Min", [ofBoth([4, 4])])],
    [op("Sub", [labels([4, 1]), outputs([4, 1])])],
    [op("Sub", [labels([1, 4]), outputs([1, 4])])],
    [op("Sub", [labels([1, 4]), labels([4, 1])])],
    [op("Sub", [outputs([1, 4]), outputs([4, 1])])],
    [op("Sub", [labels([1, 4]), ofBoth([4, 1])])],
    [op("Sub", [labels([1, 3]), outputs([4, 1])])],
    [op("Sub", [labels([1, 4]), outputs([3, 1])])],
    [op("Sub", [labels([1, 4]), outputs([4, 2])])],
    [op("Sub", [labels([2, 4]), outputs([4, 1])])],
    [op("Sub", [outputs([4, 1])])],
    [op("Sub", [])],
  ]);
  for (
    const more of [
      op("Mul", [labels([4, 1]), outputs([4, 1], { live: false })]),
      op("Mul", [outputs([4, 1]), outputs([4, 1])]),
      op("Mul", [labels([4, 1]), outputs([4])]),
      op("Mul", [labels([4]), outputs([4, 1])]),
      op("Max", [outputs([4, 4])]),
      op("Max", [labels([4, 4])]),
      op("Max", [ofBoth([4, 1])]),
      op("Sum", [ofBoth([4, 4])]),
      product("Multiply"),
      product("MatMul", ofPred([4, 2])),
      product("MatMul", undefined, [4, 2]),
    ]
  ) assertEquals(broadcastIn([more, crossed])?.where?.op, "Sub");
});

Deno.test("broadcast: what is left of the rows meets the pairs along the columns", () => {
  const after = (reduced: RecordedOp, more: Partial<RecordedOp> = {}, index = 0) => [
    ...(index === 1 ? [op("Exp", [ofPred([4, 4])])] : []),
    reduced,
    op("Sub", [ofPred([4, 4]), ofPred([4], { madeBy: index })], { outputShape: [4, 4], ...more }),
  ];
  const max = (attrs: Record<string, unknown>, name = "Max", shape = [4, 4]) => op(name, [ofPred(shape)], { attrs });
  const found = broadcastIn(after(max({ axis: 1 })))!;
  assertEquals(
    found.message,
    "[4] of the rows with [4, 4] goes along the columns: each row gets the numbers of all rows",
  );
  assertEquals([found.where?.op, found.evidence], ["Sub", { rows: 4, value: 3 }]);
  for (const attrs of [{ axis: -1 }, { axis: [1] }, { reductionIndices: 1 }, { reductionIndices: [-1] }]) {
    assert(broadcastIn(after(max(attrs))), JSON.stringify(attrs));
  }
  for (const name of ["Min", "Sum", "Mean"]) assert(broadcastIn(after(max({ axis: 1 }, name))), name);
  assert(broadcastIn(after(max({ axis: 1 }), {}, 0)) && broadcastIn(after(max({ axis: 1 }), {}, 1)));
  // An operation on the reduced numbers alone passes them on.
  const log = op("Log", [ofPred([4], { madeBy: 0 })]), sum = max({ axis: 1 }, "Sum");
  assert(broadcastIn([sum, log, op("Sub", [ofPred([4, 4]), ofPred([4], { madeBy: 1 })])]));
  const shifted = op("Add", [ofPred([4], { madeBy: 0 }), constant([4])]);
  // The same numbers along both directions are meant; other numbers along the rows do not say so.
  const turned = op("ExpandDims", [ofPred([4], { madeBy: 0 })]);
  const along = op("Sub", [ofPred([4, 4]), ofPred([4], { madeBy: 0 })]);
  const across = op("Sub", [ofPred([4, 4]), ofPred([4, 1], { madeBy: 2 })]);
  const kept = op("Sub", [ofPred([4, 4]), ofPred([4, 1], { madeBy: 3 })]);
  assert(broadcastIn([sum, along, turned, max({ axis: 1 }, "Max"), kept]));
  nothing(broadcastIn, [
    [sum, along, turned, across],
    [sum, shifted, op("Sub", [ofPred([4, 4]), ofPred([4], { madeBy: 1 })])],
    after(max({ axis: 0 })),
    after(max({ axis: -2 })),
    after(max({ axis: [0, 1] })),
    after(max({ axis: 1 }, "Prod")),
    after(max({ axis: 1 }, "Max", [4, 3])),
    after(max({ axis: 1 }), { live: false }),
    [sum, op("Sub", [ofPred([4, 3]), ofPred([4], { madeBy: 0 })])],
    [sum, op("Sub", [labels([4, 4]), ofPred([4], { madeBy: 0 })])],
    [sum, op("Sub", [ofPred([4, 4]), ofPred([4, 1], { madeBy: 0 })])],
    [sum, op("Sub", [ofPred([4, 4]), ofPred([4])])],
    [sum, op("Select", [ofPred([4, 4]), ofPred([4], { madeBy: 0 }), constant([4])])],
  ]);
});

Deno.test("broadcast: labels and outputs of different ranks", () => {
  const ranks = (
    a: RecordedInput,
    b: RecordedInput,
    outputShape = [4, 3, 4, 3],
  ) => [op("Sub", [a, b], { outputShape })];
  const y = labels([4, 3, 1, 1]), p = outputs([4, 3]), more = { columns: 3 };
  const found = broadcastIn(ranks(y, p), more)!;
  assertEquals(found.message, "[4, 3, 1, 1] with [4, 3] makes [4, 3, 4, 3]: every label is compared with every output");
  assertEquals(found.evidence, { rows: 4, value: 3 });
  assert(broadcastIn(ranks(p, y), more));
  nothing(broadcastIn, [
    ranks(y, p, [4, 3, 1, 3]),
    ranks(labels([4, 3, 1]), outputs([4, 3, 4], { live: false })),
    ranks(labels([4, 3, 1, 1]), outputs([4, 3, 1, 1])),
    ranks(labels([4, 3, 4, 1]), p),
    ranks(y, outputs([3, 3])),
    ranks(y, outputs([4, 3], { live: false })),
    ranks(ofBoth([4, 3, 1, 1]), p),
    [op("Tile", [p], { outputShape: [4, 3, 4, 3] })],
  ], more);
});

Deno.test("broadcast: one column of labels against several of outputs, and the other way round", () => {
  const wide = { columns: 3, labelColumns: 1 }, sub = (a: RecordedInput, b: RecordedInput) => [op("Sub", [a, b])];
  const found = broadcastIn(sub(labels([4, 1]), outputs([4, 3])), wide)!;
  assertEquals(
    found.message,
    "One column of labels is compared with 3 columns of outputs: all of them are pulled to the same label",
  );
  assertEquals(found.evidence, { labelColumns: 1, outputColumns: 3, value: 3 });
  const several = { columns: 1, labelColumns: 3 };
  assertEquals(
    broadcastIn(sub(labels([4, 3]), outputs([4, 1])), several)?.message,
    "One column of outputs is compared with 3 columns of labels: it is pulled to all of them at once",
  );
  assert(broadcastIn([op("SquaredDifference", [labels([4, 1]), outputs([4, 3])])], wide));
  assert(broadcastIn([op("Multiply", [labels([4, 3]), outputs([4, 1])])], several));
  // An ensemble is compared with itself as well; of several guesses the best one counts.
  const self = (a = ofPred([4, 3, 1]), outputShape = [4, 3, 3]) => op("Sub", [a, ofPred([4, 1, 3])], { outputShape });
  const beside = (more: RecordedOp) => [...sub(labels([4, 1]), outputs([4, 3])), more];
  nothing(broadcastIn, [beside(self()), beside(op("Min", [ofBoth([4, 3])]))], wide);
  for (const more of [self(ofBoth([4, 3, 1])), self(constant([3, 1])), self(undefined, [4, 3])]) {
    assert(broadcastIn(beside(more), wide));
  }
  // Two values are labels; three to the number of columns are classes, which are compared on purpose.
  assert(broadcastIn(sub(labels([4, 1]), outputs([4, 3])), { ...wide, yTrue: [0, 1, 1, 0] }));
  nothing(broadcastIn, [sub(labels([4, 1]), outputs([4, 3]))], { ...wide, yTrue: [0, 1, 2, 0] });
  assert(broadcastIn(sub(labels([4, 1]), outputs([4, 3])), { ...wide, yTrue: [0, 1, 2, 3] }));
  nothing(broadcastIn, [
    [op("Multiply", [labels([4, 1]), outputs([4, 3])])],
    [op("Log", [labels([4, 1]), outputs([4, 3])])],
    sub(labels([4]), outputs([4, 3])),
    sub(labels([4, 2]), outputs([4, 3])),
    sub(labels([4, 1]), outputs([4, 2])),
    sub(labels([4, 1]), outputs([4, 1, 3])),
    sub(labels([4, 1]), ofPred([4, 3])),
    sub(ofBoth([4, 1]), outputs([4, 3])),
  ], wide);
  nothing(broadcastIn, [[op("Add", [labels([4, 3]), outputs([4, 1])])]], several);
  nothing(broadcastIn, [sub(labels([4, 3]), outputs([4, 3]))], { columns: 3 });
  nothing(broadcastIn, [sub(labels([4, 1]), outputs([4, 1]))]);
});

Deno.test("broadcast: weights after the mean, and a value per pair of rows", () => {
  const weighed = (
    a: RecordedInput,
    b: RecordedInput,
    outputShape = [3],
    name = "Multiply",
  ) => [op(name, [a, b], { outputShape })];
  const found = broadcastIn(weighed(ofBoth([]), constant([3])))!;
  assertEquals(found.message, "3 weights multiply one number that is a mean already: they weigh nothing");
  assertEquals(found.evidence, { shapes: "[] [3]", value: 3 });
  assert(broadcastIn(weighed(constant([3, 2]), ofBoth([1, 1]), [3, 2]))?.message.startsWith("6 weights"));
  nothing(broadcastIn, [
    weighed(ofBoth([]), constant([3]), [3], "Add"),
    weighed(ofBoth([]), constant([1]), [1]),
    weighed(ofBoth([3]), constant([3])),
    weighed(ofBoth([], { live: false }), constant([3])),
    weighed(ofBoth([]), labels([3])),
    weighed(ofBoth([]), ofPred([3], { live: false })),
  ]);
  assertEquals(
    broadcastIn([], { returned: [4, 4] })?.message,
    "The loss returns [4, 4], one value per pair of rows: training would use the mean of them",
  );
  for (const returned of [[], [4], [4, 1], [1, 4], [4, 4, 1]]) nothing(broadcastIn, [[]], { returned });
});

const two = { columns: 2 };

Deno.test("wrong axis: the outputs are normalised over the rows", () => {
  const byRows: More = { reduced: { sum: "rows" } }, share = op("RealDiv", [ofPred([4, 2]), ofPred([1, 2], byRows)]);
  const found = axisIn([share], two)!;
  assertEquals([found.cause, found.severity, found.where?.op], ["wrong-axis", "error", "RealDiv"]);
  assertEquals(
    found.message,
    "The outputs are normalised over the rows of the batch, axis 0: each row depends on all others",
  );
  assertEquals(found.evidence, { rows: 4, columns: 2, shapes: "[4,2] [1,2]" });
  assert(axisIn([op("Sub", [ofPred([2, 4]), ofPred([1, 2], byRows)])], two));
  const byAll: More = { reduced: { sum: "all" } };
  assertEquals(
    axisIn([op("RealDiv", [ofPred([4, 2]), ofPred([], byAll)])], two)?.message,
    "The outputs are normalised over all rows and columns of the batch: each row depends on all others",
  );
  const ofHalf = (shape: number[], by = byAll) => [op("RealDiv", [ofPred(shape), ofPred([], by)])];
  assert(axisIn(ofHalf([4, 2]), { columns: 4 })); // one of two embeddings in a row
  nothing(axisIn, [ofHalf([4, 1]), ofHalf([4, 3]), ofHalf([2, 2]), ofHalf([4, 2, 1]), ofHalf([4, 2], byRows)], {
    columns: 4,
  });
  const meanOfColumns = op("Sub", [ofPred([4, 2]), ofPred([1, 2], { reduced: { plain: "rows" } })]);
  nothing(axisIn, [
    [meanOfColumns, share],
    [op("Add", [ofPred([4, 2]), ofPred([1, 2], byRows)])],
    [op("Sub", [ofPred([4, 2]), ofPred([], byAll)])],
    [op("RealDiv", [ofPred([4, 1]), ofPred([1, 2], byRows)])],
    [op("RealDiv", [ofPred([4, 2], { live: false }), ofPred([1, 2], byRows)])],
    [op("RealDiv", [ofPred([4, 2]), ofBoth([1, 2], byRows)])],
    [op("RealDiv", [ofPred([4, 2]), ofPred([1, 2], { ...byRows, live: false })])],
    [op("RealDiv", [ofPred([4, 2]), ofPred([4, 1], { reduced: { sum: "one column" } })])],
  ], two);
  nothing(axisIn, [[op("RealDiv", [ofPred([4, 1]), ofPred([1, 1], byRows)])]]);
  for (
    const more of [
      op("Add", meanOfColumns.inputs.slice()),
      op("Sub", [ofPred([4, 1]), meanOfColumns.inputs[1]]),
      op("Sub", [ofPred([4, 2], { live: false }), meanOfColumns.inputs[1]]),
      op("Sub", [ofPred([4, 2]), ofPred([4, 2], { reduced: { plain: "rows" } })]),
      op("Sub", [ofPred([4, 2]), ofPred([1, 2], { reduced: { plain: "columns" } })]),
      op("Sub", [ofPred([4, 2]), ofPred([1, 2], { reduced: { plain: "rows" }, live: false })]),
    ]
  ) assert(axisIn([more, share], two), more.op);
});

Deno.test("wrong axis: logarithms and roots of sums over the rows", () => {
  const log = (
    sum: "rows" | "all",
    more: More = {},
    name = "Log",
  ) => [op(name, [ofPred([2], { reduced: { sum }, ...more })])];
  assertEquals(
    axisIn(log("all"), two)?.message,
    "The logarithm of a sum over rows and columns normalises each example by all others",
  );
  for (const name of ["Log", "Sqrt"]) {
    assertEquals(
      axisIn(log("rows", {}, name), two)?.message,
      `${name} is applied to a sum over the rows of the batch, axis 0, instead of over the columns`,
    );
  }
  assert(axisIn(log("rows", { fromTrue: true }), two));
  nothing(axisIn, [
    log("rows", { fromTrue: true }, "Sqrt"),
    log("all", { fromTrue: true }),
    log("all", { live: false }),
    log("all", {}, "Sqrt"),
    log("rows", { live: false }),
    log("rows", {}, "Exp"),
    [op("Log", [ofPred([4, 2])])],
  ], two);
  nothing(axisIn, [log("all"), log("rows")]);
  // Pairs of rows with rows, summed along either direction, leave a number per row.
  const pairs = (shape: number[], outputShape = [4, 4]) => [
    op("MatMul", [ofPred([4, 2]), ofPred([2, 4])], { outputShape }),
    op("Log", [ofPred(shape, { reduced: { sum: "rows" } })]),
  ];
  nothing(axisIn, [pairs([4]), pairs([1, 4])], two);
  assert(axisIn(pairs([2]), two) && axisIn(pairs([4], [4, 2]), two));
  // A margin says that the norm of a row is meant, although a mask made of labels takes part.
  const norm = (margin = input({ shape: [] }), names = ["Sqrt", "Sub", "Relu"]) => [
    op(names[0], [ofBoth([2], { reduced: { sum: "rows" } })]),
    op(names[1], [ofBoth([2], { madeBy: 0 }), margin]),
    op(names[2], [ofBoth([2], { madeBy: 1 })]),
  ];
  assertEquals(axisIn(norm(), two)?.where?.op, "Sqrt");
  assertEquals(
    axisIn([
      op("Relu", [ofPred([2])]),
      ...norm().map(({ op: name, inputs }) => {
        const later = inputs.map((i) => ({ ...i, madeBy: i.madeBy === undefined ? undefined : i.madeBy + 1 }));
        return op(name, later);
      }),
    ], two)?.where?.op,
    "Sqrt",
  );
  nothing(axisIn, [
    norm(labels([2])),
    norm(ofPred([2])),
    norm(input({ shape: [], largest: 0 })),
    norm(undefined, ["Sqrt", "Add", "Relu"]),
    norm(undefined, ["Sqrt", "Sub", "Exp"]),
    norm(undefined, ["Relu", "Sub", "Relu"]),
    [
      norm()[0],
      op("Square", [ofBoth([2])]),
      op("Sub", [ofBoth([2], { madeBy: 1 }), input()]),
      op("Relu", [
        ofBoth([2], { madeBy: 2 }),
      ]),
    ],
  ], two);
  // A sum over a table of counts, and one over the rows.
  const ofSum = (shape: number[]) => [
    op("Sum", [ofPred(shape)]),
    op("Add", [ofPred([2], { madeBy: 0 }), constant([])]),
    op("Log", [ofPred([2], { madeBy: 1, reduced: { sum: "rows" } })]),
  ];
  nothing(axisIn, [ofSum([2, 2])], two);
  assertEquals(axisIn(ofSum([4, 2]), two)?.where?.op, "Log");
  // Labels choose the rows whose exponentials are added, as for the proxy of a class.
  const chosen = (made = op("Exp", [ofPred([4, 2])]), by = labels([4, 2]), name = "Multiply") => [
    made,
    op(name, [ofPred([4, 2], { madeBy: 0 }), by]),
    op("Sum", [ofPred([4, 2], { fromTrue: true, madeBy: 1 })]),
    op("Add", [ofPred([2], { fromTrue: true, madeBy: 2 }), labels([])]),
    op("Log", [ofPred([2], { fromTrue: true, madeBy: 3, reduced: { sum: "rows" } })]),
  ];
  nothing(axisIn, [chosen()], two);
  for (
    const ops of [
      chosen(op("Square", [ofPred([4, 2])])),
      chosen(undefined, ofPred([4, 2])),
      chosen(undefined, undefined, "Add"),
    ]
  ) assert(axisIn(ops, two));
});

Deno.test("wrong axis: sums are compared instead of entries", () => {
  const sums = (name = "Sub", a: More = {}, b: More = {}) => [
    op(name, [
      labels([1, 2], { reduced: { plain: "rows" }, ...a }),
      ofPred([1, 2], { reduced: { plain: "rows" }, ...b }),
    ]),
  ];
  assertEquals(
    axisIn(sums())?.message,
    "Outputs and labels are summed over the rows before they are compared: errors of opposite sign cancel",
  );
  assert(axisIn(sums("SquaredDifference")));
  const columns: More = { reduced: { plain: "columns" } };
  assert(axisIn(sums("Sub", columns, columns))?.message.includes("over the columns"));
  const byRow = op("Sub", [labels([4, 2]), outputs([4, 2])]);
  nothing(axisIn, [
    sums("Multiply"),
    sums("Sub", columns),
    sums("Sub", { reduced: {} }, { reduced: {} }),
    sums("Sub", { fromPred: true }),
    sums("Sub", {}, { live: false }),
    [byRow, ...sums()],
    [op("SquaredDifference", [outputs([4, 2]), labels([4, 2])]), ...sums()],
  ]);
  for (
    const more of [
      op("Multiply", byRow.inputs.slice()),
      op("Sub", [labels([4, 2]), ofPred([4, 2])]),
      op("Sub", [labels([4, 2]), outputs([4, 1])]),
      op("Sub", [labels([2, 2]), outputs([2, 2])]),
      op("Sub", [outputs([4, 2]), outputs([4, 2])]),
      op("Sub", [outputs([4, 2])]),
    ]
  ) assert(axisIn([more, ...sums()]), more.op);

  const whole = (name = "Sub", y: More = {}, p: More = {}) => [
    op(name, [labels([4, 1], y), ofPred([], { reduced: { sum: "all" }, ...p })]),
  ];
  assertEquals(
    axisIn(whole())?.message,
    "One sum over all rows and columns is compared with the label of each row: rows share their outputs",
  );
  assert(axisIn(whole("SquaredDifference")));
  nothing(axisIn, [
    whole("Multiply"),
    whole("Sub", { shape: [1] }),
    whole("Sub", { fromPred: true }),
    whole("Sub", {}, { shape: [1] }),
    whole("Sub", {}, { live: false }),
    whole("Sub", {}, { reduced: {} }),
  ]);
});

Deno.test("wrong axis: cumulative sums and softmaxes along the rows, or along pixels", () => {
  const along = (name: string, shape = [4, 2], axis: number = 0, more: More = {}) => [
    op(name, [ofPred(shape, more)], { attrs: { axis } }),
  ];
  for (const name of ["Cumsum", "Cumprod"]) {
    assertEquals(
      axisIn(along(name), two)?.message,
      `${name} runs along the rows of the batch and mixes each example with the next`,
    );
  }
  for (const name of ["Softmax", "LogSoftmax"]) {
    for (const shape of [[2, 4], [4, 2]]) assert(axisIn(along(name, shape), two), name);
  }
  // Written out: exponentials of all rows are divided by their sums.
  const written = (divisor: RecordedOp[], by: number, of = 0) => [
    op("Exp", [ofPred([4, 2])]),
    op("Sum", [ofPred([4, 2], { madeBy: 0 })], { attrs: { axis: 0 } }),
    ...divisor,
    op("RealDiv", [ofPred([4, 2], { madeBy: of }), ofPred([2], { madeBy: by })]),
  ];
  const reshaped = op("Reshape", [ofPred([2], { madeBy: 1 })]);
  for (const ops of [written([], 1), written([reshaped], 2)]) assertEquals(axisIn(ops, two)?.where?.op, "Sum");
  const [exp, total, ratio] = written([], 1);
  nothing(axisIn, [
    [exp, total, { ...ratio, op: "Sub" }],
    [exp, { ...total, attrs: { axis: [0, 1] } }, ratio],
    [exp, total, { ...ratio, inputs: [ratio.inputs[0], ofPred([2])] }], // by a number that no operation makes
  ], two);
  nothing(axisIn, [written([], 1).slice(0, 2), written([], 0), written([], 1, 1)], two); // sums of shares, as a Dice has
  nothing(axisIn, [
    along("Cumsum", [4, 2], 1),
    along("Cumsum", [4, 2, 1]),
    along("Cumsum", [4, 2], 0, { live: false }),
    along("Softmax", [4, 2], 1),
    along("Max", [4, 2]),
    along("Max", [2, 4]),
    [op("Cumsum", [])],
  ], two);
  nothing(axisIn, [along("Cumsum", [4, 4]), along("Softmax", [4, 4])], { columns: 4 });
  nothing(axisIn, [along("Cumsum", [4, 1]), along("Softmax", [1, 4])]);

  const softmax = (
    more: More = {},
    shape = [4, 2, 2],
    name = "Softmax",
  ) => [op(name, [outputs(shape, more)], { outputShape: shape })];
  // Of each pixel (the last axis) the two classes (axis 1) sum to 1.
  const yTrue = Array.from({ length: rows }, () => [1, 1, 0, 0]).flat(), pixels = { columns: 4, yTrue };
  assertEquals(
    axisIn(softmax(), pixels)?.message,
    "A softmax runs along axis 2, of 2, but the labels sum to 1 along axis 1, of 2",
  );
  assert(axisIn(softmax({}, undefined, "LogSoftmax"), pixels));
  nothing(axisIn, [
    softmax({ live: false }),
    softmax({}, [4, 4]),
    softmax({}, [2, 4, 2]),
    softmax({}, [4, 2, 1]),
    softmax({}, [4, 1, 4]),
    softmax({}, undefined, "Exp"),
  ], pixels);
  nothing(axisIn, [softmax()], { columns: 4, yTrue: Array.from({ length: rows }, () => [1, 0, 1, 0]).flat() });
  nothing(axisIn, [softmax()], { columns: 4, yTrue: Array.from({ length: rows }, () => [1, 0, 0, 1]).flat() });
  nothing(axisIn, [softmax()], { columns: 4, yTrue: Array.from({ length: rows }, () => [1, 1, 0, 0.5]).flat() });
});

Deno.test("wrong axis: sums over one column", () => {
  const one: More = { reduced: { sum: "one column" } };
  const unit = (p: More = {}, size: More = {}, more: Partial<RecordedOp> = {}, name = "RealDiv") => [
    op(name, [outputs([4, 1], p), ofPred([4, 1], { ...one, ...size })], more),
  ];
  assertEquals(
    axisIn(unit())?.message,
    "Each output is divided by its own size along an axis of one column: only its sign remains",
  );
  nothing(axisIn, [
    unit({ isPred: false }),
    unit({}, { live: false }),
    unit({}, { fromTrue: true }),
    unit({}, { reduced: {} }),
    unit({}, {}, { live: false }),
    unit({}, {}, {}, "Multiply"),
    [op("RealDiv", [outputs([4, 1])])],
    [op("RealDiv", [])],
  ]);
  const ratio = (a: More = {}, b: More = {}, more: Partial<RecordedOp> = {}, name = "RealDiv") => [
    op(name, [ofBoth([4], { ...one, ...a }), ofBoth([4], { ...one, ...b })], more),
  ];
  assertEquals(
    axisIn(ratio())?.message,
    "The sums in the ratio run over a single column, so nothing is summed and each row is a score of its own",
  );
  nothing(axisIn, [
    ratio({ reduced: {} }),
    ratio({}, { reduced: {} }),
    ratio({ fromTrue: false }),
    ratio({ live: false }),
    ratio({}, {}, { live: false }),
    ratio({}, {}, {}, "Multiply"),
    [op("RealDiv", [ofBoth([4], one)])],
  ]);
});

Deno.test("wrong axis: a term of sums over shares, which are always 1", () => {
  const shares = { ...two, yPred: [0.5, 0.5, 0.25, 0.75, 0.125, 0.875, 1, 0] };
  const total = (more: More = {}, name = "Sum", shape = [4, 2], axis: unknown = 1) =>
    op(name, [outputs(shape, more)], { attrs: { axis } });
  // A term of the labels and the outputs, the sums of the rows, their mean, and both added.
  const term = op("Mean", [ofBoth([4, 2])]), mean = op("Mean", [ofPred([4], { madeBy: 0 })]);
  const add = (
    from: number,
    name = "AddV2",
    more: Partial<RecordedOp> = {},
    own: More = {},
    other = ofBoth([], { madeBy: 2 }),
  ) => op(name, [ofPred([], { madeBy: from, ...own }), other], { outputShape: [], ...more });
  const recorded = (sum = total(), last = add(1)) => [sum, mean, term, last];
  const found = axisIn(recorded(), shares)!;
  assertEquals([found.cause, found.severity, found.where?.op], ["wrong-axis", "error", "Sum"]);
  assertEquals(
    found.message,
    "The outputs of a row sum to 1, so its sum or mean is always the same: the term that contains it trains nothing",
  );
  assertEquals(found.evidence, { rows: 4, columns: 2, shapes: "[4,2]" });
  assertEquals(axisIn(recorded(total({}, "Mean", [4, 2], -1)), shares)?.where?.op, "Mean");
  for (const name of ["Add", "AddN", "Sub"]) assert(axisIn(recorded(total(), add(1, name)), shares), name);
  // Constants and labels beside the sums change nothing.
  const scaled = op("Multiply", [ofPred([4], { madeBy: 0 }), labels([4])]);
  assert(axisIn([total(), scaled, term, add(1)], shares));
  nothing(axisIn, [
    recorded(total({ isPred: false })),
    recorded(total({}, "Prod")),
    recorded(total({}, "Sum", [8, 1])),
    recorded(total({}, "Sum", [4, 2], 0)),
    recorded(total({}, "Sum", [4, 2], [0, 1])),
    recorded(total(), add(1, "Multiply")),
    recorded(total(), add(1, "AddV2", { outputShape: [4, 2] })),
    recorded(total(), add(1, "AddV2", {}, { live: false })),
    recorded(total(), add(1, "AddV2", {}, {}, ofBoth([], { madeBy: 2, live: false }))),
    recorded(total(), add(1, "AddV2", {}, {}, ofPred([], { madeBy: 0 }))), // both terms are still
    recorded(total(), add(2)), // neither
    recorded(total(), add(1, "AddV2", {}, { madeBy: undefined })),
    [total(), op("Multiply", [ofPred([4], { madeBy: 0 }), outputs([4, 2])]), term, add(1)], // the outputs come in otherwise
    [op("Const", [labels([4])]), op("Exp", [labels([4], { madeBy: 0 })]), term, add(1)],
    [...recorded(), op("RealDiv", [ofBoth([]), ofPred([])])], // as in a Dice score
  ], shares);
  nothing(axisIn, [recorded()], { ...shares, yPred: [...shares.yPred.slice(0, 7), 0.5] });
  assert(axisIn([...recorded(), op("RealDiv", [ofBoth([]), constant([])])], shares));
  assert(axisIn([...recorded(), op("Multiply", [ofBoth([]), ofPred([])])], shares));
  const before = [op("RealDiv", [ofBoth([]), ofPred([])]), total(), op("Mean", [ofPred([4], { madeBy: 1 })]), term];
  assert(axisIn([...before, add(2, "AddV2", {}, {}, ofBoth([], { madeBy: 3 }))], shares)); // divided before
});

Deno.test("wrong axis: a softmax along pixels, and the forms in which labels have classes", () => {
  // Rows of two pixels with three classes each, classes last.
  const classes = Array.from({ length: 8 }, (_, i) => [0, 1, 2].map((c) => Number(c === i % 3))).flat(),
    pixels = { columns: 6, yTrue: classes };
  const softmax = (shape: number[], more: More = {}, attrs: Record<string, unknown> = { dim: 1 }, name = "Softmax") =>
    op(name, [ofPred(shape, more)], { attrs });
  const found = axisIn([softmax([4, 2, 3])], pixels)!;
  assertEquals(found.message, "A softmax runs along axis 1, of 2, but the labels sum to 1 along axis 2, of 3");
  assert(found.remedy.startsWith("Take it along axis 2"));
  assert(axisIn([softmax([4, 2, 3], {}, { dim: 1 }, "LogSoftmax")], pixels));
  const stacked = "A softmax runs along the rows of the batch"; // of views
  assert(axisIn([softmax([2, 4, 3])], pixels)?.message.startsWith(stacked));
  const powers = (name = "Exp", from = [2, 4, 3]) => op(name, [ofPred(from)]);
  const total = (name = "Sum", axis = 1) => op(name, [ofPred([2, 4, 3], { madeBy: 0 })], { attrs: { axis } });
  assert(axisIn([powers(), total()], pixels)?.message.startsWith(stacked));
  assert(axisIn([softmax([4, 2, 3], {}, { dim: 0 })], pixels)?.message.startsWith(stacked));
  nothing(axisIn, [
    [powers(), total("Max")],
    [powers("Square"), total()],
    [powers(), total("Sum", 0)],
    [softmax([2, 3, 4], {}, { dim: 2 })], // rows with rows
  ], { ...pixels, yTrue: classes.map(() => 0.5) });
  assert(axisIn([softmax([4, 1, 2, 3], {}, { dim: 2 })], pixels)?.message.includes("along axis 3, of 3"));
  nothing(axisIn, [
    [softmax([4, 2, 3], {}, {})],
    [softmax([4, 2, 3], {}, { dim: 2 })],
    [softmax([4, 2, 3], { live: false })],
    [softmax([4, 6])],
    [softmax([4, 2, 2])],
    [softmax([4, 1, 3])],
    [softmax([4, 2, 3], {}, { dim: 1 }, "Sigmoid")],
  ], pixels);
  for (const name of ["Transpose", "Pack", "GatherV2", "BatchMatMul"]) {
    const moved = [op(name, [ofPred([4, 3, 2])]), op("Mul", [ofPred([4, 2, 3], { madeBy: 0 }), constant([])])];
    nothing(
      axisIn,
      [[moved[0], softmax([4, 2, 3], { madeBy: 0 })], [...moved, softmax([4, 2, 3], { madeBy: 1 })]],
      pixels,
    );
  }
  assert(axisIn([op("Relu", [ofPred([4, 2, 3])]), softmax([4, 2, 3], { madeBy: 0 })], pixels));
  // Labels that sum to 1 along no axis say nothing.
  nothing(axisIn, [[softmax([4, 2, 3])]], { ...pixels, yTrue: classes.map((y) => y / 2) });
  nothing(axisIn, [[softmax([4, 2, 3])]], { ...pixels, yTrue: classes.map((y, i) => i < 6 ? y : y / 2) }); // one row does
  nothing(axisIn, [[softmax([4, 2, 3])]], { ...pixels, yTrue: classes.map((_, i) => i < 6 ? 1 : 0) }); // along the rows
  // Written out: a sum of exponentials along one axis.
  const exp = (more: More = {}) => op("Exp", [ofPred([4, 2, 3], more)]);
  const sum = (attrs: Record<string, unknown> = { axis: 1 }, name = "Sum", made = 0) =>
    op(name, [ofPred([4, 2, 3], { madeBy: made })], { attrs });
  assert(axisIn([exp(), sum()], pixels)?.where?.op === "Sum");
  nothing(axisIn, [
    [exp(), sum({ axis: [1, 2] })],
    [exp(), sum({ axis: 1 }, "Max")],
    [op("Relu", [ofPred([4, 2, 3])]), sum()],
    [exp({ fromTrue: true }), sum()],
    [op("Sum", [ofPred([4, 2, 3])], { attrs: { axis: 1 } })],
  ], pixels);
  // Indices that are made one-hot have their classes last.
  const coded = (shape: number[], from = labels([4, 2]), name = "OneHot") => op(name, [from], { outputShape: shape });
  const indices = { columns: 6, labelColumns: 2, yTrue: [0, 1, 2, 0, 1, 2, 0, 1] };
  assert(axisIn([coded([4, 2, 3]), softmax([4, 2, 3])], indices)?.message.includes("along axis 2, of 3"));
  nothing(axisIn, [
    [softmax([4, 2, 3])],
    [coded([4, 3, 2]), softmax([4, 2, 3])],
    [coded([4, 1, 3]), softmax([4, 2, 3])],
    [coded([4, 2, 3], ofPred([4, 2])), softmax([4, 2, 3])],
    [coded([4, 2, 3], undefined, "Reshape"), softmax([4, 2, 3])],
    [coded([4, 2, 3]), softmax([4, 2, 3], {}, { dim: 2 })],
  ], indices);
});

Deno.test("broadcast: columns that weigh errors above and below one label differently are quantiles", () => {
  const ops = [op("Sub", [labels([4, 1]), outputs([4, 3])])], wide = { columns: 3, labelColumns: 1 };
  /** The pinball loss of a quantile per column, in some unit. */
  const pinball = (quantiles: number[], unit = 1, level = 0) => ({ yTrue, yPred }: AuditBatch) =>
    level + unit * [...yPred].reduce((sum, p, i) => {
        const error = yTrue[Math.floor(i / 3)] - p, q = quantiles[i % 3];
        return sum + Math.max(q * error, (q - 1) * error);
      }, 0);
  const isFound = (...loss: Parameters<typeof pinball>) =>
    broadcastIn(ops, { ...wide, loss: pinball(...loss) }) !== undefined;
  assert(!isFound([0.1, 0.5, 0.9]) && !isFound([0.9, 0.5, 0.1]) && !isFound([0.1, 0.1, 0.5]));
  assert(isFound([0.5, 0.5, 0.5]) && isFound([0.2, 0.7, 0.2]));
  // By a tenth of the ratio between above and below.
  assert(isFound([0.5, 0.5, 0.52]) && !isFound([0.5, 0.5, 0.53]) && !isFound([0.5, 0.5, 0.53], 1, 5));
  for (const [unit, level] of [[100, 0], [0.01, 0], [1, 5]]) {
    assert(
      isFound([0.5, 0.5, 0.5], unit, level) && !isFound([0.1, 0.5, 0.9], unit, level),
      `times ${unit}, plus ${level}`,
    );
  }
  // One column of outputs has no quantiles.
  const several = { columns: 1, labelColumns: 3, loss: ({ yPred }: AuditBatch) => Math.max(yPred[0], 0) };
  assert(broadcastIn([op("Sub", [labels([4, 3]), outputs([4, 1])])], several));
});

Deno.test("wrong axis: a norm along an axis of one entry that is compared with a number", () => {
  const made = (
    {
      cut = {} as More,
      name = "Square",
      live = true,
      shape = [4, 1, 2],
      axis = [1],
      sum = "Sum",
      root = "Sqrt",
      meets = "Sub",
    },
    other: RecordedInput = constant([]),
  ) => [
    op(name, [outputs(shape, cut)], { live }),
    op(sum, [ofPred(shape, { madeBy: 0 })], { attrs: { axis } }),
    op(root, [ofPred([4, 2], { madeBy: 1 })]),
    op(meets, [ofPred([4, 2], { madeBy: 2 }), other]),
  ];
  const found = axisIn(made({}), { columns: 2 })!;
  assertEquals([found.cause, found.severity, found.where?.op], ["wrong-axis", "error", "Sub"]);
  assert(found.message.startsWith("The norm runs along an axis of one entry"));
  const two = { columns: 2 };
  nothing(axisIn, [
    made({ cut: { isPred: false } }),
    made({ name: "Abs" }),
    made({ live: false }),
    made({ shape: [4, 2, 2] }),
    made({ shape: [4, 1, 1] }),
    made({ shape: [1, 4, 2], axis: [0] }),
    made({ axis: [1, 2] }),
    made({ sum: "Max" }),
    made({ root: "Exp" }),
    made({ meets: "Multiply" }),
    made({}, ofPred([4, 2])),
    made({}).slice(1).map((one, i) =>
      op(one.op, [{ ...one.inputs[0], madeBy: i > 0 ? i - 1 : undefined }, constant([])])
    ),
  ], two);
});

Deno.test("wrong axis: a covariance of columns that is centred by rows", () => {
  const made = (
    { centre = [4, 1], name = "Mean", sub = "Sub", product = "BatchMatMul", live = true, shape = [3, 3], other = 1 },
  ) => [
    op(name, [outputs([4, 3])]),
    op(sub, [outputs([4, 3]), ofPred(centre, { madeBy: 0 })]),
    op("Square", [outputs([4, 3])]),
    op(product, [ofPred([4, 3], { madeBy: 1 }), ofPred([4, 3], { madeBy: other })], { outputShape: shape, live }),
  ];
  const three = { columns: 3 }, found = axisIn(made({}), three)!;
  assertEquals([found.cause, found.severity, found.where?.op], ["wrong-axis", "error", "BatchMatMul"]);
  const [mean, sub] = made({}), turned = op("Transpose", [ofPred([4, 3], { madeBy: 1 })]);
  const written = op("MatMul", [ofPred([3, 4], { madeBy: 2 }), ofPred([4, 3], { madeBy: 1 })], { outputShape: [3, 3] });
  assertEquals(axisIn([mean, sub, turned, written], three)?.where?.op, "MatMul");
  nothing(axisIn, [
    made({ centre: [1, 3] }),
    made({ name: "Max" }),
    made({ sub: "Add" }),
    made({ product: "Multiply" }),
    made({ live: false }),
    made({ shape: [4, 4] }),
    made({ other: 2 }),
  ], three);
});

Deno.test("wrong axis: errors that are summed over the rows before they are squared", () => {
  const made = (
    {
      error = "Sub",
      goal = constant([3]),
      sum = "Sum",
      axis = [0],
      from = [4, 3],
      to = [3],
      bend = "Square",
      live = true,
    },
    more: RecordedOp[] = [],
  ) => [
    op(error, [ofPred(from), goal]),
    op(sum, [ofPred(from, { madeBy: 0 })], { attrs: { axis } }),
    op(bend, [ofPred(to, { madeBy: 1 })], { live }),
    ...more,
  ];
  const three = { columns: 3 };
  for (const bend of ["Square", "Abs"]) {
    const found = axisIn(made({ bend }), three)!;
    assertEquals([found.cause, found.severity, found.where?.op], ["wrong-axis", "error", bend]);
  }
  nothing(axisIn, [
    made({ error: "Add" }),
    made({ goal: ofPred([4, 3]) }),
    made({ sum: "Mean" }),
    made({ axis: [1] }),
    made({ from: [3, 3] }),
    made({ bend: "Exp" }),
    made({ live: false }),
    made({}, [op("Square", [ofBoth([4, 3])])]), // the errors of each row count as well
  ], three);
  assertEquals(axisIn(made({}, [op("Square", [ofBoth([4, 3])], { live: false })]), three)?.cause, "wrong-axis");
});

Deno.test("wrong axis: a cosine along the middle axis is a question", () => {
  const shape = [4, 3, 2];
  const made = (
    { a = shape, b = shape, norm = [4, 1, 2], unit = "RealDiv", product = "Multiply", live = true },
  ) => [
    op(unit, [outputs(a), ofPred(norm)]),
    op("RealDiv", [labels(b), labels(norm)]),
    op(product, [ofPred(shape, { madeBy: 0 }), labels(shape, { madeBy: 1 })], { outputShape: shape, live }),
  ];
  const six = { columns: 6 }, found = axisIn(made({}), six)!;
  assertEquals([found.cause, found.severity, found.where?.op], ["wrong-axis", "note", "Multiply"]);
  assertEquals(
    found.message,
    "The cosine runs along axis 1, of 3, and not along the last one, of 2: are the features there?",
  );
  nothing(axisIn, [
    made({ a: [3, 3, 2], b: [3, 3, 2], norm: [3, 1, 2] }),
    made({ a: [4, 1, 2], b: [4, 1, 2] }),
    made({ a: [4, 3, 1], b: [4, 3, 1], norm: [4, 1, 1] }),
    made({ a: [4, 3, 2, 1] }),
    made({ b: [4, 1, 2] }),
    made({ norm: [4, 3, 1] }),
    made({ unit: "Sub" }),
    made({ product: "Sub" }),
    made({ live: false }),
  ], six);
});

Deno.test("wrong axis: a softmax over all rows of what is left of the columns of each", () => {
  const made = (
    { left = "Max", shape = [4], more = {} as More, before = "Sub", name = "Exp" }: {
      left?: string;
      shape?: number[];
      more?: More;
      before?: string;
      name?: string;
    },
  ) => [
    op(left, [outputs([4, 2])]),
    ...(name === "Exp" ? [op(before, [ofPred(shape, { madeBy: 0, ...more }), ofPred([1])])] : []),
    op(name, [ofPred(shape, { madeBy: name === "Exp" ? 1 : 0, ...more })]),
  ];
  const two = { columns: 2 };
  for (
    const more of [{}, { name: "Softmax" }, { name: "LogSoftmax" }, { left: "Sum" }, { left: "Mean" }, { left: "Min" }]
  ) {
    const found = axisIn(made(more), two)!;
    assertEquals([found.cause, found.severity], ["wrong-axis", "error"]);
    assert(found.message.startsWith("A softmax runs along the rows of the batch"));
  }
  nothing(axisIn, [
    made({ left: "Slice" }), // one column of outputs: a list of scores
    made({ left: "Slice", name: "Softmax" }),
    made({ shape: [4, 1] }),
    made({ shape: [3], name: "Softmax" }),
    made({ more: { fromTrue: true } }),
    made({ more: { live: false } }),
    made({ before: "Add" }),
    made({ name: "Square" }),
    [...made({}).slice(0, 2), op("Square", [ofPred([4], { madeBy: 1 })])],
    [op("Exp", [ofPred([4])]), op("Softmax", [ofPred([4])])], // of what is given
  ], two);
  nothing(axisIn, [made({})]); // one score per row
});

Deno.test("wrong axis: the outputs of a row are read in another order, as a reshape for a transpose does", () => {
  const columns = 6, y = Array.from({ length: rows * columns }, (_, i) => (7 * i) % 24), none = y.map(() => 0);
  /** The error of outputs that are read as [3, 2], of labels in the order [2, 3]. */
  const reshaped = ({ yTrue, yPred }: AuditBatch) =>
    yPred.reduce((sum, p, i) => sum + Math.abs(p - yTrue[i - i % 6 + (i % 2) * 3 + Math.floor(i % 6 / 2)]), 0);
  const reshape = (
    more: More = {},
    name = "Reshape",
  ) => [op("Neg", [outputs([4, 6])]), op(name, [outputs([4, 6], more)])];
  const made: Recorded = { columns, yTrue: y, yPred: none, perfect: y, loss: reshaped };
  const found = axisIn(reshape(), made)!;
  assertEquals([found.cause, found.severity, found.where?.op], ["wrong-axis", "error", "Reshape"]);
  const value = reshaped({ yTrue: Float32Array.from(y), yPred: Float32Array.from(y) } as AuditBatch);
  assertEquals(
    found.message,
    `The outputs of a row are read in another order: as [3, 2], where [2, 3] transposed has a loss of 0, and correct ` +
      `outputs one of ${value}`,
  );
  nothing(axisIn, [reshape({ live: false }), reshape({ isPred: false }), reshape({}, "Square"), []], made);
  nothing(axisIn, [reshape()], { ...made, deterministic: false });
  nothing(axisIn, [reshape()], { ...made, perfect: undefined });
  nothing(axisIn, [reshape()], { ...made, perfect: y.slice(6) });
  // The transposed outputs lower the loss by half, and correct ones by less than half as much.
  const by = (start: number, right: number, turned: number) =>
    axisIn(reshape(), {
      ...made,
      loss: ({ yPred }) => yPred[7] === 0 ? start : yPred.every((p, i) => p === y[i]) ? right : turned,
    });
  assert(by(10, 9, 4.9) && by(-10, -11, -15.1) && by(10, 7.6, 4.9));
  for (const [start, right, turned] of [[10, 9, 5.1], [10, 7.4, 4.9], [-10, -11, -14.9]]) {
    assertStrictEquals(by(start, right, turned), undefined);
  }
});
