// Every function of every entry, called with undefined, null, "", NaN, {} and [] in the place of each argument and of each option:
// what is refused is refused in the house's form, by name, and an option that does not exist is refused.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import * as audit from "@roundabout/roundabout/audit";
import * as compare from "@roundabout/roundabout/compare";
import * as constraints from "@roundabout/roundabout/constraints";
import * as core from "@roundabout/roundabout/core";
import * as costs from "@roundabout/roundabout/costs";
import * as curves from "@roundabout/roundabout/curves";
import * as data from "@roundabout/roundabout/data";
import * as display from "@roundabout/roundabout/display";
import * as top from "@roundabout/roundabout";
import * as sql from "@roundabout/roundabout/sql";
import * as thread from "@roundabout/roundabout/thread";
import * as threads from "@roundabout/roundabout/threads";

// deno-lint-ignore no-explicit-any
type Call = (...args: any[]) => unknown;

const exported: Record<string, unknown> = {
  ...{ ...audit, ...compare, ...constraints, ...core, ...costs, ...curves, ...data, ...display },
  ...{ ...top, ...sql, ...thread, ...threads },
};

const dataObjects = new WeakSet<object>();

/** Marks an object whose keys are data: another key is no mistake. */
function withData<T extends object>(object: T): T {
  dataObjects.add(object);
  return object;
}

const y = [1, 0, 1, 0], p = [0.9, 0.6, 0.4, 0.2], sampleWeight = [1, 2, 3, 4], groups = ["a", "a", "b", "b"];
const decision = { threshold: 0.5, decision: "threshold", fromLogits: false, ignoreLabel: undefined };
const scoring = { ...decision, average: "binary", classWeights: undefined, zeroDivision: 0 };
const lossOptions = { ...scoring, step: "softsign", slope: 4 }, stepOptions = { slope: 4, threshold: 0.5 };
const counts = { tp: 1, fp: 2, fn: 3, tn: 4 }, rows = { yTrue: y, yPred: p, sampleWeight }, labels = { labels: [0, 1] };
const table = { from: "t", label: "y", output: "p", sampleWeight: "w", dialect: "duckdb" };
const linear = { from: "t", label: "y", features: ["a"], sampleWeight: "w", score: "f1", ...stepOptions };
const problem = constraints.maximise({ score: "recall", subjectTo: [constraints.atLeast("precision", 0.5)] });
const counted = () => new top.ConfusionMeter().update(y, p), curved = () => new curves.CurveMeter().update(y, p);
const ranked = () => new curves.NdcgMeter(), json = (meter: object) => JSON.parse(JSON.stringify(meter));
const query = () => Promise.resolve([]), share = { seed: 1, folds: 2 }, two = { yTrue: y };
const shape = { name: "half", rise: (v: number) => v / 2, density: () => 0.5 };
const x = tf.tensor2d([[1], [2], [3], [4]]), ys = tf.tensor1d(y), yPred = tf.tensor1d(p), batch = { xs: x, ys };
const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1], activation: "sigmoid" })] });
model.compile({ loss: top.f1Loss(), optimizer: "sgd" });
const split = withData({ train: [0, 1], validation: [2], test: [3] }),
  aTable = await data.readTable("data/credit.csv", { label: "bad", rows: 200 });
const method = (make: () => object, name: string): Call => (...args) => (make() as Record<string, Call>)[name](...args);
const making = (Made: new (options: never) => unknown): Call => (options) => new Made(options as never);

/** Arguments that each function takes. An object whose keys are data and not options is wrapped by `withData`. */
const valid: Record<string, unknown[]> = {
  arctan: [stepOptions],
  gaussian: [stepOptions],
  linearRamp: [stepOptions],
  logistic: [stepOptions],
  softsign: [stepOptions],
  round: [{ threshold: 0.5 }],
  straightThrough: [],
  identity: [{ threshold: 0.5 }],
  toStep: ["softsign", stepOptions],
  sigmoidalStep: [withData(shape), stepOptions],
  annealSlope: [{ from: 2, to: 10, epochs: 5, shape: "linear" }],
  toScore: ["f1"],
  fBeta: [{ beta: 1 }],
  tversky: [{ alpha: 1, beta: 1 }],
  utility: [counts],
  precisionAtRecall: [{ recall: 0.8 }],
  recallAtPrecision: [{ precision: 0.8 }],
  robustFBeta: [{ beta: 1, d: 0.1 }],
  robustMcc: [{ d: 0.1 }],
  savings: [{ fp: 1, fn: 5 }],
  costLabels: [y, [[0, 1], [5, 0]]],
  costWeights: [y, { fp: 1, fn: 5 }],
  metricLoss: ["f1", lossOptions],
  f1Loss: [lossOptions],
  fBetaLoss: [{ beta: 1, ...lossOptions }],
  hardMetric: ["f1", scoring],
  f1Metric: [scoring],
  fBetaMetric: [{ beta: 1, ...scoring }],
  lossAndGradient: [y, p, { score: "f1", sampleWeight, columns: 1, ...lossOptions }],
  softCounts: [withData(rows), withData(core.identity())],
  countsGradient: [withData(rows), withData(core.identity()), withData(counts)],
  classificationReport: [y, y, { ...labels, targetNames: ["a", "b"], sampleWeight, digits: 2, zeroDivision: 0 }],
  confusionTable: [y, y, { ...labels, targetNames: ["a", "b"], sampleWeight, normalize: "true" }],
  stratifiedBatches: [y, { batchSize: 2, seed: 1 }],
  auditLastLayer: [{ activation: "sigmoid", units: 1, loss: "binaryCrossentropy", labels: "binary" }],
  atLeast: ["recall", 0.8],
  atMost: ["recall", 0.8],
  gapAtMost: ["recall", 0.1],
  maximise: [{ score: "recall", subjectTo: [constraints.atLeast("recall", 0.8)], confidence: 0.9, learningRate: 1 }],
  constrainedLossAndGradient: [y, p, { problem, sampleWeight, groups, ...stepOptions, step: "softsign" }],
  costLoss: [{ fp: 1, fn: 5 }],
  aumDerivatives: [withData(rows)],
  aumLoss: [{ average: "binary" }],
  aumLossAndGradient: [y, p, { sampleWeight, average: "binary" }],
  averagePrecisionLoss: [{ thresholds: 10, average: "binary", fromLogits: false }],
  curveLoss: ["rocAuc", { thresholds: 10 }],
  curveLossAndGradient: [y, p, { score: "rocAuc", thresholds: 10, sampleWeight }],
  exactCurve: [withData(rows)],
  ndcg: [{ k: 10 }],
  ndcgLoss: [{ k: 10, margin: 1 }],
  ndcgLossAndGradient: [y, p, { k: 10, margin: 1, groups, sampleWeight }],
  pairsLoss: [{ price: "ramp", margin: 1 }],
  pairsLossAndGradient: [y, p, { price: "ramp", margin: 1, sampleWeight }],
  partialRocAuc: [{ maxFpr: 0.1, standardized: true }],
  precisionAtK: [{ k: 1 }],
  recallAtFpr: [{ fpr: 0.1 }],
  rankingMetric: [y, p, { score: "rocAuc", average: "binary", sampleWeight }],
  scikitLearnFolds: [y, share],
  seededRandom: [1],
  stratifiedKFold: [withData(two), share],
  syntheticBinary: [{ rows: 10, features: 2, prevalence: 0.5, separation: 1, seed: 1 }],
  trainTestSplit: [withData(two), { seed: 1, testFraction: 0.5, stratify: true }],
  markdown: ["a"],
  table: [[{ a: 1 }], { digits: 2, caption: "a", maxRows: 5 }],
  countsSql: [{ ...table, threshold: 0.5, by: "g" }],
  histogramSql: [{ ...table, cells: 10 }],
  countsOn: [query, { ...table, threshold: 0.5 }],
  confusionOn: [query, { ...table, threshold: 0.5, normalize: "true" }],
  reportOn: [query, { ...table, zeroDivision: 0 }],
  curveOn: [query, { ...table, cells: 10 }],
  tuneThresholdOn: [query, { ...table, score: "f1", average: "binary" }],
  fitMetricOn: [query, {
    ...linear,
    epochs: 1,
    optimizer: "adam",
    learningRate: 0.1,
    standardize: false,
    resume: undefined,
  }],
  metricGradientOn: [query, { ...linear, weights: [1], bias: 0 }],
  setThreads: [1],
  applyStep: [withData(core.identity()), yPred],
  priorBias: [ys, { classes: undefined, sampleWeight: undefined }],
  tuneThreshold: [ys, yPred, { score: "f1", average: "binary", fromLogits: false }],
  metricGradient: [model, batch, { loss: top.f1Loss(), batchSize: 2 }],
  auditModel: [model, { x, y: ys }],
  guardLoss: [top.f1Loss()],
  prepare: [withData({ ...aTable }), split, { heavyTails: "keep" }],
  takeRows: [undefined, [0]],
  auditDisplay: [undefined],
  comparisonDisplay: [undefined],
};

/** Methods and functions that are made. */
const made: Record<string, [Call, ...unknown[]]> = {
  "new ConfusionMeter": [making(top.ConfusionMeter), { classes: 1, ...decision }],
  "ConfusionMeter.update": [method(counted, "update"), y, p, sampleWeight],
  "ConfusionMeter.value": [method(counted, "value"), "f1", { average: "binary", zeroDivision: 0 }],
  "ConfusionMeter.values": [method(counted, "values"), "f1", { zeroDivision: 0 }],
  "ConfusionMeter.merge": [method(counted, "merge"), counted()],
  "ConfusionMeter.fromJSON": [top.ConfusionMeter.fromJSON, withData(json(counted()))],
  "new CurveMeter": [making(curves.CurveMeter), { thresholds: 10, fromLogits: false }],
  "CurveMeter.update": [method(curved, "update"), y, p, sampleWeight],
  "CurveMeter.value": [method(curved, "value"), "rocAuc"],
  "CurveMeter.merge": [method(curved, "merge"), curved()],
  "CurveMeter.fromJSON": [curves.CurveMeter.fromJSON, withData(json(curved()))],
  "new NdcgMeter": [making(curves.NdcgMeter), { k: 10 }],
  "NdcgMeter.update": [method(ranked, "update"), y, p, { groups }],
  "NdcgMeter.merge": [method(ranked, "merge"), ranked()],
  "NdcgMeter.fromJSON": [curves.NdcgMeter.fromJSON, withData(json(ranked()))],
  "problem.learn": [method(() => problem, "learn"), withData({ all: counts })],
  "annealSlope()": [top.annealSlope({ to: 2, epochs: 2 }), 1],
  "f1Loss()": [top.f1Loss(), ys, yPred],
  "f1Metric()": [top.f1Metric(), ys, yPred],
  "guardLoss()": [audit.guardLoss(top.f1Loss()), ys, yPred],
  "new DatasetMetrics": [making(top.DatasetMetrics), { scores: ["f1"], train: batch, average: "binary", ...decision }],
};

/** Functions that are not called here: they read files, train, or start a process; or they show any thing. */
const elsewhere = /^(auditLoss|batchesOf|bundle|compareLosses|fitMetric|GuardError|loadDataset|md|readTable|row|show)$/;

const bad = (): [string, unknown][] => [
  ["undefined", undefined],
  ["null", null],
  ['""', ""],
  ["NaN", NaN],
  ["{}", {}],
  ["[]", []],
];

/** One sentence without a full stop that names an argument. */
const houseForm = /^Cannot [^\n]*'[\w.()[\]]+'[^\n]*[^.\n]$/;

const isOptions = (one: unknown): one is Record<string, unknown> =>
  typeof one === "object" && one !== null && Object.getPrototypeOf(one) === Object.prototype;

/** Returns the message with which a call is refused; nothing where it is not. */
async function refusalOf(call: Call, args: readonly unknown[]): Promise<string | undefined> {
  tf.engine().startScope();
  try {
    await call(...args);
  } catch (error) {
    return (error as Error).message;
  } finally {
    tf.engine().endScope();
  }
}

const all = [
  ...Object.entries(valid).map(([name, args]) => [name, exported[name], ...args]),
  ...Object.entries(made).map(([name, one]) => [name, ...one]),
] as [string, Call, ...unknown[]][];

Deno.test("the arguments as they are here are taken, but for tables without rows and for what only a bad one is given", async () => {
  const refused: [string, string | undefined][] = [];
  for (const [name, call, ...args] of all) refused.push([name, await refusalOf(call, args)]);
  const faults = refused.filter(([, message]) => message !== undefined && !message.endsWith("'from' has no rows"));
  assertEquals(faults.map(([name]) => name), ["takeRows", "auditDisplay", "comparisonDisplay"]);
});

Deno.test("a bad argument or option is refused in the house's form, by name", async () => {
  const faults: string[] = [];
  for (const [name, call, ...args] of all) {
    for (const [i, arg] of args.entries()) {
      const keys = isOptions(arg) ? Object.keys(arg) : [];
      for (const [text, value] of bad()) {
        for (const key of [undefined, ...keys]) {
          const changed = args.with(i, key === undefined ? value : { ...arg as object, [key]: value });
          const message = await refusalOf(call, changed);
          if (message !== undefined && !houseForm.test(message)) {
            faults.push(`${name}, argument ${i} ${key ?? ""}: ${text}: ${message}`);
          }
        }
      }
    }
  }
  assertEquals(faults, []);
});

Deno.test("an option that does not exist is refused", async () => {
  const faults: string[] = [];
  for (const [name, call, ...args] of all) {
    for (const [i, arg] of args.entries()) {
      if (!isOptions(arg) || dataObjects.has(arg)) continue;
      const message = await refusalOf(call, args.with(i, { ...arg, other: 1 }));
      if (!message?.includes("'other'")) faults.push(`${name}, argument ${i}: ${message}`);
    }
  }
  assertEquals(faults, []);
});

Deno.test("every exported function is called", () => {
  const family = /^(?!f1)(?!fBeta)[a-z]\w*?(Loss|Metric)$/; // one factory per score
  const functions = Object.keys(exported).filter((name) => typeof exported[name] === "function");
  const known = (name: string) => name in valid || `new ${name}` in made || elsewhere.test(name) || family.test(name);
  assertEquals(functions.filter((name) => !known(name)), ["LayersCallback"]);
});

Deno.test("null is not the default of an option", async () => {
  const options: [string, Call, ...unknown[]][] = [
    ["fp", core.savings, { fp: null }],
    ["fn", core.costWeights, y, { fn: null }],
    ["options", costs.costLoss, null],
    ["options", curves.ndcgLoss, null],
    ["options", curves.aumLossAndGradient, y, p, null],
    ["thresholds", curves.averagePrecisionLoss, { thresholds: null }],
    ["thresholds", making(curves.CurveMeter), { thresholds: null }],
    ["threshold", sql.countsSql, { ...table, threshold: null }],
    ["train", making(top.DatasetMetrics), { scores: ["f1"], train: null }],
    ["digits", display.table, [{ a: 1 }], { digits: null }],
  ];
  for (const [option, call, ...args] of options) {
    const message = await refusalOf(call, args);
    assert(message?.includes(`'${option}'`) && message.endsWith("null"), `${option}: ${message}`);
  }
});
