import type { Batch, BatchShape, HostNumbers, Inputs } from "../batch/read_batch.ts";
import { byLabel, clampFloat64, type Counts, decisionGradient, scaleCounts, sumCounts } from "../counts/counts.ts";
import { argmaxAnchors } from "../decisions/argmax.ts";
import type { Decided, Decision } from "../decisions/decision.ts";
import { softmax, softmaxGradient } from "../numerics/softmax.ts";
import {
  addsCounts,
  countBatch,
  countsPartials,
  type CountsScored,
  scoreCounts,
  type Scoring,
  type ScoringRule,
  weightsOfClasses,
} from "../scoring/score_batch.ts";
import {
  argmaxBlock,
  argmaxLength,
  type ArgmaxPlan,
  argmaxPlanOf,
  beginArgmax,
  beginArgmaxFinish,
} from "./argmax_simd.ts";
import {
  beginFinish,
  beginSums,
  type Begun,
  type BegunFinish,
  blockLength,
  type Factors,
  ownSimd,
  type Simd,
  simdLength,
  type SimdPlan,
  simdPlanOf,
  sumsPerColumn,
} from "./simd.ts";
import { registeredTeam } from "./registered_team.ts";
import { scoreSamples } from "./samples.ts";
import {
  eachPiece,
  entriesOf,
  keptPlace,
  type Memory,
  pieceBytes,
  placeOf,
  type Table,
  tablesOf,
  withoutIgnored,
} from "./table.ts";
import type { Shared, Team } from "./threads.ts";

/** The two SIMD passes of a decision, for tables of some number of columns. */
interface Passes {
  /** Says that the first pass leaves a number per output for the second: w·D, or the softmax. */
  readonly keeps: boolean;
  /** Says that the second pass reads the weights again. */
  readonly weighsAgain: boolean;
  /** Returns the number of entries that the loops take. */
  takes(size: number): number;
  /** Returns the number of entries of a block. */
  block(simd: Simd): number;
  /** Begins the first pass; nothing if the heap is full. */
  begin(simd: Simd, weighted: boolean, keep: boolean, spare: number): Begun | undefined;
  /** Begins the second pass; nothing if the heap is full. */
  beginFinish(simd: Simd, factors: Factors, evenRows: boolean, spare: number): BegunFinish | undefined;
  /** Returns the constant factor of a column's gradient (`scale`), and the largest number that it multiplies (`peak`). */
  scale(column: number): { readonly scale: number; readonly peak: number };
  /** Returns the numbers that the loops would keep of the rows that they leave. */
  keep(tail: Batch, decided: Decided): Float64Array;
  /** Takes a gradient of these rows back through the kept numbers, in place. */
  back(kept: HostNumbers, gradient: Float64Array): void;
}

function thresholdPasses(plan: SimdPlan, classes: number): Passes {
  const scale = (column: number) => plan.scales[plan.scales.length === 1 ? 0 : column];
  return {
    keeps: true,
    weighsAgain: false,
    takes: (size) => simdLength(size, classes),
    block: (simd) => blockLength(simd, classes),
    begin: (simd, weighted, _, spare) => beginSums(simd, plan, classes, weighted, spare),
    beginFinish: (simd, factors, _, spare) => beginFinish(simd, factors, spare),
    scale,
    keep: ({ yPred, sampleWeight }, decided) => {
      const kept = new Float64Array(yPred.length).map((_, i) => sampleWeight?.[i] ?? 1);
      decided.back(kept);
      return kept.map((slope, i) => slope / scale(i % classes).scale);
    },
    back: (kept, gradient) => gradient.forEach((g, i) => gradient[i] = kept[i] * g),
  };
}

function argmaxPasses(plan: ArgmaxPlan, classes: number, keeps: boolean): Passes {
  const { sharpness } = plan;
  return {
    keeps,
    weighsAgain: true,
    takes: (size) => argmaxLength(size, classes),
    block: () => argmaxBlock(classes),
    begin: (simd, weighted, keep, spare) => beginArgmax(simd, plan, classes, weighted, keep || !plan.hard, spare),
    beginFinish: (simd, factors, evenRows, spare) => beginArgmaxFinish(simd, factors, evenRows, spare),
    scale: () => ({ scale: sharpness * argmaxAnchors(sharpness, classes).scale, peak: 1 }),
    keep: ({ yPred }) => softmax(yPred, classes, sharpness),
    back: (kept, gradient) => softmaxGradient(kept, classes, 1, gradient),
  };
}

/** Plans the SIMD passes of a decision; nothing where the loops do not know it. */
function plan({ steps, fromLogits, argmax }: Decision, classes: number): Passes | undefined {
  const simd = ownSimd();
  if (simd === undefined || fromLogits) return undefined;
  if (steps !== undefined) {
    const found = simdPlanOf(steps, simd);
    return found && thresholdPasses(found, classes);
  }
  if (argmax === undefined || argmax.fromLogits) return undefined;
  const { slope, mode } = argmax, found = argmaxPlanOf(simd, slope, mode !== "soft", classes);
  return found && argmaxPasses(found, classes, mode !== "hard");
}

const planned = new WeakMap<Decision, Map<number, Passes | undefined>>();

/** Returns the SIMD passes of a decision, planned once. */
function passesOf(decision: Decision, classes: number): Passes | undefined {
  let known = planned.get(decision);
  if (known === undefined) planned.set(decision, known = new Map());
  if (!known.has(classes)) known.set(classes, plan(decision, classes));
  return known.get(classes);
}

/** Weights whose products with a slope float32 holds. */
const lightest = 1e-15, heaviest = 1e15;

/** Says that labels and outputs lie in [0, 1] and weights are 0 or not extreme: the SIMD loops see the bits, and −0 has those of its sign. */
function inRange({ yTrue, yPred, sampleWeight = [] }: Inputs<ArrayLike<number>>): boolean {
  for (let i = 0; i < yPred.length; i++) if (!(yPred[i] >= 0 && yPred[i] <= 1)) return false;
  for (let i = 0; i < yTrue.length; i++) if (!(yTrue[i] >= 0 && yTrue[i] <= 1)) return false;
  for (let i = 0; i < sampleWeight.length; i++) {
    const w = sampleWeight[i];
    if (!(w === 0 || (w >= lightest && w <= heaviest))) return false;
  }
  return true;
}

const positive = (count: number): number => count > 0 ? count : 0; // rounding may leave a little below 0

/** Returns the counts of a column from its sums. */
function countsOf(sums: Float64Array, column: number): Counts {
  const [whole, positives, decided, tp] = sums.subarray(column * sumsPerColumn, (column + 1) * sumsPerColumn);
  const fp = positive(decided - tp), fn = positive(positives - tp);
  return { tp: positive(tp), fp, fn, tn: positive(whole - positives - fp) };
}

/** Products of a slope and a factor beyond this one may leave float32. */
const largestFactor = 1e20;

/** A batch that the SIMD loops have counted and scored. */
export interface FastScored extends Pick<CountsScored, "value" | "counts"> {
  /**
   * Turns the numbers that the first pass has kept into the gradient, in place.
   *
   * @returns False, with nothing done, where a product may leave float32.
   */
  finish(by: number): boolean;
}

/** A rule for a score of the order of the outputs with loops of its own. */
export interface FastRule extends ScoringRule {
  /** Scores a batch; the parameters and the result are those of {@linkcode scoreFast}. */
  scoreFast<T>(inputs: Inputs<T>, shape: BatchShape, memory: Memory<T>, kept?: T): FastScored | undefined;
}

/**
 * Returns the entries `from` to `to` as a batch of the general path; nothing if a number is out of range.
 *
 * @param own Copies numbers where the heap may grow before they are read.
 */
function batchOf(
  { yTrue, yPred, sampleWeight }: Inputs<Table>,
  from: number,
  to: number,
  own = (numbers: Float32Array) => numbers,
): Batch | undefined {
  const labels = entriesOf(yTrue, from, to), { classes } = yPred;
  if (labels === undefined) return undefined;
  const batch: Batch = {
    rows: (to - from) / classes,
    classes,
    yTrue: own(labels),
    yPred: own(entriesOf(yPred, from, to)!),
    sampleWeight: sampleWeight && own(entriesOf(sampleWeight, from, to)!),
  };
  return inRange(batch) ? batch : undefined;
}

/** The number of outputs from which on threads share the work. */
const leastShared = 2e5;

/** A batch in a memory, and the two passes that take it. */
interface Job<T> {
  readonly passes: Passes;
  readonly simd: Simd;
  readonly memory: Memory<T>;
  /** Returns the tables; a view of a heap is lost when the heap grows. */
  readonly tables: () => Inputs<Table>;
  /** The number of entries, and of those that the loops take. */
  readonly size: number;
  readonly length: number;
  /** Receives a number per output for the second pass, then the gradient. */
  readonly kept?: T;
}

/** Result of a first pass, and the part of it that workers hold. */
interface FirstPass {
  readonly sums: Float64Array;
  /** The rows that the loops leave. */
  readonly tail: Batch;
  readonly team?: Team;
  readonly shared?: Shared;
}

/** Counts a batch by the first pass; nothing if there is no room, or a number is out of range. */
function countFast<T>({ passes, simd, memory, tables, size, length, kept }: Job<T>): FirstPass | undefined {
  const block = passes.block(simd), d = passes.keeps ? kept : undefined;
  const places = () => {
    const { yTrue, yPred, sampleWeight } = tables();
    return { p: placeOf(yPred), y: placeOf(yTrue), w: placeOf(sampleWeight), d: d && keptPlace(d, true, memory) };
  };
  const { sampleWeight: weights, yPred: { classes } } = tables(), sums = new Float64Array(sumsPerColumn * classes);
  const begin = (heap: Simd, spare: number) => passes.begin(heap, weights !== undefined, d !== undefined, spare);
  const begun = begin(simd, pieceBytes(Object.values(places()), block, length));
  if (begun === undefined) return undefined;
  const pass = { simd, begun, block, length, places: places(), begin: (heap: Simd) => begin(heap, 0) };
  const team = length >= leastShared ? registeredTeam() : undefined, read = tables();
  const shared = team?.first(pass, read, d !== undefined);
  if (!shared && !eachPiece(pass, length)) return undefined;
  const { yTrue, yPred, sampleWeight } = read;
  const good = begun.end(length, sums) || inRange({
    yTrue: yTrue.given === "indices" ? [] : yTrue.values,
    yPred: yPred.values,
    sampleWeight: sampleWeight?.values,
  });
  const tail = good ? batchOf(read, length, size, (numbers) => numbers.slice()) : undefined;
  return tail && { sums, tail, team, shared };
}

/** Turns the kept numbers into the gradient by the second pass; false, with nothing done, if there is no room. */
function finishFast<T>(
  { passes, simd, memory, tables, length, kept }: Job<T>,
  { tail, team, shared }: FirstPass,
  factors: Factors,
): boolean {
  const places = () => {
    const { yTrue, sampleWeight } = tables(), w = passes.weighsAgain ? placeOf(sampleWeight) : undefined;
    return { d: keptPlace(kept!, false, memory), y: placeOf(yTrue), w };
  };
  const weights = tables().sampleWeight, evenRows = weights === undefined || weights.given === "rows";
  const block = passes.block(simd);
  const begin = (heap: Simd, spare: number) => passes.beginFinish(heap, factors, evenRows, spare);
  const begun = begin(simd, pieceBytes(Object.values(places()), block, length));
  if (begun === undefined) return false;
  const pass = { simd, begun, block, length, places: places(), begin: (heap: Simd) => begin(heap, 0) };
  if (shared === undefined || !team!.second(pass, shared, memory.numbers(kept!))) {
    eachPiece(pass, length);
  }
  if (tail.rows > 0) finishTail(passes, tail, factors, memory.numbers(kept!).subarray(length));
  return true;
}

/** Returns the factors of the second pass; nothing if a product may leave float32. */
function factorsOf(partials: readonly Counts[], passes: Passes, by: (column: number) => number, classes: number) {
  const factors: Factors = { ofPositives: new Float64Array(classes), ofNegatives: new Float64Array(classes) };
  for (let k = 0; k < classes; k++) {
    const { ofPositive, ofNegative } = byLabel(partials[partials.length === 1 ? 0 : k]),
      { scale, peak } = passes.scale(k);
    const a = factors.ofPositives[k] = clampFloat64(by(k) * scale * ofPositive);
    const b = factors.ofNegatives[k] = clampFloat64(by(k) * scale * ofNegative);
    if (Math.max(Math.abs(a), Math.abs(b)) * Math.max(1, peak) > largestFactor) return undefined;
  }
  return factors;
}

/** Turns the kept numbers of the rows that the loops leave into their gradient. */
function finishTail(passes: Passes, tail: Batch, { ofPositives, ofNegatives }: Factors, kept: HostNumbers): void {
  const { classes: stride, rows: length, yTrue } = tail, gradient = new Float64Array(kept.length);
  const rows = { yTrue, sampleWeight: passes.weighsAgain ? tail.sampleWeight : undefined };
  for (let offset = 0; offset < stride; offset++) {
    const partials = { tp: ofPositives[offset], fp: ofNegatives[offset], fn: 0, tn: 0 };
    decisionGradient(rows, { offset, stride, length }, partials, gradient);
  }
  passes.back(kept, gradient);
  kept.set(gradient);
}

/**
 * Scores a batch by the SIMD loops. Its last rows, fewer than the lanes hold, take the general path. The average "samples" is
 * taken row by row, in float64.
 *
 * @param inputs The batch, in `memory`; the second pass reads the labels and weights again.
 * @param kept Receives a number per output for the second pass, then the gradient; absent: no gradient is wanted.
 * @returns Nothing where the loops do not know the decision, have no room, or met a number out of range: the general path
 * then computes the score or names what is wrong.
 */
export function scoreFast<T>(
  decide: Decision,
  scoring: Scoring,
  inputs: Inputs<T>,
  shape: BatchShape,
  memory: Memory<T>,
  kept?: T,
): FastScored | undefined {
  const { rule } = scoring as { rule?: Partial<FastRule> };
  if (rule !== undefined) return rule.scoreFast?.(inputs, shape, memory, kept);
  const { classes, rows, ignoreLabel } = shape, { average, classWeights } = scoring, added = addsCounts(average);
  const given = () => tablesOf(inputs, shape, memory);
  const ignores = ignoreLabel !== undefined && memory.numbers(inputs.yTrue).includes(ignoreLabel);
  const masked = ignores ? withoutIgnored(given(), ignoreLabel) : undefined;
  const tables = masked ? () => ({ ...masked, yPred: given().yPred }) : given;
  if (average === "samples") {
    const rowsOf = (from: number, to: number) => batchOf(tables(), from * classes, to * classes);
    return scoreSamples(rowsOf, decide, shape, scoring, kept && (() => memory.numbers(kept)));
  }
  const passes = passesOf(decide, classes), simd = passes && memory.simd(), size = rows * classes;
  const length = passes?.takes(size) ?? 0;
  if (passes === undefined || simd === undefined || length === 0) return undefined;
  const job: Job<T> = { passes, simd, memory, tables, size, length, kept };
  let counted = countFast(job);
  if (counted === undefined) return undefined;
  const { sums, tail } = counted, inCounts = (column: number) => added ? classWeights?.[column] ?? 1 : 1;
  let each = Array.from({ length: classes }, (_, k) => scaleCounts(inCounts(k), countsOf(sums, k)));
  if (tail.rows > 0) {
    const decided = decide(tail), rest = countBatch(tail, decided, scoring).each;
    if (kept !== undefined && passes.keeps) memory.numbers(kept).set(passes.keep(tail, decided), length);
    each = each.map((own, k) => sumCounts(own, rest[k]));
  }
  const scored = scoreCounts(each, weightsOfClasses(each, scoring), scoring);
  const finish = (by: number): boolean => {
    if (!passes.keeps) return !!memory.numbers(kept!).fill(0);
    const partials = countsPartials(scored, scored.whole, scoring.score);
    const factors = factorsOf(partials, passes, (k) => by * inCounts(k), classes);
    if (factors === undefined) return false;
    // Where other tables took the place of what the workers hold, once more.
    if (counted?.shared && !counted.team!.holds(counted.shared)) counted = countFast(job);
    return counted !== undefined && finishFast(job, counted, factors);
  };
  return { ...scored, finish };
}
