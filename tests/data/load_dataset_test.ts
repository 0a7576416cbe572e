import { assert, assertAlmostEquals, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { type DatasetName, datasets, loadDataset } from "@roundabout/roundabout/data";
import { loadFile } from "../../lib/data/load_dataset.ts";
import { slow } from "../slow.ts";
import { binaryNames, names, recorded } from "./facts.ts";
import { TemporaryFolder } from "../temporary_folder.ts";

const readme = await Deno.readTextFile(new URL("../../data/README.md", import.meta.url));
const licences = await Deno.readTextFile(new URL("../../data/LICENSES.md", import.meta.url));

Deno.test("datasets: every name is there once, under its own name", () => {
  assertEquals(Object.entries(datasets).map(([key, { name }]) => [key, name]), names.map((name) => [name, name]));
});

Deno.test("datasets: of two classes the second is the positive one", () => {
  for (const name of binaryNames) {
    const { rows, classes, positives } = datasets[name];
    assertEquals([rows - positives, positives], [...classes]);
  }
});

for (const name of names) {
  Deno.test(`datasets: the facts of ${name} are those that pandas recorded`, () => {
    const { sha256, rows, features, categorical, label, classes, missing } = datasets[name];
    const facts = recorded[name];
    assertEquals({ sha256, rows, label, classes }, {
      sha256: facts.sha256,
      rows: facts.rows,
      label: facts.label,
      classes: facts.classes,
    });
    assertEquals([...features], facts.features);
    assertEquals([...categorical], Object.keys(facts.categorical));
    const columns = [...Object.values(facts.numeric), ...Object.values(facts.categorical)];
    assertEquals(missing, columns.reduce((sum, column) => sum + column.missing, 0));
  });

  Deno.test(`datasets: data/README.md and data/LICENSES.md agree with the facts of ${name}`, () => {
    const facts = datasets[name];
    const { features, categorical, rows, classes } = facts;
    const numeric = features.length - categorical.length;
    const kinds = categorical.length ? `${numeric} numeric, ${categorical.length} categorical` : `${numeric} numeric`;
    const sizes = classes.length === 2
      ? `${classes[1]} | ${(classes[1] / rows).toFixed(3)}`
      : `${Math.min(...classes)} to ${Math.max(...classes)} in each of ${classes.length} classes | –`;
    const { label, missing, licence, source, sha256, citation } = facts;
    assertStringIncludes(
      readme,
      `| \`${name}\` | ${rows} | ${kinds} | \`${label}\` | ${sizes} | ${missing} | ${licence} |`,
    );
    assertStringIncludes(readme, `| \`${name}\` | ${source} | ${facts.package} | \`${sha256}\` |`);
    assertStringIncludes(readme, `- \`${name}\`: ${citation}`);
    assertStringIncludes(licences, facts.file.replace("data/", ""));
    if (recorded[name].duplicates) assertStringIncludes(readme, ` ${recorded[name].duplicates} rows are copies`);
    const columns = { ...recorded[name].numeric, ...recorded[name].categorical };
    for (const [column, { missing }] of Object.entries(columns)) {
      assert(missing === 0 || readme.includes(`${column} ${missing}`), `${column} ${missing}`);
    }
  });
}

for (const name of names) {
  Deno.test(`loadDataset: ${name} has the rows, columns and types of its facts`, async () => {
    const { frame, features, categorical, label, rows } = await loadDataset(name);
    assertEquals(frame.height, rows);
    assertEquals(frame.columns, [...features, label]);
    for (const column of frame.columns) {
      const text = categorical.includes(column);
      assertEquals(frame.schema[column].variant, text ? "String" : "Float64", column);
    }
    const labels = frame.getColumn(label).toArray();
    assertEquals(new Set(labels), new Set(recorded[name].classes.keys()));
    recorded[name].classes.forEach((size, at) => assertEquals(labels.filter((value) => value === at).length, size));
  });

  Deno.test(`loadDataset: the columns of ${name} have pandas' means, deviations, bounds and categories`, async () => {
    const { frame } = await loadDataset(name);
    for (const [column, facts] of Object.entries(recorded[name].numeric)) {
      const values = (frame.getColumn(column).toArray() as (number | null)[]).filter((value) => value !== null);
      assertEquals(frame.height - values.length, facts.missing, column);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      assertAlmostEquals(mean, facts.mean, 1e-12 * Math.abs(facts.mean), column);
      assertAlmostEquals(sd, facts.sd, 1e-12 * facts.sd, column);
      assertEquals([Math.min(...values), Math.max(...values)], [facts.min, facts.max], column);
    }
    for (const [column, facts] of Object.entries(recorded[name].categorical)) {
      const counts = Object.groupBy(
        frame.getColumn(column).toArray() as (string | null)[],
        (value) => value ?? "missing",
      );
      const sizes = Object.entries(counts).map(([category, rows]) => [category, rows?.length]);
      assertEquals({ missing: 0, ...Object.fromEntries(sizes) }, facts);
    }
  });
}

slow.test("loadDataset: works from any working directory", async () => {
  // In a process of its own: the tests of all files share one directory.
  using temporary = new TemporaryFolder();
  const { folder } = temporary, root = new URL("../../", import.meta.url);
  const config = new URL("deno.json", root), module = new URL("lib/data/mod.ts", root);
  const code = `import { loadDataset } from "${module}"; console.log((await loadDataset("wdbc")).frame.height);`;
  await Deno.writeTextFile(`${folder}/load.ts`, code);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", `--config=${fileURLToPath(config)}`, "load.ts"],
    cwd: folder,
  }).output();
  const [told, error] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(told.trim(), "569", error);
});

Deno.test("loadDataset: an unknown name is an error", async () => {
  for (const name of ["iris", "toString", ""]) {
    await assertRejects(
      () => loadDataset(name as DatasetName),
      TypeError,
      `Cannot load a data set: 'name' must be one of wdbc, spambase, credit, digits, it is '${name}'`,
    );
  }
});

/** The SHA-256 of a text, as hexadecimal. */
async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}

/** Calls `read` with a temporary file that holds the WDBC file's text, changed. */
async function withCopy(change: (text: string) => string, read: (path: string, text: string) => Promise<void>) {
  const text = change(await Deno.readTextFile(new URL("../../data/wdbc.csv", import.meta.url)));
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(path, text);
    await read(path, text);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("loadFile: a changed digit, a lost line and other line ends are a wrong checksum", async () => {
  const changes = [
    (text: string) => text.replace("17.99", "17.98"),
    (text: string) => text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1),
    (text: string) => text.replaceAll("\n", "\r\n").replace("\r\n", "\n"),
  ];
  for (const change of changes) {
    await withCopy(change, async (path, text) => {
      await assertRejects(
        () => loadFile(path, datasets.wdbc),
        Error,
        `Cannot load 'wdbc': the SHA-256 of data/wdbc.csv must be ${datasets.wdbc.sha256}, it is ${await sha256(text)}`,
      );
    });
  }
});

Deno.test("loadFile: a missing file is named", async () => {
  await assertRejects(
    () => loadFile("/no/such/file.csv", datasets.credit),
    Error,
    "Cannot load 'credit': the file data/credit.csv is missing",
  );
});

Deno.test("loadFile: an integer and a float in one column are the same type, an empty field is null", async () => {
  const text = "a,y\n1,0\n2.5,1\n,1\n";
  const path = await Deno.makeTempFile({ suffix: ".csv" });
  try {
    await Deno.writeTextFile(path, text);
    const facts = { ...datasets.wdbc, features: ["a"], label: "y", sha256: await sha256(text) };
    assertEquals((await loadFile(path, facts)).rows(), [[1, 0], [2.5, 1], [null, 1]]);
  } finally {
    await Deno.remove(path);
  }
});
