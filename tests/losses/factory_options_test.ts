// Every factory of a loss, a metric or a score: an unknown name is refused with a list of all options of the factory, its
// own first, before a missing one is; options that are not an object are refused; only for losses and metrics is a call advised.
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import * as top from "../../lib/mod.ts";
import * as costs from "../../lib/costs/mod.ts";
import * as curves from "../../lib/losses/curves.ts";
import * as core from "../../lib/core.ts";
import { stratifiedBatches } from "../../lib/mod.ts";

const lib = new URL("../../lib/", import.meta.url);

/** The fields of each interface of the library, without those it inherits. */
const fields = new Map<string, string[]>();
for (const folder of ["scores", "scoring", "decisions", "curves"]) {
  for (const { name } of Deno.readDirSync(new URL(`${folder}/`, lib))) {
    const text = Deno.readTextFileSync(new URL(`${folder}/${name}`, lib));
    for (const [, one, body] of text.matchAll(/^export interface (\w+)[^{]*\{(.*?)^\}/gms)) {
      fields.set(one, [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, field]) => field));
    }
  }
}
fields.set("UtilityOptions", ["tp", "fp", "fn", "tn"]);

const of = (...interfaces: string[]): string[] => interfaces.flatMap((one) => fields.get(one) ?? []);
const capital = (name: string): string => name[0].toUpperCase() + name.slice(1);

/** The options that the declarations document for a factory: its own, and those of its kind. */
function documented(name: string): { own: string[]; shared: string[] } {
  const score = name.replace(/(Loss|Metric)$/, ""), own = of(`${capital(score)}Options`);
  if (name === "pairsLoss") return { own: of("PairsLossOptions"), shared: of("OrderLossOptions") };
  if (name === "aumLoss") return { own, shared: of("OrderLossOptions") };
  if (name === "ndcgLoss") return { own, shared: of("QueryLossOptions") };
  if (score === name) return { own, shared: [] };
  const shared = of("DecisionOptions", "ScoringOptions");
  if (name.endsWith("Metric")) return { own, shared: shared.filter((one) => !["step", "slope"].includes(one)) };
  if (!(name in curves)) return { own, shared };
  const ofCurves = shared.filter((one) => !["step", "slope", "threshold", "decision"].includes(one));
  return { own, shared: [...of("CurveLossOptions"), ...ofCurves] };
}

type Factory = (options?: unknown) => unknown;

/** Not factories that take options alone. */
const others = ["metricLoss", "guardLoss", "auditLoss", "curveLoss", "hardMetric", "fitMetric", "rankingMetric"];

const factories: [name: string, factory: Factory][] = [];
for (const [name, thing] of Object.entries({ ...top, ...costs, ...curves })) {
  if (typeof thing === "function" && /(Loss|Metric)$/.test(name) && !others.includes(name)) {
    factories.push([name, thing as Factory]);
  }
}
const parametric: [name: string, factory: Factory][] = Object.entries({
  ...Object.fromEntries(Object.entries(top.scores).filter(([, score]) => typeof score === "function")),
  robustMcc: core.robustMcc,
  robustFBeta: core.robustFBeta,
  savings: core.savings,
  partialRocAuc: curves.partialRocAuc,
  recallAtFpr: curves.recallAtFpr,
  precisionAtK: curves.precisionAtK,
  ndcg: curves.ndcg,
}) as [string, Factory][];

/** Factories of a given score. */
const ofScore: [name: string, factory: Factory][] = [
  ["metricLoss", (options) => top.metricLoss("f1", options as top.LossOptions)],
  ["hardMetric", (options) => top.hardMetric("f1", options as top.MetricOptions)],
  ["curveLoss", (options) => curves.curveLoss("rocAuc", options as curves.CurveLossOptions)],
];

const ownOfSavings = of("CostOptions");
const optionsOf = (name: string) =>
  name === "savings" || name === "costLoss" ? { ...documented(name), own: ownOfSavings } : documented(name);

Deno.test("a factory tells an unknown option with every option that it documents, its own first", () => {
  assert(factories.length > 45 && parametric.length === 12, `${factories.length} and ${parametric.length} factories`);
  for (const [name, factory] of [...factories, ...parametric, ...ofScore]) {
    const { own, shared } = optionsOf(name);
    const { message } = assertThrows(
      () => factory({ nosuch: 1 }),
      TypeError,
      "'nosuch' is 1, but there is no such option",
    );
    const told = message.split("only ")[1].split(", ");
    assertEquals(told.slice(0, own.length).toSorted(), own.toSorted(), `${name}: ${message}`);
    assertEquals(told.slice(own.length).toSorted(), shared.toSorted(), `${name}: ${message}`);
  }
  assertEquals(top.f1Loss({ nosuch: undefined } as top.LossOptions).name, "f1Loss");
});

Deno.test("the options of factories are read from the declarations", () => {
  assertEquals(optionsOf("fBetaLoss").own, ["beta"]);
  assertEquals(optionsOf("costLoss").own, ["fp", "fn", "tp", "tn"]);
  assertEquals(optionsOf("partialRocAucLoss").own, ["maxFpr", "standardized"]);
  assertEquals(optionsOf("f1Loss").shared.length, 9);
});

Deno.test("a factory tells options that are not an object, before an option that is missing", () => {
  for (const [name, factory] of [...factories, ...parametric, ...ofScore]) {
    for (const [given, told] of [[0.5, "0.5"], ["soft", "'soft'"], [[0.5], "[0.5]"]] as const) {
      assertThrows(() => factory(given), TypeError, `'options' must be an object, it is ${told}`, name);
    }
  }
});

Deno.test("a factory whose options are missing tells the first one that it needs", () => {
  for (const [name, factory] of [...factories, ...parametric]) {
    const score = name.replace(/(Loss|Metric)$/, "");
    if (["savings", "cost", "ndcg", "pairs"].includes(score) || optionsOf(name).own.length === 0) continue;
    const { message } = assertThrows(() => factory(), Error);
    assertStringIncludes(
      message,
      score === "utility" ? "'options' must say" : `'${optionsOf(name).own[0]}' must`,
      name,
    );
  }
});

Deno.test("a factory of losses or metrics that gets a tensor advises a call, any other says that it is a tensor", () => {
  const y = tf.tensor1d([1, 0]);
  for (const [name, factory] of factories) {
    assertThrows(
      () => factory(y),
      TypeError,
      `'options' must be an object, it is a tensor; ${name} is a factory: call it, ${name}()`,
      name,
    );
  }
  const rest: [name: string, call: () => unknown][] = [
    ...[...parametric, ...ofScore].map(([name, make]): [string, () => unknown] => [name, () => make(y)]),
    ["stratifiedBatches", () => stratifiedBatches([0, 1], y as never)],
    ["lossAndGradient", () => core.lossAndGradient([1, 0], [1, 0], y as never)],
  ];
  for (const [name, call] of rest) {
    const { message } = assertThrows(call, TypeError);
    assert(!message.includes("factory"), `${name}: ${message}`);
    if (name !== "lossAndGradient") assertStringIncludes(message, "'options' must be an object, it is a tensor", name);
  }
  y.dispose();
});
