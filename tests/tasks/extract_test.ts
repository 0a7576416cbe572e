import { assert, assertEquals } from "@std/assert";
import { checkNotebooks, extractCells } from "../../tasks/extract.ts";
import { readNotebook } from "../../tasks/notebook_format.ts";
import { Fixtures } from "./fixtures.ts";
import { slow } from "../slow.ts";

const prose = { cell_type: "markdown", metadata: {}, source: "# not code {" };

Deno.test("a module has all cells, and its lines know where they come from", async () => {
  using fixtures = new Fixtures();
  const notebook = await readNotebook(fixtures.notebook("a.ipynb", ["const a = 1;\nconst b = 2", prose, "(a + b)"]));
  const { source, map } = extractCells(notebook);
  const lines = source.trimEnd().split("\n");
  assertEquals(lines.length, map.length);
  const placed = map.flatMap((from, index) => from ? [[from.cell, from.line, lines[index]]] : []);
  assertEquals(placed, [[1, 1, "const a = 1;"], [1, 2, "const b = 2"], [2, 1, "(a + b)"]]);
});

slow.test("errors in cells are located, in every notebook", async () => {
  using fixtures = new Fixtures();
  const paths = [
    fixtures.notebook("types.ipynb", [
      `import { nothing } from "@std/assert";\nnothing();`,
      prose,
      `export const n = 1;\nexport const text: string =\n  n;`,
      `let never = 3;\nconsole.log(never);`,
    ]),
    fixtures.notebook("again.ipynb", ["const a = 1;\na;", "\nconst a = 2;\na;"]),
    fixtures.notebook("syntax.ipynb", ["1;", "\n\nconst = 3;"]),
    fixtures.notebook("good.ipynb", [
      `import { round } from "@roundabout/roundabout";`,
      "await Promise.resolve(round);",
    ]),
  ];
  const folder = `tests/tasks/${fixtures.folder.split("/").pop()}`;
  const beside = [fixtures.file("beside.ts", "export const a = 1;\n\nexport const b: string = a;\n")];
  const names = fixtures.names();
  const problems = (await checkNotebooks(paths, { beside })).map((problem) => problem.replace(`${folder}/`, ""));
  const starts = (start: string, end: string) =>
    assert(
      problems.some((problem) => problem.startsWith(start) && problem.endsWith(end)),
      `${start}\n${problems.join("\n")}`,
    );
  starts("types.ipynb, cell 1, line 1: TS2305 Module", '\n    import { nothing } from "@std/assert";');
  starts("types.ipynb, cell 2, line 2: TS2322 Type 'number' is not assignable", "\n    export const text: string =");
  starts("types.ipynb, cell 3, line 1: `never` is never reassigned (prefer-const)", "\n    let never = 3;");
  starts("again.ipynb, cell 2, line 2: TS2451 Cannot redeclare block-scoped variable 'a'", "\n    const a = 2;");
  starts("syntax.ipynb, cell 2, line 3: SyntaxError: Unexpected token `=`", "\n    const = 3;");
  assert(problems.some((problem) => problem.startsWith("beside.ts, line 3: TS2322 Type 'number' is not assignable")));
  assert(!problems.some((problem) => problem.includes("good.ipynb")));
  assert(!problems.some((problem) => problem.includes(fixtures.folder)));
  assertEquals(fixtures.names(), names);
});

Deno.test("no notebooks have no problems", async () => {
  assertEquals(await checkNotebooks([]), []);
});
