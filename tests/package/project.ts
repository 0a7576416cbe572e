// An empty project that installs the package, as a user's would: built once for all tests of a file.
import { findChromium } from "../../tasks/chromium.ts";
import { buildPackage, npmInstall, type Packed, runIn } from "../../tasks/pack.ts";

/** A project in which the package is installed. */
export interface Project {
  readonly packed: Packed;
  /** The project's folder. */
  readonly folder: URL;
  /** Runs a file of the project by Node.js. */
  run(file: string, ...args: string[]): Promise<string>;
  /** Runs a program of an installed package, such as "esbuild/bin/esbuild", by Node.js. */
  tool(program: string, ...args: string[]): Promise<string>;
  /** Writes a file. */
  write(name: string, text: string): Promise<void>;
}

const runs = (command: string): boolean => {
  try {
    return new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
};

/** Says that Node.js and npm are here. */
export const hasNode: boolean = runs("node") && runs("npm");

/** The end of a test's name where Node.js is not. */
export const nodeNote: string = hasNode ? "" : " (ignored: no Node.js with npm)";

/** The browser of the tests, if there is one. */
export const chromium: string | undefined = findChromium();

/** The end of a test's name where no browser is. */
export const browserNote: string = chromium ? nodeNote : " (ignored: no Chromium; name one in CHROME_PATH)";

/** Versions of the tools that are tried. */
export const versions = {
  esbuild: "0.28.2",
  rollup: "4.68.8",
  "@rollup/plugin-node-resolve": "16.0.3",
  "@rollup/plugin-commonjs": "29.0.0",
  vite: "8.4.0",
  "typescript-5": "npm:typescript@5.9.3",
  "typescript-7": "npm:typescript@7.0.2",
  "@types/node": "22.19.1",
  "@tensorflow/tfjs-backend-cpu": "4.22.0",
  "@tensorflow/tfjs-backend-wasm": "4.22.0",
  "@tensorflow/tfjs-backend-webgl": "4.22.0",
  "@tensorflow/tfjs-backend-webgpu": "4.22.0",
  "another-copy": "npm:@tensorflow/tfjs-core@4.21.0",
} as const;

async function makeProject(): Promise<Project> {
  const folder = new URL(`file://${await Deno.makeTempDir({ prefix: "roundabout-package-" })}/`);
  const write = async (name: string, text: string) => {
    const path = new URL(name, folder);
    await Deno.mkdir(new URL(".", path), { recursive: true });
    await Deno.writeTextFile(path, text);
  };
  await write("package.json", JSON.stringify({ private: true, type: "module", dependencies: versions }));
  const packed = await buildPackage(new URL("package/", folder));
  await npmInstall(folder, packed.tarball.pathname);
  const run = (file: string, ...args: string[]) => runIn(folder, "node", file, ...args);
  return { packed, folder, write, run, tool: (program, ...args) => run(`node_modules/${program}`, ...args) };
}

let project: Promise<Project> | undefined;

/** Returns the project, made once. */
export const theProject = (): Promise<Project> => project ??= makeProject();

/** Removes the project. */
export async function removeProject(): Promise<void> {
  if (project !== undefined) await Deno.remove((await project).folder, { recursive: true });
  project = undefined;
}
