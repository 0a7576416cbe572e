/**
 * `deno task kernels`: compiles the modules of AssemblyScript.
 *
 * @module
 */
import { letters, ofOneLetter, shift } from "../lib/kernels/simd.ts";
import { root, runTask, TaskError } from "./cli.ts";

/** The kernels' modules: `simd.as` becomes `simdBytes` in `simd_bytes.ts`. */
export const kernels = ["simd", "curve", "dense", "products"] as const;

/**
 * Compiles an AssemblyScript `file` of this repository into a WebAssembly module that imports its memory. The compiler's version
 * is pinned, so the bytes are the same on every machine.
 */
export async function buildModule(file: string, ...flags: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const source = await Deno.readTextFile(new URL(file, root));
  const { default: asc } = await import("assemblyscript/asc"); // here, as it takes longer to load than `--help` takes
  let built: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "simd.ts",
      "--outFile",
      "simd.wasm",
      "-O3",
      ...flags,
      "--runtime",
      "stub",
      "--enable",
      "simd",
      "--importMemory",
      "--noAssert",
    ],
    {
      readFile: (name: string) => name === "simd.ts" ? source : null,
      writeFile: (name: string, contents: Uint8Array | string) => {
        if (name === "simd.wasm") built = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || built === undefined) throw new TaskError(`${file} does not compile:\n${stderr}`);
  return new Uint8Array(built);
}

/** Compiles a kernels' module. */
export const buildKernel = (name: typeof kernels[number]): Promise<Uint8Array<ArrayBuffer>> =>
  buildModule(`lib/kernels/${name}.as`, ...name === "simd" ? ["--shrinkLevel", "1", "--converge"] : []); // 3 % smaller, as fast

/** Writes bytes in the letters that `bytesOfLetters` reads. */
export function lettersOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => {
    const number = byte + shift & 255, more = Math.floor(number / ofOneLetter);
    return (more > 0 ? letters[ofOneLetter + more - 1] : "") + letters[number % ofOneLetter];
  }).join("");
}

/** Writes the TypeScript module that holds the bytes, formatted as `deno fmt` does. */
function moduleText(name: string, bytes: Uint8Array): string {
  const lines = lettersOf(bytes).match(/.{1,110}/g)!;
  return `// Built from ${name}.as by \`deno task kernels\`.\n\n/** A WebAssembly module, in the letters of simd.ts. */\nexport const ${name}Bytes = /* @__PURE__ */ [\n${
    lines.map((line) => `  "${line}",\n`).join("")
  }].join("");\n`;
}

if (import.meta.main) {
  await runTask({
    name: "kernels",
    about:
      "Compiles the SIMD kernels, lib/kernels/*.as, into the WebAssembly bytes that the library loads, *_bytes.ts.",
    usage: "",
  }, async (_, report) => {
    for (const name of kernels) {
      const bytes = await buildKernel(name), path = new URL(`lib/kernels/${name}_bytes.ts`, root);
      await Deno.writeTextFile(path, moduleText(name, bytes));
      report.line(`${name}: ${bytes.length} bytes`);
      report.wrote(path);
    }
  });
}
