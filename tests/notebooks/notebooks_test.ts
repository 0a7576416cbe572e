import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { projectNotebooks } from "../../tasks/execute.ts";
import { root, shortPath } from "../../tasks/cli.ts";
import { type Cell, codeCells, type Notebook, readNotebook } from "../../tasks/notebook_format.ts";
import { thesisFigure } from "../../tasks/site/thesis.ts";
import { slow } from "../slow.ts";

const notebooks = await Promise.all(
  projectNotebooks().map(async (path) => ({ name: shortPath(path), notebook: await readNotebook(path) })),
);
const text = (cell: Cell): string => [cell.source].flat().join("");
const prose = ({ cells }: Notebook): string[] => cells.filter((cell) => cell.cell_type === "markdown").map(text);

Deno.test("notebooks have numbers, appendices too, each a number of its own; the recipes have none", () => {
  const marks = notebooks.map(({ name }) => /notebooks\/(\d\d_|a\d_|recipes\.ipynb$)/.exec(name)?.[1]);
  assertEquals(marks.filter((mark) => mark === undefined), []);
  assertEquals(new Set(marks).size, marks.length);
});

Deno.test("notebooks have short titles for the navigation, each its own", () => {
  const titles = notebooks.map(({ notebook }) => notebook.metadata.short_title);
  for (const title of titles) assertMatch(String(title), /^[A-Z][A-Za-z ]{2,14}$/);
  assertEquals(new Set(titles).size, titles.length);
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

  Deno.test(`${name}: a cell in view has at most 15 lines`, () => {
    for (const cell of codeCells(notebook)) {
      const lines = text(cell).split("\n").length, tags = cell.metadata.tags as string[] | undefined;
      assert(lines <= 15 || tags?.includes("hide-input"), `cell ${cell.id} has ${lines} lines`);
    }
  });

  Deno.test(`${name}: asks for no guess that cannot be given`, () => {
    assertEquals(prose(notebook).join("\n").match(/What do you expect/g), null);
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

Deno.test("README links every notebook by its title", async () => {
  const readme = (await Deno.readTextFile(new URL("README.md", root))).replace(/\s+/g, " ");
  for (const { name, notebook } of notebooks.filter(({ name }) => !name.endsWith("recipes.ipynb"))) {
    const title = /^# (.+)/.exec(prose(notebook)[0])![1];
    assertStringIncludes(readme, `[${title}](${name})`);
  }
});

Deno.test("README's picture is the thesis, with its words (UPDATE_SNAPSHOTS=1 writes it)", async () => {
  const { svg, title } = thesisFigure();
  const file = new URL("notebooks/thesis.svg", root);
  if (Deno.env.get("UPDATE_SNAPSHOTS")) await Deno.writeTextFile(file, `${svg}\n`);
  assertEquals(await Deno.readTextFile(file), `${svg}\n`);
  assertStringIncludes(await Deno.readTextFile(new URL("README.md", root)), `![${title}. `);
});

Deno.test("README's Python is the Keras recipe, and prints what README says on every backend", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const [recipe, example] = [...readme.matchAll(/```python\n(.*?)```/gs)].map(([, source]) => source);
  const { source, runs } = JSON.parse(await Deno.readTextFile(new URL("tests/reference/readme.json", root)));
  assertEquals(recipe, await Deno.readTextFile(new URL("recipes/recipe_keras.py", root)));
  assertEquals(source, `${recipe}\n${example}`);
  assertEquals(runs.length, 3);
  for (const { printed } of runs) assertStringIncludes(readme, `\`${printed}\``);
});

slow.test("README's TypeScript prints what its comment says", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", root));
  const [[, source]] = [...readme.matchAll(/```ts\n(.*?)```/gs)];
  const said = /\); \/\/ (.+)\n$/.exec(source)?.[1] ?? "nothing";
  const printed: string[] = [];
  const { log } = console;
  console.log = (text) => void printed.push(text);
  try {
    await import(`data:application/typescript,${encodeURIComponent(source)}`);
  } finally {
    console.log = log;
  }
  assertEquals(printed, [`F1 of the decisions: ${said}`]);
});
