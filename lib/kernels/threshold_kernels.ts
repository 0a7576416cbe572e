import * as tf from "@tensorflow/tfjs";
import type { StepForm } from "../steps/form.ts";
import { entriesOf } from "./entries.ts";
import { ownSimd } from "./heap.ts";
import { addSums, finishGradient, hasLoop, inRange, loopValue, type Table } from "./loops.ts";
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
import { type Plan, planOf } from "./plan.ts";
import { beginFinish, beginSums, blockLength, type Simd, simdLength, type SimdPlan, simdPlanOf } from "./simd.ts";
import type { TensorInfo } from "../tfjs/engine.ts";

/** What became of the steps of a loss: one for all columns, or one a column. */
interface Prepared {
  readonly plans: readonly Plan[];
  /** The same for the SIMD loops, where they know them; worked out when it is first asked for, with their own roundings. */
  simd(own: Simd): SimdPlan | undefined;
}

const first = "RoundaboutCounts", second = "RoundaboutCountsGradient";

/** The passes for outputs against thresholds; nothing if there is a step that the loops don't know. */
export function thresholdPasses(forms: readonly StepForm[]): Passes<Prepared> | undefined {
  const plans = forms.map((form) => hasLoop(form.shape) ? planOf(form, loopValue) : undefined);
  if (!plans.every((plan) => plan !== undefined)) return undefined;
  let found: { readonly plan: SimdPlan | undefined } | undefined;
  const simd = (own: Simd) => (found ??= { plan: simdPlanOf(forms, own) }).plan;
  return {
    first,
    second,
    prepared: { plans, simd },
    keeps: true,
    again: ["yTrue"],
    scale: (column) => plans[plans.length === 1 ? 0 : column],
  };
}

/** The first pass by SIMD: how many entries that were, or nothing if one of them is out of range. */
function countBySimd(
  { inputs, attrs, host }: KernelCall<Inputs, FirstAttributes<Prepared>>,
  slopes: TensorInfo | undefined,
): number | undefined {
  const { given, prepared, sums } = attrs, { classes } = given, length = simdLength(sizeOf(inputs.yPred), classes);
  const own = length === 0 ? undefined : ownSimd(), plan = own && prepared.simd(own), simd = plan && host.simd();
  if (simd === undefined) return 0;
  const block = blockLength(simd, classes), weighted = inputs.sampleWeight !== undefined;
  const table = tableOf(inputs, given, host);
  const begun = beginSums(simd, plan!, classes, weighted, pieceBytes(table.places, block, length));
  if (begun === undefined) return 0;
  const d = slopes && keptPlace(slopes, true, host);
  const places = { p: table.outputsPlace(), y: table.labelsPlace(), w: table.weightsPlace(), d };
  if (!eachPiece(simd, begun.spare, block, length, places, begun.run)) return undefined;
  const good = begun.end(length, sums) ||
    inRange(table.outputs().values, given.indexed ? [] : table.labels().values, table.weights()?.values);
  return good ? length : undefined;
}

/** The first pass. */
function count(call: KernelCall<Inputs, FirstAttributes<Prepared>>): TensorInfo[] {
  const { inputs, attrs, host } = call, { prepared, given, small, keep, exact, sums } = attrs;
  const slopes = keep ? host.make(inputs.yPred.shape) : undefined, length = sizeOf(inputs.yPred);
  const from = small ? 0 : countBySimd(call, slopes), table = tableOf(inputs, given, host);
  const labels = from === undefined ? undefined : entriesOf(table.labels(), from, length);
  const weights = table.weights();
  const rest: Table | undefined = labels && {
    yTrue: labels,
    yPred: entriesOf(table.outputs(), from!, length)!,
    sampleWeight: weights && entriesOf(weights, from!, length),
    slopes: exact ?? (slopes && (host.numbers(slopes) as Float32Array).subarray(from)),
  };
  if (rest === undefined || !addSums(prepared.plans, rest, given.classes, sums)) sums[0] = NaN;
  return slopes === undefined ? [] : [slopes];
}

/** The second pass by SIMD: how many entries that were. */
function finishBySimd({ inputs, attrs, host }: KernelCall<SecondInputs, SecondAttributes>): number {
  const { factors, given } = attrs, { classes } = given, slopes = inputs.slopes!;
  const length = factors.large ? 0 : simdLength(sizeOf(slopes), classes);
  const simd = length === 0 ? undefined : host.simd();
  if (simd === undefined) return 0;
  const block = blockLength(simd, classes), table = tableOf(inputs, given, host);
  const begun = beginFinish(simd, factors, pieceBytes(table.places, block, length));
  if (begun === undefined) return 0;
  const y = table.labelsPlace();
  eachPiece(simd, begun.spare, block, length, { d: keptPlace(slopes, false, host), y }, begun.run);
  return length;
}

/** The second pass. */
function finish(call: KernelCall<SecondInputs, SecondAttributes>): TensorInfo {
  const { inputs, attrs, host } = call, { slopes } = inputs, { factors, exact, shape, given } = attrs;
  const gradient = slopes === undefined ? host.make(shape) : host.share(slopes), length = sizeOf(gradient);
  const from = slopes === undefined ? 0 : finishBySimd(call);
  const labels = entriesOf(tableOf(inputs, given, host).labels(), from, length)!;
  const values = (host.numbers(gradient) as Float32Array).subarray(from);
  finishGradient(exact ?? values, labels, factors, values);
  return gradient;
}

if (tf.getKernel(first, "cpu") === undefined) {
  registerKernel(first, count);
  registerKernel(second, finish);
}
