// What the rules ask of an engine: TensorFlow.js's gives it, one without TensorFlow.js is enough, and no rule knows more.
import * as tf from "@tensorflow/tfjs";
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import type { Tensor } from "@roundabout/roundabout";
import { auditLoss } from "@roundabout/roundabout/audit";
import { auditEngine } from "../../lib/audit/audit.ts";
import { type AuditBatch, samplerOf } from "../../lib/audit/batches.ts";
import { inWordsOf } from "../../lib/audit/engines/dialects.ts";
import type { AuditEngine, Recording } from "../../lib/audit/engines/engine.ts";
import { remembering } from "../../lib/audit/engines/remembering.ts";
import { softsign } from "../../lib/steps/softsign.ts";
import { tfjsEngine } from "../../lib/audit/engines/tfjs.ts";
import { counted, onBackends } from "../helpers.ts";

type Loss = (y: Tensor, p: Tensor) => Tensor;
const squares: Loss = (y, p) => tf.mean(tf.squaredDifference(y, p));
const batch: AuditBatch = {
  yTrue: Float32Array.of(1, 0, 1, 0),
  yPred: Float32Array.of(0.75, 0.5, 0.25, 0),
  trueShape: [4, 1],
  predShape: [4, 1],
};

onBackends("tfjsEngine: value and gradient of the mean, in one call of the loss", () => {
  let calls = 0;
  const engine = tfjsEngine((y, p) => {
    calls++;
    return tf.squaredDifference(y, p); // one value per row
  });
  const { value, shape, gradient } = engine.valueAndGradient(batch);
  assertEquals(calls, 1);
  assertEquals(shape, [4, 1]);
  assertAlmostEquals(value, 0.875 / 4, 1e-7);
  assertEquals([...gradient!], [-0.125, 0.25, -0.375, 0]);
  assertEquals(engine.value(batch), { value });
});

onBackends(
  "tfjsEngine: what the loss throws is told from what the backward pass throws, and both leave nothing",
  () => {
    const refuses = tfjsEngine(() => {
      throw new RangeError("no\nstack");
    });
    assertEquals(refuses.value(batch), { value: NaN, error: "no" });
    assertEquals(counted(() => refuses.valueAndGradient(batch)), {
      result: { value: NaN, shape: [], error: "no" },
      made: 0,
    });
    // Squares save their inputs for the gradient, which the comparison does not have.
    const compares = tfjsEngine((y, p) => tf.mean(tf.mul(tf.square(p), tf.cast(tf.greater(p, y), "float32"))));
    const { result: { value, gradient, gradientError, error }, made } = counted(() => compares.valueAndGradient(batch));
    assertEquals(made, 0);
    assertAlmostEquals(value, 0.0625, 1e-7);
    assertEquals([gradient, error], [undefined, undefined]);
    assertMatch(gradientError!, /gradient function not found for Greater/);
  },
);

Deno.test("tfjsEngine: a loss that changes its arguments does not change the batch", () => {
  const numbers = [...batch.yPred];
  tfjsEngine((_, p) => {
    p.dataSync().fill(9);
    return tf.mean(p);
  }).value(batch);
  assertEquals([...batch.yPred], numbers);
});

Deno.test("tfjsEngine: a recording says where each input comes from, what is live, what is not finite, and the line", () => {
  const { ops, readOut, connected, live, customGradient } = tfjsEngine((y, p) => {
    const rounded = tf.mul(y, tf.round(p));
    return tf.add(tf.mean(rounded), tf.log(tf.sub(tf.mean(p), tf.scalar(p.dataSync()[0] + 9))));
  }).record(batch);
  assertEquals(ops.map(({ op }) => op), ["Round", "Multiply", "Mean", "Mean", "Sub", "Log", "Add"]);
  const [round, product, , , , log, sum] = ops;
  assertEquals([round.live, round.inputs[0].live, round.inputs[0].isPred], [false, true, true]);
  assertEquals(product.inputs.map(({ fromTrue, fromPred }) => [fromTrue, fromPred]), [[true, false], [false, true]]);
  assertEquals([product.inputs[0].levels, product.outputShape], [[0, 1], [4, 1]]);
  assertEquals([log.breaks, sum.breaks, sum.inputs[1].finite], [true, false, false]);
  assertMatch(round.line!, /^engine_test\.ts:\d+:\d+$/);
  assertMatch(readOut!.line!, /^engine_test\.ts:\d+:\d+$/);
  assertEquals([connected, live, customGradient], [true, true, false]);
});

Deno.test("tfjsEngine: a sum without an axis is one over everything, not over the rows", () => {
  const norm = (axis?: number[]) => (y: Tensor, p: Tensor) =>
    tf.add(tf.mean(tf.squaredDifference(y, p)), tf.mul(0.01, tf.sqrt(tf.sum(tf.square(p), axis)))) as Tensor;
  const causes = (axis?: number[]) =>
    auditLoss(norm(axis), { yPred: "real", yTrue: "real", columns: 3 }).findings.map(({ cause }) => cause);
  assertEquals(causes(), causes([0, 1]));
  assert(!causes().includes("wrong-axis"), `${causes()}`);
});

Deno.test("tfjsEngine: ones and zeros of a shape come from nothing, a selection lets gradients through its branches", () => {
  const { ops, connected, live } = tfjsEngine((y, p) => {
    const shapes = tf.mul(tf.onesLike(p), tf.zerosLike(y));
    return tf.mean(tf.where(tf.greater(p, 0.5), tf.onesLike(p), shapes));
  }).record(batch);
  assertEquals(ops.filter(({ op }) => op === "Multiply"), []);
  assertEquals([connected, live], [true, false]);
  const chosen = tfjsEngine((y, p) => tf.mean(tf.where(tf.greater(y, 0.5), p, y))).record(batch);
  assertEquals([chosen.connected, chosen.live], [true, true]);
});

Deno.test("tfjsEngine: a bound keeps outputs what they are if it is small, and a cast to whole numbers is flat", () => {
  const shares = (loss: Loss) => tfjsEngine(loss).record(batch).ops.at(-1)!.inputs[0];
  assertEquals(shares((_, p) => tf.log(tf.add(p, 1e-7))).isPred, true);
  assertEquals(shares((_, p) => tf.log(tf.add(p, 1))).isPred, false);
  assertEquals(shares((_, p) => tf.log(tf.sigmoid(p))).isShare, true);
  assertEquals(shares((y, p) => tf.log(tf.sigmoid(tf.sub(y, p)))).isShare, false);
  assertEquals(shares((_, p) => tf.abs(tf.cast(p, "int32"))).live, false);
});

Deno.test("tfjsEngine: an operation with a gradient of its own is told, and its numbers are its own business", () => {
  const straight = (x: Tensor) =>
    tf.customGrad((v) => {
      (v as Tensor).dataSync();
      return { value: tf.round(v as Tensor), gradFunc: (dy: Tensor) => dy.clone() };
    })(x);
  const { customGradient, readOut, live } = tfjsEngine((y, p) => squares(y, straight(p))).record(batch);
  assertEquals([customGradient, readOut, live], [true, undefined, true]);
  assertEquals(tfjsEngine(squares).record(batch).customGradient, false);
});

const mean = (values: Float32Array): number => values.reduce((a, b) => a + b) / values.length;
const nothing: Recording = { ops: [], connected: true, live: true, customGradient: false };

/** The mean squared error without TensorFlow.js; `factor` scales its gradient, which is the correct one for 1. */
const plainSquares = (factor = 1, recording = nothing): AuditEngine => {
  const value = ({ yTrue, yPred }: AuditBatch) => mean(yPred.map((p, i) => (p - yTrue[i]) ** 2));
  return {
    value: (batch) => ({ value: value(batch) }),
    valueAndGradient: (batch) => {
      const { yTrue, yPred } = batch;
      const gradient = yPred.map((p, i) => factor * 2 * (p - yTrue[i]) / yPred.length);
      return { value: value(batch), shape: [], gradient };
    },
    record: () => recording,
  };
};

const settings = { options: {}, sampler: samplerOf({}), leftBehind: 0 };

Deno.test("an engine without TensorFlow.js has the same report", () => {
  const own = auditEngine(plainSquares(), settings), reference = auditEngine(tfjsEngine(squares), settings);
  assertEquals([own.verdict, own.findings], ["sound", []]);
  assertEquals(own.probes.map(({ name, result }) => [name, result]), reference.probes.map((p) => [p.name, p.result]));
  own.lossPath.forEach(({ at, loss, slope }, i) => {
    assertEquals(at, reference.lossPath[i].at);
    assertAlmostEquals(loss, reference.lossPath[i].loss, 1e-6);
    assertAlmostEquals(slope, reference.lossPath[i].slope, 1e-5);
  });
});

Deno.test("an audit whose loss could not be recorded says so", () => {
  const failed = "does not return within 20 s and was ended";
  const { assumed } = auditEngine(plainSquares(1, { ...nothing, failed }), settings);
  const said = (text: string) => text.includes("could not be recorded (it does not return within 20 s and was ended)");
  assert(assumed.some(said), String(assumed));
  assert(!auditEngine(plainSquares(), settings).assumed.some(said));
});

/** An engine that counts what it is asked. */
function counting(engine: AuditEngine) {
  const calls = { value: 0, valueAndGradient: 0, record: 0 };
  const count = <T>(key: keyof typeof calls, of: (batch: AuditBatch) => T) => (batch: AuditBatch): T => {
    calls[key]++;
    return of(batch);
  };
  return {
    calls,
    engine: {
      value: count("value", engine.value),
      valueAndGradient: count("valueAndGradient", engine.valueAndGradient),
      record: count("record", engine.record),
    },
  };
}

Deno.test("remembering: an engine is asked once about the same numbers, again about others and about large batches", () => {
  const { calls, engine } = counting(plainSquares()),
    asked = remembering(engine),
    own = { ...batch, yPred: batch.yPred.slice() };
  for (const method of ["value", "valueAndGradient", "record"] as const) {
    const ask = (of: AuditBatch) => {
      const before = calls[method], answer = asked[method](of);
      assertEquals(answer, engine[method](of)); // which is a call of its own
      return calls[method] - before - 1;
    };
    assertEquals([ask(batch), ask(batch), ask(own)], [1, 0, 0], method);
    own.yPred[3] = 0.125; // a descent moves its outputs in place
    assertEquals([ask(own), ask({ ...batch, yTrue: batch.yPred, yPred: batch.yTrue })], [1, 1], method);
    for (const other of [{ yTrue: batch.yTrue.with(1, -0) }, { trueShape: [2, 2] }, { predShape: [2, 2] }]) {
      assertEquals([ask({ ...batch, ...other }), ask({ ...batch, ...other })], [1, 0], method);
    }
    own.yPred[3] = 0;
    for (const [count, again] of [[1024, 0], [1025, 1]]) {
      const large = { ...batch, yTrue: new Float32Array(count), yPred: new Float32Array(1024) };
      assertEquals([ask(large), ask(large)], [1, again], `${method} ${count}`);
    }
    const within = { ...batch, yPred: Float32Array.of(9, ...batch.yPred, 9).subarray(1, 5) };
    assertEquals(ask(within), 0, method);
    const bits = new Uint32Array(batch.yPred.slice().buffer);
    for (const place of [0, 3]) {
      for (const bit of [1, 1 << 16]) {
        const flipped = new Float32Array(bits.with(place, bits[place] ^ bit).buffer);
        assertEquals([ask({ ...batch, yPred: flipped }), ask({ ...batch, yPred: flipped })], [1, 0], method);
      }
    }
  }
});

Deno.test("remembering: what is asked once is neither looked up nor kept, by the engine's own way if it has one", () => {
  const { calls, engine } = counting(plainSquares()), asked = remembering(engine), own: AuditBatch[] = [];
  const other = remembering({ ...engine, askOnce: (batch) => (own.push(batch), engine.valueAndGradient(batch)) });
  for (const once of [asked.askOnce!, asked.askOnce!, other.askOnce!, asked.valueAndGradient, asked.askOnce!]) {
    const before = calls.valueAndGradient;
    assertEquals(once(batch), plainSquares().valueAndGradient(batch));
    assertEquals(calls.valueAndGradient - before, 1);
  }
  assertEquals(own, [batch]);
});

Deno.test("an audit asks a loss that is not deterministic about every batch, and for its path when that is first read", () => {
  const calls = [true, false].map((deterministic) => {
    const { calls, engine } = counting(plainSquares()), { value, valueAndGradient } = engine, asked: string[] = [];
    let drawn = 0;
    engine.value = (batch) => ({ value: value(batch).value + (deterministic ? 0 : 1e-9 * drawn++) });
    engine.valueAndGradient = (batch) => (asked.push(`${batch.yTrue}/${batch.yPred}`), valueAndGradient(batch));
    const report = auditEngine(engine, settings), { probes } = report, before = calls.valueAndGradient;
    assert(probes.length > 0);
    const again = asked.length - new Set(asked).size;
    assertEquals(report.lossPath.length, 41);
    const path = calls.valueAndGradient - before;
    assertStrictEquals(report.lossPath, report.lossPath);
    assertEquals(calls.valueAndGradient - before, path);
    return { again, path };
  });
  assertEquals(calls.map(({ path }) => path), [41, 41]);
  assert(calls[0].again < calls[1].again, "the starts of descents, for one, are asked about again");
});

Deno.test("an audit records no batch twice: the one that shows whether a loss is slow is the random one", () => {
  for (const noise of [0, 1e-9]) {
    const { engine } = counting(plainSquares()), { value, record } = engine, seen: string[] = [];
    let drawn = 0;
    engine.value = (batch) => ({ value: value(batch).value + noise * drawn++ });
    engine.record = (batch) => (seen.push(`${batch.yTrue}/${batch.yPred}`), record(batch));
    assert(auditEngine(engine, { ...settings, options: {} }).probes.length > 0);
    assertEquals([seen.length > 0, new Set(seen).size], [true, seen.length]);
  }
});

Deno.test("what an engine records is what a finding names", () => {
  const pred = { fromPred: true, fromTrue: false, isPred: true, isShare: false, live: true, reduced: {} };
  const round = {
    op: "Round",
    inputs: [{ ...pred, shape: [64, 1], dtype: "float32", finite: true, largest: 1, levels: [] }],
    outputShape: [64, 1],
    outputLargest: 1,
    breaks: false,
    attrs: {},
    fromPred: true,
    fromTrue: false,
    live: false,
    line: "loss.py:3",
  };
  const { findings: [finding] } = auditEngine(plainSquares(0, { ...nothing, live: false, ops: [round] }), settings);
  assertEquals([finding.cause, finding.where], ["no-gradient-op", { op: "Round", line: "loss.py:3" }]);
  const { findings: [flat] } = auditEngine(plainSquares(0), settings);
  assertEquals([flat.cause, flat.where], ["saturated", undefined]);
});

/** The files that a module imports, directly or not; imports of types alone do not count. */
async function filesOf(file: URL, seen = new Map<string, string[]>()): Promise<Map<string, string[]>> {
  if (seen.has(file.href)) return seen;
  const text = await Deno.readTextFile(file);
  const imports = [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?\bfrom\s+"([^"]+)";/gm)].map(([, name]) =>
    name
  );
  seen.set(file.href, imports);
  for (const name of imports) if (name.startsWith(".")) await filesOf(new URL(name, file), seen);
  return seen;
}

Deno.test("the audit behind the engine does not import TensorFlow.js", async () => {
  const files = await filesOf(new URL("../../lib/audit/audit.ts", import.meta.url));
  assert(files.size > 20 && [...files.keys()].some((file) => file.endsWith("/rules/gradient.ts")));
  for (const [file, imports] of files) assert(!imports.some((name) => name.includes("tensorflow")), file);
  const withTensors = await filesOf(new URL("../../lib/audit/audit_loss.ts", import.meta.url));
  assert([...withTensors.values()].flat().includes("@tensorflow/tfjs-core"));
});

Deno.test("a remedy in Python names nothing of TensorFlow.js and of this library", () => {
  const finding = { cause: "reduction", severity: "warning", message: "", evidence: {} } as const;
  const of = (framework: string, remedy: string) => inWordsOf(framework, { ...finding, remedy }).remedy;
  assertEquals(
    of(
      "keras",
      "Use batches with positives in each (stratifiedBatches), large batches, or the whole data set: fitMetric",
    ),
    "Use batches with positives in each, large batches, or the whole data set",
  );
  assertEquals(
    of("torch", "Give both the same shape before they are compared: tf.reshape(yPred, yTrue.shape)"),
    "Give both the same shape before they are compared: y_pred.reshape(y_true.shape)",
  );
  assertEquals(
    of(
      "jax",
      "Combine recall with precision: f1Loss(), fBetaLoss({ beta: 2 }), or recallAtPrecisionLoss with a floor on precision",
    ),
    "Combine recall with precision: F1, Fβ with β = 2, or recall with a floor on precision",
  );
  const diagonal = "Take the diagonal out before the exponential: tf.sub(x, tf.mul(1e9, tf.eye(n)))";
  assertEquals(["torch", "keras", "jax"].map((framework) => of(framework, diagonal).split(": ")[1]), [
    "x - 1e9 * torch.eye(n)",
    "x - 1e9 * keras.ops.eye(n)",
    "x - 1e9 * jnp.eye(n)",
  ]);
  const squeezed =
    "Use tf.clipByValue(p, 1e-7, 1 - 1e-7), tf.squeeze(yTrue, [-1]), tf.sum(x) and tf.relu(x) or tf.abs(x)";
  assertEquals(
    of("keras", squeezed),
    "Use keras.ops.clip(p, 1e-7, 1 - 1e-7), keras.ops.squeeze(y_true, -1), keras.ops.sum(x) and " +
      "keras.ops.relu(x) or keras.ops.abs(x)",
  );
  assertEquals(
    of("tensorflow", squeezed),
    "Use tf.clip_by_value(p, 1e-7, 1 - 1e-7), tf.squeeze(y_true, -1), tf.reduce_sum(x) and tf.nn.relu(x) or tf.abs(x)",
  );
  assertEquals(
    of("torch", 'if not, audit with yPred: "logits" (--predictions logits)'),
    "if not, audit with --predictions logits",
  );
});

Deno.test("the softsign of a remedy in Python is that of this library", () => {
  const { remedy } = inWordsOf("jax", {
    cause: "saturated",
    severity: "error",
    message: "",
    evidence: {},
    remedy: "softsign({ slope: 4 })",
  });
  const formula = /^the softsign (.*) with u = y_pred - 0.5$/.exec(remedy)![1], step = softsign({ slope: 4 });
  const written = new Function("u", "abs", `return ${formula};`) as (u: number, abs: typeof Math.abs) => number;
  for (const p of [0, 0.1, 0.5, 0.8, 1]) assertAlmostEquals(written(p - 0.5, Math.abs), step.value(p), 1e-12);
});

/** Texts about what only TensorFlow.js does. */
const onlyTfjs =
  /^(Select by tf\.greaterEqual|Give both operands the same shape before |Remove tf\.keep|TensorFlow\.js )/;

Deno.test("in Python, no text of a rule names a function of TensorFlow.js", async () => {
  const folder = new URL("../../lib/audit/rules/", import.meta.url), texts: string[] = [];
  for (const { name } of Deno.readDirSync(folder)) {
    const code = (await Deno.readTextFile(new URL(name, folder))).replaceAll(/^ *(\/\/|\*|\/\*).*$/gm, "")
      .replaceAll(/(["`]) \+\s*(["`])/g, (whole, a, b) => a === b ? "" : whole);
    texts.push(...[...code.matchAll(/(["'`])((?:(?!\1).)*\btf\.(?:(?!\1).)*)\1/g)].map((m) => m[2]));
  }
  const wanted = texts.filter((text) => !onlyTfjs.test(text));
  assert(wanted.length > 12, `${wanted.length}`);
  const left = {
    torch: /\btf\./,
    jax: /\btf\./,
    keras: /\btf\./,
    tensorflow: /\btf\.(\w*[A-Z]|(sum|mean|max)\b)|, true\)/,
  };
  for (const [framework, pattern] of Object.entries(left)) {
    for (const remedy of wanted) {
      const said =
        inWordsOf(framework, { cause: "constant", severity: "note", message: "", evidence: {}, remedy }).remedy;
      assert(!pattern.test(said), `${framework}: ${said}`);
    }
  }
});
