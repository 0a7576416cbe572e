// The kernels against the library's own float64 passes, on both backends; the bytes against their source.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { metricLoss, steps, toStep } from "../../lib/mod.ts";
import { curveBytes } from "../../lib/kernels/curve_bytes.ts";
import { denseBytes } from "../../lib/kernels/dense_bytes.ts";
import { bytesOfLetters } from "../../lib/kernels/simd.ts";
import { productsBytes } from "../../lib/kernels/products_bytes.ts";
import { simdBytes } from "../../lib/kernels/simd_bytes.ts";
import { buildKernel, type kernels, lettersOf } from "../../tasks/build_simd.ts";
import { assertWithin, counted, onBackends, random, slowOnBackends, valueAndGradient } from "../helpers.ts";
import { slow } from "../slow.ts";

slow.test("the SIMD kernels are what their source makes", async () => {
  const built = async (name: typeof kernels[number]) => lettersOf(await buildKernel(name));
  assertEquals(simdBytes, await built("simd"));
  assertEquals(curveBytes, await built("curve"));
  assertEquals(denseBytes, await built("dense"));
  assertEquals(productsBytes, await built("products"));
});

Deno.test("the bytes of each kernel are a module with its loops", () => {
  const loopsOf = (letters: string) =>
    WebAssembly.Module.exports(new WebAssembly.Module(bytesOfLetters(letters))).flatMap(({ name, kind }) =>
      kind === "function" ? [name] : []
    ).sort();
  assertEquals(loopsOf(curveBytes), ["count", "finish"]);
  assertEquals(loopsOf(denseBytes), ["product"]);
  assertEquals(loopsOf(productsBytes), ["addAffine4", "addAffine8", "affine4", "affine8"]);
});

for (const rare of [false, true]) {
  slowOnBackends(`a hundred thousand rows are as float64 has them, ${rare ? "1 % positives" : "uniform"}`, () => {
    const n = 100_003, next = random(5);
    const p = new Float32Array(n).map(() => rare ? next() ** 8 : next());
    const y = new Float32Array(n).map(() => next() < (rare ? 0.01 : 0.3) ? 1 : 0);
    const w = new Float32Array(n).map(() => 0.5 + next());
    const yPred = tf.tensor1d(p), yTrue = tf.tensor1d(y), sampleWeight = tf.tensor1d(w);
    for (const name of Object.keys(steps) as (keyof typeof steps)[]) {
      for (const weights of [undefined, sampleWeight]) {
        const own = toStep(name), { value, derivative, threshold, slope } = own;
        const fused = metricLoss("f1", { step: own });
        const composed = metricLoss("f1", { step: { name, value, derivative, threshold, slope } }); // a step of one's own
        const take = (loss: typeof fused) => valueAndGradient(loss, yTrue, yPred, weights);
        const { result: got, made } = counted(() => take(fused)), wanted = take(composed);
        assertEquals(made, 0);
        assertEquals(take(fused), got, "the same bytes in every run");
        // Both losses are rounded to float32: half an ulp each, beside what the sums may lose.
        assertWithin(got.value, wanted.value, 5e-8 + 6e-8, `${name} ${weights ? "weighted" : ""}`);
        let worst = 0;
        got.gradient.forEach((g, i) => {
          const off = Math.abs(g - wanted.gradient[i]);
          if (off > 0) worst = Math.max(worst, off / Math.abs(wanted.gradient[i]));
        });
        assert(worst <= 3e-6, `${name}: the gradient is off by ${worst}`);
      }
    }
    const value = metricLoss("f1")(yTrue, yPred);
    assertEquals(value.shape, []);
    tf.dispose([value, yPred, yTrue, sampleWeight]);
  });
}

onBackends("a large batch's gradient is an ordinary tensor: tidy, a chain and a sum of losses leave nothing", () => {
  const next = random(3), p = tf.tensor1d(Float32Array.from({ length: 5000 }, next)), y = tf.round(p);
  const losses: ((x: tf.Tensor) => tf.Scalar)[] = [
    (x) => metricLoss("f1")(y, x),
    (x) => metricLoss("f1")(y, tf.sigmoid(x)),
    (x) => tf.add(metricLoss("f1")(y, x), tf.losses.meanSquaredError(y, x)),
    (x) => tf.add(metricLoss("f1")(y, x), metricLoss("mcc")(y, x)),
  ];
  for (const [i, loss] of losses.entries()) {
    assertEquals(counted(() => tf.tidy(() => void tf.grad(loss)(p).dataSync())).made, 0, `${i} in tidy`);
    const { result, made } = counted(() => tf.valueAndGrad(loss)(p));
    assertEquals(made, 2, `${i}`);
    tf.dispose([result.value, result.grad]);
  }
  tf.dispose([p, y]);
});
