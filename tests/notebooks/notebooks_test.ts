import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromDataUri } from "../../lib/display/figure.ts";
import { unescapeHtml } from "../../lib/display/output.ts";
import { projectNotebooks } from "../../tasks/execute.ts";
import { shortPath } from "../../tasks/cli.ts";
import { type Cell, type CodeCell, codeCells, type Notebook, readNotebook } from "../../tasks/notebook_format.ts";

const notebooks = await Promise.all(
  projectNotebooks().map(async (path) => ({ name: shortPath(path), notebook: await readNotebook(path) })),
);
const text = (cell: Cell): string => [cell.source].flat().join("");
const prose = ({ cells }: Notebook): string[] => cells.filter((cell) => cell.cell_type === "markdown").map(text);
const html = (cell: CodeCell): string =>
  cell.outputs.map((output) =>
    [(output as { data?: Record<string, string[]> }).data?.["text/html"] ?? []].flat().join("")
  )
    .join("");

Deno.test("notebooks have numbers, appendices too, each a number of its own; the recipes have none", () => {
  const marks = notebooks.map(({ name }) => /notebooks\/(\d\d_|a\d_|recipes\.ipynb$)/.exec(name)?.[1]);
  assertEquals(marks.filter((mark) => mark === undefined), []);
  assertEquals(new Set(marks).size, marks.length);
});

for (const { name, notebook } of notebooks) {
  Deno.test(`${name}: one question as its title, and its answer below`, () => {
    const [title] = prose(notebook);
    assertMatch(title, /^# .+\?\n\n\S/);
  });

  Deno.test(`${name}: take-away in three lines, three exercises with hints, references, next`, () => {
    const all = prose(notebook);
    const takeAway = all.find((part) => part.startsWith("## Take away")) ?? "";
    assertEquals(takeAway.match(/^\d\. /gm)?.length, 3);
    const exercises = all.find((part) => part.startsWith("## Try")) ?? "";
    assertEquals(exercises.match(/^\d\. /gm)?.length, 3);
    assertEquals(exercises.match(/<details><summary>Hint<\/summary>/g)?.length, 3);
    const last = all.at(-1) ?? "";
    assertStringIncludes(last, "## References");
    assertMatch(last, /\*\*(Next|Back)[^*]*\*\*/);
  });

  Deno.test(`${name}: asserts what it claims`, () => {
    assert(codeCells(notebook).flatMap((cell) => text(cell).match(/\bassert\w*\(/g) ?? []).length >= 5);
  });

  Deno.test(`${name}: a cell sends at most one message, and waits for it`, () => {
    for (const cell of codeCells(notebook)) {
      assert(cell.outputs.length <= 1, `cell ${cell.id} has ${cell.outputs.length} outputs`);
      assert(cell.outputs.every((output) => output.output_type === "display_data"), `cell ${cell.id}`);
      assert(!/console\./.test(text(cell)), `cell ${cell.id} writes to the console`);
      assertEquals(text(cell).match(/(?<!await )\bshow\(/g), null, `cell ${cell.id} does not await show`);
    }
  });

  Deno.test(`${name}: cells are short enough to be seen whole`, () => {
    for (const cell of codeCells(notebook)) {
      assert(text(cell).split("\n").length <= 40, `cell ${cell.id} has ${text(cell).split("\n").length} lines`);
    }
  });

  Deno.test(`${name}: draws no random number without a seed, and no time`, () => {
    for (const cell of codeCells(notebook)) {
      const source = text(cell);
      assertEquals(source.match(/Math\.random|Date\.now|new Date\(\)|performance\.now/g), null, `cell ${cell.id}`);
      assertEquals(source.match(/tf\.random\w*|shuffle: true/g), null, `cell ${cell.id}`);
      const layers = source.match(/tf\.layers\.dense\(/g)?.length ?? 0;
      const seeded = source.match(/kernelInitializer/g)?.length ?? 0;
      assert(seeded >= layers, `cell ${cell.id} has a layer without an initializer`);
    }
  });
}

Deno.test("README's picture is the one that notebook 1 draws (UPDATE_SNAPSHOTS=1 writes it)", async () => {
  const cell = codeCells(notebooks[0].notebook)
    .find((one) => (one.metadata.tags as string[] | undefined)?.includes("front-page"));
  const uri = html(cell!).match(/src='([^']*)'/)?.[1] ?? "";
  const svg = fromDataUri(unescapeHtml(uri));
  assertMatch(svg, /^<svg/);
  const file = new URL("../../notebooks/front_page.svg", import.meta.url);
  if (Deno.env.get("UPDATE_SNAPSHOTS")) await Deno.writeTextFile(file, `${svg}\n`);
  assertEquals(await Deno.readTextFile(file), `${svg}\n`);
});
