import {
  assert,
  assertEquals,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertLessOrEqual,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  auditFigure,
  curveFigure,
  type CurveFigureOptions,
  decisionFigure,
  gradientCurveFigure,
  heatMapFigure,
  historyFigure,
  landscapeFigure,
  pairedFigure,
} from "@roundabout/figures";
import fc from "fast-check";
import { parseHTML } from "linkedom";
import { fontSize, lineHeight } from "../../lib/display/plot.ts";
import { spread } from "../../notebooks/figures/chart.ts";
import { examples, logistic, round, softsign } from "./examples.ts";

// The same cases on every run.
fc.configureGlobal({ seed: 48356029, numRuns: 200 });

const snapshots = new URL("./snapshots/", import.meta.url);

/** The formatter must not touch what is compared byte for byte. */
const asFile = (svg: string): string => `<!-- deno-fmt-ignore-file -->\n${svg}\n`;

interface Element {
  tagName: string;
  children: Iterable<Element>;
  textContent: string;
  getAttribute(name: string): string | null;
}

interface Words {
  text: string;
  box: [x0: number, y0: number, x1: number, y1: number];
}

/** The lines of words of a figure, with the boxes that they take in a narrow typeface. */
function wordsOf(svg: string): Words[] {
  const { document } = parseHTML(`<html><body>${svg}</body></html>`) as unknown as {
    document: { querySelector(selector: string): Element };
  };
  const em = (value: string | null): number => fontSize * Number((value ?? "0").replace("em", ""));
  const found: Words[] = [];
  const visit = (element: Element, dx: number, dy: number, inherited: string): void => {
    const [, tx = "0", ty = "0"] = /translate\(([-\d.]+),([-\d.]+)\)/.exec(element.getAttribute("transform") ?? "") ??
      [];
    const [x, y] = [dx + Number(tx), dy + Number(ty)], anchor = element.getAttribute("text-anchor") ?? inherited;
    const children = [...element.children];
    if (element.tagName.toLowerCase() !== "text") return children.forEach((child) => visit(child, x, y, anchor));
    let baseline = y + em(element.getAttribute("y"));
    for (const line of children.length > 0 ? children : [element]) {
      baseline += line === element ? 0 : em(line.getAttribute("y")) + em(line.getAttribute("dy"));
      const width = 0.5 * fontSize * line.textContent.length;
      const left = x - (anchor === "end" ? width : anchor === "middle" ? width / 2 : 0);
      const box: Words["box"] = [left, baseline - 0.7 * fontSize, left + width, baseline];
      found.push({ text: line.textContent, box });
    }
  };
  visit(document.querySelector("svg"), 0, 0, "start");
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
      assert(x0 >= 0 && y0 >= 0 && x1 <= width && y1 <= height, `"${text}" leaves the paper: ${[x0, y0, x1, y1]}`);
      for (const { text: other, box } of words.slice(n + 1)) {
        const apart = x1 <= box[0] || box[2] <= x0 || y1 <= box[1] || box[3] <= y0;
        assert(apart, `"${text}" and "${other}" overlap`);
      }
    });
  });

  Deno.test(`figure ${name}: stands alone, with a light and a dark value of each colour`, () => {
    const { svg } = make();
    assertMatch(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox=/);
    assertFalse(/<script|<image|href=|NaN|undefined|currentColor|url\((?!#)/.test(svg));
    const [, style] = /<style>@media \(prefers-color-scheme: dark\) { svg { (.*) } }<\/style>/.exec(svg)!;
    const drawing = svg.replace(/<style>.*<\/style>/, "");
    for (const [, color] of drawing.matchAll(/(?:fill|stroke)="([^"]*)"/g)) {
      const [, variable] = /^var\((--rb-[a-z-]+), #[0-9a-f]{6}\)$/.exec(color) ?? [];
      assert(color === "none" || style.includes(`${variable}: #`), color);
    }
    for (const [, path] of drawing.matchAll(/ (?:d|transform|x1|y1)="([^"]*)"/g)) assertFalse(/\.\d{3}/.test(path));
  });
}

const plain: CurveFigureOptions = {
  title: "A line",
  alt: "A line that rises.",
  x: { label: "x" },
  y: { label: "y" },
  series: [{ name: "a", points: [[0, 0], [1, 1]] }],
};
const textsOf = (svg: string): string[] => wordsOf(svg).map(({ text }) => text);

Deno.test("figures: lines are told apart without colour", () => {
  const names = ["a", "b", "c", "softsign, slope 1", "softsign, slope 5", "round"];
  const { svg } = curveFigure({ ...plain, series: names.map((name, n) => ({ name, points: [[0, 0], [1, n]] })) });
  const lines = svg.match(/<g [^>]*stroke-width="(?:2\.5|3)"[^>]*>\n<path d="M66,/g) ?? [];
  assertEquals(lines.length, names.length);
  const dashes = lines.map((line) => /stroke-dasharray="([^"]*)"/.exec(line)?.[1] ?? "");
  assertEquals(new Set(dashes).size, names.length);
  assertEquals(dashes[names.indexOf("round")], ""); // black is a full line
  for (const name of names) assert(textsOf(svg).includes(name), name);
});

Deno.test("figures: a jump is not a vertical line", () => {
  const { svg } = gradientCurveFigure([round], { title: "A jump", alt: "A jump." });
  const [, path] = /<g [^>]*stroke-width="3"[^>]*>\n<path d="([^"]*)"/.exec(svg)!;
  assertEquals(path.split("M").length - 1, 2);
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
  assertEquals(dots.length, 2);
  assertEquals(dots[0][0], dots[1][0]);
  assertEquals(dots[1][1] - dots[0][1], 200); // the value at the jump is the one from the left
});

Deno.test("figures: a log axis says in words which line is 0, and what float32 cannot hold", () => {
  const { svg } = gradientCurveFigure([round, softsign, logistic], {
    title: "Tails",
    alt: "Tails.",
    value: false,
    derivative: { label: "derivative", type: "log" },
  });
  for (const word of ["round:\u00a00", "0 in float32", "10⁻²⁰", "softsign"]) assert(textsOf(svg).includes(word), word);
  assertFalse(svg.includes("step s(p)"));
});

Deno.test("figures: ticks of an axis are the given ones, in the given form", () => {
  const ticks = [8, 32, 128, 512];
  const of = (format?: (value: number) => string) =>
    textsOf(
      curveFigure({
        ...plain,
        x: { label: "rows", type: "log", ticks, format },
        series: [{ name: "a", points: ticks.map((x) => [x, 1 / x]) }],
      }).svg,
    );
  assertEquals(of().slice(0, 4), ["8", "32", "128", "512"]);
  assertEquals(of((value) => `${value}!`).slice(0, 4), ["8!", "32!", "128!", "512!"]);
});

Deno.test("figures: ids follow from the content, not from what was drawn before", () => {
  const figure = () => curveFigure({ ...plain, y: { label: "y", domain: [0, 0.5] } }).svg;
  const ids = [...figure().matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assertEquals(ids, ["clip-0"]);
  assertEquals(figure(), figure());
  assertStringIncludes(figure(), "url(#clip-0)");
});

Deno.test("figures: text is the title, the alternative text, the caption", () => {
  const figure = curveFigure({ ...plain, caption: "Two points." });
  assertEquals(figure.text, "[figure] A line\nA line that rises.\nTwo points.");
});

Deno.test("figures: words in them are escaped", () => {
  const { svg } = curveFigure({ ...plain, x: { label: 'a "b" <c>' } });
  assertStringIncludes(svg, "a &quot;b&quot; &lt;c&gt;");
});

Deno.test("figures: many labels keep their distance", () => {
  const series = Array.from({ length: 12 }, (_, n) => ({ name: `line ${n}`, points: [[0, 0], [1, 1]] as const }));
  const ends = wordsOf(curveFigure({ ...plain, series }).svg).filter(({ text }) => text.startsWith("line "));
  const places = ends.map(({ box }) => box[1]).sort((a, b) => a - b);
  assertEquals(places.length, 12);
  for (let n = 1; n < places.length; n++) assertGreaterOrEqual(places[n] - places[n - 1], lineHeight - 0.1);
});

Deno.test("figures: of a line that ends early, no piece leads across the frame to its name", () => {
  const leader = (end: number): number[] => {
    const options = { ...plain, x: { label: "x", domain: [0, 1] as const } };
    const { svg } = curveFigure({ ...options, series: [{ name: "a", points: [[0, 0], [end, 1]] }] });
    const [, path] = [...svg.matchAll(/<path d="(M[^"]*)"\/>/g)].map(([, path]) => path).filter((path) =>
      !/,6|-6/.test(path)
    );
    return [...path.matchAll(/([\d.]+),/g)].map(([, x]) => Number(x));
  };
  const [first, ...rest] = leader(1);
  assertEquals(rest.length, 2);
  assert(leader(0.5).every((x) => x > first));
});

Deno.test("spread: what is far enough apart stays", () => {
  assertEquals(spread([10, 40, 80], [20, 20, 20], 100), [10, 40, 80]);
  assertEquals(spread([], [], 100), []);
});

Deno.test("spread: neighbours keep their distance, their order and the lower bound", () => {
  const label = fc.record({ place: fc.integer({ min: 0, max: 300 }), height: fc.constantFrom(22, 44) });
  fc.assert(fc.property(fc.array(label, { minLength: 1, maxLength: 8 }), (labels) => {
    const places = labels.map(({ place }) => place).sort((a, b) => a - b), heights = labels.map(({ height }) => height);
    const result = spread(places, heights, 300);
    assertLessOrEqual(result[result.length - 1], 300);
    for (let n = 1; n < result.length; n++) {
      assertGreaterOrEqual(result[n] - result[n - 1], (heights[n] + heights[n - 1]) / 2);
    }
  }));
});

Deno.test("figures: the history's line is the median, its caption says what line and band are", () => {
  const options = { ...plain, runs: [{ name: "a", seeds: [[0, 1], [1, 2], [2, 6]] }] };
  const figure = historyFigure(options);
  assertEquals(figure.caption, "Line: median of 3 seeds; band: from the smallest to the largest.");
  // The axis reaches from 0 to 6: the median ends at a third of the frame's 300, the band from a sixth to the top.
  assertStringIncludes(figure.svg, 'd="M66,286L593,236"');
  assertStringIncludes(figure.svg, 'd="M66,236L593,36L593,286L66,336Z"');
  const half = historyFigure({ ...options, band: "quartiles", caption: "WDBC." });
  assertEquals(half.caption, "WDBC. Line: median of 3 seeds; band: the middle half.");
  assertStringIncludes(half.svg, 'd="M66,250.3L593,36L593,250.3L66,336Z"'); // 0.5 to 1.5, then 1.5 to 4
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
  for (const word of ["better", "worse", "no difference seen"]) assert(textsOf(svg).includes(word), word);
  const shapes = [...svg.matchAll(/<path d="M[^"]*Z"[^>]*transform="([^"]*)"/g)].map(([, transform]) => transform);
  assertEquals(shapes.filter((transform) => transform.includes("rotate(180)")).length, 1);
});

Deno.test("figures: paired differences have three to six ticks, 0 among them, whatever the intervals", () => {
  const end = fc.double({ min: -6, max: 0, noNaN: true }).map((exponent) => 10 ** exponent);
  fc.assert(
    fc.property(end, end, (below, above) => {
      const items = [{ label: "cross-entropy, logit adjustment", mean: 0, low: -below, high: above }];
      const { svg } = pairedFigure({ ...plain, xLabel: "difference", zeroLabel: "baseline", items });
      const ticks = textsOf(svg).filter((text) => /^−?[\d.e−]+$/.test(text)).map((text) =>
        Number(text.replaceAll("−", "-"))
      );
      assert(ticks.length >= 3 && ticks.length <= 6 && ticks.includes(0), `${ticks}`);
    }),
    { numRuns: 50 },
  );
});

Deno.test("figures: a histogram counts each class on its side", () => {
  const { svg } = decisionFigure({
    title: "T",
    alt: "A",
    predictions: [0, 0.01, 0.02, 0.91, 1],
    labels: [0, 0, 0, 1, 1],
    curves: [softsign],
  });
  for (const word of ["n\u00a0=\u00a02", "n\u00a0=\u00a03"]) assert(textsOf(svg).includes(word), word);
  const bars = [...svg.matchAll(/<rect height="([\d.]+)" width="[\d.]+" x="([\d.]+)" y="([\d.]+)"\/>/g)].slice(-3)
    .map(([, height, x, y]) => ({ height: Number(height), x: Number(x), y: Number(y) }));
  const [at91, at1, at0] = bars;
  assertEquals(bars.length, 3);
  assertGreater(at1.x, at91.x); // the last bar holds its right end too
  assertEquals(at91.height, at1.height);
  assertEquals(at0.height, 3 * at91.height);
  assertEquals(at0.y, at91.y + at91.height); // downwards from 0
});

Deno.test("figures: a heat map prints each value, and a dash for none", () => {
  const { svg } = heatMapFigure({
    title: "T",
    alt: "A",
    rows: ["a"],
    columns: ["b", "c"],
    values: [[-1, null]],
    midpoint: 0,
  });
  assert(["−1.00", "–"].every((word) => textsOf(svg).includes(word)));
  assertStringIncludes(svg, '<rect fill="var(--rb-orange, #c48700)" fill-opacity="0.6"');
  const opacities = [...svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, opacity]) => Number(opacity));
  assertEquals(opacities, [0.6, 0]);
});

Deno.test("heatMapFigure: a value beyond the domain has the colour of its nearer end", () => {
  const words = { title: "T", alt: "A", rows: ["a"], columns: ["b", "c", "d", "e"], domain: [0, 1] as const };
  const { svg } = heatMapFigure({ ...words, values: [[-1, 0, 1, 2]] });
  const opacities = [...svg.matchAll(/fill-opacity="([\d.]+)"/g)].map(([, opacity]) => Number(opacity));
  assertEquals(opacities, [0.04, 0.04, 0.6, 0.6]);
});

const series = (points: unknown) => ({ ...plain, series: [{ name: "a", points }] }) as CurveFigureOptions;
const decisions = { title: "T", alt: "A", predictions: [0.1], labels: [0], curves: [] };
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
  ["no points", () => curveFigure(series([])), "'points' of 'a' is empty"],
  [
    "an unknown colour",
    () => curveFigure({ ...plain, series: [{ name: "a", color: "pink" as "blue", points: [[0, 0]] }] }),
    `'color' is "pink"`,
  ],
  [
    "a band of another length",
    () => curveFigure({ ...plain, series: [{ name: "a", points: [[0, 0]], band: { low: [], high: [1] } }] }),
    "'band' of 'a' has 0 and 1 values for 1 points",
  ],
  ["no steps", () => gradientCurveFigure([], { title: "T", alt: "A" }), "'steps' is empty"],
  [
    "seeds of different length",
    () => historyFigure({ ...plain, runs: [{ name: "a", seeds: [[1], [1, 2]] }] }),
    "'a' has histories or places of 1 and 2 values",
  ],
  [
    "places of another length",
    () => historyFigure({ ...plain, at: [1, 2], runs: [{ name: "a", seeds: [[1]] }] }),
    "'a' has histories or places of 1 and 2 values",
  ],
  ["no seeds", () => historyFigure({ ...plain, runs: [{ name: "a", seeds: [] }] }), "'seeds' of 'a' is empty"],
  ["no runs", () => historyFigure({ ...plain, runs: [] }), "'runs' is empty"],
  [
    "a heat map of the wrong shape",
    () => heatMapFigure({ title: "T", alt: "A", rows: ["a"], columns: ["b"], values: [[1, 2]] }),
    "'values' has 1 rows of 2 values, it must have 1 of 1",
  ],
  [
    "a prediction above 1",
    () => decisionFigure({ ...decisions, predictions: [1.5] }),
    "a row has prediction 1.5 and label 0",
  ],
  ["a label of 2", () => decisionFigure({ ...decisions, labels: [2] }), "a row has prediction 0.1 and label 2"],
  [
    "labels of another length",
    () => decisionFigure({ ...decisions, labels: [] }),
    "'predictions' has 1 values, 'labels' has 0",
  ],
  [
    "a ragged landscape",
    () => landscapeFigure({ ...weights, panels: [{ title: "P", values: [[1, 2], [1]] }] }),
    "'values' of 'P' must be a grid of 2 × 2",
  ],
  [
    "a landscape with NaN",
    () => landscapeFigure({ ...weights, panels: [{ title: "P", values: [[1, 2], [1, NaN]] }] }),
    "'values' must be finite",
  ],
  [
    "a mean outside its interval",
    () => pairedFigure({ ...pair, items: [{ label: "a", mean: 3, low: 0, high: 1 }] }),
    "'a' with 3 in [0, 1]",
  ],
  ["no items", () => pairedFigure({ ...pair, items: [] }), "'items' must be an array"],
  ["a way of one point", () => auditFigure({ name: "a", lossPath: [] }), "'lossPath' of 'a' has 0 points"],
];
for (const [what, make, message] of errors) {
  Deno.test(`figures: ${what} is an error of one sentence`, () => {
    const error = assertThrows(make, Error) as Error;
    assertStringIncludes(error.message, message);
    assertMatch(error.message, /^Cannot (make|draw|color) .*[^.]$/);
  });
}
