// The recipes to copy: each has the library's values and gradients, and is short.
import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs";
import type { ScoreName } from "../../lib/core.ts";
import { fBeta, type Loss, metricLoss, precisionAtRecall, softsign, straightThrough } from "../../lib/mod.ts";
import { fBetaLoss } from "../../recipes/recipe_tfjs.ts";
import { assertAllWithin, assertWithin, reference, slowOnWasm, valueAndGradient } from "../helpers.ts";

interface RecipeCase {
  recipe: "torch" | "custom_gradient" | "boosting";
  batch: string;
  score: ScoreName;
  beta?: number;
  slope: number;
  threshold: number;
  straightThrough: boolean;
  yTrue: number[];
  /** Probabilities; raw scores for boosting. */
  yPred: number[];
  /** Absent for boosting, which has gradients alone. */
  loss?: number;
  /** For boosting times the number of rows. */
  gradient: number[];
}

/** The value of a loss and its gradient with respect to the outputs. */
function evaluate(loss: Loss | ReturnType<typeof fBetaLoss>, { yTrue, yPred }: Pick<RecipeCase, "yTrue" | "yPred">) {
  return tf.tidy(() => valueAndGradient(loss, tf.tensor1d(yTrue, "float32"), tf.tensor1d(yPred, "float32")));
}

const scoreOf = ({ score, beta }: RecipeCase) => beta === undefined ? score : fBeta({ beta });
const largest = (values: ArrayLike<number>) => Math.max(...Array.from(values, Math.abs));

Deno.test("the recipes in PyTorch, tf.custom_gradient and for tree libraries have the library's losses and gradients", () => {
  const cases = reference<RecipeCase>("recipes.json");
  for (const c of cases) {
    const { recipe, slope, threshold } = c, base = softsign({ slope, threshold });
    const step = c.straightThrough ? straightThrough(base) : base, fromLogits = recipe === "boosting";
    const { value, gradient } = evaluate(metricLoss(scoreOf(c), { step, fromLogits }), c);
    const where = `${recipe}, ${c.batch}, ${c.score} ${c.beta ?? ""}, slope ${slope}, threshold ${threshold}`;
    if (c.loss !== undefined) assertWithin(c.loss, value, 4e-6, where);
    const each = recipe === "boosting" ? c.yTrue.length : 1;
    assertAllWithin(c.gradient.map((g) => g / each), gradient, 4e-6 * (largest(gradient) || 1), where);
  }
  const count = (recipe: string) => cases.filter((c) => c.recipe === recipe).length;
  assertEquals(["torch", "custom_gradient", "boosting"].map(count), [390, 130, 80]);
});

Deno.test("the recipe in R ran under keras3 as it is here, on each backend of Keras, with the Python recipe's values", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(path, import.meta.url));
  const { recipe, recipeText } = JSON.parse(await read("../reference/thread_r.json"));
  const text = await read("../../recipes/recipe_keras.R");
  assertEquals(createHash("md5").update(text).digest("hex"), recipeText, "record it again: tests/reference/thread_r.R");
  assertEquals(
    recipe,
    ["tensorflow", "jax", "torch"].map((backend) => ({ backend, cases: 390, largestDifference: 0 })),
  );
});

slowOnWasm("the recipe in TensorFlow.js has the library's losses and gradients", () => {
  const betas: Partial<Record<ScoreName, number>> = { precision: 0, recall: Infinity, f1: 1 };
  const cases = reference<RecipeCase>("recipes.json").filter(({ recipe, threshold }) =>
    recipe === "torch" && threshold === 0.5
  );
  for (const c of cases) {
    const { slope } = c, beta = c.beta ?? betas[c.score];
    const ours = evaluate(metricLoss(scoreOf(c), { step: softsign({ slope }) }), c);
    const { value, gradient } = evaluate(fBetaLoss({ beta, slope }), c);
    const where = `${c.batch}, ${c.score} ${beta}, slope ${slope}`;
    assertWithin(value, ours.value, 4e-6, where);
    assertAllWithin(gradient, ours.gradient, 4e-6 * (largest(ours.gradient) || 1), where);
    if (beta === 1 && slope === 4) assertEquals(evaluate(fBetaLoss(), c).value, value, `${where}: the defaults`);
  }
});

interface FloorCase extends Pick<RecipeCase, "batch" | "slope" | "yTrue" | "yPred" | "gradient"> {
  backend: string;
  recall: number;
  loss: number;
}

Deno.test("the recipe in Keras for precision at a recall has the library's losses and gradients, and holds its floor", () => {
  const cases = reference<FloorCase>("recipe_floor.json");
  assertEquals(cases.length, 234);
  for (const c of cases) {
    const { backend, batch, recall, slope } = c;
    const { value, gradient } = evaluate(metricLoss(precisionAtRecall({ recall }), { step: softsign({ slope }) }), c);
    const where = `${backend}, ${batch}, recall ${recall}, slope ${slope}`;
    assertWithin(c.loss, value, 4e-6, where);
    assertAllWithin(c.gradient, gradient, 4e-6 * (largest(gradient) || 1), where);
  }
  const { training } = JSON.parse(Deno.readTextFileSync(new URL("../reference/recipe_floor.json", import.meta.url)));
  for (const { loss, recall } of training as { loss: string; recall: number }[]) {
    assertEquals(recall >= 0.9, loss === "recipe", `${loss}: a recall of ${recall}`);
  }
});

interface Trees {
  library: string;
  objective: string;
  f1: number[];
  f1Tuned: number[];
}

Deno.test("recorded trees: the recipe beats the log loss at 0.5, ties with its tuned threshold, and fails as the page says", () => {
  const { trees } = JSON.parse(Deno.readTextFileSync(new URL("../reference/recipes.json", import.meta.url)));
  const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  for (const library of ["LightGBM", "XGBoost"]) {
    const of = (name: string) => (trees as Trees[]).find((t) => t.library === library && t.objective === name)!;
    const recipe = mean(of("recipe").f1);
    assert(recipe > mean(of("log loss").f1) + 0.01, library);
    assertWithin(recipe, mean(of("log loss").f1Tuned), 0.02, library);
    assert(recipe > mean(of("second derivative 1").f1), library);
  }
  assertEquals(
    mean((trees as Trees[]).find((t) => t.library === "XGBoost" && t.objective.startsWith("without"))!.f1),
    0,
  );
});

Deno.test("a recipe has at most 25 lines", () => {
  for (
    const file of ["tfjs.ts", "keras.py", "keras_floor.py", "keras.R", "torch.py", "custom_gradient.py", "boosting.py"]
  ) {
    const text = Deno.readTextFileSync(new URL(`../../recipes/recipe_${file}`, import.meta.url));
    assert(text.trimEnd().split("\n").length <= 25, file);
  }
});
