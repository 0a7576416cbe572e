// Two backends that run the programs of a GPU on the host: one takes WebGL's GLSL, the other WebGPU's WGSL. All else are
// TensorFlow.js's cpu kernels.
import { assert, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import type { TensorInfo } from "../../lib/tfjs/engine.ts";
import { compile, type Input, type Runtime } from "./shader_language.ts";
import "../helpers.ts";

interface Program {
  readonly variableNames: string[];
  readonly outputShape: number[];
}
interface WebGlProgram extends Program {
  readonly packedInputs: boolean;
  readonly packedOutput: boolean;
  readonly userCode: string;
}
interface WebGpuProgram extends Program {
  readonly variableComponents: number[];
  readonly outputComponent: number;
  readonly size: boolean;
  readonly workgroupSize: [number, number, number];
  readonly dispatchLayout: { x: number[] };
  readonly dispatch: [number, number, number];
  readonly shaderKey: string;
  getUserCode(): string;
}

type Backend = tf.KernelBackend & { makeTensorInfo(shape: number[], dtype: string, values: Float32Array): TensorInfo };

/** Compiled programs; a backend compiles a program once per key and ranks. */
export const pipelines = new Map<string, ReturnType<typeof compile>>();

interface Call {
  readonly language: "glsl" | "wgsl";
  readonly key: string;
  readonly code: () => string;
  readonly threads: number;
  /** Number of numbers per read of each input, and per result. */
  readonly widths: readonly number[];
  readonly width: number;
}

/** Runs the threads of a program. */
function run(
  backend: Backend,
  { variableNames, outputShape }: Program,
  tensors: readonly tf.Tensor[],
  call: Call,
): TensorInfo {
  const { language, code, threads, widths, width } = call,
    numbers = tensors.map(({ dataId }) => backend.readSync(dataId) as Float32Array);
  const inputs = variableNames.map((name, k): Input => ({ name, rank: tensors[k].rank, width: widths[k] }));
  const key = JSON.stringify([language, call.key, inputs, outputShape.length, width]);
  if (!pipelines.has(key)) pipelines.set(key, compile(code(), language, inputs, outputShape.length));
  const program = pipelines.get(key)!, total = tf.util.sizeFromShape(outputShape);
  const written = new Float32Array(total), times = new Uint8Array(total / width);
  const runtime: Runtime = {
    get: (input, i, j = 0, k = 0) => {
      const { shape: [rows, columns = 1, layers = 1] } = tensors[input], at = (i * columns + j) * layers + k;
      if (!(i >= 0 && i < rows && j >= 0 && j < columns && k >= 0 && k < layers)) {
        throw new RangeError(`${inputs[input].name} has no place ${i}, ${j}, ${k}`);
      }
      const values = numbers[input];
      return widths[input] === 1 ? values[at] : [values[at], values[at + 1], values[at + 2], values[at + 3]];
    },
    set: (at, value) => {
      times[at]++;
      written.set([value].flat(), at * width);
    },
  };
  for (let thread = 0; thread < threads; thread++) program(thread, total / width, runtime);
  assert(times.every((count) => count === 1), "each result is written once");
  ran.programs++;
  return backend.makeTensorInfo(outputShape, "float32", written);
}

/** The number of programs that ran. */
export const ran = { programs: 0 };

function register(name: string, methods: (backend: Backend) => object): void {
  tf.registerBackend(name, () => {
    const backend = tf.findBackendFactory("cpu")() as Backend;
    return Object.assign(backend, methods(backend));
  });
  tf.copyRegisteredKernels("cpu", name);
}

register("glsl", (backend) => ({
  runWebGLProgram(program: WebGlProgram, tensors: tf.Tensor[], dtype: string): TensorInfo {
    assertEquals(dtype, "float32");
    const { outputShape, packedInputs, packedOutput, userCode } = program;
    return run(backend, program, tensors, {
      language: "glsl",
      key: userCode,
      code: () => userCode,
      threads: outputShape[0],
      widths: tensors.map(() => packedInputs ? 4 : 1),
      width: packedOutput ? 4 : 1,
    });
  },
}));

register("wgsl", (backend) => ({
  runWebGPUProgram(program: WebGpuProgram, tensors: tf.Tensor[], dtype: string): TensorInfo {
    assertEquals([dtype, program.size], ["float32", true]);
    const { outputShape, outputComponent, dispatchLayout, dispatch, workgroupSize, shaderKey } = program;
    assertEquals(dispatchLayout.x, outputShape.map((_, axis) => axis));
    const [threads, ...others] = dispatch.map((groups, axis) => groups * workgroupSize[axis]);
    assertEquals(others, [1, 1]);
    assert(threads < tf.util.sizeFromShape(outputShape) / outputComponent + workgroupSize[0], "no group is idle");
    return run(backend, program, tensors, {
      language: "wgsl",
      key: shaderKey,
      code: () => program.getUserCode(),
      threads,
      widths: program.variableComponents,
      width: outputComponent,
    });
  },
}));
