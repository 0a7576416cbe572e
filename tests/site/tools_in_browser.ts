// The two tools, driven in a browser; part of browser_test.ts, for one browser serves all.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Page } from "playwright-core";
import { compareLosses } from "../../lib/compare/mod.ts";
import { fBeta } from "../../lib/core.ts";
import { syntheticBinary } from "../../lib/data/synthetic_binary.ts";
import { famousLosses } from "../../tasks/site/live/famous_losses.ts";
import { axeFaults, lookAt, looks, overflow, slowInBrowser, withPage } from "./browser.ts";
import { projectSite } from "./project_site.ts";
import { inTemporaryFolder } from "./support.ts";

const said = (page: Page): Promise<string> =>
  page.evaluate("document.querySelector('.readout').textContent") as Promise<string>;
const saying = (page: Page, pattern: RegExp): Promise<void> => page.locator(".readout", { hasText: pattern }).waitFor();

/** Focuses the button with some words and presses Enter. */
async function pressButton(page: Page, words: string): Promise<void> {
  await page.evaluate(
    `[...document.querySelectorAll(".tool button")].find((b) => b.textContent === ${JSON.stringify(words)}).focus()`,
  );
  await page.keyboard.press("Enter");
}

/** Types a loss in the place of another one. */
const setLoss = (page: Page, text: string): Promise<unknown> =>
  page.evaluate(`{
    const area = document.querySelector("textarea");
    area.value = ${JSON.stringify(text)};
    area.dispatchEvent(new Event("input"));
  }`);

const outcomes: Record<string, string> = {
  round: "broken … no-gradient-op",
  ramp: "broken … saturated",
  greater: "broken … no-gradient-op",
  softF1: "suspect … reduction",
  dice: "broken … wrong-sign",
  recall: "broken … wrong-optimum",
  logarithm: "broken … domain-edge",
  twice: "broken … activation-mismatch",
  root: "broken … nan-gradient",
  detached: "broken … detached",
};

slowInBrowser("audit page: ten famous losses, each with its verdict and its line, and no request", async () => {
  const { names } = await projectSite();
  assertEquals(Object.keys(famousLosses), Object.keys(outcomes));
  await withPage(async ({ page, faults }) => {
    for (const [i, look] of looks.entries()) {
      await page.goto("about:blank"); // has nothing to lay out anew
      await lookAt(page, look);
      await page.goto(names.get("audit.html")!);
      for (const name of Object.keys(outcomes).filter((_, n) => n % 2 === i)) {
        await page.selectOption(".tool select", name);
        await pressButton(page, "Audit this loss");
        await saying(page, / is (broken|suspect|sound) \(\d+ probes/);
        assertEquals(
          (await said(page)).replace(/^.* is (\w+) \(\d+ probes[^)]*\)\. .*\(([\w-]+)\)\.$/, "$1 … $2"),
          outcomes[name],
          name,
        );
      }
      assertEquals([...await overflow(page), ...await axeFaults(page, { within: "main" }), ...faults], []);
    }
    await page.selectOption(".tool select", "round");
    await pressButton(page, "Audit this loss");
    await saying(page, / is broken \(/);
    assertMatch(
      await page.$eval("mark", (mark) => (mark as { textContent: string }).textContent),
      /^2.*tf\.round.*← Round/,
    );
    assertMatch(
      await page.$eval(".report", (report) => (report as { textContent: string }).textContent),
      /loss\.ts:2\b/,
    );
    assertMatch(
      await page.$eval("summary", (all) => (all as { textContent: string }).textContent),
      /Pages|All \d+ probes/,
    );
  });
});

slowInBrowser(
  "audit page: a loss that never returns is ended; a broken text is explained; a link holds the text",
  async () => {
    const { names } = await projectSite();
    await withPage(async ({ page, faults }) => {
      await page.goto(`${names.get("audit.html")}#live=audit&limit=1&outputs=probability&labels=binary&text=x`);
      await setLoss(page, "(yTrue, yPred) => { for (;;); }");
      // The worker is given its job later.
      await page.evaluate(`{
        const { setTimeout } = globalThis, { postMessage } = Worker.prototype;
        globalThis.delays = [];
        globalThis.setTimeout = (run, delay) => {
          delays.push(delay);
          return setTimeout(run, delay);
        };
        Worker.prototype.postMessage = function (job) {
          globalThis.release = () => postMessage.call(this, job);
          Worker.prototype.postMessage = postMessage;
        };
      }`);
      await pressButton(page, "Audit this loss");
      assertEquals(await page.evaluate("document.querySelector('.tool button').disabled"), true, "the page answers");
      const timed = () => page.evaluate("delays.includes(1000)");
      assertEquals(await timed(), false, "the limit is not that of the worker's start");
      await page.evaluate("release()");
      await saying(page, /ended after 1 s/);
      assertEquals(await timed(), true);
      await page.$$eval("input[type=number]", (all) => ((all.at(-1) as unknown as { value: string }).value = "100"));
      await setLoss(page, "const loss = (yTrue, yPred => 1;");
      await pressButton(page, "Audit this loss");
      await saying(page, /not valid TypeScript: line 1, column \d+/);
      await setLoss(page, "const a = 1;");
      await pressButton(page, "Audit this loss");
      await saying(page, /declares no function/);
      await setLoss(page, 'import fs from "node:fs";\nexport default () => fs;');
      await pressButton(page, "Audit this loss");
      await saying(page, /Cannot load 'node:fs'/);
      await setLoss(
        page,
        "(y: tf.Tensor, p: tf.Tensor) => tf.mean(tf.mul(y.slice([0, 1], [-1, 1]), tf.square(tf.sub(y.slice([0, 0], [-1, 1]), p))))",
      );
      await page.selectOption(".fields .field:nth-child(3) select", "weight");
      await pressButton(page, "Audit this loss");
      await saying(page, / is sound /);
      await page.selectOption(".fields .field:nth-child(3) select", "");
      const asked: string[] = [];
      await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
        asked.push(url);
        return new Response();
      });
      const leak = `http://127.0.0.1:${server.addr.port}/leak`;
      const fetches = `fetch("${leak}", { mode: "no-cors" }).catch(() => {});
const f = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.mean(tf.abs(tf.sub(a, b)));`;
      await setLoss(page, fetches);
      await pressButton(page, "Audit this loss");
      await saying(page, /^f is /);
      await page.evaluate(`fetch("${leak}", { mode: "no-cors" }).catch(() => {})`);
      assertEquals(asked, [], "nothing leaves the page, whatever the text says");
      const address = page.url();
      await page.goto(address.replace("#", "?again#")); // the same address would be no new page
      assertEquals(await page.evaluate("document.querySelector('textarea').value"), fetches);
      assertEquals(faults, []);
    });
  },
);

slowInBrowser(
  "compare page: a dropped table gives the command's sentence, with progress; it can be stopped; no request",
  async () => {
    const { names } = await projectSite();
    await inTemporaryFolder(async (folder) => {
      const { x, y } = syntheticBinary({ rows: 90, prevalence: 0.4, separation: 2, seed: 3 });
      const csv = `a;b;ill\n${x.map((row, i) => [...row, y[i] ? "yes" : "no"].join(";")).join("\n")}\n`,
        file = `${folder}/table.csv`;
      await Deno.writeTextFile(file, csv);
      const expected = await compareLosses(file, { label: "ill", score: "jaccard", repeats: 3 });
      await withPage(async ({ page, faults }) => {
        await lookAt(page, looks[0]);
        await page.goto(names.get("compare.html")!);
        await page.setInputFiles("input[type=file]", file);
        await saying(page, /'table\.csv' has 3 columns/);
        await page.selectOption(".fields .field:nth-child(3) select", "jaccard");
        await page.getByLabel("Splits").fill("3");
        await pressButton(page, "Compare");
        await saying(page, /Training \d+ of 48 is done/);
        await page.waitForSelector(".report");
        const shown = await page.$eval(".report", (report) => (report as { textContent: string }).textContent);
        assertStringIncludes(shown, expected.recommendation.split(/(?<=\.) /)[0]);
        for (const { mean } of expected.losses) assertStringIncludes(shown, mean.toFixed(3));
        assert((await page.$$(".report svg[role=img]")).length === 2 && (await page.$$(".report table")).length === 2);
        for (const look of looks) {
          await lookAt(page, look);
          assertEquals([...await overflow(page), ...await axeFaults(page, { within: "main" })], []);
        }
        await page.evaluate(`{
        const data = new DataTransfer();
        data.items.add(new File([${JSON.stringify(csv)}], "dropped.csv"));
        document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
      }`);
        await saying(page, /'dropped\.csv' has 3 columns/);
        await pressButton(page, "Compare");
        await saying(page, /Training \d+ of/);
        await pressButton(page, "Stop");
        assertMatch(await said(page), /^Stopped/);
        await page.selectOption(".fields .field:nth-child(1) select", "a");
        await pressButton(page, "Compare");
        await saying(page, /^Cannot /);
        assertEquals(faults, []);
      });
    });
  },
);

slowInBrowser(
  "compare page: a score with a number of its own; a table that is refused names the page's input, which cures it",
  async () => {
    const { names } = await projectSite();
    await inTemporaryFolder(async (folder) => {
      const { x, y } = syntheticBinary({ rows: 90, prevalence: 0.4, separation: 2, seed: 3 });
      const lines = x.map((row, i) => [...row, i === 4 ? "" : y[i] ? "yes" : "no"].join(","));
      const file = `${folder}/table.csv`, score = fBeta({ beta: 2 });
      await Deno.writeTextFile(file, `a,b,ill\n${lines.join("\n")}\n`);
      const expected = await compareLosses(file, { label: "ill", score, repeats: 3, dropUnlabelled: true });
      await withPage(async ({ page, faults }) => {
        await lookAt(page, looks[0]);
        await page.goto(names.get("compare.html")!);
        await page.setInputFiles("input[type=file]", file);
        await saying(page, /'table\.csv' has 3 columns/);
        const beta = page.getByLabel(/^Beta/);
        assertEquals(await beta.isVisible(), false, "F1 needs no number");
        await page.getByLabel("Score").selectOption("fBeta");
        assertEquals(await beta.inputValue(), "0.5");
        await beta.fill("2");
        await page.getByLabel("Splits").fill("3");
        await pressButton(page, "Compare");
        await saying(page, /leave such rows out with “Leave out rows without a label”$/);
        const cure = page.getByLabel("Leave out rows without a label");
        assert(await cure.isVisible(), "the message opens the options that it names");
        await cure.focus();
        await page.keyboard.press("Space");
        assertEquals([...await overflow(page), ...await axeFaults(page, { within: "main" })], []);
        await pressButton(page, "Compare");
        await page.locator(".report").waitFor();
        const shown = await page.locator(".report").textContent();
        assertStringIncludes(shown!, expected.recommendation.split(/(?<=\.) /)[0]);
        assertStringIncludes(shown!, "fBeta");
        for (const { mean } of expected.losses) assertStringIncludes(shown!, mean.toFixed(3));
        assertEquals(faults, []);
      });
    });
  },
);
