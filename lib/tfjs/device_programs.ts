// The two passes over the rows and the score between them, as programs of the GPU. The sums are taken of 16 numbers, 16 of
// these, and so on: a running float32 sum of a million numbers would lose those of a rare class.
import type { BatchShape } from "../batch/read_batch.ts";
import { countKeys } from "../counts/counts.ts";
import type { Formula } from "../scores/formula.ts";
import { addsCounts, type Scoring } from "../scoring/score_batch.ts";
import type { StepForm } from "../steps/sigmoidal.ts";
import { literal, runProgram } from "./shader.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The tail of a shape: `fall` F(a) − F(b) and `density` F′(b) for b = a − ku ≥ 0, where u is the distance of an output from its
 * own end of [0, 1]. Written without the difference, so that a small s keeps its digits in float32.
 */
const tails: Readonly<Record<string, string>> = {
  identity: "fall = ku; density = 1.0;",
  round: "fall = ku;",
  softsign: "float half_ = 0.5 / (1.0 + b); fall = ku * half_ / (1.0 + a); density = 2.0 * half_ * half_;",
  linearRamp: "fall = max(ku - max(a - 0.5, 0.0), 0.0); density = pick(b <= 0.5, 1.0, 0.0);",
  // 1 − e^−ku has lost its digits for a small ku: its series.
  logistic: `float below = 1.0 / (1.0 + exp(b));
    float rise = 1.0 - exp(-ku);
    if (ku < 0.5) {
      rise = ku * (1.0 - ku / 2.0 * (1.0 - ku / 3.0 * (1.0 - ku / 4.0 * (1.0 - ku / 5.0 * (1.0 - ku / 6.0 *
        (1.0 - ku / 7.0 * (1.0 - ku / 8.0)))))));
    }
    fall = rise * below / (1.0 + exp(-a));
    density = below * (1.0 - below);`,
  // atan by a polynomial (Cephes, atanf): the one of a GPU may be off by 4,096 units in the last place.
  arctan: `float t = ku / (1.0 + a * b);
    float u = t;
    float base = 0.0;
    if (t > 2.414213562) { u = -1.0 / t; base = 1.570796327; }
    else if (t > 0.4142135624) { u = (t - 1.0) / (t + 1.0); base = 0.7853981634; }
    float z = u * u;
    fall = (base + u + u * z * (((8.05374449538e-2 * z - 1.38776856032e-1) * z + 1.99777106478e-1) * z -
      3.33329491539e-1)) * 0.318309886;
    density = 0.318309886 / (1.0 + b * b);`,
};

/** The rule that turns an output into a decision: a step, or decisions that are given. */
export interface DeviceDecision {
  /** The step; absent if the decisions are given as an input `Z`. */
  readonly form?: StepForm;
  readonly fromLogits: boolean;
}

/** Says that a step can be written as a program. */
export const hasProgram = (form: StepForm): boolean => Object.hasOwn(tails, form.loops.name) && form.steepness < 1e30;

/** Sets `s`, `rest` = 1 − s and `slope` = ∂s/∂x of the output `x`. */
function decisionSource({ form, fromLogits }: DeviceDecision): string {
  if (form === undefined) return "float s = getZ(r, c);\nfloat rest = 1.0 - s;\nfloat slope = 1.0;";
  const { loops, threshold, steepness, span, hard } = form;
  return `float p = ${fromLogits ? "1.0 / (1.0 + exp(-x))" : "x"};
  float q = clamp(p, 0.0, 1.0);
  bool low = q <= ${literal(threshold)};
  float ku = ${literal(steepness)} * pick(low, q, 1.0 - q);
  float a = pick(low, ${literal(steepness * threshold)}, ${literal(steepness * (1 - threshold))});
  float b = ${literal(steepness)} * abs(q - ${literal(threshold)});
  float fall = 0.0;
  float density = 0.0;
  ${tails[loops.name]}
  float near = ${hard ? "0.0" : `fall / ${literal(span)}`};
  float s = pick(low, near, 1.0 - near);
  float rest = pick(low, 1.0 - near, near);
  float slope = density * ${literal(steepness / span)}${fromLogits ? " * p * (1.0 - p)" : ""};`;
}

/** The inputs of a pass: outputs, labels, weights and decisions, where they are given. All have two axes. */
export interface DeviceInputs {
  readonly X: Tensor;
  readonly Y: Tensor;
  readonly W?: Tensor;
  readonly Z?: Tensor;
  /** Weights of the columns in the counts. */
  readonly K?: Tensor;
}

/** The batch of a pass. */
export interface DeviceBatch {
  readonly inputs: DeviceInputs;
  readonly shape: BatchShape;
  readonly decision: DeviceDecision;
  readonly ignoreLabel?: number;
}

/** Sets the output `x`, the label `y` and the weight `w` of the row `r` and the column `c`, and `bad` for a number out of range. */
function rowText({ inputs, shape, decision, ignoreLabel }: DeviceBatch): string {
  const { classes, indexed, rowWeights } = shape, [low, high] = [literal(-1e-6), literal(1 + 1e-6)];
  const ignored = ignoreLabel === undefined
    ? ""
    : `if (${Number.isNaN(ignoreLabel) ? "isnan(y)" : `y == ${literal(ignoreLabel)}`}) { y = 0.0; w = 0.0; }\n`;
  const label = indexed
    ? `bad = bad || isnan(y) || y < 0.0 || y > ${literal(classes - 1)} || y != floor(y);
  y = pick(y == float(c), 1.0, 0.0);`
    : "bad = bad || isnan(y) || y < 0.0 || y > 1.0;";
  return `float x = getX(r, c);
  float y = getY(r, ${indexed ? "0" : "c"});
  float w = ${inputs.W === undefined ? "1.0" : `getW(r, ${rowWeights ? "0" : "c"})`};
  bool bad = isnan(x) || isnan(w) || w < 0.0 || w > 3.4e38${decision.fromLogits ? "" : ` || x < ${low} || x > ${high}`};
  ${ignored}${label}
  ${inputs.K === undefined ? "" : "w = w * getK(c);"}`;
}

const present = (inputs: Readonly<Record<string, Tensor | undefined>>): Record<string, Tensor> =>
  Object.fromEntries(Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined));

/** Numbers that a thread adds up: 16 sums of 16. */
const inner = 16, block = inner * inner;

/** Adds up what `term` is, for the entries `i` of so many that belong to a thread. */
const sumText = (count: number, blocks: number, thread: string, term: string): string =>
  `for (int m = 0; m < ${inner}; m++) {
    vec4 part = vec4(0.0, 0.0, 0.0, 0.0);
    for (int n = 0; n < ${inner}; n++) {
      int i = (m * ${inner} + n) * ${blocks} + ${thread};
      if (i < ${count}) { part = part + ${term}; }
    }
    result = result + part;
  }`;

/** Returns the counts of each class, [classes, 2, 2]: tp, fp, fn, tn. A number out of range makes the counts NaN. */
export function countRows(batch: DeviceBatch): Tensor {
  const { inputs, shape: { rows, classes }, decision } = batch, blocks = Math.ceil(rows / block);
  let counts = runProgram({
    inputs: present({ ...inputs }),
    size: blocks * classes,
    wide: true,
    functions: `vec4 countsOf(int r, int c) {
  ${rowText(batch)}
  ${decisionSource(decision)}
  vec4 four = vec4(w * y * s, w * (1.0 - y) * s, w * y * rest, w * (1.0 - y) * rest);
  if (bad) { four = vec4(NAN, NAN, NAN, NAN); }
  return four;
}`,
    body: `int thread = at / ${classes};
  int c = at - thread * ${classes};
  ${sumText(rows, blocks, "thread", "countsOf(i, c)")}`,
  });
  for (let n = blocks; n > 1;) {
    const next = Math.ceil(n / block);
    counts = runProgram({
      inputs: { A: counts },
      wideInputs: true,
      size: next * classes,
      wide: true,
      functions: "",
      body: `int thread = at / ${classes};
  int c = at - thread * ${classes};
  ${sumText(n, next, "thread", `getA(i * ${classes} + c, 0, 0)`)}`,
    });
    n = next;
  }
  return counts;
}

/** Duals: a number, its slopes by the decision of a positive and of a negative row, and 1 if it is defined. */
const duals = `vec4 linear(vec4 counts, vec4 by) { return vec4(dot(counts, by), by.x - by.z, by.y - by.w, 1.0); }
vec4 plus(vec4 a, vec4 b) { return vec4(a.x + b.x, a.y + b.y, a.z + b.z, min(a.w, b.w)); }
vec4 times(vec4 a, vec4 b) {
  return vec4(a.x * b.x, a.x * b.y + a.y * b.x, a.x * b.z + a.z * b.x, min(a.w, b.w));
}
vec4 over(vec4 a, vec4 b) {
  vec4 f = vec4(0.0, 0.0, 0.0, 0.0);
  if (b.x > 0.0) {
    float q = pick(a.x == b.x, 1.0, a.x / b.x);
    f = vec4(q, (a.y - q * b.y) / b.x, (a.z - q * b.z) / b.x, min(a.w, b.w));
  }
  return f;
}
vec4 mean(vec4 a, vec4 b) {
  float m = pick(a.x == b.x, a.x, sqrt(max(a.x, 0.0)) * sqrt(max(b.x, 0.0)));
  vec4 f = vec4(m, 0.0, 0.0, min(a.w, b.w));
  if (a.x > 0.0 && b.x > 0.0) {
    f.y = 0.5 * m * (a.y / a.x + b.y / b.x);
    f.z = 0.5 * m * (a.z / a.x + b.z / b.x);
  }
  return f;
}
vec4 shortfall(vec4 a, float level) {
  float below = pick(a.x < level, 1.0, 0.0);
  return vec4(below * (a.x - level), below * a.y, below * a.z, a.w);
}
`;

/** Writes a formula as a term of the variable `counts`. */
function formulaText(formula: Formula): string {
  if ("linear" in formula) {
    return `linear(counts, vec4(${countKeys.map((key) => literal(formula.linear[key] ?? 0)).join(", ")}))`;
  }
  if ("shortfall" in formula) return `shortfall(${formulaText(formula.shortfall)}, ${literal(formula.floor)})`;
  if ("scaled" in formula) {
    const by = literal(formula.by);
    return `(${formulaText(formula.scaled)} * vec4(${by}, ${by}, ${by}, 1.0))`;
  }
  if ("shifted" in formula) return `(${formulaText(formula.shifted)} + vec4(${literal(formula.by)}, 0.0, 0.0, 0.0))`;
  const [[name, terms]] = Object.entries(formula); // a function of two terms
  return `${name}(${terms.map(formulaText).join(", ")})`;
}

/**
 * Scores counts of the shape [classes, 2, 2]. Returns 2·classes + 1 numbers: the slopes by the decision of a positive row of
 * each class, those of a negative row, and best − score, which is NaN if the counts are; the slopes then are 0.
 */
export function scoreRows(
  counts: Tensor,
  formula: Formula,
  { average, zeroDivision }: Scoring,
  best: number,
  classWeights: Tensor | undefined,
): Tensor {
  const classes = counts.shape[0], otherwise = literal(Number(zeroDivision === 1));
  const skip = zeroDivision === "skip" ? " * f.w" : "",
    support = average === "weighted" ? " * (counts.x + counts.z)" : "";
  const own = `own = f;
      share = 1.0${skip}${support}${classWeights === undefined ? "" : " * getK(c, 0, 0).x"};`;
  const add = `bad = bad || isnan(counts.x);
    total = total + share * pick(f.w > 0.0, f.x, ${otherwise});
    whole = whole + share;`;
  const scored = addsCounts(average)
    ? `vec4 counts = vec4(0.0, 0.0, 0.0, 0.0);
  for (int c = 0; c < ${classes}; c++) { counts = counts + getA(c, 0, 0); }
  vec4 f = scoreOf(counts);
  ${own}
  ${add}`
    : `for (int c = 0; c < ${classes}; c++) {
    vec4 counts = getA(c, 0, 0);
    vec4 f = scoreOf(counts);
    ${own}
    ${add}
    if (c == k) { kept = f; keptShare = share; }
  }
  own = kept;
  share = keptShare;`;
  return runProgram({
    inputs: present({ A: counts, K: classWeights }),
    wideInputs: true,
    size: 2 * classes + 1,
    functions: `${duals}vec4 scoreOf(vec4 counts) { return ${formulaText(formula)}; }`,
    body: `int k = at % ${classes};
  bool bad = false;
  float whole = 0.0;
  float total = 0.0;
  float share = 0.0;
  float keptShare = 0.0;
  vec4 own = vec4(0.0, 0.0, 0.0, 0.0);
  vec4 kept = own;
  ${scored}
  if (at == ${2 * classes}) {
    float score = ${otherwise};
    if (whole > 0.0) { score = pick(total == whole, 1.0, total / whole); }
    result = pick(bad, NAN, ${literal(best)} - score);
  } else if (whole > 0.0 && own.w > 0.0) {
    result = share / whole * pick(at < ${classes}, own.y, own.z);
  }`,
  });
}

/** Returns `by` times the gradient with respect to each output, in the order of the outputs, from what `scoreRows` returned. */
export function gradientRows(batch: DeviceBatch, scored: Tensor, by: Tensor): Tensor {
  const { inputs, shape: { rows, classes }, decision } = batch;
  return runProgram({
    inputs: present({ ...inputs, S: scored, D: by }),
    size: rows * classes,
    functions: "",
    body: `int r = at / ${classes};
  int c = at - r * ${classes};
  ${rowText(batch)}
  ${decisionSource(decision)}
  result = pick(bad, 0.0, -getD(0) * w * slope * (y * getS(c) + (1.0 - y) * getS(${classes} + c)));`,
  });
}
