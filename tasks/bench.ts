import { resolve } from "node:path";
import { root, runTask, TaskError, typedIn } from "./cli.ts";

await runTask({
  name: "bench",
  about:
    "What is measured in bench/, by deno bench: medians and ratios of one run. The machine's other work shows in them.",
  usage: "[FILE ...]",
  positionals: true,
}, async ({ positionals }) => {
  const files = positionals.length > 0 ? positionals.map((path) => resolve(typedIn(), path)) : ["bench/"];
  const { code } = await new Deno.Command(Deno.execPath(), { args: ["bench", "-P", ...files], cwd: root }).spawn()
    .status;
  if (code !== 0) throw new TaskError(`deno bench ended with the exit code ${code}`);
});
