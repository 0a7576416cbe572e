// The package as its users get it: built, installed into an empty project, type-checked, run in Node.js, bundled, and run in a
// browser. Without Node.js or Chromium the tests are ignored, as their names then say.
import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import zlib, { gzipSync } from "node:zlib";
import { bundlePage, faultsOf, openRecord } from "../../bench/backends.ts";
import { openPage, serveFolder } from "../../tasks/chromium.ts";
import { type Example, projectExamples } from "../../tasks/examples.ts";
import { lettersOf } from "../../tasks/build_simd.ts";
import { readManifest, versionOf } from "../../tasks/pack.ts";
import { runIn } from "../../tasks/processes.ts";
import { root } from "../../tasks/cli.ts";
import { slow } from "../slow.ts";
import {
  browserNote,
  chromium,
  hasNode,
  nodeNote,
  type Project,
  removeProject,
  serveScript,
  theExamples,
  thePage,
  theProject,
  tools,
  versions,
} from "./project.ts";

const name = "@roundabout/roundabout";

const withNode = (title: string, use: (project: Project) => Promise<void>) =>
  slow.test({ name: title + nodeNote, ignore: !hasNode, fn: async () => await use(await theProject()) });

const withBrowser = (title: string, use: (project: Project) => Promise<void>) =>
  slow.test({
    name: title + browserNote,
    ignore: !hasNode || chromium === undefined,
    fn: async () => await use(await theProject()),
    sanitizeOps: false, // the browser's pipe
    sanitizeResources: false,
  });

/** Entries that run in a browser. */
const browserEntries = [
  ".",
  "./audit",
  "./constraints",
  "./core",
  "./costs",
  "./curves",
  "./gpu",
  "./simd",
  "./slim",
  "./sql",
  "./thread",
  "./threads",
];

const fileOf = (entry: string): string => entry === "." ? "index" : entry.slice(2);

withNode("the package holds its entries, at most 60 files and 400 kB, and nothing else", async ({ packed, folder }) => {
  const names = Object.keys(packed.files), denoManifest = await readManifest();
  assert(names.length <= 60, `${names.length} files`);
  assert((await Deno.stat(packed.tarball)).size <= 400_000);
  const entries = Object.keys(denoManifest.exports).map(fileOf);
  const own = [
    "package.json",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "python_worker.js",
    "loss_server.py",
    "loss_server.R",
    ...entries.flatMap((e) => [`${e}.js`, `${e}.d.ts`]),
  ];
  assertEquals(own.filter((file) => !names.includes(file)), []);
  assertEquals(
    names.filter((file) => !own.includes(file) && !/^(chunk-[\w-]+\.js|types(-[\w-]+)?\.d\.ts)$/.test(file)),
    [],
  );
  const manifest = JSON.parse(await Deno.readTextFile(new URL(`node_modules/${name}/package.json`, folder)));
  assertEquals(manifest.dependencies, undefined);
  const imported = [...new Set(Object.values(packed.packages).flat())].sort();
  const ranges = imported.map((one) => [one, `^${versionOf(denoManifest, one)}`]);
  assertEquals(manifest.peerDependencies, Object.fromEntries(ranges));
  const required = Object.keys(manifest.peerDependencies).filter((one) =>
    !manifest.peerDependenciesMeta[one]?.optional
  );
  assertEquals(required, ["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers"]);
});

withNode(
  "the README of the package links to no file that the package lacks, and names those of the repository",
  async ({ packed }) => {
    const text = await Deno.readTextFile(new URL("README.md", packed.npm));
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to]) => to).filter((to) => !/^(https?:|#)/.test(to));
    assertEquals(links, ["CHANGELOG.md"]);
    assertStringIncludes(text, "the recipes (`notebooks/recipes.ipynb`)");
    assertStringIncludes(text, "`recipes/recipe_keras.py`");
  },
);

withNode(
  "an entry imports only packages that the manifest names; those of a browser no file, no Deno",
  async (project) => {
    const { packed, folder } = project, at = new URL(`node_modules/${name}/`, folder);
    const peers = Object.keys(JSON.parse(await Deno.readTextFile(new URL("package.json", at))).peerDependencies);
    for (const [entry, packages] of Object.entries(packed.packages)) {
      assertEquals(packages.filter((one) => !peers.includes(one)), [], entry);
      if (!browserEntries.includes(entry)) continue;
      assertEquals(packages.filter((one) => !one.startsWith("@tensorflow/tfjs-")), [], entry);
      const types = await Deno.readTextFile(new URL(`${fileOf(entry)}.d.ts`, at));
      assert(!/\bDeno\.|from ['"]node:/.test(types), entry);
    }
    assertEquals(packed.packages["./core"], []);
    for (const file of Object.keys(packed.files).filter((file) => file.endsWith(".js"))) {
      const text = await Deno.readTextFile(new URL(file, at));
      assert(!text.includes(`"@tensorflow/tfjs"`) || /^\s*\*/m.test(text), `${file} imports the union package`);
    }
  },
);

withNode("the head of an entry names the packages that it needs beside TensorFlow.js", async ({ packed }) => {
  const { exports } = await readManifest(), readme = await Deno.readTextFile(new URL("README.md", root));
  for (const [entry, packages] of Object.entries(packed.packages)) {
    const needed = packages.filter((one) => !one.startsWith("@tensorflow/"));
    const [head] = (await Deno.readTextFile(new URL(exports[entry], root))).split("@module");
    for (const one of needed) {
      assertStringIncludes(head, one, entry);
      assertStringIncludes(readme, `\`${one}\``);
    }
  }
});

withNode("./python audits a loss of a Python file in Node.js, and its process ends", async ({ write, run }) => {
  for (const file of ["toy.py", "losses.py"]) {
    await write(`python/${file}`, await Deno.readTextFile(new URL(`tests/audit/toy/${file}`, root)));
  }
  await write(
    "python/audit.js",
    `import "@tensorflow/tfjs-backend-cpu";
import { auditLoss } from "${name}/audit";
import { pythonLoss } from "${name}/python";
const at = (file) => new URL(file, import.meta.url).pathname;
const loss = await pythonLoss({ file: at("losses.py"), framework: at("toy.py"), name: "squared" });
const { verdict } = auditLoss(loss, { rows: 16 });
await loss.close();
console.log(verdict);`,
  );
  assertEquals((await run("python/audit.js")).trim().split("\n").at(-1), "sound");
});

withNode("metricLoss knows a score of the curve in a bundle, although only the score is imported", async (project) => {
  const { write, run, tool } = project;
  await write(
    "bundle/ranking.js",
    `import { metricLoss } from "${name}";
import { ndcg, rocAuc } from "${name}/curves";
console.log(metricLoss(rocAuc).name, metricLoss(ndcg({ k: 5 })).name);`,
  );
  const options = ["--bundle", "--minify", "--format=esm", "--external:@tensorflow/*", "--outfile=bundle/made.js"];
  await tool("esbuild/bin/esbuild", "bundle/ranking.js", ...options, "--log-level=error");
  assertEquals((await run("bundle/made.js")).trim().split("\n").at(-1), "rocAucLoss ndcg5Loss");
  const modules = (await Deno.readTextFile(new URL("bundle/made.js", project.folder))).split(
    lettersOf(new TextEncoder().encode("\0asm")),
  );
  assertEquals(modules.length - 1, 2, "the loops of losses and those of curves");
});

withNode("a meter that is printed has its own name", async ({ write, run }) => {
  await write(
    "meters.js",
    `import { ConfusionMeter } from "${name}/core";
import { CurveMeter, NdcgMeter } from "${name}/curves";
console.log(new ConfusionMeter(), new CurveMeter(), new NdcgMeter(), ConfusionMeter.fromJSON(new ConfusionMeter().toJSON()));`,
  );
  assertEquals((await run("meters.js")).trim(), "ConfusionMeter {} CurveMeter {} NdcgMeter {} ConfusionMeter {}");
});

withNode("deno publish --dry-run takes the package for JSR, types and all", async ({ packed }) => {
  await runIn(packed.jsr, Deno.execPath(), "publish", "--dry-run", "--allow-dirty");
});

/** Bytes of what a bundler makes of each line by itself, compressed, without TensorFlow.js. */
async function sizesOf({ write, tool, folder }: Project, codes: readonly string[]): Promise<number[]> {
  const options = ["--bundle", "--minify", "--format=esm", "--external:@tensorflow/*", "--outdir=sized"];
  for (const [i, code] of codes.entries()) await write(`size${i}.js`, code);
  await tool("esbuild/bin/esbuild", ...codes.map((_, i) => `size${i}.js`), ...options, "--log-level=error");
  const bundled = codes.map((_, i) => Deno.readFile(new URL(`sized/size${i}.js`, folder)));
  return (await Promise.all(bundled)).map((bytes) => gzipSync(bytes, { level: 9 }).length);
}

withNode(
  "sizes, compressed: one loss 11 kB, ./core 20 kB, the top entry 60 kB, a loss with the SIMD loops and the programs 30 kB",
  async (p) => {
    const limits: [code: string, least: number, most: number][] = [
      [`export { precisionLoss } from "${name}/slim";`, 5_000, 11_000],
      [`export { lossAndGradient } from "${name}/core";`, 5_000, 12_500],
      [`export * from "${name}/core";`, 10_000, 20_000],
      [`export { precisionLoss } from "${name}";`, 12_000, 30_000],
      [`export * from "${name}";`, 20_000, 60_000],
      [`import "${name}/slim";`, 0, 50], // nothing used, nothing kept
    ];
    const sizes = await sizesOf(p, limits.map(([code]) => code));
    for (const [i, [code, least, most]] of limits.entries()) {
      const bytes = sizes[i];
      assert(bytes >= least && bytes <= most, `${code} ${bytes} bytes`);
    }
  },
);

/** Entries whose types come from packages that a browser's user does not install. */
const withOptional = new RegExp(`"(${name}/(data|compare|display)|@jax-js/jax|nodejs-polars|@roundabout/network)"`);

/**
 * Types by TypeScript 5, of several configurations in one process that reads each file once: prints the faults in files that
 * are not another package's.
 */
const checkTypes = `import ts from "typescript-5";
const read = new Map(), isOwn = ({ fileName }) => !/node_modules\\/(?!@roundabout\\/)/.test(fileName);
for (const folder of process.argv.slice(2)) {
  const { config } = ts.readConfigFile(folder + "/tsconfig.json", ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  const host = ts.createCompilerHost(options), { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) => read.get(name) ?? read.set(name, getSourceFile(name, ...rest)).get(name);
  const program = ts.createProgram(fileNames, options, host);
  const faults = [...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
  for (const file of program.getSourceFiles().filter(isOwn)) {
    faults.push(...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file));
  }
  console.log(ts.formatDiagnostics(faults, host));
}`;

withNode(
  `tsc --strict takes the README's lines, the docstrings' examples and, without skipLibCheck, the declarations: ${
    tools["typescript-5"]
  }, ${tools["typescript-7"]}`,
  async ({ write, tool, run }) => {
    const codes = (await projectExamples()).filter(({ file, code }) =>
      !file.startsWith("docs/") && !withOptional.test(code)
    );
    assert(codes.length > 45, `${codes.length} examples`);
    const nameOf = ({ file, line }: Example) => `examples/${file}-${line}.ts`;
    for (const example of codes) {
      const { code } = example, up = "../".repeat(nameOf(example).split("/").length - 1);
      const core = code.replaceAll(`"@tensorflow/tfjs"`, `"${up}union.js"`).replaceAll(
        `"@std/assert"`,
        `"${up}assert.js"`,
      );
      await write(nameOf(example), `${core}\nexport {};\n`);
    }
    await write("union.ts", `export * from "@tensorflow/tfjs-core";\nexport * from "@tensorflow/tfjs-layers";\n`);
    const asserts = await Deno.readTextFile(new URL("tests/std_assert/mod.ts", root));
    await write(
      "assert.ts",
      `${asserts}\ndeclare const Deno: { inspect(value: unknown, options?: object): string };\n`,
    );
    const shared = { strict: true, noEmit: true, target: "es2022", module: "nodenext" };
    const compilerOptions = {
      ...shared,
      lib: ["es2023", "dom"],
      skipLibCheck: true, // of TensorFlow.js
      types: ["node"],
    };
    const wrong = `import { metricLoss } from "${name}";\nmetricLoss("f2");\nmetricLoss("f1", { step: "soft" });\n`;
    await write("wrong.ts", wrong);
    await write("tsconfig.json", JSON.stringify({ compilerOptions, files: [...codes.map(nameOf), "wrong.ts"] }));
    const entries = Object.keys((await readManifest()).exports);
    const exported = entries.map((entry, k) => `export * as e${k} from "${name}${entry.slice(1)}";\n`);
    await write("declarations/all.ts", exported.join(""));
    await write("declarations/wrong.d.ts", "export type Wrong = Missing;\n"); // declarations are read
    const withoutNode = { compilerOptions: { ...shared, types: [] }, files: ["all.ts", "wrong.d.ts"] };
    await write("declarations/tsconfig.json", JSON.stringify(withoutNode));
    await write("tools/check_types.js", checkTypes);
    const refusedBy = (folder: string) =>
      tool("typescript-7/bin/tsc", "-p", folder).then(() => "", (error) => String(error.message));
    const newest = await refusedBy("."), declarations = await refusedBy("declarations");
    for (const text of [await run("tools/check_types.js", ".", "declarations"), newest + declarations]) {
      const faults = text.match(/^.*error TS\d+/gm)?.map((line) => line.split(",")[0].replace("declarations/", ""))
        .filter((file) => !/node_modules\/(?!@roundabout\/)/.test(file));
      assertEquals(faults, ["wrong.ts(2", "wrong.ts(3", "wrong.d.ts(1"], text);
    }
    // TypeScript 7 explains the last overload only: it has to be that of the scores of counts.
    assertMatch(
      newest,
      /"f2"' is not assignable to parameter of type 'ScoreName[^]*"soft"' is not/,
    );
  },
);

withNode("only ./data needs the declarations of polars", async ({ folder }) => {
  const at = new URL(`node_modules/${name}/`, folder);
  const read = async (file: string): Promise<string> => {
    const text = await Deno.readTextFile(new URL(file, at));
    const next = [...text.matchAll(/(?:from|import) ?\(?'\.\/([^']+)\.js'/g)].map(([, one]) => read(`${one}.d.ts`));
    return text.replace(/\/\*.*?\*\//gs, "") + (await Promise.all(next)).join("");
  };
  const needing: string[] = [];
  for (const entry of Object.keys((await readManifest()).exports)) {
    if ((await read(`${fileOf(entry)}.d.ts`)).includes("nodejs-polars")) needing.push(entry);
  }
  assertEquals(needing, ["./data"]);
});

withNode(
  "./compare without polars, ./data and ./sql run in Node.js",
  async ({ write, run }) => {
    const packed = (text: string) => zlib.zstdCompressSync(new TextEncoder().encode(text));
    const rows = Array.from(
      { length: 200 },
      (_, i) => `${(i * 7919 % 211) / 211},${i * 31 % 97},${i % 4 === 0 ? "Yes" : "no"}`,
    );
    const table = ["a,b,left", ...rows, "0.5,3,yes"].join("\n");
    await write("node20/table.csv", table);
    await Deno.writeFile(new URL("node20/table.csv.zst", (await theProject()).folder), packed(table));
    await write(
      "node20/all.js",
      `import { compareLosses } from "${name}/compare";
import { createRequire } from "node:module";
import { countsOn, countsSql } from "${name}/sql";
const at = (file) => new URL(file, import.meta.url).pathname;
const { losses } = await compareLosses(at("table.csv"), { label: "left", repeats: 3 });
const polars = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes("nodejs-polars"));
const { readTable } = await import("${name}/data");
const { classes } = await readTable(at("table.csv"), { label: "left" });
const zst = await readTable(at("table.csv.zst"), { label: "left" }).then((table) => table.classes, (error) => error.message);
const sums = (cell, n, pos, neg, low, high) => ({ k: "0", slice: null, cell: String(cell), flag: "0", n, pos: String(pos * 2 ** 40), neg: String(neg * 2 ** 40), low, high });
const table = { from: { files: "scored/*.parquet" }, label: "y", output: "p" };
const query = () => Promise.resolve([sums(1, "3", 2, 1, "0.6", "0.9"), sums(0, "1", 0, 1, "0.2", "0.2")]);
const { slices } = await countsOn(query, table);
console.log(JSON.stringify({ classes, zst, polars, losses: losses.length, counts: slices[0].meter.counts, text: countsSql(table) }));`,
    );
    const { classes, zst, polars, losses, counts, text } = JSON.parse(
      (await run("node20/all.js")).trim().split("\n").at(-1)!,
    );
    assertEquals(classes, [{ name: "no", rows: 150 }, { name: "Yes", rows: 51 }]);
    if (Array.isArray(zst)) {
      assertEquals(zst, classes);
    } else assertMatch(zst, /^Cannot read '.*\.zst': zstd needs Node\.js 22\.15 or later, unpack the file/);
    assertEquals(polars, [], "a text file is compared without polars");
    assertEquals([losses, counts], [32, [{ tp: 2, fp: 1, fn: 0, tn: 1 }]]);
    assertStringIncludes(text, "scored/*.parquet");
  },
);

const trained = /F1 of the rounded predictions: 0\.[89]/;

withNode("examples/npm/node trains on cpu and wasm, installed as examples/README.md says", async () => {
  const { folder, commands } = await theExamples();
  const node = commands.find((one) => one.startsWith("node "))!;
  for (const backend of ["cpu", "wasm"]) {
    const output = await runIn(folder, "sh", "-c", node.replace(/\w+$/, backend));
    assertStringIncludes(output, `${backend}: `);
    assertMatch(output, trained);
  }
});

withNode("examples/npm takes the package from npm once it is published, in this version", async () => {
  const { dependencies } = JSON.parse(await Deno.readTextFile(new URL("examples/npm/package.json", root)));
  const manifest = await readManifest();
  for (const [one, version] of Object.entries(dependencies)) {
    assertEquals(version, `^${one === name ? manifest.version : versions["@tensorflow/tfjs-backend-cpu"]}`, one);
  }
});

slow.test("examples/deno trains", async () => {
  assertMatch(await runIn(root, Deno.execPath(), "run", "-A", "--quiet", "examples/deno/train.ts"), trained);
});

/** Prints whether two threads have the bytes of one. */
const threadsCode = `import { lossAndGradient } from "${name}/core";
import { setThreads } from "${name}/threads";
const n = 300_000, p = Float32Array.from({ length: n }, (_, i) => (i * 7919 % 10007) / 10007);
const y = p.map((v, i) => Number(i % 3 === 0));
const taken = () => JSON.stringify(Object.values(lossAndGradient(y, p, { score: "f1", step: "logistic" })));
const one = taken(), threads = await setThreads(2);
const text = "threads: " + threads + ", " + (taken() === one ? "the same bytes" : "other bytes");
`;

withNode("./threads in Node.js: the same bytes, and the process ends", async ({ write, run }) => {
  await write("threads.js", `${threadsCode}console.log(text);`);
  assertStringIncludes(await run("threads.js"), "threads: 2, the same bytes");
});

withBrowser(
  "./threads on a page: the same bytes where it is cross-origin isolated, else one thread",
  async (project) => {
    await project.write(
      "apps/threads/page.js",
      `${threadsCode}document.querySelector("#result").textContent = text;`,
    );
    await project.write(
      "apps/threads/index.html",
      `<link rel="icon" href="data:,"><p id="result"></p><script type="module" src="bundle.js"></script>`,
    );
    const options = ["--bundle", "--format=esm", "--outfile=apps/threads/bundle.js", "--log-level=error"];
    await project.tool("esbuild/bin/esbuild", "apps/threads/page.js", ...options);
    const folder = new URL("apps/threads/", project.folder), policy = strict.replace("worker-src", "worker-src blob:");
    const isolated = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
    await opened(folder, policy, /threads: 2, the same bytes/, isolated);
    await opened(folder, policy, /threads: 1, the same bytes/);
  },
);

withNode("two copies of TensorFlow.js are told in one sentence, once", async ({ write, run }) => {
  await write(
    "copies.js",
    `import * as tf from "another-copy";
import { f1Loss } from "${name}";
import "@tensorflow/tfjs-backend-cpu";
const told = [];
console.warn = (text) => told.push(text);
const y = tf.tensor1d([1, 0, 1]), loss = f1Loss();
for (let i = 0; i < 3; i++) loss(y, y);
console.log(JSON.stringify(told.filter((text) => text.includes("Roundabout"))));`,
  );
  const [told, ...others] = JSON.parse((await run("copies.js")).trim().split("\n").at(-1)!);
  assertMatch(told, /^Roundabout: two copies of TensorFlow\.js are loaded, .*tfjs-core 4\.22\.0; install one version/);
  assertEquals(others, []);
});

/** Opens a page of a folder under a security policy; a fault on it fails. */
async function opened(folder: URL, policy: string, wanted: RegExp, headers?: Record<string, string>): Promise<void> {
  const { address, stop } = serveFolder(folder, policy, headers);
  try {
    await openPage(await thePage(), address, wanted);
  } finally {
    await stop();
  }
}

const strict = "default-src 'none'; img-src data:; worker-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

withBrowser("the page of esbuild and the app of vite train in Chromium, built under a strict policy", async () => {
  const { folder, commands } = await theExamples();
  assert(commands.includes("npm run build"));
  await runIn(folder, "npm", "run", "build");
  for (const built of ["page/", "vite/dist/"]) await opened(new URL(built, folder), strict, trained);
});

withBrowser("`npm run page` and `npm run vite` serve the page and the app", async () => {
  const { folder, commands } = await theExamples();
  for (const script of ["page", "vite"]) {
    assert(commands.includes(`npm run ${script}`));
    const { address, stop } = await serveScript(folder, script);
    try {
      await openPage(await thePage(), address, trained);
    } finally {
      await stop();
    }
  }
});

withBrowser("a page of rollup trains in Chromium under a strict security policy", async (project) => {
  const { folder } = await theExamples(), page = new URL("page/", folder);
  await project.write(
    "tools/rollup.config.js",
    `import commonjs from "@rollup/plugin-commonjs";
import resolve from "@rollup/plugin-node-resolve";
export default {
  input: ${JSON.stringify(new URL("train.js", page).pathname)},
  output: { file: ${JSON.stringify(new URL("page.js", page).pathname)}, format: "iife" },
  treeshake: false, // a third of the time
  plugins: [resolve({ browser: true }), commonjs()],
  onLog() {},
};`,
  );
  await project.tool("rollup/dist/bin/rollup", "-c", "tools/rollup.config.js", "--silent");
  await opened(page, strict, trained);
});

withBrowser(
  "without 'wasm-unsafe-eval' a page's losses are computed in float64; the SIMD loops give the same",
  async (project) => {
    await project.write(
      "apps/policy/page.js",
      `import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { f1Loss } from "${name}";
const row = (i) => (i * 7919 % 10007) / 10007, n = 10_000;
const y = tf.tensor1d(Float32Array.from({ length: n }, (_, i) => i % 3 === 0)), p = tf.tensor1d(Float32Array.from({ length: n }, (_, i) => row(i)));
document.querySelector("#result").textContent = "loss " + f1Loss()(y, p).dataSync()[0].toFixed(6);`,
    );
    await project.write(
      "apps/policy/index.html",
      `<link rel="icon" href="data:,"><p id="result"></p><script src="bundle.js"></script>`,
    );
    await project.tool(
      "esbuild/bin/esbuild",
      "apps/policy/page.js",
      "--bundle",
      "--outfile=apps/policy/bundle.js",
      "--log-level=error",
    );
    const { lossAndGradient } = await import("../../lib/core.ts"), n = 10_000;
    const y = Array.from({ length: n }, (_, i) => Number(i % 3 === 0));
    const p = Array.from({ length: n }, (_, i) => Math.fround((i * 7919 % 10007) / 10007));
    const wanted = new RegExp(`loss ${lossAndGradient(y, p, { score: "f1" }).value.toFixed(6).replace(".", "\\.")}`);
    const folder = new URL("apps/policy/", project.folder);
    for (const policy of [strict, strict.replace(" 'wasm-unsafe-eval'", "")]) {
      await opened(folder, policy, wanted);
    }
  },
);

withBrowser("a fault on a page ends the wait for its result, and is the whole message", async ({ write, folder }) => {
  await write("apps/fault/index.html", `<link rel="icon" href="data:,"><script>throw new Error("at once");</script>`);
  const { address, stop } = serveFolder(new URL("apps/fault/", folder));
  try {
    const { message } = await assertRejects(
      async () => await openPage(await thePage(), address, /never/, 5000),
      Error,
    );
    assertEquals(message, `${address}: Error: at once`);
  } finally {
    await stop();
  }
});

withBrowser(
  "on WebGL and WebGPU: float64's numbers to 1e6 rows, no read that waits, nothing left in the GPU's memory",
  async ({ folder, tool }) => {
    const page = await bundlePage(folder, (...args) => tool("esbuild/bin/esbuild", ...args));
    for (const backend of ["webgl", "webgpu"] as const) {
      const record = await openRecord(page, backend, true);
      assertEquals([record.backend, faultsOf(record)], [backend, []]);
    }
  },
);

Deno.test.afterAll(removeProject);
