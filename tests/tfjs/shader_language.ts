// The part of GLSL and of WGSL in which the programs of the GPU are written, compiled to JavaScript: a wrong declaration, an
// operation of two types and a read beyond an input's end are errors, floats are float32.

type Type = "float" | "int" | "bool" | "vec4" | "void" | "coords";

interface Term {
  readonly type: Type;
  readonly code: string;
}

/** An input: its name, the number of its indices, and the number of numbers per read. */
export interface Input {
  readonly name: string;
  readonly rank: number;
  readonly width: number;
}

/** The functions that the running code calls: `get` reads an input, `set` writes a result. */
export interface Runtime {
  get(input: number, i: number, j?: number, k?: number): number | number[];
  set(at: number, value: number | number[]): void;
}

const wgslTypes: Readonly<Record<string, Type>> = { f32: "float", i32: "int", bool: "bool", "vec4<f32>": "vec4" };
const glslTypes: Readonly<Record<string, Type>> = {
  float: "float",
  int: "int",
  bool: "bool",
  vec4: "vec4",
  void: "void",
};

/** Functions of both languages: the types of the arguments, the type of the result, the code. */
const builtIn: Readonly<Record<string, readonly [readonly Type[], Type, string]>> = {
  abs: [["float"], "float", "Math.abs"],
  exp: [["float"], "float", "exp"],
  floor: [["float"], "float", "Math.floor"],
  sqrt: [["float"], "float", "sqrt"],
  isnan: [["float"], "bool", "Number.isNaN"],
  min: [["float", "float"], "float", "Math.min"],
  max: [["float", "float"], "float", "Math.max"],
  clamp: [["float", "float", "float"], "float", "clamp"],
  dot: [["vec4", "vec4"], "float", "dot"],
};

const prelude = `const F = Math.fround, exp = (x) => F(Math.exp(x)), sqrt = (x) => F(Math.sqrt(x));
const clamp = (x, low, high) => Number.isNaN(x) ? low : Math.min(Math.max(x, low), high);
const plus = (a, b) => [F(a[0] + b[0]), F(a[1] + b[1]), F(a[2] + b[2]), F(a[3] + b[3])];
const times = (a, b) => [F(a[0] * b[0]), F(a[1] * b[1]), F(a[2] * b[2]), F(a[3] * b[3])];
const dot = (a, b) => times(a, b).reduce((sum, v) => F(sum + v));
`;

/** Compiles a program; the result runs one thread, with the number `at` and of `size`. */
export function compile(
  source: string,
  language: "glsl" | "wgsl",
  inputs: readonly Input[],
  outputRank: number,
): (at: number, size: number, runtime: Runtime) => void {
  const tokens = source.match(/vec4<f32>|\d+\.?\d*(?:e[-+]?\d+)?|\w+|->|\+\+|\|\||&&|[=!<>]=|\S/g)!;
  const typeNames = language === "wgsl" ? wgslTypes : glslTypes;
  const functions = new Map<string, { parameters: Type[]; type: Type }>();
  let position = 0, scopes: Map<string, Type>[] = [], result: Type = "void";

  const fail = (message: string): never => {
    throw new SyntaxError(`${message} at '${tokens.slice(Math.max(0, position - 6), position + 3).join(" ")}'`);
  };
  const peek = () => tokens[position];
  const accept = (token: string) => peek() === token && ++position > 0;
  const expect = (token: string) => accept(token) || fail(`'${token}' is missing`);
  const isType = (token: string) => Object.hasOwn(typeNames, token);
  const typeName = (): Type => isType(peek()) ? typeNames[tokens[position++]] : fail("no type of the language");
  const name = () => /^[a-z_]\w*$/i.test(peek()) && !isType(peek()) ? tokens[position++] : fail("no name");
  const same = (type: Type, { type: other, code }: Term) => type === other ? code : fail(`${other} is not ${type}`);
  const typeOf = (variable: string) =>
    scopes.findLast((scope) => scope.has(variable))?.get(variable) ?? fail(`${variable} is not declared`);

  const list = (end: string): Term[] => {
    const terms: Term[] = [];
    while (!accept(end)) {
      terms.push(expression());
      if (peek() !== end) expect(",");
    }
    return terms;
  };

  function call(called: string, terms: Term[]): Term {
    const codes = terms.map(({ code }) => code), types = terms.map(({ type }) => type).join();
    if (isType(called)) { // a cast
      const type = typeNames[called];
      if (type === "vec4" && types === "float,float,float,float") return { type, code: `[${codes}]` };
      if (type === "float" && types === "int") return { type, code: codes[0] };
      return fail(`no cast of ${types} to ${type}`);
    }
    const input = inputs.findIndex(({ name }) => called === `get${name}`);
    if (input >= 0) {
      const { rank, width } = inputs[input];
      if (types !== Array(rank).fill("int").join()) fail(`${called} takes ${rank} indices`);
      return { type: width === 4 ? "vec4" : "float", code: `runtime.get(${[input, ...codes]})` };
    }
    if (language === "wgsl" && called === "select" && types === "float,float,bool") {
      return { type: "float", code: `(${codes[2]} ? ${codes[1]} : ${codes[0]})` };
    }
    if (language === "glsl" && called === "getOutputCoords" && types === "") {
      return { type: outputRank === 1 ? "int" : "coords", code: "thread" };
    }
    if (called === (language === "wgsl" ? "setOutputAtIndex" : "setOutput")) {
      return { type: "void", code: `runtime.set(${language === "wgsl" ? codes : ["thread", codes]})` };
    }
    const [wanted, type, code] = functions.has(called)
      ? [functions.get(called)!.parameters, functions.get(called)!.type, `_${called}`] as const
      : builtIn[called] ?? fail(`no function ${called}`);
    if (wanted.join() !== types) fail(`${called} takes ${wanted}, not ${types}`);
    return { type, code: `${code}(${codes})` };
  }

  function primary(): Term {
    if (accept("(")) {
      const { type, code } = expression();
      expect(")");
      return { type, code: `(${code})` };
    }
    if (accept("-")) {
      const { type, code } = postfix();
      return type === "float" || type === "int" ? { type, code: `-${code}` } : fail(`no negative ${type}`);
    }
    const token = tokens[position++];
    if (/^\d/.test(token)) {
      return /[.e]/.test(token) ? { type: "float", code: `F(${token})` } : { type: "int", code: token };
    }
    if (token === "true" || token === "false") return { type: "bool", code: token };
    if (accept("(")) return call(token, list(")"));
    if (language === "wgsl" && token === "uniforms") {
      expect(".");
      return accept("NAN")
        ? { type: "float", code: "NaN" }
        : accept("size")
        ? { type: "int", code: "size" }
        : fail("no uniform");
    }
    if (language === "glsl" && token === "NAN") return { type: "float", code: "NaN" };
    return { type: typeOf(token), code: `_${token}` };
  }

  function postfix(): Term {
    const term = primary();
    if (!accept(".")) return term;
    const part = tokens[position++];
    if (term.type === "coords" && part === "x") return { type: "int", code: term.code };
    if (term.type === "vec4" && "xyzw".includes(part)) {
      return { type: "float", code: `${term.code}[${"xyzw".indexOf(part)}]` };
    }
    return fail(`no part .${part} of ${term.type}`);
  }

  const arithmetic = (operator: string, a: Term, b: Term): Term => {
    const { type } = a;
    if (operator === "%") {
      return type === "int" ? { type, code: `(${a.code} % ${same("int", b)})` } : fail("% of no int");
    }
    if (type === "vec4") {
      const named = operator === "+" ? "plus" : operator === "*" ? "times" : fail(`no ${operator} of vec4`);
      return { type, code: `${named}(${a.code}, ${same(type, b)})` };
    }
    if (type !== "float" && type !== "int") fail(`no ${operator} of ${type}`);
    const code = `${a.code} ${operator} ${same(type, b)}`;
    return { type, code: type === "float" ? `F(${code})` : operator === "/" ? `Math.trunc(${code})` : `(${code})` };
  };

  function binary(operators: readonly string[][], level = 0): Term {
    if (level === operators.length) return postfix();
    let left = binary(operators, level + 1);
    while (operators[level].includes(peek())) {
      const operator = tokens[position++], right = binary(operators, level + 1);
      if (level >= 4) left = arithmetic(operator, left, right);
      else if (level < 2) left = { type: "bool", code: `(${same("bool", left)} ${operator} ${same("bool", right)})` };
      else {
        if (left.type !== "float" && left.type !== "int") fail(`no ${operator} of ${left.type}`);
        left = {
          type: "bool",
          code: `(${left.code} ${operator.replace(/^([=!])=$/, "$1==")} ${same(left.type, right)})`,
        };
      }
    }
    return left;
  }

  function expression(): Term {
    const term = binary([["||"], ["&&"], ["==", "!="], ["<", ">", "<=", ">="], ["+", "-"], ["*", "/", "%"]]);
    if (language === "wgsl" || !accept("?")) return term;
    const yes = expression();
    expect(":");
    return { type: yes.type, code: `(${same("bool", term)} ? ${yes.code} : ${same(yes.type, expression())})` };
  }

  function declaration(type: Type, variable: string): string {
    expect("=");
    const value = same(type, expression());
    if (scopes.at(-1)!.has(variable)) fail(`${variable} is declared twice`);
    scopes.at(-1)!.set(variable, type);
    return `let _${variable} = ${type === "vec4" ? `[...${value}]` : value}`;
  }

  /** Parses a declaration, an assignment or a call, without its end. */
  function simple(): string {
    if (language === "wgsl" && accept("var")) {
      const variable = name();
      expect(":");
      return declaration(typeName(), variable);
    }
    if (language === "glsl" && isType(peek())) return declaration(typeName(), name());
    const variable = name();
    if (accept("(")) return same("void", call(variable, list(")")));
    if (accept("++")) return typeOf(variable) === "int" ? `_${variable}++` : fail("++ of no int");
    const part = accept(".") ? "xyzw".indexOf(tokens[position++]) : undefined;
    expect("=");
    const type = part === undefined ? typeOf(variable) : typeOf(variable) === "vec4" ? "float" : fail("no vec4");
    const value = same(type, expression());
    return part === undefined
      ? `_${variable} = ${type === "vec4" ? `[...${value}]` : value}`
      : `_${variable}[${part}] = ${value}`;
  }

  function block(): string {
    scopes.push(new Map());
    expect("{");
    let code = "{";
    while (!accept("}")) code += statement();
    scopes.pop();
    return `${code}}\n`;
  }

  function statement(): string {
    if (accept("if")) {
      expect("(");
      const condition = same("bool", expression());
      expect(")");
      const then = block();
      return `if (${condition}) ${then}${accept("else") ? `else ${peek() === "if" ? statement() : block()}` : ""}`;
    }
    if (accept("for")) {
      scopes.push(new Map());
      expect("(");
      const start = simple();
      expect(";");
      const condition = same("bool", expression());
      expect(";");
      const next = simple();
      expect(")");
      const code = `for (${start}; ${condition}; ${next}) ${block()}`;
      scopes.pop();
      return code;
    }
    const code = accept("return") ? `return ${same(result, expression())}` : simple();
    expect(";");
    return `${code};\n`;
  }

  function definition(): string {
    let type: Type = "void";
    if (language === "glsl") type = typeName();
    else expect("fn");
    const own = name(), parameters: [string, Type][] = [];
    expect("(");
    while (!accept(")")) {
      if (language === "glsl") {
        const type = typeName();
        parameters.push([name(), type]);
      } else {
        const parameter = name();
        expect(":");
        parameters.push([parameter, typeName()]);
      }
      if (peek() !== ")") expect(",");
    }
    if (language === "wgsl" && accept("->")) type = typeName();
    functions.set(own, { parameters: parameters.map(([, type]) => type), type });
    scopes = [new Map(parameters)];
    result = type;
    return `function _${own}(${parameters.map(([parameter]) => `_${parameter}`)}) ${block()}`;
  }

  let code = prelude;
  while (position < tokens.length) code += definition();
  const main = functions.get("main") ?? fail("no main");
  if (main.parameters.join() !== (language === "wgsl" ? "int" : "")) fail("main takes other parameters");
  return new Function("thread", "size", "runtime", `${code}_main(thread);`) as ReturnType<typeof compile>;
}
