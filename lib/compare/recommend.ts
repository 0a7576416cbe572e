import { correctedInterval, type Interval } from "./intervals.ts";
import type { ComparedDifference, ComparedLoss, ThresholdChoice } from "./types.ts";

/** The margin that a difference has to exceed to matter: this share of what is missing to a perfect score, at most so much. */
const shareOfMissing = 0.1, mostMargin = 0.02;

/** From so many splits on more of them hardly narrow an interval: what is left is the rows that they share. */
const enoughSplits = 10;

/** What the numbers are of. */
export interface Compared {
  /** The score's name. */
  readonly score: string;
  /** What a perfect model has; 1, if nothing is said. */
  readonly best?: number;
  /** How many test rows there are for a training row. */
  readonly testByTrain: number;
}

/** What is compared where decisions are made in one way, on one model. */
interface Field {
  readonly losses: readonly ComparedLoss[];
  readonly base: ComparedLoss;
  /** The other losses' differences to `base`. */
  readonly others: readonly ComparedDifference[];
  /** Cross-entropy at 0.5 against a tuned one. */
  readonly untuned?: ComparedDifference;
  readonly margin: number;
  readonly compared: Compared;
}

/** Below which a difference is nothing that anybody would change a loss for: relative, for a good model has little to gain. */
export const marginOf = (mean: number, best = 1): number =>
  Math.min(mostMargin, shareOfMissing * Math.max(0, best - mean));

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(4)}`;
const plain = (value: number): string => value.toFixed(4).replace("-", "−");
const interval = ({ mean, low, high }: Interval): string => `${signed(mean)}, ${signed(low)} to ${signed(high)}`;

const range = (of: readonly Interval[], low: (one: Interval) => number, high = low): string => {
  const [from, to] = [signed(Math.min(...of.map(low))), signed(Math.max(...of.map(high)))];
  return from === to ? from : `${from} to ${to}`;
};
const means = (of: readonly Interval[]): string => range(of, ({ mean }) => mean);
const reach = (of: readonly Interval[]): string => range(of, ({ low }) => low, ({ high }) => high);

const isWithin = (margin: number) => ({ low, high }: Interval): boolean => low >= -margin && high <= margin;
const isSure = ({ low, high }: Interval): boolean => low > 0 || high < 0;

/** How complicated a remedy is: cross-entropy, a tuned threshold, class weights, a loss of the score. */
function rankOf({ loss, threshold }: ComparedLoss): number {
  if (!loss.startsWith("cross-entropy")) return 3;
  return loss === "cross-entropy" ? Number(threshold === "tuned") : 2;
}

const nameOf = ({ loss }: Pick<ComparedLoss, "loss">): string =>
  loss.startsWith("cross-entropy") ? loss.replace(", ", " with ") : `the ${loss}`;

const ways: Record<ThresholdChoice, string> = { tuned: "with a tuned threshold", "0.5": "at 0.5", argmax: "" };

/** A loss and how it decides. */
function used(one: Pick<ComparedLoss, "loss" | "threshold">): string {
  const way = ways[one.threshold];
  if (way === "") return nameOf(one);
  return one.loss.includes(", ") && one.threshold === "tuned" ? `${nameOf(one)}, ${way}` : `${nameOf(one)} ${way}`;
}

/** What is to be used in a field: the simplest of what is not surely behind the best one. */
interface Choice {
  readonly chosen: ComparedLoss;
  readonly best: ComparedLoss;
  /** The best one against the chosen one, where these are two. */
  readonly lead: Interval;
}

/** Nothing where no loss is surely better than cross-entropy. */
function choose({ losses, base, others, untuned, compared }: Field): Choice | undefined {
  const sure = others.filter(({ low }) => low > 0);
  if (sure.length === 0) return undefined;
  const first = sure.reduce((best, one) => one.mean > best.mean ? one : best);
  const together = others.length + Number(untuned !== undefined);
  const best = losses.find(({ loss, threshold }) => loss === first.loss && threshold === first.threshold)!;
  const leadOver = ({ values }: ComparedLoss) =>
    correctedInterval(best.values.map((value, i) => value - values[i]), compared.testByTrain, together);
  const inReach = losses.filter((one) => one !== base && (one === best || leadOver(one).low <= 0));
  const chosen = inReach.reduce((simplest, one) => rankOf(one) < rankOf(simplest) ? one : simplest, best);
  return { chosen, best, lead: leadOver(chosen) };
}

const little = (of: readonly Interval[], margin: number): string =>
  of.every(({ mean }) => Math.abs(mean) <= margin) ? ", by less than the margin" : "";

/** What the intervals say where a loss is chosen instead of cross-entropy. */
function ofChoice({ others, untuned, margin }: Field, { chosen, best, lead }: Choice): string {
  const own = [...others, ...(untuned ? [untuned] : [])].find(({ loss, threshold }) =>
    loss === chosen.loss && threshold === chosen.threshold
  )!;
  const name = chosen.loss === "cross-entropy" ? used(chosen) : nameOf(chosen);
  const said = own.low > 0 ? `surely above it${little([own], margin)}` : "not surely above it";
  const tie = chosen === best
    ? ""
    : `; it ties with ${nameOf(best)}, whose lead of ${signed(lead.mean)} is not sure (${reach([lead])})`;
  return `${name} is ${said} (${interval(own)})${tie}`;
}

/** What the intervals say of cross-entropy's own threshold where that is sure, or `alone`. */
function ofThreshold({ untuned, margin }: Field, alone: boolean): string[] {
  if (untuned === undefined || !isSure(untuned) && !alone) return [];
  const word = !isSure(untuned) ? "not surely different" : untuned.low > 0 ? "surely better" : "surely worse";
  const size = isSure(untuned) ? little([untuned], margin) : "";
  return [`cross-entropy at 0.5 is ${word}${size} (${interval(untuned)})`];
}

/** What the intervals say where no loss is surely above cross-entropy. */
function ofOthers(field: Field): string {
  const { others, untuned, margin } = field;
  const worse = others.filter(isSure), rest = others.filter((one) => !isSure(one)), size = little(worse, margin);
  if (rest.length === 0) {
    return [`every other loss is surely worse${size} (${means(worse)})`, ...ofThreshold(field, true)].join("; ");
  }
  const open = untuned && !isSure(untuned) ? [...rest, untuned] : rest, first = worse.length === 0;
  return [
    ...(worse.length === 1 ? [`${nameOf(worse[0])} is surely worse${size} (${interval(worse[0])})`] : []),
    ...(worse.length > 1 ? [`${worse.length} others are surely worse${size} (${means(worse)})`] : []),
    `the intervals of ${first ? "the others" : "the rest"} ${
      open.every(isWithin(margin)) ? "lie within the margin," : "reach from"
    } ${reach(open)}`,
    ...ofThreshold(field, false),
  ].join("; ");
}

/** How cross-entropy is to decide where it is the one to use; nobody leaves it at 0.5 where another loss gains there. */
function ownUse({ base, untuned }: Field, gainsAtHalf: boolean): string {
  if (base.threshold === "argmax" || untuned === undefined) return "cross-entropy";
  if (untuned.low > 0) return "cross-entropy at 0.5";
  return untuned.high < 0 || gainsAtHalf ? "cross-entropy with a tuned threshold" : "cross-entropy";
}

/** Cross-entropy is the advice: because of what? */
function keeping(field: Field, gainsAtHalf: boolean): string {
  const all = [...field.others, ...(field.untuned ? [field.untuned] : [])];
  if (gainsAtHalf || all.some(isSure)) return `Use ${ownUse(field, gainsAtHalf)}`;
  const told = all.every(isWithin(field.margin)) ? "" : " can be told";
  return `No difference${told}: use cross-entropy, the simplest`;
}

const on = { linear: "the linear model", network: "the network" } as const;

const places: Record<ThresholdChoice, (model: string) => string> = {
  tuned: (model) => `On ${model} with tuned thresholds`,
  "0.5": () => "At 0.5",
  argmax: (model) => `On ${model}`,
};

/** The evidence of a field, a sentence. */
function evidence(field: Field, choice: Choice | undefined): string {
  const { base, compared: { score }, margin } = field;
  return `${places[base.threshold](on[base.model])} cross-entropy's ${score} is ${plain(base.mean)} (margin ${
    plain(margin)
  }); ${choice ? ofChoice(field, choice) : ofOthers(field)}.`;
}

/** What would tell more, where nothing was told. */
function more(advice: string, splits: number): string[] {
  if (!advice.startsWith("No difference can be told")) return [];
  return [
    splits < enoughSplits ? `More splits than ${splits}, or more rows, may tell.` : "It takes more rows to tell.",
  ];
}

/**
 * Which loss to use: a sentence of advice, then one of evidence for each way to decide. It is by the model that cross-entropy
 * does best with, its threshold tuned if it has one; of losses whose difference is not sure it is the simplest.
 */
export function recommend(
  losses: readonly ComparedLoss[],
  differences: readonly ComparedDifference[],
  compared: Compared,
): string {
  const main: ThresholdChoice = losses.some(({ threshold }) => threshold === "tuned") ? "tuned" : "argmax";
  const { model } = losses.filter(({ loss, threshold }) => loss === "cross-entropy" && threshold === main)
    .reduce((best, one) => one.mean > best.mean ? one : best);
  const isUntuned = (one: ComparedDifference) => one.loss === "cross-entropy";
  const fieldOf = (way: ThresholdChoice): Field => {
    const own = differences.filter((one) => one.model === model && one.against === way);
    const entered = losses.filter((one) =>
      one.model === model && (one.threshold === way || way === "tuned" && one.loss === "cross-entropy")
    );
    const base = entered.find(({ loss, threshold }) => loss === "cross-entropy" && threshold === way)!;
    return {
      losses: entered,
      base,
      others: own.filter((one) => !isUntuned(one)),
      untuned: own.find(isUntuned),
      margin: marginOf(base.mean, compared.best),
      compared,
    };
  };
  const field = fieldOf(main), choice = choose(field);
  if (main === "argmax") {
    const advice = choice ? `Use ${used(choice.chosen)}` : keeping(field, false);
    return [`${advice}.`, evidence(field, choice), ...more(advice, field.base.values.length)].join(" ");
  }
  const half = fieldOf("0.5"), atHalf = choose(half);
  const advice = choice ? `Use ${used(choice.chosen)}` : keeping(field, atHalf !== undefined);
  const second = atHalf ? nameOf(atHalf.chosen) : choice ? "cross-entropy" : undefined;
  return [
    `${advice}${second ? `; where the threshold has to stay at 0.5, use ${second}` : ""}.`,
    evidence(field, choice),
    evidence(half, atHalf),
    ...more(advice, field.base.values.length),
  ].join(" ");
}
