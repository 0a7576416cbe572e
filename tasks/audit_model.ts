/**
 * Audits of models for `deno task audit`: a compiled model with rows of a CSV file, or a last layer in words.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { auditLastLayer, auditModel } from "../lib/audit/model/audit_model.ts";
import type { LabelKind, ModelAudit } from "../lib/audit/types.ts";
import { csvForm, csvRecords } from "../lib/data/csv.ts";
import type { LayersModel } from "../lib/tfjs/model.ts";
import { choiceOption, type TaskArgs, UsageError, wholeOption } from "./cli.ts";
import { existing } from "./files.ts";
import { asUsage } from "./option_names.ts";

type Values = TaskArgs["values"];

/** Audits a last layer in words. */
export async function auditWords({ activation, units, loss }: Values, labels: LabelKind): Promise<ModelAudit> {
  const number = wholeOption("units", units, 1, 1);
  return await asUsage(() =>
    auditLastLayer({ activation: String(activation), units: number, loss: String(loss), labels })
  );
}

/** The numbers of a column; an empty field is NaN. */
function numbersOf(column: string, texts: readonly string[]): Float32Array {
  return Float32Array.from(texts, (text, i) => {
    const number = text.trim() === "" ? NaN : Number(text);
    if (Number.isNaN(number) && !/^(|nan|na|null)$/i.test(text.trim())) {
      throw new UsageError(
        `column '${column}' has the text '${text}' in row ${
          i + 1
        }: give the numbers that the model takes, or --drop '${column}'`,
      );
    }
    return number;
  });
}

/** Labels as numbers; texts are numbered in the order of the alphabet. */
function labelsOf(texts: readonly string[], column: string): { values: Float32Array; classes: readonly string[] } {
  if (texts.every((text) => text.trim() === "" || Number.isFinite(Number(text)))) {
    return { values: numbersOf(column, texts), classes: [] };
  }
  const classes = [...new Set(texts)].sort();
  return { values: Float32Array.from(texts, (text) => classes.indexOf(text)), classes };
}

/** Reads the columns of a text file, as texts. */
async function readColumns(path: string): Promise<Map<string, string[]>> {
  const form = csvForm(path), records = await Array.fromAsync(csvRecords(path, form));
  return new Map(form.names.map((name, at) => [name, records.map(({ fields }) => fields[at])]));
}

/** Rows of a CSV file for a model. */
async function readRows(model: LayersModel, { data, label, drop, labels }: Values) {
  const column = String(label), path = existing(String(data));
  const coded = labels === undefined ? undefined : choiceOption("labels", labels, ["one-hot", "index"]);
  const texts = await asUsage(() => readColumns(path)), names = [...texts.keys()];
  const dropped = drop === undefined ? [] : String(drop).split(",");
  const unknown = [column, ...dropped].find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UsageError(`'${data}' has no column '${unknown}', only ${names.join(", ")}`);
  const features = names.filter((name) => name !== column && !dropped.includes(name));
  const shape = model.inputs[0].shape.slice(1), size = shape.reduce<number>((a, b) => a * (b ?? 1), 1);
  const rows = texts.get(column)!.length, columns = features.map((name) => numbersOf(name, texts.get(name)!));
  if (features.length !== size) {
    throw new UsageError(
      `the model takes ${size} inputs, but '${data}' has ${features.length} columns: ${features.join(", ")}`,
    );
  }
  const x = tf.tidy(() =>
    tf.reshape(tf.stack(columns.map((own) => tf.tensor1d(own)), 1), [rows, ...shape.map((s) => s ?? 1)])
  );
  const { values, classes } = labelsOf(texts.get(column)!, column);
  const units = model.outputs[0].shape.at(-1) ?? 1;
  const oneHot = coded === "one-hot" ||
    (classes.length > 2 && coded === undefined && model.loss === "categoricalCrossentropy");
  const coding = classes.length === 0
    ? undefined
    : `the texts of '${column}' are ${oneHot ? "one-hot" : "numbered from 0"}: ${classes.join(", ")}`;
  const y = oneHot
    ? tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(values, "int32"), Math.max(units, classes.length)), "float32"))
    : tf.tensor2d(values, [rows, 1]);
  return { x, y, coding };
}

/** Audits a model on rows of a CSV file; `note` takes a sentence about their labels. */
export async function auditExport(
  exported: unknown,
  named: string,
  values: Values,
  note: (text: string) => void,
): Promise<ModelAudit> {
  const model = exported as LayersModel;
  if (!Array.isArray(model?.inputs) || !Array.isArray(model.outputs)) {
    throw new UsageError(`'${named}' must be a compiled tf.LayersModel, or a function that makes one`);
  }
  const { x, y, coding } = await readRows(model, values);
  if (coding !== undefined) note(coding);
  try {
    return await asUsage(() => auditModel(model, { x, y, name: named.slice(named.lastIndexOf("#") + 1) }));
  } finally {
    tf.dispose([x, y]);
  }
}
