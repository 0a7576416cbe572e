// The entry ./core: no engine in its module graph; lossAndGradient against the formula, the TensorFlow.js losses, and itself
// in other forms; a step that is added as CONTRIBUTING says.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import * as tf from "@tensorflow/tfjs";
import * as core from "../../lib/core.ts";
import { largestFloat32 } from "../../lib/counts/counts.ts";
import {
  lossAndGradient,
  type LossAndGradientOptions,
  type ScoreName,
  type Shape,
  sigmoidalStep,
} from "../../lib/core.ts";
import { metricLoss } from "../../lib/mod.ts";
import { registeredDevice } from "../../lib/tfjs/registered_device.ts";
import { filesIn } from "../../tasks/files.ts";
import { allScores } from "../all_scores.ts";
import { assertAllWithin, assertWithin, centralDifferences, random } from "../helpers.ts";

/** Lists the modules of a folder, with those that each imports, types included. */
const importsIn = (folder: URL): Map<string, string[]> =>
  new Map(
    filesIn(folder, ".ts").map((file) => {
      const imports = Deno.readTextFileSync(file).matchAll(/(?:from|import) "(\.[^"]+)"/g);
      return [file.href, [...imports].map(([, to]) => new URL(to, file).href)];
    }),
  );

Deno.test("no module of lib/ imports itself by way of others, not even for a type", () => {
  const imports = importsIn(new URL("../../lib/", import.meta.url)), ended = new Set<string>();
  const visit = (module: string, path: readonly string[]): void => {
    assert(!path.includes(module), [...path.slice(path.indexOf(module)), module].join(" → "));
    if (ended.has(module)) return;
    for (const next of imports.get(module) ?? []) visit(next, [...path, module]);
    ended.add(module);
  };
  for (const module of imports.keys()) visit(module, []);
  assert(ended.size > 200);
});

Deno.test("nothing in the module graph of ./core imports TensorFlow.js or another package", async () => {
  const graph = async (entry: string) => {
    const command = new Deno.Command(Deno.execPath(), { args: ["info", "--json", entry], stdout: "piped" });
    const { modules } = JSON.parse(new TextDecoder().decode((await command.output()).stdout));
    return (modules as { specifier: string; kind: string }[]).map(({ specifier }) => specifier);
  };
  const modules = await graph(new URL("../../lib/core.ts", import.meta.url).href);
  assert(modules.length > 20, "the graph was read");
  assertEquals(modules.filter((specifier) => !specifier.startsWith(new URL("../../lib/", import.meta.url).href)), []);
  assertEquals(modules.filter((specifier) => specifier.includes("/lib/tfjs/")), []);
  const all = await graph(new URL("../../lib/mod.ts", import.meta.url).href);
  assert(all.some((specifier) => specifier.includes("tensorflow")), "the walk would see TensorFlow.js");
});

Deno.test("the entry ./gpu registers the programs of the GPU, as they are", async () => {
  await import("../../lib/gpu.ts");
  const { deviceLoss, deviceRows, deviceScore, hasDeviceForm } = await import("../../lib/tfjs/device_loss.ts");
  assertEquals(registeredDevice(), { deviceLoss, deviceRows, deviceScore, hasDeviceForm });
});

Deno.test("the top entry has at most 120 names, ./display at most 15; ./slim has those of the top entry", async () => {
  const namesOf = async (entry: string) => {
    const path = new URL(`../../lib/${entry}`, import.meta.url).pathname;
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["doc", "--json", path] }).output();
    const [{ symbols }] = Object.values(JSON.parse(new TextDecoder().decode(stdout)).nodes) as {
      symbols: { name: string }[];
    }[];
    return [...new Set(symbols.map(({ name }) => name))].sort();
  };
  const [top, slim, display] = await Promise.all(["mod.ts", "slim.ts", "display/mod.ts"].map(namesOf));
  assert(top.length <= 120 && top.includes("metricLoss"), `${top.length} names`);
  assert(display.length <= 15 && display.includes("show"), `${display.length} names`);
  assertEquals(slim, top);
});

const scores = ["precision", "f1", "jaccard", "mcc", "balancedAccuracy", "gMean", "utility"] as const;
const scoreOf = (name: (typeof scores)[number]) =>
  name === "utility" ? core.utility({ tp: 3, fp: -1 }) : core.scores[name];

/** Labels, outputs and weights of some rows. */
function rows(n: number, columns = 1, seed = n) {
  const next = random(seed), list = (of: () => number) => Float32Array.from({ length: n * columns }, of);
  return { y: list(() => Number(next() < 0.4)), p: list(next), w: list(() => 0.5 + next()) };
}

Deno.test("the gradient is that of the value, by differences in float64", () => {
  const { y, p, w } = rows(12);
  for (const name of scores) {
    for (const step of ["softsign", "logistic", "identity", "gaussian"] as const) {
      const options = { score: scoreOf(name), step, sampleWeight: w };
      const outputs = Array.from(p, (v) => 0.02 + 0.96 * v), { gradient } = lossAndGradient(y, outputs, options);
      assert(gradient instanceof Float64Array);
      const at = (p: number[]) => lossAndGradient(y, p, options).value;
      assertAllWithin(gradient, centralDifferences(at, outputs), 2e-8, `${name}, ${step}`);
    }
  }
});

Deno.test("arrays of every kind, flat or by rows, give the same numbers; the gradient has the outputs' precision", () => {
  const columns = 3, n = 40, { y, p, w } = rows(n, columns);
  const options: LossAndGradientOptions = { score: "f1", average: "macro", slope: 7 };
  const byRows = (values: ArrayLike<number>) =>
    Array.from({ length: n }, (_, i) => Array.from({ length: columns }, (_, k) => values[i * columns + k]));
  const wanted = lossAndGradient(y, p, { ...options, columns, sampleWeight: w });
  assertStrictEquals(wanted.gradient.constructor, Float32Array);
  assertEquals(wanted.counts.length, columns);
  const forms = [
    lossAndGradient([...y], [...p], { ...options, columns, sampleWeight: [...w] }),
    lossAndGradient(Float64Array.from(y), Float64Array.from(p), {
      ...options,
      columns,
      sampleWeight: Float64Array.from(w),
    }),
    lossAndGradient(byRows(y), byRows(p), { ...options, sampleWeight: byRows(w) }),
    lossAndGradient(Uint8Array.from(y), byRows(p).map((row) => Float32Array.from(row)), {
      ...options,
      sampleWeight: w,
    }),
  ];
  for (const { value, gradient, counts } of forms) {
    assertStrictEquals(gradient.constructor, Float64Array);
    assertEquals([value, counts], [wanted.value, wanted.counts]);
    assertAllWithin(gradient, wanted.gradient, 1e-8);
  }
});

Deno.test("class indices and weights per row stand for their columns", () => {
  const n = 30, columns = 4, { p } = rows(n, columns), next = random(3);
  const indices = Int32Array.from({ length: n }, () => Math.floor(next() * columns));
  const hot = Float32Array.from(
    { length: n * columns },
    (_, i) => Number(indices[Math.floor(i / columns)] === i % columns),
  );
  const perRow = Float32Array.from({ length: n }, next), each = hot.map((_, i) => perRow[Math.floor(i / columns)]);
  for (const decision of ["threshold", "argmax"] as const) {
    const options: LossAndGradientOptions = { score: "f1", average: "macro", decision, columns };
    assertEquals(
      lossAndGradient(indices, p, { ...options, sampleWeight: perRow }),
      lossAndGradient(hot, p, { ...options, sampleWeight: each }),
    );
  }
});

Deno.test("the losses of TensorFlow.js have the same bytes, small and large, with every average and decision", async () => {
  await tf.setBackend("cpu");
  for (const [n, columns] of [[50, 1], [9000, 1], [17, 3], [3001, 3]]) {
    const { y, p, w } = rows(n, columns);
    for (const average of columns > 1 ? ["micro", "macro", "weighted", "samples"] as const : ["binary"] as const) {
      for (const decision of columns > 1 ? ["threshold", "argmax"] as const : ["threshold"] as const) {
        for (const sampleWeight of [undefined, w]) {
          const options = { average, decision }, shape = [n, columns];
          const ours = lossAndGradient(y, p, { ...options, score: "f1", columns, sampleWeight });
          const [yTrue, yPred, weights] = [y, p, w].map((values) => tf.tensor(values, shape));
          const loss = metricLoss("f1", options);
          const { value, grad } = tf.valueAndGrad((x) => loss(yTrue, x, sampleWeight && weights))(yPred);
          assertStrictEquals(value.dataSync()[0], Math.fround(ours.value));
          assertEquals(grad.dataSync(), ours.gradient, `${n} × ${columns}, ${average}, ${decision}`);
          tf.dispose([yTrue, yPred, weights, value, grad]);
        }
      }
    }
  }
});

Deno.test("large batches of float32 agree with float64", () => {
  const n = 20_003, { y, p, w } = rows(n);
  for (const score of ["precision", "f1", "mcc"] as const) {
    for (const sampleWeight of [undefined, w]) {
      const fast = lossAndGradient(y, p, { score, sampleWeight });
      const exact = lossAndGradient(y, Float64Array.from(p), { score, sampleWeight });
      assertWithin(fast.value, exact.value, 6e-8);
      fast.gradient.forEach((g, i) => assertWithin(g, exact.gradient[i], 3e-6 * Math.abs(exact.gradient[i])));
    }
  }
});

Deno.test("large batches have their counts too; labels and weights of float64 keep their digits beside float32 outputs", () => {
  const n = 5000, { y, p, w } = rows(n), soft = Float64Array.from(y, (v) => 0.1 + 0.8 * v);
  const float64 = Float64Array.from(p);
  const [fast, exact] = [p, float64].map((yPred) => lossAndGradient(y, yPred, { score: "f1" }).counts[0]);
  for (const name of ["tp", "fp", "fn", "tn"] as const) assertWithin(fast[name], exact[name], 1e-7 * n, name);
  const soft32 = Float32Array.from(soft), w64 = Float64Array.from(w, (v) => v / 3);
  for (const [yTrue, sampleWeight] of [[soft, undefined], [soft32, w64], [soft, Float32Array.from(w)]] as const) {
    const [ours, wanted] = [p, float64].map((yPred) =>
      lossAndGradient(yTrue, yPred, { score: "f1", sampleWeight }).value
    );
    assertStrictEquals(ours, wanted);
  }
});

Deno.test("a gradient step along −gradient lowers the loss, and training in a plain loop finds the positives", () => {
  const x = [[-2, 1], [-1, 0.5], [0.3, -1], [1, 0.2], [2, 1], [1.5, -0.5], [-0.7, -1.5], [0.9, 1.3]];
  const y = [0, 0, 0, 1, 1, 1, 0, 1], weights = [0.01, 0, 0];
  const logits = () => x.map((row) => weights[2] + row[0] * weights[0] + row[1] * weights[1]);
  const losses: number[] = [];
  for (let step = 0; step < 200; step++) {
    const { value, gradient } = lossAndGradient(y, logits(), { score: "f1", fromLogits: true });
    losses.push(value);
    gradient.forEach((g, i) => [...x[i], 1].forEach((v, j) => weights[j] -= 0.5 * g * v));
  }
  assert(losses.at(-1)! < 0.1 && losses[0] > 0.4, `${losses[0]} to ${losses.at(-1)}`);
});

Deno.test("options that change from call to call are seen, those changed in place too", () => {
  const { y, p } = rows(20), value = (options: LossAndGradientOptions) => lossAndGradient(y, p, options).value;
  const first = value({ score: "f1" });
  assert(value({ score: "f1", slope: 20 }) !== first);
  assert(value({ score: "f1", threshold: 0.3 }) !== first);
  assert(value({ score: "precision" }) !== first);
  assertStrictEquals(value({ score: "f1" }), first);
  const threshold = [0.5, 0.5],
    options: LossAndGradientOptions = { score: "f1", threshold, average: "macro", columns: 2 };
  const before = value(options);
  threshold[1] = 0.3;
  assert(value(options) !== before);
});

Deno.test("weights whose sums would overflow are refused; with the largest float32 as weights a score is that of 1 each", () => {
  const yTrue = [1, 0, 1, 0],
    yPred = [0.9, 0.6, 0.4, 0.2],
    decided = yPred.map(Math.round),
    scores = Object.keys(core.scores);
  const weighed = (weight: number) => ({ sampleWeight: yTrue.map(() => weight) });
  for (const score of scores.filter((name) => !/^(fBeta|tversky|utility|.*At.*)$/.test(name)) as ScoreName[]) {
    for (const average of ["binary", "macro", "weighted", "samples", "micro"] as const) {
      const value = (weight: number) => lossAndGradient(yTrue, yPred, { score, average, ...weighed(weight) }).value;
      assertWithin(value(largestFloat32), value(1), 1e-15);
      assertThrows(
        () => value(3.4029e38),
        RangeError,
        "'sampleWeight' must be finite in float32 and ≥ 0, row 0 is 3.4029e+38",
      );
    }
  }
  const message = "'sampleWeight' must be finite in float32 and ≥ 0, row 0 is 1e+308";
  assertThrows(() => core.classificationReport(yTrue, decided, weighed(1e308)), RangeError, message);
  assertThrows(() => core.confusionTable(yTrue, decided, weighed(1e308)), RangeError, message);
});

Deno.test("weights of 1e-300 to 1e37 each: the value and the gradient are those of weights of 1 each", () => {
  const r = random(3), rows = <T>(of: () => T) => Array.from({ length: 60 }, of);
  const y = rows(() => Math.round(r())), p = rows(r), usual = rows(r);
  const scores = [...allScores, core.robustMcc({ d: 0.1 }), core.robustFBeta({ beta: 1, d: 0.1 }), core.savings()];
  for (const score of scores) {
    for (const average of ["micro", "macro", "weighted", "samples"] as const) {
      const at = (by: number) => {
        const sampleWeight = usual.map((w) => by * (0.5 + w));
        return lossAndGradient(y, p, { score, average, columns: 3, sampleWeight });
      };
      const expected = at(1);
      for (const by of [1e-300, 1e-200, 1e-160, 1e-100, 1e37]) {
        const { value, gradient } = at(by), name = `${score.name} ${average} ${by}`;
        assertWithin(value, expected.value, 1e-12 * (1 + Math.abs(expected.value)), name);
        assertAllWithin(gradient, expected.gradient, 1e-12 * Math.max(...expected.gradient.map(Math.abs)), name);
      }
    }
  }
});

Deno.test("positives of next to no weight beside usual negatives: the scores of products stay in range", () => {
  const counts = { tp: 3e-250, fp: 1e-250, fn: 1e-250, tn: 3e40 };
  for (const score of [core.scores.mcc, core.scores.cohenKappa]) assertWithin(score.value(counts), 0.75, 1e-12);
});

Deno.test("bad input: one sentence that names the argument", () => {
  const cases: [() => unknown, string][] = [
    [() => lossAndGradient([1, 0], [0.5], { score: "f1" }), "'yTrue' has the shape [2], 'yPred' has [1]"],
    [() => lossAndGradient([], [], { score: "f1" }), "'yPred' is empty"],
    [() => lossAndGradient([1, 0], [0.5, NaN], { score: "f1" }), "'yPred' must lie in [0, 1], row 1 is NaN"],
    [() => lossAndGradient([1, 0], [0.5, 1.5], { score: "f1" }), "'yPred' must lie in [0, 1], row 1 is 1.5"],
    [() => lossAndGradient([1, 2], [0.5, 0.5], { score: "f1" }), "'yTrue' must lie in [0, 1], row 1 is 2"],
    [
      () => lossAndGradient([1, 0], [0.5, 0.5], { score: "f1", sampleWeight: [1, -1] }),
      "'sampleWeight' must be finite in float32 and ≥ 0",
    ],
    [
      () => lossAndGradient([1, 0], [[0.5], [0.5, 0.1]], { score: "f1" }),
      "'yPred' has 1 columns in row 0, but 2 in row 1",
    ],
    [
      () => lossAndGradient([1, 0], [[0.5, 0.1], undefined] as never, { score: "f1", average: "macro" }),
      "'yPred' has 2 columns in row 0, but 1 in row 1",
    ],
    [() => lossAndGradient([1], [null] as never, { score: "f1" }), "'yPred' must hold numbers, entry 0 is null"],
    [
      () => lossAndGradient([1, 0], [[0.5], null] as never, { score: "f1" }),
      "'yPred' must hold numbers, entry 1 is null",
    ],
    [
      () => lossAndGradient([1, 0], [0.5, 0.1, 0.2], { score: "f1", columns: 2 }),
      "'yPred' has 3 numbers, which are no rows of 2",
    ],
    [() => lossAndGradient([1, 0], [0.5, 0.1], { score: "f1", columns: 0 }), "'columns' must be an integer"],
    [
      () => lossAndGradient("10" as never, [0.5, 0.1], { score: "f1" }),
      "'yTrue' must be an array of numbers, it is '10'",
    ],
    [
      () => lossAndGradient([1, null] as never, [0.5, 0.1], { score: "f1" }),
      "'yTrue' must hold numbers, entry 1 is null",
    ],
    [
      () => lossAndGradient([1, 0], [[0.5], ["0.1"]] as never, { score: "f1" }),
      "'yPred' must hold numbers, entry 1 is '0.1'",
    ],
    [
      () => lossAndGradient([1, 0], [0.5, 0.1], { score: "f1", sampleWeight: "" as never }),
      "'sampleWeight' must be an array of numbers, it is ''",
    ],
    [
      () => lossAndGradient([1], [0.5], undefined as never),
      "'score' must be a name, or an object with 'name' and 'value', it is undefined",
    ],
    [() => lossAndGradient([1], [0.5], { score: "f1", slop: 3 } as never), "'slop' is 3, but there is no such option"],
    [
      () => lossAndGradient([[1, 0]], [[0.5, 0.2]], { score: "f1" }),
      "for a softmax write { average: 'macro', decision: 'argmax' }",
    ],
  ];
  for (const [call, sentence] of cases) {
    const { message } = assertThrows(call, Error);
    assert(message.includes(sentence), `${message} should say ${sentence}`);
  }
});

Deno.test("a shape without F or F′ is refused", () => {
  const shape = { name: "half", rise: () => 0, density: () => 0 };
  assertThrows(() => sigmoidalStep({ ...shape, rise: undefined as never }), TypeError, "'rise' must be a function");
  assertThrows(() => sigmoidalStep({ ...shape, density: 1 as never }), TypeError, "'density' must be a function");
  assertThrows(() => sigmoidalStep(undefined as never), TypeError, "'rise' must be a function, it is undefined");
});

Deno.test("a new step is its shape, F and F′: value, gradient and the general path, small and large", () => {
  // The algebraic sigmoid, F(z) = z/(2√(1 + z²)), F′(z) = 1/(2(1 + z²)^1.5).
  const shape: Shape = {
    name: "algebraic",
    rise: (z) => z / (2 * Math.sqrt(1 + z * z)),
    density: (z) => 0.5 / (1 + z * z) ** 1.5,
  };
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 100, noNaN: true }),
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      (slope, threshold) => {
        const step = sigmoidalStep(shape, { slope, threshold });
        assertWithin(step.derivative(threshold), slope, 1e-9 * slope);
        assertEquals([step.value(0), step.value(1)], [0, 1]);
      },
    ),
  );
  const step = sigmoidalStep(shape, { slope: 6 }), { y, p } = rows(9000);
  const few = { y: [...y.slice(0, 9)], p: [...p.slice(0, 9)] };
  const { gradient } = lossAndGradient(few.y, few.p, { score: "f1", step });
  const at = (p: number[]) => lossAndGradient(few.y, p, { score: "f1", step }).value;
  assertAllWithin(gradient, centralDifferences(at, few.p), 2e-8);
  const large = lossAndGradient(y, p, { score: "f1", step });
  assertAllWithin(large.gradient, lossAndGradient(y, Float64Array.from(p), { score: "f1", step }).gradient, 1e-9);
});
