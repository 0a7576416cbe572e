// deno task lab: environment, kernelspec, usage; and what lab_check counts. A real JupyterLab is started by hand only.
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codeOutputs, countOutputs, probeNotebook, whatFailed } from "../../tasks/lab_check.ts";
import { root, UsageError } from "../../tasks/cli.ts";
import { jupyterEnvironment, kernelspec, portOption } from "../../tasks/lab.ts";
import { type Output, parseNotebook } from "../../tasks/notebook_format.ts";
import { runApart } from "./fixtures.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const project = fileURLToPath(root).replace(/[\\/]$/, "");

/** Runs the task as a person does, in a copy of tasks/ without any .venv. */
async function runCopy(args: string[], env: Record<string, string>) {
  using temporary = new TemporaryFolder();
  const { folder: copy } = temporary;
  await Deno.mkdir(join(copy, "tasks"));
  for (const file of ["cli.ts", "lab.ts", "lab_requirements.txt"]) {
    await Deno.copyFile(join(project, "tasks", file), join(copy, "tasks", file));
  }
  const { code, stdout: out, stderr: err } = await runApart(
    ["run", "-A", "--no-config", join(copy, "tasks", "lab.ts"), ...args],
    env,
  );
  const files = Array.from(Deno.readDirSync(copy), (entry) => entry.name);
  return { code, out, err, files };
}

/** Calls `use` with the path of a program that stands in for Python. */
async function withPython(script: string, use: (path: string) => Promise<void>): Promise<void> {
  using temporary = new TemporaryFolder();
  const { folder } = temporary, path = join(folder, "python");
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  await use(path);
}

Deno.test("the kernelspec starts this Deno as a kernel", () => {
  assertEquals(kernelspec("/somewhere/deno"), {
    argv: ["/somewhere/deno", "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  });
});

Deno.test("the environment leads every folder of Jupyter below the given one, and adds no search path", () => {
  const { JUPYTER_PATH, JUPYTER_CONFIG_PATH, ...folders } = jupyterEnvironment("/p/.venv/jupyter");
  assertEquals([JUPYTER_PATH, JUPYTER_CONFIG_PATH], ["", ""]);
  for (const [name, folder] of Object.entries(folders)) assert(folder.startsWith(join("/p/.venv/jupyter", "/")), name);
  for (const name of ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"]) {
    assert(name in folders, name);
  }
});

Deno.test("deno task lab without Python: what to do, exit code 1, nothing is made", async () => {
  const { code, err, files } = await runCopy(["--no-browser"], { PATH: "" });
  assertEquals(code, 1);
  assertStringIncludes(err, "lab: there is no Python 'python");
  assertStringIncludes(err, "install Python 3.11 or newer, or name one with --python PATH");
  assert(!err.includes("    at "), err);
  assertEquals(files, ["tasks"]);
});

const ignore = Deno.build.os === "windows";

Deno.test("deno task lab with a Python that will not do: what it says, exit code 1", { ignore }, async () => {
  await withPython(`echo "this is Python 3.8.18" >&2; exit 1`, async (path) => {
    const { code, err, files } = await runCopy(["--no-browser", "--python", path], {});
    assertEquals([code, files], [1, ["tasks"]]);
    assertStringIncludes(
      err,
      "lab: JupyterLab needs Python 3.11 or newer, name one with --python PATH:\nthis is Python 3.8",
    );
  });
  await withPython(`test "$2" != venv || { echo "apt install python3-venv"; exit 1; }`, async (path) => {
    const { code, err } = await runCopy(["--no-browser", "--python", path], {});
    assertEquals(code, 1);
    assertStringIncludes(err, "lab: cannot make the virtual environment .venv:\napt install python3-venv\n");
  });
});

Deno.test("--port takes a port", () => {
  assertEquals(portOption(undefined), undefined);
  assertEquals(portOption("8890"), 8890);
  for (const text of ["0", "65536", "-1", "80.5", "", "x"]) {
    assertThrows(() => portOption(text), UsageError, `'${text}'`);
  }
});

Deno.test("every requirement has one version", async () => {
  const text = await Deno.readTextFile(join(project, "tasks", "lab_requirements.txt"));
  const entries = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert(entries.length > 50);
  for (const entry of entries) assert(/^[a-z0-9._-]+==[\w.]+( ; .+)?$/.test(entry), entry);
});

const shown = (text: string): Output => ({ output_type: "display_data", data: { "text/plain": text }, metadata: {} });

Deno.test("outputs are counted as found, misplaced, changed, lost and not expected", () => {
  const none = { expected: 3, found: 3, misplaced: 0, changed: 0, lost: 0, extra: 0 };
  const expected = [[shown("a")], [shown("b")], [shown("c")]];
  assertEquals(countOutputs(expected, expected), none);
  assertEquals(countOutputs(expected, [[], [shown("a"), shown("b")], [shown("c")]]), {
    ...none,
    found: 2,
    misplaced: 1,
  });
  assertEquals(countOutputs(expected, [[shown("a")], [], [shown("c")]]), { ...none, found: 2, lost: 1 });
  assertEquals(countOutputs(expected, [[shown("a")], [shown("B")], [shown("c")]]), { ...none, found: 2, changed: 1 });
  assertEquals(countOutputs(expected, [...expected, [shown("d")]]), { ...none, extra: 1 });
  assertEquals(countOutputs([[shown("a")], [shown("a")]], [[shown("a"), shown("a")], []]).misplaced, 1);
});

Deno.test("a cell that fails or does not run is named", () => {
  const failed = (...cells: object[]) => {
    const code = cells.map((cell) => ({ cell_type: "code", source: ["f", "()"], ...cell }));
    return whatFailed(parseNotebook(JSON.stringify({ nbformat: 4, cells: code }), "a notebook"));
  };
  assertEquals(failed({ execution_count: 1 }, { source: " ", execution_count: null }), undefined);
  assertEquals(failed({ execution_count: 1 }, { execution_count: null }), "code cell 2 was not run");
  const outputs = [{ output_type: "error", ename: "TypeError", evalue: "no" }];
  assertEquals(failed({ execution_count: 1, outputs }), "a cell failed with TypeError: no");
});

Deno.test("a probe expects what its cells show", () => {
  const notebook = probeNotebook(20, "three", 2), { source } = notebook.cells[1];
  assertEquals(codeOutputs(notebook).map((outputs) => outputs.length), [3, 3]);
  assertStringIncludes(source, "cell 1, part 3");
  assertStringIncludes(source, "setTimeout(done, 20)");
  assert(!probeNotebook(-1, "one", 1).cells[0].source.includes("setTimeout"));
});
