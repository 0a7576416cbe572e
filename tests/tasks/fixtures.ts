/**
 * Notebooks for the tests, in a folder inside the project, so that their imports resolve as in the real notebooks.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { TemporaryFolder } from "../temporary_folder.ts";

/** Cell: its code, or a whole cell of the format. */
type FixtureCell = string | Record<string, unknown>;

const code = (source: string) => ({ cell_type: "code", metadata: {}, source, outputs: [], execution_count: null });

/** Folder of notebooks that is removed at the end of its scope. */
export class Fixtures extends TemporaryFolder {
  constructor() {
    super({ dir: fileURLToPath(new URL(".", import.meta.url)), prefix: ".fixtures-" });
  }

  /** Returns the path of a file that need not exist. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a file. */
  file(name: string, text: string): string {
    const path = this.path(name);
    Deno.writeTextFileSync(path, text);
    return path;
  }

  /** Writes a notebook. */
  notebook(name: string, cells: FixtureCell[], metadata: Record<string, unknown> = {}): string {
    const whole = cells.map((cell) => typeof cell === "string" ? code(cell) : cell);
    return this.file(name, JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata, cells: whole }));
  }

  /** Lists the names of the files in the folder. */
  names(): string[] {
    return [...Deno.readDirSync(this.folder)].map(({ name }) => name).sort();
  }
}

const project = fileURLToPath(new URL("../../", import.meta.url));

/** Starts `deno` in the project's folder, without colours and input. */
const start = (args: string[], env: Record<string, string>): Deno.ChildProcess =>
  new Deno.Command(Deno.execPath(), {
    args,
    cwd: project,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();

/** Starts `deno task run` without a shell. */
export const spawnRun = (args: string[]): Deno.ChildProcess =>
  start(["run", "--quiet", "-P=tasks", "tasks/run.ts", ...args], {
    INIT_CWD: project,
    // Nobody listens there: the tests use no network, even for a package that is not in the cache.
    HTTP_PROXY: "http://127.0.0.1:9",
    HTTPS_PROXY: "http://127.0.0.1:9",
  });

/** Awaits a run; returns its exit code and what it printed. */
export async function finished(child: Deno.ChildProcess): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Runs `deno` in a process of its own, in the project's folder; `env` is added to the environment. */
export const runApart = (args: string[], env: Record<string, string> = {}): ReturnType<typeof finished> =>
  finished(start(args, env));
