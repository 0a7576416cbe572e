import * as tf from "@tensorflow/tfjs-core";
import { check, checkOptions, describe, integerFrom, oneOf, type Rule } from "../../check/check.ts";
import { isDisposed, type LayersModel, lossFunctionOf } from "../../tfjs/model.ts";
import { withQuickKernels } from "../../tfjs/quick_kernels.ts";
import type { Tensor } from "../../tfjs/tensor.ts";
import { auditLoss } from "../audit_loss.ts";
import { keepingBackend, tidied } from "../engines/tfjs.ts";
import { reportText, ruleProbe, verdictOf, worstFirst } from "../report.ts";
import {
  type AuditedLoss,
  type AuditOptions,
  type AuditProbe,
  type LabelKind,
  labelKinds,
  type ModelAudit,
  type ModelFinding,
  type PredictionKind,
} from "../types.ts";
import { firstBatch, firstBatchRules } from "./first_batch.ts";
import { type Activation, activationOf, activationRanges, lossFamilies, namedLossOf } from "./last_layer.ts";
import type { LabelFacts, LastLayer } from "./last_layer.ts";
import { lastLayerRules } from "./last_layer_rules.ts";
import { labelFacts, lastLayerOf, lossOf } from "./model_facts.ts";

/** Rows for an audit of a model. */
export interface ModelRows {
  /** Inputs, one row per example. They are read and not disposed of. */
  readonly x: Tensor;
  /** Labels, one row per example, in the coding of the training. */
  readonly y: Tensor;
  /**
   * Name of the model in the report.
   *
   * @default {the name of the model}
   */
  readonly name?: string;
}

/** A last layer in words. */
export interface LastLayerWords {
  /** Activation of the last layer, as Keras names it: sigmoid, softmax, linear … */
  readonly activation: string;
  /** Number of units of the last layer. */
  readonly units: number;
  /** Name of the loss, as Keras or TensorFlow.js spells it. */
  readonly loss: string;
  /** Kind of the labels; with several units and "binary" a row can have several labels. */
  readonly labels: LabelKind;
}

/** The most rows that an audit looks at. */
const MOST_ROWS = 256;

/** The most findings of a report. */
const MOST_FINDINGS = 4;

/** Findings and probes of the rules so far. */
class Report {
  readonly findings: ModelFinding[] = [];
  readonly probes: AuditProbe[] = [];

  /** Applies a rule, or skips it because of an error that would explain what it finds. */
  apply(name: string, find: () => ModelFinding | undefined, skipped?: string): void {
    const finding = skipped === undefined ? find() : undefined;
    // Of findings with the same cause the first is the most specific.
    const known = finding !== undefined && this.findings.some(({ cause }) => cause === finding.cause);
    if (finding !== undefined && !known) this.findings.push(finding);
    this.probes.push(ruleProbe(name, finding, skipped));
  }

  /** The cause of the first error. */
  get error(): string | undefined {
    return this.findings.find(({ severity }) => severity === "error")?.cause;
  }

  finished(name: string, assumed: readonly string[]): ModelAudit {
    const findings = worstFirst(this.findings).slice(0, MOST_FINDINGS);
    const report = { name, verdict: verdictOf(findings), findings, probes: this.probes, assumed };
    return { ...report, toJSON: () => report, toString: () => reportText(report) };
  }
}

/** The numbers behind a finding about a last layer. */
function evidenceOf({ activation, units, loss, labels }: LastLayer): ModelFinding["evidence"] {
  const range = labels?.range;
  return {
    activation,
    units,
    ...(loss === undefined ? {} : { loss }),
    ...(labels === undefined ? {} : { labels: labels.kind }),
    ...(range === undefined ? {} : { leastLabel: range[0], greatestLabel: range[1] }),
  };
}

function applyLastLayer(report: Report, layer: LastLayer): void {
  for (const { name, find } of lastLayerRules) {
    report.apply(name, () => {
      const found = find(layer);
      return found && {
        ...found,
        evidence: evidenceOf(layer),
        ...(layer.layer === undefined ? {} : { where: { op: layer.layer } }),
      };
    });
  }
}

/** The kind of outputs that an activation gives; no activation gives logits under labels of classes. */
export function predictionOf({ activation, labels }: Pick<LastLayer, "activation" | "labels">): PredictionKind {
  const known: Partial<Record<Activation, PredictionKind>> = {
    sigmoid: "probability",
    hardSigmoid: "probability",
    softmax: "simplex",
    tanh: "tanh",
    softsign: "tanh",
  };
  const [least] = activationRanges[activation];
  const classes = ["binary", "one-hot", "index"].includes(labels?.kind ?? "");
  return known[activation] ?? (least === 0 ? "nonnegative" : classes ? "logits" : "real");
}

/** Audits a loss that is a function, on outputs and labels of the kinds of the model. */
function applyLoss(report: Report, loss: AuditedLoss, last: LastLayer, y: Float32Array): void {
  const { kind, columns = 1 } = last.labels!, positives = y.filter((label) => label > 0).length / y.length;
  const options: AuditOptions = {
    yPred: predictionOf(last),
    yTrue: kind,
    columns: last.units,
    ...(kind === "binary" && positives > 0 && positives < 1 ? { prevalence: positives } : {}),
  };
  if (columns !== last.units && kind !== "index") return; // no words describe such labels
  const { findings, probes } = auditLoss(loss, options);
  const [first] = findings;
  probes.forEach((probe) => report.probes.push(probe));
  if (first !== undefined) report.findings.push(first);
}

function checkModel(model: LayersModel, rows: ModelRows): void {
  const refuse = (what: string): never => {
    throw new TypeError(`Cannot audit the model: ${what}`);
  };
  if (typeof model?.apply !== "function" || !Array.isArray(model.layers)) {
    refuse(`'model' must be a tf.LayersModel, it is ${describe(model)}`);
  }
  if (isDisposed(model)) refuse("'model' is disposed");
  if (lossFunctionOf(model) === undefined) {
    refuse("'model' is not compiled: call model.compile({ optimizer, loss }) first");
  }
  if (model.inputs.length !== 1 || model.outputs.length !== 1) {
    refuse(`'model' must have one input and one output, it has ${model.inputs.length} and ${model.outputs.length}`);
  }
  if (rows?.x === undefined) {
    refuse(`'rows' must be tensors, { x, y }, it is ${describe(rows)}`);
  }
  checkOptions("an audit of a model", rows, ["x", "y", "name"]);
  for (const name of ["x", "y"] as const) {
    if (!(rows[name] instanceof tf.Tensor)) refuse(`'${name}' must be a tensor, it is ${describe(rows[name])}`);
    if (rows[name].isDisposed) refuse(`'${name}' is disposed`);
  }
  const { x, y } = rows, wanted = model.inputs[0].shape.slice(1), given = x.shape.slice(1);
  if (given.length !== wanted.length || wanted.some((size, i) => size !== null && size !== given[i])) {
    refuse(`'x' has rows of the shape [${given}], but the model takes [${wanted}]`);
  }
  if (x.shape[0] < 2 || x.shape[0] !== y.shape[0]) {
    refuse(`'x' and 'y' must have the same number of rows, at least 2, they have ${x.shape[0]} and ${y.shape[0] ?? 0}`);
  }
}

/** Rows at equal distances, because data may be sorted by their label. */
function someRows(tensor: Tensor): Tensor {
  const rows = tensor.shape[0], kept = Math.min(rows, MOST_ROWS);
  const order = Array.from({ length: kept }, (_, i) => Math.floor(i * rows / kept));
  return tf.gather(tf.cast(tensor, "float32"), tf.tensor1d(order, "int32"));
}

/**
 * Explains why a model does not learn, before it is trained: judges its last layer, its loss, its labels and what it makes
 * of the first rows together.
 *
 * The model and its weights stay as they are. Causes are those of `auditLoss`, "unscaled-inputs" and "dead-layer".
 *
 * @param model A compiled `tf.LayersModel` with one input and one output. Its loss is a name or a function; a function is
 * audited by `auditLoss` with outputs and labels of the model's kinds.
 * @param rows Some rows of the training data, at least 2; of more than 256, 256 at equal distances are used.
 * @returns The verdict, the findings, worst first, and all rules with their results.
 * @throws {TypeError} `model` is not compiled, or has several inputs or outputs; `x` or `y` is not a tensor or does not fit
 * the model.
 *
 * @example
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { auditModel } from "@roundabout/roundabout/audit";
 * import { assertEquals } from "@std/assert";
 *
 * const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, activation: "softmax", inputShape: [2] })] });
 * model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
 * const { verdict, findings } = auditModel(model, {
 *   x: tf.tensor2d([[0, 1], [1, 0], [1, 1], [0, 0]]),
 *   y: tf.tensor2d([[1], [1], [0], [0]]),
 * });
 * assertEquals([verdict, findings[0].cause], ["broken", "constant"]);
 * ```
 */
export function auditModel(model: LayersModel, rows: ModelRows): ModelAudit {
  checkModel(model, rows);
  return keepingBackend(() =>
    tidied(() => {
      const x = someRows(rows.x), own = someRows(rows.y), y = own.rank === 1 ? tf.expandDims(own, -1) : own;
      const named = { x, y, name: rows.name ?? model.name };
      return withQuickKernels(() => auditRows(model, named, rows.x.shape[0]));
    })
  );
}

function auditRows(model: LayersModel, { x, y, name }: Required<ModelRows>, all: number): ModelAudit {
  const batch = firstBatch(model, x, y), report = new Report();
  const outputs = Float32Array.from((model.apply(x, { training: false }) as Tensor).dataSync());
  const layer = lastLayerOf(model, outputs), labels = labelFacts(batch.yTrue, y.shape.at(-1)!, layer);
  const last: LastLayer = { ...layer, labels }, loss = lossOf(model);
  applyLastLayer(report, last);
  if (typeof loss === "function" && report.error === undefined) applyLoss(report, loss, last, batch.yTrue);
  for (const { name: rule, find, consequence } of firstBatchRules) {
    const { error } = report;
    report.apply(rule, () => find({ ...batch, last }), consequence && error ? `${error} comes first` : undefined);
  }
  const assumed = [
    `The labels are ${inWords(labels)}`,
    ...(x.shape[0] < all ? [`${x.shape[0]} of ${all} rows, at equal distances, stand for all`] : []),
  ];
  return report.finished(name, assumed);
}

/** Labels in words. */
function inWords({ kind, columns = 1 }: LabelFacts): string {
  return `${kind === "index" ? "class indices" : kind}${columns > 1 ? `, ${columns} columns` : ""}`;
}

/**
 * Judges a last layer, its loss and its labels by words, without a model: the rules of {@linkcode auditModel} that need no
 * rows.
 *
 * @param words The activation and the number of units of the last layer, the loss, and the kind of labels.
 * @returns The verdict, the findings, worst first, and all rules with their results.
 * @throws {RangeError} An activation, a loss or a kind of labels that is not known; `units` is not an integer ≥ 1.
 *
 * @example
 * ```ts
 * import { auditLastLayer } from "@roundabout/roundabout/audit";
 * import { assertEquals } from "@std/assert";
 *
 * const words = { activation: "sigmoid", units: 1, loss: "binary_crossentropy", labels: "binary" } as const;
 * assertEquals(auditLastLayer(words).verdict, "sound");
 * assertEquals(auditLastLayer({ ...words, activation: "softmax" }).findings[0].cause, "constant");
 * ```
 */
export function auditLastLayer(words: LastLayerWords): ModelAudit {
  checkOptions("an audit of a last layer", words, ["activation", "units", "loss", "labels"]);
  const { units, labels } = words, task = "audit the last layer";
  const activation = activationOf(String(words.activation))!, loss = namedLossOf(words.loss)!;
  const known = (table: object, found: unknown): Rule => (
    { must: `one of ${Object.keys(table).join(", ")}`, valid: () => found !== undefined }
  );
  check(task, { activation: words.activation }, known(activationRanges, activation));
  check(task, { loss: words.loss }, known(lossFamilies, loss));
  check(task, { units }, integerFrom(1));
  check(task, { labels }, oneOf(...labelKinds));
  const report = new Report(), columns = labels === "index" ? 1 : units;
  const facts: LabelFacts = { kind: labels, columns, ...(labels === "binary" ? { mostInARow: units } : {}) };
  applyLastLayer(report, { activation, units, loss, labels: facts });
  return report.finished(`${activation} on ${units} ${units === 1 ? "unit" : "units"}, ${loss}`, [
    `The labels are ${inWords(facts)}`,
  ]);
}
