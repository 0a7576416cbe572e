// The gradient and the training of a linear model on DuckDB against the float64 loss on arrays, and against fitMetric.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { lossAndGradient } from "../../lib/core.ts";
import { fitMetric, gaussian, metricLoss, softsign, straightThrough } from "../../lib/mod.ts";
import { fitMetricOn, type LinearFitState, metricGradientOn, type Query } from "../../lib/sql/mod.ts";
import { allScores } from "../all_scores.ts";
import { assertWithin, random } from "../helpers.ts";
import { type Engine, onDuckdb, slowOnDuckdb } from "./duckdb.ts";

const names = ["x", 'a"; --', "Y"] as const;

interface Row {
  y: number;
  x: number[];
  w: number;
}

/** Rows of three features, about one positive in four. */
function someRows(n: number, seed = n): Row[] {
  const next = random(seed), features = () => names.map(() => Math.fround(2 * next() - 1));
  return Array.from({ length: n }, () => {
    const x = features();
    return { x, y: Number(1.5 * x[0] - x[1] + next() > 1.2), w: Math.ceil(4 * next()) / 4 };
  });
}

async function makeTable(engine: Engine, rows: readonly Row[]): Promise<void> {
  await engine.table("t", {
    label: ["DOUBLE", rows.map(({ y }) => y)],
    w: ["DOUBLE", rows.map(({ w }) => w)],
    ...Object.fromEntries(names.map((name, j) => [name, ["DOUBLE", rows.map(({ x }) => x[j])]])),
  });
}

const table = { from: "t", label: "label", features: names } as const;
const model = { weights: [0.7, -0.4, 0.1], bias: -0.6 };

/** The loss on arrays, and its gradient taken back through the logits. */
function onArrays(rows: readonly Row[], options: Parameters<typeof lossAndGradient>[2]) {
  const logits = rows.map(({ x }) => x.reduce((z, v, j) => z + v * model.weights[j], model.bias));
  const { value, gradient } = lossAndGradient(rows.map(({ y }) => y), logits, { ...options, fromLogits: true });
  const sum = (of: (row: Row) => number) => rows.reduce((total, row, i) => total + gradient[i] * of(row), 0);
  return { value, weights: names.map((_, j) => sum(({ x }) => x[j])), bias: sum(() => 1) };
}

function assertSame(
  actual: Awaited<ReturnType<typeof metricGradientOn>>,
  wanted: ReturnType<typeof onArrays>,
  where: string,
) {
  const largest = Math.max(...wanted.weights.map(Math.abs), Math.abs(wanted.bias));
  assertWithin(actual.value, wanted.value, 1e-12 * Math.max(1, Math.abs(wanted.value)), where);
  [...actual.gradient.weights, actual.gradient.bias].forEach((g, j) =>
    assertWithin(g, [...wanted.weights, wanted.bias][j], 1e-12 * largest, where)
  );
}

onDuckdb(
  "loss and gradient are those of float64 arrays within 1e-12: every score, with and without weights",
  async (engine) => {
    const rows = someRows(400);
    await makeTable(engine, rows);
    for (const score of allScores) {
      for (const sampleWeight of [undefined, "w"]) {
        const actual = await metricGradientOn(engine.query, { ...table, ...model, score, sampleWeight });
        assertEquals(actual.rows, rows.length);
        assertSame(
          actual,
          onArrays(rows, { score, sampleWeight: sampleWeight ? rows.map(({ w }) => w) : undefined }),
          score.name,
        );
      }
    }
  },
);

onDuckdb("loss and gradient are those of NumPy within 1e-12", async (engine) => {
  const { x, y, w, weights, bias, cases } = JSON.parse(
    await Deno.readTextFile(new URL("../reference/linear.json", import.meta.url)),
  );
  const rows = (y as number[]).map((label, i): Row => ({ y: label, x: x[i], w: w[i] }));
  await makeTable(engine, rows);
  for (const { score, step, slope, threshold, loss, gradient } of cases) {
    const options = { ...table, weights, bias, score, step, slope, threshold, sampleWeight: "w" };
    const actual = await metricGradientOn(engine.query, options);
    assertSame(actual, { value: loss, weights: gradient.slice(0, -1), bias: gradient.at(-1) }, `${score}, ${step}`);
  }
});

onDuckdb("every step that SQL has, slopes and thresholds; soft labels", async (engine) => {
  const rows = someRows(300).map((row, i) => ({ ...row, y: i % 3 === 0 ? 0.25 : row.y }));
  await makeTable(engine, rows);
  const steps = [
    ...["softsign", "logistic", "arctan", "linearRamp"].flatMap((step) =>
      [{ slope: 4 }, { slope: 12, threshold: 0.3 }, { slope: 1 }].map((options) => ({ step, ...options }))
    ),
    { step: "identity" },
    { step: softsign({ slope: 50, threshold: 0, anchored: false }) },
    ...[softsign(), gaussian({ slope: 6 })].map((step) => ({ step: straightThrough(step) })),
  ] as Pick<Parameters<typeof lossAndGradient>[2], "step" | "slope" | "threshold">[];
  for (const options of steps) {
    const actual = await metricGradientOn(engine.query, { ...table, ...model, score: "f1", ...options } as never);
    assertSame(actual, onArrays(rows, { score: "f1", ...options }), JSON.stringify(options));
  }
});

slowOnDuckdb("50 epochs of fitMetricOn end where fitMetric in the mode exact ends, within 1e-5", async (engine) => {
  const rows = someRows(500);
  await makeTable(engine, rows);
  for (const [score, optimizer] of [["f1", "adam"], ["mcc", "adam"], ["precision", "sgd"]] as const) {
    const epochs = 50, learningRate = optimizer === "adam" ? 0.05 : 0.5;
    const fit = await fitMetricOn(engine.query, {
      ...table,
      score,
      sampleWeight: "w",
      epochs,
      optimizer,
      learningRate,
      start: model,
    });
    const network = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "sigmoid", inputShape: [3] })] });
    network.setWeights([tf.tensor2d(model.weights, [3, 1]), tf.tensor1d([model.bias])]);
    const { history } = await fitMetric(network, [
      tf.tensor2d(rows.map(({ x }) => x)),
      tf.tensor2d(rows.map(({ y }) => [y])),
      tf.tensor1d(rows.map(({ w }) => w)),
    ], {
      loss: metricLoss(score),
      mode: "exact",
      epochs,
      optimizer: optimizer === "adam" ? tf.train.adam(learningRate) : tf.train.sgd(learningRate),
    });
    const trained = network.getWeights().flatMap((tensor) => [...tensor.dataSync()]);
    [...fit.weights, fit.bias].forEach((v, j) => assertWithin(v, trained[j], 1e-5, `${score}, weight ${j}`));
    history.loss.forEach((v, epoch) => assertWithin(fit.history.loss[epoch], v, 1e-5, `${score}, epoch ${epoch}`));
    assertWithin(fit.history.score.at(-1)!, history[score].at(-1)!, 1e-6);
    assert(fit.history.loss.at(-1)! < fit.history.loss[0] - 0.02, "it learned");
  }
});

onDuckdb("a step of gradient descent is the gradient times the learning rate", async (engine) => {
  const rows = someRows(100);
  await makeTable(engine, rows);
  const options = { ...table, score: "accuracy" } as const, start = { weights: [0, 1, 0], bias: 0.1 };
  const { value, gradient } = await metricGradientOn(engine.query, { ...options, ...start });
  const { weights, bias, history } = await fitMetricOn(engine.query, {
    ...options,
    start,
    epochs: 1,
    optimizer: "sgd",
    learningRate: 0.5,
  });
  weights.forEach((weight, j) => assertWithin(weight, start.weights[j] - 0.5 * gradient.weights[j], 1e-15));
  assertWithin(bias, start.bias - 0.5 * gradient.bias, 1e-15);
  assert(history.loss[0] < value - 0.01);
  const right = rows.filter(({ x, y }) => Number(x.reduce((z, v, j) => z + v * weights[j], bias) > 0) === y).length;
  assertWithin(history.score[0], right / 100, 1e-15, "the score is that of the decisions after the step");
});

onDuckdb("a model without a fault is kept, although no row has a gradient", async (engine) => {
  await makeTable(engine, someRows(50));
  await engine.run("UPDATE t SET x = CASE WHEN label = 1 THEN 1 ELSE -1 END");
  const start = { weights: [1e4, 0, 0], bias: 0 };
  const { weights, history } = await fitMetricOn(engine.query, { ...table, score: "f1", epochs: 2, start });
  assertEquals([weights, history.loss], [start.weights, [0, 0]]);
});

onDuckdb("a training resumed from its state ends at the bits of an uninterrupted one", async (engine) => {
  await makeTable(engine, someRows(200));
  await engine.run("SET threads = 1"); // float64 sums in one order
  const options = { ...table, score: "f1", learningRate: 0.05 } as const;
  const whole = await fitMetricOn(engine.query, { ...options, epochs: 12 });
  const seen: number[] = [];
  let saved = "";
  await fitMetricOn(engine.query, {
    ...options,
    epochs: 5,
    onEpoch: ({ epoch, state }) => {
      seen.push(epoch);
      saved = JSON.stringify(state);
    },
  });
  const state: LinearFitState = JSON.parse(saved);
  const resumed = await fitMetricOn(engine.query, { ...options, epochs: 12, resume: state });
  assertEquals(resumed, whole);
  assertEquals(seen, [0, 1, 2, 3, 4]);
  const refused = async (change: object, words: string) => {
    const { message } = await assertRejects(
      () => fitMetricOn(engine.query, { ...options, epochs: 12, resume: state, ...change }),
      RangeError,
    );
    assert(message.includes(words), message);
  };
  await refused({ learningRate: 0.1 }, "'resume' is of a different training");
  await refused({ score: "mcc" }, "'resume' is of a different training");
  await refused({ resume: { ...state, version: 2 } }, "the version of 'resume' must be 1, it is 2");
  await refused({ standardize: true }, "'resume' is of a different training");
  await refused({ resume: { ...state, gradients: [...state.gradients, [1]] } }, "must be lists of 4 numbers");
  await engine.run("INSERT INTO t SELECT * FROM t LIMIT 1");
  await refused({}, "'from' changed between two scans, the number of rows is");
});

/** A table whose first feature is far from 0 and whose third is the same in all rows, and the same with scaled features. */
async function makeScaledTables(engine: Engine): Promise<void> {
  const given = someRows(300).map(({ x, ...row }) => ({ ...row, x: [1e6 + 2000 * x[0], 1e-6 * x[1], 0.1] }));
  const whole = given.reduce((sum, { w }) => sum + w, 0);
  const moments = names.map((_, j) => {
    const mean = given.reduce((sum, { w, x }) => sum + w * x[j], 0) / whole;
    const deviation = Math.sqrt(given.reduce((sum, { w, x }) => sum + w * (x[j] - mean) ** 2, 0) / whole);
    return { mean, deviation: deviation < 1e-15 ? 1 : deviation };
  });
  const scaled = given.map(({ x, ...row }) => ({
    ...row,
    x: x.map((v, j) => (v - moments[j].mean) / moments[j].deviation),
  }));
  await makeTable(engine, scaled);
  await engine.run("CREATE OR REPLACE TABLE scaled AS SELECT * FROM t");
  await makeTable(engine, given);
}

onDuckdb(
  "a standardised training is the training on the scaled features; raw features do not train",
  async (engine) => {
    await makeScaledTables(engine);
    const options = { ...table, score: "f1", sampleWeight: "w", epochs: 20, learningRate: 0.1 } as const;
    const { history, weights, bias, state } = await fitMetricOn(engine.query, { ...options, standardize: true });
    const wanted = await fitMetricOn(engine.query, { ...options, from: "scaled" });
    for (const key of ["loss", "score"] as const) {
      history[key].forEach((v, epoch) => assertWithin(v, wanted.history[key][epoch], 1e-9, `${key}, epoch ${epoch}`));
    }
    const { means, deviations } = state.scale;
    assertWithin(means[0], 1e6, 300);
    assertWithin(means[2], 0.1, 1e-15);
    assertEquals([deviations[2], weights[2]], [0, 0]);
    weights.forEach((weight, j) => assertWithin(weight * deviations[j], wanted.weights[j], 1e-8, `weight ${j}`));
    const atMeans = weights.reduce((z, weight, j) => z + weight * means[j], bias);
    assertWithin(atMeans, wanted.bias, 1e-6);
    assert(history.loss.at(-1)! < history.loss[0] - 0.1, "it learned");
    const { message } = await assertRejects(() => fitMetricOn(engine.query, options), RangeError);
    assert(
      message.includes("no row has a gradient in epoch 1; set 'standardize', begin from smaller weights"),
      message,
    );
  },
);

onDuckdb("a feature that is the same in all rows has the deviation 0, exactly", async (engine) => {
  await engine.run("SET threads = 1"); // float64 sums in one order
  for (const n of [200, 300]) { // variances of both signs, without the rule
    await makeTable(engine, someRows(n).map((row, i) => ({ ...row, x: [0.1, 1e6 / 3, 0.3], w: 1 / (i + 1) })));
    const options = { ...table, score: "accuracy", sampleWeight: "w", epochs: 1, standardize: true } as const;
    const { state } = await fitMetricOn(engine.query, options);
    assertEquals(state.scale.deviations, [0, 0, 0]);
  }
});

onDuckdb("a standardised training goes on at the bits of an uninterrupted one, from any start", async (engine) => {
  await makeScaledTables(engine);
  await engine.run("SET threads = 1"); // float64 sums in one order
  const start = { weights: [1e-3, 2, 0], bias: -1000 };
  const options = { ...table, score: "f1", learningRate: 0.05, standardize: true, start } as const;
  const whole = await fitMetricOn(engine.query, { ...options, epochs: 6 });
  const { state } = await fitMetricOn(engine.query, { ...options, epochs: 2 });
  assertEquals(await fitMetricOn(engine.query, { ...options, epochs: 6, resume: state }), whole);
  const { value } = await metricGradientOn(engine.query, { ...table, ...start, score: "f1" });
  const tiny = await fitMetricOn(engine.query, { ...options, epochs: 1, learningRate: 1e-12 });
  assertWithin(tiny.history.loss[0], value, 1e-9, "the start is the model that was given");
  const refused = async (change: object, words: string) => {
    const { message } = await assertRejects(
      () => fitMetricOn(engine.query, { ...options, epochs: 6, resume: state, ...change }),
      RangeError,
    );
    assert(message.includes(words), message);
  };
  await refused({ standardize: false }, "'resume' is of a different training");
  const scale = { means: [1, 2, NaN], deviations: [1, 1, 1] };
  await refused({ resume: { ...state, scale } }, "the 'scale' of 'resume' must be two lists of 3 numbers");
  await refused({ resume: { ...state, scale: undefined } }, "the 'scale' of 'resume' must be two lists of 3 numbers");
  await engine.run("UPDATE t SET x = NULL WHERE x = (SELECT MAX(x) FROM t)");
  await refused(
    { resume: undefined },
    "'features' must be finite numbers, with a finite sum of products, in every row",
  );
  await engine.run("UPDATE t SET x = 1e300");
  await refused(
    { resume: undefined, start: undefined },
    "the variance of the feature 'x' is beyond float64; give the feature in a larger unit",
  );
  await engine.run("UPDATE t SET x = 1, w = 0");
  await refused({ resume: undefined, start: undefined, sampleWeight: "w" }, "'sampleWeight' is 0 in every row");
});

onDuckdb("a table that changes between the scans is an error that names it", async (engine) => {
  for (
    const [change, at, words] of [
      ["INSERT INTO t SELECT * FROM t LIMIT 1", 2, "the number of rows is 200 in the first and 201"],
      ["UPDATE t SET label = 1 - label WHERE x > 0.9", 2, "the weight of the positives"],
      ["INSERT INTO t SELECT * FROM t LIMIT 1", 5, "the number of rows"],
    ] as const
  ) {
    await makeTable(engine, someRows(200));
    let scans = 0;
    const query: Query = async (sql) => {
      if (++scans === at) await engine.run(change);
      return await engine.query(sql);
    };
    const { message } = await assertRejects(() => fitMetricOn(query, { ...table, score: "f1", epochs: 4 }), RangeError);
    assert(message.includes("'from' changed between two scans") && message.includes(words), message);
  }
});

onDuckdb(
  "rows that are out of range are refused by name, and a fit without a gradient says what to do",
  async (engine) => {
    const cases: [string, string][] = [
      ["UPDATE t SET label = 2 WHERE x = (SELECT MAX(x) FROM t)", "'label' must be"],
      ["UPDATE t SET x = NULL WHERE x = (SELECT MAX(x) FROM t)", "'features' must be finite"],
      ["UPDATE t SET x = 'NaN' WHERE x = (SELECT MAX(x) FROM t)", "'features' must be finite"],
      ["UPDATE t SET w = -1 WHERE x = (SELECT MAX(x) FROM t)", "'sampleWeight' must be"],
      ["DELETE FROM t", "'from' has no rows"],
    ];
    for (const [change, words] of cases) {
      await makeTable(engine, someRows(50));
      await engine.run(change);
      const { message } = await assertRejects(
        () => metricGradientOn(engine.query, { ...table, ...model, score: "f1", sampleWeight: "w" }),
        RangeError,
      );
      assert(message.includes(words), message);
    }
    await makeTable(engine, someRows(50));
    await engine.run("UPDATE t SET label = 0");
    const { message } = await assertRejects(
      () => fitMetricOn(engine.query, { ...table, score: "f1", epochs: 3 }),
      RangeError,
    );
    assert(message.includes("no row has a gradient in epoch 0"), message);
  },
);

Deno.test("what a linear model in SQL cannot do is refused by name, before any query", async () => {
  const never = () => Promise.reject(new Error("the engine was asked"));
  const refused = async (options: object, words: string) => {
    const { message } = await assertRejects(
      () => fitMetricOn(never, { ...table, score: "f1", epochs: 1, ...options } as never),
      Error,
    );
    assert(message.startsWith("Cannot ") && message.includes(words), message);
  };
  await refused({ step: "gaussian" }, "the step 'gaussian' has no SQL, whose engines have no erf");
  for (const several of [{ classes: [0, 1, 2] }, { average: "macro" }]) {
    await refused(
      several,
      `'${Object.keys(several)[0]}' is given, but a linear model in SQL has one output; train several classes`,
    );
  }
  await refused({ step: "round" }, "the step 'round' has no gradient");
  const own = { name: "own", threshold: 0.5, slope: 1, value: (p: number) => p, derivative: () => 1 };
  await refused({ step: own }, "the step 'own' has no SQL");
  await refused({ features: [] }, "'features' must be an array of columns");
  await refused({ features: ["a", ""] }, "'features' must be the name of a column");
  await refused({ epochs: 0 }, "'epochs' must be an integer");
  await refused({ optimizer: "rmsprop" }, "'optimizer' must be 'adam' or 'sgd'");
  await refused({ resume: null }, "'resume' must be an object, it is null");
  await refused({ standardize: 1 }, "'standardize' must be true or false");
  await refused({ learningRate: -1 }, "'learningRate' must be a number above 0");
  await refused({ start: { weights: [1], bias: 0 } }, "'weights' must be 3 finite numbers");
  await refused({ start: { weights: [1, 2, 3], bias: NaN } }, "'bias' must be a finite number, it is NaN");
  await refused({ threshold: [0.5] }, "'threshold' must be a number");
});
