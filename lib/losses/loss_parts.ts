import type { Setting, SettingOptions } from "../scoring/options.ts";

/** The parts of a loss, for those who need its counts and not its value alone. */
export interface LossParts extends Setting {
  /** The best score: the loss is `best` − score. */
  readonly best: number;
  /** Says that a row's decision depends on the other rows: `{ top: k }`. */
  readonly wholeSet: boolean;
  /** The options that the loss was made with. */
  readonly options: SettingOptions;
}

// Kept beside the losses, not on them: a loss is a function to everyone else.
const known = new WeakMap<object, LossParts>();

/** Notes the parts of a loss. */
export function rememberParts(loss: object, parts: LossParts): void {
  known.set(loss, parts);
}

/** Returns the parts of a loss; nothing for a loss that this library has not made. */
export function partsOfLoss(loss: unknown): LossParts | undefined {
  return typeof loss === "function" ? known.get(loss) : undefined;
}
