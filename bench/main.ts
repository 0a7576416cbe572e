/**
 * `deno task bench`: measures speed, growth and memory.
 *
 * @module
 */
import { resolve } from "node:path";
import { root, runTask, TaskError, typedIn, UsageError } from "../tasks/cli.ts";

const sizes = [32, 1000, 1024, 1e4, 1e5, 1e6, 1e7];

/** The measurements that can run alone, with the options that each takes. */
const alone: Readonly<Record<string, readonly string[]>> = {
  backends: ["quick"],
  rows: ["largest", "peers"],
  page: [],
  threads: [],
  FILE: [],
};

/** Throws if an option is given with a measurement that does not take it. */
function refuseTogether(values: Readonly<Record<string, unknown>>, positionals: readonly string[]): void {
  const given = Object.keys(values).filter((name) => values[name] !== undefined);
  const what = positionals.length > 0 ? "FILE" : given.find((name) => Object.hasOwn(alone, name));
  const other = what && given.find((name) => name !== what && !alone[what].includes(name));
  if (other) throw new UsageError(`${what === "FILE" ? what : `--${what}`} does not go with --${other}`);
}

await runTask({
  name: "bench",
  about:
    "Measures value and gradient, training, growth and memory, contenders in turn, and prints one table; or runs files of\n" +
    "bench/ with `deno bench`. Other work of the machine changes the times, and the ratios less.",
  usage: "[--peers PYTHON] [--save] [--quick] [--largest ROWS]\n" +
    "       deno task bench --backends [--quick] | --page | --rows [--largest ROWS] [--peers PYTHON] | --threads | FILE ...",
  options: {
    peers: {
      type: "string",
      value: "PYTHON",
      help: "Python with bench/requirements.txt installed: adds NumPy, PyTorch, JAX, TensorFlow and Keras",
    },
    save: { type: "boolean", help: "write bench/record.json, which appendix A reads" },
    quick: { type: "boolean", help: "at most 100,000 rows, fewer rounds" },
    backends: {
      type: "boolean",
      help:
        "only the backends: errors, reads back, memory and times on cpu, wasm, WebGL and WebGPU (needs Node.js, Chromium)",
    },
    rows: {
      type: "boolean",
      help: "only the functions that take rows: growth to --largest, with --peers the ratio to scikit-learn and NumPy",
    },
    threads: {
      type: "boolean",
      help: "only threads: value and gradient by two threads and by one, in turn (needs two idle cores)",
    },
    page: { type: "boolean", help: "only serve the page that --backends opens, for a browser with a GPU" },
    largest: {
      type: "string",
      value: "ROWS",
      help: "largest size in the measurement of growth (default: 1e7, with --save 1e8, which takes 6 GB)",
    },
  },
  positionals: true,
}, async ({ values, positionals }, report) => {
  refuseTogether(values, positionals);
  const largest = Number(values.largest ?? (values.quick ? 3e6 : values.save ? 1e8 : 1e7));
  if (!(largest >= 3e6 && largest <= 1e8)) {
    throw new UsageError(`--largest takes a number from 3e6 to 1e8, not '${values.largest}'`);
  }
  if (positionals.length > 0) {
    const files = positionals.map((path) => resolve(typedIn(), path));
    const { code } = await new Deno.Command(Deno.execPath(), { args: ["bench", "-P", ...files], cwd: root }).spawn()
      .status;
    if (code !== 0) throw new TaskError(`deno bench ended with the exit code ${code}`);
    return;
  }
  if (values.page) return await (await import("./backends.ts")).servePage(report.line);
  if (values.backends) {
    const { measureBackends } = await import("./backends.ts");
    const { lines, faults } = await measureBackends(values.quick === true, report.status);
    for (const line of lines) report.line(line);
    if (faults.length > 0) throw new TaskError(`missed:\n${faults.join("\n")}`);
    return;
  }
  if (values.threads) {
    const { measureThreads } = await import("./threads.ts");
    for (const line of await measureThreads(report.status)) report.line(line);
    return;
  }
  if (values.rows) {
    const { measureRows } = await import("./rows.ts");
    const lines = await measureRows(largest, values.peers as string | undefined, report.status);
    for (const line of lines) report.line(line);
    return;
  }
  const { measure } = await import("./record.ts");
  const { recordText } = await import("./table.ts");
  const { readRecord, recordFile } = await import("./record_format.ts");
  const { sources } = await readRecord();
  const record = await measure({
    sizes: values.quick ? sizes.filter((rows) => rows <= 1e5) : sizes,
    largest,
    pace: values.quick ? { rounds: 3, turn: 20, most: 1000 } : { rounds: 7, turn: 30, most: 2500 },
    python: values.peers as string | undefined,
    status: report.status,
  });
  report.line(recordText(record));
  if (sources !== record.sources && !values.save) {
    report.line("bench/record.json was measured on different sources: --save records the present ones");
  }
  if (values.save) {
    await Deno.writeTextFile(recordFile, `${JSON.stringify(record, null, 2)}\n`);
    report.wrote(recordFile);
  }
});
