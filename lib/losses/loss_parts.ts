import type { Setting, SettingOptions } from "../scoring/options.ts";

/** What a loss is made of, for those who need its counts and not its value alone. */
export interface LossParts extends Setting {
  /** What the score is subtracted from. */
  readonly best: number;
  /** Whether a row's decision depends on the other rows: `{ top: k }`. */
  readonly wholeSet: boolean;
  /** What it was made with. */
  readonly options: SettingOptions;
}

/** Kept beside the losses, not on them: a loss is a function to everyone else. */
const known = new WeakMap<object, LossParts>();

/** Remembers what a loss is made of. */
export function rememberParts(loss: object, parts: LossParts): void {
  known.set(loss, parts);
}

/** What a loss is made of; nothing for one that is not of this library's making. */
export function partsOfLoss(loss: unknown): LossParts | undefined {
  return typeof loss === "function" ? known.get(loss) : undefined;
}
