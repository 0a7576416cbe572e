/**
 * The twelve rows of notebook 1.
 *
 * @module
 */

/** Labels. */
export const yTrue = [1, 1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0];

/** Outputs of a model. */
export const yPred = [0.92, 0.81, 0.74, 0.68, 0.61, 0.55, 0.47, 0.44, 0.33, 0.21, 0.12, 0.05];
