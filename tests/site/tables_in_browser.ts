// Tables on a phone; part of browser_test.ts, for one browser serves all.
import { assert, assertEquals } from "@std/assert";
import { browserTest, lookAt, looks, withPage } from "./browser.ts";
import { projectSite } from "./project_site.ts";

browserTest("tables in a browser: on a phone every table is whole, as cards where it has no room", async () => {
  const { names } = await projectSite(), [phone, desktop] = looks;
  await withPage(async ({ page }) => {
    for (const [name, url] of names) {
      if (!name.endsWith(".html") || name.includes("/")) continue;
      await page.goto(url);
      await page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true");
      await lookAt(page, phone);
      const cut = await page.evaluate(
        `[...document.querySelectorAll(".table-box")].filter((box) => box.scrollWidth > box.clientWidth + 1)
          .map((box) => box.textContent.trim().slice(0, 60))`,
      );
      assertEquals(cut, [], name);
    }
    await page.goto(names.get("05_what_to_use.html")!);
    const cell = `document.querySelector("article > .output .rb-table[class*=needs] td[data-label]:not(:first-child)")`;
    const label = () => page.evaluate(`getComputedStyle(${cell}, "::before").content`) as Promise<string>;
    const heading = await page.evaluate(`${cell}.dataset.label`);
    assertEquals(await label(), JSON.stringify(heading), "each value stands beside its heading");
    const parts = () =>
      Promise.all((["table", "columnheader"] as const).map((role) => page.getByRole(role).count()));
    const asCards = await parts();
    await lookAt(page, desktop);
    assertEquals(await label(), "none");
    assertEquals(await parts(), asCards, "a screen reader finds the same tables in both forms");
    assert(asCards.every((count) => count > 0));
  });
});
