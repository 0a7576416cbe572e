import type { ComparedDifference, ComparedLoss, ThresholdChoice } from "./types.ts";

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
const interval = ({ mean, low, high }: ComparedDifference) => `${signed(mean)}, ${signed(low)} to ${signed(high)}`;

const on = { linear: "the linear model", network: "the network" } as const;

const means = (differences: readonly ComparedDifference[]): string => {
  const all = differences.map(({ mean }) => mean);
  return `${signed(Math.min(...all))} to ${signed(Math.max(...all))}`;
};

/** Of the differences that are surely above 0 the largest. */
function winner(differences: readonly ComparedDifference[]): ComparedDifference | undefined {
  const sure = differences.filter(({ low }) => low > 0);
  return sure.length === 0 ? undefined : sure.reduce((best, one) => one.mean > best.mean ? one : best);
}

/** A loss's name in a sentence: "the f1 loss, softsign", but "cross-entropy, class weights". */
const named = ({ loss }: ComparedDifference): string => loss.startsWith("cross-entropy") ? loss : `the ${loss}`;

/** What cross-entropy's own threshold should be, by what leaving it at ½ does; and nobody leaves it where others gain. */
function ownThreshold(untuned: ComparedDifference, fixed: ComparedDifference | undefined): string {
  if (untuned.high < 0 || fixed) return "cross-entropy with a tuned threshold";
  if (untuned.low > 0) return "cross-entropy with the threshold at 0.5, which is better than a tuned one";
  return "cross-entropy, whose threshold may be tuned or stay at 0.5";
}

/** Which loss to use, in one sentence: by the model that cross-entropy with a tuned threshold does best with. */
export function recommend(
  losses: readonly ComparedLoss[],
  differences: readonly ComparedDifference[],
  score: string,
): string {
  const { model } = losses.filter((one) => one.loss === "cross-entropy" && one.threshold === "tuned")
    .reduce((best, one) => one.mean > best.mean ? one : best);
  const own = differences.filter((one) => one.model === model);
  const untuned = own.find(({ loss }) => loss === "cross-entropy")!;
  const others = (against: ThresholdChoice) => own.filter((one) => one !== untuned && one.against === against);
  const baseOf = (threshold: ThresholdChoice) =>
    losses.find((one) => one.loss === "cross-entropy" && one.model === model && one.threshold === threshold)!.mean
      .toFixed(3);

  const tuned = winner(others("tuned")), fixed = winner(others("0.5"));
  const first = tuned
    ? `Use ${named(tuned)} with a tuned threshold: on ${on[model]} its ${score} is above the ${baseOf("tuned")} of ` +
      `cross-entropy with a tuned one (${interval(tuned)})`
    : `Use ${ownThreshold(untuned, fixed)}: on ${on[model]} ${
      others("tuned").every(({ high }) => high < 0) ? "every other loss is worse" : "no other loss is seen to be better"
    } with a tuned threshold (${score} ${baseOf("tuned")}, the others ${means(others("tuned"))})`;
  const second = fixed
    ? `where the threshold has to stay at 0.5 use ${named(fixed)} (${interval(fixed)} against cross-entropy's ` +
      `${baseOf("0.5")} there)`
    : `at 0.5 none is seen to be better either (${baseOf("0.5")}, the others ${means(others("0.5"))})`;
  return `${first}; ${second}.`;
}
