// Rows that are compared with all rows, themselves included, on recordings of losses.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { Tensor } from "@roundabout/roundabout";
import "../helpers.ts";
import { tfjsEngine } from "../../lib/audit/engines/tfjs.ts";
import { observeBatch, resultOf } from "../../lib/audit/observations.ts";
import { comparedWithItself } from "../../lib/audit/rules/itself.ts";
import { float, unit } from "./loss_case.ts";
import { batchOf } from "./rule_helpers.ts";

const batch = batchOf([0, 1, 1, 0], [1, 0.5, -0.5, 2, 0.25, -1, -2, 0.75], 2);

/** The finding about a loss of the similarities of four rows. */
function found(
  loss: (x: Tensor, y: Tensor) => Tensor,
  similarity = (p: Tensor): Tensor => tf.matMul(p, p, false, true),
) {
  const engine = tfjsEngine((y, p) => loss(similarity(unit(p, 1e-6)), y));
  return comparedWithItself(observeBatch(engine, resultOf(engine, batch)));
}

const eye = () => tf.eye(4);
const sums = (x: Tensor): Tensor => tf.mean(tf.log(tf.sum(tf.exp(x), 1)));
/** Pairs of one class are alike. */
const alike = (x: Tensor, y: Tensor): Tensor => tf.neg(tf.mean(tf.mul(x, float(tf.equal(y, tf.transpose(y))))));

const byLabels = (y: Tensor): Tensor => tf.matMul(tf.tensor2d([1, 2, 3, 4], [4, 1]), y as tf.Tensor, false, true);

Deno.test("itself: a sum of exponentials over all rows, whose logarithm or ratio is taken", () => {
  const finding = found(sums)!;
  assertEquals([finding.cause, finding.severity, finding.where?.op], ["wrong-optimum", "warning", "Log"]);
  assertEquals(
    finding.message,
    "Each row is compared with all rows, itself included: it is most similar to itself, whatever the outputs are",
  );
  assertEquals(finding.evidence.rows, 4);
  assert(found((x, y) => alike(tf.logSoftmax(tf.div(x, 0.1)), y)));
  assert(found((x, y) => alike(tf.softmax(x), y)));
  assert(found((x, y) => alike(tf.div(tf.exp(x), tf.sum(tf.exp(x), 1, true)), y)));
  assert(found(sums, (p) => tf.matMul(p, tf.transpose(p))));
  assert(found((x, y) => tf.add(sums(x), tf.mean(byLabels(y))))); // with similarities to labels beside it
  assert(found((x) => sums(tf.clipByValue(tf.neg(tf.mul(2, tf.sub(1, x))), -9, 9))));
});

Deno.test("itself: nothing where the diagonal is masked, other rows are compared, or no share is taken", () => {
  const nothing = (...of: Parameters<typeof found>) => assertStrictEquals(found(...of), undefined);
  nothing((x) => sums(tf.add(x, tf.mul(eye(), -1e9))));
  nothing((x) => sums(tf.where(tf.cast(eye(), "bool"), tf.fill([4, 4], -1e9), x) as Tensor));
  nothing((x) => tf.mean(tf.log(tf.sum(tf.mul(tf.exp(x), tf.sub(1, eye())), 1))));
  nothing((x, y) => alike(tf.div(tf.exp(x), tf.sum(tf.mul(tf.exp(x), tf.sub(1, eye())), 1, true)), y));
  nothing(sums, (p) => tf.matMul(p, tf.reverse(p, [0]), false, true)); // two sets
  nothing((_, y) => sums(byLabels(y))); // similarities to labels
  nothing((x) => tf.mean(tf.log(tf.max(tf.exp(x), 1)))); // the largest alone
  nothing((x) => tf.log(tf.sum(tf.exp(x)))); // of all pairs at once
  nothing((x) => tf.mean(tf.sum(tf.exp(x), 1)));
  nothing((x) => tf.mean(tf.log(tf.sum(tf.square(x), 1))));
  nothing((x, y) => tf.mean(tf.matMul(tf.softmax(x) as tf.Tensor, y as tf.Tensor))); // an attention
  nothing((x, y) => tf.mean(tf.matMul(tf.div(tf.exp(x), tf.sum(tf.exp(x), 1, true)) as tf.Tensor, y as tf.Tensor)));
  nothing((x) => sums(tf.slice(x, 0, [-1, 3]))); // no longer all rows
  nothing((x) => sums(tf.reverse(x, [1]))); // what an operation may do to the diagonal is not known
  nothing((x, y) => { // matrices of labels and of outputs are compared
    const goal = tf.softmax(tf.matMul(y, y, false, true) as tf.Tensor);
    return tf.neg(tf.mean(tf.mul(goal, tf.logSoftmax(x as tf.Tensor))));
  });
});
