// Groups of test files that share an isolate: no file is lost, few share one, and those that must not are alone.
import { assert, assertEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import { root } from "../../tasks/cli.ts";
import { groupFiles, groupName, testFiles, writeGroups } from "../../tasks/test_groups.ts";
import { Fixtures } from "./fixtures.ts";

const files = (folder: string, count: number) =>
  Array.from({ length: count }, (_, k) => new URL(`file:///tests/${folder}/${k}_test.ts`));
const names = (groups: URL[][]) =>
  groups.map((group) => group.map(({ pathname }) => pathname.slice("/tests/".length, -8)));

Deno.test("groupFiles: eight files of a folder at most, in groups of about the same size", () => {
  const groups = groupFiles([...files("a", 9), ...files("b", 2)], () => "");
  assertEquals(names(groups), [
    ["a/0", "a/1", "a/2", "a/3", "a/4"],
    ["a/5", "a/6", "a/7", "a/8"],
    ["b/0", "b/1"],
  ]);
});

Deno.test("groupFiles: files that say so are alone, and come first; files of some folders, too", () => {
  const textOf = ({ pathname }: URL) => pathname.endsWith("1_test.ts") ? "// One; in an isolate of its own." : "";
  assertEquals(names(groupFiles([...files("a", 3), ...files("kernels", 2)], textOf)), [
    ["a/1"],
    ["kernels/0"],
    ["kernels/1"],
    ["a/0", "a/2"],
  ]);
});

Deno.test("groupName: the files of a folder in braces, a file alone by its path", () => {
  assertEquals(groupName(["./tests/a/b_c_test.ts"]), "./tests/a/b_c_test.ts");
  assertEquals(groupName(["./tests/a/b_test.ts", "./tests/a/c_d_test.ts"]), "./tests/a/{b,c_d}_test.ts");
});

Deno.test("writeGroups: every test file of the project is in one group, which imports it", () => {
  using fixtures = new Fixtures();
  const tests = new URL("tests/", root),
    all = testFiles(tests),
    written = writeGroups(groupFiles(all), pathToFileURL(`${fixtures.folder}/`));
  assert(all.length > 150 && written.size < all.length / 2);
  assertEquals(new Set([...written.values()].flat()).size, all.length);
  assertEquals([...written.values()].flat().length, all.length);
  for (const [path, own] of written) {
    if (own.length === 1) {
      assertEquals(path, own[0]);
      continue;
    }
    const text = Deno.readTextFileSync(new URL(path, root));
    assertEquals(text.match(/tests\/\S+_test\.ts/g), own.map((file) => file.slice(2)));
  }
  const fixture = Deno.readDirSync(tests), folders = [...fixture].filter(({ isDirectory }) => isDirectory);
  for (const { name } of folders.filter(({ name }) => !["reference", "std_assert"].includes(name))) {
    assert(all.some(({ pathname }) => pathname.includes(`/tests/${name}/`)), name);
  }
});
