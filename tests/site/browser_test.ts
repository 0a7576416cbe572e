// Every page in a real browser. Without Chromium these tests are ignored, as their names then say.
import { assert, assertEquals } from "@std/assert";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buildSite } from "../../tasks/site/mod.ts";
import { axeFaults, cut, lookAt, looks, overflow, restless, slowInBrowser, withPage } from "./browser.ts";
import { projectSite } from "./project_site.ts";
import { filesUnder, fixtures } from "./support.ts";
import "./figures_in_browser.ts";
import "./pages_in_browser.ts";
import "./tools_in_browser.ts";

/** Lists the faults of a page in the browser, one sentence each; `contrast` asks for the dark scheme's, too. */
async function faultsOf(url: string, contrast: boolean): Promise<string[]> {
  const found: string[] = [];
  await withPage(async ({ page, faults }) => {
    await lookAt(page, looks[0]);
    await page.goto(url, { waitUntil: "load" });
    // As a reader would: with every hint and every long output open.
    await page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true");
    for (const look of looks) {
      await lookAt(page, look);
      // Of what axe finds, only the contrast depends on the scheme.
      const axe = look === looks[0]
        ? await axeFaults(page)
        : contrast
        ? await axeFaults(page, { rules: ["color-contrast"] })
        : [];
      const whole = look.width < 1280 ? [] : await cut(page),
        own = [...whole, ...await overflow(page), ...await restless(page), ...axe];
      found.push(...own.map((fault) => `${look.scheme}, ${look.width} px: ${fault}`));
    }
    found.push(...faults);
  });
  return found;
}

/** Fails unless every page of a site is good in every look. */
async function assertGoodPages(out: string, contrast: boolean): Promise<void> {
  const names = [...(await filesUnder(out)).keys()].filter((name) => name.endsWith(".html"));
  // Pages that show a file are all alike.
  const sources = names.filter((name) => name.startsWith("source/")).slice(0, 2);
  const waiting = [...names.filter((name) => !name.startsWith("source/")), ...sources], faults: string[] = [];
  const work = async () => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const found = await faultsOf(pathToFileURL(join(out, name)).href, contrast);
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
  };
  await Promise.all([work(), work()]);
  assertEquals(faults, []);
}

let made: string | undefined, built: Promise<string> | undefined;

/** Returns the folder of the fixtures' site, built once. */
const fixturesSite = (): Promise<string> =>
  built ??= (async () => {
    made = await Deno.makeTempDir({ prefix: "roundabout-site-" });
    return (await buildSite({ notebooks: await fixtures(), out: `${made}/site` })).out;
  })();

Deno.test.afterAll(() => void (made && Deno.removeSync(made, { recursive: true })));

slowInBrowser(
  "site in a browser: accessible, no overflow, tables whole, no request, light and dark, phone and desktop",
  async () => {
    await assertGoodPages(await fixturesSite(), true);
  },
);

slowInBrowser("site in a browser: the same for the notebooks of the project", async () => {
  // Their styles are the fixtures', which hold one of everything.
  await assertGoodPages((await projectSite()).folder, false);
});

slowInBrowser("site in a browser: keyboard, and no stop where nothing scrolls", async () => {
  const out = await fixturesSite();
  await withPage(async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.goto(pathToFileURL(join(out, "01_steps.html")).href);
    await page.keyboard.press("Tab");
    assertEquals(await page.evaluate("document.activeElement.className"), "skip");
    await page.keyboard.press("Enter");
    assertEquals(await page.evaluate("document.activeElement.id"), "main");
    const stops = () => page.evaluate("document.querySelectorAll('[data-scroll][tabindex]').length") as Promise<number>;
    const wide = await stops();
    await page.setViewportSize({ width: 390, height: 900 });
    await page.locator("[data-scroll][tabindex]").nth(wide).waitFor({ state: "attached" });
    assert(await stops() > wide, "more boxes scroll on a phone");
  });
});
