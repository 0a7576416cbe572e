// Every page in a real browser. Without Chromium these tests are ignored, as their names then say.
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { AxeResults, Result } from "axe-core";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { buildSite } from "../../tasks/site/mod.ts";
import { runAxe } from "./axe_in_page.ts";
import { axeFaults, cut, type Look, lookAt, looks, overflow, restless, slowInBrowser, withPage } from "./browser.ts";
import { projectSite } from "./project_site.ts";
import { filesUnder, fixtures } from "./support.ts";
import "./figures_in_browser.ts";
import "./pages_in_browser.ts";
import "./tools_in_browser.ts";

/** A window between a phone's and a desktop's. */
const tablet: Look = { scheme: "dark", width: 800 };

/** Checks of some sites only: of the contrast in the dark scheme, too, and of formulas that are whole on a phone. */
interface Asked {
  contrast: boolean;
  formulas: boolean;
}

/** Lists the faults of a page in the browser, one sentence each; it is opened in the first of the looks, which the browser has. */
async function faultsOf(
  page: Page,
  url: string,
  order: readonly Look[],
  { contrast, formulas }: Asked,
): Promise<string[]> {
  const found: string[] = [];
  await page.goto(url, { waitUntil: "load" });
  // As a reader would: with every hint and every long output open.
  await page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true");
  for (const look of order) {
    await lookAt(page, look);
    // Of what axe finds, only the contrast depends on the scheme.
    const axe = look === looks[0]
      ? await axeFaults(page)
      : contrast && look !== tablet
      ? await axeFaults(page, { rules: ["color-contrast"] })
      : [];
    const whole = look === tablet ? [] : [...await cut(page, formulas), ...await restless(page)];
    found.push(...[...whole, ...await overflow(page), ...axe].map((f) => `${look.scheme}, ${look.width} px: ${f}`));
  }
  return found;
}

/** Fails unless every page of a site is good in every look. */
async function assertGoodPages(out: string, asked: Asked): Promise<void> {
  const names = [...(await filesUnder(out)).keys()].filter((name) => name.endsWith(".html"));
  // Pages that show a file are all alike.
  const sources = names.filter((name) => name.startsWith("source/")).slice(0, 2);
  const waiting = [...names.filter((name) => !name.startsWith("source/")), ...sources], found: string[] = [];
  const work = () =>
    withPage(async ({ page, faults }) => {
      let order = [...looks, tablet];
      await lookAt(page, order[0]);
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
        const own = await faultsOf(page, pathToFileURL(join(out, name)).href, order, asked);
        found.push(...[...own, ...faults.splice(0)].map((fault) => `${name}: ${fault}`));
        order = order.toReversed(); // the next page begins with the look that this one ends with
      }
    });
  await Promise.all([work(), work()]);
  assertEquals(found, []);
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
  "site in a browser: accessible, no overflow, tables and figures whole, no request, light and dark, phone, tablet and desktop",
  async () => {
    await assertGoodPages(await fixturesSite(), { contrast: true, formulas: false });
  },
);

slowInBrowser("site in a browser: the same for the notebooks of the project, and formulas whole", async () => {
  // Their styles are the fixtures', which hold one of everything, also a formula that scrolls.
  await assertGoodPages((await projectSite()).folder, { contrast: false, formulas: true });
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

slowInBrowser(
  "axe in a browser: all that is serious is found, and rules that find only less are not asked",
  async () => {
    await withPage(async ({ page }) => {
      await page.setContent(`<p>x<h4>y</h4><img src="data:,"><a href="#"></a><button></button><ul><p>z</p></ul><input>
      <div role="nonsense">x</div><p lang="nonsense">x</p><p style="color: #bbb">x y</p><td scope="x"></td><h2></h2>`);
      const found = await axeFaults(page);
      const { violations } = await page.evaluate("axe.run('html', { preload: false })") as AxeResults;
      const isSerious = ({ impact }: Result) => impact === "serious" || impact === "critical";
      assertEquals(
        found.map((fault) => fault.split(":")[0]),
        violations.filter(isSerious).map(({ id }) => id),
      );
      const lesser = violations.filter((violation) => !isSerious(violation)).map(({ id }) => id);
      assert(found.length >= 8 && lesser.includes("region") && lesser.includes("empty-heading"), String(lesser));
      const asked = await page.evaluate(runAxe, ["html", {}] as const);
      assertEquals(Object.values(asked).flat().filter(({ id }) => lesser.includes(id)), []);
    });
  },
);

slowInBrowser(
  "contrast in a browser: of texts that are painted alike one is asked, and every other is found",
  async () => {
    const faults: Record<string, string> = {
      colour: '<p id="colour" style="color: #bbb">x y</p>',
      fill: '<p id="fill" style="-webkit-text-fill-color: #bbb">x y</p>',
      ground: '<div style="background: #555"><p id="ground">x y</p></div>',
      opacity: '<div style="opacity: 0.3"><p id="opacity">x y</p></div>',
      size: '<p style="color: #888; font-size: 3em">x y</p><p id="size" style="color: #888">x y</p>',
      weight:
        '<p style="color: #888; font: bold 19px serif">x y</p><p id="weight" style="color: #888; font: 19px serif">x y</p>',
      behind: '<div style="position: absolute; width: 9em; height: 9em; background: #555"></div>' +
        '<p id="behind" style="position: relative; width: 3em">x y</p>',
      outside:
        '<div style="background: #000; color: #eee; height: 3em; margin-bottom: 5em"><p style="height: 3em; margin: 0">x y</p>' +
        '<p id="outside">x y</p></div>',
      hidden: '<input style="color: #999; position: absolute; left: -999px" value="x y">' +
        '<input id="hidden" style="color: #999" value="x y">',
      letter: '<p style="color: #aaa">x</p><p id="letter" style="color: #aaa">x y</p>',
    };
    const alike = "<p>x y</p>".repeat(20);
    await withPage(async ({ page }) => {
      await page.setContent(`<main>${alike}${Object.values(faults).join(alike)}</main>`);
      assertMatch((await axeFaults(page, { rules: ["color-contrast"] }))[0], /^color-contrast: .*: #colour$/);
      await page.evaluate(`{
      const check = axe._audit.checks["color-contrast"], { evaluate } = check;
      globalThis.asked = 0;
      check.evaluate = function (...args) {
        asked++;
        return evaluate.apply(this, args);
      };
    }`);
      const { violations } = await page.evaluate(runAxe, ["html", { runOnly: "color-contrast" }] as const);
      assertEquals(violations[0].nodes.map(({ target }) => target[0]), Object.keys(faults).map((id) => `#${id}`));
      assert(await page.evaluate("asked") as number < 30, "220 texts are of a few kinds");
    });
  },
);
