// What a loss or a metric refuses: one sentence, the argument and its value, before any work, nothing left behind;
// in an isolate of its own, where nothing else has registered the scores of curves.
import { assert, assertEquals, assertMatch, assertStrictEquals, assertThrows } from "@std/assert";
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
    what: "outputs in two columns",
    arguments: () => [y(), float([0, 1, 0, 1, 0, 1], [3, 2])],
    argument: "yPred",
    value: "must have the shape [n] or [n, 1], it has [3, 2]; for a softmax write",
  },
  {
    what: "outputs of int32",
    arguments: () => [y(), tf.tensor1d([1, 0, 1], "int32")],
    argument: "yPred",
    value: "int32",
  },
  { what: "labels of text", arguments: () => [tf.tensor1d(["a", "b", "c"]), p()], argument: "yTrue", value: "string" },
  { what: "no rows in a column", arguments: () => [y(), float([], [0, 1])], argument: "yPred", value: "empty" },
  {
    what: "a label of int32 beyond 1",
    arguments: () => [tf.tensor1d([0, 7, 1], "int32"), p()],
    argument: "yTrue",
    value: "row 1 is 7",
  },
  { what: "an infinite output", arguments: () => [y(), row(Infinity)], argument: "yPred", value: "row 2 is Infinity" },
  { what: "a weight of NaN", arguments: () => [y(), p(), row(NaN)], argument: "sampleWeight", value: "row 2 is NaN" },
  {
    what: "outputs left out",
    arguments: () => [y(), no(undefined)],
    argument: "yPred",
    value: "undefined",
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

Deno.test("losses and metrics refuse their options when they are made, by argument and value", () => {
  const cases: [Record<string, unknown>, string, string, typeof RangeError?][] = [
    [{ threshold: 0 }, "threshold", "is 0"],
    [{ zeroDivision: "warn" }, "zeroDivision", "'warn'"],
    [{ slope: 0.5 }, "slope", "0.5"],
    [{ step: "sofsign" }, "step", "'sofsign'", TypeError],
    [{ step: softsign({ slope: 5 }), slope: 10 }, "slope", "10", TypeError],
  ];
  for (const [options, argument, value, error] of cases) {
    assertRefused(() => precisionLoss(wrong(options)), { argument, value, error });
    assertRefused(() => metricLoss("accuracy", wrong(options)), { argument, value, error });
    assertRefused(() => fBetaLoss({ beta: 1, ...wrong(options) }), { argument, value, error });
    if ("step" in options || "slope" in options) continue;
    assertRefused(() => hardMetric("recall", wrong(options)), { argument, value: `the metric 'recall` });
  }
});

Deno.test("a loss and a metric refuse an unknown score, and one without its options", () => {
  const error = TypeError, argument = "score";
  for (const make of [metricLoss, hardMetric] as ((score: ScoreName) => Loss)[]) {
    assertRefused(() => make("auc" as ScoreName), { error, argument, value: "'auc'" });
    assertRefused(() => make("fBeta" as ScoreName), {
      error,
      argument,
      value: "called with options, as in fBeta({ beta: 0.5 }), it is 'fBeta'",
    });
    assertRefused(() => make(scores.fBeta as unknown as ScoreName), { error, argument, value: "function" });
    assertRefused(() => make(undefined as unknown as ScoreName), { error, argument, value: "undefined" });
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
  assertThrows(
    () => metricLoss("rocAuc"),
    TypeError,
    "or with an import of ./curves 'rocAuc' and its like, it is 'rocAuc'",
  );
});
