import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CellOutput,
  codeOutputs,
  countOutputs,
  type NotebookCell,
  probeNotebook,
  whatFailed,
} from "../../tasks/lab_check.ts";
import { root, TaskError, UsageError } from "../../tasks/cli.ts";
import {
  findPython,
  kernelspec,
  labEnvironment,
  labPaths,
  markerText,
  portOption,
  prepareLab,
  pythonCandidates,
  serverArguments,
} from "../../tasks/lab.ts";

const project = fileURLToPath(root).replace(/[\\/]$/, "");
const silent = { line() {}, status() {}, progress() {}, wrote() {} };
const onWindows = Deno.build.os === "windows";

/** Runs the task as a person does, in a copy of tasks/ without any .venv. */
async function runCopy(args: string[], env: Record<string, string>) {
  const copy = await Deno.makeTempDir();
  try {
    await Deno.mkdir(join(copy, "tasks", "lab"), { recursive: true });
    for (const file of ["cli.ts", "lab.ts", "lab/requirements.txt", "lab/serve.py"]) {
      await Deno.copyFile(join(project, "tasks", file), join(copy, "tasks", file));
    }
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", join(copy, "tasks", "lab.ts"), ...args],
      env: { NO_COLOR: "1", ...env },
    }).output();
    const files = Array.from(Deno.readDirSync(copy), (entry) => entry.name);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr), files };
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
}

/** A folder with a stand-in for Python that says what it is told to. */
async function withPython(says: unknown, test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "python3"), `#!/bin/sh\necho '${JSON.stringify(says)}'\n`, { mode: 0o755 });
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("the kernelspec starts this Deno as a kernel", () => {
  assertEquals(kernelspec("/somewhere/deno"), {
    argv: ["/somewhere/deno", "jupyter", "--kernel", "--conn", "{connection_file}"],
    display_name: "Deno",
    language: "typescript",
  });
});

Deno.test("the kernelspec is named as the notebooks name their kernel", () => {
  assert(labPaths("/p", "linux").kernelspec.endsWith("/kernels/deno/kernel.json"));
});

Deno.test("every path is in the project's .venv, on every operating system", () => {
  for (
    const [os, home, separator] of [["linux", "/p", "/"], ["darwin", "/p", "/"], ["windows", "C:\\p", "\\"]] as const
  ) {
    const { folders, ...files } = labPaths(home, os);
    for (const path of [...Object.values(folders), ...Object.values(files)]) {
      assert(path === `${home}${separator}.venv` || path.startsWith(`${home}${separator}.venv${separator}`), path);
    }
  }
  assertEquals(labPaths("C:\\p", "windows").python, "C:\\p\\.venv\\Scripts\\python.exe");
  assertEquals(labPaths("/p", "darwin").python, "/p/.venv/bin/python");
});

Deno.test("the environment leads every Jupyter folder into the project, and nothing elsewhere", () => {
  const inherited = {
    HOME: "/home/reader",
    PATH: "/bin",
    JUPYTER_PATH: "/home/reader/kernels",
    JUPYTER_CONFIG_PATH: "/home/reader/config",
    JUPYTER_DATA_DIR: "/home/reader/data",
    IPYTHONDIR: "/home/reader/ipython",
    PYTHONPATH: "/home/reader/lib",
    PYTHONHOME: "/home/reader/python",
    PIP_TARGET: "/home/reader/site",
    PIP_USER: "1",
    XDG_CACHE_HOME: "/home/reader/cache",
    TMPDIR: "/home/reader/tmp",
  };
  const env = labEnvironment(labPaths("/p", "linux"), inherited, "/home/reader/deno");
  assertEquals(
    Object.entries(env).filter(([, value]) => value.includes("/home/reader")),
    [["HOME", "/home/reader"], ["DENO_DIR", "/home/reader/deno"]],
  );
  for (
    const name of ["JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "XDG_CACHE_HOME"]
  ) {
    assert(env[name].startsWith("/p/.venv/"), name);
  }
  assertEquals([env.PATH, env.PIP_NO_CACHE_DIR, env.PYTHONNOUSERSITE], ["/bin", "1", "1"]);
});

Deno.test("the server listens on this machine only", () => {
  const args = serverArguments({ folder: "/p/notebooks", port: 9000 });
  for (
    const argument of ["ip=127.0.0.1", "port=9000", "port_retries=0", "root_dir=/p/notebooks", "open_browser=False"]
  ) {
    assert(args.includes(`--ServerApp.${argument}`), argument);
  }
});

Deno.test("Python is looked for along the PATH, python3 before python", () => {
  assertEquals(pythonCandidates("/a:/b", "linux").slice(0, 4), ["/a/python3", "/b/python3", "/a/python", "/b/python"]);
  assertEquals(pythonCandidates("C:\\a", "windows"), ["C:\\a\\python.exe", "C:\\a\\python3.exe", "C:\\a\\py.exe"]);
  assertEquals(pythonCandidates("", "linux"), []);
});

Deno.test("a Python that will do is taken", { ignore: onWindows }, async () => {
  await withPython({ version: [3, 12, 1], venv: true }, async (folder) => {
    assertEquals((await findPython(folder)).path, join(folder, "python3"));
  });
});

Deno.test("what a Python lacks is said", { ignore: onWindows }, async () => {
  await withPython({ version: [3, 8, 18], venv: true }, async (folder) => {
    await assertRejects(() => findPython(folder), TaskError, "needs Python 3.9 or newer, and only Python 3.8.18");
  });
  await withPython({ version: [3, 11, 2], venv: false }, async (folder) => {
    await assertRejects(() => findPython(folder), TaskError, "cannot make a virtual environment");
  });
});

Deno.test("without Python nothing is made, and the error says what to do", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await assertRejects(
      () => prepareLab(silent, { project: folder, path: "" }),
      TaskError,
      "JupyterLab needs Python 3.9 or newer, and none is on the PATH",
    );
    assertEquals(Array.from(Deno.readDirSync(folder)), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("deno task lab without Python: one sentence, exit code 1", async () => {
  const { code, err, files } = await runCopy(["--no-browser"], { PATH: "" });
  assertEquals(code, 1);
  assertStringIncludes(err, "lab: JupyterLab needs Python 3.9 or newer");
  assert(!err.includes("    at "), err);
  assertEquals(files, ["tasks"]);
});

Deno.test("deno task lab --help and bad usage", async () => {
  const help = await runCopy(["--help"], {});
  assertEquals(help.code, 0);
  for (const word of ["deno task lab [--no-browser] [--port N]", "--no-browser", "--port VALUE", "exit code"]) {
    assertStringIncludes(help.out, word);
  }
  for (const args of [["--port", "many"], ["--frame"], ["notebooks"]]) {
    const { code, err } = await runCopy(args, { PATH: "" });
    assertEquals(code, 2, args.join(" "));
    assertStringIncludes(err, "see: deno task lab --help");
  }
});

Deno.test("--port takes a port", () => {
  assertEquals(portOption(undefined), undefined);
  assertEquals(portOption("8890"), 8890);
  for (const text of ["0", "65536", "-1", "80.5", "", "x"]) {
    assertThrows(() => portOption(text), UsageError, `'${text}'`);
  }
});

Deno.test("every requirement has one version and a hash", async () => {
  const text = await Deno.readTextFile(join(project, "tasks", "lab", "requirements.txt"));
  const entries = text.replaceAll("\\\n", " ").split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert(entries.length > 50);
  for (const entry of entries) assert(/^[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/.test(entry), entry);
});

Deno.test("the marker depends on the requirements, not on line ends", () => {
  assertEquals(markerText("a==1\nb==2\n"), markerText("a==1\r\nb==2\r\n"));
  assert(markerText("a==1\n") !== markerText("a==2\n"));
});

const shown = (text: string): CellOutput => ({ output_type: "display_data", data: { "text/plain": [text] } });

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

Deno.test("a cell that fails or does not run is told", () => {
  const cell = (more: Partial<NotebookCell>): NotebookCell => ({ cell_type: "code", source: "f()", ...more });
  assertEquals(whatFailed([cell({ execution_count: 1 }), cell({ source: " ", execution_count: null })]), undefined);
  assertEquals(whatFailed([cell({ execution_count: 1 }), cell({ execution_count: null })]), "code cell 2 was not run");
  const outputs = [{ output_type: "error", ename: "TypeError", evalue: "no" }];
  assertEquals(whatFailed([cell({ execution_count: 1, outputs })]), "a cell failed with TypeError: no");
});

Deno.test("a probe expects what its cells show", () => {
  const cells = probeNotebook(20, "three", 2).cells as NotebookCell[];
  assertEquals(codeOutputs(cells).map((outputs) => outputs.length), [3, 3]);
  assertStringIncludes(String(cells[1].source), "cell 1, part 3");
  assertStringIncludes(String(cells[1].source), "setTimeout(done, 20)");
  assert(!String((probeNotebook(-1, "one", 1).cells as NotebookCell[])[0].source).includes("setTimeout"));
});
