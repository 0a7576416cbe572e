/**
 * Runs the examples of docstrings and of Markdown files as tests. `deno test --doc` gives each an isolate of its own, which loads
 * TensorFlow.js for longer than most examples run. Here, examples that import the same modules share one.
 *
 * @module
 */
import { dirname } from "node:path";
import { root, shortPath } from "./cli.ts";
import { filesIn } from "./files.ts";

/** Example of a file. */
export interface Example {
  /** Path of the file from the project's top folder. */
  file: string;
  /** Number of its first line in the file, from 1. */
  line: number;
  /** Code, as a reader copies it. */
  code: string;
}

/** Finds the examples in the text of a file: its blocks of TypeScript. */
export function examplesIn(file: string, text: string): Example[] {
  const plain = file.endsWith(".ts") ? text.replace(/^ *\* ?/gm, "") : text;
  return [...plain.matchAll(/^```ts\n(.*?)^```$/gms)].map(({ index, 1: code }) => ({
    file,
    line: plain.slice(0, index).split("\n").length + 1,
    code,
  }));
}

/** Finds the examples of the project: of lib/, docs/ and the README. */
export const projectExamples = (): Example[] =>
  [...filesIn(new URL("lib/", root), ".ts"), ...filesIn(new URL("docs/", root), ".md"), new URL("README.md", root)]
    .flatMap((file) => examplesIn(shortPath(file), Deno.readTextFileSync(file)));

/** The imports at the start of an example. */
const importsOf = ({ code }: Example): string => code.match(/^(?:import\b[^;]*;\s*)*/)![0];

/** Turns an example into a module that registers it as a test. Its lines have the numbers that they have in its file. */
export function moduleOf(example: Example): string {
  const { file, line, code } = example, imports = importsOf(example);
  const name = JSON.stringify(`${file}:${line}`), body = code.slice(imports.length);
  return `${"\n".repeat(line - 1)}${imports.trimEnd()} Deno.test(${name}, async () => {${
    imports.slice(imports.trimEnd().length)
  }${body}});\n`;
}

/** Modules that register nothing: no example can lack what they do. */
const pure: readonly string[] = ["@std/assert", "@roundabout/roundabout/core"];

/** Returns the examples in groups that import the same modules: none of a group can lack what another of it has imported. */
export function groupsOf(examples: readonly Example[]): Example[][] {
  const modules = (example: Example) => {
    const imported = [...importsOf(example).matchAll(/"([^"]+)";/g)].map(([, one]) => one);
    return [...new Set(imported)].filter((one) => !pure.includes(one)).sort().join();
  };
  return [...Map.groupBy(examples, modules).values()];
}

/** Writes the modules of examples into a folder; returns the paths of the test files, one per group, the largest first. */
export function writeExamples(examples: readonly Example[], folder: URL): string[] {
  return groupsOf(examples).sort((a, b) => b.length - a.length).map((group, k) => {
    const paths = group.map(({ file, line }) => `./${file.replace(/\.(ts|md)$/, "")}.${line}.ts`);
    group.forEach((example, i) => {
      const module = new URL(paths[i], folder);
      Deno.mkdirSync(dirname(module.pathname), { recursive: true });
      Deno.writeTextFileSync(module, moduleOf(example));
    });
    const test = new URL(`group_${k}_test.ts`, folder);
    Deno.writeTextFileSync(test, paths.map((path) => `import ${JSON.stringify(path)};\n`).join(""));
    return shortPath(test);
  });
}
