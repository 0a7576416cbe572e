import { fixed, signed as signedWith } from "../numerics/format.ts";
import { correctedInterval, type Interval } from "./intervals.ts";
import type { ComparedDifference, ComparedLoss, ThresholdChoice } from "./types.ts";

/** The margin as a fraction of the distance from a perfect score, and its largest value. */
const marginFraction = 0.1, mostMargin = 0.02;

/** The number of splits beyond which more splits hardly narrow an interval, because they share their rows. */
const enoughSplits = 10;

/** The score that is compared, and how the splits overlap. */
export interface Compared {
  /** The score's name. */
  readonly score: string;
  /**
   * The score of a perfect model.
   *
   * @default {1}
   */
  readonly best?: number;
  /** The number of test rows per training row. */
  readonly testByTrain: number;
}

/** The losses with one model and one threshold. */
interface Group {
  readonly losses: readonly ComparedLoss[];
  readonly base: ComparedLoss;
  /** All differences from `base`. */
  readonly all: readonly ComparedDifference[];
  /** The differences of the other losses from `base`. */
  readonly others: readonly ComparedDifference[];
  /** The difference of cross-entropy at 0.5 from `base`, where that has a tuned threshold. */
  readonly untuned?: ComparedDifference;
  readonly margin: number;
  readonly compared: Compared;
}

/** The size below which a difference is negligible; a good model has little to gain, so the margin is relative. */
export const marginOf = (mean: number, best = 1): number =>
  Math.min(mostMargin, marginFraction * Math.max(0, best - mean));

const signed = (value: number): string => signedWith(value, 4);
const plain = (value: number): string => fixed(value, 4);
const interval = ({ mean, low, high }: Interval): string => `${signed(mean)}, ${signed(low)} to ${signed(high)}`;

const range = (of: readonly Interval[], low: (one: Interval) => number, high = low): string => {
  const [from, to] = [signed(Math.min(...of.map(low))), signed(Math.max(...of.map(high)))];
  return from === to ? from : `${from} to ${to}`;
};
const means = (of: readonly Interval[]): string => range(of, ({ mean }) => mean);
const reach = (of: readonly Interval[]): string => range(of, ({ low }) => low, ({ high }) => high);

const isWithin = (margin: number) => ({ low, high }: Interval): boolean => low >= -margin && high <= margin;
const isSignificant = ({ low, high }: Interval): boolean => low > 0 || high < 0;

/** The start of the advice when the intervals include both 0 and differences that matter. */
const inconclusive = "Inconclusive";

/** The complexity of a remedy, from 0: cross-entropy, a tuned threshold, weighted rows or classes, a loss of the score or cost. */
function rankOf({ loss, threshold }: ComparedLoss): number {
  if (!loss.startsWith("cross-entropy") && loss !== "focal loss") return 3;
  return loss === "cross-entropy" ? Number(threshold === "tuned") : 2;
}

const nameOf = ({ loss }: Pick<ComparedLoss, "loss">): string =>
  loss.startsWith("cross-entropy") ? loss.replace(", ", " with ") : `the ${loss}`;

/** The words of a sentence for a threshold, after its loss. */
const phrases: Record<ThresholdChoice, string> = {
  tuned: "with a tuned threshold",
  "0.5": "at 0.5",
  argmax: "",
  none: "",
  "least cost": "decided by the least expected cost",
};

/** Names a loss and its threshold. */
function phraseOf(one: Pick<ComparedLoss, "loss" | "threshold">): string {
  const phrase = phrases[one.threshold];
  if (phrase === "") return nameOf(one);
  return one.loss.includes(", ") && one.threshold !== "0.5" ? `${nameOf(one)}, ${phrase}` : `${nameOf(one)} ${phrase}`;
}

/** The naming of losses in a group: with their decisions, where these differ. */
const namingIn = ({ threshold }: ComparedLoss) => threshold === "least cost" ? phraseOf : nameOf;

/** The loss to use in a group: the simplest one that is not significantly behind the best one. */
interface Choice {
  readonly chosen: ComparedLoss;
  readonly best: ComparedLoss;
  /** The difference of `best` from `chosen`. */
  readonly lead: Interval;
}

/** Chooses a loss; returns nothing if no loss is significantly better than cross-entropy. */
function choose({ losses, base, all, others, compared }: Group): Choice | undefined {
  const better = others.filter(({ low }) => low > 0);
  if (better.length === 0) return undefined;
  const first = better.reduce((best, one) => one.mean > best.mean ? one : best);
  const best = losses.find(({ loss, threshold }) => loss === first.loss && threshold === first.threshold)!;
  const leadOver = ({ values }: ComparedLoss) =>
    correctedInterval(best.values.map((value, i) => value - values[i]), compared.testByTrain, all.length);
  const inReach = losses.filter((one) => one !== base && (one === best || leadOver(one).low <= 0));
  const chosen = inReach.reduce((simplest, one) => rankOf(one) < rankOf(simplest) ? one : simplest, best);
  return { chosen, best, lead: leadOver(chosen) };
}

const smallness = (of: readonly Interval[], margin: number): string =>
  of.every(({ mean }) => Math.abs(mean) <= margin) ? ", by less than the margin" : "";

/** Returns the difference of a loss from cross-entropy. */
const differenceOf = ({ all }: Group, one: ComparedLoss): ComparedDifference =>
  all.find(({ loss, threshold }) => loss === one.loss && threshold === one.threshold)!;

/** Advises a loss by a name; says so if it is not better than cross-entropy itself, as the loss is that it ties with. */
function adviseChoice(group: Group, { chosen, best }: Choice, name: string): string {
  if (differenceOf(group, chosen).low > 0) return name;
  return `${name} (itself not significantly better than cross-entropy; it ties with ${
    namingIn(group.base)(best)
  }, which is)`;
}

/** Describes the intervals when a loss is chosen instead of cross-entropy. */
function describeChoice(group: Group, { chosen, best, lead }: Choice): string {
  const { base, margin } = group, own = differenceOf(group, chosen);
  const nameOf = namingIn(base), name = chosen.loss === "cross-entropy" ? phraseOf(chosen) : nameOf(chosen);
  const said = own.low > 0 ? `significantly better${smallness([own], margin)}` : "not significantly better";
  const tie = chosen === best
    ? ""
    : `; it ties with ${nameOf(best)}, whose lead of ${signed(lead.mean)} is not significant (${reach([lead])})`;
  return `${name} is ${said} (${interval(own)})${tie}`;
}

/** Describes cross-entropy at 0.5 against the tuned one, if the difference is significant or `always`. */
function describeUntuned({ untuned, margin }: Group, always: boolean): string[] {
  if (untuned === undefined || !isSignificant(untuned) && !always) return [];
  const word = !isSignificant(untuned)
    ? "not significantly different"
    : untuned.low > 0
    ? "significantly better"
    : "significantly worse";
  const size = isSignificant(untuned) ? smallness([untuned], margin) : "";
  return [`cross-entropy at 0.5 is ${word}${size} (${interval(untuned)})`];
}

/** Describes the intervals when no loss is significantly better than cross-entropy. */
function describeOthers(group: Group): string {
  const { base, all, others, margin } = group, nameOf = namingIn(base);
  const worse = others.filter(isSignificant), size = smallness(worse, margin);
  if (worse.length === others.length) {
    return [`every other loss is significantly worse${size} (${means(worse)})`, ...describeUntuned(group, true)].join(
      "; ",
    );
  }
  const open = all.filter((one) => !isSignificant(one)), first = worse.length === 0;
  return [
    ...(worse.length === 1 ? [`${nameOf(worse[0])} is significantly worse${size} (${interval(worse[0])})`] : []),
    ...(worse.length > 1 ? [`${worse.length} others are significantly worse${size} (${means(worse)})`] : []),
    `the ${first ? "other" : "remaining"} intervals ${
      open.every(isWithin(margin))
        ? `lie within the margin, ${reach(open)}`
        : `span ${reach(open)}, beyond the margin: inconclusive`
    }`,
    ...describeUntuned(group, false),
  ].join("; ");
}

/** Phrase for cross-entropy when it is recommended; mentions tuning if another loss beats it at 0.5. */
function crossEntropyPhrase({ base, untuned }: Group, gainsAtHalf: boolean): string {
  if (base.threshold === "least cost") return phraseOf(base);
  if (untuned === undefined) return "cross-entropy";
  if (untuned.low > 0) return "cross-entropy at 0.5";
  return untuned.high < 0 || gainsAtHalf ? "cross-entropy with a tuned threshold" : "cross-entropy";
}

/** Advises cross-entropy, with the reason. */
function adviseCrossEntropy(group: Group, gainsAtHalf: boolean): string {
  const { all, margin } = group;
  if (gainsAtHalf || all.some(isSignificant)) return `Use ${crossEntropyPhrase(group, gainsAtHalf)}`;
  const simplest = `${crossEntropyPhrase(group, gainsAtHalf)}, the simplest`;
  return `${all.every(isWithin(margin)) ? "No difference" : inconclusive}: use ${simplest}`;
}

const modelNames = { linear: "the linear model", network: "the network" } as const;

const settings: Record<ThresholdChoice, (model: string) => string> = {
  tuned: (model) => `With ${model} and tuned thresholds,`,
  "0.5": () => "At 0.5,",
  argmax: (model) => `With ${model},`,
  none: (model) => `With ${model},`,
  "least cost": (model) => `With ${model} and decisions of the least expected cost,`,
};

/** The evidence of a group, one sentence. */
function evidence(group: Group, choice: Choice | undefined): string {
  const { base, compared: { score }, margin } = group;
  return `${settings[base.threshold](modelNames[base.model])} cross-entropy's ${score} is ${plain(base.mean)} (margin ${
    plain(margin)
  }); ${choice ? describeChoice(group, choice) : describeOthers(group)}.`;
}

/** The way to a conclusion, if there is none, or if the test rows did not tell any losses apart. */
function nextStep(advice: string, { base, all, compared }: Group): string[] {
  const splits = base.values.length;
  if (base.mean !== (compared.best ?? 1) && all.every(({ low, high }) => low === 0 && high === 0)) {
    return [`All losses have the same score on each of the ${splits} splits; more rows may tell them apart.`];
  }
  if (!advice.startsWith(inconclusive)) return [];
  return [
    splits < enoughSplits ? `More than ${splits} splits, or more rows, may decide.` : "Only more rows can decide.",
  ];
}

/**
 * Recommends a loss: a sentence of advice, then one of evidence per threshold. The advice is for the model with which
 * cross-entropy does best, its threshold tuned if there is one; among losses without a significant difference it is the
 * simplest.
 */
export function recommend(
  losses: readonly ComparedLoss[],
  differences: readonly ComparedDifference[],
  compared: Compared,
): string {
  const main = (["least cost", "tuned", "argmax", "none"] as const)
    .find((threshold) => losses.some((one) => one.threshold === threshold))!;
  const { model } = losses.filter(({ loss, threshold }) => loss === "cross-entropy" && threshold === main)
    .reduce((best, one) => one.mean > best.mean ? one : best);
  const isUntuned = (one: ComparedDifference) => one.loss === "cross-entropy" && main !== "least cost";
  const groupOf = (against: ThresholdChoice): Group => {
    const all = differences.filter((one) => one.model === model && one.against === against);
    const entered = losses.filter((one) =>
      one.model === model &&
      (against === "least cost" || one.threshold === against || against === "tuned" && one.loss === "cross-entropy")
    );
    const base = entered.find(({ loss, threshold }) => loss === "cross-entropy" && threshold === against)!;
    return {
      losses: entered,
      base,
      all,
      others: all.filter((one) => !isUntuned(one)),
      untuned: all.find(isUntuned),
      margin: marginOf(base.mean, compared.best),
      compared,
    };
  };
  const group = groupOf(main), choice = choose(group);
  const half = main === "tuned" ? groupOf("0.5") : undefined, atHalf = half && choose(half);
  const advice = choice
    ? `Use ${adviseChoice(group, choice, phraseOf(choice.chosen))}`
    : adviseCrossEntropy(group, atHalf !== undefined);
  const second = half && (atHalf ? adviseChoice(half, atHalf, nameOf(atHalf.chosen)) : choice && "cross-entropy");
  return [
    `${advice}${second ? `; if the threshold must stay at 0.5, use ${second}` : ""}.`,
    evidence(group, choice),
    ...(half ? [evidence(half, atHalf)] : []),
    ...nextStep(advice, group),
  ].join(" ");
}
