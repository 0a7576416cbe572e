// Bundles the declarations that tsc has emitted: one file per entry, shared types in chunks.
import { readFileSync } from "node:fs";
import { dts } from "rollup-plugin-dts";

export default {
  input: JSON.parse(readFileSync("entries.json", "utf8")).declarations,
  output: { dir: "package", chunkFileNames: "types-[hash].d.ts", entryFileNames: "[name].d.ts" },
  external: /^[^./]/,
  plugins: [dts()],
};
