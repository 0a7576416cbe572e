import asc from "assemblyscript/asc";
import { root, TaskError } from "./cli.ts";

/** The source of the kernels and the file that holds what is built from it. */
export const sourceFile = "lib/kernels/simd.as", bytesFile = "lib/kernels/simd_bytes.ts";

/** The WebAssembly module that the kernels' source makes. The compiler is pinned, so that it is always the same. */
export const buildKernels = (): Promise<Uint8Array<ArrayBuffer>> => buildModule(sourceFile);

/** The module that an AssemblyScript file of this repository makes, for a memory that it is given. */
export async function buildModule(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const source = await Deno.readTextFile(new URL(file, root));
  let built: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    [
      "simd.ts",
      "--outFile",
      "simd.wasm",
      "-O3",
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

/** The module that holds the bytes, as `deno fmt` has it. */
export function moduleText(bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,110}/g)!;
  return `// Built from simd.as by \`deno task kernels\`.\n\n/** A WebAssembly module, in base64. */\nexport const simdBytes = [\n${
    lines.map((line) => `  "${line}",\n`).join("")
  }].join("");\n`;
}
