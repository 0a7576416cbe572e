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

const asDefault = "export default ";

/** Turns a text that exports nothing into a module: its only expression, or the last function that it declares. */
function asModule(text: string): string {
  if (/^\s*export\b/m.test(text)) return text;
  if (/^\s*(?:function\s*\(|\(|[\w$]+\s*=>)/.test(text)) return `${asDefault}${text}`;
  const name = lastDeclared(text);
  return name === undefined ? text : `${text}\nexport { ${name} };`;
}

/** A text as JavaScript, line by line. */
function compiled(text: string): string {
  const source = asModule(text);
  try {
    return transform(source, { transforms: ["typescript", "imports"], filePath: fileName }).code;
  } catch (error) {
    const [, line, column] = /\((\d+):(\d+)\)$/.exec((error as Error).message) ?? [];
    if (line === undefined) throw error;
    const before = line === "1" && source.startsWith(asDefault) && source !== text ? asDefault.length : 0;
    throw new SyntaxError(`The text is not valid TypeScript: line ${line}, column ${Number(column) - before}`);
  }
}

/** The place "loss.ts:3:12" of a report, without its column where the line that ran is not the line of the text. */
export function placeInText(place: string, text: string): string {
  const [, line] = /:(\d+):\d+$/.exec(place) ?? [];
  if (line === undefined) return place;
  const [own, ran] = [text, compiled(text)].map((code) => code.split("\n")[Number(line) - 1]);
  return own === ran ? place : place.replace(/:\d+$/, "");
}

/** An error of the audit with the labels of the form instead of options. */
export const inFormWords = (message: string): string =>
  message.replace(
    /\(other shapes: [^)]*\)$/,
    "(for other shapes, change \u201cColumns of outputs\u201d or \u201cFurther column of the labels\u201d)",
  );

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
 * @param onRead Receives no argument, when the script is read and the text is about to run.
 * @throws {SyntaxError} The text is not TypeScript; the message names line and column.
 * @throws {TypeError} The text is Python, declares no function, or imports a module that is not among `modules`.
 */
export function lossOfText(
  text: string,
  modules: Modules,
  run: (script: string) => void,
  onRead: () => void = () => {},
): (...args: unknown[]) => unknown {
  refusePython(text);
  const code = compiled(text), own = globalThis as Record<string, unknown>, exports: Record<string, unknown> = {};
  const require = (name: string) => {
    if (Object.hasOwn(modules, name)) return modules[name];
    throw new TypeError(`Cannot load '${name}': the text may import ${Object.keys(modules).join(", ")}`);
  };
  own[holder] = (body: (exports: unknown, require: unknown) => void) => {
    onRead();
    body(exports, require);
  };
  try {
    run(`${holder}((exports, require) => {${code}\n});\n//# sourceURL=${fileName}`);
  } finally {
    delete own[holder];
  }
  return chosen(exports);
}
