/**
 * Checks, in a real JupyterLab in a real browser, that all outputs are under their cells after "Run All Cells".
 *
 *     deno run -A tasks/lab_check.ts [--runs N] [--busy] [--screenshots FOLDER] [--probe MS,MS,...] [NOTEBOOK ...]
 *
 * Each notebook is copied, opened, cleared and run with JupyterLab's own "Run All Cells"; then the outputs in the page's
 * model are compared with the committed ones, cell by cell. Needs Python (`deno task lab` installs JupyterLab) and
 * Chromium or Chrome (on the PATH, or named by CHROME_PATH). The committed notebooks are only read.
 *
 * @module
 */
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { launchChromium, requireChromium } from "./chromium.ts";
import {
  interruptSignal,
  type Reporter,
  root,
  runTask,
  type TaskArgs,
  TaskError,
  UsageError,
  wholeOption,
} from "./cli.ts";
import { projectNotebooks } from "./execute.ts";
import { defaultPython, prepareLab, type RunningLab, startLab } from "./lab.ts";
import {
  type Cell,
  codeCells,
  denoMetadata,
  formatNotebook,
  type Notebook,
  type Output,
  parseNotebook,
  readNotebook,
} from "./notebook_format.ts";

/** Number of outputs of a notebook by what became of them. */
interface OutputCount {
  /** Outputs in the committed notebook. */
  expected: number;
  /** Found under their cell. */
  found: number;
  /** Found under a different cell. */
  misplaced: number;
  /** Found under their cell with a different text. */
  changed: number;
  /** Found nowhere. */
  lost: number;
  /** Found and not expected. */
  extra: number;
}

/** Names the kind of an output: its type, the name of its stream and its mime types. */
function kindOf(output: Output): string {
  const name = output.output_type === "stream" ? output.name : "";
  return [output.output_type, name, ...Object.keys("data" in output ? output.data : {}).sort()].join(" ");
}

/** Identifies an output: its kind and its plain text, or all of its data if it has no plain text. */
function outputKey(output: Output): string {
  const said = "data" in output
    ? String(output.data["text/plain"] ?? JSON.stringify(output.data))
    : output.output_type === "stream"
    ? output.text
    : output.ename + output.evalue;
  return `${kindOf(output)}\n${said.trim()}`;
}

/** Takes the first element that satisfies a condition out of a list. */
function take<T>(list: T[], condition: (element: T) => boolean): T | undefined {
  const at = list.findIndex(condition);
  return at < 0 ? undefined : list.splice(at, 1)[0];
}

/** Compares the outputs `found` with those `expected`; both have one list per code cell. */
export function countOutputs(expected: Output[][], found: Output[][]): OutputCount {
  const left = expected.map((_, cell) => [...(found[cell] ?? [])]);
  left.push(...found.slice(expected.length).map((outputs) => [...outputs]));
  const count: OutputCount = {
    expected: expected.flat().length,
    found: 0,
    misplaced: 0,
    changed: 0,
    lost: 0,
    extra: 0,
  };
  const missing = expected.map((outputs, cell) =>
    outputs.filter((output) => !take(left[cell], (o) => outputKey(o) === outputKey(output)))
  );
  count.found = count.expected - missing.flat().length;
  missing.forEach((outputs, cell) => {
    for (const output of outputs) {
      const elsewhere = left.find((others, at) =>
        at !== cell && take(others, (o) => outputKey(o) === outputKey(output))
      );
      if (elsewhere) count.misplaced++;
      else if (take(left[cell], (o) => kindOf(o) === kindOf(output))) count.changed++;
      else count.lost++;
    }
  });
  count.extra = left.flat().length;
  return count;
}

/** Lists the outputs of each code cell. */
export const codeOutputs = (notebook: Notebook): Output[][] => codeCells(notebook).map(({ outputs }) => outputs);

/** Explains why the cells of a notebook did not all run; `undefined` if they did. */
export function whatFailed(notebook: Notebook): string | undefined {
  const error = codeOutputs(notebook).flat().find((output) => output.output_type === "error");
  if (error) return `a cell failed with ${error.ename}: ${error.evalue}`;
  // A syntax error shows nothing: the cells after it have no number.
  const notRun = codeCells(notebook).findIndex((cell) => cell.source.trim() !== "" && !cell.execution_count);
  return notRun < 0 ? undefined : `code cell ${notRun + 1} was not run`;
}

/** Kinds of messages that a probe's cells send. */
const probeKinds = ["one", "bundle", "three"] as const;

/**
 * A notebook that shows something in each of its cells and then waits, to find out which wait the kernel needs:
 * `one` small message a cell, a `bundle` of several things in one large message, or `three` messages.
 * A negative wait ends the cell without any.
 */
export function probeNotebook(wait: number, kind: typeof probeKinds[number], cells = 30): Notebook {
  // A figure as the notebooks show it: an SVG in an <img>; `padding` makes it as long as a real one.
  const svg = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='90' height='20'%3E" +
    "%3Crect width='90' height='20' fill='teal'/%3E%3C/svg%3E";
  const display = (text: string, padding: number) =>
    `await Deno.jupyter.broadcast("display_data", { metadata: {}, transient: {}, data: { "text/plain": ${
      JSON.stringify(text)
    }, "text/html": "${text} <img alt='' src=\\"${svg}" + " ".repeat(${padding}) + "\\">" } });\n`;
  const output = (text: string): Output => ({
    output_type: "display_data",
    metadata: {},
    data: { "text/plain": text, "text/html": "" },
  });
  const code = Array.from({ length: cells }, (_, cell): Cell => {
    const texts = kind === "three" ? [1, 2, 3].map((part) => `cell ${cell}, part ${part}`) : [`cell ${cell}`];
    const source = texts.map((text) => display(text, kind === "bundle" ? 200_000 : 0)).join("") +
      (wait >= 0 ? `await new Promise((done) => setTimeout(done, ${wait}));` : "");
    return {
      cell_type: "code",
      id: `cell-${cell}`,
      metadata: {},
      execution_count: cell + 1,
      source,
      outputs: texts.map(output),
    };
  });
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: denoMetadata,
    cells: code,
  };
}

/** State of the page after "Run All Cells". */
interface PageResult {
  /** The notebook's JSON. */
  text: string;
  seconds: number;
  finished: boolean;
}

/** The part of JupyterLab's application object, an object of the page, that is used here. */
interface LabApp {
  restored: Promise<void>;
  commands: { execute(id: string, args?: Record<string, unknown>): Promise<unknown> };
}

interface NotebookPanel {
  content: { model: { toJSON(): unknown } };
  context: { ready: Promise<void> };
  sessionContext: {
    ready: Promise<void>;
    session: { kernel: { status: string; info: Promise<unknown> } };
    shutdown(): Promise<void>;
  };
}

/** Opens a notebook in a fresh JupyterLab page; the panel stays in the page as `globalThis.panel`. */
async function openNotebook(page: Page, lab: RunningLab, path: string): Promise<void> {
  await page.goto(`${lab.origin}/lab?reset&token=${lab.token}`, { waitUntil: "load" });
  await page.waitForFunction("globalThis.jupyterapp !== undefined");
  await page.evaluate(async (path: string) => {
    const page = globalThis as unknown as { jupyterapp: LabApp; panel: NotebookPanel };
    const { commands, restored } = page.jupyterapp;
    await restored;
    page.panel = await commands.execute("docmanager:open", {
      path,
      factory: "Notebook",
      kernel: { name: "deno" },
    }) as NotebookPanel;
    await page.panel.context.ready;
    await page.panel.sessionContext.ready;
    await page.panel.sessionContext.session.kernel.info;
  }, path);
}

/** Clears all outputs, chooses "Run All Cells", waits until the kernel is idle and its messages have arrived. */
async function runAll(page: Page, limit: number): Promise<PageResult> {
  return await page.evaluate(async (limit: number) => {
    const { jupyterapp, panel } = globalThis as unknown as { jupyterapp: LabApp; panel: NotebookPanel };
    const rest = (ms: number) => new Promise((done) => setTimeout(done, ms));
    const text = () => JSON.stringify(panel.content.model.toJSON());
    await jupyterapp.commands.execute("notebook:clear-all-cell-outputs");
    const started = performance.now();
    let finished = false;
    const run = jupyterapp.commands.execute("runmenu:run-all").then(() => finished = true);
    await Promise.race([run, rest(limit)]);
    const seconds = (performance.now() - started) / 1000;
    // Late outputs may still come: nothing is counted as lost too early.
    for (let quiet = 0, before = ""; quiet < 5;) {
      await rest(400);
      const now = text();
      quiet = panel.sessionContext.session.kernel.status === "idle" && now === before ? quiet + 1 : 0;
      before = now;
      if (performance.now() - started > limit + 10_000) break;
    }
    return { text: text(), seconds, finished };
  }, limit);
}

/** Keeps every core busy until it is disposed of. */
function keepBusy(): Disposable {
  const spin = `data:application/javascript,${encodeURIComponent("for (;;) Math.random();")}`;
  const workers = Array.from({ length: navigator.hardwareConcurrency }, () => new Worker(spin, { type: "module" }));
  return { [Symbol.dispose]: () => workers.forEach((worker) => worker.terminate()) };
}

/** Notebook to run, with its committed outputs, and its name. */
interface Subject {
  name: string;
  notebook: Notebook;
}

function probeSubjects(waits: string): Subject[] {
  const numbers = waits.split(",").map((wait) => {
    if (!/^-?\d+$/.test(wait)) throw new UsageError(`--probe takes milliseconds (0,20,50), not '${waits}'`);
    return Number(wait);
  });
  return numbers.flatMap((wait) =>
    probeKinds.map((kind) => ({
      name: `probe_${kind}_${wait < 0 ? "none" : `${wait}ms`}.ipynb`,
      notebook: probeNotebook(wait, kind),
    }))
  );
}

/** Scrolls the notebook on by a screenful (to the top: `true`) and returns true if it moved; runs in the page. */
const scrollOn = (top: boolean) =>
  `(() => {
    const scroller = [...document.querySelectorAll(".jp-WindowedPanel-outer")].find((e) => e.clientHeight > 0);
    if (!scroller) return false;
    const before = scroller.scrollTop;
    scroller.scrollTop = ${top ? "0" : "before + scroller.clientHeight - 60"};
    return scroller.scrollTop !== before;
  })()`;

/** Takes pictures of the page, from the notebook's top to its end. */
async function screenshots(page: Page, folder: string, name: string): Promise<void> {
  await page.evaluate(scrollOn(true));
  for (let part = 0; part < 40; part++) {
    await new Promise((done) => setTimeout(done, 400));
    const path = join(folder, `${name}_${String(part).padStart(2, "0")}.png`);
    await page.screenshot({ path });
    if (!await page.evaluate(scrollOn(false))) return;
  }
}

interface Harness {
  browser: Browser;
  lab: RunningLab;
  folder: string;
  limit: number;
  busy: boolean;
  dark: boolean;
  pictures?: string;
}

async function runOnce(
  harness: Harness,
  subject: Subject,
  run: number,
): Promise<OutputCount & { seconds: number; failure?: string }> {
  const { browser, lab, folder, limit, busy, dark, pictures } = harness;
  await Deno.writeTextFile(join(folder, subject.name), formatNotebook(subject.notebook));
  const page = await browser.newPage();
  try {
    await page.setViewportSize({ width: 1280, height: 1000 });
    await openNotebook(page, lab, subject.name);
    if (dark) {
      await page.evaluate(async () => {
        const { jupyterapp } = globalThis as unknown as { jupyterapp: LabApp };
        await jupyterapp.commands.execute("apputils:change-theme", { theme: "JupyterLab Dark" });
      });
    }
    const stem = `${subject.name.replace(/\.ipynb$/, "")}${dark ? "_dark" : ""}`;
    if (pictures && run === 1) await screenshots(page, pictures, `${stem}_opened`);
    const result = await (async () => {
      using _load = busy ? keepBusy() : undefined;
      return await runAll(page, limit);
    })();
    if (pictures && run === 1) await screenshots(page, pictures, `${stem}_run`);
    await page.evaluate(() => (globalThis as unknown as { panel: NotebookPanel }).panel.sessionContext.shutdown());
    const ran = parseNotebook(result.text, subject.name), { finished, seconds } = result;
    const failure = finished ? whatFailed(ran) : `not finished after ${limit / 1000} s`;
    return { ...countOutputs(codeOutputs(subject.notebook), codeOutputs(ran)), seconds, failure };
  } finally {
    await page.close();
  }
}

const columns = ["notebook", "run", "cells", "outputs", "lost", "misplaced", "changed", "extra", "seconds"];

function tableRow(cells: (string | number)[]): string {
  return cells.map((cell, at) => at === 0 ? String(cell).padEnd(34) : String(cell).padStart(9)).join(" ");
}

async function main({ values, positionals }: TaskArgs, report: Reporter): Promise<void> {
  const runs = wholeOption("runs", values.runs, 1, 5);
  const limit = 1000 * wholeOption("limit", values.limit, 1, 180);
  const probe = values.probe as string | undefined;
  const pictures = values.screenshots as string | undefined;
  const paths = positionals.length > 0 || probe !== undefined ? positionals : projectNotebooks();
  const subjects = [
    ...await Promise.all(paths.map(async (path) => ({ name: basename(path), notebook: await readNotebook(path) }))),
    ...(probe === undefined ? [] : probeSubjects(probe)),
  ];
  if (subjects.length === 0) throw new TaskError("there are no notebooks in notebooks/: name one, or use --probe");
  requireChromium();
  if (pictures) await Deno.mkdir(pictures, { recursive: true });
  await prepareLab(report, defaultPython);
  // Beside notebooks/, so that deno.json and relative paths mean the same. The .gitignore hides it from git.
  const folder = await Deno.makeTempDir({ dir: fileURLToPath(root), prefix: ".lab_check_" });
  const cleanUp: (() => Promise<unknown>)[] = [() => Deno.remove(folder, { recursive: true })];
  let ending: Promise<void> | undefined;
  // Once: an interrupt ends the browser, and so the run below, whose end must wait for the same steps.
  const end = () =>
    ending ??= (async () => {
      for (let step = cleanUp.pop(); step; step = cleanUp.pop()) await step().catch(() => {});
    })();
  using interrupt = interruptSignal();
  interrupt.signal.addEventListener("abort", () => void end().then(() => Deno.exit(1)));
  try {
    await Deno.writeTextFile(join(folder, ".gitignore"), "*\n");
    report.status("starting JupyterLab and Chromium");
    // Settings of its own: a theme that is tried here must not stay.
    const env = {
      JUPYTERLAB_SETTINGS_DIR: join(folder, ".settings"),
      JUPYTERLAB_WORKSPACES_DIR: join(folder, ".spaces"),
    };
    const running = await startLab({ folder, env, more: ["--LabApp.expose_app_in_browser=True"] });
    cleanUp.push(() => running.stop());
    const browser = await launchChromium({
      args: ["--disable-gpu"],
      env: {
        ...Deno.env.toObject(),
        XDG_CONFIG_HOME: join(folder, ".chromium"),
        XDG_CACHE_HOME: join(folder, ".chromium"),
      },
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    cleanUp.push(() => browser.close());
    const [busy, dark] = [values.busy === true, values.dark === true];
    const harness: Harness = { browser, lab: running, folder, limit, busy, dark, pictures };
    report.line(`Chromium ${browser.version()}, Deno ${Deno.version.deno}${busy ? ", every core kept busy" : ""}`);
    report.line(tableRow(columns));
    const counts: OutputCount[] = [];
    const failures: string[] = [];
    for (const subject of subjects) {
      for (let run = 1; run <= runs; run++) {
        report.status(`${subject.name}, run ${run} of ${runs}`);
        const { seconds, failure, ...count } = await runOnce(harness, subject, run);
        counts.push(count);
        const { expected, lost, misplaced, changed, extra } = count;
        const cells = codeCells(subject.notebook).length;
        report.line(
          tableRow([subject.name, run, cells, expected, lost, misplaced, changed, extra, seconds.toFixed(1)]),
        );
        if (failure !== undefined) failures.push(`${subject.name}, run ${run}: ${failure}`);
      }
    }
    const total = (name: keyof OutputCount) => counts.reduce((sum, count) => sum + count[name], 0);
    report.line(
      `${total("expected")} outputs expected in ${counts.length} runs: ${total("lost")} lost, ${
        total("misplaced")
      } misplaced, ${total("changed")} changed, ${total("extra")} not expected`,
    );
    if (pictures) report.wrote(pictures);
    if (failures.length > 0) throw new TaskError(failures.join("\n"));
    if (total("lost") + total("misplaced") > 0) throw new TaskError("not every output is under its cell");
  } finally {
    await end();
  }
}

if (import.meta.main) {
  await runTask(
    {
      name: "lab_check",
      command: "deno run -A tasks/lab_check.ts",
      about:
        'Runs notebooks with "Run All Cells" in a real JupyterLab and counts the outputs that are lost or misplaced.',
      usage: "[--runs N] [--busy] [--dark] [--screenshots FOLDER] [--limit SECONDS] [--probe MS,...] [NOTEBOOK ...]",
      options: {
        runs: { type: "string", value: "N", help: "number of runs of each notebook (default: 5)" },
        busy: { type: "boolean", help: "keep every core busy during the runs" },
        dark: { type: "boolean", help: "use JupyterLab's dark theme" },
        screenshots: {
          type: "string",
          value: "FOLDER",
          help: "folder for pictures of each notebook as opened and as run",
        },
        limit: { type: "string", value: "SECONDS", help: "time limit of a run in seconds (default: 180)" },
        probe: {
          type: "string",
          value: "MS",
          help: "run made-up notebooks whose cells wait MS milliseconds (-1: no wait)",
        },
      },
      positionals: true,
    },
    main,
  );
}
