const guarded = new WeakSet<object>();

/** Marks a loss that `guardLoss` made. The mark is kept beside the loss, which stays an ordinary function. */
export function markGuarded(loss: object): void {
  guarded.add(loss);
}

/** Tells whether `guardLoss` made the loss. */
export const isGuarded = (loss: unknown): boolean => typeof loss === "function" && guarded.has(loss);
