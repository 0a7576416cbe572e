import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  curveFigure,
  type CurveFigureOptions,
  decisionFigure,
  gradientCurveFigure,
  heatMapFigure,
  historyFigure,
  landscapeFigure,
  pairedFigure,
} from "@roundabout/roundabout/display";
import { parseHTML } from "linkedom";
import { lineHeight, textWidth } from "../../lib/display/text_width.ts";
import { examples, type ramp, round, softsign } from "./examples.ts";

const snapshots = new URL("../notebook/snapshots/", import.meta.url);

/** The formatter must not touch what is compared byte for byte. */
const asFile = (svg: string): string => `<!-- deno-fmt-ignore-file -->\n${svg}\n`;

interface Element {
  tagName: string;
  children: Iterable<Element>;
  textContent: string;
  getAttribute(name: string): string | null;
}

/** The words of a figure, with the boxes that they take. */
function wordsOf(svg: string): { text: string; box: [number, number, number, number] }[] {
  const { document } = parseHTML(`<html><body>${svg}</body></html>`) as unknown as {
    document: { querySelector(selector: string): Element };
  };
  const found: { text: string; box: [number, number, number, number] }[] = [];
  const visit = (element: Element, dx: number, dy: number): void => {
    const [, tx = "0", ty = "0"] = /translate\(([-\d.]+),([-\d.]+)\)/.exec(element.getAttribute("transform") ?? "") ??
      [];
    const [x0, y0] = [dx + Number(tx), dy + Number(ty)];
    if (element.tagName.toLowerCase() === "text") {
      const size = Number(element.getAttribute("font-size") ?? 18);
      const width = textWidth(element.textContent, size, element.getAttribute("font-weight") === "bold");
      const anchor = element.getAttribute("text-anchor");
      const x = x0 + Number(element.getAttribute("x")) -
        (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
      const y = y0 + Number(element.getAttribute("y"));
      found.push({ text: element.textContent, box: [x, y - 0.75 * size, x + width, y + 0.1 * size] });
    }
    for (const child of element.children) visit(child, x0, y0);
  };
  visit(document.querySelector("svg"), 0, 0);
  return found;
}

for (const [name, make] of Object.entries(examples)) {
  Deno.test(`figure ${name}: the same bytes as its snapshot, and on every run`, async () => {
    const { svg } = make();
    assertEquals(make().svg, svg);
    const file = new URL(`${name}.svg`, snapshots);
    if (Deno.env.get("UPDATE_SNAPSHOTS") === "1") await Deno.writeTextFile(file, asFile(svg));
    assertEquals(asFile(svg), await Deno.readTextFile(file));
  });

  Deno.test(`figure ${name}: words neither touch nor leave the paper`, () => {
    const { svg } = make();
    const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!.map(Number);
    const words = wordsOf(svg);
    assertGreater(words.length, 5);
    words.forEach(({ text, box: [x0, y0, x1, y1] }, n) => {
      assert(x0 >= 0 && y0 >= 0 && x1 <= width + 2 && y1 <= height, `"${text}" leaves the paper: ${[x0, y0, x1, y1]}`);
      for (const { text: other, box } of words.slice(n + 1)) {
        const apart = x1 <= box[0] || box[2] <= x0 || y1 <= box[1] || box[3] <= y0;
        assert(apart, `"${text}" and "${other}" overlap`);
      }
    });
  });

  Deno.test(`figure ${name}: stands alone, and a style sheet can colour it`, () => {
    const { svg } = make();
    assertMatch(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox=/);
    assertFalse(/<style|<script|<image|href=|NaN|undefined|currentColor|url\((?!#)/.test(svg));
    assertStringIncludes(svg, 'font-family="system-ui');
    for (const [, color] of svg.matchAll(/(?:fill|stroke)="([^"]*)"/g)) {
      assertMatch(color, /^(none|var\(--rb-[a-z-]+, #[0-9a-f]{6}\))$/);
    }
    for (const [, number] of svg.matchAll(/[\s,"(ML](-?\d+\.\d+)/g)) assertMatch(number, /\.\d{1,4}$/);
    for (const [, path] of svg.matchAll(/ d="([^"]*)"/g)) assertFalse(/\.\d{3}/.test(path));
  });
}

const plain: CurveFigureOptions = {
  title: "A line",
  alt: "A line that rises.",
  x: { label: "x" },
  y: { label: "y" },
  series: [{ name: "a", points: [[0, 0], [1, 1]] }],
};

Deno.test("figures: lines are told apart without colour", () => {
  const names = ["a", "b", "c", "d", "e"];
  const series = names.map((name, n) => ({ name, points: [[0, 0], [1, n]] as [number, number][] }));
  const { svg } = curveFigure({ ...plain, series });
  const lines = svg.match(/<g [^>]*stroke-width="(?:2\.5|3)"[^>]*>\n<path/g) ?? [];
  assertEquals(lines.length, 5);
  const dashes = lines.map((line) => /stroke-dasharray="([^"]*)"/.exec(line)?.[1] ?? "");
  assertEquals(new Set(dashes).size, 5);
  for (const name of names) assertStringIncludes(svg, `>${name}</text>`);
});

Deno.test("figures: a jump is no vertical line", () => {
  const { svg } = gradientCurveFigure([round], { title: "A jump", alt: "A jump." });
  const [, path] = /<g [^>]*stroke-width="3"[^>]*>\n<path d="([^"]*)"/.exec(svg)!;
  assertEquals(path.split("M").length - 1, 2);
  assertEquals((svg.match(/<circle /g) ?? []).length, 2);
});

Deno.test("figures: of a log axis, what is 0 everywhere is said in words", () => {
  const { svg } = gradientCurveFigure([round, softsign], {
    title: "Tails",
    alt: "Tails.",
    derivative: { label: "derivative", type: "log" },
  });
  assertStringIncludes(svg, ">round:\u00a00</text>");
  assertStringIncludes(svg, ">0 in float32</text>");
});

Deno.test("figures: ids follow from the content", () => {
  const figure = (high: number) =>
    curveFigure({ ...plain, y: { label: "y", domain: [0, high] }, series: [{ name: "a", points: [[0, -1], [1, 1]] }] })
      .svg;
  const id = (svg: string) => /id="([^"]*)"/.exec(svg)?.[1];
  assertMatch(id(figure(1))!, /^rb-[0-9a-f]{8}-0$/);
  assertEquals(id(figure(1)), id(figure(1)));
  assert(id(figure(1)) !== id(figure(2)));
  assertStringIncludes(figure(1), `url(#${id(figure(1))})`);
});

Deno.test("figures: text is the title, what is to be seen, what was done", () => {
  const figure = curveFigure({ ...plain, caption: "Two points." });
  assertEquals(figure.text, "[figure] A line\nA line that rises.\nTwo points.");
});

Deno.test("figures: words in them are escaped", () => {
  const svg = curveFigure({ ...plain, title: "<script>alert(1)</script> & more", x: { label: 'a "b" <c>' } }).svg;
  assertFalse(svg.includes("<script"));
  assertStringIncludes(svg, "a &quot;b&quot; &lt;c&gt;");
});

Deno.test("figures: many labels keep their distance", () => {
  const series = Array.from(
    { length: 12 },
    (_, n) => ({ name: `line ${n}`, points: [[0, 0], [1, 1]] as [number, number][] }),
  );
  const ends = wordsOf(curveFigure({ ...plain, series }).svg).filter(({ text }) => text.startsWith("line "));
  const places = ends.map(({ box }) => box[1]).sort((a, b) => a - b);
  assertEquals(places.length, 12);
  for (let n = 1; n < places.length; n++) assertGreater(places[n] - places[n - 1], lineHeight - 0.1);
});

Deno.test("figures: the history's caption says what line and band are", () => {
  const options = { ...plain, runs: [{ name: "a", seeds: [[0, 1], [1, 2], [2, 5]] }] };
  assertEquals(historyFigure(options).caption, "Line: median of 3 seeds; band: from the least to the greatest.");
  assertEquals(
    historyFigure({ ...options, band: "quartiles", caption: "WDBC." }).caption,
    "WDBC. Line: median of 3 seeds; band: the middle half.",
  );
});

Deno.test("figures: a verdict has a shape and a word", () => {
  const { svg } = pairedFigure({
    ...plain,
    xLabel: "difference",
    zeroLabel: "baseline",
    items: [
      { label: "a", mean: 1, low: 0.5, high: 2 },
      { label: "b", mean: -1, low: -2, high: -0.5 },
      { label: "c", mean: 0, low: -1, high: 1 },
    ],
  });
  for (const word of ["better", "worse", "no difference seen"]) assertStringIncludes(svg, `>${word}</text>`);
  const shapes = [...svg.matchAll(/<path d="([^"]*)"[^>]*transform="([^"]*)"/g)];
  assertEquals(shapes.filter(([, , transform]) => transform.includes("rotate(180)")).length, 1);
});

const series = (points: unknown) => ({ ...plain, series: [{ name: "a", points }] }) as CurveFigureOptions;
const decisions = { title: "T", alt: "A", predictions: [0.1], labels: [0] };
const pair = { title: "T", alt: "A", xLabel: "x", zeroLabel: "z" };
const weights = {
  title: "T",
  alt: "A",
  x: { label: "u", domain: [0, 1] as const },
  y: { label: "v", domain: [0, 1] as const },
};
const errors: [string, () => unknown, string][] = [
  ["no alternative text", () => curveFigure({ ...plain, alt: " " }), `'alt' is " ", it must be a sentence`],
  ["no title", () => curveFigure({ ...plain, title: "" }), `'title' is "", it must be a sentence`],
  ["an axis without a name", () => curveFigure({ ...plain, x: { label: "" } }), `'x.label' is "", it must be words`],
  [
    "an unknown kind of axis",
    () => curveFigure({ ...plain, y: { label: "y", type: "cube" as "log" } }),
    `'y.type' is "cube"`,
  ],
  [
    "a domain that falls",
    () => curveFigure({ ...plain, y: { label: "y", domain: [1, 0] } }),
    "'y.domain' is [1,0], it must rise",
  ],
  [
    "a log domain from 0",
    () => curveFigure({ ...plain, y: { label: "y", type: "log", domain: [0, 1] } }),
    "and be positive",
  ],
  ["no points", () => curveFigure(series([])), "'points' of 'a' is empty"],
  ["undefined points", () => curveFigure(series(undefined)), "'points' of 'a' is undefined"],
  [
    "points that are no pairs",
    () => curveFigure(series([[1]])),
    "'points' of 'a' has [1], it must be pairs of numbers",
  ],
  ["x and y of different length", () => curveFigure(series({ x: [1], y: [1, 2] })), "'points' of 'a' has 1 x and 2 y"],
  [
    "an unknown colour",
    () => curveFigure({ ...plain, series: [{ name: "a", color: "pink" as "blue", points: [[0, 0]] }] }),
    `'color' is "pink"`,
  ],
  ["a width of 0", () => curveFigure({ ...plain, width: 0 }), "'width' is 0, it must be from 240 to 4000"],
  [
    "a band of another length",
    () => curveFigure({ ...plain, series: [{ name: "a", points: [[0, 0]], band: { low: [], high: [1] } }] }),
    "'band' of 'a'",
  ],
  ["no steps", () => gradientCurveFigure([], { title: "T", alt: "A" }), "'steps' must be an array of steps"],
  [
    "something without a derivative",
    () => gradientCurveFigure([{ name: "x" } as typeof ramp], { title: "T", alt: "A" }),
    "'steps' has something without",
  ],
  [
    "seeds of different length",
    () => historyFigure({ ...plain, runs: [{ name: "a", seeds: [[1], [1, 2]] }] }),
    "histories of 1 and 2 values",
  ],
  ["no seeds", () => historyFigure({ ...plain, runs: [{ name: "a", seeds: [] }] }), "'seeds' of 'a' is empty"],
  [
    "an unknown band",
    () => historyFigure({ ...plain, band: "all" as "range", runs: [{ name: "a", seeds: [[1]] }] }),
    `'band' is "all"`,
  ],
  [
    "a heat map of the wrong shape",
    () => heatMapFigure({ title: "T", alt: "A", rows: ["a"], columns: ["b"], values: [[1, 2]] }),
    "it must have 1 of 1",
  ],
  [
    "a heat map without values",
    () => heatMapFigure({ title: "T", alt: "A", rows: ["a"], columns: ["b"] }),
    "either 'values' or 'facets' must be given",
  ],
  [
    "a prediction above 1",
    () => decisionFigure({ ...decisions, predictions: [1.5] }),
    "'predictions[0]' is 1.5, it must be from 0 to 1",
  ],
  ["a label of 2", () => decisionFigure({ ...decisions, labels: [2] }), "'labels[0]' is 2, it must be 0 or 1"],
  [
    "labels of another length",
    () => decisionFigure({ ...decisions, labels: [] }),
    "'predictions' has 1 values, 'labels' has 0",
  ],
  ["a ragged landscape", () => landscapeFigure({ ...weights, values: [[1, 2], [1]] }), "'values' must be a grid"],
  [
    "a landscape with NaN",
    () => landscapeFigure({ ...weights, values: [[1, 2], [1, NaN]] }),
    "'values' has NaN, it must be finite",
  ],
  [
    "a mean outside its interval",
    () => pairedFigure({ ...pair, items: [{ label: "a", mean: 3, low: 0, high: 1 }] }),
    "'a' with 3 in [0, 1]",
  ],
  ["no items", () => pairedFigure({ ...pair, items: [] }), "'items' must be an array"],
];
for (const [what, make, message] of errors) {
  Deno.test(`figures: ${what} is an error of one sentence`, () => {
    const error = assertThrows(make, Error) as Error;
    assertStringIncludes(error.message, message);
    assertMatch(error.message, /^Cannot (make a|color) .*[^.]$/);
  });
}
