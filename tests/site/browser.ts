// One browser for all tests of a file, and what they ask of a page.
import type axe from "axe-core";
import minified from "axe-core/axe.min.js";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { findChromium, launchChromium } from "../../tasks/chromium.ts";
import { slow } from "../slow.ts";
import { runAxe } from "./axe_in_page.ts";

const chromium = findChromium();

/** Ends the names of tests that are ignored for want of a browser. */
export const note = chromium ? "" : " (ignored: no Chromium; name one in CHROME_PATH)";

let browser: Promise<Browser> | undefined;

Deno.test.afterAll(async () => await (await browser)?.close());

/** Looks of a page: a colour scheme and the width of a window. */
export interface Look {
  scheme: "light" | "dark";
  width: number;
}

/** Two looks that hold each scheme and each width once. */
export const looks: readonly Look[] = [{ scheme: "light", width: 390 }, { scheme: "dark", width: 1280 }];

/** Gives a page a look, and waits until the observers of its boxes have seen their new sizes. */
export async function lookAt(page: Page, { scheme, width }: Look): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

/** Page of the browser, and what went wrong on it: requests, errors. */
interface Opened {
  page: Page;
  faults: string[];
}

/** Pages of one window, which takes a second to open, as a tab does not; those that wait for their next use are idle. */
class Pages {
  readonly idle: Page[] = [];
  #context: Promise<BrowserContext> | undefined;

  constructor(readonly options: BrowserContextOptions) {}

  async take(): Promise<Page> {
    // The last compiler's code is ready when its page is gone.
    browser ??= launchChromium({ args: ["--js-flags=--no-turbofan"] });
    this.#context ??= browser.then((started) => started.newContext(this.options));
    return this.idle.pop() ?? await (await this.#context).newPage();
  }
}

const pages = new Pages({}), pagesWithoutScripts = new Pages({ javaScriptEnabled: false });

/** Makes a page as good as new, but for the process behind it. */
async function renew(page: Page): Promise<void> {
  page.removeAllListeners();
  await page.goto("about:blank");
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Calls `use` with a page that asks for nothing but files and the texts of workers; after a failure the page is used no more. */
export async function withPage(use: (opened: Opened) => Promise<void>, { scripts = true } = {}): Promise<void> {
  const own = scripts ? pages : pagesWithoutScripts, page = await own.take(), faults: string[] = [];
  page.on("request", (request) => {
    if (!/^(?:file|data|blob):/.test(request.url())) faults.push(`it asks for ${request.url()}`);
  });
  page.on("requestfailed", (request) => faults.push(`it does not get ${request.url()}`));
  page.on("pageerror", (error) => faults.push(String(error)));
  let used = false;
  try {
    await use({ page, faults });
    used = true;
  } finally {
    if (used) await renew(page).then(() => own.idle.push(page));
    else await page.close();
  }
}

/** Lists what makes a page too wide for its window. */
export async function overflow(page: Page): Promise<string[]> {
  const [content, window] = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]") as number[];
  return content > window ? [`it is ${content} px wide on a screen of ${window} px`] : [];
}

/** Lists the tables and figures that are cut, and the formulas. */
export const cut = (page: Page, formulas: boolean): Promise<string[]> =>
  page.evaluate(
    `[...document.querySelectorAll(".table-box, .figure-box${
      formulas ? ", .math-display" : ""
    }")].filter((box) => box.scrollWidth > box.clientWidth + 1)
    .map((box) => "is cut: " + box.textContent.trim().slice(0, 60))`,
  ) as Promise<string[]>;

/** Lists the boxes whose size depends on the keyboard's reaching them: the page would decide it anew for ever. */
export const restless = (page: Page): Promise<string[]> =>
  page.evaluate(`[...document.querySelectorAll("[data-scroll]")].filter((box) => {
    const reached = box.getAttribute("tabindex"), widths = [null, "0"].map((value) => {
      if (value === null) box.removeAttribute("tabindex");
      else box.setAttribute("tabindex", value);
      return box.scrollWidth;
    });
    if (reached === null) box.removeAttribute("tabindex");
    return widths[0] !== widths[1];
  }).map((box) => "is restless: " + box.textContent.trim().slice(0, 60))`) as Promise<string[]>;

/** The part of the page that axe looks at, and the rules that it asks; absent: the page, all rules. */
interface AxeOptions {
  within?: string;
  rules?: readonly string[];
}

/** Lists the serious faults that axe finds. */
export async function axeFaults(page: Page, { within = "html", rules }: AxeOptions = {}): Promise<string[]> {
  // Axe would write down the HTML of each element that it asks about.
  if (!await page.evaluate("'axe' in window")) {
    await page.evaluate(`${minified.source}; axe.configure({ noHtml: true })`);
  }
  // Without preload: style sheets cannot be read again on pages from the disk, and are not asked for.
  const options: axe.RunOptions = {
    resultTypes: ["violations"],
    preload: false,
    ...(rules && { runOnly: [...rules] }),
  };
  const { violations } = await page.evaluate(runAxe, [within, options] as const);
  return violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].target}`);
}

/** Tests in a browser: ignored without one. */
export const slowInBrowser = (name: string, run: () => Promise<void>): void =>
  slow.test(`${name}${note}`, { sanitizeOps: false, sanitizeResources: false, ignore: chromium === undefined }, run);
