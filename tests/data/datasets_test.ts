import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { datasets } from "@roundabout/roundabout/data";
import { binaryNames, names, recorded } from "./facts.ts";

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
