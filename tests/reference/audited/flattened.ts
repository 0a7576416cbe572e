import type { Cause } from "../../../lib/audit/mod.ts";

/**
 * Losses of probabilities and labels of 0 and 1 that flatten both first, each with another fault: its cause, which must
 * be the first in every framework. They stand in flattened_torch.py, flattened_jax.py and so on.
 */
export const flattened: Readonly<Record<string, Cause>> = {
  spread: "broadcast",
  rounded: "no-gradient-op",
  compared: "no-gradient-op",
  exchanged: "swapped-arguments",
  bare_logarithm: "domain-edge",
  rising: "wrong-sign",
  squashed: "activation-mismatch",
  softmax_of_the_batch: "activation-mismatch",
  stopped: "detached",
  constant: "constant",
  narrow_ramp: "saturated",
  bare_root: "nan-gradient",
  bare_ratio: "zero-division",
  signs: "wrong-optimum",
  recall_alone: "wrong-optimum",
  sums: "bad-scale",
};
