import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { existsSync } from "node:fs";
import process from "node:process";
import { finished, Fixtures, spawnRun } from "./fixtures.ts";
import { slow } from "../slow.ts";

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** Waits until `done()`; gives up after two minutes, so that a failure has a sentence. */
async function until(done: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 120_000; !done();) {
    assert(Date.now() < end, `still waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

slow.test("each way to fail has its sentence, exit code 1, and leaves the file", async () => {
  using fixtures = new Fixtures();
  const shape = (extra: Record<string, unknown>) => JSON.stringify({ nbformat: 4, cells: [], metadata: {}, ...extra });
  const deep = `import {
  assert,
  assertEquals,
} from "@std/assert";
interface Typed {
  a: number;
}

// lines that the kernel drops before this one
function inner(value: Typed): never {
  throw new RangeError(\`bad \${value.a}\`);
}

inner({ a: 1 });`;
  fixtures.file("broken.ts", "export const a = 1;\nthrow new Error('in a module');\n");
  const expected: Record<string, [string, ...string[]]> = {
    [fixtures.notebook("cell.ipynb", ["1", { cell_type: "markdown", metadata: {}, source: "x" }, deep])]: [
      "cell.ipynb, cell 2, line 14: inner({ a: 1 });\nRangeError: bad 1\n    at inner (",
      "at cell 2, line 14",
    ],
    [fixtures.notebook("thrown.ipynb", ["\nthrow 5"])]: ["thrown.ipynb, cell 1, line 2: throw 5\nError: 5"],
    [fixtures.notebook("syntax.ipynb", ["1", "const ok = 1;\n\nconst = 3;"])]: [
      "syntax.ipynb, cell 2, line 3: const = 3;\nSyntaxError: Unexpected token `=`",
    ],
    [fixtures.notebook("package.ipynb", ['const x = 1;\nimport y from "npm:@roundabout/no-such-package@1";'])]: [
      'package.ipynb, cell 1, line 2: import y from "npm:@roundabout/no-such-package@1";\nAn import failed: npm:@round',
    ],
    [fixtures.notebook("unlisted.ipynb", ['import y from "not-in-deno-json";'])]: [
      'unlisted.ipynb, cell 1, line 1: import y from "not-in-deno-json";\nTypeError: Import "not-in-deno-json" not a dep',
    ],
    [fixtures.notebook("file.ipynb", ['import y from "./missing.ts";'])]: [
      'file.ipynb, cell 1, line 1: import y from "./missing.ts";\nTypeError: Module not found "tests/tasks/',
    ],
    [fixtures.notebook("module.ipynb", ['import { a } from "./broken.ts";'])]: [
      'module.ipynb, cell 1, line 1: import { a } from "./broken.ts";\nError: in a module\n    at tests/tasks/',
    ],
    [fixtures.notebook("dies.ipynb", ["1", "Deno.exit(7);"])]: [
      "dies.ipynb, cell 2: the kernel ended with exit code 7: Deno.exit(7);",
    ],
    [fixtures.notebook("python.ipynb", [], { kernelspec: { name: "python3" } })]: [
      "python.ipynb is a notebook of the kernel 'python3', not of 'deno'",
    ],
    [fixtures.file("text.ipynb", "hello")]: ["text.ipynb is not a notebook: it is not JSON"],
    [fixtures.file("json.ipynb", "[1]")]: ["json.ipynb is not a notebook: it has no nbformat"],
    [fixtures.file("old.ipynb", shape({ nbformat: 3 }))]: ["old.ipynb has nbformat 3; only nbformat 4 is read"],
    [fixtures.file("cells.ipynb", shape({ cells: 1 }))]: ["cells.ipynb is not a notebook: it has no cells"],
    [fixtures.file("kind.ipynb", shape({ cells: [{ cell_type: "heading", source: "" }] }))]: [
      "kind.ipynb, cell 1 of all is of the unknown type 'heading'",
    ],
  };
  const good = fixtures.notebook("good.ipynb", ["1 + 1"]);
  const before = Object.keys(expected).map((path) => Deno.readTextFileSync(path));
  const names = fixtures.names();
  const missing = `${fixtures.folder}/missing.ipynb`;
  const { code, stdout, stderr } = await finished(
    spawnRun(["--jobs", "3", good, missing, fixtures.folder, ...Object.keys(expected)]),
  );
  assertEquals(code, 1);
  for (const sentence of Object.values(expected).flat()) assertStringIncludes(stderr, sentence);
  assertStringIncludes(stderr, `there is no file `);
  assertStringIncludes(stderr, "is a folder, not a notebook");
  assert(!stderr.includes(fixtures.folder), "the messages name no path of this machine");
  assertEquals(Object.keys(expected).map((path) => Deno.readTextFileSync(path)), before);
  assertEquals(fixtures.names(), names);
  // The one that does not fail is executed all the same.
  assertStringIncludes(Deno.readTextFileSync(good), '"2"');
  assertStringIncludes(stdout, "good.ipynb: cell 1 of 1\n");
  assertStringIncludes(stdout, "run: failed in ");
});

slow.test("a cell that never ends, busy or waiting, fails at its time limit", async () => {
  using fixtures = new Fixtures();
  const paths = [
    fixtures.notebook("hangs.ipynb", ["// for ever\nwhile (true);"]),
    fixtures.notebook("waits.ipynb", ["await new Promise(() => {});"]),
  ];
  const { code, stderr } = await finished(spawnRun(["--jobs", "2", "--timeout", "0.5", ...paths]));
  assertEquals(code, 1);
  assertStringIncludes(stderr, "hangs.ipynb, cell 1: still running after 0.5 s: // for ever");
  assertStringIncludes(stderr, "waits.ipynb, cell 1: still running after 0.5 s: await");
});

slow.test("--check compares and writes nothing", async () => {
  using fixtures = new Fixtures();
  const path = fixtures.notebook("a.ipynb", ["Math.PI.toFixed(6)", "[1, 2, 3]"]);
  assertEquals((await finished(spawnRun([path]))).code, 0);
  const written = Deno.readTextFileSync(path);
  const same = await finished(spawnRun(["--check", path]));
  assertEquals(same.code, 0);
  assertStringIncludes(same.stdout, "s, the committed bytes");

  const nearly = written.replace("3.141593", "3.141592");
  Deno.writeTextFileSync(path, nearly);
  const near = await finished(spawnRun(["--check", path]));
  assertEquals(near.code, 0);
  assertStringIncludes(near.stdout, "s, equal to the committed outputs within the tolerance");

  const other = written.replace("[ 1, 2, 3 ]", "[ 1, 2, 4 ]");
  Deno.writeTextFileSync(path, other);
  const different = await finished(spawnRun(["--check", path]));
  assertEquals(different.code, 1);
  assertStringIncludes(different.stdout, "a.ipynb, cell 2 (- committed, + executed):");
  assertStringIncludes(different.stdout, "- [ 1, 2, 4 ]\n+ [ 1, 2, 3 ]");
  assertStringIncludes(different.stderr, "the outputs differ: see above");
  assertEquals(Deno.readTextFileSync(path), other);
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  slow.test(`${signal} ends the kernels, busy and waiting ones, and writes nothing`, async () => {
    using fixtures = new Fixtures();
    const tell = (file: string) => `Deno.writeTextFileSync("${file}", String(Deno.pid));`;
    const paths = [
      fixtures.notebook("busy.ipynb", [`${tell("busy.pid")} while (true);`]),
      fixtures.notebook("waiting.ipynb", [`${tell("waiting.pid")} await new Promise(() => {});`]),
    ];
    const before = paths.map((path) => Deno.readTextFileSync(path));
    const child = spawnRun(["--jobs", "2", ...paths]);
    const files = ["busy.pid", "waiting.pid"].map((name) => `${fixtures.folder}/${name}`);
    const pid = (file: string) => {
      try {
        return Number(Deno.readTextFileSync(file));
      } catch {
        return 0;
      }
    };
    await until(() => files.every((file) => pid(file) > 0), "the kernels");
    const pids = files.map(pid);
    assert(pids.every(alive));
    child.kill(signal);
    const { code, stderr } = await finished(child);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "busy.ipynb: interrupted; the file is as it was");
    assert(!pids.some(alive));
    assertEquals(paths.map((path) => Deno.readTextFileSync(path)), before);
    assertEquals(fixtures.names(), ["busy.ipynb", "busy.pid", "waiting.ipynb", "waiting.pid"]);
  });
}

slow.test("a kernel whose executor was killed outright ends by itself, and nothing is left", async () => {
  using fixtures = new Fixtures();
  const path = fixtures.notebook("a.ipynb", [
    'Deno.writeTextFileSync("pid", String(Deno.pid)); await new Promise(() => {});',
  ]);
  const file = `${fixtures.folder}/pid`;
  const child = spawnRun([path]);
  const pid = () => fixtures.names().includes("pid") ? Number(Deno.readTextFileSync(file)) : 0;
  await until(() => pid() > 0, "the kernel");
  // Its connection file stands in a folder of its own, and is the last word of its command.
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "args=", "-p", String(pid())] }).output();
  const connection = new TextDecoder().decode(stdout).trim().split(/\s+/).at(-1)!;
  assertStringIncludes(connection, "roundabout-kernel-");
  child.kill("SIGKILL");
  await finished(child);
  await until(() => !alive(pid()), "the kernel's end");
  await until(() => !existsSync(connection), "the temporary folder to go");
});
