/**
 * Words of the page "Does it pay on your table?" for the options of `compareLosses`: its inputs have them as labels, and its messages
 * as names of the options.
 *
 * @module
 */

/** Labels of the inputs by their option. */
export const labels = {
  positive: "Positive value",
  score: "Score",
  repeats: "Splits",
  drop: "Columns to leave out",
  keep: "Columns to use although they look like an index",
  numbers: "Columns to read as numbers",
  missing: "Texts for a missing value (comma between two)",
  group: "Column whose rows with one value stay together",
  separator: "Separator",
  mergeRare: "Merge labels of fewer rows than",
  dropUnlabelled: "Leave out rows without a label",
} as const;

/** Replaces the names of options in a message, which stand in quotation marks, by the labels of their inputs. */
export const inLabels = (message: string): string =>
  message.replace(
    new RegExp(`(?<=(?:with|in|:|;) )'(${Object.keys(labels).join("|")})'`, "g"),
    (_all, option: keyof typeof labels) => `“${labels[option]}”`,
  );
