/**
 * `deno task check`: the checks that do not run the library.
 *
 * @module
 */
import { interruptSignal, runTask, TaskError } from "./cli.ts";
import { checks } from "./checks.ts";

await runTask({
  name: "check",
  about: "Checks format, lint, types and documentation, and the types of the examples and of the notebooks' cells.",
  usage: "",
}, async (_, report) => {
  using interrupt = interruptSignal();
  const failed: string[] = [];
  for (const { name, run } of checks) {
    report.status(`${name} …`);
    const { code, output, seconds } = await run(interrupt.signal);
    if (interrupt.signal.aborted) throw new TaskError("interrupted");
    report.line(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)`);
    if (code !== 0) {
      report.line(output);
      failed.push(name);
    }
  }
  if (failed.length > 0) throw new TaskError(`${failed.join(", ")}: see above`);
});
