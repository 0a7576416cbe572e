/**
 * Loads a loss of a Jupyter notebook of TypeScript or JavaScript (Deno, tslab) for `deno task audit`: only the statements are
 * executed that the loss depends on, each as a script whose name says its cell.
 *
 * @module
 */
import { basename } from "node:path";
import { transform } from "sucrase";
import { IdentifierRole, nextToken } from "sucrase/dist/parser/tokenizer/index.js";
import { TokenType } from "sucrase/dist/parser/tokenizer/types.js";
import parser from "sucrase/dist/parser/traverser/base.js";
import { parseStatement } from "sucrase/dist/parser/traverser/statement.js";
import { scriptCells } from "./notebook_format.ts";

/** The part of a token of sucrase's parser that is read here. */
interface Token {
  readonly type: number;
  readonly start: number;
  readonly end: number;
  readonly identifierRole: number | null;
}

/** Tokens, from the first to before the last, of a function or a block. */
interface TokenScope {
  readonly startTokenIndex: number;
  readonly endTokenIndex: number;
  readonly isFunctionScope: boolean;
}

/** A statement at the top level of a cell, in JavaScript. */
export interface Statement {
  /** Place for messages, such as "book.ipynb, cell 7", and the number of lines above the statement in its cell. */
  readonly cell: string;
  readonly linesAbove: number;
  /** Text in which declarations are assignments, imports calls of `__import`, and `import.meta` is `__meta`. */
  readonly code: string;
  /** Names that the statement gives a value. */
  readonly gives: readonly string[];
  /** Names of which the statement changes a part. */
  readonly changes: readonly string[];
  /** Names of which the statement calls a method, and the method, which may change a part of them. */
  readonly methods: readonly (readonly [name: string, method: string])[];
  /** Names that the statement declares as functions or classes. */
  readonly defines: readonly string[];
  /** True of the declaration of a function, which is there before the rest of its cell. */
  readonly isFunction: boolean;
  /** Parameters of the function that it defines, as they are written. */
  readonly parameters: readonly string[];
  /** Names that the statement gives to packages. */
  readonly packages: readonly string[];
  /** Names that the statement reads. */
  readonly uses: readonly string[];
  /** Names that the statement calls while it runs. */
  readonly calls: readonly string[];
  /** Moment in which the statement compiles a model: while it runs, or in a function that is called later. */
  readonly compiles?: "now" | "later";
}

/** The code of a notebook. */
export interface NotebookCode {
  readonly statements: readonly Statement[];
  /** Numbers of cells that are no TypeScript, such as commands of the shell. */
  readonly others: readonly number[];
}

/** Methods that read their object: what calls one of them at its top level need not run. */
const readers = /^(fit|evaluate|predict|summary|save|dispose|print|data|array|log|forEach|map)/;

/** Functions of packages that change what the package does, as far as a loss depends on it. */
const registering = /^(register|extend|use)/;

const isAssignment = (type: number): boolean => [TokenType.eq, TokenType.assign].includes(type);
const isStep = (type: number): boolean => [TokenType.preIncDec, TokenType.postIncDec].includes(type);

/** Tells whether a statement can begin behind a token of a type. */
const isEnd = (type: number): boolean =>
  [TokenType.semi, TokenType.braceL, TokenType.braceR, TokenType.parenR].includes(type);

/** Tells whether a statement can end in a word, with a line break behind it. */
const endsInLine = (word: string): boolean => /[\w$)\]}"'`]$/.test(word);

const opening = [TokenType.parenL, TokenType.bracketL, TokenType.braceL, TokenType.dollarBraceL];
const closing = [TokenType.parenR, TokenType.bracketR, TokenType.braceR];

/** Roles of tokens that declare a name, outside functions or in one. */
const { Access, ObjectShorthand, TopLevelDeclaration, FunctionScopedDeclaration, BlockScopedDeclaration } =
  IdentifierRole;
const declaring = {
  top: [TopLevelDeclaration, IdentifierRole.ObjectShorthandTopLevelDeclaration, IdentifierRole.ImportDeclaration],
  function: [FunctionScopedDeclaration, IdentifierRole.ObjectShorthandFunctionScopedDeclaration],
  block: [BlockScopedDeclaration, IdentifierRole.ObjectShorthandBlockScopedDeclaration],
};

/** A text of JavaScript that has been parsed: its tokens, and the tokens of each of its statements. */
class Parsed {
  readonly tokens: readonly Token[];
  readonly #scopes: readonly TokenScope[];
  readonly statements: [from: number, to: number][] = [];
  readonly #local = new Map<TokenScope, Set<string>>();

  /** @throws {SyntaxError} The text is not JavaScript. */
  constructor(readonly text: string) {
    parser.initParser(text, false, false, false);
    nextToken();
    while (parser.state.type !== TokenType.eof && !parser.state.error) {
      const from = parser.state.tokens.length;
      parseStatement(true);
      this.statements.push([from, parser.state.tokens.length]);
    }
    if (parser.state.error) throw parser.state.error;
    this.tokens = parser.state.tokens;
    this.#scopes = parser.state.scopes.toSorted((a: TokenScope, b: TokenScope) =>
      b.startTokenIndex - a.startTokenIndex
    );
    this.tokens.forEach(({ identifierRole: role }, i) => {
      if (role === null) return;
      const scope = declaring.block.includes(role)
        ? this.#scopesAt(i)[0]
        : declaring.function.includes(role)
        ? this.#scopesAt(i).find(({ isFunctionScope }) => isFunctionScope)
        : undefined;
      if (scope === undefined) return;
      if (!this.#local.has(scope)) this.#local.set(scope, new Set());
      this.#local.get(scope)!.add(this.word(i));
    });
  }

  word = (i: number): string => this.text.slice(this.tokens[i].start, this.tokens[i].end);

  /** Functions and blocks around a token, the innermost first. */
  #scopesAt = (i: number): TokenScope[] =>
    this.#scopes.filter(({ startTokenIndex, endTokenIndex }) => startTokenIndex <= i && i < endTokenIndex);

  /** True of a token in a function. */
  isInFunction = (i: number): boolean => this.#scopesAt(i).some(({ isFunctionScope }) => isFunctionScope);

  /** True of a token in a function that does not run with its statement: it is neither called in place nor handed over first. */
  isLater = (i: number): boolean =>
    this.#scopesAt(i).some(({ isFunctionScope, startTokenIndex, endTokenIndex }, _, all) =>
      isFunctionScope && !this.#isArgument(startTokenIndex) &&
      // The body of a function is a scope in that of its parameters.
      !all.some((own) => own.startTokenIndex < startTokenIndex && own.endTokenIndex === endTokenIndex)
    );

  /** True of the parameters of a function that is the first argument of a call, or stands in brackets to be called. */
  #isArgument(first: number): boolean {
    const isHead = (i: number) =>
      /^(async|function|\*)$/.test(this.word(i)) || (/^[\w$]+$/.test(this.word(i)) && this.word(i - 1) === "function");
    let head = first;
    while (head > 1 && isHead(head - 1)) head--;
    return head > 0 && this.tokens[head - 1].type === TokenType.parenL;
  }

  /** Token behind the bracket that closes the one at a token. */
  behindBracket(i: number): number {
    let depth = 0;
    do {
      depth += Number(opening.includes(this.tokens[i].type)) - Number(closing.includes(this.tokens[i].type));
      i++;
    } while (depth > 0 && i < this.tokens.length);
    return i;
  }

  /** True of a token that reads or assigns a name from outside all functions and blocks around it. */
  isFree(i: number): boolean {
    const { identifierRole } = this.tokens[i];
    if (identifierRole !== Access && identifierRole !== ObjectShorthand) return false;
    return !this.#scopesAt(i).some((scope) => this.#local.get(scope)?.has(this.word(i)));
  }

  /** True of a token that declares a name outside all functions and blocks. */
  isTop(i: number): boolean {
    const { identifierRole: role } = this.tokens[i];
    return role !== null &&
      (declaring.top.includes(role) || (declaring.function.includes(role) && !this.isInFunction(i)));
  }

  /** Place behind the members of what begins at a token, `.a[0].b`, and the last member. */
  membersFrom(i: number): { end: number; member?: string } {
    let end = i + 1, member: string | undefined;
    while (end < this.tokens.length) {
      const { type } = this.tokens[end];
      if (type === TokenType.dot || type === TokenType.questionDot) {
        member = this.word(end + 1);
        end += 2;
      } else if (type === TokenType.bracketL) {
        end = this.behindBracket(end);
        member = "[]";
      } else break;
    }
    return { end, member };
  }

  /** Tells whether the name at a token of a statement gets a value there, or a part of it changes, perhaps by a method. */
  changeOf(i: number, first: number): { gives?: true; changes?: true; method?: string } {
    const { end, member } = this.membersFrom(i), next = this.tokens[end]?.type, before = this.tokens[i - 1]?.type;
    if (isAssignment(next) || isStep(next) || (i > first && isStep(before))) {
      return member === undefined ? { gives: true } : { changes: true };
    }
    const gap = i === first ? "" : this.text.slice(this.tokens[i - 1].end, this.tokens[i].start);
    const starts = i === first || this.word(i - 1) === "await" || isEnd(before) ||
      (gap.includes("\n") && endsInLine(this.word(i - 1)));
    if (starts && member !== undefined && next === TokenType.parenL && !readers.test(member)) return { method: member };
    const isAssigned = before === TokenType.parenL &&
      /\bObject\s*\.\s*(assign|definePropert(y|ies))\s*\(\s*$/.test(this.text.slice(0, this.tokens[i].start));
    return isAssigned || before === TokenType._delete ? { changes: true } : {};
  }

  /** Tokens of the pattern that begins at a token, `[a, b] = …` or `({ a } = …)`: from it to before the last. */
  patternAt(i: number, first: number): [number, number] | undefined {
    if (![TokenType.bracketL, TokenType.braceL].includes(this.tokens[i].type)) return undefined;
    if (i > first && endsInLine(this.word(i - 1))) return undefined; // a member
    const end = this.behindBracket(i);
    return this.tokens[end]?.type === TokenType.eq ? [i, end] : undefined;
  }
}

/** The text between two tokens with replacements, which do not overlap. */
function edited({ text, tokens }: Parsed, [from, to]: [number, number], edits: ReadonlyMap<number, string>): string {
  let code = "", at = tokens[from].start;
  for (const [i, replacement] of edits) {
    code += text.slice(at, tokens[i].start) + replacement;
    at = tokens[i].end;
  }
  return code + text.slice(at, tokens[to - 1].end);
}

/** Assignments in the place of a statement's import. */
function importCode(text: string): string {
  const [, list = "", from] = /^import\b\s*(?:([^]*?)\bfrom\b\s*)?(["'][^"']*["'])/.exec(text)!;
  const module = `await __import(${from})`;
  const [, main, space, names] = /^\s*([\w$]+)?\s*,?\s*(?:\*\s*as\s+([\w$]+)|\{([^}]*)\})?\s*$/.exec(list) ?? [];
  const parts = names === undefined ? [] : names.split(",").map((one) => one.trim().replace(/\s+as\s+/, ": "));
  const pattern = [...(main === undefined ? [] : [`default: ${main}`]), ...parts.filter(Boolean)].join(", ");
  if (space !== undefined) return `${space} = ${module};${main === undefined ? "" : ` ${main} = ${space}.default;`}`;
  return pattern === "" ? `${module};` : `({ ${pattern} } = ${module});`;
}

/** JavaScript in which the declarations of a statement are assignments to names of the notebook. */
function assigning(parsed: Parsed, [from, to]: [number, number]): string {
  const { tokens } = parsed, edits = new Map<number, string>();
  let first = from;
  for (; /^(export|default)$/.test(parsed.word(first)); first++) edits.set(first, "");
  const own = parsed.text.slice(tokens[first].start, tokens[to - 1].end);
  if (/^import\b(?!\s*[(.])/.test(own)) return importCode(own);
  let end = "";
  if (/^((async\s+)?function|class)\b/.test(own)) {
    const name = tokens.findIndex((_, i) => i >= first && parsed.isTop(i));
    if (name >= 0 && name < to) edits.set(first, `${parsed.word(name)} = ${parsed.word(first)}`);
  } else if (/^(const|let|var)\b/.test(own)) {
    edits.set(first, "(");
    end = ")";
    if (tokens[to - 1].type === TokenType.semi) edits.set(to - 1, "");
  }
  for (let i = first; i < to; i++) {
    // A variable of a block is a name of the notebook as well.
    if (i > first && tokens[i].type === TokenType._var && parsed.isTop(i + 1)) edits.set(i, "");
    if (parsed.word(i) !== "import" || tokens[i - 1]?.type === TokenType.dot) continue;
    if (tokens[i + 1].type === TokenType.parenL) edits.set(i, "__import");
    else if (tokens[i + 1].type === TokenType.dot) {
      edits.set(i, "__meta");
      edits.set(i + 1, "");
      edits.set(i + 2, "");
    }
  }
  return edited(parsed, [from, to], new Map([...edits].sort(([a], [b]) => a - b))) + end;
}

/** JavaScript of a cell, line by line. */
function javaScriptOf(text: string): string {
  const options = { production: true, disableESTransforms: true, keepUnusedImports: true };
  try {
    return transform(text, { ...options, transforms: ["typescript"] }).code;
  } catch {
    return transform(text, { ...options, transforms: ["typescript", "jsx"] }).code;
  }
}

/** The names that a statement gives to packages. */
function packagesOf(code: string, gives: Iterable<string>): string[] {
  if (/^import\b(?:[^"']*\bfrom\b)?\s*["'](?![./])/.test(code)) return [...gives];
  const called = /([\w$]+)\s*=\s*(?:await\s+import|require)\(\s*(["'])[^"'.][^"']*\2\s*\)(?!\s*[.(])/g;
  return [...code.matchAll(called)].map(([, name]) => name);
}

/** The statements of a text, which is a cell or an expression. */
function statementsOf(text: string, cell: string): Statement[] {
  const parsed = new Parsed(javaScriptOf(text)), { tokens } = parsed;
  const ownText = ([from, to]: [number, number]) => parsed.text.slice(tokens[from].start, tokens[to - 1].end);
  return parsed.statements.map(([from, to]): Statement => {
    const gives = new Set<string>(), changes = new Set<string>(), uses = new Set<string>(), calls = new Set<string>();
    const methods: [string, string][] = [];
    let compiles: Statement["compiles"];
    for (let i = from; i < to; i++) {
      const word = parsed.word(i), isNow = !parsed.isLater(i);
      if (parsed.isTop(i)) gives.add(word);
      if (parsed.isFree(i)) {
        uses.add(word);
        const change = isNow ? parsed.changeOf(i, from) : {};
        if (change.gives) gives.add(word);
        if (change.changes) changes.add(word);
        if (change.method !== undefined) methods.push([word, change.method]);
        if (isNow && parsed.tokens[i + 1]?.type === TokenType.parenL) calls.add(word);
      }
      const [first, end] = (isNow && parsed.patternAt(i, from)) || [0, 0];
      for (let j = first; j < end; j++) if (parsed.isFree(j)) gives.add(parsed.word(j));
      if (word === "compile" && parsed.tokens[i - 1]?.type === TokenType.dot) {
        compiles = isNow ? "now" : compiles ?? "later";
      }
    }
    const own = ownText([from, to]);
    const [, defined] = /^(?:export\s+)?(?:default\s+)?(?:(?:async\s+)?function\s*\*?|class)\s*([\w$]+)/.exec(own) ??
      /^(?:export\s+)?(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?(?:function\b|class\b|\([^()]*\)\s*=>|[\w$]+\s*=>)/
        .exec(own) ??
      [];
    return {
      cell,
      linesAbove: parsed.text.slice(0, parsed.tokens[from].start).split("\n").length - 1,
      code: assigning(parsed, [from, to]),
      gives: [...gives],
      changes: [...changes],
      methods,
      defines: defined === undefined ? [] : [defined],
      parameters: defined === undefined
        ? []
        : (/^[^({]*\(([^()]*)\)/.exec(own)?.[1] ?? "").split(",").map((one) => one.trim()),
      isFunction: /^(?:export\s+)?(?:default\s+)?(?:async\s+)?function\b/.test(own),
      packages: packagesOf(own, gives),
      uses: [...uses],
      calls: [...calls],
      compiles,
    };
  });
}

/** Reads the code of a notebook of TypeScript or JavaScript. */
export function readNotebookCode(path: string): NotebookCode {
  const statements: Statement[] = [], others: number[] = [];
  for (const [number, text] of scriptCells(path)!) {
    try {
      statements.push(...statementsOf(text, `${basename(path)}, cell ${number}`));
    } catch {
      others.push(number);
    }
  }
  return { statements, others };
}

/** The statements that compile models, by themselves or by a function that they call. */
export function compilingOf(statements: readonly Statement[]): Statement[] {
  const makers = new Set<string>();
  for (let before = -1; before < makers.size;) {
    before = makers.size;
    for (const { compiles, defines, uses } of statements) {
      if (compiles === "later" || uses.some((name) => makers.has(name))) defines.forEach((name) => makers.add(name));
    }
  }
  return statements.filter(({ compiles, calls }) => compiles === "now" || calls.some((name) => makers.has(name)));
}

const labels = /true|target|label|truth|actual|expected|^y$|^t$|^yt$/i;
const outputs = /pred|out|logit|prob|score|hat|^p$|^x$|^yp$|^z$/i;

/**
 * Names of functions that look like losses: they take labels and outputs, in this order, by the names of their parameters, or are
 * called a loss and take two arguments whose names do not say the other order.
 */
export function likelyLosses(statements: readonly Statement[]): string[] {
  const isLoss = ({ defines: [name], parameters }: Statement) => {
    const required = parameters.filter((one) => one !== "" && !one.includes("="));
    if (name === undefined || required.length !== 2 || !required.every((one) => /^[\w$]+$/.test(one))) return false;
    const [first, second] = required;
    if (outputs.test(first) && !labels.test(first)) return false;
    return /loss|criterion|entropy|nll/i.test(name) || (labels.test(first) && outputs.test(second));
  };
  return [...new Set(statements.filter(isLoss).map(({ defines: [name] }) => name))];
}

/**
 * Returns the statements that an expression depends on, in the order in which they run: those that give values to the names
 * that it uses, and to the names that these use. A function or a class is what defines it, and no number of its name. An empty
 * expression stands for what compiles models.
 *
 * @throws {SyntaxError} The expression is not JavaScript.
 */
export function neededFor(expression: string, statements: readonly Statement[]): Statement[] {
  const defined = new Set(statements.flatMap(({ defines }) => defines));
  const packages = new Set(statements.flatMap((own) => own.packages)),
    own = new Set(statements.flatMap((s) => s.gives));
  const givesOf = ({ gives, changes, methods, defines }: Statement) => [
    ...changes,
    ...methods.filter(([name, method]) => packages.has(name) ? registering.test(method) : own.has(name))
      .map(([name]) => name),
    ...gives.filter((name) => !defined.has(name) || defines.includes(name)),
  ];
  const chosen = new Set(expression === "" ? compilingOf(statements) : []);
  const asked = expression === "" ? [] : statementsOf(`(${expression})`, "").flatMap(({ uses }) => uses);
  const needed = new Set([...asked, ...[...chosen].flatMap(({ uses }) => uses)]);
  for (let before = -1; before < chosen.size;) {
    before = chosen.size;
    for (const statement of statements) {
      if (chosen.has(statement) || !givesOf(statement).some((name) => needed.has(name))) continue;
      chosen.add(statement);
      statement.uses.forEach((name) => needed.add(name));
    }
  }
  const cells = Map.groupBy(statements.filter((statement) => chosen.has(statement)), ({ cell }) => cell);
  return [...cells.values()].flatMap((all) =>
    [true, false].flatMap((is) => all.filter((one) => one.isFunction === is))
  );
}
