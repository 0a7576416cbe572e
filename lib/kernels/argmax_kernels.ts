import * as tf from "@tensorflow/tfjs";
import { argmaxAnchors } from "../decisions/argmax.ts";
import type { ArgmaxOptions } from "../decisions/decision.ts";
import { addArgmax, finishArgmaxLoop } from "./argmax_loops.ts";
import {
  argmaxBlock,
  argmaxLength,
  type ArgmaxPlan,
  argmaxPlanOf,
  beginArgmax,
  beginArgmaxFinish,
  turnedPlace,
} from "./argmax_simd.ts";
import { entriesOf } from "./entries.ts";
import { ownSimd } from "./heap.ts";
import { inRange } from "./loops.ts";
import {
  type FirstAttributes,
  type Inputs,
  keptPlace,
  type KernelCall,
  type Passes,
  registerKernel,
  type SecondAttributes,
  type SecondInputs,
  sizeOf,
  tableOf,
} from "./passes.ts";
import { eachPiece, pieceBytes } from "./pieces.ts";
import type { Simd } from "./simd.ts";
import type { TensorInfo } from "../tfjs/engine.ts";

/** How the largest of a row is chosen. */
interface Prepared {
  readonly options: ArgmaxOptions;
  /** The same for the SIMD loops; logits have none. */
  simd(own: Simd, classes: number): ArgmaxPlan | undefined;
}

const first = "RoundaboutArgmax", second = "RoundaboutArgmaxGradient";

/** The passes for the largest of a row. */
export function argmaxPasses(options: ArgmaxOptions): Passes<Prepared> {
  const { slope, mode, fromLogits } = options;
  const found = new Map<number, ArgmaxPlan | undefined>();
  const simd = (own: Simd, classes: number) => {
    if (!found.has(classes)) found.set(classes, argmaxPlanOf(own, slope, mode !== "soft", classes));
    return found.get(classes);
  };
  return {
    first,
    second,
    prepared: { options, simd: fromLogits ? () => undefined : simd },
    keeps: mode !== "hard" && !fromLogits,
    again: mode === "hard" ? [] : fromLogits ? ["yTrue", "sampleWeight", "yPred"] : ["yTrue", "sampleWeight"],
    scale: (_, classes) => ({ scale: 4 * slope * argmaxAnchors(4 * slope, classes).scale, peak: 1 }),
  };
}

/** The first pass by SIMD: how many entries that were, or nothing if one of them is out of range. */
function countBySimd(
  { inputs, attrs, host }: KernelCall<Inputs, FirstAttributes<Prepared>>,
  kept: TensorInfo | undefined,
): number | undefined {
  const { given, prepared, sums } = attrs, { classes } = given, length = argmaxLength(sizeOf(inputs.yPred), classes);
  const own = length === 0 ? undefined : ownSimd(), plan = own && prepared.simd(own, classes);
  const simd = plan && host.simd();
  if (simd === undefined) return 0;
  const block = argmaxBlock(classes), weighted = inputs.sampleWeight !== undefined;
  const table = tableOf(inputs, given, host), spare = pieceBytes(table.places, block, length);
  const soft = kept !== undefined || !plan!.hard;
  const begun = beginArgmax(simd, plan!, classes, weighted, soft, spare);
  if (begun === undefined) return 0;
  const d = kept && keptPlace(kept, true, host);
  const places = { p: table.outputsPlace(), y: table.labelsPlace(), w: table.weightsPlace(), d };
  if (!eachPiece(simd, begun.spare, block, length, places, begun.run)) return undefined;
  const good = begun.end(length, sums) ||
    inRange(table.outputs().values, given.indexed ? [] : table.labels().values, table.weights()?.values);
  return good ? length : undefined;
}

/** The first pass. */
function count(call: KernelCall<Inputs, FirstAttributes<Prepared>>): TensorInfo[] {
  const { inputs, attrs, host } = call, { prepared, given, small, keep, exact, sums } = attrs;
  const kept = keep ? host.make(inputs.yPred.shape) : undefined, length = sizeOf(inputs.yPred);
  const from = attrs.taken = small ? 0 : countBySimd(call, kept), table = tableOf(inputs, given, host);
  const yTrue = from === undefined ? undefined : entriesOf(table.labels(), from, length), weights = table.weights();
  const rest = yTrue && {
    yTrue,
    yPred: entriesOf(table.outputs(), from!, length)!,
    sampleWeight: weights && entriesOf(weights, from!, length),
    slopes: exact ?? (kept && (host.numbers(kept) as Float32Array).subarray(from)),
  };
  if (rest === undefined || !addArgmax(prepared.options, rest, given.classes, sums)) sums[0] = NaN;
  return kept === undefined ? [] : [kept];
}

/** The second pass by SIMD; whether it was done, of what the first did so. */
function finishBySimd(
  { inputs, attrs, host }: KernelCall<SecondInputs, SecondAttributes>,
  length: number,
): boolean {
  const { factors, given } = attrs, simd = factors.large ? undefined : host.simd(), block = argmaxBlock(given.classes);
  const even = inputs.sampleWeight === undefined || given.rowWeights;
  const table = tableOf(inputs, given, host), spare = pieceBytes(table.places, block, length);
  const begun = simd && beginArgmaxFinish(simd, factors, even, spare);
  if (begun === undefined) return false;
  const d = keptPlace(inputs.slopes!, false, host);
  const places = { d, y: table.labelsPlace(), w: table.weightsPlace() };
  eachPiece(simd!, begun.spare, block, length, places, begun.run);
  return true;
}

/** What the SIMD loops kept of `length` entries, row by row. */
function turnedBack(kept: Float32Array, length: number, classes: number): Float32Array {
  const rows = kept.slice();
  for (let i = 0; i < length; i++) rows[i] = kept[turnedPlace(Math.floor(i / classes), i % classes, classes)];
  return rows;
}

/** The second pass. */
function finish(call: KernelCall<SecondInputs, SecondAttributes<Prepared>>): TensorInfo {
  const { inputs, attrs, host } = call, { slopes, yPred } = inputs, { prepared, factors, exact, shape, given } = attrs;
  const { classes } = given, { options } = prepared, { taken = 0 } = attrs;
  const gradient = slopes === undefined ? host.make(shape) : host.share(slopes), length = sizeOf(gradient);
  if (options.mode === "hard") {
    host.numbers(gradient).fill(0);
    return gradient;
  }
  const from = taken > 0 && finishBySimd(call, taken) ? taken : 0;
  const table = tableOf(inputs, given, host), values = host.numbers(gradient) as Float32Array;
  const weights = table.weights();
  const rest = {
    yTrue: entriesOf(table.labels(), from, length)!,
    yPred: yPred && entriesOf(table.outputs(), from, length),
    sampleWeight: weights && entriesOf(weights, from, length),
    slopes: slopes === undefined ? exact : from < taken ? turnedBack(values, taken, classes) : values.subarray(from),
  };
  finishArgmaxLoop(options, rest, factors, values.subarray(from));
  return gradient;
}

if (tf.getKernel(first, "cpu") === undefined) {
  registerKernel(first, count);
  registerKernel(second, finish);
}
