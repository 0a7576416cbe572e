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
  /** Names that the statement declares as functions or classes. */
  readonly defines: readonly string[];
  /** Names that the statement reads. */
  readonly uses: readonly string[];
  /** True if the statement itself compiles a model. */
  readonly compiles: boolean;
}

/** The code of a notebook. */
export interface NotebookCode {
  readonly statements: readonly Statement[];
  /** Numbers of cells that are no TypeScript, such as commands of the shell. */
  readonly others: readonly number[];
}

/** Methods that read their object: what calls one of them at its top level need not run. */
const readers = /^(fit|evaluate|predict|summary|save|dispose|print|data|array|log|forEach|map)/;

const isAssignment = (type: number): boolean => [TokenType.eq, TokenType.assign].includes(type);
const isStep = (type: number): boolean => [TokenType.preIncDec, TokenType.postIncDec].includes(type);

/** Tells whether a statement can begin behind a token of a type. */
const isEnd = (type: number): boolean =>
  [TokenType.semi, TokenType.braceL, TokenType.braceR, TokenType.parenR].includes(type);

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
        let depth = 0;
        do {
          depth += Number(this.tokens[end].type === TokenType.bracketL) -
            Number(this.tokens[end].type === TokenType.bracketR);
        } while (depth > 0 && ++end < this.tokens.length);
        end++;
        member = "[]";
      } else break;
    }
    return { end, member };
  }

  /** Tells whether the name at a token of a statement gets a value there, or a part of it changes. */
  changeOf(i: number, first: number): "gives" | "changes" | undefined {
    const { end, member } = this.membersFrom(i), next = this.tokens[end]?.type, before = this.tokens[i - 1]?.type;
    if (isAssignment(next) || isStep(next) || (i > first && isStep(before))) {
      return member === undefined ? "gives" : "changes";
    }
    const gap = i === first ? "\n" : this.text.slice(this.tokens[i - 1].end, this.tokens[i].start);
    const starts = gap.includes("\n") || this.word(i - 1) === "await" || isEnd(before);
    const isCall = starts && member !== undefined && next === TokenType.parenL && !readers.test(member);
    const isAssigned = before === TokenType.parenL &&
      /\bObject\s*\.\s*assign\s*\(\s*$/.test(this.text.slice(0, this.tokens[i].start));
    return isCall || isAssigned || before === TokenType._delete ? "changes" : undefined;
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

/** The statements of a text, which is a cell or an expression. */
function statementsOf(text: string, cell: string): Statement[] {
  const { code } = transform(text, {
    transforms: ["typescript"],
    production: true,
    disableESTransforms: true,
    keepUnusedImports: true,
  });
  const parsed = new Parsed(code);
  return parsed.statements.map(([from, to]): Statement => {
    const gives = new Set<string>(), changes = new Set<string>(), defines: string[] = [], uses = new Set<string>();
    let compiles = false;
    for (let i = from; i < to; i++) {
      const word = parsed.word(i), isOutside = !parsed.isInFunction(i);
      if (parsed.isTop(i)) gives.add(word);
      if (parsed.isFree(i)) {
        uses.add(word);
        const change = isOutside ? parsed.changeOf(i, from) : undefined;
        if (change !== undefined) (change === "gives" ? gives : changes).add(word);
      }
      compiles ||= isOutside && word === "compile" && parsed.tokens[i - 1]?.type === TokenType.dot;
    }
    const own = code.slice(parsed.tokens[from].start, parsed.tokens[to - 1].end);
    const [, defined] = /^(?:export\s+)?(?:default\s+)?(?:(?:async\s+)?function\s*\*?|class)\s*([\w$]+)/.exec(own) ??
      /^(?:export\s+)?(?:const|let|var)\s+([\w$]+)\s*=\s*(?:async\s*)?(?:function\b|class\b|\([^()]*\)\s*=>|[\w$]+\s*=>)/
        .exec(own) ??
      [];
    if (defined !== undefined) defines.push(defined);
    return {
      cell,
      linesAbove: code.slice(0, parsed.tokens[from].start).split("\n").length - 1,
      code: assigning(parsed, [from, to]),
      gives: [...gives],
      changes: [...changes],
      defines,
      uses: [...uses],
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

/**
 * Returns the statements that an expression depends on, in their order: those that give values to the names that it uses, and
 * to the names that these use. A function or a class is what defines it, and no number of its name. An empty expression
 * stands for what compiles models.
 *
 * @throws {SyntaxError} The expression is not JavaScript.
 */
export function neededFor(expression: string, statements: readonly Statement[]): Statement[] {
  const defined = new Set(statements.flatMap(({ defines }) => defines));
  const givesOf = (
    { gives, changes, defines }: Statement,
  ) => [...changes, ...gives.filter((name) => !defined.has(name) || defines.includes(name))];
  const chosen = new Set(expression === "" ? statements.filter(({ compiles }) => compiles) : []);
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
  return statements.filter((statement) => chosen.has(statement));
}
