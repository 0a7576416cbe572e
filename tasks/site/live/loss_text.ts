/**
 * A loss as text becomes a function: the types are stripped line by line, so that a line of the report is a line of the text.
 *
 * @module
 */
import { transform } from "sucrase";
import { fileName } from "./famous_losses.ts";

/** Names by which the text may import TensorFlow.js and this library. */
export type Modules = Readonly<Record<string, unknown>>;

/** Name of the last function that a text declares at the beginning of a line. */
const lastDeclared = (text: string): string | undefined =>
  [...text.matchAll(/^(?:export\s+)?(?:default\s+)?(?:function\s*\*?|const|let|var)\s+([\w$]+)/gm)].at(-1)?.[1];

/** Turns a text that exports nothing into a module: its only expression, or the last function that it declares. */
function asModule(text: string): string {
  if (/^\s*export\b/m.test(text)) return text;
  if (/^\s*(?:function\s*\(|\(|[\w$]+\s*=>)/.test(text)) return `export default ${text.trimStart()}`;
  const name = lastDeclared(text);
  return name === undefined ? text : `${text}\nexport { ${name} };`;
}

/** Throws if a text is Python, which nothing in a page can run. */
function refusePython(text: string): void {
  if (!/^\s*def \w+\(.*\):\s*(#.*)?$/m.test(text)) return;
  throw new TypeError(
    "Cannot run Python in a page: rewrite the loss for TensorFlow.js, or audit it as it is with 'deno task audit FILE.py#name'",
  );
}

/** Chooses the loss among what a text exports: the default, or the last function. */
function chosen(exports: Record<string, unknown>): (...args: unknown[]) => unknown {
  const functions = [exports.default, ...Object.values(exports).reverse()].filter((one) => typeof one === "function");
  if (functions.length > 0) return functions[0] as (...args: unknown[]) => unknown;
  throw new TypeError("Cannot find the loss: the text declares no function (yTrue, yPred) => …");
}

const holder = "roundaboutLossText";

/**
 * Loads the loss of a text in TypeScript or JavaScript. Of several exports the default one is taken, else the last function.
 *
 * @param text Text of a module, of functions, or of one function.
 * @param modules Modules that the text may import; `tf` is the name of TensorFlow.js without an import.
 * @param run Function that runs a script.
 * @throws {SyntaxError} The text is not TypeScript; the message names line and column.
 * @throws {TypeError} The text is Python, declares no function, or imports a module that is not among `modules`.
 */
export function lossOfText(
  text: string,
  modules: Modules,
  run: (script: string) => void,
): (...args: unknown[]) => unknown {
  refusePython(text);
  const { code } = transform(asModule(text), { transforms: ["typescript", "imports"], filePath: fileName });
  const own = globalThis as Record<string, unknown>, exports: Record<string, unknown> = {};
  const require = (name: string) => {
    if (Object.hasOwn(modules, name)) return modules[name];
    throw new TypeError(`Cannot load '${name}': the text may import ${Object.keys(modules).join(", ")}`);
  };
  own[holder] = (body: (exports: unknown, require: unknown) => void) => body(exports, require);
  try {
    run(`${holder}((exports, require) => {${code}\n});\n//# sourceURL=${fileName}`);
  } finally {
    delete own[holder];
  }
  return chosen(exports);
}
