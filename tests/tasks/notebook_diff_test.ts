import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { compareNotebooks, numbersAgree } from "../../tasks/notebook_diff.ts";
import { denoMetadata, formatNotebook, type MimeBundle, type Output } from "../../tasks/notebook_format.ts";

const notebook = (outputs: Output[], source = "show();", metadata: Record<string, unknown> = denoMetadata): string =>
  formatNotebook({
    cells: [
      { cell_type: "markdown", id: "m", source: "# title", metadata: {} },
      { cell_type: "code", id: "c", source, metadata: {}, execution_count: 1, outputs },
    ],
    metadata,
    nbformat: 4,
    nbformat_minor: 5,
  });
const displayed = (data: MimeBundle): string => notebook([{ output_type: "display_data", data, metadata: {} }]);
const printed = (text: string): string => notebook([{ output_type: "stream", name: "stdout", text }]);
const agree = (a: string, b: string): boolean => compareNotebooks(a, b).differences.length === 0;

Deno.test("numbers agree to one unit in the last digit printed, or to the relative tolerance", () => {
  const cases: [string, string, boolean][] = [
    ["0.123", "0.124", true],
    ["0.123", "0.125", false],
    ["0.3", "0.2", true],
    ["12.5", "12.502", false],
    ["13", "12.999", true],
    ["13", "12.99", true],
    ["13", "12.5", false],
    ["1000.5001", "1000.5101", true],
    ["1000.5001", "1000.7001", false],
    ["1.5e-7", "1.6e-7", true],
    ["1.5e-7", "1.7e-7", false],
    ["-0.001", "0.000", true],
    ["-0.5", "0.5", false],
    ["-0", "0", true],
    ["30", "31", false],
    ["100000", "100001", false],
    ["1e5", "1.00001e5", true],
  ];
  for (const [a, b, expected] of cases) {
    assertEquals(numbersAgree(a, b), expected, `${a} and ${b}`);
    assertEquals(numbersAgree(b, a), expected, `${b} and ${a}`);
  }
});

Deno.test("numbers are compared wherever they stand, all else must be equal", () => {
  assert(agree(printed("loss 0.501 after 30 epochs\n"), printed("loss 0.502 after 30 epochs\n")));
  assert(!agree(printed("loss 0.501 after 30 epochs\n"), printed("loss 0.501 after 31 epochs\n")));
  assert(!agree(printed("loss 0.501\n"), printed("cost 0.501\n")));
  assert(agree(printed("−0.0011"), printed("−0.0012")));
  const power = (factor: string, exponent: string) => printed(`${factor}\u00a0×\u00a010${exponent}`);
  assert(agree(power("−1.5", "⁻⁷"), power("−1.6", "⁻⁷")));
  assert(agree(power("9.9", "⁻⁸"), power("1.0", "⁻⁷")));
  assert(!agree(power("1.5", "⁻⁷"), power("1.5", "⁻⁶")));
  assert(!agree(power("1.5", "⁷"), power("1.5", "⁻⁷")));
  assert(!agree(printed("#10aa10"), printed("#10aa11")));
  assert(!agree(printed("tfjs 4.22.0"), printed("tfjs 4.22.1")));
  assert(!agree(printed("NaN"), printed("0.5")));
  assert(!agree(printed("a\n"), printed("a\nb\n")));
  assert(!agree(displayed({ "text/plain": "x" }), displayed({ "text/html": "x" })));
  assert(!agree(displayed({ "image/png": "AAAA1.5" }), displayed({ "image/png": "AAAA1.6" })));
  assert(agree(displayed({ "application/json": { a: 1.25 } }), displayed({ "application/json": { a: 1.26 } })));
  assert(!agree(notebook([], "a();"), notebook([], "b();")));
  assert(!agree(printed("a"), notebook([])));
  assert(!agree(notebook([]), notebook([], "show();", { ...denoMetadata, title: "x" })));
});

Deno.test("a figure is compared inside SVG, and inside the data URIs that hold one", () => {
  const svg = (x: string, colour = "#1f77b4") =>
    `<svg xmlns="http://www.w3.org/2000/svg"><path d="M10,${x}L3.25,4" fill="${colour}" opacity="1"/><text>it's</text></svg>`;
  const wrappings: ((svg: string) => MimeBundle)[] = [
    (svg) => ({ "image/svg+xml": svg }),
    (svg) => ({ "text/html": `<figure>${svg}</figure>` }),
    (svg) => ({ "text/html": `<img alt="x" src="data:image/svg+xml,${encodeURIComponent(svg)}">` }),
    (svg) => ({ "text/html": `<img src='data:image/svg+xml;utf8,${encodeURIComponent(svg).replaceAll("'", "%27")}'>` }),
    (svg) => ({ "text/html": `<img src="data:image/svg+xml;charset=utf-8;base64,${btoa(svg)}">` }),
    (svg) => ({ "text/markdown": `![x](data:image/svg+xml;base64,${btoa(svg)})` }),
  ];
  for (const wrap of wrappings) {
    const [committed, near, far, red] = [svg("20.125"), svg("20.126"), svg("20.225"), svg("20.125", "#ff0000")]
      .map((picture) => displayed(wrap(picture)));
    assert(agree(committed, near));
    assert(!agree(committed, red));
    const { differences } = compareNotebooks(committed, far);
    assertEquals(differences.length, 1);
    assertStringIncludes(differences[0].diff, '- <path d="M10,20.125L3.25,4"');
    assertStringIncludes(differences[0].diff, '+ <path d="M10,20.225L3.25,4"');
  }
});

Deno.test("the diff is short, and shows only what differs by more than the tolerance", () => {
  const lines = (change: (n: number) => string) => Array.from({ length: 200 }, (_, n) => `${change(n)}\n`).join("");
  const committed = printed(lines((n) => `line ${n}: 0.500`));
  const executed = printed(lines((n) => n === 100 ? "line 100: 0.900" : `line ${n}: 0.501`));
  const { identicalBytes, differences } = compareNotebooks(committed, executed);
  assert(!identicalBytes);
  assertEquals(differences, [{
    where: "cell 1",
    diff: [
      "  …",
      "  line 98: 0.500",
      "  line 99: 0.500",
      "- line 100: 0.500",
      "+ line 100: 0.900",
      "  line 101: 0.500",
      "  line 102: 0.500",
      "  …",
    ].join("\n"),
  }]);
  const long = compareNotebooks(printed(lines((n) => `a${n}`)), printed(lines((n) => `b${n}`))).differences[0].diff;
  assertMatch(long, /and \d+ lines more$/);
  const wide = (mark: string) => printed(`${"x".repeat(5000)}${mark}${"y".repeat(5000)}`);
  const cut = compareNotebooks(wide("left"), wide("right")).differences[0].diff;
  assertMatch(cut, /^- …x+lefty+…$/m);
  assert(cut.length < 600);
});

Deno.test("the same bytes are said to be the same", () => {
  const text = printed("1.5\n");
  assertEquals(compareNotebooks(text, text), { identicalBytes: true, differences: [] });
  const inTolerance = compareNotebooks(text, printed("1.6\n"));
  assertEquals(inTolerance, { identicalBytes: false, differences: [] });
});
