import asc from "assemblyscript/asc";
import { root, runTask, TaskError } from "./cli.ts";

/** The kernels' modules: `simd.as` becomes `simdBytes` in `simd_bytes.ts`. */
export const kernels = ["simd", "curve", "dense", "products"] as const;

/**
 * Compiles an AssemblyScript `file` of this repository into a WebAssembly module that imports its memory. The compiler's version
 * is pinned, so the bytes are the same on every machine.
 */
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

/** Compiles a kernels' module. */
export const buildKernel = (name: typeof kernels[number]): Promise<Uint8Array<ArrayBuffer>> =>
  buildModule(`lib/kernels/${name}.as`);

/** Writes the TypeScript module that holds the bytes, formatted as `deno fmt` does. */
function moduleText(name: string, bytes: Uint8Array): string {
  const lines = bytes.toHex().match(/.{1,110}/g)!;
  return `// Built from ${name}.as by \`deno task kernels\`.\n\n/** A WebAssembly module, in hexadecimal. */\nexport const ${name}Bytes = /* @__PURE__ */ [\n${
    lines.map((line) => `  "${line}",\n`).join("")
  }].join("");\n`;
}

if (import.meta.main) {
  await runTask({
    name: "kernels",
    about: "Compiles the SIMD kernels, lib/kernels/*.as, into the WebAssembly bytes that the library loads.",
    usage: "",
  }, async (_, report) => {
    for (const name of kernels) {
      const bytes = await buildKernel(name), path = new URL(`lib/kernels/${name}_bytes.ts`, root);
      await Deno.writeTextFile(path, moduleText(name, bytes));
      report.line(`${bytes.length} bytes`);
      report.wrote(path);
    }
  });
}
