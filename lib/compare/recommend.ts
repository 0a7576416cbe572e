import type { ComparedDifference, ComparedLoss, ThresholdChoice } from "./types.ts";

/** A difference in the score that nobody would change a loss for. */
const slight = 0.05;

/** From so many splits on more of them hardly narrow an interval: what is left is the rows that they share. */
const enoughSplits = 10;

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
const interval = ({ mean, low, high }: ComparedDifference) => `${signed(mean)}, ${signed(low)} to ${signed(high)}`;

const on = { linear: "the linear model", network: "the network" } as const;

type Differences = readonly ComparedDifference[];

const range = (differences: Differences, low: (one: ComparedDifference) => number, high = low): string =>
  `${signed(Math.min(...differences.map(low)))} to ${signed(Math.max(...differences.map(high)))}`;
const means = (differences: Differences): string => range(differences, ({ mean }) => mean);
const reach = (differences: Differences): string => range(differences, ({ low }) => low, ({ high }) => high);

/** Of the differences that are surely above 0 the largest. */
function winner(differences: Differences): ComparedDifference | undefined {
  const sure = differences.filter(({ low }) => low > 0);
  return sure.length === 0 ? undefined : sure.reduce((best, one) => one.mean > best.mean ? one : best);
}

/** What the intervals say of differences of which none is surely above 0. */
type Verdict = "worse" | "same" | "not better" | "open";

function verdict(differences: Differences): Verdict {
  if (differences.every(({ high }) => high < 0)) return "worse";
  if (differences.some(({ high }) => high > slight)) return "open";
  return differences.every(({ low }) => low >= -slight) ? "same" : "not better";
}

/** A loss's name in a sentence: "the f1 loss, softsign", but "cross-entropy, class weights". */
const named = ({ loss }: ComparedDifference): string => loss.startsWith("cross-entropy") ? loss : `the ${loss}`;

/** How a loss is used, in a sentence. */
const way: Record<ThresholdChoice, string> = { tuned: " with a tuned threshold", "0.5": " at 0.5", argmax: "" };

const more = (splits: number): string =>
  splits < enoughSplits ? `more splits than ${splits}, or more rows, may tell` : "it takes more rows to tell";

/** What a loss reached: the one that the others are compared with. */
interface Base {
  readonly score: string;
  /** Its mean. */
  readonly mean: string;
  readonly splits: number;
}

const others: Record<Verdict, string> = {
  worse: "every other loss is worse",
  same: "the other losses make no difference",
  "not better": "no other loss is better",
  open: "whether another loss is better cannot be told",
};

/** What became of the other losses, in a part of a sentence. */
function ofOthers(differences: Differences, way: string, { score, mean, splits }: Base): string {
  const found = verdict(differences);
  const said = found === "open"
    ? `intervals from ${reach(differences)}; ${more(splits)}`
    : `the others ${means(differences)}`;
  return `${others[found]}${way} (${score} ${mean}, ${said})`;
}

/** The same where the threshold stays at ½; `again`: that it cannot be told was said before. */
function atHalf(differences: Differences, base: Base, again: boolean): string {
  if (!again || verdict(differences) !== "open") return `at 0.5 ${ofOthers(differences, "", base)}`;
  return `nor can it be told at 0.5 (${base.score} ${base.mean}, intervals from ${reach(differences)})`;
}

/** What cross-entropy's own threshold should be, by what leaving it at ½ does; and nobody leaves it where others gain. */
function ownThreshold(untuned: ComparedDifference, fixed: ComparedDifference | undefined): string {
  if (untuned.low > 0) return "cross-entropy with the threshold at 0.5, which is better than a tuned one";
  if (untuned.high < 0 || fixed) return "cross-entropy with a tuned threshold";
  if (verdict([untuned]) === "same") return "cross-entropy, tuned or at 0.5, which makes no difference";
  const [better, word] = untuned.mean > 0 ? ["at 0.5", "above"] : ["with a tuned threshold", "below"];
  return `cross-entropy, ${better} by the means alone (0.5 is ${word} tuned, ${interval(untuned)}: no sure difference)`;
}

/** Where every interval is narrow around 0, and where all that could decide are too wide. */
function undecided(differences: Differences, model: ComparedLoss["model"], base: Base): string | undefined {
  if (differences.some(({ low, high }) => low > 0 || high < 0) && verdict(differences) !== "same") return undefined;
  const { score, mean, splits } = base;
  if (verdict(differences) === "same") {
    return `No difference: on ${on[model]} every loss comes to the same ${score} within ${slight} ` +
      `(${mean}, the others ${means(differences)}), so use cross-entropy`;
  }
  if (!differences.every((one) => verdict([one]) === "open")) return undefined;
  const best = differences.reduce((best, one) => one.mean > best.mean ? one : best);
  const ahead = best.mean >= 0.0005 // what is printed as +0.001
    ? `${named(best)}${way[best.threshold]} (${signed(best.mean)})`
    : `cross-entropy${way[best.against]}`;
  return `No difference can be told: on ${on[model]} the intervals against cross-entropy${way[best.against]} ` +
    `(${score} ${mean}) reach from ${reach(differences)}; ${more(splits)}; by the means alone, a hint and no more, ` +
    `${ahead} is ahead`;
}

/** Which loss to use, in one sentence: by the model that cross-entropy does best with, its threshold tuned if it has one. */
export function recommend(losses: readonly ComparedLoss[], differences: Differences, score: string): string {
  const main: ThresholdChoice = losses.some(({ threshold }) => threshold === "tuned") ? "tuned" : "argmax";
  const references = losses.filter(({ loss }) => loss === "cross-entropy");
  const { model } = references.filter(({ threshold }) => threshold === main)
    .reduce((best, one) => one.mean > best.mean ? one : best);
  const baseOf = (choice: ThresholdChoice): Base => {
    const { mean, values } = references.find((one) => one.model === model && one.threshold === choice)!;
    return { score, mean: mean.toFixed(3).replace("-", "−"), splits: values.length };
  };
  const own = differences.filter((one) => one.model === model);
  const untuned = own.find(({ loss }) => loss === "cross-entropy");
  const against = (choice: ThresholdChoice) => own.filter((one) => one !== untuned && one.against === choice);
  const best = winner(against(main)), fixed = main === "tuned" ? winner(against("0.5")) : undefined;

  const open = best === undefined && fixed === undefined
    ? undecided(own.filter((one) => one.against === main), model, baseOf(main))
    : undefined;
  const first = best
    ? `Use ${named(best)}${way[main]}: on ${on[model]} its ${score} is above the ${baseOf(main).mean} of ` +
      `cross-entropy${main === "tuned" ? " with a tuned one" : ""} (${interval(best)})`
    : open ??
      `Use ${untuned ? ownThreshold(untuned, fixed) : "cross-entropy"}: on ${on[model]} ${
        ofOthers(against(main), way[main], baseOf(main))
      }`;
  if (main === "argmax") return `${first}.`;
  const second = fixed
    ? `where the threshold has to stay at 0.5 use ${named(fixed)} (${interval(fixed)} against cross-entropy's ` +
      `${baseOf("0.5").mean} there)`
    : atHalf(against("0.5"), baseOf("0.5"), best === undefined && verdict(against(main)) === "open");
  return `${first}; ${second}.`;
}
