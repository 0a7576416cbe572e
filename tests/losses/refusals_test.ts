// What a loss or a metric refuses: one sentence, the argument and its value, before any work, nothing left behind.
import { assert, assertEquals, assertMatch, assertNotMatch, assertStrictEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  f1Loss,
  fBetaLoss,
  hardMetric,
  type Loss,
  type LossOptions,
  metricLoss,
  type MetricOptions,
  precisionLoss,
  scores,
  softsign,
} from "../../lib/mod.ts";
import type { ScoreName } from "../../lib/core.ts";
import { assertRefused, counted, onBackends } from "../helpers.ts";

/** Options that the types forbid. */
const wrong = (options: Record<string, unknown>) => options as LossOptions & MetricOptions;

const float = (values: number[], shape: number[] = [values.length]) => tf.tensor(values, shape, "float32");

interface Refusal {
  what: string;
  arguments: () => [yTrue: tf.Tensor, yPred: tf.Tensor, sampleWeight?: tf.Tensor];
  argument: "yTrue" | "yPred" | "sampleWeight";
  value: string;
  error?: typeof TypeError;
}

const y = () => float([1, 0, 1]), p = () => float([0.6, 0.4, 0.2]);
const no = (thing: unknown) => thing as tf.Tensor;
const row = (bad: number) => float([0.5, 0.5, bad]);

const refusals: Refusal[] = [
  {
    what: "labels of another length",
    arguments: () => [float([1, 0]), p()],
    argument: "yTrue",
    value: "[2], 'yPred' has [3]",
  },
  {
    what: "labels of another length, in a column",
    arguments: () => [y(), float([0.1, 0.2], [2, 1])],
    argument: "yTrue",
    value: "[3], 'yPred' has [2, 1]",
  },
  { what: "labels of rank 0", arguments: () => [tf.scalar(1), p()], argument: "yTrue", value: "[]" },
  {
    what: "labels of rank 3",
    arguments: () => [float([1, 0, 1], [3, 1, 1]), p()],
    argument: "yTrue",
    value: "[3, 1, 1]",
  },
  {
    what: "labels in two columns",
    arguments: () => [float([1, 0, 1, 0, 1, 0], [3, 2]), p()],
    argument: "yTrue",
    value: "has the shape [3, 2], 'yPred' has [3]",
  },
  { what: "outputs of rank 0", arguments: () => [y(), tf.scalar(0.5)], argument: "yPred", value: "[]" },
  {
    what: "outputs in two columns",
    arguments: () => [y(), float([0, 1, 0, 1, 0, 1], [3, 2])],
    argument: "yPred",
    value:
      "must have the shape [n] or [n, 1], it has [3, 2]; for a softmax write { average: 'macro', decision: 'argmax' }, for several labels { average: 'macro' }",
  },
  {
    what: "one row of three outputs",
    arguments: () => [float([1]), float([0.1, 0.2, 0.3], [1, 3])],
    argument: "yPred",
    value: "must have the shape [n] or [n, 1], it has [1, 3]; for a softmax write",
  },
  {
    what: "weights in two columns",
    arguments: () => [y(), p(), float([0, 1, 0, 1, 0, 1], [3, 2])],
    argument: "sampleWeight",
    value: "has the shape [3, 2], 'yPred' has [3]",
  },
  {
    what: "outputs of int32",
    arguments: () => [y(), tf.tensor1d([1, 0, 1], "int32")],
    argument: "yPred",
    value: "int32",
  },
  { what: "outputs of bool", arguments: () => [y(), tf.tensor1d([1, 0, 1], "bool")], argument: "yPred", value: "bool" },
  { what: "labels of text", arguments: () => [tf.tensor1d(["a", "b", "c"]), p()], argument: "yTrue", value: "string" },
  {
    what: "weights of text",
    arguments: () => [y(), p(), tf.tensor1d(["a", "b", "c"])],
    argument: "sampleWeight",
    value: "string",
  },
  {
    what: "no outputs",
    arguments: () => [float([]), float([])],
    argument: "yPred",
    value: "is empty, its shape is [0]",
  },
  { what: "no rows in a column", arguments: () => [y(), float([], [0, 1])], argument: "yPred", value: "empty" },
  { what: "a label of 2", arguments: () => [row(2), p()], argument: "yTrue", value: "row 2 is 2" },
  { what: "a label of −1", arguments: () => [row(-1), p()], argument: "yTrue", value: "row 2 is -1" },
  {
    what: "a label of int32 beyond 1",
    arguments: () => [tf.tensor1d([0, 7, 1], "int32"), p()],
    argument: "yTrue",
    value: "row 1 is 7",
  },
  { what: "a label of NaN", arguments: () => [row(NaN), p()], argument: "yTrue", value: "row 2 is NaN" },
  { what: "an output above 1", arguments: () => [y(), row(1.5)], argument: "yPred", value: "row 2 is 1.5" },
  { what: "an output below 0", arguments: () => [y(), row(-0.25)], argument: "yPred", value: "row 2 is -0.25" },
  { what: "an infinite output", arguments: () => [y(), row(Infinity)], argument: "yPred", value: "row 2 is Infinity" },
  { what: "an output of NaN", arguments: () => [y(), row(NaN)], argument: "yPred", value: "row 2 is NaN" },
  {
    what: "a weight below 0",
    arguments: () => [y(), p(), row(-0.5)],
    argument: "sampleWeight",
    value: "row 2 is -0.5",
  },
  { what: "a weight of NaN", arguments: () => [y(), p(), row(NaN)], argument: "sampleWeight", value: "row 2 is NaN" },
  {
    what: "an infinite weight",
    arguments: () => [y(), p(), row(Infinity)],
    argument: "sampleWeight",
    value: "row 2 is Infinity",
  },
  {
    what: "weights of another length",
    arguments: () => [y(), p(), float([1, 1])],
    argument: "sampleWeight",
    value: "[2], 'yPred' has [3]",
  },
  { what: "weights of rank 0", arguments: () => [y(), p(), tf.scalar(1)], argument: "sampleWeight", value: "[]" },
  {
    what: "labels that are no tensor",
    arguments: () => [no([1, 0, 1]), p()],
    argument: "yTrue",
    value: "[1, 0, 1]",
    error: TypeError,
  },
  {
    what: "outputs that are no tensor",
    arguments: () => [y(), no(0.5)],
    argument: "yPred",
    value: "0.5",
    error: TypeError,
  },
  {
    what: "outputs left out",
    arguments: () => [y(), no(undefined)],
    argument: "yPred",
    value: "undefined",
    error: TypeError,
  },
  {
    what: "weights that are no tensor",
    arguments: () => [y(), p(), no("x")],
    argument: "sampleWeight",
    value: "'x'",
    error: TypeError,
  },
  {
    what: "weights of null",
    arguments: () => [y(), p(), no(null)],
    argument: "sampleWeight",
    value: "null",
    error: TypeError,
  },
];

for (const { what, arguments: make, argument, value, error } of refusals) {
  onBackends(`${what}: refused by losses and metrics, nothing left behind`, () => {
    const [yTrue, yPred, sampleWeight] = make();
    for (const call of [f1Loss(), precisionLoss({ step: "round", zeroDivision: 1 }), hardMetric("recall")]) {
      const message = assertRefused(() => call(yTrue, yPred, sampleWeight), { error, argument, value });
      assert(message.startsWith(`Cannot compute ${call.name}: '`), message);
    }
    if (yPred instanceof tf.Tensor && yPred.dtype === "float32") { // inside a gradient too
      assertRefused(() => tf.grad((p) => f1Loss()(yTrue, p, sampleWeight))(yPred), { error, argument, value });
    }
    tf.dispose([yTrue, yPred, sampleWeight].filter((t) => t instanceof tf.Tensor) as tf.Tensor[]);
  });
}

onBackends("outputs like logits name fromLogits; with it they are taken, but not NaN", () => {
  const labels = y(), logits = float([3.5, -2, 0.5]), bad = float([3.5, NaN, 0.5]);
  assertMatch(
    assertRefused(() => f1Loss()(labels, logits), { argument: "yPred", value: "row 0 is 3.5" }),
    /fromLogits: true/,
  );
  assertMatch(
    assertRefused(() => hardMetric("f1")(labels, logits), { argument: "yPred", value: "row 0 is 3.5" }),
    /fromLogits: true/,
  );
  // NaN is not a logit either: no such advice.
  assertNotMatch(assertRefused(() => f1Loss()(labels, bad), { argument: "yPred", value: "3.5" }), /NaN/);
  const nan = float([NaN, 0.5, 0.5]);
  assertNotMatch(assertRefused(() => f1Loss()(labels, nan), { argument: "yPred", value: "NaN" }), /fromLogits/);
  tf.dispose([f1Loss({ fromLogits: true })(labels, logits), hardMetric("f1", { fromLogits: true })(labels, logits)]);
  assertRefused(() => f1Loss({ fromLogits: true })(labels, bad), { argument: "yPred", value: "row 1 is NaN" });
  assertRefused(() => hardMetric("f1", { fromLogits: true })(labels, bad), {
    argument: "yPred",
    value: "row 1 is NaN",
  });
  tf.dispose([labels, logits, bad, nan]);
});

onBackends("rounding beyond [0, 1] is taken up to 1e-6, and no further", () => {
  const labels = y();
  for (const bound of [1 + 5e-7, -5e-7, 1 + 9e-7]) {
    const outputs = float([0.5, 0.5, bound]);
    const value = f1Loss()(labels, outputs);
    assert(Number.isFinite(value.dataSync()[0]));
    tf.dispose([outputs, value]);
  }
  for (const [bound, value] of [[1 + 2e-6, "row 2 is 1.000002"], [-2e-6, "row 2 is -0.000002"]] as const) {
    const outputs = float([0.5, 0.5, bound]);
    assertRefused(() => f1Loss()(labels, outputs), { argument: "yPred", value: value.slice(0, 16) });
    tf.dispose(outputs);
  }
  tf.dispose(labels);
});

onBackends("after a refusal inside a gradient the next gradient works", () => {
  const labels = y(), outputs = p(), bad = row(7);
  assertThrows(() => tf.grad((p) => f1Loss()(labels, tf.mul(p, 1)))(bad), RangeError, "'yPred'");
  const { made, result } = counted(() => tf.grad((p) => f1Loss()(labels, tf.mul(p, 1)))(outputs));
  assertEquals(made, 1);
  assert(result.dataSync().every((g) => Number.isFinite(g) && g !== 0));
  tf.dispose([labels, outputs, bad, result]);
});

onBackends("nothing is left behind when training meets bad rows", async () => {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], kernelInitializer: "ones" })] });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: f1Loss() }); // no sigmoid: logits
  const x = float([5, -3], [2, 1]), labels = float([1, 0], [2, 1]);
  let message = "";
  await model.fit(x, labels, { epochs: 1, verbose: 0 }).catch((error: Error) => message = error.message);
  assertMatch(message, /^Cannot compute f1Loss: 'yPred' must lie in \[0, 1\], row \d is .*fromLogits: true$/);
  tf.dispose([x, labels]);
  model.dispose();
});

Deno.test("a loss refuses its options when it is made, by argument and value", () => {
  const cases: [Record<string, unknown>, string, string, typeof RangeError?][] = [
    [{ slope: 0.5 }, "slope", "0.5"],
    [{ slope: NaN }, "slope", "NaN"],
    [{ slope: Infinity }, "slope", "Infinity"],
    [{ slope: "x" }, "slope", "'x'"],
    [{ threshold: 0 }, "threshold", "is 0"],
    [{ threshold: 1 }, "threshold", "is 1"],
    [{ threshold: -1 }, "threshold", "-1"],
    [{ threshold: NaN }, "threshold", "NaN"],
    [{ zeroDivision: 2 }, "zeroDivision", "2"],
    [{ zeroDivision: NaN }, "zeroDivision", "NaN"],
    [{ zeroDivision: "warn" }, "zeroDivision", "'warn'"],
    [{ zeroDivision: true }, "zeroDivision", "true"],
    [{ step: "sofsign" }, "step", "'sofsign'", TypeError],
    [{ step: null }, "step", "null", TypeError],
    [{ step: softsign }, "step", "the function softsign", TypeError],
    [{ step: softsign({ slope: 5 }), slope: 10 }, "slope", "10", TypeError],
    [{ step: softsign(), threshold: 0.3 }, "threshold", "0.3", TypeError],
    [{ step: "round", slope: 10 }, "slope", "10", TypeError],
    [{ step: "identity", slope: 10 }, "slope", "10", TypeError],
  ];
  for (const [options, argument, value, error] of cases) {
    assertRefused(() => precisionLoss(wrong(options)), { argument, value, error });
    assertRefused(() => metricLoss("accuracy", wrong(options)), { argument, value, error });
    assertRefused(() => fBetaLoss({ beta: 1, ...wrong(options) }), { argument, value, error });
  }
  for (const [beta, value] of [[-1, "-1"], [NaN, "NaN"], [undefined, "undefined"]] as const) {
    assertRefused(() => fBetaLoss({ beta: beta as number }), { argument: "beta", value });
  }
});

Deno.test("a loss and a metric refuse an unknown score, and one without its options", () => {
  const error = TypeError, argument = "score";
  for (const make of [metricLoss, hardMetric] as ((score: ScoreName) => Loss)[]) {
    assertRefused(() => make("auc" as ScoreName), { error, argument, value: "'auc'" });
    assertRefused(() => make("fBeta" as ScoreName), { error, argument, value: "'fBeta' needs options" });
    assertRefused(() => make(scores.fBeta as unknown as ScoreName), { error, argument, value: "function" });
    assertRefused(() => make(undefined as unknown as ScoreName), { error, argument, value: "undefined" });
  }
});

Deno.test("a metric refuses its options when it is made, by argument and value", () => {
  const cases: [Record<string, unknown>, string, string][] = [
    [{ threshold: 0 }, "threshold", "is 0"],
    [{ threshold: 1 }, "threshold", "is 1"],
    [{ threshold: -1 }, "threshold", "-1"],
    [{ threshold: NaN }, "threshold", "NaN"],
    [{ threshold: "0.5" }, "threshold", "'0.5'"],
    [{ zeroDivision: 2 }, "zeroDivision", "2"],
    [{ zeroDivision: null }, "zeroDivision", "null"],
  ];
  for (const [options, argument, value] of cases) {
    assertRefused(() => hardMetric("recall", wrong(options)), { argument, value });
  }
});

Deno.test("the first fault is the one that is named: shapes before numbers, outputs before labels", () => {
  const short = float([2]), outputs = float([7, NaN]), labels = float([3, 0]), sound = float([0.5, 0.5]);
  assertRefused(() => f1Loss()(short, outputs), { argument: "yTrue", value: "[1], 'yPred' has [2]" });
  assertRefused(() => f1Loss()(labels, outputs), { argument: "yPred", value: "row 0 is 7" });
  assertRefused(() => f1Loss()(labels, sound), { argument: "yTrue", value: "row 0 is 3" });
  tf.dispose([short, outputs, labels, sound]);
  assertStrictEquals(short.isDisposed, true);
});

Deno.test("metricLoss names the entry that a score of the order of the outputs needs, where nothing has imported it", () => {
  assertThrows(() => metricLoss("rocAuc"), TypeError, "'rocAuc' and its like need an import of ./curves");
});
