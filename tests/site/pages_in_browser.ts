// Tables on a phone, and buttons that copy code; part of browser_test.ts, for one browser serves all.
import { assert, assertEquals } from "@std/assert";
import { axeFaults, lookAt, looks, slowInBrowser, withPage } from "./browser.ts";
import { projectSite } from "./project_site.ts";

slowInBrowser(
  "tables in a browser: on a phone a table has the form of cards where it has no room, with the same roles",
  async () => {
    const { names } = await projectSite(), [phone, desktop] = looks;
    await withPage(async ({ page }) => {
      await page.goto(names.get("05_what_to_use.html")!);
      await lookAt(page, phone);
      const cell =
        `document.querySelector("article > .output .rb-table[class*=needs] td[data-label]:not(:first-child)")`;
      const label = () => page.evaluate(`getComputedStyle(${cell}, "::before").content`) as Promise<string>;
      const heading = await page.evaluate(`${cell}.dataset.label`);
      assertEquals(await label(), JSON.stringify(heading), "each value stands beside its heading");
      const parts = () => Promise.all((["table", "columnheader"] as const).map((role) => page.getByRole(role).count()));
      const asCards = await parts();
      await lookAt(page, desktop);
      assertEquals(await label(), "none");
      assertEquals(await parts(), asCards, "a screen reader finds the same tables in both forms");
      assert(asCards.every((count) => count > 0));
    });
  },
);

slowInBrowser("code in a browser: a button copies it, by keyboard and by mouse; none without JavaScript", async () => {
  const { names } = await projectSite(), url = names.get("recipes.html")!;
  await withPage(async ({ page, faults }) => {
    await lookAt(page, looks[1]);
    await page.goto(url);
    const boxes = page.locator(".code-box:visible"), heard = page.locator("[role=status]");
    assertEquals(await page.locator(".code-box").count(), await page.locator(".code-box > .copy").count());
    // The clipboard is read as a reader would: by pasting.
    const pasted = async () => {
      await page.evaluate("document.body.append(Object.assign(document.createElement('textarea'), { id: 'paste' }))");
      await page.locator("#paste").focus();
      await page.keyboard.press("ControlOrMeta+v");
      const text = await page.locator("#paste").inputValue();
      await page.evaluate("document.querySelector('#paste').remove()");
      return text;
    };
    for (
      const [n, act] of [
        (i: number) => boxes.nth(i).locator(".copy").press("Enter"),
        (i: number) => boxes.nth(i).locator(".copy").click(),
      ].entries()
    ) {
      await act(n);
      await boxes.nth(n).locator(".copy", { hasText: "Copied" }).waitFor();
      await heard.filter({ hasText: "The code is copied." }).waitFor({ state: "attached" });
      assertEquals(await pasted(), await boxes.nth(n).locator("pre").textContent());
      assertEquals(await boxes.nth(n).locator(".copy").textContent(), "Copy", "it is ready for the next time");
    }
    assertEquals([...faults, ...await axeFaults(page)], []);
  });
  await withPage(async ({ page }) => {
    await page.goto(url);
    assertEquals(await page.locator(".copy").count(), 0);
    assert(await page.locator(".code-box").count() > 0);
  }, { scripts: false });
});
