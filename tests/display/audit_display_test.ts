import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { auditFigure, type AuditFigureOptions } from "@roundabout/figures";
import { auditDisplay, bundle, row } from "@roundabout/roundabout/display";
import { handMadeAudit } from "./audit_fixture.ts";

Deno.test("auditDisplay: the sentence, a table for each finding, what was assumed, the figure", () => {
  const { text, html } = auditDisplay(handMadeAudit());
  assertStringIncludes(
    text,
    "✗ roundLoss is broken: All gradients are 0 on <every> batch (no-gradient-op).",
  );
  for (
    const word of [
      "bad-scale",
      "note",
      "batch random, gradients of 0 64, of 64, moved 0.125",
      "Write f1Loss({ slope: 10 }) instead",
      "Round, losses.ts:12:9",
      "Assumed: The labels are 0 and 1.",
      "[figure] roundLoss has no slope anywhere between wrong and right",
    ]
  ) assertStringIncludes(text, word);
  assertEquals(html.match(/<table/g)?.length, 2);
  assertEquals(html.match(/<tr>/g)?.length, 2 + 4 + 3); // the note says not where
  assertStringIncludes(html, "&lt;every&gt;");
  assertFalse(html.includes("<every>"));
});

Deno.test("auditDisplay: a sound loss has a sentence and no table", () => {
  const { text, html } = auditDisplay(handMadeAudit({ verdict: "sound", findings: [], lossPath: [], assumed: [] }));
  assertEquals(text, "✓ roundLoss is sound, as far as 2 probes can tell.");
  assertFalse(/<table|<figure/.test(html));
});

Deno.test("auditDisplay: several stand side by side", async () => {
  const sides = [handMadeAudit({ name: "left" }), handMadeAudit({ name: "right" })].map(auditDisplay);
  const shown = await bundle(row(...sides));
  assertEquals(shown["text/html"].match(/<figure/g)?.length, 2);
  assertStringIncludes(shown["text/plain"], "✗ left is broken");
  assertStringIncludes(shown["text/plain"], "✗ right is broken");
});

Deno.test("auditFigure: its title says what the way does", () => {
  const title = (...way: [loss: number, slope: number][]) =>
    auditFigure({ name: "a", lossPath: way.map(([loss, slope], at) => ({ at, loss, slope })) }).title;
  assertEquals(title([1, -1], [0, -1]), "a has a slope all the way from wrong to right");
  assertEquals(title([1, -1], [0.5, -0.5], [0, 0]), "a has a slope all the way from wrong to right");
  assertEquals(title([0, 1], [1, 1]), "a rises from wrong to right");
  assertEquals(title([1, 0], [1, 0], [0.5, -1]), "a is flat on 75\u00a0% of its way from wrong to right");
  assertEquals(title([1, -1], [NaN, NaN]), "a is not finite on its way from wrong to right");
});

Deno.test("auditFigure: its axes are those of its neighbours where they are given", () => {
  const ticksOf = (domains?: AuditFigureOptions["domains"]) =>
    [...auditFigure(handMadeAudit(), { domains }).svg.matchAll(/>(−?[\d.]+)</g)].map(([, tick]) => tick);
  assertFalse(ticksOf().includes("−20"));
  const given = ticksOf({ loss: [0, 4], slope: [-20, 0] });
  assert(given.includes("4") && given.includes("−20"), String(given));
});

Deno.test("auditFigure: without a way there is nothing to draw", () => {
  assertThrows(
    () => auditFigure(handMadeAudit({ lossPath: [] })),
    RangeError,
    "Cannot make an audit figure: 'lossPath' of 'roundLoss' has 0 points, it must have at least 2",
  );
});
