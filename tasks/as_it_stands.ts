/**
 * Loads a file of TypeScript or JavaScript as it stands in its repository, for `deno task audit`: an ES module, a CommonJS
 * module or a script of a page. Whatever is at its top level can be named, exported or not. Packages, files and names of a
 * page that are missing are stand-ins while the file runs; no model is trained. Of a notebook only those statements run that
 * the loss depends on.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { runInThisContext } from "node:vm";
import { transform } from "sucrase";
import { compilingOf, neededFor, readNotebookCode } from "./notebook_losses.ts";

/** A model that was compiled, and its loss. */
export interface Compiled {
  readonly model: tf.LayersModel;
  readonly loss: unknown;
}

/** A file that has run. */
export interface LoadedFile {
  /** Evaluates an expression at the top level of the file, inside `watchCompile`; undefined for a name that is not there. */
  readonly valueOf: (expression: string) => unknown;
  /** Returns a function that has a name inside another function, without the variables of that one. */
  readonly innerFunction: (name: string) => unknown;
  /** Names of exports and at the top level. */
  readonly names: readonly string[];
  /** Error that ended the file before its last line, or the first one of the statements of a notebook. */
  readonly error?: unknown;
  /** Place of the error in a notebook, such as "book.ipynb, cell 7". */
  readonly at?: string;
  /** Numbers of a notebook's cells that cannot be read. */
  readonly unread?: readonly number[];
  /** Models that the file compiled. */
  readonly compiled: readonly Compiled[];
}

/** Most milliseconds that a promise of a file is waited for. */
const patience = 1000;

/** Runs that {@linkcode watchCompile} waits for; stand-ins may be used meanwhile. */
let watching = 0;

/**
 * Runs a function and waits for its promise, or until it would train a model, which it does not.
 *
 * @returns The result, and the models that were compiled meanwhile.
 */
export async function watchCompile<T>(run: () => T): Promise<{ value?: Awaited<T>; compiled: Compiled[] }> {
  const compiled: Compiled[] = [], { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const restore = [tf.LayersModel.prototype, tf.Sequential.prototype].map((own) => {
    const { compile, fit, fitDataset } = own;
    own.compile = function (args) {
      compile.call(this, args);
      compiled.push({ model: this, loss: args.loss });
    };
    own.fit = own.fitDataset = () => {
      end();
      return new Promise(() => {});
    };
    return () => Object.assign(own, { compile, fit, fitDataset });
  });
  const timer = setTimeout(end, patience);
  watching++;
  try {
    return { value: await Promise.race([run(), ended]) as Awaited<T> | undefined, compiled };
  } finally {
    watching--;
    clearTimeout(timer);
    restore.forEach((one) => one());
  }
}

/** Waits while what a file has started goes on. */
const moment = (): Promise<void> => new Promise((end) => setTimeout(end, 50));

/** Suffixes of a file that an import leaves out. */
const suffixes = ["", ".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs", ".json", "/index.ts", "/index.js"];

/** The file that a relative import means. */
function importedFile(name: string, from: string): string | undefined {
  const base = resolve(dirname(from), name), bases = [base, base.replace(/\.[mc]?js$/, "")];
  return bases.flatMap((one) => suffixes.map((suffix) => one + suffix))
    .find((path) => /\.([mc]?[jt]sx?|json)$/.test(path) && existsSync(path) && statSync(path).isFile());
}

/** TensorFlow.js under the names of its packages, from a registry or a CDN as well. */
const isTensorFlow = /(^|[/:])@tensorflow\/tfjs(-core|-layers|-node|-node-gpu|-react-native)?(@[^/]*)?(\/|$)/;
const tensorflow = { ...tf, default: tf, __esModule: true };

/** The name of a package without its registry and version, as the import map of this project has it: `@std/assert`. */
const bareName = (name: string): string => name.replace(/^(?:npm|jsr):\/?((?:@[^/@]+\/)?[^/@]+)(?:@[^/]*)?/, "$1");

/** Module that a name stands for in the imports of the nearest deno.json above a file, if these have the name. */
function mappedName(name: string, from: string): string | undefined {
  const folder = dirname(from);
  const path = ["deno.json", "deno.jsonc"].map((file) => join(folder, file)).find((file) => existsSync(file));
  if (path === undefined) return dirname(folder) === folder ? undefined : mappedName(name, folder);
  const text = readFileSync(path, "utf8").replaceAll(/("(?:[^"\\]|\\.)*")|\/\/.*|\/\*[^]*?\*\//g, "$1");
  const { imports = {} } = JSON.parse(text.replaceAll(/,(?=\s*[}\]])/g, ""));
  const keys = Object.keys(imports).filter((key) => key === name || (key.endsWith("/") && name.startsWith(key)));
  const key = keys.sort((a, b) => a.length - b.length).at(-1);
  if (key === undefined) return undefined;
  const target = imports[key] + name.slice(key.length);
  return target.startsWith(".") ? resolve(folder, target) : target;
}

/** Text of a file; of a page its scripts, in the lines where they are. */
function textOf(path: string): string {
  const text = readFileSync(path, "utf8"), others = /(^|<\/script>)[^]*?(<script\b(?![^>]*\bsrc\s*=)[^>]*>|$)/gi;
  return /\.html?$/.test(path) ? text.replaceAll(others, (html) => html.replaceAll(/[^\n]/g, "")) : text;
}

/** JavaScript of a file, line by line: without types, JSX, decorators, and with `require` for imports. */
function javaScript(text: string, path: string): string {
  const exported: string[] = []; // a list of exports may come before what it exports
  const source = text.replace(/^#!.*/, "").replaceAll(/^export\s*\{[^}]*\}(?!\s*from)/gm, (list) => {
    exported.push(list.replaceAll(/\s+/g, " "));
    return list.replaceAll(/[^\n]/g, "");
  });
  const options = { production: true, disableESTransforms: true };
  const jsx = /\.[mc]?ts$/.test(path) ? [] : ["jsx" as const]; // `<any>window` is a type there
  return transform(`${source}\n${exported.join(";")}`, { ...options, transforms: ["typescript", ...jsx, "imports"] })
    .code
    .replaceAll(/^\s*@\w[\w.]*(\((?:[^()]|\([^()]*\))*\))?/gm, (decorator) => decorator.replaceAll(/[^\n]/g, ""))
    .replaceAll(/\bimport\.meta\b/g, "__meta")
    .replaceAll(/\b(const|let|var) require\b/g, "$1 __require"); // createRequire: the imports are called before
}

/** Names that a text declares at the beginning of a line. */
const declaredIn = (text: string): string[] =>
  [
    ...text.matchAll(
      /^(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\s*\*?|(?:abstract\s+)?class|const|let|var)\s+([\w$]+)/gm,
    ),
  ].map(([, name]) => name);

/** Text of the function that a text declares or assigns by a name anywhere, below as many empty lines as are above it. */
function innerText(name: string, code: string): string | undefined {
  const own = RegExp.escape(name), value = String.raw`(?:async\s*)?(?:function\b|\(|[\w$]+\s*=>)`;
  const head = new RegExp(String.raw`\b${own}\s*(?:=(?![=>])|:)\s*(?=${value})|(?=\bfunction\s+${own}\b)`).exec(code);
  if (head === null) return undefined;
  const start = head.index + head[0].length, above = "\n".repeat(code.slice(0, start).split("\n").length - 1);
  const isFunction = /^(?:async\s*)?(?:function\b|(?:\([^()]*\)|[\w$]+)\s*=>)/;
  for (const { index } of code.slice(start).matchAll(/(?<=[})])|[,;\n]|$/g)) {
    const text = code.slice(start, start + index);
    if (!isFunction.test(text) || /^\s*[.?]/.test(code.slice(start + index))) continue; // the expression goes on
    try {
      new Function(`return (${text})`); // the shortest text that is whole
      return `${above}(${text})`;
    } catch {
      // not whole yet
    }
  }
}

type Scope = (expression: string) => unknown;

/** The `import.meta` of a file. */
const metaOf = (path: string) => ({
  url: pathToFileURL(path).href,
  filename: path,
  dirname: dirname(path),
  main: false,
});

/** The files of one load, which share their stand-ins. */
class Files {
  readonly #standIns = new WeakSet<object>();
  readonly #modules = new Map<string, { exports: unknown }>();
  readonly #imported = new Map<string, unknown>();

  isStandIn = (value: unknown): boolean => Object(value) === value && this.#standIns.has(value as object);

  /** Something in the place of what is missing, which can be read, called and extended while a file runs. */
  standIn(what: string, why = "is missing"): object {
    const used = () => {
      if (watching > 0) return this.standIn(what, why);
      throw new ReferenceError(`it uses ${what}, which ${why}`);
    };
    const standIn: object = new Proxy(function () {}, {
      get: (target, key) => {
        if (key === "prototype") return target.prototype;
        if (key === Symbol.iterator) return () => [].values();
        if (key === Symbol.toPrimitive) return () => NaN;
        return key === "then" || typeof key === "symbol" ? undefined : used();
      },
      set: () => true,
      apply: used,
      construct: (target, _, made) => made === standIn ? used() : Reflect.construct(target, [], made),
    });
    this.#standIns.add(standIn);
    return standIn;
  }

  /** TensorFlow.js, or a file beside the one that imports it. */
  #own(name: string, from: string): unknown {
    if (isTensorFlow.test(name)) return tensorflow;
    const path = name.startsWith(".") || isAbsolute(name) ? importedFile(name, from) : undefined;
    return path === undefined ? undefined : this.run(path).exports;
  }

  #require(name: string, from: string): unknown {
    const own = this.#own(name, from), imported = own ?? this.#imported.get(name);
    if (imported !== undefined) return imported;
    try {
      return createRequire(pathToFileURL(from))(bareName(name));
    } catch {
      const mapped = mappedName(name, from);
      return mapped === undefined ? this.standIn(`'${name}'`) : this.#require(mapped, from);
    }
  }

  /** The exports of a module, of one that is not an ES module as its default export too. */
  #asModule = (exports: unknown): unknown =>
    this.isStandIn(exports) || (exports as { __esModule?: unknown })?.__esModule
      ? exports
      : { ...Object(exports), default: exports };

  /** Imports a module as a notebook does: TensorFlow.js, a file beside it, a package of this project or one beside it. */
  async #import(name: string, from: string): Promise<unknown> {
    const refused = ({ message }: Error) =>
      /^Requires \w+ access/.test(message) ? this.standIn(`'${name}'`, "an audit may not load") : undefined;
    const own = this.#own(name, from), known = own === undefined ? this.#imported.get(name) : this.#asModule(own);
    if (known !== undefined) return known;
    // An import from a registry that the lock does not have fails, and all later imports with it.
    const ofProject = /^https?:/.test(name) ? undefined : await import(bareName(name)).catch(refused);
    const mapped = ofProject === undefined ? mappedName(name, from) : undefined;
    const imported = ofProject ??
      (mapped === undefined ? this.#asModule(this.#require(name, from)) : await this.#import(mapped, from));
    this.#imported.set(name, imported);
    return imported;
  }

  /** Names that a file has without declaring them; a script of a page has those of the page and of its other scripts. */
  #globals(path: string, isScript: boolean): object {
    const own: Record<string, unknown> = {
      tf: tensorflow,
      document: this.standIn("'document'"),
      process: Object.create(process, { exit: { value: () => {} }, argv: { value: [process.argv[0], path] } }),
    };
    return new Proxy(own, {
      has: (_, name) => name in own || (isScript && typeof name === "string" && !(name in globalThis)),
      get: (_, name) => typeof name === "symbol" ? undefined : own[name] ?? this.standIn(`'${name}'`),
    });
  }

  /** Runs a file once; `see` receives its scope before its first line. What awaits at its top level goes on later. */
  run(path: string, see: (scope: Scope) => void = () => {}): { exports: unknown; ends?: Promise<void> } {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const text = textOf(path), module: ReturnType<Files["run"]> = { exports: {} };
    this.#modules.set(path, module);
    if (path.endsWith(".json")) return Object.assign(module, { exports: JSON.parse(text) });
    const isScript = !/\b(import|require|exports)\b/.test(text), code = javaScript(text, path);
    const head = /^(?![\s/*]).*\bawait\b/m.test(code) ? "async function" : "function";
    const inGlobals = runInThisContext(
      "(function (__globals) { with (__globals) { " +
        "return function (exports, require, module, __filename, __dirname, __meta, __see) { " +
        `return (${head}() { __see(__text => eval(__text)); ${code}\n}).call(exports); } } })`,
      { filename: path }, // not its address: Deno would look its lines up in the map of an import that failed
    );
    const require = (name: string) => this.#require(name, path);
    const body = inGlobals(this.#globals(path, isScript));
    module.ends = body(module.exports, require, module, path, dirname(path), metaOf(path), see);
    return module;
  }

  /** Imports what scripts of a notebook import by name. Returns a function that runs a script, with the names of the notebook. */
  async notebook(path: string, scripts: readonly Script[], names: object): Promise<(script: Script) => unknown> {
    const imported = scripts.flatMap(({ code }) => [...code.matchAll(/\b__import\(\s*(["'])(.+?)\1/g)]);
    for (const [, , name] of imported) await this.#import(name, path);
    const globals = this.#globals(path, false), exports = {};
    const own = { exports, module: { exports }, require: (name: string) => this.#require(name, path) };
    const more = { ...own, __import: (name: string) => this.#import(name, path), __meta: metaOf(path) };
    return ({ code, cell, linesAbove }) =>
      runInThisContext(
        "(function (__globals, __more, __names) { with (__globals) { with (__more) { with (__names) { " +
          `return (${/\bawait\b/.test(code) ? "async " : ""}function () {${
            "\n".repeat(linesAbove)
          }${code}\n})(); } } } })`,
        { filename: cell },
      )(globals, more, names);
  }
}

/** A script of a notebook: its code, the place that its lines are in, and the number of lines above it there. */
interface Script {
  readonly code: string;
  readonly cell: string;
  readonly linesAbove: number;
}

/** A method of a class, of an instance made without arguments, or of one that is not made. */
function methodOf(owner: unknown, name: string): unknown {
  if (typeof owner !== "function") return undefined;
  let self = Object.create(owner.prototype ?? null);
  try {
    self = Reflect.construct(owner, []);
  } catch {
    // its methods may do without what the constructor needs
  }
  return typeof self[name] === "function" ? self[name].bind(self) : self[name];
}

/** The value of an export, of a name at the top level, of an expression, or of a method as `Class.method`. */
function valueIn(files: Files, exports: unknown, scope: Scope, name: string): unknown {
  const exported = Object(exports) as Record<string, unknown>;
  if (name === "default") return exported.default ?? exports;
  if (/^[\w$]+$/.test(name) && name in exported) {
    const value = exported[name];
    return typeof value === "function" && !Object.hasOwn(exported, name) ? value.bind(exported) : value;
  }
  try {
    const value = scope(name), [, of = "", own = ""] = /^([\w$.]+)\.([\w$]+)$/.exec(name) ?? [];
    const ofAny = Object.hasOwn(Function.prototype, own) && value === Reflect.get(Function.prototype, own); // call, bind
    const needsThis = of !== "" && typeof value === "function" && /^(?!class\b)[^]*\bthis\b/.test(String(value));
    if (value !== undefined && !ofAny && !files.isStandIn(value)) return needsThis ? value.bind(scope(of)) : value;
  } catch (error) {
    if (!(error instanceof ReferenceError && /^[\w$.]+$/.test(name))) throw error;
  }
  const [, owner, method] = /^([\w$]+)\.([\w$]+)$/.exec(name) ?? [];
  return method === undefined ? undefined : methodOf(valueIn(files, exports, scope, owner), method);
}

/** Runs a file, and what it starts for a moment. */
export async function loadAsItStands(path: string): Promise<LoadedFile> {
  const files = new Files(), text = textOf(path);
  let scope: Scope | undefined, exports: unknown = {}, error: unknown;
  globalThis.addEventListener("unhandledrejection", (event) => {
    if (String(event.reason?.stack).includes(path)) event.preventDefault(); // of a training, not of the audit
  });
  const { compiled } = await watchCompile(async () => {
    const goesOn = moment();
    try {
      const module = files.run(path, (own) => scope = own);
      await Promise.race([module.ends, goesOn]);
      exports = module.exports;
    } catch (thrown) {
      error = thrown;
    }
    await goesOn;
  });
  return {
    valueOf: (name) => scope && valueIn(files, exports, scope, name),
    innerFunction: (name) => {
      const own = scope, inner = own && innerText(name, javaScript(text, path));
      if (own === undefined || inner === undefined) return undefined;
      const names = new Proxy({}, {
        has: (_, name) => typeof name === "string" && own(`typeof ${name}`) !== "undefined",
        get: (_, name) => typeof name === "string" ? own(name) : undefined,
      });
      const inNames = `(function (__names) { with (__names) { return (${inner}) } })`;
      return runInThisContext(inNames, { filename: path }).call(files.standIn("'this'"), names);
    },
    names: [...new Set([...Object.keys(Object(exports)), ...declaredIn(text)])],
    error,
    compiled,
  };
}

/** Runs those statements of a notebook that an expression needs; without an expression, those that compile models. */
export async function loadNotebook(path: string, expression: string): Promise<LoadedFile> {
  const { statements, others } = readNotebookCode(path), files = new Files();
  const declared = new Set(statements.flatMap(({ gives }) => gives));
  const inside = expression === "" ? "loss" : expression.split(".").at(-1)!;
  const compiling = new Set(expression === "" ? compilingOf(statements) : []);
  const hasOwn = expression === "" ? compiling.size > 0 : declared.has(expression.split(".")[0]);
  const inners = hasOwn ? [] : statements.map((own) => ({ ...own, code: innerText(inside, own.code) ?? "" }));
  const inner = inners.findLast(({ code }) => code !== "");
  const needed = neededFor(inner?.code ?? expression, statements);
  const names = Object.assign(
    Object.create(null),
    Object.fromEntries(needed.flatMap((own) => own.gives).map((n) => [n, undefined])),
  );
  const run = await files.notebook(path, needed, names), compiled: Compiled[] = [];
  let failed: { error: unknown; at: string } | undefined;
  globalThis.addEventListener("unhandledrejection", (event) => {
    if (String(event.reason?.stack).includes(`${basename(path)}, cell`)) event.preventDefault(); // of a training
  });
  for (const statement of needed) {
    let error: unknown = new DOMException(
      `it has not ended after ${patience / 1000} s; no model is trained`,
      "TimeoutError",
    );
    const end = async () => {
      try {
        await run(statement);
        error = undefined;
        if (compiling.has(statement)) await moment(); // what it calls may compile after what it awaits
      } catch (thrown) {
        error = thrown;
      }
    };
    compiled.push(...(await watchCompile(end)).compiled);
    if (error !== undefined) failed ??= { error, at: statement.cell };
  }
  const evaluate = (script: Pick<Script, "code"> & Partial<Script>) =>
    run({ cell: "the name", linesAbove: 0, ...script });
  return {
    valueOf: (text) => valueIn(files, {}, (own) => evaluate({ code: `return (${own});` }), text),
    innerFunction: () => inner && evaluate({ ...inner, code: `return (${inner.code}\n);` }),
    names: [...declared],
    ...failed,
    unread: others,
    compiled,
  };
}
