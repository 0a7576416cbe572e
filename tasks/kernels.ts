import { root, runTask } from "./cli.ts";
import { buildKernels, bytesFile, moduleText } from "./build_kernels.ts";

await runTask({
  name: "kernels",
  about: "Builds the SIMD kernels of the wasm backend, lib/kernels/simd.as, into the bytes that the library loads.",
  usage: "",
}, async (_, report) => {
  const bytes = await buildKernels(), path = new URL(bytesFile, root);
  await Deno.writeTextFile(path, moduleText(bytes));
  report.line(`${bytes.length} bytes`);
  report.wrote(path);
});
