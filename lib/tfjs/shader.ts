import * as tf from "@tensorflow/tfjs-core";
import { engine, type TensorInfo } from "./engine.ts";
import type { Tensor } from "./tensor.ts";

/**
 * A program of the GPU, written once in the words that GLSL and WGSL share and GLSL's declarations: `float`, `int`, `vec4`
 * and `bool` variables, loops, functions; no `?:`. The body sets `result` of the number with the index `at`.
 */
export interface Program {
  /** The inputs, by the names that `getX` reads them by. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Says that the inputs have the shape [n, 2, 2] and are read four numbers at once, by `getX(i, 0, 0)`. */
  readonly wideInputs?: boolean;
  /** The size of the result, in units of four numbers if it is wide. */
  readonly size: number;
  /** Makes the result a tensor of the shape [size, 2, 2] and `result` a `vec4`. */
  readonly wide?: boolean;
  readonly functions: string;
  readonly body: string;
}

/** Writes a number as a literal of both languages. */
export const literal = (v: number): string => /[.e]/.test(String(v)) ? String(v) : `${v}.0`;

const types: Readonly<Record<string, string>> = { float: "f32", int: "i32", vec4: "vec4<f32>", bool: "bool" };

/** Translates declarations, casts and function heads to WGSL. */
const toWgsl = (text: string): string =>
  text
    .replace(/\b(float|int|vec4|bool) (\w+)\(([^)]*)\) \{/g, (_, type, name, parameters: string) => {
      const list = parameters.replace(/(float|int|vec4|bool) (\w+)/g, (_, of, parameter) =>
        `${parameter} : ${types[of]}`);
      return `fn ${name}(${list}) -> ${types[type]} {`;
    })
    .replace(/\b(float|int|vec4|bool) (\w+) = /g, (_, type, name) =>
      `var ${name} : ${types[type]} = `)
    .replace(/\b(float|int|vec4)\(/g, (_, type) => `${types[type]}(`)
    .replace(/\bNAN\b/g, "uniforms.NAN");

/** Returns a number if a condition holds, else another: `?:` is no part of WGSL. */
const pick = {
  glsl: "float pick(bool yes, float a, float b) { return yes ? a : b; }\n",
  wgsl: "fn pick(yes : bool, a : f32, b : f32) -> f32 { return select(b, a, yes); }\n",
};

/** The methods of the backends that run programs. */
interface WebGlBackend {
  runWebGLProgram(program: object, inputs: readonly Tensor[], dtype: string): TensorInfo;
}
interface WebGpuBackend {
  runWebGPUProgram(program: object, inputs: readonly Tensor[], dtype: string): TensorInfo;
}

const has = <T>(thing: unknown, method: string): thing is T =>
  typeof (thing as Record<string, unknown>)[method] === "function";

const isWebGl = (backend: unknown): backend is WebGlBackend =>
  has(backend, "runWebGLProgram") && tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED");

/** Says that the backend in use runs programs on float32 numbers. */
export function runsPrograms(): boolean {
  const { backend } = engine();
  return isWebGl(backend) || has<WebGpuBackend>(backend, "runWebGPUProgram");
}

/** Runs a program on the backend in use. Nothing is read back. */
export function runProgram({ inputs, wideInputs = false, size, wide = false, functions, body }: Program): Tensor {
  const { backend } = engine(), variableNames = Object.keys(inputs), tensors = Object.values(inputs);
  const outputShape = wide ? [size, 2, 2] : [size], zero = wide ? "vec4(0.0, 0.0, 0.0, 0.0)" : "0.0";
  const text = `${wide ? "vec4" : "float"} result = ${zero};\n${body}`;
  const info = isWebGl(backend)
    ? backend.runWebGLProgram(
      {
        variableNames,
        outputShape,
        packedInputs: wideInputs,
        packedOutput: wide,
        userCode: `${pick.glsl}${functions}
void main() {
  int at = getOutputCoords()${wide ? ".x" : ""};
  ${text}
  setOutput(result);
}`,
      },
      tensors,
      "float32",
    )
    : (backend as WebGpuBackend).runWebGPUProgram(
      {
        variableNames,
        outputShape,
        variableComponents: tensors.map(() => wideInputs ? 4 : 1),
        outputComponent: wide ? 4 : 1,
        size: true,
        workgroupSize: [64, 1, 1],
        dispatchLayout: { x: outputShape.map((_, axis) => axis) },
        dispatch: [Math.ceil(size / 64), 1, 1],
        shaderKey: `${functions}${text}`,
        getUserCode: () =>
          `${pick.wgsl}${toWgsl(functions)}
fn main(at : i32) {
  if (at < uniforms.size) {
    ${toWgsl(text)}
    setOutputAtIndex(at, result);
  }
}`,
      },
      tensors,
      "float32",
    );
  return engine().makeTensorFromTensorInfo(info, backend);
}
