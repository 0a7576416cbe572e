// The figures that move, driven in a browser; part of browser_test.ts, for one browser serves all.
import { assert, assertAlmostEquals, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { Page } from "playwright-core";
import { f1, round, softCounts, softsign } from "../../lib/core.ts";
import { trainLogistic } from "../../lib/network/train_logistic.ts";
import { outputs, yTrue as truth } from "../../tasks/site/live/figures/threshold_curves.ts";
import { yPred, yTrue } from "../../tasks/site/live/figures/twelve_rows.ts";
import { axeFaults, type Look, lookAt, looks, overflow, slowInBrowser, withPage } from "./browser.ts";
import { outputOf, outputsOf, pageWith, projectSite } from "./project_site.ts";

/** Sentence of a figure. */
const said = (page: Page, name: string): Promise<string> =>
  page.$eval(`${placeOf(name)} .readout`, (element) => (element as { textContent: string }).textContent);

/** Place of a figure: in the marked one, or after it. */
const placeOf = (name: string): string =>
  `:is(figure[data-live="${name}"] .live, figure[data-live="${name}"] ~ .live, .rb-row:has([data-live="${name}"]) ~ .live)`;

const numbers = (sentence: string): number[] =>
  [...sentence.matchAll(/−?\d+(?:\.\d+)?/g)].map(([text]) => Number(text.replace("−", "-")));

/** Focuses the input with a label and presses a key. */
async function press(page: Page, name: string, label: string, ...keys: string[]): Promise<void> {
  await page.locator(placeOf(name)).getByLabel(label, { exact: true }).first().focus();
  for (const key of keys) await page.keyboard.press(key);
}

/** Clicks the button with some words. */
const click = (page: Page, name: string, words: string): Promise<unknown> =>
  page.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(`${placeOf(name)} button`)})].find((b) => b.textContent === ${
      JSON.stringify(words)
    }).click()`,
  );

/** Drags with the mouse on a drawing of a figure, between places given as fractions of it. */
async function drag(page: Page, name: string, drawing: number, ...places: [x: number, y: number][]): Promise<void> {
  const svg = (await page.$$(`${placeOf(name)} .frame-box svg`))[drawing];
  await svg.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await svg.boundingBox())!;
  const at = ([a, b]: [number, number]) => [x + a * width, y + b * height] as const;
  await page.mouse.move(...at(places[0]));
  await page.mouse.down();
  for (const place of places.slice(1)) await page.mouse.move(...at(place), { steps: 3 });
  await page.mouse.up();
}

/** Opens the page of a figure in each look, drives it, and asks for accessibility, width, errors, and the state in the address. */
function figureTest(name: string, title: string, drive: (page: Page, look: Look) => Promise<void>): void {
  slowInBrowser(`figures that move: ${name}: ${title}`, async () => {
    const url = await pageWith(`data-live="${name}"`);
    await withPage(async ({ page, faults }) => {
      for (const look of looks) {
        await page.goto("about:blank"); // has nothing to lay out anew
        await lookAt(page, look);
        await page.goto(url);
        const first = await said(page, name);
        await drive(page, look);
        const last = await said(page, name), address = page.url();
        assertNotEquals(last, first);
        await page.goto(address.replace("#", "?again#")); // the same address would be no new page
        assertEquals(await said(page, name), last, "the address holds the state");
        const small = await page.$$eval(
          `${placeOf(name)} :is(button, input, select)`,
          (inputs) =>
            inputs.map((input) => {
              const { height } = (input as unknown as { getBoundingClientRect(): { height: number } })
                .getBoundingClientRect();
              return height > 0 && height < 44 ? String((input as { outerHTML: string }).outerHTML) : "";
            }).filter((text) => text !== ""),
        );
        assertEquals(
          [...small, ...await overflow(page), ...await axeFaults(page, { within: placeOf(name) }), ...faults],
          [],
          JSON.stringify(look),
        );
      }
    });
  });
}

const feature = yPred.map((p) => [Math.log(p / (1 - p))]);

/** Computes what the figure of the landscapes says, by another way than the figure. */
function expectedPath(start: [number, number], slope: number): number[] {
  const step = softsign({ slope });
  const { weights } = trainLogistic({
    ...{ x: feature, y: yTrue, loss: { score: f1, step }, watch: f1, optimizer: "sgd", learningRate: 0.5, steps: 120 },
    initial: start,
  });
  const lossOf = ([w, b]: Iterable<number>, own = round()) => {
    const outputs = feature.map(([v]) => 1 / (1 + Math.exp(-(w * v + b))));
    return 1 - (f1.value(softCounts({ yTrue, yPred: outputs }, own)) || 0);
  };
  return [lossOf(start), weights[0], weights[1], lossOf(weights), lossOf(weights, step)];
}

figureTest("drag-the-start", "the sentence is what the core computes, by mouse and by keyboard", async (page) => {
  const name = "drag-the-start";
  const check = async (start: [number, number], slope: number) => {
    const n = "(−?[\\d.]+?)", sentence = await said(page, name);
    const [, ...found] = new RegExp(
      `^From weight ${n} and bias ${n}, 120 steps on round move nothing and 1 − F1 stays ${n}; on a softsign of slope ${n} ` +
        `they lead to weight ${n} and bias ${n}, where 1 − F1 is ${n} rounded and ${n} soft\\.$`,
    ).exec(sentence)!;
    const [weight, bias, stays, own, ...end] = found.map((text) => Number(text.replace("−", "-")));
    assertEquals([weight, bias, own], [...start, slope]);
    const [at, ...expected] = expectedPath(start, slope);
    assertAlmostEquals(stays, at, 6e-4);
    end.forEach((value, i) => assertAlmostEquals(value, expected[i], i < 2 ? 6e-3 : 6e-4));
  };
  await check([-1.2, 0.9], 3);
  const [, notebook] = /on the right from \S+ to (\d\.\d+);/.exec(await outputsOf("01_why"))!;
  assertAlmostEquals(Number(/(\S+) soft\.$/.exec(await said(page, name))![1]), Number(notebook), 6e-4);
  await press(page, name, "Weight at the start", "ArrowRight", "ArrowRight");
  await check([-1.1, 0.9], 3);
  await press(page, name, "Slope of the softsign", "End");
  await check([-1.1, 0.9], 100);
  // The frame's inside begins at 44 of 360 and 30 of 300 units and is 298 wide and 226 high.
  const at = (
    w: number,
    b: number,
  ): [number, number] => [(44 + 298 * (w + 2) / 5) / 360, (30 + 226 * (2 - b) / 4) / 300];
  await drag(page, name, 0, at(-1.1, 0.9), at(0, 0.5), at(0.5, -0.5));
  const [weight, bias] = numbers(await said(page, name));
  assertAlmostEquals(weight, 0.5, 0.051);
  assertAlmostEquals(bias, -0.5, 0.051);
  await check([weight, bias], 100);
});

figureTest(
  "who-gets-an-arrow",
  "the notebook's precision; no row under round, every row under a softsign",
  async (page) => {
    const name = "who-gets-an-arrow";
    const [, asked] = /the loss is 1 − 4\/6 = (\d\.\d+)/.exec(await outputsOf("01_why"))!;
    await click(page, name, "round");
    assertMatch(await said(page, name), /gives an arrow to 0 of 12 rows/);
    const [soft, hard] = numbers(await said(page, name)).slice(-3);
    assertAlmostEquals(1 - hard, Number(asked), 6e-4);
    assertEquals(soft, hard);
    await click(page, name, "softsign");
    assertMatch(await said(page, name), /gives an arrow to 12 of 12 rows/);
    await press(page, name, "Output of this row", "End");
    const right = /precision is \S+ soft and (\S+) of/.exec(await said(page, name))![1];
    assertEquals(right, (5 / 7).toFixed(3));
    // Row 1, dragged below the threshold: 4 true positives are left, 2 false ones.
    const at = (p: number): [number, number] => [(44 + 298 * p) / 360, (30 + 264 / 24) / 338];
    await drag(page, name, 0, at(0.92), at(0.6), at(0.3));
    assertEquals(/soft and (\S+) of/.exec(await said(page, name))![1], (4 / 6).toFixed(3));
    await press(page, name, "Centre of the step", "ArrowRight");
    assertMatch(await said(page, name), /centred at 0\.51/);
  },
);

figureTest("start-on-the-tail", "the cells are the notebook's", async (page, look) => {
  const name = "start-on-the-tail", html = await outputOf("prior-map");
  const svg = decodeURIComponent(/data:image\/svg\+xml,([^']*)/.exec(html)![1]);
  const notebook = [...svg.matchAll(/<text[^>]*>(×|\(?\d+\)?)</g)].map((m) => m[1]).slice(0, 60);
  const cells = () =>
    page.$$eval(`${placeOf(name)} td button`, (all) => all.map((b) => (b as { textContent: string }).textContent));
  const done = () => page.waitForSelector(`${placeOf(name)} table:not([aria-busy])`);
  if (look.scheme === "light") {
    await (await page.$(`${placeOf(name)} table`))!.scrollIntoViewIfNeeded();
    await done();
    assertEquals(await cells(), notebook.slice(0, 30), "SGD, π = 0.1");
  }
  await press(page, name, "Optimizer", "ArrowDown");
  await press(page, name, "Optimizer", "ArrowUp");
  assertMatch(await said(page, name), /it is dead\.$/);
  await page.focus(`${placeOf(name)} tr:nth-child(5) td:nth-child(3) button`);
  await page.keyboard.press("Enter");
  await click(page, name, "Play"); // with reduced motion it goes to the end at once
  assertMatch(await said(page, name), /^At step 100, 400 of 400 rows .* it has learnt\.$/);
  await drag(page, name, 1, [0.5, 0.5], [(44 + 298 * 0.25) / 360, 0.5]);
  assertMatch(await said(page, name), /^At step 25,/);
});

figureTest("move-the-threshold", "the sentence counts the recorded outputs", async (page) => {
  const name = "move-the-threshold";
  const check = async (threshold: number) => {
    const [at, rows, ...values] = numbers((await said(page, name)).replaceAll("F1", ""));
    assertEquals([at, rows], [threshold, truth.length]);
    Object.values(outputs).forEach((yPred, i) => {
      const positive = yPred.map((p) => p > threshold),
        tp = truth.filter((label, row) => label === 1 && positive[row]).length;
      const both = positive.filter(Boolean).length + truth.filter((label) => label === 1).length;
      assertAlmostEquals(values[i], 2 * tp / both, 6e-4);
    });
  };
  await check(0.5);
  const alt = await outputOf("thesis-figure");
  for (const [loss, at] of [["cross-entropy", 0], ["class weights", 1], ["F1 loss", 2]] as const) {
    const [, half] = new RegExp(`${loss}: (\\d\\.\\d+) at 0\\.5`).exec(alt)!;
    assertAlmostEquals(
      numbers((await said(page, name)).replaceAll("F1", ""))[2 + at],
      Number(half),
      1e-9,
      "the notebook's",
    );
  }
  const [grey, , blue] = numbers((await said(page, name)).replaceAll("F1", "")).slice(2);
  assert(blue > grey + 0.03, "at 0.5 the loss is ahead");
  await click(page, name, "Peak of cross-entropy");
  const [at, , tuned] = numbers((await said(page, name)).replaceAll("F1", ""));
  assert(at < 0.5 && Math.abs(tuned - blue) < 0.02, "tuned, cross-entropy is as high");
  await check(at);
  await press(page, name, "Threshold", "ArrowRight");
  await check(Number((at + 0.01).toFixed(2)));
  await drag(page, name, 0, [0.5, 0.5], [(44 + 358 * 0.25) / 420, 0.5]);
  await check(0.25);
});

figureTest("shuffle-the-batches", "the mean over ten shuffles is the notebook's", async (page) => {
  const name = "shuffle-the-batches", alt = await outputOf("direction-figure");
  await press(page, name, "Your guess for batches of 8", "ArrowRight");
  const guess = () =>
    page.$eval(`${placeOf(name)} .fields output`, (output) => (output as { textContent: string }).textContent);
  assertEquals(await guess(), "0.36");
  await drag(page, name, 0, [(44 + 5) / 360, 0.6], [(44 + 5) / 360, (30 + 186 * 0.2) / 260]);
  assertEquals(await guess(), "0.80");
  const left = (selector: string) =>
    page.$eval(
      `${placeOf(name)} ${selector}`,
      (one) => (one as { getBoundingClientRect(): { left: number } }).getBoundingClientRect().left,
    );
  assertEquals(await left(".buttons button"), await left(".fields .field"), "the button stands below the sliders");
  await click(page, name, "Show the truth");
  const [, whole] = /the data set&#39;s loss is (\d\.\d+)/.exec(alt.replace(/\s+/g, " "))!;
  const means: number[] = [], angles: number[] = [];
  for (let shuffle = 1; shuffle <= 10; shuffle++) {
    const [own, , , , mean, all, angle] = numbers(await said(page, name));
    assertEquals(own, shuffle);
    assertAlmostEquals(all, Number(whole), 6e-3);
    means.push(mean);
    angles.push(angle);
    if (shuffle < 10) await click(page, name, "Shuffle");
  }
  const flat = alt.replace(/\s+/g, " "), of = (pattern: RegExp) => Number(pattern.exec(flat)![1]);
  assertAlmostEquals(means.reduce((a, b) => a + b) / 10, of(/(\d\.\d+) at 20/), 6e-3);
  angles.sort((a, b) => a - b);
  assertAlmostEquals((angles[4] + angles[5]) / 2, of(/(\d+) degrees at 20/), 1);
  await press(page, name, "Rows in a batch", "End");
  assertMatch(await said(page, name), /batches of 200 rows/);
});

slowInBrowser("figures that move: without JavaScript the still figures stay, and no control appears", async () => {
  const { names } = await projectSite();
  await withPage(async ({ page }) => {
    for (const name of ["drag-the-start", "move-the-threshold", "shuffle-the-batches"]) {
      await page.goto(await pageWith(`data-live="${name}"`));
      const figure = `figure[data-live="${name}"]`;
      assert(await page.$(`${figure} .rb-title`) && await page.$(`${figure} svg[aria-label]`), name);
    }
    for (const name of ["audit.html", "compare.html"]) {
      await page.goto(names.get(name)!);
      assertMatch(
        await page.$eval("main", (main) => (main as { textContent: string }).textContent),
        /needs JavaScript/,
      );
      assertEquals(await page.$$("main :is(button, input, select, textarea)"), []);
    }
  }, { scripts: false });
});
