// The loops that an audit gives to the cpu backend: the bits and the errors of TensorFlow.js's own kernels.
import * as tf from "@tensorflow/tfjs";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { quickKernel, roomFor, withQuickKernels } from "../../lib/tfjs/quick_kernels.ts";
import { withFields } from "../devices.ts";
import { counted, onBackends } from "../helpers.ts";

const kernelOf = (name: string) => tf.getKernel(name, "cpu").kernelFunc;

const messageOf = (run: () => unknown): string => (assertThrows(run) as Error).message;

/** The numbers of a tensor, bit by bit, with its shape and dtype. The bits of a NaN are the engine's choice: all are taken as one. */
const bitsOf = (make: () => tf.Tensor) =>
  tf.tidy(() => {
    const tensor = make(), numbers = tensor.dataSync().slice(), bits = new Uint8Array(numbers.buffer);
    numbers.forEach((v, i) => Number.isNaN(v) && new Uint32Array(numbers.buffer).set([0x7fc00000], i));
    return { shape: tensor.shape, dtype: tensor.dtype, bits };
  });

const assertSame = (make: () => tf.Tensor): void => assertEquals(withQuickKernels(() => bitsOf(make)), bitsOf(make));

const someNumbers = [0, -0, 1, -2.5, 3e-42, 1e30, -3e38, 1e-7, Infinity, -Infinity, NaN, 0.1, 7];

/** A tensor whose numbers begin anywhere in the list. */
const tensorOf = (shape: number[], from: number, dtype: "float32" | "int32" = "float32") => {
  const at = (i: number) => someNumbers[(from + i) % someNumbers.length];
  const numbers = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => dtype === "int32" ? i - 2 : at(i));
  return tf.tensor(numbers, shape, dtype);
};

/** Two shapes that go together: one shape, from which each has some last axes, some of them of size 1. */
const shapes = fc.array(fc.record({ size: fc.nat(3), inA: fc.boolean(), inB: fc.boolean() }), { maxLength: 4 })
  .chain((axes) =>
    fc.tuple(fc.nat(axes.length), fc.nat(axes.length)).map(([fromA, fromB]): [number[], number[]] => [
      axes.map(({ size, inA }) => inA ? size : 1).slice(fromA),
      axes.map(({ size, inB }) => inB ? size : 1).slice(fromB),
    ])
  );

type Call = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;

const arithmetic: Record<string, Call> = {
  Add: tf.add,
  Sub: tf.sub,
  Multiply: tf.mul,
  RealDiv: tf.div,
  Maximum: tf.maximum,
  Minimum: tf.minimum,
  SquaredDifference: tf.squaredDifference,
};

const comparisons: Record<string, Call> = {
  Equal: tf.equal,
  NotEqual: tf.notEqual,
  Greater: tf.greater,
  GreaterEqual: tf.greaterEqual,
  Less: tf.less,
  LessEqual: tf.lessEqual,
};

const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  Abs: tf.abs,
  ClipByValue: (x) => tf.clipByValue(x, -0.5, 1.1),
  Exp: tf.exp,
  Log: tf.log,
  Neg: tf.neg,
  Relu: tf.relu,
  Sigmoid: tf.sigmoid,
  Softplus: tf.softplus,
  Sqrt: tf.sqrt,
  Square: tf.square,
  Step: (x) => tf.step(x, 0.3),
  ZerosLike: tf.zerosLike,
};

const reductions: Record<string, (x: tf.Tensor, axis?: number[], keepDims?: boolean) => tf.Tensor> = {
  Sum: tf.sum,
  Mean: tf.mean,
  Max: tf.max,
};

/** All kernels with a loop, by name. */
const quickNames = [
  ...[arithmetic, comparisons, functions, reductions].flatMap((calls) => Object.keys(calls)),
  ...["Conv2DBackpropFilter", "PadV2", "Slice", "Softmax", "SplitV", "Transpose"],
];

/** Shapes of some rank, with an order of their axes. */
const ordered = (most: number) =>
  fc.array(fc.nat(3), { maxLength: most }).chain((shape) =>
    fc.record({ shape: fc.constant(shape), order: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }) })
  );

Deno.test("withQuickKernels: every operation of two numbers has the bits of TensorFlow.js's own, whatever is repeated", () => {
  for (const call of Object.values({ ...arithmetic, ...comparisons })) {
    fc.assert(
      fc.property(shapes, fc.nat(12), fc.nat(12), ([a, b], i, j) => {
        assertSame(() => call(tensorOf(a, i), tensorOf(b, j)));
      }),
      { numRuns: 60 },
    );
    const all = someNumbers.length;
    for (const b of [[all], [all, 1]]) assertSame(() => call(tensorOf([all], 0), tensorOf(b, 0)));
    assertSame(() => call(tensorOf([3, 1], 0, "int32"), tensorOf([4], 0, "int32")));
    assertSame(() => call(tf.cast(tf.tensor1d([1, 0, 1], "bool"), "float32"), tensorOf([2, 1], 3))); // bytes
  }
});

Deno.test("withQuickKernels: every function of a number has the bits of TensorFlow.js's own", () => {
  const values = [...someNumbers, -13.9, -13.95, 13.9, 13.95, 0.5, -0.5, 1.1, 88, -88, 1e-20];
  for (const call of Object.values(functions)) {
    assertSame(() => call(tf.tensor(values, [values.length, 1])));
    assertSame(() => call(tf.scalar(0.7)));
    assertSame(() => call(tf.zeros([0, 2])));
    assertSame(() => call(tf.cast(tf.tensor1d([1, 0, 1], "bool"), "float32"))); // bytes
  }
  for (const [least, most] of [[-1, 0], [-1, -0], [0, 1], [-0, 1]]) {
    assertSame(() => tf.clipByValue(tf.tensor1d(values), least, most));
  }
  for (const call of [tf.abs, tf.neg, tf.square]) assertSame(() => call(tensorOf([3], 0, "int32")));
});

Deno.test("withQuickKernels: sums, means and maxima along any axes have the bits of TensorFlow.js's own", () => {
  for (const call of Object.values(reductions)) {
    fc.assert(
      fc.property(ordered(4), fc.nat(4), fc.nat(12), fc.boolean(), ({ shape, order }, count, from, keepDims) => {
        const axes = order.slice(0, count).map((axis, i) => i % 2 === 0 ? axis : axis - shape.length);
        assertSame(() => call(tensorOf(shape, from), axes.length > 0 ? axes : undefined, keepDims));
      }),
      { numRuns: 150 },
    );
    assertSame(() => call(tensorOf([4, 3], 0, "int32"), [0]));
    const thirds = tf.div(tf.range(0, 6), 3).reshape([3, 2]);
    for (const axis of [0, 1]) assertSame(() => call(thirds, [axis]));
    assertSame(() => call(tf.tensor2d([[0, -0], [-0, 0]]), [1]));
  }
  const twice = () => tf.engine().runKernel("Sum", { x: tf.ones([2, 2]) }, { axis: [0, 0] }) as tf.Tensor;
  assertSame(twice);
});

Deno.test("withQuickKernels: shares, pieces, transposes and paddings have the bits of TensorFlow.js's own", () => {
  fc.assert(fc.property(ordered(4), fc.nat(12), fc.nat(2), ({ shape, order }, from, width) => {
    const x = () => tensorOf(shape, from);
    assertSame(() => tf.transpose(x(), order));
    if (shape.length === 0) return;
    assertSame(() => tf.pad(x(), shape.map((_, axis) => [axis === 0 ? width : 0, width]), from / 3));
    shape.forEach((size, axis) => {
      const parts = (x: tf.Tensor) => tf.split(x, [...Array<number>(size).fill(1), 0], axis);
      for (let i = 0; i <= size; i++) assertSame(() => parts(x())[i]);
    });
    assertSame(() => tf.softmax(x()));
  }));
  assertSame(() => tf.softmax(tf.tensor([[0.1, 3, -2], [700, 710, 1e-3]])));
  assertSame(() => tf.transpose(tensorOf([4, 3], 0, "int32")));
  const cut = () =>
    tf.engine().runKernel("PadV2", { x: tf.ones([2, 2]) }, { paddings: [[0, -1], [0, 0]], constantValue: 0 });
  assertSame(cut as () => tf.Tensor);
});

Deno.test("withQuickKernels: a slice has the bits of TensorFlow.js's own, and so has its gradient", () => {
  const parts = fc.array(fc.record({ before: fc.nat(2), size: fc.nat(3), after: fc.nat(2) }), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(fc.property(parts, (axes) => {
    const x = () => tensorOf(axes.map(({ before, size, after }) => before + size + after), 0);
    const cut = (x: tf.Tensor) => tf.slice(x, axes.map(({ before }) => before), axes.map(({ size }) => size));
    assertSame(() => cut(x()));
    assertSame(() => tf.grad((x) => tf.sum(tf.square(cut(x))))(x()));
  }));
  assertSame(() => tf.slice(tensorOf([4, 3], 0), [1, 1], [-1, -1]));
  assertSame(() => tf.slice(tensorOf([4, 3], 0, "int32"), [0, 1], [4, 1]));
  const outside = () => tf.slice(tf.ones([4, 3]), [0, 2], [4, 2]);
  tf.tidy(() => assertEquals(messageOf(() => withQuickKernels(outside)), messageOf(outside)));
});

Deno.test("withQuickKernels: the gradient of a convolution's filter has the bits of TensorFlow.js's own", () => {
  const sizes = fc.record({
    rows: fc.nat(2),
    side: fc.integer({ min: 2, max: 5 }),
    inner: fc.integer({ min: 1, max: 3 }),
  });
  const filters = fc.record({ side: fc.integer({ min: 1, max: 3 }), outer: fc.integer({ min: 1, max: 3 }) });
  const edges = [[0, 0], [1, 0], [1, 2], [0, 0]];
  const pads = fc.constantFrom<"same" | "valid" | number[][]>("same", "valid", edges);
  const strides = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })), { runKernel } = tf.engine();
  fc.assert(
    fc.property(sizes, filters, strides, pads, fc.nat(12), fc.boolean(), (x, filter, strides, pad, from, first) => {
      const given = [x.rows, x.side, x.side + 1, x.inner] as [number, number, number, number];
      const filterShape = [filter.side, Math.min(2, filter.side), x.inner, filter.outer] as typeof given;
      const info = tf.backend_util.computeConv2DInfo(given, filterShape, strides, 1, pad as "same", "floor");
      const isFirst = first && !Array.isArray(pad), order = isFirst ? [0, 3, 1, 2] : [0, 1, 2, 3];
      const ordered = (shape: number[]) => tf.transpose(tensorOf(shape, from), order);
      const attrs = { strides, pad, dataFormat: isFirst ? "NCHW" : "NHWC", dimRoundingMode: "floor", filterShape };
      assertSame(() => {
        const inputs = { x: ordered(given), dy: ordered(info.outShape) };
        return runKernel.call(tf.engine(), "Conv2DBackpropFilter", inputs, attrs) as tf.Tensor;
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("quickKernel: the results that have loops, their dtypes and their room; nothing for what has none", () => {
  const found = (name: string, inputs: object, attrs: tf.NamedAttrMap = {}) =>
    quickKernel(name, inputs, attrs)?.results.map((result) => [result.shape, roomFor(result)]);
  const x = tf.ones([2, 3]), row = tf.ones([3]), whole = tf.ones([2, 3], "int32"), one = tf.scalar(1);
  const six = [[2, 3], new Float32Array(6)];
  for (const name of Object.keys(arithmetic)) assertEquals(found(name, { a: x, b: row }), [six], name);
  for (const name of Object.keys(comparisons)) {
    assertEquals(found(name, { a: x, b: row }), [[[2, 3], new Uint8Array(6)]], name);
  }
  for (const name of Object.keys(functions)) assertEquals(found(name, { x }), [six], name);
  const pieces: [string, tf.Tensor, Record<string, unknown>, number[][] | undefined][] = [
    ["Sum", x, { axis: [1] }, [[2]]],
    ["Mean", x, { axis: 0, keepDims: true }, [[1, 3]]],
    ["Max", x, { reductionIndices: [0, -1] }, [[]]],
    ["Sum", x, { axis: [0, 0] }, undefined],
    ["Softmax", x, { dim: 1 }, [[2, 3]]],
    ["Softmax", row, { dim: 0 }, [[3]]],
    ["Softmax", x, { dim: 0 }, undefined],
    ["Softmax", one, { dim: -1 }, undefined],
    ["Slice", x, { begin: [0, 1], size: [2, 2] }, [[2, 2]]],
    ["Slice", x, { begin: [0, 1], size: [2, 3] }, undefined],
    ["Slice", x, { begin: [-2, 0], size: [2, 3] }, undefined],
    ["SplitV", x, { numOrSizeSplits: [1, 2], axis: 1 }, [[2, 1], [2, 2]]],
    ["Transpose", x, { perm: [1, 0] }, [[3, 2]]],
    ["PadV2", x, { paddings: [[0, 1], [2, 0]], constantValue: 0 }, [[3, 5]]],
    ["PadV2", x, { paddings: [[0, -1], [2, 0]], constantValue: 0 }, undefined],
    ["Tanh", x, {}, undefined],
    ["toString", x, {}, undefined],
    ["Neg", whole, {}, undefined],
  ];
  for (const [name, x, attrs, shapes] of pieces) {
    const wanted = shapes?.map((shape) => [shape, new Float32Array(tf.util.sizeFromShape(shape))]);
    assertEquals(found(name, { x }, attrs as tf.NamedAttrMap), wanted, `${name} ${JSON.stringify(attrs)}`);
  }
  for (const [a, b] of [[x, whole], [whole, x]]) assertEquals(found("Add", { a, b }), undefined);
  tf.dispose([x, row, whole, one]);
});

Deno.test("withQuickKernels: the loops of a backend are made once, for registered kernels; their own functions do not run", () => {
  const add = tf.getKernel("Add", "cpu"), step = tf.getKernel("Step", "cpu"), own = add.kernelFunc;
  const refuse: tf.KernelFunc = () => {
    throw new Error("not a loop");
  };
  const sum = () => tf.tidy(() => tf.add(tf.ones([2]), 1).dataSync());
  tf.unregisterKernel("Step", "cpu");
  try {
    withFields({ backend: Object.create(tf.engine().backend) }, () => {
      add.kernelFunc = refuse;
      const loop = withQuickKernels(() => kernelOf("Add"));
      assertEquals(withQuickKernels(sum), Float32Array.of(2, 2));
      assertStrictEquals(withQuickKernels(() => withQuickKernels(() => kernelOf("Add"))), loop);
      assertStrictEquals(add.kernelFunc, refuse);
    });
  } finally {
    add.kernelFunc = own;
    tf.registerKernel(step);
  }
  assertStrictEquals(withFields({ isTapeOn: undefined }, () => withQuickKernels(() => kernelOf("Add"))), own);
});

Deno.test("withQuickKernels: operands that do not go together are refused as before, and the kernels come back", () => {
  const own = quickNames.map(kernelOf);
  withQuickKernels(() => quickNames.forEach((name, i) => assert(kernelOf(name) !== own[i], name)));
  const adds = () => tf.tidy(() => tf.add(tf.ones([2, 3]), tf.ones([4])));
  const { made } = counted(() => {
    assertEquals(messageOf(() => withQuickKernels(adds)), messageOf(adds));
  });
  assertEquals(made, 0);
  quickNames.forEach((name, i) => assertStrictEquals(kernelOf(name), own[i], name));
});

onBackends(
  "withQuickKernels: gradients have their bits, no tensor is left, and only the backend cpu is changed",
  () => {
    const loss = (p: tf.Tensor) =>
      tf.mean(
        tf.div(tf.squaredDifference(tf.slice(p, [0, 1], [-1, 1]), 0.25), tf.add(tf.sum(p, 0), tf.maximum(p, 0.5))),
      );
    const gradient = () => bitsOf(() => tf.grad(loss)(tf.tensor2d([[0.1, 0.7], [0.6, 0.2], [0.9, 0.4]])));
    const { result, made } = counted(() => withQuickKernels(gradient));
    assertEquals([result, made], [gradient(), 0]);
    const own = kernelOf("Add");
    assertEquals(withQuickKernels(() => kernelOf("Add")) === own, tf.getBackend() !== "cpu");
  },
);
