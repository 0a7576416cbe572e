import { delimiter, join } from "node:path";
import type { Browser, LaunchOptions, Page } from "playwright-core";
import { TaskError } from "./cli.ts";

const commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chrome.exe"];
const applications = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Finds Chromium or Chrome: the one that CHROME_PATH names, or one on the PATH. */
export function findChromium(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(delimiter).filter((folder) => folder !== "");
  const known = commands.flatMap((name) => folders.map((folder) => join(folder, name)));
  return Deno.env.get("CHROME_PATH") || [...known, ...applications].find(isFile);
}

/**
 * Finds Chromium or Chrome, as {@link findChromium} does.
 *
 * @throws {TaskError} Neither is there.
 */
export function requireChromium(): string {
  const path = findChromium();
  if (path === undefined) {
    throw new TaskError("no Chromium or Chrome on the PATH: install one, or name it with CHROME_PATH");
  }
  return path;
}

/**
 * Starts Chromium, without its sandbox.
 *
 * @throws {TaskError} No Chromium or Chrome is there.
 */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = requireChromium();
  // Without this variable, Playwright's import looks for a file of WSL under /proc, which Deno allows with -A alone.
  Deno.env.set("__IS_WSL_TEST__", "1");
  const { chromium } = await import("playwright-core");
  return await chromium.launch({ ...options, executablePath });
}

const types: Record<string, string> = { html: "text/html", js: "text/javascript", wasm: "application/wasm" };

/** A folder that is served. */
interface Served {
  readonly address: string;
  stop(): Promise<void>;
}

/** Serves a folder on this machine, under a security policy and with headers if they are given. */
export function serveFolder(folder: URL, policy = "", headers: Record<string, string> = {}): Served {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    const { pathname } = new URL(request.url), file = pathname === "/" ? "index.html" : pathname.slice(1);
    const body = await Deno.readFile(new URL(file, folder)).catch(() => undefined);
    const type = types[file.split(".").at(-1)!] ?? "text/plain";
    return body === undefined
      ? new Response(null, { status: 404 })
      : new Response(body, { headers: { "content-type": type, "content-security-policy": policy, ...headers } });
  });
  return { address: `http://127.0.0.1:${(server.addr as Deno.NetAddr).port}/`, stop: () => server.shutdown() };
}

// A GPU in software on a busy machine is slow; the watchdog would take it for one that hangs, and end it.
const patient = "--disable-gpu-watchdog";

/** WebGL without a GPU. */
export const softwareGl = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", patient];

/** WebGPU without a GPU, by an adapter whose reads that wait give zeros: what is right there has not waited. */
export const softwareGpu = [
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
  "--enable-features=Vulkan",
  patient,
];

/**
 * Opens an address until the text of #result matches; returns this text, and leaves the page empty for its next use.
 *
 * @throws {Error} A fault on the page, or no such text in time.
 */
export async function openPage(page: Page, address: string, wanted: RegExp, timeout = 60_000): Promise<string> {
  const faults: string[] = [], faulty = Promise.withResolvers<void>();
  const add = (fault: string) => {
    faults.push(fault);
    faulty.resolve();
  };
  page.on("pageerror", (error) => add(String(error)));
  page.on("console", (message) => void (message.type() === "error" && add(message.text())));
  try {
    await page.goto(address);
    // Not waitForFunction, which a policy without 'unsafe-eval' stops.
    const result = page.locator("#result", { hasText: wanted });
    const shown = result.waitFor({ state: "attached", timeout }).catch((error) => add(String(error)));
    await Promise.race([shown, faulty.promise]);
    if (faults.length > 0) throw new Error(`${address}: ${faults.join("\n")}`);
    return await result.textContent() ?? "";
  } finally {
    page.removeAllListeners();
    await page.goto("about:blank");
  }
}
