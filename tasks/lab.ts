/**
 * `deno task lab`: opens JupyterLab on notebooks/.
 *
 * JupyterLab is a Python program. It is installed in a virtual environment, `.venv/`, which also holds Deno's kernelspec and
 * all that JupyterLab writes; to start afresh, delete `.venv/`.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { interruptSignal, type Reporter, root, runTask, type TaskArgs, TaskError, UsageError } from "./cli.ts";

const project = fileURLToPath(root), venv = join(project, ".venv");
const requirements = fileURLToPath(new URL("lab_requirements.txt", import.meta.url));
const onWindows = Deno.build.os === "windows";

/** Command of the Python that makes the virtual environment. */
export const defaultPython: string = onWindows ? "python" : "python3";

/** Python of the virtual environment. */
const venvPython = onWindows ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");

/** Kernelspec that starts `deno` as a Jupyter kernel. */
export function kernelspec(deno: string): Record<string, unknown> {
  return {
    argv: [deno, "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  };
}

/** Environment in which JupyterLab reads and writes below `folder` only. */
export function jupyterEnvironment(folder: string): Record<string, string> {
  return {
    JUPYTER_CONFIG_DIR: join(folder, "config"),
    JUPYTER_DATA_DIR: join(folder, "data"),
    JUPYTER_RUNTIME_DIR: join(folder, "runtime"),
    JUPYTERLAB_SETTINGS_DIR: join(folder, "settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(folder, "workspaces"),
    JUPYTER_PATH: "",
    JUPYTER_CONFIG_PATH: "",
    IPYTHONDIR: join(folder, "ipython"),
  };
}

/** Runs Python to its end; throws `failure` and what it printed if it fails. */
async function python(command: string, args: string[], failure: string, signal?: AbortSignal): Promise<void> {
  const options = {
    args,
    stdin: "null",
    env: { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_CACHE_DIR: "1" },
    signal,
  } as const;
  const run = async () => await new Deno.Command(command, options).output();
  const { success, stdout, stderr } = await run().catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new TaskError(
      `there is no Python '${command}': install Python 3.11 or newer, or name one with --python PATH`,
    );
  });
  if (signal?.aborted) throw new TaskError("interrupted; the next call starts the installation again");
  const decoder = new TextDecoder();
  if (!success) throw new TaskError(`${failure}:\n${(decoder.decode(stdout) + decoder.decode(stderr)).trim()}`);
}

/** Installs JupyterLab and Deno's kernelspec in `.venv/`, unless these requirements are installed there already. */
export async function prepareLab(report: Reporter, base: string, signal?: AbortSignal): Promise<void> {
  const marker = join(venv, "installed.txt"), wanted = await Deno.readTextFile(requirements);
  if (await Deno.readTextFile(marker).catch(() => "") !== wanted) {
    report.status("installing JupyterLab in .venv, once …");
    const check = "import sys; sys.exit(sys.version_info < (3, 11) and 'this is Python ' + sys.version)";
    await python(base, ["-c", check], "JupyterLab needs Python 3.11 or newer, name one with --python PATH", signal);
    await python(base, ["-m", "venv", venv], "cannot make the virtual environment .venv", signal);
    const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--requirement", requirements];
    await python(venvPython, install, "pip cannot install JupyterLab", signal);
    await Deno.writeTextFile(marker, wanted);
    report.wrote(venv);
  }
  const kernel = join(jupyterEnvironment(join(venv, "jupyter")).JUPYTER_DATA_DIR, "kernels", "deno");
  await Deno.mkdir(kernel, { recursive: true });
  await Deno.writeTextFile(join(kernel, "kernel.json"), JSON.stringify(kernelspec(Deno.execPath()), null, 2) + "\n");
}

/** A running JupyterLab. */
export interface RunningLab {
  /** Address of the server: `http://127.0.0.1:8888`. */
  origin: string;
  /** Secret that opens it. */
  token: string;
  /** Resolves when the server has ended. */
  ended: Promise<unknown>;
  /** Ends the server and its kernels. */
  stop(): Promise<void>;
}

/** Options of {@linkcode startLab}. */
interface LabOptions {
  /** Port. @default 8888 if it is free, otherwise any free one */
  port?: number;
  /** Folder that it shows. @default notebooks/ */
  folder?: string;
  /** True to open the browser. @default false */
  browser?: boolean;
  /** Further arguments of the server. */
  more?: string[];
  /** Further variables of its environment. */
  env?: Record<string, string>;
}

/** Claims a free port: 8888 or, if that is taken, one that the system gives. */
function freePort(): number {
  for (const port of [8888, 0]) {
    try {
      using listener = Deno.listen({ hostname: "127.0.0.1", port });
      return (listener.addr as Deno.NetAddr).port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new TaskError("no port is free");
}

/** Starts JupyterLab, reachable from this machine only, and waits until it answers. */
export async function startLab(options: LabOptions = {}): Promise<RunningLab> {
  const { port = freePort(), folder = join(project, "notebooks"), browser = false, more = [], env = {} } = options;
  const token = crypto.randomUUID(), origin = `http://127.0.0.1:${port}`;
  const child = new Deno.Command(venvPython, {
    args: [
      ...["-m", "jupyterlab", "--log-level=WARN", "--ServerApp.ip=127.0.0.1", `--ServerApp.port=${port}`],
      ...["--ServerApp.port_retries=0", `--ServerApp.root_dir=${folder}`, "--ServerApp.allow_root=True"],
      ...[`--ServerApp.open_browser=${browser ? "True" : "False"}`, "--MappingKernelManager.default_kernel_name=deno"],
      // Otherwise it runs npm, rustup and others in search of language servers, and asks for news and updates.
      ...["--LanguageServerManager.autodetect=False", "--LabApp.news_url=None", "--LabApp.extension_manager=readonly"],
      ...["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", ...more],
    ],
    env: { ...jupyterEnvironment(join(venv, "jupyter")), JUPYTER_TOKEN: token, ...env },
    stdin: "null",
    // A Ctrl-C that reached the server itself would leave its kernels running.
    detached: true,
  }).spawn();
  let running = true;
  const ended = child.status.finally(() => running = false);
  const ask = (path: string, method: string) =>
    fetch(`${origin}/api/${path}`, { method, headers: { authorization: `token ${token}` } }).then(async (response) => {
      await response.body?.cancel();
      return response.ok;
    }, () => false);
  while (!await ask("status", "GET")) {
    if (!running) throw new TaskError("JupyterLab did not start: see above");
    await new Promise((done) => setTimeout(done, 200));
  }
  const stop = async () => {
    // Asked over HTTP, the server ends its kernels first, on every operating system.
    if (running && !await ask("shutdown", "POST")) child.kill();
    await ended;
  };
  return { origin, token, ended, stop };
}

/** Reads the port that `--port` names. */
export function portOption(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65535) return port;
  throw new UsageError(`--port takes a number from 1 to 65535, not '${text}'`);
}

async function main({ values }: TaskArgs, report: Reporter): Promise<void> {
  const port = portOption(values.port as string | undefined);
  using interrupt = interruptSignal();
  const { signal } = interrupt;
  await prepareLab(report, String(values.python ?? defaultPython), signal);
  report.status("starting JupyterLab …");
  const lab = await startLab({ port, browser: !values["no-browser"] });
  report.line(`JupyterLab shows notebooks/ at ${lab.origin}/lab?token=${lab.token}\nCtrl-C ends it`);
  const interrupted = new Promise((done) => signal.addEventListener("abort", done));
  if (!signal.aborted) await Promise.race([interrupted, lab.ended]);
  await lab.stop();
}

if (import.meta.main) {
  await runTask({
    name: "lab",
    about: "Opens JupyterLab on notebooks/. The first call installs it in .venv/, which needs Python 3.11 or newer;\n" +
      "nothing is written outside the project's folder.",
    usage: "[--no-browser] [--port N] [--python PYTHON]",
    options: {
      "no-browser": { type: "boolean", help: "print the address and open no browser" },
      port: { type: "string", value: "N", help: "port, open to this machine only (default: 8888, or any free one)" },
      python: { type: "string", value: "PYTHON", help: `Python that makes .venv/ (default: ${defaultPython})` },
    },
  }, main);
}
