import asc from "assemblyscript/asc";
import { root, runTask, TaskError } from "./cli.ts";

/** Source of the kernels, and the file that holds the compiled bytes. */
const sourceFile = "lib/kernels/simd.as", bytesFile = "lib/kernels/simd_bytes.ts";

/** Compiles the kernels. The compiler's version is pinned, so the bytes are the same on every machine. */
export const buildKernels = (): Promise<Uint8Array<ArrayBuffer>> => buildModule(sourceFile);

/** Compiles an AssemblyScript `file` of this repository into a WebAssembly module that imports its memory. */
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

/** Writes the TypeScript module that holds the bytes, formatted as `deno fmt` does. */
function moduleText(bytes: Uint8Array): string {
  const lines = btoa(String.fromCharCode(...bytes)).match(/.{1,110}/g)!;
  return `// Built from simd.as by \`deno task kernels\`.\n\n/** A WebAssembly module, in base64. */\nexport const simdBytes = [\n${
    lines.map((line) => `  "${line}",\n`).join("")
  }].join("");\n`;
}

if (import.meta.main) {
  await runTask({
    name: "kernels",
    about: "Compiles the SIMD kernels, lib/kernels/simd.as, into the WebAssembly bytes that the library loads.",
    usage: "",
  }, async (_, report) => {
    const bytes = await buildKernels(), path = new URL(bytesFile, root);
    await Deno.writeTextFile(path, moduleText(bytes));
    report.line(`${bytes.length} bytes`);
    report.wrote(path);
  });
}
