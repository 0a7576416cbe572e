/**
 * `deno task lab`: JupyterLab on notebooks/, with everything it installs and writes inside the project's folder.
 *
 * JupyterLab is a Python program, so this one task needs Python. It gets a virtual environment in `.venv/`, the Deno
 * kernel is registered in there, and JupyterLab's own files (settings, sessions, trust, caches) go to `.venv/jupyter/`:
 * to start afresh, delete `.venv/`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { delimiter, dirname, posix, win32 } from "node:path";
import { fileURLToPath } from "node:url";
import { type Reporter, root, runTask, shortPath, type TaskArgs, TaskError, UsageError } from "./cli.ts";

/** The oldest Python that `tasks/lab/requirements.txt` has versions for. */
export const oldestPython: [number, number] = [3, 9];

const requirementsFile = fileURLToPath(new URL("lab/requirements.txt", import.meta.url));
const serverFile = fileURLToPath(new URL("lab/serve.py", import.meta.url));
const firstPort = 8888;
const triedPorts = 50;

/** Where JupyterLab and what it writes are. */
export interface LabPaths {
  /** The virtual environment. */
  venv: string;
  /** Its Python. */
  python: string;
  /** The kernelspec by which JupyterLab finds Deno. */
  kernelspec: string;
  /** JupyterLab's default settings here. */
  overrides: string;
  /** Says which requirements are installed. */
  marker: string;
  /** What pip said. */
  pipLog: string;
  /** What the running server says. */
  serverLog: string;
  /** The folders JupyterLab writes to, by the environment variable that tells it so. */
  folders: Record<string, string>;
}

/** The paths of a project's JupyterLab, all below `.venv/`. */
export function labPaths(project: string, os: typeof Deno.build.os = Deno.build.os): LabPaths {
  const { join } = os === "windows" ? win32 : posix;
  const venv = join(project, ".venv");
  const own = (...names: string[]) => join(venv, "jupyter", ...names);
  return {
    venv,
    python: os === "windows" ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python"),
    kernelspec: join(venv, "share", "jupyter", "kernels", "deno", "kernel.json"),
    overrides: join(venv, "share", "jupyter", "lab", "settings", "overrides.json"),
    marker: own("installed.txt"),
    pipLog: own("pip.log"),
    serverLog: own("server.log"),
    folders: {
      JUPYTER_CONFIG_DIR: own("config"),
      JUPYTER_DATA_DIR: own("data"),
      JUPYTER_RUNTIME_DIR: own("runtime"),
      JUPYTERLAB_SETTINGS_DIR: own("settings"),
      JUPYTERLAB_WORKSPACES_DIR: own("workspaces"),
      JUPYTERLAB_DIR: join(venv, "share", "jupyter", "lab"),
      IPYTHONDIR: own("ipython"),
      XDG_CACHE_HOME: own("cache"),
      XDG_CONFIG_HOME: own("xdg-config"),
      XDG_DATA_HOME: own("xdg-data"),
      TMPDIR: own("tmp"),
      TEMP: own("tmp"),
      TMP: own("tmp"),
    },
  };
}

/** The kernelspec that starts `deno` as a Jupyter kernel. */
export function kernelspec(deno: string): Record<string, unknown> {
  return {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  };
}

/** JupyterLab's defaults here: it asks nobody for news or updates, and does not ask whether it may. */
const settings = { "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false } };

/**
 * The environment for pip and for JupyterLab: the caller's, without what would lead Python or Jupyter elsewhere, and
 * with every folder inside the project. Deno's cache alone stays where it is (`denoDir`), for the kernels need it.
 */
export function labEnvironment(
  paths: LabPaths,
  inherited: Record<string, string>,
  denoDir: string,
): Record<string, string> {
  const leadsElsewhere = /^(JUPYTER.*|IPYTHON.*|PYTHON(PATH|HOME|STARTUP|USERBASE)|PIP_(USER|TARGET|PREFIX|ROOT))$/i;
  const kept = Object.entries(inherited).filter(([name]) => !leadsElsewhere.test(name) && !(name in paths.folders));
  return {
    ...Object.fromEntries(kept),
    ...paths.folders,
    DENO_DIR: denoDir,
    JUPYTER_PREFER_ENV_PATH: "1",
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
    PIP_NO_CACHE_DIR: "1",
    PYTHONNOUSERSITE: "1",
  };
}

/** What a Python says about itself. */
export interface PythonFound {
  /** Its path. */
  path: string;
  /** Its version. */
  version: [number, number, number];
  /** Whether it can make virtual environments with pip in them. */
  venv: boolean;
}

/** The paths at which a Python may be, in the order in which they are tried. */
export function pythonCandidates(path: string, os: typeof Deno.build.os = Deno.build.os): string[] {
  const windows = os === "windows";
  const { join } = windows ? win32 : posix;
  const names = ["python3", "python", ...[14, 13, 12, 11, 10, 9].map((minor) => `python3.${minor}`)];
  const folders = path.split(windows ? ";" : delimiter).filter((folder) => folder !== "");
  const files = windows ? ["python.exe", "python3.exe", "py.exe"] : names;
  return [...new Set(files.flatMap((file) => folders.map((folder) => join(folder, file))))];
}

/** Asks a Python what it is: `undefined` if it does not answer (no such file, Python 2, the Windows store's stub). */
async function askPython(path: string, env: Record<string, string>): Promise<PythonFound | undefined> {
  const question = "import json, sys\nfrom importlib.util import find_spec\n" +
    "venv = all(find_spec(name) is not None for name in ('venv', 'ensurepip'))\n" +
    "print(json.dumps({'version': list(sys.version_info[:3]), 'venv': venv}))";
  try {
    if (!(await Deno.stat(path)).isFile) return undefined;
    const { success, stdout } = await new Deno.Command(path, { args: ["-c", question], env, stdin: "null" }).output();
    return success ? { path, ...JSON.parse(new TextDecoder().decode(stdout)) } : undefined;
  } catch {
    return undefined;
  }
}

/** The first Python on a search path with which JupyterLab can be installed; an error that says what is missing. */
export async function findPython(path: string, env: Record<string, string> = {}): Promise<PythonFound> {
  const [major, minor] = oldestPython;
  const refused: PythonFound[] = [];
  for (const candidate of pythonCandidates(path)) {
    const found = await askPython(candidate, env);
    if (!found) continue;
    const recent = found.version[0] > major || (found.version[0] === major && found.version[1] >= minor);
    if (recent && found.venv) return found;
    refused.push(found);
    if (recent) break;
  }
  const needed = `JupyterLab needs Python ${major}.${minor} or newer`;
  const last = refused.at(-1);
  if (!last) {
    throw new TaskError(
      `${needed}, and none is on the PATH: install it and try again (deno task run executes the notebooks without it)`,
    );
  }
  const what = `Python ${last.version.join(".")} (${last.path})`;
  throw new TaskError(
    last.venv
      ? `${needed}, and only ${what} is on the PATH`
      : `${what} cannot make a virtual environment: install its venv and ensurepip (apt install python3-venv on Debian and Ubuntu)`,
  );
}

/** The folder of Deno's own cache, as the person who runs this has it. */
async function denoCache(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], stderr: "null" }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

async function answers(command: string, args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args, stdin: "null", stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** Runs a program to its end; if it fails, throws `failure` and the last line of what it said. */
async function runOrFail(
  command: string,
  args: string[],
  options: { env: Record<string, string>; log: string; failure: string; signal?: AbortSignal },
): Promise<void> {
  const { env, log, failure, signal } = options;
  const { success, stdout, stderr } = await new Deno.Command(command, {
    args,
    env,
    clearEnv: true,
    stdin: "null",
    signal,
  }).output();
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  await Deno.writeTextFile(log, said);
  if (signal?.aborted) throw new TaskError("interrupted: what was begun is done again next time");
  if (!success) throw new TaskError(`${failure}: ${lastLine(said)} (all of it is in ${shortPath(log)})`);
}

function lastLine(text: string): string {
  return text.split("\n").map((line) => line.trim()).filter((line) => line !== "").at(-1) ?? "it said nothing";
}

/** What the marker file holds when these requirements are installed. */
export function markerText(requirements: string): string {
  const hash = createHash("sha256").update(requirements.replaceAll("\r\n", "\n")).digest("hex");
  return `tasks/lab/requirements.txt sha256 ${hash}\n`;
}

/** An installed JupyterLab. */
export interface Lab {
  /** The project's folder. */
  project: string;
  /** Where its things are. */
  paths: LabPaths;
  /** The environment that it runs in. */
  env: Record<string, string>;
}

/** How to prepare a JupyterLab. */
export interface PrepareOptions {
  /** The project's folder. @default the folder that holds tasks/ */
  project?: string;
  /** Where Python is looked for. @default the environment's PATH */
  path?: string;
  /** Ends the installation. */
  signal?: AbortSignal;
}

/** Makes `.venv/` with JupyterLab and the Deno kernel, or finds it made already. */
export async function prepareLab(report: Reporter, options: PrepareOptions = {}): Promise<Lab> {
  const { project = fileURLToPath(root).replace(/[\\/]$/, ""), path = Deno.env.get("PATH") ?? "", signal } = options;
  const paths = labPaths(project);
  const env = labEnvironment(paths, Deno.env.toObject(), await denoCache());
  const requirements = await Deno.readTextFile(requirementsFile);
  const wanted = markerText(requirements);
  const installed = await Deno.readTextFile(paths.marker).catch(() => "");
  const works = await answers(paths.python, ["-m", "pip", "--version"]);
  if (installed !== wanted || !works) {
    const started = performance.now();
    const python = works ? undefined : await findPython(path, Deno.env.toObject());
    await Deno.mkdir(dirname(paths.marker), { recursive: true });
    await Promise.all(Object.values(paths.folders).map((folder) => Deno.mkdir(folder, { recursive: true })));
    if (python) {
      report.status(`making .venv with Python ${python.version.join(".")}`);
      await runOrFail(python.path, ["-m", "venv", paths.venv], {
        env,
        log: paths.pipLog,
        failure: "cannot make the virtual environment .venv",
        signal,
      });
    }
    report.status("installing JupyterLab in .venv: once, about a minute");
    await Deno.remove(paths.marker).catch(() => {});
    // The list is complete, so that pip need not look for more (--no-deps); every file must have the hash it names.
    const install = ["install", "--quiet", "--no-deps", "--require-hashes", "--requirement", requirementsFile];
    await runOrFail(paths.python, ["-m", "pip", ...install], {
      env,
      log: paths.pipLog,
      failure: "pip cannot install JupyterLab",
      signal,
    });
    await Deno.writeTextFile(paths.marker, wanted);
    report.line(`installed JupyterLab in .venv (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    report.wrote(paths.venv);
  }
  await Promise.all(Object.values(paths.folders).map((folder) => Deno.mkdir(folder, { recursive: true })));
  await writeJson(paths.kernelspec, kernelspec(Deno.execPath()));
  await writeJson(paths.overrides, settings);
  return { project, paths, env };
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify(value, null, 2) + "\n");
}

/** Whether a port of this machine can be listened on. */
function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}

function freePort(): number {
  for (let port = firstPort; port < firstPort + triedPorts; port++) if (isFree(port)) return port;
  throw new TaskError(`no port from ${firstPort} to ${firstPort + triedPorts - 1} is free: name another with --port`);
}

/** The arguments that start JupyterLab, after the Python. */
export function serverArguments(
  options: { folder: string; port: number; browser?: boolean; more?: string[] },
): string[] {
  const { folder, port, browser = false, more = [] } = options;
  return [
    serverFile,
    "--ServerApp.ip=127.0.0.1",
    `--ServerApp.port=${port}`,
    "--ServerApp.port_retries=0",
    `--ServerApp.root_dir=${folder}`,
    `--ServerApp.open_browser=${browser ? "True" : "False"}`,
    "--ServerApp.answer_yes=True",
    "--MappingKernelManager.default_kernel_name=deno",
    // Looking for language servers runs npm, rustup and others, which write to the home folder.
    "--LanguageServerManager.autodetect=False",
    "--LabApp.extension_manager=readonly",
    "--LabApp.news_url=None",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ...(Deno.build.os !== "windows" && Deno.uid() === 0 ? ["--ServerApp.allow_root=True"] : []),
    ...more,
  ];
}

/** A running JupyterLab. */
export interface RunningLab {
  /** Where the server answers: `http://127.0.0.1:8888`. */
  origin: string;
  /** The secret that opens it. */
  token: string;
  /** The page to open, with the token. */
  url: string;
  /** The server's end, whoever ended it. */
  ended: Promise<void>;
  /** Ends the server and its kernels. */
  stop(): Promise<void>;
}

/** How to start a JupyterLab. */
export interface StartOptions {
  /** The folder that it shows. @default notebooks/ */
  folder?: string;
  /** The port. @default the first free one from 8888 on */
  port?: number;
  /** Whether it opens a browser. @default false */
  browser?: boolean;
  /** More arguments for the server. */
  more?: string[];
}

const delay = (ms: number) =>
  new Promise<"late">((done) => {
    Deno.unrefTimer(setTimeout(() => done("late"), ms));
  });

/** Starts JupyterLab and waits until it answers. */
export async function startLab(lab: Lab, options: StartOptions = {}): Promise<RunningLab> {
  const { folder = (Deno.build.os === "windows" ? win32 : posix).join(lab.project, "notebooks"), browser, more } =
    options;
  if (options.port !== undefined && !isFree(options.port)) throw new TaskError(`port ${options.port} is taken`);
  const port = options.port ?? freePort();
  const token = crypto.randomUUID().replaceAll("-", "");
  const origin = `http://127.0.0.1:${port}`;
  const child = new Deno.Command(lab.paths.python, {
    args: serverArguments({ folder, port, browser, more }),
    cwd: folder,
    env: { ...lab.env, JUPYTER_TOKEN: token },
    clearEnv: true,
    // The server ends when this pipe does, so that it does not outlive a task that was killed.
    stdin: "piped",
    // Out of the terminal's group: a Ctrl-C that reached the server itself would leave its kernels running.
    detached: true,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log = await Deno.open(lab.paths.serverLog, { write: true, create: true, truncate: true });
  const copied = Promise.all([child.stdout, child.stderr].map(async (stream) => {
    for await (const bytes of stream) await log.write(bytes);
  })).finally(() => log.close());
  let running = true;
  const ended = child.status.then(async () => {
    running = false;
    await Promise.race([copied, delay(1000)]);
  });
  const ask = (path: string, method: string) =>
    fetch(`${origin}/api/${path}`, {
      method,
      headers: { authorization: `token ${token}` },
      signal: AbortSignal.timeout(5000),
    }).then(async (response) => {
      await response.body?.cancel();
      return response.ok;
    }, () => false);
  const stop = async () => {
    // Asked over HTTP the server ends its kernels first, on every operating system.
    if (running) await ask("shutdown", "POST");
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (await Promise.race([ended, delay(8000)]) !== "late") return;
      if (running) child.kill(signal);
    }
    await ended;
  };
  const deadline = performance.now() + 90_000;
  while (!await ask("status", "GET")) {
    if (!running || performance.now() > deadline) {
      await stop();
      const said = lastLine(await Deno.readTextFile(lab.paths.serverLog));
      throw new TaskError(`JupyterLab does not start: ${said} (all of it is in ${shortPath(lab.paths.serverLog)})`);
    }
    await new Promise((done) => setTimeout(done, 150));
  }
  return { origin, token, url: `${origin}/lab?token=${token}`, ended, stop };
}

/** An abort signal that the first Ctrl-C (or end of the terminal) raises. */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, () => controller.abort());
  return controller.signal;
}

/** The port that `--port` names. */
export function portOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65535) {
    throw new UsageError(`--port takes a number from 1 to 65535, not '${text}'`);
  }
  return port;
}

async function main({ values }: TaskArgs, report: Reporter): Promise<void> {
  const port = portOption(values.port as string | undefined);
  const signal = interruption();
  const interrupted = new Promise<void>((done) => signal.addEventListener("abort", () => done()));
  const lab = await prepareLab(report, { signal });
  report.status("starting JupyterLab");
  const running = await startLab(lab, { port, browser: !values["no-browser"] });
  if (!signal.aborted) {
    report.line(`JupyterLab shows notebooks/ at ${running.url}`);
    report.line("Ctrl-C ends it");
    const first = await Promise.race([interrupted.then(() => "interrupted"), running.ended]);
    report.line(first === "interrupted" ? "ending JupyterLab and its kernels" : "JupyterLab has ended");
  }
  await running.stop();
}

if (import.meta.main) {
  await runTask(
    {
      name: "lab",
      about: "Opens JupyterLab on notebooks/. The first time it is installed in .venv/, for which Python is needed;\n" +
        "nothing is written outside the project's folder.",
      usage: "[--no-browser] [--port N]",
      options: {
        "no-browser": { type: "boolean", help: "print the page's address, open no browser" },
        port: {
          type: "string",
          help: "the port to listen on, on this machine only (default: the first free from 8888)",
        },
      },
    },
    main,
  );
}
