// Groups of test files that share an isolate: no file is lost, few share one, and those that must not are alone.
import { assert, assertEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { root } from "../../tasks/cli.ts";
import { filesIn } from "../../tasks/files.ts";
import { groupFiles, groupName, isAlone, isLong, longestFirst, writeGroups } from "../../tasks/test_groups.ts";
import { Fixtures } from "./fixtures.ts";

const files = (folder: string, count: number) =>
  Array.from({ length: count }, (_, k) => new URL(`file:///tests/${folder}/${k}_test.ts`));
const names = (groups: URL[][]) =>
  groups.map((group) => group.map(({ pathname }) => pathname.slice("/tests/".length, -8)));

Deno.test("groupFiles: no more files than asked for, of a folder in parts of about the same size, of small folders together", () => {
  const groups = groupFiles(
    [...files("a", 17), ...files("b", 2), ...files("c", 14), ...files("d", 2)],
    16,
    () => false,
  );
  assertEquals(groups.map(({ length }) => length), [9, 10, 16]);
  assertEquals(names(groups)[1].slice(-4), ["a/15", "a/16", "b/0", "b/1"]);
  assertEquals(names(groups)[2].slice(-3), ["c/13", "d/0", "d/1"]);
});

Deno.test("groupFiles: files that are alone come last", () => {
  const groups = groupFiles([...files("a", 3), ...files("b", 2)], 8, ({ pathname }) => /a.1|b/.test(pathname));
  assertEquals(names(groups), [["a/0", "a/2"], ["a/1"], ["b/0"], ["b/1"]]);
});

Deno.test("isAlone: a file that says so, and files of some folders", () => {
  const of = (name: string) => isAlone(new URL(`tests/${name}`, root));
  assertEquals(of("losses/refusals_test.ts"), true); // its head says so
  assertEquals(of("losses/libraries_test.ts"), false);
  assertEquals(of("kernels/sizes_test.ts"), true);
});

Deno.test("longestFirst: the site's tests, the package's and the audits of all cases before the others, which keep their order", () => {
  const groups = ["z/0", "audit/cases", "package/package", "a/1"].map((name) => [
    new URL(`file:///tests/${name}_test.ts`),
  ]);
  const site = files("site", 2);
  assertEquals(longestFirst([...groups, site]), [site, groups[2], groups[1], groups[0], groups[3]]);
  assertEquals([...groups, site].map(([file]) => isLong(file)), [false, true, true, false, false]);
  const all = filesIn(new URL("tests/", root), "_test.ts").map((file) => [file]),
    others = longestFirst(all).findIndex(([file]) => !isLong(file) && !file.pathname.includes("/tests/site/"));
  assertEquals(others, 7 + all.filter(([file]) => file.pathname.includes("/tests/site/")).length, "each is there");
});

Deno.test("filesIn: by the end of their names, hidden folders left out", () => {
  using fixtures = new Fixtures();
  const folder = pathToFileURL(`${fixtures.folder}/`);
  for (const name of ["b", ".hidden"]) Deno.mkdirSync(new URL(name, folder));
  for (const name of ["c_test.ts", "a.ts", "b/d_test.ts", ".hidden/e_test.ts"]) fixtures.file(name, "");
  const found = (ending: string) => filesIn(folder, ending).map(({ href }) => href.slice(folder.href.length));
  assertEquals(found("_test.ts"), ["b/d_test.ts", "c_test.ts"]);
  assertEquals(found(".ts"), ["a.ts", "b/d_test.ts", "c_test.ts"]);
});

Deno.test("groupName: the files of a folder in braces, a file alone by its path", () => {
  const one = "./tests/a/b_c_test.ts", two = ["./tests/d/b_test.ts", "./tests/d/c_d_test.ts"];
  assertEquals(groupName([one]), one);
  assertEquals(groupName(two), "./tests/d/{b,c_d}_test.ts");
  assertEquals(groupName([one, ...two]), "./tests/a/b_c_test.ts ./tests/d/{b,c_d}_test.ts");
});

Deno.test("writeGroups: every test file of the project is in one group, which imports it", () => {
  using fixtures = new Fixtures();
  const tests = new URL("tests/", root),
    all = filesIn(tests, "_test.ts"),
    written = writeGroups(groupFiles(all, 16, isAlone), pathToFileURL(`${fixtures.folder}/`));
  assert(all.length > 150 && written.size < all.length / 2);
  assertEquals(new Set([...written.values()].flat()).size, all.length);
  assertEquals([...written.values()].flat().length, all.length);
  for (const [path, own] of written) {
    const text = Deno.readTextFileSync(new URL(path, root));
    assertEquals(text.match(/tests\/\S+_test\.ts/g), own.map((file) => file.slice(2)));
  }
  const fixture = Deno.readDirSync(tests), folders = [...fixture].filter(({ isDirectory }) => isDirectory);
  for (const { name } of folders.filter(({ name }) => !["reference", "std_assert"].includes(name))) {
    assert(all.some(({ pathname }) => pathname.includes(`/tests/${name}/`)), name);
  }
});
