// A project that has the package, and the examples that install it by npm as a user does: made once for all tests of a file.
import type { Page } from "playwright-core";
import { root } from "../../tasks/cli.ts";
import { findChromium, launchChromium } from "../../tasks/chromium.ts";
import {
  buildPackage,
  installPackages,
  newTypescript,
  type Packed,
  readManifest,
  tools as packTools,
  versionOf,
} from "../../tasks/pack.ts";
import { runIn } from "../../tasks/processes.ts";

/** A project that has the files of the package's tarball, and the packages that its entries import. */
export interface Project {
  readonly packed: Packed;
  /** The project's folder. */
  readonly folder: URL;
  /** Runs a file of the project by Node.js. */
  run(file: string, ...args: string[]): Promise<string>;
  /** Runs a program of a tool, such as "esbuild/bin/esbuild", by Node.js in the project's folder. */
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

/** Versions of the tools that are tried, which npm need not install for this project. */
export const tools = {
  esbuild: packTools.esbuild,
  rollup: packTools.rollup,
  "@rollup/plugin-node-resolve": "16.0.3",
  "@rollup/plugin-commonjs": "29.0.0",
  "typescript-5": `npm:typescript@${packTools.typescript}`,
  "typescript-7": `npm:typescript@${newTypescript}`,
} as const;

/** Versions of the packages that the project has beside this one. */
export const versions = {
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
  const [packed, manifest] = await Promise.all([
    buildPackage(new URL("package/", folder)),
    readManifest(),
    installPackages(new URL("tools/", folder), tools),
  ]);
  const imported = Object.values(packed.packages).flat().map((one) => [one, versionOf(manifest, one)]);
  await installPackages(folder, { ...Object.fromEntries(imported), ...versions });
  const at = new URL(`node_modules/${manifest.name}/`, folder);
  await Deno.mkdir(at, { recursive: true });
  await runIn(at, "tar", "-xzf", packed.tarball.pathname, "--strip-components=1");
  const run = (file: string, ...args: string[]) => runIn(folder, "node", file, ...args);
  const tool = (program: string, ...args: string[]) => run(`tools/node_modules/${program}`, ...args);
  return { packed, folder, write, run, tool };
}

let project: Promise<Project> | undefined;

/** Returns the project, made once. */
export const theProject = (): Promise<Project> => project ??= makeProject();

let page: Promise<Page> | undefined;

/** Returns a page of a browser for what needs no GPU, opened once: a new one takes longer than most of what it shows. */
export const thePage = (): Promise<Page> =>
  page ??= launchChromium({ args: ["--disable-gpu"] }).then((browser) => browser.newPage());

/** The examples that npm installs, as examples/README.md says. */
export interface Examples {
  /** The folder examples/npm of a copy. */
  readonly folder: URL;
  /** The commands of the README, in their order. */
  readonly commands: readonly string[];
}

async function copyFolder(from: URL, to: URL): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (name === "node_modules" || name === "dist") continue; // what somebody has installed and built
    if (isDirectory) await copyFolder(new URL(`${name}/`, from), new URL(`${name}/`, to));
    else await Deno.copyFile(new URL(name, from), new URL(name, to));
  }
}

/** Copies examples/ as it is beside the package as `deno task pack` leaves it, and runs the commands of the README. */
async function installExamples(): Promise<Examples> {
  const { packed } = await theProject(), { pathname } = packed.tarball;
  const copy = new URL(`file://${await Deno.makeTempDir({ prefix: "roundabout-examples-" })}/`);
  await copyFolder(new URL("examples/", root), new URL("examples/", copy));
  await Deno.mkdir(new URL(".pack/", copy));
  await Deno.copyFile(packed.tarball, new URL(`.pack/${pathname.slice(pathname.lastIndexOf("/") + 1)}`, copy));
  const readme = await Deno.readTextFile(new URL("examples/README.md", copy));
  const [pack, enter, install] = [...readme.matchAll(/^ {4}(\S.*)$/gm)].map(([, command]) => command);
  if (pack !== "deno task pack") throw new Error(`The first command of examples/README.md is '${pack}'`);
  // The same install, without the question to the registry about faults of other packages.
  await runIn(copy, "sh", "-c", `export npm_config_audit=false; ${enter} && ${install}`);
  return {
    folder: new URL(`${enter.replace("cd ", "")}/`, copy),
    commands: [...readme.matchAll(/`([^`\n]+)`/g)].map(([, command]) => command),
  };
}

let examples: Promise<Examples> | undefined;

/** Returns the examples, installed once. */
export const theExamples = (): Promise<Examples> => examples ??= installExamples();

/** Runs a script of a package.json that is a server, until it prints its address. */
export async function serveScript(folder: URL, script: string): Promise<{ address: string; stop(): Promise<void> }> {
  const { scripts } = JSON.parse(await Deno.readTextFile(new URL("package.json", folder)));
  const args = ["-c", `PATH="node_modules/.bin:$PATH" exec ${scripts[script]} 2>&1`];
  const server = new Deno.Command("sh", { args, cwd: folder, stdin: "piped", stdout: "piped" }).spawn();
  const reader = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const stop = async () => {
    await server.stdin.close();
    server.kill("SIGTERM");
    await Promise.all([server.status, reader.cancel()]);
  };
  let printed = "";
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    printed += piece.value;
    const [address] = printed.match(/http:\/\/\S+\/(?=\s)/) ?? [];
    if (address !== undefined) return { address, stop };
  }
  await stop();
  throw new Error(`'${script}' ended without an address:\n${printed}`);
}

/** Ends the browser, removes the project and the copy of the examples. */
export async function removeProject(): Promise<void> {
  await (await page)?.context().browser()?.close();
  if (examples !== undefined) await Deno.remove(new URL("../../", (await examples).folder), { recursive: true });
  if (project !== undefined) await Deno.remove((await project).folder, { recursive: true });
  project = examples = page = undefined;
}
