/**
 * Draws the image that a shared link shows: `deno run -P=tasks tasks/site/draw_social.ts` writes social.png (needs Chromium).
 *
 * @module
 */
import { paletteCss } from "../../lib/display/palette.ts";
import { launchChromium } from "../chromium.ts";
import { thesisFigure } from "./thesis.ts";

const browser = await launchChromium();
try {
  const page = await browser.newPage(), { svg, title } = thesisFigure({ width: 1080, height: 300 });
  await page.setViewportSize({ width: 1200, height: 630 });
  await page.setContent(`<style>:root { ${paletteCss("light")} }
body { margin: 40px 60px; font-family: "DejaVu Sans", system-ui, sans-serif; color: #1a1a1a; background: white }
h1 { margin: 0; font-size: 52px } p { margin: 10px 0 18px; font-size: 28px } </style>
<h1>Roundabout</h1><p>${title}</p>${svg}`);
  const png = await page.screenshot({ type: "png" });
  await Deno.writeFile(new URL("social.png", import.meta.url), png);
} finally {
  await browser.close();
}
