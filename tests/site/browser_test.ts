// Every page in a real browser. Without Chromium these tests are ignored, as their names then say.
import { assert, assertEquals } from "@std/assert";
import axe from "axe-core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import puppeteer, { type Browser } from "puppeteer-core";
import { findChromium } from "../../tasks/chromium.ts";
import { buildSite, type NotebookFile } from "../../tasks/site/mod.ts";
import { filesUnder, fixtures, inTemporaryFolder, notebooksIn } from "./support.ts";
import { slow } from "../slow.ts";

const chromium = findChromium();
const note = chromium ? "" : " (ignored: no Chromium; name one in CHROME_PATH)";

/** Lists the faults of a page in the browser, one sentence each. */
async function faultsOf(browser: Browser, url: string, scheme: "light" | "dark", width: number): Promise<string[]> {
  const page = await browser.newPage();
  try {
    const faults: string[] = [];
    page.on("request", (request) => {
      if (!/^(?:file|data):/.test(request.url())) faults.push(`it asks for ${request.url()}`);
    });
    page.on("requestfailed", (request) => faults.push(`it does not get ${request.url()}`));
    page.on("pageerror", (error) => faults.push(String(error)));
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    await page.goto(url, { waitUntil: "load" });
    // As a reader would: with every hint and every long output open.
    await page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true");
    const [content, window] = await page.evaluate("[document.documentElement.scrollWidth, innerWidth]") as number[];
    if (content > window) faults.push(`it is ${content} px wide on a screen of ${window} px`);
    await page.evaluate(axe.source);
    // Without preload: style sheets cannot be read again on pages from the disk, and are not asked for.
    const run = "axe.run(document, { resultTypes: ['violations'], preload: false })";
    const { violations } = await page.evaluate(run) as axe.AxeResults;
    for (const { id, impact, help, nodes } of violations) {
      if (impact === "serious" || impact === "critical") faults.push(`${id}: ${help}: ${nodes[0].html.slice(0, 160)}`);
    }
    return faults;
  } finally {
    await page.close();
  }
}

const looks = [["light", 390], ["light", 1280], ["dark", 390], ["dark", 1280]] as const;

const launch = (): Promise<Browser> =>
  puppeteer.launch({ executablePath: chromium, pipe: true, args: ["--no-sandbox"], protocolTimeout: 60_000 });

/** Fails unless every page of a site made from the notebooks is good in every look. */
async function assertGoodPages(notebooks: NotebookFile[]): Promise<void> {
  await inTemporaryFolder(async (folder) => {
    const { out } = await buildSite({ notebooks, out: `${folder}/site` });
    const pages = [...(await filesUnder(out)).keys()].filter((name) => name.endsWith(".html"));
    const browser = await launch();
    try {
      const faults: string[] = [];
      for (const name of pages) {
        for (const [scheme, width] of looks) {
          // Pages that show a file are all alike: the narrow light and the wide dark look will do.
          if (name.startsWith("source/") && (scheme === "light") !== (width === 390)) continue;
          const found = await faultsOf(browser, pathToFileURL(join(out, name)).href, scheme, width);
          faults.push(...found.map((fault) => `${name}, ${scheme}, ${width} px: ${fault}`));
        }
      }
      assertEquals(faults, []);
    } finally {
      await browser.close();
    }
  });
}

// A browser keeps timers and pipes of its own.
const loose = { sanitizeOps: false, sanitizeResources: false, ignore: chromium === undefined };

slow.test(
  `site in a browser: accessible, no overflow, no request, light and dark, phone and desktop${note}`,
  loose,
  async () => {
    await assertGoodPages(await fixtures());
  },
);

slow.test(`site in a browser: the same for the notebooks of the project${note}`, loose, async () => {
  const notebooks = await notebooksIn("notebooks/");
  if (notebooks.length > 0) await assertGoodPages(notebooks);
});

slow.test(`site in a browser: keyboard, and no stop where nothing scrolls${note}`, loose, async () => {
  await inTemporaryFolder(async (folder) => {
    const { out } = await buildSite({ notebooks: await fixtures(), out: `${folder}/site` });
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.setViewport({ width: 1280, height: 900 });
      await page.goto(pathToFileURL(join(out, "01_steps.html")).href);
      await page.keyboard.press("Tab");
      assertEquals(await page.evaluate("document.activeElement.className"), "skip");
      await page.keyboard.press("Enter");
      assertEquals(await page.evaluate("document.activeElement.id"), "main");
      const stops = () =>
        page.evaluate("document.querySelectorAll('[data-scroll][tabindex]').length") as Promise<number>;
      const wide = await stops();
      await page.setViewport({ width: 390, height: 900 });
      await page.waitForFunction(`document.querySelectorAll('[data-scroll][tabindex]').length > ${wide}`);
      assert(await stops() > wide, "more boxes scroll on a phone");
    } finally {
      await browser.close();
    }
  });
});
