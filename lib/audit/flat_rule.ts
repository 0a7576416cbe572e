import { onlyRow } from "./batch_rules.ts";
import { type Facts, type Tried, withOutputs } from "./facts.ts";
import { measure } from "./measure.ts";
import type { Case, Rule } from "./rule.ts";
import { follows } from "./towards.ts";
import type { Severity } from "./types.ts";

/** How small a gradient is, against the largest of its batch, when float32 loses it in a step of training. */
const lost = 1e-9;

/** Whether one output of a row is to be the greatest: then a gradient of any of them moves what is decided. */
function oneOfARow({ tried: { perfect }, columns }: Facts): boolean {
  const right = perfect?.batch.yPred;
  if (right === undefined || columns < 2) return false;
  const high = Math.max(...right), rows = right.length / columns;
  return Array.from({ length: rows }, (_, i) => right.subarray(i * columns, (i + 1) * columns))
    .every((row) => row.filter((p) => p === high).length === 1);
}

/** Which elements have no gradient; of classes, which rows. */
function deadAt(gradient: Float32Array, facts: Facts): boolean[] {
  const least = lost * gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const dead = Array.from(gradient, (g) => !(Math.abs(g) > Math.max(least, 1e-30)));
  if (!oneOfARow(facts)) return dead;
  const row = (i: number) => Math.floor(i / facts.columns);
  const alive = new Set(dead.flatMap((is, i) => is ? [] : [row(i)]));
  return dead.map((_, i) => !alive.has(row(i)));
}

/** Elements that the labels switch off: dead with the outputs of any other row, too. */
function masked({ loss, facts }: Case): boolean[] {
  const { batch } = facts.random, n = batch.yPred.length;
  let off: boolean[] = Array(n).fill(true);
  for (let k = 0; k < 8; k++) {
    const shifted = withOutputs(batch, (_, i) => batch.yPred[(i + (1 + 7 * k) * facts.columns) % n]);
    const { gradient } = measure(loss, shifted);
    if (gradient !== undefined) off = deadAt(gradient, facts).map((dead, i) => dead && off[i]);
  }
  return off;
}

/** The share of outputs that are wrong, and not switched off by their labels, without a gradient. */
function deadShare(tried: Tried | undefined, facts: Facts, off: boolean[]) {
  const { tried: { perfect }, random } = facts, right = perfect?.batch.yPred;
  if (tried?.gradient === undefined || right?.length !== tried.gradient.length) return undefined;
  if (tried.batch.yTrue.some((y, i) => y !== random.batch.yTrue[i])) return undefined;
  const span = Math.max(...right) - Math.min(...right), { yPred } = tried.batch;
  const wrong = [...right.keys()].filter((i) => !off[i] && Math.abs(right[i] - yPred[i]) > 0.3 * Math.min(1, span));
  const dead = deadAt(tried.gradient, facts);
  return wrong.length < 4 ? undefined : wrong.filter((i) => dead[i]).length / wrong.length;
}

/** Smooth, but flat where outputs are surely wrong. */
export const saturated: Rule = (of) => {
  const { facts } = of, { random, saturated: ends, far } = facts.tried;
  if (onlyRow(facts.random, facts.columns) !== undefined) return undefined; // the others wait for their turn
  const off = masked(of);
  const [start, end, away] = [random, ends, far].map((tried) => deadShare(tried, facts, off));
  const early = start ?? 0, late = Math.max(end ?? 0, away ?? 0);
  const severity: Severity | undefined = early > 0.7
    ? "error"
    : early > (follows(facts) && !facts.customized ? 0.35 : 0.7) // a gradient of its own may be 0 on purpose
    ? "warning"
    : late > 0.7
    ? "note"
    : undefined;
  if (severity === undefined) return undefined;
  const percent = `${Math.round(100 * (severity === "note" ? late : early))} %`;
  return {
    cause: "saturated",
    severity,
    message: severity === "note"
      ? `Of the outputs that are surely wrong, at the far ends of their range, ${percent} have no gradient`
      : `Of the outputs that are wrong before training, ${percent} have no gradient: the loss is flat there`,
    evidence: {
      wrongWithoutGradientAtRandom: start ?? "not tried",
      wrongWithoutGradientAtTheEnds: end ?? "not tried",
      wrongWithoutGradientFarAway: away ?? "not tried",
    },
    remedy: severity === "note"
      ? "It matters if training begins there: start from small weights and priorBias" +
        (of.options.yPred === "logits" ? "" : ", or let the loss take logits")
      : "Widen the ramp or drop the clip, or take a step with a tail: softsign({ slope: 4 })",
  };
};
