import { fourDigits } from "../report.ts";
import type { LabelKind, ModelCause, ModelFinding, Severity } from "../types.ts";
import {
  activationRanges,
  type LabelFacts,
  labelRange,
  type LastLayer,
  lossFamilies,
  type NamedLoss,
} from "./last_layer.ts";

/** A rule about a last layer, its loss and its labels: the same for words and for a model. */
export interface LastLayerRule {
  readonly name: string;
  readonly find: (layer: LastLayer) => Found | undefined;
}

/** A finding without its evidence, which is the layer itself. */
type Found = Pick<ModelFinding, "cause" | "severity" | "message" | "remedy">;

/** Makes a function that says and mends a fault of one cause. */
const fault = (cause: ModelCause, severity: Severity = "error") => (message: string, remedy: string): Found => (
  { cause, severity, message, remedy }
);
const constant = fault("constant"), encoding = fault("label-encoding");
const mismatch = fault("activation-mismatch"), doubtful = fault("activation-mismatch", "warning");

const squashes = ["sigmoid", "softmax"];

const isOneOf = <T extends string>(value: T | undefined, list: readonly T[]): boolean =>
  value !== undefined && list.includes(value);

const ofCategories: readonly NamedLoss[] = ["categoricalCrossentropy", "kullbackLeiblerDivergence"];

const inUnits = (units: number): string => `${units} ${units === 1 ? "unit" : "units"}`;

/** The last layer and the loss that fit labels, in words. */
function fitting({ kind, columns = 1 }: LabelFacts, units: number): string {
  switch (kind) {
    case "binary":
      return `a sigmoid on ${columns > 1 ? inUnits(columns) : "one unit"} with binaryCrossentropy`;
    case "sign":
      return "labels (y + 1) / 2 with a sigmoid and binaryCrossentropy, or a tanh with hinge";
    case "one-hot":
      return "a softmax with a unit per class and categoricalCrossentropy";
    case "index":
      return `a softmax with a unit per class${units > 1 ? "" : ", not one unit,"} and sparseCategoricalCrossentropy`;
    case "probability":
      return "a sigmoid with binaryCrossentropy or meanSquaredError";
    case "positive":
    case "count":
      return "a softplus or no activation with meanSquaredError, or poisson for counts";
    default:
      return "no activation (linear) with meanSquaredError";
  }
}

/** Says why the labels of a row are not one class of several; undefined if they may be. */
function notOneClass(units: number, { kind, mostInARow = 1, columns = units }: Partial<LabelFacts> = {}) {
  if (kind !== "binary" || columns <= 1 || mostInARow === 1) return undefined;
  return mostInARow > 1 ? `a row has up to ${mostInARow} labels` : "not every row has a label";
}

const hasClasses: readonly LabelKind[] = ["one-hot", "index"];

/**
 * A softmax over one unit, and a loss over classes on one unit, are constant: both divide a number by itself.
 */
const oneUnit: LastLayerRule = {
  name: "one unit that can move",
  find: ({ activation, units, loss, labels }) => {
    const fit = labels === undefined ? "a sigmoid on one unit, or a unit per class" : fitting(labels, units);
    if (activation === "softmax" && units === 1) {
      return constant(
        "A softmax over one unit is always 1, so no weight has a gradient",
        `Use ${fit}`,
      );
    }
    if (
      units === 1 &&
      (loss === "softmaxCrossEntropy" || loss === "sparseCategoricalCrossentropy" || isOneOf(loss, ofCategories))
    ) {
      return constant(
        `${loss} divides the outputs of a row by their sum, which for one unit is always 1: the loss is constant`,
        `Use ${fit}`,
      );
    }
  },
};

/** Labels of classes in another coding than the loss takes. */
const coding: LastLayerRule = {
  name: "labels coded as the loss takes them",
  find: ({ units, loss, labels }) => {
    if (labels === undefined || units === 1 && labels.columns === undefined) return undefined;
    const { kind, columns = kind === "index" ? 1 : units } = labels;
    if (isOneOf(loss, [...ofCategories, "softmaxCrossEntropy"]) && columns === 1 && units > 1) {
      return encoding(
        `${loss} takes one-hot labels of ${units} columns, but the labels are one column`,
        "Use sparseCategoricalCrossentropy, or convert the labels: tf.oneHot(y, classes)",
      );
    }
    if (loss === "sparseCategoricalCrossentropy" && columns > 1) {
      return encoding(
        `sparseCategoricalCrossentropy takes one column of class indices, but the labels have ${columns} columns`,
        "Use categoricalCrossentropy, or give the indices: tf.argMax(y, -1)",
      );
    }
    if (loss === "sparseCategoricalCrossentropy") return indices(labels, units);
    if (columns !== units) {
      return {
        cause: hasClasses.includes(kind) ? "label-encoding" : "broadcast",
        severity: "error",
        message: `The labels have ${columns} ${columns === 1 ? "column" : "columns"}, the last layer has ${
          inUnits(units)
        }`,
        remedy: `Give the last layer a unit per column of the labels: ${fitting(labels, units)}`,
      };
    }
  },
};

/** Class indices that a loss cannot look up. */
function indices(labels: LabelFacts, units: number): Found | undefined {
  const [least, greatest] = labelRange(labels, units), whole = labels.whole ?? true;
  if (whole && least >= 0 && greatest < units) return undefined;
  return encoding(
    whole
      ? `The class indices range from ${least} to ${greatest}, but the last layer has ${inUnits(units)}, for 0 to ${
        units - 1
      }`
      : `sparseCategoricalCrossentropy takes whole class indices, but the labels are fractions from ${
        fourDigits(least)
      } to ${fourDigits(greatest)}`,
    whole
      ? "Count the classes from 0, and give the last layer a unit per class"
      : "Scale the inputs only, never class indices",
  );
}

/** A softmax or sigmoid of a softmax or sigmoid, in the model or in the loss. */
const squashedTwice: LastLayerRule = {
  name: "one softmax or sigmoid",
  find: ({ activation, activationBefore, loss }) => {
    if (!squashes.includes(activation)) return undefined;
    const inLoss = loss !== undefined && lossFamilies[loss] === "logits";
    if (!inLoss && !isOneOf(activationBefore, ["sigmoid", "softmax"])) return undefined;
    return mismatch(
      inLoss
        ? `${loss} applies its own ${
          loss === "softmaxCrossEntropy" ? "softmax" : "sigmoid"
        }, but the last layer has a ${activation} already`
        : `The last layer applies a ${activation} to the result of a ${activationBefore}`,
      inLoss ? "Remove the activation of the last layer: the loss takes logits" : "Remove one of the two",
    );
  },
};

/** Outputs that are not probabilities under a loss of probabilities. */
const probabilities: LastLayerRule = {
  name: "probabilities for a loss of probabilities",
  find: ({ activation, units, loss }) => {
    const family = loss && lossFamilies[loss], [least, greatest] = activationRanges[activation];
    if ((family !== "probabilities" && family !== "classes") || (least >= 0 && greatest <= 1)) return undefined;
    const wanted = family === "classes" && units > 1 ? "softmax" : "sigmoid";
    return mismatch(
      `${loss} takes probabilities, but a last layer with ${
        activation === "linear" ? "no activation" : `the activation ${activation}`
      } gives numbers outside [0, 1]: they are clipped, and what is clipped has no gradient`,
      `Give the last layer a ${wanted}${
        activation === "linear"
          ? `, or use ${wanted === "softmax" ? "softmaxCrossEntropy" : "sigmoidCrossEntropy"}, which takes logits`
          : ""
      }`,
    );
  },
};

/** Outputs that must be positive for the loss. */
const positive: LastLayerRule = {
  name: "positive outputs for a logarithm",
  find: ({ activation, loss }) =>
    loss !== undefined && lossFamilies[loss] === "positive" && activationRanges[activation][0] < 0
      ? {
        cause: "domain-edge",
        severity: "error",
        message:
          `${loss} takes the logarithm of the outputs, which with the activation ${activation} can be negative: NaN`,
        remedy: "Give the last layer a softplus, or the activation of an exponential",
      }
      : undefined,
};

/** Labels of −1 and 1 under a loss of probabilities. */
const signs: LastLayerRule = {
  name: "labels of −1 and 1",
  find: ({ activation, loss, labels }) => {
    const family = loss && lossFamilies[loss], [low, high] = activationRanges[activation];
    const bounded = low === 0 && high === 1;
    if (labels?.kind === "sign" && (bounded || isOneOf(family, ["probabilities", "classes", "logits"]))) {
      return encoding(
        bounded
          ? `The labels are −1 and 1, but a last layer with the activation ${activation} never gives a negative number`
          : `The labels are −1 and 1, but ${loss} takes 0 and 1`,
        `Use ${fitting(labels, 1)}`,
      );
    }
    if (family === "signs" && labels?.kind === "binary") {
      return encoding(
        `${loss} takes labels of −1 and 1: of a label of 0 the loss is 1, whatever the output is`,
        "Convert the labels to 2·y − 1, or use a sigmoid and binaryCrossentropy",
      );
    }
    if (family === "signs" && low >= 0) {
      return mismatch(
        `${loss} takes outputs of either sign, but the activation ${activation} never gives a negative number`,
        "Use no activation (linear) or a tanh in the last layer",
      );
    }
  },
};

/** Labels that no output reaches. */
const reach: LastLayerRule = {
  name: "labels within reach of the outputs",
  find: ({ activation, units, loss, labels }) => {
    if (labels === undefined || labels.kind === "none") return undefined;
    const family = loss && lossFamilies[loss], classes = loss === "sparseCategoricalCrossentropy";
    const [least, greatest] = labelRange(labels, units), [low, high] = activationRanges[activation];
    const shares = isOneOf(family, ["probabilities", "classes", "logits"]) && !classes;
    const range = `labels from ${fourDigits(least)} to ${fourDigits(greatest)}`;
    if (shares && (least < 0 || greatest > 1)) {
      const amounts = !["index", "binary", "one-hot"].includes(labels.kind);
      return encoding(
        `${loss} takes labels from 0 to 1, not ${range}: its minimum lies beyond every output`,
        amounts
          ? `Scale the labels to [0, 1], or, for amounts, use ${fitting(labels, units)}`
          : greatest > 1 && Number.isFinite(greatest)
          ? `Use ${fitting(labels, units)}, or divide the labels by ${fourDigits(greatest)} if they are shares`
          : `Use ${fitting(labels, units)}`,
      );
    }
    if (classes || (least >= low - 1e-6 && greatest <= high + 1e-6)) return undefined;
    return mismatch(
      `A last layer with the activation ${activation} gives numbers from ${low} to ${high}, but there are ${range}`,
      Number.isFinite(high)
        ? "Use no activation (linear) in the last layer, or scale the labels to the range of the activation"
        : "Use no activation (linear) in the last layer, or a tanh if the labels end at −1 and 1",
    );
  },
};

/** A softmax where a row is not one class. */
const oneClass: LastLayerRule = {
  name: "a softmax for one class of several",
  find: ({ activation, units, loss, labels }) => {
    if (activation !== "softmax" || units === 1 || loss === undefined) return undefined;
    const kind = labels?.kind, family = lossFamilies[loss], why = notOneClass(units, labels);
    if (why !== undefined) {
      return mismatch(
        `A softmax makes the ${units} outputs of a row sum to 1, but ${why}`,
        `Use ${fitting({ kind: "binary", columns: units }, units)}`,
      );
    }
    if (isOneOf(kind, ["real", "positive", "count"])) {
      return mismatch(
        "A softmax gives shares that sum to 1, but the labels are amounts",
        `Use ${fitting(labels!, units)}`,
      );
    }
    if (loss === "binaryCrossentropy") {
      return doubtful(
        "binaryCrossentropy judges each unit of a softmax on its own, though they sum to 1: its value and its " +
          "accuracy look better than they are",
        "Use categoricalCrossentropy for one class per row, or a sigmoid for several",
      );
    }
    if (family === "differences" && kind !== "distribution") {
      return doubtful(
        `${loss} of a softmax has hardly a gradient where a row is surely wrong: the slope of the softmax is 0 there`,
        "Use categoricalCrossentropy, or sparseCategoricalCrossentropy for class indices",
      );
    }
  },
};

/** Sigmoids under a loss of one class, and classes without a softmax or sigmoid. */
const perUnit: LastLayerRule = {
  name: "a sigmoid for each label on its own",
  find: ({ activation, units, loss, labels }) => {
    if (units === 1 || loss === undefined) return undefined;
    const family = lossFamilies[loss], [low, high] = activationRanges[activation], why = notOneClass(units, labels);
    if (why !== undefined && (family === "classes" || loss === "softmaxCrossEntropy")) {
      return mismatch(
        `${loss} is for one class per row, but ${why}`,
        `Use ${fitting({ kind: "binary", columns: units }, units)}`,
      );
    }
    if (family === "classes" && activation !== "softmax" && low === 0 && high === 1) {
      return doubtful(
        `${loss} expects outputs that sum to 1, but each ${activation} stands alone: all of them may rise together`,
        "Use a softmax for one class per row, or binaryCrossentropy with the sigmoids for several",
      );
    }
    if (family === "differences" && activation === "linear" && labels?.kind === "one-hot") {
      return doubtful(
        `The labels are one class of ${units}, but ${loss} of outputs without an activation treats them as amounts`,
        `Use ${fitting({ kind: "one-hot" }, units)}`,
      );
    }
  },
};

/** A tanh, or a relu, for labels of 0 and 1. */
const zeroAndOne: LastLayerRule = {
  name: "outputs that end where the labels do",
  find: ({ activation, loss, labels }) => {
    if (!isOneOf(labels?.kind, ["binary", "one-hot"]) || loss === undefined || lossFamilies[loss] !== "differences") {
      return undefined;
    }
    if (activation !== "tanh" && activation !== "softsign") return undefined;
    return doubtful(
      `The labels are 0 and 1, but a ${activation} ends at −1 and 1: 0 lies in the middle of its range`,
      `Use ${fitting(labels!, 1)}, or labels 2·y − 1`,
    );
  },
};

/** The rules, the most specific first. Of those that find the same cause the first counts. */
export const lastLayerRules: readonly LastLayerRule[] = [
  oneUnit,
  squashedTwice,
  coding,
  signs,
  probabilities,
  positive,
  reach,
  oneClass,
  perUnit,
  zeroAndOne,
];
