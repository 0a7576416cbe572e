// Watching the engine of TensorFlow.js, and freeing what an interrupted gradient leaves in it.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { dropTape, watchEngine } from "../../lib/tfjs/engine.ts";
import type { Tensor } from "../../lib/tfjs/tensor.ts";
import { withFields } from "../devices.ts";
import "../helpers.ts";

Deno.test("watchEngine: reports kernels, custom gradients and the caller's reads, and restores the engine", () => {
  const engine = tf.engine(), methods = Object.keys(engine), seen: string[] = [];
  const watcher = {
    kernel: (name: string) => {
      tf.scalar(1).dataSync(); // a watcher's own reads are not reported
      seen.push(name);
    },
    customGradient: () => void seen.push("custom"),
    read: (_: object, inOperation: boolean) => void seen.push(inOperation ? "read in operation" : "read"),
  };
  tf.tidy(() => {
    const own = tf.customGrad((x) => {
      (x as Tensor).dataSync();
      return { value: tf.neg(x as Tensor), gradFunc: (dy: Tensor) => dy };
    });
    watchEngine(watcher, () => void own(tf.scalar(2)).dataSync());
    assertEquals(seen, ["read in operation", "Neg", "custom", "read"]);
    const failure = () => {
      tf.abs(tf.scalar(1));
      throw new Error("enough");
    };
    assertThrows(() => watchEngine(watcher, failure), Error, "enough");
    assertEquals(seen.at(-1), "Abs");
  });
  assertEquals(Object.keys(engine), methods);
});

Deno.test("watchEngine: a kernel is reported with its inputs, attributes and result; an engine that is not known is refused", () => {
  const x = tf.tensor1d([-1, 2]), seen: unknown[][] = [], ignore = () => {};
  const watcher = {
    kernel: (...call: unknown[]) => void seen.push(call),
    customGradient: ignore,
    read: ignore,
  };
  const [plain, tiled] = watchEngine(watcher, () => [tf.engine().runKernel("Abs", { x }), tf.tile(x, [2])]);
  assertEquals(seen, [["Abs", { x }, {}, plain], ["Tile", { x }, { reps: [2] }, tiled]]);
  for (const field of ["runKernel", "runKernelFunc", "readSync", "isTapeOn"]) {
    const run = () => assert(false, "nothing is run");
    withFields(
      { [field]: undefined },
      () => assertThrows(() => watchEngine(watcher, run), Error, "its engine is not known"),
    );
  }
  tf.dispose([x, plain as Tensor, tiled]);
});

Deno.test("dropTape: frees what an interrupted gradient saved, and nothing inside another gradient", () => {
  const before = tf.memory().numTensors, x = tf.tensor1d([1, 2]);
  const interrupted = () =>
    tf.grad((p) => {
      tf.square(p); // saves p
      throw new Error("interrupted");
    })(x);
  assertThrows(() => tf.tidy(() => void interrupted()), Error, "interrupted");
  const held = tf.memory().numTensors;
  dropTape();
  assert(tf.memory().numTensors < held);
  const inside = tf.tidy(() =>
    tf.grad((p) => {
      const square = tf.square(p);
      dropTape();
      return tf.sum(square) as tf.Scalar;
    })(x).dataSync()
  );
  assertEquals([...inside], [2, 4]);
  x.dispose();
  assertEquals(tf.memory().numTensors, before);
});
