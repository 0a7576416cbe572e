// What the library reads of TensorFlow.js's engine and of the memory of its backends, and what it does where it finds another one.
import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { f1Loss } from "../../lib/mod.ts";
import { resolveOptions } from "../../lib/scoring/options.ts";
import { toScore } from "../../lib/scores/to_score.ts";
import { checkDevice, cpuBlock, engine, giveToTape, gradientDepth, tapeIsOn } from "../../lib/tfjs/engine.ts";
import type { Tensor } from "../../lib/tfjs/tensor.ts";
import { withFields } from "../devices.ts";
import { assertAllWithin, counted, onBackends, random } from "../helpers.ts";

/** Loads a module once more, as it is before anything was kept. */
const fresh = (path: string) => import(new URL(`${path}?fresh=${crypto.randomUUID()}`, import.meta.url).href);
const freshEngine = (): Promise<typeof import("../../lib/tfjs/engine.ts")> => fresh("../../lib/tfjs/engine.ts");
const freshLoss = (): Promise<typeof import("../../lib/tfjs/fast_loss.ts")> => fresh("../../lib/tfjs/fast_loss.ts");

onBackends("the numbers of a tensor are the tensor's own, of any type, and an alias shares them", async () => {
  const { hostMemory } = await freshEngine();
  const memory = hostMemory()!,
    tensors = [tf.tensor1d([1.5, 2]), tf.tensor1d([3, 4], "int32"), tf.tensor1d([1, 0], "bool")];
  assertEquals(memory.backend, tf.getBackend());
  assert(hostMemory() === memory, "made once");
  for (const [k, type] of [Float32Array, Int32Array, Uint8Array].entries()) {
    const numbers = memory.numbers(tensors[k]), alias = memory.alias(tensors[k]);
    assert(numbers instanceof type);
    assertEquals([...numbers], [...tensors[k].dataSync()]);
    numbers[1] = 1;
    assertEquals([alias.dataSync()[1], alias.shape, alias.dtype], [1, [2], tensors[k].dtype]);
    tensors[k].dispose();
    assertEquals(alias.dataSync()[1], 1);
    alias.dispose();
  }
});

onBackends("a tensor is made of what is written, of another's shape, in float32", async () => {
  const { hostMemory } = await freshEngine();
  const like = tf.zeros([2, 3], "int32"),
    { result, made } = counted(() => hostMemory()!.make(like, (to) => to.set([1, 2, 3, 4, 5, 0.5])));
  assertEquals([made, result.shape, result.dtype, [...result.dataSync()]], [1, [2, 3], "float32", [
    1,
    2,
    3,
    4,
    5,
    0.5,
  ]]);
  const blank = hostMemory()!.make(like);
  assertEquals([blank.shape, blank.dtype], [[2, 3], "float32"]);
  tf.dispose([like, result, blank]);
});

Deno.test("the cpu backend has no heap; values that are not a typed array are copied", async () => {
  const { hostMemory } = await freshEngine();
  const memory = hostMemory()!, x = tf.tensor1d([1, 2]);
  assertEquals([memory.heap, memory.inHeap(x)], [undefined, undefined]);
  const { data } = engine().backend as { data: { get(id: object): { values: unknown } } };
  data.get(x.dataId).values = [5, 0.1];
  assertEquals(memory.numbers(x), Float32Array.of(5, 0.1));
  x.dispose();
});

Deno.test("the heap of the wasm backend has the numbers of float32 tensors at their addresses, and is lent", async () => {
  const { hostMemory } = await freshEngine();
  await tf.setBackend("wasm");
  const memory = hostMemory()!, { memory: heap, allocate, free } = memory.heap!, x = tf.tensor1d([1.5, -2]);
  assertEquals([...new Float32Array(heap.buffer, memory.inHeap(x)!, 2)], [1.5, -2]);
  assertEquals(memory.inHeap(tf.tensor1d([1], "int32")), undefined);
  const [a, b] = [allocate(1000), allocate(1000)];
  assert(a > 0 && b > 0 && Math.abs(a - b) >= 1000);
  free(a);
  assertEquals(allocate(1000), a);
  for (const address of [a, b]) free(address);
  tf.dispose([x]);
});

Deno.test("a wasm backend without a heap, or with two, has none that is lent", async () => {
  const { hostMemory } = await freshEngine();
  await tf.setBackend("wasm");
  const memory = new WebAssembly.Memory({ initial: 1 }), HEAPU8 = new Uint8Array(memory.buffer), asm = { memory };
  const other = new Uint8Array(8),
    heapOf = (wasm?: object) => withFields({ backend: { wasm } }, () => hostMemory()!.heap);
  for (const wasm of [undefined, {}, { asm: {} }, { asm }, { asm, HEAPU8: other }, { asm: {}, HEAPU8 }]) {
    assertEquals(heapOf(wasm), undefined);
  }
  assert(heapOf({ asm, HEAPU8 })?.memory === memory);
});

onBackends(
  "an engine without a field that is needed has no such memory, and a loss of many rows has the same numbers",
  async () => {
    const { hostMemory } = await freshEngine();
    const next = random(1), labels = tf.tensor1d(Array.from({ length: 9000 }, () => Number(next() < 0.3)));
    const outputs = tf.tensor1d(Array.from({ length: 9000 }, next)),
      value = () => f1Loss()(labels, outputs).dataSync()[0];
    const wanted = tf.tidy(value), { state } = engine();
    for (
      const fields of [{ isTapeOn: undefined }, { makeTensorFromTensorInfo: undefined }, { state: {} }, {
        state: undefined,
      }]
    ) {
      assertEquals(withFields(fields, hostMemory), undefined);
    }
    assertEquals(withFields({ state: undefined }, gradientDepth), 2);
    assertEquals(withFields({ state: {} }, gradientDepth), 2);
    assertEquals(gradientDepth(), 0);
    assert(engine().state === state && hostMemory() !== undefined);
    const backends = withFields({ backendName: "device" }, () => [hostMemory(), cpuBlock()]);
    assertEquals(backends, [undefined, undefined]);
    assertEquals(cpuBlock(), tf.getBackend() === "cpu" ? 48 : undefined);
    assertAllWithin([tf.tidy(value)], [wanted], 0);
    tf.dispose([labels, outputs]);
  },
);

onBackends(
  "the SIMD loops take a batch of many rows on both backends, alone and in a gradient, and none inside another",
  async () => {
    const { fastLoss } = await freshLoss();
    const setting = resolveOptions("f1Loss", toScore("f1"), {}), next = random(2);
    const yTrue = tf.tensor1d(Array.from({ length: 9000 }, () => Number(next() < 0.3)));
    const yPred = tf.tensor1d(Array.from({ length: 9000 }, next));
    const fast = (x: Tensor) => fastLoss("f1Loss", setting, { yTrue, yPred: x }), wanted = f1Loss()(yTrue, yPred);
    const alone = fast(yPred)!;
    assertEquals(alone.dataSync(), wanted.dataSync());
    const depths: number[] = [],
      gradient = tf.grad((x) => {
        depths.push(gradientDepth());
        tf.dispose(
          tf.grad((inner) => {
            depths.push(gradientDepth());
            assertEquals(fast(inner), undefined);
            return tf.sum(inner);
          })(x),
        );
        return fast(x)!;
      })(yPred);
    assertEquals(depths, [1, 2]);
    const general = tf.grad((x) => f1Loss()(yTrue, x))(yPred);
    assertEquals(gradient.dataSync(), general.dataSync());
    assertEquals(withFields({ isTapeOn: undefined }, () => fast(yPred)), undefined);
    tf.dispose([alone, wanted, gradient, general, yTrue, yPred]);
  },
);

Deno.test("the loops on wasm borrow room once, more for a longer batch, give it back, and do without where there is none", async () => {
  await tf.setBackend("wasm");
  const { fastLoss } = await freshLoss(),
    { wasm } = engine().backend as {
      wasm: Record<"_malloc" | "_free", (of: number) => number>;
    };
  const setting = resolveOptions("f1Loss", toScore("f1"), { decision: "argmax", average: "macro" });
  const { _malloc, _free } = wasm, held = new Set<number>(), calls: number[][] = [];
  let full = false;
  const lend = {
    _malloc: (bytes: number) => {
      calls.at(-1)![0]++;
      const at = full && bytes > 1000 ? 0 : _malloc(bytes);
      held.add(at);
      return at;
    },
    _free: (at: number) => {
      calls.at(-1)![1]++;
      if (!full) assert(held.delete(at), "what is given back was lent");
      return _free(at);
    },
  };
  const run = (rows: number) => { // class indices are expanded in borrowed room
    const yTrue = tf.tensor1d(Array.from({ length: rows }, (_, i) => i % 3), "int32"),
      yPred = tf.fill([rows, 3], 1 / 3);
    yPred.dataSync();
    Object.assign(wasm, lend);
    calls.push([0, 0]);
    try {
      const value = fastLoss("f1Loss", setting, { yTrue, yPred });
      value?.dispose();
      return value !== undefined;
    } finally {
      Object.assign(wasm, { _malloc, _free });
      tf.dispose([yTrue, yPred]);
    }
  };
  full = true;
  assertEquals(run(3000), false);
  full = false;
  held.clear();
  assertEquals([300, 300, 3000, 30].map(run), [true, true, true, true]);
  const [first, second, longer, shorter] = calls.slice(1), [lent, given] = second;
  assertEquals([first, longer, shorter], [[lent + 1, given], [lent + 1, given + 1], [lent, given]]);
  assertEquals(held.size, 1);
});

Deno.test("a tape takes tensors for the operation that it recorded last, and for no other", () => {
  const outside = tf.scalar(1), none: Tensor[] = [];
  assertEquals([tapeIsOn(), giveToTape(outside, none)], [false, false]);
  const gradient = tf.grad((x) => {
    assertEquals(tapeIsOn(), true);
    const squared = tf.square(x), kept = tf.keep(tf.scalar(3));
    assertEquals([giveToTape(x, [kept]), giveToTape(squared, [kept])], [false, true]);
    return tf.sum(squared);
  })(outside);
  assertEquals(gradient.dataSync()[0], 2);
  const last = { saved: [], outputs: undefined }, { state } = engine() as { state: { activeTape?: unknown } };
  const before = state.activeTape;
  for (const tape of [undefined, null, [], [last], [{ outputs: [outside] }]]) {
    state.activeTape = tape;
    assertEquals(giveToTape(outside, none), false);
  }
  state.activeTape = before;
  tf.dispose([outside, gradient]);
});

Deno.test("a device is lost when its context is, or when its promise says so, and not before", async () => {
  await tf.setBackend("device");
  let lose = (_: object) => {}, contextIsLost = false;
  const device = { lost: new Promise<object>((resolve) => lose = resolve) };
  const fields = { gpgpu: { gl: { isContextLost: () => contextIsLost } } };
  const check = (backend: object | undefined) => withFields({ backend }, checkDevice);
  for (const backend of [undefined, {}, { device: {} }, { device }, fields]) check(backend);
  await Promise.resolve();
  check({ device });
  lose({});
  await device.lost;
  contextIsLost = true;
  for (const backend of [{ device }, fields]) {
    assertThrows(() => check(backend), Error, "Cannot compute on the backend 'device': its device is lost");
  }
  check({ device: {} });
});

Deno.test("a tensor of another copy of TensorFlow.js is warned of, once", async () => {
  const { warnOfCopies } = await freshEngine(), { warn } = console, said: string[] = [];
  const own = tf.scalar(1), other = { dataSync() {} } as unknown as Tensor;
  console.warn = (text) => said.push(text);
  try {
    for (const tensor of [own, undefined, {}, 3] as Tensor[]) warnOfCopies(tensor);
    assertEquals(said, []);
    for (const tensor of [other, other]) warnOfCopies(tensor);
  } finally {
    console.warn = warn;
    own.dispose();
  }
  assertEquals(said.length, 1);
  assert(said[0].includes("two copies of TensorFlow.js are loaded"));
});

onBackends("a loss without a registered memory is an operation with its gradient, in float32", async () => {
  const { lossOp } = await freshEngine(), yPred = tf.tensor2d([[1, 2]]);
  let released = 0;
  const op = (x: Tensor) => lossOp("own", x, 0.1, (by, to) => to.set([by, 2 * by]), () => void released++);
  const { value, grad } = tf.valueAndGrad((x) => tf.mul(3, op(x)))(yPred);
  assertEquals([value.shape, grad.shape, [...grad.dataSync()]], [[], [1, 2], [3, 6]]);
  assertAllWithin(value.dataSync(), [0.3], 1e-7);
  assertEquals(released, 1);
  const bare = tf.grad((x) => lossOp("own", x, 0.1, (by, to) => to.fill(by)))(yPred);
  assertEquals([...bare.dataSync()], [1, 1]);
  tf.dispose([value, grad, bare, yPred]);
});

onBackends("a gradient that throws inside another leaves no tensor", async () => {
  const { lossOp } = await freshEngine(), yPred = tf.tensor1d([1, 2]);
  const broken = (x: Tensor) =>
    lossOp("own", x, 0.1, () => {
      throw new Error("broken");
    });
  const { made } = counted(() => {
    assertThrows(() => tf.tidy(() => tf.grad((x) => tf.sum(tf.grad(broken)(x)))(yPred)), Error, "broken");
  });
  assertEquals(made, 0);
  yPred.dispose();
});
